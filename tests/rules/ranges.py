"""Give Hypothesis the ranges in which a rule must hold: shares, and each parameter's hard limits."""

from hypothesis import strategies as st

from sim.core.parameters import describe, numbers
from sim.core.rules import MECHANISMS, Rules

SHARE = st.floats(0.0, 1.0)


def within(mechanism: str, name: str) -> st.SearchStrategy[float]:
    """Return all values of a parameter that the boundary lets through."""
    low, high = describe(MECHANISMS[mechanism])[name].limits
    return st.floats(low, high)


def default(mechanism: str, name: str) -> float:
    """Return a parameter's default."""
    return numbers(getattr(Rules(), mechanism))[name]
