"""Hold numbers as values that know how to say themselves; they become text where somebody reads them, not before.

A number that is told in two ways (with its interval in a table, alone on a map) is the same value, asked twice: its
`told` has both parts. Nobody takes text apart to find a number in it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import Enum
from typing import NamedTuple, TypeAlias

from sim.core.outputs import RELEVANT
from sim.tell.numbers import (
    DIGITS,
    Parts,
    amount_text,
    change_text,
    decimals_of_amounts,
    decimals_of_changes,
    first_figure,
    magnitude,
    percent_text,
    rounded,
    span,
    supported,
    to_figures,
)

MORE, LESS = "\N{BLACK UP-POINTING TRIANGLE}", "\N{BLACK DOWN-POINTING TRIANGLE}"
RARE = 0.01  # share below which a percent is too coarse
FIGURES = 2  # of an amount whose interval of knowledge is told
NEVER, NO_RUNS = "never", "no runs"
NO_BREAK = "\N{NO-BREAK SPACE}"  # at which no line ends; written as a plain one


class Kind(Enum):
    """How an estimate is told."""

    SHARE = "in percent"
    POINTS = "in percent, without the sign"
    AMOUNT = "as a number"
    COUNT = "as a number, whole where it is certain"
    DAY = "as a day, or that it never comes"
    CHANGE = "as a difference"
    MARKED = "as a difference, with a mark where it is clear"


CHANGES, SHARES = (Kind.CHANGE, Kind.MARKED), (Kind.SHARE, Kind.POINTS)
KINDS = {"probability": Kind.SHARE, "share": Kind.SHARE, "day": Kind.DAY, "breaks": Kind.COUNT}


class Told(NamedTuple):
    """Hold an estimate in words: the number, and its interval, empty where it has none."""

    number: str
    interval: str = ""

    def __str__(self) -> str:
        """Return the number with its interval."""
        return f"{self.number} {self.interval}" if self.interval else self.number

    @property
    def tight(self) -> str:
        """Return the number with its interval, both on one line wherever they stand."""
        return str(self).replace(" ", NO_BREAK)


@dataclass(frozen=True)
class Estimate:
    """Hold a number with its interval.

    Parameters
    ----------
    point, low, high
        The estimate and its interval, both bounds NaN where so few runs give none; a day is NaN where it never comes.
    kind
        How it is told; shares are given in [0, 1], amounts are at least 0.
    n
        Number of runs that it comes from; without any there is nothing to tell.
    decimals
        How many it is told with where that depends on numbers beside it; see `alike`.
    least
        What a difference must reach to be clear, besides that its interval excludes 0.
    known
        Its interval of knowledge, 90 %, which is told instead of the other; both bounds NaN where there is none. A day
        without an upper bound may never come.
    """

    point: float
    low: float = math.nan
    high: float = math.nan
    kind: Kind = Kind.AMOUNT
    n: int = 1
    decimals: int | None = None
    least: float = 0.0
    known: tuple[float, float] = (math.nan, math.nan)

    @property
    def told(self) -> Told:
        """Return it in words, with no more digits than the interval supports."""
        if not self.n:
            return Told(NO_RUNS)
        if self.kind is Kind.DAY:
            return self._day()
        if self.kind is Kind.COUNT and not self.low < self.high:
            return Told(f"{self.point:,.0f}")
        decimals = self._own_decimals() if self.decimals is None else self.decimals
        if self.kind in CHANGES:
            return self._change(decimals)
        point, *ends = self.shown
        finest = max(decimals, 0) if self.is_known else decimals  # its ends may be far smaller than the number
        number, bounds = self._text(point, decimals), [self._text(end, self._of_end(end, finest)) for end in ends]
        return Told(f"{number} %" if self.kind is Kind.SHARE else number, _interval(bounds))

    def __str__(self) -> str:
        """Return it in words with its interval, such as `41 % [40, 42]`, `4,100 [4,000, 4,200]` or `9 [8, 10]`."""
        return str(self.told)

    @property
    def alone(self) -> str:
        """Return it in words without its interval, on one line, for where that is told or drawn beside."""
        return self.told.number.replace(" ", NO_BREAK)

    @property
    def tight(self) -> str:
        """Return it in words with its interval, both on one line wherever they stand."""
        return self.told.tight

    @property
    def is_clear(self) -> bool:
        """Tell whether the interval excludes 0, and there is enough for anybody to care."""
        return abs(self.point) >= self.least and (self.low > 0.0 or self.high < 0.0)

    @property
    def numbers(self) -> Parts:
        """Return the number, and its bounds if it has both; shares in percent."""
        factor = 100.0 if self.kind in SHARES else 1.0
        point, *bounds = (factor * value for value in (self.point, self.low, self.high))
        return (point,) if any(map(math.isnan, bounds)) else (point, *bounds)

    @property
    def is_known(self) -> bool:
        """Tell whether it has an interval of knowledge."""
        return not math.isnan(self.known[0])

    @property
    def bounds(self) -> tuple[float, float]:
        """Return the interval that is told: that of knowledge where there is one."""
        return self.known if self.is_known else (self.low, self.high)

    @property
    def sampling(self) -> str:
        """Return how far its interval of sampling reaches to either side, at most, such as `±1`; empty without one."""
        point, *ends = self.numbers
        if not ends:
            return ""
        return f"\N{PLUS-MINUS SIGN}{to_figures(max(point - ends[0], ends[1] - point), 1):,g}"

    @property
    def of_sampling(self) -> Estimate:
        """Return it with its interval of sampling alone."""
        return replace(self, known=(math.nan, math.nan))

    @property
    def shown(self) -> Parts:
        """Return the number, and the bounds that are told with it; shares in percent."""
        if not self.is_known or math.isnan(self.known[1]):
            return self.numbers
        factor = 100.0 if self.kind in SHARES else 1.0
        return factor * self.point, factor * self.known[0], factor * self.known[1]

    def _text(self, value: float, decimals: int) -> str:
        """Return a number as text, an amount to two figures where so much is open."""
        if self.kind in SHARES:
            return percent_text(value, decimals)
        if not self.is_known or value <= 0.0:
            return amount_text(value, decimals)
        return amount_text(value, min(decimals, FIGURES - 1 - magnitude(value)))

    def _of_end(self, end: float, decimals: int) -> int:
        """Return how many decimals an end is told with: none where one run's whole number is the end."""
        return min(decimals, 0) if self.is_known and end.is_integer() else decimals

    def _own_decimals(self) -> int:
        """Return how many decimals it supports by itself."""
        if self.kind in CHANGES:
            return decimals_of_changes([self.numbers])
        if self.is_known and self.kind in SHARES:
            return _of_known_shares([self])
        point, *bounds = self.numbers
        if bounds:
            return supported(bounds[1] - bounds[0])
        return 0 if self.kind in SHARES else first_figure(point)

    def _change(self, decimals: int) -> Told:
        """Return a difference in words; what rounds to nothing, but is not, is less than half a step."""
        mark = f"{MORE if self.low > 0.0 else LESS} " if self.kind is Kind.MARKED and self.is_clear else ""
        if any(self.numbers) and not any(rounded(value, decimals) for value in self.numbers):
            return Told(f"{mark}<{0.5 * 10.0**-decimals:,g}")
        number, *bounds = (change_text(value, decimals) for value in self.numbers)
        return Told(f"{mark}{number}", _interval(bounds))

    def _day(self) -> Told:
        """Return a day in words; what has no bound may never come."""
        days = (self.point, *self.bounds)
        first, *bounds = (NEVER if math.isnan(day) else f"{rounded(day):.0f}" for day in days)
        return Told(first, "" if bounds == [NEVER, NEVER] else _interval(bounds))


