"""What holds on every day of every history: conservation, bounds, paths of war, and independence of order."""

import dataclasses

import numpy as np
import pytest

from sim.core.codes import NEVER, NOBODY
from sim.core.engine import simulate
from sim.core.phases.succession import NEAR_HOPS
from sim.world.scenario import Scenario
from tests.worlds import SEED, TEN, changed, mornings, scenario_of, tables_of

RUNS = (0, 1, 2, 3)


@pytest.mark.parametrize("world", TEN)
def test_fighters_are_conserved_every_day(world: str) -> None:
    scenario = scenario_of(world)
    for run in RUNS:
        for state in mornings(scenario, run):
            s = state[0]
            entered = s["fighters_day_0"] + s["recruited"] + s["joined"] + s["freed"]
            left = s["killed"] + s["wounded"] + s["deserted"]
            assert np.allclose(entered, s["fighters"].sum(axis=0) + left, rtol=1e-9, atol=1e-6)
            assert abs(s["joined"].sum()) < 1e-6


@pytest.mark.parametrize("world", TEN)
def test_heavy_weapons_are_conserved_every_day(world: str) -> None:
    scenario = scenario_of(world)
    for run in RUNS:
        for state in mornings(scenario, run):
            s = state[0]
            owned = s["heavy"].sum(axis=0) + s["heavy_waiting"] + s["heavy_lost"]
            assert np.allclose(s["heavy_day_0"] + s["heavy_captured"], owned, rtol=1e-9, atol=1e-6)
            assert np.isclose(s["heavy_captured"].sum(), s["depots_captured"], rtol=1e-9, atol=1e-6)


@pytest.mark.parametrize("world", TEN)
def test_state_stays_within_its_bounds(world: str) -> None:
    scenario = scenario_of(world)
    initial_control = scenario.world[0]["control"].sum(axis=1)
    for state in mornings(scenario, 5):
        s = state[0]
        assert s["fighters"].min() >= 0
        assert s["heavy"].min() >= -1e-9
        assert s["morale"].min() >= 0
        assert s["morale"].max() <= 1
        assert s["shock"].min() >= 0
        assert np.allclose(s["control"].sum(axis=1), initial_control)
        for share in ("support", "belief", "patron_level", "air"):
            assert s[share].min() >= 0
            assert s[share].max() <= 1
        n = scenario.world[0]["n_states"] + scenario.world[0]["n_factions"]
        assert np.all(s["reserve"][:n] <= scenario.world[0]["capacity"][:n] + 1e-12)


def falls_within(scenario: Scenario, of_heirs: int, runs: int) -> int:
    """Return how many places fall; fail unless winners stood next to each, or pressed it, or are heirs not too far.

    Heirs come after a collapse only, from a number of steps on the map.
    """
    w = scenario.world[0]
    n = int(w["n_locations"])
    hops = w["hops"][:n, :n]
    seen = 0
    for run in range(runs):
        stood = None
        for state in mornings(scenario, run):
            s = state[0]
            if stood is not None:
                for place in np.flatnonzero(s["lost_by"][:n] != NOBODY):
                    near = hops[place] <= (1 if stood[3] == NEVER else of_heirs)
                    side = stood[2] == s["lost_to"][place]
                    pressed = stood[1][place, s["lost_to"][place]] > 0
                    assert pressed or stood[0][:n][near][:, side].sum() > 0
                    seen += 1
            stood = (s["fighters"].copy(), s["front"].copy(), s["side"].copy(), int(s["collapse_day"]))
    return seen


@pytest.mark.parametrize("world", TEN)
def test_falls_travel_along_the_map(world: str) -> None:
    """Whoever takes a place stood in it or next to it that morning; what a collapse leaves finds heirs not far."""
    seen = falls_within(scenario_of(world), NEAR_HOPS, 10)
    assert seen > 0 or world in ("iraq_2014", "syria_2012")


@pytest.mark.parametrize("world", ["ethiopia_1991", "levant_2024", "yemen_2014"])
def test_without_heirs_all_falls_travel_from_place_to_place(world: str) -> None:
    rules = {"capture": {"heir_km": 0.0, "hand_over_per_day": 0.0}}
    assert falls_within(scenario_of(world, rules=rules), 1, 5) > 0


def test_nobody_crosses_a_border_except_into_the_war() -> None:
    """No force appears abroad in a place where its faction had nobody."""
    scenario = scenario_of("levant_2024")
    w = scenario.world[0]
    n = int(w["n_locations"])
    abroad = w["state_of"][:n] != w["contested_state"]
    for run in RUNS:
        stood = None
        for state in mornings(scenario, run):
            stands = state[0]["fighters"][:n][abroad] > 0
            assert stood is None or not (stands & ~stood).any()
            stood = stands


def test_an_idle_faction_changes_no_other_draw() -> None:
    tables = tables_of("levant_2024")
    idle = changed(tables.factions[-1:], id="IDLE", fighters_low=0, fighters_central=0, fighters_high=0)
    larger = dataclasses.replace(tables, factions=np.concatenate([tables.factions, idle]))
    plain = scenario_of("levant_2024")
    crowded = scenario_of("levant_2024", tables=larger)
    a = simulate(plain.world, plain.rules, SEED, 0, 20)
    b = simulate(crowded.world, crowded.rules, SEED, 0, 20)
    assert np.array_equal(a.runs, b.runs)
    assert np.array_equal(a.falls, b.falls)


def test_a_run_is_the_same_alone_and_in_an_ensemble() -> None:
    scenario = scenario_of("levant_2024")
    together = simulate(scenario.world, scenario.rules, SEED, 0, 6)
    alone = simulate(scenario.world, scenario.rules, SEED, 4, 1)
    assert np.array_equal(together.runs[4:5], alone.runs)
    assert np.array_equal(together.falls[together.falls["run"] == 4], alone.falls)


def test_another_seed_or_run_is_another_history() -> None:
    scenario = scenario_of("levant_2024")
    base = simulate(scenario.world, scenario.rules, 1, 0, 1).runs
    assert simulate(scenario.world, scenario.rules, 2, 0, 1).runs["tempo"] != base["tempo"]
    assert simulate(scenario.world, scenario.rules, 1, 1, 1).runs["tempo"] != base["tempo"]


def test_a_run_that_is_no_number_any_more_says_so() -> None:

    scenario = scenario_of("levant_2024")
    broken = scenario.rules.copy()
    broken[0]["morale"]["beta"] = np.nan
    rows = simulate(scenario.world, broken, SEED, 0, 2).runs
    assert np.all(rows["status"] == 1)


@pytest.mark.parametrize("world", TEN)
def test_every_force_reaches_its_place_and_the_next_ones_as_far_as_borders_let_it(world: str) -> None:
    w = scenario_of(world).world[0]
    for state in mornings(scenario_of(world), 5):
        s = state[0]
        for place, faction in np.argwhere(s["fighters"] > 0):
            near = w["edge_to"][w["edge_start"][place] : w["edge_start"][place + 1]]
            enters = (w["state_of"][near] == w["contested_state"]) & (w["may_enter"][faction] == 1)
            reached = [place, *near[(w["state_of"][near] == w["state_of"][place]) | enters]]
            assert np.all((s["reach"][reached] >> faction) & 1 == 1)
