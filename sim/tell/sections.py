"""Build the tables of an ensemble, each from its results and what was run; None where a world has nothing to tell.

A table is built here once, whoever shows it: `summary_sections` names those that sum an ensemble up, what reaches the
neighbours first; a report shows them beside the figures whose numbers they hold, with further ones.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import pandas as pd

from sim.core.codes import Channel, Level
from sim.core.outputs import Topic, Use, fields_of
from sim.core.record import TollRow
from sim.ensemble.estimate.estimates import curve
from sim.ensemble.estimate.knowledge import Knowledge, knowledge_of_results
from sim.ensemble.estimate.rows import columns_of_runs, usable
from sim.ensemble.store.results import Results
from sim.ensemble.store.schema import state_column
from sim.tell.estimate import Estimate, Kind, alike
from sim.tell.labels import CHANNELS, ENDS, EVENTS, LEVELS, MAIN_EVENTS
from sim.tell.lookup import Lookup, mean
from sim.tell.places import full_names, place_names, state_names
from sim.tell.section import Cell, Column, Section
from sim.tell.topics import topic_labels
from sim.world.scenario import Scenario

SOON = 30  # days
OVER_RUNS = ("mean", "10–90 % of runs")
GONE_HOME = {
    "returned_new": "of them gone home, mean",
    "returned_old": "of earlier refugees gone home, mean",
    "workers_left": "foreign workers gone home, mean",
}
REACHED = {"alert": "an alert", "death": "a death", "many_deaths": "more than 25 deaths"}
CAUSED = {"incidents": "armed incidents", "fatalities": "killed there"}
PEOPLE = topic_labels(Topic.PEOPLE)
EXTREMISTS = topic_labels(Topic.EXTREMISTS) | {"extremists_change": "extremist fighters, as a multiple of day 0"}
TOLLS = {
    f"place_{field.name}": field.output.label for field in fields_of(TollRow) if field.output.use is not Use.STORED
}


def headline(results: Results, scenario: Scenario) -> Section | None:
    """Return a few numbers with both intervals, that of knowledge first; nothing where all runs count alike."""
    lookup = Lookup(results, scenario)
    if scenario.tilt is None or not lookup.n_usable:
        return None
    days = dict.fromkeys((min(SOON, lookup.horizon), lookup.horizon))
    told = {f"{EVENTS['collapse']} by day {day}": ("collapse_by_day", day) for day in days}
    told |= {f"{label}, persons": (f"{quantity}_mean", lookup.horizon) for quantity, label in PEOPLE.items()}
    if scenario.tables.header.neighbours:
        told["refugees abroad, persons"] = ("refugees_mean", lookup.horizon)
    found = {words: lookup.find(quantity, by_day=day) for words, (quantity, day) in told.items()}
    sampled = [estimate.of_sampling for estimate in found.values()]
    sampled[: len(days)] = alike(sampled[: len(days)])
    return _section(
        lookup,
        f"What is told, and how well it is known, by day {lookup.horizon}",
        Column("what", list(found)),
        Column("with 90 % of knowledge", list(found.values())),
        Column("with 95 % of sampling", sampled),
    )


def spillover(results: Results, scenario: Scenario) -> Section | None:
    """Return what reaches each neighbour: alerts, incidents, the dead; those drawn in furthest first."""
    lookup, labels = Lookup(results, scenario), full_names(scenario.tables.states)
    states = _drawn_in(lookup, scenario)
    columns = [
        Column(f"{words}, %", [replace(s, kind=Kind.POINTS) for s in lookup.column(f"{event}_by_day", states)])
        for event, words in REACHED.items()
    ]
    title = f"Spillover: what reaches each neighbour by day {lookup.horizon}"
    killed = (
        Column("killed there, median", [lookup.find("fatalities_q50", state) for state in states]),
        Column("killed there, 10–90 % of runs", lookup.ranges("fatalities", states)),
    )
    return _section(lookup, title, Column("neighbour", [labels[state] for state in states]), *columns, *killed)


def causes(results: Results, scenario: Scenario) -> Section | None:
    """Return how much of what reaches each neighbour the war has caused, and how much was coming anyway."""
    lookup, labels = Lookup(results, scenario), full_names(scenario.tables.states)
    rows, known = list[tuple[Cell, ...]](), knowledge_of_results(results, scenario)
    for state in _drawn_in(lookup, scenario) if len(columns_of_runs(results, ())) else ():
        for quantity, words in CAUSED.items():
            names = [state_column(name, state) for name in (quantity, f"{quantity}_caused")]
            runs = columns_of_runs(results, names)
            both, caused = (runs[name].to_numpy(np.float64) for name in names)
            means = (mean(part, weights=known.weights, known=known) for part in (caused, both - caused, both))
            rows.append((labels[state], words, *means))
    title = f"Caused by the war, or there anyway, by day {lookup.horizon}; means of runs"
    return _of_rows(lookup, title, ("neighbour", "what", "caused by the war", "there anyway", "both"), rows)


def carried(results: Results, scenario: Scenario) -> Section | None:
    """Return which channels carry the incidents that the war causes, by neighbour."""
    lookup, names = Lookup(results, scenario), state_names(scenario)
    states = _drawn_in(lookup, scenario) if len(columns_of_runs(results, ())) else []
    carried_by, known = dict[str, Estimate](), knowledge_of_results(results, scenario)
    for state in states:
        own = [state_column("incidents_caused", state), *(by_channel(state, channel) for channel in CHANNELS)]
        runs = columns_of_runs(results, own)
        numbers = {name: runs[name].to_numpy(np.float64) for name in own}
        carried_by |= {name: mean(each, weights=known.weights, known=known) for name, each in numbers.items()}
    columns = [
        Column(words, alike([carried_by[by_channel(state, channel)] for state in states]))
        for channel, words in CHANNELS.items()
    ]
    whole = alike([carried_by[state_column("incidents_caused", state)] for state in states])
    title = f"What carries it: incidents that the war causes by day {lookup.horizon}, means of runs"
    return _section(
        lookup, title, Column("neighbour", [names[state] for state in states]), *columns, Column("all", whole)
    )


def by_channel(state: str, channel: Channel) -> str:
    """Return the column of a neighbour's incidents that a channel has carried."""
    return state_column("incidents_by", state, channel.name.lower())


