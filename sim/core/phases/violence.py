"""Violence against civilians: with the fighting, in the background, and as revenge."""

from __future__ import annotations

import math

from sim.core.codes import NEVER, NOBODY, Event, Purpose, Terrain
from sim.core.jit import phase
from sim.core.phases.events import note_event
from sim.core.phases.forces import HOSTILE_TIE, today
from sim.core.rng import normal, poisson, two_uniforms, uniform
from sim.core.rules import Rules
from sim.core.rules.displacement import people_up_to
from sim.core.rules.violence import (
    STRANGE_CORE,
    aroused_grievance,
    burst_days,
    burst_probability,
    burst_size,
    civilian_weight,
    deaths_due,
    deaths_of_a_day,
    disorder,
    expected_deaths,
    old_lines,
    relaxed_grievance,
    revenge_weight,
)
from sim.core.state import State, World, index

RECENT_SHARE = 1.0 - math.exp(-1.0 / 14.0)
"""Weight of a day in a mean that forgets over two weeks."""


@phase
def begin_violence(world: World, state: State) -> None:
    """Clear the toll of a run."""
    state.killed_lately_all = 0.0
    for place in range(world.n_locations):
        state.combatants_killed[place] = 0.0
        state.civilians_killed[place] = 0.0
        state.civilians_killed_today[place] = 0.0
        state.background_killed[place] = 0.0
        state.killed_before[place] = 0.0
        state.killed_lately[place] = 0.0
        state.revenge_left[place] = 0.0
        state.revenge_days[place] = 0
        state.grievance[place] = 1.0


@phase
def harm(world: World, rules: Rules, state: State) -> None:
    """Draw the civilians who are killed today."""
    open_toll(world, rules, state)
    strike_anywhere(world, rules, state)
    strike_with_war(world, rules, state)
    if state.collapse_day != NEVER:
        strike_in_disorder(world, rules, state)
        consider_revenge(world, rules, state)
    for i in range(world.n_contested):
        place = index(world.contested[i])
        close_toll(state, place)
    remember_toll(world, state)


@phase
def mismatch(world: World, state: State, place: int) -> float:
    """Return the share of a place that belonged to enemies of its holder on day 0.

    Who controlled a place stands in for who its people are. It is a weak proxy: control follows arms, not identity.
    """
    share = 0.0
    holder = state.holder[place]
    if holder != NOBODY:
        for i in range(state.derived.n_rulers[place]):
            faction = index(state.derived.rulers[place, i])
            if state.tie[faction, holder] <= HOSTILE_TIE:
                share += world.control[place, faction]
    return share


@phase
def open_toll(world: World, rules: Rules, state: State) -> None:
    """Begin the toll of the day, let bursts and grievance age, and weigh each place by its people."""
    for i in range(world.n_contested):
        place = index(world.contested[i])
        state.civilians_killed_today[place] = 0.0
        state.revenge_days[place] = max(0, state.revenge_days[place] - 1)
        state.scratch.score[place] = state.residents[place]
        if state.grievance[place] > 1.0:
            state.grievance[place] = relaxed_grievance(state.grievance[place], rules.violence.grievance_days)


@phase
def all_scores(world: World, state: State) -> float:
    """Return the sum of the scores of all contested places."""
    total = 0.0
    for i in range(world.n_contested):
        place = index(world.contested[i])
        total += state.scratch.score[place]
    return total


@phase
def drawn_place(world: World, state: State, mark: float) -> int:
    """Return the contested place in which the rising sum of scores passes a mark."""
    drawn = NOBODY
    for i in range(world.n_contested):
        place = index(world.contested[i])
        if state.scratch.score[place] > 0.0:
            drawn = place
            mark -= state.scratch.score[place]
            if mark < 0.0:
                return drawn
    return drawn


@phase
def strike_anywhere(world: World, rules: Rules, state: State) -> None:
    """Draw the background of the day; it falls on one place, larger ones more often."""
    people = all_scores(world, state)
    killed = killed_besides(state, rules.violence.background_deaths * people * 1e-6, world.contested_state)
    if killed > 0.0:
        place = place_besides(world, state, people, world.contested_state)
        killed = min(killed, state.residents[place])
        state.residents[place] -= killed
        state.background_killed[place] += killed


@phase
def strike_in_disorder(world: World, rules: Rules, state: State) -> None:
    """Draw who is killed today because a regime has gone and the next is not there yet; they fall on one place.

    Its draws are those of the background with a number of their own: the first after those of states.
    """
    for i in range(world.n_contested):
        place = index(world.contested[i])
        state.scratch.score[place] = state.residents[place]
    people = all_scores(world, state)
    rate = disorder(rules.violence.disorder_deaths, today(state) - state.collapse_day)
    killed = killed_besides(state, rate * people * 1e-6, world.n_states)
    if killed > 0.0:
        place = place_besides(world, state, people, world.n_states)
        state.civilians_killed_today[place] += killed


@phase
def killed_besides(state: State, mean: float, entity: int) -> float:
    """Draw how many civilians are killed today besides the fighting."""
    return poisson(mean, uniform(state.key, Purpose.BACKGROUND, entity, 0))


@phase
def place_besides(world: World, state: State, people: float, entity: int) -> int:
    """Draw the place that this falls on, by people."""
    return drawn_place(world, state, people * uniform(state.key, Purpose.BACKGROUND_PLACE, entity, 0))


