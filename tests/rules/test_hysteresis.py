"""The threshold model of morale has two states, falls late and suddenly, and comes back much later.

The published numbers (beta = 7, morale from 0.95, one garrison that is its own comrade) come from a prototype
that is not this program. They hold to the day for a time constant of 1.5 days when a garrison counts as
fallen below morale 0.2; 1.5 days is within the prior of ``fall_days``, whose default is 2.5.
"""

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import optimize

from sim.core.rules.morale import relaxed_morale
from tests.rules.ranges import default
from tests.rules.threshold import bistable_half_width, morale_at_rest, morale_target

BETA = 7.0
HALF_WIDTH = 0.724  # at beta 7, published
FALLING = 1.0 - math.exp(-1.0 / 1.5)  # share of the way in a day
RISING = 1.0 - math.exp(-1.0 / 25.0)
FALLEN = 0.2
FOR_EVER = 20_000  # days


def next_morale(morale: float, field: float, beta: float = BETA) -> float:
    """Return tomorrow's morale of a garrison that has only its own to look at."""
    return relaxed_morale(morale, morale_target(morale, field, beta), FALLING, RISING)


def days_to_fall(field: float) -> int | None:
    """Return the days after which morale from 0.95 has fallen, None for never."""
    morale = 0.95
    for day in range(FOR_EVER):
        if morale < FALLEN:
            return day
        morale = next_morale(morale, field)
    return None


def settled(morale: float, field: float) -> float:
    """Return the morale at which a garrison comes to rest under a constant field."""
    for _ in range(FOR_EVER):
        after = next_morale(morale, field)
        if abs(after - morale) < 1e-9:
            break
        morale = after
    return morale


def crossings(field: float, beta: float) -> int:
    """Return the number of fixed points of the threshold model, counted on a fine grid."""
    grid = np.linspace(0.0, 1.0, 4001)
    gap = [morale_target(float(m), field, beta) - float(m) for m in grid]
    return sum((a > 0.0) != (b > 0.0) for a, b in pairwise(gap))


@pytest.mark.parametrize(
    ("beta", "expected", "precision"),
    [(5.0, 0.156, 5e-4), (6.0, 0.415, 5e-4), (7.0, 0.724, 5e-4), (8.0, 1.07, 5e-3), (9.0, 1.43, 5e-3)],
    ids=str,
)
def test_half_width_has_the_published_values(beta: float, expected: float, precision: float) -> None:
    assert bistable_half_width(beta) == pytest.approx(expected, abs=precision)


@given(st.floats(4.0, 20.0), st.floats(4.0, 20.0))
def test_half_width_grows_with_beta(low: float, high: float) -> None:
    low, high = sorted((low, high))
    assert 0.0 <= bistable_half_width(low) <= bistable_half_width(high)


@pytest.mark.parametrize("beta", [0.0, 1.0, 3.0, 3.9, 4.0])
@pytest.mark.parametrize("field", [-2.0, -0.5, 0.01, 0.5, 2.0])
def test_up_to_beta_four_there_is_one_state(beta: float, field: float) -> None:
    assert bistable_half_width(beta) == 0.0
    assert crossings(field, beta) == 1


@pytest.mark.parametrize("beta", [5.0, 7.0, 9.0])
@pytest.mark.parametrize("sign", [-1.0, 1.0])
def test_two_stable_states_lie_inside_the_half_width_and_one_outside(beta: float, sign: float) -> None:
    half_width = bistable_half_width(beta)
    assert crossings(sign * 0.98 * half_width, beta) == 3  # the one between them repels
    assert crossings(sign * 1.02 * half_width, beta) == 1


@pytest.mark.parametrize("field", [-0.70, -0.72])
def test_an_army_inside_the_half_width_holds_for_ever(field: float) -> None:
    assert days_to_fall(field) is None


@pytest.mark.parametrize(("field", "days"), [(-0.73, 147), (-0.75, 66), (-0.80, 36), (-1.0, 16), (-1.5, 8)], ids=str)
def test_an_army_pushed_over_the_edge_falls_on_the_published_day(field: float, days: int) -> None:
    assert days_to_fall(field) == days


def test_recovery_needs_a_field_above_the_half_width_on_the_other_side() -> None:
    assert settled(0.05, HALF_WIDTH - 0.004) < 0.3
    assert settled(0.05, HALF_WIDTH + 0.006) > 0.9


def test_collapse_and_recovery_lie_two_half_widths_apart() -> None:
    fields = np.arange(1.5, -1.5, -0.02)
    morale = 0.95
    collapse = recovery = math.nan
    for field in fields:
        morale = settled(morale, field)
        if morale < 0.5:
            collapse = float(field)
            break
    for field in np.arange(collapse, 1.5, 0.02):
        morale = settled(morale, field)
        if morale > 0.5:
            recovery = float(field)
            break
    assert recovery - collapse == pytest.approx(2.0 * HALF_WIDTH, rel=0.05)


def test_below_beta_four_the_way_back_is_the_way_down() -> None:
    for field in np.arange(-1.0, 1.0, 0.1):
        low, high = 0.05, 0.95
        for _ in range(2000):
            low, high = next_morale(low, field, 3.0), next_morale(high, field, 3.0)
        assert low == pytest.approx(high, abs=1e-6)


@given(st.floats(4.0, 9.0), st.floats(0.01, 3.0))
def test_an_army_with_a_margin_and_no_shock_never_falls(beta: float, margin: float) -> None:
    # Above the fold the upper state is at least (1 + k) / 2, the morale at which the two states merge.
    field = margin - bistable_half_width(beta)
    merging = 0.5 + 0.5 * math.sqrt(1.0 - 4.0 / beta)
    morale = morale_at_rest(field, beta)
    for _ in range(365):
        morale = next_morale(morale, field, beta)
        assert morale >= merging


@given(st.floats(4.5, 9.0), st.floats(0.03, 3.0))
def test_morale_at_rest_is_the_upper_fixed_point(beta: float, margin: float) -> None:
    field = margin - bistable_half_width(beta)
    merging = 0.5 + 0.5 * math.sqrt(1.0 - 4.0 / beta)
    upper = optimize.brentq(lambda m: 1.0 / (1.0 + math.exp(-(beta * (m - 0.5) + field))) - m, merging, 1.0)
    assert morale_at_rest(field, beta) == pytest.approx(upper, abs=1e-5)


def test_a_typical_army_rests_at_the_morale_that_its_margin_gives() -> None:
    # Coded morale 0.5 on ground a seventh hostile: margin exp(-0.9) = 0.407, so the field is -0.318.
    field = math.exp(default("morale", "margin_base")) - bistable_half_width(default("morale", "beta"))
    rest = morale_at_rest(field, default("morale", "beta"))
    assert math.log(rest / (1.0 - rest)) == pytest.approx(7.0 * (rest - 0.5) - 0.318, abs=1e-3)
    assert 0.8 < rest < 0.95
