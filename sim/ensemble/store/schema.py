"""State the columns of every stored table, and how the core's records become them. The one place for both.

Columns come from the core's dtypes: a new field of a record is a new column, and one by state is a column for each
state. Days are whole numbers, or null where something never happened; places and actors are the ids of the tables.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import numpy as np
import pyarrow as pa

from sim.core.codes import NEVER, NOBODY, Event, Level, Outcome, RunStatus
from sim.core.record import LAYOUTS
from sim.world.tables import Tables

RUNS, TWINS, FALLS, EVENTS, TOLLS, DAILY = "runs", "twins", "falls", "events", "tolls", "daily"
ESTIMATES = "estimates"
TABLES = (RUNS, TWINS, FALLS, EVENTS, TOLLS, DAILY)
"""Tables that are written in parts while an ensemble runs."""

ROW_GROUPS = dict.fromkeys((RUNS, TWINS, DAILY, ESTIMATES), 16_384) | dict.fromkeys((FALLS, EVENTS, TOLLS), 131_072)
"""Rows of a row group of the final tables: what merging holds in memory."""

ERRORS = {
    RunStatus.NOT_FINITE: "a quantity left the range of numbers; look for an extreme parameter",
    RunStatus.TOO_MANY_FALLS: "seats changed hands too often to record them; look for an extreme parameter",
    RunStatus.TOO_MANY_EVENTS: "more happened than a run can tell one by one; look for an extreme parameter",
}
_IDS = {"location": "location_id"}
_ENUMS: dict[str, type[IntEnum]] = {"status": RunStatus, "outcome": Outcome, "kind": Event}
_OF_NEIGHBOURS = ("level", "hardening", "pressure", "channel")
"""Beginnings of the names of quantities that only neighbours have; other states have nulls."""


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

    locations: tuple[str, ...]
    factions: tuple[str, ...]
    states: tuple[str, ...]
    neighbours: tuple[str, ...]

    @property
    def actors(self) -> tuple[str, ...]:
        """Return the ids of states, then factions."""
        return self.states + self.factions


def names_of(tables: Tables) -> Names:
    """Return the ids of a world."""
    locations, factions, states = (tuple(t["id"]) for t in (tables.locations, tables.factions, tables.states))
    return Names(locations, factions, states, tuple(tables.header.neighbours))


def state_column(field: str, state: str) -> str:
    """Return the column of a quantity of a state: ``level_day_2`` of state X is ``level_day_X_2``."""
    for level in Level:
        if field == f"level_day_{level.value}":
            return f"level_day_{state}_{level.value}"
    if field.startswith("channel_"):
        return f"channel_{state}_{field.removeprefix('channel_')}"
    return f"{field}_{state}"


def _columns_of(name: str, kind: np.dtype[Any], names: Names) -> list[pa.Field]:
    """Return the columns of one field of a record: one, or one for each state."""
    if kind.shape:
        return [pa.field(state_column(name, state), _type_of(name, kind.base)) for state in names.states]
    return [pa.field(_IDS.get(name, name), _type_of(name, kind))]


def _type_of(name: str, kind: np.dtype[Any]) -> pa.DataType:
    """Return the type of a field's column."""
    if name in _ENUMS or name in ("location", "from_faction", "to_faction", "actor", "other"):
        return pa.string()
    if name in ("day", "level", "level_max") or name.endswith("_day") or name.startswith("level_day"):
        return pa.int32()
    return pa.int64() if kind.kind == "i" else pa.float64()


def _columns(layout: np.dtype[Any], names: Names) -> list[pa.Field]:
    """Return the columns of a record's dtype."""
    return [field for name in layout.names or () for field in _columns_of(name, layout[name], names)]


ESTIMATES_SCHEMA = pa.schema(
    [
        pa.field("quantity", pa.string()),
        pa.field("entity", pa.string()),
        pa.field("day", pa.int32()),
        pa.field("estimate", pa.float64()),
        pa.field("low", pa.float64()),
        pa.field("high", pa.float64()),
        pa.field("n", pa.int64()),
        pa.field("kind_of_interval", pa.string()),
        pa.field("unit", pa.string()),
    ]
)


@functools.cache
def schemas(names: Names) -> dict[str, pa.Schema]:
    """Return the schema of every stored table in a world."""
    layouts = next(iter(LAYOUTS.values()))  # tiers differ in capacity, not in fields
    first, *rest = [field for field in _columns(layouts.run, names) if field.name != "status"]
    added = [pa.field("seed", pa.int64()), pa.field("status", pa.string()), pa.field("error", pa.string())]
    runs = pa.schema([first, *added, *rest])
    return {
        RUNS: runs,
        TWINS: runs,
        FALLS: pa.schema(_columns(layouts.fall, names)),
        EVENTS: pa.schema(_columns(layouts.event, names)),
        TOLLS: pa.schema(_columns(layouts.toll, names)),
        DAILY: pa.schema(_columns(layouts.day, names)),
        ESTIMATES: ESTIMATES_SCHEMA,
    }


