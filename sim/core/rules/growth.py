"""How those who fight a regime grow and shrink: people join who is near them and who wins (Christia 2012).

The regime's side raises recruits instead, and extremist cells have rules of their own.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from sim.core.jit import rule
from sim.core.parameters import parameter


@dataclass(frozen=True)
class Growth:
    """Parameters of growth, and of deserters who change sides."""

    base: float = parameter(
        0.0,
        "g_0",
        prior=(0.0, 0.02),
        limits=(0.0, 1.0),
        unit="per day",
        meaning="growth of a faction in the war that neither wins nor loses ground and is far from its ceiling",
        source="assumption; rebels grew by 0.006 to 0.027 a day in wars that they won",
    )
    success: float = parameter(
        0.0,
        "g_1",
        prior=(0.0, 0.1),
        limits=(0.0, 1.0),
        unit="per day",
        meaning="what is added to that per share of the people that its side has won within a month",
        source="people join expected winners (Christia 2012); size assumption",
    )
    ceiling: float = parameter(
        0.01,
        "phi_max",
        prior=(0.003, 0.03),
        limits=(0.0001, 1.0),
        unit="share",
        meaning="fighters whom ground can give, of the people on it who do not follow the enemy",
        source="assumption; armies of such wars are about a hundredth of the people",
    )
    memory_days: float = parameter(
        30.0,
        "t_win",
        prior=(14.0, 60.0),
        limits=(1.0, 3650.0),
        unit="days",
        meaning="time over which ground won or lost is remembered",
        source="assumption",
    )
    stay_share: float = parameter(
        0.0,
        "j_stay",
        prior=(0.0, 0.6),
        limits=(0.0, 1.0),
        unit="share",
        meaning="of deserters, where the ground is all an enemy's who stands there, those who join him",
        source="assumption",
    )


@rule
def growth_rate(base: float, success: float, won: float) -> float:
    """Return the rate at which a faction grows or, below 0, loses followers: g_0 + g_1 * S, per day.

    Parameters
    ----------
    base, success
        g_0 and g_1, see the parameter table.
    won
        S, of the people, that its side has won within a month, in [-1, 1].

    References
    ----------
    Christia (2012), "Alliance formation in civil wars": who wins is joined; the linear form is an assumption.
    """
    return base + success * won


@rule
def grown(fighters: float, ceiling: float, rate: float, days: float) -> float:
    """Return the fighters of a faction after some days: the exact logistic step up to its ceiling, or exponential loss.

    K / (1 + (K / F - 1) * exp(-r * d)) for r > 0 and F < K; F * exp(r * d) for r < 0; else F. Who stands above what
    the ground gives loses nobody for it.

    Parameters
    ----------
    fighters
        F, now.
    ceiling
        K, whom its ground can give.
    rate
        r, per day.
    days
        d, in a step.

    References
    ----------
    Verhulst (1838), "Notice sur la loi que la population suit dans son accroissement".
    """
    if rate < 0.0:
        return fighters * math.exp(rate * days)
    if fighters <= 0.0 or fighters >= ceiling:
        return fighters
    return ceiling / (1.0 + (ceiling / fighters - 1.0) * math.exp(-rate * days))


@rule
def following(people: float, is_held: bool, loyal: float, own: float, grievance: float) -> float:
    """Return the people of a place among whom a faction can grow: P * G * max(held * (1 - L), c).

    Parameters
    ----------
    people
        P, persons who live there.
    is_held
        Whether the faction holds the place.
    loyal
        L, share of the place that its enemies controlled on day 0, in [0, 1].
    own
        c, share that it controlled itself, in [0, 1].
    grievance
        G, of the place; 1 as on day 0.
    """
    return people * grievance * max(max(0.0, 1.0 - loyal) if is_held else 0.0, own)


@rule
def who_stay(deserters: float, control: float, share: float) -> float:
    """Return the deserters who join an enemy on his ground: j_stay * c * n.

    Parameters
    ----------
    deserters
        n, who leave a force there today.
    control
        c, share of the place that the enemy controls, in [0, 1].
    share
        j_stay, see the parameter table.
    """
    return share * min(1.0, control) * deserters
