"""Write estimates as text: no more digits than the interval supports, `never` for a day that never comes."""

from __future__ import annotations

import math

DIGITS = 3  # significant figures, at most


def percent(share: float, low: float, high: float) -> str:
    """Return a share with its interval, such as `41 % [40, 42]`.

    Parameters
    ----------
    share, low, high
        The estimate and its interval, in [0, 1].
    """
    width = 100 * (high - low)
    decimals = 0 if width <= 0 else min(max(math.ceil(-math.log10(width)), 0), DIGITS)
    texts = [_points(100 * value, decimals) for value in (share, low, high)]
    return f"{texts[0]} % [{texts[1]}, {texts[2]}]"


def _points(value: float, decimals: int) -> str:
    """Return percent; 0 and 100 stand for themselves only."""
    if value <= 0 or value >= 100:  # noqa: PLR2004 - percent
        return f"{value:.0f}"
    digits_before = math.floor(math.log10(value)) + 1
    places = max(0, min(decimals, DIGITS - max(digits_before, 1)))
    step = 10.0**-places
    if round(value, places) <= 0:
        return f"<{step:.{places}f}"
    if round(value, places) >= 100:  # noqa: PLR2004 - percent
        return f">{100 - step:.{places}f}"
    return f"{value:.{places}f}"


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
