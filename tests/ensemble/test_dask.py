"""A Dask cluster: the same bytes, whoever stores the parts, and whichever worker dies."""

import errno
import logging
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from sim.ensemble.run import runner
from sim.ensemble.run.chunks import Job, live_part
from sim.ensemble.run.executors import Workers
from sim.ensemble.run.work import EnsembleError, LostError
from sim.ensemble.store import parts as store
from sim.ensemble.store.depot import Depot
from sim.tell.ensemble import run_ensemble
from sim.world.config import ExecutorConfig
from sim.world.frozen import ConfigError
from tests.ensemble.small import COMMAND, run_small, small_scenario, stored_bytes
from tests.ensemble.test_runner import Watcher

dask = pytest.importorskip("dask")
distributed = pytest.importorskip("distributed")


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("undisturbed")
    run_small(folder)
    return stored_bytes(folder)


@pytest.fixture(scope="module")
def cluster() -> Iterator[object]:
    with distributed.LocalCluster(2, threads_per_worker=1, host="127.0.0.1", dashboard_address="127.0.0.1:0") as found:
        yield found


def on(cluster: object, **more: str) -> dict[str, str]:
    """Return the executor's settings for a cluster that runs."""
    return {"kind": "dask", "address": cluster.scheduler_address, **more}


def test_a_running_cluster_gives_the_same_bytes(tmp_path: Path, undisturbed: dict[str, bytes], cluster: object) -> None:
    run_small(tmp_path, executor=on(cluster))
    assert stored_bytes(tmp_path) == undisturbed


def test_a_cluster_of_this_machine_gives_the_same_bytes(tmp_path: Path, undisturbed: dict[str, bytes]) -> None:
    run_small(tmp_path, executor="dask", workers=2)
    assert stored_bytes(tmp_path) == undisturbed


def cut_off() -> str:
    """Log what a worker does whose heartbeat is under way when the cluster closes; return the logger's level."""
    logger = logging.getLogger("distributed.worker")
    logger.error("Failed to communicate with scheduler during heartbeat.")
    return logging.getLevelName(logger.getEffectiveLevel())


def test_a_cluster_of_this_machine_prints_no_heartbeat_that_it_cut_off(capfd: pytest.CaptureFixture[str]) -> None:
    with Workers(ExecutorConfig(kind="dask"), 2) as workers:
        assert workers.submit(cut_off).result() == "CRITICAL"
    assert "heartbeat" not in capfd.readouterr().err


def test_workers_can_store_the_parts(tmp_path: Path, undisturbed: dict[str, bytes], cluster: object) -> None:
    run_small(tmp_path, executor=on(cluster, write="worker"))
    assert stored_bytes(tmp_path) == undisturbed


def failures(cluster: object) -> list[object]:
    """Return what workers have printed about calls that raised."""
    with distributed.Client(cluster) as client:
        logged = [line for lines in client.get_worker_logs().values() for line in lines]
    return [line for line in logged if "Compute Failed" in str(line)]


def test_workers_that_do_not_reach_the_address_leave_it_to_the_command_to_tell(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cluster: object
) -> None:
    monkeypatch.setattr(Depot, "left", lambda _: [])  # the command would find out by itself, before any worker
    monkeypatch.setattr(Depot, "clear", lambda _: None)
    (tmp_path / "taken").write_text("a file, no folder")
    settings = on(cluster, write="worker", parts=f"file://{tmp_path}/taken/deep")
    with pytest.raises(EnsembleError, match=r"^executor\.parts = 'file:.*taken/deep': .*; the same command"):
        run_small(tmp_path / "results", executor=settings)
    assert failures(cluster) == []


def _no_room(*_: object) -> None:
    """Find no room for a part."""
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_workers_whose_disk_is_full_leave_it_to_the_command_to_tell(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cluster: object
) -> None:
    monkeypatch.setattr(store, "write_part", _no_room)
    with pytest.raises(EnsembleError, match=r"cannot be written \(No space left on device\); free some space"):
        run_small(tmp_path, executor=on(cluster, write="worker"))
    assert failures(cluster) == []


def test_a_worker_that_is_killed_in_the_middle_changes_nothing(
    tmp_path: Path, undisturbed: dict[str, bytes], cluster: object
) -> None:
    workers = [worker.pid for worker in cluster.workers.values()]

    def kill(_: int) -> None:
        if workers:
            os.kill(workers.pop(), signal.SIGKILL)
            workers.clear()

    run_ensemble(small_scenario(executor=on(cluster), chunk=2), tmp_path, COMMAND, Watcher(kill))
    assert stored_bytes(tmp_path) == undisturbed


def _dies_of_the_third_part(job: Job, first: int, n: int) -> dict[str, pa.Table]:
    """Live a part, but kill the process that is to live the third one."""
    if first == 8:
        os.kill(os.getpid(), signal.SIGKILL)
    return live_part(job, first, n)


def test_a_part_that_workers_die_of_is_missing_until_the_same_command_computes_it(
    tmp_path: Path, undisturbed: dict[str, bytes], monkeypatch: pytest.MonkeyPatch, cluster: object
) -> None:
    monkeypatch.setattr(runner, "live_part", _dies_of_the_third_part)
    with pytest.raises(LostError, match=r"^[48] runs are missing: a worker died.*; 3[26] of 40 runs are stored"):
        run_ensemble(small_scenario(executor=on(cluster), chunk=4), tmp_path, COMMAND)
    monkeypatch.undo()
    run_ensemble(small_scenario(executor=on(cluster)), tmp_path, COMMAND)
    assert stored_bytes(tmp_path) == undisturbed


def _fills_memory_in_the_third_part(job: Job, first: int, n: int) -> dict[str, pa.Table]:
    """Live a part, but take memory without end where the third one is to be lived."""
    taken = []
    while first == 8:
        taken.append(np.ones(2_000_000))
        time.sleep(0.01)  # the watch over workers looks ten times a second
    return live_part(job, first, n)


def test_a_part_that_needs_more_memory_than_workers_have_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "live_part", _fills_memory_in_the_third_part)
    local = {"host": "127.0.0.1", "dashboard_address": "127.0.0.1:0", "memory_limit": "1GB"}
    with (
        dask.config.set({"distributed.scheduler.allowed-failures": 0}),
        distributed.LocalCluster(1, threads_per_worker=1, **local) as cluster,
        pytest.raises(LostError, match=r"^[48] runs are missing: a worker died.*; 3[26] of 40 runs are stored"),
    ):
        run_ensemble(small_scenario(executor=on(cluster), chunk=4), tmp_path, COMMAND)


def test_an_address_where_nobody_answers_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sim.ensemble.run.executors.SECONDS_TO_CONNECT", 0.5)
    settings = {"kind": "dask", "address": "tcp://127.0.0.1:9"}
    with pytest.raises(ConfigError, match=r"executor.address = 'tcp://127.0.0.1:9': no Dask cluster answers"):
        run_small(tmp_path, executor=settings)
