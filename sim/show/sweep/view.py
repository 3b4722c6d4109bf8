"""Gather what a figure of a sweep shows: one outcome at all points, and the factors that move."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from statistics import NormalDist

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.ensemble.estimate.intervals import LEVEL, Z
from sim.show.sweep.factors import Factor, factors_of
from sim.show.sweep.measure import Measure, measure_of
from sim.study.effects import effects, points_differ
from sim.study.sweep import Sweep
from sim.world.scenario import Scenario

Numbers = npt.NDArray[np.float64]
NUMBERS = ["estimate", "low", "high"]
STEEPEST = 0.9  # rank correlation of two factors above which points lie along a line


@dataclass(frozen=True, eq=False)
class View:
    """Hold one outcome of a sweep.

    Parameters
    ----------
    sweep, scenario
        The sweep, and the scenario around which it varies.
    measure
        How the outcome is told.
    factors
        Those that have more than one value.
    held
        Those that have one.
    rows
        The points with a run to estimate from: a column for each factor, ``estimate``, ``low``, ``high`` and ``n``.
    n_left_out
        Points without such a run.
    """

    sweep: Sweep
    scenario: Scenario
    measure: Measure
    factors: tuple[Factor, ...]
    held: tuple[Factor, ...]
    rows: pd.DataFrame
    n_left_out: int

    def column(self, factor: Factor) -> Numbers:
        """Return the values of a factor, (point,)."""
        return self.rows[factor.key].to_numpy(np.float64)

    @cached_property
    def estimates(self) -> tuple[Numbers, Numbers, Numbers]:
        """Return the estimates with their low and high bounds, each (point,)."""
        estimate, low, high = self.rows[NUMBERS].to_numpy(np.float64).T
        return estimate, low, high

    @property
    def highest(self) -> float:
        """Return the highest bound, or estimate without a bound."""
        return float(np.nanmax(self.rows[NUMBERS].to_numpy(np.float64)))

    @cached_property
    def ranked(self) -> pd.DataFrame:
        """Return the effects of the factors, the largest first, and whether each is ``clear``.

        Clear is what lies beyond its interval even as one of so many (with Bonferroni's correction).
        """
        table = effects(self.sweep, self.measure.outcome)
        beyond = NormalDist().inv_cdf(1.0 - (1.0 - LEVEL) / (2.0 * max(len(table), 1)))
        numbers = table[["effect", "low", "high"]].to_numpy(np.float64)
        errors = (numbers[:, 2] - numbers[:, 1]) / (2.0 * Z)
        return table.assign(clear=np.abs(numbers[:, 0]) > beyond * errors)

    @property
    def is_clear(self) -> bool:
        """Tell whether the outcome changes more than chance would: points differ, or a factor has a clear effect."""
        return self.differs or (len(self.factors) > 1 and bool(self.ranked["clear"].any()))

    @cached_property
    def differs(self) -> bool:
        """Tell whether points differ by more than chance, run by run, since they share draws."""
        return points_differ(self.sweep, self.measure.outcome, self.rows["point"])

    @property
    def is_grid(self) -> bool:
        """Tell whether there is a point for every combination of the factors' values."""
        return len(self.rows) == np.prod([len(np.unique(self.column(factor))) for factor in self.factors])

    @property
    def is_line(self) -> bool:
        """Tell whether two factors rise or fall together, so that nothing is known beside the points."""
        ranks = self.rows[[factor.key for factor in self.factors]].rank().to_numpy(np.float64)
        return bool(np.abs(np.corrcoef(ranks.T)[0, 1]) > STEEPEST)

    def values_at(self, point: int) -> list[float]:
        """Return the values of all factors at a row."""
        return [float(self.column(factor)[point]) for factor in self.factors]

    def own_inside(self, factors: Sequence[Factor]) -> bool:
        """Tell whether the scenario's own values lie within what was swept."""
        return all(self.column(f).min() <= f.own <= self.column(f).max() for f in factors)


def view_of(sweep: Sweep, outcome: str, scenario: Scenario) -> View:
    """Return what a figure shows of one outcome.

    Parameters
    ----------
    sweep
        A finished sweep.
    outcome
        Name of an outcome, such as ``p_collapse``.
    scenario
        Around which the sweep varies.
    """
    keys = list(sweep.factors)
    asked = sweep.table[sweep.table["outcome"] == outcome].drop_duplicates(keys)
    rows = asked[asked["estimate"].notna()].reset_index(drop=True)
    every = factors_of(keys, scenario)
    moved = tuple(factor for factor in every if len(set(rows[factor.key])) > 1)
    held = tuple(factor for factor in every if factor not in moved)
    n_points = len(sweep.table.drop_duplicates(keys))
    measure = measure_of(outcome, scenario, horizon_varies="horizon_days" in keys)
    return View(sweep, scenario, measure, moved, held, rows, n_points - len(rows))
