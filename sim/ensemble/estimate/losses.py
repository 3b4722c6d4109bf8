"""Find on which day each place was lost to the regime's side, from the table of falls."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sim.ensemble.store.results import Frame, pieces_of
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
    held = np.isin(tables.locations["seat_holder"], list(own))
    return [str(place) for place in tables.locations["id"][at_home & held]]


def loss_days(runs: Frame, falls: Frame, scenario: Scenario) -> pd.DataFrame:
    """Return the day on which each place first passed from the regime's side to others, NaN for never.

    Parameters
    ----------
    runs
        Rows of the runs that count, in order of run.
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
    numbers, column_of = pd.Index(runs["run"]), {place: i for i, place in enumerate(places)}
    first = np.full((len(numbers), len(places)), np.inf)
    for piece in pieces_of(falls, ("run", "day", "location_id", "from_faction", "to_faction")):
        is_loss = piece["from_faction"].isin(own) & ~piece["to_faction"].isin(own) & piece["location_id"].isin(places)
        lost = piece[is_loss]
        rows, columns = (
            numbers.get_indexer(pd.Index(lost["run"])),
            lost["location_id"].map(column_of).to_numpy(np.int64),
        )
        counts = rows >= 0  # falls of failed runs are none
        np.minimum.at(first, (rows[counts], columns[counts]), lost["day"].to_numpy(np.float64)[counts])
    first[np.isinf(first)] = np.nan
    return pd.DataFrame(first, index=numbers, columns=places)
