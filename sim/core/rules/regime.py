"""The end of a regime: the storm of the capital, flight, coup, collapse, and recruits while it lasts.

Svolik (2012); Goemans (2008); Koehler & Albrecht (2021).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from sim.core.jit import rule
from sim.core.parameters import parameter

WITHOUT_PATRONS = 0.5  # assumption: by how much the lost gate weighs more for a leader whom nobody supports
USUAL_MORALE = 2.0  # one over the morale at which recruits come as the parameter says


@dataclass(frozen=True)
class Regime:
    """Parameters of flight, coup, collapse and mobilisation."""

    flight_per_day: float = parameter(
        0.36,
        "l_f",
        prior=(0.1, 1.5),
        calibrated=True,
        limits=(0.0, 20.0),
        unit="hazard per day",
        meaning="flight of a leader without any loyal morale",
        source="assumption",
    )
    flight_morale: float = parameter(
        0.5,
        "M_c",
        prior=(0.3, 0.7),
        limits=(0.01, 1.0),
        unit="morale",
        meaning="morale near the capital below which the leader thinks of flight",
        source="assumption",
    )
    flight_floor: float = parameter(
        0.1,
        "b0",
        prior=(0.0, 0.2),
        limits=(0.0, 5.0),
        unit="1",
        meaning="weight of low morale alone",
        source="assumption",
    )
    flight_gate: float = parameter(
        0.3,
        "b1",
        prior=(0.0, 0.6),
        limits=(0.0, 20.0),
        unit="1",
        meaning="weight of the loss of the last city before the capital; half of it again without patrons",
        source="assumption; range tried on six worlds",
    )
    flight_contested: float = parameter(
        4.0,
        "b2",
        prior=(2.0, 8.0),
        limits=(0.0, 50.0),
        unit="1",
        meaning="weight of fighting in the capital",
        source="assumption: flight within a day of entry",
    )
    capital_reach_hops: float = parameter(
        2.0,
        "D_cap",
        prior=(1.0, 4.0),
        limits=(0.1, 50.0),
        unit="provinces",
        meaning="distance over which garrisons count less for the leader",
        source="assumption",
    )
    coup_per_day: float = parameter(
        0.01,
        "l_k",
        prior=(0.002, 0.05),
        limits=(0.0, 20.0),
        unit="hazard per day",
        meaning="coup when loyal morale, coup-proofing and patrons are gone",
        source="over two thirds of ousted autocrats fell to insiders (Svolik 2012); size assumption",
    )
    coup_rally: float = parameter(
        0.3,
        "k_rally",
        prior=(0.0, 0.6),
        limits=(-3.0, 3.0),
        unit="log margin",
        meaning="mean resolve under a new leader",
        source="assumption",
    )
    coup_deal_probability: float = parameter(
        0.5,
        "p_deal",
        prior=(0.3, 0.7),
        limits=(0.0, 1.0),
        unit="probability",
        meaning="chance that a coup ends in a transition deal",
        source="assumption",
    )
    bargain_days: float = parameter(
        17.0,
        "t_barg",
        prior=(7.0, 60.0),
        limits=(0.1, 365.0),
        unit="days",
        meaning="mean time of ultimatum and talks before the capital is stormed",
        source="assumption; range tried on six worlds",
    )
    dissolve_flight: float = parameter(
        0.9,
        "p_fl",
        prior=(0.7, 1.0),
        limits=(0.0, 1.0),
        unit="probability",
        meaning="chance that a garrison dissolves when the leader is gone",
        source="assumption",
    )
    dissolve_capital: float = parameter(
        0.65,
        "p_diss",
        prior=(0.2, 1.0),
        limits=(0.0, 1.0),
        unit="probability",
        meaning="chance that a garrison dissolves when only the capital is lost",
        source="assumption",
    )
    disintegration_share: float = parameter(
        0.1,
        "n_dis",
        prior=(0.05, 0.2),
        limits=(0.0, 1.0),
        unit="share",
        meaning="share of its day-0 strength below which a regime with a contested capital has collapsed",
        source="assumption",
    )
    recruits: float = parameter(
        0.01,
        "mobz",
        prior=(0.0, 0.04),
        calibrated=(0.0, 0.1),
        limits=(0.0, 1.0),
        unit="share per day",
        meaning="recruits a day after the first loss, relative to the army of day 0",
        source="assumption",
    )
    recruit_days: float = parameter(
        60.0,
        "t_mob",
        prior=(30.0, 120.0),
        calibrated=True,
        limits=(0.1, 1000.0),
        unit="days",
        meaning="time constant of exhaustion of mobilisation",
        source="assumption",
    )
    recruit_alarm: float = parameter(
        0.0,
        "k_alarm",
        prior=(0.0, 1.0),
        limits=(0.0, 1.0),
        unit="share",
        meaning="of recruits who come from the first attack on, by the people held, half of them to the front; others "
        "come from the first loss on, whatever is held",
        source="assumption",
    )
    recruit_cap: float = parameter(
        1.0,
        "m_cap",
        prior=(0.003, 1.0),
        limits=(0.0, 1.0),
        unit="share",
        meaning="recruits in all, of the people in places that the regime's side holds; 1: no bound",
        source="assumption; armies of such wars are about a hundredth of the people",
    )
    recruit_morale: float = parameter(
        0.6,
        "m_mob",
        prior=(0.4, 0.8),
        limits=(0.0, 1.0),
        unit="morale",
        meaning="morale of recruits",
        source="assumption",
    )


@rule
def disloyalty(morale: float, threshold: float) -> float:
    """Return how far loyal morale has sunk below a threshold: max(0, 1 - m / M_c), in [0, 1].

    Parameters
    ----------
    morale
        m, of the garrisons that count for the leader, weighted by their nearness, in [0, 1].
    threshold
        M_c > 0.

    References
    ----------
    Koehler & Albrecht (2021), "Revolutions and the military", Armed Forces & Society 47: leaders stay while the army
    stands by them; the form is an assumption.
    """
    return max(0.0, 1.0 - morale / threshold)


@rule
def flight_probability(
    disloyal: float,
    gate_lost: bool,
    contested: bool,
    patron: float,
    hazard: float,
    floor: float,
    gate: float,
    fighting: float,
) -> float:
    """Return the chance that the leader leaves today: 1 - exp(-l_f * d**2 * W); nothing here depends on the date.

    W = b0 + b1 * (1 + 0.5 * (1 - P)) where the gate is lost, + b2 where the capital is fought over.

    Parameters
    ----------
    disloyal
        d, lost loyalty near the capital, in [0, 1].
    gate_lost, contested
        Whether the last city before the capital is lost; whether the capital is fought over.
    patron
        P, patrons' support of the regime, in [0, 1].
    hazard, floor, gate, fighting
        l_f, b0, b1 and b2, see the parameter table.

    References
    ----------
    Goemans (2008), "Which way out?", Journal of Conflict Resolution 52, 771-794: leaders go early where the alternative
    is to be caught; form and sizes are assumptions.
    """
    weight = floor + gate_lost * (gate + WITHOUT_PATRONS * gate * (1.0 - patron)) + contested * fighting
    return 1.0 - math.exp(-hazard * disloyal * disloyal * weight)


@rule
def coup_probability(disloyal: float, coup_proofing: float, patron: float, hazard: float) -> float:
    """Return the chance of a coup today: 1 - exp(-l_k * d * (1 - C) * (1 - P)).

    Parameters
    ----------
    disloyal
        d, in [0, 1].
    coup_proofing
        C, as coded, in [0, 1].
    patron
        P, patrons' support of the regime, in [0, 1]: plotters lose it.
    hazard
        l_k, per day, see the parameter table.

    References
    ----------
    Svolik (2012), "The politics of authoritarian rule": insiders remove most autocrats; Quinlivan (1999),
    "Coup-proofing", International Security 24, 131-165. The product form is an assumption.
    """
    return 1.0 - math.exp(-hazard * disloyal * (1.0 - coup_proofing) * (1.0 - patron))


@rule
def storm_probability(bargain_days: float, tempo: float) -> float:
    """Return the chance that the challenger decides today to storm the capital: 1 - exp(-1 / (t_barg * t)).

    The challenger's odds are good enough before this is asked.

    Parameters
    ----------
    bargain_days
        t_barg, see the parameter table.
    tempo
        t, factor on all times of a run, > 0.

    References
    ----------
    Fearon (1995), "Rationalist explanations for war", International Organization 49, 379-414: a storm is dear, so that
    first one bargains; form and sizes are assumptions.
    """
    return 1.0 - math.exp(-1.0 / (bargain_days * tempo))


@rule
def daily_recruits(
    army_day_0: float,
    capacity: float,
    resolve: float,
    morale: float,
    days: int,
    share: float,
    exhaustion_days: float,
) -> float:
    """Return the recruits of one day: mobz * c * r * N_0 * 2 m * exp(-t / t_mob).

    Parameters
    ----------
    army_day_0
        N_0, fighters.
    capacity
        c, of the state to raise an army, in [0, 1].
    resolve
        r, factor from a change of leader.
    morale
        m, of the regime's side, in [0, 1]; at one half recruits come as the parameter says.
    days
        t, since mobilisation began: with the first loss, or with the first attack.
    share, exhaustion_days
        mobz and t_mob (assumptions).
    """
    return share * capacity * resolve * army_day_0 * USUAL_MORALE * morale * math.exp(-days / exhaustion_days)
