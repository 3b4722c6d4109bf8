"""What is scored of the worlds, and how: definitions, counts, folds, and a table worked out by hand."""

import dataclasses
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim.api import load_scenario
from sim.ensemble.store.folders import result_folder
from sim.ensemble.store.results import Results
from sim.study.score.board import skill_interval, verdict
from sim.study.score.facts import read_facts
from sim.study.score.families import FAMILIES, Lived, scored
from sim.study.score.folds import Folds, fold_of
from sim.study.score.record import read_record, split
from sim.study.score.score import COLUMNS, MODEL, Scores, Settings, live, score
from sim.tell.ensemble import run_ensemble
from sim.world.frozen import ConfigError
from sim.world.scenario import Scenario
from sim.world.tables import Tables
from tests.worlds import TEN, WORLDS, changed, scenario_of, tables_of

FOUR = ("car_2013", "ethiopia_2021", "liberia_2003", "syria_2012")
DAYS = ("collapse_day", "capital_fall_day")


def made(name: str, tables: Tables | None = None) -> Lived:
    """Return three runs of a world by hand: 100, 1,000 and 10,000 killed, half of them civilians; one collapse."""
    world = tables or tables_of(name)
    killed = np.array([99.0, 999.0, 9_999.0])
    columns: dict[str, object] = {
        "run": [0, 1, 2],
        "fatalities_combatants": killed / 2,
        "fatalities_civilians": killed / 2,
    }
    columns |= {"displaced_new": 10.0 * killed, **{day: pd.array([10, None, None], "Int32") for day in DAYS}}
    for i, state in enumerate(world.header.neighbours):
        columns |= {
            f"arrived_{state}": (i + 1) * killed,
            f"level_max_{state}": [0, 1, 2],
            f"incidents_{state}": [0, 0, 2],
        }
    seats = read_record(world).seats
    holder = dict(world.locations[["id", "seat_holder"]].tolist())
    falls = pd.DataFrame(
        {
            "run": [0, 0, 1],
            "day": [9, 5, 7],
            "location_id": [seats[0], seats[0], seats[1]],
            "from_faction": [holder[seats[0]], holder[seats[0]], world.header.challenger],
            "to_faction": [world.header.challenger, world.header.challenger, holder[seats[1]]],
        }
    )
    return Lived(name, world, pd.DataFrame(columns), falls)


@pytest.fixture(scope="module")
def scores() -> Scores:
    return score([made(name) for name in FOUR], settings=Settings(resamples=64))


def observed(name: str) -> dict[str, int]:
    """Return how many observations of each family are scored in a world."""
    record = read_record(tables_of(name))
    return {family.name: len(scored(family, record)) for family in FAMILIES}


def test_what_is_counted_in_the_ten_worlds() -> None:
    """Counts of the first table of scores that was made of these worlds, by another program."""
    total = pd.DataFrame([observed(name) for name in TEN]).sum()
    assert total["seat_day"] == total["seat_falls"] == 174
    assert total["incident"] == total["incidents"] == 41
    assert total["killed"] == total["civilians_killed"] == total["displaced"] == total["fall"] == 10
    assert total["level"] == 47 - 2  # Syria's own war in 2014, and Lebanon's level, which may be 2 or 3


def test_arrivals_as_they_were_first_recorded() -> None:
    """Where the rows by neighbour add up to the world's, others received nobody: 34 rows, and six whole splits."""
    bare = [dataclasses.replace(tables_of(name), refugees_check=None, unscored=None) for name in TEN]
    records = [read_record(tables) for tables in bare]
    families = {family.name: family for family in FAMILIES}
    assert sum(len(families["arrivals_by_neighbour"].observed(record)) for record in records) == 34
    assert sum(len(split(record)) for record in records) == 6
    assert sum(len(families["arrivals"].observed(record)) for record in records) == 10


def test_checked_arrivals_go_before_recorded_ones() -> None:
    by_neighbour = next(family for family in FAMILIES if family.name == "arrivals_by_neighbour")
    found = {one.item: one for one in by_neighbour.observed(read_record(tables_of("syria_2012")))}
    assert (found["TUR"].value, found["TUR"].low, found["TUR"].high) == (165_000, 113_000, 250_000)
    assert found["TUR"].row == "refugees_check/TUR"


