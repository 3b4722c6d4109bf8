"""Violence against civilians: whole numbers, rising with the dead of the fighting, clumped in time; bursts that end."""

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats

from sim.core import rng
from sim.core.jit import phase
from sim.core.rules.violence import (
    aroused_grievance,
    burst_days,
    burst_probability,
    burst_size,
    civilian_weight,
    deaths_due,
    deaths_of_a_day,
    disorder,
    expected_deaths,
    old_lines,
    relaxed_grievance,
    revenge_weight,
)
from tests.rules.ranges import SHARE, default, within
from tests.statistics import assert_mean, assert_share

PEOPLE = st.integers(1, 50_000_000).map(float)
UNIT = st.floats(1e-9, 1.0 - 1e-9)
NORMAL = st.floats(-8.0, 8.0)
GRIEVANCE = st.floats(1.0, 100.0)


TOLL = st.floats(0.0, 1e5)
PER_FIGHTER = within("violence", "civilians_per_fighter")
EXPONENT = within("violence", "civilian_exponent")

REMNANTS = True


@given(TOLL, TOLL, PER_FIGHTER, EXPONENT, st.floats(0.0, 1e3))
def test_the_more_fighters_die_the_more_civilians(
    low: float, high: float, per_fighter: float, exponent: float, factor: float
) -> None:
    low, high = sorted((low, high))
    fewer = expected_deaths(low, per_fighter, exponent, factor)
    assert 0.0 <= fewer <= expected_deaths(high, per_fighter, exponent, factor) * (1.0 + 1e-12) or exponent == 0.0
    assert expected_deaths(0.0, per_fighter, exponent, factor) == 0.0
    assert expected_deaths(high, per_fighter, 1.0, factor) == pytest.approx(per_fighter * factor * high)


def test_expected_deaths_worked_out_by_hand() -> None:
    assert expected_deaths(50.0, 0.69, 0.7, 1.0) == pytest.approx(34.5)
    assert expected_deaths(200.0, 0.69, 0.5, 2.0) == pytest.approx(138.0)  # 0.69 * 2 * 200 / sqrt(4)


@given(TOLL, within("violence", "city_weight"))
def test_cities_are_harder_on_civilians(killed: float, weight: float) -> None:
    assert civilian_weight(killed, is_harder=False, city_weight=weight) == killed
    assert civilian_weight(killed, is_harder=True, city_weight=weight) == pytest.approx(killed * (1.0 + weight))


@given(st.floats(0.0, 1e5), UNIT, UNIT)
def test_deaths_of_a_day_are_a_whole_number(mean: float, u: float, v: float) -> None:
    killed = deaths_of_a_day(mean, u, v)
    assert killed == int(killed) >= 0
    assert deaths_of_a_day(0.0, u, v) == 0.0


@phase
def fill(keys: np.ndarray, mean: float, killed: np.ndarray) -> None:
    """Draw the deaths of many days."""
    for day in range(killed.shape[0]):
        u, v = rng.two_uniforms(keys[0], 7, day, 0)
        killed[day] = deaths_of_a_day(mean, u, v)


@pytest.mark.statistical
@pytest.mark.parametrize("mean", [0.3, 4.0, 40.0])
def test_deaths_are_negative_binomial_with_dispersion_one_half(mean: float) -> None:
    killed = np.zeros(400_000)
    fill(np.array([(20_241_208, 0, 0)], rng.KEY_DTYPE).view(np.recarray), mean, killed)
    theory = stats.nbinom(0.5, 0.5 / (0.5 + mean))
    variance, kurtosis = (float(moment) for moment in theory.stats("vk"))
    assert variance == pytest.approx(mean + 2.0 * mean**2)
    assert_mean("deaths", killed, mean, variance**0.5)
    assert_mean("variance of deaths", (killed - mean) ** 2, variance, variance * (kurtosis + 2.0) ** 0.5)
    for most in (0, 3, 30):
        assert_share(f"days with at most {most}", int((killed <= most).sum()), len(killed), float(theory.cdf(most)))


@given(within("violence", "revenge_per_day"), within("violence", "revenge_per_day"))
def test_burst_probability_is_one_that_grows_with_the_hazard(low: float, high: float) -> None:
    low, high = sorted((low, high))
    assert 0.0 <= burst_probability(low) <= burst_probability(high) <= 1.0


