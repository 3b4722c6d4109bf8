"""Violence against civilians: with the fighting, in the background, and as revenge.

Civilians are killed most where fighters are, and where control is contested or has just changed (Kalyvas 2006), in
numbers with heavy tails (Richardson 1948; Cederman 2003; Bohorquez et al. 2009).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from sim.core.jit import rule
from sim.core.parameters import parameter
from sim.core.rng import normal_quantile, poisson

USUAL_TOLL = 50.0  # fighters a day
DISORDER_DAYS = 60.0  # assumption: time over which a new order asserts itself
STRANGE_CORE = 0.2  # assumption: share of the regime's own where its enemies did not rule, if nobody counted them


@dataclass(frozen=True)
class Violence:
    """Parameters of civilian deaths, bursts of revenge, and the grievance that they leave."""

    civilians_per_fighter: float = parameter(
        0.69,
        "rho_c",
        prior=(0.5, 0.93),
        calibrated=True,
        limits=(0.0, 100.0),
        unit="1",
        meaning="civilians killed for each fighter, in a median war that kills fifty fighters a day",
        source="29 wars, each country left out",
    )
    civilian_exponent: float = parameter(
        1.0,
        "eta_c",
        prior=(0.7, 1.15),
        limits=(0.0, 3.0),
        unit="1",
        meaning="exponent of fighters killed in civilians killed",
        source="29 wars, each country left out: 0.92 fitted, and none fits better than 1",
    )
    city_weight: float = parameter(
        1.0,
        "w_city",
        prior=(0.0, 3.0),
        limits=(0.0, 100.0),
        unit="1",
        meaning="how much more civilians die in a city province or behind lines that are cut; moves them, adds none",
        source="assumption",
    )
    background_deaths: float = parameter(
        0.02,
        "c0",
        prior=(0.005, 0.05),
        limits=(0.0, 100.0),
        unit="deaths per million and day",
        meaning="civilians killed anywhere in the contested state, war or none; not among the dead of the war",
        source="assumption: order of a country without a war",
    )
    revenge_per_day: float = parameter(
        0.01,
        "l_rev",
        prior=(0.003, 0.03),
        limits=(0.0, 20.0),
        unit="hazard per day",
        meaning="onset of a burst of revenge somewhere, after a collapse",
        source="assumption",
    )
    revenge_median: float = parameter(
        300.0,
        "k_rev",
        prior=(100.0, 900.0),
        limits=(1.0, 1e6),
        unit="persons",
        meaning="civilians killed in a median burst",
        source="assumption",
    )
    revenge_spread: float = parameter(
        1.2,
        "s_rev",
        prior=(0.8, 1.6),
        limits=(0.0, 5.0),
        unit="1",
        meaning="standard deviation of the logarithm of the size of a burst",
        source="assumption; the tail follows Cederman (2003), Bohorquez et al. (2009) in kind",
    )
    revenge_most: float = parameter(
        0.02,
        "q_rev",
        prior=(0.005, 0.1),
        limits=(0.0, 1.0),
        unit="share",
        meaning="largest share of the residents that a burst kills",
        source="assumption",
    )
    revenge_least_days: float = parameter(
        3.0,
        "d_rev",
        prior=(1.0, 4.0),
        limits=(1.0, 365.0),
        unit="days",
        meaning="length of the shortest burst",
        source="assumption",
    )
    revenge_more_days: float = parameter(
        4.0,
        "e_rev",
        prior=(0.0, 10.0),
        limits=(0.0, 365.0),
        unit="days",
        meaning="by how much the longest burst is longer",
        source="assumption",
    )
    revenge_fade_days: float = parameter(
        180.0,
        "t_rev",
        prior=(60.0, 365.0),
        limits=(0.1, 3650.0),
        unit="days",
        meaning="time constant over which a new holder stops to be one",
        source="assumption",
    )
    core_weight: float = parameter(
        1.0,
        "w_core",
        prior=(0.0, 1.0),
        limits=(0.0, 1.0),
        unit="share",
        meaning="how far revenge seeks the fallen regime's own people rather than whom strangers rule; 0: not at all",
        source="assumption: revenge follows the lines of the old conflict",
    )
    disorder_deaths: float = parameter(
        0.5,
        "c_dis",
        prior=(0.1, 1.5),
        limits=(0.0, 100.0),
        unit="deaths per million and day",
        meaning="civilians killed besides fighting and revenge on the day of a collapse, fading with 60 days",
        source="assumption; after one such fall 13 to 22 a day were counted in quiet months",
    )
    grievance_gain: float = parameter(
        1.0,
        "g_rev",
        prior=(0.3, 3.0),
        limits=(0.0, 100.0),
        unit="1",
        meaning="rise of grievance when a burst kills one in a thousand residents",
        source="assumption",
    )
    grievance_days: float = parameter(
        180.0,
        "t_grv",
        prior=(90.0, 720.0),
        limits=(0.1, 3650.0),
        unit="days",
        meaning="time constant over which grievance returns to that of day 0",
        source="assumption",
    )


@rule
def expected_deaths(killed: float, per_fighter: float, exponent: float, factor: float) -> float:
    """Return the civilians whom a day of war kills on average: rho_c * f * U * (K / U)**eta_c.

    Parameters
    ----------
    killed
        K, fighters killed today, >= 0; U is ``USUAL_TOLL``.
    per_fighter, exponent
        rho_c and eta_c, see the parameter table; in proportion to K where eta_c is 1.
    factor
        f of the run.
    """
    if killed <= 0.0:
        return 0.0
    return per_fighter * factor * USUAL_TOLL * math.pow(killed / USUAL_TOLL, exponent)


@rule
def civilian_weight(killed: float, is_harder: bool, city_weight: float) -> float:
    """Return how many of the civilians die at a place, relative to others: k * (1 + w_city).

    Parameters
    ----------
    killed
        k, fighters killed there today.
    is_harder
        Whether it is a city, or its holder is cut off; elsewhere the weight is k.
    city_weight
        w_city, see the parameter table.
    """
    return killed * (1.0 + city_weight) if is_harder else killed


@rule
def deaths_of_a_day(mean: float, u: float, v: float) -> float:
    """Return a negative binomial number with this mean and dispersion k = 0.5, for two uniform numbers.

    It is a Poisson number whose own mean varies as Gamma with shape one half, that is, as a squared standard normal
    number. The variance is mean + 2 mean**2: most days kill few, some kill many.

    Parameters
    ----------
    mean
        >= 0.
    u, v
        Uniform in (0, 1).

    References
    ----------
    Greenwood & Yule (1920), Journal of the Royal Statistical Society 83, 255-279, for the mixture; Bohorquez et al.
    (2009), "Common ecology quantifies human insurgency", Nature 462, 911-914, for heavy tails. The dispersion is an
    assumption.
    """
    z = normal_quantile(u)
    return poisson(mean * z * z, v)


@rule
def burst_probability(hazard: float) -> float:
    """Return the chance that revenge breaks out somewhere today: 1 - exp(-l_rev).

    Parameters
    ----------
    hazard
        l_rev, per day, >= 0 (assumption).
    """
    return 1.0 - math.exp(-hazard)


@rule
def old_lines(mismatch: float, core: float, has_remnants: bool, weight: float) -> float:
    """Return how far a place calls for revenge: (1 - w_core) * s + w_core * core * (1 + 2 [remnants near]).

    Parameters
    ----------
    mismatch
        s, share of the place whose own the holder is not, in [0, 1].
    core
        Share of its people who are the fallen regime's own, in [0, 1]; 0 where its remnants still rule them.
    has_remnants
        Whether fighters of the fallen regime are there or next to it: revenge answers their attacks.
    weight
        w_core, see the parameter table.

    References
    ----------
    Kalyvas (2006), "The logic of violence in civil war", on denunciation along old cleavages; the form is an
    assumption.
    """
    return (1.0 - weight) * mismatch + weight * core * (3.0 if has_remnants else 1.0)


@rule
def disorder(per_million: float, days: int) -> float:
    """Return how many civilians of a million are killed today in the disorder after a collapse: c_dis * exp(-t / 60).

    Parameters
    ----------
    per_million
        c_dis, on the day of the collapse.
    days
        t, since then.
    """
    return per_million * math.exp(-days / DISORDER_DAYS)


@rule
def revenge_weight(people: float, mismatch: float, days_held: int, fade_days: float) -> float:
    """Return how likely revenge is to break out in a place, relative to others: n * s * exp(-t / t_rev).

    Parameters
    ----------
    people
        n, residents.
    mismatch
        s, how far the place calls for it, see ``old_lines``.
    days_held
        t, since it changed hands: strangers newly in power.
    fade_days
        t_rev, in days, > 0.

    References
    ----------
    Kalyvas (2006), "The logic of violence in civil war": violence follows a change of control; the form is an
    assumption.
    """
    return people * mismatch * math.exp(-days_held / fade_days)


@rule
def burst_size(z: float, people: float, median: float, spread: float, most: float) -> float:
    """Return the civilians whom a burst kills, a whole number >= 1: min(k_rev * exp(s_rev * z), q_rev * n), rounded.

    Parameters
    ----------
    z
        Standard normal.
    people
        n, residents.
    median, spread, most
        k_rev, s_rev and q_rev, see the parameter table.

    References
    ----------
    Richardson (1948), "Variation of the frequency of fatal quarrels with magnitude", Journal of the American
    Statistical Association 43, 523-546; Cederman (2003), "Modeling the size of wars", American Political Science Review
    97, 135-150: sizes with heavy tails. The log-normal is an assumption, bounded where power laws are not.
    """
    return max(1.0, math.floor(min(median * math.exp(spread * z), most * people) + 0.5))


@rule
def burst_days(u: float, least: float, more: float) -> int:
    """Return the days that a burst lasts: d_rev + floor(u * (e_rev + 1)), each length equally likely.

    Parameters
    ----------
    u
        Uniform in (0, 1).
    least, more
        d_rev and e_rev, in days (assumptions).
    """
    return int(least + math.floor(u * (more + 1.0)))


@rule
def deaths_due(left: float, days_left: int) -> float:
    """Return the part of a burst that falls on today: left / days, rounded; the last day takes what is left.

    Parameters
    ----------
    left
        Civilians whom the burst will still kill, whole.
    days_left
        Today included, >= 1.
    """
    return math.floor(left / days_left + 0.5)


@rule
def aroused_grievance(grievance: float, size: float, people: float, gain: float) -> float:
    """Return the grievance after a burst: g + g_rev * 1000 k / n.

    Parameters
    ----------
    grievance
        g; 1 is that of day 0.
    size, people
        k killed among n residents.
    gain
        g_rev, rise where one in a thousand is killed (assumption).
    """
    return grievance + gain * 1000.0 * size / people


@rule
def relaxed_grievance(grievance: float, days: float) -> float:
    """Return the grievance a day later, on its way back to 1: 1 + (g - 1) * exp(-1 / t_grv).

    Parameters
    ----------
    grievance
        g.
    days
        t_grv, in days, > 0 (assumption).
    """
    return 1.0 + (grievance - 1.0) * math.exp(-1.0 / days)
