"""Name the places of a world, and tell who holds them on which day of one run."""

import re
from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd

from sim.world.scenario import Scenario

NOBODY_ID = ""


def place_names(scenario: Scenario) -> dict[str, str]:
    """Return the names of all locations by id, without what they explain in brackets."""
    return {place: name.split(" (")[0] for place, name in _named(scenario.tables.locations)}


def state_names(scenario: Scenario) -> dict[str, str]:
    """Return the names of all states by id, without what they explain in brackets."""
    return {state: name.split(" (")[0] for state, name in _named(scenario.tables.states)}


def faction_names(scenario: Scenario) -> dict[str, str]:
    """Return what all factions are called by id: the first that is named of those who belong to one; nobody as well."""
    named = {faction: re.split(r" \(| with ", name)[0] for faction, name in _named(scenario.tables.factions)}
    return named | {NOBODY_ID: "nobody"}


def full_names(table: np.ndarray) -> dict[str, str]:
    """Return how the rows of a table of the world are called, by id, the id in brackets."""
    return {key: f"{name} ({key})" for key, name in _named(table)}


def home_holders(scenario: Scenario) -> dict[str, str]:
    """Return who holds each location of the contested state on day 0 by id, `NOBODY_ID` where nobody does."""
    locations = scenario.tables.locations
    home = locations[locations["state"] == scenario.tables.header.contested_state]
    return {str(place): str(holder) for place, holder in zip(home["id"], home["seat_holder"], strict=True)}


def holders_on(day: int, falls: pd.DataFrame, at_start: Mapping[str, str]) -> dict[str, str]:
    """Return who holds each place at the end of a day of one run.

    Parameters
    ----------
    day
        The day.
    falls
        The falls of that run, in order of day.
    at_start
        Who holds each place asked for on day 0.
    """
    so_far = falls[(falls["day"] <= day) & falls["location_id"].isin(list(at_start))]
    changed = dict(zip(so_far["location_id"], so_far["to_faction"].fillna(NOBODY_ID), strict=True))
    return {place: str(changed.get(place, holder)) for place, holder in at_start.items()}


def _named(table: np.ndarray) -> Iterator[tuple[str, str]]:
    """Yield the id and the name of each row of a table of the world."""
    return ((str(key), str(name)) for key, name in zip(table["id"], table["name"], strict=True))
