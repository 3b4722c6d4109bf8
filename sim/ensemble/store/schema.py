"""Make the columns of every stored table from what the core declares, and its records into such tables.

A field of a row is a column, and one by state is a column for each state. Days are whole numbers, or null where
something never happened; places and actors are the ids of the tables. Each column tells its kind, unit, label, and what
null means in its metadata.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Any

import numpy as np
import pyarrow as pa

from sim.core.codes import NEVER, NOBODY, Channel, Level, RunStatus
from sim.core.outputs import Field, Kind, Output, Table, Use, fields_of, output
from sim.core.record import DAILY, EVENTS, FALLS, FALLS_PER_LOCATION, HOLDERS, RUNS, TOLLS, Histories
from sim.core.record import TABLES as LIVED
from sim.core.state import EVENT_SLOTS, Floats, Ints
from sim.world.tables import Tables
from sim.world.uncertainty import NUMBERS, numbers_of

TWINS, DRAWS, ESTIMATES = "twins", "draws", "estimates"
ERROR = Field("error", output(Kind.TEXT, "", "what went wrong in a sentence", null="the run did not fail"), str, ())
WEIGHT = "weight"
OF_THE_ENSEMBLE = (
    ERROR,
    Field(
        WEIGHT,
        output(Kind.INDEX, "1", "what the run weighs in estimates", "mean 1; 1 for all where nothing is tilted"),
        float,
        (),
    ),
)
"""Columns of runs that no run writes itself: what went wrong, and a weight that is known once all runs are there."""

MARKS = ("run", "seed", "status", "error")
"""Columns that a failed run has; all else is then null, as no part of any history."""

ERRORS = {
    RunStatus.NOT_FINITE: "a quantity left the range of numbers; look for an extreme parameter",
    RunStatus.TOO_MANY_FALLS: "seats changed hands too often to record them; look for an extreme parameter",
    RunStatus.TOO_MANY_EVENTS: "more happened than a run can tell one by one; look for an extreme parameter",
}
CELLS = 2**20  # of a row group: what merging holds in memory
MOST_ESTIMATES = 100_000  # assumption: far more than any world has
_NUMBERS = {int: pa.int64(), Ints: pa.int32(), float: pa.float64(), Floats: pa.float64(), str: pa.string()}
_KINDS = {
    **dict.fromkeys((Kind.NAME, Kind.PLACE, Kind.FACTION, Kind.ACTOR), pa.string()),
    **dict.fromkeys((Kind.DAY, Kind.LEVEL), pa.int32()),
    Kind.FLAG: pa.bool_(),
}
ENTRIES: dict[str, dict[int, str]] = {
    "R": {level.value: str(level.value) for level in Level if level},  # calm is no level that one reaches
    "C": {channel.value: channel.name.lower() for channel in Channel},
}
"""Names of the entries of an axis in columns, by the letter of the axis."""


class EstimateRow:
    """A number that is estimated from the runs that did not fail, in ``estimates.parquet``."""

    quantity: str = output(Kind.TEXT, "", "what is estimated", "the quantities are below")
    entity: str = output(Kind.TEXT, "", "of whom", "a place, a state, an outcome", null="the war as a whole")
    day: int = output(Kind.DAY, "day", "by or on which day", "the horizon is the last", null="")
    estimate: float = output(Kind.INDEX, "`unit`", "the number", null="never, or no runs")
    low: float = output(Kind.INDEX, "`unit`", "lower end of its 95 % interval", null="so few runs give none")
    high: float = output(Kind.INDEX, "`unit`", "upper end", null="so few runs give none")
    n: int = output(Kind.COUNT, "runs", "runs behind it")
    kind_of_interval: str = output(Kind.TEXT, "", "how the interval is made", "the kinds are below")
    unit: str = output(Kind.TEXT, "", "in what it is measured")
    known_low: float = output(
        Kind.INDEX,
        "`unit`",
        "lower end of its 90 % interval of knowledge",
        "of a chance: by what the record and parameters leave open; of a mean or median: what one war brings",
        null="another quantile, or `weights=false`",
    )
    known_high: float = output(Kind.INDEX, "`unit`", "upper end", null="the same; of a day: it may never come")


DrawRow = type(
    "DrawRow",
    (),
    {
        "__doc__": "The parameters that a run drew for itself, in ``draws.parquet``; made from the parameter table.",
        "__annotations__": {"run": int, **dict.fromkeys(NUMBERS, float)},
        "run": output(Kind.NUMBER, "", "which history, and its twin"),
        **{name: output(Kind.INDEX, number.unit, number.meaning) for name, number in NUMBERS.items()},
    },
)
TABLES = {
    **LIVED,
    TWINS: replace(LIVED[RUNS], about="One row for each run that is lived again with the same parameters."),
    DRAWS: Table(DrawRow, "One row for each run that drew parameters of its own."),
}
"""Tables that are written in parts while an ensemble runs."""

FINAL = (*TABLES, ESTIMATES)
"""Tables of a finished ensemble."""


@dataclass(frozen=True)
class Names:
    """Hold the ids that stand for the core's numbers, in their order.

    Parameters
    ----------
    locations, factions, states
        Ids of the world's tables.
    neighbours
        Those of the states whose level of escalation is followed.
    """

    locations: tuple[str, ...] = ()
    factions: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    neighbours: tuple[str, ...] = ()

    @property
    def actors(self) -> tuple[str, ...]:
        """Return the ids of states, then factions."""
        return self.states + self.factions


def names_of(tables: Tables) -> Names:
    """Return the ids of a world."""
    locations, factions, states = (tuple(t["id"]) for t in (tables.locations, tables.factions, tables.states))
    return Names(locations, factions, states, tuple(tables.header.neighbours))


@dataclass(frozen=True)
class Column:
    """Hold one column of a stored table.

    Parameters
    ----------
    name, type
        What it is called, and what it holds.
    field, output
        Name of the field that it comes from, and what is declared about it.
    at
        Where in that field: nowhere for a number by itself; a state, and perhaps an entry.
    state, entry
        Names of these.
    is_empty
        Whether a state has no such thing.
    """

    name: str
    type: pa.DataType
    field: str
    output: Output
    at: tuple[int, ...] = ()
    state: str = ""
    entry: str = ""
    is_empty: bool = False

    @property
    def label(self) -> str:
        """Return what it holds, in words with ids."""
        return self.output.label.format(state=self.state, entry=self.entry)

    @property
    def quantity(self) -> str:
        """Return what it holds of whichever state, such as ``refugees``."""
        return f"{self.field}_{self.entry}" if self.entry else self.field

    @property
    def event(self) -> str:
        """Return what happens on the day that it holds, such as ``collapse`` or ``level_2``."""
        event = self.field.removesuffix("_day")
        return f"{event}_{self.entry}" if self.entry else event

    @property
    def null(self) -> str:
        """Return what null means, nothing where it cannot be."""
        return ", ".join([self.output.null] * bool(self.output.null) + ["no neighbour"] * self.output.is_of_neighbours)


def state_column(field: str, state: str, entry: object = "") -> str:
    """Return the column of a quantity of a state, or of an entry of it, such as ``level_day_X_2``."""
    return f"{field}_{state}_{entry}" if entry else f"{field}_{state}"


@functools.cache
def columns_of(row: type, names: Names) -> tuple[Column, ...]:
    """Return the columns of the rows of a table in order.

    Parameters
    ----------
    row
        Class that declares them.
    names
        Ids of the world.
    """
    return tuple(column for field in fields_of(row) for column in _columns(field, names))


def columns_in_use(use: Use, names: Names) -> list[Column]:
    """Return the columns of runs that are used like this or more, without those that a state cannot have.

    Parameters
    ----------
    use
        Estimated or compared.
    names
        Ids of the world.
    """
    columns = columns_of(TABLES[RUNS].row, names)
    return [column for column in columns if column.output.use >= use and not column.is_empty]


def day_columns(names: Names) -> list[str]:
    """Return the columns of runs that hold days, without those that a state cannot have; null in them means never."""
    columns = columns_of(TABLES[RUNS].row, names)
    return [column.name for column in columns if column.output.kind is Kind.DAY and not column.is_empty]


def _columns(field: Field, names: Names) -> Iterator[Column]:
    """Yield the columns of one field, and after a run's status those that no run writes itself."""
    kind = _KINDS.get(field.output.kind, _NUMBERS[field.element])
    if field.axes:
        for entry, text in ENTRIES[field.axes[1]].items() if field.axes[1:] else [(None, "")]:
            for i, state in enumerate(names.states):
                at = (i,) if entry is None else (i, entry)
                is_empty = field.output.is_of_neighbours and state not in names.neighbours
                name = state_column(field.name, state, text)
                yield Column(name, kind, field.name, field.output, at, state, text, is_empty)
    else:
        name = f"{field.name}_id" if field.output.kind is Kind.PLACE else field.name
        yield Column(name, kind, field.name, field.output)
    if field.name == "status":
        for other in OF_THE_ENSEMBLE:
            yield from _columns(other, names)


