"""A large job: the whole command, within bounds of memory that do not grow with the number of runs."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from sim.ensemble.results import load_results

ROOT = Path(__file__).resolve().parents[2]
RUNS = 100_000
MOST_MB = 600


def run(output: Path, runs: int) -> tuple[Path, float]:
    """Return the folder that the command prints, and its peak of memory in MB."""
    command = [sys.executable, "experiments/run.py", f"ensemble.runs={runs}", f"output={output}"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        lines = process.stdout.read().splitlines()
        _, status, usage = os.wait4(process.pid, 0)  # of this child alone
        process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0
    return Path(lines[-1]), usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024) / 1e6


@pytest.mark.large
def test_a_hundred_thousand_runs_need_no_more_memory_than_is_stated(tmp_path: Path) -> None:
    run(tmp_path / "first", 10)  # compiles, which takes memory of its own, once
    folder, peak_mb = run(tmp_path / "large", RUNS)
    results = load_results(folder)
    assert len(results.runs) == RUNS
    assert (results.runs["status"] == "ok").all()
    assert peak_mb < MOST_MB
