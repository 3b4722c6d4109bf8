"""What changes hands when a place falls: the garrison, its heavy weapons, and the airbases."""

from __future__ import annotations

import math
from dataclasses import dataclass

from sim.core.jit import rule
from sim.core.parameters import parameter

LEAST_GARRISON = 100.0  # assumption: fighters, in the smallest place
FULL_AIR_FORCE = 0.3  # above the threshold on the coding scale: 0.8 for a usable air force, as coded


@dataclass(frozen=True)
class Capture:
    """Parameters of retreat, joining, loot and airpower."""

    occupying_share: float = parameter(
        0.8,
        "k_move",
        prior=(0.5, 1.0),
        limits=(0.0, 1.0),
        unit="share",
        meaning="share of the committed attackers that moves into the place",
        source="assumption",
    )
    retreat_share: float = parameter(
        0.8,
        "k_ret",
        prior=(0.5, 1.0),
        limits=(0.0, 1.0),
        unit="share",
        meaning="share of the losers that retreats in good order at morale 1",
        source="assumption",
    )
    joining_share: float = parameter(
        0.3,
        "join",
        prior=(0.0, 0.6),
        limits=(0.0, 1.0),
        unit="share",
        meaning="share of the lost that joins the captor where all the ground is hostile to them",
        source="assumption",
    )
    loot_base: float = parameter(
        0.2,
        "a0",
        prior=(0.1, 0.4),
        limits=(0.0, 1.0),
        unit="share",
        meaning="heavy weapons left intact by a defence with morale 1",
        source="assumption",
    )
    loot_melt: float = parameter(
        0.6,
        "a1",
        prior=(0.3, 0.7),
        limits=(0.0, 1.0),
        unit="share",
        meaning="further share left intact by a defence without morale",
        source="assumption",
    )
    loot_use: float = parameter(
        0.3,
        "use",
        prior=(0.1, 0.6),
        limits=(0.0, 1.0),
        unit="share",
        meaning="intact heavy weapons that the captor can use (crews, spares)",
        source="assumption",
    )
    commissioning_days: float = parameter(
        7.0,
        "t_com",
        prior=(5.0, 10.0),
        limits=(0.1, 365.0),
        unit="days",
        meaning="time until captured weapons are used",
        source="assumption",
    )
    scuttled: float = parameter(
        0.1,
        "k_scut",
        prior=(0.0, 0.3),
        limits=(0.0, 1.0),
        unit="share",
        meaning="heavy weapons that a defence with morale 1 destroys",
        source="assumption",
    )
    air_threshold: float = parameter(
        0.5,
        "hw_air",
        prior=(0.4, 0.6),
        limits=(0.0, 1.0),
        unit="code",
        meaning="coded heavy weapons above which a faction flies; full air force 0.3 higher",
        source="the coding scale: 0.6 some aircraft, 0.8 usable air force",
    )
    collapse_share: float = parameter(
        0.1,
        "n_cap",
        prior=(0.05, 0.2),
        limits=(0.0, 1.0),
        unit="share",
        meaning="share of the day-0 garrison below which a half-won place is taken",
        source="assumption",
    )
    garrison_per_thousand: float = parameter(
        0.1,
        "n_hold",
        prior=(0.02, 0.5),
        limits=(0.0, 100.0),
        unit="fighters per 1,000 people",
        meaning="after a collapse, fighters without whom nobody takes a seat, nor from his own; 0: none",
        source="assumption; armed groups hold with far less than the 1 to 4 police per 1,000 of calm places",
    )
    heir_km: float = parameter(
        150.0,
        "L_her",
        prior=(60.0, 400.0),
        limits=(0.0, 5000.0),
        unit="km",
        meaning="distance over which a claim to a place whose defence has dissolved fades; 0: who presses it takes it",
        source="assumption",
    )
    hand_over_per_day: float = parameter(
        0.1,
        "l_give",
        prior=(0.033, 0.33),
        limits=(0.0, 20.0),
        unit="hazard per day",
        meaning="a weak friend of a victor leaves him the capital, or a place with a twentieth of the people; 0: never",
        source="assumption: within 3 to 30 days",
    )


