"""Depots, airbases and prisons in histories: nothing is lost from the books, and who may strike what, and when."""

import numpy as np
import pytest

from sim.core import calls
from sim.core.codes import NEVER, NOBODY, Event
from sim.core.phases.forces import HOSTILE_TIE
from sim.core.phases.installations import take_installations
from sim.core.rules.capture import air_force
from sim.core.state import new_state
from sim.world.scenario import Scenario
from tests.worlds import SEED, WORLDS, mornings, scenario_of

CERTAIN = {"installations": {"denial_per_day": 10.0}}  # a strike fails with probability 5e-5


def morning_of_day_0(scenario: Scenario, run: int = 0) -> np.ndarray:
    """Return the state of one run before anything happened."""
    state = new_state(scenario.world)
    calls.call_begin_run(scenario.world, scenario.rules, state, np.uint64(SEED), np.uint64(run))
    return state


def depot_of_the_regime(scenario: Scenario, state: np.ndarray) -> int:
    """Return the place of the regime's side with the fullest depot."""
    return int(np.argmax(state[0]["depot"][: scenario.world[0]["n_locations"]]))


def capture_by_challenger(scenario: Scenario, state: np.ndarray, place: int) -> None:
    """Let the challenger take what a place holds, as a capture would."""
    state[0]["lost_from"][place] = state[0]["holder"][place]
    winner = int(scenario.world[0]["challenger"])
    take_installations(scenario.world[0], scenario.rules[0], state[0], place, winner)


def collapsed(scenario: Scenario) -> np.ndarray:
    """Return a state whose regime collapsed this morning, with no outside power hostile to anybody."""
    state = morning_of_day_0(scenario)
    state[0]["collapse_day"] = 0
    state[0]["attitude"][:] = 0.0
    return state


def bordering(scenario: Scenario, *, capable: bool) -> list[int]:
    """Return the states that touch the contested one, with or without the means to strike there."""
    w = scenario.world[0]
    inside = w["state_of"] == w["contested_state"]
    inside[int(w["n_locations"]) :] = False
    least = scenario.rules[0]["installations"]["denial_capacity"]
    touches = (w["border_hops"][inside] == 1).any(axis=0)
    return [s for s in range(int(w["n_states"])) if touches[s] and (w["capacity"][s] >= least) == capable]


@pytest.mark.parametrize("world", WORLDS)
def test_depots_are_conserved_every_day(world: str) -> None:
    scenario = scenario_of(world)
    for run in range(3):
        for state in mornings(scenario, run):
            s = state[0]
            kept = s["depot"].sum() + s["adrift"].sum()
            gone = s["depots_captured"] + s["depots_destroyed"]
            assert np.isclose(kept + gone, s["depots_day_0"], rtol=1e-9, atol=1e-6)
            assert s["depot"].min() >= 0.0
            assert s["adrift"].min() >= 0.0
            assert np.all(s["airbase"] <= scenario.world[0]["airbases"])


@pytest.mark.parametrize("world", WORLDS)
def test_depots_hold_their_ratio_to_the_regimes_weapons(world: str) -> None:
    scenario = scenario_of(world)
    s, w = morning_of_day_0(scenario)[0], scenario.world[0]
    own = s["heavy_day_0"][w["side"] == w["regime"]].sum()
    assert s["depots_day_0"] == pytest.approx(scenario.rules[0]["installations"]["depot_ratio"] * own)
    holders = s["holder"][s["depot"] > 0.0]
    assert len(holders) > 0
    assert np.all(w["side"][holders] == w["regime"])


@pytest.mark.parametrize("world", WORLDS)
def test_the_regime_begins_with_the_air_force_of_its_code(world: str) -> None:
    scenario = scenario_of(world)
    w, state = scenario.world[0], morning_of_day_0(scenario)
    regime = int(w["regime"])
    threshold = scenario.rules[0]["capture"]["air_threshold"]
    assert state[0]["air"][regime] == pytest.approx(air_force(w["heavy_weapons"][regime], threshold))
    state[0]["airbase"][:] = 0.0
    calls.PHASES["muster"](scenario.world, scenario.rules, state)
    assert state[0]["air"][regime] == 0.0


