"""Extremists in histories: prisons lose no one from the books, pressure never helps, and both signs are open."""

from collections.abc import Callable

import numpy as np
import pytest
from scipy import stats

from sim.core import calls
from sim.core.codes import Event
from sim.core.state import new_state
from sim.world.scenario import Scenario
from tests.statistics import assert_mean, assert_share
from tests.worlds import SEED, WORLDS, mornings, runs_of, scenario_of

WITH_EXTREMISTS = tuple(name for name in WORLDS if scenario_of(name).world[0]["is_extremist"].any())
WEEK = 6  # the day on which a week of growth is due


def morning_of_day_0(scenario: Scenario) -> np.ndarray:
    """Return the state of one run before anything happened."""
    state = new_state(scenario.world)
    calls.call_begin_run(scenario.world, scenario.rules, state, np.uint64(SEED), np.uint64(0))
    return state


def extremists(scenario: Scenario) -> int:
    """Return the first extremist faction."""
    return int(np.flatnonzero(scenario.world[0]["is_extremist"])[0])


def with_prisons(scenario: Scenario, held: float = 1000.0) -> Scenario:
    """Return a scenario whose first two held places have prisons."""
    w = scenario.world[0]
    inside = np.flatnonzero((w["state_of"] == w["contested_state"]) & (w["seat_holder"] >= 0))
    inside = inside[inside < w["n_locations"]]
    w["detainees"][:] = 0.0
    w["prisoners"][:] = 0.0
    w["detainees"][inside[:2]] = held
    w["prisoners"][inside[:2]] = held
    return scenario


def after_a_week(scenario: Scenario, change: Callable[[np.ndarray], None] = lambda _: None) -> np.ndarray:
    """Return the extremists' fighters after one step of growth from day 0, with something changed before it."""
    state = morning_of_day_0(scenario)
    state[0]["key"]["day"] = WEEK
    change(state[0])
    calls.PHASES["resurge"](scenario.world, scenario.rules, state, extremists(scenario))
    return state[0]["fighters"][:, extremists(scenario)].copy()


@pytest.mark.parametrize("world", WORLDS)
def test_nobody_in_prison_is_lost_from_the_books(world: str) -> None:
    scenario = with_prisons(scenario_of(world, rules={"extremists": {"break_per_day": 0.05}}))
    w = scenario.world[0]
    held = w["detainees"].sum() + w["prisoners"].sum()
    opened = 0
    for run in range(3):
        before = w["detainees"].copy()
        for state in mornings(scenario, run):
            s = state[0]
            out = s["freed"].sum() + s["gone_free"]
            assert s["detainees"].sum() + s["prisoners"].sum() + out == pytest.approx(held)
            assert np.all(s["detainees"] <= before)
            before = s["detainees"].copy()
            entered = s["fighters_day_0"] + s["recruited"] + s["joined"] + s["freed"]
            left = s["killed"] + s["wounded"] + s["deserted"]
            assert np.allclose(entered, s["fighters"].sum(axis=0) + left, rtol=1e-9, atol=1e-6)
        opened += int((s["event_kind"][: int(s["n_events"])] == Event.PRISON_BREAK).sum())
    assert opened > 0


def test_a_forced_break_opens_one_prison_for_sure() -> None:
    scenario = with_prisons(scenario_of("levant_2024", rules={"extremists": {"break_per_day": 0.0}}))
    state, faction = morning_of_day_0(scenario), extremists(scenario)
    s = state[0]
    calls.PHASES["guard_prisons"](scenario.world, scenario.rules, state)
    assert s["n_events"] == 0
    place, other = np.flatnonzero(s["detainees"])
    stood = float(s["fighters"][place, faction])
    s["forced_break"][place] = 1
    calls.PHASES["guard_prisons"](scenario.world, scenario.rules, state)
    escaped = 1000.0 - float(s["detainees"][place])
    assert 30.0 <= escaped <= 300.0
    assert s["detainees"][other] == 1000.0
    assert s["freed"][faction] == pytest.approx(escaped)
    assert s["fighters"][place, faction] == pytest.approx(stood + escaped)
    assert s["event_actor"][0] == scenario.world[0]["n_states"] + faction


