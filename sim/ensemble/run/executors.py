"""Provide workers behind the standard interface `concurrent.futures.Executor`.

Threads are the default: the core holds no lock while it runs.
"""

from __future__ import annotations

import importlib
import math
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from multiprocessing import resource_tracker
from typing import Any, Literal, Self, TypeVar

from sim.core.ahead import usable_cores
from sim.world.config import ExecutorConfig
from sim.world.frozen import ConfigError

SECONDS_TO_CONNECT = 10
SECONDS_TO_STOP = 3.0  # whoever shuts a system down waits for ten or so, and then kills
DASK_DEATHS = ("KilledWorker", "CommClosedError", "FutureCancelledError")
"""What Dask raises when a worker died once too often; by name, since Dask may not be installed."""
QUIET = {"distributed.nanny.pre-spawn-environ.DASK_LOGGING": "{'distributed.worker': 'critical'}"}
"""What keeps workers of a local cluster from printing tracebacks of heartbeats which its end has cut off.

Nothing is lost: calls raise their own errors, and who watches the workers still tells which were replaced.
"""

STOPS = tuple(getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name))
"""What else than Ctrl-C asks a process to stop: a system that shuts down, a terminal that is closed."""
NO_GUARD = 81
"""Exit status of a worker that finds the calls of a script in the way while it reads the script."""
GUARD = 'where a script starts them, put what it calls under if __name__ == "__main__":, since they read it too'

Result = TypeVar("Result")


def count_workers(workers: int | Literal["auto"]) -> int:
    """Return how many workers a setting means."""
    return usable_cores() if workers == "auto" else workers


def leave_if_read_by_worker(config: ExecutorConfig) -> None:
    """End this process if it is a worker that is only to read the script, which has no guard; its parent tells why."""
    # The standard library looks at the same mark before it lets a process start others.
    if _starts_processes(config) and getattr(multiprocessing.current_process(), "_inheriting", False):
        raise SystemExit(NO_GUARD)


def _starts_processes(config: ExecutorConfig) -> bool:
    """Tell whether workers are children of this process."""
    return config.kind == "process" or (config.kind == "dask" and config.address is None)


