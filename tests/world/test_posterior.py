"""What history has left: read without trusting it, the same vector for a run everywhere, told where it is stale."""

import dataclasses
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim.agents.model import SpilloverModel
from sim.core.engine import simulate
from sim.core.rules import Rules, pack_rules
from sim.ensemble.run.chunks import job_of, live_chunk
from sim.ensemble.run.work import make_ready
from sim.ensemble.store.provenance import config_digest
from sim.study.cases import Case
from sim.study.compare import check_comparable
from sim.study.design import Design
from sim.study.sweep import plan_sweep
from sim.world import rulebook
from sim.world.config import read_config
from sim.world.frozen import ConfigError
from sim.world.posterior import SHIPPED, Posterior, draw, drawn_vectors, read_posterior
from sim.world.rulebook import is_current, rulebook_version
from sim.world.scenario import Scenario, build_scenario
from sim.world.uncertainty import TWIN, calibrated_ranges, draw_rules, numbers_of
from tests.ensemble.small import lines_to, run_small, small_scenario
from tests.statistics import assert_share

DEFAULTS = pack_rules(Rules())
NAMES = ["morale.kap", "contest.decisiveness"]
GOOD: dict[str, Any] = {
    "command": "python experiments/calibrate.py",
    "rulebook": "0123456789abcdef",
    "theories": {"contest.form": "ratio", "morale.form": "threshold"},
    "parameters": {"morale.kap": [1.0, 12.0], "contest.decisiveness": [0.5, 4.0]},
    "weights": [1.0, 1.0, 2.0],
    "vectors": [[2.0, 1.0], [4.0, 1.1], [8.0, 3.0]],
    "made_of": {},
}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "posterior.json"
    path.write_text(json.dumps(GOOD))
    return path


def learnt_from(path: Path, **more: Any) -> Scenario:
    return small_scenario(uncertainty={"kind": "posterior", "file": str(path)}, **more)


def test_a_run_lives_with_its_vector_in_every_scenario_and_world(file: Path) -> None:
    posterior = read_posterior(file)
    drawn = draw(DEFAULTS, posterior, 1, 0, 50)
    other = DEFAULTS.copy()
    other["morale"]["beta"] = 5.0
    elsewhere = draw(other, posterior, 1, 0, 50)
    np.testing.assert_array_equal(numbers_of(drawn, NAMES), numbers_of(elsewhere, NAMES))
    assert (elsewhere["morale"]["beta"] == 5.0).all()  # what it does not tell stays
    assert draw(DEFAULTS, posterior, 1, 20, 3).tobytes() == drawn[20:23].tobytes()
    assert draw(DEFAULTS, posterior, 1, TWIN + 20, 3).tobytes() == drawn[20:23].tobytes()
    assert draw(DEFAULTS, posterior, 2, 0, 50).tobytes() != drawn.tobytes()


@pytest.mark.statistical
def test_vectors_come_as_often_as_they_weigh(file: Path) -> None:
    drawn = drawn_vectors(read_posterior(file), 1, 0, 4_000)
    assert set(drawn) == {0, 1, 2}
    assert_share("the heaviest vector", int((drawn == 2).sum()), 4_000, 0.5)
    assert_share("the first vector", int((drawn == 0).sum()), 4_000, 0.25)


def test_ensembles_and_mesa_take_the_same_vector(file: Path) -> None:
    scenario = learnt_from(file)
    assert scenario.is_uncertain
    rows = live_chunk(job_of(scenario), 7, 1).runs
    rules = draw(scenario.rules, scenario.posterior, 1, 7, 1)
    assert rows.tobytes() == simulate(scenario.world, rules, 1, 7, 1).runs.tobytes()
    assert SpilloverModel(scenario, 1, 7).history.rules_record.tobytes() == rules.tobytes()


def test_its_content_counts_and_not_its_place(file: Path, tmp_path: Path) -> None:
    copy, changed = tmp_path / "copy.json", tmp_path / "changed.json"
    copy.write_text(file.read_text())
    changed.write_text(json.dumps(GOOD | {"weights": [1.0, 1.0, 1.0]}))
    digests = [config_digest(learnt_from(path)) for path in (file, copy, changed)]
    assert digests[0] == digests[1] != digests[2]
    assert digests[0] != config_digest(small_scenario(uncertainty={"kind": "prior"}))


