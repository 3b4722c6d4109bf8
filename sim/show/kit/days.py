"""Label axes of days: numbers that people count in, with real dates as second labels."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.axes import Axes

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
STEPS = (1, 2, 3, 5, 7, 10, 14, 20, 30, 60, 90, 120, 180, 365)  # days between labels
HEADLINE_DAY = 30
ROOM = 1.15  # an axis goes on this far past the events that it shows
WORTH_CUTTING = 0.8  # an axis is shortened only if it gets shorter than this share of the horizon


def headline_day(horizon_days: int) -> int:
    """Return the day that titles speak about: day 30, or the horizon if that comes first.

    Parameters
    ----------
    horizon_days
        How many days a run lasts.
    """
    return min(HEADLINE_DAY, horizon_days)


def day_values(column: pd.Series) -> npt.NDArray[np.float64]:
    """Return a column of days as numbers, NaN for never.

    Parameters
    ----------
    column
        Days, missing where something never happened.
    """
    return column.to_numpy(dtype=np.float64, na_value=np.nan)


def date_text(day0: date, day: int, *, with_year: bool = False) -> str:
    """Return the date of a day, such as `8 Dec` or `8 Dec 2024`, in English on every machine."""
    when = day0 + timedelta(days=day)
    text = f"{when.day} {MONTHS[when.month - 1]}"
    return f"{text} {when.year}" if with_year else text


def last_shown_day(days: Iterable[npt.NDArray[np.float64]], horizon_days: int, tail: float) -> int:
    """Return where an axis of days may end: the horizon, or earlier if hardly anything happens after that.

    Parameters
    ----------
    days
        Days of events, one array an event, NaN for never.
    horizon_days
        How many days a run lasts.
    tail
        Share of each event's days that may lie beyond the end.
    """
    happened = [found for found in (values[~np.isnan(values)] for values in days) if found.size]
    if not happened:
        return horizon_days
    needed = max(float(np.quantile(found, 1.0 - tail, method="inverted_cdf")) for found in happened)
    end = 10 * int(np.ceil(max(ROOM * needed, headline_day(horizon_days) + 1) / 10.0))
    return end if end < WORTH_CUTTING * horizon_days else horizon_days


def day_ticks(last_day: int, most: int) -> list[int]:
    """Return the days to label from day 0 to a last day, at steps that people count in.

    Parameters
    ----------
    last_day
        End of the axis.
    most
        How many labels there is room for, at least 2.
    """
    step = next((step for step in STEPS if last_day / step <= most - 1), last_day)
    return list(range(0, last_day + 1, max(step, 1)))


def day_labels(day0: date, days: Sequence[int]) -> list[str]:
    """Return the numbers of days with their dates beneath, the year where it is new.

    Parameters
    ----------
    day0
        Date of day 0.
    days
        Days to label, in order, at least one.
    """
    years = [(day0 + timedelta(days=day)).year for day in days]
    is_new = [True, *(year != before for before, year in pairwise(years))]
    dates = [date_text(day0, day, with_year=new) for day, new in zip(days, is_new, strict=True)]
    first, *rest = (f"{day}\n{when}" for day, when in zip(days, dates, strict=True))
    return [f"day {first}", *rest]


def label_days(ax: Axes, day0: date, last_day: int, most: int) -> None:
    """Give axes a horizontal scale of days since day 0 with dates beneath.

    Parameters
    ----------
    ax
        The axes.
    day0
        Date of day 0.
    last_day
        End of the axis, > 0.
    most
        How many labels there is room for.
    """
    ticks = day_ticks(last_day, most)
    ax.set_xlim(0, last_day)
    ax.set_xticks(ticks, day_labels(day0, ticks))
