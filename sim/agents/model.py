"""One history as a Mesa model: steppable, inspectable, and equal to the engine bit for bit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import mesa
import numpy as np
from mesa.agent import AgentSet

from sim.agents.actors import FactionAgent, StateAgent
from sim.agents.places import Place, build_network
from sim.core import calls
from sim.core.codes import NEVER, NOBODY, Outcome
from sim.core.day import SCHEDULE
from sim.core.record import layouts_of
from sim.core.state import new_state
from sim.world.scenario import Scenario
from sim.world.uncertainty import draw_rules


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
        Which history; the same numbers give the same history in an ensemble.
    faction_types
        Subclass of ``FactionAgent`` for some factions, by id; the others are plain.

    Attributes
    ----------
    network, places
        The map as a Mesa network, and its cells in the order of the world's tables.
    states, factions
        Agents in the order of the world's tables.
    falls
        Changes of seats so far: (day, location id, from faction id, to faction id).
    """

    def __init__(
        self,
        scenario: Scenario,
        seed: int = 1,
        run: int = 0,
        faction_types: Mapping[str, type[FactionAgent]] | None = None,
    ) -> None:
        if not (0 <= run < 2**32 and 0 <= seed < 2**63):
            message = f"seed and run must be at least 0, below 2**63 and 2**32; got seed={seed}, run={run}"
            raise ValueError(message)
        super().__init__(rng=seed)
        self.running = True
        self.inputs = scenario
        self.state_ids: list[str] = list(scenario.tables.states["id"])
        self.faction_ids: list[str] = list(scenario.tables.factions["id"])
        self.world_record = scenario.world
        self.rules_record = draw_rules(scenario.rules, seed, run, 1) if scenario.is_uncertain else scenario.rules
        self.state_record = new_state(scenario.world)
        calls.call_begin_run(self.world_record, self.rules_record, self.state_record, np.uint64(seed), np.uint64(run))
        self.network = build_network(self)
        self.places: list[Place] = [self.network[name] for name in scenario.tables.locations["id"]]
        self.falls: list[tuple[int, str, str, str]] = []
        self._add_actors(faction_types or {})

    def _add_actors(self, faction_types: Mapping[str, type[FactionAgent]]) -> None:
        """Create the agents: states first, then factions, as the arrays have them."""
        unknown = sorted(set(faction_types) - set(self.faction_ids))
        if unknown:
            message = f"faction_types names {unknown}; the world has {self.faction_ids}"
            raise KeyError(message)
        locations = self.inputs.tables.locations
        capitals = {state: self.network[i] for i, state in zip(locations["id"], locations["capital_of"], strict=True)}
        states = [StateAgent(self, name, i, capitals.get(name)) for i, name in enumerate(self.state_ids)]
        first = len(states)
        factions = [
            faction_types.get(name, FactionAgent)(self, name, first + i, i, None)
            for i, name in enumerate(self.faction_ids)
        ]
        for agent in factions:
            agent.move_headquarters()
        self.states = AgentSet(states, random=self.agents.random)
        self.factions = AgentSet(factions, random=self.agents.random)
        self.actors = AgentSet([*states, *factions], random=self.agents.random)
        self._states_by_id = dict(zip(self.state_ids, states, strict=True))
        self._factions_by_id = dict(zip(self.faction_ids, factions, strict=True))

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Become a copy, which goes on by itself: in another process, or from here into another future."""
        self.__dict__.update(state)
        # An equal but not identical type makes every compiled call ten times slower.
        self.world_record = self.inputs.world
        self.rules_record = self.rules_record.view(self.inputs.rules.dtype)
        self.state_record = self.state_record.view(new_state(self.world_record).dtype)

    @property
    def world(self) -> np.void:
        """Return the world's record, for reading."""
        return self.world_record[0]

    @property
    def state(self) -> np.void:
        """Return the record of the history so far, for reading."""
        return self.state_record[0]

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
        for name, whose in SCHEDULE:
            if whose == "actor":
                self.actors.do(name)
            elif whose == "faction":
                self.factions.do(name)
            elif whose == "state":
                self.states.do(name)
            else:
                getattr(self, name)()
        self._note_falls()
        calls.call_next_day(self.state_record)
        self.factions.do("move_headquarters")
        if self.day >= self.inputs.horizon_days:
            self.running = False

    def run_to_horizon(self) -> None:
        """Live all days that are left."""
        while self.running:
            self.step()

    def open_day(self) -> None:
        """Put today's levers into force, and let happen what the scenario lets happen."""
        calls.call_open_day(self.world_record, self.rules_record, self.state_record)

    def pool_aid(self) -> None:
        """Add up what each faction receives from its patrons, and carry out the strikes."""
        calls.call_pool_aid(self.world_record, self.rules_record, self.state_record)

    def muster(self) -> None:
        """Count every force."""
        calls.call_muster(self.world_record, self.rules_record, self.state_record)

    def fight(self) -> None:
        """Fight out the orders of the day."""
        calls.call_fight(self.world_record, self.rules_record, self.state_record)

    def capture(self) -> None:
        """Hand over the places that fell."""
        calls.call_capture(self.world_record, self.rules_record, self.state_record)

    def survive(self) -> None:
        """Decide whether the regime lives through the day."""
        calls.call_survive(self.world_record, self.rules_record, self.state_record)

    def realign(self) -> None:
        """Move ties, and draw infighting and mergers."""
        calls.call_realign(self.world_record, self.rules_record, self.state_record)

    def deny(self) -> None:
        """Let outside powers destroy depots."""
        calls.call_deny(self.world_record, self.rules_record, self.state_record)

    def harm(self) -> None:
        """Draw the civilians who are killed today."""
        calls.call_harm(self.world_record, self.rules_record, self.state_record)

    def move_people(self) -> None:
        """Let people leave and return."""
        calls.call_move_people(self.world_record, self.rules_record, self.state_record)

    def guard_prisons(self) -> None:
        """Draw which prisons break open today."""
        calls.call_guard_prisons(self.world_record, self.rules_record, self.state_record)

    def share_influence(self) -> None:
        """Move every share of influence, and sum them up."""
        calls.call_share_influence(self.world_record, self.rules_record, self.state_record)

    def settle(self) -> None:
        """Draw whether the parties settle today."""
        calls.call_settle(self.world_record, self.rules_record, self.state_record)

    def close_day(self) -> None:
        """Commission captured weapons, let the woken take their place, and put the day's events in order."""
        calls.call_close_day(self.world_record, self.rules_record, self.state_record)

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

    def run_row(self) -> np.ndarray:
        """Return the row that the engine would write for this history."""
        row = np.zeros(1, layouts_of(self.world_record).run)
        calls.call_write_run(self.world_record, self.state_record, row)
        return row

    def summary(self) -> dict[str, Any]:
        """Return the outcome of the history so far in words and days."""
        return {
            "day": self.day,
            "outcome": self.outcome,
            "collapse_day": self.collapse_day,
            "falls": len(self.falls),
        }
