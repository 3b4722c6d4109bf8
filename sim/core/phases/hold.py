"""Garrisons feel, desert, and make deals; the shock of lost places spreads to them."""

from __future__ import annotations

from sim.core.codes import NOBODY, Kept, Purpose
from sim.core.jit import phase
from sim.core.phases.forces import LEAST_FORCE, is_friend, latent_opposition, pair
from sim.core.phases.kept import is_kept
from sim.core.rng import uniform
from sim.core.rules import Rules
from sim.core.rules.morale import (
    desertion_probability,
    dissolution_probability,
    hope_lost,
    morale_target,
    relaxed_morale,
    rout,
    shock_kernel,
)
from sim.core.state import State, World, index


@phase
def hold(world: World, rules: Rules, state: State, faction: int) -> None:
    """Let every garrison of a faction pass a day: morale, desertion, and perhaps a deal."""
    if world.is_extremist[faction] == 1:  # cells in hiding are no army that melts; `resurge` tells how they fare
        return
    morale = rules.morale
    common = common_field(world, rules, state, faction)
    side_morale = state.side_morale[state.side[faction]]
    for i in range(state.n_posts[faction]):
        place = index(state.posts[faction, i])
        if state.fighters[place, faction] <= 0.0:
            continue
        field = common + garrison_field(rules, state, place, faction)
        mood = state.morale[place, faction]
        around = side_morale if world.in_theatre[place, faction] == 1 else mood
        mixed = morale.cohesion * mood + (1.0 - morale.cohesion) * around
        target = morale_target(mixed, field, morale.beta, morale.form, morale.slope)
        mood = relaxed_morale(mood, target, state.derived.falling, state.derived.rising)
        state.morale[place, faction] = mood
        before = state.fighters[place, faction]
        if mood < morale.desertion_threshold:
            break_up(world, rules, state, place, faction, rout(mood, morale.desertion_threshold))
        else:
            thin_out(state, place, faction, state.derived.calm_desertion)
        if rules.growth.stay_share > 0.0:
            state.leaving[place, faction] = before - state.fighters[place, faction]


@phase
def common_field(world: World, rules: Rules, state: State, faction: int) -> float:
    """Return the part of the field that all garrisons of a faction share: patrons and home."""
    morale = rules.morale
    field = -state.derived.half_width
    field += morale.patron_weight * (state.patron_level[faction] - state.patron_level_day_0[faction])
    field += morale.direct_weight * state.direct_help[faction]
    if morale.expectation > 0.0:
        field -= fading_hope(world, rules, state, faction)
    home = world.home_location[faction]
    if home != NOBODY and not is_friend(state, faction, state.holder[home]):
        field -= morale.home_weight
    return field


@phase
def fading_hope(world: World, rules: Rules, state: State, faction: int) -> float:
    """Return what the course of the war takes from the margin of a faction of either main side."""
    weight = rules.morale.expectation
    if state.side[faction] == world.regime:
        return hope_lost(state.balance_day_0, state.balance_expected, weight)
    if state.side[faction] == world.challenger:
        return hope_lost(-state.balance_day_0, -state.balance_expected, weight)
    return 0.0


@phase
def garrison_field(rules: Rules, state: State, place: int, faction: int) -> float:
    """Return the part of the field that is a garrison's own: margin, shock, attack, isolation."""
    morale = rules.morale
    field = state.margin[place, faction] * state.resolve_lever[faction] - state.shock[place, faction]
    holder = state.holder[place]
    if state.contact[place] > 0.0 and holder != NOBODY and state.side[holder] == state.side[faction]:
        field -= morale.contact_weight * state.contact[place]
    if state.is_cut_off[place, faction] == 1 and state.was_cut_off[place, faction] == 0:
        field -= morale.encircled_weight
    return field


@phase
def break_up(world: World, rules: Rules, state: State, place: int, faction: int, depth: float) -> None:
    """Let deserters go in a rout, and draw whether the garrison makes a deal."""
    morale = rules.morale
    actor = world.n_states + faction
    stays = is_kept(world, state, Kept.DESERTION.value, place, actor, NOBODY)
    leaving = 0.0 if stays else desertion_probability(depth, morale.desertion_per_day, morale.desertion_rout_per_day)
    thin_out(state, place, faction, leaving)
    latent = latent_opposition(world, state, place, faction)
    chance = dissolution_probability(depth, latent, morale.dissolution_per_day, morale.joining_floor)
    makes_deal = uniform(state.key, Purpose.DISSOLUTION, pair(place, faction), 0) < chance
    if makes_deal and not is_kept(world, state, Kept.DEAL.value, place, actor, NOBODY):
        state.dissolving[place] |= 1 << faction


@phase
def thin_out(state: State, place: int, faction: int, share: float) -> None:
    """Let a share of a garrison go; nobody stays alone."""
    here = state.fighters[place, faction]
    gone = here * share if here * (1.0 - share) >= LEAST_FORCE else here
    state.fighters[place, faction] = here - gone
    state.deserted[faction] += gone


@phase
def absorb_shock(world: World, rules: Rules, state: State, faction: int) -> None:
    """Let every garrison of a faction hear of today's losses, gains, and exits of patrons."""
    announced = exits_announced(world, rules, state, faction) if state.n_exits > 0 else 0.0
    is_quiet = announced == 0.0 and state.n_lost == 0
    for i in range(state.n_posts[faction]):
        place = index(state.posts[faction, i])
        if is_quiet and state.shock[place, faction] == 0.0:
            continue
        if state.fighters[place, faction] <= 0.0 or world.in_theatre[place, faction] == 0:
            state.shock[place, faction] = 0.0
            continue
        heard = news(world, rules, state, place, faction) if state.n_lost > 0 else 0.0
        faded = state.shock[place, faction] * state.shock_fading
        state.shock[place, faction] = max(0.0, faded + heard + announced)


@phase
def exits_announced(world: World, rules: Rules, state: State, faction: int) -> float:
    """Return the shock of the patrons who tell a faction today that they leave."""
    announced = 0.0
    for link in range(world.n_links):
        if world.link_client[link] == faction:
            announced += rules.patronage.abandon_shock * state.exit_shock[link]
    return announced


@phase
def news(world: World, rules: Rules, state: State, place: int, faction: int) -> float:
    """Return what today's captures mean to a garrison: shock of losses less relief from gains."""
    total = 0.0
    leader = state.side[faction]
    for i in range(state.n_lost):
        lost = index(state.lost[i])
        size = state.lost_shock[lost] * shock_kernel(world.hops[place, lost], rules.morale.shock_reach_hops)
        if state.lost_by[lost] == leader:
            total += size if state.lost_from[lost] == faction else size * rules.morale.shock_ally
        elif state.lost_to[lost] == leader:
            total -= rules.morale.recapture_relief * size
    return total
