"""Make worlds whose law is known: what runs leave behind follows from a vector by a formula, and so does history."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.stats import norm

from sim.core.codes import Purpose
from sim.core.rng import uniforms_of_runs
from sim.study.calibrate.evidence import Case, Item
from sim.study.score.facts import Facts
from sim.study.score.record import Observation

RANGES = {"morale.kap": (0.0, 1.0), "morale.beta": (0.0, 1.0)}
"""Two parameters: the first moves what happens, the second nothing."""
TRUTH = np.array([[0.7, 0.2]])
LAW = ("fall", "killed", "displaced")


def draws(seed: int, rows: int, columns: int) -> np.ndarray:
    """Return standard normal numbers."""
    table = np.empty((rows, columns))
    uniforms_of_runs(np.uint64(seed), 0, Purpose.TEMPO, np.arange(columns), table)
    return norm.ppf(table)


def numbers(vectors: np.ndarray, world: int, seed: int, runs: int, pull: float) -> np.ndarray:
    """Return what runs of a world leave, on the scale of the score: fall, killed, displaced.

    What is known of a world (its number) says ``pull`` about who falls; the first parameter says the rest.
    """
    noise = draws(1_000 * seed + world, len(vectors) * runs, 3).reshape(len(vectors), runs, 3)
    strength = 6.0 * (vectors[:, :1] - 0.7) + pull * np.sin(2.0 * world)
    happens = (strength + noise[:, :, 0] > 0.0).astype(float)
    killed = 2.0 + 3.0 * vectors[:, :1] + 0.3 * noise[:, :, 1]
    displaced = 4.0 + 0.2 * np.sin(world) + 0.2 * noise[:, :, 2] + 0.0 * vectors[:, :1]
    return np.stack([happens, killed, displaced], axis=2)


def toy_cases(
    vectors: np.ndarray, n: int = 16, runs: int = 8, pull: float = 1.0, order: Sequence[int] | None = None
) -> list[Case]:
    """Return worlds that lived by the truth; ``order`` gives each world the history of another."""
    seen = [numbers(TRUTH, world, 77, 1, pull)[0, 0] for world in range(n)]
    told = [seen[world] for world in (range(n) if order is None else order)]
    cases = []
    for world in range(n):
        items = tuple(
            Item(name, observation(name, value), slice(i, i + 1))
            for i, (name, value) in enumerate(zip(LAW, told[world], strict=True))
        )
        facts = Facts(f"C{world}", 100, 1e6, 1e4, 0.0, 0.0, {}, {})
        chosen, fresh = (numbers(vectors, world, seed, runs, pull) for seed in (1, 2))
        cases.append(Case(f"toy_{world}", f"C{world}", facts, items, chosen, fresh, np.ones(len(vectors), bool)))
    return cases


def observation(name: str, value: float) -> Observation:
    """Return what happened, in the unit of its family."""
    amount = value if name == "fall" else 10.0**value - 1.0
    return Observation("", name, amount, amount, amount)
