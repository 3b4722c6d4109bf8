"""How a front moves: progress adds up to days, defence costs time, and nothing moves against even odds."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.core.rules.advance import (
    front_after,
    inner_distance_km,
    is_melted,
    opposed_days,
    pursuit_days,
    siege_factor,
)
from tests.rules.ranges import SHARE, default, within

KM = st.floats(0.0, 2000.0)
TEMPO = st.floats(0.05, 20.0)
ROAD_SPEED = within("advance", "road_km_per_day")
PACE = (within("advance", "opposed_km_per_day"), within("advance", "seat_days"))
WINNING = st.floats(0.500001, 1.0)


def days_until_captured(days: float) -> int:
    """Return the day on which a front that needs so many days has reached the seat."""
    progress, passed = 0.0, 0
    while progress < 1.0:
        progress = front_after(progress, days, 0.03)
        passed += 1
    return passed


@given(st.floats(0.5, 400.0))
def test_daily_progress_adds_up_to_the_days_needed(days: float) -> None:
    # Whole days, and one more where the sum of the steps misses 1 by a rounding error.
    assert days_until_captured(days) in (math.ceil(days), math.ceil(days) + 1)


@pytest.mark.parametrize(("days", "expected"), [(0.5, 1), (1.0, 1), (2.0, 2), (2.5, 3), (8.0, 8), (64.0, 64)])
def test_whole_days_are_met_exactly(days: float, expected: int) -> None:
    assert days_until_captured(days) == expected


@given(SHARE, within("advance", "decay_per_day"))
def test_a_front_that_nobody_presses_falls_back(progress: float, decay: float) -> None:
    after = front_after(progress, 0.0, decay)
    assert 0.0 <= after <= progress
    assert after == progress * (1.0 - decay)


@given(SHARE)
def test_a_stalled_front_stays(progress: float) -> None:
    assert front_after(progress, math.inf, 0.03) == progress


@given(KM, st.one_of(st.just(0.5), st.floats(0.0, 0.5)), SHARE, *PACE, TEMPO)
def test_nobody_advances_at_even_odds_or_worse(
    km: float, odds: float, people: float, speed: float, seat_days: float, tempo: float
) -> None:
    assert opposed_days(km, odds, people, speed, seat_days, tempo) == math.inf


@given(KM, KM, WINNING, WINNING, SHARE, *PACE, TEMPO)
def test_distance_costs_days_and_better_odds_save_them(
    near: float,
    far: float,
    low: float,
    high: float,
    people: float,
    speed: float,
    seat_days: float,
    tempo: float,
) -> None:
    near, far = sorted((near, far))
    low, high = sorted((low, high))
    days = opposed_days(near, low, people, speed, seat_days, tempo)
    assert 0.0 <= days < math.inf
    assert opposed_days(far, low, people, speed, seat_days, tempo) >= days
    assert opposed_days(near, high, people, speed, seat_days, tempo) <= days


@given(KM, WINNING, SHARE, SHARE, *PACE, TEMPO)
def test_a_larger_city_is_never_taken_sooner(
    km: float, odds: float, small: float, large: float, speed: float, seat_days: float, tempo: float
) -> None:
    small, large = sorted((small, large))
    days = opposed_days(km, odds, small, speed, seat_days, tempo)
    assert opposed_days(km, odds, large, speed, seat_days, tempo) >= days


@given(KM, WINNING, SHARE, *PACE, TEMPO)
def test_days_are_proportional_to_the_tempo(
    km: float, odds: float, people: float, speed: float, seat_days: float, tempo: float
) -> None:
    usual = opposed_days(km, odds, people, speed, seat_days, 1.0)
    assert opposed_days(km, odds, people, speed, seat_days, tempo) == pytest.approx(tempo * usual)


@pytest.mark.parametrize(
    ("km", "odds", "people", "seat_days", "expected"),
    [
        (60.0, 0.75, 0.05, 0.0, 6.0),  # three to one: 10 km a day
        (60.0, 1.0, 0.05, 0.0, 3.0),  # certain: twice that
        (0.0, 0.75, 0.05, 5.0, 5.0),  # half of 5 days at an edge of one half
        (60.0, 0.75, 0.05, 5.0, 11.0),
        (0.0, 0.75, 0.20, 5.0, 10.0),  # four times the people, twice the streets
        (0.0, 0.75, 0.0, 5.0, 2.5),  # a village still costs half of the usual
        (0.0, 0.51, 0.05, 5.0, 25.0),  # an edge below a tenth counts as a tenth
    ],
)
def test_opposed_days_worked_out_by_hand(
    km: float, odds: float, people: float, seat_days: float, expected: float
) -> None:
    assert opposed_days(km, odds, people, 10.0, seat_days, 1.0) == pytest.approx(expected)


@given(KM, ROAD_SPEED)
def test_pursuit_takes_distance_over_speed(km: float, speed: float) -> None:
    assert pursuit_days(km, speed) * speed == pytest.approx(km)


@given(st.floats(1.0, 1000.0), WINNING, SHARE, st.floats(0.3, 20.0))
def test_pursuit_outruns_every_opposed_advance(km: float, odds: float, people: float, tempo: float) -> None:
    # Below a tempo of 2/7 an assault at certain odds would be the faster one: the tempo slows only assaults.
    opposed = opposed_days(
        km, odds, people, default("advance", "opposed_km_per_day"), default("advance", "seat_days"), tempo
    )
    assert pursuit_days(km, default("advance", "road_km_per_day")) < opposed


@pytest.mark.parametrize(
    ("morale", "fighters", "expected"),
    [
        (0.9, 1000.0, False),
        (0.35, 50.0, False),
        (0.35, 49.9, True),
        (0.3499, 1000.0, True),
        (0.9, 0.0, True),
        (0.0, 0.0, True),
    ],
)
def test_a_defence_has_melted_without_morale_or_without_people(
    morale: float, fighters: float, *, expected: bool
) -> None:
    assert is_melted(morale, fighters, 1000.0, 0.35, 0.05) == expected


@given(st.floats(0.0, 500.0), SHARE, SHARE, within("advance", "inner_distance"))
def test_an_enclave_with_more_ground_stands_nearer_the_seat(
    edge_km: float, less: float, more: float, share: float
) -> None:
    less, more = sorted((less, more))
    km = inner_distance_km(edge_km, more, share)
    assert 0.0 <= km <= inner_distance_km(edge_km, less, share) <= share * edge_km


def test_inner_distance_worked_out_by_hand() -> None:
    assert inner_distance_km(80.0, 0.0, 0.25) == 20.0
    assert inner_distance_km(80.0, 0.75, 0.25) == 5.0
    assert inner_distance_km(80.0, 1.0 + 1e-12, 0.25) == 0.0  # shares add up to 1 only within rounding


MEANS = st.floats(0.0, 2.0)
SIEGE = within("advance", "siege")


@given(SHARE, SHARE, MEANS, MEANS, SIEGE)
def test_a_firm_defence_holds_out_longer_and_heavy_weapons_shorten_it(
    low: float, high: float, equipment: float, air: float, siege: float
) -> None:
    low, high = sorted((low, high))
    factor = siege_factor(low, equipment, air, siege)
    assert 1.0 <= factor <= siege_factor(high, equipment, air, siege) <= 1.0 + siege
    assert siege_factor(low, equipment + 0.5, air, siege) <= factor
    assert siege_factor(low, equipment, air + 0.5, siege) <= factor


@given(SHARE, MEANS, MEANS, SIEGE)
def test_a_siege_of_nothing_of_the_shaken_or_with_all_weapons_is_none(
    morale: float, equipment: float, air: float, siege: float
) -> None:
    assert siege_factor(morale, equipment, air, 0.0) == 1.0
    assert siege_factor(0.5 * morale, equipment, air, siege) == 1.0
    assert siege_factor(morale, 1.0, air, siege) == 1.0


def test_a_siege_worked_out_by_hand() -> None:
    assert siege_factor(1.0, 0.0, 0.0, 3.0) == 4.0
    assert siege_factor(0.75, 0.25, 0.25, 3.0) == pytest.approx(1.75)  # 1 + 3 * 0.5 * 0.5
