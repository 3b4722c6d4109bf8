import dataclasses
import re
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from matplotlib.collections import PolyCollection
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from sim.core.codes import Channel
from sim.ensemble.estimate.knowledge import Knowledge
from sim.ensemble.store.results import Results
from sim.show.ensemble.carried_by_channel import caused_by_channel, draw_carried_by_channel
from sim.show.ensemble.displaced_and_killed import draw_displaced_and_killed
from sim.show.ensemble.extremists import draw_extremists
from sim.show.ensemble.highest_level import draw_highest_level
from sim.show.ensemble.incident_map import draw_incident_map, incidents
from sim.show.ensemble.influence import draw_influence
from sim.show.ensemble.level_by_neighbour import draw_level_by_neighbour
from sim.show.ensemble.refugees_by_destination import draw_refugees_by_destination
from sim.show.figures import draw_files, left_out, of_ensemble
from sim.show.kit.ladder import highest, reached_by
from sim.show.kit.observed import ObservedAmount, observed_amounts, observed_at_horizon
from sim.show.kit.panels import scale_to, set_panels
from sim.show.kit.series import FEWEST_IN_A_FAN, NOTHING, STILL
from sim.show.kit.theme import LEVEL_COLOURS, luminance, styled
from sim.show.kit.typeset import NO_BREAK
from sim.tell.estimate import Kind
from sim.tell.lookup import mean, median
from sim.tell.places import state_names
from sim.world.scenario import Scenario
from tests.show.made import MIXED, REFUGEES, RUNG_DAYS, Day, made_results
from tests.show.reading import assert_readable, subtitle_of, title_of, words_of
from tests.worlds import scenario_of, tables_of

Draw = Callable[[Results, Scenario], Figure]
DRAWINGS: dict[str, Draw] = {
    "level_by_neighbour": draw_level_by_neighbour,
    "highest_level": draw_highest_level,
    "carried_by_channel": draw_carried_by_channel,
    "refugees_by_destination": draw_refugees_by_destination,
    "extremists": draw_extremists,
    "influence": draw_influence,
    "incident_map": draw_incident_map,
    "displaced_and_killed": draw_displaced_and_killed,
}
MANY: list[Day] = [day % 25 + 3 if day % 3 else None for day in range(40)]
CASES: dict[str, tuple[str, list[Day], int | None]] = {
    "a map, fans": ("levant_2024", MANY, None),
    "circles, long names, fans": ("angola_1992", MANY, None),
    "one run, one day": ("vietnam_1975", [0], 1),
    "ten days, few runs": ("liberia_2003", MIXED, 10),
}


def alone(name: str) -> Scenario:
    """Return a scenario of a world without neighbours."""
    whole = tables_of(name)
    header = whole.header.model_copy(update={"neighbours": ()})
    return scenario_of(name, tables=dataclasses.replace(whole, header=header))


@pytest.fixture(scope="module", params=CASES)
def case(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Results, Scenario]:
    world, days, horizon = CASES[request.param]
    scenario = scenario_of(world, days=horizon)
    return made_results(tmp_path_factory.mktemp("case"), scenario, days, traces=30), scenario


@pytest.mark.usefixtures("style")
@pytest.mark.parametrize("name", DRAWINGS)
def test_words_stay_on_the_page_and_touch_no_others(name: str, case: tuple[Results, Scenario]) -> None:
    results, scenario = case
    if scenario.horizon_days == 1 and name in ("refugees_by_destination", "incident_map"):
        assert any(line.startswith(f"no {name}: ") for line in left_out(of_ensemble(results, scenario)))
    else:
        assert_readable(DRAWINGS[name](results, scenario))


@pytest.mark.usefixtures("style")
def test_levels_are_counted_from_the_first_days_of_all_runs(levant: Scenario, mixed: Results) -> None:
    runs = mixed.runs[mixed.runs["status"] == "ok"]
    first = levant.tables.header.neighbours[0]  # its highest levels are 0 1 2 3 4 0 1 2
    shares = reached_by(runs, first, 120)
    assert shares[0].tolist() == [1.0] * 120
    assert shares[1, 0] == 6 / 8  # level 1 on day 0 counts on day 0
    assert (shares[2, RUNG_DAYS - 1], shares[2, RUNG_DAYS]) == (0.0, 4 / 8)
    assert shares[:, -1].tolist() == [1.0, 6 / 8, 4 / 8, 2 / 8, 1 / 8]
    assert np.bincount(highest(runs, first)).tolist() == [2, 2, 2, 1, 1]


