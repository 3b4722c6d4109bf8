"""Patrons help where help can change something, never beyond their means, and do not waver at the edge."""

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.core.rules.patronage import (
    comeback_probability,
    desired_support,
    direct_capacity,
    exit_probability,
    lost_hope,
    need,
    observed_prospect,
    relaxed,
    share_of_a_day,
    standing_need,
    strike_probability,
    support_utility,
)
from tests.rules.ranges import SHARE, default, within

POWER = st.floats(0.0, 1e7)
UTILITY = st.floats(-5.0, 5.0)
WEIGHT = within("patronage", "belief_morale_weight")
COST = within("patronage", "cost")
RIVALRY = within("patronage", "rivalry_weight")
SUNK = within("patronage", "sunk_weight")
ABSENT, PRESENT = False, True


def utility_of(stake: float, belief: float, support: float = 0.0) -> float:
    """Return an idle patron's utility with the default weights and no rival."""
    cost, rivalry, sunk = (default("patronage", name) for name in ("cost", "rivalry_weight", "sunk_weight"))
    return support_utility(stake, need(belief), 0.0, 0.0, support, cost, rivalry, sunk)


def support_of(stake: float, belief: float, support: float = 0.0) -> float:
    """Return the support that an idle patron with a full reserve wants to give."""
    return desired_support(utility_of(stake, belief, support), 1.0)


@given(SHARE, SHARE, POWER, POWER, POWER, WEIGHT)
def test_prospect_is_a_chance_ordered_by_morale_and_power(
    low: float, high: float, own: float, more: float, enemy: float, weight: float
) -> None:
    low, high = sorted((low, high))
    chance = observed_prospect(low, own, enemy, weight)
    assert 0.0 <= chance <= 1.0
    assert observed_prospect(high, own, enemy, weight) >= chance
    assert observed_prospect(low, own + more, enemy, weight) >= chance
    assert observed_prospect(low, own, enemy + more, weight) <= chance


@pytest.mark.parametrize(
    ("morale", "own", "enemy", "expected"),
    [
        (0.5, 40.0, 40.0, 0.5),
        (0.5, 2.0, 1.0, 2.0 / 3.0),
        (0.9, 1.0, 1.0, math.e / (1.0 + math.e)),  # 2.5 * 0.4 = 1
        (0.1, 1.0, 0.0, 1.0),
        (0.9, 0.0, 1.0, 0.0),
        (0.5, 0.06, 0.02, 3.0 / 4.0),
    ],
)
def test_prospect_worked_out_by_hand(morale: float, own: float, enemy: float, expected: float) -> None:
    assert observed_prospect(morale, own, enemy, 2.5) == pytest.approx(expected)


@given(SHARE, SHARE, within("patronage", "belief_days"))
def test_belief_moves_towards_what_is_seen_and_stays_a_chance(belief: float, seen: float, days: float) -> None:
    after = relaxed(belief, seen, share_of_a_day(days))
    assert 0.0 <= after <= 1.0
    assert min(belief, seen) <= after <= max(belief, seen)


@given(SHARE, SHARE, within("patronage", "rise_days"))
def test_two_half_steps_equal_one_step(value: float, target: float, days: float) -> None:
    half = share_of_a_day(2.0 * days)
    after = relaxed(relaxed(value, target, half), target, half)
    assert after == pytest.approx(relaxed(value, target, share_of_a_day(days)), abs=1e-14)


def test_time_constant_counts_days_to_a_factor_e() -> None:
    value = 1.0
    for _ in range(3):
        value = relaxed(value, 0.0, share_of_a_day(3.0))
    assert value == pytest.approx(math.exp(-1.0))


@given(SHARE, SHARE)
def test_need_is_a_symmetric_hump(one: float, other: float) -> None:
    assert 0.0 <= need(one) <= 1.0
    assert need(1.0 - one) == pytest.approx(need(one), abs=1e-7)
    farther, nearer = sorted((one, other), key=lambda belief: -abs(belief - 0.5))
    assert need(farther) <= need(nearer) + 1e-7


