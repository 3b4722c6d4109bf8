"""What differs between wars that nobody coded: a factor of each run on an amount, drawn once.

A scale is a median over wars; the spread around it is how far wars of equal inputs lie apart. Without spread a run has
what the tables and the other parameters say.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from sim.core.jit import rule
from sim.core.parameters import parameter


@dataclass(frozen=True)
class Scale:
    """Spreads of the factors of a run."""

    kill_spread: float = parameter(
        0.0,
        "s_K",
        prior=(0.5, 1.1),
        limits=(0.0, 3.0),
        unit="log",
        meaning="spread of the factor of a run on those whom the fighting kills",
        source="error of dead per fighter and day between thirty wars, each left out",
    )
    flight_spread: float = parameter(
        0.0,
        "s_F",
        prior=(0.5, 1.0),
        limits=(0.0, 3.0),
        unit="log",
        meaning="spread of the factor of a run on those who flee",
        source="error of people who flee, given the dead, between thirty wars, each left out",
    )
    crossing_spread: float = parameter(
        0.0,
        "s_b",
        prior=(1.0, 2.0),
        limits=(0.0, 5.0),
        unit="log odds",
        meaning="spread of the share of those who flee that crosses a border",
        source="error of refugees, given all who fled, between thirty wars, each left out",
    )
    incident_shape: float = parameter(
        0.7,
        "k_g",
        prior=(0.4, 1.5),
        limits=(0.05, 1e9),
        unit="1",
        meaning="shape of the factor on incidents of a neighbour calm on day 0; endless: no spread",
        source="incidents of 111 calm neighbours in thirty wars, each left out",
    )
    incident_shape_drawn_in: float = parameter(
        2.0,
        "k_g1",
        prior=(1.0, 4.0),
        limits=(0.05, 1e9),
        unit="1",
        meaning="the same of one that is drawn in on day 0",
        source="incidents of 33 such neighbours in thirty wars, each left out",
    )


@rule
def run_factor(spread: float, z: float) -> float:
    """Return the factor of a run on an amount: exp(sigma * z), with median 1.

    Parameters
    ----------
    spread
        sigma, log.
    z
        Standard normal, one a run.
    """
    return math.exp(spread * z)
