"""What is derived from the tables: sides, links, gates; and levers that find nobody."""

import numpy as np
import pytest

from sim.world.config import ConfigError
from sim.world.scenario import Scenario, idle_levers
from tests.worlds import WORLDS, scenario_of


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


def test_a_lever_that_finds_nobody_is_noted() -> None:
    lever = {"lever": "support", "actor": "USA", "value": 0.0}
    assert "changes nothing" in idle_levers(scenario_of("liberia_2003", levers=(lever,)))[0]
    assert idle_levers(scenario_of("levant_2024", levers=(lever,))) == []


def test_a_lever_of_an_unknown_actor_is_refused_with_the_nearest() -> None:
    lever = {"lever": "support", "actor": "TURK", "value": 0.0}
    with pytest.raises(ConfigError, match="TUR"):
        scenario_of("levant_2024", levers=(lever,))
