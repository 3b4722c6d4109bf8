"""What is derived from the tables: sides, gates, ways across borders, neighbours, kin."""

import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim.core.codes import NOBODY
from sim.world.places import FAR
from sim.world.scenario import Scenario
from sim.world.tables import load_tables
from tests.world.changes import cell
from tests.worlds import CONF, WORLDS, scenario_of


def names(scenario: Scenario, mask: np.ndarray) -> set[str]:
    """Return the ids of the factions that a mask marks."""
    ids = scenario.tables.factions["id"].tolist()
    return {name for name, marked in zip(ids, mask[: len(ids)], strict=True) if marked}


def test_sides_follow_from_the_relations() -> None:
    scenario = scenario_of("levant_2024")
    w = scenario.world[0]
    assert names(scenario, w["side"] == w["challenger"]) == {"HTS", "MOC_ALLIES"}
    assert names(scenario, w["side"] == w["regime"]) == {"REGIME", "HEZ", "IRAN_MIL"}


def test_an_army_abroad_is_on_nobodys_side() -> None:
    scenario = scenario_of("levant_2024")
    w = scenario.world[0]
    isf = scenario.tables.factions["id"].tolist().index("ISF")
    assert w["side"][isf] == isf
    assert w["tie"][isf, w["regime"]] > 0.3  # though a friend, through its state


def test_the_gates_of_an_enclosed_capital_lie_outside_its_ring() -> None:
    scenario = scenario_of("levant_2024")
    gates = np.flatnonzero(scenario.world[0]["is_gate"])
    ids = scenario.tables.locations["id"].tolist()
    assert "SY-HI" in {ids[i] for i in gates}
    assert "SY-RD" not in {ids[i] for i in gates}


@pytest.mark.parametrize("world", WORLDS)
def test_every_capital_has_a_gate(world: str) -> None:
    assert scenario_of(world).world[0]["is_gate"].any()


def hops(field: str, place: str) -> dict[str, int]:
    """Return the way from a place to each neighbour that can be reached, counted on the map by hand below."""
    scenario = scenario_of("levant_2024")
    record = scenario.world[0]
    states = scenario.tables.states["id"].tolist()
    row = record[field][scenario.tables.locations["id"].tolist().index(place)]
    return {s: int(row[i]) for i, s in enumerate(states) if record["is_neighbour"][i] and row[i] < FAR}


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ("SY-DI", {"IRQ": 3, "IRN": 6, "TUR": 4, "ISR": 2, "LBN": 2, "JOR": 2}),  # out through SY-RD
        ("SY-HI", {"IRQ": 1, "IRN": 4, "TUR": 2, "ISR": 2, "LBN": 1, "JOR": 1}),
        ("SY-HA", {"IRQ": 1, "IRN": 3, "TUR": 1, "ISR": 4, "LBN": 3, "JOR": 3}),
        ("SY-QU", {"IRQ": 3, "IRN": 6, "TUR": 4, "ISR": 1, "LBN": 2, "JOR": 2}),
        ("IQ-AN", {"IRQ": 0, "IRN": 3, "TUR": 3, "ISR": 3, "LBN": 2, "JOR": 1}),
    ],
)
def test_border_hops_are_those_of_the_map(place: str, expected: dict[str, int]) -> None:
    assert hops("border_hops", place) == expected


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ("SY-DI", {"IRQ": 4, "TUR": 4, "LBN": 2, "JOR": 3}),  # SY-HI-IQ-AN is closed: round by SY-DY
        ("SY-HI", {"IRQ": 2, "TUR": 2, "LBN": 1, "JOR": 3}),
        ("SY-LA", {"IRQ": 4, "TUR": 2, "LBN": 2, "JOR": 5}),  # its own gate to TUR is closed: round by SY-ID
        ("SY-QU", {"IRQ": 4, "TUR": 4, "LBN": 2, "JOR": 2}),  # nobody crosses to ISR
    ],
)
def test_crossing_hops_use_open_crossings_only(place: str, expected: dict[str, int]) -> None:
    assert hops("crossing_hops", place) == expected


def test_no_way_by_crossings_is_shorter_than_the_map_allows() -> None:
    for world in WORLDS:
        record = scenario_of(world).world[0]
        here = np.arange(record["n_locations"])[:, None], np.arange(record["n_states"])[None, :]
        abroad = record["state_of"][here[0]] != here[1]
        assert np.all(record["crossing_hops"][here] >= np.where(abroad, record["border_hops"][here], 1))


