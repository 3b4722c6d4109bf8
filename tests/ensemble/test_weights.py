"""Weights of runs: what they are, what estimates make of them, and that without them nothing changes."""

import dataclasses
import math
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from sim.core.record import RUNS
from sim.ensemble.estimate.estimates import curve
from sim.ensemble.estimate.intervals import Z, mean_interval, quantile_ranks, wilson_interval
from sim.ensemble.estimate.rows import usable
from sim.ensemble.estimate.weights import (
    Weights,
    influence_of,
    mean_of,
    mean_with_interval,
    observed_quantiles,
    quantile_intervals,
    share_interval,
    shares_by_day,
    weighed,
    weights_of,
)
from sim.ensemble.store.results import Results, load_results
from sim.study.cases import Case, of_equal_runs, open_case
from sim.study.compare import compare
from sim.tell.numbers import whole_percent
from sim.world.frozen import ConfigError
from sim.world.tilt import NEAREST, Tilt
from tests.ensemble.small import run_small, small_scenario, stored_bytes
from tests.statistics import assert_share
from tests.worlds import NEUTRAL

TILT = {"intercept": -0.2, "slope": 0.5, "gap": 0.0, "delay": 0.7}
Numbers = npt.NDArray[np.float64]
amounts = st.lists(st.integers(0, 50), min_size=1, max_size=25)


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    base = tmp_path_factory.mktemp("weights")
    run_small(base / "neutral", tilt=NEUTRAL)
    run_small(base / "tilted", tilt=TILT)
    return {name: base / name for name in ("neutral", "tilted")}


def rows(results: Results) -> pd.DataFrame:
    """Return estimates by quantity and whom they are of, of the last day alone."""
    table = results.estimates[results.estimates["day"] == results.estimates["day"].max()]
    return table.assign(entity=table["entity"].fillna("")).set_index(["quantity", "entity"])


def of_ones_and(each: Numbers, fell: npt.NDArray[np.bool_] | None = None) -> Weights:
    """Return weights by their values, 1 on average."""
    told = np.zeros(len(each), bool) if fell is None else fell
    return Weights(each / each.mean(), told, Tilt(-0.2, 0.5))


def tilted(fell: npt.NDArray[np.bool_], tilt: Tilt) -> Weights:
    """Return the weights of runs in some of which the regime collapses, each on another day."""
    return Weights(tilt.weigh(np.where(fell, np.arange(len(fell)), np.inf)), fell, tilt)


@given(st.floats(-2.0, 2.0), st.floats(0.0, 1.2), st.integers(1, 99))
def test_weights_have_mean_1_and_give_the_chance_that_the_record_supports(a: float, b: float, n_fell: int) -> None:
    fell, tilt = np.arange(100) < n_fell, Tilt(a, b, delay=0.5)
    weights = tilted(fell, tilt)
    assert weights.each.mean() == pytest.approx(1.0)
    assert share_interval(fell, weights).point == pytest.approx(tilt.chance(n_fell / 100), abs=1e-12)
    assert NEAREST <= tilt.chance(n_fell / 100) <= 1.0 - NEAREST


@given(st.floats(0.0, 1.0))
def test_a_tilt_nests_the_base_rate_and_the_share_itself(share: float) -> None:
    assert Tilt(0.3, 0.0).chance(share) == pytest.approx(1.0 / (1.0 + math.exp(-0.3)))
    assert Tilt(0.0, 1.0).chance(share) == pytest.approx(min(max(share, NEAREST), 1.0 - NEAREST))
    assert Tilt(0.0, 1.0, 0.0, 0.0).is_neutral
    assert not Tilt(0.0, 1.0, 0.0, 0.1).is_neutral


def test_where_all_runs_fare_alike_there_is_nothing_to_weigh() -> None:
    assert Tilt(0.3, 0.5).weigh(np.full(3, np.inf)).tolist() == [1.0] * 3
    assert Tilt(0.3, 0.5).weigh(np.arange(3.0)).tolist() == [1.0] * 3


