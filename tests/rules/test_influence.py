"""The contest for influence: shares of one whole, earned by effort, and limits of its form."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.core.rules.influence import appeal, earned_share, effort, moved
from tests.rules.ranges import SHARE, within

LOCAL = within("influence", "local_effort")
RHO = within("influence", "decisiveness")
EFFORTS = st.lists(st.floats(0.0, 10.0), min_size=1, max_size=12)


@given(EFFORTS, LOCAL)
def test_shares_and_what_stays_local_make_one(efforts: list[float], local: float) -> None:
    total = sum(efforts)
    shares = [earned_share(own, total, local) for own in efforts]
    assert all(0.0 <= share <= 1.0 for share in shares)
    assert sum(shares) + local / (local + total) == pytest.approx(1.0)


@given(LOCAL)
def test_a_place_where_nobody_invests_is_its_own(local: float) -> None:
    assert earned_share(0.0, 0.0, local) == 0.0


@given(SHARE, SHARE, SHARE, st.floats(0.0, 10.0), LOCAL, RHO)
def test_more_means_never_earn_less(
    access: float, one: float, other: float, rivals: float, local: float, rho: float
) -> None:
    poor, rich = (effort(access, means, rho) for means in sorted((one, other)))
    assert earned_share(poor, rivals + poor, local) <= earned_share(rich, rivals + rich, local) + 1e-12


@given(SHARE, st.floats(0.01, 1.0), st.floats(0.01, 1.0), LOCAL)
def test_two_halves_weigh_as_much_as_the_whole_at_exponent_one(
    access: float, means: float, rivals: float, local: float
) -> None:
    whole = effort(access, means, 1.0)
    half = effort(access, means / 2.0, 1.0)
    halves = 2.0 * earned_share(half, rivals + 2.0 * half, local)
    assert halves == pytest.approx(earned_share(whole, rivals + whole, local))


@pytest.mark.parametrize(("rho", "sign"), [(0.6, 1), (2.0, -1)])
def test_division_pays_below_exponent_one_and_costs_above(rho: float, sign: int) -> None:
    whole, half, rivals = effort(0.5, 0.4, rho), effort(0.5, 0.2, rho), 0.1
    gain = 2.0 * earned_share(half, rivals + 2.0 * half, 0.001) - earned_share(whole, rivals + whole, 0.001)
    assert math.copysign(1.0, gain) == sign


def test_contest_worked_out_by_hand() -> None:
    assert earned_share(0.3, 0.5, 0.1) == pytest.approx(0.5)
    assert effort(0.5, 0.4, 1.0) == pytest.approx(0.2)
    assert effort(0.5, 0.4, 2.0) == pytest.approx(0.04)


@given(SHARE, SHARE, SHARE, SHARE, within("influence", "focus"))
def test_means_go_where_value_and_access_are_high_and_influence_low(
    value: float, access: float, one: float, other: float, focus: float
) -> None:
    low, high = sorted((one, other))
    assert appeal(value, access, high, focus) <= appeal(value, access, low, focus)
    assert appeal(low, access, 0.0, focus) <= appeal(high, access, 0.0, focus)
    assert appeal(value, low, 0.0, focus) <= appeal(value, high, 0.0, focus)
    assert appeal(value, access, 1.0, focus) == 1.0


@given(within("influence", "rate_per_day"))
def test_a_weekly_step_is_seven_daily_ones(rate: float) -> None:
    left = 1.0
    for _ in range(7):
        left *= 1.0 - moved(1.0, rate)
    assert moved(7.0, rate) == pytest.approx(1.0 - left)
