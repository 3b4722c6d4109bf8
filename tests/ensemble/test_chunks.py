"""Chunks: their size, their traces, and runs that fail in them."""

from dataclasses import replace

import numpy as np
import pytest

from sim.core.codes import RunStatus
from sim.core.engine import simulate
from sim.core.record import DAILY, EVENTS, FALLS, RUNS, Histories, layouts_of
from sim.ensemble.run import chunks
from sim.ensemble.run.chunks import Job, chunk_size, job_of, live_chunk
from sim.ensemble.store.schema import stored_tables
from tests.ensemble.small import small_names, small_scenario

BAD_RUN = 7


@pytest.fixture
def job() -> Job:
    return job_of(small_scenario())


@pytest.fixture
def bad_job(job: Job, monkeypatch: pytest.MonkeyPatch) -> Job:
    def raising(world: np.ndarray, rules: np.ndarray, seed: int, first: int, n: int, traced: int) -> Histories:
        if first <= BAD_RUN < first + n:
            message = "no such\nplace"
            raise IndexError(message)
        return simulate(world, rules, seed, first, n, traced)

    monkeypatch.setattr(chunks, "simulate", raising)
    return job


def test_a_run_that_raises_is_a_row_and_leaves_the_others_alone(bad_job: Job) -> None:
    block = live_chunk(bad_job, 4, 8)
    whole = simulate(bad_job.world, bad_job.rules, bad_job.seed, 4, 8, 1)
    others = block.runs["run"] != BAD_RUN
    assert np.array_equal(block.runs[others], whole.runs[others])
    assert np.array_equal(block.falls, whole.falls[whole.falls["run"] != BAD_RUN])
    assert np.array_equal(block.events, whole.events[whole.events["run"] != BAD_RUN])
    assert np.array_equal(block.tolls, whole.tolls[whole.tolls["run"] != BAD_RUN])
    runs = stored_tables(block, small_names())[RUNS].to_pylist()
    assert [row["run"] for row in runs] == list(range(4, 12))
    assert [row["status"] for row in runs] == ["ok"] * 3 + ["failed"] + ["ok"] * 4
    bad = runs[3]
    assert bad["error"] == "IndexError: no such place"
    assert bad["seed"] == 1
    assert {bad[key] for key in bad.keys() - {"run", "seed", "status", "error"}} == {None}


def test_a_run_that_is_no_number_is_a_row_without_falls_events_or_days(job: Job) -> None:
    world = job.world.copy()
    world[0]["quality"][0] = np.nan
    world[0]["fighters_central"][:] = np.nan
    tables = stored_tables(live_chunk(replace(job, world=world), 0, 3), small_names())
    rows = tables[RUNS].to_pylist()
    assert [row["status"] for row in rows] == ["not_finite"] * 3
    assert "left the range of numbers" in rows[0]["error"]
    assert rows[0]["outcome"] is None
    assert len(tables[FALLS]) == len(tables[EVENTS]) == len(tables[DAILY]) == 0


@pytest.mark.parametrize(
    ("status", "name", "words"),
    [
        (RunStatus.TOO_MANY_FALLS, "too_many_falls", "seats changed hands too often"),
        (RunStatus.TOO_MANY_EVENTS, "too_many_events", "more happened than a run can tell"),
    ],
)
def test_a_run_with_too_much_to_tell_says_so(job: Job, status: RunStatus, name: str, words: str) -> None:
    block, layouts = live_chunk(job, 0, 3), layouts_of(job.world)
    block.runs["status"][1] = status
    falls, events = np.zeros(2, layouts[FALLS]), np.zeros(2, layouts[EVENTS])
    falls["run"] = events["run"] = [0, 1]
    events["kind"] = 1
    rows = stored_tables(replace(block, falls=falls, events=events), small_names())
    assert rows[RUNS]["status"].to_pylist() == ["ok", name, "ok"]
    assert words in rows[RUNS]["error"].to_pylist()[1]
    assert rows[FALLS]["run"].to_pylist() == rows[EVENTS]["run"].to_pylist() == [0]


@pytest.mark.parametrize(("first", "n", "traced"), [(0, 3, 3), (3, 4, 2), (5, 4, 0), (4, 1, 1)])
def test_only_the_first_runs_of_the_ensemble_leave_a_day_series(job: Job, first: int, n: int, traced: int) -> None:
    days = live_chunk(job, first, n).daily  # five traces are asked for
    assert sorted(set(days["run"].tolist())) == list(range(first, first + traced))
    assert len(days) == traced * 30


def test_chunk_size_is_as_asked_or_made_from_the_work() -> None:
    second = 0.002
    assert chunk_size(small_scenario(chunk=13), 2, second) == 13
    few, many, huge = (
        chunk_size(small_scenario(chunk="auto", runs=runs), 2, second) for runs in (40, 100_000, 100_000_000)
    )
    assert few * 2 * chunks.CHUNKS_PER_WORKER >= 40 > few
    assert few < many < huge
    assert chunk_size(small_scenario(chunk="auto", runs=1), 64, second) == 1


def test_a_chunk_that_is_sent_away_takes_seconds() -> None:
    for per_run in (0.0002, 0.002, 0.02):
        chunk = chunk_size(small_scenario(executor="dask", chunk="auto", runs=1_000_000), 8, per_run)
        assert 1.0 <= chunk * per_run <= 5.0


def test_the_pilot_times_runs(job: Job) -> None:
    assert 1e-6 <= chunks.pilot(job) < 10.0
