"""Give 95 % intervals of differences between two scenarios: of the same runs in both, and as if they were others."""

from __future__ import annotations

import math

import numpy as np

from sim.ensemble.estimate.intervals import Z, wilson_interval
from sim.ensemble.estimate.rows import Numbers

Interval = tuple[float, float]
MANY = 1e15


def paired_shares(x: Numbers, y: Numbers) -> Interval:
    """Return the interval of the difference of two shares of the same runs.

    Parameters
    ----------
    x, y
        1 where it happened and 0 where not, in each run of the first and of the second scenario.

    References
    ----------
    Bonett & Price (2012), "Adjusted Wald confidence interval for a difference of binomial proportions based on paired
    data", Journal of Educational and Behavioral Statistics 37, 479-488.
    """
    n = len(x)
    more, less = (float((np.sum(change) + 1.0) / (n + 2.0)) for change in (y > x, y < x))
    middle = more - less
    half = Z * math.sqrt(max(more + less - middle**2, 0.0) / (n + 2.0))
    return max(middle - half, -1.0), min(middle + half, 1.0)


def unpaired_shares(x: Numbers, y: Numbers) -> Interval:
    """Return the interval of the difference of two shares of runs that have nothing in common; see `paired_shares`.

    References
    ----------
    Newcombe (1998), "Interval estimation for the difference between independent proportions", Statistics in Medicine
    17, 873-890, method 10.
    """
    p, q = float(x.mean()), float(y.mean())
    p_low, p_high = wilson_interval(int(x.sum()), len(x))
    q_low, q_high = wilson_interval(int(y.sum()), len(y))
    return q - p - math.hypot(q - q_low, p_high - p), q - p + math.hypot(q_high - q, p - p_low)


def paired_means(x: Numbers, y: Numbers) -> Interval:
    """Return the normal interval of the difference of two means over the same runs; one run gives none (NaN)."""
    return _around(float((y - x).mean()), _variance(y - x), len(x))


def unpaired_means(x: Numbers, y: Numbers) -> Interval:
    """Return the normal interval of the difference of two means over runs that have nothing in common."""
    return _around(float(y.mean() - x.mean()), _variance(x) + _variance(y), len(x))


def runs_without_pairing(x: Numbers, y: Numbers) -> float:
    """Return how many unpaired runs of each scenario would give as narrow an interval; NaN where no run differs."""
    changed = _variance(y - x)
    if not changed > 0.0:
        return math.nan
    needed = len(x) * (_variance(x) + _variance(y)) / changed
    return math.ceil(needed) if needed < MANY else math.nan  # runs that differ by rounding alone do not differ


def _variance(values: Numbers) -> float:
    """Return the variance, NaN of one value."""
    return float(values.var(ddof=1)) if len(values) > 1 else math.nan


def _around(middle: float, variance: float, n: int) -> Interval:
    """Return a normal interval around a mean."""
    half = Z * math.sqrt(variance / n)
    return middle - half, middle + half
