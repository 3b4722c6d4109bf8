"""Do a long job in parts, keep every part, and go on where the same command was stopped before."""

from __future__ import annotations

import errno
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import islice
from pathlib import Path
from threading import Timer
from time import monotonic
from typing import Any

import pyarrow as pa

from sim.core.ahead import compile_ahead
from sim.ensemble.run.chunks import Job, live_chunk, pilot
from sim.ensemble.run.executors import Workers, is_death, is_last_death, stopped_by_signals
from sim.ensemble.run.reporter import Reporter
from sim.ensemble.store import parts as store
from sim.ensemble.store.depot import Depot, DepotError
from sim.ensemble.store.files import BusyError, locked
from sim.ensemble.store.manifest import Status, progress, speed, write_manifest
from sim.ensemble.store.parts import Part, Shelf
from sim.world.config import ExecutorConfig
from sim.world.rulebook import is_current

AHEAD = 2  # parts submitted for each worker: it never waits, and little is lost when the command is stopped
RETRIES = 2  # times that a part is tried again after a worker died of it alone
MOST_DEATHS = 10  # times that workers may die while nothing is stored
DEATH = "a worker died, stopped from outside or for want of memory"
PATIENCE = 60.0  # seconds after which one looks whether anybody is still working
HASTE = 1.0  # the same while a person waits for the end
SECONDS_TO_LOAD = 2.0  # what takes longer is not loaded but compiled
Tables = dict[str, pa.Table]
Unstored = DepotError | OSError
Lived = Tables | Unstored | None
Live = Callable[[int, int], Tables]


class EnsembleError(RuntimeError):
    """Say in one line why a job could not be finished."""


class WorkerDiedError(RuntimeError):
    """Say that a part was not computed because its worker died."""


class LostError(EnsembleError):
    """Say that parts are missing because of the machine, not of the model: the same command computes them."""


class EnsembleInterruptedError(EnsembleError):
    """Say that a person stopped a job, and what is kept."""


