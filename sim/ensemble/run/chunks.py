"""Cut an ensemble into chunks, and live one chunk in whatever process it lands."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from time import perf_counter

import numpy as np
import pyarrow as pa

from sim.core.codes import RunStatus
from sim.core.engine import simulate
from sim.core.record import RUNS, Histories, layouts_of
from sim.ensemble.store.schema import DRAWS, TWINS, Names, draws_table, names_of, runs_table, stored_tables
from sim.world.posterior import Posterior, draw
from sim.world.scenario import Scenario
from sim.world.uncertainty import TWIN

PILOT = 16  # runs that tell how long one takes
SHORTEST, LONGEST = 0.4, 4.0  # seconds of work in a chunk
SHORTEST_SENT = 2.0  # the same where a chunk is sent to another machine
STORING = 0.05  # seconds that storing a part takes, however little it holds
CHUNKS_PER_WORKER = 4
TRACED = 25  # runs with a day series lived at a stretch
ROWS = 500  # runs lived at a stretch where only their rows are kept
FEW_CHUNKS = 2_000  # beyond this many, chunks grow rather than their number


@dataclass(frozen=True, eq=False)
class Job:
    """What a worker needs to live any run of an ensemble.

    Parameters
    ----------
    world, rules
        Records of the scenario.
    names
        Ids of its world.
    seed
        Seed of the ensemble.
    traces
        How many of the first runs leave a day series.
    is_uncertain, posterior
        Whether each run draws parameters of its own, and from what if they were learnt.
    twins
        How many of the first runs have a twin, with the same parameters and other chance.
    own
        The scenario, where it is not the engine that lives its histories.
    """

    world: np.ndarray
    rules: np.ndarray
    names: Names
    seed: int
    traces: int
    is_uncertain: bool
    twins: int
    posterior: Posterior | None = None
    own: Scenario | None = None


def job_of(scenario: Scenario) -> Job:
    """Return what workers need to know of a scenario."""
    ensemble = scenario.config.ensemble
    twins = scenario.config.uncertainty.twins if scenario.is_uncertain else 0
    return Job(
        scenario.world,
        scenario.rules,
        names_of(scenario.tables),
        ensemble.seed,
        ensemble.traces,
        scenario.is_uncertain,
        twins,
        scenario.posterior,
        scenario if scenario.living is not None else None,
    )


def chunk_size(scenario: Scenario, workers: int, seconds_per_run: float) -> int:
    """Return how many runs make a chunk: as configured, or a short while's work.

    Parameters
    ----------
    scenario
        What is run.
    workers
        How many work on it.
    seconds_per_run
        As measured by `pilot`.
    """
    ensemble = scenario.config.ensemble
    if ensemble.chunk != "auto":
        return ensemble.chunk
    shortest = SHORTEST_SENT if scenario.config.executor.kind == "dask" else SHORTEST
    seconds = min(max(ensemble.runs * seconds_per_run / FEW_CHUNKS, shortest), LONGEST)
    share = -(-ensemble.runs // (CHUNKS_PER_WORKER * workers))
    worth_storing = min(round(STORING / seconds_per_run), ensemble.runs)
    return max(1, min(round(seconds / seconds_per_run), max(share, worth_storing)))


def pilot(job: Job) -> float:
    """Return about how many seconds a run takes, by living a few; only the size of chunks depends on it."""
    few = replace(job, traces=0, twins=0)
    start = perf_counter()
    _live(few, 0, PILOT, 0)
    return max((perf_counter() - start) / PILOT, 1e-6)


def live_rows(job: Job, first: int, n_runs: int) -> pa.Table:
    """Return the table of some runs alone; falls and the like are forgotten as one goes, and so take little room."""
    pieces = (live_chunk(job, at, min(ROWS, first + n_runs - at)) for at in range(first, first + n_runs, ROWS))
    return pa.concat_tables([runs_table(piece, job.names) for piece in pieces])


def live_part(job: Job, first: int, n_runs: int) -> dict[str, pa.Table]:
    """Return the tables of ``n_runs`` runs from ``first`` on, and of their twins."""
    twins = _numbered_as_originals(_live(job, first + TWIN, _within(job.twins, first, n_runs), 0))
    return {**_tables(job, first, n_runs), TWINS: runs_table(twins, job.names), DRAWS: _draws(job, first, n_runs)}


def _tables(job: Job, first: int, n_runs: int) -> dict[str, pa.Table]:
    """Return the tables of some runs; those with a day series a few at a time, since these take most room."""
    traced = _within(job.traces, first, n_runs)
    bounds = [*range(0, traced, TRACED), *([traced] if traced < n_runs else []), n_runs]
    pieces = [stored_tables(live_chunk(job, first + a, b - a), job.names) for a, b in pairwise(bounds)]
    return {name: pa.concat_tables([piece[name] for piece in pieces]) for name in pieces[0]}


def _draws(job: Job, first: int, n_runs: int) -> pa.Table:
    """Return the parameters that some runs draw for themselves."""
    return draws_table(first, _rules(job, first, n_runs) if job.is_uncertain else job.rules[:0], job.names)


def _rules(job: Job, first: int, n_runs: int) -> np.ndarray:
    """Return the parameters of some runs, one record for all of them where they share it."""
    return draw(job.rules, job.posterior, job.seed, first, n_runs) if job.is_uncertain else job.rules


def live_chunk(job: Job, first: int, n_runs: int) -> Histories:
    """Return what ``n_runs`` runs from ``first`` on leave behind; a run that raises becomes a failed row."""
    return _live(job, first, n_runs, _within(job.traces, first, n_runs))


def _numbered_as_originals(twins: Histories) -> Histories:
    """Return twins under the numbers of the runs whose twins they are."""
    runs = twins.runs.copy()
    runs["run"] -= TWIN
    return replace(twins, runs=runs, errors={run - TWIN: text for run, text in twins.errors.items()})


def _within(most: int, first: int, n_runs: int) -> int:
    """Return how many of some runs are among the first ones of the ensemble."""
    return min(max(most - first, 0), n_runs)


def _live(job: Job, first: int, n_runs: int, traced: int) -> Histories:
    """Return what some runs leave behind."""
    if n_runs == 0:
        return _nothing(job)
    try:
        if job.own is not None and job.own.living is not None:
            return job.own.living.live(job.own, job.seed, first, n_runs, traced)
        return simulate(job.world, _rules(job, first, n_runs), job.seed, first, n_runs, traced)
    except (MemoryError, OSError):
        raise  # an accident of the machine says nothing about a run
    except Exception as error:  # noqa: BLE001 - whatever one run raises must not end the others
        if n_runs == 1:
            return _failed(job, first, f"{type(error).__name__}: {error}")
        return joined([_live(job, first + i, 1, min(max(traced - i, 0), 1)) for i in range(n_runs)])


def _failed(job: Job, run: int, reason: str) -> Histories:
    """Return what one run leaves that has no history."""
    rows = np.zeros(1, layouts_of(job.world)[RUNS])
    rows["run"], rows["seed"], rows["status"] = run, job.seed, RunStatus.FAILED
    return replace(_nothing(job), runs=rows, errors={run: " ".join(reason.split())})


def _nothing(job: Job) -> Histories:
    """Return what no runs leave."""
    return Histories(*(np.zeros(0, layout) for layout in layouts_of(job.world).values()))


def joined(parts: list[Histories]) -> Histories:
    """Return consecutive histories as one.

    Parameters
    ----------
    parts
        At least one, in order of run.
    """
    tables = (np.concatenate(rows) for rows in zip(*(part.tables.values() for part in parts), strict=True))
    return Histories(*tables, errors={run: text for part in parts for run, text in part.errors.items()})
