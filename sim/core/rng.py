"""Draw random numbers that are pure functions of what they decide.

Philox4x32-10 (Salmon, Moraes, Dror & Shaw 2011, "Parallel random numbers: as easy as 1, 2, 3") turns a key (seed) and a
counter (run, day and purpose, entity, ordinal) into four random words. There is no generator to carry and no stream to
shift: a draw that one history skips leaves every other draw as it was.
"""

from __future__ import annotations

import math

import numpy as np

from sim.core.codes import Purpose
from sim.core.jit import phase, rule

PURPOSES = np.uint64(64)
_WORD = np.uint64(0xFFFFFFFF)
_SHIFT = np.uint64(32)
_MULTIPLIER_A = np.uint64(0xD2511F53)
_MULTIPLIER_B = np.uint64(0xCD9E8D57)
_WEYL_A = np.uint64(0x9E3779B9)
_WEYL_B = np.uint64(0xBB67AE85)
_LOW_BITS = np.uint64(0xFFFFF)  # 20 of the second word join 32 of the first
_TWENTY = np.uint64(20)
_LARGE_MEAN = 30.0  # from here on the sum is long and the normal form closer than a percent of a standard deviation
_ATTEMPTS = 64  # more than one in twenty is rare
_LEAST_TERM = 2.0**-60  # below what a sum of probabilities resolves near 1

Words = tuple[np.uint64, np.uint64, np.uint64, np.uint64]


class Key:
    """What all draws of one day of one run share: seed, run number, day (all uint64)."""

    seed: np.uint64
    run: np.uint64
    day: np.uint64


KEY_DTYPE = np.dtype([("seed", np.uint64), ("run", np.uint64), ("day", np.uint64)], align=True)


@rule
def philox4x32(c0: np.uint64, c1: np.uint64, c2: np.uint64, c3: np.uint64, k0: np.uint64, k1: np.uint64) -> Words:
    """Return the four 32-bit words of Philox4x32-10 for a counter and a key, each word in a uint64."""
    for _ in range(10):
        a = _MULTIPLIER_A * c0
        b = _MULTIPLIER_B * c2
        c0, c1, c2, c3 = (b >> _SHIFT) ^ c1 ^ k0, b & _WORD, (a >> _SHIFT) ^ c3 ^ k1, a & _WORD
        k0 = (k0 + _WEYL_A) & _WORD
        k1 = (k1 + _WEYL_B) & _WORD
    return c0, c1, c2, c3


@rule
def words(key: Key, purpose: Purpose, entity: int, ordinal: int) -> Words:
    """Return four random words for one decision; runs and entities must stay below 2**32, days below 2**26."""
    # Every operand is made uint64 explicitly: uint64 with int64 would become a signed or a floating number.
    return philox4x32(
        np.uint64(ordinal),
        np.uint64(entity),
        key.day * PURPOSES + np.uint64(purpose),
        key.run & _WORD,
        key.seed & _WORD,
        key.seed >> _SHIFT,
    )


@rule
def words_of_run(key: Key, purpose: Purpose, entity: int, ordinal: int) -> Words:
    """Return four random words for a decision that is made once a run, on whatever day it is asked for."""
    return philox4x32(
        np.uint64(ordinal),
        np.uint64(entity),
        np.uint64(purpose),
        key.run & _WORD,
        key.seed & _WORD,
        key.seed >> _SHIFT,
    )


@rule
def seed_of_branches(key: Key) -> np.uint64:
    """Return the seed of all that leave a run on the morning of a day; no decision has such an entity and ordinal."""
    w0, w1, _, _ = philox4x32(_WORD, _WORD, key.day, key.run & _WORD, key.seed & _WORD, key.seed >> _SHIFT)
    return (w0 << _SHIFT) | w1


@rule
def open_unit(high: np.uint64, low: np.uint64) -> float:
    """Return a number strictly inside (0, 1) with 52 random bits from two 32-bit words."""
    bits = (high << _TWENTY) | (low & _LOW_BITS)
    return (np.float64(bits) + 0.5) * 2.0**-52


@rule
def uniform(key: Key, purpose: Purpose, entity: int, ordinal: int) -> float:
    """Return a uniform number in (0, 1) for one decision."""
    w0, w1, _, _ = words(key, purpose, entity, ordinal)
    return open_unit(w0, w1)


@rule
def two_uniforms(key: Key, purpose: Purpose, entity: int, ordinal: int) -> tuple[float, float]:
    """Return two uniform numbers in (0, 1) for one decision that takes both."""
    w0, w1, w2, w3 = words(key, purpose, entity, ordinal)
    return open_unit(w0, w1), open_unit(w2, w3)


@rule
def normal(key: Key, purpose: Purpose, entity: int, ordinal: int) -> float:
    """Return a standard normal number for one decision (Box & Muller 1958)."""
    u, v = two_uniforms(key, purpose, entity, ordinal)
    return box_muller(u, v)


