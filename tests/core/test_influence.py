"""Influence is a contest of states over places: shares of one whole that follow means and friends in control."""

import numpy as np
import pytest

from sim.core import calls
from sim.world.scenario import Scenario
from tests.worlds import WORLDS, mornings, scenario_of, tables_of

LEVANT = "levant_2024"
STATES = list(tables_of(LEVANT).states["id"])


@pytest.mark.parametrize("world", WORLDS)
def test_shares_are_parts_of_one_whole_every_day(world: str) -> None:
    scenario = scenario_of(world)
    w = scenario.world[0]
    n = int(w["n_states"])
    at_home = w["state_of"][: w["n_locations"]] == w["contested_state"]
    for run in range(2):
        for state in mornings(scenario, run):
            s = state[0]
            share = s["influence"][: w["n_locations"], :n]
            assert share.min() >= 0.0
            assert share.sum(axis=1).max() < 1.0
            assert not share[~at_home].any()
            assert not share[:, w["contested_state"]].any()
            total = s["influence_total"][:n]
            local = 1.0 - total.sum()
            assert 0.0 < local <= 1.0
            assert s["concentration"] == pytest.approx((total**2).sum() + local**2)
            assert 1.0 / n <= s["concentration"] <= 1.0
            assert 1.0 <= s["effective_factions"] <= w["n_factions"]


@pytest.mark.parametrize("world", WORLDS)
def test_nobody_invests_more_than_it_has(world: str) -> None:
    scenario = scenario_of(world)
    for state in mornings(scenario, 0):
        spent = state[0]["investment"].sum(axis=0)
        n = int(scenario.world[0]["n_states"])
        assert state[0]["investment"].min() >= 0.0
        assert np.all(spent[:n] <= scenario.world[0]["capacity"][:n] + 1e-12)


@pytest.mark.parametrize("world", WORLDS)
def test_influence_is_at_rest_on_day_0(world: str) -> None:
    scenario = scenario_of(world)
    state = next(mornings(scenario, 0))
    before = state[0]["influence_total"].copy()
    for _ in range(20):  # as many weeks, in which nothing happens
        step(scenario.world, scenario.rules, state)
    assert np.abs(state[0]["influence_total"] - before).max() < 0.005


def step(world: np.ndarray, rules: np.ndarray, state: np.ndarray) -> None:
    """Let a week of the contest pass."""
    state[0]["key"]["day"] = 6  # influence moves on the last evening of a week
    for power in range(int(world[0]["n_states"])):
        calls.PHASES["invest"](world, rules, state, power)
    calls.PHASES["share_influence"](world, rules, state)


@pytest.mark.parametrize("world", WORLDS)
def test_more_means_never_lower_a_states_influence_at_given_others(world: str) -> None:
    scenario = scenario_of(world)
    states = iter(mornings(scenario, 0))
    for day, state in enumerate(states):
        if day % 28 != 7:
            continue
        poor = state.copy()
        step(scenario.world, scenario.rules, poor)
        for power in range(int(scenario.world[0]["n_states"])):
            rich = state.copy()
            rich[0]["reserve"][power] *= 1.5
            step(scenario.world, scenario.rules, rich)
            change = rich[0]["influence_total"] - poor[0]["influence_total"]
            assert change[power] >= 0.0
            assert np.delete(change, power).max() <= 1e-15


def test_a_patron_gains_ground_that_its_client_takes() -> None:
    scenario = scenario_of(LEVANT)
    w = scenario.world[0]
    power = STATES.index("TUR")
    plain = next(mornings(scenario, 0)).copy()
    won = plain.copy()
    client = w["link_client"][w["link_start"][power]]
    won[0]["control"][w["capital"]] = 0.0
    won[0]["control"][w["capital"], client] = 1.0
    for state in (plain, won):
        step(scenario.world, scenario.rules, state)
    assert won[0]["influence"][w["capital"], power] > plain[0]["influence"][w["capital"], power]


def means_of(scenario: Scenario, state: np.ndarray, power: int) -> float:
    """Return what a state invests this week as a share of its reserve."""
    later = state.copy()
    step(scenario.world, scenario.rules, later)
    return float(later[0]["investment"][:, power].sum() / later[0]["reserve"][power])


