"""The regime's own day: recruits, flight, coup, collapse; and third parties that join the war."""

from __future__ import annotations

import math

from sim.core.codes import NEVER, NOBODY, Kept, Outcome, Purpose
from sim.core.jit import phase
from sim.core.phases.events import sort_events
from sim.core.phases.forces import add_force, disperse, is_hostile, latent_opposition, pair, today
from sim.core.phases.kept import is_kept
from sim.core.phases.rear import is_at_risk
from sim.core.phases.settlement import hand_over, people_held
from sim.core.rng import normal, uniform
from sim.core.rules import Rules
from sim.core.rules.orders import awakening_probability
from sim.core.rules.patronage import share_of_a_day
from sim.core.rules.regime import coup_probability, daily_recruits, disloyalty, flight_probability
from sim.core.rules.settlement import dissolution_after_handover
from sim.core.state import State, World, index

TO_THE_FRONT = 0.5  # assumption: share of those whom the first attack calls up
ACTIVE_TIE = 0.5  # an ally with a weaker tie sleeps until the enemy falters


@phase
def survive(world: World, rules: Rules, state: State) -> None:
    """Decide whether the regime lives through the day, by flight, coup, loss of the capital, or disintegration."""
    is_beaten = state.side_power[world.regime] < rules.regime.disintegration_share * state.power_day_0
    if is_beaten and state.disintegration_day == NEVER:
        state.disintegration_day = today(state)
    is_settled = state.settlement_day != NEVER and state.capital_day == NEVER
    if state.collapse_day != NEVER or is_settled:
        return
    morale = loyal_morale(world, state)
    disloyal = disloyalty(morale, rules.regime.flight_morale)
    contested = state.contact[world.capital] > 0.0
    patron = state.patron_level[world.regime]
    if state.capital_day != NEVER:
        collapse(world, rules, state, Outcome.CAPITAL, rules.regime.dissolve_capital)
    elif disloyal > 0.0 and leader_flees(world, rules, state, disloyal, contested, patron):
        state.flight_day = today(state)
        state.government_end_day = today(state)
        hand_over(world, rules, state)
        dissolution = rules.regime.dissolve_flight
        if state.handover_day != NEVER:
            dissolution = dissolution_after_handover(dissolution, rules.settlement.handover_remnants)
        collapse(world, rules, state, Outcome.FLIGHT, dissolution)
    elif contested and is_beaten:
        collapse(world, rules, state, Outcome.DISINTEGRATION, rules.regime.dissolve_capital)
    elif disloyal > 0.0:
        consider_coup(world, rules, state, disloyal, patron)


@phase
def loyal_morale(world: World, state: State) -> float:
    """Return the mean morale of the regime's forces, those near the capital counting most."""
    total = 0.0
    weighted = 0.0
    for place in range(world.n_locations):
        if not state.presence[place] & state.side_mask[world.regime]:
            continue
        nearness = state.derived.nearness[place]
        for i in range(state.n_here[place]):
            faction = index(state.here[place, i])
            if state.side[faction] != world.regime:
                continue
            people = state.fighters[place, faction]
            if people > 0.0 and world.in_theatre[place, faction] == 1:
                weight = people * (0.5 + world.quality[faction]) * nearness
                total += weight
                weighted += weight * state.morale[place, faction]
    return weighted / total if total > 0.0 else 0.0


@phase
def leader_flees(world: World, rules: Rules, state: State, disloyal: float, contested: bool, patron: float) -> bool:
    """Draw whether the leader leaves today."""
    regime = rules.regime
    chance = flight_probability(
        disloyal,
        gate_is_lost(world, state),
        contested,
        patron,
        regime.flight_per_day,
        regime.flight_floor,
        regime.flight_gate,
        regime.flight_contested,
    )
    flees = uniform(state.key, Purpose.FLIGHT, world.contested_state, 0) < chance
    return flees and not is_kept(world, state, Kept.FLIGHT.value, NOBODY, NOBODY, NOBODY)


