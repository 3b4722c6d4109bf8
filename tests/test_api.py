"""What notebooks use: the examples in its docstrings run, and results look as they should."""

import doctest
import importlib
from pathlib import Path
from types import ModuleType

import pytest

import sim
import sim.agents.model
import sim.api
import sim.objects
from sim.world.frozen import ConfigError

SETTINGS = {"ensemble.runs": 60, "horizon_days": 40}


@pytest.mark.parametrize("module", [sim.api, sim.objects, sim.agents.model], ids=lambda module: module.__name__)
def test_examples_in_docstrings_run(module: ModuleType, tmp_path: Path) -> None:
    finder = doctest.DocTestFinder()
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS | doctest.IGNORE_EXCEPTION_DETAIL)
    found = [test for test in finder.find(module, extraglobs={"folder": str(tmp_path)}) if test.examples]
    assert found
    for test in found:
        runner.run(test)
    assert runner.failures == 0


def test_every_name_is_there_and_has_a_docstring() -> None:
    assert 8 <= len(sim.__all__) <= 15
    for name in sim.__all__:
        assert getattr(sim, name).__doc__
    with pytest.raises(AttributeError, match="module 'sim' has no attribute 'everything'"):
        importlib.import_module("sim").everything  # noqa: B018 - to be refused


@pytest.fixture(scope="module")
def ensemble(tmp_path_factory: pytest.TempPathFactory) -> sim.Ensemble:
    output = str(tmp_path_factory.mktemp("api"))
    return sim.run(sim.load_scenario("offensive_2024", {**SETTINGS, "output": output}))


def test_an_ensemble_shows_itself_as_text_and_as_a_page(ensemble: sim.Ensemble) -> None:
    assert "Spillover: what reaches each neighbour" in repr(ensemble)
    page = ensemble._repr_html_()
    assert page.count("<table>") == page.count("</table>") > 5
    assert ensemble.plot_incidence()._repr_png_().startswith(b"\x89PNG")


def test_an_ensemble_opens_again_from_its_folder(ensemble: sim.Ensemble) -> None:
    again = sim.open_results(ensemble.folder)
    assert again.runs.equals(ensemble.runs)
    assert again.scenario.config == ensemble.scenario.config


def test_a_run_can_be_replayed(ensemble: sim.Ensemble) -> None:
    model = ensemble.replay(7)
    model.run_to_horizon()
    row = ensemble.runs.iloc[7]
    assert model.outcome == row["outcome"]
    assert len(model.falls) == (ensemble.falls["run"] == 7).sum()


def test_a_run_with_parameters_of_its_own_can_be_replayed(tmp_path: Path) -> None:
    settings = {**SETTINGS, "uncertainty": "prior", "output": str(tmp_path)}
    prior = sim.run(sim.load_scenario("offensive_2024", settings))
    for run in (3, 11):
        model = prior.replay(run)
        model.run_to_horizon()
        assert model.outcome == prior.runs["outcome"].iloc[run]
        assert len(model.falls) == (prior.falls["run"] == run).sum()


def test_a_share_counts_the_runs_in_which_it_never_happened(ensemble: sim.Ensemble) -> None:
    days, weights = ensemble.runs["level_day_IRQ_3"], ensemble.runs["weight"]
    assert days.isna().any()
    never, by, ever = (ensemble.share("level_day_IRQ_3", by=day) for day in (-1, 20, 40))
    assert never["estimate"] == 0.0 == never["low"] < never["high"]
    assert by["estimate"] == pytest.approx(weights[days.le(20).fillna(value=False)].sum() / 60)
    assert ever.equals(ensemble.share("level_day_IRQ_3"))
    assert ever["estimate"] == pytest.approx(weights[days.notna()].sum() / 60)
    assert (ever["n"], ever.name) == (60, "level_day_IRQ_3")
    with pytest.raises(KeyError, match="no column of days 'colapse_day'; did you mean 'collapse_day'"):
        ensemble.share("colapse_day")


def test_a_figure_that_is_not_there_is_told_with_the_nearest(ensemble: sim.Ensemble) -> None:
    with pytest.raises(KeyError, match="no figure 'incidense'; did you mean 'incidence'"):
        ensemble.plot("incidense")


def test_comparisons_and_sweeps_show_themselves(ensemble: sim.Ensemble, tmp_path: Path) -> None:
    settings = {**SETTINGS, "output": str(tmp_path)}
    other = sim.run(sim.load_scenario("iraq_hardens", settings))
    comparison = sim.compare(ensemble, other)
    assert "iraq_hardens against offensive_2024" in repr(comparison)
    assert "<caption>iraq_hardens against offensive_2024" in comparison._repr_html_()
    assert comparison.plot(comparison.plots[0])._repr_png_().startswith(b"\x89PNG")
    swept = sim.sweep(other.scenario, {"scenario.levers.0.value": [0.5, 1.0, 2.0, 4.0]})
    assert "scenario.levers.0.value" in repr(swept)
    assert swept.plot("p_level_2_IRQ")[0]._repr_png_().startswith(b"\x89PNG")


def test_own_scenarios_and_settings_are_judged_like_those_of_the_command() -> None:
    with pytest.raises(ConfigError, match=r"ensemble.rus: no such key; did you mean 'ensemble.runs'"):
        sim.load_scenario("offensive_2024", {"ensemble.rus": 3})
    with pytest.raises(ConfigError, match="world = levant: no such world; did you mean 'levant_2024'"):
        sim.load_scenario(world="levant")
    mine = {"name": "mine", "question": "What if?", "events": [{"event": "collapse", "day": 3}]}
    assert sim.load_scenario(mine).config.scenario.events[0].day == 3
