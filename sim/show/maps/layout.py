"""Place one large map and the small ones that go with it on a page."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection

from sim.show.kit.page import Box, room_mm
from sim.show.maps.geometry import Extent, Shapes

HEAD_MM = 6.0  # for the words above a map
GAP_MM = 4.0
WIDE = 0.75  # height over width below which the small maps stand under the large one
BESIDE_MM = 41.0  # width of the column of small maps
FINER = 0.5  # width of lines and marks on small maps, share of that on large ones
SHORTEST_MM, TALLEST_MM = 60.0, 150.0  # of the large map; more does not fit on a printed page


def home_extent(shapes: Shapes) -> Extent:
    """Return the frame in km that shows the contested state, with all circles around where there is no map."""
    return shapes.extent_of(shapes.home) if shapes.is_mapped else shapes.extent


def lighten(ax: Axes) -> None:
    """Make the lines and marks of a map finer, for one so small that they would hide its colours."""
    for drawn in ax.collections:
        drawn.set_linewidth([FINER * float(width) for width in np.atleast_1d(drawn.get_linewidth())])
        if isinstance(drawn, PathCollection) and len(drawn.get_sizes()):
            drawn.set_sizes(FINER**2 * drawn.get_sizes())


def place_maps(extent: Extent, n_small: int, top: float) -> list[Box]:
    """Return the places of a large map and of small ones, under it where the land is wide, else beside it.

    Parameters
    ----------
    extent
        What every map shows, km.
    n_small
        Number of small maps.
    top
        Where the heads begin, mm from the top of the room.
    """
    left, right, bottom, upper = extent
    aspect = (upper - bottom) / (right - left)
    return _under(aspect, n_small, top) if aspect < WIDE or not n_small else _beside(aspect, n_small, top)


def bottom_of(frames: list[Box]) -> float:
    """Return where the lowest map ends, mm from the top of the room."""
    return max(frame.bottom for frame in frames)


def _under(aspect: float, n_small: int, top: float) -> list[Box]:
    """Return a large map over the whole width and small ones in a row under it."""
    height = float(np.clip(room_mm() * aspect, SHORTEST_MM, TALLEST_MM))
    large = Box(0.0, top + HEAD_MM, room_mm(), height)
    width = (room_mm() - 2 * GAP_MM) / 3
    row = large.bottom + GAP_MM + HEAD_MM
    return [large, *(Box(i * (width + GAP_MM), row, width, max(width * aspect, 25.0)) for i in range(n_small))]


def _beside(aspect: float, n_small: int, top: float) -> list[Box]:
    """Return a large map and a column of small ones at its right."""
    width = room_mm() - BESIDE_MM - GAP_MM
    height = float(np.clip(width * aspect, SHORTEST_MM, TALLEST_MM))
    step = (HEAD_MM + height + GAP_MM) / 3
    small = (Box(width + GAP_MM, top + i * step + HEAD_MM, BESIDE_MM, step - HEAD_MM - GAP_MM) for i in range(n_small))
    return [Box(0.0, top + HEAD_MM, width, height), *small]
