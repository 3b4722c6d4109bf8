"""All that can be read of a world's folder, file by file, before one table is held against another."""

from dataclasses import dataclass, field
from pathlib import Path

from sim.world.cells import Table, column_faults, parse
from sim.world.columns import TableSchema
from sim.world.faults import Fault, WorldError, file_fault, nearest
from sim.world.header import Frame, read_header
from sim.world.limits import MAX_FILE_BYTES
from sim.world.outlines import Outline, read_outlines
from sim.world.reading import guard_file, read_grid
from sim.world.schema import FILES, TABLES

ACTOR_TABLES = ("factions", "states")


@dataclass
class Draft:
    """Hold what could be read of a world, and all faults found so far.

    Attributes
    ----------
    frame
        The header, or None where `world.yaml` could not be read.
    tables
        Tables whose rows and columns are whole; single cells may be wrong.
    outlines
        Those of the map's features that are whole; None without a map that could be read.
    faults
        What was found.
    """

    frame: Frame | None = None
    tables: dict[str, Table] = field(default_factory=dict)
    outlines: list[Outline] | None = None
    faults: list[Fault] = field(default_factory=list)

    def has(self, *names: str) -> bool:
        """Return whether all these tables could be read."""
        return all(name in self.tables for name in names)

    def ids(self, target: str) -> list[str]:
        """Return the ids of a table, or of all actors."""
        names = ACTOR_TABLES if target == "actors" else (target,)
        return [actor for name in names for actor in self.tables[name].ids]


def read_draft(folder: Path) -> Draft:
    """Return what can be read of a folder, and the faults of each file by itself.

    Raises
    ------
    WorldError
        If there is no folder to read.
    """
    names = _file_names(folder)
    draft = Draft(faults=_strange_files(names))
    try:
        draft.frame = read_header(folder)
        _read_map(folder, draft.frame, draft)
    except WorldError as error:
        draft.faults.extend(error.faults)
    for schema in TABLES:
        if schema.is_required or schema.file in names:
            _read_table(folder, schema, draft)
    return draft


def _read_table(folder: Path, schema: TableSchema, draft: Draft) -> None:
    """Read one table into the draft; one with broken rows or columns adds its faults only."""
    try:
        grid = read_grid(folder, schema)
    except WorldError as error:
        draft.faults.extend(error.faults)
        return
    faults = column_faults(grid.header, schema)
    if not faults:
        draft.tables[schema.name], faults = parse(grid, schema)
    draft.faults.extend(faults)


def _file_names(folder: Path) -> list[str]:
    """Return the names of a folder's files; raise WorldError if it cannot be listed."""
    try:
        return sorted(path.name for path in folder.iterdir())
    except (OSError, ValueError) as error:  # ValueError: no system has a path of such characters
        near = _near_folder(folder) if isinstance(error, FileNotFoundError) else None
        cure = "give a folder with world.yaml and its tables" if near is None else f"did you mean {near!r}?"
        fault = file_fault(str(folder), f"cannot be read ({getattr(error, 'strerror', None) or error})", cure)
        raise WorldError(folder, [fault]) from None


def _near_folder(folder: Path) -> str | None:
    """Return the name of a folder beside a missing one that may be meant."""
    try:
        return nearest(folder.name, (path.name for path in folder.parent.iterdir() if path.is_dir()))
    except OSError:
        return None


def _read_map(folder: Path, frame: Frame, draft: Draft) -> None:
    """Read the outlines of the map into the draft; the key is at fault where its file is missing or outside."""
    name = frame.header.map
    if name is None:
        return
    try:
        guard_file(folder, name, MAX_FILE_BYTES)
    except WorldError as error:
        fault = error.faults[0]
        raise WorldError(folder, [frame.fault("map", name, fault.problem, fault.cure)]) from None
    draft.outlines, faults = read_outlines(folder, name)
    draft.faults.extend(faults)


def _strange_files(names: list[str]) -> list[Fault]:
    """Return the faults of files named much like an optional table that is absent."""
    absent = {schema.file: schema for schema in TABLES if schema.file not in names}
    faults = []
    for name in names:
        near = nearest(name, absent) if name.endswith(".csv") and name not in FILES else None
        if near is not None and not absent[near].is_required:  # a required one is missed in any case
            faults.append(file_fault(name, "is no known table", f"did you mean {near!r}? rename it"))
    return faults
