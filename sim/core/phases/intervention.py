"""Outsiders enter the war openly, for a friend or against an enemy, and leave it again.

A state lends its aircraft and sends a part of the forces that the tables give it, or else an expedition that fights
under those whom it helps; a faction abroad sends a part of its own. Whoever fought in the open on day 0 is in already.
"""

from __future__ import annotations

from sim.core.codes import NEVER, NOBODY, Event, Kept, Participation, Purpose
from sim.core.jit import phase
from sim.core.phases.events import note_event
from sim.core.phases.forces import find_isolated, is_hostile, move_force, today
from sim.core.phases.kept import is_kept
from sim.core.phases.levers import reinforce
from sim.core.phases.patrons import passage
from sim.core.phases.sides import change_side, fighters_inside
from sim.core.rng import uniform
from sim.core.rules import Rules
from sim.core.rules.intervention import (
    AIR_DAYS,
    BLED_SHARE,
    GROUND_DAYS,
    POWER_CAPACITY,
    THREATENED_CAPACITY,
    danger_to,
    delay_days,
    eagerness,
    entry_probability,
    expedition,
    leaving_probability,
    stake_in,
)
from sim.core.rules.patronage import lost_hope, observed_prospect
from sim.core.rules.spillover import FIRE_DAYS
from sim.core.state import State, World, index


@phase
def begin_intervention(world: World, state: State) -> None:
    """Let no outsider have entered yet."""
    state.entrants = 0
    state.intervention_day = NEVER
    for faction in range(world.n_factions):
        state.air_lent[faction] = 0.0
    for actor in range(world.n_states + world.n_factions):
        forget_entry(state, actor)
        state.has_left[actor] = 0


@phase
def forget_entry(state: State, actor: int) -> None:
    """Let an outsider be out of the war."""
    state.entered_for[actor] = NOBODY
    state.air_day[actor] = NEVER
    state.ground_day[actor] = NEVER
    state.came[actor] = 0.0
    state.came_share[actor] = 0.0
    state.killed_then[actor] = 0.0


@phase
def look_on(world: World, rules: Rules, state: State) -> None:
    """Note how outsiders see the chances of both main sides on day 0."""
    for leader in range(world.n_factions):
        state.outlook_day_0[leader] = outlook(rules, state, leader)


@phase
def outlook(rules: Rules, state: State, leader: int) -> float:
    """Return the chances of a side as outsiders see them today."""
    return observed_prospect(
        state.side_morale[leader],
        state.side_power[leader],
        state.enemy_power[leader],
        rules.patronage.belief_morale_weight,
    )


@phase
def intervene(world: World, rules: Rules, state: State) -> None:
    """Let outsiders enter the war openly, come after a delay, and leave."""
    if rules.intervention.hazard <= 0.0 or world.challenger == NOBODY:
        return
    for actor in range(world.n_states + world.n_factions):
        arrive(world, rules, state, actor)
        reconsider(world, rules, state, actor)
    lend_air(world, rules, state)


@phase
def reconsider(world: World, rules: Rules, state: State, actor: int) -> None:
    """Draw whether an outsider enters today, or leaves if it has entered."""
    leader = state.entered_for[actor]
    is_out = leader == NOBODY
    if is_out:
        leader = whom_to_help(world, state, actor)
        if leader == NOBODY:
            return
        chance = chance_to_enter(world, rules, state, actor, leader)
    else:
        chance = chance_to_leave(world, rules, state, actor, leader)
    u = uniform(state.key, Purpose.INTERVENTION, actor, 0)
    if u >= chance:
        return
    if not is_out:
        withdraw(world, rules, state, actor, leader)
    elif not is_kept(world, state, Kept.INTERVENTION.value, NOBODY, actor, leader):
        # What is left of a draw below the chance is uniform again: it says how soon.
        enter(world, rules, state, actor, leader, u / chance)


@phase
def whom_to_help(world: World, state: State, actor: int) -> int:
    """Return the leader of the main side for which an outsider may enter, nobody for who has no part to take."""
    if state.has_left[actor] == 1 or state.collapse_day != NEVER or state.settlement_day != NEVER:
        return NOBODY
    regime, challenger = world.regime, world.challenger
    own = stake(world, actor, regime, challenger)
    other = stake(world, actor, challenger, regime)
    leader = challenger if other > own else regime
    if max(own, other) <= 0.0 or not may_take_part(world, state, actor, leader):
        return NOBODY
    return leader