@pytest.mark.parametrize(
    ("belief", "expected"),
    [(0.0, 0.0), (0.1, 0.6), (0.2, 0.8), (0.5, 1.0), (0.8, 0.8), (0.9, 0.6), (1.0, 0.0)],
)
def test_need_worked_out_by_hand(belief: float, expected: float) -> None:
    assert need(belief) == pytest.approx(expected)  # 2 * sqrt(p * (1 - p))


@given(SHARE, SHARE)
def test_a_client_safer_than_on_day_0_is_not_dropped_for_it(belief: float, day_0: float) -> None:
    needed = standing_need(belief, day_0)
    assert needed >= need(belief)
    if belief >= day_0:
        assert needed >= need(day_0)
    else:
        assert needed == need(belief)


@given(st.floats(0.2, 1.0))
def test_new_aid_is_larger_at_even_chances_than_near_either_end(stake: float) -> None:
    assert support_of(stake, 0.5) > support_of(stake, 0.1)
    assert support_of(stake, 0.5) > support_of(stake, 0.9)


@given(SHARE, st.sampled_from([0.0, 1.0]))
def test_no_new_aid_goes_to_a_hopeless_or_a_safe_client(stake: float, belief: float) -> None:
    assert support_of(stake, belief) == 0.0


@given(st.floats(-5.0, 0.0), SHARE)
def test_support_that_does_not_pay_is_not_given(utility: float, reserve: float) -> None:
    assert desired_support(utility, reserve) == 0.0


@given(UTILITY, UTILITY, SHARE, SHARE)
def test_support_stays_within_the_reserve_and_grows_with_utility_and_reserve(
    low: float, high: float, poor: float, rich: float
) -> None:
    low, high = sorted((low, high))
    poor, rich = sorted((poor, rich))
    support = desired_support(low, poor)
    assert 0.0 <= support <= poor
    assert desired_support(high, poor) >= support
    assert desired_support(low, rich) >= support


def test_support_worked_out_by_hand() -> None:
    assert desired_support(0.1, 0.8) == pytest.approx(0.8 * math.e / (1.0 + math.e))
    assert desired_support(0.3, 1.0) == pytest.approx(1.0 / (1.0 + math.exp(-3.0)))


@given(SHARE, SHARE, SHARE, SHARE, SHARE, SHARE, COST, RIVALRY, SUNK)
def test_utility_rises_with_need_rival_and_sunk_support_and_falls_with_load(
    stake: float,
    needed: float,
    rival: float,
    load: float,
    support: float,
    more: float,
    cost: float,
    rivalry: float,
    sunk: float,
) -> None:
    utility = support_utility(stake, needed, rival, load, support, cost, rivalry, sunk)
    assert support_utility(stake, needed + more, rival, load, support, cost, rivalry, sunk) >= utility
    assert support_utility(stake, needed, rival + more, load, support, cost, rivalry, sunk) >= utility
    assert support_utility(stake, needed, rival, load, support + more, cost, rivalry, sunk) >= utility
    assert support_utility(stake + more, needed, rival, load, support, cost, rivalry, sunk) >= utility
    assert support_utility(stake, needed, rival, load + more, support, cost, rivalry, sunk) <= utility


def test_utility_worked_out_by_hand() -> None:
    # 0.8 for need, 0.2 * 0.5 * 0.8 for the rival, 0.1 * 1.5 cost with load, 0.1 * 0.4 sunk
    utility = support_utility(0.8, 1.0, 0.5, 0.5, 0.4, 0.1, 0.2, 0.1)
    assert utility == pytest.approx(0.8 + 0.08 - 0.15 + 0.04)


@given(st.floats(0.0, 0.2), SHARE, st.floats(0.5, 20.0))
def test_support_does_not_waver_where_it_just_pays(stake: float, start: float, days: float) -> None:
    # At even chances the utility without support is zero at a stake of 0.1; support once given carries on.
    path = [start]
    for _ in range(60):
        path.append(relaxed(path[-1], support_of(stake, 0.5, path[-1]), share_of_a_day(days)))
    steps = [b - a for a, b in pairwise(path)]
    assert all(step >= -1e-15 for step in steps) or all(step <= 1e-15 for step in steps)


