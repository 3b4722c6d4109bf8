"""Estimate one thing at a time: a share of runs, a quantile of days, or an amount; each is a row of the estimates.

What cannot be estimated is null, and so are a day that is "never" and a bound that so few runs do not give.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple, TypeVar

import numpy as np
import pandas as pd

from sim.core.outputs import Kind
from sim.core.record import RUNS
from sim.ensemble.estimate.knowledge import STRETCH, UNKNOWN, Ends, Knowledge
from sim.ensemble.estimate.weights import (
    NORMAL,
    RANKS,
    WILSON,
    Bools,
    Interval,
    Numbers,
    mean_with_interval,
    quantile_intervals,
    share_interval,
)
from sim.ensemble.store.results import Results, Stored
from sim.ensemble.store.schema import Column

REPORT_DAYS = (14, 30, 120)
LEVELS_OF_DAYS = (0.1, 0.25, 0.5, 0.75, 0.9)
LEVELS_OF_AMOUNTS = (0.1, 0.5, 0.9)
MEDIAN = 0.5
NONE = "none"
AnyFrame = TypeVar("AnyFrame", bound=pd.DataFrame | Stored)


class Row(NamedTuple):
    """Hold a row of the estimates; see `sim.ensemble.store.schema.EstimateRow`."""

    quantity: str
    entity: str | None
    day: int
    estimate: float | None
    low: float | None
    high: float | None
    n: int
    kind_of_interval: str
    unit: str
    known_low: float | None = None
    known_high: float | None = None


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


def columns_of_runs(results: Results, columns: Sequence[str]) -> pd.DataFrame:
    """Return some columns of the runs that count; of many runs the others stay on disk."""
    names = tuple(dict.fromkeys(("status", "run", *columns)))  # by its run a row is known to be among the first
    return usable(pd.concat(results.pieces(RUNS, names), ignore_index=True))


def report_days(horizon_days: int) -> list[int]:
    """Return the days that are reported within a horizon, which is the last of them."""
    return [day for day in REPORT_DAYS if day < horizon_days] + [horizon_days]


def days_of(column: pd.Series) -> Numbers:
    """Return days as numbers, infinite for never."""
    return column.to_numpy(dtype=np.float64, na_value=np.inf)


def share_row(quantity: str, entity: str | None, happened: Bools, day: int, known: Knowledge) -> Row:
    """Return one probability: in which runs something happened by a day."""
    if not len(happened):
        return Row(quantity, entity, day, None, None, None, 0, WILSON, "probability")
    found = share_interval(happened, known.weights)
    return _row(quantity, entity, day, found, len(happened), "probability", known.of_share(happened, found))


def share_rows(values: pd.Series, column: Column, day: int, known: Knowledge) -> Iterator[Row]:
    """Yield in which share of runs a column is true, or has each of its names or levels.

    The latter are told apart by the entity, or of a state by the quantity.
    """
    quantity, state, kind = f"{column.quantity}_share", column.state or None, column.output.kind
    if kind is Kind.FLAG:
        yield share_row(quantity, state, values.to_numpy(np.bool_), day, known)
    for member in column.output.names or ():
        code = member.name.lower() if kind is Kind.NAME else member.value
        what = (f"{quantity}_{code}", state) if state else (quantity, str(code))
        yield share_row(*what, (values == code).to_numpy(np.bool_, na_value=False), day, known)


def by_day_rows(quantity: str, entity: str | None, days: Numbers, horizon: int, known: Knowledge) -> Iterator[Row]:
    """Yield the probability that something has happened by each day that is reported."""
    for day in report_days(horizon):
        yield share_row(quantity, entity, days <= day, day, known)


def quantile_of_days_rows(
    quantity: str,
    entity: str | None,
    days: Numbers,
    levels: Sequence[float],
    last: float,
    horizon: int,
    known: Knowledge,
) -> Iterator[Row]:
    """Yield quantiles of days; `last` bounds them where so few runs cannot."""
    yield from _quantile_rows(quantity, entity, days, levels, last, "day", horizon, known)


def amount_rows(
    quantity: str, entity: str | None, values: Numbers, unit: str, horizon: int, known: Knowledge
) -> Iterator[Row]:
    """Yield the mean over runs of an amount, at least 0, and its quantiles over runs."""
    n = len(values)
    if n == 0:
        yield Row(f"{quantity}_mean", entity, horizon, None, None, None, 0, NORMAL, unit)
    else:
        found = mean_with_interval(values, known.weights)
        found = found._replace(low=max(found.low, 0.0) if math.isfinite(found.low) else found.low)
        yield _row(f"{quantity}_mean", entity, horizon, found, n, unit, known.of_number(values, found))
    yield from _quantile_rows(quantity, entity, values, LEVELS_OF_AMOUNTS, math.inf, unit, horizon, known)


def _quantile_rows(
    quantity: str,
    entity: str | None,
    values: Numbers,
    levels: Sequence[float],
    last: float,
    unit: str,
    horizon: int,
    known: Knowledge,
) -> Iterator[Row]:
    """Yield quantiles of numbers that are at least 0; days where they come are known less than runs say."""
    names = [f"{quantity}_q{round(100 * level)}" for level in levels]
    if not len(values):
        for name in names:
            yield Row(name, entity, horizon, None, None, None, 0, RANKS, unit)
        return
    factor = STRETCH if last < horizon else 1.0
    quantiles = quantile_intervals(values, levels, (0.0, last), known.weights)
    for name, level, found in zip(names, levels, quantiles, strict=True):
        least, most = known.of_number(values, found, factor) if level == MEDIAN else UNKNOWN
        yield _row(name, entity, horizon, found, len(values), unit, (least, float(np.minimum(most, last))))


def _row(quantity: str, entity: str | None, day: int, found: Interval, n: int, unit: str, known: Ends) -> Row:
    """Return an estimate as a row; what has no end is null."""
    numbers = (*found[:3], *known)
    point, low, high, *ends = (value if math.isfinite(value) else None for value in numbers)
    return Row(quantity, entity, day, point, low, high, n, found.kind, unit, *ends)
