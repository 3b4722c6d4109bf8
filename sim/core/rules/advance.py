"""How a front moves: kilometres a day, street fighting at the seat, and decay when nobody presses."""

from __future__ import annotations

import math
from dataclasses import dataclass

from sim.core.jit import rule
from sim.core.parameters import parameter

EDGE = 0.5  # over even odds, at odds of 3 to 1: pace and days are given for it
TWENTIETH = 0.05  # of the people: the province whose seat takes ``seat_days``
SMALLEST_SEAT = 0.5  # of those days, for the seat of however few
LEAST_EDGE = 0.1  # assumption: street fighting at hardly better than even odds takes ten times its days, not for ever


@dataclass(frozen=True)
class Advance:
    """Parameters of the speed of fronts."""

    opposed_km_per_day: float = parameter(
        10.0,
        "v_op",
        prior=(4.0, 18.0),
        calibrated=(3.0, 20.0),
        limits=(0.1, 500.0),
        unit="km/day",
        meaning="advance against a fighting defence at odds of 3 to 1 (twice that at certain odds)",
        source="opposed advance 1 / 6 / 15 km a day: general military literature, rounded",
    )
    road_km_per_day: float = parameter(
        70.0,
        "v_road",
        prior=(30.0, 120.0),
        calibrated=True,
        limits=(1.0, 1000.0),
        unit="km/day",
        meaning="advance against a melted defence",
        source="unopposed road move 50 / 80 / 160 km a day",
    )
    no_road_factor: float = parameter(
        0.5,
        "k_path",
        prior=(0.3, 0.8),
        limits=(0.05, 1.0),
        unit="1",
        meaning="speed where no trunk road joins the two places",
        source="assumption",
    )
    melt_morale: float = parameter(
        0.35,
        "m_b",
        prior=(0.25, 0.45),
        limits=(0.0, 1.0),
        unit="morale",
        meaning="morale below which a defence has melted",
        source="assumption",
    )
    melt_share: float = parameter(
        0.05,
        "n_b",
        prior=(0.02, 0.1),
        limits=(0.0, 1.0),
        unit="share",
        meaning="share of the day-0 garrison below which a defence has melted",
        source="assumption",
    )
    seat_days: float = parameter(
        5.0,
        "t_seat",
        prior=(2.0, 8.0),
        limits=(0.0, 100.0),
        unit="days",
        meaning="street fighting for the defended seat of a province with a twentieth of the people",
        source="assumption; range tried on six worlds",
    )
    decay_per_day: float = parameter(
        0.03,
        "x_dec",
        prior=(0.01, 0.1),
        limits=(0.0, 1.0),
        unit="share per day",
        meaning="progress lost on a front that nobody presses",
        source="assumption",
    )
    inner_distance: float = parameter(
        0.25,
        "k_in",
        prior=(0.1, 0.5),
        limits=(0.0, 1.0),
        unit="1",
        meaning="distance from an enclave to the seat, in mean distances to the neighbours",
        source="assumption",
    )
    siege: float = parameter(
        0.0,
        "k_sg",
        prior=(0.0, 8.0),
        limits=(0.0, 50.0),
        unit="1",
        meaning="how much longer a seat holds whose defenders are firm, against attackers without heavy weapons or air",
        source="assumption; that light forces cannot storm what is held: general",
    )
    tempo_median: float = parameter(
        1.6,
        "tempo_0",
        prior=(0.7, 4.0),
        calibrated=(0.7, 6.0),
        limits=(0.1, 20.0),
        unit="factor",
        meaning="tempo of a median run: above 1 everything takes longer",
        source="assumption; range by the days of fourteen falls; at 1 the speeds of advance are taken as they are",
    )
    tempo_spread: float = parameter(
        0.65,
        "sig_tempo",
        prior=(0.3, 1.1),
        calibrated=(0.3, 1.2),
        limits=(0.0, 3.0),
        unit="log",
        meaning="spread of the tempo of a run, drawn once",
        source="assumption; range tried on six worlds",
    )


