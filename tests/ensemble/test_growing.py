"""Ensembles that grow: more runs later, only those computed, and the same tables as if all were asked for at once."""

import io
import signal
from pathlib import Path

import pandas as pd
import pytest

from sim.ensemble.estimate.estimates import estimate_all
from sim.ensemble.estimate.rows import columns_of_runs, usable
from sim.ensemble.run.work import EnsembleInterruptedError
from sim.ensemble.store.manifest import describe
from sim.ensemble.store.results import ResultsError, load_results, read_manifest
from sim.tell.ensemble import run_ensemble
from tests.ensemble.small import COMMAND, lines_to, run_small, small_scenario, stored_bytes
from tests.ensemble.test_runner import stopper


@pytest.fixture(scope="module")
def at_once(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("at_once")
    run_small(folder, runs=70)
    return stored_bytes(folder)


def test_only_new_runs_are_computed_when_their_number_is_raised(tmp_path: Path, at_once: dict[str, bytes]) -> None:
    run_small(tmp_path)
    lines = io.StringIO()
    results = run_ensemble(small_scenario(runs=70), tmp_path, COMMAND, lines_to(lines))
    assert "40 runs are stored already; going on from there" in lines.getvalue()
    assert results.manifest["runs_computed"] == 30
    assert (len(results.runs), results.manifest["runs"]) == (70, 70)
    assert stored_bytes(tmp_path) == at_once
    assert not (tmp_path / "parts").exists()


def test_an_ensemble_that_is_stopped_while_it_grows_goes_on(tmp_path: Path, at_once: dict[str, bytes]) -> None:
    run_small(tmp_path)
    with pytest.raises(EnsembleInterruptedError, match="of 70 runs are stored"):
        run_ensemble(small_scenario(runs=70), tmp_path, COMMAND, stopper(after=7))
    run_small(tmp_path, runs=70)
    assert stored_bytes(tmp_path) == at_once


def test_what_was_opened_before_an_ensemble_grew_is_not_mixed_with_what_came_later(tmp_path: Path) -> None:
    run_small(tmp_path)
    before = load_results(tmp_path)
    assert len(before.falls) == len(before.falls[before.falls["run"] < 40])
    run_small(tmp_path, runs=70)
    assert before.falls["run"].max() < 40  # read before
    with pytest.raises(ResultsError, match=r"runs\.parquet: is damaged: it is not the one"):
        before.runs.info()


def test_ctrl_c_before_a_run_is_lived_is_told_as_any_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at_once: dict[str, bytes]
) -> None:
    run_small(tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr("sim.ensemble.store.parts.adopt_final", lambda *_: signal.raise_signal(signal.SIGINT))
        with pytest.raises(EnsembleInterruptedError, match="stopped; what is stored is kept"):
            run_small(tmp_path, runs=70)
    run_small(tmp_path, runs=70)
    assert stored_bytes(tmp_path) == at_once


def test_fewer_runs_than_are_stored_are_all_of_them(tmp_path: Path, at_once: dict[str, bytes]) -> None:
    run_small(tmp_path, runs=70)
    lines = io.StringIO()
    results = run_ensemble(small_scenario(), tmp_path, COMMAND, lines_to(lines))
    more = "more than the 40 asked for; all of them count"
    assert lines.getvalue() == f"70 runs are stored already, {more}; nothing is computed\n"
    assert len(results.runs) == 70
    assert stored_bytes(tmp_path) == at_once


def test_a_folder_of_many_runs_can_be_opened_in_part(tmp_path: Path) -> None:
    run_small(tmp_path, runs=70)
    whole = load_results(tmp_path)
    part = whole.first(25)
    assert len(part.runs) == 25
    for name in ("runs", "falls", "events", "tolls", "holders", "daily"):
        whole_rows = getattr(whole, name)
        expected = whole_rows[whole_rows["run"] < 25].reset_index(drop=True)
        pd.testing.assert_frame_equal(getattr(part, name), expected)
    pd.testing.assert_frame_equal(part.estimates, whole.estimates)
    few = columns_of_runs(load_results(tmp_path).first(25), ("collapse_day",))  # of which nothing was read before
    pd.testing.assert_series_equal(few["collapse_day"], usable(part.runs)["collapse_day"].reset_index(drop=True))


def test_estimates_are_the_same_from_the_disk_and_from_memory(tmp_path: Path) -> None:
    results = run_small(tmp_path)
    again = estimate_all(results.runs, results.falls, results.tolls, small_scenario())
    pd.testing.assert_frame_equal(again, results.estimates, check_dtype=False)


def test_the_manifest_tells_the_digest_of_each_table(tmp_path: Path) -> None:
    run_small(tmp_path)
    told = read_manifest(tmp_path)
    assert set(told["tables"]) == {
        "runs",
        "twins",
        "falls",
        "events",
        "tolls",
        "holders",
        "draws",
        "daily",
        "estimates",
    }
    one, more = (describe(small_scenario(runs=runs), COMMAND, 1)["config_digest"] for runs in (40, 70))
    assert one == more == told["config_digest"]
