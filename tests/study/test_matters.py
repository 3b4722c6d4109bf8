"""What matters, asked of small ensembles: inputs, what drives an outcome, where it comes about, what levers change."""

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from sim.agents.model import SpilloverModel
from sim.ensemble.estimate.rows import usable
from sim.ensemble.estimate.variance import QUANTITY
from sim.study.cases import Case
from sim.study.compare import compare, outcome_numbers
from sim.study.matters import indices, kept
from sim.study.matters.discovery import HALF, Discovery, discover, to_ema
from sim.study.matters.inputs import inputs_of, observed_of
from sim.study.matters.kept import tornado_of
from sim.study.matters.levers import STRENGTHS, lever_variants, scenario_variants
from sim.study.matters.screening import certain, parameter_variants
from sim.study.matters.sensitivity import Sensitivity, sensitivity
from sim.study.matters.variants import SCENARIO, Variant, live_variants
from sim.tell.discovery import centre_yaml, discovery_answer
from sim.tell.estimate import difference
from sim.tell.sensitivity import sensitivity_answer
from sim.tell.tornado import blades_of, differs, tornado_answer
from sim.world.config import read_config
from sim.world.frozen import ConfigError
from sim.world.scenario import idle_levers
from sim.world.uncertainty import NUMBERS, numbers_of
from tests.ensemble.small import run_small, small_scenario
from tests.worlds import NEUTRAL

FEW = {"runs": 800, "traces": 0, "chunk": "auto", "horizon_days": 60, "tilt": NEUTRAL}
CAPITAL = "p_fall_lbr_montserrado"
PRIOR = {"kind": "prior", "twins": 200}


def case_of(folder: Path, **settings: object) -> Case:
    """Return a small ensemble."""
    return Case("small", run_small(folder, **settings), small_scenario(**settings))


@pytest.fixture(scope="module")
def prior(tmp_path_factory: pytest.TempPathFactory) -> Case:
    return case_of(tmp_path_factory.mktemp("prior"), uncertainty=PRIOR, **FEW)


@pytest.fixture(scope="module")
def posterior(tmp_path_factory: pytest.TempPathFactory) -> Case:
    few = FEW | {"runs": 300}
    return case_of(tmp_path_factory.mktemp("posterior"), uncertainty={"kind": "posterior", "twins": 0}, **few)


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Case:
    return case_of(tmp_path_factory.mktemp("plain"), **(FEW | {"runs": 200}))


@pytest.fixture(scope="module")
def displaced(prior: Case) -> Sensitivity:
    return sensitivity(prior, "displaced_peak")


@pytest.fixture(scope="module")
def fall(prior: Case) -> Discovery:
    return discover(prior, "collapse")


@pytest.fixture(scope="module")
def capital(prior: Case) -> Discovery:
    """Return when the capital's county is lost, which depends on parameters as well."""
    return discover(prior, CAPITAL)


def test_every_input_that_varies_is_ranked_once(prior: Case, displaced: Sensitivity) -> None:
    names = displaced.table["input"]
    assert names.is_unique
    drawn = prior.results.draws.drop(columns="run")
    assert set(names) >= {name for name in drawn if np.ptp(drawn[name]) > 0.0}
    assert {"fighters.lurd", "unit_strength.lurd", "side_strength.regime", "side_strength.challenger"} <= set(names)
    assert displaced.table["index"].is_monotonic_decreasing
    assert ((displaced.table["low"] <= displaced.table["index"]) & (displaced.table["index"] <= 1.0)).all()


def test_what_drives_displacement_and_a_fall_is_what_the_rules_say(prior: Case, displaced: Sensitivity) -> None:
    deadly = displaced.table.set_index("input").loc["attrition.rate"]  # people flee where others are killed
    assert deadly["correlation"] > 0.1
    assert deadly["at_lowest"] < deadly["at_highest"]
    fall = sensitivity(prior, "p_collapse").table
    first = fall.iloc[0]
    assert first["input"] == "side_strength.challenger"
    assert first["low"] > 0.0
    assert first["correlation"] > 0.0
    assert first["at_lowest"] < first["at_highest"]
    signs = fall.set_index("input")["correlation"]
    assert signs["fighters.lurd"] > 0.07  # the challenger's; two standard errors, as the error of its side says more
    assert signs["side_strength.regime"] < -0.1
    assert signs["fighters.gol_militias"] < -0.1  # the regime's


