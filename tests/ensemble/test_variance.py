"""The split of variance: what twins share is due to parameters, on samples whose split is known."""

import numpy as np
import pytest
from scipy import stats

from sim.ensemble.estimate.rows import usable
from sim.ensemble.estimate.variance import QUANTITY, shared_variance, variance_rows
from sim.ensemble.store.results import load_results
from tests.ensemble.small import run_small, small_scenario

PAIRS = 4_000


def _pairs(share: float, seed: int, n: int = PAIRS) -> tuple[np.ndarray, np.ndarray]:
    """Return pairs that owe a share of their variance to what they have in common."""
    common, one, other = stats.norm.rvs(size=(3, n), random_state=seed)
    return tuple(np.sqrt(share) * common + np.sqrt(1.0 - share) * own for own in (one, other))


@pytest.mark.parametrize("share", [0.0, 0.2, 0.7])
def test_a_known_share_is_found(share: float) -> None:
    found, low, high = shared_variance(*_pairs(share, 3))
    assert found == pytest.approx(share, abs=0.05)
    assert 0.0 <= low <= found <= high


def test_the_share_is_the_correlation_of_all_pairs_in_both_orders() -> None:
    x, y = _pairs(0.4, 5, 50)
    both = np.corrcoef(np.concatenate([x, y]), np.concatenate([y, x]))[0, 1]
    assert shared_variance(x, y)[0] == pytest.approx(both)
    assert shared_variance(y, x) == pytest.approx(shared_variance(x, y))


def test_intervals_cover_a_known_share() -> None:
    covered = 0
    for seed in range(400):
        _, low, high = shared_variance(*_pairs(0.3, seed, 200))
        covered += low <= 0.3 <= high
    assert stats.binomtest(covered, 400, 0.95).pvalue > 1e-5


def test_equal_twins_owe_all_to_their_parameters() -> None:
    x, _ = _pairs(0.5, 1, 20)
    assert shared_variance(x, x) == pytest.approx((1.0, 1.0, 1.0))


def test_an_ensemble_with_uncertain_parameters_splits_its_variance(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("prior")
    run_small(folder, uncertainty={"kind": "prior", "twins": 30})
    results = load_results(folder)
    assert len(results.runs) == 40
    assert results.twins["run"].tolist() == list(range(30))
    split = results.estimates[results.estimates["quantity"] == QUANTITY]
    assert set(split["n"]) == {30}
    assert {"refugees", "displaced_peak"} <= set(split["entity"])
    assert split[["estimate", "low", "high"]].stack().between(0.0, 1.0).all()
    assert "due to uncertain parameters" in (folder / "summary.md").read_text()


def test_without_uncertainty_there_are_no_twins_and_no_split(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("none")
    run_small(folder)
    results = load_results(folder)
    assert results.twins.empty
    assert not (results.estimates["quantity"] == QUANTITY).any()
    assert not list(variance_rows(usable(results.runs), results.twins, small_scenario()))
