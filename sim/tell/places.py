"""Name the places of a world, and tell who holds them on which day of one run."""

from collections.abc import Mapping

import pandas as pd

from sim.world.scenario import Scenario

NOBODY_ID = ""


def place_names(scenario: Scenario) -> dict[str, str]:
    """Return the names of all locations by id, without what they explain in brackets.

    Parameters
    ----------
    scenario
        Any scenario of the world.
    """
    locations = scenario.tables.locations
    names = (str(name).split(" (")[0] for name in locations["name"])
    return dict(zip((str(place) for place in locations["id"]), names, strict=True))


def state_names(scenario: Scenario) -> dict[str, str]:
    """Return the names of all states by id, without what they explain in brackets.

    Parameters
    ----------
    scenario
        Any scenario of the world.
    """
    states = scenario.tables.states
    names = (str(name).split(" (")[0] for name in states["name"])
    return dict(zip((str(state) for state in states["id"]), names, strict=True))


def home_holders(scenario: Scenario) -> dict[str, str]:
    """Return who holds each location of the contested state on day 0 by id, `NOBODY_ID` where nobody does.

    Parameters
    ----------
    scenario
        Any scenario of the world.
    """
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
