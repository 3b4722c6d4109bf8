"""Factions in the war grow and shrink week by week; deserters stay with those whose ground it is."""

from __future__ import annotations

from sim.core.jit import phase
from sim.core.phases.forces import add_force, is_hostile, today
from sim.core.phases.settlement import people_held
from sim.core.rules import Rules
from sim.core.rules.growth import following, grown, growth_rate, who_stay
from sim.core.rules.patronage import relaxed, share_of_a_day
from sim.core.state import State, World, index

WEEK = 7


@phase
def begin_growth(world: World, state: State) -> None:
    """Take what each side holds on day 0 as what it has always held."""
    for faction in range(world.n_factions):
        state.held_before[faction] = people_held(world, state, state.side[faction])
        for place in range(world.n_locations):
            state.leaving[place, faction] = 0.0


@phase
def gain_followers(world: World, rules: Rules, state: State) -> None:
    """Let deserters of the day stay with an enemy, and once a week people join or leave factions in the war."""
    growth = rules.growth
    if growth.stay_share > 0.0:
        keep_deserters(world, rules, state)
    if today(state) % WEEK == WEEK - 1 and (growth.base > 0.0 or growth.success > 0.0):
        share = share_of_a_day(growth.memory_days / WEEK)
        for faction in range(world.n_factions):
            held = people_held(world, state, state.side[faction])
            won = held - state.held_before[faction]
            state.held_before[faction] = relaxed(state.held_before[faction], held, share)
            if may_grow(world, state, faction):
                join_or_leave(world, rules, state, faction, growth_rate(growth.base, growth.success, won))


@phase
def may_grow(world: World, state: State, faction: int) -> bool:
    """Tell whether a faction grows by these rules: native and in the war, neither cells nor of the regime's side."""
    is_rebel = state.side[faction] != world.regime and world.is_extremist[faction] == 0
    return is_rebel and world.is_native[faction] == 1 and state.is_active[faction] == 1


@phase
def join_or_leave(world: World, rules: Rules, state: State, faction: int, rate: float) -> None:
    """Let a week's joiners join where the people are and the faction stands, or the same share of each force leave."""
    fighters = 0.0
    ceiling = 0.0
    ground = 0.0
    for i in range(world.n_contested):
        place = index(world.contested[i])
        people = followers(world, state, place, faction)
        here = state.fighters[place, faction]
        fighters += here
        ceiling += rules.growth.ceiling * people
        stands = here > 0.0 or state.holder[place] == faction
        state.scratch.score[place] = people if stands else 0.0
        ground += state.scratch.score[place]
    after = grown(fighters, ceiling, rate, float(WEEK))
    if after > fighters and ground > 0.0:
        enrol(world, rules, state, faction, (after - fighters) / ground)
    elif after < fighters:
        shed(world, state, faction, after / fighters)


@phase
def followers(world: World, state: State, place: int, faction: int) -> float:
    """Return the people of a place among whom a faction can grow."""
    loyal = 0.0
    for i in range(state.derived.n_rulers[place]):
        ruler = index(state.derived.rulers[place, i])
        if is_hostile(state, faction, ruler):
            loyal += world.control[place, ruler]
    is_held = state.holder[place] == faction
    own = world.control[place, faction]
    return following(world.population[place], is_held, loyal, own, state.grievance[place])


@phase
def enrol(world: World, rules: Rules, state: State, faction: int, each: float) -> None:
    """Add recruits to a faction's forces, so many for each follower."""
    for i in range(world.n_contested):
        place = index(world.contested[i])
        new = each * state.scratch.score[place]
        if new > 0.0:
            state.recruited[faction] += new
            add_force(world, rules, state, place, faction, new, rules.regime.recruit_morale, 0.0)


@phase
def shed(world: World, state: State, faction: int, left: float) -> None:
    """Let the same share of each of a faction's forces in the country go home."""
    for i in range(world.n_contested):
        place = index(world.contested[i])
        gone = state.fighters[place, faction] * (1.0 - left)
        state.fighters[place, faction] -= gone
        state.deserted[faction] += gone


@phase
def keep_deserters(world: World, rules: Rules, state: State) -> None:
    """Let some of those who deserted today join their enemies who stand there, by whose ground it is."""
    for i in range(world.n_contested):
        place = index(world.contested[i])
        for j in range(state.n_here[place]):
            faction = index(state.here[place, j])
            deserters = state.leaving[place, faction]
            if deserters <= 0.0:
                continue
            state.leaving[place, faction] = 0.0
            for k in range(state.n_here[place]):
                other = index(state.here[place, k])
                if state.fighters[place, other] > 0.0 and takes_in(world, state, other, faction):
                    staying = who_stay(deserters, state.control[place, other], rules.growth.stay_share)
                    state.deserted[faction] -= staying
                    state.joined[faction] -= staying
                    state.joined[other] += staying
                    add_force(world, rules, state, place, other, staying, rules.regime.recruit_morale, 0.0)


@phase
def takes_in(world: World, state: State, faction: int, deserter: int) -> bool:
    """Tell whether a faction takes in those who desert from another: a native enemy, no extremist."""
    is_open = world.is_native[faction] == 1 and world.is_extremist[faction] == 0
    return is_open and is_hostile(state, faction, deserter)
