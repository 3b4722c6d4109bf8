"""Strength, the odds of a contest, and its losses."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special

from sim.core.codes import Terrain
from sim.core.rules.contest import (
    MORALE_FLOOR,
    contest_success,
    equipment_factor,
    fighter_strength,
    log_odds,
    logistic,
    morale_factor,
    surprise_left,
    terrain_multiplier,
)
from tests.rules.ranges import SHARE, within

STRENGTH = st.floats(0.0, 1e7)
FORCE = st.floats(1e-3, 1e7)  # a side that is there
DECISIVENESS = within("contest", "decisiveness")
EXPONENT = within("contest", "morale_exponent")
QUALITY_EXPONENT = within("contest", "quality_exponent")
CODED_WEIGHT = within("contest", "coded_morale_weight")


@given(STRENGTH, DECISIVENESS)
def test_equal_strength_gives_even_odds(strength: float, decisiveness: float) -> None:
    assert contest_success(strength, strength, decisiveness) == 0.5


@given(STRENGTH, STRENGTH, DECISIVENESS)
def test_chances_of_both_sides_add_up_to_one(own: float, other: float, decisiveness: float) -> None:
    first = contest_success(own, other, decisiveness)
    second = contest_success(other, own, decisiveness)
    assert 0.0 <= first <= 1.0
    assert first + second == pytest.approx(1.0, abs=1e-15)


@given(FORCE, FORCE, st.floats(1e-3, 1e3), DECISIVENESS)
def test_multiplying_both_sides_changes_no_odds(own: float, other: float, scale: float, decisiveness: float) -> None:
    scaled = contest_success(scale * own, scale * other, decisiveness)
    assert scaled == pytest.approx(contest_success(own, other, decisiveness), abs=1e-13)


@given(STRENGTH, STRENGTH, STRENGTH, DECISIVENESS)
def test_more_strength_never_lowers_the_odds(own: float, more: float, other: float, decisiveness: float) -> None:
    odds = contest_success(own, other, decisiveness)
    assert contest_success(own + more, other, decisiveness) >= odds
    assert contest_success(own, other + more, decisiveness) <= odds


@given(st.floats(1.0, 1e5), st.floats(0.02, 2.0), st.floats(1.01, 5.0), st.floats(0.5, 3.0))
def test_more_strength_raises_open_odds(own: float, ratio: float, growth: float, decisiveness: float) -> None:
    odds = contest_success(own, ratio * own, decisiveness)
    assert contest_success(growth * own, ratio * own, decisiveness) > odds
    assert contest_success(own, growth * ratio * own, decisiveness) < odds


@given(FORCE, FORCE, DECISIVENESS)
def test_odds_are_the_ratio_form(own: float, other: float, decisiveness: float) -> None:
    # Tullock's own**r / (own**r + other**r), written so that no power overflows.
    ratio = 1.0 / (1.0 + (other / own) ** decisiveness) if own >= other else None
    if ratio is not None:
        assert contest_success(own, other, decisiveness) == pytest.approx(ratio, rel=1e-11)


@pytest.mark.parametrize(
    ("own", "other", "decisiveness", "expected"),
    [
        (3.0, 1.0, 1.0, 3.0 / 4.0),
        (2.0, 1.0, 2.0, 4.0 / 5.0),
        (4.0, 1.0, 1.5, 8.0 / 9.0),
        # Fit to divisions of 1944 (r = 5, even odds at 1.2 : 1): 1.25**5 = 3.0518 and 2.5**5 = 97.656.
        (1.5, 1.2, 5.0, 3.0518 / 4.0518),
        (3.0, 1.2, 5.0, 97.656 / 98.656),
        # Fit to campaigns (r = 0.44): at 3 : 1, 3**0.44 = exp(0.44 * 1.0986) = 1.6216.
        (3.0, 1.0, 0.44, 1.6216 / 2.6216),
    ],
)
def test_odds_worked_out_by_hand(own: float, other: float, decisiveness: float, expected: float) -> None:
    assert contest_success(own, other, decisiveness) == pytest.approx(expected, abs=2e-5)


@given(FORCE, st.floats(0.5, 3.0))
def test_nobody_home_is_next_to_certain_success(own: float, decisiveness: float) -> None:
    assert contest_success(own, 0.0, decisiveness) > 0.999
    assert contest_success(0.0, own, decisiveness) < 0.001


@given(FORCE, FORCE, DECISIVENESS)
def test_log_odds_change_sign_with_the_side(own: float, other: float, decisiveness: float) -> None:
    assert log_odds(own, other, decisiveness) == -log_odds(other, own, decisiveness)
    assert log_odds(own, other, decisiveness) == pytest.approx(decisiveness * math.log(own / other), abs=1e-12)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_logistic_equals_the_reference_without_overflow(x: float) -> None:
    assert logistic(x) == pytest.approx(float(special.expit(x)), rel=1e-14, abs=1e-300)
    assert logistic(x) + logistic(-x) == pytest.approx(1.0, abs=1e-15)


@given(st.floats(-20.0, 20.0), st.floats(1e-3, 10.0))
def test_logistic_rises(x: float, step: float) -> None:
    assert logistic(x + step) > logistic(x)


@given(QUALITY_EXPONENT, CODED_WEIGHT)
def test_a_fighter_of_middling_codes_has_strength_one(exponent: float, weight: float) -> None:
    assert fighter_strength(0.5, 0.5, exponent, weight) == 1.0


@given(SHARE, SHARE, SHARE, QUALITY_EXPONENT, CODED_WEIGHT)
def test_better_codes_never_weaken_a_fighter(
    low: float, high: float, other: float, exponent: float, weight: float
) -> None:
    low, high = sorted((low, high))
    worse = fighter_strength(low, other, exponent, weight)
    assert 0.0 < worse <= fighter_strength(high, other, exponent, weight)
    assert fighter_strength(other, low, exponent, weight) <= fighter_strength(other, high, exponent, weight)


def test_fighter_strength_worked_out_by_hand() -> None:
    # 1.5**2 = 2.25 and exp(2 * 0.25) = 1.64872
    assert fighter_strength(1.0, 0.75, 2.0, 2.0) == pytest.approx(2.25 * 1.64872, abs=2e-5)


@given(SHARE, SHARE, EXPONENT)
def test_morale_factor_is_a_share_that_rises_with_morale(low: float, high: float, exponent: float) -> None:
    low, high = sorted((low, high))
    assert 0.0 < morale_factor(low, exponent) <= morale_factor(high, exponent) <= 1.0


@given(EXPONENT)
def test_full_morale_keeps_all_strength_and_none_leaves_the_floor(exponent: float) -> None:
    assert morale_factor(1.0, exponent) == 1.0
    assert morale_factor(0.0, exponent) == morale_factor(MORALE_FLOOR, exponent)


def test_half_morale_keeps_a_third_of_the_strength() -> None:
    assert morale_factor(0.5, 1.5) == pytest.approx(0.353553, abs=1e-6)  # 0.5**1.5


@given(st.floats(0.0, 10.0), st.floats(0.0, 10.0), within("contest", "equipment_weight"))
def test_equipment_never_hurts_and_saturates(fewer: float, more: float, weight: float) -> None:
    fewer, more = sorted((fewer, more))
    assert 1.0 <= equipment_factor(fewer, weight) <= equipment_factor(more, weight) <= 1.0 + weight
    assert equipment_factor(1.0, weight) == equipment_factor(1.0 + more, weight) == 1.0 + weight


def test_half_equipped_gains_half_the_weight() -> None:
    assert equipment_factor(0.5, 0.4) == pytest.approx(1.2)


@pytest.mark.parametrize(
    ("terrain", "expected"),
    [
        (Terrain.FLAT, 1.0),
        (Terrain.DESERT, 1.0),
        (Terrain.HILLS, 1.2),
        (Terrain.MOUNTAIN, 1.4),
        (Terrain.URBAN, 1.5),
    ],
)
def test_each_ground_has_its_own_multiplier(terrain: Terrain, expected: float) -> None:
    assert terrain_multiplier(int(terrain), 1.2, 1.4, 1.5) == expected


@given(within("contest", "surprise"), within("contest", "surprise_decay"), st.integers(0, 400))
def test_surprise_fades_by_the_same_share_every_day(surprise: float, decay: float, days: int) -> None:
    today = surprise_left(surprise, decay, days)
    assert 0.0 <= today <= surprise
    assert surprise_left(surprise, decay, days + 1) == pytest.approx(decay * today, rel=1e-12, abs=1e-300)


def test_surprise_is_whole_on_the_first_day_and_halved_within_a_week() -> None:
    assert surprise_left(1.0, 0.9, 0) == 1.0
    assert surprise_left(1.0, 0.9, 7) == pytest.approx(0.4782969)  # 0.9**7
