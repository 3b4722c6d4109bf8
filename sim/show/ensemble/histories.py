"""Draw a few single histories: who holds which place day by day, and below when the regime's end comes.

Which stand for the ensemble is chosen in `sim.show.ensemble.chosen`; below them stands what happened.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.ensemble.estimate.rows import usable
from sim.ensemble.store.results import Results
from sim.show.ensemble.chosen import ALONE, EVENTS, FALLEN, HELD, LEVELS, History, choose_histories, observed_history
from sim.show.kit.days import STEPS, day_labels
from sim.show.kit.key import keyed_page
from sim.show.kit.page import Page, room_mm
from sim.show.kit.theme import GRID, INK, LOSS, RULE, SMALL_PT, SOFT_INK, TINY_PT
from sim.show.kit.turns import draw_turns, turns_note
from sim.show.kit.wording import count, listed, words
from sim.show.maps.geometry import Shapes, load_shapes
from sim.show.maps.holders import holder_handles, paint_holders
from sim.show.maps.stamps import stamp_map
from sim.tell.estimate import Estimate, Kind
from sim.tell.labels import EVENTS as LABELS
from sim.tell.labels import MAIN_EVENTS
from sim.tell.places import holders_on, home_holders
from sim.tell.section import Cell, Section
from sim.world.scenario import Scenario

MOST_MAPS = 7  # in a row
ENOUGH = 0.9  # share of the losses of a history that its row of maps must reach
KEY_GAP_MM = 3.0
NUMBERS = ("no", "one", "two", "three", "four", "five")
LABELS_MM = 36.0  # column of words at the left
HEADS_MM, LANE_MM, STRIP_GAP_MM = 9.0, 3.3, 4.0
LOWEST_MAP_MM, HIGHEST_MAP_MM = 13.0, 24.0
MAP_GAP_MM = 0.8
N_LANES = 4
LINE_MM = 3.7  # between the lines of a head
LOST, LANES = (
    "places lost",
    ("leader flees", "regime collapses", "capital falls"),
)  # the latter as `EVENTS`


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
        return (room_mm() - LABELS_MM) / len(self.days)


def draw_histories(results: Results, scenario: Scenario) -> Figure:
    """Return the figure of single histories."""
    lived, observed = choose_histories(results, scenario), observed_history(scenario)
    histories = [*lived, *([observed] if observed else [])]
    shapes = stamp_map(load_shapes(scenario.tables))
    strips = Strips(shapes, scenario, map_days(histories, scenario.horizon_days))
    circles = "" if shapes.is_mapped else " (a circle, roughly where it lies)"
    step = _strip_height(strips) + STRIP_GAP_MM
    shown = f"Who holds each place{circles} by day, and when the regime's end comes"
    is_all = len(usable(results.runs)) == len(lived)
    note = f"{_choice(lived, is_all=is_all)}{_recorded(observed)}{turns_note(scenario)}"
    page = keyed_page(
        words(results, scenario, _title(lived, scenario.horizon_days), shown, note),
        holder_handles(_holders(histories, strips), scenario),
        HEADS_MM + step * len(histories) - STRIP_GAP_MM,
        gap_mm=KEY_GAP_MM,
    )
    _draw_heads(page, strips)
    for number, history in enumerate(histories):
        _draw_strip(page, strips, history, HEADS_MM + number * step)
    return page.figure


def histories_table(results: Results, scenario: Scenario) -> Section | None:
    """Return the days on which the main events come in the histories that are drawn."""
    rows: list[tuple[Cell, ...]] = [
        (
            str(history.run),
            history.place,
            *(Estimate(history.days[f"{event}_day"], kind=Kind.DAY) for event in MAIN_EVENTS),
            history.n_lost,
        )
        for history in choose_histories(results, scenario)
    ]
    days = (f"day of {LABELS[event]}" for event in MAIN_EVENTS)
    return Section.of_rows("Single histories", ("run", "among the runs", *days, "seats lost"), rows)


def map_days(histories: Sequence[History], horizon_days: int) -> list[int]:
    """Return the days that the maps show, at one step, from day 0 until most has happened in every history.

    Parameters
    ----------
    histories
        What is drawn.
    horizon_days
        How many days a run lasts.
    """
    days = [history.days.get("collapse_day", np.nan) for history in histories]
    days += [float(np.quantile(history.losses, ENOUGH)) for history in histories if history.losses.size]
    needed = max((day for day in days if not np.isnan(day)), default=horizon_days)
    step = next(step for step in STEPS if step * (MOST_MAPS - 1) >= needed)
    return [day for day in range(0, step * MOST_MAPS, step) if day <= horizon_days and day < needed + step]


def _title(histories: Sequence[History], horizon_days: int) -> str:
    """Return the finding: how much the day of collapse differs between the histories."""
    days = [f"{day:.0f}" for history in histories if not np.isnan(day := history.days["collapse_day"])]
    fallen, held = NUMBERS[len(days)], NUMBERS[len(histories) - len(days)]
    if not days:
        kept = {1: "the one history", 2: "both histories"}.get(len(histories), f"all {held} histories")
        return f"The regime stays in power for {count(horizon_days, 'day')} in {kept} shown"
    noun = "history" if len(days) == 1 else "histories"
    rest = f" and stays in power in {held}" if len(days) < len(histories) else ""
    return f"The regime collapses on day {listed(days)} in {fallen} {noun}{rest}"


def _choice(lived: Sequence[History], *, is_all: bool) -> str:
    """Return how the histories were chosen."""
    if is_all:
        return "all are shown, sorted by day of collapse"
    kinds = [kind for kind in LEVELS if any(history.place.startswith(f"{kind},") for history in lived)]
    told = {kind: LEVELS[kind] if len(kinds) > 1 else ALONE for kind in kinds}
    by = {FALLEN: "of the day of collapse where it comes", HELD: "of the seats lost where it does not"}
    levels = {kind: listed([f"{100 * level:.0f}" for level in each]) for kind, each in told.items()}
    return f"shown: the {', the '.join(f'{levels[kind]} % quantiles {by[kind]}' for kind in kinds)}"


def _recorded(observed: History | None) -> str:
    """Return what the last row is, where there is a record."""
    return "; last row: what happened, what was lost in the challenger's colour whoever took it" if observed else ""


def _holders(histories: Sequence[History], strips: Strips) -> set[str]:
    """Return who holds a place on any map."""
    start = home_holders(strips.scenario)
    held = (holders_on(day, history.falls, start) for history in histories for day in strips.days)
    return {holder for by_place in held for holder in by_place.values()}


def _strip_height(strips: Strips) -> float:
    """Return the height of a row: its maps and the lanes of time, mm."""
    return _map_height(strips) + N_LANES * LANE_MM


def _draw_heads(page: Page, strips: Strips) -> None:
    """Write over the columns of maps which day they show."""
    labels = day_labels(strips.scenario.tables.header.day0, strips.days)
    for column, label in enumerate(labels):
        middle = LABELS_MM + (column + 0.5) * strips.map_width
        for line, text in enumerate(label.split("\n"), start=1):
            page.write(middle, line * LINE_MM, text, size=SMALL_PT).set(ha="center", va="baseline")


def _draw_strip(page: Page, strips: Strips, history: History, top: float) -> None:
    """Draw one history."""
    page.write(0.0, top, history.place, size=SMALL_PT).set_fontweight("bold")
    which = "as recorded" if history.run is None else f"run {history.run:,}"
    page.write(0.0, top + 4.0, which, size=SMALL_PT, ink=SOFT_INK)
    height = _map_height(strips)
    for column, day in enumerate(strips.days):
        left = LABELS_MM + column * strips.map_width + MAP_GAP_MM / 2
        ax = page.axes(left, top, strips.map_width - MAP_GAP_MM, height - MAP_GAP_MM)
        holders = holders_on(day, history.falls, home_holders(strips.scenario))
        paint_holders(ax, strips.shapes, holders, strips.scenario)
    lanes = page.axes(LABELS_MM, top + height, room_mm() - LABELS_MM, N_LANES * LANE_MM)
    _set_lanes(lanes, strips)
    if history.run is not None:
        draw_turns(lanes, strips.scenario)
    _draw_lanes(lanes, history)
    for lane, told in enumerate(_lane_words(history)):
        text = page.write(0.0, top + height + (lane + 0.5) * LANE_MM, told, size=TINY_PT)
        text.set(va="center_baseline")


def _map_height(strips: Strips) -> float:
    """Return the height of a map with the space below it, mm."""
    left, right, bottom, top = strips.shapes.extent
    return float(np.clip(strips.map_width * (top - bottom) / (right - left), LOWEST_MAP_MM, HIGHEST_MAP_MM))


def _set_lanes(ax: Axes, strips: Strips) -> None:
    """Give axes a scale of days that runs through the middles of the maps above, and a line for each lane."""
    step = strips.days[1] - strips.days[0] if len(strips.days) > 1 else 1
    ax.set_axis_off()
    ax.set_xlim(-0.5 * step, strips.days[-1] + 0.5 * step)
    ax.set_ylim(N_LANES, 0)
    for lane in range(N_LANES):
        ax.plot([0, ax.get_xlim()[1]], [lane + 0.5] * 2, color=GRID, linewidth=0.6, zorder=1)
    ax.vlines(strips.days, 0.0, N_LANES, color=GRID, linewidth=0.6, zorder=1)


def _draw_lanes(ax: Axes, history: History) -> None:
    """Mark what happens on which day; what comes after the end of the scale is marked by an arrow at it."""
    end = ax.get_xlim()[1]
    on_scale = history.losses[history.losses <= end]
    ax.vlines(on_scale, 0.12, 0.88, color=LOSS, linewidth=1.0, zorder=2)
    for lane, event in enumerate(EVENTS, start=1):
        day = history.days.get(event, np.nan)
        if day <= end:
            ax.plot(day, lane + 0.5, marker="o", markersize=4.0, color=INK, clip_on=False, zorder=3)
        elif not np.isnan(day):
            ax.plot(end, lane + 0.5, marker=">", markersize=4.0, color=RULE, clip_on=False, zorder=3)


def _lane_words(history: History) -> list[str]:
    """Return what each lane shows, with its numbers."""
    days = [f"{lane}: {_day(history.days, event)}" for lane, event in zip(LANES, EVENTS, strict=True)]
    return [f"{LOST}: {history.n_lost} of {history.n_places}", *days]


def _day(days: Mapping[str, float], event: str) -> str:
    """Return the day of an event in words."""
    if event not in days:
        return "not recorded"
    return "never" if np.isnan(days[event]) else f"day {days[event]:.0f}"
