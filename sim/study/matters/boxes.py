"""Find a box of inputs in which something happens often: the patient rule induction method (PRIM).

From all runs on, slice after slice is peeled off at the end of an input where it leaves most of what is looked for;
then the box is let grow again where that gains. How many inputs it may have is decided by runs that did not make it:
of chance as large as here, every further input lends itself to boxes that hold nothing. Arrays only.

References
----------
Friedman & Fisher (1999), "Bump hunting in high-dimensional data", Statistics and Computing 9, 123-143; Bryant & Lempert
(2010), "Thinking inside the box", Technological Forecasting and Social Change 77, 34-49 (density, coverage); Lavrac,
Flach & Zupan (1999), "Rule evaluation measures", Inductive Logic Programming, 174-185 (gain).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

SLICE = 0.05  # of the runs in a box that are peeled off at a time: patient
LEAST_MASS = 0.05  # of all runs in the smallest box
WORTH = 0.98  # of its gain that a box must keep without an end for the end to go


@dataclass(frozen=True, eq=False)
class Box:
    """Hold a box.

    Parameters
    ----------
    low, high
        Its ends by input, infinite where it has none.
    """

    low: Floats
    high: Floats

    @classmethod
    def of_all(cls, inputs: int) -> Box:
        """Return the box that holds everything."""
        return cls(np.full(inputs, -math.inf), np.full(inputs, math.inf))

    def holds(self, x: Floats) -> Flags:
        """Tell which rows lie in it."""
        return np.asarray(((x >= self.low) & (x <= self.high)).all(axis=1))

    @property
    def ends(self) -> list[tuple[int, bool]]:
        """Return its ends: of which input, and whether it is the upper one."""
        lower = [(int(i), False) for i in np.flatnonzero(np.isfinite(self.low))]
        return sorted(lower + [(int(i), True) for i in np.flatnonzero(np.isfinite(self.high))])

    @property
    def restricted(self) -> list[int]:
        """Return the inputs that it restricts."""
        return sorted({i for i, _ in self.ends})

    def moved(self, i: int, end: float, *, is_high: bool) -> Box:
        """Return the box with another end."""
        side = "high" if is_high else "low"
        values = getattr(self, side).copy()
        values[i] = end
        return replace(self, **{side: values})

    def without(self, i: int, *, is_high: bool) -> Box:
        """Return the box without one of its ends."""
        return self.moved(i, math.inf if is_high else -math.inf, is_high=is_high)


@dataclass(frozen=True)
class Measure:
    """Hold what a box is worth on some runs.

    Parameters
    ----------
    n, hits
        Runs in it, and those of them with what is looked for; weighted.
    all_n, all_hits
        The same of all runs.
    """

    n: float
    hits: float
    all_n: float
    all_hits: float

    @property
    def density(self) -> float:
        """Return in which share of its runs it happens."""
        return self.hits / self.n if self.n else math.nan

    @property
    def coverage(self) -> float:
        """Return which share of all runs with it lies in the box."""
        return self.hits / self.all_hits if self.all_hits else math.nan

    @property
    def mass(self) -> float:
        """Return which share of all runs lies in the box."""
        return self.n / self.all_n

    @property
    def base(self) -> float:
        """Return in which share of all runs it happens."""
        return self.all_hits / self.all_n

    @property
    def gain(self) -> float:
        """Return how many more runs with it the box holds than as many runs would elsewhere, as a share of all."""
        return self.mass * (self.density - self.base) if self.n else 0.0


def measured(box: Box, x: Floats, y: Flags, weights: Floats) -> Measure:
    """Return what a box is worth.

    Parameters
    ----------
    box
        Which.
    x
        Inputs, (run, input).
    y
        Whether it happens, (run,).
    weights
        What each run counts.
    """
    is_in = box.holds(x)
    n, hits = float(weights[is_in].sum()), float(weights[is_in & y].sum())
    return Measure(n, hits, float(weights.sum()), float(weights[y].sum()))


def peel(x: Floats, y: Flags, weights: Floats) -> list[Box]:
    """Return the boxes from all runs to the smallest one, each a slice smaller than the one before; see `measured`."""
    trajectory = [Box.of_all(x.shape[1])]
    while (following := _peeled(trajectory[-1], x, y, weights)) is not None:
        trajectory.append(following)
    return trajectory


def _peeled(box: Box, x: Floats, y: Flags, weights: Floats) -> Box | None:
    """Return the best box that is a slice smaller, None where there is none large enough."""
    is_in, least = box.holds(x), LEAST_MASS * float(weights.sum())
    inside, happens, counts = x[is_in], y[is_in], weights[is_in]
    best, best_mean = None, -math.inf
    for i, end, is_high in _slices(inside):
        left = inside[:, i] <= end if is_high else inside[:, i] >= end
        n = float(counts[left].sum())
        if left.all() or n < least:
            continue
        mean = float(counts[left & happens].sum()) / n
        if mean > best_mean:
            best, best_mean = box.moved(i, end, is_high=is_high), mean
    return best


def _slices(inside: Floats) -> Iterator[tuple[int, float, bool]]:
    """Yield where a slice could be cut off at either end of each input; it takes all that is equal to its edge."""
    for i, column in enumerate(inside.T):
        low, high = np.quantile(column, (SLICE, 1.0 - SLICE))
        above, below = column[column > low], column[column < high]
        if len(above):
            yield i, float(above.min()), False
        if len(below):
            yield i, float(below.max()), True


def best_step(trajectory: Sequence[Box], x: Floats, y: Flags, weights: Floats) -> int:
    """Return at which step a box has the largest `Measure.gain`."""
    return int(np.argmax([measured(box, x, y, weights).gain for box in trajectory]))


def smooth(box: Box, x: Floats, y: Flags, weights: Floats) -> Box:
    """Return a box grown at its ends, a slice at a time, while that adds to its gain, without ends that hardly do."""
    while box.ends:
        gain = measured(box, x, y, weights).gain
        free = [box.without(i, is_high=is_high) for i, is_high in box.ends]
        grown = [_grown(box, x, i, is_high=is_high) for i, is_high in box.ends]
        gains = [measured(one, x, y, weights).gain for one in (*free, *grown)]
        if max(gains[: len(free)]) >= WORTH * gain:
            box = free[int(np.argmax(gains[: len(free)]))]
        elif max(gains) > gain:
            box = grown[int(np.argmax(gains[len(free) :]))]
        else:
            break
    return box


def _grown(box: Box, x: Floats, i: int, *, is_high: bool) -> Box:
    """Return a box with one end moved out by a slice of the runs that it holds, or without it."""
    free = box.without(i, is_high=is_high)
    column, end = x[free.holds(x), i], (box.high if is_high else box.low)[i]
    beyond = np.sort(column[column > end] if is_high else -column[column < end])
    more = math.ceil(SLICE * float(box.holds(x).sum()))
    if len(beyond) <= more:
        return free
    return box.moved(i, float(beyond[more - 1] if is_high else -beyond[more - 1]), is_high=is_high)


def paying(x: Floats, y: Flags, weights: Floats, fold: Flags) -> int:
    """Return how many of the inputs, from the first on, give the best boxes on runs that did not make them.

    Parameters
    ----------
    x, y, weights
        As of `measured`; what explains most is the first input.
    fold
        Which of two parts each run belongs to; they make boxes for each other, and have nothing in common.
    """
    gains = []
    for k in range(1, x.shape[1] + 1):
        total = 0.0
        for half in (fold, ~fold):
            made = (x[half, :k], y[half], weights[half])
            trajectory = peel(*made)
            box = trajectory[best_step(trajectory, *made)]
            total += measured(box, x[~half, :k], y[~half], weights[~half]).gain
        gains.append(total)
    return int(np.argmax(gains)) + 1
