"""What a note was made of: its terms, its elements, what it only hands on, and what was there before."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from typing import Any, cast

from sim.study.explain.notes import WHOLE, Leaf, Raw, Site, Step, leaves

NEAR = 5  # steps within which a number is looked for in what it is made of


def terms(raw: Raw) -> list[Leaf]:
    """Return the terms of a sum in order; what is taken away is below 0."""
    found: list[Leaf] = []
    while True:
        before, term = leaves(raw)
        is_less = raw[0].text.startswith(f"{raw[0].name} - ")
        found.insert(0, _negated(term, raw) if is_less else term)
        inner = before.source
        if inner is None or inner[0].step is not Step.SUM or inner[0].name != raw[0].name or inner[5] is not raw[5]:
            return [before, *found]
        raw = inner


@cache
def elements_of(text: str) -> tuple[str, ...] | None:
    """Return the elements of several numbers that are returned together, None for one."""
    node = ast.parse(text, mode="eval").body
    return tuple(ast.unparse(element) for element in node.elts) if isinstance(node, ast.Tuple) else None


def of_one(parts: list[Leaf]) -> str:
    """Return the source of the only part that is neither a parameter nor a fact, nothing where there are several."""
    texts = [leaf.text for leaf in parts if leaf.source is not None]
    return texts[0] if len(texts) == 1 else ""


@cache
def terms_of(text: str) -> tuple[str, ...]:
    """Return the terms of an expression, with their signs."""
    node = ast.parse(text, mode="eval").body
    found: list[str] = []
    while isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Add, ast.Sub)):
        sign = "-" if isinstance(node.op, ast.Sub) else ""
        found.insert(0, f"{sign}({ast.unparse(node.right)})" if sign else ast.unparse(node.right))
        node = node.left
    return (ast.unparse(node), *found)


def is_sum(raw: Raw) -> bool:
    """Tell whether a note is of an expression that adds up."""
    return raw[0].step is Step.VALUE and len(terms_of(raw[0].text)) > 1 and len(raw[3]) > 1


def is_who(leaf: Leaf) -> bool:
    """Tell whether a number only says of whom something is."""
    if not (leaf.text.isidentifier() and type(leaf.value) in WHOLE):
        return False
    return leaf.source is None or leaf.source[0].text.startswith("index(")


def _negated(term: Leaf, raw: Raw) -> Leaf:
    """Return what is taken away in a sum as what is added."""
    if term.source is None:
        return term._replace(value=-term.value)
    site = Site(Step.VALUE, "", f"-({term.text})", (term.text,), raw[0].where, raw[0].module)
    return term._replace(value=-term.value, source=(site, -term.value, (term.value,), (term.source,), None, raw[5]))


def basis(raw: Raw) -> Raw:
    """Return the note to ask why of: of a mere mark, the condition under which it was made."""
    cond = raw[4]
    if cond is None or any(leaf.source is not None and not is_who(leaf) for leaf in leaves(raw)):
        return raw
    return cond  # type: ignore[no-any-return]  # a note


def only(raw: Raw) -> Raw | None:
    """Return the note behind one that only hands a number on."""
    site: Site = raw[0]
    if site.step not in (Step.VALUE, Step.PHASE) or len(raw[3]) != 1 or raw[3][0] is None:
        return None
    return raw[3][0] if site.step is Step.PHASE or site.text == site.leaves[0] else None


def stripped(raw: Raw) -> Raw:
    """Return the note that has something to say."""
    while (inner := only(raw)) is not None and inner[5].day == raw[5].day:
        raw = inner
    return raw


def key_of(raw: Raw) -> tuple[Any, ...]:
    """Return the number of the state that a note is of, through notes that only hand it on."""
    while True:
        if raw[6:]:
            return tuple(raw[6])
        inner = only(raw)
        if inner is None:
            return ()
        raw = inner


def is_of(leaf: Leaf, key: tuple[Any, ...]) -> bool:
    """Tell whether a number is what a number of the state was before."""
    return bool(key) and leaf.source is not None and key_of(leaf.source) == key


def earlier(raw: Raw, key: tuple[Any, ...]) -> Iterator[Raw]:
    """Yield the notes of one number of the state, the last first."""
    at: Raw | None = raw
    while at is not None:
        while not at[6:] and (inner := only(at)) is not None:
            at = inner
        yield at
        at = _previous(at, key, NEAR)


def _previous(raw: Raw, key: tuple[Any, ...], near: int) -> Raw | None:
    """Return the note of what a number of the state was before, found in what it is made of now."""
    for leaf in leaves(raw):
        if leaf.source is None:
            continue
        if leaf.source[6:] and leaf.source[6] == key:
            return leaf.source
        if near and not leaf.source[6:]:
            found = _previous(leaf.source, key, near - 1)
            if found is not None:
                return found
    return None


@cache
def arguments_of(text: str) -> tuple[str, ...]:
    """Return the source of the arguments of a call."""
    call = cast("ast.Call", ast.parse(text, mode="eval").body)
    return tuple(ast.unparse(arg) for arg in call.args)
