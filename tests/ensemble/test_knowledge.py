"""Intervals of knowledge: never narrower than those of sampling, as wide as the record, parameters and runs ask for."""

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from experiments.scoreboard import KNOWN, read_table
from sim.ensemble.estimate.estimates import COLLAPSE_RAW, curve
from sim.ensemble.estimate.knowledge import (
    RECORD,
    STRETCH,
    Knowledge,
    at_odds,
    knowledge_of,
    knowledge_of_results,
    repeats,
    shared_by,
    stretched,
    vectors_of,
)
from sim.ensemble.estimate.rows import days_of, usable
from sim.ensemble.estimate.weights import Interval, Numbers, Weights, mean_with_interval, share_interval, shares_by_day
from sim.ensemble.store.results import Results
from sim.world.tilt import (
    ERRORS_OF_90,
    NEAREST,
    SHIPPED,
    SHIPPED_COVARIANCE,
    SHIPPED_DELAY_ERROR,
    USUAL_GAP,
    Tilt,
    known_chances,
)
from tests.ensemble.small import run_small, small_scenario
from tests.worlds import NEUTRAL

Bools = npt.NDArray[np.bool_]
WHERE_IT_COMES = "collapse_log_day"
COARSE = {"seats_lost", "level"}
"""Families whose ranges cannot be narrow: from no seat to all in most wars, and five levels."""


def known_of(fell: Bools, vectors: npt.NDArray[np.int64] | None = None) -> Knowledge:
    """Return what is known of runs in a usual war."""
    return known_by(np.where(fell, 0.0, np.inf), vectors)


def known_by(ends: Numbers, vectors: npt.NDArray[np.int64] | None = None) -> Knowledge:
    """Return what is known of runs in a usual war, by the day of the collapse."""
    fell, tilt = np.isfinite(ends), Tilt().at(USUAL_GAP)
    share = float(fell.mean())
    weights = Weights(tilt.weigh(ends), fell, tilt) if 0.0 < share < 1.0 else None
    return Knowledge(weights, ends, known_chances(tilt, share, USUAL_GAP), vectors)


def test_how_late_collapses_come_is_not_known_either() -> None:
    """On day 9 the share is told at least as far as later or earlier collapses would move it; in the end not at all."""
    ends = np.where(np.arange(100) < 60, np.arange(100) % 20, np.inf).astype(np.float64)
    known = known_by(ends)
    assert known.weights is not None
    share, low, high = shares_by_day(ends, 20, known.weights)
    below, above = known.by_day(ends, 20, share, low, high)
    for sign in (-1.0, 1.0):
        moved = replace(Tilt().at(USUAL_GAP), delay=SHIPPED[3] + sign * ERRORS_OF_90 * SHIPPED_DELAY_ERROR)
        by_9 = float((moved.weigh(ends) * (ends <= 9)).mean())
        assert below[9] < by_9 < above[9]
        assert abs(by_9 - share[9]) > 0.03
    assert (
        replace(known, ends=np.where(np.isfinite(ends), 0.0, np.inf)).by_day(ends, 20, share, low, high)[1][9]
        < above[9]
    )


def told(known: Knowledge, happened: Bools) -> tuple[Interval, tuple[float, float]]:
    """Return a share with its interval of sampling, and that of knowledge."""
    found = share_interval(happened, known.weights)
    return found, known.of_share(happened, found)


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Results:
    return run_small(tmp_path_factory.mktemp("known"))


@given(st.floats(0.0, 1.0), st.floats(-0.3, 0.8))
def test_a_chance_lies_between_those_that_it_may_be(share: float, gap: float) -> None:
    line = Tilt().at(gap)
    low, high = known_chances(line, share, gap)
    assert NEAREST <= low <= line.chance(share) <= high <= 1.0 - NEAREST


def test_the_error_of_a_line_is_worked_out_by_hand() -> None:
    line, covariance = Tilt(0.0, 1.0, 0.0), ((0.04, 0.0, 0.0), (0.0, 0.0, 0.0), (0.0, 0.0, 1.0))
    half = 1.645 * math.sqrt(0.04 + 0.25)  # half a unit from the usual gap
    low, high = known_chances(line, 0.5, USUAL_GAP + 0.5, covariance)
    assert (low, high) == pytest.approx((1.0 / (1.0 + math.exp(half)), 1.0 / (1.0 + math.exp(-half))))
    assert known_chances(line, 0.5, math.nan, covariance) == pytest.approx(
        known_chances(line, 0.5, USUAL_GAP, covariance)
    )


@given(st.integers(1, 399), st.integers(0, 400), st.integers(0, 399))
def test_what_is_known_holds_the_number_and_its_interval_of_sampling(n_fell: int, n: int, shift: int) -> None:
    fell = np.arange(400) < n_fell
    found, (low, high) = told(known_of(fell), np.roll(np.arange(400) < n, shift))
    assert 0.0 <= low <= min(found.low, found.point)
    assert max(found.high, found.point) <= high <= 1.0


