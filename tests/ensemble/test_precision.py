"""Stopping on precision: intervals that cover although one looks and stops, and runs added look by look."""

import io
import itertools
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from sim.ensemble.estimate.outcomes import PROBABILITY, Outcome
from sim.ensemble.estimate.precision import GROWTH, Target, clopper_pearson, look, looks, targets_of
from sim.ensemble.run.work import EnsembleInterruptedError
from sim.ensemble.store.results import load_results
from sim.tell.ensemble import run_ensemble
from sim.world.config import ConfigError
from tests.ensemble.small import COMMAND, lines_to, run_small, small_scenario, stored_bytes
from tests.ensemble.test_runner import stopper
from tests.statistics import assert_share_at_least

COLLAPSE = Outcome("p_collapse", PROBABILITY, ("collapse_day",), 120)
PEAK = Outcome("displaced_peak", "persons", ("displaced_peak",))
REPETITIONS, FIRST, MOST = 400, 100, 20_000


@given(first=st.integers(1, 10_000), factor=st.integers(1, 500))
def test_looks_are_fixed_beforehand_and_end_at_the_most(first: int, factor: int) -> None:
    plan = looks(first, first * factor)
    assert plan[0] == first
    assert plan[-1] == first * factor
    assert all(a < b <= GROWTH * a + 1 for a, b in itertools.pairwise(plan))


@pytest.mark.parametrize(("k", "n"), [(0, 9), (1, 9), (9, 9), (40, 100), (1_234, 10_000)])
def test_clopper_pearson_is_that_of_scipy(k: int, n: int) -> None:
    expected = stats.binomtest(k, n).proportion_ci(0.95, method="exact")
    assert clopper_pearson(k, n, 0.025) == pytest.approx((expected.low, expected.high), abs=1e-12)


def _stopped(outcome: Outcome, numbers: pd.DataFrame, half_width: float) -> Target:
    """Return a target where one stops looking at ever more of some runs."""
    plan = looks(FIRST, MOST)
    for n in plan:
        (target,) = look([Target(outcome, half_width)], numbers.iloc[:n], len(plan))
        if target.is_met:
            break
    return target


@pytest.mark.statistical
@pytest.mark.parametrize("p", [0.02, 0.1, 0.5, 0.93])
def test_intervals_where_one_stops_cover_a_known_probability(p: float) -> None:
    draws = stats.uniform.rvs(size=(REPETITIONS, MOST), random_state=round(1000 * p)) < p
    covered = 0
    for repetition in draws:
        days = pd.array(np.where(repetition, 3, -1), dtype="Int32")
        days[~repetition] = pd.NA
        target = _stopped(COLLAPSE, pd.DataFrame({"collapse_day": days}), 0.03)
        assert target.is_met
        covered += target.low <= p <= target.high
    assert_share_at_least(f"coverage of {p}", covered, REPETITIONS, 0.95)


@pytest.mark.statistical
def test_intervals_where_one_stops_cover_a_known_mean() -> None:
    draws = stats.gamma.rvs(2.0, scale=50.0, size=(REPETITIONS, MOST), random_state=7)
    targets = [_stopped(PEAK, pd.DataFrame({"displaced_peak": sample}), 4.0) for sample in draws]
    covered = sum(target.low <= 100.0 <= target.high for target in targets)
    assert_share_at_least("coverage of a mean", covered, REPETITIONS, 0.95)


def test_runs_are_added_until_the_target_is_met(tmp_path: Path) -> None:
    lines = io.StringIO()
    scenario = small_scenario(until={"p_collapse": 0.12}, max_runs=4_000)
    results = run_ensemble(scenario, tmp_path, COMMAND, lines_to(lines))
    told = results.manifest["precision"]["p_collapse"]
    assert told["is_met"]
    assert told["half_width"] <= 0.12 == told["half_width_asked"]
    assert len(results.runs) == results.manifest["runs"] in looks(40, 4_000)[1:-1]
    text = lines.getvalue()
    assert "p_collapse to ±0.12: looking after 40, 60, 90, ..., 4,000 runs; for a probability of 50 %" in text
    assert "are likely to be needed" in text
    row = results.estimates.query("quantity == 'p_collapse'").iloc[0]
    assert (row["high"] - row["low"]) / 2 == pytest.approx(told["half_width"])
    assert "Estimates of a precision that was asked for" in (tmp_path / "summary.md").read_text()
    assert len(load_results(tmp_path).runs) == len(results.runs)


def test_the_most_runs_end_it(tmp_path: Path) -> None:
    lines = io.StringIO()
    scenario = small_scenario(until={"p_collapse": 0.001, "refugees": 1.0}, max_runs=90)
    results = run_ensemble(scenario, tmp_path, COMMAND, lines_to(lines))
    assert len(results.runs) == 90
    assert not results.manifest["precision"]["p_collapse"]["is_met"]
    assert "ensemble.max_runs ends it here" in lines.getvalue()


def test_a_stopped_command_looks_again_and_ends_at_the_same_bytes(tmp_path: Path) -> None:
    settings = {"until": {"p_collapse": 0.06}, "max_runs": 4_000}  # takes more runs than the stop leaves
    run_small(tmp_path / "whole", **settings)
    scenario = small_scenario(**settings, workers=2)
    with pytest.raises(EnsembleInterruptedError):
        run_ensemble(scenario, tmp_path / "stopped", COMMAND, stopper(after=70))
    assert json.loads((tmp_path / "stopped" / "manifest.json").read_text())["status"] == "interrupted"
    run_ensemble(scenario, tmp_path / "stopped", COMMAND)
    assert stored_bytes(tmp_path / "stopped") == stored_bytes(tmp_path / "whole")


@pytest.mark.parametrize(
    ("settings", "line"),
    [
        ({"until": {"p_colapse": 0.1}}, r"ensemble.until.p_colapse: no such outcome; did you mean 'p_collapse'\?"),
        ({"until": {"p_collapse": 0.1}, "max_runs": 10}, r"ensemble.max_runs = 10: must be at least ensemble.runs"),
    ],
)
def test_what_cannot_be_reached_is_refused(settings: dict[str, object], line: str) -> None:
    with pytest.raises(ConfigError, match=line):
        targets_of(small_scenario(**settings))
