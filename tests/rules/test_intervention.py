"""Who enters a war openly, when, with whom, and for how long."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.core.rules.intervention import (
    AIR_DAYS,
    GROUND_DAYS,
    danger_to,
    delay_days,
    eagerness,
    entry_probability,
    expedition,
    leaving_probability,
    stake_in,
)
from tests.rules.ranges import SHARE, default, within

TIE = st.floats(-1.0, 1.0)
FALL = st.floats(-14.0, 14.0)
PEOPLE = st.floats(0.0, 1e7)
HAZARD = within("intervention", "hazard")
WEIGHTS = st.tuples(*(within("intervention", name) for name in ("stake", "danger", "threat", "civilians")))


@given(SHARE, SHARE, TIE, TIE, TIE)
def test_a_stake_rises_with_promises_and_friendship_and_with_enmity_of_the_enemy(
    less: float, more: float, tie: float, enemy: float, other: float
) -> None:
    less, more = sorted((less, more))
    assert stake_in(less, tie, enemy) <= stake_in(more, tie, enemy) <= 1.0
    cold, warm = sorted((tie, other))
    assert stake_in(less, cold, enemy) <= stake_in(less, warm, enemy)
    assert stake_in(less, enemy, warm) <= stake_in(less, enemy, cold)


@given(FALL, FALL)
def test_danger_rises_as_chances_fall_and_has_limits(one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert -1.0 <= danger_to(low) <= danger_to(high) <= 2.0


@given(SHARE, SHARE, st.floats(-1.0, 2.0), st.floats(0.0, 2.0), PEOPLE, WEIGHTS)
def test_eagerness_rises_with_stake_danger_threat_and_the_dead(
    low: float, high: float, danger: float, threat: float, dead: float, weights: tuple[float, float, float, float]
) -> None:
    low, high = sorted((low, high))
    base = eagerness(low, danger, threat, dead, *weights)
    assert base <= eagerness(high, danger, threat, dead, *weights)
    assert base <= eagerness(low, danger + high, threat, dead, *weights)
    assert base <= eagerness(low, danger, threat + high, dead, *weights)
    assert base <= eagerness(low, danger, threat, dead + 1000.0 * high, *weights)


@given(HAZARD, SHARE, st.floats(-20.0, 20.0), SHARE)
def test_the_chance_of_entry_is_one_and_restraint_lowers_it(
    hazard: float, capacity: float, eager: float, freedom: float
) -> None:
    chance = entry_probability(hazard, capacity, eager, freedom)
    assert 0.0 <= chance <= entry_probability(hazard, capacity, eager, 1.0) <= 1.0 - math.exp(-0.1)
    assert entry_probability(0.0, capacity, eager, freedom) == 0.0
    assert entry_probability(hazard, capacity, eager, 0.0) == 0.0


@given(st.floats(0.001, 0.999), st.floats(0.001, 0.999))
def test_aircraft_come_before_forces(low: float, high: float) -> None:
    low, high = sorted((low, high))
    assert 0.0 < delay_days(low, *AIR_DAYS) <= delay_days(high, *AIR_DAYS)
    assert delay_days(low, *AIR_DAYS) < delay_days(max(low, 0.01), *GROUND_DAYS) or low < 0.01


@given(within("intervention", "expedition"), SHARE, SHARE, SHARE)
def test_who_can_do_more_sends_more(size: float, capacity: float, other: float, quality: float) -> None:
    low, high = sorted((capacity, other))
    assert 0.0 <= expedition(size, low, quality) <= expedition(size, high, quality)


@given(within("intervention", "leave"))
def test_who_has_lost_or_bled_leaves_sooner(hazard: float) -> None:
    stays, bled, lost, both = (
        leaving_probability(hazard, has_lost=has_lost, has_won=False, is_bled=is_bled)
        for has_lost in (False, True)
        for is_bled in (False, True)
    )
    assert stays <= bled <= lost <= both
    for is_bled in (False, True):
        won = leaving_probability(hazard, has_lost=False, has_won=True, is_bled=is_bled)
        assert won == pytest.approx(1.0 - math.exp(-1.0 / 90.0))


def test_interventions_worked_out_by_hand() -> None:
    assert stake_in(0.2, 0.5, -1.0) == pytest.approx(0.3)
    assert stake_in(0.0, -0.5, -0.4) == pytest.approx(0.12)
    assert stake_in(0.0, -0.5, 0.5) == 0.0
    assert danger_to(1.0) == 0.5
    assert eagerness(0.8, 0.5, 1.0, 9000.0, 2.0, 1.0, 1.0, 0.7) == pytest.approx(1.0 + 0.5 + 1.0 + 0.7)
    assert entry_probability(0.01, 0.5, math.log(2.0), 1.0) == pytest.approx(1.0 - math.exp(-0.01))
    assert delay_days(0.5, 5.0, 0.5) == pytest.approx(5.0, rel=1e-3)
    assert expedition(15000.0, 0.4, 0.5) == pytest.approx(2400.0)
    assert leaving_probability(0.003, has_lost=True, has_won=False, is_bled=True) == pytest.approx(
        1.0 - math.exp(-0.09)
    )
    assert default("intervention", "hazard") == 0.0
