"""Say what the numbers of rules and of the state are, in the words of the source itself.

An argument is called what the rule's docstring says of it, a field of the state what its comment says, a parameter what
its description says. Nothing is said twice, so that a new rule is told at once.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from sim.core import state as state_module
from sim.core.codes import Cause, Channel, Level, Stream
from sim.core.parameters import choices, describe
from sim.core.rules import MECHANISMS
from sim.study.explain.notes import WHOLE
from sim.world.scenario import Scenario

CODES = {"C": Channel, "Q": Cause, "W": Stream, "R": Level}
GO_ON = ("of", "in", "that", "at", "on", "since", "between")  # a description that needs the name before it
_FIELD = re.compile(r"^    (?P<name>\w+): (?P<type>.*?)(?:  # (?P<comment>.*))?$", re.MULTILINE)
_ENTRY = re.compile(r"\[\w+\.(\w+)(?:\.value)?\]$")  # of a vector
_AXIS = re.compile(r'"([A-Z](?:\+1)?)"')
_RANGE = re.compile(
    r"(?:^|,? )(in|>=?|<=?|=) [\[(]?[-0-9*].*$|, [\[(].*$|, in (persons|days|km|units of the margin).*$"
)
_SAYS_LITTLE = re.compile(
    r"[\[(<>]|(faction|location|actor|state|share|day|bits|persons|factor|codes|of|by|so|the|that|in|1)\b"
)
_SYMBOL = re.compile(r"^[A-Za-z]\w{0,8}(, |: )(?=\w)")


@dataclass(frozen=True)
class Field:
    """What the source says of a field: its axes by their letters, what it is, and whose numbers it holds."""

    axes: tuple[str, ...]
    words: str
    holds: str


@cache
def fields() -> dict[str, Field]:
    """Return what the source says of every field of the state and of the world."""
    found = {}
    for layout in (state_module.World, state_module.Derived, state_module.State):
        for line in _FIELD.finditer(inspect.getsource(layout)):
            comment = _RANGE.sub("", line["comment"] or "").split(";")[0]
            words = line["name"].replace("_", " ") if not comment or _SAYS_LITTLE.match(comment) else comment
            prefix = "derived." if layout is state_module.Derived else ""
            found[prefix + line["name"]] = Field(
                tuple(_AXIS.findall(line["type"])), words, _holds(line["comment"] or "")
            )
    return found


def _holds(comment: str) -> str:
    """Return whose numbers a field holds, by its comment, or nothing."""
    first = comment.partition(" ")[0].strip(",")
    return {"location": "place", "faction": "faction", "actor": "actor", "side": "faction"}.get(first, "")


@cache
def arguments(rule: Callable[..., Any]) -> dict[str, str]:
    """Return what a rule's docstring says of its arguments; one that it does not tell is called by its name."""
    names = list(inspect.signature(rule).parameters)
    told = dict.fromkeys(names, "") | _told(inspect.getdoc(rule) or "")
    return {name: told[name] or name.replace("_", " ") for name in names}


def _told(text: str) -> dict[str, str]:
    """Return the descriptions in the section on parameters of a docstring."""
    found: dict[str, str] = {}
    _, _, section = text.partition("Parameters\n----------\n")
    section = re.split(r"\n\n?[A-Z]\w+\n-{3,}", section)[0]
    for match in re.finditer(r"^(\w[\w, ]*)\n((?:    .*\n?)+)", section, re.MULTILINE):
        names = match[1].split(", ")
        words = " ".join(match[2].split()).split(";")[0].split(". ")[0].rstrip(".")
        if len(names) == 1 and "parameter table" not in words:
            words = _RANGE.sub("", _SYMBOL.sub("", words))
            goes_on = words.partition(" ")[0].lower() in GO_ON
            found[names[0]] = f"{names[0].replace('_', ' ')} {words[0].lower()}{words[1:]}" if goes_on else words
    return found


