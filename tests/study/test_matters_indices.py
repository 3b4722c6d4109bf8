"""Indices of functions whose indices are known, and of nothing; rankings agree where there is something."""

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
from scipy import stats

from sim.study.matters import indices
from sim.study.matters.indices import MOST_CROSSED, MOST_TERMS
from sim.study.matters.inputs import Inputs, Observed
from sim.study.matters.sensitivity import ENOUGH, Sample, needed_runs
from tests.statistics import assert_share_at_least

Floats = npt.NDArray[np.float64]
A, B = 7.0, 0.1  # of Ishigami & Homma (1990)
WEIGHTS = np.array([0.0, 1.0, 4.5, 9.0, 99.0, 99.0, 99.0, 99.0])  # of Sobol' g as Saltelli & Sobol' (1995) use it


def ishigami(x: Floats) -> Floats:
    t = math.pi * (2.0 * x - 1.0)
    return np.sin(t[:, 0]) + A * np.sin(t[:, 1]) ** 2 + B * t[:, 2] ** 4 * np.sin(t[:, 0])


def sobol_g(x: Floats) -> Floats:
    return np.prod((np.abs(4.0 * x - 2.0) + WEIGHTS) / (1.0 + WEIGHTS), axis=1)


VARIANCE = A**2 / 8.0 + B * math.pi**4 / 5.0 + B**2 * math.pi**8 / 18.0 + 0.5
ISHIGAMI = np.array([0.5 * (1.0 + B * math.pi**4 / 5.0) ** 2, A**2 / 8.0, 0.0]) / VARIANCE
CROSSED = B**2 * math.pi**8 * (1.0 / 18.0 - 1.0 / 50.0) / VARIANCE  # of the first and the third
PARTS = 1.0 / (3.0 * (1.0 + WEIGHTS) ** 2)
SOBOL_G = PARTS / (np.prod(1.0 + PARTS) - 1.0)
CASES = {"Ishigami": (ishigami, ISHIGAMI), "Sobol' g": (sobol_g, SOBOL_G)}


def sample(truth: Callable[[Floats], Floats], n_inputs: int, n: int, seed: int, noise: float = 0.0) -> Sample:
    """Return uniform inputs and an outcome, of which chance adds so many times its variance."""
    x, z = stats.uniform.rvs(size=(n, n_inputs), random_state=seed), stats.norm.rvs(size=n, random_state=seed + 1)
    y = truth(x)
    y = y + math.sqrt(noise) * y.std() * z
    inputs = Inputs(pd.DataFrame(x, columns=[f"x{i}" for i in range(n_inputs)]), np.arange(n), are_joint=False)
    return Sample(inputs, y, y, np.ones(n), float(y.var()))


@pytest.mark.parametrize("noise", [0.0, 9.0], ids=["alone", "in nine times as much chance"])
@pytest.mark.parametrize("case", CASES)
def test_known_indices_are_recovered_within_bootstrap_error(case: str, noise: float) -> None:
    truth, known = CASES[case]
    table = sample(truth, len(known), 8_000, 3, noise).indices(seed=1).set_index("input")
    for index, (_, row) in zip(known / (1.0 + noise), table.iterrows(), strict=True):
        error = max((row["high"] - row["low"]) / 2.0, 2e-3)
        assert abs(row["index"] - index) <= 1.5 * error
    assert table["index"].idxmax() == f"x{known.argmax()}"


@pytest.mark.statistical
def test_intervals_cover_known_indices() -> None:
    covered, tried = 0, 0
    for seed in range(120):
        table = sample(sobol_g, 8, 1_500, 10 * seed, noise=4.0).indices(seed)
        inside = (table["low"] <= SOBOL_G / 5.0) & (table["high"] >= SOBOL_G / 5.0)
        covered, tried = covered + int(inside[:4].sum()), tried + 4
    assert_share_at_least("coverage of an index", covered, tried, 0.9)


def test_nothing_is_found_where_there_is_nothing() -> None:
    y, inputs = stats.norm.rvs(size=2_000, random_state=6), sample(sobol_g, 8, 2_000, 5).inputs
    table = Sample(inputs, y, y, np.ones(2_000), float(y.var())).indices(seed=1)
    assert (table["low"] == 0.0).all()
    assert table["index"].sum() < 0.01


def test_a_pair_that_works_together_is_found_and_the_others_are_not() -> None:
    pairs = sample(ishigami, 3, 8_000, 3).pairs(["x0", "x1", "x2"], seed=1).set_index(["input", "other"])
    assert pairs.loc[("x0", "x2"), "low"] <= CROSSED <= pairs.loc[("x0", "x2"), "high"]
    assert (pairs.drop(("x0", "x2"))["index"] < 0.01).all()


