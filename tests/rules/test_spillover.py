"""The ladder of escalation: base rates, order under common draws, and how pressure, capacity and guard move it."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.core.parameters import describe
from sim.core.rules import MECHANISMS
from sim.core.rules.spillover import (
    fall_probability,
    fill,
    hardening_day_0,
    incident_deaths,
    next_level,
    proximity,
    refugee_burden,
    rise_probability,
    wanted_guard,
)
from tests.rules.ladder import RUNGS, chance_of_reaching, fall, rise
from tests.rules.ranges import SHARE, within

PRESSURE = st.floats(0.0, 3.0)
DRAW = st.floats(0.0, 1.0, exclude_min=True, exclude_max=True)
HAZARD = within("spillover", "alert_per_day")  # all rungs have the same limits, see the test of them
STEEPNESS = within("spillover", "alert_pressure")
END = within("spillover", "alert_end_per_day")
GUARD_EFFECT = within("spillover", "guard_effect")
CAPACITY_EFFECT = within("spillover", "capacity_effect")
RECOVERY_EFFECT = within("spillover", "recovery_effect")


QUIET = np.zeros(365)
WAVE = 2.0 * np.exp(-np.arange(365) / 120.0)


@pytest.mark.parametrize(
    ("pressures", "capacity", "expected"),
    [
        (QUIET, 0.5, (0.77, 0.24, 0.012, 0.001)),
        (WAVE, 0.2, (1.0, 0.95, 0.17, 0.03)),
        (WAVE, 0.5, (1.0, 0.85, 0.084, 0.011)),
        (WAVE, 0.8, (1.0, 0.72, 0.040, 0.004)),
    ],
)
def test_a_year_on_the_ladder_matches_the_published_table(
    pressures: np.ndarray, capacity: float, expected: tuple[float, ...]
) -> None:
    """The table of the model's description, from thousands of simulated years; its last digit is its precision."""
    for rung, chance in enumerate(expected, start=1):
        assert chance_of_reaching(rung, capacity, pressures) == pytest.approx(chance, rel=0.08, abs=0.0007)


def test_all_rungs_have_the_same_limits() -> None:
    limits = {name: described.limits for name, described in describe(MECHANISMS["spillover"]).items()}
    for suffix in ("_per_day", "_pressure", "_end_per_day"):
        assert len({limits[f"{rung}{suffix}"] for rung in RUNGS}) == 1


@given(HAZARD, within("spillover", "ladder_scale"), STEEPNESS, PRESSURE, SHARE, SHARE, GUARD_EFFECT, CAPACITY_EFFECT)
def test_more_pressure_never_helps_and_guard_and_capacity_never_hurt(
    hazard: float,
    scale: float,
    steepness: float,
    pressure: float,
    guard: float,
    capacity: float,
    guard_effect: float,
    effect: float,
) -> None:
    def chance(pressure: float, guard: float, capacity: float) -> float:
        return rise_probability(hazard * scale, steepness, pressure, guard, capacity, guard_effect, effect)

    here = chance(pressure, guard, capacity)
    assert 0.0 <= here <= 1.0
    assert chance(min(3.0, pressure + 0.5), guard, capacity) >= here
    assert chance(pressure, min(1.0, guard + 0.5), capacity) <= here
    assert chance(pressure, guard, min(1.0, capacity + 0.5)) <= here


@given(END, SHARE, SHARE, RECOVERY_EFFECT)
def test_a_capable_state_steps_down_no_later(hazard: float, one: float, other: float, effect: float) -> None:
    weak, strong = sorted((one, other))
    assert 0.0 <= fall_probability(hazard, weak, effect) <= fall_probability(hazard, strong, effect) <= 1.0


@given(HAZARD, within("spillover", "ladder_scale"), STEEPNESS, PRESSURE, CAPACITY_EFFECT, END, RECOVERY_EFFECT, SHARE)
def test_a_step_up_and_one_down_from_above_never_overlap(
    hazard: float,
    scale: float,
    steepness: float,
    pressure: float,
    effect: float,
    end: float,
    recovery: float,
    capacity: float,
) -> None:
    """The condition under which equal draws keep neighbours in order, over all limits."""
    up = rise_probability(hazard * scale, steepness, pressure, 0.0, capacity, 0.0, effect)
    assert up + fall_probability(end, 1.0, recovery) <= 1.0


@given(st.integers(0, 4), SHARE, st.floats(0.0, 0.15), DRAW)
def test_a_level_moves_by_one_and_stays_on_the_ladder(level: int, up: float, down: float, u: float) -> None:
    after = next_level(level, min(up, 0.85), down, u)
    assert 0 <= after <= 4
    assert abs(after - level) <= 1


def test_low_draws_lead_up_and_high_ones_down() -> None:
    assert next_level(1, 0.2, 0.1, 0.19) == 2
    assert next_level(1, 0.2, 0.1, 0.21) == 1
    assert next_level(1, 0.2, 0.1, 0.89) == 1
    assert next_level(1, 0.2, 0.1, 0.91) == 0
    assert next_level(4, 0.9, 0.1, 0.5) == 4
    assert next_level(0, 0.2, 0.9, 0.99) == 0


@given(SHARE, SHARE, st.lists(st.tuples(PRESSURE, SHARE, SHARE, DRAW), max_size=60))
def test_equal_draws_keep_neighbours_in_order_of_pressure_guard_and_capacity(
    one: float, other: float, days: list[tuple[float, float, float, float]]
) -> None:
    weak, strong = sorted((one, other))
    upper, lower = 0, 0
    for pressure, relief, guard, u in days:
        upper = next_level(upper, rise(upper, pressure, weak), fall(upper, weak), u)
        lower = next_level(lower, rise(lower, pressure * relief, strong, guard), fall(lower, strong), u)
        assert lower <= upper


@given(SHARE, SHARE, PRESSURE, SHARE, st.randoms(use_true_random=True))
def test_a_year_of_equal_draws_stays_in_order(
    one: float, other: float, pressure: float, relief: float, draws: Any
) -> None:
    weak, strong = sorted((one, other))
    upper_moves = [(rise(level, pressure, weak), fall(level, weak)) for level in range(5)]
    lower_moves = [(rise(level, pressure * relief, strong), fall(level, strong)) for level in range(5)]
    upper, lower = 0, 0
    for _ in range(365):
        u = draws.random()
        upper = next_level(upper, *upper_moves[upper], u)
        lower = next_level(lower, *lower_moves[lower], u)
        assert lower <= upper


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


@given(st.floats(1.0, 1000.0), DRAW)
def test_an_incident_is_deadly_and_counts_whole_people(mean: float, u: float) -> None:
    deaths = incident_deaths(mean, u)
    assert deaths >= 1.0
    assert deaths == math.floor(deaths)
    assert incident_deaths(1.0, u) == 1.0


@pytest.mark.parametrize("mean", [2.0, 10.0, 60.0])
def test_deaths_have_the_mean_they_are_asked_for(mean: float) -> None:
    even = (np.arange(200_000) + 0.5) / 200_000
    assert np.mean([incident_deaths(mean, u) for u in even]) == pytest.approx(mean, rel=1e-3)


def test_deaths_invert_the_geometric_distribution() -> None:
    assert incident_deaths(2.0, 0.51) == 1.0  # P(1) = 1/2
    assert incident_deaths(2.0, 0.49) == 2.0
    assert incident_deaths(2.0, 0.26) == 2.0
    assert incident_deaths(2.0, 0.24) == 3.0
