"""What reaches the neighbours: what the war carries to them, incidents, alerts, their level, and their guard."""

from __future__ import annotations

import math

from sim.core.codes import NEVER, NOBODY, Cause, Channel, Event, Level, Order, Participation, Purpose, Stream
from sim.core.jit import phase
from sim.core.phases.events import note_event
from sim.core.phases.forces import HOSTILE_TIE, LEAST_FORCE, today
from sim.core.rng import gamma_of_run, normal_quantile, two_uniforms_of_run, uniform, uniform_of_run
from sim.core.rules import Rules
from sim.core.rules.patronage import relaxed
from sim.core.rules.spillover import (
    ALARM_FADING,
    ALARM_REACH,
    DEATHS_SCALE,
    FIRE_DAYS,
    OWN_WAR_DEATHS,
    OWN_WAR_RATE,
    PROXY,
    RETALIATION_FADING,
    VIOLENCE_DEATHS,
    alert_end_probability,
    alert_probability,
    background_rate,
    border_factor,
    caused_rate,
    deaths_at_least,
    fill,
    hardening_day_0,
    has_fire,
    incident_deaths,
    level_of,
    ordinal_of,
    own_war_hazard,
    proximity,
    refugee_burden,
    wait,
    wanted_guard,
)
from sim.core.state import EVENT_SLOTS, State, World, index

N_RUNGS = len(Level)
N_CHANNELS = len(Channel)
N_CAUSES = len(Cause)
N_STREAMS = len(Stream)
MOST_A_DAY = 64  # incidents of one clock
TOLD_BY_THEN = EVENT_SLOTS // 2
"""Events from which on incidents are counted and no longer told: a run must have slots left for what is rarer."""
DAY_0, NEARBY, COLLAPSE = 1, 2, 4  # bits of what has alarmed a neighbour


@phase
def begin_neighbours(world: World, rules: Rules, state: State) -> None:
    """Put every neighbour at its level of day 0, and draw how many incidents are its lot in this run."""
    state.ground_changed = 1
    for host in range(world.n_states):
        level = world.level_day_0[host]
        state.level[host] = level
        state.level_max[host] = level
        state.level_caused_max[host] = Level.CALM.value
        for rung in range(N_RUNGS):
            state.level_day[host, rung] = 0 if rung <= level else NEVER
        state.hardening[host] = hardening_day_0(world.capacity[host], level)
        state.is_alert[host] = 1 if level > Level.CALM else 0
        state.alert_day[host] = 0 if level > Level.CALM else NEVER
        state.alarm[host] = 0.0
        state.alarmed_by[host] = 0
        state.pressure[host] = 0.0
        state.fled[host] = 0.0
        state.retaliation[host] = 0.0
        state.incident_deaths[host] = 0.0
        state.caused_deaths[host] = 0.0
        state.death_day[host] = NEVER
        state.many_deaths_day[host] = NEVER
        state.fire_day[host] = 0 if level >= Level.INCIDENT else -FIRE_DAYS
        state.own_war_cause[host] = NOBODY
        for channel in range(N_CHANNELS):
            state.channel[host, channel] = 0.0
            state.channel_day_0[host, channel] = 0.0
        for cause in range(N_CAUSES):
            state.incidents[host, cause] = 0
        if world.is_neighbour[host] == 1:
            wind_clocks(world, rules, state, host)


@phase
def wind_clocks(world: World, rules: Rules, state: State, host: int) -> None:
    """Draw how many incidents are a neighbour's lot, and what must add up until the first of each clock."""
    calm = world.level_day_0[host] == Level.CALM
    shape = rules.scale.incident_shape if calm else rules.scale.incident_shape_drawn_in
    factor = gamma_of_run(state.key, Purpose.INCIDENT_SCALE, host, shape)
    border = border_factor(state.derived.n_border[host], rules.spillover.border_exponent)
    rate = rules.spillover.incident_rate[world.level_day_0[host]]
    effect = rules.spillover.capacity_effect
    state.incident_factor[host] = factor
    state.incident_rate[host, Stream.BACKGROUND.value] = background_rate(
        rate, border, world.capacity[host], effect, factor
    )
    state.incident_rate[host, Stream.CAUSED.value] = 0.0
    state.incident_rate[host, Stream.OWN_WAR.value] = 0.0
    for stream in range(N_STREAMS):
        state.n_marks[host, stream] = 0
        state.incident_wait[host, stream] = next_wait(state, host, stream)


