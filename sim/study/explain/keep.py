"""But for: the same history, or many, lived again with the same draws and one thing kept from happening."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from sim.core.ahead import compile_ahead, usable_cores
from sim.core.codes import NEVER, Event, Kept
from sim.core.engine import simulate
from sim.core.record import Histories
from sim.ensemble.estimate.intervals import wilson_interval
from sim.ensemble.run.branches import row_of
from sim.study.explain.chronicle import Chronicle
from sim.study.explain.kinds import KINDS
from sim.study.explain.words import Names
from sim.world.levers import KEPT_KEYS
from sim.world.posterior import draw
from sim.world.scenario import Scenario, keep_from

OUTCOMES = {
    "collapse": "collapse_day",
    "flight": "flight_day",
    "capital": "capital_fall_day",
    "settlement": "settlement_day",
    "infighting": "infighting_day",
}
"""Outcomes that one can ask about, and the day of each in a run's row."""
FEWEST = 0.05  # share of the runs with the outcome in which a cause must have come first
MOST_CAUSES = 24
NOTED = {
    Event.PATRON_EXIT: Kept.EXIT,
    Event.INFIGHTING: Kept.INFIGHTING,
    Event.MERGER: Kept.MERGER,
    Event.INTERVENTION: Kept.INTERVENTION,
}
ANYWHERE = (Kept.DEAL, Kept.DESERTION, Kept.STRIKE)  # no table tells them one by one
Cause = tuple[tuple[str, str], ...]  # what is kept from happening, as the configuration says it


@dataclass(frozen=True)
class ButFor:
    """What becomes of one history without one thing.

    Parameters
    ----------
    kept
        What was kept from happening, as `keep` of a scenario says it.
    day
        On which day it first happened.
    what
        In words.
    before, after
        Day of the outcome with it and without it, None for never.
    """

    kept: Mapping[str, str]
    day: int
    what: str
    outcome: str
    before: int | None
    after: int | None

    @property
    def text(self) -> str:
        """Return it as a sentence."""
        if self.before == self.after:
            return f"without {self.what} on day {self.day} the day of the {self.outcome} is the same"
        then = "does not come" if self.after is None else f"comes on day {self.after}"
        return f"without {self.what} on day {self.day} the {self.outcome} {then} instead of on day {self.before}"


@dataclass(frozen=True)
class Necessity:
    """In how many runs an outcome does not come without one thing.

    Parameters
    ----------
    kept, what, outcome
        What was kept from happening, as `keep` of a scenario says it and in words; and what does not come without it.
    n
        Runs with the outcome.
    n_happened
        Those of them in which it came first.
    n_needed
        Those of them in which the outcome does not come without it.
    n_later
        Those in which it comes later.
    share, low, high
        Share of the runs with the outcome in which that does not come without it, with its interval.
    """

    kept: Mapping[str, str]
    what: str
    outcome: str
    n: int
    n_happened: int
    n_needed: int
    n_later: int
    share: float
    low: float
    high: float

    @property
    def text(self) -> str:
        """Return it as a sentence."""
        shares = (self.share, self.low, self.high, self.n_later / self.n)
        needed, low, high, later = (f"{100 * share:.0f}" for share in shares)
        return (
            f"without {self.what} the {self.outcome} does not come in {needed} % [{low}, {high}] "
            f"of the {self.n:,} runs that have it, and comes later in {later} %"
        )


def but_for(chronicle: Chronicle, outcome: str = "collapse") -> tuple[ButFor, ...]:
    """Return what becomes of an outcome of one history without each event before it; what changes most comes first.

    Parameters
    ----------
    chronicle
        The history.
    outcome
        One of `OUTCOMES`; where it did not come, all events of the history are tried.
    """
    scenario, seed = chronicle.scenario, chronicle.seed
    end = _day(chronicle.row[0], outcome)
    causes: dict[Cause, int] = {}
    for event in chronicle.events:
        kept = next((kind.kept for kind in KINDS if kind.name == event.kind), "")
        if kept and (end is None or event.day <= end) and event.kind != outcome:
            keys = KEPT_KEYS[Kept[kept.upper()]]
            place = event.place or (_capital(scenario) if event.kind == "capital" else None)
            named = {"place": place, "actor": event.actor, "other": event.other}
            cause = {"event": kept} | {key: named[key] or "" for key in keys if named[key]}
            causes.setdefault(tuple(cause.items()), event.day)
    names = Names(scenario)

    def without(item: tuple[Cause, int]) -> ButFor:
        kept = dict(item[0])
        row = row_of(keep_from(scenario, kept), seed, chronicle.lineage)[0]
        return ButFor(kept, item[1], in_words(kept, names), outcome, end, _day(row, outcome))

    with ThreadPoolExecutor(usable_cores()) as pool:
        found = list(pool.map(without, causes.items()))
    horizon = scenario.horizon_days
    return tuple(sorted(found, key=lambda each: (-abs(_or(each.after, horizon) - _or(end, horizon)), each.day)))


