"""Find the events of a history in what was noted of it, with the chance and the draw of each, and its reasons."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from sim.study.explain.kinds import KINDS, OF_NAMES, Kind
from sim.study.explain.notes import WHOLE, Frame, Leaf, Raw, Step, Value, leaves
from sim.study.explain.parts import is_who
from sim.study.explain.plain import Plain
from sim.study.explain.reasons import FLAGS, Asker, Reason
from sim.study.explain.replay import Replay
from sim.study.explain.words import Names, fields

AXES = {"place": "L", "faction": "F", "state": "S", "actor": "A"}
FAR = 6  # steps within which the draw of an event is looked for in what its condition is made of


@dataclass(frozen=True)
class Event:
    """Something that happened in a history.

    Parameters
    ----------
    number
        In order.
    day, kind
        When, and what; see ``sim.study.explain.kinds``.
    place, actor, other
        Ids of where, who, and with or against whom; None where there is none.
    size, before
        How large, and what it was before, where that says anything.
    text
        A sentence.
    chance, draw, purpose, entity
        The chance of that day, the draw that was below it, and for what and whom it was drawn; None where nothing was.
    because
        Its reasons.
    """

    number: int
    day: int
    kind: str
    place: str | None
    actor: str | None
    other: str | None
    size: float | None
    before: float | None
    text: str
    chance: float | None = None
    draw: float | None = None
    purpose: str | None = None
    entity: int | None = None
    because: Reason | None = field(default=None, repr=False)

    @property
    def links(self) -> tuple[int, ...]:
        """Return the numbers of the earlier events that entered, heaviest first."""
        found = [] if self.because is None else [part.event for part in self.because.walk() if part.event is not None]
        return tuple(dict.fromkeys(found))


@dataclass(frozen=True, eq=False)
class Found:
    """An event, and where it was found."""

    event: Event
    kind: Kind
    frame: Frame
    raw: Raw | None


def find_events(replay: Replay, core: Plain) -> tuple[Event, ...]:
    """Return the events of a history, each with its reasons."""
    names = Names(replay.scenario)
    found = list(_found(replay, names))
    events: dict[int, int] = {}
    for each in found:
        events[id(each.frame if each.raw is None else each.raw)] = each.event.number
        if each.kind.noted is not None and each.frame.parent is not None:
            events.setdefault(id(each.frame.parent), each.event.number)
    asker = Asker(core, names, replay.first, events)
    told: list[Event] = []
    for each in found:
        decision = decision_of(each)
        event = each.event
        if decision is not None:
            event = replace(event, **_told_of(decision))
            events.setdefault(id(decision), event.number)
        around = asker.around(each.frame, event.number) if decision is None else None
        if around is not None:  # it is a part of what happened there
            told.append(replace(event, because=Reason(told[around].text, None, event.day, "event", event=around)))
            continue
        root = decision or _ground(each)
        told.append(replace(event, because=None if root is None else asker.ask(root, event.number)))
    return tuple(told)


def _found(replay: Replay, names: Names) -> Iterator[Found]:
    """Yield the events of a history without their reasons."""
    by_hook: dict[str, list[Kind]] = {}
    for kind in KINDS:
        by_hook.setdefault(kind.hook, []).append(kind)
    last: dict[tuple[Any, ...], Value] = {}
    number = 0
    for hook, frame, raw, before in replay.happened:
        for kind in by_hook[hook]:
            if frame.day < 0 or not _is_such(kind, frame, raw, before):
                continue
            event = _event(number, kind, frame, raw, before, names)
            told = _told(kind, event, raw, last)
            if told is not None:
                yield Found(replace(told, text=sentence(kind, told, names)), kind, frame, raw)
                number += 1


def _is_such(kind: Kind, frame: Frame, raw: Raw | None, before: Value) -> bool:
    """Tell whether what happened is of a kind."""
    if kind.noted is not None:
        return frame.who["kind"] == kind.noted
    return raw is None or kind.least > 0.0 or kind.when(raw[1], before)


def _told(kind: Kind, event: Event, raw: Raw | None, last: dict[tuple[Any, ...], Value]) -> Event | None:
    """Return an event if it is told: of days in a row the first, of small changes none."""
    key = (kind.name, event.place, event.actor, event.other)
    if kind.is_begun:
        day = last.get(key, -2)
        last[key] = event.day
        return event if event.day > day + 1 else None
    if kind.least > 0.0 and raw is not None:
        before: Value = last.setdefault(key, raw[1])
        if abs(raw[1] - before) < kind.least:
            return None
        last[key] = raw[1]
        return replace(event, before=float(before))
    return event


def _event(number: int, kind: Kind, frame: Frame, raw: Raw | None, before: Value, names: Names) -> Event:
    """Return an event without its sentence and reasons."""
    place, actor, other = (_who(name, frame, raw, names) for name in (kind.place, kind.actor, kind.other))
    size = None
    if kind.noted is not None:
        size = float(frame.given("size"))
    elif raw is not None and "{size}" in kind.sentence:
        size = float(raw[1])
    earlier = float(before) if before is not None and "{before}" in kind.sentence else None
    return Event(number, frame.day, kind.name, place, actor, other, size, earlier, "")


def _who(name: str, frame: Frame, raw: Raw | None, names: Names) -> str | None:
    """Return the id of who or what a name in the table of kinds stands for."""
    if not name:
        return None
    if name.startswith("link_"):
        patron, client = names.links[_number("link", frame, raw, "K")]
        return client if name == "link_client" else patron
    whose = "actor" if name == "other" else OF_NAMES[name]
    return names.of(whose, _number(name, frame, raw, AXES[whose]))


def _number(name: str, frame: Frame, raw: Raw | None, axis: str) -> int:
    """Return the number that a name has in a call, or that an axis of what was written has."""
    axes = fields()[raw[6][0]].axes if raw is not None else ()
    at: Frame | None = frame
    while at is not None:
        if name in at.who:
            return at.who[name]
        note = at.n.get(name)
        if note is not None:
            return int(note[1])
        if axis in axes and raw is not None:
            return int(raw[6][1 + axes.index(axis)])
        at = at.parent
    raise KeyError(name)


def sentence(kind: Kind, event: Event, names: Names) -> str:
    """Return the sentence of an event."""
    size = None if event.size is None else f"{event.size:,.3g}" if event.size < 1 else f"{event.size:,.0f}"
    before = (
        None if event.before is None else f"{event.before:,.3g}" if 0 < event.before < 1 else f"{event.before:,.0f}"
    )
    words = {part: names.name(getattr(event, part)) for part in ("place", "actor", "other")}
    return kind.sentence.format(**words, size=size, before=before)


def decision_of(found: Found) -> Raw | None:
    """Return the note of the draw that let an event happen, None where nothing was drawn."""
    for ground in _grounds(found):
        decision = _search(ground, FAR)
        if decision is not None:
            return decision
    return None


def _grounds(found: Found) -> Iterator[Raw]:
    """Yield what an event was written by and its conditions, from the inside."""
    if found.raw is not None:
        yield found.raw
    frame: Frame | None = found.frame
    cond = found.frame.cond if found.raw is None else found.raw[4]
    while frame is not None:
        while cond is not None:
            yield cond
            cond = cond[4]
        cond = frame.cond if frame is not found.frame or found.raw is not None else None
        frame = frame.parent


def _search(raw: Raw, far: int) -> Raw | None:
    """Return the decision that a value hangs on, in the same day and without what was written before."""
    if raw[0].step is Step.DECISION:
        return raw if _is_met(raw) else None
    if raw[0].step is Step.RULE:
        return None
    if far == 0:
        return None
    near = [leaf.source for leaf in leaves(raw) if leaf.source is not None and _is_of_moment(leaf.source)]
    for source in [*near, *(source[4] for source in near if source[6:] and source[4] is not None)]:
        decision = _search(source, far - 1)
        if decision is not None:
            return decision
    return None


def _is_of_moment(raw: Raw) -> bool:
    """Tell whether a note is not of what lasts: working space of a phase does not."""
    return not raw[6:] or raw[6][0].startswith("scratch.")


def _is_met(raw: Raw) -> bool:
    """Tell whether the draw was below the chance."""
    told = _told_of(raw)
    return bool(told["draw"] < told["chance"])


def _told_of(raw: Raw) -> dict[str, Any]:
    """Return chance, draw, purpose and entity of a decision."""
    sides = leaves(raw)
    one, other = sides if _drawn(sides[0]) is not None else sides[::-1]
    drawn = _drawn(one)
    purpose, entity = (None, None) if drawn is None else (drawn[0].name.lower(), int(drawn[2][0]))
    return {"chance": float(other.value), "draw": float(one.value), "purpose": purpose, "entity": entity}


def _drawn(leaf: Leaf) -> Raw | None:
    """Return the note of a draw, None for another number."""
    raw = leaf.source
    while raw is not None and raw[0].step is not Step.DRAW:
        inner = [each.source for each in leaves(raw) if each.source is not None]
        raw = inner[0] if raw[0].step is Step.VALUE and len(inner) == 1 else None
    return raw


def _ground(found: Found) -> Raw | None:
    """Return the innermost condition of an event that hangs on a number which changes, or on anything that does.

    Of an event that tells a size, what that was made of is asked first.
    """
    grounds = [ground for ground in _grounds(found) if _asked(ground)]
    if found.event.size is not None and found.raw is not None and grounds[:1] and grounds[0] is found.raw:
        return found.raw
    conditions = [ground for ground in grounds if ground is not found.raw] or grounds
    for kinds in ((float,), (float, *WHOLE, *FLAGS)):
        for ground in conditions:
            if any(leaf.source[5].day >= 0 and isinstance(leaf.value, kinds) for leaf in _asked(ground) if leaf.source):
                return ground
    return conditions[0] if conditions else None


def _asked(ground: Raw) -> list[Leaf]:
    """Return what a condition hangs on that is no fact."""
    return [leaf for leaf in leaves(ground) if leaf.source is not None and not is_who(leaf)]
