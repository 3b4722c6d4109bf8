"""Measure the engine by itself: first starts, worker threads, how cost grows, and a job as large as one likes."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from functools import partial
from pathlib import Path

from experiments.benchmark_timing import build, growth, live, live_in_threads, seconds
from experiments.grid import grid_tables
from sim.world.scenario import Scenario
from sim.world.tables import load_tables

ROOT = Path(__file__).resolve().parents[1]
LEVANT = ROOT / "conf" / "world" / "levant_2024"
GRIDS = (4, 6, 8, 11, 15)  # provinces along one edge: 16 to 225 locations
GRID = 8  # the largest of the small tier, as many locations as a state record holds
FACTIONS = (2, 4, 8, 16)
PATRONS = (1, 2, 4, 8, 15)
STEADY = {
    "morale": {"kap": 0.0},
    "variation": {"strength_spread": 0.0},
}  # activity must not change with the size

FIRST_RUN = """
import time; start = time.perf_counter()
from pathlib import Path
from sim.world.tables import load_tables
from sim.world.config import read_config
from sim.world.scenario import build_scenario
from sim.core.ahead import compile_ahead
from sim.core.engine import simulate
frame = {"scenario": {"name": "first", "question": "How soon?"}, "world": {"name": "levant_2024"}}
scenario = build_scenario(load_tables(Path("conf/world/levant_2024")), read_config(frame))
before = time.perf_counter()
compile_ahead(scenario.world, scenario.rules)
simulate(scenario.world, scenario.rules, 1, 0, 1)
end = time.perf_counter()
print(end - before, end - start)
"""


# Started from a process of next to no memory: a child's peak begins with what its parent held.
MAIN_JOB = """
import resource, subprocess, sys, time
start = time.perf_counter()
command = [sys.executable, "experiments/run.py", *sys.argv[1:]]
subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
print(time.perf_counter() - start, peak * (1 if sys.platform == "darwin" else 1024) / 1e6)
"""


def in_fresh_process(program: str, *arguments: str, **environment: str) -> tuple[float, float]:
    """Return the two numbers that a program prints."""
    # A user's Python keeps its bytecode; one that is told not to compiles all of our sources at every start.
    inherited = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        cwd=ROOT,
        env={**inherited, **environment, "PYTHONPATH": str(ROOT)},
        check=True,
        capture_output=True,
        text=True,
    )
    first, second = done.stdout.split()
    return float(first), float(second)


def starts(turns: int) -> dict[str, float]:
    """Return what a first start costs that has to compile, and what the later ones cost."""
    with tempfile.TemporaryDirectory() as cache:
        cold, _ = in_fresh_process(FIRST_RUN, NUMBA_CACHE_DIR=cache)
        warm = [in_fresh_process(FIRST_RUN, NUMBA_CACHE_DIR=cache) for _ in range(turns)]
    return {
        "compile_cold_s": cold,
        "first_run_warm_s": statistics.median(first for first, _ in warm),
        "start_warm_s": statistics.median(whole for _, whole in warm),
    }


def workers(scenario: Scenario, turns: int, runs: int) -> dict[str, float]:
    """Return what a second worker gains, and the time of the main job on two; by the clock, as people wait."""
    works = [partial(live_in_threads, scenario, runs, n) for n in (1, 2)]
    rounds = [[seconds(work, time.perf_counter) for work in works] for _ in range(turns)]
    pace = statistics.median(runs / two for _, two in rounds)
    return {
        "workers_2_over_1": statistics.median(one / two for one, two in rounds),
        "runs_per_second_2_workers": pace,
        "seconds_10000_runs_120_days": 10_000 / pace,
    }


def exponents(turns: int) -> dict[str, float]:
    """Return how cost grows with runs, days, locations, factions and patrons."""
    tables = load_tables(LEVANT)
    levant = build(tables)
    places = [(edge * edge, build(grid_tables(edge), rules=STEADY)) for edge in GRIDS]
    factions = [(n, build(grid_tables(GRID, n_militias=n - 2), rules=STEADY)) for n in FACTIONS]
    patrons = [(n, build(grid_tables(GRID, n_patrons=n), rules=STEADY)) for n in PATRONS]
    return {
        "exponent_runs": growth([(n, partial(live, levant, n)) for n in (50, 100, 200, 400)], turns),
        "exponent_days": growth([(d, partial(live, build(tables, d), 50)) for d in (30, 60, 120, 240)], turns),
        "exponent_locations": growth([(n, partial(live, scenario, 50)) for n, scenario in places], turns),
        "exponent_factions": growth([(n, partial(live, scenario, 100)) for n, scenario in factions], turns),
        "exponent_patrons": growth([(n, partial(live, scenario, 100)) for n, scenario in patrons], turns),
    }


def run_command(runs: int, output: Path) -> tuple[float, float]:
    """Return the seconds that the main job takes with so many runs, and its peak of memory in MB."""
    return in_fresh_process(MAIN_JOB, f"ensemble.runs={runs}", f"output={output}")


def large_job(runs: int) -> dict[str, float]:
    """Return what the main job takes with so many runs: tables, estimates and figures, stored on disk."""
    with tempfile.TemporaryDirectory() as name:
        run_command(10, Path(name) / "first")  # compiles if need be, which takes memory of its own, once
        spent, peak = run_command(runs, Path(name) / "large")
        stored = sum(path.stat().st_size for path in (Path(name) / "large").rglob("*") if path.is_file())
    return {
        "large_job_runs": runs,
        "large_job_s": spent,
        "large_job_peak_mb": peak,
        "large_job_disk_mb": stored / 1e6,
    }
