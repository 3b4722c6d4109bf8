"""A side chooses what to attack and with what; it sees the map as the morning left it."""

from __future__ import annotations

from sim.core.codes import NEVER, NOBODY, Order, Purpose
from sim.core.jit import phase
from sim.core.phases.forces import (
    HOSTILE_TIE,
    defence,
    defending_fighters,
    defending_morale,
    effort,
    in_truce,
    is_friend,
    may_cross,
    on_the_ground,
    today,
)
from sim.core.phases.sides import is_cell
from sim.core.rng import uniform
from sim.core.rules import Rules
from sim.core.rules.advance import inner_distance_km, is_melted
from sim.core.rules.contest import chance_to_prevail
from sim.core.rules.orders import is_too_large, mobile_share, operations_limit, supplied, target_score, target_value
from sim.core.rules.regime import storm_probability
from sim.core.state import State, World, index

HOPELESS = 0.999  # of the least ratio of strength: clear of what is a matter of rounding
STORM_CONSIDERED = 0.8  # of the least odds: from here on the challenger thinks about the capital


@phase
def give_orders(world: World, rules: Rules, state: State, leader: int) -> None:
    """Let the leader of a side send its forces: weakest targets first, few opposed operations, free pursuit."""
    if state.side[leader] != leader:
        return
    clear_orders(world, state, leader)
    if is_cell(world, rules, state, leader):
        return
    may_attack = state.is_active[leader] == 1 and state.side_morale[leader] >= rules.orders.attack_morale
    if state.side_fighters[leader] <= 0.0 or not (may_attack or state.n_abandoned > 0):
        return
    n_targets = list_targets(world, rules, state, leader, may_attack, most_strength(world, rules, state, leader))
    if n_targets == 0:
        return
    consider_storm(world, rules, state, leader)
    limit = operations_limit(state.side_fighters[leader], rules.orders.operations, rules.orders.operations_exponent)
    opposed = 0
    while True:
        target = best_target(state, n_targets)
        if target == NOBODY:
            return
        state.scratch.score[target] = 0.0
        kind = state.scratch.kind[target]
        if kind == Order.OPPOSED and opposed >= limit:
            continue
        if send(world, rules, state, target, leader, kind) and kind == Order.OPPOSED:
            opposed += 1


@phase
def clear_orders(world: World, state: State, leader: int) -> None:
    """Forget yesterday's orders of a side."""
    if state.n_orders[leader] == 0:
        return
    state.n_orders[leader] = 0
    for place in range(world.n_locations):
        if state.order[place, leader] != Order.NONE:
            state.order[place, leader] = Order.NONE.value
            recall(state, place, leader)
            for edge in range(world.edge_start[place], world.edge_start[place + 1]):
                recall(state, index(world.edge_to[edge]), leader)


@phase
def recall(state: State, origin: int, leader: int) -> None:
    """Take a side's forces in one place off their tasks."""
    for i in range(state.n_members[leader]):
        faction = index(state.members[leader, i])
        state.task[origin, faction] = NOBODY
        state.pursuit[origin, faction] = NOBODY


@phase
def most_strength(world: World, rules: Rules, state: State, leader: int) -> float:
    """Return what a side would send if all its forces could go to one place: more than it can send anywhere."""
    total = 0.0
    for i in range(state.n_members[leader]):
        faction = index(state.members[leader, i])
        strength = 0.0
        for rank in range(state.n_posts[faction]):
            strength += state.strength[state.posts[faction, rank], faction]
        total += strength * mobile_share(world.quality[faction], rules.orders.commitment)
    return total


@phase
def list_targets(world: World, rules: Rules, state: State, leader: int, may_attack: bool, most: float) -> int:
    """List the places that a side could attack with good enough odds, and score them; return how many they are."""
    n = 0
    state.scratch.score[world.capital] = 0.0
    for i in range(world.n_locations if may_attack else state.n_abandoned):
        place = i if may_attack else index(state.given_up[i])
        if state.reach[place] & state.side_mask[leader] and is_target(world, rules, state, place, leader, may_attack):
            state.scratch.score[place] = score_of(world, rules, state, place, leader, most)
            if state.scratch.score[place] > 0.0:
                state.scratch.targets[n] = place
                n += 1
    return n


