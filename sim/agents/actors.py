"""States and factions as Mesa agents: what they know are views of the state, what they do are phases of the core.

Subclass an agent and override one of its phases to change a rule in Python; ``super()`` calls the compiled one.
"""

from __future__ import annotations

import math

import mesa
from mesa.discrete_space import CellAgent

from sim.agents.history import History, phases_of
from sim.agents.places import Place
from sim.core.codes import NOBODY, Channel


def checked(what: str, value: float, most: float, least: float = 0.0) -> float:
    """Return a number that is to be set; raise ValueError where it is out of range or none.

    Parameters
    ----------
    what
        How it is called.
    value
        The number.
    most, least
        Its limits.
    """
    if not (math.isfinite(value) and least <= value <= most):
        limits = f"at least {least:g}" if most == math.inf else f"in [{least:g}, {most:g}]"
        message = f"{what} must be {limits}, got {value!r}"
        raise ValueError(message)
    return float(value)


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

    def set_support(self, client: str, value: float) -> None:
        """Set the standing support for a client, in [0, 1]; from then on it moves by the model's rules again.

        Raises
        ------
        KeyError
            If the actor is no patron of it.
        ValueError
            If the value is out of range.
        """
        world, state = self.history.world, self.history.state
        for link in range(world["link_start"][self.actor_index], world["link_start"][self.actor_index + 1]):
            if self.history.faction_ids[world["link_client"][link]] == client:
                state["support"][link] = checked("support", value, 1.0)
                return
        message = f"{self.name} is no patron of {client!r}; its clients are {sorted(self.support)}"
        raise KeyError(message)

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

    @hardening.setter
    def hardening(self, value: float) -> None:
        """Set the guard of the border; from then on it moves by the model's rules again."""
        self.history.state["hardening"][self.actor_index] = checked("hardening", value, 1.0)

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

    def set_fighters(self, place: str, value: float) -> None:
        """Set how many fighters a garrison has; those who come count as recruits, those who go as deserters.

        Raises
        ------
        KeyError
            If it has no garrison in that place: forces march by the model's rules alone.
        ValueError
            If the number is below 0 or no number.
        """
        state, i = self.history.state, self._garrison(place)
        change = checked("fighters", value, math.inf) - state["fighters"][i, self.faction_index]
        state["fighters"][i, self.faction_index] = value
        state["recruited"][self.faction_index] += max(0.0, change)
        state["deserted"][self.faction_index] += max(0.0, -change)

    def set_morale(self, place: str, value: float) -> None:
        """Set the morale of a garrison, in [0, 1]; KeyError and ValueError as for `set_fighters`."""
        self.history.state["morale"][self._garrison(place), self.faction_index] = checked("morale", value, 1.0)

    def tie(self, other: str) -> float:
        """Return the tie to another faction, in [-1, 1]."""
        return float(self.history.state["tie"][self.faction_index, self._number(other)])

    def set_tie(self, other: str, value: float) -> None:
        """Set the tie to another faction, in [-1, 1]; it is the other's tie to this one as well."""
        number, tie = self._number(other), checked("tie", value, 1.0, least=-1.0)
        self.history.state["tie"][self.faction_index, number] = tie
        self.history.state["tie"][number, self.faction_index] = tie

    def _garrison(self, place: str) -> int:
        """Return the number of a place where the faction has a garrison."""
        if place not in self.deployment:
            message = f"{self.name} has no garrison in {place!r}; it has some in {sorted(self.deployment)}"
            raise KeyError(message)
        return self.history.place_ids.index(place)

    def _number(self, other: str) -> int:
        """Return the number of another faction."""
        if other not in self.history.faction_ids or other == self.name:
            message = f"{other!r} is no other faction; there are {self.history.faction_ids}"
            raise KeyError(message)
        return self.history.faction_ids.index(other)

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
