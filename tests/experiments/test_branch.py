"""The scripts that live on: they leave an ensemble or a ladder, a page and a figure, and refuse in a line."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import sim
from experiments import branch, discover, explain, rare, sensitivity
from experiments.launch import EXIT_BAD_INPUT, Script, main
from sim.ensemble.run.branches import History, futures_of
from sim.world.frozen import ConfigError

Captured = pytest.CaptureFixture[str]
SMALL = ["world=liberia_2003", "horizon_days=40", "ensemble.traces=20"]


def give(script: Script, arguments: list[str], captured: Captured) -> tuple[Path, str]:
    """Return the folder that a command prints as its last line, and all that it prints."""
    assert main(script, arguments) == 0, captured.readouterr().err
    text = captured.readouterr().out
    return Path(text.splitlines()[-1]), text


def test_what_could_still_happen_is_an_ensemble(tmp_path: Path, capsys: Captured) -> None:
    asked = [*SMALL, "run=3", "day=12", "futures=40", f"output={tmp_path}"]
    folder, text = give(branch.SCRIPT, asked, capsys)
    assert "From day 12 of run 3 on the regime collapses by day 40 in" in " ".join(text.split())
    assert (folder / "figures" / "futures.png").is_file()
    page = (folder / "summary.md").read_text(encoding="utf-8")
    assert page.startswith("# What could still happen from day 12 of run 3")
    assert "Made by `python experiments/branch.py " in page
    assert [path.name for path in folder.glob("*.md")] == ["summary.md"]
    futures = sim.open_results(folder)
    assert len(futures.runs) == 40
    assert futures.share("collapse_day")["n"] == 40
    lever = "levers=[{lever: strength, actor: lurd, value: 3}]"
    other, text = give(branch.SCRIPT, [*asked, lever, "figures=false"], capsys)
    assert other != folder
    assert "lever strength, actor lurd, value 3" in " ".join(text.split())
    assert "with the run's own chance" in " ".join(text.split())
    assert "in the run itself" not in text
    assert main(explain.SCRIPT, [f"results={folder}", "run=5"]) == EXIT_BAD_INPUT
    assert "by its run and its turns, such as run=37 turns=12:5" in capsys.readouterr().err
    for script in (discover.SCRIPT, sensitivity.SCRIPT):
        assert main(script, [f"results={folder}", f"output={tmp_path}"]) == EXIT_BAD_INPUT
        assert "ask the ensemble that they come from" in capsys.readouterr().err
    early = pd.read_parquet(folder / "daily.parquet"), pd.read_parquet(other / "daily.parquet")
    assert early[0].query("day < 12").equals(early[1].query("day < 12"))


def test_one_future_is_told_as_one(tmp_path: Path, capsys: Captured) -> None:
    asked = [*SMALL, "run=3", "day=12", "futures=1", f"output={tmp_path}"]
    folder, text = give(branch.SCRIPT, asked, capsys)
    told = " ".join(text.split())
    assert "In the one future from day 12 of run 3 on, the run itself, the regime " in told
    assert "1 futures" not in told
    assert "share of futures" not in told
    assert sim.open_results(folder).runs["run"].tolist() == [0]
    lever = "levers=[{lever: strength, actor: lurd, value: 3}]"
    _, text = give(branch.SCRIPT, [*asked, lever, "figures=false"], capsys)
    assert "on, which has the run's own chance, the regime " in " ".join(text.split())
    assert main(branch.SCRIPT, [*asked, "figures=false"]) == 0
    assert "1 run is stored already" in capsys.readouterr().err


def test_notebooks_hold_futures_with_their_lineages(tmp_path: Path) -> None:
    scenario = sim.load_scenario(
        "as_recorded", {"ensemble.runs": 5, "horizon_days": 30, "output": str(tmp_path)}, "liberia_2003"
    )
    ensemble = sim.run(scenario)
    futures = ensemble.branch(3, day=12, futures=20)
    assert futures.runs["lineage"].tolist()[:2] == ["3", "3@12:1"]
    own, itself = ensemble.runs.iloc[3], futures.runs.iloc[0]
    assert own.drop(["run", "weight"]).equals(itself.drop(["run", "weight", "lineage"]))
    chronicle = futures.explain(1)
    assert chronicle.outcome == futures.runs["outcome"].iloc[1]
    assert repr(ensemble.explain("3@12:1")) == repr(chronicle)
    assert "of 20 futures" in repr(futures)
    assert futures.plot_futures()


def test_a_small_chance_is_told_with_its_ladder(tmp_path: Path, capsys: Captured) -> None:
    asked = ["world=liberia_2003", "outcome=level_4", "neighbour=GIN", "effort=30", "repeats=3", f"output={tmp_path}"]
    folder, text = give(rare.SCRIPT, asked, capsys)
    assert "The chance of" in text
    assert (folder / "figures" / "ladder.svg").is_file()
    assert {path.stem for path in folder.glob("*.parquet")} == {"ladder", "climbs", "lineages"}
    assert len(pd.read_parquet(folder / "climbs.parquet")) == 3


@pytest.mark.parametrize(
    ("script", "arguments", "line"),
    [
        (branch.SCRIPT, ["day=500"], "day = 500: must be from 0 to"),
        (branch.SCRIPT, ["run=many"], "'many': names no history"),
        (branch.SCRIPT, ["futures=0"], "futures"),
        (branch.SCRIPT, ["day=12", "levers=[{lever: support, actor: IRN, value: 0, day: 3}]"], "lies before day 12"),
        (branch.SCRIPT, ["levers=[{lever: nothing}]"], "nothing"),
        (explain.SCRIPT, ["turns=12:5"], "give run=N as well"),
        (explain.SCRIPT, ["run=3", "turns=12:5@500:1"], "takes a turn on day 500"),
        (rare.SCRIPT, ["outcome=truce"], "no ladder leads there"),
        (rare.SCRIPT, ["outcome=level_4", "neighbour=XXX"], "no such neighbour"),
        (rare.SCRIPT, [], "of which neighbour"),
        (branch.SCRIPT, ["run=true"], "'True': names no history"),
        (branch.SCRIPT, ["run=[1,2]"], "give pairs of day and branch"),
        (explain.SCRIPT, ["run=3", "turns=12:99999999999"], "runs and branches are below"),
        (explain.SCRIPT, ["run=3", "day=500"], "day = 500: must be below"),
        (rare.SCRIPT, ["repeats=1"], "repeats"),
        (rare.SCRIPT, ["outcome=level_2", "neighbour=IRN"], "takes no deaths, so that no ladder leads there"),
        (rare.SCRIPT, ["outcome=collapse_by_14", "by=9"], "by = 9: collapse_by_14 names another day"),
        (
            explain.SCRIPT,
            ["run=5", "runs=20"],
            "runs = 20: tells of many histories, run = 5 of one; give one of them",
        ),
        (explain.SCRIPT, ["runs=20", "place=SY-HM"], "place = SY-HM of one; give one of them"),
    ],
)
def test_what_cannot_be_asked_is_refused_in_a_line(
    script: Script, arguments: list[str], line: str, capsys: Captured
) -> None:
    assert main(script, arguments) == EXIT_BAD_INPUT
    assert line in capsys.readouterr().err


@pytest.mark.parametrize(
    ("run", "day", "futures", "levers", "line"),
    [
        (3.5, 12, 20, (), "names no history"),
        ((3, 2), 12, 20, (), "name no turns"),
        (3, 3.5, 20, (), "day = 3.5: must be a whole number"),
        (3, "3", 20, (), "day = 3: must be a whole number"),
        (3, 12, 0, (), "futures = 0: must be a whole number of at least 1"),
        (3, 12, 20, ["mediation"], "must be a list of mappings"),
        (3, 12, 20, {"lever": "support"}, "must be a list of mappings"),
    ],
)
def test_what_is_no_branch_is_refused_in_python(
    run: History, day: int, futures: int, levers: list[dict[str, object]], line: str
) -> None:
    with pytest.raises(ConfigError, match=line):
        futures_of(sim.load_scenario("as_recorded", {}, "liberia_2003"), run, day, futures, levers)


def test_numbers_of_numpy_name_runs_and_days() -> None:
    lived = futures_of(sim.load_scenario("as_recorded", {}, "liberia_2003"), np.int64(3), np.int64(12), np.int64(20))
    assert lived.living is not None
    assert lived.living.name == "branches of run 3 from day 12 on"
