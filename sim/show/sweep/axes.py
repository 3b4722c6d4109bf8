"""Set the axes that figures of a sweep share: factors in their own units, outcomes from 0, the scenario marked."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Literal

from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from sim.show.kit.page import Box, Page
from sim.show.kit.theme import RULE, SMALL_PT, SOFT_INK, TEXT_PT
from sim.show.kit.typeset import text_height, text_width, wrap
from sim.show.sweep.factors import Factor, plain
from sim.show.sweep.measure import STEPS

HEAD_MM = 5.5  # a line above axes
TICKS_MM = 6.5  # the numbers below axes
MARK_MM = 4.8  # what marks the scenario's own value
PAD = 0.04  # of the range of a factor, beside its first and last value
MOST_TICKS = 8
NEAR_MM = 9.0  # closest that the values of a factor may stand to be written each


def below_mm(name: str, width: float) -> float:
    """Return the height that numbers and a name take below axes.

    Parameters
    ----------
    name
        What stands beside the axis.
    width
        Room for it, mm.
    """
    return TICKS_MM + text_height(wrap(name, width, size=TEXT_PT), TEXT_PT)


def label_factor(page: Page, ax: Axes, name: str, values: Sequence[float], place: Box, width: float) -> None:
    """Label the axis of a factor: its values where there is room for each, else round numbers.

    Parameters
    ----------
    page, ax
        The page, and axes whose limits are set.
    name, values
        What stands beside the axis, and the values that were swept, rising.
    place
        Of the axes.
    width
        Room for the name, mm.
    """
    set_value_ticks(ax, "x", values, place.width, NEAR_MM)
    page.write(place.left, place.bottom + TICKS_MM, wrap(name, width, size=TEXT_PT))


def set_value_ticks(ax: Axes, which: Literal["x", "y"], values: Sequence[float], length: float, near: float) -> None:
    """Put ticks at the values of a factor where there is room for each; else at round numbers.

    Parameters
    ----------
    ax
        Axes whose limits are set.
    which
        Which axis.
    values
        Rising.
    length
        Of the axis, mm.
    near
        The smallest distance between two, mm.
    """
    axis, (first, last) = (ax.xaxis, ax.get_xlim()) if which == "x" else (ax.yaxis, ax.get_ylim())
    gaps = [(after - before) / (last - first) * length for before, after in pairwise(values)]
    ticks = values if min(gaps, default=length) >= near else round_ticks(first, last, MOST_TICKS)
    axis.set_ticks(ticks, [plain(tick) for tick in ticks])


def round_ticks(first: float, last: float, most: int) -> list[float]:
    """Return round numbers from one to another.

    Parameters
    ----------
    first, last
        The ends of an axis.
    most
        How many steps at most.
    """
    ticks = MaxNLocator(nbins=most, steps=list(STEPS)).tick_values(first, last)
    return [float(tick) for tick in ticks if first <= tick <= last]


def limit_factor(ax: Axes, values: Sequence[float]) -> None:
    """Set the limits of a factor's axis a little beyond its values, which rise."""
    pad = PAD * (values[-1] - values[0])
    ax.set_xlim(values[0] - pad, values[-1] + pad)


def mark_own(page: Page, ax: Axes, factor: Factor, place: Box) -> None:
    """Mark the scenario's own value of a factor by a dashed line with its number above, if it was swept.

    Parameters
    ----------
    page, ax
        The page, and axes whose limits are set.
    factor, place
        What the axis shows, and where the axes stand.
    """
    first, last = ax.get_xlim()
    if dash_own(ax, factor):
        text = f"{plain(factor.own)} in the scenario"
        half = text_width(text, size=SMALL_PT) / 2.0
        middle = place.left + (factor.own - first) / (last - first) * place.width
        middle = min(max(middle, half), page.width - half)
        page.write(middle, place.top - MARK_MM, text, size=SMALL_PT, ink=SOFT_INK).set(ha="center")


def dash_own(ax: Axes, factor: Factor) -> bool:
    """Draw a dashed line at the scenario's own value of a factor, if it was swept, and tell whether it was."""
    first, last = ax.get_xlim()
    is_inside = first <= factor.own <= last
    if is_inside:
        ax.axvline(factor.own, color=RULE, linewidth=0.8, linestyle=(0, (3, 2)), zorder=1)
    return is_inside