def test_neighbours_have_their_people_refugees_and_level() -> None:
    scenario = scenario_of("levant_2024")
    record, states = scenario.world[0], scenario.tables.states["id"].tolist()
    by_state = {
        name: {s: float(record[name][i]) for i, s in enumerate(states) if record[name][i]}
        for name in ("is_neighbour", "level_day_0", "policy", "participation", "refugees_hosted", "state_population")
    }
    assert set(by_state["is_neighbour"]) == set(scenario.tables.header.neighbours)
    assert by_state["level_day_0"] == {"TUR": 2, "ISR": 1}
    assert by_state["policy"] == {"IRQ": 1, "IRN": 1, "TUR": 2, "LBN": 2, "JOR": 2, "ISR": 2}
    assert by_state["participation"] == {"IRN": 1, "TUR": 2, "ISR": 2}
    assert by_state["refugees_hosted"] == {"IRQ": 290_000, "TUR": 2_920_000, "LBN": 755_000, "JOR": 615_000}
    assert by_state["state_population"]["IRQ"] == 45_400_000


def test_a_world_without_the_optional_table_and_columns_is_calm(tmp_path: Path) -> None:
    shutil.copytree(CONF / "world" / "liberia_2003", tmp_path / "w")
    (tmp_path / "w" / "neighbours_day0.csv").unlink()
    states = pd.read_csv(tmp_path / "w" / "states.csv").drop(columns="refugees_hosted")
    states.to_csv(tmp_path / "w" / "states.csv", index=False)
    record = scenario_of("liberia_2003", tables=load_tables(tmp_path / "w")).world[0]
    for name in ("level_day_0", "policy", "participation", "refugees_hosted", "foreign_workers", "core_share"):
        assert not record[name].any()
    assert (record["core_of"][: record["n_locations"]] == NOBODY).all()


def test_communities_and_workers_are_read_where_they_are_coded() -> None:
    rwanda = scenario_of("rwanda_1994")
    record, factions = rwanda.world[0], rwanda.tables.factions["id"].tolist()
    assert record["core_of"][0] == factions.index("far")
    assert 0.5 < record["core_share"][0] < 1.0
    libya = scenario_of("libya_2011")
    assert libya.world[0]["foreign_workers"][libya.tables.states["id"].tolist().index("EGY")] == 700_000


def test_only_neighbours_host_refugees(tmp_path: Path) -> None:
    shutil.copytree(CONF / "world" / "liberia_2003", tmp_path / "w")
    for row in range(2, 11):
        cell("states.csv", row, "refugees_hosted", "1000")(tmp_path / "w")
    record = scenario_of("liberia_2003", tables=load_tables(tmp_path / "w")).world[0]
    assert np.array_equal(record["refugees_hosted"], 1000.0 * record["is_neighbour"])


def test_attitudes_are_those_of_the_relations() -> None:
    scenario = scenario_of("levant_2024")
    states, factions = scenario.tables.states["id"].tolist(), scenario.tables.factions["id"].tolist()
    attitude = scenario.world[0]["attitude"]
    assert attitude[states.index("TUR"), factions.index("SDF")] == -0.9
    assert attitude[states.index("IRQ"), factions.index("HTS")] == -0.6
    assert attitude[states.index("JOR"), factions.index("HTS")] == 0.0  # no row
    # A state's regular force shares its relations.
    assert attitude[states.index("TUR"), factions.index("ISF")] == attitude_of(scenario, "TUR", "IRQ")


def attitude_of(scenario: Scenario, source: str, target: str) -> float:
    """Return a relation as the table states it."""
    rows = scenario.tables.relations[["source_actor", "target_actor", "relation"]].tolist()
    (relation,) = (value for *pair, value in rows if pair == [source, target])
    return float(relation)


def test_kin_live_where_a_faction_of_theirs_is_at_home_or_stands() -> None:
    scenario = scenario_of("levant_2024")
    states, factions = scenario.tables.states["id"].tolist(), scenario.tables.factions["id"].tolist()
    kin = scenario.world[0]["kin"]
    assert kin[states.index("LBN"), factions.index("HEZ")] == 1.0
    assert kin[states.index("TUR"), factions.index("SDF")] == 0.75  # through PKK, mean of 0.8 and 0.7
    assert kin[states.index("IRQ"), factions.index("HTS")] == 0.0  # enemies of all who are at home there
    assert not kin[states.index("SYR")].any()  # the contested state is nobody's neighbour
    assert not kin[states.index("JOR")].any()


@pytest.mark.parametrize("world", WORLDS)
def test_every_faction_has_the_home_that_its_row_names(world: str) -> None:
    scenario = scenario_of(world)
    record, tables = scenario.world[0], scenario.tables
    states = tables.states["id"]
    assert states[record["home_state"][: record["n_factions"]]].tolist() == tables.factions["home_state"].tolist()
    assert np.all((record["kin"] >= 0.0) & (record["kin"] <= 1.0))
    assert np.all(np.abs(record["attitude"]) <= 1.0)
    assert record["is_neighbour"][record["contested_state"]] == 0


def test_extremists_are_jihadists_on_neither_main_side() -> None:
    scenario = scenario_of("levant_2024")
    assert names(scenario, scenario.world[0]["is_extremist"] == 1) == {"IS"}
