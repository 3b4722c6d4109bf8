"""Neighbours feel the war by channel, climb and step down a rung at a time, and guard themselves."""

from itertools import pairwise

import numpy as np
import pytest

from sim.core import calls
from sim.core.codes import NOBODY, Channel, Event, Level
from sim.core.rules.spillover import VIOLENCE_DEATHS
from sim.world.scenario import Scenario
from tests.rules.ladder import chance_of_reaching
from tests.statistics import assert_share
from tests.worlds import WORLDS, leaves, mornings, scenario_of, tables_of

LEVANT = "levant_2024"
STATES = list(tables_of(LEVANT).states["id"])
NO_OFFENSIVE = ({"lever": "initiative", "actor": "challenger", "value": 0.0},)
OWN_FIELDS = {
    *("level", "level_max", "level_day", "hardening", "pressure", "channel", "incident_deaths"),
    *(
        "n_events",
        "n_events_before",
        "event_day",
        "event_kind",
        "event_place",
        "event_actor",
        "event_other",
        "event_size",
    ),
}


def without_channels(scenario: Scenario) -> Scenario:
    """Return a scenario in which nothing reaches the neighbours."""
    scenario.world[0]["channel_on"] = 0
    return scenario


def neighbours(scenario: Scenario) -> np.ndarray:
    """Return the numbers of the states whose level is followed."""
    return np.flatnonzero(scenario.world[0]["is_neighbour"])


def levels(scenario: Scenario, runs: int) -> np.ndarray:
    """Return the level of every state by run and day."""
    return np.array([[s[0]["level"].copy() for s in mornings(scenario, run)] for run in range(runs)])


@pytest.mark.parametrize("world", WORLDS)
def test_neighbours_stay_within_bounds_and_on_the_ladder(world: str) -> None:
    scenario = scenario_of(world)
    others = np.setdiff1d(np.arange(scenario.world[0]["n_states"]), neighbours(scenario))
    for run in range(3):
        yesterday, highest = None, None
        for state in mornings(scenario, run):
            s = state[0]
            level = s["level"].copy()
            if yesterday is not None:
                assert np.abs(level - yesterday).max() <= 1
                highest = np.maximum(highest, level)
            else:
                highest = level
            assert np.array_equal(s["level_max"], highest)
            for share in ("channel", "hardening"):
                assert s[share].min() >= 0.0
                assert s[share].max() <= 1.0
            assert 0.0 <= s["pressure"].min() <= s["pressure"].max() <= 3.0
            assert s["fled"].min() >= 0.0
            assert not level[others].any()
            assert not s["channel"][others].any()
            yesterday = level


@pytest.mark.parametrize("world", [LEVANT, "syria_2012", "iraq_2014"])
def test_events_tell_every_first_rung_and_every_death(world: str) -> None:
    scenario = scenario_of(world, rules={"spillover": {"ladder_scale": 5.0}})
    w = scenario.world[0]
    seen = 0
    for run in range(20):
        *_, state = mornings(scenario, run)
        s = state[0]
        kind, actor = s["event_kind"][: s["n_events"]], s["event_actor"][: s["n_events"]]
        day, size = s["event_day"][: s["n_events"]], s["event_size"][: s["n_events"]]
        place = s["event_place"][: s["n_events"]]
        for host in neighbours(scenario):
            risen = (kind == Event.LEVEL) & (actor == host)
            assert list(size[risen]) == list(range(w["level_day_0"][host] + 1, s["level_max"][host] + 1))
            assert list(s["level_day"][host][size[risen].astype(int)]) == list(day[risen])
            incident = (kind == Event.INCIDENT) & (actor == host)
            assert size[incident].sum() == s["incident_deaths"][host]
            assert incident.any() == (s["level_max"][host] >= Level.INCIDENT)
            for where in place[incident]:
                at_the_border = (w["state_of"] == host) & (w["border_hops"][:, w["contested_state"]] == 1)
                if at_the_border[: w["n_locations"]].any():
                    assert at_the_border[where]
                else:
                    assert where == NOBODY or w["state_of"][where] == host
            seen += int(incident.sum())
            if s["level_max"][host] >= Level.VIOLENCE:
                assert s["incident_deaths"][host] > 25
            if s["level_max"][host] == Level.CIVIL_WAR:
                assert s["incident_deaths"][host] >= 1000
    assert seen > 0


@pytest.mark.statistical
def test_without_pressure_neighbours_follow_the_base_rates_of_the_ladder() -> None:
    """The compiled days agree with the exact chain of the rules, whatever the war does."""
    runs, days = 400, 120
    scenario = without_channels(scenario_of(LEVANT, days=days))
    reached = levels(scenario, runs).max(axis=1)
    for host in neighbours(scenario):
        capacity, start = float(scenario.world[0]["capacity"][host]), int(scenario.world[0]["level_day_0"][host])
        for rung in range(start + 1, 4):
            expected = chance_of_reaching(rung, capacity, np.zeros(days), start)
            assert_share(f"{STATES[host]} reaches {rung}", int((reached[:, host] >= rung).sum()), runs, expected)


def test_a_war_far_away_leaves_a_neighbour_at_its_base_rates() -> None:
    """Without an offensive only the state whose border the war never nears counts as quiet.

    The others live with hostile factions along their border on day 0, or with wars that break out without the
    challenger; their pressure is not zero, and base rates are no standard for them.
    """
    runs, days = 300, 120
    scenario = scenario_of(LEVANT, levers=NO_OFFENSIVE, days=days)
    host = STATES.index("IRN")
    reached = np.zeros(runs)
    for run in range(runs):
        for state in mornings(scenario, run):
            assert state[0]["pressure"][host] < 0.05
            reached[run] = state[0]["level_max"][host]
    for rung in (1, 2):
        expected = chance_of_reaching(rung, float(scenario.world[0]["capacity"][host]), np.zeros(days))
        assert 0.5 * expected < (reached >= rung).mean() < 1.5 * expected


