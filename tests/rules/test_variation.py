"""What differs between runs from the first day: strength and quality within what the tables allow."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.core.rules.variation import drawn_quality, drawn_strength
from tests.rules.ranges import SHARE, within

Z = st.floats(-8.6, 8.6)  # all that a normal draw with 52 bits can be
COUNT = st.floats(1.0, 1e6)
SPREAD = within("variation", "strength_spread")
TENTH = 1.28  # standard normal quantile of 0.9, to two places


@given(COUNT, COUNT, COUNT)
def test_low_and_high_are_the_bounds_of_an_80_percent_interval(one: float, two: float, three: float) -> None:
    low, central, high = sorted((one, two, three))
    low = max(low, 1e-3 * central)
    assert central * drawn_strength(low, central, high, 1.0, TENTH) == pytest.approx(high)
    assert central * drawn_strength(low, central, high, 1.0, -TENTH) == pytest.approx(low)


@given(COUNT, COUNT, COUNT, SPREAD)
def test_the_middle_draw_is_the_central_count(one: float, two: float, three: float, spread: float) -> None:
    low, central, high = sorted((one, two, three))
    assert drawn_strength(low, central, high, spread, 0.0) == 1.0


@given(COUNT, COUNT, COUNT, Z)
def test_without_spread_every_run_has_the_central_count(one: float, two: float, three: float, z: float) -> None:
    low, central, high = sorted((one, two, three))
    assert drawn_strength(low, central, high, 0.0, z) == 1.0


@given(COUNT, COUNT, COUNT, SPREAD, Z, Z)
def test_strength_rises_with_the_draw(
    one: float, two: float, three: float, spread: float, less: float, more: float
) -> None:
    low, central, high = sorted((one, two, three))
    less, more = sorted((less, more))
    factor = drawn_strength(low, central, high, spread, less)
    assert 0.0 < factor <= drawn_strength(low, central, high, spread, more)


def test_strength_worked_out_by_hand() -> None:
    assert drawn_strength(500.0, 1000.0, 4000.0, 0.5, TENTH) == pytest.approx(2.0)  # 4 ** 0.5
    assert drawn_strength(500.0, 1000.0, 4000.0, 1.0, -2.0 * TENTH) == pytest.approx(0.25)  # 0.5 ** 2
    assert drawn_strength(0.0, 1000.0, 1000.0, 1.0, -TENTH) == pytest.approx(0.001)  # a bound of zero
    assert drawn_strength(500.0, 1000.0, 4000.0, 1.0, 0.05 * TENTH) == pytest.approx(4.0**0.05)
    assert drawn_strength(0.01, 0.02, 0.04, 1.0, TENTH) == pytest.approx(2.0)
    assert drawn_strength(0.0, 0.0, 0.0, 1.0, 2.0) == 1.0


@given(SHARE, SPREAD, Z, Z)
def test_quality_stays_off_the_ends_of_its_scale_and_rises_with_the_draw(
    quality: float, spread: float, less: float, more: float
) -> None:
    less, more = sorted((less, more))
    drawn = drawn_quality(quality, spread, less)
    assert 0.1 <= drawn <= drawn_quality(quality, spread, more) <= 0.9


@given(st.floats(0.1, 0.9), SPREAD, Z)
def test_the_middle_draw_or_no_spread_leaves_quality_as_coded(quality: float, spread: float, z: float) -> None:
    assert drawn_quality(quality, spread, 0.0) == quality
    assert drawn_quality(quality, 0.0, z) == quality


def test_quality_worked_out_by_hand() -> None:
    assert drawn_quality(0.5, 0.5, 2.0) == pytest.approx(0.6)
    assert drawn_quality(0.5, 1.0, -1.5) == pytest.approx(0.35)
    assert drawn_quality(0.85, 2.0, 3.0) == 0.9
    assert drawn_quality(0.0, 0.0, 0.0) == 0.1
