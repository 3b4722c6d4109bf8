"""Run an ensemble in chunks, keep every chunk, and go on where the same command was stopped before."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, wait
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from threading import Timer
from time import monotonic
from typing import Any

import pyarrow as pa
from rich.console import Console

from sim.core.ahead import compile_ahead
from sim.ensemble import store
from sim.ensemble.chunks import chunk_size, job_of, live_chunk
from sim.ensemble.estimate import estimate_all, usable
from sim.ensemble.executors import Live, count_workers, open_executor
from sim.ensemble.files import BusyError, locked, write_text
from sim.ensemble.manifest import Status, describe, progress, speed, write_manifest
from sim.ensemble.reporter import Reporter
from sim.ensemble.results import COMPLETE, Results, ResultsError, load_results, read_manifest, read_table
from sim.ensemble.schema import (
    ESTIMATES,
    ESTIMATES_SCHEMA,
    ROW_GROUPS,
    TABLES,
    Block,
    Names,
    block_tables,
    names_of,
    schemas,
)
from sim.ensemble.store import Part
from sim.ensemble.summary import summary_markdown
from sim.world.scenario import Scenario

AHEAD = 2  # chunks submitted for each worker: it never waits, and little is lost when the command is stopped
SECONDS_TO_LOAD = 2.0  # what takes longer is not loaded but compiled
SUMMARY = "summary.md"
SPEED = ("runs_computed", "seconds", "runs_per_second")


class EnsembleError(RuntimeError):
    """Say in one line why an ensemble could not be finished."""


class EnsembleInterruptedError(EnsembleError):
    """Say that a person stopped an ensemble, and what is kept."""


@dataclass
class _Work:
    """One call of the command, at work in its folder."""

    scenario: Scenario
    folder: Path
    manifest: dict[str, Any]
    reporter: Reporter
    parts: list[Part] = field(default_factory=list)

    @property
    def digest(self) -> str:
        """Return the digest of the settings."""
        return str(self.manifest["config_digest"])

    @property
    def names(self) -> Names:
        """Return the ids of the world."""
        return names_of(self.scenario.tables)

    @property
    def runs_done(self) -> int:
        """Return how many runs are stored."""
        return sum(part.n for part in self.parts)

    def write(self, status: Status) -> None:
        """Write the manifest with what became of this call so far."""
        self.manifest |= progress(status, self.runs_done, len(self.parts))
        write_manifest(self.folder, self.manifest)

    def store(self, part: Part, block: Block) -> None:
        """Store what some runs left behind."""
        stored = block_tables(block, self.scenario.config.ensemble.seed, self.names)
        store.write_part(self.folder, part, stored, self.digest)
        self.parts.append(part)


def run_ensemble(scenario: Scenario, folder: Path, command: str, reporter: Reporter | None = None) -> Results:
    """Return an ensemble's results: computed, completed, or read where they are stored already.

    Parameters
    ----------
    scenario
        What to run; its configuration says how many runs, and by which workers.
    folder
        Where the results go; one folder for one ensemble.
    command
        The command that makes them again, for the manifest.
    reporter
        Who tells a person how far it is; nobody by default.

    Raises
    ------
    EnsembleError
        If the folder cannot be written, is in use, or a worker process died. What is computed is kept.
    EnsembleInterruptedError
        If a person stopped it. What is computed is kept.
    """
    reporter = reporter or Reporter(Console(quiet=True))
    workers = count_workers(scenario.config.ensemble.workers)
    work = _Work(scenario, folder, describe(scenario, command, workers), reporter)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with locked(folder):
            return _stored(work) or _run(work, workers)
    except BusyError as error:
        raise EnsembleError(str(error)) from None
    except OSError as error:
        reason = error.strerror or error
        cure = "free some space, or name another place with results=DIR; what is stored is kept"
        message = f"{folder}: cannot be written ({reason}); {cure}"
        raise EnsembleError(message) from None


def _stored(work: _Work) -> Results | None:
    """Return the results in a folder if they are complete, None where there is something to do."""
    try:
        manifest = read_manifest(work.folder)
    except ResultsError:
        return None  # the parts, if there are any, tell themselves what they belong to
    if manifest.get("config_digest") != work.digest:
        message = f"{work.folder}: holds another ensemble; name another place with results=DIR"
        raise EnsembleError(message)
    work.manifest |= {key: manifest.get(key) for key in SPEED}
    if manifest.get("status") != COMPLETE:
        return None
    try:
        results = load_results(work.folder)
    except ResultsError as error:
        work.reporter.note(f"{error.fault}: computing again")
        return None
    store.remove_parts(work.folder)  # should an earlier call have been stopped just before it did so
    work.reporter.note(f"{work.manifest['runs']:,} runs are stored already; nothing is computed")
    return results


def _run(work: _Work, workers: int) -> Results:
    """Compute what is missing, then write the final tables; whatever happens, the manifest tells it."""
    work.parts, complaints = store.find_parts(work.folder, work.digest, work.names)
    for complaint in complaints:
        work.reporter.note(complaint)
    work.write("running")
    try:
        _compute(work, workers)
        return _finish(work)
    except KeyboardInterrupt:
        work.write("interrupted")
        message = f"stopped; {_kept(work)}"
        raise EnsembleInterruptedError(message) from None
    except BrokenExecutor:
        work.write("failed")
        message = f"a worker process died, stopped from outside or for want of memory; {_kept(work)}"
        raise EnsembleError(message) from None
    except BaseException:
        with suppress(OSError):  # a full disk must not hide what went wrong
            work.write("failed")
        raise


def _kept(work: _Work) -> str:
    """Return what is stored and how to go on."""
    done, runs = work.runs_done, work.manifest["runs"]
    return f"{done:,} of {runs:,} runs are stored; the same command goes on from there"


def _compute(work: _Work, workers: int) -> None:
    """Compute and store every run that is not stored yet."""
    runs, done = work.scenario.config.ensemble.runs, work.runs_done
    if done == runs:
        return
    if done:
        work.reporter.note(f"{done:,} runs are stored already; going on from there")
    _make_ready(work)
    todo = store.missing_parts(tuple(work.parts), runs, chunk_size(work.scenario, workers))
    start = monotonic()
    kind = work.scenario.config.executor.kind
    try:
        with open_executor(kind, workers, job_of(work.scenario)) as (executor, live):
            _live_all(work, _Queue(executor, live, todo, AHEAD * workers))
    finally:
        work.manifest |= speed(work.runs_done - done, monotonic() - start)


def _make_ready(work: _Work) -> None:
    """Compile the core, or load it: once here, lest every worker process does it for itself."""
    text = "compiling the model, once (about half a minute)"
    patience = Timer(SECONDS_TO_LOAD, work.reporter.note, [text])
    patience.start()
    try:
        compile_ahead(work.scenario.world, work.scenario.rules)
        live_chunk(job_of(work.scenario), 0, 1)
    finally:
        patience.cancel()


@dataclass
class _Queue:
    """Chunks at work, and those still to be submitted."""

    executor: Executor
    live: Live
    todo: Iterator[Part]
    length: int
    pending: dict[Future[Block], Part] = field(default_factory=dict)

    def fill(self) -> None:
        """Submit chunks until as many as agreed are at work."""
        for part in islice(self.todo, self.length - len(self.pending)):
            self.pending[self.executor.submit(self.live, part.first, part.n)] = part

    def cancel(self) -> None:
        """Take back every chunk that nobody has begun."""
        self.pending = {future: part for future, part in self.pending.items() if not future.cancel()}


def _live_all(work: _Work, queue: _Queue) -> None:
    """Store every chunk as it is done; when stopped, wait for those at work and store them too."""
    with work.reporter.count(work.scenario.config.ensemble.runs, work.runs_done) as advance:
        try:
            queue.fill()
            while queue.pending:
                wait(queue.pending, return_when=FIRST_COMPLETED)
                for part in _store_done(work, queue):
                    advance(part.n)
                queue.fill()
        except KeyboardInterrupt:
            work.reporter.note("stopping: what is at work is finished and stored (again Ctrl-C: it is not)")
            queue.cancel()
            wait(queue.pending)
            with suppress(BrokenExecutor):
                list(_store_done(work, queue))
            raise
        except BaseException:
            queue.cancel()
            raise


def _store_done(work: _Work, queue: _Queue) -> Iterator[Part]:
    """Store the chunks that are done, and yield them."""
    for future in [future for future in queue.pending if future.done()]:
        part = queue.pending[future]
        work.store(part, future.result())
        del queue.pending[future]
        yield part


def _finish(work: _Work) -> Results:
    """Write final tables, estimates, summary and manifest, then remove the parts."""
    store.merge_parts(work.folder, sorted(work.parts), work.digest, work.names)
    columns = schemas(work.names)
    frames = {name: read_table(work.folder / f"{name}.parquet", columns[name]) for name in TABLES}
    estimates = estimate_all(frames["runs"], frames["falls"], frames["tolls"], work.scenario)
    table = pa.Table.from_pandas(estimates, ESTIMATES_SCHEMA, preserve_index=False)
    path = work.folder / f"{ESTIMATES}.parquet"
    store.write_table(path, ESTIMATES_SCHEMA, [table], work.digest, ROW_GROUPS[ESTIMATES])
    results = Results(work.folder, work.manifest, **frames, estimates=estimates)
    write_text(work.folder / SUMMARY, summary_markdown(results, work.scenario))
    work.manifest["runs_failed"] = len(results.runs) - len(usable(results.runs))
    work.write(COMPLETE)
    store.remove_parts(work.folder)
    return results
