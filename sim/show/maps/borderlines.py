"""Find the lines around states from the outlines of their locations, without a geometry library.

It works because neighbours in a map file share the points of their border exactly: an edge inside a state
then occurs twice, an edge of its rim once. Where a file breaks that, inner borders come out as heavy as rims.
"""

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import TypeAlias

import numpy as np

from sim.show.maps.geojson import FloatArray, Outline

Point: TypeAlias = tuple[float, float]
Edge: TypeAlias = tuple[Point, Point]

PASSING = 2  # edges at a point where a line just goes on


def state_borders(outlines: Sequence[Outline], states: Sequence[str]) -> list[FloatArray]:
    """Return the lines around and between states, each (point, 2) in the unit of the outlines.

    Parameters
    ----------
    outlines
        One outline a location.
    states
        The state of each outline.
    """
    rims: set[Edge] = set()
    for state in set(states):
        own = [outline for outline, owner in zip(outlines, states, strict=True) if owner == state]
        times = Counter(edge for outline in own for ring in outline.rings for edge in _edges(ring))
        rims.update(edge for edge, n_times in times.items() if n_times == 1)
    return _chained(rims)


def _edges(ring: FloatArray) -> list[Edge]:
    """Return the edges of a ring, written the same from both sides."""
    points = [(float(x), float(y)) for x, y in ring]
    return [(min(a, b), max(a, b)) for a, b in pairwise(points) if a != b]


def _chained(edges: set[Edge]) -> list[FloatArray]:
    """Return the edges joined into lines as long as possible, which draw smoother and save smaller."""
    following: dict[Point, list[Point]] = {}
    for a, b in sorted(edges):
        following.setdefault(a, []).append(b)
        following.setdefault(b, []).append(a)
    # Ends and crossings first, so that no line begins in its own middle.
    starts = sorted(following, key=lambda point: (len(following[point]) == PASSING, point))
    lines = []
    for start in starts:
        while following[start]:
            lines.append(_walk(start, following))
    return lines


def _walk(start: Point, following: dict[Point, list[Point]]) -> FloatArray:
    """Return one line from a point to where it ends, closes or meets others, and take its edges away."""
    line = [start]
    while True:
        here = line[-1]
        there = following[here].pop()
        following[there].remove(here)
        line.append(there)
        if len(following[there]) != 1:
            return np.array(line, dtype=np.float64)
