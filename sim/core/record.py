"""Define what a run leaves behind: a row, its falls, its events, its toll by place, and its day series.

Days are ``NEVER`` (-1) for what did not happen; ``sim.ensemble`` turns them into nulls.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np

from sim.core.codes import Channel, RunStatus
from sim.core.jit import phase, rule
from sim.core.state import TIERS, Floats, Ints, State, World, index, record_dtype, tier_of

FALLS_PER_LOCATION = 8  # more changes of one seat than this, on average, end a run with a status of its own


class RunRow:
    """What a run leaves in ``runs.parquet``; states are in the order of the world's tables."""

    run: int
    status: int  # codes.RunStatus
    outcome: int  # codes.Outcome
    collapse_day: int
    flight_day: int
    capital_fall_day: int
    coup_day: int
    first_fall_day: int
    settlement_day: int
    handover_day: int
    infighting_day: int
    n_falls: int
    n_mergers: int
    fatalities_combatants: float
    fatalities_civilians: float
    fighters_deserted: float  # of the regime's side
    regime_strength_left: float  # share of day 0
    regime_population_share: float  # of the contested state, on the last day
    displaced_peak: float
    displaced_last: float
    extremists_day_0: float
    extremists_last: float
    extremist_attacks: float
    hhi: float  # concentration of influence on the last day
    effective_factions: float  # that hold the contested state's people, on the last day
    tempo: float
    level_max: Annotated[Ints, "S"]
    level_day_1: Annotated[Ints, "S"]  # first day at alert or above
    level_day_2: Annotated[Ints, "S"]
    level_day_3: Annotated[Ints, "S"]
    level_day_4: Annotated[Ints, "S"]
    refugees: Annotated[Floats, "S"]  # there on the last day, of those who came since day 0
    returned: Annotated[Floats, "S"]
    influence: Annotated[Floats, "S"]  # share on the last day


class DayRow:
    """What a day of a traced run leaves in ``daily.parquet``, in its evening."""

    run: int
    day: int
    regime_strength: float  # effective strength of the regime's side
    challenger_strength: float
    regime_morale: float
    regime_fighters: float
    regime_population_share: float
    patron_level: float
    direct_help: float
    fatalities_combatants: float  # so far
    fatalities_civilians: float  # so far
    n_falls: float  # so far
    displaced: float
    extremists: float
    extremist_attacks: float  # so far
    infighting_hazard: float
    hhi: float
    effective_factions: float
    level: Annotated[Ints, "S"]
    hardening: Annotated[Floats, "S"]
    pressure: Annotated[Floats, "S"]
    refugees: Annotated[Floats, "S"]
    influence: Annotated[Floats, "S"]
    channel_refugees: Annotated[Floats, "S"]  # what each channel carries, in [0, 1]
    channel_arms: Annotated[Floats, "S"]
    channel_fighters: Annotated[Floats, "S"]
    channel_kin: Annotated[Floats, "S"]
    channel_sanctuary: Annotated[Floats, "S"]
    channel_border: Annotated[Floats, "S"]


class FallRow:
    """A change of hands in ``falls.parquet``."""

    run: int
    day: int
    location: int
    from_faction: int
    to_faction: int


class EventRow:
    """A rare event in ``events.parquet``."""

    run: int
    day: int
    kind: int  # codes.Event
    location: int
    actor: int  # states first, then factions
    other: int
    size: float


class TollRow:
    """What a run cost one place, in ``tolls.parquet``."""

    run: int
    location: int
    fatalities_combatants: float
    fatalities_civilians: float
    displaced: float  # from there, inside the country, on the last day
    refugees: float  # from there, abroad, on the last day


@dataclass(frozen=True)
class Layouts:
    """The dtypes of what a run leaves behind, in a world of one tier."""

    run: np.dtype[Any]
    day: np.dtype[Any]
    fall: np.dtype[Any]
    event: np.dtype[Any]
    toll: np.dtype[Any]


ROWS = (RunRow, DayRow, FallRow, EventRow, TollRow)
LAYOUTS = {tier.name: Layouts(*(record_dtype(row, tier) for row in ROWS)) for tier in TIERS}


def layouts_of(world: np.ndarray) -> Layouts:
    """Return the dtypes of what runs in a world leave behind."""
    return LAYOUTS[tier_of(world).name]


@rule
def signed(number: np.uint64) -> int:
    """Return a number of the key as a signed one."""
    return np.int64(number)  # type: ignore[return-value]  # to compiled code this is an int


@phase
def held_population_share(world: World, state: State) -> float:
    """Return the share of the contested state's people in places that the regime's side holds."""
    share = 0.0
    for i in range(world.n_contested):
        place = index(world.contested[i])
        holder = state.holder[place]
        if holder >= 0 and state.side[holder] == world.regime:
            share += world.population_share[place]
    return share


@phase
def sum_places(world: World, values: Floats) -> float:
    """Return the sum of a quantity over the places of the contested state."""
    total = 0.0
    for i in range(world.n_contested):
        total += values[world.contested[i]]
    return total


@phase
def extremists(world: World, state: State) -> float:
    """Return the fighters of all extremist factions."""
    total = 0.0
    for faction in range(world.n_factions):
        if world.is_extremist[faction] == 1:
            for i in range(state.n_posts[faction]):
                total += state.fighters[state.posts[faction, i], faction]
    return total


@phase
def sum_factions(world: World, values: Floats) -> float:
    """Return the sum of a quantity over all factions."""
    total = 0.0
    for faction in range(world.n_factions):
        total += values[faction]
    return total


