"""Weigh forecasts of one number against each other by what they foretold: the best mixture of them.

The score of a mixture is a quadratic form of its weights: with X_k from forecast k, and y what happened,

    CRPS(w) = sum_k w_k E|X_k - y| - 1/2 sum_kl w_k w_l E|X_k - X_l|,

which of yes and no is the Brier score, and of levels the ranked probability score (Gneiting & Raftery 2007, "Strictly
proper scoring rules, prediction, and estimation", JASA 102, 359-378). Weights that are best elsewhere are the stack:
Yao, Vehtari, Simpson & Gelman (2018), "Using stacking to average Bayesian predictive distributions", Bayesian Analysis
13, 917-1007.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sim.study.score.forecast import Chance, Forecast, Levels, Normal, Sample, Split

Floats = npt.NDArray[np.float64]

POINTS = 50
"""As many points of equal weight stand for a sample."""


@dataclass(frozen=True, eq=False)
class Forms:
    """Hold how forecasts score, alone and mixed: of some items, or their mean.

    Parameters
    ----------
    near
        E|X_k - y|, (..., forecast).
    apart
        E|X_k - X_l|, (..., forecast, forecast).
    """

    near: Floats
    apart: Floats

    def __getitem__(self, items: npt.NDArray[np.bool_]) -> Forms:
        """Return those of some items."""
        return Forms(self.near[items], self.apart[items])

    def mean(self, weights: Floats | None = None) -> Forms:
        """Return their mean over items, which may weigh."""
        return Forms(np.average(self.near, 0, weights), np.average(self.apart, 0, weights))

    def scores(self, weights: Floats) -> Floats:
        """Return the score of a mixture, of each item."""
        return np.asarray(self.near @ weights - 0.5 * (self.apart @ weights) @ weights)

    def alone(self) -> Floats:
        """Return the score of each forecast, (..., forecast)."""
        return self.near - 0.5 * np.diagonal(self.apart, axis1=-2, axis2=-1)


def form_of(forecasts: Sequence[Forecast], seen: float) -> Forms | None:
    """Return how forecasts of a number score, alone and mixed; None of shares of a whole, whose score is no such form.

    Parameters
    ----------
    forecasts
        All of one kind.
    seen
        What happened, on the scale of the score.
    """
    if any(isinstance(one, Split | Normal) for one in forecasts):
        return None
    points, weights = (np.array(part) for part in zip(*map(_atoms, forecasts), strict=True))
    near = (weights * np.abs(points - seen)).sum(axis=1)
    gaps = np.abs(points[:, None, :, None] - points[None, :, None, :])
    return Forms(near, np.einsum("ki,lj,klij->kl", weights, weights, gaps, optimize=True))


def _atoms(forecast: Forecast) -> tuple[Floats, Floats]:
    """Return where a forecast has its weight, and how much of it."""
    if isinstance(forecast, Chance):
        return np.array([0.0, 1.0]), np.array([1.0 - forecast.probability, forecast.probability])
    if isinstance(forecast, Levels):
        return np.arange(len(forecast.probabilities), dtype=float), forecast.probabilities
    assert isinstance(forecast, Sample)  # noqa: S101 - the other kinds were turned away
    order = np.argsort(forecast.values, kind="stable")
    mass = np.ones(len(order)) if forecast.weights is None else forecast.weights[order]
    reached = np.cumsum(mass) / mass.sum()
    levels = (np.arange(POINTS) + 0.5) / POINTS
    which = np.minimum(np.searchsorted(reached, levels), len(order) - 1)
    return forecast.values[order][which], np.full(POINTS, 1.0 / POINTS)


def stack(mean: Forms) -> Floats:
    """Return the weights, each at least 0 and 1 in all, with which forecasts score best together.

    Parameters
    ----------
    mean
        How they score in the mean.
    """
    from scipy.optimize import minimize  # noqa: PLC0415 - it takes most of a second that importing need not wait

    n = len(mean.near)
    scale = max(float(np.ptp(mean.near)), float(mean.apart.max()), 1e-12)
    near, apart = mean.near / scale, mean.apart / scale
    found = minimize(
        lambda w: near @ w - 0.5 * w @ apart @ w,
        np.full(n, 1.0 / n),
        jac=lambda w: near - apart @ w,
        method="SLSQP",
        bounds=[(0.0, 1.0)] * n,
        constraints={"type": "eq", "fun": lambda w: w.sum() - 1.0, "jac": lambda _: np.ones(n)},
    )
    weights = np.clip(found.x, 0.0, 1.0)
    return np.asarray(weights / weights.sum())
