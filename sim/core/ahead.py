"""Compile the model ahead of its first run: on several cores at once, and only where no cache holds it yet.

A helper process claims one phase after the other, as this process does, and leaves its compiled code in a folder of
its own: two processes that write the cache of one function could mix up its entries. Whatever fails, the first run
compiles what is missing, as it would without all this.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from inspect import get_annotations
from pathlib import Path
from typing import Any

import numba
import numpy as np
from numba.core.dispatcher import Dispatcher
from numba.np import linalg

from sim.core.engine import live_runs, simulate
from sim.core.jit import CACHE, FOLDER, callees
from sim.core.record import LAYOUTS, TABLES
from sim.core.rules import RULES_DTYPE
from sim.core.state import STATE_DTYPES, TIERS, WORLD_DTYPES

KEPT_SECONDS = 90 * 86400
MOST_HELPERS = 3  # what phases share is compiled by each process: more of them gain nothing
ROOT = Path(__file__).resolve().parents[2]


def compile_ahead(world: np.ndarray, rules: np.ndarray) -> None:
    """Have the model ready for the tier of a world: from the cache, or compiled where that does not hold it yet.

    Parameters
    ----------
    world, rules
        One-element records from ``sim.world.scenario``.
    """
    tier = next(tier.name for tier in TIERS if WORLD_DTYPES[tier.name] == world.dtype)
    mark = FOLDER / f"{tier}.compiled"
    if not isinstance(live_runs, Dispatcher) or multiprocessing.parent_process() is not None:
        return
    with without_garbage_collection(), without_linear_algebra():
        if not mark.exists():
            with suppress(OSError):
                compile_together(tier)
                forget_old_code()
        simulate(world, rules, 0, 0, 0)
    with suppress(OSError):
        mark.touch()  # its age tells when this version of the model was last used


def forget_old_code() -> None:
    """Remove the compiled code of versions of the model that nobody has used for some months."""
    for folder in FOLDER.parent.iterdir():
        last_used = max((path.stat().st_mtime for path in (folder, *folder.glob("*.compiled"))), default=0.0)
        if folder.is_dir() and folder != FOLDER and time.time() - last_used > KEPT_SECONDS:
            shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def without_garbage_collection() -> Iterator[None]:
    """Keep Python from looking for garbage: compilers and loaders make millions of objects and little garbage."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


@contextmanager
def without_linear_algebra() -> Iterator[None]:
    """Spare the load of Numba a quarter of a warm start: SciPy, imported only to learn whether it is installed.

    It is, as this project asks for it. Who compiles linear algebra, which the core does not use, imports it then.
    """
    look = getattr(linalg, "ensure_blas", None)  # no part of Numba's interface: where it is gone, nothing is spared
    if look is None:
        yield
        return
    linalg.ensure_blas = lambda: None
    try:
        yield
    finally:
        linalg.ensure_blas = look


def compile_together(tier: str) -> None:
    """Compile the phases with the help of other processes, as many as there are cores to spare."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=FOLDER.parent) as name:
        claims = Path(name)
        bases = [claims / f"helper-{number}" for number in range(min(usable_cores() - 1, MOST_HELPERS))]
        caches = [base / CACHE / FOLDER.name for base in bases]
        helpers = [start_helper(base, [tier, str(claims), str(FOLDER), *map(str, caches)]) for base in bases]
        try:
            compile_claimed(tier, claims, caches)
            for helper in helpers:
                helper.wait()
        finally:
            for helper in helpers:  # one that is stopped early must be gone before its folder goes
                helper.kill()
                helper.wait()
        copy_missing(caches)


def usable_cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def start_helper(base: Path, arguments: list[str]) -> subprocess.Popen[bytes]:
    """Start a process that compiles what it can claim, with a cache of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "sim.core.ahead", *arguments],
        cwd=ROOT,
        env={**os.environ, "NUMBA_CACHE_DIR": str(base)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def compile_claimed(tier: str, claims: Path, caches: list[Path]) -> None:
    """Compile one phase of the day after the other that no other process has claimed, the largest first."""
    types = argument_types(tier)
    for function in sorted(set(callees(live_runs)), key=weight, reverse=True):
        with suppress(FileExistsError):
            (claims / function.py_func.__qualname__).touch(exist_ok=False)
            copy_missing(caches)
            function.compile(signature(function, types))


def argument_types(tier: str) -> dict[str, Any]:
    """Return the compiled type of each annotation that an argument of a phase has."""
    dtypes: dict[str, Any] = {
        "World": WORLD_DTYPES[tier],
        "Rules": RULES_DTYPE,
        "State": STATE_DTYPES[tier],
        **{TABLES[name].row.__name__: layout for name, layout in LAYOUTS[tier].items()},
        "bool": np.bool_,
        "int": np.int64,
        "float": np.float64,
        "np.uint64": np.uint64,
        "np.uint8": np.uint8,
    }
    return {name: numba.from_dtype(np.dtype(dtype)) for name, dtype in dtypes.items()}


def signature(function: Any, types: dict[str, Any]) -> tuple[Any, ...]:
    """Return the types of a phase's arguments."""
    hints = get_annotations(function.py_func)
    return tuple(types[hint] for name, hint in hints.items() if name != "return")


def weight(function: Any) -> int:
    """Return the size of all that is compiled with a function, a measure of the time that it takes."""
    reached = {function}
    todo = [function]
    while todo:
        new = set(callees(todo.pop())) - reached
        reached |= new
        todo += new
    return sum(len(each.py_func.__code__.co_code) for each in reached)


def copy_missing(caches: list[Path]) -> None:
    """Copy from other caches the functions that the own one lacks altogether; entries of two caches do not mix."""
    for cache in caches:
        for index in cache.rglob("*.nbi"):
            target = FOLDER / index.relative_to(cache)
            if not target.exists():
                target.parent.mkdir(parents=True, exist_ok=True)
                for part in [*index.parent.glob(f"{index.stem}.*.nbc"), index]:
                    copy = target.with_name(f"{part.name}.copy")
                    shutil.copyfile(part, copy)
                    copy.replace(target.with_name(part.name))  # at once: others may copy it from here


def main(tier: str, claims: str, *caches: str) -> None:
    """Compile, as a helper, what can be claimed."""
    with without_garbage_collection():
        compile_claimed(tier, Path(claims), [Path(cache) for cache in caches if Path(cache) != FOLDER])
    os._exit(0)  # taking a compiler apart takes a second, and somebody waits


if __name__ == "__main__":
    main(*sys.argv[1:])
