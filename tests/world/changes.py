"""Changes that make a good world folder a bad one, for tests."""

import os
from collections.abc import Callable
from pathlib import Path

import pandas as pd

Change = Callable[[Path], None]


def replace(file: str, old: str, new: str) -> Change:
    """Return a change that puts `new` for the first `old` in a file, which must be there."""

    def change(folder: Path) -> None:
        path = folder / file
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    return change


def cell(file: str, row: int, column: str, value: str) -> Change:
    """Return a change that writes one cell, rows counted as in a spreadsheet; a new column is 0."""

    def change(folder: Path) -> None:
        frame = pd.read_csv(folder / file, dtype=str, keep_default_na=False)
        if column not in frame:
            frame[column] = "0"
        frame.loc[row - 2, column] = value
        frame.to_csv(folder / file, index=False)

    return change


def drop(file: str, column: str, value: str) -> Change:
    """Return a change that drops the rows with a value in a column."""

    def change(folder: Path) -> None:
        frame = pd.read_csv(folder / file, dtype=str, keep_default_na=False)
        kept = frame[frame[column] != value]
        assert len(kept) < len(frame)
        kept.to_csv(folder / file, index=False)

    return change


def append(file: str, line: str) -> Change:
    """Return a change that adds a line at the end of a file."""

    def change(folder: Path) -> None:
        with (folder / file).open("a", encoding="utf-8") as stream:
            stream.write(line + "\n")

    return change


def write(file: str, content: bytes) -> Change:
    """Return a change that writes a whole file."""

    def change(folder: Path) -> None:
        (folder / file).write_bytes(content)

    return change


def remove(file: str) -> Change:
    """Return a change that removes a file."""
    return lambda folder: (folder / file).unlink()


def rename(file: str, name: str) -> Change:
    """Return a change that renames a file."""

    def change(folder: Path) -> None:
        (folder / file).rename(folder / name)

    return change


def link_outside(folder: Path) -> None:
    """Put a link that leads out of the folder in the place of a table."""
    outside = folder.parent / "outside.csv"
    (folder / "states.csv").rename(outside)
    (folder / "states.csv").symlink_to(outside)


def link_to_itself(folder: Path) -> None:
    """Put a link that leads nowhere but to itself in the place of a table."""
    (folder / "states.csv").unlink()
    (folder / "states.csv").symlink_to(folder / "states.csv")


def put_folder(folder: Path) -> None:
    """Put a folder in the place of a table."""
    (folder / "states.csv").unlink()
    (folder / "states.csv").mkdir()


def put_pipe(folder: Path) -> None:
    """Put a pipe, which can be read for ever, in the place of a table."""
    (folder / "states.csv").unlink()
    os.mkfifo(folder / "states.csv")


def put_sparse(folder: Path) -> None:
    """Put a file of 10 GB that takes no room on the disk in the place of a table."""
    os.truncate(folder / "states.csv", 10_000_000_000)


def link_map_outside(folder: Path) -> None:
    """Name a map whose file is a link that leads out of the folder."""
    append("world.yaml", "map: m.geojson")(folder)
    (folder / "m.geojson").symlink_to("/etc/passwd")
