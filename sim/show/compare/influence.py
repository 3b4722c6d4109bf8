"""Draw which states have influence on the last day in each scenario."""

from matplotlib.figure import Figure

from sim.show.compare.differences import in_points
from sim.show.compare.findings import finding
from sim.show.compare.ranges import Ranges, amounts_by_state, draw_ranges, highest_drawn
from sim.show.compare.words import words_of
from sim.show.kit.panels import scale_to
from sim.show.kit.wording import listed
from sim.study.compare import Comparison, base_means
from sim.tell.numbers import to_figures
from sim.tell.places import state_names

MOST_STATES = 8
LEAST = 0.02  # share in some scenario that is worth a panel


def draw_compare_influence(comparison: Comparison) -> Figure:
    """Return the figure of influence by state and scenario.

    Parameters
    ----------
    comparison
        Scenarios beside a base, in a world in which some state has influence.
    """
    every = amounts_by_state(comparison, "influence")
    peak = {state: max(float(own.mean()) for own in by_name.values()) for state, by_name in every.items()}
    ranked = sorted(every, key=lambda state: -peak[state])
    n_shown = min(max(sum(peak[state] >= LEAST for state in every), 1), MOST_STATES)
    first, rest = ranked[:n_shown], ranked[n_shown:]
    values = {state: every[state] for state in first}
    means, names = base_means(comparison), state_names(comparison.cases[0].scenario)
    differences = in_points(comparison, [f"influence_{state}" for state in first])
    most = f"at most {to_figures(100.0 * max((peak[state] for state in rest), default=0.0), 2):g} %"
    left_out = f"; left out, {most}: {listed([names[state] for state in rest])}" if rest else ""
    in_percent = {state: 100.0 * means[f"influence_{state}"] for state in first}
    scale = scale_to(highest_drawn(values), lambda share: f"{100.0 * share:g} %")
    ranges = Ranges("influence", values, differences, in_percent, " %", scale)
    bases = {f"influence_{state}": ranges.base(state) for state in first}
    words = words_of(
        comparison,
        title=finding(comparison, differences.values(), "who has influence", bases=bases),
        shown="Shares of influence in the contested state on the last day; the rest is local, no state's",
        note="at the right: the base's mean, and how means differ from it in points, with 95 % intervals over the same "
        f"runs{left_out}",
    )
    return draw_ranges(comparison, words, ranges)