def test_later_collapses_weigh_more_by_a_power_of_their_day() -> None:
    days, tilt = np.array([0.0, 3.0, np.inf, 8.0, np.inf]), Tilt(0.4, 0.5, 0.0, 0.5)
    each, chance = tilt.weigh(days), tilt.chance(0.6)
    assert (each[[1, 3]] / each[0]).tolist() == pytest.approx([2.0, 3.0])
    assert each[[0, 1, 3]].sum() == pytest.approx(5.0 * chance)
    assert each[[2, 4]].tolist() == pytest.approx([2.5 * (1.0 - chance)] * 2)
    by_day, other = tilt.weights(np.bincount([0, 3, 8], minlength=20), 5)
    assert [*by_day[[0, 3, 8]], other] == pytest.approx(each[[0, 1, 3, 2]].tolist())


@given(amounts, st.data())
def test_whole_weights_are_as_many_runs(values: list[int], data: st.DataObject) -> None:
    times = np.array(data.draw(st.lists(st.integers(1, 5), min_size=len(values), max_size=len(values))))
    once, repeated = np.array(values, float), np.repeat(np.array(values, float), times)
    weights = of_ones_and(times.astype(np.float64))
    assert mean_of(once, weights) == pytest.approx(repeated.mean())
    for level in (0.1, 0.25, 0.5, 0.9):
        by_order = np.sort(repeated)[quantile_ranks(len(repeated), level)[0] - 1]
        (found,) = quantile_intervals(once, (level,), (0.0, math.inf), weights)
        assert found.point == by_order == observed_quantiles(once, (level,), weights)[0]
        assert found.low <= found.point <= found.high
    days = pd.Series(once)
    both = curve(days, 60, weights)["probability"], curve(pd.Series(repeated), 60)["probability"]
    assert np.allclose(*both)


@given(amounts)
def test_without_weights_numbers_are_those_of_the_plain_formulas(values: list[int]) -> None:
    numbers, n = np.array(values, float), len(values)
    happened = numbers > numbers.mean()
    k = int(happened.sum())
    assert share_interval(happened)[:3] == (k / n, *wilson_interval(k, n))
    assert str(mean_with_interval(numbers)[:3]) == str(mean_interval(numbers))
    ordered = [0.0, *sorted(numbers.tolist()), math.inf]
    (found,) = quantile_intervals(numbers, (0.5,), (0.0, math.inf))
    assert found[:3] == tuple(ordered[rank] for rank in quantile_ranks(n, 0.5))
    assert influence_of(numbers) is numbers


def test_unequal_weights_widen_intervals_as_fewer_runs_would() -> None:
    each, values = np.tile([0.5, 1.5], 200), np.tile([0.0, 1.0, 3.0, 4.0], 100)
    weights = of_ones_and(each)
    assert weights.effective == pytest.approx(400 / 1.25)
    mean, low, high, kind = mean_with_interval(values, weights)
    variance = np.cov(values, aweights=each, ddof=0)
    assert (mean, kind) == (pytest.approx((0.0 + 1.5 + 1.5 + 6.0) / 4.0), "normal_95_weighted")
    assert high - low == pytest.approx(2.0 * Z * math.sqrt(variance / 319.0))
    share = share_interval(values > 2.0, weights)
    assert share[:3] == pytest.approx((0.5, *wilson_interval(160, 320)))
    assert share.kind == "wilson_95_weighted"


