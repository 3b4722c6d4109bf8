"""Live what could still happen in a run: histories that share its past, each with other chance from a day on.

They are an ensemble like any other, lived by `Futures` instead of runs from day 0, so that they are cut in parts, kept,
estimated and compared as runs are. The Mesa model has no branches: it steps through whole runs.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from typing import Any, TypeAlias

import numpy as np

from sim.core import calls
from sim.core.branches import call_turn, climb, live_branches
from sim.core.codes import NOBODY, Ladder
from sim.core.engine import new_tables
from sim.core.record import FALLS_PER_LOCATION, Histories
from sim.core.state import new_state
from sim.ensemble.run.chunks import joined
from sim.ensemble.store.provenance import config_digest
from sim.world.config import read_config
from sim.world.faults import not_whole, shown
from sim.world.frozen import ConfigError
from sim.world.posterior import draw
from sim.world.scenario import Scenario, build_scenario
from sim.world.uncertainty import TWIN

BRANCHES = "branches of run"
"""How the name begins of what lives them, in the manifest of their folder as well."""
NEVER_SO_HIGH = 2.0  # no history is: it is lived to its end
_TEXT = re.compile(r"(\d+)((?:@\d+:\d+)*)")
_TURN = re.compile(r"@(\d+):(\d+)")
Turn = tuple[int, int]


@dataclass(frozen=True)
class Lineage:
    """Name a history: a run, and which of its branches was taken on which morning, one after the other.

    Parameters
    ----------
    run
        Number of the run.
    turns
        Days, rising, and the branch taken on each; branch 0 goes on as before.

    Examples
    --------
    >>> Lineage.read("37@12:5@30:2")
    Lineage(run=37, turns=((12, 5), (30, 2)))
    >>> str(Lineage(37, ((12, 5),)))
    '37@12:5'
    """

    run: int
    turns: tuple[Turn, ...] = ()

    @classmethod
    def read(cls, text: str) -> Lineage:
        """Return the lineage that a text names, such as ``37@12:5``: run 37, of which branch 5 is taken on day 12."""
        found = _TEXT.fullmatch(text.strip())
        turns = tuple((int(day), int(branch)) for day, branch in _TURN.findall(found[2])) if found else ()
        if not found or any(one[0] > other[0] for one, other in pairwise(turns)):
            message = f"'{text}': names no history; write run@day:branch, such as 37@12:5, days rising"
            raise ConfigError([message])
        return cls(int(found[1]), turns)

    @classmethod
    def of(cls, given: History) -> Lineage:
        """Return the lineage that somebody gives: a run, a text, or a run and pairs of day and branch."""
        if isinstance(given, Lineage):
            return given
        if isinstance(given, str):
            return cls.read(given)
        if isinstance(given, tuple | list):
            run, *turns = given
            return cls.read(f"{run}{''.join(f'@{day}:{branch}' for day, branch in _pairs(turns))}")
        return cls.read(str(given))

    def then(self, day: int, branch: int) -> Lineage:
        """Return the history that takes one turn more."""
        return Lineage(self.run, (*self.turns, (day, branch)))

    def within(self, days: int) -> Lineage:
        """Return it; raise ConfigError where it takes a turn after the last of so many days."""
        late = [day for day, _ in self.turns if day >= days]
        if late:
            raise ConfigError([f"{self}: takes a turn on day {late[0]}, and a run lasts {days} days"])
        if any(number >= TWIN for number in (self.run, *(branch for _, branch in self.turns))):
            raise ConfigError([f"{self}: runs and branches are below {TWIN:,}"])
        return self

    def taken(self, day: int) -> list[int]:
        """Return which branches are taken on a morning."""
        return [branch for when, branch in self.turns if when == day]

    def __str__(self) -> str:
        """Return it as text that `read` takes."""
        return f"{self.run}{''.join(f'@{day}:{branch}' for day, branch in self.turns)}"


def _pairs(turns: Sequence[Any]) -> list[Turn]:
    """Return pairs of day and branch; raise ConfigError where somebody gives something else."""
    if not all(isinstance(turn, tuple | list) and len(turn) == 2 for turn in turns):  # noqa: PLR2004 - a pair
        raise ConfigError([f"{turns!r}: name no turns; give pairs of day and branch, such as (12, 5)"])
    return [(turn[0], turn[1]) for turn in turns]


History: TypeAlias = int | str | Lineage | tuple[Any, ...] | list[Any]
"""A run by its number, or a history that took branches: a lineage, its text, or a run and pairs of day and branch."""


def parameters_of(scenario: Scenario, seed: int, run: int) -> np.ndarray:
    """Return the parameters of a run, which all its branches share."""
    return draw(scenario.rules, scenario.posterior, seed, run, 1) if scenario.is_uncertain else scenario.rules


def live_to(world: np.ndarray, rules: np.ndarray, state: np.ndarray, day: int) -> None:
    """Live a history on to the morning of a day."""
    climb(world, rules, state, Ladder.COLLAPSE.value, NOBODY, 0, NEVER_SO_HIGH, day)


def morning_of_day_0(world: np.ndarray, rules: np.ndarray, seed: int, run: int) -> np.ndarray:
    """Return the state of a run before anything happens."""
    state = new_state(world)
    calls.call_begin_run(world, rules, state, np.uint64(seed), np.uint64(run))
    return state


@dataclass(frozen=True, eq=False)
class Past:
    """Hold what histories share: the state on the morning of a day, and what was recorded before.

    Parameters
    ----------
    rules, state
        Parameters and state.
    falls, daily
        Rows of these tables.
    """

    rules: np.ndarray
    state: np.ndarray
    falls: np.ndarray
    daily: np.ndarray


def past_of(scenario: Scenario, seed: int, lineage: Lineage, day: int) -> Past:
    """Return the past of a history on the morning of a day."""
    world, rules = scenario.world, parameters_of(scenario, seed, lineage.run)
    state = morning_of_day_0(world, rules, seed, lineage.run)
    falls, daily, start = [], [], 0
    for end, branch in (*lineage.turns, (day, 0)):
        piece = _live(world, rules, state, 0, 1, 1)
        falls.append(piece.falls[piece.falls["day"] < end])
        daily.append(piece.daily[start:end])
        live_to(world, rules, state, end)
        call_turn(world, state, branch)
        start = end
    return Past(rules, state, np.concatenate(falls), np.concatenate(daily))


def row_of(scenario: Scenario, seed: int, lineage: Lineage) -> np.ndarray:
    """Return the row that a history leaves in the table of runs, under the number of its run."""
    last = max((day for day, _ in lineage.turns), default=0)
    past = past_of(scenario, seed, lineage, last)
    return _numbered(_live(scenario.world, past.rules, past.state, 0, 1, 0, len(past.falls)), lineage.run).runs


@lru_cache(maxsize=4)
def _past(living: Futures, seed: int) -> Past:
    """Return the past of some futures, lived once a process."""
    return past_of(living.origin, seed, living.lineage, living.day)


def _live(
    world: np.ndarray, rules: np.ndarray, start: np.ndarray, first: int, n: int, n_traced: int, n_fallen: int = 0
) -> Histories:
    """Return what branches of a history leave behind from a morning on, by which some places have changed hands."""
    tables, used = new_tables(world, n, n_traced)
    most = FALLS_PER_LOCATION * int(world[0]["n_locations"]) - n_fallen
    live_branches(world, rules, start, new_state(world), first, most, tables, used)
    return Histories(*(rows[:k].copy() for rows, k in zip(tables, used.tolist(), strict=True)))


@dataclass(frozen=True, eq=False)
class Futures:
    """Live what could still happen in a history after a morning, as branches of it; number 0 is the history itself.

    Parameters
    ----------
    origin
        The scenario of the history, with what is decided otherwise from that day on.
    lineage, day
        Which history, and until when it is as it was.
    changes
        What is decided otherwise, or happens besides, from that day on.
    """

    origin: Scenario
    lineage: Lineage
    day: int
    changes: tuple[Mapping[str, Any], ...] = ()

    def lineage_of(self, number: int) -> Lineage:
        """Return which history a future is."""
        return self.lineage.then(self.day, number) if number else self.lineage

    @property
    def name(self) -> str:
        """Return what they are called."""
        return f"{BRANCHES} {self.lineage} from day {self.day} on"

    @property
    def digest(self) -> str:
        """Return a digest of the past; what is decided from that day on stands in the configuration."""
        seed = self.origin.config.ensemble.seed
        told = [config_digest(self.origin), seed, str(self.lineage), self.day]
        return hashlib.sha256(json.dumps(told).encode()).hexdigest()

    def live(self, scenario: Scenario, seed: int, first: int, n_runs: int, n_traced: int) -> Histories:
        """Return what some futures leave behind, their shared past included."""
        past, world = _past(self, seed), scenario.world
        shared = world, past.rules, past.state
        pieces = []
        if first == 0:  # it keeps the key, and with it the number, of the history
            pieces.append(_numbered(_live(*shared, 0, 1, min(n_traced, 1), len(past.falls)), 0))
        done = len(pieces)
        if n_runs > done:
            traced = max(n_traced - done, 0)
            pieces.append(_live(*shared, first + done, n_runs - done, traced, len(past.falls)))
        return _with_past(joined(pieces), past, seed, scenario.horizon_days)


def _numbered(one: Histories, number: int) -> Histories:
    """Return what one history leaves behind under another number."""
    for rows in one.tables.values():
        rows["run"] = number
    return one


def _with_past(lived: Histories, past: Past, seed: int, days: int) -> Histories:
    """Return histories with what was recorded before they part."""
    numbers = lived.runs["run"]
    lived.runs["seed"] = seed
    before = np.tile(past.falls, len(numbers))
    before["run"] = np.repeat(numbers, len(past.falls))
    falls = np.concatenate([before, lived.falls])
    daily = lived.daily.reshape(-1, days)
    daily[:, : len(past.daily)] = past.daily
    daily["run"] = numbers[: len(daily), np.newaxis]
    return replace(lived, falls=falls[np.argsort(falls["run"], kind="stable")], daily=daily.reshape(-1))


def futures_of(
    scenario: Scenario,
    given: History,
    day: int,
    futures: int,
    levers: Sequence[Mapping[str, Any]] = (),
    events: Sequence[Mapping[str, Any]] = (),
) -> Scenario:
    """Return the scenario whose histories are what could still happen in one of another's.

    Parameters
    ----------
    scenario
        The other one; runs of it may draw their parameters, of which all futures have those of their run.
    given, day, futures
        Which history, see `Lineage`, the morning from which on chance is another, and how many.
    levers, events
        What is decided otherwise, or happens besides, from that day on, as a scenario says it; on that day by default.

    Raises
    ------
    ConfigError
        If there is no such history or day, or something is to be changed before it.
    """
    lineage = Lineage.of(given)
    given_wrongly = [*not_whole("day", day), *not_whole("futures", futures, 1)]
    given_wrongly += [*_no_list("levers", levers), *_no_list("events", events)]
    if faults := given_wrongly or list(_faults(scenario, lineage, day, (*levers, *events))):
        raise ConfigError(faults)
    values = scenario.config.model_dump(mode="json")
    asked = values["scenario"]
    for name, added in (("levers", levers), ("events", events)):
        asked[name] = [*asked[name], *({"day": int(day)} | dict(each) for each in added)]
    origin = build_scenario(scenario.tables, read_config(values), scenario.posterior)
    asked["question"] = f"What could still happen from day {day} of run {lineage} on?"
    values["ensemble"] |= {"runs": int(futures), "until": None}
    values["uncertainty"] |= {"kind": "none", "file": None}
    values["weights"] = False  # how far shares are trusted was learnt from wars as they begin
    lived = build_scenario(scenario.tables, read_config(values))
    return replace(lived, living=Futures(origin, lineage, int(day), (*levers, *events)))


def _no_list(name: str, given: object) -> list[str]:
    """Return a line where levers or events are not given as a list of mappings."""
    is_list = isinstance(given, list | tuple) and all(isinstance(each, Mapping) for each in given)
    return [] if is_list else [f"{name} = {shown(given)}: must be a list of mappings, as in a scenario"]


def _faults(scenario: Scenario, lineage: Lineage, day: int, changes: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Yield what is wrong with a history, a day, and what is to change."""
    if scenario.living is not None:
        yield f"{scenario.living.name}: lives these histories, and only the engine can live on from a day"
    if lineage.run >= TWIN:
        yield f"run = {lineage.run}: must be below {TWIN:,}"
    if not 0 <= day < scenario.horizon_days:
        yield f"day = {day}: must be from 0 to {scenario.horizon_days - 1}, the last day of a run"
    for when, branch in lineage.turns:
        if when > day:
            yield f"day = {day}: lies before day {when}, on which {lineage} takes its last turn"
        if branch >= TWIN:
            yield f"branch {branch}: must be below {TWIN:,}"
    for change in changes:
        when = change.get("day", day)
        if isinstance(when, int) and when < day:
            what = change.get("lever", change.get("event", "a change"))
            yield f"{what}: day {when} lies before day {day}, until which all futures are one"
