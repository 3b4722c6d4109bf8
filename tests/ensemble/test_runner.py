"""Ensembles: the same bytes for any workers, chunks and interruptions; nothing that is done is lost."""

import fcntl
import io
import json
import multiprocessing
import os
import re
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from rich.console import Console

from sim.ensemble.run import chunks, runner
from sim.ensemble.run.chunks import Job, live_part
from sim.ensemble.run.reporter import Reporter
from sim.ensemble.run.work import EnsembleError, EnsembleInterruptedError, LostError
from sim.ensemble.store.manifest import describe, write_manifest
from sim.ensemble.store.results import ResultsError, load_results
from sim.ensemble.store.schema import TABLES
from sim.tell.ensemble import run_ensemble
from tests.ensemble.small import COMMAND, lines_to, run_small, small_scenario, stored_bytes

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("undisturbed")
    run_small(folder)
    return stored_bytes(folder)


class Watcher(Reporter):
    """Call a function each time runs are stored."""

    def __init__(self, watch: Callable[[int], None]) -> None:
        super().__init__(Console(quiet=True))
        self.watch = watch

    @contextmanager
    def count(self, items: str, total: int, done: int) -> Iterator[Callable[[int], None]]:
        """Pass every advance on."""
        with super().count(items, total, done) as advance:

            def watched(runs: int) -> None:
                advance(runs)
                self.watch(runs)

            yield watched


def stopper(after: int) -> Watcher:
    """Return a reporter that presses Ctrl-C once some runs are stored."""
    stored = 0

    def stop(runs: int) -> None:
        nonlocal stored
        stored += runs
        if stored >= after:
            signal.raise_signal(signal.SIGINT)

    return Watcher(stop)


@pytest.mark.parametrize("workers", [1, 3])
@pytest.mark.parametrize("chunk", [1, 11, 40, "auto"])
def test_tables_are_the_same_bytes_for_any_chunks_and_workers(
    tmp_path: Path, undisturbed: dict[str, bytes], workers: int, chunk: int | str
) -> None:
    run_small(tmp_path, workers=workers, chunk=chunk)
    assert stored_bytes(tmp_path) == undisturbed


def test_processes_store_the_same_bytes_as_threads(tmp_path: Path, undisturbed: dict[str, bytes]) -> None:
    run_small(tmp_path, executor="process", workers=2)
    assert stored_bytes(tmp_path) == undisturbed


def test_another_seed_gives_other_tables(tmp_path: Path, undisturbed: dict[str, bytes]) -> None:
    run_small(tmp_path, seed=2)
    assert all(stored_bytes(tmp_path)[name] != undisturbed[name] for name in undisturbed)


def test_a_finished_folder_holds_its_tables_and_no_parts(tmp_path: Path) -> None:
    run_small(tmp_path)
    names = {path.name for path in tmp_path.iterdir()}
    assert names == {
        ".lock",
        "manifest.json",
        "summary.md",
        *(f"{name}.parquet" for name in (*TABLES, "estimates")),
    }
    results = load_results(tmp_path)
    assert len(results.runs) == 40
    assert str(results.runs["collapse_day"].dtype) == "Int32"


def test_a_second_call_computes_nothing(tmp_path: Path) -> None:
    run_small(tmp_path)
    before = {path: path.stat().st_mtime_ns for path in tmp_path.iterdir()}
    lines = io.StringIO()
    again = run_ensemble(small_scenario(), tmp_path, COMMAND, lines_to(lines))
    assert lines.getvalue() == "40 runs are stored already; nothing is computed\n"
    assert {path: path.stat().st_mtime_ns for path in tmp_path.iterdir()} == before
    assert again.manifest["runs_computed"] == 40


@pytest.mark.parametrize("name", [*TABLES, "estimates"])
def test_a_damaged_final_table_is_made_again(tmp_path: Path, undisturbed: dict[str, bytes], name: str) -> None:
    run_small(tmp_path)
    path = tmp_path / f"{name}.parquet"
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(ResultsError, match=rf"{name}\.parquet: is damaged"):
        load_results(tmp_path)
    lines = io.StringIO()
    run_ensemble(small_scenario(), tmp_path, COMMAND, lines_to(lines))
    assert f"{'estimating' if name == 'estimates' else 'made'} again" in lines.getvalue()
    assert stored_bytes(tmp_path) == undisturbed


