"""Estimate what reaches each state: how far its neighbours are drawn in, who flees to it, and what it gains."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from sim.core.codes import Level
from sim.ensemble.estimate.rows import Row, amount_rows, by_day_rows, days_of, share_row
from sim.ensemble.store.columns import RunTable
from sim.ensemble.store.schema import Names, state_column

AMOUNTS = {"refugees": "persons", "returned": "persons", "influence": "share"}


def state_rows(runs: RunTable, names: Names, horizon: int) -> Iterator[Row]:
    """Yield what is estimated about states.

    Parameters
    ----------
    runs
        Rows of the runs that count.
    names
        Ids of the world.
    horizon
        Last day.
    """
    for state in names.neighbours:
        yield from _ladder_rows(runs, state, horizon)
    for quantity, unit in AMOUNTS.items():
        for state in names.states:
            values = runs[state_column(quantity, state)].to_numpy(np.float64)
            yield from amount_rows(quantity, state, values, unit, horizon)
    everywhere = sum(
        (runs[state_column("refugees", state)].to_numpy(np.float64) for state in names.states), np.zeros(len(runs))
    )
    yield from amount_rows("refugees", None, everywhere, AMOUNTS["refugees"], horizon)


def _ladder_rows(runs: RunTable, state: str, horizon: int) -> Iterator[Row]:
    """Yield how far a neighbour is drawn in: its highest level, and each level or a higher one by each day."""
    highest = runs[state_column("level_max", state)].to_numpy(np.float64, na_value=np.nan)
    for level in Level:
        happened = int((highest == level.value).sum())
        yield share_row(f"level_max_share_{level.value}", state, happened, len(runs), horizon)
    for level in list(Level)[1:]:
        days = days_of(runs[state_column(f"level_day_{level.value}", state)])
        yield from by_day_rows(f"level_{level.value}_by_day", state, days, horizon)