@pytest.mark.usefixtures("style")
def test_levels_stack_to_all_runs_with_the_worst_at_the_bottom(levant: Scenario, mixed: Results) -> None:
    ax = draw_level_by_neighbour(mixed, levant).axes[0]
    areas = [found for found in ax.collections if isinstance(found, PolyCollection)]
    assert [to_hex(area.get_facecolor()[0]) for area in areas] == list(LEVEL_COLOURS)
    spans = [area.get_paths()[0].get_extents() for area in areas]
    assert [span.y1 for span in spans] == [1.0, 6 / 8, 4 / 8, 2 / 8, 1 / 8]
    assert spans[-1].y0 == 0.0
    assert ax.get_yscale() == "log"  # where one run in a hundred can be seen
    (mark,) = [line for line in ax.get_lines() if line.get_marker() == "o"]
    assert (mark.get_xdata()[0], mark.get_ydata()[0]) == (120, 4 / 8)  # type: ignore[index]
    assert {span.x1 for span in spans} == {120.0}


def test_each_level_is_darker_than_the_one_below() -> None:
    light = [luminance(colour) for colour in LEVEL_COLOURS]
    assert all(lower - higher > 0.1 for lower, higher in pairwise(light))


@pytest.mark.usefixtures("style")
def test_the_panels_stand_in_the_order_of_the_tables_with_their_share(levant: Scenario, mixed: Results) -> None:
    names = state_names(levant)
    figure = draw_level_by_neighbour(mixed, levant)
    heads = [text.get_text().replace(NO_BREAK, " ") for text in figure.texts[3:]]
    assert heads[::2] == [names[state] for state in levant.tables.header.neighbours]
    assert heads[1] == "50 % [22, 78]"  # 4 of 8; Wilson (1927)
    # 5 of 8 each, the order of the tables breaks ties; Turkey, in 6, stands there on day 0.
    expected = "Iran reaches level 2, border incident, or higher by day 120 in 63 % [31, 86] of runs"
    assert title_of(figure) == f"{expected}, Lebanon in 63 % [31, 86]"


@pytest.mark.usefixtures("style")
def test_the_table_of_levels_has_each_share_with_its_interval(levant: Scenario, mixed: Results) -> None:
    figure = draw_highest_level(mixed, levant)
    cells = [text.get_text().replace(NO_BREAK, " ") for text in figure.axes[0].texts]
    assert cells[:5] == ["25 % [7, 59]"] * 3 + ["13 % [2, 47]"] * 2  # 2, 2, 2, 1 and 1 of 8
    assert len(cells) == 5 * len(levant.tables.header.neighbours)
    assert "8 runs, 2 failed runs left out" in subtitle_of(figure)


@pytest.mark.usefixtures("style")
def test_what_happened_is_marked_on_its_level_and_never_filled(levant: Scenario, mixed: Results) -> None:
    marks = marks_of(draw_highest_level(mixed, levant), STILL)
    neighbours = levant.tables.header.neighbours
    seen = {int(line.get_ydata()[0]): line.get_xdata()[0] - 0.5 for line in marks}  # type: ignore[index]
    expected = [observed_at_horizon(levant, f"spillover_level/{state}")[0].amount for state in neighbours]
    assert [seen[row] for row in range(len(neighbours))] == expected
    assert {line.get_markerfacecolor() for line in marks} == {"white"}


def marks_of(figure: Figure, mark: str) -> list[Line2D]:
    return [line for ax in figure.axes for line in ax.get_lines() if line.get_marker() == mark]


@pytest.mark.usefixtures("style")
def test_what_carries_incidents_adds_up_to_those_that_the_war_causes(levant: Scenario, mixed: Results) -> None:
    second = levant.tables.header.neighbours[1]  # its channel is arms
    parts = caused_by_channel(mixed, second)
    runs = mixed.runs[mixed.runs["status"] == "ok"]
    assert np.array_equal(parts.sum(axis=0), runs[f"incidents_caused_{second}"].to_numpy(np.float64))
    assert parts.any(axis=1).tolist() == [channel is Channel.ARMS for channel in Channel]
    title = title_of(draw_carried_by_channel(mixed, levant))
    assert title.startswith("The war causes 50 % of its neighbours")


@pytest.mark.usefixtures("style")
def test_a_panel_in_which_nothing_is_caused_says_so(levant: Scenario, tmp_path: Path) -> None:
    figure = draw_carried_by_channel(made_results(tmp_path, levant, MIXED, quiet=True), levant)
    assert all(NOTHING in [text.get_text() for text in ax.texts] for ax in figure.axes)
    assert title_of(figure) == "The war causes no incident at any neighbour in any run"


@pytest.mark.usefixtures("style")
def test_an_ensemble_in_which_nobody_is_displaced_says_so_and_gives_no_interval_of_nothing(
    levant: Scenario, tmp_path: Path
) -> None:
    results = made_results(tmp_path, levant, MIXED, quiet=True)
    results.runs.loc[:, ["displaced_peak", "fatalities_civilians"]] = 0
    title = title_of(draw_displaced_and_killed(results, levant))
    assert title.startswith("Nobody is displaced in half of the runs or more; no civilians are killed by day 120")
    assert "[0, 0]" not in title


