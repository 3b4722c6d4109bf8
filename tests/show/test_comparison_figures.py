import dataclasses
import functools
import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from matplotlib.collections import PathCollection
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from sim.show.compare.arranged import arranged
from sim.show.compare.differences import Difference, in_points, told_of
from sim.show.compare.fall_differences import NOT_CLEAR, TOPS, difference_colour, draw_compare_falls, top_of
from sim.show.compare.forest import draw_compare_probabilities
from sim.show.compare.incidence import draw_compare_incidence
from sim.show.compare.levels import draw_compare_levels
from sim.show.compare.marks import looks_of
from sim.show.figures import draw_files, drawable, left_out, of_comparison
from sim.show.kit.theme import FULL_WIDTH_MM, INK, LEVEL_COLOURS, RULE, luminance, styled
from sim.show.kit.typeset import MM_PER_INCH, NO_BREAK
from sim.show.maps.geometry import load_shapes
from sim.show.maps.world_map import radius_pt
from sim.study.cases import Case
from sim.study.compare import Comparison, compare
from sim.tell.ensemble import run_ensemble
from sim.world.config import read_config
from sim.world.scenario import build_scenario
from tests.show import reading
from tests.show.cases import made_case
from tests.show.made import Day
from tests.show.reading import assert_readable, subtitle_of, title_of
from tests.worlds import scenario_of, tables_of

RUNS, PRINTED_MM = 20, 277.0  # height of what fits a printed page
MINUS = "\N{MINUS SIGN}"
LONG = "a_name_that_says_everything_about_a_scenario"
NEVER: list[Day] = [None] * 40
ALWAYS: list[Day] = [5] * 40
ALL = ["incidence", "probabilities", "amounts", "levels", "fall_differences", "refugees", "influence"]
Lever = dict[str, object]


# Few ensembles, many scenarios: what a scenario is called does not change what it is.
LEVERS: dict[str, list[Lever]] = {
    "base": [],
    "hold": [{"lever": "resolve", "actor": "regime", "value": 3.0}],
    "shut": [
        {"lever": "border", "actor": "all", "value": 0.0},
        {"lever": "resolve", "actor": "regime", "value": 0.4},
    ],
}
SCENARIOS = {"base": "base", "hold": "hold", LONG: "shut", "same": "base", "shut": "shut"} | {
    f"scenario_{kind}": kind for kind in ("hold", "base", "shut")
}
SCENARIOS |= {"patrons_leave": "shut", "us_strikes_extremists": "hold"}


@functools.cache
def case_of(world: str, kind: str, root: Path) -> Case:
    values = {
        "scenario": {"name": kind, "question": "What changes?", "levers": LEVERS[kind]},
        "world": {"name": world},
        "horizon_days": 40,
        "ensemble": {"runs": RUNS, "seed": 1, "workers": 1, "traces": 2},
        "rules": {"scale": {"side_error": 0.0}, "morale": {"surprise_exponent": 0.0}, "advance": {"tempo_median": 1.0}},
    }
    scenario = build_scenario(tables_of(world), read_config(values))
    return Case(kind, run_ensemble(scenario, root / world / kind, "test"), scenario)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cases")


def compared(world: str, names: Sequence[str], root: Path) -> Comparison:
    cases = [dataclasses.replace(case_of(world, SCENARIOS[name], root), name=name) for name in names]
    return compare(cases, root / "comparison", "test")


def made(tmp_path: Path, days: Sequence[Sequence[Day]], world: str = "liberia_2003") -> Comparison:
    scenario = scenario_of(world)
    cases = [made_case(tmp_path, scenario, own, name=f"s{i}") for i, own in enumerate(days)]
    return compare(cases, tmp_path, "test")


def drawn(comparison: Comparison, name: str) -> Figure:
    return drawable(of_comparison(comparison))[name].draw()


