"""Sum an ensemble up in a few tables, for the terminal, for a notebook, and for `summary.md`."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator
from html import escape
from textwrap import fill

from rich import box
from rich.console import Console, Group, RenderableType
from rich.table import Table

from sim.ensemble.store.results import Results
from sim.tell import asked, holders, sections
from sim.tell.certainty import certainty, intervals_note, weighing_note
from sim.tell.section import Column, Section
from sim.world.scenario import Scenario

WIDTH = 100  # of a summary as text
CAVEAT = "Shares of simulated histories under this scenario's assumptions, not a forecast."
SUMMARY = (
    sections.spillover,
    holders.holders,
    sections.causes,
    sections.regime,
    sections.headline,
    sections.seats,
    sections.refugees,
    sections.people,
    sections.influence,
    sections.extremists,
    sections.ends,
    asked.precision,
    asked.variance,
)
"""Tables that sum an ensemble up, what reaches the neighbours first, then who holds what in the end."""
# What Markdown does not take for words; numbers with a sign or a point begin no list.
SPECIAL = re.compile(r"[\\`*\[\]<>|~&$]|(?<!\w)_|_(?!\w)|^#|^[+-](?!\d)|(?<=^\d)[.)](?!\d)")


def summary_sections(results: Results, scenario: Scenario) -> list[Section]:
    """Return the tables that sum an ensemble up; what a world does not have is left out."""
    found = (section(results, scenario) for section in SUMMARY)
    return [section for section in found if section]


def summary_table(results: Results, scenario: Scenario) -> RenderableType:
    """Return the summary as tables for a terminal."""
    tables = map(terminal_table, summary_sections(results, scenario))
    return Group(_heading(results, scenario), *tables, _notes(results, scenario))


def summary_markdown(results: Results, scenario: Scenario) -> str:
    """Return the summary as a page."""
    blocks = [f"# {markdown_text(scenario.config.scenario.name)}", markdown_text(_heading(results, scenario))]
    blocks += map(markdown_section, summary_sections(results, scenario))
    blocks += [
        _notes(results, scenario),
        f"Made by {markdown_code(results.manifest['command'])}; `manifest.json` tells the rest.",
    ]
    return "\n\n".join(blocks) + "\n"


def _heading(results: Results, scenario: Scenario) -> str:
    """Return what was asked of which world, and how far the chance of a collapse may be trusted."""
    config, header = scenario.config, scenario.tables.header
    asked = (
        f"{config.scenario.question} {header.title}: scenario {config.scenario.name}, "
        f"{scenario.horizon_days} days from {header.day0:%d %b %Y}, seed {results.manifest['seed']}."
    )
    return " ".join(filter(None, (asked, certainty(results, scenario))))


def _notes(results: Results, scenario: Scenario) -> str:
    """Return how to read the numbers, and how many runs failed."""
    failed = int(results.estimates.loc[results.estimates["quantity"] == "runs_failed", "estimate"].iloc[0])
    intervals = f"{intervals_note(scenario)} 10–90 %: without the lowest and the highest tenth of the runs."
    left_out = f" {failed:,} failed runs are left out; runs.parquet tells why." if failed else ""
    return f"{intervals} never: in fewer than half of the runs.{left_out}{weighing_note(scenario.config)} {CAVEAT}"


def plain_text(tables: RenderableType) -> str:
    """Return tables as plain text."""
    text = io.StringIO()
    console = Console(width=WIDTH, file=text, force_jupyter=False, markup=False, emoji=False)
    console.print(tables)  # not on Jupyter's own console, which would show it twice
    return text.getvalue().rstrip()


def terminal_table(section: Section, *, is_upright: bool = False) -> Table:
    """Return a table for a terminal: numbers stand on one line, words and the heads of numbers on as many as it takes.

    Parameters
    ----------
    section
        The table.
    is_upright
        Whether intervals stand below their numbers, since the terminal is narrow.
    """
    table = Table(title=section.title, title_justify="left", box=box.SIMPLE_HEAD)
    columns = [[told if is_upright else (str(told),) for told in column.told] for column in section.columns]
    for column, cells in zip(section.columns, columns, strict=True):
        if column.is_number:
            words = column.head.replace(".", ". ")  # names of settings may break behind their points
            room = max(len(line) for cell in (words.split(), *cells) for line in cell)
            table.add_column(fill(words, room).replace(". ", "."), justify="right", no_wrap=True)
        else:
            table.add_column(column.head, overflow="fold")
    for row in zip(*columns, strict=True):
        table.add_row(*("\n".join(filter(None, cell)) for cell in row))
    return table


def markdown_section(section: Section) -> str:
    """Return a table with its title, as a part of a page."""
    return f"## {markdown_text(section.title)}\n\n{markdown_table(section)}"


def markdown_table(section: Section) -> str:
    """Return a table of a page."""
    columns = [
        (markdown_text(column.head), "---:" if column.is_number else "---", *_markdown_cells(column))
        for column in section.columns
    ]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in zip(*columns, strict=True))


def _markdown_cells(column: Column) -> Iterator[str]:
    """Yield the cells of a column; brackets of intervals are no links and stay."""
    for cell, told in zip(column.cells, column.told, strict=True):
        yield markdown_text(cell) if isinstance(cell, str) else str(told)


def markdown_text(words: str) -> str:
    """Return words that a page shows as they are, whatever somebody called a place or a scenario."""
    return SPECIAL.sub(r"\\\g<0>", " ".join(words.split()))


def markdown_code(words: str) -> str:
    """Return words as code, in as many marks as it takes."""
    longest = max(map(len, re.findall("`+", words)), default=0)
    fence, room = "`" * (longest + 1), " " if longest else ""
    return f"{fence}{room}{' '.join(words.split())}{room}{fence}"


def summary_html(results: Results, scenario: Scenario) -> str:
    """Return the summary as a notebook shows it, all of its text escaped."""
    words = certainty(results, scenario)
    return (f"<p>{escape(words)}</p>" if words else "") + sections_html(summary_sections(results, scenario))


def sections_html(found: Iterable[Section]) -> str:
    """Return tables as a notebook shows them, all of their text escaped."""
    return "".join(map(_html_table, found))


def _html_table(section: Section) -> str:
    """Return a table of HTML."""
    head = "".join(f"<th>{escape(cell)}</th>" for cell in section.header)
    rows = ("".join(f"<td>{escape(cell)}</td>" for cell in row) for row in section.rows)
    body = "".join(f"<tr>{row}</tr>" for row in rows)
    return (
        f"<table><caption>{escape(section.title)}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    )
