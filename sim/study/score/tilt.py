"""Learn how far the share of runs with a collapse may be trusted, and score what runs say that weigh accordingly.

The line on the log odds (`sim.world.tilt`) is learnt by penalised likelihood: its priors are normal, and of few worlds
little more is left than these. So is the delay, from the days on which regimes fell. What is said of a world is learnt
from other countries' wars alone.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import astuple, dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.core.parameters import describe
from sim.study.score.families import DAYS, Family, Lived, forecast_of
from sim.study.score.forecast import Chance, Forecast
from sim.world.tilt import PRIOR_ERRORS, USUAL_GAP, Covariance, Tilt, log_odds

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
NO_FALLS: Ints = np.zeros(1, np.int64)

FALL, FALL_DAY = "fall", "collapse_log_day"
OF_THE_WAR = (
    *(FALL, *(f"fall_by_{day}" for day in DAYS), "collapse_day", FALL_DAY, "capital_day"),
    *("seat_day", "seat_falls", "seats_lost"),
)
"""Families whose runs are weighed; what war does to people and neighbours follows, and is scored as it is."""

LINE = ("intercept", "slope", "gap")
"""What of a tilt tells how likely a fall is; its delay tells when."""

STEPS = 50
FIXED = 1e12  # precision of what is held
ALL = ""
"""Stands for no fold: what is learnt from all worlds."""

COLUMNS = (
    *("fold", "intercept", "intercept_error", "slope", "slope_error", "gap", "gap_error", "delay", "delay_error"),
    "worlds",
)
SHARED = {"intercept_slope": (0, 1), "intercept_gap": (0, 2), "slope_gap": (1, 2)}
"""What two of the line's three have in common, by column and place in the covariance."""


@dataclass(frozen=True)
class Outcome:
    """Hold what the runs of a war said, and what happened.

    Parameters
    ----------
    fold
        What it is left out with.
    share
        Of its runs in which the regime collapsed.
    fell
        1 if it did, else 0.
    gap
        Of judged morale on day 0; see `sim.world.tilt.morale_gap`.
    day
        On which it fell, NaN where it did not.
    falls
        (day,): in how many of its runs the regime collapses on each day.
    """

    fold: str
    share: float
    fell: float
    gap: float
    day: float = math.nan
    falls: Ints = field(default_factory=lambda: NO_FALLS, compare=False)


@dataclass(frozen=True)
class Learnt:
    """Hold a tilt that was learnt.

    Parameters
    ----------
    tilt
        The line.
    errors
        Standard errors of intercept, slope, weight of the gap, and delay.
    worlds
        From how many.
    covariance
        Of the first three: the inverse curvature of their loss.
    """

    tilt: Tilt
    errors: tuple[float, float, float, float]
    worlds: int
    covariance: Covariance


def learn_tilt(outcomes: Sequence[Outcome], fold: str = ALL) -> Learnt:
    """Return the tilt that wars teach, those of a fold left out; without any, that of the priors.

    Parameters
    ----------
    outcomes
        What runs said, and what happened.
    fold
        What is left out; by default nothing.
    """
    known = [one for one in outcomes if fold == ALL or one.fold != fold]
    odds, fell, gaps = (np.array([getattr(one, name) for one in known]) for name in ("share", "fell", "gap"))
    said = np.column_stack([log_odds(odds), np.where(np.isnan(gaps), 0.0, gaps - USUAL_GAP)])
    ranges = np.array([describe(Tilt)[name].prior for name in LINE])
    centre, precision = ranges.mean(axis=1), np.diag((2.0 * PRIOR_ERRORS / np.ptp(ranges, axis=1)) ** 2)
    line, curvature = fit_line(said, fell, np.ones(len(known)), centre, precision)
    low, high = describe(Tilt)["slope"].limits
    if not low <= line[1] <= high:  # the loss is convex: its least within the limits lies on the one that is crossed
        centre[1], precision[1, 1] = min(max(line[1], low), high), FIXED
        line, _ = fit_line(said, fell, np.ones(len(known)), centre, precision)
    inverse = np.linalg.inv(curvature)
    errors, covariance = np.sqrt(np.diag(inverse)).tolist(), tuple(map(tuple, inverse.tolist()))
    delay, error = learn_delay(known)
    tilt = Tilt(**dict(zip(LINE, map(float, line), strict=True)), delay=delay)
    return Learnt(tilt, (errors[0], errors[1], errors[2], error), len(known), covariance)


