"""Who takes what nobody defends any more: heirs by strength, closeness and ties; and friends who give way."""

from __future__ import annotations

from sim.core.codes import NEVER, NOBODY, Purpose
from sim.core.jit import phase
from sim.core.phases.forces import LEAST_FORCE, is_friend, may_cross, move_force
from sim.core.phases.orders import committed_share, is_melted_place
from sim.core.phases.sides import competes, is_cell
from sim.core.rng import uniform
from sim.core.rules import Rules
from sim.core.rules.capture import claim, garrison_needed, hand_over_probability, welcomed_claim
from sim.core.rules.orders import mobile_share
from sim.core.state import State, World, index

NEAR_HOPS = 3  # assumption: from here a force can come to a place that nobody defends
LARGE_PLACE = 0.05  # assumption: of the people
FAR = 1e9  # km


@phase
def successor(world: World, rules: Rules, state: State, place: int, faction: int) -> int:
    """Return the side that gains when a garrison of a faction makes a deal or goes home."""
    if rules.capture.heir_km > 0.0:
        return heir(world, rules, state, place, faction)
    return beneficiary_of_deal(world, rules, state, place, faction)


@phase
def beneficiary_of_deal(world: World, rules: Rules, state: State, place: int, faction: int) -> int:
    """Return the side that gains from a deal: whoever presses hardest or holds most of the place besides.

    It need not be an enemy; garrisons hand over to whoever will be there tomorrow, but not to their own friends.
    """
    best = NOBODY
    most = 0.0
    for leader in range(world.n_factions):
        if may_inherit(world, rules, state, leader, faction):
            weight = state.front[place, leader] + local_weight(state, place, leader)
            if weight > most:
                best = leader
                most = weight
    return best


@phase
def may_inherit(world: World, rules: Rules, state: State, leader: int, faction: int) -> bool:
    """Tell whether a side could take over from a faction: it leads itself, is no friend of theirs, and no cell."""
    leads = state.side[leader] == leader and not is_friend(state, faction, leader)
    return leads and not is_cell(world, rules, state, leader)


@phase
def local_weight(state: State, place: int, leader: int) -> float:
    """Return a side's share of control in a place where it has people."""
    share = 0.0
    for i in range(state.n_members[leader]):
        faction = index(state.members[leader, i])
        if state.fighters[place, faction] > LEAST_FORCE:
            share += state.control[place, faction]
    return share


@phase
def is_ownerless(world: World, rules: Rules, state: State, place: int) -> bool:
    """Tell whether a place waits for an heir: held by mere cells, or after a collapse by nobody who defends it.

    The fallen regime's defence counts for nothing once it has melted, that of others once nobody is left.
    """
    if rules.capture.heir_km <= 0.0 or world.state_of[place] != world.contested_state:
        return False
    holder = state.holder[place]
    if state.collapse_day != NEVER:
        is_regimes = state.side[holder] == world.regime
        if state.abandoned[place] == 1 or (is_regimes and is_melted_place(rules, state, place)):
            return True
    return is_cell(world, rules, state, holder)


@phase
def heir(world: World, rules: Rules, state: State, place: int, faction: int) -> int:
    """Return the side with the best claim to a place that a faction no longer defends, nobody without the fighters.

    While the regime stands, only those who press the place or have people and a share of it come into question. After
    its collapse whoever else holds the place goes on to administer it as long as his own claim is the best.
    """
    measure_ways(world, state, place)
    best = NOBODY
    most = 0.0
    owner = state.side[state.holder[place]]
    if state.collapse_day != NEVER and owner != world.regime and not is_cell(world, rules, state, owner):
        most = claim_to(world, rules, state, place, owner)
    for leader in range(world.n_factions):
        if may_inherit(world, rules, state, leader, faction) and is_at_hand(world, state, place, leader):
            weight = claim_to(world, rules, state, place, leader)
            if weight > most:
                best = leader
                most = weight
    return best