def test_where_there_are_no_extremists_the_escaped_go_home() -> None:
    scenario = with_prisons(scenario_of("angola_1992"))
    state = morning_of_day_0(scenario)
    state[0]["forced_break"][:] = 1
    calls.PHASES["guard_prisons"](scenario.world, scenario.rules, state)
    assert state[0]["freed"].sum() == 0.0
    assert state[0]["gone_free"] == pytest.approx(2000.0 - state[0]["detainees"].sum())


def test_prisons_that_break_under_guard_break_without() -> None:
    scenario = with_prisons(scenario_of("levant_2024", rules={"extremists": {"break_per_day": 0.01}}))
    breaks = np.zeros((2, 1500), bool)
    for i, posts_kept in enumerate((1.0, 0.0)):
        state = morning_of_day_0(scenario)
        fighters = state[0]["fighters"].copy()
        state[0]["guard_lever"][:] = posts_kept
        for day in range(breaks.shape[1]):
            state[0]["key"]["day"] = day
            state[0]["detainees"][:] = scenario.world[0]["detainees"]
            state[0]["fighters"][:] = fighters
            state[0]["n_events"] = 0
            calls.PHASES["guard_prisons"](scenario.world, scenario.rules, state)
            breaks[i, day] = state[0]["n_events"] > 0
    assert not (breaks[0] & ~breaks[1]).any()
    assert breaks[1].sum() > 4 * breaks[0].sum() > 0


@pytest.mark.parametrize("world", WITH_EXTREMISTS)
def test_extremists_stay_between_none_and_what_a_place_carries(world: str) -> None:
    scenario = scenario_of(world, rules={"extremists": {"per_million": 50.0, "growth": 5.0}})
    w, faction = scenario.world[0], extremists(scenario)
    state = morning_of_day_0(scenario)
    carries = 50.0 * w["population"] / 1e6
    for week in range(60):
        before = state[0]["fighters"][:, faction].copy()
        state[0]["key"]["day"] = 7 * week + WEEK
        calls.PHASES["resurge"](scenario.world, scenario.rules, state, faction)
        now = state[0]["fighters"][:, faction]
        assert now.min() >= 0.0
        assert np.all(now <= np.maximum(before, carries) + 1e-9)


@pytest.mark.parametrize("world", WITH_EXTREMISTS)
def test_pressure_never_helps_extremists(world: str) -> None:
    scenario = scenario_of(world)
    w, faction = scenario.world[0], extremists(scenario)
    w["strikes"][0, faction] = 0.8
    there = w["deployed"][:, faction] > 0.0

    def no_strikes(state: np.ndarray) -> None:
        state["strikes_lever"][:] = 0.0

    def reinforce(state: np.ndarray) -> None:
        state["fighters"][:, w["regime"]] += 1000.0
        state["morale"][:, w["regime"]] = np.maximum(state["morale"][:, w["regime"]], 0.9)

    plain = after_a_week(scenario)
    assert np.all(plain[there] < after_a_week(scenario, no_strikes)[there])
    assert np.all(after_a_week(scenario, reinforce)[there] < plain[there])
    scenario.rules[0]["extremists"]["pressure"] *= 2.0
    assert np.all(after_a_week(scenario)[there] < plain[there])


@pytest.mark.parametrize("world", WITH_EXTREMISTS)
def test_extremists_decline_where_others_govern(world: str) -> None:
    scenario = scenario_of(world, rules={"extremists": {"growth": 5.0}})
    w, faction = scenario.world[0], extremists(scenario)
    there = w["deployed"][:, faction] > 0.0

    def govern(state: np.ndarray) -> None:
        state["control"][:, faction] = 0.0
        state["control"][:, w["regime"]] = 1.0
        state["fighters"][:, w["regime"]] += 5000.0

    before = morning_of_day_0(scenario)[0]["fighters"][:, faction]
    assert np.all(after_a_week(scenario, govern)[there] < before[there])


def test_a_holder_whose_garrison_is_gone_governs_nothing() -> None:
    scenario = scenario_of("levant_2024")
    w, faction = scenario.world[0], extremists(scenario)
    there = (w["deployed"][:, faction] > 0.0) & (w["state_of"] == w["contested_state"])

    def abandon(state: np.ndarray) -> None:
        others = np.arange(w["side"].size) != faction
        state["fighters"][:, others] = 0.0

    assert np.all(after_a_week(scenario, abandon)[there] > after_a_week(scenario)[there])


