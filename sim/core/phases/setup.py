"""Begin a run: clear the state, draw what differs between runs, and put every force and patron at rest."""

from __future__ import annotations

import math

import numpy as np

from sim.core.codes import NEVER, NOBODY, Outcome, Purpose
from sim.core.jit import phase
from sim.core.phases.alignment import begin_alignment
from sim.core.phases.extremists import begin_extremists
from sim.core.phases.forces import balance_today, defending_fighters, has_no_friend_near, set_margin, station
from sim.core.phases.growth import begin_growth
from sim.core.phases.influence import begin_influence, set_values
from sim.core.phases.installations import begin_installations
from sim.core.phases.intervention import begin_intervention, look_on
from sim.core.phases.levers import begin_levers
from sim.core.phases.muster import muster
from sim.core.phases.patrons import link_utility, pool_aid, prospect
from sim.core.phases.people import begin_people, set_crossings
from sim.core.phases.rear import begin_rear
from sim.core.phases.regime import ACTIVE_TIE
from sim.core.phases.settlement import begin_settlement
from sim.core.phases.sides import begin_sides
from sim.core.phases.spillover import begin_neighbours, measure_day_0, set_borders
from sim.core.phases.violence import begin_violence
from sim.core.rng import Key, normal, uniform
from sim.core.rules import Rules
from sim.core.rules.contest import fighter_strength, winning_ratio
from sim.core.rules.displacement import return_probability
from sim.core.rules.morale import bistable_half_width, desertion_probability, memory_days, morale_at_rest
from sim.core.rules.orders import people_value
from sim.core.rules.patronage import desired_support, need, share_of_a_day
from sim.core.rules.scale import mass_killing, run_factor, side_factor
from sim.core.rules.variation import drawn_quality, drawn_strength
from sim.core.state import DELAY_SLOTS, State, World

ROUNDS_TO_REST = 12  # support of one client depends on that of others; the fixed point is reached well before


@phase
def prepare(world: World, rules: Rules, state: State) -> None:
    """Work out what is the same in all runs of a scenario; a state must be prepared before its first run begins."""
    work_out(world, rules, state)
    set_values(world, rules, state)
    set_borders(world, state)
    set_crossings(world, rules, state)
    state.derived.has_influence = 0  # the first run to begin will find it


@phase
def begin_run(world: World, rules: Rules, state: State, seed: np.uint64, run: np.uint64) -> None:
    """Put the state at the morning of day 0 of one run."""
    set_key(state.key, seed, run)
    set_key(state.birth, seed, run)
    draw_factors(rules, state)
    state.surprise = rules.contest.surprise
    clear_regime(state)
    begin_sides(world, state)
    begin_levers(world, state)
    begin_intervention(world, state)
    for faction in range(world.n_factions):
        begin_faction(world, rules, state, faction)
    for place in range(world.n_locations):
        begin_place(world, state, place)
    for faction in range(world.n_factions):
        raise_forces(world, rules, state, faction)
    for place in range(world.n_locations):
        state.garrison[place] = defending_fighters(state, place)
    for actor in range(world.n_states + world.n_factions):
        begin_actor(world, state, actor)
    begin_installations(world, rules, state)
    begin_violence(world, state)
    begin_people(world, rules, state)
    begin_neighbours(world, rules, state)
    begin_extremists(world, state)
    begin_alignment(world, rules, state)
    begin_settlement(world, state)
    begin_rear(world, state)
    begin_growth(world, state)
    muster(world, rules, state)
    begin_links(world, rules, state)
    muster(world, rules, state)
    begin_influence(world, rules, state)
    measure_day_0(world, state)
    state.power_day_0 = state.side_power[world.regime]
    look_on(world, rules, state)
    state.balance_day_0 = balance_today(world, state)
    state.balance_expected = state.balance_day_0


@phase
def set_key(key: Key, seed: np.uint64, run: np.uint64) -> None:
    """Have draws be those of the morning of day 0 of a run."""
    key.seed = seed
    key.run = run
    key.day = np.uint64(0)


