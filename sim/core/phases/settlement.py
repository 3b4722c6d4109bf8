"""Wars end at the table: stalemate, mediation, veto players; and the hand-over after a flight.

Jihadist third parties neither have a say in a settlement nor are they bound by it.
"""

from __future__ import annotations

from typing import cast

import numpy as np

from sim.core.codes import NEVER, NOBODY, Event, Kept, Purpose
from sim.core.jit import phase
from sim.core.phases.events import note_event
from sim.core.phases.forces import FRIENDLY_TIE, find_isolated, in_truce, is_hostile, today
from sim.core.phases.kept import is_kept
from sim.core.phases.sides import count_contenders, stand_down, victor
from sim.core.rng import uniform
from sim.core.rules import Rules
from sim.core.rules.contest import chance_to_prevail
from sim.core.rules.settlement import accepts, ripeness, settlement_probability
from sim.core.state import State, World, index

MOVED = 0.01  # of the people: less is no movement
# Typed, or all that takes it would be compiled once more for the literal 2.
FEWEST_PARTIES = cast("int", np.int64(2))


@phase
def begin_settlement(world: World, state: State) -> None:
    """Take the map of day 0 as one that has just moved."""
    state.settlement_day = NEVER
    state.handover_day = NEVER
    state.quiet_days = 0
    state.held_share = people_held(world, state, world.regime)
    state.share_then = state.held_share
    state.held_change = 0.0


@phase
def hand_over(world: World, rules: Rules, state: State) -> None:
    """Draw whether those whom a leader left behind hand over in order."""
    hands_over = uniform(state.key, Purpose.HANDOVER, world.contested_state, 0) < rules.settlement.handover_probability
    if hands_over and not is_kept(world, state, Kept.HANDOVER.value, NOBODY, NOBODY, NOBODY):
        state.handover_day = today(state)
        note_event(state, Event.HANDOVER.value, world.capital, world.n_states + world.regime, NOBODY, 0.0)


@phase
def settle(world: World, rules: Rules, state: State) -> None:
    """Draw whether the parties settle today."""
    if state.settlement_day != NEVER:
        return
    watch_map(world, state)
    u = uniform(state.key, Purpose.SETTLEMENT, world.contested_state, 0)
    if u >= conclusion(world, rules, state, FEWEST_PARTIES, 1.0):  # the most it could be: spares a count
        return
    count_contenders(world, state)
    n_parties = count_parties(world, rules, state)
    is_concluded = u < conclusion(world, rules, state, n_parties, losses(world, rules, state))
    agree = is_concluded and are_at_war(world, rules, state) and all_accept(world, rules, state)
    if agree and not is_kept(world, state, Kept.SETTLEMENT.value, NOBODY, NOBODY, NOBODY):
        end_war(world, state)


@phase
def watch_map(world: World, state: State) -> None:
    """Follow the share of the people that the rulers hold: the regime's side, after its collapse the victor's."""
    leader = world.regime if state.collapse_day == NEVER else victor(world, state)
    share = people_held(world, state, leader)
    change = abs(share - state.held_share)
    state.held_change += (change - state.held_change) * state.derived.held_share
    state.held_share = share
    state.quiet_days += 1
    if abs(share - state.share_then) >= MOVED:
        state.share_then = share
        state.quiet_days = 0


@phase
def people_held(world: World, state: State, leader: int) -> float:
    """Return the share of the contested state's people in places that a side holds."""
    share = 0.0
    for i in range(world.n_contested):
        place = index(world.contested[i])
        holder = state.holder[place]
        if holder != NOBODY and state.side[holder] == leader:
            share += world.population_share[place]
    return share


@phase
def conclusion(world: World, rules: Rules, state: State, n_parties: int, cost: float) -> float:
    """Return the chance that talks come to a conclusion today."""
    settlement = rules.settlement
    log_factor = ripeness(
        state.quiet_days,
        state.held_change,
        n_parties,
        state.mediation,
        cost,
        settlement.stalemate_weight,
        settlement.change_weight,
        settlement.veto_weight,
        settlement.mediation_weight,
        settlement.cost_weight,
    )
    per_day = settlement.settlement_per_day
    if in_truce(world, state, world.regime, world.challenger):
        per_day *= rules.truce.settlement
    return settlement_probability(log_factor, per_day)


@phase
def is_party(world: World, rules: Rules, state: State, leader: int) -> bool:
    """Tell whether a side has fighters in the contested state, and people or power enough to have to agree."""
    power = state.scratch.moved
    if state.side[leader] != leader or world.is_extremist[leader] == 1 or power[leader] <= 0.0:
        return False
    total = 0.0
    for other in range(world.n_factions):
        total += state.scratch.committed[other]
    least = rules.settlement.veto_share
    return power[leader] > least * total or people_held(world, state, leader) > least


@phase
def count_parties(world: World, rules: Rules, state: State) -> int:
    """Return how many sides have to agree."""
    n = 0
    for leader in range(world.n_factions):
        if is_party(world, rules, state, leader):
            n += 1
    return n


@phase
def are_at_war(world: World, rules: Rules, state: State) -> bool:
    """Tell whether two of the parties are enemies."""
    for leader in range(world.n_factions):
        for other in range(leader):
            parties = is_party(world, rules, state, leader) and is_party(world, rules, state, other)
            if parties and is_hostile(state, leader, other):
                return True
    return False


@phase
def losses(world: World, rules: Rules, state: State) -> float:
    """Return the share of the parties' fighters who were killed, wounded, or left."""
    lost = 0.0
    total = 0.0
    for faction in range(world.n_factions):
        if is_party(world, rules, state, state.side[faction]):
            lost += state.killed[faction] + state.wounded[faction] + state.deserted[faction]
            total += state.fighters_day_0[faction] + state.recruited[faction]
    return lost / total if total > 0.0 else 0.0


@phase
def all_accept(world: World, rules: Rules, state: State) -> bool:
    """Tell whether each party takes what it holds now rather than what it expects to win by fighting on."""
    contest = rules.contest
    people = 0.0
    power = 0.0
    for leader in range(world.n_factions):
        if is_party(world, rules, state, leader):
            people += people_held(world, state, leader)
            power += state.scratch.moved[leader]
    agree = people > 0.0
    for leader in range(world.n_factions):
        if agree and is_party(world, rules, state, leader):
            offer = people_held(world, state, leader) / people
            own = state.scratch.moved[leader]
            chance = chance_to_prevail(own, power - own, contest.decisiveness, contest.form, contest.difference_scale)
            agree = accepts(offer, chance, rules.settlement.war_cost)
    return agree


@phase
def end_war(world: World, state: State) -> None:
    """Freeze the fronts: all but the extremists stand down and stand by each other, and keep what they hold."""
    state.settlement_day = today(state)
    for faction in range(world.n_factions):
        if world.is_extremist[faction] == 0:
            stand_down(world, state, faction)
            state.is_active[faction] = 0
            state.is_waking[faction] = 0
            for other in range(world.n_factions):
                if world.is_extremist[other] == 0:
                    state.tie[faction, other] = max(state.tie[faction, other], FRIENDLY_TIE)
    find_isolated(world, state)
    note_event(state, Event.SETTLEMENT.value, NOBODY, NOBODY, NOBODY, 0.0)
