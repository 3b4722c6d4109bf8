"""Strength, and the odds of a contest (Tullock 1980; Skaperdas 1996; Biddle 2004; Dupuy 1990)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import IntEnum

from sim.core.codes import Terrain
from sim.core.jit import rule
from sim.core.parameters import choice, parameter

NO_DEFENCE = 1e-9  # strength of a side that is not there; it keeps logarithms finite
MORALE_FLOOR = 0.02  # assumption: even a force without any morale is not worth nothing
RAW = 0.5  # assumption: what a fighter without any quality counts, so that the best counts three times as much
MIDDLE = 0.5  # of coded morale
LARGEST_EXPONENT = 700.0
ONE_AND_A_HALF, TWO_AND_A_HALF = 1.5, 2.5


class ContestForm(IntEnum):
    """How strengths become a chance to prevail."""

    RATIO = 0
    DIFFERENCE = 1


@dataclass(frozen=True)
class Contest:
    """Parameters of strength and odds."""

    form: ContestForm = choice(
        ContestForm.RATIO,
        meaning="how strengths become a chance to prevail",
        theories={
            ContestForm.RATIO: "by their ratio: doubling both sides changes nothing (Tullock 1980; Skaperdas 1996)",
            ContestForm.DIFFERENCE: "by their difference: the weak keep a chance, and a lead of so many fighters "
            "counts as much in small battles as in large ones (Hirshleifer 1989)",
        },
    )
    decisiveness: float = parameter(
        1.5,
        "r",
        prior=(0.5, 3.0),
        calibrated=(0.5, 4.0),
        limits=(0.01, 10.0),
        unit="1",
        meaning="exponent of the contest success function",
        source="fits to ETO 1944 (5.0), campaigns (0.44) and pooled (1.2) data: Lawrence 2017, 2019-24",
    )
    difference_scale: float = parameter(
        5000.0,
        "s_diff",
        prior=(1500.0, 15000.0),
        limits=(1.0, 1e7),
        unit="fighters",
        meaning="lead in strength that multiplies the odds by e to the decisiveness, where form is difference",
        source="assumption: a lead of a division in the battles of civil wars, fought by thousands on a side",
    )
    noise: float = parameter(
        0.4,
        "sig_c",
        prior=(0.1, 0.8),
        limits=(0.0, 3.0),
        unit="log odds",
        meaning="standard deviation of the daily log odds of an operation",
        source="assumption: heads alone predict poorly (Lawrence 2017)",
    )
    morale_exponent: float = parameter(
        1.5,
        "g",
        prior=(0.7, 2.5),
        limits=(0.0, 5.0),
        unit="1",
        meaning="how strength falls with the morale of the day",
        source="assumption: Rotte & Schmidt 2003 find morale decisive besides numbers",
    )
    quality_exponent: float = parameter(
        1.3,
        "q_pow",
        prior=(0.5, 2.5),
        calibrated=(0.3, 3.0),
        limits=(0.0, 5.0),
        unit="1",
        meaning="exponent of 0.5 + quality in the strength of a fighter",
        source="assumption: force employment dominates the ratio of heads (Biddle 2004)",
    )
    coded_morale_weight: float = parameter(
        1.0,
        "e_mor",
        prior=(0.0, 2.0),
        calibrated=(0.0, 2.5),
        limits=(0.0, 5.0),
        unit="log strength",
        meaning="weight of a faction's coded morale in its strength",
        source="assumption: every army at rest sits near the upper morale, the codes must enter strength too",
    )
    air_weight: float = parameter(
        0.6,
        "a_air",
        prior=(0.2, 1.0),
        limits=(0.0, 5.0),
        unit="1",
        meaning="gain in strength from a full air force on all its bases",
        source="assumption",
    )
    equipment_weight: float = parameter(
        0.4,
        "b_eq",
        prior=(0.0, 1.0),
        limits=(0.0, 5.0),
        unit="1",
        meaning="gain in strength from heavy weapons for every fighter",
        source="assumption",
    )
    support_weight: float = parameter(
        1.0,
        "b_dir",
        prior=(0.0, 2.0),
        limits=(0.0, 5.0),
        unit="1",
        meaning="gain in strength per unit of direct help by patrons",
        source="assumption: patrons give 0.1 / 0.3 / 0.6 of a client's power",
    )
    defender_presence: float = parameter(
        0.48,
        "phi_D",
        prior=(0.4, 0.6),
        calibrated=(0.3, 1.0),
        limits=(0.01, 1.0),
        unit="share",
        meaning="share of a province's garrison that can meet the attack on its seat in time",
        source="posts with 3 of 9 men, bribed absence (Reuters, Dec 2024)",
    )
    hills: float = parameter(
        1.2,
        "k_hills",
        prior=(1.0, 1.4),
        limits=(0.5, 5.0),
        unit="1",
        meaning="multiplier of the defence in hills",
        source="Dupuy 1990, range of the QJM tables",
    )
    mountain: float = parameter(
        1.4,
        "k_mount",
        prior=(1.2, 1.6),
        limits=(0.5, 5.0),
        unit="1",
        meaning="multiplier of the defence in mountains",
        source="Dupuy 1990, range of the QJM tables",
    )
    urban: float = parameter(
        1.5,
        "k_urban",
        prior=(1.3, 1.8),
        limits=(0.5, 5.0),
        unit="1",
        meaning="multiplier of the defence in a city province",
        source="Dupuy 1990, range of the QJM tables",
    )
    surprise: float = parameter(
        1.0,
        "surp0",
        prior=(0.0, 2.0),
        limits=(0.0, 10.0),
        unit="1",
        meaning="surprise of the challenger's first day: the defence is divided by 1 + surprise",
        source="assumption: Rotte & Schmidt 2003 on surprise",
    )
    surprise_decay: float = parameter(
        0.90,
        "d",
        prior=(0.80, 0.97),
        limits=(0.0, 1.0),
        unit="per day",
        meaning="what is left of surprise a day later",
        source="assumption",
    )


@rule
def power(base: float, exponent: float) -> float:
    """Return ``base**exponent`` of a base >= 0; the usual exponents through a root, in a third of the time.

    Parameters
    ----------
    base
        A ratio of strengths, or a share, >= 0.
    exponent
        Any; 1, 1.5 and 2.5 are told apart, and give the same to the last bit or nearly so.
    """
    if exponent == 1.0:
        return base
    if exponent == ONE_AND_A_HALF:
        return base * math.sqrt(base)
    if exponent == TWO_AND_A_HALF:
        return base * base * math.sqrt(base)
    return math.pow(base, exponent)


@rule
def fighter_strength(quality: float, coded_morale: float, quality_exponent: float, coded_morale_weight: float) -> float:
    """Return the strength of one fighter at full morale.

    (RAW + q)**q_pow * exp(e_mor * (M - 0.5)): quality works through how force is employed, coded morale as a factor
    that is 1 in the middle of its scale.

    Parameters
    ----------
    quality, coded_morale
        q and M, as the tables code them, in [0, 1].
    quality_exponent, coded_morale_weight
        q_pow and e_mor; at 0 neither code counts, and strength is a number of heads.

    References
    ----------
    Biddle (2004), "Military power", on force employment; Rotte & Schmidt (2003), "On the production of victory",
    Defence and Peace Economics 14, 175-192, on morale.
    """
    return math.pow(RAW + quality, quality_exponent) * math.exp(coded_morale_weight * (coded_morale - MIDDLE))


@rule
def morale_factor(morale: float, morale_exponent: float) -> float:
    """Return how much of its strength a force keeps: max(m, MORALE_FLOOR)**g.

    Parameters
    ----------
    morale
        m, of the day, in [0, 1].
    morale_exponent
        g >= 0; at 0 morale does not enter strength.

    References
    ----------
    Rotte & Schmidt (2003), Defence and Peace Economics 14, 175-192, find morale decisive besides numbers; the power
    form is an assumption.
    """
    return power(max(morale, MORALE_FLOOR), morale_exponent)


@rule
def equipment_factor(heavy_per_fighter: float, equipment_weight: float) -> float:
    """Return the factor on strength from heavy weapons: 1 + b_eq * min(1, h).

    It saturates where every fighter has one: crews, not barrels, are short then (assumption).

    Parameters
    ----------
    heavy_per_fighter
        h, heavy weapons in fighters equipped, per fighter, >= 0.
    equipment_weight
        b_eq, gain from full equipment, >= 0.
    """
    return 1.0 + equipment_weight * min(1.0, heavy_per_fighter)


@rule
def contest_success(own: float, other: float, decisiveness: float) -> float:
    """Return the chance that the first side prevails in one engagement.

    Ratio form: own**r / (own**r + other**r), so that doubling both sides changes nothing.
    When neither side commits anything the chance is 0.5.

    Parameters
    ----------
    own, other
        Strength committed to this engagement, >= 0.
    decisiveness
        Exponent r > 0; at 1 the chance is proportional to strength.

    References
    ----------
    Tullock (1980), "Efficient rent seeking"; Skaperdas (1996), "Contest success functions".
    """
    one = max(own, NO_DEFENCE)
    two = max(other, NO_DEFENCE)
    if one >= two:
        return 1.0 / (1.0 + power(two / one, decisiveness))
    weaker = power(one / two, decisiveness)
    return weaker / (1.0 + weaker)


@rule
def difference_edge(own: float, other: float, decisiveness: float, scale: float) -> float:
    """Return the log odds of the difference form: r * (own - other) / s.

    Parameters
    ----------
    own, other
        Strength committed, in fighters at full strength, >= 0.
    decisiveness
        r > 0, as in the ratio form.
    scale
        s, the lead that multiplies the odds by exp(r), in fighters, > 0.

    References
    ----------
    Hirshleifer (1989), "Conflict and rent-seeking success functions: ratio vs. difference models of relative success",
    Public Choice 63, 101-112; his mass effect parameter k is r / s.
    """
    return decisiveness * (own - other) / scale


@rule
def chance_to_prevail(own: float, other: float, decisiveness: float, form: int, scale: float) -> float:
    """Return the chance that the first side prevails, in the form that was chosen.

    Ratio: own**r / (own**r + other**r), of ``contest_success``. Difference: 1 / (1 + exp(-r * (own - other) / s)),
    which a side without any strength does not lose for certain. Both are 0.5 between equals, and grow with one's own
    strength.

    Parameters
    ----------
    own, other
        Strength committed to this engagement, >= 0.
    decisiveness
        r > 0.
    form
        Number of a ``ContestForm``.
    scale
        s, in fighters; the ratio form does not read it.

    References
    ----------
    Skaperdas (1996), "Contest success functions", Economic Theory 7, 283-290, derives both: the one where multiplying
    all strengths changes nothing, the other where adding the same to all does.
    """
    if form == ContestForm.DIFFERENCE:
        return logistic(difference_edge(own, other, decisiveness, scale))
    return contest_success(own, other, decisiveness)


@rule
def chance_against_both(own: float, one: float, other: float, decisiveness: float, form: int, scale: float) -> float:
    """Return the chance that one of three prevails over both others: f(own) / (f(own) + f(one) + f(other)).

    f(x) is x**r in the ratio form and exp(r * x / s) in the difference form, the logit of three.

    Parameters
    ----------
    own, one, other
        Strength, > 0.
    decisiveness
        r > 0.
    form
        Number of a ``ContestForm``.
    scale
        s, in fighters; the ratio form does not read it.

    References
    ----------
    Skaperdas (1996), Economic Theory 7, 283-290, for any number of sides; Hirshleifer (1989), Public Choice 63,
    101-112.
    """
    if form == ContestForm.DIFFERENCE:
        against = math.exp(min(difference_edge(one, own, decisiveness, scale), LARGEST_EXPONENT))
        return 1.0 / (1.0 + against + math.exp(min(difference_edge(other, own, decisiveness, scale), LARGEST_EXPONENT)))
    strength = math.pow(own, decisiveness)
    return strength / (strength + math.pow(one, decisiveness) + math.pow(other, decisiveness))


@rule
def log_odds_to_prevail(own: float, other: float, decisiveness: float, form: int, scale: float) -> float:
    """Return the log odds of the first side, in the form that was chosen; chance comes in where these are noisy.

    Parameters
    ----------
    own, other
        Strength committed to this engagement, >= 0.
    decisiveness
        r > 0.
    form
        Number of a ``ContestForm``.
    scale
        s, in fighters; the ratio form does not read it.
    """
    if form == ContestForm.DIFFERENCE:
        return difference_edge(own, other, decisiveness, scale)
    return log_odds(own, other, decisiveness)


@rule
def winning_ratio(odds: float, decisiveness: float, form: int) -> float:
    """Return how many times the other's strength gives a chance: (p / (1 - p))**(1 / r).

    This is the inverse of ``contest_success``.
    The difference form knows no such ratio, and 0 is returned: nothing is hopeless by its ratio alone.

    Parameters
    ----------
    odds
        p, in [0, 1]; no ratio makes sure of 1.
    decisiveness
        r > 0.
    form
        Number of a ``ContestForm``.
    """
    if form == ContestForm.DIFFERENCE:
        return 0.0
    if odds >= 1.0:
        return math.inf
    return math.pow(odds / (1.0 - odds), 1.0 / decisiveness)


@rule
def log_odds(own: float, other: float, decisiveness: float) -> float:
    """Return the log odds of the ratio form: r * (log(own) - log(other)).

    Parameters
    ----------
    own, other
        Strength committed, >= 0; an absent side counts as next to nothing, ``NO_DEFENCE``.
    decisiveness
        r > 0.

    References
    ----------
    Tullock (1980), "Efficient rent seeking"; that log odds are linear in log strengths is what makes r estimable.
    """
    return decisiveness * (math.log(max(own, NO_DEFENCE)) - math.log(max(other, NO_DEFENCE)))


@rule
def logistic(x: float) -> float:
    """Return 1 / (1 + exp(-x)), without overflow.

    Parameters
    ----------
    x
        Log odds, any number.
    """
    return 1.0 / (1.0 + math.exp(min(-x, LARGEST_EXPONENT)))


@rule
def terrain_multiplier(terrain: int, hills: float, mountain: float, urban: float) -> float:
    """Return what the ground multiplies the defence by.

    Parameters
    ----------
    terrain
        Number of a ``codes.Terrain``; open ground gives 1.
    hills, mountain, urban
        k_hills, k_mount and k_urban.

    References
    ----------
    Dupuy (1990), "Attrition"; the ranges are those of his tables.
    """
    if terrain == Terrain.HILLS:
        return hills
    if terrain == Terrain.MOUNTAIN:
        return mountain
    if terrain == Terrain.URBAN:
        return urban
    return 1.0


@rule
def surprise_left(surprise: float, decay: float, days: int) -> float:
    """Return the surprise that is left after some days: surp0 * d**days.

    Parameters
    ----------
    surprise
        surp0, of the first day, >= 0; the defence is divided by 1 + surprise.
    decay
        d, what is left a day later, in [0, 1].
    days
        Since the first day, >= 0.

    References
    ----------
    Rotte & Schmidt (2003), Defence and Peace Economics 14, 175-192, on surprise; that it decays at a rate is an
    assumption.
    """
    return surprise * math.pow(decay, float(days))
