"""Say what distinguishes scenarios from the first of them: in sentences, and in tables."""

from collections.abc import Mapping
from dataclasses import dataclass

from sim.ensemble.estimate.outcomes import PROBABILITY
from sim.show.figures import drawable, of_comparison
from sim.show.report.chapters import Drawing, drawing_of
from sim.show.report.headlines import DRAWN_IN
from sim.show.report.inline import tight
from sim.study.cases import Case
from sim.study.compare import Comparison
from sim.tell.comparison_overview import Row, is_same
from sim.tell.comparison_summary import all_differences, divergence, sections
from sim.tell.estimate import Estimate, Kind, difference, kind_of
from sim.tell.labels import outcome_labels
from sim.tell.section import Section

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
    tables
        Their numbers; the last is of all outcomes.
    """

    others: tuple[Other, ...]
    tables: tuple[Section, ...]


def change_of(comparison: Comparison) -> Change:
    """Return what a comparison tells, at least of two scenarios."""
    base, *others = comparison.cases
    rows, labels = comparison.table.to_dict("records"), outcome_labels(base.scenario)
    return Change(
        others=tuple(
            _other(comparison, case, {row["outcome"]: row for row in rows if row["scenario"] == case.name}, labels)
            for case in others
        ),
        tables=(*sections(comparison), all_differences(comparison)),
    )


def drawings_of(comparison: Comparison) -> list[Drawing]:
    """Return the figures of a comparison; their numbers are in the tables of `change_of`."""
    return [drawing_of(f"compare_{name}", sheet) for name, sheet in drawable(of_comparison(comparison)).items()]


def _other(comparison: Comparison, case: Case, rows: Mapping[str, Row], labels: dict[str, str]) -> Other:
    """Return what one scenario changes: the fate of the regime, the neighbour that feels it most, those who flee."""
    drawn_in = [row for name, row in rows.items() if name.startswith(f"p_level_{DRAWN_IN.value}_")]
    most = sorted(drawn_in, key=lambda row: -abs(row["difference"]))[:1]
    told = [rows["p_collapse"], *most, rows["refugees"]]
    sentences = tuple(_sentence(row, labels[row["outcome"]]) for row in told)
    question = case.scenario.config.scenario.question
    return Other(case.name, question, sentences, tight(f"{divergence(comparison, case.name)}."))


def _sentence(row: Row, label: str) -> str:
    """Return what a scenario does to one outcome."""
    name = f"{label[0].upper()}{label[1:]}"
    if is_same(row):
        return tight(f"{name}: the same in every run.")
    here, before = (_value(row, value).alone for value in (row["estimate"], row["estimate"] - row["difference"]))
    gap = gap_of(row)
    unit = "points" if kind_of(row["unit"]) is Kind.SHARE else row["unit"]
    more, less = ("more likely", "less likely") if row["unit"] == PROBABILITY else ("higher", "lower")
    direction = (more if gap.low > 0.0 else less) if gap.is_clear else "no clear difference"
    return tight(f"{name}: {direction}, {here} instead of {before} ({gap} {unit}).")


def gap_of(row: Row) -> Estimate:
    """Return the difference that a scenario makes in one outcome."""
    return difference(row["difference"], row["low"], row["high"], row["unit"])


def _value(row: Row, value: float) -> Estimate:
    """Return a number of a scenario, one figure finer than the interval supports, as the difference is told."""
    low, high = (value + (row[key] - row["difference"]) / FINER for key in ("low", "high"))
    return Estimate(value, low, high, kind_of(row["unit"]))
