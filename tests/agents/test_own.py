"""A model of one's own: other states, numbers that are set, an ensemble of its histories, and Mesa's batch runs."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest

import sim
from sim.agents.actors import FactionAgent, StateAgent
from sim.agents.living import ModelLiving, lived_by
from sim.agents.model import SERIES, SpilloverModel
from sim.core.engine import simulate
from sim.ensemble.store.provenance import config_digest
from sim.world.frozen import ConfigError
from sim.world.scenario import Scenario
from tests.worlds import SEED, scenario_of

HAS_BATCH_RUN = importlib.util.find_spec("mesa.batchrunner") is not None  # Mesa 4 has none


class Unmoved(StateAgent):
    """A state that nothing from across its borders reaches."""

    def spill_over(self) -> None:
        """Feel nothing."""


class Steadfast(FactionAgent):
    """A faction whose garrisons feel nothing and never desert."""

    def hold(self) -> None:
        """Stand fast."""


class SteadfastRegime(SpilloverModel):
    """A history in which the regime's garrisons stand fast."""

    def __init__(self, scenario: Scenario, seed: int = 1, run: int = 0) -> None:
        super().__init__(scenario, seed, run, faction_types={"REGIME": Steadfast})


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return scenario_of("levant_2024", days=40)


def test_a_subclass_of_a_state_changes_what_reaches_it(scenario: Scenario) -> None:
    model = SpilloverModel(scenario, SEED, 3, state_types={"LBN": Unmoved})
    model.run_to_horizon()
    assert isinstance(model.state_agent("LBN"), Unmoved)
    assert not any(model.state_agent("LBN").pressure.values())
    assert any(model.state_agent("JOR").pressure.values())


def test_an_unknown_state_type_is_refused(scenario: Scenario) -> None:
    with pytest.raises(KeyError, match="state_types names"):
        SpilloverModel(scenario, state_types={"ATLANTIS": StateAgent})


def test_what_is_set_is_there_and_what_follows_is_the_models(scenario: Scenario) -> None:
    model, plain = (SpilloverModel(scenario, SEED, 3) for _ in range(2))
    regime = model.faction("REGIME")
    place = max(regime.deployment, key=regime.deployment.__getitem__)
    regime.set_fighters(place, 100.0)
    regime.set_morale(place, 0.2)
    regime.set_tie("HTS", -0.5)
    model.state_agent("LBN").hardening = 0.75
    model.state_agent("RUS").set_support("REGIME", 0.0)
    assert regime.deployment[place] == 100.0
    assert regime.tie("HTS") == model.faction("HTS").tie("REGIME") == -0.5
    assert model.state_agent("LBN").hardening == 0.75
    assert model.state_agent("RUS").support["REGIME"] == 0.0
    model.run_to_horizon()
    plain.run_to_horizon()
    assert model.run_row() != plain.run_row()


def test_fighters_who_are_set_stay_in_the_books(scenario: Scenario) -> None:
    model = SpilloverModel(scenario, SEED, 3)
    for name, factor in (("REGIME", 0.5), ("HTS", 2.0)):
        faction = model.faction(name)
        place = max(faction.deployment, key=faction.deployment.__getitem__)
        faction.set_fighters(place, factor * faction.deployment[place])
    model.run_to_horizon()
    s = model.state
    entered = s["fighters_day_0"] + s["recruited"] + s["joined"] + s["freed"]
    left = s["killed"] + s["wounded"] + s["deserted"]
    assert np.allclose(entered, s["fighters"].sum(axis=0) + left, rtol=1e-9, atol=1e-6)


