"""What a war costs those who fight it: a number for all, divided over pairs of enemies, places and forces."""

from __future__ import annotations

from sim.core.codes import NEVER, NOBODY, Purpose
from sim.core.jit import phase
from sim.core.phases.forces import HOSTILE_TIE, in_truce
from sim.core.rng import noise_around_one, uniform
from sim.core.rules import Rules
from sim.core.rules.attrition import (
    at_each_other,
    contact_factor,
    firepower_factor,
    share_suffered,
    toll_of_a_day,
    toll_weight,
)
from sim.core.rules.contest import MORALE_FLOOR
from sim.core.state import State, World, index

EVEN = 0.5  # share of the dead of two sides that are equally good


@phase
def wear_down(world: World, rules: Rules, state: State) -> None:
    """Draw how many fighters the war kills today, fronts moving or not, and take them out of the forces."""
    state.combatants_killed_today = 0.0
    for place in range(world.n_locations):
        state.killed_in_war[place] = 0.0
    fighters = 0.0
    n_pairs = find_enemies(world, state)
    if n_pairs > 0:
        count_fighters(world, rules, state)
        fighters = divide_toll(world, rules, state, n_pairs)
    if fighters > 0.0:
        mean = rules.attrition.rate * state.kill_factor * fighters
        host = world.contested_state
        noise = noise_around_one(state.key, Purpose.ATTRITION, host, 0)
        killed = toll_of_a_day(mean, noise, uniform(state.key, Purpose.KILLED, host, 0))
        if killed > 0.0:
            bury(world, rules, state, killed / fighters)


@phase
def is_at_war(world: World, state: State, leader: int, other: int) -> bool:
    """Tell whether two hostile sides fight: one of them takes part in attacks, or one is the regime's since any."""
    if world.regime in (leader, other):
        begun = state.first_attack_day != NEVER
        return begun or (world.challenger != NOBODY and state.is_active[world.challenger] == 1)
    return (state.is_active[leader] | state.is_active[other]) != 0


@phase
def find_enemies(world: World, state: State) -> int:
    """Set with whom each side is at war, by leader as bits of factions; list the pairs and return how many they are.

    Extremists in hiding hold no front: attacks and strikes tell what they and others lose by them.
    """
    scratch = state.scratch
    n_pairs = 0
    for leader in range(world.n_factions):
        scratch.enemies[leader] = 0
        if state.side_fighters[leader] <= 0.0 or world.is_extremist[leader] == 1:
            continue
        scratch.heads[leader] = 0.0
        scratch.touched[leader] = 0.0
        scratch.weights[leader] = 0.0
        scratch.against[leader] = 0.0
        scratch.due[leader] = 0.0
        for other in range(leader):
            is_enemy = state.tie[leader, other] <= HOSTILE_TIE and state.side_fighters[other] > 0.0
            is_enemy = is_enemy and world.is_extremist[other] == 0
            if is_enemy and is_at_war(world, state, leader, other):
                scratch.enemies[leader] |= state.side_mask[other]
                scratch.enemies[other] |= state.side_mask[leader]
                scratch.pair_one[n_pairs] = leader
                scratch.pair_other[n_pairs] = other
                n_pairs += 1
    return n_pairs


@phase
def weight_of(world: World, rules: Rules, state: State, place: int, faction: int, enemies: int) -> float:
    """Return the weight of a force in the toll of its side, less than 0 for one that has no part in the war.

    Part in it has who stands in the contested state, or may enter it.
    """
    if world.state_of[place] != world.contested_state and world.may_enter[faction] == 0:
        return -1.0
    is_in_assault = state.contact[place] > 0.0 or state.task[place, faction] != NOBODY
    is_touched = (state.reach[place] & enemies) != 0
    return toll_weight(state.fighters[place, faction], is_touched, is_in_assault, rules.attrition.assault_gain)


@phase
def count_fighters(world: World, rules: Rules, state: State) -> None:
    """Count the fighters of each side in the war, those whom an enemy touches, and the weights of its forces."""
    scratch = state.scratch
    for faction in range(world.n_factions):
        leader = state.side[faction]
        enemies = scratch.enemies[leader]
        if enemies == 0:
            continue
        for i in range(state.n_posts[faction]):
            place = index(state.posts[faction, i])
            weight = weight_of(world, rules, state, place, faction, enemies)
            scratch.weight[place, faction] = weight
            if weight >= 0.0:
                people = state.fighters[place, faction]
                scratch.heads[leader] += people
                scratch.weights[leader] += weight
                if weight > 0.0:
                    scratch.touched[leader] += people


