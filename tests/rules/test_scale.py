"""What differs between wars and nobody coded: factors of a run with median 1."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.core.rules.scale import mass_killing, run_factor, side_factor
from tests.rules.ranges import SHARE, within

Z = st.floats(-6.0, 6.0)


@given(within("scale", "side_error"), Z, Z)
def test_the_strength_of_a_side_errs_by_a_factor_around_one(spread: float, low: float, high: float) -> None:
    low, high = sorted((low, high))
    assert 0.0 < side_factor(spread, low) <= side_factor(spread, high)
    assert side_factor(spread, 0.0) == side_factor(0.0, high) == 1.0


def test_the_ratio_of_both_sides_errs_by_the_spread() -> None:
    """Variances of two independent logarithms add up."""
    one = math.log(side_factor(0.75, 1.0))
    assert math.hypot(one, one) == pytest.approx(0.75)


@given(within("scale", "kill_spread"), Z)
def test_a_factor_of_a_run_has_median_one(spread: float, z: float) -> None:
    assert run_factor(spread, 0.0) == run_factor(0.0, z) == 1.0
    assert run_factor(spread, z) * run_factor(spread, -z) == pytest.approx(1.0)


@given(SHARE, SHARE, within("scale", "mass_killing_factor"))
def test_mass_killing_comes_by_its_share(u: float, share: float, factor: float) -> None:
    assert mass_killing(u, share, factor) == (factor if u < share else 1.0)
