"""Sum a comparison up at a glance: a row for each scenario, a column for each main outcome, marks where it is clear."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import pandas as pd

from sim.core.codes import Level
from sim.study.cases import Case
from sim.study.compare import Comparison
from sim.tell.estimate import LESS, MORE, Estimate, Kind, Number, alike, kind_of
from sim.tell.labels import LEVELS
from sim.tell.numbers import DIGITS
from sim.tell.section import Cell, Column, Section

SAME = "same"
NOTE = (
    f"{MORE} {LESS}: clearly more or less than the base, the interval excludes 0, which 1 in 20 does by chance; "
    f"{SAME}: no run differs in it; <5, <0.5: with its interval smaller than that, either way; "
    "displaced: most at once; extremists: fighters on the last day."
)
REACHED = Level.INCIDENT
REACH = f"p_level_{REACHED.value}_"
PER_CENT, THOUSANDTH = 100.0, 0.001
Row: TypeAlias = Mapping[Any, Any]
"""A row of a comparison's table."""


@dataclass(frozen=True)
class Shown:
    """Hold an outcome that gets a column.

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
    Shown("p_collapse", "collapse, points", PER_CENT),
    Shown("refugees", "refugees, thousands", THOUSANDTH),
    Shown("displaced_peak", "displaced, thousands", THOUSANDTH),
    Shown("fatalities_civilians", "civilians killed"),
    Shown("extremists_last", "extremists"),
)


def overview(comparison: Comparison) -> list[Section]:
    """Return the tables that show all scenarios at once: the base as it is, and how the others differ from it."""
    base, n = comparison.cases[0], int(comparison.table["n"].min())
    where = f"by day {base.scenario.horizon_days}; n = {n:,} runs"
    reached = f"level {REACHED.value}, {LEVELS[REACHED]}, or higher"
    titles = {
        f"Differences from {base.name} with 95 % intervals, {where}": MAIN,
        f"Neighbours that reach {reached}, points, {where}": _neighbours(base),
    }
    return [_table(comparison, title, shown) for title, shown in titles.items() if shown]


def main_outcomes(comparison: Comparison) -> set[str]:
    """Return the outcomes that the overview holds."""
    return {shown.outcome for shown in (*MAIN, *_neighbours(comparison.cases[0]))}


def means(values: Sequence[float], unit: str, factor: float = 1.0) -> list[Number]:
    """Return means that stand beside each other, with as many decimals each; shares in percent.

    Parameters
    ----------
    values
        The means, >= 0.
    unit
        Theirs.
    factor
        From an amount's unit to that in which it is told.
    """
    if kind_of(unit) is Kind.SHARE:
        return [Number(PER_CENT * value, 1) for value in values]
    largest = factor * max(values)
    decimals = min(max(DIGITS - 1 - math.floor(math.log10(largest)), 0), 2) if largest else 0
    return [Number(factor * value, decimals) for value in values]


def is_same(row: Row) -> bool:
    """Tell whether no run differs in an outcome."""
    return bool(pd.isna(row["n_unpaired"])) and row["difference"] == 0.0


def _neighbours(base: Case) -> list[Shown]:
    """Return the outcomes of neighbours."""
    return [Shown(f"{REACH}{state}", state, PER_CENT) for state in base.scenario.tables.header.neighbours]


def _table(comparison: Comparison, title: str, shown: Sequence[Shown]) -> Section:
    """Return one table."""
    rows = {(row["scenario"], row["outcome"]): row for row in comparison.table.to_dict("records")}
    base, *others = [case.name for case in comparison.cases]
    columns = [Column(one.head, _cells(one, [rows[name, one.outcome] for name in (base, *others)])) for one in shown]
    return Section(title, [Column("scenario", [f"{base}, base", *others]), *columns])


def _cells(shown: Shown, rows: Sequence[Row]) -> list[Cell]:
    """Return what stands below the head of a column: the base's mean, and the differences from it."""
    own, *others = rows
    (mean,) = means([own["estimate"]], own["unit"], shown.factor)
    numbers = [[shown.factor * row[key] for key in ("difference", "low", "high")] for row in others]
    gaps = alike([Estimate(gap, low, high, Kind.MARKED) for gap, low, high in numbers])
    first = replace(mean, unit=" %") if kind_of(own["unit"]) is Kind.SHARE else mean
    return [first, *(SAME if is_same(row) else gap for row, gap in zip(others, gaps, strict=True))]
