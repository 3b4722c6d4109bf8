"""Write estimates as text: no more digits than the interval supports, `never` for a day that never comes."""

from __future__ import annotations

import math
import statistics
import sys
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import TypeAlias

DIGITS = 3  # significant figures, at most
TOLD_APART = 12  # significant figures: what differs further down differs by how a machine holds decimals
Change: TypeAlias = tuple[float, float, float]
"""A difference and its interval."""
Estimate: TypeAlias = tuple[float, float, float]
"""An estimate and its interval, none below 0."""


def rounded(value: float, decimals: int = 0) -> float:
    """Return a number as readers round it, a half away from 0: 8 of 7.5, and 23 of 22.5, which Python has as 22.

    Parameters
    ----------
    value
        Any finite number.
    decimals
        How many it keeps, below 0 for tens, hundreds and so on.
    """
    step = Decimal(1).scaleb(-decimals)
    return float((Decimal(f"{value:.{TOLD_APART}g}") / step).to_integral_value(ROUND_HALF_UP) * step)


def to_figures(value: float, figures: int) -> float:
    """Return a number rounded to some significant figures, one that is not finite as it is.

    Parameters
    ----------
    value
        Any number.
    figures
        How many, at least 1.
    """
    if value == 0.0 or not math.isfinite(value):
        return value
    return rounded(value, figures - 1 - math.floor(math.log10(abs(value))))


def whole_percent(share: float) -> str:
    """Return a share without its interval, in whole percent, such as `41 %`."""
    return f"{rounded(100 * share):.0f} %"


def percent(share: float, low: float, high: float) -> str:
    """Return a share with its interval, such as `41 % [40, 42]`.

    Parameters
    ----------
    share, low, high
        The estimate and its interval, in [0, 1]; where so few runs give no bound (NaN), there is none.
    """
    if math.isnan(low) or math.isnan(high):
        return f"{_points(100 * share, 0)} %"
    decimals = max(_decimals(100 * (high - low)), 0)
    texts = [_points(100 * value, decimals) for value in (share, low, high)]
    return f"{texts[0]} % [{texts[1]}, {texts[2]}]"


def amount(estimate: float, low: float, high: float) -> str:
    """Return an amount with its interval, such as `410,000 [400,000, 420,000]`.

    Parameters
    ----------
    estimate, low, high
        The estimate and its interval, at least 0; where so few runs give no bound (NaN), one figure is enough.
    """
    if math.isnan(low) or math.isnan(high):
        return _amount(estimate, -math.floor(math.log10(estimate)) if estimate > 0 else 0)
    decimals = _decimals(high - low)
    texts = [_amount(value, decimals) for value in (estimate, low, high)]
    return f"{texts[0]} [{texts[1]}, {texts[2]}]"


def percents(column: Sequence[Estimate]) -> list[str]:
    """Return shares that stand below each other, with as many decimals each; 0 and 100 stand for themselves only.

    Parameters
    ----------
    column
        Estimates with their intervals, each as for `percent`.
    """
    return [f"{first} %{bracket}{rest}" for first, bracket, rest in (cell.partition(" [") for cell in points(column))]


def points(column: Sequence[Estimate]) -> list[str]:
    """Return `percents` without the sign, such as `41 [40, 42]`.

    Parameters
    ----------
    column
        Estimates with their intervals, each as for `percent`.
    """
    scaled = [(100 * share, 100 * low, 100 * high) for share, low, high in column]
    decimals = max(_shared_decimals(scaled, most_magnitude=1), 0)  # as `_points` has it
    return [_cell([_points(value, decimals) for value in row if not math.isnan(value)]) for row in scaled]


def amounts(column: Sequence[Estimate]) -> list[str]:
    """Return amounts that stand below each other, with as many decimals each.

    Parameters
    ----------
    column
        Estimates with their intervals, each as for `amount`.
    """
    decimals = _shared_decimals(column)
    return [_cell([_amount(value, decimals) for value in row if not math.isnan(value)]) for row in column]


def _shared_decimals(column: Sequence[Estimate], most_magnitude: int = sys.maxsize) -> int:
    """Return how many decimals the median of the intervals supports, with the most figures of the largest number."""
    largest = max((value for row in column for value in row if not math.isnan(value)), default=0.0)
    if largest <= 0.0:
        return 0
    magnitude = min(_magnitude(largest), most_magnitude)
    widths = [high - low for _, low, high in column if high > low]
    return min(_decimals(statistics.median(widths)), DIGITS - 1 - magnitude) if widths else -magnitude


def _cell(texts: Sequence[str]) -> str:
    """Return an estimate as text, with its interval where it has one."""
    return f"{texts[0]} [{texts[1]}, {texts[2]}]" if texts[2:] else texts[0]


def change(difference: float, low: float, high: float) -> str:
    """Return a difference with its interval, such as `+12.1 [+10.8, +13.4]`.

    Parameters
    ----------
    difference, low, high
        The estimate and its interval, of any sign; where so few runs give no bound (NaN), one figure is enough.
    """
    return changes([(difference, low, high)])[0]


