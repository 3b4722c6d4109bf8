"""Sum a sweep up in tables: few points one by one, and what each factor does."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pandas as pd
from rich.console import Group, RenderableType

from sim.study.effects import effects
from sim.study.sweep import Sweep
from sim.tell.certainty import weighing_note
from sim.tell.estimate import Estimate, Kind, alike, difference, in_full, kind_of
from sim.tell.section import Column, Section
from sim.tell.summary import CAVEAT, terminal_table
from sim.world.config import read_config

FEW = 30  # points that are told one by one


def sweep_table(sweep: Sweep, outcomes: Sequence[str]) -> RenderableType:
    """Return what a finished sweep tells about some outcomes as tables for a terminal."""
    intervals = "Wilson for probabilities, normal for means, Student's t over batches of runs for effects"
    weighing = weighing_note(read_config(sweep.manifest["config"]))
    notes = f"In brackets: 95 % intervals, {intervals}.{weighing} {CAVEAT}"
    return Group(*map(terminal_table, sections(sweep, outcomes)), notes)


def sections(sweep: Sweep, outcomes: Sequence[str]) -> Iterator[Section]:
    """Yield what a finished sweep tells about some outcomes as tables."""
    for outcome in outcomes:
        rows = sweep.table[sweep.table["outcome"] == outcome]
        if len(rows) <= FEW:
            yield _points(sweep, outcome, rows)
        ranked = effects(sweep, outcome)
        if len(ranked):
            yield _effects(outcome, ranked, rows["unit"].iloc[0])


def _points(sweep: Sweep, outcome: str, rows: pd.DataFrame) -> Section:
    """Return the table of all points."""
    numbers = rows[["estimate", "low", "high", "unit", "n"]].itertuples(index=False)
    told = alike([Estimate(point, low, high, kind_of(unit), n) for point, low, high, unit, n in numbers])
    factors = [Column(name, in_full(rows[name].tolist())) for name in sweep.factors]
    return Section(f"{outcome}, point by point", [*factors, Column(outcome, told), Column("runs", rows["n"].tolist())])


def _effects(outcome: str, ranked: pd.DataFrame, unit: str) -> Section:
    """Return the table of effects."""
    numbers = ranked[["effect", "low", "high"]].itertuples(index=False)
    told = alike([difference(value, low, high, unit) for value, low, high in numbers])
    title = f"What each factor does to {outcome} over its range, others held; n = {ranked['n'].iloc[0]:,} points"
    unit_of_change = "percentage points" if kind_of(unit) is Kind.SHARE else unit
    return Section(title, [Column("factor", list(ranked["factor"])), Column(f"change, {unit_of_change}", told)])
