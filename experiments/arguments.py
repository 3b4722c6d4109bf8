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

from hydra import compose, initialize_config_dir
from hydra.core.config_store import ConfigStore
from hydra.core.global_hydra import GlobalHydra
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import Override
from hydra.errors import HydraException
from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException

from sim.core.parameters import to_plain
from sim.core.rules import MECHANISMS
from sim.world.config import ConfigError, known_keys, unknown_key
from sim.world.faults import shown, suggestion

SWEEP = frozenset({"-m", "--multirun"})
ASK = frozenset({"-h", "--help", "--hydra-help", "--version", "-i", "--info", "-sc", "--shell-completion"})
SHOW = frozenset({"-c", "--cfg", "-p", "--package"})  # each takes a value
SHOW_MORE = frozenset({"--resolve"})
FLAGS = SWEEP | ASK | SHOW | SHOW_MORE
VERSION_BASE = "1.3"
LAUNCHER = {
    "hydra/launcher": re.compile("basic|joblib"),
    "hydra.launcher.n_jobs": re.compile(r"-1|[1-9]\d{0,3}"),
}
"""The two settings of Hydra itself that can be given: they say how many points of a sweep run at a time."""
CALL = re.compile(r"\$\{(?![\w.\[\]]+\})")
"""What begins in OmegaConf with ${ and is no plain reference to another key: it may read the environment."""


@dataclass(frozen=True)
class Arguments:
    """Hold a command line, taken apart.

    Parameters
    ----------
    overrides
        Settings, as ``key=value``.
    flags
        Options, with their values.
    is_sweep
        Whether a setting may have several values.
    is_question
        Whether it only asks something, so that nothing is to be run.
    """

    overrides: tuple[str, ...]
    flags: tuple[str, ...]
    is_sweep: bool
    is_question: bool


def take_apart(arguments: Sequence[str]) -> Arguments:
    """Return the parts of a command line; raise ConfigError for options that do not exist."""
    overrides, flags, faults = [], [], []
    rest = iter(arguments)
    for argument in rest:
        if not argument.startswith("-"):
            overrides.append(argument)
        elif argument.partition("=")[0] not in FLAGS:
            faults.append(_unknown_flag(argument))
        else:
            flags.append(argument)
            if argument in SHOW:
                flags.extend(itertools.islice(rest, 1))
    if faults:
        raise ConfigError(faults)
    names = {flag.partition("=")[0] for flag in flags}
    return Arguments(tuple(overrides), tuple(flags), bool(names & SWEEP), bool(names & (ASK | SHOW)))


def _unknown_flag(argument: str) -> str:
    """Return the line about an option that does not exist."""
    key = argument.lstrip("-").partition("=")[0].replace("-", "_")
    near = [name for name in known_keys() if name.rpartition(".")[2] == key]
    cure = f"did you mean {near[0]}=...?" if near else "settings are given as key=value, see --help"
    return f"{shown(argument)}: no such option; {cure}"


def resolve(conf: Path, config_name: str, arguments: Arguments, own: Collection[str] = ()) -> list[dict[str, Any]]:
    """Return the composed values of every point of a sweep, or of the one point without it.

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
    ConfigStore.instance().store(group="rules", name="default", node=_defaults())
    with initialize_config_dir(str(conf), version_base=VERSION_BASE):
        overrides = _parse(arguments.overrides)
        faults = [fault for override in overrides for fault in _faults(override, arguments, own)]
        if faults:
            raise ConfigError(faults)
        return [_compose(config_name, point) for point in _points(overrides)]


def _defaults() -> dict[str, Any]:
    """Return every parameter with its default, as a file in `conf/rules/` would write it."""
    return {name: to_plain(group()) for name, group in MECHANISMS.items()}


def plain_values(config: DictConfig) -> dict[str, Any]:
    """Return a composed configuration as plain values; raise ConfigError where one cannot be resolved."""
    try:
        values = OmegaConf.to_container(config, resolve=True, throw_on_missing=True)
    except OmegaConfBaseException as error:
        raise ConfigError([_first_line(error)]) from None
    return {str(key): value for key, value in values.items()} if isinstance(values, dict) else {}


def _parse(overrides: Iterable[str]) -> list[Override]:
    """Return settings as Hydra reads them."""
    parser = OverridesParser.create(GlobalHydra.instance().config_loader())
    parsed, faults = [], []
    for text in overrides:
        if CALL.search(text):
            cure = "give the value itself, or a reference to another key, such as ${horizon_days}"
            faults.append(f"{shown(text)}: calls something to get its value; {cure}")
            continue
        try:
            parsed += parser.parse_overrides([text])
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
    groups = GlobalHydra.instance().config_loader().list_groups("")
    if key in LAUNCHER:
        yield from _launcher_faults(key, override)
    elif key.partition(".")[0].partition("/")[0] == "hydra":
        yield f"{key}: no such key; how Hydra itself works cannot be set, since it would run whatever it is told to"
    elif override.package is not None:
        yield unknown_key(f"{key}@{override.package}")
    elif key not in {*groups, *known_keys(), *own}:
        yield _unknown_key(key, own)
    elif override.is_sweep_override() and not arguments.is_sweep:
        yield f"{key}: several values make a sweep; add -m, or quote the value if it is one"
    elif override.is_sweep_override() and not override.is_discrete_sweep():
        yield f"{key}: a sweep needs values one by one, such as {key}=1,2 or {key}=range(1,5)"
    elif key in groups and not override.is_delete():
        yield from _choice_faults(key, override)


def _launcher_faults(key: str, override: Override) -> Iterator[str]:
    """Yield what is wrong with how the points of a sweep are launched."""
    value = override.get_value_element_as_str()
    if not LAUNCHER[key].fullmatch(value):
        known = "hydra/launcher=basic or hydra/launcher=joblib, and hydra.launcher.n_jobs=2"
        yield f"{key} = {shown(value)}: no such way to launch the points of a sweep; known are {known}"
    elif value == "joblib" and importlib.util.find_spec("hydra_plugins.hydra_joblib_launcher") is None:
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
    options = GlobalHydra.instance().config_loader().get_group_options(group)
    for choice in _values(override):
        if choice.strip("'\"") not in options:
            yield f"{group} = {shown(choice)}: no such {group}; {suggestion(choice, options)}"


def _values(override: Override) -> Iterator[str]:
    """Yield the values of a setting as text."""
    if override.is_sweep_override():
        yield from (str(value) for value in override.sweep_string_iterator())
    else:
        yield override.get_value_element_as_str()


def _points(overrides: Sequence[Override]) -> Iterator[list[str]]:
    """Yield the settings of every point of a sweep."""
    choices = []
    for override in overrides:
        if override.is_sweep_override():
            choices.append([f"{override.get_key_element()}={value}" for value in _values(override)])
        else:
            choices.append([str(override.input_line)])
    yield from (list(point) for point in itertools.product(*choices))


def _compose(config_name: str, overrides: list[str]) -> dict[str, Any]:
    """Return the composed values of one point."""
    try:
        config = compose(config_name, overrides)
    except (HydraException, OmegaConfBaseException) as error:
        raise ConfigError([_first_line(error)]) from None
    return plain_values(config)


def _first_line(error: Exception) -> str:
    """Return what an error says, in one line."""
    text = str(error).splitlines()[0]
    cause = str(error.__cause__).splitlines()[0] if error.__cause__ is not None else ""
    key = getattr(error, "full_key", None)
    return f"{key}: {text}" if key and str(key) not in text else f"{text} {cause}".strip()
