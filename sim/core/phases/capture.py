"""Places change hands: garrisons retreat, disperse or turn, weapons are taken or scuttled, victors move in."""

from __future__ import annotations

from sim.core.codes import NEVER, NOBODY, Kept, Order, Purpose
from sim.core.jit import phase
from sim.core.phases.forces import (
    defending_fighters,
    disperse,
    find_isolated,
    is_friend,
    is_hostile,
    latent_opposition,
    move_force,
    pair,
    set_margin,
    today,
)
from sim.core.phases.installations import take_installations
from sim.core.phases.kept import is_kept
from sim.core.phases.muster import is_abandoned
from sim.core.phases.orders import committed_share
from sim.core.phases.succession import bring_in, can_hold, handed_to, heir, is_ownerless, spared, successor
from sim.core.rng import uniform
from sim.core.rules import Rules
from sim.core.rules.capture import joining_probability, looted_share, retreating_share, scuttled_share
from sim.core.rules.morale import shock_of_loss, surprise_left_in, winner_factor
from sim.core.rules.orders import rest_after_capture
from sim.core.state import State, World, index

LULL_HOPS = 2  # how near a taken seat forces rest
HALF_WON = 0.5  # a front this far takes a place whose garrison is all but gone


@phase
def capture(world: World, rules: Rules, state: State) -> None:
    """Settle the deals of the day, and hand over every place whose front has reached the seat."""
    for i in range(state.n_lost):
        state.lost_by[state.lost[i]] = NOBODY
        state.lost_to[state.lost[i]] = NOBODY
        state.yielded[state.lost[i]] = 0
    state.n_lost = 0
    for place in range(world.n_locations):
        if state.holder[place] == NOBODY:
            continue
        dissolved = settle_deals(world, rules, state, place)
        winner = winning_side(world, rules, state, place, dissolved)
        if winner == NOBODY:
            winner = handed_to(world, rules, state, place)
            state.yielded[place] = 1 if winner != NOBODY else 0
        if winner == NOBODY:
            continue
        if is_kept(world, state, Kept.FALL.value, place, NOBODY, NOBODY):
            throw_back(world, state, place)
        else:
            change_hands(world, rules, state, place, winner)
    if state.n_lost > 0:
        find_isolated(world, state)


@phase
def settle_deals(world: World, rules: Rules, state: State, place: int) -> bool:
    """Dissolve the garrisons that made a deal; tell whether the place has nobody left to defend it for that."""
    any_dissolved = False
    if state.dissolving[place] == 0:
        return any_dissolved
    for faction in range(world.n_factions):
        if (state.dissolving[place] >> faction) & 1 == 0:
            continue
        state.dissolving[place] &= ~(1 << faction)
        beneficiary = successor(world, rules, state, place, faction)
        latent = latent_opposition(world, state, place, faction)
        disperse(world, rules, state, place, faction, state.fighters[place, faction], latent, beneficiary)
        any_dissolved = any_dissolved or state.side[faction] == state.side[state.holder[place]]
    return any_dissolved and is_abandoned(rules, state, place)


@phase
def winning_side(world: World, rules: Rules, state: State, place: int, dissolved: bool) -> int:
    """Return the side that takes a place today: the one whose front is farthest, or nobody."""
    best = NOBODY
    farthest = 0.0
    if is_ownerless(world, rules, state, place):
        best = heir(world, rules, state, place, state.holder[place])
    if best == NOBODY and state.pressed[place] != 0:
        weak = defending_fighters(state, place) < rules.capture.collapse_share * state.garrison[place]
        for leader in range(world.n_factions):
            progress = state.front[place, leader]
            if state.order[place, leader] == Order.NONE or progress <= farthest:
                continue
            is_won = progress >= 1.0 or (weak and progress > HALF_WON)
            if is_won and can_hold(world, rules, state, place, leader):
                best = leader
                farthest = progress
    if best == NOBODY and dissolved:
        return successor(world, rules, state, place, state.holder[place])
    return best


@phase
def throw_back(world: World, state: State, place: int) -> None:
    """Let a place hold that would have fallen: whoever presses it has to begin again."""
    for leader in range(world.n_factions):
        state.front[place, leader] = 0.0


