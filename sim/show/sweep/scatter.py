"""Draw what many factors do to an outcome: a panel for each, with all points and the means of groups of them."""

from dataclasses import dataclass

import numpy as np
from matplotlib.figure import Figure

from sim.ensemble.estimate.intervals import mean_interval
from sim.show.kit.page import Box, Page, Words, new_page, room_mm
from sim.show.kit.panels import scale_up
from sim.show.kit.theme import BLUE, RULE, SMALL_PT, SOFT_INK, TINY_PT
from sim.show.kit.typeset import text_height, wrap
from sim.show.sweep.axes import HEAD_MM, dash_own, limit_factor, round_ticks
from sim.show.sweep.curve import has_curve
from sim.show.sweep.factors import Factor, plain, roughly
from sim.show.sweep.plane import has_map
from sim.show.sweep.view import Numbers, View
from sim.show.sweep.words import constant, words_of

MOST_PANELS, MOST_COLUMNS, MOST_TICKS = 6, 3, 5
LEAST_POINTS = 13  # fewer are told one by one
MOST_GROUPS, LEAST_IN_GROUP = 8, 8
SCALE_MM, GAP_MM, RIGHT_MM = 13.0, 7.0, 3.0
HEIGHT_MM, TICKS_MM, ROW_GAP_MM = 40.0, 5.0, 3.0


@dataclass(frozen=True, eq=False)
class Groups:
    """Hold the means of groups of points that have about the same value of a factor.

    Parameters
    ----------
    at
        Mean value of the factor in each group, rising.
    mean, low, high
        Of the points' estimates, with the interval.
    """

    at: Numbers
    mean: Numbers
    low: Numbers
    high: Numbers


def has_scatter(view: View) -> bool:
    """Tell whether an outcome is shown factor by factor, since nothing simpler shows it."""
    return len(view.rows) >= LEAST_POINTS and not has_curve(view) and not has_map(view)


def draw_scatter(view: View) -> Figure:
    """Return the figure of an outcome, factor by factor."""
    factors = strongest(view)
    n_rows = -(-len(factors) // MOST_COLUMNS)
    columns = -(-len(factors) // n_rows)
    width = (room_mm() - SCALE_MM - RIGHT_MM - (columns - 1) * GAP_MM) / columns
    heads = [wrap(factor.told, width, size=TINY_PT) for factor in factors]
    head = HEAD_MM + max(text_height(text, TINY_PT) for text in heads)
    row = head + HEIGHT_MM + TICKS_MM + ROW_GAP_MM
    page = new_page(_words(view, factors), HEAD_MM + n_rows * row - ROW_GAP_MM)
    page.write(0.0, 0.0, view.measure.named(_highest(view)), size=SMALL_PT, ink=SOFT_INK)
    for i, (factor, told) in enumerate(zip(factors, heads, strict=True)):
        left, top = SCALE_MM + i % columns * (width + GAP_MM), HEAD_MM + i // columns * row
        page.write(left, top, factor.name, size=SMALL_PT).set_fontweight("bold")
        page.write(left, top + 4.0, told, size=TINY_PT, ink=SOFT_INK)
        _draw_panel(page, view, factor, Box(left, top + head, width, HEIGHT_MM), is_first=i % columns == 0)
    return page.figure


def strongest(view: View) -> list[Factor]:
    """Return the factors with the largest effects, or the first where effects cannot be told apart."""
    by_key = {factor.key: factor for factor in view.factors}
    ranked = [by_key[key] for key in view.ranked["factor"]]
    return (ranked or list(view.factors))[:MOST_PANELS]


def groups_of(view: View, factor: Factor) -> Groups:
    """Return the means of groups of points: a group for each value where there are few, else of equal size.

    Parameters
    ----------
    view
        One outcome of a sweep.
    factor
        By which the points are grouped.
    """
    x, estimate = view.column(factor), view.estimates[0]
    order = np.argsort(x, kind="stable")
    values = np.unique(x)
    if len(values) <= MOST_GROUPS:
        members = [np.flatnonzero(x == value) for value in values]
    else:
        members = np.array_split(order, min(MOST_GROUPS, max(2, len(x) // LEAST_IN_GROUP)))
    at = np.array([x[group].mean() for group in members])
    return Groups(at, *np.array([mean_interval(estimate[group]) for group in members]).T)


def _words(view: View, factors: list[Factor]) -> Words:
    """Return what the figure says."""
    n, every = len(factors), len(view.factors)
    which = f"each of {every} factors" if n == every else f"the {n} of {every} factors with the largest effects"
    shown = f"{view.measure.kind} by {which}, the others varying as well"
    note = (
        "dots: points; line: means of groups of points, bars: their 95 % normal intervals given these draws; "
        "dashed: the scenario's own values, where they were swept"
    )
    return words_of(view, _title(view, factors[0]), shown, note)


def _title(view: View, factor: Factor) -> str:
    """Return the finding: between which groups of the strongest factor the outcome moves."""
    measure, groups = view.measure, groups_of(view, factor)
    if np.ptp(view.estimates[0]) == 0.0:
        return f"{measure.title}: {constant(view)}"
    first, last = 0, len(groups.at) - 1
    least, most = sorted((first, last), key=lambda i: float(groups.mean[i]))
    if not view.is_clear or not groups.low[most] > groups.high[least]:
        return f"{measure.title}: no clear trend with any of {len(view.factors)} factors"
    one, other = (measure.about(float(groups.mean[i])) for i in (first, last))
    low, high = (roughly(float(groups.at[i])) for i in (first, last))
    there = f"{factor.name} is near {low}, {other} where it is near {high}"
    return f"{measure.title}: about {one}{measure.after} where {there}"


def _highest(view: View) -> float:
    """Return the highest point."""
    return float(view.estimates[0].max())


def _draw_panel(page: Page, view: View, factor: Factor, place: Box, *, is_first: bool) -> None:
    """Draw all points over one factor, and the means of their groups."""
    ax = page.axes(*place)
    limit_factor(ax, np.unique(view.column(factor)).tolist())
    scale_up(ax, view.measure.scale(_highest(view)))
    ax.tick_params(labelsize=TINY_PT, labelleft=is_first)
    ticks = round_ticks(*ax.get_xlim(), MOST_TICKS)
    ax.set_xticks(ticks, [plain(tick) for tick in ticks])
    dash_own(ax, factor)
    ax.scatter(view.column(factor), view.estimates[0], s=7.0, color=RULE, alpha=0.5, linewidth=0, clip_on=False)
    groups = groups_of(view, factor)
    ax.vlines(groups.at, np.maximum(groups.low, 0.0), groups.high, color=BLUE, linewidth=1.2, zorder=3)
    ax.plot(groups.at, groups.mean, color=BLUE, marker="o", markersize=3.5, clip_on=False, zorder=3)
