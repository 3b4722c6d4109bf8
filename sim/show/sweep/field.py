"""Turn the points of two factors into a field: the estimates of a grid, or a surface that is fitted to the points.

The surface is a quadratic regression, logistic for shares of runs.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from sim.ensemble.estimate.outcomes import PROBABILITY
from sim.show.sweep.view import Numbers, View

FINE = 120  # steps along each side of a surface
Surface = Callable[[Numbers, Numbers], Numbers]
N_TERMS = 6
RIDGE = 1e-2  # runs' worth of pull towards a flat surface: enough where all or no runs agree, else nothing
STEEPEST = 30.0  # log odds beyond which a share is 0 or 1
STEPS, STILL = 100, 1e-9


@dataclass(frozen=True, eq=False)
class Field:
    """Hold an outcome over two factors.

    Parameters
    ----------
    across, upward
        Values of the factors, rising.
    heights
        (upward, across); NaN where nothing is known.
    origin
        How it was fitted to the points, in words; empty where each value is the estimate of a point.
    """

    across: Numbers
    upward: Numbers
    heights: Numbers
    origin: str

    @property
    def ends(self) -> tuple[tuple[int, int], tuple[int, int]]:
        """Return where it is lowest and where it is highest, each as (upward, across)."""
        known = np.nan_to_num(self.heights, nan=float(np.nanmean(self.heights)))
        rows, columns = np.unravel_index([known.argmin(), known.argmax()], known.shape)
        return (int(rows[0]), int(columns[0])), (int(rows[1]), int(columns[1]))


def field_of(view: View) -> Field:
    """Return the field of an outcome over two factors."""
    return _cells(view) if view.is_grid else _fitted(view)


def finest_step(view: View, field: Field) -> float:
    """Return the smallest difference that a field can tell: half an interval, less where a surface averages points."""
    _, low, high = view.estimates
    if np.isnan(low).any():
        return 0.0
    shared = math.sqrt(N_TERMS / len(view.rows)) if field.origin else 1.0
    return float(np.median(high - low)) / 2.0 * shared


def _cells(view: View) -> Field:
    """Return the estimates of a grid."""
    across, upward = (factor.key for factor in view.factors)
    table = view.rows.pivot_table(index=upward, columns=across, values="estimate")
    values = [np.array(axis, np.float64) for axis in (table.columns, table.index)]
    return Field(values[0], values[1], table.to_numpy(np.float64), "")


def _fitted(view: View) -> Field:
    """Return a surface that is fitted to the points."""
    surface = fit_surface(view)
    across, upward = (np.linspace(view.column(f).min(), view.column(f).max(), FINE) for f in view.factors)
    kind = "logistic" if view.measure.unit == PROBABILITY else "linear"
    miss = view.measure.width(miss_of(view, surface))
    origin = f"colours: a quadratic {kind} regression, which misses the points by {miss} (root mean square)"
    return Field(across, upward, surface(*np.meshgrid(across, upward)), origin)


def fit_surface(view: View) -> Surface:
    """Return a surface over two factors.

    Shares are fitted by the likelihood of the runs, amounts by least squares; both on the factors, their squares and
    their product.

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
