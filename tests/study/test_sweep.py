"""Sweeps: every point with the same draws, one table, the same however it was cut, stopped, or spread over workers."""

import io
import json
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim.ensemble.estimate.outcomes import estimate_outcome, outcomes_of
from sim.ensemble.estimate.rows import usable
from sim.ensemble.estimate.weights import weights_of
from sim.ensemble.run.work import EnsembleError, EnsembleInterruptedError
from sim.ensemble.store.results import ResultsError
from sim.ensemble.store.schema import names_of
from sim.study.design import Design
from sim.study.factors import numeric_keys, varied
from sim.study.sweep import Plan, load_sweep, plan_sweep, run_sweep
from sim.tell.ensemble import run_ensemble
from sim.world.frozen import ConfigError
from sim.world.scenario import Scenario
from tests.ensemble.small import COMMAND, lines_to, run_small, small_scenario
from tests.ensemble.test_runner import stopper

ROOT = Path(__file__).parents[2]
FACTORS = {"rules.morale.beta": [4.0, 5.0, 6.0, 7.0, 8.0, 9.0], "rules.orders.least_odds": [0.4, 0.6]}
RUNS = 12


def planned(**settings: object) -> tuple[Scenario, Plan]:
    """Return a small scenario and its points."""
    scenario = small_scenario(runs=RUNS, traces=0, **settings)
    return scenario, plan_sweep(scenario, FACTORS, Design.PRODUCT)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sweep")
    scenario, plan = planned()
    run_sweep(scenario, plan, folder, COMMAND)
    return folder


def test_a_point_has_the_estimates_of_its_own_ensemble(undisturbed: Path, tmp_path: Path) -> None:
    table = load_sweep(undisturbed).table
    point = table[(table["rules.morale.beta"] == 8.0) & (table["rules.orders.least_odds"] == 0.4)]
    scenario, plan = planned()
    number = int(point["point"].iloc[0])
    same = plan.scenario(number)
    assert same.config.rules.morale.beta == 8.0
    runs = usable(run_ensemble(same, tmp_path, COMMAND).runs)
    found = point.set_index("outcome")
    for outcome in outcomes_of(names_of(scenario.tables), scenario.horizon_days).values():
        expected = estimate_outcome(outcome, outcome.values(runs), weights_of(runs, same))
        assert found.loc[outcome.name, ["estimate", "low", "high"]].tolist() == pytest.approx(list(expected))
    assert set(table["n"]) == {RUNS}
    assert set(table["point"]) == set(range(12))


def test_the_default_point_is_the_plain_ensemble(tmp_path: Path) -> None:
    scenario = small_scenario(runs=RUNS, traces=0)
    beta = scenario.config.rules.morale.beta
    plan = plan_sweep(scenario, {"rules.morale.beta": [beta]}, Design.PRODUCT)
    table = run_sweep(scenario, plan, tmp_path / "sweep", COMMAND).table.set_index("outcome")
    runs = run_small(tmp_path / "run", runs=RUNS, traces=0).runs
    assert table.loc["displaced_peak", "estimate"] == pytest.approx(
        np.average(runs["displaced_peak"], weights=runs["weight"])
    )


@pytest.mark.parametrize("settings", [{"workers": 3}, {"executor": "process", "workers": 2}])
def test_the_table_is_the_same_bytes_for_any_workers(
    undisturbed: Path, tmp_path: Path, settings: dict[str, object]
) -> None:
    scenario, plan = planned(**settings)
    run_sweep(scenario, plan, tmp_path, COMMAND)
    assert (tmp_path / "sweep.parquet").read_bytes() == (undisturbed / "sweep.parquet").read_bytes()


