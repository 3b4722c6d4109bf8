"""Make shapes for maps of the size of a stamp: the contested state alone, coarse outlines, large circles."""

import dataclasses
from collections.abc import Sequence

import numpy as np
from matplotlib.path import Path as Curve

from sim.show.maps.borderlines import state_borders
from sim.show.maps.circles import spread
from sim.show.maps.geojson import FloatArray, Outline
from sim.show.maps.geometry import MARGIN, Shapes

COARSENESS = 0.004  # assumption: steps along an outline, per longer side of the map, too small to be seen
MIN_POINTS = 4  # of a closed ring that still has an area
FILLED = 0.4  # assumption: radius of circles that fill a box well, per root of the area for each
GAP = 2.1  # assumption: centres at least this many radii apart leave a line of white
FLATTEST = 0.5  # least ratio of the sides of the box that circles fill


def stamp_map(shapes: Shapes, home: Sequence[str]) -> Shapes:
    """Return shapes for very small maps: coarse outlines, or circles that are large and spread out.

    Parameters
    ----------
    shapes
        The world's shapes.
    home
        Ids of the contested state's locations.
    """
    return coarse_map(shapes, home) if shapes.is_mapped else _large_circles(shapes, home)


def coarse_map(shapes: Shapes, home: Sequence[str]) -> Shapes:
    """Return the shapes of the contested state of a mapped world with fewer points, and nothing around it.

    Parameters
    ----------
    shapes
        The world's shapes, from a map.
    home
        Ids of the contested state's locations.
    """
    extent = shapes.extent_of(home)
    step = COARSENESS * max(extent[1] - extent[0], extent[3] - extent[2])
    chosen = [shapes.location_ids.index(place) for place in home]
    only = _only(shapes, chosen)
    outlines = [Outline(None, "", "", _rings(curve)) for curve in only.outlines]
    rim = state_borders(outlines, [shapes.contested_state] * len(outlines))
    return dataclasses.replace(
        only,
        outlines=tuple(_coarse_curve(curve, step) for curve in only.outlines),
        state_borders=tuple(_coarse_line(line, step) for line in rim),
        context=(),
        state_names=(),
        state_middles=np.zeros((0, 2)),
        extent=extent,
    )


def _large_circles(shapes: Shapes, home: Sequence[str]) -> Shapes:
    """Return the places of the contested state as circles that fill their box, roughly where they lie."""
    only = _only(shapes, [shapes.location_ids.index(place) for place in home])
    longest = float(np.ptp(only.anchors, axis=0).max()) or 1.0
    width, height = np.maximum(np.ptp(only.anchors, axis=0), FLATTEST * longest)
    radius = FILLED * float(np.sqrt(width * height / len(home)))
    middles = spread(only.anchors, GAP * radius)
    margin = (1.0 + MARGIN) * radius
    (left, bottom), (right, top) = middles.min(axis=0) - margin, middles.max(axis=0) + margin
    return dataclasses.replace(
        only,
        outlines=tuple(Curve.circle((float(x), float(y)), radius) for x, y in middles),
        anchors=middles,
        links=np.zeros((0, 2, 2)),
        is_international=np.zeros(0, dtype=np.bool_),
        extent=(float(left), float(right), float(bottom), float(top)),
    )


def _only(shapes: Shapes, chosen: Sequence[int]) -> Shapes:
    """Return shapes with some of the locations only."""
    return dataclasses.replace(
        shapes,
        location_ids=tuple(shapes.location_ids[place] for place in chosen),
        names=tuple(shapes.names[place] for place in chosen),
        states=tuple(shapes.states[place] for place in chosen),
        outlines=tuple(shapes.outlines[place] for place in chosen),
        anchors=shapes.anchors[list(chosen)],
    )


def _rings(curve: Curve) -> tuple[FloatArray, ...]:
    """Return the closed rings of an outline."""
    return tuple(np.asarray(ring, dtype=np.float64) for ring in curve.to_polygons())


def _coarse_curve(curve: Curve, step: float) -> Curve:
    """Return an outline with fewer points; rings too small to be seen are left out, if others remain."""
    coarse = [_coarse_line(ring, step) for ring in _rings(curve)]
    seen = [ring for ring in coarse if len(ring) >= MIN_POINTS]
    return Curve.make_compound_path(*[Curve(ring, closed=True) for ring in seen]) if seen else curve


def _coarse_line(line: FloatArray, step: float) -> FloatArray:
    """Return a line without the points nearer to the one kept before them than a step; its ends stay."""
    kept = [line[0]]
    for point in line[1:-1]:
        if np.hypot(*(point - kept[-1])) >= step:
            kept.append(point)
    return np.array([*kept, line[-1]])
