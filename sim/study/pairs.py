"""Give 95 % intervals of differences between two scenarios: of the same runs in both, and as if they were others.

Of weighted runs, numbers are what each adds to the weighted mean; see `sim.ensemble.estimate.weights.influence_of`.
"""

from __future__ import annotations

import math
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

from sim.ensemble.estimate.intervals import Z
from sim.ensemble.estimate.knowledge import shared_by
from sim.ensemble.estimate.weights import Numbers, Weights, share_interval

Interval = tuple[float, float]
MANY = 1e15
FEWEST_GROUPS = 10  # assumption: a spread between fewer vectors tells little


def paired_shares(x: Numbers, y: Numbers) -> Interval:
    """Return the interval of the difference of two shares of the same runs: one more changes either way.

    Parameters
    ----------
    x, y
        1 where it happened and 0 where not, in each run of the first and of the second scenario; of weighted runs what
        each adds.

    References
    ----------
    Bonett & Price (2012), "Adjusted Wald confidence interval for a difference of binomial proportions based on paired
    data", Journal of Educational and Behavioral Statistics 37, 479-488.
    """
    n, more, less = len(x), np.maximum(y - x, 0.0), np.maximum(x - y, 0.0)
    middle = float((more.sum() + 1.0) / (n + 2.0)) - float((less.sum() + 1.0) / (n + 2.0))
    squares = float(((more**2).sum() + 1.0) / (n + 2.0)) + float(((less**2).sum() + 1.0) / (n + 2.0))
    half = Z * math.sqrt(max(squares - middle**2, 0.0) / (n + 2.0))
    return max(middle - half, -1.0), min(middle + half, 1.0)


def unpaired_shares(
    x: Numbers, y: Numbers, x_weights: Weights | None = None, y_weights: Weights | None = None
) -> Interval:
    """Return the interval of the difference of two shares of runs that have nothing in common, from those of each.

    Parameters
    ----------
    x, y
        1 where it happened and 0 where not, in each run of the first and of the second scenario.
    x_weights, y_weights
        Of their runs.

    References
    ----------
    Newcombe (1998), "Interval estimation for the difference between independent proportions", Statistics in Medicine
    17, 873-890, method 10.
    """
    p, q = share_interval(x > 0.0, x_weights), share_interval(y > 0.0, y_weights)
    gap = q.point - p.point
    low, high = math.hypot(q.point - q.low, p.high - p.point), math.hypot(q.high - q.point, p.point - p.low)
    return gap - low, gap + high


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


def sign_holds(differences: Numbers, groups: npt.NDArray[np.int64]) -> float:
    """Return under which share of groups, vectors of parameters, a difference has the sign that it has over all runs.

    Means of few runs have either sign by chance. So their spread is what lies between groups beyond chance, and effects
    are taken as normal; NaN where no run differs, or too few share a group.

    Parameters
    ----------
    differences
        Of the same run in two scenarios.
    groups
        To which each run belongs.
    """
    mean, variance, n_groups = float(differences.mean()), _variance(differences), len(np.unique(groups))
    if not variance > 0.0 or n_groups < FEWEST_GROUPS or len(differences) < 2 * n_groups:
        return math.nan
    spread = math.sqrt(shared_by(differences, groups) * variance)
    return NormalDist().cdf(abs(mean) / spread) if spread > 0.0 else 1.0


def _variance(values: Numbers) -> float:
    """Return the variance, NaN of one value."""
    return float(values.var(ddof=1)) if len(values) > 1 else math.nan


def _around(middle: float, variance: float, n: int) -> Interval:
    """Return a normal interval around a mean."""
    half = Z * math.sqrt(variance / n)
    return middle - half, middle + half
