"""Read the outlines of a world's map file as the tables are read: with every fault in one line.

Holds the format only: which polygons belong to which location. It is judged here with plain arithmetic, so that a
start that only lives a run waits for no geometry library; what a figure makes of it is `sim.show.maps`.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from sim.world.faults import Fault, WorldError, file_fault, shown
from sim.world.frozen import CONTROL
from sim.world.limits import MAX_FILE_BYTES
from sim.world.reading import read_text

FloatArray: TypeAlias = npt.NDArray[np.float64]
Polygon: TypeAlias = tuple[FloatArray, ...]
"""Closed rings, each (point, 2) with longitude and latitude in degrees: the outer one, then its holes."""

ID = "location_id"
MIN_POINTS = 4  # of a closed ring: a triangle, and its first corner again
LEAST_AREA = 1e-12  # square degrees, twice: what rounding makes of a line
TURN = 360.0  # degrees; some files count on beyond 180 where a country crosses the antimeridian
KM_PER_DEGREE = 111.195  # mean Earth radius of 6371.0 km
DO_WITHOUT = "or remove `map` from world.yaml to draw circles"


@dataclass(frozen=True, eq=False)
class Outline:
    """Hold the polygons of one location, or of land around the world that is no location.

    Attributes
    ----------
    number
        Which feature of the file it is, counted from 1.
    location_id
        Id of locations.csv, or None for land around.
    name, state
        Words for people and id of the state, as the file gives them; empty where it does not.
    polygons
        At least one.
    """

    number: int
    location_id: str | None
    name: str
    state: str
    polygons: tuple[Polygon, ...]

    def distance_km(self, lon: float, lat: float) -> float:
        """Return how far a place lies outside, 0 where it lies inside; about right, and only for what is near."""
        rings = [_seen_from(ring, lon, lat) for polygon in self.polygons for ring in polygon]
        starts, ends = (np.vstack([ring[part] for ring in rings]) for part in (slice(-1), slice(1, None)))
        steps = ends - starts
        x, y = starts.T
        is_crossed = (y > 0.0) != (ends[:, 1] > 0.0)  # by the way east
        right = x - np.divide(y * steps[:, 0], steps[:, 1], out=np.zeros_like(y), where=is_crossed)
        if np.count_nonzero(is_crossed & (right > 0.0)) % 2:
            return 0.0
        lengths = (steps**2).sum(axis=1)
        along = np.divide(-(starts * steps).sum(axis=1), lengths, out=np.zeros_like(lengths), where=lengths > 0.0)
        nearest = starts + np.clip(along, 0.0, 1.0)[:, None] * steps
        return float(np.hypot(*nearest.T).min())


def read_outlines(folder: Path, name: str) -> tuple[list[Outline], list[Fault]]:
    """Return the outlines of a GeoJSON file in a world's folder that are whole, and the faults of the others.

    Parameters
    ----------
    folder, name
        Where to find a FeatureCollection whose features carry the properties `location_id` (null for land around),
        `name` and `state`, and a Polygon or MultiPolygon in degrees of longitude and latitude.

    Raises
    ------
    WorldError
        If there is no such collection.
    """
    outlines: list[Outline] = []
    faults: list[Fault] = []
    for number, feature in enumerate(_features(folder, name), start=1):
        try:
            outlines.append(_outline(number, feature))
        except _FeatureError as error:
            column, value, problem, cure = error.args
            faults.append(Fault(name, number, column, value, problem, cure))
    if len(faults) > 1 and not outlines and len({(fault.column, fault.problem, fault.cure) for fault in faults}) == 1:
        first = faults[0]
        return [], [Fault(name, None, first.column, None, f"{first.problem} in every feature", first.cure)]
    return outlines, faults


class _FeatureError(Exception):
    """Say what is wrong with a feature: in which part, what came there, what it is, and the cure."""


def _wrong(part: str, value: str | None, problem: str, cure: str) -> _FeatureError:
    """Return the error of a feature."""
    return _FeatureError(part, value, problem, cure)


def _features(folder: Path, name: str) -> list[object]:
    """Return the features of the file."""
    again = f"export the map again, {DO_WITHOUT}"
    try:
        document = json.loads(read_text(folder, name, MAX_FILE_BYTES))
    except json.JSONDecodeError as error:
        problem = f"line {error.lineno} is not JSON ({error.msg})"
        raise WorldError(folder, [file_fault(name, problem, again)]) from None
    except (ValueError, RecursionError) as error:  # of a number of thousands of digits, of lists in lists in lists
        if isinstance(error, WorldError):
            raise
        raise WorldError(folder, [file_fault(name, "holds what no map holds", again)]) from None
    features = document.get("features") if isinstance(document, dict) else None
    if not isinstance(features, list) or not features:
        raise WorldError(folder, [file_fault(name, "must be a FeatureCollection with features", again)])
    return features


def _outline(number: int, feature: object) -> Outline:
    """Return one feature as an outline."""
    properties = _member(feature, "properties")
    if ID not in properties:
        raise _wrong(ID, None, "is missing", "give an id of locations.csv, or null for land around")
    place = properties[ID]
    if place is not None and not isinstance(place, str):
        raise _wrong(ID, _short(place), "must be text or null", "put it in quotes")
    name, state = (_label(properties, key) for key in ("name", "state"))
    whose = f"outline of {place}" if place is not None else "land around"
    return Outline(number, place, name, state, _polygons(whose, _member(feature, "geometry")))


def _label(properties: dict[str, Any], key: str) -> str:
    """Return a text that the map may show."""
    text = str(properties.get(key) or "")
    if CONTROL.search(text):
        raise _wrong(key, _short(text), "holds a control character or a line break", "give a plain text")
    return text


def _member(feature: object, key: str) -> dict[str, Any]:
    """Return a member of a feature that must be an object."""
    member = feature.get(key) if isinstance(feature, dict) else None
    if not isinstance(member, dict):
        raise _wrong(key, _short(member), "must be an object", "export the map as GeoJSON")
    return member


def _polygons(whose: str, geometry: dict[str, Any]) -> tuple[Polygon, ...]:
    """Return the polygons of a feature's geometry without slivers: simplifying and cutting leave some of most maps."""
    kind, coordinates = geometry.get("type"), geometry.get("coordinates")
    if kind not in ("Polygon", "MultiPolygon"):
        raise _wrong(whose, _short(kind), "must be a Polygon or MultiPolygon", "use areas, not points or lines")
    polygons = [coordinates] if kind == "Polygon" else coordinates
    if not isinstance(polygons, list) or not polygons:
        raise _wrong(whose, None, "must be a list of polygons", "export the map again")
    if not all(isinstance(polygon, list) and polygon for polygon in polygons):
        raise _wrong(whose, None, "must be a list of rings in each polygon", "export the map again")
    read = [[_ring(whose, points) for points in polygon] for polygon in polygons]
    areas = tuple(tuple(filter(_has_area, rings)) for rings in read if _has_area(rings[0]))
    if not areas:
        raise _wrong(whose, None, "has no ring with an area", "export the map again")
    return areas


