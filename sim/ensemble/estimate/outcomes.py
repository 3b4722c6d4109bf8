"""Name the numbers that a run ends with, to compare scenarios, sweep parameters, and stop on precision.

An outcome is one number a run: whether something happened (1 or 0), so that its mean is a probability, or an amount.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from sim.core.codes import Level
from sim.ensemble.estimate.intervals import mean_interval, wilson_interval
from sim.ensemble.estimate.rows import Numbers, days_of, report_days
from sim.ensemble.store.columns import RunTable
from sim.ensemble.store.schema import Names, state_column

PROBABILITY, DAYS = "probability", "days"
HAPPENINGS = ("collapse", "flight", "capital_fall", "settlement", "handover", "infighting")
AMOUNTS = {
    "fatalities_combatants": "persons",
    "fatalities_civilians": "persons",
    "displaced_peak": "persons",
    "displaced_last": "persons",
    "extremists_last": "fighters",
    "extremist_attacks": "attacks",
    "hhi": "index",
    "effective_factions": "factions",
}
BY_STATE = {"refugees": "persons", "influence": "share"}


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
        Last day that counts, for what has a day.
    """

    name: str
    unit: str
    columns: tuple[str, ...]
    by: int = 0

    def values(self, runs: RunTable) -> Numbers:
        """Return the number of each run.

        Parameters
        ----------
        runs
            Rows of runs that did not fail.
        """
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
    for event in HAPPENINGS:
        for day in reversed(report_days(horizon)):
            name = f"p_{event}" if day == horizon else f"p_{event}_by_{day}"
            yield Outcome(name, PROBABILITY, (f"{event}_day",), day)
    yield Outcome("days_in_power", DAYS, ("collapse_day",), horizon)
    for state in names.neighbours:
        for level in list(Level)[1:]:
            column = state_column(f"level_day_{level.value}", state)
            yield Outcome(f"p_level_{level.value}_{state}", PROBABILITY, (column,), horizon)
    yield Outcome("refugees", "persons", tuple(state_column("refugees", state) for state in names.states))
    for quantity, unit in BY_STATE.items():
        for state in names.states:
            yield Outcome(f"{quantity}_{state}", unit, (state_column(quantity, state),))
    for quantity, unit in AMOUNTS.items():
        yield Outcome(quantity, unit, (quantity,))


def estimate_outcome(outcome: Outcome, values: Numbers) -> tuple[float, float, float]:
    """Return the mean of an outcome over runs with its 95 % interval: Wilson for probabilities, else normal.

    Parameters
    ----------
    outcome, values
        What is estimated, and its number in each of at least one run.
    """
    if outcome.unit == PROBABILITY:
        low, high = wilson_interval(int(values.sum()), len(values))
        return float(values.mean()), low, high
    return mean_interval(values)