def test_a_fall_is_known_as_the_record_tells_and_what_follows_it_as_well() -> None:
    fell = np.arange(2000) < 1200
    known = known_of(fell)
    for happened, ends in ((fell, known.chances), (~fell, tuple(1.0 - end for end in known.chances[::-1]))):
        found, (low, high) = told(known, happened)
        assert (low, high) == pytest.approx(ends, abs=0.01)  # how many runs there are adds little
        assert high - low > 5 * (found.high - found.low)
    half = fell & (np.arange(2000) % 2 == 0)
    _, (low, high) = told(known, half)
    assert low <= known.chances[0] / 2.0
    assert high >= known.chances[1] / 2.0


def test_no_chance_is_known_better_than_the_record_knows_a_usual_war() -> None:
    n = 20_000
    happened = np.arange(n) % 10 == 0  # as often with a collapse as without
    found, (low, high) = told(known_of(np.arange(n) < n // 2), happened)
    assert low <= at_odds(np.array([found.point]), 1.0 / RECORD)[0]
    assert high >= at_odds(np.array([found.point]), RECORD)[0]
    assert pytest.approx(1.75, abs=0.01) == RECORD


def test_where_all_runs_fall_nobody_knows_how_others_would_go() -> None:
    fell, happened = np.ones(1000, bool), np.arange(1000) < 500
    known = known_of(fell)
    assert told(known, fell)[1] == pytest.approx((known.chances[0], 1.0), abs=0.01)
    low, high = told(known, happened)[1]
    assert low <= known.chances[0] / 2.0
    assert high >= known.chances[0] / 2.0 + 1.0 - known.chances[0]


def test_vectors_that_differ_widen_what_is_known_and_others_do_not() -> None:
    n, vectors = 2000, np.arange(2000) // 20
    fell = np.arange(n) % 2 == 0
    happened, by_vector = np.arange(n) % 4 < 2, vectors % 2 == 0
    plain, mixed = known_of(fell), known_of(fell, vectors)
    assert told(mixed, happened)[1] == pytest.approx(told(plain, happened)[1])
    low, high = told(mixed, by_vector)[1]
    assert (low, high) == (0.0, 1.0)  # parameters decide it
    assert told(plain, by_vector)[1][1] < 0.7


def test_variance_between_groups_is_that_of_the_analysis_of_variance() -> None:
    rows = [[9.0, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]
    found = shared_by(np.array(rows).ravel(), np.repeat(np.arange(6), 4))
    assert found == pytest.approx(0.17, abs=0.005)  # Shrout & Fleiss (1979), table 2 and ICC(1,1) in table 4
    pairs = np.array([0, 0, 1, 1])
    assert shared_by(np.array([0.0, 0.0, 1.0, 1.0]), pairs) == 1.0
    assert shared_by(np.array([0.0, 1.0, 0.0, 1.0]), pairs) == 0.0
    assert shared_by(np.array([0.0, 1.0, 0.0, 1.0]), np.arange(4)) == 0.0  # each by itself tells nothing


def test_an_amount_is_told_as_one_war_brings_it() -> None:
    values = np.arange(1000.0)
    known = Knowledge(None, np.zeros(1000, bool), (0.1, 0.4))
    found = mean_with_interval(values)
    assert known.of_number(values, found) == (49.0, 949.0)
    low, high = known.of_number(values, found, 1.5)
    assert low < 49.0
    assert high > 949.0
    assert stretched(9.0, 99.0, 999.0, 2.0) == pytest.approx((0.0, 9999.0))
    assert stretched(9.0, math.inf, math.inf, 2.0) == (9.0, math.inf)


def test_curves_have_the_intervals_of_the_table(results: Results) -> None:
    scenario = small_scenario()
    runs, known = usable(results.runs), knowledge_of_results(results, scenario)
    table = results.estimates[results.estimates["quantity"] == "collapse_by_day"].set_index("day")
    found = curve(runs["collapse_day"], scenario.horizon_days, known.weights, known)
    at_14 = table.loc[14, ["estimate", "low", "high", "known_low", "known_high"]].to_numpy(np.float64)
    assert np.allclose(found.loc[14, ["probability", "low", "high", "known_low", "known_high"]].to_numpy(float), at_14)
    assert curve(runs["collapse_day"], scenario.horizon_days)["known_low"].isna().all()


@pytest.mark.parametrize("n_fell", [3, 12, 200, 392])
def test_a_band_has_the_intervals_of_its_days_and_ends_with_that_of_the_collapse(n_fell: int) -> None:
    n, horizon = 400, 60
    fell = np.arange(n) < n_fell
    days = np.where(fell, np.arange(n) * 50.0 // n_fell, np.inf)
    known = known_of(fell)
    share, low, high = shares_by_day(days, horizon, known.weights)
    ends = known.by_day(days, horizon, share, low, high)
    for day in range(horizon):
        assert told(known, days <= day)[1] == pytest.approx((ends[0][day], ends[1][day]))
    assert told(known, fell)[1] == pytest.approx((ends[0][-1], ends[1][-1]))
    assert all((np.diff(end) >= -1e-12).all() for end in ends)
    assert ends[0][-1] >= NEAREST or low[-1] < NEAREST
    assert ends[1].max() <= 1.0 - NEAREST


def test_all_chances_means_and_medians_of_an_ensemble_are_told_with_what_is_known(results: Results) -> None:
    table = results.estimates
    is_told = table["unit"].eq("probability") | table["quantity"].str.endswith(("_mean", "_q50"))
    is_told &= table["quantity"] != COLLAPSE_RAW
    shown = table[is_told & table["estimate"].notna()]
    assert len(shown) > 100
    assert shown["known_low"].notna().all()
    assert (shown["known_low"] <= shown["low"].fillna(np.inf) + 1e-12).all()
    assert (shown["known_high"].fillna(np.inf) >= shown["high"].fillna(-np.inf) - 1e-12).all()
    assert table.loc[~is_told, ["known_low", "known_high"]].isna().all(axis=None)


def test_raw_shares_are_told_with_sampling_alone(tmp_path: Path) -> None:
    raw = run_small(tmp_path, tilt=NEUTRAL)
    assert raw.estimates[["known_low", "known_high"]].isna().all(axis=None)


def test_runs_of_a_posterior_are_told_apart_by_their_vectors() -> None:
    scenario = small_scenario(uncertainty={"kind": "posterior"})
    runs = pd.DataFrame({"run": [3, 4, 7]})
    found = vectors_of(runs, scenario)
    assert found is not None
    all_of_them = vectors_of(pd.DataFrame({"run": np.arange(10)}), scenario)
    assert found.tolist() == np.asarray(all_of_them)[[3, 4, 7]].tolist()
    assert vectors_of(runs, small_scenario()) is None


def test_few_runs_of_many_vectors_are_told_by_twins() -> None:
    scenario = small_scenario(uncertainty={"kind": "posterior"})
    for n, is_told in ((30, False), (40_000, True)):
        runs = pd.DataFrame({"run": np.arange(n), "collapse_day": np.where(np.arange(n) % 3 == 0, 5.0, np.nan)})
        known = knowledge_of(runs.assign(weight=1.0), scenario, shared=0.3)
        assert (known.vectors is not None) == is_told
        assert known.shared == 0.3
    assert [repeats(np.array(vectors)) for vectors in ([1, 2, 3], [1, 2, 1], [4, 4, 4])] == [0, 1, 2]


def test_days_of_runs_that_never_come_stay_never() -> None:
    days = days_of(pd.Series([3, 5, None, None, None], dtype="Int32"))
    known = Knowledge(None, np.array([3.0, 5.0, np.inf, np.inf, np.inf]), (0.2, 0.6))
    low, high = known.of_number(days, Interval(math.inf, 3.0, math.inf, ""))
    assert (low, high) == (3.0, math.inf)


def test_the_covariance_that_is_shipped_is_the_one_that_the_scoreboard_tells() -> None:
    """After new scores the stored table and the shipped numbers have to be set anew together."""
    told, _ = read_table()
    a, b, c = (float(told[f"tilt {name}_error"]) ** 2 for name in ("intercept", "slope", "gap"))
    ab, ac, bc = (float(told[f"tilt {name}"]) for name in ("intercept_slope", "intercept_gap", "slope_gap"))
    assert np.round([[a, ab, ac], [ab, b, bc], [ac, bc, c]], 3).tolist() == [list(row) for row in SHIPPED_COVARIANCE]
    assert np.linalg.eigvalsh(np.array(SHIPPED_COVARIANCE)).min() > 0.0
    assert len(SHIPPED) == len(SHIPPED_COVARIANCE) + 1


def test_ranges_hold_what_happened_in_wars_left_out_and_are_wider_where_that_is_shipped() -> None:
    """After new scores the stored table and the shipped factor have to be set anew together."""
    _, table = read_table(KNOWN)
    factors = table.set_index("family")["factor"]
    assert round(float(factors[WHERE_IT_COMES]), 1) == STRETCH
    assert (factors.drop(WHERE_IT_COMES) == 1.0).all()
    held = table.set_index("family")["held_left_out"]
    assert held.min() >= 0.8
    assert held.drop(list(COARSE)).max() <= 0.97
