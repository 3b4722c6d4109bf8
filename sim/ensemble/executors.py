"""Provide workers behind the standard interface `concurrent.futures.Executor`.

Threads are the default: the core holds no lock while it runs. Processes take the scenario's records once.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from typing import Literal

from sim.core.ahead import usable_cores
from sim.ensemble.chunks import Job, live_chunk
from sim.ensemble.schema import Block

Live = Callable[[int, int], Block]
_job_of_worker: list[Job] = []


def count_workers(workers: int | Literal["auto"]) -> int:
    """Return how many workers a setting means."""
    return usable_cores() if workers == "auto" else workers


@contextmanager
def open_executor(kind: Literal["thread", "process"], workers: int, job: Job) -> Iterator[tuple[Executor, Live]]:
    """Give an executor and the function to submit to it, which takes the first run and the number of runs.

    Parameters
    ----------
    kind
        Threads of this process, or processes.
    workers
        How many.
    job
        What they work on.
    """
    if kind == "thread":
        with ThreadPoolExecutor(workers, "runs") as threads:
            yield threads, partial(live_chunk, job)
        return
    # Spawned, not forked: a fork copies locks that other threads hold.
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, spawn, _start_worker, (job,)) as processes:
        with _ctrl_c_held_back():
            processes.submit(os.getpid)  # starts all workers, which inherit that
        yield processes, _live_in_worker


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


def _start_worker(job: Job) -> None:
    """Keep the job of this worker process, and leave Ctrl-C to the process that started it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _job_of_worker.append(job)


def _live_in_worker(first: int, n_runs: int) -> Block:
    """Live a chunk of the job that this worker process was started for."""
    return live_chunk(_job_of_worker[0], first, n_runs)
