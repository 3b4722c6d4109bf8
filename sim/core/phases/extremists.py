"""Extremists grow where nobody governs, attack, are struck, and break their own out of prison."""

from __future__ import annotations

from sim.core.codes import NEVER, NOBODY, Event, Kept, Purpose
from sim.core.jit import phase
from sim.core.phases.events import note_event
from sim.core.phases.forces import add_force, defending_fighters, is_friend, is_hostile, today
from sim.core.phases.kept import is_kept
from sim.core.phases.muster import is_abandoned
from sim.core.rng import uniform
from sim.core.rules import Rules
from sim.core.rules.extremists import (
    DAYS_PER_MONTH,
    attack_count,
    attack_rate,
    break_probability,
    escaping_share,
    grievance_factor,
    guard_loss,
    joint_pressure,
    pressure_of_forces,
    strength_after,
    ungoverned_share,
)
from sim.core.state import State, World, index

PEOPLE_PER_MILLION = 1e6
STEP_DAYS = 7  # growth is slow; its step is exact for any length


@phase
def begin_extremists(world: World, state: State) -> None:
    """Count extremists and the guards of prisons on day 0."""
    state.gone_free = 0.0
    for faction in range(world.n_factions):
        state.attacks[faction] = 0.0
        state.freed[faction] = 0.0
        state.extremists_day_0[faction] = 0.0
        if world.is_extremist[faction] == 1:
            for place in range(world.n_locations):
                state.extremists_day_0[faction] += state.fighters[place, faction]
    for place in range(world.n_locations):
        state.detainees[place] = world.detainees[place]
        state.guards_day_0[place] = defending_fighters(state, place) if world.detainees[place] > 0.0 else 0.0


@phase
def guard_prisons(world: World, rules: Rules, state: State) -> None:
    """Draw which prisons break open today."""
    rise = -1.0  # counted once, before anybody escapes, and only if there is a prison
    for place in range(world.n_locations):
        if state.detainees[place] <= 0.0:
            continue
        if rise < 0.0:
            rise = extremists_over_day_0(world, state)
        holder = state.holder[place]
        lever = state.guard_lever[holder] if holder != NOBODY else 1.0
        lost = guard_loss(defending_fighters(state, place), state.guards_day_0[place], lever)
        extremists = rules.extremists
        chance = break_probability(lost, rise, extremists.break_per_day, extremists.break_guards, extremists.break_most)
        breaks = state.forced_break[place] == 1 or uniform(state.key, Purpose.PRISON_BREAK, place, 0) < chance
        if breaks and not is_kept(world, state, Kept.PRISON_BREAK.value, place, NOBODY, NOBODY):
            u = uniform(state.key, Purpose.PRISON_ESCAPE, place, 0)
            share = escaping_share(u, extremists.escape_least, extremists.escape_most)
            release(world, rules, state, place, share * state.detainees[place])


@phase
def extremists_over_day_0(world: World, state: State) -> float:
    """Return the fighters of all extremists relative to day 0, 1 in a world that had none."""
    now = 0.0
    before = 0.0
    for faction in range(world.n_factions):
        if world.is_extremist[faction] == 1:
            before += state.extremists_day_0[faction]
            for i in range(state.n_posts[faction]):
                now += state.fighters[state.posts[faction, i], faction]
    return now / before if before > 0.0 else 1.0


@phase
def release(world: World, rules: Rules, state: State, place: int, escaped: float) -> None:
    """Let the escaped join the extremists who are strongest near their prison, or go home where there are none."""
    best = NOBODY
    most = -1.0
    for faction in range(world.n_factions):
        if world.is_extremist[faction] == 1:
            near = 0.0
            for other in range(world.n_locations):
                near += state.fighters[other, faction] / (1.0 + world.hops[place, other])
            if near > most:
                best = faction
                most = near
    state.detainees[place] -= escaped
    actor = NOBODY
    if best == NOBODY:
        state.gone_free += escaped
    else:
        actor = world.n_states + best
        state.freed[best] += escaped
        add_force(world, rules, state, place, best, escaped, world.coded_morale[best], 0.0)
    note_event(state, Event.PRISON_BREAK.value, place, actor, NOBODY, escaped)


