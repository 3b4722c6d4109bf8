"""Add runs until estimates are as precise as asked, with intervals that stay valid although one looks and stops.

Looks at the results happen at numbers of runs that are fixed beforehand, each a half more than the last. An interval
at level 1 - 0.05 / K at each of K looks covers at all of them at once with 95 % (Bonferroni), wherever one stops: for
probabilities exactly (Clopper & Pearson 1934), for amounts as far as their mean is normal. Stopping by the usual
interval would cover less than it says (Frey 2010, The American Statistician 64, 242-245).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from statistics import NormalDist

from sim.ensemble.estimate.intervals import LEVEL
from sim.ensemble.estimate.outcomes import PROBABILITY, Outcome, outcomes_of
from sim.ensemble.estimate.rows import Row
from sim.ensemble.estimate.weights import Weights, mean_with_interval, share_interval
from sim.ensemble.store.results import Frame
from sim.ensemble.store.schema import names_of
from sim.world.faults import suggestion
from sim.world.frozen import ConfigError
from sim.world.scenario import Scenario

GROWTH = 1.5  # assumption: of runs from look to look; finer steps overshoot less and widen every interval
HALF = 0.5  # half the width of all that a probability can be
LOOKS = "clopper_pearson_95_of_all_looks"
LOOKS_NORMAL = "normal_95_of_all_looks"


@dataclass(frozen=True)
class Target:
    """Hold what is to be known how precisely, and what is known by now.

    Parameters
    ----------
    outcome
        What is estimated.
    half_width
        Asked half-width of its interval, in its unit.
    n, estimate, low, high
        Runs so far, the mean over them, and the interval that stays valid; without runs the widest.
    """

    outcome: Outcome
    half_width: float
    n: int = 0
    estimate: float = math.nan
    low: float = -math.inf
    high: float = math.inf

    @property
    def is_met(self) -> bool:
        """Tell whether the interval is as narrow as asked."""
        return self.reached <= self.half_width

    @property
    def reached(self) -> float:
        """Return the half-width of its interval by now."""
        return (self.high - self.low) / 2.0

    def row(self, day: int) -> Row:
        """Return the target as a row of the estimates."""
        kind = LOOKS if self.outcome.unit == PROBABILITY else LOOKS_NORMAL
        numbers = self.estimate, self.low, self.high
        return Row(self.outcome.name, None, day, *numbers, self.n, kind, self.outcome.unit)


def targets_of(scenario: Scenario) -> list[Target]:
    """Return what a scenario's configuration asks to be known how precisely; raise ConfigError where it cannot be."""
    known = outcomes_of(names_of(scenario.tables), scenario.horizon_days)
    ensemble = scenario.config.ensemble
    asked = ensemble.until or {}
    unknown = [name for name in asked if name not in known]
    faults = [f"ensemble.until.{name}: no such outcome; {suggestion(name, list(known))}" for name in unknown]
    faults += [
        f"ensemble.until.{name} = {half_width:g}: must be below 0.5; 0.01 is one percentage point"
        for name, half_width in asked.items()
        if name in known and known[name].unit == PROBABILITY and half_width >= HALF
    ]
    if asked and ensemble.max_runs < ensemble.runs:
        least = f"ensemble.runs, those before the first look ({ensemble.runs})"
        faults.append(f"ensemble.max_runs = {ensemble.max_runs}: must be at least {least}")
    if faults:
        raise ConfigError(faults)
    return [Target(known[name], half_width) for name, half_width in asked.items()]


def looks(first: int, most: int) -> list[int]:
    """Return the numbers of runs at which one looks, from the first to the most there may be."""
    return list(_looks(first, most))


def _looks(first: int, most: int) -> Iterator[int]:
    """Yield the numbers of runs at which one looks."""
    runs = first
    while runs < most:
        yield runs
        runs = math.ceil(GROWTH * runs)
    yield most


def look(targets: list[Target], runs: Frame, n_looks: int, weights: Weights | None = None) -> list[Target]:
    """Return the targets with what some runs tell about them.

    Parameters
    ----------
    targets
        What is asked.
    runs
        Rows of the runs that did not fail.
    n_looks
        How many looks were planned.
    weights
        Of the runs.
    """
    return [_look(target, runs, weights, n_looks) for target in targets]


def _look(target: Target, runs: Frame, weights: Weights | None, n_looks: int) -> Target:
    """Return one target with what runs tell about it."""
    values = target.outcome.values(runs)
    if len(values) < 2:  # noqa: PLR2004 - one number has no spread
        return target
    if target.outcome.unit == PROBABILITY:
        tail = (1.0 - LEVEL) / (2.0 * n_looks)
        mean, low, high, _ = share_interval(values > 0.0, weights, partial(clopper_pearson, tail=tail))
    else:
        mean, low, high, _ = mean_with_interval(values, weights, _z(n_looks))
    return Target(target.outcome, target.half_width, len(values), mean, low, high)


def clopper_pearson(successes: float, n: float, tail: float) -> tuple[float, float]:
    """Return the interval of a share that misses it on either side with a probability of at most ``tail``.

    References
    ----------
    Clopper & Pearson (1934), Biometrika 26, 404-413.
    """
    from scipy.special import betaincinv  # noqa: PLC0415 - it takes a tenth of a second that few runs need

    low = 0.0 if successes == 0 else float(betaincinv(successes, n - successes + 1, tail))
    high = 1.0 if successes == n else float(betaincinv(successes + 1, n - successes, 1.0 - tail))
    return low, high


def worst_runs(targets: Sequence[Target], n_looks: int) -> float:
    """Return about how many runs probabilities take if they are a half, the worst case; 0 without any.

    Parameters
    ----------
    targets
        What is asked.
    n_looks
        How many looks were planned.
    """
    widths = [target.half_width for target in targets if target.outcome.unit == PROBABILITY]
    return max(((_z(n_looks) * HALF / width) ** 2 for width in widths), default=0.0)


def likely_runs(targets: Sequence[Target]) -> float:
    """Return about how many runs targets take, spread as those by now are; if there are none, without end.

    Parameters
    ----------
    targets
        What is asked, and known by now.
    """
    return max(t.n * (t.reached / t.half_width) ** 2 if t.n else math.inf for t in targets)


def _z(n_looks: int) -> float:
    """Return the half-width of an interval at each look, in standard errors."""
    return NormalDist().inv_cdf(1.0 - (1.0 - LEVEL) / (2.0 * n_looks))


def reached(targets: Sequence[Target]) -> dict[str, Mapping[str, float | bool]]:
    """Return what a manifest tells about targets."""
    return {
        target.outcome.name: {
            "half_width_asked": target.half_width,
            "half_width": round(target.reached, 9),
            "is_met": target.is_met,
        }
        for target in targets
    }
