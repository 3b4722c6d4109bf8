"""Sum a sweep up as tables of text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pandas as pd
from rich.console import Group, RenderableType

from sim.ensemble.outcomes import PROBABILITY
from sim.ensemble.sections import Section
from sim.ensemble.summary import CAVEAT, terminal_table
from sim.ensemble.wording import amount, change, percent
from sim.study.effects import effects
from sim.study.sweep import Sweep

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
    write = percent if rows["unit"].iloc[0] == PROBABILITY else amount
    told = zip(
        rows[list(sweep.factors)].to_numpy(), rows[["estimate", "low", "high"]].to_numpy(), rows["n"], strict=True
    )
    cells = tuple(
        (*(f"{value:g}" for value in factors), write(*estimate) if n else "no runs", f"{n:,}")
        for factors, estimate, n in told
    )
    return Section(f"{outcome}, point by point", (*sweep.factors, outcome, "runs"), cells)


def _effects(outcome: str, ranked: pd.DataFrame, *, is_share: bool) -> Section:
    """Return the table of effects."""
    factor, unit = (PER_CENT, "percentage points") if is_share else (1.0, "its unit")
    rows = zip(ranked["factor"], ranked[["effect", "low", "high"]].to_numpy(), strict=True)
    cells = tuple((name, change(*(factor * numbers))) for name, numbers in rows)
    title = f"What each factor does to {outcome} over its range, others held; n = {ranked['n'].iloc[0]:,} points"
    return Section(title, ("factor", f"change of {outcome}, {unit}"), cells)
