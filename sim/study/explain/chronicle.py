"""A history told: its events in order, each with its reasons, the questions that one can ask it, and what if not."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from sim.core.ahead import without_garbage_collection
from sim.core.codes import Outcome
from sim.ensemble.run.branches import Lineage, Turn
from sim.study.explain.events import Event, find_events
from sim.study.explain.kinds import HOOKS, KINDS, MAIN
from sim.study.explain.plain import plain_core
from sim.study.explain.reasons import Reason
from sim.study.explain.replay import live_again
from sim.study.explain.sentences import because
from sim.world.faults import suggestion
from sim.world.frozen import ConfigError
from sim.world.scenario import Scenario

COLUMNS = ("day", "kind", "place", "actor", "other", "size", "before", "chance", "draw", "purpose", "text")
UNFOLDED = 7  # how deep reasons are as data
HEAVY = 0.15  # of a link in its event, from which on a story follows it


@dataclass(frozen=True, eq=False)
class Chronicle:
    """One history, event by event.

    Parameters
    ----------
    scenario, seed, run
        Which history.
    row, days, holders
        Its row of ``runs.parquet``; its rows of ``daily.parquet``; number of who holds each place by day.
    events
        What happened, in order.
    turns
        Which of its branches were taken, and when.
    """

    scenario: Scenario
    seed: int
    run: int
    row: np.ndarray
    days: np.ndarray
    holders: np.ndarray
    events: tuple[Event, ...]
    turns: tuple[Turn, ...] = ()

    @property
    def lineage(self) -> Lineage:
        """Return which history it is, as `Ensemble.explain` takes it."""
        return Lineage(self.run, self.turns)

    @property
    def outcome(self) -> str:
        """Return how the regime ended: ``in_power``, ``flight``, ``capital``, ``disintegration``, ``coup``."""
        return Outcome(int(self.row["outcome"][0])).name.lower()

    @property
    def kinds(self) -> list[str]:
        """Return the kinds of its events."""
        return sorted({event.kind for event in self.events})

    def about(
        self,
        day: int | None = None,
        place: str | None = None,
        actor: str | None = None,
        kind: str | None = None,
    ) -> tuple[Event, ...]:
        """Return the events of a day, of a place, of an actor (or with or against it), of a kind."""
        return tuple(
            event
            for event in self.events
            if day in (None, event.day)
            and place in (None, event.place)
            and (actor is None or actor in (event.actor, event.other))
            and kind in (None, event.kind)
        )

    def question(self, kind: str) -> Event | None:
        """Return the event that a question is about: the first of its kind, None where there was none.

        Raises
        ------
        ConfigError
            If no history has events of such a kind.
        """
        faults = check_asked(self.scenario, kind)
        if faults:
            raise ConfigError(faults)
        return next(iter(self.about(kind=kind)), None)

    def why(self, event: Event | int) -> Reason:
        """Return the causes of an event back to draws and facts of day 0, those of earlier events in their place.

        An event that entered twice is told at its first place, and weighs at each.
        """
        number = event if isinstance(event, int) else event.number
        return self._with_causes(self._root(number), {number})

    def _root(self, number: int) -> Reason:
        """Return an event as a reason."""
        event = self.events[number]
        inner = () if event.because is None else (event.because,)
        return Reason(event.text, event.chance, event.day, "event", event=number, reasons=inner)

    def _with_causes(self, reason: Reason, told: set[int], weight: float = 1.0) -> Reason:
        """Return a tree with the causes of its events, the heaviest of those not yet told."""
        parts = []
        for part in reason.reasons:
            inner = part
            if part.event is not None and part.event not in told and weight * part.share >= HEAVY**2:
                told.add(part.event)
                inner = replace(part, reasons=(self._root(part.event),))
            parts.append(self._with_causes(inner, told, weight * part.share))
        return replace(reason, reasons=tuple(parts))

    def chain(self, event: Event | int) -> tuple[Reason, ...]:
        """Return the heaviest cause of an event, the heaviest of that, and so on to a draw or a fact of day 0."""
        at: Reason | None = self._root(event if isinstance(event, int) else event.number)
        found: list[Reason] = []
        while at is not None:
            found.append(at)
            if not at.reasons and at.event is not None and at.event != found[0].event:
                at = self._root(at.event)
                continue
            at = at.reasons[0] if at.reasons else None
        return tuple(found)

    def frame(self) -> pd.DataFrame:
        """Return its events as a table."""
        return pd.DataFrame(
            [{name: getattr(event, name) for name in COLUMNS} for event in self.events], columns=COLUMNS
        )

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain data, such as a page takes."""
        events = [_plain(event) for event in self.events]
        return {
            "scenario": self.scenario.config.scenario.name,
            "seed": self.seed,
            "run": self.run,
            "turns": [list(turn) for turn in self.turns],
            "outcome": self.outcome,
            "holders": self.holders.tolist(),
            "events": events,
        }

    def text(self, events: Iterable[Event] | None = None) -> str:
        """Return events as lines, all by default; two for each: what happened, and because of what."""
        lines = []
        for event in self.events if events is None else events:
            lines.append(f"day {event.day}: {event.text}.")
            lines += [f"    {line}" for line in because(event)]
        return "\n".join(lines)

    def __repr__(self) -> str:
        """Return its main events as text."""
        main = [event for event in self.events if event.kind in MAIN]
        head = f"run {self.lineage} of {self.scenario.config.scenario.name}, seed {self.seed}: {self.outcome}"
        return "\n".join([head, *(f"day {event.day}: {event.text}" for event in main)])