@phase
def best_target(state: State, n_targets: int) -> int:
    """Return the target with the best score, the first of equals, or nobody."""
    best = NOBODY
    score = 0.0
    for i in range(n_targets):
        place = index(state.scratch.targets[i])
        if state.scratch.score[place] > score:
            best = place
            score = state.scratch.score[place]
    return best


@phase
def is_target(world: World, rules: Rules, state: State, place: int, leader: int, may_attack: bool) -> bool:
    """Tell whether a side would go to a place in its reach: an enemy's, or one that others have abandoned."""
    holder = state.holder[place]
    if holder == NOBODY or state.side[holder] == leader or is_outgrown(rules, state, leader, state.side[holder]):
        return False
    if (
        may_attack
        and state.tie[leader, holder] <= HOSTILE_TIE
        and not in_truce(world, state, leader, state.side[holder])
    ):
        return True
    return state.abandoned[place] == 1 and not is_friend(state, leader, holder)


@phase
def is_outgrown(rules: Rules, state: State, leader: int, other: int) -> bool:
    """Tell whether another side is too large to be attacked now that no regime keeps the others together."""
    if state.collapse_day == NEVER:
        return False
    return is_too_large(state.side_power[leader], state.side_power[other], rules.orders.largest_ratio)


@phase
def can_march(world: World, state: State, origin: int, target: int, faction: int) -> bool:
    """Tell whether a force may go from one place to another: no border but into the war, no exit from an enclave."""
    if origin == target:
        return True
    holder = state.holder[origin]
    if holder != NOBODY and not is_friend(state, faction, holder):
        return False
    return may_cross(world, origin, target, faction)


@phase
def sent_share(world: World, rules: Rules, state: State, origin: int, target: int, faction: int) -> float:
    """Return the share of a force that could go to a target: more when it stands in it, fewer when it has to occupy."""
    share = mobile_share(world.quality[faction], rules.orders.commitment) * (1.0 - state.restraint[faction])
    if origin == target:
        return min(1.0, rules.orders.enclave_factor * share)
    if rules.orders.occupation > 0.0:
        return min(share, leaving_share(state, origin, faction))
    return share


@phase
def leaving_share(state: State, origin: int, faction: int) -> float:
    """Return the share of a force that need not stay in a place to occupy it: all who do not hold it."""
    holder = state.holder[origin]
    occupies = holder != NOBODY and state.side[holder] == state.side[faction]
    return state.free_share[origin] if occupies else 1.0


@phase
def spare_share(world: World, rules: Rules, state: State, origin: int, target: int, faction: int, kind: int) -> float:
    """Return the share of a force that is still free for an order of a kind, 0 when it may not go."""
    if state.fighters[origin, faction] <= 0.0 or not can_march(world, state, origin, target, faction):
        return 0.0
    if state.is_active[faction] == 0 and state.abandoned[target] == 0:
        return 0.0
    share = sent_share(world, rules, state, origin, target, faction)
    if kind == Order.OPPOSED:
        resting = state.rest_until[origin, faction] > today(state)
        pinned = origin != target and state.contact[origin] > 0.0
        return 0.0 if resting or pinned or state.task[origin, faction] != NOBODY else share
    if state.pursuit[origin, faction] != NOBODY:
        return 0.0
    return share * share_without_task(world, rules, state, origin, faction)


@phase
def share_without_task(world: World, rules: Rules, state: State, origin: int, faction: int) -> float:
    """Return how much of what a force could send to a pursuit is left when it has an opposed operation as well."""
    if state.task[origin, faction] == NOBODY:
        return 1.0
    return 1.0 - mobile_share(world.quality[faction], rules.orders.commitment)


@phase
def spare_strength(
    world: World, rules: Rules, state: State, target: int, leader: int, kind: int
) -> tuple[float, float]:
    """Return the strength that a side could send to a target, and its mean distance in km."""
    strength, km = origin_strength(world, rules, state, target, target, leader, kind, 0.0)
    for edge in range(world.edge_start[target], world.edge_start[target + 1]):
        origin = index(world.edge_to[edge])
        if state.presence[origin] & state.side_mask[leader]:
            more, more_km = origin_strength(world, rules, state, origin, target, leader, kind, world.edge_km[edge])
            strength += more
            km += more_km
    return strength, (km / strength if strength > 0.0 else 0.0)


