"""Parts that workers leave at an address: fetched, checked, and the same bytes in the end."""

import io
import pickle
from pathlib import Path

import pytest

from sim.ensemble.run import runner
from sim.ensemble.run.chunks import job_of, live_part
from sim.ensemble.run.work import EnsembleError
from sim.ensemble.store.depot import Depot
from sim.ensemble.store.manifest import describe
from sim.ensemble.store.parts import Part
from sim.tell.ensemble import run_ensemble
from sim.world.frozen import ConfigError
from tests.ensemble.small import COMMAND, lines_to, run_small, small_scenario, stored_bytes

pytest.importorskip("fsspec")


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("undisturbed")
    run_small(folder)
    return stored_bytes(folder)


@pytest.fixture(params=["folder", "memory"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return f"file://{tmp_path}/depot" if request.param == "folder" else f"memory://{tmp_path.name}"


def leaving(address: str, kind: str = "thread") -> dict[str, str]:
    """Return the executor's settings for workers that leave parts at an address."""
    return {"kind": kind, "write": "worker", "parts": address}


def depot_for(folder: Path, address: str) -> Depot:
    """Return the depot of the small ensemble."""
    scenario = small_scenario()
    digest = describe(scenario, COMMAND, 1)["config_digest"]
    return Depot(address, runner.shelf_of(scenario, folder, digest))


def leave(depot: Depot, first: int, n: int) -> None:
    """Leave a part of the small ensemble as a worker does whose caller has gone."""
    depot.leave(Part(first, n), live_part(job_of(small_scenario()), first, n))


def test_parts_left_at_an_address_make_the_same_bytes(
    tmp_path: Path, undisturbed: dict[str, bytes], address: str
) -> None:
    run_small(tmp_path / "results", executor=leaving(address))
    assert stored_bytes(tmp_path / "results") == undisturbed
    assert depot_for(tmp_path, address).left() == []


def test_worker_processes_leave_parts_too(tmp_path: Path, undisturbed: dict[str, bytes]) -> None:
    run_small(tmp_path / "results", executor=leaving(f"file://{tmp_path}/depot", "process"))
    assert stored_bytes(tmp_path / "results") == undisturbed


def test_what_workers_of_a_killed_command_have_left_is_fetched(
    tmp_path: Path, undisturbed: dict[str, bytes], address: str
) -> None:
    depot = depot_for(tmp_path / "results", address)
    leave(depot, 7, 7)
    leave(depot, 21, 7)
    lines = io.StringIO()
    results = run_ensemble(small_scenario(executor=leaving(address)), tmp_path / "results", COMMAND, lines_to(lines))
    assert "14 runs are stored already; going on from there" in lines.getvalue()
    assert results.manifest["runs_computed"] == 26
    assert stored_bytes(tmp_path / "results") == undisturbed
    assert depot.left() == []


def test_a_part_that_is_stored_already_is_not_fetched_again(
    tmp_path: Path, undisturbed: dict[str, bytes], address: str
) -> None:
    depot = depot_for(tmp_path / "results", address)
    for _ in range(2):
        leave(depot, 7, 7)
        if not (tmp_path / "results").exists():
            depot.fetch(Part(7, 7))
    assert depot.left() == [Part(7, 7)]
    run_small(tmp_path / "results", executor=leaving(address))
    assert stored_bytes(tmp_path / "results") == undisturbed
    assert depot.left() == []


def test_a_part_whose_worker_was_killed_while_it_left_it_is_computed_again(
    tmp_path: Path, undisturbed: dict[str, bytes]
) -> None:
    leave(depot_for(tmp_path / "results", f"file://{tmp_path}/depot"), 7, 7)
    next((tmp_path / "depot").rglob("part.json")).unlink()
    run_small(tmp_path / "results", executor=leaving(f"file://{tmp_path}/depot"))
    assert stored_bytes(tmp_path / "results") == undisturbed


def test_a_part_that_arrives_damaged_is_told_and_computed_again(tmp_path: Path, undisturbed: dict[str, bytes]) -> None:
    address = f"file://{tmp_path}/depot"
    leave(depot_for(tmp_path / "results", address), 7, 7)
    with next((tmp_path / "depot").rglob("runs.parquet")).open("r+b") as file:
        file.truncate(300)
    lines = io.StringIO()
    run_ensemble(small_scenario(executor=leaving(address)), tmp_path / "results", COMMAND, lines_to(lines))
    assert f"part 0000000007-0000000007 at {address} is damaged: computing it again" in lines.getvalue()
    assert stored_bytes(tmp_path / "results") == undisturbed


def test_a_command_leaves_nothing_at_the_address(tmp_path: Path) -> None:
    address = f"file://{tmp_path}/depot"
    leave(depot_for(tmp_path / "results", address), 7, 7)
    next((tmp_path / "depot").rglob("part.json")).unlink()
    leave(depot_for(tmp_path / "results", address), 0, 20)
    leave(depot_for(tmp_path / "results", address), 14, 7)  # by a command with other chunks
    run_small(tmp_path / "results", executor=leaving(address))
    assert [path for path in (tmp_path / "depot").rglob("*") if path.is_file()] == []


def test_commands_with_the_same_settings_do_not_take_each_others_parts(
    tmp_path: Path, undisturbed: dict[str, bytes], address: str
) -> None:
    other = depot_for(tmp_path / "other", address)
    leave(other, 7, 7)
    run_small(tmp_path / "results", executor=leaving(address))
    assert stored_bytes(tmp_path / "results") == undisturbed
    assert other.left() == [Part(7, 7)]


def test_a_part_is_fetched_once_however_often_one_is_stopped(tmp_path: Path, address: str) -> None:
    depot = depot_for(tmp_path / "results", address)
    leave(depot, 7, 7)
    for _ in range(2):
        assert depot.fetch(Part(7, 7)) is None
    leave(depot, 7, 7)
    assert depot.fetch(Part(7, 7)) is None
    assert depot.left() == []


def test_an_address_that_cannot_be_written_is_one_line_and_nothing_is_lost(
    tmp_path: Path, undisturbed: dict[str, bytes]
) -> None:
    (tmp_path / "taken").write_text("a file, no folder")
    with pytest.raises(EnsembleError, match=r"executor\.parts = 'file:.*taken/deep': .*; the same command"):
        run_small(tmp_path / "results", executor=leaving(f"file://{tmp_path}/taken/deep"))
    run_small(tmp_path / "results")
    assert stored_bytes(tmp_path / "results") == undisturbed


def test_an_unknown_kind_of_address_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"executor\.parts = 'nowhere://a': cannot be reached"):
        run_small(tmp_path / "results", executor=leaving("nowhere://a"))


def test_a_depot_can_be_sent_to_a_worker(tmp_path: Path) -> None:
    depot = pickle.loads(pickle.dumps(depot_for(tmp_path, "memory://sent")))
    leave(depot, 0, 3)
    assert depot_for(tmp_path, "memory://sent").left() == [Part(0, 3)]