@functools.cache
def schema_of(row: type, names: Names) -> pa.Schema:
    """Return the schema of the rows of a table; see `columns_of`."""
    columns = columns_of(row, names)
    can_fail = any(column.field == "status" for column in columns)
    return pa.schema([_field(column, can_fail=can_fail) for column in columns])


def _field(column: Column, *, can_fail: bool) -> pa.Field:
    """Return a column as a schema has it, with what is declared about it."""
    is_lost = can_fail and column.field not in MARKS
    null = ", ".join([column.null] * bool(column.null) + ["the run failed"] * is_lost)
    told = {"kind": column.output.kind.value, "unit": column.output.unit, "label": column.label, "null": null}
    return pa.field(column.name, column.type, bool(null), {key: text for key, text in told.items() if text})


def schemas(names: Names) -> dict[str, pa.Schema]:
    """Return the schema of every stored table in a world."""
    return {
        **{name: schema_of(table.row, names) for name, table in TABLES.items()},
        ESTIMATES: schema_of(EstimateRow, names),
    }


def most_rows(names: Names, horizon_days: int) -> dict[str, int]:
    """Return how many rows of each table a run can leave, and how many estimates there can be.

    Parameters
    ----------
    names
        Ids of the world.
    horizon_days
        Days of a run.
    """
    places = len(names.locations)
    rows = {RUNS: 1, TWINS: 1, DRAWS: 1, FALLS: FALLS_PER_LOCATION * places, EVENTS: EVENT_SLOTS}
    return rows | {TOLLS: places, HOLDERS: places, DAILY: horizon_days, ESTIMATES: MOST_ESTIMATES}


