"""Give 95 % intervals that need no distribution of the outcome: for shares, for quantiles, and for means.

Each function returns the bounds only; what is estimated, and from which runs, is `estimate.py`'s.
"""

from __future__ import annotations

import math
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

LEVEL = 0.95
Z = NormalDist().inv_cdf(0.5 + LEVEL / 2)
"""Half-width of a normal 95 % interval, in standard errors."""

_TAIL = (1 - LEVEL) / 2
_WINDOW = 12.0  # standard deviations around the mean; what lies outside is below 1e-30


def wilson_band(
    successes: npt.NDArray[np.int64] | npt.NDArray[np.float64], n: float
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return the Wilson score intervals of several shares of the same trials, each for itself.

    Parameters
    ----------
    successes
        How many of the trials succeeded, in [0, n].
    n
        Number of trials; without any, an interval is [0, 1].

    References
    ----------
    Wilson (1927), Journal of the American Statistical Association 22, 209-212.
    """
    if n == 0:
        return np.zeros(len(successes)), np.ones(len(successes))
    share = successes / n
    centre = (share + Z**2 / (2 * n)) / (1 + Z**2 / n)
    half = Z / (1 + Z**2 / n) * np.sqrt(share * (1 - share) / n + Z**2 / (4 * n**2))
    # Exact at the ends, where rounding would leave a bound a hair inside.
    low = np.where(successes == 0, 0.0, np.maximum(0.0, centre - half))
    high = np.where(successes == n, 1.0, np.minimum(1.0, centre + half))
    return low, high


def wilson_interval(successes: float, n: float) -> tuple[float, float]:
    """Return the Wilson score interval of one share; see `wilson_band`.

    Parameters
    ----------
    successes, n
        How many of how many trials succeeded.
    """
    low, high = wilson_band(np.array([successes]), n)
    return float(low[0]), float(high[0])


def quantile_ranks(n: int, level: float) -> tuple[int, int, int]:
    """Return the ranks, from 1 to n, of a quantile and of the order statistics that enclose it.

    The number of values below the true quantile is binomial, whatever the distribution; rank 0 stands for a
    lower bound that n values cannot give, rank n + 1 for such an upper bound.

    Parameters
    ----------
    n
        Number of values, at least 1.
    level
        Which quantile, in (0, 1).

    References
    ----------
    Conover (1999), Practical Nonparametric Statistics, 3rd edition, section 3.2.
    """
    first, below = _binomial(n, level)
    # P(B < low) <= tail, and P(B >= high) <= tail.
    low = first + int(np.searchsorted(below, _TAIL, side="right"))
    high = first + int(np.searchsorted(below, 1 - _TAIL, side="left")) + 1
    rank = min(max(math.ceil(n * level - 1e-9), 1), n)
    return rank, min(low, rank), max(min(high, n + 1), rank)


def _binomial(n: int, p: float) -> tuple[int, npt.NDArray[np.float64]]:
    """Return the distribution function of a binomial number, and the number at which it starts."""
    half = _WINDOW * math.sqrt(n * p * (1 - p)) + 10
    first, last = max(0, math.floor(n * p - half)), min(n, math.ceil(n * p + half))
    k = np.arange(first, last)
    steps = np.log((n - k) / (k + 1)) + math.log(p / (1 - p))
    logs = np.concatenate([[0.0], np.cumsum(steps)])
    mass = np.exp(logs - logs.max())
    return first, np.cumsum(mass) / mass.sum()


def mean_interval(values: npt.ArrayLike, z: float = Z) -> tuple[float, float, float]:
    """Return a mean and its interval by the central limit theorem; one value alone gives no bounds (NaN).

    Parameters
    ----------
    values
        At least one number.
    z
        Half-width of the interval, in standard errors.
    """
    x = np.asarray(values, float)
    mean = float(x.mean())
    if len(x) == 1:
        return mean, math.nan, math.nan
    half = z * float(x.std(ddof=1)) / math.sqrt(len(x))
    return mean, mean - half, mean + half
