"""Check a command line before Hydra sees it: every fault is one line, with the nearest name that exists.

Hydra composes, but says what is wrong in its own words, one fault at a time. Values are judged by
`sim.world.config`.
"""

from __future__ import annotations

import difflib
import importlib.util
import itertools
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hydra.core.global_hydra import GlobalHydra
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import Override, Sweep
from hydra.errors import HydraException

from experiments.composition import EXPERIMENT, composed_values, composing, groups, keep_choice, options_of
from sim.world.config import ConfigError, known_keys, unknown_key
from sim.world.faults import shown, suggestion
from sim.world.settings import CALL, CURE
from sim.world.text import place

SWEEP = frozenset({"-m", "--multirun"})
HELP = frozenset({"-h", "--help"})
SHOW = frozenset({"-c", "--cfg"})  # takes a value, of which there is one
FLAGS = SWEEP | HELP | SHOW
LAUNCHER = {
    "hydra/launcher": re.compile("basic|joblib"),
    "hydra.launcher.n_jobs": re.compile(r"-1|[1-9]\d{0,3}"),
}
"""The two settings that begin like Hydra's: they say how many points of a sweep run at a time."""
QUOTES = "'\""
HOME = re.compile(r"([\w.]+)=(~[\w./-]*)")  # a path that Hydra would want to have quoted
OWN_SCENARIO = "scenario.path"
"""The setting that names a scenario's file outside `conf/`."""


@dataclass(frozen=True)
class Arguments:
    """Hold a command line, taken apart.

    Parameters
    ----------
    overrides
        Settings, as ``key=value``.
    is_sweep
        Whether a setting may have several values.
    asks_help, asks_settings
        Whether it only asks how the script is used, or what its settings are.
    """

    overrides: tuple[str, ...]
    is_sweep: bool = False
    asks_help: bool = False
    asks_settings: bool = False


@dataclass(frozen=True)
class Point:
    """Hold one point of a sweep, or the one point without it.

    Parameters
    ----------
    values
        Composed values.
    settings
        What was given on the command line for it, as ``key=value``.
    """

    values: dict[str, Any]
    settings: tuple[str, ...]


@dataclass(frozen=True)
class Points:
    """Hold what a command line asks for.

    Parameters
    ----------
    points
        At least one.
    at_a_time
        How many are run side by side, -1 for as many as there are cores.
    """

    points: tuple[Point, ...]
    at_a_time: int


def take_apart(arguments: Sequence[str]) -> Arguments:
    """Return the parts of a command line; raise ConfigError for options that do not exist."""
    overrides, flags, faults = [], set(), []
    rest = iter(arguments)
    for argument in rest:
        flag, _, value = argument.partition("=")
        if not argument.startswith("-"):
            overrides.append(argument)
        elif flag not in FLAGS:
            faults.append(_unknown_flag(argument))
        else:
            flags.add(flag)
            if flag in SHOW and (value or next(rest, "")) != "job":
                faults.append(f"{shown(argument)}: shows the settings of a job; write --cfg job")
    if faults:
        raise ConfigError(faults)
    return Arguments(tuple(overrides), bool(flags & SWEEP), bool(flags & HELP), bool(flags & SHOW))


def _unknown_flag(argument: str) -> str:
    """Return the line about an option that does not exist."""
    key = argument.lstrip("-").partition("=")[0].replace("-", "_")
    near = [name for name in known_keys() if name.rpartition(".")[2] == key]
    cure = f"did you mean {near[0]}=...?" if near else "settings are given as key=value, see --help"
    return f"{shown(argument)}: no such option; {cure}"


def resolve(conf: Path, config_name: str, arguments: Arguments, own: Collection[str] = ()) -> Points:
    """Return every point of a sweep, or the one point without it.

    Parameters
    ----------
    conf
        Folder of the configuration.
    config_name
        Primary configuration in it.
    arguments
        The command line.
    own
        Keys that the script has besides those of an ensemble.

    Raises
    ------
    ConfigError
        With a line for each setting that cannot be read or does not exist.
    """
    with composing(conf):
        overrides = _parse(arguments.overrides)
        faults = [fault for override in overrides for fault in _faults(override, arguments, own)]
        keys = [override.key_or_group for override in overrides]
        if {"scenario", OWN_SCENARIO} <= set(keys):
            faults.append(f"{OWN_SCENARIO}: names a scenario as scenario=... does; give one of them")
        if faults:
            raise ConfigError(faults)
        launched = {o.key_or_group: o.get_value_element_as_str() for o in overrides if o.key_or_group in LAUNCHER}
        at_a_time = int(launched.get("hydra.launcher.n_jobs", -1)) if "joblib" in launched.values() else 1
        settings = [override for override in overrides if override.key_or_group not in LAUNCHER]
        return Points(tuple(_point(config_name, list(point)) for point in _points(settings)), at_a_time)