def of_parameter(text: str) -> str:
    """Return what a parameter is, from its source such as ``rules.morale.beta``, or nothing."""
    mechanism, _, name = _ENTRY.sub(lambda entry: f".{entry[1].lower()}", text).removeprefix("rules.").partition(".")
    if not text.startswith("rules.") or mechanism not in MECHANISMS:
        return ""
    described, chosen = describe(MECHANISMS[mechanism]), choices(MECHANISMS[mechanism])
    if name in described:
        return described[name].meaning
    return chosen[name].meaning if name in chosen else name.replace("_", " ")


def of_world(text: str) -> str:
    """Return what a fact of the tables is, from its source such as ``world.capacity[host]``."""
    name = text.partition("[")[0].rpartition(".")[2]
    return fields()[name].words if text.startswith("world.") and name in fields() else text.replace("_", " ")


def in_words(text: str) -> str:
    """Return an expression of the source in words: without records, indices and marks of the language."""
    plain = re.sub(r"\b(state|world|rules\.\w+|derived|scratch)\.|\[[^\]]*\]", "", text)
    plain = plain.removeprefix("-(").removesuffix(")") if plain.startswith("-(") else plain
    plain = re.sub(r"\((world|rules|state)\b[^)]*\)", "", plain)
    return plain.replace("_", " ").replace(" * ", " \u00d7 ").replace("**", " to the power ")


class Names:
    """Names of a world's places, factions, states and actors by number."""

    def __init__(self, scenario: Scenario) -> None:
        tables, world = scenario.tables, scenario.world[0]
        self.ids = {
            "place": [str(name) for name in tables.locations["id"]],
            "faction": [str(name) for name in tables.factions["id"]],
            "state": [str(name) for name in tables.states["id"]],
        }
        self.ids["actor"] = [*self.ids["state"], *self.ids["faction"]]
        called = dict(zip(self.ids["place"], map(str, tables.locations["name"]), strict=True))
        called |= dict(zip(self.ids["state"], map(str, tables.states["name"]), strict=True))
        # A faction is often called by all that belongs to it; in a sentence it is the first that is named.
        short = [re.split(r" \(| with ", str(name))[0] for name in tables.factions["name"]]
        self.called = called | dict(zip(self.ids["faction"], short, strict=True))
        n = int(world["n_links"])
        self.links: list[tuple[str, str]] = [
            (self.ids["actor"][patron], self.ids["faction"][client])
            for patron, client in zip(world["link_patron"][:n], world["link_client"][:n], strict=True)
        ]

    def of(self, whose: str, number: int) -> str | None:
        """Return an id, None for nobody."""
        return self.ids[whose][number] if 0 <= number < len(self.ids[whose]) else None

    def name(self, known: str | None) -> str:
        """Return what somebody or some place is called."""
        return "nobody" if known is None else self.called.get(known, known)

    def of_key(self, key: tuple[Any, ...], value: object = None) -> str:
        """Return what a number of the state is, and whose; one that stands for somebody is told by the name."""
        field = fields().get(key[0])
        if field is None:
            return str(key[0]).rpartition(".")[2].replace("_", " ")
        whose = [
            name for axis, number in zip(field.axes, key[1:], strict=False) if (name := self._of_axis(axis, number))
        ]
        told = f": {self.name(self.of(field.holds, int(value)))}" if field.holds and isinstance(value, WHOLE) else ""
        return f"{field.words} ({', '.join(whose)}){told}" if whose else f"{field.words}{told}"

    def _of_axis(self, axis: str, number: int) -> str:
        """Return who has a number on an axis of an array."""
        if axis in CODES:
            return CODES[axis](number).name.lower().replace("_", " ")
        if axis == "K":
            return " to ".join(map(self.name, self.links[number])) if number < len(self.links) else ""
        whose = {"L": "place", "F": "faction", "S": "state", "A": "actor"}.get(axis)
        return "" if whose is None else self.name(self.of(whose, int(number)))
