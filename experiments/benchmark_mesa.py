"""Live runs as Mesa models, the ways that Mesa users do: step by step, with a collector, and with ``batch_run``.

Called as a program it does so with plain Python rules, and prints what a run costs. The rules are plain when Numba is
told to compile nothing; the records then become objects with attributes, because an attribute of a NumPy record costs
plain Python over fifty times as much.
"""

from __future__ import annotations

import dataclasses
import importlib.util
import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
from mesa import DataCollector

from experiments.benchmark_timing import (
    CHUNK,
    DAYS,
    PASSES,
    build,
    live,
    live_in_threads,
    live_with_series,
    over_and_over,
    ratio,
    seconds,
)
from sim.agents.actors import FactionAgent, StateAgent
from sim.agents.model import SpilloverModel
from sim.core.ahead import usable_cores
from sim.core.state import new_state
from sim.world.scenario import Scenario
from sim.world.tables import load_tables

ROOT = Path(__file__).resolve().parents[1]
LEVANT = ROOT / "conf" / "world" / "levant_2024"
HAS_BATCH_RUN = importlib.util.find_spec("mesa.batchrunner") is not None  # Mesa 4 has none
MODEL_SERIES = {name: name for name in ("regime_morale", "regime_strength_left", "collapse_day", "outcome")}
FACTION_SERIES = {name: name for name in ("fighters", "morale", "power", "killed", "is_active")}
STATE_SERIES = {name: name for name in ("level", "hardening", "pressure", "refugees", "influence")}


class BatchModel(SpilloverModel):
    """A model that keeps its own day series, as ``batch_run`` asks for.

    The series are of all agents alike, None where an agent lacks one: in Mesa 3.3 ``batch_run`` returns no others.
    """

    def __init__(self, scenario: Scenario, run: int, rng: object = None) -> None:  # noqa: ARG002  Mesa 3.4 passes one
        super().__init__(scenario, 1, run)
        self.datacollector = DataCollector(model_reporters=MODEL_SERIES, agent_reporters=FACTION_SERIES | STATE_SERIES)


def batch(scenario: Scenario, runs: int, first: int = 0) -> list[dict[str, Any]]:
    """Return the rows of ``batch_run``: one for each run, day and agent."""
    from mesa.batchrunner import batch_run  # noqa: PLC0415  not in Mesa 4

    rows: list[dict[str, Any]] = batch_run(
        BatchModel,
        {"scenario": scenario, "run": list(range(first, first + runs))},
        number_processes=1,
        data_collection_period=1,
        display_progress=False,
    )
    return rows


def step_through(scenario: Scenario, runs: int, *, collect: bool) -> None:
    """Live the first runs as Mesa twins; ``collect`` records states and factions each day."""
    for run in range(runs):
        model = SpilloverModel(scenario, 1, run)
        collector = DataCollector(
            model_reporters=MODEL_SERIES, agenttype_reporters={FactionAgent: FACTION_SERIES, StateAgent: STATE_SERIES}
        )
        while model.running:
            model.step()
            if collect:
                collector.collect(model)


class Plain:
    """A record as an object: arrays are views of the same memory, numbers are Python's own."""

    def __init__(self, record: np.void) -> None:
        for name in record.dtype.names or ():
            value = record[name]
            if isinstance(value, np.void):
                value = Plain(value)
            elif not isinstance(value, (np.ndarray, np.uint64)):  # draws need words of 64 bits
                value = value.item()
            setattr(self, name, value)

    def __getitem__(self, name: str) -> Any:
        """Return an attribute; the model reads records by name."""
        return getattr(self, name)


def plain_batch(scenario: Scenario, runs: int) -> list[dict[str, Any]]:
    """Return the rows of ``batch_run`` from rules that are not compiled."""
    world: Any = [Plain(scenario.world[0])]
    rules: Any = [Plain(scenario.rules[0])]

    def plain_state(_: object) -> list[Plain]:
        return [Plain(new_state(scenario.world)[0])]

    with mock.patch("sim.agents.history.new_state", plain_state):
        return batch(dataclasses.replace(scenario, world=world, rules=rules), runs)


def plain_run(days: int, runs: int) -> dict[str, float]:
    """Return what a run costs with plain Python rules, in a process of its own, and how the last of them ended."""
    done = subprocess.run(
        [sys.executable, "-m", "experiments.benchmark_mesa", str(days), str(runs)],
        cwd=ROOT,
        env={**os.environ, "NUMBA_DISABLE_JIT": "1"},
        check=True,
        capture_output=True,
        text=True,
    )
    told: dict[str, float] = json.loads(done.stdout)
    return told


def over_plain_python(scenario: Scenario, turns: int, many: int = 50) -> float:
    """Return the cost of a run with plain Python rules over that in the engine, alternated between two processes."""
    ratios = []
    for _ in range(turns):
        plain = plain_run(scenario.horizon_days, 2)["seconds"]
        ratios.append(plain / seconds(lambda: live_with_series(scenario, many)) * many)
    return statistics.median(ratios)


def process_over_mesa(scenario: Scenario, turns: int) -> float:
    """Return how many times the runs of a process of Mesa a process of the engine lives, a thread on each core."""
    workers = usable_cores()
    return ratio(
        lambda: step_through(scenario, CHUNK, collect=True),
        lambda: live_in_threads(scenario, PASSES * CHUNK * workers, workers, live_with_series),
        PASSES * workers,
        turns,
        time.perf_counter,
    )


def against_mesa(scenario: Scenario, turns: int) -> dict[str, float | None]:
    """Return how many times faster the engine is than its Mesa twin on the same runs, in the ways that Mesa offers."""
    step_through(scenario, 1, collect=True)
    engine = over_and_over(lambda: live(scenario, CHUNK))
    with_series = over_and_over(lambda: live_with_series(scenario, CHUNK))
    figures: dict[str, float | None] = {
        "engine_over_mesa": ratio(lambda: step_through(scenario, CHUNK, collect=True), with_series, PASSES, turns),
        "engine_over_mesa_without_collector": ratio(
            lambda: step_through(scenario, CHUNK, collect=False), engine, PASSES, turns
        ),
        "process_over_mesa": process_over_mesa(scenario, turns),
        "engine_over_batch_run": None,
        "engine_over_plain_python": None,
    }
    if HAS_BATCH_RUN:
        figures["engine_over_batch_run"] = ratio(lambda: batch(scenario, CHUNK), with_series, PASSES, turns)
        figures["engine_over_plain_python"] = over_plain_python(scenario, max(turns // 2, 1))
    return figures


def main(days: int = DAYS, runs: int = 2) -> None:
    """Print what a run costs in a process without compiled rules."""
    scenario = build(load_tables(LEVANT), days)
    rows: list[dict[str, Any]] = []
    spent = seconds(lambda: rows.extend(plain_batch(scenario, runs)))
    print(json.dumps({"seconds": spent / runs, "regime_strength_left": rows[-1]["regime_strength_left"]}))


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
