"""Ties and sides on every day of real histories: consistent, at rest while nothing happens, and never out of bounds."""

import dataclasses

import numpy as np
import pytest

from sim.core import calls
from sim.core.codes import Event
from sim.core.engine import simulate
from sim.core.state import new_state
from sim.world.scenario import Scenario
from tests.worlds import SEED, WORLDS, mornings, scenario_of, tables_of

HOSTILE_TIE = -0.4
STILL = ({"lever": "initiative", "actor": "challenger", "value": 0.0},)
NO_SPREAD: dict[str, dict[str, float]] = {
    "variation": {"strength_spread": 0.0},
    "morale": {"side_spread": 0.0, "garrison_spread": 0.0},
}
QUARRELSOME: dict[str, dict[str, float]] = {"alignment": {"infighting_per_day": 0.05, "merger_per_day": 0.05}}


def begun(scenario: Scenario, run: int = 0) -> np.ndarray:
    """Return the state on the morning of day 0."""
    state = new_state(scenario.world)
    calls.call_begin_run(scenario.world, scenario.rules, state, np.uint64(SEED), np.uint64(run))
    return state


@pytest.mark.parametrize("name", WORLDS)
def test_every_faction_is_on_exactly_one_side_every_day(name: str) -> None:
    scenario = scenario_of(name, rules=QUARRELSOME)
    n = int(scenario.world[0]["n_factions"])
    for run in range(2):
        for state in mornings(scenario, run):
            s = state[0]
            side = s["side"][:n]
            assert np.array_equal(side[side], side)  # a leader is on its own side
            for leader in range(n):
                members = np.flatnonzero(side == leader)
                assert s["n_members"][leader] == len(members)
                assert np.array_equal(s["members"][leader, : len(members)], members)
                assert s["side_mask"][leader] == sum(1 << int(member) for member in members)


@pytest.mark.parametrize("name", WORLDS)
def test_ties_stay_symmetric_and_bounded(name: str) -> None:
    scenario = scenario_of(name, rules=QUARRELSOME)
    n = int(scenario.world[0]["n_factions"])
    for run in range(2):
        for state in mornings(scenario, run):
            tie = state[0]["tie"][:n, :n]
            assert np.array_equal(tie, tie.T)
            assert np.all(np.diag(tie) == 1.0)
            assert np.abs(tie).max() <= 1.0
            assert np.abs(state[0]["attitude"]).max() <= 1.0
            overlap = state[0]["overlap"][:n, :n]
            assert np.array_equal(overlap, overlap.T)
            assert overlap.min() >= 0.0
            assert overlap.max() <= 1.0


@pytest.mark.parametrize("name", WORLDS)
def test_ties_rest_while_nothing_changes(name: str) -> None:
    """Exactly so while forces stay as they are; nearly so while nobody attacks."""
    scenario = scenario_of(name, levers=STILL)
    state = begun(scenario)
    before = state[0]["tie"].copy()
    for _ in range(60):
        calls.PHASES["realign"](scenario.world, scenario.rules, state)
        calls.call_next_day(state)
        if state[0]["infighting_day"] >= 0:  # then something has changed
            break
        assert np.allclose(state[0]["tie"], before, atol=1e-12)


def test_drift_alone_makes_neither_war_nor_peace() -> None:
    rules = {
        "alignment": {
            "infighting_per_day": 0.0,
            "merger_per_day": 0.0,
            "realignment_per_day": 0.0,
            "threat_per_day": 0.1,
        }
    }
    scenario = scenario_of("levant_2024", rules=rules)
    hostile = scenario.world[0]["tie"] <= HOSTILE_TIE
    moved = 0.0
    for run in range(2):
        for state in mornings(scenario, run):
            assert np.array_equal(state[0]["tie"] <= HOSTILE_TIE, hostile)
            moved = max(moved, float(np.abs(state[0]["tie"] - scenario.world[0]["tie"]).max()))
    assert moved > 0.3


@pytest.mark.parametrize("name", ["levant_2024", "yemen_2014"])
def test_whoever_opposes_both_main_sides_goes_on_to_do_so(name: str) -> None:
    """A balance term too strong would force everybody into two camps."""
    scenario = scenario_of(name)
    w = scenario.world[0]
    n = int(w["n_factions"])
    both = np.maximum(w["tie"][:n, w["regime"]], w["tie"][:n, w["challenger"]]) <= HOSTILE_TIE
    assert both.any()
    for run in range(2):
        for state in mornings(scenario, run):
            if state[0]["settlement_day"] < 0:
                ties = state[0]["tie"][:n][both][:, [w["regime"], w["challenger"]]]
                assert ties.max() <= HOSTILE_TIE


