"""Measure the engine: against Mesa, with one and two workers, against days, runs and locations, cold and warm.

Machines are noisy: every comparison alternates its variants in this one process and states the median of ratios.

Usage
-----
python experiments/benchmark.py           all of it, about three minutes
python experiments/benchmark.py --quick   fewer repetitions, about one minute
make bench                                the same from a fresh checkout
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np
from mesa import DataCollector
from rich.console import Console
from rich.table import Table

from experiments.grid import grid_tables
from sim.agents.actors import FactionAgent, StateAgent
from sim.agents.model import SpilloverModel
from sim.core.engine import simulate
from sim.world.config import read_config
from sim.world.scenario import Scenario, build_scenario
from sim.world.tables import Tables, load_tables

ROOT = Path(__file__).resolve().parents[1]
LEVANT = ROOT / "conf" / "world" / "levant_2024"
DAYS = 120
GRIDS = (4, 6, 8, 11, 15)  # provinces along one edge: 16 to 225 locations
STEADY = {
    "morale": {"kap": 0.0},
    "variation": {"strength_spread": 0.0},
}  # activity must not change with the size


def build(tables: Tables, days: int = DAYS, rules: dict[str, dict[str, float]] | None = None) -> Scenario:
    """Return the default scenario of a world."""
    values = {
        "scenario": {"name": "benchmark", "question": "How fast is it?"},
        "world": {"name": "benchmark"},
        "horizon_days": days,
        "rules": rules or {},
    }
    return build_scenario(tables, read_config(values))


def seconds(work: Callable[[], object]) -> float:
    """Return how long a piece of work takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def live(scenario: Scenario, runs: int, first: int = 0) -> None:
    """Live some runs in this thread."""
    simulate(scenario.world, scenario.rules, 1, first, runs)


def live_with_series(scenario: Scenario, runs: int) -> None:
    """Live some runs in this thread, and keep the day series of all."""
    simulate(scenario.world, scenario.rules, 1, 0, runs, runs)


def live_in_threads(scenario: Scenario, runs: int, workers: int, chunk: int = 20) -> None:
    """Live some runs in chunks on a pool of threads."""
    with ThreadPoolExecutor(workers) as pool:
        tasks = [pool.submit(live, scenario, chunk, first) for first in range(0, runs, chunk)]
        for task in tasks:
            task.result()


def step_through(scenario: Scenario, run: int, *, collect: bool) -> None:
    """Live one run of the Mesa twin; ``collect`` records states and factions each day, as Mesa users do."""
    model = SpilloverModel(scenario, 1, run)
    collector = DataCollector(
        model_reporters={name: name for name in ("regime_morale", "regime_strength_left", "collapse_day", "outcome")},
        agenttype_reporters={
            FactionAgent: {name: name for name in ("fighters", "morale", "power", "killed", "is_active")},
            StateAgent: {name: name for name in ("level", "hardening", "pressure", "refugees", "influence")},
        },
    )
    while model.running:
        model.step()
        if collect:
            collector.collect(model)


def ratio_of_turns(slow: Callable[[], object], fast: Callable[[], object], per: float, turns: int) -> list[float]:
    """Return slow/fast for each turn, alternated; ``per`` is how many times more work the fast variant did."""
    return [seconds(slow) / seconds(fast) * per for _ in range(turns)]


def exponent(sizes: Sequence[float], times: Sequence[float]) -> float:
    """Return the slope of log time against log size."""
    return float(np.polyfit(np.log(sizes), np.log(times), 1)[0])


def growth(works: Sequence[tuple[int, Callable[[], object]]], turns: int) -> float:
    """Return the exponent of cost, from the median of alternated turns over all sizes."""
    for _, work in works:
        work()
    rounds = [[seconds(work) for _, work in works] for _ in range(turns)]
    return exponent([size for size, _ in works], [statistics.median(column) for column in zip(*rounds, strict=True)])


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


def fresh_start(cache: str) -> tuple[float, float]:
    """Return the seconds of the first run of a fresh process, and those from its first import to that run's end."""
    done = subprocess.run(
        [sys.executable, "-c", FIRST_RUN],
        cwd=ROOT,
        env={**os.environ, "NUMBA_CACHE_DIR": cache, "PYTHONPATH": str(ROOT)},
        check=True,
        capture_output=True,
        text=True,
    )
    first, whole = done.stdout.split()
    return float(first), float(whole)


