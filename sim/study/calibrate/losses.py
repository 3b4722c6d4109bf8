"""Score every vector, and every mix of vectors, in every world and family; and weigh families against each other.

Within a world a family counts as its score over that of the pooled rival, which knows the training worlds alone. The
weights are stated in `WEIGHTS`: what befalls single seats counts as much as the fall itself, so that a loss that was
contained is not the same as none.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from sim.study.calibrate.evidence import Case, Item
from sim.study.score.forecast import Kind
from sim.study.score.rivals import FEWEST

Floats = npt.NDArray[np.float64]

WEIGHTS = {
    "fall": 2.0,
    "collapse_day": 1 / 2,
    "capital_day": 1 / 2,
    "seat_falls": 2 / 3,
    "seat_day": 2 / 3,
    "seats_lost": 2 / 3,
    "killed": 1.0,
    "civilians_killed": 1.0,
    "displaced": 1.0,
    "arrivals": 1.0,
    "split": 1.0,
    "incident": 2 / 3,
    "incidents": 2 / 3,
    "level": 2 / 3,
}
"""What each family counts in the loss; those that are not here are scored and do not count."""

LOG_LOSS = "fall"
"""The chance that is judged by its logarithm, which punishes certainty; those of seats and neighbours by Brier."""

SURE = 1000
"""Runs as of which a mix is sure: with its own number, a mix of few vectors would win by being less certain."""

FLOOR = 0.25
"""Least score of the pooled rival in a world, as a share of its mean: where it was lucky, all else would look bad."""


def vector_scores(cases: Sequence[Case]) -> Floats:
    """Return the score of each vector's own runs: a vector, a world, a family of `WEIGHTS`; NaN where there is none."""
    scores = np.full((len(cases[0].chosen), len(cases), len(WEIGHTS)), np.nan)
    for w, case in enumerate(cases):
        for f, items in enumerate(by_family(case)):
            if items:
                scores[:, w, f] = np.mean([_own_score(item, case.chosen[:, :, item.columns]) for item in items], axis=0)
    return scores


def by_family(case: Case) -> list[list[Item]]:
    """Return the items of a world by family of `WEIGHTS`."""
    return [[item for item in case.items if item.name == name] for name in WEIGHTS]


def _own_score(item: Item, values: Floats) -> Floats:
    """Return the score of each vector on one item: fair ones, since its few runs are a sample of what it says."""
    n = values.shape[1]
    if item.family.kind is Kind.CHANCE:
        return chance_score(item, (values[:, :, 0].sum(axis=1) + 0.5) / (n + 1))
    if item.family.kind is Kind.SPLIT:
        return variation(item, values.mean(axis=1))
    ordered = np.sort(values[:, :, 0], axis=1)
    ranks = 2.0 * np.arange(n) - n + 1.0
    spread = (ordered @ ranks) / max(n * (n - 1), 1)
    return np.asarray(np.abs(ordered - item.observed).mean(axis=1) - spread)


def chance_score(item: Item, probability: Floats) -> Floats:
    """Return the log loss of a fall, the Brier score of any other chance."""
    if item.name == LOG_LOSS:
        return -np.log(probability if item.observed else 1.0 - probability)
    return np.asarray((probability - item.observed) ** 2)


def variation(item: Item, parts: Floats) -> Floats:
    """Return the total variation between shares and those that were seen."""
    return np.asarray(0.5 * np.abs(parts - np.array(item.seen.parts)).sum(axis=-1))


def mix_scores(case: Case, weights: Floats) -> Floats:
    """Return the scores of mixes in one world, by their fresh runs: a mix, a family of `WEIGHTS`; NaN for none.

    Parameters
    ----------
    case
        The world.
    weights
        A row a mix, a column a vector; rows sum to 1.
    """
    scores = np.full((len(weights), len(WEIGHTS)), np.nan)
    for f, items in enumerate(by_family(case)):
        if items:
            scores[:, f] = np.mean(
                [_mix_score(item, case.fresh[:, :, item.columns], weights) for item in items], axis=0
            )
    return scores


