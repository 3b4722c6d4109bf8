"""What reaches the neighbours: pressure by channel, their guard, and the ladder of escalation."""

from __future__ import annotations

import math

from sim.core.codes import NEVER, NOBODY, Channel, Event, Level, Order, Purpose
from sim.core.jit import phase
from sim.core.phases.events import note_event
from sim.core.phases.forces import HOSTILE_TIE, LEAST_FORCE, today
from sim.core.rng import uniform
from sim.core.rules import Rules
from sim.core.rules.patronage import relaxed
from sim.core.rules.spillover import (
    MOST_PRESSURE,
    deaths_at_least,
    fall_probability,
    fill,
    hardening_day_0,
    incident_deaths,
    next_level,
    proximity,
    refugee_burden,
    rise_probability,
    wanted_guard,
)
from sim.core.state import State, World, index

N_RUNGS = len(Level)
N_CHANNELS = len(Channel)


@phase
def begin_neighbours(world: World, state: State) -> None:
    """Put every neighbour at its level of day 0."""
    state.ground_changed = 1
    for host in range(world.n_states):
        level = world.level_day_0[host]
        state.level[host] = level
        state.level_max[host] = level
        for rung in range(N_RUNGS):
            state.level_day[host, rung] = 0 if rung <= level else NEVER
        state.hardening[host] = hardening_day_0(world.capacity[host], level)
        state.pressure[host] = 0.0
        state.fled[host] = 0.0
        state.incident_deaths[host] = deaths_at_least(level)
        for channel in range(N_CHANNELS):
            state.channel[host, channel] = 0.0


@phase
def set_ladder(world: World, rules: Rules, state: State) -> None:
    """Set what does not change in a run: how near weapons adrift are to a state, and how it steps down the ladder."""
    spillover = rules.spillover
    for host in range(world.n_states):
        state.derived.n_border[host] = 0
        for i in range(world.n_contested):
            place = index(world.contested[i])
            if world.border_hops[place, host] == 1:
                state.derived.border[host, state.derived.n_border[host]] = place
                state.derived.n_border[host] += 1
            state.derived.adrift_weight[place, host] = math.exp(1.0 - world.border_hops[place, host])
        capacity = world.capacity[host]
        effect = spillover.recovery_effect
        descent = state.derived.descent[host]
        descent[Level.CALM.value] = 0.0
        descent[Level.ALERT.value] = fall_probability(spillover.alert_end_per_day, capacity, effect)
        descent[Level.INCIDENT.value] = fall_probability(spillover.incident_end_per_day, capacity, effect)
        descent[Level.VIOLENCE.value] = fall_probability(spillover.violence_end_per_day, capacity, effect)
        descent[Level.CIVIL_WAR.value] = fall_probability(spillover.civil_war_end_per_day, capacity, effect)


@phase
def spill_over(world: World, rules: Rules, state: State, actor: int) -> None:
    """Let one state feel the war today: its channels fill, it may climb or step down, and it sets its guard."""
    if world.is_neighbour[actor] == 1:
        reach_neighbour(world, rules, state, actor)


@phase
def reach_neighbour(world: World, rules: Rules, state: State, host: int) -> None:
    """Let one neighbour pass its day."""
    fill_channels(world, rules, state, host)
    add_pressure(rules, state, host)
    before = state.level[host]
    climb(world, rules, state, host)
    consider_incident(world, rules, state, host, before)
    set_guard(world, state, host)


