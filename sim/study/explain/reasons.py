"""Ask back from a note: what it was made of, how much each part weighs, and which earlier event it came through."""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise
from types import CodeType
from typing import Any, cast

import numpy as np

from sim.study.explain.notes import WHOLE, Frame, Leaf, Raw, Site, Step, Value, leaves
from sim.study.explain.parts import (
    arguments_of,
    basis,
    earlier,
    elements_of,
    is_of,
    is_sum,
    is_who,
    of_one,
    only,
    stripped,
    terms,
    terms_of,
)
from sim.study.explain.plain import Plain
from sim.study.explain.words import Names, arguments, in_words, of_parameter, of_world

_ELEMENT = re.compile(r"\[(\d)\]")
ASKS_RECORD = re.compile(r"\b(state|world|rules)\b(?!\.)")
LEAST_WEIGHT = 0.04  # of a reason in its event, below which one need not ask on; the heaviest is followed to its end
FARTHEST = 90  # steps back
LEAST_SHARE = 0.05  # of what is shown of a number's reasons
MOST = 6  # reasons shown of one number
FLAGS = (bool, np.bool_)
NUDGE = 1e-3  # of a number, to see what it weighs


@dataclass(frozen=True)
class Reason:
    """A number that entered an event.

    Parameters
    ----------
    label
        What it is, in words.
    value, day
        Its value, and the day on which it came to that; -1 for what was so before day 0 began.
    kind
        ``rule``, ``sum``, ``value``, ``decision``, ``draw``, ``event``, or ``fact`` for tables and parameters.
    share
        Its part in the number that it is a reason of, in [0, 1].
    rule
        Of a rule its name.
    given
        Of a rule its arguments by name, of a sum its terms in order, of an expression its numbers by their source.
    source, module
        Of an expression its source, and the module that it stands in; nothing where it asks for more than numbers.
    of_state
        Whether it is a number of the state, which lasts.
    event
        Number of the earlier event that it came through.
    reasons
        Its own, heaviest first.
    """

    label: str
    value: Value
    day: int
    kind: str
    share: float = 1.0
    rule: str = ""
    given: tuple[tuple[str, Value], ...] = ()
    source: str = ""
    module: str = ""
    of_state: bool = False
    event: int | None = None
    reasons: tuple[Reason, ...] = ()

    def __post_init__(self) -> None:
        """Hold numbers as Python's own."""
        object.__setattr__(self, "value", plain(self.value))
        object.__setattr__(self, "given", tuple((name, plain(value)) for name, value in self.given))

    def walk(self) -> Iterator[Reason]:
        """Yield it and all its reasons."""
        yield self
        for reason in self.reasons:
            yield from reason.walk()


class _Numbered(ast.NodeTransformer):
    """Put names in place of the leaves of an expression."""

    def __init__(self, texts: tuple[str, ...]) -> None:
        self.texts = texts

    def visit(self, node: ast.AST) -> ast.AST:
        """Return the name of a leaf."""
        if isinstance(node, ast.expr) and (text := ast.unparse(node)) in self.texts:
            return ast.copy_location(ast.Name(f"_{self.texts.index(text)}", ast.Load()), node)
        return cast("ast.AST", super().visit(node))


@cache
def _code(text: str, texts: tuple[str, ...]) -> CodeType:
    """Return an expression that reads names in place of its leaves."""
    tree = ast.fix_missing_locations(_Numbered(texts).visit(ast.parse(text, mode="eval")))
    return compile(cast("ast.Expression", tree), "<leaves>", "eval")


def worked_out(core: Plain, module: str, text: str, given: Mapping[str, Value]) -> Value:
    """Return what an expression comes to, from its numbers by their source."""
    texts = tuple(given)
    return eval(_code(text, texts), core.names_in(module), {f"_{i}": given[name] for i, name in enumerate(texts)})  # noqa: S307 - the core's own source


