"""Map the share of a mix in which something happens to a chance that history bears out (Platt 1999).

A line on the log odds, learnt from worlds whose own mix did not see them; a ridge draws it to the identity, which it
leaves only as far as so few outcomes can tell.

References
----------
Platt (1999), "Probabilistic outputs for support vector machines", in Advances in Large Margin Classifiers, 61-74.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sim.study.score.tilt import fit_line

Floats = npt.NDArray[np.float64]
RIDGE = 1.0
"""Penalty on leaving the identity, as half the square of shift and of slope less one."""


@dataclass(frozen=True)
class Curve:
    """Hold a line on the log odds."""

    shift: float = 0.0
    slope: float = 1.0

    def __call__(self, probability: float) -> float:
        """Return the recalibrated chance."""
        return float(1.0 / (1.0 + np.exp(-(self.shift + self.slope * _log_odds(np.array(probability))))))


def fit_curve(probability: Floats, happened: Floats, weights: Floats) -> Curve:
    """Return the curve that suits what happened.

    Parameters
    ----------
    probability
        What was said, strictly between 0 and 1.
    happened
        1 or 0.
    weights
        What each counts, such as one over the items of its world.
    """
    line, _ = fit_line(_log_odds(probability)[:, None], happened, weights, np.array([0.0, 1.0]), RIDGE * np.eye(2))
    return Curve(float(line[0]), float(line[1]))


def _log_odds(probability: Floats) -> Floats:
    """Return log odds."""
    return np.asarray(np.log(probability / (1.0 - probability)))
