"""Drawn parameters: within their ranges, of the stated distribution, each a function of its own name and run."""

import dataclasses

import numpy as np
import pytest
from scipy import stats

from sim.core.parameters import describe, numbers
from sim.core.rules import MECHANISMS, RULES_DTYPE, Rules, pack_rules
from sim.ensemble.run.chunks import job_of, live_chunk
from sim.world.uncertainty import _ENTITIES, _WORDS, TWIN, WIDE, draw_rules
from tests.ensemble.small import small_scenario
from tests.statistics import assert_distribution

RUNS = 2_000
DEFAULTS = pack_rules(Rules())


@pytest.fixture(scope="module")
def drawn() -> np.ndarray:
    return draw_rules(DEFAULTS, 1, 0, RUNS)


def test_every_parameter_stays_in_its_plausible_range(drawn: np.ndarray) -> None:
    for mechanism, group in MECHANISMS.items():
        for name, parameter in describe(group).items():
            low, high = parameter.prior
            default = numbers(group())[name]
            sample = column(drawn, mechanism, name)
            assert sample.min() >= min(low, default)
            assert sample.max() <= max(high, default)


def column(drawn: np.ndarray, mechanism: str, name: str) -> np.ndarray:
    """Return the draws of one parameter, which may be an entry of a vector."""
    vector, _, entry = name.partition(".")
    entries = [other for other in describe(MECHANISMS[mechanism]) if other.startswith(f"{vector}.")]
    return drawn[mechanism][vector][:, entries.index(name)] if entry else drawn[mechanism][vector]


@pytest.mark.statistical
@pytest.mark.parametrize("key", ["morale.beta", "orders.least_odds", "violence.revenge_per_day", "regime.coup_per_day"])
def test_the_distribution_is_triangular_around_the_default(drawn: np.ndarray, key: str) -> None:
    mechanism, name = key.split(".")
    low, high = describe(MECHANISMS[mechanism])[name].prior
    ends = np.array([low, DEFAULTS[0][mechanism][name], high])
    sample = drawn[mechanism][name]
    if low > 0 and high >= WIDE * low:
        ends, sample = np.log(ends), np.log(sample)
    triangle = stats.triang((ends[1] - ends[0]) / (ends[2] - ends[0]), ends[0], ends[2] - ends[0])
    assert_distribution(key, sample, triangle.cdf)


def test_a_run_draws_the_same_alone_and_in_any_block(drawn: np.ndarray) -> None:
    assert draw_rules(DEFAULTS, 1, 37, 5).tobytes() == drawn[37:42].tobytes()
    assert draw_rules(DEFAULTS, 2, 37, 5).tobytes() != drawn[37:42].tobytes()


def test_twins_draw_the_same_parameters(drawn: np.ndarray) -> None:
    assert draw_rules(DEFAULTS, 1, 37 + TWIN, 5).tobytes() == drawn[37:42].tobytes()


def test_a_given_value_moves_the_peak_of_its_own_parameter_only(drawn: np.ndarray) -> None:
    morale = dataclasses.replace(Rules().morale, beta=20.0)
    other = draw_rules(pack_rules(dataclasses.replace(Rules(), morale=morale)), 1, 0, RUNS)
    assert other["morale"]["beta"].max() <= 20.0
    assert other["morale"]["beta"].mean() > drawn["morale"]["beta"].mean()
    same = drawn.view(np.float64).reshape(RUNS, -1) == other.view(np.float64).reshape(RUNS, -1)
    assert np.sum(~same.all(axis=0)) == 1


def test_each_parameter_has_draws_of_its_own() -> None:
    assert len(set(_ENTITIES.tolist())) == len(_ENTITIES) == sum(len(describe(g)) for g in MECHANISMS.values())
    uniform = draw_rules(DEFAULTS, 3, 0, RUNS).view(np.float64).reshape(RUNS, -1)[:, _WORDS]
    varies = np.ptp(uniform, axis=0) > 0.0
    assert (uniform[:, ~varies] == 0.0).all()  # what is off stays off
    ranks = stats.rankdata(uniform[:, varies], axis=0)
    correlation = np.corrcoef(ranks, rowvar=False)
    np.fill_diagonal(correlation, 0.0)
    assert np.abs(correlation).max() < 6.0 / np.sqrt(RUNS)


def test_runs_live_by_their_own_parameters() -> None:
    scenario = small_scenario(uncertainty={"kind": "prior", "twins": 0})
    job = job_of(scenario)
    together, alone = live_chunk(job, 0, 12), [live_chunk(job, run, 1) for run in range(12)]
    assert together.runs.tobytes() == b"".join(block.runs.tobytes() for block in alone)
    assert together.runs.tobytes() != live_chunk(dataclasses.replace(job, is_uncertain=False), 0, 12).runs.tobytes()
    assert draw_rules(DEFAULTS, 1, 0, 1).dtype is RULES_DTYPE