@phase
def next_wait(state: State, host: int, stream: int) -> float:
    """Return what must add up until the next incident by a clock: the same in every history of that seed and run."""
    u = uniform_of_run(state.key, Purpose.NEXT_INCIDENT, host, ordinal_of(state.n_marks[host, stream], stream))
    return wait(u)


@phase
def measure_day_0(world: World, state: State) -> None:
    """Measure what the channels carry before anything has happened; the tables tell who takes part in the war."""
    for host in range(world.n_states):
        if world.is_neighbour[host] == 1:
            day_0 = state.channel_day_0[host]
            n_border = state.derived.n_border[host]
            day_0[Channel.SANCTUARY.value] = fill(hostile_ground(world, state, host), float(n_border))
            for i in range(n_border):
                if is_threat(world, state, host, index(state.derived.border[host, i])):
                    day_0[Channel.BORDER.value] = 1.0
            if world.participation[host] == Participation.COMBAT:
                day_0[Channel.PARTICIPATION.value] = 1.0
            elif world.participation[host] == Participation.PROXY:
                day_0[Channel.PARTICIPATION.value] = PROXY


@phase
def set_borders(world: World, state: State) -> None:
    """Set what does not change in a run: who borders a state, and how near weapons adrift are to it."""
    for host in range(world.n_states):
        state.derived.n_border[host] = 0
        for i in range(world.n_contested):
            place = index(world.contested[i])
            if world.border_hops[place, host] == 1:
                state.derived.border[host, state.derived.n_border[host]] = place
                state.derived.n_border[host] += 1
            state.derived.adrift_weight[place, host] = math.exp(1.0 - world.border_hops[place, host])


@phase
def spill_over(world: World, rules: Rules, state: State, actor: int) -> None:
    """Let one state feel the war today: what it carries there, incidents and alerts, its level, and its guard."""
    if world.is_neighbour[actor] == 1:
        reach_neighbour(world, rules, state, actor)


@phase
def reach_neighbour(world: World, rules: Rules, state: State, host: int) -> None:
    """Let one neighbour pass its day."""
    fill_channels(world, rules, state, host)
    n_today = count_incidents(world, rules, state, host)
    announce(world, rules, state, host, n_today)
    set_level(world, state, host)
    set_guard(world, state, host)


@phase
def fill_channels(world: World, rules: Rules, state: State, host: int) -> None:
    """Measure and weigh what each channel carries more than on day 0; what is off carries nothing."""
    spillover = rules.spillover
    adrift = weapons_adrift(world, state, host)
    if state.ground_changed == 1:
        state.hostile_ground[host] = hostile_ground(world, state, host)
    n_border = state.derived.n_border[host]
    dispersed = 0.0
    killed = 0.0
    at_the_border = 0.0
    for i in range(n_border):
        place = index(state.derived.border[host, i])
        dispersed += state.dispersed[place]
        killed += state.killed_lately[place]
        if state.contact[place] > 0.0 or is_threat(world, state, host, place):
            at_the_border = 1.0
    state.fled[host] *= state.derived.fled_fading
    state.fled[host] += spillover.fled_share * state.border_lever[host] * dispersed
    fighters = state.fled[host] + state.crossing[host]
    smuggled = adrift * state.border_lever[host]
    state.retaliation[host] *= RETALIATION_FADING
    channel = state.channel[host]
    channel[Channel.REFUGEES.value] = refugee_burden(state.refugees_in[host], world.state_population[host])
    channel[Channel.ARMS.value] = fill(smuggled, spillover.arms_scale * state.depots_day_0)
    channel[Channel.FIGHTERS.value] = fill(fighters, spillover.fighters_scale)
    channel[Channel.KIN.value] = kin_at_war(world, state, host)
    sanctuary = fill(state.hostile_ground[host], float(n_border))
    channel[Channel.SANCTUARY.value] = max(0.0, sanctuary - state.channel_day_0[host, Channel.SANCTUARY.value])
    channel[Channel.BORDER.value] = at_the_border * (1.0 - state.channel_day_0[host, Channel.BORDER.value])
    channel[Channel.PARTICIPATION.value] = part_in_war(world, state, host)
    channel[Channel.RETALIATION.value] = min(1.0, state.retaliation[host])
    channel[Channel.DEATHS.value] = fill(killed, DEATHS_SCALE)
    total = 0.0
    for i in range(N_CHANNELS):
        channel[i] *= world.channel_on[i]
        total += spillover.weight[i] * channel[i]
    state.pressure[host] = total


