"""Hold a table of values, and write it as text for a page; terminal, notebook and report show the same one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from sim.tell.estimate import Told, Value

Cell: TypeAlias = str | int | Value


@dataclass(frozen=True)
class Column:
    """Hold what stands below a head: words, counts, or values; a word among values stands where there is none."""

    head: str
    cells: Sequence[Cell]

    @property
    def is_number(self) -> bool:
        """Tell whether it holds numbers, which stand at the right and sort by size."""
        return any(not isinstance(cell, str) for cell in self.cells)

    @property
    def told(self) -> list[Told]:
        """Return its cells in words."""
        return [_told(cell) for cell in self.cells]


@dataclass(frozen=True)
class Section:
    """Hold one table."""

    title: str
    columns: Sequence[Column]

    @classmethod
    def of_rows(cls, title: str, header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Section:
        """Return a table from its rows."""
        cells = list(zip(*rows, strict=True)) or [()] * len(header)
        return cls(title, [Column(*column) for column in zip(header, cells, strict=True)])

    @property
    def header(self) -> tuple[str, ...]:
        """Return the heads of its columns."""
        return tuple(column.head for column in self.columns)

    @property
    def n_rows(self) -> int:
        """Return how many rows it has."""
        return len(self.columns[0].cells)

    @property
    def rows(self) -> tuple[tuple[str, ...], ...]:
        """Return its cells as text."""
        return tuple(tuple(map(str, row)) for row in zip(*(column.told for column in self.columns), strict=True))


def _told(cell: Cell) -> Told:
    """Return a cell in words."""
    if isinstance(cell, str):
        return Told(cell)
    return Told(f"{cell:,}") if isinstance(cell, int) else cell.told