@rule
def garrison_needed(people: float, per_thousand: float) -> float:
    """Return the fighters whom it takes to hold a seat: max(100, n_hold * people / 1,000), none where n_hold is 0.

    Parameters
    ----------
    people
        Who live in the place, >= 0.
    per_thousand
        n_hold, see the parameter table.

    References
    ----------
    Quinlivan (1995), "Force requirements in stability operations", Parameters 25, 59-69, for numbers per 1,000 people;
    that a seat can be held by far fewer is an assumption.
    """
    return max(LEAST_GARRISON, per_thousand * people / 1000.0) if per_thousand > 0.0 else 0.0


@rule
def claim(strength: float, km: float, heir_km: float) -> float:
    """Return what a force counts in its side's claim to a place: E * exp(-d / L_her).

    Parameters
    ----------
    strength
        E, what it could send, >= 0.
    km
        d, its distance.
    heir_km
        L_her, see the parameter table (assumption).
    """
    return strength * math.exp(-km / heir_km) if heir_km > 0.0 else strength


@rule
def welcomed_claim(strength: float, tie: float) -> float:
    """Return a side's claim to a place whose defence has dissolved: E * max(0, 1/2 + a).

    Parameters
    ----------
    strength
        E, sum of what its forces count, >= 0.
    tie
        a, to those who control the place besides the loser, by their shares, in [-1, 1].

    References
    ----------
    Christia (2012), "Alliance formation in civil wars": the strong and near are joined; the form is an assumption.
    """
    return strength * max(0.0, 0.5 + tie)


@rule
def hand_over_probability(hazard: float) -> float:
    """Return the chance that a weak friend hands a place over to a victor today: 1 - exp(-l_give).

    Parameters
    ----------
    hazard
        l_give, per day, see the parameter table.
    """
    return 1.0 - math.exp(-hazard)


@rule
def retreating_share(morale: float, retreat_share: float, has_refuge: bool) -> float:
    """Return the share of a beaten garrison that reaches the next place of its side: k_ret * m.

    Parameters
    ----------
    morale
        m, in [0, 1]: retreat in good order needs some.
    retreat_share
        k_ret, at morale 1 (assumption).
    has_refuge
        Whether a place of its side lies next to it; otherwise nobody gets away in order.
    """
    return retreat_share * morale if has_refuge else 0.0


@rule
def joining_probability(latent: float, joining_share: float, floor: float) -> float:
    """Return the share of the lost that joins the captor: min(1, join * (latent + join_gain)).

    Parameters
    ----------
    latent
        Share of the ground there that factions hostile to the garrison controlled, in [0, 1].
    joining_share
        join, where all the ground is hostile to it.
    floor
        join_gain, readiness where none is.

    References
    ----------
    Christia (2012), "Alliance formation in civil wars": fighters move to the winner of the day; the form is an
    assumption.
    """
    return min(1.0, joining_share * (latent + floor))


@rule
def looted_share(morale: float, base: float, melt: float, use: float) -> float:
    """Return the share of the heavy weapons left behind that the captor will use: min(1, a0 + a1 * (1 - m)) * use.

    Parameters
    ----------
    morale
        m, of the defence, in [0, 1]: who runs leaves more intact.
    base, melt, use
        a0, a1 and use, see the parameter table (assumptions).

    References
    ----------
    Jackson (2010), "From under their noses", International Studies Perspectives 11, 131-149: much of rebels' arms comes
    from the state's own stocks.
    """
    return min(1.0, base + melt * (1.0 - morale)) * use


@rule
def scuttled_share(morale: float, looted: float, scuttled: float) -> float:
    """Return the share of the heavy weapons left behind that the loser destroys: min(1 - looted, k_scut * m).

    Parameters
    ----------
    morale
        m, of the defence, in [0, 1]: to destroy takes time and nerve.
    looted
        Share that the captor will use, in [0, 1]; the two cannot exceed all.
    scuttled
        k_scut, at morale 1 (assumption).
    """
    return min(1.0 - looted, scuttled * morale)


@rule
def air_force(heavy_weapons: float, threshold: float) -> float:
    """Return the air force that a coded level of heavy weapons implies: (h - hw_air) / 0.3, in [0, 1].

    Parameters
    ----------
    heavy_weapons
        h, as the tables code it, in [0, 1].
    threshold
        hw_air, the code from which on some aircraft fly.
    """
    return min(1.0, max(0.0, (heavy_weapons - threshold) / FULL_AIR_FORCE))