@phase
def fill_channels(world: World, rules: Rules, state: State, host: int) -> None:
    """Measure what each channel carries, in one pass over the contested state's places; what is off carries nothing."""
    spillover = rules.spillover
    adrift = 0.0
    kin = 0.0
    for i in range(world.n_contested):
        place = index(world.contested[i])
        if state.adrift[place] > 0.0:
            adrift += state.adrift[place] * state.derived.adrift_weight[place, host]
        if state.contact[place] > kin:  # neither nearness nor kinship exceeds 1, so that cooler places need no search
            heat = state.contact[place] * proximity(world.border_hops[place, host])
            if heat > kin:
                kin = max(kin, heat * kinship_of_fighters(world, state, host, place))
    if state.ground_changed == 1:
        state.hostile_ground[host] = hostile_ground(world, state, host)
    n_border = state.derived.n_border[host]
    dispersed = 0.0
    at_the_border = 0.0
    for i in range(n_border):
        place = index(state.derived.border[host, i])
        dispersed += state.dispersed[place]
        holder = state.holder[place]
        is_threat = holder != NOBODY and world.is_jihadist[holder] == 1
        if state.contact[place] > 0.0 or (is_threat and state.attitude[host, holder] <= HOSTILE_TIE):
            at_the_border = 1.0
    state.fled[host] *= state.derived.fled_fading
    state.fled[host] += spillover.fled_share * state.border_lever[host] * dispersed
    fighters = state.fled[host] + state.crossing[host]
    smuggled = adrift * state.border_lever[host]
    channel = state.channel[host]
    channel[Channel.REFUGEES.value] = refugee_burden(state.refugees_in[host], world.state_population[host])
    channel[Channel.ARMS.value] = fill(smuggled, spillover.arms_scale * state.depots_day_0)
    channel[Channel.FIGHTERS.value] = fill(fighters, spillover.fighters_scale)
    channel[Channel.KIN.value] = kin
    channel[Channel.SANCTUARY.value] = fill(state.hostile_ground[host], float(n_border))
    channel[Channel.BORDER.value] = at_the_border
    for i in range(N_CHANNELS):
        channel[i] *= world.channel_on[i]


@phase
def kinship_of_fighters(world: World, state: State, host: int, place: int) -> float:
    """Return how close a state's people are to the closest faction that fights for a place."""
    closest = 0.0
    for faction in range(world.n_factions):
        if world.kin[host, faction] > closest and fights(world, state, faction, place):
            closest = world.kin[host, faction]
    return closest


@phase
def fights(world: World, state: State, faction: int, place: int) -> bool:
    """Tell whether a faction holds, defends or attacks a place under attack."""
    holder = state.holder[place]
    leader = state.side[faction]
    takes_part = state.order[place, leader] != Order.NONE or (holder != NOBODY and leader == state.side[holder])
    found = faction == holder or (takes_part and state.fighters[place, faction] > LEAST_FORCE)
    for edge in range(world.edge_start[place], world.edge_start[place + 1]):
        near = index(world.edge_to[edge])
        if state.task[near, faction] == place or state.pursuit[near, faction] == place:
            found = found or state.fighters[near, faction] > LEAST_FORCE
    return found


@phase
def hostile_ground(world: World, state: State, host: int) -> float:
    """Return the shares of the places next to a state, in all, that factions hostile to it control."""
    total = 0.0
    for i in range(state.derived.n_border[host]):
        place = index(state.derived.border[host, i])
        share = 0.0
        for faction in range(world.n_factions):
            if state.attitude[host, faction] <= HOSTILE_TIE:
                share += state.control[place, faction]
        total += share
    return total


@phase
def add_pressure(rules: Rules, state: State, host: int) -> None:
    """Weigh what the channels carry."""
    weight = rules.spillover.weight
    channel = state.channel[host]
    total = (
        weight[Channel.REFUGEES.value] * channel[Channel.REFUGEES.value]
        + weight[Channel.ARMS.value] * channel[Channel.ARMS.value]
        + weight[Channel.FIGHTERS.value] * channel[Channel.FIGHTERS.value]
        + weight[Channel.KIN.value] * channel[Channel.KIN.value]
        + weight[Channel.SANCTUARY.value] * channel[Channel.SANCTUARY.value]
        + weight[Channel.BORDER.value] * channel[Channel.BORDER.value]
    )
    state.pressure[host] = min(MOST_PRESSURE, total)


