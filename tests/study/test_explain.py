"""A chronicle tells all that happened, with numbers that work out again, back to draws and facts of day 0."""

import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

import sim
from sim.core.codes import Event, Purpose
from sim.core.engine import simulate
from sim.core.rng import uniform
from sim.study.explain.chronicle import Chronicle, explain
from sim.study.explain.kinds import HOOKS, KINDS
from sim.study.explain.plain import plain_core
from sim.study.explain.reasons import Reason, plain, worked_out
from sim.study.explain.replay import ReplayError
from sim.study.explain.sentences import because, tree
from sim.study.explain.typical import explain_typical, typical_runs
from sim.world.frozen import ConfigError
from sim.world.scenario import Scenario
from tests.random_worlds import small_worlds
from tests.worlds import SEED, SWITCHED_ON, scenario_of

DRAWN = {
    *("flight", "coup", "deal", "truce", "infighting", "alert", "all_clear", "prison_break", "handover", "settlement"),
}
FEW = settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return scenario_of("levant_2024")


@pytest.fixture(scope="module")
def chronicle(scenario: Scenario) -> Chronicle:
    """Return the first history in which the leader flees, Russia leaves, and Lebanon does not stay calm."""
    histories = simulate(scenario.world, scenario.rules, SEED, 0, 200)
    actors = [*scenario.tables.states["id"], *scenario.tables.factions["id"]]
    exits = histories.events[histories.events["kind"] == Event.PATRON_EXIT]
    left = np.isin(np.arange(200), exits["run"][exits["actor"] == actors.index("RUS")])
    drawn_in = histories.runs["level_max"][:, actors.index("LBN")] > 0
    return explain(scenario, SEED, int(np.flatnonzero((histories.runs["flight_day"] >= 0) & left & drawn_in)[0]))


@pytest.fixture(scope="module")
def loud() -> Chronicle:
    """Return a history in which the war causes incidents at every neighbour."""
    return explain(scenario_of("levant_2024", rules={"spillover": {"caused_rate": 3.0}}), SEED, 3)


def again(reason: Reason) -> Any:
    """Return what a reason's number comes to, worked out again from what it was given; None for facts and draws."""
    core = plain_core(HOOKS)
    if reason.kind == "rule":
        return plain(core.rules[reason.rule](*(value for _, value in reason.given)))
    if reason.kind == "sum":
        total = reason.given[0][1]
        for _, value in reason.given[1:]:
            total = total + value
        return total
    return plain(worked_out(core, reason.module, reason.source, dict(reason.given))) if reason.source else None


def check_numbers(chronicle: Chronicle) -> int:
    """Assert that every number that can be worked out again has the same bits; return how many there are."""
    n = 0
    for event in chronicle.events:
        for reason in event.because.walk() if event.because else ():
            value = again(reason)
            if value is not None:
                assert value == reason.value, (event.text, reason)
                n += 1
            assert sum(part.share for part in reason.reasons) <= 1.0 + 1e-9
    return n


def check_draws(chronicle: Chronicle) -> None:
    """Assert that every draw is that of the model, and was below its chance."""
    key = np.zeros(1, [("seed", np.uint64), ("run", np.uint64), ("day", np.uint64)]).view(np.recarray)[0]
    for event in chronicle.events:
        if event.draw is None or event.chance is None or event.purpose is None or event.entity is None:
            continue
        key.seed, key.run, key.day = chronicle.seed, chronicle.run, event.day
        draw = getattr(uniform, "py_func", uniform)(key, Purpose[event.purpose.upper()], event.entity, 0)
        assert event.draw < event.chance
        assert event.draw == draw