@phase
def is_finite(world: World, state: State) -> bool:
    """Tell whether every force of the run, and what follows from it, is still a number."""
    total = state.concentration + state.effective_factions + state.infighting_hazard
    for place in range(world.n_locations):
        total += state.residents[place] + state.depot[place] + state.civilians_killed[place]
        for faction in range(world.n_factions):
            total += state.fighters[place, faction] + state.morale[place, faction] + state.heavy[place, faction]
    for host in range(world.n_states):
        total += state.pressure[host] + state.influence_total[host]
    return bool(np.isfinite(total))


@phase
def write_run(world: World, state: State, row: RunRow, status: int) -> None:
    """Write what a finished run leaves in ``runs.parquet``."""
    row.run = signed(state.key.run)
    row.status = status if is_finite(world, state) else RunStatus.NOT_FINITE.value
    row.outcome = state.outcome
    row.collapse_day = state.collapse_day
    row.flight_day = state.flight_day
    row.capital_fall_day = state.capital_day
    row.coup_day = state.coup_day
    row.first_fall_day = state.first_loss_day
    row.settlement_day = state.settlement_day
    row.handover_day = state.handover_day
    row.infighting_day = state.infighting_day
    row.n_falls = state.n_captures
    row.n_mergers = state.n_mergers
    row.fatalities_combatants = sum_factions(world, state.killed)
    row.fatalities_civilians = sum_places(world, state.civilians_killed)
    row.fighters_deserted = 0.0
    for faction in range(world.n_factions):
        if state.side[faction] == world.regime:
            row.fighters_deserted += state.deserted[faction]
    row.regime_strength_left = 0.0
    if state.power_day_0 > 0.0:
        row.regime_strength_left = state.side_power[world.regime] / state.power_day_0
    row.regime_population_share = held_population_share(world, state)
    row.displaced_peak = state.displaced_peak
    row.displaced_last = sum_places(world, state.displaced)
    row.extremists_day_0 = sum_factions(world, state.extremists_day_0)
    row.extremists_last = extremists(world, state)
    row.extremist_attacks = sum_factions(world, state.attacks)
    row.hhi = state.concentration
    row.effective_factions = state.effective_factions
    row.tempo = state.tempo
    for host in range(world.n_states):
        row.refugees[host] = state.refugees_in[host]
        row.level_max[host] = state.level_max[host]
        row.level_day_1[host] = state.level_day[host, 1]
        row.level_day_2[host] = state.level_day[host, 2]
        row.level_day_3[host] = state.level_day[host, 3]
        row.level_day_4[host] = state.level_day[host, 4]
        row.returned[host] = state.returned[host]
        row.influence[host] = state.influence_total[host]


@phase
def write_day(world: World, state: State, row: DayRow) -> None:
    """Write what one day leaves in ``daily.parquet``."""
    row.run = signed(state.key.run)
    row.day = signed(state.key.day)
    row.regime_strength = state.side_power[world.regime]
    row.challenger_strength = 0.0
    if world.challenger >= 0:
        row.challenger_strength = state.side_power[world.challenger]
    row.regime_morale = state.side_morale[world.regime]
    row.regime_fighters = state.side_fighters[world.regime]
    row.regime_population_share = held_population_share(world, state)
    row.patron_level = state.patron_level[world.regime]
    row.direct_help = state.direct_help[world.regime]
    row.fatalities_combatants = sum_factions(world, state.killed)
    row.fatalities_civilians = sum_places(world, state.civilians_killed)
    row.n_falls = float(state.n_captures)
    row.displaced = sum_places(world, state.displaced)
    row.extremists = extremists(world, state)
    row.extremist_attacks = sum_factions(world, state.attacks)
    row.infighting_hazard = state.infighting_hazard
    row.hhi = state.concentration
    row.effective_factions = state.effective_factions
    for host in range(world.n_states):
        row.refugees[host] = state.refugees_in[host]
        row.level[host] = state.level[host]
        row.hardening[host] = state.hardening[host]
        row.pressure[host] = state.pressure[host]
        row.influence[host] = state.influence_total[host]
        row.channel_refugees[host] = state.channel[host, Channel.REFUGEES]
        row.channel_arms[host] = state.channel[host, Channel.ARMS]
        row.channel_fighters[host] = state.channel[host, Channel.FIGHTERS]
        row.channel_kin[host] = state.channel[host, Channel.KIN]
        row.channel_sanctuary[host] = state.channel[host, Channel.SANCTUARY]
        row.channel_border[host] = state.channel[host, Channel.BORDER]


@phase
def write_event(state: State, slot: int, row: EventRow) -> None:
    """Write one of a run's events into a row of ``events.parquet``."""
    row.run = signed(state.key.run)
    row.day = state.event_day[slot]
    row.kind = state.event_kind[slot]
    row.location = state.event_place[slot]
    row.actor = state.event_actor[slot]
    row.other = state.event_other[slot]
    row.size = state.event_size[slot]


@phase
def is_spared(state: State, place: int) -> bool:
    """Tell whether nobody was killed in a place and nobody is away from it."""
    killed = state.combatants_killed[place] + state.civilians_killed[place]
    return killed + state.displaced[place] + state.refugees_from[place] <= 0.0


@phase
def write_toll(state: State, place: int, row: TollRow) -> bool:
    """Write what a run cost one place; tell whether it cost anything."""
    if is_spared(state, place):
        return False
    row.run = signed(state.key.run)
    row.location = place
    row.fatalities_combatants = state.combatants_killed[place]
    row.fatalities_civilians = state.civilians_killed[place]
    row.displaced = state.displaced[place]
    row.refugees = state.refugees_from[place]
    return True
