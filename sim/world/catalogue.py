"""Find the project's worlds and scenarios by name: they live in `conf/`, beside the package."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from sim.world.config import RunConfig
from sim.world.faults import suggestion
from sim.world.frozen import ConfigError
from sim.world.scenario import Scenario, build_scenario
from sim.world.tables import load_tables

USUAL_SCENARIO, USUAL_WORLD = "offensive_2024", "levant_2024"
"""What is run if nothing else is asked for, as in `conf/base.yaml`."""

ANYWHERE = "as_recorded"
"""What the usual scenario is called in another world, of whose offensive its name does not tell."""

CONF = Path(__file__).resolve().parents[2] / "conf"


def scenario_of(config: RunConfig) -> Scenario:
    """Return the scenario of a configuration, its world's tables loaded and checked.

    Parameters
    ----------
    config
        Which world, by name or path, and what is asked of it.
    """
    path = config.world.path
    folder = Path(path).expanduser() if path else CONF / "world" / config.world.name
    return build_scenario(load_tables(folder), config)


def worlds_of(names: Sequence[str] = ()) -> list[dict[str, Any]]:
    """Return the worlds of some names or folders, all of the project's for none, as a configuration has them.

    Parameters
    ----------
    names
        A name of the project's, else the folder of a world of one's own.
    """
    known = sorted(path.stem for path in (CONF / "world").glob("*.yaml"))
    return [choice("world", n) if n in known else _by_path(n) for n in names or known]


def _by_path(name: str) -> dict[str, Any]:
    """Return a world that is given by its folder; raise ConfigError where there is none, with the nearest name."""
    return {"name": "world", "path": name} if Path(name).expanduser().is_dir() else choice("world", name)


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
        folder = Path(world["path"]).resolve().name
    except (OSError, ValueError, RuntimeError):  # whoever reads the values tells what is wrong with the path
        return dict(values)
    name = "".join(map(_plain, folder)).lstrip("_.-") or "world"
    return {**values, "world": {**world, "name": name}}


def _plain(character: str) -> str:
    """Return a character as it may stand in the name of a folder."""
    return character if character.isascii() and (character.isalnum() or character in "_.-") else "_"


def choice(group: str, name: str) -> dict[str, Any]:
    """Return one of the project's choices, such as a scenario; raise ConfigError where there is none of this name.

    Parameters
    ----------
    group, name
        Folder in `conf/`, and a file of it without its ending; the default rules need none.
    """
    if (group, name) == ("rules", "default"):
        return {}
    files = {path.stem: path for path in sorted((CONF / group).glob("*.yaml"))}
    if name not in files:
        raise ConfigError([f"{group} = {name}: no such {group}; {suggestion(name, list(files))}"])
    values: dict[str, Any] = yaml.safe_load(files[name].read_text(encoding="utf-8"))
    values.pop("defaults", None)  # what is not said has its default without them
    return values
