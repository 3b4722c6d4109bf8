"""The main command: what it prints and leaves, what it refuses, and how it stops."""

import errno
import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from experiments import launch, present
from experiments.arguments import resolve, take_apart
from experiments.launch import ROOT
from experiments.options import RunOptions, take_options
from experiments.run import SCRIPT
from sim.core.codes import Channel
from sim.core.rules import MECHANISMS, Rules
from sim.ensemble.store.results import load_results
from sim.ensemble.store.schema import ESTIMATES, TABLES
from sim.tell import record
from sim.world.catalogue import CONF, scenario_of
from sim.world.config import known_keys
from tests.experiments.bad_configs import BAD_CONFIGS
from tests.world.bad_worlds import BAD_WORLDS
from tests.world.changes import append, cell, replace, write

SMALL = ["world=liberia_2003", "ensemble.runs=20", "horizon_days=20", "ensemble.traces=2"]
FEW_FIGURES = [*SMALL[:-1], "ensemble.traces=0"]  # for where a process of its own draws them
ENVIRONMENT = os.environ | {"PYTHONPATH": str(ROOT)}
Captured = pytest.CaptureFixture[str]


@pytest.fixture
def no_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the figures out, which take longer than all the rest; one test draws them."""
    monkeypatch.setattr(present, "draw_files", lambda *_: [])


def run(*arguments: str) -> int:
    """Return the exit status of the command in this process."""
    return launch.main(SCRIPT, list(arguments))


def command(*arguments: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """Return what the command does as a process of its own."""
    line = [sys.executable, str(ROOT / "experiments" / "run.py"), *arguments]
    return subprocess.run(line, capture_output=True, text=True, cwd=cwd, env=ENVIRONMENT, check=False)


def composed(*arguments: str) -> dict[str, Any]:
    """Return the composed values of an ensemble, without what is the script's own."""
    (point,) = resolve(CONF, "run", take_apart(arguments)).points
    return take_options(point.values, RunOptions)[1]


def folder_of(output: str) -> Path:
    """Return the result folder that the last line names."""
    return Path(output.splitlines()[-1])