@pytest.mark.parametrize("loss", ["exit", "force gone", "regime fallen"])
def test_a_patron_without_a_client_who_still_stands_invests_the_least(loss: str) -> None:
    scenario = scenario_of(LEVANT)
    w, state = scenario.world[0], next(mornings(scenario, 0)).copy()
    power, least = STATES.index("RUS"), scenario.rules[0]["influence"]["least_commitment"]
    (link,) = range(w["link_start"][power], w["link_start"][power + 1])
    assert w["link_client"][link] == w["regime"]
    assert means_of(scenario, state, power) == pytest.approx(w["link_commitment"][link])
    if loss == "exit":
        state[0]["is_abandoned"][link] = 1
    elif loss == "force gone":
        state[0]["fighters"][:, w["regime"]] = 0.0
    else:
        state[0]["collapse_day"] = 0
    assert means_of(scenario, state, power) == pytest.approx(least)


def test_clients_abroad_buy_no_influence() -> None:
    scenario = scenario_of(LEVANT)
    w, state = scenario.world[0], next(mornings(scenario, 0)).copy()
    power, hezbollah = STATES.index("IRN"), list(scenario.tables.factions["id"]).index("HEZ")
    contested = w["state_of"] == w["contested_state"]
    links = range(w["link_start"][power], w["link_start"][power + 1])
    for link in links:
        state[0]["is_abandoned"][link] = w["link_client"][link] != hezbollah
    (only,) = (link for link in links if w["link_client"][link] == hezbollah)
    assert means_of(scenario, state, power) == pytest.approx(w["link_commitment"][only])
    state[0]["fighters"][contested, hezbollah] = 0.0
    assert state[0]["fighters"][:, hezbollah].sum() > 0.0
    assert means_of(scenario, state, power) == pytest.approx(scenario.rules[0]["influence"]["least_commitment"])


def test_troops_open_a_place_where_a_state_has_no_friend() -> None:
    scenario = scenario_of(LEVANT)
    w, state = scenario.world[0], next(mornings(scenario, 0)).copy()
    open_to, enemies = scenario.rules[0]["influence"]["troops_affinity"], w["attitude"].min(axis=0).argmin()
    base, shut = (list(scenario.tables.locations["id"]).index(name) for name in ("SY-RA", "SY-SU"))
    turkey, iran = STATES.index("TUR"), STATES.index("IRN")
    state[0]["control"][[base, shut]] = 0.0
    state[0]["control"][[base, shut], enemies] = 1.0
    state[0]["attitude"][:, enemies] = -1.0
    step(scenario.world, scenario.rules, state)
    access = state[0]["access"]
    assert access[base, turkey] == open_to > access[shut, turkey]
    militia = list(scenario.tables.factions["id"]).index("IRAN_MIL")
    assert state[0]["fighters"][base, militia] > 0.0
    assert access[base, iran] == open_to
    state[0]["fighters"][base, militia] = 0.0
    step(scenario.world, scenario.rules, state)
    assert access[base, iran] < open_to


def test_the_losers_patron_fades_and_the_victors_patron_gains() -> None:
    """Nobody tells influence who won. A patron fades for good once it has left and its client has collapsed."""
    scenario = scenario_of(LEVANT)
    w = scenario.world[0]
    n_clients = np.diff(w["link_start"])
    loyal = [link for link in range(w["n_links"]) if w["link_client"][link] == w["regime"]]
    losers = [link for link in loyal if w["link_patron"][link] < w["n_states"]]
    only = [link for link in losers if n_clients[w["link_patron"][link]] == 1]
    victor = STATES.index("TUR")
    falls, gains = [], []
    for run in range(80):
        path = [(s[0]["influence_total"].copy(), s[0]["abandoned_day"].copy()) for s in mornings(scenario, run)]
        *_, last = mornings(scenario, run)
        collapse = int(last[0]["collapse_day"])
        if collapse < 0 or collapse > scenario.horizon_days - 28:
            continue
        gains.append(path[-1][0][victor] > path[0][0][victor])
        for link in losers:
            patron = w["link_patron"][link]
            assert path[-1][0][patron] < path[0][0][patron]
        for link in only:
            start = max(collapse, int(path[-1][1][link])) + 1
            course = np.array([total[w["link_patron"][link]] for total, _ in path[start::7]])
            falls.append(bool(np.all(np.diff(course) <= 1e-9)))
    assert len(gains) > 40
    assert np.mean(gains) > 0.9
    assert np.mean(falls) > 0.9
