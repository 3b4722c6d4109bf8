"""Count the forces of a day three ways: the compiled phase, the same in C, and the same in NumPy over many runs.

``muster`` is one of the two longest phases of a day. All three work on states of real days: the C version on the
very records of the engine, bit for bit; the NumPy version on arrays with one row for each run.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from experiments.benchmark_timing import ratio
from sim.core import calls
from sim.core.codes import NOBODY
from sim.core.day import SCHEDULE
from sim.core.jit import phase
from sim.core.phases.forces import HOSTILE_TIE
from sim.core.phases.muster import muster
from sim.core.rules.contest import MORALE_FLOOR, ONE_AND_A_HALF
from sim.core.state import new_state
from sim.world.scenario import Scenario

Columns = dict[str, np.ndarray]
NUMPY_DAY = 60
READ = {  # fields that the phase reads, and their axes
    "fighters": "LF",
    "morale": "LF",
    "heavy": "LF",
    "holder": "L",
    "airbase": "L",
    "garrison": "L",
    "side": "F",
    "is_active": "F",
    "tie": "FF",
    "unit_strength": "F",
    "side_factor": "F",
    "direct_help": "F",
}
WRITTEN = {
    "power": "F",
    "side_power": "F",
    "side_fighters": "F",
    "side_morale": "F",
    "equipment": "F",
    "air": "F",
    "enemy_power": "F",
    "strength": "LF",
    "abandoned": "L",
}


@phase
def muster_states(worlds: np.ndarray, rules: np.ndarray, states: np.ndarray, turns: int) -> None:
    """Count the forces of many states, so many times."""
    for _ in range(turns):
        for i in range(states.shape[0]):
            muster(worlds[0], rules[0], states[i])


def before_muster(scenario: Scenario, run: int, days: int, every: int = 1) -> Iterator[np.ndarray]:
    """Yield a copy of the state of one run just before its forces are counted, on every so many days."""
    state = new_state(scenario.world)
    calls.call_begin_run(scenario.world, scenario.rules, state, np.uint64(1), np.uint64(run))
    for day in range(days):
        if (day + 1) % every == 0:
            copy = state.copy()
            call_phases_before_muster(scenario, copy)
            yield copy
        calls.call_live_day(scenario.world, scenario.rules, state)


def call_phases_before_muster(scenario: Scenario, state: np.ndarray) -> None:
    """Live the part of a day that comes first."""
    world = scenario.world[0]
    agents = {
        "actor": world["n_states"] + world["n_factions"],
        "state": world["n_states"],
        "faction": world["n_factions"],
    }
    for each, whose in SCHEDULE:
        if each.__name__ == "muster":
            return
        call = calls.PHASES[each.__name__]
        if whose == "map":
            call(scenario.world, scenario.rules, state)
        for agent in range(agents.get(whose, 0)):
            call(scenario.world, scenario.rules, state, agent)


def states_of(scenario: Scenario, runs: int, days: int, every: int) -> np.ndarray:
    """Return states of real days of some runs, as one array of records."""
    return np.concatenate([state for run in range(runs) for state in before_muster(scenario, run, days, every)])


def columns_of(scenario: Scenario, states: Iterator[np.ndarray], fields: dict[str, str]) -> Columns:
    """Return fields of many states as arrays with one row for each, cut to the sizes in use."""
    world = scenario.world[0]
    sizes = {"L": int(world["n_locations"]), "F": int(world["n_factions"])}
    cuts = {name: tuple(slice(sizes[axis]) for axis in axes) for name, axes in fields.items()}
    rows = [[state[0][name][cut].copy() for name, cut in cuts.items()] for state in states]
    return {name: np.array(column) for name, column in zip(fields, zip(*rows, strict=True), strict=True)}


def muster_in_numpy(scenario: Scenario, read: Columns) -> Columns:
    """Return what ``muster`` writes, for many runs at once: only forces that exist are gathered and summed."""
    world, rules = scenario.world[0], scenario.rules[0]
    n_runs, n_places, n_factions = read["fighters"].shape
    at = np.flatnonzero(read["fighters"] > 0.0)
    run, spot = np.divmod(at, n_places * n_factions)
    place, faction = np.divmod(spot, n_factions)
    people = read["fighters"].ravel()[at]
    abandoned = _abandoned(read, rules, people, (run, place, faction))

    is_in = world["in_theatre"][:n_places, :n_factions].ravel()[spot] == 1
    at, run, faction, people = at[is_in], run[is_in], faction[is_in], people[is_in]
    by_faction = run * n_factions + faction
    by_side = run * n_factions + read["side"].ravel()[by_faction]

    def total(group: np.ndarray, values: np.ndarray) -> np.ndarray:
        return np.bincount(group, values, n_runs * n_factions).reshape(n_runs, n_factions)

    morale = read["morale"].ravel()[at]
    vigour = _power(np.maximum(morale, MORALE_FLOOR), rules["contest"]["morale_exponent"])
    weight = people * read["side_factor"].ravel()[by_faction] * (0.5 + world["quality"][faction])
    written = {
        "power": total(by_faction, weight * vigour),
        "side_power": total(by_side, weight * vigour),
        "side_fighters": total(by_side, people),
        "side_morale": _divided(total(by_side, weight * morale), total(by_side, weight)),
        "abandoned": abandoned,
        "air": _air(scenario, read),
    }
    written["equipment"] = _divided(total(by_side, read["heavy"].ravel()[at]), written["side_fighters"])
    written["enemy_power"] = _enemy_power(read, written["power"])
    means = _means(rules["contest"], read, written["equipment"], written["air"])
    strength = np.zeros(read["fighters"].size)
    strength[at] = people * means.ravel()[by_faction] * vigour
    return {**written, "strength": strength.reshape(read["fighters"].shape)}


def _divided(sums: np.ndarray, by: np.ndarray) -> np.ndarray:
    """Return a quotient, 0 where there is nothing to divide by."""
    quotient: np.ndarray = np.divide(sums, by, out=np.zeros_like(sums), where=by > 0.0)
    return quotient


def _abandoned(read: Columns, rules: np.void, people: np.ndarray, at: tuple[np.ndarray, ...]) -> np.ndarray:
    """Tell which places have next to nobody left of their holder's side."""
    run, place, faction = at
    side, holder = read["side"], read["holder"]
    spot = run * holder.shape[1] + place
    holders = holder.ravel()[spot]
    defends = (holders != NOBODY) & (side[run, holders] == side[run, faction])
    left = np.bincount(spot[defends], people[defends], holder.size).reshape(holder.shape)
    is_few = left < rules["advance"]["melt_share"] * np.maximum(read["garrison"], 1.0)
    is_abandoned: np.ndarray = ((holder != NOBODY) & is_few).astype(np.int64)
    return is_abandoned


