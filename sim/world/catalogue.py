"""Find the project's worlds and scenarios by name: they live in `conf/`, beside the package."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sim.world.config import RunConfig
from sim.world.faults import shown, suggestion
from sim.world.frozen import ConfigError
from sim.world.scenario import Scenario, build_scenario
from sim.world.settings import merged, nested, plain, read_settings, resolved
from sim.world.tables import load_tables
from sim.world.text import place

USUAL_SCENARIO, USUAL_WORLD = "offensive_2024", "levant_2024"
"""What is run if nothing else is asked for, as in `conf/base.yaml`."""

ANYWHERE = "as_recorded"
"""What the usual scenario is called in another world, of whose offensive its name does not tell."""

GROUPS = ("scenario", "world", "executor", "rules", "uncertainty")
"""What the project has choices of, in folders of `conf/`."""

CONF = Path(__file__).resolve().parents[2] / "conf"


def scenario_of(config: RunConfig) -> Scenario:
    """Return the scenario of a configuration, its world's tables loaded and checked.

    Parameters
    ----------
    config
        Which world, by name or path, and what is asked of it.
    """
    path = config.world.path
    folder = place(path) if path else CONF / "world" / config.world.name
    return build_scenario(load_tables(folder), config)


def well_named(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return composed values under names that fit: of a world that is given by its path, and of the usual scenario.

    A world is called by the name of its folder, and the usual scenario is `as_recorded` in any world but its own.

    Parameters
    ----------
    values
        Composed values of a configuration.
    """
    named = _named_world(values)
    world, scenario = named.get("world"), named.get("scenario")
    if not (isinstance(world, Mapping) and isinstance(scenario, Mapping)):
        return named
    if world.get("name") == USUAL_WORLD or scenario.get("name") != USUAL_SCENARIO:
        return named
    return {**named, "scenario": {**scenario, "name": ANYWHERE}}


def _named_world(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return values in which a world that is given by its path is called by the name of its folder."""
    world = values.get("world")
    if not (isinstance(world, Mapping) and isinstance(world.get("path"), str)):
        return dict(values)
    try:
        folder = place(world["path"]).resolve().name
    except (OSError, ValueError, RuntimeError):  # whoever reads the values tells what is wrong with the path
        return dict(values)
    name = "".join(map(_plain, folder)).lstrip("_.-") or "world"
    return {**values, "world": {**world, "name": name}}


def _plain(character: str) -> str:
    """Return a character as it may stand in the name of a folder."""
    return character if character.isascii() and (character.isalnum() or character in "_.-") else "_"


def given_values(scenario: Any, settings: Mapping[str, Any], world: Any) -> dict[str, Any]:
    """Return the values of a configuration that somebody gives in Python.

    Parameters
    ----------
    scenario, world
        One of the project's by name, a file or folder, or values.
    settings
        Whatever else is set, by the keys of the command line or in groups of them; they go over the former.

    Raises
    ------
    ConfigError
        With a line for each choice that is not there, and for each setting that is given twice.
    """
    named = {key: value for key, value in settings.items() if key in GROUPS and not isinstance(value, Mapping)}
    asked = nested({key: value for key, value in settings.items() if key not in named})
    chosen = {"scenario": scenario, "world": world, **named}
    if isinstance(asked.get("scenario"), dict) and "path" in asked["scenario"]:
        chosen["scenario"] = place(asked["scenario"].pop("path"))
    return resolved(merged({group: _given(group, value) for group, value in chosen.items()}, asked))


def _given(group: str, value: Any) -> dict[str, Any]:
    """Return the values of a choice that is given by its name, as a file or folder, or as it is."""
    if isinstance(value, Mapping):
        return {str(key): item for key, item in plain(value).items()}
    if not isinstance(value, str | Path):
        raise ConfigError([f"{group} = {shown(repr(value))}: give a name, a path, or a mapping of keys and values"])
    is_own = isinstance(value, Path) or (value not in choices(group) and _is_path(value))
    if is_own and group == "scenario":
        return read_settings(place(value))
    return {"name": "world", "path": str(value)} if is_own and group == "world" else choice(group, str(value))


def _is_path(text: str) -> bool:
    """Tell whether a text is a path rather than a name."""
    try:
        return "/" in text or text.endswith((".yaml", ".yml")) or place(text).exists()
    except (OSError, ValueError, RuntimeError):  # nothing that a system would call a path
        return False


def choices(group: str) -> dict[str, Path]:
    """Return the files of the project's choices of a group, by name.

    Parameters
    ----------
    group
        Folder in `conf/`.
    """
    return {path.stem: path for path in sorted((CONF / group).glob("*.yaml"))}


def choice(group: str, name: str) -> dict[str, Any]:
    """Return one of the project's choices, such as a scenario; raise ConfigError where there is none of this name.

    Parameters
    ----------
    group, name
        Folder in `conf/`, and a file of it without its ending; the default rules need none.
    """
    if (group, name) == ("rules", "default"):
        return {}
    files = choices(group)
    if name not in files:
        raise ConfigError([f"{group} = {shown(name)}: no such {group}; {suggestion(name, list(files))}"])
    return read_settings(files[name])
