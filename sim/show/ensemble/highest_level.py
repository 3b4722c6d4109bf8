"""Draw the table of the highest level that each neighbour reaches: probabilities with intervals, cells shaded."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from sim.core.codes import Level
from sim.ensemble.estimate.knowledge import Knowledge, knowledge_of_results
from sim.ensemble.estimate.rows import usable
from sim.ensemble.estimate.weights import Bools, mean_of
from sim.ensemble.store.results import Results
from sim.show.kit.key import draw_key
from sim.show.kit.ladder import finding, highest
from sim.show.kit.observed import ObservedAmount, observed_at_horizon
from sim.show.kit.page import Page, new_page
from sim.show.kit.series import STILL, observed_mark
from sim.show.kit.theme import INK, SMALL_PT, SOFT_INK, TINY_PT
from sim.show.kit.typeset import shorten, text_width
from sim.show.kit.wording import interval_words, share_of, words
from sim.show.maps.loss_scale import ink_on, loss_colour
from sim.tell.labels import LEVELS
from sim.tell.places import state_names
from sim.world.scenario import Scenario

ROW_MM, HEADER_MM, BELOW_MM = 8.0, 9.0, 6.0
MOST_NAME_MM, NAME_GAP_MM = 45.0, 3.0
TEXT_AT, MARK_AT = 0.42, 0.82  # where the number and what was observed stand in a row


def draw_highest_level(results: Results, scenario: Scenario) -> Figure:
    """Return the figure of the highest levels."""
    neighbours, horizon = scenario.tables.header.neighbours, scenario.horizon_days
    history = {state: observed_at_horizon(scenario, f"spillover_level/{state}") for state in neighbours}
    height = HEADER_MM + ROW_MM * len(neighbours)
    is_observed = any(history.values())
    shown = f"Highest level that each neighbour reaches by day {horizon}, in % of runs"
    note = f"brackets: {interval_words(scenario)}; the darker, the likelier"
    page = new_page(
        words(results, scenario, finding(usable(results.runs), scenario, Level.VIOLENCE), shown, note),
        height + (BELOW_MM if is_observed else 0.0),
    )
    ax = _draw_cells(page, results, scenario)
    for row, state in enumerate(neighbours):
        _draw_observed(ax, row, history[state])
    if is_observed:
        handles = {"what happened, with the range of reports": observed_mark([], [], STILL)}
        draw_key(page, handles, height + 2.0)
    return page.figure


def _draw_cells(page: Page, results: Results, scenario: Scenario) -> Axes:
    """Draw the table; return its axes, a unit a cell, rows downwards."""
    runs, neighbours = usable(results.runs), scenario.tables.header.neighbours
    known = knowledge_of_results(results, scenario)
    every = state_names(scenario)
    names = [shorten(every[state], MOST_NAME_MM, size=SMALL_PT) for state in neighbours]
    left = max(text_width(name, size=SMALL_PT) for name in names) + NAME_GAP_MM
    ax = page.axes(left, HEADER_MM, page.width - left, ROW_MM * len(neighbours))
    ax.set_axis_off()
    ax.set_xlim(0, len(Level))
    ax.set_ylim(len(neighbours), 0)
    for level, meaning in LEVELS.items():
        middle = left + (level.value + 0.5) * (page.width - left) / len(Level)
        page.write(middle, 3.4, str(level.value), size=SMALL_PT).set(ha="center", va="baseline", fontweight="bold")
        page.write(middle, 7.2, meaning, size=TINY_PT, ink=SOFT_INK).set(ha="center", va="baseline")
    for row, (state, name) in enumerate(zip(neighbours, names, strict=True)):
        text = page.write(0.0, HEADER_MM + (row + TEXT_AT) * ROW_MM, name, size=SMALL_PT)
        text.set(va="center_baseline")
        for rung in range(len(Level)):
            _draw_cell(ax, row, rung, highest(runs, state) == rung, known)
    return ax


def _draw_cell(ax: Axes, row: int, rung: int, happened: Bools, known: Knowledge) -> None:
    """Draw one cell: shaded by its share, which is written into it with its interval."""
    colour = loss_colour(mean_of(happened.astype(np.float64), known.weights)) if happened.any() else "white"
    ax.add_patch(Rectangle((rung + 0.02, row + 0.03), 0.96, 0.94, facecolor=colour, edgecolor="none"))
    text = ax.text(
        rung + 0.5, row + TEXT_AT, share_of(happened, known.weights, known), fontsize=SMALL_PT, color=ink_on(colour)
    )
    text.set(ha="center", va="center_baseline")


def _draw_observed(ax: Axes, row: int, amounts: list[ObservedAmount]) -> None:
    """Mark the level that was observed, with its range."""
    for seen in amounts:
        ends = [seen.low + 0.5, seen.high + 0.5]
        ax.plot(ends, [row + MARK_AT] * 2, color=INK, linewidth=0.9, zorder=4)
        ax.add_line(observed_mark([seen.amount + 0.5], [row + MARK_AT], STILL))
