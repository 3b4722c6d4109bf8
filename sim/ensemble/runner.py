"""Run an ensemble in chunks, look at it where a precision is asked for, and write its final tables."""

from __future__ import annotations

from functools import partial
from itertools import chain
from pathlib import Path

import pandas as pd
import pyarrow as pa
from rich.console import Console

from sim.ensemble import store
from sim.ensemble.chunks import chunk_size, job_of, live_part, lost_part
from sim.ensemble.estimate import estimate_all
from sim.ensemble.executors import Crew, count_workers
from sim.ensemble.files import write_text
from sim.ensemble.manifest import describe
from sim.ensemble.precision import Target, beforehand, look, looks, so_far, targets_of, told
from sim.ensemble.reporter import Reporter
from sim.ensemble.results import COMPLETE, Results, ResultsError, load_results, read_manifest, read_table, table_frame
from sim.ensemble.rows import usable
from sim.ensemble.schema import (
    ESTIMATES,
    ESTIMATES_SCHEMA,
    FALLS,
    ROW_GROUPS,
    RUNS,
    TABLES,
    TOLLS,
    TWINS,
    names_of,
    schemas,
)
from sim.ensemble.store import Shelf
from sim.ensemble.summary import summary_markdown
from sim.ensemble.variance import variance_rows
from sim.ensemble.work import EnsembleError, Queue, Task, Work, make_ready, opened, recorded, work_off
from sim.world.scenario import Scenario

SUMMARY = "summary.md"
SPEED = ("runs_computed", "seconds", "runs_per_second", "precision")


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
    ConfigError
        If a precision is asked of an outcome that does not exist.
    EnsembleError
        If the folder cannot be written, is in use, or a worker process died. What is computed is kept.
    EnsembleInterruptedError
        If a person stopped it. What is computed is kept.
    """
    reporter = reporter or Reporter(Console(quiet=True))
    targets = targets_of(scenario)
    manifest = describe(scenario, command, count_workers(scenario.config.ensemble.workers))
    shelf = Shelf(folder, manifest["config_digest"], _stored_columns(scenario), counted=RUNS, by="run")
    work = Work(shelf, manifest["runs"], manifest, reporter)
    with opened(folder):
        return _stored(work) or _run(work, scenario, targets)


def _stored_columns(scenario: Scenario) -> dict[str, pa.Schema]:
    """Return the columns of the tables that come in parts."""
    columns = schemas(names_of(scenario.tables))
    return {name: columns[name] for name in TABLES}


def _stored(work: Work) -> Results | None:
    """Return the results in a folder if they are complete, None where there is something to do."""
    folder = work.shelf.folder
    try:
        manifest = read_manifest(folder)
    except ResultsError:
        return None  # the parts, if there are any, tell themselves what they belong to
    if manifest.get("config_digest") != work.shelf.digest:
        message = f"{folder}: holds another ensemble; name another place with output=DIR"
        raise EnsembleError(message)
    work.manifest |= {key: manifest[key] for key in SPEED if key in manifest}
    if manifest.get("status") != COMPLETE:
        return None
    try:
        results = load_results(folder)
    except ResultsError as error:
        work.reporter.note(f"{error.fault}: computing again")
        return None
    store.remove_parts(folder)  # should an earlier call have been stopped just before it did so
    work.reporter.note(f"{len(results.runs):,} runs are stored already; nothing is computed")
    return results


def _run(work: Work, scenario: Scenario, targets: list[Target]) -> Results:
    """Compute what is missing, then write the final tables; whatever happens, the manifest tells it."""
    work.resume()
    with recorded(work):
        if targets:
            targets = _compute_until(work, scenario, targets)
        else:
            _compute(work, scenario)
        return _finish(work, scenario, targets)


def _compute(work: Work, scenario: Scenario) -> None:
    """Compute and store every run that is not stored yet."""
    job, workers = job_of(scenario), work.manifest["workers"]
    todo = list(store.missing_parts(sorted(work.parts), work.total, chunk_size(scenario, workers)))
    if not todo:
        return
    make_ready(job, work.reporter)
    with Crew(scenario.config.executor.kind, workers) as crew:
        task = Task(partial(live_part, job), partial(lost_part, job))
        work_off(work, Queue(crew, task, iter(todo)))


def _compute_until(work: Work, scenario: Scenario, targets: list[Target]) -> list[Target]:
    """Compute runs, look after look, until all targets are met or no more runs are allowed; return the targets."""
    config = scenario.config.ensemble
    plan = looks(config.runs, config.max_runs)
    work.reporter.note(beforehand(targets, plan))
    for runs in plan:
        work.total = runs
        _compute(work, scenario)
        targets = look(targets, _first_runs(work, runs), len(plan))
        work.manifest |= {"runs": runs, "precision": told(targets)}
        work.reporter.note(so_far(targets, plan, runs))
        if all(target.is_met for target in targets):
            break
    return targets


def _first_runs(work: Work, n: int) -> pd.DataFrame:
    """Return the first runs, which are stored, without those that failed."""
    tables = pa.concat_tables(list(store.read_parts(work.shelf, work.parts, RUNS)))
    return usable(table_frame(tables.slice(0, n)))


def _finish(work: Work, scenario: Scenario, targets: list[Target]) -> Results:
    """Write final tables, estimates, summary and manifest, then remove the parts."""
    shelf, folder = work.shelf, work.shelf.folder
    store.merge_parts(shelf, sorted(work.parts), ROW_GROUPS)
    frames = {name: read_table(folder / f"{name}.parquet", schema) for name, schema in shelf.schemas.items()}
    shares = variance_rows(usable(frames[RUNS]), usable(frames[TWINS]), scenario)
    reached = (target.row(scenario.horizon_days) for target in targets)
    estimates = estimate_all(frames[RUNS], frames[FALLS], frames[TOLLS], scenario, chain(shares, reached))
    table = pa.Table.from_pandas(estimates, ESTIMATES_SCHEMA, preserve_index=False)
    path = folder / f"{ESTIMATES}.parquet"
    store.write_table(path, ESTIMATES_SCHEMA, [table], shelf.digest, ROW_GROUPS[ESTIMATES])
    results = Results(folder, work.manifest, **frames, estimates=estimates)
    write_text(folder / SUMMARY, summary_markdown(results, scenario))
    work.manifest["runs_failed"] = len(results.runs) - len(usable(results.runs))
    work.write(COMPLETE)
    store.remove_parts(folder)
    return results