@phase
def strike_with_war(world: World, rules: Rules, state: State) -> None:
    """Draw the civilians whom the fighting of the day kills, and divide them over places by the fighters killed."""
    violence = rules.violence
    mean = expected_deaths(
        state.combatants_killed_today,
        violence.civilians_per_fighter,
        violence.civilian_exponent,
        state.civilian_factor,
    )
    if mean <= 0.0:
        return
    host = world.contested_state
    u, v = two_uniforms(state.key, Purpose.CIVILIANS, host, 0)
    killed = deaths_of_a_day(mean, u, v)
    total = weigh_places(world, rules, state)
    if killed <= 0.0 or total <= 0.0:
        return
    mark = uniform(state.key, Purpose.CIVILIAN_PLACE, host, 0)
    passed = 0.0
    placed = 0.0
    for i in range(world.n_contested):
        place = index(world.contested[i])
        if state.scratch.score[place] > 0.0:
            passed += state.scratch.score[place]
            so_far = people_up_to(killed, passed, total, mark)
            state.civilians_killed_today[place] += so_far - placed
            placed = so_far


@phase
def weigh_places(world: World, rules: Rules, state: State) -> float:
    """Score each contested place by the civilians who die there in the fighting; return the sum."""
    total = 0.0
    for i in range(world.n_contested):
        place = index(world.contested[i])
        state.scratch.score[place] = 0.0
        if state.killed_in_war[place] > 0.0:
            holder = state.holder[place]
            is_besieged = holder != NOBODY and state.is_cut_off[place, holder] == 1
            is_harder = is_besieged or world.terrain[place] == Terrain.URBAN
            weight = civilian_weight(state.killed_in_war[place], is_harder, rules.violence.city_weight)
            state.scratch.score[place] = weight
            total += weight
    return total


@phase
def consider_revenge(world: World, rules: Rules, state: State) -> None:
    """Draw whether revenge breaks out today, and where: among people who are ruled by their enemies of late."""
    violence = rules.violence
    host = world.contested_state
    if uniform(state.key, Purpose.REVENGE, host, 0) >= burst_probability(violence.revenge_per_day):
        return
    for i in range(world.n_contested):
        place = index(world.contested[i])
        state.scratch.score[place] = 0.0
        if state.captured_day[place] != NEVER and state.revenge_days[place] == 0:
            strange = old_lines(
                mismatch(world, state, place),
                core_exposed(world, state, place),
                has_remnants_near(world, state, place),
                violence.core_weight,
            )
            days = today(state) - state.captured_day[place]
            weight = revenge_weight(state.residents[place], strange, days, violence.revenge_fade_days)
            state.scratch.score[place] = weight
    total = all_scores(world, state)
    if total > 0.0:
        place = drawn_place(world, state, total * uniform(state.key, Purpose.REVENGE_PLACE, host, 0))
        break_out(world, rules, state, place)


@phase
def core_exposed(world: World, state: State, place: int) -> float:
    """Return the share of a place's people who are the fallen regime's own and ruled by others.

    Where no table counts them, a home of its militias is all theirs, and elsewhere who controlled it says a little.
    """
    holder = state.holder[place]
    if holder != NOBODY and state.side[holder] == world.regime:
        return 0.0
    core = state.derived.core[place]
    return core if core >= 0.0 else STRANGE_CORE * mismatch(world, state, place)


@phase
def has_remnants_near(world: World, state: State, place: int) -> bool:
    """Tell whether fighters of the fallen regime's side stand in a place or next to it."""
    mask = state.side_mask[world.regime]
    near = state.presence[place]
    for edge in range(world.edge_start[place], world.edge_start[place + 1]):
        near |= state.presence[index(world.edge_to[edge])]
    return near & mask != 0


@phase
def break_out(world: World, rules: Rules, state: State, place: int) -> None:
    """Let a burst of revenge begin."""
    violence = rules.violence
    people = state.residents[place]
    z = normal(state.key, Purpose.REVENGE_SIZE, place, 0)
    size = burst_size(z, people, violence.revenge_median, violence.revenge_spread, violence.revenge_most)
    u = uniform(state.key, Purpose.REVENGE_DAYS, place, 0)
    state.revenge_left[place] = size
    state.revenge_days[place] = burst_days(u, violence.revenge_least_days, violence.revenge_more_days)
    state.grievance[place] = aroused_grievance(state.grievance[place], size, people, violence.grievance_gain)
    note_event(state, Event.REVENGE.value, place, world.n_states + state.holder[place], NOBODY, size)


@phase
def close_toll(state: State, place: int) -> None:
    """Add the dead of revenge to those of the fighting, and take all out of the residents."""
    killed = state.civilians_killed_today[place]
    if state.revenge_days[place] > 0:
        due = deaths_due(state.revenge_left[place], state.revenge_days[place])
        state.revenge_left[place] -= due
        killed += due
    killed = min(killed, state.residents[place])
    state.residents[place] -= killed
    state.civilians_killed[place] += killed
    state.civilians_killed_today[place] = killed


@phase
def remember_toll(world: World, state: State) -> None:
    """Let the dead of the day enter the mean of the last two weeks; of the first days all count alike."""
    share = max(1.0 / (today(state) + 1.0), RECENT_SHARE)
    state.killed_lately_all = 0.0
    for i in range(world.n_contested):
        place = index(world.contested[i])
        killed = state.combatants_killed[place] + state.civilians_killed[place]
        state.killed_lately[place] += share * (killed - state.killed_before[place] - state.killed_lately[place])
        state.killed_before[place] = killed
        state.killed_lately_all += state.killed_lately[place]