def _mix_score(item: Item, values: Floats, weights: Floats) -> Floats:
    """Return the score of each mix on one item."""
    if item.family.kind is Kind.CHANCE:
        return chance_score(item, mixed_chance(values[:, :, 0], weights))
    if item.family.kind is Kind.SPLIT:
        return variation(item, weights @ values.mean(axis=1))
    # The integral of (F - 1{x >= seen})^2: vectors are the same in all mixes, so their values are ordered once.
    n_runs = values.shape[1]
    flat = values[:, :, 0].ravel()
    order = np.argsort(flat, kind="stable")
    points = flat[order]
    reached = np.cumsum(weights[:, order // n_runs] / n_runs, axis=1)
    left = np.maximum(np.minimum(points[1:], item.observed) - points[:-1], 0.0)
    right = np.maximum(points[1:] - np.maximum(points[:-1], item.observed), 0.0)
    within = (reached[:, :-1] ** 2) @ left + ((1.0 - reached[:, :-1]) ** 2) @ right
    # Beyond all runs either everything or nothing is reached.
    return np.asarray(within + max(item.observed - points[-1], 0.0) + max(points[0] - item.observed, 0.0))


def mixed_chance(happened: Floats, weights: Floats) -> Floats:
    """Return the probability of each mix, never quite 0 or 1: as of `SURE` runs, however many it has.

    Parameters
    ----------
    happened
        1 or 0 by vector and run.
    weights
        A row a mix, a column a vector.
    """
    return np.asarray((weights @ happened.mean(axis=1) * SURE + 0.5) / (SURE + 1.0))


def pooled_scores(cases: Sequence[Case], trained: npt.NDArray[np.bool_], fold_of: npt.NDArray[np.int64]) -> Floats:
    """Return the pooled rival's score in each world, having learnt from the training folds but the world's own.

    Parameters
    ----------
    cases
        All worlds.
    trained
        Which folds are learnt from: a row a training set, a column a fold.
    fold_of
        Number of each world's fold.

    Returns
    -------
    Floats
        A training set, a world, a family of `WEIGHTS`; NaN where there is nothing to score or to learn from.
    """
    scores = np.full((len(trained), len(cases), len(WEIGHTS)), np.nan)
    families = [by_family(case) for case in cases]
    for f in range(len(WEIGHTS)):
        items = [(w, item) for w in range(len(cases)) for item in families[w][f]]
        if not items:
            continue
        world = np.array([w for w, _ in items])
        rows = _pooled([item for _, item in items], fold_of[world], trained)
        for w in np.unique(world):
            scores[:, w, f] = rows[:, world == w].mean(axis=1)
    return scores


def _pooled(items: Sequence[Item], folds: npt.NDArray[np.int64], trained: npt.NDArray[np.bool_]) -> Floats:
    """Return the pooled rival's score of each item of a family: a training set, an item."""
    kind, n_folds = items[0].family.kind, trained.shape[1]
    if kind is Kind.SPLIT:  # nothing is learnt: all neighbours alike
        equal = [float(variation(item, np.full(len(item.seen.parts), 1.0 / len(item.seen.parts)))) for item in items]
        return np.tile(equal, (len(trained), 1))
    seen = np.array([item.observed for item in items])
    member = (folds[:, None] == np.arange(n_folds)).astype(np.float64)  # (item, fold)
    apart = np.abs(seen[:, None] - seen) @ member  # (item, fold): summed distance to the items of a fold
    between = member.T @ apart  # (fold, fold)
    scores = np.empty((len(trained), len(items)))
    for fold in range(n_folds):
        mask = trained * (np.arange(n_folds) != fold)
        n = mask @ member.sum(axis=0)
        here = [i for i, one in enumerate(folds) if one == fold]
        with np.errstate(invalid="ignore", divide="ignore"):
            if kind is Kind.CHANCE:
                p = (mask @ (seen @ member) + 0.5) / (n + 1.0)
                for i in here:
                    scores[:, i] = chance_score(items[i], p)
            else:
                spread = 0.5 * np.einsum("tf,fg,tg->t", mask, between, mask) / n**2
                scores[:, here] = (apart[here] @ mask.T / n - spread).T
        scores[np.ix_(n < FEWEST, here)] = np.nan
    return scores


def shares_of_loss(pooled: Floats, trained_worlds: npt.NDArray[np.bool_]) -> Floats:
    """Return by what a score is multiplied so that their sum over families is the loss in a world.

    Parameters
    ----------
    pooled
        Scores of the pooled rival: a training set, a world, a family.
    trained_worlds
        Which worlds each training set holds.

    Returns
    -------
    Floats
        A training set, a world, a family; 0 where nothing is scored. In a world they weigh `WEIGHTS` in all.
    """
    inside = np.where(trained_worlds[:, :, None], pooled, np.nan)
    known = np.isfinite(pooled)
    with np.errstate(invalid="ignore"):
        mean = np.nansum(inside, axis=1) / np.maximum(np.isfinite(inside).sum(axis=1), 1)
    scale = np.maximum(np.where(known, pooled, 1.0), FLOOR * mean[:, None, :])
    weights = np.array(list(WEIGHTS.values())) * known
    total = weights.sum(axis=2, keepdims=True)
    return np.where(known, weights / np.where(scale > 0.0, scale, 1.0), 0.0) / np.where(total > 0.0, total, 1.0)