def test_only_extremists_resurge() -> None:
    scenario = scenario_of("levant_2024")
    state = morning_of_day_0(scenario)
    state[0]["key"]["day"] = WEEK
    before = state[0]["fighters"].copy()
    for faction in range(int(scenario.world[0]["n_factions"])):
        if faction != extremists(scenario):
            calls.PHASES["resurge"](scenario.world, scenario.rules, state, faction)
    assert np.array_equal(before, state[0]["fighters"])
    assert state[0]["attacks"].sum() == 0.0


def changes_after_collapse(scenario: Scenario, days: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the ratio of fighters, and of attacks a day, after a collapse to before it; one row a run that has one."""
    w, faction = scenario.world[0], extremists(scenario)
    inside = w["state_of"] == w["contested_state"]
    fighters, attacks = [], []
    ends = runs_of(scenario, 60)["collapse_day"]
    for run in np.flatnonzero((ends >= 5) & (ends <= scenario.horizon_days - days)).tolist():
        strength, count = [], []
        for state in mornings(scenario, run):
            strength.append(float(state[0]["fighters"][inside, faction].sum()))
            count.append(float(state[0]["attacks"][faction]))
        day = int(state[0]["collapse_day"])
        fighters.append(strength[day + days] / strength[day])
        attacks.append((count[day + days] - count[day]) / days - count[day] / day)
    assert len(fighters) >= 15
    return np.array(fighters), np.array(attacks)


def test_extremists_fall_after_the_collapse_where_victors_govern() -> None:
    fighters, attacks = changes_after_collapse(scenario_of("levant_2024"), 60)
    assert np.mean(fighters < 1.0) > 0.9
    assert np.mean(attacks) < 0.0


def test_extremists_rise_after_the_collapse_where_nobody_governs() -> None:
    """Grievance that outlives the regime, less of the land governed, and nobody who strikes: the other sign."""
    scenario = scenario_of("levant_2024", rules={"extremists": {"grievance_after": 1.2, "growth": 0.6}})
    scenario.world[0]["strikes"][:] = 0.0
    scenario.world[0]["control"] *= 0.5
    fighters, attacks = changes_after_collapse(scenario, 60)
    assert np.mean(fighters > 1.0) > 0.6
    assert np.mean(attacks) > 0.0


def expected_attacks(scenario: Scenario, state: np.ndarray) -> float:
    """Return the attacks of a month that the situation of day 0 lets expect."""
    w, values = scenario.world[0], scenario.rules[0]["extremists"]
    inside = w["state_of"] == w["contested_state"]
    most = np.where(w["is_extremist"] == 1, 0.0, state[0]["control"][inside]).max(axis=1)
    ungoverned = np.where(most > values["governed_share"], 0.0, 1.0 - most)
    weight = values["attack_floor"] + (1.0 - values["attack_floor"]) * ungoverned
    here = state[0]["fighters"][inside, extremists(scenario)]
    return float(values["attacks_per_month"] * (here * weight).sum())


@pytest.mark.statistical
def test_thirty_days_make_one_negative_binomial_month() -> None:
    scenario = scenario_of("levant_2024")
    state, faction = morning_of_day_0(scenario), extremists(scenario)
    months = np.zeros(500)
    for day in range(30 * len(months)):
        state[0]["key"]["day"] = 7 * day  # never a day of growth
        calls.PHASES["resurge"](scenario.world, scenario.rules, state, faction)
        months[day // 30] += state[0]["attacks"][faction]
        state[0]["attacks"][faction] = 0.0
    mean, dispersion = expected_attacks(scenario, state), 3.0
    law = stats.nbinom(dispersion, dispersion / (dispersion + mean))
    assert_mean("attacks of a month", months, mean, float(law.std()))
    for quantile in (law.ppf(0.1), law.ppf(0.9)):
        hits = int((months <= quantile).sum())
        assert_share(f"months with at most {quantile:g} attacks", hits, len(months), float(law.cdf(quantile)))
