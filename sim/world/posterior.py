"""Read what calibration has learnt, and give each run one of its vectors of parameters.

A posterior is a file of numbers: vectors, their weights, and what they depend on. Run i lives with the same vector in
every scenario and world, so that comparisons and twins stay paired.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import numpy as np
import numpy.typing as npt
from pydantic import ConfigDict, Field, ValidationError

from sim.core.codes import Purpose
from sim.core.rng import uniforms_of_runs
from sim.core.rules import Rules, pack_rules
from sim.world.config import RunConfig, fault_lines
from sim.world.faults import shown, suggestion
from sim.world.frozen import PLAIN, ConfigError, Frozen
from sim.world.text import place
from sim.world.uncertainty import NUMBERS, TWIN, draw_rules, numbers_of, with_numbers

SHIPPED = Path(__file__).resolve().parents[2] / "conf" / "uncertainty" / "posterior.json"
MAX_BYTES = 10_000_000
NO_OBJECT = "holds no keys and values"

_ENTITY = np.array([zlib.crc32(b"posterior")], np.int64)
Floats = npt.NDArray[np.float64]
Weight = Annotated[float, Field(ge=0.0)]


class _MadeOf(Frozen):
    """What is read of all that a posterior tells about how it was made."""

    model_config = ConfigDict(extra="ignore")

    worlds: dict[str, str] = Field(default_factory=dict)


class _File(Frozen):
    """What a file of a posterior says."""

    command: str = Field(max_length=2_000, pattern=PLAIN)
    rulebook: str = Field(max_length=100, pattern=PLAIN)
    theories: dict[str, Annotated[str, Field(max_length=100, pattern=PLAIN)]]
    parameters: dict[str, tuple[float, float]] = Field(min_length=1)
    weights: tuple[Weight, ...] = Field(min_length=1)
    vectors: tuple[tuple[float, ...], ...] = Field(min_length=1)
    made_of: _MadeOf = Field(default_factory=_MadeOf)


@dataclass(frozen=True, eq=False)
class Posterior:
    """Hold vectors of parameters that history has left.

    Parameters
    ----------
    path
        Where it was read from.
    ranges
        By parameter, the range within which it was learnt.
    vectors, weights
        A row a vector, in the order of the ranges; weights sum to 1.
    rulebook, theories
        Version of the rules with which it was learnt, and the theory that each choice of them followed.
    worlds
        Names of those whose history it has seen.
    command
        Makes it anew.
    digest
        Of all that it says.
    """

    path: Path
    ranges: Mapping[str, tuple[float, float]]
    vectors: Floats
    weights: Floats
    rulebook: str
    theories: Mapping[str, str]
    worlds: frozenset[str]
    command: str
    digest: str

    @property
    def names(self) -> list[str]:
        """Return the parameters that it is about."""
        return list(self.ranges)


def draw(rules: np.ndarray, posterior: Posterior | None, seed: int, first_run: int, n_runs: int) -> np.ndarray:
    """Return the parameters of some runs: of the posterior, or without one from their plausible ranges.

    Which vector a run has depends on seed and run alone; its twin has the same.

    Parameters
    ----------
    rules
        One-element record of the scenario; what the posterior does not tell stays as it is there.
    posterior
        What was learnt, if anything.
    seed
        Seed of the ensemble.
    first_run, n_runs
        Which runs.
    """
    if posterior is None:
        return draw_rules(rules, seed, first_run, n_runs)
    return with_numbers(rules, posterior.names, posterior.vectors[drawn_vectors(posterior, seed, first_run, n_runs)])


def drawn_vectors(posterior: Posterior, seed: int, first_run: int, n_runs: int) -> npt.NDArray[np.int64]:
    """Return which vector each of some runs lives with."""
    uniform = np.empty((n_runs, 1))
    uniforms_of_runs(np.uint64(seed), first_run % TWIN, Purpose.PARAMETER, _ENTITY, uniform)
    reached = np.cumsum(posterior.weights)
    return np.searchsorted(reached[:-1], uniform[:, 0], side="right")


def posterior_of(config: RunConfig) -> Posterior | None:
    """Return the posterior that a configuration names, None where it names none; raise ConfigError if it is no use."""
    asked = config.uncertainty
    if asked.kind != "posterior":
        return None
    return read_posterior(SHIPPED if asked.file is None else place(asked.file))


def check_fits(posterior: Posterior, config: RunConfig, rules: np.ndarray) -> None:
    """Raise ConfigError where a scenario sets what every run takes from the posterior, or follows another theory."""
    given, usual = (numbers_of(record, posterior.names)[0] for record in (rules, pack_rules(Rules())))
    faults = [
        f"rules.{name} = {value:g}: every run takes it from the posterior; leave it out, or add uncertainty=none"
        for name, value, default in zip(posterior.names, given, usual, strict=True)
        if value != default
    ]
    faults += [
        f"rules.{name} = {theory}: the posterior was learnt under {learnt}; learn one under {theory} with"
        f" experiments/calibrate.py rules.{name}={theory} and name its file, or add uncertainty=none"
        for name, theory in config.theories().items()
        if (learnt := posterior.theories.get(name, theory)) != theory
    ]
    if faults:
        raise ConfigError(faults)


def read_posterior(path: Path) -> Posterior:
    """Return the posterior in a file; raise ConfigError, with a line for each fault, where there is none.

    Parameters
    ----------
    path
        What `experiments/calibrate.py` has left.
    """
    try:
        if not path.is_file() or path.stat().st_size > MAX_BYTES:
            raise ConfigError([f"uncertainty.file = {path}: is no file of at most {MAX_BYTES:,} bytes"])
        text = path.read_text(encoding="utf-8")
        if not isinstance(json.loads(text, parse_constant=_no_number), dict):
            raise ValueError(NO_OBJECT)
        file = _File.model_validate_json(text)
    except ValidationError as error:
        raise ConfigError([f"uncertainty.file = {path}: {line}" for line in fault_lines(error)]) from None
    except (OSError, ValueError, RecursionError) as error:
        if isinstance(error, ConfigError):
            raise
        raise ConfigError([f"uncertainty.file = {path}: cannot be read ({shown(str(error))})"]) from None
    faults = [f"uncertainty.file = {path}: {fault}; make it anew with: {file.command}" for fault in _faults(file)]
    if faults:
        raise ConfigError(faults)
    weights = np.array(file.weights)
    digest = hashlib.sha256(text.encode()).hexdigest()
    vectors, weights = np.array(file.vectors), weights / weights.sum()
    worlds = frozenset(file.made_of.worlds)
    return Posterior(
        path, file.parameters, vectors, weights, file.rulebook, file.theories, worlds, file.command, digest
    )


def _no_number(text: str) -> float:
    """Refuse a number that is none."""
    message = f"{text} is no number"
    raise ValueError(message)


def _faults(file: _File) -> list[str]:
    """Return what this version cannot use in a file."""
    unknown = [name for name in file.parameters if name not in NUMBERS]
    if unknown:
        return [f"parameters.{name}: no such parameter; {suggestion(name, list(NUMBERS))}" for name in unknown]
    if len(file.weights) != len(file.vectors) or sum(file.weights) <= 0.0:
        return ["weights: must be one for each vector, and not all 0"]
    if any(len(vector) != len(file.parameters) for vector in file.vectors):
        return ["vectors: each must have a number for each parameter"]
    columns = zip(file.parameters, zip(*file.vectors, strict=True), strict=True)
    return [
        f"vectors: {name} must lie between {low:g} and {high:g}"
        for name, values in columns
        for low, high in [NUMBERS[name].limits]
        if not low <= min(values) <= max(values) <= high
    ]
