"""What a side attacks, with what, and when it begins (Christia 2012; Epstein 1985 on culmination)."""

from __future__ import annotations

import math
from dataclasses import dataclass

from sim.core.jit import rule
from sim.core.parameters import parameter
from sim.core.rules.contest import power

CLUMSIEST = 0.3  # assumption: part of its force that even an army without quality can move, of what it would commit
THOUSAND = 1000.0  # people, or km, for which parameters are given
USUAL_SIDE = 20_000.0  # fighters, for whom the number of operations is given
LEAST_VALUE = 0.05  # assumption: every place is worth something
VALUE_OF_PEOPLE = 0.63  # assumption: a province with a tenth of the people is then worth a third
FIXED_REST, REST_BY_CHANCE = 0.3, 0.7  # assumption: parts of the mean rest, that all take and that varies


@dataclass(frozen=True)
class Orders:
    """Parameters of targets, commitment, operations and initiative."""

    commitment: float = parameter(
        0.55,
        "commit",
        prior=(0.3, 0.8),
        calibrated=True,
        limits=(0.0, 1.0),
        unit="share",
        meaning="share of a mobile force that an origin sends; an enclave sends up to twice that",
        source="assumption",
    )
    least_odds: float = parameter(
        0.5,
        "p_min",
        prior=(0.4, 0.6),
        calibrated=(0.35, 0.6),
        limits=(0.0, 1.0),
        unit="probability",
        meaning="expected chance below which nobody attacks",
        source="assumption: culmination makes true holds",
    )
    least_odds_capital: float = parameter(
        0.6,
        "p_cap",
        prior=(0.5, 0.65),
        limits=(0.0, 1.0),
        unit="probability",
        meaning="expected chance that the assault on the capital needs",
        source="assumption",
    )
    operations: float = parameter(
        0.8,
        "n_ops",
        prior=(0.5, 1.3),
        calibrated=(0.4, 1.6),
        limits=(0.0, 20.0),
        unit="operations",
        meaning="opposed operations that a side of 20,000 can run at once",
        source="assumption; range tried on six worlds",
    )
    operations_exponent: float = parameter(
        0.3,
        "n_exp",
        prior=(0.1, 0.6),
        calibrated=True,
        limits=(0.0, 2.0),
        unit="1",
        meaning="growth of that number with the size of the side",
        source="assumption",
    )
    population_exponent: float = parameter(
        0.35,
        "v_pop",
        prior=(0.2, 0.5),
        limits=(0.0, 2.0),
        unit="1",
        meaning="how a target's value grows with its share of the people",
        source="assumption",
    )
    weakness_exponent: float = parameter(
        2.5,
        "a_w",
        prior=(1.0, 3.5),
        limits=(0.0, 10.0),
        unit="1",
        meaning="preference for weak targets: exponent of the expected chance",
        source="assumption; range tried on six worlds",
    )
    distance_km: float = parameter(
        150.0,
        "L_0",
        prior=(80.0, 300.0),
        limits=(1.0, 5000.0),
        unit="km",
        meaning="distance at which a target's value halves",
        source="assumption",
    )
    progress_value: float = parameter(
        0.5,
        "v_x",
        prior=(0.2, 1.0),
        limits=(0.0, 10.0),
        unit="1",
        meaning="value of a front that is already far advanced",
        source="assumption",
    )
    enclave_value: float = parameter(
        0.3,
        "v_enc",
        prior=(0.1, 0.6),
        limits=(0.0, 10.0),
        unit="1",
        meaning="value of finishing a place in which the side already stands",
        source="assumption",
    )
    enclave_factor: float = parameter(
        2.0,
        "k_enc",
        prior=(1.0, 2.0),
        limits=(1.0, 10.0),
        unit="1",
        meaning="how much more of a force is sent to the place in which it stands",
        source="assumption: nobody has to stay behind",
    )
    retaking_value: float = parameter(
        0.0,
        "v_ret",
        prior=(0.0, 0.8),
        limits=(0.0, 10.0),
        unit="1",
        meaning="value of a place that the side held on day 0",
        source="assumption: what was lost is wanted back",
    )
    relief: float = parameter(
        0.0,
        "theta",
        prior=(0.0, 0.7),
        limits=(0.0, 1.0),
        unit="share",
        meaning="of the mobile strength next to a place under attack that comes to its defence",
        source="assumption: armies do not look on while their garrisons fall one by one",
    )
    relief_after_collapse: float = parameter(
        0.0,
        "theta_2",
        prior=(0.0, 1.0),
        limits=(0.0, 1.0),
        unit="share",
        meaning="the same once the regime has collapsed",
        source="assumption: the small do not attack the large",
    )
    occupation: float = parameter(
        0.0,
        "o_need",
        prior=(0.0, 2.0),
        limits=(0.0, 100.0),
        unit="fighters per 1,000 people",
        meaning="who must stay in a place that was not the side's on day 0",
        source="police 1 to 4, pacification 20 (Quinlivan 1995); that armed groups hold with less is an assumption",
    )
    culmination: float = parameter(
        0.0,
        "l_cul",
        prior=(0.0, 5.0),
        limits=(0.0, 100.0),
        unit="per 1,000 km",
        meaning="fading of what a side can send, by the distance from its bases",
        source="assumption: offensives culminate (Epstein 1985); 1.7 is a factor e over 600 km",
    )
    pause_days: float = parameter(
        7.0,
        "pause",
        prior=(3.0, 20.0),
        limits=(0.0, 365.0),
        unit="days",
        meaning="mean rest after a capture",
        source="assumption; range tried on six worlds",
    )
    lull_days: float = parameter(
        3.0,
        "lull",
        prior=(0.0, 15.0),
        limits=(0.0, 365.0),
        unit="days",
        meaning="rest of all forces of a side near a seat that it has taken against a defence",
        source="assumption: offensives come in bounds; with it falls and their days score better, each world left out",
    )
    reaction_days: float = parameter(
        15.0,
        "react",
        prior=(7.0, 30.0),
        limits=(0.0, 365.0),
        unit="days",
        meaning="days from the first attack on it until the regime counter-attacks",
        source="assumption",
    )
    attack_morale: float = parameter(
        0.5,
        "M_att",
        prior=(0.4, 0.6),
        limits=(0.0, 1.0),
        unit="morale",
        meaning="mean morale that a side needs to attack",
        source="assumption",
    )
    rival_ratio: float = parameter(
        1.0,
        "k_riv",
        prior=(0.5, 2.0),
        limits=(0.0, 100.0),
        unit="1",
        meaning="strength that a side must send into a melted place, relative to the strongest third party there",
        source="assumption: nobody picks up a seat under the guns of somebody stronger",
    )
    largest_ratio: float = parameter(
        3.0,
        "k_large",
        prior=(1.5, 6.0),
        limits=(0.0, 1000.0),
        unit="1",
        meaning="power of a side relative to one's own from which on nobody attacks it after a collapse; 0: none",
        source="assumption: the weak bandwagon or wait (Walt 1987)",
    )
    awakening_per_day: float = parameter(
        0.05,
        "act",
        prior=(0.02, 0.1),
        limits=(0.0, 10.0),
        unit="hazard per day",
        meaning="how fast third parties join against a side without morale",
        source="assumption",
    )
    awakening_morale: float = parameter(
        0.6,
        "M_act",
        prior=(0.5, 0.7),
        limits=(0.01, 1.0),
        unit="morale",
        meaning="mean morale of an enemy below which third parties join",
        source="assumption",
    )


