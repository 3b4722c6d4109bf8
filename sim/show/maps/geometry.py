"""Turn a world's places into shapes to draw: outlines of its map file, or circles joined by borders.

Holds coordinates only; colours, lines and words are the business of `world_map`. Everything is in kilometres on a
plain equirectangular projection around the middle of the world, so axes need no other aspect than `equal`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from sim.show.maps.circles import place_circles
from sim.world.outlines import KM_PER_DEGREE, TURN, FloatArray, Outline
from sim.world.tables import Tables

Extent: TypeAlias = tuple[float, float, float, float]

MARGIN = 0.03  # assumption: white around the shapes, share of the longer side; enough for a border line
SLIVER = (
    0.01  # assumption: narrower gaps, per longer side of the contested state, come from simplifying, not from lakes
)
QUARTER = 12  # sides of a quarter of a circle


@dataclass(frozen=True, eq=False)
class Shapes:
    """Hold everything a figure needs to draw one world.

    Parameters
    ----------
    location_ids, names, states
        Id, short name and state of each location, in the order of locations.csv.
    contested_state, capital
        Id of the state that is fought over and of the location of its capital.
    outlines
        The area of each location, km.
    anchors
        (location, 2): the seat, or the middle of its circle, km.
    extent
        (left, right, bottom, top) of all locations with a margin, km.
    is_mapped
        Whether the outlines come from a map.
    links
        (link, 2, 2): lines between circles that share a border, km; empty where a map shows the borders.
    is_international
        (link,): whether the link crosses a border between states.
    state_borders
        Lines, each (point, 2), around and between states, km; empty without a map.
    context
        Land around that is no location, km.
    states_around
        Areas of the states that are not fought over by name, largest first; none without a map, where the circles
        have their own names.
    """

    location_ids: tuple[str, ...]
    names: tuple[str, ...]
    states: tuple[str, ...]
    contested_state: str
    capital: str
    outlines: tuple[BaseGeometry, ...]
    anchors: FloatArray
    extent: Extent
    is_mapped: bool
    links: FloatArray = field(default_factory=lambda: np.zeros((0, 2, 2)))
    is_international: npt.NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, dtype=np.bool_))
    state_borders: tuple[FloatArray, ...] = ()
    context: tuple[BaseGeometry, ...] = ()
    states_around: Mapping[str, BaseGeometry] = field(default_factory=dict)

    @property
    def home(self) -> list[str]:
        """Return the ids of the locations of the contested state."""
        pairs = zip(self.location_ids, self.states, strict=True)
        return [place for place, state in pairs if state == self.contested_state]

    def extent_of(self, location_ids: Iterable[str]) -> Extent:
        """Return the frame in km that shows some locations whole."""
        return frame_around([self.outlines[self.location_ids.index(name)] for name in location_ids])


def load_shapes(tables: Tables) -> Shapes:
    """Return the shapes of a world, from its map file if it names one, else as circles at the seats."""
    return _mapped(tables) if tables.header.map else _circled(tables)


def project(lon_lat: FloatArray, middle: FloatArray) -> FloatArray:
    """Return kilometres east and north of a middle point; true to scale along its parallel and all meridians.

    Parameters
    ----------
    lon_lat
        (point, 2), degrees.
    middle
        (2,), degrees.
    """
    scale = KM_PER_DEGREE * np.array([np.cos(np.radians(middle[1])), 1.0])
    return (lon_lat - middle) * scale


def state_borders(outlines: Sequence[BaseGeometry], states: Sequence[str]) -> tuple[FloatArray, ...]:
    """Return the lines around and between states, a line that two share once, each (point, 2).

    Parameters
    ----------
    outlines, states
        The area and the state of each location.
    """
    owners = np.array(states)
    rims = [shapely.boundary(shapely.union_all(np.array(outlines)[owners == state])) for state in set(states)]
    lines = shapely.get_parts(shapely.line_merge(shapely.union_all(rims)))
    return tuple(shapely.get_coordinates(line) for line in lines)


def circles_at(middles: FloatArray, radius: float) -> tuple[BaseGeometry, ...]:
    """Return circles of one radius around points, (point, 2)."""
    return tuple(shapely.buffer(shapely.points(middles), radius, quad_segs=QUARTER))


def rings_of(area: BaseGeometry) -> list[FloatArray]:
    """Return the closed rings of an area, each (point, 2); holes run the other way round."""
    return [shapely.get_coordinates(ring) for ring in shapely.get_rings(shapely.get_parts(area))]


def frame_around(areas: Sequence[BaseGeometry]) -> Extent:
    """Return the box around areas with a margin."""
    left, bottom, right, top = (float(end) for end in shapely.total_bounds(areas))
    margin = MARGIN * max(right - left, top - bottom)
    return (left - margin, right + margin, bottom - margin, top + margin)


def _mapped(tables: Tables) -> Shapes:
    """Return the shapes of a world with a map file."""
    n, outlines = len(tables.locations), tables.outlines
    middle = _middle(np.vstack([ring for outline in outlines[:n] for polygon in outline.polygons for ring in polygon]))
    is_home = tables.locations["state"] == tables.header.contested_state
    areas = _fitted([_area(outline, middle) for outline in outlines], is_home)
    return Shapes(
        *_named(tables),
        outlines=areas[:n],
        anchors=project(_seats(tables, middle), middle),
        extent=frame_around(areas[:n]),
        is_mapped=True,
        state_borders=state_borders(areas[:n], tables.locations["state"].tolist()),
        context=tuple(area for area in areas[n:] if not area.is_empty),
        states_around=_states_around(tables, areas),
    )


def _circled(tables: Tables) -> Shapes:
    """Return the shapes of a world without a map: circles at the seats, joined by their borders."""
    middle = _middle(np.column_stack([tables.locations["lon"], tables.locations["lat"]]))
    is_home = tables.locations["state"] == tables.header.contested_state
    anchors, radius = place_circles(project(_seats(tables, middle), middle), is_home)
    ids = tables.locations["id"].tolist()
    ends = [[ids.index(end) for end in pair] for pair in tables.borders[["a", "b"]].tolist()]
    circles = circles_at(anchors, radius)
    return Shapes(
        *_named(tables),
        outlines=circles,
        anchors=anchors,
        extent=frame_around(circles),
        is_mapped=False,
        links=anchors[np.array(ends, dtype=np.int64).reshape(-1, 2)],
        is_international=tables.borders["kind"] == "international",
    )


def _middle(points: FloatArray) -> FloatArray:
    """Return the middle of the box around points, (2,) in degrees; a world across the antimeridian stays whole."""
    lons = np.unique(points[:, 0] % TURN)
    first = (int(np.diff(lons, append=lons[0] + TURN).argmax()) + 1) % len(lons)  # beyond the widest gap
    width = (lons[first - 1] - lons[first]) % TURN
    middle = lons[first] + width / 2.0
    lats = points[:, 1]
    return np.array([middle - TURN * (middle > TURN / 2), (lats.min() + lats.max()) / 2.0])


def _area(outline: Outline, middle: FloatArray) -> BaseGeometry:
    """Return an outline in kilometres, whole also where the file has cut it at the antimeridian."""
    rings = ([project(_turned(ring, middle), middle) for ring in polygon] for polygon in outline.polygons)
    polygons = [shapely.Polygon(outer, holes) for outer, *holes in rings]
    return shapely.union_all(shapely.make_valid(polygons, method="structure", keep_collapsed=False))


def _turned(ring: FloatArray, middle: FloatArray) -> FloatArray:
    """Return a ring of degrees in one piece, on the side of the Earth that is seen around a middle."""
    lons = np.unwrap(ring[:, 0], period=TURN)
    return np.column_stack([lons - TURN * np.rint((lons.mean() - middle[0]) / TURN), ring[:, 1]])


def _fitted(areas: Sequence[BaseGeometry], is_home: npt.NDArray[np.bool_]) -> tuple[BaseGeometry, ...]:
    """Return areas that share their edges, also where outlines were simplified one by one and do not."""
    found, n = np.array(areas), len(is_home)
    if not shapely.coverage_is_valid(found):
        left, bottom, right, top = shapely.total_bounds(found[:n][is_home])
        width = SLIVER * max(right - left, top - bottom)
        clean = np.array(shapely.coverage_clean(found, gap_width=width, merge_strategy="min_area"))
        found[:n] = np.where(shapely.is_empty(clean[:n]), found[:n], clean[:n])
        found[n:] = clean[n:]
    return tuple(shapely.orient_polygons(found))  # holes run the other way round, which keeps them open


def _states_around(tables: Tables, areas: Sequence[BaseGeometry]) -> dict[str, BaseGeometry]:
    """Return the areas of all states but the contested one by name, largest first."""
    names, n = dict(tables.states[["id", "name"]].tolist()), len(tables.locations)
    owners = [*tables.locations["state"], *(outline.state for outline in tables.outlines[n:])]
    parts: dict[str, list[BaseGeometry]] = {}
    for outline, area, owner in zip(tables.outlines, areas, owners, strict=True):
        if owner != tables.header.contested_state:
            parts.setdefault(names.get(owner, outline.name), []).append(area)
    whole = {name: shapely.union_all(own) for name, own in parts.items() if name}
    return dict(sorted(whole.items(), key=lambda pair: -pair[1].area))


def _seats(tables: Tables, middle: FloatArray) -> FloatArray:
    """Return the seats of all locations, (location, 2) in degrees, on the side of the Earth around a middle."""
    lons = tables.locations["lon"]
    return np.column_stack([lons - TURN * np.rint((lons - middle[0]) / TURN), tables.locations["lat"]])


def _named(tables: Tables) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...], str, str]:
    """Return the ids, names without brackets and states of the locations, the contested state and the capital."""
    ids, names, states = (tuple(map(str, tables.locations[column])) for column in ("id", "name", "state"))
    header = tables.header
    return ids, tuple(name.split(" (")[0] for name in names), states, header.contested_state, header.capital
