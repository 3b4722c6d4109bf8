"""Read the outlines of a world's map file, with every fault told in one line.

Holds the format only: which rings belong to which location. What a figure makes of them is `geometry`.
"""

import difflib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from sim.world.faults import WorldError, file_fault

FloatArray: TypeAlias = npt.NDArray[np.float64]

MIN_POINTS = 4  # of a closed ring: a triangle, and its first corner again
MAX_SHOWN = 60  # characters of a value in a message
DO_WITHOUT = "or remove `map` from world.yaml to draw circles"


@dataclass(frozen=True)
class Outline:
    """Hold the rings of one location, or of land around the world that is no location.

    Parameters
    ----------
    location_id
        Id of locations.csv, or None for land around.
    name, state
        Words for people and id of the state, as the file gives them; empty where it does not.
    rings
        Closed rings, each (point, 2) with longitude and latitude in degrees; outer rings run
        counter-clockwise, holes clockwise.
    """

    location_id: str | None
    name: str
    state: str
    rings: tuple[FloatArray, ...]


def read_outlines(path: Path, location_ids: Sequence[str]) -> list[Outline]:
    """Return the outlines of a GeoJSON file: one for each location, in their order, then the land around.

    Parameters
    ----------
    path
        A FeatureCollection whose features carry the properties `location_id` (null for land around), `name`
        and `state`, and a Polygon or MultiPolygon in degrees of longitude and latitude.
    location_ids
        The ids that must be there, each exactly once.
    """
    outlines = [_outline(path, number, feature) for number, feature in enumerate(_features(path), start=1)]
    by_id = {outline.location_id: outline for outline in outlines}
    _check_ids(path, [outline.location_id for outline in outlines if outline.location_id is not None], location_ids)
    around = [outline for outline in outlines if outline.location_id is None]
    return [by_id[location_id] for location_id in location_ids] + around


def signed_area(ring: FloatArray) -> float:
    """Return the area inside a closed ring, positive where it runs counter-clockwise.

    Parameters
    ----------
    ring
        (point, 2), first and last point equal.
    """
    x, y = (ring - ring[0]).T
    return float(0.5 * np.sum(x[:-1] * y[1:] - x[1:] * y[:-1]))


def centroid(ring: FloatArray) -> FloatArray:
    """Return the centre of gravity of the area inside a closed ring, (2,).

    Parameters
    ----------
    ring
        (point, 2), first and last point equal, with an area.
    """
    near = ring - ring[0]
    cross = near[:-1, 0] * near[1:, 1] - near[1:, 0] * near[:-1, 1]
    pairs = near[:-1] + near[1:]
    return np.asarray(ring[0] + (cross[:, None] * pairs).sum(axis=0) / (3.0 * cross.sum()), dtype=np.float64)


def _fault(where: str | Path, what: str) -> WorldError:
    """Return the error for a fault at a place of the map file, such as a feature."""
    problem, _, cure = what.rpartition("; ")
    return WorldError(Path(where).parent, [file_fault(Path(where).name, problem, cure)])


def _short(value: object) -> str:
    """Return what came, cut short: a broken file must not flood the terminal."""
    text = repr(value)
    return text if len(text) <= MAX_SHOWN else f"{text[:MAX_SHOWN]}..."