@phase
def resurge(world: World, rules: Rules, state: State, faction: int) -> None:
    """Let one extremist faction grow or shrink, and attack; its attacks abroad are part of other wars."""
    if world.is_extremist[faction] == 1:
        spread_terror(world, rules, state, faction)


@phase
def spread_terror(world: World, rules: Rules, state: State, faction: int) -> None:
    """Draw one extremist faction's attacks of the day; at the end of a step let it grow or shrink."""
    extremists = rules.extremists
    end_of_step = today(state) % STEP_DAYS == STEP_DAYS - 1
    expected = 0.0
    for i in range(state.n_posts[faction]):
        place = index(state.posts[faction, i])
        here = state.fighters[place, faction]
        if here <= 0.0:
            continue
        in_the_war = world.state_of[place] == world.contested_state
        if not (in_the_war or end_of_step):
            continue
        ungoverned = ungoverned_share(most_control(world, rules, state, place), extremists.governed_share)
        if in_the_war:
            expected += attack_rate(here, ungoverned, extremists.attacks_per_month, extremists.attack_floor)
        if end_of_step:
            grow(world, rules, state, place, faction, ungoverned)
    if expected > 0.0:
        u = uniform(state.key, Purpose.ATTACKS, faction, 0)
        spread = extremists.attack_dispersion / DAYS_PER_MONTH
        state.attacks[faction] += attack_count(expected / DAYS_PER_MONTH, spread, u)


@phase
def most_control(world: World, rules: Rules, state: State, place: int) -> float:
    """Return the largest share of a place that one faction governs; a holder whose garrison is gone governs nothing."""
    most = 0.0
    holder = state.holder[place]
    is_left_alone = holder != NOBODY and state.garrison[place] > 0.0 and is_abandoned(rules, state, place)
    for faction in range(world.n_factions):
        share = state.control[place, faction]
        if share > most and world.is_extremist[faction] == 0 and not (is_left_alone and faction == holder):
            most = share
    return most


@phase
def grow(world: World, rules: Rules, state: State, place: int, faction: int, ungoverned: float) -> None:
    """Let the fighters of one place increase or fall away over one step."""
    extremists = rules.extremists
    here = state.fighters[place, faction]
    grievance = state.grievance[place] * grievance_under_victors(world, rules, state, place)
    after = strength_after(
        here,
        extremists.growth * ungoverned * grievance,
        extremists.decline + extremists.pressure * counter_terror(world, rules, state, place, faction),
        extremists.per_million * world.population[place] / PEOPLE_PER_MILLION,
        float(STEP_DAYS),
    )
    state.fighters[place, faction] = after
    state.recruited[faction] += max(0.0, after - here)
    state.deserted[faction] += max(0.0, here - after)


@phase
def grievance_under_victors(world: World, rules: Rules, state: State, place: int) -> float:
    """Return what the regime's end has made of grievance where its victors hold the place, 1 elsewhere."""
    holder = state.holder[place]
    is_changed = state.collapse_day != NEVER and NOBODY not in (holder, world.challenger)
    if is_changed and is_friend(state, holder, world.challenger):
        since = today(state) - max(state.collapse_day, state.captured_day[place])
        return grievance_factor(since, rules.extremists.grievance_after, rules.extremists.grievance_days)
    return 1.0


@phase
def counter_terror(world: World, rules: Rules, state: State, place: int, faction: int) -> float:
    """Return the pressure on extremists at a place by hostile forces there and by powers that strike them.

    As for single strikes, a power does more the less the regime still stands in its way.
    """
    willing = 0.0
    for other in range(world.n_factions):
        # Another extremist faction may have moved today; nobody sees that before tomorrow.
        if world.is_extremist[other] == 0 and is_hostile(state, faction, other):
            willing += state.fighters[place, other] * state.morale[place, other]
    pressure = pressure_of_forces(willing, state.fighters[place, faction], rules.extremists.force_ratio)
    occasion = max(0.0, 1.0 - state.side_morale[world.regime])
    for actor in range(world.n_states + world.n_factions):
        commitment = world.strikes[actor, faction] * state.strikes_lever[actor]
        pressure = joint_pressure(pressure, min(1.0, commitment * occasion))
    return pressure
