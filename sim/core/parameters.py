"""Describe a parameter where it is defined: default, plausible range, hard limits, unit, meaning, and source."""

from __future__ import annotations

import dataclasses
from typing import Any


@dataclasses.dataclass(frozen=True)
class Parameter:
    """Hold what the parameter table prints about one number.

    Parameters
    ----------
    symbol
        Short sign used in equations.
    prior
        Plausible range, for uncertainty studies.
    limits
        Values outside are refused.
    unit, meaning, source
        Text; a source is a reference or begins with ``assumption``.
    """

    symbol: str
    prior: tuple[float, float]
    limits: tuple[float, float]
    unit: str
    meaning: str
    source: str


def parameter(
    default: float,
    symbol: str,
    *,
    prior: tuple[float, float],
    limits: tuple[float, float],
    unit: str,
    meaning: str,
    source: str,
) -> Any:
    """Return a dataclass field with its default and its description."""
    description = Parameter(symbol, prior, limits, unit, meaning, source)
    return dataclasses.field(default=default, metadata={"parameter": description})


def describe(group: type) -> dict[str, Parameter]:
    """Return the descriptions of a group's parameters by name."""
    return {field.name: field.metadata["parameter"] for field in dataclasses.fields(group)}
