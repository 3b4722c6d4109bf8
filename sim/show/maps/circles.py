"""Place circles for a world without a map: of a size that reads well, and none hidden by another."""

import numpy as np
import numpy.typing as npt

from sim.world.outlines import FloatArray

RADIUS_PER_DISTANCE = 0.38  # assumption: circles of the median pair of nearest neighbours stay apart
RADIUS_PER_SPAN = (0.018, 0.045)  # assumption: smallest and largest radius that read well at 90 mm width
RIM = 0.12  # assumption: room for the states around, share of the contested state's longer side
GAP = 2.15  # assumption: centres at least this many radii apart leave a line of white between circles
SPREAD_ROUNDS = 400  # assumption: pushes settle long before this with up to a hundred circles
GOLDEN_ANGLE = np.pi * (3.0 - np.sqrt(5.0))


def place_circles(points: FloatArray, is_home: npt.NDArray[np.bool_]) -> tuple[FloatArray, float]:
    """Return centres and radius of circles for all places; the contested state gets most of the room.

    Parameters
    ----------
    points
        (point, 2), the seats.
    is_home
        (point,): whether the seat lies in the contested state.

    Returns
    -------
    tuple
        Centres, (point, 2), and the one radius of all circles, in the unit of the points.
    """
    radius = circle_radius(points[is_home])
    return spread(pull_in(points, is_home), GAP * radius), radius


def pull_in(points: FloatArray, is_home: npt.NDArray[np.bool_]) -> FloatArray:
    """Return the points with those outside home drawn nearer, each in its own direction from home.

    A neighbour is often one node at a capital far away; true to scale it would press home into a corner.

    Parameters
    ----------
    points
        (point, 2).
    is_home
        (point,): the points that stay where they are, at least one.
    """
    home = points[is_home]
    middle = (home.min(axis=0) + home.max(axis=0)) / 2.0
    size = np.ptp(home, axis=0)
    reach = size / 2.0 + RIM * (float(size.max()) or 1.0)  # from the middle to the rim, along x and y
    outward = points - middle
    excess = np.maximum((np.abs(outward) / reach).max(axis=1), 1.0)
    return np.where(is_home[:, None], points, middle + outward / excess[:, None])


def circle_radius(points: FloatArray) -> float:
    """Return a radius at which most circles stand clear of each other and still can be seen.

    Parameters
    ----------
    points
        (point, 2), the wanted centres.
    """
    span = float(np.ptp(points, axis=0).max()) or 1.0
    distance = np.hypot(*_apart(points).transpose(2, 0, 1))
    np.fill_diagonal(distance, span)
    wanted = RADIUS_PER_DISTANCE * float(np.median(distance.min(axis=1)))
    return float(np.clip(wanted, RADIUS_PER_SPAN[0] * span, RADIUS_PER_SPAN[1] * span))


def spread(points: FloatArray, gap: float) -> FloatArray:
    """Return the points pushed apart, little by little, until no two are nearer than a gap.

    Points at the same place leave it in directions fixed by their order, so that a world always gives the
    same picture. In a crowd without room the rounds end with some overlap left.

    Parameters
    ----------
    points
        (point, 2).
    gap
        Wanted distance between any two, > 0, in the unit of the points.
    """
    placed = points.copy()
    for _ in range(SPREAD_ROUNDS):
        apart = _apart(placed)  # (point, point, 2)
        distance = np.hypot(apart[..., 0], apart[..., 1])
        np.fill_diagonal(distance, np.inf)
        if distance.min() >= gap * (1.0 - 1e-6):
            break
        same = distance < 1e-9 * gap
        direction = np.where(same[..., None], _fixed_directions(len(placed)), apart)
        direction /= np.where(same, 1.0, distance)[..., None]
        push = 0.5 * np.clip(gap - distance, 0.0, None)
        placed += (push[..., None] * direction).sum(axis=1)
    return placed


def _apart(points: FloatArray) -> FloatArray:
    """Return the way from each point (second axis) to each point (first axis)."""
    return points[:, None, :] - points[None, :, :]


def _fixed_directions(n_points: int) -> FloatArray:
    """Return a unit vector for each ordered pair of points, opposite for the two orders."""
    angle = GOLDEN_ANGLE * np.arange(n_points)
    apart = _apart(np.stack([np.cos(angle), np.sin(angle)], axis=1))
    length = np.hypot(apart[..., 0], apart[..., 1])
    return apart / np.where(length > 0.0, length, 1.0)[..., None]
