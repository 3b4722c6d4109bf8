"""Entries of the core's table of levers, and the look-up of the names that stand in a scenario."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from sim.core.codes import NOBODY, Lever
from sim.core.state import World
from sim.world.faults import suggestion
from sim.world.tables import Tables
from sim.world.ties import Roster, call_roll

ALL = "all"


@dataclass(frozen=True)
class Entry:
    """One row of the levers of a world; ``sim.core.state.World`` tells what each number means."""

    day: int
    kind: Lever
    value: float = 0.0
    actor: int = NOBODY
    client: int = NOBODY
    place: int = NOBODY


@dataclass(frozen=True)
class Names:
    """Turn names into numbers, and note a line for each name that the world lacks.

    Parameters
    ----------
    title
        What the world is called.
    roster, places
        Numbers by id.
    where
        Key of the lever or event that is being read.
    faults
        The lines so far.
    """

    title: str
    roster: Roster
    places: Mapping[str, int]
    where: str = ""
    faults: list[str] = field(default_factory=list)

    def at(self, where: str) -> Names:
        """Return the same names for another lever or event; faults go to the same list."""
        return replace(self, where=where)

    def fault(self, key: str, value: object, problem: str) -> None:
        """Note what is wrong with a key."""
        self.faults.append(f"{self.where}.{key} = {value!r}: {problem}")

    def actor(self, key: str, name: str, *, or_all: bool = False) -> int:
        """Return the number of a state or faction; states come first."""
        return self._find(key, name, "actor", self.roster.actors, or_all=or_all)

    def state(self, key: str, name: str, *, or_all: bool = False) -> int:
        """Return the number of a state."""
        return self._find(key, name, "state", self.roster.states, or_all=or_all)

    def faction(self, key: str, name: str, *, or_all: bool = False) -> int:
        """Return the number of a faction; every world knows its regime, and its challenger if it has one."""
        roles = {"regime": self.roster.regime, "challenger": self.roster.challenger}
        if roles.get(name) == NOBODY:
            self.fault(key, name, f"the world {self.title!r} has no challenger")
            return NOBODY
        return self._find(key, name, "faction", {**self.roster.factions, **roles}, or_all=or_all)

    def location(self, key: str, name: str, *, or_all: bool = False) -> int:
        """Return the number of a location."""
        return self._find(key, name, "location", self.places, or_all=or_all)

    def _find(self, key: str, name: str, what: str, numbers: Mapping[str, int], *, or_all: bool) -> int:
        """Return the number of a name; 'all' is nobody in particular, where it is allowed."""
        known = {**numbers, ALL: NOBODY} if or_all else numbers
        if name == ALL and not or_all:
            self.fault(key, name, f"must be one {what}, not all of them")
        elif name not in known:
            self.fault(key, name, f"the world {self.title!r} has no such {what}; {suggestion(name, list(known))}")
        return known.get(name, NOBODY)


def names_of(tables: Tables) -> Names:
    """Return the names that a world knows."""
    places = {name: i for i, name in enumerate(tables.locations["id"])}
    return Names(tables.header.title, call_roll(tables), places)


def is_felt(world: World, entry: Entry) -> bool:
    """Return whether there is anybody or anything in a world that an entry acts on."""
    felt: object = True
    match entry.kind:
        case Lever.SUPPORT | Lever.RESTRAINT:
            patrons, clients = world.link_patron[: world.n_links], world.link_client[: world.n_links]
            of_patron = (patrons == entry.actor) | (entry.actor == NOBODY)
            felt = np.any(of_patron & ((clients == entry.client) | (entry.client == NOBODY)))
        case Lever.STRIKES:
            felt = np.any(world.strikes[entry.actor])
        case Lever.HARDENING:
            felt = entry.actor == NOBODY or world.is_neighbour[entry.actor]
        case Lever.BORDER:
            felt = entry.actor == NOBODY or world.is_neighbour[entry.actor]
        case Lever.STRENGTH:
            felt = np.any(world.deployed[:, entry.client])
        case Lever.REINFORCEMENT:
            felt = np.any(world.deployed[:, entry.client] * world.in_theatre[:, entry.client])
        case Lever.GUARDS:
            of_client = (world.seat_holder == entry.client) | (entry.client == NOBODY)
            felt = np.any((world.detainees > 0.0) & of_client)
        case Lever.PRISON_BREAK:
            felt = world.detainees[entry.place] > 0.0
    return bool(felt)
