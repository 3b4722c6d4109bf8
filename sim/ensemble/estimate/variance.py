"""Split the variance of outcomes into what uncertain parameters explain and what is chance.

A run and its twin share their parameters and nothing else, so that what they have in common is due to these: the share
of the variance that parameters explain is the intraclass correlation of the pairs.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import pandas as pd

from sim.ensemble.estimate.intervals import Z
from sim.ensemble.estimate.knowledge import VARIANCE
from sim.ensemble.estimate.outcomes import outcomes_of
from sim.ensemble.estimate.rows import Row
from sim.ensemble.estimate.weights import Numbers
from sim.ensemble.store.schema import WEIGHT, names_of
from sim.world.scenario import Scenario

QUANTITY = VARIANCE
FISHER = "fisher_z_95"
FEWEST_PAIRS = 10  # assumption: the interval is one of many pairs


def variance_rows(runs: pd.DataFrame, twins: pd.DataFrame, scenario: Scenario) -> Iterator[Row]:
    """Yield, for each outcome that differs between runs, the share of its variance that parameters explain.

    Parameters
    ----------
    runs, twins
        Rows of the runs, and of the twins, that did not fail.
    scenario
        What was run.
    """
    both = sorted(set(runs["run"]) & set(twins["run"]))
    if len(both) < FEWEST_PAIRS:
        return
    ones, others = (table.set_index("run").loc[both] for table in (runs, twins))
    horizon, weights = scenario.horizon_days, _weights_of_pairs(ones, others, scenario)
    kind = FISHER if weights is None else f"{FISHER}_weighted"
    for outcome in outcomes_of(names_of(scenario.tables), horizon).values():
        x, y = outcome.values(ones), outcome.values(others)
        if x.min() == x.max() == y.min() == y.max():
            continue
        share, low, high = shared_variance(x, y, weights)
        yield Row(QUANTITY, outcome.name, horizon, share, low, high, len(both), kind, "share")


def _weights_of_pairs(ones: pd.DataFrame, others: pd.DataFrame, scenario: Scenario) -> Numbers | None:
    """Return what pairs weigh, the mean of their two runs, so that parameters count as often as in estimates."""
    if scenario.tilt is None:
        return None
    weights: Numbers = (ones[WEIGHT].to_numpy(np.float64) + others[WEIGHT].to_numpy(np.float64)) / 2.0
    return weights


def shared_variance(x: Numbers, y: Numbers, weights: Numbers | None = None) -> tuple[float, float, float]:
    """Return the intraclass correlation of pairs with its 95 % interval, none of them below 0.

    Parameters
    ----------
    x, y
        The pairs, in no order between the two.
    weights
        Of the pairs, by default all alike; the interval is that of as many pairs of equal weight as tell as much.

    References
    ----------
    Fisher (1925), Statistical Methods for Research Workers, chapter 7.
    """
    w = np.ones(len(x)) if weights is None else weights
    n, total = w.sum() ** 2 / (w**2).sum(), w.sum()
    mean = ((w * x).sum() / total + (w * y).sum() / total) / 2.0
    spread = float((w * (x - mean) ** 2).sum() + (w * (y - mean) ** 2).sum()) / 2.0
    share = float((w * (x - mean) * (y - mean)).sum()) / spread
    if abs(share) >= 1.0:
        return max(share, 0.0), max(share, 0.0), max(share, 0.0)
    half = Z / math.sqrt(n - 1.5)
    low, high = (math.tanh(math.atanh(share) + sign * half) for sign in (-1.0, 1.0))
    return max(share, 0.0), max(low, 0.0), max(high, 0.0)