def _drawn_in(lookup: Lookup, scenario: Scenario) -> list[str]:
    """Return the neighbours, those that are drawn in furthest first."""

    def mean_level(state: str) -> float:
        return sum(level.value * lookup.find(_highest(level), state).point for level in LEVELS)

    return sorted(scenario.tables.header.neighbours, key=mean_level, reverse=True)


def highest_levels(results: Results, scenario: Scenario) -> Section | None:
    """Return how far each neighbour is drawn in, those drawn in furthest first."""
    lookup, labels = Lookup(results, scenario), full_names(scenario.tables.states)
    states = _drawn_in(lookup, scenario)
    columns = [
        Column(f"{level.value} {word}", [replace(s, kind=Kind.POINTS) for s in lookup.column(_highest(level), states)])
        for level, word in LEVELS.items()
    ]
    title = f"The highest level that each neighbour reaches by day {lookup.horizon}, % of runs"
    return _section(lookup, title, Column("neighbour", [labels[state] for state in states]), *columns)


def regime(results: Results, scenario: Scenario) -> Section | None:
    """Return whether and when the regime ends, and its war."""
    lookup = Lookup(results, scenario)
    keys = [(event, "") for event in EVENTS]
    title = "The regime and its war: what happens by when"
    return _section(lookup, title, Column("event", list(EVENTS.values())), *_by_when(lookup, keys))


def seats(results: Results, scenario: Scenario) -> Section | None:
    """Return when the regime's side loses its seats, those that are lost for most days first."""
    lookup, labels = Lookup(results, scenario), full_names(scenario.tables.locations)
    found = _by_risk(lookup)
    keys = [("seat_fall", seat) for seat in found]
    title = "Seats that the regime's side holds on day 0, those most at risk first"
    return _section(lookup, title, Column("fall of", [labels[seat] for seat in found]), *_by_when(lookup, keys))


