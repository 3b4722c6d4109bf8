"""The figure of one history shows what its chronicle holds, and can be read."""

import dataclasses

import numpy as np
import pytest

from sim.core.engine import simulate
from sim.show.figures import TIMELINE
from sim.show.kit.theme import BLUE, LEVEL_COLOURS
from sim.study.explain.chronicle import Chronicle, explain
from sim.tell.history import fate, key_events, levels_of, remains_of, turning_days
from tests.show.reading import assert_readable, subtitle_of, title_of, words_of
from tests.worlds import SEED, scenario_of


def quiet(chronicle: Chronicle) -> Chronicle:
    """Return a history in which nothing happens."""
    row, days, holders = chronicle.row.copy(), chronicle.days.copy(), chronicle.holders.copy()
    for name in ("collapse_day", "flight_day", "capital_fall_day"):
        row[name] = -1
    days["level"] = 0
    holders[:] = holders[0]
    return dataclasses.replace(chronicle, row=row, days=days, holders=holders, events=())


def test_it_says_the_finding_and_which_history(chronicle: Chronicle) -> None:
    figure = TIMELINE.of(chronicle).draw()
    assert title_of(figure) == fate(chronicle)
    assert f"run {chronicle.run}, seed {SEED}" in subtitle_of(figure)
    assert "in levant_2024" in subtitle_of(figure)
    words = " ".join(text.get_text().replace("\n", " ") for text in words_of(figure))
    assert all(f"day {event.day}: {event.text}" in words for event in key_events(chronicle))
    assert_readable(figure)


@pytest.mark.parametrize("world", ["liberia_2003", "el_salvador_1989"])
def test_worlds_of_circles_can_be_read(world: str) -> None:
    scenario = scenario_of(world, days=60)
    held = simulate(scenario.world, scenario.rules, SEED, 0, 50).runs["collapse_day"] < 0
    run = int(np.flatnonzero(held)[0]) if held.any() else 0
    assert_readable(TIMELINE.of(explain(scenario, SEED, run)).draw())


def test_a_history_in_which_nothing_happens_can_be_read(chronicle: Chronicle) -> None:
    figure = TIMELINE.of(quiet(chronicle)).draw()
    assert title_of(figure) == "The regime stays in power for 60 days; none of its 11 seats is lost"
    assert_readable(figure)


def test_lines_are_the_series_of_the_run(chronicle: Chronicle) -> None:
    figure = TIMELINE.of(chronicle).draw()
    lines = [line for ax in figure.axes for line in ax.lines if line.get_color() == BLUE]
    for line, values in zip(lines, remains_of(chronicle).values(), strict=True):
        np.testing.assert_array_equal(line.get_ydata()[:-1], values)


def test_each_stay_at_a_level_has_its_colour(chronicle: Chronicle) -> None:
    figure = TIMELINE.of(chronicle).draw()
    rows = [ax for ax in figure.axes if ax.get_ylim() == (0.0, 1.0) and ax.collections and not ax.lines]
    drawn = [
        [tuple(part.get_facecolor()[0]) for part in ax.collections if len(part.get_facecolor())]
        for ax in rows
        if len(ax.texts) <= len(ax.collections)
    ]
    wanted = [int(1 + np.count_nonzero(np.diff(found))) for found in levels_of(chronicle).values()]
    assert [len(colours) for colours in drawn] == wanted
    assert len({colour for colours in drawn for colour in colours}) <= len(LEVEL_COLOURS)


def test_maps_show_the_turning_points(chronicle: Chronicle) -> None:
    words = [text.get_text() for text in words_of(TIMELINE.of(chronicle).draw())]
    assert {f"day {day}" for day in turning_days(chronicle, 6)} <= set(words)