@phase
def gate_is_lost(world: World, state: State) -> bool:
    """Tell whether an enemy has taken a last city before the capital."""
    for place in range(world.n_locations):
        first = world.seat_holder[place]
        was_own = world.is_gate[place] == 1 and first != NOBODY and state.side[first] == world.regime
        if was_own and is_hostile(state, state.holder[place], world.regime):
            return True
    return False


@phase
def consider_coup(world: World, rules: Rules, state: State, disloyal: float, patron: float) -> None:
    """Draw whether insiders act: they hand over, or rally the army behind a new leader."""
    regime = rules.regime
    state_index = world.contested_state
    chance = coup_probability(disloyal, world.resolve[state_index], patron, regime.coup_per_day)
    if uniform(state.key, Purpose.COUP, state_index, 0) >= chance:
        return
    if is_kept(world, state, Kept.COUP.value, NOBODY, NOBODY, NOBODY):
        return
    state.coup_day = today(state)
    if uniform(state.key, Purpose.COUP_DEAL, state_index, 0) < regime.coup_deal_probability:
        state.government_end_day = today(state)
        collapse(world, rules, state, Outcome.COUP, regime.dissolve_flight)
        return
    fresh = rules.morale.side_spread * normal(state.key, Purpose.COUP_RESOLVE, state_index, 0) + regime.coup_rally
    for i in range(state.n_members[world.regime]):
        faction = index(state.members[world.regime, i])
        for place in range(world.n_locations):
            state.margin[place, faction] *= math.exp(fresh - state.side_shift[faction])
        state.side_shift[faction] = fresh


@phase
def collapse(world: World, rules: Rules, state: State, outcome: int, dissolution: float) -> None:
    """End the regime: its side stops to attack, and most of its garrisons go home."""
    state.collapse_day = today(state)
    state.outcome = outcome
    for i in range(state.n_members[world.regime]):
        faction = index(state.members[world.regime, i])
        state.is_active[faction] = 0
        for place in range(world.n_locations):
            people = state.fighters[place, faction]
            if people <= 0.0 or world.in_theatre[place, faction] == 0:
                continue
            if uniform(state.key, Purpose.COLLAPSE_DISSOLUTION, pair(place, faction), 0) < dissolution:
                disperse(world, rules, state, place, faction, people, 0.0, NOBODY)


@phase
def recruit(world: World, rules: Rules, state: State, faction: int) -> None:
    """Raise recruits for the regime after its first loss, where it holds the ground and people follow it."""
    if faction != world.regime or state.collapse_day != NEVER:
        return
    alarm = rules.regime.recruit_alarm
    if state.first_loss_day != NEVER and alarm < 1.0:
        people = (1.0 - alarm) * recruits_since(world, rules, state, faction, state.first_loss_day)
        raise_recruits(world, rules, state, faction, people, 0.0)
    if state.first_attack_day != NEVER and alarm > 0.0:
        people = alarm * recruits_since(world, rules, state, faction, state.first_attack_day)
        people *= people_held(world, state, world.regime)
        raise_recruits(world, rules, state, faction, people, TO_THE_FRONT)


@phase
def recruits_since(world: World, rules: Rules, state: State, faction: int, first_day: int) -> float:
    """Return how many people follow the call today; fewer the lower morale is and the longer the war lasts."""
    return daily_recruits(
        state.fighters_day_0[faction],
        world.capacity[world.contested_state],
        world.resolve[world.contested_state],
        state.side_morale[faction],
        today(state) - first_day,
        rules.regime.recruits,
        rules.regime.recruit_days,
    )


