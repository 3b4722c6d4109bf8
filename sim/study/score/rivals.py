"""Forecast with one line each what the model has to beat: from the other worlds, and from what was known on day 0.

A rival sees observations of worlds outside the fold, and facts of day 0 of all. Amounts are lognormal around a rate
per head, fighter or day with the spread of the others; what is pooled is what the others saw.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from sim.core.codes import Level
from sim.study.score.facts import Facts
from sim.study.score.families import DAYS
from sim.study.score.forecast import NARROWEST, Chance, Forecast, Kind, Levels, Normal, Sample, Split, chance, scaled
from sim.study.score.record import Observation

Floats = npt.NDArray[np.float64]
FEWEST = 3
"""Observations that a rival needs to learn from."""
RIDGE = 1.0
"""Penalty on standardised slopes of the logistic rivals, as half the square of each."""
FAR_HOPS = 3
"""Seats from here on are pooled: as far from enemy ground as matters."""


@dataclass(frozen=True)
class Known:
    """Hold one observation of a family with the day-0 facts of its world."""

    facts: Facts
    seen: Observation


Learner: TypeAlias = Callable[[Kind, Sequence[Known], Known], Forecast | None]
"""What a rival says of the last argument, whose observed value it does not look at, having learnt from the others."""


@dataclass(frozen=True)
class Rival:
    """Name a forecaster.

    Parameters
    ----------
    name
        Its key in the table.
    learn
        How it forecasts one item; None where it has nothing to go by.
    """

    name: str
    learn: Learner


def pooled(kind: Kind, others: Sequence[Known], _: Known) -> Forecast | None:
    """Forecast what the others saw, each as likely as the other."""
    if len(others) < FEWEST:
        return None
    values = np.array([one.seen.value for one in others])
    if kind is Kind.CHANCE:
        return chance(float(values.sum()), len(values))
    if kind is Kind.LEVEL:
        return Levels(np.bincount(values.astype(np.int64), minlength=len(Level)) / len(values))
    return Sample(np.array([scaled(kind, value) for value in values]))


def per(exposure: Callable[[Known], float]) -> Learner:
    """Return a rival that forecasts a rate per exposure, lognormal around that of the others."""

    def learn(kind: Kind, others: Sequence[Known], this: Known) -> Forecast | None:
        if len(others) < FEWEST:
            return None
        rates = [scaled(kind, one.seen.value) - math.log10(exposure(one)) for one in others]
        spread = max(float(np.std(rates, ddof=1)), NARROWEST)
        return Normal(math.log10(exposure(this)) + float(np.mean(rates)), spread)

    return learn


def logistic(covariates: Callable[[Known], Sequence[float]]) -> Learner:
    """Return a rival that forecasts a chance by logistic regression with a ridge."""

    def learn(_: Kind, others: Sequence[Known], this: Known) -> Forecast | None:
        pairs = [(covariates(one), one.seen.value) for one in others]
        known = [(x, y) for x, y in pairs if not any(map(math.isnan, x))]
        if len(known) < FEWEST or any(map(math.isnan, covariates(this))):
            return None
        fitted = _fit(np.array([x for x, _ in known]), np.array([y for _, y in known]))
        return Chance(fitted(np.array(covariates(this))))

    return learn


def _fit(x: Floats, y: Floats) -> Callable[[Floats], float]:
    """Return the probability by covariates, fitted by Newton's method; the constant is not penalised."""
    centre, spread = x.mean(axis=0), x.std(axis=0)
    spread = np.where(spread > 0.0, spread, 1.0)
    design = np.column_stack([np.ones(len(x)), (x - centre) / spread])
    penalty = np.diag([0.0] + [RIDGE] * x.shape[1])
    slopes = np.zeros(design.shape[1])
    for _ in range(50):  # few are needed; a constant alone can run away where all outcomes are alike
        p = 1.0 / (1.0 + np.exp(-np.clip(design @ slopes, -30.0, 30.0)))
        gradient = design.T @ (p - y) + penalty @ slopes
        curvature = (design * (p * (1.0 - p))[:, None]).T @ design + penalty + 1e-9 * np.eye(len(slopes))
        slopes = np.clip(slopes - np.linalg.solve(curvature, gradient), -15.0, 15.0)

    def probability(at: Floats) -> float:
        return float(1.0 / (1.0 + np.exp(-(slopes[0] + (at - centre) / spread @ slopes[1:]))))

    return probability


def balance(one: Known) -> Sequence[float]:
    """Return what the logistic of falls knows: effective force ratio and gap of coded morale."""
    return one.facts.strength, one.facts.morale_gap


def fall_then_day(kind: Kind, others: Sequence[Known], this: Known) -> Forecast | None:
    """Forecast the day of the collapse: as likely as the logistic says it is one of those of the others, else never."""
    fell = [one for one in others if one.seen.value < 1.0]
    outcomes = [Known(one.facts, _as_chance(one.seen)) for one in others]
    fall = logistic(balance)(kind, outcomes, this)
    if not (fell and isinstance(fall, Chance)):
        return None
    days = np.array([one.seen.value for one in fell] + [1.0])
    weights = np.array([fall.probability / len(fell)] * len(fell) + [1.0 - fall.probability])
    return Sample(days, weights)


