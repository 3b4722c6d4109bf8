"""List what a scenario assumes: what it asks, which parameters it moves, and where each number comes from."""

import dataclasses
import inspect
from collections import Counter
from collections.abc import Iterator

import numpy as np
from pydantic import BaseModel

from sim.core.parameters import Choice, Parameter, choices, describe, numbers, to_plain
from sim.core.rules import MECHANISMS
from sim.tell.estimate import setting
from sim.tell.places import full_names
from sim.tell.section import Cell, Section
from sim.world.scenario import Scenario
from sim.world.tables import Tables

INPUTS = (
    "states",
    "factions",
    "locations",
    "borders",
    "control",
    "deployment",
    "relations",
    "foreign_forces",
    "installations",
)
WHOM = ("actor", "patron", "client", "state", "location")  # keys of levers and events that name somebody
PARAMETER_HEADER = ("parameter", "value", "default", "plausible", "unit", "meaning", "source")


@dataclasses.dataclass(frozen=True)
class Source:
    """Hold one entry of a world's list of sources.

    Parameters
    ----------
    key, what
        How rows of tables call it, and what it is.
    url
        Where it was found; empty for what is no page of the web.
    """

    key: str
    what: str
    url: str


def asked_of(scenario: Scenario) -> Section:
    """Return the levers and events of a scenario."""
    asked, names = scenario.config.scenario, _names(scenario.tables)
    rows = (_asked(item, names) for item in (*asked.levers, *asked.events))
    return Section.of_rows("Levers and events", ("what", "of whom", "value", "from day", "meaning"), rows)


def moved_parameters(scenario: Scenario) -> Section:
    """Return the parameters that are not at their default."""
    rows = (row for row in _parameters(scenario) if row[1] != row[2])
    return Section.of_rows("Parameters that are not at their default", PARAMETER_HEADER, rows)


def all_parameters(scenario: Scenario) -> Section:
    """Return all parameters with unit, meaning and source."""
    rows = ((name, value, *rest) for name, value, _, *rest in _parameters(scenario))
    return Section.of_rows("All parameters", (*PARAMETER_HEADER[:2], *PARAMETER_HEADER[3:]), rows)


def closed_channels(scenario: Scenario) -> list[str]:
    """Return the ways across a border that are switched off."""
    return [name for name, is_open in scenario.config.channels.model_dump().items() if not is_open]


def sources_of(tables: Tables) -> list[Source]:
    """Return the world's list of sources, none where it has no such table."""
    if tables.sources is None:
        return []
    return [Source(key, what, _link(url)) for key, what, url in tables.sources[["key", "what", "url"]].tolist()]


def rows_by_source(tables: Tables) -> Section:
    """Return how many rows of which table name which source."""
    counted = Counter((name, source) for name in INPUTS for source in _sources(getattr(tables, name)))
    rows = ((name, source, count) for (name, source), count in counted.items())
    return Section.of_rows("What the rows of the tables rest on", ("table", "source", "rows"), rows)


def _asked(item: BaseModel, names: dict[str, str]) -> tuple[Cell, ...]:
    """Return one lever or event as a row."""
    values = item.model_dump()
    kind = values.get("lever") or values["event"]
    whom = [f"{key} {names.get(values[key], values[key])}" for key in WHOM if key in values]
    amount = values.get("value", values.get("fighters", ""))
    size = setting(amount) if amount != "" else ""
    return kind.replace("_", " "), ", ".join(whom), size, values["day"], inspect.getdoc(type(item)) or ""


def _names(tables: Tables) -> dict[str, str]:
    """Return how states, factions and locations are called, by id."""
    return full_names(tables.states) | full_names(tables.factions) | full_names(tables.locations)


def _parameters(scenario: Scenario) -> Iterator[tuple[Cell, ...]]:
    """Yield each parameter as a row of `PARAMETER_HEADER`."""
    values = scenario.config.parameters()
    for mechanism, group in MECHANISMS.items():
        own, default = getattr(values, mechanism), group()
        for name, told in choices(group).items():
            names = (to_plain(each)[name] for each in (own, default))
            yield f"{mechanism}.{name}", *names, ", ".join(told.names), "theory", told.meaning, _theories(told)
        given, usual = numbers(own), numbers(default)
        for name, parameter in describe(group).items():
            values_told = (setting(value) for value in (given[name], usual[name]))
            yield f"{mechanism}.{name}", *values_told, *_described(parameter)


def _theories(told: Choice) -> str:
    """Return what each theory says, with its source."""
    return "; ".join(f"{name}: {told.theories[theory]}" for name, theory in told.names.items())


def _described(parameter: Parameter) -> tuple[str, ...]:
    """Return the range, unit, meaning and source of a parameter."""
    low, high = parameter.prior
    return f"{low:g} to {high:g}", parameter.unit, parameter.meaning, parameter.source


def _sources(table: np.ndarray | None) -> list[str]:
    """Return the source of each row of a table, none where the table or the column is not there."""
    if table is None or "source" not in (table.dtype.names or ()):
        return []
    return [source for source in table["source"] if source]


def _link(url: str) -> str:
    """Return an address that a page may point to, else nothing: a table could hold any text, also a script."""
    return url if url.startswith(("https://", "http://")) else ""