def test_a_stopped_sweep_goes_on_to_the_same_bytes(undisturbed: Path, tmp_path: Path) -> None:
    scenario, plan = planned()
    with pytest.raises(EnsembleInterruptedError, match=r"^stopped; \d+ of 12 points are stored"):
        run_sweep(scenario, plan, tmp_path, COMMAND, stopper(after=2))
    with pytest.raises(ResultsError, match="is not finished"):
        load_sweep(tmp_path)
    lines = io.StringIO()
    run_sweep(scenario, plan, tmp_path, COMMAND, lines_to(lines))
    assert "points are stored already; going on from there" in lines.getvalue()
    assert (tmp_path / "sweep.parquet").read_bytes() == (undisturbed / "sweep.parquet").read_bytes()
    assert not (tmp_path / "parts").exists()


def test_a_killed_sweep_goes_on_to_the_same_bytes(undisturbed: Path, tmp_path: Path) -> None:
    code = f"""
import time
from pathlib import Path
from sim.study.sweep import run_sweep
from tests.ensemble.small import COMMAND
from tests.ensemble.test_runner import Watcher
from tests.study.test_sweep import planned
scenario, plan = planned()
run_sweep(scenario, plan, Path({str(tmp_path)!r}), COMMAND, Watcher(lambda _: time.sleep(0.5)))
"""
    with subprocess.Popen([sys.executable, "-c", code], cwd=ROOT) as process:
        deadline = time.monotonic() + 120
        while len(list((tmp_path / "parts").glob("[0-9]*"))) < 2 and time.monotonic() < deadline:
            time.sleep(0.01)
        process.kill()
    assert json.loads((tmp_path / "manifest.json").read_text())["status"] == "running"
    scenario, plan = planned()
    again = run_sweep(scenario, plan, tmp_path, COMMAND)
    assert again.manifest["points_computed"] < 12
    assert (tmp_path / "sweep.parquet").read_bytes() == (undisturbed / "sweep.parquet").read_bytes()


def test_a_second_call_computes_nothing(undisturbed: Path) -> None:
    scenario, plan = planned()
    lines = io.StringIO()
    again = run_sweep(scenario, plan, undisturbed, COMMAND, lines_to(lines))
    assert lines.getvalue() == "12 points are stored already; nothing is computed\n"
    pd.testing.assert_frame_equal(again.table, load_sweep(undisturbed).table)


def test_another_sweep_does_not_mix_into_a_folder(undisturbed: Path) -> None:
    scenario = small_scenario(runs=RUNS, traces=0)
    plan = plan_sweep(scenario, {"rules.morale.beta": [5.0]}, Design.PRODUCT)
    with pytest.raises(EnsembleError, match="holds another sweep"):
        run_sweep(scenario, plan, undisturbed, COMMAND)


def test_levers_days_and_the_horizon_can_be_varied() -> None:
    lever = {"lever": "support", "actor": "all", "value": 0.5, "day": 3}
    config = small_scenario(levers=(lever,)).config
    assert {"scenario.levers.0.value", "scenario.levers.0.day", "horizon_days"} <= numeric_keys(config).keys()
    other = varied(config, {"scenario.levers.0.value": 0.25, "scenario.levers.0.day": 6.7, "horizon_days": 21.2})
    assert (other.scenario.levers[0].value, other.scenario.levers[0].day, other.horizon_days) == (0.25, 7, 21)
    assert varied(config, {}) == config


@pytest.mark.parametrize(
    ("factors", "line"),
    [
        (
            {"rules.morale.bta": [1, 2]},
            "sweep.factors.rules.morale.bta: is no number .* did you mean 'rules.morale.beta'",
        ),
        ({"ensemble.runs": [1, 2]}, "sweep.factors.ensemble.runs: is no number that can be varied"),
        ({"channels.kin": [0, 1]}, "sweep.factors.channels.kin: is no number that can be varied"),
        ({"rules.morale.beta": [5, -4]}, r"rules.morale.beta = -4.0: must be greater than"),
        ({"rules.morale.beta": []}, "sweep.factors.rules.morale.beta: has no values"),
        ({}, "sweep.factors: name at least one"),
    ],
)
def test_what_cannot_be_varied_is_refused(factors: dict[str, list[float]], line: str) -> None:
    with pytest.raises(ConfigError, match=line):
        plan_sweep(small_scenario(), factors, Design.PRODUCT)