@phase
def change_hands(world: World, rules: Rules, state: State, place: int, winner: int) -> None:
    """Hand a place to a side."""
    loser = state.holder[place]
    state.lost_from[place] = loser
    state.lost_by[place] = state.side[loser]
    state.lost_to[place] = winner
    state.lost_shock[place] = 0.0
    if state.yielded[place] == 0:
        state.lost_shock[place] = size_of_shock(world, rules, state, place, state.side[loser], winner)
        take_weapons(world, rules, state, place, winner)
    take_installations(world, rules, state, place, winner)
    if state.yielded[place] == 0:
        drive_out(world, rules, state, place, winner)
    state.holder[place] = occupy(world, rules, state, place, winner)
    shift_control(world, rules, state, place, state.side[loser], state.holder[place])
    state.garrison[place] = defending_fighters(state, place)
    for leader in range(world.n_factions):
        state.front[place, leader] = 0.0
    state.captured_day[place] = today(state)
    state.n_captures += 1
    state.lost[state.n_lost] = place
    state.n_lost += 1
    day = today(state)
    if state.side[loser] == world.regime:
        state.was_lost[place] = 1
        if state.first_loss_day == NEVER:
            state.first_loss_day = day
        if place == world.capital and state.capital_day == NEVER:
            state.capital_day = day


@phase
def size_of_shock(world: World, rules: Rules, state: State, place: int, loser: int, winner: int) -> float:
    """Return how hard the loss of a place shakes the loser's other garrisons next to it."""
    morale = rules.morale
    size = shock_of_loss(
        world.population_share[place],
        place == world.capital,
        morale.kap,
        morale.shock_size_exponent,
        morale.shock_capital,
    )
    days = today(state) - state.first_attacked[place] if state.first_attacked[place] != NEVER else 0
    theirs = share_of_enemies(world, state, place, loser, winner)
    size *= surprise_left_in(theirs, days, morale.surprise_exponent, morale.siege_news_days)
    if loser == world.regime and winner == world.challenger:
        size *= winner_factor(state.side_power[winner], state.side_power[loser], morale.shock_winner_exponent)
    return size


@phase
def share_of_enemies(world: World, state: State, place: int, loser: int, winner: int) -> float:
    """Return the share of a place that the side which takes it, and other enemies of the loser, had on day 0."""
    share = 0.0
    for i in range(state.derived.n_rulers[place]):
        faction = index(state.derived.rulers[place, i])
        if state.side[faction] == winner or is_hostile(state, faction, loser):
            share += world.control[place, faction]
    return share


@phase
def refuge(world: World, state: State, place: int, faction: int) -> int:
    """Return the neighbouring place of the same side that is nearest the capital, or nobody."""
    best = NOBODY
    nearest = 1 << 30
    for edge in range(world.edge_start[place], world.edge_start[place + 1]):
        near = index(world.edge_to[edge])
        holder = state.holder[near]
        if holder == NOBODY or state.side[holder] != state.side[faction]:
            continue
        if world.capital_hops[near] < nearest:
            best = near
            nearest = world.capital_hops[near]
    return best


@phase
def is_beaten(state: State, place: int, faction: int, winner: int) -> bool:
    """Tell whether a faction is driven out when a place falls: the loser's side and its friends in arms."""
    if state.side[faction] == winner or state.fighters[place, faction] <= 0.0:
        return False
    if state.side[faction] == state.lost_by[place]:
        return True
    return is_friend(state, faction, state.lost_from[place]) and is_hostile(state, faction, winner)


@phase
def drive_out(world: World, rules: Rules, state: State, place: int, winner: int) -> None:
    """Let the beaten retreat in good order as far as their morale allows; the rest disperses or turns."""
    for faction in range(world.n_factions):
        if not is_beaten(state, place, faction, winner):
            continue
        goal = refuge(world, state, place, faction)
        share = retreating_share(state.morale[place, faction], rules.capture.retreat_share, goal != NOBODY)
        if goal != NOBODY:
            move_force(world, rules, state, place, goal, faction, share * state.fighters[place, faction])
        latent = latent_opposition(world, state, place, faction)
        joining = joining_probability(latent, rules.capture.joining_share, rules.morale.joining_floor)
        disperse(world, rules, state, place, faction, state.fighters[place, faction], joining, winner)


