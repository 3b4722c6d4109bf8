"""The end of a regime: flight, coup and storm answer the situation, never the date; recruits run dry."""

import inspect
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.core.rules.regime import (
    coup_probability,
    daily_recruits,
    disloyalty,
    flight_probability,
    storm_probability,
)
from tests.rules.ranges import SHARE, default, within

GATE_HELD, GATE_LOST = False, True
QUIET, CONTESTED = False, True
FLIGHT = tuple(within("regime", name) for name in ("flight_per_day", "flight_floor", "flight_gate", "flight_contested"))
MORALE_LIMIT = within("regime", "flight_morale")
COUP = within("regime", "coup_per_day")
TALKS = within("regime", "bargain_days")
TEMPO = st.floats(0.05, 20.0)


@given(SHARE, SHARE, MORALE_LIMIT)
def test_disloyalty_is_a_share_that_grows_as_morale_falls(low: float, high: float, threshold: float) -> None:
    low, high = sorted((low, high))
    assert 0.0 <= disloyalty(high, threshold) <= disloyalty(low, threshold) <= 1.0


def test_disloyalty_worked_out_by_hand() -> None:
    assert disloyalty(0.5, 0.5) == disloyalty(1.0, 0.5) == 0.0
    assert disloyalty(0.125, 0.5) == 0.75
    assert disloyalty(0.0, 0.5) == 1.0


@pytest.mark.parametrize("gate", [GATE_HELD, GATE_LOST])
@pytest.mark.parametrize("capital", [QUIET, CONTESTED])
@given(patron=SHARE, hazard=FLIGHT[0], floor=FLIGHT[1], lost=FLIGHT[2], fighting=FLIGHT[3])
def test_a_leader_of_loyal_forces_stays(
    *, gate: bool, capital: bool, patron: float, hazard: float, floor: float, lost: float, fighting: float
) -> None:
    assert flight_probability(0.0, gate, capital, patron, hazard, floor, lost, fighting) == 0.0


@pytest.mark.parametrize("rule", [flight_probability, coup_probability, storm_probability])
def test_no_chance_depends_on_the_date(rule: object) -> None:
    function = getattr(rule, "py_func", rule)
    assert callable(function)
    names = set(inspect.signature(function).parameters)
    assert names.isdisjoint({"day", "days", "date", "time", "today", "t"})


@given(SHARE, SHARE, SHARE, SHARE, *FLIGHT)
def test_flight_is_never_less_likely_when_things_get_worse(
    low: float,
    high: float,
    weak: float,
    strong: float,
    hazard: float,
    floor: float,
    gate: float,
    fighting: float,
) -> None:
    low, high = sorted((low, high))
    weak, strong = sorted((weak, strong))
    weights = hazard, floor, gate, fighting
    chance = flight_probability(low, GATE_HELD, QUIET, strong, *weights)
    without_gate = flight_probability(low, GATE_LOST, QUIET, strong, *weights)
    assert 0.0 <= chance <= without_gate <= 1.0
    assert flight_probability(high, GATE_HELD, QUIET, strong, *weights) >= chance
    assert flight_probability(low, GATE_HELD, CONTESTED, strong, *weights) >= chance
    assert flight_probability(low, GATE_LOST, QUIET, weak, *weights) >= without_gate
    assert flight_probability(low, GATE_LOST, CONTESTED, weak, *weights) <= 1.0


@given(SHARE, SHARE, SHARE, *FLIGHT)
def test_patrons_matter_to_flight_only_once_the_gate_is_lost(
    disloyal: float, weak: float, strong: float, hazard: float, floor: float, gate: float, fighting: float
) -> None:
    weights = hazard, floor, gate, fighting
    alone = flight_probability(disloyal, GATE_HELD, CONTESTED, weak, *weights)
    assert alone == flight_probability(disloyal, GATE_HELD, CONTESTED, strong, *weights)


@pytest.mark.parametrize(
    ("disloyal", "gate", "capital", "patron", "hazard"),
    [
        (1.0, GATE_HELD, QUIET, 0.0, 0.36 * 0.1),
        (1.0, GATE_LOST, QUIET, 1.0, 0.36 * 0.4),
        (1.0, GATE_LOST, QUIET, 0.0, 0.36 * 0.55),  # half of the gate's 0.3 again without patrons
        (1.0, GATE_LOST, CONTESTED, 0.0, 0.36 * 4.55),
        (0.5, GATE_HELD, CONTESTED, 0.5, 0.09 * 4.1),  # disloyalty counts by its square
    ],
)
def test_flight_worked_out_by_hand(disloyal: float, patron: float, hazard: float, *, gate: bool, capital: bool) -> None:
    chance = flight_probability(disloyal, gate, capital, patron, 0.36, 0.1, 0.3, 4.0)
    assert chance == pytest.approx(1.0 - math.exp(-hazard))


