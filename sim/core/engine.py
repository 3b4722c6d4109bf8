"""Run histories: one day by day, or many in one call that holds no lock."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.core.codes import RunStatus
from sim.core.day import live_day, next_day
from sim.core.jit import phase
from sim.core.phases.setup import begin_run, prepare
from sim.core.record import FALLS_PER_LOCATION, layouts_of, write_day, write_event, write_run, write_toll
from sim.core.state import EVENT_SLOTS, State, index, new_state


@dataclass(frozen=True)
class Histories:
    """What a block of runs leaves behind.

    Parameters
    ----------
    runs
        One row a run; dtypes are in ``sim.core.record``.
    falls
        One row for each change of a seat, in order of run, day and location.
    events
        One row for each rare event, in order of run and day.
    tolls
        One row for each place that a run cost anything, in order of run and location.
    days
        One row for each day of each traced run.
    """

    runs: np.ndarray
    falls: np.ndarray
    events: np.ndarray
    tolls: np.ndarray
    days: np.ndarray


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
def live_runs(
    worlds: np.ndarray,
    rules: np.ndarray,
    states: np.ndarray,
    seed: np.uint64,
    first_run: int,
    rows: np.ndarray,
    falls: np.ndarray,
    events: np.ndarray,
    tolls: np.ndarray,
    days: np.ndarray,
) -> tuple[int, int, int]:
    """Live ``len(rows)`` runs from ``first_run`` on; return how many rows of falls, events and tolls are in use."""
    world = worlds[0]
    is_shared = rules.shape[0] == 1
    state = states[0]
    n_traced = len(days) // world.horizon_days
    used = 0
    told = 0
    counted = 0
    for i in range(rows.shape[0]):
        own_rules = rules[0 if is_shared else i]
        if i == 0 or not is_shared:
            prepare(world, own_rules, state)
        begin_run(world, own_rules, state, seed, np.uint64(first_run + i))
        most = used + FALLS_PER_LOCATION * world.n_locations
        for day in range(world.horizon_days):
            live_day(world, own_rules, state)
            used = record_falls(state, falls, used, most)
            if i < n_traced:
                write_day(world, state, days[i * world.horizon_days + day])
            next_day(state)
        status = RunStatus.OK.value
        if used > most:
            status = RunStatus.TOO_MANY_FALLS.value
        elif state.n_events > EVENT_SLOTS:
            status = RunStatus.TOO_MANY_EVENTS.value
        write_run(world, state, rows[i], status)
        used = min(used, most)
        for slot in range(min(state.n_events, EVENT_SLOTS)):
            write_event(state, slot, events[told])
            told += 1
        for place in range(world.n_locations):
            if write_toll(state, place, tolls[counted]):
                counted += 1
    return used, told, counted


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
    horizon = int(world[0]["horizon_days"])
    layouts = layouts_of(world)
    rows = np.zeros(n_runs, layouts.run)
    falls = np.zeros(n_runs * FALLS_PER_LOCATION * int(world[0]["n_locations"]), layouts.fall)
    events = np.zeros(n_runs * EVENT_SLOTS, layouts.event)
    tolls = np.zeros(n_runs * int(world[0]["n_locations"]), layouts.toll)
    days = np.zeros(n_traced * horizon, layouts.day)
    state = new_state(world)
    used, told, counted = live_runs(world, rules, state, np.uint64(seed), first_run, rows, falls, events, tolls, days)
    return Histories(rows, falls[:used].copy(), events[:told].copy(), tolls[:counted].copy(), days)