@pytest.mark.parametrize(
    ("world", "names"),
    [
        ("levant_2024", list(SCENARIOS)),
        ("levant_2024", ["base", "hold"]),
        ("levant_2024", ["base", LONG, "hold", "same"]),
        ("liberia_2003", list(SCENARIOS)),
        ("liberia_2003", ["base", "hold", LONG]),
        ("liberia_2003", ["base", "same"]),
    ],
    ids=["map, 10", "map, 2", "map, 4", "circles, 10", "circles, 3", "nothing differs"],
)
def test_every_label_is_inside_the_page_and_none_overlap(world: str, names: list[str], root: Path) -> None:
    figures = reading.drawn(of_comparison(compared(world, names, root)))
    assert list(figures) == ALL
    for name, figure in figures.items():
        width, height = (inches * MM_PER_INCH for inches in figure.get_size_inches())
        assert width == pytest.approx(FULL_WIDTH_MM), name
        assert height < PRINTED_MM, name
        assert_readable(figure)


def test_each_forest_has_its_zero_line_inside_its_scale(root: Path) -> None:
    figure = drawn(compared("levant_2024", ["base", "hold", "shut"], root), "probabilities")
    for ax in figure.axes:
        zero, low, high = lines_at_zero(ax.get_lines()), *ax.get_xlim()
        assert len(zero) == 1
        assert low < 0.0 < high


def lines_at_zero(lines: Sequence[Line2D]) -> list[Line2D]:
    return [line for line in lines if list(np.asarray(line.get_xdata())) == [0.0, 0.0] and len(line.get_ydata()) == 2]  # type: ignore[arg-type]


@pytest.mark.usefixtures("style")
def test_marks_stand_at_the_differences_and_are_filled_where_these_are_clear(tmp_path: Path) -> None:
    some: list[Day] = [5] * 20 + [None] * 20
    comparison = made(tmp_path, [some, ALWAYS])
    ax = draw_compare_probabilities(comparison).axes[0]
    marks = {line.get_ydata()[0]: line for line in ax.get_lines() if line.get_marker() == "s"}  # type: ignore[index]
    found = {(line.get_xdata()[0], line.get_markerfacecolor() != "white") for line in marks.values()}
    # From 20 of 40 to 40 of 40; every leader who flees does so in a run with an odd number.
    assert found == {(50.0, True), (25.0, True)}


@pytest.mark.usefixtures("style")
def test_rows_are_sorted_by_what_scenarios_do(tmp_path: Path) -> None:
    some: list[Day] = [5] * 20 + [None] * 20
    figure = draw_compare_probabilities(made(tmp_path, [some, NEVER, ALWAYS]))
    names = [text.get_text() for text in figure.texts if text.get_text() in ("s1", "s2")]
    assert names[:2] == ["s2", "s1"]


@pytest.mark.parametrize("top", TOPS)
def test_colours_of_differences_are_centred_on_zero(top: float) -> None:
    for value in np.linspace(0.01, 1.0, 23) * top:
        more, less = difference_colour(float(value), top), difference_colour(-float(value), top)
        assert more != less
        assert luminance(more) == pytest.approx(luminance(less), abs=0.16)
    shades = [luminance(difference_colour(share * top, top)) for share in (0.1, 0.3, 0.5, 0.7, 0.9)]
    assert shades == sorted(shades, reverse=True)
    assert luminance(NOT_CLEAR) == 1.0 > shades[0]


def test_the_scale_of_the_difference_map_has_zero_in_its_middle(root: Path) -> None:
    figure = drawn(compared("levant_2024", ["base", "hold", "shut", "same"], root), "fall_differences")
    scale = figure.axes[0]
    low, high = scale.get_xlim()
    assert low == -high
    assert [label.get_text() for label in scale.get_xticklabels()][2] == "0"
    assert top_of(0.3) == TOPS[0]


@pytest.mark.usefixtures("style")
def test_places_that_do_not_clearly_differ_are_white_on_the_map(root: Path) -> None:
    comparison = compared("levant_2024", ["base", "same"], root)
    figure = draw_compare_falls(comparison)
    fills = [found for found in figure.axes[1].collections if isinstance(found, PathCollection)]
    held = in_points(comparison, [name for name in comparison.table["outcome"].unique() if name.startswith("p_fall_")])
    white = [colour for fill in fills for colour in map(to_hex, fill.get_facecolor()) if colour == NOT_CLEAR]
    assert len(white) >= len(held)
    assert title_of(figure) == "same does not change which places are lost: every run is as in base"


