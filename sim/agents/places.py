"""Locations as cells of a Mesa network: views of one row of the run's state."""

from __future__ import annotations

from typing import TYPE_CHECKING

import networkx as nx
from mesa.discrete_space import Cell, Network

from sim.core.codes import NOBODY

if TYPE_CHECKING:
    from sim.agents.model import SpilloverModel


class Place(Cell):
    """A location of the world; ``coordinate`` is its id.

    Attributes
    ----------
    index
        Row of the location in the world's arrays.
    name, state
        Its name, and the id of the state that it belongs to.
    """

    model: SpilloverModel
    index: int
    name: str
    state: str

    @property
    def holder(self) -> str | None:
        """Return the id of the faction that holds the seat, None where nobody does."""
        holder = int(self.model.state["holder"][self.index])
        return None if holder == NOBODY else self.model.faction_ids[holder]

    @property
    def fighters(self) -> dict[str, float]:
        """Return the fighters of each faction that stands here."""
        row = self.model.state["fighters"][self.index]
        return {name: float(row[i]) for i, name in enumerate(self.model.faction_ids) if row[i] > 0}

    @property
    def control(self) -> dict[str, float]:
        """Return the share of the place that each faction controls."""
        row = self.model.state["control"][self.index]
        return {name: float(row[i]) for i, name in enumerate(self.model.faction_ids) if row[i] > 0}

    @property
    def under_attack(self) -> float:
        """Return the best chance to prevail among today's attackers, 0 when nobody attacks."""
        return float(self.model.state["contact"][self.index])


def build_network(model: SpilloverModel) -> Network:
    """Return the world's locations as a Mesa network joined by its borders."""
    tables = model.inputs.tables
    graph = nx.Graph()
    graph.add_nodes_from(tables.locations["id"])
    graph.add_edges_from(zip(tables.borders["a"], tables.borders["b"], strict=True))
    # Mesa wants a generator for random cells; no draw of the model comes from it.
    network = Network(graph, random=model.agents.random, cell_klass=Place)
    columns = (tables.locations["id"], tables.locations["name"], tables.locations["state"])
    for index, (place_id, name, state) in enumerate(zip(*columns, strict=True)):
        cell = network[place_id]
        cell.model, cell.index, cell.name, cell.state = model, index, name, state
    return network
