"""Kill an ensemble at every step of its writing, or at any moment, as `kill -9` would: run as a program by tests.

Every ensemble is lived by a fork of this process, which has the model ready, so that a hundred of them take seconds.
"""

import hashlib
import itertools
import os
import shutil
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd

from sim.ensemble.estimate.precision import Target
from sim.ensemble.run import runner
from sim.ensemble.store.parts import Shelf
from sim.world.scenario import Scenario
from tests.ensemble.small import run_small

SMALL: dict[str, Any] = {"runs": 4, "chunk": 2, "horizon_days": 4, "traces": 1}
GROWN: dict[str, Any] = SMALL | {"runs": 6}
STEPS = ("replace", "rmdir")  # of the module os: all that puts something into place, or takes it away
MOMENTS = 10
PAUSE = 0.004  # seconds by which every step is slowed where one is killed at any moment


@contextmanager
def quick_estimates() -> Iterator[None]:
    """Estimate once for each number of runs: it takes most of the time, and only reads the final tables."""
    estimate, known = runner._estimates, {}

    def quick(shelf: Shelf, scenario: Scenario, targets: list[Target]) -> pd.DataFrame:
        runs = scenario.config.ensemble.runs
        if runs not in known:
            known[runs] = estimate(shelf, scenario, targets)
        return known[runs]

    runner._estimates = quick
    try:
        yield
    finally:
        runner._estimates = estimate


def before_steps(act: Callable[[str], None]) -> None:
    """Have something done before each step of writing."""
    for name in STEPS:
        step = getattr(os, name)

        def acting(*arguments: Any, step: Callable[..., Any] = step, name: str = name, **more: Any) -> Any:
            act(name)
            return step(*arguments, **more)

        setattr(os, name, acting)


def die_at(number: int) -> Callable[[str], None]:
    """Return what dies before a step, counted from 1."""
    steps = itertools.count(1)

    def act(_: str) -> None:
        if next(steps) == number:
            os.kill(os.getpid(), signal.SIGKILL)

    return act


def lived(folder: Path, act: Callable[[str], None], seconds: float | None, **ensemble: Any) -> bool:
    """Tell whether an ensemble came to its end in a process of its own, which is killed after some time if at all."""
    child = os.fork()
    if child == 0:
        before_steps(act)
        run_small(folder, **ensemble)
        os._exit(0)
    if seconds is not None:
        time.sleep(seconds)
        os.kill(child, signal.SIGKILL)
    status = os.waitpid(child, 0)[1]
    assert os.WIFSIGNALED(status) or os.waitstatus_to_exitcode(status) == 0
    return not os.WIFSIGNALED(status)


def at_every_step(folder: Path, before: Path | None, **ensemble: Any) -> None:
    """Leave a folder for each step before which the ensemble died; it begins as a copy of another one."""
    for number in itertools.count(1):
        place = folder / f"{number:03d}"
        if before is not None:
            shutil.copytree(before, place)
        if lived(place, die_at(number), None, **ensemble):
            shutil.rmtree(place)
            return


def moment(seed: int, attempt: int) -> float:
    """Return a number from 0 to 1 that differs for each seed and attempt."""
    return int.from_bytes(hashlib.sha256(f"{seed} {attempt}".encode()).digest()[:4]) / 2**32


def at_any_moment(folder: Path, **ensemble: Any) -> None:
    """Leave a folder for each of some seeds, in which the ensemble was killed and continued until it was whole."""

    def slow(_: str) -> None:
        time.sleep(PAUSE)

    start = time.monotonic()
    assert lived(folder / "slow", slow, None, **ensemble)
    whole = time.monotonic() - start
    for seed in range(MOMENTS):
        for attempt in itertools.count():
            if lived(folder / str(seed), slow, whole * moment(seed, attempt), **ensemble):
                break


def main(folder: Path) -> None:
    """Kill ensembles in subfolders of a folder."""
    with quick_estimates():
        run_small(folder / "small", **SMALL)
        run_small(folder / "grown", **GROWN)
        at_every_step(folder / "new", None, **SMALL)
        at_every_step(folder / "growing", folder / "small", **GROWN)
        at_any_moment(folder / "moments", **SMALL)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
