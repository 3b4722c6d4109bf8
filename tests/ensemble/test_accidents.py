"""Accidents of the machine: what they cost is missing, never stored as an answer, and the same command computes it."""

import multiprocessing
import os
import pickle
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from rich.console import Console

from sim.ensemble.run import chunks, executors, runner, work
from sim.ensemble.run.chunks import PILOT, Job, job_of, live_part
from sim.ensemble.run.reporter import Reporter
from sim.ensemble.run.work import EnsembleError, EnsembleInterruptedError, LostError
from sim.ensemble.store.results import ResultsError, load_results, read_manifest, state_of
from sim.study import sweep
from sim.study.design import Design
from sim.study.sweep import Plan, live_points, plan_sweep, run_sweep
from sim.tell.ensemble import run_ensemble
from tests.ensemble.small import COMMAND, run_small, small_scenario, stored_bytes
from tests.ensemble.test_runner import Watcher

ROOT = Path(__file__).parents[2]
FACTORS = {"rules.morale.beta": [4.0, 5.0, 6.0]}
SETTINGS: dict[str, Any] = {"executor": "process", "workers": 2, "chunk": 4, "runs": 12}
SECONDS = {"process": 15.0, "dask": 30.0}  # after which no child may be left, however busy the machine is


def _die() -> None:
    """Be killed, as by a system that wants memory."""
    os.kill(os.getpid(), signal.SIGKILL)


def _dies_of_the_second_part(job: Job, first: int, n: int) -> dict[str, pa.Table]:
    """Live a part, but kill the process that is to live the second one."""
    if first == 4:
        _die()
    return live_part(job, first, n)


def _dies_after_the_second_part(job: Job, first: int, n: int) -> dict[str, pa.Table]:
    """Live a part, and kill the process that has lived the second one."""
    tables = live_part(job, first, n)
    if first == 4:
        _die()
    return tables


def _never_ends_the_second_part(job: Job, first: int, n: int) -> dict[str, pa.Table]:
    """Live a part, but the second one for ten minutes."""
    if first == 4:
        time.sleep(600)
    return live_part(job, first, n)


def _has_no_memory_for_the_second_part(job: Job, first: int, n: int) -> dict[str, pa.Table]:
    """Live a part, but find no memory for the second one."""
    if first == 4:
        raise MemoryError
    return live_part(job, first, n)


def _has_no_memory(*arguments: object) -> object:
    """Simulate, but find no memory where the sixth run is in a part, nor where it is alone."""
    first, n = int(str(arguments[3])), int(str(arguments[4]))
    if first <= 5 < first + n and n != PILOT:
        raise MemoryError
    return _SIMULATE(*arguments)


_SIMULATE = chunks.simulate
ACCIDENTS: dict[str, tuple[Any, str, Callable[..., Any], dict[str, Any]]] = {
    "a worker dies as it starts": (executors, "_begin_as_worker", _die, {}),
    "a worker dies as it lives runs": (runner, "live_part", _dies_of_the_second_part, {}),
    "a worker dies after it has lived runs": (runner, "live_part", _dies_after_the_second_part, {}),
    "a worker has no memory": (runner, "live_part", _has_no_memory_for_the_second_part, {}),
    "a thread has no memory": (chunks, "simulate", _has_no_memory, {"executor": "thread"}),
}


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("undisturbed")
    run_small(folder, **SETTINGS | {"executor": "thread"})
    return stored_bytes(folder)


@pytest.mark.parametrize("accident", ACCIDENTS)
def test_runs_that_the_machine_has_lost_are_missing_and_the_same_command_computes_them(
    accident: str, undisturbed: dict[str, bytes], tmp_path: Path
) -> None:
    module, name, fault, settings = ACCIDENTS[accident]
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(module, name, fault)
        patched.setattr(work, "MOST_DEATHS", 5)
        with pytest.raises(LostError, match=r"a worker died, .*; \d+ of 12 runs are stored; the same command goes on"):
            run_small(tmp_path, **SETTINGS | settings)
    assert read_manifest(tmp_path)["status"] == "interrupted"
    with pytest.raises(ResultsError, match=r"is not finished \(interrupted\); go on with"):
        load_results(tmp_path)
    results = run_small(tmp_path, **SETTINGS | {"executor": "thread"})
    assert set(results.runs["status"]) == {"ok"}
    assert stored_bytes(tmp_path) == undisturbed


def test_processes_send_so_few_bytes_that_none_can_be_killed_in_the_middle(tmp_path: Path) -> None:
    scenario = small_scenario(**SETTINGS)
    shelf = runner.shelf_of(scenario, tmp_path, "0" * 64)
    stored = work.Work(shelf, 12, {}, Reporter(Console(quiet=True)))
    live = work._storing(stored, scenario.config.executor, partial(live_part, job_of(scenario)))
    assert len(pickle.dumps(live(0, 12))) < select.PIPE_BUF
    assert len(list(tmp_path.glob("parts/0*/runs.parquet"))) == 1


def _dies_of_the_second_point(plan: Plan, first: int, n: int) -> dict[str, pa.Table]:
    """Live points, but kill the process that is to live the second one."""
    if first <= 1 < first + n:
        _die()
    return live_points(plan, first, n)


