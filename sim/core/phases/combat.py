"""Contests of the day: odds, and the progress of fronts."""

from __future__ import annotations

from sim.core.codes import NEVER, NOBODY, Order, Purpose
from sim.core.jit import phase
from sim.core.phases.forces import defence, defending_fighters, pair, today
from sim.core.phases.orders import committed_share, enclave_km, is_melted_place, strength_sent
from sim.core.rng import normal
from sim.core.rules import Rules
from sim.core.rules.advance import front_after, opposed_days, pursuit_days, siege_factor
from sim.core.rules.contest import NO_DEFENCE, log_odds_to_prevail, logistic
from sim.core.state import State, World, index


@phase
def fight(world: World, rules: Rules, state: State) -> None:
    """Fight out every order of the day, place by place; one contest for each side and target."""
    for place in range(world.n_locations):
        state.contact[place] = 0.0
        if state.holder[place] == NOBODY or state.pressed[place] == 0:
            continue
        first = True
        melted = False
        people = 0.0
        for leader in range(world.n_factions):
            if (state.pressed[place] >> leader) & 1 == 0:
                continue
            if state.order[place, leader] != Order.NONE:
                if first:  # read before anybody is lost here, so that the order of sides cannot matter
                    melted = is_melted_place(rules, state, place)
                    people = defending_fighters(state, place)
                    first = False
                engage(world, rules, state, place, leader, melted, people)
            elif state.front[place, leader] > 0.0:
                state.front[place, leader] = front_after(state.front[place, leader], 0.0, rules.advance.decay_per_day)
            else:
                state.pressed[place] &= ~(1 << leader)


@phase
def engage(world: World, rules: Rules, state: State, place: int, leader: int, melted: bool, people: float) -> None:
    """Carry out one side's order against one place."""
    contest = rules.contest
    strength, km, road = sent_strength(world, rules, state, place, leader)
    if strength <= 0.0:
        return
    against = defence(world, rules, state, place, leader)
    noise = contest.noise * normal(state.key, Purpose.ENGAGEMENT, pair(place, leader), 0)
    odds = logistic(
        noise + log_odds_to_prevail(strength, against, contest.decisiveness, contest.form, contest.difference_scale)
    )
    if against <= NO_DEFENCE:
        odds = 1.0
    state.contact[place] = max(state.contact[place], odds)
    state.attacked_day[state.side[state.holder[place]]] = today(state)
    if state.first_attacked[place] == NEVER:
        state.first_attacked[place] = today(state)
    if state.side[state.holder[place]] == world.regime and state.first_attack_day == NEVER:
        state.first_attack_day = today(state)
    days = days_needed(world, rules, state, place, leader, km, road, odds, melted, people)
    state.front[place, leader] = front_after(state.front[place, leader], days, 0.0)


@phase
def days_needed(
    world: World,
    rules: Rules,
    state: State,
    place: int,
    leader: int,
    km: float,
    road: float,
    odds: float,
    melted: bool,
    people: float,
) -> float:
    """Return the days until the seat falls at today's pace."""
    advance = rules.advance
    firm = state.morale[place, state.holder[place]]
    pace = road + (1.0 - road) * advance.no_road_factor
    if melted or people <= 0.0:
        return max(pursuit_days(km, advance.road_km_per_day * pace), 0.5)
    return max(
        opposed_days(
            km,
            odds,
            world.population_share[place],
            advance.opposed_km_per_day * pace,
            advance.seat_days * siege_factor(firm, state.equipment[leader], state.air[leader], advance.siege),
            state.tempo,
        ),
        0.5,
    )


@phase
def sent_strength(world: World, rules: Rules, state: State, target: int, leader: int) -> tuple[float, float, float]:
    """Return the strength that a side sent to a target, its mean distance in km, and its share on trunk roads."""
    strength = 0.0
    km = 0.0
    road = 0.0
    for i in range(state.n_here[target]):
        faction = index(state.here[target, i])
        if state.side[faction] != leader:
            continue
        part = part_sent(world, rules, state, target, target, faction)
        strength += part
        km += part * enclave_km(world, rules, state, target, faction)
        road += part
    for edge in range(world.edge_start[target], world.edge_start[target + 1]):
        origin = index(world.edge_to[edge])
        if not state.presence[origin] & state.side_mask[leader]:
            continue
        for i in range(state.n_here[origin]):
            faction = index(state.here[origin, i])
            if state.side[faction] != leader:
                continue
            part = part_sent(world, rules, state, origin, target, faction)
            strength += part
            km += part * world.edge_km[edge]
            road += part * world.edge_road[edge]
    if strength <= 0.0:
        return 0.0, 0.0, 1.0
    return strength, km / strength, road / strength


@phase
def part_sent(world: World, rules: Rules, state: State, origin: int, target: int, faction: int) -> float:
    """Return the strength that one force sent to a target."""
    share = committed_share(world, rules, state, origin, target, faction)
    if share <= 0.0:
        return 0.0
    return strength_sent(world, rules, state, origin, faction, share)
