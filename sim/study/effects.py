"""Rank the factors of a sweep by what they do to an outcome."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import stdtrit

from sim.ensemble.estimate.intervals import LEVEL
from sim.study.sweep import Sweep

COLUMNS = ("factor", "effect", "low", "high", "n")
ROUNDING = 1e-12  # of the largest estimate: what is smaller comes from the arithmetic
Floats = npt.NDArray[np.float64]


def effects(sweep: Sweep, outcome: str) -> pd.DataFrame:
    """Return what moving each factor over its range does to an outcome, the largest effect first.

    The effect is the slope of a linear regression of the points' estimates on all factors, times the factor's range.
    Points share their draws, so that their errors are not independent; hence the regression is made for each batch of
    runs as well, and the interval is that of Student's t from the spread of the batches' slopes (batch means: Law 2015,
    Simulation Modeling and Analysis, section 9.5). A curved or crossed effect is not seen; curves and maps show these.

    Parameters
    ----------
    sweep
        A finished sweep with more points than factors.
    outcome
        Name of an outcome, such as ``p_collapse``.

    Returns
    -------
    pd.DataFrame
        Columns ``factor``, ``effect``, ``low``, ``high`` (95 %; NaN with fewer than two batches) in the unit of the
        outcome, and ``n`` points; no rows where there are too few points.
    """
    rows = sweep.table[(sweep.table["outcome"] == outcome) & sweep.table["estimate"].notna()]
    moved = [name for name in sweep.factors if rows[name].min() < rows[name].max()]
    scaled = [(rows[name] - rows[name].min()) / (rows[name].max() - rows[name].min()) for name in moved]
    x = np.column_stack([np.ones(len(rows)), *scaled])
    if len(rows) <= x.shape[1] + 1 or np.linalg.matrix_rank(x) < x.shape[1]:
        return pd.DataFrame(columns=list(COLUMNS))
    slopes = np.linalg.pinv(x)[1:]  # of each factor, as weights of the points
    effect = slopes @ rows["estimate"].to_numpy()
    half = _half_widths(slopes @ _batches(sweep, outcome, rows["point"]))
    noise = ROUNDING * np.abs(rows["estimate"]).max()
    effect[np.abs(effect) < noise], half[half < noise] = 0.0, 0.0
    columns = {"factor": moved, "effect": effect, "low": effect - half, "high": effect + half}
    table = pd.DataFrame(columns).assign(n=len(rows))
    return table.sort_values("effect", key=np.abs, ascending=False, ignore_index=True)


def points_differ(sweep: Sweep, outcome: str, points: pd.Series) -> bool:
    """Tell whether any point differs from the first by more than chance: paired over batches, with Bonferroni's bound.

    Parameters
    ----------
    sweep, outcome
        As for `effects`.
    points
        Numbers of the points with an estimate; the first is the one to differ from.
    """
    means = _batches(sweep, outcome, points)
    n_others, n = len(means) - 1, means.shape[1]
    if n_others < 1 or n < 2:  # noqa: PLR2004 - a spread takes two
        return False
    gaps = means[1:] - means[0]
    errors = gaps.std(axis=1, ddof=1) / math.sqrt(n)
    noise = ROUNDING * np.abs(means).max()
    bound = stdtrit(n - 1, 1.0 - (1.0 - LEVEL) / (2.0 * n_others))
    return bool((np.abs(gaps.mean(axis=1)) > np.maximum(bound * errors, noise)).any())


def _batches(sweep: Sweep, outcome: str, points: pd.Series) -> Floats:
    """Return the means of the batches that all points have (point, batch)."""
    rows = sweep.batches[sweep.batches["outcome"] == outcome].set_index("point").loc[points]
    means = rows.drop(columns="outcome").to_numpy(np.float64)
    kept: Floats = means[:, ~np.isnan(means).any(axis=0)]
    return kept


def _half_widths(slopes: Floats) -> Floats:
    """Return the half-width of the interval of each factor's effect, from its slopes in batches (factor, batch)."""
    n = slopes.shape[1]
    if n < 2:  # noqa: PLR2004 - one slope has no spread
        return np.full(len(slopes), math.nan)
    widths: Floats = stdtrit(n - 1, 0.5 + LEVEL / 2.0) * slopes.std(axis=1, ddof=1) / math.sqrt(n)
    return widths
