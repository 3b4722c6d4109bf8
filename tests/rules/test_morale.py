"""Desertion, dissolution, resolve, and the shock of lost places; the hysteresis has a file of its own."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.core.rules.morale import (
    balance,
    desertion_probability,
    dissolution_probability,
    hope_lost,
    memory_days,
    relaxed_morale,
    resistance_margin,
    rout,
    shock_kernel,
    shock_of_loss,
    surprise_left_in,
    winner_factor,
)
from tests.rules.ranges import SHARE, default, within
from tests.rules.threshold import morale_target

FIELD = st.floats(-20.0, 20.0)
SPREAD = st.floats(-3.0, 3.0)
PROVINCE, CAPITAL = False, True
POWER = st.floats(0.0, 1e7)
FALL_DAYS = within("morale", "fall_days")
RECOVERY_DAYS = within("morale", "recovery_days")
KAP = within("morale", "kap")
EXPONENT = within("morale", "shock_size_exponent")


def step(length: float, days: float) -> float:
    """Return the share of the way that a time constant covers in a step of so many days."""
    return 1.0 - math.exp(-length / days)


@given(SHARE, SHARE, FIELD, FIELD, within("morale", "beta"))
def test_target_is_a_morale_that_rises_with_comrades_and_field(
    low: float, high: float, weak: float, strong: float, beta: float
) -> None:
    low, high = sorted((low, high))
    weak, strong = sorted((weak, strong))
    target = morale_target(low, weak, beta)
    assert 0.0 <= target <= 1.0
    assert morale_target(high, weak, beta) >= target
    assert morale_target(low, strong, beta) >= target


def test_target_worked_out_by_hand() -> None:
    assert morale_target(0.5, 0.0, 7.0) == 0.5
    assert morale_target(0.7, -0.4, 7.0) == pytest.approx(math.e / (1.0 + math.e))  # 7 * 0.2 - 0.4 = 1


@given(SHARE, SHARE, FALL_DAYS, RECOVERY_DAYS)
def test_morale_moves_towards_its_target_and_stays_a_morale(
    morale: float, target: float, fall: float, recovery: float
) -> None:
    after = relaxed_morale(morale, target, step(1.0, fall), step(1.0, recovery))
    assert 0.0 <= after <= 1.0
    assert min(morale, target) <= after <= max(morale, target)


@given(SHARE, SHARE, FALL_DAYS, RECOVERY_DAYS)
def test_two_half_steps_equal_one_step(morale: float, target: float, fall: float, recovery: float) -> None:
    half = relaxed_morale(morale, target, step(0.5, fall), step(0.5, recovery))
    twice = relaxed_morale(half, target, step(0.5, fall), step(0.5, recovery))
    whole = relaxed_morale(morale, target, step(1.0, fall), step(1.0, recovery))
    assert twice == pytest.approx(whole, abs=1e-14)


@pytest.mark.parametrize(
    ("days", "start", "target", "expected"),
    [(4, 1.0, 0.0, math.exp(-1.0)), (9, 0.0, 1.0, 1.0 - math.exp(-1.0))],
)
def test_time_constants_count_days_to_a_factor_e(days: int, start: float, target: float, expected: float) -> None:
    morale = start
    for _ in range(days):
        morale = relaxed_morale(morale, target, step(1.0, 4.0), step(1.0, 9.0))
    assert morale == pytest.approx(expected)


@given(st.floats(0.01, 0.99), st.floats(0.001, 0.5))
def test_panic_is_faster_than_recovery_at_the_defaults(morale: float, gap: float) -> None:
    steps = step(1.0, default("morale", "fall_days")), step(1.0, default("morale", "recovery_days"))
    fallen = morale - relaxed_morale(morale, morale - gap, *steps)
    risen = relaxed_morale(morale, morale + gap, *steps) - morale
    assert fallen > risen > 0.0


MARGIN = (
    within("morale", "margin_base"),
    within("morale", "margin_slope"),
    within("morale", "margin_latent"),
)


@given(SHARE, SHARE, SHARE, SPREAD, SPREAD, *MARGIN)
def test_margin_is_positive_and_ordered_by_resolve(
    low: float,
    high: float,
    latent: float,
    weak: float,
    strong: float,
    base: float,
    slope: float,
    weight: float,
) -> None:
    low, high = sorted((low, high))
    weak, strong = sorted((weak, strong))
    margin = resistance_margin(low, latent, weak, base, slope, weight)
    assert margin > 0.0
    assert resistance_margin(high, latent, weak, base, slope, weight) >= margin
    assert resistance_margin(low, latent, strong, base, slope, weight) >= margin


@given(SHARE, SHARE, SHARE, SPREAD, *MARGIN)
def test_hostile_ground_never_steadies_an_army(
    coded: float, less: float, more: float, spread: float, base: float, slope: float, weight: float
) -> None:
    less, more = sorted((less, more))
    on_hostile_ground = resistance_margin(coded, more, spread, base, slope, weight)
    assert on_hostile_ground <= resistance_margin(coded, less, spread, base, slope, weight)


@pytest.mark.parametrize(
    ("coded", "latent", "spread", "expected"),
    [
        (0.5, 0.15, 0.0, math.exp(-0.9)),
        (1.0, 0.15, 0.0, math.exp(-0.05)),  # -0.9 + 1.7 / 2
        (0.5, 0.65, 0.25, math.exp(-1.35)),  # -0.9 + 0.25 - 1.4 / 2
    ],
)
def test_margin_worked_out_by_hand(coded: float, latent: float, spread: float, expected: float) -> None:
    assert resistance_margin(coded, latent, spread, -0.9, 1.7, 1.4) == pytest.approx(expected)


@given(SHARE, SHARE, within("morale", "desertion_threshold"))
def test_rout_is_a_share_that_deepens_as_morale_falls(low: float, high: float, threshold: float) -> None:
    low, high = sorted((low, high))
    assert 0.0 <= rout(high, threshold) <= rout(low, threshold) <= 1.0


def test_rout_starts_at_the_threshold_and_is_complete_without_morale() -> None:
    assert rout(0.5, 0.5) == rout(0.9, 0.5) == 0.0
    assert rout(0.25, 0.5) == 0.5
    assert rout(0.0, 0.5) == 1.0


@given(
    SHARE,
    SHARE,
    within("morale", "desertion_per_day"),
    within("morale", "desertion_rout_per_day"),
)
def test_desertion_is_a_share_that_grows_with_the_rout(
    less: float, more: float, background: float, rout_hazard: float
) -> None:
    less, more = sorted((less, more))
    share = desertion_probability(less, background, rout_hazard)
    assert 0.0 <= share <= desertion_probability(more, background, rout_hazard) < 1.0
    assert share >= desertion_probability(0.0, background, rout_hazard)


@pytest.mark.parametrize(("depth", "hazard"), [(0.0, 0.0005), (0.25, 0.0005 + 0.6 * 0.125), (1.0, 0.6005)], ids=str)
def test_desertion_worked_out_by_hand(depth: float, hazard: float) -> None:
    # Depth to the power 1.5; a rout loses 45 % a day, an army in good order half a thousandth.
    assert desertion_probability(depth, 0.0005, 0.6) == pytest.approx(1.0 - math.exp(-hazard))


DISSOLUTION = (within("morale", "dissolution_per_day"), within("morale", "joining_floor"))


@given(SHARE, SHARE, SHARE, SHARE, *DISSOLUTION)
def test_dissolution_is_a_probability_that_grows_with_rout_and_opposition(
    less: float, more: float, tame: float, hostile: float, hazard: float, floor: float
) -> None:
    less, more = sorted((less, more))
    tame, hostile = sorted((tame, hostile))
    chance = dissolution_probability(less, tame, hazard, floor)
    assert 0.0 <= chance <= 1.0
    assert dissolution_probability(more, tame, hazard, floor) >= chance
    assert dissolution_probability(less, hostile, hazard, floor) >= chance


@given(SHARE, *DISSOLUTION)
def test_an_army_in_good_order_makes_no_deal(latent: float, hazard: float, floor: float) -> None:
    assert dissolution_probability(0.0, latent, hazard, floor) == 0.0


def test_dissolution_worked_out_by_hand() -> None:
    expected = 1.0 - math.exp(-0.1)  # 0.5 * (0.3 + 0.1) * 0.5
    assert dissolution_probability(0.5, 0.3, 0.5, 0.1) == pytest.approx(expected)


@given(KAP, EXPONENT)
def test_kap_is_the_shock_of_a_tenth_of_the_people(kap: float, exponent: float) -> None:
    assert shock_of_loss(0.1, PROVINCE, kap, exponent, 1.5) == kap


@given(SHARE, EXPONENT)
def test_without_kap_there_is_no_cascade(share: float, exponent: float) -> None:
    assert shock_of_loss(share, PROVINCE, 0.0, exponent, 1.5) == 0.0
    assert shock_of_loss(share, CAPITAL, 0.0, exponent, 1.5) == 0.0


@given(SHARE, SHARE, KAP, EXPONENT, within("morale", "shock_capital"))
def test_a_larger_loss_never_shakes_less_and_the_capital_has_a_floor(
    small: float, large: float, kap: float, exponent: float, floor: float
) -> None:
    small, large = sorted((small, large))
    shock = shock_of_loss(small, PROVINCE, kap, exponent, floor)
    assert 0.0 <= shock <= shock_of_loss(large, PROVINCE, kap, exponent, floor)
    assert shock_of_loss(small, CAPITAL, kap, exponent, floor) == max(shock, floor * kap)


@given(st.floats(0.001, 1.0), KAP, st.floats(0.1, 0.9))
def test_splitting_a_province_changes_nothing_at_exponent_one(share: float, kap: float, cut: float) -> None:
    parts = shock_of_loss(cut * share, PROVINCE, kap, 1.0, 1.5)
    parts += shock_of_loss((1.0 - cut) * share, PROVINCE, kap, 1.0, 1.5)
    assert parts == pytest.approx(shock_of_loss(share, PROVINCE, kap, 1.0, 1.5))


def test_shock_worked_out_by_hand() -> None:
    assert shock_of_loss(0.4, PROVINCE, 7.0, 1.5, 1.5) == pytest.approx(56.0)  # 7 * 4**1.5
    assert shock_of_loss(0.4, CAPITAL, 7.0, 1.5, 1.5) == pytest.approx(56.0)
    assert shock_of_loss(0.1, CAPITAL, 7.0, 1.2, 1.5) == pytest.approx(10.5)


@given(st.integers(1, 100), within("morale", "shock_reach_hops"))
def test_shock_fades_by_the_same_factor_every_province(hops: int, reach: float) -> None:
    near = shock_kernel(hops, reach)
    assert 0.0 <= near <= 1.0
    assert shock_kernel(hops + 1, reach) == pytest.approx(near * math.exp(-1.0 / reach), rel=1e-9, abs=1e-300)


def test_neighbours_and_the_place_itself_feel_all_of_a_shock() -> None:
    assert shock_kernel(0, 1.5) == shock_kernel(1, 1.5) == 1.0
    assert shock_kernel(4, 1.5) == pytest.approx(math.exp(-2.0))


@given(POWER, POWER, POWER, within("morale", "shock_winner_exponent"))
def test_a_likelier_winner_never_shakes_less(weak: float, strong: float, loser: float, exponent: float) -> None:
    weak, strong = sorted((weak, strong))
    factor = winner_factor(weak, loser, exponent)
    assert 0.0 <= factor <= 1.5**exponent
    if weak + loser > 0.0:
        assert factor <= winner_factor(strong, loser, exponent)


@given(st.floats(1e-3, 1e7), within("morale", "shock_winner_exponent"))
def test_equal_powers_leave_the_shock_as_it_is(power: float, exponent: float) -> None:
    assert winner_factor(power, power, exponent) == 1.0


def test_winner_factor_worked_out_by_hand() -> None:
    assert winner_factor(1.0, 7.0, 0.5) == pytest.approx(0.5)  # (2 / 8) ** 0.5
    assert winner_factor(3.0, 1.0, 2.0) == winner_factor(9.0, 1.0, 2.0) == pytest.approx(2.25)
    assert winner_factor(0.0, 0.0, 0.8) == 1.0
    assert winner_factor(0.0, 5.0, 0.8) == 0.0
    assert winner_factor(0.0, 5.0, 0.0) == 1.0


DAYS = st.integers(0, 4000)
SURPRISE, NEWS = within("morale", "surprise_exponent"), within("morale", "siege_news_days")


@given(SHARE, SHARE, DAYS, DAYS, SURPRISE, NEWS)
def test_what_was_half_lost_or_long_besieged_shakes_nobody_more(
    few: float, many: float, soon: int, late: int, exponent: float, news: float
) -> None:
    few, many = sorted((few, many))
    soon, late = sorted((soon, late))
    left = surprise_left_in(few, soon, exponent, news)
    assert 0.0 <= surprise_left_in(many, soon, exponent, news) <= left <= 1.0
    assert surprise_left_in(few, late, exponent, news) <= left


@given(SHARE, DAYS, NEWS)
def test_without_the_exponent_everything_is_a_surprise(share: float, days: int, news: float) -> None:
    assert surprise_left_in(share, days, 0.0, news) == 1.0


@given(DAYS, st.floats(1e-3, 20.0), NEWS)
def test_nobody_is_shaken_by_a_place_that_was_the_winners(days: int, exponent: float, news: float) -> None:
    assert surprise_left_in(1.0, days, exponent, news) == 0.0


def test_surprise_worked_out_by_hand() -> None:
    assert surprise_left_in(0.5, 0, 2.0, 60.0) == pytest.approx(0.25)
    assert surprise_left_in(0.0, 60, 2.5, 60.0) == pytest.approx(math.exp(-2.5))
    assert surprise_left_in(0.5, 30, 1.0, 60.0) == pytest.approx(0.5 * math.exp(-0.5))


@given(POWER, POWER, POWER)
def test_the_balance_rises_with_ones_own_power_and_falls_with_the_enemies(
    own: float, enemies: float, more: float
) -> None:
    assert balance(own + more, enemies) >= balance(own, enemies) >= balance(own, enemies + more)
    assert balance(own, enemies) == pytest.approx(-balance(enemies, own), abs=1e-12)


@given(st.floats(10.0, 1e6), st.floats(10.0, 1e6), st.floats(0.1, 1.0), within("morale", "expectation"))
def test_equal_losses_of_both_sides_take_no_hope(own: float, enemies: float, left: float, weight: float) -> None:
    before, now = balance(own, enemies), balance(left * own, left * enemies)
    assert hope_lost(before, now, weight) == pytest.approx(0.0, abs=1e-10)


@given(FIELD, FIELD, st.floats(0.0, 5.0), within("morale", "expectation"))
def test_hope_is_lost_by_who_loses_power_and_by_nobody_else(
    before: float, now: float, less: float, weight: float
) -> None:
    lost = hope_lost(before, now, weight)
    assert 0.0 <= lost <= hope_lost(before, now - less, weight)
    assert min(lost, hope_lost(-before, -now, weight)) == 0.0
    assert hope_lost(before, now, 0.0) == 0.0


def test_hope_lost_worked_out_by_hand() -> None:
    assert hope_lost(balance(2718.281828, 1000.0), 0.0, 0.15) == pytest.approx(0.15)
    assert hope_lost(0.0, -2.0, 0.15) == pytest.approx(0.3)
    assert balance(0.0, 0.0) == 0.0


@given(st.floats(0.1, 1000.0), st.floats(0.05, 20.0), within("morale", "tempo_exponent"))
def test_memory_stretches_with_the_tempo(days: float, tempo: float, exponent: float) -> None:
    assert memory_days(days, tempo, 0.0) == memory_days(days, 1.0, exponent) == days
    assert (memory_days(days, tempo, exponent) - days) * (tempo - 1.0) >= 0.0
