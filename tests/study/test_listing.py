"""Result folders tell what they hold, and ensembles of one scenario what distinguishes them."""

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import sim
from experiments import launch
from experiments.list import SCRIPT
from sim.study.labels import told_apart

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