def test_collapse_is_whichever_came_first() -> None:
    """Yemen's capital fell on day 75 of 280, its government on day 198; Angola's regime held."""
    families = {family.name: family for family in FAMILIES}
    for world, day in (("yemen_2014", 75 / 280), ("angola_1992", 1.0), ("liberia_2003", 67 / 100)):
        (found,) = families["collapse_day"].observed(read_record(tables_of(world)))
        assert found.value == pytest.approx(day)
        assert families["fall"].observed(read_record(tables_of(world)))[0].value == (day < 1.0)
    (at_60,) = families["fall_by_60"].observed(read_record(tables_of("yemen_2014")))
    assert at_60.value == 0.0
    assert families["fall_by_120"].observed(read_record(tables_of("liberia_2003"))) == []  # 100 days are told
    assert families["collapse_log_day"].observed(read_record(tables_of("angola_1992"))) == []


def test_the_wars_of_a_country_are_one_fold() -> None:
    facts = {name: read_facts(tables_of(name)) for name in WORLDS}
    folds = {name: fold_of(name, facts[name], Folds.COUNTRY) for name in WORLDS}
    assert len(set(folds.values())) == 21
    assert folds["levant_2024"] == folds["syria_2012"] == folds["syria_2015"]
    assert len({fold_of(name, facts[name], Folds.WORLD) for name in WORLDS}) == 30


def test_every_row_left_out_is_listed_with_its_reason(scores: Scores) -> None:
    left_out = score([made("libya_2019"), made("rwanda_1994"), made("sudan_2023")]).left_out
    assert set(left_out["world"]) == {"libya_2019", "rwanda_1994", "sudan_2023"}
    assert left_out["reason"].str.len().min() > 10
    assert "fatalities_total" in set(left_out["row"])
    assert scores.left_out.empty  # nothing is wrong with these four


def test_a_table_has_a_row_for_each_item_forecast_and_rule(scores: Scores) -> None:
    assert tuple(scores.table.columns) == COLUMNS
    key = ["world", "family", "item", "forecast", "rule"]
    assert not scores.table.duplicated(key).any()
    killed = scores.table[(scores.table["family"] == "killed") & (scores.table["world"] == "liberia_2003")]
    assert set(killed["forecast"]) == {MODEL, *RIVALS_OF_KILLED}
    assert killed["observed"].unique().tolist() == [2_000.0]


RIVALS_OF_KILLED = (
    "pooled",
    "pooled_lognormal",
    "per_day",
    "per_head",
    "per_head_day",
    "per_fighter",
    "per_fighter_day",
)


def test_the_models_score_by_hand(scores: Scores) -> None:
    """Of 100, 1,000 and 10,000 (2, 3 and 4 as logarithms) against 2,001: mean distance less a third of 1 + 1 + 2."""
    row = one_row(scores, "liberia_2003", "killed")
    at = math.log10(2_001.0)
    assert row["score"] == pytest.approx((at - 2.0 + at - 3.0 + 4.0 - at) / 3.0 - 4.0 / 6.0)
    assert row["median"] == pytest.approx(999.0)
    assert row["pit"] == pytest.approx(2.0 / 3.0)


def test_a_rivals_score_by_hand(scores: Scores) -> None:
    """Pooled over the three other wars: the distances to them less a ninth of the distances between them."""
    others = np.log10([901.0, 35_001.0, 32_001.0])
    at = math.log10(2_001.0)
    apart = sum(abs(a - b) for i, a in enumerate(others) for b in others[i + 1 :])
    row = one_row(scores, "liberia_2003", "killed", "pooled")
    assert row["score"] == pytest.approx(np.abs(others - at).mean() - apart / 9.0)


def test_chances_of_the_model(scores: Scores) -> None:
    assert one_row(scores, "syria_2012", "fall")["median"] == pytest.approx(1.5 / 4)
    assert one_row(scores, "syria_2012", "fall", rule="brier")["score"] == pytest.approx((1.5 / 4) ** 2)


def test_only_first_losses_of_the_regimes_seats_count() -> None:
    world = made("syria_2012")
    first, second = read_record(world.tables).seats[:2]
    families = {family.name: family for family in FAMILIES}
    assert families["seat_day"].values(world, first).tolist() == pytest.approx([5 / 180, 1.0, 1.0])
    assert families["seat_falls"].values(world, second).tolist() == [0.0, 0.0, 0.0]  # it was retaken, not lost
    assert families["seats_lost"].values(world, "").tolist() == pytest.approx([1 / 14, 0.0, 0.0])


def test_what_reached_neighbours() -> None:
    world = made("liberia_2003")  # three neighbours: Guinea, Sierra Leone, the Ivory Coast
    families = {family.name: family for family in FAMILIES}
    assert families["incidents"].values(world, "GIN").tolist() == [0.0, 0.0, 2.0]
    assert families["incident"].values(world, "GIN").tolist() == [0.0, 0.0, 1.0]
    assert families["arrivals_by_neighbour"].values(world, "SLE").tolist() == [198.0, 1_998.0, 19_998.0]
    assert families["split"].values(world, "")[0] == pytest.approx([1 / 6, 2 / 6, 3 / 6])


