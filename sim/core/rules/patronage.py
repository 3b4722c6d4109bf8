"""Patrons: belief in the client, support, direct help, abandonment, depletion, and the power that opposes both sides.

Bueno de Mesquita (1981); Findley & Teo (2006); Salehyan, Gleditsch & Cunningham (2011); Anderson (2019).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import IntEnum

from sim.core.jit import rule
from sim.core.parameters import choice, parameter
from sim.core.rules.contest import logistic

SUREST = 0.999  # beliefs beyond are counted as that
MIDDLE = 0.5  # of morale
EVEN = 0.5  # belief from which on a client rather wins than loses
HALF = 0.5  # of the fall of hope that lets a patron leave: from here it comes back (hysteresis)
KILLED_SHARE = 0.25  # of those whom a strike hits; the others are wounded (Dupuy 1990)
INDIFFERENCE = 0.1  # assumption: utility that takes a patron from half of its reserve to nearly three quarters


class PatronageForm(IntEnum):
    """How patrons decide."""

    UTILITY = 0
    FIXED = 1


@dataclass(frozen=True)
class Patronage:
    """Parameters of patrons."""

    form: PatronageForm = choice(
        PatronageForm.UTILITY,
        meaning="how patrons decide what to give",
        theories={
            PatronageForm.UTILITY: "each weighs stake, need, rivals and cost, and leaves a client without prospects "
            "(Bueno de Mesquita 1981; Salehyan, Gleditsch & Cunningham 2011; Anderson 2019)",
            PatronageForm.FIXED: "nobody ever changes what was given on day 0; the naive rival of a patron who weighs "
            "(assumption)",
        },
    )

    belief_days: float = parameter(
        3.0,
        "tau_b",
        prior=(2.0, 7.0),
        limits=(0.1, 100.0),
        unit="days",
        meaning="time constant of a patron's belief in its client",
        source="assumption",
    )
    belief_morale_weight: float = parameter(
        2.5,
        "b_M",
        prior=(1.0, 4.0),
        limits=(0.0, 20.0),
        unit="log odds",
        meaning="weight of the client's morale in that belief",
        source="assumption",
    )
    cost: float = parameter(
        0.1,
        "c_k",
        prior=(0.05, 0.2),
        limits=(0.0, 5.0),
        unit="utility",
        meaning="cost of support to an idle patron",
        source="assumption",
    )
    rivalry_weight: float = parameter(
        0.2,
        "w_riv",
        prior=(0.0, 0.5),
        limits=(0.0, 5.0),
        unit="utility",
        meaning="pull of support that the client's enemy receives",
        source="competitive intervention aims at not losing (Anderson 2019); size assumption",
    )
    sunk_weight: float = parameter(
        0.1,
        "w_sunk",
        prior=(0.0, 0.3),
        limits=(0.0, 5.0),
        unit="utility",
        meaning="pull of support already given",
        source="assumption",
    )
    rise_days: float = parameter(
        4.0,
        "tau_s",
        prior=(2.0, 10.0),
        limits=(0.1, 100.0),
        unit="days",
        meaning="time constant of growing support",
        source="assumption",
    )
    fall_days: float = parameter(
        1.5,
        "tau_s_dn",
        prior=(0.5, 4.0),
        limits=(0.1, 100.0),
        unit="days",
        meaning="time constant of shrinking support",
        source="assumption",
    )
    direct_days: float = parameter(
        8.0,
        "tau_i",
        prior=(4.0, 16.0),
        limits=(0.1, 100.0),
        unit="days",
        meaning="time constant of direct help",
        source="assumption",
    )
    delay_air_days: float = parameter(
        3.0,
        "del_a",
        prior=(2.0, 3.0),
        limits=(0.0, 30.0),
        unit="days",
        meaning="delay from decision to effect of air support",
        source="first air strikes two to three days after a shock; assumption",
    )
    delay_days: float = parameter(
        7.0,
        "del",
        prior=(5.0, 30.0),
        limits=(0.0, 30.0),
        unit="days",
        meaning="delay from decision to effect of other support",
        source="proxies 5-10 days, regulars 10-30 days; assumption",
    )
    exit_per_day: float = parameter(
        0.3,
        "h_ab",
        prior=(0.03, 0.5),
        limits=(0.0, 20.0),
        unit="hazard per day",
        meaning="a patron leaves a client whose prospects have fallen since day 0 by more than the drop",
        source="assumption",
    )
    exit_drop: float = parameter(
        1.5,
        "dp_ab",
        prior=(0.8, 3.0),
        limits=(0.0, 20.0),
        unit="log odds",
        meaning="fall of a patron's belief since day 0 beyond which it may leave; half of it brings it back",
        source="assumption",
    )
    victor_belief: float = parameter(
        0.5,
        "b_vic",
        prior=(0.3, 0.6),
        limits=(0.0, 1.0),
        unit="probability",
        meaning="chance that patrons give an enemy of a fallen regime, until he is attacked anew; 0: none",
        source="assumption: who has won is not dropped for it",
    )
    abandon_days: float = parameter(
        30.0,
        "t_ab",
        prior=(15.0, 60.0),
        limits=(0.0, 365.0),
        unit="days",
        meaning="shortest absence after abandonment",
        source="assumption",
    )
    abandon_shock: float = parameter(
        0.5,
        "kap_ab",
        prior=(0.0, 2.0),
        limits=(0.0, 20.0),
        unit="margin",
        meaning="shock of an announced exit, times the client's dependence",
        source="assumption",
    )
    abstain_probability: float = parameter(
        0.3,
        "p_cure",
        prior=(0.1, 0.5),
        limits=(0.0, 1.0),
        unit="probability",
        meaning="chance that a patron never helps directly, drawn once a run",
        source="Findley & Teo 2006: a part of the powers never intervenes",
    )
    depletion_per_day: float = parameter(
        0.01,
        "use_k",
        prior=(0.0, 0.03),
        limits=(0.0, 1.0),
        unit="per day",
        meaning="reserve that full direct help consumes",
        source="assumption",
    )
    regeneration_per_day: float = parameter(
        0.002,
        "regen",
        prior=(0.0, 0.01),
        limits=(0.0, 1.0),
        unit="per day",
        meaning="reserve that a patron regains",
        source="assumption",
    )
    arms_value: float = parameter(
        0.2,
        "k_arms",
        prior=(0.1, 0.4),
        limits=(0.0, 2.0),
        unit="1",
        meaning="direct help by arms or money",
        source="assumption",
    )
    air_value: float = parameter(
        0.6,
        "k_air",
        prior=(0.3, 0.9),
        limits=(0.0, 2.0),
        unit="1",
        meaning="direct help by air power",
        source="assumption",
    )
    troops_value: float = parameter(
        0.6,
        "k_troop",
        prior=(0.3, 0.9),
        limits=(0.0, 2.0),
        unit="1",
        meaning="direct help by troops",
        source="assumption",
    )
    strike_per_day: float = parameter(
        0.1,
        "k_str",
        prior=(0.03, 0.3),
        limits=(0.0, 10.0),
        unit="hazard per day",
        meaning="major strikes on an extremist faction by a fully committed power when the regime has no morale",
        source="assumption: more than 75 targets struck on 8 Dec 2024 (CENTCOM) set the direction, not the size",
    )
    strike_least: float = parameter(
        0.05,
        "s_lo",
        prior=(0.02, 0.08),
        limits=(0.0, 1.0),
        unit="share",
        meaning="smallest share of the faction that a major strike removes",
        source="assumption",
    )
    strike_most: float = parameter(
        0.20,
        "s_hi",
        prior=(0.1, 0.3),
        limits=(0.0, 1.0),
        unit="share",
        meaning="largest share of the faction that a major strike removes",
        source="assumption",
    )


@rule
def reconsiders(form: int) -> bool:
    """Tell whether patrons ever change what they give, in the form that was chosen.

    Where they do not, support stays that of day 0, nobody helps directly, and nobody leaves; what a scenario's levers
    do to support still counts.

    Parameters
    ----------
    form
        Number of a ``PatronageForm``.

    References
    ----------
    Assumption: the naive rival by which a theory of patrons has to be measured.
    """
    return form != PatronageForm.FIXED


@rule
def observed_prospect(morale: float, own_power: float, enemy_power: float, morale_weight: float) -> float:
    """Return the client's chance as a patron sees it today: P / (P + E * exp(-b_M * (m - 0.5))).

    A contest at decisiveness 1, whose log odds the client's morale shifts.

    Parameters
    ----------
    morale
        m, of the client's side, in [0, 1].
    own_power, enemy_power
        P and E, >= 0.
    morale_weight
        b_M, in log odds.

    References
    ----------
    Bueno de Mesquita (1981), "The war trap": third parties judge by the balance of power; the weight of morale is an
    assumption.
    """
    if enemy_power <= 0.0:
        return 1.0
    if own_power <= 0.0:
        return 0.0
    return own_power / (own_power + enemy_power * math.exp(-morale_weight * (morale - MIDDLE)))


@rule
def lost_hope(belief: float, belief_day_0: float) -> float:
    """Return by how much the log odds of a client's success have fallen since day 0: logit b_0 - logit b.

    Parameters
    ----------
    belief, belief_day_0
        b and b_0, kept within [0.001, 0.999].
    """
    now = min(SUREST, max(1.0 - SUREST, belief))
    before = min(SUREST, max(1.0 - SUREST, belief_day_0))
    return math.log(before / (1.0 - before)) - math.log(now / (1.0 - now))


@rule
def exit_probability(belief: float, fall: float, least: float, hazard: float) -> float:
    """Return the chance that a patron leaves today: 1 - exp(-h_ab) where b < 1/2 and hope fell by > dp_ab, else 0.

    Parameters
    ----------
    belief
        b, in the client's success: who will rather win than lose is not left, however much surer it was.
    fall
        Of its hope since day 0, in log odds.
    least, hazard
        dp_ab and h_ab, see the parameter table.

    References
    ----------
    Assumption: a patron judges by how far its client has fallen, since what it stood for on day 0 it had accepted.
    """
    return 1.0 - math.exp(-hazard) if belief < EVEN and fall > least else 0.0


@rule
def comeback_probability(fall: float, least: float, hazard: float) -> float:
    """Return the chance that a patron who left comes back today: 1 - exp(-h_ab) below half of dp_ab, else 0.

    Parameters
    ----------
    fall
        Of its hope since day 0, in log odds.
    least, hazard
        dp_ab and h_ab, see the parameter table.
    """
    return 1.0 - math.exp(-hazard) if fall < HALF * least else 0.0


@rule
def share_of_a_day(days: float) -> float:
    """Return the part of the way to a target that one day covers: 1 - exp(-1 / tau).

    Parameters
    ----------
    days
        tau, time constant, > 0.
    """
    return 1.0 - math.exp(-1.0 / days)


@rule
def relaxed(value: float, target: float, share: float) -> float:
    """Return the value after one day of exponential relaxation: x + (target - x) * share.

    Parameters
    ----------
    value, target
        x, and where it tends.
    share
        Of the way, from ``share_of_a_day``: the step is then exact.
    """
    return value + (target - value) * share


@rule
def need(belief: float) -> float:
    """Return how much help can change: sqrt(4 b (1 - b)), 1 at even chances, 0 when all is won or lost.

    Parameters
    ----------
    belief
        b, in the client's success, in [0, 1].

    References
    ----------
    Bueno de Mesquita (1981), "The war trap": help is worth what it changes in the chance to win; in a logistic chance
    that is b (1 - b). The root makes the hump flat (assumption).
    """
    return math.sqrt(4.0 * belief * (1.0 - belief))


@rule
def standing_need(belief: float, belief_day_0: float) -> float:
    """Return the need that standing support answers: max(need(b), need(b_0)) while b >= b_0, else need(b).

    Parameters
    ----------
    belief, belief_day_0
        b and b_0, in [0, 1]: a client safer than on day 0 is not dropped for it (assumption).
    """
    if belief >= belief_day_0:
        return max(need(belief), need(belief_day_0))
    return need(belief)


@rule
def support_utility(
    stake: float,
    needed: float,
    rival: float,
    load: float,
    support: float,
    cost: float,
    rivalry: float,
    sunk: float,
) -> float:
    """Return the patron's net gain from supporting a client: s * n + w_riv * r * s - c_k * (1 + l) + w_sunk * x.

    Parameters
    ----------
    stake
        s, tie times commitment, in [0, 1].
    needed
        n, need of the client, in [0, 1].
    rival
        r, support that the client's strongest enemy receives, in [0, 1].
    load
        l, what the patron already gives to others.
    support
        x, present support, in [0, 1].
    cost, rivalry, sunk
        c_k, w_riv and w_sunk, see the parameter table.

    References
    ----------
    Salehyan, Gleditsch & Cunningham (2011), "Explaining external support for insurgent groups", International
    Organization 65, 709-744; Findley & Teo (2006), "Rethinking third-party interventions into civil wars", Journal of
    Politics 68, 828-837; Anderson (2019), International Studies Quarterly 63, 692-706, on rivals. Linear form and sizes
    are assumptions.
    """
    return stake * needed + rivalry * rival * stake - cost * (1.0 + load) + sunk * support


@rule
def desired_support(utility: float, reserve: float) -> float:
    """Return the support that a patron wants to give: R * logistic(U / 0.1), and none when it does not pay.

    Parameters
    ----------
    utility
        U, from ``support_utility``.
    reserve
        R, most that the patron could give, in [0, 1].

    References
    ----------
    McFadden (1974), "Conditional logit analysis of qualitative choice behavior", for the logit; its steepness, and that
    support begins at half where it just pays, are assumptions.
    """
    if utility <= 0.0:
        return 0.0
    return reserve * logistic(utility / INDIFFERENCE)


@rule
def direct_capacity(has_arms: bool, has_air: bool, has_troops: bool, arms: float, air: float, troops: float) -> float:
    """Return the strongest direct help that a patron's means allow: k_arms, k_air and k_troop, of those that it has.

    Parameters
    ----------
    has_arms, has_air, has_troops
        Which means a patron has for this client.
    arms, air, troops
        k_arms, k_air and k_troop, in the client's power (assumptions).
    """
    return arms * has_arms + air * has_air + troops * has_troops


@rule
def strike_probability(commitment: float, regime_morale: float, hazard: float) -> float:
    """Return the chance that a power strikes an extremist faction today: 1 - exp(-k_str * c * max(0, 1 - m)).

    Parameters
    ----------
    commitment
        c, of the power to fight the faction, in [0, 1].
    regime_morale
        m, in [0, 1]; disorder gives the occasion.
    hazard
        k_str, per day, see the parameter table.
    """
    return 1.0 - math.exp(-hazard * commitment * max(0.0, 1.0 - regime_morale))
