"""Draw how a small chance comes about: what share of all runs gets to each rung, and what each repeat says."""

import math
from dataclasses import replace

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from sim.show.kit.key import Handles, keyed_page
from sim.show.kit.page import Words, room_mm
from sim.show.kit.theme import BLUE, INK, ORANGE, SMALL_PT, SOFT_INK, TINY_PT
from sim.show.kit.typeset import NO_BREAK
from sim.show.kit.wording import footer
from sim.study.rare.climbing import TOP
from sim.study.rare.rare import Rare
from sim.tell.rare import STRATA, finding, rung_label, small, worth

NAMES_MM, ROW_MM, TICKS_MM, NUMBERS_MM = 70.0, 6.0, 9.0, 18.0
COLOURS = BLUE, ORANGE
LOWEST = 0.3  # of the smallest that is drawn, where the scale begins


def draw_rare(found: Rare) -> Figure:
    """Return the figure of a small chance and its ladder."""
    steps = _steps(found)
    rows = len(steps) + 2
    page = keyed_page(_words(found), _handles(found), rows * ROW_MM + TICKS_MM)
    ax = page.axes(NAMES_MM, 0.0, room_mm() - NAMES_MM - NUMBERS_MM, rows * ROW_MM)
    values = [value for *_, value in steps] + [v for v in found.climbs["chance"] if v > 0.0] + [found.high]
    _set_scale(ax, min(v for v in values if v > 0.0), rows)
    for row, (stratum, label, value) in enumerate(steps):
        middle = row + 0.5
        page.write(0.0, middle * ROW_MM - 1.6, label, size=SMALL_PT)
        if value > 0.0:
            ax.hlines(middle, ax.get_xlim()[0], value, color=COLOURS[stratum], linewidth=4.0, alpha=0.5)
        _write_number(ax, middle, f"{small(value)} %" if value > 0.0 else "none")
    middle = len(steps) + 0.9
    page.write(0.0, middle * ROW_MM - 1.6, "repeats, and all together", size=SMALL_PT)
    chances = found.climbs["chance"].to_numpy(np.float64)
    drawn = chances[chances > 0.0]
    ax.plot(drawn, np.full(len(drawn), middle), linewidth=0, marker="|", markersize=7, color=SOFT_INK)
    if found.estimate:
        ax.hlines(middle + 0.45, found.low, found.high, color=INK, linewidth=1.6)
        ax.plot([found.estimate], [middle + 0.45], marker="o", markersize=4.5, color=INK, linewidth=0)
    return page.figure


def _steps(found: Rare) -> list[tuple[int, str, float]]:
    """Return stratum, label and share of all runs of each rung, as far as anybody got."""
    steps, last = list[tuple[int, str, float]](), 1.0
    for rung in found.rungs:
        if rung.number == 0:
            last = rung.share_of_runs
            if found.is_split:
                steps.append((rung.stratum, STRATA[rung.stratum], last))
        last *= rung.share
        steps.append((rung.stratum, rung_label(found, rung.height), last))
    return steps


def _set_scale(ax: Axes, smallest: float, rows: int) -> None:
    """Give axes a logarithmic scale of chances."""
    ax.set_xscale("log")
    ax.set_xlim(LOWEST * smallest, TOP)
    ax.set_ylim(rows, 0.0)
    ax.set_yticks([])
    ticks = [10.0**power for power in range(math.ceil(math.log10(LOWEST * smallest)), 1)]
    ax.set_xticks(ticks, [f"{100 * tick:g} %" for tick in ticks], fontsize=TINY_PT)
    ax.minorticks_off()
    ax.grid(visible=True, axis="x")
    ax.spines["left"].set_visible(False)


def _write_number(ax: Axes, middle: float, text: str) -> None:
    """Write a share at the right of the axes."""
    ax.annotate(text, (TOP, middle), xytext=(4, 0), textcoords="offset points", fontsize=TINY_PT, va="center")


def _handles(found: Rare) -> Handles:
    """Return the marks by their meaning."""
    return {
        "share of all runs that gets so far": Line2D([], [], color=COLOURS[0], linewidth=4.0, alpha=0.5),
        "one repeat": Line2D([], [], linewidth=0, marker="|", markersize=7, color=SOFT_INK),
        f"mean of {len(found.climbs)}, 95 % interval": Line2D([], [], color=INK, marker="o", markersize=4.5),
    }


def _words(found: Rare) -> Words:
    """Return what the figure says."""
    config = found.scenario.config
    raw = replace(found.scenario, config=config.model_copy(update={"weights": False}))
    subtitle = (
        f"How few runs get how far: fixed-effort splitting, {found.effort:,} histories on a rung. "
        f"{config.scenario.name} in {config.world.name}. {worth(found)}"
    )
    manifest = {"seed": config.ensemble.seed, "world_digest": raw.tables.digest}
    title = finding(found).rstrip(".").replace(" %", f"{NO_BREAK}%")
    return Words(title, subtitle.replace(" %", f"{NO_BREAK}%"), footer(raw, manifest, "effort", str(found.effort)))