def test_the_command_prints_a_table_and_leaves_a_folder(tmp_path: Path) -> None:
    done = command(*SMALL, f"output={tmp_path}/results", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert 0 < done.stdout.index("Spillover") < done.stdout.index("collapse of the regime")
    said = " ".join(done.stdout.split())
    assert said.index("not a forecast.") < said.index(record.pointer(is_weighed=True))
    assert "20 of 20 runs" in done.stderr
    folder = folder_of(done.stdout)
    assert folder.parent == tmp_path / "results" / "run"
    assert folder.name.startswith("liberia_2003-as_recorded-")
    names = {path.name for path in folder.iterdir()}
    assert names >= {
        "manifest.json",
        "summary.md",
        "figures",
        *(f"{t}.parquet" for t in (*TABLES, ESTIMATES)),
    }
    assert [path.name for path in tmp_path.iterdir()] == ["results"]  # Hydra leaves nothing

    results = load_results(folder)
    assert results.manifest["command"] == shlex.join(
        ["python", "experiments/run.py", *SMALL, f"output={tmp_path}/results"]
    )
    assert len(results.manifest["figures"]) >= 4
    assert all((folder / name).stat().st_size > 0 for name in results.manifest["figures"])

    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*")}
    again = command(*shlex.split(results.manifest["command"])[2:], cwd=tmp_path)
    assert again.stdout == done.stdout
    assert "20 runs are stored already; nothing is computed" in again.stderr
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*")} == before


@pytest.mark.usefixtures("no_figures")
def test_a_sweep_leaves_a_folder_for_each_point(tmp_path: Path, capsys: Captured) -> None:
    swept = ["-m", "scenario=offensive_2024,no_offensive", f"output={tmp_path}"]
    assert run(*SMALL, *swept) == 0
    folders = sorted(path.name.rsplit("-", 1)[0] for path in (tmp_path / "run").iterdir())
    assert folders == ["liberia_2003-as_recorded", "liberia_2003-no_offensive"]
    output = capsys.readouterr().out
    last = folder_of(output)
    assert last.name.startswith("liberia_2003-no_offensive")
    assert "multirun" not in {path.stem for path in tmp_path.rglob("*")}
    manifest = json.loads((last / "manifest.json").read_text())
    assert "scenario=no_offensive" in shlex.split(manifest["command"])
    assert "-m" not in shlex.split(manifest["command"])


@pytest.mark.usefixtures("no_figures")
def test_a_world_of_ones_own_needs_only_its_path(tmp_path: Path, capsys: Captured) -> None:
    shutil.copytree(CONF / "world" / "liberia_2003", tmp_path / "my world")
    assert run(*SMALL[1:], f"world.path='{tmp_path}/my world'", f"output={tmp_path}") == 0
    folder = folder_of(capsys.readouterr().out)
    assert folder.name.startswith("my_world-as_recorded-")


@pytest.mark.usefixtures("no_figures")
def test_the_usual_world_is_not_named_in_the_folder(tmp_path: Path, capsys: Captured) -> None:
    assert run("ensemble.runs=2", "horizon_days=2", f"output={tmp_path}") == 0
    assert folder_of(capsys.readouterr().out).name.startswith("offensive_2024-")


@pytest.mark.usefixtures("no_figures")
def test_results_go_where_they_are_told(tmp_path: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(*SMALL, "output=here") == 0
    assert folder_of(capsys.readouterr().out).parent == tmp_path / "here" / "run"


@pytest.mark.parametrize("name", BAD_CONFIGS)
def test_a_bad_command_line_is_one_line_and_leaves_nothing(
    name: str, tmp_path: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    arguments, line = BAD_CONFIGS[name]
    assert run(*arguments) == launch.EXIT_BAD_INPUT
    output = capsys.readouterr()
    assert output.out == ""
    assert len(output.err.splitlines()) == 1
    assert output.err.startswith(line)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", list(BAD_WORLDS)[::4])  # tests/world has them all
def test_a_bad_world_is_refused_and_leaves_nothing(
    name: str, tmp_path: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    change, line = BAD_WORLDS[name]
    world = tmp_path / "mine"
    shutil.copytree(CONF / "world" / "liberia_2003", world)
    change(world)
    (tmp_path / "cwd").mkdir()
    monkeypatch.chdir(tmp_path / "cwd")
    assert run(f"world.path={world}") == launch.EXIT_BAD_INPUT
    output = capsys.readouterr()
    assert output.out == ""
    assert all(text.startswith("world mine: ") for text in output.err.splitlines())
    assert line in output.err
    assert list((tmp_path / "cwd").iterdir()) == []


def test_a_map_that_cannot_be_drawn_is_one_line_before_anything_is_computed(tmp_path: Path, capsys: Captured) -> None:
    world = tmp_path / "mine"
    shutil.copytree(CONF / "world" / "liberia_2003", world)
    append("world.yaml", "map: m.geojson")(world)
    write("m.geojson", b"{}")(world)
    assert run(*SMALL[1:], f"world.path={world}", f"output={tmp_path}/results") == launch.EXIT_BAD_INPUT
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("world mine: m.geojson: must be a FeatureCollection with features; export the map again, or")
    assert not (tmp_path / "results").exists()


@pytest.mark.usefixtures("no_figures")
def test_texts_of_a_world_are_shown_as_they_are(tmp_path: Path, capsys: Captured) -> None:
    world = tmp_path / "mine"
    shutil.copytree(CONF / "world" / "liberia_2003", world)
    replace("world.yaml", "title: ", "title: '[/] :smile: =cmd|1' #")(world)
    cell("states.csv", 2, "name", "[red]=cmd|1")(world)
    assert run(*SMALL[1:], f"world.path={world}", f"output={tmp_path}") == 0
    assert "[/] :smile: =cmd|1: scenario as_recorded" in capsys.readouterr().out


def test_every_fault_has_its_line(tmp_path: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert run("ensemble.rns=3", "wrld=x", "scenario=none") == launch.EXIT_BAD_INPUT
    assert len(capsys.readouterr().err.splitlines()) == 3
    assert run("ensemble.runs=0", "horizon_days=0", "rules.morale.beta=-1") == launch.EXIT_BAD_INPUT
    assert len(capsys.readouterr().err.splitlines()) == 3


@pytest.mark.parametrize("arguments", [["ensemble.rus=3"], ["world=levant"], ["-m", "ensemble.runs=5,0"]])
def test_a_bad_command_line_ends_the_process_with_2(arguments: list[str], tmp_path: Path) -> None:
    done = command(*arguments, cwd=tmp_path)
    assert done.returncode == 2
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


def test_an_unwritable_place_ends_with_1_and_one_line(tmp_path: Path, capsys: Captured) -> None:
    (tmp_path / "file").write_text("in the way")
    assert run(*SMALL, f"output={tmp_path}/file") == launch.EXIT_FAILED
    output = capsys.readouterr()
    assert output.out == ""
    assert len(output.err.splitlines()) == 1
    assert "cannot be written (Not a directory)" in output.err


@pytest.mark.parametrize("kind", ["thread", "process", "dask"])
def test_ctrl_c_ends_with_130_and_keeps_what_is_done(kind: str, tmp_path: Path) -> None:
    settings = [f"executor={kind}", "ensemble.runs=1000000", "ensemble.chunk=20", f"output={tmp_path}"]
    line = [sys.executable, "experiments/run.py", *settings]
    pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen(line, cwd=ROOT, env=ENVIRONMENT, start_new_session=True, **pipes) as process:
        deadline = time.monotonic() + 120
        while len(list(tmp_path.glob("run/*/parts/[0-9]*"))) < 3 and time.monotonic() < deadline:
            time.sleep(0.05)
        os.killpg(process.pid, signal.SIGINT)  # as a terminal does
        output, errors = process.communicate(timeout=60)
    assert process.returncode == launch.EXIT_INTERRUPTED
    assert output == ""
    assert "Traceback" not in errors
    assert "runs are stored; the same command goes on from there" in errors.splitlines()[-1]
    (folder,) = (tmp_path / "run").iterdir()
    manifest = json.loads((folder / "manifest.json").read_text())
    assert manifest["status"] == "interrupted"
    assert manifest["runs_done"] == 20 * len(list(folder.glob("parts/[0-9]*"))) >= 60


@pytest.mark.usefixtures("no_figures")
def test_an_ensemble_in_which_every_run_fails_ends_with_1(
    tmp_path: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    def raising(*_: Any) -> None:
        message = "broken"
        raise ArithmeticError(message)

    monkeypatch.setattr("sim.ensemble.run.chunks.simulate", raising)
    assert run(*SMALL, f"output={tmp_path}") == launch.EXIT_FAILED
    output = capsys.readouterr()
    assert "20 of 20 runs failed; run 0: ArithmeticError: broken" in output.err
    assert len(load_results(folder_of(output.out)).runs) == 20


@pytest.mark.parametrize(
    "choice",
    [
        f"{path.parent.name}={path.stem}"
        for group in ("scenario", "world", "executor")
        for path in sorted((CONF / group).glob("*.yaml"))
    ],
)
def test_every_config_file_composes_and_validates(choice: str) -> None:
    group, _, name = choice.partition("=")
    config = launch.read_point(composed(choice))
    scenario = scenario_of(config)
    described = getattr(config, group)
    assert (described.kind if group in ("executor", "uncertainty") else described.name) == name
    assert int(scenario.world[0]["n_levers"]) == len(config.scenario.levers) + len(config.scenario.events)
    first = (CONF / group / f"{name}.yaml").read_text(encoding="utf-8").splitlines()[0]
    assert first.startswith("# ")


def test_a_sweep_has_a_point_for_each_combination() -> None:
    swept = take_apart(["scenario=glob(patrons_*)", "-m", "ensemble.seed=1,2", "rules.morale.beta=range(5,8)"])
    points = [point.values for point in resolve(CONF, "run", swept).points]
    assert len(points) == len(list((CONF / "scenario").glob("patrons_*.yaml"))) * 2 * 3 == 12
    seen = {(p["scenario"]["name"], p["ensemble"]["seed"], p["rules"]["morale"]["beta"]) for p in points}
    assert len(seen) == len(points)


def test_points_of_a_sweep_can_be_launched_side_by_side(tmp_path: Path) -> None:
    pytest.importorskip("joblib")
    launcher = ["-m", "hydra/launcher=joblib", "hydra.launcher.n_jobs=2", "ensemble.workers=1"]
    done = command(*FEW_FIGURES, *launcher, "scenario=as_recorded,patrons_leave", f"output={tmp_path}")
    assert done.returncode == 0, done.stderr
    assert len(list(tmp_path.glob("run/*/runs.parquet"))) == 2


def test_a_channel_can_be_closed_by_name() -> None:
    record = launch.load_scenario(composed("channels.kin=false")).world[0]
    assert [Channel(i) for i in np.flatnonzero(record["channel_on"] == 0)] == [Channel.KIN]


def test_composed_rules_are_the_defaults_of_the_code() -> None:
    values = composed()
    assert values["rules"].keys() == MECHANISMS.keys()
    assert launch.read_point(values).parameters() == Rules()


def test_any_rule_parameter_can_be_set_by_name() -> None:
    parameters = [key for key in known_keys() if key.count(".") == 2 and key.startswith("rules.")]
    assert len(parameters) > 50
    name = parameters[-1]
    values = composed(f"{name}=0.125")
    _, mechanism, parameter = name.split(".")
    assert values["rules"][mechanism][parameter] == 0.125


def test_help_names_every_choice_and_setting(capsys: Captured) -> None:
    assert run("--help") == 0
    text = capsys.readouterr().out
    for group in ("scenario", "world", "executor", "rules", "uncertainty"):
        for path in (CONF / group).glob("*.yaml"):
            assert path.stem in text
    settings = yaml.safe_load((CONF / "base.yaml").read_text(encoding="utf-8"))["ensemble"]
    assert all(name in text for name in (*settings, "horizon_days", "output", "world.path", "rules."))
    assert all(channel.name.lower() in text for channel in Channel)


def test_asking_runs_nothing(tmp_path: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert run("--cfg", "job", "ensemble.runs=7") == 0
    assert yaml.safe_load(capsys.readouterr().out)["ensemble"]["runs"] == 7
    assert list(tmp_path.iterdir()) == []


def test_a_reader_who_goes_away_is_no_traceback(tmp_path: Path) -> None:
    line = f"{shlex.join([sys.executable, 'experiments/run.py', *FEW_FIGURES, f'output={tmp_path}'])} | true"
    done = subprocess.run(["sh", "-c", line], cwd=ROOT, env=ENVIRONMENT, capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr
    assert "Exception" not in done.stderr
    assert len(list(tmp_path.glob("run/*/runs.parquet"))) == 1


def test_a_disk_that_fills_while_drawing_is_one_line(
    tmp_path: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "figures/map.png")

    monkeypatch.setattr(present, "draw_files", full)
    assert run(*SMALL, f"output={tmp_path}") == launch.EXIT_FAILED
    printed = capsys.readouterr()
    assert (
        "figure fall_map: left out (OSError: [Errno 28] No space left on device: 'figures/map.png'); the" in printed.err
    )
    assert load_results(folder_of(printed.out)).manifest["figures"] == {}
