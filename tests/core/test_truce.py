"""Truces hold back both main sides and nobody else, come once, and end; and the three ends of a regime stand apart."""

import numpy as np
import pytest

from sim.core.codes import Event, Order, Outcome
from sim.core.engine import simulate
from sim.core.record import Histories
from sim.study.explain.chronicle import explain
from sim.world.scenario import Scenario, keep_from
from tests.worlds import SEED, TEN, mornings, runs_of, scenario_of

RUNS = 150
SURE = {"truce": {"probability": 1.0}}
STRONG_MEDIATION = ({"lever": "mediation", "value": 1.0},)


def lived(scenario: Scenario) -> Histories:
    """Return some histories of a scenario."""
    return simulate(scenario.world, scenario.rules, SEED, 0, RUNS)


@pytest.mark.parametrize("world", ["angola_1992", "levant_2024", "sudan_2023"])
def test_within_a_truce_the_main_sides_storm_nothing_of_each_other(world: str) -> None:
    scenario = scenario_of(world, rules=SURE)
    w = scenario.world[0]
    main = (int(w["regime"]), int(w["challenger"]))
    days = orders_outside = 0
    for run in np.flatnonzero(runs_of(scenario, RUNS)["truce_day"] >= 0)[:4].tolist():
        truced = False  # on the morning before the day that is looked at
        for state in mornings(scenario, run):
            s = state[0]
            for leader, other in (main, main[::-1]):
                places = np.flatnonzero(s["order"][:, leader] == Order.OPPOSED)
                holders = np.where(s["lost_by"][places] >= 0, s["lost_by"][places], s["side"][s["holder"][places]])
                if truced:
                    assert not (holders == other).any()
                else:
                    orders_outside += int((holders == other).sum())
            truced = bool(s["key"]["day"] < s["truce_until"]) and s["collapse_day"] < 0
            days += truced
    assert days > 10
    assert orders_outside > 10


def test_a_truce_comes_once_and_is_told_with_its_length() -> None:
    found = lived(scenario_of("angola_1992", rules=SURE))
    told = found.events[found.events["kind"] == Event.TRUCE]
    with_truce = found.runs["truce_day"] >= 0
    assert with_truce.mean() > 0.5
    assert np.array_equal(told["run"], found.runs["run"][with_truce])
    assert np.array_equal(told["day"], found.runs["truce_day"][with_truce])
    assert 30 < np.median(told["size"]) < 55
    assert told["size"].min() >= 1.0


def test_truces_put_off_the_end_and_cost_fewer_lives_a_day() -> None:
    plain, truced = (runs_of(scenario_of("angola_1992", rules=rules), RUNS) for rules in ({}, SURE))
    both = (plain["collapse_day"] >= 0) & (truced["truce_day"] >= 0)
    ends = np.where(truced["collapse_day"] < 0, 10_000, truced["collapse_day"])
    assert both.sum() > 50
    assert (ends[both] >= plain["collapse_day"][both]).mean() > 0.9
    none = truced["truce_day"] < 0
    assert np.array_equal(plain[none], truced[none])


def test_mediation_brings_more_truces_in_the_same_runs() -> None:
    rules = {"truce": {"probability": 0.35}}
    without = runs_of(scenario_of("angola_1992", rules=rules), RUNS)["truce_day"]
    mediated = runs_of(scenario_of("angola_1992", rules=rules, levers=STRONG_MEDIATION), RUNS)["truce_day"]
    near = runs_of(scenario_of("angola_1992", rules=SURE), RUNS)["truce_day"]
    assert np.array_equal(mediated[without >= 0], without[without >= 0])
    assert (near >= 0).sum() > (mediated >= 0).sum() > (without >= 0).sum() > 0


def test_without_its_probability_nothing_else_of_a_truce_matters() -> None:
    other = {"truce": {"people": 0.0, "days": 80.0, "attrition": 0.0, "settlement": 10.0}}
    one, two = (lived(scenario_of("levant_2024", rules=rules)) for rules in ({}, other))
    for name, rows in one.tables.items():
        assert np.array_equal(rows, two.tables[name])


def test_a_truce_can_be_kept_from_happening() -> None:
    scenario = scenario_of("levant_2024", rules=SURE)
    kept = lived(keep_from(scenario, {"event": "truce"}))
    plain = lived(scenario_of("levant_2024"))
    for name, rows in plain.tables.items():
        assert np.array_equal(rows, kept.tables[name])


def test_a_truce_is_explained_by_its_chance_and_its_draw() -> None:
    scenario = scenario_of("angola_1992", rules={"truce": {"probability": 0.7}}, days=40)
    run = int(np.flatnonzero(runs_of(scenario, RUNS)["truce_day"] >= 0)[0])
    (event,) = explain(scenario, SEED, run).about(kind="truce")
    assert event.chance == 0.7 if event.chance is None else abs(event.chance - 0.7) < 1e-12
    assert event.draw is not None
    assert event.draw < 0.7
    assert event.because is not None
    assert any(part.rule == "truce_probability" for part in event.because.walk())


@pytest.mark.parametrize("world", TEN)
def test_the_ends_of_capital_government_and_army_stand_apart(world: str) -> None:
    rows = runs_of(scenario_of(world), RUNS)
    government, army = rows["government_end_day"], rows["disintegration_day"]
    politics = np.isin(rows["outcome"], (Outcome.FLIGHT, Outcome.COUP))
    assert np.array_equal(government >= 0, politics)
    assert np.array_equal(government[politics], rows["collapse_day"][politics])
    beaten = rows["outcome"] == Outcome.DISINTEGRATION
    assert np.all(army[beaten] >= 0)
    assert np.all(army[beaten] <= rows["collapse_day"][beaten])
    fell = rows["outcome"] == Outcome.CAPITAL
    assert np.array_equal(rows["capital_fall_day"][fell], rows["collapse_day"][fell])
