"""Scores of single forecasts: numbers worked out by hand, and what makes a score proper."""

import math

import numpy as np
import pytest

from sim.study.score.forecast import Chance, Kind, Levels, Normal, Sample, Split, chance, scores_of, told
from sim.study.score.record import Observation


def seen(value: float, parts: tuple[float, ...] = ()) -> Observation:
    return Observation("", "row", value, value, value, parts)


def test_a_fair_score_does_not_depend_on_how_many_runs_there_are() -> None:
    """By hand, of 0, 1, 2, 4 and 1.5: mean distance .25 (1.5 + .5 + .5 + 2.5) less half the mean of all 12 pairs."""
    values = np.array([0.0, 1.0, 2.0, 4.0])
    apart = [abs(a - b) for i, a in enumerate(values) for b in values[i + 1 :]]
    assert scores_of(Sample(values, is_drawn=True), seen(1.5), Kind.SHARE)["crps"] == pytest.approx(
        1.25 - sum(apart) / 12
    )
    assert scores_of(Sample(values), seen(1.5), Kind.SHARE)["crps"] == pytest.approx(1.25 - sum(apart) / 16)


def test_a_weighted_sample_is_scored_like_one_with_repeats() -> None:
    weighted = Sample(np.array([0.2, 1.0]), np.array([0.75, 0.25]))
    repeated = Sample(np.array([0.2, 0.2, 0.2, 1.0]))
    for value in (0.0, 0.2, 0.7, 1.0):
        one, other = (scores_of(f, seen(value), Kind.SHARE)["crps"] for f in (weighted, repeated))
        assert one == pytest.approx(other)


def test_amounts_are_scored_as_logarithms() -> None:
    """One run that says 99 where 9,999 were: log10(10,000) - log10(100) = 2."""
    assert scores_of(Sample(np.array([2.0])), seen(9_999.0), Kind.AMOUNT)["crps"] == pytest.approx(2.0)


def test_a_normal_forecast_at_its_mean() -> None:
    """Gneiting & Raftery (2007): CRPS(N(m, s), m) = s (2 phi(0) - 1 / sqrt(pi))."""
    expected = 0.5 * (2.0 / math.sqrt(2.0 * math.pi) - 1.0 / math.sqrt(math.pi))
    assert scores_of(Normal(1.0, 0.5), seen(9.0), Kind.AMOUNT)["crps"] == pytest.approx(expected)


def test_chances_are_never_certain() -> None:
    assert chance(0, 1000).probability == 0.5 / 1001
    assert scores_of(chance(1000, 1000), seen(0.0), Kind.CHANCE)["log_loss"] == pytest.approx(math.log(1001 / 0.5))


def test_brier_and_log_loss() -> None:
    found = scores_of(Chance(0.7), seen(1.0), Kind.CHANCE)
    assert found["brier"] == pytest.approx(0.09)
    assert found["log_loss"] == pytest.approx(-math.log(0.7))


def test_levels_are_scored_by_how_far_off_they_are() -> None:
    """Level 2 seen, all on level 0: two steps are wrong. An even guess, by hand: .04 + .16 + .16 + .04."""
    assert scores_of(Levels(np.eye(5)[0]), seen(2.0), Kind.LEVEL)["rps"] == pytest.approx(2.0)
    assert scores_of(Levels(np.full(5, 0.2)), seen(2.0), Kind.LEVEL)["rps"] == pytest.approx(0.4)


def test_a_split_is_scored_by_what_would_have_to_move() -> None:
    forecast = Split(np.array([0.5, 0.5, 0.0]))
    assert scores_of(forecast, seen(10.0, (0.2, 0.5, 0.3)), Kind.SPLIT)["variation"] == pytest.approx(0.3)


def test_intervals_and_pits() -> None:
    short = told(Sample(np.arange(101.0) / 100.0), seen(0.25), Kind.SHARE)
    assert (short.low, short.median, short.high) == pytest.approx((0.05, 0.5, 0.95))
    assert short.pit == pytest.approx(25.5 / 101)
    weighted = told(Sample(np.array([1.0, 0.2]), np.array([0.25, 0.75])), seen(1.0), Kind.SHARE)
    assert (weighted.low, weighted.median, weighted.high) == (0.2, 0.2, 1.0)
    assert weighted.pit == pytest.approx(0.875)
    assert told(Normal(2.0, 1.0), seen(99.0), Kind.AMOUNT).pit == pytest.approx(0.5)
    level = told(Levels(np.array([0.5, 0.0, 0.5, 0.0, 0.0])), seen(2.0), Kind.LEVEL)
    assert (level.median, level.pit) == (0.0, 0.75)
