"""Columns of the stored tables: one for each state where a quantity has states, ids for numbers, nulls for never."""

import re
from itertools import pairwise
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from sim.core.codes import NEVER, NOBODY, Event, RunStatus
from sim.core.engine import simulate
from sim.core.record import DAILY, EVENTS, FALLS, HOLDERS, LAYOUTS, RUNS, TOLLS, Histories
from sim.core.state import TIERS
from sim.ensemble.store.schema import ESTIMATES, TABLES, Names, schemas, stored_tables
from tests.ensemble.small import small_names, small_scenario

NAMES = Names(("north", "south"), ("king", "rebels"), ("HOM", "FAR", "NEA", "BYE"), ("NEA", "BYE"))
LAYOUT = LAYOUTS["small"]


def tables_of_two_runs(status: RunStatus = RunStatus.OK) -> dict[str, pa.Table]:
    """Return the tables of two runs, with numbers by state that tell where they come from."""
    runs, days, events = np.zeros(2, LAYOUT[RUNS]), np.zeros(1, LAYOUT[DAILY]), np.zeros(4, LAYOUT[EVENTS])
    runs["run"], runs["status"] = [0, 1], [RunStatus.OK, status]
    for name in (name for name in LAYOUT[RUNS].names or () if LAYOUT[RUNS][name].shape):
        of_states = np.swapaxes(runs[name], 1, -1)  # what is by level as well is the same at each
        of_states[:] = np.arange(of_states.shape[-1])
    runs["level_day"][0, :, 3], runs["level_day"][:, :, 4] = [20 + state for state in range(16)], NEVER
    for k, name in enumerate(name for name in LAYOUT[DAILY].names or () if LAYOUT[DAILY][name].shape):
        of_states = days[name][0].T
        of_states[:] = 100 * k + np.arange(16)
    events["run"] = [0, 0, 1, 1]
    events["kind"] = [Event.LEVEL, Event.INFIGHTING, Event.SETTLEMENT, Event.PATRON_EXIT]
    events["location"] = [1, NOBODY, NOBODY, 0]
    events["actor"], events["other"] = [2, 4, NOBODY, 3], [NOBODY, 5, NOBODY, 5]
    events["size"] = [3.0, 0.0, 0.0, 0.5]
    falls, tolls, holders = (np.zeros(0, LAYOUT[name]) for name in (FALLS, TOLLS, HOLDERS))
    return stored_tables(Histories(runs, falls, events, tolls, holders, days), NAMES)


def columns(table: pa.Table, beginning: str) -> dict[str, list[Any]]:
    """Return the columns whose names begin so."""
    return {name: table[name].to_pylist() for name in table.schema.names if name.startswith(beginning)}


def test_amounts_of_a_run_have_a_column_for_each_state() -> None:
    runs = tables_of_two_runs()[RUNS]
    for quantity in ("refugees", "arrived", "returned_new", "returned_old", "workers_left", "influence"):
        expected = {f"{quantity}_{state}": [float(i)] * 2 for i, state in enumerate(NAMES.states)}
        assert runs.select(list(expected)).to_pydict() == expected


def test_only_neighbours_have_a_level() -> None:
    runs = tables_of_two_runs()[RUNS]
    assert columns(runs, "level_max") == {
        "level_max_HOM": [None, None],
        "level_max_FAR": [None, None],
        "level_max_NEA": [2, 2],
        "level_max_BYE": [3, 3],
    }
    days = columns(runs, "level_day")
    assert set(days) == {f"level_day_{state}_{level}" for state in NAMES.states for level in (1, 2, 3, 4)}
    assert {name for name, values in days.items() if values != [None, None]} == {
        f"level_day_{state}_{level}" for state in NAMES.neighbours for level in (1, 2, 3)
    }
    assert days["level_day_BYE_3"] == [23, 3]
    assert days["level_day_BYE_4"] == [None, None]


def test_only_neighbours_have_pressure_and_what_carries_it() -> None:
    days = tables_of_two_runs()[DAILY]
    fields = [name for name in LAYOUT[DAILY].names or () if LAYOUT[DAILY][name].shape]
    for quantity in ("level", "hardening", "pressure"):
        k = fields.index(quantity)
        values = [None, None, 100 * k + 2, 100 * k + 3]
        expected = {f"{quantity}_{state}": [v] for state, v in zip(NAMES.states, values, strict=True)}
        assert columns(days, f"{quantity}_") == expected
    k = fields.index("channel")
    assert {name: values for name, values in columns(days, "channel").items() if name.endswith("_arms")} == {
        "channel_HOM_arms": [None],
        "channel_FAR_arms": [None],
        "channel_NEA_arms": [100 * k + 2],
        "channel_BYE_arms": [100 * k + 3],
    }
    assert columns(days, "influence_HOM") == {"influence_HOM": [100 * fields.index("influence")]}


def test_a_failed_run_has_no_state_columns_and_no_events() -> None:
    tables = tables_of_two_runs(RunStatus.NOT_FINITE)
    last = tables[RUNS].to_pylist()[1]
    assert {last[key] for key in last.keys() - {"run", "seed", "status", "error"}} == {None}
    assert tables[EVENTS]["run"].to_pylist() == [0, 0]


def test_events_have_names_ids_and_nulls_for_nobody() -> None:
    events = tables_of_two_runs()[EVENTS]
    assert events["kind"].to_pylist() == ["level", "infighting", "settlement", "patron_exit"]
    assert events["location_id"].to_pylist() == ["south", None, None, "north"]
    assert events["actor"].to_pylist() == ["NEA", "king", None, "BYE"]  # states first, then factions
    assert events["other"].to_pylist() == [None, "rebels", None, "rebels"]
    assert events["size"].to_pylist() == [3.0, 0.0, 0.0, 0.5]


def test_what_the_core_tells_of_events_is_stored_in_order() -> None:
    scenario, names = small_scenario(), small_names()
    lived = simulate(scenario.world, scenario.rules, 1, 0, 30)
    events = stored_tables(lived, names)[EVENTS].to_pylist()
    assert len(events) == len(lived.events) > 0
    assert all(a["run"] < b["run"] or (a["run"] == b["run"] and a["day"] <= b["day"]) for a, b in pairwise(events))
    assert {event["kind"] for event in events} <= {kind.name.lower() for kind in Event}
    exits = [event for event in events if event["kind"] == "patron_exit"]
    assert exits
    assert all(event["actor"] in names.states and event["other"] in names.factions for event in exits)


@pytest.mark.parametrize("name", [*TABLES, ESTIMATES])
def test_columns_have_one_name_and_one_type_each(name: str) -> None:
    schema = schemas(NAMES)[name]
    assert len(set(schema.names)) == len(schema.names)
    own = [field.name for field in schema if "." not in field.name]  # the others are parameters
    days = {name for name in own if name == "day" or re.search(r"_day(_|$)(?!0)", name)}
    assert all(schema.field(day).type == pa.int32() for day in days)
    assert all(schema.field(ids).type == pa.string() for ids in schema.names if ids.endswith(("_id", "_faction")))


def test_tiers_differ_in_capacity_only() -> None:
    layouts = [LAYOUTS[tier.name] for tier in TIERS]
    for name in LAYOUT:
        assert len({layout[name].names for layout in layouts}) == 1
