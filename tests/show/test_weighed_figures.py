"""Figures and reports of weighed runs: their numbers are those of the estimates, and their words say so."""

import dataclasses
import re
from html import unescape
from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from sim.ensemble.estimate.knowledge import knowledge_of_results
from sim.ensemble.estimate.losses import loss_days
from sim.ensemble.estimate.rows import usable
from sim.ensemble.estimate.weights import mean_of, medians_of, quantiles_of, weights_of
from sim.show.ensemble.incidence import draw_incidence
from sim.show.ensemble.incident_map import incidents
from sim.show.figures import of_comparison, of_ensemble
from sim.show.kit.series import draw_fan, weights_traced
from sim.show.report import write_report
from sim.show.report.day_map import day_map_of
from sim.show.report.headlines import headlines_of
from sim.study.cases import Case
from sim.study.compare import compare
from sim.study.explain.typical import typical_runs
from sim.tell.certainty import OVER_SAME_RUNS, SAMPLING_ALONE
from sim.tell.estimate import Estimate
from sim.tell.lookup import Lookup, mean
from sim.tell.sections import day_by_day
from sim.world.config import read_config
from sim.world.scenario import Scenario
from sim.world.tilt import NEAREST, Tilt
from tests.show.cases import made_case
from tests.show.made import MIXED, Day
from tests.show.reading import assert_readable, drawn, title_of
from tests.worlds import scenario_of

TILT = Tilt(-0.5, 0.4, 0.0)
CHANCE = TILT.chance(5 / 8)  # of MIXED


def with_tilt(scenario: Scenario, *, weights: bool = True) -> Scenario:
    """Return a scenario whose runs are to weigh."""
    given = scenario.config.model_dump(mode="json")
    given["ensemble"]["tilt"] = dataclasses.asdict(TILT)
    return dataclasses.replace(scenario, config=read_config(given | {"weights": weights}))


def said_by(figure: Figure) -> str:
    """Return the words around a figure."""
    return " ".join(text.get_text() for text in figure.texts).replace("\u00a0", " ").replace("\n", " ")


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Case:
    return made_case(tmp_path_factory.mktemp("weighed"), with_tilt(scenario_of("levant_2024")), MIXED)


@pytest.mark.usefixtures("style")
def test_every_figure_says_what_runs_weigh_and_can_be_read(case: Case) -> None:
    found = drawn(of_ensemble(case.results, case.scenario))
    assert len(found) > 8
    for name, figure in found.items():
        words = said_by(figure)
        assert "runs weighed by the record (a -0.5, b 0.4, c 0, k 0.97)" in words, name
        assert_readable(figure)


@pytest.mark.usefixtures("style")
def test_intervals_of_figures_are_of_knowledge_or_say_that_they_are_of_sampling_alone(
    case: Case, tmp_path: Path
) -> None:
    raw = made_case(tmp_path, with_tilt(scenario_of("levant_2024"), weights=False), MIXED)
    other = made_case(tmp_path, case.scenario, [None, *MIXED[1:]], name="other")
    sheets = {
        "of knowledge": of_ensemble(case.results, case.scenario),
        SAMPLING_ALONE: of_ensemble(raw.results, raw.scenario),
        OVER_SAME_RUNS: of_comparison(compare([case, other], tmp_path, "none")),
    }
    for told, found in sheets.items():
        said = {name: said_by(figure) for name, figure in drawn(found).items()}
        having = {name for name, words in said.items() if "interval" in words and name != "incidence"}
        assert len(having) > 3
        assert having == {name for name in having if told in said[name]}


@pytest.mark.usefixtures("style")
def test_titles_have_the_intervals_of_knowledge_of_the_estimates(case: Case) -> None:
    figures, lookup = drawn(of_ensemble(case.results, case.scenario)), Lookup(case.results, case.scenario)
    for name, told in {
        "displaced_and_killed": lookup.find("displaced_peak_q50"),
        "influence": lookup.find("influence_mean", lookup.most_first("influence")[0]),
        "incident_map": mean_of_all_incidents(case),
    }.items():
        assert told.is_known
        assert str(told) in title_of(figures[name]), name
    worst = max(lookup.entities("seat_fall_by_day"), key=lambda seat: lookup.find("seat_fall_by_day", seat, 30).point)
    assert str(lookup.find("seat_fall_by_day", worst, 30)) in title_of(figures["fall_map"])


