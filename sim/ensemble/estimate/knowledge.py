"""Say how far an estimate may be trusted beyond the number of runs: its 90 % interval of knowledge.

Of a share, three things are not known: how good the record is, which tells how often regimes fall that look like this
one, and how late, so that runs with and without a collapse, and with an early one, might weigh less or more
(`sim.world.tilt.known_chances`), and no chance better than that; parameters, where runs draw them; and what few runs
leave open. They have nothing to do with each other and add as independent errors do. Of an amount or a day, one war
will bring one number of those that runs bring: their range but for a twentieth at either end, made wider where such
ranges held what happened too seldom. Both reach at least as far as the interval of sampling.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.core.record import RUNS
from sim.ensemble.estimate.weights import (
    FALL,
    Bools,
    Interval,
    Numbers,
    Weights,
    influence_of,
    kept,
    observed_quantiles,
    weights_of,
)
from sim.ensemble.store.results import Frame, Results
from sim.ensemble.store.schema import WEIGHT
from sim.world.posterior import drawn_vectors
from sim.world.scenario import Scenario
from sim.world.tilt import ERRORS_OF_90, NEAREST, SHIPPED_COVARIANCE, SHIPPED_DELAY_ERROR, known_chances

TAILS = (0.05, 0.95)
STRETCH: Final = 2.4
"""How much wider around the median than that of runs the range of a day is told where it comes, as thirty wars teach.

