"""What is told of a history: for each kind of event what to look out for, and the sentence that tells it.

A new rule needs nothing here. A new kind of event needs one line, and one that is noted for ``events.parquet`` anyway
only its sentence.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sim.core.codes import Event

Value = Any


def is_set(now: Value, before: Value) -> bool:
    """Tell whether a day has been noted that was not known."""
    return bool(before < 0 <= now)


def is_on(now: Value, before: Value) -> bool:  # noqa: ARG001 - all of these are asked alike
    """Tell whether something is there."""
    return bool(now > 0)


def is_new(now: Value, before: Value) -> bool:
    """Tell whether one more is marked."""
    return bool(now & ~before)


def is_other(now: Value, before: Value) -> bool:
    """Tell whether something has changed."""
    return bool(now != before)


def is_risen(now: Value, before: Value) -> bool:
    """Tell whether there is more than before."""
    return bool(now > before)


def is_fallen(now: Value, before: Value) -> bool:
    """Tell whether there is less than before."""
    return bool(now < before)


@dataclass(frozen=True)
class Kind:
    """Tell how events of a kind are found and told.

    Parameters
    ----------
    name
        One word.
    hook
        Part of a phase whose call it is, or field of the state whose writing it is.
    sentence
        Subject, verb, number; ``{place}``, ``{actor}``, ``{other}``, ``{size}``, ``{before}`` stand for whom it is of.
    place, actor, other
        Names of arguments or of numbers in the source that say where and who; see ``sim.study.explain.events``.
    noted
        Of the events that ``note_event`` tells, which.
    is_begun
        Whether only the first of days in a row is told.
    when
        Of a field: whether what was written, given what was there, is such an event.
    least
        Change from which on it is told, for a number that changes all the time.
    kept
        Name of what keeps it from happening; see ``sim.core.codes.Kept``.
    """

    name: str
    hook: str
    sentence: str
    place: str = ""
    actor: str = ""
    other: str = ""
    noted: Event | None = None
    is_begun: bool = False
    when: Callable[[Value, Value], bool] = is_on
    least: float = 0.0
    kept: str = ""


def noted(event: Event, sentence: str, kept: str = "") -> Kind:
    """Return a kind that is noted for ``events.parquet`` as well."""
    name = "exit" if event is Event.PATRON_EXIT else event.name.lower()
    return Kind(name, "note_event", sentence, "place", "actor", "other", event, kept=kept)


KINDS = (
    Kind("fall", "change_hands", "{place} falls from {other} to {actor}", "place", "winner", "loser", kept="fall"),
    Kind("flight", "flight_day", "the leader flees", when=is_set, kept="flight"),
    Kind("coup", "coup_day", "insiders make a coup", when=is_set, kept="coup"),
    Kind("capital", "capital_day", "the capital is lost", when=is_set, kept="fall"),
    Kind("disintegration", "disintegration_day", "the main force of the regime disintegrates", when=is_set),
    Kind("collapse", "collapse_day", "the regime collapses", when=is_set),
    Kind(
        *("deal", "dissolving", "the garrison of {actor} in {place} makes a deal", "place", "faction"),
        when=is_new,
        kept="deal",
    ),
    Kind(
        *("rout", "break_up", "the garrison of {actor} in {place} begins to desert", "place", "faction"),
        is_begun=True,
        kept="desertion",
    ),
    Kind("attack", "order", "{actor} attacks {place}", "target", "leader", is_begun=True),
    Kind("storm", "is_storming", "{actor} decides to storm the capital", "", "leader"),
    Kind("awakening", "is_waking", "{actor} joins the war", "", "faction"),
    Kind(
        *("aid", "support_wanted", "{actor} wants to support {other} by {size} instead of {before}"),
        actor="link_patron",
        other="link_client",
        least=0.1,
    ),
    Kind(
        "strike", "struck", "{actor} strikes {other} and hits a share of {size}", "", "actor", "faction", kept="strike"
    ),
    Kind("alert", "is_alert", "{actor} announces an alert", "", "host", when=is_risen),
    Kind("all_clear", "is_alert", "{actor} calls off its alert", "", "host", when=is_fallen),
    Kind("level", "level", "{actor} goes from level {before} to level {size}", "", "host", when=is_other),
    noted(Event.INCIDENT, "an armed incident in {place}, {actor}, kills {size}"),
    noted(Event.REVENGE, "revenge breaks out in {place} under {actor}; it aims at {size} people"),
    noted(Event.PRISON_BREAK, "{size} escape from the prison of {place} and join {actor}", "prison_break"),
    noted(
        Event.DENIAL, "{actor} strikes the site in {place} lest {other} get it; {size} weapons are destroyed", "strike"
    ),
    noted(Event.INFIGHTING, "{actor} and {other} begin to fight each other", "infighting"),
    noted(Event.MERGER, "{actor} joins {other}", "merger"),
    noted(Event.SETTLEMENT, "the parties settle", "settlement"),
    noted(Event.TRUCE, "{actor} and {other} agree on a truce of {size} days", "truce"),
    noted(Event.HANDOVER, "those left behind hand over in order", "handover"),
    noted(Event.PATRON_EXIT, "the support of {actor} for {other} ends", "exit"),
    noted(Event.ACCORD, "{actor} comes to terms with {other}"),
    noted(Event.INTERVENTION, "{actor} decides to enter the war for {other} with {size} fighters", "intervention"),
    noted(Event.WITHDRAWAL, "{actor} leaves the war"),
)
"""Events in the words of a chronicle."""

HOOKS = frozenset(kind.hook for kind in KINDS)
OF_NAMES = {
    **dict.fromkeys(("place", "target", "origin"), "place"),
    **dict.fromkeys(("faction", "leader", "winner", "loser"), "faction"),
    **dict.fromkeys(("host", "power"), "state"),
    **dict.fromkeys(("actor", "link_patron"), "actor"),
    "link_client": "faction",
}
"""Whose numbers the names in `KINDS` hold; an ``other`` is an actor where it is noted."""
ENDS = ("flight", "coup", "capital", "collapse")
MAIN = (*ENDS, "fall", "exit", "settlement", "infighting")
"""Kinds of events that end a regime, and those that a short telling has."""
