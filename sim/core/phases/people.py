"""People flee from a war by its dead, inside their country and across its borders, and return; workers go home.

Every flow is a whole number of people and follows from what the phase found. One draw rounds each flow along the places
and states of the world, so that all of them are right on average and to the person. The displaced are known by their
homes; where in their country they find refuge is not followed, nor that they move on.
"""

from __future__ import annotations

import math

from sim.core.codes import NEVER, Purpose
from sim.core.jit import phase
from sim.core.phases.forces import today
from sim.core.phases.violence import all_scores, mismatch
from sim.core.rng import normal, two_uniforms, uniform
from sim.core.rules import Rules
from sim.core.rules.displacement import (
    PER_MILLION,
    WORKERS_LEAVE_AT,
    border_pull,
    crossing_share,
    flight_weight,
    forced,
    gross_flight,
    nearness_to_border,
    people_up_to,
    permeability,
    pushed_share,
    return_probability,
    whole_people,
)
from sim.core.rules.scale import run_factor
from sim.core.state import State, World, index

ROUNDED = 0.5  # where shares of people need no draw: nobody minds which of two places takes one person more


@phase
def set_crossings(world: World, rules: Rules, state: State) -> None:
    """Work out how each border draws those who flee, whom it lets through, and how near places are to borders."""
    displacement = rules.displacement
    derived = state.derived
    for host in range(world.n_states):
        capacity = world.capacity[host]
        derived.passable[host] = permeability(
            world.policy[host], capacity, displacement.managed_share, displacement.closed_share
        )
        derived.forced[host] = forced(world.policy[host], capacity, displacement.forced_return)
        pull = pull_of(world, rules, host)
        for i in range(world.n_contested):
            place = index(world.contested[i])
            near = nearness_to_border(world.border_hops[place, host], displacement.hop_decay)
            derived.crossing_pull[place, host] = pull * near
    mean = 0.0
    for i in range(world.n_contested):
        place = index(world.contested[i])
        strongest = 0.0
        for host in range(world.n_states):
            strongest = max(strongest, derived.crossing_pull[place, host])
        derived.border_access[place] = math.pow(strongest, displacement.access_exponent)
        mean += world.population_share[place] * derived.border_access[place]
    for i in range(world.n_contested):
        place = index(world.contested[i])
        derived.border_access[place] = derived.border_access[place] / mean if mean > 0.0 else 0.0


@phase
def pull_of(world: World, rules: Rules, host: int) -> float:
    """Return how strongly a state draws those who flee, by the people along its border."""
    displacement = rules.displacement
    people = 0.0
    for i in range(world.n_contested):
        place = index(world.contested[i])
        if world.border_hops[place, host] == 1:
            is_open = world.crossing_hops[place, host] == 1
            people += world.population[place] * (1.0 if is_open else displacement.path_share)
    kin = 0.0
    for faction in range(world.n_factions):
        kin = max(kin, world.kin[host, faction])
    return border_pull(people, world.refugees_hosted[host], kin, displacement.earlier_pull, displacement.kin_pull)


@phase
def begin_people(world: World, rules: Rules, state: State) -> None:
    """Put everybody at home, the refugees of day 0 where they are, and draw whom each state draws in this run."""
    state.displaced_peak = 0.0
    state.displaced_new = 0.0
    for host in range(world.n_states):
        state.refugees_old[host] = math.floor(world.refugees_hosted[host] + 0.5)
        state.refugees_in[host] = 0.0
        state.arrived[host] = 0.0
        state.returned_old[host] = 0.0
        state.workers[host] = math.floor(world.foreign_workers[host] + 0.5)
        state.workers_left[host] = 0.0
        z = normal(state.key, Purpose.HOST_SCALE, host, 0)
        state.host_factor[host] = run_factor(rules.scale.host_spread, z)
    for place in range(world.n_locations):
        state.residents[place] = math.floor(world.population[place] + 0.5)
        state.displaced[place] = 0.0
        state.refugees_from[place] = 0.0
        total = 0.0
        for host in range(world.n_states):
            total += state.derived.crossing_pull[place, host] * state.host_factor[host]
        share = crossing_share(
            rules.displacement.crossing_share, state.crossing_shift, state.derived.border_access[place]
        )
        for host in range(world.n_states):
            pull = state.derived.crossing_pull[place, host] * state.host_factor[host]
            state.bound_for[place, host] = share * state.derived.passable[host] * pull / total if total > 0.0 else 0.0


@phase
def move_people(world: World, rules: Rules, state: State) -> None:
    """Let people return and flee; nobody is lost or counted twice."""
    welcomed = find_safe_places(world, rules, state)
    u, v = two_uniforms(state.key, Purpose.RETURN, world.contested_state, 0)
    end_displacement(world, rules, state, u)
    end_refuge(world, rules, state, v, u)
    end_exile(world, rules, state, welcomed)
    flee(world, rules, state)
    displaced = 0.0
    for i in range(world.n_contested):
        displaced += state.displaced[world.contested[i]]
    state.displaced_peak = max(state.displaced_peak, displaced)
    if state.killed_lately_all > WORKERS_LEAVE_AT:
        send_workers_home(world, state)


