"""Intervals of differences: known answers, coverage, and the worth of pairing."""

import math

import numpy as np
import pytest
from scipy import stats

from sim.study.pairs import (
    paired_means,
    paired_shares,
    runs_without_pairing,
    sign_holds,
    unpaired_means,
    unpaired_shares,
)
from tests.statistics import assert_share_at_least

Z = stats.norm.ppf(0.975)


def shares(both: int, first: int, second: int, neither: int) -> tuple[np.ndarray, np.ndarray]:
    """Return two columns of 0 and 1 with these numbers of runs."""
    x = np.repeat([1.0, 1.0, 0.0, 0.0], [both, first, second, neither])
    y = np.repeat([1.0, 0.0, 1.0, 0.0], [both, first, second, neither])
    return x, y


def test_paired_shares_are_those_of_bonett_and_price() -> None:
    """Bonett & Price (2012), by their formula: add one to each discordant cell and two to n, then Wald."""
    p12, p21, n = (9 + 1) / (100 + 2), (3 + 1) / (100 + 2), 100
    half = Z * math.sqrt((p12 + p21 - (p12 - p21) ** 2) / (n + 2))
    assert paired_shares(*shares(40, 3, 9, 48)) == pytest.approx((p12 - p21 - half, p12 - p21 + half))


def test_unpaired_shares_are_those_of_newcombe() -> None:
    """Newcombe (1998), table II, contrast (a) 56/70 against 48/80, method 10: 0.0524 to 0.3339."""
    x, y = np.repeat([1.0, 0.0], [48, 32]), np.repeat([1.0, 0.0], [56, 14])
    assert unpaired_shares(x, y) == pytest.approx((0.0524, 0.3339), abs=5e-5)


def test_means_are_those_of_the_normal_distribution() -> None:
    x, y = stats.norm.rvs(size=(2, 50), random_state=1)
    paired = stats.norm.interval(0.95, np.mean(y - x), stats.sem(y - x))
    assert paired_means(x, y) == pytest.approx(paired)
    apart = stats.norm.interval(0.95, np.mean(y) - np.mean(x), math.hypot(stats.sem(x), stats.sem(y)))
    assert unpaired_means(x, y) == pytest.approx(apart)


@pytest.mark.statistical
@pytest.mark.parametrize("changed", [0.01, 0.1, 0.4])
def test_paired_shares_cover_a_known_difference(changed: float) -> None:
    covered, repetitions = 0, 2_000
    u = stats.uniform.rvs(size=(repetitions, 2, 300), random_state=5)
    for first, second in u:
        x = (first < 0.5).astype(float)
        y = np.where(second < changed, 1.0, x)  # where a run changes, it happens
        low, high = paired_shares(x, y)
        covered += low <= 0.5 * changed <= high
    assert_share_at_least(f"coverage at {changed}", covered, repetitions, 0.945)


def test_an_interval_is_as_narrow_without_pairing_at_as_many_runs_as_told() -> None:
    x, noise = stats.norm.rvs(size=(2, 400), random_state=2)
    y = x + 0.1 + 0.2 * noise
    needed = runs_without_pairing(x, y)
    low, high = paired_means(x, y)
    apart_low, apart_high = unpaired_means(x, y)
    assert (apart_high - apart_low) * math.sqrt(400 / needed) == pytest.approx(high - low, rel=0.01)
    assert needed > 20 * 400


def test_where_no_run_differs_nothing_is_needed() -> None:
    x, _ = shares(3, 0, 0, 7)
    assert math.isnan(runs_without_pairing(x, x))
    low, high = paired_shares(x, x)
    assert low < 0.0 < high


def test_a_sign_holds_under_all_vectors_or_under_half_of_them() -> None:
    vectors, noise = np.repeat(np.arange(50), 20), np.tile([-1.0, 1.0], 500)
    assert sign_holds(noise + 0.2, vectors) == 1.0  # all that differs between runs is chance
    by_vector = np.where(vectors % 2 == 0, 1.0, -1.0)
    assert sign_holds(noise + by_vector + 0.001, vectors) == pytest.approx(0.5, abs=0.01)
    assert 0.75 < sign_holds(noise + by_vector + 1.0, vectors) < 0.9  # a normal at one standard deviation
    assert math.isnan(sign_holds(np.zeros(1000), vectors))
    assert math.isnan(sign_holds(noise, np.arange(1000)))  # each run has its own
