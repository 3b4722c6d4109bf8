"""Sum a comparison up at a glance: a row for each scenario, a column for each main outcome, marks where it is clear."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from sim.core.codes import Level
from sim.ensemble.estimate.outcomes import PROBABILITY
from sim.study.compare import Comparison
from sim.tell.numbers import DIGITS, changes, rounded
from sim.tell.sections import LEVELS, Section

MORE, LESS = "\N{BLACK UP-POINTING TRIANGLE}", "\N{BLACK DOWN-POINTING TRIANGLE}"
SAME = "same"
NOTE = (
    f"{MORE} {LESS}: clearly more or less than the base, the interval excludes 0, which 1 in 20 does by chance; "
    f"{SAME}: no run differs in it; <5, <0.5: with its interval smaller than that, either way; "
    "displaced: most at once; extremists: fighters on the last day."
)
REACHED = Level.INCIDENT
REACH = f"p_level_{REACHED.value}_"
PER_CENT, THOUSANDTH = 100.0, 0.001
Rows = Mapping[tuple[str, str], Mapping[Any, Any]]
"""Rows of a comparison's table by scenario and outcome."""


@dataclass(frozen=True)
class Column:
    """Hold what stands in a column.

    Parameters
    ----------
    outcome
        Its name.
    head
        What it is, with the unit of differences.
    factor
        From the outcome's own unit to that.
    """

    outcome: str
    head: str
    factor: float = 1.0


MAIN = (
    Column("p_collapse", "collapse, points", PER_CENT),
    Column("refugees", "refugees, thousands", THOUSANDTH),
    Column("displaced_peak", "displaced, thousands", THOUSANDTH),
    Column("fatalities_civilians", "civilians killed"),
    Column("extremists_last", "extremists"),
)


def overview(comparison: Comparison) -> list[Section]:
    """Return the tables that show all scenarios at once: the base as it is, and how the others differ from it.

    Parameters
    ----------
    comparison
        Scenarios beside a base.
    """
    base, n = comparison.cases[0], int(comparison.table["n"].min())
    neighbours = [Column(f"{REACH}{state}", state, PER_CENT) for state in base.scenario.tables.header.neighbours]
    where = f"by day {base.scenario.horizon_days}; n = {n:,} runs"
    titles = {
        f"Differences from {base.name} with 95 % intervals, {where}": MAIN,
        f"Neighbours that reach level {REACHED.value}, {LEVELS[REACHED]}, or higher, points, {where}": neighbours,
    }
    return [_table(comparison, title, columns) for title, columns in titles.items() if columns]


def main_outcomes(comparison: Comparison) -> set[str]:
    """Return the outcomes that the overview holds."""
    neighbours = comparison.cases[0].scenario.tables.header.neighbours
    return {column.outcome for column in MAIN} | {f"{REACH}{state}" for state in neighbours}


def write_means(values: Sequence[float], *, is_share: bool) -> list[str]:
    """Return means that stand beside each other, with as many decimals each.

    Parameters
    ----------
    values
        In percent or in a unit of their own, >= 0.
    is_share
        Whether in percent.
    """
    largest = max(values)
    decimals = 1 if is_share else min(max(DIGITS - 1 - math.floor(math.log10(largest)), 0), 2) if largest else 0
    return [f"{rounded(value, decimals):,.{decimals}f}" for value in values]


def mark_of(row: Mapping[Any, Any]) -> str:
    """Return the mark of a difference that is clear, nothing for another."""
    return f"{MORE} " if row["low"] > 0.0 else f"{LESS} " if row["high"] < 0.0 else ""


def _table(comparison: Comparison, title: str, columns: Sequence[Column]) -> Section:
    """Return one table."""
    rows = {(row["scenario"], row["outcome"]): row for row in comparison.table.to_dict("records")}
    base, *others = [case.name for case in comparison.cases]
    cells = [_cells(column, rows, base, others) for column in columns]
    names = (f"{base}, base", *others)
    return Section(title, ("scenario", *(column.head for column in columns)), tuple(zip(names, *cells, strict=True)))


def _cells(column: Column, rows: Rows, base: str, others: Sequence[str]) -> list[str]:
    """Return what stands below the head of a column: the base's mean, and the differences from it."""
    own, found = rows[base, column.outcome], [rows[name, column.outcome] for name in others]
    factor = column.factor
    gaps = [(factor * row["difference"], factor * row["low"], factor * row["high"]) for row in found]
    is_share = own["unit"] == PROBABILITY
    (mean,) = write_means([factor * own["estimate"]], is_share=is_share)
    texts = zip(found, changes(gaps), strict=True)
    return [
        f"{mean} %" if is_share else mean,
        *(SAME if _is_same(row) else f"{mark_of(row)}{text}" for row, text in texts),
    ]


def _is_same(row: Mapping[Any, Any]) -> bool:
    """Tell whether no run differs in an outcome."""
    return bool(pd.isna(row["n_unpaired"])) and row["difference"] == 0.0
