"""Take differences out of a comparison in the units in which figures show them."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sim.core.outputs import RELEVANT
from sim.show.kit.typeset import NO_BREAK
from sim.study.compare import Comparison, base_means
from sim.tell.estimate import Estimate, Kind, Told, alike, decimals_of
from sim.tell.numbers import DIGITS, magnitude, rounded, to_figures

POINTS, PERCENT = "points", "%"
TINY = 0.05  # in any unit; where nothing in a column is larger, nobody asks for more


@dataclass(frozen=True)
class Difference:
    """Hold what a scenario changes in an outcome.

    Parameters
    ----------
    scenario, outcome
        Of which, and in what.
    unit
        Of the difference, in words.
    base
        Mean of the base, in the outcome's own unit.
    value, low, high
        The difference with its interval over the same runs.
    wide_low, wide_high
        Its interval if runs had nothing in common.
    least
        What it must reach to be clear, in its unit.
    """

    scenario: str
    outcome: str
    unit: str
    base: float
    value: float
    low: float
    high: float
    wide_low: float
    wide_high: float
    least: float = 0.0

    @property
    def is_clear(self) -> bool:
        """Tell whether the interval over the same runs excludes 0, and there is enough for anybody to care."""
        return self.estimate.is_clear

    @property
    def estimate(self) -> Estimate:
        """Return the difference with its interval as a value."""
        return Estimate(self.value, self.low, self.high, Kind.CHANGE, least=self.least)

    @property
    def text(self) -> str:
        """Return the difference with its interval and unit."""
        return f"{told_of([self])[0]} {self.unit}".replace(" ", NO_BREAK)

    @property
    def base_text(self) -> str:
        """Return the mean of the base."""
        return str(Estimate(self.base, kind=Kind.SHARE)) if self.unit == POINTS else short(self.base)


Differences = dict[tuple[str, str], Difference]
"""Differences by scenario and outcome."""


def in_points(comparison: Comparison, outcomes: Iterable[str]) -> Differences:
    """Return differences of probabilities and shares from the base, in percentage points.

    Parameters
    ----------
    comparison
        Scenarios beside a base.
    outcomes
        Their names, in the order wanted.
    """
    return _differences(comparison, dict.fromkeys(outcomes, 100.0), POINTS)


def in_percent(comparison: Comparison, outcomes: Iterable[str]) -> Differences:
    """Return differences of amounts from the base, in percent of its mean, which is above 0; see `in_points`."""
    means = base_means(comparison)
    return _differences(comparison, {outcome: 100.0 / means[outcome] for outcome in outcomes}, PERCENT)


def in_unit(comparison: Comparison, outcomes: Iterable[str], unit: str, size: float) -> Differences:
    """Return differences of amounts from the base in a unit of some size, such as thousands; see `in_points`."""
    return _differences(comparison, dict.fromkeys(outcomes, 1.0 / size), unit)


def told_of(column: Sequence[Difference]) -> list[Told]:
    """Return differences that stand below each other with their intervals; what is the same in every run has none.

    Parameters
    ----------
    column
        In one unit; at least one.
    """
    estimates = alike([difference.estimate for difference in column])
    farthest = [max(map(abs, estimate.numbers)) for estimate in estimates]
    told = [e.told for e in estimates] if max(farthest) >= TINY else [Told(f"<{TINY:g}")] * len(column)
    return [text if far else Told("0") for far, text in zip(farthest, told, strict=True)]


def base_text(mean: float, column: Sequence[Difference]) -> str:
    """Return the mean of the base as it stands above differences from it, with as many decimals.

    Parameters
    ----------
    mean
        In their unit.
    column
        As of `told_of`.
    """
    most = DIGITS - 1 - (min(magnitude(mean), 0) if mean else 0)
    decimals = min(max(decimals_of([difference.estimate for difference in column]), 0), most)
    return f"{rounded(mean, decimals):,.{decimals}f}"


def short(number: float) -> str:
    """Return a number with the most digits that are told."""
    return f"{to_figures(number, DIGITS):,.10g}"


def _differences(comparison: Comparison, factors: Mapping[str, float], unit: str) -> Differences:
    """Return differences, each outcome times a factor."""
    means, table = base_means(comparison), comparison.table
    rows = {(str(row["scenario"]), str(row["outcome"])): row for row in table.to_dict("records")}
    return {
        (case.name, outcome): _difference(rows[case.name, outcome], means[outcome], factor, unit)
        for outcome, factor in factors.items()
        for case in comparison.cases[1:]
    }


def _difference(row: Mapping[Hashable, Any], base: float, factor: float, unit: str) -> Difference:
    """Return the difference of one row, times a factor."""
    columns = ("difference", "low", "high", "unpaired_low", "unpaired_high")
    value, low, high, wide_low, wide_high = (factor * float(row[column]) for column in columns)
    least = factor * RELEVANT.get(row["unit"], 0.0)
    return Difference(row["scenario"], row["outcome"], unit, base, value, low, high, wide_low, wide_high, least)
