"""Estimate what reaches each state: how far its neighbours are drawn in, who flees to it, and what it gains."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from sim.core.outputs import AMOUNTS, Kind
from sim.ensemble.estimate.knowledge import Knowledge
from sim.ensemble.estimate.rows import Row, amount_rows, by_day_rows, days_of, share_rows
from sim.ensemble.store.results import Frame
from sim.ensemble.store.schema import Column, Names


def state_rows(runs: Frame, columns: Sequence[Column], names: Names, horizon: int, known: Knowledge) -> Iterator[Row]:
    """Yield what is estimated about states.

    Parameters
    ----------
    runs
        Rows of the runs that count.
    columns
        Those that are estimated.
    names
        Ids of the world.
    horizon
        Last day.
    known
        Of the runs.
    """
    for state in dict.fromkeys((*names.neighbours, *names.states)):
        for column in columns:
            if column.state == state and column.output.kind is Kind.DAY:
                yield from by_day_rows(f"{column.event}_by_day", state, days_of(runs[column.name]), horizon, known)
            elif column.state == state and column.output.kind not in AMOUNTS:
                yield from share_rows(runs[column.name], column, horizon, known)
    amounts = [column for column in columns if column.state and column.output.kind in AMOUNTS]
    for column in amounts:
        values = runs[column.name].to_numpy(np.float64)
        yield from amount_rows(column.quantity, column.state, values, column.output.unit, horizon, known)
    for quantity, parts in totals(amounts).items():
        values = sum((runs[column.name].to_numpy(np.float64) for column in parts), np.zeros(len(runs)))
        yield from amount_rows(quantity, None, values, parts[0].output.unit, horizon, known)


def totals(columns: Sequence[Column]) -> dict[str, list[Column]]:
    """Return the columns of those quantities whose sum over all states is of interest, by quantity."""
    found: dict[str, list[Column]] = {}
    for column in columns:
        if column.output.total:
            found.setdefault(column.quantity, []).append(column)
    return found
