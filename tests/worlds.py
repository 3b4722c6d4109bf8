"""Build scenarios of the project's worlds for tests, and watch single days of them."""

import functools
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from sim.core import calls
from sim.core.engine import simulate
from sim.core.state import new_state
from sim.world.config import read_config
from sim.world.scenario import Scenario, build_scenario
from sim.world.tables import Tables, load_tables

CONF = Path(__file__).parents[1] / "conf"
WORLDS = tuple(sorted(path.stem for path in (CONF / "world").glob("*.yaml")))
TEN = (
    "angola_1992",
    "car_2013",
    "ethiopia_1991",
    "ethiopia_2021",
    "iraq_2014",
    "levant_2024",
    "liberia_2003",
    "syria_2012",
    "vietnam_1975",
    "yemen_2014",
)
"""Worlds of every kind, for promises that take a second or more to keep in each; cheap ones are kept in all WORLDS."""
SEED = 1
NEUTRAL = {"intercept": 0.0, "slope": 1.0, "gap": 0.0, "delay": 0.0}
"""A tilt with which all runs weigh the same."""
OF_THE_NEIGHBOURS = {
    *("level", "level_max", "level_caused_max", "level_day", "hardening", "pressure", "channel", "channel_day_0"),
    "retaliation",
    *("incidents", "n_marks", "incident_rate", "incident_wait", "incident_deaths", "caused_deaths"),
    *("fire_day", "death_day", "many_deaths_day", "own_war_cause"),
    *("is_alert", "alert_day", "alarm", "alarmed_by", "n_events", "n_events_before"),
    *(f"event_{field}" for field in ("day", "kind", "place", "actor", "other", "size", "cause")),
}
"""Fields of the state that are about neighbours, or tell what happens there."""


SWITCHED_ON: dict[str, dict[str, float]] = {
    "morale": {"surprise_exponent": 2.5, "expectation": 0.15, "tempo_exponent": 0.5},
    "scale": {"side_error": 0.75},
    "advance": {"siege": 3.0, "tempo_median": 1.6},
    "orders": {
        "lull_days": 3.0,
        "relief": 0.25,
        "relief_after_collapse": 0.6,
        "occupation": 0.5,
        "culmination": 1.7,
        "retaking_value": 0.3,
        "enclave_factor": 1.5,
    },
    "regime": {"recruits": 0.03, "recruit_days": 120.0, "recruit_alarm": 1.0, "recruit_cap": 0.01},
    "truce": {"probability": 0.35},
    "growth": {"base": 0.003, "success": 0.03, "stay_share": 0.2},
    "intervention": {"hazard": 0.002},
}
"""Parameters with which everything takes place that is off by default."""


def changed(table: np.ndarray, **columns: object) -> np.ndarray:
    """Return a world's table with other values in some columns, one for all rows or one for each."""
    copy = table.copy()
    for name, values in columns.items():
        copy[name] = values
    return copy


@functools.cache
def tables_of(name: str) -> Tables:
    """Return a world's tables, read once."""
    return load_tables(CONF / "world" / name)


def scenario_of(
    name: str,
    *,
    levers: tuple[dict[str, object], ...] = (),
    events: tuple[dict[str, object], ...] = (),
    channels: dict[str, bool] | None = None,
    rules: dict[str, dict[str, float]] | None = None,
    days: int | None = None,
    tables: Tables | None = None,
) -> Scenario:
    """Return a scenario of a world with levers, events, channels, parameters and horizon; all runs weigh the same."""
    values = {
        "scenario": {"name": "test", "question": "Does it hold?", "levers": list(levers), "events": list(events)},
        "world": {"name": name},
        "channels": channels or {},
        "rules": rules or {},
        "horizon_days": days,
        "ensemble": {"tilt": NEUTRAL},
    }
    return build_scenario(tables or tables_of(name), read_config(values))


def runs_of(scenario: Scenario, n: int, first: int = 0) -> np.ndarray:
    """Return the rows of ``n`` runs."""
    return simulate(scenario.world, scenario.rules, SEED, first, n).runs


def fallen(rows: np.ndarray) -> np.ndarray:
    """Tell for each run whether the regime collapsed within the horizon."""
    return rows["collapse_day"] >= 0


def mornings(scenario: Scenario, run: int, seed: int = SEED) -> Iterator[np.ndarray]:
    """Yield the state record of one run on the morning of each day and once after the last; it is one object."""
    state = new_state(scenario.world)
    calls.call_begin_run(scenario.world, scenario.rules, state, np.uint64(seed), np.uint64(run))
    yield state
    for _ in range(scenario.horizon_days):
        calls.call_live_day(scenario.world, scenario.rules, state)
        yield state


def leaves(dtype: np.dtype, record: np.void, prefix: str = "") -> Iterator[tuple[str, np.ndarray]]:
    """Yield every array of a state but the scratch space, which means nothing between phases."""
    for name in dtype.names or ():
        if name == "scratch":
            continue
        if dtype[name].names:
            yield from leaves(dtype[name], record[name], f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", record[name]


def assert_same_state(left: np.ndarray, right: np.ndarray, when: str) -> None:
    """Fail unless two states agree bit for bit."""
    for (name, a), (_, b) in zip(leaves(left.dtype, left[0]), leaves(right.dtype, right[0]), strict=True):
        assert np.array_equal(a, b), f"{name} differs {when}"