def necessary(scenario: Scenario, seed: int, runs: int, outcome: str = "collapse") -> tuple[Necessity, ...]:
    """Return in how many runs an outcome would not have come without what came before it, most needed first.

    Parameters
    ----------
    scenario, seed, runs
        Which ensemble, and how many of its first runs.
    outcome
        One of `OUTCOMES`.
    """
    compile_ahead(scenario.world, scenario.rules)
    base = _live(scenario, seed, 0, runs)
    ends = base.runs[OUTCOMES[outcome]]
    names = Names(scenario)
    n = int((ends != NEVER).sum())

    def without(item: tuple[Cause, int]) -> Necessity:
        kept = dict(item[0])
        after = _live(keep_from(scenario, kept), seed, 0, runs).runs[OUTCOMES[outcome]]
        came = ends != NEVER
        needed, later = int((came & (after == NEVER)).sum()), int((came & (after > ends)).sum())
        low, high = wilson_interval(needed, n)
        return Necessity(kept, in_words(kept, names), outcome, n, item[1], needed, later, needed / n, low, high)

    causes = list(_causes(base, ends, names, outcome)) if n else []
    with ThreadPoolExecutor(usable_cores()) as pool:
        found = list(pool.map(without, causes))
    return tuple(sorted(found, key=lambda each: (-each.share, -each.n_later, each.what)))


def in_words(kept: Mapping[str, str], names: Names) -> str:
    """Return what is kept from happening in words."""
    place, actor, other = (names.name(kept[key]) if key in kept else "" for key in ("place", "actor", "other"))
    match kept["event"]:
        case "fall":
            return f"the fall of {place}"
        case "exit":
            return f"the exit of {actor} from {other}"
        case "infighting":
            return f"infighting of {actor} and {other}" if actor else "infighting"
        case "merger":
            return f"the merger of {actor} with {other}"
    who = f" of {actor}" if actor else ""
    where = f" in {place}" if place else ""
    what = {
        "flight": "the leader's flight",
        "coup": "the coup",
        "handover": "the handover",
        "truce": "the truce",
        "desertion": "desertion",
    }
    plain = what.get(kept["event"], f"{kept['event'].replace('_', ' ')}s" if not actor else f"the {kept['event']}")
    return f"{plain}{who}{where}" + (f" against {other}" if other and kept["event"] == "strike" else "")


def _live(scenario: Scenario, seed: int, first: int, runs: int) -> Histories:
    """Return histories, each with the parameters that it has in its ensemble."""
    rules = draw(scenario.rules, scenario.posterior, seed, first, runs) if scenario.is_uncertain else scenario.rules
    return simulate(scenario.world, rules, seed, first, runs)


def _causes(base: Histories, ends: np.ndarray, names: Names, outcome: str) -> Iterator[tuple[Cause, int]]:
    """Yield what came before the outcome in enough runs, and in how many."""
    counts: Counter[Cause] = Counter()
    first = int(base.runs["run"][0])
    seen: set[tuple[int, Cause]] = set()
    for run, day, cause in (*_falls(base, names), *_events(base, names), *_flights(base, outcome)):
        if ends[run - first] != NEVER and day <= ends[run - first] and (run, cause) not in seen:
            seen.add((run, cause))
            counts[cause] += 1
    n = int((ends != NEVER).sum())
    yield from ((cause, count) for cause, count in counts.most_common(MOST_CAUSES) if count >= FEWEST * n)
    yield from ((((("event", kept.name.lower()),), n)) for kept in ANYWHERE)


def _falls(base: Histories, names: Names) -> Iterator[tuple[int, int, Cause]]:
    """Yield run, day and cause of every change of hands."""
    for row in base.falls:
        place = names.ids["place"][row["location"]]
        yield int(row["run"]), int(row["day"]), (("event", "fall"), ("place", place))


def _events(base: Histories, names: Names) -> Iterator[tuple[int, int, Cause]]:
    """Yield run, day and cause of every rare event that can be kept from happening."""
    for row in base.events[np.isin(base.events["kind"], list(NOTED))]:
        kept = NOTED[Event(int(row["kind"]))]
        actor, other = (names.ids["actor"][row[key]] for key in ("actor", "other"))
        yield int(row["run"]), int(row["day"]), (("event", kept.name.lower()), ("actor", actor), ("other", other))


def _flights(base: Histories, outcome: str) -> Iterator[tuple[int, int, Cause]]:
    """Yield run, day and cause of every flight, coup, handover and truce, unless it is what is asked about."""
    for kept in ("flight", "coup", "handover", "truce"):
        for row in base.runs[base.runs[f"{kept}_day"] != NEVER] if kept != outcome else ():
            yield int(row["run"]), int(row[f"{kept}_day"]), (("event", kept),)


def _day(row: np.void, outcome: str) -> int | None:
    """Return the day of an outcome, None for never."""
    day = int(row[OUTCOMES[outcome]])
    return None if day == NEVER else day


def _or(day: int | None, horizon: int) -> int:
    """Return a day, that after the last for never."""
    return horizon if day is None else day


def _capital(scenario: Scenario) -> str:
    """Return the id of the capital."""
    return str(scenario.tables.locations["id"][int(scenario.world[0]["capital"])])
