"""What stands behind a front: who comes to relieve a place, who has to stay to occupy one, how far bases are."""

from __future__ import annotations

import math

import numpy as np

from sim.core.codes import NEVER, NOBODY
from sim.core.jit import phase
from sim.core.phases.forces import defending_fighters, effort, is_hostile, today
from sim.core.rules import Rules
from sim.core.rules.orders import free_share, mobile_share, relief_sent
from sim.core.state import State, World, index

SETTLED_IN = 30  # days after which a place that was taken is a base


@phase
def begin_rear(world: World, state: State) -> None:
    """Let nobody come, nobody stay, and every place be a base."""
    for place in range(world.n_locations):
        state.relief[place] = 0.0
        state.free_share[place] = 1.0
        for leader in range(world.n_factions):
            state.base_km[place, leader] = 0.0


@phase
def look_back(world: World, rules: Rules, state: State) -> None:
    """See what stands behind every front this morning, as far as it matters."""
    orders = rules.orders
    if orders.occupation > 0.0:
        count_occupants(world, rules, state)
    if orders.relief > 0.0 or orders.relief_after_collapse > 0.0:
        offer_relief(
            world, rules, state, orders.relief if state.collapse_day == NEVER else orders.relief_after_collapse
        )
    if orders.culmination > 0.0 and (today(state) == 0 or is_rear_changed(world, state)):
        for leader in range(world.n_factions):
            if state.side[leader] == leader:
                measure_bases(world, state, leader)


@phase
def count_occupants(world: World, rules: Rules, state: State) -> None:
    """Set the share of each holder's fighters who may leave a place that was not their side's on day 0."""
    for place in range(world.n_locations):
        fighters = defending_fighters(state, place)
        state.free_share[place] = 1.0
        if fighters > 0.0:
            own = 0.0
            for i in range(state.derived.n_rulers[place]):
                ruler = index(state.derived.rulers[place, i])
                if state.side[ruler] == state.side[state.holder[place]]:
                    own += world.control[place, ruler]
            state.free_share[place] = free_share(fighters, world.population[place], own, rules.orders.occupation)


@phase
def offer_relief(world: World, rules: Rules, state: State, share: float) -> None:
    """Set what would come to the defence of each place from the places of its side next to it.

    Whoever was attacked yesterday has enough to do.
    """
    mobile = state.scratch.mobile
    for place in range(world.n_locations):
        state.relief[place] = 0.0
        state.scratch.standing[place] = 1 if is_at_risk(world, state, place) else 0
        mobile[place] = 0.0 if state.contact[place] > 0.0 else strength_to_spare(world, rules, state, place)
    for place in range(world.n_locations):
        if mobile[place] <= 0.0:
            continue
        leader = state.side[state.holder[place]]
        n_at_risk = 0
        for edge in range(world.edge_start[place], world.edge_start[place + 1]):
            near = index(world.edge_to[edge])
            if state.scratch.standing[near] == 1 and state.side[state.holder[near]] == leader:
                n_at_risk += 1
        for edge in range(world.edge_start[place], world.edge_start[place + 1]):
            near = index(world.edge_to[edge])
            if state.scratch.standing[near] == 1 and state.side[state.holder[near]] == leader:
                state.relief[near] += relief_sent(mobile[place], n_at_risk, share)


@phase
def is_at_risk(world: World, state: State, place: int) -> bool:
    """Tell whether an enemy could march to a place of the contested state."""
    holder = state.holder[place]
    if holder == NOBODY or world.state_of[place] != world.contested_state:
        return False
    for faction in range(world.n_factions):
        if (state.reach[place] >> faction) & 1 == 1 and is_hostile(state, faction, holder):
            return True
    return False


@phase
def strength_to_spare(world: World, rules: Rules, state: State, place: int) -> float:
    """Return the strength of a place's holder's side that could leave it."""
    holder = state.holder[place]
    if holder == NOBODY or world.state_of[place] != world.contested_state:
        return 0.0
    total = 0.0
    leader = state.side[holder]
    for i in range(state.n_here[place]):
        faction = index(state.here[place, i])
        if state.side[faction] == leader:
            share = mobile_share(world.quality[faction], rules.orders.commitment)
            total += share * state.strength[place, faction] * effort(world, state, faction, place, leader)
    return total * state.free_share[place]


@phase
def is_rear_changed(world: World, state: State) -> bool:
    """Tell whether a base may have been lost or won since yesterday morning."""
    if state.n_lost > 0:
        return True
    for place in range(world.n_locations):
        if state.captured_day[place] != NEVER and state.captured_day[place] + SETTLED_IN == today(state):
            return True
    return False


@phase
def is_base(world: World, state: State, place: int, leader: int) -> bool:
    """Tell whether a side has a base in a place: it holds it and did so for long, or stands where it stood on day 0."""
    holder = state.holder[place]
    holds = holder != NOBODY and state.side[holder] == leader
    if holds and (state.captured_day[place] == NEVER or today(state) - state.captured_day[place] >= SETTLED_IN):
        return True
    for i in range(state.n_members[leader]):
        faction = index(state.members[leader, i])
        if world.deployed[place, faction] > 0.0 and (holds or state.fighters[place, faction] > 0.0):
            return True
    return False


@phase
def measure_bases(world: World, state: State, leader: int) -> None:
    """Measure the way from each place to the nearest base of a side; one without any carries all with it."""
    any_base = False
    for place in range(world.n_locations):
        state.base_km[place, leader] = math.inf
        if is_base(world, state, place, leader):
            state.base_km[place, leader] = 0.0
            any_base = True
    shorter = any_base
    while shorter:
        shorter = False
        for place in range(world.n_locations):
            for edge in range(world.edge_start[place], world.edge_start[place + 1]):
                km = state.base_km[index(world.edge_to[edge]), leader] + world.edge_km[edge]
                if km < state.base_km[place, leader]:
                    state.base_km[place, leader] = km
                    shorter = True
    for place in range(world.n_locations):
        if not any_base or not np.isfinite(state.base_km[place, leader]):
            state.base_km[place, leader] = 0.0
