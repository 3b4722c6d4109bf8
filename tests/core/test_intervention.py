"""Outsiders enter only where they have a part to take, with forces that somebody has, and leave again."""

from dataclasses import replace

import numpy as np
import pytest

from sim.core.codes import Event, Participation
from sim.core.engine import simulate
from sim.core.record import Histories
from sim.world.scenario import Scenario, keep_from
from tests.worlds import SEED, SWITCHED_ON, WORLDS, changed, mornings, scenario_of, tables_of

RUNS = 60
EAGER = {"intervention": {"hazard": 0.005}}
USUAL = {"intervention": {"hazard": 6e-4}}
"""What was seen for each candidate and day in wars with a new entry."""


def lived(scenario: Scenario, runs: int = RUNS) -> Histories:
    """Return some histories of a scenario."""
    return simulate(scenario.world, scenario.rules, SEED, 0, runs, 2)


def entries(histories: Histories, kind: Event = Event.INTERVENTION) -> np.ndarray:
    """Return the decisions to enter, or to leave."""
    return histories.events[histories.events["kind"] == kind]


def alike(left: Histories, right: Histories) -> bool:
    """Tell whether two ensembles are the same in all their tables."""
    return all(np.array_equal(rows, right.tables[name]) for name, rows in left.tables.items())


def actor_of(scenario: Scenario, name: str) -> int:
    """Return the number of a state or faction."""
    return [*scenario.tables.states["id"], *scenario.tables.factions["id"]].index(name)


@pytest.mark.parametrize("world", ["levant_2024", "vietnam_1972"])
def test_at_hazard_nought_nothing_of_interventions_matters(world: str) -> None:
    other = {"intervention": {"stake": 9.0, "share": 0.7, "expedition": 40000.0, "air": 1.0, "wear": 0.03}}
    assert alike(lived(scenario_of(world)), lived(scenario_of(world, rules=other)))


def test_nobody_enters_a_war_in_which_nobody_has_a_part() -> None:
    tables = tables_of("congo_1997")
    states, ties = tables.states["id"], tables.relations
    of_states = np.isin(ties["source_actor"], states) | np.isin(ties["target_actor"], states)
    indifferent = replace(tables, relations=changed(ties, relation=np.where(of_states, 0.0, ties["relation"])))
    assert len(entries(lived(scenario_of("congo_1997", rules=EAGER)))) > 20
    assert not len(entries(lived(scenario_of("congo_1997", rules=EAGER, tables=indifferent))))


def test_who_fights_openly_on_day_0_does_not_enter() -> None:
    scenario = scenario_of("ethiopia_2021", rules=EAGER)
    found = entries(lived(scenario))
    in_already = np.flatnonzero(scenario.world[0]["participation"] == Participation.COMBAT)
    assert len(found) > 20
    assert not np.isin(found["actor"], in_already).any()
    assert not (found["actor"] == scenario.world[0]["contested_state"]).any()
    for run in range(RUNS):
        actors = found["actor"][found["run"] == run]
        assert len(set(actors.tolist())) == len(actors)  # nobody comes twice


def test_first_entry_is_the_day_that_the_run_tells() -> None:
    histories = lived(scenario_of("syria_2012", rules=EAGER))
    found = entries(histories)
    for row in histories.runs:
        days = found["day"][found["run"] == row["run"]]
        assert row["intervention_day"] == (days.min() if len(days) else -1)
    assert (histories.runs["intervention_day"] >= 0).mean() > 0.8


def test_forces_that_come_are_those_of_the_tables_and_go_back() -> None:
    """A neighbour's army loses abroad whom it has in the war, and all fighters stay accounted for."""
    scenario = scenario_of("drc_1997", rules=EAGER)
    w = scenario.world[0]
    inside = w["state_of"] == w["contested_state"]
    army = list(scenario.tables.factions["id"]).index("rpa")
    rwanda = actor_of(scenario, "RWA")
    moved = back = 0
    for run in range(6):
        came = 0.0
        for state in mornings(scenario, run):
            s = state[0]
            here, abroad = s["fighters"][inside, army].sum(), s["fighters"][~inside, army].sum()
            gone = s["killed"][army] + s["wounded"][army] + s["deserted"][army]
            entered = s["fighters_day_0"][army] + s["recruited"][army] + s["joined"][army]
            assert entered == pytest.approx(here + abroad + gone, rel=1e-9)
            if s["came"][w["n_states"] + army] > 0.0:
                came = s["came"][w["n_states"] + army]
                assert s["entered_for"][rwanda] == w["challenger"]
                assert s["side"][army] == s["side"][w["challenger"]]
            if came > 0.0 and s["has_left"][rwanda]:
                assert here < 0.1 * came
                back += 1
        moved += came > 0.2 * s["fighters_day_0"][army]
    assert moved > 1
    assert back > 0


