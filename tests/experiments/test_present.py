"""What follows the results: a fault costs only itself, the folder comes last, and nobody else writes meanwhile."""

import fcntl
import io
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from experiments import compare, launch, present, report, run, sweep
from sim.ensemble.store.files import LOCK
from sim.ensemble.store.results import load_results, read_manifest

WORLD = ["world=liberia_2003", "horizon_days=20", "ensemble.traces=0"]
SMALL = [*WORLD, "ensemble.runs=20"]
Captured = pytest.CaptureFixture[str]
COMMANDS: dict[str, tuple[Any, list[str]]] = {
    "run": (run, [*SMALL, "report=true"]),
    "sweep": (sweep, [*WORLD, "ensemble.runs=4", "sweep.factors={rules.morale.beta: [5, 6]}"]),
    "compare": (compare, [*SMALL, "scenarios=[as_recorded,mediation]", "report=true"]),
}
STEPS = {
    "run": ("summary_table", "draw_files", "of_ensemble", "write_report"),
    "sweep": ("sweep_table", "draw_files", "of_sweep"),
    "compare": ("comparison_table", "draw_files", "of_comparison", "write_report"),
}
PLACES = [(command, step) for command, steps in STEPS.items() for step in steps]
QUICK: dict[str, Callable[..., Any]] = {
    "draw_files": lambda *_: [],
    "write_report": lambda _cases, path, *_: path,
}


def command(name: str, tmp_path: Path, *more: str) -> int:
    """Return the exit status of a command in this process."""
    script, arguments = COMMANDS[name]
    return launch.main(script.SCRIPT, [*arguments, f"output='{tmp_path}'", *more])


def home_of(name: str, step: str) -> Any:
    """Return the module in which a step of a command is looked up."""
    return present if step == "draw_files" else COMMANDS[name][0]


