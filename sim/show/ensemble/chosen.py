"""Choose the few histories that stand for an ensemble, by a rule that leaves nothing to taste."""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.ensemble.estimate.losses import own_side, regime_places
from sim.ensemble.estimate.rows import usable
from sim.ensemble.store.results import Results
from sim.show.kit.days import day_values
from sim.tell.numbers import whole_percent
from sim.world.scenario import Scenario

LEVELS = (0.1, 0.3, 0.5, 0.7, 0.9)  # of the runs sorted by day of collapse
TURNS = ("flight_day", "collapse_day", "capital_fall_day")


@dataclass(frozen=True)
class History:
    """Hold what is drawn of one run.

    Parameters
    ----------
    run
        Its number.
    place
        Where it stands among the runs sorted by day of collapse, in a few words.
    days
        Day of each of `TURNS`, NaN where it never happens.
    losses
        Days on which the regime's side loses a place, in order.
    n_lost, n_places
        How many of the places that it holds on day 0 are lost at least once.
    falls
        All changes of seats, in order of day.
    """

    run: int
    place: str
    days: dict[str, float]
    losses: npt.NDArray[np.float64]
    n_lost: int
    n_places: int
    falls: pd.DataFrame


def choose_histories(results: Results, scenario: Scenario) -> list[History]:
    """Return the runs at five levels of the day of collapse, or all runs where there are no more than five.

    Runs are sorted by day of collapse, those without one last, and then by number.

    Parameters
    ----------
    results, scenario
        An ensemble with at least one usable run.
    """
    runs = usable(results.runs).sort_values(["collapse_day", "run"], na_position="last", ignore_index=True)
    n = len(runs)
    if n <= len(LEVELS):
        chosen = {rank: f"{rank + 1} of {n}" for rank in range(n)}
    else:
        chosen = {math.ceil(level * n) - 1: f"{whole_percent(level)} quantile" for level in LEVELS}
    return [_history(runs.iloc[rank], place, results, scenario) for rank, place in chosen.items()]


def _history(row: pd.Series, place: str, results: Results, scenario: Scenario) -> History:
    """Return what is drawn of one run."""
    falls = results.falls[results.falls["run"] == row["run"]]
    own, places = own_side(scenario), regime_places(scenario)
    is_loss = falls["from_faction"].isin(own) & ~falls["to_faction"].isin(own)
    lost = falls[is_loss & falls["location_id"].isin(places)]
    return History(
        run=int(row["run"]),
        place=place,
        days={event: float(day_values(pd.Series([row[event]]))[0]) for event in TURNS},
        losses=day_values(lost["day"]),
        n_lost=lost["location_id"].nunique(),
        n_places=len(places),
        falls=falls,
    )
