"""Measure what it costs to explain a history: the first time in a process and later, beside living it compiled."""

from __future__ import annotations

import statistics
from functools import partial

from experiments.benchmark_engine import in_fresh_process
from experiments.benchmark_timing import live, ratio
from sim.study.explain.chronicle import Chronicle, explain
from sim.world.scenario import Scenario

RUN = 37
MANY = 50  # runs that the engine lives where one is explained
FIRST_EXPLANATION = f"""
import time
from pathlib import Path
from experiments.benchmark_timing import build
from sim.core.ahead import compile_ahead
from sim.core.engine import simulate
from sim.study.explain.chronicle import explain
from sim.world.tables import load_tables
scenario = build(load_tables(Path("conf/world/levant_2024")))
compile_ahead(scenario.world, scenario.rules)
simulate(scenario.world, scenario.rules, 1, 0, 1)
spent = []
for _ in range(2):
    start = time.process_time()
    explain(scenario, 1, {RUN})
    spent.append(time.process_time() - start)
print(*spent)
"""


def explained(scenario: Scenario) -> Chronicle:
    """Return the chronicle of the run that is timed."""
    return explain(scenario, 1, RUN)


def explaining(scenario: Scenario, turns: int) -> dict[str, float]:
    """Return what explaining a run costs, the first time and later, and over living it in the engine."""
    in_fresh_process(FIRST_EXPLANATION)  # compiles if need be
    found = [in_fresh_process(FIRST_EXPLANATION) for _ in range(turns)]
    return {
        "explain_first_s": statistics.median(first for first, _ in found),
        "explain_s": statistics.median(later for _, later in found),
        "explain_over_engine": ratio(partial(explained, scenario), partial(live, scenario, MANY), MANY, turns),
    }