@pytest.mark.usefixtures("style")
@pytest.mark.parametrize("n", [11, 24])
def test_quantiles_of_a_dozen_runs_are_not_drawn(n: int, levant: Scenario, tmp_path: Path) -> None:
    days: list[Day] = [10, None] * 12
    figure = draw_displaced_and_killed(made_results(tmp_path, levant, days[:n], traces=n), levant)
    is_fan = n >= FEWEST_IN_A_FAN
    assert any(ax.collections for ax in figure.axes) is is_fan
    assert ("one run" in [text.get_text() for text in words_of(figure)]) is not is_fan


@pytest.mark.usefixtures("style")
def test_refugees_are_shown_where_there_are_any_with_what_happened(levant: Scenario, mixed: Results) -> None:
    figure = draw_refugees_by_destination(mixed, levant)
    neighbours = levant.tables.header.neighbours
    assert len(figure.axes) == len(neighbours)
    most = REFUGEES * (levant.horizon_days - 1)
    assert title_of(figure).startswith(f"Most refugees arrive in Iraq: {most:,} ")
    ax = figure.axes[list(neighbours).index("LBN")]
    (mark,) = [line for line in ax.get_lines() if line.get_marker() == "^"]
    assert (*np.asarray(mark.get_xdata()), *np.asarray(mark.get_ydata())) == (120, 95000)  # as checked
    assert ax.get_ylim()[1] > 115000  # the high end of the reports


def test_what_was_observed_by_day_is_read_with_its_range(levant: Scenario) -> None:
    found = observed_amounts(levant, "displaced_by_day")
    assert found[0] == ObservedAmount(8, 280000.0, 250000.0, 320000.0)
    assert [seen.day for seen in found] == [8, 9, 11, 15]
    early = scenario_of("levant_2024", days=10)
    assert [seen.day for seen in observed_amounts(early, "displaced_by_day")] == [8, 9]
    assert observed_at_horizon(early, "displaced") == []  # it was counted up to another day


@pytest.mark.usefixtures("style")
def test_extremists_are_split_by_what_becomes_of_the_regime(levant: Scenario, tmp_path: Path) -> None:
    figure = draw_extremists(made_results(tmp_path, levant, MANY, traces=30), levant)
    words = [text.get_text().replace(NO_BREAK, " ") for text in words_of(figure)]
    assert "20 runs" in words
    assert "10 runs" in words
    assert "at 50.0 % [50.0, 50.0] of their strength on day 0 with a collapse, at 50.0 %" in title_of(figure)
    assert title_of(figure).endswith("(medians of 26 and 14 runs)")  # of all, of which 30 left a day series
    medians = [line.get_ydata()[0] for line in figure.axes[1].get_lines()]  # type: ignore[index]
    assert medians == [29.0, 30.0, 30.0, 30.0]  # one attack a day; day 0 has none


@pytest.mark.usefixtures("style")
def test_influence_is_labelled_at_the_end_in_its_order(levant: Scenario, mixed: Results) -> None:
    figure = draw_influence(mixed, levant)
    labels = [text.get_text() for text in figure.axes[0].texts]
    assert labels == ["Jordan 0 % [0, 0]", "Syria 100 % [100, 100]"]
    assert title_of(figure) == "Syria ends with 100 % [100, 100] of influence; Jordan goes from 100 % to 0 % [0, 0]"


@pytest.mark.usefixtures("style")
def test_influence_at_the_end_is_that_of_all_runs_not_of_the_traced_alone(levant: Scenario, tmp_path: Path) -> None:
    made = made_results(tmp_path, levant, MIXED, traces=2)
    runs = made.runs.copy()
    runs.loc[2:, "influence_SYR"], runs.loc[2:, "influence_JOR"] = 0.2, 0.8  # the last six, which leave no day series
    figure = draw_influence(dataclasses.replace(made, frames={**made.frames, "runs": runs}), levant)
    numbers = [text.get_text().partition(" [")[0] for text in figure.axes[0].texts]
    assert numbers == ["Jordan 60 %", "Syria 40 %"]
    assert title_of(figure).startswith("Jordan stays ahead: 100 % of influence on day 0, 60 %")
    told = subtitle_of(figure).replace(NO_BREAK, " ")
    assert "the first 2 runs; at the right: the last day of all 8 runs" in told


@pytest.mark.usefixtures("style")
def test_all_panels_of_influence_show_means(levant: Scenario, tmp_path: Path) -> None:
    figure = draw_influence(made_results(tmp_path, levant, MANY, traces=25), levant)
    (line,) = figure.axes[2].get_lines()
    assert np.asarray(line.get_ydata()) == pytest.approx((13 * 2.0 + 12 * 3.0) / 25)  # the median is 2
    assert "the rest is local" in subtitle_of(figure)


