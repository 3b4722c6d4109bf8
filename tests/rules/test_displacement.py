"""Displacement: flows that rise with what drives people, borders that hold, and sums that come out to the person."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.core.codes import Policy
from sim.core.rules.displacement import (
    LEAST_TOLL,
    MOST_CROSSING,
    USUAL_CAPACITY,
    USUAL_EXILE,
    USUAL_TOLL,
    border_pull,
    crossing_share,
    flight_weight,
    forced,
    gross_flight,
    nearness_to_border,
    people_up_to,
    permeability,
    pushed_share,
    return_probability,
    whole_people,
)
from tests.rules.ranges import SHARE, default, within

TOLL = st.floats(0.0, 1e5)
SCALE, EXPONENT = within("displacement", "flight_scale"), within("displacement", "flight_exponent")
PUSHES = (within("displacement", "fear_push"), within("displacement", "death_push"))
MANAGED, CLOSED = within("displacement", "managed_share"), within("displacement", "closed_share")
PEOPLE = st.integers(0, 50_000_000)
HOPS = st.integers(1, 99)
POLICY = st.sampled_from(list(Policy))
WEIGHTS = st.lists(st.floats(1e-3, 1e8), min_size=1, max_size=30)
OFFSET = st.floats(1e-6, 1.0 - 1e-6)  # closer to a whole number, rounding decides; whoever draws caps by what there is


@given(TOLL, TOLL, SCALE, EXPONENT, st.floats(0.01, 100.0))
def test_more_dead_never_make_fewer_flee(few: float, many: float, scale: float, exponent: float, factor: float) -> None:
    few, many = sorted((few, many))
    assert 0.0 <= gross_flight(few, scale, exponent, factor) <= gross_flight(many, scale, exponent, factor)


def test_flight_worked_out_by_hand() -> None:
    assert gross_flight(USUAL_TOLL, 3400.0, 0.55, 1.0) == 3400.0
    assert gross_flight(4.0 * USUAL_TOLL, 3400.0, 0.5, 2.0) == pytest.approx(4.0 * 3400.0)
    assert gross_flight(0.9 * LEAST_TOLL, 3400.0, 0.0, 1.0) == 0.0


def test_without_an_exponent_every_war_drives_out_as_many() -> None:
    assert {gross_flight(toll, 3400.0, 0.0, 1.5) for toll in (0.2, 3.0, 5000.0)} == {5100.0}


def test_the_weight_of_a_place_is_the_geometric_mean_of_dead_and_room() -> None:
    assert flight_weight(9.0, 1e4) == 300.0
    assert flight_weight(0.0, 1e6) == flight_weight(5.0, 0.0) == 0.0


@given(SHARE, SHARE, TOLL, TOLL, *PUSHES)
def test_fear_and_revenge_never_make_fewer_leave(
    trust: float, fear: float, few: float, many: float, f2: float, f3: float
) -> None:
    trust, fear = sorted((trust, fear))
    few, many = sorted((few, many))
    assert 0.0 <= pushed_share(trust, few, f2, f3) <= pushed_share(fear, many, f2, f3) <= 1.0
    assert pushed_share(0.0, 0.0, f2, f3) == pushed_share(fear, many, 0.0, 0.0) == 0.0


def test_a_push_worked_out_by_hand() -> None:
    assert pushed_share(0.5, 2.0, 0.06, 0.02) == pytest.approx(1.0 - math.exp(-(0.03 + 0.04)))


@given(SHARE, SHARE, MANAGED, CLOSED)
def test_a_more_capable_state_lets_no_more_through(weak: float, able: float, managed: float, closed: float) -> None:
    weak, able = sorted((weak, able))
    for policy in Policy:
        assert permeability(policy, able, managed, closed) <= permeability(policy, weak, managed, closed) <= 1.0
    assert permeability(Policy.OPEN, able, managed, closed) == 1.0


@given(POLICY, SHARE)
def test_neutral_shares_make_every_border_open(policy: Policy, capacity: float) -> None:
    assert permeability(policy, capacity, 1.0, 1.0) == 1.0


def test_a_closed_border_of_a_capable_state_lets_one_in_twenty_through() -> None:
    managed, closed = default("displacement", "managed_share"), default("displacement", "closed_share")
    assert permeability(Policy.CLOSED, USUAL_CAPACITY, managed, closed) == closed
    assert permeability(Policy.CLOSED, 1.0, managed, closed) < 0.05


@given(st.floats(0.0, 1e8), st.floats(0.0, 1e7), st.floats(0.0, 1e7), SHARE, SHARE, SHARE, SHARE)
def test_exiles_and_kin_never_make_a_border_draw_less(
    people: float, few: float, many: float, far: float, near: float, w_net: float, w_kin: float
) -> None:
    few, many = sorted((few, many))
    far, near = sorted((far, near))
    assert border_pull(people, few, far, w_net, w_kin) <= border_pull(people, many, near, w_net, w_kin)
    assert border_pull(people, many, near, 0.0, 0.0) == people


def test_a_border_pull_worked_out_by_hand() -> None:
    exiles = (math.e - 1.0) * USUAL_EXILE
    assert border_pull(1e6, exiles, 0.5, 1.0, 2.0) == pytest.approx(1e6 * 2.0 * 2.0)


@given(HOPS, HOPS, within("displacement", "hop_decay"))
def test_a_border_draws_no_more_from_afar(near: int, far: int, decay: float) -> None:
    near, far = sorted((near, far))
    assert 0.0 <= nearness_to_border(far, decay) <= nearness_to_border(near, decay) <= 1.0
    assert nearness_to_border(1, decay) == nearness_to_border(far, 0.0) == 1.0


@given(within("displacement", "crossing_share"), st.floats(-20.0, 20.0), st.floats(0.0, 20.0))
def test_some_of_those_who_flee_always_stay(share: float, shift: float, access: float) -> None:
    assert 0.0 <= crossing_share(share, shift, access) <= MOST_CROSSING
    assert crossing_share(share, shift, 0.0) == 0.0


def test_crossing_worked_out_by_hand() -> None:
    assert crossing_share(0.13, 0.0, 1.0) == pytest.approx(0.13)
    assert crossing_share(0.2, math.log(4.0), 1.0) == pytest.approx(0.5)
    assert crossing_share(0.2, math.log(4.0), 1.5) == pytest.approx(0.75)


@given(within("displacement", "return_inside"), SHARE, SHARE, within("displacement", "welcome_inside"))
def test_a_welcome_never_slows_return(hazard: float, low: float, high: float, boost: float) -> None:
    low, high = sorted((low, high))
    assert 0.0 <= return_probability(hazard, low, boost) <= return_probability(hazard, high, boost) <= 1.0


def test_return_worked_out_by_hand() -> None:
    assert return_probability(0.03, 0.0, 4.0) == pytest.approx(1.0 - math.exp(-0.03))
    assert return_probability(0.03, 0.5, 4.0) == pytest.approx(1.0 - math.exp(-0.09))


def test_only_a_capable_state_that_is_closed_forces_people_home() -> None:
    factors = {(policy, able): forced(policy, able, 1.5) for policy in Policy for able in (0.5, 0.6)}
    assert {case for case, factor in factors.items() if factor != 1.0} == {(Policy.CLOSED, 0.6)}
    assert factors[Policy.CLOSED, 0.6] == 1.5


@given(PEOPLE, SHARE, st.floats(1e-9, 1.0 - 1e-9))
def test_flows_are_whole_and_never_exceed_the_stock(people: int, share: float, u: float) -> None:
    moving = whole_people(share * people, u)
    assert moving == int(moving)
    assert abs(moving - share * people) < 1.0
    assert 0 <= moving <= people


@pytest.mark.parametrize(("u", "moving"), [(0.69, 2.0), (0.71, 3.0)])
def test_a_part_of_a_person_is_a_chance(u: float, moving: float) -> None:
    assert whole_people(2.3, u) == moving


@given(st.lists(st.tuples(st.integers(1, 10_000_000), st.floats(0.0, MOST_CROSSING)), max_size=30), OFFSET)
def test_along_a_rising_sum_no_flow_exceeds_its_stock(flows: list[tuple[int, float]], u: float) -> None:
    """What crosses is at most nine in ten of those who flee: of one person at most that one."""
    expected = 0.0
    for people, share in flows:
        before = whole_people(expected, u)
        expected += people * share
        assert 0.0 <= whole_people(expected, u) - before <= people


def test_along_a_rising_sum_small_flows_are_right_on_average() -> None:
    """Rounded, one tenth of a person would never move; systematic sampling moves it as often as it should."""
    n = 100_000
    drawn = [whole_people(0.7, (i + 0.5) / n) - whole_people(0.6, (i + 0.5) / n) for i in range(n)]
    assert set(drawn) == {0.0, 1.0}
    assert sum(drawn) / n == pytest.approx(0.1)


@given(PEOPLE, WEIGHTS, OFFSET)
def test_parts_along_a_rising_sum_add_up_to_the_person(people: int, weights: list[float], offset: float) -> None:
    total = 0.0
    for weight in weights:
        total += weight
    passed, placed = 0.0, 0.0
    for weight in weights:
        passed += weight
        so_far = people_up_to(float(people), passed, total, offset)
        assert abs(so_far - placed - people * weight / total) <= 1.0 + 1e-6
        assert so_far >= placed
        placed = so_far
    assert placed == people


@given(st.lists(st.integers(0, 10_000_000), min_size=1, max_size=30), SHARE, OFFSET)
def test_nobody_gives_more_than_there_are(stocks: list[int], share: float, offset: float) -> None:
    total = sum(stocks)
    if total == 0:
        return
    leaving = math.floor(share * total)
    passed, gone = 0.0, 0.0
    for stock in stocks:
        passed += stock
        so_far = people_up_to(float(leaving), passed, float(total), offset)
        assert 0.0 <= so_far - gone <= stock
        gone = so_far
    assert gone == leaving


def test_a_drawn_offset_gives_small_parts_their_share_on_average() -> None:
    """Rounded, one in ten thousand would never be drawn; systematic sampling draws it as often as it should."""
    n = 100_000
    drawn = [people_up_to(1000.0, 1.0, 10_000.0, (i + 0.5) / n) for i in range(n)]
    assert set(drawn) == {0.0, 1.0}
    assert sum(drawn) / n == pytest.approx(0.1)
