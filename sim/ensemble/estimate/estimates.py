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
from sim.ensemble.estimate.knowledge import Knowledge, knowledge_of, shared_by_twins
from sim.ensemble.estimate.losses import loss_days
from sim.ensemble.estimate.rows import (
    LEVELS_OF_DAYS,
    MEDIAN,
    NONE,
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
from sim.ensemble.estimate.weights import (
    FALL,
    TILTED,
    WILSON,
    Interval,
    Numbers,
    Weights,
    share_interval,
    shares_by_day,
)
from sim.ensemble.store.results import Frame, pieces_of
from sim.ensemble.store.schema import TABLES, Column, EstimateRow, columns_in_use, names_of
from sim.world.scenario import Scenario

COLLAPSE_RAW, COLLAPSE_SUPPORTED = "collapse_raw", "collapse_supported"
TOLLS_AT_A_TIME = 2_000_000  # numbers of places and runs in memory


def curve(
    days: pd.Series, horizon_days: int, weights: Weights | None = None, known: Knowledge | None = None
) -> pd.DataFrame:
    """Return the share of runs in which something has happened by each day, with both intervals of each.

    Parameters
    ----------
    days
        Day of the event in each run that counts; null where it never happened.
    horizon_days
        How many days a run lasts.
    weights
        Of the runs.
    known
        What is known of them; by default nothing but how many they are.

    Returns
    -------
    pd.DataFrame
        Columns ``day`` (0 to the last simulated day), ``probability``, ``low``, ``high`` (95 %, of sampling),
        ``known_low``, ``known_high`` (90 %, of knowledge, NaN where nothing is known) and ``n``.
    """
    n, nothing = len(days), np.full(horizon_days, np.nan)
    share, low, high, ends = nothing, np.zeros(horizon_days), np.ones(horizon_days), (nothing, nothing)
    if n:
        numbers = days_of(days)
        share, low, high = shares_by_day(numbers, horizon_days, weights)
        ends = (known or Knowledge()).by_day(numbers, horizon_days, share, low, high)
    columns = {"day": np.arange(horizon_days), "probability": share, "low": low, "high": high}
    return pd.DataFrame({**columns, "known_low": ends[0], "known_high": ends[1], "n": n})


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
    added, columns = list(more), columns_in_use(Use.ESTIMATED, names)
    known = knowledge_of(counted, scenario, shared_by_twins(pd.DataFrame(added, columns=Row._fields)))
    of_all = [column for column in columns if not column.state]
    rows = [
        *_fall_rows(counted, known, scenario),
        *_regime_rows(counted, of_all, horizon, known),
        *_seat_rows(loss_days(counted, falls, scenario), horizon, known),
        *state_rows(counted, columns, names, horizon, known),
        *_amount_rows(counted, of_all, horizon, known),
        *_toll_rows(counted, tolls, scenario, known),
        *added,
        Row("runs_failed", None, horizon, float(len(runs) - len(counted)), None, None, len(runs), NONE, "runs"),
    ]
    table = pd.DataFrame(rows, columns=[field.name for field in fields_of(EstimateRow)])
    numbers = dict.fromkeys(("estimate", "low", "high", "known_low", "known_high"), np.float64)
    return table.astype({"day": "Int32", "n": np.int64, **numbers})


def _fall_rows(runs: Frame, known: Knowledge, scenario: Scenario) -> Iterator[Row]:
    """Yield how likely a collapse is by the runs as they are, and by what the record supports, if that is asked.

    Where it does in every run or in none, that is a statement about structure, and no weight can make it another.
    """
    tilt, horizon = scenario.tilt, scenario.horizon_days
    if tilt is None or not len(runs):
        return
    fell = runs[FALL].notna().to_numpy(np.bool_)
    raw = share_interval(fell)
    yield Row(COLLAPSE_RAW, None, horizon, *raw[:3], len(runs), WILSON, "probability")
    point, low, high = tilt.chances(np.array(raw[:3])).tolist()
    ends = known.of_share(fell, Interval(point, low, high, TILTED))
    yield Row(COLLAPSE_SUPPORTED, None, horizon, point, low, high, len(runs), TILTED, "probability", *ends)


def _regime_rows(runs: Frame, columns: Sequence[Column], horizon: int, known: Knowledge) -> Iterator[Row]:
    """Yield what is estimated about what happens in the war as a whole."""
    happenings = [column for column in columns if column.output.kind is Kind.DAY]
    for column in happenings:
        yield from by_day_rows(f"{column.event}_by_day", None, days_of(runs[column.name]), horizon, known)
    for column in columns:
        if column.output.kind not in (Kind.DAY, *AMOUNTS):
            yield from share_rows(runs[column.name], column, horizon, known)
    for column in happenings:
        days, event = days_of(runs[column.name]), column.event
        came = np.isfinite(days)
        yield from quantile_of_days_rows(column.name, None, days, [MEDIAN], math.inf, horizon, known)
        name, those = f"{column.name}_given_{event}", known.of(came)
        yield from quantile_of_days_rows(name, None, days[came], LEVELS_OF_DAYS, horizon - 1, horizon, those)


def _seat_rows(lost: pd.DataFrame, horizon: int, known: Knowledge) -> Iterator[Row]:
    """Yield what is estimated about the fall of each seat that the regime's side holds on day 0."""
    for place in lost.columns:
        days = days_of(lost[place])
        fell = np.isfinite(days)
        yield from by_day_rows("seat_fall_by_day", place, days, horizon, known)
        yield from quantile_of_days_rows("seat_fall_day", place, days, [MEDIAN], math.inf, horizon, known)
        given = "seat_fall_day_given_fall", place, days[fell], [MEDIAN], horizon - 1, horizon
        yield from quantile_of_days_rows(*given, known.of(fell))


def _amount_rows(runs: Frame, columns: Sequence[Column], horizon: int, known: Knowledge) -> Iterator[Row]:
    """Yield what is estimated about amounts of the war as a whole, those of day 0 first."""
    amounts = [column for column in columns if column.output.kind in AMOUNTS]
    for column in sorted(amounts, key=lambda column: column.output.use):
        values = runs[column.name].to_numpy(np.float64)
        yield from amount_rows(column.name, None, values, column.output.unit, horizon, known)
    change = extremists_change(runs)
    some = ~np.isnan(change)
    yield from amount_rows("extremists_change", None, change[some], "ratio", horizon, known.of(some))


def _toll_rows(runs: Frame, tolls: Frame, scenario: Scenario, known: Knowledge) -> Iterator[Row]:
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
                yield from amount_rows(f"place_{quantity}", place, own, unit, scenario.horizon_days, known)


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