@given(PEOPLE, SHARE, SHARE, st.integers(0, 3650), st.integers(0, 3650), within("violence", "revenge_fade_days"))
def test_revenge_seeks_strangers_who_came_late(
    people: float, low: float, high: float, new: int, old: int, fade: float
) -> None:
    low, high = sorted((low, high))
    new, old = sorted((new, old))
    assert 0.0 <= revenge_weight(people, low, old, fade) <= revenge_weight(people, high, new, fade) <= people
    assert revenge_weight(people, 0.0, new, fade) == 0.0


BURST = (within("violence", "revenge_median"), within("violence", "revenge_spread"), within("violence", "revenge_most"))


@given(NORMAL, NORMAL, PEOPLE, *BURST)
def test_a_burst_kills_a_whole_number_and_no_more_than_its_share(
    low: float, high: float, people: float, median: float, spread: float, most: float
) -> None:
    low, high = sorted((low, high))
    size = burst_size(low, people, median, spread, most)
    assert size == int(size)
    assert 1.0 <= size <= burst_size(high, people, median, spread, most) <= max(1.0, most * people + 0.5)


def test_burst_size_worked_out_by_hand() -> None:
    assert burst_size(0.0, 1e6, 300.0, 1.2, 0.02) == 300.0
    assert burst_size(1.0, 1e6, 300.0, 1.2, 0.02) == 996.0  # 300 e**1.2 = 996.04
    assert burst_size(5.0, 1e5, 300.0, 1.2, 0.02) == 2000.0


@given(UNIT)
def test_bursts_last_as_long_as_their_bounds_say(u: float) -> None:
    least, more = default("violence", "revenge_least_days"), default("violence", "revenge_more_days")
    assert burst_days(u, least, more) in range(3, 8)


@pytest.mark.parametrize(("u", "days"), [(0.01, 3), (0.19, 3), (0.21, 4), (0.79, 6), (0.81, 7), (0.99, 7)])
def test_each_length_takes_a_fifth_of_the_draws(u: float, days: int) -> None:
    assert burst_days(u, 3.0, 4.0) == days


@given(st.integers(1, 1_000_000), st.integers(1, 365))
def test_a_burst_is_spread_evenly_and_leaves_nothing(size: int, days: int) -> None:
    left = float(size)
    for remaining in range(days, 0, -1):
        due = deaths_due(left, remaining)
        assert due == int(due)
        assert abs(due - size / days) <= 1.0
        left -= due
    assert left == 0.0


@given(GRIEVANCE, st.floats(1.0, 1e5), PEOPLE, within("violence", "grievance_gain"))
def test_a_burst_never_soothes(grievance: float, size: float, people: float, gain: float) -> None:
    assert aroused_grievance(grievance, size, people, gain) >= grievance


def test_aroused_grievance_worked_out_by_hand() -> None:
    assert aroused_grievance(1.5, 500.0, 1e6, 2.0) == pytest.approx(2.5)


@given(GRIEVANCE, GRIEVANCE, within("violence", "grievance_days"))
def test_grievance_returns_to_one_and_keeps_its_order(low: float, high: float, days: float) -> None:
    low, high = sorted((low, high))
    assert 1.0 <= relaxed_grievance(low, days) <= relaxed_grievance(high, days) <= high
    assert relaxed_grievance(1.0, days) == 1.0


@given(GRIEVANCE)
def test_grievance_is_down_to_a_third_after_its_time(grievance: float) -> None:
    assume(grievance > 1.0)
    later = grievance
    for _ in range(180):
        later = relaxed_grievance(later, 180.0)
    assert later - 1.0 == pytest.approx((grievance - 1.0) / math.e)


@given(SHARE, SHARE, SHARE, SHARE)
def test_revenge_seeks_the_fallen_regimes_own_and_more_so_where_its_remnants_fight(
    strange: float, core: float, more: float, weight: float
) -> None:
    for has_remnants in (False, True):
        call = old_lines(strange, core, has_remnants, weight)
        assert 0.0 <= call <= old_lines(strange, max(core, more), has_remnants, weight)
        assert call <= old_lines(strange, core, REMNANTS, weight)
        assert old_lines(strange, core, has_remnants, 0.0) == strange
        assert old_lines(strange, 0.0, has_remnants, 1.0) == 0.0


def test_old_lines_and_disorder_worked_out_by_hand() -> None:
    assert old_lines(0.5, 0.2, REMNANTS, 1.0) == pytest.approx(0.6)
    assert old_lines(0.5, 0.2, not REMNANTS, 0.25) == pytest.approx(0.425)
    assert disorder(0.5, 0) == 0.5
    assert disorder(0.5, 60) == pytest.approx(0.5 / math.e)
