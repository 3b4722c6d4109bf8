"""Turn a world's places into shapes to draw: outlines of its map file, or circles joined by borders.

Holds coordinates only; colours, lines and words are the business of `maps`. Everything is in kilometres on a
plain equirectangular projection around the middle of the world, so axes need no other aspect than `equal`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from matplotlib.path import Path as Curve

from sim.show.maps.borderlines import state_borders
from sim.show.maps.circles import place_circles
from sim.show.maps.geojson import FloatArray, Outline, centroid, read_outlines, signed_area
from sim.world.tables import Tables

Extent: TypeAlias = tuple[float, float, float, float]

KM_PER_DEGREE = 111.195  # mean Earth radius of 6371.0 km
MARGIN = 0.03  # assumption: white around the shapes, share of the longer side; enough for a border line


@dataclass(frozen=True)
class Shapes:
    """Hold everything a figure needs to draw one world.

    Parameters
    ----------
    location_ids, names, states
        Id, short name and state of each location, in the order of locations.csv.
    contested_state, capital
        Id of the state that is fought over and of the location of its capital.
    outlines
        A closed curve for each location, km.
    anchors
        (location, 2): the seat, or the middle of its circle, km.
    links
        (link, 2, 2): lines between circles that share a border, km; empty where a map shows the borders.
    is_international
        (link,): whether the link crosses a border between states.
    state_borders
        Lines, each (point, 2), around and between states, km; empty without a map.
    context
        Curves of the land around that is no location, km.
    state_names, state_middles
        Names of the states that are not fought over, largest first, and where to write them,
        (name, 2) in km; none without a map, where the circles have their own names.
    extent
        (left, right, bottom, top) of all locations with a margin, km.
    is_mapped
        Whether the outlines come from a map.
    """

    location_ids: tuple[str, ...]
    names: tuple[str, ...]
    states: tuple[str, ...]
    contested_state: str
    capital: str
    outlines: tuple[Curve, ...]
    anchors: FloatArray
    links: FloatArray
    is_international: npt.NDArray[np.bool_]
    state_borders: tuple[FloatArray, ...]
    context: tuple[Curve, ...]
    state_names: tuple[str, ...]
    state_middles: FloatArray
    extent: Extent
    is_mapped: bool

    def extent_of(self, location_ids: Iterable[str]) -> Extent:
        """Return the frame of some locations, to zoom in on them.

        Parameters
        ----------
        location_ids
            Ids of the locations to show whole.
        """
        return _extent([self.outlines[self.location_ids.index(name)] for name in location_ids])


def load_shapes(tables: Tables) -> Shapes:
    """Return the shapes of a world, from its map file if it names one, else as circles at the seats.

    Parameters
    ----------
    tables
        The world's tables.
    """
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


def _mapped(tables: Tables) -> Shapes:
    """Return the shapes of a world with a map file."""
    ids = tuple(str(name) for name in tables.locations["id"])
    outlines = read_outlines(tables.folder / str(tables.header.map), ids)
    middle = _middle([ring for outline in outlines[: len(ids)] for ring in outline.rings])
    curves = [_curve([project(ring, middle) for ring in outline.rings]) for outline in outlines]
    states = tuple(str(name) for name in tables.locations["state"])
    middles = _state_middles(tables, outlines, states)
    return Shapes(
        location_ids=ids,
        names=_short_names(tables),
        states=states,
        contested_state=tables.header.contested_state,
        capital=tables.header.capital,
        outlines=tuple(curves[: len(ids)]),
        anchors=project(_seats(tables), middle),
        links=np.zeros((0, 2, 2)),
        is_international=np.zeros(0, dtype=np.bool_),
        state_borders=tuple(project(line, middle) for line in state_borders(outlines[: len(ids)], states)),
        context=tuple(curves[len(ids) :]),
        state_names=tuple(middles),
        state_middles=project(np.array(list(middles.values())).reshape(-1, 2), middle),
        extent=_extent(curves[: len(ids)]),
        is_mapped=True,
    )


def _circled(tables: Tables) -> Shapes:
    """Return the shapes of a world without a map: circles at the seats, joined by their borders."""
    seats = _seats(tables)
    is_home = tables.locations["state"] == tables.header.contested_state
    anchors, radius = place_circles(project(seats, _middle([seats])), is_home)
    ids = [str(name) for name in tables.locations["id"]]
    ends = [
        [ids.index(str(a)), ids.index(str(b))] for a, b in zip(tables.borders["a"], tables.borders["b"], strict=True)
    ]
    circles = tuple(Curve.circle((float(x), float(y)), radius) for x, y in anchors)
    return Shapes(
        location_ids=tuple(ids),
        names=_short_names(tables),
        states=tuple(str(name) for name in tables.locations["state"]),
        contested_state=tables.header.contested_state,
        capital=tables.header.capital,
        outlines=circles,
        anchors=anchors,
        links=anchors[np.array(ends, dtype=np.int64).reshape(-1, 2)],
        is_international=tables.borders["kind"] == "international",
        state_borders=(),
        context=(),
        state_names=(),
        state_middles=np.zeros((0, 2)),
        extent=_extent(circles),
        is_mapped=False,
    )


def _state_middles(tables: Tables, outlines: Sequence[Outline], states: Sequence[str]) -> dict[str, FloatArray]:
    """Return the middle of the largest area of each state but the contested one, by name, in degrees."""
    names = dict(tables.states[["id", "name"]].tolist())
    largest: dict[str, FloatArray] = {}
    for outline, state in zip(
        outlines, [*states, *(outline.state for outline in outlines[len(states) :])], strict=True
    ):
        name = names.get(state, outline.name)
        ring = max(outline.rings, key=signed_area)
        if state != tables.header.contested_state and (
            name not in largest or signed_area(ring) > signed_area(largest[name])
        ):
            largest[name] = ring
    ranked = sorted(largest, key=lambda name: -signed_area(largest[name]))
    return {name: centroid(largest[name]) for name in ranked if name}


def _seats(tables: Tables) -> FloatArray:
    """Return the seats of all locations, (location, 2) in degrees of longitude and latitude."""
    return np.column_stack([tables.locations["lon"], tables.locations["lat"]])


def _short_names(tables: Tables) -> tuple[str, ...]:
    """Return the names without what they explain in brackets: a label has no room for it."""
    return tuple(str(name).split(" (")[0] for name in tables.locations["name"])


def _middle(parts: Sequence[FloatArray]) -> FloatArray:
    """Return the middle of the box around all points."""
    points = np.vstack(parts)
    return np.asarray((points.min(axis=0) + points.max(axis=0)) / 2.0, dtype=np.float64)


def _curve(rings: Sequence[FloatArray]) -> Curve:
    """Return rings as one curve; holes stay open because they run the other way round."""
    return Curve.make_compound_path(*[Curve(ring, closed=True) for ring in rings])


def _extent(curves: Sequence[Curve]) -> Extent:
    """Return the box around curves with a margin."""
    boxes = [curve.get_extents() for curve in curves]
    left, right = min(box.x0 for box in boxes), max(box.x1 for box in boxes)
    bottom, top = min(box.y0 for box in boxes), max(box.y1 for box in boxes)
    margin = MARGIN * max(right - left, top - bottom)
    return (left - margin, right + margin, bottom - margin, top + margin)