@pytest.mark.parametrize("settings", [{}, {"runs": 20}, {"until": {"p_collapse": 0.2}}], ids=["all", "fewer", "until"])
def test_estimates_that_are_missing_are_made_from_stored_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: dict[str, Any]
) -> None:
    asked = settings if "until" in settings else {}
    run_small(tmp_path, **asked)
    before, told = stored_bytes(tmp_path), load_results(tmp_path).manifest
    (tmp_path / "estimates.parquet").unlink()

    def forbidden(*_: object) -> None:
        pytest.fail("a run is lived again")

    monkeypatch.setattr(chunks, "simulate", forbidden)
    lines = io.StringIO()
    results = run_ensemble(small_scenario(**settings), tmp_path, COMMAND, lines_to(lines))
    assert re.search(r"estimates\.parquet: is missing .*: estimating again", lines.getvalue())
    assert all(results.manifest[key] == told[key] for key in ("runs", "runs_computed", "seconds"))
    assert stored_bytes(tmp_path) == before


def test_ctrl_c_keeps_what_is_done_and_the_same_command_goes_on(tmp_path: Path, undisturbed: dict[str, bytes]) -> None:
    def stop(_: int) -> None:
        signal.raise_signal(signal.SIGINT)

    with pytest.raises(EnsembleInterruptedError, match=r"^stopped; \d+ of 40 runs are stored; the same command"):
        run_ensemble(small_scenario(workers=2), tmp_path, COMMAND, Watcher(stop))
    manifest = json.loads((tmp_path / "manifest.json").read_text())
    kept = sum(int(path.name.split("-")[1]) for path in (tmp_path / "parts").iterdir())
    assert manifest["status"] == "interrupted"
    assert 7 <= manifest["runs_done"] == kept < 40
    with pytest.raises(ResultsError, match=r"is not finished \(interrupted\); go on with: python experiments"):
        load_results(tmp_path)
    results = run_small(tmp_path)
    assert results.manifest["runs_computed"] == 40 - kept
    assert stored_bytes(tmp_path) == undisturbed


def test_a_killed_command_goes_on_to_the_same_bytes(tmp_path: Path, undisturbed: dict[str, bytes]) -> None:
    code = f"""
import time
from tests.ensemble.test_runner import Watcher
from tests.ensemble.small import COMMAND, small_scenario
from sim.tell.ensemble import run_ensemble
from pathlib import Path
run_ensemble(small_scenario(), Path({str(tmp_path)!r}), COMMAND, Watcher(lambda _: time.sleep(0.3)))
"""
    with subprocess.Popen([sys.executable, "-c", code], cwd=ROOT) as process:
        deadline = time.monotonic() + 120
        while len(list((tmp_path / "parts").glob("[0-9]*"))) < 3 and time.monotonic() < deadline:
            time.sleep(0.01)
        process.kill()
    stored = len(list((tmp_path / "parts").glob("[0-9]*")))
    assert 3 <= stored < 6
    assert json.loads((tmp_path / "manifest.json").read_text())["status"] == "running"
    lines = io.StringIO()
    results = run_ensemble(small_scenario(), tmp_path, COMMAND, lines_to(lines))
    assert results.manifest["runs_computed"] < 40
    assert "runs are stored already; going on from there" in lines.getvalue()
    assert stored_bytes(tmp_path) == undisturbed


