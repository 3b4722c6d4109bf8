"""Say what distinguishes scenarios from the first of them: in sentences, and in tables."""

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import pandas as pd

from sim.ensemble.estimate.outcomes import PROBABILITY
from sim.show.figures import drawable, of_comparison
from sim.show.report.chapters import Drawing, drawing_of
from sim.show.report.headlines import DRAWN_IN
from sim.show.report.inline import tight
from sim.study.cases import Case
from sim.study.compare import Comparison
from sim.tell.comparison_summary import headline_rows
from sim.tell.labels import outcome_labels
from sim.tell.numbers import amount, change, percent
from sim.tell.sections import Section

Row: TypeAlias = dict[Hashable, Any]  # of `Comparison.table`

HEADER = ("scenario", "outcome", "in words", "here", "base", "difference", "runs", "runs without pairing")
PERCENT = 100.0
FINER = 10.0


@dataclass(frozen=True)
class Other:
    """Hold what one scenario changes.

    Parameters
    ----------
    name, question
        The scenario, and what it asks.
    sentences
        What it changes of what matters most.
    divergence
        In how many runs anything differs, and from when.
    """

    name: str
    question: str
    sentences: tuple[str, ...]
    divergence: str


@dataclass(frozen=True)
class Change:
    """Hold what all scenarios change.

    Parameters
    ----------
    others
        Scenarios but the base, in their order.
    main, everything
        Tables of the outcomes that matter most, and of all.
    """

    others: tuple[Other, ...]
    main: Section
    everything: Section


def change_of(comparison: Comparison) -> Change:
    """Return what a comparison tells.

    Parameters
    ----------
    comparison
        Two scenarios or more; the first is the base.
    """
    base, *others = comparison.cases
    rows, first = (
        table[table["scenario"] != base.name].to_dict("records")
        for table in (comparison.table, headline_rows(comparison))
    )
    labels = outcome_labels(base.scenario)
    title = f"Differences from {base.name}, with 95 % intervals"
    by_case = {case.name: [row for row in rows if row["scenario"] == case.name] for case in others}
    return Change(
        others=tuple(_other(case, by_case[case.name], labels) for case in others),
        main=Section(title, HEADER, tuple(_cells(row, labels) for row in first)),
        everything=Section(f"All {title[0].lower()}{title[1:]}", HEADER, tuple(_cells(row, labels) for row in rows)),
    )


def drawings_of(comparison: Comparison) -> list[Drawing]:
    """Return the figures of a comparison; their numbers are in the tables of `change_of`.

    Parameters
    ----------
    comparison
        Two scenarios or more; the first is the base.
    """
    return [drawing_of(f"compare_{name}", sheet) for name, sheet in drawable(of_comparison(comparison)).items()]


def _other(case: Case, rows: Sequence[Row], labels: dict[str, str]) -> Other:
    """Return what one scenario changes: the fate of the regime, the neighbour that feels it most, those who flee."""
    by_name = {row["outcome"]: row for row in rows}
    drawn_in = [row for name, row in by_name.items() if name.startswith(f"p_level_{DRAWN_IN.value}_")]
    most = sorted(drawn_in, key=lambda row: -abs(row["difference"]))[:1]
    told = [by_name["p_collapse"], *most, by_name["refugees"]]
    sentences = tuple(_sentence(row, labels[row["outcome"]]) for row in told)
    return Other(case.name, case.scenario.config.scenario.question, sentences, _divergence(rows[0]))


def _sentence(row: Row, label: str) -> str:
    """Return what a scenario does to one outcome."""
    here, before = (_value(row, value) for value in (row["estimate"], row["estimate"] - row["difference"]))
    return tight(f"{label[0].upper()}{label[1:]}: {_direction(row)}, {here} instead of {before} ({_difference(row)}).")


def _divergence(row: Row) -> str:
    """Return in how many runs anything differs, and from when."""
    has_day = bool(pd.notna(row["first_divergence_day"]))
    since = f", half of those with a day series by day {row['first_divergence_day']}" if has_day else ""
    return tight(
        f"{percent(row['share_changed'], math.nan, math.nan)} of {row['n']:,} runs differ in something{since}."
    )


def _cells(row: Row, labels: dict[str, str]) -> tuple[str, ...]:
    """Return a row of `HEADER`."""
    here, before = (_value(row, value) for value in (row["estimate"], row["estimate"] - row["difference"]))
    is_same = bool(pd.isna(row["n_unpaired"]))
    needed = "all the same" if is_same else f"{row['n_unpaired']:,}"
    label = labels[row["outcome"]]
    return row["scenario"], label, _direction(row), here, before, _difference(row), f"{row['n']:,}", needed


def _direction(row: Row) -> str:
    """Return what a difference is in words, which its interval decides."""
    if not (row["low"] > 0.0 or row["high"] < 0.0):
        return "no clear difference"
    more, less = ("more likely", "less likely") if row["unit"] == PROBABILITY else ("higher", "lower")
    return more if row["low"] > 0.0 else less


def _difference(row: Row) -> str:
    """Return a difference with its interval and unit."""
    factor, unit = (PERCENT, "points") if _is_share(row) else (1.0, row["unit"])
    return f"{change(*(factor * row[key] for key in ('difference', 'low', 'high')))} {unit}"


def _value(row: Row, value: float) -> str:
    """Return a number of a scenario, one figure finer than the interval supports, as the difference is told."""
    write = percent if _is_share(row) else amount
    bounds = (value + (row[key] - row["difference"]) / FINER for key in ("low", "high"))
    return write(value, *bounds).partition(" [")[0]


def _is_share(row: Row) -> bool:
    """Tell whether an outcome is said in percent."""
    return row["unit"] in (PROBABILITY, "share")
