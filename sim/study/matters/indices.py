"""Estimate from runs that exist how much of the variance of an outcome is due to single inputs, and to pairs of them.

The mean of the outcome given an input is expanded in orthonormal polynomials of the input's rank, and what they explain
is the first-order index of Sobol', with what chance alone explains taken off. Inputs are to be independent of each
other. Where chance makes most of the variance, as here, few smooth terms are what counts: an index of nothing then
scatters by ``sqrt(2 terms) / n``. Estimators from the ranks of neighbours (Chatterjee 2021; Gamboa, Gremaud, Klein &
Lagnoux 2022) need no terms, but scatter by ``0.6 / sqrt(n)``, which is more than most inputs explain.

References
----------
Sobol' (1993), Mathematical Modelling and Computational Experiments 1, 407-414; Li, Wang & Rabitz (2002), Journal of
Physical Chemistry A 106, 8721-8733 (expansion); Plischke, Borgonovo & Smith (2013), European Journal of Operational
Research 226, 536-550 (from given data); Rubin (1981), Annals of Statistics 9, 130-134 (bootstrap by weights).
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Iterable, Sequence
from itertools import product

import numpy as np
import numpy.typing as npt

from sim.core.codes import Purpose
from sim.core.rng import uniforms_of_runs
from sim.ensemble.estimate.intervals import Z

MOST_TERMS = 10  # of one input: enough for two full waves over its range
MOST_CROSSED = 6  # of each of two inputs
PENALTY = 2.0  # of a term, in variances of its coefficient: what Mallows' Cp asks for
RESAMPLES = 100

Floats = npt.NDArray[np.float64]


def ranks(values: Floats, weights: Floats) -> Floats:
    """Return which share of all weight lies below each value, half of its own and of its equals' included.

    Parameters
    ----------
    values, weights
        (run,).
    """
    order = np.argsort(values, kind="stable")
    first = np.concatenate([[True], np.diff(values[order]) > 0.0])
    group = np.cumsum(first) - 1
    own = np.bincount(group, weights[order])
    shares = np.empty(len(values))
    shares[order] = ((np.cumsum(own) - 0.5 * own) / own.sum())[group]
    return shares


def basis(shares: Floats, terms: int) -> Floats:
    """Return the polynomials of Legendre on (0, 1), each of mean 0 and variance 1.

    Parameters
    ----------
    shares
        Ranks, (run,).
    terms
        How many, the constant left out.

    Returns
    -------
    Floats
        (term, run).
    """
    every = np.polynomial.legendre.legvander(2.0 * shares - 1.0, terms)[:, 1:]
    return np.ascontiguousarray((every * np.sqrt(2.0 * np.arange(1, terms + 1) + 1.0)).T)


def crossed(one: Floats, other: Floats, terms: int) -> Floats:
    """Return the products of the first terms of two inputs, (term, run)."""
    return np.array([one[i] * other[j] for i, j in product(range(terms), repeat=2)])


def explained(phi: Floats, y: Floats, weights: Floats) -> tuple[Floats, Floats]:
    """Return what each term explains of the variance of an outcome, and the variance that chance alone gives it.

    Parameters
    ----------
    phi
        Terms, (term, run).
    y
        The outcome, (run,).
    weights
        Of runs, (run, column); all is estimated for each column by itself.

    Returns
    -------
    tuple[Floats, Floats]
        Both (term, column), in the unit of the outcome squared.
    """
    total = weights.sum(axis=0)
    centred = y - (y @ weights / total).mean()
    mean = centred @ weights / total
    coefficients = (phi * centred) @ weights / total - mean * (phi @ weights / total)
    squares = ((phi * centred) ** 2) @ weights**2 / total**2
    return coefficients**2, squares - coefficients**2 * ((weights**2).sum(axis=0) / total**2)


def best_terms(found: Iterable[tuple[Floats, Floats]], sizes: Sequence[Sequence[int]]) -> int:
    """Return how many terms pay for all inputs together, by Mallows' Cp: 1 for ``sizes[0]``, and so on.

    Parameters
    ----------
    found
        What `explained` gives for each input, one column.
    sizes
        Which terms each number of terms has.
    """
    gains = sum((squares - PENALTY * chance)[:, 0] for squares, chance in found)
    totals = [float(np.sum(np.asarray(gains)[list(terms)])) for terms in sizes]
    return int(np.argmax(totals)) + 1


def first(terms: int) -> list[int]:
    """Return the numbers of the first terms of one input."""
    return list(range(terms))


def first_crossed(terms: int) -> list[int]:
    """Return the numbers of the products of the first terms of two inputs among all of `crossed`."""
    return [i * MOST_CROSSED + j for i, j in product(range(terms), repeat=2)]


def index_of(phi: Floats, y: Floats, weights: Floats, variance: float) -> Floats:
    """Return the share of the variance that terms explain, what chance alone gives them taken off, for each column.

    Parameters
    ----------
    phi, y, weights
        As of `explained`.
    variance
        Of the outcome.
    """
    squares, chance = explained(phi, y, weights)
    indices: Floats = (squares - chance).sum(axis=0) / variance
    return indices


def with_interval(phi: Floats, y: Floats, weights: Floats, variance: float, resampled: Floats) -> tuple[float, ...]:
    """Return an index with its 95 % interval, from its spread over resampled weights; none of them below 0.

    Parameters
    ----------
    phi, y, weights, variance
        As of `index_of`, with weights (run,).
    resampled
        Factors on the weights, (run, resample); see `resample`.
    """
    index = float(index_of(phi, y, weights[:, np.newaxis], variance)[0])
    squares, _ = explained(phi, y, weights[:, np.newaxis] * resampled)
    half = Z * float(squares.sum(axis=0).std(ddof=1)) / variance
    return max(index, 0.0), max(index - half, 0.0), max(index + half, 0.0)


def resample(n: int, seed: int, resamples: int = RESAMPLES) -> Floats:
    """Return exponential weights of mean 1, a column a resample: the smooth form of the bootstrap.

    Parameters
    ----------
    n
        How many runs.
    seed
        The same seed gives the same weights.
    resamples
        How many.
    """
    return -np.log(draws(n, seed, "resample", resamples))


def draws(n: int, seed: int, name: str, columns: int) -> Floats:
    """Return uniform numbers in (0, 1) that only their name, row and column decide, (n, column)."""
    entities = np.array([zlib.crc32(f"{name} {column}".encode()) for column in range(columns)], np.int64)
    table = np.empty((n, columns))
    uniforms_of_runs(np.uint64(seed), 0, Purpose.PARAMETER, entities, table)
    return table


def variance_of(y: Floats, weights: Floats) -> float:
    """Return the variance of an outcome over weighted runs."""
    mean = float(y @ weights / weights.sum())
    return float((y - mean) ** 2 @ weights / weights.sum())


def correlation(x: Floats, y: Floats, weights: Floats) -> float:
    """Return the correlation over weighted runs, 0 where one of them does not vary."""
    spread = math.sqrt(variance_of(x, weights) * variance_of(y, weights))
    centred = (x - x @ weights / weights.sum()) * (y - y @ weights / weights.sum())
    return float(centred @ weights / weights.sum()) / spread if spread > 0.0 else 0.0
