"""State the columns of every stored table, and how the core's records become them. The one place for both.

Columns come from the core's dtypes: a new field of a record is a new column. Days are whole numbers, or null
where something never happened; places and factions are the ids of the world's tables.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from sim.core.codes import NEVER, NOBODY, Outcome, RunStatus
from sim.core.record import DAY_DTYPE, FALL_DTYPE, RUN_DTYPE

RUNS, FALLS, DAILY, ESTIMATES = "runs", "falls", "daily", "estimates"
TABLES = (RUNS, FALLS, DAILY)
"""Tables that are written in parts while an ensemble runs."""

ROW_GROUPS = {RUNS: 65_536, FALLS: 262_144, DAILY: 65_536, ESTIMATES: 65_536}
"""Rows of a row group of the final tables: what merging holds in memory."""

ERRORS = {
    RunStatus.NOT_FINITE: "a quantity left the range of numbers; look for an extreme parameter",
    RunStatus.TOO_MANY_FALLS: "seats changed hands too often to record them; look for an extreme parameter",
}
_IDS = {"location": "location_id"}


def _column(name: str, kind: np.dtype[Any]) -> pa.Field:
    """Return the column of one field of a record."""
    if name in ("location", "from_faction", "to_faction"):
        return pa.field(_IDS.get(name, name), pa.string())
    if name in ("status", "outcome"):
        return pa.field(name, pa.string())
    if name == "day" or name.endswith("_day"):
        return pa.field(name, pa.int32())
    return pa.field(name, pa.int64() if kind.kind == "i" else pa.float64())


def _columns(layout: np.dtype[Any]) -> list[pa.Field]:
    """Return the columns of a record's dtype."""
    return [_column(name, layout[name]) for name in layout.names or ()]


_first, *_rest = [field for field in _columns(RUN_DTYPE) if field.name != "status"]
SCHEMAS: dict[str, pa.Schema] = {
    RUNS: pa.schema(
        [
            _first,
            pa.field("seed", pa.int64()),
            pa.field("status", pa.string()),
            pa.field("error", pa.string()),
            *_rest,
        ]
    ),
    FALLS: pa.schema(_columns(FALL_DTYPE)),
    DAILY: pa.schema(_columns(DAY_DTYPE)),
    ESTIMATES: pa.schema(
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
    ),
}


@dataclass(frozen=True)
class Names:
    """Hold the ids that stand for the core's numbers, in their order."""

    locations: tuple[str, ...]
    factions: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Block:
    """Hold what consecutive runs left behind, failed ones included.

    Parameters
    ----------
    runs, falls, days
        Records of the core.
    errors
        Text of what was raised, by run number.
    """

    runs: np.ndarray
    falls: np.ndarray
    days: np.ndarray
    errors: dict[int, str]


def block_tables(block: Block, seed: int, names: Names) -> dict[str, pa.Table]:
    """Return the tables of a block, sorted by run; a failed run keeps its row and loses everything else."""
    good = set(block.runs["run"][block.runs["status"] == RunStatus.OK].tolist())
    falls = block.falls[np.isin(block.falls["run"], list(good))]
    days = block.days[np.isin(block.days["run"], list(good))]
    return {
        RUNS: _runs_table(block, seed),
        FALLS: _table(falls, SCHEMAS[FALLS], {"location": names.locations}, names.factions),
        DAILY: _table(days, SCHEMAS[DAILY], {}, ()),
    }


def _runs_table(block: Block, seed: int) -> pa.Table:
    """Return one row a run; where a run failed, only its number, seed, status and error are not null."""
    runs = block.runs
    failed = runs["status"] != RunStatus.OK
    arrays = []
    for field in SCHEMAS[RUNS]:
        if field.name == "seed":
            arrays.append(pa.array(np.full(len(runs), seed), field.type))
        elif field.name == "error":
            arrays.append(pa.array([_error(row, block.errors) for row in runs], field.type))
        elif field.name == "status":
            arrays.append(pa.array(_enum_names(RunStatus, runs["status"]), field.type))
        else:
            mask = np.zeros(len(runs), bool) if field.name == "run" else failed
            arrays.append(_values(field, runs[field.name], mask))
    return pa.Table.from_arrays(arrays, schema=SCHEMAS[RUNS])


def _error(row: np.void, errors: dict[int, str]) -> str | None:
    """Return why a run failed, null where it did not."""
    return errors.get(int(row["run"])) or ERRORS.get(RunStatus(int(row["status"])))


def _enum_names(enum: type[Outcome | RunStatus], codes: np.ndarray) -> list[str]:
    """Return the lower-case names of an enum's codes."""
    names = {int(member): member.name.lower() for member in enum}
    return [names[code] for code in codes.tolist()]


def _values(field: pa.Field, values: np.ndarray, mask: np.ndarray) -> pa.Array:
    """Return a column with nulls for what never happened and where it is masked."""
    if field.name == "outcome":
        return pa.array(_enum_names(Outcome, np.where(mask, 0, values)), field.type, mask=mask)
    if pa.types.is_int32(field.type):
        mask = mask | (values == NEVER)
    return pa.array(np.ascontiguousarray(values), field.type, mask=mask)


def _table(
    rows: np.ndarray, schema: pa.Schema, places: dict[str, tuple[str, ...]], factions: tuple[str, ...]
) -> pa.Table:
    """Return records as a table, with ids for numbers of places and factions."""
    arrays = []
    for field, name in zip(schema, rows.dtype.names or (), strict=True):
        if pa.types.is_string(field.type):
            arrays.append(_ids(rows[name], places.get(name, factions)))
        else:
            arrays.append(_values(field, rows[name], np.zeros(len(rows), bool)))
    return pa.Table.from_arrays(arrays, schema=schema)


def _ids(numbers: np.ndarray, ids: Sequence[str]) -> pa.Array:
    """Return the ids of numbers, null for nobody."""
    index = pa.array(numbers, pa.int32(), mask=numbers == NOBODY)
    return pa.DictionaryArray.from_arrays(index, pa.array(ids, pa.string())).cast(pa.string())