@phase
def climb(world: World, rules: Rules, state: State, host: int) -> None:
    """Draw whether a neighbour climbs or steps down a rung; the first time on a rung is told."""
    spillover = rules.spillover
    level = state.level[host]
    hazard = 0.0
    steepness = 0.0
    if level == Level.CALM:
        hazard = spillover.alert_per_day
        steepness = spillover.alert_pressure
    elif level == Level.ALERT:
        hazard = spillover.incident_per_day
        steepness = spillover.incident_pressure
    elif level == Level.INCIDENT:
        hazard = spillover.violence_per_day
        steepness = spillover.violence_pressure
    elif level == Level.VIOLENCE:
        hazard = spillover.civil_war_per_day
        steepness = spillover.civil_war_pressure
    rise = rise_probability(
        spillover.ladder_scale * hazard,
        steepness,
        state.pressure[host],
        state.hardening[host],
        world.capacity[host],
        spillover.guard_effect,
        spillover.capacity_effect,
    )
    fall = state.derived.descent[host, level]
    level = next_level(level, rise, fall, uniform(state.key, Purpose.LADDER, host, 0))
    state.level[host] = level
    if level > state.level_max[host]:
        state.level_max[host] = level
        state.level_day[host, level] = today(state)
        note_event(state, Event.LEVEL.value, NOBODY, host, NOBODY, float(level))


@phase
def consider_incident(world: World, rules: Rules, state: State, host: int, before: int) -> None:
    """Let people die at a neighbour's border: when it climbs to incidents or beyond, and from time to time there.

    A rung is defined by its deaths, so that the incident that lifts a neighbour to it brings them up to that number.
    """
    spillover = rules.spillover
    level = state.level[host]
    rate = spillover.incidents_at_incident
    mean = spillover.deaths_at_incident
    if level == Level.VIOLENCE:
        rate = spillover.incidents_at_violence
        mean = spillover.deaths_at_violence
    elif level == Level.CIVIL_WAR:
        rate = spillover.incidents_at_civil_war
        mean = spillover.deaths_at_civil_war
    if level >= Level.INCIDENT:
        occurs = uniform(state.key, Purpose.INCIDENT, host, 0) < 1.0 - math.exp(-rate)
        if occurs or level > before:
            deaths = incident_deaths(mean, uniform(state.key, Purpose.INCIDENT_DEATHS, host, 0))
            deaths = max(deaths, deaths_at_least(level) - state.incident_deaths[host])
            state.incident_deaths[host] += deaths
            note_event(state, Event.INCIDENT.value, place_of_incident(world, state, host), host, NOBODY, deaths)


@phase
def place_of_incident(world: World, state: State, host: int) -> int:
    """Draw where an incident happens: next to the war if the state touches it, rather where that is hot."""
    total = 0.0
    at_the_border = False
    for place in range(world.n_locations):
        if world.state_of[place] == host and world.border_hops[place, world.contested_state] == 1:
            at_the_border = True
    for place in range(world.n_locations):
        weight = 0.0
        if world.state_of[place] == host:
            if not at_the_border:
                weight = 1.0
            elif world.border_hops[place, world.contested_state] == 1:
                weight = 1.0 + danger_next_to(world, state, place)
        state.scratch.score[place] = weight
        total += weight
    left = uniform(state.key, Purpose.INCIDENT_PLACE, host, 0) * total
    found = NOBODY
    for place in range(world.n_locations):
        weight = state.scratch.score[place]
        if weight > 0.0 and left >= 0.0:
            found = place
            left -= weight
    return found


@phase
def danger_next_to(world: World, state: State, place: int) -> float:
    """Return the hottest fighting next to a place in the contested state; where jihadists hold the ground, 1."""
    danger = 0.0
    for edge in range(world.edge_start[place], world.edge_start[place + 1]):
        near = index(world.edge_to[edge])
        if world.state_of[near] == world.contested_state:
            danger = max(danger, state.contact[near])
            holder = state.holder[near]
            if holder != NOBODY and world.is_jihadist[holder] == 1:
                danger = 1.0
    return danger


@phase
def set_guard(world: World, state: State, host: int) -> None:
    """Raise a neighbour's guard while it is on alert, or to what a lever asks for; else let it slacken."""
    lever = state.hardening_lever[host]
    target = wanted_guard(state.level[host], world.capacity[host], lever)
    is_raised = lever >= 0.0 or state.level[host] > Level.CALM
    share = state.derived.guard_share if is_raised else state.derived.slack_share
    state.hardening[host] = relaxed(state.hardening[host], target, share)
