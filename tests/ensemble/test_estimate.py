"""Estimates from tables written by hand, where every number can be counted."""

import math

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from sim.ensemble.estimate.estimates import curve, estimate_all
from sim.ensemble.estimate.losses import loss_days, own_side, regime_places
from sim.ensemble.estimate.rows import report_days
from sim.world.scenario import Scenario
from tests.ensemble.small import quiet_runs, small_names, small_scenario

N = 20
NEVER = None
NEIGHBOUR = small_names().neighbours[1]


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return small_scenario(horizon_days=60)


def runs_with(**columns: list[int | None]) -> pd.DataFrame:
    """Return runs in which nothing happens but what is given."""
    frame = quiet_runs(small_names(), N)
    frame["fatalities_combatants"] = np.arange(N, dtype=float)
    for name, days in columns.items():
        frame[name] = pd.array([*days, *[NEVER] * (N - len(days))], dtype="Int32")
    return frame


def falls_of(*rows: tuple[int, int, str, str, str | None]) -> pd.DataFrame:
    """Return falls: run, day, place, from whom, to whom."""
    frame = pd.DataFrame(rows, columns=["run", "day", "location_id", "from_faction", "to_faction"])
    return frame.astype({"run": np.int64, "day": "Int32", "from_faction": "str", "to_faction": "str"})


def tolls_of(*rows: tuple[int, str, float]) -> pd.DataFrame:
    """Return tolls: run, place, civilians killed there; nothing else happened."""
    columns = ["run", "location_id", "fatalities_civilians"]
    frame = pd.DataFrame(rows, columns=columns).astype({"run": np.int64, "fatalities_civilians": float})
    return frame.assign(fatalities_combatants=0.0, displaced=0.0, refugees=0.0)


def one(table: pd.DataFrame, quantity: str, day: int, entity: str | None = None) -> pd.Series:
    """Return the one row of an estimate."""
    same = table["entity"].isna() if entity is None else table["entity"] == entity
    rows = table[(table["quantity"] == quantity) & (table["day"] == day) & same]
    assert len(rows) == 1
    return rows.iloc[0]


def test_probability_by_a_day_counts_that_day(scenario: Scenario) -> None:
    table = estimate_all(runs_with(collapse_day=[13, 14, 15, 59]), falls_of(), tolls_of(), scenario)
    shares = [one(table, "collapse_by_day", day)["estimate"] for day in (14, 30, 60)]
    assert shares == [2 / N, 3 / N, 4 / N]
    row = one(table, "collapse_by_day", 14)
    expected = stats.binomtest(2, N).proportion_ci(method="wilson")
    assert (row["low"], row["high"]) == pytest.approx((expected.low, expected.high))
    assert (row["n"], row["unit"], row["kind_of_interval"]) == (N, "probability", "wilson_95")


@pytest.mark.parametrize(
    ("horizon", "days"),
    [(10, [10]), (14, [14]), (30, [14, 30]), (90, [14, 30, 90]), (280, [14, 30, 120, 280])],
)
def test_days_beyond_the_horizon_are_left_out(horizon: int, days: list[int]) -> None:
    assert report_days(horizon) == days


def test_median_is_never_when_fewer_than_half_collapse(scenario: Scenario) -> None:
    few = estimate_all(runs_with(collapse_day=[3] * 9), falls_of(), tolls_of(), scenario)
    half = estimate_all(runs_with(collapse_day=[3] * 10), falls_of(), tolls_of(), scenario)
    assert math.isnan(one(few, "collapse_day_q50", 60)["estimate"])
    assert one(half, "collapse_day_q50", 60)["estimate"] == 3
    assert one(half, "collapse_day_q50", 60)["low"] == 3
    assert math.isnan(one(half, "collapse_day_q50", 60)["high"])


