"""Factions grow towards what their ground can give, and shrink as they lose."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.core.rules.growth import following, grown, growth_rate, who_stay
from tests.rules.ranges import SHARE, within

FIGHTERS = st.floats(0.0, 1e6)
RATE = st.floats(-1.0, 1.0)
DAYS = st.floats(0.5, 30.0)
HELD, NOT_HELD = True, False
BASE, SUCCESS = within("growth", "base"), within("growth", "success")


@given(BASE, SUCCESS, st.floats(-1.0, 1.0), st.floats(0.0, 1.0))
def test_who_wins_more_ground_grows_faster(base: float, success: float, won: float, more: float) -> None:
    assert growth_rate(base, success, won + more) >= growth_rate(base, success, won)
    assert growth_rate(0.0, 0.0, won) == 0.0


@given(FIGHTERS, FIGHTERS, RATE, DAYS)
def test_nobody_grows_beyond_the_ground_or_shrinks_without_losing(
    fighters: float, ceiling: float, rate: float, days: float
) -> None:
    after = grown(fighters, ceiling, rate, days)
    assert after >= 0.0
    if rate >= 0.0:
        assert fighters <= after * (1.0 + 1e-9) + 1e-12
        assert after <= max(fighters, ceiling) * (1.0 + 1e-9)
    else:
        assert after <= fighters
    assert grown(fighters, ceiling, 0.0, days) == pytest.approx(fighters, rel=1e-12)
    assert grown(fighters, 0.0, abs(rate), days) == fighters


@given(st.floats(1.0, 1e5), st.floats(1.0, 1e6), RATE, DAYS)
def test_one_long_step_is_two_short_ones(fighters: float, ceiling: float, rate: float, days: float) -> None:
    halfway = grown(fighters, ceiling, rate, days / 2.0)
    assert grown(halfway, ceiling, rate, days / 2.0) == pytest.approx(grown(fighters, ceiling, rate, days), rel=1e-6)


def test_growth_worked_out_by_hand() -> None:
    assert grown(1000.0, 1e12, 0.01, 7.0) == pytest.approx(1000.0 * math.exp(0.07))
    assert grown(5000.0, 10_000.0, math.log(3.0), 1.0) == pytest.approx(7500.0)  # odds of 1 to 3 to 1
    assert grown(1000.0, 10_000.0, -0.01, 7.0) == pytest.approx(1000.0 * math.exp(-0.07))
    assert growth_rate(0.003, 0.03, 0.2) == pytest.approx(0.009)


@given(FIGHTERS, SHARE, SHARE, SHARE, st.floats(0.0, 5.0))
def test_followers_are_on_ground_that_one_holds_or_held(
    people: float, loyal: float, more: float, own: float, grievance: float
) -> None:
    held = following(people, HELD, loyal, own, grievance)
    assert held >= following(people, NOT_HELD, loyal, own, grievance) >= 0.0
    assert held >= following(people, HELD, max(loyal, more), own, grievance)
    assert following(people, NOT_HELD, loyal, 0.0, grievance) == 0.0
    assert following(1000.0, HELD, 0.3, 0.1, 1.0) == pytest.approx(700.0)
    assert following(1000.0, NOT_HELD, 0.3, 0.1, 2.0) == pytest.approx(200.0)


@given(FIGHTERS, st.floats(0.0, 1.0 + 1e-9), within("growth", "stay_share"))
def test_no_more_stay_than_desert(deserters: float, control: float, share: float) -> None:
    assert 0.0 <= who_stay(deserters, control, share) <= share * deserters
    assert who_stay(deserters, control, 0.0) == 0.0