@phase
def stake(world: World, actor: int, leader: int, enemy: int) -> float:
    """Return what an outsider has at stake in a main side."""
    return stake_in(linked(world, actor, leader), warmth(world, actor, leader), warmth(world, actor, enemy))


@phase
def linked(world: World, actor: int, leader: int) -> float:
    """Return the largest stake of a patron in a client on a main side."""
    most = 0.0
    for link in range(world.link_start[actor], world.link_start[actor + 1]):
        if world.side[world.link_client[link]] == leader:
            most = max(most, world.link_tie[link] * world.link_commitment[link])
    return most


@phase
def warmth(world: World, actor: int, leader: int) -> float:
    """Return the tie of an outsider to a leader on day 0."""
    if actor < world.n_states:
        return world.attitude[actor, leader]
    return world.tie[actor - world.n_states, leader]


@phase
def has_friend(world: World, actor: int, leader: int) -> bool:
    """Tell whether an outsider helps a side for its own sake, not only against its enemy."""
    return warmth(world, actor, leader) > 0.0 or linked(world, actor, leader) > 0.0


@phase
def may_take_part(world: World, state: State, actor: int, leader: int) -> bool:
    """Tell whether an outsider could enter: a friend, one whose border is threatened, or a power; not who is in."""
    faction = actor - world.n_states
    if faction >= 0:
        is_free = world.is_native[faction] == 0 and world.may_enter[faction] == 0 and world.is_extremist[faction] == 0
        is_own = is_free and world.is_regular[faction] == 0 and has_friend(world, actor, leader)
        return is_own and base_of(world, faction) != NOBODY
    if actor == world.contested_state or world.participation[actor] == Participation.COMBAT:
        return False
    return world.capacity[actor] >= POWER_CAPACITY or sends_forces(world, state, actor, leader)


@phase
def sends_forces(world: World, state: State, actor: int, leader: int) -> bool:
    """Tell whether an outsider would send more than aircraft: a friend, or one that has a border to secure."""
    is_threatened = world.capacity[actor] >= THREATENED_CAPACITY and threat_to(world, state, actor) > 0.0
    return has_friend(world, actor, leader) or is_threatened


@phase
def threat_to(world: World, state: State, actor: int) -> float:
    """Return the threat of the war to an outsider, or to the state in which it is at home."""
    host = home_of(world, actor)
    return state.pressure[host] + (1.0 if today(state) - state.fire_day[host] < FIRE_DAYS else 0.0)


@phase
def home_of(world: World, actor: int) -> int:
    """Return the state of an actor."""
    return actor if actor < world.n_states else world.home_state[actor - world.n_states]


@phase
def chance_to_enter(world: World, rules: Rules, state: State, actor: int, leader: int) -> float:
    """Return the chance that an outsider enters the war today for a side."""
    intervention = rules.intervention
    enemy = world.challenger if leader == world.regime else world.regime
    host = home_of(world, actor)
    eager = eagerness(
        stake(world, actor, leader, enemy),
        danger_to(lost_hope(outlook(rules, state, leader), state.outlook_day_0[leader])),
        threat_to(world, state, actor),
        killed_by(world, state, enemy),
        intervention.stake,
        intervention.danger,
        intervention.threat,
        intervention.civilians,
    )
    if world.participation[host] == Participation.PROXY:
        eager += intervention.proxy
    if state.derived.n_border[host] == 0:
        eager -= intervention.distance
    freedom = passage(world, rules, state, actor) * (1.0 - state.restraint_lever[actor, leader])
    return entry_probability(intervention.hazard, world.capacity[actor], eager, freedom)


@phase
def killed_by(world: World, state: State, leader: int) -> float:
    """Return the civilians killed where a side stands."""
    total = 0.0
    for i in range(world.n_contested):
        place = index(world.contested[i])
        if state.presence[place] & state.side_mask[leader]:
            total += state.civilians_killed[place]
    return total


