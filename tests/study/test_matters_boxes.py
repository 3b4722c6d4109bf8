"""Boxes that were planted are found, with ends where they were put, and nothing is found in chance."""

from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pytest
from scipy import stats

from sim.study.matters.boxes import LEAST_MASS, Box, best_step, measured, paying, peel, smooth

Floats = npt.NDArray[np.float64]
ODD = np.arange(10_000) % 2 == 1


def planted(n: int, inside: float, outside: float, seed: int = 1) -> tuple[Floats, npt.NDArray[np.bool_], Floats]:
    """Return ten inputs, of which a box of two, x0 < .4 and x1 > .3, decides how likely something is."""
    x = stats.uniform.rvs(size=(n, 10), random_state=seed)
    chance = np.where((x[:, 0] < 0.4) & (x[:, 1] > 0.3), inside, outside)
    return x, stats.uniform.rvs(size=n, random_state=seed + 1) < chance, np.ones(n)


def test_a_planted_box_is_found_with_its_ends() -> None:
    x, y, weights = planted(6_000, 0.9, 0.1)
    assert paying(x, y, weights, ODD[:6_000]) == 2
    x = x[:, :2]
    trajectory = peel(x, y, weights)
    box = smooth(trajectory[best_step(trajectory, x, y, weights)], x, y, weights)
    assert box.ends == [(0, True), (1, False)]
    assert box.high[0] == pytest.approx(0.4, abs=0.03)
    assert box.low[1] == pytest.approx(0.3, abs=0.03)
    found = measured(box, x, y, weights)
    assert found.density == pytest.approx(0.9, abs=0.04)
    assert found.mass == pytest.approx(0.28, abs=0.03)
    assert found.coverage == pytest.approx(0.28 * 0.9 / (0.28 * 0.9 + 0.72 * 0.1), abs=0.04)


def test_further_inputs_do_not_pay_where_chance_is_large() -> None:
    x, y, weights = planted(4_000, 0.4, 0.25)
    assert paying(x, y, weights, ODD[:4_000]) <= 4


def test_runs_that_share_their_inputs_make_no_boxes_for_each_other() -> None:
    """Ten runs of each vector: chance that they share would else pay on both sides."""
    x = np.repeat(stats.uniform.rvs(size=(150, 10), random_state=3), 10, axis=0)
    y = np.repeat(stats.uniform.rvs(size=150, random_state=4) < 0.3, 10)
    vector = np.repeat(np.arange(150), 10)
    leaks, sound = (paying(x, y, np.ones(1_500), fold % 2 == 1) for fold in (np.arange(1_500), vector))
    assert leaks >= 8
    assert sound <= 5


def test_a_box_of_chance_holds_nothing_on_other_runs() -> None:
    x, y, weights = planted(2_000, 0.3, 0.3)
    trajectory = peel(x, y, weights)
    box = trajectory[best_step(trajectory, x, y, weights)]
    others = planted(20_000, 0.3, 0.3, seed=9)
    assert measured(box, x, y, weights).density > 0.36  # it looks like something
    assert measured(box, *others).density == pytest.approx(0.3, abs=0.03)


def test_each_step_peels_a_slice_off_and_stops_before_the_box_is_too_small() -> None:
    x, y, weights = planted(1_000, 0.9, 0.1)
    masses = [measured(box, x, y, weights).mass for box in peel(x, y, weights)]
    assert masses[0] == 1.0
    assert masses[-1] >= LEAST_MASS
    assert all(0.9 <= after / before < 1.0 for before, after in pairwise(masses))


def test_an_input_of_few_values_is_cut_between_them() -> None:
    x, y, weights = planted(3_000, 0.9, 0.1)
    x = np.round(x[:, :2], 1)
    trajectory = peel(x, y, weights)
    box = smooth(trajectory[best_step(trajectory, x, y, weights)], x, y, weights)
    assert set(box.high[np.isfinite(box.high)]) | set(box.low[np.isfinite(box.low)]) <= set(np.unique(x))


def test_an_input_that_is_the_same_in_all_runs_is_never_cut() -> None:
    x, y, weights = planted(500, 0.9, 0.1)
    x[:, 0] = 3.0
    assert all(0 not in box.restricted for box in peel(x, y, weights))


def test_a_box_without_ends_holds_everything_and_gains_nothing() -> None:
    x, y, weights = planted(500, 0.9, 0.1)
    everything = measured(Box.of_all(10), x, y, weights)
    assert (everything.mass, everything.coverage, everything.gain) == (1.0, 1.0, 0.0)
    assert everything.density == everything.base == y.mean()


def test_weights_count_runs_as_often_as_they_say() -> None:
    x, y, _ = planted(500, 0.9, 0.1)
    box = Box.of_all(10).moved(0, 0.5, is_high=True)
    twice = measured(box, np.concatenate([x, x[:100]]), np.concatenate([y, y[:100]]), np.ones(600))
    weighted = measured(box, x, y, np.where(np.arange(500) < 100, 2.0, 1.0))
    assert weighted == twice
