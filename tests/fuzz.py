"""Make hostile inputs for tests: damaged bytes, and values of any shape."""

import math
import os
from typing import Any

from hypothesis import strategies as st

TIMES = int(os.environ.get("FUZZ", "1"))  # as many examples of each kind; `make fuzz` asks for more
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from([2**31, 2**63, 10**400, -1, 0, 1])
    | st.floats()
    | st.sampled_from([math.inf, -0.0, 1e308])
    | st.text(max_size=20)
    | st.sampled_from(["auto", "all", "../x", "\x1b[2J", "${oc.env:HOME}", "\ud800", "a\x00b", "~nobody-at-all"])
)


def values() -> st.SearchStrategy[Any]:
    """Return values as YAML and JSON may hold them, of any depth."""
    nested = st.recursive(
        SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    )
    return nested | st.sampled_from([_deep(list), _deep(dict)])


def _deep(kind: type) -> Any:
    """Return lists in lists, or groups in groups, deeper than anybody writes them."""
    value: Any = kind()
    for _ in range(300):
        value = [value] if kind is list else {"a": value}
    return value


@st.composite
def damaged(draw: st.DrawFn, content: bytes) -> bytes:
    """Return bytes that are cut off, flipped, removed, doubled, or altogether different."""
    start, length = draw(st.integers(0, len(content))), draw(st.integers(0, 60))
    before, middle, after = content[:start], content[start : start + length], content[start + length :]
    kind = draw(st.sampled_from(["cut", "flip", "remove", "double", "insert", "replace"]))
    if kind == "cut":
        return before
    if kind == "flip":
        return before + bytes(byte ^ draw(st.integers(1, 255)) for byte in middle[:3]) + middle[3:] + after
    if kind == "remove":
        return before + after
    if kind == "double":
        return before + middle * draw(st.integers(2, 50)) + after
    if kind == "insert":
        return before + draw(st.binary(max_size=40)) + middle + after
    return draw(st.binary(max_size=200))