def test_support_once_given_survives_where_new_support_would_not_start() -> None:
    assert support_of(0.07, 0.5, support=0.0) == 0.0
    assert support_of(0.07, 0.5, support=0.8) > 0.0


MEANS = tuple(within("patronage", name) for name in ("arms_value", "air_value", "troops_value"))


@given(*MEANS)
def test_direct_help_adds_up_what_a_patron_has(arms: float, air: float, troops: float) -> None:
    assert direct_capacity(ABSENT, ABSENT, ABSENT, arms, air, troops) == 0.0
    assert direct_capacity(PRESENT, ABSENT, ABSENT, arms, air, troops) == arms
    assert direct_capacity(ABSENT, PRESENT, ABSENT, arms, air, troops) == air
    assert direct_capacity(ABSENT, ABSENT, PRESENT, arms, air, troops) == troops
    total = direct_capacity(PRESENT, PRESENT, PRESENT, arms, air, troops)
    assert total == pytest.approx(arms + air + troops)


@given(SHARE, SHARE, SHARE, SHARE, within("patronage", "strike_per_day"))
def test_strikes_are_likelier_with_commitment_and_disorder(
    low: float, high: float, calm: float, disorder: float, hazard: float
) -> None:
    low, high = sorted((low, high))
    disorder, calm = sorted((calm, disorder))
    chance = strike_probability(low, calm, hazard)
    assert 0.0 <= chance <= 1.0
    assert strike_probability(high, calm, hazard) >= chance
    assert strike_probability(low, disorder, hazard) >= chance


def test_strikes_worked_out_by_hand() -> None:
    assert strike_probability(0.0, 0.0, 0.1) == 0.0
    assert strike_probability(1.0, 1.0, 0.1) == 0.0
    assert strike_probability(1.0, 0.0, 0.1) == pytest.approx(1.0 - math.exp(-0.1))
    assert strike_probability(0.5, 0.6, 0.1) == pytest.approx(1.0 - math.exp(-0.02))


@given(SHARE, SHARE, SHARE)
def test_hope_is_lost_as_belief_falls_below_that_of_day_0(low: float, high: float, day_0: float) -> None:
    low, high = sorted((low, high))
    assert lost_hope(high, day_0) <= lost_hope(low, day_0)
    assert lost_hope(day_0, day_0) == 0.0
    assert lost_hope(low, high) == pytest.approx(-lost_hope(high, low))
    assert abs(lost_hope(low, high)) <= 2.0 * math.log(999.0) + 1e-9


def test_lost_hope_worked_out_by_hand() -> None:
    assert lost_hope(0.25, 0.5) == pytest.approx(math.log(3.0))
    assert lost_hope(0.1, 0.9) == pytest.approx(2.0 * math.log(9.0))
    assert lost_hope(0.0, 0.5) == pytest.approx(math.log(999.0))


@given(SHARE, st.floats(-15.0, 15.0), within("patronage", "exit_drop"), within("patronage", "exit_per_day"))
def test_who_has_reason_to_leave_has_none_to_come_back(belief: float, fall: float, least: float, hazard: float) -> None:
    leaves, returns = exit_probability(belief, fall, least, hazard), comeback_probability(fall, least, hazard)
    assert min(leaves, returns) == 0.0
    assert 0.0 <= max(leaves, returns) <= 1.0 - math.exp(-hazard)
    assert exit_probability(belief, fall, least, 0.0) == comeback_probability(fall, least, 0.0) == 0.0


def test_exits_and_returns_worked_out_by_hand() -> None:
    chance = 1.0 - math.exp(-0.15)
    assert exit_probability(0.3, 1.6, 1.5, 0.15) == comeback_probability(0.7, 1.5, 0.15) == pytest.approx(chance)
    assert exit_probability(0.3, 1.5, 1.5, 0.15) == comeback_probability(0.75, 1.5, 0.15) == 0.0
    assert exit_probability(0.91, 1.6, 1.5, 0.15) == exit_probability(0.5, 1.6, 1.5, 0.15) == 0.0
