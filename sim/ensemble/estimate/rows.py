"""Estimate one thing at a time: a share of runs, a quantile of days, or an amount; each is a row of the estimates.

What cannot be estimated is null, and so are a day that is "never" and a bound that so few runs do not give.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import TypeVar

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.core.outputs import Kind
from sim.ensemble.estimate.intervals import mean_interval, quantile_ranks, wilson_interval
from sim.ensemble.store.results import Stored
from sim.ensemble.store.schema import Column

REPORT_DAYS = (14, 30, 120)
LEVELS_OF_DAYS = (0.1, 0.25, 0.5, 0.75, 0.9)
LEVELS_OF_AMOUNTS = (0.1, 0.5, 0.9)
MEDIAN = 0.5
WILSON, RANKS, NORMAL, NONE = "wilson_95", "order_statistic_95", "normal_95", "none"
Row = tuple[str, str | None, int, float | None, float | None, float | None, int, str, str]
Numbers = npt.NDArray[np.float64]
AnyFrame = TypeVar("AnyFrame", bound=pd.DataFrame | Stored)


def usable(runs: AnyFrame) -> AnyFrame:
    """Return the runs that count.

    Parameters
    ----------
    runs
        All runs, failed ones included, in memory or on disk.
    """
    return runs[runs["status"] == "ok"]  # type: ignore[return-value]  # rows of a frame are a frame of its kind


def extremists_change(runs: pd.DataFrame | Stored) -> Numbers:
    """Return the extremists left at the end of each run as a multiple of those of day 0, NaN where there were none."""
    first, last = (runs[f"extremists_{when}"].to_numpy(np.float64) for when in ("day_0", "last"))
    change: Numbers = np.divide(last, first, out=np.full(len(first), np.nan), where=first > 0.0)
    return change


def report_days(horizon_days: int) -> list[int]:
    """Return the days that are reported within a horizon, which is the last of them."""
    return [day for day in REPORT_DAYS if day < horizon_days] + [horizon_days]


def days_of(column: pd.Series) -> Numbers:
    """Return days as numbers, infinite for never."""
    return column.to_numpy(dtype=np.float64, na_value=np.inf)


def share_row(quantity: str, entity: str | None, happened: int, n: int, day: int) -> Row:
    """Return one probability: in how many of how many runs something happened by a day."""
    if n == 0:
        return quantity, entity, day, None, None, None, 0, WILSON, "probability"
    low, high = wilson_interval(happened, n)
    return quantity, entity, day, happened / n, low, high, n, WILSON, "probability"


def share_rows(values: pd.Series, column: Column, day: int) -> Iterator[Row]:
    """Yield in which share of runs a column is true, or has each of its names or levels.

    The latter are told apart by the entity, or of a state by the quantity.
    """
    quantity, state, kind = f"{column.quantity}_share", column.state or None, column.output.kind
    if kind is Kind.FLAG:
        yield share_row(quantity, state, int(values.sum()), len(values), day)
    for member in column.output.names or ():
        code = member.name.lower() if kind is Kind.NAME else member.value
        what = (f"{quantity}_{code}", state) if state else (quantity, str(code))
        yield share_row(*what, int((values == code).sum()), len(values), day)


def by_day_rows(quantity: str, entity: str | None, days: Numbers, horizon: int) -> Iterator[Row]:
    """Yield the probability that something has happened by each day that is reported."""
    for day in report_days(horizon):
        yield share_row(quantity, entity, int((days <= day).sum()), len(days), day)


def quantile_of_days_rows(
    quantity: str, entity: str | None, days: Numbers, levels: Iterable[float], last: float, horizon: int
) -> Iterator[Row]:
    """Yield quantiles of days; `last` bounds them where so few runs cannot."""
    yield from _quantile_rows(quantity, entity, days, levels, last, "day", horizon)


def amount_rows(quantity: str, entity: str | None, values: Numbers, unit: str, horizon: int) -> Iterator[Row]:
    """Yield the mean over runs of an amount, at least 0, and its quantiles over runs."""
    n = len(values)
    if n == 0:
        yield f"{quantity}_mean", entity, horizon, None, None, None, 0, NORMAL, unit
    else:
        mean, low, high = mean_interval(values)
        low = max(low, 0.0) if math.isfinite(low) else low
        yield f"{quantity}_mean", entity, horizon, mean, _finite(low), _finite(high), n, NORMAL, unit
    yield from _quantile_rows(quantity, entity, values, LEVELS_OF_AMOUNTS, math.inf, unit, horizon)


def _quantile_rows(
    quantity: str, entity: str | None, values: Numbers, levels: Iterable[float], last: float, unit: str, horizon: int
) -> Iterator[Row]:
    """Yield quantiles of numbers that are at least 0."""
    n = len(values)
    ordered = np.concatenate([[0.0], np.sort(values), [last]])  # rank 0 and rank n + 1 have no run of their own
    for level in levels:
        name = f"{quantity}_q{round(100 * level)}"
        if n == 0:
            yield name, entity, horizon, None, None, None, 0, RANKS, unit
        else:
            estimate, low, high = (_finite(float(ordered[rank])) for rank in quantile_ranks(n, level))
            yield name, entity, horizon, estimate, low, high, n, RANKS, unit


def _finite(value: float) -> float | None:
    """Return a number, null for one without end."""
    return value if math.isfinite(value) else None