@rule
def normal_of_run(key: Key, purpose: Purpose, entity: int, ordinal: int) -> float:
    """Return a standard normal number that is the same on every day of a run."""
    w0, w1, w2, w3 = words_of_run(key, purpose, entity, ordinal)
    return box_muller(open_unit(w0, w1), open_unit(w2, w3))


@rule
def uniform_of_run(key: Key, purpose: Purpose, entity: int, ordinal: int) -> float:
    """Return a uniform number in (0, 1) that is the same on every day of a run."""
    w0, w1, _, _ = words_of_run(key, purpose, entity, ordinal)
    return open_unit(w0, w1)


@rule
def two_uniforms_of_run(key: Key, purpose: Purpose, entity: int, ordinal: int) -> tuple[float, float]:
    """Return two uniform numbers in (0, 1) that are the same on every day of a run."""
    w0, w1, w2, w3 = words_of_run(key, purpose, entity, ordinal)
    return open_unit(w0, w1), open_unit(w2, w3)


@phase
def gamma_of_run(key: Key, purpose: Purpose, entity: int, shape: float) -> float:
    """Return a Gamma number with mean 1 and a shape > 0, the same on every day of a run (Marsaglia & Tsang 2000)."""
    half = np.uint64(0)
    d = (shape if shape >= 1.0 else shape + 1.0) - 1.0 / 3.0
    c = 1.0 / math.sqrt(9.0 * d)
    found = 1.0
    for attempt in range(_ATTEMPTS):
        w0, w1, w2, w3 = words_of_run(key, purpose, entity, attempt)
        z = box_muller(open_unit(w0, half), open_unit(w1, half))
        root = 1.0 + c * z
        v = root * root * root
        if v > 0.0 and math.log(open_unit(w2, half)) < 0.5 * z * z + d * (1.0 - v + math.log(v)):
            lift = math.pow(open_unit(w3, half), 1.0 / shape) if shape < 1.0 else 1.0
            found = lift * d * v / shape
            break
    return found


@rule
def box_muller(u: float, v: float) -> float:
    """Return a standard normal number from two uniform ones."""
    return math.sqrt(-2.0 * math.log(u)) * math.cos(2.0 * math.pi * v)


@rule
def noise_around_one(key: Key, purpose: Purpose, entity: int, ordinal: int) -> float:
    """Return a Gamma number with mean 1 and coefficient of variation 0.5 (the mean of four exponential numbers)."""
    w0, w1, w2, w3 = words(key, purpose, entity, ordinal)
    half = np.uint64(0)
    total = math.log(open_unit(w0, half)) + math.log(open_unit(w1, half))
    return -0.25 * (total + math.log(open_unit(w2, half)) + math.log(open_unit(w3, half)))


@rule
def normal_quantile(u: float) -> float:
    """Return the standard normal number below which a share ``u`` in (0, 1) lies, to 4.5e-4.

    References
    ----------
    Abramowitz & Stegun (1964), Handbook of Mathematical Functions, 26.2.23 (Hastings).
    """
    t = math.sqrt(-2.0 * math.log(min(u, 1.0 - u)))
    above = 2.515517 + t * (0.802853 + t * 0.010328)
    below = 1.0 + t * (1.432788 + t * (0.189269 + t * 0.001308))
    z = t - above / below
    return math.copysign(z, u - 0.5)


@rule
def poisson(mean: float, u: float) -> float:
    """Return the Poisson number with this mean, >= 0, below which a share ``u`` in (0, 1) lies; a whole number.

    Up to a mean of 30 it is exact, by adding up probabilities; above, the normal quantile with the first correction for
    skewness (Cornish & Fisher 1938), rounded.
    """
    if mean >= _LARGE_MEAN:
        z = normal_quantile(u)
        return max(0.0, math.floor(mean + math.sqrt(mean) * z + (z * z - 1.0) / 6.0 + 0.5))
    count = 0.0
    term = math.exp(-mean)
    below = term
    while u > below and term > _LEAST_TERM:
        count += 1.0
        term *= mean / count
        below += term
    return count


@phase
def uniforms_of_runs(
    seed: np.uint64, first_run: int, purpose: Purpose, entities: np.ndarray, table: np.ndarray
) -> None:
    """Fill a table with one uniform number in (0, 1) for each run from ``first_run`` on (row) and entity (column)."""
    for i in range(table.shape[0]):
        run = np.uint64(first_run) + np.uint64(i)
        for j in range(entities.shape[0]):
            w0, w1, _, _ = philox4x32(
                np.uint64(0), np.uint64(entities[j]), np.uint64(purpose), run & _WORD, seed & _WORD, seed >> _SHIFT
            )
            table[i, j] = open_unit(w0, w1)
