"""Keep what was computed: parts while a job runs, final tables when it is whole.

A part is a folder that appears whole, by an atomic rename, and tells the digest of its settings. The final
tables are cut into row groups of fixed size in order of run, so that their bytes do not depend on the parts.
"""

from __future__ import annotations

import errno
import itertools
import json
import os
import re
import shutil
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from sim.ensemble.store.files import DRAFT, check_no_link, file_digest, read_json, replacing, sync, write_text
from sim.ensemble.store.results import ResultsError, check_size, opened_table, read_pieces
from sim.ensemble.store.schema import row_group

PARTS, ASIDE = "parts", "set_aside"
TELLS = "part.json"
"""What a part tells about itself: its items, the digest of its settings, and those of its files."""

_DIGEST = b"config_digest"
_NAME = re.compile(r"([0-9]{10})-([0-9]{10})")
_DRAFT = re.compile(rf"\.{_NAME.pattern}.*")
_WRITER = {
    "version": "2.6",
    "compression": "zstd",
    "compression_level": 3,
    "write_page_checksum": True,
}


@dataclass(frozen=True)
class Shelf:
    """Say where the parts of a job lie and what they hold.

    Parameters
    ----------
    folder
        Folder of the job.
    digest
        Of the settings that its rows belong to.
    schemas
        Columns of each of its tables.
    by
        What its items are, such as a run.
    most
        How many rows an item leaves at most in each table.
    """

    folder: Path
    digest: str
    schemas: Mapping[str, pa.Schema]
    by: str
    most: Mapping[str, int]


@dataclass(frozen=True, order=True)
class Part:
    """Items that are stored, such as runs: ``n`` from number ``first`` on."""

    first: int
    n: int

    @property
    def name(self) -> str:
        """Return the name of its folder, which sorts by number."""
        return f"{self.first:010d}-{self.n:010d}"


def write_part(shelf: Shelf, part: Part, tables: Mapping[str, pa.Table]) -> None:
    """Store the tables of some items; they are there whole or not at all.

    Parameters
    ----------
    shelf
        Where to.
    part, tables
        Which items, and what they left behind.
    """
    if is_stored(shelf, part):
        return  # stopped between this and the caller's note of it
    draft = new_draft(shelf, part)
    for name in shelf.schemas:
        path = draft / f"{name}.parquet"
        pq.write_table(_signed(tables[name], shelf.digest), path, **_WRITER)
        sync(path)
    _finish_part(shelf, part, draft)


def adopt_final(shelf: Shelf, n: int) -> None:
    """Take final tables as the part that holds the first ``n`` items, so that more can be added to them."""
    part = Part(0, n)
    if is_stored(shelf, part):
        return
    draft = new_draft(shelf, part)
    for name in shelf.schemas:
        shutil.copyfile(shelf.folder / f"{name}.parquet", draft / f"{name}.parquet")
        sync(draft / f"{name}.parquet")
    _finish_part(shelf, part, draft)


def is_stored(shelf: Shelf, part: Part) -> bool:
    """Tell whether a part is in its place."""
    return (shelf.folder / PARTS / part.name).exists()


def new_draft(shelf: Shelf, part: Part) -> Path:
    """Return an empty folder in which a part is made ready; each writer has its own, should two be at the same part."""
    draft = shelf.folder / PARTS / f".{part.name}-{uuid.uuid4().hex}"
    draft.mkdir(parents=True)
    return draft


def take_in(shelf: Shelf, part: Part, draft: Path) -> str | None:
    """Put the draft of a part that comes from elsewhere into place; return what is wrong with it, if anything is."""
    fault = _fault(draft, part, shelf, [])
    if fault is not None:
        shutil.rmtree(draft)
        return fault
    for file in draft.iterdir():
        sync(file)
    _put_in_place(draft, part)
    return None