def test_median_interval_is_that_of_order_statistics(scenario: Scenario) -> None:
    table = estimate_all(runs_with(collapse_day=list(range(20, 40))), falls_of(), tolls_of(), scenario)
    row = one(table, "collapse_day_q50", 60)
    # scipy's quantile test inverts the same binomial tails.
    test = stats.quantile_test(np.arange(20, 40), p=0.5).confidence_interval(0.95)
    assert (row["estimate"], row["low"], row["high"]) == (29, test.low, test.high)


def test_conditional_quantiles_use_only_runs_that_collapse(scenario: Scenario) -> None:
    table = estimate_all(runs_with(collapse_day=[10, 20, 30]), falls_of(), tolls_of(), scenario)
    row = one(table, "collapse_day_given_collapse_q50", 60)
    assert (row["estimate"], row["low"], row["high"], row["n"]) == (20, 0, 59, 3)


def test_nothing_is_estimated_from_no_collapse(scenario: Scenario) -> None:
    row = one(estimate_all(runs_with(), falls_of(), tolls_of(), scenario), "collapse_day_given_collapse_q50", 60)
    assert row["n"] == 0
    assert row[["estimate", "low", "high"]].isna().all()


def test_failed_runs_are_left_out_and_counted(scenario: Scenario) -> None:
    runs = runs_with(collapse_day=[3, 3, 3, 3])
    runs.loc[:1, "status"] = "not_finite"
    runs.loc[:1, runs.columns.difference(["run", "seed", "status"])] = None
    table = estimate_all(runs, falls_of(), tolls_of(), scenario)
    assert one(table, "collapse_by_day", 14)["estimate"] == 2 / (N - 2)
    assert one(table, "fatalities_combatants_mean", 60)["n"] == N - 2
    assert one(table, "fatalities_combatants_mean", 60)["estimate"] == np.arange(2, N).mean()
    assert tuple(one(table, "runs_failed", 60)[["estimate", "n"]]) == (2, N)


def test_an_ensemble_of_failed_runs_gives_nulls_not_numbers(scenario: Scenario) -> None:
    runs = runs_with()
    runs["status"] = "failed"
    runs[["outcome", f"level_max_{NEIGHBOUR}"]] = None
    table = estimate_all(runs, falls_of(), tolls_of(), scenario)
    estimates = table[table["quantity"] != "runs_failed"]
    assert estimates["estimate"].isna().all()
    assert (estimates["n"] == 0).all()


def test_outcomes_share_all_runs_among_them(scenario: Scenario) -> None:
    runs = runs_with()
    runs["outcome"] = ["flight"] * 5 + ["coup"] * 3 + ["in_power"] * 12
    table = estimate_all(runs, falls_of(), tolls_of(), scenario)
    shares = table[table["quantity"] == "outcome_share"].set_index("entity")["estimate"]
    assert shares["flight"] == 5 / N
    assert shares["capital"] == 0
    assert shares.sum() == pytest.approx(1)


def test_only_the_first_loss_by_the_regimes_side_counts(scenario: Scenario) -> None:
    seat, own = regime_places(scenario)[0], sorted(own_side(scenario))
    rebel = next(f for f in scenario.tables.factions["id"] if f not in own)
    falls = falls_of(
        (0, 5, seat, own[0], rebel),
        (0, 6, seat, rebel, own[0]),
        (0, 9, seat, own[0], rebel),
        (1, 4, seat, rebel, own[0]),
        (2, 4, seat, own[0], own[-1]),
        (3, 7, seat, own[0], None),
    )
    lost = loss_days(runs_with(), falls, scenario)[seat]
    assert lost[0] == 5
    assert math.isnan(lost[1])
    assert math.isnan(lost[2])
    assert lost[3] == 7
    table = estimate_all(runs_with(), falls, tolls_of(), scenario)
    assert one(table, "seat_fall_by_day", 14, seat)["estimate"] == 2 / N
    assert one(table, "seat_fall_day_given_fall_q50", 60, seat)["estimate"] == 5
    assert math.isnan(one(table, "seat_fall_day_q50", 60, seat)["estimate"])


