"""Ties move; victors fall out or merge; everybody turns towards the new power.

Ties of day 0 are judgements that already take the situation of day 0 into account. Only what has changed since then
moves them. They move once a week; whether somebody falls out or merges is drawn every day.
"""

from __future__ import annotations

import math

from sim.core.codes import NEVER, NOBODY, Event, Kept, Purpose
from sim.core.jit import phase
from sim.core.phases.events import note_event
from sim.core.phases.forces import FRIENDLY_TIE, HOSTILE_TIE, LEAST_FORCE, find_isolated, is_hostile, pair, today
from sim.core.phases.kept import is_kept
from sim.core.phases.muster import muster
from sim.core.phases.sides import change_side, competes, count_contenders, victor
from sim.core.rng import uniform
from sim.core.rules import Rules
from sim.core.rules.alignment import (
    DAYS_OF_STEP,
    accord_probability,
    common_threat,
    gain_from_joining,
    infighting_hazard,
    merger_probability,
    parity,
    realigned,
    tie_after_week,
    tie_drift,
)
from sim.core.rules.contest import chance_against_both, chance_to_prevail
from sim.core.state import State, World, index

PEACE_DAYS = 60  # assumption: how long nobody breaks what was just agreed


@phase
def begin_alignment(world: World, rules: Rules, state: State) -> None:
    """Let all ties be at rest in the situation of day 0."""
    state.infighting_hazard = 0.0
    state.infighting_day = NEVER
    state.n_mergers = 0
    state.sides_changed = 0
    survey(world, rules, state)
    for faction in range(world.n_factions):
        for other in range(world.n_factions):
            state.peace_until[faction, other] = NEVER
        for other in range(faction):
            pull = drift(world, rules, state, faction, other)
            state.drift_day_0[faction, other] = pull
            state.drift_day_0[other, faction] = pull


@phase
def realign(world: World, rules: Rules, state: State) -> None:
    """Move ties, and draw infighting and mergers."""
    state.sides_changed = 0
    is_week = (today(state) + 1) % DAYS_OF_STEP == 0
    if is_week or state.collapse_day == today(state):
        survey(world, rules, state)
        if state.collapse_day != NEVER and rules.alignment.infighting_per_day > 0.0:
            draw_in_enemies(world, state)
    if state.settlement_day != NEVER:
        state.infighting_hazard = 0.0
        return
    fall_out(world, rules, state)
    merge(world, rules, state)
    if is_week:
        move_ties(world, rules, state)
        turn_states(world, rules, state)
        join_coalitions(world, rules, state)
    if state.sides_changed == 1:  # nobody may spend a night on a side that has not been counted
        find_isolated(world, state)
        muster(world, rules, state)


@phase
def survey(world: World, rules: Rules, state: State) -> None:
    """See which factions stand near each other, what threatens them both, and how likely each pair falls out."""
    count_contenders(world, state)
    find_overlap(world, state)
    find_common_enemies(world, state)
    dominance = find_dominance(world, state)
    for faction in range(world.n_factions):
        state.rivals[faction] = 0
        for other in range(faction):
            enemy = state.scratch.enemy[faction, other]
            threat = common_threat(enemy, state.scratch.committed[faction], state.scratch.committed[other])
            rate = rivalry(world, rules, state, faction, other, threat, dominance)
            state.common_threat[faction, other] = threat
            state.common_threat[other, faction] = threat
            state.infighting_rate[faction, other] = rate
            state.infighting_rate[other, faction] = rate
            if rate > 0.0:
                state.rivals[faction] |= 1 << other


@phase
def find_dominance(world: World, state: State) -> float:
    """Return the share of the strongest native faction in the power of all who compete.

    Not of its side: who belongs to that is one of those who might fall out with it.
    """
    total = 0.0
    most = 0.0
    for faction in range(world.n_factions):
        if competes(world, state, faction):
            total += state.scratch.committed[faction]
            if world.is_native[faction] == 1:
                most = max(most, state.scratch.committed[faction])
    return most / total if total > 0.0 else 0.0


@phase
def rivalry(
    world: World, rules: Rules, state: State, faction: int, other: int, threat: float, dominance: float
) -> float:
    """Return the hazard that two factions fall out, 0 unless they are rivals."""
    if not are_rivals(world, state, faction, other):
        return 0.0
    alignment = rules.alignment
    return infighting_hazard(
        threat,
        state.tie[faction, other],
        state.overlap[faction, other],
        parity(state.scratch.committed[faction], state.scratch.committed[other]),
        dominance,
        alignment.infighting_per_day,
        alignment.tie_exponent,
        alignment.parity_exponent,
        alignment.dominance_exponent,
    )


