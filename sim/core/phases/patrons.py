"""Patrons decide on support, direct help, abandonment and strikes; what they give takes effect later."""

from __future__ import annotations

from sim.core.codes import NEVER, NOBODY, Event, Kept, Purpose
from sim.core.jit import phase
from sim.core.phases.events import note_event
from sim.core.phases.forces import is_hostile, pair, today
from sim.core.phases.kept import is_kept
from sim.core.rng import uniform
from sim.core.rules import Rules
from sim.core.rules.patronage import (
    KILLED_SHARE,
    comeback_probability,
    desired_support,
    direct_capacity,
    exit_probability,
    lost_hope,
    need,
    observed_prospect,
    reconsiders,
    relaxed,
    standing_need,
    strike_probability,
    support_utility,
)
from sim.core.rules.spillover import hardening_day_0
from sim.core.state import DELAY_SLOTS, State, World, index


@phase
def decide_aid(world: World, rules: Rules, state: State, actor: int) -> None:
    """Let one patron judge each of its clients and decide what to send them; and strike whom it opposes."""
    if world.link_start[actor] < world.link_start[actor + 1] and reconsiders(rules.patronage.form):
        aid_clients(world, rules, state, actor)
    if world.is_striker[actor] == 1:
        decide_strikes(world, rules, state, actor)


@phase
def aid_clients(world: World, rules: Rules, state: State, actor: int) -> None:
    """Let one patron decide on aid to its clients; those without any never draw on their reserve."""
    spent = 0.0
    for link in range(world.link_start[actor], world.link_start[actor + 1]):
        update_belief(world, rules, state, link)
        consider_exit(world, rules, state, link)
        want_support(world, rules, state, actor, link)
        want_direct_help(world, rules, state, link)
        receive(world, rules, state, link)
        spent += state.direct[link]
    patronage = rules.patronage
    reserve = state.reserve[actor] - patronage.depletion_per_day * spent + patronage.regeneration_per_day
    state.reserve[actor] = min(max(reserve, 0.0), world.capacity[actor])


@phase
def update_belief(world: World, rules: Rules, state: State, link: int) -> None:
    """Move the patron's belief towards what it sees of its client."""
    seen = prospect(world, rules, state, world.link_client[link])
    state.belief[link] = relaxed(state.belief[link], seen, state.derived.belief_share)


@phase
def prospect(world: World, rules: Rules, state: State, client: int) -> float:
    """Return a client's chance as seen today; it counts with its whole side, and who has won need not fear at first."""
    leader = state.side[client]
    seen = observed_prospect(
        state.side_morale[leader],
        state.side_power[leader],
        state.enemy_power[leader],
        rules.patronage.belief_morale_weight,
    )
    if has_won(world, rules, state, client) and state.attacked_day[leader] <= state.collapse_day:
        seen = max(seen, rules.patronage.victor_belief)
    return seen


@phase
def has_won(world: World, rules: Rules, state: State, client: int) -> bool:
    """Tell whether the regime that a client was hostile to has fallen, if that counts."""
    counts = rules.patronage.victor_belief > 0.0 and state.collapse_day != NEVER
    return counts and is_hostile(state, client, world.regime)


@phase
def consider_exit(world: World, rules: Rules, state: State, link: int) -> None:
    """Abandon a client without prospects, or return to one that has recovered; an exit is announced."""
    patronage = rules.patronage
    if today(state) == 0:  # what stands on day 0 had been accepted
        return
    hope = state.belief_day_0[link]
    if has_won(world, rules, state, world.link_client[link]):
        hope = min(hope, rules.patronage.victor_belief)  # whose client has won does not leave for mere doubt
    drop = lost_hope(state.belief[link], hope)
    u = uniform(state.key, Purpose.EXIT, link, 0)
    if state.is_abandoned[link] == 0:
        patron, client = world.link_patron[link], world.link_client[link]
        leaves = u < exit_probability(state.belief[link], drop, patronage.exit_drop, patronage.exit_per_day)
        if leaves and not is_kept(world, state, Kept.EXIT.value, NOBODY, patron, client):
            abandon(world, state, link)
        return
    away = today(state) - state.abandoned_day[link]
    returns = u < comeback_probability(drop, patronage.exit_drop, patronage.exit_per_day)
    if returns and away >= patronage.abandon_days:
        state.is_abandoned[link] = 0


