"""Draw where refugees arrive, by destination and day, with those of them who have gone home."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from sim.ensemble.estimate.knowledge import knowledge_of_results
from sim.ensemble.estimate.rows import usable
from sim.ensemble.estimate.weights import mean_of, quantiles_of, weights_of
from sim.ensemble.store.results import Results
from sim.ensemble.store.schema import state_column
from sim.show.kit.key import Handles, keyed_page
from sim.show.kit.observed import ObservedAmount, observed_arrivals
from sim.show.kit.panels import draw_panel, people_scale, set_panels
from sim.show.kit.series import (
    LIFT,
    SO_FAR,
    Numbers,
    by_day,
    draw_fan,
    draw_observed,
    fan_handles,
    highest_drawn,
    is_outside,
    misses,
    observed_mark,
    to_horizon,
    traced,
    weights_traced,
)
from sim.show.kit.theme import BLUE, INK
from sim.show.kit.turns import turns_note
from sim.show.kit.wording import number_words, words
from sim.tell.lookup import median
from sim.tell.places import state_names
from sim.world.scenario import Scenario

PANEL_MM = 34.0
HOME: dict[str, Any] = {"color": INK, "linewidth": 0.9, "linestyle": "--"}


def draw_refugees_by_destination(results: Results, scenario: Scenario) -> Figure:
    """Return the figure of refugees by destination."""
    names = state_names(scenario)
    people, weights = destinations(results, scenario), weights_traced(results, scenario)
    seen_there = observed_arrivals(scenario)
    history = {state: seen_there.get(state, []) for state in people}
    gone = {state: by_day(results, state_column("returned_new", state)) for state in people}
    drawn = [highest_drawn(values, weights) for values in people.values()]
    seen = [amount.high for amounts in history.values() for amount in amounts]
    scale, unit = people_scale(LIFT * max([*drawn, *seen]))
    panels = set_panels(len(people), PANEL_MM)
    shown = f"Refugees who arrived since day 0, {unit}, those who went home included; states without any left out"
    lines = f"upright lines: ranges of reports{turns_note(scenario)}"
    note = f"{traced(results)}; brackets, of the median of all runs: {number_words(scenario)}; {lines}"
    page = keyed_page(
        words(
            results,
            scenario,
            _title(results, scenario, list(people)) + misses(_outside(results, scenario, history)),
            shown,
            note,
        ),
        _key(len(next(iter(people.values()))), history),
        panels.total_mm,
    )
    for i, (state, values) in enumerate(people.items()):
        ax = draw_panel(page, panels, i, scale, (names[state], ""), (scenario, scenario.horizon_days))
        draw_fan(ax, values, BLUE, weights)
        ax.plot(*quantiles_of(to_horizon(gone[state]), (0.5,), weights), **HOME)
        draw_observed(ax, history[state], SO_FAR)
    return page.figure


def destinations(results: Results, scenario: Scenario) -> dict[str, Numbers]:
    """Return who arrived in each state by (run, day), neighbours first, states without any left out."""
    neighbours = list(scenario.tables.header.neighbours)
    others = [str(state) for state in scenario.tables.states["id"] if state not in neighbours]
    people = {s: by_day(results, state_column("arrived", s)) for s in [*neighbours, *others]}
    return {state: values for state, values in people.items() if values.any()}


def _outside(results: Results, scenario: Scenario, history: dict[str, list[ObservedAmount]]) -> list[bool]:
    """Return of each mark whether it lies outside the arrivals of the runs."""
    runs = usable(results.runs)
    weights = weights_of(runs, scenario)
    arrived = {state: runs[state_column("arrived", state)].to_numpy(np.float64) for state in history}
    return [is_outside(mark.amount, arrived[state], weights) for state, marks in history.items() for mark in marks]


def _key(n_runs: int, history: dict[str, list[ObservedAmount]]) -> Handles:
    """Return the marks of the figure."""
    seen = {"what happened": observed_mark([], [], SO_FAR)} if any(history.values()) else {}
    return {**fan_handles(n_runs, BLUE), "gone home, median": Line2D([], [], **HOME), **seen}


def _title(results: Results, scenario: Scenario, states: Sequence[str]) -> str:
    """Return the finding: in which state most arrive, and how many."""
    runs, known = usable(results.runs), knowledge_of_results(results, scenario)
    there = {state: runs[state_column("arrived", state)].to_numpy(np.float64) for state in states}
    medians = {state: median(values, weights=known.weights, known=known) for state, values in there.items()}
    most = max(states, key=lambda state: (medians[state].point, mean_of(there[state], known.weights)))
    arrived = medians[most]
    many = f": {arrived.tight} in the median run" if arrived.point else ", but in half of the runs or more nobody does"
    return f"Most refugees arrive in {state_names(scenario)[most]}{many}"