@phase
def find_overlap(world: World, state: State) -> None:
    """Set the share of two factions' places in the contested state where the other stands too or next to it.

    That of a faction with itself is 1, and 0 when it stands nowhere.
    """
    overlap = state.overlap
    for faction in range(world.n_factions):
        for other in range(world.n_factions):
            overlap[faction, other] = 0.0
    for i in range(world.n_contested):
        place = index(world.contested[i])
        state.scratch.standing[place] = standing(state, place)
    for i in range(world.n_contested):
        count_neighbours(world, state, index(world.contested[i]))
    for faction in range(world.n_factions):
        for other in range(faction):
            places = overlap[faction, faction] + overlap[other, other]
            share = (overlap[faction, other] + overlap[other, faction]) / places if places > 0.0 else 0.0
            overlap[faction, other] = share
            overlap[other, faction] = share
    for faction in range(world.n_factions):
        overlap[faction, faction] = min(1.0, overlap[faction, faction])


@phase
def count_neighbours(world: World, state: State, place: int) -> None:
    """Count a place for each faction that stands there and each that is near it, itself included."""
    here = state.scratch.standing[place]
    near = here
    for edge in range(world.edge_start[place], world.edge_start[place + 1]):
        if world.state_of[world.edge_to[edge]] == world.contested_state:
            near |= state.scratch.standing[world.edge_to[edge]]
    for faction in range(world.n_factions):
        if (here >> faction) & 1:
            for other in range(world.n_factions):
                if (near >> other) & 1:
                    state.overlap[faction, other] += 1.0


@phase
def standing(state: State, place: int) -> int:
    """Return the bits of the factions with a force in a place."""
    bits = 0
    for i in range(state.n_here[place]):
        faction = index(state.here[place, i])
        if state.fighters[place, faction] > LEAST_FORCE:
            bits |= 1 << faction
    return bits


@phase
def find_common_enemies(world: World, state: State) -> None:
    """Set for each pair the power of the strongest side in the contested state that is hostile to both, or 0."""
    enemy = state.scratch.enemy
    for faction in range(world.n_factions):
        for other in range(faction):
            enemy[faction, other] = 0.0
    for leader in range(world.n_factions):
        power = state.scratch.moved[leader]  # of the side, if it leads one
        for faction in range(world.n_factions):
            if power > 0.0 and is_hostile(state, leader, faction):
                for other in range(faction):
                    if power > enemy[faction, other] and is_hostile(state, leader, other):
                        enemy[faction, other] = power


@phase
def are_rivals(world: World, state: State, faction: int, other: int) -> bool:
    """Tell whether two factions could fall out: members of one side, or leaders of two that are not at war yet.

    After a collapse enemies need not fall out any more: one who fights draws in the other.
    """
    if not (competes(world, state, faction) and competes(world, state, other)):
        return False
    one = state.side[faction]
    two = state.side[other]
    any_active = state.is_active[faction] == 1 or state.is_active[other] == 1
    both_active = state.is_active[faction] == 1 and state.is_active[other] == 1
    are_at_war = (both_active or state.collapse_day != NEVER) and is_hostile(state, faction, other)
    return any_active and not are_at_war and (one == two or (one == faction and two == other))


@phase
def draw_in_enemies(world: World, state: State) -> None:
    """Let those join the fighting from tomorrow on whose enemies on the same ground take part in it."""
    for faction in range(world.n_factions):
        for other in range(world.n_factions):
            if (
                state.is_active[other] == 1
                and state.is_active[faction] == 0
                and state.overlap[faction, other] > 0.0
                and is_hostile(state, faction, other)
                and competes(world, state, faction)
                and competes(world, state, other)
            ):
                state.is_waking[faction] = 1


@phase
def drift(world: World, rules: Rules, state: State, faction: int, other: int) -> float:
    """Return how fast the present situation would move a tie, per day."""
    balance = 0.0
    n = 0
    for third in range(world.n_factions):
        if state.overlap[third, third] > 0.0:
            balance += state.tie[faction, third] * state.tie[third, other]
            n += 1
    power = state.scratch.committed
    return tie_drift(
        state.tie[faction, other],
        balance / max(n, 1),
        state.common_threat[faction, other],
        parity(power[faction], power[other]) * state.overlap[faction, other],
        rules.alignment.balance_per_day,
        rules.alignment.threat_per_day,
        rules.alignment.prize_weight,
    )


