"""Weigh runs, so that the share of them in which the regime collapses is the chance that the record supports.

Who estimates asks for the weights here and estimates with the functions here. Without weights every run counts alike,
and numbers are those of the plain formulas, bit for bit. With them, intervals of amounts and days are those of as many
runs of equal weight as tell as much (Kish). The interval of the collapse itself is that of the raw share, mapped as the
share is; that of another share adds what is open about how often it comes with a collapse, and how often without. So
the interval of a collapse by a day grows into that of a collapse, without a jump on the last day.

References
----------
Kish (1965), Survey Sampling, section 11.7; Zou & Donner (2008), "Construction of confidence limits about effect
measures: a general approach", Statistics in Medicine 27, 1693-1702.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.ensemble.estimate.intervals import Z, mean_interval, quantile_ranks, wilson_band, wilson_interval
from sim.ensemble.store.results import Frame
from sim.ensemble.store.schema import WEIGHT
from sim.world.scenario import Scenario
from sim.world.tilt import Tilt

Numbers = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Parts = tuple[float, float, float]
"""A share with both ends of its interval."""
FALL = "collapse_day"
"""Column of what divides runs into those of one weight and those of the other."""

ROUNDING = 1e-9  # of a sum of weights


@dataclass(frozen=True, eq=False)
class Weights:
    """Hold what some runs weigh.

    Parameters
    ----------
    each
        A number a run, 1 on average.
    fell
        In which of them the regime collapses.
    tilt
        What gave them their weights.
    """

    each: Numbers
    fell: Bools
    tilt: Tilt

    @property
    def effective(self) -> float:
        """Return how many runs of equal weight tell as much."""
        return len(self.each) / float((self.each**2).mean())

    def of(self, kept: npt.NDArray[np.bool_] | npt.NDArray[np.int64]) -> Weights | None:
        """Return the weights of some of the runs, None where these weigh the same."""
        return _unless_alike(self.each[kept], self.fell[kept], self.tilt)


class Interval(NamedTuple):
    """Hold an estimate with its interval, and how that was made."""

    point: float
    low: float
    high: float
    kind: str


WILSON, RANKS, NORMAL, TILTED = "wilson_95", "order_statistic_95", "normal_95", "wilson_95_tilted"


def weighted_kind(kind: str, weights: Weights | None) -> str:
    """Return the kind of an interval, with weights that of the effective number of runs."""
    return kind if weights is None else f"{kind}_weighted"


def weights_of(runs: Frame, scenario: Scenario) -> Weights | None:
    """Return what runs weigh, None where all weigh the same.

    Parameters
    ----------
    runs
        Rows of the runs that count.
    scenario
        What was run; its settings say what runs weigh.
    """
    tilt = scenario.tilt
    if tilt is None or not len(runs):
        return None
    return _unless_alike(runs[WEIGHT].to_numpy(np.float64), runs[FALL].notna().to_numpy(np.bool_), tilt)


def kept(weights: Weights | None, which: npt.NDArray[np.bool_] | npt.NDArray[np.int64]) -> Weights | None:
    """Return the weights of some of the runs; see `Weights.of`."""
    return None if weights is None else weights.of(which)


def _unless_alike(values: Numbers, fell: Bools, tilt: Tilt) -> Weights | None:
    """Return weights, None where there are none to tell apart."""
    if not len(values) or values.min() == values.max():
        return None
    return Weights(values / values.mean(), fell, tilt)


def weighed(runs: pd.DataFrame, tilt: Tilt | None) -> pd.DataFrame:
    """Return runs with the weights that they have if they are all that there are; failed ones have none.

    Parameters
    ----------
    runs
        All runs of an ensemble.
    tilt
        What gives them their weights; None for none.
    """
    if tilt is None:
        return runs
    counts, days = (runs["status"] == "ok").to_numpy(np.bool_), runs[FALL].to_numpy(np.float64, na_value=math.nan)
    weights = np.full(len(runs), math.nan)
    weights[counts] = tilt.weigh(days[counts])
    return runs.assign(**{WEIGHT: weights})


def mean_of(values: Numbers, weights: Weights | None = None) -> float:
    """Return the mean of a number over runs."""
    return float(values.mean() if weights is None else (weights.each * values).mean())


def means_of(values: Numbers, weights: Weights | None = None) -> Numbers:
    """Return the means over runs of numbers of each, such as of each day: (run, ...)."""
    return np.asarray(np.average(values, axis=0, weights=None if weights is None else weights.each))


def quantiles_of(values: Numbers, levels: Sequence[float], weights: Weights | None = None) -> Numbers:
    """Return quantiles over runs of numbers of each: (level, ...); without weights those between two runs as well.

    Parameters
    ----------
    values
        (run, ...).
    levels
        In (0, 1).
    weights
        Of the runs.
    """
    if weights is None:
        return np.asarray(np.quantile(values, levels, axis=0))
    return observed_quantiles(values, levels, weights)


def observed_quantiles(values: Numbers, levels: Sequence[float], weights: Weights | None = None) -> Numbers:
    """Return quantiles over runs that are all numbers of some run; see `quantiles_of`."""
    if weights is None:
        return np.asarray(np.quantile(values, levels, axis=0, method="inverted_cdf"))
    order = np.argsort(values, axis=0, kind="stable")
    reached = np.cumsum(weights.each[order], axis=0) / len(values)
    ranks = np.array([(reached < level - ROUNDING).sum(axis=0) for level in levels])
    return np.asarray(np.take_along_axis(np.take_along_axis(values, order, axis=0), ranks, axis=0))


def medians_of(table: pd.DataFrame, weights: Weights | None = None) -> pd.Series:
    """Return the median of each column over the runs that have a number there, NaN where none has.

    Parameters
    ----------
    table
        A row a run.
    weights
        Of the runs.
    """
    found = {}
    for name, column in table.items():
        values = column.to_numpy(np.float64)
        known = ~np.isnan(values)
        found[name] = observed_quantiles(values[known], (0.5,), kept(weights, known))[0] if known.any() else np.nan
    return pd.Series(found, dtype=np.float64)


def share_interval(
    happened: Bools,
    weights: Weights | None = None,
    interval: Callable[[float, float], tuple[float, float]] = wilson_interval,
) -> Interval:
    """Return the share of runs in which something happened.

    Parameters
    ----------
    happened
        In which runs, of at least one.
    weights
        Of the runs.
    interval
        That of so many of so many runs.
    """
    count, n = int(happened.sum()), len(happened)
    if weights is None:
        return Interval(count / n, *interval(count, n), WILSON)
    point = {0: 0.0, n: 1.0}.get(count, mean_of(happened.astype(np.float64), weights))
    if (happened == weights.fell).all():
        low, high = _mapped(interval(count, n), weights.tilt)
        return Interval(point, min(low, point), max(high, point), TILTED)
    if (happened != weights.fell).all():
        high, low = (1.0 - end for end in _mapped(interval(n - count, n), weights.tilt))
        return Interval(point, min(low, point), max(high, point), TILTED)
    fell = int(weights.fell.sum())
    if fell in (0, n):  # weights that no collapse has given
        low, high = interval(point * weights.effective, weights.effective)
    else:
        chance = mean_of(weights.fell.astype(np.float64), weights), *_mapped(interval(fell, n), weights.tilt)
        given = [_among(happened[those], weights.each[those], interval) for those in (weights.fell, ~weights.fell)]
        low, high = _put_together(chance, *given)
    return Interval(point, min(low, point), max(high, point), weighted_kind(WILSON, weights))


def _among(happened: Bools, each: Numbers, interval: Callable[[float, float], tuple[float, float]]) -> Parts:
    """Return the share of some runs in which something happened, with its interval."""
    share, few = float(np.average(happened, weights=each)), float(each.sum() ** 2 / (each**2).sum())
    return share, *interval(share * few, few)


def _mapped(bounds: tuple[float, float], tilt: Tilt) -> tuple[float, float]:
    """Return the chances that the record supports at both ends of an interval of the raw share."""
    return tilt.chance(bounds[0]), tilt.chance(bounds[1])


def _put_together(chance: Parts, fell: Parts, held: Parts) -> tuple[float, float]:
    """Return the interval of a share, from the chance of a collapse and the shares with and without one.

    Each is given with its interval; they have nothing to do with each other, so that distances add as errors do.
    """
    weight, gap = chance[0], fell[0] - held[0]
    point = weight * fell[0] + (1.0 - weight) * held[0]
    ends = [gap * (end - weight) for end in chance[1:]]  # a likelier collapse may make it less likely
    reach = [
        math.hypot(among, weight * (fell[0] - fell[i]), (1.0 - weight) * (held[0] - held[i]))
        for i, among in ((1, min(*ends, 0.0)), (2, max(*ends, 0.0)))
    ]
    return max(point - reach[0], 0.0), min(point + reach[1], 1.0)


def shares_by_day(days: Numbers, horizon_days: int, weights: Weights | None = None) -> tuple[Numbers, Numbers, Numbers]:
    """Return the share of runs in which something has happened by each day, and the bounds of its interval.

    Parameters
    ----------
    days
        Day of the event in each run, at least one, infinite for never.
    horizon_days
        How many days a run lasts.
    weights
        Of the runs.
    """
    if weights is None:
        when = days[np.isfinite(days)].astype(np.int64)
        so_far = np.cumsum(np.bincount(when, minlength=horizon_days)[:horizon_days])
        return so_far / len(days), *wilson_band(so_far, len(days))
    found = [share_interval(days <= day, weights)[:3] for day in range(horizon_days)]
    share, low, high = np.array(found, np.float64).reshape(-1, 3).T
    return share, low, high


def mean_with_interval(values: Numbers, weights: Weights | None = None, z: float = Z) -> Interval:
    """Return the mean of an amount over runs with its normal interval; one run gives no bounds (NaN).

    Parameters
    ----------
    values
        (run,), at least one.
    weights
        Of the runs.
    z
        Half-width of the interval, in standard errors.
    """
    if weights is None:
        return Interval(*mean_interval(values, z), NORMAL)
    mean, few = mean_of(values, weights), weights.effective
    if few <= 1.0:
        return Interval(mean, math.nan, math.nan, weighted_kind(NORMAL, weights))
    variance = mean_of((values - mean) ** 2, weights) * few / (few - 1.0)
    half = z * math.sqrt(variance / few)
    return Interval(mean, mean - half, mean + half, weighted_kind(NORMAL, weights))


def quantile_intervals(
    values: Numbers, levels: Sequence[float], ends: tuple[float, float], weights: Weights | None = None
) -> list[Interval]:
    """Return quantiles of numbers over runs, each with the order statistics that enclose it.

    Parameters
    ----------
    values
        (run,), at least one.
    levels
        In (0, 1).
    ends
        Bounds where so few runs give none.
    weights
        Of the runs.
    """
    order = np.argsort(values, kind="stable")
    padded = np.concatenate([[ends[0]], values[order], [ends[1]]])
    kind = weighted_kind(RANKS, weights)
    if weights is None:
        ranks = np.array([quantile_ranks(len(values), level) for level in levels])
        return [Interval(point, low, high, kind) for point, low, high in padded[ranks].tolist()]
    few, reached = max(int(weights.effective), 1), np.cumsum(weights.each[order]) / len(values)
    found = []
    for level in levels:
        _, low, high = quantile_ranks(few, level)
        at, below, above = (_rank(reached, share) for share in (level, low / few, high / few))
        found.append(Interval(float(padded[at]), float(padded[min(below, at)]), float(padded[above]), kind))
    return found


def _rank(reached: Numbers, share: float) -> int:
    """Return the rank, from 1, of the first run with which a share of all weight is reached; 0 for no share."""
    if share <= 0.0:
        return 0
    return int(np.searchsorted(reached, share - ROUNDING)) + 1 if share <= 1.0 else len(reached) + 1


def influence_of(values: Numbers, weights: Weights | None = None) -> Numbers:
    """Return numbers whose mean is the weighted mean, and whose spread is that of what it is worth.

    The weighted mean is that of the runs with a collapse and that of those without, put together by a chance that
    follows from the share of the former: the numbers are what each run adds to that (its influence function).

    Parameters
    ----------
    values
        (run,), at least one.
    weights
        Of the runs.
    """
    if weights is None:
        return values
    fell, share = weights.fell, float(weights.fell.mean())
    means = float(np.average(values[fell], weights=weights.each[fell])), float(values[~fell].mean())
    within = weights.each * (values - np.where(fell, *means))
    between = (means[0] - means[1]) * weights.tilt.steepness(share) * (fell - share)
    return mean_of(values, weights) + within + between
