"""Who stands with whom: the members of each side, kept in step when a faction changes sides; who is in the war."""

from __future__ import annotations

from sim.core.codes import NEVER, NOBODY, Order
from sim.core.jit import phase
from sim.core.phases.forces import HOSTILE_TIE, defending_fighters
from sim.core.rules import Rules
from sim.core.state import State, World, index


@phase
def begin_sides(world: World, state: State) -> None:
    """Put every faction on its side of day 0, with its ties of day 0."""
    for faction in range(world.n_factions):
        state.side[faction] = world.side[faction]
        for other in range(world.n_factions):
            state.tie[faction, other] = world.tie[faction, other]
        for actor in range(world.n_states):
            state.attitude[actor, faction] = world.attitude[actor, faction]
    count_members(world, state)


@phase
def count_members(world: World, state: State) -> None:
    """List the members of each side by its leader."""
    for leader in range(world.n_factions):
        state.side_mask[leader] = 0
        state.n_members[leader] = 0
        for faction in range(world.n_factions):
            if state.side[faction] == leader:
                state.members[leader, state.n_members[leader]] = faction
                state.n_members[leader] += 1
                state.side_mask[leader] |= 1 << faction


@phase
def change_side(world: World, state: State, faction: int, leader: int) -> None:
    """Let a faction join the side of a leader, or stand alone as its own; what it was doing for its old side ends."""
    old = state.side[faction]
    for place in range(world.n_locations):
        state.scratch.score[place] = defending_fighters(state, place)
    for other in range(world.n_factions):
        follows = old == faction and state.side[other] == faction  # whom it led, it leads to the new side
        if other == faction or follows:
            stand_down(world, state, other)
            state.side[other] = leader
    count_members(world, state)
    for place in range(world.n_locations):  # a garrison that has half melted is no less so under another flag
        before = state.scratch.score[place]
        if before > 0.0:
            state.garrison[place] *= defending_fighters(state, place) / before
    state.sides_changed = 1


@phase
def stand_down(world: World, state: State, faction: int) -> None:
    """Take a faction's forces off whatever they were sent to do; if it leads a side, its orders and fronts end."""
    state.n_orders[faction] = 0
    for place in range(world.n_locations):
        state.task[place, faction] = NOBODY
        state.pursuit[place, faction] = NOBODY
        state.order[place, faction] = Order.NONE.value
        state.front[place, faction] = 0.0


@phase
def victor(world: World, state: State) -> int:
    """Return the leader of the side that holds the capital after a collapse, nobody while the remnants still do."""
    holder = state.holder[world.capital]
    if state.collapse_day == NEVER or holder == NOBODY or state.side[holder] == world.regime:
        return NOBODY
    return state.side[holder]


@phase
def competes(world: World, state: State, faction: int) -> bool:
    """Tell whether a faction competes for power: an enemy of the regime; after a collapse every native one.

    Extremists besides the main sides are no partners whom anybody could fall out with.
    """
    if state.side[faction] == world.regime or world.is_extremist[faction] == 1:
        return False
    is_enemy = world.side[faction] == world.challenger or world.tie[faction, world.regime] <= HOSTILE_TIE
    return is_enemy or (state.collapse_day != NEVER and world.is_native[faction] == 1)


@phase
def is_cell(world: World, rules: Rules, state: State, faction: int) -> bool:
    """Tell whether extremists besides the main sides are too few for an army: they hide, and hold nothing."""
    return world.is_extremist[faction] == 1 and fighters_inside(world, state, faction) < rules.extremists.army_size


@phase
def fighters_inside(world: World, state: State, faction: int) -> float:
    """Return the fighters of a faction in the contested state."""
    total = 0.0
    for i in range(state.n_posts[faction]):
        place = index(state.posts[faction, i])
        if world.state_of[place] == world.contested_state:
            total += state.fighters[place, faction]
    return total


@phase
def count_contenders(world: World, state: State) -> None:
    """Count the power of the forces that stand in the contested state, whoever they are for.

    It goes to the scratch space: of factions to ``committed``, of sides by leader to ``moved``. A force counts by
    fighters, quality and morale.
    """
    power = state.scratch.committed
    side_power = state.scratch.moved
    for faction in range(world.n_factions):
        power[faction] = 0.0
        side_power[faction] = 0.0
    for i in range(world.n_contested):
        place = index(world.contested[i])
        for rank in range(state.n_here[place]):
            faction = index(state.here[place, rank])
            people = state.fighters[place, faction]
            if people > 0.0:
                power[faction] += people * (0.5 + world.quality[faction]) * state.morale[place, faction]
    for faction in range(world.n_factions):
        side_power[state.side[faction]] += power[faction]
