"""What reaches the neighbours: pressure by channel, their guard, and the ladder of escalation.

Buhaug & Gleditsch (2008); Salehyan & Gleditsch (2006) and, against them, Zhou & Shaver (2021); Braithwaite (2010) on
capacity; Black (2013) on how rare documented contagion is.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from sim.core.codes import Channel, Level
from sim.core.jit import rule
from sim.core.parameters import parameter, vector

MOST_PRESSURE = 3.0
PER_THOUSAND = 1000.0  # inhabitants
FULL_BURDEN = 3.0  # assumption: log(1 + 19), 19 refugees per thousand inhabitants, fill the channel
MOST_RISE = 0.85
"""Highest chance of a step up a day. With at most 0.13 for a step down (see the limits) it keeps two neighbours who
share their draws in order: the calmer one cannot jump past the other while that one steps down."""
MEDIUM_CAPACITY = 0.5
FIGHTING_REACH = 2  # borders across which fighting of kin is felt
VIOLENCE_DEATHS = 26.0  # "more than 25 deaths", the threshold of armed conflict in the UCDP data
CIVIL_WAR_DEATHS = 1000.0  # UCDP's threshold of war


@dataclass(frozen=True)
class Spillover:
    """Parameters of spillover."""

    feedback: float = parameter(
        1.0,
        "fb",
        prior=(0.0, 1.0),
        limits=(0.0, 1.0),
        unit="1",
        meaning="how far a state's guard holds back the factions that cross from it into the war",
        source="assumption; Salehyan, Gleditsch & Cunningham (2011) on host consent",
    )
    weight: tuple[float, ...] = vector(
        {
            Channel.REFUGEES: parameter(
                0.4,
                "w_ref",
                prior=(0.0, 1.0),
                limits=(0.0, 3.0),
                unit="1",
                meaning="weight of new refugees in the pressure",
                source="Salehyan & Gleditsch 2006 find a risk, Shaver & Zhou 2015 and Zhou & Shaver 2021 none; "
                "size assumption",
                former="refugees_weight",
            ),
            Channel.ARMS: parameter(
                0.4,
                "w_arms",
                prior=(0.1, 0.8),
                limits=(0.0, 3.0),
                unit="1",
                meaning="weight of weapons adrift in the pressure",
                source="assumption",
                former="arms_weight",
            ),
            Channel.FIGHTERS: parameter(
                0.5,
                "w_fght",
                prior=(0.1, 1.0),
                limits=(0.0, 3.0),
                unit="1",
                meaning="weight of fighters who cross the border, either way, in the pressure",
                source="assumption",
                former="fighters_weight",
            ),
            Channel.KIN: parameter(
                0.7,
                "w_kin",
                prior=(0.2, 1.2),
                limits=(0.0, 3.0),
                unit="1",
                meaning="weight of kin who fight nearby in the pressure",
                source="kin groups carry conflict (Buhaug & Gleditsch 2008; Forsberg 2009); size assumption",
                former="kin_weight",
            ),
            Channel.SANCTUARY: parameter(
                0.4,
                "w_sanc",
                prior=(0.1, 0.8),
                limits=(0.0, 3.0),
                unit="1",
                meaning="weight of hostile factions' ground along the border in the pressure",
                source="assumption",
                former="sanctuary_weight",
            ),
            Channel.BORDER: parameter(
                0.6,
                "w_bord",
                prior=(0.2, 1.0),
                limits=(0.0, 3.0),
                unit="1",
                meaning="weight of fighting, or of hostile jihadists, right across the border in the pressure",
                source="assumption",
                former="border_weight",
            ),
        }
    )
    arms_scale: float = parameter(
        0.2,
        "A_sat",
        prior=(0.1, 0.5),
        limits=(0.01, 1.0),
        unit="share",
        meaning="weapons adrift at the border, as a share of all depots, that fill the channel",
        source="assumption",
    )
    fled_share: float = parameter(
        0.2,
        "k_fled",
        prior=(0.05, 0.4),
        limits=(0.0, 1.0),
        unit="share",
        meaning="share of the fighters dispersed next to an open border who cross it",
        source="assumption",
    )
    fled_half_life_days: float = parameter(
        60.0,
        "t_fled",
        prior=(20.0, 180.0),
        limits=(1.0, 3650.0),
        unit="days",
        meaning="half-life of fighters who fled as a burden to their host",
        source="assumption",
    )
    fighters_scale: float = parameter(
        5000.0,
        "F_sat",
        prior=(2000.0, 15000.0),
        limits=(1.0, 1e6),
        unit="fighters",
        meaning="fighters across the border that fill the channel",
        source="assumption",
    )
    guard_effect: float = parameter(
        0.6,
        "k_H",
        prior=(0.3, 0.9),
        limits=(0.0, 1.0),
        unit="1",
        meaning="share of the pressure that a full guard holds off",
        source="assumption",
    )
    guard_days: float = parameter(
        7.0,
        "tau_H",
        prior=(4.0, 14.0),
        limits=(0.1, 365.0),
        unit="days",
        meaning="time constant of a guard that is being raised",
        source="assumption",
    )
    guard_decay_days: float = parameter(
        60.0,
        "tau_H_dn",
        prior=(30.0, 120.0),
        limits=(0.1, 3650.0),
        unit="days",
        meaning="time constant of a guard that is being stood down",
        source="assumption",
    )
    capacity_effect: float = parameter(
        0.9,
        "k_c",
        prior=(0.3, 2.0),
        limits=(0.0, 5.0),
        unit="log hazard",
        meaning="how much a state's capacity lowers the hazard of every step up",
        source="direction Braithwaite 2010; size assumption",
    )
    recovery_effect: float = parameter(
        0.5,
        "k_mu",
        prior=(0.0, 1.0),
        limits=(0.0, 1.0),
        unit="log hazard",
        meaning="how much a state's capacity raises the hazard of every step down",
        source="assumption",
    )
    ladder_scale: float = parameter(
        1.0,
        "s_lam",
        prior=(0.4, 2.7),
        calibrated=(0.4, 6.0),
        limits=(0.0, 10.0),
        unit="1",
        meaning="common factor on the hazards of all steps up",
        source="assumption; to be matched to base rates of conflict (UCDP)",
    )
    alert_per_day: float = parameter(
        0.004,
        "lam_1",
        prior=(0.002, 0.008),
        limits=(0.0, 1.0),
        unit="hazard per day",
        meaning="a state of medium capacity goes on alert without pressure",
        source="assumption; the four hazards together give about 1 percent a year for armed conflict at rest",
    )
    incident_per_day: float = parameter(
        0.006,
        "lam_2",
        prior=(0.003, 0.012),
        limits=(0.0, 1.0),
        unit="hazard per day",
        meaning="an alert turns into a border incident without pressure",
        source="assumption, see alert_per_day",
    )
    violence_per_day: float = parameter(
        0.002,
        "lam_3",
        prior=(0.001, 0.004),
        limits=(0.0, 1.0),
        unit="hazard per day",
        meaning="incidents turn into organised violence without pressure",
        source="onset of armed conflict 1 to 4 percent per country-year (general knowledge, UCDP)",
    )
    civil_war_per_day: float = parameter(
        0.0015,
        "lam_4",
        prior=(0.0007, 0.003),
        limits=(0.0, 1.0),
        unit="hazard per day",
        meaning="organised violence turns into civil war without pressure",
        source="about 2.3 new civil wars a year worldwide (Fearon 2004); size assumption",
    )
    alert_pressure: float = parameter(
        2.0,
        "th_1",
        prior=(1.0, 2.5),
        limits=(0.0, 5.0),
        unit="log hazard",
        meaning="effect of pressure on the step to alert",
        source="assumption",
    )
    incident_pressure: float = parameter(
        0.8,
        "th_2",
        prior=(0.4, 1.2),
        limits=(0.0, 5.0),
        unit="log hazard",
        meaning="effect of pressure on the step to an incident",
        source="assumption",
    )
    violence_pressure: float = parameter(
        0.25,
        "th_3",
        prior=(0.0, 0.5),
        limits=(0.0, 5.0),
        unit="log hazard",
        meaning="effect of pressure on the step to organised violence",
        source="war next door multiplies the risk by 1.3 to 2.5 (Buhaug & Gleditsch 2008; Beardsley 2011); assumption",
    )
    civil_war_pressure: float = parameter(
        0.2,
        "th_4",
        prior=(0.0, 0.4),
        limits=(0.0, 5.0),
        unit="log hazard",
        meaning="effect of pressure on the step to civil war",
        source="assumption",
    )
    alert_end_per_day: float = parameter(
        0.02,
        "mu_1",
        prior=(0.01, 0.04),
        limits=(0.0, 0.08),
        unit="hazard per day",
        meaning="an alert is called off",
        source="assumption",
    )
    incident_end_per_day: float = parameter(
        0.05,
        "mu_2",
        prior=(0.025, 0.08),
        limits=(0.0, 0.08),
        unit="hazard per day",
        meaning="step down from border incidents: the rung is the memory of the last ones",
        source="assumption",
    )
    violence_end_per_day: float = parameter(
        0.01,
        "mu_3",
        prior=(0.005, 0.02),
        limits=(0.0, 0.08),
        unit="hazard per day",
        meaning="organised violence ends",
        source="assumption",
    )
    civil_war_end_per_day: float = parameter(
        0.004,
        "mu_4",
        prior=(0.002, 0.008),
        limits=(0.0, 0.08),
        unit="hazard per day",
        meaning="civil war ends",
        source="assumption",
    )
    incidents_at_incident: float = parameter(
        0.05,
        "nu_2",
        prior=(0.02, 0.1),
        calibrated=True,
        limits=(0.0, 10.0),
        unit="hazard per day",
        meaning="further deadly incidents at the level of incidents",
        source="assumption",
    )
    incidents_at_violence: float = parameter(
        0.2,
        "nu_3",
        prior=(0.1, 0.4),
        limits=(0.0, 10.0),
        unit="hazard per day",
        meaning="further deadly incidents at the level of organised violence",
        source="assumption",
    )
    incidents_at_civil_war: float = parameter(
        0.5,
        "nu_4",
        prior=(0.2, 1.0),
        limits=(0.0, 10.0),
        unit="hazard per day",
        meaning="further deadly incidents at the level of civil war",
        source="assumption",
    )
    deaths_at_incident: float = parameter(
        2.0,
        "D_2",
        prior=(1.0, 5.0),
        limits=(1.0, 1000.0),
        unit="deaths",
        meaning="mean deaths of an incident at that level",
        source="assumption",
    )
    deaths_at_violence: float = parameter(
        10.0,
        "D_3",
        prior=(5.0, 20.0),
        limits=(1.0, 1000.0),
        unit="deaths",
        meaning="mean deaths of an incident at the level of organised violence",
        source="assumption",
    )
    deaths_at_civil_war: float = parameter(
        60.0,
        "D_4",
        prior=(20.0, 150.0),
        limits=(1.0, 1000.0),
        unit="deaths",
        meaning="mean deaths of an incident at the level of civil war",
        source="assumption",
    )


@rule
def refugee_burden(refugees: float, population: float) -> float:
    """Return how full the channel of refugees is: min(1, log(1 + 1000 n / N) / 3), full at 19 per thousand inhabitants.

    Parameters
    ----------
    refugees
        n, in the state since day 0.
    population
        N, of the state, > 0.

    References
    ----------
    Salehyan & Gleditsch (2006), "Refugees and the spread of civil war", International Organization 60, 335-366; Zhou &
    Shaver (2021), "Reexamining the effect of refugees on civil conflict", American Political Science Review 115, find
    no such risk. The scale is an assumption.
    """
    return min(1.0, math.log(1.0 + PER_THOUSAND * refugees / population) / FULL_BURDEN)


@rule
def fill(amount: float, scale: float) -> float:
    """Return how full a channel is: min(1, x / scale); one without capacity carries nothing.

    Parameters
    ----------
    amount
        x, >= 0.
    scale
        What fills it, >= 0, in the same unit.
    """
    return min(1.0, amount / scale) if scale > 0.0 else 0.0


@rule
def proximity(hops: int) -> float:
    """Return the weight of fighting by the borders between it and a state: 1 / hops up to ``FIGHTING_REACH``, then 0.

    Parameters
    ----------
    hops
        1 next door, 2 a place further on.

    References
    ----------
    Buhaug & Gleditsch (2008), "Contagion or confusion?", International Studies Quarterly 52, 215-233: conflict close to
    the border matters; the weights are assumptions.
    """
    return 1.0 / hops if hops <= FIGHTING_REACH else 0.0


@rule
def hardening_day_0(capacity: float, level: int) -> float:
    """Return a state's guard on day 0: all that it is capable of if it stood on alert, else none.

    Parameters
    ----------
    capacity
        Of the state, in [0, 1].
    level
        Number of its ``codes.Level`` on day 0.
    """
    return capacity if level > Level.CALM else 0.0


@rule
def wanted_guard(level: int, capacity: float, lever: float) -> float:
    """Return the guard that a state tends to: min(1, capacity * lever), else its capacity once it is on alert.

    Parameters
    ----------
    level
        Number of its ``codes.Level``.
    capacity
        Of the state, in [0, 1].
    lever
        What a scenario asks of it, as a multiple of its capacity; below 0 where none does.
    """
    if lever >= 0.0:
        return min(1.0, capacity * lever)
    return capacity if level > Level.CALM else 0.0


@rule
def rise_probability(
    hazard: float,
    steepness: float,
    pressure: float,
    guard: float,
    capacity: float,
    guard_effect: float,
    capacity_effect: float,
) -> float:
    """Return the chance that a neighbour climbs one rung today: min(0.85, 1 - exp(-lam * exp(x))).

    x = th * p * (1 - k_H * H) - k_c * (c - 0.5), a hazard that pressure raises, and guard and capacity lower.

    Parameters
    ----------
    hazard
        lam, per day, of a state of medium capacity without pressure.
    steepness
        th, effect of the pressure on the logarithm of the hazard, >= 0.
    pressure
        p, in [0, 3].
    guard, capacity
        H and c, of the neighbour, in [0, 1].
    guard_effect, capacity_effect
        k_H and k_c, see the parameter table.

    References
    ----------
    Braithwaite (2010), "Resisting infection: how state capacity conditions conflict contagion", Journal of Peace
    Research 47, 311-319; Buhaug & Gleditsch (2008), International Studies Quarterly 52, 215-233. Sizes are assumptions.
    """
    exponent = steepness * pressure * (1.0 - guard_effect * guard) - capacity_effect * (capacity - MEDIUM_CAPACITY)
    return min(MOST_RISE, 1.0 - math.exp(-hazard * math.exp(exponent)))


@rule
def fall_probability(hazard: float, capacity: float, effect: float) -> float:
    """Return the chance that a neighbour steps down one rung today: 1 - exp(-mu * exp(k_mu * (c - 0.5))).

    Parameters
    ----------
    hazard
        mu, per day, of a state of medium capacity.
    capacity
        c, in [0, 1]; a capable one steps down sooner.
    effect
        k_mu (assumption).
    """
    return 1.0 - math.exp(-hazard * math.exp(effect * (capacity - MEDIUM_CAPACITY)))


@rule
def next_level(level: int, rise: float, fall: float, u: float) -> int:
    """Return tomorrow's level: low draws lead up, high ones down, so that equal draws keep neighbours in order.

    Parameters
    ----------
    level
        Number of a ``codes.Level``.
    rise, fall
        Chances of a step up and down, in [0, 1], at most 1 together.
    u
        Uniform in (0, 1).
    """
    if level < Level.CIVIL_WAR and u < rise:
        return level + 1
    if level > Level.CALM and u > 1.0 - fall:
        return level - 1
    return level


@rule
def deaths_at_least(level: int) -> float:
    """Return the deaths by which a rung of the ladder is defined, 0 for one that needs none.

    Parameters
    ----------
    level
        Number of a ``codes.Level``.

    References
    ----------
    Thresholds of the Uppsala Conflict Data Program: 25 deaths in battle a year for armed conflict, 1,000 for war.
    """
    if level == Level.CIVIL_WAR:
        return CIVIL_WAR_DEATHS
    return VIOLENCE_DEATHS if level == Level.VIOLENCE else 0.0


@rule
def incident_deaths(mean: float, u: float) -> float:
    """Return the deaths of an incident, one or more: geometric with that mean, 1 + floor(log(u) / log(1 - 1 / D)).

    Parameters
    ----------
    mean
        D >= 1.
    u
        Uniform in (0, 1).
    """
    if mean <= 1.0:
        return 1.0
    return 1.0 + math.floor(math.log(u) / math.log(1.0 - 1.0 / mean))
