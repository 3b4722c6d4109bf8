"""Displacement: how many flee, how many of them cross a border and where, and what brings people back.

Threat to life drives people out (Schmeidl 1997; Davenport, Moore & Poe 2003), and the dead of a war tell how many flee
better than anything else that was counted, in less than proportion. What a border lets through, who lives next to it,
and who fled there before decide where they cross it (Moore & Shellman 2006, 2007; Iqbal 2007).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from sim.core.codes import Policy
from sim.core.jit import rule
from sim.core.parameters import parameter

USUAL_TOLL = 50.0  # killed a day, where the scale of flight is measured
LEAST_TOLL = 0.2  # killed a day below which there is no war to flee from
USUAL_CAPACITY = 0.5  # of a state whose closed border lets through what the tables' policy says
USUAL_EXILE = 1e4  # refugees who are there already from whom on a state draws more
MOST_CROSSING = 0.9  # of those who flee
WORKERS_LEAVE_AT = 5.0  # killed a day from which on foreign workers leave
PER_MILLION = 1e6


@dataclass(frozen=True)
class Displacement:
    """Parameters of leaving, crossing, and return."""

    flight_scale: float = parameter(
        3400.0,
        "Phi",
        prior=(2700.0, 4300.0),
        calibrated=True,
        limits=(0.0, 1e6),
        unit="people per day",
        meaning="people who flee when 50 are killed a day",
        source="newly displaced and refugees of 28 wars against their dead, a country left out at a time",
    )
    flight_exponent: float = parameter(
        0.55,
        "eta_F",
        prior=(0.42, 0.72),
        calibrated=True,
        limits=(0.0, 2.0),
        unit="1",
        meaning="by how many percent more flee when one percent more are killed; 0: as many in every war",
        source="the same wars; about one half within a year: ESOC working paper 25",
    )
    most_away: float = parameter(
        0.4,
        "s_max",
        prior=(0.2, 0.8),
        limits=(0.0, 1.0),
        unit="share",
        meaning="people of a place who are away at most because of the toll; the others stay",
        source="assumption",
    )
    fear_push: float = parameter(
        0.0,
        "f2",
        prior=(0.0, 0.1),
        limits=(0.0, 10.0),
        unit="hazard",
        meaning="residents who leave besides on the day when a place falls to strangers to all of it",
        source="neutral: those who fled from falling places are among those whom the dead foretell",
    )
    death_push: float = parameter(
        0.0,
        "f3",
        prior=(0.0, 0.001),
        limits=(0.0, 10.0),
        unit="hazard",
        meaning="residents who leave besides when revenge kills one civilian in 100,000",
        source="neutral; upper end: some 60 in 100,000 killed at a coast in March 2025, and 3 to 6 % fled",
    )
    crossing_share: float = parameter(
        0.13,
        "b_out",
        prior=(0.08, 0.21),
        calibrated=True,
        limits=(1e-6, 1.0 - 1e-6),
        unit="share",
        meaning="of those who flee, how many cross a border where all are open",
        source="refugees of 28 wars against all who fled, a country left out at a time",
    )
    access_exponent: float = parameter(
        0.0,
        "x_acc",
        prior=(0.0, 1.0),
        limits=(0.0, 5.0),
        unit="1",
        meaning="how much more people cross from a place that is nearer to a border that draws",
        source="neutral: places next to the front tell no better who crossed",
    )
    hop_decay: float = parameter(
        0.0,
        "d_out",
        prior=(0.0, 1.3),
        limits=(0.0, 10.0),
        unit="1 / provinces",
        meaning="by how much a border draws less for each further province on the way",
        source="neutral: with it splits between neighbours come out no better; Iqbal (2007) finds distance strong",
    )
    refuge_share: float = parameter(
        0.5,
        "psi",
        prior=(0.0, 1.0),
        limits=(0.0, 1.0),
        unit="share",
        meaning="of those who cross, how many do so from where they found refuge; of no account without distance",
        source="assumption",
    )
    managed_share: float = parameter(
        1.0,
        "o_m",
        prior=(0.7, 1.0),
        limits=(0.0, 1.0),
        unit="share",
        meaning="who pass where refugees are registered and limited, of those whom an open border lets through",
        source="neutral: splits between neighbours come out as well with 1 as with 0.7",
    )
    closed_share: float = parameter(
        0.2,
        "o_c",
        prior=(0.05, 0.7),
        limits=(0.0, 1.0),
        unit="share",
        meaning="who pass a border that a state of capacity 0.5 closes to refugees",
        source="arrivals by neighbour of 28 wars, a country left out at a time; neutral: 1",
    )
    path_share: float = parameter(
        0.1,
        "o_p",
        prior=(0.03, 0.3),
        limits=(0.0, 1.0),
        unit="share",
        meaning="weight of a border unit without an open crossing, from where only paths lead across",
        source="assumption; splits between neighbours are as well without paths; neutral: 0",
    )
    earlier_pull: float = parameter(
        1.0,
        "w_net",
        prior=(0.0, 2.0),
        limits=(0.0, 100.0),
        unit="1",
        meaning="how much more a state draws that has refugees of the same country already",
        source="splits of 27 wars, a country left out at a time; Moore & Shellman (2007); neutral: 0",
    )
    kin_pull: float = parameter(
        0.0,
        "w_rel",
        prior=(0.0, 1.0),
        limits=(0.0, 100.0),
        unit="1",
        meaning="how much more a state draws that is kin to a faction",
        source="neutral: with it splits between neighbours come out no better",
    )
    return_inside: float = parameter(
        0.004,
        "r_in",
        prior=(0.001, 0.02),
        limits=(0.0, 20.0),
        unit="hazard per day",
        meaning="return of the displaced inside the country to a place that is safe",
        source="assumption",
    )
    welcome_inside: float = parameter(
        8.0,
        "B_in",
        prior=(2.0, 15.0),
        limits=(0.0, 100.0),
        unit="1",
        meaning="how much faster they return once the regime is gone and strangers do not hold their home",
        source="assumption: with 3 to 4 % a day in the months after a fall in December 2024",
    )
    return_refugees: float = parameter(
        8e-4,
        "r_ref",
        prior=(2e-4, 4e-3),
        limits=(0.0, 20.0),
        unit="hazard per day",
        meaning="return of those who crossed a border since day 0 to a place that is safe",
        source="assumption",
    )
    welcome_refugees: float = parameter(
        4.0,
        "B_ref",
        prior=(1.0, 10.0),
        limits=(0.0, 100.0),
        unit="1",
        meaning="how much faster they return with a welcome",
        source="assumption",
    )
    return_old: float = parameter(
        1e-4,
        "r_old",
        prior=(3e-5, 4e-4),
        limits=(0.0, 20.0),
        unit="hazard per day",
        meaning="return of the refugees of before day 0",
        source="a third is back after ten years: RAND (2021)",
    )
    welcome_old: float = parameter(
        6.0,
        "B_old",
        prior=(2.0, 12.0),
        limits=(0.0, 100.0),
        unit="1",
        meaning="how much faster they return with a welcome",
        source="assumption: with 6 in 10,000 a day after a fall in December 2024",
    )
    forced_return: float = parameter(
        1.5,
        "B_out",
        prior=(1.0, 2.0),
        limits=(1.0, 10.0),
        unit="factor",
        meaning="how much faster refugees return from a capable state that is closed to them",
        source="assumption",
    )
    safe_days: float = parameter(
        3.0,
        "t_safe",
        prior=(1.0, 7.0),
        limits=(0.0, 365.0),
        unit="days",
        meaning="time after a change of hands until a quiet place counts as safe",
        source="assumption",
    )
    safe_toll: float = parameter(
        5.0,
        "k_safe",
        prior=(2.0, 15.0),
        limits=(0.0, 1e6),
        unit="killed per million and day",
        meaning="dead of the last two weeks beyond which no place counts as safe",
        source="assumption: more than in the most violent cities at peace",
    )
    workers_leave: float = parameter(
        0.02,
        "r_work",
        prior=(0.01, 0.04),
        limits=(0.0, 20.0),
        unit="hazard per day",
        meaning="foreign workers who leave for home while more than 5 are killed a day",
        source="assumption: most of a million left one war of 2011 within three months",
    )


@rule
def gross_flight(killed: float, scale: float, exponent: float, factor: float) -> float:
    """Return how many people flee in a country today: Phi * f * (D / 50)**eta_F, nobody where next to nobody is killed.

    Parameters
    ----------
    killed
        D, fighters and civilians killed a day of late.
    scale, exponent
        Phi and eta_F, see the parameter table.
    factor
        f, of the run.

    References
    ----------
    Schmeidl (1997), "Exploring the causes of forced migration", Social Science Quarterly 78, 284-308; Davenport, Moore
    & Poe (2003), "Sometimes you just have to leave", International Interactions 29, 27-55: threat to life drives
    flight. That the dead tell it for a whole country better than for its places was found in thirty wars.
    """
    return scale * factor * math.pow(killed / USUAL_TOLL, exponent) if killed >= LEAST_TOLL else 0.0


@rule
def flight_weight(killed: float, room: float) -> float:
    """Return the weight of a place among those from which people flee: sqrt(d * r).

    Parameters
    ----------
    killed
        d, killed there a day of late.
    room
        r, people of the place who may still leave, >= 0.
    """
    return math.sqrt(killed * room)


@rule
def pushed_share(fear: float, killed: float, fear_push: float, death_push: float) -> float:
    """Return the share of the residents who leave a place besides: 1 - exp(-(f2 * s + f3 * k)).

    Parameters
    ----------
    fear
        s, share of the place that belongs to the new holder's enemies on the day when it changes hands, else 0.
    killed
        k, civilians per 100,000 residents whom revenge kills today.
    fear_push, death_push
        f2 and f3, hazards; see the parameter table.
    """
    return 1.0 - math.exp(-(fear_push * fear + death_push * killed))


@rule
def permeability(policy: int, capacity: float, managed: float, closed: float) -> float:
    """Return which share of those who come to a border it lets through: o**(capacity / 0.5).

    A weak state cannot close its border.

    Parameters
    ----------
    policy
        `Policy` of the state on those who flee.
    capacity
        Of the state, in [0, 1].
    managed, closed
        o_m and o_c, shares in [0, 1] at capacity 0.5; an open border lets all through.
    """
    share = 1.0
    if policy == Policy.MANAGED:
        share = managed
    elif policy == Policy.CLOSED:
        share = closed
    return math.pow(share, capacity / USUAL_CAPACITY)


@rule
def border_pull(people: float, exiles: float, kin: float, earlier_pull: float, kin_pull: float) -> float:
    """Return how strongly a border draws those who flee: n * (1 + w_net * ln(1 + e / 10**4)) * (1 + w_rel * k).

    Parameters
    ----------
    people
        n, people of the units along the border, those without an open crossing at a fraction.
    exiles
        e, refugees from the contested state who are there since before day 0.
    kin
        k, how close the state's people are to the closest faction, in [0, 1].
    earlier_pull, kin_pull
        w_net and w_rel, see the parameter table.

    References
    ----------
    Moore & Shellman (2007), "Whither will they go?", International Studies Quarterly 51, 811-834: refugees go where
    refugees went.
    """
    return people * (1.0 + earlier_pull * math.log(1.0 + exiles / USUAL_EXILE)) * (1.0 + kin_pull * kin)


@rule
def nearness_to_border(hops: int, decay: float) -> float:
    """Return how much of a border's pull reaches a place: exp(-d_out * (hops - 1)), in [0, 1].

    Parameters
    ----------
    hops
        Provinces to the border, 1 next to it.
    decay
        d_out, per province.

    References
    ----------
    Iqbal (2007), "The geo-politics of forced migration in Africa", Conflict Management and Peace Science 24, 105-119:
    distance is the strongest single force.
    """
    return math.exp(-decay * (hops - 1))


@rule
def crossing_share(share: float, shift: float, access: float) -> float:
    """Return which share of those who flee wishes to cross a border: s(logit b_out + shift) * a, at most 0.9.

    Parameters
    ----------
    share
        b_out, see the parameter table.
    shift
        Of the run, in log odds.
    access
        a, how much nearer a place is to borders that draw than the country is, >= 0.
    """
    return min(MOST_CROSSING, access / (1.0 + (1.0 - share) / share * math.exp(-shift)))


@rule
def return_probability(hazard: float, welcome: float, boost: float) -> float:
    """Return the share of those away that returns today: 1 - exp(-r * (1 + B * w)).

    Parameters
    ----------
    hazard
        r, per day, to a place that is safe.
    welcome
        w, in [0, 1]: how little there is to fear at home.
    boost
        B, how much faster people return where there is nothing to fear.
    """
    return 1.0 - math.exp(-hazard * (1.0 + boost * welcome))


@rule
def forced(policy: int, capacity: float, factor: float) -> float:
    """Return by which factor refugees return faster from a state: one that is closed to them and can enforce it.

    Parameters
    ----------
    policy, capacity
        `Policy` of the state on those who flee, and its capacity.
    factor
        B_out, see the parameter table.
    """
    return factor if policy == Policy.CLOSED and capacity > USUAL_CAPACITY else 1.0


@rule
def whole_people(expected: float, u: float) -> float:
    """Return a whole number of people, the expected number on average: floor(x + u).

    Taken along rising sums of what is expected with one ``u``, the differences are whole numbers that are right on
    average each, and none is off by a person or more (systematic sampling).

    Parameters
    ----------
    expected
        x, >= 0.
    u
        Uniform in (0, 1).

    References
    ----------
    Madow & Madow (1944), "On the theory of systematic sampling", Annals of Mathematical Statistics 15, 1-24.
    """
    return np.floor(expected + u)


@rule
def people_up_to(people: float, part: float, total: float, offset: float) -> float:
    """Return how many of some people fall to the first part of a total: min(n, floor(n * p / t + offset)).

    Taken along the rising sums of weights, the differences are whole shares that add up to all people. An ``offset`` of
    0.5 rounds; one drawn from (0, 1) makes each share right on average, whatever its size (systematic sampling).

    Parameters
    ----------
    people
        n, whole.
    part, total
        p and t, sums of weights, p <= t.
    offset
        In [0, 1).

    References
    ----------
    Madow & Madow (1944), "On the theory of systematic sampling", Annals of Mathematical Statistics 15, 1-24.
    """
    return min(people, np.floor(people * (part / total) + offset))
