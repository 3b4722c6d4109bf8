"""Neighbours feel the war by channel, have incidents and alerts, and stand at the level that these mean."""

import functools
import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from scipy import stats

from sim.core import calls
from sim.core.codes import NEVER, NOBODY, Cause, Channel, Event, Level, RunStatus, Stream
from sim.core.engine import simulate
from sim.core.record import Histories
from sim.core.rules.spillover import CIVIL_WAR_DEATHS, FIRE_DAYS, VIOLENCE_DEATHS, border_factor
from sim.core.state import EVENT_SLOTS
from sim.world.scenario import Scenario
from tests.random_worlds import small_worlds
from tests.rules.ranges import default
from tests.statistics import assert_mean
from tests.worlds import OF_THE_NEIGHBOURS, SEED, WORLDS, leaves, mornings, scenario_of, tables_of

LEVANT = "levant_2024"
STATES = list(tables_of(LEVANT).states["id"])
NO_OFFENSIVE = ({"lever": "initiative", "actor": "challenger", "value": 0.0},)
ALONE = {"feedback": 0.0, "guard_effect": 0.0}  # no guard in the way, and nothing acts back on the war
FEW = settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def without_channels(scenario: Scenario) -> Scenario:
    """Return a scenario in which nothing reaches the neighbours."""
    scenario.world[0]["channel_on"] = 0
    return scenario


def neighbours(scenario: Scenario) -> np.ndarray:
    """Return the numbers of the states whose level is followed."""
    return np.flatnonzero(scenario.world[0]["is_neighbour"])


def lived(scenario: Scenario, runs: int, traced: int = 0) -> Histories:
    """Return the first histories of a scenario."""
    return simulate(scenario.world, scenario.rules, SEED, 0, runs, traced)


def background(runs: Mapping[str, np.ndarray]) -> np.ndarray:
    """Return the incidents that were coming anyway, (run, state)."""
    return np.asarray(runs["incidents"] - runs["incidents_caused"])


@pytest.mark.parametrize("world", WORLDS)
def test_neighbours_stay_within_bounds(world: str) -> None:
    scenario = scenario_of(world)
    others = np.setdiff1d(np.arange(scenario.world[0]["n_states"]), neighbours(scenario))
    for run in range(3):
        highest = scenario.world[0]["level_day_0"].copy()
        for state in mornings(scenario, run):
            s = state[0]
            highest = np.maximum(highest, s["level"])
            assert np.array_equal(s["level_max"], highest)
            for share in ("channel", "hardening", "pressure"):
                assert s[share].min() >= 0.0
                assert s[share].max() <= 1.0
            assert s["fled"].min() >= 0.0
            assert np.isin(s["is_alert"], (0, 1)).all()
            assert not s["channel"][others].any()
            assert not s["incidents"][others].any()


@FEW
@given(small_worlds(days=90))
def test_levels_are_what_deaths_fire_and_alerts_mean(scenario: Scenario) -> None:
    """The level of each evening is worked out again from the events of the run alone, and from who is on alert."""
    scenario.rules[0]["spillover"]["incident_rate"] = 0.3
    w = scenario.world[0]
    for run in range(2):
        for state in mornings(scenario, run):
            s, today = state[0], int(state[0]["key"]["day"]) - 1
            n = s["n_events"]
            told = s["event_kind"][:n] == Event.INCIDENT
            for host in neighbours(scenario) if today >= 0 else ():
                own = told & (s["event_actor"][:n] == host)
                deaths = s["event_size"][:n][own].sum() + {3: VIOLENCE_DEATHS, 4: CIVIL_WAR_DEATHS}.get(
                    int(w["level_day_0"][host]), 0.0
                )
                last = max([*s["event_day"][:n][own], 0 if w["level_day_0"][host] >= 2 else -FIRE_DAYS])
                by_deaths = 4 if deaths >= 1000 else 3 if deaths > 25 else 2 if today - last < 30 else 0
                assert s["level"][host] == max(by_deaths, s["is_alert"][host])


