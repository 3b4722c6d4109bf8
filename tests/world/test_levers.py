"""Levers and events: the entries that they become, and those that nobody can feel."""

from typing import Any

import numpy as np
import pytest

from sim.core.codes import NOBODY, Kept, Lever
from sim.world.config import ConfigError
from sim.world.levers import KEPT_KEYS, keys_of, kinds_of
from sim.world.scenario import Scenario, idle_levers
from tests.worlds import scenario_of, tables_of

TABLES = tables_of("levant_2024")
STATES, FACTIONS, PLACES = (getattr(TABLES, t)["id"].tolist() for t in ("states", "factions", "locations"))
ACTORS = [*STATES, *FACTIONS]
ENTRY = ("day", "kind", "value", "actor", "client", "place")
Row = tuple[float, ...]


def entries(scenario: Scenario) -> list[Row]:
    """Return the rows of a scenario's levers."""
    world = scenario.world[0]
    return list(zip(*(world[f"lever_{name}"][: world["n_levers"]].tolist() for name in ENTRY), strict=True))


LEVERS: list[tuple[dict[str, Any], Row]] = [
    ({"lever": "support", "actor": "all", "value": 2.0}, (Lever.SUPPORT, 2.0, NOBODY, NOBODY)),
    (
        {"lever": "support", "actor": "PMF", "client": "regime", "value": 0.0},
        (Lever.SUPPORT, 0.0, ACTORS.index("PMF"), FACTIONS.index("REGIME")),
    ),
    ({"lever": "strikes", "actor": "USA", "value": 3.0}, (Lever.STRIKES, 3.0, ACTORS.index("USA"), NOBODY)),
    (
        {"lever": "restraint", "actor": "TUR", "client": "HTS", "value": 1.0},
        (Lever.RESTRAINT, 1.0, ACTORS.index("TUR"), FACTIONS.index("HTS")),
    ),
    ({"lever": "initiative", "actor": "SNA", "value": 1}, (Lever.INITIATIVE, 1.0, NOBODY, FACTIONS.index("SNA"))),
    (
        {"lever": "resolve", "actor": "challenger", "value": -5.0},
        (Lever.RESOLVE, -5.0, NOBODY, FACTIONS.index("HTS")),
    ),
    ({"lever": "strength", "actor": "SDF", "value": 0.5}, (Lever.STRENGTH, 0.5, NOBODY, FACTIONS.index("SDF"))),
    ({"lever": "hardening", "actor": "IRQ", "value": 2.0}, (Lever.HARDENING, 2.0, STATES.index("IRQ"), NOBODY)),
    ({"lever": "border", "actor": "all", "value": 0.0}, (Lever.BORDER, 0.0, NOBODY, NOBODY)),
    ({"lever": "guards", "actor": "SDF", "value": 0.2}, (Lever.GUARDS, 0.2, NOBODY, FACTIONS.index("SDF"))),
    ({"lever": "guards", "actor": "all", "value": 0.2}, (Lever.GUARDS, 0.2, NOBODY, NOBODY)),
    ({"lever": "mediation", "value": 1.0}, (Lever.MEDIATION, 1.0, NOBODY, NOBODY)),
]
EVENTS: list[tuple[dict[str, Any], Row]] = [
    ({"event": "patron_exit", "patron": "RUS"}, (Lever.SUPPORT, 0.0, ACTORS.index("RUS"), NOBODY, NOBODY)),
    (
        {"event": "patron_exit", "patron": "HEZ", "client": "regime"},
        (Lever.SUPPORT, 0.0, ACTORS.index("HEZ"), FACTIONS.index("REGIME"), NOBODY),
    ),
    (
        {"event": "reinforcement", "client": "regime", "fighters": 5000, "patron": "IRN"},
        (Lever.REINFORCEMENT, 5000.0, ACTORS.index("IRN"), FACTIONS.index("REGIME"), NOBODY),
    ),
    (
        {"event": "reinforcement", "client": "HTS", "fighters": 1},
        (Lever.REINFORCEMENT, 1.0, NOBODY, FACTIONS.index("HTS"), NOBODY),
    ),
    ({"event": "collapse"}, (Lever.COLLAPSE, 0.0, NOBODY, NOBODY, NOBODY)),
    (
        {"event": "prison_break", "location": "SY-HA"},
        (Lever.PRISON_BREAK, 0.0, NOBODY, NOBODY, PLACES.index("SY-HA")),
    ),
    ({"event": "border_closure", "state": "IRQ"}, (Lever.BORDER, 0.0, STATES.index("IRQ"), NOBODY, NOBODY)),
    ({"event": "border_opening", "state": "IRQ"}, (Lever.BORDER, 1.0, STATES.index("IRQ"), NOBODY, NOBODY)),
    (
        {"event": "keep", "keep": {"event": "fall", "place": "SY-HM"}},
        (Lever.KEEP, float(Kept.FALL), NOBODY, NOBODY, PLACES.index("SY-HM")),
    ),
    (
        {"event": "keep", "keep": {"event": "exit", "actor": "RUS", "other": "regime"}},
        (Lever.KEEP, float(Kept.EXIT), ACTORS.index("RUS"), FACTIONS.index("REGIME"), NOBODY),
    ),
]


