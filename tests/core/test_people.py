"""Where people are: nobody is lost or counted twice, closed borders hold, and the dead of the war decide who moves."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from sim.core import calls
from sim.core.codes import Policy
from sim.core.state import new_state
from sim.study.score.facts import read_facts
from sim.world.scenario import Scenario
from tests.worlds import SEED, WORLDS, changed, mornings, scenario_of, tables_of

STOCKS = (
    "residents",
    "displaced",
    "refugees_from",
    "refugees_in",
    "refugees_old",
    "returned_old",
    "workers",
    "workers_left",
)
CLOSED = ({"lever": "border", "actor": "all", "value": 0.0},)
NEUTRAL = {
    "displacement": {
        "closed_share": 1.0,
        "managed_share": 1.0,
        "path_share": 0.0,
        "earlier_pull": 0.0,
        "most_away": 1.0,
    },
    "scale": {"host_spread": 0.0},
}
"""Parameters at which those who flee and cross are what the record of other wars says, and nothing else."""
CERTAIN = {"scale": {"flight_spread": 0.0, "crossing_spread": 0.0, "host_spread": 0.0}}


def is_here(scenario: Scenario) -> np.ndarray:
    """Mark the places of the contested state."""
    w = scenario.world[0]
    here = np.zeros(len(w["state_of"]), bool)
    n = int(w["n_locations"])
    here[:n] = w["state_of"][:n] == w["contested_state"]
    return here


def with_exiles(scenario: Scenario) -> Scenario:
    """Put refugees of before day 0 into every state but the contested one, and take workers from it."""
    w = scenario.world[0]
    for column, people in (("refugees_hosted", 123_457), ("foreign_workers", 54_321)):
        w[column][: w["n_states"]] = people
        w[column][w["contested_state"]] = 0
    return scenario


def begun(scenario: Scenario, run: int = 0, toll: float = 50.0) -> np.ndarray:
    """Return the first morning of a run, as many having been killed a day of late, in each place alike."""
    state = new_state(scenario.world)
    calls.call_begin_run(scenario.world, scenario.rules, state, np.uint64(SEED), np.uint64(run))
    here = is_here(scenario)
    state[0]["killed_lately"][here] = toll / here.sum()
    state[0]["killed_lately_all"] = toll
    return state


def moved(scenario: Scenario, state: np.ndarray, days: int = 1) -> np.void:
    """Return the state after people have moved on some days, on a copy."""
    copy = state.copy()
    for _ in range(days):
        calls.PHASES["move_people"](scenario.world, scenario.rules, copy)
        calls.call_next_day(copy)
    return copy[0]


def at_war(scenario: Scenario) -> np.ndarray:
    """Return the state of a morning on which several places are fought over, with the toll of a great war."""
    here = is_here(scenario)
    state = next(state for state in mornings(scenario, 0) if (state[0]["contact"][here] > 0.0).sum() > 1).copy()
    state[0]["killed_lately"][here & (state[0]["contact"] > 0.0)] = 30.0
    state[0]["killed_lately_all"] = state[0]["killed_lately"].sum()
    return state


def asked(world: str, policies: Mapping[str, str], **rules: dict[str, float]) -> Scenario:
    """Return a scenario of a world in which some states let in whom they say."""
    tables = tables_of(world)
    rows = tables.neighbours_day0
    assert rows is not None
    policy = [policies.get(state, policy) for state, policy in rows[["state", "policy"]].tolist()]
    return scenario_of(world, tables=replace(tables, neighbours_day0=changed(rows, policy=policy)), rules=dict(rules))


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
            abroad = s["refugees_in"].sum() + s["refugees_old"].sum()
            assert at_home + abroad + s["civilians_killed"].sum() + s["background_killed"].sum() == everybody
            assert s["displaced"].sum() <= s["displaced_peak"] <= s["displaced_new"]
            assert np.array_equal(s["refugees_old"] + s["returned_old"], w["refugees_hosted"])
            assert np.array_equal(s["workers"] + s["workers_left"], w["foreign_workers"])
            assert s["refugees_in"].sum() == s["refugees_from"].sum()
            assert np.all(s["refugees_in"] <= s["arrived"])
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
        for name in ("displaced", "refugees_from"):
            assert not s[name][abroad].any()
        assert s["refugees_in"][w["contested_state"]] == 0.0


@pytest.mark.parametrize("world", WORLDS)
def test_nobody_crosses_a_closed_border_or_goes_where_there_is_none(world: str) -> None:
    scenario = scenario_of(world)
    closed = scenario_of(world, levers=CLOSED)
    w = scenario.world[0]
    touches = (w["border_hops"][is_here(scenario)] == 1).any(axis=0)
    for run in range(2):
        for state, shut in zip(mornings(scenario, run), mornings(closed, run), strict=True):
            assert not state[0]["arrived"][~touches].any()
            assert not shut[0]["arrived"].any()


@pytest.mark.parametrize("world", WORLDS)
def test_a_border_that_is_closed_to_all_keeps_everybody_inside(world: str) -> None:
    scenario = scenario_of(world, rules={"displacement": {"closed_share": 0.0, "managed_share": 0.0}, **CERTAIN})
    w = scenario.world[0]
    w["policy"][:] = Policy.CLOSED
    state = begun(scenario, toll=5000.0)
    s = moved(scenario, state)
    assert s["arrived"].sum() == 0.0
    left = (state[0]["residents"] - s["residents"]).sum() + s["returned_old"].sum()
    assert s["displaced_new"] == left > 0.0


def test_whom_one_closed_border_stops_stays_inside_and_changes_no_other_flow() -> None:
    scenario = scenario_of("levant_2024")
    state = at_war(scenario)
    opened = moved(scenario, state)
    arrivals = opened["arrived"] - state[0]["arrived"]
    host = int(arrivals.argmax())
    assert arrivals[host] > 30
    shut = state.copy()
    shut[0]["border_lever"][host] = 0.0
    closed = moved(scenario, shut)
    assert np.array_equal(closed["residents"], opened["residents"])
    others = np.arange(len(arrivals)) != host
    assert np.abs(closed["arrived"] - opened["arrived"])[others].max() <= 2.0  # sums are rounded elsewhere
    stopped = opened["refugees_from"] - closed["refugees_from"]
    assert abs(stopped.sum() - arrivals[host]) <= 1.0
    assert np.array_equal(closed["displaced"] - opened["displaced"], stopped)


def test_more_dead_in_a_place_drive_out_more_there() -> None:
    scenario = scenario_of("levant_2024")
    state = at_war(scenario)
    place = int(np.flatnonzero(is_here(scenario) & (state[0]["contact"] > 0.0))[0])
    residents = []
    for killed in np.linspace(1.0, 100.0, 12):
        state[0]["killed_lately"][place] = killed
        residents.append(moved(scenario, state)["residents"][place])
    assert np.all(np.diff(residents) < 0)


def test_where_nobody_is_killed_nobody_flees_and_exiles_return_by_their_clock() -> None:
    scenario = with_exiles(scenario_of("levant_2024"))
    w = scenario.world[0]
    s = moved(scenario, begun(scenario, toll=0.0), 200)
    assert s["displaced_new"] == 0
    assert not s["refugees_in"].any()
    assert not s["workers_left"].any()
    factor = np.where((w["policy"] == Policy.CLOSED) & (w["capacity"][: len(w["policy"])] > 0.5), 1.5, 1.0)
    daily = factor * (1.0 - np.exp(-scenario.rules[0]["displacement"]["return_old"]))
    assert np.abs(s["returned_old"] - w["refugees_hosted"] * (1.0 - (1.0 - daily) ** 200)).max() < 200.0
    assert len(set(s["returned_old"][w["refugees_hosted"] > 0].tolist())) > 1


@pytest.mark.parametrize("exponent", [0.0, 0.55])
def test_who_flees_is_the_lognormal_of_other_wars(exponent: float) -> None:
    """With mechanisms at their neutral values: KS distance below 0.03 at 4,000 runs."""
    rules = {**NEUTRAL, "displacement": {**NEUTRAL["displacement"], "flight_exponent": exponent}}
    scenario = scenario_of("syria_2012", rules=rules)
    toll, days = 7.0, 3
    fled = []
    for run in range(4000):
        s = moved(scenario, begun(scenario, run, toll), days)
        fled.append(s["displaced_new"] + s["arrived"].sum())
    median = days * scenario.rules[0]["displacement"]["flight_scale"] * (toll / 50.0) ** exponent
    spread = scenario.rules[0]["scale"]["flight_spread"]
    assert stats.kstest(np.log(np.array(fled) / median) / spread, "norm").statistic < 0.03


def test_who_crosses_is_the_share_of_other_wars() -> None:
    """With mechanisms at their neutral values, on log odds: KS distance below 0.03 at 4,000 runs."""
    scenario = scenario_of("syria_2012", rules={**NEUTRAL, "scale": {"host_spread": 0.0, "flight_spread": 0.0}})
    share = []
    for run in range(4000):
        s = moved(scenario, begun(scenario, run, 5000.0))
        share.append(s["arrived"].sum() / (s["displaced_new"] + s["arrived"].sum()))
    log_odds = np.log(np.array(share) / (1.0 - np.array(share)))
    middle, spread = np.log(0.13 / 0.87), scenario.rules[0]["scale"]["crossing_spread"]
    below_most = log_odds < np.log(9.0) - 0.01
    assert abs(below_most.mean() - stats.norm.cdf((np.log(9.0) - middle) / spread)) < 0.03
    found, expected = np.sort(log_odds[below_most]), stats.norm(middle, spread).cdf
    reached = (np.arange(len(found)) + 0.5) / len(log_odds)
    assert np.abs(expected(found) - reached).max() < 0.03


@pytest.mark.parametrize("world", WORLDS)
def test_where_people_go_is_by_the_people_along_open_crossings(world: str) -> None:
    """With mechanisms at their neutral values it is the split that rivals of the score forecast."""
    scenario = scenario_of(world, rules=NEUTRAL)
    bound = begun(scenario)[0]["bound_for"][is_here(scenario)]
    bound = bound / np.maximum(1e-300, bound.sum(axis=1, keepdims=True))
    people = {state: border.people for state, border in read_facts(tables_of(world)).borders.items()}
    names = list(scenario.tables.states["id"])
    expected = np.array([people.get(name, 0.0) for name in names]) / max(1.0, sum(people.values()))
    assert np.allclose(bound[:, : len(names)], expected, rtol=1e-12)


def test_a_closed_and_capable_state_lets_in_one_in_twenty_of_those_it_would_have() -> None:
    closed, opened = (asked("syria_2012", {"TUR": policy}, **CERTAIN) for policy in ("closed", "open"))
    host = list(closed.tables.states["id"]).index("TUR")
    arrived = []
    for scenario in (closed, opened):
        scenario.world[0]["capacity"][host] = 1.0
        arrived.append(moved(scenario, begun(scenario, toll=5000.0))["arrived"][host])
    assert 0.0 < arrived[0] < 0.05 * arrived[1]


def test_without_a_policy_a_border_is_open() -> None:
    tables = tables_of("syria_2012")
    unknown = scenario_of("syria_2012", tables=replace(tables, neighbours_day0=None))
    opened = asked("syria_2012", dict.fromkeys(tables.header.neighbours, "open"))
    a, b = (moved(scenario, begun(scenario, toll=5000.0)) for scenario in (unknown, opened))
    assert np.array_equal(a["arrived"], b["arrived"])
    assert a["arrived"].sum() > 0.0


def test_more_earlier_refugees_draw_more_and_without_a_network_none() -> None:
    for pull, grows in ((1.0, True), (0.0, False)):
        scenario = scenario_of("mali_2012", rules={"displacement": {"earlier_pull": pull}, **CERTAIN})
        host = list(scenario.tables.states["id"]).index("NER")
        arrived = []
        for exiles in (0.0, 1e4, 1e5, 1e6):
            scenario.world[0]["refugees_hosted"][host] = exiles
            arrived.append(moved(scenario, begun(scenario, toll=5000.0))["arrived"][host])
        assert np.all(np.diff(arrived) > 0.0) if grows else len(set(arrived)) == 1


def test_distance_turns_those_who_cross_from_a_refuge_to_what_is_near_there() -> None:
    tables = tables_of("syria_2012")
    arrived = []
    for refuge_share in (0.0, 1.0):
        rules = {"displacement": {"hop_decay": 2.0, "refuge_share": refuge_share}, **CERTAIN}
        scenario = scenario_of("syria_2012", rules=rules)
        state = begun(scenario, toll=0.0)
        w, s = scenario.world[0], state[0]
        north, south = (
            int(
                np.flatnonzero(is_here(scenario) & (w["border_hops"][:, list(tables.states["id"]).index(name)] == 1))[0]
            )
            for name in ("TUR", "JOR")
        )
        s["killed_lately"][north] = s["killed_lately_all"] = 5000.0
        s["contact"][is_here(scenario)] = 0.5
        s["contact"][south] = 0.0  # the only refuge
        arrived.append(moved(scenario, state)["arrived"])
    to = [list(tables.states["id"]).index(name) for name in ("TUR", "JOR")]
    assert arrived[0][to[0]] > arrived[1][to[0]] > 0.0
    assert arrived[1][to[1]] > arrived[0][to[1]] > 0.0


def test_a_place_nearer_to_borders_sends_more_across_where_access_counts() -> None:
    rules = {"displacement": {"hop_decay": 1.0, "access_exponent": 1.0}, **CERTAIN}
    scenario = scenario_of("angola_1992", rules=rules)
    state = begun(scenario, toll=5000.0)
    access = state[0]["derived"]["border_access"][is_here(scenario)]
    people = scenario.world[0]["population_share"][is_here(scenario)]
    assert (access * people).sum() == pytest.approx(1.0)
    s = moved(scenario, state)
    abroad = s["refugees_from"][is_here(scenario)]
    share = abroad / (abroad + s["displaced"][is_here(scenario)])
    assert stats.spearmanr(share, access).statistic > 0.9


def test_no_more_of_a_place_flee_from_the_toll_than_will_leave() -> None:
    scenario = scenario_of("rwanda_1994", rules={"displacement": {"most_away": 0.3}})
    here, w = is_here(scenario), scenario.world[0]
    state = begun(scenario, toll=1e6)
    state[0]["contact"][here] = 0.9  # nobody returns
    s = moved(scenario, state, 200)
    away = (s["displaced"] + s["refugees_from"])[here]
    assert np.all(away <= 0.3 * w["population"][here] + 1.0)
    assert away.sum() > 0.29 * w["population"][here].sum()


def test_workers_leave_for_home_while_the_war_is_deadly_and_are_no_refugees() -> None:
    scenario = with_exiles(scenario_of("libya_2011"))
    calm, deadly = (moved(scenario, begun(scenario, toll=toll), 30) for toll in (4.9, 5.1))
    assert calm["workers_left"].sum() == 0.0
    w = scenario.world[0]
    share = 1.0 - np.exp(-30.0 * scenario.rules[0]["displacement"]["workers_leave"])
    assert np.allclose(deadly["workers_left"], w["foreign_workers"] * share, atol=30.0)
    none = with_exiles(scenario_of("libya_2011"))
    none.world[0]["foreign_workers"][:] = 0.0
    assert np.array_equal(moved(none, begun(none, toll=5.1), 30)["arrived"], deadly["arrived"])


@pytest.mark.parametrize("pushed", [{"fear_push": 0.1}, {"death_push": 0.01}])
def test_people_flee_besides_from_strangers_and_from_revenge(pushed: dict[str, float]) -> None:
    taken = []
    for rules in ({}, pushed):
        scenario = scenario_of("levant_2024", rules={"displacement": rules})
        state = begun(scenario, toll=0.0)
        place = int(np.flatnonzero(is_here(scenario))[0])
        stranger = int(np.flatnonzero(state[0]["tie"][scenario.world[0]["regime"]] <= -0.5)[0])
        state[0]["holder"][place] = stranger
        state[0]["captured_day"][place] = 0
        state[0]["revenge_days"][place], state[0]["civilians_killed_today"][place] = 2, 100.0
        taken.append(moved(scenario, state)["displaced_new"])
    assert taken[1] > taken[0] == 0.0


def test_after_a_collapse_more_return_than_flee_and_from_inside_before_abroad() -> None:
    """In the first 30 days, once the dead are few; those who fled before are all inside or abroad by then."""
    scenario = scenario_of("levant_2024")
    here = is_here(scenario)
    state = begun(scenario, toll=300.0)
    state[0]["contact"][here] = 0.9
    state = np.array([moved(scenario, state, 14)])
    state[0]["contact"][here] = 0.0
    state[0]["collapse_day"] = 14
    state[0]["killed_lately"][here] /= 100.0
    state[0]["killed_lately_all"] /= 100.0
    before, after = state[0], moved(scenario, state, 30)
    fled = after["displaced_new"] - before["displaced_new"] + (after["arrived"] - before["arrived"]).sum()
    inside = before["displaced"].sum() + after["displaced_new"] - before["displaced_new"] - after["displaced"].sum()
    abroad = (before["refugees_in"] + after["arrived"] - before["arrived"] - after["refugees_in"]).sum()
    assert inside + abroad > fled > 0.0
    assert inside > abroad > 0.0
    assert inside / before["displaced"].sum() > abroad / before["refugees_in"].sum()


def test_most_of_those_who_flee_stay_inside_the_country() -> None:
    scenario = scenario_of("levant_2024", rules={"scale": {"crossing_spread": 0.0}})
    for run in range(10):
        for state in mornings(scenario, run):
            assert state[0]["arrived"].sum() <= state[0]["displaced_new"]
