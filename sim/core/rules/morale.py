"""Morale of garrisons: a threshold model with analytic hysteresis, desertion, deals, and the shock of lost cities.

Granovetter (1978); Kuran (1989); Lehmann & Zhukov (2019); McLauchlin (2014, 2015); Christia (2012).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import IntEnum

from sim.core.jit import rule
from sim.core.parameters import choice, parameter
from sim.core.rules.contest import logistic

ONE_STATE = 4.0  # up to this steepness the threshold model has one stable state
MIDDLE = 0.5  # of coded morale, and of morale: neither trust nor doubt prevails
USUAL_OPPOSITION = 0.15  # assumption: hostile share of the ground at which the base margin holds
TENTH = 0.10  # of the people: the province whose loss is a shock of size kap
MOST_WINNING = 1.5  # assumption: a sure winner shakes the others by no more than this, before the exponent
FROM_ABOVE = 0.99  # where the search for the upper fixed point begins
MOST_STEPS = 300
AT_REST = 1e-9
STEEP = 0.8


class MoraleForm(IntEnum):
    """What morale comes from."""

    THRESHOLD = 0
    LINEAR = 1


@dataclass(frozen=True)
class Morale:
    """Parameters of morale, desertion, dissolution and cascades."""

    form: MoraleForm = choice(
        MoraleForm.THRESHOLD,
        meaning="what the morale of a garrison comes from",
        theories={
            MoraleForm.THRESHOLD: "each holds out while enough others do, so that morale breaks at once and does not "
            "come back by the way it went (Granovetter 1978; Kuran 1989; Brock & Durlauf 2001)",
            MoraleForm.LINEAR: "each judges for itself: morale follows the margin in proportion and has no hysteresis; "
            "the naive rival of the threshold model (assumption)",
        },
    )
    beta: float = parameter(
        7.0,
        "beta",
        prior=(4.0, 9.0),
        limits=(0.0, 20.0),
        unit="1",
        meaning="steepness of the threshold model; two stable states need beta > 4",
        source="Granovetter 1978; range assumption",
    )
    slope: float = parameter(
        1.0,
        "b_lin",
        prior=(0.5, 2.0),
        limits=(0.0, 20.0),
        unit="morale per margin",
        meaning="how morale follows the margin where form is linear; at margin 0 it is 0.5",
        source="assumption: an army at rest has the morale that it has in the threshold model, 0.9",
    )
    margin_base: float = parameter(
        -0.9,
        "h_a",
        prior=(-1.4, -0.3),
        calibrated=(-1.6, 0.6),
        limits=(-5.0, 5.0),
        unit="log margin",
        meaning="resistance margin of an army with coded morale 0.5",
        source="assumption: an army that exists on day 0 is at rest; range tried on six worlds",
    )
    margin_slope: float = parameter(
        1.7,
        "h_b",
        prior=(0.0, 3.0),
        calibrated=(0.0, 4.0),
        limits=(0.0, 10.0),
        unit="log margin",
        meaning="how the margin grows with coded morale",
        source="assumption; its prior includes 0",
    )
    margin_latent: float = parameter(
        1.4,
        "w_lat",
        prior=(0.0, 3.0),
        limits=(0.0, 10.0),
        unit="log margin",
        meaning="how the margin shrinks where opponents control part of the province",
        source="assumption: home ground matters (McLauchlin 2014)",
    )
    side_spread: float = parameter(
        0.25,
        "sig_run",
        prior=(0.0, 0.5),
        calibrated=(0.0, 0.8),
        limits=(0.0, 3.0),
        unit="log margin",
        meaning="spread of a side's true resolve, drawn once a run: nobody knows it beforehand",
        source="Kuran 1989, 1991; size assumption",
    )
    garrison_spread: float = parameter(
        0.5,
        "sig_g",
        prior=(0.2, 0.9),
        limits=(0.0, 3.0),
        unit="log margin",
        meaning="spread of resolve between garrisons of a side",
        source="assumption",
    )
    cohesion: float = parameter(
        0.6,
        "om",
        prior=(0.3, 0.9),
        limits=(0.0, 1.0),
        unit="share",
        meaning="weight of the garrison's own morale against that of its side",
        source="assumption",
    )
    patron_weight: float = parameter(
        1.0,
        "w_P",
        prior=(0.0, 2.0),
        limits=(0.0, 10.0),
        unit="margin",
        meaning="effect of patrons' support relative to day 0",
        source="assumption",
    )
    direct_weight: float = parameter(
        0.55,
        "w_int",
        prior=(0.2, 0.9),
        limits=(0.0, 10.0),
        unit="margin",
        meaning="effect of patrons' direct help",
        source="assumption",
    )
    contact_weight: float = parameter(
        0.9,
        "w_C",
        prior=(0.2, 1.6),
        calibrated=(0.2, 2.5),
        limits=(0.0, 10.0),
        unit="margin",
        meaning="effect of the attacker's chance to prevail, while under attack",
        source="assumption",
    )
    encircled_weight: float = parameter(
        0.5,
        "w_E",
        prior=(0.0, 1.0),
        limits=(0.0, 10.0),
        unit="margin",
        meaning="effect of being cut off after day 0",
        source="assumption, untested",
    )
    home_weight: float = parameter(
        0.4,
        "w_H",
        prior=(0.0, 1.0),
        limits=(0.0, 10.0),
        unit="margin",
        meaning="effect of the loss of the faction's home province",
        source="assumption, untested",
    )
    fall_days: float = parameter(
        2.5,
        "tau_dn",
        prior=(1.1, 4.7),
        calibrated=(1.0, 5.0),
        limits=(0.1, 100.0),
        unit="days",
        meaning="time constant of falling morale",
        source="assumption; range tried on six worlds",
    )
    recovery_days: float = parameter(
        25.0,
        "tau_up",
        prior=(10.0, 60.0),
        limits=(0.1, 1000.0),
        unit="days",
        meaning="time constant of rising morale",
        source="assumption: panic is faster than recovery",
    )
    desertion_per_day: float = parameter(
        0.0005,
        "d0",
        prior=(0.0002, 0.002),
        limits=(0.0, 0.5),
        unit="hazard per day",
        meaning="desertion of an army with good morale",
        source="an army of 325,000 shrank to 178,000 in two years, 0.08 % a day net (Nerguizian)",
    )
    desertion_rout_per_day: float = parameter(
        0.6,
        "d1",
        prior=(0.2, 1.2),
        limits=(0.0, 10.0),
        unit="hazard per day",
        meaning="desertion of an army without morale",
        source="assumption: routs lose 20 / 45 / 70 % a day",
    )
    desertion_threshold: float = parameter(
        0.5,
        "m_d",
        prior=(0.4, 0.6),
        limits=(0.01, 1.0),
        unit="morale",
        meaning="morale below which garrisons desert and dissolve",
        source="assumption",
    )
    dissolution_per_day: float = parameter(
        0.5,
        "nu",
        prior=(0.05, 1.0),
        limits=(0.0, 10.0),
        unit="hazard per day",
        meaning="deals, dissolution and local risings of a garrison without morale, times latent opposition",
        source="assumption: leaders join expected winners (Christia 2012; Driscoll 2015)",
    )
    joining_floor: float = parameter(
        0.1,
        "join_gain",
        prior=(0.0, 0.3),
        limits=(0.0, 1.0),
        unit="share",
        meaning="readiness to make a deal where there is no latent opposition",
        source="assumption",
    )
    kap: float = parameter(
        7.0,
        "kap",
        prior=(4.0, 10.0),
        calibrated=(1.0, 12.0),
        limits=(0.0, 100.0),
        unit="margin",
        meaning="shock of losing a province with a tenth of the country's people; 0 turns cascades off",
        source="assumption; range tried on six worlds, chosen without the focal world",
    )
    shock_size_exponent: float = parameter(
        1.2,
        "gam",
        prior=(0.9, 1.5),
        calibrated=True,
        limits=(0.0, 3.0),
        unit="1",
        meaning="how the shock grows with the lost province's share of the people",
        source="assumption; 1 is invariant to splitting provinces",
    )
    shock_capital: float = parameter(
        1.5,
        "k_cap",
        prior=(1.0, 3.0),
        limits=(0.0, 20.0),
        unit="1",
        meaning="smallest shock of losing the capital, in units of kap",
        source="assumption",
    )
    shock_reach_hops: float = parameter(
        1.5,
        "D",
        prior=(1.0, 2.8),
        limits=(0.1, 50.0),
        unit="provinces",
        meaning="distance over which the shock of a lost city fades by a factor e",
        source="assumption: zones of knowledge (Lustick & Miodownik 2020)",
    )
    shock_half_life_days: float = parameter(
        8.0,
        "hl",
        prior=(4.0, 16.0),
        calibrated=True,
        limits=(0.1, 1000.0),
        unit="days",
        meaning="half-life of the memory of a shock",
        source="assumption",
    )
    shock_ally: float = parameter(
        0.5,
        "k_sim",
        prior=(0.2, 0.8),
        calibrated=(0.1, 0.8),
        limits=(0.0, 1.0),
        unit="share",
        meaning="shock to an ally of the faction that lost the place",
        source="Lehmann & Zhukov 2019: surrender is contagious among others who fight the same foe",
    )
    surprise_exponent: float = parameter(
        2.5,
        "w_sur",
        prior=(0.0, 4.0),
        calibrated=True,
        limits=(0.0, 20.0),
        unit="1",
        meaning="how much less the loss of a place shakes that was half lost on day 0, or long under attack",
        source="assumption: nobody is shaken by what he expected; 2.6 to 3.5 suited ten wars best, each left out",
    )
    siege_news_days: float = parameter(
        60.0,
        "t_sur",
        prior=(20.0, 400.0),
        limits=(1.0, 3650.0),
        unit="days",
        meaning="time under attack over which the loss of a place ceases to surprise",
        source="assumption",
    )
    shock_winner_exponent: float = parameter(
        0.8,
        "w_B",
        prior=(0.2, 1.4),
        limits=(0.0, 5.0),
        unit="1",
        meaning="how the shock grows with the challenger's share of strength",
        source="Christia 2012; size assumption",
    )
    expectation: float = parameter(
        0.0,
        "w_ex",
        prior=(0.0, 0.6),
        limits=(0.0, 10.0),
        unit="margin",
        meaning="effect of power that a main side has lost against the other's since day 0, for each factor e",
        source="people join expected winners (Christia 2012; Driscoll 2015); size assumption",
    )
    expectation_days: float = parameter(
        30.0,
        "t_ex",
        prior=(10.0, 90.0),
        limits=(0.1, 3650.0),
        unit="days",
        meaning="time constant by which expectations follow the powers",
        source="assumption",
    )
    tempo_exponent: float = parameter(
        0.0,
        "x_t",
        prior=(0.0, 1.0),
        limits=(0.0, 3.0),
        unit="1",
        meaning="how memory of shocks and expectations stretch with the tempo of a run",
        source="assumption: in a slow war news stay news for longer",
    )
    recapture_relief: float = parameter(
        0.5,
        "k_rec",
        prior=(0.2, 0.8),
        limits=(0.0, 5.0),
        unit="1",
        meaning="relief from retaking a place relative to the shock of losing it",
        source="assumption",
    )


@rule
def bistable_half_width(beta: float, form: int) -> float:
    """Return h_c: for abs(h) < h_c the threshold model has two stable states, and morale depends on the past.

    h_c = beta * k / 2 - 2 * atanh(k) with k = sqrt(1 - 4 / beta), where the fixed points of
    m = logistic(beta * (m - 0.5) + h) merge. It is 0 when beta <= 4, and in the linear form, which has one state.

    Parameters
    ----------
    beta
        Steepness: how much a garrison heeds the others.
    form
        Number of a ``MoraleForm``.

    References
    ----------
    Granovetter (1978), "Threshold models of collective behavior", American Journal of Sociology 83, 1420-1443; Brock &
    Durlauf (2001), "Discrete choice with social interactions", Review of Economic Studies 68, 235-260, for this map and
    its several equilibria.
    """
    if beta <= ONE_STATE or form == MoraleForm.LINEAR:
        return 0.0
    k = math.sqrt(1.0 - 4.0 / beta)
    return 0.5 * beta * k - 2.0 * math.atanh(k)


@rule
def resistance_margin(
    coded_morale: float, latent: float, spread: float, base: float, slope: float, latent_weight: float
) -> float:
    """Return how far above its breaking point an army rests on day 0, > 0.

    exp(h_a + h_b * (M - 0.5) + e - w_lat * (L - 0.15)).

    Parameters
    ----------
    coded_morale
        M, morale in the tables, in [0, 1].
    latent
        L, share of the province controlled by actors hostile to the garrison, in [0, 1].
    spread
        e, sum of the deviations of the side and of the garrison, in log margin.
    base, slope, latent_weight
        h_a, h_b and w_lat, see the parameter table. The base is the value where a share of 0.15 is hostile.

    References
    ----------
    McLauchlin (2014), "Desertion, terrain, and control of the home front in civil wars", Journal of Conflict Resolution
    58, on home ground; the form is an assumption.
    """
    return math.exp(base + slope * (coded_morale - MIDDLE) + spread - latent_weight * (latent - USUAL_OPPOSITION))


@rule
def morale_target(mixed_morale: float, field: float, beta: float, form: int, slope: float) -> float:
    """Return the morale towards which a garrison relaxes, in [0, 1], in the form that was chosen.

    Threshold: logistic(beta * (mixed - 0.5) + h), where comrades' morale carries one's own. Linear: 0.5 + b_lin * h,
    where it does not. The field h is the margin less all that weighs on it, and less h_c, so that either form passes
    its breaking point where the margin is used up.

    Parameters
    ----------
    mixed_morale
        Of the garrison and its side, in [0, 1].
    field
        h, in units of the margin.
    beta
        Steepness of the threshold model, >= 0.
    form
        Number of a ``MoraleForm``.
    slope
        b_lin, morale per unit of the margin; the threshold form does not read it.

    References
    ----------
    Granovetter (1978), American Journal of Sociology 83, 1420-1443; Kuran (1989), "Sparks and prairie fires", Public
    Choice 61, 41-74; Brock & Durlauf (2001), Review of Economic Studies 68, 235-260.
    """
    if form == MoraleForm.LINEAR:
        return min(1.0, max(0.0, MIDDLE + slope * field))
    return logistic(beta * (mixed_morale - MIDDLE) + field)


@rule
def relaxed_morale(morale: float, target: float, falling: float, rising: float) -> float:
    """Return tomorrow's morale: m + (target - m) * share, faster downward than upward.

    Parameters
    ----------
    morale, target
        m, and where it tends, in [0, 1].
    falling, rising
        Shares of the way that a day covers, 1 - exp(-1 / tau): the exact exponential step, so that halving the step
        changes nothing while the target holds.

    References
    ----------
    That panic is faster than recovery is an assumption; see tau_dn and tau_up in the parameter table.
    """
    return morale + (target - morale) * (falling if target < morale else rising)


@rule
def morale_at_rest(field: float, beta: float, form: int, slope: float) -> float:
    """Return the morale that stays as it is: in the threshold form the upper fixed point, or the only one.

    By Newton's steps from above, which end at the fixed point, or plain ones where the curve is too steep for them.

    Parameters
    ----------
    field
        h, in units of the margin.
    beta
        Steepness of the threshold model, >= 0.
    form
        Number of a ``MoraleForm``.
    slope
        b_lin, of the linear form.
    """
    morale = FROM_ABOVE
    for _ in range(MOST_STEPS):
        before = morale
        morale = morale_target(before, field, beta, form, slope)
        if form == MoraleForm.LINEAR:  # it does not depend on where one is
            break
        steepness = beta * morale * (1.0 - morale)
        if steepness < STEEP:
            morale = before + (morale - before) / (1.0 - steepness)
        if abs(morale - before) < AT_REST:
            break
    return morale


@rule
def rout(morale: float, threshold: float) -> float:
    """Return how far morale has sunk below a threshold: max(0, 1 - m / m_d), in [0, 1].

    Parameters
    ----------
    morale
        m, in [0, 1].
    threshold
        m_d, morale below which garrisons desert and dissolve, > 0.
    """
    return max(0.0, 1.0 - morale / threshold)


@rule
def desertion_probability(rout_depth: float, background: float, rout_hazard: float) -> float:
    """Return the share of a garrison that leaves today: 1 - exp(-(d0 + d1 * x**1.5)).

    Parameters
    ----------
    rout_depth
        x, in [0, 1]; its power keeps trickles small and routs large.
    background, rout_hazard
        d0 and d1, hazards per day of an army with good morale, and of one without any.

    References
    ----------
    McLauchlin (2015), "Desertion and collective action in civil wars", International Studies Quarterly 59, 669-679:
    desertion feeds on that of others; the form is an assumption.
    """
    return 1.0 - math.exp(-(background + rout_hazard * rout_depth * math.sqrt(rout_depth)))


@rule
def dissolution_probability(rout_depth: float, latent: float, hazard: float, floor: float) -> float:
    """Return the chance that a garrison dissolves or makes a deal today: 1 - exp(-nu * (L + join_gain) * x).

    Parameters
    ----------
    rout_depth
        x, in [0, 1].
    latent
        L, share of the ground that factions hostile to it control, in [0, 1]: somebody to deal with.
    hazard, floor
        nu and join_gain, see the parameter table.

    References
    ----------
    Christia (2012), "Alliance formation in civil wars": local leaders join expected winners; the form is an assumption.
    """
    return 1.0 - math.exp(-hazard * (latent + floor) * rout_depth)


@rule
def shock_of_loss(
    population_share: float, is_capital: bool, kap: float, exponent: float, capital_floor: float
) -> float:
    """Return the shock of losing a place to the garrisons next to it: kap * (w / 0.1)**gam, in units of the margin.

    Parameters
    ----------
    population_share
        w, of the place among all people, in [0, 1].
    is_capital
        Whether it is the capital, whose loss is at least k_cap * kap.
    kap, exponent, capital_floor
        kap, gam and k_cap, see the parameter table; at gam 1 splitting a province changes nothing.

    References
    ----------
    Kuran (1991), "Now out of never", World Politics 44, 7-48, on cascades that surprise everybody; Lehmann & Zhukov
    (2019), "Until the bitter end?", International Organization 73, 133-169: surrender spreads from battle to battle.
    Sizes are assumptions.
    """
    shock = kap * math.pow(population_share / TENTH, exponent)
    if is_capital:
        return max(shock, capital_floor * kap)
    return shock


@rule
def surprise_left_in(enemy_share: float, days: int, exponent: float, news_days: float) -> float:
    """Return how much of a shock is a surprise: ((1 - c) * exp(-d / t_sur))**w_sur.

    Parameters
    ----------
    enemy_share
        c, of the place, that enemies of the loser controlled on day 0, in [0, 1].
    days
        d, since the place first came under attack.
    exponent, news_days
        w_sur and t_sur, see the parameter table; at 0 nothing was expected.
    """
    return math.pow((1.0 - min(1.0, enemy_share)) * math.exp(-days / news_days), exponent)


@rule
def balance(own: float, enemies: float) -> float:
    """Return the balance of the war as a log ratio of powers: log(E / E_enemies), each at least 1.

    Parameters
    ----------
    own, enemies
        E and E_enemies, powers of the regime's side and of all its enemies together, >= 0; less than 1 is next to
        nothing.
    """
    return math.log(max(own, 1.0) / max(enemies, 1.0))


@rule
def hope_lost(before: float, now: float, weight: float) -> float:
    """Return what a fading cause takes from the margin: w_ex * max(0, L_0 - L).

    Parameters
    ----------
    before, now
        L_0 and L, the balance of the war as expected on day 0 and today, seen from one's own side.
    weight
        w_ex, see the parameter table; at 0 only shocks tell who is winning.

    References
    ----------
    Christia (2012), "Alliance formation in civil wars", and Driscoll (2015), "Warlords and coalition politics in
    post-Soviet states": people join expected winners; a slow field is an assumption.
    """
    return weight * max(0.0, before - now)


@rule
def memory_days(days: float, tempo: float, exponent: float) -> float:
    """Return how long something is remembered in a run: d * t**x_t.

    Parameters
    ----------
    days
        d, in a run with tempo 1.
    tempo
        t, factor on all times of a run, > 0.
    exponent
        x_t, see the parameter table; at 0 memory does not heed the tempo.
    """
    return days * math.pow(tempo, exponent)


@rule
def shock_kernel(hops: int, reach_hops: float) -> float:
    """Return what arrives of a shock so many provinces away: exp(-(max(hops, 1) - 1) / D); neighbours feel all of it.

    Parameters
    ----------
    hops
        Provinces between, >= 0.
    reach_hops
        D, distance over which it fades by a factor e, > 0 (assumption).
    """
    return math.exp(-(max(hops, 1) - 1) / reach_hops)


@rule
def winner_factor(winner_power: float, loser_power: float, exponent: float) -> float:
    """Return how much a loss shakes the others, given who won: min(1.5, 2 P_w / (P_w + P_l))**w_B.

    Parameters
    ----------
    winner_power, loser_power
        P_w and P_l, >= 0; at equal power the factor is 1.
    exponent
        w_B; at 0 it does not matter who won.

    References
    ----------
    Christia (2012), "Alliance formation in civil wars": people join whom they expect to win; the form is an assumption.
    """
    total = winner_power + loser_power
    if total <= 0.0:
        return 1.0
    return math.pow(min(MOST_WINNING, 2.0 * winner_power / total), exponent)
