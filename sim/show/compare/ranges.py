"""Draw amounts by state and scenario: means and the middle 80 % of runs, and how means differ from the base's."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from sim.ensemble.estimate.rows import usable
from sim.ensemble.estimate.weights import Numbers, Weights, mean_of, quantiles_of, weights_of
from sim.ensemble.store.schema import state_column
from sim.show.compare.differences import Difference, Differences, base_text, in_points, in_unit, told_of
from sim.show.compare.marks import NARROW, Look, looks_of, mark_of
from sim.show.compare.words import finding, words_of
from sim.show.kit.key import keyed_page
from sim.show.kit.page import Words
from sim.show.kit.panels import MANY, Scale, people_scale, scale_to
from sim.show.kit.rows import draw_rows, set_rows, write_number
from sim.show.kit.theme import INK
from sim.show.kit.wording import listed
from sim.study.compare import Comparison, base_means
from sim.tell.certainty import OVER_SAME_RUNS
from sim.tell.numbers import to_figures
from sim.tell.places import state_names

MOST_COLUMNS = 2
NUMBERS_MM, KEY_GAP_MM = 31.0, 2.5
LOW, HIGH = 0.1, 0.9  # of runs
MOST_STATES = 8
LEAST = 0.02  # share in some scenario that is worth a panel


@dataclass(frozen=True)
class Ranges:
    """Hold an amount on the last day by state.

    Parameters
    ----------
    quantity
        Such as ``refugees``.
    values
        Numbers of runs by state, each by scenario, the base first.
    differences
        Of means from the base, in the unit that is written.
    base_means
        Means of the base by state, in that unit.
    sign
        What follows these means: a per cent sign, or nothing.
    scale
        Of the amounts.
    """

    quantity: str
    values: Mapping[str, Mapping[str, Numbers]]
    differences: Differences
    base_means: Mapping[str, float]
    sign: str
    scale: Scale

    def column(self, state: str) -> list[Difference]:
        """Return the differences of a state, by scenario."""
        _, *others = self.values[state]
        return [self.differences[name, f"{self.quantity}_{state}"] for name in others]

    def base(self, state: str) -> str:
        """Return the mean of the base as it stands above these differences."""
        return f"{base_text(self.base_means[state], self.column(state))}{self.sign}"


def draw_compare_refugees(comparison: Comparison) -> Figure:
    """Return the figure of refugees by destination and scenario."""
    values = amounts_by_state(comparison, "refugees")
    means = base_means(comparison)
    highest = _highest_drawn(comparison, values)
    scale, unit = people_scale(highest)
    size = 1.0 if highest < MANY else 1000.0
    outcomes = [f"refugees_{state}" for state in values]
    in_persons, differences = (in_unit(comparison, outcomes, *told) for told in (("persons", 1.0), (unit, size)))
    title = finding(comparison, in_persons.values(), "how many flee where")
    shown = f"Refugees who came since day 0 and are there on the last day, {unit}; states without any left out"
    note = f"at the right: the base's mean, and how means differ from it with {OVER_SAME_RUNS}"
    words = words_of(comparison, title, shown, note)
    in_scale = {state: means[f"refugees_{state}"] / size for state in values}
    return _draw_ranges(comparison, words, Ranges("refugees", values, differences, in_scale, "", scale))


def draw_compare_influence(comparison: Comparison) -> Figure:
    """Return the figure of influence by state and scenario."""
    every = amounts_by_state(comparison, "influence")
    weights = _weights(comparison)
    peak = {
        state: max(mean_of(own, weights[name]) for name, own in by_name.items()) for state, by_name in every.items()
    }
    ranked = sorted(every, key=lambda state: -peak[state])
    n_shown = min(max(sum(peak[state] >= LEAST for state in every), 1), MOST_STATES)
    first, rest = ranked[:n_shown], ranked[n_shown:]
    values = {state: every[state] for state in first}
    means, names = base_means(comparison), state_names(comparison.cases[0].scenario)
    differences = in_points(comparison, [f"influence_{state}" for state in first])
    most = f"at most {to_figures(100.0 * max((peak[state] for state in rest), default=0.0), 2):g} %"
    left_out = f"; left out, {most}: {listed([names[state] for state in rest])}" if rest else ""
    in_percent = {state: 100.0 * means[f"influence_{state}"] for state in first}
    scale = scale_to(_highest_drawn(comparison, values), lambda share: f"{100.0 * share:g} %")
    ranges = Ranges("influence", values, differences, in_percent, " %", scale)
    bases = {f"influence_{state}": ranges.base(state) for state in first}
    title = finding(comparison, differences.values(), "who has influence", bases=bases)
    shown = "Shares of influence in the contested state on the last day; the rest is local, no state's"
    note = f"at the right: the base's mean, and how means differ from it in points, with {OVER_SAME_RUNS}{left_out}"
    words = words_of(comparison, title, shown, note)
    return _draw_ranges(comparison, words, ranges)


def amounts_by_state(comparison: Comparison, quantity: str) -> dict[str, dict[str, Numbers]]:
    """Return the numbers of runs by state and scenario, neighbours first, states without any left out.

    Parameters
    ----------
    comparison
        Scenarios beside a base.
    quantity
        Such as ``refugees``.
    """
    tables = comparison.cases[0].scenario.tables
    neighbours = list(tables.header.neighbours)
    states = [*neighbours, *(state for state in map(str, tables.states["id"]) if state not in neighbours)]
    runs = {case.name: usable(case.results.runs) for case in comparison.cases}
    found = {
        state: {name: rows[state_column(quantity, state)].to_numpy(np.float64) for name, rows in runs.items()}
        for state in states
    }
    return {state: by_name for state, by_name in found.items() if any(own.any() for own in by_name.values())}


def _weights(comparison: Comparison) -> dict[str, Weights | None]:
    """Return what the runs of each scenario weigh."""
    return {case.name: weights_of(usable(case.results.runs), case.scenario) for case in comparison.cases}


def _highest_drawn(comparison: Comparison, values: Mapping[str, Mapping[str, Numbers]]) -> float:
    """Return the highest end of a range, or the highest mean where that lies beyond."""
    weights = _weights(comparison)
    every = [(own, weights[name]) for by_name in values.values() for name, own in by_name.items()]
    return max(max(float(quantiles_of(own, (HIGH,), w)[0]), mean_of(own, w)) for own, w in every)


def _draw_ranges(comparison: Comparison, words: Words, ranges: Ranges) -> Figure:
    """Return a figure with a panel for each state and a row for each scenario.

    Parameters
    ----------
    comparison
        Scenarios beside a base.
    words
        What the figure says.
    ranges
        What is drawn, of at least one state.
    """
    weights = _weights(comparison)
    looks, names = looks_of(case.name for case in comparison.cases), state_names(comparison.cases[0].scenario)
    heads = [names[state] for state in ranges.values]
    panels = set_rows(list(looks), heads, min(MOST_COLUMNS, len(heads)), NUMBERS_MM)
    ink = Look(INK, "-", "o")
    handles = {
        "mean": mark_of(ink, is_filled=True),
        "mean not clearly unlike the base's": mark_of(ink, is_filled=False),
        "10 to 90 % of runs": Line2D([], [], color=INK, linewidth=NARROW),
    }
    page = keyed_page(words, handles, panels.total_mm, KEY_GAP_MM)
    scale = dict(zip(ranges.scale.ticks, ranges.scale.labels, strict=True))
    for i, (state, by_name) in enumerate(ranges.values.items()):
        ax = draw_rows(page, panels, i, scale, bold=0)
        column = ranges.column(state)
        texts = [ranges.base(state), *map(str, told_of(column))]
        filled = [True, *(difference.is_clear for difference in column)]
        for row, (name, own) in enumerate(by_name.items()):
            _draw_range(ax, row, own, weights[name], looks[name], is_filled=filled[row])
            write_number(ax, panels, row, texts[row])
    return page.figure


def _draw_range(ax: Axes, row: int, values: Numbers, weights: Weights | None, look: Look, *, is_filled: bool) -> None:
    """Draw one row."""
    ax.plot(quantiles_of(values, (LOW, HIGH), weights), [row + 0.5] * 2, color=look.colour, linewidth=NARROW, zorder=2)
    mark = mark_of(look, is_filled=is_filled)
    mark.set_data([mean_of(values, weights)], [row + 0.5])
    ax.add_line(mark)
