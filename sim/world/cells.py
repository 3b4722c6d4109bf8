"""One table at a time: which columns it has, what its cells mean, keys that repeat, numbers out of order.

What needs a second table is left to `checks.py` and `geography.py`.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from sim.world.columns import ID_PATTERN, Column, TableSchema
from sim.world.faults import Fault, nearest, suggestion
from sim.world.frozen import CONTROL
from sim.world.limits import MAX_TEXT
from sim.world.reading import Grid

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?", re.ASCII)
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_ID = re.compile(ID_PATTERN)
_NUMERIC = ("number", "whole", "flag")
_NARROW = 1000  # a range up to this width is told whole: degrees are narrow, numbers of people are not

Judgement = tuple[str | None, float | None]
"""What is wrong with a cell, if anything, and its number, if it is a good one."""


@dataclass(frozen=True)
class Table:
    """Hold one table column by column; single cells may be wrong.

    Attributes
    ----------
    schema
        What the table was declared to be.
    rows
        Row numbers as a spreadsheet counts them.
    text
        Cells as text, for every column that is there.
    number
        Cells as numbers, for columns of numbers; None where a cell is empty or wrong.
    """

    schema: TableSchema
    rows: list[int]
    text: dict[str, list[str]]
    number: dict[str, list[float | None]]

    @property
    def ids(self) -> list[str]:
        """Return the table's own ids."""
        return self.text["id"]

    def fault(self, index: int, column: str, problem: str, cure: str) -> Fault:
        """Return a fault of one cell, by its index in the columns."""
        return Fault(self.schema.file, self.rows[index], column, self.text[column][index], problem, cure)

    def content(self) -> dict[str, Sequence[str | float | None]]:
        """Return the columns as plain values: what the table says, however it is written."""
        return {name: self.number.get(name, cells) for name, cells in self.text.items()}

    def records(self) -> np.ndarray:
        """Return the table for use, a record a row: text, whole numbers, numbers (NaN where empty), and booleans."""
        columns = [column for column in self.schema.columns if column.name in self.text]
        records = np.empty(len(self.rows), [(column.name, _type_of(column)) for column in columns])
        for name, cells in self.content().items():
            records[name] = cells  # None becomes NaN
        return records


def column_faults(header: Sequence[str], schema: TableSchema) -> list[Fault]:
    """Return what is wrong with the names of a table's columns."""
    known = [column.name for column in schema.columns]
    absent = [name for name in known if name not in header]
    unnamed = [name for name in dict.fromkeys(header) if not name or name.startswith("Unnamed: ")]
    strange = [name for name in dict.fromkeys(header) if name not in known and name not in unnamed]
    cure = "name it, or remove it (of pandas: to_csv(..., index=False))"
    faults = [Fault(schema.file, 1, f"column {header.index(name) + 1}", None, "has no name", cure) for name in unnamed]
    repeated = [name for name in _repeated(header) if name not in unnamed]
    faults += [_header_fault(schema, name, "stands twice in the header", "keep one") for name in repeated]
    for column in schema.columns:
        if column.is_required and column.name in absent:
            near = nearest(column.name, strange)
            cure = "add the column" if near is None else f"did you mean it by {near!r}? rename that column"
            faults.append(_header_fault(schema, column.name, "is missing", cure))
            strange = [name for name in strange if name != near]
    faults.extend(_header_fault(schema, name, "is no known column", suggestion(name, absent)) for name in strange)
    return faults


def parse(grid: Grid, schema: TableSchema) -> tuple[Table, list[Fault]]:
    """Return a table whose columns are in order, and every fault of its cells."""
    text = {name: [cells[index] for _, cells in grid.rows] for index, name in enumerate(grid.header)}
    columns = [column for column in schema.columns if column.name in text]
    judged = {column: [_judge(cell, column) for cell in text[column.name]] for column in columns}
    number = {column.name: [value for _, value in cells] for column, cells in judged.items() if column.kind in _NUMERIC}
    table = Table(schema, [row for row, _ in grid.rows], text, number)
    return table, [*_cell_faults(table, judged), *_key_faults(table), *_order_faults(table)]


def _type_of(column: Column) -> type:
    """Return the type of a column's cells; text has no fixed length, so it is kept as objects."""
    if column.kind not in _NUMERIC:
        return object
    is_whole = column.kind == "whole" and not column.may_be_empty
    return np.bool_ if column.kind == "flag" else np.int64 if is_whole else np.float64


def _header_fault(schema: TableSchema, name: str, problem: str, cure: str) -> Fault:
    """Return a fault of a column's name."""
    return Fault(schema.file, 1, f"column {name!r}", None, problem, cure)


