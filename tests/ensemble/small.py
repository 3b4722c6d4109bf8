"""Build small ensembles for tests, and compare what they store."""

import io
from pathlib import Path
from typing import Any

from rich.console import Console

from sim.ensemble.reporter import Reporter
from sim.ensemble.results import Results
from sim.ensemble.runner import run_ensemble
from sim.ensemble.schema import ESTIMATES, TABLES
from sim.world.config import read_config
from sim.world.scenario import Scenario, build_scenario
from tests.worlds import tables_of

WORLD = "liberia_2003"  # the smallest of the real worlds
COMMAND = "python experiments/run.py"


def small_scenario(*, executor: str = "thread", horizon_days: int = 30, **ensemble: Any) -> Scenario:
    """Return a scenario of a few short runs."""
    values = {
        "scenario": {"name": "small", "question": "Does it hold?"},
        "world": {"name": WORLD},
        "horizon_days": horizon_days,
        "executor": {"kind": executor},
        "ensemble": {"runs": 40, "seed": 1, "workers": 1, "traces": 5, "chunk": 7} | ensemble,
    }
    return build_scenario(tables_of(WORLD), read_config(values))


def lines_to(stream: io.StringIO) -> Reporter:
    """Return a reporter that writes plain lines."""
    return Reporter(Console(file=stream, width=200))


def run_small(folder: Path, **settings: Any) -> Results:
    """Return the results of a small ensemble."""
    return run_ensemble(small_scenario(**settings), folder, COMMAND)


def stored_bytes(folder: Path) -> dict[str, bytes]:
    """Return the bytes of the final tables and of the summary."""
    names = [*(f"{name}.parquet" for name in (*TABLES, ESTIMATES)), "summary.md"]
    return {name: (folder / name).read_bytes() for name in names}