@phase
def weapons_adrift(world: World, state: State, host: int) -> float:
    """Return how many weapons are adrift, those far from a state counting less."""
    adrift = 0.0
    for i in range(world.n_contested):
        place = index(world.contested[i])
        if state.adrift[place] > 0.0:
            adrift += state.adrift[place] * state.derived.adrift_weight[place, host]
    return adrift


@phase
def kin_at_war(world: World, state: State, host: int) -> float:
    """Return how hot the fighting of a state's kin is, where it is hottest; far from the state it counts less."""
    kin = 0.0
    for i in range(world.n_contested):
        place = index(world.contested[i])
        if state.contact[place] > kin:  # neither nearness nor kinship exceeds 1, so that cooler places need no search
            heat = state.contact[place] * proximity(world.border_hops[place, host])
            if heat > kin:
                kin = max(kin, heat * kinship_of_fighters(world, state, host, place))
    return kin


@phase
def is_threat(world: World, state: State, host: int, place: int) -> bool:
    """Tell whether jihadists hold a place to whom a state is hostile."""
    holder = state.holder[place]
    return holder != NOBODY and world.is_jihadist[holder] == 1 and state.attitude[host, holder] <= HOSTILE_TIE


@phase
def part_in_war(world: World, state: State, host: int) -> float:
    """Return how much more part in the war a state takes today: all if it strikes, less while its direct help flows."""
    part = 0.0
    before = state.channel_day_0[host, Channel.PARTICIPATION.value]
    if before == 1.0:
        return part
    for link in range(world.link_start[host], world.link_start[host + 1]):
        if state.direct[link] > 0.0:
            part = PROXY
    if world.is_striker[host] == 1:
        for faction in range(world.n_factions):
            if state.struck[host, faction] > 0.0:
                part = 1.0
    return max(0.0, part - before)


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
def drawn_cause(rules: Rules, state: State, host: int, ordinal: int, background: float) -> int:
    """Draw where something comes from, in proportion: from the background, or from what a channel adds."""
    u = uniform_of_run(state.key, Purpose.INCIDENT_CAUSE, host, ordinal)
    mark = u * (background + state.pressure[host]) - background
    cause = Cause.BACKGROUND.value
    for channel in range(N_CHANNELS):
        carried = rules.spillover.weight[channel] * state.channel[host, channel]
        if carried > 0.0 and mark >= 0.0:
            cause = channel + 1
            mark -= carried
    return cause


@phase
def count_incidents(world: World, rules: Rules, state: State, host: int) -> int:
    """Let the clocks of a neighbour run for a day; return how many incidents they bring.

    Each clock runs at its rate, and the k-th incident comes when what has run passes the k-th mark of a Poisson clock
    that is the same in all histories of a seed and run. A higher rate never brings fewer.
    """
    spillover = rules.spillover
    change = state.pressure[host]
    factor = state.incident_factor[host]
    state.incident_rate[host, Stream.CAUSED.value] = caused_rate(
        spillover.caused_rate, change, state.hardening[host], spillover.guard_effect, factor
    )
    state.incident_rate[host, Stream.OWN_WAR.value] = OWN_WAR_RATE * factor
    if state.own_war_cause[host] == NOBODY:
        state.incident_rate[host, Stream.OWN_WAR.value] = own_war_hazard(spillover.own_war_per_day, change)
    n_today = 0
    for stream in range(N_STREAMS):
        state.incident_wait[host, stream] -= state.incident_rate[host, stream]
        for _ in range(MOST_A_DAY):
            if state.incident_wait[host, stream] > 0.0:
                break
            if stream == Stream.OWN_WAR and state.own_war_cause[host] == NOBODY:
                state.own_war_cause[host] = drawn_cause(
                    rules, state, host, ordinal_of(state.n_marks[host, stream], stream), 1.0
                )
            else:
                bring_incident(world, rules, state, host, stream)
                n_today += 1
            state.n_marks[host, stream] += 1
            state.incident_wait[host, stream] += next_wait(state, host, stream)
    return n_today


