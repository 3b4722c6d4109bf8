"""States compete for influence on the places of the contested state: one contest over many fields.

Tullock (1980) for the shares of a contest; the spread of means over fields follows the idea of Colonel Blotto games.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from sim.core.jit import rule
from sim.core.parameters import parameter
from sim.core.rules.contest import power


@dataclass(frozen=True)
class Influence:
    """Parameters of influence."""

    rate_per_day: float = parameter(
        0.02,
        "lam_I",
        prior=(0.005, 0.05),
        limits=(0.0001, 1.0),
        unit="per day",
        meaning="speed at which shares of influence follow investment",
        source="assumption: a formative window of 30 to 180 days after a collapse",
    )
    decisiveness: float = parameter(
        1.0,
        "rho",
        prior=(0.6, 2.0),
        limits=(0.1, 5.0),
        unit="1",
        meaning="exponent of the contest; at 1 two halves of a patron weigh as much as the whole",
        source="Tullock 1980; range assumption",
    )
    local_effort: float = parameter(
        0.001,
        "e_loc",
        prior=(0.0003, 0.01),
        limits=(1e-9, 1.0),
        unit="1",
        meaning="effort with which a place keeps to itself",
        source="assumption",
    )
    least_affinity: float = parameter(
        0.01,
        "aff_0",
        prior=(0.003, 0.03),
        limits=(0.0, 1.0),
        unit="share",
        meaning="access of a state to a place where it has no friend",
        source="assumption",
    )
    troops_affinity: float = parameter(
        0.3,
        "aff_tr",
        prior=(0.1, 0.6),
        limits=(0.0, 1.0),
        unit="share",
        meaning="least access of a state to a place where it has troops; 0: they open no doors",
        source="assumption",
    )
    least_commitment: float = parameter(
        0.05,
        "B_0",
        prior=(0.01, 0.1),
        limits=(0.0, 1.0),
        unit="share",
        meaning="commitment of a state without a client who still stands",
        source="assumption",
    )
    focus: float = parameter(
        10.0,
        "foc",
        prior=(1.0, 30.0),
        limits=(0.0, 100.0),
        unit="1",
        meaning="how sharply a state prefers the places where its means count most; 0 spreads them evenly",
        source="assumption; values and affinities are shares, so that 1 is nearly even",
    )
    people_weight: float = parameter(
        0.5,
        "w_pop",
        prior=(0.3, 0.7),
        limits=(0.01, 1.0),
        unit="share",
        meaning="weight of people in the value of a place",
        source="assumption",
    )
    capital_weight: float = parameter(
        0.3,
        "w_cap",
        prior=(0.1, 0.5),
        limits=(0.0, 1.0),
        unit="share",
        meaning="value of the capital as such",
        source="assumption",
    )
    sites_weight: float = parameter(
        0.2,
        "w_inst",
        prior=(0.1, 0.3),
        limits=(0.001, 1.0),
        unit="share",
        meaning="weight of military installations in the value of a place",
        source="assumption",
    )


@rule
def appeal(value: float, affinity: float, share: float, focus: float) -> float:
    """Return the weight of a place in a state's spread of means: exp(foc * v * a * (1 - s)).

    A softmax of what is valuable, accessible, and not yet its own. At ``focus`` 0 means are spread evenly.

    Parameters
    ----------
    value
        v, of the place, in [0, 1].
    affinity
        a, the state's access to it, in [0, 1].
    share
        s, that the state has already, in [0, 1].
    focus
        foc, >= 0.

    References
    ----------
    Roberson (2006), "The Colonel Blotto game", Economic Theory 29, 1-24, for the question; the softmax is an
    assumption, in place of its mixed strategies.
    """
    return math.exp(focus * value * affinity * (1.0 - share))


@rule
def effort(affinity: float, investment: float, decisiveness: float) -> float:
    """Return what an investment weighs in the contest for a place: (a * x)**rho.

    Parameters
    ----------
    affinity
        a, in [0, 1].
    investment
        x, >= 0.
    decisiveness
        rho > 0; at 1 two halves weigh as much as the whole.

    References
    ----------
    Tullock (1980), "Efficient rent seeking".
    """
    return power(affinity * investment, decisiveness)


@rule
def earned_share(own: float, all_states: float, local: float) -> float:
    """Return the share of a place that an effort earns in the long run (Tullock contest with the place itself).

    Parameters
    ----------
    own
        The state's effort, >= 0.
    all_states
        The efforts of all states together, >= ``own``.
    local
        The effort with which the place keeps to itself, > 0, so that a place where nobody invests is its own.

    References
    ----------
    Tullock (1980), "Efficient rent seeking".
    """
    return own / (local + all_states)


@rule
def moved(days: float, rate: float) -> float:
    """Return the part of the way to a target that is covered in some days: 1 - exp(-lam * days).

    Parameters
    ----------
    days
        >= 0.
    rate
        lam, per day; the step is exact, so that a week in one step equals seven of a day.
    """
    return 1.0 - math.exp(-rate * days)
