"""Where people are: nobody is lost or counted twice, closed borders hold, and the war decides who moves."""

import numpy as np
import pytest

from sim.core import calls
from sim.core.codes import NEVER
from sim.world.scenario import Scenario
from tests.statistics import assert_share_at_least
from tests.worlds import WORLDS, fallen, mornings, runs_of, scenario_of

STOCKS = ("residents", "displaced", "hosted", "refugees", "refugees_old", "returned")
CLOSED = ({"lever": "border", "actor": "all", "value": 0.0},)


def is_here(scenario: Scenario) -> np.ndarray:
    """Mark the places of the contested state."""
    w = scenario.world[0]
    here = np.zeros(len(w["state_of"]), bool)
    n = int(w["n_locations"])
    here[:n] = w["state_of"][:n] == w["contested_state"]
    return here


def with_exiles(scenario: Scenario) -> Scenario:
    """Put refugees of before day 0 into every state but the contested one."""
    w = scenario.world[0]
    w["refugees_hosted"][: w["n_states"]] = 123_457
    w["refugees_hosted"][w["contested_state"]] = 0
    return scenario


def at_war(scenario: Scenario) -> np.ndarray:
    """Return the state of a morning on which several places are fought over."""
    here = is_here(scenario)
    return next(state for state in mornings(scenario, 0) if (state[0]["contact"][here] > 0.0).sum() > 1)


def moved(scenario: Scenario, state: np.ndarray) -> np.void:
    """Return the state after people have moved once more, on a copy."""
    copy = state.copy()
    calls.PHASES["move_people"](scenario.world, scenario.rules, copy)
    return copy[0]


@pytest.mark.parametrize("world", WORLDS)
def test_people_are_conserved_to_the_person_every_day(world: str) -> None:
    scenario = with_exiles(scenario_of(world))
    w = scenario.world[0]
    here = is_here(scenario)
    everybody = np.floor(w["population"][here] + 0.5).sum() + w["refugees_hosted"].sum()
    for run in range(3):
        for state in mornings(scenario, run):
            s = state[0]
            at_home = s["residents"][here].sum() + s["displaced"].sum()
            abroad = s["refugees"].sum() + s["refugees_old"].sum()
            assert at_home + abroad + s["civilians_killed"].sum() + s["background_killed"].sum() == everybody
            assert s["hosted"].sum() == s["displaced"].sum() <= s["displaced_peak"]
            for name in STOCKS:
                assert s[name].min() >= 0
                assert np.array_equal(s[name], np.round(s[name]))


@pytest.mark.parametrize("world", WORLDS)
def test_nobody_moves_in_other_states(world: str) -> None:
    scenario = scenario_of(world)
    w = scenario.world[0]
    abroad = ~is_here(scenario)
    for state in mornings(scenario, 1):
        s = state[0]
        assert np.array_equal(s["residents"][abroad], np.floor(w["population"][abroad] + 0.5))
        for name in ("displaced", "hosted", "refugees"):
            assert not s[name][abroad].any()
        assert not s["refugees"][:, w["contested_state"]].any()


@pytest.mark.parametrize("world", WORLDS)
def test_nobody_crosses_a_closed_border_or_goes_where_no_crossing_leads(world: str) -> None:
    scenario = scenario_of(world)
    closed = scenario_of(world, levers=CLOSED)
    no_way = scenario.world[0]["crossing_hops"] == 99
    for run in range(2):
        for state, shut in zip(mornings(scenario, run), mornings(closed, run), strict=True):
            assert not state[0]["refugees"][no_way].any()
            assert not shut[0]["refugees"].any()


def test_whom_one_closed_border_stops_stays_inside_and_changes_no_other_flow() -> None:
    scenario = scenario_of("levant_2024")
    state = at_war(scenario)
    opened = moved(scenario, state)
    arrivals = opened["refugees"].sum(axis=0) - state[0]["refugees"].sum(axis=0)
    host = int(arrivals.argmax())
    assert arrivals[host] > 1000
    shut = state.copy()
    shut[0]["border_lever"][host] = 0.0
    closed = moved(scenario, shut)
    others = np.arange(len(arrivals)) != host
    assert np.array_equal(closed["refugees"][:, others], opened["refugees"][:, others])
    assert np.array_equal(closed["residents"], opened["residents"])
    stopped = (opened["refugees"] - closed["refugees"])[:, host]
    assert stopped.sum() >= arrivals[host]
    assert np.array_equal(closed["displaced"] - opened["displaced"], stopped)


def test_more_contest_drives_out_more() -> None:
    scenario = scenario_of("levant_2024")
    state = at_war(scenario)
    place = int(np.flatnonzero(is_here(scenario) & (state[0]["contact"] > 0.0))[0])
    residents = []
    for contest in np.linspace(0.01, 1.0, 12):
        state[0]["contact"][place] = contest
        residents.append(moved(scenario, state)["residents"][place])
    assert np.all(np.diff(residents) < 0)


def test_before_the_war_nobody_leaves() -> None:
    scenario = with_exiles(scenario_of("levant_2024"))
    w = scenario.world[0]
    state = next(mornings(scenario, 0)).copy()
    for _ in range(200):
        calls.PHASES["harm"](scenario.world, scenario.rules, state)
        calls.PHASES["move_people"](scenario.world, scenario.rules, state)
        calls.call_next_day(state)
    s = state[0]
    assert s["civilians_killed"].sum() == 0
    assert s["background_killed"].sum() > 0
    assert s["displaced_peak"] == 0
    assert not s["refugees"].any()
    share = scenario.rules[0]["displacement"]["return_old"]
    expected = w["refugees_hosted"] * (1.0 - np.exp(-200.0 * share))
    assert np.allclose(s["returned"], expected, atol=15.0 * np.sqrt(expected.max()))
    assert np.array_equal(s["returned"], w["refugees_hosted"] - s["refugees_old"])


@pytest.mark.statistical
def test_returns_exceed_flight_within_ten_days_of_a_collapse() -> None:
    scenario = scenario_of("levant_2024")
    collapses = hits = 0
    for run in np.flatnonzero(fallen(runs_of(scenario, 60))):
        away: list[float] = []
        for state in mornings(scenario, int(run)):
            s = state[0]
            if s["collapse_day"] != NEVER:
                away.append(s["displaced"].sum() + s["refugees"].sum())
            if len(away) > 10:
                break
        collapses += 1
        hits += bool((np.diff(away) < 0).any())
    assert_share_at_least("collapses followed by return", hits, collapses, 0.8)


def test_most_of_those_who_flee_stay_inside_the_country() -> None:
    scenario = scenario_of("levant_2024")
    for run in range(10):
        for state in mornings(scenario, run):
            assert state[0]["refugees"].sum() <= state[0]["displaced"].sum()