def _ring(whose: str, points: object) -> FloatArray:
    """Return one ring as an array whose last point is its first."""
    try:
        ring = np.asarray(points, dtype=np.float64)[:, :2]  # a third number is a height
    except (TypeError, ValueError, IndexError):
        raise _wrong(whose, None, "must have pairs of numbers in a ring", "export the map again") from None
    if len(ring) < MIN_POINTS:
        problem = f"must have at least {MIN_POINTS} points in a ring, got {len(ring)}"
        raise _wrong(whose, None, problem, "remove the sliver")
    if ring.shape != (len(ring), 2) or not (np.abs(ring) <= (TURN, 90.0)).all():
        problem = f"must be in longitude and latitude in degrees, got {np.abs(ring).max(axis=0).tolist()} as largest"
        raise _wrong(whose, None, problem, "export the map in WGS84 (EPSG:4326)")
    return ring if (ring[0] == ring[-1]).all() else np.vstack([ring, ring[:1]])


def _has_area(ring: FloatArray) -> bool:
    """Tell a ring from a line there and back."""
    x, y = (ring - ring[0]).T
    return bool(abs(np.sum(x[:-1] * y[1:] - x[1:] * y[:-1])) >= LEAST_AREA)


def _short(value: object) -> str:
    """Return what came, as it is written in Python, cut short."""
    return shown(repr(value))


def _seen_from(ring: FloatArray, lon: float, lat: float) -> FloatArray:
    """Return a ring in kilometres east and north of a place, whole also where it crosses the antimeridian."""
    east = np.unwrap((ring[:, 0] - lon + TURN / 2) % TURN - TURN / 2, period=TURN)
    return np.column_stack([np.cos(np.radians(lat)) * east, ring[:, 1] - lat]) * KM_PER_DEGREE
