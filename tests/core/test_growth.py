"""Rebels grow on ground of theirs and by success, out of a ledger that adds up; deserters stay with them."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

from sim.core.engine import simulate
from sim.core.rules import MECHANISMS
from sim.world.scenario import Scenario
from tests.random_worlds import small_worlds
from tests.worlds import SEED, SWITCHED_ON, TEN, fallen, mornings, runs_of, scenario_of

FEW = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
GROWING = {"growth": {"base": 0.01, "success": 0.06, "ceiling": 0.03}}
STAYING = {"growth": {"stay_share": 0.6}}


def assert_conserved(scenario: Scenario, run: int) -> None:
    """Fail unless every fighter has come from somewhere and went somewhere, every day."""
    for state in mornings(scenario, run):
        s = state[0]
        entered = s["fighters_day_0"] + s["recruited"] + s["joined"] + s["freed"]
        left = s["killed"] + s["wounded"] + s["deserted"]
        assert np.allclose(entered, s["fighters"].sum(axis=0) + left, rtol=1e-9, atol=1e-6)
        assert abs(s["joined"].sum()) < 1e-6
        assert s["fighters"].min() >= 0.0


@pytest.mark.parametrize("world", TEN)
def test_with_everything_switched_on_fighters_are_conserved(world: str) -> None:
    assert_conserved(scenario_of(world, rules=SWITCHED_ON), 0)


@FEW
@given(small_worlds())
def test_with_everything_switched_on_fighters_are_conserved_in_any_world(scenario: Scenario) -> None:
    for mechanism, values in SWITCHED_ON.items():
        assert mechanism in MECHANISMS
        for name, value in values.items():
            scenario.rules[0][mechanism][name] = value
    assert_conserved(scenario, 1)


def test_rebels_grow_and_the_regime_and_cells_do_not_by_these_rules() -> None:
    scenario = scenario_of("syria_2012", rules={"growth": {"base": 0.02}, "regime": {"recruits": 0.0}}, days=50)
    w = scenario.world[0]
    n = int(w["n_factions"])
    *_, state = mornings(scenario, 0)
    recruited, side = state[0]["recruited"][:n], state[0]["side"][:n]
    assert recruited[w["challenger"]] > 0.05 * state[0]["fighters_day_0"][w["challenger"]]
    assert not recruited[(side == w["regime"]) | (w["is_native"][:n] == 0)].any()


def test_growth_makes_a_small_challenger_win_more_often() -> None:
    small = ("drc_1997", "ethiopia_2021", "syria_2012")
    before = sum(float(fallen(runs_of(scenario_of(world), 150)).mean()) for world in small)
    after = sum(float(fallen(runs_of(scenario_of(world, rules=GROWING), 150)).mean()) for world in small)
    assert after > before
    powers = [
        simulate(s.world, s.rules, SEED, 0, 30, 30).daily["challenger_strength"].mean()
        for s in (scenario_of("syria_2012"), scenario_of("syria_2012", rules=GROWING))
    ]
    assert powers[1] > 1.05 * powers[0]


def test_a_side_that_loses_ground_loses_followers() -> None:
    """Followers leave on the weekly day on which its side holds less than it did within the month."""
    scenario = scenario_of("syria_2015", rules={"growth": {"success": 0.1}})
    w = scenario.world[0]
    assert w["is_native"][w["challenger"]] == 1
    inside = w["state_of"] == w["contested_state"]
    losing = 0
    for run in range(6):
        held = deserted = before = fighters = 0.0
        for state in mornings(scenario, run):
            s = state[0]
            day = int(s["key"]["day"])
            if day > 0 and day % 7 == 0 and held < before - 0.01 and fighters > 1.0 and s["is_active"][w["challenger"]]:
                left = fighters * (1.0 - np.exp(7.0 * 0.1 * (held - before)))
                assert s["deserted"][w["challenger"]] - deserted > 0.9 * left
                losing += 1
            own = np.array([h >= 0 and s["side"][h] == s["side"][w["challenger"]] for h in s["holder"]])
            held, before = float((own * w["population_share"]).sum()), float(s["held_before"][w["challenger"]])
            deserted, fighters = (
                float(s["deserted"][w["challenger"]]),
                float(s["fighters"][inside, w["challenger"]].sum()),
            )
    assert losing > 0


def test_deserters_stay_with_an_enemy_on_his_ground() -> None:
    plain, staying = (scenario_of("syria_2012", rules=rules, days=60) for rules in ({}, STAYING))
    w = plain.world[0]
    enemies = w["side"] != w["regime"]
    joined = []
    for scenario in (plain, staying):
        *_, state = mornings(scenario, 0)
        joined.append(float(state[0]["joined"][enemies].sum()))
    assert joined[1] > joined[0]


def test_without_rates_nothing_of_growth_matters() -> None:
    other = {"growth": {"ceiling": 0.03, "memory_days": 60.0}}
    one, two = (scenario_of("levant_2024", rules=rules) for rules in ({}, other))
    left = simulate(one.world, one.rules, SEED, 0, 20, 20)
    right = simulate(two.world, two.rules, SEED, 0, 20, 20)
    for name, rows in left.tables.items():
        assert np.array_equal(rows, right.tables[name])