def _plain(event: Event) -> dict[str, Any]:
    """Return an event as plain data: its reasons as far as somebody would unfold them."""
    told = {name: getattr(event, name) for name in ("number", *COLUMNS)}
    reasons = None if event.because is None else _unfolded(event.because, UNFOLDED)
    return {**told, "links": list(event.links), "told": because(event), "because": reasons}


def _unfolded(reason: Reason, depth: int) -> dict[str, Any]:
    """Return a reason as plain data, with its own down to a depth."""
    told = {name: getattr(reason, name) for name in ("label", "value", "day", "kind", "share", "event")}
    return {**told, "reasons": [_unfolded(part, depth - 1) for part in reason.reasons] if depth else []}


def check_asked(
    scenario: Scenario, question: str | None = None, place: str | None = None, actor: str | None = None
) -> list[str]:
    """Return a line for each name in a question that stands for nothing here."""
    tables = scenario.tables
    known = {
        "question": (question, sorted({kind.name for kind in KINDS})),
        "place": (place, [str(name) for name in tables.locations["id"]]),
        "actor": (actor, [str(name) for name in (*tables.states["id"], *tables.factions["id"])]),
    }
    return [
        f"{key} = {name!r}: no such {key if key != 'question' else 'kind of event'}; {suggestion(name, names)}"
        for key, (name, names) in known.items()
        if name is not None and name not in names
    ]


def explain(scenario: Scenario, seed: int, run: int, turns: tuple[Turn, ...] = ()) -> Chronicle:
    """Return the chronicle of one history of a scenario.

    Parameters
    ----------
    scenario, seed, run
        Which history; the same numbers give the same one in an ensemble.
    turns
        Which of its branches are taken, and when.

    Raises
    ------
    ReplayError
        If the history lived again was another one.
    """
    with without_garbage_collection():  # it would look through millions of notes, which are gone when this returns
        return _told(scenario, seed, run, turns)


def _told(scenario: Scenario, seed: int, run: int, turns: tuple[Turn, ...]) -> Chronicle:
    """Return the chronicle of one history; nobody else holds on to what was noted for it."""
    replay = live_again(scenario, seed, run, HOOKS, turns)
    events = find_events(replay, plain_core(HOOKS))
    replay.forget()
    return Chronicle(scenario, seed, run, replay.row, replay.days, replay.holders, events, turns)
