"""Draw who gains and who loses influence: shares by state over time, and below how concentrated and divided it is."""

from typing import TypeAlias

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.ensemble.estimate.knowledge import Knowledge, knowledge_of_results
from sim.ensemble.estimate.rows import usable
from sim.ensemble.estimate.weights import Weights, mean_of, means_of, quantiles_of
from sim.ensemble.store.results import Results
from sim.ensemble.store.schema import state_column
from sim.show.kit.days import label_days
from sim.show.kit.page import Page, new_page
from sim.show.kit.panels import SCALE_MM, Panels, Scale, draw_panel, scale_to, scale_up
from sim.show.kit.series import (
    FAN,
    FEWEST_IN_A_FAN,
    LEADER_MM,
    Leader,
    Numbers,
    by_day,
    highest_drawn,
    label_ends,
    to_horizon,
    traced,
    weights_traced,
)
from sim.show.kit.theme import BLUE, GREEN, ORANGE, PURPLE, SKY, SMALL_PT, SOFT_INK, VERMILLION
from sim.show.kit.turns import draw_turns, turns_note
from sim.show.kit.typeset import shorten, text_width
from sim.show.kit.wording import count, listed, number_words, words
from sim.tell.estimate import Estimate, Kind
from sim.tell.lookup import mean
from sim.tell.numbers import to_figures, whole_percent
from sim.tell.places import state_names
from sim.world.scenario import Scenario

SHARES_MM, DAYS_MM, LABELS_MM, HEAD_MM = 62.0, 11.0, 58.0, 2.0
PANEL_MM = 20.0
TICK_MM = 20.0
COLOURS = (VERMILLION, BLUE, ORANGE, GREEN, SKY, PURPLE)
STYLES = ("-", "--", "-.", ":", "-", "--")  # told apart in grey together with their labels
Pair: TypeAlias = tuple[Weights | None, Knowledge]
"""Weights of the runs that left a day series, and what is known of all."""

TOPS = ((0.2, 0.05), (0.4, 0.1), (0.6, 0.1), (0.8, 0.2), (1.0, 0.2))  # ends of the scale of shares, with its steps


def draw_influence(results: Results, scenario: Scenario) -> Figure:
    """Return the figure of influence."""
    shares, ends = influence_by_day(results, scenario), _ends(results, scenario)
    weights, known = weights_traced(results, scenario), knowledge_of_results(results, scenario)
    shown = _most_influential(shares, weights)
    panels = Panels(2, 2, PANEL_MM, own_scales=True)
    below = HEAD_MM + SHARES_MM + DAYS_MM + 2.0
    names = state_names(scenario)
    what = (
        f"Shares of influence in the contested state, the rest is local, no state's; lines: means, with "
        f"{_spread(shares)}"
    )
    note = (
        f"{traced(results)}; at the right: the last day of {_all_runs(ends)}, means with {number_words(scenario)}"
        f"{_left_out(ends, shown, names, known.weights)}{turns_note(scenario)}"
    )
    title = _title(shares, ends, names, (weights, known))
    page = new_page(words(results, scenario, title, what, note), below + panels.total_mm)
    ax = _axes(page, scenario, shares, weights)
    for state, colour, style in zip(shown, COLOURS, STYLES, strict=False):
        _draw_mean(ax, shares[state], weights, colour, style)
    _label_ends(ax, {state: shares[state] for state in shown}, ends, names, (weights, known))
    _draw_below(page.below(below), panels, results, scenario)
    return page.figure


def influence_by_day(results: Results, scenario: Scenario) -> dict[str, Numbers]:
    """Return the influence of each state by (run, day)."""
    return {str(s): by_day(results, state_column("influence", str(s))) for s in scenario.tables.states["id"]}


def _ends(results: Results, scenario: Scenario) -> dict[str, Numbers]:
    """Return the influence of each state at the end of every run that counts, traced or not."""
    runs = usable(results.runs)
    return {str(s): runs[state_column("influence", str(s))].to_numpy(np.float64) for s in scenario.tables.states["id"]}


def _most_influential(shares: dict[str, Numbers], weights: Weights | None) -> list[str]:
    """Return the states that get a line: those with the highest mean on any day, as many as there are colours."""
    peak = {state: float(means_of(values, weights).max()) for state, values in shares.items()}
    return sorted((state for state in peak if peak[state] > 0.0), key=lambda state: -peak[state])[: len(COLOURS)]


