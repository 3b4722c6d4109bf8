"""Draw one history: maps of its turning points, what the regime's side had left, how far neighbours were drawn in.

All parts below the maps share one scale of days; numbers along it mark the events that are told at the foot.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.ensemble.store.provenance import config_digest
from sim.show.kit.days import day_labels, label_days, last_shown_day
from sim.show.kit.key import draw_key, keyed_page
from sim.show.kit.ladder import level_handles
from sim.show.kit.page import Page, Words, room_mm, strip
from sim.show.kit.panels import scale_to, scale_up
from sim.show.kit.series import to_horizon
from sim.show.kit.theme import BLUE, GRID, INK, LEVEL_COLOURS, RULE, SMALL_PT, TINY_PT
from sim.show.kit.turns import draw_turns
from sim.show.kit.typeset import shorten, spread_apart, text_height, wrap
from sim.show.kit.wording import CAVEAT, footer
from sim.show.maps.geometry import Shapes, load_shapes
from sim.show.maps.holders import holder_handles, paint_holders
from sim.show.maps.loss_scale import ink_on
from sim.show.maps.stamps import stamp_map
from sim.study.explain.chronicle import Chronicle
from sim.study.explain.events import Event
from sim.tell.history import end_day, fate, holders_in_the_evening, key_events, levels_of, remains_of, turning_days
from sim.tell.numbers import whole_percent
from sim.tell.places import state_names

MOST_MAPS = 6
LEFT_MM, RIGHT_MM = 42.0, 3.0  # column of words at the left, room at the right
HEADS_MM, LOWEST_MAP_MM, HIGHEST_MAP_MM, MAP_GAP_MM, BELOW_MAPS_MM = 9.0, 14.0, 28.0, 1.2, 4.0
LINE_MM = 3.7  # between the lines of a head
MARKS_MM, MARK_MM = 8.0, 4.4  # height of the lane of numbers, and the room of each
PANEL_MM, PANEL_GAP_MM = 13.0, 3.0
RUNG_MM, RUNG_GAP_MM, KEY_MM = 4.0, 0.7, 6.0
DAYS_MM, TELL_MM = 9.0, 6.0  # below the last part; room for the number of an event that is told
MOST_LABELS = 8


@dataclass(frozen=True)
class Frame:
    """Hold what the parts of the figure share.

    Parameters
    ----------
    chronicle
        The history.
    shapes
        Of the contested state, for small maps.
    maps
        The day of each map.
    told
        The events that are marked and told.
    last_day
        End of the scale of days.
    """

    chronicle: Chronicle
    shapes: Shapes
    maps: list[int]
    told: tuple[Event, ...]
    last_day: int

    @property
    def width(self) -> float:
        """Return the width of the scale of days, mm."""
        return room_mm() - LEFT_MM - RIGHT_MM

    @property
    def map_width(self) -> float:
        """Return the width of a map with its gap, mm."""
        return room_mm() / max(len(self.maps), MOST_MAPS)

    @property
    def map_height(self) -> float:
        """Return the height of a map, mm."""
        left, right, bottom, top = self.shapes.extent
        return float(np.clip(self.map_width * (top - bottom) / (right - left), LOWEST_MAP_MM, HIGHEST_MAP_MM))


def draw_timeline(chronicle: Chronicle) -> Figure:
    """Return the figure of one history."""
    frame = _frame(chronicle)
    held = {holder for day in frame.maps for holder in holders_in_the_evening(chronicle, day).values()}
    levels, remains = levels_of(chronicle), remains_of(chronicle)
    lines = [wrap(f"day {event.day}: {event.text}", room_mm() - TELL_MM, size=SMALL_PT) for event in frame.told]
    ladder = KEY_MM + len(levels) * (RUNG_MM + RUNG_GAP_MM) if levels else 0.0
    panels = len(remains) * (PANEL_MM + PANEL_GAP_MM)
    maps = HEADS_MM + frame.map_height + BELOW_MAPS_MM
    told = sum(text_height(line, SMALL_PT) for line in lines)
    total = maps + MARKS_MM + panels + ladder + DAYS_MM + told + 2.0
    page = keyed_page(_words(chronicle), holder_handles(held, chronicle.scenario), total)
    _draw_maps(page, frame)
    room = page.below(maps)
    _draw_marks(room, frame, MARKS_MM + panels - PANEL_GAP_MM)
    room = room.below(MARKS_MM)
    for number, (label, values) in enumerate(remains.items()):
        _draw_line(room, frame, (label, values), number * (PANEL_MM + PANEL_GAP_MM))
    room = room.below(panels)
    if levels:
        draw_key(room, level_handles(), 0.0)
        for number, (state, found) in enumerate(levels.items()):
            _draw_rungs(room, frame, state, found, KEY_MM + number * (RUNG_MM + RUNG_GAP_MM))
    _label_days(room, frame, ladder)
    _tell(room.below(ladder + DAYS_MM + 2.0), lines)
    return page.figure


def _frame(chronicle: Chronicle) -> Frame:
    """Return what the parts of the figure share."""
    told, horizon = key_events(chronicle), chronicle.scenario.horizon_days
    moves = [np.flatnonzero(np.diff(levels)) + 1 for levels in levels_of(chronicle).values()]
    days = [*moves, np.array([event.day for event in told])]
    last_day = last_shown_day([found.astype(np.float64) for found in days], horizon, tail=0.0)
    return Frame(
        chronicle, stamp_map(load_shapes(chronicle.scenario.tables)), turning_days(chronicle, MOST_MAPS), told, last_day
    )


def _words(chronicle: Chronicle) -> Words:
    """Return what the figure says."""
    scenario = chronicle.scenario
    circles = "" if scenario.tables.header.map else " (a circle, roughly where it lies)"
    shown = (
        f"One history: run {chronicle.run:,}, seed {chronicle.seed}, {scenario.config.scenario.name} in "
        f"{scenario.config.world.name}. Who holds each place{circles} in the evening of a day; below, what the "
        "regime's side has left and each neighbour's level; numbers mark the events at the foot."
    )
    told = {"seed": chronicle.seed, "world_digest": scenario.tables.digest}
    return Words(fate(chronicle), shown, footer(scenario, told, "config", config_digest(scenario), CAVEAT))


def _draw_maps(page: Page, frame: Frame) -> None:
    """Draw who holds what on the turning points, each with its day above."""
    chronicle = frame.chronicle
    labels = day_labels(chronicle.scenario.tables.header.day0, frame.maps)
    end = end_day(chronicle)
    for column, (day, label) in enumerate(zip(frame.maps, labels, strict=True)):
        left = column * frame.map_width
        number, when = label.removeprefix("day ").split("\n")
        for line, text in enumerate((f"day {number}", when), start=1):
            head = page.write(left + frame.map_width / 2.0, line * LINE_MM, text, size=SMALL_PT)
            head.set(ha="center", va="baseline", fontweight="bold" if day == end else "normal")
        ax = page.axes(left + MAP_GAP_MM / 2.0, HEADS_MM, frame.map_width - MAP_GAP_MM, frame.map_height)
        paint_holders(ax, frame.shapes, holders_in_the_evening(chronicle, day), chronicle.scenario)


def _draw_marks(page: Page, frame: Frame, height: float) -> None:
    """Draw the number of each event above its day, clear of the others, and a line down through the series."""
    ax = page.axes(LEFT_MM, 0.0, frame.width, height)
    ax.set_axis_off()
    ax.set_xlim(0.0, frame.width)
    ax.set_ylim(height, 0.0)
    at = np.array([event.day / frame.last_day * frame.width for event in frame.told])
    places = spread_apart(at, MARK_MM, frame.width - MARK_MM / 2.0)
    for number, (day, place) in enumerate(zip(at, places, strict=True), start=1):
        ax.plot([place, day, day], [MARK_MM, MARKS_MM - 0.6, height], color=RULE, linewidth=0.6, zorder=1)
        ax.plot(place, MARK_MM / 2.0, marker="o", markersize=9.5, color=INK, markeredgewidth=0, zorder=2)
        text = ax.text(place, MARK_MM / 2.0, str(number), fontsize=TINY_PT, color="white", zorder=3)
        text.set(ha="center", va="center_baseline")


def _draw_line(page: Page, frame: Frame, told: tuple[str, np.ndarray], top: float) -> None:
    """Draw one series of shares, and at the left what it is."""
    label, values = told
    ax = page.axes(LEFT_MM, top, frame.width, PANEL_MM)
    ax.patch.set_visible(False)
    scale_up(ax, scale_to(max(1.0, float(values.max())), whole_percent), TINY_PT)
    drawn = to_horizon(values[None, :])[0]
    ax.plot(np.arange(len(drawn)), drawn, color=BLUE, linewidth=1.4, zorder=3)
    _bare_days(ax, frame)
    page.write(0.0, top, wrap(label, LEFT_MM - 12.0, size=SMALL_PT), size=SMALL_PT)


def _draw_rungs(page: Page, frame: Frame, state: str, levels: np.ndarray, top: float) -> None:
    """Draw the level of a neighbour by day, a piece for each stay at one."""
    name = state_names(frame.chronicle.scenario)[state]
    ax = page.axes(LEFT_MM, top, frame.width, RUNG_MM)
    ax.set_ylim(0.0, 1.0)
    ax.set_yticks([])
    steps = [0, *(np.flatnonzero(np.diff(levels)) + 1).tolist(), len(levels)]
    for start, stop in pairwise(steps):
        level = int(levels[start])
        colour = LEVEL_COLOURS[level]
        ax.fill_between([start, stop], 0.0, 1.0, color=colour, linewidth=0)
        wide = (min(stop, frame.last_day) - start) / frame.last_day * frame.width
        if level and wide > MARK_MM:
            middle = (start + min(stop, frame.last_day)) / 2.0
            ax.text(middle, 0.5, str(level), fontsize=TINY_PT, color=ink_on(colour), ha="center", va="center_baseline")
    ax.vlines([event.day for event in frame.told], 0.0, 1.0, color=RULE, linewidth=0.6, zorder=3)
    _bare_days(ax, frame)
    strip(ax)
    words = shorten(name, LEFT_MM - 4.0, size=SMALL_PT)
    page.write(0.0, top + RUNG_MM / 2.0, words, size=SMALL_PT).set(va="center_baseline")


def _bare_days(ax: Axes, frame: Frame) -> None:
    """Give axes the scale of days without its labels."""
    ax.set_xlim(0, frame.last_day)
    ax.set_xticks([])
    draw_turns(ax, frame.chronicle.scenario)
    ax.spines["bottom"].set_color(GRID)


def _label_days(page: Page, frame: Frame, top: float) -> None:
    """Write the days below all parts."""
    ax = page.axes(LEFT_MM, top - 0.01, frame.width, 0.01)
    ax.set_yticks([])
    label_days(ax, frame.chronicle.scenario.tables.header.day0, frame.last_day, MOST_LABELS)
    for label in ax.get_xticklabels():
        label.set_fontsize(TINY_PT)
    ax.spines["left"].set_visible(False)


def _tell(page: Page, lines: Sequence[str]) -> None:
    """Write the events at the foot, each behind its number."""
    top = 0.0
    for number, line in enumerate(lines, start=1):
        page.write(0.0, top, str(number), size=SMALL_PT).set_fontweight("bold")
        page.write(TELL_MM, top, line, size=SMALL_PT)
        top += text_height(line, SMALL_PT)
