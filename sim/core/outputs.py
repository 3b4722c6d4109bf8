"""Say once what each number is that a run leaves behind: its kind, unit and label, and whether it is estimated.

It is said where the number is declared, at the rows of ``sim.core.record``; everything else is made from it: columns of
stored tables and what is told about them, estimates, rows of summaries, the outcomes by which scenarios are compared,
and the reference of results. How a number is estimated follows from its kind: of a day the share of runs in which it
has come, and its quantiles; of a name, a level or a flag the share of runs; of an amount its mean and its quantiles.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, IntEnum, StrEnum
from functools import cache
from typing import Any, get_args, get_type_hints


class Kind(StrEnum):
    """What a number is."""

    NUMBER = "number"  # tells rows apart
    TEXT = "text"
    NAME = "name"  # a code whose name is stored
    PLACE = "place"
    FACTION = "faction"
    ACTOR = "actor"  # a state, or a faction
    DAY = "day"
    LEVEL = "level"  # of escalation
    FLAG = "flag"  # yes or no
    COUNT = "count"  # of people, or of what happens
    SHARE = "share"
    INDEX = "index"  # any other number that is at least 0


AMOUNTS = (Kind.COUNT, Kind.SHARE, Kind.INDEX)


class Use(IntEnum):
    """What a number is used for; what is compared is estimated as well."""

    STORED = 0
    ESTIMATED = 1
    COMPARED = 2  # an outcome of comparisons and sweeps


class Topic(Enum):
    """Under which heading of a summary a number is told."""

    END = "end of the regime"
    BESIDES = "besides"  # what may come about however the regime ends
    PEOPLE = "people"
    EXTREMISTS = "extremists"


NULLS = {Kind.DAY: "never", Kind.FACTION: "nobody", Kind.ACTOR: "nobody"}
"""What null means where a declaration does not say it."""


RELEVANT = {"persons": 1.0, "fighters": 1.0}
"""Smallest change of a mean that counts, by unit: with many runs and the same draws much less can be told from 0."""


@dataclass(frozen=True)
class Output:
    """Hold what is declared about one field of a row.

    Parameters
    ----------
    kind, unit
        What it is, and in what it is measured.
    label
        What people call it; ``{state}`` and ``{entry}`` stand for whom it is of, and for the entry of a list.
    note
        What else the reference says about it.
    use, topic
        Whether it is estimated and compared, and where a summary tells it.
    null
        What null means; nothing where it cannot be.
    names
        Enum of its codes.
    total
        What people call its sum over all states, if that is of interest.
    is_of_neighbours
        Whether only neighbours have it; other states have nulls.
    """

    kind: Kind
    unit: str
    label: str
    note: str
    use: Use
    topic: Topic | None
    null: str
    names: type[IntEnum] | None
    total: str
    is_of_neighbours: bool


def output(
    kind: Kind,
    unit: str,
    label: str,
    note: str = "",
    use: Use = Use.STORED,
    topic: Topic | None = None,
    *,
    null: str | None = None,
    names: type[IntEnum] | None = None,
    total: str = "",
    is_of_neighbours: bool = False,
) -> Any:
    """Return the declaration of a field of a row; see `Output`."""
    meaning = NULLS.get(kind, "") if null is None else null
    return Output(kind, unit, label, note, use, topic, meaning, names, total, is_of_neighbours)


@dataclass(frozen=True)
class Field:
    """Hold a declared field of a row.

    Parameters
    ----------
    name, output
        What it is called, and what is declared about it.
    element
        Type of its numbers: a scalar's, or that of an array.
    axes
        Letters of the axes that it has; see ``sim.core.state``.
    """

    name: str
    output: Output
    element: Any
    axes: tuple[str, ...]


@cache
def fields_of(row: type) -> tuple[Field, ...]:
    """Return the declared fields of a row in order."""
    fields = []
    for name, hint in get_type_hints(row, include_extras=True).items():
        element, *axes = get_args(hint) if hasattr(hint, "__metadata__") else (hint,)
        fields.append(Field(name, getattr(row, name), element, tuple(axes)))
    return tuple(fields)


@dataclass(frozen=True)
class Table:
    """Declare a table.

    Parameters
    ----------
    row
        Class of its rows.
    about
        What a row is, in a sentence.
    """

    row: type
    about: str
