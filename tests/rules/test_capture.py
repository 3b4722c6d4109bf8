"""What changes hands when a place falls; the parts never exceed the whole."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.core.rules.capture import (
    air_force,
    claim,
    garrison_needed,
    hand_over_probability,
    joining_probability,
    looted_share,
    retreating_share,
    scuttled_share,
    welcomed_claim,
)
from tests.rules.ranges import SHARE, within

CUT_OFF, WITH_REFUGE = False, True
RETREAT = within("capture", "retreat_share")
LOOT = (within("capture", "loot_base"), within("capture", "loot_melt"), within("capture", "loot_use"))


@given(SHARE, SHARE, RETREAT)
def test_good_order_never_saves_fewer(low: float, high: float, share: float) -> None:
    low, high = sorted((low, high))
    saved = retreating_share(low, share, WITH_REFUGE)
    assert 0.0 <= saved <= retreating_share(high, share, WITH_REFUGE) <= share


@given(SHARE, RETREAT)
def test_without_refuge_nobody_retreats(morale: float, share: float) -> None:
    assert retreating_share(morale, share, CUT_OFF) == 0.0


def test_retreat_worked_out_by_hand() -> None:
    assert retreating_share(0.5, 0.8, WITH_REFUGE) == pytest.approx(0.4)
    assert retreating_share(1.0, 0.8, WITH_REFUGE) == 0.8


@given(SHARE, SHARE, within("capture", "joining_share"), within("morale", "joining_floor"))
def test_joining_is_a_share_that_grows_with_hostile_ground(
    less: float, more: float, joining: float, floor: float
) -> None:
    less, more = sorted((less, more))
    share = joining_probability(less, joining, floor)
    assert 0.0 <= share <= joining_probability(more, joining, floor) <= 1.0


def test_joining_worked_out_by_hand() -> None:
    assert joining_probability(0.4, 0.3, 0.1) == pytest.approx(0.15)
    assert joining_probability(0.0, 0.3, 0.1) == pytest.approx(0.03)
    assert joining_probability(1.0, 1.0, 1.0) == 1.0


@given(SHARE, SHARE, *LOOT)
def test_a_melted_defence_never_leaves_less_to_loot(
    low: float, high: float, base: float, melt: float, use: float
) -> None:
    low, high = sorted((low, high))
    loot = looted_share(high, base, melt, use)
    assert 0.0 <= loot <= looted_share(low, base, melt, use) <= use


@pytest.mark.parametrize(("morale", "expected"), [(1.0, 0.06), (0.5, 0.15), (0.0, 0.24)])
def test_loot_worked_out_by_hand(morale: float, expected: float) -> None:
    assert looted_share(morale, 0.2, 0.6, 0.3) == pytest.approx(expected)  # (0.2 + 0.6 (1 - morale)) * 0.3


def test_everything_left_intact_is_the_most_that_can_be_looted() -> None:
    assert looted_share(0.0, 0.9, 0.9, 0.5) == 0.5


@given(SHARE, SHARE, SHARE, within("capture", "scuttled"))
def test_only_a_defence_in_good_order_scuttles(low: float, high: float, looted: float, scuttled: float) -> None:
    low, high = sorted((low, high))
    share = scuttled_share(low, looted, scuttled)
    assert 0.0 <= share <= scuttled_share(high, looted, scuttled) <= 1.0 - looted
    assert scuttled_share(0.0, looted, scuttled) == 0.0


def test_scuttling_worked_out_by_hand() -> None:
    assert scuttled_share(0.5, 0.2, 0.1) == pytest.approx(0.05)
    assert scuttled_share(1.0, 0.95, 0.1) == pytest.approx(0.05)  # no more than the captor left


@given(SHARE, RETREAT, *LOOT, within("capture", "scuttled"))
def test_weapons_carried_off_looted_and_scuttled_never_exceed_the_stock(
    morale: float, retreat: float, base: float, melt: float, use: float, scuttling: float
) -> None:
    carried = retreating_share(morale, retreat, WITH_REFUGE)
    looted = looted_share(morale, base, melt, use)
    scuttled = scuttled_share(morale, looted, scuttling)
    assert looted + scuttled <= 1.0 + 1e-15
    assert carried + (1.0 - carried) * (looted + scuttled) <= 1.0 + 1e-15


@given(SHARE, SHARE, within("capture", "air_threshold"))
def test_air_force_is_a_share_that_grows_with_heavy_weapons(low: float, high: float, threshold: float) -> None:
    low, high = sorted((low, high))
    assert 0.0 <= air_force(low, threshold) <= air_force(high, threshold) <= 1.0


@pytest.mark.parametrize(
    ("code", "expected"), [(0.0, 0.0), (0.5, 0.0), (0.6, 1.0 / 3.0), (0.65, 0.5), (0.8, 1.0), (1.0, 1.0)]
)
def test_air_force_follows_the_coding_scale(code: float, expected: float) -> None:
    assert air_force(code, 0.5) == pytest.approx(expected)


@given(st.floats(0.0, 0.5))
def test_an_army_below_the_threshold_has_no_air_force(code: float) -> None:
    assert air_force(code, 0.5) == 0.0


@given(st.floats(0.0, 1e8), st.floats(0.0, 1e8), within("capture", "garrison_per_thousand"))
def test_more_people_take_more_fighters_to_hold_and_without_the_need_none(
    one: float, two: float, per_thousand: float
) -> None:
    few, many = sorted((one, two))
    assert 0.0 <= garrison_needed(few, per_thousand) <= garrison_needed(many, per_thousand)
    assert garrison_needed(many, 0.0) == 0.0


@given(st.floats(0.0, 1e6), st.floats(0.0, 5000.0), st.floats(0.0, 5000.0), within("capture", "heir_km"))
def test_the_farther_a_force_the_less_it_counts(strength: float, one: float, two: float, reach: float) -> None:
    near, far = sorted((one, two))
    assert 0.0 <= claim(strength, far, reach) <= claim(strength, near, reach) <= strength


@given(st.floats(0.0, 1e6), st.floats(-1.0, 1.0), st.floats(-1.0, 1.0))
def test_the_welcome_inherit_before_the_hated(strength: float, one: float, two: float) -> None:
    hated, welcome = sorted((one, two))
    assert 0.0 <= welcomed_claim(strength, hated) <= welcomed_claim(strength, welcome) <= 1.5 * strength
    assert welcomed_claim(strength, -0.5) == 0.0


def test_succession_worked_out_by_hand() -> None:
    assert garrison_needed(2e6, 0.1) == pytest.approx(200.0)
    assert garrison_needed(1e5, 0.1) == 100.0
    assert claim(1000.0, 150.0, 150.0) == pytest.approx(1000.0 / math.e)
    assert claim(1000.0, 150.0, 0.0) == 1000.0
    assert welcomed_claim(1000.0, 0.25) == 750.0
    assert hand_over_probability(0.1) == pytest.approx(1.0 - math.exp(-0.1))
    assert hand_over_probability(0.0) == 0.0