@phase
def is_at_hand(world: World, state: State, place: int, leader: int) -> bool:
    """Tell whether a side comes into question as an heir to a place."""
    if not rules_somebody(world, state, leader):
        return False
    return state.collapse_day != NEVER or state.front[place, leader] + local_weight(state, place, leader) > 0.0


@phase
def rules_somebody(world: World, state: State, leader: int) -> bool:
    """Tell whether a side would hold places: natives, enemies of the regime, extremists; no foreign power besides."""
    return world.is_native[leader] == 1 or world.is_extremist[leader] == 1 or competes(world, state, leader)


@phase
def claim_to(world: World, rules: Rules, state: State, place: int, leader: int) -> float:
    """Return a side's claim to a place to which ways were measured, 0 without the fighters to hold it."""
    strength = 0.0
    people = 0.0
    for i in range(state.n_members[leader]):
        faction = index(state.members[leader, i])
        for rank in range(state.n_posts[faction]):
            origin = index(state.posts[faction, rank])
            share = share_at_hand(world, rules, state, origin, place, faction)
            if share > 0.0:
                force = share * state.strength[origin, faction]
                strength += claim(force, state.scratch.ways[origin], rules.capture.heir_km)
                people += share * state.fighters[origin, faction]
    if people < needed_at(world, rules, state, place):
        return 0.0
    return welcomed_claim(strength, tie_to_place(world, state, place, leader))


@phase
def share_at_hand(world: World, rules: Rules, state: State, origin: int, place: int, faction: int) -> float:
    """Return the share of a force that could come to a place: all of one that is there."""
    if state.fighters[origin, faction] <= 0.0 or world.in_theatre[origin, faction] == 0:
        return 0.0
    if origin == place:
        return 1.0
    if world.hops[place, origin] > NEAR_HOPS or not may_cross(world, origin, place, faction):
        return 0.0
    return mobile_share(world.quality[faction], rules.orders.commitment) * (1.0 - state.restraint[faction])


@phase
def tie_to_place(world: World, state: State, place: int, leader: int) -> float:
    """Return a side's tie to those who control a place besides its holder's side, by their shares."""
    tie = 0.0
    loser = state.side[state.holder[place]]
    for faction in range(world.n_factions):
        if state.control[place, faction] > 0.0 and state.side[faction] != loser:
            tie += state.control[place, faction] * state.tie[leader, faction]
    return tie


@phase
def measure_ways(world: World, state: State, place: int) -> None:
    """Set the distance in km of each location from a place, along the edges of the map."""
    ways = state.scratch.ways
    for other in range(world.n_locations):
        ways[other] = FAR
    ways[place] = 0.0
    is_shorter = True
    while is_shorter:
        is_shorter = False
        for other in range(world.n_locations):
            if ways[other] < FAR:
                for edge in range(world.edge_start[other], world.edge_start[other + 1]):
                    near = index(world.edge_to[edge])
                    if ways[other] + world.edge_km[edge] < ways[near]:
                        ways[near] = ways[other] + world.edge_km[edge]
                        is_shorter = True


@phase
def needed_at(world: World, rules: Rules, state: State, place: int) -> float:
    """Return the fighters whom it takes to hold a seat; while the regime stands, none: small rebels have taken many."""
    if state.collapse_day == NEVER:
        return 0.0
    return garrison_needed(world.population[place], rules.capture.garrison_per_thousand)


@phase
def can_hold(world: World, rules: Rules, state: State, place: int, leader: int) -> bool:
    """Tell whether a side would hold a seat and has the fighters for it, there or arriving; cells never have."""
    needed = needed_at(world, rules, state, place)
    if is_cell(world, rules, state, leader):
        return False
    if needed <= 0.0:
        return True
    return rules_somebody(world, state, leader) and arriving(world, rules, state, place, leader) >= needed