class Asker:
    """Ask back from the notes of one history.

    Parameters
    ----------
    core
        The copy of the core that the notes were made by.
    names
        Of the world.
    first
        What rules were given the first time; see ``Watch``.
    events
        Numbers of the events of frames and notes, by identity.
    """

    def __init__(
        self, core: Plain, names: Names, first: Mapping[tuple[Any, ...], tuple[Value, ...]], events: Mapping[int, int]
    ) -> None:
        self.core, self.names, self.first, self.events = core, names, first, events
        self.own = -1  # event that is being explained

    def ask(self, raw: Raw, own: int) -> Reason:
        """Return the tree of reasons of a note of an event."""
        self.own = own
        return self._reason(Leaf("", raw[1], raw), 1.0, FARTHEST, is_main=True)

    def event_of(self, raw: Raw) -> int | None:
        """Return the earlier event that a number came through: that wrote it, or within which it was written."""
        number = self.events.get(id(raw))
        if number is None and raw[6:]:  # a number of the state, which lasts
            return self.around(raw[5], self.own)
        return number if number is not None and number < self.own else None

    def around(self, frame: Frame | None, own: int) -> int | None:
        """Return the event within which something was done, None if that was none or not before a given one."""
        while frame is not None:
            number = self.events.get(id(frame))
            if number is not None and number < own:
                return number
            frame = frame.parent
        return None

    def _reason(self, leaf: Leaf, weight: float, far: int, within: tuple[Any, ...] = (), *, is_main: bool) -> Reason:
        """Return why a number has its value; ``within`` is the number of the state that it is a part of, if it is."""
        if leaf.source is None:
            return Reason(of_parameter(leaf.text) or of_world(leaf.text), leaf.value, -1, "fact")
        raw, key, event = self._through(leaf.source)
        site: Site = raw[0]
        label = self.names.of_key(key, leaf.value) if key else self._label(site, leaf.text)
        day = raw[5].day
        if event is not None:
            return Reason(label, leaf.value, day, "event", event=event)
        if site.step is Step.DRAW:
            return Reason(f"draw of {site.name.lower().replace('_', ' ')}", leaf.value, day, "draw", rule=site.name)
        reason = self._itself(raw, Reason(label, leaf.value, day, site.step.value, of_state=bool(key)))
        if not leaves(basis(raw)):
            return replace(reason, kind="fact")  # a constant of the model
        if far == 0 or not (is_main or weight >= LEAST_WEIGHT):
            return reason
        return replace(reason, reasons=self._parts(raw, key or within, weight, far - 1, is_main=is_main))

    def _through(self, raw: Raw) -> tuple[Raw, tuple[Any, ...], int | None]:
        """Return the note that has something to say, the number of the state that it was told by, and its event."""
        key: tuple[Any, ...] = ()
        while True:
            event = self.event_of(raw)
            if raw[6:]:
                key = key or raw[6]
            if event is not None:
                return raw, key, event
            inner = only(raw) or self._element(raw)
            if inner is None or self._flag(raw) is not None:
                return raw, key, None
            raw = inner

    def _element(self, raw: Raw) -> Raw | None:
        """Return the note behind one of several numbers that a part of a phase returned together."""
        number = _ELEMENT.fullmatch(raw[0].text.removeprefix(raw[0].leaves[0])) if len(raw[0].leaves) == 1 else None
        together = stripped(raw[3][0]) if number and raw[3][0] is not None else None
        elements = None if together is None else elements_of(together[0].text)
        if number is None or together is None or elements is None:
            return None
        return self._piece(together, elements[int(number[1])], raw[1])

    def _label(self, site: Site, text: str) -> str:
        """Return what a number is that is not one of the state."""
        if site.step in (Step.RULE, Step.PHASE):
            return site.name.replace("_", " ")
        if site.step in (Step.CONDITION, Step.DECISION):
            return "draw and chance" if site.step is Step.DECISION else f"condition in {site.where.replace('_', ' ')}"
        return in_words(text or site.name)

    def _itself(self, raw: Raw, reason: Reason) -> Reason:
        """Return a reason with what is needed to work its number out again."""
        site: Site = raw[0]
        match site.step:
            case Step.RULE:
                return replace(reason, rule=site.name, given=tuple(zip(site.leaves, raw[2], strict=True)))
            case Step.SUM:
                return replace(reason, given=tuple((text, value) for text, value, _ in terms(raw)))
            case _:
                given = tuple({leaf.text: leaf.value for leaf in leaves(raw)}.items())
                source = "" if ASKS_RECORD.search(site.text) else site.text
                return replace(reason, given=given, source=source, module=site.module)

    def _parts(
        self, raw: Raw, key: tuple[Any, ...], weight: float, far: int, *, is_main: bool, is_told: bool = False
    ) -> tuple[Reason, ...]:
        """Return the reasons of a number with their shares, heaviest first."""
        raw = basis(raw)
        parts, shares = self._weighed(raw)
        if is_told and len(parts) > 1:
            rest = [(leaf, share) for leaf, share in zip(parts, shares, strict=True) if not is_of(leaf, key)]
            parts, shares = [leaf for leaf, _ in rest], _normed([share for _, share in rest])
        flag = self._flag(raw)
        if flag is not None:  # one way of working it out was chosen: by that flag
            parts, shares = [flag, *parts], [0.5, *(0.5 * share for share in shares)]
        keeps = raw[0].step in (Step.CONDITION, Step.DECISION)  # what is needed weighs as much as what needs it
        found: list[Reason] = []
        for leaf, share in sorted(zip(parts, shares, strict=True), key=lambda pair: -pair[1])[:MOST]:
            if share < LEAST_SHARE:
                break
            is_heaviest = is_main and not found
            own = weight if keeps else weight * share
            if is_of(leaf, key):
                inner = self._before(leaf, key, own, far, is_main=is_heaviest)
            else:
                inner = self._reason(leaf, own, far, key, is_main=is_heaviest)
            found.append(replace(inner, share=share))
        return tuple(found)

    def _flag(self, raw: Raw) -> Leaf | None:
        """Return the flag that decided in which way a number was worked out, None where that was the only way."""
        cond = raw[4] if raw[0].step is Step.VALUE else None
        for leaf in leaves(cond) if cond is not None and cond[5] is raw[5] else ():
            is_flag = isinstance(leaf.value, FLAGS) and leaf.source is not None and leaves(leaf.source)
            if is_flag and self._weight(cast("Raw", cond), leaf) > 0.0:
                return leaf
        return None

    def _weighed(self, raw: Raw) -> tuple[list[Leaf], list[float]]:
        """Return what a number was made of, and how much each part weighs: terms by size, all else by what it moves."""
        if raw[0].step is Step.SUM:
            parts = terms(raw)
        elif is_sum(raw):
            parts = self._added(raw)
        elif raw[0].step is Step.RULE:
            return self._arguments(raw), self._moved(raw)
        else:
            parts = [leaf for leaf in {leaf.text: leaf for leaf in leaves(raw)}.values() if not is_who(leaf)]
            return parts, _normed([self._weight(raw, leaf) for leaf in parts])
        return parts, _normed([abs(_number(leaf.value)) for leaf in parts])

    def _arguments(self, raw: Raw) -> list[Leaf]:
        """Return the arguments of a rule by the words of its docstring, parameters as what they are."""
        words = arguments(self.core.rules[raw[0].name])
        return [
            leaf._replace(text=text if leaf.source is None and of_parameter(text) else words[leaf.text])
            for leaf, text in zip(leaves(raw), arguments_of(raw[0].text), strict=True)
        ]

    def _moved(self, raw: Raw) -> list[float]:
        """Return how much each argument of a rule has moved it since it was first asked; if none has, what would."""
        function, args = self.core.rules[raw[0].name], list(raw[2])
        first = self.first.get((raw[0], *[arg for arg in raw[5].args if type(arg) in WHOLE]), raw[2])
        moved = [_difference(raw[1], _tried(function, args, i, first[i])) for i in range(len(args))]
        if not any(moved):
            moved = [_difference(raw[1], _tried(function, args, i, _nudged(args[i]))) for i in range(len(args))]
        return _normed(moved)

    def _added(self, raw: Raw) -> list[Leaf]:
        """Return the terms of an expression that is a sum, in order; what is taken away is below 0."""
        site: Site = raw[0]
        given = {leaf.text: leaf.value for leaf in leaves(raw)}
        found = []
        for text in terms_of(site.text):
            piece = self._piece(raw, text, worked_out(self.core, site.module, text, given))
            found.append(Leaf(of_one(leaves(piece)) or text, piece[1], piece))
        return found

    def _piece(self, raw: Raw, text: str, value: Value) -> Raw:
        """Return a note of a part of an expression."""
        used = [leaf for leaf in leaves(raw) if leaf.text in text]
        site = Site(Step.VALUE, "", text, tuple(leaf.text for leaf in used), raw[0].where, raw[0].module)
        return site, value, tuple(leaf.value for leaf in used), tuple(leaf.source for leaf in used), raw[4], raw[5]

    def _before(self, leaf: Leaf, key: tuple[Any, ...], weight: float, far: int, *, is_main: bool) -> Reason:
        """Return why a number had its value before: the day on which it changed most tells it."""
        chain = list(earlier(cast("Raw", leaf.source), key))
        steps = [abs(_number(late[1]) - _number(early[1])) for late, early in pairwise(chain)]
        top = max(range(len(steps)), key=steps.__getitem__) if any(steps) else len(chain) - 1
        raw = chain[top]
        event = self.event_of(raw)
        label = f"before: {self.names.of_key(key, leaf.value)}"
        if event is not None:
            return Reason(label, leaf.value, raw[5].day, "event", event=event)
        inner = stripped(raw)
        reason = self._itself(inner, Reason(label, raw[1], raw[5].day, inner[0].step.value))
        if not leaves(basis(inner)):
            return replace(reason, kind="fact")
        if far == 0 or not (is_main or weight >= LEAST_WEIGHT):
            return reason
        return replace(reason, reasons=self._parts(inner, key, weight, far - 1, is_main=is_main, is_told=True))

    def _weight(self, raw: Raw, leaf: Leaf) -> float:
        """Return what a nudge of one number changes in an expression; of flags, whether it matters at all."""
        given = {each.text: each.value for each in leaves(raw)}
        try:
            nudged = worked_out(self.core, raw[0].module, raw[0].text, {**given, leaf.text: _nudged(leaf.value)})
        except NameError:  # it asks a record something
            return 1.0 if leaf.source is not None else 0.0
        except (ArithmeticError, IndexError, TypeError, ValueError):
            return 0.0
        if isinstance(raw[1], FLAGS):  # a flag weighs if it were another without it, a number if it ever changes
            matters = nudged != raw[1] if isinstance(leaf.value, FLAGS) else leaf.source is not None
            return 1.0 if matters else 0.0
        return _difference(raw[1], nudged)


