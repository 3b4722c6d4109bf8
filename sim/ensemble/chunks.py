"""Cut an ensemble into chunks, and live one chunk in whatever process it lands."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.core.codes import RunStatus
from sim.core.engine import Histories, simulate
from sim.core.record import layouts_of
from sim.ensemble.schema import Block
from sim.world.scenario import Scenario

SECONDS_PER_DAY_AND_PLACE = 1e-6  # measured to a factor of two; only the size of chunks depends on it
SHORTEST, LONGEST = 0.4, 4.0  # seconds of work in a chunk
CHUNKS_PER_WORKER = 4
FEW_CHUNKS = 2_000  # beyond this many, chunks grow rather than their number


@dataclass(frozen=True, eq=False)
class Job:
    """What a worker needs to live any run of an ensemble.

    Parameters
    ----------
    world, rules
        Records of the scenario.
    seed
        Seed of the ensemble.
    traces
        How many of the first runs leave a day series.
    """

    world: np.ndarray
    rules: np.ndarray
    seed: int
    traces: int


def job_of(scenario: Scenario) -> Job:
    """Return what workers need to know of a scenario."""
    ensemble = scenario.config.ensemble
    return Job(scenario.world, scenario.rules, ensemble.seed, ensemble.traces)


def chunk_size(scenario: Scenario, workers: int) -> int:
    """Return how many runs make a chunk: as configured, or about half a second's work."""
    ensemble = scenario.config.ensemble
    if ensemble.chunk != "auto":
        return ensemble.chunk
    n_places = int(scenario.world[0]["n_locations"])
    per_run = scenario.horizon_days * n_places * SECONDS_PER_DAY_AND_PLACE
    seconds = min(max(ensemble.runs * per_run / FEW_CHUNKS, SHORTEST), LONGEST)
    share = -(-ensemble.runs // (CHUNKS_PER_WORKER * workers))
    return max(1, min(round(seconds / per_run), share))


def live_chunk(job: Job, first: int, n_runs: int) -> Block:
    """Return what ``n_runs`` runs from ``first`` on leave behind; a run that raises becomes a failed row."""
    traced = min(max(job.traces - first, 0), n_runs)
    try:
        lived = simulate(job.world, job.rules, job.seed, first, n_runs, traced)
    except Exception as error:  # noqa: BLE001 - whatever one run raises must not end the others
        if n_runs == 1:
            return _failed(job, first, error)
        return _joined([live_chunk(job, first + i, 1) for i in range(n_runs)])
    return _block(lived)


def _block(lived: Histories) -> Block:
    """Return histories without errors as a block."""
    return Block(lived.runs, lived.falls, lived.events, lived.tolls, lived.days, {})


def _failed(job: Job, run: int, error: Exception) -> Block:
    """Return the block of one run that raised."""
    layouts = layouts_of(job.world)
    rows = np.zeros(1, layouts.run)
    rows["run"], rows["status"] = run, RunStatus.FAILED
    text = " ".join(f"{type(error).__name__}: {error}".split())
    empty = (layouts.fall, layouts.event, layouts.toll, layouts.day)
    falls, events, tolls, days = (np.zeros(0, layout) for layout in empty)
    return Block(rows, falls, events, tolls, days, {run: text})


def _joined(blocks: list[Block]) -> Block:
    """Return consecutive blocks as one."""
    return Block(
        np.concatenate([block.runs for block in blocks]),
        np.concatenate([block.falls for block in blocks]),
        np.concatenate([block.events for block in blocks]),
        np.concatenate([block.tolls for block in blocks]),
        np.concatenate([block.days for block in blocks]),
        {run: text for block in blocks for run, text in block.errors.items()},
    )
