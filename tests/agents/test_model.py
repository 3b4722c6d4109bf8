"""The Mesa model is the engine with another scheduler: equal bit for bit, whatever the order of agents."""

import pytest
from mesa import DataCollector

from sim.agents.actors import FactionAgent, StateAgent
from sim.agents.model import SpilloverModel
from sim.core import calls
from sim.core.day import SCHEDULE
from sim.core.engine import simulate
from tests.worlds import SEED, SWITCHED_ON, TEN, assert_same_state, mornings, scenario_of


@pytest.mark.parametrize("world", TEN)
def test_mesa_equals_the_engine_in_every_array_every_day(world: str) -> None:
    scenario = scenario_of(world)
    days = mornings(scenario, 3)
    model = SpilloverModel(scenario, SEED, 3)
    assert_same_state(model.history.state_record, next(days), "on the first morning")
    for state in days:
        model.step()
        assert_same_state(model.history.state_record, state, f"after day {model.day - 1}")
    assert model.run_row() == simulate(scenario.world, scenario.rules, SEED, 3, 1).runs


def test_mesa_reports_the_same_falls() -> None:
    scenario = scenario_of("levant_2024")
    model = SpilloverModel(scenario, SEED, 3)
    model.run_to_horizon()
    falls = simulate(scenario.world, scenario.rules, SEED, 3, 1).falls
    ids = list(scenario.tables.locations["id"])
    expected = [
        (
            f["day"],
            ids[f["location"]],
            model.faction_ids[f["from_faction"]],
            model.faction_ids[f["to_faction"]],
        )
        for f in falls
    ]
    assert model.falls == expected
    assert len(expected) > 5


def test_they_are_equal_with_everything_switched_on() -> None:
    scenario = scenario_of("angola_1992", rules=SWITCHED_ON, days=90)
    days = mornings(scenario, 2)
    model = SpilloverModel(scenario, SEED, 2)
    shuffled = ShuffledModel(scenario, SEED, 2)
    next(days)
    for state in days:
        model.step()
        shuffled.step()
        assert_same_state(model.history.state_record, state, f"after day {model.day - 1}")
        assert_same_state(shuffled.history.state_record, state, f"after day {model.day - 1} with shuffled agents")


class ShuffledModel(SpilloverModel):
    """The same model, with its agents in a new order in every phase of every day."""

    def step(self) -> None:
        for phase, whose in SCHEDULE:
            if whose == "map":
                getattr(self, phase.__name__)()
            else:
                agents = {"actor": self.actors, "state": self.states, "faction": self.factions}[whose]
                agents.shuffle_do(phase.__name__)
        self._note_falls()
        calls.call_next_day(self.history.state_record)


@pytest.mark.parametrize("world", TEN)
def test_the_order_of_agents_cannot_matter(world: str) -> None:
    scenario = scenario_of(world, days=60)
    model = ShuffledModel(scenario, SEED, 1)
    days = mornings(scenario, 1)
    next(days)
    for state in days:
        model.step()
        assert_same_state(model.history.state_record, state, f"after day {model.day - 1} with shuffled agents")


def test_agents_do_works_on_all_of_them() -> None:
    model = SpilloverModel(scenario_of("liberia_2003"), SEED, 0)
    before = [agent.reserve for agent in model.actors]
    model.agents.do("decide_aid")
    assert [agent.reserve for agent in model.actors] == before  # full reserves stay full on day 0
    assert len(model.agents) == len(model.state_ids) + len(model.faction_ids)


def test_a_data_collector_reads_model_and_agents() -> None:
    model = SpilloverModel(scenario_of("liberia_2003", days=20), SEED, 0)
    collector = DataCollector(
        model_reporters={"morale": "regime_morale", "collapse": "collapse_day"},
        agenttype_reporters={
            FactionAgent: {"fighters": "fighters", "side": "side"},
            StateAgent: {"reserve": "reserve"},
        },
    )
    while model.running:
        collector.collect(model)
        model.step()
        # Mesa's own time is not ours; the collector only needs to be called once a day.
    frame = collector.get_agenttype_vars_dataframe(FactionAgent)
    assert set(frame["side"]) >= {"gol_militias", "lurd"}
    assert (frame["fighters"] >= 0).all()


def test_places_are_views_of_the_state() -> None:
    model = SpilloverModel(scenario_of("levant_2024"), SEED, 3)
    aleppo = model.network["SY-HL"]
    assert aleppo.holder == "REGIME"
    model.run_to_horizon()
    assert aleppo.holder != "REGIME"
    assert sum(aleppo.control.values()) == pytest.approx(1.0)
    strongest = max(model.factions, key=lambda faction: faction.fighters)
    assert strongest.fighters == pytest.approx(sum(strongest.deployment.values()))
    assert strongest.cell.fighters[strongest.name] == pytest.approx(max(strongest.deployment.values()))


class SteadfastFaction(FactionAgent):
    """A faction whose garrisons feel nothing and never desert."""

    def hold(self) -> None:
        """Stand fast."""


def test_a_subclass_changes_a_rule() -> None:
    scenario = scenario_of("levant_2024")
    plain = SpilloverModel(scenario, SEED, 3)
    steadfast = SpilloverModel(scenario, SEED, 3, faction_types={"REGIME": SteadfastFaction})
    plain.run_to_horizon()
    steadfast.run_to_horizon()
    assert plain.collapse_day is not None
    assert steadfast.collapse_day is None
    assert steadfast.state["deserted"][steadfast.world["regime"]] < plain.state["deserted"][plain.world["regime"]]


def test_an_unknown_faction_type_is_refused() -> None:
    with pytest.raises(KeyError, match="NOBODY"):
        SpilloverModel(scenario_of("liberia_2003"), faction_types={"NOBODY": FactionAgent})


def test_a_history_that_has_ended_cannot_go_on() -> None:
    model = SpilloverModel(scenario_of("liberia_2003", days=2), SEED, 0)
    model.run_to_horizon()
    with pytest.raises(RuntimeError, match="it has lived its 2 days"):
        model.step()


@pytest.mark.parametrize(("seed", "run"), [(-1, 0), (1, -1), (1, 2**32), (2**63, 0)])
def test_a_seed_or_run_out_of_range_is_refused(seed: int, run: int) -> None:
    with pytest.raises(ValueError, match=r"seed and run must be at least 0"):
        SpilloverModel(scenario_of("liberia_2003"), seed, run)