def _features(path: Path) -> list[object]:
    """Return the features of the file."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise _fault(path, f"cannot read the map ({error.strerror}); correct `map`, {DO_WITHOUT}") from error
    except UnicodeDecodeError as error:
        raise _fault(path, f"expected UTF-8 text, got other bytes; save the map as UTF-8, {DO_WITHOUT}") from error
    except json.JSONDecodeError as error:
        what = f"line {error.lineno} is not JSON ({error.msg}); export the map again, {DO_WITHOUT}"
        raise _fault(path, what) from error
    except (ValueError, RecursionError) as error:  # of a number of thousands of digits, of lists in lists in lists
        raise _fault(path, f"holds what no map holds; export it again, {DO_WITHOUT}") from error
    features = document.get("features") if isinstance(document, dict) else None
    if not isinstance(features, list) or not features:
        raise _fault(path, f"expected a FeatureCollection with features, got none; export it again, {DO_WITHOUT}")
    return features


def _outline(path: Path, number: int, feature: object) -> Outline:
    """Return one feature as an outline."""
    where = f"{path} feature {number}"
    properties = _member(where, feature, "properties")
    if "location_id" not in properties:
        raise _fault(where, "location_id is missing; give an id of locations.csv, or null for land around")
    location_id = properties["location_id"]
    if location_id is not None and not isinstance(location_id, str):
        raise _fault(where, f"location_id must be text or null, got {_short(location_id)}; put it in quotes")
    where = f"{where} ({location_id or 'land around'})"
    return Outline(
        location_id,
        str(properties.get("name") or ""),
        str(properties.get("state") or ""),
        tuple(_rings(where, _member(where, feature, "geometry"))),
    )


def _member(where: str, feature: object, key: str) -> Mapping[str, object]:
    """Return a member of a feature that must be an object."""
    member = feature.get(key) if isinstance(feature, dict) else None
    if not isinstance(member, dict):
        raise _fault(where, f"expected an object {key!r}, got {_short(member)}; export the map as GeoJSON")
    return member


def _rings(where: str, geometry: Mapping[str, object]) -> Iterator[FloatArray]:
    """Yield the rings of a polygon or multipolygon."""
    kind, coordinates = geometry.get("type"), geometry.get("coordinates")
    if kind not in {"Polygon", "MultiPolygon"}:
        raise _fault(where, f"expected a Polygon or MultiPolygon, got {_short(kind)}; use areas, not points or lines")
    polygons = [coordinates] if kind == "Polygon" else coordinates
    if not isinstance(polygons, list) or not polygons:
        raise _fault(where, "expected a list of polygons, got none; export the map again")
    for polygon in polygons:
        if not isinstance(polygon, list) or not polygon:
            raise _fault(where, "expected a list of rings in each polygon, got none; export the map again")
        for index, points in enumerate(polygon):
            ring = _closed(where, points)
            runs_clockwise, is_hole = signed_area(ring) < 0.0, index > 0
            yield ring if runs_clockwise == is_hole else ring[::-1]


def _closed(where: str, points: object) -> FloatArray:
    """Return one ring as an array whose last point is its first."""
    try:
        ring = np.asarray(points, dtype=np.float64)[:, :2]  # a third number is a height
    except (TypeError, ValueError, IndexError) as error:
        raise _fault(where, "expected pairs of numbers in a ring, got something else; export it again") from error
    if len(ring) < MIN_POINTS:
        raise _fault(where, f"a ring needs at least {MIN_POINTS} points, got {len(ring)}; remove the sliver")
    if ring.shape != (len(ring), 2) or not (np.abs(ring) <= (180.0, 90.0)).all():
        what = f"expected longitude and latitude in degrees, got {np.abs(ring).max(axis=0).tolist()}"
        raise _fault(where, f"{what} as largest; export the map in WGS84 (EPSG:4326)")
    return ring if (ring[0] == ring[-1]).all() else np.vstack([ring, ring[:1]])


def _check_ids(path: Path, found: Sequence[str], wanted: Sequence[str]) -> None:
    """Refuse a map whose locations are not exactly those of the world."""
    for name in found:
        if name not in wanted:
            close = difflib.get_close_matches(name, wanted, n=1)
            cure = f"did you mean {close[0]!r}?" if close else "remove the feature, or set location_id to null"
            raise _fault(path, f"location_id {_short(name)} is not in locations.csv; {cure}")
        if found.count(name) > 1:
            raise _fault(path, f"location_id {name!r} has {found.count(name)} features; merge them into one")
    if missing := [name for name in wanted if name not in found]:
        shown = ", ".join(missing[:5]) + (", ..." if len(missing) > len(missing[:5]) else "")
        what = f"no outline for {len(missing)} of {len(wanted)} locations ({shown})"
        raise _fault(path, f"{what}; add their features, {DO_WITHOUT}")