def _finish_part(shelf: Shelf, part: Part, draft: Path) -> None:
    """Write what a part holds, with digests, and put it into place."""
    digests = {name: file_digest(draft / f"{name}.parquet") for name in shelf.schemas}
    told = {"first": part.first, "n": part.n, "config_digest": shelf.digest, "tables": digests}
    write_text(draft / TELLS, json.dumps(told, indent=1) + "\n")
    _put_in_place(draft, part)


def _put_in_place(draft: Path, part: Part) -> None:
    """Give a draft the name of its part, unless another writer was faster, who wrote the same."""
    sync(draft)
    try:
        draft.replace(draft.with_name(part.name))
    except OSError as error:
        if error.errno not in (errno.ENOTEMPTY, errno.EEXIST):
            raise
        shutil.rmtree(draft)
    sync(draft.parent)


def find_parts(shelf: Shelf) -> tuple[list[Part], list[str]]:
    """Return the parts that can be used, in order of number, and one line about each that cannot.

    What cannot be used is set aside, so that its items are computed again.
    """
    for name in (PARTS, ASIDE):
        check_no_link(shelf.folder / name)
    found: list[Part] = []
    complaints = []
    for place in sorted((shelf.folder / PARTS).glob("*")):
        part = part_of(place.name)
        if part is None:
            if _DRAFT.fullmatch(place.name) and not place.is_symlink():
                _remove(place, shelf)  # a draft is no news: its process was stopped while writing
            else:
                complaints.append(f"{PARTS}/{place.name}: is no part; left where it is")
            continue
        fault = _fault(place, part, shelf, found)
        if fault is None:
            found.append(part)
            continue
        aside = _set_aside(shelf.folder, place)
        complaints.append(f"{PARTS}/{place.name}: {fault}; set aside as {aside}, its {shelf.by}s are computed again")
    return found, complaints


def read_parts(
    shelf: Shelf, parts: Iterable[Part], name: str, columns: Sequence[str] | None = None
) -> Iterator[pa.Table]:
    """Yield one table of the parts in pieces, in order of number; all columns by default."""
    for part in sorted(parts):
        yield from read_pieces(shelf.folder / PARTS / part.name / f"{name}.parquet", shelf.schemas[name], columns)


def missing_parts(found: Iterable[Part], total: int, chunk: int) -> Iterator[Part]:
    """Yield the parts of at most ``chunk`` items that are still to be computed, in order of number."""
    done = 0
    for part in [*found, Part(total, 0)]:
        for first in range(done, part.first, chunk):
            yield Part(first, min(chunk, part.first - first))
        done = part.first + part.n


def merge_parts(
    shelf: Shelf, parts: Iterable[Part], finish: Mapping[str, Callable[[pa.Table], pa.Table]] | None = None
) -> None:
    """Write the final tables from parts that hold every item once.

    Parameters
    ----------
    shelf, parts
        What is stored.
    finish
        What is done to the pieces of a table that hold what is known only once all items are there.
    """
    ordered = list(parts)
    for name, schema in shelf.schemas.items():
        pieces: Iterable[pa.Table] = read_parts(shelf, ordered, name)
        if finish and name in finish:
            pieces = map(finish[name], pieces)
        write_table(shelf.folder / f"{name}.parquet", schema, pieces, shelf.digest)
        pa.default_memory_pool().release_unused()


def write_table(path: Path, schema: pa.Schema, tables: Iterable[pa.Table], digest: str) -> None:
    """Write one final table from pieces; it holds the same bytes however it comes in pieces.

    Parameters
    ----------
    path, schema
        Where to, and its columns.
    tables
        Pieces in order; no more than a row group and one of them are in memory.
    digest
        Of the settings that the rows belong to.
    """
    schema, rows = _signed(schema.empty_table(), digest).schema, row_group(schema)
    with replacing(path) as draft, pq.ParquetWriter(draft, schema, **_WRITER) as writer:
        for group in _regroup(tables, schema, rows):
            writer.write_table(group, row_group_size=rows)