def _repeated(names: Sequence[str]) -> list[str]:
    """Return the names that occur more than once."""
    return [name for name in dict.fromkeys(names) if names.count(name) > 1]


def _cell_faults(table: Table, judged: dict[Column, list[Judgement]]) -> Iterator[Fault]:
    """Find the wrong cells, column by column."""
    for column, cells in judged.items():
        for index, (problem, _) in enumerate(cells):
            if problem is not None:
                cure = _cure(table.text[column.name][index], column)
                yield table.fault(index, column.name, problem, cure)


def _judge(cell: str, column: Column) -> Judgement:
    """Return what is wrong with a cell, if anything, and its number, if it is a good one."""
    if not cell:
        return (None if column.may_be_empty else "must not be empty"), None
    if column.kind in _NUMERIC:
        return _judge_number(cell, column)
    return _text_problem(cell, column) or _unreadable(cell), None


def _judge_number(cell: str, column: Column) -> Judgement:
    """Return what is wrong with a number, if anything, else the number."""
    if column.kind == "flag" and cell not in ("0", "1"):
        return "must be 0 or 1", None
    if not _NUMBER.fullmatch(cell):
        return "must be a number", None
    value = float(cell)
    if not column.low <= value <= column.high or abs(value) == np.inf:
        return f"must be {_range(value, column)}", None
    if column.kind == "whole" and not value.is_integer():
        return "must be a whole number", None
    return None, value


def _unreadable(cell: str) -> str | None:
    """Return what keeps people from reading a text."""
    if len(cell) > MAX_TEXT:
        return f"has {len(cell)} characters, more than the {MAX_TEXT} allowed"
    return "holds a control character or a line break" if CONTROL.search(cell) else None


def _text_problem(cell: str, column: Column) -> str | None:
    """Return what is wrong with a text that is not empty, read as what its column holds."""
    if column.kind == "id" and not _ID.fullmatch(cell):
        return "is no safe id"
    if column.kind == "date" and not _is_date(cell):
        return "must be a date"
    if column.kind == "choice" and cell not in column.choices:
        return f"must be one of {', '.join(column.choices)}"
    if column.kind == "words" and not set(cell.split("|")) <= set(column.choices):
        return f"must be words of {', '.join(column.choices)}, separated by |"
    return None


def _is_date(cell: str) -> bool:
    """Return whether a text is a day of the calendar, written YYYY-MM-DD."""
    try:
        return bool(_DATE.fullmatch(cell)) and bool(date.fromisoformat(cell))
    except ValueError:
        return False


def _range(value: float, column: Column) -> str:
    """Return the range that a number misses; for wide ranges only the end that it misses."""
    if column.high - column.low <= _NARROW:
        return f"in [{column.low:g}, {column.high:g}]"
    return f">= {column.low:.0f}" if value < column.low else f"<= {column.high:.0f}"


def _cure(cell: str, column: Column) -> str:
    """Return what to write in a cell."""
    if column.choices and not cell:
        return f"give one of {', '.join(column.choices)}"
    if column.choices:
        words = cell.split("|") if column.kind == "words" else [cell]
        wrong = next((word for word in words if word not in column.choices), "")
        near = nearest(wrong, column.choices)
        return "choose one of these" if near is None else f"did you mean {near!r}?"
    if column.kind == "date":
        return "write it as YYYY-MM-DD"
    if column.kind in _NUMERIC and "," in cell:
        return f"{column.cure}, with a decimal point and no thousands separators"
    return column.cure


def _key_faults(table: Table) -> Iterator[Fault]:
    """Find rows that repeat the key of an earlier row."""
    key = table.schema.key
    if not key or any(name not in table.text for name in key):
        return
    first: dict[tuple[str, ...], int] = {}
    for index, values in enumerate(zip(*(table.text[name] for name in key), strict=True)):
        earlier = first.setdefault(values, index)
        if earlier != index and all(values):
            where = "" if len(key) == 1 else f" with {key[1]} {values[1]!r}"
            yield table.fault(index, key[0], f"repeats row {table.rows[earlier]}{where}", "keep one of the two rows")


def _order_faults(table: Table) -> Iterator[Fault]:
    """Find low, central and high values that are not in that order."""
    for triple in table.schema.ascending:
        low, central, high = (table.number.get(name, [None] * len(table.rows)) for name in triple)
        for index, (a, b, c) in enumerate(zip(low, central, high, strict=True)):
            known = [value for value in (a, b, c) if value is not None]
            if known != sorted(known):
                problem = f"must lie between {triple[0]} and {triple[2]}"
                yield table.fault(index, triple[1], problem, "put the three in ascending order")
