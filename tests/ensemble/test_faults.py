"""Faults while an ensemble is written: its command goes on to the same bytes, and nothing half done is believed."""

import errno
import itertools
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sim.ensemble.run import runner, work
from sim.ensemble.run.work import EnsembleError
from sim.ensemble.store import parts as store
from sim.ensemble.store.results import ResultsError, load_results, read_manifest
from sim.tell import ensemble
from tests.ensemble.killed import GROWN, MOMENTS, SMALL, quick_estimates
from tests.ensemble.small import run_small, stored_bytes

ROOT = Path(__file__).parents[2]
FAULTS = {
    "full disk": (
        OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)),
        r".*cannot be written \(No space left on device\); free.*",
    ),
    "Ctrl-C": (KeyboardInterrupt(), r"stopped; \d of \d runs are stored; the same command goes on from there"),
}
STAGES = [  # what is about to begin, for which time
    *((store, "_finish_part", number) for number in (1, 2)),
    *((store, "write_table", number) for number in range(1, 7)),
    (store, "merge_parts", 1),
    (work, "write_manifest", 2),
    *((runner, name, 1) for name in ("_estimates", "read_results")),
    (ensemble, "summary_markdown", 1),
]


@pytest.fixture(autouse=True, scope="module")
def _quick() -> Iterator[None]:
    """Estimate once."""
    with quick_estimates():
        yield


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of ensembles that were killed, and of the same two that were not."""
    folder = tmp_path_factory.mktemp("killed")
    line = [sys.executable, "-m", "tests.ensemble.killed", str(folder)]
    subprocess.run(line, cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)}, check=True)
    return folder


def believed(folder: Path) -> dict[str, bytes] | None:
    """Return the tables of a folder if it is taken for complete, nothing if it is not."""
    try:
        load_results(folder)
    except ResultsError:
        return None
    return stored_bytes(folder)


def stopped_at(stage: tuple[Any, str, int], fault: BaseException, folder: Path, **settings: Any) -> str:
    """Return what is said when a fault happens where a function is called for the n-th time."""
    module, name, number = stage
    function, calls = getattr(module, name), itertools.count(1)

    def failing(*arguments: Any) -> Any:
        if next(calls) == number:
            raise fault
        return function(*arguments)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(module, name, failing)
        with pytest.raises((EnsembleError, KeyboardInterrupt)) as caught:
            run_small(folder, **settings)
    return str(caught.value)


def test_an_ensemble_killed_before_any_step_goes_on_to_the_same_bytes(killed: Path) -> None:
    whole = stored_bytes(killed / "small")
    folders = sorted((killed / "new").iterdir())
    states = [believed(folder) for folder in folders]
    assert len(folders) > 12
    assert states.count(None) > 9
    assert all(state in (None, whole) for state in states)
    for folder in folders:
        run_small(folder, **SMALL)
        assert stored_bytes(folder) == whole, folder.name
        assert {path.name for path in folder.iterdir()} == {path.name for path in (killed / "small").iterdir()}


def test_an_ensemble_killed_while_it_grows_goes_on_to_the_same_bytes(killed: Path) -> None:
    small, grown = stored_bytes(killed / "small"), stored_bytes(killed / "grown")
    folders = sorted((killed / "growing").iterdir())
    states = [believed(folder) for folder in folders]
    assert small in states
    assert None in states
    assert all(state in (None, small, grown) for state in states)
    for folder in folders:
        run_small(folder, **GROWN)
        assert stored_bytes(folder) == grown, folder.name


def test_an_ensemble_killed_at_any_moment_and_continued_ends_with_the_same_bytes(killed: Path) -> None:
    for seed in range(MOMENTS):
        assert stored_bytes(killed / "moments" / str(seed)) == stored_bytes(killed / "small")


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("stage", STAGES, ids=lambda stage: f"{stage[1]} {stage[2]}")
def test_a_fault_at_any_stage_is_one_line_and_loses_nothing(
    stage: tuple[Any, str, int], fault: str, killed: Path, tmp_path: Path
) -> None:
    error, line = FAULTS[fault]
    assert re.fullmatch(line, stopped_at(stage, error, tmp_path, **SMALL))
    assert believed(tmp_path) is None
    stored = sum(int(path.name.split("-")[1]) for path in (tmp_path / "parts").glob("[0-9]*"))
    again = run_small(tmp_path, **SMALL)
    assert again.manifest.get("runs_computed") == (SMALL["runs"] - stored or SMALL["runs"])  # told by who computed last
    assert stored_bytes(tmp_path) == stored_bytes(killed / "small")


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_while_final_tables_become_a_part_leaves_them_as_they_were(
    fault: str, killed: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "growing"
    shutil.copytree(killed / "small", folder)
    stopped_at((shutil, "copyfile", 3), FAULTS[fault][0], folder, **GROWN)
    assert believed(folder) == stored_bytes(killed / "small")
    run_small(folder, **GROWN)
    assert stored_bytes(folder) == stored_bytes(killed / "grown")


def test_a_grown_ensemble_is_not_complete_before_its_summary_is_there(killed: Path, tmp_path: Path) -> None:
    folder = tmp_path / "growing"
    shutil.copytree(killed / "small", folder)
    stopped_at((ensemble, "summary_markdown", 1), FAULTS["full disk"][0], folder, **GROWN)
    assert read_manifest(folder)["status"] == "failed"
    run_small(folder, **GROWN)
    assert stored_bytes(folder) == stored_bytes(killed / "grown")
