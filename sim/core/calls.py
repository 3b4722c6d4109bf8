"""Offer phases as calls from Python on one-element records; the Mesa model steps through these.

A record scalar costs 15 microseconds to pass, a one-element array of the same memory less than one.
"""

from __future__ import annotations

from collections.abc import Callable
from types import FunctionType

import numpy as np

from sim.core.codes import RunStatus
from sim.core.day import SCHEDULE, live_day, next_day
from sim.core.jit import phase
from sim.core.phases.setup import begin_run, prepare
from sim.core.record import write_day, write_run

Record = np.ndarray


def act(*_: object) -> None:
    """Stand for a phase in the two functions below: each call has its own."""


def _of_the_map(worlds: Record, rules: Record, states: Record) -> None:
    """Take the records out of their arrays."""
    act(worlds[0], rules[0], states[0])


def _of_somebody(worlds: Record, rules: Record, states: Record, who: int) -> None:
    """Take the records out of their arrays."""
    act(worlds[0], rules[0], states[0], who)


def on_arrays(each: Callable[..., None], whose: str) -> Callable[..., None]:
    """Return a phase as a call on one-element arrays and, but for those of the map, the number of whose turn it is."""
    form = _of_the_map if whose == "map" else _of_somebody
    call = FunctionType(form.__code__, {"act": each, "__name__": __name__}, each.__name__)
    call.__qualname__ = f"on_arrays.{each.__name__}"  # names the file of its cache
    return phase(call)


PHASES = {each.__name__: on_arrays(each, whose) for each, whose in SCHEDULE}
"""The phases of a day by name."""


@phase
def call_begin_run(worlds: Record, rules: Record, states: Record, seed: np.uint64, run: np.uint64) -> None:
    """Put the state at the morning of day 0 of one run."""
    prepare(worlds[0], rules[0], states[0])
    begin_run(worlds[0], rules[0], states[0], seed, run)


@phase
def call_live_day(worlds: Record, rules: Record, states: Record) -> None:
    """Let one whole day pass."""
    live_day(worlds[0], rules[0], states[0])
    next_day(states[0])


@phase
def call_next_day(states: Record) -> None:
    """Turn the calendar by one day."""
    next_day(states[0])


@phase
def call_write_day(worlds: Record, states: Record, rows: Record) -> None:
    """Write one day's row of ``DAY_DTYPE``."""
    write_day(worlds[0], states[0], rows[0])


@phase
def call_write_run(worlds: Record, states: Record, rows: Record) -> None:
    """Write a finished run's row of ``RUN_DTYPE``."""
    write_run(worlds[0], states[0], rows[0], RunStatus.OK.value)
