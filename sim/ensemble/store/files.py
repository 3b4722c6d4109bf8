"""Put files into place whole or not at all, and let one process at a time work in a folder."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from stat import S_ISREG
from typing import Any

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

LOCK = ".lock"
MAX_JSON_BYTES = 10_000_000


class BusyError(OSError):
    """Say that another process works in a folder."""


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give a path to write to; what was written takes its place only when the block ends well."""
    draft = path.with_name(f".{path.name}.part")
    draft.unlink(missing_ok=True)  # left by a killed process; were it a link, one would write to where it leads
    try:
        yield draft
        sync(draft)
        draft.replace(path)
        sync(path.parent)
    finally:
        draft.unlink(missing_ok=True)


def write_text(path: Path, text: str) -> None:
    """Write a text file whole or not at all."""
    with replacing(path) as draft:
        draft.write_text(text, encoding="utf-8")


def sync(path: Path) -> None:
    """Have a file, or a folder's list of files, written to the disk before going on."""
    if sys.platform == "win32" and path.is_dir():
        return  # folders cannot be opened there
    # Windows asks for a handle that may write.
    handle = os.open(path, os.O_RDWR if sys.platform == "win32" else os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold a folder's lock; the system lets go of it when the process ends, however it ends.

    Raises
    ------
    BusyError
        If another process holds it.
    """
    handle = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        _lock(handle, folder)
        yield
    finally:
        os.close(handle)


def _lock(handle: int, folder: Path) -> None:
    """Take the lock at once or raise BusyError."""
    try:
        if sys.platform == "win32":
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        message = f"{folder}: another process is computing this ensemble; wait for it, or stop it first"
        raise BusyError(message) from None


def check_plain(path: Path) -> None:
    """Raise OSError unless a file is a plain one: a link may lead anywhere, and reading a pipe or device never ends."""
    if not S_ISREG(path.lstat().st_mode):
        raise OSError(errno.EINVAL, "not a plain file", str(path))


def read_json(path: Path) -> Any:
    """Return what a file of a few numbers and words holds; raise OSError or ValueError where it cannot be read."""
    check_plain(path)
    size = path.stat().st_size
    if size > MAX_JSON_BYTES:
        message = f"has {size} bytes, more than the {MAX_JSON_BYTES} allowed"
        raise ValueError(message)
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except RecursionError:
        message = "nested too deeply"
        raise ValueError(message) from None


def file_digest(path: Path) -> str:
    """Return the SHA-256 of a plain file, read piece by piece."""
    check_plain(path)
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