def test_fighters_are_those_with_which_a_run_begins(plain: Case) -> None:
    (inputs,) = inputs_of(plain, np.array([3, 7]))
    own = ("fighters.", "unit_strength.", "side_strength.")
    assert not [name for name in inputs.names if not name.startswith(own)]
    for row, run in enumerate((3, 7)):
        model = SpilloverModel(plain.scenario, 1, run)
        assert inputs.table["fighters.lurd"].iloc[row] == pytest.approx(model.faction("lurd").fighters)


def test_what_the_tables_err_by_on_a_side_is_one_input_of_all_its_factions(prior: Case, plain: Case) -> None:
    """Allies' strengths hold one factor: told of each, it would count twice, and stand beside itself as a pair."""
    runs = np.arange(200)
    (inputs,) = inputs_of(plain, runs)
    model, ids = SpilloverModel(plain.scenario, 1, 7), list(plain.scenario.tables.factions["id"])
    for side, allies in (("challenger", ("lurd", "model")), ("regime", ("gol_militias", "atu_sss"))):
        told = model.state["unit_strength"][[ids.index(name) for name in allies]]
        parts = inputs.table.loc[7, [f"unit_strength.{name}" for name in allies]]
        assert told == pytest.approx((parts * inputs.table.loc[7, f"side_strength.{side}"]).tolist())
        among = inputs.table[[f"side_strength.{side}", *parts.index]].corr("spearman").to_numpy()
        assert np.abs(among - np.eye(3)).max() < 0.3
    assert inputs.copies == {}
    pairs = sensitivity(prior, "p_collapse").pairs
    assert "side_strength.challenger" in {*pairs["input"], *pairs["other"]}
    assert pairs["index"].max() < 0.1
    answer = sensitivity_answer(sensitivity(prior, "p_collapse"))
    assert "strength of all on the side of Liberians United" in answer.sections[0].rows[0][-1]


def test_without_quality_of_their_own_allies_have_nothing_of_their_own(plain: Case) -> None:
    rules = plain.scenario.rules.copy()
    rules["variation"]["strength_spread"] = 0.0
    (inputs,) = inputs_of(replace(plain, scenario=replace(plain.scenario, rules=rules)), np.arange(50))
    assert inputs.names == ["side_strength.regime", "side_strength.challenger"]


def doubled(case: Case, name: str, copy: str) -> Case:
    """Return an ensemble in which a parameter falls wherever another one rises."""
    results = case.results
    draws = results.draws.assign(**{copy: lambda table: 1.0 - 2.0 * table[name]})
    return replace(case, results=replace(results, frames={**results.frames, "draws": draws}))


def test_of_inputs_that_go_together_one_stands_for_all(prior: Case) -> None:
    case = doubled(prior, "regime.flight_per_day", "attrition.rate")
    twice = {"regime.flight_per_day": "attrition.rate"}  # the first column stands
    found = sensitivity(case, "p_collapse")
    assert found.copies == twice
    assert "regime.flight_per_day" not in {*found.table["input"], *found.pairs["input"], *found.pairs["other"]}
    alone = found.table[found.table["input"] == "attrition.rate"]
    told = sensitivity_answer(replace(found, table=alone)).sentences
    assert "attrition.rate stands for regime.flight_per_day as well" in told[-1]
    boxes = discover(case, "collapse")
    assert "regime.flight_per_day" not in boxes.looked_at
    assert boxes.copies == twice


def test_a_box_around_an_input_sets_its_copies_too(prior: Case, capital: Discovery) -> None:
    name = next(each for each in capital.regions[0].limits if each in NUMBERS)
    first = inputs_of(prior, usable(prior.results.runs)["run"].to_numpy())[0].names[0]
    copy = first if first != name else "scale.kill_spread"
    found = discover(doubled(prior, name, copy), CAPITAL)
    keys = {key.removeprefix("rules.") for key in found.regions[0].settings}
    assert ({name, copy} <= keys) or not {name, copy} & keys
    assert ({name, copy} & set(found.regions[0].limits)) <= keys
    assert len({name, copy} & set(found.looked_at)) <= 1


def test_an_outcome_goes_by_its_name_with_or_without_its_beginning(prior: Case) -> None:
    assert observed_of(prior, "collapse").outcome == observed_of(prior, "p_collapse").outcome == "p_collapse"
    assert observed_of(prior, "refugees").unit == "persons"
    with pytest.raises(ConfigError, match="no such outcome; did you mean 'p_collapse_by_30'"):
        observed_of(prior, "colapse_by_30")


