"""Whether intervals hold what happened: ranges made wider by other wars, chances beside what became of groups."""

import numpy as np
import pandas as pd
import pytest

from sim.study.score.coverage import COLUMNS, coverage, factor_of, is_within, known_rows, reliability
from sim.study.score.facts import read_facts
from sim.study.score.families import FAMILIES, forecast_of
from sim.study.score.forecast import Chance
from sim.study.score.record import Observation
from sim.study.score.tilt import Outcome, learn_tilt
from sim.tell.coverage import coverage_section, reliability_section
from tests.study.test_score import made

FAMILY = {family.name: family for family in FAMILIES}


def wars(family: str, observed: list[float], half: float = 1.0) -> pd.DataFrame:
    """Return wars, each of its own country, told as 0 within some range."""
    rows = [(family, f"w{i}", f"c{i}", "", seen, 0.0, -half, half) for i, seen in enumerate(observed)]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def test_a_factor_holds_nine_tenths_of_wars() -> None:
    known = wars("killed", [0.1 * i for i in range(1, 30)])
    factor = factor_of(known)
    assert factor == pytest.approx(2.7)  # the 27th of 29, as (29 + 1) * .9 asks
    assert is_within(known, factor).mean() >= 0.9
    assert factor_of(wars("killed", [0.1] * 20)) == 1.0  # never narrower


def test_a_range_is_made_wider_to_the_side_on_which_it_missed() -> None:
    known = wars("killed", [3.0]).assign(high=2.0)
    assert is_within(known, 1.5).all()
    assert not is_within(known.assign(observed=-3.0), 1.5).any()


def test_ranges_that_hold_enough_are_left_and_others_are_learnt_left_out() -> None:
    enough, few = wars("killed", [0.5] * 9 + [5.0]), wars("displaced", [0.5] * 7 + [1.5, 2.0, 9.0])
    table = coverage(pd.concat([enough, few])).set_index("family")
    assert table.loc["killed", ["held", "factor", "held_left_out"]].tolist() == [0.9, 1.0, 0.9]
    assert table.loc["displaced", "held"] == 0.7
    assert table.loc["displaced", "factor"] == 9.0
    assert (
        table.loc["displaced", "held_left_out"] == 0.9
    )  # without its own war the widest asks for more than others teach
    assert "left out" in coverage_section(table.reset_index()).header[-1]


def test_chances_stand_beside_what_became_of_their_group() -> None:
    told = np.linspace(0.05, 0.95, 30)
    known = wars("fall", (told > 0.5).astype(float).tolist()).assign(told=told, low=told - 0.04, high=told + 0.04)
    table = reliability(known)
    assert table["n"].tolist() == [10, 10, 10]
    assert table["happened"].tolist() == [0.0, 0.5, 1.0]
    assert table["is_within"].tolist() == [False, True, False]
    assert table["may_be"].all()  # ten wars leave that much open
    assert len(reliability_section(table).rows) == 3


def test_what_is_told_of_a_war_is_what_its_weighed_runs_say() -> None:
    world, learnt = made("liberia_2003"), learn_tilt([Outcome("x", 0.3, 1.0, 0.3), Outcome("y", 0.6, 0.0, 0.2)])
    gap = read_facts(world.tables).morale_gap
    items = [(FAMILY[name], Observation("", name, 1.0, 1.0, 1.0)) for name in ("fall", "fall_by_30", "killed")]
    items.append((FAMILY["split"], Observation("", "split", 1.0, 1.0, 1.0)))
    found = pd.DataFrame(known_rows(world, "LBR", gap, learnt, items), columns=list(COLUMNS)).set_index("family")
    assert set(found.index) == {"fall", "fall_by_30", "killed"}
    chance = learnt.tilt.at(gap).chance(1 / 3)
    assert found.loc["fall", "told"] == pytest.approx(chance)
    assert found.loc["fall_by_30", "told"] == pytest.approx(chance)
    raw = forecast_of(FAMILY["fall"], world, "")
    assert isinstance(raw, Chance)
    assert ((found["low"] <= found["told"]) & (found["told"] <= found["high"])).all()
    assert found.loc["fall", "high"] - found.loc["fall", "low"] > 0.3  # two wars teach little
