"""Draw where refugees are: people who came since day 0 and are still there, by destination and day."""

import numpy as np
from matplotlib.figure import Figure

from sim.ensemble.estimate.rows import usable
from sim.ensemble.store.results import Results
from sim.ensemble.store.schema import state_column
from sim.show.kit.key import Handles, keyed_page
from sim.show.kit.observed import ObservedAmount, observed_at_horizon
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
    traced,
)
from sim.show.kit.theme import BLUE
from sim.show.kit.wording import median_of, words
from sim.tell.places import state_names
from sim.world.scenario import Scenario

PANEL_MM = 34.0


def draw_refugees_by_destination(results: Results, scenario: Scenario) -> Figure:
    """Return the figure of refugees by destination."""
    names, header = state_names(scenario), scenario.tables.header
    people = destinations(results, scenario)
    history = {state: observed_at_horizon(scenario, f"refugees/{state}") for state in people}
    drawn = [highest_drawn(values) for values in people.values()]
    seen = [amount.high for amounts in history.values() for amount in amounts]
    scale, unit = people_scale(LIFT * max([*drawn, *seen]))
    panels = set_panels(len(people), PANEL_MM)
    shown = f"Refugees who came since day 0 and are there that day, {unit}; states without any left out"
    note = (
        f"{traced(results)}; bracket: 95 % order-statistic interval; upright lines: ranges of reports; "
        "in the title history is held against all who came, not those still there"
    )
    page = keyed_page(
        words(results, scenario, _title(people, names) + misses(_outside(results, history)), shown, note),
        _key(len(next(iter(people.values()))), history),
        panels.total_mm,
    )
    for i, (state, values) in enumerate(people.items()):
        ax = draw_panel(page, panels, i, scale, (names[state], ""), (header.day0, scenario.horizon_days))
        draw_fan(ax, values, BLUE)
        draw_observed(ax, history[state], SO_FAR)
    return page.figure


def destinations(results: Results, scenario: Scenario) -> dict[str, Numbers]:
    """Return the refugees in each state by (run, day), neighbours first, states without any left out."""
    neighbours = list(scenario.tables.header.neighbours)
    others = [str(state) for state in scenario.tables.states["id"] if state not in neighbours]
    people = {s: by_day(results.daily, state_column("refugees", s)) for s in [*neighbours, *others]}
    return {state: values for state, values in people.items() if values.any()}


def _outside(results: Results, history: dict[str, list[ObservedAmount]]) -> list[bool]:
    """Return of each mark whether it lies outside the arrivals of the runs."""
    runs = usable(results.runs)
    arrived = {state: runs[state_column("arrived", state)].to_numpy(np.float64) for state in history}
    return [is_outside(mark.amount, arrived[state]) for state, marks in history.items() for mark in marks]


def _key(n_runs: int, history: dict[str, list[ObservedAmount]]) -> Handles:
    """Return the marks of the figure."""
    seen = {"what happened: all who came": observed_mark([], [], SO_FAR)} if any(history.values()) else {}
    return {**fan_handles(n_runs, BLUE), **seen}


def _title(people: dict[str, Numbers], names: dict[str, str]) -> str:
    """Return the finding: which state has how many when they are most."""
    usual = {state: np.median(values, axis=0) for state, values in people.items()}
    most = max(usual, key=lambda state: float(usual[state].max()))
    day = int(usual[most].argmax())
    there = median_of(people[most][:, day])
    return f"Most refugees are in {names[most]}: at their peak, on day {day}, {there} in the median run"
