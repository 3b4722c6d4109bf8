"""Fit a smooth surface to scattered points of two factors: a quadratic regression, logistic for shares of runs."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from sim.ensemble.estimate.outcomes import PROBABILITY
from sim.show.sweep.view import View

Numbers = npt.NDArray[np.float64]
Surface = Callable[[Numbers, Numbers], Numbers]
N_TERMS = 6
RIDGE = 1e-2  # runs' worth of pull towards a flat surface: enough where all or no runs agree, else nothing
STEEPEST = 30.0  # log odds beyond which a share is 0 or 1
STEPS, STILL = 100, 1e-9


def fit_surface(view: View) -> Surface:
    """Return a surface over two factors.

    Shares are fitted by the likelihood of the runs, amounts by least squares; both on the factors, their squares and
    their product.

    Parameters
    ----------
    view
        One outcome of a sweep of two factors, at more than `N_TERMS` points.

    Returns
    -------
    Surface
        Takes the values of the first and of the second factor, of one shape, and returns the outcome there.

    References
    ----------
    Box & Wilson (1951), Journal of the Royal Statistical Society B 13, 1-45; McCullagh & Nelder (1989), Generalized
    Linear Models, 2nd edition, section 2.5 (the iteration).
    """
    columns = [view.column(factor) for factor in view.factors]
    ends = [(float(column.min()), float(column.max())) for column in columns]
    terms = _terms(columns, ends)
    estimate = view.estimates[0]
    if view.measure.unit == PROBABILITY:
        slopes = _logistic(terms, estimate, view.rows["n"].to_numpy(np.float64))
        return lambda x, y: _share(_terms([x, y], ends) @ slopes)
    fitted = np.linalg.lstsq(terms, estimate, rcond=None)[0]
    return lambda x, y: np.maximum(_terms([x, y], ends) @ fitted, 0.0, dtype=np.float64)


def miss_of(view: View, surface: Surface) -> float:
    """Return by how much a surface misses the points, root mean square.

    Parameters
    ----------
    view, surface
        The points, and what was fitted to them.
    """
    at_points = surface(view.column(view.factors[0]), view.column(view.factors[1]))
    return float(np.sqrt(np.mean((view.estimates[0] - at_points) ** 2)))


def _terms(columns: list[Numbers], ends: list[tuple[float, float]]) -> Numbers:
    """Return the terms of the regression, (..., term), factors scaled to [-1, 1]."""
    x, y = (2.0 * (column - low) / (high - low) - 1.0 for column, (low, high) in zip(columns, ends, strict=True))
    return np.stack([np.ones_like(x), x, y, x * x, y * y, x * y], axis=-1)


def _logistic(terms: Numbers, shares: Numbers, n: Numbers) -> Numbers:
    """Return the coefficients of a logistic regression by Newton's method."""
    slopes = np.zeros(terms.shape[1])
    pull = RIDGE * np.eye(terms.shape[1])
    for _ in range(STEPS):
        fitted = _share(terms @ slopes)
        weights = n * fitted * (1.0 - fitted)
        gradient = terms.T @ (n * (shares - fitted)) - pull @ slopes
        step = np.linalg.solve((terms.T * weights) @ terms + pull, gradient)
        step *= min(1.0, 1.0 / max(np.abs(step).max(), STILL))  # a full step from far away may overshoot
        slopes = slopes + step
        if np.abs(step).max() < STILL:
            break
    return slopes


def _share(log_odds: Numbers) -> Numbers:
    """Return shares of log odds."""
    shares: Numbers = 1.0 / (1.0 + np.exp(-np.clip(log_odds, -STEEPEST, STEEPEST)))
    return shares