def changes(column: Sequence[Change]) -> list[str]:
    """Return differences that stand below each other, with as many decimals each, such as `+12 [+10, +14]` and `<0.5`.

    Parameters
    ----------
    column
        Estimates with their intervals, each as for `change`.
    """
    decimals = decimals_of(column)
    return [_change(numbers, decimals) for numbers in column]


def decimals_of(column: Sequence[Change]) -> int:
    """Return how many decimals the median of the intervals supports, below 0 for tens, hundreds and so on.

    Parameters
    ----------
    column
        Estimates with their intervals, each as for `change`.
    """
    largest = max((abs(difference) for difference, _, _ in column), default=0.0)
    widths = [high - low for _, low, high in column if high > low]
    if not widths:
        figures = 1 if any(math.isnan(low) for _, low, _ in column) else DIGITS
        return figures - 1 - _magnitude(largest) if largest else 0
    decimals = _decimals(statistics.median(widths)) + 1  # a difference is told one figure finer: its sign is asked
    return min(decimals, DIGITS - 1 - _magnitude(largest)) if largest else decimals


def _change(numbers: Change, decimals: int) -> str:
    """Return a difference with its interval; what rounds to nothing, but is not, is less than half a step."""
    told = [value for value in numbers if not math.isnan(value)]
    if any(told) and not any(rounded(value, decimals) for value in told):
        return f"<{0.5 * 10.0**-decimals:,g}"
    return _cell([_signed(value, decimals) for value in told])


def _signed(value: float, decimals: int) -> str:
    """Return a number with its sign; what rounds to nothing has none."""
    shown = rounded(value, decimals)
    sign = "+" if shown > 0 else "−" if shown < 0 else ""
    return f"{sign}{abs(shown):,.{max(decimals, 0) if shown or value else 0}f}"


def spread(low: Estimate, high: Estimate) -> str:
    """Return a range of runs from two quantiles, with as many decimals each: `120,000 to 530,000`, `1.0 to 2.3`.

    Parameters
    ----------
    low, high
        The quantiles, each as for `amount`; their own intervals are left out.
    """
    places = [_supported(*quantile) for quantile in (low, high)]
    fewest = max(min((n for n, (value, *_) in zip(places, (low, high), strict=True) if value), default=0), 0)
    first, last = (_amount(value, min(n, fewest)) for n, (value, *_) in zip(places, (low, high), strict=True))
    return span(first, last)


def _supported(value: float, low: float, high: float) -> int:
    """Return how many decimals a quantile supports; one that is certain and whole needs none."""
    if value <= 0.0 or (low == high and value.is_integer()):
        return 0
    if math.isnan(low) or math.isnan(high):
        return -math.floor(math.log10(value))
    return min(_decimals(high - low), DIGITS - 1 - _magnitude(value))


def span(low: str, high: str) -> str:
    """Return a range from its ends as text; their own intervals are left out."""
    first, last = (text.split(" [", maxsplit=1)[0] for text in (low, high))
    return first if first == last else f"{first} to {last}"


def _decimals(width: float) -> int:
    """Return how many decimals an interval of some width supports, below 0 for tens, hundreds and so on."""
    return math.ceil(-math.log10(width)) if width > 0 else sys.float_info.dig


def _magnitude(value: float) -> int:
    """Return the power of ten of a number's first figure, once it is rounded: 1 of 9.996."""
    return math.floor(math.log10(to_figures(value, DIGITS)))


def _points(value: float, decimals: int) -> str:
    """Return percent; 0 and 100 stand for themselves only."""
    if value <= 0 or value >= 100:  # noqa: PLR2004 - percent
        return f"{value:.0f}"
    magnitude = min(max(_magnitude(value), 0), 1)  # what rounds to 100 is told as more than 99.9
    places = min(decimals, DIGITS - 1 - magnitude)
    step = 10.0**-places
    shown = rounded(value, places)
    if shown <= 0:
        return f"<{step:.{places}f}"
    if shown >= 100:  # noqa: PLR2004 - percent
        return f">{100 - step:.{places}f}"
    return f"{shown:.{places}f}"


def _amount(value: float, decimals: int) -> str:
    """Return a number; 0 stands for itself only."""
    if value <= 0:
        return "0"
    places = min(decimals, DIGITS - 1 - _magnitude(value))
    shown = rounded(value, places)
    number, sign = (shown, "") if shown > 0 else (10.0**-places, "<")
    return f"{sign}{number:,.{max(places, 0)}f}"


def day(estimate: float, low: float, high: float, n: int) -> str:
    """Return a day with its interval, such as `9 [8, 10]`; a missing day (NaN) does not come.

    Parameters
    ----------
    estimate, low, high
        The estimate and its interval.
    n
        Number of runs; without any there is nothing to tell.
    """
    if n == 0:
        return "no runs"
    first, *bounds = ("never" if math.isnan(value) else f"{rounded(value):.0f}" for value in (estimate, low, high))
    return first if bounds == ["never", "never"] else f"{first} [{', '.join(bounds)}]"
