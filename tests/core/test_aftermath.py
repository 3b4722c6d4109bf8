"""After the victory: who takes what is left, who gives way, who leaves whom alone, and on whom revenge falls."""

from collections.abc import Mapping

import numpy as np
import pytest

from sim.core import calls
from sim.core.codes import NEVER, Event, Order
from sim.core.engine import simulate
from sim.core.state import new_state
from sim.world.scenario import Scenario
from tests.statistics import assert_mean
from tests.worlds import SEED, assert_same_state, mornings, runs_of, scenario_of, tables_of

LEVANT = "levant_2024"
AFTERMATH: dict[str, dict[str, float]] = {
    "capture": {"hand_over_per_day": 0.0},
    "orders": {"largest_ratio": 0.0},
    "alignment": {"merger_per_day": 0.0, "accord_per_day": 0.0},
    "violence": {"core_weight": 0.0, "disorder_deaths": 0.0},
    "patronage": {"victor_belief": 0.0},
}
"""What begins with a collapse, all of it off."""


def number(scenario: Scenario, faction: str) -> int:
    """Return the number of a faction."""
    return list(scenario.tables.factions["id"]).index(faction)


def place_of(scenario: Scenario, place: str) -> int:
    """Return the number of a place."""
    return list(scenario.tables.locations["id"]).index(place)


def after_a_collapse(scenario: Scenario, forces: Mapping[tuple[str, str], float]) -> np.ndarray:
    """Return the state a day after a collapse that has left nobody but some forces, by place and faction."""
    state = new_state(scenario.world)
    calls.call_begin_run(scenario.world, scenario.rules, state, np.uint64(SEED), np.uint64(0))
    s = state[0]
    s["fighters"][:] = 0.0
    s["heavy"][:] = 0.0
    s["collapse_day"] = 0
    calls.PHASES["muster"](scenario.world, scenario.rules, state)
    reinforce(scenario, state, forces)
    calls.call_next_day(state)
    return state


def reinforce(scenario: Scenario, state: np.ndarray, forces: Mapping[tuple[str, str], float]) -> None:
    """Put forces with full morale into their places."""
    s = state[0]
    for (place, faction), people in forces.items():
        where, who = place_of(scenario, place), number(scenario, faction)
        s["fighters"][where, who] = people
        s["morale"][where, who] = s["margin"][where, who] = 1.0
        if not int(s["presence"][where]) >> who & 1:
            s["presence"][where] |= 1 << who
            for listed, count, entry in (("here", "n_here", who), ("posts", "n_posts", where)):
                row = where if listed == "here" else who
                own = sorted([*s[listed][row, : s[count][row]].tolist(), entry])
                s[listed][row, : len(own)] = own
                s[count][row] = len(own)
    calls.PHASES["muster"](scenario.world, scenario.rules, state)


def holder_after_capture(forces: Mapping[tuple[str, str], float], place: str = "SY-DI", **capture: float) -> str:
    """Return who holds a place after one evening."""
    scenario = scenario_of(LEVANT, rules={"capture": capture})
    state = after_a_collapse(scenario, forces)
    calls.PHASES["capture"](scenario.world, scenario.rules, state)
    return str(scenario.tables.factions["id"][state[0]["holder"][place_of(scenario, place)]])


def as_strong(people: float) -> float:
    """Return how many of the southern groups are as strong as some of the challenger's."""
    state = new_state(scenario_of(LEVANT).world)
    calls.call_begin_run(scenario_of(LEVANT).world, scenario_of(LEVANT).rules, state, np.uint64(SEED), np.uint64(0))
    unit = state[0]["unit_strength"]
    return float(people * unit[number(scenario_of(LEVANT), "HTS")] / unit[number(scenario_of(LEVANT), "SOUTH")])


def test_the_strong_inherit_before_the_weak_and_the_near_before_the_far() -> None:
    assert holder_after_capture({("SY-RD", "HTS"): 4000.0, ("SY-RD", "SOUTH"): 1500.0}) == "HTS"
    assert holder_after_capture({("SY-RD", "HTS"): 1500.0, ("SY-RD", "SOUTH"): 8000.0}) == "SOUTH"
    stronger_and_far = {("SY-HI", "HTS"): 3000.0, ("SY-RD", "SOUTH"): as_strong(2400.0)}
    assert holder_after_capture(stronger_and_far) == "SOUTH"
    assert holder_after_capture(stronger_and_far, heir_km=5000.0) == "HTS"