@rule
def mobile_share(quality: float, commitment: float) -> float:
    """Return the share of a force that can leave its post to attack: commit * min(1, 0.3 + q).

    Parameters
    ----------
    quality
        q, as coded, in [0, 1]: armies of less quality are tied to their posts.
    commitment
        commit, see the parameter table; the form is an assumption.
    """
    return commitment * min(1.0, CLUMSIEST + quality)


@rule
def operations_limit(fighters: float, operations: float, exponent: float) -> int:
    """Return how many opposed operations a side runs at once: max(1, round(n_ops * (n / 20,000)**n_exp)).

    Parameters
    ----------
    fighters
        n, of the side.
    operations, exponent
        n_ops and n_exp, see the parameter table; without any operations it never attacks who defends.

    References
    ----------
    Assumption: staffs and supply, not heads, limit how much is undertaken at once.
    """
    if operations <= 0.0:
        return 0
    return max(1, math.floor(operations * math.pow(fighters / USUAL_SIDE, exponent) + 0.5))


@rule
def target_score(
    value: float, expected_odds: float, distance: float, weakness_exponent: float, distance_scale: float
) -> float:
    """Return how attractive a target is: v * p**a_w / (1 + d / L_0).

    Parameters
    ----------
    value
        v, see ``target_value``.
    expected_odds
        p, the chance to prevail as the attacker expects it, in [0, 1].
    distance
        d, in km.
    weakness_exponent, distance_scale
        a_w, how much weak targets are preferred, and L_0, the distance that halves the value.

    References
    ----------
    Christia (2012), "Alliance formation in civil wars": prize and chance decide; the product form is an assumption.
    """
    return value * power(expected_odds, weakness_exponent) / (1.0 + distance / distance_scale)