@phase
def origin_strength(
    world: World, rules: Rules, state: State, origin: int, target: int, leader: int, kind: int, edge_km: float
) -> tuple[float, float]:
    """Return the strength that one place could send, and strength times km."""
    strength = 0.0
    km = 0.0
    for i in range(state.n_here[origin]):
        faction = index(state.here[origin, i])
        if state.side[faction] != leader:
            continue
        share = spare_share(world, rules, state, origin, target, faction, kind)
        if share > 0.0:
            part = strength_sent(world, rules, state, origin, faction, share)
            strength += part
            km += part * (edge_km if origin != target else enclave_km(world, rules, state, target, faction))
    return strength, km


@phase
def strength_sent(world: World, rules: Rules, state: State, origin: int, faction: int, share: float) -> float:
    """Return the strength of a share of a force where it is sent: less far from the bases of its side."""
    leader = state.side[faction]
    strength = share * state.strength[origin, faction] * effort(world, state, faction, origin, leader)
    if rules.orders.culmination > 0.0:
        strength *= supplied(state.base_km[origin, leader], rules.orders.culmination)
    return strength


@phase
def enclave_km(world: World, rules: Rules, state: State, place: int, faction: int) -> float:
    """Return how far a force inside a place stands from its seat."""
    return inner_distance_km(world.mean_edge_km[place], state.control[place, faction], rules.advance.inner_distance)


@phase
def order_kind(rules: Rules, state: State, place: int) -> int:
    """Return whether going to a place counts as an opposed operation; after a collapse everything does."""
    if state.collapse_day == NEVER and is_melted_place(rules, state, place):
        return Order.PURSUIT.value
    return Order.OPPOSED.value


@phase
def is_melted_place(rules: Rules, state: State, place: int) -> bool:
    """Tell whether the defence of a place has melted."""
    return is_melted(
        defending_morale(state, place),
        defending_fighters(state, place),
        max(state.garrison[place], 1.0),
        rules.advance.melt_morale,
        rules.advance.melt_share,
    )


@phase
def least_odds(world: World, rules: Rules, state: State, place: int, leader: int) -> float:
    """Return the expected chance below which a side does not attack a place; the assault on the capital needs more."""
    if place == world.capital and leader == world.challenger and state.collapse_day == NEVER:
        return rules.orders.least_odds_capital
    return rules.orders.least_odds


@phase
def is_hopeless(world: World, rules: Rules, state: State, place: int, leader: int, most: float) -> bool:
    """Tell whether a place's holder alone, without those who stand by it, is too strong for all that a side has."""
    if state.presence[place] & state.side_mask[leader]:
        most *= rules.orders.enclave_factor  # as much more is sent by a force that stands in its target
    holder = state.holder[place]
    own = state.strength[place, holder] * effort(world, state, holder, place, state.side[holder])
    against = on_the_ground(world, rules, state, place, leader, own)
    return is_too_weak(state, most, against)


@phase
def is_too_weak(state: State, strength: float, against: float) -> bool:
    """Tell whether some strength is clearly too little to attack with; what is nearly enough is for the odds to say."""
    return strength < HOPELESS * state.derived.least_ratio * against


@phase
def score_of(world: World, rules: Rules, state: State, place: int, leader: int, most: float) -> float:
    """Return how attractive a target is to a side, 0 for one that it lacks the odds to attack.

    ``most`` is what all its forces would send: a target that is too strong even for these needs no closer look.
    """
    least = least_odds(world, rules, state, place, leader)
    if place == world.capital:
        least = min(least, STORM_CONSIDERED * rules.orders.least_odds)
    if place != world.capital and is_hopeless(world, rules, state, place, leader, most):
        return 0.0
    against = defence(world, rules, state, place, leader)
    kind = order_kind(rules, state, place)
    strength, km = spare_strength(world, rules, state, place, leader, kind)
    if strength <= 0.0 or (place != world.capital and is_too_weak(state, strength, against)):
        return 0.0
    odds = chance_of(rules, strength, against)
    if odds < least:
        return 0.0
    state.scratch.kind[place] = kind
    state.scratch.odds[place] = odds
    value = target_value(
        state.derived.people_value[place],
        state.front[place, leader],
        (state.presence[place] & state.side_mask[leader]) != 0,
        world.seat_holder[place] != NOBODY and state.side[world.seat_holder[place]] == leader,
        rules.orders.progress_value,
        rules.orders.enclave_value,
        rules.orders.retaking_value,
    )
    return target_score(value, odds, km, rules.orders.weakness_exponent, rules.orders.distance_km)


