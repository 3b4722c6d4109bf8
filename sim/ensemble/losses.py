"""Find on which day each place was lost to the regime's side, from the table of falls."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sim.world.scenario import Scenario


def own_side(scenario: Scenario) -> frozenset[str]:
    """Return the ids of the factions on the regime's side."""
    world = scenario.world[0]
    sides = world["side"][: int(world["n_factions"])]
    ids = scenario.tables.factions["id"]
    return frozenset(str(name) for name, side in zip(ids, sides, strict=True) if side == world["regime"])


def regime_places(scenario: Scenario) -> list[str]:
    """Return the places of the contested state that the regime's side holds on day 0, in table order."""
    tables, own = scenario.tables, own_side(scenario)
    at_home = tables.locations["state"] == tables.header.contested_state
    held = tables.locations["seat_holder"].isin(own)
    return [str(place) for place in tables.locations["id"][at_home & held]]


def loss_days(runs: pd.DataFrame, falls: pd.DataFrame, scenario: Scenario) -> pd.DataFrame:
    """Return the day on which each place first passed from the regime's side to others, NaN for never.

    Parameters
    ----------
    runs
        Rows of the runs that count.
    falls
        Falls of all runs.
    scenario
        Whose sides and places.

    Returns
    -------
    pd.DataFrame
        A row a run, a column a place of `regime_places`.
    """
    places, own = regime_places(scenario), own_side(scenario)
    is_loss = falls["from_faction"].isin(own) & ~falls["to_faction"].isin(own)
    lost = falls[is_loss & falls["location_id"].isin(places)]
    first = lost.astype({"day": np.float64}).pivot_table("day", "run", "location_id", "min", observed=True)
    return first.reindex(index=runs["run"], columns=places)
