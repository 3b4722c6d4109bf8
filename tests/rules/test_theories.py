"""Theories that can be chosen: what each says in its limits, which way it moves, and that the usual one stays."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.core.rules import Rules, pack_rules
from sim.core.rules.contest import (
    ContestForm,
    chance_against_both,
    chance_to_prevail,
    contest_success,
    log_odds,
    log_odds_to_prevail,
    logistic,
    winning_ratio,
)
from sim.core.rules.morale import MoraleForm, bistable_half_width, morale_at_rest, morale_target, relaxed_morale
from sim.core.rules.patronage import PatronageForm, reconsiders
from tests.rules.ranges import SHARE, within
from tests.worlds import fallen, mornings, runs_of, scenario_of

RATIO, DIFFERENCE = ContestForm.RATIO.value, ContestForm.DIFFERENCE.value
LINEAR, THRESHOLD = MoraleForm.LINEAR.value, MoraleForm.THRESHOLD.value
STRENGTH = st.floats(0.0, 1e6)
DECISIVENESS = within("contest", "decisiveness")
SCALE = within("contest", "difference_scale")
FIELD = st.floats(-10.0, 10.0)
SLOPE = within("morale", "slope")
BETA = within("morale", "beta")


@given(STRENGTH, STRENGTH, DECISIVENESS, SCALE)
def test_the_ratio_form_is_the_contest_success_of_the_rulebook(
    own: float, other: float, decisiveness: float, scale: float
) -> None:
    assert chance_to_prevail(own, other, decisiveness, RATIO, scale) == contest_success(own, other, decisiveness)
    assert log_odds_to_prevail(own, other, decisiveness, RATIO, scale) == log_odds(own, other, decisiveness)


@given(STRENGTH, STRENGTH, STRENGTH, DECISIVENESS, SCALE)
def test_in_the_difference_form_chances_add_up_and_grow_with_strength(
    own: float, more: float, other: float, decisiveness: float, scale: float
) -> None:
    chance = chance_to_prevail(own, other, decisiveness, DIFFERENCE, scale)
    assert 0.0 <= chance <= 1.0
    assert chance + chance_to_prevail(other, own, decisiveness, DIFFERENCE, scale) == pytest.approx(1.0, abs=1e-12)
    assert chance_to_prevail(own + more, other, decisiveness, DIFFERENCE, scale) >= chance
    assert chance_to_prevail(own, own, decisiveness, DIFFERENCE, scale) == 0.5


@given(st.floats(0.0, 1e5), st.floats(0.0, 1e5), st.floats(0.0, 1e5), st.floats(0.1, 3.0))
def test_what_both_add_changes_no_odds_of_the_difference_form(
    own: float, other: float, added: float, decisiveness: float
) -> None:
    """Hirshleifer (1989): odds follow the difference alone; multiplying both sides makes the lead count for more."""
    chance = chance_to_prevail(own, other, decisiveness, DIFFERENCE, 5000.0)
    assert chance_to_prevail(own + added, other + added, decisiveness, DIFFERENCE, 5000.0) == pytest.approx(
        chance, abs=1e-9
    )
    doubled = chance_to_prevail(2.0 * own, 2.0 * other, decisiveness, DIFFERENCE, 5000.0)
    assert abs(doubled - 0.5) >= abs(chance - 0.5) - 1e-12


@given(st.floats(1.0, 1e4), DECISIVENESS)
def test_a_side_without_strength_loses_for_sure_by_ratio_and_keeps_a_chance_by_difference(
    other: float, decisiveness: float
) -> None:
    assert chance_to_prevail(0.0, other, max(decisiveness, 0.5), RATIO, 5000.0) < 1e-4
    by_difference = chance_to_prevail(0.0, other, decisiveness, DIFFERENCE, 5000.0)
    assert by_difference == pytest.approx(1.0 / (1.0 + math.exp(decisiveness * other / 5000.0)), rel=1e-9)


def test_a_lead_of_the_scale_multiplies_the_odds_by_e_to_the_decisiveness() -> None:
    chance = chance_to_prevail(12_000.0, 7_000.0, 1.5, DIFFERENCE, 5000.0)
    assert chance / (1.0 - chance) == pytest.approx(math.exp(1.5))


@given(st.floats(1.0, 1e6), st.floats(1.0, 1e6), st.floats(1.0, 1e6), DECISIVENESS, SCALE, st.sampled_from([0, 1]))
def test_the_chances_of_three_add_up_to_one(
    own: float, one: float, other: float, decisiveness: float, scale: float, form: int
) -> None:
    three = [(own, one, other), (one, own, other), (other, own, one)]
    chances = [chance_against_both(*sides, decisiveness, form, scale) for sides in three]
    assert sum(chances) == pytest.approx(1.0)
    assert chances[0] <= chance_to_prevail(own, one, decisiveness, form, scale) + 1e-9


@given(st.floats(0.01, 0.99), DECISIVENESS, st.floats(1.0, 1e4))
def test_nothing_is_hopeless_by_its_ratio_in_the_difference_form(odds: float, decisiveness: float, own: float) -> None:
    assert winning_ratio(odds, decisiveness, DIFFERENCE) == 0.0
    ratio = winning_ratio(odds, max(decisiveness, 0.5), RATIO)
    assert chance_to_prevail(ratio * own, own, max(decisiveness, 0.5), RATIO, 1.0) == pytest.approx(odds, rel=1e-6)


@given(SHARE, SHARE, FIELD, FIELD, BETA, SLOPE)
def test_linear_morale_follows_the_field_and_no_comrade(
    mixed: float, other: float, field: float, more: float, beta: float, slope: float
) -> None:
    target = morale_target(mixed, field, beta, LINEAR, slope)
    assert 0.0 <= target <= 1.0
    assert morale_target(other, field, beta, LINEAR, slope) == target
    assert morale_target(mixed, field + abs(more), beta, LINEAR, slope) >= target
    assert morale_at_rest(field, beta, LINEAR, slope) == target
    assert morale_target(mixed, 0.0, beta, LINEAR, slope) == 0.5


@given(st.floats(4.5, 9.0), st.floats(0.2, 0.6))
def test_only_the_threshold_model_remembers_that_it_broke(beta: float, margin: float) -> None:
    """Kuran (1989): a small push brings it down, and taking the push back does not bring it up; the rival mends."""
    ends = {}
    for form in (THRESHOLD, LINEAR):
        half_width = bistable_half_width(beta, form)
        before = morale = morale_at_rest(margin - half_width, beta, form, 1.0)
        for push in [2.0] * 60 + [0.0] * 400:
            morale = relaxed_morale(
                morale, morale_target(morale, margin - half_width - push, beta, form, 1.0), 0.33, 0.1
            )
        ends[form] = before - morale
    assert bistable_half_width(beta, LINEAR) == 0.0 < bistable_half_width(beta, THRESHOLD)
    assert ends[LINEAR] == pytest.approx(0.0, abs=1e-9)
    if margin < 2.0 * bistable_half_width(beta, THRESHOLD):
        assert ends[THRESHOLD] > 0.05


def test_only_patrons_who_weigh_reconsider() -> None:
    assert reconsiders(PatronageForm.UTILITY)
    assert not reconsiders(PatronageForm.FIXED)


def test_fixed_patrons_give_on_every_day_what_they_gave_on_the_first() -> None:
    scenario = scenario_of("levant_2024", rules={"patronage": {"form": "fixed"}}, days=40)
    usual = scenario_of("levant_2024", days=40)
    given_first, *later = [state[0]["support"].copy() for state in mornings(scenario, 3)]
    assert all(np.array_equal(support, given_first) for support in later)
    assert given_first.max() > 0.0
    *_, last = mornings(scenario, 3)
    assert last[0]["direct"].max() == 0.0
    assert last[0]["is_abandoned"].max() == 0
    first, *_, evening = (state[0]["support"].copy() for state in mornings(usual, 3))
    assert np.array_equal(first, given_first)
    assert not np.array_equal(evening, first)


@pytest.mark.parametrize(
    ("mechanism", "form"), [("contest", "difference"), ("morale", "linear"), ("patronage", "fixed")]
)
def test_a_theory_changes_runs_and_naming_the_usual_one_does_not(mechanism: str, form: str) -> None:
    usual = runs_of(scenario_of("liberia_2003"), 40)
    assert np.array_equal(runs_of(scenario_of("liberia_2003", rules={}), 40), usual)
    other = runs_of(scenario_of("liberia_2003", rules={mechanism: {"form": form}}), 40)
    assert (other["status"] == 0).all()
    assert not np.array_equal(other, usual)
    assert 0.0 <= fallen(other).mean() <= 1.0


def test_the_number_of_a_theory_stands_in_the_record() -> None:
    record = pack_rules(Rules())[0]
    assert [record[name]["form"] for name in ("contest", "morale", "patronage")] == [0, 0, 0]
    assert scenario_of("liberia_2003", rules={"morale": {"form": "linear"}}).rules[0]["morale"]["form"] == LINEAR
    assert logistic(0.0) == 0.5
