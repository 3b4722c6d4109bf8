"""The scripts that ask what matters: they leave tables, a page and a figure, read what is there, refuse in a line."""

import shutil
from pathlib import Path

import pandas as pd
import pytest

from experiments import discover, launch, levers, run, screen, sensitivity
from experiments.launch import EXIT_BAD_INPUT, Script, main
from sim.study.matters import screening
from sim.world import catalogue
from sim.world.catalogue import CONF

Captured = pytest.CaptureFixture[str]
SMALL = ["world=liberia_2003", "horizon_days=60", "ensemble.runs=400", "ensemble.traces=0", "uncertainty.twins=50"]


def give(script: Script, arguments: list[str], captured: Captured) -> Path:
    """Return the folder that a command prints as its last line."""
    assert main(script, arguments) == 0, captured.readouterr().err
    return Path(captured.readouterr().out.splitlines()[-1])


@pytest.fixture
def asked(tmp_path: Path) -> list[str]:
    return [*SMALL, f"output={tmp_path}"]


def test_what_drives_an_outcome_is_asked_of_runs_that_are_made_or_stored(asked: list[str], capsys: Captured) -> None:
    made = give(sensitivity.SCRIPT, [*asked, "outcome=fatalities_combatants"], capsys)
    assert {path.name for path in made.glob("*.*")} >= {"sensitivity.parquet", "pairs.parquet", "summary.md"}
    assert (made / "figures" / "sensitivity.png").is_file()
    assert pd.read_parquet(made / "sensitivity.parquet")["input"].iloc[0] == "attrition.rate"
    stored = give(run.SCRIPT, [*asked, "uncertainty=prior", "figures=false"], capsys)  # the same, read
    out = f"output={made.parents[1]}"
    again = give(
        sensitivity.SCRIPT, [f"results={stored}", "outcome=fatalities_combatants", "figures=false", out], capsys
    )
    assert again == made


def test_the_centre_of_a_box_is_run_as_an_experiment(
    asked: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    folder = give(discover.SCRIPT, [*asked, "ensemble.runs=800", "outcome=collapse"], capsys)
    assert (folder / "figures" / "boxes.svg").is_file()
    assert len(pd.read_parquet(folder / "trajectory.parquet")) > 10
    conf = tmp_path / "conf"
    shutil.copytree(CONF, conf)
    (conf / "experiment").mkdir()
    shutil.copy(folder / "box_1.yaml", conf / "experiment" / "box.yaml")
    monkeypatch.setattr(launch, "CONF", conf)
    monkeypatch.setattr(catalogue, "CONF", conf)
    centre = give(run.SCRIPT, ["experiment=box", "ensemble.runs=20", "figures=false", f"output={tmp_path}"], capsys)
    assert len(pd.read_parquet(centre / "runs.parquet")) == 20
    assert pd.read_parquet(centre / "draws.parquet").empty  # every run has the parameters of the centre


def test_levers_are_ranked_once_for_all_outcomes(asked: list[str], capsys: Captured) -> None:
    few = [*asked, "ensemble.runs=10"]
    folder = give(levers.SCRIPT, [*few, "outcome=refugees"], capsys)
    table = pd.read_parquet(folder / "variants.parquet")
    assert {"scenario", "support", "border"} <= set(table["kind"])
    before = (folder / "variants.parquet").stat().st_mtime_ns
    assert give(levers.SCRIPT, [*few, "outcome=collapse"], capsys) == folder
    assert (folder / "variants.parquet").stat().st_mtime_ns == before
    assert {path.name for path in (folder / "figures").glob("*.png")} == {
        "p_collapse_tornado.png",
        "refugees_tornado.png",
    }
    assert (
        (folder / "collapse.md").read_text().startswith("# Which lever changes collapse of the regime by day 60 most?")
    )


def test_a_screening_says_what_it_does_not_tell(
    asked: list[str], monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    few = dict(list(screening.NUMBERS.items())[:6])
    monkeypatch.setattr(screening, "NUMBERS", few)
    folder = give(screen.SCRIPT, [*asked, "ensemble.runs=10", "outcome=refugees"], capsys)
    assert set(pd.read_parquet(folder / "variants.parquet")["name"]) <= set(few)
    assert "One parameter moves at a time, in runs that share their draws" in (folder / "refugees.md").read_text()


@pytest.mark.parametrize("script", [sensitivity, discover, levers, screen], ids=lambda one: one.__name__)
def test_a_wrong_name_or_folder_is_told_in_a_line(script: object, tmp_path: Path, capsys: Captured) -> None:
    known = script.SCRIPT  # type: ignore[attr-defined]
    assert main(known, [*SMALL, f"output={tmp_path}", "outcome=colapse_by_30"]) == EXIT_BAD_INPUT
    assert capsys.readouterr().err.splitlines()[-1].endswith("did you mean 'p_collapse_by_30'?")
    if "results" in known.options.model_fields:
        assert main(known, [f"results={tmp_path}/nothing"]) == EXIT_BAD_INPUT
        assert "holds no manifest.json" in capsys.readouterr().err


def test_an_answer_is_no_ensemble(asked: list[str], capsys: Captured) -> None:
    folder = give(levers.SCRIPT, [*asked, "ensemble.runs=5", "figures=false"], capsys)
    assert main(sensitivity.SCRIPT, [f"results={folder}"]) == EXIT_BAD_INPUT
    assert "holds an answer about what matters, not an ensemble" in capsys.readouterr().err