@phase
def abandon(world: World, state: State, link: int) -> None:
    """End support."""
    state.is_abandoned[link] = 1
    state.abandoned_day[link] = today(state)
    if state.support_lever[link] > 0.0:  # or it has left already
        announce_exit(world, state, link)


@phase
def announce_exit(world: World, state: State, link: int) -> None:
    """Let a client know that a patron leaves; it feels it by what it depended on, direct help included."""
    direct = min(state.direct[link] * state.support_lever[link], 1.0)
    state.exit_shock[link] = 1.0 - (1.0 - dependence(world, state, link)) * (1.0 - direct)
    state.n_exits += 1
    client = world.n_states + world.link_client[link]
    note_event(state, Event.PATRON_EXIT.value, NOBODY, world.link_patron[link], client, state.exit_shock[link])


@phase
def dependence(world: World, state: State, link: int) -> float:
    """Return the part of a client's support that comes over one link."""
    given = state.support[link] * state.support_lever[link]
    return world.link_tie[link] * world.link_commitment[link] * min(given, 1.0)


@phase
def want_support(world: World, rules: Rules, state: State, actor: int, link: int) -> None:
    """Decide the standing support that will take effect after the delay."""
    wanted = 0.0
    if state.is_abandoned[link] == 0:
        needed = standing_need(state.belief[link], state.belief_day_0[link])
        utility = link_utility(world, rules, state, actor, link, needed)
        wanted = desired_support(utility, state.reserve[actor])
    state.support_wanted[link, today(state) % DELAY_SLOTS] = wanted


@phase
def link_utility(world: World, rules: Rules, state: State, actor: int, link: int, needed: float) -> float:
    """Return the patron's net gain from supporting the client of a link."""
    load = 0.0
    for other in range(world.link_start[actor], world.link_start[actor + 1]):
        if other != link:
            load += world.link_commitment[other] * state.support[other]
    rival = 0.0
    client = world.link_client[link]
    for faction in range(world.n_factions):
        level = state.patron_level[faction]
        if level > rival and is_hostile(state, client, faction):
            rival = level
    patronage = rules.patronage
    return support_utility(
        world.link_tie[link] * world.link_commitment[link],
        needed,
        rival,
        load,
        state.support[link],
        patronage.cost,
        patronage.rivalry_weight,
        patronage.sunk_weight,
    )


@phase
def want_direct_help(world: World, rules: Rules, state: State, link: int) -> None:
    """Decide the direct help that will take effect after the delay; it answers need, not habit."""
    wanted = 0.0
    if state.is_abandoned[link] == 0 and state.abstains[link] == 0:
        patronage = rules.patronage
        is_open = fights_openly(world, state, link)
        means = direct_capacity(
            world.link_arms[link] == 1,
            world.link_air[link] == 1 and not is_open,
            world.link_troops[link] == 1 and not is_open,
            patronage.arms_value,
            patronage.air_value,
            patronage.troops_value,
        )
        stake = world.link_tie[link] * world.link_commitment[link]
        reserve = state.reserve[world.link_patron[link]] / max(world.capacity[world.link_patron[link]], 1e-9)
        wanted = stake * means * need(state.belief[link]) * reserve
    state.direct_wanted[link, today(state) % DELAY_SLOTS] = wanted


@phase
def fights_openly(world: World, state: State, link: int) -> bool:
    """Tell whether a patron has entered the war on its client's side: its troops and aircraft then count themselves."""
    patron = world.link_patron[link]
    faction = patron - world.n_states
    if faction >= 0 and world.is_regular[faction] == 1:
        patron = world.home_state[faction]
    leader = state.entered_for[patron]
    return leader != NOBODY and world.side[world.link_client[link]] == leader


