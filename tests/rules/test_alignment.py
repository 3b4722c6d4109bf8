"""Ties stay ties, slow drift makes no war, and rivals fall out where nothing holds them together."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.core.rules.alignment import (
    accord_probability,
    common_threat,
    gain_from_joining,
    infighting_hazard,
    merger_probability,
    parity,
    realigned,
    tie_after_week,
    tie_drift,
)
from sim.core.rules.contest import ContestForm, chance_against_both, chance_to_prevail
from tests.rules.ranges import SHARE, within

TIE = st.floats(-1.0, 1.0)
POWER = st.floats(0.0, 1e6)
SOME_POWER = st.floats(1.0, 1e6)
ETA = within("alignment", "balance_per_day")
XI = within("alignment", "threat_per_day")
PRIZE = within("alignment", "prize_weight")
RATE = within("alignment", "infighting_per_day")
GROWTH = st.floats(0.0, 10.0)
SOME_GROWTH = within("alignment", "parity_exponent")
SOME_SHARE = st.floats(1e-6, 1.0)
HOSTILE = -0.4


@given(POWER, POWER, POWER, POWER)
def test_common_threat_is_a_share_that_grows_with_the_enemy(
    enemy: float, more: float, own: float, other: float
) -> None:
    threat = common_threat(enemy, own, other)
    assert 0.0 <= threat <= common_threat(enemy + more, own, other) <= 1.0
    assert threat == common_threat(enemy, other, own) or own != other
    assert common_threat(0.0, own, other) == 0.0


@given(POWER, POWER)
def test_parity_is_a_symmetric_share(own: float, other: float) -> None:
    assert 0.0 <= parity(own, other) <= 1.0
    assert parity(own, other) == parity(other, own)
    assert parity(own, own) == (1.0 if own > 0.0 else 0.0)


@given(ETA, XI, PRIZE)
def test_among_friends_of_friends_without_enemy_or_prize_nothing_moves(eta: float, xi: float, prize: float) -> None:
    assert tie_drift(1.0, 1.0, 0.0, 0.0, eta, xi, prize) == 0.0


@given(TIE, TIE, SHARE, SHARE, SHARE, SHARE, ETA, XI, PRIZE)
def test_ties_warm_with_a_common_enemy_and_cool_with_rivalry(
    tie: float,
    balance: float,
    threat: float,
    more: float,
    rivalry: float,
    less: float,
    eta: float,
    xi: float,
    prize: float,
) -> None:
    drift = tie_drift(tie, balance, threat, rivalry, eta, xi, prize)
    assert tie_drift(tie, balance, max(threat, more), rivalry, eta, xi, prize) >= drift
    assert tie_drift(tie, balance, threat, min(rivalry, less), eta, xi, prize) >= drift


@given(TIE, st.floats(-5.0, 5.0), ETA)
def test_a_week_keeps_ties_bounded_and_neither_starts_nor_ends_a_war(tie: float, drift: float, eta: float) -> None:
    after = tie_after_week(tie, drift, eta, HOSTILE)
    assert -1.0 <= after <= 1.0
    assert (after <= HOSTILE) == (tie <= HOSTILE)


def test_a_week_of_pull_is_exact() -> None:
    # da/dt = eta (B - a) with B held: after a week a gap of 0.8 is 0.8 exp(-7 eta).
    eta, tie, balance = 0.05, 0.1, 0.9
    drift = tie_drift(tie, balance, 0.0, 0.0, eta, 0.0, 0.0)
    assert tie_after_week(tie, drift, eta, HOSTILE) == pytest.approx(balance - 0.8 * math.exp(-7 * eta))
    assert tie_after_week(tie, 0.01, 0.0, HOSTILE) == pytest.approx(tie + 0.07)


@given(TIE, TIE, TIE, within("alignment", "realignment_per_day"))
def test_turning_leads_towards_the_victor_and_never_past_him(
    tie: float, goal: float, deadly: float, rate: float
) -> None:
    after = realigned(tie, goal, deadly, rate)
    assert tie <= after <= max(tie, goal)
    if tie <= deadly:
        assert after == tie


@given(SHARE, SHARE, TIE, TIE, SHARE, SHARE, SHARE, st.tuples(RATE, GROWTH, SOME_GROWTH, GROWTH))
def test_a_common_enemy_warmth_and_a_clear_victor_keep_rivals_together(
    threat: float,
    more: float,
    tie: float,
    warmer: float,
    equality: float,
    dominance: float,
    clearer: float,
    of: tuple[float, float, float, float],
) -> None:
    before = infighting_hazard(threat, tie, 0.7, equality, dominance, *of)
    assert 0.0 <= before < math.inf
    assert infighting_hazard(max(threat, more), tie, 0.7, equality, dominance, *of) <= before
    assert infighting_hazard(threat, max(tie, warmer), 0.7, equality, dominance, *of) <= before * (1.0 + 1e-12)
    assert infighting_hazard(threat, tie, 0.7, equality, max(dominance, clearer), *of) <= before * (1.0 + 1e-12)
    assert infighting_hazard(1.0, tie, 0.7, equality, dominance, *of) == 0.0
    assert infighting_hazard(threat, tie, 0.0, equality, dominance, *of) == 0.0
    assert infighting_hazard(threat, tie, 0.7, 0.0, dominance, *of) == 0.0


@given(SOME_SHARE, SOME_SHARE, GROWTH)
def test_equals_fall_out_more_or_less_as_the_exponent_says(one: float, two: float, exponent: float) -> None:
    low, high = sorted((one, two))
    unequal, equal = (infighting_hazard(0.0, 0.0, 1.0, each, 0.0, 0.01, 1.0, exponent, 1.0) for each in (low, high))
    assert unequal <= equal
    unequal, equal = (infighting_hazard(0.0, 0.0, 1.0, each, 0.0, 0.01, 1.0, -0.5, 1.0) for each in (low, high))
    assert unequal >= equal


def test_infighting_worked_out_by_hand() -> None:
    assert infighting_hazard(0.0, -1.0, 1.0, 1.0, 0.0, 0.004, 1.5, 0.5, 1.0) == pytest.approx(0.004)
    assert infighting_hazard(0.5, 0.0, 0.5, 0.25, 0.6, 0.004, 1.0, 0.5, 1.0) == pytest.approx(
        0.004 * 0.5 * 0.5 * 0.5 * 0.5 * 0.4
    )
    assert infighting_hazard(0.2, 0.3, 0.7, 0.1, 0.9, 0.004, 0.0, 0.0, 0.0) == pytest.approx(0.004 * 0.8 * 0.7)


@given(POWER, POWER, SOME_POWER, SHARE, within("alignment", "merger_per_day"))
def test_the_weaker_a_friend_the_sooner_it_joins_and_the_strong_never_do(
    one: float, two: float, victor: float, ratio: float, rate: float
) -> None:
    weak, strong = sorted((one, two))
    chance = merger_probability(weak, victor, ratio, rate)
    assert 0.0 <= merger_probability(strong, victor, ratio, rate) <= chance <= 1.0 - math.exp(-rate) + 1e-15
    assert merger_probability(ratio * victor, victor, ratio, rate) == 0.0


def test_mergers_and_accords_worked_out_by_hand() -> None:
    assert merger_probability(0.0, 10.0, 0.3, 0.03) == pytest.approx(1.0 - math.exp(-0.03))
    assert merger_probability(1.5, 10.0, 0.3, 0.03) == pytest.approx(1.0 - math.exp(-0.015))
    assert accord_probability(0.0) == 0.0
    assert accord_probability(0.004) == pytest.approx(1.0 - math.exp(-0.004))


def gain(own: float, coalition: float, enemy: float, tie: float, decisiveness: float, cost: float) -> float:
    """Return what joining gains where strengths count by their ratio."""
    together = chance_to_prevail(own + coalition, enemy, decisiveness, ContestForm.RATIO, 1.0)
    alone = chance_against_both(own, coalition, enemy, decisiveness, ContestForm.RATIO, 1.0)
    return gain_from_joining(own, coalition, together, alone, tie, cost)


@given(SOME_POWER, SOME_POWER, SOME_POWER, TIE, TIE, st.floats(0.5, 3.0))
def test_the_better_the_tie_the_more_joining_gains(
    own: float, coalition: float, enemy: float, tie: float, warmer: float, decisiveness: float
) -> None:
    here = gain(own, coalition, enemy, tie, decisiveness, 0.2)
    assert -2.0 <= here <= 1.0
    assert gain(own, coalition, enemy, max(tie, warmer), decisiveness, 0.2) >= here


def test_a_coalition_that_wins_anyhow_is_not_joined() -> None:
    """The gain is largest where the newcomer decides, and small next to a giant: minimum winning size."""
    gains = [gain(10.0, coalition, 30.0, 1.0, 3.0, 0.2) for coalition in (1.0, 20.0, 300.0)]
    assert gains[1] > gains[0]
    assert gains[1] > gains[2]


def test_joining_worked_out_by_hand() -> None:
    # 10 + 20 against 30: even odds, a third of the prize; alone 1 against 2 and 3 at exponent 1.
    assert gain(10.0, 20.0, 30.0, 1.0, 1.0, 0.2) == pytest.approx(0.5 / 3.0 - 1.0 / 6.0)
    assert gain(10.0, 20.0, 30.0, 0.0, 1.0, 0.2) == pytest.approx(0.5 / 3.0 - 1.0 / 6.0 - 0.2)
