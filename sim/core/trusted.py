"""Trust no compiled code that is not what was written: each file of the cache carries a digest of what it holds.

Numba loads machine code as it finds it. A file that was cut short stops a command with a traceback, and a flipped bit
may do anything. A file that does not match its digest is removed here with all that belongs to it, and made again.
"""

from __future__ import annotations

import hashlib
import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from numba.core import caching

_caching: Any = caching  # Numba ships no types
_UsualFile = _caching.IndexDataCacheFile

SIZE = hashlib.sha256().digest_size


class TrustedFile(_UsualFile):  # type: ignore[misc, valid-type]  # the same
    """Keep the cache of one function: an index, and a file for each combination of types."""

    def load(self, key: Any) -> Any:
        """Return what was compiled for some types, None where it is not there or no longer what it was."""
        with suppress(FileNotFoundError):
            if is_whole(Path(self._index_path)):
                name = self._load_index().get(key)
                if name is None:
                    return None
                if is_whole(Path(self._data_path(name))):
                    return self._load_data(name)
            self._forget()
        return None

    def save(self, key: Any, data: Any) -> None:
        """Keep what was compiled for some types."""
        with suppress(FileNotFoundError):
            if not is_whole(Path(self._index_path)):
                self._forget()
        super().save(key, data)

    @contextmanager
    def _open_for_write(self, filepath: str) -> Iterator[io.BytesIO]:
        """Yield where to write a file, which is then put in its place with its digest; pickle stops before that."""
        with super()._open_for_write(filepath) as file:
            content = io.BytesIO()
            yield content
            file.write(content.getvalue() + hashlib.sha256(content.getvalue()).digest())

    def _forget(self) -> None:
        """Remove all files of the function, since one of them is not what was written."""
        index = Path(self._index_path)
        sys.stderr.write(f"{index}: compiled code is damaged; it is made again\n")
        for path in (index, *index.parent.glob(f"{index.stem}.*.nbc")):
            path.unlink(missing_ok=True)  # another process may have removed it


def is_whole(path: Path) -> bool:
    """Tell whether a file holds what was written.

    Parameters
    ----------
    path
        A file that ends with its digest.
    """
    content = memoryview(path.read_bytes())
    return hashlib.sha256(content[:-SIZE]).digest() == content[-SIZE:]


def trust(folder: Path) -> None:
    """Have Numba trust the files of a folder only as far as they are what was written.

    Parameters
    ----------
    folder
        Of compiled code; functions that are decorated from now on are kept in it this way.
    """

    def kept(cache_path: str, **names: Any) -> Any:
        """Return the keeper of one function's cache."""
        return (TrustedFile if Path(cache_path).is_relative_to(folder) else _UsualFile)(cache_path, **names)

    _caching.IndexDataCacheFile = kept
