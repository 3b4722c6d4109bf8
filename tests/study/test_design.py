import itertools
from collections.abc import Mapping, Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.study.design import Design, design_points
from sim.world.frozen import ConfigError

A, B = "rules.morale.beta", "rules.orders.commitment"
FILLING = (Design.LATIN_HYPERCUBE, Design.SOBOL)
ranges = st.lists(
    st.tuples(st.floats(-1e3, 1e3), st.floats(0.1, 1e3)).map(lambda ends: (ends[0], ends[0] + ends[1])),
    min_size=1,
    max_size=6,
)


def named(values: Sequence[Sequence[float]]) -> dict[str, Sequence[float]]:
    return {f"factor.{i}": own for i, own in enumerate(values)}


@given(st.lists(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=4), min_size=1, max_size=4))
def test_a_product_has_every_combination_once_the_last_factor_fastest(values: list[list[float]]) -> None:
    points = design_points(Design.PRODUCT, named(values), None, seed=1)
    assert list(map(tuple, points)) == list(itertools.product(*values))


def test_zip_takes_the_values_side_by_side() -> None:
    points = design_points(Design.ZIP, {A: [4.0, 7.0, 9.0], B: [0.3, 0.9, 0.5]}, None, seed=1)
    assert points.tolist() == [[4.0, 0.3], [7.0, 0.9], [9.0, 0.5]]


@given(ranges, st.integers(1, 60), st.integers(0, 2**63 - 1))
def test_a_latin_hypercube_has_one_point_in_each_stratum_of_each_factor(
    ends: list[tuple[float, float]], n: int, seed: int
) -> None:
    points = design_points(Design.LATIN_HYPERCUBE, named(ends), n, seed)
    low, high = np.array(ends).T
    strata = np.floor((points - low) / (high - low) * n * (1.0 - 1e-12)).astype(int)
    assert points.shape == (n, len(ends))
    assert (np.sort(strata, axis=0) == np.arange(n)[:, None]).all()


@given(ranges, st.integers(0, 7), st.integers(0, 2**63 - 1))
def test_sobol_fills_the_ranges_with_half_the_points_in_each_half(
    ends: list[tuple[float, float]], power: int, seed: int
) -> None:
    n = 2**power
    points = design_points(Design.SOBOL, named(ends), n, seed)
    low, high = np.array(ends).T
    assert points.shape == (n, len(ends))
    assert ((low <= points) & (points <= high)).all()
    if n > 1:
        assert ((points < (low + high) / 2.0).sum(axis=0) == n // 2).all()


@pytest.mark.parametrize("design", FILLING)
def test_points_that_fill_a_space_depend_on_the_seed_alone(design: Design) -> None:
    factors = {A: [4.0, 9.0], B: [0.3, 0.9]}
    first = design_points(design, factors, 16, seed=1)
    assert np.array_equal(first, design_points(design, factors, 16, seed=1))
    assert not np.array_equal(first, design_points(design, factors, 16, seed=2))


@pytest.mark.parametrize(
    ("design", "factors", "points", "message"),
    [
        (Design.PRODUCT, {}, 1, "name at least one, such as {rules.morale.beta: [4, 9]}"),
        (Design.PRODUCT, {A: []}, 1, f"sweep.factors.{A}: has no values; give some, such as [4, 9]"),
        (Design.ZIP, {A: [4, 7, 9], B: [1, 2]}, 1, f"zip takes as many values of each ({A} has 3, {B} has 2)"),
        (Design.LATIN_HYPERCUBE, {A: [4, 7, 9]}, 9, f"{A} = [4, 7, 9]: latin_hypercube takes two values"),
        (Design.SOBOL, {A: [9, 4]}, 8, f"{A} = [9, 4]: sobol takes two values, the lowest and the highest"),
        (Design.LATIN_HYPERCUBE, {A: [4, 4]}, 8, f"{A} = [4, 4]: latin_hypercube takes two values"),
        (Design.SOBOL, {A: [4, 9]}, 100, "sweep.points = 100: sobol is balanced at powers of two, such as 128"),
    ],
)
def test_values_that_do_not_suit_a_design_are_refused_with_the_cure(
    design: Design, factors: Mapping[str, Sequence[float]], points: int, message: str
) -> None:
    with pytest.raises(ConfigError) as refused:
        design_points(design, factors, points, seed=1)
    assert any(message in line for line in refused.value.lines), refused.value.lines


def test_each_faulty_factor_has_a_line_of_its_own() -> None:
    with pytest.raises(ConfigError) as refused:
        design_points(Design.SOBOL, {A: [9.0, 4.0], B: [0.3]}, 100, seed=1)
    assert len(refused.value.lines) == 3
