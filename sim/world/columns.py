"""How a table and its columns are declared, and the declarations that many tables share.

The tables themselves are in `schema.py`.
"""

from dataclasses import dataclass
from math import inf
from typing import Literal

from sim.world.limits import MAX_ROWS

ID_PATTERN = r"[A-Za-z0-9][A-Za-z0-9_.-]{0,39}"  # safe as a file name and in a command line
ID_CURE = "use up to 40 letters, digits, '_', '.' or '-', beginning with a letter or digit"

Kind = Literal["text", "id", "number", "whole", "flag", "choice", "words", "ids", "date"]


@dataclass(frozen=True)
class Column:
    """Declare what one column holds.

    Attributes
    ----------
    name, kind
        `words` are choices and `ids` references, separated by `|`; a `date` is YYYY-MM-DD; a `whole` number
        has no decimals; an `id` is the table's own.
    low, high
        Range of a number, both ends included.
    choices
        Allowed words of `choice` and `words`.
    is_required
        Whether the column must be there.
    may_be_empty
        Whether a cell may be empty: an empty text, or NaN for a number.
    cure
        What to write in a cell, for the message.
    """

    name: str
    kind: Kind = "text"
    low: float = -inf
    high: float = inf
    choices: tuple[str, ...] = ()
    is_required: bool = True
    may_be_empty: bool = False
    cure: str = "give a text"


@dataclass(frozen=True)
class TableSchema:
    """Declare one table.

    Attributes
    ----------
    name
        File name without `.csv`.
    columns
        All columns that may occur; their order in a file is free.
    key
        Columns that together must not repeat.
    ascending
        Triples of columns with first <= second <= third.
    references
        (column, what it names), where that is a table with ids or `actors` (factions and states).
    min_rows, max_rows
        How many rows there may be, the header not counted.
    is_required, is_input
        Whether the file must be there; whether it is an input of runs and so counts for the digest.
    """

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    ascending: tuple[tuple[str, str, str], ...] = ()
    references: tuple[tuple[str, str], ...] = ()
    min_rows: int = 0
    max_rows: int = MAX_ROWS
    is_required: bool = True
    is_input: bool = True

    @property
    def file(self) -> str:
        """Return the name of the table's file."""
        return f"{self.name}.csv"

    def kind(self, name: str) -> Kind:
        """Return what a column holds."""
        return next(column.kind for column in self.columns if column.name == name)


def identifier() -> Column:
    """Declare the column of the table's own ids."""
    return Column("id", "id", cure=ID_CURE)


def share(name: str) -> Column:
    """Declare a value from 0 to 1."""
    return Column(name, "number", 0, 1, cure="give a value from 0 to 1")


def people(name: str, *, low: int = 0, is_required: bool = True) -> Column:
    """Declare a number of people; where the column is not required its cells may be empty."""
    cure = "give a number of people"
    return Column(name, "whole", low, 2e9, is_required=is_required, may_be_empty=not is_required, cure=cure)


def year(name: str, *, is_required: bool = True) -> Column:
    """Declare a year; where the column is not required its cells may be empty."""
    cure = "give a year"
    return Column(name, "whole", 1800, 2200, is_required=is_required, may_be_empty=not is_required, cure=cure)


def dollars(name: str, *, is_required: bool = True) -> Column:
    """Declare billions of US dollars; where the column is not required its cells may be empty."""
    cure = "give billions of US dollars"
    return Column(name, "number", 0, 1e6, is_required=is_required, may_be_empty=not is_required, cure=cure)


def flag(name: str, *, is_required: bool = True) -> Column:
    """Declare a yes or no, written 1 or 0."""
    return Column(name, "flag", 0, 1, is_required=is_required, cure="give 1 for yes or 0 for no")


def note(name: str, *, is_required: bool = False) -> Column:
    """Declare a text that may be empty."""
    return Column(name, is_required=is_required, may_be_empty=True)


def source(*, is_required: bool = True) -> Column:
    """Declare where the numbers of a row come from; never empty where the column exists."""
    cure = "name the source, or write 'assumption' and the reason"
    return Column("source", is_required=is_required, cure=cure)


def location() -> Column:
    """Declare the id of a location."""
    return Column("location_id", cure="give an id of locations.csv")


def faction() -> Column:
    """Declare the id of a faction."""
    return Column("faction_id", cure="give an id of factions.csv")