def test_ensembles_of_two_posteriors_are_not_compared(file: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.json"
    other.write_text(json.dumps(GOOD | {"weights": [1.0, 1.0, 1.0]}))
    uncertain = [{"kind": "posterior", "file": str(path)} for path in (file, other)]
    cases = [
        Case(name, run_small(tmp_path / name, uncertainty=u, name=name), small_scenario(uncertainty=u, name=name))
        for name, u in zip(("a", "b"), uncertain, strict=True)
    ]
    with pytest.raises(ConfigError, match="the uncertainty of parameters"):
        check_comparable(cases)


FAULTS: dict[str, tuple[Callable[[dict[str, Any]], dict[str, Any]], str]] = {
    "unknown parameter": (
        lambda v: v | {"parameters": {"morale.kapp": [1.0, 2.0], "morale.beta": [1.0, 2.0]}},
        "parameters.morale.kapp: no such parameter; did you mean 'morale.kap'.*make it anew with: python",
    ),
    "too few weights": (lambda v: v | {"weights": [1.0]}, "weights: must be one for each vector"),
    "no weight": (lambda v: v | {"weights": [0.0, 0.0, 0.0]}, "not all 0"),
    "negative weight": (lambda v: v | {"weights": [1.0, 1.0, -1.0]}, "weights.2 = -1.0: must be greater"),
    "ragged": (lambda v: v | {"vectors": [[1.0], [1.0, 2.0], [1.0, 2.0]]}, "each must have a number for each"),
    "outside of limits": (
        lambda v: v | {"vectors": [[2.0, 1.0], [4.0, 1.1], [8.0, 99.0]]},
        "contest.decisiveness must lie between 0.01 and 10",
    ),
    "no number": (lambda v: v | {"vectors": [["a", 1.0]] * 3}, r"vectors.0.0 = 'a': must be a valid number"),
    "nothing of it": (lambda _: {}, "command: is missing"),
    "control characters": (lambda v: v | {"command": "\x1b[2J"}, "must hold no control characters"),
    "strange key": (lambda v: v | {"run": "rm"}, "run: no such key"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_what_is_no_use_is_refused(fault: str, tmp_path: Path) -> None:
    change, message = FAULTS[fault]
    path = tmp_path / "posterior.json"
    path.write_text(json.dumps(change(dict(GOOD))))
    with pytest.raises(ConfigError, match=f"(?s)uncertainty.file = {path}: .*{message}"):
        read_posterior(path)


@pytest.mark.parametrize(
    "text", ["", "{", "[" * 100_000, "\udcff", "NaN", "[]", json.dumps(GOOD).replace("8.0", "NaN")]
)
def test_what_is_no_json_is_refused(text: str, tmp_path: Path) -> None:
    path = tmp_path / "posterior.json"
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(ConfigError, match=r"uncertainty.file = .*posterior.json"):
        read_posterior(path)
    with pytest.raises(ConfigError, match="is no file of at most"):
        read_posterior(tmp_path)


def test_a_parameter_that_is_learnt_cannot_be_given_too(file: Path) -> None:
    scenario = learnt_from(file)
    values = scenario.config.model_dump(mode="json")
    values["rules"]["morale"]["kap"] = 3.0
    with pytest.raises(ConfigError, match=r"rules.morale.kap = 3: every run takes it from the posterior"):
        plan_sweep(scenario, {"rules.morale.kap": [3.0, 4.0]}, Design.PRODUCT)
    plan = plan_sweep(scenario, {"rules.morale.beta": [5.0, 6.0]}, Design.PRODUCT)
    file.unlink()  # workers elsewhere do not have it
    assert plan.scenario(1).posterior is scenario.posterior


def test_it_is_refused_under_another_theory_than_it_was_learnt_under(file: Path) -> None:
    scenario = learnt_from(file)
    line = r"^rules.contest.form = difference: the posterior was learnt under ratio; learn one under difference with .*"
    values = scenario.config.model_dump() | {"rules": {"contest": {"form": "difference"}}}
    with pytest.raises(ConfigError, match=line) as refused:
        build_scenario(scenario.tables, read_config(values))
    assert len(refused.value.lines) == 1
    with pytest.raises(ConfigError, match=line):
        plan_sweep(scenario, {"rules.contest.form": ["ratio", "difference"]}, Design.PRODUCT)
    file.write_text(json.dumps(GOOD | {"theories": {"contest.form": "difference"}}))
    assert build_scenario(scenario.tables, read_config(values)).posterior is not None
    with pytest.raises(ConfigError, match=r"rules.contest.form = ratio: the posterior was learnt under difference"):
        learnt_from(file)


def test_a_file_without_its_kind_is_refused(file: Path) -> None:
    with pytest.raises(ConfigError, match="is that of a posterior; add uncertainty=posterior"):
        small_scenario(uncertainty={"kind": "prior", "file": str(file)})


def test_another_version_of_the_rules_is_told_in_one_line(file: Path) -> None:
    stream = io.StringIO()
    make_ready(job_of(learnt_from(file)), lines_to(stream))
    line = f"{file}: was learnt with other rules or within other ranges; make it anew: {GOOD['command']}"
    assert stream.getvalue().count(line) == 1
    now = {"rulebook": rulebook_version(), "parameters": calibrated_ranges()}
    centre = [sum(ends) / 2.0 for ends in calibrated_ranges().values()]
    file.write_text(json.dumps(GOOD | now | {"vectors": [centre] * 3}))
    stream = io.StringIO()
    make_ready(job_of(learnt_from(file)), lines_to(stream))
    assert "other rules" not in stream.getvalue()
    narrower = now["parameters"] | {"morale.kap": (1.0, 11.0)}
    file.write_text(json.dumps(GOOD | now | {"vectors": [centre] * 3, "parameters": narrower}))
    assert not is_current(read_posterior(file))


def test_the_version_of_the_rules_follows_what_they_do(monkeypatch: pytest.MonkeyPatch) -> None:
    assert rulebook_version.__wrapped__() == rulebook_version()  # the same code, the same version

    def slightly_other(rules: np.ndarray, seed: int, first: int, n: int) -> np.ndarray:
        drawn = draw_rules(rules, seed, first, n)
        drawn["contest"]["decisiveness"] *= 1.01
        return drawn

    monkeypatch.setattr(rulebook, "draw_rules", slightly_other)
    assert rulebook_version.__wrapped__() != rulebook_version()


def test_the_posterior_of_the_project_can_be_used() -> None:
    shipped: Posterior = read_posterior(SHIPPED)
    assert SHIPPED.stat().st_size < 300_000
    assert len(shipped.vectors) >= 20
    assert dict(shipped.theories) == small_scenario().config.theories()
    assert dataclasses.replace(small_scenario(), posterior=shipped).posterior is shipped
