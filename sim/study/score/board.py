"""Sum scores up by family: the model beside its best rival, and what the difference is worth."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.study.score.families import FAMILIES
from sim.study.score.forecast import Kind, scaled

Floats = npt.NDArray[np.float64]
INTERVAL = (0.05, 0.95)
ITEM = ["world", "item"]
MODEL, TILTED = "model", "tilted"
OWN = (MODEL, TILTED)
"""The model: its runs as they are, and as they weigh by what other countries' wars teach."""


Rivals = Mapping[tuple[str, str], str]
"""The rival to be beaten, by family and rule."""


def best_rivals(table: pd.DataFrame) -> Rivals:
    """Return the best of the rivals who forecast every item, by family and rule.

    Parameters
    ----------
    table
        Scores by item in the worlds with which all was developed.
    """
    rivals = table[~table["forecast"].isin(OWN)]
    items = rivals.groupby(["family", "rule"])[ITEM].apply(lambda rows: len(rows.drop_duplicates()))
    found = rivals.groupby(["family", "rule", "forecast"])["score"].agg(["mean", "size"]).reset_index("forecast")
    full = found[found["size"] == items.reindex(found.index)].sort_values("mean", kind="stable")
    first = full.groupby(level=["family", "rule"])["forecast"].first().reset_index()
    return {(family, rule): rival for family, rule, rival in first.itertuples(index=False)}


def board(table: pd.DataFrame, resamples: int, seed: int, best: Rivals | None = None) -> pd.DataFrame:
    """Return a row for each family and rule.

    Columns: ``family``, ``rule``, ``n`` items of ``worlds``; mean ``score`` of the model, its best ``rival`` (of those
    who forecast every item) and ``rival_score``; ``skill`` = 1 - score / rival_score with its 90 % interval
    (``skill_low``, ``skill_high``) over resampled worlds, and a ``verdict``; ``tilted``, ``tilted_skill``,
    ``tilted_low`` and ``tilted_high``, the same of runs that weigh, where they do; ``bias`` (median of median less
    observed, amounts as log10), ``coverage`` and ``width`` of the 90 % interval, ``rank_correlation`` of medians and
    observations over items, ``mean_forecast`` and ``happened`` (means of medians and of observations).

    Parameters
    ----------
    table
        Scores by item.
    resamples, seed
        How often worlds are drawn anew, a power of two, and the seed of it.
    best
        The rival of each family; by default the best on these items.
    """
    chosen, rows = best_rivals(table) if best is None else best, []
    for family in FAMILIES:
        own = table[table["family"] == family.name]
        for rule in own["rule"].unique():
            told = {"family": family.name, "rule": rule}
            scores = own[own["rule"] == rule]
            rival = chosen.get((family.name, rule))
            rows.append(told | _contest(scores, rival, resamples, seed) | _habits(scores, family.kind))
    return pd.DataFrame(rows)


def _contest(rows: pd.DataFrame, rival: str | None, resamples: int, seed: int) -> dict[str, object]:
    """Return the model's score beside that of a rival, if that forecasts every item."""
    scores = rows.pivot_table("score", ITEM, "forecast")
    own = scores[MODEL]
    told: dict[str, object] = {
        "n": len(own),
        "worlds": own.index.get_level_values("world").nunique(),
        "score": float(own.mean()),
    }
    if rival not in scores or scores[rival].isna().any():
        return told
    gained, low, high = _skill(own, scores[rival], resamples, seed)
    told |= {"rival": rival, "rival_score": float(scores[rival].mean())}
    told |= {"skill": gained, "skill_low": low, "skill_high": high, "verdict": verdict(low, high)}
    if TILTED not in scores:
        return told
    weighed = scores[TILTED]
    gained, low, high = _skill(weighed, scores[rival], resamples, seed)
    tilted = {"tilted": float(weighed.mean()), "tilted_skill": gained, "tilted_low": low, "tilted_high": high}
    return told | tilted


def _skill(own: pd.Series, rival: pd.Series, resamples: int, seed: int) -> tuple[float, float, float]:
    """Return a skill with its interval."""
    total = float(rival.sum())
    point = 1.0 - float(own.sum()) / total if total else math.nan
    return point, *skill_interval(own, rival, resamples, seed)


def skill_interval(own: pd.Series, rival: pd.Series, resamples: int, seed: int) -> tuple[float, float]:
    """Return the 90 % interval of a skill by drawing whole worlds anew.

    Parameters
    ----------
    own, rival
        Scores by world and item.
    resamples, seed
        How often, a power of two, and the seed of the draws.
    """
    by_world = pd.DataFrame({"own": own, "rival": rival}).groupby("world").sum().to_numpy()
    if len(by_world) == 1:
        return math.nan, math.nan
    sums = by_world[drawn_worlds(len(by_world), resamples, seed)].sum(axis=1)
    skills = 1.0 - sums[:, 0] / np.where(sums[:, 1] > 0.0, sums[:, 1], np.nan)
    low, high = np.nanquantile(skills, INTERVAL)
    return float(low), float(high)


def drawn_worlds(n: int, resamples: int, seed: int) -> npt.NDArray[np.int64]:
    """Return numbers of whole worlds that are drawn anew, (resample, world).

    Parameters
    ----------
    n, resamples, seed
        How many there are, how often, a power of two: the draws are scrambled Sobol' points, a world a dimension.
    """
    from scipy.stats import qmc  # noqa: PLC0415 - it takes most of a second that importing need not wait

    points: Floats = qmc.Sobol(n, rng=seed).random(resamples)
    return np.minimum((points * n).astype(np.int64), n - 1)


def verdict(low: float, high: float) -> str:
    """Return ``beats``, ``ties`` or ``loses`` by the interval of a skill; nothing of a single world."""
    if math.isnan(low):
        return ""
    return "beats" if low > 0.0 else "loses" if high < 0.0 else "ties"


def _habits(scores: pd.DataFrame, kind: Kind) -> dict[str, object]:
    """Return how the model's forecasts lie to what happened, beyond their score."""
    rows = scores[scores["forecast"] == MODEL]
    seen = np.array([scaled(kind, value) for value in rows["observed"]])
    middle, low, high = (np.array([scaled(kind, v) for v in rows[end]]) for end in ("median", "low_90", "high_90"))
    told: dict[str, object] = {"mean_forecast": middle.mean(), "happened": seen.mean()}
    if kind is Kind.SPLIT:
        return dict.fromkeys(told, math.nan)
    if len(rows) > 1 and len(np.unique(middle)) > 1 and len(np.unique(seen)) > 1:
        told["rank_correlation"] = float(pd.Series(middle).rank().corr(pd.Series(seen).rank()))
    if kind is Kind.CHANCE:
        return told
    is_in = (low <= seen + ROUNDING) & (seen - ROUNDING <= high)
    return told | {"bias": float(np.median(middle - seen)), "coverage": is_in.mean(), "width": np.median(high - low)}


ROUNDING = 1e-9  # of an interval that is given in the family's own unit and scaled again
