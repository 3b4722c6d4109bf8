"""Outputs are declared once: what is added to the row of a run is found in all that is made of runs."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from sim.core.outputs import Kind, Use, fields_of
from sim.core.record import TABLES, RunRow
from sim.ensemble.store.schema import MARKS, Names, columns_of, schemas
from tests.ensemble.small import small_names

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def told() -> dict[str, Any]:
    """Return what follows from outputs that a process of its own has added."""
    paths = os.pathsep.join([str(ROOT), str(ROOT / "docs")])
    line = [sys.executable, "-m", "tests.ensemble.added"]
    done = subprocess.run(line, cwd=ROOT, env=os.environ | {"PYTHONPATH": paths}, capture_output=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_an_output_is_a_column_of_its_type_that_tells_what_it_is(told: dict[str, Any]) -> None:
    neighbour = f"smoke_{told['neighbour']}"
    names = ("wells_burnt", "was_shelled", "truce_day", neighbour)
    assert [told["types"][name] for name in names] == ["double", "bool", "int32", "double"]
    assert told["metadata"]["wells_burnt"] == {
        "kind": "count",
        "unit": "wells",
        "label": "oil wells set on fire",
        "null": "the run failed",
    }
    assert told["metadata"]["truce_day"]["null"].startswith("never")
    assert told["metadata"][neighbour]["label"] == f"smoke over {told['neighbour']}"


def test_nulls_are_what_never_happened_and_what_a_state_does_not_have(told: dict[str, Any]) -> None:
    assert told["values"]["truce_day"] == [3, 20, *[None] * 8]
    assert told["values"]["was_shelled"] == [True] * 4 + [False] * 6
    assert told["values"][f"smoke_{told['neighbour']}"] == [0.5] * 10
    assert told["values"][f"smoke_{told['stranger']}"] == [None] * 10


def test_an_output_is_estimated_by_its_kind(told: dict[str, Any]) -> None:
    estimates = told["estimates"]
    assert {key.split()[0] for key in estimates} == {
        *(f"{name}_{ending}" for name in ("wells_burnt", "smoke") for ending in ("mean", "q10", "q50", "q90")),
        *("truce_by_day", "truce_day_q50", *(f"truce_day_given_truce_q{level}" for level in (10, 25, 50, 75, 90))),
        "was_shelled_share",
    }
    assert estimates["wells_burnt_mean  30"] == 7.0
    assert estimates["was_shelled_share  30"] == 0.4
    assert (estimates["truce_by_day  14"], estimates["truce_by_day  30"]) == (0.1, 0.2)
    assert estimates[f"smoke_mean {told['neighbour']} 30"] == 0.5
    assert not [key for key in estimates if told["stranger"] in key]


def test_what_is_compared_is_an_outcome_with_a_label(told: dict[str, Any]) -> None:
    assert told["outcomes"] == {
        "wells_burnt": [7.0] * 10,
        "p_was_shelled": [1.0] * 4 + [0.0] * 6,
        "p_truce": [1.0] * 2 + [0.0] * 8,
        "p_truce_by_14": [1.0] + [0.0] * 9,
    }
    assert told["labels"] == {
        "wells_burnt": "oil wells set on fire",
        "p_was_shelled": "shells on the palace",
        "p_truce": "a truce by day 30",
        "p_truce_by_14": "a truce by day 14",
    }


def test_a_summary_and_the_reference_tell_an_output(told: dict[str, Any]) -> None:
    assert told["summary"] == [
        "| a truce | 10 % [1, 52] | 20 % [4, 61] | never [3, never] |",
        "| oil wells set on fire, persons | 7.0 [7, 7] | 7.00 [7.00, 7.00] |",
        "| oil wells set on fire | 7.0 [7, 7] | 7 |",
    ]
    assert "| `wells_burnt` | double | wells | oil wells set on fire |  |" in told["docs"]
    assert "| `wells_burnt_mean`, `_q10`, `_q50`, `_q90` |  | wells | oil wells set on fire |" in told["docs"]
    assert any(line.startswith("| `truce_by_day`;") for line in told["docs"])
    assert "| `smoke_X` | double | share | smoke over X | no neighbour |" in told["docs"]


@pytest.mark.parametrize("name", TABLES)
def test_every_field_is_declared_as_what_its_annotation_can_hold(name: str) -> None:
    for field in fields_of(TABLES[name].row):
        is_level = field.name in ("level_max", "level_caused_max")
        is_whole = field.element is int or "int64" in str(field.element)
        assert is_whole or field.output.kind in (Kind.COUNT, Kind.SHARE, Kind.INDEX), field.name
        assert bool(field.output.names) == (field.output.kind is Kind.NAME or is_level), field.name
        assert field.output.label, field.name


def test_columns_without_nulls_are_declared_so() -> None:
    for name, schema in schemas(small_names()).items():
        sure = {column.name for column in schema if not column.nullable}
        assert sure >= {"runs": set(MARKS) - {"error"}, "falls": {"run", "day", "location_id"}}.get(name, set())
        assert all((b"null" in (column.metadata or {})) == column.nullable for column in schema)


def test_labels_stand_for_one_quantity_each() -> None:
    columns = columns_of(RunRow, Names(states=("X", "Y"), neighbours=("X", "Y")))
    labels = [column.label for column in columns if column.output.use is Use.COMPARED]
    assert len(set(labels)) == len(labels)


def test_a_day_is_a_whole_number_that_is_null_for_never() -> None:
    for schema in schemas(small_names()).values():
        days = [column for column in schema if (column.metadata or {}).get(b"kind") == b"day"]
        assert all(column.type == pa.int32() for column in days)