@dataclass(frozen=True, eq=False)
class Block:
    """Hold what consecutive runs left behind, failed ones included.

    Parameters
    ----------
    runs, falls, events, tolls, days
        Records of the core.
    errors
        Text of what was raised, by run number.
    """

    runs: np.ndarray
    falls: np.ndarray
    events: np.ndarray
    tolls: np.ndarray
    days: np.ndarray
    errors: dict[int, str]


def block_tables(block: Block, seed: int, names: Names) -> dict[str, pa.Table]:
    """Return the tables of a block, sorted by run; a failed run keeps its row and loses everything else."""
    good = set(block.runs["run"][block.runs["status"] == RunStatus.OK].tolist())
    tables = {}
    stored = {FALLS: block.falls, EVENTS: block.events, TOLLS: block.tolls, DAILY: block.days}
    for name, rows in stored.items():
        kept = rows[np.isin(rows["run"], list(good))]
        arrays = [array for field in kept.dtype.names or () for array in _arrays(field, kept, None, names)]
        tables[name] = pa.Table.from_arrays(arrays, schema=schemas(names)[name])
    return {RUNS: runs_table(block, seed, names), **tables}


def runs_table(block: Block, seed: int, names: Names) -> pa.Table:
    """Return one row a run; where a run failed, only its number, seed, status and error are not null."""
    runs = block.runs
    failed = runs["status"] != RunStatus.OK
    errors = [errors_of(row, block.errors) for row in runs]
    columns = {
        "run": [pa.array(runs["run"])],
        "seed": [pa.array(np.full(len(runs), seed))],
        "status": [pa.array(_enum_names(RunStatus, runs["status"]), pa.string())],
        "error": [pa.array(errors, pa.string())],
    }
    for field in runs.dtype.names or ():
        if field not in columns:
            columns[field] = _arrays(field, runs, failed, names)
    return pa.Table.from_arrays([array for arrays in columns.values() for array in arrays], schema=schemas(names)[RUNS])


def errors_of(row: np.void, errors: dict[int, str]) -> str | None:
    """Return why a run failed, null where it did not."""
    return errors.get(int(row["run"])) or ERRORS.get(RunStatus(int(row["status"])))


def _enum_names(enum: type[IntEnum], codes: np.ndarray) -> list[str]:
    """Return the lower-case names of an enum's codes."""
    names = {int(member): member.name.lower() for member in enum}
    return [names[code] for code in codes.tolist()]


def _arrays(field: str, rows: np.ndarray, mask: np.ndarray | None, names: Names) -> list[pa.Array]:
    """Return the columns of one field, with nulls where it is masked, never happened, or a state has no such thing."""
    hidden = np.zeros(len(rows), bool) if mask is None else mask
    kind = rows.dtype[field]
    if not kind.shape:
        return [_array(field, kind, rows[field], hidden, names)]
    columns = []
    for i, state in enumerate(names.states):
        nobody = field.startswith(_OF_NEIGHBOURS) and state not in names.neighbours
        columns.append(_array(field, kind.base, rows[field][:, i], hidden | nobody, names))
    return columns


def _array(field: str, kind: np.dtype[Any], values: np.ndarray, hidden: np.ndarray, names: Names) -> pa.Array:
    """Return one column: names for codes, ids for numbers, nulls for never and nobody."""
    if field in _ENUMS:
        shown = np.where(hidden, min(_ENUMS[field]), values)
        return pa.array(_enum_names(_ENUMS[field], shown), pa.string(), mask=hidden)
    if field in ("location", "from_faction", "to_faction", "actor", "other"):
        ids = {"location": names.locations, "actor": names.actors, "other": names.actors}.get(field, names.factions)
        return _ids(values, ids)
    kind_of_column = _type_of(field, kind)
    if pa.types.is_int32(kind_of_column):
        hidden = hidden | (values == NEVER)
    return pa.array(np.ascontiguousarray(values), kind_of_column, mask=hidden)


def _ids(numbers: np.ndarray, ids: Sequence[str]) -> pa.Array:
    """Return the ids of numbers, null for nobody."""
    index = pa.array(numbers, pa.int32(), mask=numbers == NOBODY)
    return pa.DictionaryArray.from_arrays(index, pa.array(ids, pa.string())).cast(pa.string())
