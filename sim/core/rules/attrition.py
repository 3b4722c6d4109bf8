"""How many fighters a war kills, whether fronts move or not, and whom (Dupuy 1990).

A day kills in proportion to the fighters in the war. Assaults, contact and fire power say where and, away from their
neutral values, how many; the odds of contests do not enter.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from sim.core.jit import rule
from sim.core.parameters import parameter
from sim.core.rng import poisson

USUAL_CONTACT = 0.9  # mean over the sides of the project's worlds on day 0
USUAL_FIREPOWER = 0.23  # the same of heavy weapons per fighter and air force


@dataclass(frozen=True)
class Attrition:
    """Parameters of the toll that a war takes of those who fight it."""

    rate: float = parameter(
        4.7e-4,
        "kappa",
        prior=(3.2e-4, 7.0e-4),
        calibrated=True,
        limits=(0.0, 0.05),
        unit="per fighter and day",
        meaning="fighters killed on a day, of those who are in a median war on that day",
        source="29 wars: fighters of day 0, dead and days as recorded, each country left out (7.11)",
    )
    lost_with_each_death: float = parameter(
        0.6,
        "w_ir",
        prior=(0.2, 1.5),
        limits=(0.0, 10.0),
        unit="1",
        meaning="fighters who are crippled, missing or captured for each one killed",
        source="assumption; other wounded come back and are not followed",
    )
    most_per_enemy: float = parameter(
        20.0,
        "g_att",
        prior=(8.0, 50.0),
        limits=(1.0, 1e6),
        unit="1",
        meaning="fighters of a side whom one enemy keeps in the war",
        source="assumption: no war of the thirty is as uneven on day 0; remnants tie down no whole army",
    )
    after_collapse: float = parameter(
        1.0,
        "c_att",
        prior=(0.25, 1.0),
        limits=(0.0, 1.0),
        unit="share",
        meaning="of the rate between the side of a collapsed regime and its enemies; 1: what is left of it fights on",
        source="assumption; a half fits better by .012 (se .009) left out, which is noise",
    )
    assault_gain: float = parameter(
        4.0,
        "i_as",
        prior=(0.0, 10.0),
        limits=(0.0, 100.0),
        unit="1",
        meaning="how much likelier than others those die who attack or are attacked; moves the dead, adds none",
        source="assaults cost 0.5 to 2 % a day (Dupuy 1990)",
    )
    contact_weight: float = parameter(
        0.0,
        "om_att",
        prior=(0.0, 1.0),
        limits=(0.0, 1.0),
        unit="1",
        meaning="share of the toll that follows how many of a side touch the enemy; 0: none",
        source="assumption; contact coded on day 0 adds nothing to numbers",
    )
    firepower: float = parameter(
        0.0,
        "w_fp",
        prior=(0.0, 1.5),
        limits=(0.0, 10.0),
        unit="1",
        meaning="rise of the toll with heavy weapons and air force; 0: none",
        source="assumption",
    )
    effectiveness: float = parameter(
        0.0,
        "x_ef",
        prior=(0.0, 1.0),
        limits=(0.0, 5.0),
        unit="1",
        meaning="exponent of the ratio of quality by morale of two sides in who of them dies; 0: both lose alike",
        source="direction: Dupuy (1990); losses of both are often similar",
    )


@rule
def engaged(fighters: float, enemies: float, most_per_enemy: float) -> float:
    """Return the fighters of a side whom its war takes up: min(N, g_att * E).

    Parameters
    ----------
    fighters
        N of the side.
    enemies
        E, fighters of all with whom it is at war.
    most_per_enemy
        g_att, see the parameter table.
    """
    return min(fighters, most_per_enemy * enemies)


@rule
def at_each_other(own: float, own_enemies: float, other: float, other_enemies: float, most_per_enemy: float) -> float:
    """Return the fighters whom the war of two sides takes up: A * N_b / E_a + B * N_a / E_b.

    A and B are those whom their wars take up in all. Each is divided over its enemies by their numbers, so that the sum
    over all pairs counts every fighter once, however many enemies a side has.

    Parameters
    ----------
    own, other
        N_a and N_b, fighters of both sides.
    own_enemies, other_enemies
        E_a and E_b, fighters of all enemies of each, > 0.
    most_per_enemy
        g_att, see the parameter table.
    """
    of_own = engaged(own, own_enemies, most_per_enemy) * other / own_enemies
    return of_own + engaged(other, other_enemies, most_per_enemy) * own / other_enemies


@rule
def firepower_factor(firepower: float, weight: float) -> float:
    """Return the factor of fire power on the toll of two sides, >= 0: 1 + w_fp * (f - USUAL_FIREPOWER).

    Parameters
    ----------
    firepower
        f, mean of heavy weapons per fighter and air force of both sides, in [0, 1].
    weight
        w_fp; at 0 the factor is 1.
    """
    return max(0.0, 1.0 + weight * (firepower - USUAL_FIREPOWER))


@rule
def share_suffered(quality: float, effectiveness: float) -> float:
    """Return the share of the dead of two sides that the first one mourns: 1 / (1 + u**x_ef).

    Parameters
    ----------
    quality
        u, quality by morale of a mean fighter, over the other side's, > 0.
    effectiveness
        x_ef; at 0 both lose alike.

    References
    ----------
    Dupuy (1990), "Attrition": the more effective inflict more, and small forces lose a larger share of themselves than
    large ones, as they do here whatever x_ef.
    """
    return 1.0 / (1.0 + math.pow(quality, effectiveness))


@rule
def contact_factor(share: float, weight: float) -> float:
    """Return the factor of contact on the dead of a side: 1 - om_att + om_att * q / USUAL_CONTACT.

    Parameters
    ----------
    share
        q, of its fighters, those at a place that an enemy is in or next to.
    weight
        om_att, in [0, 1]; at 0 the factor is 1.
    """
    return 1.0 - weight + weight * share / USUAL_CONTACT


@rule
def toll_weight(fighters: float, is_touched: bool, is_in_assault: bool, assault_gain: float) -> float:
    """Return how many of its side's dead a force has, relative to others: n * (1 + i_as), and none far from the enemy.

    Parameters
    ----------
    fighters
        n of the force.
    is_touched
        Whether an enemy is where it stands, or could march there; else the weight is 0.
    is_in_assault
        Whether it attacks or stands in a place under attack; else the weight is n.
    assault_gain
        i_as, see the parameter table.
    """
    if not is_touched:
        return 0.0
    return fighters * (1.0 + assault_gain) if is_in_assault else fighters


@rule
def toll_of_a_day(mean: float, noise: float, u: float) -> float:
    """Return the fighters whom a day of war kills, a whole number: Poisson, its mean with Gamma noise.

    Parameters
    ----------
    mean
        >= 0.
    noise
        Gamma number with mean 1.
    u
        Uniform in (0, 1).
    """
    return poisson(mean * noise, u)
