import dataclasses
import re
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from xml.etree import ElementTree as ET

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from PIL import Image

from sim.api import load_scenario
from sim.ensemble.estimate.losses import loss_days, regime_places
from sim.ensemble.store.results import Results
from sim.show.ensemble.chosen import observed_history
from sim.show.ensemble.fall_map import draw_fall_map
from sim.show.ensemble.histories import draw_histories
from sim.show.ensemble.holders_map import draw_holders_map
from sim.show.ensemble.incidence import draw_incidence
from sim.show.ensemble.order_of_falls import draw_order_of_falls
from sim.show.figures import draw_files, left_out, of_ensemble
from sim.show.kit.observed import observed_falls
from sim.show.kit.page import save
from sim.show.kit.series import is_outside, misses
from sim.show.kit.theme import FULL_WIDTH_MM, HALF_WIDTH_MM, styled
from sim.world.scenario import Scenario
from tests.show import reading
from tests.show.made import MIXED, Day, made_results
from tests.show.reading import assert_readable, subtitle_of, title_of, words_of
from tests.worlds import changed, scenario_of, tables_of

Draw = Callable[[Results, Scenario], Figure]
DRAWINGS: dict[str, Draw] = {
    "incidence": draw_incidence,
    "order_of_falls": draw_order_of_falls,
    "fall_map": draw_fall_map,
    "holders_map": draw_holders_map,
    "histories": draw_histories,
}
NEVER: list[Day] = [None] * 6
SURE: list[Day] = [day % 25 + 3 for day in range(31)]


TURNS = (
    "order_of_falls",
    "displaced_and_killed",
    "histories",
    "level_by_neighbour",
    "refugees_by_destination",
    "influence",
    "extremists",
)


def one_place() -> Scenario:
    """Return a scenario of a world with a single place, cut out of a real one."""
    whole = tables_of("liberia_2003")
    capital = whole.header.capital
    tables = dataclasses.replace(
        whole,
        locations=whole.locations[whole.locations["id"] == capital],
        borders=whole.borders[:0],
        control=whole.control[whole.control["location_id"] == capital],
        deployment=whole.deployment[whole.deployment["location_id"] == capital],
        observed=None,
    )
    return scenario_of("liberia_2003", tables=tables)


ALL = tuple(DRAWINGS)
CASES: dict[str, tuple[str, list[Day], int | None, tuple[str, ...]]] = {
    "a map, both fates": ("levant_2024", MIXED, None, ALL),
    "a map, one run, nothing falls": ("levant_2024", [None], None, ("order_of_falls", "histories")),
    "circles, everything falls": ("yemen_2014", SURE, None, ALL),
    "circles, nothing falls, nothing did": ("syria_2012", NEVER, None, ("incidence", "order_of_falls")),
    "many rows, one day": ("vietnam_1975", [0, None], 1, ALL),
    "a long year, one fall": ("iraq_2014", [*NEVER, 350], 365, ("order_of_falls", "histories")),
    "few days, five runs": ("liberia_2003", [1, 2, 2, 9, None], 10, ("fall_map", "histories")),
}


@pytest.mark.usefixtures("style")
@pytest.mark.parametrize(("case", "name"), [(case, name) for case in CASES for name in CASES[case][-1]])
def test_words_stay_on_the_page_and_touch_no_others(case: str, name: str, tmp_path: Path) -> None:
    world, days, horizon, _ = CASES[case]
    scenario = scenario_of(world, days=horizon)
    assert_readable(DRAWINGS[name](made_results(tmp_path, scenario, days), scenario))


@pytest.mark.usefixtures("style")
@pytest.mark.parametrize(("name", "days"), [*((name, MIXED) for name in DRAWINGS), ("order_of_falls", NEVER)])
def test_a_world_with_one_place_can_be_drawn(name: str, days: list[Day], tmp_path: Path) -> None:
    scenario = one_place()
    assert_readable(DRAWINGS[name](made_results(tmp_path, scenario, days), scenario))


@pytest.mark.usefixtures("style")
@pytest.mark.parametrize("width_mm", [FULL_WIDTH_MM, HALF_WIDTH_MM])
def test_incidence_fits_both_widths(width_mm: float, levant: Scenario, mixed: Results) -> None:
    figure = draw_incidence(mixed, levant, width_mm)
    assert figure.get_size_inches()[0] * 25.4 == pytest.approx(width_mm)
    assert_readable(figure)


