"""The records of one run, which model, agents and places look at, and the phases that change them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np

from sim.core import calls
from sim.core.day import SCHEDULE
from sim.core.state import new_state
from sim.world.posterior import draw
from sim.world.scenario import Scenario

T = TypeVar("T", bound=type)


class History:
    """One run of a scenario: its records, and whose the rows of their arrays are.

    Attributes
    ----------
    inputs
        The scenario.
    world_record, rules_record, state_record
        One-element arrays, as compiled code takes them.
    state_ids, faction_ids, place_ids
        Ids in the order of the rows.
    """

    def __init__(self, scenario: Scenario, seed: int, run: int) -> None:
        self.inputs = scenario
        self.world_record = scenario.world
        rules = scenario.rules
        self.rules_record = draw(rules, scenario.posterior, seed, run, 1) if scenario.is_uncertain else rules
        self.state_record = new_state(scenario.world)
        calls.call_begin_run(self.world_record, self.rules_record, self.state_record, np.uint64(seed), np.uint64(run))
        self.state_ids: list[str] = list(scenario.tables.states["id"])
        self.faction_ids: list[str] = list(scenario.tables.factions["id"])
        self.place_ids: list[str] = list(scenario.tables.locations["id"])

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Become a copy, which goes on by itself: in another process, or from here into another future."""
        self.__dict__.update(state)
        # An equal but not identical type makes every compiled call ten times slower.
        self.world_record = self.inputs.world
        self.rules_record = self.rules_record.view(self.inputs.rules.dtype)
        self.state_record = self.state_record.view(new_state(self.world_record).dtype)

    @property
    def world(self) -> np.void:
        """Return the world's record, for reading."""
        return self.world_record[0]

    @property
    def state(self) -> np.void:
        """Return the record of the history so far, for reading."""
        return self.state_record[0]


def phases_of(whose: str, row: str = "") -> Callable[[T], T]:
    """Return a decorator of classes that adds a method for each phase of the schedule that is theirs.

    Parameters
    ----------
    whose
        As the schedule says it.
    row
        Attribute that holds the number of whose turn it is, empty for the map.
    """

    def add(owner: T) -> T:
        for each, of in SCHEDULE:
            if of == whose:
                setattr(owner, each.__name__, _method(each, row))
        return owner

    return add


def _method(each: Callable[..., None], row: str) -> Callable[[Any], None]:
    """Return a method that lets one phase pass."""
    call = calls.PHASES[each.__name__]

    def of_the_map(self: Any) -> None:
        history = self.history
        call(history.world_record, history.rules_record, history.state_record)

    def of_somebody(self: Any) -> None:
        history = self.history
        call(history.world_record, history.rules_record, history.state_record, getattr(self, row))

    act = of_somebody if row else of_the_map
    act.__name__ = act.__qualname__ = each.__name__
    act.__doc__ = each.__doc__
    return act