@phase
def find_safe_places(world: World, rules: Rules, state: State) -> float:
    """Score safe places by their people and set how welcome home is there; return that of the country."""
    welcomed = 0.0
    for i in range(world.n_contested):
        place = index(world.contested[i])
        state.scratch.score[place] = 0.0
        state.scratch.welcome[place] = 0.0
        if is_safe(world, rules, state, place):
            state.scratch.score[place] = world.population[place]
            if state.collapse_day != NEVER:
                state.scratch.welcome[place] = 1.0 - mismatch(world, state, place)
                welcomed += world.population_share[place] * state.scratch.welcome[place]
    return welcomed


@phase
def is_safe(world: World, rules: Rules, state: State, place: int) -> bool:
    """Tell whether a place is quiet and has been in the same hands for some days."""
    displacement = rules.displacement
    bearable = displacement.safe_toll * world.population[place]
    quiet = state.contact[place] == 0.0 and state.revenge_days[place] == 0
    fell = state.captured_day[place]
    stays = fell == NEVER or today(state) - fell > displacement.safe_days
    return quiet and stays and PER_MILLION * state.killed_lately[place] <= bearable


@phase
def end_displacement(world: World, rules: Rules, state: State, u: float) -> None:
    """Let the displaced inside the country return to safe places."""
    displacement = rules.displacement
    expected = 0.0
    so_far = 0.0
    for i in range(world.n_contested):
        place = index(world.contested[i])
        if state.scratch.score[place] > 0.0 and state.displaced[place] > 0.0:
            chance = state.derived.return_share
            welcome = state.scratch.welcome[place]
            if welcome > 0.0:
                chance = return_probability(displacement.return_inside, welcome, displacement.welcome_inside)
            expected += chance * state.displaced[place]
            home = min(whole_people(expected, u) - so_far, state.displaced[place])
            so_far = whole_people(expected, u)
            state.displaced[place] -= home
            state.residents[place] += home


@phase
def end_refuge(world: World, rules: Rules, state: State, u: float, v: float) -> None:
    """Let those who crossed a border since day 0 return to safe places, sooner from where they are forced to."""
    displacement = rules.displacement
    abroad = 0.0
    leaving = 0.0
    for host in range(world.n_states):
        abroad += state.refugees_in[host]
        leaving += state.refugees_in[host] * state.derived.forced[host]
    if abroad <= 0.0:
        return
    expected = 0.0
    back = 0.0
    for i in range(world.n_contested):
        place = index(world.contested[i])
        if state.scratch.score[place] > 0.0 and state.refugees_from[place] > 0.0:
            chance = state.derived.refugee_share
            welcome = state.scratch.welcome[place]
            if welcome > 0.0:
                chance = return_probability(displacement.return_refugees, welcome, displacement.welcome_refugees)
            there = state.refugees_from[place]
            expected += min(1.0, chance * leaving / abroad) * there
            home = min(whole_people(expected, u) - back, there)
            state.refugees_from[place] -= home
            state.residents[place] += home
            back += home
    if back > 0.0:
        leave_states(world, state, back, leaving, v)


@phase
def leave_states(world: World, state: State, people: float, leaving: float, v: float) -> None:
    """Take those who went home out of the states that took them in, by how many are there and who is forced to go."""
    passed = 0.0
    so_far = 0.0
    gone = 0.0
    for host in range(world.n_states):
        there = state.refugees_in[host]
        passed += there * state.derived.forced[host]
        home = min(people_up_to(people, passed, leaving, v) - so_far, there)
        so_far += home
        state.refugees_in[host] -= home
        gone += home
    for host in range(world.n_states):  # where more were to leave a state than are there, the others make up for it
        home = min(people - gone, state.refugees_in[host])
        state.refugees_in[host] -= home
        gone += home


@phase
def end_exile(world: World, rules: Rules, state: State, welcomed: float) -> None:
    """Let refugees of before day 0 return, to the safe places by their size; to none if there is none."""
    displacement = rules.displacement
    room = all_scores(world, state)
    if room <= 0.0:
        return
    chance = return_probability(displacement.return_old, welcomed, displacement.welcome_old)
    u = uniform(state.key, Purpose.RETURN_HOSTED, world.contested_state, 0)
    expected = 0.0
    so_far = 0.0
    back = 0.0
    for host in range(world.n_states):
        there = state.refugees_old[host]
        if there > 0.0:
            expected += min(1.0, chance * state.derived.forced[host]) * there
            home = min(whole_people(expected, u) - so_far, there)
            so_far = whole_people(expected, u)
            state.refugees_old[host] -= home
            state.returned_old[host] += home
            back += home
    if back > 0.0:
        settle_in(world, state, back, room)


@phase
def settle_in(world: World, state: State, people: float, room: float) -> None:
    """Spread those who end their exile over the safe places."""
    passed = 0.0
    placed = 0.0
    for i in range(world.n_contested):
        place = index(world.contested[i])
        if state.scratch.score[place] > 0.0:
            passed += state.scratch.score[place]
            so_far = people_up_to(people, passed, room, ROUNDED)
            state.residents[place] += so_far - placed
            placed = so_far


