"""Climb: live histories up a ladder of heights, and split those that reach a rung (fixed effort).

On each rung the same number of histories start from the states in which earlier ones have reached it, each with a key
of its own from there on. The chance of the goal is the product of the shares that reach the next rung, without bias
whatever the rungs are (Garvels & Kroese 1998; L'Ecuyer, Le Gland, Lezaud & Tuffin 2009, "Splitting techniques"). The
rungs are chosen beforehand, by histories that count for nothing else.

What comes by a single draw has no rungs, and a neighbour's war of its own is such a thing: a clock that rings when what
has run exceeds a number drawn on day 0. But draws are pure functions of what they decide, so that this one is read of
many runs before any is lived. Runs are taken from two strata, those whose clock may ring soon enough and the others,
whose shares are known exactly; branches stay in the stratum of their run.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count, zip_longest

import numpy as np

from sim.core.branches import call_turn, climb, first_waits, wait_of_branch
from sim.core.codes import NOBODY, Ladder, Stream
from sim.core.state import new_state
from sim.ensemble.run.branches import Lineage, morning_of_day_0, parameters_of
from sim.study.rare.goals import Goal
from sim.world.scenario import Scenario

TOP = 1.0  # the goal itself
SHARE = 0.2  # of the histories that should reach the next rung; near the best where the height tells much
STEP = 0.02  # of the way, at least, from a rung to the next: less tells nothing apart
MOST_SHARE = 0.5  # of the histories that reach a rung: one that more get to sorts out too few
MOST_RUNGS = 20
BLOCK = 4096  # runs whose clocks are read at a time
AS_LIKELY = 2.0  # as on day 0: "a war next door about doubles the risk" (Buhaug & Gleditsch 2008)
OWN_WAR = Stream.OWN_WAR.value


@dataclass(frozen=True)
class Stratum:
    """Hold which runs are meant.

    Parameters
    ----------
    share
        Of all runs.
    limit, is_below
        What must add up until a neighbour's war of its own lies below or above this number; infinite for all runs.
    """

    share: float
    limit: float = math.inf
    is_below: bool = True

    def holds(self, wait: float) -> bool:
        """Tell whether a clock belongs to it."""
        return (wait <= self.limit) == self.is_below


def strata_of(scenario: Scenario, goal: Goal) -> tuple[Stratum, ...]:
    """Return the strata of a goal: two for a level that takes deaths, else all runs together."""
    hazard = float(scenario.rules[0]["spillover"]["own_war_per_day"])
    limit = AS_LIKELY * hazard * goal.end
    if goal.ladder is not Ladder.LEVEL or limit <= 0.0:
        return (Stratum(1.0),)
    share = -math.expm1(-limit)
    return (Stratum(share, limit), Stratum(1.0 - share, limit, is_below=False))


@dataclass(frozen=True, eq=False)
class Start:
    """Hold a history on a morning, with its parameters, the way there, and how much its clock must run from day 0."""

    lineage: Lineage
    rules: np.ndarray
    state: np.ndarray
    wait: float = 0.0

    @property
    def day(self) -> int:
        """Return which morning it is."""
        return int(self.state[0]["key"]["day"])


@dataclass(frozen=True)
class Climb:
    """Hold one climb from day 0 to the goal, or to where nobody got any further.

    Parameters
    ----------
    shares
        Of the histories on each rung that reached the next.
    lineages
        Those that reached the goal.
    days
        That were lived in all.
    """

    shares: tuple[float, ...]
    lineages: tuple[Lineage, ...]
    days: int

    @property
    def chance(self) -> float:
        """Return what it says of the chance of the goal."""
        return math.prod(self.shares)


@dataclass
class Mountain:
    """Live the histories of one stratum towards a goal, and count the days that this takes.

    Parameters
    ----------
    scenario, goal, stratum
        Which histories, and where to.
    days
        That were lived so far.
    """

    scenario: Scenario
    goal: Goal
    stratum: Stratum
    days: int = field(default=0, init=False)

    @property
    def seed(self) -> int:
        """Return the seed of all runs."""
        return self.scenario.config.ensemble.seed

    def runs(self, first: int) -> Iterator[Start]:
        """Yield the runs of the stratum from a number on, each on the morning of day 0."""
        world, is_all = self.scenario.world, math.isinf(self.stratum.limit)
        scratch, waits = new_state(world), np.zeros(BLOCK)
        while True:
            if not is_all:
                first_waits(scratch, np.uint64(self.seed), first, self.goal.host, OWN_WAR, waits)
            for i, wait in enumerate(waits.tolist()):
                if self.stratum.holds(wait):
                    rules = parameters_of(self.scenario, self.seed, first + i)
                    state = morning_of_day_0(world, rules, self.seed, first + i)
                    yield Start(Lineage(first + i), rules, state, wait)
            first += BLOCK

    def branches(self, start: Start) -> Iterator[Start]:
        """Yield the branches of a start that stay in its stratum, as long as its clock has not rung."""
        host, before = self.goal.host, start.state[0]
        is_open = not math.isinf(self.stratum.limit) and int(before["own_war_cause"][host]) == NOBODY
        passed = start.wait - float(before["incident_wait"][host, OWN_WAR])
        for number in count(1):
            wait = start.wait
            if is_open:
                wait = passed + wait_of_branch(start.state, number, host, OWN_WAR)
            if not is_open or self.stratum.holds(wait):
                state = start.state.copy()
                call_turn(self.scenario.world, state, number)
                yield Start(start.lineage.then(start.day, number), start.rules, state, wait)

    def ways(self, starts: Sequence[Start], first: int, n: int) -> Iterator[Start]:
        """Yield ``n`` histories: branches of some starts, each in its turn, or runs from ``first`` on without any."""
        sources = [self.branches(start) for start in starts] or [self.runs(first)]
        for i in range(n):
            yield next(sources[i % len(sources)])

    def climb(self, start: Start, height: float) -> float:
        """Live a history until it is so high or its days are over; return how high it got."""
        goal, before = self.goal, start.day
        rungs = goal.ladder.value, goal.host, goal.rung, height, goal.end
        reached = climb(self.scenario.world, start.rules, start.state, *rungs)
        self.days += start.day - before
        return reached


def climb_once(mountain: Mountain, rungs: Sequence[float], first: int, n: int) -> Climb:
    """Return one climb over some rungs, of ``n`` histories on each, the first of them runs from ``first`` on."""
    shares, starts = list[float](), list[Start]()
    for height in (*rungs, TOP):
        starts = [way for way in mountain.ways(starts, first, n) if mountain.climb(way, height) >= height]
        shares.append(len(starts) / n)
        if not starts:
            break
    return Climb(tuple(shares), tuple(start.lineage for start in starts), mountain.days)


def choose_rungs(mountain: Mountain, first: int, n: int) -> tuple[float, ...]:
    """Return heights that a fifth of some histories reach from the one before, or fewer where heights jump."""
    rungs, starts = list[float](), list[Start]()
    while len(rungs) < MOST_RUNGS:
        reached = [mountain.climb(way, TOP) for way in mountain.ways(starts, first, n)]
        height = next_rung(np.array(reached), rungs[-1] if rungs else 0.0)
        if height >= TOP:
            break
        rungs.append(height)
        again = zip(mountain.ways(starts, first, n), reached, strict=True)
        starts = [way for way, top in again if top >= height and mountain.climb(way, height) >= height]
    return tuple(rungs)


def next_rung(reached: np.ndarray, last: float) -> float:
    """Return the height that a fifth of some histories have reached, or what fewer have where more did not rise."""
    height = np.sort(reached)[-math.ceil(SHARE * len(reached))]
    if height < last + STEP:
        height = min(reached[reached >= last + STEP], default=TOP)
    return float(height)


def worthwhile(rungs: Sequence[float], trial: Climb) -> tuple[float, ...]:
    """Return the rungs without those that more than half of the histories of a trial reach from the one before."""
    reached = zip_longest(rungs, trial.shares[: len(rungs)], fillvalue=0.0)  # nobody came to the last ones
    return tuple(height for height, share in reached if share <= MOST_SHARE)
