"""Extremists grow where nobody governs, attack, are struck, and break their own out of prison.

Insurgents grow where control is contested and grievance high (Kalyvas 2006; Fearon & Laitin 2003). Whether the end of
a regime feeds or starves them is left open: grievance after it may lie on either side of what it was.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from sim.core.jit import rule
from sim.core.parameters import parameter

DAYS_PER_MONTH = 30.0
MOST_SUMMED = 4096.0  # terms of a distribution; beyond, a bisection costs less
MOST_STEPS = 1000  # of a continued fraction, which converges within some dozens
CLOSE = 1e-13
TINY = 1e-300
LEAST_TERM = 1e-18  # of a distribution: smaller ones no longer change a sum near 1


@dataclass(frozen=True)
class Extremists:
    """Parameters of extremists."""

    army_size: float = parameter(
        3000.0,
        "n_army",
        prior=(1000.0, 10000.0),
        limits=(0.0, 1e6),
        unit="fighters",
        meaning="fighters in the contested state below whom extremists besides the main sides hide and hold no seat",
        source="assumption: order of those who took cities in 2014; cells of some hundreds took none",
    )
    growth: float = parameter(
        0.25,
        "g_ext",
        prior=(0.05, 0.6),
        limits=(0.0, 5.0),
        unit="per month",
        meaning="growth where nobody governs and grievance is as on day 0",
        source="assumption; independent counts of attacks tripled from 2023 to 2024 where control was contested",
    )
    decline: float = parameter(
        0.03,
        "d_ext",
        prior=(0.01, 0.06),
        limits=(0.0, 5.0),
        unit="per month",
        meaning="loss of fighters without any pressure",
        source="assumption",
    )
    per_million: float = parameter(
        3000.0,
        "K_ext",
        prior=(1000.0, 10000.0),
        limits=(1.0, 1e6),
        unit="fighters per million people",
        meaning="most fighters that a population carries",
        source="20,000-31,500 fighters with about eight million people under them in 2014 (general knowledge)",
    )
    grievance_after: float = parameter(
        0.35,
        "g_post",
        prior=(0.1, 1.2),
        limits=(0.0, 5.0),
        unit="1",
        meaning="grievance of their constituency under the regime's victors, relative to day 0",
        source="assumption; the prior spans 1, so that both signs are reachable",
    )
    grievance_days: float = parameter(
        30.0,
        "t_post",
        prior=(15.0, 90.0),
        limits=(1.0, 3650.0),
        unit="days",
        meaning="time constant of that change",
        source="assumption",
    )
    governed_share: float = parameter(
        0.8,
        "c_gov",
        prior=(0.7, 0.9),
        limits=(0.0, 1.0),
        unit="share",
        meaning="control by one faction above which a place is governed",
        source="assumption",
    )
    pressure: float = parameter(
        0.15,
        "ct",
        prior=(0.05, 0.3),
        limits=(0.0, 5.0),
        unit="per month",
        meaning="loss of fighters under full counter-terror pressure",
        source="assumption; direction by Johnston & Sarbahi 2016 on strikes",
    )
    force_ratio: float = parameter(
        100.0,
        "r_ct",
        prior=(20.0, 300.0),
        limits=(0.1, 1e4),
        unit="fighters per fighter",
        meaning="willing soldiers to each extremist that give half of full pressure",
        source="the old rule of ten to one; assumption: a tenth of a garrison is out after them",
    )
    attacks_per_month: float = parameter(
        0.04,
        "a_att",
        prior=(0.01, 0.1),
        limits=(0.0, 10.0),
        unit="per fighter-month",
        meaning="attacks where nobody governs",
        source="independent counts of 2024: 60 attacks a month by some 1,850 fighters, 25 in their own claims",
    )
    attack_floor: float = parameter(
        0.3,
        "a_min",
        prior=(0.1, 0.5),
        limits=(0.0, 1.0),
        unit="share",
        meaning="attacks in a governed place relative to one that nobody governs",
        source="assumption",
    )
    attack_dispersion: float = parameter(
        3.0,
        "k_att",
        prior=(1.0, 10.0),
        limits=(0.01, 1000.0),
        unit="1",
        meaning="dispersion of the attacks of a month (shape of the negative binomial)",
        source="assumption",
    )
    break_per_day: float = parameter(
        5e-4,
        "lam_pri",
        prior=(1e-4, 2e-3),
        limits=(0.0, 1.0),
        unit="hazard per day",
        meaning="prison breaks where the guards of day 0 stand",
        source="one major success in five to six years of the whole system (January 2022)",
    )
    break_guards: float = parameter(
        8.0,
        "b_gua",
        prior=(2.0, 10.0),
        limits=(0.0, 100.0),
        unit="1",
        meaning="by how much more often a prison breaks without guards, less one",
        source="assumption: three to ten times",
    )
    break_most: float = parameter(
        3.0,
        "R_max",
        prior=(2.0, 5.0),
        limits=(1.0, 100.0),
        unit="1",
        meaning="most that a rise of the extremists' strength over day 0 counts",
        source="assumption",
    )
    escape_least: float = parameter(
        0.03,
        "e_lo",
        prior=(0.01, 0.05),
        limits=(0.0, 1.0),
        unit="share",
        meaning="smallest share of the detainees who escape in a break",
        source="the break of January 2022: 100-400 missing of 3,500-5,000 held",
    )
    escape_most: float = parameter(
        0.3,
        "e_hi",
        prior=(0.15, 0.6),
        limits=(0.0, 1.0),
        unit="share",
        meaning="largest share of the detainees who escape in a break",
        source="assumption",
    )


@rule
def ungoverned_share(most_control: float, governed: float) -> float:
    """Return the share of a place that nobody governs: 1 - c where c <= c_gov, else 0.

    Parameters
    ----------
    most_control
        c, of its strongest faction, in [0, 1].
    governed
        c_gov, from where on a place is governed.

    References
    ----------
    Kalyvas (2006), "The logic of violence in civil war", on zones of control; the threshold is an assumption.
    """
    return 0.0 if most_control > governed else 1.0 - most_control


@rule
def grievance_factor(days_since: int, after: float, time_constant: float) -> float:
    """Return grievance under the victors relative to day 0: g_post + (1 - g_post) * exp(-t / t_post).

    Parameters
    ----------
    days_since
        t, since they came, in days, >= 0.
    after, time_constant
        g_post and t_post; the former may lie on either side of 1, so that a collapse may feed extremists or starve
        them.

    References
    ----------
    That grievance feeds insurgents is disputed (Fearon & Laitin 2003, "Ethnicity, insurgency, and civil war", American
    Political Science Review 97, 75-90); size and speed are assumptions.
    """
    return after + (1.0 - after) * math.exp(-days_since / time_constant)


@rule
def pressure_of_forces(willing: float, extremists: float, force_ratio: float) -> float:
    """Return the counter-terror pressure of forces on the spot: W / (W + r_ct * R), in [0, 1].

    Parameters
    ----------
    willing
        W, fighters there of factions hostile to the extremists, each times its morale.
    extremists
        R, fighters of the extremists there, > 0.
    force_ratio
        r_ct, willing fighters to each extremist that give half of full pressure.

    References
    ----------
    The old rule of ten soldiers to an insurgent; that it saturates, and what part of a garrison is out after them, are
    assumptions.
    """
    return willing / (willing + force_ratio * extremists)


@rule
def joint_pressure(one: float, other: float) -> float:
    """Return the pressure of two independent sources: 1 - (1 - a) * (1 - b), in [0, 1] as they are.

    Parameters
    ----------
    one, other
        a and b, in [0, 1].
    """
    return 1.0 - (1.0 - one) * (1.0 - other)


@rule
def strength_after(strength: float, growth: float, decline: float, capacity: float, days: float) -> float:
    """Return the fighters at a place after some days.

    Exact solution of dR/dt = R (growth (1 - R / capacity) - decline): logistic growth (Verhulst 1838) with losses, so
    that one step of a week equals seven of a day.

    Parameters
    ----------
    strength
        Fighters now, >= 0.
    growth, decline
        Per month, >= 0.
    capacity
        Most fighters that the place carries, > 0; whoever is above only falls towards it.
    days
        Length of the step.
    """
    net = (growth - decline) * days / DAYS_PER_MONTH
    crowding = growth * strength / capacity * days / DAYS_PER_MONTH
    if net > 0.0:  # divided through by exp(net), which may be too large for a number
        return strength / (math.exp(-net) - crowding * math.expm1(-net) / net)
    # expm1(net) / net goes to 1 where growth and decline balance.
    mean_factor = math.expm1(net) / net if net != 0.0 else 1.0
    return strength * math.exp(net) / (1.0 + crowding * mean_factor)


@rule
def attack_rate(strength: float, ungoverned: float, per_month: float, floor: float) -> float:
    """Return the expected attacks of a month by the fighters of one place: a_att * R * (a_min + (1 - a_min) * u).

    Parameters
    ----------
    strength
        R, fighters, >= 0.
    ungoverned
        u, share of the place that nobody governs, in [0, 1].
    per_month
        a_att, attacks per fighter and month where nobody governs.
    floor
        a_min, attacks in a governed place relative to that (assumption).
    """
    return per_month * strength * (floor + (1.0 - floor) * ungoverned)


@rule
def attack_count(mean: float, dispersion: float, u: float) -> float:
    """Return a negative binomial number for a uniform ``u``, by inversion.

    Terms are summed up to where that is more work than to halve the interval in which the number lies.

    Sums of such numbers with the same ratio of mean to dispersion are negative binomial again, with means and
    dispersions added: thirty days of a thirtieth of each make up the month.

    Parameters
    ----------
    mean
        Expected number, >= 0.
    dispersion
        Shape > 0; the variance is mean + mean**2 / dispersion.
    u
        In (0, 1).
    """
    ratio = mean / (mean + dispersion)
    term = math.exp(dispersion * math.log1p(-ratio))
    total = term
    n = 0.0
    while total < u and n < MOST_SUMMED and (n < mean or term > LEAST_TERM):  # terms rise before they fall
        term *= ratio * (n + dispersion) / (n + 1.0)
        total += term
        n += 1.0
    return n if n < MOST_SUMMED else distant_count(mean, dispersion, u)


@rule
def distant_count(mean: float, dispersion: float, u: float) -> float:
    """Return a large negative binomial number for a uniform ``u``: the smallest that no more than 1 - u exceed.

    Parameters
    ----------
    mean, dispersion, u
        As of `attack_count`.
    """
    low, high = -1.0, max(mean, MOST_SUMMED)
    while share_above(high, mean, dispersion) > 1.0 - u:
        low, high = high, 2.0 * high
    while high - low > 1.0:
        middle = math.floor(0.5 * (low + high))
        if share_above(middle, mean, dispersion) > 1.0 - u:
            low = middle
        else:
            high = middle
    return math.ceil(high)


@rule
def share_above(n: float, mean: float, dispersion: float) -> float:
    """Return the chance that a negative binomial number exceeds ``n``: an incomplete beta function (DLMF 8.17).

    Parameters
    ----------
    n
        Whole number >= 0.
    mean, dispersion
        As of `attack_count`.
    """
    a, b, rest = n + 1.0, dispersion, dispersion / (mean + dispersion)
    log_front = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log1p(-rest) + b * math.log(rest)
    front = math.exp(log_front)
    if 1.0 - rest < (a + 1.0) / (a + b + 2.0):
        return front / (a * beta_fraction(a, b, 1.0 - rest))
    return 1.0 - front / (b * beta_fraction(b, a, rest))


@rule
def beta_fraction(a: float, b: float, x: float) -> float:
    """Return the continued fraction of the incomplete beta function (DLMF 8.17.22), by Lentz's method.

    Parameters
    ----------
    a, b
        Shapes > 0.
    x
        In [0, (a + 1) / (a + b + 2)], where it converges fast.
    """
    value, above, below = 1.0, 1.0, 0.0
    for step in range(1, MOST_STEPS):
        m = float(step // 2)
        if step % 2 == 0:
            term = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m))
        else:
            term = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0))
        below = 1.0 / max(1.0 + term * below, TINY)
        above = max(1.0 + term / above, TINY)
        value *= above * below
        if abs(above * below - 1.0) < CLOSE:
            break
    return value


@rule
def guard_loss(guards: float, guards_day_0: float, lever: float) -> float:
    """Return the share of a prison's guards that is gone: 1 - min(1, n / n_0) * lever, in [0, 1].

    Parameters
    ----------
    guards, guards_day_0
        n and n_0, fighters on the spot now and on day 0; a prison without forces had its guards all along.
    lever
        Share of the guards that stays at its post, in [0, 1].
    """
    here = min(1.0, guards / guards_day_0) if guards_day_0 > 0.0 else 1.0
    return 1.0 - here * lever


@rule
def break_probability(lost: float, rise: float, hazard: float, guard_weight: float, most: float) -> float:
    """Return the chance that a prison breaks open today: 1 - exp(-lam_pri * (1 + b_gua * lost) * min(R / R_0, R_max)).

    Parameters
    ----------
    lost
        Share of its guards that is gone, in [0, 1].
    rise
        R / R_0, extremists' strength relative to day 0, >= 0.
    hazard, guard_weight, most
        lam_pri, b_gua and R_max, see the parameter table; the form is an assumption.
    """
    return 1.0 - math.exp(-hazard * (1.0 + guard_weight * lost) * min(rise, most))


@rule
def escaping_share(u: float, least: float, most: float) -> float:
    """Return the share of the detainees who escape in a break, uniform between e_lo and e_hi.

    Parameters
    ----------
    u
        Uniform in (0, 1).
    least, most
        e_lo and e_hi, see the parameter table.
    """
    return least + u * max(0.0, most - least)
