"""Add outputs to the row of a run, before anything else is imported, and print what follows from their declarations."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import pyarrow as pa

from sim.core import record
from sim.core.outputs import Kind, Topic, Use, output
from sim.core.state import SMALL, Floats, record_dtype


class MoreRow(record.RunRow):
    """A row with one output of several kinds more."""

    wells_burnt: float = output(Kind.COUNT, "wells", "oil wells set on fire", "", Use.COMPARED, Topic.PEOPLE)
    was_shelled: int = output(Kind.FLAG, "", "shells on the palace", "", Use.COMPARED)
    truce_day: int = output(Kind.DAY, "day", "a truce", "", Use.COMPARED, Topic.BESIDES)
    smoke: Annotated[Floats, "S"] = output(
        Kind.SHARE, "share", "smoke over {state}", "", Use.ESTIMATED, is_of_neighbours=True
    )


record.TABLES[record.RUNS] = replace(record.TABLES[record.RUNS], row=MoreRow)

from generate import PARTS  # noqa: E402 - after the outputs are there

from sim.ensemble.estimate.estimates import estimate_all  # noqa: E402
from sim.ensemble.estimate.outcomes import outcomes_of  # noqa: E402
from sim.ensemble.store.results import Results, table_frame  # noqa: E402
from sim.ensemble.store.schema import names_of, stored_tables  # noqa: E402
from sim.tell.labels import outcome_labels  # noqa: E402
from sim.tell.summary import summary_markdown  # noqa: E402
from tests.ensemble.small import small_scenario  # noqa: E402

ADDED = ("wells_burnt", "was_shelled", "truce", "smoke")
STARTS = tuple(f"| `{name}" for name in ADDED)


def named(told: dict[str, Any]) -> dict[str, Any]:
    """Return what is told about what was added."""
    return {key: value for key, value in told.items() if any(name in key for name in ADDED)}


def main() -> None:
    """Print all that follows, for 10 runs."""
    scenario = small_scenario()
    names, layout = names_of(scenario.tables), record.layouts_of(scenario.world)
    runs = np.zeros(10, record_dtype(MoreRow, SMALL))
    runs["run"], runs["wells_burnt"] = np.arange(10), 7.0
    runs["was_shelled"], runs["truce_day"], runs["smoke"] = [1] * 4 + [0] * 6, [3, 20] + [-1] * 8, 0.5
    others = (np.zeros(0, layout[name]) for name in record.TABLES if name != record.RUNS)
    tables = stored_tables(record.Histories(runs, *others), names)
    frames = {name: table_frame(table) for name, table in tables.items()}
    estimates = estimate_all(frames[record.RUNS], frames[record.FALLS], frames[record.TOLLS], scenario)
    outcomes = outcomes_of(names, scenario.horizon_days)
    manifest = {"seed": 0, "command": "none"}
    page = summary_markdown(Results(Path("none"), manifest, estimates, frames), scenario)
    keys = estimates["quantity"] + " " + estimates["entity"].fillna("") + " " + estimates["day"].astype(str)
    told = {
        "neighbour": names.neighbours[0],
        "stranger": next(state for state in names.states if state not in names.neighbours),
        "types": named({field.name: str(field.type) for field in tables[record.RUNS].schema}),
        "metadata": named({field.name: _decoded(field) for field in tables[record.RUNS].schema}),
        "values": named({name: tables[record.RUNS][name].to_pylist() for name in tables[record.RUNS].schema.names}),
        "estimates": named(dict(zip(keys, estimates["estimate"].astype(object), strict=True))),
        "outcomes": named({name: list(item.values(frames[record.RUNS])) for name, item in outcomes.items()}),
        "labels": named(outcome_labels(scenario)),
        "summary": [line for line in page.splitlines() if "oil wells" in line or "truce" in line],
        "docs": [
            line for part in PARTS.values() for line in part().splitlines() if any(f"`{n}" in line for n in ADDED)
        ],
    }
    print(json.dumps(told))  # noqa: T201 - to who started it


def _decoded(field: pa.Field) -> dict[str, str]:
    """Return the metadata of a column as text."""
    return {key.decode(): value.decode() for key, value in field.metadata.items()}


if __name__ == "__main__":
    main()