def quickly(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Leave out what takes longer than all the rest, and is tested elsewhere."""
    for step in STEPS[name]:
        if step in QUICK:
            monkeypatch.setattr(home_of(name, step), step, QUICK[step])


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252", "utf-8"])
def test_an_encoding_that_lacks_signs_costs_no_line(
    encoding: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(written, encoding=encoding))
    arguments = [*SMALL, "figures=false", f"output='{tmp_path}/Ergebnisse-Łódź'"]
    assert launch.main(run.SCRIPT, arguments) == 0
    lines = written.getvalue().decode(encoding).splitlines()
    dash = "-" if encoding in ("ascii", "latin-1") else "\N{EN DASH}"
    assert any(f"10{dash}90 % of runs" in line for line in lines)
    assert "run" in Path(lines[-1]).parts
    assert ("Łódź" in lines[-1]) == (encoding == "utf-8")


def test_signs_become_plain_ones_and_letters_lose_their_marks_only_where_they_must() -> None:
    text = io.TextIOWrapper(io.BytesIO(), encoding="latin-1")
    present.use_plainer_signs(text)
    text.write("▲ −12 [−14, −10] ±1 Türkiye Łódź 大")
    text.flush()
    text.seek(0)
    assert text.read() == "^ -12 [-14, -10] ±1 Türkiye ?ódz ?"


@pytest.mark.parametrize(("name", "step"), PLACES)
def test_a_fault_after_the_results_is_one_line_and_costs_only_itself(
    name: str, step: str, tmp_path: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    def faulty(*_: object) -> None:
        message = "nothing\nfits"
        raise ValueError(message)

    quickly(monkeypatch, name)
    monkeypatch.setattr(home_of(name, step), step, faulty)
    assert command(name, tmp_path) == launch.EXIT_FAILED
    printed = capsys.readouterr()
    told = [line for line in printed.err.splitlines() if "nothing" in line]
    assert told
    assert all(": left out (ValueError: nothing fits); the results are stored" in line for line in told)
    assert "Traceback" not in printed.err
    folder = Path(printed.out.splitlines()[-1])
    assert folder.parent == tmp_path / name
    assert read_manifest(folder)["status"] == "complete"


def is_locked(folder: Path) -> bool:
    """Tell whether somebody else is kept from writing into a folder."""
    handle = os.open(folder / LOCK, os.O_RDWR)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(handle)
    return False


@pytest.mark.parametrize(("name", "step"), [*PLACES, *((name, "write_manifest") for name in STEPS)])
def test_nobody_else_writes_before_the_last_byte_of_a_command(
    name: str, step: str, tmp_path: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    quickly(monkeypatch, name)
    monkeypatch.setattr(present, "draw_files", lambda *_: [])
    home = present if step == "write_manifest" else home_of(name, step)
    function, seen = getattr(home, step), []

    def looking(*arguments: Any) -> Any:
        folders = [place.parent for place in tmp_path.glob(f"*/*/{LOCK}")]
        seen.append((len(folders), all(map(is_locked, folders))))
        return function(*arguments)

    monkeypatch.setattr(home, step, looking)
    if step == "write_manifest":  # something has to be drawn for it
        monkeypatch.setattr(present, "draw_files", lambda _, folder: [_drawn(folder)])
    assert command(name, tmp_path) == 0
    assert seen
    assert all(locked for _, locked in seen)
    assert seen[-1][0] == (3 if name == "compare" else 1)
    capsys.readouterr()
    assert not any(is_locked(place.parent) for place in tmp_path.glob(f"*/*/{LOCK}"))


def _drawn(folder: Path) -> Path:
    """Return a figure of a folder."""
    path = folder / "figures" / "drawn.svg"
    path.parent.mkdir(exist_ok=True)
    path.write_text("<svg/>")
    return path


@pytest.mark.parametrize("name", ["compare", "report", "open"])
def test_who_reads_a_folder_that_is_being_written_says_so(name: str, tmp_path: Path, capsys: Captured) -> None:
    assert command("run", tmp_path, "figures=false", "report=false") == 0
    folder = Path(capsys.readouterr().out.splitlines()[-1])
    with (folder / LOCK).open("r+") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        if name == "open":
            with pytest.raises(ValueError, match=r"another process is writing this ensemble; wait for its end"):
                load_results(folder)
            return
        script = {"compare": compare, "report": report}[name]
        status = launch.main(script.SCRIPT, [f"results=['{folder}','{folder}']"])
    assert status in (launch.EXIT_FAILED, launch.EXIT_BAD_INPUT)
    assert "another process is writing this ensemble; wait for its end" in capsys.readouterr().err


def test_figures_that_are_missing_or_changed_are_drawn_again_and_no_others(
    tmp_path: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = []

    def draw(sheets: list[Any], folder: Path) -> list[Path]:
        (folder / "figures").mkdir(exist_ok=True)
        drawn.extend(sheet.name for sheet in sheets)
        paths = [folder / "figures" / f"{sheet.name}.svg" for sheet in sheets]
        for path in paths:
            path.write_text(path.stem)
        return paths

    monkeypatch.setattr(present, "draw_files", draw)
    assert command("run", tmp_path, "report=false") == 0
    folder = Path(capsys.readouterr().out.splitlines()[-1])
    names = sorted(drawn)
    assert sorted(load_results(folder).manifest["figures"]) == [f"figures/{name}.svg" for name in names]
    drawn.clear()
    assert command("run", tmp_path, "report=false") == 0
    assert drawn == []
    (folder / "figures" / f"{names[0]}.svg").unlink()
    (folder / "figures" / f"{names[1]}.svg").write_text("defaced")
    assert command("run", tmp_path, "report=false") == 0
    assert sorted(drawn) == names[:2]
    assert (folder / "figures" / f"{names[1]}.svg").read_text() == names[1]


@pytest.mark.parametrize("name", COMMANDS)
def test_no_figures_are_drawn_where_none_are_wanted(
    name: str, tmp_path: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    quickly(monkeypatch, name)
    monkeypatch.setattr(present, "draw_files", lambda *_: pytest.fail("a figure is drawn"))
    assert command(name, tmp_path, "figures=false") == 0
    folder = Path(capsys.readouterr().out.splitlines()[-1])
    assert json.loads((folder / "manifest.json").read_text())["figures"] == {}
    assert not (folder / "figures").exists()
