"""Prepare events of a history for a page: what happened, the chance, and the reasons that one may unfold."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from sim.core.codes import Outcome
from sim.study.explain.chronicle import Chronicle
from sim.study.explain.events import Event
from sim.study.explain.kinds import MAIN
from sim.study.explain.reasons import Reason
from sim.study.explain.sentences import at_heart, because, number, telling
from sim.study.explain.typical import Typical
from sim.tell.history import abroad, fate, key_events
from sim.tell.labels import ENDS
from sim.tell.numbers import whole_percent

DEEPEST, MOST_PARTS, MOST_LINKS = 2, 4, 4  # what is unfolded of an event's reasons
LEAST_SHARE = 0.1  # of a reason that is unfolded
BEFORE = "before: "


@dataclass(frozen=True)
class Part:
    """Hold a reason as it is unfolded.

    Parameters
    ----------
    label, value, share, day
        In words; the share is empty where every part weighs the same, the day where it is that of the event.
    event
        Number of the earlier event that it came through, None where it came through none.
    parts
        Its own reasons.
    """

    label: str
    value: str
    share: str
    day: str
    event: int | None
    parts: tuple["Part", ...]


@dataclass(frozen=True)
class Item:
    """Hold an event as it is told.

    Parameters
    ----------
    event
        What happened.
    chance
        The chance of that day and the draw, in a sentence; nothing where nothing was drawn.
    part
        Its reasons, None where there are none.
    of
        By which words a reader finds it: ``main``, its place, its actors.
    """

    event: Event
    chance: str
    part: Part | None
    of: tuple[str, ...]

    @property
    def links(self) -> tuple[int, ...]:
        """Return the numbers of the heaviest earlier events that entered."""
        return self.event.links[:MOST_LINKS]


@dataclass(frozen=True)
class Story:
    """Hold a history told in brief.

    Parameters
    ----------
    run
        Its number.
    stands_for, fate, abroad
        Which runs it stands for; what became of the regime, and of the neighbours.
    items
        The few events that tell it.
    """

    run: int
    stands_for: str
    fate: str
    abroad: str
    items: Sequence[Item]

    @property
    def events(self) -> dict[int, Event]:
        """Return its events by number."""
        return {item.event.number: item.event for item in self.items}


def story_of(typical: Typical, chronicle: Chronicle) -> Story:
    """Return a typical history told in brief."""
    how = ENDS[Outcome[typical.fate.upper()]]
    stands_for = f"Run {typical.run:,} stands for {whole_percent(typical.share)} of runs: {how}"
    return Story(typical.run, stands_for, fate(chronicle), abroad(chronicle), items_of(key_events(chronicle)))


def items_of(events: Iterable[Event], heavy: Collection[int] = ()) -> list[Item]:
    """Return events as they are told, with their reasons.

    Parameters
    ----------
    events
        Those that are told.
    heavy
        Numbers of those that are main events whatever their kind.
    """
    return [_item(event, is_main=event.kind in MAIN or event.number in heavy) for event in events]


def _item(event: Event, *, is_main: bool) -> Item:
    """Return an event as it is told."""
    chance = because(event)[0] if event.chance is not None else ""
    root = None if event.because is None else at_heart(event.because)
    has_more = root is not None and (root.kind in ("event", "fact") or telling(root))
    place = () if event.place is None else (f"place:{event.place}",)
    who = tuple(f"actor:{name}" for name in dict.fromkeys((event.actor, event.other)) if name)
    main = ("main",) if is_main else ()
    return Item(event, chance, _part(root, event.day, DEEPEST) if root and has_more else None, (*main, *place, *who))


def _part(reason: Reason, day: int, deeper: int, *, weighs: bool = False) -> Part:
    """Return a reason as it is unfolded, with its own as far as they weigh."""
    parts = [part for part in telling(reason) if part.share >= LEAST_SHARE][:MOST_PARTS] if deeper else []
    shared = reason.kind not in ("condition", "decision") and len(telling(reason)) > 1
    return Part(
        label=reason.label,
        value=_value(reason),
        share=whole_percent(reason.share) if weighs else "",
        day="" if reason.day == day else "before day 0" if reason.day < 0 else f"day {reason.day}",
        event=reason.event,
        parts=tuple(_part(part, reason.day, deeper - 1, weighs=shared) for part in parts),
    )


def _value(reason: Reason) -> str:
    """Return the number of a reason in words; nothing where there is none, or where the label names whom it is of."""
    is_named = isinstance(reason.value, int) and ": " in reason.label.removeprefix(BEFORE)
    return "" if reason.value is None or reason.kind == "condition" or is_named else number(reason.value)