def test_the_interval_of_a_collapse_is_that_of_its_share_mapped() -> None:
    fell, tilt = np.arange(100) < 80, Tilt(-0.2, 0.5)
    weights = tilted(fell, tilt)
    low, high = (tilt.chance(bound) for bound in wilson_interval(80, 100))
    assert share_interval(fell, weights) == (pytest.approx(tilt.chance(0.8)), low, high, "wilson_95_tilted")
    kept = share_interval(~fell, weights)
    assert kept[:3] == pytest.approx((1.0 - tilt.chance(0.8), 1.0 - high, 1.0 - low))
    days = pd.Series(np.where(fell, np.arange(100.0) // 2, np.nan))
    by_day = curve(days, 60, weights)
    assert by_day[["probability", "low", "high"]].iloc[-1].tolist() == pytest.approx([tilt.chance(0.8), low, high])
    assert (by_day["probability"].diff().dropna() >= 0.0).all()


@pytest.mark.parametrize("n", [400, 4000])
def test_intervals_by_day_grow_into_that_of_the_collapse_without_a_jump(n: int) -> None:
    fell, tilt = np.arange(n) % 5 < 3, Tilt(0.3, 0.4, delay=0.0)  # a mapped interval is far narrower than a plain one
    days = np.where(fell, np.arange(n) * 100.0 // n, np.inf)
    share, low, high = shares_by_day(days, 120, tilted(fell, tilt))
    assert (low[-1], high[-1]) == pytest.approx(tuple(tilt.chance(end) for end in wilson_interval(int(fell.sum()), n)))
    step, width = np.diff(share).max(), high - low
    assert min(np.diff(ends).min() for ends in (low, high)) >= -0.05 * width.max()
    assert np.abs(np.diff(width)).max() <= step + 0.13 * width.max()


@pytest.mark.statistical
@pytest.mark.parametrize("day", [10, 40, 90, 119])
def test_intervals_by_day_hold_the_share_of_endless_runs(day: int) -> None:
    tilt, times, n, chance = Tilt(0.3, 0.4, delay=0.0), 600, 300, 0.4
    held, true = 0, tilt.chance(chance) * min((day + 1) / 100, 1.0)
    for u in stats.uniform.rvs(size=(times, n), random_state=7):
        fell, days = u < chance, np.where(u < chance, u / chance * 100.0 // 1.0, np.inf)
        found = share_interval(days <= day, tilted(fell, tilt))
        held += found.low <= true <= found.high
    assert_share("intervals that hold the share", held, times, 0.95)


def test_influence_is_what_a_little_more_of_a_run_would_change() -> None:
    fell, tilt = np.arange(30) < 21, Tilt(-0.2, 0.5, delay=0.8)
    values, later = np.sqrt(np.arange(30.0)) + 3.0 * (np.arange(30) % 7), (1.0 + np.arange(30.0)) ** 0.8

    def weighted_mean(often: Numbers) -> float:
        inside = [
            np.average(values[of], weights=often[of] * many[of]) for of, many in ((fell, later), (~fell, later**0.0))
        ]
        chance = tilt.chance(float(often[fell].sum() / often.sum()))
        return chance * inside[0] + (1.0 - chance) * inside[1]

    found, usual = influence_of(values, tilted(fell, tilt)), weighted_mean(np.ones(30))
    assert found.mean() == pytest.approx(usual)
    for run in (0, 20, 21, 29):
        more = np.ones(30)
        more[run] += 1e-6
        assert (weighted_mean(more) - usual) * 30 / 1e-6 == pytest.approx(found[run] - usual, rel=1e-4, abs=1e-6)


def test_a_neutral_tilt_is_as_none(folders: dict[str, Path], tmp_path: Path) -> None:
    neutral, raw = load_results(folders["neutral"]), run_unweighed(tmp_path / "raw")
    assert (neutral.runs["weight"] == 1.0).all()
    for name, frame in neutral.frames.items():
        pd.testing.assert_frame_equal(frame.frame, raw.frames[name].frame, check_exact=True)
    pd.testing.assert_frame_equal(neutral.estimates, raw.estimates, check_exact=True)


def run_unweighed(folder: Path, **settings: Any) -> Results:
    """Return the results of a small ensemble in which every run counts alike."""
    from sim.tell.ensemble import run_ensemble  # noqa: PLC0415 - beside its one use
    from sim.world.config import read_config  # noqa: PLC0415
    from sim.world.scenario import build_scenario  # noqa: PLC0415

    scenario = small_scenario(**settings)
    config = read_config(scenario.config.model_dump(mode="json") | {"weights": False})
    return run_ensemble(build_scenario(scenario.tables, config), folder, "none")


def test_runs_of_a_folder_weigh_as_its_tilt_says(folders: dict[str, Path]) -> None:
    found, neutral = load_results(folders["tilted"]), load_results(folders["neutral"])
    share = float(neutral.runs["collapse_day"].notna().mean())
    told, chance = rows(found), Tilt(**TILT).chance(share)
    assert 0.0 < share < 1.0
    assert found.runs["weight"].mean() == pytest.approx(1.0)
    assert told.loc[("collapse_by_day", ""), "estimate"] == pytest.approx(chance, abs=1e-12)
    assert told.loc[("outcome_share", "in_power"), "estimate"] == pytest.approx(1.0 - chance, abs=1e-12)
    assert told.loc[("collapse_raw", ""), "estimate"] == share
    assert told.loc[("collapse_supported", ""), "estimate"] == pytest.approx(chance)
    killed, weights = found.runs["fatalities_combatants"], found.runs["weight"]
    mean = told.loc[("fatalities_combatants_mean", ""), "estimate"]
    assert mean == pytest.approx((weights * killed).mean())
    assert mean != pytest.approx(killed.mean())
    assert "wilson_95_weighted" in set(found.estimates["kind_of_interval"])


def test_all_but_weights_and_estimates_is_as_without_a_tilt(folders: dict[str, Path]) -> None:
    one, other = (load_results(folders[name]) for name in ("neutral", "tilted"))
    pd.testing.assert_frame_equal(one.runs.drop(columns="weight"), other.runs.drop(columns="weight"), check_exact=True)
    pd.testing.assert_frame_equal(one.falls, other.falls, check_exact=True)


def test_growth_and_workers_give_the_same_bytes(folders: dict[str, Path], tmp_path: Path) -> None:
    whole = stored_bytes(folders["tilted"])
    run_small(tmp_path / "grown", tilt=TILT, runs=13)
    first = load_results(tmp_path / "grown").runs["weight"]
    run_small(tmp_path / "grown", tilt=TILT)
    assert stored_bytes(tmp_path / "grown") == whole
    assert first.tolist() != load_results(tmp_path / "grown").runs["weight"][:13].tolist()
    run_small(tmp_path / "processes", tilt=TILT, executor="process", workers=2, chunk=11)
    assert stored_bytes(tmp_path / "processes") == whole


@pytest.mark.parametrize("name", ["runs", "falls", "twins"])
def test_a_damaged_table_is_made_again_with_its_weights(name: str, tmp_path: Path) -> None:
    settings = {"tilt": TILT, "uncertainty": {"kind": "prior", "twins": 40}}
    run_small(tmp_path, **settings)
    before = stored_bytes(tmp_path)
    assert len(set(load_results(tmp_path).twins["weight"])) > 1
    (tmp_path / f"{name}.parquet").write_bytes(b"damaged")
    run_small(tmp_path, **settings)
    assert stored_bytes(tmp_path) == before


def test_first_runs_weigh_as_if_there_were_no_others(folders: dict[str, Path]) -> None:
    case = open_case(folders["tilted"])
    (few, _) = of_equal_runs([case, case], 20)
    share = float(few.results.runs["collapse_day"].notna().mean())
    runs = usable(few.results.runs)
    weights = weights_of(runs, few.scenario)
    assert weights is not None
    assert mean_of(weights.fell.astype(float), weights) == pytest.approx(Tilt(**TILT).chance(share))


def test_a_world_in_which_no_regime_falls_is_told_as_it_is(tmp_path: Path) -> None:
    found = run_small(tmp_path, tilt=TILT, horizon_days=3)
    told = rows(found)
    assert (found.runs["weight"] == 1.0).all()
    assert told.loc[("collapse_by_day", ""), "estimate"] == told.loc[("collapse_raw", ""), "estimate"] == 0.0
    assert told.loc[("collapse_supported", ""), "estimate"] == pytest.approx(Tilt(**TILT).chance(NEAREST))
    text = (tmp_path / "summary.md").read_text(encoding="utf-8")
    assert "No run sees a collapse by day 3, which is a statement about the structure of the model" in text
    assert "a record as good as ours supports 10 %" in text


def test_summaries_say_what_runs_weigh(folders: dict[str, Path], tmp_path: Path) -> None:
    tilted_text, neutral = (
        (folders[name] / "summary.md").read_text(encoding="utf-8") for name in ("tilted", "neutral")
    )
    share = float(load_results(folders["neutral"]).runs["collapse_day"].notna().mean())
    assert f"raw {whole_percent(share)}, told" in tilted_text
    assert f"a record as good as ours supports {whole_percent(Tilt(**TILT).chance(share))}" in tilted_text
    assert "Runs weighed by the record (a -0.2, b 0.5, c 0, k 0.7)." in tilted_text
    assert "weighed" not in neutral
    run_unweighed(tmp_path)
    assert "Shares are raw: every run counts alike." in (tmp_path / "summary.md").read_text(encoding="utf-8")


def test_raw_shares_are_asked_for_by_one_key(tmp_path: Path) -> None:
    raw, asked = run_unweighed(tmp_path, tilt=TILT), small_scenario(tilt=TILT).config
    assert asked.tilt == Tilt(**TILT)
    assert rows(raw).loc[("collapse_by_day", ""), "estimate"] == raw.runs["collapse_day"].notna().mean()
    assert "collapse_raw" not in set(raw.estimates["quantity"])


def test_a_comparison_weighs_each_ensemble_for_itself(folders: dict[str, Path], tmp_path: Path) -> None:
    base = open_case(folders["tilted"])
    lever = ({"lever": "resolve", "actor": "regime", "value": 3.0},)
    run_small(tmp_path / "other", tilt=TILT, name="other", levers=lever)
    other = open_case(tmp_path / "other")
    table = compare([base, other], tmp_path, "none").table.set_index(["scenario", "outcome"])
    both = [case.results.runs for case in (base, other)]
    ones, others = ((runs["weight"] * runs["fatalities_combatants"]).to_numpy() for runs in both)
    row = table.loc[("other", "fatalities_combatants")]
    assert row["difference"] == pytest.approx(float((others - ones).mean()), abs=1e-9)
    assert row["low"] <= row["difference"] <= row["high"]
    assert row["difference"] != 0.0
    chances = [float((runs["weight"] * runs["collapse_day"].notna()).mean()) for runs in both]
    fall = table.loc[("other", "p_collapse")]
    assert (fall["estimate"], fall["difference"]) == pytest.approx((chances[1], chances[1] - chances[0]))
    same = compare([base, dataclasses.replace(base, name="again")], tmp_path, "none").table
    assert (same["difference"] == 0.0).all()
    assert same.loc[same["scenario"] == "again", "n_unpaired"].isna().all()


def test_ensembles_of_other_weights_are_not_compared(folders: dict[str, Path]) -> None:
    cases = [Case(name, open_case(folder).results, open_case(folder).scenario) for name, folder in folders.items()]
    with pytest.raises(ConfigError, match="they differ in what runs weigh"):
        compare(cases, Path(), "none")


def test_failed_runs_weigh_nothing(folders: dict[str, Path]) -> None:
    runs = load_results(folders["neutral"]).frames[RUNS].frame.copy()
    runs.loc[:9, "status"] = "failed"
    found = weighed(runs, Tilt(**TILT))
    assert found["weight"][:10].isna().all()
    assert found["weight"][10:].mean() == pytest.approx(1.0)


def test_a_precision_is_that_of_weighed_runs(tmp_path: Path) -> None:
    found = run_small(tmp_path, tilt=TILT, until={"p_collapse": 0.15, "fatalities_combatants": 1e6}, max_runs=200)
    told = rows(found).loc[("p_collapse", "")]
    n = int(told["n"])
    share = float(found.runs["collapse_day"].notna()[:n].mean())
    assert told["estimate"] == pytest.approx(Tilt(**TILT).chance(share))
    assert (told["high"] - told["low"]) / 2.0 <= 0.15


def test_a_tilt_out_of_bounds_is_refused() -> None:
    with pytest.raises(
        ConfigError, match=r"ensemble\.tilt\.slope = 2\.0: .*less than or equal to 1\.2.*plausible: 0 to 1"
    ):
        small_scenario(tilt={"slope": 2.0})
