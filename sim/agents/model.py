"""One history as a Mesa model: steppable, inspectable, and equal to the engine bit for bit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import mesa
import numpy as np
from mesa import DataCollector
from mesa.agent import AgentSet

from sim.agents.actors import FactionAgent, StateAgent
from sim.agents.history import History, phases_of
from sim.agents.places import Place, build_network
from sim.core import calls
from sim.core.codes import NEVER, NOBODY, Outcome
from sim.core.day import SCHEDULE
from sim.core.record import RUNS, layouts_of
from sim.world.scenario import Scenario

SERIES = (
    "regime_morale",
    "regime_strength_left",
    "outcome",
    "collapse_day",
    "n_falls",
    "killed",
    "displaced",
    "refugees",
    "highest_level",
)
"""What a model's data collector keeps of every day."""


@phases_of("map")
class SpilloverModel(mesa.Model):
    """One history of a scenario, a day a step.

    Examples
    --------
    >>> import sim
    >>> model = sim.SpilloverModel(sim.load_scenario("offensive_2024"), seed=1, run=3)
    >>> model.step()
    >>> model.day, len(model.falls) >= 0, model.faction(model.faction_ids[0])
    (1, True, FactionAgent(...))
    >>> model.run_to_horizon()
    >>> model.day == model.inputs.horizon_days
    True

    Parameters
    ----------
    scenario
        World, rules and levers, from ``sim.world.scenario.build_scenario``.
    seed, run
        Which history; the same numbers give the same history in an ensemble. Mesa's ``batch_run`` gives the ``rng``
        that it was asked for as seed, and None where it was asked for none: that is 1.
    faction_types, state_types
        Subclass of ``FactionAgent`` for some factions, and of ``StateAgent`` for some states, by id; the others are
        plain.
    rng
        Not used; Mesa's ``batch_run`` gives one.

    Attributes
    ----------
    network, places
        The map as a Mesa network, and its cells in the order of the world's tables.
    states, factions
        Agents in the order of the world's tables.
    falls
        Changes of seats so far: (day, location id, from faction id, to faction id).
    datacollector
        Series of the model in the evening of each day, as ``batch_run`` reads them; see `SERIES`.
    """

    def __init__(
        self,
        scenario: Scenario,
        seed: int | None = 1,
        run: int = 0,
        faction_types: Mapping[str, type[FactionAgent]] | None = None,
        state_types: Mapping[str, type[StateAgent]] | None = None,
        rng: object = None,  # noqa: ARG002 - Mesa's `batch_run` gives one; no draw of the model comes from it
    ) -> None:
        seed = 1 if seed is None else seed
        if not (0 <= run < 2**32 and 0 <= seed < 2**63):
            message = f"seed and run must be at least 0, below 2**63 and 2**32; got seed={seed}, run={run}"
            raise ValueError(message)
        super().__init__(rng=seed)
        self.running = True
        self.inputs = scenario
        self.history = history = History(scenario, seed, run)
        self.state_ids, self.faction_ids = history.state_ids, history.faction_ids
        self.network = build_network(history, scenario.tables, self.agents.random)
        self.places: list[Place] = [self.network[name] for name in history.place_ids]
        self.falls: list[tuple[int, str, str, str]] = []
        self.datacollector = DataCollector(model_reporters={name: name for name in SERIES})
        self._add_actors(faction_types or {}, state_types or {})

    def _add_actors(
        self, faction_types: Mapping[str, type[FactionAgent]], state_types: Mapping[str, type[StateAgent]]
    ) -> None:
        """Create the agents: states first, then factions, as the arrays have them."""
        for key, types, known in (
            ("faction_types", faction_types, self.faction_ids),
            ("state_types", state_types, self.state_ids),
        ):
            unknown = sorted(set(types) - set(known))
            if unknown:
                message = f"{key} names {unknown}; the world has {known}"
                raise KeyError(message)
        locations = self.inputs.tables.locations
        capitals = {state: self.network[i] for i, state in zip(locations["id"], locations["capital_of"], strict=True)}
        states = [
            state_types.get(name, StateAgent)(self, self.history, i, capitals.get(name))
            for i, name in enumerate(self.state_ids)
        ]
        factions = [
            faction_types.get(name, FactionAgent)(self, self.history, i, self.places)
            for i, name in enumerate(self.faction_ids)
        ]
        self.states = AgentSet(states, random=self.agents.random)
        self.factions = AgentSet(factions, random=self.agents.random)
        self.actors = AgentSet([*states, *factions], random=self.agents.random)
        self._states_by_id = dict(zip(self.state_ids, states, strict=True))
        self._factions_by_id = dict(zip(self.faction_ids, factions, strict=True))

    @property
    def world(self) -> np.void:
        """Return the world's record, for reading."""
        return self.history.world

    @property
    def state(self) -> np.void:
        """Return the record of the history so far, for reading."""
        return self.history.state

    def state_agent(self, name: str) -> StateAgent:
        """Return a state by its id in the world's tables."""
        return self._states_by_id[name]

    def faction(self, name: str) -> FactionAgent:
        """Return a faction by its id in the world's tables."""
        return self._factions_by_id[name]

    def step(self) -> None:
        """Live one day: every phase of the schedule, by the agents whose it is."""
        if not self.running:
            message = f"this history has ended: it has lived its {self.inputs.horizon_days} days"
            raise RuntimeError(message)
        agents = {"actor": self.actors, "state": self.states, "faction": self.factions}
        for phase, whose in SCHEDULE:
            if whose == "map":
                getattr(self, phase.__name__)()
            else:
                agents[whose].do(phase.__name__)
        self._note_falls()
        self.datacollector.collect(self)
        calls.call_next_day(self.history.state_record)
        self.factions.do("move_headquarters")
        if self.day >= self.inputs.horizon_days:
            self.running = False

    def run_to_horizon(self) -> None:
        """Live all days that are left."""
        while self.running:
            self.step()

    def _note_falls(self) -> None:
        """Append today's changes of seats."""
        lost = self.state["lost_by"][: len(self.places)]
        for place in np.flatnonzero(lost != NOBODY):
            before, after = self.state["lost_from"][place], self.state["holder"][place]
            names = self.faction_ids
            self.falls.append((self.day, self.places[place].coordinate, names[before], names[after]))

    @property
    def day(self) -> int:
        """Return the day that the next step lives; day 0 is the world's first."""
        return int(self.state["key"]["day"])

    @property
    def outcome(self) -> str:
        """Return how the regime ended so far: ``in_power``, ``flight``, ``capital``, ``disintegration``, ``coup``."""
        return Outcome(int(self.state["outcome"])).name.lower()

    @property
    def collapse_day(self) -> int | None:
        """Return the day of the collapse, None so far."""
        day = int(self.state["collapse_day"])
        return None if day == NEVER else day

    @property
    def regime_morale(self) -> float:
        """Return the mean morale of the regime's side."""
        return float(self.state["side_morale"][self.world["regime"]])

    @property
    def regime_strength_left(self) -> float:
        """Return the power of the regime's side as a share of day 0."""
        return float(self.state["side_power"][self.world["regime"]] / self.state["power_day_0"])

    @property
    def n_falls(self) -> int:
        """Return how many seats have changed hands so far."""
        return len(self.falls)

    @property
    def displaced(self) -> float:
        """Return how many are displaced inside the contested state now."""
        return float(self.state["displaced"].sum())

    @property
    def refugees(self) -> float:
        """Return how many refugees of this war are abroad now."""
        return float(self.state["refugees_in"].sum())

    @property
    def killed(self) -> float:
        """Return the fatalities so far, combatants and civilians."""
        return float(self.state["killed"].sum() + self.state["civilians_killed"].sum())

    @property
    def highest_level(self) -> int:
        """Return how far the neighbour that is drawn in most is drawn in now."""
        return int(self.state["level"].max())

    def run_row(self) -> np.ndarray:
        """Return the row that the engine would write for this history."""
        row = np.zeros(1, layouts_of(self.history.world_record)[RUNS])
        calls.call_write_run(self.history.world_record, self.history.state_record, row)
        return row

    def summary(self) -> dict[str, Any]:
        """Return the outcome of the history so far in words and days."""
        return {
            "day": self.day,
            "outcome": self.outcome,
            "collapse_day": self.collapse_day,
            "falls": len(self.falls),
        }