@phase
def arriving(world: World, rules: Rules, state: State, place: int, leader: int) -> float:
    """Return the fighters of a side who are in a place or were sent there today."""
    people = 0.0
    for i in range(state.n_members[leader]):
        faction = index(state.members[leader, i])
        people += state.fighters[place, faction]
        for edge in range(world.edge_start[place], world.edge_start[place + 1]):
            origin = index(world.edge_to[edge])
            people += committed_share(world, rules, state, origin, place, faction) * state.fighters[origin, faction]
    return people


@phase
def present(state: State, place: int, leader: int) -> float:
    """Return the fighters of a side in a place."""
    people = 0.0
    for i in range(state.n_members[leader]):
        people += state.fighters[place, index(state.members[leader, i])]
    return people


@phase
def spared(world: World, rules: Rules, state: State, origin: int, faction: int) -> float:
    """Return how many fighters of a faction may leave a place: its side's own seats keep those who hold them."""
    leader = state.side[faction]
    holder = state.holder[origin]
    needed = needed_at(world, rules, state, origin)
    if needed <= 0.0 or holder == NOBODY or state.side[holder] != leader:
        return state.fighters[origin, faction]
    return max(0.0, min(state.fighters[origin, faction], present(state, origin, leader) - needed))


@phase
def bring_in(world: World, rules: Rules, state: State, place: int, winner: int) -> None:
    """Let those come to a place that its new side still lacks to hold it, from all its forces near."""
    needed = needed_at(world, rules, state, place)
    lacking = needed - present(state, place, winner)
    if lacking <= 0.0:
        return
    total = 0.0
    for origin in range(world.n_locations):
        for i in range(state.n_members[winner]):
            total += at_hand(world, rules, state, origin, place, index(state.members[winner, i]))
    if total <= 0.0:
        return
    share = min(1.0, lacking / total)
    for origin in range(world.n_locations):
        for i in range(state.n_members[winner]):
            faction = index(state.members[winner, i])
            people = share * at_hand(world, rules, state, origin, place, faction)
            state.scratch.moved[faction] += people
            move_force(world, rules, state, origin, place, faction, people)


@phase
def at_hand(world: World, rules: Rules, state: State, origin: int, place: int, faction: int) -> float:
    """Return how many fighters of a faction could come to a place from another."""
    if origin == place or state.fighters[origin, faction] <= 0.0:
        return 0.0
    people = share_at_hand(world, rules, state, origin, place, faction) * state.fighters[origin, faction]
    return min(people, spared(world, rules, state, origin, faction))


@phase
def handed_to(world: World, rules: Rules, state: State, place: int) -> int:
    """Return the victor to whom a weak friend hands a place over today, or nobody."""
    chance = hand_over_probability(rules.capture.hand_over_per_day)
    if chance <= 0.0 or state.collapse_day == NEVER or world.state_of[place] != world.contested_state:
        return NOBODY
    if place != world.capital and world.population_share[place] <= LARGE_PLACE:
        return NOBODY
    protector = find_protector(world, rules, state, place)
    if protector == NOBODY:
        return NOBODY
    return protector if uniform(state.key, Purpose.HANDING_OVER, place, 0) < chance else NOBODY


@phase
def find_protector(world: World, rules: Rules, state: State, place: int) -> int:
    """Return the side among those who fought to which the holder of a place gives way, nobody where there is none."""
    owner = state.side[state.holder[place]]
    best = NOBODY
    most = 0.0
    if competes(world, state, owner):
        for leader in range(world.n_factions):
            if gives_way(world, rules, state, owner, leader):
                if most <= 0.0:
                    measure_ways(world, state, place)
                weight = claim_to(world, rules, state, place, leader)
                if weight > most:
                    best = leader
                    most = weight
    return best


@phase
def gives_way(world: World, rules: Rules, state: State, owner: int, leader: int) -> bool:
    """Tell whether one side leaves what matters to another: a friend, in the war, and much stronger."""
    if leader == owner or state.side[leader] != leader or state.tie[owner, leader] < 0.0:
        return False
    is_weak = state.side_power[owner] < rules.alignment.weak_ratio * state.side_power[leader]
    return is_weak and state.is_active[leader] == 1 and competes(world, state, leader)