@pytest.mark.parametrize(("lever", "entry"), LEVERS)
def test_a_lever_becomes_its_entry(lever: dict[str, Any], entry: Row) -> None:
    assert entries(scenario_of("levant_2024", levers=(lever,))) == [(0, *entry, NOBODY)]
    assert entries(scenario_of("levant_2024", levers=({**lever, "day": 7},))) == [(7, *entry, NOBODY)]


def test_what_is_kept_needs_no_other_word() -> None:
    kept = {"event": "deal", "place": "SY-HI", "actor": "REGIME"}
    short = entries(scenario_of("levant_2024", events=({"keep": kept},)))
    assert short == entries(scenario_of("levant_2024", events=({"event": "keep", "keep": kept},)))


@pytest.mark.parametrize(
    ("kept", "fault"),
    [
        ({"event": "flight", "place": "SY-HM"}, "does not tell one flight from another; leave it out"),
        ({"event": "fall", "actor": "HTS"}, "does not tell one fall from another; it may name place"),
        ({"event": "fall", "place": "SY-XX"}, "has no such location"),
        ({"event": "foll"}, "must be 'fall', 'exit'"),
    ],
)
def test_what_cannot_be_kept_is_refused(kept: dict[str, str], fault: str) -> None:
    with pytest.raises(ConfigError, match=fault):
        scenario_of("levant_2024", events=({"keep": kept},))


def test_every_kind_can_be_kept() -> None:
    for kept in Kept:
        found = entries(scenario_of("levant_2024", events=({"keep": {"event": kept.name.lower()}},)))
        assert found == [(0, Lever.KEEP, float(kept), NOBODY, NOBODY, NOBODY)]
        assert KEPT_KEYS[kept] is not None


@pytest.mark.parametrize(("event", "entry"), EVENTS)
def test_an_event_becomes_its_entry(event: dict[str, Any], entry: Row) -> None:
    assert entries(scenario_of("levant_2024", events=({**event, "day": 4},))) == [(4, *entry)]


def test_every_kind_is_tried_here() -> None:
    assert {lever["lever"] for lever, _ in LEVERS} == set(kinds_of("lever"))
    assert {event["event"] for event, _ in EVENTS} == set(kinds_of("event"))
    tried = {row[0] for _, row in (*LEVERS, *EVENTS)}
    assert tried == set(Lever)


def test_a_kind_tells_its_keys() -> None:
    assert set(keys_of("lever", "mediation")) == {"lever", "value", "day"}
    assert set(keys_of("event", "border_opening")) == {"event", "day", "state"}


def test_entries_are_sorted_by_day_and_keep_their_order_within_one() -> None:
    levers = tuple({"lever": "mediation", "value": value, "day": day} for value, day in ((0.1, 5), (0.2, 2), (0.3, 5)))
    events = ({"event": "collapse", "day": 2}, {"event": "border_closure", "state": "IRQ", "day": 0})
    rows = entries(scenario_of("levant_2024", levers=levers, events=events))
    assert [(row[0], row[1], row[2]) for row in rows] == [
        (0, Lever.BORDER, 0.0),
        (2, Lever.MEDIATION, 0.2),
        (2, Lever.COLLAPSE, 0.0),
        (5, Lever.MEDIATION, 0.1),
        (5, Lever.MEDIATION, 0.3),
    ]