def test_seats_are_those_of_the_contested_state_that_the_regime_holds(scenario: Scenario) -> None:
    tables, own = scenario.tables, own_side(scenario)
    is_seat = np.isin(tables.locations["id"], regime_places(scenario))
    seats, others = tables.locations[is_seat], tables.locations[~is_seat]
    assert tables.header.regime in own
    assert set(seats["seat_holder"]) <= own
    assert set(seats["state"]) == {tables.header.contested_state}
    assert not (np.isin(others["seat_holder"], list(own)) & (others["state"] == tables.header.contested_state)).any()


def test_curve_is_the_count_of_runs_so_far() -> None:
    days = pd.Series([0, 3, 3, 9, None], dtype="Int32")
    table = curve(days, 10)
    assert list(table["day"]) == list(range(10))
    assert list(table["probability"] * 5) == pytest.approx([1, 1, 1, 3, 3, 3, 3, 3, 3, 4])
    expected = stats.binomtest(3, 5).proportion_ci(method="wilson")
    assert tuple(table.loc[4, ["low", "high"]]) == pytest.approx((expected.low, expected.high))
    assert (table["n"] == 5).all()


def test_curve_of_no_runs_has_no_probability() -> None:
    table = curve(pd.Series([], dtype="Int32"), 3)
    assert table["probability"].isna().all()
    assert list(table["low"]) == [0, 0, 0]
    assert list(table["high"]) == [1, 1, 1]


def test_highest_levels_share_all_runs_among_them(scenario: Scenario) -> None:
    table = estimate_all(
        runs_with(**{f"level_max_{NEIGHBOUR}": [0] * 9 + [1] * 6 + [2] * 4 + [4]}), falls_of(), tolls_of(), scenario
    )
    rows = [one(table, f"level_max_share_{level}", 60, NEIGHBOUR) for level in range(5)]
    assert [row["estimate"] * N for row in rows] == pytest.approx([9, 6, 4, 0, 1])
    expected = stats.binomtest(6, N).proportion_ci(method="wilson")
    assert (rows[1]["low"], rows[1]["high"]) == pytest.approx((expected.low, expected.high))
    assert {(row["n"], row["unit"], row["kind_of_interval"]) for row in rows} == {(N, "probability", "wilson_95")}


def test_a_level_is_reached_by_a_day(scenario: Scenario) -> None:
    days = {f"level_day_{NEIGHBOUR}_1": [0, 14, 15, 30, 59], f"level_day_{NEIGHBOUR}_3": [30, 31]}
    table = estimate_all(runs_with(**days), falls_of(), tolls_of(), scenario)
    for level, counts in ((1, [2, 4, 5]), (2, [0, 0, 0]), (3, [0, 1, 2])):
        rows = [one(table, f"level_{level}_by_day", day, NEIGHBOUR) for day in (14, 30, 60)]
        assert [row["estimate"] * N for row in rows] == pytest.approx(counts)


def test_levels_are_those_of_neighbours_and_amounts_those_of_all_states(scenario: Scenario) -> None:
    table, names = estimate_all(runs_with(), falls_of(), tolls_of(), scenario), small_names()
    levels = table[table["quantity"].str.startswith("level_")]
    assert set(levels["entity"]) == set(names.neighbours)
    for quantity, unit in (("refugees", "persons"), ("arrived", "persons"), ("influence", "share")):
        rows = table[table["quantity"].str.fullmatch(rf"{quantity}_(mean|q10|q50|q90)")]
        assert set(rows["entity"].dropna()) == set(names.states)
        assert set(rows["unit"]) == {unit}


@pytest.mark.parametrize("event", ["settlement", "handover", "infighting"])
def test_other_events_are_counted_by_day_too(scenario: Scenario, event: str) -> None:
    table = estimate_all(runs_with(**{f"{event}_day": [3, 20, 59]}), falls_of(), tolls_of(), scenario)
    shares = [one(table, f"{event}_by_day", day)["estimate"] * N for day in (14, 30, 60)]
    assert shares == pytest.approx([1, 2, 3])


