"""Set single numbers of a configuration by their keys, such as `rules.morale.beta` or `scenario.levers.0.value`."""

from __future__ import annotations

import copy
import difflib
import math
from collections.abc import Iterator, Mapping
from typing import Any

from sim.core.parameters import choices
from sim.core.rules import MECHANISMS
from sim.world.config import RunConfig, known_keys, read_config
from sim.world.faults import shown, suggestion
from sim.world.frozen import ConfigError
from sim.world.settings import plain

THEORIES = {
    f"rules.{mechanism}.{name}": tuple(told.names)
    for mechanism, group in MECHANISMS.items()
    for name, told in choices(group).items()
}
"""Keys of the choices between theories, and their names; a sweep varies the place of a name among them."""

FIXED = ("ensemble", "executor", "uncertainty", "world", "output")  # they tell how and where, not what is asked


def numeric_keys(config: RunConfig) -> dict[str, float]:
    """Return every number of a configuration that may be varied, by its key; ``horizon_days`` even where it is not set.

    Parameters
    ----------
    config
        The configuration around which one varies.
    """
    values = config.model_dump(mode="json")
    numbers = {key: value for key, value in _numbers(values, "") if key.partition(".")[0] not in FIXED}
    theories = {key: list(names).index(_at(values, key)) for key, names in THEORIES.items()}
    return {"horizon_days": 0} | numbers | theories


def _numbers(value: Any, key: str) -> Iterator[tuple[str, float]]:
    """Yield the numbers in nested values."""
    if isinstance(value, bool):
        return
    if isinstance(value, int | float):
        yield key, value
        return
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, item in items:
        yield from _numbers(item, f"{key}.{name}" if key else str(name))


def read_factors(config: RunConfig, factors: Any) -> dict[str, list[float]]:
    """Return the values of each factor as plain numbers: a theory is the place of its name among those of its choice.

    Parameters
    ----------
    config
        The configuration around which one varies.
    factors
        Values by key, as people give them: lists, ranges, arrays.

    Raises
    ------
    ConfigError
        With a line for each key that names nothing that may be varied, and for each value that is none of it.
    """
    given = plain(factors)
    if not isinstance(given, dict):
        raise ConfigError(
            [f"sweep.factors = {shown(given)}: must be values by key, such as {{rules.morale.beta: [4, 9]}}"]
        )
    given = {key: _placed(key, values) for key, values in given.items()}
    known = numeric_keys(config)
    faults = [fault for key, values in given.items() for fault in _faults(known, key, values)]
    if faults:
        raise ConfigError([f"sweep.factors.{fault}" for fault in faults])
    return {key: [float(value) for value in values] for key, values in given.items()}


def _placed(key: str, values: Any) -> Any:
    """Return the names of theories as their places among those of their choice; what is none stays, as a fault."""
    names = THEORIES.get(key)
    if names is None or not isinstance(values, list):
        return values
    faults = [value for value in values if value not in names]
    if faults:
        raise ConfigError(
            [f"sweep.factors.{key} = {v}: is no value of it; {suggestion(str(v), list(names))}" for v in faults]
        )
    return [names.index(value) for value in values]


def _faults(known: Mapping[str, float], key: str, values: Any) -> Iterator[str]:
    """Yield what is wrong with one factor."""
    if key not in known:
        yield f"{key}: is no number that can be varied; {_cure(known, key, values)}"
    elif not isinstance(values, list):
        yield f"{key} = {shown(values)}: must be a list of numbers, such as [4, 9]"
    else:
        for number, value in enumerate(values):
            if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
                yield f"{key}.{number} = {shown(repr(value))}: must be a number"
            elif isinstance(known[key], int) and value != int(value):
                yield f"{key}.{number} = {value}: must be a whole number"
            elif value in values[:number]:
                yield f"{key}.{number} = {value}: stands twice; give each value once"


def _cure(known: Mapping[str, float], key: str, values: Any) -> str:
    """Return what to do about a key that is no factor: each by itself, or the nearest that is one."""
    if isinstance(values, Mapping):
        return f"write the whole key, such as {key}.{next(iter(values), 'beta')}"
    if key in known_keys():
        options = ",".join(_word(value) for value in (values if isinstance(values, list) else [values]))
        return f"run each by itself, with run.py -m {key}={options}"
    near = difflib.get_close_matches(key, known, n=1, cutoff=0.6)
    return f"did you mean '{near[0]}'?" if near else "docs/model.md lists all parameters"


def _word(value: Any) -> str:
    """Return a value as the command line has it."""
    return shown(str(value).lower() if isinstance(value, bool) else value)


def varied(config: RunConfig, settings: Mapping[str, float]) -> RunConfig:
    """Return a configuration with other numbers; whole numbers stay whole, by rounding.

    Parameters
    ----------
    config
        The configuration around which one varies.
    settings
        Numbers by key.
    """
    values = copy.deepcopy(config.model_dump(mode="json"))
    known = numeric_keys(config)
    for key, number in settings.items():
        before, _, last = key.rpartition(".")
        place = _at(values, before)
        whole = round(number) if isinstance(known[key], int) else number
        place[int(last) if isinstance(place, list) else last] = THEORIES[key][int(whole)] if key in THEORIES else whole
    return read_config(values)


def _at(values: Any, key: str) -> Any:
    """Return what stands at a key in nested values; the empty key is all of them."""
    for name in key.split(".") if key else ():
        values = values[int(name) if isinstance(values, list) else name]
    return values