def _title(shares: dict[str, Numbers], ends: dict[str, Numbers], names: dict[str, str], weights: Pair) -> str:
    """Return the finding: who is ahead at the end, and who was at the start."""
    starts = {state: mean_of(values[:, 0], weights[0]) for state, values in shares.items()}
    first = max(starts, key=lambda state: starts[state])
    last = max(ends, key=lambda state: mean_of(ends[state], weights[1].weights))
    end, start = _end(ends[last], weights[1]).tight, whole_percent(starts[first])
    if first == last:
        return f"{names[last]} stays ahead: {start} of influence on day 0, {end} at the end"
    left = _end(ends[first], weights[1]).tight
    return f"{names[last]} ends with {end} of influence; {names[first]} goes from {start} to {left}"


def _end(values: Numbers, known: Knowledge) -> Estimate:
    """Return the mean of a share at the end with both its intervals."""
    return mean(values, Kind.SHARE, known.weights, known)


def _axes(page: Page, scenario: Scenario, shares: dict[str, Numbers], weights: Weights | None) -> Axes:
    """Return axes in days and percent."""
    width = page.width - SCALE_MM - LABELS_MM
    ax = page.axes(SCALE_MM, HEAD_MM, width, SHARES_MM)
    label_days(ax, scenario.tables.header.day0, scenario.horizon_days, int(width / TICK_MM))
    draw_turns(ax, scenario)
    highest = max(highest_drawn(values, weights) for values in shares.values())
    top, step = next(pair for pair in TOPS if highest <= pair[0] + 1e-9)
    ticks = np.arange(0.0, top + step / 2, step).tolist()
    scale_up(ax, Scale(ticks, [whole_percent(tick) for tick in ticks]))
    return ax


def _draw_mean(ax: Axes, values: Numbers, weights: Weights | None, colour: str, style: str = "-") -> None:
    """Draw the mean of runs with its band."""
    drawn = to_horizon(values)
    days = np.arange(drawn.shape[1])
    low, high, opacity = FAN[0]
    if len(values) < FEWEST_IN_A_FAN:
        ax.plot(days, drawn.T, color=colour, linewidth=0.5, alpha=0.5)
    else:
        band = quantiles_of(drawn, (low, high), weights)
        ax.fill_between(days, *band, color=colour, alpha=0.7 * opacity, linewidth=0)
    ax.plot(days, means_of(drawn, weights), color=colour, linestyle=style, linewidth=1.6)


def _spread(shares: dict[str, Numbers]) -> str:
    """Return what is drawn around a mean."""
    return "single runs" if len(next(iter(shares.values()))) < FEWEST_IN_A_FAN else "the middle 80 % of runs"


def _all_runs(ends: dict[str, Numbers]) -> str:
    """Return how many runs ends are of."""
    n = len(next(iter(ends.values())))
    return f"all {count(n, 'run')}" if n > 1 else "that run"


def _left_out(ends: dict[str, Numbers], shown: list[str], names: dict[str, str], weights: Weights | None) -> str:
    """Return which states with influence have no line."""
    others = [state for state, values in ends.items() if state not in shown and values.any()]
    rest = sum(mean_of(ends[state], weights) for state in others)
    if not others:
        return ""
    return f"; {listed([names[state] for state in others])} without a line, {to_figures(100 * rest, 1):g} % at the end"


def _label_ends(
    ax: Axes, shares: dict[str, Numbers], ends: dict[str, Numbers], names: dict[str, str], weights: Pair
) -> None:
    """Write at the end of each line whose it is and how high all runs end, clear of the others."""
    last_day = next(iter(shares.values())).shape[1]
    heights = {state: mean_of(values[:, -1], weights[0]) for state, values in shares.items()}
    colours, upwards, labels = dict(zip(shares, COLOURS, strict=False)), sorted(heights, key=heights.__getitem__), []
    for state in upwards:
        number = _end(ends[state], weights[1])
        room = LABELS_MM - LEADER_MM - 2.0 - text_width(f" {number}", size=SMALL_PT)
        labels.append(f"{shorten(names[state], room, size=SMALL_PT)} {number}")
    points = [(last_day, heights[state]) for state in upwards]
    label_ends(ax, points, labels, [Leader(colours[state]) for state in upwards])


def _draw_below(page: Page, panels: Panels, results: Results, scenario: Scenario) -> None:
    """Draw how concentrated influence is, and between how many factions control is divided."""
    days = (scenario, scenario.horizon_days)
    weights = weights_traced(results, scenario)
    concentration, factions = by_day(results, "hhi"), by_day(results, "effective_factions")
    head = ("Concentration among states, 1: all is one's", "")
    _draw_mean(draw_panel(page, panels, 0, scale_to(1.0), head, days), concentration, weights, SOFT_INK)
    head = ("Effective number of factions in control", "")
    scale = scale_to(highest_drawn(factions, weights))
    _draw_mean(draw_panel(page, panels, 1, scale, head, days), factions, weights, SOFT_INK)
