"""Tell the keys that a configuration may have: default, what is allowed, and the comment beside it in `conf/`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, get_args

import yaml
from pydantic import BaseModel

from experiments.options import (
    BranchOptions,
    CalibrateOptions,
    CompareOptions,
    DiscoverOptions,
    ExplainOptions,
    LeversOptions,
    ListOptions,
    RareOptions,
    ReportOptions,
    RunOptions,
    ScoreOptions,
    SensitivityOptions,
    SweepOptions,
)
from generate.markdown import sentence, span, table
from sim.world.catalogue import CONF
from sim.world.config import RunConfig
from sim.world.frozen import Frozen
from sim.world.levers import AnyEvent, AnyLever

SCRIPTS: dict[str, type[Frozen]] = {
    "run": RunOptions,
    "compare": CompareOptions,
    "sweep": SweepOptions,
    "sensitivity": SensitivityOptions,
    "discover": DiscoverOptions,
    "levers": LeversOptions,
    "screen": LeversOptions,
    "branch": BranchOptions,
    "rare": RareOptions,
    "score": ScoreOptions,
    "calibrate": CalibrateOptions,
    "explain": ExplainOptions,
    "report": ReportOptions,
    "list": ListOptions,
}
GROUPS = ("scenario", "world", "executor", "uncertainty")
HEADER = ("key", "default", "allowed", "meaning")
KINDS = {
    "integer": "whole number",
    "number": "number",
    "string": "text",
    "boolean": "`true`, `false`",
    "null": "`null`",
}
LARGE = 1e9  # a limit beyond which a number is only kept from overflowing


def settings() -> str:
    """Return every setting of an ensemble but those of the rules."""
    values, told = values_of("base.yaml"), comments_of("base.yaml")
    for group in GROUPS:
        for path in sorted((CONF / group).glob("*.yaml")):
            told |= {f"{group}.{key}": text for key, text in comments_of(f"{group}/{path.name}").items()}
    chosen = {group: name for item in values["defaults"] if isinstance(item, dict) for group, name in item.items()}
    values |= {group: values_of(f"{group}/{chosen[group]}.yaml") for group in GROUPS}
    return table(HEADER, _settings(RunConfig, values, told))


def own_settings(script: str) -> str:
    """Return the settings that one script has besides those of an ensemble."""
    file = f"{script}.yaml"
    return table(HEADER, _settings(SCRIPTS[script], values_of(file), comments_of(file)))


def _settings(
    model: type[Frozen], values: Mapping[str, Any], told: Mapping[str, str], prefix: str = ""
) -> Iterator[tuple[str, ...]]:
    """Yield a row for each key of a model."""
    shapes = model.model_json_schema()
    for name, field in model.model_fields.items():
        key = f"{prefix}{name}"
        kind: Any = field.annotation
        if name == "rules":
            continue  # they have a page of their own
        if isinstance(kind, type) and issubclass(kind, Frozen):
            yield from _settings(kind, values.get(name, {}), told, f"{key}.")
        else:
            default = values.get(name, field.get_default(call_default_factory=True))
            allowed = _allowed(shapes["properties"][name], shapes.get("$defs", {}))
            yield f"`{key}`", f"`{_shown(default)}`", allowed, told.get(key) or told[prefix.rstrip(".")]


def _shown(value: object) -> str:
    """Return a value as YAML writes it."""
    return yaml.safe_dump(value, default_flow_style=True, width=1000).removesuffix("\n...\n").strip()


def _allowed(shape: Mapping[str, Any], known: Mapping[str, Any]) -> str:
    """Return in words what a key may hold, from its JSON schema."""
    if "$ref" in shape:
        return _allowed(known[shape["$ref"].rpartition("/")[2]], known)
    if "anyOf" in shape:
        return " or ".join(_allowed(one, known) for one in shape["anyOf"])
    if "enum" in shape or "const" in shape:
        return ", ".join(f"`{value}`" for value in shape.get("enum", [shape.get("const")]))
    kind = shape.get("type")
    if kind == "array":
        return _listed(shape["items"], known)
    if kind == "object":
        return f"names, each with {_allowed(shape['additionalProperties'], known)}"
    return KINDS[str(kind)] + _limits(shape) if kind else str(shape["description"])  # what is judged elsewhere says it


def _listed(items: Mapping[str, Any], known: Mapping[str, Any]) -> str:
    """Return in words what a list may hold."""
    if items.get("additionalProperties") is True:  # judged when they are put into a scenario
        return "list, as in [a scenario](scenarios.md)"
    return f"list of {'[these](scenarios.md#levers)' if 'oneOf' in items else _allowed(items, known)}"


def _limits(shape: Mapping[str, Any]) -> str:
    """Return the limits of a number in words."""
    low = shape.get("minimum", shape.get("exclusiveMinimum"))
    high = shape.get("maximum", shape.get("exclusiveMaximum", LARGE))
    above = "more than" if "exclusiveMinimum" in shape else "at least"
    if low is None:
        return ""
    return f", {span(low, high)}" if high < LARGE else f", {above} {low:,.10g}"


def levers() -> str:
    """Return the kinds of levers with their keys."""
    return _kinds("lever", get_args(AnyLever))


def events() -> str:
    """Return the kinds of events with their keys."""
    return _kinds("event", get_args(AnyEvent))


def _kinds(key: str, models: Iterable[type[BaseModel]]) -> str:
    """Return kinds of levers or events with their keys."""
    rows = []
    for model in models:
        names = ", ".join(f"`{name}`" for name in get_args(model.model_fields[key].annotation))
        keys = "<br>".join(_key(name, shape) for name, shape in _shapes(model) if name != key)
        rows.append((names, keys, (model.__doc__ or "").strip()))
    return table((f"`{key}`", "keys", "what it does"), rows)


def _shapes(model: type[BaseModel], prefix: str = "") -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield every key of a model with its JSON schema; those of a group with the name of the group before them."""
    shapes = model.model_json_schema()["properties"]
    for name, field in model.model_fields.items():
        kind: Any = field.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            yield from _shapes(kind, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", shapes[name]


def _key(name: str, shape: Mapping[str, Any]) -> str:
    """Return a key of a lever or event with what it may hold."""
    default = f" (default: `{shape['default']}`)" if "default" in shape else ""
    return f"`{name}`: {_allowed(shape, {})}{default}"


def choices(group: str) -> str:
    """Return the project's choices of a group, with the comment at the head of each file."""
    paths = sorted((CONF / group).glob("*.yaml"))
    return table((f"`{group}=`", "what it is"), ((f"`{path.stem}`", sentence(head_of(path))) for path in paths))


def values_of(file: str) -> dict[str, Any]:
    """Return what a file of the configuration holds."""
    values: dict[str, Any] = yaml.safe_load((CONF / file).read_text(encoding="utf-8"))
    return values


def head_of(path: Path) -> str:
    """Return the comment with which a file of the configuration begins."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return " ".join(line.removeprefix("# ") for line in lines if line.startswith("#"))


def comments_of(file: str) -> dict[str, str]:
    """Return the comment beside each key of a file of the configuration; a key within a group is `group.key`."""
    told, path = {}, [""]
    for line in (CONF / file).read_text(encoding="utf-8").splitlines():
        found = re.match(r"^((?:  )*)(\w+):(?:[^#]*?)(?: # (.*))?$", line)
        if found:
            indent, name, comment = found.groups()
            path[len(indent) // 2 :] = [name]
            if comment:
                told[".".join(path)] = comment
    return told
