"""People flee from a war by its dead, inside their country and across its borders, and return; workers go home.

Every flow is a whole number of people and follows from what the phase found. One draw rounds each flow along the places
and states of the world, so that all of them are right on average and to the person. Nobody finds refuge in the place
from which he flees. Those who found refuge in a place that is attacked later stay there: moving on again is not told
apart from staying. Who crosses from a refuge makes room there for those who flee today.
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

ROUNDED = 0.5  # shares of people need no draw: nobody minds which of two places hosts one person more


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
        state.hosted[place] = 0.0
        state.refugees_from[place] = 0.0
        total = 0.0
        for host in range(world.n_states):
            state.refugees[place, host] = 0.0
            total += state.derived.crossing_pull[place, host] * state.host_factor[host]
        for host in range(world.n_states):
            pull = state.derived.crossing_pull[place, host] * state.host_factor[host]
            state.bound_for[place, host] = state.derived.passable[host] * pull / total if total > 0.0 else 0.0


@phase
def move_people(world: World, rules: Rules, state: State) -> None:
    """Let people return and flee; nobody is lost or counted twice."""
    welcomed = find_safe_places(world, rules, state)
    u, v = two_uniforms(state.key, Purpose.RETURN, world.contested_state, 0)
    back = end_displacement(world, rules, state, u)
    if back > 0.0:
        leave_hosts(world, state, back)
    end_refuge(world, rules, state, v)
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
def end_displacement(world: World, rules: Rules, state: State, u: float) -> float:
    """Let the displaced inside the country return to safe places; return how many do."""
    displacement = rules.displacement
    expected = 0.0
    so_far = 0.0
    back = 0.0
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
            back += home
    return back


@phase
def end_refuge(world: World, rules: Rules, state: State, v: float) -> None:
    """Let those who crossed a border since day 0 return to safe places."""
    displacement = rules.displacement
    expected = 0.0
    so_far = 0.0
    for i in range(world.n_contested):
        place = index(world.contested[i])
        if state.scratch.score[place] > 0.0 and state.refugees_from[place] > 0.0:
            chance = state.derived.refugee_share
            welcome = state.scratch.welcome[place]
            if welcome > 0.0:
                chance = return_probability(displacement.return_refugees, welcome, displacement.welcome_refugees)
            for host in range(world.n_states):
                there = state.refugees[place, host]
                if there > 0.0:
                    expected += min(1.0, chance * state.derived.forced[host]) * there
                    home = min(whole_people(expected, v) - so_far, there)
                    so_far = whole_people(expected, v)
                    state.refugees[place, host] -= home
                    state.refugees_in[host] -= home
                    state.refugees_from[place] -= home
                    state.residents[place] += home


@phase
def leave_hosts(world: World, state: State, people: float) -> None:
    """Take those who went home out of the places that hosted them, in proportion."""
    hosted = 0.0
    for place in range(world.n_locations):
        hosted += state.hosted[place]
    passed = 0.0
    gone = 0.0
    for place in range(world.n_locations):
        if state.hosted[place] > 0.0:
            passed += state.hosted[place]
            so_far = people_up_to(people, passed, hosted, ROUNDED)
            state.hosted[place] -= so_far - gone
            gone = so_far


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
    """Let people leave the places where others are killed: some for other states, the rest for safe places inside."""
    displacement = rules.displacement
    gross = gross_flight(
        state.killed_lately_all, displacement.flight_scale, displacement.flight_exponent, state.flight_factor
    )
    total = weigh_flight(world, rules, state)
    u, v = two_uniforms(state.key, Purpose.OUTFLOW, world.contested_state, 0)
    from_refuge = find_crossings_of_refuges(world, rules, state)
    expected = 0.0
    so_far = 0.0
    wish = 0.0
    for i in range(world.n_contested):
        place = index(world.contested[i])
        pushed = pushed_out(world, rules, state, place)
        if state.scratch.flight[place] > 0.0 or pushed > 0.0:
            driven = gross * state.scratch.flight[place] / total if total > 0.0 else 0.0
            expected += min(min(driven, room_to_leave(world, rules, state, place)) + pushed, state.residents[place])
            people = min(whole_people(expected, u) - so_far, state.residents[place])
            so_far = whole_people(expected, u)
            if people > 0.0:
                state.residents[place] -= people
                crossed = whole_people(wish, v)
                wish = cross_borders(world, rules, state, place, people, from_refuge, wish, v)
                find_refuge(world, state, place, people - (whole_people(wish, v) - crossed))


@phase
def room_to_leave(world: World, rules: Rules, state: State, place: int) -> float:
    """Return how many more people of a place may leave it because of the toll."""
    most = rules.displacement.most_away * world.population[place]
    away = state.displaced[place] + state.refugees_from[place]
    return min(max(0.0, most - away), state.residents[place])


@phase
def weigh_flight(world: World, rules: Rules, state: State) -> float:
    """Weigh places by their dead and by who may still leave; return the sum. None flee from where home is welcome."""
    total = 0.0
    for i in range(world.n_contested):
        place = index(world.contested[i])
        room = room_to_leave(world, rules, state, place)
        weight = flight_weight(state.killed_lately[place], room)
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
    """Find where those who cross from places of refuge go; return which share of all who cross they are.

    Without distance it is the same from everywhere.
    """
    hosted = 0.0
    if rules.displacement.hop_decay > 0.0:
        for host in range(world.n_states):
            state.scratch.bound_for[host] = 0.0
        for i in range(world.n_contested):
            place = index(world.contested[i])
            hosted += state.hosted[place]
            for host in range(world.n_states):
                state.scratch.bound_for[host] += state.hosted[place] * state.bound_for[place, host]
        for host in range(world.n_states):
            state.scratch.bound_for[host] /= max(1.0, hosted)
    return rules.displacement.refuge_share if hosted > 0.0 else 0.0


@phase
def cross_borders(
    world: World,
    rules: Rules,
    state: State,
    place: int,
    people: float,
    from_refuge: float,
    wish: float,
    v: float,
) -> float:
    """Let some of those who flee cross; whom a border stops stays inside. Return the running sum of those who wish to.

    What is rounded along the sum has crossed.
    """
    share = crossing_share(rules.displacement.crossing_share, state.crossing_shift, state.derived.border_access[place])
    so_far = whole_people(wish, v)
    for host in range(world.n_states):
        bound = state.bound_for[place, host]
        if from_refuge > 0.0:
            bound += from_refuge * (state.scratch.bound_for[host] - bound)
        if bound > 0.0:
            wish += people * share * bound * state.border_lever[host]
            crossing = whole_people(wish, v) - so_far
            so_far = whole_people(wish, v)
            state.refugees[place, host] += crossing
            state.refugees_from[place] += crossing
            state.refugees_in[host] += crossing
            state.arrived[host] += crossing
    return wish


@phase
def find_refuge(world: World, state: State, place: int, people: float) -> None:
    """Spread those who stay inside the country over safe places by size and nearness; without any they hide there."""
    state.displaced[place] += people
    state.displaced_new += people
    room = 0.0
    for i in range(world.n_contested):
        host = index(world.contested[i])
        if host != place and state.scratch.score[host] > 0.0:
            room += state.scratch.score[host] / world.hops[place, host]
    if room <= 0.0:
        state.hosted[place] += people
        return
    passed = 0.0
    placed = 0.0
    for i in range(world.n_contested):
        host = index(world.contested[i])
        if host != place and state.scratch.score[host] > 0.0:
            passed += state.scratch.score[host] / world.hops[place, host]
            so_far = people_up_to(people, passed, room, ROUNDED)
            state.hosted[host] += so_far - placed
            placed = so_far


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
