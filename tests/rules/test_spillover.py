"""What reaches a neighbour: rates of incidents, whom they kill, alerts, and levels by their definition."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from sim.core.codes import Cause, Channel, Level
from sim.core.parameters import describe
from sim.core.rules import MECHANISMS, Rules
from sim.core.rules.spillover import (
    alert_end_probability,
    alert_probability,
    background_rate,
    border_factor,
    caused_rate,
    deaths_at_least,
    fill,
    hardening_day_0,
    has_fire,
    incident_deaths,
    level_of,
    own_war_hazard,
    proximity,
    refugee_burden,
    wait,
    wanted_guard,
)
from tests.rules.ranges import SHARE, default, within

DRAW = st.floats(0.0, 1.0, exclude_min=True, exclude_max=True)
FACTOR = st.floats(0.0, 50.0)
CHANGE = st.floats(0.0, 9.0)
ALARM = st.floats(0.0, 3.0)
EVEN = (np.arange(200_000) + 0.5) / 200_000


def test_causes_are_the_background_and_then_the_channels() -> None:
    assert [cause.name for cause in Cause] == ["BACKGROUND", *(channel.name for channel in Channel)]


def test_weights_of_the_channels_share_what_the_war_adds() -> None:
    assert sum(Rules().spillover.weight) == pytest.approx(1.0)


@given(st.integers(0, 60), st.integers(0, 60), within("spillover", "border_exponent"))
def test_longer_borders_see_no_fewer_incidents(one: int, other: int, exponent: float) -> None:
    short, long = sorted((one, other))
    assert border_factor(short, exponent) <= border_factor(long, exponent)


def test_a_usual_border_is_one_of_two_and_a_half_units() -> None:
    assert border_factor(2, 0.9) < 1.0 < border_factor(3, 0.9)
    assert border_factor(6, 1.0) == 2.0
    assert border_factor(0, 0.0) == 1.0


@given(FACTOR, st.floats(0.0, 10.0), SHARE, within("spillover", "capacity_effect"))
def test_the_background_is_in_proportion_to_its_factors(factor: float, rate: float, capacity: float, k: float) -> None:
    once = background_rate(rate, 1.0, capacity, k, factor)
    assert background_rate(rate, 2.0, capacity, k, factor) == pytest.approx(2.0 * once)
    assert background_rate(rate, 1.0, capacity, 0.0, factor) == pytest.approx(factor * rate)
    assert background_rate(rate, 1.0, 0.5, k, factor) == pytest.approx(factor * rate)


@given(CHANGE, CHANGE, SHARE, SHARE, SHARE, FACTOR)
def test_more_change_adds_no_fewer_incidents_and_more_guard_no_more(
    one: float, other: float, guard: float, relief: float, effect: float, factor: float
) -> None:
    little, much = sorted((one, other))
    here = caused_rate(0.03, little, guard, effect, factor)
    assert 0.0 <= here <= caused_rate(0.03, much, guard, effect, factor)
    assert here <= caused_rate(0.03, little, guard * relief, effect, factor)
    assert caused_rate(0.03, 0.0, guard, effect, factor) == 0.0
    assert caused_rate(0.0, much, guard, effect, factor) == 0.0


@given(CHANGE)
def test_the_risk_of_an_own_war_grows_with_what_the_war_adds(change: float) -> None:
    assert own_war_hazard(4e-5, change) == pytest.approx(4e-5 * (1.0 + change))


def test_waits_are_exponential_with_mean_1() -> None:
    waits = np.array([wait(u) for u in EVEN])
    assert waits.min() > 0.0
    assert waits.mean() == pytest.approx(1.0, rel=1e-3)
    assert (waits > 2.0).mean() == pytest.approx(math.exp(-2.0), rel=1e-3)


@given(SHARE, SHARE, st.floats(1.0, 1000.0), st.floats(0.0, 3.0), DRAW, st.floats(-6.0, 6.0))
def test_who_is_killed_was_shot_at_and_is_a_whole_person(
    deadly: float, fire: float, median: float, spread: float, u: float, z: float
) -> None:
    deaths = incident_deaths(deadly, median, spread, u, z)
    assert deaths == math.floor(deaths)
    assert (deaths >= 1.0) == (u < deadly)
    assert has_fire(deadly, fire, u) or deaths == 0.0


def test_shots_are_fired_as_often_as_said() -> None:
    fired = np.mean([has_fire(0.12, 0.05, u) for u in EVEN])
    assert fired == pytest.approx(0.12 + 0.88 * 0.05, rel=1e-3)
    assert np.mean([has_fire(0.0, 0.0, u) for u in EVEN]) == 0.0


@pytest.mark.parametrize(("median", "spread"), [(4.0, 1.3), (20.0, 0.5)])
def test_deaths_of_deadly_incidents_are_log_normal(median: float, spread: float) -> None:
    z = stats.norm.ppf(EVEN)
    deaths = np.array([incident_deaths(1.0, median, spread, 0.5, one) for one in z])
    assert np.median(deaths) == median
    mean = median * math.exp(spread**2 / 2.0)
    assert deaths.mean() == pytest.approx(mean, rel=0.03)  # rounding lifts what is below one


def test_a_deadly_incident_kills_nine_in_the_mean() -> None:
    median, spread = default("spillover", "deaths_median"), default("spillover", "deaths_spread")
    assert median * math.exp(spread**2 / 2.0) == pytest.approx(9.3, abs=0.1)


@given(ALARM, ALARM, CHANGE, st.integers(0, 20))
def test_alarms_change_and_incidents_make_no_alert_rarer(
    one: float, other: float, change: float, incidents: int
) -> None:
    quiet, loud = sorted((one, other))
    here = alert_probability(0.002, 0.06, quiet, 0.02, change, incidents)
    assert 0.0 <= here <= 1.0
    assert here <= alert_probability(0.002, 0.06, loud, 0.02, change, incidents)
    assert here <= alert_probability(0.002, 0.06, quiet, 0.02, change + 1.0, incidents)
    assert here <= alert_probability(0.002, 0.06, quiet, 0.02, change, incidents + 1)


def test_an_incident_is_answered_by_an_alert_every_other_time() -> None:
    assert alert_probability(0.0, 0.0, 1.0, 0.0, 1.0, 0) == 0.0
    assert alert_probability(0.0, 0.0, 0.0, 0.0, 0.0, 1) == 0.5
    assert alert_probability(0.0, 0.0, 0.0, 0.0, 0.0, 2) == 0.75
    assert alert_probability(0.002, 0.06, 1.0, 0.0, 0.0, 0) == pytest.approx(1.0 - math.exp(-0.062))


@given(ALARM)
def test_no_alert_ends_while_there_is_a_reason_for_it(alarm: float) -> None:
    assert alert_end_probability(0.02, alarm) <= alert_end_probability(0.02, 0.0) == 1.0 - math.exp(-0.02)
    assert alarm < 1.0 or alert_end_probability(0.02, alarm) == 0.0


@given(st.floats(0.0, 1e5), st.integers(0, 400), st.booleans())
def test_levels_follow_their_definition(deaths: float, quiet_days: int, is_alert: bool) -> None:  # noqa: FBT001 - drawn
    level = level_of(deaths, quiet_days, int(is_alert))
    assert (level == Level.CIVIL_WAR) == (deaths >= 1000.0)
    assert (level >= Level.VIOLENCE) == (deaths >= 26.0)
    assert (level >= Level.INCIDENT) == (deaths >= 26.0 or quiet_days < 30)
    assert (level >= Level.ALERT) == (is_alert or deaths >= 26.0 or quiet_days < 30)


@pytest.mark.parametrize("level", Level)
def test_a_level_of_day_0_has_the_deaths_that_it_means(level: Level) -> None:
    fired = 0 if level >= Level.INCIDENT else 30
    assert level_of(deaths_at_least(level), fired, int(level >= Level.ALERT)) == level


def test_rates_rise_with_the_level_of_day_0() -> None:
    rates = Rules().spillover.incident_rate
    assert list(rates) == sorted(rates)
    limits = {describe(MECHANISMS["spillover"])[f"incident_rate.{level.name.lower()}"].limits for level in Level}
    assert len(limits) == 1


@given(st.floats(0.0, 1e7), st.floats(0.0, 1e7), st.floats(1e5, 1e9))
def test_refugees_burden_by_their_share_of_the_people(one: float, other: float, people: float) -> None:
    few, many = sorted((one, other))
    assert 0.0 <= refugee_burden(few, people) <= refugee_burden(many, people) <= 1.0
    assert refugee_burden(2.0 * few, 2.0 * people) == pytest.approx(refugee_burden(few, people))


def test_channels_worked_out_by_hand() -> None:
    assert refugee_burden(1000.0, 1e6) == pytest.approx(math.log(2.0) / 3.0)  # one per thousand
    assert refugee_burden(0.0, 1e6) == 0.0
    assert refugee_burden(20_000.0, 1e6) == 1.0
    assert fill(250.0, 1000.0) == 0.25
    assert fill(2000.0, 1000.0) == 1.0
    assert fill(1.0, 0.0) == 0.0
    assert [proximity(hops) for hops in (1, 2, 3)] == [1.0, 0.5, 0.0]


@given(st.integers(0, 4), SHARE, SHARE, st.floats(0.0, 10.0))
def test_a_guard_is_a_share_and_grows_with_capacity(level: int, one: float, other: float, lever: float) -> None:
    weak, strong = sorted((one, other))
    for chosen in (lever, -1.0):
        assert 0.0 <= wanted_guard(level, weak, chosen) <= wanted_guard(level, strong, chosen) <= 1.0
    assert wanted_guard(0, strong, -1.0) == 0.0
    assert wanted_guard(level, strong, lever) == pytest.approx(min(1.0, lever * strong))
    assert hardening_day_0(strong, level) == wanted_guard(level, strong, -1.0)