@phase
def enter(world: World, rules: Rules, state: State, actor: int, leader: int, u: float) -> None:
    """Let an outsider decide to enter the war for a side; what it sends comes later."""
    state.entered_for[actor] = leader
    if actor < world.n_states:
        state.air_day[actor] = today(state) + int(delay_days(u, AIR_DAYS[0], AIR_DAYS[1])) + 1
    coming = 0.0
    if actor >= world.n_states or sends_forces(world, state, actor, leader):
        state.ground_day[actor] = today(state) + int(delay_days(u, GROUND_DAYS[0], GROUND_DAYS[1])) + 1
        coming = who_come(world, rules, state, actor, leader)
    if state.intervention_day == NEVER:
        state.intervention_day = today(state)
    note_event(state, Event.INTERVENTION.value, NOBODY, actor, world.n_states + leader, coming)


@phase
def who_come(world: World, rules: Rules, state: State, actor: int, leader: int) -> float:
    """Return the fighters whom an outsider would send today."""
    if actor < world.n_states and not has_regulars(world, actor):
        size = rules.intervention.expedition
        return expedition(size, world.capacity[actor], world.quality[leader])
    total = 0.0
    for faction in range(world.n_factions):
        if belongs(world, actor, faction):
            share = rules.intervention.share * passage(world, rules, state, world.n_states + faction)
            for place in range(world.n_locations):
                if world.state_of[place] != world.contested_state:
                    total += share * state.fighters[place, faction]
    return total


@phase
def belongs(world: World, actor: int, faction: int) -> bool:
    """Tell whether the forces of a faction are an outsider's: its own, or its state's."""
    if actor >= world.n_states:
        return actor - world.n_states == faction
    return world.is_regular[faction] == 1 and world.home_state[faction] == actor


@phase
def has_regulars(world: World, actor: int) -> bool:
    """Tell whether the tables give a state forces of its own."""
    n = 0
    for faction in range(world.n_factions):
        n += belongs(world, actor, faction)
    return n > 0


@phase
def arrive(world: World, rules: Rules, state: State, actor: int) -> None:
    """Let the forces of an outsider come that are due."""
    if state.ground_day[actor] == NEVER or today(state) < state.ground_day[actor]:
        return
    state.ground_day[actor] = NEVER
    leader = state.entered_for[actor]
    if actor < world.n_states and not has_regulars(world, actor):
        before = state.recruited[leader]
        reinforce(world, state, leader, who_come(world, rules, state, actor, leader))
        state.came[actor] = state.recruited[leader] - before
        state.came_share[actor] = state.came[actor] / max(fighters_inside(world, state, leader), 1.0)
        state.killed_then[actor] = state.killed[leader]
        return
    for faction in range(world.n_factions):
        if belongs(world, actor, faction):
            bring(world, rules, state, faction, leader)


@phase
def bring(world: World, rules: Rules, state: State, faction: int, leader: int) -> None:
    """Bring a share of a foreign faction's forces to the nearest places of the side that it helps."""
    actor = world.n_states + faction
    share = rules.intervention.share * passage(world, rules, state, actor)
    came = 0.0
    for place in range(world.n_locations):
        people = share * state.fighters[place, faction]
        if world.state_of[place] != world.contested_state and people > 0.0:
            goal = nearest_held(world, state, place, leader)
            if goal != NOBODY:
                move_force(world, rules, state, place, goal, faction, people)
                came += people
    if came > 0.0:
        state.came[actor] = came
        state.killed_then[actor] = state.killed[faction]
        state.entrants |= 1 << faction
        state.is_active[faction] |= state.is_active[leader]
        go_over(world, state, faction, state.side[leader])


@phase
def go_over(world: World, state: State, faction: int, leader: int) -> None:
    """Put a faction on a side, if it is not there."""
    if state.side[faction] != leader:
        change_side(world, state, faction, leader)
        find_isolated(world, state)


@phase
def nearest_held(world: World, state: State, place: int, leader: int) -> int:
    """Return the nearest place in the contested state that a leader's side holds, nobody where no way leads to one."""
    best = NOBODY
    least = world.n_locations
    for i in range(world.n_contested):
        goal = index(world.contested[i])
        holder = state.holder[goal]
        if holder != NOBODY and state.side[holder] == state.side[leader] and world.hops[place, goal] < least:
            best = goal
            least = world.hops[place, goal]
    return best


@phase
def base_of(world: World, faction: int) -> int:
    """Return where abroad most of a faction's fighters stood on day 0, nobody for one that had none there."""
    best = NOBODY
    most = 0.0
    for place in range(world.n_locations):
        if world.state_of[place] != world.contested_state and world.deployed[place, faction] > most:
            best = place
            most = world.deployed[place, faction]
    return best


