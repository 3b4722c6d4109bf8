"""Result folders tell what they hold, and ensembles of one scenario what distinguishes them."""

import fcntl
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import sim
from experiments import launch
from experiments.list import SCRIPT
from sim.core.outputs import RELEVANT
from sim.core.record import RUNS
from sim.ensemble.store.files import LOCK
from sim.ensemble.store.manifest import write_manifest
from sim.ensemble.store.results import read_manifest
from sim.ensemble.store.schema import day_columns, schemas
from sim.study.labels import told_apart
from sim.tell.estimate import Kind, difference
from tests.ensemble.small import small_names

SMALL = {"ensemble.runs": 20, "ensemble.traces": 0, "horizon_days": 20}


@pytest.fixture(scope="module")
def output(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("listed")


def ensemble(output: Path, scenario: Any = "as_recorded", **settings: Any) -> sim.Ensemble:
    """Return a small ensemble."""
    return sim.run(sim.load_scenario(scenario, SMALL | settings | {"output": output}, "liberia_2003"))


@pytest.fixture(scope="module")
def folders(output: Path) -> pd.DataFrame:
    """Return the list of one folder of each kind, two of which cannot be read."""
    base, other = ensemble(output), ensemble(output, **{"rules.morale.beta": 6, "channels.kin": False})
    mine = {"name": "mine", "question": "What if?", "events": [{"event": "collapse", "day": 3}]}
    ensemble(output, mine, horizon_days=100)
    sim.sweep(base.scenario, {"rules.morale.beta": [4, 9]})
    manifest = ensemble(output, "mediation").folder / "manifest.json"
    manifest.write_text("{}", encoding="utf-8")
    (output / "run" / "strange").mkdir()
    (output / "run" / "strange" / "manifest.json").mkdir()
    (output / "run" / "empty").mkdir()
    sim.compare(base, other)
    return sim.results(output)


def test_each_folder_tells_what_it_asked_and_what_differs(folders: pd.DataFrame) -> None:
    runs = folders[(folders["kind"] == "run") & (folders["state"] == "complete")]
    told = {(row.name, row.differs, row.runs) for row in runs.itertuples(index=False)}
    there = "world=liberia_2003"
    assert told == {
        ("as_recorded", f"{there}, horizon_days=20", 20),
        ("as_recorded", f"{there}, horizon_days=20, rules.morale.beta=6, channels.kin=false", 20),
        ("mine", f"{there}, scenario.events=[collapse 3]", 20),
    }
    assert set(runs["question"]) == {"Does the regime survive the challenger's offensive?", "What if?"}
    assert runs["date"].str.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d").all()
    assert set(folders["kind"]) == {"run", "sweep"}


def test_a_folder_that_cannot_be_read_says_why(folders: pd.DataFrame) -> None:
    strange = folders[folders["state"] != "complete"].set_index("name")["state"]
    assert len(strange) == 2
    assert strange["strange"]
    assert all(text and "\n" not in text for text in strange)


def test_the_command_prints_the_list(output: Path, folders: pd.DataFrame, capsys: pytest.CaptureFixture[str]) -> None:
    assert launch.main(SCRIPT, [f"output={output}"]) == 0
    printed = capsys.readouterr().out
    assert f"{len(folders)} result folders" in printed
    assert "rules.morale.beta=6" in " ".join(printed.split())
    assert launch.main(SCRIPT, [f"output={output}/nowhere"]) == 0
    assert "0 result folders" in capsys.readouterr().out


def test_ensembles_of_one_scenario_are_called_by_the_settings_that_differ(output: Path) -> None:
    cases = [ensemble(output, **{"rules.morale.beta": beta}) for beta in (7, 6.5)]
    names = ["as_recorded (rules.morale.beta=7)", "as_recorded (rules.morale.beta=6.5)"]
    assert [case.name for case in told_apart(cases)] == names
    assert [case.name for case in told_apart([cases[0], ensemble(output, "mediation")])] == ["as_recorded", "mediation"]
    assert [case.name for case in told_apart([cases[0], cases[0]])] == ["as_recorded", "as_recorded"]
    comparison = sim.compare(*cases)
    assert list(comparison.table["scenario"].unique()) == names
    assert names[1] in repr(comparison)
    many = ensemble(
        output, **{f"channels.{name}": False for name in ("kin", "arms", "border", "sanctuary", "refugees")}
    )
    assert told_apart([cases[0], many])[1].name.endswith("channels.kin=false, 2 more)")


def test_a_folder_is_running_as_long_as_its_process_is(tmp_path: Path) -> None:
    folder = ensemble(tmp_path).folder
    write_manifest(folder, read_manifest(folder) | {"status": "running"})
    assert list(sim.results(tmp_path)["state"]) == ["interrupted, 20 runs"]
    with (folder / LOCK).open("r+") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        assert list(sim.results(tmp_path)["state"]) == ["running, 20 runs"]


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b'{"cases": 3}', b"\xff", b'{"status": 5}'])
def test_a_folder_that_holds_anything_is_listed(content: bytes, tmp_path: Path) -> None:
    folder = tmp_path / "run" / "mine"
    folder.mkdir(parents=True)
    (folder / "manifest.json").write_bytes(content)
    (row,) = sim.results(tmp_path).to_dict("records")
    assert row["name"] == "mine"
    assert row["state"]


@pytest.mark.parametrize("column", ["extremists_day_0", "n_falls", "level_day_LBR_2"])
def test_a_share_is_taken_of_days_alone(column: str, output: Path) -> None:
    with pytest.raises(KeyError, match=f"no column of days '{column}'; "):
        ensemble(output).share(column)


def test_every_column_of_days_tells_that_null_means_never() -> None:
    schema = schemas(small_names())[RUNS]
    assert len(day_columns(small_names())) >= 8
    for name in day_columns(small_names()):
        assert "never" in schema.field(name).metadata[b"null"].decode()


@pytest.mark.parametrize("unit", RELEVANT)
def test_less_than_a_person_is_no_clear_difference(unit: str) -> None:
    least = RELEVANT[unit]
    little = difference(0.9 * least, 0.8 * least, 1.1 * least, unit, Kind.MARKED)
    assert not little.is_clear
    assert "\N{BLACK UP-POINTING TRIANGLE}" not in str(little)
    assert difference(1.1 * least, 0.8 * least, 1.2 * least, unit, Kind.MARKED).is_clear
    assert difference(0.0009, 0.0008, 0.001, "probability").is_clear
