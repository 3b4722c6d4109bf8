"""Draw how far each neighbour is drawn in by when: the highest level so far, stacked to all runs."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.core.codes import Level
from sim.ensemble.estimate.rows import usable
from sim.ensemble.store.results import Results
from sim.show.kit.key import keyed_page
from sim.show.kit.ladder import finding, highest_counts, level_handles, reached_by
from sim.show.kit.panels import draw_panel, percent_scale, set_panels
from sim.show.kit.series import to_horizon
from sim.show.kit.theme import LEVEL_COLOURS
from sim.show.kit.wording import share_of, words
from sim.tell.places import state_names
from sim.world.scenario import Scenario

PANEL_MM = 34.0


def draw_level_by_neighbour(results: Results, scenario: Scenario) -> Figure:
    """Return the figure of levels by neighbour and day."""
    runs, header, horizon = usable(results.runs), scenario.tables.header, scenario.horizon_days
    panels = set_panels(len(header.neighbours), PANEL_MM)
    shown = "Highest level that each neighbour has reached so far, in % of runs"
    note = f"beside the names: level 2 or higher by day {horizon}, 95 % Wilson interval"
    page = keyed_page(
        words(results, scenario, finding(runs, scenario, Level.INCIDENT), shown, note), level_handles(), panels.total_mm
    )
    names = state_names(scenario)
    for i, state in enumerate(header.neighbours):
        drawn_in = int(highest_counts(runs, state)[Level.INCIDENT.value :].sum())
        head = (names[state], share_of(drawn_in, len(runs)))
        ax = draw_panel(page, panels, i, percent_scale(), head, (header.day0, horizon))
        _draw_levels(ax, runs, state, horizon)
    return page.figure


def _draw_levels(ax: Axes, runs: pd.DataFrame, state: str, horizon: int) -> None:
    """Draw the levels of one neighbour, the highest at the bottom, so that `this or higher` reads off the scale."""
    shares = np.vstack([reached_by(runs, state, horizon), np.zeros(horizon)])
    shares = to_horizon(shares)
    days = np.arange(horizon + 1)
    for level, colour in enumerate(LEVEL_COLOURS):
        ax.fill_between(days, shares[level + 1], shares[level], step="post", color=colour, linewidth=0)
    for at_least in shares[1:-1]:
        ax.step(days, at_least, where="post", color="white", linewidth=0.5)