def test_a_map_on_which_all_numbers_are_the_same_says_it_once(tmp_path: Path) -> None:
    comparison = made(tmp_path, [NEVER, ALWAYS])
    falls = comparison.table["outcome"].str.startswith("p_fall_") & (comparison.table["scenario"] == "s1")
    places = set(comparison.table.loc[falls, "outcome"])
    for n_clear, head in ((len(places), "+100 everywhere"), (2, "+100 where coloured"), (0, "nothing clear")):
        table = comparison.table.copy()
        unclear = sorted(places)[n_clear:]
        table.loc[falls & table["outcome"].isin(unclear), ["difference", "low", "high"]] = (0.0, -0.1, 0.1)
        figure = drawn(dataclasses.replace(comparison, table=table), "fall_differences")
        assert head in {text.get_text() for text in figure.texts}
        assert not [text for text in figure.axes[1].texts if "100" in text.get_text()]


@pytest.mark.usefixtures("style")
def test_numbers_stay_in_their_circles_where_these_stand_close_together(tmp_path: Path) -> None:
    comparison = made(tmp_path, [ALWAYS, NEVER, ALWAYS], "ethiopia_1991")
    table = comparison.table.copy()
    falls = table.index[table["outcome"].str.startswith("p_fall_") & (table["scenario"] == "s1")]
    table.loc[falls[0], ["difference", "low", "high"]] = (-0.99, -1.0, -0.98)  # all the same would be told once
    figure = drawn(dataclasses.replace(comparison, table=table), "fall_differences")
    numbers = [text for ax in figure.axes[1:] for text in ax.texts if text.get_text().startswith(MINUS)]
    shapes = load_shapes(scenario_of("ethiopia_1991").tables)
    assert len(numbers) == len(falls)
    for text in numbers:
        assert text.get_window_extent().width < 2 * radius_pt(text.axes, shapes) * figure.dpi / 72
    assert_readable(figure)


def test_a_map_with_different_numbers_writes_each_in_whole_points(tmp_path: Path) -> None:
    comparison = made(tmp_path, [NEVER, ALWAYS])
    table = comparison.table.copy()
    falls = table.index[table["outcome"].str.startswith("p_fall_") & (table["scenario"] == "s1")]
    for i, numbers in enumerate([(0.123, 0.1, 0.15), (0.003, 0.001, 0.005), (-0.003, -0.005, -0.001)]):
        table.loc[falls[i], ["difference", "low", "high"]] = numbers
    figure = drawn(dataclasses.replace(comparison, table=table), "fall_differences")
    numbers = {text.get_text() for text in figure.axes[1].texts}
    assert {"+12", "<+1", f">{MINUS}1", "+100"} <= numbers
    assert f">{MINUS}1 to +100" in {text.get_text() for text in figure.texts}


@pytest.mark.parametrize("name", ["refugees", "influence", "amounts", "probabilities"])
def test_numbers_below_each_other_have_as_many_decimals(name: str, root: Path) -> None:
    figure = drawn(compared("levant_2024", list(SCENARIOS), root), name)
    columns = [[text.get_text() for text in ax.texts] for ax in figure.axes]
    assert sum(map(len, columns)) > len(SCENARIOS)
    for column in columns:
        numbers = [number for text in column if "<" not in text for number in re.findall(r"[\d.,]*\d", text)]
        assert len({len(number.partition(".")[2]) for number in numbers if number != "0"}) <= 1, column


