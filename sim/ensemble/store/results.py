"""Open the folder of a finished ensemble."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Final, TypeAlias, overload

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from pydantic import ValidationError

from sim.core.record import DAILY, EVENTS, FALLS, HOLDERS, RUNS, TOLLS
from sim.ensemble.store.files import check_plain, file_digest, is_busy, read_json
from sim.ensemble.store.schema import DRAWS, ESTIMATES, FINAL, TABLES, TWINS, Names, most_rows, row_group, schemas
from sim.ensemble.store.told import Model, Told, ToldResults
from sim.world.faults import shown

MANIFEST = "manifest.json"
COMPLETE: Final = "complete"
RUNNING: Final = "running"
SEAL = "manifest_digest"
"""What a manifest tells about itself: a digest of all the rest, so that no word of it can change unnoticed."""

MOST_BYTES, ROOM = 64, 1_000_000
"""What a cell takes at most on average, and a table besides: texts of errors and what a file tells about itself."""

AT_ONCE = 1_000_000  # cells of a table that is read as a whole: its columns one by one take a hundred times as long
MAX_MESSAGE = 1_000  # characters: folders and files may hold any text
REMOVE = "remove the folder and give its command again"
REPEAT = "give the command of the ensemble again"


class ResultsError(ValueError):
    """Say why a file or folder holds no usable results.

    Parameters
    ----------
    place
        The file or folder.
    fault, cure
        What is wrong with it, and what to do about it.
    """

    def __init__(self, place: Path, fault: str, cure: str) -> None:
        self.fault = shown(f"{place}: {fault}", MAX_MESSAGE)
        super().__init__(f"{self.fault}; {shown(cure, MAX_MESSAGE)}")


class Stored:
    """Stand in for the frame of a stored table, which is read as far as it is asked for.

    Parameters
    ----------
    path, schema
        Where it lies, and its columns.
    digest
        What its file must have when it is read, should the ensemble have grown since; by default, whatever it has.
    most_runs
        How many of the first runs to read; all by default.
    kept
        Which of the rows that are read count; all by default.
    """

    def __init__(
        self,
        path: Path,
        schema: pa.Schema,
        digest: str | None = None,
        most_runs: int | None = None,
        kept: npt.NDArray[np.bool_] | None = None,
    ) -> None:
        self._path, self._schema, self._digest = path, schema, digest
        self._most_runs, self._kept = most_runs, kept

    def __len__(self) -> int:
        """Return how many rows count."""
        return len(self["run"])

    @overload
    def __getitem__(self, wanted: str) -> pd.Series: ...
    @overload
    def __getitem__(self, wanted: pd.Series) -> Stored: ...
    def __getitem__(self, wanted: str | pd.Series) -> pd.Series | Stored:
        """Return a column, or, by a column of yes and no, the same table with those rows alone that are kept."""
        if not isinstance(wanted, str):
            return Stored(self._path, self._schema, self._digest, self._most_runs, wanted.to_numpy(bool))
        column = self._read([wanted])[wanted]
        return column if self._kept is None else column[self._kept].reset_index(drop=True)

    @cached_property
    def frame(self) -> pd.DataFrame:
        """Return all of it, read once."""
        return self.columns(None)

    def columns(self, names: Sequence[str] | None) -> pd.DataFrame:
        """Return some columns, or all."""
        frame = self._read(names)
        frame = frame if names is None else frame[list(names)]
        return frame if self._kept is None else frame[self._kept]

    def pieces(self, names: Sequence[str]) -> Iterator[pd.DataFrame]:
        """Yield some columns of all rows, piece by piece; the first piece is empty, for tables without rows."""
        self._check()
        yield table_frame(_empty(self._schema, names))
        for piece in read_pieces(self._path, self._schema, names, self._most_runs):
            yield table_frame(piece)

    def _read(self, names: Sequence[str] | None) -> pd.DataFrame:
        """Return all columns of all rows, or at least some."""
        self._check()
        if names is None or not self._is_small:
            return read_table(self._path, self._schema, names, self._most_runs)
        return self._small

    @cached_property
    def _is_small(self) -> bool:
        """Whether the table may stay in memory; a file does not tell by its size, as rows that are alike take none."""
        with opened_table(self._path, self._schema) as file:
            return int(file.metadata.num_rows) * len(self._schema) <= AT_ONCE

    @cached_property
    def _small(self) -> pd.DataFrame:
        """All columns of all rows, of a small table."""
        return read_table(self._path, self._schema, None, self._most_runs)

    def _check(self) -> None:
        """Raise ResultsError where the file is not the one that was meant."""
        if self._digest is not None:
            check_table(self._path, self._digest)

    def first(self, n: int) -> Stored:
        """Return the same table for the first ``n`` runs alone."""
        most = n if self._most_runs is None else min(n, self._most_runs)
        return Stored(self._path, self._schema, self._digest, most)


Frame: TypeAlias = pd.DataFrame | Stored
"""A table in memory or on disk."""


def pieces_of(table: Frame, names: Sequence[str]) -> Iterator[pd.DataFrame]:
    """Yield some columns of a table, on disk piece by piece.

    Parameters
    ----------
    table, names
        Which, and of which columns; that of the run is among them.
    """
    if isinstance(table, Stored):
        yield from table.pieces(names)
    else:
        yield table[list(names)]


class _Whole:
    """Give a table of an ensemble as a frame, read when it is asked for."""

    def __init__(self, name: str) -> None:
        self._name = name
        self.__doc__ = TABLES[name].about

    def __get__(self, results: Results, _: type | None = None) -> pd.DataFrame:
        """Return the frame."""
        table = results.frames[self._name]
        return table.frame if isinstance(table, Stored) else table


@dataclass(frozen=True, eq=False)
class Results:
    """Hold a finished ensemble.

    Parameters
    ----------
    folder
        Where it lies.
    manifest
        What it was made from, and how.
    estimates
        Estimates with intervals and n, of all runs.
    frames
        Its tables by name, perhaps of the first runs alone.
    """

    folder: Path
    manifest: dict[str, Any]
    estimates: pd.DataFrame
    frames: Mapping[str, Frame]

    runs, twins, falls, events, tolls, holders, daily, draws = map(
        _Whole, (RUNS, TWINS, FALLS, EVENTS, TOLLS, HOLDERS, DAILY, DRAWS)
    )

    @cached_property
    def estimates_by_key(self) -> dict[tuple[str, str, int], tuple[Any, ...]]:
        """Numbers, n and unit of each estimate by its quantity, whom it is of ("" where of nobody), and its day."""
        table = self.estimates
        keys = zip(table["quantity"], table["entity"].fillna(""), table["day"], strict=True)
        told = table[["estimate", "low", "high", "known_low", "known_high", "n", "unit"]]
        rows = told.itertuples(index=False, name=None)  # plain tuples, which can be pickled
        return dict(zip(keys, rows, strict=True))

    def pieces(self, name: str, columns: Sequence[str]) -> Iterator[pd.DataFrame]:
        """Yield some columns of a table; see `pieces_of`."""
        return pieces_of(self.frames[name], columns)

    def columns(self, name: str, columns: Sequence[str]) -> pd.DataFrame:
        """Return some columns of a table, of which no more is read."""
        table = self.frames[name]
        return table.columns(columns) if isinstance(table, Stored) else table[list(columns)]

    def first(self, n: int) -> Results:
        """Return the ensemble with the tables of its first ``n`` runs alone; estimates stay those of all."""
        if self.manifest["runs"] <= n:
            return self
        return replace(self, frames={name: _first(table, n) for name, table in self.frames.items()})


def _first(table: Frame, n: int) -> Frame:
    """Return the rows of the first ``n`` runs."""
    return table.first(n) if isinstance(table, Stored) else table[table["run"] < n]


def load_results(folder: Path) -> Results:
    """Return the finished ensemble in a folder.

    Parameters
    ----------
    folder
        What the command printed as its last line.

    Raises
    ------
    ResultsError
        If the ensemble is not finished, or a file is missing or damaged.
    """
    manifest = read_finished(folder, "ensemble")
    for name in FINAL:
        check_final(folder, manifest, name)
    return read_results(folder, manifest)


def check_final(folder: Path, manifest: Mapping[str, Any], name: str) -> None:
    """Raise ResultsError where a table of a finished ensemble is not the one that its manifest tells of.

    Parameters
    ----------
    folder, manifest
        Where it lies, and what it tells about itself.
    name
        Of the table.
    """
    told = judged(folder, manifest, ToldResults)
    names, config = _names(told), told.config
    path, schema = folder / f"{name}.parquet", schemas(names)[name]
    runs = {
        TWINS: min(told.runs, config.uncertainty.twins),
        DAILY: min(told.runs, config.ensemble.traces),
        ESTIMATES: 1,
    }.get(name, told.runs)
    rows = check_stored(path, schema, told.tables.get(name), runs * most_rows(names, config.horizon_days)[name])
    if name == RUNS and rows != told.runs:
        raise ResultsError(path, f"has {rows:,} rows, not the {told.runs:,} runs told of", REPEAT)
    if name == DAILY and rows % config.horizon_days:
        raise ResultsError(path, "does not hold every day of its runs", REPEAT)


def read_results(folder: Path, manifest: dict[str, Any]) -> Results:
    """Return an ensemble from its final tables, which have been checked or just been written.

    Parameters
    ----------
    folder, manifest
        Where it lies, and what it tells about itself.
    """
    columns = schemas(_names(judged(folder, manifest, Told)))
    estimates = read_table(folder / f"{ESTIMATES}.parquet", columns[ESTIMATES])
    digests = manifest["tables"]
    frames = {name: Stored(folder / f"{name}.parquet", columns[name], digests[name]) for name in TABLES}
    return Results(folder, manifest, estimates, frames)


def judged(folder: Path, manifest: Mapping[str, Any], kind: type[Model]) -> Model:
    """Return what a manifest tells, judged; raise ResultsError where it does not tell what is needed.

    Parameters
    ----------
    folder, manifest
        Where it lies, and what it tells.
    kind
        What is needed.
    """
    try:
        return kind.model_validate(dict(manifest))
    except ValidationError as error:
        fault = error.errors()[0]
        key = ".".join(map(str, fault["loc"]))
        raise ResultsError(folder / MANIFEST, f"tells no {key} that this version can use", REMOVE) from None


def check_stored(path: Path, schema: pa.Schema, digest: str | None, most: int) -> int:
    """Return how many rows a table has; raise ResultsError where it is not the one told of, or holds more than it can.

    What a file says about its rows is judged before any of them is read.

    Parameters
    ----------
    path, schema
        Where it lies, and its columns.
    digest
        What a manifest tells of it.
    most
        How many rows it has at most.
    """
    check_table(path, digest)
    with opened_table(path, schema) as file:
        check_size(path, file, most, row_group(schema))
        return int(file.metadata.num_rows)


def check_size(path: Path, file: pq.ParquetFile, most: int, most_at_once: int) -> None:
    """Raise ResultsError where a table says that it holds more than it can, before a row of it takes any room.

    Parameters
    ----------
    path, file
        The table.
    most, most_at_once
        How many rows it has at most, and how many of them are read at once.
    """
    told = file.metadata
    groups = [told.row_group(number) for number in range(told.num_row_groups)]
    rows, room = sum(group.num_rows for group in groups), sum(group.total_byte_size for group in groups)
    if rows != told.num_rows or any(not 0 <= group.num_rows <= most_at_once for group in groups):
        raise ResultsError(path, "is not cut into pieces as this version does", REPEAT)
    if rows > most:
        raise ResultsError(path, f"has {rows:,} rows, more than the {most:,} that there can be", REPEAT)
    if room > MOST_BYTES * rows * told.num_columns + ROOM:
        raise ResultsError(path, f"needs {room:,} bytes for {rows:,} rows, more than they can hold", REPEAT)


def check_table(path: Path, digest: str | None) -> None:
    """Raise ResultsError where a file is not the one that a manifest tells of by its digest."""
    try:
        found = file_digest(path)
    except OSError as error:
        raise ResultsError(path, f"is missing or damaged ({_reason(error)})", REPEAT) from None
    if digest != found:
        raise ResultsError(path, f"is damaged: it is not the one that {MANIFEST} tells of", REPEAT)


def read_manifest(folder: Path) -> dict[str, Any]:
    """Return the manifest of a folder; raise ResultsError where there is none that can be trusted."""
    try:
        manifest = read_json(folder / MANIFEST)
        is_sealed = isinstance(manifest, dict) and manifest.get(SEAL) == manifest_digest(manifest)
    except FileNotFoundError:
        cure = "name the folder that the command printed as its last line"
        raise ResultsError(folder, f"holds no {MANIFEST}", cure) from None
    except (OSError, ValueError) as error:
        raise ResultsError(folder / MANIFEST, f"cannot be read ({error})", REMOVE) from None
    if isinstance(manifest, dict) and SEAL not in manifest:
        fault = "was written by an earlier version, which did not yet put a digest of itself into it"
        raise ResultsError(folder / MANIFEST, fault, f"{REPEAT}, which computes it anew")
    if not is_sealed:
        raise ResultsError(folder / MANIFEST, "is damaged, or was changed by another hand", REPEAT)
    return dict(manifest)


def read_finished(folder: Path, what: str) -> dict[str, Any]:
    """Return the manifest of a folder whose work is done; raise ResultsError, and tell how far it is, where it is not.

    Parameters
    ----------
    folder, what
        Where, and what is to be there, such as an ensemble.
    """
    if is_busy(folder):
        raise ResultsError(folder, f"another process is writing this {what}", "wait for its end")
    manifest = read_manifest(folder)
    state = state_of(folder, manifest)
    if state != COMPLETE:
        raise ResultsError(folder, f"the {what} is not finished ({state})", f"go on with: {manifest.get('command')}")
    return manifest


def state_of(folder: Path, manifest: Mapping[str, Any]) -> str:
    """Return what became of the command of a folder; one whose process is gone, or who knows where, was interrupted.

    Parameters
    ----------
    folder, manifest
        Where it lies, and what it tells about itself.
    """
    status = str(manifest.get("status"))
    return "interrupted" if status == RUNNING and not is_busy(folder) else status


def manifest_digest(manifest: Mapping[str, Any]) -> str:
    """Return a digest of all that a manifest tells but the digest itself."""
    told = {key: value for key, value in manifest.items() if key != SEAL}
    text = json.dumps(told, sort_keys=True, ensure_ascii=False)  # so that what cannot be written is no text either
    return hashlib.sha256(text.encode()).hexdigest()


def _names(told: Told) -> Names:
    """Return the ids that the results are about."""
    return Names(**told.names.model_dump())


def read_table(
    path: Path, schema: pa.Schema, columns: Sequence[str] | None = None, most_runs: int | None = None
) -> pd.DataFrame:
    """Return a stored table as a frame; see `read_pieces`."""
    pieces = (piece.replace_schema_metadata(None) for piece in read_pieces(path, schema, columns, most_runs))
    return table_frame(pa.concat_tables([_empty(schema, columns), *pieces]))


def _empty(schema: pa.Schema, columns: Sequence[str] | None) -> pa.Table:
    """Return some columns of a table, or all, without rows."""
    return (schema if columns is None else pa.schema([schema.field(name) for name in columns])).empty_table()


def read_pieces(
    path: Path, schema: pa.Schema, columns: Sequence[str] | None = None, most_runs: int | None = None
) -> Iterator[pa.Table]:
    """Yield a stored table in pieces that fit into memory, checksums verified.

    Parameters
    ----------
    path, schema
        Where it lies, and its columns.
    columns
        Those to read; all by default.
    most_runs
        How many of the first runs to read; all by default.

    Raises
    ------
    ResultsError
        If the file is missing or damaged, or has other columns.
    """
    with opened_table(path, schema) as file:
        for group in range(file.num_row_groups):
            piece = file.read_row_group(group, columns)
            if most_runs is not None:
                piece = piece.filter(pc.less(piece["run"], most_runs))
                if not len(piece):
                    return  # tables are in order of run
            yield piece


@contextmanager
def opened_table(path: Path, schema: pa.Schema) -> Iterator[pq.ParquetFile]:
    """Open a stored table; raise ResultsError where it is missing, damaged or has other columns."""
    try:
        check_plain(path)
        # Opened one by one: a dataset reader would take parts of a path ("a=1") for columns.
        with pq.ParquetFile(path, page_checksum_verification=True) as file:
            if not file.schema_arrow.remove_metadata().equals(schema):
                raise ResultsError(path, "has other columns than this version writes", REPEAT)
            yield file
    except (OSError, pa.ArrowException) as error:
        raise ResultsError(path, f"is missing or damaged ({_reason(error)})", REPEAT) from None


def _reason(error: Exception) -> str:
    """Return the first line of what is said about a file."""
    return getattr(error, "strerror", None) or str(error).partition("\n")[0]


def table_frame(table: pa.Table) -> pd.DataFrame:
    """Return a table as a frame in which a missing day stays a missing whole number."""
    frame: pd.DataFrame = table.to_pandas(types_mapper={pa.int32(): pd.Int32Dtype()}.get)
    return frame