def check_all_is_told(chronicle: Chronicle, scenario: Scenario) -> None:
    """Assert that there is an event for each fall, rare event, end, and step of a ladder of the engine's history."""
    histories = simulate(scenario.world, scenario.rules, chronicle.seed, chronicle.run, 1, 1)
    assert histories.runs.tobytes() == chronicle.row.tobytes()
    assert histories.daily.tobytes() == chronicle.days.tobytes()
    places = list(scenario.tables.locations["id"])
    factions = list(scenario.tables.factions["id"])
    actors = [*scenario.tables.states["id"], *factions]
    falls = [(row["day"], places[row["location"]], factions[row["from_faction"]]) for row in histories.falls]
    assert [(event.day, event.place, event.other) for event in chronicle.about(kind="fall")] == falls
    noted = {kind.noted: kind.name for kind in KINDS if kind.noted is not None}
    told = sorted((e.day, e.kind, e.actor or "", e.size) for e in chronicle.events if e.kind in noted.values())
    rows = histories.events[histories.events["kind"] != Event.LEVEL]
    assert told == sorted(
        (row["day"], noted[row["kind"]], actors[row["actor"]] if row["actor"] >= 0 else "", row["size"]) for row in rows
    )
    row = histories.runs[0]
    for kind, name in (("flight", "flight"), ("coup", "coup"), ("collapse", "collapse"), ("capital", "capital_fall")):
        first = [event.day for event in chronicle.about(kind=kind)][:1]
        assert first == ([row[f"{name}_day"]] if row[f"{name}_day"] >= 0 else [])
    days = np.vstack([scenario.world[0]["level_day_0"][: chronicle.days["level"].shape[1]], chronicle.days["level"]])
    steps = [(day, actors[state]) for day, state in np.argwhere(np.diff(days, axis=0))]
    assert sorted((event.day, event.actor) for event in chronicle.about(kind="level")) == sorted(steps)


def check_causes(chronicle: Chronicle) -> None:
    """Assert that every event has reasons, which go back to a draw or a fact, and links to earlier events alone."""
    for event in chronicle.events:
        assert event.because is not None, event.text
        assert all(number < event.number for number in event.links)
        assert chronicle.chain(event)[-1].kind in ("draw", "fact"), event.text
        if event.kind in DRAWN:
            assert event.chance is not None, event.text


def test_the_chronicle_tells_all_that_happened(chronicle: Chronicle, scenario: Scenario) -> None:
    check_all_is_told(chronicle, scenario)
    check_draws(chronicle)
    check_causes(chronicle)
    assert len(chronicle.events) > 100


def test_every_number_works_out_again_to_the_same_bits(chronicle: Chronicle) -> None:
    assert check_numbers(chronicle) > 1_000


@FEW
@given(small_worlds())
def test_chronicles_of_random_worlds_tell_all_and_work_out(scenario: Scenario) -> None:
    for run in range(2):
        told = explain(scenario, SEED, run)
        check_all_is_told(told, scenario)
        check_draws(told)
        check_causes(told)
        check_numbers(told)


def test_what_is_off_by_default_is_told_and_works_out_as_well() -> None:
    scenario = scenario_of("angola_1992", rules=SWITCHED_ON, days=60)
    runs = simulate(scenario.world, scenario.rules, SEED, 0, 100).runs
    told = explain(scenario, SEED, int(np.flatnonzero(runs["truce_day"] >= 0)[0]))
    check_all_is_told(told, scenario)
    check_draws(told)
    check_causes(told)
    assert check_numbers(told) > 500
    rules = {part.rule for event in told.events if event.because is not None for part in event.because.walk()}
    assert rules & {"truce_probability", "relief_sent", "free_share", "hope_lost", "supplied", "daily_recruits"}


def reaches(reason: Reason, label: str) -> bool:
    """Tell whether a tree of reasons has a label that contains a text."""
    return any(label in part.label for part in reason.walk())


def test_it_says_why_the_regime_fell_and_why_on_that_day(chronicle: Chronicle) -> None:
    flight = chronicle.question("flight")
    assert flight is not None
    assert flight.because is not None
    assert reaches(flight.because, "disloyalty")
    falls = {event.number for event in chronicle.about(kind="fall")}
    story = chronicle.why(flight)
    assert falls & {part.event for part in story.walk()}
    assert reaches(story, "draw of flight")
    assert {part.event for part in story.walk() if part.event is not None} > {flight.number}


def test_it_says_why_one_city_fell_before_another(chronicle: Chronicle) -> None:
    falls = chronicle.about(kind="fall")
    assert falls[0].day < falls[-1].day
    for event in (falls[0], falls[-1]):
        assert event.because is not None
        ways = ("progress towards the seat", "local weight", "claim", "hand over probability")
        assert any(reaches(event.because, way) for way in ways)
        assert because(event)


