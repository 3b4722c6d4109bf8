"""The script that scores: what it leaves, what it reads again, and what it refuses."""

import json
import shutil
from pathlib import Path

import pytest

from experiments import launch, present, scoreboard
from experiments import score as scoring
from experiments.document import rewritten
from sim.study.score.folder import developed_worlds, provenance
from sim.world.catalogue import CONF

FEW = ("ensemble.runs=20", "worlds=[liberia_2003,iraq_1991,chad_1990]")


def last_line(capsys: pytest.CaptureFixture[str], *line: str) -> Path:
    """Return the folder that a command leaves."""
    assert launch.main(scoring.SCRIPT, list(line)) == 0, capsys.readouterr().err
    return Path(capsys.readouterr().out.splitlines()[-1])


def faults(capsys: pytest.CaptureFixture[str], *line: str) -> str:
    """Return what is wrong with a command line."""
    assert launch.main(scoring.SCRIPT, list(line)) == launch.EXIT_BAD_INPUT
    return capsys.readouterr().err


@pytest.mark.slow
def test_a_command_leaves_scores_figures_and_a_page_and_two_of_them_are_compared(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    output = f"output={tmp_path}"
    base = last_line(capsys, *FEW, output)
    files = {f"{table}.parquet" for table in ("scores", "board", "left_out", "tilts", "known")}
    files |= {"scoreboard.md", "scoreboard.html", "manifest.json"}
    assert {path.name for path in base.iterdir()} - {".lock"} == {*files, "figures"}
    assert (base / "figures" / "history_liberia_2003.png").is_file()
    monkeypatch.setattr(present, "draw_files", lambda *_: pytest.fail("they are drawn already"))
    assert last_line(capsys, *FEW, output) == base
    monkeypatch.undo()
    run = json.loads(next(tmp_path.glob("run/liberia_2003-*/manifest.json")).read_text())
    assert run["command"] == (
        "python experiments/run.py world=liberia_2003 scenario=as_recorded ensemble.traces=0 ensemble.runs=20 " + output
    )
    variant = last_line(capsys, *FEW, output, "rules.contest.form=difference")
    found = last_line(capsys, f"compare=[{base},{variant}]", output)
    assert {path.name for path in found.iterdir()} >= {"gains.parquet", "summary.md", "manifest.json", "figures"}


def test_a_world_of_ones_own_is_scored_by_its_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copytree(CONF / "world" / "iraq_1991", tmp_path / "my_war")
    text = faults(capsys, f"world.path={tmp_path / 'my_war'}", "worlds=[mali_2012]")
    assert text == "worlds: names the worlds already; leave out world and world.path\n"
    (tmp_path / "my_war" / "observed.csv").unlink()
    text = faults(capsys, f"world.path={tmp_path / 'my_war'}")
    assert text == "my_war: has no observed.csv, which tells what happened\n"


def test_what_cannot_be_scored_is_refused_in_a_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "did you mean 'mali_2012'?" in faults(capsys, "worlds=[mali_2021]")
    assert "leave it null to score" in faults(capsys, "worlds=[mali_2012]", "horizon_days=30")
    assert "name two folders that score.py printed" in faults(capsys, f"compare=[{tmp_path}]")
    assert "holds no manifest.json" in faults(capsys, f"compare=[{tmp_path},{tmp_path}]")
    assert "mali_2012: named twice" in faults(capsys, "worlds=[mali_2012,mali_2012]")


def test_the_scoreboard_is_as_new_as_what_it_tells() -> None:
    """Run ``python experiments/document.py --scores`` after a change of rules, inputs, records or definitions."""
    now = provenance(developed_worlds())
    for path in (scoreboard.TABLE, scoreboard.MIXES):  # the latter by ``--mixes``
        told, board = scoreboard.read_table(path)
        assert {name: told[name] for name in scoreboard.DIGESTS} == now
        assert set(board["family"]) >= {"fall", "killed", "arrivals", "incident"}
    assert scoreboard.read_table(scoreboard.KEPT)[0]["rulebook"] == now["rulebook"]


def test_the_pages_tell_the_stored_scores() -> None:
    parts = scoreboard.page_parts()
    page, readme = (path.read_text("utf-8") for path in (scoreboard.PAGE, scoreboard.README))
    assert rewritten(page, parts) == page
    assert rewritten(readme, {"standing": parts["standing"]}) == readme
    howto = scoreboard.HOWTO.read_text("utf-8")
    assert rewritten(howto, {"example": scoreboard.example()}) == howto
