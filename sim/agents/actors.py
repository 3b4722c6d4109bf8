"""States and factions as Mesa agents: what they know are views of the state, what they do are phases of the core.

Subclass an agent and override one of its phases to change a rule in Python; ``super()`` calls the compiled one.
"""

from __future__ import annotations

import mesa
from mesa.discrete_space import CellAgent

from sim.agents.history import History, phases_of
from sim.agents.places import Place
from sim.core.codes import NOBODY, Channel


@phases_of("actor", "actor_index")
class _Actor(CellAgent):
    """Somebody who can be a patron: a row of the actors' arrays.

    Attributes
    ----------
    name
        Id in the world's tables.
    actor_index
        Row in the arrays by actor; entity numbers of draws come from it, never from Mesa's ``unique_id``.
    """

    def __init__(self, model: mesa.Model, history: History, name: str, actor_index: int) -> None:
        super().__init__(model)
        self.history = history
        self.name = name
        self.actor_index = actor_index

    def __repr__(self) -> str:
        """Return what and who it is."""
        return f"{type(self).__name__}({self.name!r})"

    @property
    def reserve(self) -> float:
        """Return what the actor could still give as a patron, in [0, 1]."""
        return float(self.history.state["reserve"][self.actor_index])

    @property
    def support(self) -> dict[str, float]:
        """Return the standing support for each client, in [0, 1]."""
        world, state = self.history.world, self.history.state
        links = range(world["link_start"][self.actor_index], world["link_start"][self.actor_index + 1])
        names = self.history.faction_ids
        return {names[world["link_client"][k]]: float(state["support"][k] * state["support_lever"][k]) for k in links}

    @property
    def belief(self) -> dict[str, float]:
        """Return the belief in each client, in [0, 1]."""
        world, state = self.history.world, self.history.state
        links = range(world["link_start"][self.actor_index], world["link_start"][self.actor_index + 1])
        return {self.history.faction_ids[world["link_client"][k]]: float(state["belief"][k]) for k in links}


@phases_of("state", "actor_index")
class StateAgent(_Actor):
    """A state: a patron of factions, a neighbour of the war, or the contested one. Its cell is its capital, if any."""

    def __init__(self, model: mesa.Model, history: History, state_index: int, capital: Place | None) -> None:
        super().__init__(model, history, history.state_ids[state_index], state_index)
        self.cell = capital

    @property
    def level(self) -> int:
        """Return how far the state is drawn in: 0 calm, 1 alert, 2 incident, 3 organised violence, 4 civil war."""
        return int(self.history.state["level"][self.actor_index])

    @property
    def pressure(self) -> dict[str, float]:
        """Return what each channel carries to the state, in [0, 1]."""
        carried = self.history.state["channel"][self.actor_index]
        return {channel.name.lower(): float(carried[channel]) for channel in Channel}

    @property
    def hardening(self) -> float:
        """Return how far the state guards its border, in [0, 1]."""
        return float(self.history.state["hardening"][self.actor_index])

    @property
    def refugees(self) -> int:
        """Return the refugees who came since day 0 and are there now."""
        return int(self.history.state["refugees_in"][self.actor_index])

    @property
    def influence(self) -> float:
        """Return its influence on the contested state, as a share of all there is."""
        return float(self.history.state["influence_total"][self.actor_index])


@phases_of("faction", "faction_index")
class FactionAgent(_Actor):
    """An armed faction with forces in many places. Its cell is where most of its fighters stand.

    Attributes
    ----------
    faction_index
        Row in the arrays by faction.
    """

    def __init__(self, model: mesa.Model, history: History, faction_index: int, places: list[Place]) -> None:
        super().__init__(model, history, history.faction_ids[faction_index], len(history.state_ids) + faction_index)
        self.faction_index = faction_index
        self.places = places
        self.cell: Place | None = None
        self.move_headquarters()

    def move_headquarters(self) -> None:
        """Move the agent to the cell where most of its fighters stand."""
        row = self.history.state["fighters"][:, self.faction_index]
        main = int(row.argmax())
        if row[main] > 0 and (self.cell is None or self.cell.index != main):
            self.cell = self.places[main]

    @property
    def side(self) -> str:
        """Return the id of the faction that leads this one's side."""
        return self.history.faction_ids[self.history.state["side"][self.faction_index]]

    @property
    def fighters(self) -> float:
        """Return all fighters, wherever they stand."""
        return float(self.history.state["fighters"][:, self.faction_index].sum())

    @property
    def deployment(self) -> dict[str, float]:
        """Return the fighters by location."""
        column = self.history.state["fighters"][:, self.faction_index]
        return {place.coordinate: float(column[place.index]) for place in self.places if column[place.index] > 0}

    @property
    def morale(self) -> float:
        """Return the mean morale of its fighters, in [0, 1]; 0 without any."""
        fighters = self.history.state["fighters"][:, self.faction_index]
        total = fighters.sum()
        weighted = (fighters * self.history.state["morale"][:, self.faction_index]).sum()
        return float(weighted / total) if total > 0 else 0.0

    @property
    def power(self) -> float:
        """Return the power in the war: fighters x (0.5 + quality) x morale factor."""
        return float(self.history.state["power"][self.faction_index])

    @property
    def is_active(self) -> bool:
        """Tell whether the faction takes part in attacks."""
        return bool(self.history.state["is_active"][self.faction_index])

    @property
    def killed(self) -> float:
        """Return its fatalities so far."""
        return float(self.history.state["killed"][self.faction_index])

    @property
    def places_held(self) -> list[str]:
        """Return the ids of the locations that it holds."""
        holder = self.history.state["holder"]
        return [place.coordinate for place in self.places if holder[place.index] == self.faction_index]

    @property
    def targets(self) -> list[str]:
        """Return the ids of the locations that its forces move against today."""
        state = self.history.state
        found = set()
        for array in (state["task"], state["pursuit"]):
            column = array[: len(self.places), self.faction_index]
            found |= set(column[column != NOBODY].tolist())
        return [self.places[i].coordinate for i in sorted(found)]
