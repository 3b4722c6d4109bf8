"""Talks end wars that stand still between few parties, and only on terms that all prefer to war."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.core.rules.contest import contest_success
from sim.core.rules.settlement import accepts, dissolution_after_handover, ripeness, settlement_probability
from tests.rules.ranges import SHARE, default, within

DAYS = st.floats(0.0, 1000.0)
POWER = st.floats(0.0, 1e6)
PARTIES = st.integers(2, 12)
NAMES = ("stalemate_weight", "change_weight", "veto_weight", "mediation_weight", "cost_weight")
WEIGHTS = st.tuples(*(within("settlement", name) for name in NAMES))
DEFAULTS = tuple(default("settlement", name) for name in NAMES)
PER_DAY = default("settlement", "settlement_per_day")


@given(DAYS, DAYS, PARTIES, PARTIES, SHARE, SHARE, SHARE, SHARE, WEIGHTS)
def test_wars_ripen_with_stalemate_mediation_and_cost_but_not_with_parties(
    quiet: float,
    longer: float,
    parties: int,
    more: int,
    mediation: float,
    stronger: float,
    cost: float,
    higher: float,
    weights: tuple[float, ...],
) -> None:
    ripe = ripeness(quiet, 0.1, parties, mediation, cost, *weights)
    assert ripeness(max(quiet, longer), 0.1, parties, mediation, cost, *weights) >= ripe
    assert ripeness(quiet, 0.1, max(parties, more), mediation, cost, *weights) <= ripe
    assert ripeness(quiet, 0.1, parties, max(mediation, stronger), cost, *weights) >= ripe
    assert ripeness(quiet, 0.1, parties, mediation, max(cost, higher), *weights) >= ripe
    assert 0.0 <= settlement_probability(ripe, PER_DAY) <= 1.0


@given(DAYS, SHARE, SHARE, PARTIES, WEIGHTS)
def test_movement_on_the_map_keeps_a_war_from_ripening(
    quiet: float, slow: float, fast: float, parties: int, weights: tuple[float, ...]
) -> None:
    slow, fast = sorted((slow, fast))
    assert ripeness(quiet, fast, parties, 0.0, 0.0, *weights) <= ripeness(quiet, slow, parties, 0.0, 0.0, *weights)


def test_a_war_that_has_just_begun_has_the_hazard_of_the_parameter() -> None:
    assert settlement_probability(ripeness(0.0, 0.0, 2, 0.0, 0.0, *DEFAULTS), 2e-4) == pytest.approx(2e-4, rel=1e-3)


def test_a_stalemate_of_half_a_year_worked_out_by_hand() -> None:
    chance = settlement_probability(ripeness(180.0, 0.0, 4, 1.0, 0.0, 1.5, 2.0, 0.25, 0.7, 0.5), 2e-4)
    assert chance == pytest.approx(2e-4 * math.exp(1.5 - 0.5 + 0.7), rel=1e-2)


def test_nobody_settles_in_a_blitz() -> None:
    """A tenth of the people changes hands every day for two weeks."""
    blitz = settlement_probability(ripeness(0.0, 0.1, 4, 0.0, 0.0, *DEFAULTS), PER_DAY)
    stalemate = settlement_probability(ripeness(180.0, 0.0, 4, 0.0, 0.0, *DEFAULTS), PER_DAY)
    assert 1.0 - (1.0 - blitz) ** 14 < 5e-4
    assert stalemate > 20.0 * blitz


@given(SHARE, SHARE, POWER, POWER, POWER, st.floats(0.5, 3.0), SHARE)
def test_a_party_that_accepts_accepts_more_and_when_it_is_weaker(
    offer: float, better: float, own: float, others: float, more: float, decisiveness: float, cost: float
) -> None:
    if accepts(offer, contest_success(own, others, decisiveness), cost):
        assert accepts(max(offer, better), contest_success(own, others, decisiveness), cost)
        assert accepts(offer, contest_success(own, others + more, decisiveness), cost) or own == 0.0
    assert accepts(1.0, contest_success(own, others, decisiveness), cost)


@pytest.mark.parametrize(("offer", "own", "accepted"), [(0.39, 10.0, False), (0.41, 10.0, True), (0.66, 30.0, True)])
def test_war_is_worth_the_chance_to_win_less_its_cost(*, offer: float, own: float, accepted: bool) -> None:
    assert accepts(offer, contest_success(own, 10.0, 1.0), 0.1) == accepted


@given(SHARE, SHARE)
def test_a_handover_leaves_fewer_remnants(dissolution: float, remnants: float) -> None:
    after = dissolution_after_handover(dissolution, remnants)
    assert dissolution - 1e-15 <= after <= 1.0
    assert dissolution_after_handover(0.8, 0.5) == pytest.approx(0.9)