def test_who_lacks_the_fighters_inherits_nothing_and_the_place_is_administered() -> None:
    few = {("SY-RD", "HTS"): 180.0}
    assert holder_after_capture(few) == "REGIME"
    assert holder_after_capture(few, garrison_per_thousand=0.0) == "HTS"
    assert holder_after_capture({("SY-RD", "HTS"): 4000.0}) == "HTS"


def test_an_heir_brings_those_whom_it_takes_to_hold_the_place() -> None:
    scenario = scenario_of(LEVANT)
    state = after_a_collapse(scenario, {("SY-HI", "HTS"): 3000.0})
    calls.PHASES["capture"](scenario.world, scenario.rules, state)
    capital, who = place_of(scenario, "SY-DI"), number(scenario, "HTS")
    needed = 0.1 * scenario.world[0]["population"][capital] / 1000.0
    assert state[0]["holder"][capital] == who
    assert state[0]["fighters"][capital, who] >= needed  # freed prisoners join them


def test_cells_inherit_nothing_until_they_are_an_army() -> None:
    forces = {("SY-RD", "IS"): 2900.0, ("SY-RD", "HTS"): 900.0}
    assert holder_after_capture(forces) == "HTS"
    scenario = scenario_of(LEVANT, rules={"extremists": {"army_size": 1000.0}})
    state = after_a_collapse(scenario, forces)
    calls.PHASES["capture"](scenario.world, scenario.rules, state)
    assert state[0]["holder"][place_of(scenario, "SY-DI")] == number(scenario, "IS")


@pytest.mark.parametrize("world", ["levant_2024", "libya_2019", "mali_2012", "yemen_2014"])
def test_cells_give_no_orders_and_take_no_seat(world: str) -> None:
    scenario = scenario_of(world, rules={"extremists": {"army_size": 1e6}})
    cells = np.flatnonzero(scenario.world[0]["is_extremist"])
    for state in mornings(scenario, 0):
        assert not state[0]["order"][:, cells].any()
    falls = simulate(scenario.world, scenario.rules, SEED, 0, 60).falls
    assert len(falls) > 60
    assert not np.isin(falls["to_faction"], cells).any()


def people_of_falls_after_the_collapse(needed: float) -> list[float]:
    """Return the people of every seat that changes hands after the day of a collapse, whose winner has the fighters."""
    scenario = scenario_of(LEVANT, rules={"capture": {"garrison_per_thousand": needed}})
    people, found = scenario.world[0]["population"], []
    for run in np.flatnonzero(runs_of(scenario, 30)["collapse_day"] >= 0):
        army = np.zeros(0)
        for state in mornings(scenario, int(run)):
            s = state[0]
            if 0 <= s["collapse_day"] < s["key"]["day"] - 1:
                for place in s["lost"][: s["n_lost"]]:
                    assert army[s["side"] == s["lost_to"][place]].sum() >= max(100.0, needed * people[place] / 1000.0)
                    found.append(float(people[place]))
            army = s["fighters"].sum(axis=0)
    return found


def test_after_a_collapse_nobody_takes_a_seat_without_the_fighters_to_hold_it() -> None:
    many, few = people_of_falls_after_the_collapse(100.0), people_of_falls_after_the_collapse(0.1)
    assert len(few) > 5 * len(many)
    assert max(few) > 10.0 * max(many, default=0.0)


def given_away(tie: float, weak: float = 500.0) -> tuple[Scenario, np.ndarray]:
    """Return the evening after weak holders of the capital may have given way to a victor next to it."""
    scenario = scenario_of(LEVANT, rules={"capture": {"hand_over_per_day": 20.0}})
    state = after_a_collapse(scenario, {("SY-DI", "SOUTH"): weak, ("SY-RD", "HTS"): 8000.0})
    s, capital = state[0], place_of(scenario, "SY-DI")
    south, hts = number(scenario, "SOUTH"), number(scenario, "HTS")
    s["holder"][capital] = south
    s["garrison"][capital] = weak
    s["control"][capital] = 0.0
    s["control"][capital, south] = 1.0
    s["tie"][south, hts] = s["tie"][hts, south] = tie
    calls.PHASES["muster"](scenario.world, scenario.rules, state)  # the place is theirs, not one that nobody defends
    calls.PHASES["capture"](scenario.world, scenario.rules, state)
    return scenario, state


