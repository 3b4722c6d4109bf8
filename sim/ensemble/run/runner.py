"""Run an ensemble in chunks, look at it where a precision is asked for, and write its final tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from rich.console import Console

from sim.core.codes import NEVER
from sim.core.record import DAILY, EVENTS, FALLS, RUNS, TOLLS
from sim.ensemble.estimate.estimates import estimate_all
from sim.ensemble.estimate.events import prison_break_rows
from sim.ensemble.estimate.precision import Target, look, looks, reached, targets_of
from sim.ensemble.estimate.rows import usable
from sim.ensemble.estimate.variance import variance_rows
from sim.ensemble.estimate.weights import FALL, weighed, weights_of
from sim.ensemble.run.chunks import chunk_size, job_of, live_part
from sim.ensemble.run.executors import count_workers, leave_if_read_by_worker
from sim.ensemble.run.reporter import Reporter
from sim.ensemble.run.work import EnsembleError, Work, compute, make_ready, opened, recorded
from sim.ensemble.store import parts as store
from sim.ensemble.store.depot import depot_of
from sim.ensemble.store.files import file_digest, is_whole, write_text
from sim.ensemble.store.manifest import describe, write_manifest
from sim.ensemble.store.parts import Shelf
from sim.ensemble.store.results import (
    COMPLETE,
    MANIFEST,
    Results,
    ResultsError,
    Stored,
    check_final,
    judged,
    load_results,
    read_manifest,
    read_pieces,
    read_results,
    table_frame,
)
from sim.ensemble.store.schema import ESTIMATES, FINAL, TABLES, TWINS, WEIGHT, most_rows, names_of, schemas
from sim.ensemble.store.told import ToldResults
from sim.world.config import ExecutorConfig
from sim.world.scenario import Scenario

SUMMARY = "summary.md"
SPEED = ("runs_computed", "seconds", "runs_per_second", "precision")


@dataclass(frozen=True)
class Words:
    """Put into words what is found while an ensemble runs; that is for those who ask for it.

    Parameters
    ----------
    summary
        Returns the page that stands beside the tables.
    look
        Returns a line about targets, all numbers of runs at which one looks, and that of this look (0 beforehand).
    """

    summary: Callable[[Results, Scenario], str]
    look: Callable[[Sequence[Target], Sequence[int], int], str]


def run_ensemble(
    scenario: Scenario, folder: Path, command: str, words: Words, reporter: Reporter | None = None
) -> Results:
    """Return an ensemble's results: computed, completed, or read where they are stored already.

    Parameters
    ----------
    scenario
        What to run; its configuration says how many runs, and by which workers.
    folder
        Where the results go; one folder for one ensemble.
    command
        The command that makes them again, for the manifest.
    words
        How what is found is told; no ensemble is complete before its summary is written.
    reporter
        Who tells a person how far it is; nobody by default.

    Raises
    ------
    ConfigError
        If a precision is asked of an outcome that does not exist, or a script that is its own worker has no guard.
    EnsembleError
        If the folder cannot be written or is in use, or if runs are missing since workers died of them. What is
        computed is kept.
    EnsembleInterruptedError
        If a person stopped it. What is computed is kept.
    """
    leave_if_read_by_worker(scenario.config.executor)
    reporter = reporter or Reporter(Console(quiet=True))
    targets = targets_of(scenario)
    manifest = describe(scenario, command, count_workers(scenario.config.ensemble.workers))
    shelf = shelf_of(scenario, folder, manifest["config_digest"])
    work = Work(shelf, manifest["runs"], manifest, reporter, depot_of(scenario.config.executor, shelf))
    with opened(folder):
        return _stored(work, scenario, words, is_open=not targets) or _run(work, scenario, targets, words)


def shelf_of(scenario: Scenario, folder: Path, digest: str) -> Shelf:
    """Return where the parts of an ensemble lie.

    Parameters
    ----------
    scenario, folder, digest
        What is run, where its results go, and the digest of its settings.
    """
    names = names_of(scenario.tables)
    columns = {name: columns for name, columns in schemas(names).items() if name in TABLES}
    return Shelf(folder, digest, columns, "run", most_rows(names, scenario.horizon_days))


def _stored(work: Work, scenario: Scenario, words: Words, *, is_open: bool) -> Results | None:
    """Return the results in a folder if they are complete, None where there is something to do.

    More runs than are asked for are as good; fewer become the first part of what is asked, where their number is open.
    """
    folder = work.shelf.folder
    try:
        manifest = read_manifest(folder)
        if manifest.get("status") == COMPLETE:
            judged(folder, manifest, ToldResults)
    except ResultsError as error:
        if (folder / MANIFEST).exists():
            work.reporter.note(f"{error.fault}: only what parts hold is used")
        return None  # the parts, if there are any, tell themselves what they belong to
    if manifest.get("config_digest") != work.shelf.digest:
        message = f"{folder}: holds another ensemble; name another place with output=DIR"
        raise EnsembleError(message)
    work.manifest |= {key: manifest[key] for key in SPEED if key in manifest}
    if manifest.get("status") != COMPLETE:
        return None
    if not _mended(work, scenario, manifest):
        return None
    work.clear()  # should an earlier call have been stopped just before it did so
    if not _is_final(work, manifest, ESTIMATES, "estimating again") or (is_open and manifest["runs"] < work.total):
        store.adopt_final(work.shelf, manifest["runs"])
        return None
    more = (
        f", more than the {work.total:,} asked for; all of them count"
        if is_open and manifest["runs"] > work.total
        else ""
    )
    stored = "1 run is" if manifest["runs"] == 1 else f"{manifest['runs']:,} runs are"
    work.reporter.note(f"{stored} stored already{more}; nothing is computed")
    results = load_results(folder)
    if not is_whole(folder / SUMMARY, manifest["summary"]):
        work.reporter.note(f"{folder / SUMMARY}: is missing, or not as it was written: written again")
        write_text(folder / SUMMARY, words.summary(results, scenario))
        results.manifest["summary"] = file_digest(folder / SUMMARY)
        write_manifest(folder, results.manifest)
    return results


def _is_final(work: Work, manifest: Mapping[str, Any], name: str, cure: str) -> bool:
    """Tell whether a final table is the one that a manifest tells of, and if not, what is done about it."""
    try:
        check_final(work.shelf.folder, manifest, name)
    except ResultsError as error:
        work.reporter.note(f"{error.fault}: {cure}")
        return False
    return True


def _mended(work: Work, scenario: Scenario, manifest: dict[str, Any]) -> bool:
    """Make damaged tables of a finished ensemble again; tell whether all are then those that its manifest tells of.

    Runs are lived again for the sake of these tables alone, and only those that left rows in them. That they are the
    same bytes as before shows that nothing else has to change.
    """
    damaged = [name for name in TABLES if not _is_final(work, manifest, name, "made again")]
    if damaged:
        runs, config = manifest["runs"], scenario.config
        some = {DAILY: config.ensemble.traces, TWINS: config.uncertainty.twins}
        shelf = replace(work.shelf, schemas={name: work.shelf.schemas[name] for name in damaged})
        total = min(runs, max(some.get(name, runs) for name in damaged))
        mending = Work(shelf, total, dict(work.manifest), work.reporter)
        mending.resume()
        _compute(mending, scenario, config.executor.model_copy(update={"write": "caller", "parts": None}))
        _merge(mending, scenario)
        mending.clear()
    return all(_is_final(work, manifest, name, "computing again") for name in damaged)


def _run(work: Work, scenario: Scenario, targets: list[Target], words: Words) -> Results:
    """Compute what is missing, then write the final tables; whatever happens, the manifest tells it."""
    work.resume()
    with recorded(work):
        if targets:
            targets = _compute_until(work, scenario, targets, words)
        else:
            _compute(work, scenario)
        return _finish(work, scenario, targets, words)


def _compute(work: Work, scenario: Scenario, executor: ExecutorConfig | None = None) -> None:
    """Compute and store every run that is not stored yet, by the workers of the scenario if by no others."""
    if not any(store.missing_parts(sorted(work.parts), work.total, work.total)):
        return
    job = job_of(scenario)
    size = partial(chunk_size, scenario, seconds_per_run=make_ready(job, work.reporter))
    compute(work, executor or scenario.config.executor, partial(live_part, job), size)


def _compute_until(work: Work, scenario: Scenario, targets: list[Target], words: Words) -> list[Target]:
    """Compute runs, look after look, until all targets are met or no more runs are allowed; return the targets."""
    config = scenario.config.ensemble
    plan = looks(config.runs, config.max_runs)
    work.reporter.note(words.look(targets, plan, 0))
    for runs in plan:
        work.total = runs
        _compute(work, scenario)
        first = _first_runs(work, runs, targets, scenario)
        targets = look(targets, first, len(plan), weights_of(first, scenario))
        work.manifest |= {"runs": runs, "precision": reached(targets)}
        work.reporter.note(words.look(targets, plan, runs))
        if all(target.is_met for target in targets):
            break
    return targets


def _first_runs(work: Work, n: int, targets: list[Target], scenario: Scenario) -> pd.DataFrame:
    """Return what targets ask about the first runs, which are stored, without those that failed."""
    columns = ["run", "status", *sorted({FALL, *(name for target in targets for name in target.outcome.columns)})]
    pieces = (piece.select(columns) for piece in store.read_parts(work.shelf, work.parts, RUNS))
    runs = table_frame(pa.concat_tables(list(pieces)).slice(0, n))
    return usable(weighed(runs, scenario.tilt))


def _merge(work: Work, scenario: Scenario) -> None:
    """Write final tables from parts, with the weights that runs have now that all are there."""
    tilt, shelf, parts = scenario.tilt, work.shelf, sorted(work.parts)
    if tilt is None:
        store.merge_parts(shelf, parts)
        return
    if RUNS in shelf.schemas:
        pieces = store.read_parts(shelf, parts, RUNS, ["status", FALL])
    else:
        path = shelf.folder / f"{RUNS}.parquet"
        pieces = read_pieces(path, schemas(names_of(scenario.tables))[RUNS], ["status", FALL])
    n, falls = 0, np.zeros(scenario.horizon_days, np.int64)
    for piece in pieces:
        counts, days = _fates(piece)
        n += int(counts.sum())
        falls += np.bincount(days[counts & (days != NEVER)], minlength=len(falls))
    by_fate = tilt.weights(falls, n)
    store.merge_parts(shelf, parts, dict.fromkeys((RUNS, TWINS), partial(_weighed_piece, by_fate=by_fate)))


def _fates(piece: pa.Table) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.int64]]:
    """Return which runs count, and the day on which the regime collapses."""
    days = pc.fill_null(piece[FALL].cast(pa.int64()), NEVER)
    return pc.equal(piece["status"], "ok").to_numpy(), days.to_numpy()


def _weighed_piece(piece: pa.Table, by_fate: tuple[npt.NDArray[np.float64], float]) -> pa.Table:
    """Return rows of runs with their weights."""
    counts, days = _fates(piece)
    column = pa.array(np.where(days == NEVER, by_fate[1], by_fate[0][days]), mask=~counts)
    return piece.set_column(piece.schema.get_field_index(WEIGHT), piece.schema.field(WEIGHT), column)


def _finish(work: Work, scenario: Scenario, targets: list[Target], words: Words) -> Results:
    """Write final tables, estimates and summary, then the manifest that calls them complete; then remove the parts."""
    shelf, folder = work.shelf, work.shelf.folder
    _merge(work, scenario)
    pa.default_memory_pool().release_unused()  # what pieces held would otherwise stay, and add up
    estimates = _estimates(shelf, scenario, targets)
    schema = schemas(names_of(scenario.tables))[ESTIMATES]
    store.write_frame(folder / f"{ESTIMATES}.parquet", schema, estimates, shelf.digest)
    failed = estimates[estimates["quantity"] == "runs_failed"].iloc[0]
    digests = {name: file_digest(folder / f"{name}.parquet") for name in FINAL}
    work.manifest |= {"runs": int(failed["n"]), "runs_failed": int(failed["estimate"]), "tables": digests}
    pa.default_memory_pool().release_unused()
    results = read_results(folder, work.manifest)
    write_text(folder / SUMMARY, words.summary(results, scenario))
    work.manifest["summary"] = file_digest(folder / SUMMARY)
    work.write(COMPLETE)
    work.clear()
    pa.default_memory_pool().release_unused()
    return results


def _estimates(shelf: Shelf, scenario: Scenario, targets: list[Target]) -> pd.DataFrame:
    """Return all estimates, from final tables of whatever size."""
    tables = {name: Stored(shelf.folder / f"{name}.parquet", schema) for name, schema in shelf.schemas.items()}
    runs, twins = tables[RUNS], tables[TWINS].frame
    shares = variance_rows(usable(runs.first(len(twins)).frame), usable(twins), scenario)
    reached_rows = (target.row(scenario.horizon_days) for target in targets)
    more = chain(prison_break_rows(runs, tables[EVENTS], scenario), shares, reached_rows)
    return estimate_all(runs, tables[FALLS], tables[TOLLS], scenario, more)
