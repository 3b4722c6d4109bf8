"""Sum a comparison up as tables of text: all scenarios at a glance, what each changes, and what pairing was worth."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import pandas as pd
from rich.console import Group, RenderableType

from sim.ensemble.estimate.outcomes import PROBABILITY
from sim.study.compare import COMPARISON, Comparison, base_means
from sim.tell.comparison_overview import NOTE, main_outcomes, mark_of, overview, write_means
from sim.tell.numbers import Change, changes, to_figures
from sim.tell.sections import Section
from sim.tell.summary import CAVEAT, markdown_table, terminal_table

HEADLINES = (
    *("p_collapse", "p_collapse_by_30", "p_capital_fall", "p_settlement", "days_in_power"),
    *("refugees", "displaced_peak", "fatalities_combatants", "fatalities_civilians", "extremists_last"),
)
HEADLINE_LEVELS = ("p_level_2_", "p_level_3_")
FEW = 2  # scenarios beside the base whose tables a terminal has room for
NOTES = (
    f"{NOTE} "
    "p_level_2_X: state X reaches level 2 or a higher one; by the last day, where no other is named. In brackets: 95 % "
    "intervals of the difference over the same runs (Bonett and Price for probabilities, normal for "
    "means). Runs without pairing: how many of each scenario would give as narrow an interval if they shared no draws; "
    f"all the same: no run differs in it. {CAVEAT}"
)
PER_CENT = 100.0
MOST_RUNS = 1_000_000  # beyond which nobody asks how many more it would take


def headline_rows(comparison: Comparison) -> pd.DataFrame:
    """Return the rows of the table that are shown first.

    Parameters
    ----------
    comparison
        Scenarios beside a base.
    """
    outcome = comparison.table["outcome"]
    rows: pd.DataFrame = comparison.table[outcome.isin(HEADLINES) | outcome.str.startswith(HEADLINE_LEVELS)]
    return rows


def comparison_table(comparison: Comparison) -> RenderableType:
    """Return a comparison as tables for a terminal: the overview, and what else differs.

    Parameters
    ----------
    comparison
        Scenarios beside a base.
    """
    few = len(comparison.cases) - 1 <= FEW
    besides = _changed_tables(comparison) if few else _changed_lines(comparison)
    return Group(*(terminal_table(_upright(s)) for s in overview(comparison)), *besides, "", NOTES)


def comparison_markdown(comparison: Comparison) -> str:
    """Return a comparison as a page.

    Parameters
    ----------
    comparison
        Scenarios beside a base.
    """
    title = " against ".join([", ".join(case.name for case in comparison.cases[1:]), comparison.cases[0].name])
    blocks = [f"# {title}", *(f"## {s.title}\n\n{markdown_table(s)}" for s in sections(comparison))]
    return "\n\n".join([*blocks, NOTES, f"Made by `{comparison.manifest['command']}`."]) + "\n"


def sections(comparison: Comparison) -> list[Section]:
    """Return the overview, and a table for each scenario but the base.

    Parameters
    ----------
    comparison
        Scenarios beside a base.
    """
    rows = headline_rows(comparison)
    return [*overview(comparison), *(_section(comparison, case.name, rows) for case in comparison.cases[1:])]


def _upright(section: Section) -> Section:
    """Return a table with intervals below their numbers and units below what they are of, for a narrow terminal."""
    rows = tuple(tuple(cell.replace(" [", "\n[") for cell in row) for row in section.rows)
    return replace(section, header=tuple(head.replace(", ", ",\n") for head in section.header), rows=rows)


def _changed_tables(comparison: Comparison) -> Iterator[RenderableType]:
    """Yield what differs in any run, a table for each scenario."""
    rows = headline_rows(comparison)
    for case in comparison.cases[1:]:
        section = _section(comparison, case.name, rows[rows["n_unpaired"].notna()])
        yield terminal_table(section) if section.rows else f"{section.title}.\n"


def _changed_lines(comparison: Comparison) -> Iterator[str]:
    """Yield what else differs clearly, in words for each scenario."""
    rows = headline_rows(comparison)
    rows = rows[((rows["low"] > 0.0) | (rows["high"] < 0.0)) & ~rows["outcome"].isin(main_outcomes(comparison))]
    told = _differences(comparison)
    for case in comparison.cases[1:]:
        own = rows[rows["scenario"] == case.name].to_dict("records")
        besides = ", ".join(_besides(row, told[case.name, row["outcome"]]) for row in own)
        yield f"{case.name}: {_divergence(comparison, case.name)}{f'; also clear: {besides}' if besides else ''}."
    yield f"\nsummary.md has a table for each scenario, {COMPARISON}.parquet all outcomes."


def _section(comparison: Comparison, name: str, rows: pd.DataFrame) -> Section:
    """Return the table of one scenario, of those of some rows that are its own."""
    base, means, told = comparison.cases[0].name, base_means(comparison), _differences(comparison)
    header = ("outcome", base, name, "difference with 95 % interval", "runs without pairing")
    own = rows[rows["scenario"] == name].to_dict("records")
    cells = tuple(_row(row, means[row["outcome"]], told[name, row["outcome"]]) for row in own)
    return Section(f"{name} against {base}: {_divergence(comparison, name)}", header, cells)


def _divergence(comparison: Comparison, name: str) -> str:
    """Return in how many runs a scenario differs from the base, and since when."""
    table = comparison.table
    n, changed, day = table[table["scenario"] == name].iloc[0][["n", "share_changed", "first_divergence_day"]]
    since = "" if pd.isna(day) else f", half of them by day {day}"
    return f"{to_figures(PER_CENT * changed, 3):g} % of {n:,} runs differ in something{since}"


def _differences(comparison: Comparison) -> dict[tuple[str, str], str]:
    """Return each difference as text by scenario and outcome, those in one outcome with as many decimals each."""
    table, base = comparison.table, comparison.cases[0].name
    others = table[table["scenario"] != base].to_dict("records")
    columns: dict[str, list[dict[Any, Any]]] = {}
    for row in others:
        columns.setdefault(row["outcome"], []).append(row)
    return {
        (row["scenario"], outcome): text
        for outcome, rows in columns.items()
        for row, text in zip(rows, changes([_numbers(row) for row in rows]), strict=True)
    }


def _row(row: Mapping[Any, Any], mean: float, difference: str) -> tuple[str, ...]:
    """Return one outcome."""
    is_share = row["unit"] == PROBABILITY
    factor, unit = (PER_CENT, "%") if is_share else (1.0, row["unit"])
    values = write_means([factor * mean, factor * row["estimate"]], is_share=is_share)
    needed = "all the same" if pd.isna(row["n_unpaired"]) else _round(row["n_unpaired"])
    return f"{row['outcome']}, {unit}", *values, f"{mark_of(row)}{difference}", needed


def _besides(row: Mapping[Any, Any], difference: str) -> str:
    """Return one outcome in words, without its interval."""
    unit = "points" if row["unit"] == PROBABILITY else row["unit"]
    return f"{row['outcome']} {difference.partition(' [')[0]} {unit}"


def _numbers(row: Mapping[Any, Any]) -> Change:
    """Return a difference with its interval, those of probabilities in points."""
    factor = PER_CENT if row["unit"] == PROBABILITY else 1.0
    return factor * row["difference"], factor * row["low"], factor * row["high"]


def _round(number: float) -> str:
    """Return a number of runs to two figures."""
    return f"over {MOST_RUNS:,}" if number > MOST_RUNS else f"{to_figures(number, 2):,.0f}"