@given(SHARE, SHARE, SHARE, SHARE, SHARE, COUP)
def test_coup_is_less_likely_with_loyalty_proofing_and_patrons(
    low: float, high: float, proofing: float, patron: float, more: float, hazard: float
) -> None:
    low, high = sorted((low, high))
    chance = coup_probability(high, proofing, patron, hazard)
    assert 0.0 <= chance <= 1.0
    assert coup_probability(low, proofing, patron, hazard) <= chance
    assert coup_probability(high, max(proofing, more), patron, hazard) <= chance
    assert coup_probability(high, proofing, max(patron, more), hazard) <= chance


@given(SHARE, SHARE, COUP)
def test_loyalty_proofing_or_patrons_alone_can_rule_out_a_coup(one: float, other: float, hazard: float) -> None:
    assert coup_probability(0.0, one, other, hazard) == 0.0
    assert coup_probability(one, 1.0, other, hazard) == 0.0
    assert coup_probability(one, other, 1.0, hazard) == 0.0


def test_coup_worked_out_by_hand() -> None:
    assert coup_probability(1.0, 0.0, 0.0, 0.01) == pytest.approx(1.0 - math.exp(-0.01))
    assert coup_probability(0.5, 0.2, 0.5, 0.05) == pytest.approx(1.0 - math.exp(-0.01))


@given(TALKS, TALKS, TEMPO, TEMPO)
def test_the_storm_comes_no_later_when_talks_are_short_or_the_tempo_is_high(
    short: float, long: float, fast: float, slow: float
) -> None:
    short, long = sorted((short, long))
    fast, slow = sorted((fast, slow))
    chance = storm_probability(long, slow)
    assert 0.0 <= chance <= 1.0
    assert storm_probability(short, slow) >= chance
    assert storm_probability(long, fast) >= chance


def test_storm_worked_out_by_hand() -> None:
    assert storm_probability(17.0, 1.0) == pytest.approx(1.0 - math.exp(-1.0 / 17.0))
    assert storm_probability(17.0, 2.0) == pytest.approx(1.0 - math.exp(-0.5 / 17.0))


def test_mean_wait_for_the_storm_is_the_parameter() -> None:
    # Whole days with a hazard of 1/17 a day: the mean wait is 17 days to within the day of the draw.
    days = default("regime", "bargain_days")
    wait = 1.0 / storm_probability(days, 1.0)
    assert days < wait < days + 1.0


ARMY = st.floats(0.0, 2e6)
RECRUITS = (within("regime", "recruits"), within("regime", "recruit_days"))


@given(ARMY, SHARE, SHARE, SHARE, st.integers(0, 400), *RECRUITS)
def test_recruits_decline_day_by_day(
    army: float, capacity: float, resolve: float, morale: float, day: int, share: float, exhaustion: float
) -> None:
    today = daily_recruits(army, capacity, resolve, morale, day, share, exhaustion)
    tomorrow = daily_recruits(army, capacity, resolve, morale, day + 1, share, exhaustion)
    assert 0.0 <= tomorrow <= today
    assert tomorrow == pytest.approx(today * math.exp(-1.0 / exhaustion), rel=1e-9, abs=1e-300)


@given(ARMY, SHARE, SHARE, SHARE, SHARE, *RECRUITS)
def test_recruits_follow_army_capacity_resolve_and_morale(
    army: float, capacity: float, resolve: float, morale: float, cut: float, share: float, exhaustion: float
) -> None:
    full = daily_recruits(army, capacity, resolve, morale, 3, share, exhaustion)
    reduced = pytest.approx(cut * full, rel=1e-9, abs=1e-300)
    assert daily_recruits(cut * army, capacity, resolve, morale, 3, share, exhaustion) == reduced
    assert daily_recruits(army, cut * capacity, resolve, morale, 3, share, exhaustion) == reduced
    assert daily_recruits(army, capacity, cut * resolve, morale, 3, share, exhaustion) == reduced
    assert daily_recruits(army, capacity, resolve, cut * morale, 3, share, exhaustion) == reduced


def test_recruits_worked_out_by_hand() -> None:
    assert daily_recruits(50_000.0, 1.0, 1.0, 0.5, 0, 0.01, 60.0) == pytest.approx(500.0)
    assert daily_recruits(50_000.0, 0.5, 0.6, 1.0, 60, 0.01, 60.0) == pytest.approx(300.0 * math.exp(-1.0))


def test_mobilisation_at_its_default_never_raises_more_than_its_time_constant_allows() -> None:
    # A geometric series: share * army * 1 / (1 - exp(-1 / 60)), about 0.6 of the army of day 0.
    values = default("regime", "recruits"), default("regime", "recruit_days")
    total = sum(daily_recruits(1000.0, 1.0, 1.0, 0.5, day, *values) for day in range(2000))
    assert total == pytest.approx(605.0, abs=0.2)
