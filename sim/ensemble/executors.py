"""Provide workers behind the standard interface `concurrent.futures.Executor`.

Threads are the default: the core holds no lock while it runs.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Literal

from sim.core.ahead import usable_cores


def count_workers(workers: int | Literal["auto"]) -> int:
    """Return how many workers a setting means."""
    return usable_cores() if workers == "auto" else workers


@contextmanager
def open_executor(kind: Literal["thread", "process"], workers: int) -> Iterator[Executor]:
    """Give an executor.

    Parameters
    ----------
    kind
        Threads of this process, or processes.
    workers
        How many.
    """
    if kind == "thread":
        with ThreadPoolExecutor(workers, "runs") as threads:
            yield threads
        return
    # Spawned, not forked: a fork copies locks that other threads hold.
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, spawn, _leave_ctrl_c) as processes:
        with _ctrl_c_held_back():
            processes.submit(os.getpid)  # starts all workers, which inherit that
        yield processes


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
