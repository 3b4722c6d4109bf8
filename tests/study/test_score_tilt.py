"""How far falls may be trusted: learnt from other countries alone, and what weighed runs then score."""

import dataclasses
import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from experiments.scoreboard import read_table
from sim.core.parameters import describe
from sim.study.calibrate.evidence import Case, items_of, width_of
from sim.study.calibrate.scoring import tilted_mix
from sim.study.score.board import MODEL, TILTED
from sim.study.score.facts import read_facts
from sim.study.score.families import FAMILIES, Lived
from sim.study.score.folds import Folds
from sim.study.score.forecast import Chance, Sample
from sim.study.score.score import Scores, Settings, score
from sim.study.score.tilt import ALL, OF_THE_WAR, Outcome, learn_tilt, tilt_table, tilted_forecast
from sim.world.tables import Tables
from sim.world.tilt import SHIPPED, SHIPPED_DELAY_ERROR, USUAL_GAP, Tilt
from tests.study.test_score import FOUR, made
from tests.worlds import tables_of

FAMILY = {family.name: family for family in FAMILIES}


def outcomes_by(tilt: Tilt, n: int) -> list[Outcome]:
    """Return wars in which regimes fall as often as a tilt says, of shares of runs and gaps spread evenly."""
    drawn = np.arange(1, n + 1) * (5.0**0.5 - 1.0) / 2.0 % 1.0  # of even spread, as if drawn
    shares, gaps = (np.arange(n) + 0.5) / n, np.arange(n) % 7 / 7.0
    wars = enumerate(zip(shares.tolist(), gaps.tolist(), drawn, strict=True))
    return [Outcome(str(i), share, float(u < tilt.at(gap).chance(share)), gap) for i, (share, gap, u) in wars]


def falls_by(delay: float, n: int) -> list[Outcome]:
    """Return wars in which regimes fall on days that weigh by a power, of runs that are spread evenly over 100."""
    days = np.repeat(np.arange(100), np.round(100.0 * (1.0 + np.arange(100)) ** delay).astype(int))
    drawn = days[((np.arange(n) + 0.5) / n * len(days)).astype(int)]
    return [Outcome(str(i), 0.5, 1.0, USUAL_GAP, float(day), np.full(100, 3)) for i, day in enumerate(drawn)]


def test_days_of_falls_tell_how_much_later_they_come_than_in_runs() -> None:
    for delay in (-0.4, 0.0, 1.2):
        found = learn_tilt(falls_by(delay, 2000))
        assert found.tilt.delay == pytest.approx(delay, abs=0.06)
        assert found.errors[3] < 0.05
    few = learn_tilt(falls_by(1.2, 3)).tilt.delay
    assert 0.1 < few < 0.9  # three wars leave most of the prior
    held = [Outcome("a", 0.5, 0.0, 0.3, math.nan, np.full(9, 1)), Outcome("b", 0.0, 1.0, 0.3, 4.0, np.zeros(9, int))]
    assert (learn_tilt(held).tilt.delay, learn_tilt(held).errors[3]) == (0.0, pytest.approx(0.5))


def test_how_likely_falls_are_and_how_late_are_learnt_apart() -> None:
    line, days = outcomes_by(Tilt(0.4, 0.6, 3.0), 50), falls_by(1.0, 50)
    both = [replace(one, day=of.day, falls=of.falls) for one, of in zip(line, days, strict=True)]
    assert replace(learn_tilt(both).tilt, delay=0.0) == replace(learn_tilt(line).tilt, delay=0.0)
    assert learn_tilt(both).tilt.delay == learn_tilt(days).tilt.delay


def test_many_wars_tell_the_line_and_its_error() -> None:
    truth = Tilt(0.4, 0.6, 3.0)
    found = learn_tilt(outcomes_by(truth, 4000))
    for at, name in enumerate(("intercept", "slope", "gap")):
        assert abs(getattr(found.tilt, name) - getattr(truth, name)) < 4.0 * found.errors[at]
    assert found.worlds == 4000
    assert max(found.errors[:2]) < 0.06
    assert found.errors[2] < 0.2


def test_no_war_leaves_the_priors() -> None:
    found = learn_tilt([])
    assert dataclasses.astuple(found.tilt) == pytest.approx((0.0, 0.5, 2.4, 0.0))
    assert (found.errors, found.worlds) == (pytest.approx((0.5, 0.25, 2.0, 0.5)), 0)


def test_a_war_without_a_challenger_is_not_moved_by_the_gap() -> None:
    assert Tilt(0.2, 0.5, 3.0).at(math.nan) == Tilt(0.2, 0.5, 0.0)
    assert Tilt(0.2, 0.5, 3.0).at(0.5).intercept == pytest.approx(0.8)
    told = [Outcome("a", 0.3, 1.0, math.nan), Outcome("b", 0.6, 0.0, USUAL_GAP)]
    alike = [replace(one, gap=USUAL_GAP) for one in told]
    assert learn_tilt(told) == learn_tilt(alike)


def test_a_few_wars_hardly_move_the_slope_and_never_out_of_its_limits() -> None:
    low, high = describe(Tilt)["slope"].limits
    wrong = [Outcome(str(i), 0.98 if i % 2 else 0.02, float(not i % 2), USUAL_GAP) for i in range(300)]
    right = [dataclasses.replace(one, fell=1.0 - one.fell) for one in wrong]
    assert learn_tilt(wrong).tilt.slope == pytest.approx(low, abs=1e-6)
    assert learn_tilt(right * 9).tilt.slope == pytest.approx(high, abs=1e-6)
    assert abs(learn_tilt(right[:2]).tilt.slope - 0.5) < 0.1