def test_an_input_that_stands_several_times_counts_once() -> None:
    drawn = sample(ishigami, 3, 2_000, 3)
    x = drawn.inputs.table
    again = {"same": x["x0"], "scaled": 3.0 * x["x1"] + 1.0, "reversed": -x["x0"], "risen": x["x2"] ** 3}
    nearly = x["x1"] + 0.01 * x["x2"]
    inputs = Inputs(x.assign(**again, nearly=nearly), np.arange(2_000), are_joint=False)
    assert inputs.copies == {"same": "x0", "scaled": "x1", "reversed": "x0", "risen": "x2"}
    doubled = replace(drawn, inputs=inputs)
    assert doubled.indices(1)["input"].tolist() == ["x0", "x1", "x2", "nearly"]
    assert doubled.pairs(["same", "x0", "reversed", "x2"], 1)[["input", "other"]].to_numpy().tolist() == [["x0", "x2"]]
    assert doubled.top == 2


def test_the_sign_and_the_ends_tell_the_direction() -> None:
    table = sample(lambda x: x[:, 0] - 2.0 * x[:, 1], 2, 2_000, 1).indices(seed=1).set_index("input")
    assert table.loc["x0", "correlation"] > 0.0 > table.loc["x1", "correlation"]
    assert table.loc["x0", "at_lowest"] == pytest.approx(0.1 - 1.0, abs=0.1)
    assert table.loc["x1", "at_highest"] == pytest.approx(0.5 - 1.8, abs=0.1)


def test_terms_are_orthonormal_over_ranks() -> None:
    phi = indices.basis(indices.ranks(stats.expon.rvs(size=5_000, random_state=1), np.ones(5_000)), MOST_TERMS)
    assert phi @ phi.T / 5_000 == pytest.approx(np.eye(MOST_TERMS), abs=2e-3)
    assert indices.crossed(phi, phi, MOST_CROSSED).shape == (MOST_CROSSED**2, 5_000)


def test_ranks_are_the_shares_of_weight_below() -> None:
    assert indices.ranks(np.array([3.0, 1.0, 3.0, 2.0]), np.ones(4)) == pytest.approx([0.75, 0.125, 0.75, 0.375])
    assert indices.ranks(np.array([3.0, 1.0]), np.array([3.0, 1.0])) == pytest.approx([0.625, 0.125])


def test_a_run_that_counts_twice_is_two_runs() -> None:
    base = sample(sobol_g, 8, 500, 2)
    twice = np.where(np.arange(500) < 100, 2.0, 1.0)
    again = np.concatenate([np.arange(500), np.arange(100)])
    phi = indices.basis(stats.uniform.rvs(size=500, random_state=4), 3)
    squares, _ = indices.explained(phi, base.y, twice[:, np.newaxis])
    repeated, _ = indices.explained(phi[:, again], base.y[again], np.ones((600, 1)))
    assert squares == pytest.approx(repeated)


def test_runs_with_one_set_of_parameters_count_as_one() -> None:
    """Else chance that such runs share would look like what their parameters do."""
    sets, copies = stats.uniform.rvs(size=(50, 20), random_state=1), 40
    row_of = np.repeat(np.arange(50), copies)
    y = np.repeat(stats.norm.rvs(size=50, random_state=2), copies)  # of the set, but of no input
    inputs = Inputs(pd.DataFrame(sets, columns=[f"x{i}" for i in range(20)]), row_of, are_joint=True)
    observed = Observed("y", "persons", np.arange(len(y)), y, np.ones(len(y)))
    joint = Sample.of(inputs, observed)
    assert len(joint.y) == 50
    assert (joint.indices(seed=1)["low"] == 0.0).sum() >= 19


def test_halves_agree_about_what_is_clear_and_not_about_chance() -> None:
    steep = sample(lambda x: (x * np.arange(30)).sum(axis=1), 30, 4_000, 1)
    assert steep.top == 10
    agreement = steep.agreement(seed=1)
    assert agreement["runs"].tolist() == [500, 1_000, 2_000]
    assert agreement["shared"].is_monotonic_increasing
    assert agreement["shared"].iloc[-1] >= 8.0
    y = stats.norm.rvs(size=4_000, random_state=9)
    chance = Sample(steep.inputs, y, y, np.ones(4_000), 1.0).agreement(seed=1)
    assert chance["shared"].iloc[-1] < 5.5  # ten of thirty at random have 3.3 in common
    assert needed_runs(agreement) <= 2_000.0


def test_runs_that_are_needed_are_read_off_or_drawn_on() -> None:
    table = pd.DataFrame({"runs": [500, 1_000, 2_000], "shared": [3.0, 4.0, 5.0], "of": 10})
    assert ENOUGH == 0.7
    assert needed_runs(table) == pytest.approx(8_000.0)
    assert needed_runs(table.assign(shared=[4.0, 7.0, 8.0])) == 1_000.0
    assert math.isnan(needed_runs(table.assign(shared=[4.0, 4.0, 4.0])))


def test_the_same_seed_gives_the_same_weights_of_mean_one() -> None:
    weights = indices.resample(4_000, seed=3)
    assert weights.mean() == pytest.approx(1.0, abs=0.01)
    assert np.array_equal(weights, indices.resample(4_000, seed=3))
    assert abs(np.corrcoef(weights.T)[np.triu_indices(100, 1)]).max() < 0.1