@phase
def chance_to_leave(world: World, rules: Rules, state: State, actor: int, leader: int) -> float:
    """Return the chance that an outsider leaves the war today."""
    is_decided = state.collapse_day != NEVER
    has_lost = is_decided if leader == world.regime else state.side_fighters[state.side[leader]] <= 0.0
    has_won = state.settlement_day != NEVER or (is_decided and leader != world.regime)
    return leaving_probability(rules.intervention.leave, has_lost, has_won, is_bled(world, state, actor, leader))


@phase
def is_bled(world: World, state: State, actor: int, leader: int) -> bool:
    """Tell whether an outsider has lost many of those who came."""
    came = state.came[actor]
    dead = state.came_share[actor] * (state.killed[leader] - state.killed_then[actor])
    for faction in range(world.n_factions):
        if belongs(world, actor, faction) and (state.entrants >> faction) & 1 == 1:
            came = state.came[world.n_states + faction]
            dead = state.killed[faction] - state.killed_then[world.n_states + faction]
    return dead > BLED_SHARE * came


@phase
def withdraw(world: World, rules: Rules, state: State, actor: int, leader: int) -> None:
    """Let an outsider leave the war with those of its fighters who are left."""
    gone = 0.0
    if state.came_share[actor] > 0.0:
        gone = send_back(world, state, actor, leader)
    for faction in range(world.n_factions):
        if belongs(world, actor, faction) and (state.entrants >> faction) & 1 == 1:
            gone += go_home(world, rules, state, faction)
    forget_entry(state, actor)
    state.has_left[actor] = 1
    note_event(state, Event.WITHDRAWAL.value, NOBODY, actor, world.n_states + leader, gone)


@phase
def send_back(world: World, state: State, actor: int, leader: int) -> float:
    """Take what is left of an expedition out of the forces under which it fought; return how many they are."""
    inside = fighters_inside(world, state, leader)
    share = min(state.came_share[actor], state.came[actor] / max(inside, 1.0))
    for i in range(world.n_contested):
        place = index(world.contested[i])
        state.fighters[place, leader] *= 1.0 - share
    state.recruited[leader] -= share * inside
    return share * inside


@phase
def go_home(world: World, rules: Rules, state: State, faction: int) -> float:
    """Take a foreign faction's forces back to where it has most of them; return how many they are."""
    actor = world.n_states + faction
    inside = fighters_inside(world, state, faction)
    share = min(1.0, state.came[actor] / max(inside, 1.0))
    base = base_of(world, faction)
    for i in range(world.n_contested):
        place = index(world.contested[i])
        move_force(world, rules, state, place, base, faction, share * state.fighters[place, faction])
    forget_entry(state, actor)
    state.entrants &= ~(1 << faction)
    if world.side[faction] == faction:
        state.is_active[faction] = 0
        go_over(world, state, faction, faction)
    return share * inside


@phase
def lend_air(world: World, rules: Rules, state: State) -> None:
    """Add the aircraft of outsiders to those whom they help, and let them destroy heavy weapons of their enemies."""
    for leader in range(world.n_factions):
        state.air_lent[leader] = 0.0
    for actor in range(world.n_states):
        if state.air_day[actor] != NEVER and today(state) >= state.air_day[actor]:
            leader = state.side[state.entered_for[actor]]
            lent = rules.intervention.air * world.capacity[actor]
            state.air_lent[leader] = max(state.air_lent[leader], lent)
    if state.collapse_day == NEVER and state.settlement_day == NEVER:
        bomb(world, rules, state, world.regime)
        bomb(world, rules, state, world.challenger)


@phase
def bomb(world: World, rules: Rules, state: State, leader: int) -> None:
    """Destroy heavy weapons of a side's enemies in the war, if aircraft of outsiders help it."""
    if state.air_lent[leader] <= 0.0:
        return
    for i in range(world.n_contested):
        place = index(world.contested[i])
        for rank in range(state.n_here[place]):
            faction = index(state.here[place, rank])
            if is_hostile(state, leader, faction):
                hit = rules.intervention.wear * state.heavy[place, faction]
                state.heavy[place, faction] -= hit
                state.heavy_lost[faction] += hit
