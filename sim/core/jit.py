"""Own the compile decorators, which say a role, decide what is merged into its caller, and place the cache.

Numba's cache notices an edit of the file that holds a function, not of the files it calls; a stale rule would go on
running. The cache therefore lives in a folder named by a digest of all sources of the core.
"""

from __future__ import annotations

import ast
import hashlib
import linecache
import os
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from functools import cache, partial
from pathlib import Path
from typing import Any, TypeVar, cast

import numba
import numpy as np
from numba.core.compiler import Compiler
from numba.core.dispatcher import Dispatcher

from sim.core.thrift import thrift
from sim.core.trusted import trust

_CORE = Path(__file__).parent
CACHE = "spillover"  # folder within the one that the user chose

# Both are open-ended by design, and typed as if they were not.
_numba_config: Any = numba.config
_njit: Any = numba.njit

F = TypeVar("F", bound=Callable[..., Any])


def source_digest() -> str:
    """Return a digest of the core's sources and of the compilers that turn them into machine code."""
    digest = hashlib.sha256(f"{numba.__version__} {np.__version__}".encode())
    for path in sorted(_CORE.rglob("*.py")):
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
    """Compile a rule, or arithmetic that rules share: numbers in, numbers out, inlined wherever it is called."""
    return _known(_compile(forceinline=True)(function))


def phase(function: F) -> F:
    """Compile a phase of the day, or a step that phases share: it reads and writes the records of one run."""
    return _known(_compile()(function))


def inline(function: Any) -> None:
    """Have a phase inlined into the loop over those who take turns in it: most of them have nothing to do."""
    if isinstance(function, Dispatcher):
        function.targetoptions["forceinline"] = True


def merged(function: F) -> F:
    """Compile a step that is merged into all that call it, however many they are."""
    return cast("F", _njit(error_model="numpy", nogil=True, inline="always")(function))


def from_text(name: str, text: str, names: Mapping[str, Any]) -> Any:
    """Compile a function that is given as text, which tracebacks show; it is merged into all that call it.

    Parameters
    ----------
    name
        Of the function.
    text
        Python source that defines it.
    names
        What the text may use.
    """
    file = f"<{name}>"
    linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
    made = dict(names)
    exec(compile(text, file, "exec"), made)  # noqa: S102 - put together by the core itself, from its tables
    return merged(made[name])


def callees(function: Any) -> Iterator[Any]:
    """Yield the compiled functions that one calls; those that are merged into it are looked through."""
    merge_what_is_called_once()
    for name in function.py_func.__code__.co_names:
        callee = function.py_func.__globals__.get(name)
        if isinstance(callee, Dispatcher):
            if callee.targetoptions.get("inline") == "always":
                yield from callees(callee)
            else:
                yield callee


def merge_what_is_called_once() -> None:
    """Have each function with a single caller compiled together with that: one of its own costs 0.2 s to compile."""
    for function in _functions:
        if (function.__module__, function.__name__) in _called_once():
            function.targetoptions["inline"] = "always"


@cache
def _called_once() -> frozenset[tuple[str, str]]:
    """Return the functions, by module and name, that the core calls at one place and mentions nowhere else.

    They are read from all sources of the core, so that what is merged does not depend on what has been imported.
    """
    calls: Counter[tuple[str, str]] = Counter()
    others: set[tuple[str, str]] = set()
    for path in sorted(_CORE.rglob("*.py")):
        module = ".".join(("sim.core", *path.relative_to(_CORE).with_suffix("").parts))
        tree = ast.parse(path.read_bytes())
        names = {name: (module, name) for name in _defined(tree)} | dict(_imported(tree))
        called = {id(node.func): node.func for node in ast.walk(tree) if isinstance(node, ast.Call)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Name) and node.id in names:
                if id(node) in called:
                    calls[names[node.id]] += 1
                elif isinstance(node.ctx, ast.Load):
                    others.add(names[node.id])
    return frozenset(name for name, count in calls.items() if count == 1 and name not in others)


def _defined(tree: ast.Module) -> Iterator[str]:
    """Yield the names of a module's functions."""
    yield from (node.name for node in tree.body if isinstance(node, ast.FunctionDef))


def _imported(tree: ast.Module) -> Iterator[tuple[str, tuple[str, str]]]:
    """Yield what a module takes from others, by the name that it gives it."""
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and node.module:
            yield from ((alias.asname or alias.name, (node.module, alias.name)) for alias in node.names)


def _known(function: Any) -> Any:
    """Return a compiled function, noted as one that may be merged into its caller."""
    if isinstance(function, Dispatcher):
        _functions.append(function)
    return function


class _Compiler(Compiler):
    """Numba's own compiler, which learns before its first work what is to be merged."""

    def define_pipelines(self) -> list[Any]:
        """Return Numba's own steps."""
        merge_what_is_called_once()
        return cast("list[Any]", super().define_pipelines())  # type: ignore[no-untyped-call]

    def compile_extra(self, func: Any) -> Any:
        """Compile as Numba does, but thriftily."""
        with thrift():
            return super().compile_extra(func)  # type: ignore[no-untyped-call]


_functions: list[Any] = []

# Placing the cache is the one thing that importing this package does; Numba reads it when it decorates.
FOLDER = cache_folder()
_numba_config.CACHE_DIR = str(FOLDER)
trust(FOLDER)
# C wrappers (for callbacks) are never used here and cost a tenth of the compile time.
_compile = partial(_njit, error_model="numpy", nogil=True, cache=True, no_cfunc_wrapper=True, pipeline_class=_Compiler)