def test_a_weak_friend_leaves_the_capital_to_a_victor_and_stays_unhurt() -> None:
    scenario, state = given_away(tie=0.1)
    s, capital, south = state[0], place_of(scenario, "SY-DI"), number(scenario, "SOUTH")
    assert s["holder"][capital] == number(scenario, "HTS")
    assert s["fighters"][capital, south] == 500.0
    assert s["lost_shock"][capital] == 0.0
    assert s["deserted"][south] == 0.0


def test_neither_the_strong_nor_the_estranged_leave_it() -> None:
    for tie, weak in ((-0.1, 500.0), (0.1, 8000.0)):
        scenario, state = given_away(tie, weak)
        assert state[0]["holder"][place_of(scenario, "SY-DI")] == number(scenario, "SOUTH")


def test_after_a_collapse_nobody_attacks_who_is_much_larger() -> None:
    ratio = 3.0
    scenario = scenario_of(LEVANT, rules={"orders": {"largest_ratio": ratio}})
    given = 0
    for run in range(6):
        for state in mornings(scenario, run):
            s = state[0]
            if s["collapse_day"] == NEVER or s["sides_changed"] == 1:
                continue
            calls.PHASES["muster"](scenario.world, scenario.rules, state)
            power = s["side_power"].copy()
            for leader in range(int(scenario.world[0]["n_factions"])):
                calls.PHASES["give_orders"](scenario.world, scenario.rules, state, leader)
                for place in np.flatnonzero(s["order"][:, leader] != Order.NONE):
                    given += 1
                    assert power[s["side"][s["holder"][place]]] <= ratio * power[leader]
    assert given > 50


def test_what_begins_with_a_collapse_leaves_no_trace_without_one() -> None:
    pairs = zip(
        mornings(scenario_of("iraq_2014"), 0), mornings(scenario_of("iraq_2014", rules=AFTERMATH), 0), strict=True
    )
    for day, (left, right) in enumerate(pairs):
        assert left[0]["collapse_day"] == NEVER
        assert_same_state(left, right, f"on day {day}")


def test_who_came_to_terms_does_not_fall_out_for_two_months() -> None:
    rules = {
        "alignment": {"accord_per_day": 0.5, "infighting_per_day": 0.5, "tie_exponent": 0.0, "merger_per_day": 0.0}
    }
    events = simulate(
        *(scenario_of(LEVANT, rules=rules).world, scenario_of(LEVANT, rules=rules).rules), SEED, 0, 100
    ).events
    accords = events[events["kind"] == Event.ACCORD]
    assert len(accords) > 30
    quarrels = events[events["kind"] == Event.INFIGHTING]
    for accord in accords:
        own = quarrels[(quarrels["run"] == accord["run"]) & (quarrels["day"] > accord["day"])]
        pair = {accord["actor"], accord["other"]}
        days = [row["day"] - accord["day"] for row in own if {row["actor"], row["other"]} == pair]
        assert min(days, default=60) >= 60


def test_more_parity_more_infighting() -> None:
    """Half of the victors' weaker rival moved to them, in one run: the pair's hazard falls."""
    scenario = scenario_of(LEVANT)
    hts, sdf = number(scenario, "HTS"), number(scenario, "SDF")
    rates = []
    for people in (4000.0, 1000.0):
        forces = {("SY-RD", "HTS"): 4000.0, ("SY-RD", "SDF"): people, ("SY-HI", "SOUTH"): 5000.0 - people}
        state = after_a_collapse(scenario, forces)
        state[0]["key"]["day"] = 6
        calls.PHASES["realign"](scenario.world, scenario.rules, state)
        rates.append(state[0]["infighting_rate"][hts, sdf])
    assert rates[0] > rates[1] > 0.0


