"""Find who holds what on the last day, in each run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.core.record import HOLDERS
from sim.ensemble.estimate.rows import columns_of_runs
from sim.ensemble.estimate.weights import FALL, Bools, Numbers, Weights, weights_of
from sim.ensemble.store.results import Results
from sim.ensemble.store.schema import WEIGHT
from sim.world.scenario import Scenario


@dataclass(frozen=True, eq=False)
class Holdings:
    """Hold who holds each seat of the contested state on the last day.

    Parameters
    ----------
    factions
        Ids; the last, which is empty, stands for nobody.
    seats
        Ids of places.
    last
        (run, seat): which faction holds it.
    share
        (seat,): of the people of the contested state who live there.
    capital
        Which seat is the capital.
    weights
        Of the runs.
    """

    factions: Sequence[str]
    seats: Sequence[str]
    last: npt.NDArray[np.int16]
    share: Numbers
    capital: int
    weights: Weights | None

    @property
    def n(self) -> int:
        """Return how many runs count."""
        return len(self.last)

    def seat(self, place: int, who: Sequence[int]) -> Bools:
        """Return in which runs some factions hold a seat."""
        return np.isin(self.last[:, place], who)

    def places(self, who: Sequence[int]) -> Numbers:
        """Return how many seats some factions hold in each run."""
        return np.asarray(np.isin(self.last, who).sum(axis=1), np.float64)

    def people(self, who: Sequence[int]) -> Numbers:
        """Return the share of the people in their seats in each run."""
        found: Numbers = np.matmul(np.isin(self.last, who), self.share)
        return found

    def likeliest(self, place: int) -> int:
        """Return who holds a seat in most runs."""
        each = None if self.weights is None else self.weights.each
        return int(np.bincount(self.last[:, place], each, len(self.factions)).argmax())


def find_holdings(results: Results, scenario: Scenario) -> Holdings:
    """Return who holds what on the last day of the runs that count.

    Parameters
    ----------
    results, scenario
        The ensemble.
    """
    tables, world = scenario.tables, scenario.world[0]
    factions = [*map(str, tables.factions["id"]), ""]
    at_home = tables.locations["state"] == tables.header.contested_state
    seats = [str(place) for place in tables.locations["id"][at_home]]
    counted = columns_of_runs(results, ("run", WEIGHT, FALL))
    runs, ids, places = pd.Index(counted["run"]), pd.Index(factions), pd.Index(seats)
    last = np.full((len(runs), len(seats)), len(factions) - 1, np.int16)
    for piece in results.pieces(HOLDERS, ("run", "location_id", "faction")):
        rank = runs.get_indexer(pd.Index(piece["run"]))
        counts = rank >= 0  # a failed run counts for nothing
        where, who = _numbers(piece["location_id"], places), _numbers(piece["faction"], ids)
        last[rank[counts], where[counts]] = np.where(who < 0, len(factions) - 1, who)[counts]
    return Holdings(
        factions=factions,
        seats=seats,
        last=last,
        share=world["population_share"][: len(at_home)][at_home].astype(np.float64),
        capital=seats.index(str(tables.locations["id"][int(world["capital"])])),
        weights=weights_of(counted, scenario),
    )


def _numbers(column: pd.Series, names: pd.Index) -> npt.NDArray[np.int64]:
    """Return the number of each name, -1 for none, without a string for each row."""
    categories = column.astype("category").cat
    numbers = np.append(names.get_indexer(pd.Index(categories.categories.astype(str))), -1)
    return np.asarray(numbers[categories.codes.to_numpy()], np.int64)