@dataclass(frozen=True)
class Range:
    """Hold from where to where runs reach, by two quantiles; their own intervals are not told."""

    low: Estimate
    high: Estimate

    @property
    def told(self) -> Told:
        """Return it in words, such as `120,000 to 530,000` or `3 % to 17 %`, with as many decimals at each end."""
        ends = self.low, self.high
        if not (self.low.n and self.high.n):
            return Told(NO_RUNS)
        if self.low.kind in SHARES:
            decimals = _of_known_shares(ends)
            return Told(span(*(replace(end, decimals=decimals).told.number for end in ends)))
        places = [_supported(end) for end in ends]
        fewest = max(min((n for n, end in zip(places, ends, strict=True) if end.point), default=0), 0)
        first, last = (amount_text(end.point, min(n, fewest)) for n, end in zip(places, ends, strict=True))
        return Told(span(first, last))


@dataclass(frozen=True)
class Number:
    """Hold a number that is told as it is: a setting, or a mean whose interval stands beside it.

    Parameters
    ----------
    value
        The number.
    decimals
        How many it is told with.
    unit
        What follows it, a space included.
    """

    value: float
    decimals: int = 0
    unit: str = ""

    @property
    def told(self) -> Told:
        """Return it in words."""
        return Told(f"{rounded(self.value, self.decimals):,.{self.decimals}f}{self.unit}")


