"""Estimate from an ensemble's runs: probabilities, days and totals, each with its 95 % interval and its n.

Failed runs are left out and counted. A day by which something happens includes that day; the last one is the
horizon, at which the window closes. What cannot be estimated, and a day that is "never", is null.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.core.codes import Outcome
from sim.ensemble.intervals import mean_interval, quantile_ranks, wilson_band, wilson_interval
from sim.ensemble.losses import loss_days
from sim.ensemble.schema import ESTIMATES, SCHEMAS
from sim.world.scenario import Scenario

REPORT_DAYS = (14, 30, 120)
EVENTS = {"collapse": "collapse_day", "flight": "flight_day", "capital_fall": "capital_fall_day"}
QUANTILES = (0.1, 0.25, 0.5, 0.75, 0.9)
MEDIAN = 0.5
WILSON, RANKS, NORMAL, NONE = "wilson_95", "order_statistic_95", "normal_95", "none"
Row = tuple[str, str | None, int, float | None, float | None, float | None, int, str, str]
Days = npt.NDArray[np.float64]


def usable(runs: pd.DataFrame) -> pd.DataFrame:
    """Return the runs that count.

    Parameters
    ----------
    runs
        All runs, failed ones included.
    """
    return runs[runs["status"] == "ok"]


def report_days(horizon_days: int) -> list[int]:
    """Return the days that are reported within a horizon, which is the last of them."""
    return [day for day in REPORT_DAYS if day < horizon_days] + [horizon_days]


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
    happened = _days(days)
    n = len(happened)
    counts = np.bincount(happened[np.isfinite(happened)].astype(np.int64), minlength=horizon_days)
    so_far = np.cumsum(counts[:horizon_days])
    low, high = wilson_band(so_far, n)
    share = so_far / n if n else np.full(horizon_days, np.nan)
    columns = {"day": np.arange(horizon_days), "probability": share, "low": low, "high": high, "n": n}
    return pd.DataFrame(columns)


def estimate_all(runs: pd.DataFrame, falls: pd.DataFrame, scenario: Scenario) -> pd.DataFrame:
    """Return everything that is estimated from an ensemble, one row an estimate.

    Parameters
    ----------
    runs, falls
        Tables of the ensemble, failed runs included.
    scenario
        What was run.
    """
    horizon, counted = scenario.horizon_days, usable(runs)
    rows = [
        *_regime_rows(counted, horizon),
        *_seat_rows(loss_days(counted, falls, scenario), horizon),
        _mean_row("fatalities_combatants_mean", counted["fatalities_combatants"], horizon),
        ("runs_failed", None, horizon, float(len(runs) - len(counted)), None, None, len(runs), NONE, "runs"),
    ]
    table = pd.DataFrame(rows, columns=SCHEMAS[ESTIMATES].names)
    numbers = dict.fromkeys(("estimate", "low", "high"), np.float64)
    return table.astype({"day": "Int32", "n": np.int64, **numbers})


def _regime_rows(runs: pd.DataFrame, horizon: int) -> Iterator[Row]:
    """Yield what is estimated about the regime as a whole."""
    for event, column in EVENTS.items():
        yield from _by_day_rows(f"{event}_by_day", None, _days(runs[column]), horizon)
    for outcome in Outcome:
        name = outcome.name.lower()
        yield _share_row("outcome_share", name, int((runs["outcome"] == name).sum()), len(runs), horizon)
    for event, column in EVENTS.items():
        days = _days(runs[column])
        yield _quantile_row(f"{event}_day", None, days, MEDIAN, math.inf, horizon)
        given = days[np.isfinite(days)]
        for level in QUANTILES:
            yield _quantile_row(f"{event}_day_given_{event}", None, given, level, horizon - 1, horizon)


def _seat_rows(lost: pd.DataFrame, horizon: int) -> Iterator[Row]:
    """Yield what is estimated about the fall of each seat that the regime's side holds on day 0."""
    for place in lost.columns:
        days = _days(lost[place])
        given = days[np.isfinite(days)]
        yield from _by_day_rows("seat_fall_by_day", place, days, horizon)
        yield _quantile_row("seat_fall_day", place, days, MEDIAN, math.inf, horizon)
        yield _quantile_row("seat_fall_day_given_fall", place, given, MEDIAN, horizon - 1, horizon)


def _days(column: pd.Series) -> Days:
    """Return days as numbers, infinite for never."""
    return column.to_numpy(dtype=np.float64, na_value=np.inf)


def _by_day_rows(quantity: str, entity: str | None, days: Days, horizon: int) -> Iterator[Row]:
    """Yield the probability that something has happened by each day that is reported."""
    for day in report_days(horizon):
        yield _share_row(quantity, entity, int((days <= day).sum()), len(days), day)


def _share_row(quantity: str, entity: str | None, happened: int, n: int, day: int) -> Row:
    """Return one probability."""
    if n == 0:
        return quantity, entity, day, None, None, None, 0, WILSON, "probability"
    low, high = wilson_interval(happened, n)
    return quantity, entity, day, happened / n, low, high, n, WILSON, "probability"


def _quantile_row(quantity: str, entity: str | None, days: Days, level: float, last: float, horizon: int) -> Row:
    """Return one quantile of days; `last` bounds it where so few runs cannot."""
    name, n = f"{quantity}_q{round(100 * level)}", len(days)
    if n == 0:
        return name, entity, horizon, None, None, None, 0, RANKS, "day"
    ordered = np.concatenate([[0.0], np.sort(days), [last]])  # rank 0 and rank n + 1 have no run of their own
    estimate, low, high = (_finite(float(ordered[rank])) for rank in quantile_ranks(n, level))
    return name, entity, horizon, estimate, low, high, n, RANKS, "day"


def _finite(value: float) -> float | None:
    """Return a day, null for never."""
    return value if math.isfinite(value) else None


def _mean_row(quantity: str, column: pd.Series, horizon: int) -> Row:
    """Return one mean over runs, in persons."""
    if len(column) == 0:
        return quantity, None, horizon, None, None, None, 0, NORMAL, "persons"
    mean, low, high = mean_interval(column.to_numpy(np.float64))
    return quantity, None, horizon, mean, _finite(low), _finite(high), len(column), NORMAL, "persons"