def test_the_same_in_all_runs_or_too_few_of_them_tell_nothing(prior: Case, tmp_path: Path) -> None:
    numbers = outcome_numbers(prior)
    never = next(name for name in numbers if not numbers[name].any())
    with pytest.raises(ConfigError, match=f"{never}: is 0 in all 800 runs, nothing drives it"):
        observed_of(prior, never)
    with pytest.raises(ConfigError, match="15 runs tell nothing about what matters; make some thousand"):
        observed_of(case_of(tmp_path, runs=15), "refugees")


def test_runs_that_all_begin_alike_tell_nothing(plain: Case) -> None:
    rules = plain.scenario.rules.copy()
    rules["variation"]["strength_spread"] = 0.0
    rules["scale"]["side_error"] = 0.0
    alike = replace(plain, scenario=replace(plain.scenario, rules=rules))
    with pytest.raises(ConfigError, match="all runs have the same inputs; add uncertainty=prior"):
        sensitivity(alike, "refugees")


def test_the_share_of_all_parameters_comes_from_twins(prior: Case, plain: Case) -> None:
    stored = prior.results.estimates
    split = stored[(stored["quantity"] == QUANTITY) & (stored["entity"] == "p_collapse")].iloc[0]
    found = sensitivity(prior, "p_collapse").parameters  # ranks of what happens or not are what happens or not
    assert found == pytest.approx(tuple(split[["estimate", "low", "high"]]))
    assert all(math.isnan(number) for number in sensitivity(plain, "refugees").parameters)


def test_weights_that_are_all_the_same_change_nothing(prior: Case, displaced: Sensitivity) -> None:
    weighted = sensitivity(prior, "displaced_peak", [3.0] * displaced.n)
    pd.testing.assert_frame_equal(weighted.table, displaced.table, check_exact=False, rtol=1e-9)


def test_vectors_that_were_learnt_together_are_told_as_such(posterior: Case) -> None:
    found = sensitivity(posterior, "refugees")
    assert found.is_joint
    assert found.n_sets == len(posterior.results.draws.drop(columns="run").drop_duplicates()) < found.n
    assert found.pairs.empty
    told = " ".join(sensitivity_answer(found).sentences)
    assert f"Parameters were learnt together, as {found.n_sets} vectors" in told


def test_an_answer_begins_with_its_finding_and_says_how_far_to_trust_it(prior: Case, displaced: Sensitivity) -> None:
    assert sensitivity_answer(displaced).sentences[0].startswith("No input explains clearly more of displaced")
    answer = sensitivity_answer(sensitivity(prior, "p_collapse"))
    assert answer.sentences[0].startswith("side_strength.challenger explains most of collapse of the regime by day 60")
    assert "of what differs between runs; the rest is chance." in answer.sentences[1]
    assert answer.sentences[-1].startswith("Two halves of 400 runs have ")
    assert answer.sections[0].rows[0][0] == "side_strength.challenger"


def test_a_box_is_scored_on_runs_that_had_no_part_in_it(prior: Case, fall: Discovery) -> None:
    experiments, outcomes = to_ema(prior)
    learns = indices.draws(len(experiments), 1, "half", 1)[:, 0] < HALF
    region, held = fall.regions[0], experiments[~learns]
    is_in = np.ones(len(held), bool)
    for name, (low, high) in region.limits.items():
        is_in &= held[name].between(low, high).to_numpy()
    happened = outcomes["p_collapse"][~learns] > 0.0
    assert region.measure.n == is_in.sum()
    assert region.density[0] == happened[is_in].mean()
    assert region.measure.coverage == happened[is_in].sum() / happened.sum()
    assert region.density[1] > fall.base == happened.mean()


def test_boxes_and_their_way_stand_in_tables(fall: Discovery) -> None:
    assert set(fall.boxes["input"]) <= set(fall.looked_at)
    assert fall.boxes["box"].tolist() == sorted(fall.boxes["box"])
    assert fall.trajectory["mass"].is_monotonic_decreasing
    assert fall.trajectory.loc[0, ["mass", "coverage", "mass_held", "coverage_held"]].eq(1.0).all()
    assert fall.trajectory["density"].iloc[-1] > fall.trajectory["density"].iloc[0]