@pytest.mark.parametrize("world", [LEVANT, "syria_2012", "iraq_2014"])
def test_events_tell_every_new_level_and_every_shot(world: str) -> None:
    scenario = scenario_of(world)
    w = scenario.world[0]
    scenario.rules[0]["spillover"]["caused_rate"] = 1.0
    seen = 0
    for run in range(20):
        *_, state = mornings(scenario, run)
        s = state[0]
        kind, actor = s["event_kind"][: s["n_events"]], s["event_actor"][: s["n_events"]]
        day, size = s["event_day"][: s["n_events"]], s["event_size"][: s["n_events"]]
        place, cause = s["event_place"][: s["n_events"]], s["event_cause"][: s["n_events"]]
        assert np.all((cause == NOBODY) == (kind != Event.INCIDENT))
        for host in neighbours(scenario):
            risen = (kind == Event.LEVEL) & (actor == host)
            assert list(size[risen]) == sorted(set(size[risen]))
            assert size[risen][-1:].sum() in (0, s["level_max"][host])
            assert list(s["level_day"][host][size[risen].astype(int)]) == list(day[risen])
            incident = (kind == Event.INCIDENT) & (actor == host)
            assert size[incident].sum() == s["incident_deaths"][host]
            assert size[incident & (cause != Cause.BACKGROUND)].sum() == s["caused_deaths"][host]
            assert [*day[incident & (size > 0)], NEVER][0] == s["death_day"][host]
            for where in place[incident]:
                at_the_border = (w["state_of"] == host) & (w["border_hops"][:, w["contested_state"]] == 1)
                if at_the_border[: w["n_locations"]].any():
                    assert at_the_border[where]
                else:
                    assert where == NOBODY or w["state_of"][where] == host
            seen += int((cause[incident] != Cause.BACKGROUND).sum())
    assert seen > 0


@pytest.mark.parametrize("world", [LEVANT, "drc_1998"])
def test_what_is_caused_and_what_was_coming_are_all(world: str) -> None:
    scenario = scenario_of(world)
    found = lived(scenario, 100).runs
    names = [name for name in found.dtype.names if found[name].ndim > 1]
    runs = {name: found[name][:, neighbours(scenario)] for name in names}
    assert np.array_equal(runs["incidents_by"].sum(axis=2), runs["incidents_caused"])
    assert background(runs).min() >= 0
    assert 0 < runs["incidents_caused"].sum() < runs["incidents"].sum()
    assert np.all(runs["fatalities_caused"] <= runs["fatalities"])
    assert np.all(runs["level_caused_max"] <= runs["level_max"])
    assert np.all((runs["fatalities"] > 0.0) == (runs["death_day"] != NEVER))
    assert np.all((runs["fatalities"] > 25.0) == (runs["many_deaths_day"] != NEVER))
    assert np.all((runs["fatalities_caused"] <= 25.0) | (runs["level_caused_max"] >= Level.VIOLENCE))


@pytest.mark.statistical
@pytest.mark.parametrize("level", [Level.CALM, Level.ALERT, Level.INCIDENT])
def test_without_what_the_war_adds_incidents_are_those_of_the_rival(level: Level) -> None:
    """Negative binomial by level on day 0, border and days: largest distance of the curves below .03 in 4,000 runs."""
    n, days = 4_000, 60
    scenario = scenario_of("liberia_2003", days=days, rules={"spillover": {"caused_rate": 0.0, "own_war_per_day": 0.0}})
    scenario.world[0]["level_day_0"] = level
    shape = default("scale", "incident_shape" if level == Level.CALM else "incident_shape_drawn_in")
    rate = default("spillover", f"incident_rate.{level.name.lower()}")
    borders = (scenario.world[0]["border_hops"][:, :] == 1) & (
        scenario.world[0]["state_of"] == scenario.world[0]["contested_state"]
    )[:, None]
    found = lived(scenario, n).runs
    for host in neighbours(scenario):
        units = int(borders[: scenario.world[0]["n_locations"], host].sum())
        mean = rate * border_factor(units, default("spillover", "border_exponent")) * days
        counts = np.bincount(found["incidents"][:, host], minlength=200)
        rival = stats.nbinom.cdf(np.arange(len(counts)), shape, shape / (shape + mean))
        assert np.abs(np.cumsum(counts) / n - rival).max() < 0.03
        assert not found["incidents_caused"][:, host].any()


