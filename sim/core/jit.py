"""Own the one compile decorator and the folder of its cache.

Numba's cache notices an edit of the file that holds a function, not of the files it calls; a stale rule would go on
running. The cache therefore lives in a folder named by a digest of all sources of the core.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar, cast

import numba
import numpy as np
from numba.core.dispatcher import Dispatcher

from sim.core.trusted import trust

CACHE = "spillover"  # folder within the one that the user chose

# Both are open-ended by design, and typed as if they were not.
_numba_config: Any = numba.config
_njit: Any = numba.njit

F = TypeVar("F", bound=Callable[..., Any])


def source_digest() -> str:
    """Return a digest of the core's sources and of the compilers that turn them into machine code."""
    digest = hashlib.sha256(f"{numba.__version__} {np.__version__}".encode())
    for path in sorted(Path(__file__).parent.rglob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def cache_folder() -> Path:
    """Return a writable folder for compiled code: the user's choice, the user's cache, or a temporary folder."""
    chosen = _numba_config.CACHE_DIR or os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    # A home that is read-only, or unknown (RuntimeError), must not stop a run: the next start only finds no warm cache.
    with suppress(OSError, RuntimeError):
        return _made_writable(Path(chosen).expanduser() / CACHE) / source_digest()
    return _temporary_folder() / source_digest()


def _temporary_folder() -> Path:
    """Return a temporary folder of this user, the same one each time unless somebody else has taken its name.

    What lies in a cache is executed, and anybody can put anything into a folder for temporary files.
    """
    with suppress(OSError):
        base = _made_writable(Path(tempfile.gettempdir()) / f"{CACHE}-{os.getuid()}")
        if base.lstat().st_uid == os.getuid():
            return base
    return Path(tempfile.mkdtemp(prefix=f"{CACHE}-"))


def _made_writable(folder: Path) -> Path:
    """Return a folder, made where it is missing; raise OSError if nothing can be written there."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=folder):
        return folder


def rule(function: F) -> F:
    """Compile a rule: IEEE arithmetic without fast-math, no lock held, inlined into its callers."""
    return cast("F", _compile_inlined(function))


def phase(function: F) -> F:
    """Compile a phase, or what several share: as a rule, but called; inlining it would only cost compile time."""
    return cast("F", _compile(function))


def turn(function: F) -> F:
    """Compile a phase that each actor passes in its turn: inlined into the loop over actors, as many do nothing."""
    return cast("F", _compile_inlined(function))


def part(function: F) -> F:
    """Compile what has one caller together with that: every function of its own costs 0.2 s to compile."""
    return cast("F", _compile_merged(function))


def callees(function: Any) -> Iterator[Any]:
    """Yield the compiled functions that one calls; the parts that are merged into it are looked through."""
    for name in function.py_func.__code__.co_names:
        callee = function.py_func.__globals__.get(name)
        if isinstance(callee, Dispatcher):
            if callee.targetoptions.get("inline") == "always":
                yield from callees(callee)
            else:
                yield callee


# Placing the cache is the one thing that importing this package does; Numba reads it when it decorates.
FOLDER = cache_folder()
_numba_config.CACHE_DIR = str(FOLDER)
trust(FOLDER)
# C wrappers (for callbacks) are never used here and cost a tenth of the compile time.
_compile = _njit(error_model="numpy", nogil=True, cache=True, no_cfunc_wrapper=True)
_compile_inlined = _njit(error_model="numpy", nogil=True, cache=True, no_cfunc_wrapper=True, forceinline=True)
_compile_merged = _njit(error_model="numpy", nogil=True, inline="always")