@pytest.mark.usefixtures("style")
def test_titles_say_the_number_of_the_results(levant: Scenario, mixed: Results) -> None:
    # 3 of 8 runs collapse by day 30; Wilson (1927) gives [0.137, 0.694].
    assert title_of(draw_incidence(mixed, levant)) == "The regime collapses by day 30 in 38 % [14, 69] of runs"
    title = title_of(draw_histories(mixed, levant))
    assert title == "The regime collapses on day 12, 20 and 60 in three histories and stays in power in two"


@pytest.mark.usefixtures("style")
def test_where_places_fall_about_as_often_the_map_shows_in_which_order(levant: Scenario, tmp_path: Path) -> None:
    days: list[Day] = [10, 10, 10, None]  # all 11 by day 30 in 3 of 4
    results = made_results(tmp_path, levant, days)
    figure = draw_fall_map(results, levant)
    medians = loss_days(results.runs, results.falls, levant).median()
    first, last = f"{medians.min():.0f}", f"{medians.max():.0f}"
    turn = rf"Where places fall they do so in turn: .* on median day {first}, .* on day {last}"
    title = title_of(figure).replace("\u00a0", " ")
    assert re.fullmatch(rf"{turn}; by day 30 each has fallen in 75 % of runs", title)
    large = figure.axes[1]
    written = [text.get_text().replace("\u00a0", " ") for text in large.texts]
    assert any(text.endswith(f"\nday {first}") for text in written)
    assert not any("%" in text for text in written)
    assert_readable(figure)


@pytest.mark.usefixtures("style")
def test_places_that_fall_in_one_hour_are_not_said_to_fall_in_turn(tmp_path: Path) -> None:
    scenario = scenario_of("levant_2024")
    results = made_results(tmp_path, scenario, [10, 10])
    falls = results.falls
    at_once = {**results.frames, "falls": falls.assign(day=pd.array([4] * len(falls), falls["day"].dtype))}
    title = title_of(draw_fall_map(dataclasses.replace(results, frames=at_once), scenario))
    assert title == "Places fall at once where they do, on median day 4; by day 30 each has fallen in 100 % of runs"


@pytest.mark.usefixtures("style")
@pytest.mark.parametrize("name", TURNS)
def test_a_line_stands_where_a_lever_is_pulled(name: str, tmp_path: Path) -> None:
    scenario = load_scenario("iran_reinforces")  # on day 4
    sheets = of_ensemble(made_results(tmp_path, scenario, MIXED), scenario)
    figure = reading.drawn(sheet for sheet in sheets if sheet.name == name)[name]
    with_line = [ax for ax in figure.axes if any(is_turn(line) for line in ax.lines)]
    assert with_line
    words = subtitle_of(figure).replace("\u00a0", " ").replace("\n", " ")
    assert "dashed lines: day 4 support IRN 1.5 and reinforcement IRN to IRAN_MIL 5,000" in words
    base = load_scenario("offensive_2024")
    sheets = of_ensemble(made_results(tmp_path / "base", base, MIXED), base)
    figure = reading.drawn(sheet for sheet in sheets if sheet.name == name)[name]
    assert not [ax for ax in figure.axes if any(is_turn(line) for line in ax.lines)]


def is_turn(line: Line2D) -> bool:
    """Tell whether a line marks day 4 from bottom to top."""
    return list(line.get_xdata()) == [4, 4] and list(line.get_ydata()) == [0, 1] and line.get_linestyle() == "--"


@pytest.mark.usefixtures("style")
def test_what_happened_stands_below_the_histories_as_far_as_it_is_recorded(levant: Scenario, mixed: Results) -> None:
    written = [text.get_text() for text in words_of(draw_histories(mixed, levant))]
    # conf/world/levant_2024/observed.csv: the leader fled, the regime fell and the capital fell on day 11.
    last = written[written.index("what happened") :]
    assert "as recorded" in last
    assert {"leader flees: day 11", "regime collapses: day 11", "capital falls: day 11"} <= {*last}
    assert "places lost: 11 of 11" in last
    nothing = dataclasses.replace(levant, tables=dataclasses.replace(levant.tables, observed=None))
    assert "what happened" not in [text.get_text() for text in words_of(draw_histories(mixed, nothing))]


def test_what_nobody_recorded_is_not_said_to_have_never_happened() -> None:
    history = observed_history(scenario_of("liberia_2003"))
    assert history is not None
    assert "flight_day" not in history.days
    assert history.days["collapse_day"] >= 0.0