def _as_chance(seen: Observation) -> Observation:
    """Return whether a day as a share of the horizon came."""
    return Observation(seen.item, seen.row, float(seen.value < 1.0), 0.0, 1.0)


def by_hops(kind: Kind, others: Sequence[Known], this: Known) -> Forecast | None:
    """Forecast what befell seats as far from enemy ground."""
    alike = [one for one in others if _hops(one) == _hops(this)]
    return pooled(kind, alike if len(alike) >= FEWEST else others, this)


def _hops(one: Known) -> int:
    """Return how far a seat is from enemy ground."""
    return min(one.facts.hops[one.seen.item], FAR_HOPS)


def always(p: float) -> Learner:
    """Return a rival that gives the same chance every time."""
    return lambda _kind, _others, _this: Chance(p)


def _nothing(kind: Kind, _: Sequence[Known], __: Known) -> Forecast | None:
    """Forecast calm: no incident, level 0."""
    if kind is Kind.LEVEL:
        return Levels(np.eye(len(Level))[Level.CALM])
    return Sample(np.zeros(1))


def border(one: Known) -> Sequence[float]:
    """Return what the logistic of incidents knows: border units (as a logarithm) and capacity."""
    here = one.facts.borders[one.seen.item]
    return math.log1p(here.units), here.capacity


def split_by(weight: Callable[[Known, str], float]) -> Learner:
    """Return a rival that splits those who arrive by a weight of each neighbour, equally where nobody has any."""

    def learn(_: Kind, __: Sequence[Known], this: Known) -> Forecast | None:
        weights = np.array([weight(this, state) for state in this.facts.borders])
        return Split(weights / weights.sum() if weights.sum() > 0.0 else np.full(len(weights), 1.0 / len(weights)))

    return learn


def _days(one: Known) -> float:
    """Return how long the war is looked at."""
    return float(one.facts.horizon_days)


CERTAIN = 0.5 / 1001
"""How near to 0 and 1 a rival goes who knows: as near as 1,000 runs."""

POOLED = Rival("pooled", pooled)
BASE_RATE = Rival("base_rate", pooled)
OF_AMOUNTS = (
    POOLED,
    Rival("pooled_lognormal", per(lambda _: 1.0)),
    Rival("per_day", per(_days)),
    Rival("per_head", per(lambda one: one.facts.people)),
    Rival("per_head_day", per(lambda one: one.facts.people * _days(one))),
    Rival("per_fighter", per(lambda one: one.facts.fighters)),
    Rival("per_fighter_day", per(lambda one: one.facts.fighters * _days(one))),
)
OF_NEIGHBOURS = (
    POOLED,
    Rival("pooled_lognormal", per(lambda _: 1.0)),
    Rival("border_people", per(lambda one: 1.0 + one.facts.borders[one.seen.item].people)),
    Rival("border_people_day", per(lambda one: (1.0 + one.facts.borders[one.seen.item].people) * _days(one))),
)
FALL = (BASE_RATE, Rival("logistic", logistic(balance)))
RIVALS: dict[str, tuple[Rival, ...]] = {
    "fall": FALL,
    **{f"fall_by_{day}": FALL for day in DAYS},
    "collapse_day": (POOLED, Rival("logistic_pooled", fall_then_day)),
    "collapse_log_day": (POOLED, Rival("pooled_lognormal", per(lambda _: 1.0))),
    "capital_day": (POOLED,),
    "seat_day": (POOLED, Rival("by_hops", by_hops)),
    "seat_falls": (BASE_RATE, Rival("by_hops", by_hops)),
    "seats_lost": (POOLED,),
    **dict.fromkeys(("killed", "civilians_killed", "displaced", "arrivals"), OF_AMOUNTS),
    "arrivals_by_neighbour": OF_NEIGHBOURS,
    "split": (
        Rival("equal", split_by(lambda _, __: 1.0)),
        Rival("border_people", split_by(lambda one, state: one.facts.borders[state].people)),
        Rival("gravity", split_by(lambda one, state: one.facts.borders[state].gravity)),
    ),
    "incident": (
        BASE_RATE,
        Rival("logistic", logistic(border)),
        Rival("every_neighbour", always(1.0 - CERTAIN)),
        Rival("nothing", always(CERTAIN)),
    ),
    "incidents": (
        POOLED,
        Rival("pooled_lognormal", per(lambda _: 1.0)),
        Rival("per_day", per(_days)),
        Rival("nothing", _nothing),
    ),
    "level": (POOLED, Rival("nothing", _nothing)),
}
"""Who forecasts each family. What a split is learnt from is day 0 alone."""
