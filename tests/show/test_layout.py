import string
from collections.abc import Sequence
from datetime import date
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.ensemble.estimate.losses import regime_places
from sim.show.ensemble.fall_map import DAYS
from sim.show.ensemble.histories import choose_histories, map_days
from sim.show.kit.days import date_text, day_labels, day_ticks, last_shown_day
from sim.show.kit.page import room_mm
from sim.show.kit.typeset import NO_BREAK, shorten, spread_apart, text_width, wrap
from sim.show.maps.geometry import load_shapes
from sim.show.maps.layout import bottom_of, place_maps
from sim.show.maps.stamps import stamp_map
from sim.tell.places import holders_on, home_holders
from tests.show.made import Day, made_results
from tests.worlds import WORLDS, scenario_of

SIZE = 9.0
words = st.lists(st.text(string.ascii_letters + string.digits, min_size=1, max_size=12), min_size=1)


@given(words, st.floats(20.0, 120.0))
def test_wrapping_keeps_all_words_in_order_and_lines_within_the_width(text: Sequence[str], width: float) -> None:
    lines = wrap(" ".join(text), width, size=SIZE).split("\n")
    assert " ".join(lines).split(" ") == list(text)
    for line in lines:
        assert text_width(line, size=SIZE) <= width + 0.5 or " " not in line


def test_a_number_and_its_interval_stay_on_one_line() -> None:
    text = f"one two 41{NO_BREAK}%{NO_BREAK}[40,{NO_BREAK}42] three"
    assert "41 % [40, 42]" in wrap(text, 22.0, size=SIZE).split("\n")


def test_a_long_name_is_cut_with_an_ellipsis_and_a_short_one_is_not() -> None:
    assert shorten("Aleppo", 40.0, size=SIZE) == "Aleppo"
    cut = shorten("A province with a very long name", 30.0, size=SIZE)
    assert cut.endswith("…")
    assert "A province with a very long name".startswith(cut[:-1])
    assert text_width(cut, size=SIZE) <= 30.0


@given(st.lists(st.floats(0.0, 60.0), min_size=1, max_size=6))
def test_labels_come_apart_in_their_order_and_stay_on_the_scale(wanted: list[float]) -> None:
    placed = spread_apart(np.array(wanted), 8.0, 60.0)
    order = np.argsort(wanted, kind="stable")
    assert all(upper - lower >= 8.0 - 1e-9 for lower, upper in pairwise(placed[order]))
    assert placed.max() <= 60.0


def test_labels_with_room_stay_where_they_are() -> None:
    assert spread_apart(np.array([50.0, 10.0, 30.0]), 8.0, 60.0).tolist() == [50.0, 10.0, 30.0]


@given(st.integers(1, 365), st.integers(2, 9))
def test_labelled_days_begin_at_day_0_at_one_step_with_room_for_all(last_day: int, most: int) -> None:
    ticks = day_ticks(last_day, most)
    assert ticks[0] == 0
    assert ticks[-1] <= last_day
    assert len({after - before for before, after in pairwise(ticks)}) <= 1
    assert len(ticks) <= most


def test_days_have_english_dates_with_the_year_where_it_is_new() -> None:
    assert date_text(date(2024, 11, 27), 11) == "8 Dec"
    labels = day_labels(date(2024, 11, 27), [0, 30, 60, 90])
    assert labels == ["day 0\n27 Nov 2024", "30\n27 Dec", "60\n26 Jan 2025", "90\n25 Feb"]


def test_an_axis_ends_early_only_where_hardly_anything_happens_after_it() -> None:
    early = np.array([5.0] * 99 + [38.0])
    late = np.array([5.0] * 80 + [110.0] * 20)
    assert last_shown_day([early], 120, tail=0.005) == 50
    assert last_shown_day([early, late], 120, tail=0.005) == 120
    assert last_shown_day([np.array([np.nan, np.nan])], 120, tail=0.005) == 120
    assert last_shown_day([early], 40, tail=0.005) == 40


def test_the_histories_are_those_at_quantiles_within_fallen_and_held(tmp_path: Path) -> None:
    days: list[Day] = [None, 9, 8, 7, 6, 5, 4, 3, 2, None]
    scenario = scenario_of("liberia_2003")
    chosen = choose_histories(made_results(tmp_path, scenario, days), scenario)
    # Fallen, sorted: 2 3 4 5 6 7 8 9; ranks 1, 4 and 8 of 8 reach 10, 50 and 90 %. Held: runs 0 and 9, with no loss.
    assert [history.days["collapse_day"] for history in chosen[:3]] == [2.0, 5.0, 9.0]
    assert [history.run for history in chosen] == [8, 5, 1, 0, 9]
    assert [history.place for history in chosen[::4]] == ["collapse, 10 %", "no collapse, 90 %"]


