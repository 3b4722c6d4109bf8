"""Compare frequencies with what theory says, at a stated chance of a false alarm.

Every statistical test goes through this file. Each comparison takes ``alpha``, the chance that it fails
although the claim is true, and prints it with n and the smallest error that it would have caught
(``pytest -rP`` shows them). The suite as a whole may give one false alarm in 1000 changes of its draws,
hence 1e-5 a test. If a test fails after a change of the stream, run fresh seeds before touching alpha.
"""

import math
from collections.abc import Callable

import numpy as np
from scipy import stats

ALPHA = 1e-5
POWER = 0.99  # an error counts as caught when 99 of 100 samples would have shown it


def assert_mean(name: str, sample: np.ndarray, expected: float, deviation: float, alpha: float = ALPHA) -> None:
    """Fail unless a sample's mean agrees with a claim; ``deviation`` is the known one of a single draw."""
    n = len(sample)
    standard_error = deviation / math.sqrt(n)
    critical = float(stats.norm.isf(alpha / 2.0)) * standard_error
    caught = critical + float(stats.norm.ppf(POWER)) * standard_error
    found = float(np.mean(sample))
    _report(name, f"mean {found:.6g}, expected {expected:.6g}", alpha, n, caught)
    assert abs(found - expected) <= critical


def assert_distribution(
    name: str, sample: np.ndarray, cdf: Callable[[np.ndarray], np.ndarray], alpha: float = ALPHA
) -> None:
    """Fail unless a sample follows a continuous distribution, by the largest distance of the two curves.

    The bound of Dvoretzky, Kiefer & Wolfowitz (1956) with Massart's (1990) constant holds for every n.
    """
    n = len(sample)
    expected = cdf(np.sort(sample))
    steps = np.arange(n + 1) / n
    distance = float(max(np.max(steps[1:] - expected), np.max(expected - steps[:-1])))
    critical = _dkw(alpha, n)
    _report(name, f"largest distance {distance:.6g}", alpha, n, critical + _dkw(1.0 - POWER, n))
    assert distance <= critical


def assert_share(name: str, hits: int, n: int, expected: float, alpha: float = ALPHA) -> None:
    """Fail unless ``hits`` in ``n`` agree with a probability (exact binomial test, two-sided)."""
    caught = _share_error(expected, n, alpha / 2.0)
    _report(name, f"share {hits / n:.6g}, expected {expected:.6g}", alpha, n, caught)
    assert stats.binomtest(hits, n, expected).pvalue > alpha


def assert_share_at_least(name: str, hits: int, n: int, least: float, alpha: float = ALPHA) -> None:
    """Fail only when ``hits`` in ``n`` refute a probability of at least ``least`` (exact, one-sided)."""
    caught = _share_error(least, n, alpha)
    _report(name, f"share {hits / n:.6g}, at least {least:.6g}", alpha, n, caught)
    assert stats.binomtest(hits, n, least, alternative="less").pvalue > alpha


def _dkw(alpha: float, n: int) -> float:
    """Return the distance that an empirical curve exceeds with probability at most ``alpha``."""
    return math.sqrt(math.log(2.0 / alpha) / (2.0 * n))


def _share_error(expected: float, n: int, tail: float) -> float:
    """Return the error of a share that 99 of 100 samples would show, in the normal approximation."""
    standard_error = math.sqrt(expected * (1.0 - expected) / n)
    return (float(stats.norm.isf(tail)) + float(stats.norm.ppf(POWER))) * standard_error


def _report(name: str, found: str, alpha: float, n: int, caught: float) -> None:
    """Print what a comparison saw and what it could have seen."""
    print(f"{name}: {found}; alpha {alpha:g}, n {n}, smallest error caught {caught:.3g}")  # noqa: T201 - a report
