"""Choose the histories that stand for many: of each fate the one in the middle."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import pandas as pd

from sim.ensemble.estimate.rows import usable
from sim.ensemble.estimate.weights import share_interval, weights_of
from sim.ensemble.store.provenance import model_digest
from sim.ensemble.store.results import Results
from sim.study.explain.chronicle import Chronicle, explain
from sim.world.scenario import Scenario

MOST_FATES = 3


@dataclass(frozen=True)
class Typical:
    """A run that stands for all that ended as it did.

    Parameters
    ----------
    run
        Its number.
    fate
        How the regime ended.
    share
        Of the runs that ended so, as they weigh.
    """

    run: int
    fate: str
    share: float


Told: TypeAlias = tuple[Typical, Chronicle]
"""A run that stands for others, and why it went as it did."""


def typical_runs(results: Results, scenario: Scenario) -> list[Typical]:
    """Return a typical run of each of the most common fates, the most common first.

    Of the runs of a fate those are taken that end on its median day, or next to it; of these the one whose places fall
    first closest to the median days of the fate. A place that does not fall counts as falling after the last day.

    Parameters
    ----------
    results, scenario
        An ensemble.
    """
    counted, horizon_days = usable(results.runs), scenario.horizon_days
    runs, weights = counted.set_index("run"), weights_of(counted, scenario)
    first = results.falls.astype({"location_id": str, "day": float})
    falls = first.pivot_table(index="run", columns="location_id", values="day", aggfunc="min")
    falls = falls.reindex(runs.index).fillna(horizon_days)
    ends = runs["collapse_day"].astype(float).fillna(horizon_days)
    fates = runs["outcome"].astype(str)
    shares = {fate: share_interval((fates == fate).to_numpy(), weights).point for fate in fates.value_counts().index}
    most = sorted(shares, key=lambda fate: -shares[fate])[:MOST_FATES]
    return [Typical(_middle(ends[fates == fate], falls[fates == fate]), str(fate), shares[fate]) for fate in most]


def explain_typical(results: Results, scenario: Scenario) -> list[Told]:
    """Return the typical runs with their chronicles; none where another model, or version of it, has lived them.

    Parameters
    ----------
    results, scenario
        An ensemble.
    """
    if scenario.living is not None or results.manifest["model_digest"] != model_digest():
        return []
    seed = int(results.manifest["seed"])
    return [(each, explain(scenario, seed, each.run)) for each in typical_runs(results, scenario)]


def _middle(ends: pd.Series, falls: pd.DataFrame) -> int:
    """Return the run in the middle of those of one fate."""
    off = (ends - ends.median()).abs()
    apart = (falls - falls.median()).abs().sum(axis=1)
    near = apart[np.isclose(off, off.min())]
    return int(near.index[int(near.to_numpy().argmin())])
