"""Draw rows of fall days: ridge and interval of the runs, what was observed, the share that never falls.

All axes here count rows downwards: row i reaches from i to i + 1.
"""

from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from sim.show.kit.days import label_days
from sim.show.kit.key import Handles
from sim.show.kit.observed import ObservedFall
from sim.show.kit.theme import GRID, INK, LOSS, LOSS_LIGHT, RULE, SMALL_PT, SOFT_INK
from sim.show.kit.wording import count, share_of

TICK_MM = 20.0
MOST_BINS = 90  # of a ridge
FEW = 10  # falls; below this each one is a dot, since quantiles of so few say little
BASE = 0.72  # where a ridge stands in its row
RIDGE = 0.62  # height of a ridge, in rows
HISTORY = 0.45  # where an observed fall is marked in its row
SPANS = ((0.05, 0.95, 0.9), (0.25, 0.75, 3.0))  # levels of days, and width of line in points
BAR_SHARE = 0.31  # of the width of the column of shares


def mark_handles(days: pd.DataFrame, history: Mapping[str, ObservedFall]) -> Handles:
    """Return the marks of the key by their meaning, only those that are drawn.

    Parameters
    ----------
    days
        A row a run, a column a place, NaN for never.
    history
        What was observed, by place.
    """
    falls = days.notna().sum()
    handles: dict[str, Line2D | Patch | tuple[Line2D, ...]] = {}
    if (falls >= FEW).any():
        thin, thick = (_line([], 0.0, LOSS, width) for *_, width in SPANS)
        handles["falls by day, scaled by row"] = Patch(color=LOSS_LIGHT)
        handles["middle 90 %"] = thin
        handles["middle 50 %, median"] = (thick, _dots([], 0.0, 5.0))
    if ((falls > 0) & (falls < FEW)).any():
        handles["one fall"] = _dots([], 0.0, 4.0)
    if any(not fall.is_never for fall in history.values()):
        handles["observed in history, with range"] = (_line([], 0.0, INK, 1.0), _observed([], 0.0, INK))
    if any(fall.is_never for fall in history.values()):
        handles["did not fall in history"] = _observed([], 0.0, "white")
    return handles


def draw_days(ax: Axes, days: pd.DataFrame, last_day: int, day0: date, width_mm: float) -> None:
    """Draw the days of falls, a row a place.

    Parameters
    ----------
    ax
        Empty axes.
    days
        A row a run, a column a place, NaN for never.
    last_day
        End of the axis of days.
    day0
        Date of day 0.
    width_mm
        Width of the axes.
    """
    _set_rows(ax, len(days.columns))
    label_days(ax, day0, last_day, int(width_mm / TICK_MM))
    ax.grid(visible=True, axis="x")
    ax.tick_params(axis="y", length=0)
    edges = _bins(last_day)
    for row, place in enumerate(days.columns):
        happened = days[place].dropna().to_numpy(dtype=np.float64)
        if len(happened) >= FEW:
            _draw_ridge(ax, happened, edges, row + BASE)
            _draw_spans(ax, happened, row + BASE)
        else:
            ax.add_line(_dots(list(happened), row + BASE, 4.0))


def draw_history(ax: Axes, beside: Axes, places: Sequence[str], history: Mapping[str, ObservedFall]) -> None:
    """Mark what was observed: a fall on its day with its range, no fall in a column of its own.

    Parameters
    ----------
    ax
        Axes of `draw_days`.
    beside
        Empty axes for the places that did not fall.
    places
        Ids of the places, one a row.
    history
        What was observed, by place.
    """
    _set_rows(beside, len(places))
    beside.set_axis_off()
    beside.set_xlim(0.0, 1.0)
    last_day = ax.get_xlim()[1]
    for row, place in enumerate(places):
        fall = history.get(place)
        if fall is not None and fall.is_never:
            beside.add_line(_observed([0.5], row + HISTORY, "white"))
        elif fall is not None:
            ax.add_line(_line([fall.low, min(fall.high, last_day)], row + HISTORY, INK, 1.0))
            ax.add_line(_observed([fall.day], row + HISTORY, INK))


def draw_shares(ax: Axes, days: pd.DataFrame, horizon_days: int) -> None:
    """Draw the share of runs in which each place never falls, as bars with numbers.

    Parameters
    ----------
    ax
        Empty axes.
    days
        A row a run, a column a place, NaN for never.
    horizon_days
        How many days a run lasts.
    """
    _set_rows(ax, len(days.columns))
    ax.set_axis_off()
    ax.set_xlim(0.0, 1.0 / BAR_SHARE)  # a bar of all runs ends at 1
    never = days.isna().sum()
    rows = np.arange(len(days.columns)) + BASE
    ax.barh(rows, 1.0, height=0.36, color=GRID)
    ax.barh(rows, never / len(days), height=0.36, color=RULE)
    for row, missing in zip(rows, never, strict=True):
        ax.text(1.12, row, share_of(int(missing), len(days)), va="center", fontsize=SMALL_PT)
    heading = f"never within {count(horizon_days, 'day')}"
    ax.text(0.0, -0.15, heading, va="bottom", fontsize=SMALL_PT, color=SOFT_INK)


def _set_rows(ax: Axes, n_rows: int) -> None:
    """Give axes a scale of rows, downwards, without lines around."""
    ax.set_ylim(n_rows, 0)
    ax.set_yticks([])
    for side in ("left", "top", "right"):
        ax.spines[side].set_visible(False)


def _bins(last_day: int) -> npt.NDArray[np.float64]:
    """Return the edges of bins of whole days, each centred on its days."""
    width = -(-(last_day + 1) // MOST_BINS)
    return np.arange(0, last_day + width + 1, width, dtype=np.float64) - 0.5


def _draw_ridge(ax: Axes, happened: npt.NDArray[np.float64], edges: npt.NDArray[np.float64], y: float) -> None:
    """Draw the distribution of days above a base line."""
    counts, _ = np.histogram(happened, edges)
    ax.stairs(y - RIDGE * counts / counts.max(), edges, baseline=y, fill=True, color=LOSS_LIGHT)


def _draw_spans(ax: Axes, happened: npt.NDArray[np.float64], y: float) -> None:
    """Draw the middle parts of days as lines and their median as a dot."""
    for low, high, width in SPANS:
        ends = np.quantile(happened, (low, high), method="inverted_cdf")
        ax.add_line(_line(list(ends), y, LOSS, width))
    ax.add_line(_dots([float(np.quantile(happened, 0.5, method="inverted_cdf"))], y, 5.0))


def _line(days: Sequence[float], y: float, colour: str, width: float) -> Line2D:
    """Return a level line between days."""
    return Line2D(days, [y] * len(days), color=colour, linewidth=width, solid_capstyle="butt")


def _dots(days: Sequence[float], y: float, size: float) -> Line2D:
    """Return dots of simulated days."""
    return Line2D(days, [y] * len(days), linewidth=0, marker="o", markersize=size, color=LOSS, markeredgecolor="white")


def _observed(days: Sequence[float], y: float, face: str) -> Line2D:
    """Return the mark of what was observed."""
    return Line2D(
        days,
        [y] * len(days),
        linewidth=0,
        marker="D",
        markersize=4.0,
        markerfacecolor=face,
        markeredgecolor=INK,
        markeredgewidth=0.9,
        clip_on=False,
    )