@phase
def draw_factors(rules: Rules, state: State) -> None:
    """Draw the tempo of a run, and the factors on its amounts that nobody knows on day 0."""
    z = normal(state.key, Purpose.TEMPO, 0, 0)
    state.tempo = rules.advance.tempo_median * math.exp(rules.advance.tempo_spread * z)
    morale = rules.morale
    half_life = memory_days(morale.shock_half_life_days, state.tempo, morale.tempo_exponent)
    state.shock_fading = math.pow(2.0, -1.0 / half_life)
    state.balance_share = share_of_a_day(memory_days(morale.expectation_days, state.tempo, morale.tempo_exponent))
    state.kill_factor = run_factor(rules.scale.kill_spread, normal(state.key, Purpose.KILL_SCALE, 0, 0))
    state.civilian_factor = run_factor(rules.scale.civilian_spread, normal(state.key, Purpose.CIVILIAN_SCALE, 0, 0))
    state.civilian_factor *= mass_killing(
        uniform(state.key, Purpose.MASS_KILLING, 0, 0), rules.scale.mass_killing_share, rules.scale.mass_killing_factor
    )
    state.flight_factor = run_factor(rules.scale.flight_spread, normal(state.key, Purpose.FLIGHT_SCALE, 0, 0))
    state.crossing_shift = rules.scale.crossing_spread * normal(state.key, Purpose.CROSSING_SCALE, 0, 0)


@phase
def work_out(world: World, rules: Rules, state: State) -> None:
    """Work out what the parameters come to in a day, and at each place."""
    derived = state.derived
    derived.belief_share = share_of_a_day(rules.patronage.belief_days)
    derived.support_rise_share = share_of_a_day(rules.patronage.rise_days)
    derived.support_fall_share = share_of_a_day(rules.patronage.fall_days)
    derived.direct_share = share_of_a_day(rules.patronage.direct_days)
    displacement = rules.displacement
    derived.return_share = return_probability(displacement.return_inside, 0.0, 0.0)
    derived.refugee_share = return_probability(displacement.return_refugees, 0.0, 0.0)
    derived.workers_share = return_probability(displacement.workers_leave, 0.0, 0.0)
    morale = rules.morale
    derived.falling = share_of_a_day(morale.fall_days)
    derived.rising = share_of_a_day(morale.recovery_days)
    derived.calm_desertion = desertion_probability(0.0, morale.desertion_per_day, morale.desertion_rout_per_day)
    derived.half_width = bistable_half_width(morale.beta, morale.form)
    derived.fled_fading = math.pow(0.5, 1.0 / rules.spillover.fled_half_life_days)
    derived.guard_share = share_of_a_day(rules.spillover.guard_days)
    derived.slack_share = share_of_a_day(rules.spillover.guard_decay_days)
    derived.held_share = share_of_a_day(rules.settlement.smoothing_days)
    derived.least_ratio = winning_ratio(rules.orders.least_odds, rules.contest.decisiveness, rules.contest.form)
    list_airbases(world, state)
    derived.entrants = 0
    for faction in range(world.n_factions):
        if world.may_enter[faction] == 1:
            derived.entrants |= 1 << faction
    find_core(world, state)
    for place in range(world.n_locations):
        list_rulers(world, state, place)
        derived.nearness[place] = math.exp(-world.capital_hops[place] / rules.regime.capital_reach_hops)
        derived.people_value[place] = people_value(world.population_share[place], rules.orders.population_exponent)


@phase
def find_core(world: World, state: State) -> None:
    """Work out where the regime's own community lives: as the tables count it, else the homes of its militias."""
    is_counted = False
    for place in range(world.n_locations):
        is_counted = is_counted or world.core_of[place] != NOBODY
    for place in range(world.n_locations):
        core = world.core_of[place]
        state.derived.core[place] = 0.0 if is_counted else -1.0
        if core != NOBODY and world.side[core] == world.regime:
            state.derived.core[place] = world.core_share[place]
    for faction in range(world.n_factions):
        home = world.home_location[faction]
        is_militia = world.side[faction] == world.regime and faction != world.regime and world.is_native[faction] == 1
        if is_militia and home != NOBODY and not is_counted:
            state.derived.core[home] = 1.0