def revenge_places(core: Mapping[str, float]) -> set[str]:
    """Return where revenge breaks out when victors hold every place, and the regime's own live in some."""
    tables = tables_of(LEVANT)
    locations = tables.locations.copy()
    locations["core_share"] = [core.get(str(place), 0.0) for place in locations["id"]]
    changed = type(tables)(**{**vars(tables), "locations": locations})
    rules = {"violence": {"revenge_per_day": 20.0, "disorder_deaths": 0.0}}
    scenario = scenario_of(LEVANT, rules=rules, tables=changed)
    state = after_a_collapse(scenario, {})
    s = state[0]
    n = int(scenario.world[0]["n_locations"])
    s["holder"][:n] = number(scenario, "HTS")
    s["captured_day"][:n] = 0
    for _ in range(60):
        calls.PHASES["harm"](scenario.world, scenario.rules, state)
        calls.call_next_day(state)
    told = s["event_kind"][: s["n_events"]] == Event.REVENGE
    return {str(locations["id"][place]) for place in s["event_place"][: s["n_events"]][told]}


def test_revenge_follows_the_old_lines_wherever_the_tables_draw_them() -> None:
    assert revenge_places({"SY-TA": 0.7, "SY-LA": 0.5}) == {"SY-TA", "SY-LA"}
    assert revenge_places({"SY-DR": 0.7, "SY-RA": 0.5}) == {"SY-DR", "SY-RA"}


@pytest.mark.statistical
def test_disorder_kills_as_many_as_it_says_and_they_count_as_dead_of_the_war() -> None:
    rules = {"violence": {"revenge_per_day": 0.0, "disorder_deaths": 2.0}}
    scenario = scenario_of(LEVANT, rules=rules)
    w = scenario.world[0]
    people = float(w["population"][w["state_of"] == w["contested_state"]].sum())
    tolls = []
    for _ in range(3):
        state = after_a_collapse(scenario, {})
        state[0]["key"]["seed"] = len(tolls)
        for _ in range(20):
            state[0]["collapse_day"] = state[0]["key"]["day"]
            calls.PHASES["harm"](scenario.world, scenario.rules, state)
            tolls.append(float(state[0]["civilians_killed_today"].sum()))
            calls.call_next_day(state)
    mean = 2.0 * people * 1e-6
    assert_mean("disorder", np.array(tolls), mean, mean**0.5)


def test_no_patron_leaves_on_day_0_whatever_happens_that_day() -> None:
    lever = {"lever": "strength", "actor": "regime", "value": 0.02, "day": 0}
    scenario = scenario_of(LEVANT, levers=(lever,), rules={"patronage": {"exit_per_day": 20.0, "belief_days": 0.1}})
    events = simulate(scenario.world, scenario.rules, SEED, 0, 20).events
    exits = events[events["kind"] == Event.PATRON_EXIT]
    assert len(exits) > 20
    assert exits["day"].min() == 1


def test_who_has_won_keeps_hope_until_attacked_anew() -> None:
    scenario = scenario_of(LEVANT)
    w = scenario.world[0]
    hts = number(scenario, "HTS")
    (link,) = (link for link in range(int(w["n_links"])) if w["link_client"][link] == hts)
    beliefs = []
    for attacked in (NEVER, 1):
        state = after_a_collapse(scenario, {("SY-RD", "HTS"): 200.0, ("SY-RD", "IS"): 2900.0})
        s = state[0]
        s["attacked_day"][s["side"][hts]] = attacked
        for _ in range(40):
            calls.PHASES["decide_aid"](scenario.world, scenario.rules, state, int(w["link_patron"][link]))
        beliefs.append(float(s["belief"][link]))
    assert beliefs[0] >= 0.5 - 1e-6
    assert beliefs[1] < 0.3


def test_dependence_counts_direct_help() -> None:
    """An exit that ends direct help as well shakes more than one that ends standing support alone."""
    scenario = scenario_of(
        LEVANT, levers=({"lever": "support", "actor": "RUS", "client": "regime", "value": 0.0, "day": 1},)
    )
    w = scenario.world[0]
    patron = list(scenario.tables.states["id"]).index("RUS")
    links = range(int(w["link_start"][patron]), int(w["link_start"][patron + 1]))
    (link,) = (link for link in links if w["link_client"][link] == w["regime"])
    shocks = []
    for direct in (0.0, 0.4):
        state = new_state(scenario.world)
        calls.call_begin_run(scenario.world, scenario.rules, state, np.uint64(SEED), np.uint64(0))
        calls.call_next_day(state)
        state[0]["direct"][link] = direct
        calls.PHASES["open_day"](scenario.world, scenario.rules, state)
        shocks.append(float(state[0]["exit_shock"][link]))
    assert shocks[1] == pytest.approx(1.0 - (1.0 - shocks[0]) * 0.6)
    assert shocks[0] > 0.0
