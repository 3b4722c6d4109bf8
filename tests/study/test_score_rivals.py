"""Rivals on three other wars, worked out by hand; and that they know nothing of the war that they forecast."""

import math
import statistics

import numpy as np
import pytest

from sim.study.score.facts import Border, Facts
from sim.study.score.families import FAMILIES
from sim.study.score.forecast import Chance, Kind, Levels, Normal, Sample, Split
from sim.study.score.record import Observation
from sim.study.score.rivals import RIVALS, Known, Learner

KINDS = {family.name: family.kind for family in FAMILIES}


def facts(fighters: float = 1_000.0, strength: float = 0.0, gap: float = 0.0) -> Facts:
    borders = {"AAA": Border(1, 30.0, 30.0, 0.3), "BBB": Border(3, 10.0, 60.0, 0.6), "CCC": Border(0, 0.0, 10.0, 0.9)}
    return Facts("LAND", 100, 1e6, fighters, strength, gap, borders, {"near": 1, "far": 7})


def known(value: float, item: str = "", **about: float) -> Known:
    return Known(facts(**about), Observation(item, "row", value, value, value))


def rival(family: str, name: str) -> Learner:
    return next(one.learn for one in RIVALS[family] if one.name == name)


OTHERS = [known(999.0, fighters=100.0), known(9_999.0, fighters=10_000.0), known(99_999.0, fighters=1e5)]
THIS = known(math.nan, fighters=1_000.0)


def test_pooled_values_are_those_of_the_others() -> None:
    forecast = rival("killed", "pooled")(Kind.AMOUNT, OTHERS, THIS)
    assert isinstance(forecast, Sample)
    assert forecast.values.tolist() == pytest.approx([3.0, 4.0, 5.0])


def test_a_lognormal_around_the_pooled_mean() -> None:
    assert rival("killed", "pooled_lognormal")(Kind.AMOUNT, OTHERS, THIS) == Normal(4.0, 1.0)


def test_killed_per_fighter_and_day() -> None:
    """By hand: rates of 10^-1, 10^-2 and 10^-2 a fighter and day (100 days); here 10^5 fighter days."""
    forecast = rival("killed", "per_fighter_day")(Kind.AMOUNT, OTHERS, THIS)
    assert isinstance(forecast, Normal)
    assert forecast.mean == pytest.approx(5.0 + statistics.mean([-1.0, -2.0, -2.0]))
    assert forecast.spread == pytest.approx(statistics.stdev([-1.0, -2.0, -2.0]))


def test_a_base_rate_is_never_certain() -> None:
    wars = [known(1.0), known(1.0), known(0.0)]
    assert rival("fall", "base_rate")(Kind.CHANCE, wars, THIS) == Chance(2.5 / 4)
    assert rival("fall", "base_rate")(Kind.CHANCE, wars[:2], THIS) is None  # two wars teach nothing


def test_the_logistic_solves_its_equations() -> None:
    """At the solution the residuals sum to 0, and their products with a standardised covariate to its slope."""
    x = [-1.0, 0.0, 0.5, 2.0]
    wars = [known(y, strength=s, gap=0.0) for y, s in zip([0.0, 1.0, 0.0, 1.0], x, strict=True)]
    learn = rival("fall", "logistic")
    p = np.array([forecast_of(learn, wars, known(math.nan, strength=s)) for s in x])
    z = (np.array(x) - np.mean(x)) / np.std(x)
    slope = np.diff(np.log(p / (1.0 - p)))[0] / np.diff(z)[0]
    residuals = np.array([0.0, 1.0, 0.0, 1.0]) - p
    assert residuals.sum() == pytest.approx(0.0, abs=1e-9)
    assert residuals @ z == pytest.approx(slope)  # a ridge of 1


def forecast_of(learn: Learner, wars: list[Known], this: Known) -> float:
    forecast = learn(Kind.CHANCE, wars, this)
    assert isinstance(forecast, Chance)
    return forecast.probability


def test_the_logistic_says_nothing_of_a_war_without_a_challenger() -> None:
    wars = [known(y, strength=y) for y in (0.0, 1.0, 1.0)]
    assert rival("fall", "logistic")(Kind.CHANCE, wars, known(math.nan, strength=math.nan)) is None


def test_days_of_collapse_are_pooled_as_far_as_one_is_expected() -> None:
    wars = [known(0.2), known(0.6), known(1.0), known(1.0)]  # two fell; nothing tells them apart
    forecast = rival("collapse_day", "logistic_pooled")(Kind.SHARE, wars, THIS)
    assert isinstance(forecast, Sample)
    assert forecast.weights is not None
    assert forecast.values.tolist() == [0.2, 0.6, 1.0]
    assert forecast.weights == pytest.approx([0.25, 0.25, 0.5])


def test_seats_as_far_from_enemy_ground_are_pooled() -> None:
    seats = [
        known(value, place) for value, place in zip((0.1, 0.2, 0.3, 0.9, 1.0), ["near"] * 3 + ["far"] * 2, strict=True)
    ]
    near, far = (rival("seat_day", "by_hops")(Kind.SHARE, seats, known(math.nan, place)) for place in ("near", "far"))
    assert isinstance(near, Sample)
    assert isinstance(far, Sample)
    assert near.values.tolist() == [0.1, 0.2, 0.3]
    assert len(far.values) == 5  # two are too few


@pytest.mark.parametrize(
    ("name", "shares"),
    [("equal", [1 / 3] * 3), ("border_people", [0.75, 0.25, 0.0]), ("gravity", [0.3, 0.6, 0.1])],
)
def test_splits_by_day_0_alone(name: str, shares: list[float]) -> None:
    forecast = rival("split", name)(Kind.SPLIT, [], THIS)
    assert isinstance(forecast, Split)
    assert forecast.parts == pytest.approx(shares)


def test_levels_are_pooled_by_how_often_each_was_reached() -> None:
    forecast = rival("level", "pooled")(Kind.LEVEL, [known(0.0, "AAA"), known(2.0, "BBB"), known(2.0, "AAA")], THIS)
    assert isinstance(forecast, Levels)
    assert forecast.probabilities == pytest.approx([1 / 3, 0.0, 2 / 3, 0.0, 0.0])


def test_every_family_has_rivals_who_never_look_at_what_they_forecast() -> None:
    assert set(RIVALS) == set(KINDS)
    for family, rivals in RIVALS.items():
        item = {"seat_day": "near", "seat_falls": "near"}.get(family, "AAA")
        others = [known(value, item, strength=value, gap=-value) for value in (0.0, 1.0, 0.0, 1.0)]
        for one in rivals:
            blind = one.learn(KINDS[family], others, known(math.nan, item))
            told = one.learn(KINDS[family], others, known(1.0, item))
            assert blind is not None
            assert repr(blind) == repr(told), one.name


def test_no_rival_learns_from_fewer_than_three_wars() -> None:
    assert rival("killed", "per_head")(Kind.AMOUNT, OTHERS[:2], THIS) is None
