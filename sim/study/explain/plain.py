"""A private copy of the phases and rules of the core, not compiled, with the writing of notes woven in.

The compiled core in this process stays as it is. Both are made of the same source, so that they give the same bits,
which every replay checks.
"""

from __future__ import annotations

import ast
import builtins
import importlib
import inspect
from collections.abc import Callable, Mapping
from enum import IntEnum
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from sim.core import codes
from sim.core.day import SCHEDULE
from sim.study.explain.notes import Watch
from sim.study.explain.weave import Known, Weaver, called_in, is_trivial

CORE = Path(codes.__file__).parent
COPIED = ("sim.core.rng", "sim.core.rules", "sim.core.phases")  # modules with compiled functions that a day needs
OPAQUE = frozenset(
    {
        *("sort_events", "comes_before", "swap_events", "station", "dismiss", "enlist", "strike_off", "may_cross"),
        *("is_kept", "at_peace"),
    }
)
"""Bookkeeping, which is nobody's reason."""
ENUMS: Mapping[str, Mapping[str, int]] = {
    name: {member.name: int(member) for member in enum}
    for name, enum in vars(codes).items()
    if inspect.isclass(enum) and issubclass(enum, IntEnum)
}


def as_it_is(function: Callable[..., Any]) -> Callable[..., Any]:
    """Stand for the compile decorators."""
    return function


class Plain:
    """The copied modules.

    Attributes
    ----------
    watch
        Collects the notes of the history that is being lived.
    rules
        Rules by name.
    """

    def __init__(self, hooks: frozenset[str]) -> None:
        self.watch = Watch(hooks)
        self.rules: dict[str, Callable[..., Any]] = {}
        self._modules: dict[str, ModuleType] = {}
        self._known = _survey()
        for each, _ in SCHEDULE:
            self._copy(each.__module__)
        self._copy("sim.core.phases.setup")

    def function(self, module: str, name: str) -> Callable[..., Any]:
        """Return a part of a phase; its first argument is the frame of the call."""
        found: Callable[..., Any] = getattr(self._modules[module], name)
        return found

    def names_in(self, module: str) -> dict[str, Any]:
        """Return the names of a copied module, in which its expressions can be worked out again."""
        return vars(self._modules[module])

    def _import(
        self, name: str, names: Mapping[str, Any], local: Mapping[str, Any] | None, wanted: tuple[str, ...], level: int
    ) -> ModuleType:
        """Import what a copied module asks for: copies of what is copied, all else as it is."""
        if name.startswith(COPIED):
            return self._copy(name)
        if name == "sim.core.jit":
            return _like(name, rule=as_it_is, phase=as_it_is)
        if name == "sim.core.state":
            return _like(name, **{**vars(importlib.import_module(name)), "index": int})
        return builtins.__import__(name, names, local, wanted, level)

    def _copy(self, name: str) -> ModuleType:
        """Return the copy of a module, made when it is first asked for."""
        if name in self._modules:
            return self._modules[name]
        original = importlib.import_module(name)
        tree = ast.parse(Path(str(original.__file__)).read_text())
        module = self._modules[name] = ModuleType(name)
        module.__dict__["__builtins__"] = {**vars(builtins), "__import__": self._import}
        watch = self.watch
        module.__dict__.update(watch.tools())
        if name.startswith("sim.core.phases."):
            weaver = Weaver(_known_in(tree, self._known), watch.hooks, name)
            tree = weaver.module(tree)
            module.__dict__.update(weaver.sites)
        exec(compile(tree, f"<{name}, watched>", "exec"), module.__dict__)  # noqa: S102 - the core's own source
        if name.startswith("sim.core.rules."):
            self.rules |= {rule: module.__dict__[rule] for rule in self._known.rules if rule in module.__dict__}
        return module


def _like(name: str, **content: Any) -> ModuleType:
    """Return a module with some content."""
    module = ModuleType(name)
    module.__dict__.update(content)
    return module


def _survey() -> Known:
    """Return what the weaver must know: the names of rules and phases, and of their arguments."""
    rules: dict[str, tuple[str, ...]] = {}
    for path in [*sorted((CORE / "rules").glob("*.py")), CORE / "rng.py"]:
        for function in _functions(path, "rule"):
            rules[function.name] = tuple(arg.arg for arg in function.args.args)
    phases = {
        function.name: function
        for path in sorted((CORE / "phases").glob("*.py"))
        for function in _functions(path, "phase")
        if function.name not in OPAQUE
    }
    small = {name for name, function in phases.items() if is_trivial(function)}
    while told := {name for name in small if called_in(phases[name]) & (set(rules) | set(phases) - small)}:
        small -= told
    woven = {
        name: tuple(arg.arg for arg in function.args.args) for name, function in phases.items() if name not in small
    }
    return Known(rules, woven, OPAQUE, ENUMS)


def _known_in(tree: ast.Module, known: Known) -> Known:
    """Return what is known of the names of one module: a rule and a phase may have the same name elsewhere."""
    named = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    ruled: set[str] = set()
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and node.module:
            (ruled if node.module.startswith(COPIED[:2]) else named).update(alias.name for alias in node.names)
    return Known(
        {name: args for name, args in known.rules.items() if name in ruled},
        {name: args for name, args in known.phases.items() if name in named - ruled},
        known.opaque,
        known.constants,
    )


def _functions(path: Path, role: str) -> list[ast.FunctionDef]:
    """Return the functions of a module with a role."""
    return [
        node
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.FunctionDef)
        and any(isinstance(mark, ast.Name) and mark.id == role for mark in node.decorator_list)
    ]


@cache
def plain_core(hooks: frozenset[str]) -> Plain:
    """Return the copy, made once."""
    return Plain(hooks)
