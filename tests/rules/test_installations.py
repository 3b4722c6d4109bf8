"""Depots: parts never exceed the whole, and nobody strikes before there is an occasion."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.core.rules.capture import looted_share, scuttled_share
from sim.core.rules.installations import adrift_share, denial_probability, is_exposed, share_after_half_life
from tests.rules.ranges import SHARE, default, within

LOOT = (within("capture", "loot_base"), within("capture", "loot_melt"), within("capture", "loot_use"))
SECURED = within("installations", "secured_share")
HAZARD = within("installations", "denial_per_day")
GUARDED = st.floats(0.0, 3.0)
DAYS = st.integers(0, 400)


@given(SHARE, GUARDED, *LOOT, within("capture", "scuttled"), SECURED)
def test_a_depot_is_never_divided_into_more_than_it_holds(
    morale: float, guarded: float, base: float, melt: float, use: float, scuttling: float, secured: float
) -> None:
    looted = looted_share(morale, base, melt, use)
    scuttled = scuttled_share(morale, looted, scuttling)
    adrift = adrift_share(looted, scuttled, guarded, secured)
    assert adrift >= 0.0
    assert looted + scuttled + adrift <= 1.0 + 1e-12


@given(GUARDED, GUARDED, SECURED, SECURED)
def test_guards_and_security_never_let_more_go_adrift(a: float, b: float, c: float, d: float) -> None:
    fewer, more = sorted((a, b))
    less, better = sorted((c, d))
    assert adrift_share(0.2, 0.1, more, less) <= adrift_share(0.2, 0.1, fewer, less)
    assert adrift_share(0.2, 0.1, fewer, better) <= adrift_share(0.2, 0.1, fewer, less)


def test_adrift_worked_out_by_hand() -> None:
    assert adrift_share(0.24, 0.0, 0.0, 0.7) == pytest.approx(0.228)  # 0.76 left, 0.3 of it gone
    assert adrift_share(0.15, 0.05, 0.5, 0.7) == pytest.approx(0.12)
    assert adrift_share(0.06, 0.1, 1.0, 0.0) == 0.0  # a full garrison hands it over


@given(within("installations", "adrift_half_life_days"))
def test_half_is_left_after_the_half_life(days: float) -> None:
    assert share_after_half_life(days) ** days == pytest.approx(0.5)


@given(HAZARD, HAZARD)
def test_a_larger_hazard_never_strikes_less(a: float, b: float) -> None:
    low, high = sorted((a, b))
    assert 0.0 <= denial_probability(low) <= denial_probability(high) < 1.0


def test_denial_of_two_days_worked_out_by_hand() -> None:
    assert denial_probability(0.7) == pytest.approx(0.5034, abs=1e-4)  # 1 - exp(-0.7)
    # A site that is struck with probability 0.5 a day, by 75 %, has 61 % destroyed after two days on average and
    # 76 % after three, against the owner's claim of 70-80 %.
    kept = 1.0 - denial_probability(default("installations", "denial_per_day")) * default(
        "installations", "denial_share"
    )
    assert 1.0 - kept**2 == pytest.approx(0.61, abs=0.01)
    assert 1.0 - math.pow(kept, default("installations", "denial_days")) == pytest.approx(0.76, abs=0.01)


@given(st.integers(-400, -1), st.integers(-400, 400), within("installations", "denial_days"))
def test_nothing_is_exposed_before_the_collapse(before: int, since_capture: int, window: float) -> None:
    assert not is_exposed(before, since_capture, window)


@given(DAYS, DAYS, within("installations", "denial_days"))
def test_a_site_is_exposed_for_the_window_after_the_last_of_both(collapse: int, capture: int, window: float) -> None:
    assert is_exposed(collapse, capture, window) == (collapse < window or capture < window)