def test_what_is_too_small_to_tell_is_told_as_finely_as_what_stands_beside_it() -> None:
    sizes = ((-0.035, -0.06, -0.01), (0.0002, -0.0001, 0.0004), (0.0, 0.0, 0.0), (0.02, 0.01, 0.03))
    column = [Difference(f"s{i}", "any", "points", 0.1, *size, *size[1:]) for i, size in enumerate(sizes)]
    assert [str(told) for told in told_of(column)] == [
        f"{MINUS}0.035 [{MINUS}0.060, {MINUS}0.010]",
        "<0.0005",
        "0",
        "+0.020 [+0.010, +0.030]",
    ]
    assert [str(told) for told in told_of(column[1:])] == ["<0.05", "0", "<0.05"]


def test_the_title_of_influence_has_the_digits_of_its_panel(root: Path) -> None:
    comparison = compared("levant_2024", ["base", "shut"], root)
    table = comparison.table.copy()
    ours = (table["scenario"] == "shut") & (table["outcome"] == "influence_TUR")
    table.loc[ours, ["difference", "low", "high"]] = (0.0123, 0.0101, 0.0145)
    figure = drawn(dataclasses.replace(comparison, table=table), "influence")
    told = title_of(figure).replace(NO_BREAK, " ").partition(" in the base")[0].partition(": ")[2]
    assert re.fullmatch(r"\d+\.\d+ %", told)
    assert told in {ax.texts[0].get_text() for ax in figure.axes}


def test_without_a_map_many_scenarios_stand_in_a_table_with_a_number_where_it_is_clear(root: Path) -> None:
    comparison = compared("liberia_2003", ["base", "hold", "same", "scenario_hold"], root)
    ax = drawn(comparison, "fall_differences").axes[1]
    cells = [patch for patch in ax.patches if isinstance(patch, Rectangle)]
    falls = comparison.table[comparison.table["outcome"].str.startswith("p_fall_")]
    others = falls[falls["scenario"] != "base"]
    clear = (others["low"] > 0.0) | (others["high"] < 0.0)
    assert len(cells) == len(others)
    assert len(ax.texts) == clear.sum() > 0
    assert sum(to_hex(cell.get_facecolor()) != NOT_CLEAR for cell in cells) == clear.sum()


def test_many_scenarios_have_a_panel_each_with_the_base_in_grey(root: Path) -> None:
    names = list(SCENARIOS)[:5]
    comparison = compared("liberia_2003", names, root)
    with styled():
        panels = draw_compare_incidence(comparison).axes
    assert len(panels) == len([name for name in names if name not in ("base", "same")])  # "same" differs in no run
    curves = [panel.get_lines() for panel in panels]
    assert {base.get_color() for base, _ in curves} == {RULE}
    base = np.asarray(curves[0][0].get_ydata())
    assert all(np.array_equal(np.asarray(one.get_ydata()), base) for one, _ in curves)


def test_few_scenarios_share_one_panel_and_are_named_at_their_curves(root: Path) -> None:
    with styled():
        (ax,) = draw_compare_incidence(compared("liberia_2003", ["base", "hold", "same"], root)).axes
    assert [text.get_text().split("\n")[0] for text in ax.texts] == ["base", "hold", "same"]


def test_no_colour_comes_twice_however_many_scenarios_there_are() -> None:
    for n in (3, 7, 18):
        looks = looks_of(str(i) for i in range(n))
        assert len({look.colour for look in looks.values()}) == n


def test_many_scenarios_are_sorted_by_what_they_do_and_the_unchanged_are_named_alone(root: Path) -> None:
    names = ["base", "same", "hold", "shut", "scenario_hold", "scenario_base"]
    comparison = compared("liberia_2003", names, root)
    few = arranged(compared("liberia_2003", names[:4], root))
    assert [case.name for case in few.cases] == names[:4]
    shown = arranged(comparison)
    rise = comparison.table[comparison.table["outcome"] == "p_collapse_by_30"].set_index("scenario")["difference"]
    kept = [case.name for case in shown.cases[1:]]
    assert {*kept} == {"hold", "shut", "scenario_hold"}
    assert [rise[name] for name in kept] == sorted((rise[name] for name in kept), reverse=True)
    with styled():
        figure = drawable(of_comparison(comparison))["levels"].draw()
    words = subtitle_of(figure).replace("\n", " ").replace(NO_BREAK, " ")
    assert "no run differs in same and scenario_base, not shown" in words


