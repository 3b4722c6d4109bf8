"""What is noted while a history is lived again: every value that was worked out, from what, under which condition.

A note knows the notes that it was made from, so that one can ask back, from any event to draws and facts of day 0. Who
writes the notes is code that ``sim.study.explain.weave`` adds to a private copy of the phases. A history takes millions
of notes, which is why they are plain tuples, and why nothing is worked out that nobody has asked for yet.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, NamedTuple

import numpy as np

COMPARISONS: dict[str, Callable[[Any, Any], Any]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
Value = Any  # a number, a flag, or what a phase passes on


WHOLE = (int, np.int64)


class Step(Enum):
    """What kind of step a note is of."""

    VALUE = "value"  # of an expression
    SUM = "sum"  # something was added to what was there
    RULE = "rule"
    PHASE = "phase"  # a part of a phase, called for what it returns
    DRAW = "draw"
    DECISION = "decision"  # a draw compared with a chance
    CONDITION = "condition"


@dataclass(frozen=True, slots=True, eq=False)
class Site:
    """A place in the source where something is noted.

    Parameters
    ----------
    step
        What kind of step.
    name
        Of the rule, the phase, the purpose of a draw, the sign of a comparison, or of what the value was given to.
    text
        Source of the expression.
    leaves
        Source of each number that the expression is made of, or names of a rule's arguments.
    where, module
        Function and module that it stands in.
    """

    step: Step
    name: str
    text: str
    leaves: tuple[str, ...]
    where: str
    module: str


class Frame:
    """One call of a part of a phase.

    Attributes
    ----------
    name, args, names
        What was called, with what, and the names of that.
    day
        On which day; -1 before day 0 began.
    parent, cond
        Who called it, and the condition under which.
    n
        Notes of its names so far.
    ret
        Note of what it returned.
    """

    __slots__ = ("args", "cond", "day", "n", "name", "names", "parent", "ret")

    def __init__(
        self,
        name: str,
        names: tuple[str, ...],
        args: tuple[Any, ...],
        day: int,
        parent: Frame | None = None,
        cond: Note | None = None,
    ) -> None:
        self.name, self.names, self.args, self.day, self.parent, self.cond = name, names, args, day, parent, cond
        self.n: dict[str, Note | None] = {}
        self.ret: Note | None = None

    def forget(self) -> None:
        """Let go of notes, which hold on to the frame in turn: millions of them would wait for Python's collector."""
        self.n.clear()
        self.ret = self.cond = self.parent = None

    @property
    def who(self) -> dict[str, int]:
        """Return the whole numbers that it was called with: places, factions, links, ..."""
        pairs = zip(self.names, self.args, strict=True)
        return {name: int(value) for name, value in pairs if isinstance(value, (int, np.integer))}

    def given(self, name: str) -> Any:
        """Return what it was called with by a name."""
        return self.args[self.names.index(name)]


class Note(NamedTuple):
    """A value, and what it came from; woven code writes plain tuples of this form.

    Attributes
    ----------
    site, value
        Where in the source, and what came out.
    values, sources
        Numbers that it was made of, and the notes of these, None for facts and parameters. Calls come last, and tell
        their values in their own notes.
    cond
        Note of the condition under which this was done.
    frame
        In which call.
    key
        Field and indices of the number of the state that was given the value, if one was.
    """

    site: Site
    value: Value
    values: tuple[Value, ...]
    sources: tuple[Any, ...]  # of Note | None
    cond: Any  # Note | None
    frame: Frame
    key: tuple[Any, ...] = ()


Raw = tuple[Any, ...]
"""A note as woven code writes it; its identity tells it from others with the same content."""


class Leaf(NamedTuple):
    """A number that a note was made of: source or name, value, and its own note."""

    text: str
    value: Value
    source: Raw | None


