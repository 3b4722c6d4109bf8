"""Compiling thriftily gives the code that Numba gives, and leaves Numba as it was."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import Any

import numba
import numpy as np
import pytest
from numba.core import inline_closurecall, targetconfig, types
from numba.core.compiler import Compiler
from numba.core.dispatcher import Dispatcher

from sim.core.jit import _Compiler
from sim.core.thrift import _replaced, thrift

_njit: Any = numba.njit
Record = np.dtype([("forces", np.float64, (4,)), ("count", np.int64)])


def replaced_parts() -> list[Any]:
    """Return what compiling thriftily replaces, as it is now."""
    return [
        vars(inline_closurecall.InlineWorker)["inline_function"],
        vars(types.Record)["__repr__"],
        vars(targetconfig.TargetConfig)["__hash__"],
        vars(targetconfig.TargetConfig)["__eq__"],
        vars(inline_closurecall)["copy"],
    ]


def compiled(pipeline: type[Compiler]) -> Any:
    """Return a function with another one merged into it at two places, compiled by a pipeline."""

    @_njit(inline="always", pipeline_class=pipeline)
    def share(record: Any, index: int) -> Any:
        if record.count == 0:
            return 0.0
        return record.forces[index] / record.count

    @_njit(error_model="numpy", pipeline_class=pipeline)
    def spread(records: Any) -> float:
        total = 0.0
        for index in range(4):
            if share(records[0], index) > 1.0:
                total += share(records[0], index) ** 2
        return total

    spread.compile((numba.from_dtype(Record)[:],))
    return spread


def instructions(function: Any) -> list[str]:
    """Return the operations of what was compiled, in order, without the names that Numba numbers on."""
    (text,) = function.inspect_llvm().values()
    return re.findall(r"^\s+(?:%\S+ = )?([a-z]\w+)", text, flags=re.MULTILINE)


def test_the_same_code_comes_out() -> None:
    """Operation by operation, and so does its result."""
    usual, thrifty = compiled(Compiler), compiled(_Compiler)
    assert isinstance(thrifty, Dispatcher)
    assert len(instructions(usual)) > 50
    assert instructions(usual) == instructions(thrifty)
    records = np.zeros(1, Record)
    records["forces"], records["count"] = [1.0, 6.0, 8.0, 2.0], 2
    assert usual(records) == thrifty(records) == 3.0**2 + 4.0**2


def fail_within() -> None:
    """Compile thriftily what asks for another compile, and fails."""
    before = replaced_parts()
    with thrift():
        assert all(old is not new for old, new in zip(before[:4], replaced_parts()[:4], strict=True))
        with thrift():
            pass
        raise LookupError


def test_numba_is_left_as_it_was() -> None:
    """Even where what was compiled meanwhile failed, and where one compile asks for another."""
    before = replaced_parts()
    with pytest.raises(LookupError):
        fail_within()
    assert replaced_parts() == before


def test_texts_of_records_are_theirs() -> None:
    """Of two records with other fields as of one that is asked twice."""
    first, second = (numba.from_dtype(np.dtype([(name, np.int8)])) for name in "ab")
    usual = [repr(first), repr(second)]
    with thrift():
        assert [repr(first), repr(second)] == usual == [repr(first), repr(second)]


class Flags(targetconfig.TargetConfig):  # type: ignore[misc]  # Numba ships no types
    """Flags with one option."""

    inline = targetconfig.Option(type=bool, default=False, doc="whether to inline")


def test_flags_that_differ_stay_apart() -> None:
    """One that is set to its default equals one that is not set, as ever."""
    plain, same, other = Flags(), Flags(), Flags()
    same.inline, other.inline = False, True
    with thrift():
        assert plain == same
        assert plain != other
        assert hash(plain) == hash(same)


def test_what_is_not_there_is_not_made() -> None:
    """A version of Numba that lacks a part compiles without it."""
    owner = SimpleNamespace(there=1)
    with _replaced(owner, "missing", 2), _replaced(owner, "there", 3):
        assert vars(owner) == {"there": 3}
    assert vars(owner) == {"there": 1}