def write_frame(path: Path, schema: pa.Schema, frame: pd.DataFrame, digest: str) -> None:
    """Write one final table from a frame; columns that it lacks are empty.

    Parameters
    ----------
    path, schema
        Where to, and its columns.
    frame, digest
        Its rows, and the digest of the settings that they belong to.
    """
    table = pa.Table.from_pandas(frame.reindex(columns=schema.names), schema, preserve_index=False)
    write_table(path, schema, [table], digest)


def remove_parts(shelf: Shelf) -> None:
    """Remove the parts of a job whose final tables stand, and nothing that is not ours."""
    parts = shelf.folder / PARTS
    if parts.is_symlink():
        return
    for place in parts.glob("*"):
        if (part_of(place.name) or _DRAFT.fullmatch(place.name)) and not place.is_symlink():
            _remove(place, shelf)
    with suppress(OSError):  # strangers stay
        parts.rmdir()


def _remove(place: Path, shelf: Shelf) -> None:
    """Remove the folder of a part with the files that are ours."""
    ours = {TELLS, *(f"{name}.parquet" for name in shelf.schemas)}
    with suppress(OSError):  # a file in its place, or strangers in it
        for path in place.iterdir():
            if path.name in ours or DRAFT.fullmatch(path.name):
                path.unlink()
        place.rmdir()


def _regroup(tables: Iterable[pa.Table], schema: pa.Schema, size: int) -> Iterator[pa.Table]:
    """Yield the rows again in tables of one contiguous chunk and equal size, the last one shorter."""
    waiting = schema.empty_table()
    for table in tables:
        waiting = pa.concat_tables([waiting, table.replace_schema_metadata(schema.metadata)])
        while len(waiting) >= size:
            yield waiting.slice(0, size).combine_chunks()
            waiting = waiting.slice(size)
    if len(waiting):
        yield waiting.combine_chunks()


def _signed(table: pa.Table, digest: str) -> pa.Table:
    """Return a table that tells the digest of the settings it belongs to."""
    return table.replace_schema_metadata({_DIGEST: digest.encode()})


def part_of(name: str) -> Part | None:
    """Return the part that a folder is named after, None where it is none."""
    numbers = _NAME.fullmatch(name)
    return numbers and Part(*map(int, numbers.groups()))


def _set_aside(folder: Path, place: Path) -> str:
    """Move what cannot be used out of the way, and return where it is now."""
    for number in itertools.count():
        aside = folder / ASIDE / f"{place.name}{f'-{number}' if number else ''}"
        if not os.path.lexists(aside):
            aside.parent.mkdir(exist_ok=True)
            place.replace(aside)
            return aside.relative_to(folder).as_posix()
    raise AssertionError  # numbers do not end


def _fault(place: Path, part: Part, shelf: Shelf, found: list[Part]) -> str | None:
    """Return why a stored part cannot be used, None where it can."""
    if place.is_symlink():
        return "is a link to elsewhere"
    try:
        told = read_json(place / TELLS)
        digests = {name: file_digest(place / f"{name}.parquet") for name in shelf.schemas}
        first, n, settings, tables = (told[key] for key in ("first", "n", "config_digest", "tables"))
        tables = {name: tables[name] for name in shelf.schemas}
    except (OSError, KeyError, TypeError, ValueError):
        return "is damaged"
    faults = {
        "is damaged": tables != digests,
        "belongs to other settings": settings != shelf.digest,
        f"does not hold the {shelf.by}s of its name": (first, n) != (part.first, part.n),
        f"repeats {shelf.by}s of another part": bool(found) and part.first < found[-1].first + found[-1].n,
    }
    return next((text for text, is_so in faults.items() if is_so), None) or _size_fault(place, part, shelf)


def _size_fault(place: Path, part: Part, shelf: Shelf) -> str | None:
    """Return that a table of a part says that it holds more than it can, before a row of it takes any room."""
    for name, schema in shelf.schemas.items():
        path, most = place / f"{name}.parquet", part.n * shelf.most[name]
        try:
            with opened_table(path, schema) as file:
                check_size(path, file, most, most)
        except ResultsError:
            return "holds other tables than it can"
    return None
