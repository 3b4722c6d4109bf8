"""Choose the points of a sweep: all combinations, values side by side, or a few points that fill a space well."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from sim.world.frozen import ConfigError

POINTS, SOBOL_POINTS = 100, 128  # if nobody says how many
Floats = npt.NDArray[np.float64]


class Design(StrEnum):
    """How points are chosen."""

    PRODUCT = "product"
    ZIP = "zip"
    LATIN_HYPERCUBE = "latin_hypercube"
    SOBOL = "sobol"


def design_points(design: Design, factors: Mapping[str, Sequence[float]], points: int | None, seed: int) -> Floats:
    """Return the values of the factors at each point.

    Parameters
    ----------
    design
        ``product`` takes every combination of the values, ``zip`` the first of each, then the second, and so on;
        ``latin_hypercube`` and ``sobol`` (scrambled) fill the space between the two values of each factor.
    factors
        Values of each factor.
    points
        How many points fill the space, None for 100 (``sobol``: 128); the other designs count for themselves.
    seed
        Of the designs that fill a space: the same seed gives the same points.

    Returns
    -------
    Floats
        A row a point, a column a factor.

    Raises
    ------
    ConfigError
        With a line for each factor whose values do not suit the design.

    References
    ----------
    McKay, Beckman & Conover (1979), Technometrics 21, 239-245; Sobol' (1967), USSR Computational Mathematics and
    Mathematical Physics 7, 86-112; Owen (1998), ACM Transactions on Modeling and Computer Simulation 8, 71-102.
    """
    _check(design, factors, points)
    n = points or (SOBOL_POINTS if design is Design.SOBOL else POINTS)
    values = list(factors.values())
    if design is Design.PRODUCT:
        return np.array(list(itertools.product(*values)), np.float64)
    if design is Design.ZIP:
        return np.array(values, np.float64).T
    return _filled(design, values, n, seed)


def _filled(design: Design, ends: Sequence[Sequence[float]], n: int, seed: int) -> Floats:
    """Return points that fill the space between the ends of each factor."""
    from scipy.stats import qmc  # noqa: PLC0415 - it takes most of a second that other designs need not wait

    low, high = np.array(ends, np.float64).T
    sampler = (
        qmc.LatinHypercube(len(low), rng=seed) if design is Design.LATIN_HYPERCUBE else qmc.Sobol(len(low), rng=seed)
    )
    filled: Floats = low + (high - low) * sampler.random(n)
    return filled


def _check(design: Design, factors: Mapping[str, Sequence[float]], points: int | None) -> None:
    """Raise ConfigError where values do not suit the design."""
    faults = [] if factors else ["sweep.factors: name at least one, such as {rules.morale.beta: [4, 9]}"]
    faults += [f"sweep.factors.{key}: has no values; give some, such as [4, 9]" for key, v in factors.items() if not v]
    if design is Design.ZIP and len({len(values) for values in factors.values()}) > 1:
        counts = ", ".join(f"{key} has {len(values)}" for key, values in factors.items())
        faults.append(f"sweep.factors: zip takes as many values of each ({counts})")
    if design in (Design.LATIN_HYPERCUBE, Design.SOBOL):
        faults += [
            f"sweep.factors.{key} = {list(values)}: {design.value} takes two values, the lowest and the highest"
            for key, values in factors.items()
            if len(values) != 2 or not values[0] < values[1]  # noqa: PLR2004 - two ends
        ]
    if design in (Design.PRODUCT, Design.ZIP) and points is not None:
        faults.append(f"sweep.points = {points}: {design.value} takes its points from the values; leave it out")
    if design is Design.SOBOL and points is not None and points & (points - 1):
        faults.append(
            f"sweep.points = {points}: sobol is balanced at powers of two, such as {1 << points.bit_length()}"
        )
    if faults:
        raise ConfigError(faults)
