"""Draw which inputs drive an outcome: what each explains by itself, sorted, with intervals, and which way it works."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from sim.show.kit.key import Handles, keyed_page
from sim.show.kit.page import Box, Page, Words, room_mm
from sim.show.kit.theme import BLUE, SMALL_PT, SOFT_INK, TINY_PT, VERMILLION
from sim.show.kit.typeset import NO_BREAK, text_height, wrap
from sim.show.kit.wording import count, footer
from sim.study.matters.sensitivity import Sensitivity
from sim.tell.inputs import input_meanings, outcome_label
from sim.tell.sensitivity import finding, reliability, shares_of

MOST_ROWS = 15
NAMES_MM, NUMBERS_MM, TICKS_MM = 72.0, 26.0, 8.0
NAME_MM, GAP_MM, BESIDE_MM = 4.2, 2.2, 4.0  # the name of an input, between rows, right of names
PER_CENT, MARK = 100.0, 5.0
RAISES, LOWERS = BLUE, VERMILLION


def draw_sensitivity(found: Sensitivity) -> Figure:
    """Return the figure of the inputs that explain most."""
    rows = found.table.head(MOST_ROWS)
    names = [str(name) for name in rows["input"]]
    meanings = input_meanings(names, found.case.scenario)
    told = [wrap(meanings[name], NAMES_MM - BESIDE_MM, size=TINY_PT) for name in names]
    edges = np.cumsum([0.0, *(NAME_MM + text_height(text, TINY_PT) + GAP_MM for text in told)])
    place = Box(NAMES_MM, 0.0, room_mm() - NAMES_MM - NUMBERS_MM, float(edges[-1]))
    page = keyed_page(_words(found, len(rows)), _handles(), place.bottom + TICKS_MM)
    _draw_dots(page.axes(*place), found, edges.tolist())
    for name, text, number, top, bottom in zip(names, told, shares_of(rows), edges, edges[1:], strict=False):
        _write_row(page, (name, text, number.tight), (top, bottom))
    return page.figure


def _draw_dots(ax: Axes, found: Sensitivity, edges: Sequence[float]) -> None:
    """Draw indices as dots with their intervals, filled where they are clear."""
    rows = found.table.head(MOST_ROWS)
    numbers = PER_CENT * rows[["index", "low", "high"]].to_numpy(np.float64)
    for middle, (index, low, high), sign in zip(_middles(edges), numbers, rows["correlation"], strict=True):
        colour = RAISES if sign > 0.0 else LOWERS
        ax.hlines(middle, low, high, color=colour, linewidth=1.6, zorder=2)
        ax.add_line(_mark(colour, is_filled=low > 0.0, at=(index, middle)))
    ticks = MaxNLocator(5, steps=[1, 2, 2.5, 5, 10]).tick_values(0.0, max(float(numbers.max()), 0.1))
    ax.set_xlim(0.0, float(ticks[-1]))
    ax.set_ylim(edges[-1], 0.0)
    ax.set_xticks([tick for tick in ticks if tick >= 0.0])
    ax.set_yticks([])
    ax.set_xticklabels([f"{tick:g} %" for tick in ax.get_xticks()], fontsize=TINY_PT)
    ax.grid(visible=True, axis="x")
    ax.spines["left"].set_visible(False)


def _middles(edges: Sequence[float]) -> list[float]:
    """Return the middle of each row."""
    return [(top + bottom) / 2.0 for top, bottom in pairwise(edges)]


def _write_row(page: Page, told: tuple[str, str, str], ends: tuple[float, float]) -> None:
    """Write what an input is at the left, and its share at the right."""
    (name, meaning, number), (top, bottom) = told, ends
    page.write(0.0, top + GAP_MM / 2.0, name, size=SMALL_PT)
    page.write(0.0, top + GAP_MM / 2.0 + NAME_MM, meaning, size=TINY_PT, ink=SOFT_INK)
    page.write(room_mm(), (top + bottom) / 2.0, number, size=TINY_PT).set(ha="right", va="center")


def _mark(colour: str, *, is_filled: bool, at: tuple[float, float] = (0.0, 0.0)) -> Line2D:
    """Return the mark of an index, hollow where it is not clear."""
    mark = Line2D([at[0]], [at[1]], linewidth=0, marker="o", markersize=MARK, color=colour, clip_on=False, zorder=3)
    mark.set_markerfacecolor(colour if is_filled else "white")
    return mark


def _handles() -> Handles:
    """Return the marks by their meaning."""
    return {
        "more of it, more of the outcome": _mark(RAISES, is_filled=True),
        "more of it, less": _mark(LOWERS, is_filled=True),
        "not clear: interval reaches 0": _mark(SOFT_INK, is_filled=False),
    }


def _words(found: Sensitivity, n_shown: int) -> Words:
    """Return what the figure says."""
    config, manifest = found.case.scenario.config, found.case.results.manifest
    rest = len(found.table) - n_shown
    others = (
        f", the other {rest:,} together {PER_CENT * found.table['index'].iloc[n_shown:].sum():.1f} %" if rest else ""
    )
    label = outcome_label(found.outcome, found.case.scenario)
    shown = f"Share of the variance of {label} (of its rank among runs) that each input explains by itself{others}"
    where = f"{config.scenario.name} in {config.world.name}, {count(found.n, 'run')}; 95 % bootstrap intervals"
    subtitle = f"{shown}. {where}. {reliability(found)}".replace(" %", f"{NO_BREAK}%")
    digest = str(manifest["config_digest"])
    title = finding(found).rstrip(".").replace(" %", f"{NO_BREAK}%")
    return Words(title, subtitle, footer(found.case.scenario, manifest, "config", digest))
