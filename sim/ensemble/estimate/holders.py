"""Count who holds what on the last day, in each run and over all of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.core.record import HOLDERS
from sim.ensemble.estimate.rows import Numbers, usable
from sim.ensemble.store.results import Results
from sim.world.scenario import Scenario


@dataclass(frozen=True, eq=False)
class Holdings:
    """Hold who holds what on the last day; the last of the factions stands for nobody.

    Parameters
    ----------
    places
        (run, faction): places of the contested state.
    people
        (run, faction): share of its people in them.
    capital
        (run, faction): whether it holds the capital.
    by_place
        In how many runs each faction holds a place, by ids.
    """

    places: Numbers
    people: Numbers
    capital: npt.NDArray[np.bool_]
    by_place: Mapping[str, Mapping[str, int]]

    @property
    def n(self) -> int:
        """Return how many runs count."""
        return len(self.places)


def find_holdings(results: Results, scenario: Scenario) -> Holdings:
    """Return who holds what on the last day of the runs that count.

    Parameters
    ----------
    results, scenario
        The ensemble.
    """
    tables, world = scenario.tables, scenario.world[0]
    ids = [*map(str, tables.factions["id"]), ""]
    at_home = tables.locations["state"] == tables.header.contested_state
    seats = [str(place) for place in tables.locations["id"][at_home]]
    share = dict(zip(seats, world["population_share"][: len(at_home)][at_home], strict=True))
    capital = str(tables.locations["id"][int(world["capital"])])
    runs = pd.Index(usable(results.runs)["run"])
    shape = (len(runs), len(ids))
    places, people, holds_capital = np.zeros(shape), np.zeros(shape), np.zeros(shape, np.bool_)
    counts = np.zeros((len(seats), len(ids)), np.int64)
    for piece in results.pieces(HOLDERS, ("run", "location_id", "faction")):
        rank = runs.get_indexer(pd.Index(piece["run"]))
        held = piece[rank >= 0]  # a failed run counts for nothing
        who = pd.Index(ids).get_indexer(pd.Index(held["faction"].fillna("").astype(str)))
        rank, where = rank[rank >= 0], held["location_id"].astype(str)
        np.add.at(places, (rank, who), 1.0)
        np.add.at(people, (rank, who), where.map(share).to_numpy(np.float64))
        is_capital = (where == capital).to_numpy()
        holds_capital[rank[is_capital], who[is_capital]] = True
        np.add.at(counts, (pd.Index(seats).get_indexer(pd.Index(where)), who), 1)
    by = {place: dict(zip(ids, row, strict=True)) for place, row in zip(seats, counts.tolist(), strict=True)}
    return Holdings(places, people, holds_capital, by)
