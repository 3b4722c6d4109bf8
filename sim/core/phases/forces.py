"""Questions that several phases ask about forces, and the few ways in which people and weapons move."""

from __future__ import annotations

import numpy as np

from sim.core.codes import ENTITY_STRIDE, NEVER, NOBODY, Purpose
from sim.core.jit import phase
from sim.core.rng import normal_of_run
from sim.core.rules import Rules
from sim.core.rules.contest import terrain_multiplier
from sim.core.rules.morale import balance, resistance_margin
from sim.core.state import Numbers, State, World, index

FRIENDLY_TIE = 0.3
HOSTILE_TIE = -0.4
HOME_GROUND = 0.05
LEAST_FORCE = 0.5  # fewer than half a person is nobody


@phase
def today(state: State) -> int:
    """Return the number of the day as a signed number; mixed with unsigned ones it would become a float."""
    return np.int64(state.key.day)  # type: ignore[return-value]  # to compiled code this is an int


@phase
def pair(place: int, faction: int) -> int:
    """Return the entity number of a faction at a place."""
    return place * ENTITY_STRIDE + faction


@phase
def is_friend(state: State, faction: int, other: int) -> bool:
    """Tell whether two factions stand on the same side or stand by each other."""
    return state.side[faction] == state.side[other] or state.tie[faction, other] >= FRIENDLY_TIE


@phase
def is_hostile(state: State, faction: int, other: int) -> bool:
    """Tell whether two factions of different sides are enemies."""
    return state.side[faction] != state.side[other] and state.tie[faction, other] <= HOSTILE_TIE


@phase
def in_truce(world: World, state: State, side: int, other: int) -> bool:
    """Tell whether two sides are the main ones and keep a truce today."""
    if today(state) >= state.truce_until or state.collapse_day != NEVER:
        return False
    return (side == world.regime and other == world.challenger) or (side == world.challenger and other == world.regime)


@phase
def balance_today(world: World, state: State) -> float:
    """Return the power of the regime's side over that of all its enemies, whether they attack or not, as a log ratio.

    Extremists besides the main sides are cells, and nobody's idea of who wins the war.
    """
    enemies = 0.0
    for other in range(world.n_factions):
        if world.is_extremist[other] == 0 and is_hostile(state, other, world.regime):
            enemies += state.power[other]
    return balance(state.side_power[world.regime], enemies)


@phase
def effort(world: World, state: State, faction: int, place: int, leader: int) -> float:
    """Return the share of its strength that a faction gives to a leader: all at home or once in by its own decision."""
    if faction == leader or state.control[place, faction] > HOME_GROUND or (state.entrants >> faction) & 1 == 1:
        return 1.0
    return world.engagement[faction, leader]


@phase
def defends(state: State, faction: int, place: int, attacker: int) -> bool:
    """Tell whether a faction fights for the holder of a place against a side."""
    holder = state.holder[place]
    if state.side[faction] == state.side[holder]:
        return True
    return (
        state.tie[faction, holder] >= FRIENDLY_TIE
        and state.side[faction] != attacker
        and state.tie[faction, attacker] < FRIENDLY_TIE
    )


@phase
def may_cross(world: World, start: int, end: int, faction: int) -> bool:
    """Tell whether borders let a faction march from one place to another: only into the war, and who may enter it."""
    if world.state_of[start] == world.state_of[end]:
        return True
    return world.state_of[end] == world.contested_state and world.may_enter[faction] == 1


@phase
def station(world: World, state: State, place: int, faction: int) -> None:
    """Enter a faction among those with a force at a place this morning or since; the force may be gone by the evening.

    Whatever asks for forces looks nowhere else.
    """
    if (state.presence[place] >> faction) & 1 == 1:
        return
    state.presence[place] |= 1 << faction
    enlist(state.here[place], state.n_here[place], faction)
    state.n_here[place] += 1
    enlist(state.posts[faction], state.n_posts[faction], place)
    state.n_posts[faction] += 1
    state.reach[place] |= 1 << faction
    for edge in range(world.edge_start[place], world.edge_start[place + 1]):
        near = index(world.edge_to[edge])
        if may_cross(world, place, near, faction):
            state.reach[near] |= 1 << faction


@phase
def dismiss(state: State, place: int, faction: int) -> None:
    """Strike a faction off the lists of those with a force at a place."""
    state.presence[place] &= ~(1 << faction)
    strike_off(state.here[place], state.n_here[place], faction)
    state.n_here[place] -= 1
    strike_off(state.posts[faction], state.n_posts[faction], place)
    state.n_posts[faction] -= 1


@phase
def enlist(numbers: Numbers, n: int, number: int) -> None:
    """Insert a number into the rising ones that are the first ``n``."""
    while n > 0 and numbers[n - 1] > number:
        numbers[n] = numbers[n - 1]
        n -= 1
    numbers[n] = number


@phase
def strike_off(numbers: Numbers, n: int, number: int) -> None:
    """Remove a number from among the first ``n``."""
    kept = 0
    for i in range(n):
        if numbers[i] != number:
            numbers[kept] = numbers[i]
            kept += 1


@phase
def defending_fighters(state: State, place: int) -> float:
    """Return the fighters of the holder's side at a place."""
    total = 0.0
    holder = state.holder[place]
    if holder != NOBODY:
        leader = state.side[holder]
        for i in range(state.n_here[place]):
            faction = index(state.here[place, i])
            if state.side[faction] == leader:
                total += state.fighters[place, faction]
    return total


