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

    side_error: float = parameter(
        0.0,
        "s_rel",
        prior=(0.4, 1.6),
        calibrated=(0.0, 1.6),
        limits=(0.0, 3.0),
        unit="log",
        meaning="spread of the true ratio of strength of the main sides around that of the tables",
        source="slope of who fell on the coded ratio in eighteen wars; two coders differ by 1.5 to 2 a side",
    )
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


@rule
def side_factor(spread: float, z: float) -> float:
    """Return the factor of a run on the strength of one main side: exp(sigma / sqrt(2) * z).

    The ratio of the two sides then errs by sigma. Whoever acts in the run knows the true strengths.

    Parameters
    ----------
    spread
        sigma, log, of the ratio.
    z
        Standard normal, one a side and run.
    """
    return math.exp(spread * math.sqrt(0.5) * z)


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
