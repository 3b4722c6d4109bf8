"""Figures of what matters: they can be read, and say what the tables say."""

from pathlib import Path

import pandas as pd
import pytest

from sim.show.figures import DISCOVERY, SENSITIVITY, of_tornado
from sim.study.cases import Case
from sim.study.matters.discovery import discover
from sim.study.matters.levers import lever_variants, scenario_variants
from sim.study.matters.screening import certain, parameter_variants
from sim.study.matters.sensitivity import Sensitivity, sensitivity
from sim.study.matters.variants import Tornado, live_variants
from tests.ensemble.small import run_small, small_scenario
from tests.show.reading import assert_readable, drawn, subtitle_of, title_of, words_of

FEW = {"runs": 800, "traces": 0, "chunk": "auto", "horizon_days": 60, "uncertainty": {"kind": "prior", "twins": 50}}
DIGEST = "c0ffee" * 10 + "cafe"


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Case:
    return Case("small", run_small(tmp_path_factory.mktemp("prior"), **FEW), small_scenario(**FEW))


@pytest.fixture(scope="module")
def found(case: Case) -> Sensitivity:
    return sensitivity(case, "fatalities_combatants")


def tornado(case: Case, kinds: set[str], *, screens: bool = False) -> Tornado:
    """Return what some variants change."""
    scenario = certain(case.scenario)
    every = parameter_variants(scenario) if screens else (*scenario_variants(scenario), *lever_variants(scenario))
    variants = [v for v in every if v.kind in kinds or v.name.partition(".")[0] in kinds]
    manifest = {"seed": 1, "config_digest": DIGEST, "world_digest": DIGEST}
    return Tornado(Path(), manifest, scenario, live_variants(scenario, variants, 60), 60)


def test_the_figure_of_sensitivity_names_the_first_input_and_all_that_it_shows(found: Sensitivity) -> None:
    figure = SENSITIVITY.of(found).draw()
    assert_readable(figure)
    assert title_of(figure).startswith("attrition.rate explains most of ")
    words = [text.get_text() for text in words_of(figure)]
    assert set(found.table["input"].head(15)) <= set(words)
    assert f"the other {len(found.table) - 15} together" in subtitle_of(figure)
    assert "Two halves of 400 runs" in subtitle_of(figure)


def test_marks_are_filled_where_an_index_is_clear(found: Sensitivity) -> None:
    marks = [line for line in SENSITIVITY.of(found).draw().axes[0].lines if line.get_marker() == "o"]
    hollow = [line.get_markerfacecolor() == "white" for line in marks]
    assert hollow == [low == 0.0 for low in found.table["low"].head(15)]


def test_an_ensemble_of_few_inputs_is_drawn_too(found: Sensitivity) -> None:
    few = Sensitivity(**vars(found) | {"table": found.table.head(2)})
    figure = SENSITIVITY.of(few).draw()
    assert_readable(figure)
    assert "the other" not in subtitle_of(figure)


def test_the_figure_of_boxes_shows_what_the_first_restricts(case: Case) -> None:
    found = discover(case, "collapse")
    figure = DISCOVERY.of(found).draw()
    assert_readable(figure)
    words = [text.get_text() for text in words_of(figure)]
    assert set(found.regions[0].limits) <= set(words)
    assert title_of(figure).startswith("Collapse of the regime by day 60 comes about in ")
    path = figure.axes[0]
    held = next(line for line in path.lines if line.get_marker() == "o")
    assert len(held.get_xdata()) == len(found.trajectory)


def test_where_no_box_is_found_the_figure_says_so(case: Case) -> None:
    found = discover(case, "collapse")
    nothing = type(found)(**vars(found) | {"regions": ()})
    figure = DISCOVERY.of(nothing).draw()
    assert_readable(figure)
    assert title_of(figure).startswith("No box was found in which collapse of the regime by day 60 comes about")


@pytest.mark.parametrize("outcome", ["collapse", "refugees"])
def test_a_tornado_shows_levers_and_scenarios_the_largest_first(case: Case, outcome: str) -> None:
    found = tornado(case, {"border", "support", "mediation", "scenario"})
    (figure,) = drawn(of_tornado(found, outcome)).values()
    assert_readable(figure)
    words = [text.get_text() for text in words_of(figure)]
    ranked = found.ranked(outcome)
    assert ranked["name"].iloc[0] in words or any(str(ranked["kind"].iloc[0]) in word for word in words)
    assert "each lever at two strengths, each scenario" in subtitle_of(figure)


def test_a_screening_carries_its_warning(case: Case) -> None:
    found = tornado(case, {"morale", "displacement"}, screens=True)
    (figure,) = drawn(of_tornado(found, "refugees")).values()
    assert_readable(figure)
    assert "Chance and parameter are mixed" in subtitle_of(figure)


def test_where_nothing_changes_a_tornado_says_so(case: Case) -> None:
    found = tornado(case, {"mediation"})
    columns = {"difference": 0.0, "low": 0.0, "high": 0.0}
    still = Tornado(found.folder, found.manifest, found.scenario, pd.DataFrame(found.table).assign(**columns), 60)
    (figure,) = drawn(of_tornado(still, "refugees")).values()
    assert_readable(figure)
    assert title_of(figure).startswith("None of ")
