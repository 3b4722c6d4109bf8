"""Locations as cells of a Mesa network: views of one row of the run's state."""

from __future__ import annotations

from typing import Any

import networkx as nx
from mesa.discrete_space import Cell, Network

from sim.agents.history import History
from sim.core.codes import NOBODY
from sim.world.tables import Tables


class Place(Cell):
    """A location of the world; ``coordinate`` is its id.

    Attributes
    ----------
    index
        Row of the location in the world's arrays.
    name, state
        Its name, and the id of the state that it belongs to.
    """

    history: History
    index: int
    name: str
    state: str

    @property
    def holder(self) -> str | None:
        """Return the id of the faction that holds the seat, None where nobody does."""
        holder = int(self.history.state["holder"][self.index])
        return None if holder == NOBODY else self.history.faction_ids[holder]

    @property
    def fighters(self) -> dict[str, float]:
        """Return the fighters of each faction that stands here."""
        row = self.history.state["fighters"][self.index]
        return {name: float(row[i]) for i, name in enumerate(self.history.faction_ids) if row[i] > 0}

    @property
    def control(self) -> dict[str, float]:
        """Return the share of the place that each faction controls."""
        row = self.history.state["control"][self.index]
        return {name: float(row[i]) for i, name in enumerate(self.history.faction_ids) if row[i] > 0}

    @property
    def under_attack(self) -> float:
        """Return the best chance to prevail among today's attackers, 0 when nobody attacks."""
        return float(self.history.state["contact"][self.index])


def build_network(history: History, tables: Tables, generator: Any) -> Network:
    """Return the world's locations as a Mesa network joined by its borders."""
    graph = nx.Graph()
    graph.add_nodes_from(tables.locations["id"])
    graph.add_edges_from(zip(tables.borders["a"], tables.borders["b"], strict=True))
    # Mesa wants a generator for random cells; no draw of the model comes from it.
    network = Network(graph, random=generator, cell_klass=Place)
    columns = (tables.locations["id"], tables.locations["name"], tables.locations["state"])
    for index, (place_id, name, state) in enumerate(zip(*columns, strict=True)):
        cell = network[place_id]
        cell.history, cell.index, cell.name, cell.state = history, index, name, state
    return network
