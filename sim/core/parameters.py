"""Describe what can be set in a mechanism where it is defined: a number, a vector of numbers, a choice of theory.

A number says its default, plausible range, hard limits, unit, meaning, and source. The configuration's judge, the
compiled record, the priors, and all tables are made from that.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from enum import IntEnum
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
    former
        Name by which it was once set; it keeps the draws that it had by that.
    calibrated
        Range within which it is learnt from history, None where it is not.
    """

    symbol: str
    prior: tuple[float, float]
    limits: tuple[float, float]
    unit: str
    meaning: str
    source: str
    former: str = ""
    calibrated: tuple[float, float] | None = None


@dataclasses.dataclass(frozen=True)
class Choice:
    """Hold what the parameter table prints about a choice between theories.

    Parameters
    ----------
    meaning
        What is chosen.
    theories
        What each says, with its source.
    """

    meaning: str
    theories: Mapping[IntEnum, str]

    @property
    def names(self) -> dict[str, IntEnum]:
        """Return the theories by the names that a configuration gives them."""
        return {theory.name.lower(): theory for theory in self.theories}


def parameter(
    default: float,
    symbol: str,
    *,
    prior: tuple[float, float],
    limits: tuple[float, float],
    unit: str,
    meaning: str,
    source: str,
    former: str = "",
    calibrated: tuple[float, float] | bool = False,
) -> Any:
    """Return a dataclass field with its default and its description.

    ``calibrated`` says that it is learnt from history: within its plausible range, or within another.
    """
    learnt = (prior if calibrated else None) if isinstance(calibrated, bool) else calibrated
    description = Parameter(symbol, prior, limits, unit, meaning, source, former, learnt)
    return dataclasses.field(default=default, metadata={"numbers": {"": description}})


def vector(entries: Mapping[Any, Any]) -> Any:
    """Return a dataclass field that holds a number for each member of an enum, in its order.

    Parameters
    ----------
    entries
        What ``parameter`` returns, by member; all members of the enum must be there.
    """
    members: list[IntEnum] = list(type(next(iter(entries))).__members__.values())
    default = tuple(entries[member].default for member in members)
    numbers = {f".{member.name.lower()}": entries[member].metadata["numbers"][""] for member in members}
    return dataclasses.field(default=default, metadata={"numbers": numbers})


def choice(default: IntEnum, *, meaning: str, theories: Mapping[Any, str]) -> Any:
    """Return a dataclass field that says which theory a mechanism follows; compiled code reads its number."""
    return dataclasses.field(default=default, metadata={"choice": Choice(meaning, theories)})


def describe(group: type) -> dict[str, Parameter]:
    """Return the descriptions of a group's numbers by name; an entry of a vector is ``vector.entry``."""
    return {
        f"{field.name}{end}": description
        for field in dataclasses.fields(group)
        for end, description in field.metadata.get("numbers", {}).items()
    }


def choices(group: type) -> dict[str, Choice]:
    """Return the descriptions of a group's choices by name."""
    return {field.name: field.metadata["choice"] for field in dataclasses.fields(group) if "choice" in field.metadata}


def numbers(values: Any) -> dict[str, float]:
    """Return the numbers of a group by the names that ``describe`` gives them."""
    found: list[float] = []
    for field in dataclasses.fields(values):
        value = getattr(values, field.name)
        if "numbers" in field.metadata:
            found += value if isinstance(value, tuple) else [value]
    return dict(zip(describe(type(values)), found, strict=True))


def to_plain(values: Any) -> dict[str, Any]:
    """Return what a group holds as a configuration writes it: numbers, vectors by entry, choices by name."""
    plain: dict[str, Any] = {}
    for field in dataclasses.fields(values):
        value = getattr(values, field.name)
        if "choice" in field.metadata:
            value = value.name.lower()
        elif isinstance(value, tuple):
            ends = (end[1:] for end in field.metadata["numbers"])
            value = dict(zip(ends, value, strict=True))
        plain[field.name] = value
    return plain


def from_plain(group: type, plain: Mapping[str, Any]) -> Any:
    """Return a group that holds what a configuration says."""
    values = dict(plain)
    for field in dataclasses.fields(group):
        if "choice" in field.metadata:
            values[field.name] = field.metadata["choice"].names[plain[field.name]]
        elif "" not in field.metadata["numbers"]:
            values[field.name] = tuple(plain[field.name][end[1:]] for end in field.metadata["numbers"])
    return group(**values)
