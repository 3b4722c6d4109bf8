"""Order the phases of a day. This order is the model's schedule; the Mesa model follows the same table."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np

from sim.core.jit import from_text, inline, phase
from sim.core.phases.alignment import realign
from sim.core.phases.attrition import wear_down
from sim.core.phases.capture import capture
from sim.core.phases.combat import fight
from sim.core.phases.extremists import guard_prisons, resurge
from sim.core.phases.growth import gain_followers
from sim.core.phases.hold import absorb_shock, hold
from sim.core.phases.influence import invest, share_influence
from sim.core.phases.installations import deny
from sim.core.phases.intervention import intervene
from sim.core.phases.levers import open_day
from sim.core.phases.muster import muster
from sim.core.phases.orders import give_orders
from sim.core.phases.patrons import decide_aid, pool_aid
from sim.core.phases.people import move_people
from sim.core.phases.rear import look_back
from sim.core.phases.regime import awaken, close_day, recruit, survive
from sim.core.phases.settlement import settle
from sim.core.phases.spillover import spill_over
from sim.core.phases.truce import call_truce
from sim.core.phases.violence import harm
from sim.core.state import State

COUNTS = {
    "actor": "world.n_states + world.n_factions",
    "state": "world.n_states",
    "faction": "world.n_factions",
}
"""Who take turns in a phase, and how many they are; all other phases are the map's."""

SCHEDULE: tuple[tuple[Callable[..., None], str], ...] = (
    (open_day, "map"),
    (decide_aid, "actor"),
    (pool_aid, "map"),
    (intervene, "map"),
    (hold, "faction"),
    (recruit, "faction"),
    (gain_followers, "map"),
    (muster, "map"),
    (look_back, "map"),
    (give_orders, "faction"),
    (fight, "map"),
    (wear_down, "map"),
    (capture, "map"),
    (absorb_shock, "faction"),
    (survive, "map"),
    (awaken, "faction"),
    (realign, "map"),
    (deny, "map"),
    (harm, "map"),
    (move_people, "map"),
    (spill_over, "state"),
    (guard_prisons, "map"),
    (resurge, "faction"),
    (invest, "state"),
    (share_influence, "map"),
    (call_truce, "map"),
    (settle, "map"),
    (close_day, "map"),
)
"""Phases in order, and whose they are; from it are made the engine's day, the agents' methods, and the page."""


def lines_of(each: Callable[..., None], whose: str) -> list[str]:
    """Return the source that lets one phase pass, given the records of a world, its rules and a state."""
    name = each.__name__
    if whose == "map":
        return [f"{name}(world, rules, state)"]
    return [f"for i in range({COUNTS[whose]}):", f"    {name}(world, rules, state, i)"]


def text_of(schedule: Iterable[tuple[Callable[..., None], str]]) -> str:
    """Return the source of a function that lets one day pass."""
    body = [f"    {line}" for turn in schedule for line in lines_of(*turn)]
    return "\n".join(["def live_day(world, rules, state):", *body])


for _phase, _whose in SCHEDULE:
    if _whose != "map":
        inline(_phase)
live_day = from_text("live_day", text_of(SCHEDULE), {each.__name__: each for each, _ in SCHEDULE})


@phase
def next_day(state: State) -> None:
    """Turn the calendar by one day."""
    state.key.day += np.uint64(1)
