"""Define what a run leaves behind: a row, its falls, and its day series.

Days are ``NEVER`` (-1) for what did not happen; ``sim.ensemble`` turns them into nulls.
"""

from __future__ import annotations

import numpy as np

from sim.core.codes import RunStatus
from sim.core.jit import part, phase
from sim.core.state import State, World

RUN_DTYPE = np.dtype(
    [
        ("run", np.int64),
        ("status", np.int64),  # codes.RunStatus
        ("outcome", np.int64),  # codes.Outcome
        ("collapse_day", np.int64),
        ("flight_day", np.int64),
        ("capital_fall_day", np.int64),
        ("coup_day", np.int64),
        ("first_fall_day", np.int64),
        ("n_falls", np.int64),
        ("fatalities_combatants", np.float64),
        ("fighters_deserted", np.float64),  # of the regime's side
        ("regime_strength_left", np.float64),  # share of day 0
        ("regime_population_share", np.float64),  # of the contested state, on the last day
        ("tempo", np.float64),
    ],
    align=True,
)
FALL_DTYPE = np.dtype(
    [
        ("run", np.int64),
        ("day", np.int64),
        ("location", np.int64),
        ("from_faction", np.int64),
        ("to_faction", np.int64),
    ],
    align=True,
)
DAY_DTYPE = np.dtype(
    [
        ("run", np.int64),
        ("day", np.int64),
        ("regime_strength", np.float64),  # effective strength of the regime's side
        ("challenger_strength", np.float64),
        ("regime_morale", np.float64),
        ("regime_fighters", np.float64),
        ("regime_population_share", np.float64),
        ("patron_level", np.float64),
        ("direct_help", np.float64),
        ("fatalities_combatants", np.float64),  # so far
        ("n_falls", np.float64),  # so far
    ],
    align=True,
)
FALLS_PER_LOCATION = 8  # more changes of one seat than this, on average, end a run with a status of its own


class RunRow:
    """A row of ``RUN_DTYPE``."""

    run: int | np.uint64
    status: int
    outcome: int
    collapse_day: int
    flight_day: int
    capital_fall_day: int
    coup_day: int
    first_fall_day: int
    n_falls: int
    fatalities_combatants: float
    fighters_deserted: float
    regime_strength_left: float
    regime_population_share: float
    tempo: float


class DayRow:
    """A row of ``DAY_DTYPE``."""

    run: int | np.uint64
    day: int | np.uint64
    regime_strength: float
    challenger_strength: float
    regime_morale: float
    regime_fighters: float
    regime_population_share: float
    patron_level: float
    direct_help: float
    fatalities_combatants: float
    n_falls: float


@phase
def held_population_share(world: World, state: State) -> float:
    """Return the share of the contested state's people in places that the regime's side holds."""
    share = 0.0
    for place in range(world.n_locations):
        holder = state.holder[place]
        if world.state_of[place] == world.contested_state and holder >= 0 and world.side[holder] == world.regime:
            share += world.population_share[place]
    return share


@phase
def fatalities_so_far(world: World, state: State) -> float:
    """Return the combatants of all factions killed so far."""
    total = 0.0
    for faction in range(world.n_factions):
        total += state.killed[faction]
    return total


@part
def is_finite(world: World, state: State) -> bool:
    """Tell whether every force of the run is still a number."""
    total = 0.0
    for place in range(world.n_locations):
        for faction in range(world.n_factions):
            total += state.fighters[place, faction] + state.morale[place, faction] + state.heavy[place, faction]
    return bool(np.isfinite(total))


@phase
def write_run(world: World, state: State, row: RunRow, status: int) -> None:
    """Write what a finished run leaves in ``runs.parquet``."""
    row.run = state.key.run
    row.status = status if is_finite(world, state) else RunStatus.NOT_FINITE.value
    row.outcome = state.outcome
    row.collapse_day = state.collapse_day
    row.flight_day = state.flight_day
    row.capital_fall_day = state.capital_day
    row.coup_day = state.coup_day
    row.first_fall_day = state.first_loss_day
    row.n_falls = state.n_captures
    row.fatalities_combatants = fatalities_so_far(world, state)
    row.fighters_deserted = 0.0
    for faction in range(world.n_factions):
        if world.side[faction] == world.regime:
            row.fighters_deserted += state.deserted[faction]
    row.regime_strength_left = 0.0
    if state.power_day_0 > 0.0:
        row.regime_strength_left = state.side_power[world.regime] / state.power_day_0
    row.regime_population_share = held_population_share(world, state)
    row.tempo = state.tempo


@phase
def write_day(world: World, state: State, row: DayRow) -> None:
    """Write what one day leaves in ``daily.parquet``."""
    row.run = state.key.run
    row.day = state.key.day
    row.regime_strength = state.side_power[world.regime]
    row.challenger_strength = 0.0
    if world.challenger >= 0:
        row.challenger_strength = state.side_power[world.challenger]
    row.regime_morale = state.side_morale[world.regime]
    row.regime_fighters = state.side_fighters[world.regime]
    row.regime_population_share = held_population_share(world, state)
    row.patron_level = state.patron_level[world.regime]
    row.direct_help = state.direct_help[world.regime]
    row.fatalities_combatants = fatalities_so_far(world, state)
    row.n_falls = float(state.n_captures)
