"""Estimate from an ensemble's runs: probabilities, days and amounts, each with its 95 % interval and its n.

Failed runs are left out and counted. A day by which something happens includes that day; the last one is the
horizon, at which the window closes. What cannot be estimated, and a day that is "never", is null.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import pandas as pd

from sim.core.codes import Outcome
from sim.ensemble.estimate.intervals import wilson_band
from sim.ensemble.estimate.losses import loss_days
from sim.ensemble.estimate.outcomes import AMOUNTS, HAPPENINGS
from sim.ensemble.estimate.rows import (
    LEVELS_OF_DAYS,
    MEDIAN,
    NONE,
    Numbers,
    Row,
    amount_rows,
    by_day_rows,
    days_of,
    quantile_of_days_rows,
    share_row,
)
from sim.ensemble.estimate.states import state_rows
from sim.ensemble.store.columns import RunTable, pieces_of, usable_rows
from sim.ensemble.store.schema import ESTIMATES_SCHEMA, names_of
from sim.world.scenario import Scenario

TOLLS_AT_A_TIME = 8_000_000  # numbers of places and runs in memory
TOLLS_BY_PLACE = ("fatalities_combatants", "fatalities_civilians", "displaced", "refugees")


def curve(days: pd.Series, horizon_days: int) -> pd.DataFrame:
    """Return the share of runs in which something has happened by each day, with pointwise Wilson intervals.

    Parameters
    ----------
    days
        Day of the event in each run that counts; null where it never happened.
    horizon_days
        How many days a run lasts.

    Returns
    -------
    pd.DataFrame
        Columns ``day`` (0 to the last simulated day), ``probability``, ``low``, ``high`` and ``n``.
    """
    happened = days_of(days)
    n = len(happened)
    counts = np.bincount(happened[np.isfinite(happened)].astype(np.int64), minlength=horizon_days)
    so_far = np.cumsum(counts[:horizon_days])
    low, high = wilson_band(so_far, n)
    share = so_far / n if n else np.full(horizon_days, np.nan)
    columns = {"day": np.arange(horizon_days), "probability": share, "low": low, "high": high, "n": n}
    return pd.DataFrame(columns)


def estimate_all(
    runs: RunTable, falls: RunTable, tolls: RunTable, scenario: Scenario, more: Iterable[Row] = ()
) -> pd.DataFrame:
    """Return everything that is estimated from an ensemble, one row an estimate.

    Parameters
    ----------
    runs, falls, tolls
        Tables of the ensemble, failed runs included, in memory or on disk; of the latter one column is read at a time.
    scenario
        What was run.
    more
        Rows to add.
    """
    horizon, counted = scenario.horizon_days, usable_rows(runs)
    rows = [
        *_regime_rows(counted, horizon),
        *_seat_rows(loss_days(counted, falls, scenario), horizon),
        *state_rows(counted, names_of(scenario.tables), horizon),
        *_amount_rows(counted, horizon),
        *_toll_rows(counted, tolls, scenario),
        *more,
        ("runs_failed", None, horizon, float(len(runs) - len(counted)), None, None, len(runs), NONE, "runs"),
    ]
    table = pd.DataFrame(rows, columns=ESTIMATES_SCHEMA.names)
    numbers = dict.fromkeys(("estimate", "low", "high"), np.float64)
    return table.astype({"day": "Int32", "n": np.int64, **numbers})


def _regime_rows(runs: RunTable, horizon: int) -> Iterator[Row]:
    """Yield what is estimated about the regime and its war as a whole."""
    for event in HAPPENINGS:
        yield from by_day_rows(f"{event}_by_day", None, days_of(runs[f"{event}_day"]), horizon)
    for outcome in Outcome:
        name = outcome.name.lower()
        yield share_row("outcome_share", name, int((runs["outcome"] == name).sum()), len(runs), horizon)
    for event in HAPPENINGS:
        days = days_of(runs[f"{event}_day"])
        given = days[np.isfinite(days)]
        yield from quantile_of_days_rows(f"{event}_day", None, days, [MEDIAN], math.inf, horizon)
        name = f"{event}_day_given_{event}"
        yield from quantile_of_days_rows(name, None, given, LEVELS_OF_DAYS, horizon - 1, horizon)


def _seat_rows(lost: pd.DataFrame, horizon: int) -> Iterator[Row]:
    """Yield what is estimated about the fall of each seat that the regime's side holds on day 0."""
    for place in lost.columns:
        days = days_of(lost[place])
        given = days[np.isfinite(days)]
        yield from by_day_rows("seat_fall_by_day", place, days, horizon)
        yield from quantile_of_days_rows("seat_fall_day", place, days, [MEDIAN], math.inf, horizon)
        yield from quantile_of_days_rows("seat_fall_day_given_fall", place, given, [MEDIAN], horizon - 1, horizon)


def _amount_rows(runs: RunTable, horizon: int) -> Iterator[Row]:
    """Yield what is estimated about amounts of the war as a whole."""
    for quantity, unit in {"extremists_day_0": "fighters", **AMOUNTS}.items():
        yield from amount_rows(quantity, None, runs[quantity].to_numpy(np.float64), unit, horizon)
    first, last = (runs[column].to_numpy(np.float64) for column in ("extremists_day_0", "extremists_last"))
    some = first > 0
    yield from amount_rows("extremists_change", None, last[some] / first[some], "ratio", horizon)


def _toll_rows(runs: RunTable, tolls: RunTable, scenario: Scenario) -> Iterator[Row]:
    """Yield what the war costs each place that it costs anything in some run; a run without a row spared the place."""
    numbers, places = pd.Index(runs["run"]), list(scenario.tables.locations["id"])
    at_a_time = max(1, TOLLS_AT_A_TIME // (len(TOLLS_BY_PLACE) * max(len(numbers), 1)))
    for first in range(0, len(places), at_a_time):
        group = places[first : first + at_a_time]
        values = _tolls_of(group, numbers, tolls)
        for place in group:
            for quantity in TOLLS_BY_PLACE if place in values else ():
                yield from amount_rows(
                    f"place_{quantity}", place, values[place][quantity], "persons", scenario.horizon_days
                )


def _tolls_of(places: Sequence[str], numbers: pd.Index, tolls: RunTable) -> dict[str, dict[str, Numbers]]:
    """Return what the war costs some places in each run, of those that it costs anything."""
    values: dict[str, dict[str, Numbers]] = {}
    for piece in pieces_of(tolls, ("run", "location_id", *TOLLS_BY_PLACE)):
        for place, here in piece[piece["location_id"].isin(places)].groupby("location_id", observed=True):
            rank = numbers.get_indexer(pd.Index(here["run"]))
            counts = rank >= 0
            for quantity in TOLLS_BY_PLACE:
                own = values.setdefault(str(place), {}).setdefault(quantity, np.zeros(len(numbers)))
                own[rank[counts]] = here[quantity].to_numpy(np.float64)[counts]
    return values
