"""Draw how far each neighbour is drawn in by when: the highest level so far, stacked, on a scale that shows the rare.

What the war has caused alone is marked at the end, so that what was coming anyway can be seen beside it.
"""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from sim.core.codes import Level
from sim.ensemble.estimate.knowledge import knowledge_of_results
from sim.ensemble.estimate.rows import usable
from sim.ensemble.estimate.weights import Weights, mean_of
from sim.ensemble.store.results import Results
from sim.ensemble.store.schema import state_column
from sim.show.kit.key import keyed_page
from sim.show.kit.ladder import finding, highest, level_handles, reached_by
from sim.show.kit.panels import Scale, draw_panel, scale_up, set_panels
from sim.show.kit.series import to_horizon
from sim.show.kit.theme import INK, LEVEL_COLOURS, SMALL_PT, SOFT_INK, TINY_PT
from sim.show.kit.turns import turns_note
from sim.show.kit.wording import both_of, brackets_note, words
from sim.tell.places import state_names
from sim.world.scenario import Scenario

PANEL_MM = 34.0
RARE = Scale([0.001, 0.01, 0.1, 1.0], ["0.1 %", "1 %", "10 %", "100 %"])
"""Each step is ten times the last: a level that one run in a hundred reaches has as much room as one that most do."""
CALM = "no alert and no incident in any run"


def draw_level_by_neighbour(results: Results, scenario: Scenario) -> Figure:
    """Return the figure of levels by neighbour and day."""
    runs, header, horizon = usable(results.runs), scenario.tables.header, scenario.horizon_days
    panels = set_panels(len(header.neighbours), PANEL_MM)
    shown = "Highest level that each neighbour has reached so far, in % of runs; each step up is ten times the last"
    note = f"beside the names: level 2 or higher by day {horizon}, {brackets_note(scenario)}{turns_note(scenario)}"
    mark = Line2D([], [], linestyle="none", marker="o", markerfacecolor="white", markeredgecolor=INK, markersize=4.0)
    page = keyed_page(
        words(results, scenario, finding(runs, scenario, Level.INCIDENT), shown, note),
        {**level_handles(), "2 or higher by what the war has caused alone": mark},
        panels.total_mm,
    )
    names, known = state_names(scenario), knowledge_of_results(results, scenario)
    for i, state in enumerate(header.neighbours):
        head = (names[state], both_of(highest(runs, state) >= Level.INCIDENT.value, known))
        ax = draw_panel(page, panels, i, RARE, head, (scenario, horizon))
        labels = RARE.labels if i % panels.n_columns == 0 else [""] * len(RARE.ticks)
        ax.set_yscale("log")
        ax.minorticks_off()
        scale_up(ax, Scale(RARE.ticks, labels), TINY_PT)
        _draw_levels(ax, runs, state, horizon, known.weights)
    return page.figure


def _draw_levels(ax: Axes, runs: pd.DataFrame, state: str, horizon: int, weights: Weights | None) -> None:
    """Draw the levels of one neighbour, the highest at the bottom, so that `this or higher` reads off the scale."""
    shares = np.vstack([reached_by(runs, state, horizon, weights), np.zeros(horizon)])
    shares = to_horizon(shares)
    days = np.arange(horizon + 1)
    for level, colour in enumerate(LEVEL_COLOURS):
        ax.fill_between(days, shares[level + 1], shares[level], step="post", color=colour, linewidth=0)
    for at_least in shares[1:-1]:
        ax.step(days, at_least, where="post", color="white", linewidth=0.5)
    by_war = runs[state_column("level_caused_max", state)].to_numpy(np.int64)
    caused = mean_of(np.asarray(by_war >= Level.INCIDENT, np.float64), weights)
    if caused >= RARE.ticks[0]:
        ax.plot([horizon], [caused], "o", color=INK, markerfacecolor="white", markersize=4.0, clip_on=False, zorder=4)
    if not shares[1].any():
        text = ax.text(0.5, 0.5, CALM, transform=ax.transAxes, fontsize=SMALL_PT, color=SOFT_INK)
        text.set(ha="center", va="center", wrap=True)
