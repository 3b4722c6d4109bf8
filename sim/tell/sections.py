"""Choose what sums an ensemble up, what reaches the neighbours first, and write it as tables of text."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
import pandas as pd

from sim.core.codes import Level, Outcome
from sim.core.outputs import Topic
from sim.ensemble.estimate.rows import report_days
from sim.ensemble.store.results import Results
from sim.tell.numbers import Estimate, amount, day, percent, percents, points, span, spread
from sim.tell.topics import topic_labels
from sim.world.scenario import Scenario
from sim.world.tables import Tables

LEVELS = {
    Level.CALM: "calm",
    Level.ALERT: "alert",
    Level.INCIDENT: "border incident",
    Level.VIOLENCE: "organised violence",
    Level.CIVIL_WAR: "civil war",
}
ENDS = topic_labels(Topic.REGIME)
PEOPLE = topic_labels(Topic.PEOPLE)
DIVISION = topic_labels(Topic.INFLUENCE)
EXTREMISTS = topic_labels(Topic.EXTREMISTS) | {"extremists_change": "extremist fighters, as a multiple of day 0"}
OUTCOMES = {
    Outcome.IN_POWER: "still in power",
    Outcome.FLIGHT: "its leader fled",
    Outcome.CAPITAL: "the capital fell",
    Outcome.DISINTEGRATION: "its forces fell apart",
    Outcome.COUP: "its own overthrew it",
}
BESIDES = {event: f"besides: {label}" for event, label in topic_labels(Topic.BESIDES).items()}
OVER_RUNS = ("mean", "10–90 % of runs")
Write = Callable[[float, float, float], str]
WriteColumn = Callable[[Sequence[Estimate]], list[str]]
Key: TypeAlias = tuple[str, str, int]
"""A quantity, whom it is of, and by which day."""


@dataclass(frozen=True)
class Section:
    """Hold one table as text."""

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


class Lookup:
    """Find estimates and write them as text.

    Parameters
    ----------
    frame
        The table of estimates.
    horizon_days
        How many days a run lasts.
    """

    def __init__(self, frame: pd.DataFrame, horizon_days: int) -> None:
        keys = zip(frame["quantity"], frame["entity"].fillna(""), frame["day"], strict=True)
        values = zip(frame["estimate"], frame["low"], frame["high"], frame["n"], strict=True)
        self._rows: dict[Key, tuple[float, float, float, int]]
        self._rows = dict(zip(keys, values, strict=True))
        self.days = report_days(horizon_days)
        self.horizon = horizon_days

    @property
    def n_usable(self) -> int:
        """Return how many runs did not fail."""
        failed, _, _, n = self._rows["runs_failed", "", self.horizon]
        return n - int(failed)

    def entities(self, quantity: str) -> list[str]:
        """Return whom a quantity is estimated for."""
        return [entity for name, entity, by_day in self._rows if name == quantity and by_day == self.horizon]

    def number(self, quantity: str, entity: str, by_day: int) -> float:
        """Return an estimate itself."""
        return self._rows[quantity, entity, by_day][0]

    def text(self, write: Write, quantity: str, entity: str, by_day: int) -> str:
        """Return an estimate with its interval."""
        *estimate, n = self._rows[quantity, entity, by_day]
        return write(*estimate) if n else "no runs"

    def column(self, write: WriteColumn, keys: Sequence[Key]) -> list[str]:
        """Return estimates that stand below each other with their intervals."""
        found = [self._rows[key] for key in keys]
        told = iter(write([(estimate, low, high) for estimate, low, high, n in found if n]))
        return [next(told) if n else "no runs" for *_, n in found]

    def events(self, labels: Mapping[tuple[str, str], str]) -> tuple[tuple[str, ...], ...]:
        """Return what is told about events, by name and entity: their probability by each day, and their median day."""
        columns = [
            self.column(percents, [(f"{event}_by_day", entity, by_day) for event, entity in labels])
            for by_day in self.days
        ]
        days = [self.median_day(event, entity) for event, entity in labels]
        return tuple(zip(labels.values(), *columns, days, strict=True))

    def median_day(self, event: str, entity: str = "") -> str:
        """Return the median day of an event with its interval."""
        return day(*self._rows[f"{event}_day_q50", entity, self.horizon])

    def over_runs(self, label: str, write: Write, quantity: str, entity: str = "") -> tuple[str, ...]:
        """Return what is told about an amount: its mean, and the range of the runs but for a tenth at either end."""
        *low, n = self._rows[f"{quantity}_q10", entity, self.horizon]
        *high, _ = self._rows[f"{quantity}_q90", entity, self.horizon]
        mean = self.text(write, f"{quantity}_mean", entity, self.horizon)
        return label, mean, spread((low[0], low[1], low[2]), (high[0], high[1], high[2])) if n else "no runs"

    def shares_over_runs(self, labels: Mapping[str, str], quantity: str) -> Iterator[tuple[str, ...]]:
        """Yield what `over_runs` tells about shares of several entities."""
        means = self.column(percents, [(f"{quantity}_mean", entity, self.horizon) for entity in labels])
        ends = [(f"{quantity}_{kind}", entity, self.horizon) for kind in ("q10", "q90") for entity in labels]
        told = self.column(percents, ends)
        spreads = map(span, told[: len(labels)], told[len(labels) :])
        yield from zip(labels.values(), means, spreads, strict=True)


def sections(results: Results, scenario: Scenario) -> list[Section]:
    """Return the tables that sum an ensemble up; what a world does not have is left out.

    Parameters
    ----------
    results, scenario
        The ensemble and what was run.
    """
    lookup, tables = Lookup(results.estimates, scenario.horizon_days), scenario.tables
    found = [
        _spillover(lookup, tables),
        *_regime(lookup, tables),
        _people(lookup, tables),
        _influence(lookup, tables),
        *([_extremists(lookup)] if scenario.world[0]["is_extremist"].any() else []),
        _ends(lookup),
    ]
    n = lookup.n_usable
    return [replace(section, title=f"{section.title}; n = {n:,} runs") for section in found if section.rows]


def _spillover(lookup: Lookup, tables: Tables) -> Section:
    """Return how far each neighbour is drawn in, those drawn in furthest first."""
    quantities, labels, horizon = (
        [f"level_max_share_{level.value}" for level in LEVELS],
        _labels(tables.states),
        lookup.horizon,
    )

    def mean_level(state: str) -> float:
        return sum(level * lookup.number(quantity, state, horizon) for level, quantity in enumerate(quantities))

    states = sorted(tables.header.neighbours, key=mean_level, reverse=True)
    columns = [lookup.column(points, [(quantity, state, horizon) for state in states]) for quantity in quantities]
    rows = zip((labels[state] for state in states), *columns, strict=True)
    title = f"Spillover: the highest level that each neighbour reaches by day {horizon}, % of runs"
    return Section(title, ("neighbour", *(f"{level.value} {word}" for level, word in LEVELS.items())), tuple(rows))


def _regime(lookup: Lookup, tables: Tables) -> tuple[Section, Section]:
    """Return whether and when the regime and its seats fall."""
    header = (*(f"by day {by_day}" for by_day in lookup.days), "median day")
    labels = _labels(tables.locations)
    events = lookup.events({(event, ""): label for event, label in ENDS.items()})
    seats = lookup.events({("seat_fall", seat): labels[seat] for seat in _by_risk(lookup)})
    return (
        Section("The regime", ("event", *header), events),
        Section("Seats that its side holds on day 0, those most at risk first", ("fall of", *header), seats),
    )


def _by_risk(lookup: Lookup) -> list[str]:
    """Return the seats, those that are lost for most days first: in many runs, or early in them.

    The share of runs that have lost a seat is known by the days that are reported; in between it is taken to grow
    evenly.
    """
    days = [0, *lookup.days]

    def days_lost(seat: str) -> float:
        shares = [0.0, *(lookup.number("seat_fall_by_day", seat, by_day) for by_day in lookup.days)]
        return float(np.trapezoid(shares, days))

    return sorted(lookup.entities("seat_fall_by_day"), key=days_lost, reverse=True)


def _people(lookup: Lookup, tables: Tables) -> Section:
    """Return who fled where, and who was killed."""
    labels = _labels(tables.states)
    rows = (
        lookup.over_runs("refugees since day 0, in all states", amount, "refugees"),
        *(
            lookup.over_runs(f"in {labels[state]}", amount, "refugees", state)
            for state in _most_first(lookup, "refugees")
        ),
        *(lookup.over_runs(label, amount, quantity) for quantity, label in PEOPLE.items()),
    )
    return Section(f"People by day {lookup.horizon}", ("persons", *OVER_RUNS), rows)


def _influence(lookup: Lookup, tables: Tables) -> Section:
    """Return which states have influence in the contested one, and how divided it is."""
    labels = _labels(tables.states)
    rows = (
        *lookup.shares_over_runs({state: labels[state] for state in _most_first(lookup, "influence")}, "influence"),
        *(lookup.over_runs(label, amount, quantity) for quantity, label in DIVISION.items()),
    )
    return Section(f"Influence in the contested state on day {lookup.horizon}", ("state", *OVER_RUNS), rows)


def _most_first(lookup: Lookup, quantity: str) -> list[str]:
    """Return the states that have some of a quantity on average, those with most of it first."""
    means = {
        state: lookup.number(f"{quantity}_mean", state, lookup.horizon) for state in lookup.entities(f"{quantity}_mean")
    }
    return sorted((state for state, mean in means.items() if state and mean > 0), key=lambda state: -means[state])


def _extremists(lookup: Lookup) -> Section:
    """Return what becomes of extremist factions, and how often their prisons break where there are some."""
    rows = tuple(lookup.over_runs(label, amount, quantity) for quantity, label in EXTREMISTS.items())
    if lookup.entities("prison_breaks_mean"):
        share = lookup.text(percent, "prison_break_by_day", "", lookup.horizon)
        breaks = lookup.over_runs("prison breaks", _count, "prison_breaks")
        rows = (*rows, breaks, ("at least one prison break, share of runs", share, ""))
    return Section(f"Extremist factions by day {lookup.horizon}", ("number", *OVER_RUNS), rows)


def _count(number: float, low: float, high: float) -> str:
    """Return a mean number of events with its interval; a number that is certain is whole."""
    return amount(number, low, high) if low < high else f"{number:,.0f}"


def _ends(lookup: Lookup) -> Section:
    """Return how runs end, and what else may come about; only ends exclude each other."""
    horizon = lookup.horizon
    ends = {("outcome_share", outcome.name.lower(), horizon): label for outcome, label in OUTCOMES.items()}
    besides = {(f"{event}_by_day", "", horizon): label for event, label in BESIDES.items()}
    labels = ends | besides
    rows = zip(labels.values(), lookup.column(percents, list(labels)), strict=True)
    return Section(f"How runs end by day {horizon}", ("end", "share"), tuple(rows))


def _labels(table: np.ndarray) -> dict[str, str]:
    """Return how the rows of a table of the world are called, by id."""
    return {key: f"{name} ({key})" for key, name in zip(table["id"], table["name"], strict=True)}
