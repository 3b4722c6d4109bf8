"""Write estimates as text: no more digits than the interval supports, `never` for a day that never comes."""

from __future__ import annotations

import math
import statistics
import sys
from collections.abc import Sequence
from typing import TypeAlias

DIGITS = 3  # significant figures, at most
Change: TypeAlias = tuple[float, float, float]
"""A difference and its interval."""
Estimate: TypeAlias = tuple[float, float, float]
"""An estimate and its interval, none below 0."""


def percent(share: float, low: float, high: float) -> str:
    """Return a share with its interval, such as `41 % [40, 42]`.

    Parameters
    ----------
    share, low, high
        The estimate and its interval, in [0, 1].
    """
    estimate, bracket, interval = points(share, low, high).partition(" [")
    return f"{estimate} %{bracket}{interval}"


def points(share: float, low: float, high: float) -> str:
    """Return a share with its interval in percent, without the sign, such as `41 [40, 42]`.

    Parameters
    ----------
    share, low, high
        The estimate and its interval, in [0, 1]; where so few runs give no bound (NaN), there is none.
    """
    if math.isnan(low) or math.isnan(high):
        return _points(100 * share, 0)
    decimals = max(_decimals(100 * (high - low)), 0)
    texts = [_points(100 * value, decimals) for value in (share, low, high)]
    return f"{texts[0]} [{texts[1]}, {texts[2]}]"


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
    scaled = [(100 * share, 100 * low, 100 * high) for share, low, high in column]
    decimals = max(_shared_decimals(scaled, most_magnitude=1), 0)  # as `_points` has it
    cells = (_cell([_points(value, decimals) for value in row if not math.isnan(value)]) for row in scaled)
    return [f"{first} %{bracket}{rest}" for first, bracket, rest in (cell.partition(" [") for cell in cells)]


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
    if any(told) and not any(round(value, decimals) for value in told):
        return f"<{0.5 * 10.0**-decimals:,g}"
    return _cell([_signed(value, decimals) for value in told])


def _signed(value: float, decimals: int) -> str:
    """Return a number with its sign; what rounds to nothing has none."""
    rounded = round(value, decimals)
    sign = "+" if rounded > 0 else "−" if rounded < 0 else ""
    return f"{sign}{abs(rounded):,.{max(decimals, 0) if rounded or value else 0}f}"


def spread(low: str, high: str) -> str:
    """Return a range of runs from two quantiles as text, their own intervals left out: `120,000 to 530,000`."""
    first, last = (text.split(" [", maxsplit=1)[0] for text in (low, high))
    return first if first == last else f"{first} to {last}"


def _decimals(width: float) -> int:
    """Return how many decimals an interval of some width supports, below 0 for tens, hundreds and so on."""
    return math.ceil(-math.log10(width)) if width > 0 else sys.float_info.dig


def _magnitude(value: float) -> int:
    """Return the power of ten of a number's first figure, once it is rounded: 1 of 9.996."""
    return math.floor(math.log10(float(f"{value:.{DIGITS - 1}e}")))


def _points(value: float, decimals: int) -> str:
    """Return percent; 0 and 100 stand for themselves only."""
    if value <= 0 or value >= 100:  # noqa: PLR2004 - percent
        return f"{value:.0f}"
    magnitude = min(max(_magnitude(value), 0), 1)  # what rounds to 100 is told as more than 99.9
    places = min(decimals, DIGITS - 1 - magnitude)
    step = 10.0**-places
    if round(value, places) <= 0:
        return f"<{step:.{places}f}"
    if round(value, places) >= 100:  # noqa: PLR2004 - percent
        return f">{100 - step:.{places}f}"
    return f"{value:.{places}f}"


def _amount(value: float, decimals: int) -> str:
    """Return a number; 0 stands for itself only."""
    if value <= 0:
        return "0"
    places = min(decimals, DIGITS - 1 - _magnitude(value))
    shown, sign = (round(value, places), "") if round(value, places) > 0 else (10.0**-places, "<")
    return f"{sign}{shown:,.{max(places, 0)}f}"


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
    first, *bounds = ("never" if math.isnan(value) else f"{value:.0f}" for value in (estimate, low, high))
    return first if bounds == ["never", "never"] else f"{first} [{', '.join(bounds)}]"
