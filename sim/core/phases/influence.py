"""States compete for influence on the places and people of the contested state.

Influence moves slowly: states decide, and shares move, once a week by an exact weekly step.
"""

from __future__ import annotations

from sim.core.codes import NEVER
from sim.core.jit import phase
from sim.core.phases.forces import FRIENDLY_TIE, today
from sim.core.rules import Rules
from sim.core.rules.influence import appeal, earned_share, effort, moved
from sim.core.state import State, World, index

STEP_DAYS = 7
ROUNDS_TO_REST = 8  # half steps, since two patrons in one place may overshoot each other; within a percent of rest


@phase
def begin_influence(world: World, rules: Rules, state: State) -> None:
    """Put every share of influence where it is at rest on day 0, in all runs alike."""
    rest = state.derived
    if rest.has_influence == 0:
        put_influence_at_rest(world, rules, state)
        rest.has_influence = 1
        return
    for i in range(world.n_contested):
        place = index(world.contested[i])
        for power in range(world.n_states):
            state.influence[place, power] = rest.influence[place, power]
            state.investment[place, power] = rest.investment[place, power]
            state.access[place, power] = rest.access[place, power]
    for power in range(world.n_states):
        state.influence_total[power] = rest.influence_total[power]
    state.concentration = rest.concentration
    state.effective_factions = rest.effective_factions


@phase
def put_influence_at_rest(world: World, rules: Rules, state: State) -> None:
    """Find where every share of influence is at rest on the morning of day 0, and keep it for all runs."""
    for place in range(world.n_locations):
        for power in range(world.n_states):
            state.influence[place, power] = 0.0
            state.investment[place, power] = 0.0
            state.access[place, power] = 0.0
    for power in range(world.n_states):
        find_access(world, rules, state, power)
    for i in range(ROUNDS_TO_REST):
        for power in range(world.n_states):
            spread_means(world, rules, state, power)
        move_shares(world, rules, state, 1.0 if i == 0 else 0.5)
    sum_up(world, state)
    rest = state.derived
    for i in range(world.n_contested):
        place = index(world.contested[i])
        for power in range(world.n_states):
            rest.influence[place, power] = state.influence[place, power]
            rest.investment[place, power] = state.investment[place, power]
            rest.access[place, power] = state.access[place, power]
    for power in range(world.n_states):
        rest.influence_total[power] = state.influence_total[power]
    rest.concentration = state.concentration
    rest.effective_factions = state.effective_factions


@phase
def invest(world: World, rules: Rules, state: State, actor: int) -> None:
    """Let one state spread its means over the places where they count most."""
    if is_end_of_week(state):
        find_access(world, rules, state, actor)
        spread_means(world, rules, state, actor)


@phase
def share_influence(world: World, rules: Rules, state: State) -> None:
    """Move every share towards what investment earns, and sum them up."""
    if is_end_of_week(state):
        move_shares(world, rules, state, moved(STEP_DAYS, rules.influence.rate_per_day))
    if is_end_of_week(state) or today(state) == world.horizon_days - 1:
        sum_up(world, state)


@phase
def is_end_of_week(state: State) -> bool:
    """Tell whether a week is over this evening: influence moves by weeks."""
    return (today(state) + 1) % STEP_DAYS == 0


@phase
def spread_means(world: World, rules: Rules, state: State, power: int) -> None:
    """Divide a state's means among the places by their appeal to it."""
    if power == world.contested_state:
        return
    total = 0.0
    for i in range(world.n_contested):
        place = index(world.contested[i])
        value = state.derived.place_value[place]
        access = state.access[place, power]
        weight = appeal(value, access, state.influence[place, power], rules.influence.focus)
        state.investment[place, power] = weight
        total += weight
    share = means(world, rules, state, power) / total
    for i in range(world.n_contested):
        place = index(world.contested[i])
        state.investment[place, power] *= share


@phase
def means(world: World, rules: Rules, state: State, power: int) -> float:
    """Return what a state puts into influence: its reserve, as far as it is committed to a client.

    Only clients count whom it stands by and who still stand themselves: a war elsewhere buys no influence here.
    """
    commitment = rules.influence.least_commitment
    for link in range(world.link_start[power], world.link_start[power + 1]):
        if state.is_abandoned[link] == 0 and still_stands(world, state, world.link_client[link]):
            commitment = max(commitment, world.link_commitment[link] * min(state.support_lever[link], 1.0))
    return state.reserve[power] * commitment


