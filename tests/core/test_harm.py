"""Who is killed: few in the background, more with the fighting, and many in bursts after a collapse."""

import numpy as np
import pytest

from sim.core import calls
from sim.core.codes import NEVER, Event
from sim.core.state import new_state
from sim.world.scenario import Scenario
from tests.statistics import assert_mean
from tests.worlds import SEED, WORLDS, mornings, scenario_of

SOON = {"violence": {"background_deaths": 0.0, "revenge_per_day": 20.0, "disorder_deaths": 0.0}}


def morning_of(scenario: Scenario, run: int = 0) -> np.ndarray:
    """Return the state on the morning of day 0."""
    state = new_state(scenario.world)
    calls.call_begin_run(scenario.world, scenario.rules, state, np.uint64(SEED), np.uint64(run))
    return state


def harm(scenario: Scenario, state: np.ndarray) -> np.ndarray:
    """Let the civilians of one day be killed; return how many were, by place."""
    calls.PHASES["harm"](scenario.world, scenario.rules, state)
    calls.call_next_day(state)
    return np.asarray(state[0]["civilians_killed_today"].copy())


def fall_to_strangers(scenario: Scenario, state: np.ndarray) -> int:
    """Let the challenger hold the capital since today, and the regime be gone; return the place."""
    w, s = scenario.world[0], state[0]
    s["collapse_day"] = 0
    s["holder"][w["capital"]] = w["challenger"]
    s["captured_day"][w["capital"]] = 0
    return int(w["capital"])


@pytest.mark.parametrize("world", WORLDS)
def test_the_toll_is_whole_fresh_every_day_and_within_the_contested_state(world: str) -> None:
    scenario = scenario_of(world)
    w = scenario.world[0]
    n = int(w["n_locations"])
    abroad = w["state_of"][:n] != w["contested_state"]
    for run in range(2):
        before = np.zeros(n)
        for state in mornings(scenario, run):
            s = state[0]
            killed = s["civilians_killed"][:n].copy()
            assert np.array_equal(killed, np.round(killed))
            assert np.array_equal(s["civilians_killed_today"][:n], killed - before)
            assert not killed[abroad].any()
            assert (killed >= before).all()
            assert s["grievance"][:n].min() >= 1.0
            before = killed


@pytest.mark.statistical
def test_without_war_and_burst_only_the_background_kills_and_is_told_apart() -> None:
    scenario = scenario_of("levant_2024")
    w = scenario.world[0]
    people = float(w["population"][w["state_of"] == w["contested_state"]].sum())
    mean = scenario.rules[0]["violence"]["background_deaths"] * people * 1e-6
    tolls = []
    places: set[int] = set()
    for run in range(20):
        state = morning_of(scenario, run)
        before = state[0]["background_killed"].copy()
        for _ in range(200):
            assert not harm(scenario, state).any()
            killed = state[0]["background_killed"] - before
            before = state[0]["background_killed"].copy()
            assert (killed > 0).sum() <= 1, "the background of a day falls on one place"
            places.update(int(place) for place in np.flatnonzero(killed))
            tolls.append(killed.sum())
    assert_mean("background", np.array(tolls), mean, mean**0.5)
    assert len(places) > 5


def test_no_revenge_before_a_collapse() -> None:
    scenario = scenario_of("levant_2024", rules=SOON)
    state = morning_of(scenario)
    fall_to_strangers(scenario, state)
    state[0]["collapse_day"] = NEVER
    assert sum(harm(scenario, state).sum() for _ in range(20)) == 0


def test_no_revenge_where_nobody_rules_strangers() -> None:
    scenario = scenario_of("levant_2024", rules=SOON)
    state = morning_of(scenario)
    state[0]["collapse_day"] = 0
    assert sum(harm(scenario, state).sum() for _ in range(20)) == 0


@pytest.mark.parametrize("run", range(10))
def test_a_burst_kills_its_size_in_three_to_seven_days_and_then_another_may_follow(run: int) -> None:
    scenario = scenario_of("levant_2024", rules=SOON)
    state = morning_of(scenario, run)
    place = fall_to_strangers(scenario, state)
    s = state[0]
    first = [harm(scenario, state)[place]]
    size, length = s["event_size"][0], int(s["revenge_days"][place])
    assert s["event_kind"][0] == Event.REVENGE
    assert s["event_place"][0] == place
    assert s["event_actor"][0] == scenario.world[0]["n_states"] + scenario.world[0]["challenger"]
    assert 3 <= length <= 7
    first += [harm(scenario, state)[place] for _ in range(length - 1)]
    assert s["n_events"] == 1, "one burst at a time"
    assert s["civilians_killed"].sum() == sum(first) == size
    assert max(first) - min(first) <= 1
    harm(scenario, state)
    assert s["n_events"] == 2


def test_a_burst_leaves_a_grievance_that_fades() -> None:
    scenario = scenario_of("levant_2024", rules=SOON)
    state = morning_of(scenario)
    place = fall_to_strangers(scenario, state)
    people = state[0]["residents"][place]
    harm(scenario, state)
    roused = state[0]["grievance"][place]
    assert roused == pytest.approx(1.0 + 1000.0 * state[0]["event_size"][0] / people)
    state[0]["collapse_day"] = NEVER
    for _ in range(180):
        harm(scenario, state)
    assert state[0]["grievance"][place] - 1.0 == pytest.approx((roused - 1.0) / np.e)


def test_the_fighting_kills_where_fighters_die_and_never_more_than_there_are() -> None:
    rules = {"violence": {"background_deaths": 0.0, "civilians_per_fighter": 100.0}}
    scenario = scenario_of("levant_2024", rules=rules)
    w = scenario.world[0]
    state = morning_of(scenario)
    s = state[0]
    quiet, empty = (int(place) for place in np.flatnonzero(w["state_of"] == w["contested_state"])[-2:])
    s["killed_in_war"][[w["capital"], empty]] = 10.0
    s["combatants_killed_today"] = 20.0
    s["residents"][empty] = 3.0
    for _ in range(50):
        harm(scenario, state)
    assert s["civilians_killed"][w["capital"]] > 0
    assert s["civilians_killed"][quiet] == 0
    assert s["residents"][empty] + s["civilians_killed"][empty] == 3
    assert s["residents"][empty] >= 0
