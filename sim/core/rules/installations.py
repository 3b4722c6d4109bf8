"""Military sites: depots, airbases and prisons, who takes them, and who destroys them.

Arms taken from the state are where rebels get most of theirs (Jackson 2010); what is looted and what is scuttled follow
the rules of capture. What nobody guards goes adrift, and what a hostile power fears it destroys.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from sim.core.jit import rule
from sim.core.parameters import parameter


@dataclass(frozen=True)
class Installations:
    """Parameters of installations."""

    depot_ratio: float = parameter(
        0.5,
        "r_dep",
        prior=(0.2, 1.0),
        limits=(0.0, 10.0),
        unit="1",
        meaning="heavy weapons in the regime's depots relative to those with its forces on day 0",
        source="assumption",
    )
    secured_share: float = parameter(
        0.7,
        "s_sec",
        prior=(0.4, 0.9),
        limits=(0.0, 1.0),
        unit="share",
        meaning="intact weapons of an unguarded depot that the captor still finds there",
        source="assumption",
    )
    adrift_half_life_days: float = parameter(
        60.0,
        "hl_adr",
        prior=(30.0, 180.0),
        limits=(1.0, 3650.0),
        unit="days",
        meaning="half-life of weapons adrift: found, bought up, or past use",
        source="assumption",
    )
    prisoners_joining: float = parameter(
        0.1,
        "j_pri",
        prior=(0.02, 0.3),
        limits=(0.0, 1.0),
        unit="share",
        meaning="freed political prisoners who join their liberators",
        source="assumption: most are not fit to fight",
    )
    denial_capacity: float = parameter(
        0.6,
        "c_den",
        prior=(0.5, 0.8),
        limits=(0.0, 1.0),
        unit="capacity",
        meaning="least capacity of a state that can destroy depots from the air",
        source="assumption",
    )
    denial_per_day: float = parameter(
        0.7,
        "lam_den",
        prior=(0.3, 1.5),
        limits=(0.0, 10.0),
        unit="hazard per day",
        meaning="strikes on one site by one power while the site is exposed",
        source="about 480 strikes in 48 hours on 8-10 Dec 2024 (owner's claim, press of 10 Dec)",
    )
    denial_days: float = parameter(
        3.0,
        "t_den",
        prior=(2.0, 5.0),
        limits=(0.0, 365.0),
        unit="days",
        meaning="time for which a site is exposed after the collapse, and after a capture that follows it",
        source="the strikes of 8-10 Dec 2024; assumption",
    )
    denial_share: float = parameter(
        0.75,
        "s_den",
        prior=(0.4, 0.9),
        limits=(0.0, 1.0),
        unit="share",
        meaning="share of a site that a strike destroys",
        source="owner's claim of 70-80 % of strategic arms destroyed (press of 10 Dec 2024)",
    )


@rule
def adrift_share(looted: float, scuttled: float, guarded: float, secured: float) -> float:
    """Return the share of a captured depot that ends in nobody's hands: (1 - l - s) * (1 - min(1, g)) * (1 - s_sec).

    Parameters
    ----------
    looted, scuttled
        l and s, shares of the depot that the captor uses and that the loser destroyed; at most 1 together.
    guarded
        g, guards still at their posts when the captor came, relative to a full garrison, >= 0.
    secured
        s_sec, share of an unguarded remainder that is still there (assumption).

    References
    ----------
    Jackson (2010), International Studies Perspectives 11, 131-149, on leakage from the state's stocks.
    """
    left = max(0.0, 1.0 - looted - scuttled)
    return left * (1.0 - min(1.0, guarded)) * (1.0 - secured)


@rule
def share_after_half_life(half_life_days: float) -> float:
    """Return what is left after one day of a stock with that half-life: 2**(-1 / hl).

    Parameters
    ----------
    half_life_days
        hl, > 0.
    """
    return math.pow(2.0, -1.0 / half_life_days)


@rule
def denial_probability(hazard: float) -> float:
    """Return the chance that one power strikes one exposed site today: 1 - exp(-lam_den).

    Parameters
    ----------
    hazard
        lam_den, per day, >= 0.
    """
    return 1.0 - math.exp(-hazard)


@rule
def is_exposed(days_since_collapse: int, days_since_capture: int, window_days: float) -> bool:
    """Tell whether a site may be struck: soon after the collapse, or after a later capture.

    Parameters
    ----------
    days_since_collapse
        0 on the day of the collapse, negative before it.
    days_since_capture
        Of this site; one before the collapse does not count.
    window_days
        t_den, see the parameter table.
    """
    if days_since_collapse < 0:
        return False
    return min(days_since_collapse, days_since_capture) < window_days
