"""Gather what is known of a world on day 0, as far as rivals use it: never an outcome."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sim.core.codes import NOBODY
from sim.world.places import FAR, Places, survey_places
from sim.world.tables import Tables
from sim.world.ties import Ties, survey_ties
from sim.world.tilt import morale_gap

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Border:
    """Hold what one neighbour is to the war.

    Parameters
    ----------
    units
        Units of the contested state that border it.
    people
        People of those that border it with an open crossing.
    gravity
        People of the contested state, each over the square of the borders on the way through an open crossing.
    capacity
        Of the state.
    """

    units: int
    people: float
    gravity: float
    capacity: float


@dataclass(frozen=True)
class Facts:
    """Hold what rivals know of a world.

    Parameters
    ----------
    country
        The contested state: its wars are one fold.
    horizon_days, people, fighters
        Days, people of the contested state, fighters of all factions but the troops of foreign states.
    strength
        Logarithm of the challenger's side's effective force (fighters x quality x morale) over the regime's; NaN
        without a challenger.
    morale_gap
        Coded morale of the challenger less that of the regime's main force.
    borders
        By neighbour.
    hops
        Borders from each seat of the regime's side to the nearest seat that another side holds.
    """

    country: str
    horizon_days: int
    people: float
    fighters: float
    strength: float
    morale_gap: float
    borders: dict[str, Border]
    hops: dict[str, int]


def read_facts(tables: Tables) -> Facts:
    """Return what is known of a world on day 0.

    Parameters
    ----------
    tables
        The world.
    """
    header, factions = tables.header, tables.factions
    ties, places = survey_ties(tables), survey_places(tables)
    at_home = places.state_of == ties.roster.contested_state
    is_own = factions["alignment"] != "state"
    strength, gap = _balance(tables, ties)
    return Facts(
        country=header.contested_state,
        horizon_days=header.horizon_days,
        people=float(places.population[at_home].sum()),
        fighters=float(factions["fighters_central"][is_own].sum()),
        strength=strength,
        morale_gap=gap,
        borders={state: _border(tables, places, ties.roster.states[state]) for state in header.neighbours},
        hops=_hops(tables, ties, places),
    )


def _balance(tables: Tables, ties: Ties) -> tuple[float, float]:
    """Return the logarithm of the effective force ratio and the gap of coded morale, NaN without a challenger."""
    roster, factions = ties.roster, tables.factions
    if roster.challenger == NOBODY:
        return math.nan, math.nan
    fighters = (ties.in_theatre * ties.deployed).sum(axis=0)
    effective = fighters * factions["quality"] * factions["morale"]
    own, other = (float(effective[ties.side == leader].sum()) for leader in (roster.regime, roster.challenger))
    gap = morale_gap(factions["morale"], roster.regime, roster.challenger)
    return (math.log(other / own) if own > 0.0 and other > 0.0 else math.nan), gap


def _border(tables: Tables, places: Places, state: int) -> Border:
    """Return what one neighbour is to the war."""
    index = {name: i for i, name in enumerate(tables.locations["id"])}
    at_home = places.state_of == list(tables.states["id"]).index(tables.header.contested_state)
    units, is_open = set(), set()
    for a, b, crossing in tables.borders[["a", "b", "crossing"]].tolist():
        for here, there in ((index[a], index[b]), (index[b], index[a])):
            if at_home[here] and places.state_of[there] == state:
                units.add(here)
                is_open |= {here} if crossing else set()
    hops = places.crossing_hops[:, state]
    reaches = at_home & (hops < FAR)
    gravity = (places.population[reaches] / np.maximum(hops[reaches], 1) ** 2).sum()
    people = places.population[sorted(is_open)].sum()
    return Border(len(units), float(people), float(gravity), float(tables.states["capacity"][state]))


def _hops(tables: Tables, ties: Ties, places: Places) -> dict[str, int]:
    """Return how many borders lie between each seat of the regime's side and the nearest that another side holds."""
    holder = places.seat_holder
    at_home = (places.state_of == ties.roster.contested_state) & (holder != NOBODY)
    is_own = at_home & (ties.side[np.maximum(holder, 0)] == ties.roster.regime)
    enemy = at_home & ~is_own
    ids = tables.locations["id"]
    return {ids[i]: int(places.hops[i, enemy].min()) if enemy.any() else FAR for i in np.flatnonzero(is_own)}