@pytest.mark.parametrize("change", [{"caused_rate": 0.3}, {"weight": {"kin": 0.9}}, {"arms_scale": 0.01}])
def test_what_presses_more_never_brings_fewer_incidents(change: dict[str, object]) -> None:
    """In pairs, for every run and day; those that were coming anyway come on the same days."""
    runs = 60
    usual = {**ALONE, "caused_rate": 0.1, "own_war_per_day": 0.0}
    one, other = (
        lived(scenario_of(LEVANT, rules={"spillover": {**usual, **more}}), runs, runs) for more in ({}, change)
    )
    assert np.all(other.daily["incidents"] >= one.daily["incidents"])
    assert np.all(other.runs["fatalities"] >= one.runs["fatalities"])
    assert np.array_equal(background(other.runs), background(one.runs))
    assert other.runs["incidents_caused"].sum() > one.runs["incidents_caused"].sum()


def test_what_was_coming_comes_whether_or_not_anybody_attacks() -> None:
    rules = {"spillover": {"own_war_per_day": 0.0}}
    war = lived(scenario_of(LEVANT, rules=rules), 200).runs
    no_war = lived(scenario_of(LEVANT, rules=rules, levers=NO_OFFENSIVE), 200).runs
    assert np.array_equal(background(war), background(no_war))
    assert no_war["incidents_caused"].sum() < war["incidents_caused"].sum()


@pytest.mark.statistical
def test_labels_have_the_shares_of_the_rates() -> None:
    """Counts less what the rates add up to, by clock and by channel, have mean 0 and the variance of that sum."""
    rules = {"spillover": {"caused_rate": 0.2, "own_war_per_day": 0.0}}
    scenario = scenario_of(LEVANT, rules=rules)
    weight = np.array(scenario.rules[0]["spillover"]["weight"])
    over, due = [], []
    for run in range(40):
        expected = np.zeros((len(STATES), len(Cause)))
        for state in mornings(scenario, run):
            s = state[0]
            if s["key"]["day"] > 0:
                pressure = np.maximum(s["pressure"][: len(STATES)], 1e-300)
                shares = s["channel"][: len(STATES)] * weight / pressure[:, None]
                rates = s["incident_rate"][: len(STATES)]
                expected[:, 0] += rates[:, Stream.BACKGROUND]
                expected[:, 1:] += rates[:, Stream.CAUSED, None] * shares
        own = neighbours(scenario)
        over.append((s["incidents"][: len(STATES)] - expected)[own])
        due.append(expected[own])
    over_all, due_all = np.array(over).sum(axis=1), np.array(due).sum(axis=1)
    for cause in Cause:
        deviation = math.sqrt(float(due_all[:, cause].mean()))
        if deviation > 0.0:
            assert_mean(cause.name.lower(), over_all[:, cause], 0.0, deviation)
    assert (due_all[:, 1:].sum(axis=0) > 1.0).sum() >= 5


@functools.cache
def raised(name: str = "") -> np.ndarray:
    """Return the runs of a world in which the capacity of one state, if it is named, is higher."""
    usual = {"feedback": 0.0, "caused_rate": 0.3, "own_war_per_day": 0.0, "weight": {"retaliation": 0.0}}
    rules: dict[str, dict[str, Any]] = {"spillover": usual}
    scenario = scenario_of(LEVANT, rules=rules)
    if name:
        scenario.world[0]["capacity"][STATES.index(name)] = RAISED[name]
    return lived(scenario, 200).runs


RAISED = {"IRQ": 0.55, "LBN": 0.5, "ISR": 1.0}  # none of them is a patron; below 0.6 a state strikes no depots


@pytest.mark.parametrize("name", RAISED)
def test_capacity_works_through_the_guard_alone(name: str) -> None:
    host = STATES.index(name)
    weak, strong = raised(), raised(name)
    assert np.array_equal(background(weak), background(strong))
    assert np.array_equal(np.delete(weak["incidents"], host, 1), np.delete(strong["incidents"], host, 1))
    assert strong["incidents_caused"][:, host].sum() < weak["incidents_caused"][:, host].sum()


