"""Military sites and prisons: what a table of them says, and what grades say where a world has none."""

import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim.world.scenario import Scenario
from sim.world.tables import load_tables
from tests.worlds import CONF, WORLDS, scenario_of, tables_of


def by_place(scenario: Scenario, field: str) -> dict[str, float]:
    """Return what a field counts, by the id of a location, zeros left out."""
    ids = scenario.tables.locations["id"]
    counts = scenario.world[0][field][: len(ids)]
    return {name: float(count) for name, count in zip(ids, counts, strict=True) if count}


@pytest.mark.parametrize("world", [name for name in WORLDS if tables_of(name).installations is None])
def test_grades_stand_in_for_a_table(world: str) -> None:
    scenario = scenario_of(world)
    locations = pd.DataFrame(scenario.tables.locations).set_index("id")
    contested = scenario.tables.header.contested_state
    grades = locations["military_installations"]
    assert set(by_place(scenario, "airbases")) == set(grades[grades >= 3].index)
    assert by_place(scenario, "depots") == grades[(locations["state"] == contested) & (grades > 0)].to_dict()
    assert by_place(scenario, "detainees") == by_place(scenario, "prisoners") == {}


def test_a_table_replaces_the_grades_altogether(tmp_path: Path) -> None:
    shutil.copytree(CONF / "world" / "liberia_2003", tmp_path / "w")
    rows = [
        "lbr_bomi,depot,a,3,,assumption",
        "lbr_bomi,depot,b,2,,assumption",
        "gin,airbase,c,1,,assumption",
        "lbr_bong,prison,d,70,opponents,assumption",
        "lbr_bong,prison,e,30,extremists,assumption",
        "lbr_bong,prison,f,5,opponents,assumption",
    ]
    (tmp_path / "w" / "installations.csv").write_text("\n".join(["location_id,kind,name,count,held,source", *rows]))
    tables = load_tables(tmp_path / "w")
    scenario = scenario_of("liberia_2003", tables=tables)
    assert by_place(scenario, "depots") == {"lbr_bomi": 5}
    assert by_place(scenario, "airbases") == {"gin": 1}
    assert by_place(scenario, "prisoners") == {"lbr_bong": 75}
    assert by_place(scenario, "detainees") == {"lbr_bong": 30}
    assert tables.digest != tables_of("liberia_2003").digest


def test_extremists_are_held_in_the_north_east_only() -> None:
    scenario = scenario_of("levant_2024")
    assert by_place(scenario, "detainees") == {"SY-RA": 1000, "SY-HA": 8000}
    held = by_place(scenario, "prisoners")
    assert 10_000 < sum(held.values()) < 100_000  # tens of thousands alive
    holders = dict(scenario.tables.locations[["id", "seat_holder"]].tolist())
    assert {holders[place] for place in held} == {"REGIME"}


def test_the_army_has_its_airbases_and_depots() -> None:
    scenario = scenario_of("levant_2024")
    holders = dict(scenario.tables.locations[["id", "seat_holder"]].tolist())
    airbases = by_place(scenario, "airbases")
    assert airbases["SY-HI"] == 3  # T4, Shayrat, Dabaa
    assert airbases["SY-RD"] == 4
    assert "SY-LA" not in airbases  # its only one is Russian
    assert {holders[place] for place in by_place(scenario, "depots")} == {"REGIME"}


def test_names_of_airbases_stand_in_the_notes_of_their_locations() -> None:
    tables = tables_of("levant_2024")
    assert tables.installations is not None
    notes = dict(tables.locations[["id", "note"]].tolist())
    rows = tables.installations[["location_id", "name", "source"]].tolist()
    noted = [(place, name) for place, name, source in rows if source.startswith("locations.csv (note)")]
    assert len(noted) > 10
    assert all(name.removesuffix(" defence plants") in notes[place] for place, name in noted)


@pytest.mark.parametrize("world", WORLDS)
def test_every_side_that_flies_has_an_airbase(world: str) -> None:
    record = scenario_of(world).world[0]
    held = record["seat_holder"] == record["regime"]
    assert np.sum(record["airbases"][held]) > 0
