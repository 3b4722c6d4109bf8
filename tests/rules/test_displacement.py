"""Displacement: shares that rise with what drives people, borders that hold, and sums that come out to the person."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.core.rules.displacement import (
    NO_WAY,
    crossing_pull,
    crossing_share,
    leaving_probability,
    people_up_to,
    return_probability,
    whole_people,
)
from sim.world.places import FAR
from tests.rules.ranges import SHARE, within

KILLED = st.floats(0.0, 1e5)
PUSHES = (
    within("displacement", "contest_push"),
    within("displacement", "fear_push"),
    within("displacement", "death_push"),
)
PEOPLE = st.integers(0, 50_000_000)
HOPS = st.integers(1, NO_WAY)
REACH = within("displacement", "crossing_reach_hops")
ABROAD = within("displacement", "abroad_share")
WEIGHTS = st.lists(st.floats(1e-3, 1e8), min_size=1, max_size=30)
OFFSET = st.floats(1e-6, 1.0 - 1e-6)  # closer to a whole number, rounding decides; whoever draws caps by what there is


@given(SHARE, SHARE, SHARE, SHARE, KILLED, KILLED, *PUSHES)
def test_contest_fear_and_death_never_make_fewer_leave(
    calm: float, contest: float, trust: float, fear: float, few: float, many: float, f1: float, f2: float, f3: float
) -> None:
    calm, contest = sorted((calm, contest))
    trust, fear = sorted((trust, fear))
    few, many = sorted((few, many))
    low = leaving_probability(calm, trust, few, f1, f2, f3)
    assert 0.0 <= low <= leaving_probability(contest, fear, many, f1, f2, f3) <= 1.0
    assert leaving_probability(0.0, 0.0, 0.0, f1, f2, f3) == 0.0


def test_leaving_worked_out_by_hand() -> None:
    share = leaving_probability(0.5, 0.5, 2.0, 0.01, 0.06, 0.02)
    assert share == pytest.approx(1.0 - math.exp(-(0.005 + 0.03 + 0.04)))


def test_no_way_is_what_the_survey_of_the_map_calls_far() -> None:
    assert NO_WAY == FAR


@given(HOPS, HOPS, REACH)
def test_a_crossing_attracts_less_from_afar_and_nobody_without_a_way(near: int, far: int, reach: float) -> None:
    near, far = sorted((near, far))
    assert 0.0 <= crossing_pull(far, reach) <= crossing_pull(near, reach) <= 1.0
    assert crossing_pull(NO_WAY, reach) == 0.0
    assert crossing_pull(1, reach) == 1.0


@given(st.lists(st.tuples(HOPS, SHARE), min_size=1, max_size=9), st.integers(0, 8), REACH, ABROAD)
def test_no_more_cross_than_wish_to_and_nobody_through_a_closed_border(
    states: list[tuple[int, float]], closed: int, reach: float, abroad: float
) -> None:
    pulls = [crossing_pull(hops, reach) for hops, _ in states]
    if sum(pulls) == 0.0:
        return
    opened = [
        crossing_share(p, max(pulls), sum(pulls), share, abroad) for p, (_, share) in zip(pulls, states, strict=True)
    ]
    assert all(0.0 <= share <= abroad for share in opened)
    assert sum(opened) <= abroad * max(pulls) + 1e-12
    assert crossing_share(pulls[closed % len(pulls)], max(pulls), sum(pulls), 0.0, abroad) == 0.0


def test_crossing_worked_out_by_hand() -> None:
    # Next to one crossing, two hops from another with half its gates open.
    far = crossing_pull(3, 2.0)
    assert far == pytest.approx(math.exp(-1.0))
    assert crossing_share(far, 1.0, 1.0 + far, 0.5, 0.3) == pytest.approx(0.15 * far / (1.0 + far))


@given(within("displacement", "return_new"), SHARE, SHARE, within("displacement", "return_welcome"))
def test_a_welcome_never_slows_return(hazard: float, low: float, high: float, boost: float) -> None:
    low, high = sorted((low, high))
    assert 0.0 <= return_probability(hazard, low, boost) <= return_probability(hazard, high, boost) <= 1.0


def test_return_worked_out_by_hand() -> None:
    assert return_probability(0.03, 0.0, 4.0) == pytest.approx(1.0 - math.exp(-0.03))
    assert return_probability(0.03, 0.5, 4.0) == pytest.approx(1.0 - math.exp(-0.09))


@given(PEOPLE, SHARE, st.floats(1e-9, 1.0 - 1e-9))
def test_flows_are_whole_and_never_exceed_the_stock(people: int, share: float, u: float) -> None:
    moving = whole_people(share * people, u)
    assert moving == int(moving)
    assert abs(moving - share * people) < 1.0
    assert 0 <= moving <= people


@pytest.mark.parametrize(("u", "moving"), [(0.69, 2.0), (0.71, 3.0)])
def test_a_part_of_a_person_is_a_chance(u: float, moving: float) -> None:
    assert whole_people(2.3, u) == moving


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