@phase
def take_weapons(world: World, rules: Rules, state: State, place: int, winner: int) -> None:
    """Divide the heavy weapons of the beaten: carried off, looted, scuttled, or left unusable."""
    capture = rules.capture
    for faction in range(world.n_factions):
        weapons = state.heavy[place, faction]
        is_loser = state.side[faction] == state.lost_by[place]
        if weapons <= 0.0 or not (is_loser or is_beaten(state, place, faction, winner)):
            continue
        morale = state.morale[place, faction] if state.fighters[place, faction] > 0.0 else 0.0
        goal = refuge(world, state, place, faction)
        carried = retreating_share(morale, capture.retreat_share, goal != NOBODY) * weapons
        left = weapons - carried
        looted = looted_share(morale, capture.loot_base, capture.loot_melt, capture.loot_use)
        scuttled = scuttled_share(morale, looted, capture.scuttled)
        state.heavy_waiting[winner] += left * looted
        state.heavy_captured[winner] += left * looted
        state.heavy_captured[faction] -= left * looted
        state.heavy_lost[faction] += left * scuttled + left * (1.0 - looted - scuttled)
        # What is carried off travels with the retreat, which moves weapons in proportion to people.
        state.heavy[place, faction] = 0.0
        if goal != NOBODY:
            state.heavy[goal, faction] += carried


@phase
def occupy(world: World, rules: Rules, state: State, place: int, winner: int) -> int:
    """Move the victors in and let them rest; return the faction that holds the place from now on."""
    for faction in range(world.n_factions):
        state.scratch.moved[faction] = 0.0
        if state.side[faction] == winner:
            state.scratch.moved[faction] = state.fighters[place, faction]
            march_in(world, rules, state, place, place, faction)
            for edge in range(world.edge_start[place], world.edge_start[place + 1]):
                march_in(world, rules, state, index(world.edge_to[edge]), place, faction)
    bring_in(world, rules, state, place, winner)
    if rules.orders.lull_days > 0.0:
        keep_quiet(world, rules, state, place, winner)
    best = winner
    most = -1.0
    for i in range(state.n_members[winner]):
        faction = index(state.members[winner, i])
        if state.scratch.moved[faction] > 0.0:
            weight = state.scratch.moved[faction] * state.unit_strength[faction]
            if weight > most:
                best = faction
                most = weight
    return best


@phase
def keep_quiet(world: World, rules: Rules, state: State, place: int, winner: int) -> None:
    """Let all forces of a side near a seat that it has taken by force rest for a while."""
    if state.order[place, winner] != Order.OPPOSED:
        return
    until = today(state) + int(rules.orders.lull_days * state.tempo) + 1
    for i in range(state.n_members[winner]):
        faction = index(state.members[winner, i])
        for j in range(state.n_posts[faction]):
            post = index(state.posts[faction, j])
            if world.hops[place, post] <= LULL_HOPS:
                state.rest_until[post, faction] = max(state.rest_until[post, faction], until)


@phase
def march_in(world: World, rules: Rules, state: State, origin: int, place: int, faction: int) -> None:
    """Move what one force sent into the captured place; those who fought an opposed operation then rest."""
    share = committed_share(world, rules, state, origin, place, faction)
    if share <= 0.0:
        return
    people = rules.capture.occupying_share * share * state.fighters[origin, faction]
    opposed = state.task[origin, faction] == place
    if origin != place:
        people = min(people, spared(world, rules, state, origin, faction))
        state.scratch.moved[faction] += people
        move_force(world, rules, state, origin, place, faction, people)
    if opposed:
        u = uniform(state.key, Purpose.PAUSE, pair(place, state.side[faction]), 0)
        pause = rest_after_capture(rules.orders.pause_days, state.tempo, u)
        until = today(state) + int(pause) + 1
        state.rest_until[origin, faction] = max(state.rest_until[origin, faction], until)
        state.rest_until[place, faction] = max(state.rest_until[place, faction], until)


@phase
def shift_control(world: World, rules: Rules, state: State, place: int, loser: int, captor: int) -> None:
    """Give the captor the loser's share of the place; every garrison there stands on other ground now."""
    state.ground_changed = 1
    for i in range(state.n_members[loser]):
        faction = index(state.members[loser, i])
        state.control[place, captor] += state.control[place, faction]
        state.control[place, faction] = 0.0
    for faction in range(world.n_factions):
        if state.fighters[place, faction] > 0.0:
            set_margin(world, rules, state, place, faction)