Value: TypeAlias = Estimate | Range | Number


def kind_of(unit: str) -> Kind:
    """Return how an estimate in some unit is told."""
    return KINDS.get(unit, Kind.AMOUNT)


def difference(value: float, low: float, high: float, unit: str, kind: Kind = Kind.CHANGE) -> Estimate:
    """Return a difference between means with its interval, that between shares in percentage points.

    Parameters
    ----------
    value, low, high
        The difference, in the unit of the means.
    unit
        Of the means.
    kind
        Whether it is marked where it is clear.
    """
    factor = 100.0 if kind_of(unit) is Kind.SHARE else 1.0
    return Estimate(factor * value, factor * low, factor * high, kind, least=RELEVANT.get(unit, 0.0))


def alike(column: Sequence[Estimate]) -> list[Estimate]:
    """Return estimates of one kind that stand below each other, to be told with as many decimals each."""
    decimals = decimals_of(column)
    return [replace(estimate, decimals=decimals) for estimate in column]


def decimals_of(column: Sequence[Estimate]) -> int:
    """Return how many decimals the intervals of a column support together, below 0 for tens, hundreds and so on."""
    told = [estimate for estimate in column if estimate.n]
    numbers = [estimate.numbers for estimate in told]
    if any(estimate.kind in CHANGES for estimate in told):
        return decimals_of_changes(numbers)
    if any(estimate.kind in SHARES and estimate.is_known for estimate in told):
        return _of_known_shares(told)
    if any(estimate.kind in SHARES for estimate in told):
        return max(decimals_of_amounts(numbers, most_magnitude=1), 0)  # as `percent_text` has it
    return decimals_of_amounts(numbers)


def _of_known_shares(column: Sequence[Estimate]) -> int:
    """Return how many decimals shares are told with whose knowledge leaves so much open: none, unless all are rare."""
    largest = max(estimate.point for estimate in column)
    return 0 if largest >= RARE or largest == 0.0 else 1


def in_full(values: Sequence[float]) -> list[Number]:
    """Return settings that stand below each other, with as many decimals each as the one that has most."""
    exponents = [Decimal(f"{value:g}").normalize().as_tuple().exponent for value in values]
    decimals = max((-exponent for exponent in exponents if isinstance(exponent, int)), default=0)
    return [Number(value, max(decimals, 0)) for value in values]


def setting(value: float) -> Number:
    """Return a setting that stands alone, with all its decimals."""
    return in_full([value])[0]


def _supported(quantile: Estimate) -> int:
    """Return how many decimals a quantile supports; one that is certain and whole needs none."""
    value, *bounds = quantile.numbers
    if value <= 0.0 or (bounds and bounds[0] == bounds[1] and value.is_integer()):
        return 0
    return min(supported(bounds[1] - bounds[0]), DIGITS - 1 - magnitude(value)) if bounds else first_figure(value)


def _interval(bounds: Sequence[str]) -> str:
    """Return an interval in brackets, nothing for no bounds."""
    return f"[{', '.join(bounds)}]" if bounds else ""
