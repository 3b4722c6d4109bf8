"""Make up small ensembles with known days and numbers, without running the model."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from sim.core.codes import Channel
from sim.core.record import DAILY, EVENTS, FALLS, HOLDERS, RUNS, TOLLS
from sim.ensemble.estimate.estimates import estimate_all
from sim.ensemble.estimate.losses import regime_places
from sim.ensemble.estimate.weights import weighed
from sim.ensemble.store.results import Results, table_frame
from sim.ensemble.store.schema import DRAWS, TWINS, Names, names_of, schemas, state_column
from sim.tell.places import home_holders
from sim.world.scenario import Scenario

Day = int | None
MIXED: list[Day] = [12, 14, 20, 45, 60, None, None, None]
"""Days of collapse of a few runs, of which some hold."""
LEVELS = 5
RUNG_DAYS = 7  # a neighbour that climbs is a rung higher every week
FULL, HARDLY = 0.5, 0.1  # what the main channel of a neighbour carries, and what all others do
DISPLACED, KILLED, REFUGEES = 10_000, 5, 1_000  # a day; refugees into the first neighbour
EXTREMISTS = 1_000  # on day 0; half of them are left at the end


def made_results(
    folder: Path,
    scenario: Scenario,
    collapse_days: Sequence[Day],
    *,
    failed: int = 0,
    lead: int = 3,
    traces: int = 12,
    quiet: bool = False,
) -> Results:
    """Return an ensemble in which the regime collapses on given days (None: never).

    In a run with a collapse every place of the regime falls to the challenger: the first `lead` days before the
    collapse, the others one place a day after it, the capital on the day of the collapse. The leader flees in
    every second run. The last `failed` runs come to nothing. Neighbour i reaches level (run + i) mod 5, a rung a
    week, and from level 2 on has a deadly incident and one that the war causes by channel i mod 9. A `quiet` ensemble
    has nobody who flees, no incident, no influence and no extremist. The first `traces` runs leave a day series.
    """
    names, runs = names_of(scenario.tables), len(collapse_days)
    table = {
        RUNS: [_row(run, day, scenario, names, quiet=quiet) for run, day in enumerate(collapse_days)],
        TWINS: [],
        DRAWS: [],
        FALLS: _falls(collapse_days, scenario, lead),
        TOLLS: [],
        HOLDERS: _holders(collapse_days, scenario, lead),
        EVENTS: [] if quiet else _incidents(runs, scenario),
        DAILY: _series(min(traces, runs), scenario, names, quiet=quiet),
    }
    table[RUNS] += [{"run": run, "status": "failed"} for run in range(runs, runs + failed)]
    frames = {name: _frame(rows, schemas(names)[name]) for name, rows in table.items()}
    frames[RUNS] = weighed(frames[RUNS], scenario.config.tilt)
    return Results(
        folder=folder,
        manifest={"seed": 7, "config_digest": "c0ffee" * 10, "world_digest": scenario.tables.digest},
        estimates=estimate_all(frames[RUNS], frames[FALLS], frames[TOLLS], scenario),
        frames=frames,
    )


def _frame(rows: list[dict[str, Any]], schema: pa.Schema) -> pd.DataFrame:
    """Return rows as a stored table; what a row does not name is null."""
    return table_frame(pa.Table.from_pylist(rows, schema=schema))


def _row(run: int, day: Day, scenario: Scenario, names: Names, *, quiet: bool) -> dict[str, Any]:
    """Return one row of the table of runs."""
    last = scenario.horizon_days - 1
    row: dict[str, Any] = {field.name: 0.0 for field in schemas(names)[RUNS] if pa.types.is_floating(field.type)} | {
        "run": run,
        "status": "ok",
        "outcome": "in_power" if day is None else "capital",
        "collapse_day": day,
        "flight_day": day if run % 2 else None,
        "capital_fall_day": day,
        "first_fall_day": day,
        "displaced_peak": float(DISPLACED * last),
        "fatalities_civilians": float(KILLED * last),
        "extremists_day_0": 0.0 if quiet else float(EXTREMISTS),
        "extremists_last": 0.0 if quiet else EXTREMISTS * (0.5 if last else 1.0),
        state_column("influence", names.states[0 if last else -1]): float(not quiet),
    }
    for i, state in enumerate(names.neighbours):
        row[state_column("arrived", state)] = _arrived(i, last, quiet=quiet)
        highest = 0 if quiet else min((run + i) % LEVELS, last // RUNG_DAYS + 1)
        row[state_column("level_max", state)] = highest
        for level in range(1, highest + 1):
            row[state_column("level_day", state, level)] = RUNG_DAYS * (level - 1)
        for rung, event in enumerate(("alert", "death", "many_deaths"), start=1):
            row[state_column(f"{event}_day", state)] = RUNG_DAYS * (rung - 1) if highest >= rung else None
        caused = int(highest > 1)
        row |= {state_column(f"incidents{end}", state): n for end, n in (("", 2 * caused), ("_caused", caused))}
        row |= {state_column(f"fatalities{end}", state): 2.0 * n for end, n in (("", 2 * caused), ("_caused", caused))}
        row[state_column("level_caused_max", state)] = 2 * caused
        for channel in Channel:
            own = caused * (channel == i % len(Channel))
            row[state_column("incidents_by", state, channel.name.lower())] = own
    return row


def _falls(collapse_days: Sequence[Day], scenario: Scenario, lead: int) -> list[dict[str, Any]]:
    """Return all falls, by run and day."""
    header = scenario.tables.header
    places = [place for place in regime_places(scenario) if place != header.capital]
    rows = []
    for run, day in enumerate(collapse_days):
        if day is not None:
            days = {place: max(0, day - lead) + i for i, place in enumerate(places)} | {header.capital: day}
            rows += [
                {
                    "run": run,
                    "day": when,
                    "location_id": place,
                    "from_faction": header.regime,
                    "to_faction": header.challenger,
                }
                for place, when in sorted(days.items(), key=lambda item: item[1])
                if when < scenario.horizon_days
            ]
    return rows


def _holders(collapse_days: Sequence[Day], scenario: Scenario, lead: int) -> list[dict[str, Any]]:
    """Return who holds each place in the end, as the falls leave it."""
    ends = [dict(home_holders(scenario)) for _ in collapse_days]
    for fall in _falls(collapse_days, scenario, lead):
        ends[fall["run"]][fall["location_id"]] = fall["to_faction"]
    return [
        {"run": run, "location_id": place, "faction": holder or None}
        for run, end in enumerate(ends)
        for place, holder in end.items()
    ]


def _incidents(runs: int, scenario: Scenario) -> list[dict[str, Any]]:
    """Return one incident for each neighbour in each run in which it reaches level 2, at its first place."""
    locations = scenario.tables.locations
    homes = {
        str(state): str(place) for place, state in zip(locations["id"][::-1], locations["state"][::-1], strict=True)
    }
    return [
        {"run": run, "day": RUNG_DAYS, "kind": "incident", "location_id": homes.get(state), "actor": state, "size": 2.0}
        for run in range(runs)
        for i, state in enumerate(scenario.tables.header.neighbours)
        if (run + i) % LEVELS > 1 and scenario.horizon_days > RUNG_DAYS
    ]


def _series(traces: int, scenario: Scenario, names: Names, *, quiet: bool) -> list[dict[str, Any]]:
    """Return the days of the traced runs."""
    horizon = scenario.horizon_days
    return [_day(run, day, horizon, names, quiet=quiet) for run in range(traces) for day in range(horizon)]


def _arrived(i: int, day: int, *, quiet: bool) -> float:
    """Return how many have arrived in a neighbour by a day, all of whom stay."""
    return 0.0 if quiet else REFUGEES * day / (i + 1)


def _day(run: int, day: int, horizon: int, names: Names, *, quiet: bool) -> dict[str, Any]:
    """Return one day of one run; the first state gains influence from the last."""
    some, gone = float(not quiet), day / max(horizon - 1, 1)
    row: dict[str, Any] = {"run": run, "day": day, "hhi": 0.5, "effective_factions": 2.0 + run % 2}
    row |= {"displaced": float(DISPLACED * day), "fatalities_civilians": float(KILLED * day)}
    row |= {"fatalities_combatants": float(KILLED * day), "extremist_attacks": some * day}
    row |= {"extremists": some * EXTREMISTS * (1.0 - gone / 2.0)}
    influence = np.zeros(len(names.states))
    influence[[0, -1]] += some * np.array([gone, 1.0 - gone])
    of_people = ("refugees", "arrived", "returned_new", "returned_old", "workers_left")
    for state, share in zip(names.states, influence, strict=True):
        row |= {state_column("influence", state): float(share)} | {state_column(of, state): 0.0 for of in of_people}
    for i, state in enumerate(names.neighbours):
        came = _arrived(i, day, quiet=quiet)
        row |= {state_column("arrived", state): came, state_column("refugees", state): came}
        for channel in Channel:
            carried = FULL if channel == i % len(Channel) else HARDLY
            row[state_column("channel", state, channel.name.lower())] = some * carried
    return row
