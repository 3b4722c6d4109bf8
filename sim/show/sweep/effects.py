"""Draw which factors matter: what moving each over its range does to an outcome, sorted, with intervals."""

from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.show.kit.page import Box, Page, Words, new_page, room_mm
from sim.show.kit.theme import BLUE, RULE, SMALL_PT, SOFT_INK, TINY_PT
from sim.show.kit.typeset import text_height, wrap
from sim.show.sweep.axes import round_ticks
from sim.show.sweep.factors import LARGE, Factor, plain, roughly
from sim.show.sweep.measure import PER_CENT
from sim.show.sweep.view import Numbers, View
from sim.show.sweep.words import words_of
from sim.tell.estimate import alike

NAMES_MM, NUMBERS_MM, TICKS_MM, HEAD_MM = 72.0, 47.0, 6.0, 6.0
NAME_MM, GAP_MM, BESIDE_MM = 4.2, 2.6, 4.0  # the name of a factor, between rows, right of names
MOST_ROWS = 15
MOST_TICKS, FEW_TICKS = 5, 3  # few where numbers are long
PAD = 0.04  # of the axis, beyond the ends of the longest bar


@dataclass(frozen=True)
class Effect:
    """Hold what a factor does to an outcome over its range.

    Parameters
    ----------
    factor
        Which.
    low, high
        The ends of its range.
    change
        The effect and its interval, in the unit of the outcome.
    is_clear
        Whether it is more than chance.
    """

    factor: Factor
    low: float
    high: float
    change: tuple[float, float, float]
    is_clear: bool

    @property
    def name(self) -> str:
        """Return the factor with its range."""
        return f"{self.factor.name}, {roughly(self.low)} to {roughly(self.high)}"

    @property
    def told(self) -> str:
        """Return what the factor means, on as many lines as it needs."""
        return wrap(self.factor.told, NAMES_MM - BESIDE_MM, size=TINY_PT)


def has_effects(view: View) -> bool:
    """Tell whether there are several factors to rank, points enough, and something that they change."""
    return len(view.factors) > 1 and bool(np.ptp(view.estimates[0]) > 0.0) and len(view.ranked) > 0


def draw_effects(view: View) -> Figure:
    """Return the figure of ranked effects."""
    every = _effects(view)
    shown = every[:MOST_ROWS]
    heights = [NAME_MM + text_height(effect.told, TINY_PT) + GAP_MM for effect in shown]
    edges = np.concatenate([[0.0], np.cumsum(heights)])
    place = Box(NAMES_MM, HEAD_MM, room_mm() - NAMES_MM - NUMBERS_MM, float(edges[-1]))
    page = new_page(_words(view, every), place.bottom + TICKS_MM)
    page.write(place.left, 0.0, _head(view), size=SMALL_PT, ink=SOFT_INK)
    _draw_bars(page.axes(*place), view, shown, edges)
    numbers = alike([view.measure.gap(*effect.change) for effect in shown])
    for effect, number, top, bottom in zip(shown, numbers, edges, edges[1:], strict=False):
        _write_row(page, effect, number.tight, (HEAD_MM + top, HEAD_MM + bottom))
    return page.figure


def _effects(view: View) -> list[Effect]:
    """Return all effects, the largest first."""
    by_key = {factor.key: factor for factor in view.factors}
    found = []
    for key, is_clear, change in zip(
        view.ranked["factor"], view.ranked["clear"], view.ranked[["effect", "low", "high"]].to_numpy(), strict=True
    ):
        column = view.column(by_key[key])
        numbers = (float(change[0]), float(change[1]), float(change[2]))
        found.append(Effect(by_key[key], float(column.min()), float(column.max()), numbers, bool(is_clear)))
    return found


def _words(view: View, every: list[Effect]) -> Words:
    """Return what the figure says."""
    first, n_clear = every[0], sum(effect.is_clear for effect in every)
    told = next((effect for effect in every if effect.is_clear), first)
    left_out = f"the largest {MOST_ROWS} of {len(every)}, " if len(every) > MOST_ROWS else ""
    number = f"{view.measure.gap(*told.change).tight} {view.measure.gap_unit}".rstrip()
    how = "matters most" if told is first else "matters clearly"
    finding = f"{told.factor.name} {how}, {number} from {roughly(told.low)} to {roughly(told.high)}"
    nothing = f"none of {len(every)} factors clearly changes it"
    title = f"{view.measure.title}: {finding if told.is_clear else nothing}"
    shown = f"Change as each factor moves over its range, the others held; {left_out}linear regression on the points"
    note = (
        f"bars and brackets: 95 % intervals over batches of runs; filled: clear even as one of {len(every)} "
        f"factors, as {n_clear or 'none'} of them {'is' if n_clear == 1 else 'are'}"
    )
    return words_of(view, title, shown, note)


def _head(view: View) -> str:
    """Return what the axis shows."""
    unit = view.measure.gap_unit
    return f"Change, {unit}" if unit else "Change"


def _draw_bars(ax: Axes, view: View, shown: list[Effect], edges: Numbers) -> None:
    """Draw the effects as dots with their intervals around a zero line."""
    factor = PER_CENT if view.measure.is_share else 1.0
    change, low, high = factor * np.array([effect.change for effect in shown]).T
    rows = (edges[1:] + edges[:-1]) / 2.0
    ax.axvline(0.0, color=RULE, linewidth=0.8, zorder=1)
    ax.hlines(rows, low, high, color=BLUE, linewidth=1.6, zorder=2)
    for row, here, effect in zip(rows, change, shown, strict=True):
        inside = BLUE if effect.is_clear else "white"
        ax.plot(here, row, marker="o", markersize=6.0, color=BLUE, markerfacecolor=inside, zorder=3)
    first, last = min(float(low.min()), 0.0), max(float(high.max()), 0.0)
    ax.set_xlim(first - PAD * (last - first), last + PAD * (last - first))
    ax.set_ylim(edges[-1], 0.0)
    ax.set_yticks([])
    ticks = round_ticks(*ax.get_xlim(), FEW_TICKS if last - first >= LARGE else MOST_TICKS)
    ax.set_xticks(ticks, [f"{'+' if tick > 0.0 else ''}{plain(tick)}" for tick in ticks])
    ax.grid(visible=True, axis="x")
    ax.spines["left"].set_visible(False)


def _write_row(page: Page, effect: Effect, number: str, ends: tuple[float, float]) -> None:
    """Write what a factor is and its range at the left, what it does at the right."""
    top, bottom = ends
    page.write(0.0, top + GAP_MM / 2.0, effect.name, size=SMALL_PT)
    page.write(0.0, top + GAP_MM / 2.0 + NAME_MM, effect.told, size=TINY_PT, ink=SOFT_INK)
    text = page.write(room_mm(), (top + bottom) / 2.0, number, size=SMALL_PT)
    text.set(ha="right", va="center")
