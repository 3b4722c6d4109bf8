"""Measure the phases of a day from inside compiled code, where a call from Python would cost more than the phase.

The day is put together from the schedule, with a look at the clock after each phase. All turns live the same runs, so
the least time that a phase of one day took is what it costs; the rest is other programs.
"""

from __future__ import annotations

import ctypes
import time
from textwrap import indent
from typing import Any

import numba
import numpy as np

from sim.core import day as day_module
from sim.core.day import SCHEDULE, lines_of
from sim.core.phases.setup import begin_run, prepare
from sim.core.state import new_state
from sim.world.scenario import Scenario

PHASES = tuple(phase.__name__ for phase, _ in SCHEDULE)
HEAD = """
def live_timed_runs(worlds, all_rules, states, seed, begins, spent, stamp):
    world, rules, state = worlds[0], all_rules[0], states[0]
    prepare(world, rules, state)
    for run in range(spent.shape[0]):
        then = now(stamp)
        begin_run(world, rules, state, seed, np.uint64(run))
        begins[run] = now(stamp) - then
        for day in range(spent.shape[1]):
            then = now(stamp)"""
STAMP = """
            at = now(stamp)
            spent[run, day, {slot}] = at - then
            then = at"""
TAIL = """
            next_day(state)
"""
clock_gettime = ctypes.CDLL(None).clock_gettime
clock_gettime.argtypes = [ctypes.c_int, ctypes.c_void_p]
clock_gettime.restype = ctypes.c_int
MONOTONIC = time.CLOCK_MONOTONIC


@numba.njit(nogil=True)
def now(stamp: np.ndarray) -> int:
    """Return the time in nanoseconds."""
    clock_gettime(MONOTONIC, stamp.ctypes)
    return stamp[0] * 1_000_000_000 + stamp[1]  # type: ignore[no-any-return]  # an element of an array is Any


@numba.njit(nogil=True)
def look(looks: np.ndarray, stamp: np.ndarray) -> None:
    """Fill an array with the time from one look at the clock to the next."""
    for i in range(looks.shape[0]):
        then = now(stamp)
        looks[i] = now(stamp) - then


def timed_runs() -> Any:
    """Return a compiled function that lives runs as the engine does, and notes what each phase of each day took."""
    lines = [HEAD]
    for slot, turn in enumerate(SCHEDULE):
        lines += [indent(line, " " * 12) for line in lines_of(*turn)]
        lines.append(STAMP.format(slot=slot))
    names = {**vars(day_module), "np": np, "now": now, "begin_run": begin_run, "prepare": prepare}
    exec("\n".join([*lines, TAIL]), names)  # noqa: S102 - put together above, from the schedule alone
    return numba.njit(error_model="numpy", nogil=True)(names["live_timed_runs"])


def least_times(scenario: Scenario, runs: int, turns: int) -> tuple[float, np.ndarray, np.ndarray]:
    """Return the microseconds of the start of a run and of each phase of a day, and the state of the last evening."""
    live = timed_runs()
    state = new_state(scenario.world)
    stamp = np.zeros(2, np.int64)
    looks = np.zeros(10_000, np.int64)
    begins = np.zeros((turns, runs))
    spent = np.zeros((turns, runs, scenario.horizon_days, len(PHASES)))
    for turn in range(turns):
        live(scenario.world, scenario.rules, state, np.uint64(1), begins[turn], spent[turn], stamp)
    look(looks, stamp)
    of_look = float(np.median(looks))
    phases = spent.min(axis=0).mean(axis=(0, 1)) - of_look
    return float(begins.min(axis=0).mean()) / 1000.0, np.maximum(phases, 0.0) / 1000.0, state


def phase_times(scenario: Scenario, turns: int, runs: int = 40) -> tuple[dict[str, float], dict[str, float]]:
    """Return what the start of a run and a day take, in microseconds, and the share of each phase in a day."""
    begin, phases, _ = least_times(scenario, runs, 2 * turns)
    day = float(phases.sum())
    shares = {PHASES[i]: float(phases[i]) / day for i in np.argsort(-phases)}
    return {"begin_run_us": begin, "day_us": day}, shares
