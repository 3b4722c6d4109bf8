"""Provide workers behind the standard interface `concurrent.futures.Executor`.

Threads are the default: the core holds no lock while it runs.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Literal, Self, TypeVar

from sim.core.ahead import usable_cores

Result = TypeVar("Result")


def count_workers(workers: int | Literal["auto"]) -> int:
    """Return how many workers a setting means."""
    return usable_cores() if workers == "auto" else workers


class Crew:
    """Hold workers, and replace them when one has died.

    Parameters
    ----------
    kind
        Threads of this process, or processes.
    workers
        How many.
    """

    def __init__(self, kind: Literal["thread", "process"], workers: int) -> None:
        self.kind: Literal["thread", "process"] = kind
        self.workers = workers
        self._executor = self._open()

    def __enter__(self) -> Self:
        """Give the crew."""
        return self

    def __exit__(self, *_: object) -> None:
        """Wait for what is at work, then let the workers go."""
        self._executor.shutdown()

    def submit(self, function: Callable[..., Result], *arguments: object) -> Future[Result]:
        """Begin a call of a function; where a worker has died before, with new workers."""
        try:
            return self._executor.submit(function, *arguments)
        except BrokenExecutor:
            self._executor.shutdown(wait=False)
            self._executor = self._open()
            return self._executor.submit(function, *arguments)

    def _open(self) -> Executor:
        """Return an executor."""
        if self.kind == "thread":
            return ThreadPoolExecutor(self.workers, "runs")
        # Spawned, not forked: a fork copies locks that other threads hold.
        processes = ProcessPoolExecutor(self.workers, multiprocessing.get_context("spawn"), _leave_ctrl_c)
        with _ctrl_c_held_back():
            processes.submit(os.getpid)  # starts all workers, which inherit that
        return processes


@contextmanager
def _ctrl_c_held_back() -> Iterator[None]:
    """Let Ctrl-C wait, here until the end of the block, in processes started in it for ever.

    A terminal sends it to all processes; a worker that is still starting would die of it with a traceback.
    """
    if sys.platform == "win32":
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _leave_ctrl_c() -> None:
    """Leave Ctrl-C to the process that started this one."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
