"""Ties stay ties, slow drift makes no war, and rivals fall out where nothing holds them together."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.core.rules.alignment import (
    common_threat,
    gain_from_joining,
    infighting_hazard,
    parity,
    realigned,
    tie_after_week,
    tie_drift,
)
from sim.core.rules.contest import ContestForm, chance_against_both, chance_to_prevail
from tests.rules.ranges import SHARE, default, within

TIE = st.floats(-1.0, 1.0)
POWER = st.floats(0.0, 1e6)
SOME_POWER = st.floats(1.0, 1e6)
ETA = within("alignment", "balance_per_day")
XI = within("alignment", "threat_per_day")
PRIZE = within("alignment", "prize_weight")
RATE = within("alignment", "infighting_per_day")
LIMIT = within("alignment", "disparity_limit")
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


@given(SHARE, SHARE, TIE, TIE, SHARE, SOME_POWER, SOME_POWER, RATE, LIMIT)
def test_a_common_enemy_and_warmth_keep_rivals_together(
    threat: float,
    more: float,
    tie: float,
    warmer: float,
    overlap: float,
    own: float,
    other: float,
    rate: float,
    limit: float,
) -> None:
    hazard = infighting_hazard(threat, tie, overlap, own, other, rate, limit)
    assert hazard >= 0.0
    assert infighting_hazard(max(threat, more), tie, overlap, own, other, rate, limit) <= hazard
    assert infighting_hazard(threat, max(tie, warmer), overlap, own, other, rate, limit) <= hazard
    assert infighting_hazard(1.0, tie, overlap, own, other, rate, limit) == 0.0
    assert infighting_hazard(threat, tie, 0.0, own, other, rate, limit) == 0.0


@given(SHARE, TIE, SHARE, SOME_POWER, SOME_POWER, RATE, LIMIT)
def test_it_does_not_matter_which_of_the_two_comes_first(
    threat: float, tie: float, overlap: float, own: float, other: float, rate: float, limit: float
) -> None:
    hazard = infighting_hazard(threat, tie, overlap, own, other, rate, limit)
    assert infighting_hazard(threat, tie, overlap, other, own, rate, limit) == pytest.approx(hazard, abs=1e-12)
    assert infighting_hazard(threat, tie, overlap, 0.0, other, rate, limit) == 0.0


@given(st.floats(0.0, 4.0), st.floats(0.0, 4.0), LIMIT)
def test_equals_fight_least(small: float, large: float, limit: float) -> None:
    """U-shaped in the log ratio of power."""
    small, large = sorted((small, large))
    for sign in (-1.0, 1.0):
        near, far = (infighting_hazard(0.0, 0.0, 1.0, math.exp(sign * gap), 1.0, 0.01, limit) for gap in (small, large))
        assert near <= far * (1.0 + 1e-12)


def test_infighting_worked_out_by_hand() -> None:
    assert infighting_hazard(0.0, -1.0, 1.0, 5.0, 5.0, 0.01, 2.0) == pytest.approx(0.005)
    assert infighting_hazard(0.5, 0.0, 0.5, math.e, 1.0, 0.01, 2.0) == pytest.approx(0.01 * 0.5 * 0.5 * 0.5 * 1.5)
    assert infighting_hazard(0.0, -1.0, 1.0, 1e6, 1.0, 0.01, 2.0) == pytest.approx(0.025)  # capped


def test_a_pair_falls_out_as_often_in_a_month_as_assumed() -> None:
    """Two rivals near each other everywhere, at tie 0 and with twice the power of one another."""
    rate, limit = default("alignment", "infighting_per_day"), default("alignment", "disparity_limit")
    strong_enemy = 30 * infighting_hazard(0.6, 0.0, 0.7, 2.0, 1.0, rate, limit)
    fallen_enemy = 30 * infighting_hazard(0.0, -0.3, 0.7, 2.0, 1.0, rate, limit)
    assert 0.005 < strong_enemy < 0.08
    assert 3.0 < fallen_enemy / strong_enemy < 5.0


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
