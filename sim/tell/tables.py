"""Write the numbers behind each figure as a table, from the table of estimates."""

import math
from collections.abc import Hashable
from typing import Any

import pandas as pd

from sim.core.codes import Level
from sim.ensemble.estimate.estimates import curve
from sim.ensemble.estimate.rows import usable
from sim.ensemble.store.results import Results
from sim.tell.numbers import amount, day, percent, percents
from sim.tell.places import place_names, state_names
from sim.tell.sections import (
    BESIDES,
    DIVISION,
    EVENTS,
    EXTREMISTS,
    LEVELS,
    OUTCOMES,
    OVER_RUNS,
    PEOPLE,
    Lookup,
    Section,
)
from sim.world.scenario import Scenario

HAPPENINGS = {**EVENTS, **{event: label.removeprefix("besides: ") for event, label in BESIDES.items()}}
TOLLS = {
    "place_fatalities_civilians": "civilians killed",
    "place_fatalities_combatants": "combatants killed",
    "place_displaced": "displaced in their country",
    "place_refugees": "refugees abroad",
}


def _lookup(results: Results, scenario: Scenario) -> Lookup:
    """Return the estimates of an ensemble."""
    return Lookup(results.estimates, scenario.horizon_days)


def regime(results: Results, scenario: Scenario) -> Section:
    """Return how likely each event of the war is by when."""
    return _events(_lookup(results, scenario))


def ends(results: Results, scenario: Scenario) -> Section:
    """Return how runs end."""
    return _ends(_lookup(results, scenario))


def days_of_loss(results: Results, scenario: Scenario) -> Section:
    """Return the median day on which each seat is lost, and how often it is."""
    return _days_of_loss(_lookup(results, scenario), place_names(scenario))


def levels_by_day(results: Results, scenario: Scenario) -> Section:
    """Return how likely each neighbour is to have reached each level by when."""
    return _levels_by_day(_lookup(results, scenario), state_names(scenario), scenario)


def spillover(results: Results, scenario: Scenario) -> Section:
    """Return the highest level that each neighbour reaches."""
    return _highest_levels(_lookup(results, scenario), state_names(scenario), scenario)


def refugees(results: Results, scenario: Scenario) -> Section:
    """Return how many refugees each state has on the last day."""
    return _refugees(_lookup(results, scenario), state_names(scenario))


def influence(results: Results, scenario: Scenario) -> Section:
    """Return which states have influence in the contested one."""
    return _influence(_lookup(results, scenario), state_names(scenario))


def extremists(results: Results, scenario: Scenario) -> Section:
    """Return what becomes of extremist factions."""
    return _over_runs(_lookup(results, scenario), "Extremist factions", EXTREMISTS)


def people(results: Results, scenario: Scenario) -> Section:
    """Return who is displaced and killed."""
    return _over_runs(_lookup(results, scenario), "People", PEOPLE)


def tolls(results: Results, scenario: Scenario) -> Section:
    """Return what the war costs each place."""
    return _tolls(_lookup(results, scenario), place_names(scenario))


def all_estimates(results: Results, scenario: Scenario) -> Section:
    """Return the whole table of estimates.

    Parameters
    ----------
    results, scenario
        The ensemble.
    """
    names = {**place_names(scenario), **state_names(scenario)}
    rows = tuple(_estimate(row, names) for row in results.estimates.to_dict("records"))
    header = ("quantity", "of", "by day", "estimate", "runs", "interval", "unit")
    return Section("All estimates", header, rows)


def day_by_day(results: Results, scenario: Scenario) -> Section:
    """Return the share of runs in which the main events have happened by each day.

    Parameters
    ----------
    results, scenario
        An ensemble with at least one usable run.
    """
    runs, horizon = usable(results.runs), scenario.horizon_days
    curves = [_curve_texts(runs[f"{event}_day"], horizon) for event in EVENTS]
    rows = tuple((str(by_day), *cells) for by_day, cells in enumerate(zip(*curves, strict=True)))
    return Section("Day by day: share of runs in which it has happened", ("by day", *EVENTS.values()), rows)


def seats(results: Results, scenario: Scenario) -> Section:
    """Return how likely the loss of each seat that the regime's side holds on day 0 is by when.

    Parameters
    ----------
    results, scenario
        An ensemble with at least one usable run.
    """
    lookup, places = Lookup(results.estimates, scenario.horizon_days), place_names(scenario)
    rows = lookup.events({("seat_fall", seat): places[seat] for seat in lookup.entities("seat_fall_by_day")})
    header = ("seat", *_by_days(lookup), "median day")
    return Section("Loss of each seat that the regime's side holds on day 0", header, rows)


def _events(lookup: Lookup) -> Section:
    """Return how likely each event of the war is by when."""
    header = ("event", *_by_days(lookup), "median day")
    return Section("What happens by when", header, lookup.events({(e, ""): label for e, label in HAPPENINGS.items()}))


def _ends(lookup: Lookup) -> Section:
    """Return how runs end."""
    keys = [("outcome_share", outcome.name.lower(), lookup.horizon) for outcome in OUTCOMES]
    rows = zip(OUTCOMES.values(), lookup.column(percents, keys), strict=True)
    return Section("How runs end", ("end", "share of runs"), tuple(rows))


