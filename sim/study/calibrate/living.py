"""Live every vector of parameters in every world, with shared draws, and keep of each run what is scored.

All vectors meet the same runs: two of them differ by what they are, not by luck. Runs are lived to the end, since what
is scored besides the fall (people, neighbours) goes on until the last day, and a whole run takes milliseconds.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from sim.core.record import FALLS, RUNS, Histories
from sim.ensemble.estimate.rows import usable
from sim.ensemble.run.chunks import Job, job_of, joined, live_chunk
from sim.ensemble.store.results import table_frame
from sim.ensemble.store.schema import stored_tables
from sim.study.calibrate.evidence import Item, answers, items_of, width_of
from sim.study.score.families import Lived
from sim.world.scenario import Scenario
from sim.world.tables import Tables
from sim.world.uncertainty import with_numbers

OUTCOMES = "outcomes"
FRESH = 1  # what is added to the seed for the runs that score what others have chosen

Floats = npt.NDArray[np.float64]
Values = npt.NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Field:
    """Hold one world in which vectors are tried.

    Parameters
    ----------
    name, tables
        The world.
    job
        How a run of it is lived.
    items
        What is kept of it.
    """

    name: str
    tables: Tables
    job: Job
    items: tuple[Item, ...]


@dataclass(frozen=True, eq=False)
class Trial:
    """What a worker needs to try any vector.

    Parameters
    ----------
    fields
        The worlds.
    names, vectors
        Parameters, and a row of them for each vector.
    runs, fresh
        How many runs choose between vectors in each world, and how many score what is chosen.
    seed
        Of the former.
    """

    fields: tuple[Field, ...]
    names: tuple[str, ...]
    vectors: Floats
    runs: int
    fresh: int
    seed: int

    @property
    def width(self) -> int:
        """Return how many numbers of a run are kept at most."""
        return max(width_of(field.items) for field in self.fields)


def schema_of(trial: Trial) -> pa.Schema:
    """Return the columns of what is kept: a row for each vector, world, kind of run, and run.

    ``value_0``, ``value_1`` and so on are the numbers of the world's items in their order, NaN in a run that failed and
    where a world has fewer.
    """
    key = {"vector": pa.int32(), "world": pa.string(), "is_fresh": pa.bool_(), "run": pa.int32()}
    return pa.schema({**key, **{name: pa.float32() for name in _values(trial)}})


def rows_of(trial: Trial) -> int:
    """Return how many rows a vector has."""
    return len(trial.fields) * (trial.runs + trial.fresh)


def _values(trial: Trial) -> list[str]:
    """Return the names of the columns of numbers."""
    return [f"value_{number}" for number in range(trial.width)]


def field_of(scenario: Scenario) -> Field:
    """Return a world in which vectors are tried."""
    job = replace(job_of(scenario), traces=0, twins=0)
    return Field(scenario.config.world.name, scenario.tables, job, items_of(scenario.tables))


def live_vectors(trial: Trial, first: int, n: int) -> dict[str, pa.Table]:
    """Return what ``n`` vectors from ``first`` on leave behind."""
    kinds = [(field, is_fresh) for field in trial.fields for is_fresh in (False, True)]
    lived = [_live(trial, field, range(first, first + n), is_fresh=is_fresh) for field, is_fresh in kinds]
    key, numbers = [], []
    for vector in range(n):
        for (field, is_fresh), values in zip(kinds, lived, strict=True):
            key += [(first + vector, field.name, is_fresh, run) for run in range(values.shape[1])]
            numbers.append(values[vector])
    columns = [*zip(*key, strict=True), *np.concatenate(numbers).T]
    schema = schema_of(trial)
    arrays = [pa.array(column, one.type) for column, one in zip(columns, schema, strict=True)]
    return {OUTCOMES: pa.Table.from_arrays(arrays, schema=schema)}


def _live(trial: Trial, field: Field, vectors: Iterable[int], *, is_fresh: bool) -> Values:
    """Return the numbers that some vectors leave in one world: a vector, a run, a column; NaN where there is none."""
    n_runs, seed = (trial.fresh, trial.seed + FRESH) if is_fresh else (trial.runs, trial.seed)
    parts = []
    for i, vector in enumerate(vectors):
        rules = with_numbers(field.job.rules, trial.names, trial.vectors[vector : vector + 1])
        parts.append(_numbered(live_chunk(replace(field.job, rules=rules, seed=seed), 0, n_runs), i * n_runs))
    tables = stored_tables(joined(parts), field.job.names)
    runs, falls = (table_frame(tables[name]) for name in (RUNS, FALLS))
    sound = usable(runs)
    values = np.full((len(runs), trial.width), np.nan, np.float32)
    if len(sound):
        values[sound["run"], : width_of(field.items)] = answers(
            field.items, Lived(field.name, field.tables, sound, falls)
        )
    return values.reshape(len(parts), n_runs, -1)


def _numbered(lived: Histories, first: int) -> Histories:
    """Return histories under numbers from another one on, so that those of several vectors can stand in one table."""
    for rows in lived.tables.values():
        rows["run"] += first
    return replace(lived, errors={run + first: text for run, text in lived.errors.items()})


def gather(trial: Trial, pieces: Iterable[pa.Table]) -> dict[str, tuple[Values, Values]]:
    """Return the numbers by world: those of the runs that choose, and those of the fresh ones.

    Parameters
    ----------
    trial
        What was tried.
    pieces
        Of the table of outcomes, in order of vector.
    """
    n = len(trial.vectors)
    found = {
        field.name: tuple(
            np.full((n, runs, width_of(field.items)), np.nan, np.float32) for runs in (trial.runs, trial.fresh)
        )
        for field in trial.fields
    }
    for piece in pieces:
        world, is_fresh, vector, run = (piece[name].to_numpy() for name in ("world", "is_fresh", "vector", "run"))
        values = np.column_stack([piece[name].to_numpy() for name in _values(trial)])
        for name, arrays in found.items():
            for fresh, array in enumerate(arrays):
                rows = np.flatnonzero((world == name) & (is_fresh == bool(fresh)))
                array[vector[rows], run[rows]] = values[rows, : array.shape[2]]
    return {name: (chosen, fresh) for name, (chosen, fresh) in found.items()}
