"""Put files into place whole or not at all, and let one process at a time work in a folder."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import re
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from pathlib import Path
from stat import S_ISREG
from typing import Any

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

LOCK = ".lock"
DRAFT = re.compile(r"\..+\.[0-9a-f]{32}\.part")
MAX_JSON_BYTES = 10_000_000


class BusyError(OSError):
    """Say that another process works in a folder."""

    def __init__(self, folder: Path) -> None:
        super().__init__(f"{folder}: another process works here; wait for it, or stop it first")


_held: ContextVar[frozenset[Path]] = ContextVar("held", default=frozenset())
"""Folders whose locks are held here, so that who holds one can call what takes it for a while."""


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give a path to write to; what was written takes its place only when the block ends well."""
    draft = path.with_name(f".{path.name}.{uuid.uuid4().hex}.part")  # nobody else's, and no link to elsewhere
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
    """Hold a folder for writing; the system lets go of it when the process ends, however it ends.

    Who holds it already may ask again. What killed processes have begun to write is removed.

    Raises
    ------
    BusyError
        If another process holds it.
    """
    place = folder.resolve()
    if place in _held.get():
        yield
        return
    handle = _open_lock(folder, os.O_RDWR | os.O_CREAT)
    held = None
    try:
        _lock(handle, folder)
        remove_drafts(folder)
        held = _held.set(_held.get() | {place})
        yield
    finally:
        if held is not None:
            _held.reset(held)
        os.close(handle)


@contextmanager
def locked_for_reading(folder: Path) -> Iterator[None]:
    """Keep others from writing into a folder while it is read; nothing is written, so that who may only read it can.

    Raises
    ------
    BusyError
        If another process is writing into it.
    """
    handle = None
    with suppress(OSError):  # a folder that nobody has locked yet, or that has come from elsewhere
        handle = _open_lock(folder, os.O_RDONLY) if folder.resolve() not in _held.get() else None
    try:
        if handle is not None and sys.platform != "win32":
            _lock(handle, folder, fcntl.LOCK_SH)
        yield
    finally:
        if handle is not None:
            os.close(handle)


def is_busy(folder: Path) -> bool:
    """Tell whether another process is writing into a folder."""
    try:
        with locked_for_reading(folder):
            return False
    except BusyError:
        return True


def remove_drafts(folder: Path) -> None:
    """Remove what killed processes have begun to write into a folder and its own subfolders."""
    for place in (folder, *(path for path in folder.iterdir() if path.is_dir() and not path.is_symlink())):
        for path in place.glob(".*.part"):
            if DRAFT.fullmatch(path.name) and not path.is_dir():
                path.unlink()


def _open_lock(folder: Path, flags: int) -> int:
    """Return a handle to the lock of a folder, which is a plain file of it and no link to one elsewhere."""
    handle = os.open(folder / LOCK, flags | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0), 0o644)
    if not S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise OSError(errno.EINVAL, "not a plain file", str(folder / LOCK))
    return handle


def _lock(handle: int, folder: Path, kind: int | None = None) -> None:
    """Take a lock at once, by default against all others, or raise BusyError."""
    try:
        if sys.platform == "win32":
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(handle, (fcntl.LOCK_EX if kind is None else kind) | fcntl.LOCK_NB)
    except OSError:
        raise BusyError(folder) from None


def check_no_link(place: Path) -> None:
    """Raise OSError where a folder is a link: what is written, moved or removed there would be elsewhere."""
    if place.is_symlink():
        raise OSError(errno.ENOTDIR, f"{place.name} is a link to elsewhere", str(place))


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


def is_whole(path: Path, digest: str) -> bool:
    """Tell whether a plain file is there, and is the one that is meant."""
    try:
        return file_digest(path) == digest
    except OSError:
        return False


def file_digest(path: Path) -> str:
    """Return the SHA-256 of a plain file, read piece by piece."""
    check_plain(path)
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