def leaves(raw: Raw) -> list[Leaf]:
    """Return the numbers that a note was made of; a call that was not made is none."""
    site, value, values, sources, *_ = raw
    if site.step is Step.PHASE:  # its arguments are known to its frame
        return [Leaf(site.text, value, sources[0])]
    found = []
    for i, (text, source) in enumerate(zip(site.leaves, sources, strict=True)):
        if i < len(values):
            found.append(Leaf(text, values[i], source))
        elif source is not None:
            found.append(Leaf(text, source[1], source))
    return found


@dataclass
class Watch:
    """Collect what is noted of one history.

    Attributes
    ----------
    hooks
        Names of parts of phases and of fields of the state that are looked out for.
    day
        That is being lived; -1 before day 0 begins.
    writers
        Last note of each number of the state, by field and indices.
    first
        What a rule was given the first time at a place in the source, by that and by whole numbers: the same question.
    called
        Notes of the calls of the expression at work.
    frames
        All calls.
    happened
        What was looked out for: hook, frame, note or None, and what was there before, in order.
    """

    hooks: frozenset[str]
    day: int = -1
    writers: dict[tuple[Any, ...], Note] = field(default_factory=dict)
    first: dict[tuple[Any, ...], tuple[Value, ...]] = field(default_factory=dict)
    called: dict[Site, Any] = field(default_factory=dict)
    frames: list[Frame] = field(default_factory=list)
    happened: list[tuple[str, Frame, Raw | None, Value]] = field(default_factory=list)

    def forget(self) -> None:
        """Begin with nothing noted; woven code holds on to some of the collections."""
        self.day, self.first, self.happened, self.frames = -1, {}, [], []
        self.writers.clear()
        self.called.clear()

    def turn(self, name: str, who: int | None = None) -> Frame:
        """Return the frame of a phase that begins, for one whose turn it is."""
        frame = Frame(name, (), (), self.day) if who is None else Frame(name, ("turn",), (who,), self.day)
        self.frames.append(frame)
        return frame

    def tools(self) -> dict[str, Any]:
        """Return what woven code calls, by the short names that it has there."""
        return {
            "_R": self.rule,
            "_D": self.draw,
            "_P": self.part,
            "_U": self.decide,
            "_H": self.hooked,
            "_W": self.writers,
            "_G": self.writers.get,
            "_C": self.called.pop,
        }

    def rule(self, frame: Frame, site: Site, function: Callable[..., Any], *given: Any) -> Any:
        """Call a rule, and note what it was given; the last that is given are the notes of that."""
        args = given[:-1]
        value = function(*args)
        self.first.setdefault((site, *[arg for arg in frame.args if type(arg) in WHOLE]), args)
        self.called[site] = (site, value, args, given[-1], None, frame)
        return value

    def draw(self, frame: Frame, site: Site, function: Callable[..., Any], *args: Any) -> Any:
        """Draw, and note for whom."""
        value = function(*args)
        self.called[site] = (site, value, args[2:], (None, None), None, frame)
        return value

    def part(self, frame: Frame, site: Site, function: Callable[..., Any], *given: Any) -> Any:
        """Call a part of a phase in a frame of its own; given last are the notes of its arguments, and a condition."""
        args = given[:-2]
        inner = Frame(site.name, site.leaves, args, self.day, frame, given[-1])
        self.frames.append(inner)
        inner.n = dict(zip(site.leaves, given[-2], strict=True))
        if site.name in self.hooks:
            self.happened.append((site.name, inner, None, None))
        value = function(inner, *args)
        self.called[site] = (site, value, (), (inner.ret,), given[-1], inner)
        return value

    def decide(self, frame: Frame, site: Site, left: Any, right: Any, *sources: Any) -> Any:
        """Compare a draw with a chance."""
        met = COMPARISONS[site.name](left, right)
        self.called[site] = (site, met, (left, right), sources, None, frame)
        return met

    def hooked(self, key: tuple[Any, ...], note: Any, before: Value) -> None:
        """Note who wrote a number of the state last, of those that are looked out for."""
        self.writers[key] = note
        self.happened.append((key[0], note[5], note, before))
