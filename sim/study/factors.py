"""Set single numbers of a configuration by their keys, such as `rules.morale.beta` or `scenario.levers.0.value`."""

from __future__ import annotations

import copy
import difflib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sim.core.parameters import choices
from sim.core.rules import MECHANISMS
from sim.world.config import RunConfig, read_config
from sim.world.faults import suggestion
from sim.world.frozen import ConfigError

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


def as_numbers(factors: Mapping[str, Sequence[float | str]]) -> dict[str, list[float]]:
    """Return the values of factors as numbers: a theory is the place of its name among those of its choice.

    Parameters
    ----------
    factors
        Values by key.

    Raises
    ------
    ConfigError
        With a line for each name that no choice has.
    """
    faults, found = [], {}
    for key, values in factors.items():
        names = THEORIES.get(key, ())
        for value in values:
            if value not in names and (names or isinstance(value, str)):
                cure = suggestion(str(value), list(names)) if names else "give numbers"
                faults.append(f"sweep.factors.{key} = {value}: is no value of it; {cure}")
        found[key] = [names.index(value) if value in names else value for value in values]
    if faults:
        raise ConfigError(faults)
    return found  # type: ignore[return-value]  # a name that is left is a fault


def check_factors(config: RunConfig, keys: Iterator[str] | list[str]) -> None:
    """Raise ConfigError where a key does not name a number that may be varied."""
    known = numeric_keys(config)
    faults = []
    for key in keys:
        if key not in known:
            near = difflib.get_close_matches(key, known, n=1, cutoff=0.6)
            cure = f"did you mean '{near[0]}'?" if near else "docs/model.md lists all parameters"
            faults.append(f"sweep.factors.{key}: is no number that can be varied; {cure}")
    if faults:
        raise ConfigError(faults)


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
