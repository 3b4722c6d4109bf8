"""Draw uncertain parameters from the ranges of the parameter table: a vector for each run."""

from __future__ import annotations

import dataclasses
import zlib
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from sim.core.codes import Purpose
from sim.core.parameters import describe
from sim.core.rng import uniforms_of_runs
from sim.core.rules import MECHANISMS, RULES_DTYPE

WIDE = 10.0  # assumption: a range whose ends differ by this factor is one of orders of magnitude
TWIN = 2**31
"""What is added to the number of a run for its twin, which has the same parameters and other chance."""

Floats = npt.NDArray[np.float64]

NUMBERS = {f"{mechanism}.{name}": p for mechanism, group in MECHANISMS.items() for name, p in describe(group).items()}
"""Every number of the parameter table by its name, such as ``morale.beta``."""

# Named by what they are, so that a new parameter leaves the draws of the others as they were.
_ENTITIES = np.array(
    [
        zlib.crc32(f"{name.partition('.')[0]}.{p.former}".encode() if p.former else name.encode())
        for name, p in NUMBERS.items()
    ],
    np.int64,
)
# Where they stand in a record, a word each; the choices of theory between them stay as they are.
_WORDS = np.flatnonzero(
    [
        "numbers" in field.metadata
        for group in MECHANISMS.values()
        for field in dataclasses.fields(group)
        for _ in field.metadata.get("numbers", ["a choice"])
    ]
)
_WORDS_IN_ALL = RULES_DTYPE.itemsize // 8
_WORD = dict(zip(NUMBERS, _WORDS.tolist(), strict=True))


def draw_rules(rules: np.ndarray, seed: int, first_run: int, n_runs: int) -> np.ndarray:
    """Return the parameters of some runs, each drawn for itself.

    The distribution is triangular: its peak is the value that the scenario gives, its ends are those of the plausible
    range, moved out where the value lies beyond; on a logarithmic scale where the ends differ tenfold. What is off (its
    value and the lower end are 0) stays off. The draws do not depend on the scenario, so that runs of two scenarios
    differ only by what distinguishes these.

    Parameters
    ----------
    rules
        One-element record of the scenario.
    seed
        Seed of the ensemble.
    first_run, n_runs
        Which runs.

    Returns
    -------
    np.ndarray
        One record a run.
    """
    uniform = np.empty((n_runs, len(_ENTITIES)))
    uniforms_of_runs(np.uint64(seed), first_run % TWIN, Purpose.PARAMETER, _ENTITIES, uniform)
    peak = rules.view(np.float64)[_WORDS]
    low, high = (np.array([p.prior[end] for p in NUMBERS.values()]) for end in (0, 1))
    low, high = np.minimum(low, peak), np.maximum(high, peak)
    values = _triangular(uniform, low, peak, high)
    wide = is_wide(low, high)
    logs = (np.log(bound[wide]) for bound in (low, peak, high))
    values[:, wide] = np.exp(_triangular(uniform[:, wide], *logs))
    values[:, (peak == 0.0) & (low == 0.0)] = 0.0
    return with_numbers(rules, list(NUMBERS), np.clip(values, low, high))


def calibrated_ranges() -> dict[str, tuple[float, float]]:
    """Return the range of each parameter that the parameter table marks as learnt from history."""
    return {name: p.calibrated for name, p in NUMBERS.items() if p.calibrated is not None}


def is_wide(low: Floats, high: Floats) -> npt.NDArray[np.bool_]:
    """Tell of which ranges the logarithm is meant."""
    return (low > 0.0) & (high >= WIDE * low)


def with_numbers(rules: np.ndarray, names: Sequence[str], values: Floats) -> np.ndarray:
    """Return a record for each row of values, which are those of the named numbers; all else is as in ``rules``."""
    records = np.empty(len(values), RULES_DTYPE)
    records[:] = rules
    records.view(np.float64).reshape(len(values), _WORDS_IN_ALL)[:, [_WORD[name] for name in names]] = values
    return records


def numbers_of(rules: np.ndarray, names: Sequence[str]) -> Floats:
    """Return the named numbers of records, a row each."""
    return (
        np.ascontiguousarray(rules)
        .view(np.float64)
        .reshape(len(rules), _WORDS_IN_ALL)[:, [_WORD[name] for name in names]]
    )


def _triangular(u: Floats, low: Floats, peak: Floats, high: Floats) -> Floats:
    """Return the numbers below which shares ``u`` of triangular distributions lie; a range of one point gives it."""
    width = np.where(high > low, high - low, 1.0)
    rising = low + np.sqrt(u * width * (peak - low))
    falling = high - np.sqrt((1.0 - u) * width * (high - peak))
    return np.where(u < (peak - low) / width, rising, falling)