def test_an_amount_has_a_mean_and_quantiles_with_their_intervals(scenario: Scenario) -> None:
    runs = runs_with()
    runs[f"refugees_{NEIGHBOUR}"] = values = np.arange(N, 0, -1) * 1000.0
    table = estimate_all(runs, falls_of(), tolls_of(), scenario)
    row = one(table, "refugees_mean", 60, NEIGHBOUR)
    error = stats.sem(values) * stats.norm.ppf(0.975)
    assert (row["estimate"], row["low"], row["high"]) == pytest.approx((10_500, 10_500 - error, 10_500 + error))
    assert (row["n"], row["unit"], row["kind_of_interval"]) == (N, "persons", "normal_95")
    test = stats.quantile_test(values, p=0.5).confidence_interval(0.95)
    row = one(table, "refugees_q50", 60, NEIGHBOUR)
    assert (row["estimate"], row["low"], row["high"]) == (10_000, test.low, test.high)
    row = one(table, "refugees_q90", 60, NEIGHBOUR)
    assert row["estimate"] == 18_000
    assert math.isnan(row["high"])  # 20 runs give it no upper bound
    assert one(table, "refugees_q10", 60, NEIGHBOUR)["low"] == 0


def test_amounts_of_all_states_together_are_summed_by_run(scenario: Scenario) -> None:
    runs, (one_state, other, *_) = runs_with(), small_names().states
    runs[f"refugees_{one_state}"] = np.arange(N) * 10.0
    runs[f"refugees_{other}"] = np.arange(N)[::-1] * 10.0
    table = estimate_all(runs, falls_of(), tolls_of(), scenario)
    assert tuple(one(table, "refugees_q90", 60)[["estimate", "n"]]) == (190, N)


def test_an_interval_of_an_amount_stays_above_0(scenario: Scenario) -> None:
    runs = runs_with()
    runs["displaced_peak"] = [0.0] * (N - 1) + [1000.0]
    assert tuple(
        one(estimate_all(runs, falls_of(), tolls_of(), scenario), "displaced_peak_mean", 60)[["estimate", "low"]]
    ) == (
        50,
        0,
    )


def test_change_of_extremists_is_that_of_each_run_that_had_some(scenario: Scenario) -> None:
    runs = runs_with()
    runs["extremists_day_0"] = [0.0] * 5 + [100.0] * 15
    runs["extremists_last"] = [30.0] * 5 + [50.0] * 10 + [200.0] * 5
    table = estimate_all(runs, falls_of(), tolls_of(), scenario)
    row = one(table, "extremists_change_mean", 60)
    assert (row["estimate"], row["n"], row["unit"]) == (1.0, 15, "ratio")
    assert one(table, "extremists_change_q50", 60)["estimate"] == 0.5
    assert one(table, "extremists_last_mean", 60)["n"] == N


def test_no_extremists_have_no_change(scenario: Scenario) -> None:
    row = one(estimate_all(runs_with(), falls_of(), tolls_of(), scenario), "extremists_change_mean", 60)
    assert row["n"] == 0
    assert row[["estimate", "low", "high"]].isna().all()


def test_every_estimate_is_told_once(scenario: Scenario) -> None:
    table = estimate_all(runs_with(), falls_of(), tolls_of(), scenario)
    assert not table.duplicated(["quantity", "entity", "day"]).any()
    assert (table["low"].isna() | (table["low"] <= table["estimate"])).all()


def test_a_place_without_a_row_was_spared_in_that_run(scenario: Scenario) -> None:
    place = scenario.tables.locations["id"][0]
    table = estimate_all(runs_with(), falls_of(), tolls_of((3, place, 40.0), (7, place, 20.0)), scenario)
    row = one(table, "place_fatalities_civilians_mean", 60, place)
    assert row["estimate"] == pytest.approx(60 / N)
    assert (row["n"], row["unit"]) == (N, "persons")
    assert one(table, "place_fatalities_civilians_q50", 60, place)["estimate"] == 0
    assert set(table.loc[table["quantity"].str.startswith("place_"), "entity"]) == {place}