def test_a_war_of_its_own_kills_ten_times_as_many_and_says_where_it_comes_from() -> None:
    scenario = without_channels(scenario_of(LEVANT, rules={"spillover": {"own_war_per_day": 1.0}}, days=120))
    *_, state = mornings(scenario, 0)
    hosts = neighbours(scenario)
    s = state[0]
    assert np.all(s["own_war_cause"][hosts] == Cause.BACKGROUND)
    assert s["incidents"][hosts, 1:].sum() == 0
    kind, size = s["event_kind"][: s["n_events"]], s["event_size"][: s["n_events"]]
    assert (size[kind == Event.INCIDENT] % 10.0 == 0.0).mean() > 0.5
    pushed = scenario_of(LEVANT, rules={"spillover": {"own_war_per_day": 1e-3, "caused_rate": 0.0}})
    found = lived(pushed, 300).runs
    assert found["incidents_caused"].sum() > 0  # by wars that the war has caused alone
    assert found["incidents_caused"].sum() < background(found).sum()


def test_many_incidents_are_counted_and_leave_room_for_what_is_rarer() -> None:
    scenario = scenario_of("drc_1998")
    scenario.rules[0]["spillover"]["incident_rate"] = 10.0
    found = lived(scenario, 3)
    assert np.all(found.runs["status"] == RunStatus.OK)
    assert found.runs["incidents"].sum(axis=1).min() > 3_000
    assert len(found.events) < 3 * EVENT_SLOTS * 0.75
    told = found.events[found.events["kind"] == Event.INCIDENT]
    assert found.runs["fatalities"].sum() > told["size"].sum()


def test_day_0_the_first_fall_nearby_and_the_collapse_alarm_a_neighbour_once_each() -> None:
    scenario = scenario_of(LEVANT, rules={"spillover": {"alert_per_day": 0.0, "caused_rate": 0.0}}, days=120)
    w, fading = scenario.world[0], math.exp(-1.0 / 7.0)
    host = STATES.index("IRQ")
    for run in range(5):
        alarm, heard = 0.0, 0
        for state in mornings(scenario, run):
            s, today = state[0], int(state[0]["key"]["day"]) - 1
            if today < 0:
                continue
            lost = np.flatnonzero(s["lost_by"][: w["n_locations"]] != NOBODY)
            near = bool((w["border_hops"][lost, host] <= 2).any())
            news = 1 | 2 * near | 4 * (s["collapse_day"] != NEVER)
            alarm = alarm * fading + (news & ~heard).bit_count()
            heard |= news
            assert s["alarm"][host] == pytest.approx(alarm)
            assert s["alarmed_by"][host] == heard


def test_alerts_come_and_go_and_begin_with_the_level_of_day_0() -> None:
    scenario = scenario_of(LEVANT)
    days = lived(scenario, 50, 50).daily["level"].reshape(50, scenario.horizon_days, -1)
    calm = days[:, :, STATES.index("JOR")]
    assert (np.diff(calm, axis=1) < 0).any()
    assert (np.diff(calm, axis=1) > 0).any()
    runs = lived(scenario, 50).runs
    assert np.all(runs["alert_day"][:, STATES.index("ISR")] == 0)
    assert (runs["alert_day"][:, STATES.index("JOR")] > 0).any()


@pytest.mark.parametrize("world", [LEVANT, "iraq_2014"])
def test_channels_change_nothing_but_the_neighbours_when_nothing_feeds_back(world: str) -> None:
    rules = {"spillover": {"feedback": 0.0}}
    open_world = scenario_of(world, rules=rules)
    shut_world = without_channels(scenario_of(world, rules=rules))
    for run in range(2):
        for one, other in zip(mornings(open_world, run), mornings(shut_world, run), strict=True):
            pairs = zip(leaves(one.dtype, one[0]), leaves(other.dtype, other[0]), strict=True)
            assert {name for (name, a), (_, b) in pairs if not np.array_equal(a, b)} <= OF_THE_NEIGHBOURS


@pytest.mark.parametrize("channel", Channel)
def test_a_channel_carries_something_and_nothing_once_switched_off(channel: Channel) -> None:
    scenario = scenario_of(LEVANT)
    scenario.world[0]["participation"] = 0  # those who take part do so from day 0 on
    carried = max(state[0]["channel"][:, channel].max() for run in range(3) for state in mornings(scenario, run))
    assert carried > 0.0
    scenario.world[0]["channel_on"][channel] = 0
    for state in mornings(scenario, 0):
        assert not state[0]["channel"][:, channel].any()