@pytest.mark.usefixtures("style")
def test_the_title_of_the_map_counts_places_that_fall_more_often_than_not(levant: Scenario, tmp_path: Path) -> None:
    days: list[Day] = [10, 10, 28, None]  # before the capital three places at least, after it one a day
    title = title_of(draw_fall_map(made_results(tmp_path, levant, days), levant))
    # 3 of 4: Wilson [0.301, 0.954]. In the third run three places fall before day 28, the
    # capital on it, and three more by day 30.
    assert re.fullmatch(
        r"7 of 11 places have fallen by day 30 in more than half of the runs; most often .*, in 75 % \[30, 95\]",
        title,
    )


@pytest.mark.usefixtures("style")
def test_failed_runs_are_left_out_and_counted(levant: Scenario, mixed: Results) -> None:
    subtitle = subtitle_of(draw_incidence(mixed, levant))
    assert "test in levant_2024, 8 runs, 2 failed runs left out" in subtitle


@pytest.mark.usefixtures("style")
def test_the_map_of_holders_names_the_likeliest_and_marks_the_undecided(levant: Scenario, tmp_path: Path) -> None:
    fallen = draw_holders_map(made_results(tmp_path, levant, [12, 14, 20, None]), levant)
    assert title_of(fallen).startswith("Hay'at Tahrir al-Sham holds Damascus on day 120 in 75")
    even = draw_holders_map(made_results(tmp_path, levant, [12, None]), levant)
    mark = "held by nobody in more than half of the runs"
    assert mark in [text.get_text() for text in words_of(even)]
    assert mark not in [text.get_text() for text in words_of(fallen)]


def test_the_order_of_falls_is_that_of_the_median_days(levant: Scenario, tmp_path: Path) -> None:
    results = made_results(tmp_path, levant, SURE)
    figure = draw_order_of_falls(results, levant)
    days = results.falls.groupby("location_id")["day"].median().sort_values(kind="stable")
    names = dict(zip(levant.tables.locations["id"], levant.tables.locations["name"], strict=True))
    rows = [label.get_text() for label in figure.axes[0].get_yticklabels()]
    drawn = [days[next(place for place in days.index if names[place] == row)] for row in rows]
    assert len(rows) == len(days)
    assert drawn == sorted(drawn)
    assert title_of(figure).startswith(f"Where it falls, {rows[0]} falls earliest, on median day {days.iloc[0]:.0f} [")


@pytest.mark.usefixtures("style")
def test_long_names_of_factions_stand_whole_in_the_key_of_histories(tmp_path: Path) -> None:
    scenario = scenario_of("vietnam_1975")
    figure = draw_histories(made_results(tmp_path, scenario, MIXED), scenario)
    shown = [" ".join(text.get_text().split()) for key in figure.artists for text in key.get_texts()]
    factions = scenario.tables.factions
    regime = next(str(name) for i, name in factions[["id", "name"]] if i == scenario.tables.header.regime)
    assert len(regime) > 80
    assert regime in shown
    assert not any("…" in name for name in shown)
    assert_readable(figure)


def diamonds(figure: Figure) -> list[Line2D]:
    return [line for ax in figure.axes for line in ax.get_lines() if line.get_marker() == "D"]


@pytest.mark.usefixtures("style")
@pytest.mark.parametrize(("world", "n_fallen"), [("levant_2024", 11), ("syria_2012", 0)])
def test_what_was_observed_is_marked_on_its_day_or_as_not_fallen(world: str, n_fallen: int, tmp_path: Path) -> None:
    scenario = scenario_of(world)
    marks = diamonds(draw_order_of_falls(made_results(tmp_path, scenario, MIXED), scenario))
    observed = [observed_falls(scenario)[place] for place in regime_places(scenario)]
    fallen = sorted(fall.day for fall in observed if not fall.is_never)
    black = sorted(float(np.asarray(line.get_xdata())[0]) for line in marks if line.get_markerfacecolor() != "white")
    assert len(fallen) == n_fallen
    assert black == fallen
    assert len(marks) == len(observed)


@pytest.mark.usefixtures("style")
def test_a_world_without_observations_shows_no_mark_of_history(levant: Scenario, tmp_path: Path) -> None:
    tables = dataclasses.replace(levant.tables, observed=None)
    scenario = scenario_of("levant_2024", tables=tables)
    figure = draw_order_of_falls(made_results(tmp_path, scenario, MIXED), scenario)
    assert not diamonds(figure)
    assert not any("history" in text.get_text() for text in words_of(figure))


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory, levant: Scenario, mixed: Results) -> Path:
    folder = tmp_path_factory.mktemp("drawn")
    before = dict(mpl.rcParams.copy())
    paths = draw_files(of_ensemble(mixed, levant), folder)
    assert sorted(paths) == sorted((folder / "figures").iterdir())
    assert dict(mpl.rcParams.copy()) == before  # settings are those of the caller again
    return folder / "figures"


