"""Round numbers as readers do, and write as many of their digits as an interval supports."""

from __future__ import annotations

import math
import statistics
import sys
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

DIGITS = 3  # significant figures, at most
TOLD_APART = 12  # significant figures: what differs further down differs by how a machine holds decimals
Parts = tuple[float, ...]
"""A number alone, or with the bounds of its interval."""


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
    """Return a number rounded to some significant figures, at least 1; one that is not finite as it is."""
    if value == 0.0 or not math.isfinite(value):
        return value
    return rounded(value, figures - 1 - math.floor(math.log10(abs(value))))


def whole_percent(share: float) -> str:
    """Return a share without its interval, in whole percent, such as `41 %`."""
    return f"{rounded(100 * share):.0f} %"


def span(low: str, high: str) -> str:
    """Return a range from its ends as text, such as `12 % to 45 %`, or one number where both are told alike."""
    return low if low == high else f"{low} to {high}"


def supported(width: float) -> int:
    """Return how many decimals an interval of some width supports, below 0 for tens, hundreds and so on."""
    return math.ceil(-math.log10(width)) if width > 0 else sys.float_info.dig


def first_figure(value: float) -> int:
    """Return how many decimals tell a number to one figure."""
    return -math.floor(math.log10(value)) if value > 0 else 0


def magnitude(value: float) -> int:
    """Return the power of ten of a number's first figure, once it is rounded: 1 of 9.996."""
    return math.floor(math.log10(to_figures(value, DIGITS)))


def decimals_of_amounts(column: Sequence[Parts], most_magnitude: int = sys.maxsize) -> int:
    """Return how many decimals the median of the intervals supports, with the most figures of the largest number.

    Parameters
    ----------
    column
        Numbers that stand below each other, none below 0.
    most_magnitude
        What the power of ten of the largest counts for at most.
    """
    largest = max((value for numbers in column for value in numbers), default=0.0)
    if largest <= 0.0:
        return 0
    power, widths = min(magnitude(largest), most_magnitude), _widths(column)
    return min(supported(statistics.median(widths)), DIGITS - 1 - power) if widths else -power


def decimals_of_changes(column: Sequence[Parts]) -> int:
    """Return how many decimals differences that stand below each other are told with, one more than `supported`.

    Parameters
    ----------
    column
        Differences, alone or with their intervals.
    """
    largest, widths = max((abs(numbers[0]) for numbers in column), default=0.0), _widths(column)
    if not widths:
        figures = 1 if any(len(numbers) == 1 for numbers in column) else DIGITS
        return figures - 1 - magnitude(largest) if largest else 0
    decimals = supported(statistics.median(widths)) + 1  # one figure finer, since a difference's sign is asked
    return min(decimals, DIGITS - 1 - magnitude(largest)) if largest else decimals


def percent_text(value: float, decimals: int) -> str:
    """Return a number of percent without the sign; 0 and 100 stand for themselves only."""
    if value <= 0 or value >= 100:  # noqa: PLR2004 - percent
        return f"{value:.0f}"
    power = min(max(magnitude(value), 0), 1)  # what rounds to 100 is told as more than 99.9
    places = max(min(decimals, DIGITS - 1 - power), 0)
    step, shown = 10.0**-places, rounded(value, places)
    if shown <= 0:
        return f"<{step:.{places}f}"
    if shown >= 100:  # noqa: PLR2004 - percent
        return f">{100 - step:.{places}f}"
    return f"{shown:.{places}f}"


def amount_text(value: float, decimals: int) -> str:
    """Return a number; 0 stands for itself only."""
    if value <= 0:
        return "0"
    places = min(decimals, DIGITS - 1 - magnitude(value))
    shown = rounded(value, places)
    number, sign = (shown, "") if shown > 0 else (10.0**-places, "<")
    return f"{sign}{number:,.{max(places, 0)}f}"


def change_text(value: float, decimals: int) -> str:
    """Return a number with its sign; what rounds to nothing has none."""
    shown = rounded(value, decimals)
    sign = "+" if shown > 0 else "−" if shown < 0 else ""
    return f"{sign}{abs(shown):,.{max(decimals, 0) if shown or value else 0}f}"


def _widths(column: Sequence[Parts]) -> list[float]:
    """Return the widths of intervals that have one."""
    return [numbers[2] - numbers[1] for numbers in column if numbers[2:] and numbers[2] > numbers[1]]