@dataclass
class Work:
    """One call of a command, at work in its folder.

    Parameters
    ----------
    shelf
        Where its parts lie.
    total
        How many items it is asked for, such as runs.
    manifest
        What the folder tells about itself.
    reporter
        Who tells a person how far it is.
    depot
        Where workers leave parts for it, if they do so.
    parts
        What is stored by now.
    """

    shelf: Shelf
    total: int
    manifest: dict[str, Any]
    reporter: Reporter
    depot: Depot | None = None
    parts: list[Part] = field(default_factory=list)

    @property
    def items(self) -> str:
        """Return what is counted, such as runs."""
        return f"{self.shelf.by}s"

    @property
    def done(self) -> int:
        """Return how many items are stored."""
        return sum(part.n for part in self.parts)

    def write(self, status: Status) -> None:
        """Write the manifest with what became of this call so far."""
        self.manifest |= progress(status, self.items, self.done, len(self.parts))
        write_manifest(self.shelf.folder, self.manifest)

    def kept(self) -> str:
        """Return what is stored and how to go on."""
        return f"{self.done:,} of {self.total:,} {self.items} are stored; the same command goes on from there"

    def resume(self) -> None:
        """Find what an earlier call has stored, and fetch what its workers have left."""
        self.parts, complaints = store.find_parts(self.shelf)
        for complaint in complaints:
            self.reporter.note(complaint)
        if self.depot is not None:
            self._fetch_left(self.depot)
        if 0 < self.done < self.total:
            self.reporter.note(f"{self.done:,} {self.items} are stored already; going on from there")

    def _fetch_left(self, depot: Depot) -> None:
        """Fetch the parts that an earlier call did not, except those whose items are stored."""
        for part in depot.left():
            if any(part.first < other.first + other.n and other.first < part.first + part.n for other in self.parts):
                continue
            fault = depot.fetch(part)
            if fault is None:
                self.parts.append(part)
            else:
                self.reporter.note(f"{fault}: computing it again")
        depot.clear()

    def clear(self) -> None:
        """Remove all parts: the final tables stand."""
        store.remove_parts(self.shelf)
        if self.depot is not None:
            self.depot.clear()


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Hold a folder of results for this process alone, until the last byte of what a command writes there.

    Raises
    ------
    EnsembleError
        If it cannot be written, or is in use.
    """
    with ExitStack() as stack:
        with _in_words(folder):
            folder.mkdir(parents=True, exist_ok=True)
            stack.enter_context(locked(folder))
        yield


@contextmanager
def opened(folder: Path) -> Iterator[None]:
    """Hold a folder of results while a job is done in it; put what stops the job into words."""
    with stopped_by_signals(), _in_words(folder), held(folder):
        yield


@contextmanager
def _in_words(folder: Path) -> Iterator[None]:
    """Put what stops work in a folder into words."""
    try:
        yield
    except KeyboardInterrupt:
        message = f"{folder}: stopped; what is stored is kept"
        raise EnsembleInterruptedError(message) from None
    except (BusyError, DepotError) as error:
        raise EnsembleError(str(error)) from None
    except MemoryError:
        message = f"{folder}: no memory is left; fewer workers take less (ensemble.workers=1); what is stored is kept"
        raise EnsembleError(message) from None
    except OSError as error:
        reason = error.strerror or error
        space = "free some space, or " if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG) else ""
        cure = f"{space}name another place with output=DIR; what is stored is kept"
        message = f"{folder}: cannot be written ({reason}); {cure}"
        raise EnsembleError(message) from None


@contextmanager
def recorded(work: Work) -> Iterator[None]:
    """Have the manifest tell whatever happens in the block, and put what stops it into words."""
    work.write("running")
    try:
        yield
    except KeyboardInterrupt:
        work.write("interrupted")
        message = f"stopped; {work.kept()}"
        raise EnsembleInterruptedError(message) from None
    except LostError:
        work.write("interrupted")
        raise
    except BaseException:
        with suppress(OSError):  # a full disk must not hide what went wrong
            work.write("failed")
        raise


def make_ready(job: Job, reporter: Reporter) -> float:
    """Compile the core, or load it: once here, lest every worker process does it for itself.

    Returns about how many seconds a run takes.
    """
    text = "compiling the model, once (about half a minute)"
    patience = Timer(SECONDS_TO_LOAD, reporter.note, [text])
    patience.start()
    try:
        compile_ahead(job.world, job.rules)
        live_chunk(job, 0, 1)
    finally:
        patience.cancel()
    if job.posterior is not None and not is_current(job.posterior):
        learnt = job.posterior
        reporter.note(
            f"{learnt.path}: was learnt with other rules or within other ranges; make it anew: {learnt.command}"
        )
    return pilot(job)


def compute(work: Work, config: ExecutorConfig, live: Live, size: Callable[[int], int]) -> None:
    """Compute and store every item that is not stored yet; raise LostError where workers died of some.

    Parameters
    ----------
    work
        What is asked for, and what is stored.
    config
        Who works.
    live
        Returns the tables of ``n`` items from ``first`` on; called by workers, so it can be sent to a process.
    size
        Returns how many items make a part, from the number of workers.
    """
    with Workers(config, work.manifest["workers"]) as workers:
        todo = store.missing_parts(sorted(work.parts), work.total, size(workers.n))
        work_off(work, Queue(workers, _storing(work, config, live), todo))


def _storing(work: Work, config: ExecutorConfig, live: Live) -> Callable[[int, int], Lived]:
    """Return how workers compute a part, which store it themselves where they are to, and always in other processes.

    A process that is killed while it sends many bytes leaves its reader waiting for the rest; a few come at once.
    """
    if config.write == "caller" and config.kind != "process":
        return live
    if work.depot is not None:
        return partial(live_and_store, live, work.depot.leave)
    shared = replace(work.shelf, folder=work.shelf.folder.resolve())
    return partial(live_and_store, live, partial(store.write_part, shared))


def live_and_store(live: Live, keep: Callable[[Part, Tables], None], first: int, n: int) -> Unstored | None:
    """Compute a part and store it, in a worker that reaches where it goes; return why it could not be stored.

    It is not raised here: a worker of Dask would print where, before the caller has told it in one line.
    """
    tables = live(first, n)
    try:
        keep(Part(first, n), tables)
    except (DepotError, OSError) as error:
        return error
    return None


@dataclass
class Queue:
    """Parts at work, those still to be submitted, and those during which a worker died.

    Parameters
    ----------
    workers
        Who works.
    live
        Returns the tables of ``n`` items from ``first`` on, or nothing where it has stored them itself, or why it could
        not store them.
    todo
        Parts still to be computed.
    lost
        Those that are given up.
    vain
        How often workers died since something was stored.
    """

    workers: Workers
    live: Callable[[int, int], Lived]
    todo: Iterator[Part]
    pending: dict[Future[Lived], Part] = field(default_factory=dict)
    suspects: list[Part] = field(default_factory=list)
    deaths: Counter[Part] = field(default_factory=Counter)
    lost: list[Part] = field(default_factory=list)
    vain: int = 0

    def fill(self) -> None:
        """Submit parts: suspects one at a time, so that it shows which of them a worker dies of, then as agreed."""
        if self.suspects:
            if not self.pending:
                self._submit(self.suspects.pop(0))
            return
        for part in islice(self.todo, AHEAD * self.workers.n - len(self.pending)):
            if self._submit(part).done():  # or failed at once, as all others would
                break

    def _submit(self, part: Part) -> Future[Lived]:
        """Begin a part."""
        future = self.workers.submit(self.live, part.first, part.n)
        self.pending[future] = part
        return future

    def cancel(self) -> None:
        """Take back every part that nobody has begun."""
        self.pending = {future: part for future, part in self.pending.items() if not future.cancel()}

    def ended(self) -> list[Future[Lived]]:
        """Return what is done, one way or another."""
        return [future for future in self.pending if future.done()]

    def tables(self, future: Future[Lived]) -> Tables | None:
        """Return what came of a part.

        Raises
        ------
        WorkerDiedError
            If its worker died: it is to be tried again.
        DepotError, OSError
            If its worker could not store it.
        """
        error = future.exception()
        if error is None:
            lived = future.result()
            if isinstance(lived, Unstored):
                raise lived
            return lived
        raise WorkerDiedError if is_death(error) else error

    def bury(self, future: Future[Lived], *, was_alone: bool) -> None:
        """Have a part tried again whose worker died, or give it up.

        A worker that dies takes all with it that were at work; only one that was alone shows of what it died.
        """
        part, error = self.pending.pop(future), future.exception()
        self.deaths[part] += RETRIES + 1 if error and is_last_death(error) else int(was_alone)
        (self.lost if self.deaths[part] > RETRIES else self.suspects).append(part)


def work_off(work: Work, queue: Queue) -> None:
    """Store every part as it is done, and note how fast; when stopped, finish those at work and store them too."""
    before, start = work.done, monotonic()
    try:
        with work.reporter.count(work.items, work.total, before) as advance:
            _store_all(work, queue, advance)
    finally:
        work.manifest |= speed(work.items, work.done - before, monotonic() - start)
    if queue.lost:
        missing = sum(part.n for part in queue.lost)
        message = f"{missing:,} {work.items} are missing: {DEATH}, each time that they were tried; {work.kept()}"
        raise LostError(message)


def _store_all(work: Work, queue: Queue, advance: Callable[[int], None]) -> None:
    """Store every part as it is done."""
    try:
        queue.fill()
        while queue.pending:
            done, _ = wait(queue.pending, PATIENCE, return_when=FIRST_COMPLETED)
            if not done and queue.workers.is_deserted:
                message = f"no worker of the cluster is left; {work.kept()}"
                raise EnsembleError(message)
            was_sound = not queue.suspects
            _store_done(work, queue, advance)
            if queue.suspects and was_sound:
                work.reporter.note(f"{DEATH}; its part is tried again")
            if queue.vain >= MOST_DEATHS:
                message = f"{DEATH}, {queue.vain} times in a row; {work.kept()}"
                raise LostError(message)
            queue.fill()
    except KeyboardInterrupt:
        work.reporter.note("stopping: what is soon done is stored (again Ctrl-C: it is not)")
        queue.cancel()
        latest = monotonic() + queue.workers.patience
        while wait(queue.pending, HASTE).not_done and not queue.workers.is_deserted and monotonic() < latest:
            pass
        _store_done(work, queue, lambda _: None)
        raise
    except BaseException:
        queue.cancel()
        raise


def _store_done(work: Work, queue: Queue, advance: Callable[[int], None]) -> None:
    """Store the parts that are done, one after the other, so that a stop in between loses none."""
    ended, was_alone, stored = queue.ended(), len(queue.pending) == 1, len(work.parts)
    for future in ended:
        part = queue.pending[future]
        try:
            tables = queue.tables(future)
        except WorkerDiedError:
            queue.bury(future, was_alone=was_alone)
            continue
        if tables is not None:
            store.write_part(work.shelf, part, tables)
        elif work.depot is not None and (fault := work.depot.fetch(part)) is not None:
            message = f"{fault}; {work.kept()}"
            raise EnsembleError(message)
        work.parts.append(queue.pending.pop(future))
        advance(part.n)
    queue.vain = 0 if len(work.parts) > stored else queue.vain + bool(ended)
