"""Read what people write one way, whoever asks: paths, and YAML with the values that a command line would have.

YAML 1.1 makes `False` of the country `NO`, a text of `5e-1` and 90 of `1:30`, each parser a little differently. Here
plain words are what they are on a command line, in Hydra's grammar: null, true and false, decimal numbers, else text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

_PLAIN_WORDS = (
    ("null", r"~|null|", "~nN\0"),
    ("bool", r"true|false", "tTfF"),
    ("int", r"[-+]?(0|[1-9](_?[0-9])*)", "-+0123456789"),
    ("float", r"[-+]?(([0-9][0-9_]*)?\.[0-9][0-9_]*|[0-9][0-9_]*\.)([eE][-+]?[0-9][0-9_]*)?", "-+.0123456789"),
    ("float", r"[-+]?[0-9][0-9_]*[eE][-+]?[0-9][0-9_]*|[-+]?(inf|nan)", "-+.0123456789iInN"),
)


class _Loader(yaml.SafeLoader):
    """Make plain values of plain words."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012 - as PyYAML has it

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:  # noqa: FBT001, FBT002, ARG002
        """Return a mapping whose keys are text as it is written."""
        return {str(key.value): self.construct_object(value, deep=True) for key, value in node.value}


for _name, _pattern, _first in _PLAIN_WORDS:
    _word = re.compile(f"(?:{_pattern})\\Z", re.IGNORECASE | re.ASCII)
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_name}", _word, ["" if c == "\0" else c for c in _first])


@dataclass(frozen=True)
class Document:
    """Hold what a YAML text says.

    Parameters
    ----------
    values
        Plain values.
    lines
        Where each key at the top stands first, None if the text is no mapping.
    repeats
        Keys that stand twice in one mapping: line, key, line of the first.
    """

    values: Any
    lines: dict[str, int] | None
    repeats: list[tuple[int, str, int]]


class YamlError(ValueError):
    """Tell on which line a text is no YAML, if that is known, and why."""

    def __init__(self, line: int | None, problem: str) -> None:
        self.line, self.problem = line, problem
        super().__init__(line, problem)


def read_yaml(text: str) -> Document:
    """Return what a YAML text says; raise YamlError where it is none, or has aliases or tags."""
    try:
        _refuse_shorthand(text)
        loader = _Loader(text)
        node = loader.get_single_node()
        values = None if node is None else loader.construct_document(node)
        repeats = sorted(_repeats(node))
    except (yaml.YAMLError, ValueError, OverflowError, RecursionError) as error:
        raise YamlError(*_problem(error)) from None
    if not isinstance(node, yaml.MappingNode):
        return Document(values, None, repeats)
    lines = {str(key.value): key.start_mark.line + 1 for key, _ in reversed(node.value)}
    return Document(values, lines, repeats)


def place(path: Path | str) -> Path:
    """Return a path as people write it: ``~`` is home."""
    return Path(path).expanduser()


def _refuse_shorthand(text: str) -> None:
    """Raise YAMLError for tags and aliases: settings need none, and few of them can stand for endless lists."""
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        if isinstance(event, yaml.AliasEvent) or getattr(event, "tag", None) is not None:
            problem = "aliases (*) and tags (!) are not read here"
            # The stubs know of two kinds of marks and allow one here.
            raise yaml.MarkedYAMLError(problem=problem, problem_mark=event.start_mark)  # type: ignore[arg-type]  # PyYAML ships no such type


def _repeats(node: yaml.Node | None) -> Iterator[tuple[int, str, int]]:
    """Yield the keys that stand twice in one mapping."""
    if isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _repeats(item)
    elif isinstance(node, yaml.MappingNode):
        first: dict[str, int] = {}
        for key, value in node.value:
            name, line = str(key.value), key.start_mark.line + 1
            if name in first:
                yield line, name, first[name]
            first.setdefault(name, line)
            yield from _repeats(value)


def _problem(error: Exception) -> tuple[int | None, str]:
    """Return the line and the complaint of the YAML parser."""
    if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark is not None:
        return error.problem_mark.line + 1, f"is no valid YAML ({error.problem})"
    reason = "nested too deeply" if isinstance(error, RecursionError) else str(error).splitlines()[0]
    return None, f"is no valid YAML ({reason})"
