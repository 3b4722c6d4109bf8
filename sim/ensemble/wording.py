"""Write estimates as text: no more digits than the interval supports, `never` for a day that never comes."""

from __future__ import annotations

import math
import sys

DIGITS = 3  # significant figures, at most


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


def change(difference: float, low: float, high: float) -> str:
    """Return a difference with its interval, such as `+12.1 [+10.8, +13.4]`.

    Parameters
    ----------
    difference, low, high
        The estimate and its interval, of any sign; where so few runs give no bound (NaN), one figure is enough.
    """
    if math.isnan(low) or math.isnan(high):
        return _change(difference, -_magnitude(abs(difference)) if difference else 0)
    decimals = _decimals(high - low) + 1  # a difference is told one figure finer: its sign is what is asked
    return f"{_change(difference, decimals)} [{_change(low, decimals)}, {_change(high, decimals)}]"


def _change(value: float, decimals: int) -> str:
    """Return a signed number; what rounds to nothing has no sign."""
    places = min(decimals, DIGITS - 1 - _magnitude(abs(value))) if value else 0
    rounded = round(value, places)
    sign = "+" if rounded > 0 else "−" if rounded < 0 else ""
    return f"{sign}{abs(rounded):,.{max(places, 0)}f}"


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