def _air(scenario: Scenario, read: Columns) -> np.ndarray:
    """Return the air force of each side on the bases that it still holds."""
    world, rules = scenario.world[0], scenario.rules[0]
    side = read["side"]
    n_runs, n_factions = side.shape
    n_places = read["holder"].shape[1]
    first = world["seat_holder"][:n_places]
    bases = np.flatnonzero((world["airbases"][:n_places] > 0.0) & (first != NOBODY))
    leader = side[:, first[bases]]
    holder = read["holder"][:, bases]
    rows = np.arange(n_runs)[:, None]
    is_held = (holder != NOBODY) & (side[rows, holder] == leader)
    group = (rows * n_factions + leader).ravel()
    at_first = np.broadcast_to(world["airbases"][bases], leader.shape)
    built = np.bincount(group, at_first.ravel(), side.size).reshape(side.shape)
    held = np.bincount(group, np.where(is_held, read["airbase"][:, bases], 0.0).ravel(), side.size).reshape(side.shape)
    force = np.clip((world["heavy_weapons"][:n_factions] - rules["capture"]["air_threshold"]) / 0.3, 0.0, 1.0)
    return _divided(force * held, built)


def _power(base: np.ndarray, exponent: float) -> np.ndarray:
    """Return ``base**exponent``, the usual exponent through a root as in the rule."""
    return base * np.sqrt(base) if exponent == ONE_AND_A_HALF else base**exponent


def _enemy_power(read: Columns, power: np.ndarray) -> np.ndarray:
    """Return the power of each faction's enemies, as far as one of the two takes part in the war."""
    side, active = read["side"], read["is_active"] == 1
    is_hostile = (side[:, :, None] != side[:, None, :]) & (read["tie"] <= HOSTILE_TIE)
    at_war = active[:, :, None] | active[:, None, :]
    total: np.ndarray = np.where(is_hostile & at_war, power[:, None, :], 0.0).sum(axis=2)
    return total


def _means(contest: np.void, read: Columns, equipment: np.ndarray, air: np.ndarray) -> np.ndarray:
    """Return what a fighter of each faction counts at full morale today."""
    side = read["side"]
    means: np.ndarray = (
        read["unit_strength"]
        * (1.0 + contest["air_weight"] * np.take_along_axis(air, side, axis=1))
        * (1.0 + contest["equipment_weight"] * np.minimum(1.0, np.take_along_axis(equipment, side, axis=1)))
        * (1.0 + contest["support_weight"] * read["direct_help"])
    )
    return means


def over_numpy(scenario: Scenario, states: np.ndarray, turns: int, runs: int = 1000) -> float:
    """Return the cost of the phase in NumPy, over so many runs at once, over that of the compiled phase."""
    days = min(NUMPY_DAY, scenario.horizon_days)
    evenings = (next(before_muster(scenario, run, days, days)) for run in range(runs))
    read = columns_of(scenario, evenings, READ)
    many = max(runs // len(states), 1)
    return ratio(
        lambda: muster_in_numpy(scenario, read),
        lambda: muster_states(scenario.world, scenario.rules, states, many),
        many * len(states) / runs,
        turns,
    )
