"""What differs between runs from the first day: the strength and the quality that the tables do not know exactly."""

from __future__ import annotations

import math
from dataclasses import dataclass

from sim.core.jit import rule
from sim.core.parameters import parameter


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
    """Return the factor on a faction's fighters for a standard normal ``z``."""
    if central <= 0.0:
        return 1.0
    bound = high if z > 0.0 else max(low, 1e-3 * central)
    return math.pow(bound / central, spread * abs(z) / 1.28)


@rule
def drawn_quality(quality: float, spread: float, z: float) -> float:
    """Return the faction's quality for a standard normal ``z``, kept in [0.1, 0.9]."""
    return min(0.9, max(0.1, quality + 0.1 * spread * z))
