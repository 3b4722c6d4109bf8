"""A truce of the two main sides when the challenger comes near: politics before the capital.

Talks that end nothing are common: mediators come when the fall of the capital is in sight, and some are heard.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from sim.core.jit import rule
from sim.core.parameters import parameter
from sim.core.rng import normal_quantile
from sim.core.rules.contest import logistic

LONGEST = 3650.0  # days; what is longer is for ever in a run


@dataclass(frozen=True)
class Truce:
    """Parameters of a truce."""

    probability: float = parameter(
        0.0,
        "p_tr",
        prior=(0.0, 0.7),
        limits=(0.0, 1.0),
        unit="probability",
        meaning="the main sides agree on a truce when the challenger's first comes near",
        source="assumption; of twelve such wars some four saw one",
    )
    people: float = parameter(
        0.3,
        "v_tr",
        prior=(0.2, 0.45),
        limits=(0.0, 1.0),
        unit="share",
        meaning="of the people whom the challenger's side comes to hold: then it is near, or at the capital's gates",
        source="assumption",
    )
    days: float = parameter(
        40.0,
        "d_tr",
        prior=(20.0, 80.0),
        limits=(1.0, 3650.0),
        unit="days",
        meaning="median length of a truce",
        source="assumption",
    )
    days_spread: float = parameter(
        0.8,
        "s_tr",
        prior=(0.4, 1.2),
        limits=(0.0, 3.0),
        unit="log",
        meaning="spread of that length",
        source="assumption",
    )
    mediation_weight: float = parameter(
        1.0,
        "w_tr",
        prior=(0.0, 2.0),
        limits=(0.0, 5.0),
        unit="log odds",
        meaning="what strong mediation adds to the chance of a truce",
        source="assumption",
    )
    attrition: float = parameter(
        1.0 / 3.0,
        "c_tr",
        prior=(0.1, 0.6),
        limits=(0.0, 1.0),
        unit="share",
        meaning="of the toll that the main sides take of each other, during a truce",
        source="assumption: truces are broken",
    )
    settlement: float = parameter(
        5.0,
        "f_tr",
        prior=(2.0, 10.0),
        limits=(0.0, 100.0),
        unit="factor",
        meaning="on the hazard that talks come to a conclusion, during a truce",
        source="assumption",
    )


@rule
def truce_probability(probability: float, mediation: float, weight: float) -> float:
    """Return the chance that the main sides agree on a truce: logistic(logit(p_tr) + w_tr * M).

    Parameters
    ----------
    probability
        p_tr; at 0 nobody ever agrees, at 1 everybody does.
    mediation
        M, 0 for none, 1 for strong.
    weight
        w_tr, see the parameter table.
    """
    if probability <= 0.0 or probability >= 1.0:
        return probability
    return logistic(math.log(probability / (1.0 - probability)) + weight * mediation)


@rule
def truce_days(u: float, median: float, spread: float) -> float:
    """Return how long a truce lasts: log-normal, d_tr * exp(s_tr * z), with z the normal quantile of u.

    Parameters
    ----------
    u
        Uniform in (0, 1).
    median, spread
        d_tr and s_tr, see the parameter table.
    """
    return min(LONGEST, median * math.exp(spread * normal_quantile(u)))