def refugees(results: Results, scenario: Scenario) -> Section | None:
    """Return who arrived where, and who has gone home: of these, of those who fled before, of foreign workers."""
    lookup, labels = Lookup(results, scenario), full_names(scenario.tables.states)
    kinds = {kind: label for kind, label in GONE_HOME.items() if lookup.most_first(kind)}
    heads = OVER_RUNS[:1] if scenario.tilt else OVER_RUNS  # beside what one war brings, the range of runs has no room
    states = [state for kind in ("arrived", *kinds) for state in lookup.most_first(kind)]
    rows: list[tuple[Cell, ...]] = [("in all states", *lookup.over_runs("arrived")[: len(heads)], *[""] * len(kinds))]
    for state in dict.fromkeys(states):
        gone_home = [lookup.find(f"{kind}_mean", state) for kind in kinds]
        rows.append((f"in {labels[state]}", *lookup.over_runs("arrived", state)[: len(heads)], *gone_home))
    title = f"Refugees who arrived since day 0, persons by day {lookup.horizon}"
    return _of_rows(lookup, title, ("arrived", *heads, *kinds.values()), rows)


def people(results: Results, scenario: Scenario) -> Section | None:
    """Return who was displaced in the contested state, and who was killed."""
    lookup = Lookup(results, scenario)
    rows = [(label, *lookup.over_runs(quantity)) for quantity, label in PEOPLE.items()]
    return _of_rows(lookup, f"People by day {lookup.horizon}", ("persons", *OVER_RUNS), rows)


def influence(results: Results, scenario: Scenario) -> Section | None:
    """Return which states have influence in the contested one: their order, and its shares."""
    lookup, labels = Lookup(results, scenario), full_names(scenario.tables.states)
    states = lookup.most_first("influence")
    shares = zip(lookup.column("influence_mean", states), lookup.ranges("influence", states), strict=True)
    rows = [(rank, labels[state], *told) for rank, (state, told) in enumerate(zip(states, shares, strict=True), 1)]
    title = f"Influence in the contested state on day {lookup.horizon}, a reading of ties"
    return _of_rows(lookup, title, ("rank", "state", *OVER_RUNS), rows)


def extremists(results: Results, scenario: Scenario) -> Section | None:
    """Return what becomes of extremist factions, and how often their prisons break where there are some."""
    if not scenario.world[0]["is_extremist"].any():
        return None
    lookup = Lookup(results, scenario)
    rows: list[tuple[Cell, ...]] = [(label, *lookup.over_runs(quantity)) for quantity, label in EXTREMISTS.items()]
    if lookup.entities("prison_breaks_mean"):
        rows.append(("prison breaks", *lookup.over_runs("prison_breaks")))
        rows.append(("at least one prison break, share of runs", lookup.find("prison_break_by_day"), ""))
    return _of_rows(lookup, f"Extremist factions by day {lookup.horizon}", ("number", *OVER_RUNS), rows)


def ends(results: Results, scenario: Scenario) -> Section | None:
    """Return how runs end, for the regime."""
    lookup = Lookup(results, scenario)
    shares = lookup.column("outcome_share", [outcome.name.lower() for outcome in ENDS])
    title = f"How runs end by day {lookup.horizon}"
    return _section(lookup, title, Column("end of the regime", list(ENDS.values())), Column("share", shares))


def days_of_loss(results: Results, scenario: Scenario) -> Section | None:
    """Return the median day on which each seat is lost where it is, and how often it is."""
    lookup, labels = Lookup(results, scenario), full_names(scenario.tables.locations)
    found = _by_risk(lookup)
    return _section(
        lookup,
        "Day of the loss of each seat",
        Column("seat", [labels[seat] for seat in found]),
        Column("median day where it is lost", [lookup.find("seat_fall_day_given_fall_q50", seat) for seat in found]),
        Column("median day of all runs", [lookup.find("seat_fall_day_q50", seat) for seat in found]),
        Column(f"lost by day {lookup.horizon}", lookup.column("seat_fall_by_day", found)),
    )


def levels_by_day(results: Results, scenario: Scenario) -> Section | None:
    """Return how likely each neighbour is to have reached each level by when."""
    lookup, names = Lookup(results, scenario), state_names(scenario)
    reached = [(state, level) for state in scenario.tables.header.neighbours for level in list(Level)[1:]]
    labels = [f"{names[state]}: {level.value} {LEVELS[level]}" for state, level in reached]
    columns = _by_days(lookup, [(f"level_{level.value}_by_day", state) for state, level in reached])
    title = "Each level, or a higher one, by neighbour"
    return _section(lookup, title, Column("neighbour and level", labels), *columns)