def test_a_captured_depot_is_divided_without_rest() -> None:
    scenario = scenario_of("levant_2024")
    state = morning_of_day_0(scenario)
    s, winner = state[0], int(scenario.world[0]["challenger"])
    place = depot_of_the_regime(scenario, state)
    stock = float(s["depot"][place])
    capture_by_challenger(scenario, state, place)
    assert s["heavy_waiting"][winner] == s["heavy_captured"][winner] == s["depots_captured"] > 0.0
    parts = s["depot"][place] + s["adrift"][place] + s["depots_captured"] + s["depots_destroyed"]
    assert parts == pytest.approx(stock)
    assert s["adrift"][place] == 0.0  # its garrison stood to the last


def test_a_depot_whose_garrison_is_gone_goes_adrift_and_yields_more() -> None:
    scenario = scenario_of("levant_2024")
    guarded, left = morning_of_day_0(scenario), morning_of_day_0(scenario)
    place = depot_of_the_regime(scenario, guarded)
    left[0]["fighters"][place] = 0.0
    capture_by_challenger(scenario, guarded, place)
    capture_by_challenger(scenario, left, place)
    assert left[0]["adrift"][place] > guarded[0]["adrift"][place]
    assert left[0]["depots_captured"] > guarded[0]["depots_captured"]
    assert left[0]["depots_destroyed"] == 0.0


def test_one_more_capture_never_costs_the_captor_weapons() -> None:
    scenario = scenario_of("levant_2024")
    state = morning_of_day_0(scenario)
    winner = int(scenario.world[0]["challenger"])
    had = 0.0
    for place in np.flatnonzero(state[0]["depot"] > 0.0):
        capture_by_challenger(scenario, state, int(place))
        assert state[0]["heavy_waiting"][winner] > had
        had = float(state[0]["heavy_waiting"][winner])


def test_weapons_adrift_are_found_by_half_in_their_half_life() -> None:
    scenario = scenario_of("levant_2024", rules={"installations": {"adrift_half_life_days": 10.0}})
    state = morning_of_day_0(scenario)
    state[0]["adrift"][3] = 100.0
    for _ in range(10):
        calls.PHASES["deny"](scenario.world, scenario.rules, state)
    assert state[0]["adrift"][3] == pytest.approx(50.0)
    assert state[0]["depots_destroyed"] == pytest.approx(50.0)


def test_only_an_enemy_opens_the_prisons_of_the_regime() -> None:
    scenario = scenario_of("levant_2024")
    w = scenario.world[0]
    state = morning_of_day_0(scenario)
    s, place, winner = state[0], depot_of_the_regime(scenario, state), int(w["challenger"])
    s["prisoners"][place], s["detainees"][place] = 1000.0, 300.0
    before = float(s["fighters"][place, winner])
    s["tie"][winner, :] = 0.0
    capture_by_challenger(scenario, state, place)
    assert s["prisoners"][place] == 1000.0
    s["tie"][winner, :] = -0.5
    capture_by_challenger(scenario, state, place)
    joined = 1000.0 * scenario.rules[0]["installations"]["prisoners_joining"]
    assert s["prisoners"][place] == 0.0
    assert s["freed"][winner] == pytest.approx(joined)
    assert s["gone_free"] == pytest.approx(1000.0 - joined)
    assert s["fighters"][place, winner] == pytest.approx(before + joined)
    assert s["detainees"][place] == 300.0  # whoever fights extremists keeps them locked up


def test_extremists_free_their_own() -> None:
    scenario = scenario_of("levant_2024")
    w = scenario.world[0]
    state = morning_of_day_0(scenario)
    s, place = state[0], depot_of_the_regime(scenario, state)
    faction = int(np.flatnonzero(w["is_extremist"])[0])
    s["prisoners"][place], s["detainees"][place] = 0.0, 300.0
    s["lost_from"][place] = s["holder"][place]
    take_installations(scenario.world[0], scenario.rules[0], state[0], place, faction)
    assert s["detainees"][place] == 0.0
    assert s["freed"][faction] == 300.0