@phase
def bring_incident(world: World, rules: Rules, state: State, host: int, stream: int) -> None:
    """Let an incident happen; one in which people shoot across the border is told."""
    spillover = rules.spillover
    ordinal = ordinal_of(state.n_marks[host, stream], stream)
    cause = cause_of(rules, state, host, stream, ordinal)
    state.incidents[host, cause] += 1
    if cause != Cause.BACKGROUND:
        state.retaliation[host] += world.capacity[host]
    u, v = two_uniforms_of_run(state.key, Purpose.INCIDENT_DEATHS, host, ordinal)
    z = normal_quantile(v)
    deaths = incident_deaths(spillover.deadly, spillover.deaths_median, spillover.deaths_spread, u, z)
    if stream == Stream.OWN_WAR:
        deaths *= OWN_WAR_DEATHS
    is_fire = has_fire(spillover.deadly, spillover.fire, u)
    if is_fire:
        count_deaths(state, host, cause, deaths)
        if state.n_events_before < TOLD_BY_THEN:
            place = place_of_incident(world, state, host, ordinal)
            note_event(state, Event.INCIDENT.value, place, host, NOBODY, deaths)
            state.event_cause[min(state.n_events, EVENT_SLOTS) - 1] = cause


@phase
def cause_of(rules: Rules, state: State, host: int, stream: int, ordinal: int) -> int:
    """Return where an incident comes from: of those that the war adds, a channel by what it adds."""
    if stream == Stream.BACKGROUND:
        return Cause.BACKGROUND.value
    if stream == Stream.OWN_WAR:
        return state.own_war_cause[host]
    return drawn_cause(rules, state, host, ordinal, 0.0)


@phase
def count_deaths(state: State, host: int, cause: int, deaths: float) -> None:
    """Count whom an incident kills, and remember that people shot."""
    day = today(state)
    state.fire_day[host] = day
    state.incident_deaths[host] += deaths
    if cause != Cause.BACKGROUND:
        state.caused_deaths[host] += deaths
        caused = level_of(state.caused_deaths[host], 0, 0)
        state.level_caused_max[host] = max(state.level_caused_max[host], caused)
    if state.incident_deaths[host] > 0.0 and state.death_day[host] == NEVER:
        state.death_day[host] = day
    if state.incident_deaths[host] >= VIOLENCE_DEATHS and state.many_deaths_day[host] == NEVER:
        state.many_deaths_day[host] = day


@phase
def announce(world: World, rules: Rules, state: State, host: int, n_today: int) -> None:
    """Draw whether a neighbour announces an alert, or calls off the one that there is."""
    spillover = rules.spillover
    hear_alarms(world, state, host)
    if state.is_alert[host] == 1:
        chance = alert_end_probability(spillover.alert_end_per_day, state.alarm[host])
    else:
        chance = alert_probability(
            spillover.alert_per_day,
            spillover.alert_triggered,
            state.alarm[host],
            spillover.alert_pressure,
            state.pressure[host],
            n_today,
        )
    if uniform(state.key, Purpose.ALERT, host, 0) < chance:
        state.is_alert[host] = 1 - state.is_alert[host]
        if state.alert_day[host] == NEVER:
            state.alert_day[host] = today(state)


@phase
def hear_alarms(world: World, state: State, host: int) -> None:
    """Let alarms fade, and add what alarms a neighbour today, each once: day 0, a change of hands, the collapse."""
    state.alarm[host] *= ALARM_FADING
    news = DAY_0
    if state.collapse_day != NEVER:
        news |= COLLAPSE
    for i in range(state.n_lost):
        if world.border_hops[index(state.lost[i]), host] <= ALARM_REACH:
            news |= NEARBY
    fresh = news & ~state.alarmed_by[host]
    if fresh != 0:
        state.alarm[host] += float((fresh & 1) + ((fresh >> 1) & 1) + ((fresh >> 2) & 1))
        state.alarmed_by[host] |= news


@phase
def set_level(world: World, state: State, host: int) -> None:
    """Find the level that a neighbour is at; the first time on a rung is told."""
    day = today(state)
    deaths = state.incident_deaths[host] + deaths_at_least(world.level_day_0[host])
    level = level_of(deaths, day - state.fire_day[host], state.is_alert[host])
    state.level[host] = level
    if level > state.level_max[host]:
        for rung in range(state.level_max[host] + 1, level + 1):
            state.level_day[host, rung] = day
        state.level_max[host] = level
        note_event(state, Event.LEVEL.value, NOBODY, host, NOBODY, float(level))


@phase
def place_of_incident(world: World, state: State, host: int, ordinal: int) -> int:
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
    left = uniform_of_run(state.key, Purpose.INCIDENT_PLACE, host, ordinal) * total
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