def tolls(results: Results, scenario: Scenario) -> Section | None:
    """Return what the war costs each place."""
    lookup, names = Lookup(results, scenario), place_names(scenario)
    places = lookup.entities("place_displaced_mean")
    columns = (
        Column(f"{label}, mean", [lookup.find(f"{toll}_mean", place) for place in places])
        for toll, label in TOLLS.items()
    )
    title = f"What the war costs each place by day {lookup.horizon}, persons"
    return _section(lookup, title, Column("place", [names[place] for place in places]), *columns)


def day_by_day(results: Results, scenario: Scenario) -> Section | None:
    """Return the share of runs in which the main events have happened by each day."""
    runs, horizon = usable(results.runs), scenario.horizon_days
    known = knowledge_of_results(results, scenario)
    columns = [Column(EVENTS[event], _curve(runs[f"{event}_day"], horizon, known)) for event in MAIN_EVENTS]
    title = f"Day by day: share of runs in which it has happened; n = {len(runs):,} runs"
    return Section(title, [Column("by day", range(horizon)), *columns])


def all_estimates(results: Results, scenario: Scenario) -> Section:
    """Return the whole table of estimates."""
    lookup, table = Lookup(results, scenario), results.estimates
    names = {"": "", **place_names(scenario), **state_names(scenario)}
    entities, days = table["entity"].fillna(""), [int(day) for day in table["day"]]
    keys = zip(table["quantity"], entities, days, strict=True)
    columns: dict[str, list[Cell]] = {
        "quantity": list(table["quantity"]),
        "of": [names.get(entity, entity) for entity in entities],
        "by day": list(days),
        "estimate": [lookup.find(*key) for key in keys],
        "runs": [int(n) for n in table["n"]],
        "interval": list(table["kind_of_interval"]),
        "unit": list(table["unit"].replace("probability", "")),
    }
    return Section("All estimates", [Column(*column) for column in columns.items()])


def _section(lookup: Lookup, title: str, *columns: Column) -> Section | None:
    """Return a table with the number of its runs, None without rows."""
    return Section(f"{title}; n = {lookup.n_usable:,} runs", columns) if columns[0].cells else None


def _of_rows(lookup: Lookup, title: str, header: Iterable[str], rows: Iterable[tuple[Cell, ...]]) -> Section | None:
    """Return `_section` from its rows."""
    return _section(lookup, title, *Section.of_rows(title, tuple(header), rows).columns)


def _by_when(lookup: Lookup, keys: list[tuple[str, str]]) -> list[Column]:
    """Return what is told about events of somebody: their probability by each day, and their median day."""
    by_days = _by_days(lookup, [(f"{event}_by_day", entity) for event, entity in keys])
    return [*by_days, Column("median day", [lookup.find(f"{event}_day_q50", entity) for event, entity in keys])]


def _by_days(lookup: Lookup, keys: list[tuple[str, str]]) -> list[Column]:
    """Return estimates by each day that is reported."""
    return [Column(f"by day {day}", alike([lookup.find(*key, day) for key in keys])) for day in lookup.days]


def _by_risk(lookup: Lookup) -> list[str]:
    """Return the seats, those that are lost for most days first: in many runs, or early in them.

    The share of runs that have lost a seat is known by the days that are reported; in between it is taken to grow
    evenly.
    """

    def days_lost(seat: str) -> float:
        shares = [0.0, *(lookup.find("seat_fall_by_day", seat, day).point for day in lookup.days)]
        return float(np.trapezoid(shares, [0, *lookup.days]))

    return sorted(lookup.entities("seat_fall_by_day"), key=days_lost, reverse=True)


def _highest(level: Level) -> str:
    """Return the quantity that tells how often a level is the highest."""
    return f"level_max_share_{level.value}"


def _curve(days: pd.Series, horizon: int, known: Knowledge) -> list[Estimate]:
    """Return the share of runs in which something has happened by each day."""
    rows = curve(days, horizon, known.weights, known)[["probability", "low", "high", "known_low", "known_high"]]
    numbers = rows.itertuples(index=False)
    return alike(
        [Estimate(point, low, high, Kind.SHARE, known=(least, most)) for point, low, high, least, most in numbers]
    )
