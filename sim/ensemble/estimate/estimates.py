"""Estimate from an ensemble's runs: probabilities, days and amounts, each with its 95 % interval and its n.

Failed runs are left out and counted. A day by which something happens includes that day; the last one is the
horizon, at which the window closes. What cannot be estimated, and a day that is "never", is null.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import pandas as pd

from sim.core.outputs import AMOUNTS, Kind, Use, fields_of
from sim.core.record import TOLLS
from sim.ensemble.estimate.intervals import wilson_band
from sim.ensemble.estimate.losses import loss_days
from sim.ensemble.estimate.rows import (
    LEVELS_OF_DAYS,
    MEDIAN,
    NONE,
    Numbers,
    Row,
    amount_rows,
    by_day_rows,
    days_of,
    extremists_change,
    quantile_of_days_rows,
    share_rows,
    usable,
)
from sim.ensemble.estimate.states import state_rows
from sim.ensemble.store.results import Frame, pieces_of
from sim.ensemble.store.schema import TABLES, Column, EstimateRow, columns_in_use, names_of
from sim.world.scenario import Scenario

TOLLS_AT_A_TIME = 2_000_000  # numbers of places and runs in memory


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


def estimate_all(runs: Frame, falls: Frame, tolls: Frame, scenario: Scenario, more: Iterable[Row] = ()) -> pd.DataFrame:
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
    horizon, counted, names = scenario.horizon_days, usable(runs), names_of(scenario.tables)
    columns = columns_in_use(Use.ESTIMATED, names)
    of_all = [column for column in columns if not column.state]
    rows = [
        *_regime_rows(counted, of_all, horizon),
        *_seat_rows(loss_days(counted, falls, scenario), horizon),
        *state_rows(counted, columns, names, horizon),
        *_amount_rows(counted, of_all, horizon),
        *_toll_rows(counted, tolls, scenario),
        *more,
        ("runs_failed", None, horizon, float(len(runs) - len(counted)), None, None, len(runs), NONE, "runs"),
    ]
    table = pd.DataFrame(rows, columns=[field.name for field in fields_of(EstimateRow)])
    numbers = dict.fromkeys(("estimate", "low", "high"), np.float64)
    return table.astype({"day": "Int32", "n": np.int64, **numbers})


def _regime_rows(runs: Frame, columns: Sequence[Column], horizon: int) -> Iterator[Row]:
    """Yield what is estimated about what happens in the war as a whole."""
    happenings = [column for column in columns if column.output.kind is Kind.DAY]
    for column in happenings:
        yield from by_day_rows(f"{column.event}_by_day", None, days_of(runs[column.name]), horizon)
    for column in columns:
        if column.output.kind not in (Kind.DAY, *AMOUNTS):
            yield from share_rows(runs[column.name], column, horizon)
    for column in happenings:
        days, event = days_of(runs[column.name]), column.event
        given = days[np.isfinite(days)]
        yield from quantile_of_days_rows(column.name, None, days, [MEDIAN], math.inf, horizon)
        name = f"{column.name}_given_{event}"
        yield from quantile_of_days_rows(name, None, given, LEVELS_OF_DAYS, horizon - 1, horizon)


def _seat_rows(lost: pd.DataFrame, horizon: int) -> Iterator[Row]:
    """Yield what is estimated about the fall of each seat that the regime's side holds on day 0."""
    for place in lost.columns:
        days = days_of(lost[place])
        given = days[np.isfinite(days)]
        yield from by_day_rows("seat_fall_by_day", place, days, horizon)
        yield from quantile_of_days_rows("seat_fall_day", place, days, [MEDIAN], math.inf, horizon)
        yield from quantile_of_days_rows("seat_fall_day_given_fall", place, given, [MEDIAN], horizon - 1, horizon)


def _amount_rows(runs: Frame, columns: Sequence[Column], horizon: int) -> Iterator[Row]:
    """Yield what is estimated about amounts of the war as a whole, those of day 0 first."""
    amounts = [column for column in columns if column.output.kind in AMOUNTS]
    for column in sorted(amounts, key=lambda column: column.output.use):
        yield from amount_rows(column.name, None, runs[column.name].to_numpy(np.float64), column.output.unit, horizon)
    change = extremists_change(runs)
    yield from amount_rows("extremists_change", None, change[~np.isnan(change)], "ratio", horizon)


def _toll_rows(runs: Frame, tolls: Frame, scenario: Scenario) -> Iterator[Row]:
    """Yield what the war costs each place that it costs anything in some run; a run without a row spared the place."""
    units = {field.name: field.output.unit for field in fields_of(TABLES[TOLLS].row) if field.output.use}
    numbers, places = pd.Index(runs["run"]), list(scenario.tables.locations["id"])
    at_a_time = max(1, TOLLS_AT_A_TIME // (len(units) * max(len(numbers), 1)))
    for first in range(0, len(places), at_a_time):
        group = places[first : first + at_a_time]
        values = _tolls_of(group, numbers, tolls, list(units))
        for place in group:
            for quantity, unit in units.items() if place in values else ():
                own = values[place][quantity]
                yield from amount_rows(f"place_{quantity}", place, own, unit, scenario.horizon_days)


def _tolls_of(
    places: Sequence[str], numbers: pd.Index, tolls: Frame, quantities: Sequence[str]
) -> dict[str, dict[str, Numbers]]:
    """Return what the war costs some places in each run, of those that it costs anything."""
    values: dict[str, dict[str, Numbers]] = {}
    for piece in pieces_of(tolls, ("run", "location_id", *quantities)):
        for place, here in piece[piece["location_id"].isin(places)].groupby("location_id", observed=True):
            rank = numbers.get_indexer(pd.Index(here["run"]))
            counts = rank >= 0
            for quantity in quantities:
                own = values.setdefault(str(place), {}).setdefault(quantity, np.zeros(len(numbers)))
                own[rank[counts]] = here[quantity].to_numpy(np.float64)[counts]
    return values
