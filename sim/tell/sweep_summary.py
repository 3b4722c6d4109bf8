"""Sum a sweep up as tables of text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pandas as pd
from rich.console import Group, RenderableType

from sim.ensemble.estimate.outcomes import PROBABILITY
from sim.study.effects import effects
from sim.study.sweep import Sweep
from sim.tell.numbers import amounts, changes, percents
from sim.tell.sections import Section
from sim.tell.summary import CAVEAT, terminal_table

FEW = 30  # points that are told one by one
PER_CENT = 100.0


def sweep_table(sweep: Sweep, outcomes: Sequence[str]) -> RenderableType:
    """Return a sweep as tables for a terminal: few points one by one, and what each factor does.

    Parameters
    ----------
    sweep
        A finished sweep.
    outcomes
        Names of the outcomes to show.
    """
    intervals = "Wilson for probabilities, normal for means, Student's t over batches of runs for effects"
    notes = f"In brackets: 95 % intervals, {intervals}. {CAVEAT}"
    return Group(*(terminal_table(section) for section in sections(sweep, outcomes)), notes)


def sections(sweep: Sweep, outcomes: Sequence[str]) -> Iterator[Section]:
    """Yield the tables of a sweep; see `sweep_table`.

    Parameters
    ----------
    sweep, outcomes
        As there.
    """
    for outcome in outcomes:
        rows = sweep.table[sweep.table["outcome"] == outcome]
        if len(rows) <= FEW:
            yield _points(sweep, outcome, rows)
        ranked = effects(sweep, outcome)
        if len(ranked):
            yield _effects(outcome, ranked, is_share=rows["unit"].iloc[0] == PROBABILITY)


def _points(sweep: Sweep, outcome: str, rows: pd.DataFrame) -> Section:
    """Return the table of all points."""
    write = percents if rows["unit"].iloc[0] == PROBABILITY else amounts
    counted = rows[rows["n"] > 0]
    texts = dict(zip(counted.index, write(_triples(counted[["estimate", "low", "high"]])), strict=True))
    factors = [_aligned(rows[name]) for name in sweep.factors]
    cells = tuple(
        (*values, texts.get(row, "no runs"), f"{n:,}")
        for row, n, *values in zip(rows.index, rows["n"], *factors, strict=True)
    )
    return Section(f"{outcome}, point by point", (*sweep.factors, outcome, "runs"), cells)


def _effects(outcome: str, ranked: pd.DataFrame, *, is_share: bool) -> Section:
    """Return the table of effects."""
    factor, unit = (PER_CENT, "percentage points") if is_share else (1.0, "its unit")
    told = changes(_triples(factor * ranked[["effect", "low", "high"]]))
    cells = tuple(zip(ranked["factor"], told, strict=True))
    title = f"What each factor does to {outcome} over its range, others held; n = {ranked['n'].iloc[0]:,} points"
    return Section(title, ("factor", f"change of {outcome}, {unit}"), cells)


def _aligned(values: pd.Series) -> list[str]:
    """Return the values of a factor with as many decimals each, which are those of the one that has most."""
    short = [f"{value:g}" for value in values]
    decimals = max((len(text.partition(".")[2]) for text in short), default=0)
    return short if any("e" in text for text in short) else [f"{value:.{decimals}f}" for value in values]


def _triples(table: pd.DataFrame) -> list[tuple[float, float, float]]:
    """Return the rows of three columns."""
    return [(float(one), float(low), float(high)) for one, low, high in table.to_numpy()]
