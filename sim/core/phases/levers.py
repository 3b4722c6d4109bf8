"""What a scenario decides for the actors, and what it lets happen, on the day that it names."""

from __future__ import annotations

import math

from sim.core.codes import NEVER, NOBODY, Kept, Lever, Outcome
from sim.core.jit import phase
from sim.core.phases.forces import balance_today, today
from sim.core.phases.kept import is_kept
from sim.core.phases.patrons import announce_exit
from sim.core.phases.regime import collapse
from sim.core.rules import Rules
from sim.core.rules.contest import surprise_left
from sim.core.rules.patronage import relaxed
from sim.core.state import State, World


@phase
def begin_levers(world: World, state: State) -> None:
    """Leave every actor to its own devices."""
    for host in range(world.n_states):
        state.hardening_lever[host] = -1.0
        state.border_lever[host] = 1.0
    for faction in range(world.n_factions):
        state.guard_lever[faction] = 1.0
    state.mediation = 0.0


@phase
def open_day(world: World, rules: Rules, state: State) -> None:
    """Put today's levers into force, and let happen what the scenario lets happen."""
    contest = rules.contest
    state.surprise = surprise_left(contest.surprise, contest.surprise_decay, today(state))
    if rules.morale.expectation > 0.0:
        state.balance_expected = relaxed(state.balance_expected, balance_today(world, state), state.balance_share)
    if state.n_exits > 0:
        state.n_exits = 0
        for link in range(world.n_links):
            state.exit_shock[link] = 0.0
    for place in range(world.n_locations):
        state.dispersed[place] = 0.0
        state.forced_break[place] = 0
    for lever in range(world.n_levers):
        if world.lever_day[lever] == today(state):
            pull_on_patron(world, state, lever)
            pull_on_state(world, state, lever)
            pull_on_faction(world, state, lever)
            let_happen(world, rules, state, lever)


@phase
def pull_on_patron(world: World, state: State, lever: int) -> None:
    """Change how a patron treats its clients and enemies."""
    kind = world.lever_kind[lever]
    value = world.lever_value[lever]
    actor = world.lever_actor[lever]
    client = world.lever_client[lever]
    if kind == Lever.SUPPORT:
        pull_support(world, state, actor, client, value)
    elif kind == Lever.STRIKES:
        state.strikes_lever[actor] = value
    elif kind == Lever.RESTRAINT:
        for faction in range(world.n_factions):
            if client in (NOBODY, faction):
                state.restraint_lever[actor, faction] = value * restraining_tie(world, actor, faction)
                state.restraint[faction] = 0.0
                for other in range(world.n_states + world.n_factions):
                    held = state.restraint_lever[other, faction]
                    state.restraint[faction] = max(state.restraint[faction], held)


@phase
def restraining_tie(world: World, actor: int, faction: int) -> float:
    """Return the hold that a patron has over a faction: its tie to it, 0 without support."""
    for link in range(world.link_start[actor], world.link_start[actor + 1]):
        if world.link_client[link] == faction:
            return world.link_tie[link]
    return 0.0


@phase
def pull_support(world: World, state: State, actor: int, client: int, value: float) -> None:
    """Set the factor on a patron's support; taking it away altogether is an announced exit."""
    for link in range(world.n_links):
        patron, of = world.link_patron[link], world.link_client[link]
        if actor in (NOBODY, patron) and client in (NOBODY, of):
            if value == 0.0 and state.support_lever[link] > 0.0:
                if is_kept(world, state, Kept.EXIT.value, NOBODY, patron, of):
                    continue
                announce_exit(world, state, link)
            state.support_lever[link] = value


@phase
def pull_on_state(world: World, state: State, lever: int) -> None:
    """Change how a state guards its border, whether it lets people through, and how hard outsiders mediate."""
    kind = world.lever_kind[lever]
    value = world.lever_value[lever]
    for host in range(world.n_states):
        if world.lever_actor[lever] in (NOBODY, host):
            if kind == Lever.HARDENING:
                state.hardening_lever[host] = value
            elif kind == Lever.BORDER:
                state.border_lever[host] = value
    if kind == Lever.MEDIATION:
        state.mediation = value


@phase
def pull_on_faction(world: World, state: State, lever: int) -> None:
    """Change what a faction or its side is ready to do, and what it has."""
    kind = world.lever_kind[lever]
    value = world.lever_value[lever]
    faction = world.lever_client[lever]
    if kind == Lever.STRENGTH:
        strengthen(world, state, faction, value - 1.0)
    elif kind == Lever.REINFORCEMENT:
        reinforce(world, state, faction, value)
    for other in range(world.n_factions):
        if kind == Lever.GUARDS:
            if faction in (NOBODY, other):
                state.guard_lever[other] = value
        elif faction != NOBODY and state.side[other] == state.side[faction]:
            if kind == Lever.INITIATIVE:
                state.is_active[other] = 1 if value > 0.0 else 0
            elif kind == Lever.RESOLVE:
                state.resolve_lever[other] = math.exp(value)


@phase
def reinforce(world: World, state: State, faction: int, people: float) -> None:
    """Send fighters to a faction's garrisons in the war, by what each has; with none of them there they stay away."""
    total = 0.0
    for place in range(world.n_locations):
        total += state.fighters[place, faction] * world.in_theatre[place, faction]
    if total <= 0.0:
        return
    for place in range(world.n_locations):
        more = people * state.fighters[place, faction] * world.in_theatre[place, faction] / total
        state.fighters[place, faction] += more
        state.recruited[faction] += more


@phase
def strengthen(world: World, state: State, faction: int, share: float) -> None:
    """Let every garrison of a faction grow by a share; one that is gone does not come back."""
    for place in range(world.n_locations):
        more = state.fighters[place, faction] * share
        state.fighters[place, faction] += more
        state.recruited[faction] += more


@phase
def let_happen(world: World, rules: Rules, state: State, lever: int) -> None:
    """Let a prison open or the regime collapse."""
    kind = world.lever_kind[lever]
    if kind == Lever.PRISON_BREAK:
        state.forced_break[world.lever_place[lever]] = 1
    elif kind == Lever.COLLAPSE and state.collapse_day == NEVER:
        collapse(world, rules, state, Outcome.DISINTEGRATION, rules.regime.dissolve_flight)
