"""What a scenario keeps from happening does not happen; where it would not have happened, nothing changes."""

from collections.abc import Callable

import numpy as np
import pytest

from sim.core.codes import NEVER, Event
from sim.core.engine import simulate
from sim.core.record import Histories
from sim.world.scenario import Scenario, keep_from
from tests.worlds import SEED, scenario_of

WORLD = "levant_2024"
RUNS = 120
Happens = Callable[[Histories, Scenario], np.ndarray]


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return scenario_of(WORLD)


@pytest.fixture(scope="module")
def plain(scenario: Scenario) -> Histories:
    return lived(scenario)


def lived(scenario: Scenario) -> Histories:
    """Return some histories of a scenario."""
    return simulate(scenario.world, scenario.rules, SEED, 0, RUNS)


def of_day(name: str) -> Happens:
    """Return who tells in which runs a day has come."""
    return lambda histories, _: np.asarray(histories.runs[name] != NEVER)


def of_place(place: str) -> Happens:
    """Return who tells in which runs a place falls."""

    def happens(histories: Histories, scenario: Scenario) -> np.ndarray:
        at = list(scenario.tables.locations["id"]).index(place)
        return np.isin(np.arange(RUNS), histories.falls["run"][histories.falls["location"] == at])

    return happens


def of_event(kind: Event) -> Happens:
    """Return who tells in which runs there is an event of a kind."""
    return lambda histories, _: np.isin(np.arange(RUNS), histories.events["run"][histories.events["kind"] == kind])


KEPT: list[tuple[dict[str, str], Happens]] = [
    ({"event": "fall", "place": "SY-HM"}, of_place("SY-HM")),
    ({"event": "flight"}, of_day("flight_day")),
    ({"event": "coup"}, of_day("coup_day")),
    ({"event": "handover"}, of_day("handover_day")),
    ({"event": "settlement"}, of_day("settlement_day")),
    ({"event": "infighting"}, of_event(Event.INFIGHTING)),
    ({"event": "merger"}, of_event(Event.MERGER)),
    ({"event": "exit"}, of_event(Event.PATRON_EXIT)),
    ({"event": "strike"}, of_event(Event.DENIAL)),
]


@pytest.mark.parametrize(("kept", "happens"), KEPT)
def test_what_is_kept_does_not_happen(
    kept: dict[str, str], happens: Happens, scenario: Scenario, plain: Histories
) -> None:
    without = keep_from(scenario, kept)
    histories = lived(without)
    assert not happens(histories, without).any()
    before = happens(plain, scenario)
    if kept["event"] != "strike":  # powers strike extremists as well, of which no table tells
        assert np.array_equal(histories.runs[~before], plain.runs[~before])  # where it did not happen, nothing changes
    if before.any():
        assert not np.array_equal(histories.runs[before], plain.runs[before])


@pytest.mark.parametrize(
    "kept",
    [
        {"event": "deal", "place": "IQ-BG", "actor": "SNA"},  # who never comes there
        {"event": "desertion", "place": "IQ-BG", "actor": "HTS"},
        {"event": "prison_break", "place": "SY-DI"},
        {"event": "exit", "actor": "USA", "other": "REGIME"},
        {"event": "infighting", "actor": "REGIME", "other": "IRAN_MIL"},
        {"event": "strike", "actor": "JOR", "other": "REGIME"},
    ],
)
def test_what_never_happens_can_be_kept_from_happening_without_a_trace(
    kept: dict[str, str], scenario: Scenario, plain: Histories
) -> None:
    without = lived(keep_from(scenario, kept))
    for name, rows in plain.tables.items():
        assert np.array_equal(without.tables[name], rows)


def test_it_is_kept_from_its_day_on_and_only_where_it_is_said(scenario: Scenario, plain: Histories) -> None:
    keep = {"keep": {"event": "fall", "place": "SY-HM"}, "day": 10}
    without = lived(scenario_of(WORLD, events=(keep,)))
    at = list(scenario.tables.locations["id"]).index("SY-HM")
    early = plain.falls[plain.falls["day"] < 10]
    assert np.array_equal(without.falls[without.falls["day"] < 10], early)
    assert not (without.falls["location"][without.falls["day"] >= 10] == at).any()
    assert (without.falls["location"][without.falls["day"] >= 10] != at).any()


def test_an_exit_that_the_scenario_decides_is_kept_as_well(scenario: Scenario) -> None:
    leaves = {"event": "patron_exit", "patron": "RUS", "day": 3}
    kept = {"keep": {"event": "exit", "actor": "RUS"}}
    assert of_event(Event.PATRON_EXIT)(lived(scenario_of(WORLD, events=(leaves,))), scenario).all()
    both = lived(scenario_of(WORLD, events=(leaves, kept)))
    assert np.array_equal(both.runs, lived(scenario_of(WORLD, events=(kept,))).runs)


def test_two_are_kept_apart_in_whichever_order_they_are_named(scenario: Scenario, plain: Histories) -> None:
    rows = plain.events[plain.events["kind"] == Event.INFIGHTING]
    actors = [*scenario.tables.states["id"], *scenario.tables.factions["id"]]
    one, other = (str(actors[rows[0][key]]) for key in ("actor", "other"))
    apart = [
        lived(keep_from(scenario, {"event": "infighting", "actor": a, "other": b}))
        for a, b in ((one, other), (other, one))
    ]
    assert np.array_equal(apart[0].runs, apart[1].runs)
    assert not np.array_equal(apart[0].runs, plain.runs)