@phase
def receive(world: World, rules: Rules, state: State, link: int) -> None:
    """Let arrive what was decided a delay ago; an exit works at once."""
    patronage = rules.patronage
    delay = patronage.delay_air_days if world.link_air[link] == 1 else patronage.delay_days
    day = today(state)
    slot = max(day - int(delay), 0) % DELAY_SLOTS
    support = state.support_wanted[link, slot] if day >= delay else state.support[link]
    direct = state.direct_wanted[link, slot] if day >= delay else 0.0
    if state.is_abandoned[link] == 1:
        support = 0.0
        direct = 0.0
    derived = state.derived
    share = derived.support_fall_share if support < state.support[link] else derived.support_rise_share
    state.support[link] = relaxed(state.support[link], support, share)
    state.direct[link] = relaxed(state.direct[link], direct, derived.direct_share)


@phase
def decide_strikes(world: World, rules: Rules, state: State, actor: int) -> None:
    """Decide which extremist factions a power strikes today, and how hard."""
    patronage = rules.patronage
    for faction in range(world.n_factions):
        state.struck[actor, faction] = 0.0
        commitment = world.strikes[actor, faction] * state.strikes_lever[actor]
        if commitment <= 0.0:
            continue
        chance = strike_probability(commitment, state.side_morale[world.regime], patronage.strike_per_day)
        strikes = uniform(state.key, Purpose.STRIKE, pair(actor, faction), 0) < chance
        if strikes and not is_kept(world, state, Kept.STRIKE.value, NOBODY, actor, faction):
            u = uniform(state.key, Purpose.STRIKE_SIZE, pair(actor, faction), 0)
            state.struck[actor, faction] = patronage.strike_least + u * (patronage.strike_most - patronage.strike_least)


@phase
def pool_aid(world: World, rules: Rules, state: State) -> None:
    """Add up what each faction receives from its patrons, and carry out the strikes."""
    for host in range(world.n_states):
        state.crossing[host] = 0.0
    for faction in range(world.n_factions):
        state.patron_level[faction] = 1.0
        state.direct_help[faction] = 0.0
    for link in range(world.n_links):
        client = world.link_client[link]
        state.patron_level[client] *= 1.0 - dependence(world, state, link)
        help_today = (
            state.direct[link] * state.support_lever[link] * passage(world, rules, state, world.link_patron[link])
        )
        state.direct_help[client] += help_today
        count_crossing(world, state, link, help_today)
    for faction in range(world.n_factions):
        state.patron_level[faction] = 1.0 - state.patron_level[faction]
    carry_out_strikes(world, state)


@phase
def passage(world: World, rules: Rules, state: State, patron: int) -> float:
    """Return the share of a patron's help that gets through: a faction needs to slip past its host's guard.

    What a host let through on day 0 is in the commitments of the tables; only its guard since then holds more back.
    Closed crossings do not stop it: armed men have other ways into a war.
    """
    faction = patron - world.n_states
    if faction < 0:
        return 1.0
    host = world.home_state[faction]
    at_first = hardening_day_0(world.capacity[host], world.level_day_0[host])
    guard = max(0.0, state.hardening[host] - at_first) * rules.spillover.feedback
    return (1.0 - state.restraint[faction]) * (1.0 - min(1.0, guard))


@phase
def count_crossing(world: World, state: State, link: int, help_today: float) -> None:
    """Count the fighters with whom a faction abroad helps: its capacity is its force against the regime's army."""
    patron = world.link_patron[link]
    faction = patron - world.n_states
    if faction >= 0 and world.link_troops[link] == 1:
        army = state.fighters_day_0[world.regime]
        state.crossing[world.home_state[faction]] += help_today * world.capacity[patron] * army


@phase
def carry_out_strikes(world: World, state: State) -> None:
    """Remove what today's strikes hit."""
    for actor in range(world.n_states + world.n_factions):
        if world.is_striker[actor] == 1:
            for faction in range(world.n_factions):
                if state.struck[actor, faction] > 0.0:
                    strike(state, faction, state.struck[actor, faction])


@phase
def strike(state: State, faction: int, share: float) -> None:
    """Remove a share of a faction's fighters wherever they are, killed and wounded."""
    for i in range(state.n_posts[faction]):
        place = index(state.posts[faction, i])
        hit = min(share, 1.0) * state.fighters[place, faction]
        killed = hit * KILLED_SHARE
        state.fighters[place, faction] -= hit
        state.killed[faction] += killed
        state.combatants_killed[place] += killed
        state.wounded[faction] += hit - killed
