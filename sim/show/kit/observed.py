"""Read what happened in history from a world's `observed.csv`, for comparison only."""

from dataclasses import dataclass

import numpy as np

from sim.study.score.record import arrivals_by_neighbour, read_record
from sim.world.scenario import Scenario

FALL = "fall_day/"


@dataclass(frozen=True)
class ObservedFall:
    """Hold when a place fell in history.

    Parameters
    ----------
    day, low, high
        Day since day 0 with its range, NaN where the place did not fall.
    """

    day: float
    low: float
    high: float

    @property
    def is_never(self) -> bool:
        """Return whether the place did not fall."""
        return bool(np.isnan(self.day))


def observed_falls(scenario: Scenario) -> dict[str, ObservedFall]:
    """Return the observed fall of each location that the world has a row for; none without the table.

    A place that fell after the horizon did not fall within it.
    """
    observed = scenario.tables.observed
    if observed is None:
        return {}
    return {
        name.removeprefix(FALL): _fall(day, low, high, scenario.horizon_days)
        for name, day, low, high in observed[["name", "value", "low", "high"]].tolist()
        if name.startswith(FALL)
    }


@dataclass(frozen=True)
class ObservedAmount:
    """Hold how many people something befell in history.

    Parameters
    ----------
    day
        Day since day 0 up to which, or on which, they were counted.
    amount, low, high
        The number with its range.
    """

    day: int
    amount: float
    low: float
    high: float


def observed_amounts(scenario: Scenario, prefix: str) -> list[ObservedAmount]:
    """Return the observed amounts of the rows `prefix/<day>` within the horizon, in order of day.

    Parameters
    ----------
    scenario
        Any scenario of the world.
    prefix
        Name of the rows up to the slash.
    """
    rows = _rows_of(scenario)
    days = {name: name.removeprefix(f"{prefix}/") for name in rows if name.startswith(f"{prefix}/")}
    found = [_amount(int(day), *rows[name]) for name, day in days.items() if day.isdecimal()]
    return sorted((row for row in found if row.day <= scenario.horizon_days), key=lambda row: row.day)


def observed_at_horizon(scenario: Scenario, name: str) -> list[ObservedAmount]:
    """Return what was observed within the world's own horizon: one amount, none without a row or with another horizon.

    Parameters
    ----------
    scenario
        Any scenario of the world.
    name
        Name of the row.
    """
    rows, horizon = _rows_of(scenario), scenario.tables.header.horizon_days
    return [_amount(horizon, *rows[name])] if name in rows and horizon == scenario.horizon_days else []


def observed_arrivals(scenario: Scenario) -> dict[str, list[ObservedAmount]]:
    """Return how many people arrived in each neighbour within the world's own horizon, as scores count them.

    Parameters
    ----------
    scenario
        Any scenario of the world.
    """
    record, horizon = read_record(scenario.tables), scenario.tables.header.horizon_days
    found: dict[str, list[ObservedAmount]] = {state: [] for state in scenario.tables.header.neighbours}
    for seen in arrivals_by_neighbour(record) if horizon == scenario.horizon_days else ():
        if seen.row not in record.unscored:
            found[seen.item].append(_amount(horizon, seen.value, seen.low, seen.high))
    return found


def _rows_of(scenario: Scenario) -> dict[str, tuple[float, float, float]]:
    """Return value, low and high of all rows with a value, by name."""
    observed = scenario.tables.observed
    if observed is None:
        return {}
    rows = observed[["name", "value", "low", "high"]].tolist()
    return {name: tuple(numbers) for name, *numbers in rows if not np.isnan(numbers[0])}


def _amount(day: int, amount: float, low: float, high: float) -> ObservedAmount:
    """Return an observed amount; a missing bound is the amount itself."""
    return ObservedAmount(day, amount, amount if np.isnan(low) else low, amount if np.isnan(high) else high)


def _fall(day: float, low: float, high: float, horizon_days: int) -> ObservedFall:
    """Return an observed fall; a missing bound is the day itself."""
    if day > horizon_days:
        return ObservedFall(np.nan, np.nan, np.nan)
    return ObservedFall(day, day if np.isnan(low) else low, day if np.isnan(high) else high)
