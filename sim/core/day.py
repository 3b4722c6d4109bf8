"""Order the phases of a day. This order is the model's schedule; the Mesa model follows the same table."""

from __future__ import annotations

import numpy as np

from sim.core.jit import part, phase
from sim.core.phases.alignment import realign
from sim.core.phases.capture import capture
from sim.core.phases.combat import fight
from sim.core.phases.extremists import guard_prisons, resurge
from sim.core.phases.hold import absorb_shock, hold
from sim.core.phases.influence import invest, share_influence
from sim.core.phases.installations import deny
from sim.core.phases.levers import open_day
from sim.core.phases.muster import muster
from sim.core.phases.orders import give_orders
from sim.core.phases.patrons import decide_aid, pool_aid
from sim.core.phases.people import move_people
from sim.core.phases.regime import awaken, close_day, recruit, survive
from sim.core.phases.settlement import settle
from sim.core.phases.spillover import spill_over
from sim.core.phases.violence import harm
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
    ("realign", "map"),
    ("deny", "map"),
    ("harm", "map"),
    ("move_people", "map"),
    ("spill_over", "state"),
    ("guard_prisons", "map"),
    ("resurge", "faction"),
    ("invest", "state"),
    ("share_influence", "map"),
    ("settle", "map"),
    ("close_day", "map"),
)
"""Phases in order, and whose they are: each actor's (states, then factions), each state's, each faction's, or
the map's."""


@part
def live_day(world: World, rules: Rules, state: State) -> None:
    """Let one day pass."""
    n_actors = world.n_states + world.n_factions
    open_day(world, rules, state)
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
    realign(world, rules, state)
    deny(world, rules, state)
    harm(world, rules, state)
    move_people(world, rules, state)
    for host in range(world.n_states):
        spill_over(world, rules, state, host)
    guard_prisons(world, rules, state)
    for faction in range(world.n_factions):
        resurge(world, rules, state, faction)
    for power in range(world.n_states):
        invest(world, rules, state, power)
    share_influence(world, rules, state)
    settle(world, rules, state)
    close_day(world, rules, state)


@phase
def next_day(state: State) -> None:
    """Turn the calendar by one day."""
    state.key.day += np.uint64(1)
