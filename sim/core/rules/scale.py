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
        1.5,
        "s_rel",
        prior=(0.0, 1.6),
        calibrated=True,
        limits=(0.0, 3.0),
        unit="log",
        meaning="spread of the true ratio of strength of the main sides around that of the tables",
        source="slope of who fell on the coded ratio in eighteen wars: an error of 2 to 2.5 in all",
    )
    kill_spread: float = parameter(
        0.8,
        "s_K",
        prior=(0.5, 1.1),
        limits=(0.0, 3.0),
        unit="log",
        meaning="spread of the factor of a run on those whom the fighting kills",
        source="error of dead per fighter and day between thirty wars, each left out",
    )
    civilian_spread: float = parameter(
        0.97,
        "s_C",
        prior=(0.7, 1.3),
        limits=(0.0, 3.0),
        unit="log",
        meaning="spread of the factor of a run on the civilians killed for each fighter",
        source="error of civilians killed, given the fighters, between 29 wars, each left out",
    )
    mass_killing_share: float = parameter(
        0.05,
        "p_mass",
        prior=(0.02, 0.1),
        limits=(0.0, 1.0),
        unit="probability",
        meaning="a war turns to mass killing of civilians",
        source="one or two of thirty wars, a genocide among them",
    )
    mass_killing_factor: float = parameter(
        30.0,
        "k_mass",
        prior=(20.0, 60.0),
        limits=(1.0, 1000.0),
        unit="1",
        meaning="civilians killed for each fighter in such a war, relative to others",
        source="that genocide: 43 where others have 0.7, which is 63 times as many",
    )
    flight_spread: float = parameter(
        0.77,
        "s_F",
        prior=(0.5, 1.0),
        limits=(0.0, 3.0),
        unit="log",
        meaning="spread of the factor of a run on those who flee",
        source="error of people who flee, given the dead, between thirty wars, each left out",
    )
    crossing_spread: float = parameter(
        1.65,
        "s_b",
        prior=(1.0, 2.0),
        limits=(0.0, 5.0),
        unit="log odds",
        meaning="spread of the share of those who flee that crosses a border",
        source="error of refugees, given all who fled, between thirty wars, each left out",
    )
    host_spread: float = parameter(
        2.0,
        "s_n",
        prior=(1.0, 3.0),
        limits=(0.0, 5.0),
        unit="log",
        meaning="spread of the factors of a run on how strongly each neighbour draws those who flee",
        source="error of refugees by neighbour between 28 wars, each country left out",
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


@rule
def mass_killing(u: float, share: float, factor: float) -> float:
    """Return the factor on civilians killed where a war turns to mass killing, 1 where it does not.

    Parameters
    ----------
    u
        Uniform in (0, 1), one a run.
    share, factor
        p_mass and k_mass, see the parameter table.
    """
    return factor if u < share else 1.0
