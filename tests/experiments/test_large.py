"""A large job: the whole command, within bounds of memory that do not grow with the number of runs."""

from pathlib import Path

import pytest

from experiments.benchmark_engine import run_command
from sim.ensemble.store.results import load_results

RUNS = 100_000
MOST_MB = 600


@pytest.mark.large
def test_a_hundred_thousand_runs_need_no_more_memory_than_is_stated(tmp_path: Path) -> None:
    run_command(10, tmp_path / "first")  # compiles, which takes memory of its own, once
    _, peak_mb = run_command(RUNS, tmp_path / "large")
    (folder,) = (tmp_path / "large" / "run").iterdir()
    results = load_results(folder)
    assert len(results.runs) == RUNS
    assert (results.runs["status"] == "ok").all()
    assert peak_mb < MOST_MB
