"""Make shapes for maps of the size of a stamp: the contested state alone, coarse outlines, large circles."""

import dataclasses

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from sim.show.maps.circles import spread
from sim.show.maps.geometry import MARGIN, Shapes, circles_at, state_borders

COARSENESS = 0.003  # assumption: detail of an outline, per longer side of the map, too small to be seen
FILLED = 0.4  # assumption: radius of circles that fill a box well, per root of the area for each
GAP = 2.1  # assumption: centres at least this many radii apart leave a line of white
FLATTEST = 0.5  # least ratio of the sides of the box that circles fill


def stamp_map(shapes: Shapes) -> Shapes:
    """Return shapes for very small maps: coarse outlines, or circles that are large and spread out."""
    return coarse_map(shapes) if shapes.is_mapped else _large_circles(shapes)


def coarse_map(shapes: Shapes) -> Shapes:
    """Return the shapes of the contested state of a mapped world with fewer points, nothing around it."""
    extent = shapes.extent_of(shapes.home)
    step = COARSENESS * max(extent[1] - extent[0], extent[3] - extent[2])
    only = _only_home(shapes)
    coarse = [_without_specks(area, step) for area in shapely.coverage_simplify(only.outlines, step)]
    outlines = tuple(shapely.orient_polygons(coarse))
    borders = state_borders(outlines, only.states)
    return dataclasses.replace(
        only, outlines=outlines, state_borders=borders, context=(), states_around={}, extent=extent
    )


def _large_circles(shapes: Shapes) -> Shapes:
    """Return the places of the contested state as circles that fill their box, roughly where they lie."""
    only = _only_home(shapes)
    longest = float(np.ptp(only.anchors, axis=0).max()) or 1.0
    width, height = np.maximum(np.ptp(only.anchors, axis=0), FLATTEST * longest)
    radius = FILLED * float(np.sqrt(width * height / len(only.outlines)))
    middles = spread(only.anchors, GAP * radius)
    margin = (1.0 + MARGIN) * radius
    (left, bottom), (right, top) = middles.min(axis=0) - margin, middles.max(axis=0) + margin
    return dataclasses.replace(
        only,
        outlines=circles_at(middles, radius),
        anchors=middles,
        links=np.zeros((0, 2, 2)),
        is_international=np.zeros(0, dtype=np.bool_),
        extent=(float(left), float(right), float(bottom), float(top)),
    )


def _only_home(shapes: Shapes) -> Shapes:
    """Return shapes with the locations of the contested state only."""
    chosen = [shapes.location_ids.index(place) for place in shapes.home]
    return dataclasses.replace(
        shapes,
        location_ids=tuple(shapes.home),
        names=tuple(shapes.names[place] for place in chosen),
        states=tuple(shapes.states[place] for place in chosen),
        outlines=tuple(shapes.outlines[place] for place in chosen),
        anchors=shapes.anchors[chosen],
    )


def _without_specks(area: BaseGeometry, step: float) -> BaseGeometry:
    """Return an area without parts too small to be seen, if others remain."""
    parts = shapely.get_parts(area)
    seen = parts[shapely.area(parts) >= step**2]
    return shapely.union_all(seen) if len(seen) else area