Other ranges held between 80 and 97 % of what happened as they are (`sim.study.score.coverage`).
"""

VARIANCE, COLLAPSE = "variance_share_of_parameters", "p_collapse"
"""Names of the estimate, and of the outcome, that tell how much runs owe to their parameters."""

RECORD: Final = math.exp(ERRORS_OF_90 * math.sqrt(SHIPPED_COVARIANCE[0][0]))
"""By which factor odds may be wrong, with 90 %, where thirty wars tell most: no chance is known better than that."""

DELAYS: Final = (-ERRORS_OF_90 * SHIPPED_DELAY_ERROR, ERRORS_OF_90 * SHIPPED_DELAY_ERROR)
"""How much less or more the delay of collapses may be, with 90 %."""

FEWEST_REPEATS: Final = 30
"""So many runs must share the vector of an earlier one before vectors tell what they explain; else twins do."""

MOST_SHARED = 0.999
Ends = tuple[float, float]
UNKNOWN: Ends = (math.nan, math.nan)


@dataclass(frozen=True, eq=False)
class Knowledge:
    """Hold what is known of some runs.

    Parameters
    ----------
    weights
        What they weigh; None where all weigh the same.
    ends
        Day of the collapse in each of them, infinite for never; None where nobody asked for more than the runs as they
        are.
    chances
        Between which the chance of a collapse lies, with 90 %.
    vectors
        Which vector of parameters each of them has, None where all have the same, or hardly two the same.
    shared
        Share of the variance that parameters explain where hardly two runs have the same, as twins tell.
    """

    weights: Weights | None = None
    ends: Numbers | None = None
    chances: Ends = UNKNOWN
    vectors: npt.NDArray[np.int64] | None = None
    shared: float = 0.0

    def of(self, which: Bools) -> Knowledge:
        """Return that of some of the runs."""
        ends = None if self.ends is None else self.ends[which]
        vectors = None if self.vectors is None else self.vectors[which]
        return Knowledge(kept(self.weights, which), ends, self.chances, vectors, self.shared)

    def of_share(self, happened: Bools, found: Interval) -> Ends:
        """Return the interval of the share of runs in which something happened.

        Parameters
        ----------
        happened
            In which runs, of at least one.
        found
            The share with its interval of sampling.
        """
        if self.ends is None:
            return UNKNOWN
        days = np.where(happened, 0.0, np.inf)
        low, high = self.by_day(days, 1, *(np.array([value]) for value in found[:3]))
        return float(low[0]), float(high[0])

    def by_day(
        self, days: Numbers, horizon_days: int, share: Numbers, low: Numbers, high: Numbers
    ) -> tuple[Numbers, Numbers]:
        """Return the intervals of the shares of runs in which something has happened by each day.

        Parameters
        ----------
        days
            Day of the event in each run, at least one, infinite for never.
        horizon_days
            How many days there are.
        share, low, high
            (day,): the shares with their intervals of sampling.
        """
        if self.ends is None:
            return np.full(horizon_days, math.nan), np.full(horizon_days, math.nan)
        fates = np.column_stack([self._by_fate(days, horizon_days, chance) for chance in self.chances])
        pace = np.column_stack([self._by_fate(days, horizon_days, delay=delay) for delay in DELAYS])
        spread = self._by_parameters(days, horizon_days, share)
        record = at_odds(share, 1.0 / RECORD), at_odds(share, RECORD)
        least = np.stack([np.minimum(fates.min(axis=1), record[0]), pace.min(axis=1), spread[0], low])
        most = np.stack([np.maximum(fates.max(axis=1), record[1]), pace.max(axis=1), spread[1], high])
        down, up = (np.sqrt((np.maximum(parts, 0.0) ** 2).sum(axis=0)) for parts in (share - least, most - share))
        first, last = self._nearest(days, horizon_days)
        return np.minimum(np.maximum(share - down, first), low), np.maximum(np.minimum(share + up, last), high)

    def _nearest(self, days: Numbers, horizon_days: int) -> tuple[Numbers, float]:
        """Return the least that is told of each day, and the most: what a collapse brings for sure is as likely.

        By no day a collapse is likelier than at all; only when the last regime that falls has fallen, it is as likely.
        """
        fell, happens = np.isfinite(np.asarray(self.ends)), np.isfinite(days)
        falls_only = not (happens & ~fell).any()
        as_often = _so_far(days[fell], horizon_days, np.ones(fell.sum())) == fell.sum()
        told = as_often & (falls_only or bool(fell.any()))
        return np.where(told, NEAREST, 0.0), 1.0 - NEAREST if falls_only else 1.0

    def _by_fate(self, days: Numbers, horizon_days: int, chance: float | None = None, delay: float = 0.0) -> Numbers:
        """Return the least and the most that shares can be with another chance of a collapse, or later ones: (day, 2).

        They differ where there is no run with, or none without, a collapse to say how it goes then.
        """
        fell = np.isfinite(np.asarray(self.ends))
        each = np.ones(len(days)) if self.weights is None else self.weights.each
        if chance is None:
            chance = float(each[fell].sum() / each.sum())
        is_fall, is_hold = (np.array_equal(np.isfinite(days), those) for those in (fell, ~fell))
        each = each.copy()
        each[fell] *= (1.0 + np.asarray(self.ends)[fell]) ** delay
        shares = []
        for those, weight, never in ((fell, chance, is_hold), (~fell, 1.0 - chance, is_fall)):
            if those.any():
                so_far = _so_far(days[those], horizon_days, each[those]) / each[those].sum()
                shares.append(weight * np.column_stack([so_far, so_far]))
            else:
                shares.append(weight * np.tile([0.0, 0.0 if never else 1.0], (horizon_days, 1)))
        total: Numbers = shares[0] + shares[1]
        return total

    def _by_parameters(self, days: Numbers, horizon_days: int, share: Numbers) -> tuple[Numbers, Numbers]:
        """Return how far shares reach between vectors of parameters: those of a beta distribution.

        Vectors differ in how often the regime falls, which the record bears out in part; so it is the spread of what
        runs add to the weighted share that counts.
        """
        low, high = share.copy(), share.copy()
        for day in range(horizon_days) if self.vectors is not None or self.shared else ():
            spread = self._between(influence_of((days <= day).astype(np.float64), self.weights))
            most = float(share[day] * (1.0 - share[day]))
            if spread > 0.0 and most > 0.0:
                low[day], high[day] = _beta_ends(float(share[day]), min(spread / most, MOST_SHARED))
        return np.minimum(low, share), np.maximum(high, share)

    def _between(self, values: Numbers) -> float:
        """Return the variance of a number of runs that lies between vectors."""
        if self.vectors is None:
            return self.shared * float(values.var())
        return shared_by(values, self.vectors) * float(values.var())

    def of_number(self, values: Numbers, found: Interval, factor: float = 1.0) -> Ends:
        """Return between which numbers the war will bring its own, of an amount or a day.

        Parameters
        ----------
        values
            (run,), at least one, at least 0; infinite for a day that never comes.
        found
            Their mean or median with its interval of sampling.
        factor
            How much wider the range is told.
        """
        if self.ends is None:
            return UNKNOWN
        low, middle, high = observed_quantiles(values, (TAILS[0], 0.5, TAILS[1]), self.weights).tolist()
        low, high = stretched(low, middle, high, factor)
        return min(low, *_known(found[:2])), max(high, *_known(found[::2]))


def knowledge_of(runs: Frame, scenario: Scenario, shared: float = 0.0) -> Knowledge:
    """Return what is known of the runs that count.

    Parameters
    ----------
    runs
        Their rows.
    scenario
        What was run; its settings say whether more is asked for than the runs as they are.
    shared
        Share of the variance of collapses that parameters explain, where twins tell it.
    """
    tilt = scenario.tilt
    if tilt is None or not len(runs):
        return Knowledge()
    ends = runs[FALL].to_numpy(np.float64, na_value=math.inf)
    chances = known_chances(tilt, float(np.isfinite(ends).mean()), scenario.morale_gap)
    vectors = vectors_of(runs, scenario)
    known = vectors if vectors is not None and repeats(vectors) >= FEWEST_REPEATS else None
    return Knowledge(weights_of(runs, scenario), ends, chances, known, shared)


def knowledge_of_results(results: Results, scenario: Scenario) -> Knowledge:
    """Return what is known of the runs of a finished ensemble that count; of many runs the other columns stay on disk.

    Parameters
    ----------
    results, scenario
        The ensemble.
    """
    pieces = pd.concat(results.pieces(RUNS, ("run", "status", WEIGHT, FALL)), ignore_index=True)
    return knowledge_of(pieces[pieces["status"] == "ok"], scenario, shared_by_twins(results.estimates))


def shared_by_twins(estimates: pd.DataFrame) -> float:
    """Return which share of the variance of collapses parameters explain, 0 where no twins tell it.

    Parameters
    ----------
    estimates
        Table, or those rows of it that are known by now.
    """
    told = estimates[(estimates["quantity"] == VARIANCE) & (estimates["entity"] == COLLAPSE)]["estimate"]
    return float(told.iloc[0]) if len(told) else 0.0


def vectors_of(runs: Frame, scenario: Scenario) -> npt.NDArray[np.int64] | None:
    """Return which vector of a posterior each run has, None without a posterior.

    Parameters
    ----------
    runs
        Their rows.
    scenario
        What was run.
    """
    numbers = runs["run"].to_numpy(np.int64)
    if scenario.posterior is None or not len(numbers):
        return None
    first = int(numbers.min())
    drawn = drawn_vectors(scenario.posterior, scenario.config.ensemble.seed, first, int(numbers.max()) - first + 1)
    return np.asarray(drawn[numbers - first])


def repeats(vectors: npt.NDArray[np.int64]) -> int:
    """Return how many runs have the vector of an earlier one, by which what it explains is told from chance."""
    return len(vectors) - len(np.unique(vectors))


def shared_by(values: Numbers, groups: npt.NDArray[np.int64]) -> float:
    """Return which share of a number's variance lies between groups of runs: the intraclass correlation, at least 0.

    Parameters
    ----------
    values, groups
        Of each run.

    References
    ----------
    Donner (1986), "A review of inference procedures for the intraclass correlation coefficient in the one-way random
    effects model", International Statistical Review 54, 67-82.
    """
    _, at = np.unique(groups, return_inverse=True)
    sizes: Numbers = np.bincount(at).astype(np.float64)
    n, k = len(values), len(sizes)
    if k < 2 or n <= k:  # noqa: PLR2004 - a spread takes two
        return 0.0
    explained = float((np.bincount(at, values) ** 2 / sizes).sum())
    between = (explained - float(values.sum()) ** 2 / n) / (k - 1)
    within = (float((values**2).sum()) - explained) / (n - k)
    usual = (n - float((sizes**2).sum()) / n) / (k - 1)
    spread = between + (usual - 1.0) * within
    return min(max((between - within) / spread, 0.0), 1.0) if spread > 0.0 else 0.0


def stretched(low: float, middle: float, high: float, factor: float) -> Ends:
    """Return a range made wider around its middle, on the scale of log10(1 + x); what never comes, never does.

    Parameters
    ----------
    low, middle, high
        Numbers that are at least 0; infinite for never.
    factor
        How much wider.
    """
    if factor == 1.0 or math.isinf(middle):
        return low, high
    down, centre, up = (math.log1p(value) for value in (low, middle, high))
    return math.expm1(max(centre - factor * (centre - down), 0.0)), math.expm1(centre + factor * (up - centre))


def at_odds(share: Numbers, factor: float) -> Numbers:
    """Return shares whose odds are another multiple; 0 and 1 stay.

    Parameters
    ----------
    share
        In [0, 1].
    factor
        Of the odds.
    """
    changed: Numbers = factor * share / (1.0 - share + factor * share)
    return changed


def _beta_ends(share: float, shared: float) -> Ends:
    """Return the ends of a beta distribution around a share, with so much of the most variance that it can have."""
    from scipy.special import betaincinv  # noqa: PLC0415 - it takes a tenth of a second that few runs need

    size = 1.0 / shared - 1.0
    low, high = betaincinv(share * size, (1.0 - share) * size, TAILS)
    return float(low), float(high)


def _so_far(days: Numbers, horizon_days: int, weights: Numbers) -> Numbers:
    """Return what the runs weigh in which something has happened by each day."""
    comes = np.isfinite(days)
    return np.cumsum(np.bincount(days[comes].astype(np.int64), weights[comes], horizon_days)[:horizon_days])


def _known(values: tuple[float, ...]) -> tuple[float, ...]:
    """Return numbers without those that are none."""
    return tuple(value for value in values if not math.isnan(value))
