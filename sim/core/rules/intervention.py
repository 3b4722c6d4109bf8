"""How outsiders come to fight in the open: who has a stake enters when a friend is in danger, and few stay for long.

Gent (2008); Findley & Teo (2006); Kathman (2010); Shirkey (2012).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from sim.core.jit import rule
from sim.core.parameters import parameter
from sim.core.rng import normal_quantile

MOST_A_DAY = 0.1  # hazard
UNSTATED = 0.3  # assumption: commitment to a tie for which the tables state none
USUAL_STAKE = 0.3
THREATENED_CAPACITY = 0.5  # assumption: from here on a state without a friend enters to secure its border
POWER_CAPACITY = 0.8  # assumption: from here on one enters from the air wherever it takes sides
DANGER = (-1.0, 2.0)  # between which it counts
AIR_DAYS = (5.0, 0.5)  # median and spread, log, of the days from the decision to the first aircraft; assumption
GROUND_DAYS = (14.0, 0.6)  # and to the first forces
LOST_FACTOR = 10.0  # assumption: on the hazard of leaving, once the side that it helped has lost
BLED_FACTOR = 3.0  # assumption: the same, once one in twenty of its fighters is dead
BLED_SHARE = 0.05
VICTOR_DAYS = 90.0  # assumption: mean stay after a victory


@dataclass(frozen=True)
class Intervention:
    """Parameters of open intervention; at hazard 0 nobody enters."""

    hazard: float = parameter(
        0.0,
        "l_int",
        prior=(0.0, 0.002),
        limits=(0.0, 0.1),
        unit="hazard per day",
        meaning="a fully capable outsider with a usual stake enters the war openly; 0: nobody ever does",
        source="ten of eighteen wars saw a new open entry; about 0.0004 for each candidate; size assumption",
    )
    stake: float = parameter(
        2.0,
        "w_st",
        prior=(0.0, 4.0),
        limits=(0.0, 20.0),
        unit="1",
        meaning="log factor of a full stake in one side",
        source="assumption",
    )
    danger: float = parameter(
        1.0,
        "w_dg",
        prior=(0.0, 2.0),
        limits=(0.0, 20.0),
        unit="1",
        meaning="log factor of danger to that side",
        source="interveners come when the balance turns against their friends (Gent 2008); size assumption",
    )
    threat: float = parameter(
        1.0,
        "w_th",
        prior=(0.0, 2.0),
        limits=(0.0, 20.0),
        unit="1",
        meaning="log factor of a threat to its border",
        source="neighbours enter to stop contagion (Kathman 2010); size assumption",
    )
    proxy: float = parameter(
        1.0,
        "w_pr",
        prior=(0.0, 2.0),
        limits=(0.0, 20.0),
        unit="1",
        meaning="log factor of one that has acted through others on day 0",
        source="assumption",
    )
    civilians: float = parameter(
        0.7,
        "w_cv",
        prior=(0.0, 2.0),
        limits=(0.0, 20.0),
        unit="1",
        meaning="log factor of civilians killed where the other side fights, for each tenfold of a thousand",
        source="assumption",
    )
    distance: float = parameter(
        0.7,
        "w_ds",
        prior=(0.0, 2.0),
        limits=(0.0, 20.0),
        unit="1",
        meaning="log factor, taken off, of having no common border",
        source="assumption",
    )
    share: float = parameter(
        0.25,
        "s_int",
        prior=(0.05, 0.7),
        limits=(0.0, 1.0),
        unit="share",
        meaning="of an outsider's forces in the tables, those who come",
        source="assumption",
    )
    expedition: float = parameter(
        15000.0,
        "n_int",
        prior=(3000.0, 40000.0),
        limits=(0.0, 1e6),
        unit="fighters",
        meaning="whom a fully capable state sends that has no forces in the tables",
        source="assumption",
    )
    air: float = parameter(
        0.8,
        "a_int",
        prior=(0.4, 1.0),
        limits=(0.0, 1.0),
        unit="air force",
        meaning="what a fully capable state lends to the side that it helps",
        source="assumption",
    )
    wear: float = parameter(
        0.01,
        "x_int",
        prior=(0.0, 0.03),
        limits=(0.0, 1.0),
        unit="share per day",
        meaning="of its enemies' heavy weapons in the war, those destroyed from the air",
        source="assumption",
    )
    leave: float = parameter(
        0.003,
        "l_out",
        prior=(0.001, 0.01),
        limits=(0.0, 1.0),
        unit="hazard per day",
        meaning="who has entered leaves while the war is undecided",
        source="assumption: such interventions last about a year",
    )


@rule
def stake_in(linked: float, tie: float, enemy_tie: float) -> float:
    """Return what an outsider has at stake in one side: max(t * c over its clients, 0.3 * t, -0.3 * t_enemy).

    Parameters
    ----------
    linked
        Largest tie times commitment to a client on that side, in [0, 1].
    tie, enemy_tie
        Tie to its leader and to that of the other side, in [-1, 1]; no commitment is stated for these.

    References
    ----------
    Assumption: a friend counts by what was promised to him, an enemy's enemy a little.
    """
    return max(linked, UNSTATED * tie, -UNSTATED * enemy_tie)


@rule
def danger_to(fall: float) -> float:
    """Return how much danger the friends of an outsider are in: (logit b_0 - logit b) / 2, within [-1, 2].

    Parameters
    ----------
    fall
        Of what is seen of the side's chances since day 0, in log odds.

    References
    ----------
    Gent (2008), "Going in when it counts: military intervention and the outcome of civil conflicts": outsiders come
    where they are needed. The limits are assumptions.
    """
    return min(DANGER[1], max(DANGER[0], 0.5 * fall))


@rule
def eagerness(
    stake: float,
    danger: float,
    threat: float,
    civilians: float,
    stake_weight: float,
    danger_weight: float,
    threat_weight: float,
    civilians_weight: float,
) -> float:
    """Return the log factor on the hazard of entry: w_st (s - 0.3) + w_dg d + w_th x + w_cv log10(1 + n / 1000).

    Parameters
    ----------
    stake, danger
        s and d, from `stake_in` and `danger_to`.
    threat
        x, pressure of the war on the outsider, and 1 more for 30 days after an incident at its border.
    civilians
        n, killed where the side fights that it would oppose.
    stake_weight, danger_weight, threat_weight, civilians_weight
        See the parameter table.

    References
    ----------
    Kathman (2010), "Civil war contagion and neighboring interventions", International Studies Quarterly 54, 989-1012;
    Shirkey (2012), "Joining the fray", on news as what makes outsiders join. Linear form and sizes are assumptions.
    """
    return (
        stake_weight * (stake - USUAL_STAKE)
        + danger_weight * danger
        + threat_weight * threat
        + civilians_weight * math.log10(1.0 + civilians / 1000.0)
    )


@rule
def entry_probability(hazard: float, capacity: float, log_factor: float, freedom: float) -> float:
    """Return the chance that an outsider enters today: 1 - exp(-min(0.1, l_int * c * e^w) * q).

    Parameters
    ----------
    hazard
        l_int, see the parameter table.
    capacity
        c, of the outsider, in [0, 1].
    log_factor
        w: eagerness, and what proxies and distance add.
    freedom
        q, what restraint and guarded borders leave, in [0, 1].
    """
    return 1.0 - math.exp(-min(MOST_A_DAY, hazard * capacity * math.exp(log_factor)) * freedom)


@rule
def delay_days(u: float, median: float, spread: float) -> float:
    """Return the days from a decision to its effect: log-normal, m * exp(s * z), with z the normal quantile of u.

    Parameters
    ----------
    u
        Uniform in (0, 1).
    median, spread
        m and s.
    """
    return median * math.exp(spread * normal_quantile(u))


@rule
def expedition(size: float, capacity: float, quality: float) -> float:
    """Return the fighters whom a state without forces in the tables sends: n_int * c^2 * (0.8 + 0.5 c) / (0.5 + q).

    They fight under those whom they help, and are counted as fighters of these: better ones as more of them.

    Parameters
    ----------
    size
        n_int, see the parameter table.
    capacity
        c, of the state, in [0, 1]; the quality of its army is taken as 0.3 + 0.5 c.
    quality
        q, of those whom it helps, in [0, 1].

    References
    ----------
    Assumption: both how many a state can send and whether it can keep them abroad grow with its capacity.
    """
    return size * capacity * capacity * (0.8 + 0.5 * capacity) / (0.5 + quality)


@rule
def leaving_probability(hazard: float, has_lost: bool, has_won: bool, is_bled: bool) -> float:
    """Return the chance that one who has entered leaves today: 1 - exp(-l), l = l_out, times 10 lost, 3 bled; 1/90 won.

    Parameters
    ----------
    hazard
        l_out, see the parameter table.
    has_lost, has_won
        Whether the side that it helps has.
    is_bled
        Whether more than one in twenty of its fighters is dead.

    References
    ----------
    Assumption: few stay with a lost cause, or where nothing is left to do.
    """
    rate = hazard
    if has_won:
        rate = 1.0 / VICTOR_DAYS
    else:
        if has_lost:
            rate *= LOST_FACTOR
        if is_bled:
            rate *= BLED_FACTOR
    return 1.0 - math.exp(-rate)