RAISED = {"IRQ": 0.55, "LBN": 0.5, "ISR": 1.0}  # none of them is a patron; below 0.6 a state strikes no depots


@pytest.mark.parametrize("name", RAISED)
@pytest.mark.parametrize(("guard_effect", "exceptions"), [(0.0, 0.0), (0.6, 0.02)])
def test_capacity_raises_no_level_in_paired_runs(name: str, guard_effect: float, exceptions: float) -> None:
    """Strictly so without the guard.

    A guard answers to the level: the weaker twin goes on alert earlier and may for some weeks be better guarded than
    the stronger one, which then, rarely, climbs alone.
    """
    host, runs = STATES.index(name), 100
    rules = {"spillover": {"feedback": 0.0, "guard_effect": guard_effect, "ladder_scale": 2.0}}
    before = levels(scenario_of(LEVANT, rules=rules), runs)
    stronger = scenario_of(LEVANT, rules=rules)
    stronger.world[0]["capacity"][host] = RAISED[name]
    after = levels(stronger, runs)
    assert np.array_equal(np.delete(before, host, 2), np.delete(after, host, 2))
    risen = (after[:, :, host] > before[:, :, host]).any(axis=1)
    assert risen.mean() <= exceptions
    assert after[:, :, host].sum() < before[:, :, host].sum()


def test_capacity_makes_organised_violence_rarer() -> None:
    host, runs = STATES.index("LBN"), 150
    rules = {"spillover": {"feedback": 0.0, "ladder_scale": 4.0}}
    share = []
    for capacity in (0.0, 0.3, 0.59):
        scenario = scenario_of(LEVANT, rules=rules)
        scenario.world[0]["capacity"][host] = capacity
        share.append((levels(scenario, runs)[:, :, host].max(axis=1) >= Level.VIOLENCE).mean())
    assert share[0] > share[1] > share[2] > 0.0


def test_civil_war_next_door_is_rare_for_capable_states() -> None:
    scenario = scenario_of(LEVANT)
    w = scenario.world[0]
    capable = [host for host in neighbours(scenario) if w["capacity"][host] >= 0.5]
    reached = levels(scenario, 200).max(axis=1)
    assert (reached[:, capable] == Level.CIVIL_WAR).mean(axis=0).max() < 0.05
    means = [(reached[:, neighbours(scenario)] >= rung).mean() for rung in (1, 2, 3, 4)]
    assert all(more > less for more, less in pairwise(means[:3]))


@pytest.mark.parametrize("world", [LEVANT, "iraq_2014"])
def test_channels_change_nothing_but_the_neighbours_when_nothing_feeds_back(world: str) -> None:
    rules = {"spillover": {"feedback": 0.0}}
    open_world = scenario_of(world, rules=rules)
    shut_world = without_channels(scenario_of(world, rules=rules))
    for run in range(2):
        for one, other in zip(mornings(open_world, run), mornings(shut_world, run), strict=True):
            pairs = zip(leaves(one.dtype, one[0]), leaves(other.dtype, other[0]), strict=True)
            assert {name for (name, a), (_, b) in pairs if not np.array_equal(a, b)} <= OWN_FIELDS


@pytest.mark.parametrize("channel", Channel)
def test_a_channel_carries_something_and_nothing_once_switched_off(channel: Channel) -> None:
    scenario = scenario_of(LEVANT)
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
            lever = {"lever": "hardening", "actor": "LBN", "value": value}
            others = tuple({**lever, "actor": name, "value": 0.0} for name in ("IRQ", "TUR", "ISR", "JOR"))
            scenario = scenario_of(LEVANT, levers=(lever, *others), rules={"spillover": {"feedback": feedback}})
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
    """All but the draws: with the ladder at rest, what a state feels goes with its place on the map, not its number."""
    guard = {"lever": "hardening", "actor": "IRQ", "value": 0.5}
    scenario = scenario_of(LEVANT, levers=(guard,), rules={"spillover": {"ladder_scale": 0.0}})
    scenario.world[0]["level_day_0"] = 0
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
                "hostile_ground": (0,),
                "attitude": (0,),
                "fled": (0,),
                "crossing": (0,),
                "border_lever": (0,),
            }
            swap_states(swapped[0], state.dtype, {**axes, "hardening": (0,), "hardening_lever": (0,)}, one, other)
            derived = {"adrift_weight": (1,), "descent": (0,), "border": (0,), "n_border": (0,)}
            swap_states(swapped[0]["derived"], state.dtype["derived"], derived, one, other)
            for host in (one, other):
                calls.PHASES["spill_over"](scenario.world, scenario.rules, plain, host)
                calls.PHASES["spill_over"](world, scenario.rules, swapped, host)
            for name in ("channel", "pressure", "fled", "hardening"):
                assert np.array_equal(plain[0][name][[one, other]], swapped[0][name][[other, one]])
            seen += plain[0]["pressure"][[one, other]].sum()
    assert seen > 0.0


def test_a_neighbour_at_war_on_day_0_has_its_deaths_behind_it() -> None:
    scenario = scenario_of("levant_2024", days=120)
    scenario.world[0]["level_day_0"][:2] = [0, 3]
    state = next(iter(mornings(scenario, 0)))
    assert state[0]["incident_deaths"][1] == VIOLENCE_DEATHS
