"""What a run sums up on its last day: people who came and went, seats lost and held, deaths abroad."""

import functools

import numpy as np
import pandas as pd
import pytest

from sim.core import calls
from sim.core.codes import NOBODY, Event
from sim.core.engine import simulate
from sim.core.record import Histories, layouts_of
from sim.core.state import new_state
from tests.worlds import SEED, TEN, mornings, scenario_of

RUNS = 12


@functools.cache
def lived(world: str) -> Histories:
    """Return some runs of a world."""
    scenario = scenario_of(world)
    return simulate(scenario.world, scenario.rules, SEED, 0, RUNS)


@pytest.mark.parametrize("world", TEN)
def test_who_arrived_is_there_or_went_home(world: str) -> None:
    scenario = scenario_of(world)
    for run in range(2):
        came = back = inside = 0.0
        before = next(mornings(scenario, run)).copy()
        for state in mornings(scenario, run):
            came += state[0]["arrived"] - before[0]["arrived"]
            back += before[0]["refugees_old"] - state[0]["refugees_old"]
            inside += state[0]["displaced_new"] - before[0]["displaced_new"]
            assert state[0]["displaced_new"] >= state[0]["displaced_peak"]
            before = state.copy()
        row = lived(world).runs[run]
        assert np.array_equal(row["arrived"], came)
        assert np.array_equal(row["returned_old"], back)
        assert np.array_equal(row["arrived"], row["refugees"] + row["returned_new"])
        assert row["displaced_new"] == inside


def test_a_day_of_flight_by_hand() -> None:
    """Nobody returns on a day on which every place is fought over: those who left are inside or abroad."""
    scenario = scenario_of("levant_2024")
    state = new_state(scenario.world)
    calls.call_begin_run(scenario.world, scenario.rules, state, np.uint64(SEED), np.uint64(0))
    here = slice(0, int(scenario.world[0]["n_locations"]))
    at_home = state[0]["residents"][here].sum()
    state[0]["contact"][here] = 0.9
    state[0]["killed_lately"][here], state[0]["killed_lately_all"] = 100.0, 1000.0
    calls.PHASES["move_people"](scenario.world, scenario.rules, state)
    assert state[0]["arrived"].sum() > 0.0
    left = at_home - state[0]["residents"][here].sum()
    assert state[0]["displaced_new"] + state[0]["arrived"].sum() == left
    row = np.zeros(1, layouts_of(scenario.world)["runs"])
    calls.call_write_run(scenario.world, state, row)
    assert row[0]["returned_new"].sum() == 0.0


@pytest.mark.parametrize("world", TEN)
def test_deaths_abroad_are_those_of_incidents(world: str) -> None:
    found = lived(world)
    for row in found.runs:
        events = found.events[found.events["run"] == row["run"]]
        incidents = events[events["kind"] == Event.INCIDENT]
        for state in range(len(row["fatalities"])):
            assert row["fatalities"][state] == incidents["size"][incidents["actor"] == state].sum()


def test_deaths_abroad_happen() -> None:
    assert lived("levant_2024").runs["fatalities"].sum() > 0.0


@pytest.mark.parametrize("world", TEN)
def test_holders_are_what_falls_have_left(world: str) -> None:
    w, found = scenario_of(world).world[0], lived(world)
    n = int(w["n_locations"])
    contested = np.flatnonzero(w["state_of"][:n] == w["contested_state"])
    falls = pd.DataFrame(found.falls).groupby(["run", "location"])["to_faction"].last()
    for run in range(RUNS):
        rows = found.holders[found.holders["run"] == run]
        assert rows["location"].tolist() == contested.tolist()
        for place, faction in rows[["location", "faction"]].tolist():
            assert faction == falls.get((run, place), w["seat_holder"][place])


@pytest.mark.parametrize("world", ["levant_2024", "liberia_2003", "syria_2012", "yemen_2014"])
def test_seats_lost_and_retaken_are_those_of_the_falls(world: str) -> None:
    """Where no faction changes sides, a seat is lost when it goes from the regime's side of day 0 to another."""
    scenario = scenario_of(world, rules={"alignment": {"merger_per_day": 0.0}})
    w, found = scenario.world[0], simulate(scenario.world, scenario.rules, SEED, 0, RUNS)
    held = {i for i, holder in enumerate(w["seat_holder"]) if holder != NOBODY and w["side"][holder] == w["regime"]}
    lost_any = 0
    for row in found.runs[found.runs["n_mergers"] == 0]:
        falls = found.falls[found.falls["run"] == row["run"]]
        lost = {f["location"] for f in falls if w["side"][f["from_faction"]] == w["regime"]} & held
        now = found.holders[found.holders["run"] == row["run"]]
        again = {h["location"] for h in now if h["faction"] != NOBODY and w["side"][h["faction"]] == w["regime"]} & lost
        assert (row["seats_lost"], row["seats_retaken"]) == (len(lost), len(again))
        lost_any += row["seats_lost"]
    assert lost_any > 0
