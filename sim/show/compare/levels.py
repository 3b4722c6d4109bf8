"""Draw how far each neighbour is drawn in by scenario: the highest level reached, in shares of runs side by side."""

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.ensemble.estimate.rows import usable
from sim.ensemble.estimate.weights import mean_of, weights_of
from sim.show.compare.differences import Difference, in_points
from sim.show.compare.outcomes import DRAWN_IN, RUNG, reach_name
from sim.show.compare.words import finding, words_of
from sim.show.kit.key import keyed_page
from sim.show.kit.ladder import highest, level_handles
from sim.show.kit.rows import draw_rows, set_rows, write_number
from sim.show.kit.theme import LEVEL_COLOURS
from sim.show.kit.wording import share_alone
from sim.study.compare import Comparison
from sim.tell.certainty import OVER_SAME_RUNS
from sim.tell.estimate import LESS, MORE
from sim.tell.places import state_names

MOST_COLUMNS = 3
NUMBERS_MM = 14.0
BAR = 0.78  # of a row
SCALE = {0.0: "0", 0.5: "50 %", 1.0: "100"}


def draw_compare_levels(comparison: Comparison) -> Figure:
    """Return the figure of levels by neighbour and scenario."""
    scenario = comparison.cases[0].scenario
    neighbours, names = scenario.tables.header.neighbours, [case.name for case in comparison.cases]
    runs = {case.name: usable(case.results.runs) for case in comparison.cases}
    weights = {case.name: weights_of(runs[case.name], case.scenario) for case in comparison.cases}
    differences = in_points(comparison, map(reach_name, neighbours))
    heads = [state_names(scenario)[state] for state in neighbours]
    panels = set_rows(names, heads, min(MOST_COLUMNS, len(neighbours)), NUMBERS_MM)
    level, base = DRAWN_IN.value, names[0]
    title = finding(comparison, differences.values(), f"who reaches {RUNG}")
    shown = f"Highest level that each neighbour reaches by day {scenario.horizon_days}, in % of runs"
    note = (
        f"at the right: level {level} or higher, {MORE}{LESS} if the interval of the difference from {base} "
        f"excludes 0: {OVER_SAME_RUNS}"
    )
    page = keyed_page(words_of(comparison, title, shown, note), level_handles(), panels.total_mm)
    for i, state in enumerate(neighbours):
        ax = draw_rows(page, panels, i, SCALE, bold=0)
        for row, name in enumerate(names):
            reached = highest(runs[name], state)
            shares = [
                mean_of((reached == rung).astype(np.float64), weights[name]) for rung in range(len(LEVEL_COLOURS))
            ]
            _draw_bar(ax, row, np.array(shares))
            share = share_alone(reached >= level, weights[name])
            sign = _sign(differences.get((name, reach_name(state))))
            write_number(ax, panels, row, f"{share} {sign}")
    return page.figure


def _draw_bar(ax: Axes, row: int, shares: npt.NDArray[np.float64]) -> None:
    """Draw the levels of one row, the highest at the left, so that `this or higher` reads off the scale."""
    left = 0.0
    for share, colour in zip(shares[::-1], LEVEL_COLOURS[::-1], strict=True):
        ax.barh(row + 0.5, share, BAR, left, color=colour, linewidth=0, zorder=2)
        left += float(share)


def _sign(difference: Difference | None) -> str:
    """Return in which direction a scenario clearly differs from the base."""
    if difference is None or not difference.is_clear:
        return " "
    return MORE if difference.value > 0.0 else LESS
