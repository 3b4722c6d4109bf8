"""Write a world's shapes as SVG paths: whole numbers on a fine grid, so that neighbours still share their borders."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from sim.show.maps.geometry import Extent, Shapes, rings_of
from sim.world.outlines import FloatArray

MIN_POINTS = 4  # of a closed ring that still has an area on the grid


@dataclass(frozen=True)
class Canvas:
    """Hold how kilometres become units of a drawing.

    Parameters
    ----------
    extent
        (left, right, bottom, top) of what is shown, km.
    width
        Of the drawing; one unit is the finest detail.
    """

    extent: Extent
    width: int

    @property
    def unit_km(self) -> float:
        """Return the size of a unit, km."""
        return (self.extent[1] - self.extent[0]) / self.width

    @property
    def height(self) -> int:
        """Return the height of the drawing."""
        return round((self.extent[3] - self.extent[2]) / self.unit_km)

    def place(self, points: FloatArray) -> FloatArray:
        """Return points in units from the upper left corner.

        Parameters
        ----------
        points
            (point, 2), km.
        """
        return np.column_stack([points[:, 0] - self.extent[0], self.extent[3] - points[:, 1]]) / self.unit_km

    def area(self, area: BaseGeometry) -> str:
        """Return an area as path data; rings too small to be seen are left out."""
        rings = [self._on_grid(ring) for ring in rings_of(area)]
        return "".join(f"{_steps(ring[:-1])}z" for ring in rings if len(ring) >= MIN_POINTS)

    def lines(self, lines: Iterable[FloatArray]) -> str:
        """Return open lines as path data."""
        return "".join(_steps(self._on_grid(line)) for line in lines)

    def holds(self, points: FloatArray) -> bool:
        """Tell whether a part of what lies between points, (point, 2) in km, may be seen."""
        left, right, bottom, top = self.extent
        return bool(((points.max(axis=0) > (left, bottom)) & (points.min(axis=0) < (right, top))).all())

    def _on_grid(self, points: FloatArray) -> np.ndarray:
        """Return points in whole units, those that fall on the one before them left out."""
        placed = np.rint(self.place(points)).astype(np.int64)
        moves = np.ones(len(placed), bool)
        moves[1:] = (np.diff(placed, axis=0) != 0).any(axis=1)
        return placed[moves]


@dataclass(frozen=True)
class Ground:
    """Hold what a map shows beneath the places it is about, as path data.

    Parameters
    ----------
    around
        Land that has no value.
    links, links_abroad
        Lines between circles inside and across borders; empty where a map shows the borders.
    borders
        Lines around and between states.
    """

    around: str
    links: str
    links_abroad: str
    borders: str


def ground_of(shapes: Shapes, canvas: Canvas, shown: Sequence[str]) -> Ground:
    """Return what lies beneath and between places.

    Parameters
    ----------
    shapes
        The world's shapes.
    canvas
        Where they are drawn.
    shown
        Ids of the places that are drawn themselves.
    """
    pairs = zip(shapes.location_ids, shapes.outlines, strict=True)
    around = [*shapes.context, *(outline for place, outline in pairs if place not in shown)]
    return Ground(
        around="".join(canvas.area(area) for area in around if canvas.holds(shapely.get_coordinates(area))),
        links=canvas.lines(shapes.links[~shapes.is_international]),
        links_abroad=canvas.lines(shapes.links[shapes.is_international]),
        borders=canvas.lines(line for line in shapes.state_borders if canvas.holds(line)),
    )


def _steps(points: np.ndarray) -> str:
    """Return a line as path data: where it begins, then steps."""
    (x, y), steps = points[0], np.diff(points, axis=0)
    return f"M{x} {y}l" + " ".join(f"{right} {down}" for right, down in steps).replace(" -", "-")
