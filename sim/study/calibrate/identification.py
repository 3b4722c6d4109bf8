"""Tell which parameters history says anything about: how much narrower they are than where they were sought."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.study.calibrate.design import Ranges, to_unit

Floats = npt.NDArray[np.float64]
NOT_LEARNT = 0.8
"""Ratio of widths above which a parameter was not learnt."""
ENDS = (0.05, 0.5, 0.95)


def identification(ranges: Ranges, vectors: Floats, weights: Floats, losses: Floats) -> pd.DataFrame:
    """Return a row a parameter, those that were learnt best first.

    Columns: ``parameter``, ``low`` and ``high`` of its range, ``q05``, ``median``, ``q95`` of the posterior, ``width``
    (standard deviation of the posterior over that of the design, on the scale of the design), ``is_learnt`` (a width of
    at most `NOT_LEARNT`), and ``rank_correlation`` of its values with the loss.

    Parameters
    ----------
    ranges, vectors
        What was sought, and the design.
    weights, losses
        Of the vectors; the loss is infinite where a run failed.
    """
    unit = to_unit(ranges, vectors)
    kept = weights > 0.0
    width = unit[kept].std(axis=0) / unit.std(axis=0)
    sound = np.isfinite(losses)
    ranks = pd.DataFrame(vectors[sound]).rank().corrwith(pd.Series(losses[sound]).rank())
    quantiles = np.quantile(vectors[kept], ENDS, axis=0)
    low, high = np.array(list(ranges.values())).T
    table = pd.DataFrame(
        {
            "parameter": list(ranges),
            **dict(zip(("low", "high"), (low, high), strict=True)),
            **dict(zip(("q05", "median", "q95"), quantiles, strict=True)),
            "width": width,
            "is_learnt": width <= NOT_LEARNT,
            "rank_correlation": ranks.to_numpy(),
        }
    )
    return table.sort_values("width", kind="stable", ignore_index=True)