@phase
def flee(world: World, rules: Rules, state: State) -> None:
    """Let people leave the places where others are killed: some for other states, the rest inside their country."""
    displacement = rules.displacement
    gross = gross_flight(
        state.killed_lately_all, displacement.flight_scale, displacement.flight_exponent, state.flight_factor
    )
    total = weigh_flight(world, rules, state)
    each = gross / total if total > 0.0 else 0.0
    u, v = two_uniforms(state.key, Purpose.OUTFLOW, world.contested_state, 0)
    from_refuge = find_crossings_of_refuges(world, rules, state)
    expected = 0.0
    so_far = 0.0
    wish = 0.0
    abroad = 0.0
    for i in range(world.n_contested):
        place = index(world.contested[i])
        driven = min(each * state.scratch.flight[place], state.scratch.room[place])
        expected += min(driven + pushed_out(world, rules, state, place), state.residents[place])
        people = min(whole_people(expected, u) - so_far, state.residents[place])
        if people > 0.0:
            so_far += people
            state.residents[place] -= people
            wish += find_crossings(world, state, place, people, from_refuge)
            crossing = whole_people(wish, v) - abroad
            abroad += crossing
            state.refugees_from[place] += crossing
            state.displaced[place] += people - crossing
    state.displaced_new += so_far - abroad
    if abroad > 0.0:
        enter_states(world, state, abroad, u)


@phase
def weigh_flight(world: World, rules: Rules, state: State) -> float:
    """Weigh places by their dead and by who may still leave; return the sum. None flee from where home is welcome."""
    total = 0.0
    for i in range(world.n_contested):
        place = index(world.contested[i])
        away = state.displaced[place] + state.refugees_from[place]
        room = min(max(0.0, rules.displacement.most_away * world.population[place] - away), state.residents[place])
        weight = flight_weight(state.killed_lately[place], room)
        state.scratch.room[place] = room
        state.scratch.flight[place] = weight * (1.0 - state.scratch.welcome[place])
        total += weight
    return total


@phase
def pushed_out(world: World, rules: Rules, state: State, place: int) -> float:
    """Return how many leave a place besides, because it fell to strangers today or revenge is taken there."""
    displacement = rules.displacement
    people = state.residents[place]
    fear = 0.0
    killed = 0.0
    if state.captured_day[place] == today(state):
        fear = mismatch(world, state, place)
    if state.revenge_days[place] > 0 and people > 0.0:
        killed = 1e5 * state.civilians_killed_today[place] / people
    if fear + killed <= 0.0:
        return 0.0
    return people * pushed_share(fear, killed, displacement.fear_push, displacement.death_push)


@phase
def find_crossings_of_refuges(world: World, rules: Rules, state: State) -> float:
    """Find where those go who cross from refuges, safe places by their size; return their share of all who cross.

    Without distance it is the same from everywhere.
    """
    for host in range(world.n_states):
        state.scratch.crossing[host] = 0.0
        state.scratch.refuge[host] = 0.0
    room = all_scores(world, state)
    if rules.displacement.hop_decay <= 0.0 or room <= 0.0:
        return 0.0
    for i in range(world.n_contested):
        place = index(world.contested[i])
        for host in range(world.n_states):
            state.scratch.refuge[host] += state.scratch.score[place] / room * state.bound_for[place, host]
    return rules.displacement.refuge_share


@phase
def find_crossings(world: World, state: State, place: int, people: float, from_refuge: float) -> float:
    """Add those of a place who will cross to the crossings of each state; return how many they are on average.

    Whom a border stops is not among them: who wished to cross it stays inside.
    """
    crossing = 0.0
    for host in range(world.n_states):
        bound = (1.0 - from_refuge) * state.bound_for[place, host] + from_refuge * state.scratch.refuge[host]
        passing = people * bound * state.border_lever[host]
        state.scratch.crossing[host] += passing
        crossing += passing
    return crossing


@phase
def enter_states(world: World, state: State, people: float, u: float) -> None:
    """Let those who cross arrive, by how many come to each state."""
    total = 0.0
    for host in range(world.n_states):
        total += state.scratch.crossing[host]
    passed = 0.0
    so_far = 0.0
    for host in range(world.n_states):
        if state.scratch.crossing[host] > 0.0:
            passed += state.scratch.crossing[host]
            arrived = people_up_to(people, passed, total, u)
            state.refugees_in[host] += arrived - so_far
            state.arrived[host] += arrived - so_far
            so_far = arrived


@phase
def send_workers_home(world: World, state: State) -> None:
    """Let foreign workers leave for their own states, where they are no refugees."""
    share = state.derived.workers_share
    for host in range(world.n_states):
        if state.workers[host] > 0.0:
            u = uniform(state.key, Purpose.WORKERS, host, 0)
            leaving = min(whole_people(share * state.workers[host], u), state.workers[host])
            state.workers[host] -= leaving
            state.workers_left[host] += leaving