@phase
def divide_toll(world: World, rules: Rules, state: State, n_pairs: int) -> float:
    """Set how much of the war each side bears, from all its enemies; return the sum, in fighters at the common rate."""
    scratch = state.scratch
    for i in range(n_pairs):
        one, other = index(scratch.pair_one[i]), index(scratch.pair_other[i])
        scratch.against[one] += scratch.heads[other]
        scratch.against[other] += scratch.heads[one]
    for i in range(n_pairs):
        set_against(world, rules, state, index(scratch.pair_one[i]), index(scratch.pair_other[i]))
    total = 0.0
    for leader in range(world.n_factions):
        if scratch.enemies[leader] != 0 and scratch.due[leader] > 0.0:
            share = scratch.touched[leader] / scratch.heads[leader]
            scratch.due[leader] *= contact_factor(share, rules.attrition.contact_weight)
            total += scratch.due[leader]
    return total


@phase
def set_against(world: World, rules: Rules, state: State, one: int, other: int) -> None:
    """Add what two sides bear of the war against each other."""
    attrition = rules.attrition
    scratch = state.scratch
    own, others = scratch.heads[one], scratch.heads[other]
    if own <= 0.0 or others <= 0.0:
        return
    fighters = at_each_other(own, scratch.against[one], others, scratch.against[other], attrition.most_per_enemy)
    if attrition.firepower > 0.0:
        fire = 0.25 * (firepower(state, one) + firepower(state, other))
        fighters *= firepower_factor(fire, attrition.firepower)
    if state.collapse_day != NEVER and world.regime in (one, other):
        fighters *= attrition.after_collapse
    if in_truce(world, state, one, other):
        fighters *= rules.truce.attrition
    share = EVEN
    if attrition.effectiveness > 0.0:
        quality = mean_quality(state, one) / mean_quality(state, other)
        share = share_suffered(quality, attrition.effectiveness)
    scratch.due[one] += share * fighters
    scratch.due[other] += (1.0 - share) * fighters


@phase
def firepower(state: State, leader: int) -> float:
    """Return the heavy weapons per fighter and the air force of a side, each at most 1, together."""
    return min(1.0, state.equipment[leader]) + min(1.0, state.air[leader])


@phase
def mean_quality(state: State, leader: int) -> float:
    """Return quality by morale of a mean fighter of a side."""
    return max(state.side_power[leader] / state.side_fighters[leader], MORALE_FLOOR)


@phase
def bury(world: World, rules: Rules, state: State, scale: float) -> None:
    """Take the dead of the day, and who else is lost with them, out of the forces, ``scale`` for each fighter borne."""
    scratch = state.scratch
    for faction in range(world.n_factions):
        leader = state.side[faction]
        if scratch.enemies[leader] != 0 and scratch.due[leader] > 0.0:
            is_touched = scratch.weights[leader] > 0.0
            counted = scratch.weights[leader] if is_touched else scratch.heads[leader]
            dead = dead_of(rules, state, faction, scale * scratch.due[leader] / counted, is_touched)
            state.killed[faction] += dead
            state.wounded[faction] += rules.attrition.lost_with_each_death * dead
            state.combatants_killed_today += dead
    for place in range(world.n_locations):
        state.combatants_killed[place] += state.killed_in_war[place]


@phase
def dead_of(rules: Rules, state: State, faction: int, rate: float, is_touched: bool) -> float:
    """Take the dead of a faction out of its forces by their weights; return how many they are.

    A side that nobody touches anywhere loses by numbers: raids and strikes from the air. Who attacks another place dies
    there.
    """
    total = 0.0
    each = 1.0 + rules.attrition.lost_with_each_death
    for i in range(state.n_posts[faction]):
        place = index(state.posts[faction, i])
        weight = state.scratch.weight[place, faction]
        people = state.fighters[place, faction]
        if weight < 0.0 or people <= 0.0:
            continue
        dead = min(rate * (weight if is_touched else people), people / each)
        state.fighters[place, faction] = max(0.0, people - each * dead)
        goal = state.task[place, faction]
        state.killed_in_war[place if goal == NOBODY else goal] += dead
        total += dead
    return total