def _tried(function: Any, args: list[Value], i: int, value: Value) -> Value:
    """Return what a rule comes to with another argument."""
    try:
        return function(*args[:i], value, *args[i + 1 :])
    except (ArithmeticError, ValueError):
        return None


def _nudged(value: Value) -> Value:
    """Return a number a little larger, a flag turned."""
    if isinstance(value, FLAGS):
        return not value
    if isinstance(value, float):
        return value * (1.0 + NUDGE) if value != 0.0 else NUDGE
    return value + 1 if isinstance(value, WHOLE) else value


def _difference(one: Value, other: Value) -> float:
    """Return how far two values are from each other."""
    return abs(_number(one) - _number(other)) if other is not None else 0.0


def plain(value: Value) -> Value:
    """Return a number of NumPy's as Python's own, which has the same bits."""
    return value.item() if isinstance(value, np.generic) else value


def _number(value: Value) -> float:
    """Return a value as a number, 0 for what is none."""
    try:
        number = float(value)
    except (TypeError, ValueError):
        return 0.0
    return number if math.isfinite(number) else 0.0


def _normed(weights: list[float]) -> list[float]:
    """Return weights as shares; where nothing weighs, all weigh the same."""
    total = sum(weights)
    return [weight / total if total > 0.0 else 1.0 / len(weights) for weight in weights]