@phase
def list_airbases(world: World, state: State) -> None:
    """List the places with airbases that count for somebody's air force."""
    n = 0
    for place in range(world.n_locations):
        if world.airbases[place] > 0.0 and world.seat_holder[place] != NOBODY:
            state.derived.with_airbase[n] = place
            n += 1
    state.derived.n_with_airbase = n


@phase
def list_rulers(world: World, state: State, place: int) -> None:
    """List the factions that controlled a part of a place on day 0."""
    n = 0
    for faction in range(world.n_factions):
        if world.control[place, faction] > 0.0:
            state.derived.rulers[place, n] = faction
            n += 1
    state.derived.n_rulers[place] = n


@phase
def clear_regime(state: State) -> None:
    """Set everything that has not happened yet."""
    state.is_storming = 0
    state.first_attack_day = NEVER
    state.first_loss_day = NEVER
    state.flight_day = NEVER
    state.capital_day = NEVER
    state.collapse_day = NEVER
    state.coup_day = NEVER
    state.government_end_day = NEVER
    state.disintegration_day = NEVER
    state.near_day = NEVER
    state.truce_day = NEVER
    state.truce_until = NEVER
    state.outcome = Outcome.IN_POWER.value
    state.n_captures = 0
    state.raised = 0.0
    state.n_exits = 0
    state.n_lost = 0
    state.n_events = 0
    state.n_events_before = 0


@phase
def begin_faction(world: World, rules: Rules, state: State, faction: int) -> None:
    """Draw a faction's true quality and resolve, and open its ledger."""
    contest = rules.contest
    z = normal(state.key, Purpose.QUALITY, faction, 0)
    quality = drawn_quality(world.quality[faction], rules.variation.strength_spread, z)
    leader = state.side[faction]
    state.side_factor[faction] = 1.0
    if leader in (world.regime, world.challenger):
        z = normal(state.key, Purpose.SIDE_ERROR, leader, 0)
        state.side_factor[faction] = side_factor(rules.scale.side_error, z)
    state.unit_strength[faction] = state.side_factor[faction] * fighter_strength(
        quality, world.coded_morale[faction], contest.quality_exponent, contest.coded_morale_weight
    )
    resolve = normal(state.key, Purpose.SIDE_RESOLVE, leader, 0)
    state.side_shift[faction] = rules.morale.side_spread * resolve
    state.resolve_lever[faction] = 1.0
    state.restraint[faction] = 0.0
    for actor in range(world.n_states + world.n_factions):
        state.restraint_lever[actor, faction] = 0.0
    attacks = leader == world.challenger and (faction == leader or state.tie[faction, leader] >= ACTIVE_TIE)
    state.is_active[faction] = 1 if attacks else 0
    state.is_waking[faction] = 0
    state.attacked_day[faction] = NEVER
    state.n_posts[faction] = 0
    state.n_orders[faction] = 0
    state.direct_help[faction] = 0.0
    state.patron_level[faction] = 0.0
    state.killed[faction] = 0.0
    state.wounded[faction] = 0.0
    state.deserted[faction] = 0.0
    state.recruited[faction] = 0.0
    state.joined[faction] = 0.0
    state.heavy_waiting[faction] = 0.0
    state.heavy_lost[faction] = 0.0
    state.heavy_captured[faction] = 0.0