def starts(turns: int) -> dict[str, float]:
    """Return what a first start costs that has to compile, and what the later ones cost."""
    with tempfile.TemporaryDirectory() as cache:
        cold, _ = fresh_start(cache)
        warm = [fresh_start(cache) for _ in range(turns)]
    return {
        "compile_cold_s": cold,
        "first_run_warm_s": statistics.median(first for first, _ in warm),
        "start_warm_s": statistics.median(whole for _, whole in warm),
    }


def against_mesa(scenario: Scenario, turns: int) -> dict[str, float]:
    """Return the engine's runs per second over those of the Mesa twin, both with day series and both without."""
    many = 10
    collected = ratio_of_turns(
        lambda: step_through(scenario, 3, collect=True), lambda: live_with_series(scenario, many), many, turns
    )
    bare = ratio_of_turns(lambda: step_through(scenario, 3, collect=False), lambda: live(scenario, many), many, turns)
    return {
        "engine_over_mesa": statistics.median(collected),
        "engine_over_mesa_without_collector": statistics.median(bare),
    }


def workers(scenario: Scenario, turns: int, runs: int) -> dict[str, float]:
    """Return what a second worker gains, and the time of the main job on two."""
    ratios = ratio_of_turns(
        lambda: live_in_threads(scenario, runs, 1), lambda: live_in_threads(scenario, runs, 2), 1, turns
    )
    pace = [runs / seconds(lambda: live_in_threads(scenario, runs, 2)) for _ in range(turns)]
    return {
        "workers_2_over_1": statistics.median(ratios),
        "runs_per_second_2_workers": statistics.median(pace),
        "seconds_10000_runs_120_days": 10_000 / statistics.median(pace),
    }


def exponents(turns: int) -> dict[str, float]:
    """Return how cost grows with runs, days and locations."""
    tables = load_tables(LEVANT)
    levant = build(tables)
    by_runs = [(n, partial(live, levant, n)) for n in (50, 100, 200, 400)]
    by_days = [(d, partial(live, build(tables, d), 50)) for d in (30, 60, 120, 240)]
    grids = [(edge * edge, build(grid_tables(edge), rules=STEADY)) for edge in GRIDS]
    by_places = [(n, partial(live, scenario, 50)) for n, scenario in grids]
    return {
        "exponent_runs": growth(by_runs, turns),
        "exponent_days": growth(by_days, turns),
        "exponent_locations": growth(by_places, turns),
    }


MEANING = {
    "engine_over_mesa": "runs/s of the engine over the Mesa twin, one process, both keeping day series",
    "engine_over_mesa_without_collector": "the same without any series",
    "workers_2_over_1": "two worker threads over one",
    "runs_per_second_2_workers": "levant_2024, 120 days, two worker threads",
    "seconds_10000_runs_120_days": "two worker threads, from that pace",
    "compile_cold_s": "first run of a fresh process with an empty cache, all cores compiling",
    "first_run_warm_s": "first run of a fresh process with a warm cache",
    "start_warm_s": "the same from the first import on",
    "exponent_runs": "cost ~ runs**x, 50 to 400 runs",
    "exponent_days": "cost ~ days**x, 30 to 240 days",
    "exponent_locations": "cost ~ locations**x, 16 to 225 locations, front at rest",
}


def measure(turns: int) -> dict[str, float]:
    """Return every figure of the benchmark."""
    scenario = build(load_tables(LEVANT))
    live(scenario, 5)
    step_through(scenario, 0, collect=True)
    figures = starts(turns)
    figures.update(against_mesa(scenario, 2 * turns + 1))
    figures.update(workers(scenario, turns, 400))
    figures.update(exponents(turns))
    return {name: figures[name] for name in MEANING}


def main() -> None:
    """Measure, print the table, and write the JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="fewer repetitions")
    figures = measure(2 if parser.parse_args().quick else 5)
    table = Table(title="Spillover benchmark", caption="medians; ratios measured side by side in one process")
    table.add_column("figure")
    table.add_column("value", justify="right")
    table.add_column("meaning")
    for name, value in figures.items():
        table.add_row(name, f"{value:.3g}", MEANING[name])
    Console().print(table)
    folder = ROOT / "results" / "benchmark"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "benchmark.json").write_text(json.dumps(figures, indent=2) + "\n")
    print(folder / "benchmark.json")


if __name__ == "__main__":
    main()