@phase
def fall_out(world: World, rules: Rules, state: State) -> None:
    """Draw which rivals begin to fight each other today; all are drawn before any is carried out."""
    total = 0.0
    any_fell_out = False
    for faction in range(world.n_factions):
        state.scratch.quarrels[faction] = 0
        if state.rivals[faction] == 0:
            continue
        for other in range(faction):
            if (state.rivals[faction] >> other) & 1 == 1:
                rate = infighting_today(world, state, faction, other)
                total += rate
                if (
                    rate > 0.0
                    and rivals_clash(state, faction, other, rate)
                    and not at_peace(world, state, faction, other)
                ):
                    state.scratch.quarrels[faction] |= 1 << other
                    any_fell_out = True
    state.infighting_hazard = total
    if any_fell_out:
        for faction in range(world.n_factions):
            for other in range(faction):
                if (state.scratch.quarrels[faction] >> other) & 1 == 1:
                    break_with(world, rules, state, faction, other)


@phase
def infighting_today(world: World, state: State, faction: int, other: int) -> float:
    """Return the hazard of a pair that were rivals when last surveyed; they may have made war or peace since."""
    rate = state.infighting_rate[faction, other]
    is_free = rate > 0.0 and today(state) >= state.peace_until[faction, other]
    return rate if is_free and are_rivals(world, state, faction, other) else 0.0


@phase
def rivals_clash(state: State, faction: int, other: int, rate: float) -> bool:
    """Draw whether a pair of rivals begins to fight."""
    u = uniform(state.key, Purpose.INFIGHTING, pair(other, faction), 0)
    return u < rate and u < 1.0 - math.exp(-rate)  # which is never more than the rate: spares nearly all exponentials


@phase
def at_peace(world: World, state: State, faction: int, other: int) -> bool:
    """Tell whether the scenario keeps two factions from falling out, in whichever order it names them."""
    n = world.n_states
    infighting = Kept.INFIGHTING.value
    one_way = is_kept(world, state, infighting, NOBODY, n + faction, other)
    return one_way or is_kept(world, state, infighting, NOBODY, n + other, faction)


@phase
def break_with(world: World, rules: Rules, state: State, faction: int, other: int) -> None:
    """Let two factions fight each other from now on; in one side, the one that does not lead or is weaker leaves."""
    leader = state.side[faction]
    if leader == state.side[other]:
        lesser = faction
        if faction == leader or (other != leader and state.power[other] < state.power[faction]):
            lesser = other
        change_side(world, state, lesser, lesser)
    tie = min(state.tie[faction, other], rules.alignment.broken_tie)
    state.tie[faction, other] = tie
    state.tie[other, faction] = tie
    state.is_active[faction] = 1
    state.is_active[other] = 1
    state.infighting_rate[faction, other] = 0.0
    state.infighting_rate[other, faction] = 0.0
    if state.infighting_day == NEVER:
        state.infighting_day = today(state)
    n = world.n_states
    note_event(state, Event.INFIGHTING.value, NOBODY, n + faction, n + other, 0.0)


@phase
def merge(world: World, rules: Rules, state: State) -> None:
    """Draw which weak friends join the victor today, and which of the others come to terms with him."""
    winner = victor(world, state)
    if winner == NOBODY:
        return
    alignment = rules.alignment
    for faction in range(world.n_factions):
        is_third = state.side[faction] == faction and faction not in (winner, world.regime)
        tie = state.tie[faction, winner]
        if not is_third or world.is_extremist[faction] == 1 or state.overlap[faction, faction] == 0.0:
            continue
        chance = merger_probability(
            state.side_power[faction], state.side_power[winner], alignment.weak_ratio, alignment.merger_per_day
        )
        if tie > 0.0 and chance > 0.0:
            if uniform(state.key, Purpose.MERGER, faction, 0) < chance:
                join(world, rules, state, faction, winner)
        elif (
            HOSTILE_TIE < tie < FRIENDLY_TIE
            and state.peace_until[faction, winner] == NEVER
            and agrees(rules, state, faction)
        ):
            come_to_terms(world, state, faction, winner)


@phase
def agrees(rules: Rules, state: State, faction: int) -> bool:
    """Draw whether a side comes to terms with the victor today."""
    return uniform(state.key, Purpose.ACCORD, faction, 0) < accord_probability(rules.alignment.accord_per_day)


@phase
def come_to_terms(world: World, state: State, one: int, two: int) -> None:
    """Let two sides be friends from now on: their fronts end, and for a while nobody of them falls out."""
    for i in range(state.n_members[one]):
        for j in range(state.n_members[two]):
            faction, other = index(state.members[one, i]), index(state.members[two, j])
            tie = max(state.tie[faction, other], FRIENDLY_TIE)
            state.tie[faction, other] = tie
            state.tie[other, faction] = tie
            state.peace_until[faction, other] = today(state) + PEACE_DAYS
            state.peace_until[other, faction] = today(state) + PEACE_DAYS
    for place in range(world.n_locations):
        holder = state.holder[place]
        if holder != NOBODY and state.side[holder] == one:
            state.front[place, two] = 0.0
        if holder != NOBODY and state.side[holder] == two:
            state.front[place, one] = 0.0
    note_event(state, Event.ACCORD.value, NOBODY, world.n_states + one, world.n_states + two, 0.0)


