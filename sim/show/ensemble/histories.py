"""Draw a few single histories: who holds which place day by day, and below when the regime's end comes.

The few stand for the ensemble by a rule that leaves nothing to taste.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.ensemble.estimate.losses import own_side, regime_places
from sim.ensemble.estimate.rows import usable
from sim.ensemble.estimate.weights import ROUNDING, weights_of
from sim.ensemble.store.results import Results
from sim.show.kit.days import STEPS, day_labels, day_values
from sim.show.kit.key import keyed_page
from sim.show.kit.page import ROOM_MM, Page
from sim.show.kit.series import Numbers
from sim.show.kit.theme import GRID, INK, LOSS, RULE, SMALL_PT, SOFT_INK, TINY_PT
from sim.show.kit.wording import count, listed, words
from sim.show.maps.geometry import Shapes, load_shapes
from sim.show.maps.holders import holder_handles, paint_holders
from sim.show.maps.stamps import stamp_map
from sim.tell.estimate import Estimate, Kind
from sim.tell.labels import EVENTS as LABELS
from sim.tell.labels import MAIN_EVENTS
from sim.tell.numbers import whole_percent
from sim.tell.places import holders_on, home_holders
from sim.tell.section import Cell, Section
from sim.world.scenario import Scenario

LEVELS = (0.1, 0.3, 0.5, 0.7, 0.9)  # of the runs sorted by day of collapse
EVENTS = ("flight_day", "collapse_day", "capital_fall_day")
MOST_MAPS = 7  # in a row
ENOUGH = 0.9  # share of the losses of a history that its row of maps must reach
KEY_GAP_MM = 3.0
NUMBERS = ("no", "one", "two", "three", "four", "five")
LABELS_MM = 36.0  # column of words at the left
HEADS_MM, LANE_MM, STRIP_GAP_MM = 9.0, 3.3, 4.0
LOWEST_MAP_MM, HIGHEST_MAP_MM = 13.0, 24.0
MAP_GAP_MM = 0.8
LINE_MM = 3.7  # between the lines of a head
LANES = ("places lost", "leader flees", "regime collapses", "capital falls")


@dataclass(frozen=True)
class History:
    """Hold what is drawn of one run.

    Parameters
    ----------
    run
        Its number.
    place
        Where it stands among the runs sorted by day of collapse, in a few words.
    days
        Day of each of `EVENTS`, NaN where it never happens.
    losses
        Days on which the regime's side loses a place, in order.
    n_lost, n_places
        How many of the places that it holds on day 0 are lost at least once.
    falls
        All changes of seats, in order of day.
    """

    run: int
    place: str
    days: dict[str, float]
    losses: Numbers
    n_lost: int
    n_places: int
    falls: pd.DataFrame


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


def draw_histories(results: Results, scenario: Scenario) -> Figure:
    """Return the figure of single histories."""
    histories = choose_histories(results, scenario)
    shapes = stamp_map(load_shapes(scenario.tables))
    strips = Strips(shapes, scenario, map_days(histories, scenario.horizon_days))
    circles = "" if shapes.is_mapped else " (a circle, roughly where it lies)"
    step = _strip_height(strips) + STRIP_GAP_MM
    shown = f"Who holds each place{circles} by day, and when the regime's end comes"
    note = _choice(is_all=len(usable(results.runs)) == len(histories))
    page = keyed_page(
        words(results, scenario, _title(histories, scenario.horizon_days), shown, note),
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
    return Section.of_rows("Single histories", ("run", "among all by day of collapse", *days, "seats lost"), rows)


def map_days(histories: Sequence[History], horizon_days: int) -> list[int]:
    """Return the days that the maps show, at one step, from day 0 until most has happened in every history.

    Parameters
    ----------
    histories
        What is drawn.
    horizon_days
        How many days a run lasts.
    """
    days = [history.days["collapse_day"] for history in histories]
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


def _choice(*, is_all: bool) -> str:
    """Return how the histories were chosen."""
    if is_all:
        return "all are shown, sorted by day of collapse"
    levels = listed([f"{100 * level:.0f}" for level in LEVELS])
    return f"shown: the {levels} % quantiles of the day of collapse, never being last"


def _holders(histories: Sequence[History], strips: Strips) -> set[str]:
    """Return who holds a place on any map."""
    start = home_holders(strips.scenario)
    held = (holders_on(day, history.falls, start) for history in histories for day in strips.days)
    return {holder for by_place in held for holder in by_place.values()}


def choose_histories(results: Results, scenario: Scenario) -> list[History]:
    """Return the runs at five levels of the day of collapse, or all runs where there are no more than five.

    Runs are sorted by day of collapse, those without one last, and then by number.
    """
    runs = usable(results.runs).sort_values(["collapse_day", "run"], na_position="last", ignore_index=True)
    n, weights = len(runs), weights_of(runs, scenario)
    reached = np.arange(1, n + 1) / n if weights is None else np.cumsum(weights.each) / n
    if n <= len(LEVELS):
        chosen = {rank: f"{rank + 1} of {n}" for rank in range(n)}
    else:
        ranks = np.searchsorted(reached, np.array(LEVELS) - ROUNDING).tolist()
        chosen = {rank: f"{whole_percent(level)} quantile" for rank, level in zip(ranks, LEVELS, strict=True)}
    return [_history(runs.iloc[rank], place, results, scenario) for rank, place in chosen.items()]


def _history(row: pd.Series, place: str, results: Results, scenario: Scenario) -> History:
    """Return what is drawn of one run."""
    falls = results.falls[results.falls["run"] == row["run"]]
    own, places = own_side(scenario), regime_places(scenario)
    is_loss = falls["from_faction"].isin(own) & ~falls["to_faction"].isin(own)
    lost = falls[is_loss & falls["location_id"].isin(places)]
    return History(
        run=int(row["run"]),
        place=place,
        days={event: float(day_values(pd.Series([row[event]]))[0]) for event in EVENTS},
        losses=day_values(lost["day"]),
        n_lost=lost["location_id"].nunique(),
        n_places=len(places),
        falls=falls,
    )


def _strip_height(strips: Strips) -> float:
    """Return the height of a row: its maps and the lanes of time, mm."""
    return _map_height(strips) + len(LANES) * LANE_MM


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
    page.write(0.0, top + 4.0, f"run {history.run:,}", size=SMALL_PT, ink=SOFT_INK)
    height = _map_height(strips)
    for column, day in enumerate(strips.days):
        left = LABELS_MM + column * strips.map_width + MAP_GAP_MM / 2
        ax = page.axes(left, top, strips.map_width - MAP_GAP_MM, height - MAP_GAP_MM)
        holders = holders_on(day, history.falls, home_holders(strips.scenario))
        paint_holders(ax, strips.shapes, holders, strips.scenario)
    lanes = page.axes(LABELS_MM, top + height, ROOM_MM - LABELS_MM, len(LANES) * LANE_MM)
    _set_lanes(lanes, strips)
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
