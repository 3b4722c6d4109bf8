"""The manifest: what it tells, what it keeps to itself, and which settings make other results."""

import json
import os
import platform
import re
import subprocess
from pathlib import Path
from typing import Any

import numba
import numpy as np
import pytest

from sim.ensemble.store import provenance
from sim.ensemble.store.manifest import describe
from sim.ensemble.store.provenance import config_digest, git_state
from sim.ensemble.store.schema import Names
from sim.world.config import read_config
from sim.world.scenario import build_scenario
from tests.ensemble.small import COMMAND, WORLD, run_small, small_names, small_scenario
from tests.worlds import tables_of

ROOT = Path(__file__).parents[2]
HEX = re.compile(r"[0-9a-f]{64}")


@pytest.fixture(scope="module")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("results")
    run_small(folder, workers=2)
    return json.loads((folder / "manifest.json").read_text())


def test_manifest_tells_what_is_needed_to_make_the_folder_again(manifest: dict[str, Any]) -> None:
    scenario = small_scenario()
    assert manifest["config_digest"] == config_digest(scenario)
    assert manifest["world_digest"] == scenario.tables.digest
    assert HEX.fullmatch(manifest["model_digest"])
    assert (manifest["seed"], manifest["runs"], manifest["command"]) == (1, 40, COMMAND)
    assert manifest["config"]["rules"]["morale"]["beta"] == scenario.rules[0]["morale"]["beta"]
    assert manifest["config"]["horizon_days"] == 30
    assert Names(**{name: tuple(ids) for name, ids in manifest["names"].items()}) == small_names()
    again = build_scenario(scenario.tables, read_config(manifest["config"]))
    assert config_digest(again) == manifest["config_digest"]


def test_manifest_tells_with_what_it_was_made(manifest: dict[str, Any]) -> None:
    assert manifest["versions"]["python"] == platform.python_version()
    assert manifest["versions"]["numpy"] == np.__version__
    assert manifest["versions"]["numba"] == numba.__version__
    assert set(manifest["versions"]) >= {"pandas", "pyarrow", "mesa", "spillover"}
    assert manifest["machine"] == {
        "os": platform.system(),
        "cpu_count": os.cpu_count(),
        "arch": platform.machine(),
    }
    assert manifest["workers"] == 2


def test_manifest_tells_what_was_done(manifest: dict[str, Any]) -> None:
    assert manifest["status"] == "complete"
    assert (manifest["runs_done"], manifest["runs_computed"], manifest["runs_failed"]) == (40, 40, 0)
    assert manifest["chunks_done"] == 6
    assert manifest["runs_per_second"] == pytest.approx(40 / manifest["seconds"], rel=0.1)
    assert re.fullmatch(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00", manifest["started"])


def test_manifest_names_no_machine_user_or_place(manifest: dict[str, Any]) -> None:
    text = json.dumps(manifest)
    assert str(ROOT) not in text
    assert f'"{platform.node()}"' not in text


def test_git_state_is_the_commit_or_null() -> None:
    state = git_state()
    ask = ["git", "-C", str(ROOT), "rev-parse", "HEAD"]
    done = subprocess.run(ask, capture_output=True, text=True, check=False)
    assert state["git_commit"] == (done.stdout.strip() if done.returncode == 0 else None)
    assert state["git_dirty"] in ((True, False) if done.returncode == 0 else (None,))


def test_outside_its_repository_there_is_no_commit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)  # of somebody else
    monkeypatch.setattr(provenance, "_ROOT", tmp_path)
    assert git_state() == {"git_commit": None, "git_dirty": None}


@pytest.mark.parametrize("same", [{"workers": 2}, {"chunk": 3}, {"executor": "process"}, {"runs": 41}])
def test_how_the_work_is_done_does_not_change_the_digest(same: dict[str, Any]) -> None:
    assert config_digest(small_scenario(**same)) == config_digest(small_scenario())


def test_what_results_depend_on_changes_the_digest(monkeypatch: pytest.MonkeyPatch) -> None:
    base = small_scenario().config.model_dump(mode="json")
    changes: list[dict[str, Any]] = [
        {},
        {"ensemble": base["ensemble"] | {"seed": 2}},
        {"uncertainty": {"kind": "prior"}},
        {"ensemble": base["ensemble"] | {"until": {"p_collapse": 0.1}}},
        {"ensemble": base["ensemble"] | {"traces": 6}},
        {"horizon_days": 31},
        {"scenario": base["scenario"] | {"name": "other"}},
        {"scenario": base["scenario"] | {"levers": [{"lever": "resolve", "actor": "regime", "value": 1}]}},
        {"rules": base["rules"] | {"morale": base["rules"]["morale"] | {"beta": 6.5}}},
        {"channels": base["channels"] | {"arms": False}},
        {"world": {"name": "other"}},
    ]
    scenarios = [build_scenario(tables_of(WORLD), read_config(base | change)) for change in changes]
    scenarios.append(build_scenario(tables_of("car_2013"), read_config(base)))
    digests = [config_digest(scenario) for scenario in scenarios]
    monkeypatch.setattr(provenance, "model_digest", lambda: "another version of the model")
    digests.append(config_digest(scenarios[0]))
    assert len(set(digests)) == len(digests)


def test_the_worlds_own_horizon_and_the_same_number_give_one_digest() -> None:
    base = small_scenario().config.model_dump(mode="json")
    days = tables_of(WORLD).header.horizon_days
    digests = {
        config_digest(build_scenario(tables_of(WORLD), read_config(base | {"horizon_days": horizon})))
        for horizon in (None, days)
    }
    assert len(digests) == 1


def test_manifest_is_json_before_the_first_run() -> None:
    text = json.dumps(describe(small_scenario(), COMMAND, 2))
    assert json.loads(text)["figures"] == {}
