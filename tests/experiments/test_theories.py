"""Theories and entries of vectors by their keys: on the command line, in `conf/rules/`, in sweeps and comparisons."""

import re
from pathlib import Path

import numpy as np
import pytest

import sim
from experiments import compare as comparing
from experiments import launch
from experiments.arguments import resolve, take_apart
from experiments.document import parameter_table
from experiments.options import RunOptions, take_options
from sim.core.codes import Channel
from sim.core.parameters import choices, describe, numbers
from sim.core.rules import MECHANISMS, Rules
from sim.core.rules.contest import ContestForm
from sim.core.rules.morale import MoraleForm
from sim.study.factors import THEORIES, numeric_keys, read_factors, varied
from sim.world.catalogue import CONF
from sim.world.config import ConfigError, read_config

FRAME = {"scenario": {"name": "test", "question": "Does it hold?"}, "world": {"name": "liberia_2003"}}
FILES = sorted(path.stem for path in (CONF / "rules").glob("*.yaml"))


def composed(*settings: str) -> Rules:
    """Return the rules that a command line gives."""
    (point,) = resolve(CONF, "run", take_apart(list(settings))).points
    return launch.read_point(take_options(point.values, RunOptions)[1]).parameters()


def faults_of(rules: dict[str, object]) -> list[str]:
    """Return what is wrong with some rules."""
    with pytest.raises(ConfigError) as caught:
        read_config({**FRAME, "rules": rules})
    return caught.value.lines


def _switched(own: object, usual: object) -> bool:
    """Tell whether all parameters that differ are off, here or by default, and have a plausible value where on."""
    numbers_own, numbers_usual = numbers(own), numbers(usual)
    told = {name: p for name, p in describe(type(own)).items() if numbers_own[name] != numbers_usual[name]}
    return bool(told) and all(
        min(numbers_usual[name], numbers_own[name]) == 0.0
        and p.prior[0] < max(numbers_usual[name], numbers_own[name]) <= p.prior[1]
        for name, p in told.items()
    )


@pytest.mark.parametrize("name", FILES)
def test_a_file_of_rules_changes_one_mechanism_and_leaves_the_rest(name: str) -> None:
    rules, usual = composed(f"rules={name}"), Rules()
    differing = [mechanism for mechanism in MECHANISMS if getattr(rules, mechanism) != getattr(usual, mechanism)]
    assert len(differing) == 1
    own, rest = (getattr(one, differing[0]) for one in (rules, usual))
    assert getattr(own, "form", None) != getattr(rest, "form", None) or _switched(own, rest)
    text = (CONF / "rules" / f"{name}.yaml").read_text("utf-8")
    assert text.startswith("# ")
    assert "assumption" in text or re.search(r"\b(19|20)\d\d\b", text)  # its source


def test_every_theory_but_the_usual_ones_has_a_file() -> None:
    rules = [composed(f"rules={name}") for name in FILES]
    chosen = {(m, getattr(getattr(one, m), "form", None)) for one in rules for m in MECHANISMS}
    for mechanism, group in MECHANISMS.items():
        for name, told in choices(group).items():
            assert {(mechanism, theory) for theory in told.theories} - {(mechanism, getattr(group(), name))} <= chosen


def test_theories_are_combined_and_set_by_key() -> None:
    rules = composed("rules=linear_morale", "rules.contest.form=difference", "rules.spillover.weight.refugees=0.3")
    assert rules.morale.form is MoraleForm.LINEAR
    assert rules.contest.form is ContestForm.DIFFERENCE
    assert rules.spillover.weight[Channel.REFUGEES] == 0.3
    assert rules.spillover.weight[1:] == Rules().spillover.weight[1:]


def test_what_no_theory_and_no_entry_is_called_is_refused_in_a_line() -> None:
    assert faults_of({"contest": {"form": "lottery"}}) == [
        "rules.contest.form = 'lottery': must be 'ratio' or 'difference'"
    ]
    (line,) = faults_of({"spillover": {"weight": {"refugees": -1.0}}})
    assert line.startswith("rules.spillover.weight.refugees = -1.0: must be greater than or equal to 0")
    assert line.endswith("(plausible: 0 to 0.2)")
    (line,) = faults_of({"spillover": {"refugees_weight": 0.5}})
    assert line == "rules.spillover.refugees_weight: no such key; did you mean 'rules.spillover.weight.refugees'?"


def test_a_sweep_takes_theories_by_name_and_entries_by_key() -> None:
    config = read_config(FRAME)
    assert THEORIES["rules.contest.form"] == ("ratio", "difference")
    assert numeric_keys(config)["rules.contest.form"] == 0
    assert numeric_keys(config)["rules.spillover.weight.kin"] == 0.15
    assert read_factors(config, {"rules.contest.form": ["difference", "ratio"], "rules.morale.beta": [4, 9]}) == {
        "rules.contest.form": [1, 0],
        "rules.morale.beta": [4, 9],
    }
    rules = varied(config, {"rules.contest.form": 1.0, "rules.spillover.weight.kin": 0.2}).parameters()
    assert rules.contest.form is ContestForm.DIFFERENCE
    assert rules.spillover.weight[Channel.KIN] == 0.2
    with pytest.raises(ConfigError, match=r"sweep.factors.rules.contest.form = ration: .* did you mean 'ratio'"):
        read_factors(config, {"rules.contest.form": ["ration"]})
    with pytest.raises(ConfigError, match=r"rules.morale.beta.0 = .*steep.*: must be a number"):
        read_factors(config, {"rules.morale.beta": ["steep"]})


def test_the_points_of_a_sweep_over_theories_are_their_ensembles(tmp_path: Path) -> None:
    settings = {"ensemble.runs": 30, "output": str(tmp_path), "horizon_days": 60}
    scenario = sim.load_scenario("as_recorded", settings, "liberia_2003")
    table = sim.sweep(scenario, {"rules.contest.form": ["ratio", "difference"]}).table
    for code, name in enumerate(("default", "difference_contest")):
        own = sim.load_scenario("as_recorded", {**settings, "rules": name}, "liberia_2003")
        runs = sim.run(own).runs
        share = runs["weight"][runs["collapse_day"].notna()].sum() / len(runs)
        rows = table[(table["outcome"] == "p_collapse") & (table["rules.contest.form"] == code)]
        assert rows["estimate"].item() == pytest.approx(share)


def test_theories_are_compared_run_by_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    few = ["world=liberia_2003", "ensemble.runs=20", "ensemble.traces=0", "horizon_days=40", "figures=false"]
    few += [f"output={tmp_path}"]
    line = ["scenario=as_recorded", "theories=[default,fixed_patrons]", *few]
    assert launch.main(comparing.SCRIPT, line) == 0
    text = capsys.readouterr().out
    assert "fixed_patrons" in text
    assert len(list(tmp_path.glob("run/*/runs.parquet"))) == 2
    assert launch.main(comparing.SCRIPT, ["theories=[default,lineal_morale]", *few]) == launch.EXIT_BAD_INPUT
    assert "did you mean 'linear_morale'?" in capsys.readouterr().err


def test_the_table_of_a_mechanism_tells_its_theories_and_entries() -> None:
    assert "| `form` | | `ratio` | ratio, difference | | theory |" in parameter_table("contest")
    rows = [row for row in parameter_table("spillover").splitlines() if row.startswith("| `weight.")]
    assert len(rows) == len(Channel)
    assert np.isclose(float(rows[0].split("|")[3]), Rules().spillover.weight[0])
