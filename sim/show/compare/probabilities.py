"""Draw how scenarios change the probability of the main events."""

from matplotlib.figure import Figure

from sim.show.compare.forest import draw_forest
from sim.show.compare.outcomes import probabilities_of
from sim.study.compare import Comparison


def draw_compare_probabilities(comparison: Comparison) -> Figure:
    """Return the figure of differences of probability.

    Parameters
    ----------
    comparison
        Scenarios beside a base, in one of which some event happens.
    """
    horizon = comparison.cases[0].scenario.horizon_days
    shown = f"Differences in the share of runs in which it happens by day {horizon}, percentage points"
    return draw_forest(comparison, probabilities_of(comparison), "how likely any of this is", shown)