@pytest.mark.usefixtures("style")
def test_incidents_are_a_mean_over_all_runs_that_count(levant: Scenario, mixed: Results) -> None:
    counts = incidents(mixed, levant)
    locations = levant.tables.locations
    home = str(locations["id"][locations["state"] == "IRQ"][0])
    assert counts[home].mean() == 4 / 8
    assert len(counts) == 8
    assert counts.sum().sum() == len(mixed.events) == 3.5 * 8
    assert "SY-DI" not in counts
    title = title_of(draw_incident_map(mixed, levant))
    assert title.startswith("Neighbours see 3.5 [")


@pytest.mark.usefixtures("style")
@pytest.mark.parametrize("name", ["levant_2024", "yemen_2014"])
def test_places_with_incidents_are_written_with_their_number(name: str, tmp_path: Path) -> None:
    scenario = scenario_of(name)
    results = made_results(tmp_path, scenario, MIXED)
    figure = draw_incident_map(results, scenario)
    numbered = [text.get_text() for text in figure.axes[0].texts if re.search(r"\n0\.\d+$", text.get_text())]
    assert len(numbered) >= 3
    assert len(numbered) <= (incidents(results, scenario).sum() > 0).sum()


def test_nothing_is_drawn_without_neighbours_but_what_concerns_the_contested_state(tmp_path: Path) -> None:
    scenario = alone("liberia_2003")
    results = made_results(tmp_path, scenario, MIXED)
    stems = {path.stem for path in draw_files(of_ensemble(results, scenario), results.folder)}
    assert {"extremists", "influence", "displaced_and_killed"} <= stems
    alone_in = "level_by_neighbour, highest_level, incident_map, carried_by_channel"
    assert f"no {alone_in}: the world has no neighbours" in left_out(of_ensemble(results, scenario))
    assert not {"level_by_neighbour", "highest_level", "carried_by_channel", "incident_map"} & stems


def test_an_ensemble_in_which_nothing_reaches_others_says_what_is_left_out(tmp_path: Path) -> None:
    scenario = scenario_of("liberia_2003", days=20)
    results = made_results(tmp_path, scenario, MIXED, quiet=True)
    stems = {path.stem for path in draw_files(of_ensemble(results, scenario), results.folder)}
    reasons = left_out(of_ensemble(results, scenario))
    assert reasons == [
        "no refugees_by_destination: nobody leaves the contested state",
        "no incident_map: no run has an incident at a neighbour's place",
        "no influence: no state has influence",
        "no extremists: there are no extremists on day 0",
    ]
    assert {"level_by_neighbour", "highest_level", "carried_by_channel", "displaced_and_killed"} <= stems
    with styled():
        title = title_of(draw_level_by_neighbour(results, scenario))
    assert title == "No neighbour reaches level 2, border incident, by day 20 in any run: 0 % [0, 32] each"


def test_without_day_series_their_figures_are_left_out(tmp_path: Path, levant: Scenario) -> None:
    results = made_results(tmp_path, levant, MIXED, traces=0)
    (line,) = left_out(of_ensemble(results, levant))
    assert line.endswith("influence, extremists: no run left a day series (ensemble.traces)")


def test_panels_fill_rows_evenly_and_stay_in_the_room() -> None:
    assert [set_panels(n, 30.0).n_columns for n in range(1, 8)] == [1, 2, 3, 2, 3, 3, 3]
    panels = set_panels(6, 30.0)
    assert panels.corner(5)[0] + panels.width <= 172.0
    assert panels.corner(5)[1] + panels.height < panels.total_mm


@pytest.mark.parametrize("highest", [0.0, 0.3, 1.0, 7.0, 135_000.0])
def test_a_scale_begins_at_0_and_holds_what_is_drawn(highest: float) -> None:
    scale = scale_to(highest)
    assert scale.ticks[0] == 0.0
    assert scale.ticks[-1] >= highest
    assert scale.ticks[-1] > 0.0


def test_means_and_medians_have_their_interval() -> None:
    values = np.arange(1.0, 101.0)
    # Mean 50.5, standard error 2.90; ranks 40 and 61 enclose the median (Conover 1999, binomial(100, 1/2)).
    assert mean(values).tight == "50\u00a0[40,\u00a060]"  # tens are what an interval from 44.8 to 56.2 supports
    assert median(values).tight.startswith("50\u00a0[40,")
    assert mean(values / 100.0, Kind.SHARE).tight.startswith("51\u00a0%\u00a0[45,")
    assert median(values[:3] / 100.0, Kind.SHARE).tight == "2\u00a0%"  # three runs bound nothing
    known = Knowledge(None, values > 50.0, (0.3, 0.6))
    assert median(values, known=known).tight == "50\u00a0[5,\u00a095]"  # all but a twentieth of runs at either end
