from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
from scipy import stats

from sim.study.effects import effects
from sim.study.sweep import Sweep
from sim.tell.sweep_summary import sections
from tests.statistics import assert_share

NUMBERS = npt.NDArray[np.float64]
OUTCOME = "p_collapse"


def swept(columns: dict[str, NUMBERS], estimates: Sequence[float] | NUMBERS, batches: NUMBERS | None = None) -> Sweep:
    n = len(estimates)
    means = np.repeat(np.asarray(estimates, float)[:, np.newaxis], 2, axis=1) if batches is None else batches
    named = {f"batch_{i}": column for i, column in enumerate(means.T)}
    stored = pd.DataFrame({"point": np.arange(n), "outcome": OUTCOME, **named})
    rows = {
        "point": np.arange(n),
        **columns,
        "outcome": OUTCOME,
        "unit": "probability",
        "estimate": np.asarray(estimates, float),
        "low": 0.0,
        "high": 1.0,
        "n": 10,
    }
    other = pd.DataFrame(rows).assign(outcome="refugees", estimate=-1.0)  # to be left alone
    return Sweep(Path(), {}, pd.concat([pd.DataFrame(rows), other], ignore_index=True), tuple(columns), stored)


def square_of_points() -> dict[str, NUMBERS]:
    # Each factor with its own range, so that slopes and effects differ.
    x, y = np.meshgrid([2.0, 3.0, 7.0], [-10.0, 0.0, 10.0, 40.0])
    return {"a": x.ravel(), "b": y.ravel()}


def test_a_planted_linear_effect_is_recovered_exactly_and_the_largest_comes_first() -> None:
    columns = square_of_points()
    found = effects(swept(columns, 0.3 + 0.02 * columns["a"] - 0.01 * columns["b"]), OUTCOME)
    assert found["factor"].tolist() == ["b", "a"]
    assert found["effect"].to_numpy() == pytest.approx([-0.5, 0.1])
    assert found[["low", "high"]].to_numpy() == pytest.approx(np.array([[-0.5, -0.5], [0.1, 0.1]]))
    assert found["n"].tolist() == [12, 12]


def test_the_slopes_are_those_of_least_squares_and_their_interval_that_of_batches() -> None:
    columns = square_of_points()
    batches = stats.norm.rvs(size=(12, 20), random_state=4)
    scaled = np.column_stack([np.ones(12), (columns["a"] - 2.0) / 5.0, (columns["b"] + 10.0) / 50.0])
    slopes = np.linalg.lstsq(scaled, batches, rcond=None)[0][1:]
    found = effects(swept(columns, batches.mean(axis=1), batches), OUTCOME).set_index("factor").loc[["a", "b"]]
    assert found["effect"].to_numpy() == pytest.approx(slopes.mean(axis=1))
    for factor, own in zip(["a", "b"], slopes, strict=True):
        expected = stats.ttest_1samp(own, 0.0).confidence_interval(0.95)
        assert found.loc[factor, ["low", "high"]].tolist() == pytest.approx([expected.low, expected.high])


@pytest.mark.statistical
def test_intervals_cover_although_points_share_their_draws() -> None:
    """Runs that differ in how strongly a factor works: errors of the points that HC3 would not see."""
    columns, covered, repetitions = square_of_points(), 0, 1_000
    scaled = (columns["a"] - 2.0) / 5.0
    for strengths in stats.norm.rvs(0.3, 1.0, size=(repetitions, 20), random_state=6):
        batches = np.outer(scaled, strengths)
        row = effects(swept(columns, batches.mean(axis=1), batches), OUTCOME).set_index("factor").loc["a"]
        covered += row["low"] <= 0.3 <= row["high"]
    assert_share("coverage of an effect", covered, repetitions, 0.95)


def test_a_factor_that_does_not_move_has_no_row() -> None:
    columns = square_of_points() | {"still": np.full(12, 3.0)}
    assert set(effects(swept(columns, columns["a"] / 10.0), OUTCOME)["factor"]) == {"a", "b"}


def test_points_without_an_estimate_do_not_count() -> None:
    columns = square_of_points()
    estimates = 0.02 * columns["a"]
    estimates[[0, 5]] = np.nan
    found = effects(swept(columns, estimates), OUTCOME)
    assert found["n"].tolist() == [10, 10]
    assert found.set_index("factor").loc["a", "effect"] == pytest.approx(0.1)


@pytest.mark.parametrize(
    "columns",
    [
        {"a": np.array([1.0, 2.0, 3.0])},
        {"a": np.array([1.0, 2.0, 3.0, 4.0]), "b": np.array([1.0, 4.0, 9.0, 1.0])},
        {"a": np.arange(9.0), "b": 5.0 - 2.0 * np.arange(9.0)},
        {"a": np.array([1.0])},
    ],
    ids=["three points, one factor", "four points, two factors", "two factors that move as one", "one point"],
)
def test_too_few_points_give_no_rows(columns: dict[str, NUMBERS]) -> None:
    estimates = np.linspace(0.1, 0.4, len(next(iter(columns.values()))))
    found = effects(swept(columns, estimates), OUTCOME)
    assert found.empty
    assert list(found.columns) == ["factor", "effect", "low", "high", "n"]


def test_points_are_told_below_each_other_with_as_many_decimals() -> None:
    sweep = swept({"a": np.array([2.0, 3.25, 0.5])}, [0.12, 0.034, 0.5])
    sweep.table.loc[:2, "low"], sweep.table.loc[:2, "high"] = [0.117, 0.03, 0.49], [0.123, 0.038, 0.51]
    sweep.table.loc[2, "n"] = 0
    (points,) = sections(sweep, [OUTCOME])
    assert points.rows == (
        ("2.00", "12.0 % [11.7, 12.3]", "10"),
        ("3.25", "3.4 % [3.0, 3.8]", "10"),
        ("0.50", "no runs", "0"),
    )
