"""Breed vectors around those that history has left, for each fold from what is known without it.

Parents are drawn among the kept; a child is one of them, moved by a kernel as wide as the kept lie apart (Silverman's
rule for so many), and mirrored at the ends of the range. Draws are keyed by fold and child.

References
----------
Beaumont, Cornuet, Marin & Robert (2009), "Adaptive approximate Bayesian computation", Biometrika 96, 983-990.
"""

from __future__ import annotations

import zlib

import numpy as np
import numpy.typing as npt

from sim.core.codes import Purpose
from sim.core.rng import uniforms_of_runs
from sim.study.calibrate.design import Ranges, from_unit, to_unit
from sim.study.calibrate.learning import NOBODY, Learnt

Floats = npt.NDArray[np.float64]


def breed(learnt: Learnt, ranges: Ranges, vectors: Floats, n: int, seed: int) -> tuple[Floats, list[int]]:
    """Return vectors bred for each fold that is left out, and at last for none; and the fold of each.

    Parameters
    ----------
    learnt
        From the design.
    ranges, vectors
        What is sought, and the design.
    n, seed
        How many for each, and of what seed.
    """
    unit, bred = to_unit(ranges, vectors), []
    for fold in range(len(learnt.folds) + 1):
        out = frozenset({fold}) if fold < len(learnt.folds) else NOBODY
        kept = unit[learnt.weights[out][learnt.kept[fold]] > 0.0]
        bred.append(_children(kept, fold, n, seed))
    own = [fold for fold in range(len(learnt.folds) + 1) for _ in range(n)]
    return from_unit(ranges, np.concatenate(bred)), own


def _children(kept: Floats, fold: int, n: int, seed: int) -> Floats:
    """Return children of some parents, places in the unit cube."""
    from scipy.stats import norm  # noqa: PLC0415 - it takes most of a second that importing need not wait

    dimensions = kept.shape[1]
    entities = np.array([zlib.crc32(f"breeding.{i}".encode()) for i in range(dimensions + 1)], np.int64)
    uniform = np.empty((n, len(entities)))
    uniforms_of_runs(np.uint64(seed), fold * n, Purpose.PARAMETER, entities, uniform)
    parents = kept[(uniform[:, 0] * len(kept)).astype(np.int64)]
    width = kept.std(axis=0) * (4.0 / ((dimensions + 2.0) * len(kept))) ** (1.0 / (dimensions + 4.0))
    moved = np.abs(parents + width * norm.ppf(uniform[:, 1:]))
    return np.asarray(np.clip(1.0 - np.abs(1.0 - moved), 0.0, 1.0))
