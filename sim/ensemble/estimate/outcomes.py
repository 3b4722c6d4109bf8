"""Name the numbers that a run ends with, to compare scenarios, sweep parameters, and stop on precision.

An outcome is one number a run: whether something happened (1 or 0), so that its mean is a probability, or an amount.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from sim.core.outputs import AMOUNTS, Kind, Use
from sim.ensemble.estimate.rows import days_of, report_days
from sim.ensemble.estimate.states import totals
from sim.ensemble.estimate.weights import Numbers, Weights, mean_with_interval, share_interval
from sim.ensemble.store.results import Frame
from sim.ensemble.store.schema import Column, Names, columns_in_use

PROBABILITY, DAYS = "probability", "days"


@dataclass(frozen=True)
class Outcome:
    """Name one number of each run.

    Parameters
    ----------
    name
        Such as ``p_collapse`` (by the horizon), ``p_collapse_by_14``, ``p_level_2_X`` or ``refugees_X`` for state X.
    unit
        Of its mean; probability for what happens or does not.
    columns
        Of the table of runs; amounts are added up.
    by
        Last day that counts; 0 for what has no day.
    label
        What people call it; ``{state}`` and ``{entry}`` stand for the following.
    state, entry
        Whom it is of, and what of a list.
    """

    name: str
    unit: str
    columns: tuple[str, ...]
    by: int = 0
    label: str = ""
    state: str = ""
    entry: str = ""

    def values(self, runs: Frame) -> Numbers:
        """Return the number of each run.

        Parameters
        ----------
        runs
            Rows of runs that did not fail.
        """
        if self.unit == PROBABILITY and not self.by:
            return runs[self.columns[0]].to_numpy(np.float64)
        if self.unit == PROBABILITY:
            return (days_of(runs[self.columns[0]]) <= self.by).astype(np.float64)
        if self.unit == DAYS:
            return np.minimum(days_of(runs[self.columns[0]]), float(self.by))
        return sum((runs[name].to_numpy(np.float64) for name in self.columns), np.zeros(len(runs)))


def outcomes_of(names: Names, horizon_days: int) -> dict[str, Outcome]:
    """Return all outcomes of runs in a world, by name, in the order in which they are shown.

    Parameters
    ----------
    names
        Ids of the world.
    horizon_days
        How many days a run lasts.
    """
    return {outcome.name: outcome for outcome in _outcomes(names, horizon_days)}


def _outcomes(names: Names, horizon: int) -> Iterator[Outcome]:
    """Yield the outcomes: of the regime, of neighbours, of people and the war, of influence."""
    columns = columns_in_use(Use.COMPARED, names)
    happenings = [column for column in columns if column.output.kind in (Kind.DAY, Kind.FLAG)]
    amounts = [column for column in columns if column.output.kind in AMOUNTS]
    for column in happenings:
        if not column.state:
            days = reversed(report_days(horizon)) if column.output.kind is Kind.DAY else (0,)
            yield from (_happening(column, day, horizon) for day in days)
    yield Outcome("days_in_power", DAYS, ("collapse_day",), horizon, "days in power")
    for state in dict.fromkeys((*names.neighbours, *names.states)):
        for column in happenings:
            if column.state == state:
                yield _happening(column, horizon if column.output.kind is Kind.DAY else 0, horizon)
    for quantity, parts in totals(amounts).items():
        output = parts[0].output
        yield Outcome(quantity, output.unit, tuple(column.name for column in parts), 0, output.total)
    for column in sorted(amounts, key=lambda column: not column.state):
        output = column.output
        yield Outcome(column.name, output.unit, (column.name,), 0, output.label, column.state, column.entry)


def _happening(column: Column, by: int, horizon: int) -> Outcome:
    """Return whether something happened, of what has a day by a day."""
    name, label = f"p_{column.event}", column.output.label
    if column.state:
        name = f"{name}_{column.state}"
    elif by:
        name, label = name if by == horizon else f"{name}_by_{by}", f"{label} by day {by}"
    return Outcome(name, PROBABILITY, (column.name,), by, label, column.state, column.entry)


def estimate_outcome(outcome: Outcome, values: Numbers, weights: Weights | None = None) -> tuple[float, float, float]:
    """Return the mean of an outcome over runs with its 95 % interval: Wilson for probabilities, else normal.

    Parameters
    ----------
    outcome, values
        What is estimated, and its number in each of at least one run.
    weights
        Of the runs.
    """
    is_share = outcome.unit == PROBABILITY
    return (share_interval(values > 0.0, weights) if is_share else mean_with_interval(values, weights))[:3]