def test_nothing_of_a_forecast_moves_with_the_outcomes_of_its_own_fold(scores: Scores) -> None:
    tables = tables_of("syria_2012")
    assert tables.observed is not None
    other = changed(tables.observed, value=3.0 * tables.observed["value"], high=math.nan, low=math.nan)
    again = score(
        [made(name, dataclasses.replace(tables, observed=other) if name == "syria_2012" else None) for name in FOUR],
        settings=Settings(resamples=64),
    )
    told = ["family", "item", "forecast", "median", "low_90", "high_90"]
    before, after = (s.table[s.table["world"] == "syria_2012"].reset_index(drop=True) for s in (scores, again))
    same = before.merge(after, on=["family", "item", "forecast", "rule"], suffixes=("", "_after"))
    for column in told[3:]:
        pd.testing.assert_series_equal(same[column], same[f"{column}_after"], check_names=False)
    assert (same["score"] != same["score_after"]).any()
    elsewhere = [s.table[s.table["world"] == "car_2013"]["median"].to_numpy() for s in (scores, again)]
    assert not np.array_equal(*elsewhere, equal_nan=True)  # the others do learn from it


def test_wars_of_the_same_country_teach_nothing() -> None:
    names = ("car_2013", "liberia_2003", "yemen_2014", "angola_1992")
    alone = score([made("syria_2012"), *map(made, names)]).table
    beside = score([made("syria_2012"), made("levant_2024"), made("syria_2015"), *map(made, names)]).table
    here = [table[table["world"] == "syria_2012"].reset_index(drop=True) for table in (alone, beside)]
    pd.testing.assert_frame_equal(*here)


def test_a_world_can_be_scored_alone_with_others_to_learn_from() -> None:
    others = [(name, tables_of(name)) for name in TEN]
    found = score([made("mali_2012")], others)
    row = found.board.set_index(["family", "rule"]).loc[("killed", "crps")]
    assert row["n"] == 1
    assert row["rival_score"] > 0.0
    assert row["verdict"] == ""  # one world gives no interval
    assert score([made("mali_2012")]).board["rival"].isin(
        ["equal", "border_people", "gravity", "every_neighbour", "nothing"]
    ).sum() == len(score([made("mali_2012")]).board["rival"].dropna())


def test_verdicts_need_an_interval_on_one_side_of_zero() -> None:
    worlds = pd.MultiIndex.from_product([list("abcdefgh"), [""]], names=["world", "item"])
    rival = pd.Series(1.0, worlds)
    better, mixed = pd.Series(0.5, worlds), pd.Series([0.1, 1.9] * 4, worlds)
    assert skill_interval(better, rival, 256, 1) == (0.5, 0.5)
    assert verdict(*skill_interval(better, rival, 256, 1)) == "beats"
    assert verdict(*skill_interval(rival, better, 256, 1)) == "loses"
    low, high = skill_interval(mixed, rival, 1024, 1)
    assert low < 0.0 < high
    assert verdict(low, high) == "ties"
    assert (low, high) == skill_interval(mixed, rival, 1024, 1)


def _run(scenario: Scenario) -> Results:
    return run_ensemble(scenario, result_folder(scenario, "run"), "a test")


def test_ensembles_are_lived_and_scored(tmp_path: Path) -> None:
    names = ("car_2013", "liberia_2003", "iraq_1991", "chad_1990")
    settings = {"ensemble.runs": 20, "ensemble.traces": 1, "output": str(tmp_path)}
    found = score(live((load_scenario("as_recorded", settings, name) for name in names), _run)).board
    assert set(found["family"]) == {family.name for family in FAMILIES} - {"fall_by_180"}  # 130 days are the most
    assert found["score"].notna().all()
    assert found.set_index(["family", "rule"]).loc[("killed", "crps"), "n"] == 4


def test_another_horizon_cannot_be_scored() -> None:
    with pytest.raises(ConfigError, match="history of liberia_2003 is told for 100 days; leave it null to score"):
        live([scenario_of("liberia_2003", days=30)], _run)


def one_row(scores: Scores, world: str, family: str, forecast: str = MODEL, rule: str | None = None) -> pd.Series:
    table = scores.table
    rows = table[(table["world"] == world) & (table["family"] == family) & (table["forecast"] == forecast)]
    return (rows if rule is None else rows[rows["rule"] == rule]).iloc[0]
