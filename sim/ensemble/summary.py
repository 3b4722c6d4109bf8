"""Sum an ensemble up in a few tables, for the terminal and for `summary.md`."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
from rich import box
from rich.console import Group, RenderableType
from rich.table import Table

from sim.core.codes import Outcome
from sim.ensemble.estimate import report_days
from sim.ensemble.results import Results
from sim.ensemble.wording import day, percent
from sim.world.scenario import Scenario

EVENTS = {
    "collapse": "collapse of the regime",
    "flight": "flight of its leader",
    "capital_fall": "fall of the capital",
}
OUTCOMES = {
    Outcome.IN_POWER: "still in power",
    Outcome.FLIGHT: "its leader fled",
    Outcome.CAPITAL: "the capital fell",
    Outcome.DISINTEGRATION: "its forces fell apart",
    Outcome.COUP: "its own overthrew it",
}
CAVEAT = "Shares of simulated histories under this scenario's assumptions, not a forecast."


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
    """

    def __init__(self, frame: pd.DataFrame) -> None:
        keys = zip(frame["quantity"], frame["entity"].fillna(""), frame["day"], strict=True)
        values = zip(frame["estimate"], frame["low"], frame["high"], frame["n"], strict=True)
        self._rows: dict[tuple[str, str, int], tuple[float, float, float, int]]
        self._rows = dict(zip(keys, values, strict=True))

    def number(self, quantity: str, entity: str, by_day: int) -> float:
        """Return an estimate itself."""
        return self._rows[quantity, entity, by_day][0]

    def share(self, quantity: str, entity: str, by_day: int) -> str:
        """Return a probability with its interval."""
        *estimate, n = self._rows[quantity, entity, by_day]
        return percent(*estimate) if n else "no runs"

    def median(self, quantity: str, entity: str, horizon: int) -> str:
        """Return a median day with its interval."""
        return day(*self._rows[f"{quantity}_q50", entity, horizon])

    def event(self, label: str, event: str, entity: str, days: list[int]) -> tuple[str, ...]:
        """Return what is told about an event: its probability by each day, and its median day."""
        shares = (self.share(f"{event}_by_day", entity, by_day) for by_day in days)
        return label, *shares, self.median(f"{event}_day", entity, days[-1])


def sections(results: Results, scenario: Scenario) -> list[Section]:
    """Return the tables that sum an ensemble up.

    Parameters
    ----------
    results, scenario
        The ensemble and what was run.
    """
    lookup, days = Lookup(results.estimates), report_days(scenario.horizon_days)
    header = (*(f"by day {by_day}" for by_day in days), "median day")
    n = f"n = {int((results.runs['status'] == 'ok').sum()):,} runs"
    names = dict(zip(scenario.tables.locations["id"], scenario.tables.locations["name"], strict=True))
    events = [lookup.event(label, event, "", days) for event, label in EVENTS.items()]
    seats = [
        lookup.event(f"{names[seat]} ({seat})", "seat_fall", seat, days)
        for seat in _by_risk(results.estimates, lookup, days)
    ]
    ends = [
        (label, lookup.share("outcome_share", outcome.name.lower(), days[-1])) for outcome, label in OUTCOMES.items()
    ]
    return [
        Section(f"The regime; {n}", ("event", *header), tuple(events)),
        Section(
            f"Seats that its side holds on day 0, those most at risk first; {n}",
            ("fall of", *header),
            tuple(seats),
        ),
        Section(f"How runs end by day {days[-1]}; {n}", ("end", "share"), tuple(ends)),
    ]


def _by_risk(estimates: pd.DataFrame, lookup: Lookup, days: list[int]) -> list[str]:
    """Return the seats, those that fall in most runs first; of equals, those that fall in most runs early."""
    seats = estimates.loc[estimates["quantity"] == "seat_fall_by_day", "entity"].unique()

    def risk(seat: str) -> list[float]:
        return [-lookup.number("seat_fall_by_day", seat, by_day) for by_day in reversed(days)]

    return sorted(seats, key=risk)


def summary_table(results: Results, scenario: Scenario) -> RenderableType:
    """Return the summary as tables for a terminal.

    Parameters
    ----------
    results, scenario
        The ensemble and what was run.
    """
    return Group(_heading(results, scenario), *map(_terminal_table, sections(results, scenario)), _notes(results))


def summary_markdown(results: Results, scenario: Scenario) -> str:
    """Return the summary as a page.

    Parameters
    ----------
    results, scenario
        The ensemble and what was run.
    """
    config = scenario.config.scenario
    blocks = [f"# {config.name}", _heading(results, scenario)]
    for section in sections(results, scenario):
        blocks += [f"## {section.title}", _markdown_table(section)]
    blocks += [_notes(results), f"Made by `{results.manifest['command']}`; `manifest.json` tells the rest."]
    return "\n\n".join(blocks) + "\n"


def _heading(results: Results, scenario: Scenario) -> str:
    """Return what was asked of which world."""
    config, header = scenario.config, scenario.tables.header
    return (
        f"{config.scenario.question} {header.title}: scenario {config.scenario.name}, "
        f"{scenario.horizon_days} days from {header.day0:%d %b %Y}, seed {results.manifest['seed']}."
    )


def _notes(results: Results) -> str:
    """Return how to read the numbers, and how many runs failed."""
    failed = int((results.runs["status"] != "ok").sum())
    intervals = "In brackets: 95 % intervals, Wilson for shares, order statistics for median days."
    left_out = f" {failed:,} failed runs are left out; runs.parquet tells why." if failed else ""
    return f"{intervals} never: in fewer than half of the runs.{left_out} {CAVEAT}"


def _terminal_table(section: Section) -> Table:
    """Return a section as a table for a terminal."""
    table = Table(title=section.title, title_justify="left", box=box.SIMPLE_HEAD)
    table.add_column(section.header[0])
    for name in section.header[1:]:
        table.add_column(name, justify="right", no_wrap=True)
    for row in section.rows:
        table.add_row(*row)
    return table


def _markdown_table(section: Section) -> str:
    """Return a section as a table of a page."""
    rule = ("---", *("---:" for _ in section.header[1:]))
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (section.header, rule, *section.rows))
