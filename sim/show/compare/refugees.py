"""Draw where refugees are on the last day in each scenario."""

from matplotlib.figure import Figure

from sim.show.compare.differences import in_unit
from sim.show.compare.findings import finding
from sim.show.compare.ranges import Ranges, amounts_by_state, draw_ranges, highest_drawn
from sim.show.compare.words import words_of
from sim.show.kit.panels import MANY, people_scale
from sim.study.compare import Comparison, base_means


def draw_compare_refugees(comparison: Comparison) -> Figure:
    """Return the figure of refugees by destination and scenario.

    Parameters
    ----------
    comparison
        Scenarios beside a base, with refugees in some run.
    """
    values = amounts_by_state(comparison, "refugees")
    means = base_means(comparison)
    highest = highest_drawn(values)
    scale, unit = people_scale(highest)
    size = 1.0 if highest < MANY else 1000.0
    outcomes = [f"refugees_{state}" for state in values]
    in_persons, differences = (in_unit(comparison, outcomes, *told) for told in (("persons", 1.0), (unit, size)))
    words = words_of(
        comparison,
        title=finding(comparison, in_persons.values(), "how many flee where"),
        shown=f"Refugees who came since day 0 and are there on the last day, {unit}; states without any left out",
        note="at the right: the base's mean, and how means differ from it with 95 % intervals over the same runs",
    )
    in_scale = {state: means[f"refugees_{state}"] / size for state in values}
    return draw_ranges(comparison, words, Ranges("refugees", values, differences, in_scale, "", scale))
