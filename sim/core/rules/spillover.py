"""What reaches the neighbours: armed incidents and their dead, alerts, and the level of escalation that they mean.

Most of what neighbours see was there before the war: incidents come at a rate that the level on day 0 and the border
tell, which nothing else known on that day improves. The war adds to that rate what its channels carry more than on day
0. Buhaug & Gleditsch (2008); Salehyan & Gleditsch (2006) and, against them, Zhou & Shaver (2021); Braithwaite (2010)
on capacity; Black (2013) on how rare documented contagion is.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from sim.core.codes import Channel, Level, Stream
from sim.core.jit import rule
from sim.core.parameters import parameter, vector

PER_THOUSAND = 1000.0  # inhabitants
FULL_BURDEN = 3.0  # assumption: log(1 + 19), 19 refugees per thousand inhabitants, fill the channel
MEDIUM_CAPACITY = 0.5
USUAL_BORDER = 3.5  # one more than the units of the contested state that touch a neighbour, mean of thirty wars
FIGHTING_REACH = 2  # borders across which fighting of kin is felt
PROXY = 0.5  # assumption: part that a state takes by direct help, beside that of one which strikes
DEATHS_SCALE = 20.0  # assumption: killed a day along a border that fill the channel
RETALIATION_FADING = math.pow(
    0.5, 1.0 / 14.0
)  # a day; assumption: half of a call for retaliation is left after two weeks
ALARM_FADING = math.exp(-1.0 / 7.0)  # a day; assumption: a reason to announce something is one for a week
ALARM_REACH = 2  # borders between a state and a change of hands that alarms it
CALM_AFTER_INCIDENT = 0.5  # assumption: chance that an incident is not answered by an alert
N_STREAMS = len(Stream)
OWN_WAR_RATE = 0.7  # incidents a day of a war of its own; assumption
OWN_WAR_DEATHS = 10.0  # deaths of its incidents beside those of others; assumption
FIRE_DAYS = 30  # that a border counts as one over which people shoot
VIOLENCE_DEATHS = 26.0  # "more than 25 deaths" a year, the threshold of armed conflict in the UCDP data
CIVIL_WAR_DEATHS = 1000.0  # a year, UCDP's threshold of war


COUNTED = "incidents of 144 neighbours in thirty wars, each left out"


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
                0.05,
                "w_ref",
                prior=(0.0, 0.2),
                limits=(0.0, 1.0),
                unit="1",
                meaning="weight of new refugees in what the war adds",
                source="Salehyan & Gleditsch 2006 find a risk, Shaver & Zhou 2015 and Zhou & Shaver 2021 none; "
                "size assumption",
                former="refugees_weight",
            ),
            Channel.ARMS: parameter(
                0.1,
                "w_arms",
                prior=(0.0, 0.3),
                limits=(0.0, 1.0),
                unit="1",
                meaning="weight of weapons adrift in what the war adds",
                source="assumption",
                former="arms_weight",
            ),
            Channel.FIGHTERS: parameter(
                0.15,
                "w_fght",
                prior=(0.0, 0.4),
                limits=(0.0, 1.0),
                unit="1",
                meaning="weight of fighters who cross the border, either way, in what the war adds",
                source="assumption",
                former="fighters_weight",
            ),
            Channel.KIN: parameter(
                0.15,
                "w_kin",
                prior=(0.0, 0.4),
                limits=(0.0, 1.0),
                unit="1",
                meaning="weight of kin who fight nearby in what the war adds",
                source="kin groups carry conflict (Buhaug & Gleditsch 2008; Forsberg 2009); size assumption",
                former="kin_weight",
            ),
            Channel.SANCTUARY: parameter(
                0.1,
                "w_sanc",
                prior=(0.0, 0.3),
                limits=(0.0, 1.0),
                unit="1",
                meaning="weight of hostile factions' ground along the border in what the war adds",
                source="assumption",
                former="sanctuary_weight",
            ),
            Channel.BORDER: parameter(
                0.2,
                "w_bord",
                prior=(0.0, 0.5),
                limits=(0.0, 1.0),
                unit="1",
                meaning="weight of fighting, or of hostile jihadists, right across the border in what the war adds",
                source="assumption",
                former="border_weight",
            ),
            Channel.PARTICIPATION: parameter(
                0.1,
                "w_part",
                prior=(0.0, 0.3),
                limits=(0.0, 1.0),
                unit="1",
                meaning="weight of the state's own part in the war in what the war adds",
                source="assumption",
            ),
            Channel.RETALIATION: parameter(
                0.05,
                "w_ret",
                prior=(0.0, 0.2),
                limits=(0.0, 1.0),
                unit="1",
                meaning="weight of the state's answers to earlier incidents in what the war adds",
                source="assumption",
            ),
            Channel.DEATHS: parameter(
                0.1,
                "w_dead",
                prior=(0.0, 0.3),
                limits=(0.0, 1.0),
                unit="1",
                meaning="weight of deaths along the border in what the war adds",
                source="assumption",
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
        meaning="share of what the war adds that a full guard holds off",
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
    incident_rate: tuple[float, ...] = vector(
        {
            Level.CALM: parameter(
                0.0096,
                "beta_0",
                prior=(0.0064, 0.0144),
                limits=(0.0, 10.0),
                unit="incidents per day",
                meaning="armed incidents of a neighbour that is calm on day 0, at a usual border",
                source=COUNTED,
            ),
            Level.ALERT: parameter(
                0.056,
                "beta_1",
                prior=(0.037, 0.084),
                limits=(0.0, 10.0),
                unit="incidents per day",
                meaning="the same of one on alert",
                source=COUNTED,
            ),
            Level.INCIDENT: parameter(
                0.11,
                "beta_2",
                prior=(0.073, 0.165),
                limits=(0.0, 10.0),
                unit="incidents per day",
                meaning="the same of one that has border incidents",
                source=COUNTED,
            ),
            Level.VIOLENCE: parameter(
                0.11,
                "beta_3",
                prior=(0.073, 0.165),
                limits=(0.0, 10.0),
                unit="incidents per day",
                meaning="the same of one that has organised violence",
                source=f"{COUNTED}; two neighbours, taken together with those that have incidents",
            ),
            Level.CIVIL_WAR: parameter(
                0.11,
                "beta_4",
                prior=(0.073, 0.165),
                limits=(0.0, 10.0),
                unit="incidents per day",
                meaning="the same of one in a civil war of its own, those of this war alone",
                source=f"{COUNTED}; two neighbours, taken together with those that have incidents",
            ),
        }
    )
    border_exponent: float = parameter(
        0.9,
        "x_u",
        prior=(0.6, 1.25),
        limits=(0.0, 3.0),
        unit="1",
        meaning="how incidents grow with the units of the contested state that touch a neighbour",
        source=COUNTED,
    )
    capacity_effect: float = parameter(
        0.0,
        "k_c",
        prior=(-1.0, 1.0),
        limits=(-5.0, 5.0),
        unit="log rate",
        meaning="how much a state's capacity lowers the rate of incidents that was there on day 0",
        source="direction Braithwaite 2010; in 144 neighbours it adds nothing to the level on day 0: states that fire "
        "back are strong",
    )
    caused_rate: float = parameter(
        0.015,
        "beta_w",
        prior=(0.0, 0.06),
        limits=(0.0, 10.0),
        unit="incidents per day",
        meaning="incidents that the war adds where everything that it carries has become as much as it can",
        source="incidents in thirty wars bound it from above and cannot tell it from 0; size assumption",
    )
    deadly: float = parameter(
        0.12,
        "pi_d",
        prior=(0.06, 0.3),
        limits=(0.0, 1.0),
        unit="probability",
        meaning="an incident kills somebody",
        source="levels of neighbours with few and many incidents in thirty wars: shots in .15 of them (.11 to .19)",
    )
    fire: float = parameter(
        0.03,
        "pi_f",
        prior=(0.0, 0.2),
        limits=(0.0, 1.0),
        unit="probability",
        meaning="an incident that kills nobody is an exchange of fire across the border",
        source="the same, less those that kill",
    )
    deaths_median: float = parameter(
        4.0,
        "D_med",
        prior=(2.0, 8.0),
        limits=(1.0, 1000.0),
        unit="deaths",
        meaning="median deaths of a deadly incident",
        source="about 1.2 deaths an incident: some twenty incidents go with 25 deaths in thirty wars",
    )
    deaths_spread: float = parameter(
        1.3,
        "s_D",
        prior=(1.0, 1.6),
        limits=(0.0, 3.0),
        unit="log",
        meaning="spread of the deaths of a deadly incident",
        source="assumption: mean nine, seldom a hundred",
    )
    alert_per_day: float = parameter(
        0.0013,
        "a_0",
        prior=(0.0007, 0.0025),
        limits=(0.0, 1.0),
        unit="hazard per day",
        meaning="a state announces an alert without a reason that the model knows",
        source="first days of alert of 119 calm neighbours in thirty wars",
    )
    alert_triggered: float = parameter(
        0.01,
        "a_1",
        prior=(0.004, 0.03),
        limits=(0.0, 10.0),
        unit="hazard per day",
        meaning="the same on the day of a trigger: day 0, the first change of hands nearby, the collapse",
        source="first days of alert of 119 calm neighbours in thirty wars",
    )
    alert_pressure: float = parameter(
        0.0,
        "a_2",
        prior=(0.0, 0.02),
        limits=(0.0, 10.0),
        unit="hazard per day",
        meaning="the same where all that the war carries has become as much as it can",
        source="alerts of 119 calm neighbours in thirty wars: nothing is gained by it",
    )
    alert_end_per_day: float = parameter(
        0.02,
        "mu_1",
        prior=(0.01, 0.04),
        limits=(0.0, 1.0),
        unit="hazard per day",
        meaning="an alert is called off once nothing has happened for long",
        source="assumption",
    )
    own_war_per_day: float = parameter(
        4e-5,
        "l_own",
        prior=(1e-5, 1e-4),
        limits=(0.0, 1.0),
        unit="hazard per day",
        meaning="a war of the neighbour's own breaks out, without what the war adds",
        source="1.5 percent of country-years (Fearon 2004)",
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
def border_factor(units: int, exponent: float) -> float:
    """Return how many more incidents a border sees than a usual one: ((1 + u) / 3.5)**x.

    Parameters
    ----------
    units
        u, places of the contested state that touch the neighbour, 0 across the sea.
    exponent
        x, see the parameter table.
    """
    return math.pow((1.0 + units) / USUAL_BORDER, exponent)


@rule
def background_rate(rate: float, border: float, capacity: float, effect: float, factor: float) -> float:
    """Return the incidents a day that were there on day 0: g * beta * b * exp(-k_c * (c - 0.5)).

    Parameters
    ----------
    rate
        beta, of the level on day 0.
    border
        b, see ``border_factor``.
    capacity
        c, of the state, in [0, 1].
    effect
        k_c, see the parameter table.
    factor
        g, of the run on the incidents of this neighbour, mean 1.

    References
    ----------
    A negative binomial number of incidents, as counted in thirty wars; Braithwaite (2010), "Resisting infection: how
    state capacity conditions conflict contagion", Journal of Peace Research 47, 311-319, expects k_c > 0.
    """
    return factor * rate * border * math.exp(-effect * (capacity - MEDIUM_CAPACITY))


@rule
def caused_rate(rate: float, change: float, guard: float, guard_effect: float, factor: float) -> float:
    """Return the incidents a day that the war adds: g * beta_w * x * (1 - k_H * H).

    Parameters
    ----------
    rate
        beta_w, where all that the war carries has become as much as it can.
    change
        x, how much more the channels carry than on day 0, weighed.
    guard
        H, of the neighbour, in [0, 1].
    guard_effect
        k_H, see the parameter table.
    factor
        g, of the run on the incidents of this neighbour, mean 1.

    References
    ----------
    Buhaug & Gleditsch (2008), "Contagion or confusion?", International Studies Quarterly 52, 215-233. The size is an
    assumption.
    """
    return factor * rate * change * (1.0 - guard_effect * guard)


@rule
def own_war_hazard(hazard: float, change: float) -> float:
    """Return the hazard of a war of the neighbour's own today: l * (1 + x).

    Parameters
    ----------
    hazard
        l, per day.
    change
        x, how much more the channels carry than on day 0, weighed.

    References
    ----------
    A war next door about doubles the risk (Buhaug & Gleditsch 2008).
    """
    return hazard * (1.0 + change)


@rule
def wait(u: float) -> float:
    """Return what must add up until the next event of a Poisson clock that runs at rate 1: -log(u).

    Parameters
    ----------
    u
        Uniform in (0, 1).
    """
    return -math.log(u)


@rule
def ordinal_of(n_marks: int, stream: int) -> int:
    """Return the number of a clock's next mark among all of a neighbour; the first of an own war starts it.

    Parameters
    ----------
    n_marks
        Of the clock that have passed.
    stream
        Number of its ``codes.Stream``.
    """
    return N_STREAMS * n_marks + stream


@rule
def has_fire(deadly: float, fire: float, u: float) -> bool:
    """Tell whether people shoot across the border in an incident: somebody is killed, or nobody is hit.

    Parameters
    ----------
    deadly
        Chance that it kills somebody.
    fire
        Chance that it is an exchange of fire if it does not.
    u
        Uniform in (0, 1), the same that decides whether it is deadly.
    """
    return u < deadly + (1.0 - deadly) * fire


@rule
def incident_deaths(deadly: float, median: float, spread: float, u: float, z: float) -> float:
    """Return whom an incident kills: nobody, or one or more, log-normal, rounded.

    Parameters
    ----------
    deadly
        Chance that it kills somebody.
    median, spread
        Of the deaths of a deadly one; the spread of their logarithm.
    u
        Uniform in (0, 1).
    z
        Standard normal.
    """
    if u >= deadly:
        return 0.0
    return max(1.0, math.floor(median * math.exp(spread * z) + 0.5))


@rule
def alert_probability(
    quiet: float, triggered: float, alarm: float, pressed: float, change: float, incidents: int
) -> float:
    """Return the chance that a state announces an alert today: 1 - exp(-(a0 + a1 * A + a2 * x)) / 2**n.

    Parameters
    ----------
    quiet, triggered, pressed
        a0, a1 and a2, see the parameter table.
    alarm
        A, what is left of the reasons to announce something: 1 on the day of each.
    change
        x, how much more the channels carry than on day 0, weighed.
    incidents
        n, of today.
    """
    calm = math.exp(-(quiet + triggered * alarm + pressed * change))
    return 1.0 - (calm if incidents == 0 else calm * math.pow(CALM_AFTER_INCIDENT, float(incidents)))


@rule
def alert_end_probability(hazard: float, alarm: float) -> float:
    """Return the chance that an alert is called off today: 1 - exp(-mu * max(0, 1 - A)).

    Parameters
    ----------
    hazard
        mu, per day, without a reason to go on.
    alarm
        A, what is left of the reasons to announce something.
    """
    return 1.0 - math.exp(-hazard * max(0.0, 1.0 - alarm))


@rule
def deaths_at_least(level: int) -> float:
    """Return the deaths of a year that a level means, 0 for one that needs none.

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
def level_of(deaths: float, quiet_days: int, is_alert: int) -> int:
    """Return the level that a neighbour is at, by definition.

    Parameters
    ----------
    deaths
        On its soil, within a year.
    quiet_days
        Since people last shot across its border or died there.
    is_alert
        Whether it has announced an alert.
    """
    if deaths >= CIVIL_WAR_DEATHS:
        return Level.CIVIL_WAR.value
    if deaths >= VIOLENCE_DEATHS:
        return Level.VIOLENCE.value
    if quiet_days < FIRE_DAYS:
        return Level.INCIDENT.value
    return Level.ALERT.value if is_alert == 1 else Level.CALM.value
