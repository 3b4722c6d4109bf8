"""The firewall between inputs and outcomes: what happened after day 0 is never read to build or run a scenario."""

import ast
import dataclasses
from pathlib import Path

import pytest

from sim.ensemble.store.results import Results
from sim.tell.ensemble import run_ensemble
from sim.world.config import read_config
from sim.world.scenario import build_scenario, idle_levers
from sim.world.schema import OUTCOMES
from sim.world.tables import Tables, load_tables
from tests.worlds import CONF, tables_of

SIM = Path(__file__).parents[2] / "sim"
MAY_READ = ("show/", "study/calibrate/", "study/score/", "world/schema.py", "world/tables.py", "world/checks.py")
"""Figures and scoring; the three files of the loader only judge the tables and hand them on."""
NAMES = {schema.name for schema in OUTCOMES}


class Sealed:
    """A table that nobody may look at."""

    def __getattribute__(self, name: str) -> object:
        message = f"an outcome table was read ({name})"
        raise AssertionError(message)

    def __getitem__(self, key: object) -> object:
        message = f"an outcome table was read ({key})"
        raise AssertionError(message)


def sealed(tables: Tables) -> Tables:
    """Return a world whose outcomes cannot be read."""
    return dataclasses.replace(tables, **{name: Sealed() for name in NAMES})


def lived(tables: Tables, folder: Path) -> Results:
    """Return a small ensemble of a world, with traces and estimates."""
    values = {
        "scenario": {"name": "as_recorded", "question": "Does it hold?"},
        "world": {"name": "levant_2024"},
        "horizon_days": 30,
        "ensemble": {"runs": 8, "traces": 2},
    }
    scenario = build_scenario(tables, read_config(values))
    assert not idle_levers(scenario)
    return run_ensemble(scenario, folder, "test")


def test_a_seal_cannot_be_looked_behind() -> None:
    with pytest.raises(AssertionError, match="was read"):
        len(sealed(tables_of("liberia_2003")).observed["value"])
    with pytest.raises(AssertionError, match="was read"):
        sealed(tables_of("liberia_2003")).observed_levels.dtype  # noqa: B018  # looking is the point


def test_an_ensemble_is_lived_without_a_look_at_what_happened(tmp_path: Path) -> None:
    tables = tables_of("levant_2024")
    assert all(getattr(tables, name) is not None for name in NAMES)
    open_, shut = lived(tables, tmp_path / "open"), lived(sealed(tables), tmp_path / "shut")
    assert open_.manifest["tables"] == shut.manifest["tables"]
    assert open_.manifest["config_digest"] == shut.manifest["config_digest"]


def test_no_source_below_figures_and_scoring_names_an_outcome() -> None:
    words = NAMES | {schema.file for schema in OUTCOMES}
    found = {
        (path.relative_to(SIM).as_posix(), word)
        for path in sorted(SIM.rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if (word := getattr(node, "attr", None) or getattr(node, "value", None)) in words and isinstance(word, str)
    }
    assert {name for name, _ in found} - {name for name, _ in found if name.startswith(MAY_READ)} == set()
    assert any(name.startswith("show/") for name, _ in found)  # the search finds who does read


def test_outcomes_leave_the_digest_as_it_is(tmp_path: Path) -> None:
    folder = CONF / "world" / "liberia_2003"
    for path in folder.iterdir():
        if path.name not in {schema.file for schema in OUTCOMES}:
            (tmp_path / path.name).write_bytes(path.read_bytes())
    assert load_tables(tmp_path).digest == tables_of("liberia_2003").digest