def test_a_guard_raised_by_decision_grows_as_it_should() -> None:
    lever = {"lever": "hardening", "actor": "JOR", "value": 0.8}
    scenario = without_channels(scenario_of(LEVANT, levers=(lever,), days=30))
    host = STATES.index("JOR")
    target = 0.8 * float(scenario.world[0]["capacity"][host])
    for day, state in enumerate(mornings(scenario, 0)):
        assert state[0]["hardening"][host] == pytest.approx(target * (1.0 - np.exp(-day / 7.0)))


def test_a_guard_holds_fighters_back_only_through_feedback() -> None:
    """A neighbour from which factions cross into the war lets fewer through when it guards itself; others do not."""
    crossed = {}
    for feedback in (0.0, 1.0):
        for value in (0.0, 2.0):
            others = {"lever": "hardening", "actor": "all", "value": 0.0}
            levers = (others, {"lever": "hardening", "actor": "LBN", "value": value})
            scenario = scenario_of(LEVANT, levers=levers, rules={"spillover": {"feedback": feedback}})
            scenario.world[0]["capacity"][STATES.index("LBN")] = 0.5
            crossed[feedback, value] = sum(
                state[0]["crossing"][STATES.index("LBN")] for run in range(5) for state in mornings(scenario, run)
            )
    assert crossed[0.0, 0.0] == crossed[0.0, 2.0] == crossed[1.0, 0.0]
    assert 0.0 < crossed[1.0, 2.0] < crossed[1.0, 0.0]


def test_nobody_flees_across_a_closed_border() -> None:
    lever = {"lever": "border", "actor": "all", "value": 0.0}
    scenario = scenario_of(LEVANT, levers=(lever,))
    for state in mornings(scenario, 1):
        assert not state[0]["fled"].any()
        assert not state[0]["channel"][:, [Channel.REFUGEES, Channel.ARMS]].any()


def swap_states(record: np.void, dtype: np.dtype, axes: dict[str, tuple[int, ...]], one: int, other: int) -> None:
    """Let two states change their numbers in the arrays that have an axis of states."""
    for name, where in axes.items():
        assert name in (dtype.names or ())
        for axis in where:
            order = np.arange(record[name].shape[axis])
            order[[one, other]] = order[[other, one]]
            record[name][...] = np.take(record[name], order, axis=axis)


def test_neighbours_that_change_names_feel_the_same() -> None:
    """All but the draws: without incidents, what a state feels goes with its place on the map, not its number."""
    guard = {"lever": "hardening", "actor": "IRQ", "value": 0.5}
    quiet = {"caused_rate": 0.0, "alert_per_day": 0.0, "alert_triggered": 0.0}
    scenario = scenario_of(LEVANT, levers=(guard,), rules={"spillover": quiet})
    scenario.rules[0]["spillover"]["incident_rate"] = 0.0
    scenario.world[0]["level_day_0"] = 0
    scenario.world[0]["channel_on"][Channel.PARTICIPATION] = 0  # it goes with links, which belong to a state
    one, other = STATES.index("IRQ"), STATES.index("TUR")
    world = scenario.world.copy()
    swap_states(world[0], world.dtype, {"state_population": (0,), "attitude": (0,), "kin": (0,)}, one, other)
    swap_states(world[0], world.dtype, {"border_hops": (1,), "capacity": (0,)}, one, other)
    seen = 0.0
    for day, state in enumerate(mornings(scenario, 0)):
        if day % 10 == 9:
            plain, swapped = state.copy(), state.copy()
            axes = {
                "refugees_in": (0,),
                "channel_day_0": (0,),
                "hostile_ground": (0,),
                "attitude": (0,),
                "fled": (0,),
                "crossing": (0,),
                "border_lever": (0,),
            }
            swap_states(swapped[0], state.dtype, {**axes, "hardening": (0,), "hardening_lever": (0,)}, one, other)
            derived = {"adrift_weight": (1,), "border": (0,), "n_border": (0,)}
            swap_states(swapped[0]["derived"], state.dtype["derived"], derived, one, other)
            for host in (one, other):
                calls.PHASES["spill_over"](scenario.world, scenario.rules, plain, host)
                calls.PHASES["spill_over"](world, scenario.rules, swapped, host)
            for name in ("channel", "pressure", "fled", "hardening"):
                assert np.array_equal(plain[0][name][[one, other]], swapped[0][name][[other, one]])
            seen += plain[0]["pressure"][[one, other]].sum()
    assert seen > 0.0