@phase
def join(world: World, rules: Rules, state: State, faction: int, leader: int) -> None:
    """Let a faction, with all whom it leads, join the side of a leader."""
    if is_kept(world, state, Kept.MERGER.value, NOBODY, world.n_states + faction, leader):
        return
    change_side(world, state, faction, leader)
    tie = max(state.tie[faction, leader], rules.alignment.merged_tie)
    state.tie[faction, leader] = tie
    state.tie[leader, faction] = tie
    state.n_mergers += 1
    note_event(state, Event.MERGER.value, NOBODY, world.n_states + faction, world.n_states + leader, 0.0)


@phase
def move_ties(world: World, rules: Rules, state: State) -> None:
    """Move all ties by one week, each seeing the others as they were."""
    winner = victor(world, state)
    for faction in range(world.n_factions):
        for other in range(faction):
            tie = state.tie[faction, other]
            if state.overlap[faction, faction] > 0.0 and state.overlap[other, other] > 0.0:
                if turns_to(world, rules, state, faction, other, winner):
                    tie = turned(rules, tie)
                else:
                    change = drift(world, rules, state, faction, other) - state.drift_day_0[faction, other]
                    tie = tie_after_week(tie, change, rules.alignment.balance_per_day, HOSTILE_TIE)
            state.scratch.tie_next[faction, other] = tie
    for faction in range(world.n_factions):
        for other in range(faction):
            state.tie[faction, other] = state.scratch.tie_next[faction, other]
            state.tie[other, faction] = state.scratch.tie_next[faction, other]


@phase
def turned(rules: Rules, tie: float) -> float:
    """Return a tie to the victor after a week."""
    alignment = rules.alignment
    return realigned(tie, alignment.realigned_tie, alignment.deadly_tie, alignment.realignment_per_day)


@phase
def turns_to(world: World, rules: Rules, state: State, faction: int, other: int, winner: int) -> bool:
    """Tell whether one of two factions is the victor, and the other a weak third party that has to live with him."""
    third = other if faction == winner else faction
    if winner == NOBODY or winner not in (faction, other) or state.side[third] in (winner, world.regime):
        return False
    side_power = state.scratch.moved
    weak = side_power[state.side[third]] < rules.alignment.weak_ratio * side_power[winner]
    return weak and world.is_extremist[third] == 0 and state.tie[third, winner] > rules.alignment.deadly_tie


@phase
def turn_states(world: World, rules: Rules, state: State) -> None:
    """Let states turn towards the factions that have won."""
    winner = victor(world, state)
    if winner == NOBODY:
        return
    state.ground_changed = 1
    for actor in range(world.n_states):
        for i in range(state.n_members[winner]):
            faction = index(state.members[winner, i])
            state.attitude[actor, faction] = turned(rules, state.attitude[actor, faction])


@phase
def join_coalitions(world: World, rules: Rules, state: State) -> None:
    """Let those who stand alone against the regime join a coalition if they gain enough by it."""
    if state.collapse_day != NEVER:
        return
    for faction in range(world.n_factions):
        alone = state.side[faction] == faction and state.n_members[faction] == 1 and faction != world.challenger
        if alone and is_hostile(state, faction, world.regime) and state.scratch.committed[faction] > 0.0:
            best = best_coalition(world, rules, state, faction)
            if best != NOBODY:
                join(world, rules, state, faction, best)


@phase
def best_coalition(world: World, rules: Rules, state: State, faction: int) -> int:
    """Return the leader whom a faction gains most by joining, nobody when it gains too little.

    Coalitions are the challenger's side and sides of several: two who stand alone never join each other at once.
    """
    best = NOBODY
    most = rules.alignment.switching_cost
    power = state.scratch.moved
    own, enemy = state.scratch.committed[faction], power[world.regime]
    contest = rules.contest
    for leader in range(world.n_factions):
        is_coalition = leader == world.challenger or state.n_members[leader] > 1
        if leader in (world.regime, faction) or not is_coalition or power[leader] <= 0.0:
            continue
        if state.tie[faction, leader] < FRIENDLY_TIE or not is_hostile(state, leader, world.regime):
            continue
        gain = gain_from_joining(
            own,
            power[leader],
            chance_to_prevail(own + power[leader], enemy, contest.decisiveness, contest.form, contest.difference_scale),
            chance_against_both(
                own, power[leader], enemy, contest.decisiveness, contest.form, contest.difference_scale
            ),
            state.tie[faction, leader],
            rules.alignment.joining_cost,
        )
        if gain > most:
            best = leader
            most = gain
    return best