@pytest.mark.parametrize("world", WORLDS)
def test_denial_comes_after_the_collapse_from_capable_neighbours_only(world: str) -> None:
    scenario = scenario_of(world)
    capable = bordering(scenario, capable=True)
    for run in range(8):
        *_, state = mornings(scenario, run)
        s = state[0]
        told = min(int(s["n_events"]), len(s["event_day"]))
        for i in np.flatnonzero(s["event_kind"][:told] == Event.DENIAL):
            assert s["collapse_day"] != NEVER
            assert s["event_day"][i] >= s["collapse_day"]
            assert s["event_actor"][i] in capable


def test_denial_happens_in_the_levant() -> None:
    """The promise above would be empty if nobody ever struck."""
    scenario = scenario_of("levant_2024")
    destroyed = []
    for run in range(20):
        *_, state = mornings(scenario, run)
        s = state[0]
        if s["collapse_day"] != NEVER:
            destroyed.append(float((s["event_kind"][: int(s["n_events"])] == Event.DENIAL).sum()))
    assert np.mean(destroyed) > 1.0


def test_nobody_strikes_before_the_collapse_or_long_after() -> None:
    scenario = scenario_of("levant_2024", rules=CERTAIN)
    for collapse_day, day in ((NEVER, 0), (0, 30)):
        state = collapsed(scenario)
        state[0]["collapse_day"] = collapse_day
        state[0]["key"]["day"] = day
        state[0]["attitude"][:] = -1.0
        before = state[0]["depot"].copy()
        calls.PHASES["deny"](scenario.world, scenario.rules, state)
        assert np.array_equal(before, state[0]["depot"])


def test_a_later_capture_exposes_a_site_again() -> None:
    scenario = scenario_of("levant_2024", rules=CERTAIN)
    state = collapsed(scenario)
    s = state[0]
    place = depot_of_the_regime(scenario, state)
    s["key"]["day"] = 30
    s["captured_day"][place] = 29
    s["holder"][place] = scenario.world[0]["challenger"]
    s["attitude"][:] = -1.0
    struck = s["depot"].copy()
    calls.PHASES["deny"](scenario.world, scenario.rules, state)
    assert np.flatnonzero(struck != s["depot"]).tolist() == [place]


def test_only_the_hostile_and_capable_strike() -> None:
    scenario = scenario_of("levant_2024", rules=CERTAIN)
    for power in range(int(scenario.world[0]["n_states"])):
        state = collapsed(scenario)
        before = state[0]["depot"].copy()
        state[0]["attitude"][power] = HOSTILE_TIE
        calls.PHASES["deny"](scenario.world, scenario.rules, state)
        struck = not np.array_equal(before, state[0]["depot"])
        assert struck == (power in bordering(scenario, capable=True))


def test_a_power_spares_what_its_friends_are_about_to_take() -> None:
    scenario = scenario_of("levant_2024", rules=CERTAIN)
    power = bordering(scenario, capable=True)[0]
    state = collapsed(scenario)
    place = depot_of_the_regime(scenario, state)
    before = float(state[0]["depot"][place])
    state[0]["attitude"][power, scenario.world[0]["regime"]] = -1.0
    calls.PHASES["deny"](scenario.world, scenario.rules, state)
    assert state[0]["depot"][place] == before


def test_shares_of_several_powers_multiply() -> None:
    scenario = scenario_of("levant_2024", rules=CERTAIN)
    state = collapsed(scenario)
    powers = bordering(scenario, capable=True)
    s, place = state[0], depot_of_the_regime(scenario, state)
    assert len(powers) == 2
    before, airbase = float(s["depot"][place]), float(s["airbase"][place])
    state[0]["attitude"][powers] = -1.0
    calls.PHASES["deny"](scenario.world, scenario.rules, state)
    left = (1.0 - scenario.rules[0]["installations"]["denial_share"]) ** 2
    assert s["depot"][place] == pytest.approx(before * left)
    assert s["airbase"][place] == pytest.approx(airbase * left)
    assert s["event_place"][: int(s["n_events"])].min() > NOBODY
