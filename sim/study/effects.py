"""Rank the factors of a sweep by what they do to an outcome."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sim.ensemble.intervals import Z
from sim.study.sweep import Sweep


def effects(sweep: Sweep, outcome: str) -> pd.DataFrame:
    """Return what moving each factor over its range does to an outcome, the largest effect first.

    The effect is the slope of a linear regression of the points' estimates on all factors, times the factor's range.
    Its interval allows for points of unequal spread (HC3 of MacKinnon & White 1985, Journal of Econometrics 29,
    305-325). A curved or crossed effect is not seen by it; the curves and maps show these.

    Parameters
    ----------
    sweep
        A finished sweep with more points than factors.
    outcome
        Name of an outcome, such as ``p_collapse``.

    Returns
    -------
    pd.DataFrame
        Columns ``factor``, ``effect``, ``low``, ``high`` (95 %) in the unit of the outcome, and ``n`` points; no rows
        where there are too few points.
    """
    rows = sweep.table[(sweep.table["outcome"] == outcome) & sweep.table["estimate"].notna()]
    moved = [name for name in sweep.factors if rows[name].min() < rows[name].max()]
    scaled = [(rows[name] - rows[name].min()) / (rows[name].max() - rows[name].min()) for name in moved]
    x = np.column_stack([np.ones(len(rows)), *scaled])
    if len(rows) <= x.shape[1] + 1 or np.linalg.matrix_rank(x) < x.shape[1]:
        return pd.DataFrame(columns=["factor", "effect", "low", "high", "n"])
    inverse = np.linalg.inv(x.T @ x)
    slopes = inverse @ x.T @ rows["estimate"].to_numpy()
    residuals = rows["estimate"].to_numpy() - x @ slopes
    leverage = np.einsum("ij,jk,ik->i", x, inverse, x)
    weights = (residuals / np.maximum(1.0 - leverage, 1e-9)) ** 2
    errors = np.sqrt(np.diag(inverse @ (x.T * weights) @ x @ inverse))
    columns = {
        "factor": moved,
        "effect": slopes[1:],
        "low": (slopes - Z * errors)[1:],
        "high": (slopes + Z * errors)[1:],
    }
    table = pd.DataFrame(columns).assign(n=len(rows))
    return table.sort_values("effect", key=np.abs, ascending=False, ignore_index=True)