@phase
def begin_place(world: World, state: State, place: int) -> None:
    """Give a place to its holder of day 0."""
    state.holder[place] = world.seat_holder[place]
    state.presence[place] = 0
    state.n_here[place] = 0
    state.reach[place] = 0
    state.dissolving[place] = 0
    state.pressed[place] = 0
    state.contact[place] = 0.0
    state.lost_by[place] = NOBODY
    state.lost_to[place] = NOBODY
    state.lost_from[place] = NOBODY
    state.lost_shock[place] = 0.0
    state.yielded[place] = 0
    state.captured_day[place] = NEVER
    state.first_attacked[place] = NEVER
    state.was_lost[place] = 0
    state.dispersed[place] = 0.0
    for faction in range(world.n_factions):
        state.control[place, faction] = world.control[place, faction]
        state.front[place, faction] = 0.0
        state.order[place, faction] = 0
        state.task[place, faction] = NOBODY
        state.pursuit[place, faction] = NOBODY
        state.rest_until[place, faction] = NEVER
        state.strength[place, faction] = 0.0
        state.shock[place, faction] = 0.0
        state.morale[place, faction] = 0.0
        state.margin[place, faction] = 0.0


@phase
def raise_forces(world: World, rules: Rules, state: State, faction: int) -> None:
    """Draw a faction's strength and put its garrisons at rest."""
    morale = rules.morale
    spread = rules.variation.strength_spread
    z = normal(state.key, Purpose.STRENGTH, faction, 0)
    factor = drawn_strength(
        world.fighters_low[faction], world.fighters_central[faction], world.fighters_high[faction], spread, z
    )
    state.fighters_day_0[faction] = 0.0
    state.heavy_day_0[faction] = 0.0
    for place in range(world.n_locations):
        people = world.deployed[place, faction] * factor
        weapons = people * world.heavy_weapons[faction]
        state.fighters[place, faction] = people
        state.heavy[place, faction] = weapons
        state.fighters_day_0[faction] += people
        state.heavy_day_0[faction] += weapons
        state.was_cut_off[place, faction] = 0
        state.is_cut_off[place, faction] = 0
        if people > 0.0:
            station(world, state, place, faction)
            state.was_cut_off[place, faction] = 1 if has_no_friend_near(world, state, place, faction) else 0
            set_margin(world, rules, state, place, faction)
            field = state.margin[place, faction] - state.derived.half_width
            state.morale[place, faction] = morale_at_rest(field, morale.beta, morale.form, morale.slope)


@phase
def begin_actor(world: World, state: State, actor: int) -> None:
    """Fill a patron's reserve."""
    state.reserve[actor] = world.capacity[actor]
    state.strikes_lever[actor] = 1.0
    for faction in range(world.n_factions):
        state.struck[actor, faction] = 0.0


@phase
def begin_links(world: World, rules: Rules, state: State) -> None:
    """Let patrons hold the beliefs and give the support that the situation of day 0 implies."""
    for link in range(world.n_links):
        state.support_lever[link] = 1.0
        state.is_abandoned[link] = 0
        state.abandoned_day[link] = NEVER
        state.exit_shock[link] = 0.0
        state.direct[link] = 0.0
        state.support[link] = 0.0
        state.belief[link] = prospect(world, rules, state, world.link_client[link])
        state.belief_day_0[link] = state.belief[link]
        u = uniform(state.key, Purpose.PATRON_ABSTAINS, link, 0)
        state.abstains[link] = 1 if u < rules.patronage.abstain_probability else 0
        for slot in range(DELAY_SLOTS):
            state.direct_wanted[link, slot] = 0.0
    for _ in range(ROUNDS_TO_REST):
        settle_support(world, rules, state)
    for link in range(world.n_links):
        for slot in range(DELAY_SLOTS):
            state.support_wanted[link, slot] = state.support[link]
    for faction in range(world.n_factions):
        state.patron_level_day_0[faction] = state.patron_level[faction]


@phase
def settle_support(world: World, rules: Rules, state: State) -> None:
    """Move every support once towards what its patron would give on day 0."""
    for actor in range(world.n_states + world.n_factions):
        for link in range(world.link_start[actor], world.link_start[actor + 1]):
            needed = need(state.belief[link])
            utility = link_utility(world, rules, state, actor, link, needed)
            state.support[link] = desired_support(utility, state.reserve[actor])
    pool_aid(world, rules, state)
