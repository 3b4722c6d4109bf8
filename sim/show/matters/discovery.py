"""Draw how a box was found: how dense boxes are on the way from all runs to few, and what the first one restricts."""

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from sim.show.kit.key import Handles, keyed_page
from sim.show.kit.page import Page, Words, room_mm, strip
from sim.show.kit.theme import BLUE, GRID, INK, ORANGE, RULE, SMALL_PT, SOFT_INK, TINY_PT
from sim.show.kit.typeset import NO_BREAK, shorten
from sim.show.kit.wording import count, footer
from sim.study.matters.discovery import Discovery
from sim.tell.certainty import SAMPLING_ALONE
from sim.tell.discovery import condition, headline, limits_text
from sim.tell.inputs import value_text

PATH_MM, LEFT_MM, AXIS_MM, HEAD_MM, ROW_MM, BAR_MM = 62.0, 14.0, 16.0, 7.0, 6.0, 1.8
NAMES_MM, VALUES_MM = 60.0, 46.0
PER_CENT, BEYOND = 100.0, 101.0  # an axis ends a little beyond its last mark
TICKS = (0, 20, 40, 60, 80, 100)
TOP = 1.08  # of the densest box, where the axis ends


def draw_discovery(found: Discovery) -> Figure:
    """Return the figure of the peeling trajectory and of the first box."""
    limits = found.regions[0].limits if found.regions else {}
    rows_mm = HEAD_MM + ROW_MM * len(limits) if limits else 0.0
    page = keyed_page(_words(found), _handles(found), PATH_MM + AXIS_MM + rows_mm)
    _draw_path(page.axes(LEFT_MM, 0.0, room_mm() - LEFT_MM - 2.0, PATH_MM), found)
    if limits:
        _draw_limits(page.below(PATH_MM + AXIS_MM), found, limits)
    return page.figure


def _draw_path(ax: Axes, found: Discovery) -> None:
    """Draw density over coverage from all runs, at the right, to the smallest box."""
    table = PER_CENT * found.trajectory.drop(columns=["step", "restricted"])
    ax.axhline(PER_CENT * found.base, color=RULE, linewidth=0.8, zorder=1)
    ax.plot(table["coverage"], table["density"], color=ORANGE, linewidth=1.0, linestyle="--", zorder=2)
    ax.plot(
        table["coverage_held"], table["density_held"], color=BLUE, linewidth=1.2, marker="o", markersize=2.4, zorder=3
    )
    for region in found.regions[:1]:
        at = PER_CENT * np.array([region.measure.coverage, *region.density])
        ax.vlines(at[0], at[2], at[3], color=INK, linewidth=1.4, zorder=4)
        ax.plot(at[0], at[1], marker="D", markersize=5.5, color=INK, zorder=5)
    top = min(TOP * float(np.nanmax(table[["density", "density_held"]])), BEYOND)
    ax.set_xlim(0.0, BEYOND)
    ax.set_ylim(0.0, top)
    ax.set_xticks(TICKS)
    ax.set_yticks([tick for tick in MaxNLocator(5).tick_values(0.0, top) if 0.0 <= tick <= top])
    ax.set_xlabel("Coverage: share of all runs in which it holds that lie in the box, %", fontsize=SMALL_PT)
    ax.set_ylabel("Density: share of the box's runs, %", fontsize=SMALL_PT)
    ax.grid(visible=True, axis="both")


def _draw_limits(page: Page, found: Discovery, limits: Mapping[str, tuple[float, float]]) -> None:
    """Draw which part of each input's range the first box takes."""
    head = page.write(0.0, 0.0, "What the box restricts, within the range that runs have", size=SMALL_PT)
    head.set_fontweight("bold")
    width = room_mm() - NAMES_MM - VALUES_MM
    ax = page.axes(NAMES_MM, HEAD_MM, width, ROW_MM * len(limits))
    ax.set_xlim(0.0, 1.0)
    ax.set_ylim(len(limits), 0.0)
    ax.set_axis_off()
    strip(ax)
    for row, (name, ends) in enumerate(limits.items()):
        lowest, highest = found.ranges[name]
        low, high = ((min(max(end, lowest), highest) - lowest) / (highest - lowest) for end in ends)
        half = BAR_MM / ROW_MM / 2.0
        ax.axhspan(row + 0.5 - half, row + 0.5 + half, color=GRID)
        ax.axhspan(row + 0.5 - half, row + 0.5 + half, xmin=low, xmax=high, color=BLUE)
        middle = HEAD_MM + (row + 0.5) * ROW_MM
        page.write(0.0, middle, shorten(name, NAMES_MM - 16.0, size=SMALL_PT), size=SMALL_PT).set(va="center")
        page.write(NAMES_MM - 2.0, middle, value_text(lowest), size=TINY_PT, ink=SOFT_INK).set(ha="right", va="center")
        page.write(NAMES_MM + width + 2.0, middle, value_text(highest), size=TINY_PT, ink=SOFT_INK).set(va="center")
        page.write(room_mm(), middle, limits_text(*ends), size=TINY_PT).set(ha="right", va="center")


def _handles(found: Discovery) -> Handles:
    """Return the marks by their meaning."""
    handles = {
        "runs without part in making the boxes": Line2D([], [], color=BLUE, marker="o", markersize=2.4),
        "runs that made them": Line2D([], [], color=ORANGE, linestyle="--"),
        "all runs": Line2D([], [], color=RULE),
    }
    box = {"the box that is told": Line2D([], [], color=INK, marker="D", markersize=5.5, linewidth=0)}
    return handles | (box if found.regions else {})


def _words(found: Discovery) -> Words:
    """Return what the figure says."""
    config, manifest = found.case.scenario.config, found.case.results.manifest
    n = f"{count(found.n, 'run')}, half of which had no part"
    shown = (
        f"Boxes in the space of {count(len(found.looked_at), 'input')}, a twentieth of the runs peeled off at each step"
    )
    where = f"{config.scenario.name} in {config.world.name}, {n}; 95 % Wilson intervals {SAMPLING_ALONE}"
    subtitle = f"{shown}: {condition(found)}. {where}.".replace(" %", f"{NO_BREAK}%")
    title = headline(found).replace(" %", f"{NO_BREAK}%")
    return Words(title, subtitle, footer(found.case.scenario, manifest, "config", str(manifest["config_digest"])))
