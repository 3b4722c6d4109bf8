"""Sum a comparison up as tables of text: what each scenario changes, and what pairing was worth."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
from rich.console import Group, RenderableType

from sim.ensemble.outcomes import PROBABILITY
from sim.ensemble.sections import Section
from sim.ensemble.summary import CAVEAT, markdown_table, terminal_table
from sim.ensemble.wording import change
from sim.study.compare import Comparison

HEADLINES = (
    *("p_collapse", "p_collapse_by_30", "p_capital_fall", "p_settlement", "days_in_power"),
    *("refugees", "displaced_peak", "fatalities_combatants", "fatalities_civilians", "extremists_last"),
)
HEADLINE_LEVELS = ("p_level_2_", "p_level_3_")
NOTES = (
    "p_level_2_X: state X reaches level 2 or a higher one; by the last day, where no other is named. In brackets: 95 % "
    "intervals of the difference over the same runs (Bonett and Price for probabilities, normal for "
    "means). Runs without pairing: how many of each scenario would give as narrow an interval if they shared no draws; "
    f"all the same: no run differs in it. {CAVEAT}"
)
PER_CENT = 100.0
WHOLE = 100.0  # from here on decimals say nothing


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
    """Return a comparison as tables for a terminal.

    Parameters
    ----------
    comparison
        Scenarios beside a base.
    """
    return Group(*map(terminal_table, sections(comparison)), NOTES)


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
    """Return a table for each scenario but the base.

    Parameters
    ----------
    comparison
        Scenarios beside a base.
    """
    rows = headline_rows(comparison)
    base = rows[rows["scenario"] == comparison.cases[0].name].set_index("outcome")["estimate"].to_dict()
    return [_section(case.name, comparison.cases[0].name, rows, base) for case in comparison.cases[1:]]


def _section(name: str, base: str, rows: pd.DataFrame, estimates: Mapping[Any, float]) -> Section:
    """Return the table of one scenario."""
    own = rows[rows["scenario"] == name]
    n, changed, day = own.iloc[0][["n", "share_changed", "first_divergence_day"]]
    since = "" if pd.isna(day) else f", half of them by day {day}"
    title = f"{name} against {base}: {PER_CENT * changed:.3g} % of {n:,} runs differ in something{since}"
    header = ("outcome", base, name, "difference with 95 % interval", "runs without pairing")
    return Section(title, header, tuple(_row(row, estimates) for row in own.to_dict("records")))


def _row(row: Mapping[Any, Any], estimates: Mapping[Any, float]) -> tuple[str, ...]:
    """Return one outcome."""
    is_share = row["unit"] == PROBABILITY
    factor, unit = (PER_CENT, "%") if is_share else (1.0, row["unit"])
    write = "{:.1f}".format if is_share else _figures
    values = [write(factor * value) for value in (estimates[row["outcome"]], row["estimate"])]
    gap = change(*(factor * row[key] for key in ("difference", "low", "high")))
    needed = "all the same" if pd.isna(row["n_unpaired"]) else _round(row["n_unpaired"])
    return f"{row['outcome']}, {unit}", *values, gap, needed


def _round(number: float) -> str:
    """Return a number of runs to two figures."""
    return f"{float(f'{number:.2g}'):,.0f}"


def _figures(number: float) -> str:
    """Return a number to three figures, thousands and more as whole numbers."""
    return f"{number:,.0f}" if number >= WHOLE else f"{number:.3g}"