@phase
def defending_morale(state: State, place: int) -> float:
    """Return the mean morale of the holder's side at a place, 0 when nobody is left."""
    total = 0.0
    weighted = 0.0
    leader = state.side[state.holder[place]]
    for i in range(state.n_here[place]):
        faction = index(state.here[place, i])
        if state.side[faction] == leader:
            total += state.fighters[place, faction]
            weighted += state.fighters[place, faction] * state.morale[place, faction]
    return weighted / total if total > 0.0 else 0.0


@phase
def defence(world: World, rules: Rules, state: State, place: int, attacker: int) -> float:
    """Return the strength that a side meets when it attacks a place."""
    total = 0.0
    leader = state.side[state.holder[place]]
    for i in range(state.n_here[place]):
        faction = index(state.here[place, i])
        if state.fighters[place, faction] > 0.0 and defends(state, faction, place, attacker):
            total += state.strength[place, faction] * effort(world, state, faction, place, leader)
    return on_the_ground(world, rules, state, place, attacker, total) + state.relief[place]


@phase
def on_the_ground(world: World, rules: Rules, state: State, place: int, attacker: int, strength: float) -> float:
    """Return what the strength of a place's defenders comes to: ground and presence add to it, surprise takes."""
    contest = rules.contest
    ground = terrain_multiplier(world.terrain[place], contest.hills, contest.mountain, contest.urban)
    surprise = 0.0
    if attacker == world.challenger and state.side[state.holder[place]] == world.regime:
        surprise = state.surprise
    return contest.defender_presence * strength * ground / (1.0 + surprise)


@phase
def latent_opposition(world: World, state: State, place: int, faction: int) -> float:
    """Return the share of a place that the enemies of a faction control."""
    share = 0.0
    for other in range(world.n_factions):
        if state.control[place, other] > 0.0 and is_hostile(state, faction, other):
            share += state.control[place, other]
    return share


@phase
def set_margin(world: World, rules: Rules, state: State, place: int, faction: int) -> None:
    """Set the resistance margin of a garrison from its codes, its ground, and its true resolve."""
    deviation = normal_of_run(state.birth, Purpose.GARRISON_RESOLVE, pair(place, faction), 0)
    state.margin[place, faction] = resistance_margin(
        world.coded_morale[faction],
        latent_opposition(world, state, place, faction),
        state.side_shift[faction] + rules.morale.garrison_spread * deviation,
        rules.morale.margin_base,
        rules.morale.margin_slope,
        rules.morale.margin_latent,
    )


@phase
def has_no_friend_near(world: World, state: State, place: int, faction: int) -> bool:
    """Tell whether no neighbouring place is in friendly hands."""
    for edge in range(world.edge_start[place], world.edge_start[place + 1]):
        holder = state.holder[world.edge_to[edge]]
        if holder == NOBODY or is_friend(state, faction, holder):
            return False
    return True


@phase
def find_isolated(world: World, state: State) -> None:
    """Mark the garrisons that have no friend next to them on the new map."""
    for place in range(world.n_locations):
        for i in range(state.n_here[place]):
            faction = index(state.here[place, i])
            if state.fighters[place, faction] > 0.0:
                alone = has_no_friend_near(world, state, place, faction)
                state.is_cut_off[place, faction] = 1 if alone else 0


@phase
def add_force(
    world: World,
    rules: Rules,
    state: State,
    place: int,
    faction: int,
    people: float,
    morale: float,
    shock: float,
) -> None:
    """Add people to a force; morale and memory mix by heads."""
    before = state.fighters[place, faction]
    total = before + people
    if total <= 0.0:
        return
    if before <= 0.0:
        station(world, state, place, faction)
        state.dissolving[place] &= ~(1 << faction)
        set_margin(world, rules, state, place, faction)
        state.is_cut_off[place, faction] = 1 if has_no_friend_near(world, state, place, faction) else 0
    state.morale[place, faction] = (state.morale[place, faction] * before + morale * people) / total
    state.shock[place, faction] = (state.shock[place, faction] * before + shock * people) / total
    state.fighters[place, faction] = total


@phase
def move_force(world: World, rules: Rules, state: State, start: int, end: int, faction: int, people: float) -> None:
    """Move people of a faction, with their share of its heavy weapons, to another place."""
    here = state.fighters[start, faction]
    if people <= 0.0 or here <= 0.0 or start == end:
        return
    weapons = state.heavy[start, faction] * (people / here)
    state.heavy[start, faction] -= weapons
    state.heavy[end, faction] += weapons
    add_force(world, rules, state, end, faction, people, state.morale[start, faction], state.shock[start, faction])
    state.fighters[start, faction] = here - people


@phase
def disperse(
    world: World,
    rules: Rules,
    state: State,
    place: int,
    faction: int,
    people: float,
    joining: float,
    winner: int,
) -> None:
    """Let people leave a force; a share of them joins a winner (``NOBODY``: none does)."""
    people = min(people, state.fighters[place, faction])
    turned = people * joining if winner != NOBODY else 0.0
    state.fighters[place, faction] -= people
    state.deserted[faction] += people - turned
    state.dispersed[place] += people - turned
    if turned > 0.0:
        state.joined[faction] -= turned
        state.joined[winner] += turned
        add_force(world, rules, state, place, winner, turned, state.morale[place, winner], 0.0)
