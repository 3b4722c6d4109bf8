"""Run histories: one day by day, or many in one call that holds no lock."""

from __future__ import annotations

import numpy as np

from sim.core.codes import RunStatus
from sim.core.day import live_day, next_day
from sim.core.jit import merged, phase
from sim.core.phases.forces import today
from sim.core.phases.setup import begin_run, prepare
from sim.core.record import (
    DAILY,
    EVENTS,
    FALLS,
    FALLS_PER_LOCATION,
    HOLDERS,
    RUNS,
    TOLLS,
    Histories,
    layouts_of,
    write_day,
    write_event,
    write_holder,
    write_run,
    write_toll,
)
from sim.core.rules import Rules
from sim.core.state import EVENT_SLOTS, State, World, index, new_state


@phase
def record_falls(state: State, falls: np.ndarray, used: int, most: int) -> int:
    """Append today's changes of seats; return how many rows the run has filled, one more than allowed if it would."""
    for i in range(state.n_lost):
        place = index(state.lost[i])
        if used >= most:
            return most + 1
        falls[used].run = np.int64(state.key.run)
        falls[used].day = np.int64(state.key.day)
        falls[used].location = place
        falls[used].from_faction = state.lost_from[place]
        falls[used].to_faction = state.holder[place]
        used += 1
    return used


@phase
def record_tolls(world: World, state: State, tolls: np.ndarray, used: int) -> int:
    """Append what a run cost each place; return how many rows are filled."""
    for place in range(world.n_locations):
        if write_toll(state, place, tolls[used]):
            used += 1
    return used


@phase
def record_holders(world: World, state: State, holders: np.ndarray, used: int) -> int:
    """Append who holds each seat in the end; return how many rows are filled."""
    for rank in range(world.n_contested):
        write_holder(state, index(world.contested[rank]), holders[used])
        used += 1
    return used


@merged
def live_on(
    world: World, rules: Rules, state: State, tables: tuple[np.ndarray, ...], used: np.ndarray, row: int, most: int
) -> None:
    """Live a history from its day on to the last, and write what it leaves behind.

    Parameters
    ----------
    world, rules, state
        The history.
    tables, used
        Rows of the tables, and how many of each are in use.
    row
        Of the history among the runs.
    most
        Changes of seats after which it does not count.
    """
    runs, falls, events, tolls, holders, daily = tables
    days = world.horizon_days
    is_traced = (row + 1) * days <= len(daily)
    n_falls, most = used[1], used[1] + most
    for day in range(today(state), days):
        live_day(world, rules, state)
        n_falls = record_falls(state, falls, n_falls, most)
        if is_traced:
            write_day(world, state, daily[row * days + day])
        next_day(state)
    status = RunStatus.OK.value
    if n_falls > most:
        status = RunStatus.TOO_MANY_FALLS.value
    elif state.n_events > EVENT_SLOTS:
        status = RunStatus.TOO_MANY_EVENTS.value
    write_run(world, state, runs[row], status)
    used[0] = row + 1
    used[1] = min(n_falls, most)
    for slot in range(min(state.n_events, EVENT_SLOTS)):
        write_event(state, slot, events[used[2]])
        used[2] += 1
    used[3] = record_tolls(world, state, tolls, used[3])
    used[4] = record_holders(world, state, holders, used[4])


@phase
def live_runs(
    worlds: np.ndarray,
    rules: np.ndarray,
    states: np.ndarray,
    seed: np.uint64,
    first_run: int,
    tables: tuple[np.ndarray, ...],
    used: np.ndarray,
) -> None:
    """Live runs from ``first_run`` on until their table is full; count how many rows of each table are in use."""
    world = worlds[0]
    is_shared = rules.shape[0] == 1
    state = states[0]
    for i in range(tables[0].shape[0]):
        own_rules = rules[0 if is_shared else i]
        if i == 0 or not is_shared:
            prepare(world, own_rules, state)
        begin_run(world, own_rules, state, seed, np.uint64(first_run + i))
        live_on(world, own_rules, state, tables, used, i, FALLS_PER_LOCATION * world.n_locations)


def new_tables(world: np.ndarray, n_runs: int, n_traced: int) -> tuple[tuple[np.ndarray, ...], np.ndarray]:
    """Return empty tables with room for some runs, the first of them traced, and how many rows of each are in use."""
    places, days = int(world[0]["n_locations"]), int(world[0]["horizon_days"])
    most = {
        RUNS: n_runs,
        FALLS: n_runs * FALLS_PER_LOCATION * places,
        EVENTS: n_runs * EVENT_SLOTS,
        TOLLS: n_runs * places,
        HOLDERS: n_runs * int(world[0]["n_contested"]),
        DAILY: n_traced * days,
    }
    tables = tuple(np.zeros(most[name], layout) for name, layout in layouts_of(world).items())
    return tables, np.array([0] * (len(tables) - 1) + [most[DAILY]])


def simulate(
    world: np.ndarray, rules: np.ndarray, seed: int, first_run: int, n_runs: int, n_traced: int = 0
) -> Histories:
    """Live runs ``first_run`` to ``first_run + n_runs - 1`` of a scenario.

    Parameters
    ----------
    world
        One-element record from ``sim.world.scenario``.
    rules
        Parameters: one record for all runs, or one for each.
    seed
        Seed of the ensemble, in [0, 2**64).
    first_run, n_runs
        Run numbers, below 2**32.
    n_traced
        How many of the first runs of this block leave a day series.
    """
    tables, used = new_tables(world, n_runs, n_traced)
    live_runs(world, rules, new_state(world), np.uint64(seed), first_run, tables, used)
    return Histories(*(rows[:n].copy() for rows, n in zip(tables, used.tolist(), strict=True)))