def test_the_order_of_factions_in_the_tables_changes_no_drift() -> None:
    tables = tables_of("levant_2024")
    turned = dataclasses.replace(tables, factions=tables.factions[::-1])
    one = begun(scenario_of("levant_2024", rules=NO_SPREAD))[0]
    two = begun(scenario_of("levant_2024", rules=NO_SPREAD, tables=turned))[0]
    n = len(tables.factions)
    for field in ("tie", "overlap", "common_threat", "drift_day_0", "infighting_rate"):
        assert np.allclose(one[field][:n, :n], two[field][:n, :n][::-1, ::-1], atol=1e-12), field


def test_common_threat_restrains_infighting_in_the_war() -> None:
    """Rivals of one run: the weaker the regime, the likelier each pair falls out."""
    scenario = scenario_of("levant_2024", rules=NO_SPREAD)
    strong, weak = begun(scenario), begun(scenario)
    weak[0]["fighters"][:, scenario.world[0]["regime"]] *= 0.2
    for state in (strong, weak):
        state[0]["key"]["day"] = 6
        calls.PHASES["realign"](scenario.world, scenario.rules, state)
    assert np.all(weak[0]["infighting_rate"] >= strong[0]["infighting_rate"])
    assert weak[0]["infighting_rate"].sum() > 1.3 * strong[0]["infighting_rate"].sum()


def test_victors_fall_out_more_than_allies() -> None:
    """Mean hazard of infighting in the 90 days after a collapse, against up to 90 days before it."""
    scenario = scenario_of("levant_2024")
    histories = simulate(scenario.world, scenario.rules, SEED, 0, 60, 60)
    hazard = histories.daily["infighting_hazard"].reshape(60, -1)
    before, after = [], []
    for series, day in zip(hazard, histories.runs["collapse_day"], strict=True):
        if 0 < day < scenario.horizon_days - 7:
            before.append(series[max(0, day - 90) : day].mean())
            after.append(series[day + 1 : day + 91].mean())
    assert len(before) >= 30
    assert np.mean(after) >= 2.0 * np.mean(before)


def test_those_who_fall_out_are_enemies_on_different_sides() -> None:
    scenario = scenario_of("levant_2024", rules=QUARRELSOME)
    n_states = int(scenario.world[0]["n_states"])
    seen = 0
    for run in range(6):
        told = 0
        for state in mornings(scenario, run):
            s = state[0]
            for slot in range(told, int(s["n_events"])):
                if s["event_kind"][slot] == Event.INFIGHTING:
                    one, two = int(s["event_actor"][slot]) - n_states, int(s["event_other"][slot]) - n_states
                    assert s["tie"][one, two] <= HOSTILE_TIE
                    assert s["side"][one] != s["side"][two]
                    assert s["is_active"][one] == s["is_active"][two] == 1
                    assert 0 <= s["infighting_day"] <= s["event_day"][slot]
                    seen += 1
            told = int(s["n_events"])
    assert seen > 3


def test_mergers_join_the_victor_only_after_a_collapse() -> None:
    scenario = scenario_of("levant_2024", rules={"alignment": {"merger_per_day": 0.1}})
    histories = simulate(scenario.world, scenario.rules, SEED, 0, 60)
    merged = histories.events[histories.events["kind"] == Event.MERGER]
    assert len(merged) > 5
    collapse = dict(zip(histories.runs["run"].tolist(), histories.runs["collapse_day"].tolist(), strict=True))
    assert all(
        0 <= collapse[run] <= day for run, day in zip(merged["run"].tolist(), merged["day"].tolist(), strict=True)
    )
    assert histories.runs["n_mergers"].sum() == len(merged)


def test_states_turn_towards_the_victor_but_not_towards_the_fallen() -> None:
    scenario = scenario_of("levant_2024")
    w = scenario.world[0]
    regime_side = np.flatnonzero(w["side"][: w["n_factions"]] == w["regime"])
    warmed = 0
    for run in range(4):
        for state in mornings(scenario, run):
            attitude = state[0]["attitude"]
            assert np.array_equal(attitude[:, regime_side], w["attitude"][:, regime_side])
            assert np.all(attitude >= w["attitude"])
            if state[0]["collapse_day"] < 0:
                assert np.array_equal(attitude, w["attitude"])
        warmed += int((attitude > w["attitude"]).any())
    assert warmed > 0