def test_as_many_levers_and_events_fit_as_the_core_has_room_for() -> None:
    lever = {"lever": "mediation", "value": 1.0}
    event = {"event": "collapse", "day": 0}
    assert len(entries(scenario_of("liberia_2003", levers=(lever,) * 60, events=(event,) * 4))) == 64
    with pytest.raises(ConfigError, match="has 65 levers and events; at most 64 fit"):
        scenario_of("liberia_2003", levers=(lever,) * 60, events=(event,) * 5)


def test_every_name_that_the_world_lacks_has_its_line() -> None:
    levers = ({"lever": "support", "actor": "TURK", "client": "HTZ", "value": 0.0},)
    events = ({"event": "prison_break", "location": "SY-XX", "day": 0}, {"event": "collapse", "day": 130})
    with pytest.raises(ConfigError) as caught:
        scenario_of("levant_2024", levers=levers, events=events)
    keys = [line.partition(" = ")[0] for line in caught.value.lines]
    assert keys == [
        "scenario.levers.0.actor",
        "scenario.levers.0.client",
        "scenario.events.0.location",
        "scenario.events.1.day",
    ]
    assert "did you mean 'TUR'?" in caught.value.lines[0]


def test_a_longer_run_has_room_for_later_events() -> None:
    event = {"event": "collapse", "day": 130}
    assert len(entries(scenario_of("levant_2024", events=(event,), days=131))) == 1


def test_a_world_without_a_challenger_says_so() -> None:
    lever = {"lever": "initiative", "actor": "challenger", "value": 0.0}
    scenario = scenario_of("levant_2024")
    roleless = scenario.tables.header.model_copy(update={"challenger": None})
    tables = type(TABLES)(**{**vars(TABLES), "header": roleless})
    with pytest.raises(ConfigError, match="has no challenger"):
        scenario_of("levant_2024", levers=(lever,), tables=tables)


@pytest.mark.parametrize(
    ("lever", "told"),
    [
        ({"lever": "support", "actor": "USA", "value": 0.0}, "lever support, actor USA"),
        (
            {"lever": "restraint", "actor": "NGA", "client": "lurd", "value": 1.0},
            "lever restraint, actor NGA, client lurd",
        ),
        ({"lever": "strikes", "actor": "USA", "value": 0.0}, "lever strikes, actor USA"),
        ({"lever": "hardening", "actor": "USA", "value": 1.0}, "lever hardening, actor USA"),
        ({"lever": "border", "actor": "LBR", "value": 0.0}, "lever border, actor LBR"),
        ({"lever": "guards", "actor": "all", "value": 0.0}, "lever guards, actor all"),
    ],
)
def test_a_lever_that_finds_nobody_is_noted(lever: dict[str, Any], told: str) -> None:
    notes = idle_levers(scenario_of("liberia_2003", levers=(lever,)))
    assert notes == [f"{told}: changes nothing, nobody in this world can feel it"]


@pytest.mark.parametrize(
    ("event", "told"),
    [
        ({"event": "patron_exit", "patron": "JOR", "day": 3}, "event patron_exit, patron JOR"),
        ({"event": "prison_break", "location": "SY-DI", "day": 3}, "event prison_break, location SY-DI"),
        ({"event": "border_closure", "state": "RUS", "day": 3}, "event border_closure, state RUS"),
    ],
)
def test_an_event_that_finds_nobody_is_noted(event: dict[str, Any], told: str) -> None:
    notes = idle_levers(scenario_of("levant_2024", events=(event,)))
    assert notes == [f"{told}: changes nothing, nobody in this world can feel it"]


def test_what_somebody_feels_is_not_noted() -> None:
    levers = tuple(lever for lever, _ in LEVERS)
    events = tuple({**event, "day": 4} for event, _ in EVENTS)
    assert idle_levers(scenario_of("levant_2024", levers=levers, events=events)) == []


def test_channels_are_open_unless_a_scenario_closes_them() -> None:
    assert np.all(scenario_of("levant_2024").world[0]["channel_on"] == 1)
    closed = scenario_of("levant_2024", channels={"refugees": False, "border": False})
    assert closed.world[0]["channel_on"].tolist() == [0, 1, 1, 1, 1, 0, 1, 1, 1]
