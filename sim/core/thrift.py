"""Spare Numba what it does again and again while it compiles: a quarter of the time, and the same code comes out.

A record of the state has a hundred fields, and half of the core is merged into what calls it; Numba was not measured on
that. Nothing here is part of its interface: what a version of Numba lacks is not replaced, and costs its time.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from types import SimpleNamespace
from typing import Any

from numba.core import inline_closurecall, targetconfig, types

_Worker: Any = inline_closurecall.InlineWorker  # Numba ships no types
_Flags: Any = targetconfig.TargetConfig
_MISSING = object()


@contextmanager
def thrift() -> Iterator[None]:
    """Compile with fewer copies, texts and comparisons; what others compile meanwhile is none the worse."""
    with ExitStack() as stack:
        for owner, name, new in (
            (_Worker, "inline_function", _inline_function),
            (types.Record, "__repr__", _text),
            (_Flags, "__hash__", _hash),
            (_Flags, "__eq__", _equal),
        ):
            stack.enter_context(_replaced(owner, name, new))
        yield


@contextmanager
def _replaced(owner: Any, name: str, new: Any) -> Iterator[None]:
    """Give an attribute another value for a while, if it is there at all."""
    old = vars(owner).get(name, _MISSING)
    if old is not _MISSING:
        setattr(owner, name, new)
    try:
        yield
    finally:
        if old is not _MISSING:
            setattr(owner, name, old)


def _inline_function(worker: Any, caller: Any, block: Any, index: int, function: Any, arg_typs: Any = None) -> Any:
    """Merge a function into its caller as Numba does, but for two copies of it, each of all its names for each block.

    The copies are for those who hand in what they need again; here it was made for this call alone.
    """
    callee = worker.run_untyped_passes(function)
    with _replaced(inline_closurecall, "copy", SimpleNamespace(copy=copy.copy, deepcopy=lambda fresh: fresh)):
        return worker.inline_ir(caller, block, index, callee, function.__code__.co_freevars, arg_typs=arg_typs)


def _text(record: Any) -> str:
    """Return the text of a record's type, worked out once: Numba asks for it before each of its steps."""
    if id(record) not in _texts:
        _texts[id(record)] = (record, _record_text(record))  # kept with its owner, whose id nobody else may get
    return _texts[id(record)][1]


def _hash(flags: Any) -> int:
    """Return one number for all flags: a compile knows two or three sets of them, and looks them up 100,000 times."""
    return hash(type(flags))


def _equal(flags: Any, other: Any) -> Any:
    """Return whether flags agree: surely where the same ones were set, without asking for each of thirty defaults."""
    given = getattr(flags, "_values", None)
    if given is not None and type(flags) is type(other) and given == other._values:
        return True
    return _flags_equal(flags, other)


_record_text = types.Record.__repr__
_flags_equal = _Flags.__eq__
_texts: dict[int, tuple[Any, str]] = {}
