"""Reading a file of a world without trusting it: guards on the file, then rows faithful to the spreadsheet.

What the cells mean is left to `cells.py`.
"""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from stat import S_ISREG

from sim.world.columns import TableSchema
from sim.world.faults import Fault, WorldError, file_fault, nearest, shown
from sim.world.limits import MAX_COLUMNS, MAX_FILE_BYTES, MAX_ROWS
from sim.world.schema import FILES

MOST_ABOVE = 10  # rows in which the names of the columns are looked for


@dataclass(frozen=True)
class Grid:
    """Hold the cells of one file as text, stripped of outer blanks.

    Attributes
    ----------
    header
        Names of the columns.
    rows
        (row number as a spreadsheet counts it, cells); as many cells as columns, rows without text left out.
    """

    header: list[str]
    rows: list[tuple[int, list[str]]]


def read_text(folder: Path, name: str, max_bytes: int = MAX_FILE_BYTES) -> str:
    """Return the text of a file in a world's folder; raise WorldError if it is not safe to read, or empty."""
    path = guard_file(folder, name, max_bytes)
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        problem = f"is not UTF-8 text (byte {error.start})"
        raise _error(folder, name, problem, "save it as UTF-8 (in a spreadsheet: 'CSV UTF-8')") from None
    except OSError as error:
        raise _unreadable(folder, name, error) from None
    if not text.strip():
        raise _error(folder, name, "is empty", "fill it, or put the right file in its place")
    return text


def read_grid(folder: Path, schema: TableSchema) -> Grid:
    """Return the rows of a table's file; raise WorldError with every fault in how they are laid out."""
    text = read_text(folder, schema.file)
    n_lines = max(text.count("\n"), text.count("\r"))
    if n_lines > MAX_ROWS + 1:
        problem = f"has {n_lines} lines, more than the {MAX_ROWS} rows allowed"
        raise _error(folder, schema.file, problem, "remove rows")
    rows = _without_empty_columns(_read_rows(folder, schema.file, text))
    header = rows[0][1] if rows else []
    faults = (
        list(_above_header(schema, rows))
        or list(_wrong_size(schema, len(header), len(rows) - 1))
        or list(_ragged(schema.file, header, rows))
    )
    if faults:
        raise WorldError(folder, faults)
    return Grid(header, rows[1:])


def guard_file(folder: Path, name: str, max_bytes: int) -> Path:
    """Return the path of a file in a world's folder; raise WorldError unless plain, inside and small."""
    path = folder / name
    try:
        if not path.resolve().is_relative_to(folder.resolve()):
            raise _error(folder, name, "leads out of the folder", "copy the file into the folder")
        status = path.stat()
    except FileNotFoundError:
        raise _error(folder, name, "is missing", _missing_cure(folder, name)) from None
    except (OSError, RuntimeError) as error:  # RuntimeError: a loop of symbolic links, before Python 3.13
        raise _unreadable(folder, name, error) from None
    if not S_ISREG(status.st_mode):
        raise _error(folder, name, "is not a plain file", "put a plain file in its place")
    if status.st_size > max_bytes:
        problem = f"has {status.st_size} bytes, more than the {max_bytes} allowed"
        raise _error(folder, name, problem, "keep only what is needed")
    return path


def _missing_cure(folder: Path, name: str) -> str:
    """Return what to do about a missing file; one with a strange name may be meant."""
    strange = [other.name for other in folder.iterdir() if other.name not in FILES]
    near = nearest(name, strange)
    return "add the file" if near is None else f"rename {near!r}, if that is it"


def _read_rows(folder: Path, file: str, text: str) -> list[tuple[int, list[str]]]:
    """Return the numbered rows that hold any text."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows: list[tuple[int, list[str]]] = []
    number = 0
    try:
        for number, cells in enumerate(reader, start=1):
            stripped = [cell.strip() for cell in cells]
            if any(stripped):
                rows.append((number, stripped))
    except csv.Error as error:
        cure = "close the quotation marks; the file may have been cut off"
        fault = Fault(file, number + 1, None, None, f"is broken ({error})", cure)
        raise WorldError(folder, [fault]) from None
    return rows


def _without_empty_columns(rows: list[tuple[int, list[str]]]) -> list[tuple[int, list[str]]]:
    """Return the rows without columns that have no text at all, as a spreadsheet leaves them."""
    width = max((len(cells) for _, cells in rows), default=0)
    filled = [any(i < len(cells) and cells[i] for _, cells in rows) for i in range(width)]
    if all(filled):
        return rows
    return [(number, [cell for cell, is_filled in zip(cells, filled) if is_filled]) for number, cells in rows]  # noqa: B905 - a row may be short


def _above_header(schema: TableSchema, rows: list[tuple[int, list[str]]]) -> Iterator[Fault]:
    """Find a first row that names no column, where one of the next does: `sep=,`, a comment, a title."""
    known = {column.name for column in schema.columns}
    header = next((number for number, cells in rows[:MOST_ABOVE] if len(known & set(cells)) > 1), 0)
    if header and header != rows[0][0]:
        problem = f"{shown(','.join(rows[0][1]))!r} names no column; the names stand in row {header}"
        yield Fault(schema.file, rows[0][0], None, None, problem, "remove what is above them")


def _ragged(file: str, header: list[str], rows: list[tuple[int, list[str]]]) -> Iterator[Fault]:
    """Find rows with more or fewer cells than the header."""
    if len(header) == 1 and (";" in header[0] or "\t" in header[0]):
        cure = "separate cells by commas (save as 'CSV UTF-8 (comma delimited)')"
        yield Fault(file, 1, None, None, "has one cell, with ';' or tabs inside", cure)
        return
    for number, cells in rows:
        if len(cells) != len(header):
            problem = f"has {len(cells)} cells, but the header has {len(header)}"
            cure = "quote cells that hold commas, or complete a row cut off"
            yield Fault(file, number, None, None, problem, cure)


def _wrong_size(schema: TableSchema, n_columns: int, n_rows: int) -> Iterator[Fault]:
    """Find a table with too few rows, or too many rows or columns."""
    if n_columns > MAX_COLUMNS:
        problem = f"has {n_columns} columns, at most {MAX_COLUMNS} are read"
        yield file_fault(schema.file, problem, "remove columns")
    if n_rows > schema.max_rows:
        yield file_fault(schema.file, f"has {n_rows} rows, at most {schema.max_rows} fit", "remove rows")
    if n_rows < schema.min_rows:
        yield file_fault(schema.file, "has no rows below its header", "add rows")


def _error(folder: Path, file: str, problem: str, cure: str) -> WorldError:
    """Return the error for one fault of a whole file."""
    return WorldError(folder, [file_fault(file, problem, cure)])


def _unreadable(folder: Path, file: str, error: Exception) -> WorldError:
    """Return the error for a file that the system does not let us read."""
    reason = getattr(error, "strerror", None) or "a loop of symbolic links"
    return _error(folder, file, f"cannot be read ({reason})", "check the file and its permissions")
