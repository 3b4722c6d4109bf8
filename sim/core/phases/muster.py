"""Count every force: its strength today, and the power, morale and means of each side."""

from __future__ import annotations

from sim.core.codes import NOBODY
from sim.core.jit import phase
from sim.core.phases.forces import defending_fighters, dismiss, is_hostile
from sim.core.rules import Rules
from sim.core.rules.advance import is_melted
from sim.core.rules.capture import air_force
from sim.core.rules.contest import equipment_factor, morale_factor
from sim.core.state import State, World, index


@phase
def muster(world: World, rules: Rules, state: State) -> None:
    """Refresh all quantities that follow from where forces stand and how they feel."""
    clear_sides(world, state)
    any_gone = False
    for faction in range(world.n_factions):
        if count_faction(world, rules, state, faction):
            any_gone = True
    if any_gone:
        find_reach(world, state)
    count_sides(world, state)
    count_means(world, rules, state)
    count_enemies(world, state)
    for faction in range(world.n_factions):
        set_strengths(rules, state, faction)
    count_abandoned(world, rules, state)


@phase
def clear_sides(world: World, state: State) -> None:
    """Begin the sums over sides."""
    for leader in range(world.n_factions):
        state.side_power[leader] = 0.0
        state.side_fighters[leader] = 0.0
        state.side_morale[leader] = 0.0
        state.equipment[leader] = 0.0
        state.scratch.committed[leader] = 0.0


@phase
def count_faction(world: World, rules: Rules, state: State, faction: int) -> bool:
    """Add the forces of a faction in the theatre to its side; tell whether any of its forces is gone."""
    any_gone = False
    people = 0.0
    power = 0.0
    morale = 0.0
    heavy = 0.0
    quality = state.side_factor[faction] * (0.5 + world.quality[faction])
    i = 0
    while i < state.n_posts[faction]:
        place = index(state.posts[faction, i])
        here = state.fighters[place, faction]
        if here <= 0.0:
            state.strength[place, faction] = 0.0
            dismiss(state, place, faction)
            any_gone = True
            continue
        i += 1
        mood = state.morale[place, faction]
        vigour = morale_factor(mood, rules.contest.morale_exponent)
        if world.in_theatre[place, faction] == 0:
            vigour = 0.0  # stays at home: no part of anybody's war
        else:
            people += here
            power += here * vigour
            morale += here * mood
            heavy += state.heavy[place, faction]
        state.vigour[place, faction] = vigour
    leader = state.side[faction]
    state.power[faction] = quality * power
    state.side_power[leader] += quality * power
    state.side_fighters[leader] += people
    state.side_morale[leader] += quality * morale
    state.equipment[leader] += heavy
    state.scratch.committed[leader] += quality * people
    return any_gone


@phase
def count_sides(world: World, state: State) -> None:
    """Set the mean morale of each side, by strength, and its heavy weapons per fighter."""
    for leader in range(world.n_factions):
        if state.side_fighters[leader] > 0.0:
            state.side_morale[leader] /= state.scratch.committed[leader]
            state.equipment[leader] /= state.side_fighters[leader]


@phase
def count_means(world: World, rules: Rules, state: State) -> None:
    """Set each side's air force: what its heavy weapons imply on the airbases that it holds, or what outsiders lend."""
    bases = state.scratch.committed
    held = state.scratch.moved
    for leader in range(world.n_factions):
        bases[leader] = 0.0
        held[leader] = 0.0
    for i in range(state.derived.n_with_airbase):
        place = index(state.derived.with_airbase[i])
        leader = state.side[world.seat_holder[place]]
        bases[leader] += world.airbases[place]
        holder = state.holder[place]
        if holder != NOBODY and state.side[holder] == leader:
            held[leader] += state.airbase[place]
    for leader in range(world.n_factions):
        state.air[leader] = 0.0
        if bases[leader] > 0.0:
            force = air_force(world.heavy_weapons[leader], rules.capture.air_threshold)
            state.air[leader] = force * held[leader] / bases[leader]
        state.air[leader] = max(state.air[leader], state.air_lent[leader])


@phase
def count_enemies(world: World, state: State) -> None:
    """Sum the power of each faction's enemies, as far as one of the two takes part in the war."""
    for faction in range(world.n_factions):
        state.enemy_power[faction] = 0.0
    for enemy in range(world.n_factions):
        power = state.power[enemy]
        if power > 0.0:
            is_active = state.is_active[enemy]
            for faction in range(world.n_factions):
                at_war = (is_active | state.is_active[faction]) != 0
                state.enemy_power[faction] += power if at_war & is_hostile(state, enemy, faction) else 0.0


@phase
def set_strengths(rules: Rules, state: State, faction: int) -> None:
    """Set the effective strength of every force of a faction."""
    contest = rules.contest
    leader = state.side[faction]
    means = (
        state.unit_strength[faction]
        * (1.0 + contest.air_weight * state.air[leader])
        * equipment_factor(state.equipment[leader], contest.equipment_weight)
        * (1.0 + contest.support_weight * state.direct_help[faction])
    )
    for i in range(state.n_posts[faction]):
        place = index(state.posts[faction, i])
        state.strength[place, faction] = state.fighters[place, faction] * means * state.vigour[place, faction]


@phase
def count_abandoned(world: World, rules: Rules, state: State) -> None:
    """Count the places whose garrison is gone."""
    state.n_abandoned = 0
    for place in range(world.n_locations):
        state.abandoned[place] = 0
        if state.holder[place] != NOBODY and is_abandoned(rules, state, place):
            state.abandoned[place] = 1
            state.given_up[state.n_abandoned] = place
            state.n_abandoned += 1


@phase
def find_reach(world: World, state: State) -> None:
    """See which factions could march to a place: they stand in it, or next to it with no border that keeps them out."""
    for place in range(world.n_locations):
        able = state.presence[place]
        for edge in range(world.edge_start[place], world.edge_start[place + 1]):
            near = index(world.edge_to[edge])
            if world.state_of[near] == world.state_of[place]:
                able |= state.presence[near]
            elif world.state_of[place] == world.contested_state:
                able |= state.presence[near] & state.derived.entrants
        state.reach[place] = able


@phase
def is_abandoned(rules: Rules, state: State, place: int) -> bool:
    """Tell whether the holder of a place has next to nobody left there."""
    garrison = max(state.garrison[place], 1.0)
    melt_share = rules.advance.melt_share
    if not is_melted(1.0, state.fighters[place, state.holder[place]], garrison, 0.0, melt_share):
        return False  # the holder's own force is enough; whoever stands by it need not be counted
    return is_melted(1.0, defending_fighters(state, place), garrison, 0.0, melt_share)
