"""Live one history twice: compiled, as ensembles do, and watched; both must end with the same bits."""

from __future__ import annotations

from dataclasses import dataclass
from threading import Lock
from typing import Any

import numpy as np

from sim.core import calls
from sim.core.branches import call_turn
from sim.core.day import COUNTS, SCHEDULE
from sim.core.record import DAILY, RUNS, layouts_of
from sim.core.state import new_state
from sim.ensemble.run.branches import Lineage, Turn
from sim.study.explain.notes import Frame, Raw, Value
from sim.study.explain.plain import Plain, plain_core
from sim.world.posterior import draw
from sim.world.scenario import Scenario

SETUP = "sim.core.phases.setup"
_ONE_AT_A_TIME = Lock()  # the copy of the core has one watch


class ReplayError(RuntimeError):
    """Say that a history lived again was another one."""


class Record:
    """A record as an object: arrays are views of the same memory, numbers are Python's own.

    An attribute of a NumPy record costs plain Python over fifty times as much.
    """

    def __init__(self, record: np.void) -> None:
        for name in record.dtype.names or ():
            value = record[name]
            if isinstance(value, np.void):
                value = Record(value)
            elif not isinstance(value, (np.ndarray, np.uint64)):  # draws need words of 64 bits
                value = value.item()
            setattr(self, name, value)

    def write_to(self, record: np.void) -> None:
        """Write the numbers into the record that the arrays lie in."""
        for name in record.dtype.names or ():
            value = getattr(self, name)
            if isinstance(value, Record):
                value.write_to(record[name])
            elif not isinstance(value, np.ndarray):
                record[name] = value


@dataclass(frozen=True, eq=False)
class Replay:
    """One history, lived again.

    Parameters
    ----------
    scenario, seed, run
        Which one.
    row, days, holders
        Its row of ``runs.parquet``; its rows of ``daily.parquet``; who holds each place in the evening of each day.
    happened
        What was looked out for: hook, frame, note, and what was there before.
    first
        What rules were given the first time; see `Watch`.
    frames
        All calls, which hold the notes.
    """

    scenario: Scenario
    seed: int
    run: int
    row: np.ndarray
    days: np.ndarray
    holders: np.ndarray
    happened: list[tuple[str, Frame, Raw | None, Value]]
    first: dict[tuple[Any, ...], tuple[Value, ...]]
    frames: list[Frame]

    def forget(self) -> None:
        """Let go of everything that was noted."""
        for frame in self.frames:
            frame.forget()


def live_again(scenario: Scenario, seed: int, run: int, hooks: frozenset[str], turns: tuple[Turn, ...] = ()) -> Replay:
    """Return a history lived again and watched.

    Parameters
    ----------
    scenario, seed, run
        Which history.
    hooks
        What to look out for: names of parts of phases, and of fields of the state.
    turns
        Which of its branches are taken, and when.

    Raises
    ------
    ReplayError
        If it did not end with the same bits as the compiled one.
    """
    rules = draw(scenario.rules, scenario.posterior, seed, run, 1) if scenario.is_uncertain else scenario.rules
    lineage = Lineage(run, turns)
    end, days, holders = _live_compiled(scenario, rules, seed, lineage)
    row = _row(scenario, end)
    with _ONE_AT_A_TIME:
        core = plain_core(hooks)
        watch = core.watch
        try:
            watched = _live_watched(scenario, rules, core, seed, lineage)
            noted = watch.happened, watch.first, watch.frames
        finally:
            watch.forget()
    if not same_state(watched, end) or _row(scenario, watched).tobytes() != row.tobytes():
        message = (
            f"run {lineage}: lived again it was another history; please report this with the scenario and the seed"
        )
        raise ReplayError(message)
    row["run"], row["seed"] = run, seed  # a branch has a key of its own
    return Replay(scenario, seed, run, row, days, holders, *noted)


def same_state(one: np.ndarray, other: np.ndarray) -> bool:
    """Tell whether two states are the same bit for bit; working space means nothing between phases."""
    names = [name for name in one.dtype.names or () if name != "scratch"]
    return all(one[name].tobytes() == other[name].tobytes() for name in names)


def _live_compiled(
    scenario: Scenario, rules: np.ndarray, seed: int, lineage: Lineage
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the last state of a history, its day series, and who holds each place in the evenings."""
    world, state = scenario.world, new_state(scenario.world)
    days = np.zeros(scenario.horizon_days, layouts_of(world)[DAILY])
    holders = np.zeros((scenario.horizon_days, int(world[0]["n_locations"])), np.int64)
    calls.call_begin_run(world, rules, state, np.uint64(seed), np.uint64(lineage.run))
    for day in range(scenario.horizon_days):
        for branch in lineage.taken(day):
            call_turn(world, state, branch)
        calls.call_live_day(world, rules, state)
        calls.call_write_day(world, state, days[day : day + 1])
        holders[day] = state[0]["holder"][: holders.shape[1]]
    days["run"], days["day"] = lineage.run, np.arange(len(days))  # the calendar had turned when they were written
    return state, days, holders


def _live_watched(scenario: Scenario, rules: np.ndarray, core: Plain, seed: int, lineage: Lineage) -> np.ndarray:
    """Return the last state of a history that was lived in the copy of the core."""
    record = new_state(scenario.world)
    state = Record(record[0])
    given = (Record(scenario.world[0]), Record(rules[0]), state)
    watch = core.watch
    for name, more in (("prepare", ()), ("begin_run", (np.uint64(seed), np.uint64(lineage.run)))):
        core.function(SETUP, name)(watch.turn(name), *given, *more)
    turns = [
        (core.function(each.__module__, each.__name__), each.__name__, _count(scenario.world[0], whose))
        for each, whose in SCHEDULE
    ]
    for day in range(scenario.horizon_days):
        watch.day = day
        for branch in lineage.taken(day):
            state.write_to(record[0])
            call_turn(scenario.world, record, branch)
            state.key = Record(record[0]["key"])  # type: ignore[attr-defined]  # what else it changes are arrays
        for function, name, n in turns:
            if n == 0:
                function(watch.turn(name), *given)
            for i in range(n):
                function(watch.turn(name, i), *given, i)
        state.key.day += np.uint64(1)  # type: ignore[attr-defined]  # a record has what its dtype says
    state.write_to(record[0])
    return record


def _count(world: np.void, whose: str) -> int:
    """Return how many take turns in a phase, 0 for one of the map."""
    if whose == "map":
        return 0
    names = [part.removeprefix("world.") for part in COUNTS[whose].split(" + ")]
    return sum(int(world[name]) for name in names)


def _row(scenario: Scenario, state: np.ndarray) -> np.ndarray:
    """Return the row that the engine would write for a finished history."""
    row = np.zeros(1, layouts_of(scenario.world)[RUNS])
    calls.call_write_run(scenario.world, state, row)
    return row
