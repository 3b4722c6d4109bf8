"""Sum a comparison up in tables: all scenarios at a glance, what each changes, and what pairing was worth."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

import pandas as pd
from rich.console import Group, RenderableType

from sim.study.compare import COMPARISON, Comparison, base_means
from sim.tell.certainty import certainty, weighing_note
from sim.tell.comparison_overview import NOTE, PER_CENT, Row, main_outcomes, means, overview
from sim.tell.estimate import Estimate, Kind, Number, alike, difference, kind_of
from sim.tell.labels import MAIN_AMOUNTS, outcome_labels
from sim.tell.numbers import to_figures, whole_percent
from sim.tell.section import Cell, Column, Section
from sim.tell.summary import CAVEAT, markdown_code, markdown_section, markdown_text, terminal_table

HEADLINES = ("p_collapse", "p_collapse_by_30", "p_capital_fall", "p_settlement", "days_in_power", *MAIN_AMOUNTS)
HEADLINE_LEVELS = ("p_level_2_", "p_level_3_")
FEW = 2  # scenarios beside the base whose tables a terminal has room for
UNCHANGED = "all the same"
SIGN = "sign holds"
NOTES = (
    f"{NOTE} "
    "In brackets: 95 % intervals of the difference over the same runs (Bonett and Price for probabilities, normal for "
    "means); differences of shares are in percentage points. Runs without pairing: how many of each scenario would "
    f"give as narrow an interval if they shared no draws; {UNCHANGED}: no run differs in it."
)
SIGNS = f" {SIGN[0].upper()}{SIGN[1:]}: under which share of the parameters' vectors the difference has the same sign."
MOST_RUNS = 1_000_000  # beyond which nobody asks how many more it would take
Differences: TypeAlias = Mapping[tuple[str, str], Estimate]
"""Differences by scenario and outcome."""


def headline_rows(comparison: Comparison) -> pd.DataFrame:
    """Return the rows of the table that are shown first."""
    outcome = comparison.table["outcome"]
    rows: pd.DataFrame = comparison.table[outcome.isin(HEADLINES) | outcome.str.startswith(HEADLINE_LEVELS)]
    return rows


def comparison_table(comparison: Comparison) -> RenderableType:
    """Return a comparison as tables for a terminal: the overview, and what else differs."""
    few = len(comparison.cases) - 1 <= FEW
    besides = _changed_tables(comparison) if few else _changed_lines(comparison)
    glance = (terminal_table(section, is_upright=True) for section in overview(comparison))
    return Group(*glance, *besides, *certainties(comparison), "", _notes(comparison))


def comparison_markdown(comparison: Comparison) -> str:
    """Return a comparison as a page."""
    base, *others = [case.name for case in comparison.cases]
    title = markdown_text(f"{', '.join(others)} against {base}")
    made = f"Made by {markdown_code(comparison.manifest['command'])}."
    told = map(markdown_text, certainties(comparison))
    blocks = [f"# {title}", *told, *map(markdown_section, sections(comparison)), _notes(comparison), made]
    return "\n\n".join(blocks) + "\n"


def certainties(comparison: Comparison) -> list[str]:
    """Return how far the chance of a collapse may be trusted, of many scenarios in the base alone, if that is asked."""
    told = comparison.cases if len(comparison.cases) - 1 <= FEW else comparison.cases[:1]
    cases = [case for case in told if case.scenario.tilt is not None]
    return [f"{case.name}: {certainty(case.results, case.scenario)}" for case in cases]


def _notes(comparison: Comparison) -> str:
    """Return how to read the numbers."""
    signs = SIGNS if comparison.table["sign_holds"].notna().any() else ""
    return f"{NOTES}{signs}{weighing_note(comparison.cases[0].scenario.config)} {CAVEAT}"


def sections(comparison: Comparison) -> list[Section]:
    """Return the overview, and a table for each scenario but the base."""
    rows = headline_rows(comparison)
    return [*overview(comparison), *(_of_one(comparison, case.name, rows) for case in comparison.cases[1:])]


def all_differences(comparison: Comparison) -> Section:
    """Return one table of all outcomes of all scenarios but the base."""
    base = comparison.cases[0].name
    rows = comparison.table[comparison.table["scenario"] != base].to_dict("records")
    columns = _columns(comparison, rows, "here")
    title = f"All differences from {base}, with 95 % intervals; n = {comparison.table['n'].min():,} runs"
    return Section(title, [Column("scenario", [row["scenario"] for row in rows]), *columns])


def divergence(comparison: Comparison, name: str) -> str:
    """Return in how many runs a scenario differs from the base, and since when."""
    table = comparison.table
    n, changed, day = table[table["scenario"] == name].iloc[0][["n", "share_changed", "first_divergence_day"]]
    since = "" if pd.isna(day) else f", half of those with a day series by day {day}"
    return f"{to_figures(PER_CENT * changed, 3):g} % of {n:,} runs differ in something{since}"


def _of_one(comparison: Comparison, name: str, rows: pd.DataFrame) -> Section:
    """Return the table of one scenario, of those of some rows that are its own."""
    own = rows[rows["scenario"] == name].to_dict("records")
    title = f"{name} against {comparison.cases[0].name}: {divergence(comparison, name)}"
    return Section(title, _columns(comparison, own, name))


def _columns(comparison: Comparison, rows: Sequence[Row], here: str) -> list[Column]:
    """Return what is told about outcomes: the means of the base and of a scenario, and what lies between them."""
    base, labels = comparison.cases[0], outcome_labels(comparison.cases[0].scenario)
    before, gaps = base_means(comparison), _differences(comparison)
    pairs = [means([before[row["outcome"]], row["estimate"]], row["unit"]) for row in rows]
    holds = [row["sign_holds"] for row in rows]
    signs = Column(SIGN, ["" if pd.isna(one) else whole_percent(one) for one in holds])
    needed = Column("runs without pairing", [_needed(row["n_unpaired"]) for row in rows])
    return [
        Column("outcome", [_with_unit(labels[row["outcome"]], _unit(row, "%")) for row in rows]),
        Column(base.name, [pair[0] for pair in pairs]),
        Column(here, [pair[1] for pair in pairs]),
        Column("difference", [gaps[row["scenario"], row["outcome"]] for row in rows]),
        signs if any(signs.cells) else needed,
    ]


def _changed_tables(comparison: Comparison) -> Iterator[RenderableType]:
    """Yield what differs in any run, a table for each scenario."""
    rows = headline_rows(comparison)
    for case in comparison.cases[1:]:
        section = _of_one(comparison, case.name, rows[rows["n_unpaired"].notna()])
        yield terminal_table(section) if section.rows else f"{section.title}.\n"


def _changed_lines(comparison: Comparison) -> Iterator[str]:
    """Yield what else differs clearly, in words for each scenario."""
    rows, labels = headline_rows(comparison), outcome_labels(comparison.cases[0].scenario)
    rows = rows[~rows["outcome"].isin(main_outcomes(comparison))]
    gaps = _differences(comparison, Kind.CHANGE)
    for case in comparison.cases[1:]:
        own = rows[rows["scenario"] == case.name].to_dict("records")
        clear = [(row, gap) for row in own if (gap := gaps[case.name, row["outcome"]]).is_clear]
        told = (f"{labels[row['outcome']]} {gap.alone} {_unit(row, 'points')}" for row, gap in clear)
        besides = f"; also clear: {', '.join(told)}" if clear else ""
        yield f"{case.name}: {divergence(comparison, case.name)}{besides}."
    yield f"\nsummary.md has a table for each scenario, {COMPARISON}.parquet all outcomes."


def _differences(comparison: Comparison, kind: Kind = Kind.MARKED) -> Differences:
    """Return each difference by scenario and outcome, those in one outcome told with as many decimals each."""
    table, found = comparison.table, dict[tuple[str, str], Estimate]()
    for outcome, rows in table[table["scenario"] != comparison.cases[0].name].groupby("outcome", sort=False):
        numbers = rows[["difference", "low", "high", "unit"]].itertuples(index=False)
        gaps = alike([difference(value, low, high, unit, kind) for value, low, high, unit in numbers])
        found |= {(name, str(outcome)): gap for name, gap in zip(rows["scenario"], gaps, strict=True)}
    return found


def _unit(row: Row, of_shares: str) -> str:
    """Return the unit in which an outcome is told."""
    return of_shares if kind_of(row["unit"]) is Kind.SHARE else row["unit"]


def _with_unit(label: str, unit: str) -> str:
    """Return what an outcome is with its unit, unless that is said already."""
    return label if unit in label else f"{label}, {unit}"


def _needed(number: int | None) -> Cell:
    """Return how many runs it would take without pairing, to two figures."""
    if pd.isna(number):
        return UNCHANGED
    return f"over {MOST_RUNS:,}" if number > MOST_RUNS else Number(to_figures(number, 2))
