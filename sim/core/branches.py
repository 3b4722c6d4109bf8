"""Leave a history on the morning of a day: what is drawn from then on is drawn with another key.

A branch shares with its history all that has happened and all that this is made of: its parameters, the factors of the
run, the true resolve of each garrison, and what is under way, such as wanted support or a burst of revenge. How much
must still add up until the next incident of a neighbour is drawn again: clocks without memory lose nothing by it, and
nobody could know it. This is compiled when it is first used; those who live runs alone do not wait for it.
"""

from __future__ import annotations

import math

import numpy as np

from sim.core.codes import NEVER, NOBODY, Ladder, Stream
from sim.core.day import live_day, next_day
from sim.core.engine import live_on
from sim.core.jit import phase
from sim.core.phases.forces import today
from sim.core.phases.spillover import next_wait
from sim.core.rng import seed_of_branches
from sim.core.rules import Rules
from sim.core.rules.spillover import OWN_WAR_DEATHS, OWN_WAR_RATE, deaths_at_least
from sim.core.state import State, World, index

N_STREAMS = len(Stream)
NEARLY = 0.999  # of the way, at most, while what is waited for has not happened


@phase
def take_key(state: State, branch: int) -> None:
    """Take the key of a branch from this morning on."""
    state.key.seed = seed_of_branches(state.key)
    state.key.run = np.uint64(branch)


@phase
def turn(world: World, state: State, branch: int) -> None:
    """Take a branch of a history from this morning on; branch 0 is the history itself."""
    if branch == 0:
        return
    take_key(state, branch)
    for host in range(world.n_states):
        if world.is_neighbour[host] == 1:
            for stream in range(N_STREAMS):
                if state.incident_wait[host, stream] > 0.0:
                    state.incident_wait[host, stream] = next_wait(state, host, stream)


@phase
def height(world: World, rules: Rules, state: State, ladder: int, host: int, rung: int, days: int) -> float:
    """Return how near a history is to something, 1 once it has happened.

    A level is near as the deaths are that one expects; the end of a regime as the seats are that its side has lost.

    Parameters
    ----------
    world, rules, state
        The history.
    ladder, host, rung
        What is waited for, a ``codes.Ladder``; of a level, which neighbour's and which.
    days
        That are left.
    """
    if ladder == Ladder.LEVEL:
        goal = deaths_at_least(rung)
        if state.level_max[host] >= rung:
            return 1.0
        deaths = expected_deaths(world, rules, state, host, float(days))
        return min(NEARLY, 0.5 * math.log1p(deaths) / math.log1p(goal)) if goal > 0.0 else 0.0
    day = state.collapse_day
    if ladder == Ladder.FLIGHT:
        day = state.flight_day
    elif ladder == Ladder.CAPITAL:
        day = state.capital_day
    if day != NEVER:
        return 1.0
    return NEARLY * lost_share(world, state) if state.collapse_day == NEVER else 0.0


@phase
def expected_deaths(world: World, rules: Rules, state: State, host: int, days: float) -> float:
    """Return the deaths that a neighbour may expect, those of day 0 included, if nothing changes for some days."""
    spillover = rules.spillover
    rate = state.incident_rate[host, Stream.BACKGROUND.value] + state.incident_rate[host, Stream.CAUSED.value]
    own_war = OWN_WAR_RATE * OWN_WAR_DEATHS * state.incident_factor[host]
    if state.own_war_cause[host] != NOBODY:
        rate += own_war
    else:
        rate += own_war * state.incident_rate[host, Stream.OWN_WAR.value] * days / 2.0
    deaths = spillover.deadly * spillover.deaths_median * math.exp(spillover.deaths_spread**2 / 2.0)
    return state.incident_deaths[host] + deaths_at_least(world.level_day_0[host]) + rate * deaths * days


@phase
def lost_share(world: World, state: State) -> float:
    """Return the share of its seats of day 0 that the regime's side has lost, once or more."""
    lost = 0.0
    held = 0.0
    for i in range(world.n_contested):
        place = index(world.contested[i])
        holder = world.seat_holder[place]
        if holder >= 0 and world.side[holder] == world.regime:
            held += 1.0
            lost += state.was_lost[place]
    return lost / held if held > 0.0 else 0.0


@phase
def call_turn(worlds: np.ndarray, states: np.ndarray, branch: int) -> None:
    """Give a history the key of one of its branches; see `turn`."""
    turn(worlds[0], states[0], branch)


@phase
def first_waits(states: np.ndarray, seed: np.uint64, first_run: int, host: int, stream: int, waits: np.ndarray) -> None:
    """Fill in what must add up in each run from ``first_run`` on until the first mark of a neighbour's clock."""
    state = states[0]
    state.key.seed = seed
    state.n_marks[host, stream] = 0
    for i in range(len(waits)):
        state.key.run = np.uint64(first_run + i)
        waits[i] = next_wait(state, host, stream)


@phase
def wait_of_branch(states: np.ndarray, branch: int, host: int, stream: int) -> float:
    """Return what must add up in a branch until the next mark of a neighbour's clock, without taking the branch."""
    state = states[0]
    seed, run = state.key.seed, state.key.run
    take_key(state, branch)
    found = next_wait(state, host, stream)
    state.key.seed = seed
    state.key.run = run
    return found


@phase
def live_branches(
    worlds: np.ndarray,
    rules: np.ndarray,
    starts: np.ndarray,
    states: np.ndarray,
    first: int,
    most: int,
    tables: tuple[np.ndarray, ...],
    used: np.ndarray,
) -> None:
    """Live branches of a history from ``first`` on until their table is full, each to the last day."""
    for i in range(tables[0].shape[0]):
        states[0] = starts[0]
        turn(worlds[0], states[0], first + i)
        live_on(worlds[0], rules[0], states[0], tables, used, i, most)


@phase
def climb(
    worlds: np.ndarray, rules: np.ndarray, states: np.ndarray, ladder: int, host: int, rung: int, goal: float, end: int
) -> float:
    """Live a history until it is so high in an evening, or to the morning of day ``end``; return its greatest height.

    See `height`; on a morning it is as high as it was the evening before.
    """
    world = worlds[0]
    state = states[0]
    reached = height(world, rules[0], state, ladder, host, rung, end - today(state))
    while reached < goal and today(state) < end:
        live_day(world, rules[0], state)
        next_day(state)
        reached = max(reached, height(world, rules[0], state, ladder, host, rung, end - today(state)))
    return reached