def learn_delay(outcomes: Sequence[Outcome]) -> tuple[float, float]:
    """Return how much later regimes fell than in runs, the power k, and its standard error.

    Of runs with a collapse, that on day d is what happened with a chance in proportion to (1 + d)**k. The likelihood
    of days that came, times the normal prior, is largest where the sum over wars of log(1 + day), less its mean over
    the runs so weighed, is k over the variance of the prior; its curvature gives the error.

    Parameters
    ----------
    outcomes
        Those without a day, and without a run with a collapse, tell nothing.
    """
    prior = describe(Tilt)["delay"]
    precision = (2.0 * PRIOR_ERRORS / (prior.prior[1] - prior.prior[0])) ** 2
    told = [one for one in outcomes if not math.isnan(one.day) and one.falls.any()]
    delay, curvature = 0.0, precision
    for _ in range(STEPS):  # Newton's method: the loss is convex
        gradient, curvature = precision * delay, precision
        for one in told:
            logs = np.log1p(np.arange(len(one.falls)))
            weights = one.falls * np.exp(delay * (logs - logs[-1]))
            mean = float(np.average(logs, weights=weights))
            gradient += mean - math.log1p(one.day)
            curvature += float(np.average((logs - mean) ** 2, weights=weights))
        delay -= gradient / curvature / max(1.0, abs(gradient / curvature))
    return min(max(delay, prior.limits[0]), prior.limits[1]), 1.0 / math.sqrt(curvature)


def fit_line(
    said: Floats, happened: Floats, weights: Floats, centre: Floats, precision: Floats
) -> tuple[Floats, Floats]:
    """Return the line that suits what happened, and how sharply it is known (the curvature of its loss).

    Parameters
    ----------
    said
        What was said, a row each: as log odds, and what else.
    happened
        1 or 0.
    weights
        What each counts.
    centre, precision
        Of the normal prior of the intercept and of what each column counts.
    """
    design, line = np.column_stack([np.ones(len(said)), said]), centre.copy()
    for _ in range(STEPS):  # Newton's method: the loss is convex
        p = 1.0 / (1.0 + np.exp(-np.clip(design @ line, -30.0, 30.0)))
        gradient = design.T @ (weights * (p - happened)) + precision @ (line - centre)
        curvature = (design * (weights * p * (1.0 - p))[:, None]).T @ design + precision
        step = np.linalg.solve(curvature, gradient)
        line -= step / max(1.0, float(np.abs(step).max()))
    return line, curvature


def outcome_of(world: Lived, fold: str, fell: float, gap: float, day: float) -> Outcome:
    """Return what the runs of a world said of its fall, and what happened.

    Parameters
    ----------
    world, fold
        What its runs left behind, and what it is left out with.
    fell
        1 or 0.
    gap
        Of judged morale.
    day
        On which it fell, NaN where it did not.
    """
    return Outcome(fold, float(world.fell.mean()), fell, gap, day, np.bincount(world.days[world.fell].astype(np.int64)))


def tilted_forecast(family: Family, world: Lived, item: str, tilt: Tilt) -> Forecast | None:
    """Return what weighed runs of a world say of an item, None of families for which they are not weighed.

    Parameters
    ----------
    family, world, item
        What is asked of which runs.
    tilt
        What gives them their weights.
    """
    if family.name not in OF_THE_WAR:
        return None
    share = float(world.fell.mean())
    if family.name == FALL:
        return Chance(tilt.chance(share))
    return forecast_of(family, world, item, tilt.weigh(world.days))


def tilt_table(outcomes: Sequence[Outcome]) -> pd.DataFrame:
    """Return a row for what is learnt from all worlds, and one for each fold that is left out; see `COLUMNS`."""
    rows = []
    for fold in (ALL, *sorted({one.fold for one in outcomes})):
        found = learn_tilt(outcomes, fold)
        numbers = [number for pair in zip(astuple(found.tilt), found.errors, strict=True) for number in pair]
        rows.append((fold, *numbers, found.worlds, *(found.covariance[at][to] for at, to in SHARED.values())))
    return pd.DataFrame(rows, columns=[*COLUMNS, *SHARED])
