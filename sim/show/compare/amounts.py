"""Draw how scenarios change the main amounts, in percent of the base's mean."""

from matplotlib.figure import Figure

from sim.show.compare.forest import draw_forest
from sim.show.compare.outcomes import amounts_of
from sim.study.compare import Comparison


def draw_compare_amounts(comparison: Comparison) -> Figure:
    """Return the figure of differences of amounts.

    Parameters
    ----------
    comparison
        Scenarios beside a base in which some amount is above 0.
    """
    shown = "Differences of means over runs, in % of the base's mean"
    return draw_forest(comparison, amounts_of(comparison), "any of these amounts", shown)
