"""Estimate a small chance from independent climbs, with its interval, and say what it would have cost without them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import pandas as pd
from rich.console import Console

from sim.core.outputs import Kind, output
from sim.ensemble.run.chunks import job_of
from sim.ensemble.run.executors import Workers, count_workers
from sim.ensemble.run.reporter import Reporter
from sim.ensemble.run.work import make_ready
from sim.ensemble.store.schema import Names, schema_of
from sim.study.rare.climbing import TOP, Climb, Mountain, Stratum, choose_rungs, climb_once, strata_of, worthwhile
from sim.study.rare.goals import Goal
from sim.world.faults import not_whole
from sim.world.frozen import ConfigError
from sim.world.scenario import Scenario

LEVEL = 0.95
APART = 2**24  # numbers of runs between the first ones of two climbs
LEAST_EFFORT, LEAST_REPEATS = 20, 2
LEAST = 0.1  # of the effort goes to every stratum, however little it seems to matter
LADDER, LINEAGES, CLIMBS = "ladder", "lineages", "climbs"


class LadderRow:
    """A rung of the ladder, in ``ladder.parquet``: which histories get that far."""

    stratum: int = output(Kind.NUMBER, "", "of the runs", "0 is the first; all runs where there is one")
    share_of_runs: float = output(Kind.SHARE, "share", "share of all runs that are in the stratum")
    rung: int = output(Kind.NUMBER, "", "number of the rung", "the last is the outcome itself")
    height: float = output(Kind.INDEX, "", "how near one is to the outcome there", "1 for the outcome itself")
    share: float = output(
        Kind.SHARE, "share", "mean share of histories from the rung before that reach it", null="none came to that rung"
    )


class ClimbRow:
    """An independent repeat, in ``climbs.parquet``."""

    climb: int = output(Kind.NUMBER, "", "number of the repeat")
    chance: float = output(Kind.SHARE, "probability", "what it alone says of the chance")
    days: int = output(Kind.COUNT, "run-days", "days that it lived")


class LineageRow:
    """A history in which the outcome came about, in ``lineages.parquet``; `explain` follows it."""

    climb: int = output(Kind.NUMBER, "", "in which repeat")
    lineage: str = output(Kind.TEXT, "", "the run, and which branch is taken on which day", "such as 37@12:5")


SCHEMAS = {
    LADDER: schema_of(LadderRow, Names()),
    CLIMBS: schema_of(ClimbRow, Names()),
    LINEAGES: schema_of(LineageRow, Names()),
}


class Rung(NamedTuple):
    """A row of the ladder; see `LadderRow`."""

    stratum: int
    share_of_runs: float
    number: int
    height: float
    share: float


@dataclass(frozen=True, eq=False)
class Rare:
    """Hold what splitting says of a small chance.

    Parameters
    ----------
    scenario, goal
        Of what.
    effort
        Histories on each rung of a climb.
    estimate, low, high
        The chance with its 95 % interval; ``low`` is 0 and ``high`` an upper bound where nobody got there.
    days
        Days lived in all, those that chose the rungs included.
    gain
        How many times as many days as many runs would take to be as certain, NaN where that is not known.
    ladder, climbs, lineages
        The rungs, the repeats, and the histories in which it came about; see the guide to results.
    """

    scenario: Scenario
    goal: Goal
    effort: int
    estimate: float
    low: float
    high: float
    days: int
    gain: float
    ladder: pd.DataFrame
    climbs: pd.DataFrame
    lineages: pd.DataFrame

    @property
    def rungs(self) -> list[Rung]:
        """Return the rows of the ladder."""
        return list(map(Rung._make, zip(*(self.ladder[name].tolist() for name in self.ladder), strict=True)))

    @property
    def is_split(self) -> bool:
        """Tell whether runs were taken from two strata."""
        return bool(self.ladder["stratum"].max() > 0)


@dataclass(frozen=True, eq=False)
class _Way:
    """A stratum with its rungs, how many histories climb it, and how many days choosing took."""

    stratum: Stratum
    rungs: tuple[float, ...]
    effort: int
    days: int


def rare(
    scenario: Scenario, goal: Goal, effort: int = 250, repeats: int = 20, reporter: Reporter | None = None
) -> Rare:
    """Return the chance of something that few runs show, by splitting.

    Parameters
    ----------
    scenario, goal
        What is lived, and what is waited for; see `sim.study.rare.goals.goal_of`.
    effort
        Histories on each rung, at least 20.
    repeats
        Independent climbs, from which the interval comes; at least 2.
    reporter
        Who tells a person how far it is; nobody by default.
    """
    if faults := not_whole("effort", effort, LEAST_EFFORT) + not_whole("repeats", repeats, LEAST_REPEATS):
        raise ConfigError(faults)
    teller = reporter or Reporter(Console(quiet=True))
    make_ready(job_of(scenario), teller)
    ways = choose_ways(scenario, goal, effort)
    config = scenario.config
    with (
        Workers(config.executor, count_workers(config.ensemble.workers)) as workers,
        teller.count("climbs", repeats, 0) as advance,
    ):
        pending = [workers.submit(climb_all, scenario, goal, ways, number) for number in range(repeats)]
        climbs = []
        for future in pending:
            climbs.append(future.result())
            advance(1)
    return _judged(scenario, goal, effort, ways, climbs)


def choose_ways(scenario: Scenario, goal: Goal, effort: int) -> list[_Way]:
    """Return how each stratum is climbed: its rungs, and its part of the effort by its part of what a trial shows."""
    ways, weights = [], []
    for stratum in strata_of(scenario, goal):
        mountain = Mountain(scenario, goal, stratum)
        rungs = choose_rungs(mountain, 0, effort)
        trial = Mountain(scenario, goal, stratum)
        found = climb_once(trial, rungs, APART, effort)
        weights.append(stratum.share * found.chance)
        ways.append(_Way(stratum, worthwhile(rungs, found), effort, mountain.days + trial.days))
    total = sum(weights)
    parts = [max(weight / total, LEAST) if total else 1.0 for weight in weights]
    return [replace(way, effort=max(10, round(effort * part))) for way, part in zip(ways, parts, strict=True)]


def climb_all(scenario: Scenario, goal: Goal, ways: Sequence[_Way], number: int) -> list[Climb]:
    """Return one repeat: a climb in each stratum."""
    return [
        climb_once(Mountain(scenario, goal, way.stratum), way.rungs, (number + 2) * APART, way.effort) for way in ways
    ]


def _judged(
    scenario: Scenario, goal: Goal, effort: int, ways: Sequence[_Way], climbs: Sequence[Sequence[Climb]]
) -> Rare:
    """Return what the climbs say together."""
    shares = [way.stratum.share for way in ways]
    chances = np.array([sum(s * c.chance for s, c in zip(shares, each, strict=True)) for each in climbs])
    days = [sum(climb.days for climb in each) for each in climbs]
    total = sum(days) + sum(way.days for way in ways)
    estimate, low, high, error = interval(chances)
    if not estimate:
        high = _bound(ways, climbs)
    as_many = estimate * (1.0 - estimate) / error**2 * goal.end if error > 0.0 else math.nan
    return Rare(
        *(scenario, goal, effort, estimate, low, high, total, as_many / total),
        pd.DataFrame(list(_rows(ways, climbs)), columns=SCHEMAS[LADDER].names),
        pd.DataFrame({"climb": range(len(climbs)), "chance": chances, "days": days}),
        pd.DataFrame(
            [(i, str(way)) for i, each in enumerate(climbs) for climb in each for way in climb.lineages],
            columns=SCHEMAS[LINEAGES].names,
        ),
    )


def interval(chances: np.ndarray) -> tuple[float, float, float, float]:
    """Return the mean of independent estimates, its 95 % interval, and its standard error.

    The interval is Student's for the logarithm, by the delta method: a small chance is not below 0, and the estimates
    are skewed.

    Parameters
    ----------
    chances
        At least two.
    """
    mean, n = float(chances.mean()), len(chances)
    error = float(chances.std(ddof=1)) / math.sqrt(n)
    if not mean:
        return 0.0, 0.0, math.nan, error
    from scipy.special import stdtrit  # noqa: PLC0415 - it takes a tenth of a second, and few ask

    factor = math.exp(float(stdtrit(n - 1, 0.5 + LEVEL / 2.0)) * error / mean)
    return mean, mean / factor, min(1.0, mean * factor), error


def _mean_shares(way: _Way, climbs: Sequence[Climb]) -> list[float]:
    """Return which share gets from each rung to the next, on average over the climbs that came so far."""
    found = []
    for rung in range(len(way.rungs) + 1):
        shares = [climb.shares[rung] for climb in climbs if len(climb.shares) > rung]
        found.append(sum(shares) / len(shares) if shares else math.nan)
    return found


def _rows(ways: Sequence[_Way], climbs: Sequence[Sequence[Climb]]) -> Iterator[Rung]:
    """Yield the rungs of all strata, the outcome itself the last; NaN for a share of nobody."""
    for number, (way, own) in enumerate(zip(ways, zip(*climbs, strict=True), strict=True)):
        for rung, (height, share) in enumerate(zip((*way.rungs, TOP), _mean_shares(way, own), strict=True)):
            yield Rung(number, way.stratum.share, rung, height, share)


def _bound(ways: Sequence[_Way], climbs: Sequence[Sequence[Climb]]) -> float:
    """Return what a chance hardly exceeds of which no climb found any: of n that start from the last rung, 3 in n."""
    bound = 0.0
    for way, own in zip(ways, zip(*climbs, strict=True), strict=True):
        reached = [share for share in _mean_shares(way, own) if share > 0.0]  # NaN where nobody came so far
        bound += way.stratum.share * math.prod(reached) * min(1.0, 3.0 / (way.effort * len(climbs)))
    return bound
