"""What a side attacks, how many at once, how long it rests, and when third parties join."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.core.rules.orders import (
    awakening_probability,
    free_share,
    is_too_large,
    mobile_share,
    operations_limit,
    people_value,
    relief_sent,
    rest_after_capture,
    supplied,
    target_score,
    target_value,
)
from tests.rules.ranges import SHARE, within

FIGHTERS = st.floats(0.0, 2e6)
OPERATIONS = within("orders", "operations")
OPERATIONS_EXPONENT = within("orders", "operations_exponent")
WEAKNESS = within("orders", "weakness_exponent")
SCALE_KM = within("orders", "distance_km")
KM = st.floats(0.0, 5000.0)
OUTSIDE, ENCLAVE = False, True


@given(SHARE, SHARE, within("orders", "commitment"))
def test_mobile_share_is_a_share_that_grows_with_quality(low: float, high: float, commitment: float) -> None:
    low, high = sorted((low, high))
    share = mobile_share(low, commitment)
    assert 0.0 <= share <= mobile_share(high, commitment) <= commitment


@pytest.mark.parametrize(("quality", "expected"), [(0.0, 0.165), (0.4, 0.385), (0.7, 0.55), (1.0, 0.55)])
def test_only_a_good_army_sends_all_that_it_would_commit(quality: float, expected: float) -> None:
    assert mobile_share(quality, 0.55) == pytest.approx(expected)  # 0.55 * min(1, 0.3 + quality)


@given(FIGHTERS, FIGHTERS, st.floats(1e-6, 20.0), OPERATIONS_EXPONENT)
def test_every_side_can_run_one_operation_and_larger_ones_no_fewer(
    few: float, many: float, operations: float, exponent: float
) -> None:
    few, many = sorted((few, many))
    limit = operations_limit(few, operations, exponent)
    assert 1 <= limit <= operations_limit(many, operations, exponent)


@given(FIGHTERS, OPERATIONS_EXPONENT)
def test_no_operations_means_none(fighters: float, exponent: float) -> None:
    assert operations_limit(fighters, 0.0, exponent) == 0


@pytest.mark.parametrize(
    ("fighters", "operations", "exponent", "expected"),
    [
        (20_000.0, 0.8, 0.3, 1),
        (20_000.0, 2.4, 0.3, 2),
        (20_000.0, 2.6, 0.3, 3),
        (180_000.0, 2.0, 0.5, 6),  # nine times the size, three times the operations
        (5_000.0, 8.0, 0.5, 4),
        (100.0, 0.8, 0.3, 1),
        (20_000.0, 1.5, 0.3, 2),  # halves are rounded up
        (20_000.0, 1.49, 2.0, 1),
        (20_700.0, 1.45, 2.0, 2),  # 1.45 * 1.035**2 = 1.553
    ],
)
def test_operations_worked_out_by_hand(fighters: float, operations: float, exponent: float, expected: int) -> None:
    assert operations_limit(fighters, operations, exponent) == expected


@given(st.floats(0.0, 5.0), SHARE, SHARE, KM, KM, WEAKNESS, SCALE_KM)
def test_weak_and_near_targets_never_score_less(
    value: float, low: float, high: float, near: float, far: float, exponent: float, scale: float
) -> None:
    low, high = sorted((low, high))
    near, far = sorted((near, far))
    score = target_score(value, low, near, exponent, scale)
    assert 0.0 <= score <= value
    assert target_score(value, high, near, exponent, scale) >= score
    assert target_score(value, low, far, exponent, scale) <= score


def test_score_worked_out_by_hand() -> None:
    assert target_score(0.8, 1.0, 0.0, 2.5, 150.0) == 0.8
    assert target_score(0.8, 1.0, 150.0, 2.5, 150.0) == pytest.approx(0.4)  # the scale halves it
    assert target_score(0.8, 0.25, 300.0, 2.5, 150.0) == pytest.approx(0.8 / 32.0 / 3.0)


VALUES = (
    within("orders", "population_exponent"),
    within("orders", "progress_value"),
    within("orders", "enclave_value"),
    within("orders", "retaking_value"),
)
FOREIGN, OWN = False, True


@given(SHARE, SHARE, SHARE, SHARE, *VALUES)
def test_people_progress_and_a_foothold_never_lower_the_value(
    few: float,
    many: float,
    early: float,
    late: float,
    exponent: float,
    progress: float,
    enclave: float,
    retaking: float,
) -> None:
    few, many = sorted((few, many))
    early, late = sorted((early, late))
    people, more = people_value(few, exponent), people_value(many, exponent)
    weights = (progress, enclave, retaking)
    value = target_value(people, early, OUTSIDE, FOREIGN, *weights)
    assert value > 0.0
    assert target_value(more, early, OUTSIDE, FOREIGN, *weights) >= value
    assert target_value(people, late, OUTSIDE, FOREIGN, *weights) >= value
    assert target_value(people, early, ENCLAVE, FOREIGN, *weights) == value + enclave
    assert target_value(people, early, OUTSIDE, OWN, *weights) == value + retaking
    assert target_value(people, early, OUTSIDE, OWN, progress, enclave, 0.0) == value


def test_value_worked_out_by_hand() -> None:
    assert people_value(0.0, 0.35) == 0.05
    assert people_value(1.0, 0.35) == pytest.approx(0.68)
    assert target_value(0.68, 0.0, OUTSIDE, FOREIGN, 0.5, 0.3, 0.0) == 0.68
    value = target_value(people_value(0.25, 0.5), 0.4, ENCLAVE, OWN, 0.5, 0.3, 0.1)
    assert value == pytest.approx(0.05 + 0.315 + 0.2 + 0.3 + 0.1)


@pytest.mark.parametrize(
    ("u", "expected"),
    [
        (1.0 - 2.0**-53, 4.2),  # the fixed part: 0.3 of a mean of 7 days at tempo 2
        (0.5, 4.2 + 9.8 * 0.693147),
        (math.exp(-1.0), 14.0),
        (math.exp(-3.0), 4.2 + 9.8 * 3.0),
    ],
)
def test_scripted_draws_give_the_rest_by_hand(u: float, expected: float) -> None:
    assert rest_after_capture(7.0, 2.0, u) == pytest.approx(expected, abs=1e-5)


@given(st.floats(2.0**-53, 1.0 - 2.0**-53), st.floats(2.0**-53, 1.0 - 2.0**-53), st.floats(0.05, 20.0))
def test_rest_is_never_shorter_than_its_fixed_part_and_falls_with_the_draw(
    low: float, high: float, tempo: float
) -> None:
    low, high = sorted((low, high))
    longest = rest_after_capture(7.0, tempo, low)
    assert longest >= rest_after_capture(7.0, tempo, high) >= 0.3 * 7.0 * tempo


def test_mean_rest_is_the_parameter() -> None:
    # The mean over evenly spaced draws; the tail that the grid misses is below a hundredth of a day.
    grid = (np.arange(20_000) + 0.5) / 20_000
    mean = np.mean([rest_after_capture(7.0, 1.0, float(u)) for u in grid])
    assert mean == pytest.approx(7.0, abs=0.01)


AWAKENING = (within("orders", "awakening_per_day"), within("orders", "awakening_morale"))


@given(SHARE, SHARE, *AWAKENING)
def test_third_parties_are_never_less_tempted_by_a_weaker_enemy(
    low: float, high: float, hazard: float, threshold: float
) -> None:
    low, high = sorted((low, high))
    chance = awakening_probability(high, hazard, threshold)
    assert 0.0 <= chance <= awakening_probability(low, hazard, threshold) <= 1.0


def test_awakening_worked_out_by_hand() -> None:
    assert awakening_probability(0.6, 0.05, 0.6) == 0.0
    assert awakening_probability(0.95, 0.05, 0.6) == 0.0
    assert awakening_probability(0.3, 0.05, 0.6) == pytest.approx(1.0 - math.exp(-0.025))
    assert awakening_probability(0.0, 0.05, 0.6) == pytest.approx(1.0 - math.exp(-0.05))


STRENGTH = st.floats(0.0, 1e6)


@given(STRENGTH, st.integers(0, 20), within("orders", "relief"))
def test_relief_is_a_share_of_what_is_near_and_is_divided(strength: float, n: int, share: float) -> None:
    sent = relief_sent(strength, n, share)
    assert 0.0 <= sent <= share * strength
    assert sent * max(1, n) == pytest.approx(share * strength)
    assert relief_sent(strength, n, 0.0) == 0.0


@given(st.floats(0.5, 1e6), STRENGTH, SHARE, SHARE, within("orders", "occupation"))
def test_who_occupies_more_is_less_free(
    fighters: float, people: float, little: float, much: float, need: float
) -> None:
    little, much = sorted((little, much))
    free = free_share(fighters, people, little, need)
    assert 0.0 <= free <= free_share(fighters, people, much, need) <= 1.0
    assert free <= free_share(2.0 * fighters, people, little, need)
    assert free_share(fighters, people, little, 0.0) == free_share(fighters, people, 1.0, need) == 1.0


def test_occupation_worked_out_by_hand() -> None:
    assert free_share(1000.0, 1_000_000.0, 0.0, 0.5) == pytest.approx(0.5)
    assert free_share(1000.0, 1_000_000.0, 0.5, 0.5) == pytest.approx(0.75)
    assert free_share(100.0, 1_000_000.0, 0.0, 0.5) == 0.0  # nobody beyond those who are there


@given(KM, KM, within("orders", "culmination"))
def test_what_can_be_sent_fades_with_the_distance_from_bases(near: float, far: float, fading: float) -> None:
    near, far = sorted((near, far))
    assert 0.0 <= supplied(far, fading) <= supplied(near, fading) <= 1.0
    assert supplied(far, 0.0) == supplied(0.0, fading) == 1.0
    assert supplied(600.0, 1000.0 / 600.0) == pytest.approx(math.exp(-1.0))


@given(st.floats(0.0, 1e6), st.floats(0.0, 1e6), st.floats(0.0, 1e6), within("orders", "largest_ratio"))
def test_the_small_leave_the_large_alone(own: float, one: float, two: float, ratio: float) -> None:
    small, large = sorted((one, two))
    assert is_too_large(own, large, ratio) >= is_too_large(own, small, ratio)
    assert not is_too_large(own, large, 0.0)
    assert not is_too_large(own, ratio * own, ratio)