def test_what_cannot_be_set_is_refused(scenario: Scenario) -> None:
    model = SpilloverModel(scenario, SEED, 3)
    regime = model.faction("REGIME")
    place = max(regime.deployment, key=regime.deployment.__getitem__)
    with pytest.raises(ValueError, match="fighters must be at least 0, got -1"):
        regime.set_fighters(place, -1.0)
    with pytest.raises(ValueError, match=r"morale must be in \[0, 1\], got nan"):
        regime.set_morale(place, float("nan"))
    with pytest.raises(ValueError, match=r"tie must be in \[-1, 1\], got 2"):
        regime.set_tie("HTS", 2.0)
    with pytest.raises(ValueError, match=r"hardening must be in \[0, 1\]"):
        model.state_agent("LBN").hardening = 1.5
    with pytest.raises(KeyError, match="has no garrison in 'IQ-BG'"):
        regime.set_morale("IQ-BG", 0.5)
    with pytest.raises(KeyError, match="is no other faction"):
        regime.set_tie("REGIME", 0.5)
    with pytest.raises(KeyError, match="JOR is no patron of 'REGIME'"):
        model.state_agent("JOR").set_support("REGIME", 0.5)


def test_histories_lived_as_models_are_those_of_the_engine(scenario: Scenario) -> None:
    lived = ModelLiving(SpilloverModel).live(scenario, SEED, 5, 3, 2)
    engine = simulate(scenario.world, scenario.rules, SEED, 5, 3, 2)
    for name, rows in engine.tables.items():
        assert lived.tables[name].dtype == rows.dtype
        assert np.array_equal(lived.tables[name], rows), name


def test_a_model_of_ones_own_runs_as_an_ensemble(tmp_path: Path) -> None:
    settings = {"ensemble.runs": 4, "ensemble.traces": 1, "horizon_days": 30, "output": str(tmp_path)}
    asked = sim.load_scenario("offensive_2024", settings)
    plain, own = sim.run(asked), sim.run(asked, model=SteadfastRegime)
    assert own.folder != plain.folder
    assert own.manifest["living"]["name"].endswith("test_own.SteadfastRegime")
    assert plain.manifest["living"] is None
    assert own.runs["fighters_deserted"].sum() < plain.runs["fighters_deserted"].sum()
    assert own.manifest["config"]["executor"]["kind"] == "process"
    assert set(sim.compare(plain, own).table["outcome"]) >= {"p_collapse"}
    again = sim.run(asked, model=SteadfastRegime)  # is only read
    assert again.manifest["started"] == own.manifest["started"]
    with pytest.raises(ConfigError, match="step through it to see why"):
        sim.open_results(own.folder).explain(0)
    opened = sim.open_results(own.folder).scenario.living
    assert opened is not None
    with pytest.raises(ConfigError, match=r"give it to sim\.run"):
        opened.live(asked, 1, 0, 1, 0)
    assert isinstance(own.replay(2), SteadfastRegime)
    with pytest.raises(ConfigError, match=r"give it to sim\.run"):
        sim.open_results(own.folder).replay(2)


def test_results_of_other_sources_are_other_results(scenario: Scenario, monkeypatch: pytest.MonkeyPatch) -> None:
    before = config_digest(lived_by(scenario, SteadfastRegime))
    assert before != config_digest(scenario)
    assert before == config_digest(lived_by(scenario, SteadfastRegime))
    monkeypatch.setattr("sim.agents.living.inspect.getsource", lambda _: "another source")
    assert config_digest(lived_by(scenario, SteadfastRegime)) != before


def test_what_is_no_model_is_refused(scenario: Scenario) -> None:
    with pytest.raises(ConfigError, match="must be a subclass of SpilloverModel"):
        lived_by(scenario, dict)  # type: ignore[arg-type]  # what somebody may give


@pytest.mark.skipif(not HAS_BATCH_RUN, reason="Mesa 4 has no batch_run")
def test_batch_run_collects_the_series_of_models(scenario: Scenario) -> None:
    from mesa.batchrunner import batch_run  # noqa: PLC0415 - not in Mesa 4

    rows = batch_run(
        SpilloverModel,
        {"scenario": scenario, "run": [3, 4]},
        number_processes=1,
        data_collection_period=1,
        display_progress=False,
    )
    assert set(SERIES) <= set(rows[0])
    model = SpilloverModel(scenario, SEED, 4)
    model.run_to_horizon()
    last = [row for row in rows if row["run"] == 4][-1]
    assert last["outcome"] == model.outcome
    assert last["n_falls"] == len(model.falls)
    assert last["refugees"] == model.refugees