def test_all_figures_are_written_as_png_at_full_width(drawn: Path) -> None:
    stems = {path.stem for path in drawn.iterdir()}
    assert set(DRAWINGS) < stems
    assert {path.name for path in drawn.iterdir()} == {f"{n}.{e}" for n in stems for e in ("png", "svg")}
    for name in stems:
        with Image.open(drawn / f"{name}.png") as image:
            assert image.width == round(FULL_WIDTH_MM / 25.4 * 200)


def test_the_text_of_svg_files_is_text(drawn: Path) -> None:
    texts = {name: svg_texts(drawn / f"{name}.svg") for name in DRAWINGS}
    assert "The regime collapses by day 30 in 38 % [14, 69] of runs" in texts["incidence"]
    assert {"Aleppo", "Damascus"} <= set(texts["order_of_falls"])
    assert "Aleppo" in texts["fall_map"]  # though the names on a map have a halo
    provenance = "world levant_2024, seed 7, config c0ffeec0ffee, world tables"
    assert all(any(provenance in words for words in found) for found in texts.values())


def svg_texts(path: Path) -> list[str]:
    root = ET.parse(path).getroot()
    return ["".join(node.itertext()) for node in root.iter("{http://www.w3.org/2000/svg}text")]


def test_a_figure_has_the_same_bytes_in_any_thread(
    tmp_path: Path, drawn: Path, levant: Scenario, mixed: Results
) -> None:
    def draw(name: str) -> list[bytes]:
        with styled():
            return [path.read_bytes() for path in save(draw_incidence(mixed, levant), tmp_path / name)]

    with ThreadPoolExecutor(2) as pool:
        one, other = pool.map(draw, ("one", "other"))
    assert one == other == [(drawn / f"incidence.{ending}").read_bytes() for ending in ("png", "svg")]


def test_an_ensemble_whose_runs_all_failed_has_no_figures(tmp_path: Path, levant: Scenario) -> None:
    sheets = of_ensemble(made_results(tmp_path, levant, [], failed=3), levant)
    assert draw_files(sheets, tmp_path) == []
    (line,) = left_out(sheets)
    assert line.endswith(": every run failed")
    assert list(tmp_path.iterdir()) == []


def test_without_a_place_of_the_regime_the_figures_of_falls_are_left_out(tmp_path: Path) -> None:
    scenario = one_place()
    locations = changed(scenario.tables.locations, seat_holder=scenario.tables.header.challenger)
    lost = dataclasses.replace(scenario, tables=dataclasses.replace(scenario.tables, locations=locations))
    results = made_results(tmp_path, lost, NEVER)
    sheets = of_ensemble(results, lost)
    assert not {"order_of_falls", "fall_map"} & {path.stem for path in draw_files(sheets, results.folder)}
    assert "no order_of_falls, fall_map: the regime's side holds no place on day 0" in left_out(sheets)


def test_importing_chooses_no_backend_and_no_pyplot() -> None:
    code = (
        "import sys, matplotlib, sim.show.figures; "
        "print('matplotlib.pyplot' in sys.modules, matplotlib.rcParams._get_backend_or_none())"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "None"]


def test_a_title_tells_what_history_lies_outside_the_runs() -> None:
    runs = np.arange(100.0)
    assert [is_outside(seen, runs) for seen in (1.0, 50.0, 98.0)] == [True, False, True]
    assert misses([True, False, True]).startswith("; 2 of 3")
    assert misses([]) == ""


@pytest.mark.parametrize(("day", "outside"), [(110.0, "all"), (np.nan, "all"), (15.0, "none")])
def test_a_title_counts_the_falls_that_no_run_has(day: float, outside: str, tmp_path: Path) -> None:
    whole = tables_of("levant_2024")
    assert whole.observed is not None
    observed = whole.observed.copy()
    falls = np.char.startswith(observed["name"].astype(str), "fall_day/")
    for column in ("value", "low", "high"):
        observed[column][falls] = day
    scenario = scenario_of("levant_2024", tables=dataclasses.replace(whole, observed=observed))
    title = title_of(draw_order_of_falls(made_results(tmp_path, scenario, SURE), scenario)).replace("\n", " ")
    n = len(set(regime_places(scenario)) & set(observed_falls(scenario)))
    assert f"; {n if outside == 'all' else 0} of {n} marks of history outside the middle 90" in title.replace(
        "\xa0", " "
    )
