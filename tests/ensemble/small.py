"""Build small ensembles for tests, and compare what they store."""

import functools
import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from rich.console import Console

from sim.core.record import RUNS
from sim.ensemble.run.reporter import Reporter
from sim.ensemble.store.results import Results, table_frame
from sim.ensemble.store.schema import ESTIMATES, TABLES, Names, names_of, schemas
from sim.tell.ensemble import run_ensemble
from sim.world.config import read_config
from sim.world.scenario import Scenario, build_scenario
from tests.worlds import tables_of

WORLD = "liberia_2003"  # the smallest of the real worlds
COMMAND = "python experiments/run.py"


def small_scenario(
    *,
    executor: str | Mapping[str, Any] = "thread",
    horizon_days: int = 30,
    uncertainty: Mapping[str, Any] | None = None,
    name: str = "small",
    levers: tuple[dict[str, Any], ...] = (),
    **ensemble: Any,
) -> Scenario:
    """Return a scenario of a few short runs."""
    values = {
        "scenario": {"name": name, "question": "Does it hold?", "levers": list(levers)},
        "world": {"name": WORLD},
        "horizon_days": horizon_days,
        "executor": {"kind": executor} if isinstance(executor, str) else dict(executor),
        "uncertainty": dict(uncertainty or {}),
        "ensemble": {"runs": 40, "seed": 1, "workers": 1, "traces": 5, "chunk": 7} | ensemble,
    }
    return build_scenario(tables_of(WORLD), read_config(values))


@functools.cache
def small_names() -> Names:
    """Return the ids of the small world."""
    return names_of(tables_of(WORLD))


COUNTED = ("level_max", "level_caused_max", "incidents", "incidents_caused")


def quiet_runs(names: Names, n: int) -> pd.DataFrame:
    """Return the table of runs in which nothing happens: no days, all amounts, levels and incidents 0."""
    values: dict[str, Any] = {"run": np.arange(n), "status": ["ok"] * n, "outcome": ["in_power"] * n}
    columns = []
    for field in schemas(names)[RUNS]:
        is_amount = not pa.types.is_int32(field.type) and not pa.types.is_string(field.type)
        is_counted = field.name in {f"{what}_{state}" for state in names.neighbours for what in COUNTED}
        column = values.get(field.name, [0] * n if is_amount or is_counted else [None] * n)
        columns.append(pa.array(column, field.type))
    return table_frame(pa.Table.from_arrays(columns, schema=schemas(names)[RUNS]))


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
