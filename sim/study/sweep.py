"""Vary numbers of a configuration: one ensemble a point, all of them with the same draws, in one table."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
from rich.console import Console

from sim.ensemble.estimate.outcomes import estimate_outcome, outcomes_of
from sim.ensemble.estimate.rows import usable
from sim.ensemble.estimate.weights import Numbers, influence_of, weighed, weights_of
from sim.ensemble.run.chunks import CHUNKS_PER_WORKER, SHORTEST, job_of, live_rows
from sim.ensemble.run.executors import count_workers, leave_if_read_by_worker
from sim.ensemble.run.reporter import Reporter
from sim.ensemble.run.work import EnsembleError, Work, compute, make_ready, opened, recorded
from sim.ensemble.store import parts as store
from sim.ensemble.store.depot import depot_of
from sim.ensemble.store.files import file_digest
from sim.ensemble.store.manifest import describe
from sim.ensemble.store.parts import Shelf
from sim.ensemble.store.provenance import config_digest
from sim.ensemble.store.results import (
    COMPLETE,
    ResultsError,
    check_stored,
    judged,
    read_finished,
    read_manifest,
    read_table,
    table_frame,
)
from sim.ensemble.store.schema import names_of
from sim.ensemble.store.told import ToldSweep
from sim.study.design import Design, Floats, design_points
from sim.study.factors import numeric_keys, read_factors, varied
from sim.world.config import read_config
from sim.world.frozen import ConfigError
from sim.world.posterior import Posterior
from sim.world.scenario import Scenario, build_scenario
from sim.world.tables import Tables

SWEEP, BATCHES = "sweep", "batches"
MOST_OUTCOMES = 10_000  # assumption: more than any world has
MOST_BATCHES = 20  # assumption: enough means of runs for an interval by their spread

Rows: TypeAlias = tuple[list[tuple[object, ...]], list[tuple[object, ...]]]


@dataclass(frozen=True, eq=False)
class Plan:
    """What a worker needs to live any point of a sweep.

    Parameters
    ----------
    tables, values
        The world, and the configuration around which one varies, as plain values.
    factors
        Keys of the numbers that vary.
    points
        Their values: a row a point, a column a factor.
    posterior
        What each run takes its parameters from, if they were learnt.
    """

    tables: Tables
    values: dict[str, Any]
    factors: tuple[str, ...]
    points: Floats
    posterior: Posterior | None = None

    def scenario(self, point: int) -> Scenario:
        """Return the scenario of a point."""
        settings = dict(zip(self.factors, self.points[point].tolist(), strict=True))
        return build_scenario(self.tables, varied(read_config(self.values), settings), self.posterior)


@dataclass(frozen=True, eq=False)
class Sweep:
    """Hold a finished sweep.

    Parameters
    ----------
    folder
        Where it lies.
    manifest
        What it was made from.
    table
        A row for each point and outcome: ``point``, a column for each factor, ``outcome``, ``unit``, ``estimate``,
        ``low``, ``high`` (95 %: Wilson for probabilities, else normal) and ``n`` runs.
    factors
        Keys of the numbers that were varied.
    batches
        For each row of the table the means of ``batch_0``, ``batch_1``, ... of its runs: run r is in batch r mod 20.
        Points share their draws batch by batch, so that batches differ by what other draws would change.
    """

    folder: Path
    manifest: dict[str, Any]
    table: pd.DataFrame
    factors: tuple[str, ...]
    batches: pd.DataFrame


def plan_sweep(scenario: Scenario, factors: Any, design: Design, points: int | None = None) -> Plan:
    """Return the points of a sweep around a scenario; raise ConfigError where one of them cannot be run.

    Parameters
    ----------
    scenario
        What is varied.
    factors
        Values of each number, by its key, such as ``rules.morale.beta`` or ``scenario.levers.0.value``; of a choice
        between theories, such as ``rules.contest.form``, their names; as people give them, to be judged here.
    design
        How points are chosen from the values.
    points
        How many, for designs that fill a space.
    """
    given = read_factors(scenario.config, factors)
    chosen = design_points(design, given, points, scenario.config.ensemble.seed)
    known = numeric_keys(scenario.config)
    whole = [isinstance(known[key], int) for key in given]
    chosen[:, whole] = chosen[:, whole].round()
    plan = Plan(scenario.tables, scenario.config.model_dump(mode="json"), tuple(given), chosen, scenario.posterior)
    faults: dict[str, None] = {}  # one line for each kind of fault, however many points have it
    for settings in _corners(chosen):
        try:
            build_scenario(scenario.tables, varied(scenario.config, dict(zip(given, settings, strict=True))))
        except ConfigError as error:
            faults |= dict.fromkeys(error.lines)
    if faults:
        raise ConfigError(list(faults))
    return plan


def _corners(points: Floats) -> list[list[float]]:
    """Return the points at which each factor has its lowest and its highest value: limits are ranges."""
    rows = np.unique(np.concatenate([points.argmin(axis=0), points.argmax(axis=0)]))
    return [list(map(float, row)) for row in points[rows]]


def sweep_digest(scenario: Scenario, plan: Plan) -> str:
    """Return a digest of everything that the table of a sweep depends on."""
    runs = scenario.config.ensemble.runs
    content = {"base": config_digest(scenario), "runs": runs, "factors": plan.factors, "points": plan.points.tolist()}
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def run_sweep(scenario: Scenario, plan: Plan, folder: Path, command: str, reporter: Reporter | None = None) -> Sweep:
    """Return a sweep: computed, completed, or read where it is stored already.

    Parameters
    ----------
    scenario, plan
        What is varied, and its points; each point has as many runs as the scenario's ensemble, with the same draws.
    folder
        Where the table goes; one folder for one sweep.
    command
        The command that makes it again.
    reporter
        Who tells a person how far it is; nobody by default.

    Raises
    ------
    EnsembleError
        If the folder cannot be written or is in use, or if points are missing since workers died of them. What is
        computed is kept.
    """
    leave_if_read_by_worker(scenario.config.executor)
    workers = count_workers(scenario.config.ensemble.workers)
    digest = sweep_digest(scenario, plan)
    told = {"config_digest": digest, "factors": list(plan.factors), "points": len(plan.points)}
    columns = schemas(plan.factors)
    shelf = Shelf(folder, digest, columns, by="point", most=dict.fromkeys(columns, MOST_OUTCOMES))
    manifest = describe(scenario, command, workers) | told
    depot = depot_of(scenario.config.executor, shelf)
    work = Work(shelf, len(plan.points), manifest, reporter or Reporter(Console(quiet=True)), depot)
    with opened(folder):
        return _stored(work, plan) or _run(work, scenario, plan)


def load_sweep(folder: Path) -> Sweep:
    """Return the finished sweep in a folder; raise ResultsError where there is none."""
    manifest = read_finished(folder, "sweep")
    told = judged(folder, manifest, ToldSweep)
    factors = told.factors
    for name, schema in schemas(factors).items():
        check_stored(folder / f"{name}.parquet", schema, told.tables.get(name), MOST_OUTCOMES * told.points)
    table, batches = (read_table(folder / f"{name}.parquet", schema) for name, schema in schemas(factors).items())
    return Sweep(folder, manifest, table, factors, batches)


def schemas(factors: Sequence[str]) -> dict[str, pa.Schema]:
    """Return the columns of the tables.

    Parameters
    ----------
    factors
        Keys of the numbers that are varied.
    """
    numbers = dict.fromkeys(factors, pa.float64())
    estimates = dict.fromkeys(("estimate", "low", "high"), pa.float64())
    means = {f"batch_{batch}": pa.float64() for batch in range(MOST_BATCHES)}
    key = {"point": pa.int32(), "outcome": pa.string()}
    table = {"point": pa.int32(), **numbers, "outcome": pa.string(), "unit": pa.string(), **estimates, "n": pa.int64()}
    return {SWEEP: pa.schema(table), BATCHES: pa.schema({**key, **means})}


def _stored(work: Work, plan: Plan) -> Sweep | None:
    """Return the sweep in a folder if it is complete, None where there is something to do."""
    folder = work.shelf.folder
    try:
        manifest = read_manifest(folder)
    except ResultsError:
        return None
    if manifest.get("config_digest") != work.shelf.digest:
        message = f"{folder}: holds another sweep; name another place with output=DIR"
        raise EnsembleError(message)
    if manifest.get("status") != COMPLETE:
        return None
    try:
        found = load_sweep(folder)
    except ResultsError as error:
        work.reporter.note(f"{error.fault}: computing again")
        return None
    work.clear()
    work.reporter.note(f"{len(plan.points):,} points are stored already; nothing is computed")
    return found


def _run(work: Work, scenario: Scenario, plan: Plan) -> Sweep:
    """Compute what is missing, then write the table."""
    work.resume()
    executor, runs = scenario.config.executor, scenario.config.ensemble.runs
    with recorded(work):
        if any(store.missing_parts(sorted(work.parts), work.total, work.total)):
            per_point = runs * make_ready(job_of(scenario), work.reporter)
            compute(work, executor, partial(live_points, plan), partial(_chunk, work.total, seconds=per_point))
        store.merge_parts(work.shelf, sorted(work.parts))
        folder = work.shelf.folder
        work.manifest["tables"] = {name: file_digest(folder / f"{name}.parquet") for name in (SWEEP, BATCHES)}
        work.write(COMPLETE)
    work.clear()
    return load_sweep(folder)


def _chunk(points: int, workers: int, *, seconds: float) -> int:
    """Return how many points make a part, of how many that take some seconds each."""
    return max(1, min(round(SHORTEST / seconds), points // (CHUNKS_PER_WORKER * workers)))


def live_points(plan: Plan, first: int, n: int) -> dict[str, pa.Table]:
    """Return the rows of ``n`` points from ``first`` on."""
    return _tables(plan, [_point(plan, point) for point in range(first, first + n)])


def _tables(plan: Plan, points: list[Rows]) -> dict[str, pa.Table]:
    """Return the rows of some points as tables."""
    tables = {}
    for number, (name, schema) in enumerate(schemas(plan.factors).items()):
        rows = [row for point in points for row in point[number]]
        columns = zip(schema, zip(*rows, strict=True), strict=True)
        tables[name] = pa.Table.from_arrays([pa.array(v, field.type) for field, v in columns], schema=schema)
    return tables


def _point(plan: Plan, point: int) -> Rows:
    """Return the rows of one point."""
    scenario = plan.scenario(point)
    job = replace(job_of(scenario), traces=0, twins=0)
    lived = table_frame(live_rows(job, 0, scenario.config.ensemble.runs))
    runs = usable(weighed(lived, scenario.tilt))
    return _rows(plan, point, scenario, runs if len(runs) else None)


def _rows(plan: Plan, point: int, scenario: Scenario, runs: pd.DataFrame | None) -> Rows:
    """Return the rows of one point, from its runs if it has any: of the table, and of its batches."""
    rows, batches = [], []
    n, weights = (0, None) if runs is None else (len(runs), weights_of(runs, scenario))
    for name, outcome in outcomes_of(names_of(scenario.tables), scenario.horizon_days).items():
        estimate, means = (math.nan,) * 3, (math.nan,) * MOST_BATCHES
        if runs is not None:
            values = outcome.values(runs)
            estimate = estimate_outcome(outcome, values, weights)
            means = _batch_means(runs["run"].to_numpy(), influence_of(values, weights))
        rows.append((point, *plan.points[point], name, outcome.unit, *estimate, n))
        batches.append((point, name, *means))
    return rows, batches


def _batch_means(runs: npt.NDArray[np.int64], values: Numbers) -> tuple[float, ...]:
    """Return the mean of each batch of runs, NaN of none."""
    batch = runs % MOST_BATCHES
    counts = np.bincount(batch, minlength=MOST_BATCHES)
    with np.errstate(invalid="ignore"):
        return tuple(np.bincount(batch, values, MOST_BATCHES) / counts)
