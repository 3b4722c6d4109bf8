"""Write names on a map so that no two overlap; a name that finds no room is left out."""

from collections.abc import Mapping, Sequence
from textwrap import fill

import numpy as np
import shapely
from matplotlib.axes import Axes
from matplotlib.patheffects import withStroke
from matplotlib.text import Annotation
from matplotlib.transforms import Bbox
from shapely.geometry.base import BaseGeometry

from sim.world.outlines import FloatArray

SIZE_PT = 7.0
HALO_PT = 2.0
WRAP = 14  # characters a line; two short lines find room where one long line does not
INK = "#1a1a1a"
BACKGROUND_INK = "#5a5a5a"  # 4.5:1 and more on the greys of a map

# Where a name may stand seen from its point, best first: right, left, above, below, then the corners.
SIDES = ((1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (-1, 1), (1, -1), (-1, -1))
# Where the name of an area may stand, in steps from its middle: the middle, then ever farther away.
STEPS = ((0, 0), (0, 1), (0, -1), (1, 0), (-1, 0), (1, 1), (-1, 1), (1, -1), (-1, -1), (0, 2), (0, -2))
STEP_PT = (16.0, 9.0)
TOLERANCE = 0.01  # of the point farthest from the edges, per root of the area
HORIZONTAL = {1: "left", 0: "center", -1: "right"}
VERTICAL = {1: "bottom", 0: "center", -1: "top"}


def write_beside(
    ax: Axes, points: FloatArray, texts: Sequence[str], *, clearance_pt: float, keep_clear: Sequence[Bbox]
) -> list[Bbox]:
    """Write texts beside their points, the first ones with the first choice of room.

    Call it when the axes have their final place and limits, since room is measured on the page.

    Parameters
    ----------
    ax
        The axes to write on.
    points
        (text, 2), in data coordinates.
    texts
        What to write, the most important first.
    clearance_pt
        Distance between a point and its text, in points (1/72 inch).
    keep_clear
        Boxes on the page that texts cover as little as there is room for.

    Returns
    -------
    list[Bbox]
        The boxes on the page that the texts take.
    """
    taken: list[Bbox] = []
    for point, text in zip(points, texts, strict=True):
        here = ax.transData.transform(point)
        others = [box for box in keep_clear if not box.contains(*here)]
        labels = [_beside(ax, point, text, side, clearance_pt) for side in SIDES]
        taken += _keep_best(ax, labels, here, taken, others)
    return taken


def write_across(ax: Axes, areas: Mapping[str, BaseGeometry], *, keep_clear: Sequence[Bbox]) -> None:
    """Write the names of areas in the background, each inside the part that is seen, where nothing else stands.

    Parameters
    ----------
    ax
        The axes to write on, in their final place.
    areas
        By name, in data coordinates, the most important first.
    keep_clear
        Boxes on the page that no name may touch.
    """
    taken, frame = list(keep_clear), shapely.box(*np.ravel([ax.get_xlim(), ax.get_ylim()])[[0, 2, 1, 3]])
    for name, area in areas.items():
        seen = shapely.intersection(area, frame)
        if seen.area > 0.0:
            points = _points_inside(ax, seen)
            labels = [_across(ax, point, name) for point in points]
            taken += _keep_best(ax, labels, ax.transData.transform(points[0]), taken, [])


def box_around(ax: Axes, point: FloatArray, half_pt: float) -> Bbox:
    """Return the box on the page around a point.

    Parameters
    ----------
    ax
        The axes, in their final place.
    point
        (2,), in data coordinates.
    half_pt
        Half the side of the box, in points.
    """
    x, y = ax.transData.transform(point)
    half = half_pt * ax.figure.dpi / 72.0
    return Bbox.from_extents(x - half, y - half, x + half, y + half)


def _keep_best(
    ax: Axes, labels: Sequence[Annotation], here: FloatArray, taken: Sequence[Bbox], unwelcome: Sequence[Bbox]
) -> list[Bbox]:
    """Keep the label in the axes, clear of what is taken, that hides least; return its box, or none."""
    frame = ax.get_window_extent()
    boxes = [label.get_window_extent() for label in labels]
    costs = [_cost(frame, box, taken, unwelcome) for box in boxes]
    best = costs.index(min(costs)) if frame.contains(*here) and min(costs) < np.inf else None
    for index, label in enumerate(labels):
        if index != best:
            label.remove()
    return [] if best is None else [boxes[best]]


def _cost(frame: Bbox, box: Bbox, taken: Sequence[Bbox], unwelcome: Sequence[Bbox]) -> float:
    """Return how much of the unwelcome a box hides, on the page; infinite where it must not stand."""
    inside = frame.x0 <= box.x0 and box.x1 <= frame.x1 and frame.y0 <= box.y0 and box.y1 <= frame.y1
    if not inside or any(box.overlaps(other) for other in taken):
        return np.inf
    shared = [Bbox.intersection(box, other) for other in unwelcome]
    return float(sum(part.width * part.height for part in shared if part is not None))


def _beside(ax: Axes, point: FloatArray, text: str, side: tuple[int, int], clearance_pt: float) -> Annotation:
    """Return a text on one side of its point, with a halo that keeps it readable on any fill."""
    reach = clearance_pt / (abs(side[0]) + abs(side[1])) ** 0.5  # corners are as far away as sides
    label = _annotation(ax, point, text, (side[0] * reach, side[1] * reach), INK)
    label.set(ha=HORIZONTAL[side[0]], va=VERTICAL[side[1]], multialignment=HORIZONTAL[side[0]])
    return label


def _points_inside(ax: Axes, area: BaseGeometry) -> FloatArray:
    """Return where the name of an area may stand: first the point farthest from its edges, then a few steps away."""
    parts = shapely.get_parts(area)
    largest = parts[shapely.area(parts).argmax()]
    middle = shapely.get_coordinates(shapely.maximum_inscribed_circle(largest, TOLERANCE * largest.area**0.5))[0]
    steps = np.array(STEPS) * STEP_PT * ax.figure.dpi / 72.0
    points = ax.transData.inverted().transform(ax.transData.transform(middle) + steps)
    return np.asarray(points[shapely.contains_xy(largest, points)], dtype=np.float64)


def _across(ax: Axes, point: FloatArray, text: str) -> Annotation:
    """Return the name of an area at a point of it."""
    label = _annotation(ax, point, text.upper(), (0.0, 0.0), BACKGROUND_INK)
    label.set(ha="center", va="center", multialignment="center", fontsize=SIZE_PT - 1.0)
    return label


def _annotation(ax: Axes, point: FloatArray, text: str, offset: tuple[float, float], ink: str) -> Annotation:
    """Return a text at an offset from a point, in points."""
    lines = "\n".join(fill(line, WRAP) for line in text.split("\n"))
    where = (float(point[0]), float(point[1]))
    label = ax.annotate(lines, where, offset, textcoords="offset points", zorder=6)
    label.set(fontsize=SIZE_PT, color=ink, linespacing=0.95)
    label.set_path_effects([withStroke(linewidth=HALO_PT, foreground="white")])
    return label