def test_the_table_has_a_row_for_each_fold_and_one_for_none() -> None:
    table = tilt_table(outcomes_by(Tilt(0.0, 1.0), 5))
    assert table["fold"].tolist() == [ALL, "0", "1", "2", "3", "4"]
    assert table["worlds"].tolist() == [5, 4, 4, 4, 4, 4]


@pytest.fixture(scope="module")
def scores() -> Scores:
    return score([made(name) for name in FOUR], settings=Settings(Folds.COUNTRY, resamples=64))


def test_weighed_runs_are_scored_beside_raw_ones(scores: Scores) -> None:
    own = scores.table[scores.table["forecast"].isin((MODEL, TILTED))].set_index(
        ["forecast", "family", "world", "item"]
    )
    families = own.loc[TILTED].index.get_level_values("family").unique()
    assert set(families) == {
        name for name in OF_THE_WAR if name in set(own.loc[MODEL].index.get_level_values("family"))
    }
    board = scores.board.set_index(["family", "rule"])
    assert np.isfinite(board.loc[("fall", "brier"), "tilted"])
    assert board.loc[("killed", "crps"), ["tilted", "tilted_skill"]].isna().all()
    assert TILTED not in set(board["rival"].dropna())


def test_a_third_of_runs_that_fall_are_weighed_by_hand() -> None:
    world, tilt = made("liberia_2003"), Tilt(-0.3, 0.4)
    chance = tilt.chance(1 / 3)
    assert tilted_forecast(FAMILY["fall"], world, "", tilt) == Chance(chance)
    by_30 = tilted_forecast(FAMILY["fall_by_30"], world, "", tilt)
    assert isinstance(by_30, Chance)
    assert by_30.probability == pytest.approx((3.0 * chance + 0.5) / 4.0)
    day = tilted_forecast(FAMILY["collapse_day"], world, "", tilt)
    assert isinstance(day, Sample)
    assert day.weights is not None
    assert day.weights == pytest.approx([chance, (1.0 - chance) / 2.0, (1.0 - chance) / 2.0])
    assert tilted_forecast(FAMILY["killed"], world, "", tilt) is None


def fell_otherwise(tables: Tables) -> Tables:
    """Return a world in which what became of the regime is the contrary of what did."""
    is_row = tables.observed["name"] == "regime_falls"  # type: ignore[index]
    observed = tables.observed.copy()  # type: ignore[union-attr]
    observed["value"][is_row] = 1.0 - observed["value"][is_row]
    for row in ("regime_fall_day", "capital_fall_day", "flight_day"):
        held = observed["value"][is_row].item() == 0.0
        observed["value"][observed["name"] == row] = np.nan if held else 5.0
    return dataclasses.replace(tables, observed=observed)


def test_what_is_said_of_a_country_is_learnt_without_it(scores: Scores) -> None:
    name = FOUR[3]
    tables = fell_otherwise(tables_of(name))
    worlds = [made(name, tables), *(made(other) for other in FOUR if other != name)]
    after = score(worlds, settings=Settings(Folds.COUNTRY, resamples=64))

    def said(found: Scores, world: str) -> float:
        rows = found.table.set_index(["forecast", "family", "rule", "world"])
        return float(rows.loc[(TILTED, "fall", "brier", world), "median"].item())

    assert said(after, name) == said(scores, name)
    assert all(said(after, other) != said(scores, other) for other in FOUR if other != name)


def test_the_runs_of_a_mix_weigh_by_the_share_of_all_of_them() -> None:
    tables, tilt = tables_of("liberia_2003"), Tilt(-0.3, 0.4, delay=1.0)
    items = {(item.name, item.seen.item): item for item in items_of(tables)}
    fall, day = items["fall", ""], items["collapse_day", ""]
    fresh = np.zeros((3, 2, width_of(list(items.values()))))
    fresh[:2, :, fall.columns.start] = [[1.0, 0.0], [1.0, 1.0]]  # the third vector is not in the mix
    fresh[:2, :, day.columns.start] = [[0.2, 1.0], [0.4, 0.6]]
    case = Case("liberia_2003", "LBR", read_facts(tables), tuple(items.values()), fresh, fresh, np.ones(3, bool))
    weights, chance = np.array([0.5, 0.5, 0.0]), tilt.chance(0.75)
    assert tilted_mix(case, fall, weights, tilt) == Chance(chance)
    found = tilted_mix(case, day, weights, tilt)
    assert isinstance(found, Sample)
    assert np.array_equal(found.values, [0.2, 1.0, 0.4, 0.6])
    assert tables.header.horizon_days == 100
    assert found.weights == pytest.approx([chance * 21 / 123, 1.0 - chance, chance * 41 / 123, chance * 61 / 123])


def test_runs_that_all_hold_are_only_told_otherwise() -> None:
    world = made("liberia_2003")
    runs = world.runs.assign(collapse_day=pd.array([None] * 3, "Int32"))
    quiet = Lived(world.name, world.tables, runs, world.falls)
    assert tilted_forecast(FAMILY["fall"], quiet, "", Tilt(0.0, 0.5)) == Chance(Tilt(0.0, 0.5).chance(0.0))
    by_30 = tilted_forecast(FAMILY["fall_by_30"], quiet, "", Tilt(0.0, 0.5))
    assert by_30 == Chance(0.5 / 4.0)


def test_the_line_that_is_shipped_is_the_one_that_the_scoreboard_tells() -> None:
    """After new scores the stored table and the shipped numbers have to be set anew together."""
    told, _ = read_table()
    assert tuple(round(float(told[f"tilt {name}"]), 2) for name in ("intercept", "slope", "gap", "delay")) == SHIPPED
    assert round(float(told["tilt delay_error"]), 2) == SHIPPED_DELAY_ERROR