def test_of_many_scenarios_a_figure_leaves_out_those_that_change_nothing_in_it(root: Path) -> None:
    names = ["base", "hold", "shut", "scenario_hold", "scenario_shut", "scenario_base", "same"]
    comparison = compared("liberia_2003", names, root)
    with styled():
        figure = draw_compare_probabilities(comparison)
    words = subtitle_of(figure).replace("\n", " ").replace(NO_BREAK, " ")
    assert "not shown, since hardly anything here differs: scenario_base and same" in words
    assert "same" not in [text.get_text() for text in figure.texts]


def test_scenarios_can_be_told_apart_without_colour() -> None:
    looks = looks_of(SCENARIOS)
    assert looks["base"].colour == INK
    assert len({look.marker for look in looks.values()}) == len(SCENARIOS)
    assert not {"<", ">"} & {look.marker for look in looks.values()}  # they point beyond the end of a scale
    assert len({look.style for look in list(looks.values())[:4]}) == 4


def test_levels_add_up_to_all_runs_with_the_worst_at_the_left(root: Path) -> None:
    names = ["base", "shut", "hold"]
    with styled():
        figure = draw_compare_levels(compared("levant_2024", names, root))
    for ax in figure.axes:
        bars = [patch for patch in ax.patches if isinstance(patch, Rectangle)]
        for row in range(len(names)):
            own = bars[row * len(LEVEL_COLOURS) : (row + 1) * len(LEVEL_COLOURS)]
            assert [to_hex(bar.get_facecolor()) for bar in own] == list(LEVEL_COLOURS[::-1])
            assert own[0].get_x() == 0.0
            assert own[-1].get_x() + own[-1].get_width() == pytest.approx(1.0)


def test_refugees_are_told_with_the_paired_interval_of_the_table(root: Path) -> None:
    comparison = compared("levant_2024", ["base", "shut"], root)
    figure = drawn(comparison, "refugees")
    told = [text.get_text() for ax in figure.axes for text in ax.texts]
    table = comparison.table[comparison.table["outcome"].str.startswith("refugees_")]
    means = table[table["scenario"] == "base"]["estimate"]
    assert len(told) == 2 * (means > 0.0).sum()
    differences = [number for number in told[1::2] if not number.startswith("<")]
    assert all(number.startswith("−") and "[" in number for number in differences)
    assert (means > 50.0).sum() <= len(differences) <= (means > 0.0).sum()  # of a few persons none is told


def test_a_figure_says_which_scenarios_change_no_run_and_what_they_are_compared_with(root: Path) -> None:
    comparison = compared("levant_2024", ["base", "hold", "same"], root)
    subtitle = subtitle_of(drawn(comparison, "levels"))
    assert "2 scenarios against base in levant_2024, 20 runs each; no run differs in same;" in subtitle


def test_what_nobody_has_is_left_out(tmp_path: Path) -> None:
    scenario = scenario_of("liberia_2003", days=20)
    cases = [made_case(tmp_path, scenario, NEVER, name=name, quiet=True) for name in ("one", "other")]
    comparison = compare(cases, tmp_path, "test")
    sheets = of_comparison(comparison)
    assert list(drawable(sheets)) == ["incidence", "amounts", "levels", "fall_differences"]
    assert left_out(sheets) == [
        "no probabilities: none of the events happens in any scenario",
        "no refugees: nobody leaves the contested state",
        "no influence: no state has influence",
    ]
    no_runs = dataclasses.replace(comparison, table=comparison.table.assign(n=0))
    assert drawable(of_comparison(no_runs)) == {}


def test_figures_are_written_twice_with_text_as_text(tmp_path: Path) -> None:
    paths = draw_files(of_comparison(made(tmp_path, [NEVER, ALWAYS])), tmp_path)
    assert {path.parent for path in paths} == {tmp_path / "figures"}
    assert {path.suffix for path in paths} == {".png", ".svg"}
    assert "Simulated under these scenarios" in (tmp_path / "figures" / "levels.svg").read_text()
