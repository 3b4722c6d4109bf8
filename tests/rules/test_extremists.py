"""Extremists: exact growth, attacks by inversion, prisons; more pressure never helps them."""

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats

from sim.core.rules.extremists import (
    attack_count,
    attack_rate,
    break_probability,
    distant_count,
    escaping_share,
    grievance_factor,
    guard_loss,
    joint_pressure,
    pressure_of_forces,
    share_above,
    strength_after,
    ungoverned_share,
)
from tests.rules.ranges import SHARE, default, within

STRENGTH = st.floats(0.0, 1e5)
SOME = st.floats(1.0, 1e5)
RATE = st.floats(0.0, 2.0)
CAPACITY = st.floats(1.0, 1e6)
DAYS = st.floats(0.5, 60.0)
AFTER = within("extremists", "grievance_after")


@given(STRENGTH, RATE, RATE, CAPACITY, DAYS)
def test_strength_never_grows_above_capacity(
    strength: float, growth: float, decline: float, capacity: float, days: float
) -> None:
    after = strength_after(strength, growth, decline, capacity, days)
    assert 0.0 <= after <= max(strength, capacity) * (1.0 + 1e-12)


@given(STRENGTH, RATE, RATE, CAPACITY)
def test_a_week_is_seven_days(strength: float, growth: float, decline: float, capacity: float) -> None:
    by_day = strength
    for _ in range(7):
        by_day = strength_after(by_day, growth, decline, capacity, 1.0)
    assert strength_after(strength, growth, decline, capacity, 7.0) == pytest.approx(by_day, rel=1e-9, abs=1e-9)


@given(STRENGTH, RATE, RATE, RATE, CAPACITY, DAYS)
def test_more_decline_never_leaves_more(
    strength: float, growth: float, a: float, b: float, capacity: float, days: float
) -> None:
    low, high = sorted((a, b))
    least = strength_after(strength, growth, high, capacity, days)
    assert least <= strength_after(strength, growth, low, capacity, days) * (1.0 + 1e-12)


@given(STRENGTH, RATE, RATE, RATE, CAPACITY, DAYS)
def test_more_growth_never_leaves_fewer_below_capacity(
    strength: float, a: float, b: float, decline: float, capacity: float, days: float
) -> None:
    assume(strength <= capacity)
    low, high = sorted((a, b))
    least = strength_after(strength, low, decline, capacity, days)
    assert least <= strength_after(strength, high, decline, capacity, days) * (1.0 + 1e-12)


@given(SOME, st.floats(0.001, 2.0), CAPACITY, DAYS)
def test_without_growth_strength_declines(strength: float, decline: float, capacity: float, days: float) -> None:
    after = strength_after(strength, 0.0, decline, capacity, days)
    assert after < strength
    assert after == pytest.approx(strength * math.exp(-decline * days / 30.0))


def test_without_losses_growth_is_logistic() -> None:
    # Verhulst's curve: K / (1 + (K / R0 - 1) exp(-g t)), with g = 0.25 a month over four months.
    expected = 4000.0 / (1.0 + (4000.0 / 500.0 - 1.0) * math.exp(-1.0))
    assert strength_after(500.0, 0.25, 0.0, 4000.0, 120.0) == pytest.approx(expected)


def test_balance_of_growth_and_decline_is_no_special_case() -> None:
    # dR/dt = -g R**2 / K: R(t) = R0 / (1 + g t R0 / K)
    assert strength_after(1000.0, 0.3, 0.3, 2000.0, 30.0) == pytest.approx(1000.0 / 1.15)


@pytest.mark.parametrize(("control", "expected"), [(0.0, 1.0), (0.5, 0.5), (0.8, 0.2), (0.81, 0.0), (1.0, 0.0)])
def test_a_place_is_governed_above_the_threshold(control: float, expected: float) -> None:
    assert ungoverned_share(control, 0.8) == pytest.approx(expected)


@given(SHARE, SHARE, within("extremists", "governed_share"))
def test_more_control_never_leaves_more_ungoverned(a: float, b: float, governed: float) -> None:
    low, high = sorted((a, b))
    assert 0.0 <= ungoverned_share(high, governed) <= ungoverned_share(low, governed) <= 1.0


@given(st.integers(0, 4000), AFTER, within("extremists", "grievance_days"))
def test_grievance_moves_from_one_towards_its_new_value(days: int, after: float, time_constant: float) -> None:
    factor = grievance_factor(days, after, time_constant)
    assert min(1.0, after) - 1e-12 <= factor <= max(1.0, after) + 1e-12
    assert grievance_factor(0, after, time_constant) == pytest.approx(1.0)


def test_grievance_worked_out_by_hand() -> None:
    assert grievance_factor(30, 0.35, 30.0) == pytest.approx(0.35 + 0.65 / math.e)
    assert grievance_factor(30, 1.2, 30.0) > 1.0  # the sign is open


@given(st.floats(0.0, 1e6), st.floats(0.0, 1e6), SOME, SOME, within("extremists", "force_ratio"))
def test_pressure_grows_with_soldiers_and_thins_out_over_more_extremists(
    a: float, b: float, c: float, d: float, ratio: float
) -> None:
    (few, many), (small, large) = sorted((a, b)), sorted((c, d))
    assert 0.0 <= pressure_of_forces(few, small, ratio) <= pressure_of_forces(many, small, ratio) <= 1.0
    assert pressure_of_forces(few, large, ratio) <= pressure_of_forces(few, small, ratio)


