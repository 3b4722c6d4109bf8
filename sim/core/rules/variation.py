"""What differs between runs from the first day: the strength and the quality that the tables do not know exactly."""

from __future__ import annotations

import math
from dataclasses import dataclass

from sim.core.jit import rule
from sim.core.parameters import parameter

TENTH_OF_ALL = 1.28  # standard deviations beyond which a tenth of a normal distribution lies
QUALITY_SPREAD = 0.1  # assumption: of coded quality, standard deviation at spread 1
LEAST_QUALITY, MOST_QUALITY = 0.1, 0.9
NEXT_TO_NONE = 1e-3  # of the central estimate, where the table's lower bound is 0


@dataclass(frozen=True)
class Variation:
    """Parameters of the spread of inputs between runs."""

    strength_spread: float = parameter(
        0.5,
        "u_sc",
        prior=(0.2, 0.8),
        limits=(0.0, 2.0),
        unit="1",
        meaning="how much of the tables' low-high range is drawn; 1 reads it as an 80 % interval",
        source="assumption: the ranges are plausible bounds, wider than an interval",
    )


@rule
def drawn_strength(low: float, central: float, high: float, spread: float, z: float) -> float:
    """Return the factor on a faction's fighters for a standard normal draw: (bound / central)**(u_sc * abs(z) / 1.28).

    A split log-normal whose 10 % and 90 % points are the table's bounds at spread 1.

    Parameters
    ----------
    low, central, high
        Fighters in the tables, in that order; the bound is ``high`` for z > 0, else ``low``.
    spread
        u_sc, how much of the range is drawn.
    z
        Standard normal.
    """
    if central <= 0.0:
        return 1.0
    bound = high if z > 0.0 else max(low, NEXT_TO_NONE * central)
    return math.pow(bound / central, spread * abs(z) / TENTH_OF_ALL)


@rule
def drawn_quality(quality: float, spread: float, z: float) -> float:
    """Return a faction's quality: q + 0.1 * u_sc * z, kept in [0.1, 0.9].

    Parameters
    ----------
    quality
        q, as coded, in [0, 1].
    spread
        u_sc, the same as of strength (assumption).
    z
        Standard normal.
    """
    return min(MOST_QUALITY, max(LEAST_QUALITY, quality + QUALITY_SPREAD * spread * z))