class Workers:
    """Hold workers, and replace them when one has died.

    Parameters
    ----------
    config
        Threads of this process, processes, or a Dask cluster: one that runs at an address, or a local one.
    n
        How many; a cluster that runs already has its own.
    """

    def __init__(self, config: ExecutorConfig, n: int) -> None:
        self.config = config
        self.n = n
        self._closing = ExitStack()
        self._client: Any = None
        self._executor = self._open()

    def __enter__(self) -> Self:
        """Give themselves."""
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """Wait for what is at work, then let the workers go; children at once where a person stops it."""
        is_hasty = kind is KeyboardInterrupt and _starts_processes(self.config)
        if is_hasty and isinstance(self._executor, ProcessPoolExecutor):
            for process in list((self._executor._processes or {}).values()):  # kill_workers() from Python 3.14 on
                process.kill()
        self._executor.shutdown(wait=not is_hasty or self.config.kind == "process")
        self._closing.close()

    def submit(self, function: Callable[..., Result], *arguments: object) -> Future[Result]:
        """Begin a call of a function; where a worker has died before, with new workers."""
        try:
            return self._submit(function, *arguments)
        except BrokenExecutor:
            self._executor.shutdown(wait=False)
            self._executor = self._open()
        try:
            return self._submit(function, *arguments)
        except BrokenExecutor as error:  # the new ones have died as they started
            failed: Future[Result] = Future()
            failed.set_exception(error)
            return failed

    def _submit(self, function: Callable[..., Result], *arguments: object) -> Future[Result]:
        """Begin a call of a function; a pool of processes may start one for it, which inherits what is held back."""
        if self.config.kind != "process":
            return self._executor.submit(function, *arguments)
        with _stops_held_back():
            return self._executor.submit(function, *arguments)

    @property
    def patience(self) -> float:
        """Return for how many seconds a stop waits for what is at work: only children can be ended."""
        return SECONDS_TO_STOP if _starts_processes(self.config) else math.inf

    @property
    def is_deserted(self) -> bool:
        """Tell whether nobody is left to work."""
        return self._client is not None and not self._client.nthreads()

    def _open(self) -> Executor:
        """Return an executor."""
        if self.config.kind == "thread":
            return ThreadPoolExecutor(self.n, "runs")
        if self.config.kind == "dask":
            return self._open_dask()
        # Spawned, not forked: a fork copies locks that other threads hold.
        processes = ProcessPoolExecutor(self.n, multiprocessing.get_context("spawn"), _begin_as_worker)
        with _stops_held_back():
            first = processes.submit(os.getpid)  # starts workers, which inherit that
        children = multiprocessing.active_children()
        if isinstance(first.exception(), BrokenExecutor):  # it is replaced when work is submitted
            processes.shutdown()
            if any(child.exitcode == NO_GUARD for child in children):
                raise ConfigError([f"executor = process: its workers do not start; {GUARD}"])
        return processes

    def _open_dask(self) -> Executor:
        """Return an executor on a Dask cluster; raise ConfigError where there is none."""
        try:
            distributed: Any = importlib.import_module("distributed")  # an extra that few users need
        except ImportError:
            cure = "install it with: pip install -e '.[dask]'"
            raise ConfigError([f"executor = dask: Dask is not installed; {cure}"]) from None
        address = self.config.address
        try:
            client = distributed.Client(address or self._open_local_cluster(distributed), timeout=SECONDS_TO_CONNECT)
        except RuntimeError as error:
            raise ConfigError([f"executor = dask: its workers do not start ({error}); {GUARD}"]) from None
        except (OSError, ValueError) as error:
            self._closing.close()
            text = " ".join(str(error).split())
            cure = "start a scheduler there, or leave the address out for a local cluster"
            raise ConfigError([f"executor.address = {address!r}: no Dask cluster answers ({text}); {cure}"]) from None
        self._client = self._closing.enter_context(client)
        self.n = max(1, sum(client.nthreads().values()))
        executor: Executor = client.get_executor(pure=False)
        return executor

    def _open_local_cluster(self, distributed: Any) -> Any:
        """Return a cluster whose workers are children of this process; nothing listens beyond this machine."""
        with _stops_held_back(), importlib.import_module("dask").config.set(QUIET):
            local = distributed.LocalCluster(
                self.n, threads_per_worker=1, host="127.0.0.1", dashboard_address="127.0.0.1:0"
            )
        return self._closing.enter_context(local)


def is_death(error: BaseException) -> bool:
    """Tell whether a call ended for want of a worker or of memory, not because of what it did."""
    return isinstance(error, BrokenExecutor | MemoryError) or is_last_death(error)


def is_last_death(error: BaseException) -> bool:
    """Tell whether workers died so often of a call that it was given up: Dask tries four times by itself."""
    return type(error).__name__ in DASK_DEATHS


@contextmanager
def stopped_by_signals() -> Iterator[None]:
    """Have SIGTERM and SIGHUP stop what is done in the block as Ctrl-C does, unless somebody else looks after them."""
    is_main = threading.current_thread() is threading.main_thread()  # no other thread may
    taken = [number for number in STOPS if is_main and signal.getsignal(number) is signal.SIG_DFL]
    for number in taken:
        signal.signal(number, signal.default_int_handler)
    try:
        yield
    finally:
        for number in taken:
            signal.signal(number, signal.SIG_DFL)


@contextmanager
def _stops_held_back() -> Iterator[None]:
    """Let Ctrl-C and the end of a terminal wait, here until the end of the block, in processes started in it for ever.

    A terminal sends both to all processes; a worker that is still starting would die of it with a traceback.
    """
    if sys.platform == "win32":
        yield
        return
    resource_tracker.ensure_running()  # by itself it starts with the first process, and then lets Ctrl-C through
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGHUP})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _begin_as_worker() -> None:
    """Leave stops to the process that started this one, and end with it, however it ends."""
    for number in {signal.SIGINT, *STOPS} - {signal.SIGTERM}:  # which is how it ends its workers
        signal.signal(number, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """Wait for the end of the process that started this one; nobody would take what is computed after it."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
