"""Sum an ensemble up in a few tables, for the terminal and for `summary.md`."""

from __future__ import annotations

from html import escape

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table

from sim.ensemble.store.results import Results
from sim.tell.asked import asked_sections
from sim.tell.sections import Section, sections
from sim.world.scenario import Scenario

CAVEAT = "Shares of simulated histories under this scenario's assumptions, not a forecast."


def summary_table(results: Results, scenario: Scenario) -> RenderableType:
    """Return the summary as tables for a terminal.

    Parameters
    ----------
    results, scenario
        The ensemble and what was run.
    """
    return Group(_heading(results, scenario), *map(terminal_table, all_sections(results, scenario)), _notes(results))


def summary_markdown(results: Results, scenario: Scenario) -> str:
    """Return the summary as a page.

    Parameters
    ----------
    results, scenario
        The ensemble and what was run.
    """
    config = scenario.config.scenario
    blocks = [f"# {config.name}", _heading(results, scenario)]
    for section in all_sections(results, scenario):
        blocks += [f"## {section.title}", markdown_table(section)]
    blocks += [_notes(results), f"Made by `{results.manifest['command']}`; `manifest.json` tells the rest."]
    return "\n\n".join(blocks) + "\n"


def all_sections(results: Results, scenario: Scenario) -> list[Section]:
    """Return all tables that sum an ensemble up.

    Parameters
    ----------
    results, scenario
        The ensemble and what was run.
    """
    return [*sections(results, scenario), *asked_sections(results)]


def _heading(results: Results, scenario: Scenario) -> str:
    """Return what was asked of which world."""
    config, header = scenario.config, scenario.tables.header
    return (
        f"{config.scenario.question} {header.title}: scenario {config.scenario.name}, "
        f"{scenario.horizon_days} days from {header.day0:%d %b %Y}, seed {results.manifest['seed']}."
    )


def _notes(results: Results) -> str:
    """Return how to read the numbers, and how many runs failed."""
    failed = int(results.estimates.loc[results.estimates["quantity"] == "runs_failed", "estimate"].iloc[0])
    intervals = (
        "In brackets: 95 % intervals, Wilson for shares of runs, order statistics for median days, normal for means; "
        "10–90 %: without the lowest and the highest tenth."
    )
    left_out = f" {failed:,} failed runs are left out; runs.parquet tells why." if failed else ""
    return f"{intervals} never: in fewer than half of the runs.{left_out} {CAVEAT}"


def terminal_table(section: Section) -> Table:
    """Return a section as a table for a terminal.

    Parameters
    ----------
    section
        The table as text.
    """
    table = Table(title=section.title, title_justify="left", box=box.SIMPLE_HEAD)
    table.add_column(section.header[0], overflow="fold")
    for name in section.header[1:]:
        table.add_column(name, justify="right", no_wrap=True)
    for row in section.rows:
        table.add_row(*row)
    return table


def markdown_table(section: Section) -> str:
    """Return a section as a table of a page.

    Parameters
    ----------
    section
        The table as text.
    """
    rule = ("---", *("---:" for _ in section.header[1:]))
    rows = ([cell.replace("|", r"\|") for cell in cells] for cells in (section.header, rule, *section.rows))
    return "\n".join(f"| {' | '.join(cells)} |" for cells in rows)


def sections_html(found: list[Section]) -> str:
    """Return tables as a notebook shows them.

    Parameters
    ----------
    found
        The tables as text.
    """
    return "".join(map(_html_table, found))


def _html_table(section: Section) -> str:
    """Return a section as a table of HTML, all of its text escaped."""
    head = "".join(f"<th>{escape(cell)}</th>" for cell in section.header)
    rows = ("".join(f"<td>{escape(cell)}</td>" for cell in row) for row in section.rows)
    body = "".join(f"<tr>{row}</tr>" for row in rows)
    return (
        f"<table><caption>{escape(section.title)}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    )
