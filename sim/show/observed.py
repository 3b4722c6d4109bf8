"""Read what happened in history from a world's `observed.csv`, for comparison only."""

from dataclasses import dataclass

import numpy as np

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

    Parameters
    ----------
    scenario
        Any scenario of the world.
    """
    observed = scenario.tables.observed
    if observed is None:
        return {}
    rows = observed[observed["name"].str.startswith(FALL)]
    return {
        str(name).removeprefix(FALL): _fall(float(day), float(low), float(high), scenario.horizon_days)
        for name, day, low, high in zip(rows["name"], rows["value"], rows["low"], rows["high"], strict=True)
    }


def _fall(day: float, low: float, high: float, horizon_days: int) -> ObservedFall:
    """Return an observed fall; a missing bound is the day itself."""
    if day > horizon_days:
        return ObservedFall(np.nan, np.nan, np.nan)
    return ObservedFall(day, day if np.isnan(low) else low, day if np.isnan(high) else high)
