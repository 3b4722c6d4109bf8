"""Let workers leave parts at an address that all machines reach, such as s3://bucket/folder, and fetch them from there.

An address is one of fsspec's. A store of objects can rename nothing, so a part counts as left once the file is there
that tells what it holds; that file is sent last, and its digests are checked when the part has arrived.
"""

from __future__ import annotations

import hashlib
import importlib
import platform
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa

from sim.ensemble.store.parts import PARTS, TELLS, Part, Shelf, is_stored, new_draft, part_of, take_in, write_part
from sim.world.config import ExecutorConfig
from sim.world.frozen import ConfigError

DIGEST_LENGTH = 16
INSTALL = "install it with: pip install -e '.[dask]'"


class DepotError(RuntimeError):
    """Say in one line what went wrong at an address."""


class Depot:
    """Hold the parts of one job at an address until its caller fetches them.

    Parameters
    ----------
    address
        Where to, for fsspec.
    shelf
        Where they belong.

    Raises
    ------
    ConfigError
        If nothing here can reach such an address.
    """

    def __init__(self, address: str, shelf: Shelf) -> None:
        self.address = address
        self.shelf = shelf
        self._files, base = _file_system(address)
        # By machine and folder too: two commands with the same settings must not take each other's parts.
        owner = hashlib.sha256(f"{platform.node()} {shelf.folder.resolve()} {shelf.digest}".encode()).hexdigest()
        self._base = f"{base.rstrip('/')}/{owner[:DIGEST_LENGTH]}"

    def __reduce__(self) -> tuple[Callable[..., Depot], tuple[str, Shelf, str]]:
        """Send the address to a worker, which opens it with its own rights."""
        return _reopened, (self.address, self.shelf, self._base)

    def leave(self, part: Part, tables: Mapping[str, pa.Table]) -> None:
        """Send a part, from a worker; what it tells about itself goes last."""
        with self._in_words(), tempfile.TemporaryDirectory() as name:
            write_part(replace(self.shelf, folder=Path(name)), part, tables)
            place = Path(name) / PARTS / part.name
            self._files.makedirs(self._at(part), exist_ok=True)
            for file in self._names():
                self._files.put_file(str(place / file), f"{self._at(part)}/{file}")

    def fetch(self, part: Part) -> str | None:
        """Move a part to its shelf, unless it is there already; return what is wrong with it, if anything is."""
        fault = None
        if not is_stored(self.shelf, part):
            draft = new_draft(self.shelf, part)
            with self._in_words():
                for file in self._names():
                    self._files.get_file(f"{self._at(part)}/{file}", str(draft / file))
            fault = take_in(self.shelf, part, draft)
        self._remove(self._at(part))
        return fault and f"part {part.name} at {self.address} {fault}"

    def clear(self) -> None:
        """Remove everything that workers have left, or begun to leave, for this job."""
        self._remove(self._base)

    def _remove(self, place: str) -> None:
        """Remove a folder at the address, should it be there."""
        with self._in_words(), suppress(FileNotFoundError):
            self._files.rm(place, recursive=True)

    def left(self) -> list[Part]:
        """Return the parts that workers have left whole, in order of number."""
        with self._in_words():
            self._files.invalidate_cache()
            if not self._files.exists(self._base):
                return []
            names = [place.rstrip("/").rpartition("/")[2] for place in self._files.ls(self._base, detail=False)]
            parts = [part for part in map(part_of, names) if part is not None]
            return sorted(part for part in parts if self._files.exists(f"{self._at(part)}/{TELLS}"))

    def _names(self) -> list[str]:
        """Return the files of a part, what it tells about itself last."""
        return [*(f"{table}.parquet" for table in self.shelf.schemas), TELLS]

    def _at(self, part: Part) -> str:
        """Return where a part lies."""
        return f"{self._base}/{part.name}"

    def _message(self, reason: str) -> str:
        """Return what went wrong as a line."""
        cure = "the same command fetches what is there, and computes the rest"
        return f"executor.parts = {self.address!r}: {' '.join(reason.split())}; {cure}"

    @contextmanager
    def _in_words(self) -> Iterator[None]:
        """Put what goes wrong at the address into words."""
        try:
            yield
        except Exception as error:  # noqa: BLE001 - each kind of store has errors of its own
            raise DepotError(self._message(f"{type(error).__name__}: {error}")) from None


def depot_of(config: ExecutorConfig, shelf: Shelf) -> Depot | None:
    """Return where workers leave parts, None where that is the shelf itself or they come back to the caller."""
    return None if config.parts is None else Depot(config.parts, shelf)


def _reopened(address: str, shelf: Shelf, base: str) -> Depot:
    """Return the depot that a caller has sent; on another machine the folder of its shelf means something else."""
    depot = Depot(address, shelf)
    depot._base = base
    return depot


def _file_system(address: str) -> tuple[Any, str]:
    """Return what reads and writes at an address, and the path there."""
    try:
        core: Any = importlib.import_module("fsspec.core")  # an extra that few users need
    except ImportError:
        raise ConfigError([f"executor.parts: fsspec is not installed; {INSTALL}"]) from None
    try:
        files, base = core.url_to_fs(address)
    except Exception as error:  # noqa: BLE001 - as above
        text = " ".join(f"{type(error).__name__}: {error}".split())
        raise ConfigError([f"executor.parts = {address!r}: cannot be reached ({text}); name another address"]) from None
    return files, base
