"""Set single numbers of a configuration by their keys, such as `rules.morale.beta` or `scenario.levers.0.value`."""

from __future__ import annotations

import copy
import difflib
from collections.abc import Iterator, Mapping
from typing import Any

from sim.world.config import RunConfig, read_config
from sim.world.frozen import ConfigError

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
    return {"horizon_days": 0} | numbers


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
        *path, last = key.split(".")
        place: Any = values
        for name in path:
            place = place[int(name) if isinstance(place, list) else name]
        place[int(last) if isinstance(place, list) else last] = round(number) if isinstance(known[key], int) else number
    return read_config(values)
