"""Choose vectors by history with a fold left out, and how many of them by an inner loop that leaves out one more.

Whatever is said of a fold is learnt without it: scores of vectors, those of the pooled rival by which they are divided,
how many are kept, and the curve that recalibrates chances.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sim.study.calibrate.evidence import Bools, Case
from sim.study.calibrate.losses import mix_scores, pooled_scores, shares_of_loss, vector_scores

Floats = npt.NDArray[np.float64]

KEPT = (1.0, 0.5, 0.35, 0.2, 0.1)
"""Shares of the vectors that are tried; of equals the first wins, which claims least."""

FROM_DESIGN, NEITHER = -1, -2
ROUNDING = 9  # digits of a loss beyond which two are equal
LeftOut = frozenset[int]
NOBODY: LeftOut = frozenset()


@dataclass(frozen=True, eq=False)
class Learnt:
    """Hold what was learnt without some folds.

    Parameters
    ----------
    folds, fold_of
        Names of the folds, and the number of each world's.
    weights
        Weights of vectors by what is left out: a share of `KEPT`, a vector.
    losses
        Loss of the vectors by what is left out.
    left_out
        Loss of the mixes of each share in each world, its fold and one more left out: a fold (its own: nothing more),
        a world, a share.
    kept
        Number of the share that is chosen without each fold, and at last without none.
    """

    folds: tuple[str, ...]
    fold_of: npt.NDArray[np.int64]
    weights: dict[LeftOut, Floats]
    losses: dict[LeftOut, Floats]
    left_out: Floats
    kept: npt.NDArray[np.int64]

    def mix(self, fold: int, more: int | None = None) -> Floats:
        """Return the weights of vectors learnt without a fold (and one more), as many as the first leaves."""
        out = frozenset({fold} if more is None else {fold, more})
        chosen: Floats = self.weights[out][self.kept[fold]]
        return chosen

    @property
    def posterior(self) -> Floats:
        """Return the weights of vectors learnt from all worlds."""
        final: Floats = self.weights[NOBODY][self.kept[-1]]
        return final


def learn(cases: Sequence[Case], own: Sequence[int] | None = None) -> Learnt:
    """Return what is learnt with each fold left out.

    Parameters
    ----------
    cases
        What every vector did in every world. Vectors of which a run failed are not chosen.
    own
        Number of the fold for which each vector was bred, one more than the last for none: it is chosen where just
        that is left out. `FROM_DESIGN` for those that all choose from, as all are by default.
    """
    folds = tuple(dict.fromkeys(case.fold for case in cases))
    fold_of = np.array([folds.index(case.fold) for case in cases])
    out = _left_out(len(folds))
    trained = np.array([[fold not in one for fold in range(len(folds))] for one in out])
    pooled = pooled_scores(cases, trained, fold_of)
    losses = _losses(cases, pooled, trained[:, fold_of], _eligible(cases, out, own))
    weights = {one: _kept(losses[i]) for i, one in enumerate(out)}
    left = _losses_left_out(cases, fold_of, weights, dict(zip(out, pooled, strict=True)), len(folds))
    kept = [_best(left[fold][fold_of != fold]) for fold in range(len(folds))]
    kept.append(_best(left[fold_of, np.arange(len(cases))]))
    return Learnt(folds, fold_of, weights, dict(zip(out, losses, strict=True)), left, np.array(kept))


def _left_out(n: int) -> list[LeftOut]:
    """Return what is left out in turn: nothing, each fold, each pair of them."""
    return [frozenset(some) for size in range(3) for some in itertools.combinations(range(n), size)]


def _eligible(cases: Sequence[Case], out: Sequence[LeftOut], own: Sequence[int] | None) -> Bools:
    """Return which vectors may be chosen by what is left out."""
    sound = np.all([case.sound for case in cases], axis=0)
    if own is None:
        return np.tile(sound, (len(out), 1))
    bred, n_folds = np.asarray(own), max(map(max, filter(None, out))) + 1
    group = [n_folds if not one else min(one) if len(one) == 1 else NEITHER for one in out]
    return np.array([sound & ((bred == FROM_DESIGN) | (bred == fold)) for fold in group])


def _losses(cases: Sequence[Case], pooled: Floats, trained_worlds: Bools, eligible: Bools) -> Floats:
    """Return the mean loss of each vector over the training worlds: a training set, a vector; infinite for none."""
    shares = shares_of_loss(pooled, trained_worlds) * trained_worlds[:, :, None]
    scores = np.nan_to_num(vector_scores(cases))
    n = trained_worlds.sum(axis=1, keepdims=True)
    losses = shares.reshape(len(shares), -1) @ scores.reshape(len(scores), -1).T / np.maximum(n, 1)
    return np.where(eligible, losses, np.inf)


def _kept(losses: Floats) -> Floats:
    """Return the weights of vectors by share of `KEPT`: those with the least loss alike, the others nothing."""
    n = int(np.isfinite(losses).sum())
    order = np.argsort(losses, kind="stable")
    weights = np.zeros((len(KEPT), len(losses)))
    for row, share in enumerate(KEPT):
        best = order[: max(1, round(share * n))]
        weights[row, best] = 1.0 / len(best)
    return weights


def _losses_left_out(
    cases: Sequence[Case],
    fold_of: npt.NDArray[np.int64],
    weights: dict[LeftOut, Floats],
    pooled: dict[LeftOut, Floats],
    n_folds: int,
) -> Floats:
    """Return the losses of mixes in worlds that they have not seen; see `Learnt`."""
    losses = np.full((n_folds, len(cases), len(KEPT)), np.nan)
    for w, case in enumerate(cases):
        here = int(fold_of[w])
        mixes = np.concatenate([weights[frozenset({here, fold})] for fold in range(n_folds)])
        scores = np.nan_to_num(mix_scores(case, mixes)).reshape(n_folds, len(KEPT), -1)
        for fold in range(n_folds):
            # Divided by what the pooled rival scores there without the fold: the same for all mixes that it judges.
            known = pooled[frozenset({fold} - {here})]
            inside = np.array([f != fold for f in fold_of])
            share = shares_of_loss(known[None], inside[None])[0, w]
            losses[fold, w] = scores[fold] @ share
    return losses


def _best(losses: Floats) -> int:
    """Return the number of the share with the least mean loss over worlds."""
    return int(np.argmin(losses.mean(axis=0).round(ROUNDING)))
