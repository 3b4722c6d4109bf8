"""A history in brief says what the record of the run says, and chooses a few events that matter."""

import dataclasses

import numpy as np
import pytest

from sim.core.codes import Level
from sim.core.engine import simulate
from sim.ensemble.estimate.losses import own_side, regime_places
from sim.study.explain.chronicle import Chronicle, explain
from sim.study.explain.events import Event
from sim.tell.history import (
    abroad,
    end_day,
    fate,
    holders_in_the_evening,
    key_events,
    levels_of,
    losses,
    remains_of,
    turning_days,
)
from tests.worlds import SEED, scenario_of

DAYS = 60


@pytest.fixture(scope="module")
def chronicle() -> Chronicle:
    """Return the first history in which the leader flees and places fall later."""
    scenario = scenario_of("levant_2024", days=DAYS)
    runs = simulate(scenario.world, scenario.rules, SEED, 0, 200).runs
    is_such = (runs["flight_day"] >= 0) & (runs["capital_fall_day"] > runs["flight_day"])
    return explain(scenario, SEED, int(np.flatnonzero(is_such)[0]))


def held(chronicle: Chronicle) -> Chronicle:
    """Return a history of which nothing is left but what happens to neighbours."""
    row = chronicle.row.copy()
    for name in ("collapse_day", "flight_day", "capital_fall_day"):
        row[name] = -1
    return dataclasses.replace(chronicle, row=row, events=())


def fall(number: int, day: int, place: str, winner: str, loser: str) -> Event:
    return Event(number, day, "fall", place, winner, loser, None, None, f"{winner} takes {place}")


def test_the_fate_is_that_of_the_row(chronicle: Chronicle) -> None:
    row = chronicle.row[0]
    told = fate(chronicle)
    assert f"The regime collapses on day {row['collapse_day']} with " in told
    assert "its leader fled" in told
    assert told.endswith(f"Damascus falls on day {row['capital_fall_day']}")
    assert end_day(chronicle) == row["collapse_day"]


def test_seats_are_counted_until_the_end(chronicle: Chronicle) -> None:
    places, own, end = regime_places(chronicle.scenario), own_side(chronicle.scenario), end_day(chronicle)
    ids = [str(name) for name in chronicle.scenario.tables.locations["id"]]
    factions = [str(name) for name in chronicle.scenario.tables.factions["id"]]
    lost = {
        place
        for place in places
        if any(holder < 0 or factions[holder] not in own for holder in chronicle.holders[: end + 1, ids.index(place)])
    }
    assert f"with {len(lost)} of its {len(places)} seats lost" in fate(chronicle)


@pytest.mark.parametrize(("n", "told"), [(0, "none of its 11 seats is"), (1, "1 of its 11 seats is"), (2, "2 of its")])
def test_a_regime_that_holds_is_told_so(n: int, told: str, chronicle: Chronicle) -> None:
    places = regime_places(chronicle.scenario)
    events = [fall(i, i, place, "HTS", "REGIME") for i, place in enumerate(places[:n])]
    events += [fall(n, 9, places[0], "REGIME", "HTS"), fall(n + 1, 10, "TR-31", "HTS", "REGIME")]
    text = fate(dataclasses.replace(held(chronicle), events=tuple(events)))
    assert text.startswith(f"The regime stays in power for {DAYS} days; {told}")


def test_holders_and_levels_are_those_of_the_record(chronicle: Chronicle) -> None:
    scenario = chronicle.scenario
    evening = holders_in_the_evening(chronicle, DAYS - 1)
    for event in chronicle.about(kind="fall"):
        last = [other for other in chronicle.about(kind="fall") if other.place == event.place][-1]
        assert evening.get(str(last.place), last.actor) == last.actor
    levels = levels_of(chronicle)
    assert list(levels) == list(scenario.tables.header.neighbours)
    assert [int(found.max()) for found in levels.values()] == [
        int(chronicle.row["level_max"][0][list(scenario.tables.states["id"]).index(name)]) for name in levels
    ]
    assert all(values[0] <= 1.0 for values in remains_of(chronicle).values())


def test_the_neighbour_that_is_drawn_in_furthest_is_told(chronicle: Chronicle) -> None:
    names = dict(chronicle.scenario.tables.states[["id", "name"]].tolist())
    levels = levels_of(chronicle)
    worst = max(levels, key=lambda state: int(levels[state].max()))
    assert names[worst] in abroad(chronicle)
    assert f"level {levels[worst].max()} of 4" in abroad(chronicle)
    calm = chronicle.days.copy()
    calm["level"] = Level.CALM
    assert abroad(dataclasses.replace(chronicle, days=calm)) == "Every neighbour stays calm"


def test_key_events_are_few_in_order_and_have_the_end(chronicle: Chronicle) -> None:
    told = key_events(chronicle)
    kinds = [event.kind for event in told]
    assert 5 <= len(told) <= 8
    assert [event.number for event in told] == sorted({event.number for event in told})
    assert kinds.count("flight") == 1
    assert {"capital", "collapse"}.isdisjoint(kinds)  # told by the fall of the capital, and by the flight
    assert losses(chronicle)[0] in told
    capital = chronicle.scenario.tables.header.capital
    assert any(event.kind == "fall" and event.place == capital for event in told)
    assert key_events(chronicle, 3) == tuple(sorted(key_events(chronicle, 3), key=lambda event: event.number))


def test_a_history_in_which_little_happens_is_told_by_what_does(chronicle: Chronicle) -> None:
    others = [event for event in chronicle.events if event.kind == "rout"][:7]
    events = tuple(dataclasses.replace(event, number=number) for number, event in enumerate(others))
    assert key_events(dataclasses.replace(held(chronicle), events=events)) == events[:5]
    assert key_events(held(chronicle)) == ()


def test_turning_days_have_the_first_the_end_and_the_last(chronicle: Chronicle) -> None:
    for most in (3, 4, 6, 9):
        days = turning_days(chronicle, most)
        assert days == sorted(set(days))
        assert {0, end_day(chronicle), DAYS - 1} <= set(days)
        assert len(days) <= most
    assert turning_days(held(chronicle), 6) == [0, DAYS - 1]


def test_turning_days_follow_what_changes_hands(chronicle: Chronicle) -> None:
    place = regime_places(chronicle.scenario)[0]
    events = tuple(fall(i, day, place, "HTS", "REGIME") for i, day in enumerate([20, 20, 20, 30, 30, 30]))
    assert turning_days(dataclasses.replace(held(chronicle), events=events), 6) == [0, 20, 30, DAYS - 1]