def test_a_step_of_the_way_can_be_taken_instead(prior: Case, fall: Discovery) -> None:
    other = discover(prior, "collapse", step=10)
    assert other.chosen == 10
    assert len(other.regions) <= 1
    for region in other.regions:
        assert region.measure.mass == other.trajectory.loc[10, "mass_held"]
    assert other.trajectory.equals(fall.trajectory)


def test_what_is_looked_for_may_lie_above_or_below(prior: Case) -> None:
    assert discovery_answer(discover(prior, "collapse", below=0.5)).question == (
        "When is it that collapse of the regime by day 60 does not come about?"
    )
    numbers = outcome_numbers(prior)["refugees"]
    assert discover(prior, "refugees").above == np.quantile(numbers, 0.9)
    assert "lies below 20,000" in discovery_answer(discover(prior, "refugees", below=20_000.0)).question
    with pytest.raises(ConfigError, match=r"above = 1, below = 2: give one of them"):
        discover(prior, "refugees", above=1.0, below=2.0)
    with pytest.raises(ConfigError, match="of 800 runs, too few to tell where"):
        discover(prior, "refugees", above=float(numbers.max()) - 1.0)


def test_sentences_tell_the_box(fall: Discovery) -> None:
    first, *_, last = discovery_answer(fall).sentences
    assert first.startswith("Collapse of the regime by day 60 comes about in ")
    assert all(name in first for name in fall.regions[0].limits)
    assert last.startswith("Of all runs it is ")


def test_the_centre_of_a_box_runs_and_lies_in_it(prior: Case, capital: Discovery) -> None:
    text = centre_yaml(capital, 1)
    assert text.startswith("# @package _global_\n# Centre of box 1: ")
    config = read_config(yaml.safe_load(text))
    assert config.uncertainty.kind == "none"
    assert config.scenario == prior.scenario.config.scenario
    parameters = {name: ends for name, ends in capital.regions[0].limits.items() if name in NUMBERS}
    assert parameters
    for name, (low, high) in parameters.items():
        group, key = name.split(".")
        assert low <= getattr(getattr(config.rules, group), key) <= high
    others = read_config(prior.scenario.config.model_dump() | {"uncertainty": {}}).rules.model_dump()
    changed = config.rules.model_dump()
    differing = {f"{g}.{key}" for g, own in changed.items() for key in own if own[key] != others[g][key]}
    assert differing <= set(parameters)


def test_the_centre_of_what_was_learnt_is_one_of_its_vectors(posterior: Case) -> None:
    first, _ = inputs_of(posterior, usable(posterior.results.runs)["run"].to_numpy())
    found = discover(posterior, "collapse")
    for region in found.regions:
        told = {key.removeprefix("rules."): v for key, v in region.settings.items() if key.startswith("rules.")}
        if told:
            distance = (first.table[list(told)] - pd.Series(told)).abs() / first.table[list(told)].abs()
            assert set(told) == set(first.names)
            assert distance.max(axis=1).min() < 1e-5


def test_runs_go_to_the_workbench_as_it_has_them(prior: Case) -> None:
    experiments, outcomes = to_ema(prior)
    numbers = outcome_numbers(prior)
    assert experiments[["scenario", "policy", "model"]].iloc[5].tolist() == [5, "small", "liberia_2003"]
    assert experiments["attrition.rate"].tolist() == prior.results.draws["attrition.rate"].tolist()
    assert outcomes.keys() == set(numbers)
    assert np.array_equal(outcomes["refugees"], numbers["refugees"])


@pytest.mark.parametrize(
    "tilt",
    [
        NEUTRAL,
        None,
    ],
)
def test_a_lever_changes_what_a_comparison_says_it_does(tilt: dict[str, float] | None, tmp_path: Path) -> None:
    lever = {"lever": "support", "actor": "all", "client": "regime", "value": 0.0}
    few: dict[str, object] = {**FEW, "runs": 200, "tilt": tilt}
    if tilt is None:
        del few["tilt"]
    plain = case_of(tmp_path / "plain", **few)
    other = replace(case_of(tmp_path / "left", levers=(lever,), **few), name="left")
    compared = compare([plain, other], tmp_path / "compared", "").table.query("scenario == 'left'")
    table = live_variants(plain.scenario, [Variant("support", "all", 0.0, other.scenario)], 200)
    own = compared.set_index("outcome").loc[table["outcome"]]
    for column in ("estimate", "difference", "low", "high"):
        assert table[column].to_numpy() == pytest.approx(own[column].to_numpy())
    assert (table["n"] == 200).all()


