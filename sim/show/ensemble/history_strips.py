"""Draw the row of one history: maps by day in the colours of the holders, and lines of time below."""

from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes

from sim.show.ensemble.chosen import History
from sim.show.kit.days import day_labels
from sim.show.kit.page import ROOM_MM, Page
from sim.show.kit.theme import GRID, INK, LOSS, NOBODY_COLOUR, RULE, SMALL_PT, SOFT_INK, TINY_PT, faction_colours
from sim.show.maps.geometry import Shapes
from sim.show.maps.layout import lighten
from sim.show.maps.world_map import paint_map
from sim.tell.places import NOBODY_ID, holders_on, home_holders
from sim.world.scenario import Scenario

LABELS_MM = 36.0  # column of words at the left
HEADS_MM, LANE_MM, STRIP_GAP_MM = 9.0, 3.3, 4.0
LOWEST_MAP_MM, HIGHEST_MAP_MM = 13.0, 24.0
MAP_GAP_MM = 0.8
LINE_MM = 3.7  # between the lines of a head
LANES = ("places lost", "leader flees", "regime collapses", "capital falls")


@dataclass(frozen=True)
class Strips:
    """Hold what all rows share.

    Parameters
    ----------
    shapes
        Shapes of the contested state, for small maps.
    scenario
        What was run.
    days
        The day of each map, at one step.
    """

    shapes: Shapes
    scenario: Scenario
    days: list[int]

    @property
    def map_width(self) -> float:
        """Return the width of a map, mm."""
        return (ROOM_MM - LABELS_MM) / len(self.days)


def strip_height(strips: Strips) -> float:
    """Return the height of a row: its maps and the lanes of time, mm.

    Parameters
    ----------
    strips
        What all rows share.
    """
    return _map_height(strips) + len(LANES) * LANE_MM


def draw_heads(page: Page, strips: Strips, top: float) -> None:
    """Write over the columns of maps which day they show.

    Parameters
    ----------
    page, top
        Where: mm from the top of the room.
    strips
        What all rows share.
    """
    labels = day_labels(strips.scenario.tables.header.day0, strips.days)
    for column, label in enumerate(labels):
        middle = LABELS_MM + (column + 0.5) * strips.map_width
        for line, text in enumerate(label.split("\n"), start=1):
            words = page.write(middle, top + line * LINE_MM, text, size=SMALL_PT)
            words.set(ha="center", va="baseline")


def draw_strip(page: Page, strips: Strips, history: History, top: float) -> None:
    """Draw one history.

    Parameters
    ----------
    page, top
        Where: mm from the top of the room.
    strips
        What all rows share.
    history
        What is drawn.
    """
    page.write(0.0, top, history.place, size=SMALL_PT).set_fontweight("bold")
    page.write(0.0, top + 4.0, f"run {history.run:,}", size=SMALL_PT, ink=SOFT_INK)
    height = _map_height(strips)
    for column, day in enumerate(strips.days):
        left = LABELS_MM + column * strips.map_width + MAP_GAP_MM / 2
        ax = page.axes(left, top, strips.map_width - MAP_GAP_MM, height - MAP_GAP_MM)
        _draw_holders(ax, strips, history, day)
    lanes = page.axes(LABELS_MM, top + height, ROOM_MM - LABELS_MM, len(LANES) * LANE_MM)
    _set_lanes(lanes, strips)
    _draw_lanes(lanes, history)
    for lane, words in enumerate(_lane_words(history)):
        text = page.write(0.0, top + height + (lane + 0.5) * LANE_MM, words, size=TINY_PT)
        text.set(va="center_baseline")


def _map_height(strips: Strips) -> float:
    """Return the height of a map with the space below it, mm."""
    left, right, bottom, top = strips.shapes.extent
    return float(np.clip(strips.map_width * (top - bottom) / (right - left), LOWEST_MAP_MM, HIGHEST_MAP_MM))


def _draw_holders(ax: Axes, strips: Strips, history: History, day: int) -> None:
    """Draw who holds the places of the contested state on a day."""
    colours = {**faction_colours(strips.scenario), NOBODY_ID: NOBODY_COLOUR}
    holders = holders_on(day, history.falls, home_holders(strips.scenario))
    paint_map(ax, strips.shapes, {place: colours[holder] for place, holder in holders.items()})
    lighten(ax)


def _set_lanes(ax: Axes, strips: Strips) -> None:
    """Give axes a scale of days that runs through the middles of the maps above, and a line for each lane."""
    step = strips.days[1] - strips.days[0] if len(strips.days) > 1 else 1
    ax.set_axis_off()
    ax.set_xlim(-0.5 * step, strips.days[-1] + 0.5 * step)
    ax.set_ylim(len(LANES), 0)
    for lane in range(len(LANES)):
        ax.plot([0, ax.get_xlim()[1]], [lane + 0.5] * 2, color=GRID, linewidth=0.6, zorder=1)
    ax.vlines(strips.days, 0.0, len(LANES), color=GRID, linewidth=0.6, zorder=1)


def _draw_lanes(ax: Axes, history: History) -> None:
    """Mark what happens on which day; what comes after the end of the scale is marked by an arrow at it."""
    end = ax.get_xlim()[1]
    on_scale = history.losses[history.losses <= end]
    ax.vlines(on_scale, 0.12, 0.88, color=LOSS, linewidth=1.0, zorder=2)
    for lane, day in enumerate(history.days.values(), start=1):
        if day <= end:
            ax.plot(day, lane + 0.5, marker="o", markersize=4.0, color=INK, clip_on=False, zorder=3)
        elif not np.isnan(day):
            ax.plot(end, lane + 0.5, marker=">", markersize=4.0, color=RULE, clip_on=False, zorder=3)


def _lane_words(history: History) -> list[str]:
    """Return what each lane shows, with its numbers."""
    days = ["never" if np.isnan(day) else f"day {day:.0f}" for day in history.days.values()]
    lost = f"{history.n_lost} of {history.n_places}"
    return [f"{lane}: {told}" for lane, told in zip(LANES, [lost, *days], strict=True)]
