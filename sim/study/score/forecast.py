"""Hold what forecasts say of one number, and score them against what happened.

Amounts are scored as logarithms, log10(1 + x), days and shares as they are. Scores are negative oriented: smaller is
better. Gneiting & Raftery (2007), "Strictly proper scoring rules, prediction, and estimation", JASA 102, 359-378;
Ferro (2014), "Fair scores for ensemble forecasts", QJRMS 140, 1917-1923.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from sim.study.score.record import Observation

Floats = npt.NDArray[np.float64]
TAILS = (0.05, 0.95)
"""Ends of the 90 % interval."""
NARROWEST = 0.01
"""Least spread of a normal forecast, log10: others that all agree do not make it certain."""


class Kind(StrEnum):
    """What sort of number a family is about."""

    AMOUNT = "amount"  # people or incidents: a logarithm is scored
    SHARE = "share"  # in [0, 1]
    CHANCE = "chance"
    LEVEL = "level"
    SPLIT = "split"


@dataclass(frozen=True, eq=False)
class Sample:
    """Hold values on the scale of the score, each with the same weight or with its own.

    Parameters
    ----------
    values
        In any order.
    weights
        That sum to 1, or None.
    is_drawn
        Whether they are draws from the forecast, whose number must not count (fair score), or the forecast itself.
    """

    values: Floats
    weights: Floats | None = None
    is_drawn: bool = False


@dataclass(frozen=True)
class Normal:
    """Hold a normal distribution on the scale of the score: a lognormal one of amounts."""

    mean: float
    spread: float


@dataclass(frozen=True)
class Chance:
    """Hold the probability that it happens."""

    probability: float


@dataclass(frozen=True, eq=False)
class Levels:
    """Hold the probability of each level."""

    probabilities: Floats


@dataclass(frozen=True, eq=False)
class Split:
    """Hold the shares of a whole."""

    parts: Floats


Forecast: TypeAlias = Sample | Normal | Chance | Levels | Split


@dataclass(frozen=True)
class Told:
    """Hold a forecast in short: its middle, its 90 % interval, and where in it the observation lies (PIT).

    All are on the scale of the score; the PIT is that of the middle of a step, NaN where there is none.
    """

    median: float
    low: float
    high: float
    pit: float


def chance(k: float, n: int) -> Chance:
    """Return the probability of what happened in ``k`` of ``n``, never quite 0 or 1.

    Parameters
    ----------
    k, n
        How often, of how many.
    """
    return Chance((k + 0.5) / (n + 1))


def scaled(kind: Kind, value: float) -> float:
    """Return a number on the scale of the score."""
    return math.log10(1.0 + value) if kind is Kind.AMOUNT else value


def unscaled(kind: Kind, value: float) -> float:
    """Return a number of the scale of the score in its own unit."""
    return float(10.0**value - 1.0) if kind is Kind.AMOUNT else value


def scores_of(forecast: Forecast, seen: Observation, kind: Kind) -> dict[str, float]:
    """Return the scores of a forecast by rule.

    Parameters
    ----------
    forecast, seen, kind
        What was said, what happened, and on which scale.
    """
    import scoringrules  # noqa: PLC0415 - it takes seconds that importing need not wait

    value = scaled(kind, seen.value)
    if isinstance(forecast, Sample):
        return {"crps": _crps(forecast, value)}
    if isinstance(forecast, Normal):
        return {"crps": float(scoringrules.crps_normal(value, forecast.mean, forecast.spread))}
    if isinstance(forecast, Chance):
        p = forecast.probability if value else 1.0 - forecast.probability
        return {"brier": float(scoringrules.brier_score(value, forecast.probability)), "log_loss": -math.log(p)}
    if isinstance(forecast, Levels):
        return {"rps": float(scoringrules.rps_score(int(value) + 1, forecast.probabilities))}
    return {"variation": 0.5 * float(np.abs(forecast.parts - np.array(seen.parts)).sum())}


def _crps(forecast: Sample, value: float) -> float:
    """Return the continuous ranked probability score of a sample; `pwm` is the fair one without all pairs."""
    import scoringrules  # noqa: PLC0415 - as above

    rule = "pwm" if forecast.is_drawn and len(forecast.values) > 1 else "nrg"
    if forecast.weights is not None:
        return float(scoringrules.crps_ensemble(value, forecast.values, ens_w=forecast.weights, estimator="nrg"))
    return float(scoringrules.crps_ensemble(value, forecast.values, estimator=rule))


def told(forecast: Forecast, seen: Observation, kind: Kind) -> Told:
    """Return a forecast in short.

    Parameters
    ----------
    forecast, seen, kind
        What was said, what happened, and on which scale.
    """
    value = scaled(kind, seen.value)
    if isinstance(forecast, Normal):
        from scipy.stats import norm  # noqa: PLC0415 - it takes most of a second that importing need not wait

        curve = norm(forecast.mean, forecast.spread)
        low, high = map(float, curve.ppf(TAILS))
        return Told(forecast.mean, low, high, float(curve.cdf(value)))
    if isinstance(forecast, Sample):
        return _of_steps(forecast.values, forecast.weights, value)
    if isinstance(forecast, Levels):
        return _of_steps(np.arange(len(forecast.probabilities), dtype=float), forecast.probabilities, value)
    if isinstance(forecast, Chance):
        return Told(forecast.probability, math.nan, math.nan, math.nan)
    return Told(math.nan, math.nan, math.nan, math.nan)


def _of_steps(values: Floats, weights: Floats | None, value: float) -> Told:
    """Return a distribution of steps in short."""
    if weights is None:
        low, median, high = np.quantile(values, (TAILS[0], 0.5, TAILS[1]))
        below, at = float((values < value).mean()), float((values == value).mean())
    else:
        order = np.argsort(values, kind="stable")
        reached = np.cumsum(weights[order]) / weights.sum()
        low, median, high = (values[order][np.searchsorted(reached, q - 1e-12)] for q in (TAILS[0], 0.5, TAILS[1]))
        below, at = (float(weights[where].sum() / weights.sum()) for where in (values < value, values == value))
    return Told(float(median), float(low), float(high), below + at / 2.0)
