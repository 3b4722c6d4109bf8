"""Tell what drives an outcome: in sentences, and in tables of inputs and of pairs."""

from __future__ import annotations

import math
from collections.abc import Iterator

import pandas as pd

from sim.study.matters.sensitivity import Sensitivity
from sim.tell.answer import Answer
from sim.tell.estimate import Estimate, Kind, Number, Value, kind_of
from sim.tell.inputs import copies_in_words, input_meanings, outcome_label
from sim.tell.numbers import DIGITS, to_figures
from sim.tell.section import Column, Section

MOST_SHOWN, MOST_PAIRS = 15, 5
NOTES = (
    "In brackets: 95 % intervals, by bootstrap; of the parameters together Fisher's, from twins. Shares are of the "
    "variance of the outcome's rank among the runs, by first-order (Sobol') indices with chance taken off. Mean in the "
    "lowest and in the highest fifth: of the runs whose value of the input lies there. A range is a judgement: an "
    "input explains little where its range is narrow."
)


def sensitivity_answer(found: Sensitivity) -> Answer:
    """Return what drives an outcome."""
    label = outcome_label(found.outcome, found.case.scenario)
    sections = [inputs_section(found), *pairs_section(found)]
    return Answer(f"What drives {label}?", list(sentences(found)), sections, NOTES)


def sentences(found: Sensitivity) -> Iterator[str]:
    """Yield what was found in sentences, the most important first."""
    yield finding(found)
    if not math.isnan(found.parameters[0]):
        share = Estimate(*found.parameters, Kind.SHARE)
        yield f"All parameters together explain {share} of what differs between runs; the rest is chance."
    if found.is_joint:
        yield (
            f"Parameters were learnt together, as {found.n_sets:,} vectors: the share of one holds a part of those "
            "that go with it, and shares do not add up."
        )
    yield reliability(found)
    yield from copies_in_words(found.table["input"].head(MOST_SHOWN), found.copies)


def finding(found: Sensitivity) -> str:
    """Return in a sentence which input explains most, and how the outcome goes with it."""
    label = outcome_label(found.outcome, found.case.scenario)
    first, n_clear = found.table.iloc[0], n_clear_of(found)
    if not first["low"] > 0.0:
        return f"No input explains clearly more of {label} than chance does, in {found.n:,} runs."
    (share,) = shares_of(found.table.head(1))
    low, high = fifths(first["at_lowest"], first["at_highest"], found.unit)
    goes = f"from its lowest to its highest fifth the mean goes from {low.told} to {high.told}"
    more = f"{n_clear} of {len(found.table):,} inputs explain some clearly"
    return f"{first['input']} explains most of {label}, {share} of the variance: {goes}; {more}."


def n_clear_of(found: Sensitivity) -> int:
    """Return of how many inputs the interval excludes 0."""
    return int((found.table["low"] > 0.0).sum())


def reliability(found: Sensitivity) -> str:
    """Return in a sentence how far the ranking can be trusted."""
    last = found.agreement.iloc[-1]
    what = "vectors" if found.is_joint else "runs"
    shared = f"{last['shared']:.1f} of their first {last['of']:.0f}"
    agree = f"Two halves of {last['runs']:,.0f} {what} have {shared} in common"
    if math.isnan(found.needed):
        return f"{agree}: the ranking is one of chance, and how many {what} it would take cannot be told from these."
    needed = f"{to_figures(found.needed, 2):,.0f}"
    if found.needed <= found.n_sets:
        return f"{agree}: with all of them the ranking can be read; it could from about {needed} {what} on."
    if found.is_joint:
        return f"{agree}: read the first ones only; there are {found.n_sets:,} vectors, and no more."
    return f"{agree}: read the first ones only; for a ranking that means something make about {needed} {what}."


def inputs_section(found: Sensitivity) -> Section:
    """Return the table of the first inputs."""
    rows = found.table.head(MOST_SHOWN)
    rest = found.table["index"].iloc[len(rows) :]
    more = f"; the other {len(rest):,} together: {100 * rest.sum():.1f} %" if len(rest) else ""
    meanings = input_meanings([str(name) for name in rows["input"]], found.case.scenario)
    ends = [fifths(low, high, found.unit) for low, high in zip(rows["at_lowest"], rows["at_highest"], strict=True)]
    signs = [Estimate(value, kind=Kind.CHANGE, decimals=2) for value in rows["correlation"]]
    return Section(
        f"Inputs by what each explains by itself; n = {found.n:,} runs{more}",
        [
            Column("input", [str(name) for name in rows["input"]]),
            Column("share of the variance", shares_of(rows)),
            Column("rank correlation", signs),
            Column("mean in its lowest fifth", [pair[0] for pair in ends]),
            Column("in its highest fifth", [pair[1] for pair in ends]),
            Column("what it is", [meanings[str(name)] for name in rows["input"]]),
        ],
    )


def pairs_section(found: Sensitivity) -> Iterator[Section]:
    """Yield the table of pairs that explain something together, if there are any."""
    rows = found.pairs[found.pairs["low"] > 0.0].head(MOST_PAIRS)
    if len(rows):
        pairs = [f"{one} × {other}" for one, other in zip(rows["input"], rows["other"], strict=True)]
        yield Section(
            "Pairs of the first inputs by what they explain together, beyond what each does",
            [Column("inputs", pairs), Column("share of the variance", shares_of(rows))],
        )


def shares_of(rows: pd.DataFrame) -> list[Estimate]:
    """Return the indices of some rows as values, with a decimal each."""
    numbers = rows[["index", "low", "high"]].itertuples(index=False)
    return [Estimate(index, low, high, Kind.SHARE, decimals=1) for index, low, high in numbers]


def fifths(low: float, high: float, unit: str) -> tuple[Value, Value]:
    """Return the means at the ends of an input as values."""
    if kind_of(unit) is Kind.SHARE:
        return Estimate(low, kind=Kind.SHARE), Estimate(high, kind=Kind.SHARE)
    return Number(to_figures(low, DIGITS)), Number(to_figures(high, DIGITS))
