"""Whether the main sides agree on a truce, and for how long."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.core.rules.truce import truce_days, truce_probability
from tests.rules.ranges import SHARE, within

OPEN = st.floats(0.001, 0.999)
WEIGHT = within("truce", "mediation_weight")


@given(SHARE, SHARE, SHARE, WEIGHT)
def test_mediation_never_lowers_the_chance_of_a_truce(chance: float, weak: float, strong: float, weight: float) -> None:
    weak, strong = sorted((weak, strong))
    mediated = truce_probability(chance, weak, weight)
    assert 0.0 <= mediated <= truce_probability(chance, strong, weight) <= 1.0
    assert truce_probability(chance, 0.0, weight) == pytest.approx(chance, rel=1e-9)


@given(SHARE, WEIGHT)
def test_nobody_talks_into_a_truce_those_who_never_agree(mediation: float, weight: float) -> None:
    assert truce_probability(0.0, mediation, weight) == 0.0
    assert truce_probability(1.0, mediation, weight) == 1.0


@given(OPEN, OPEN, within("truce", "days"), within("truce", "days_spread"))
def test_a_truce_lasts_longer_the_higher_its_draw(low: float, high: float, median: float, spread: float) -> None:
    low, high = sorted((low, high))
    assert 0.0 < truce_days(low, median, spread) <= truce_days(high, median, spread) <= 3650.0
    assert truce_days(low, median, 0.0) == median


def test_truces_worked_out_by_hand() -> None:
    assert truce_probability(0.5, 1.0, math.log(3.0)) == pytest.approx(0.75)
    assert truce_days(0.5, 40.0, 0.8) == pytest.approx(40.0, rel=1e-3)
    assert truce_days(0.8413447, 40.0, 0.8) == pytest.approx(40.0 * math.exp(0.8), rel=2e-3)
