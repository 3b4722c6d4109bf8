"""Have Hydra compose the files of `conf/`, each of which is read and judged by us: Hydra opens no file itself.

Hydra would also make classes that a file names, call its callbacks, and follow search paths. Nothing of its own is ever
run here: it composes once, and what it has composed is what is judged and used.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar

import hydra
from hydra import compose, initialize
from hydra.core.config_search_path import ConfigSearchPath
from hydra.core.global_hydra import GlobalHydra
from hydra.core.object_type import ObjectType
from hydra.core.plugins import Plugins
from hydra.errors import HydraException
from hydra.plugins.config_source import ConfigResult, ConfigSource
from hydra.plugins.search_path_plugin import SearchPathPlugin
from omegaconf import OmegaConf
from omegaconf.errors import OmegaConfBaseException

from sim.core.parameters import to_plain
from sim.core.rules import MECHANISMS
from sim.world.faults import shown
from sim.world.frozen import ConfigError
from sim.world.settings import COMPOSED, merged, read_settings, resolved

# Hydra 1.3 warns where it is not told whose defaults it is to have, later ones where it is told.
OF_TODAY: dict[str, Any] = {"version_base": None} if hydra.__version__.startswith("1.3.") else {}
SCHEME = "judged"
HELP = "help"  # key of a primary configuration: how its script is used
DEFAULT_RULES = "rules/default"
EXPERIMENT = "experiment"  # the one group whose files are settings of everything
_CHOICE = re.compile(r"[A-Za-z0-9][\w.-]*")
_OVERRIDE = re.compile(r"(?:override )?/?([a-z_]+)")


class JudgedFiles(ConfigSource):
    """Give Hydra the files of a folder as we read them, and choices that are no files of it.

    Attributes
    ----------
    made
        Values of such choices, by group and name: the rules, whose defaults are in the code, and files from elsewhere.
    """

    made: ClassVar[dict[str, dict[str, Any]]] = {}

    @staticmethod
    def scheme() -> str:
        """Return what the paths of such folders begin with."""
        return SCHEME

    def load_config(self, config_path: str) -> ConfigResult:
        """Return the values of a file; raise ConfigError where it holds anything else."""
        if config_path in self.made:
            return ConfigResult(
                self.provider, self.full_path(), OmegaConf.create(self.made[config_path]), {"package": None}
            )
        path = self._file(config_path)
        group = config_path.rpartition("/")[0]
        is_experiment = group == EXPERIMENT
        values = read_settings(path, is_composed=is_experiment or not group, is_global=is_experiment)
        faults = [f"{path.name}, {COMPOSED}: {fault}" for fault in self._faults(values.get(COMPOSED, []))]
        if faults:
            raise ConfigError(faults)
        if group == DEFAULT_RULES.partition("/")[0]:  # a theory says what it changes
            values = merged(self.made[DEFAULT_RULES], values)
        header = {"package": "_global_" if is_experiment or not group else None}
        return ConfigResult(self.provider, self.full_path(), OmegaConf.create(values), header)

    def _faults(self, defaults: Any) -> Iterator[str]:
        """Yield what is wrong with the other files of which one is made: they are ours, under their own names."""
        for item in defaults if isinstance(defaults, list) else [defaults]:
            if isinstance(item, str) and (item == "_self_" or (_CHOICE.fullmatch(item) and self.is_config(item))):
                continue
            key, choice = next(iter(item.items())) if isinstance(item, dict) and len(item) == 1 else ("", None)
            group = _OVERRIDE.fullmatch(key)
            if not (group and group[1] in groups() and isinstance(choice, str) and _CHOICE.fullmatch(choice)):
                cure = "name a group and one of its choices, as in scenario: mediation"
                yield f"{shown(item)} is none of our files; {cure}"

    def is_group(self, config_path: str) -> bool:
        """Tell whether there are choices of this name."""
        return any(self._folder(config_path).glob("*.yaml")) or any(n.startswith(f"{config_path}/") for n in self.made)

    def is_config(self, config_path: str) -> bool:
        """Tell whether there is a file of this name."""
        return config_path in self.made or self._file(config_path).is_file()

    def available(self) -> bool:
        """Tell whether there is the folder."""
        return self._folder("").is_dir()

    def list(self, config_path: str, results_filter: ObjectType | None) -> list[str]:
        """Return the names of files and folders in a folder."""
        within = f"{config_path}/".lstrip("/")
        names = {path.name.removesuffix(".yaml") for path in self._folder(config_path).glob("*")}
        names |= {name.removeprefix(within).partition("/")[0] for name in self.made if name.startswith(within)}
        kinds = {ObjectType.GROUP: self.is_group, ObjectType.CONFIG: self.is_config}
        asked = [is_kind for kind, is_kind in kinds.items() if results_filter in (None, kind)]
        return sorted(name for name in names if any(is_kind(f"{within}{name}") for is_kind in asked))

    def _folder(self, config_path: str) -> Path:
        """Return where a group lies."""
        return Path(self.path, config_path)

    def _file(self, config_path: str) -> Path:
        """Return where a file lies."""
        return Path(self.path, self._normalize_file_name(config_path))


class OurFolder(SearchPathPlugin):
    """Tell Hydra in which folder to look, and in no other."""

    folder: ClassVar[Path]

    def manipulate_search_path(self, search_path: ConfigSearchPath) -> None:
        """Append the folder."""
        search_path.append("spillover", f"{SCHEME}://{self.folder}")


@contextmanager
def composing(conf: Path) -> Iterator[None]:
    """Let Hydra compose the files of a folder inside the block.

    Parameters
    ----------
    conf
        Folder of the configuration.
    """
    OurFolder.folder = conf
    for plugin in (JudgedFiles, OurFolder):
        Plugins.instance().register(plugin)
    JudgedFiles.made = {DEFAULT_RULES: {name: to_plain(group()) for name, group in MECHANISMS.items()}}
    with initialize(config_path=None, **OF_TODAY):
        yield


def keep_choice(group: str, path: Path) -> str:
    """Return the name under which a file of somebody's own can be chosen in a group, for now.

    Parameters
    ----------
    group
        Such as ``scenario``.
    path
        The file.
    """
    name = f"own_{hashlib.sha256(str(path.resolve()).encode()).hexdigest()}"
    JudgedFiles.made[f"{group}/{name}"] = read_settings(path)
    return name


def options_of(group: str) -> list[str]:
    """Return the choices of a group."""
    return GlobalHydra.instance().config_loader().get_group_options(group)


def groups() -> list[str]:
    """Return the names of all groups but Hydra's own."""
    return [name for name in GlobalHydra.instance().config_loader().list_groups("") if name != "hydra"]


def composed_values(config_name: str, overrides: Sequence[str]) -> dict[str, Any]:
    """Return the composed values of one point; raise ConfigError where they cannot be composed.

    Parameters
    ----------
    config_name
        Primary configuration.
    overrides
        Settings, as ``key=value`` in Hydra's grammar.
    """
    try:
        config = compose(config_name, list(overrides))
        values = OmegaConf.to_container(config, resolve=False, throw_on_missing=True)
    except (HydraException, OmegaConfBaseException) as error:
        raise ConfigError([_first_line(error)]) from None
    plain = values.items() if isinstance(values, dict) else ()
    return resolved({str(key): value for key, value in plain if key != HELP})


def _first_line(error: Exception) -> str:
    """Return what an error says, in one line."""
    text = str(error).splitlines()[0]
    cause = str(error.__cause__).splitlines()[0] if error.__cause__ is not None else ""
    key = getattr(error, "full_key", None)
    return f"{key}: {text}" if key and str(key) not in text else f"{text} {cause}".strip()