@rule
def people_value(population_share: float, population_exponent: float) -> float:
    """Return what a target is worth by its people: 0.05 + 0.63 * w**v_pop.

    Parameters
    ----------
    population_share
        w, of the place among all people, in [0, 1].
    population_exponent
        v_pop < 1: large cities count for less than their people (assumption).
    """
    return LEAST_VALUE + VALUE_OF_PEOPLE * math.pow(population_share, population_exponent)


@rule
def target_value(
    people: float,
    progress: float,
    is_enclave: bool,
    is_own: bool,
    progress_value: float,
    enclave_value: float,
    retaking_value: float,
) -> float:
    """Return what a target is worth before its defence is counted: people + v_x * x, + v_enc, + v_ret.

    Parameters
    ----------
    people
        Value of those who live there, see ``people_value``.
    progress
        x, of the front towards it, in [0, 1]: what is begun is finished.
    is_enclave
        Whether the side already stands in the place.
    is_own
        Whether the side held it on day 0.
    progress_value, enclave_value, retaking_value
        v_x, v_enc where it stands in it, and v_ret where it was its own (assumptions).
    """
    value = people + progress_value * progress
    if is_enclave:
        value += enclave_value
    return value + retaking_value if is_own else value


@rule
def relief_sent(strength: float, n_at_risk: int, share: float) -> float:
    """Return the strength that comes from one neighbour to the defence of a place: theta * E / max(1, n).

    Parameters
    ----------
    strength
        E, mobile strength of those who stand in the neighbour, >= 0.
    n_at_risk
        n, places next to them that are theirs and that an enemy could attack: they cannot be everywhere.
    share
        theta, see the parameter table; at 0 everybody looks on.
    """
    return share * strength / max(1, n_at_risk)


@rule
def free_share(fighters: float, people: float, own_control: float, occupation: float) -> float:
    """Return the share of a side's fighters in a place who may leave it: 1 - min(1, o_need * P / 1000 * (1 - c) / F).

    Parameters
    ----------
    fighters
        F, of the side that holds the place, > 0.
    people
        P, persons who live there.
    own_control
        c, share of the place that the side controlled on day 0, in [0, 1].
    occupation
        o_need, see the parameter table; at 0 nobody is tied down.

    References
    ----------
    Quinlivan (1995), "Force requirements in stability operations", Parameters 25, 59-69, on fighters by people.
    """
    needed = occupation * people / THOUSAND * max(0.0, 1.0 - own_control)
    return 1.0 - min(1.0, needed / fighters)


@rule
def supplied(distance: float, culmination: float) -> float:
    """Return what is left of what a force can send, far from its bases: exp(-l_cul * d / 1000).

    Parameters
    ----------
    distance
        d, in km, from the nearest base of its side.
    culmination
        l_cul, see the parameter table; at 0 distance does not matter.

    References
    ----------
    Epstein (1985), "The calculus of conventional war", on culmination; the form is an assumption.
    """
    return math.exp(-culmination * distance / THOUSAND)


@rule
def rest_after_capture(mean_days: float, tempo: float, u: float) -> float:
    """Return the days of rest after a capture: pause * t * (0.3 - 0.7 * log(u)), a fixed part and an exponential one.

    Parameters
    ----------
    mean_days
        pause, mean of the two at tempo 1.
    tempo
        t, factor on all times of a run, > 0.
    u
        Uniform in (0, 1).

    References
    ----------
    Epstein (1985), "The calculus of conventional war", on culmination; the distribution is an assumption.
    """
    return mean_days * tempo * (FIXED_REST - REST_BY_CHANCE * math.log(u))


@rule
def is_too_large(own: float, other: float, ratio: float) -> bool:
    """Tell whether a side is too large to be attacked: its power is more than k_large times one's own.

    Parameters
    ----------
    own, other
        Power of the side that would attack, and of the other, >= 0.
    ratio
        k_large, see the parameter table; at 0 nobody is too large.

    References
    ----------
    Walt (1987), "The origins of alliances": the weak bandwagon; where the line lies is an assumption.
    """
    return ratio > 0.0 and other > ratio * own


@rule
def awakening_probability(enemy_morale: float, hazard: float, threshold: float) -> float:
    """Return the chance that a dormant party joins the war today: 1 - exp(-act * max(0, 1 - m / M_act)).

    Parameters
    ----------
    enemy_morale
        m, of the side against which it would fight, in [0, 1].
    hazard, threshold
        act and M_act, see the parameter table.

    References
    ----------
    Christia (2012), "Alliance formation in civil wars": parties side with expected winners; the form is an assumption.
    """
    return 1.0 - math.exp(-hazard * max(0.0, 1.0 - enemy_morale / threshold))
