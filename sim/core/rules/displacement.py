"""Displacement: what drives people out, how many cross a border, and what brings them back.

Threat to life drives people out (Schmeidl 1997; Davenport, Moore & Poe 2003); what lies on the way decides whether they
cross a border (Moore & Shellman 2006). Inside their country they spread as gravity has it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from sim.core.jit import rule
from sim.core.parameters import parameter

NO_WAY = 99  # hops to a state that no open crossing leads to


@dataclass(frozen=True)
class Displacement:
    """Parameters of leaving, crossing, and return."""

    contest_push: float = parameter(
        0.010,
        "f1",
        prior=(0.003, 0.03),
        calibrated=True,
        limits=(0.0, 10.0),
        unit="hazard per day",
        meaning="residents who leave a place where the attackers' chance is 1",
        source="assumption; that threat to life drives flight: Schmeidl (1997), Davenport, Moore & Poe (2003)",
    )
    fear_push: float = parameter(
        0.06,
        "f2",
        prior=(0.01, 0.2),
        calibrated=True,
        limits=(0.0, 10.0),
        unit="hazard",
        meaning="residents who leave on the day when a place falls to strangers to all of it",
        source="assumption",
    )
    death_push: float = parameter(
        0.02,
        "f3",
        prior=(0.005, 0.08),
        limits=(0.0, 10.0),
        unit="hazard",
        meaning="residents who leave when one civilian in 100,000 is killed",
        source="assumption",
    )
    abroad_share: float = parameter(
        0.3,
        "x_out",
        prior=(0.1, 0.5),
        calibrated=(0.02, 0.5),
        limits=(0.0, 1.0),
        unit="share",
        meaning="of those who leave a place next to an open crossing, how many take it",
        source="assumption; pull of the destination: Moore & Shellman (2006), Turkoglu & Chadefaux (2017)",
    )
    crossing_reach_hops: float = parameter(
        1.5,
        "D_out",
        prior=(0.75, 3.0),
        limits=(0.1, 50.0),
        unit="provinces",
        meaning="distance over which a crossing attracts less",
        source="assumption",
    )
    return_new: float = parameter(
        0.03,
        "r_new",
        prior=(0.01, 0.08),
        limits=(0.0, 20.0),
        unit="hazard per day",
        meaning="return of those who left since day 0 to a place that is safe",
        source="assumption",
    )
    return_old: float = parameter(
        2e-4,
        "r_old",
        prior=(5e-5, 5e-4),
        limits=(0.0, 20.0),
        unit="hazard per day",
        meaning="return of the refugees of before day 0",
        source="assumption: order of the yearly returns from long exile that agencies count",
    )
    return_welcome: float = parameter(
        4.0,
        "B_ret",
        prior=(1.0, 8.0),
        limits=(0.0, 100.0),
        unit="1",
        meaning="how much faster people return once the regime is gone and strangers do not hold their home",
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


@rule
def leaving_probability(
    contest: float,
    fear: float,
    killed: float,
    contest_push: float,
    fear_push: float,
    death_push: float,
) -> float:
    """Return the share of the residents that leaves a place today: 1 - exp(-(f1 * p + f2 * s + f3 * k)).

    Parameters
    ----------
    contest
        p, best chance of those who attack the place, in [0, 1].
    fear
        s, share of the place that belongs to the new holder's enemies on the day when it changes hands, else 0.
    killed
        k, civilians killed today per 100,000 residents.
    contest_push, fear_push, death_push
        f1, f2 and f3, hazards; see the parameter table.

    References
    ----------
    Schmeidl (1997), "Exploring the causes of forced migration", Social Science Quarterly 78, 284-308; Davenport, Moore
    & Poe (2003), "Sometimes you just have to leave", International Interactions 29, 27-55: threat to life drives
    flight.
    """
    return 1.0 - math.exp(-(contest_push * contest + fear_push * fear + death_push * killed))


@rule
def crossing_pull(hops: int, reach_hops: float) -> float:
    """Return how strongly a state attracts leavers: exp(-(hops - 1) / D_out), in [0, 1].

    Parameters
    ----------
    hops
        Provinces to its nearest open crossing, 1 next to it; ``NO_WAY`` where none leads there.
    reach_hops
        D_out, distance over which the pull falls by a factor e (assumption).

    References
    ----------
    Moore & Shellman (2006), "Refugee or internally displaced person?", Comparative Political Studies 39, 599-622: what
    lies on the way decides who crosses a border.
    """
    return math.exp(-(hops - 1) / reach_hops) if hops < NO_WAY else 0.0


@rule
def crossing_share(pull: float, strongest: float, total: float, open_share: float, abroad_share: float) -> float:
    """Return the share of a place's leavers that crosses into one state: x_out * max(A) * A_s / sum(A) * open.

    How many wish to cross follows from the nearest crossing, where they wish to go from all of them. A closed crossing
    keeps those who wished for it inside the country; it sends nobody on to another state.

    Parameters
    ----------
    pull, strongest, total
        A_s, the state's pull, and the largest and the sum of all states' pulls, > 0.
    open_share
        Share of the state's crossings that are open, in [0, 1].
    abroad_share
        x_out, see the parameter table.

    References
    ----------
    Moore & Shellman (2006), Comparative Political Studies 39, 599-622, for the pull; the spread over several crossings
    is an assumption.
    """
    return abroad_share * strongest * (pull / total) * open_share


@rule
def return_probability(hazard: float, welcome: float, boost: float) -> float:
    """Return the share of those away that returns today: 1 - exp(-r * (1 + B_ret * w)).

    Parameters
    ----------
    hazard
        r, per day, to a place that is safe.
    welcome
        w, in [0, 1]: how little there is to fear at home.
    boost
        B_ret, how much faster people return where there is nothing to fear (assumption).
    """
    return 1.0 - math.exp(-hazard * (1.0 + boost * welcome))


@rule
def whole_people(expected: float, u: float) -> float:
    """Return a whole number of people, the expected number on average: floor(x + u).

    Parameters
    ----------
    expected
        x, >= 0.
    u
        Uniform in (0, 1).
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
