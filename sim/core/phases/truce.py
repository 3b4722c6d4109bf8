"""The main sides agree on a truce, or do not, when the challenger's first comes near."""

from __future__ import annotations

from sim.core.codes import NEVER, NOBODY, Event, Kept, Purpose
from sim.core.jit import phase
from sim.core.phases.events import note_event
from sim.core.phases.forces import today
from sim.core.phases.kept import is_kept
from sim.core.phases.settlement import people_held
from sim.core.rng import uniform
from sim.core.rules import Rules
from sim.core.rules.truce import truce_days, truce_probability
from sim.core.state import State, World, index


@phase
def call_truce(world: World, rules: Rules, state: State) -> None:
    """Draw whether the main sides agree on a truce, once a run: on the day on which the challenger's comes near."""
    is_over = state.collapse_day != NEVER or state.settlement_day != NEVER
    if rules.truce.probability <= 0.0 or state.near_day != NEVER or is_over or not is_near(world, rules, state):
        return
    state.near_day = today(state)
    truce = rules.truce
    chance = truce_probability(truce.probability, state.mediation, truce.mediation_weight)
    u = uniform(state.key, Purpose.TRUCE, world.contested_state, 0)
    if u < chance and not is_kept(world, state, Kept.TRUCE.value, NOBODY, NOBODY, NOBODY):
        # What is left of a draw below the chance is uniform again: it says how long.
        days = int(truce_days(u / chance, truce.days, truce.days_spread)) + 1
        state.truce_day = today(state)
        state.truce_until = today(state) + days
        regime, challenger = world.n_states + world.regime, world.n_states + world.challenger
        note_event(state, Event.TRUCE.value, NOBODY, regime, challenger, float(days))


@phase
def is_near(world: World, rules: Rules, state: State) -> bool:
    """Tell whether the challenger's side has taken a gate of the capital, or come to hold a part of the people."""
    before = 0.0
    for i in range(world.n_contested):
        place = index(world.contested[i])
        first, now = world.seat_holder[place], state.holder[place]
        if NOBODY in (first, now):
            continue
        if world.side[first] == world.challenger:
            before += world.population_share[place]
        elif world.is_gate[place] == 1 and world.side[first] == world.regime and state.side[now] == world.challenger:
            return True
    return before < rules.truce.people <= people_held(world, state, world.challenger)