def _days_of_loss(lookup: Lookup, places: dict[str, str]) -> Section:
    """Return the median day on which each seat is lost, and how often it is."""
    seats = lookup.entities("seat_fall_by_day")
    shares = lookup.column(percents, [("seat_fall_by_day", seat, lookup.horizon) for seat in seats])
    rows = (
        (
            places[seat],
            lookup.text(_day, "seat_fall_day_given_fall_q50", seat, lookup.horizon),
            lookup.text(_day, "seat_fall_day_q50", seat, lookup.horizon),
            share,
        )
        for seat, share in zip(seats, shares, strict=True)
    )
    header = ("seat", "median day where it is lost", "median day of all runs", f"lost by day {lookup.horizon}")
    return Section("Day of the loss of each seat", header, tuple(rows))


def _levels_by_day(lookup: Lookup, states: dict[str, str], scenario: Scenario) -> Section:
    """Return how likely each neighbour is to have reached each level by when."""
    reached = [(state, level) for state in scenario.tables.header.neighbours for level in list(Level)[1:]]
    labels = (f"{states[state]}: {level.value} {LEVELS[level]}" for state, level in reached)
    columns = (
        lookup.column(percents, [(f"level_{level.value}_by_day", state, by_day) for state, level in reached])
        for by_day in lookup.days
    )
    rows = zip(labels, *columns, strict=True)
    return Section("Each level, or a higher one, by neighbour", ("neighbour and level", *_by_days(lookup)), tuple(rows))


def _highest_levels(lookup: Lookup, states: dict[str, str], scenario: Scenario) -> Section:
    """Return the highest level that each neighbour reaches."""
    neighbours = scenario.tables.header.neighbours
    columns = (
        lookup.column(percents, [(f"level_max_share_{level.value}", state, lookup.horizon) for state in neighbours])
        for level in Level
    )
    rows = zip((states[state] for state in neighbours), *columns, strict=True)
    header = ("neighbour", *(f"{level.value} {word}" for level, word in LEVELS.items()))
    return Section(f"Highest level by day {lookup.horizon}", header, tuple(rows))


def _refugees(lookup: Lookup, states: dict[str, str]) -> Section:
    """Return how many refugees each state has on the last day, and how many have gone home from there."""
    some = _with_some(lookup, "refugees")
    rows = (
        lookup.over_runs("in all states", amount, "refugees"),
        *(lookup.over_runs(f"in {states[state]}", amount, "refugees", state) for state in some),
        *(lookup.over_runs(f"gone home from {states[state]}", amount, "returned", state) for state in some),
    )
    return Section(f"Refugees since day 0, persons on day {lookup.horizon}", ("refugees", *OVER_RUNS), rows)


def _influence(lookup: Lookup, states: dict[str, str]) -> Section:
    """Return which states have influence in the contested one, and how divided it is."""
    rows = (
        *lookup.shares_over_runs({state: states[state] for state in _with_some(lookup, "influence")}, "influence"),
        *(lookup.over_runs(label, amount, quantity) for quantity, label in DIVISION.items()),
    )
    return Section(f"Influence on day {lookup.horizon}", ("state", *OVER_RUNS), rows)


def _tolls(lookup: Lookup, places: dict[str, str]) -> Section:
    """Return what the war costs each place."""
    rows = (
        (places[place], *(lookup.text(amount, f"{toll}_mean", place, lookup.horizon) for toll in TOLLS))
        for place in lookup.entities("place_displaced_mean")
    )
    header = ("place", *(f"{label}, mean" for label in TOLLS.values()))
    return Section(f"What the war costs each place by day {lookup.horizon}, persons", header, tuple(rows))


def _over_runs(lookup: Lookup, title: str, labels: dict[str, str]) -> Section:
    """Return amounts of the war as a whole."""
    rows = tuple(lookup.over_runs(label, amount, quantity) for quantity, label in labels.items())
    return Section(f"{title} by day {lookup.horizon}", ("number", *OVER_RUNS), rows)


def _by_days(lookup: Lookup) -> tuple[str, ...]:
    """Return the headings of the days that are reported."""
    return tuple(f"by day {by_day}" for by_day in lookup.days)


def _with_some(lookup: Lookup, quantity: str) -> list[str]:
    """Return the states that have some of a quantity on average."""
    states = [state for state in lookup.entities(f"{quantity}_mean") if state]
    return [state for state in states if lookup.number(f"{quantity}_mean", state, lookup.horizon) > 0.0]


def _curve_texts(days: pd.Series, horizon: int) -> list[str]:
    """Return a curve as text, day by day."""
    found = curve(days, horizon)
    return percents(list(zip(found["probability"], found["low"], found["high"], strict=True)))


def _estimate(row: dict[Hashable, Any], names: dict[str, str]) -> tuple[str, ...]:
    """Return one row of the estimates as text."""
    numbers = (float(row["estimate"]), float(row["low"]), float(row["high"]))
    text = day(*numbers, row["n"]) if row["unit"] == "day" else _number(row["unit"], numbers)
    entity = "" if pd.isna(row["entity"]) else str(row["entity"])
    of, unit = names.get(entity, entity), "" if row["unit"] == "probability" else row["unit"]
    return row["quantity"], of, str(row["day"]), text, f"{row['n']:,}", row["kind_of_interval"], unit


def _day(estimate: float, low: float, high: float) -> str:
    """Return a day with its interval, of at least one run."""
    return day(estimate, low, high, 1)


def _number(unit: str, numbers: tuple[float, float, float]) -> str:
    """Return a share or an amount with its interval."""
    if math.isnan(numbers[0]):
        return "no runs"
    return percent(*numbers) if unit in ("probability", "share") else amount(*numbers)
