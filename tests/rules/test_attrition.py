"""The toll of a war: every fighter counts once, who dies follows numbers and quality, and chance keeps the mean."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.core.rules.attrition import (
    USUAL_CONTACT,
    USUAL_FIREPOWER,
    at_each_other,
    contact_factor,
    engaged,
    firepower_factor,
    share_suffered,
    toll_of_a_day,
    toll_weight,
)
from tests.rules.ranges import SHARE, within

FIGHTERS = st.floats(1.0, 1e6)
RATIO = st.floats(1e-3, 1e3)
EFFECT = within("attrition", "effectiveness")
ALL = 1e6  # nobody has so many more than an enemy


@given(FIGHTERS, FIGHTERS, FIGHTERS)
def test_every_fighter_counts_once_however_many_enemies_a_side_has(own: float, one: float, other: float) -> None:
    with_one = at_each_other(own, one + other, one, own, ALL)
    with_other = at_each_other(own, one + other, other, own, ALL)
    expected = engaged(own, one + other, ALL) + engaged(one, own, ALL) + engaged(other, own, ALL)
    assert with_one + with_other == pytest.approx(expected)
    assert expected == pytest.approx(own + one + other)


@given(FIGHTERS, FIGHTERS, FIGHTERS, FIGHTERS, st.floats(1.0, 100.0))
def test_twice_the_fighters_on_both_sides_are_twice_the_war(
    own: float, own_enemies: float, other: float, other_enemies: float, most: float
) -> None:
    once = at_each_other(own, own_enemies, other, other_enemies, most)
    twice = at_each_other(2.0 * own, 2.0 * own_enemies, 2.0 * other, 2.0 * other_enemies, most)
    assert twice == pytest.approx(2.0 * once)


def test_a_remnant_ties_down_no_whole_army() -> None:
    assert engaged(100_000.0, 1_000.0, 20.0) == 20_000.0
    assert at_each_other(100_000.0, 1_000.0, 1_000.0, 100_000.0, 20.0) == pytest.approx(21_000.0)
    assert at_each_other(30_000.0, 30_000.0, 10_000.0, 30_000.0, 20.0) == pytest.approx(20_000.0)  # a third of each


@given(RATIO, EFFECT, st.floats(1.0, 10.0))
def test_the_better_side_suffers_less_and_the_other_what_is_left(quality: float, effect: float, more: float) -> None:
    share = share_suffered(quality, effect)
    assert 0.0 <= share_suffered(quality * more, effect) <= share <= 1.0
    assert share + share_suffered(1.0 / quality, effect) == pytest.approx(1.0)
    assert share_suffered(quality, 0.0) == 0.5


def test_shares_worked_out_by_hand() -> None:
    assert share_suffered(4.0, 0.5) == pytest.approx(1.0 / 3.0)
    assert share_suffered(0.5, 1.0) == pytest.approx(2.0 / 3.0)


@given(SHARE, SHARE, SHARE)
def test_contact_counts_as_far_as_it_weighs(low: float, high: float, weight: float) -> None:
    low, high = sorted((low, high))
    assert 0.0 <= contact_factor(low, weight) <= contact_factor(high, weight)
    assert contact_factor(low, 0.0) == 1.0
    assert contact_factor(USUAL_CONTACT, weight) == pytest.approx(1.0)


@given(SHARE, SHARE, within("attrition", "firepower"))
def test_fire_power_adds_to_the_toll(low: float, high: float, weight: float) -> None:
    low, high = sorted((low, high))
    assert 0.0 <= firepower_factor(low, weight) <= firepower_factor(high, weight)
    assert firepower_factor(low, 0.0) == 1.0
    assert firepower_factor(USUAL_FIREPOWER, weight) == pytest.approx(1.0)


@given(FIGHTERS, within("attrition", "assault_gain"))
def test_an_assault_is_deadlier_and_far_from_the_enemy_nobody_dies(fighters: float, gain: float) -> None:
    calm = toll_weight(fighters, is_touched=True, is_in_assault=False, assault_gain=gain)
    assert calm == fighters
    assert toll_weight(fighters, is_touched=True, is_in_assault=True, assault_gain=gain) == fighters * (1.0 + gain)
    assert toll_weight(fighters, is_touched=False, is_in_assault=True, assault_gain=gain) == 0.0


@given(st.floats(0.0, 1e4), st.floats(0.0, 5.0), st.floats(1e-9, 1.0 - 1e-9))
def test_the_dead_of_a_day_are_a_whole_number(mean: float, noise: float, u: float) -> None:
    killed = toll_of_a_day(mean, noise, u)
    assert killed == math.floor(killed) >= 0
    assert toll_of_a_day(0.0, noise, u) == 0.0