@pytest.mark.parametrize("kind", ["process", "dask"])
def test_a_stop_does_not_wait_for_children_that_take_long(kind: str, tmp_path: Path) -> None:
    before = set(multiprocessing.active_children())
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(runner, "live_part", _never_ends_the_second_part)
        stop = Watcher(lambda _: signal.raise_signal(signal.SIGINT))
        start = time.monotonic()
        with pytest.raises(EnsembleInterruptedError, match=r"^stopped; [48] of 12 runs are stored"):
            run_ensemble(small_scenario(**SETTINGS | {"executor": kind}), tmp_path, COMMAND, stop)
    assert time.monotonic() - start < 120  # most of it for the start of workers, however busy the machine is
    assert set(multiprocessing.active_children()) <= before


def test_points_that_the_machine_has_lost_are_missing_and_the_same_command_computes_them(tmp_path: Path) -> None:
    scenario = small_scenario(runs=4, executor="process", workers=2)
    plan = plan_sweep(scenario, FACTORS, Design.PRODUCT)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(sweep, "live_points", _dies_of_the_second_point)
        with pytest.raises(LostError, match=r"^1 points are missing: a worker died.*; 2 of 3 points are stored"):
            run_sweep(scenario, plan, tmp_path, COMMAND)
    assert read_manifest(tmp_path)["status"] == "interrupted"
    assert (run_sweep(scenario, plan, tmp_path, COMMAND).table["n"] == 4).all()


def test_memory_that_runs_out_in_the_command_itself_is_one_line(
    undisturbed: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise MemoryError

    with monkeypatch.context() as patched:
        patched.setattr(runner, "_estimates", full)
        with pytest.raises(EnsembleError, match=r"no memory is left; .*; what is stored is kept$"):
            run_small(tmp_path, **SETTINGS | {"executor": "thread"})
    run_small(tmp_path, **SETTINGS | {"executor": "thread"})
    assert stored_bytes(tmp_path) == undisturbed


UNGUARDED = """
import sim
from pathlib import Path
with Path("starts").open("a") as file:
    file.write("start\\n")
settings = {"ensemble.runs": 40, "executor": %r, "ensemble.workers": 2, "horizon_days": 9, "output": "results"}
scenario = sim.load_scenario("as_recorded", settings, "liberia_2003")
%s
"""
CALLS = ("sim.run(scenario)", "sim.sweep(scenario, {'rules.morale.beta': [4, 9]})")


@pytest.mark.parametrize("call", CALLS)
def test_a_script_without_a_main_guard_is_told_so_within_one_start_of_its_workers(call: str, tmp_path: Path) -> None:
    (tmp_path / "script.py").write_text(UNGUARDED % ("process", call))
    done = subprocess.run(
        [sys.executable, "script.py"],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 1
    told = "executor = process: its workers do not start; where a script starts them, put what it calls under if __name"
    assert told in done.stderr.splitlines()[-1]
    assert done.stderr.count("Traceback") == done.stderr.count(told) == 1
    assert (tmp_path / "starts").read_text().count("start") <= 3  # of the script, and of two workers


GUARDED = """
import time
from pathlib import Path
from sim.tell.ensemble import run_ensemble
from tests.ensemble.small import COMMAND, small_scenario
from tests.ensemble.test_runner import Watcher

if __name__ == "__main__":
    scenario = small_scenario(executor=%r, workers=2, chunk=1, runs=2000)
    run_ensemble(scenario, Path("results"), COMMAND, Watcher(lambda _: time.sleep(0.05)))
"""


def _family(parent: int) -> set[int]:
    """Return all processes that come from one."""
    parents = {}
    for place in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            state, ppid = place.read_text().rpartition(")")[2].split()[:2]
            if state != "Z":
                parents[int(place.parent.name)] = int(ppid)
    found = {parent}
    while more := {child for child, ppid in parents.items() if ppid in found} - found:
        found |= more
    return found - {parent}


def _alive(processes: set[int]) -> set[int]:
    """Return which of some processes still live."""
    return {number for number in processes if Path(f"/proc/{number}/fd").exists()}


@pytest.mark.skipif(not Path("/proc").exists(), reason="looks for processes as Linux lists them")
@pytest.mark.parametrize("kind", ["process", "dask"])
@pytest.mark.parametrize("end", ["SIGKILL", "SIGTERM", "SIGHUP"])
def test_workers_end_with_their_parent_and_its_end_is_told(end: str, kind: str, tmp_path: Path) -> None:
    (tmp_path / "script.py").write_text(GUARDED % kind)
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    line = [sys.executable, "script.py"]
    with subprocess.Popen(line, cwd=tmp_path, env=environment, stderr=subprocess.PIPE, text=True) as process:
        deadline = time.monotonic() + 120
        while len(list(tmp_path.glob("results/parts/[0-9]*"))) < 5 and time.monotonic() < deadline:
            time.sleep(0.05)
        children = _family(process.pid)
        process.send_signal(getattr(signal, end))
        _, printed = process.communicate(timeout=SECONDS[kind])
    end_at = time.monotonic() + SECONDS[kind]
    while _alive(children) and time.monotonic() < end_at:
        time.sleep(0.05)
    assert len(children) >= 2
    assert _alive(children) == set()
    manifest = read_manifest(tmp_path / "results")
    assert manifest["status"] == ("running" if end == "SIGKILL" else "interrupted")
    assert state_of(tmp_path / "results", manifest) == "interrupted"
    with pytest.raises(ResultsError, match=r"the ensemble is not finished \(interrupted\); go on with"):
        load_results(tmp_path / "results")
    if end != "SIGKILL":
        assert "stopped; " in printed
        assert " of 2,000 runs are stored; the same command goes on from there" in printed
