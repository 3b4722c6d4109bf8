"""Ties move; victors fall out or merge; everybody turns towards the new power.

Weak structural balance (Cartwright & Harary 1956; Maoz et al. 2007), glue of a common enemy, rivalry of equals over
the same ground (Christia 2012; Fjelde & Nilsson 2012), and bandwagoning of the weak (Walt 1987).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from sim.core.jit import rule
from sim.core.parameters import parameter

DAYS_OF_STEP = 7  # ties move once a week


@dataclass(frozen=True)
class Alignment:
    """Parameters of ties, infighting, mergers and realignment."""

    balance_per_day: float = parameter(
        0.01,
        "eta",
        prior=(0.0, 0.05),
        limits=(0.0, 0.2),
        unit="per day",
        meaning="pull of a tie towards what third parties imply; a strong one would leave two camps",
        source="assumption: weak, since states violate balance a lot (Maoz et al. 2007)",
    )
    threat_per_day: float = parameter(
        0.02,
        "xi",
        prior=(0.005, 0.05),
        limits=(0.0, 0.2),
        unit="per day",
        meaning="pull of a common enemy on a tie, and with it of rivalry",
        source="assumption: the enemy of my enemy is a friend while he is strong (Christia 2012)",
    )
    prize_weight: float = parameter(
        0.5,
        "b_prize",
        prior=(0.0, 1.0),
        limits=(0.0, 3.0),
        unit="1",
        meaning="push of rivalry between equals on the same ground, relative to that of a common enemy",
        source="assumption",
    )
    infighting_per_day: float = parameter(
        0.022,
        "l_in",
        prior=(0.002, 0.04),
        limits=(0.0, 0.5),
        unit="hazard per day",
        meaning="infighting of a pair of equal and deadly rivals on the same ground, among many and without an enemy",
        source="set so that new infighting comes within 120 days of a fall in 20 to 40 % of cases, which is assumed",
    )
    tie_exponent: float = parameter(
        1.0,
        "g_tie",
        prior=(0.0, 3.0),
        limits=(0.0, 10.0),
        unit="1",
        meaning="how a good tie keeps rivals from infighting; 0: not at all",
        source="assumption",
    )
    parity_exponent: float = parameter(
        1.0,
        "g_par",
        prior=(-0.5, 2.0),
        limits=(-0.5, 10.0),
        unit="1",
        meaning="how much likelier equals fall out than unequal rivals; 0: no more, below 0 less",
        source="assumption: equals can each hope to rule (Christia 2012); below 0 the strong and the weak fight most "
        "(Fjelde & Nilsson 2012)",
    )
    dominance_exponent: float = parameter(
        0.5,
        "g_dom",
        prior=(0.0, 3.0),
        limits=(0.0, 10.0),
        unit="1",
        meaning="how a clear victor keeps rivals from infighting; 0: not at all",
        source="assumption: nobody defies who would win anyhow",
    )
    broken_tie: float = parameter(
        -0.6,
        "a_in",
        prior=(-0.9, -0.45),
        limits=(-1.0, -0.4),
        unit="tie",
        meaning="tie of two factions that have fallen out; at or below the tie of enemies",
        source="assumption",
    )
    merger_per_day: float = parameter(
        0.03,
        "l_mer",
        prior=(0.005, 0.1),
        limits=(0.0, 0.5),
        unit="hazard per day",
        meaning="a friend of the victor who has no power to speak of joins his side",
        source="assumption",
    )
    accord_per_day: float = parameter(
        0.004,
        "l_acc",
        prior=(0.001, 0.015),
        limits=(0.0, 0.5),
        unit="hazard per day",
        meaning="the victor and somebody who is no enemy, and too strong or too distant to join him, come to terms",
        source="assumption",
    )
    weak_ratio: float = parameter(
        0.3,
        "k_weak",
        prior=(0.15, 0.5),
        limits=(0.0, 1.0),
        unit="share of the victor's power",
        meaning="factions below it turn towards the victor, and may merge with him",
        source="assumption: the weak bandwagon, the strong balance (Walt 1987)",
    )
    merged_tie: float = parameter(
        0.6,
        "a_mer",
        prior=(0.5, 0.8),
        limits=(0.3, 1.0),
        unit="tie",
        meaning="least tie of a faction to the side that it joins",
        source="assumption",
    )
    joining_cost: float = parameter(
        0.2,
        "k_join",
        prior=(0.05, 0.5),
        limits=(0.0, 2.0),
        unit="1",
        meaning="cost of standing with a coalition to which one has no tie",
        source="assumption",
    )
    switching_cost: float = parameter(
        0.1,
        "k_switch",
        prior=(0.05, 0.2),
        limits=(0.0, 1.0),
        unit="1",
        meaning="gain below which nobody changes sides",
        source="assumption",
    )
    realignment_per_day: float = parameter(
        0.01,
        "l_turn",
        prior=(0.003, 0.03),
        limits=(0.0, 0.5),
        unit="per day",
        meaning="speed at which states and weak factions turn towards the victor",
        source="assumption",
    )
    realigned_tie: float = parameter(
        0.2,
        "a_turn",
        prior=(0.0, 0.4),
        limits=(-0.4, 1.0),
        unit="tie",
        meaning="tie to the victor that they turn to",
        source="assumption: they accept the new power without standing by it",
    )
    deadly_tie: float = parameter(
        -0.8,
        "a_deadly",
        prior=(-0.9, -0.6),
        limits=(-1.0, -0.4),
        unit="tie",
        meaning="tie at or below which nobody turns",
        source="assumption",
    )


@rule
def common_threat(enemy: float, own: float, other: float) -> float:
    """Return how much two factions need each other against a common enemy: E / (E + P_i + P_j), in [0, 1).

    It needs no scale, is 0 without an enemy, and fades as the enemy does.

    Parameters
    ----------
    enemy
        E, power of the strongest side that is hostile to both, >= 0.
    own, other
        P_i and P_j, power of the two, >= 0.

    References
    ----------
    Christia (2012), "Alliance formation in civil wars": the weak stand together while somebody stronger lasts; the form
    is an assumption.
    """
    return enemy / (enemy + own + other) if enemy > 0.0 else 0.0


@rule
def parity(own: float, other: float) -> float:
    """Return how equal two powers are: min / max, in [0, 1]; 1 when they are the same, 0 when one is nothing.

    Parameters
    ----------
    own, other
        Power, >= 0.

    References
    ----------
    Christia (2012), "Alliance formation in civil wars": it is equals who can each hope to rule.
    """
    larger = max(own, other)
    return min(own, other) / larger if larger > 0.0 else 0.0


@rule
def tie_drift(
    tie: float,
    balance: float,
    threat: float,
    rivalry: float,
    balance_per_day: float,
    threat_per_day: float,
    prize: float,
) -> float:
    """Return how fast a tie would move: eta * (B - a) + xi * (T - b_prize * R), per day.

    Parameters
    ----------
    tie
        a, in [-1, 1].
    balance
        B, what third parties imply: mean product of the two factions' ties to everybody, in [-1, 1].
    threat
        T, common threat, in [0, 1].
    rivalry
        R, parity times overlap, in [0, 1].
    balance_per_day, threat_per_day, prize
        eta, xi and b_prize, see the parameter table.

    References
    ----------
    The balance term is that of Kulakowski, Gawronski & Gronek (2005), "The Heider balance", made weak; the theory is
    that of Cartwright & Harary (1956), "Structural balance", Psychological Review 63, 277-293.
    """
    return balance_per_day * (balance - tie) + threat_per_day * (threat - prize * rivalry)


@rule
def tie_after_week(tie: float, drift: float, balance_per_day: float, hostile_tie: float) -> float:
    """Return a tie after a week, in [-1, 1]; slow drift alone neither starts a war nor ends one.

    a + v * (1 - exp(-7 eta)) / eta, exact for the pull of a tie on itself while third parties stay as they are.

    Parameters
    ----------
    tie
        a, at the week's beginning.
    drift
        v, per day.
    balance_per_day
        eta; without it the step is 7 v.
    hostile_tie
        Tie at or below which factions are enemies; the drift stops before crossing it.
    """
    days = float(DAYS_OF_STEP)
    if balance_per_day > 0.0:
        days = (1.0 - math.exp(-balance_per_day * DAYS_OF_STEP)) / balance_per_day
    moved = min(1.0, max(-1.0, tie + drift * days))
    if tie <= hostile_tie:
        return min(moved, hostile_tie)
    return max(moved, 0.99 * hostile_tie)


@rule
def realigned(tie: float, goal: float, deadly: float, per_day: float) -> float:
    """Return a tie to the victor after a week of turning towards him: a + (a_turn - a) * (1 - exp(-7 l_turn)).

    Parameters
    ----------
    tie
        a, in [-1, 1]; the deadly hostile and the warm stay as they are.
    goal, deadly
        a_turn and a_deadly, see the parameter table.
    per_day
        l_turn, speed, per day.

    References
    ----------
    Walt (1987), "The origins of alliances", on bandwagoning of the weak; speed and goal are assumptions.
    """
    if tie <= deadly or tie >= goal:
        return tie
    return tie + (goal - tie) * (1.0 - math.exp(-per_day * DAYS_OF_STEP))


@rule
def infighting_hazard(
    threat: float,
    tie: float,
    overlap: float,
    equality: float,
    dominance: float,
    per_day: float,
    tie_exponent: float,
    parity_exponent: float,
    dominance_exponent: float,
) -> float:
    """Return the hazard per day that two factions begin to fight each other.

    l_in * O * (1 - T) * ((1 - a) / 2)**g_tie * R**g_par * (1 - D)**g_dom.

    Parameters
    ----------
    threat, tie
        T, common threat, in [0, 1]; a, in [-1, 1].
    overlap
        O, share of their places where they are near each other, in [0, 1].
    equality
        R, parity of their powers, in [0, 1]; without any on one side there is nobody to fight.
    dominance
        D, share of the strongest in the power of all who compete, in [0, 1].
    per_day
        l_in, hazard of equals on the same ground with tie -1, no common enemy, and nobody who dominates.
    tie_exponent, parity_exponent, dominance_exponent
        g_tie, g_par and g_dom, see the parameter table.

    References
    ----------
    Christia (2012), "Alliance formation in civil wars"; Fjelde & Nilsson (2012), "Rebels against rebels"; Pischedda
    (2018), "Wars within wars". The product form is an assumption.
    """
    if equality <= 0.0:
        return 0.0
    rivalry = math.pow(0.5 * (1.0 - tie), tie_exponent) * math.pow(equality, parity_exponent)
    return per_day * overlap * (1.0 - threat) * rivalry * math.pow(1.0 - dominance, dominance_exponent)


@rule
def merger_probability(power: float, victor: float, weak_ratio: float, per_day: float) -> float:
    """Return the chance that a weak friend joins the victor today: 1 - exp(-l_mer * (1 - E_j / (k_weak * E_v))).

    Parameters
    ----------
    power, victor
        E_j and E_v, of his side and of the victor's, >= 0; 0 from k_weak * E_v on.
    weak_ratio, per_day
        k_weak and l_mer, see the parameter table.

    References
    ----------
    Walt (1987), "The origins of alliances": the weak bandwagon; the form is an assumption.
    """
    most = weak_ratio * victor
    return 1.0 - math.exp(-per_day * (1.0 - power / most)) if power < most else 0.0


@rule
def accord_probability(per_day: float) -> float:
    """Return the chance that the victor and a third party come to terms today: 1 - exp(-l_acc).

    Parameters
    ----------
    per_day
        l_acc, see the parameter table.
    """
    return 1.0 - math.exp(-per_day)


@rule
def gain_from_joining(own: float, coalition: float, together: float, alone: float, tie: float, cost: float) -> float:
    """Return what a faction gains by joining a coalition against a common enemy, as a share of the prize.

    p_together * P / (P + C) - k_join * (1 - a) - p_alone. Joined, it shares in proportion to strength what the
    coalition wins; alone, it wins everything or nothing against both. A coalition that would win anyhow offers a small
    share for little more chance, so that nobody joins it: coalitions stay near the least size that wins.

    Parameters
    ----------
    own, coalition
        P and C, power, > 0; the coalition's without the faction.
    together, alone
        Chances that both prevail over the enemy, and that the faction does over both others, in [0, 1].
    tie
        a, to the coalition's leader, in [-1, 1].
    cost
        k_join, of standing with a leader to whom it has no tie, as a share of the prize.

    References
    ----------
    Christia (2012), "Alliance formation in civil wars".
    """
    joint = own + coalition
    joined = together * own / joint - cost * (1.0 - tie)
    return joined - alone