@phase
def raise_recruits(world: World, rules: Rules, state: State, faction: int, people: float, to_front: float) -> None:
    """Let people join a faction's garrisons, a share of them those in the enemy's reach; no more than there are."""
    if rules.regime.recruit_cap < 1.0:
        people = min(people, people_left(world, rules, state, faction))
    total = 0.0
    front = 0.0
    for i in range(world.n_contested):
        place = index(world.contested[i])
        weight = recruiting_ground(world, state, place, faction)
        state.scratch.score[place] = weight
        total += weight
        if to_front > 0.0 and weight > 0.0 and is_at_risk(world, state, place):
            front += weight
    if total <= 0.0:
        return
    to_front = to_front if front > 0.0 else 0.0
    for i in range(world.n_contested):
        place = index(world.contested[i])
        weight = state.scratch.score[place]
        if weight > 0.0:
            new = people * weight / total
            if to_front > 0.0:
                new *= 1.0 - to_front
                if is_at_risk(world, state, place):
                    new += to_front * people * weight / front
            state.recruited[faction] += new
            state.raised += new
            add_force(world, rules, state, place, faction, new, rules.regime.recruit_morale, 0.0)


@phase
def people_left(world: World, rules: Rules, state: State, faction: int) -> float:
    """Return how many may still be called up of those in places that the regime's side holds."""
    people = people_held(world, state, state.side[faction]) * world.state_population[world.contested_state]
    return max(0.0, rules.regime.recruit_cap * people - state.raised)


@phase
def recruiting_ground(world: World, state: State, place: int, faction: int) -> float:
    """Return the people of a place among whom a faction can recruit."""
    if state.holder[place] != faction:
        return 0.0
    return world.population[place] * (1.0 - latent_opposition(world, state, place, faction))


@phase
def awaken(world: World, rules: Rules, state: State, faction: int) -> None:
    """Draw whether a dormant faction joins the war from tomorrow on."""
    is_bound = state.settlement_day != NEVER and world.is_extremist[faction] == 0
    if state.is_active[faction] == 0 and not is_bound:
        consider_war(world, rules, state, faction)


@phase
def consider_war(world: World, rules: Rules, state: State, faction: int) -> None:
    """Wake an ally of an attacked regime after a while; draw whether others see their enemy falter."""
    if state.side[faction] == world.regime:
        attacked = state.collapse_day == NEVER and state.first_attack_day != NEVER
        if attacked and today(state) - state.first_attack_day >= rules.orders.reaction_days:
            state.is_waking[faction] = 1
        return
    faltering = 1.0
    for leader in range(world.n_factions):
        is_enemy = state.side[leader] == leader and is_hostile(state, faction, leader)
        is_enemy = is_enemy and world.is_extremist[leader] == 0  # hunting extremists is nobody's way into the war
        if is_enemy and state.fighters_day_0[leader] > 0.0:
            faltering = min(faltering, state.side_morale[leader])
    chance = awakening_probability(faltering, rules.orders.awakening_per_day, rules.orders.awakening_morale)
    if chance > 0.0 and uniform(state.key, Purpose.AWAKENING, faction, 0) < chance:
        state.is_waking[faction] = 1


@phase
def close_day(world: World, rules: Rules, state: State) -> None:
    """Commission captured weapons, let the woken take their place in the war, and put the day's events in order."""
    sort_events(state)
    state.ground_changed = 0
    ready = share_of_a_day(rules.capture.commissioning_days)
    for faction in range(world.n_factions):
        weapons = state.heavy_waiting[faction] * ready
        if weapons > 0.0:
            hand_out_weapons(state, faction, weapons)
        if state.is_waking[faction] == 1:
            state.is_active[faction] = 1
            state.is_waking[faction] = 0
    for faction in range(world.n_factions):
        leader = state.side[faction]
        if state.is_active[leader] == 1 and state.tie[faction, leader] >= ACTIVE_TIE:
            state.is_active[faction] = 1


@phase
def hand_out_weapons(state: State, faction: int, weapons: float) -> None:
    """Give commissioned weapons to a faction's forces by heads; without forces they wait."""
    total = 0.0
    for i in range(state.n_posts[faction]):
        total += state.fighters[state.posts[faction, i], faction]
    if total <= 0.0:
        return
    state.heavy_waiting[faction] -= weapons
    for i in range(state.n_posts[faction]):
        place = index(state.posts[faction, i])
        state.heavy[place, faction] += weapons * state.fighters[place, faction] / total
