"""Faults in the files of a world: what one fault says, and the error that carries all of them.

Who finds which fault stands in the modules that read and check; nothing here opens a file.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

import numpy as np

MAX_SHOWN = 60  # characters of a value or name; a hostile cell must not flood the terminal
MAX_ADVICE = 300  # characters of a problem or cure, which may name ids from the files
MAX_LISTED = 8  # known names listed when none is near


@dataclass(frozen=True)
class Fault:
    """Say in one line what is wrong with one place in one file, and how to mend it.

    Attributes
    ----------
    file
        Name of the file inside the world's folder, or the folder itself.
    row
        Row as a spreadsheet counts it (the header is row 1), line of a YAML file, or feature of a map counted from 1;
        None for the whole file.
    column
        Column, key of a YAML file, or part of a feature; None for the whole row.
    value
        What came; None when there is nothing to show.
    problem, cure
        What was expected, and what to do about it.
    """

    file: str
    row: int | None
    column: str | None
    value: object
    problem: str
    cure: str

    def __str__(self) -> str:
        """Return the line, such as `x.csv row 14, fighters = -3: must be >= 0; give a number of people`."""
        advice = f"{shown(self.problem, MAX_ADVICE)}; {shown(self.cure, MAX_ADVICE)}"
        return f"{shown(self.file)}{self._place()}: {advice}"

    def _place(self) -> str:
        """Return where in its file the fault is, and what came there."""
        line = "row" if self.file.endswith(".csv") else "line" if self.file.endswith(".yaml") else "feature"
        row = "" if self.row is None else f" {line} {self.row}"
        if self.column is None:
            return row
        came = "" if self.value is None else " is empty" if self.value == "" else f" = {shown(self.value)}"
        return f"{row}, {shown(self.column)}{came}"


class WorldError(ValueError):
    """Carry all faults of one world folder; its text lists every one of them.

    Attributes
    ----------
    folder
        The folder that was to be loaded.
    faults
        The faults, in the order of files and rows.
    """

    def __init__(self, folder: Path, faults: Iterable[Fault]) -> None:
        self.folder = folder
        self.faults = tuple(faults)
        count = "1 fault" if len(self.faults) == 1 else f"{len(self.faults)} faults"
        super().__init__("\n".join([f"world folder {folder} has {count}:", *map(str, self.faults)]))

    def __reduce__(self) -> tuple[type["WorldError"], tuple[Path, tuple[Fault, ...]]]:
        """Let the error travel between worker processes with its faults."""
        return type(self), (self.folder, self.faults)


def file_fault(file: str, problem: str, cure: str) -> Fault:
    """Return a fault of a whole file."""
    return Fault(file, None, None, None, problem, cure)


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Return the known name that a misspelt one most likely means, or None; case does not count."""
    if len(name) > MAX_SHOWN:
        return None
    by_lower = {candidate.lower(): candidate for candidate in known}
    close = get_close_matches(name.lower(), by_lower, n=1)
    return by_lower[close[0]] if close else None


def suggestion(name: str, known: Sequence[str]) -> str:
    """Return the cure for an unknown name: the nearest known one, else a list of what is known."""
    near = nearest(name, known)
    if near is not None:
        return f"did you mean {near!r}?"
    if not known:
        return "none is known here"
    more = ", ..." if len(known) > MAX_LISTED else ""
    return f"known are {', '.join(known[:MAX_LISTED])}{more}"


def shown(value: object, limit: int = MAX_SHOWN) -> str:
    """Return a value as one printable line of limited length; control characters are escaped."""
    text = str(value)
    text = text if len(text) <= limit else f"{text[:limit]}..."
    return text if text.isprintable() else ascii(text)


def not_whole(name: str, value: object, least: int = 0) -> list[str]:
    """Return a line where somebody gives no whole number, or one that is too small; nothing else.

    Parameters
    ----------
    name, value, least
        How it is called, what was given, and what it must be at least.
    """
    is_whole = isinstance(value, int | np.integer) and not isinstance(value, bool) and value >= least
    return [] if is_whole else [f"{name} = {shown(value)}: must be a whole number of at least {least}"]
