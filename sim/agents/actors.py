"""States and factions as Mesa agents: what they know are views of the state, what they do are phases of the core.

Subclass an agent and override one of its phases to change a rule in Python; ``super()`` calls the compiled one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mesa.discrete_space import CellAgent

from sim.core import calls
from sim.core.codes import NOBODY, Channel

if TYPE_CHECKING:
    from sim.agents.model import SpilloverModel
    from sim.agents.places import Place


class _Actor(CellAgent):
    """Somebody who can be a patron: a row of the actors' arrays.

    Attributes
    ----------
    name
        Id in the world's tables.
    actor_index
        Row in the arrays by actor; entity numbers of draws come from it, never from Mesa's ``unique_id``.
    """

    model: SpilloverModel

    def __init__(self, model: SpilloverModel, name: str, actor_index: int, cell: Place | None) -> None:
        super().__init__(model)
        self.name = name
        self.actor_index = actor_index
        self.cell = cell

    def __repr__(self) -> str:
        """Return what and who it is."""
        return f"{type(self).__name__}({self.name!r})"

    def decide_aid(self) -> None:
        """Judge each client, decide what to send, and strike whom it opposes."""
        model = self.model
        calls.call_decide_aid(model.world_record, model.rules_record, model.state_record, self.actor_index)

    @property
    def reserve(self) -> float:
        """Return what the actor could still give as a patron, in [0, 1]."""
        return float(self.model.state["reserve"][self.actor_index])

    @property
    def support(self) -> dict[str, float]:
        """Return the standing support for each client, in [0, 1]."""
        world, state = self.model.world, self.model.state
        links = range(world["link_start"][self.actor_index], world["link_start"][self.actor_index + 1])
        names = self.model.faction_ids
        return {names[world["link_client"][k]]: float(state["support"][k] * state["support_lever"][k]) for k in links}

    @property
    def belief(self) -> dict[str, float]:
        """Return the belief in each client, in [0, 1]."""
        world, state = self.model.world, self.model.state
        links = range(world["link_start"][self.actor_index], world["link_start"][self.actor_index + 1])
        return {self.model.faction_ids[world["link_client"][k]]: float(state["belief"][k]) for k in links}


class StateAgent(_Actor):
    """A state: a patron of factions, a neighbour of the war, or the contested one. Its cell is its capital, if any."""

    def spill_over(self) -> None:
        """Feel what the war sends across the border, climb or step down a rung, and set the guard."""
        model = self.model
        calls.call_spill_over(model.world_record, model.rules_record, model.state_record, self.actor_index)

    def invest(self) -> None:
        """Spread the means for influence over the places where they count most."""
        model = self.model
        calls.call_invest(model.world_record, model.rules_record, model.state_record, self.actor_index)

    @property
    def level(self) -> int:
        """Return how far the state is drawn in: 0 calm, 1 alert, 2 incident, 3 organised violence, 4 civil war."""
        return int(self.model.state["level"][self.actor_index])

    @property
    def pressure(self) -> dict[str, float]:
        """Return what each channel carries to the state, in [0, 1]."""
        carried = self.model.state["channel"][self.actor_index]
        return {channel.name.lower(): float(carried[channel]) for channel in Channel}

    @property
    def hardening(self) -> float:
        """Return how far the state guards its border, in [0, 1]."""
        return float(self.model.state["hardening"][self.actor_index])

    @property
    def refugees(self) -> int:
        """Return the refugees who came since day 0 and are there now."""
        return int(self.model.state["refugees_in"][self.actor_index])

    @property
    def influence(self) -> float:
        """Return its influence on the contested state, as a share of all there is."""
        return float(self.model.state["influence_total"][self.actor_index])


class FactionAgent(_Actor):
    """An armed faction with forces in many places. Its cell is where most of its fighters stand.

    Attributes
    ----------
    faction_index
        Row in the arrays by faction.
    """

    def __init__(
        self, model: SpilloverModel, name: str, actor_index: int, faction_index: int, cell: Place | None
    ) -> None:
        super().__init__(model, name, actor_index, cell)
        self.faction_index = faction_index

    def hold(self) -> None:
        """Let every garrison pass a day: morale, desertion, perhaps a deal."""
        model = self.model
        calls.call_hold(model.world_record, model.rules_record, model.state_record, self.faction_index)

    def recruit(self) -> None:
        """Raise recruits, if this is the regime and it has begun to lose."""
        model = self.model
        calls.call_recruit(model.world_record, model.rules_record, model.state_record, self.faction_index)

    def give_orders(self) -> None:
        """Choose targets for the side, if this faction leads one."""
        model = self.model
        calls.call_give_orders(model.world_record, model.rules_record, model.state_record, self.faction_index)

    def absorb_shock(self) -> None:
        """Hear of today's losses, gains, and exits of patrons."""
        model = self.model
        calls.call_absorb_shock(model.world_record, model.rules_record, model.state_record, self.faction_index)

    def resurge(self) -> None:
        """Grow or shrink, and attack, if this is an extremist faction."""
        model = self.model
        calls.call_resurge(model.world_record, model.rules_record, model.state_record, self.faction_index)

    def awaken(self) -> None:
        """Perhaps join the war from tomorrow on."""
        model = self.model
        calls.call_awaken(model.world_record, model.rules_record, model.state_record, self.faction_index)

    def move_headquarters(self) -> None:
        """Move the agent to the cell where most of its fighters stand."""
        row = self.model.state["fighters"][:, self.faction_index]
        main = int(row.argmax())
        if row[main] > 0 and (self.cell is None or self.cell.index != main):
            self.cell = self.model.places[main]

    @property
    def side(self) -> str:
        """Return the id of the faction that leads this one's side."""
        return self.model.faction_ids[self.model.state["side"][self.faction_index]]

    @property
    def fighters(self) -> float:
        """Return all fighters, wherever they stand."""
        return float(self.model.state["fighters"][:, self.faction_index].sum())

    @property
    def deployment(self) -> dict[str, float]:
        """Return the fighters by location."""
        column = self.model.state["fighters"][:, self.faction_index]
        return {place.coordinate: float(column[place.index]) for place in self.model.places if column[place.index] > 0}

    @property
    def morale(self) -> float:
        """Return the mean morale of its fighters, in [0, 1]; 0 without any."""
        fighters = self.model.state["fighters"][:, self.faction_index]
        total = fighters.sum()
        weighted = (fighters * self.model.state["morale"][:, self.faction_index]).sum()
        return float(weighted / total) if total > 0 else 0.0

    @property
    def power(self) -> float:
        """Return the power in the war: fighters x (0.5 + quality) x morale factor."""
        return float(self.model.state["power"][self.faction_index])

    @property
    def is_active(self) -> bool:
        """Tell whether the faction takes part in attacks."""
        return bool(self.model.state["is_active"][self.faction_index])

    @property
    def killed(self) -> float:
        """Return its fatalities so far."""
        return float(self.model.state["killed"][self.faction_index])

    @property
    def places_held(self) -> list[str]:
        """Return the ids of the locations that it holds."""
        holder = self.model.state["holder"]
        return [place.coordinate for place in self.model.places if holder[place.index] == self.faction_index]

    @property
    def targets(self) -> list[str]:
        """Return the ids of the locations that its forces move against today."""
        state = self.model.state
        found = set()
        for array in (state["task"], state["pursuit"]):
            column = array[: len(self.model.places), self.faction_index]
            found |= set(column[column != NOBODY].tolist())
        return [self.model.places[i].coordinate for i in sorted(found)]