@pytest.mark.parametrize(
    ("days", "kind"), [([9, 8, 7, 6, 5, 4, 3, 2, 1, 10], "collapse"), ([None] * 10, "no collapse")]
)
def test_where_all_runs_end_alike_five_of_them_are_shown(days: list[Day], kind: str, tmp_path: Path) -> None:
    scenario = scenario_of("liberia_2003")
    chosen = choose_histories(made_results(tmp_path, scenario, days), scenario)
    assert [history.place for history in chosen] == [f"{kind}, {share} %" for share in (10, 30, 50, 70, 90)]


@pytest.mark.parametrize("n", [1, 2, 5])
def test_a_handful_of_runs_is_shown_whole(tmp_path: Path, n: int) -> None:
    scenario = scenario_of("liberia_2003")
    days: list[Day] = [7, None, 3, 3, 5][:n]
    chosen = choose_histories(made_results(tmp_path, scenario, days), scenario)
    assert sorted(history.run for history in chosen) == list(range(n))


@pytest.mark.parametrize("days", [[5, 20], [None], [0], [95, 3]])
def test_maps_of_a_history_stand_at_one_step_from_day_0_to_the_collapse(tmp_path: Path, days: list[Day]) -> None:
    scenario = scenario_of("liberia_2003")
    shown = map_days(choose_histories(made_results(tmp_path, scenario, days), scenario), scenario.horizon_days)
    assert shown[0] == 0
    assert len({after - before for before, after in pairwise(shown)}) <= 1
    assert len(shown) <= 7
    step = shown[1] - shown[0] if len(shown) > 1 else 1
    assert shown[-1] + step > min(max(day or 0 for day in days), scenario.horizon_days)


def test_the_holder_of_a_place_is_the_last_who_took_it(tmp_path: Path) -> None:
    scenario = scenario_of("liberia_2003")
    results = made_results(tmp_path, scenario, [6])
    header, start = scenario.tables.header, home_holders(scenario)
    before, after = (holders_on(day, results.falls, start) for day in (5, 6))
    assert before[header.capital] == header.regime
    assert after[header.capital] == header.challenger
    assert holders_on(-1, results.falls, start) == start


@pytest.mark.parametrize("world", WORLDS)
def test_a_stamp_shows_each_place_of_the_contested_state_whole(world: str) -> None:
    scenario = scenario_of(world)
    home = list(home_holders(scenario))
    shapes = load_shapes(scenario.tables)
    stamp = stamp_map(shapes)
    assert list(stamp.location_ids) == home
    for place, outline in zip(home, stamp.outlines, strict=True):
        (left, bottom, right, top), whole = outline.bounds, shapes.outlines[shapes.location_ids.index(place)]
        assert stamp.extent[0] <= left < right <= stamp.extent[1]
        assert stamp.extent[2] <= bottom < top <= stamp.extent[3]
        if shapes.is_mapped:
            assert outline.area == pytest.approx(whole.area, rel=0.08)


@pytest.mark.parametrize("world", [world for world in WORLDS if world != "levant_2024"])
def test_circles_of_a_stamp_stand_clear_of_each_other(world: str) -> None:
    scenario = scenario_of(world)
    stamp = stamp_map(load_shapes(scenario.tables))
    left, _, right, _ = stamp.outlines[0].bounds
    radius = (right - left) / 2.0
    distance = np.hypot(*(stamp.anchors[:, None] - stamp.anchors[None, :]).transpose(2, 0, 1))
    np.fill_diagonal(distance, np.inf)
    assert distance.min() > 1.9 * radius


@given(st.floats(50.0, 3000.0), st.floats(50.0, 3000.0), st.integers(0, len(DAYS)))
def test_maps_stay_in_the_room_and_off_each_other(width: float, height: float, n_small: int) -> None:
    frames = place_maps((0.0, width, 0.0, height), n_small, 10.0)
    assert len(frames) == n_small + 1
    assert bottom_of(frames) < 240.0
    for index, frame in enumerate(frames):
        assert frame.left >= 0.0
        assert frame.left + frame.width <= room_mm() + 1e-9
        assert frame.height > 10.0
        for other in frames[:index]:
            beside = other.left + other.width <= frame.left + 1e-9
            assert beside or other.top + other.height <= frame.top


def test_the_regime_holds_places_in_every_world() -> None:
    assert all(regime_places(scenario_of(world)) for world in WORLDS)