def test_each_lever_that_is_felt_is_tried_at_two_strengths_and_no_other(plain: Case) -> None:
    found = pd.DataFrame([(v.kind, v.name, v.value) for v in lever_variants(plain.scenario)])
    by_lever = found.groupby([0, 1])[2].apply(tuple)
    assert all(values == STRENGTHS[kind] for (kind, _), values in by_lever.items())
    assert {"support", "resolve", "strength", "hardening", "border", "mediation"} <= set(found[0])
    for variant in lever_variants(plain.scenario):
        assert len(variant.scenario.config.scenario.levers) == 1
        assert not idle_levers(variant.scenario)
    assert "guards" not in set(found[0])  # nobody is held there


def test_every_scenario_that_a_world_can_live_is_tried(plain: Case) -> None:
    names = {variant.name for variant in scenario_variants(plain.scenario)}
    assert {"patrons_leave", "mediation", "early_collapse", "regime_survives"} <= names
    assert not names & {"as_recorded", "offensive_2024", "iran_reinforces", "us_leaves"}
    assert all(variant.kind == SCENARIO for variant in scenario_variants(plain.scenario))


def test_screening_moves_one_parameter_at_a_time_to_an_end_of_its_range(prior: Case) -> None:
    scenario = certain(prior.scenario)
    assert not scenario.is_uncertain
    usual = numbers_of(scenario.rules, list(NUMBERS))[0]
    variants = list(parameter_variants(scenario))
    assert len(variants) >= 1.9 * len(NUMBERS)
    for variant in variants[::40]:
        own = numbers_of(variant.scenario.rules, list(NUMBERS))[0]
        assert [name for name, x, y in zip(NUMBERS, own, usual, strict=True) if x != y] == [variant.name]
        assert variant.value in NUMBERS[variant.name].prior


def test_what_was_lived_is_read_again(plain: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = plain.scenario.config.model_copy(update={"output": str(tmp_path)})
    scenario = replace(plain.scenario, config=config)
    variants = [*scenario_variants(scenario)][:2]
    first = tornado_of("levers", scenario, variants, 30, "command")
    monkeypatch.setattr(kept, "live_variants", lambda *_: pytest.fail("lived again"))
    again = tornado_of("levers", scenario, variants, 30, "command")
    pd.testing.assert_frame_equal(first.table, again.table)
    assert math.isnan(again.table["value"].iloc[0])


def test_the_largest_change_comes_first_and_is_told(plain: Case, tmp_path: Path) -> None:
    variants = [v for v in lever_variants(plain.scenario) if v.kind in ("border", "mediation")]
    table = live_variants(plain.scenario, variants, 100)
    found = kept.Tornado(tmp_path, {}, plain.scenario, table, 100)
    ranked = found.ranked("refugees")
    assert ranked["size"].is_monotonic_decreasing
    assert ranked["kind"].iloc[0] == "border"
    assert ranked["difference"].abs().iloc[:2].max() == ranked["size"].iloc[0]
    answer = tornado_answer(found, "refugees")
    assert answer.question.startswith("Which lever changes refugees")
    assert " lowers " in answer.sentences[0]
    assert answer.sections[0].rows[0][0].startswith("border of ")
    assert "over 100 runs each; what the others change cannot be told from 0." in answer.sentences[-1]
    words = [row[-1] for row in answer.sections[0].rows]
    clear = [change.is_clear for blade in blades_of(found, "refugees") for change in blade.changes]
    assert [word == "yes" for word in words] == clear[: len(words)]
    assert [differs(difference(1.0, low, 3.0, "persons")) for low in (-1.0, 0.5)] == ["cannot be told", "yes"]
    assert differs(difference(0.0, 0.0, 0.0, "persons")) == "no run changes"
    assert differs(difference(0.5, 0.1, 0.9, "persons")) == "too little to matter"
    nothing = replace(found, table=table.assign(low=-1.0, high=1.0))
    (told,) = tornado_answer(nothing, "refugees").sentences
    assert told.startswith("None of ")
    assert told.endswith("by what can be told from 0, over 100 runs each.")