@rule
def is_melted(morale: float, fighters: float, initial: float, melt_morale: float, melt_share: float) -> bool:
    """Tell whether a defence has ceased to be one: m < m_b, or n < n_b * n_0.

    Parameters
    ----------
    morale
        m, of those who defend, in [0, 1].
    fighters, initial
        n and n_0, now and when its side came to hold the place.
    melt_morale, melt_share
        m_b and n_b, see the parameter table; the thresholds are assumptions.
    """
    return morale < melt_morale or fighters < melt_share * initial


@rule
def opposed_days(
    distance: float,
    odds: float,
    population_share: float,
    opposed_km_per_day: float,
    seat_days: float,
    tempo: float,
) -> float:
    """Return the days that a front needs against a fighting defence; infinite when the odds are not above even.

    With e = 2 p - 1, the edge over even odds: d * t / v_op * (0.5 / e) on the road, and t_seat * t * max(0.5,
    sqrt(w / 0.05)) * 0.5 / max(0.1, e) in the streets. Pace and days are given for odds of 3 to 1, where e is 0.5.

    Parameters
    ----------
    distance
        d, in km.
    odds
        p, today's chance to prevail, in [0, 1].
    population_share
        w, of the place among all people: larger cities take longer, by the root.
    opposed_km_per_day, seat_days
        v_op and t_seat, see the parameter table.
    tempo
        t, factor on all times of a run, > 0.

    References
    ----------
    Assumption, in the spirit of Epstein (1985), "The calculus of conventional war", where advance depends on how much
    attrition either side accepts.
    """
    edge = 2.0 * odds - 1.0
    if edge <= 0.0:
        return math.inf
    road = distance * tempo / (opposed_km_per_day * edge / EDGE)
    size = max(SMALLEST_SEAT, math.sqrt(population_share / TWENTIETH))
    streets = EDGE * seat_days * tempo * size / max(LEAST_EDGE, edge)
    return road + streets


@rule
def siege_factor(morale: float, equipment: float, air: float, siege: float) -> float:
    """Return how much longer a seat holds out: 1 + k_sg * max(0, 2 m - 1) * (1 - min(1, h + a)).

    Parameters
    ----------
    morale
        m, of those who hold it, in [0, 1].
    equipment, air
        h and a, heavy weapons per fighter and air force of those who attack, >= 0.
    siege
        k_sg, see the parameter table.
    """
    return 1.0 + siege * max(0.0, 2.0 * morale - 1.0) * (1.0 - min(1.0, equipment + air))


@rule
def pursuit_days(distance: float, road_km_per_day: float) -> float:
    """Return the days that an unopposed move takes: d / v_road.

    Parameters
    ----------
    distance
        d, in km.
    road_km_per_day
        v_road, a road march, > 0; slower where no trunk road leads.
    """
    return distance / road_km_per_day


@rule
def front_after(progress: float, days: float, decay: float) -> float:
    """Return tomorrow's progress of a front: x + 1 / days where it is pressed, else x * (1 - x_dec).

    Parameters
    ----------
    progress
        x; at 1 the seat is taken.
    days
        That the whole way would take at today's pace; 0 when nobody presses.
    decay
        x_dec, share of the progress lost in a day, in [0, 1] (assumption).
    """
    if days > 0.0:
        return progress + 1.0 / days
    return progress * (1.0 - decay)


@rule
def inner_distance_km(mean_edge_km: float, own_control: float, share: float) -> float:
    """Return how far an enclave stands from the seat of its place: k_in * D * (1 - c), in km.

    Parameters
    ----------
    mean_edge_km
        D, mean distance to the neighbours' seats.
    own_control
        c, share of the place that those inside control, in [0, 1]: who holds much of it stands near.
    share
        k_in (assumption).
    """
    return share * mean_edge_km * max(0.0, 1.0 - own_control)
