"""People leave contested places, inside their country and across open borders, and return.

Every flow is a whole number of people and follows from what the phase found. Nobody returns to a place that people
leave today, nor finds refuge there, so the order of places cannot matter. Those who found refuge in a place that is
attacked later stay there: moving on again is not told apart from staying.
"""

from __future__ import annotations

import math

from sim.core.codes import NEVER, Purpose
from sim.core.jit import phase
from sim.core.phases.forces import pair, today
from sim.core.phases.violence import all_scores, mismatch
from sim.core.rng import two_uniforms, uniform
from sim.core.rules import Rules
from sim.core.rules.displacement import (
    crossing_share,
    leaving_probability,
    people_up_to,
    return_probability,
    whole_people,
)
from sim.core.state import State, World, index

ROUNDED = 0.5  # where shares of people need no draw: nobody minds which of two places hosts one person more


@phase
def begin_people(world: World, state: State) -> None:
    """Put everybody at home, and the refugees of day 0 where they are."""
    state.displaced_peak = 0.0
    state.displaced_new = 0.0
    for host in range(world.n_states):
        state.refugees_old[host] = math.floor(world.refugees_hosted[host] + 0.5)
        state.refugees_in[host] = 0.0
        state.arrived[host] = 0.0
        state.returned[host] = 0.0
    for place in range(world.n_locations):
        state.residents[place] = math.floor(world.population[place] + 0.5)
        state.displaced[place] = 0.0
        state.hosted[place] = 0.0
        state.refugees_from[place] = 0.0
        for host in range(world.n_states):
            state.refugees[place, host] = 0.0


@phase
def move_people(world: World, rules: Rules, state: State) -> None:
    """Let people leave and return; nobody is lost or counted twice."""
    back = 0.0
    welcomed = 0.0
    for i in range(world.n_contested):
        place = index(world.contested[i])
        state.scratch.score[place] = 0.0
        if is_safe(rules, state, place):
            welcome = 1.0 - mismatch(world, state, place) if state.collapse_day != NEVER else 0.0
            state.scratch.score[place] = world.population[place]
            welcomed += world.population_share[place] * welcome
            back += bring_home(world, rules, state, place, welcome)
    if back > 0.0:
        leave_hosts(world, state, back)
    end_exile(world, rules, state, welcomed)
    displaced = 0.0
    for i in range(world.n_contested):
        place = index(world.contested[i])
        if state.residents[place] > 0.0 and is_driven(state, place):
            flee(world, rules, state, place)
        displaced += state.displaced[place]
    state.displaced_peak = max(state.displaced_peak, displaced)


@phase
def is_driven(state: State, place: int) -> bool:
    """Tell whether something drives people out today; with the background of violence they have long lived."""
    fell = state.captured_day[place] == today(state)
    return state.contact[place] > 0.0 or state.revenge_days[place] > 0 or fell


@phase
def is_safe(rules: Rules, state: State, place: int) -> bool:
    """Tell whether a place is quiet and has been in the same hands for some days."""
    quiet = state.contact[place] == 0.0 and state.revenge_days[place] == 0
    fell = state.captured_day[place]
    return quiet and (fell == NEVER or today(state) - fell > rules.displacement.safe_days)


@phase
def bring_home(world: World, rules: Rules, state: State, place: int, welcome: float) -> float:
    """Let people return to a safe place; return how many of them were displaced inside the country."""
    away = state.displaced[place] + state.refugees_from[place]
    if away <= 0.0:
        return 0.0
    chance = state.derived.return_share
    if welcome > 0.0:
        displacement = rules.displacement
        chance = return_probability(displacement.return_new, welcome, displacement.return_welcome)
    u, v = two_uniforms(state.key, Purpose.RETURN, place, 0)
    people = whole_people(chance * away, u)
    if people <= 0.0:
        return 0.0
    passed = state.displaced[place]
    home = min(people_up_to(people, passed, away, v), passed)
    state.displaced[place] -= home
    placed = home
    for host in range(world.n_states):
        there = state.refugees[place, host]
        if there > 0.0:
            passed += there
            back = min(people_up_to(people, passed, away, v) - placed, there)
            state.refugees[place, host] -= back
            state.refugees_in[host] -= back
            state.returned[host] += back
            placed += back
    state.refugees_from[place] -= placed - home
    state.residents[place] += placed
    return home


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
    chance = return_probability(displacement.return_old, welcomed, displacement.return_welcome)
    exiles = 0.0
    for host in range(world.n_states):
        exiles += state.refugees_old[host]
    u, v = two_uniforms(state.key, Purpose.RETURN_HOSTED, world.contested_state, 0)
    people = whole_people(chance * exiles, u)
    if people <= 0.0:
        return
    passed = 0.0
    placed = 0.0
    for host in range(world.n_states):
        there = state.refugees_old[host]
        if there > 0.0:
            passed += there
            back = min(people_up_to(people, passed, exiles, v) - placed, there)
            state.refugees_old[host] -= back
            state.returned[host] += back
            placed += back
    settle_in(world, state, placed, room)


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
def flee(world: World, rules: Rules, state: State, place: int) -> None:
    """Let people leave a place: some across open borders, the others to safe places inside the country."""
    displacement = rules.displacement
    fear = mismatch(world, state, place) if state.captured_day[place] == today(state) else 0.0
    share = leaving_probability(
        state.contact[place],
        fear,
        1e5 * state.civilians_killed_today[place] / state.residents[place],
        displacement.contest_push,
        displacement.fear_push,
        displacement.death_push,
    )
    people = whole_people(share * state.residents[place], uniform(state.key, Purpose.OUTFLOW, place, 0))
    if people > 0.0:
        state.residents[place] -= people
        inside = people - cross_borders(world, rules, state, place, people)
        state.displaced[place] += inside
        state.displaced_new += inside
        find_hosts(world, state, place, inside)


@phase
def cross_borders(world: World, rules: Rules, state: State, place: int, people: float) -> float:
    """Let some of the leavers cross; return how many do. Whom a closed border stops stays inside the country."""
    displacement = rules.displacement
    strongest = 0.0
    total = 0.0
    for host in range(world.n_states):
        pull = state.derived.crossing_pull[place, host]
        strongest = max(strongest, pull)
        total += pull
    abroad = 0.0
    for host in range(world.n_states):
        pull = state.derived.crossing_pull[place, host]
        if pull > 0.0 and state.border_lever[host] > 0.0:
            share = crossing_share(pull, strongest, total, state.border_lever[host], displacement.abroad_share)
            u = uniform(state.key, Purpose.ABROAD, pair(place, host), 0)
            crossing = min(whole_people(people * share, u), people - abroad)
            state.refugees[place, host] += crossing
            state.refugees_in[host] += crossing
            state.arrived[host] += crossing
            abroad += crossing
    state.refugees_from[place] += abroad
    return abroad


@phase
def find_hosts(world: World, state: State, place: int, people: float) -> None:
    """Spread the displaced over safe places by size and nearness; without any they hide where they are."""
    room = 0.0
    for i in range(world.n_contested):
        host = index(world.contested[i])
        if state.scratch.score[host] > 0.0:
            room += state.scratch.score[host] / world.hops[place, host]
    if room <= 0.0:
        state.hosted[place] += people
        return
    passed = 0.0
    placed = 0.0
    for i in range(world.n_contested):
        host = index(world.contested[i])
        if state.scratch.score[host] > 0.0:
            passed += state.scratch.score[host] / world.hops[place, host]
            so_far = people_up_to(people, passed, room, ROUNDED)
            state.hosted[host] += so_far - placed
            placed = so_far