def test_the_ratio_of_forces_gives_half_of_full_pressure() -> None:
    assert pressure_of_forces(20_000.0, 200.0, 100.0) == 0.5


@given(SHARE, SHARE, SHARE)
def test_a_second_source_never_relieves(one: float, a: float, b: float) -> None:
    low, high = sorted((a, b))
    assert one - 1e-12 <= joint_pressure(one, low) <= joint_pressure(one, high) + 1e-12
    assert joint_pressure(one, high) <= 1.0


def test_attack_rate_worked_out_by_hand() -> None:
    # 1,000 fighters, 0.02 attacks a month each; half of the place ungoverned: 20 * (0.3 + 0.35)
    assert attack_rate(1000.0, 0.5, 0.02, 0.3) == pytest.approx(13.0)
    assert attack_rate(1000.0, 0.0, 0.02, 0.3) == pytest.approx(6.0)
    assert attack_rate(1000.0, 1.0, 0.02, 0.3) == pytest.approx(20.0)


@given(st.floats(1e-3, 200.0), st.floats(0.01, 20.0), st.floats(1e-6, 1.0 - 1e-6))
def test_attacks_are_negative_binomial(mean: float, dispersion: float, u: float) -> None:
    found = attack_count(mean, dispersion, u)
    law = stats.nbinom(dispersion, dispersion / (dispersion + mean))
    assert law.cdf(found) >= u - 1e-9
    assert law.cdf(found - 1.0) <= u + 1e-9


@given(st.floats(100.0, 1e7), st.floats(3e-4, 40.0), st.floats(1e-6, 1.0 - 1e-6))
def test_many_attacks_are_negative_binomial_as_well(mean: float, dispersion: float, u: float) -> None:
    law = stats.nbinom(dispersion, dispersion / (dispersion + mean))
    for found in (attack_count(mean, dispersion, u), distant_count(mean, dispersion, u)):
        assert found == math.floor(found) >= 0.0
        assert law.cdf(found) >= u - 1e-6
        assert law.cdf(found - 1.0) <= u + 1e-6


@given(st.floats(1e-3, 1e4), st.floats(0.03, 20.0), st.integers(0, 6000))
def test_the_share_above_is_what_the_terms_leave(mean: float, dispersion: float, n: int) -> None:
    law = stats.nbinom(dispersion, dispersion / (dispersion + mean))
    assert share_above(float(n), mean, dispersion) == pytest.approx(law.sf(n), rel=1e-7, abs=1e-290)


@given(st.floats(1.0, 4000.0), st.floats(0.03, 20.0), st.floats(1e-6, 1.0 - 1e-6))
def test_both_ways_to_a_number_lead_to_the_same(mean: float, dispersion: float, u: float) -> None:
    by_sum, by_halves = attack_count(mean, dispersion, u), distant_count(mean, dispersion, u)
    law = stats.nbinom(dispersion, dispersion / (dispersion + mean))
    assert by_sum == by_halves or abs(law.cdf(min(by_sum, by_halves)) - u) < 1e-9


def test_no_fighters_make_no_attacks() -> None:
    assert attack_count(0.0, 0.1, 1.0 - 2.0**-53) == 0.0


def test_the_largest_draw_ends() -> None:
    assert math.isfinite(attack_count(5.0, 0.1, 1.0 - 2.0**-53))


@given(st.floats(0.0, 1e5), st.floats(0.0, 1e5), st.floats(0.0, 1e5), SHARE)
def test_guards_who_leave_are_missed(a: float, b: float, guards_day_0: float, lever: float) -> None:
    fewer, more = sorted((a, b))
    assert 0.0 <= guard_loss(more, guards_day_0, lever) <= guard_loss(fewer, guards_day_0, lever) <= 1.0
    assert guard_loss(more, guards_day_0, lever) <= guard_loss(more, guards_day_0, 0.0) == 1.0


def test_guards_worked_out_by_hand() -> None:
    assert guard_loss(50.0, 100.0, 1.0) == 0.5
    assert guard_loss(200.0, 100.0, 0.4) == pytest.approx(0.6)
    assert guard_loss(0.0, 0.0, 1.0) == 0.0


PRISON = tuple(within("extremists", name) for name in ("break_per_day", "break_guards", "break_most"))


@given(SHARE, SHARE, st.floats(0.0, 10.0), st.floats(0.0, 10.0), *PRISON)
def test_breaks_grow_with_lost_guards_and_with_the_extremists(
    a: float, b: float, c: float, d: float, hazard: float, weight: float, most: float
) -> None:
    (fewer, more), (weak, strong) = sorted((a, b)), sorted((c, d))
    chance = break_probability(fewer, weak, hazard, weight, most)
    assert 0.0 <= chance <= break_probability(more, weak, hazard, weight, most) <= 1.0
    assert chance <= break_probability(fewer, strong, hazard, weight, most)


def test_breaks_are_as_rare_as_recorded() -> None:
    hazard, weight, most = (default("extremists", name) for name in ("break_per_day", "break_guards", "break_most"))
    guarded = break_probability(0.0, 1.0, hazard, weight, most)
    assert 5.0 <= 1.0 / guarded / 365.0 <= 6.0  # years between breaks, as long as the guards stand
    assert 3.0 <= break_probability(1.0, 1.0, hazard, weight, most) / guarded <= 10.0


@given(st.floats(0.0, 1.0), within("extremists", "escape_least"), within("extremists", "escape_most"))
def test_who_escapes_is_a_share(u: float, least: float, most: float) -> None:
    assert least <= escaping_share(u, least, most) <= max(least, most) + 1e-12 <= 1.0 + 1e-12