def test_an_expedition_comes_and_leaves_in_the_ledger_of_those_whom_it_helps() -> None:
    scenario = scenario_of("libya_2019", rules={"intervention": {"hazard": 0.005, "leave": 0.02}})
    came = left = 0
    for run in range(4):
        before = 0.0
        for state in mornings(scenario, run):
            s = state[0]
            entered = s["fighters_day_0"] + s["recruited"] + s["joined"] + s["freed"]
            gone = s["killed"] + s["wounded"] + s["deserted"]
            assert np.allclose(entered, s["fighters"].sum(axis=0) + gone, rtol=1e-9, atol=1e-6)
            now = float((s["came"] * (s["came_share"] > 0.0)).sum())
            came += now > before
            left += now < before
            before = now
    assert came > 2
    assert left > 2


def test_aircraft_are_lent_to_the_side_that_is_helped_and_wear_off_heavy_weapons() -> None:
    scenario = scenario_of("yemen_2014", rules={"intervention": {"hazard": 0.01, "leave": 0.0}}, days=120)
    w = scenario.world[0]
    lent = 0
    for state in mornings(scenario, 0):
        s = state[0]
        assert np.all(s["air"] >= s["air_lent"])
        lent += s["air_lent"][w["regime"]] > 0.5
        weapons = s["heavy"].sum(axis=0) + s["heavy_waiting"] + s["heavy_lost"]
        assert np.isfinite(weapons).all()
    assert lent > 20
    plain = scenario_of("yemen_2014", rules={"intervention": {"hazard": 0.01, "leave": 0.0, "wear": 0.0}}, days=120)
    *_, worn = (state[0]["heavy_lost"][w["challenger"]] for state in mornings(scenario, 0))
    *_, kept = (state[0]["heavy_lost"][w["challenger"]] for state in mornings(plain, 0))
    assert worn > kept


def test_direct_help_by_air_and_troops_ends_where_they_fight_openly() -> None:
    scenario = scenario_of("libya_2019", rules=EAGER)
    emirates = actor_of(scenario, "ARE")
    w = scenario.world[0]
    link = int(np.flatnonzero((w["link_patron"][: w["n_links"]] == emirates) & (w["link_air"][: w["n_links"]] == 1))[0])
    helped = []
    for run in range(12):
        entered = 0
        for state in mornings(scenario, run):
            s = state[0]
            entered = entered + 1 if s["entered_for"][emirates] == w["challenger"] else 0
            if entered == 1:
                before = float(s["direct"][link])
            if entered == 40 and before > 0.05:
                helped.append(float(s["direct"][link]) / before)
    assert helped
    assert np.mean(helped) < 0.6


def test_restraint_and_guarded_borders_hold_outsiders_back() -> None:
    plain = scenario_of("syria_2012", rules=USUAL)
    turkey, hezbollah = actor_of(plain, "TUR"), actor_of(plain, "hezbollah")
    restrained = scenario_of(
        "syria_2012", rules=USUAL, levers=({"lever": "restraint", "actor": "TUR", "client": "fsa", "value": 1.0},)
    )
    guarded = scenario_of("syria_2012", rules=USUAL, levers=({"lever": "hardening", "actor": "LBN", "value": 4.0},))
    free, held, shut = (entries(lived(scenario, 300)) for scenario in (plain, restrained, guarded))
    assert (held["actor"] == turkey).sum() < 0.8 * (free["actor"] == turkey).sum()
    assert (shut["actor"] == hezbollah).sum() <= (free["actor"] == hezbollah).sum()
    sent = [found["size"][found["actor"] == hezbollah] for found in (free, shut)]
    assert sent[1].mean() < sent[0].mean()


def test_an_entry_can_be_kept_from_happening() -> None:
    scenario = scenario_of("yemen_2014", rules=EAGER)
    riyadh = actor_of(scenario, "SAU")
    assert (entries(lived(scenario))["actor"] == riyadh).any()
    kept = lived(keep_from(scenario, {"event": "intervention", "actor": "SAU"}))
    assert not (entries(kept)["actor"] == riyadh).any()
    none = lived(keep_from(scenario, {"event": "intervention"}))
    assert alike(none, lived(scenario_of("yemen_2014")))


def test_most_who_have_entered_leave_after_a_defeat() -> None:
    histories = lived(scenario_of("rwanda_1994", rules={"intervention": {"hazard": 0.005, "leave": 0.01}}), 200)
    fell = histories.runs["run"][histories.runs["collapse_day"] >= 0]
    came, went = entries(histories), entries(histories, Event.WITHDRAWAL)
    for found in (came, went):
        assert len(found) > 20
    regime = came["other"] == came["other"].min()
    lost = np.isin(came["run"], fell)
    gone = np.array([((went["run"] == row["run"]) & (went["actor"] == row["actor"])).any() for row in came])
    assert gone[regime & lost].mean() > gone[regime & ~lost].mean()


def test_at_the_rate_of_the_record_a_part_of_all_wars_sees_an_entry() -> None:
    shares = [(lived(scenario_of(world, rules=USUAL), 40).runs["intervention_day"] >= 0).mean() for world in WORLDS]
    assert 0.3 < np.mean(shares) < 0.8


def test_with_everything_on_a_run_is_told_and_counts() -> None:
    histories = lived(scenario_of("syria_2015", rules=SWITCHED_ON), 40)
    assert not histories.runs["status"].any()
    assert len(entries(histories)) > 0