def test_it_says_why_a_patron_did_what_it_did(chronicle: Chronicle, scenario: Scenario) -> None:
    patronage = scenario.rules[0]["patronage"]
    exits = chronicle.about(actor="RUS", kind="exit")
    assert exits
    assert exits[0].because is not None
    assert exits[0].chance == 1.0 - math.exp(-patronage["exit_per_day"])
    fall = next(part for part in exits[0].because.walk() if part.rule == "lost_hope")
    assert fall.value > patronage["exit_drop"]
    assert reaches(fall, "patron's belief in the client (Russia to ")
    assert reaches(exits[0].because, "prospect")


def test_it_says_why_a_neighbour_reached_its_level(chronicle: Chronicle) -> None:
    alert = chronicle.about(actor="LBN", kind="alert")[0]
    assert alert.because is not None
    assert alert.purpose == "alert"
    assert any(part.rule == "alert_probability" for part in alert.because.walk())
    reasons = [event.because for event in chronicle.about(kind="alert") if event.because is not None]
    assert any(reaches(because, "reasons to announce an alert") for because in reasons)
    first = next(event for event in chronicle.about(actor="LBN", kind="level") if event.size == 1.0)
    assert alert.number in first.links
    higher = next(event for event in chronicle.about(kind="level") if (event.size or 0.0) >= 2.0)
    assert higher.because is not None
    assert {chronicle.events[number].kind for number in higher.links} >= {"incident"}


def test_it_says_why_an_incident_came_and_what_the_war_adds(loud: Chronicle) -> None:
    causes = [event.because for event in loud.about(kind="incident") if event.because is not None]
    assert causes
    assert all(reaches(because, "what must add up until the next incident by a clock") for because in causes)
    assert any(reaches(because, "draw of next incident") for because in causes)
    caused = [because for because in causes if reaches(because, "(Lebanon, caused)")]
    assert any(reaches(because, "what each carries more than on day 0") for because in caused)
    assert check_numbers(loud) > 1_000


def test_a_history_that_is_not_the_same_is_refused(scenario: Scenario, monkeypatch: pytest.MonkeyPatch) -> None:
    names = plain_core(HOOKS).names_in("sim.core.phases.hold")
    monkeypatch.setitem(names, "relaxed_morale", lambda morale, *_: morale)
    with pytest.raises(ReplayError, match="run 3: lived again it was another history"):
        explain(scenario, SEED, 3)
    monkeypatch.undo()
    assert explain(scenario, SEED, 3).run == 3  # and the copy is as it was


def test_sentences_are_plain(chronicle: Chronicle) -> None:
    text = chronicle.text()
    assert " will " not in text
    assert "state." not in text
    assert "np.float" not in text
    collapse = chronicle.question("collapse")
    assert collapse is not None
    lines = tree(chronicle.why(collapse)).splitlines()
    assert lines[0].startswith("100 % the regime collapses")
    assert len(lines) > 3


def test_events_can_be_asked_for(chronicle: Chronicle) -> None:
    fallen = chronicle.about(kind="fall")[0]
    assert {event.place for event in chronicle.about(place=fallen.place)} == {fallen.place}
    assert all("RUS" in (event.actor, event.other) for event in chronicle.about(actor="RUS"))
    assert {event.day for event in chronicle.about(day=fallen.day)} == {fallen.day}
    assert chronicle.question("settlement") is None
    with pytest.raises(ConfigError, match="question = 'collapze': no such kind of event; did you mean 'collapse'"):
        chronicle.question("collapze")


def test_it_is_data_as_well(chronicle: Chronicle) -> None:
    frame = chronicle.frame()
    assert list(frame["day"]) == sorted(frame["day"])
    data = chronicle.to_dict()
    assert [event["kind"] for event in data["events"]] == list(frame["kind"])
    assert len(data["holders"]) == chronicle.scenario.horizon_days
    assert data["events"][0]["because"]["reasons"]


def test_typical_histories_are_explained_if_this_model_has_lived_them(tmp_path: Path) -> None:
    settings = {"ensemble.runs": 40, "ensemble.traces": 1, "horizon_days": 25, "output": str(tmp_path)}
    case = sim.run(sim.load_scenario("offensive_2024", settings))
    told = explain_typical(case.results, case.scenario)
    assert [typical for typical, _ in told] == typical_runs(case.results, case.scenario)
    for typical, chronicle in told:
        assert (chronicle.run, chronicle.outcome) == (typical.run, typical.fate)
    other = replace(case.results, manifest=case.results.manifest | {"model_digest": "another"})
    assert explain_typical(other, case.scenario) == []