def _parse(overrides: Iterable[str]) -> list[Override]:
    """Return settings as Hydra reads them."""
    parser = OverridesParser.create(GlobalHydra.instance().config_loader())
    parsed, faults = [], []
    for text in overrides:
        if CALL.search(text):
            faults.append(f"{shown(text)}: calls something to get its value; {CURE}")
            continue
        try:
            parsed += parser.parse_overrides([HOME.sub(r"\1='\2'", text)])
            unnamed = not parsed[-1].key_or_group
        except HydraException:
            unnamed = True
        if unnamed:
            cure = "write key=value, such as ensemble.runs=1000, and quote a text with special characters"
            faults.append(f"{shown(repr(text))}: cannot be read; {cure}")
    if faults:
        raise ConfigError(faults)
    return parsed


def _faults(override: Override, arguments: Arguments, own: Collection[str]) -> Iterator[str]:
    """Yield what is wrong with the name of a setting, with its choice, and with several values of it."""
    key = override.key_or_group
    if key in LAUNCHER:
        yield from _launcher_faults(key, override)
    elif key.partition(".")[0].partition("/")[0] == "hydra":
        yield f"{key}: no such key; how Hydra itself works cannot be set, since it would run whatever it is told to"
    elif override.package is not None:
        yield unknown_key(f"{key}@{override.package}")
    elif key not in {*groups(), *known_keys(), *own, OWN_SCENARIO}:
        yield _unknown_key(key, own)
    elif override.is_sweep_override() and not arguments.is_sweep:
        yield f"{key}: several values make a sweep; add -m, or write a list as {key}=[a,b], or quote the value"
    elif override.is_sweep_override() and not override.is_discrete_sweep():
        yield f"{key}: a sweep needs values one by one, such as {key}=1,2 or {key}=range(1,5)"
    elif key in groups() and not override.is_delete():
        yield from _choice_faults(key, override)
    elif _holds_sweep(override.value()):
        yield f"{key}: holds range(...) or the like within a value; write the values one by one, such as [4, 5, 6]"


def _holds_sweep(value: Any) -> bool:
    """Tell whether there are several values of one within a value, which nobody makes a sweep of."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return any(isinstance(item, Sweep) or _holds_sweep(item) for item in inner)


def _launcher_faults(key: str, override: Override) -> Iterator[str]:
    """Yield what is wrong with how the points of a sweep are launched."""
    value = override.get_value_element_as_str()
    if not LAUNCHER[key].fullmatch(value):
        known = "hydra/launcher=basic or hydra/launcher=joblib, and hydra.launcher.n_jobs=2"
        yield f"{key} = {shown(value)}: no such way to launch the points of a sweep; known are {known}"
    elif value == "joblib" and importlib.util.find_spec("joblib") is None:
        yield f"{key} = joblib: it is not installed; install it with: pip install -e '.[joblib]'"


def _unknown_key(key: str, own: Collection[str]) -> str:
    """Return the line about a key that does not exist."""
    if key.startswith("sweep.factors."):
        return f"{key}: no such key; give all factors, such as 'sweep.factors={{rules.morale.beta: [4, 9]}}'"
    near = difflib.get_close_matches(key, own, n=1, cutoff=0.8)
    if near:
        return f"{key}: no such key; did you mean '{near[0]}'?"
    if key.startswith("scenario.levers."):
        return f"{key}: no such key; give all levers, such as 'scenario.levers=[{{lever: mediation, value: 1}}]'"
    if key.startswith("scenario.events."):
        return f"{key}: no such key; give all events, such as 'scenario.events=[{{event: collapse, day: 3}}]'"
    return unknown_key(key)


def _choice_faults(group: str, override: Override) -> Iterator[str]:
    """Yield a line for each choice that a group lacks."""
    options = options_of(group)
    for choice in _values(override):
        name = choice.strip(QUOTES)
        if name not in options:
            is_own = group in ("scenario", "world") and ("/" in name or name.endswith((".yaml", ".yml")))
            cure = f"for one of your own write {group}.path={name}" if is_own else suggestion(name, options)
            yield f"{group} = {shown(choice)}: no such {group}; {cure}"


def _values(override: Override) -> Iterator[str]:
    """Yield the values of a setting as text."""
    if override.is_sweep_override():
        yield from (str(value) for value in override.sweep_string_iterator())
    else:
        yield str(override.input_line).partition("=")[2]


def _points(overrides: Sequence[Override]) -> Iterator[tuple[tuple[Override, str], ...]]:
    """Yield the settings of every point of a sweep, each with its value there as text."""
    yield from itertools.product(*([(override, value) for value in _values(override)] for override in overrides))


def _point(config_name: str, given: list[tuple[Override, str]]) -> Point:
    """Return one point: composed once, by what is told about it."""
    settings = [f"~{o.key_or_group}" if o.is_delete() else f"{o.key_or_group}={value}" for o, value in given]
    hydras = [_as_hydra_has_it(override, value) for override, value in given]
    return Point(composed_values(config_name, hydras), tuple(settings))


def _as_hydra_has_it(override: Override, value: str) -> str:
    """Return a setting for Hydra, which wants to be told what is changed and what is added."""
    key = override.key_or_group
    if override.is_delete():
        return f"~{key}"
    if key == OWN_SCENARIO:
        return f"scenario={keep_choice('scenario', place(value.strip(QUOTES)))}"
    if key in groups():
        return f"+{key}={value}" if key == EXPERIMENT else f"{key}={value}"
    return f"++{key}={value}"
