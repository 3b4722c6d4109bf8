"""Tell what rival theories are worth: in sentences, in a table by family, and in a table of their weights."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from sim.study.score.theories import ALL, STACKED
from sim.study.score.versus import HELPS, HURTS, OPEN
from sim.tell.answer import Answer
from sim.tell.estimate import Estimate, Kind
from sim.tell.score_tables import TITLES, skill, skill_text
from sim.tell.section import Cell, Section

QUESTION = "What is each theory worth in past wars?"
NOTES = (
    "Gain, in %: 1 - score / that of the usual theory on the same items, with its 90 % interval over resampled worlds; "
    "▲ ▼ where that excludes 0. Scores are CRPS, of yes and no Brier, of levels ranked probability; runs weigh as "
    "other countries' falls teach. Weight, in %: its part of the mixture that scores best on all these worlds, with "
    "its 90 % interval; the stack is that mixture, learnt with each country left out."
)
CHANCE = 0.1  # of a verdict where nothing differs, by a 90 % interval
LEAST = 0.005  # of a gain that is marked: less is told as 0
FEWEST = 10  # wars by which weights are told


def theories_answer(table: pd.DataFrame) -> Answer:
    """Return what theories are worth.

    Parameters
    ----------
    table
        See `sim.study.score.theories.WorthRow`.
    """
    sections = [weights_section(table), gains_section(table)]
    return Answer(QUESTION, theories_sentences(table), sections, NOTES)


def theories_sentences(table: pd.DataFrame) -> list[str]:
    """Return what theories are worth in sentences: all of them together, each alone, and where nothing can be told."""
    usual, *rivals = _theories(table)
    whole = {row["theory"]: row for row in _rows(table[table["family"] == ALL])}
    mixed = whole[STACKED]
    told = {HELPS: "better than", HURTS: "worse than", OPEN: "no better or worse, as far as these wars can tell, than"}
    first = (
        f"All theories together, each country left out, score {told[mixed['verdict']]} the usual one ({usual}) alone"
        f"{_span(mixed)}."
    )
    sure_ones = [name for name in rivals if whole[name]["verdict"] != OPEN]
    alone = ", ".join(f"{_called(name)} {skill_text(whole[name]['gain'])}" for name in sure_ones)
    each = f"Alone, on the whole, {alone}" if alone else "Alone, on the whole, no theory differs from it for sure"
    cells = table[~table["family"].eq(ALL) & table["theory"].isin(rivals)]
    sure = cells[cells["verdict"] != OPEN]
    counted = (
        f"of {len(cells)} pairs of a rival theory and a family {int((sure['verdict'] == HELPS).sum())} help and "
        f"{int((sure['verdict'] == HURTS).sum())} hurt, where chance alone would give some {CHANCE * len(cells):.0f}"
    )
    open_ones = [name for name, own in cells.groupby("family", sort=False) if own["verdict"].eq(OPEN).all()]
    last = f"The wars cannot tell the theories apart in {len(open_ones)} of {cells['family'].nunique()} families."
    return [first, f"{each}; {counted}.", last]


def _span(row: Mapping[str, Any]) -> str:
    """Return a gain in words."""
    if pd.isna(row["gain_low"]):
        return ""
    return (
        f" ({skill_text(row['gain'])}, 90 % interval {skill_text(row['gain_low'])} to {skill_text(row['gain_high'])})"
    )


def weights_section(table: pd.DataFrame) -> Section:
    """Return what each theory gains on the whole, and its part of the best mixture: a row for each.

    Parameters
    ----------
    table
        See `theories_answer`.
    """
    usual, whole = _theories(table)[0], _rows(table[table["family"] == ALL])
    rows: list[tuple[Cell, ...]] = [
        (_called(row["theory"]), "", _weight(row), "the usual one")
        if row["theory"] == usual
        else (_called(row["theory"]), _gain(row), _weight(row), row["verdict"])
        for row in whole
    ]
    return Section.of_rows("On all families together", ("theory", "gain, %", "weight, %", "verdict"), rows)


def gains_section(table: pd.DataFrame) -> Section:
    """Return what each theory gains in each family: a row for each family, a column for each rival, and the stack.

    Parameters
    ----------
    table
        See `theories_answer`.
    """
    names = [*_theories(table)[1:], STACKED]
    rows = []
    for family, own in table[table["family"] != ALL].groupby("family", sort=False):
        by_name = {row["theory"]: row for row in _rows(own)}
        rows.append((TITLES[str(family)], *(_mark(by_name[name]) for name in names)))
    header = ("what is scored", *map(_called, names))
    return Section.of_rows("Gain over the usual theory, %", header, rows)


def _rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of a table."""
    return table.to_dict("records")  # type: ignore[return-value]  # the names of columns are texts


def _theories(table: pd.DataFrame) -> Sequence[str]:
    """Return the names of the theories, the usual one first."""
    return [name for name in table["theory"].unique() if name != STACKED]


def _called(name: str) -> str:
    """Return a theory's name as it is read."""
    return name.replace("_", " ")


def _gain(row: Mapping[str, Any]) -> Cell:
    """Return a gain with its interval."""
    return "" if pd.isna(row["gain"]) else skill(row["gain"], row["gain_low"], row["gain_high"])


def _mark(row: Mapping[str, Any]) -> Cell:
    """Return a gain in short, with a mark where it is sure."""
    if pd.isna(row["gain"]):
        return ""
    mark = {HELPS: "▲ ", HURTS: "▼ "}.get(row["verdict"], "") if abs(row["gain"]) >= LEAST else ""
    return f"{mark}{skill_text(row['gain'])}"


def _weight(row: Mapping[str, Any]) -> Cell:
    """Return a weight in percent with its interval."""
    if pd.isna(row["weight"]):
        return ""
    point, low, high = (100.0 * row[name] for name in ("weight", "weight_low", "weight_high"))
    if row["worlds"] < FEWEST:
        return "too few wars"
    return Estimate(point, low, high, Kind.AMOUNT, decimals=0)
