"""Draw what one factor does to an outcome: a curve with its band, or a line for each value of the other factors."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke

from sim.show.kit.page import Box, new_page, room_mm
from sim.show.kit.panels import scale_up
from sim.show.kit.series import LEADER_MM, Leader, label_ends
from sim.show.kit.theme import BLUE, SMALL_PT, SOFT_INK
from sim.show.kit.typeset import wrap
from sim.show.sweep.axes import HEAD_MM, MARK_MM, below_mm, label_factor, limit_factor, mark_own
from sim.show.sweep.factors import Factor
from sim.show.sweep.view import NUMBERS, View
from sim.show.sweep.words import brackets, finding, intervals_of, outside, words_of

HEIGHT_MM, SCALE_MM, RIGHT_MM, LABELS_MM = 68.0, 13.0, 4.0, 46.0
MOST_LINES, LEAST_VALUES = 6, 3
FEW = 8  # points of a curve whose numbers are written
MANY = 30  # points of a curve from which on each is no mark of its own
NEAR_TOP = 0.88  # of the scale; above it a number stands below its point
HALO_PT = 2.0
DODGE = 0.008  # of the axis, between the marks of two lines
MARKERS = ("o", "s", "^", "D", "v", "P")
RAMP, LIGHTEST = "viridis", 0.82  # lighter lines are hard to see on white


@dataclass(frozen=True)
class Line:
    """Hold the points of one line, in the order of the factor along the axis.

    Parameters
    ----------
    label
        Values of the other factors.
    rows
        The points.
    """

    label: str
    rows: pd.DataFrame


def has_curve(view: View) -> bool:
    """Tell whether an outcome can be shown along one factor in a few lines."""
    if len(view.factors) < 2:  # noqa: PLR2004 - one factor is one line
        return len(view.factors) == 1
    n_values = len(set(view.column(_along(view))))
    return view.is_grid and n_values >= LEAST_VALUES and len(view.rows) / n_values <= MOST_LINES


def draw_curve(view: View) -> Figure:
    """Return the figure of an outcome along one factor."""
    factor, lines = _along(view), _lines(view)
    values = [float(value) for value in np.unique(view.column(factor))]
    is_alone = len(lines) == 1
    width = room_mm() - SCALE_MM - (RIGHT_MM if is_alone else LABELS_MM)
    place = Box(SCALE_MM, HEAD_MM + MARK_MM, width, HEIGHT_MM)
    mark, others = ("band", "") if is_alone else ("bars", f", a line for each value of {_names(view.factors, factor)}")
    title = finding(view)
    shown = f"{view.measure.kind} by {factor.name}{others}"
    note = f"{brackets(mark, title)}: {intervals_of(view)}{outside(view, (factor,))}"
    page = new_page(words_of(view, title, shown, note), place.bottom + below_mm(factor.axis, room_mm() - SCALE_MM))
    ax = page.axes(*place)
    limit_factor(ax, values)
    scale_up(ax, view.measure.scale(view.highest))
    page.write(0.0, 0.0, view.measure.named(view.highest), size=SMALL_PT, ink=SOFT_INK)
    mark_own(page, ax, factor, place)
    label_factor(page, ax, factor.axis, values, place, room_mm() - SCALE_MM)
    if is_alone:
        _draw_alone(ax, view, factor)
    else:
        _draw_lines(ax, factor, lines)
        _label_lines(ax, factor, lines)
    return page.figure


def _along(view: View) -> Factor:
    """Return the factor along the axis: the first of those with most values."""
    return max(view.factors, key=lambda factor: len(set(view.column(factor))))


def _names(factors: tuple[Factor, ...], along: Factor) -> str:
    """Return the names of the factors that tell lines apart."""
    return " and ".join(factor.name for factor in factors if factor is not along)


def _lines(view: View) -> list[Line]:
    """Return the lines."""
    along = _along(view)
    others = [factor for factor in view.factors if factor is not along]
    rows = view.rows.sort_values([factor.key for factor in (*others, along)])
    if not others:
        return [Line("", rows)]
    groups = [group for _, group in rows.groupby([factor.key for factor in others])]
    return [Line(", ".join(f.at(float(group[f.key].iloc[0])) for f in others), group) for group in groups]


def _draw_alone(ax: Axes, view: View, factor: Factor) -> None:
    """Draw one curve with its band, and write the numbers of a few points."""
    rows = view.rows.sort_values(factor.key)
    x = rows[factor.key].to_numpy(np.float64)
    estimate, low, high = rows[NUMBERS].to_numpy(np.float64).T
    ax.fill_between(x, np.maximum(low, 0.0), high, color=BLUE, alpha=0.18, linewidth=0)
    marker = "o" if len(x) < MANY else ""
    ax.plot(x, estimate, color=BLUE, marker=marker, markersize=4.5, clip_on=False, zorder=3)
    if len(x) > FEW:
        return
    top = ax.get_ylim()[1]
    numbers = view.measure.on_scale(view.highest, zip(estimate, low, high, strict=True))
    for here, height, number in zip(x, estimate, numbers, strict=True):
        side, place = (-7.0, "top") if height > NEAR_TOP * top else (7.0, "bottom")
        where = (float(here), float(height))
        text = ax.annotate(number.alone, where, (0.0, side), textcoords="offset points", ha="center")
        text.set(va=place, fontsize=SMALL_PT, path_effects=[withStroke(linewidth=HALO_PT, foreground="white")])


def _draw_lines(ax: Axes, factor: Factor, lines: list[Line]) -> None:
    """Draw several lines, their marks and bars a little beside each other."""
    first, last = ax.get_xlim()
    for i, line in enumerate(lines):
        aside = (i - (len(lines) - 1) / 2.0) * DODGE * (last - first)
        x = line.rows[factor.key].to_numpy(np.float64) + aside
        estimate, low, high = line.rows[NUMBERS].to_numpy(np.float64).T
        colour = colour_of(i, len(lines))
        ax.vlines(x, np.maximum(low, 0.0), high, color=colour, linewidth=0.8, alpha=0.6, zorder=2)
        ax.plot(x, estimate, color=colour, marker=MARKERS[i], markersize=4.5, clip_on=False, zorder=3)


def _label_lines(ax: Axes, factor: Factor, lines: list[Line]) -> None:
    """Write at the end of each line what it is, clear of the others."""
    room = LABELS_MM - LEADER_MM - 2.0
    labels = [wrap(line.label, room, size=SMALL_PT) for line in lines]
    ends = [(float(line.rows[factor.key].iloc[-1]), float(line.rows["estimate"].iloc[-1])) for line in lines]
    label_ends(ax, ends, labels, [Leader(colour_of(i, len(lines))) for i in range(len(lines))])


def colour_of(i: int, n: int) -> tuple[float, float, float, float]:
    """Return the colour of a line among others, dark to light."""
    return tuple(colormaps[RAMP](LIGHTEST * i / max(n - 1, 1)))  # type: ignore[return-value]  # a colour is four numbers
