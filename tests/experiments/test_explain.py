"""The command that tells why."""

import json
import re
from pathlib import Path

import pytest

from experiments.explain import SCRIPT
from experiments.launch import EXIT_BAD_INPUT, main


def told(capsys: pytest.CaptureFixture[str], tmp_path: Path, *settings: str) -> tuple[list[str], Path]:
    """Return the lines that a command prints but for the last, and the folder that this names."""
    assert main(SCRIPT, [f"output={tmp_path}", *settings]) == 0
    *lines, last = capsys.readouterr().out.splitlines()
    return lines, Path(last)


def test_it_tells_a_history_and_writes_it(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    lines, folder = told(capsys, tmp_path, "run=0", "horizon_days=40")
    assert lines[0].startswith("run 0 of offensive_2024, seed 1: ")
    assert not (folder / "run-0.html").exists()
    data = json.loads((folder / "run-0.json").read_text())
    assert data["run"] == 0
    assert len(data["events"]) > 10
    assert data["events"][0]["text"] in (folder / "run-0.md").read_text()


def test_it_answers_a_question_with_causes_and_what_would_have_been(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    lines, _ = told(capsys, tmp_path, "run=0", "question=fall", "horizon_days=40")
    assert lines[0].startswith("day ")
    assert any(re.match(r"100\s% ", line) for line in lines)
    assert any(line.startswith("without ") for line in lines)


def test_it_tells_of_one_actor_alone(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    lines, _ = told(capsys, tmp_path, "run=0", "actor=RUS", "horizon_days=40")
    assert all("Russia" in line for line in lines if line.startswith("day "))


def test_it_tells_what_an_outcome_needs(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    lines, folder = told(capsys, tmp_path, "runs=30", "horizon_days=40")
    form = r"without .* the collapse does not come in \d+ % \[\d+, \d+\] of the \d+ runs that have it"
    assert all(re.match(form, line) for line in lines)
    stored = (folder / "collapse.md").read_text().splitlines()
    assert [f"- {line}" for line in lines] == stored[: len(lines)]
    assert len(lines) == min(len(stored), 12)


def test_without_a_number_it_tells_typical_histories(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    lines, folder = told(capsys, tmp_path, "ensemble.runs=20", "ensemble.traces=1", "horizon_days=40")
    assert sum(line.startswith("run ") for line in lines) == len(list(folder.glob("run-*.json")))


def test_a_page_and_a_figure_are_written_where_they_are_asked_for(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    _, folder = told(capsys, tmp_path, "run=0", "horizon_days=20", "page=true", "figures=true")
    assert {path.suffix for path in folder.glob("run-0.*")} == {".md", ".json", ".html", ".png", ".svg"}
    assert "seed 1" in (folder / "run-0.html").read_text()


@pytest.mark.parametrize(
    ("setting", "fault"),
    [
        ("question=collapze", "no such kind of event; did you mean 'collapse'?"),
        ("place=SY-XX", "place = 'SY-XX': no such place"),
        ("actor=RUSSIA", "actor = 'RUSSIA': no such actor"),
        ("outcome=flihgt", "no such outcome; did you mean 'flight'?"),
        ("run=-1", "run = -1"),
    ],
)
def test_what_cannot_be_asked_is_refused(
    setting: str, fault: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert main(SCRIPT, [f"output={tmp_path}", "run=0", setting]) == EXIT_BAD_INPUT
    assert fault in capsys.readouterr().err
    assert not list(tmp_path.iterdir())
