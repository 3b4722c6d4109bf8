"""Wars end at the table: stalemate, mediation, veto players; and the hand-over after a flight.

Zartman (1989), Fearon (1995), Powell (2006), Cunningham (2006). Most wars of this length do not end this way.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from sim.core.jit import rule
from sim.core.parameters import parameter

STALE_DAYS = 180.0  # a stalemate this old is as ripe as it gets
CHANGE_SCALE = 10.0


@dataclass(frozen=True)
class Settlement:
    """Parameters of settlements and of the hand-over."""

    settlement_per_day: float = parameter(
        2e-4,
        "l_set",
        prior=(5e-5, 1e-3),
        limits=(0.0, 0.5),
        unit="hazard per day",
        meaning="talks between two parties come to a conclusion, in a war that has just begun",
        source="assumption: agreements dominate only late (Enterline & Linebarger 2014; Kreutz 2010)",
    )
    stalemate_weight: float = parameter(
        1.5,
        "w_stale",
        prior=(0.5, 2.5),
        limits=(0.0, 5.0),
        unit="1",
        meaning="log factor of a stalemate of half a year",
        source="assumption: hurting stalemate (Zartman 1989)",
    )
    change_weight: float = parameter(
        2.0,
        "w_move",
        prior=(1.0, 4.0),
        limits=(0.0, 20.0),
        unit="per tenth of the people a day",
        meaning="log factor of movement on the map",
        source="assumption: fast shifts of power close the bargaining range (Powell 2006)",
    )
    veto_weight: float = parameter(
        0.25,
        "w_veto",
        prior=(0.1, 0.5),
        limits=(0.0, 2.0),
        unit="per party",
        meaning="log factor of each party beyond two",
        source="assumption: more veto players, longer wars (Cunningham 2006)",
    )
    mediation_weight: float = parameter(
        0.7,
        "w_med",
        prior=(0.3, 1.2),
        limits=(0.0, 3.0),
        unit="1",
        meaning="log factor of strong mediation",
        source="assumption",
    )
    cost_weight: float = parameter(
        0.5,
        "w_cost",
        prior=(0.2, 1.0),
        limits=(0.0, 3.0),
        unit="1",
        meaning="log factor when the parties have lost all their fighters",
        source="assumption",
    )
    veto_share: float = parameter(
        0.05,
        "v_min",
        prior=(0.03, 0.1),
        limits=(0.0, 0.5),
        unit="share",
        meaning="share of the people or of the power above which a side has to agree",
        source="assumption",
    )
    war_cost: float = parameter(
        0.1,
        "k_war",
        prior=(0.02, 0.3),
        limits=(0.0, 1.0),
        unit="share of the prize",
        meaning="what fighting on would cost each party",
        source="assumption: war is costly, so that a range for bargains exists (Fearon 1995)",
    )
    smoothing_days: float = parameter(
        7.0,
        "t_move",
        prior=(3.0, 14.0),
        limits=(1.0, 60.0),
        unit="days",
        meaning="time over which movement on the map is remembered",
        source="assumption",
    )
    handover_probability: float = parameter(
        0.5,
        "p_hand",
        prior=(0.2, 0.8),
        limits=(0.0, 1.0),
        unit="probability",
        meaning="those whom a leader left behind hand over in order",
        source="assumption",
    )
    handover_remnants: float = parameter(
        0.5,
        "k_hand",
        prior=(0.2, 0.8),
        limits=(0.0, 1.0),
        unit="share",
        meaning="of the garrisons that would fight on after a flight, those that do so after a hand-over",
        source="assumption",
    )


@rule
def ripeness(
    quiet_days: float,
    change: float,
    n_parties: int,
    mediation: float,
    cost: float,
    stalemate_weight: float,
    change_weight: float,
    veto_weight: float,
    mediation_weight: float,
    cost_weight: float,
) -> float:
    """Return how ripe a war is for a settlement: the log of a factor on its hazard, 0 at its beginning.

    w_stale * min(1, q / 180) - w_move * 10 c - w_veto * (n - 2) + w_med * M + w_cost * min(1, k).

    Parameters
    ----------
    quiet_days, change
        q, since the map last moved, >= 0; c, share of the people that changes hands per day, >= 0.
    n_parties
        n, sides whose consent is needed, at least 2.
    mediation, cost
        M, 0 for none, 1 for strong; k, share of their fighters that the parties have lost.
    stalemate_weight, change_weight, veto_weight, mediation_weight, cost_weight
        w_stale, w_move, w_veto, w_med and w_cost, parameters of ``Settlement``.

    References
    ----------
    Zartman (1989), "Ripe for resolution"; Powell (2006), "War as a commitment problem"; Cunningham (2006), "Veto
    players and civil war duration".
    """
    return (
        stalemate_weight * min(1.0, quiet_days / STALE_DAYS)
        - change_weight * change * CHANGE_SCALE
        - veto_weight * (n_parties - 2)
        + mediation_weight * mediation
        + cost_weight * min(1.0, max(0.0, cost))
    )


@rule
def settlement_probability(log_factor: float, per_day: float) -> float:
    """Return the chance that talks come to a conclusion today: 1 - exp(-l_set * exp(x)).

    Parameters
    ----------
    log_factor
        x, ripeness.
    per_day
        l_set, hazard at ripeness 0.

    References
    ----------
    Cox (1972), "Regression models and life-tables", Journal of the Royal Statistical Society B 34, 187-220, for factors
    on a hazard.
    """
    return 1.0 - math.exp(-per_day * math.exp(log_factor))


@rule
def accepts(offer: float, chance: float, war_cost: float) -> bool:
    """Tell whether a party takes its offer rather than what it expects from fighting on: offer >= p - k_war.

    Parameters
    ----------
    offer
        Share of the prize, in [0, 1].
    chance
        p, that the party would prevail over all others together, in [0, 1].
    war_cost
        k_war, share of the prize that fighting on costs.

    References
    ----------
    Fearon (1995), "Rationalist explanations for war", International Organization 49, 379-414.
    """
    return offer >= chance - war_cost


@rule
def dissolution_after_handover(dissolution: float, remnants: float) -> float:
    """Return the chance that a garrison goes home when the rest hands over after a flight: 1 - (1 - p) * k_hand.

    Parameters
    ----------
    dissolution
        p, chance without a hand-over, in [0, 1].
    remnants
        k_hand, share of the other garrisons that still fights on, in [0, 1] (assumption).
    """
    return 1.0 - (1.0 - dissolution) * remnants
