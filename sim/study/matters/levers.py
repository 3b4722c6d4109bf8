"""List what could be decided otherwise in a scenario: the project's scenarios, and each lever at two strengths."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from sim.study.matters.variants import SCENARIO, Variant
from sim.world.catalogue import choice, choices
from sim.world.config import RunConfig, read_config
from sim.world.entries import ALL
from sim.world.frozen import ConfigError
from sim.world.scenario import Scenario, build_scenario, idle_levers

STRENGTHS: Mapping[str, tuple[float, float]] = {
    "support": (0.0, 2.0),
    "restraint": (0.5, 1.0),
    "strikes": (0.0, 3.0),
    "initiative": (0.0, 1.0),
    "resolve": (-0.5, 0.5),
    "strength": (0.8, 1.25),
    "hardening": (0.0, 2.0),
    "border": (0.0, 0.5),
    "guards": (0.2, 0.6),
    "mediation": (0.5, 1.0),
}
"""Values of each lever that are tried: either way where it goes both ways, else half and whole. All are assumptions:
strong enough to show, and such that somebody could decide them."""


def scenario_variants(scenario: Scenario) -> Iterator[Variant]:
    """Yield the project's scenarios that this world can live and that differ from the one that is varied."""
    own = scenario.config.scenario
    for name in choices("scenario"):
        try:
            found = _asked(scenario, choice("scenario", name))
        except ConfigError:
            continue  # it names somebody whom this world lacks
        asked = found.config.scenario
        if (asked.levers, asked.events) != (own.levers, own.events) and not _is_idle(found, 0):
            yield Variant(SCENARIO, name, math.nan, found)


def lever_variants(scenario: Scenario) -> Iterator[Variant]:
    """Yield the scenario with one lever more: each that anybody in this world can feel, at two strengths."""
    own = scenario.config.scenario.model_dump(mode="json")
    before = len(idle_levers(scenario))
    for kind, values in STRENGTHS.items():
        for name in _holders(kind, scenario):
            for value in values:
                lever = {"lever": kind, "value": value} | ({} if name == ALL else {"actor": name})
                try:
                    found = _asked(scenario, own | {"levers": [*own["levers"], lever]})
                except ConfigError:
                    continue  # there is no room for another lever
                if not _is_idle(found, before):
                    yield Variant(kind, name, value, found)


def _holders(kind: str, scenario: Scenario) -> list[str]:
    """Return who may hold a lever, `all` for nobody in particular; those on one side share what is the side's."""
    world = scenario.world[0]
    states, factions = (
        [str(name) for name in table["id"]] for table in (scenario.tables.states, scenario.tables.factions)
    )
    leaders = [name for i, name in enumerate(factions) if world["side"][i] == i]
    present = [name for i, name in enumerate(factions) if np.any(world["deployed"][:, i])]
    of_sides = [name for name in leaders if name in present]
    return {
        "support": [*states, *factions],
        "restraint": [*states, *factions],
        "strikes": states,
        "initiative": of_sides,
        "resolve": of_sides,
        "strength": present,
        "hardening": states,
        "border": states,
        "guards": factions,
        "mediation": [ALL],
    }[kind]


def _is_idle(scenario: Scenario, others: int) -> bool:
    """Tell whether a lever was added that nobody can feel."""
    return len(idle_levers(scenario)) > others


def _asked(scenario: Scenario, asked: Mapping[str, Any]) -> Scenario:
    """Return a scenario that asks something else of the same world."""
    values = scenario.config.model_dump(mode="json") | {"scenario": dict(asked)}
    config: RunConfig = read_config(values)
    return build_scenario(scenario.tables, config, scenario.posterior)
