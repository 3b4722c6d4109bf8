"""Intervals against scipy, against exact coverage, and at their ends."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from sim.ensemble.estimate.intervals import mean_interval, quantile_ranks, wilson_band, wilson_interval


@pytest.mark.parametrize(("k", "n"), [(0, 1), (1, 1), (0, 60), (3, 60), (30, 60), (60, 60), (4_137, 10_000)])
def test_wilson_interval_is_that_of_scipy(k: int, n: int) -> None:
    expected = stats.binomtest(k, n).proportion_ci(0.95, method="wilson")
    assert wilson_interval(k, n) == pytest.approx((expected.low, expected.high), abs=1e-12)


@given(n=st.integers(1, 10**7), data=st.data())
def test_wilson_interval_holds_its_share_and_stays_within_0_and_1(n: int, data: st.DataObject) -> None:
    k = data.draw(st.integers(0, n))
    low, high = wilson_interval(k, n)
    assert 0.0 <= low <= k / n <= high <= 1.0
    assert (low == 0.0) == (k == 0)
    assert (high == 1.0) == (k == n)


def test_wilson_band_rises_with_the_share() -> None:
    low, high = wilson_band(np.arange(61), 60)
    assert np.all(np.diff(low) > 0)
    assert np.all(np.diff(high) > 0)


def test_no_trials_leave_everything_open() -> None:
    assert wilson_interval(0, 0) == (0.0, 1.0)


@given(n=st.integers(1, 5_000), level=st.sampled_from([0.1, 0.25, 0.5, 0.75, 0.9]))
def test_ranks_are_the_tightest_that_binomial_tails_allow(n: int, level: float) -> None:
    _, low, high = quantile_ranks(n, level)
    below = stats.binom(n, level)
    if low > 0:
        assert below.cdf(low - 1) <= 0.025
    if high <= n:
        assert below.sf(high - 1) <= 0.025
    # One rank further in would leave too much outside, unless the estimate itself is there.
    rank = math.ceil(n * level - 1e-9)
    assert below.cdf(low) > 0.025 or low == rank
    assert below.sf(high - 2) > 0.025 or high == rank


@pytest.mark.parametrize("n", [1, 5, 6, 37, 400, 10_000_000])
@pytest.mark.parametrize("level", [0.1, 0.5, 0.9])
def test_ranks_cover_the_quantile_in_95_percent(n: int, level: float) -> None:
    _, low, high = quantile_ranks(n, level)
    below = stats.binom(n, level)
    covered = below.cdf(high - 1) - (below.cdf(low - 1) if low else 0.0)
    assert covered >= 0.95
    assert n < 1_000 or covered < 0.951


def test_six_values_are_the_fewest_that_bound_a_median() -> None:
    # 2 * 0.5**6 = 0.031 <= 0.05 < 2 * 0.5**5
    assert quantile_ranks(5, 0.5) == (3, 0, 6)
    assert quantile_ranks(6, 0.5) == (3, 1, 6)


def test_mean_interval_is_the_normal_one() -> None:
    values = np.array([3.0, 5.0, 4.0, 8.0, 1.0])
    low, high = stats.norm.interval(0.95, values.mean(), stats.sem(values))
    assert mean_interval(values) == pytest.approx((4.2, low, high))


def test_one_value_gives_a_mean_without_bounds() -> None:
    mean, low, high = mean_interval([3.0])
    assert mean == 3.0
    assert math.isnan(low)
    assert math.isnan(high)