@phase
def chance_of(rules: Rules, strength: float, against: float) -> float:
    """Return the chance that some strength prevails against a defence."""
    contest = rules.contest
    return chance_to_prevail(strength, against, contest.decisiveness, contest.form, contest.difference_scale)


@phase
def consider_storm(world: World, rules: Rules, state: State, leader: int) -> None:
    """Let the challenger decide whether to storm the capital, and take it off the list until then."""
    capital = world.capital
    if leader != world.challenger or state.collapse_day != NEVER or state.scratch.score[capital] <= 0.0:
        return
    if state.is_storming == 0 and state.scratch.odds[capital] >= STORM_CONSIDERED * rules.orders.least_odds:
        chance = storm_probability(rules.regime.bargain_days, state.tempo)
        if uniform(state.key, Purpose.STORM, capital, 0) < chance:
            state.is_storming = 1
    if state.is_storming == 0:
        state.scratch.score[capital] = 0.0


@phase
def send(world: World, rules: Rules, state: State, target: int, leader: int, kind: int) -> bool:
    """Give the order if the forces that are still free have good enough odds; tell whether it was given."""
    strength, _ = spare_strength(world, rules, state, target, leader, kind)
    odds = chance_of(rules, strength, defence(world, rules, state, target, leader))
    if strength <= 0.0 or odds < least_odds(world, rules, state, target, leader):
        return False
    starts_pursuit = state.front[target, leader] <= 0.0 and is_melted_place(rules, state, target)
    if starts_pursuit and strength < rules.orders.rival_ratio * strongest_rival(world, state, target, leader):
        return False
    assign(world, rules, state, target, target, leader, kind)
    for edge in range(world.edge_start[target], world.edge_start[target + 1]):
        assign(world, rules, state, index(world.edge_to[edge]), target, leader, kind)
    state.order[target, leader] = kind
    state.pressed[target] |= 1 << leader
    state.n_orders[leader] += 1
    return True


@phase
def strongest_rival(world: World, state: State, place: int, leader: int) -> float:
    """Return the strength in a place of the strongest side that is neither its holder's nor a friend of the leader."""
    strongest = 0.0
    for other in range(world.n_factions):
        if state.side[other] != other or other == leader or other == state.side[state.holder[place]]:
            continue
        if not state.presence[place] & state.side_mask[other] or is_friend(state, leader, other):
            continue
        strength = 0.0
        for i in range(state.n_members[other]):
            strength += state.strength[place, state.members[other, i]]
        strongest = max(strongest, strength)
    return strongest


@phase
def assign(world: World, rules: Rules, state: State, origin: int, target: int, leader: int, kind: int) -> None:
    """Give a side's forces in one place their task."""
    for i in range(state.n_here[origin]):
        faction = index(state.here[origin, i])
        if state.side[faction] == leader and spare_share(world, rules, state, origin, target, faction, kind) > 0.0:
            if kind == Order.OPPOSED:
                state.task[origin, faction] = target
            else:
                state.pursuit[origin, faction] = target


@phase
def committed_share(world: World, rules: Rules, state: State, origin: int, target: int, faction: int) -> float:
    """Return the share of a force that went to a target today."""
    if state.fighters[origin, faction] <= 0.0:
        return 0.0
    share = sent_share(world, rules, state, origin, target, faction)
    if state.task[origin, faction] == target:
        return share
    if state.pursuit[origin, faction] == target:
        return share * share_without_task(world, rules, state, origin, faction)
    return 0.0