@phase
def still_stands(world: World, state: State, client: int) -> bool:
    """Tell whether a faction has forces in the contested state and is not on the side of a fallen regime."""
    if state.collapse_day != NEVER and state.side[client] == world.regime:
        return False
    for i in range(state.n_posts[client]):
        place = state.posts[client, i]
        if world.state_of[place] == world.contested_state and state.fighters[place, client] > 0.0:
            return True
    return False


@phase
def set_values(world: World, rules: Rules, state: State) -> None:
    """Set the value of every place."""
    sites = all_sites(world)
    for i in range(world.n_contested):
        place = index(world.contested[i])
        state.derived.place_value[place] = value_of(world, rules, place, sites)


@phase
def all_sites(world: World) -> float:
    """Return the military installations of the contested state."""
    total = 0.0
    for i in range(world.n_contested):
        place = index(world.contested[i])
        total += world.depots[place]
    return total


@phase
def value_of(world: World, rules: Rules, place: int, sites: float) -> float:
    """Return the value of a place by its people, its rank, and its military installations."""
    influence = rules.influence
    value = influence.people_weight * world.population_share[place]
    if place == world.capital:
        value += influence.capital_weight
    if sites > 0.0:
        value += influence.sites_weight * world.depots[place] / sites
    return value


@phase
def find_access(world: World, rules: Rules, state: State, power: int) -> None:
    """Set a state's access to every place: its goodwill to those who control it; troops there open some doors too."""
    if power == world.contested_state:
        return
    for i in range(world.n_contested):
        place = index(world.contested[i])
        state.access[place, power] = rules.influence.least_affinity
        for faction in range(world.n_factions):
            if state.attitude[power, faction] > 0.0:
                state.access[place, power] += state.control[place, faction] * state.attitude[power, faction]
        if has_troops(world, state, place, power):
            state.access[place, power] = max(state.access[place, power], rules.influence.troops_affinity)


@phase
def has_troops(world: World, state: State, place: int, power: int) -> bool:
    """Tell whether a state has a base in a place, or a force from its own country that it stands by is there."""
    if world.has_base[place, power] == 1:
        return True
    for i in range(state.n_here[place]):
        faction = index(state.here[place, i])
        is_its_own = world.home_state[faction] == power and state.attitude[power, faction] >= FRIENDLY_TIE
        if is_its_own and state.fighters[place, faction] > 0.0:
            return True
    return False


@phase
def move_shares(world: World, rules: Rules, state: State, step: float) -> None:
    """Move the shares of every place a part of the way to what investment earns."""
    influence = rules.influence
    local = effort(influence.local_effort, 1.0, influence.decisiveness)
    efforts = state.scratch.score  # by state: there are never more states than places
    for i in range(world.n_contested):
        place = index(world.contested[i])
        total = 0.0
        for power in range(world.n_states):
            efforts[power] = effort(state.access[place, power], state.investment[place, power], influence.decisiveness)
            total += efforts[power]
        for power in range(world.n_states):
            earned = earned_share(efforts[power], total, local)
            state.influence[place, power] += step * (earned - state.influence[place, power])


@phase
def sum_up(world: World, state: State) -> None:
    """Sum up influence over places by their value, its concentration, and the effective number of factions."""
    all_value = 0.0
    for power in range(world.n_states):
        state.influence_total[power] = 0.0
    for i in range(world.n_contested):
        place = index(world.contested[i])
        value = state.derived.place_value[place]
        all_value += value
        for power in range(world.n_states):
            state.influence_total[power] += value * state.influence[place, power]
    local = 1.0
    squares = 0.0
    for power in range(world.n_states):
        state.influence_total[power] /= all_value
        local -= state.influence_total[power]
        squares += state.influence_total[power] * state.influence_total[power]
    state.concentration = squares + local * local
    state.effective_factions = effective_factions(world, state)


@phase
def effective_factions(world: World, state: State) -> float:
    """Return the effective number of factions by the people whom they control (Laakso & Taagepera 1979)."""
    total = 0.0
    squares = 0.0
    for faction in range(world.n_factions):
        people = 0.0
        for place in range(world.n_locations):
            if world.state_of[place] == world.contested_state:
                people += world.population_share[place] * state.control[place, faction]
        total += people
        squares += people * people
    return total * total / squares if squares > 0.0 else 1.0