def row_group(schema: pa.Schema) -> int:
    """Return how many rows of a table make a row group; it does not depend on how the work was cut."""
    return CELLS // len(schema)


def stored_tables(lived: Histories, names: Names) -> dict[str, pa.Table]:
    """Return the tables of consecutive runs; one that failed keeps its row and its marks, and loses all else."""
    failed = lived.runs["run"][lived.runs["status"] != RunStatus.OK]
    others = {name: rows[~np.isin(rows["run"], failed)] for name, rows in lived.tables.items() if name != RUNS}
    return {
        RUNS: runs_table(lived, names),
        **{name: _table(TABLES[name].row, rows, names, {}) for name, rows in others.items()},
    }


def runs_table(lived: Histories, names: Names) -> pa.Table:
    """Return one row a run; where it failed, all but its marks are null."""
    errors = [lived.errors.get(int(row["run"])) or ERRORS.get(row["status"]) for row in lived.runs]
    counts = lived.runs["status"] == RunStatus.OK
    weights = pa.array(np.ones(len(counts)), mask=~counts)
    return _table(TABLES[RUNS].row, lived.runs, names, {"error": pa.array(errors, pa.string()), WEIGHT: weights})


def draws_table(first: int, rules: np.ndarray, names: Names) -> pa.Table:
    """Return the parameters of consecutive runs, a row each.

    Parameters
    ----------
    first
        Number of the first run.
    rules
        Their records.
    names
        Ids of the world.
    """
    rows = np.zeros(len(rules), [("run", np.int64), *((name, np.float64) for name in NUMBERS)])
    rows["run"] = np.arange(first, first + len(rules))
    for name, values in zip(NUMBERS, numbers_of(rules, list(NUMBERS)).T, strict=True):
        rows[name] = values
    return _table(DrawRow, rows, names, {})


def _table(row: type, rows: np.ndarray, names: Names, more: Mapping[str, pa.Array]) -> pa.Table:
    """Return records as a stored table, with columns that they do not have."""
    failed = rows["status"] != RunStatus.OK if "error" in more else np.zeros(len(rows), bool)
    arrays = []
    for column in columns_of(row, names):
        hidden = failed if column.field not in MARKS else np.zeros(len(rows), bool)
        arrays.append(more[column.field] if column.field in more else _array(column, rows, hidden, names))
    return pa.Table.from_arrays(arrays, schema=schema_of(row, names))


def _array(column: Column, rows: np.ndarray, hidden: np.ndarray, names: Names) -> pa.Array:
    """Return one column: names for codes, ids for numbers, nulls for never, nobody, and what a state does not have."""
    at: tuple[Any, ...] = (slice(None), *column.at)
    values, kind = rows[column.field][at], column.output.kind
    if kind is Kind.NAME and column.output.names is not None:
        return _names(column.output.names, values, hidden)
    ids = {Kind.PLACE: names.locations, Kind.FACTION: names.factions, Kind.ACTOR: names.actors}.get(kind)
    if ids is not None:
        return _ids(values, ids)
    hidden = hidden | column.is_empty | ((values == NEVER) if kind is Kind.DAY else False)
    return pa.array(np.ascontiguousarray(values), column.type, mask=hidden)


def _names(enum: type[IntEnum], codes: np.ndarray, hidden: np.ndarray) -> pa.Array:
    """Return the lower-case names of codes, null for nobody's."""
    known = {member.value: member.name.lower() for member in enum} | {NOBODY: None}
    return pa.array(
        [None if lost else known[code] for code, lost in zip(codes.tolist(), hidden, strict=True)], pa.string()
    )


def _ids(numbers: np.ndarray, ids: Sequence[str]) -> pa.Array:
    """Return the ids of numbers, null for nobody."""
    index = pa.array(numbers, pa.int32(), mask=numbers == NOBODY)
    return pa.DictionaryArray.from_arrays(index, pa.array(ids, pa.string())).cast(pa.string())