def test_an_interrupted_ensemble_goes_on_with_other_chunks(tmp_path: Path, undisturbed: dict[str, bytes]) -> None:
    def stop(_: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(EnsembleInterruptedError):
        run_ensemble(small_scenario(chunk=3), tmp_path, COMMAND, Watcher(stop))
    run_small(tmp_path, chunk=16, workers=2)
    assert stored_bytes(tmp_path) == undisturbed


def test_dead_worker_processes_are_replaced_and_lose_nothing(tmp_path: Path, undisturbed: dict[str, bytes]) -> None:
    kills = iter(range(3))

    def kill(_: int) -> None:
        if next(kills, None) is not None:
            for child in multiprocessing.active_children():
                os.kill(child.pid or 0, signal.SIGKILL)

    lines = io.StringIO()
    reporter = Watcher(kill)
    reporter.console = lines_to(lines).console
    results = run_ensemble(small_scenario(executor="process", workers=1, chunk=4), tmp_path, COMMAND, reporter)
    assert "a worker died, stopped from outside or for want of memory; its part is tried again" in lines.getvalue()
    assert results.manifest["runs_failed"] == 0
    assert stored_bytes(tmp_path) == undisturbed


def _dies_of_the_third_part(job: Job, first: int, n: int) -> dict[str, pa.Table]:
    """Live a part, but kill the process that is to live the third one."""
    if first == 8:
        os.kill(os.getpid(), signal.SIGKILL)
    return live_part(job, first, n)


def test_a_part_that_workers_die_of_is_missing_until_the_same_command_computes_it(
    tmp_path: Path, undisturbed: dict[str, bytes]
) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(runner, "live_part", _dies_of_the_third_part)
        missing = (
            r"^4 runs are missing: a worker died.*; 36 of 40 runs are stored; the same command goes on from there$"
        )
        with pytest.raises(LostError, match=missing):
            run_ensemble(small_scenario(executor="process", workers=2, chunk=4), tmp_path, COMMAND)
    assert json.loads((tmp_path / "manifest.json").read_text())["status"] == "interrupted"
    assert run_small(tmp_path).manifest["runs_computed"] == 4
    assert stored_bytes(tmp_path) == undisturbed


def test_a_failing_run_is_a_row_and_not_the_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    simulate = chunks.simulate

    def raising(*arguments: object) -> object:
        first, n = int(str(arguments[3])), int(str(arguments[4]))
        if first <= 9 < first + n:
            message = "division by zero"
            raise ZeroDivisionError(message)
        return simulate(*arguments)

    monkeypatch.setattr(chunks, "simulate", raising)
    results = run_small(tmp_path)
    failed = results.runs[results.runs["status"] != "ok"]
    assert list(failed["run"]) == [9]
    assert list(failed["error"]) == ["ZeroDivisionError: division by zero"]
    assert results.manifest["runs_failed"] == 1
    assert "1 failed runs are left out" in (tmp_path / "summary.md").read_text()


def test_an_unwritable_place_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(EnsembleError, match=r"cannot be written \(Not a directory\); name another place"):
        run_small(tmp_path / "file" / "results")


def test_a_full_disk_is_one_line_and_keeps_what_is_done(tmp_path: Path, undisturbed: dict[str, bytes]) -> None:
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)

    def fill(_: int) -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (100, limits[1]))

    try:
        with pytest.raises(EnsembleError, match=r"cannot be written \(.*\); free some space.*stored is kept"):
            run_ensemble(small_scenario(), tmp_path, COMMAND, Watcher(fill))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    results = run_small(tmp_path)
    assert results.manifest["runs_computed"] == 33
    assert stored_bytes(tmp_path) == undisturbed


def test_a_folder_in_use_is_left_alone(tmp_path: Path) -> None:
    with (tmp_path / ".lock").open("w") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        with pytest.raises(EnsembleError, match="another process works here; wait for it"):
            run_small(tmp_path)
    assert len(run_small(tmp_path).runs) == 40


def test_a_folder_of_another_ensemble_is_left_alone(tmp_path: Path) -> None:
    write_manifest(tmp_path, describe(small_scenario(seed=2), COMMAND, 1))
    before = (tmp_path / "manifest.json").read_bytes()
    with pytest.raises(EnsembleError, match="holds another ensemble"):
        run_small(tmp_path)
    assert (tmp_path / "manifest.json").read_bytes() == before


def test_a_damaged_manifest_does_not_lose_the_parts(tmp_path: Path, undisturbed: dict[str, bytes]) -> None:
    def stop(_: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(EnsembleInterruptedError):
        run_ensemble(small_scenario(), tmp_path, COMMAND, Watcher(stop))
    (tmp_path / "manifest.json").write_text("{")
    assert run_small(tmp_path).manifest["runs_computed"] < 40
    assert stored_bytes(tmp_path) == undisturbed
