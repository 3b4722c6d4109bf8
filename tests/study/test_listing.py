"""What a reader of results trips over: which folders there are, what distinguishes them, and what an empty day means."""

import fcntl
import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import sim
from experiments import launch
from experiments import list as script
from sim.core.outputs import RELEVANT
from sim.ensemble.store.files import LOCK
from sim.ensemble.store.manifest import write_manifest
from sim.ensemble.store.results import read_manifest
from sim.ensemble.store.schema import TABLES, columns_of, day_columns, schemas
from sim.study.cases import distinguished
from sim.tell.estimate import Kind, difference
from sim.world.frozen import ConfigError
from tests.ensemble.small import small_names

WORLD = "liberia_2003"
SMALL: dict[str, Any] = {"ensemble.runs": 30, "horizon_days": 40, "ensemble.traces": 0}


def ensemble(output: Path, scenario: str = "as_recorded", **settings: Any) -> sim.Ensemble:
    """Return a small ensemble."""
    given = SMALL | {"output": str(output)} | {key.replace("__", "."): value for key, value in settings.items()}
    return sim.run(sim.load_scenario(scenario, given, WORLD))


@pytest.fixture(scope="module")
def output(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("results")


def test_a_day_that_never_comes_counts_among_the_runs(output: Path) -> None:
    found = ensemble(output)
    for column in ("collapse_day", "capital_fall_day", "level_day_SLE_2", "infighting_day"):
        days = found.runs[column]
        for by in (0, 20, None):
            share = found.share(column, by=by)
            in_time = int((days.fillna(10_000) <= (39 if by is None else by)).sum())
            assert share.n == 30
            assert share.point == in_time / 30
            assert share.low <= share.point <= share.high
    assert 0 < found.runs["level_day_SLE_2"].isna().sum() < 30
    wrong = float((found.runs["level_day_SLE_2"] <= 60).mean())
    assert wrong == 1.0 > found.share("level_day_SLE_2", by=60).point
    assert str(found.share("collapse_day")).endswith("]")


@pytest.mark.parametrize("name", ["n_falls", "level_day_SLE", "collapse", "level_day_LBR_2"])
def test_a_share_is_taken_of_days_alone(name: str, output: Path) -> None:
    with pytest.raises(KeyError, match=f"no column '{name}' of days in the table of runs; "):
        ensemble(output).share(name)


def test_every_column_of_days_tells_that_null_means_never() -> None:
    schema = schemas(small_names())["runs"]
    for name in day_columns(small_names()):
        assert "never" in schema.field(name).metadata[b"null"].decode()
    assert len(day_columns(small_names())) >= 8
    assert all(
        column.type == "int32" for column in columns_of(TABLES["runs"].row, small_names()) if "_day_" in column.name
    )


def test_ensembles_of_one_scenario_are_called_by_what_was_changed(output: Path) -> None:
    usual = ensemble(output)
    other = ensemble(output, rules__morale__beta=9.0)
    both = ensemble(output, rules__morale__beta=9.0, channels__refugees=False)
    assert [case.name for case in distinguished([usual, other])] == ["morale.beta 6.5", "morale.beta 9"]
    names = [case.name for case in distinguished([usual, other, both])]
    assert names[0] == "morale.beta 6.5, channels.refugees on"
    assert names[2] == "morale.beta 9, channels.refugees off"
    table = sim.compare(usual, other).table
    assert list(table["scenario"].unique()) == ["morale.beta 6.5", "morale.beta 9"]
    mixed = distinguished([usual, other, ensemble(output, "mediation")])
    assert [case.name for case in mixed] == ["as_recorded, morale.beta 6.5", "as_recorded, morale.beta 9", "mediation"]


def test_the_same_ensemble_twice_is_refused(output: Path) -> None:
    with pytest.raises(ConfigError, match="named twice"):
        sim.compare(ensemble(output), ensemble(output))


@pytest.mark.parametrize("unit", RELEVANT)
def test_less_than_a_person_is_no_clear_difference(unit: str) -> None:
    least = RELEVANT[unit]
    assert not difference(0.9 * least, 0.8 * least, 1.1 * least, unit, Kind.MARKED).is_clear
    assert difference(1.1 * least, 0.8 * least, 1.2 * least, unit, Kind.MARKED).is_clear
    assert "▲" not in str(difference(0.9 * least, 0.8 * least, 1.1 * least, unit, Kind.MARKED))
    assert difference(0.0009, 0.0008, 0.001, "probability").is_clear


def test_result_folders_are_listed_with_what_distinguishes_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    usual = ensemble(tmp_path)
    changed = ensemble(tmp_path, "mediation", rules__morale__beta=9.0, ensemble__seed=5)
    swept = sim.sweep(changed.scenario, {"rules.morale.kap": [5.0, 6.0]})
    rows = sim.results(tmp_path).set_index("folder")
    assert set(rows.index) == {str(found.folder) for found in (usual, changed, swept)}
    assert list(rows.loc[str(usual.folder), ["kind", "name", "differs", "state"]]) == [
        "run",
        "as_recorded in liberia_2003",
        "horizon_days 40",
        "complete",
    ]
    assert rows.loc[str(changed.folder), "differs"] == "horizon_days 40, morale.beta 9, seed 5"
    assert rows.loc[str(changed.folder), "question"] == changed.scenario.config.scenario.question
    assert rows.loc[str(swept.folder), "differs"].startswith("rules.morale.kap varied, horizon_days 40")
    assert (rows["runs"] == 30).all()
    assert pd.to_datetime(rows["date"]).notna().all()
    assert launch.main(script.SCRIPT, [f"output='{tmp_path}'"]) == 0
    printed = capsys.readouterr().out
    assert "as_recorded in" in printed
    assert printed.splitlines()[-1] == f"3 result folders in {tmp_path.resolve()}"


def test_the_state_of_a_folder_is_that_of_its_process(tmp_path: Path) -> None:
    folder = ensemble(tmp_path).folder
    write_manifest(folder, read_manifest(folder) | {"status": "running"})
    assert list(sim.results(tmp_path)["state"]) == ["interrupted"]
    with (folder / LOCK).open("r+") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        assert list(sim.results(tmp_path)["state"]) == ["running"]


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b'{"cases": 3}', b"\xff", json.dumps({"status": 5}).encode()])
def test_a_folder_that_cannot_be_read_is_listed_with_what_is_wrong(content: bytes, tmp_path: Path) -> None:
    folder = tmp_path / "run" / "mine"
    folder.mkdir(parents=True)
    (folder / "manifest.json").write_bytes(content)
    (row,) = sim.results(tmp_path).to_dict("records")
    assert row["name"] == "mine"
    assert row["state"].startswith("cannot be read: ")
    assert np.isscalar(row["state"])
    os.remove(folder / "manifest.json")
    assert sim.results(tmp_path).empty
