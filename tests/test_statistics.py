"""The statistical helper: it lets true claims pass, refutes false ones, and says what it could have seen."""

from collections.abc import Callable

import numpy as np
import pytest
from scipy import stats

from tests.statistics import ALPHA, assert_distribution, assert_mean, assert_share, assert_share_at_least

N = 10_000
QUANTILES = (np.arange(N) + 0.5) / N  # the most uniform sample there is


def test_true_claims_pass() -> None:
    assert_mean("uniform", QUANTILES, 0.5, 12.0**-0.5)
    assert_distribution("uniform", QUANTILES, stats.uniform.cdf)
    assert_share("half", N // 2, N, 0.5)
    assert_share_at_least("all", N, N, 0.99)


FALSE_CLAIMS: dict[str, Callable[[], None]] = {
    "mean": lambda: assert_mean("uniform", QUANTILES, 0.52, 12.0**-0.5),
    "distribution": lambda: assert_distribution("uniform", QUANTILES, stats.norm.cdf),
    "share": lambda: assert_share("half", N // 2, N, 0.53),
    "least share": lambda: assert_share_at_least("most", 9_800, N, 0.99),
}


@pytest.mark.parametrize("claim", FALSE_CLAIMS)
def test_false_claims_fail(claim: str) -> None:
    with pytest.raises(AssertionError):
        FALSE_CLAIMS[claim]()


def test_more_than_the_least_share_passes_where_the_exact_share_fails() -> None:
    assert_share_at_least("most", 9_990, N, 0.97)
    with pytest.raises(AssertionError):
        assert_share("most", 9_990, N, 0.97)


def test_report_names_alpha_n_and_the_smallest_error_caught(capsys: pytest.CaptureFixture[str]) -> None:
    assert_mean("uniform", QUANTILES, 0.5, 12.0**-0.5)
    # (4.417 + 2.326) / sqrt(12 * 10,000): normal quantiles at 5e-6 and 0.99, by table
    expected = "uniform: mean 0.5, expected 0.5; alpha 1e-05, n 10000, smallest error caught 0.0195\n"
    assert capsys.readouterr().out == expected


def test_twice_the_critical_error_is_caught_as_announced() -> None:
    z = stats.norm.isf(ALPHA / 2.0) + stats.norm.ppf(0.99)
    shifted = QUANTILES + 1.001 * z * (12.0 * N) ** -0.5
    with pytest.raises(AssertionError):
        assert_mean("shifted", shifted, 0.5, 12.0**-0.5)
