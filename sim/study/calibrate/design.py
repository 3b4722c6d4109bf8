"""Spread vectors of parameters over the ranges within which they are learnt."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from sim.study.design import Design, design_points
from sim.world.uncertainty import is_wide

Floats = npt.NDArray[np.float64]
Ranges = Mapping[str, tuple[float, float]]


def spread_vectors(ranges: Ranges, design: Design, n: int, seed: int) -> Floats:
    """Return vectors that fill the ranges evenly, those of orders of magnitude on a logarithmic scale.

    Parameters
    ----------
    ranges
        By parameter.
    design
        ``sobol`` or ``latin_hypercube``.
    n, seed
        How many vectors, and of what seed.
    """
    return from_unit(ranges, design_points(design, dict.fromkeys(ranges, (0.0, 1.0)), n, seed))


def from_unit(ranges: Ranges, unit: Floats) -> Floats:
    """Return vectors from their places in the unit cube."""
    low, high, wide = _ends(ranges)
    values = low + (high - low) * unit
    values[:, wide] = np.exp(np.log(low[wide]) + np.log(high[wide] / low[wide]) * unit[:, wide])
    return np.clip(values, low, high)


def to_unit(ranges: Ranges, vectors: Floats) -> Floats:
    """Return the places of vectors in the unit cube."""
    low, high, wide = _ends(ranges)
    unit = (vectors - low) / (high - low)
    unit[:, wide] = np.log(vectors[:, wide] / low[wide]) / np.log(high[wide] / low[wide])
    return unit


def _ends(ranges: Ranges) -> tuple[Floats, Floats, npt.NDArray[np.bool_]]:
    """Return lowest and highest values, and of which the logarithm is meant."""
    low, high = np.array(list(ranges.values())).T
    return low, high, is_wide(low, high)
