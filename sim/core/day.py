"""Order the phases of a day. This order is the model's schedule; the Mesa model follows the same table."""

from __future__ import annotations

import numpy as np

from sim.core.jit import part, phase
from sim.core.phases.capture import capture
from sim.core.phases.combat import fight
from sim.core.phases.hold import absorb_shock, hold
from sim.core.phases.muster import muster
from sim.core.phases.orders import give_orders
from sim.core.phases.patrons import decide_aid, pool_aid
from sim.core.phases.regime import awaken, close_day, open_day, recruit, survive
from sim.core.rules import Rules
from sim.core.state import State, World

SCHEDULE: tuple[tuple[str, str], ...] = (
    ("open_day", "map"),
    ("decide_aid", "actor"),
    ("pool_aid", "map"),
    ("hold", "faction"),
    ("recruit", "faction"),
    ("muster", "map"),
    ("give_orders", "faction"),
    ("fight", "map"),
    ("capture", "map"),
    ("absorb_shock", "faction"),
    ("survive", "map"),
    ("awaken", "faction"),
    ("close_day", "map"),
)
"""Phases in order, and whose they are: each actor's (states, then factions), each faction's, or the map's."""


@part
def live_day(world: World, rules: Rules, state: State) -> None:
    """Let one day pass."""
    n_actors = world.n_states + world.n_factions
    open_day(world, state)
    for actor in range(n_actors):
        decide_aid(world, rules, state, actor)
    pool_aid(world, rules, state)
    for faction in range(world.n_factions):
        hold(world, rules, state, faction)
    for faction in range(world.n_factions):
        recruit(world, rules, state, faction)
    muster(world, rules, state)
    for faction in range(world.n_factions):
        give_orders(world, rules, state, faction)
    fight(world, rules, state)
    capture(world, rules, state)
    for faction in range(world.n_factions):
        absorb_shock(world, rules, state, faction)
    survive(world, rules, state)
    for faction in range(world.n_factions):
        awaken(world, rules, state, faction)
    close_day(world, rules, state)


@phase
def next_day(state: State) -> None:
    """Turn the calendar by one day."""
    state.key.day += np.uint64(1)
