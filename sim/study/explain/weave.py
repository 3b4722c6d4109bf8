"""Weave the writing of notes into the source of phases: what each value came from, and under which condition.

Phases stay as clean as they are; what is woven lives in a private copy that nobody else sees. The weaver knows no
mechanism: it looks for assignments, sums, calls of rules and phases, draws, comparisons with draws, and conditions.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import cast

from sim.study.explain.notes import Site, Step

DRAWS = frozenset(
    {
        *("uniform", "two_uniforms", "normal", "noise_around_one"),
        *("uniform_of_run", "two_uniforms_of_run", "normal_of_run", "gamma_of_run"),
    }
)
RECORDS = ("state", "world", "rules")
LISTS = frozenset({"presence", "here", "n_here", "posts", "n_posts", "reach"})
"""Who stands where, as bookkeeping lists it, which is not woven: such a number has no note of its own."""
SUMS = (ast.Add, ast.Sub)
OPERATORS = {ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">="}
GUARDS = (ast.Return, ast.Continue, ast.Break)


@dataclass(frozen=True)
class Leaf:
    """A number that an expression is made of.

    Parameters
    ----------
    text
        Its source.
    value
        Expression that reads it; None for a call, whose note tells.
    source
        Expression that finds its note.
    """

    text: str
    value: ast.expr | None
    source: ast.expr


@dataclass(frozen=True)
class Known:
    """What the weaver must know of a module's names.

    Parameters
    ----------
    rules, phases
        Names of arguments by name of function: of rules, and of the parts of phases that are woven as well.
    opaque
        Functions that nothing is asked about.
    constants
        Members of enums by the name of the enum.
    """

    rules: Mapping[str, tuple[str, ...]]
    phases: Mapping[str, tuple[str, ...]]
    opaque: frozenset[str]
    constants: Mapping[str, Mapping[str, int]]


def is_trivial(function: ast.FunctionDef) -> bool:
    """Tell whether a phase only returns an expression without draws: it is read like an operator."""
    return isinstance(_body(function)[0], ast.Return) and not called_in(function) & DRAWS


def called_in(function: ast.FunctionDef) -> set[str]:
    """Return the names of all that a function calls."""
    nodes = (node.func for node in ast.walk(function) if isinstance(node, ast.Call))
    return {node.id for node in nodes if isinstance(node, ast.Name)}


def _body(function: ast.FunctionDef) -> list[ast.stmt]:
    """Return the body of a function without its docstring."""
    first = function.body[0]
    is_text = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    return function.body[1:] if is_text else function.body


def _name(name: str) -> ast.Name:
    return ast.Name(name, ast.Load())


def _call(function: str, *args: ast.expr) -> ast.Call:
    return ast.Call(ast.parse(function, mode="eval").body, list(args), [])


def _tuple(items: Iterable[ast.expr]) -> ast.Tuple:
    return ast.Tuple(list(items), ast.Load())


def _assign(name: str, value: ast.expr) -> ast.stmt:
    return ast.Assign([ast.Name(name, ast.Store())], value)


class Weaver:
    """Weave one module; `sites` are the places in it where something is noted, by the names that they have there."""

    def __init__(self, known: Known, hooks: frozenset[str], module_name: str) -> None:
        self.known, self.hooks, self.module_name = known, hooks, module_name
        self.sites: dict[str, Site] = {}

    def module(self, tree: ast.Module) -> ast.Module:
        """Return a module with its phases woven."""
        body: list[ast.stmt] = []
        for node in tree.body:
            if isinstance(node, ast.FunctionDef) and node.name in self.known.phases:
                body.append(Function(self, node).woven())
            else:
                body.append(Constants(self.known.constants).visit(node))
        return ast.fix_missing_locations(ast.Module(body, []))

    def site(self, step: Step, name: str, text: str, leaves: Iterable[str], where: str) -> str:
        """Return the name of a new site."""
        label = f"_s{len(self.sites)}"
        self.sites[label] = Site(step, name, text, tuple(leaves), where, self.module_name)
        return label


class Full(ast.NodeTransformer):
    """Write records in place of the names that stand for parts of them."""

    def __init__(self, aliases: Mapping[str, ast.expr]) -> None:
        self.aliases = aliases

    def visit_Name(self, node: ast.Name) -> ast.expr:
        """Return what a name stands for."""
        return copy.deepcopy(self.aliases.get(node.id, node))


class Constants(ast.NodeTransformer):
    """Write members of enums as the numbers that they are: looking them up takes plain Python a tenth of its time."""

    def __init__(self, constants: Mapping[str, Mapping[str, int]]) -> None:
        self.constants = constants

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        """Return the number of a member, or of its value."""
        if isinstance(node.value, ast.Name) and node.attr in self.constants.get(node.value.id, {}):
            return ast.Constant(self.constants[node.value.id][node.attr])
        inner = cast("ast.Attribute", self.generic_visit(node))
        return inner.value if node.attr == "value" and isinstance(inner.value, ast.Constant) else inner


Read = tuple[ast.expr, list[Leaf]]


class Function:
    """Weave one function."""

    def __init__(self, weaver: Weaver, tree: ast.FunctionDef) -> None:
        self.weaver, self.tree, self.known = weaver, tree, weaver.known
        self.params = [arg.arg for arg in tree.args.args]
        stored = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
        self.local = (stored | set(self.params)) - set(RECORDS)
        self.aliases = dict(self._aliases())
        self.drawn = {name for name, value in self._given() if _is_draw(value)}
        self.n_conditions = 0

    def _given(self) -> Iterator[tuple[str, ast.expr]]:
        """Yield every name that is given a value, and the value."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                yield node.targets[0].id, node.value

    def _aliases(self) -> Iterator[tuple[str, ast.expr]]:
        """Yield the names that stand for a part of a record, such as an array."""
        bases = {
            node.value.id
            for node in ast.walk(self.tree)
            if isinstance(node, (ast.Subscript, ast.Attribute)) and isinstance(node.value, ast.Name)
        }
        for name, value in self._given():
            if name in bases and _root(value) in RECORDS:
                yield name, value

    def woven(self) -> ast.FunctionDef:
        """Return the function with what it notes; its first argument is the frame of the call."""
        new = copy.copy(self.tree)
        new.args = copy.copy(new.args)
        new.args.args = [ast.arg("_f"), *new.args.args]
        new.decorator_list = []
        new.body = [_assign("_n", ast.Attribute(_name("_f"), "n", ast.Load())), *self.block(new.body, _none())]
        return cast("ast.FunctionDef", Constants(self.known.constants).visit(copy.deepcopy(new)))

    # -- statements

    def block(self, body: list[ast.stmt], cond: ast.expr) -> list[ast.stmt]:
        """Return statements that are done under a condition; one that ends early is a condition of all that follow."""
        new: list[ast.stmt] = []
        for node in body:
            match node:
                case ast.Assign(targets=[target]):
                    new += self.assign(node, target, node.value, cond)
                case ast.AugAssign():
                    new += self.add(node, cond)
                case ast.Return(value=ast.expr() as value):
                    new += self.leave(value, cond)
                case ast.If():
                    new += self.branch(node, cond)
                    if not node.orelse and isinstance(node.body[-1], GUARDS):
                        cond = _name(self.last_condition)
                case ast.For():
                    new.append(ast.For(node.target, node.iter, self.block(node.body, cond), []))
                case ast.While():
                    new.append(ast.While(node.test, self.block(node.body, cond), []))
                case ast.Expr(value=ast.Call()):
                    new.append(ast.Expr(self.read(node.value, cond)[0]))
                case _:
                    new.append(node)
        return new

    def assign(self, node: ast.Assign, target: ast.expr, value: ast.expr, cond: ast.expr) -> list[ast.stmt]:
        """Return an assignment, and what notes it."""
        if isinstance(target, ast.Name) and target.id in self.aliases:
            return [node]
        new, leaves = self.read(value, cond)
        names = target.elts if isinstance(target, ast.Tuple) else [target]
        before, sources = self.parts(leaves)
        done: list[ast.stmt] = [*before, ast.Assign([target], new)]
        if len(names) > 1:
            done.append(_assign("_m", sources))
            sources = _name("_m")
        for i, name in enumerate(names):
            text = f"{self.text(value)}[{i}]" if len(names) > 1 else self.text(value)
            site = self.site(Step.VALUE, self.text(name), text, leaves)
            done += self.noted(name, site, sources, cond)
        return self.with_old(names[0], done)

    def add(self, node: ast.AugAssign, cond: ast.expr) -> list[ast.stmt]:
        """Return an addition (or the like) to what is there, and what notes both."""
        new, leaves = self.read(node.value, cond)
        target = copy.deepcopy(node.target)
        target.ctx = ast.Load()
        old = self.leaf(target)
        if old is None:
            return [ast.AugAssign(node.target, node.op, new)]
        step = Step.SUM if isinstance(node.op, SUMS) else Step.VALUE
        whole = ast.BinOp(target, node.op, ast.parse(f"({self.text(node.value)})", mode="eval").body)
        texts = [old.text, self.text(node.value)]
        site = self.weaver.site(step, old.text, self.text(whole), texts, self.tree.name)
        done: list[ast.stmt] = [
            _assign("_o", old.value or _none()),
            _assign("_t", old.source),
            _assign("_x", new),
            _assign("_l", _tuple([_name("_o"), _name("_x")])),
            ast.AugAssign(node.target, node.op, _name("_x")),
        ]
        sources = _tuple([_name("_t"), self.source(node.value, leaves)])
        return self.with_old(node.target, [*done, *self.noted(node.target, site, sources, cond)])

    def leave(self, value: ast.expr, cond: ast.expr) -> list[ast.stmt]:
        """Return the end of a function, with a note of what it returns."""
        new, leaves = self.read(value, cond)
        site = self.site(Step.VALUE, self.tree.name, self.text(value), leaves)
        before, sources = self.parts(leaves)
        note = _note(site, _name("_v"), sources, cond)
        ret = ast.Assign([ast.Attribute(_name("_f"), "ret", ast.Store())], note)
        return [*before, _assign("_v", new), ret, ast.Return(_name("_v"))]

    def branch(self, node: ast.If, cond: ast.expr) -> list[ast.stmt]:
        """Return a condition, which is noted, and what is done under it."""
        new, leaves = self.read(node.test, cond)
        site = self.site(Step.CONDITION, self.tree.name, self.text(node.test), leaves)
        self.n_conditions += 1
        label = f"_b{self.n_conditions}"
        before, sources = self.parts(leaves)
        note = _note(site, _name("_q"), sources, cond)
        body = self.block(node.body, _name(label))
        orelse = self.block(node.orelse, _name(label))
        self.last_condition = label
        return [*before, _assign("_q", new), _assign(label, note), ast.If(_name("_q"), body, orelse)]

    def noted(self, target: ast.expr, site: str, sources: ast.expr, cond: ast.expr) -> list[ast.stmt]:
        """Return what notes the value that a name or a number of the state has now."""
        now = copy.deepcopy(target)
        now.ctx = ast.Load()  # type: ignore[attr-defined]  # a target has one
        note = _note(site, now, sources, cond)
        if isinstance(target, ast.Name):
            return [ast.Assign([ast.Subscript(_name("_n"), ast.Constant(target.id), ast.Store())], note)]
        key = self.key(target)
        note.elts.append(_name("_y"))
        if key is None or _root(self.unaliased(target)) != "state":
            return []
        if key.elts[0].value in self.weaver.hooks:  # type: ignore[attr-defined]  # the name of a field
            return [_assign("_y", key), ast.Expr(_call("_H", _name("_y"), note, _name("_before")))]
        return [_assign("_y", key), ast.Assign([ast.Subscript(_name("_W"), _name("_y"), ast.Store())], note)]

    def with_old(self, target: ast.expr, done: list[ast.stmt]) -> list[ast.stmt]:
        """Return statements after one that keeps what was there before, where that is looked out for."""
        key = None if isinstance(target, ast.Name) else self.key(target)
        if key is None or key.elts[0].value not in self.weaver.hooks:  # type: ignore[attr-defined]
            return done
        now = copy.deepcopy(target)
        now.ctx = ast.Load()  # type: ignore[attr-defined]
        return [_assign("_before", now), *done]

    # -- expressions

    def read(self, node: ast.expr, cond: ast.expr) -> Read:
        """Return an expression whose calls are noted, and its leaves."""
        leaf = self.leaf(node)
        if leaf is not None:
            return node, [leaf, *self.inner_leaves(node)]
        match node:
            case ast.Call(func=ast.Name(id=name)):
                return self.call(node, name, cond)
            case ast.Compare(left=left, ops=[op], comparators=[right]) if self.is_decision(left, op, right):
                return self.decide(node, cond)
        parts: list[Leaf] = []
        new = copy.copy(node)
        for field, value in ast.iter_fields(node):
            if isinstance(value, ast.expr) and field != "func":
                inner, leaves = self.read(value, cond)
                setattr(new, field, inner)
                parts += leaves
            elif isinstance(value, list) and value and isinstance(value[0], ast.expr):
                read = [self.read(each, cond) for each in value]
                setattr(new, field, [inner for inner, _ in read])
                parts += [leaf for _, leaves in read for leaf in leaves]
        return new, parts

    def leaf(self, node: ast.expr) -> Leaf | None:
        """Return a name or a number of a record as a leaf."""
        text = self.text(node)
        if isinstance(node, ast.Name):
            if node.id not in self.local or node.id in self.aliases:
                return None
            return Leaf(text, node, _call("_n.get", ast.Constant(node.id)))
        key = self.key(node)
        if key is None:
            return None
        full = self.unaliased(node)
        is_told = _root(full) == "state" and key.elts[0].value not in LISTS  # type: ignore[attr-defined]  # a name
        return Leaf(text, node, _call("_G", key) if is_told else _none())

    def inner_leaves(self, node: ast.expr) -> list[Leaf]:
        """Return numbers of the state that stand in an index."""
        if isinstance(node, ast.Attribute):
            return self.inner_leaves(node.value)
        if not isinstance(node, ast.Subscript):
            return []
        parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        leaves = [(part, self.leaf(part)) for part in parts if isinstance(part, ast.Subscript)]
        inside = [leaf for part, found in leaves if found for leaf in (found, *self.inner_leaves(part))]
        return [*inside, *self.inner_leaves(node.value)]

    def call(self, node: ast.Call, name: str, cond: ast.expr) -> Read:
        """Return a call that is noted, or one whose arguments are."""
        read = [self.read(arg, cond) for arg in node.args]
        args = [new for new, _ in read]
        if name in DRAWS:
            purpose = ast.unparse(node.args[1]).removeprefix("Purpose.")
            return self.called(Step.DRAW, purpose, node, ["entity", "ordinal"], "_D", args)
        sources = [self.source(arg, leaves) for arg, (_, leaves) in zip(node.args, read, strict=True)]
        if name in self.known.rules:
            return self.called(Step.RULE, name, node, self.known.rules[name], "_R", [*args, _tuple(sources)])
        if name in self.known.phases:
            more = [_tuple(sources), cond]
            return self.called(Step.PHASE, name, node, self.known.phases[name], "_P", [*args, *more])
        asked = [] if name in self.known.opaque else [leaf for _, leaves in read for leaf in leaves]
        return ast.Call(node.func, args, []), asked

    def called(
        self, step: Step, name: str, node: ast.Call, leaves: Iterable[str], through: str, args: list[ast.expr]
    ) -> Read:
        """Return a call that goes through the watch."""
        text = self.text(node)
        site = self.weaver.site(step, name, text, leaves, self.tree.name)
        new = _call(through, _name("_f"), _name(site), node.func, *args)
        return new, [Leaf(text, None, _popped(site))]

    def is_decision(self, left: ast.expr, op: ast.cmpop, right: ast.expr) -> bool:
        """Tell whether a comparison is one of a draw with a chance."""
        return type(op) in OPERATORS and any(
            _is_draw(side) or (isinstance(side, ast.Name) and side.id in self.drawn) for side in (left, right)
        )

    def decide(self, node: ast.Compare, cond: ast.expr) -> Read:
        """Return a comparison of a draw with a chance, which is noted."""
        sides = [node.left, node.comparators[0]]
        read = [self.read(side, cond) for side in sides]
        sources = [self.source(side, leaves) for side, (_, leaves) in zip(sides, read, strict=True)]
        texts = [self.text(side) for side in sides]
        site = self.weaver.site(Step.DECISION, OPERATORS[type(node.ops[0])], self.text(node), texts, self.tree.name)
        new = _call("_U", _name("_f"), _name(site), *[side for side, _ in read], *sources)
        return new, [Leaf(self.text(node), None, _popped(site))]

    def source(self, node: ast.expr, leaves: list[Leaf]) -> ast.expr:
        """Return the expression of the note of a value: that of its one leaf, or a new one that holds all."""
        if not leaves:
            return _none()
        if len(leaves) == 1 and leaves[0].text == self.text(node):
            return leaves[0].source
        site = self.site(Step.VALUE, "", self.text(node), leaves)
        values = _tuple(leaf.value for leaf in leaves if leaf.value is not None)
        ordered = sorted(leaves, key=lambda leaf: leaf.value is None)
        return _tuple([_name(site), _none(), values, _tuple(leaf.source for leaf in ordered), _none(), _name("_f")])

    def site(self, step: Step, name: str, text: str, leaves: list[Leaf]) -> str:
        """Return the name of a new site of this function; leaves of calls come last."""
        ordered = sorted(leaves, key=lambda leaf: leaf.value is None)
        return self.weaver.site(step, name, text, [leaf.text for leaf in ordered], self.tree.name)

    def parts(self, leaves: list[Leaf]) -> tuple[list[ast.stmt], ast.expr]:
        """Return what reads the numbers of a statement before it is done, and then the notes of numbers and calls."""
        read = [leaf for leaf in leaves if leaf.value is not None]
        called = [leaf.source for leaf in leaves if leaf.value is None]
        before = [
            _assign("_l", _tuple(leaf.value for leaf in read if leaf.value is not None)),
        ]
        if called and read:
            before.append(_assign("_m", _tuple(leaf.source for leaf in read)))
            return before, ast.BinOp(_name("_m"), ast.Add(), _tuple(called))
        if read:
            return [*before, _assign("_m", _tuple(leaf.source for leaf in read))], _name("_m")
        return before, _tuple(called)

    # -- records

    def text(self, node: ast.AST) -> str:
        """Return the source of an expression, with records in place of the names that stand for parts of them."""
        return ast.unparse(Full(self.aliases).visit(copy.deepcopy(node)))

    def unaliased(self, node: ast.expr) -> ast.expr:
        """Return an expression with the record in place of a name that stands for a part of it."""
        if isinstance(node, ast.Name):
            return self.aliases.get(node.id, node)
        if isinstance(node, (ast.Subscript, ast.Attribute)):
            new = copy.copy(node)
            new.value = self.unaliased(node.value)
            return new
        return node

    def key(self, node: ast.expr) -> ast.Tuple | None:
        """Return the expression of the field and the indices of a number of a record, nothing for all else."""
        names: list[str] = []
        indices: list[ast.expr] = []
        at = self.unaliased(node)
        while isinstance(at, (ast.Subscript, ast.Attribute)):
            if isinstance(at, ast.Subscript):
                inside = at.slice.elts if isinstance(at.slice, ast.Tuple) else [at.slice]
                indices = [*inside, *indices]
            else:
                names.insert(0, at.attr)
            at = at.value
        if not (isinstance(at, ast.Name) and at.id in RECORDS and names):
            return None
        return _tuple([ast.Constant(".".join(names)), *indices])


def _popped(site: str) -> ast.expr:
    return _call("_C", _name(site), _none())


def _note(site: str, value: ast.expr, sources: ast.expr, cond: ast.expr) -> ast.Tuple:
    """Return the expression of a note whose values have been read."""
    return _tuple([_name(site), value, _name("_l"), sources, cond, _name("_f")])


def _none() -> ast.expr:
    return ast.Constant(None)


def _root(node: ast.expr) -> str:
    """Return the name at the base of an expression such as ``state.front[place, leader]``, or nothing."""
    while isinstance(node, (ast.Subscript, ast.Attribute)):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def _is_draw(node: ast.expr) -> bool:
    """Tell whether an expression is a draw."""
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in DRAWS
