"""Survey the map: distances, roads, hops, the gates of the capital."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sim.core.codes import NOBODY, Terrain
from sim.world.tables import Tables

EARTH_RADIUS_KM = 6371.0088
FAR = 99
Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Places:
    """The map as arrays by location; edges are sorted by the location that they start from."""

    capital: int
    state_of: Ints
    population: Floats
    population_share: Floats
    terrain: Ints
    is_gate: Ints
    seat_holder: Ints
    mean_edge_km: Floats
    capital_hops: Ints
    hops: Ints
    border_hops: Ints
    crossing_hops: Ints
    edge_start: Ints
    edge_to: Ints
    edge_km: Floats
    edge_road: Ints


def survey_places(tables: Tables) -> Places:
    """Return the map of a world as arrays."""
    locations = tables.locations
    index = {name: i for i, name in enumerate(locations["id"])}
    states = {name: i for i, name in enumerate(tables.states["id"])}
    factions = {name: i for i, name in enumerate(tables.factions["id"])}
    state_of = np.array([states[s] for s in locations["state"]])
    population = locations["population"].astype(float)
    edge_start, edge_to, edge_km, edge_road = _edges(tables, index)
    hops = _hops(*_ends(tables, index), len(index))
    capital = index[tables.header.capital]
    totals = np.bincount(state_of, population, minlength=len(states))
    return Places(
        capital=capital,
        state_of=state_of,
        population=population,
        population_share=population / totals[state_of],
        terrain=np.array([Terrain[t.upper()] for t in locations["terrain"]], np.int64),
        is_gate=_gates(capital, state_of, edge_start, edge_to, edge_road),
        seat_holder=np.array([factions.get(f, NOBODY) for f in locations["seat_holder"]]),
        mean_edge_km=_mean_by_place(edge_start, edge_km),
        capital_hops=hops[capital],
        hops=hops,
        border_hops=_border_hops(hops, state_of, len(states)),
        crossing_hops=_crossing_hops(tables, index, state_of, len(states)),
        edge_start=edge_start,
        edge_to=edge_to,
        edge_km=edge_km,
        edge_road=edge_road,
    )


def great_circle_km(lat_a: Floats, lon_a: Floats, lat_b: Floats, lon_b: Floats) -> Floats:
    """Return the distance between points in degrees, in km (haversine formula)."""
    phi_a, phi_b = np.radians(lat_a), np.radians(lat_b)
    half_lat, half_lon = (phi_b - phi_a) / 2, np.radians(lon_b - lon_a) / 2
    h = np.sin(half_lat) ** 2 + np.cos(phi_a) * np.cos(phi_b) * np.sin(half_lon) ** 2
    return np.asarray(2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(h)))


def _edges(tables: Tables, index: dict[str, int]) -> tuple[Ints, Ints, Floats, Ints]:
    """Return both directions of every border, sorted by start and end, with km and whether a trunk road joins them."""
    a, b = _ends(tables, index)
    start, end = np.concatenate([a, b]), np.concatenate([b, a])
    road = np.tile(tables.borders["road"].astype(np.int64), 2)
    order = np.lexsort((end, start))
    start, end, road = start[order], end[order], road[order]
    lat, lon = tables.locations["lat"], tables.locations["lon"]
    # Two nodes may share one seat (a capital and the province around it): 10 km stand for the way across.
    km = np.maximum(great_circle_km(lat[start], lon[start], lat[end], lon[end]), 10.0)
    edge_start = np.searchsorted(start, np.arange(len(index) + 1))
    return edge_start, end, km, road


def _ends(tables: Tables, index: dict[str, int]) -> tuple[Ints, Ints]:
    """Return the numbers of the two locations of every border."""
    a, b = (np.array([index[name] for name in tables.borders[end]], np.int64) for end in ("a", "b"))
    return a, b


def _hops(a: Ints, b: Ints, n: int) -> Ints:
    """Return the fewest of some borders between any two of ``n`` locations, ``FAR`` where there is no way."""
    near = np.eye(n)
    near[a, b] = near[b, a] = 1.0
    known = np.eye(n)
    hops = np.where(known > 0.0, 0, FAR)
    for count in range(1, n):
        wider = np.minimum(known @ near, 1.0)
        is_new = wider > known
        if not is_new.any():
            break
        hops[is_new] = count
        known = wider
    return hops


def _border_hops(hops: Ints, state_of: Ints, n_states: int) -> Ints:
    """Return the borders to cross from each location until each state is reached, ``FAR`` for one off the map."""
    reach = np.full((len(state_of), n_states), FAR, np.int64)
    for state in range(n_states):
        if (state_of == state).any():
            reach[:, state] = hops[:, state_of == state].min(axis=1)
    return reach


def _crossing_hops(tables: Tables, index: dict[str, int], state_of: Ints, n_states: int) -> Ints:
    """Return the borders to cross until each state is entered by an open crossing.

    All borders but the last are inside the location's own country. ``FAR`` where no open crossing can be reached.
    """
    a, b = _ends(tables, index)
    inside = state_of[a] == state_of[b]
    within = _hops(a[inside], b[inside], len(index))
    reach = np.full((len(index), n_states), FAR, np.int64)
    is_open = ~inside & tables.borders["crossing"]
    for start, end in (*zip(a[is_open], b[is_open], strict=True), *zip(b[is_open], a[is_open], strict=True)):
        reach[:, state_of[end]] = np.minimum(reach[:, state_of[end]], np.minimum(within[start] + 1, FAR))
    return reach


def _gates(capital: int, state_of: Ints, edge_start: Ints, edge_to: Ints, edge_road: Ints) -> Ints:
    """Mark the last places before the capital: its neighbours by road in the same country.

    A capital with a single such neighbour lies inside it; the gates are then the neighbours of both.
    """

    def by_road(place: int) -> set[int]:
        edges = range(edge_start[place], edge_start[place + 1])
        return {int(edge_to[e]) for e in edges if edge_road[e] and state_of[edge_to[e]] == state_of[capital]}

    region = {capital}
    gates = by_road(capital)
    if len(gates) == 1:
        region |= gates
        gates = set().union(*(by_road(place) for place in region))
    is_gate = np.zeros(len(state_of), np.int64)
    is_gate[sorted(gates - region)] = 1
    return is_gate


def _mean_by_place(edge_start: Ints, values: Floats) -> Floats:
    """Return the mean of a quantity over each location's edges, 0 for an island without any."""
    sums = np.add.reduceat(np.append(values, 0.0), edge_start[:-1])
    counts = np.diff(edge_start)
    return np.where(counts > 0, sums / np.maximum(counts, 1), 0.0)
