"""Say how far the share of runs in which the regime collapses may be trusted: a line on its log odds (Platt 1999).

Thirty outcomes cannot bear a chance of .999, and little that is known on day 0 tells who falls. What a record as good
as the model's supports is learnt from its wars, each country left out in turn (`sim.study.score.tilt`). The line nests
its rivals: with slope 0 it gives the base rate, or a logistic regression on the gap of judged morale, the best rule
that looks at day 0 alone; with slope 1 and nothing else the share of runs itself. It is applied as weights of runs,
those with and those without a collapse, so that all that is told agrees with the chance. When regimes collapse, they
do so later than in runs; so of those with a collapse the later ones weigh more (an exponential tilt of the log day).

References
----------
Platt (1999), "Probabilistic outputs for support vector machines", in Advances in Large Margin Classifiers, 61-74.
Efron (2011), "Tweedie's formula and selection bias", JASA 106, 1602-1614, on exponential tilts.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from sim.core.codes import NOBODY
from sim.core.parameters import parameter

SHIPPED = (0.11, 0.44, 3.96, 0.97)
"""Intercept, slope, weight of the gap, and delay as wars teach them; with (0, 1, 0, 0) all runs weigh alike."""

SHIPPED_COVARIANCE = ((0.116, 0.023, -0.089), (0.023, 0.033, 0.03), (-0.089, 0.03, 2.671))
"""How well thirty worlds and the priors tell the first three: the inverse curvature of their loss (Laplace)."""

SHIPPED_DELAY_ERROR = 0.38
"""The standard error of the delay; learnt from the days of falls, it has nothing to do with the others."""

ERRORS_OF_90 = 1.645
"""So many standard errors to either side hold 90 % of a normal distribution."""

NEAREST = 0.02
"""How near to 0 and 1 a chance goes, that of the runs and that which is told."""

USUAL_GAP = 0.3
"""Of judged morale, about the mean of the worlds with a history: the intercept is that of a war with this gap."""

PRIOR_ERRORS = 2.0
"""The plausible ranges reach so many standard deviations of the normal priors to either side of their means."""

Floats: TypeAlias = npt.NDArray[np.float64]
Ints: TypeAlias = npt.NDArray[np.int64]
Covariance: TypeAlias = tuple[tuple[float, ...], ...]


@dataclass(frozen=True)
class Tilt:
    """Hold the line, log odds of the chance that is supported = a + b * log odds of the share + c * (gap - 0.3).

    Of runs with a collapse, those on day d weigh (1 + d)**k, up to a factor that leaves the chance as it is.
    """

    intercept: float = parameter(
        SHIPPED[0],
        "a",
        prior=(-1.0, 1.0),
        limits=(-3.0, 3.0),
        unit="log odds",
        meaning="chance of a collapse that the record supports where half of the runs see one",
        source="thirty worlds, the default parameters; before, normal with standard deviation 0.5",
    )
    slope: float = parameter(
        SHIPPED[1],
        "b",
        prior=(0.0, 1.0),
        limits=(0.0, 1.2),
        unit="1",
        meaning="how far the record bears the runs out: 0 the base rate alone, 1 the share of runs as it is",
        source="thirty worlds, the default parameters; before, normal around 0.5 with standard deviation 0.25",
    )

    gap: float = parameter(
        SHIPPED[2],
        "c",
        prior=(-1.6, 6.4),
        limits=(-10.0, 10.0),
        unit="log odds",
        meaning="what the gap of judged morale, challenger's main force less regime's, says beside the runs",
        source="thirty worlds, the default parameters; before, normal around 2.4, half of what wars give alone, and 2",
    )
    delay: float = parameter(
        SHIPPED[3],
        "k",
        prior=(-1.0, 1.0),
        limits=(-3.0, 3.0),
        unit="1",
        meaning="how much later collapses come than in runs: the power of their day by which those weigh",
        source="the fourteen of thirty worlds with a fall, the default parameters; before, normal with standard "
        "deviation 0.5",
    )

    @property
    def is_neutral(self) -> bool:
        """Tell whether it leaves every share as it is."""
        return (self.intercept, self.slope, self.gap, self.delay) == (0.0, 1.0, 0.0, 0.0)

    def at(self, gap: float) -> Tilt:
        """Return the line of one war, on the share of runs alone.

        Parameters
        ----------
        gap
            Judged morale of the challenger's main force on day 0, less that of the regime's; NaN without a challenger.
        """
        shift = 0.0 if math.isnan(gap) else self.gap * (gap - USUAL_GAP)
        return replace(self, intercept=self.intercept + shift, gap=0.0)

    def chances(self, shares: Floats) -> Floats:
        """Return the chances that the record supports, never nearer to 0 or 1 than `NEAREST`.

        Parameters
        ----------
        shares
            Of runs in which the regime collapses, in [0, 1].
        """
        odds = self.intercept + self.slope * log_odds(shares)
        return np.clip(1.0 / (1.0 + np.exp(-odds)), NEAREST, 1.0 - NEAREST)

    def chance(self, share: float) -> float:
        """Return the chance that the record supports; see `chances`."""
        return float(self.chances(np.array([share]))[0])

    def steepness(self, share: float) -> float:
        """Return by how much the chance moves with the share; not at all where either is kept from 0 and 1."""
        chance = self.chance(share)
        if not (NEAREST < share < 1.0 - NEAREST and NEAREST < chance < 1.0 - NEAREST):
            return 0.0
        return self.slope * chance * (1.0 - chance) / (share * (1.0 - share))

    def weights(self, falls: Ints, n: int) -> tuple[Floats, float]:
        """Return what a run with a collapse on each day weighs, and one without; the mean is 1, the share the chance.

        Where all runs collapse, or none, there is nothing to weigh, and the chance can only be told.

        Parameters
        ----------
        falls
            (day,): in how many runs the regime collapses on each day.
        n
            Number of runs.
        """
        n_fell = int(falls.sum())
        if not 0 < n_fell < n:
            return np.ones(len(falls)), 1.0
        chance = self.chance(n_fell / n)
        later = np.exp(self.delay * np.log1p(np.arange(len(falls), dtype=np.float64)))
        return chance * n / float(later @ falls) * later, (1.0 - chance) * n / (n - n_fell)

    def weigh(self, days: Floats) -> Floats:
        """Return what each run weighs; see `weights`.

        Parameters
        ----------
        days
            (run,): day of the collapse, not finite where there is none.
        """
        fell = np.isfinite(days)
        on = days[fell].astype(np.int64)
        by_day, other = self.weights(np.bincount(on, minlength=1), len(days))
        each = np.full(len(days), other)
        each[fell] = by_day[on]
        return each


def known_chances(
    line: Tilt, share: float, gap: float, covariance: Covariance = SHIPPED_COVARIANCE
) -> tuple[float, float]:
    """Return between which chances that of a collapse lies with 90 %, by what the wars could teach.

    Few wars tell the line, and they tell it worst far from a usual war.

    Parameters
    ----------
    line
        That of this war; see `Tilt.at`.
    share
        Of its runs in which the regime collapses, in [0, 1].
    gap
        Of judged morale; NaN without a challenger.
    covariance
        Of the line's three numbers; by default of the shipped ones.
    """
    odds = float(log_odds(np.array([share]))[0])
    at = np.array([1.0, odds, 0.0 if math.isnan(gap) else gap - USUAL_GAP])
    half = ERRORS_OF_90 * math.sqrt(float(at @ np.array(covariance) @ at))
    low, high = (replace(line, intercept=line.intercept + sign * half).chance(share) for sign in (-1.0, 1.0))
    return low, high


def morale_gap(morale: npt.ArrayLike, regime: int, challenger: int) -> float:
    """Return the judged morale of the challenger's main force less that of the regime's, NaN without a challenger.

    Parameters
    ----------
    morale
        Of each faction on day 0, as the tables say.
    regime, challenger
        Indices of the main forces; the latter may be nobody.
    """
    judged = np.asarray(morale)
    return math.nan if challenger == NOBODY else float(judged[challenger] - judged[regime])


def log_odds(shares: Floats) -> Floats:
    """Return the log odds of shares, kept from 0 and 1."""
    kept = np.clip(shares, NEAREST, 1.0 - NEAREST)
    odds: Floats = np.log(kept / (1.0 - kept))
    return odds