def mean_of_all_incidents(case: Case) -> Estimate:
    """Return the mean number of deadly incidents in all places, with both intervals."""
    known = knowledge_of_results(case.results, case.scenario)
    every = incidents(case.results, case.scenario).sum(axis=1).to_numpy()
    return mean(every, weights=known.weights, known=known)


@pytest.mark.usefixtures("style")
def test_curves_end_where_the_estimate_is(case: Case) -> None:
    lines = [line for line in draw_incidence(case.results, case.scenario).axes[0].lines if isinstance(line, Line2D)]
    assert max(float(np.max(line.get_ydata())) for line in lines) == pytest.approx(CHANCE)
    table = day_by_day(case.results, case.scenario)
    assert table is not None
    assert f"{100.0 * CHANCE:.0f} %" in " ".join(table.rows[-1])


def test_maps_show_weighed_shares(case: Case) -> None:
    runs = usable(case.results.runs)
    weights = weights_of(runs, case.scenario)
    lost = loss_days(runs, case.results.falls, case.scenario)
    shares = day_map_of(case.results, case.scenario).last_shares
    assert len(shares) > 5
    for place, share in shares.items():
        assert share.point == pytest.approx(mean_of(lost[place].notna().to_numpy(float), weights))
    assert share.point == pytest.approx(CHANCE)
    middle = medians_of(lost.fillna(np.inf), weights)
    assert (middle >= medians_of(lost.fillna(np.inf))).all()  # the held weigh more: later, if at all


@pytest.mark.usefixtures("style")
def test_fans_are_those_of_weighed_runs(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sim.show.kit.series.FEWEST_IN_A_FAN", 2)
    weights = weights_traced(case.results, case.scenario)
    assert weights is not None
    each = weights.fell + np.arange(len(weights.fell)) / len(weights.fell)
    middles = [float(quantiles_of(each, (0.5,), given)[0]) for given in (weights, None)]
    assert middles[0] != middles[1]
    ax = Figure().subplots()
    for given, middle in zip((weights, None), middles, strict=True):
        draw_fan(ax, each[:, None] * np.ones((1, 5)), "black", given)
        assert ax.lines[-1].get_ydata()[-1] == pytest.approx(middle)


def test_typical_histories_stand_for_weighed_shares(case: Case) -> None:
    shares = {each.fate: each.share for each in typical_runs(case.results, case.scenario)}
    assert shares["in_power"] == pytest.approx(1.0 - CHANCE)


def test_the_first_number_of_a_report_is_what_the_record_supports(case: Case, tmp_path: Path) -> None:
    first = headlines_of(case.results, case.scenario)[0]
    assert first.number.replace("\u00a0", " ") == f"{100.0 * CHANCE:.0f} %"
    assert "a record as good as ours supports" in first.sentence.replace("\u00a0", " ")
    page = write_report([case], tmp_path / "report.html").read_text(encoding="utf-8")
    told = unescape(re.sub(r"<[^>]+>", " ", page)).replace("\u00a0", " ")
    assert "raw 63 %, told" in told


@pytest.mark.parametrize("day", [3, None])
def test_what_all_runs_say_is_told_as_structure(day: Day, tmp_path: Path) -> None:
    alike = made_case(tmp_path, with_tilt(scenario_of("levant_2024")), [day] * 8)
    first = headlines_of(alike.results, alike.scenario)[0]
    assert "a statement about the structure of the model" in first.sentence.replace("\u00a0", " ")
    assert first.number not in ("0\u00a0%", "100\u00a0%")
    assert NEAREST <= TILT.chance(float(day is not None)) <= 1.0 - NEAREST


@pytest.mark.usefixtures("style")
def test_comparisons_say_what_runs_weigh(case: Case, tmp_path: Path) -> None:
    other = made_case(tmp_path, case.scenario, [None, *MIXED[1:]], name="other")
    found = compare([case, other], tmp_path, "none")
    figures = drawn(of_comparison(found))
    assert len(figures) > 4
    for name, figure in figures.items():
        assert "runs weighed by the record" in said_by(figure), name
    assert title_of(figures["incidence"]).startswith("The regime collapses by day 30")


@pytest.mark.usefixtures("style")
def test_raw_shares_say_so(tmp_path: Path) -> None:
    raw = made_case(tmp_path, with_tilt(scenario_of("levant_2024"), weights=False), MIXED)
    figure = draw_incidence(raw.results, raw.scenario)
    words = said_by(figure)
    assert "raw: every run counts alike" in words
    lines = figure.axes[0].lines
    assert max(float(np.max(line.get_ydata())) for line in lines) == 5 / 8
