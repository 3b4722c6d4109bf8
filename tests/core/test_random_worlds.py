"""What is conserved every day, in worlds that nobody would think of."""

import numpy as np
from hypothesis import HealthCheck, given, settings

from sim.core.codes import NOBODY
from sim.core.engine import simulate
from sim.world.scenario import Scenario
from tests.random_worlds import small_worlds
from tests.worlds import SEED, mornings

MANY = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@MANY
@given(small_worlds())
def test_people_are_conserved_to_the_person(scenario: Scenario) -> None:
    w = scenario.world[0]
    here = w["state_of"][: w["n_locations"]] == w["contested_state"]
    everybody = np.round(w["population"][: w["n_locations"]][here]).sum() + np.round(w["refugees_hosted"]).sum()
    for state in mornings(scenario, 0):
        s = state[0]
        living = s["residents"] + s["displaced"] + s["refugees_from"] + s["civilians_killed"] + s["background_killed"]
        counted = living[: len(here)][here].sum() + s["refugees_old"].sum()
        assert counted == everybody
        for stock in ("residents", "displaced", "refugees_in", "refugees_old", "returned_old", "workers"):
            assert s[stock].min() >= 0
            assert np.array_equal(s[stock], np.round(s[stock]))
        assert np.array_equal(s["workers"] + s["workers_left"], w["foreign_workers"])
        assert np.array_equal(s["refugees_old"] + s["returned_old"], w["refugees_hosted"])
        assert s["refugees_from"].sum() == s["refugees_in"].sum()
        assert s["displaced_new"] >= s["displaced_peak"]


@MANY
@given(small_worlds())
def test_fighters_and_weapons_are_conserved(scenario: Scenario) -> None:
    for state in mornings(scenario, 1):
        s = state[0]
        entered = s["fighters_day_0"] + s["recruited"] + s["joined"] + s["freed"]
        left = s["killed"] + s["wounded"] + s["deserted"]
        assert np.allclose(entered, s["fighters"].sum(axis=0) + left, rtol=1e-9, atol=1e-6)
        assert abs(s["joined"].sum()) < 1e-6
        owned = s["heavy"].sum() + s["heavy_waiting"].sum() + s["heavy_lost"].sum() + s["depot"].sum()
        loose = s["adrift"].sum() + s["depots_destroyed"]
        assert np.isclose(s["heavy_day_0"].sum() + s["depots_day_0"], owned + loose, rtol=1e-9, atol=1e-6)


@MANY
@given(small_worlds())
def test_shares_of_influence_and_levels_stay_within_their_bounds(scenario: Scenario) -> None:
    w = scenario.world[0]
    for state in mornings(scenario, 2):
        s = state[0]
        assert s["influence"].min() >= 0
        assert s["influence"].sum(axis=1).max() <= 1 + 1e-9
        assert s["influence_total"].sum() <= 1 + 1e-9
        assert 0 < s["concentration"] <= 1 + 1e-9
        assert 0 <= s["effective_factions"] <= w["n_factions"] + 1e-9
        assert s["channel"].min() >= 0
        assert s["channel"].max() <= 1
        assert 0 <= s["pressure"].min() <= s["pressure"].max() <= 3
        assert 0 <= s["hardening"].min() <= s["hardening"].max() <= 1
        assert 0 <= s["level"].min() <= s["level"].max() <= 4


@MANY
@given(small_worlds())
def test_every_faction_is_on_one_side_and_ties_are_symmetric(scenario: Scenario) -> None:
    n = int(scenario.world[0]["n_factions"])
    for state in mornings(scenario, 3):
        s = state[0]
        tie = s["tie"][:n, :n]
        assert np.array_equal(tie, tie.T)
        assert np.array_equal(np.diag(tie), np.ones(n))
        assert np.abs(tie).max() <= 1
        for leader in range(n):
            led = np.flatnonzero(s["side"][:n] == leader)
            assert s["n_members"][leader] == len(led)
            assert s["members"][leader, : len(led)].tolist() == led.tolist()
            assert s["side_mask"][leader] == sum(1 << faction for faction in led.tolist())
            assert len(led) == 0 or s["side"][leader] == leader
        assert s["holder"][: scenario.world[0]["n_locations"]].min() >= NOBODY


@MANY
@given(small_worlds())
def test_every_run_of_every_world_ends_in_numbers(scenario: Scenario) -> None:
    lived = simulate(scenario.world, scenario.rules, SEED, 0, 5, 5)
    assert np.all(lived.runs["status"] == 0)
    again = simulate(scenario.world, scenario.rules, SEED, 3, 1, 1)
    assert np.array_equal(lived.runs[3:4], again.runs)
    assert np.array_equal(lived.events[lived.events["run"] == 3], again.events)
