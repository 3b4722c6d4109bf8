"""Turn the points of two factors into a field: the estimates of a grid, or a surface that is fitted to the points."""

import math
from dataclasses import dataclass

import numpy as np

from sim.ensemble.estimate.outcomes import PROBABILITY
from sim.show.sweep.surface import N_TERMS, fit_surface, miss_of
from sim.show.sweep.view import Numbers, View

FINE = 120  # steps along each side of a surface


@dataclass(frozen=True, eq=False)
class Field:
    """Hold an outcome over two factors.

    Parameters
    ----------
    across, upward
        Values of the factors, rising.
    heights
        (upward, across); NaN where nothing is known.
    origin
        How it was fitted to the points, in words; empty where each value is the estimate of a point.
    """

    across: Numbers
    upward: Numbers
    heights: Numbers
    origin: str

    @property
    def ends(self) -> tuple[tuple[int, int], tuple[int, int]]:
        """Return where it is lowest and where it is highest, each as (upward, across)."""
        known = np.nan_to_num(self.heights, nan=float(np.nanmean(self.heights)))
        rows, columns = np.unravel_index([known.argmin(), known.argmax()], known.shape)
        return (int(rows[0]), int(columns[0])), (int(rows[1]), int(columns[1]))


def field_of(view: View) -> Field:
    """Return the field of an outcome over two factors.

    Parameters
    ----------
    view
        One outcome of a sweep of two factors: a grid, or points that fill the space.
    """
    return _cells(view) if view.is_grid else _fitted(view)


def finest_step(view: View, field: Field) -> float:
    """Return the smallest difference that a field can tell: half an interval, less where a surface averages points.

    Parameters
    ----------
    view, field
        One outcome, and its field.
    """
    _, low, high = view.estimates
    if np.isnan(low).any():
        return 0.0
    shared = math.sqrt(N_TERMS / len(view.rows)) if field.origin else 1.0
    return float(np.median(high - low)) / 2.0 * shared


def _cells(view: View) -> Field:
    """Return the estimates of a grid."""
    across, upward = (factor.key for factor in view.factors)
    table = view.rows.pivot_table(index=upward, columns=across, values="estimate")
    values = [np.array(axis, np.float64) for axis in (table.columns, table.index)]
    return Field(values[0], values[1], table.to_numpy(np.float64), "")


def _fitted(view: View) -> Field:
    """Return a surface that is fitted to the points."""
    surface = fit_surface(view)
    across, upward = (np.linspace(view.column(f).min(), view.column(f).max(), FINE) for f in view.factors)
    kind = "logistic" if view.measure.unit == PROBABILITY else "linear"
    miss = view.measure.width(miss_of(view, surface))
    origin = f"colours: a quadratic {kind} regression, which misses the points by {miss} (root mean square)"
    return Field(across, upward, surface(*np.meshgrid(across, upward)), origin)
