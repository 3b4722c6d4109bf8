"""Read files of settings, such as a scenario, and what Python hands over: plain values, which run nothing.

Hydra composes these files, and would follow what it finds in them: classes to make, packages to write into, calls that
read the environment. A file therefore holds values alone, and is judged here before anybody composes it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path, PurePath
from typing import Any

from sim.world.faults import WorldError, shown
from sim.world.frozen import ConfigError
from sim.world.limits import MAX_HEADER_BYTES
from sim.world.reading import read_text
from sim.world.text import Document, YamlError, place, read_yaml

REFERENCE = re.compile(r"\$\{([A-Za-z_]\w*(?:\.\w+)*)\}")
CALL = re.compile(r"\$\{(?![A-Za-z_]\w*(?:\.\w+)*\})")
"""What begins with ${ and names no other key: it may read the environment, or call what it likes."""
CURE = "give the value itself, or a reference to another key, such as ${horizon_days}"
COMPOSED = "defaults"
_DIRECTIVE = re.compile(r"^\s*#\s*@(.*)$", re.MULTILINE)
_PACKAGE = "package _global_"


def read_settings(path: Path, *, is_composed: bool = False, is_global: bool = False) -> dict[str, Any]:
    """Return the values in a file of settings.

    Parameters
    ----------
    path
        A YAML file.
    is_composed
        Whether it may say in ``defaults`` of which other files it is made.
    is_global
        Whether it may begin with ``# @package _global_``, as an experiment does.

    Raises
    ------
    ConfigError
        With a line for each fault in it.
    """
    path = place(path)
    if not path.is_file():
        raise ConfigError([f"{path}: is no file; give a YAML file such as those in conf/scenario/"])
    real = path.resolve()
    try:
        text = read_text(real.parent, real.name, MAX_HEADER_BYTES)
        document = read_yaml(text)
    except WorldError as error:
        raise ConfigError([str(fault) for fault in error.faults]) from None
    except YamlError as error:
        where = "" if error.line is None else f" line {error.line}"
        cure = "mend the line, or put its text in quotation marks"
        raise ConfigError([f"{path.name}{where}: {error.problem}; {cure}"]) from None
    faults = [*_directives(text, is_global=is_global), *_faults(document, is_composed=is_composed)]
    if faults:
        raise ConfigError([f"{path.name}{fault}" for fault in faults])
    values: dict[str, Any] = document.values
    return values


def _directives(text: str, *, is_global: bool) -> Iterator[str]:
    """Yield what comments ask of Hydra beyond what a file may ask."""
    for found in _DIRECTIVE.finditer(text):
        if not (is_global and found[1].split() == _PACKAGE.split()):
            line = text.count("\n", 0, found.start(1)) + 1
            yield f" line {line}: '# @{shown(found[1])}' is not read; remove the comment, a file says only its own keys"


def _faults(document: Document, *, is_composed: bool) -> Iterator[str]:
    """Yield what is wrong with the keys and values of a file."""
    if document.lines is None:
        yield ": must hold keys and values; write lines such as 'name: ...'"
        return
    for line, key, first in document.repeats:
        yield f" line {line}, {shown(key)}: repeats line {first}; keep one of the two lines"
    for top, value in document.values.items():
        known = COMPOSED if is_composed else None
        yield from (f" line {document.lines[top]}, {fault}" for fault in _item_faults(top, value, top, known))


def _item_faults(name: Any, value: Any, key: str, known: str | None) -> Iterator[str]:
    """Yield what is wrong with one key, all that it holds included; ``known`` is a name that stands for no setting."""
    text = str(name)
    if text != known and (text.startswith("_") or text.partition("/")[0] in ("hydra", COMPOSED)):
        yield f"{shown(key)}: is no setting; a file of settings holds values, and runs and fetches nothing"
    elif isinstance(value, str) and CALL.search(value):
        yield f"{shown(key)} = {shown(value)}: calls something to get its value; {CURE}"
    else:
        for inner, item in _items(value):
            yield from _item_faults(inner, item, f"{key}.{inner}", None)


def _items(value: Any) -> list[tuple[Any, Any]]:
    """Return what a value holds: keys are text, places in a list whole numbers."""
    if isinstance(value, Mapping):
        return list(value.items())
    return list(enumerate(value)) if isinstance(value, list) else []


def plain(value: Any) -> Any:
    """Return a value as YAML would have it: numbers and arrays of NumPy and pandas, paths, ranges and tuples as well.

    Parameters
    ----------
    value
        Whatever Python hands over; what is nothing of this stays as it is, for others to judge.
    """
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, PurePath):
        return str(value)
    if hasattr(value, "tolist"):  # arrays, series, and single numbers of NumPy
        return plain(value.tolist())
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return [plain(item) for item in value]
    return value


def nested(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return settings with dotted keys as groups of keys, whatever is given in either way put together.

    Parameters
    ----------
    settings
        By keys such as ``ensemble.runs``, or by groups such as ``ensemble``; they are left as they are.

    Raises
    ------
    ConfigError
        Where one setting is given twice.
    """
    together: dict[str, Any] = {}
    for key, value in settings.items():
        given = plain(value)
        for name in reversed(str(key).split(".")):
            given = {name: given}
        together = merged(together, given, is_once=True)
    return together


def merged(
    below: Mapping[str, Any], above: Mapping[str, Any], *, is_once: bool = False, at: str = ""
) -> dict[str, Any]:
    """Return two groups of settings as one, in which those above hold where both give one.

    Parameters
    ----------
    below, above
        Plain values; neither is changed.
    is_once
        Whether a setting that both give, not both times the same, is a fault.
    at
        Key of the group, for messages.
    """
    together = dict(below)
    for name, value in above.items():
        key, old = f"{at}{name}", together.get(name)
        if isinstance(old, Mapping) and isinstance(value, Mapping):
            together[name] = merged(old, value, is_once=is_once, at=f"{key}.")
        elif is_once and name in together and old != value:
            raise ConfigError([f"{key}: is given twice; give it once"])
        else:
            together[name] = value
    return together


def resolved(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return values in which each reference such as ``${horizon_days}`` is what the other key has.

    Parameters
    ----------
    values
        Plain values of a whole configuration.

    Raises
    ------
    ConfigError
        Where a reference leads to no key, or back to itself, or is none.
    """
    whole: dict[str, Any] = _resolve(values, values, "", ())
    return whole


def _resolve(value: Any, values: Mapping[str, Any], key: str, seen: tuple[str, ...]) -> Any:
    """Return one value without references; ``seen`` are those on the way to it."""
    if isinstance(value, Mapping | list):
        told = [
            (name, _resolve(item, values, f"{key}.{name}" if key else str(name), seen)) for name, item in _items(value)
        ]
        return dict(told) if isinstance(value, Mapping) else [item for _, item in told]
    if not isinstance(value, str) or "${" not in value:
        return value
    if CALL.search(value):
        raise ConfigError([f"{key} = {shown(value)}: calls something to get its value; {CURE}"])
    whole = REFERENCE.fullmatch(value)
    if whole:
        return _looked_up(whole[1], values, key, seen)
    return REFERENCE.sub(lambda found: str(_looked_up(found[1], values, key, seen)), value)


def _looked_up(target: str, values: Mapping[str, Any], key: str, seen: tuple[str, ...]) -> Any:
    """Return what a key has that another refers to."""
    found: Any = values
    for name in target.split("."):
        if not isinstance(found, Mapping) or name not in found:
            raise ConfigError([f"{key} = ${{{target}}}: there is no such key"])
        found = found[name]
    if target in seen or isinstance(found, Mapping | list):
        problem = "leads back to itself" if target in seen else "leads to a group of keys"
        raise ConfigError([f"{key} = ${{{target}}}: {problem}; give the value itself"])
    return _resolve(found, values, target, (*seen, target))
