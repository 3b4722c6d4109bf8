"""Military sites: depots, airbases and prisons, who takes them, and who destroys them."""

from __future__ import annotations

from sim.core.codes import NEVER, NOBODY, Event, Kept, Purpose
from sim.core.jit import phase
from sim.core.phases.events import note_event
from sim.core.phases.forces import (
    HOSTILE_TIE,
    add_force,
    defending_fighters,
    defending_morale,
    is_hostile,
    pair,
    today,
)
from sim.core.phases.kept import is_kept
from sim.core.rng import uniform
from sim.core.rules import Rules
from sim.core.rules.capture import looted_share, scuttled_share
from sim.core.rules.installations import adrift_share, denial_probability, is_exposed, share_after_half_life
from sim.core.state import State, World, index


@phase
def begin_installations(world: World, rules: Rules, state: State) -> None:
    """Fill the depots, airbases and prisons of day 0."""
    weapons = 0.0
    for i in range(state.n_members[world.regime]):
        weapons += state.heavy_day_0[state.members[world.regime, i]]
    total = 0.0
    for place in range(world.n_locations):
        if is_regimes(world, state, place):
            total += world.depots[place]
    state.depots_day_0 = 0.0
    state.depots_captured = 0.0
    state.depots_destroyed = 0.0
    for place in range(world.n_locations):
        state.airbase[place] = world.airbases[place]
        state.prisoners[place] = world.prisoners[place]
        state.adrift[place] = 0.0
        state.depot[place] = 0.0
        if world.depots[place] > 0.0 and is_regimes(world, state, place):
            state.depot[place] = rules.installations.depot_ratio * weapons * world.depots[place] / total
            state.depots_day_0 += state.depot[place]


@phase
def is_regimes(world: World, state: State, place: int) -> bool:
    """Tell whether the regime's side holds a place."""
    holder = state.holder[place]
    return holder != NOBODY and state.side[holder] == world.regime


@phase
def take_installations(world: World, rules: Rules, state: State, place: int, winner: int) -> None:
    """Divide what a captured place held: looted, adrift, destroyed; and open its prison."""
    if state.depot[place] > 0.0:
        loot_depot(rules, state, place, winner)
    if state.prisoners[place] + state.detainees[place] > 0.0:
        open_prison(world, rules, state, place, winner)


@phase
def open_prison(world: World, rules: Rules, state: State, place: int, winner: int) -> None:
    """Let the captor free the loser's political prisoners, and extremists their own; others keep them detained."""
    joining = 0.0
    if is_hostile(state, winner, state.lost_from[place]):
        joining = rules.installations.prisoners_joining * state.prisoners[place]
        state.gone_free += state.prisoners[place] - joining
        state.prisoners[place] = 0.0
    if world.is_extremist[winner] == 1:
        if state.detainees[place] > 0.0:
            captor = world.n_states + winner
            note_event(state, Event.PRISON_BREAK.value, place, captor, NOBODY, state.detainees[place])
        joining += state.detainees[place]
        state.detainees[place] = 0.0
    state.freed[winner] += joining
    add_force(world, rules, state, place, winner, joining, rules.regime.recruit_morale, 0.0)


@phase
def loot_depot(rules: Rules, state: State, place: int, winner: int) -> None:
    """Divide a depot: what the captor can use, what the loser scuttled, what went adrift; the rest stays in store."""
    capture = rules.capture
    morale = defending_morale(state, place)
    guarded = defending_fighters(state, place) / max(state.garrison[place], 1.0)
    looted = looted_share(morale, capture.loot_base, capture.loot_melt, capture.loot_use)
    scuttled = scuttled_share(morale, looted, capture.scuttled)
    adrift = adrift_share(looted, scuttled, guarded, rules.installations.secured_share)
    stock = state.depot[place]
    state.heavy_waiting[winner] += stock * looted
    state.heavy_captured[winner] += stock * looted
    state.depots_captured += stock * looted
    state.depots_destroyed += stock * scuttled
    state.adrift[place] += stock * adrift
    state.depot[place] = stock * max(0.0, 1.0 - looted - scuttled - adrift)


@phase
def deny(world: World, rules: Rules, state: State) -> None:
    """Let outside powers destroy the depots that are about to arm whom they oppose, and weapons adrift be found."""
    left = share_after_half_life(rules.installations.adrift_half_life_days)
    for place in range(world.n_locations):
        if state.adrift[place] > 0.0:
            state.depots_destroyed += state.adrift[place] * (1.0 - left)
            state.adrift[place] *= left
    if state.collapse_day == NEVER:
        return
    for i in range(world.n_contested):
        place = index(world.contested[i])
        if state.holder[place] == NOBODY:
            continue
        since_collapse = today(state) - state.collapse_day
        since_capture = today(state) - state.captured_day[place]
        is_site = state.depot[place] > 0.0 or state.airbase[place] > 0.0
        if is_site and is_exposed(since_collapse, since_capture, rules.installations.denial_days):
            strike_site(world, rules, state, place)


@phase
def strike_site(world: World, rules: Rules, state: State, place: int) -> None:
    """Draw which powers strike one site today; whoever strikes second hits what the first has left."""
    owner = next_owner(world, state, place)
    chance = denial_probability(rules.installations.denial_per_day)
    for power in range(world.n_states):
        if state.attitude[power, owner] > HOSTILE_TIE or not can_deny(world, rules, power):
            continue
        strikes = uniform(state.key, Purpose.DENIAL, pair(place, power), 0) < chance
        if strikes and not is_kept(world, state, Kept.STRIKE.value, place, power, owner):
            destroyed = rules.installations.denial_share * state.depot[place]
            state.depot[place] -= destroyed
            state.depots_destroyed += destroyed
            state.airbase[place] *= 1.0 - rules.installations.denial_share
            note_event(state, Event.DENIAL.value, place, power, world.n_states + owner, destroyed)


@phase
def next_owner(world: World, state: State, place: int) -> int:
    """Return whom a site is about to arm: its holder, or the challenger where the fallen regime still stands."""
    if is_regimes(world, state, place) and world.challenger != NOBODY:
        return world.challenger
    return state.holder[place]


@phase
def can_deny(world: World, rules: Rules, power: int) -> bool:
    """Tell whether a state borders the contested one and has the means to strike inside it."""
    if world.capacity[power] < rules.installations.denial_capacity:
        return False
    for place in range(world.n_locations):
        if world.state_of[place] == world.contested_state and world.border_hops[place, power] == 1:
            return True
    return False
