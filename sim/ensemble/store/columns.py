"""Read a stored table of runs column by column, so that an estimate needs room for one column and not for all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from sim.ensemble.store.results import read_pieces, table_frame


class Columns:
    """Stand in for a frame of runs where its columns are asked for one at a time.

    Parameters
    ----------
    path, schema
        The stored table.
    kept
        Which of its rows count; all by default.
    """

    def __init__(self, path: Path, schema: pa.Schema, kept: npt.NDArray[np.bool_] | None = None) -> None:
        self.path = path
        self.schema = schema
        self._kept = kept

    def __len__(self) -> int:
        """Return how many rows count."""
        return len(self["run"]) if self._kept is None else int(self._kept.sum())

    def __getitem__(self, name: str) -> pd.Series:
        """Return one column of the rows that count."""
        empty = table_frame(pa.schema([self.schema.field(name)]).empty_table())
        pieces = list(self.pieces([name])) or [empty]
        column = pd.concat(pieces, ignore_index=True)[name]
        return column if self._kept is None else column[self._kept].reset_index(drop=True)

    def where(self, kept: pd.Series) -> Columns:
        """Return the same table with those of its rows alone that are kept."""
        return Columns(self.path, self.schema, kept.to_numpy(bool))

    def pieces(self, names: Sequence[str]) -> Iterator[pd.DataFrame]:
        """Yield some columns of all rows, piece by piece."""
        for piece in read_pieces(self.path, self.schema, names):
            yield table_frame(piece)


RunTable: TypeAlias = pd.DataFrame | Columns


def usable_rows(runs: RunTable) -> RunTable:
    """Return the runs that count, of a table in memory or on disk."""
    is_usable = runs["status"] == "ok"
    return runs.where(is_usable) if isinstance(runs, Columns) else runs[is_usable]


def pieces_of(table: RunTable, names: Sequence[str]) -> Iterator[pd.DataFrame]:
    """Yield some columns of a table, on disk piece by piece."""
    if isinstance(table, Columns):
        yield from table.pieces(names)
    else:
        yield table[list(names)]
