"""Make up small ensembles with known days, without running the model."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from sim.ensemble.estimate import estimate_all
from sim.ensemble.losses import regime_places
from sim.ensemble.results import Results
from sim.world.scenario import Scenario

Day = int | None
DAYS = ("collapse_day", "flight_day", "capital_fall_day", "first_fall_day")


def made_results(
    folder: Path, scenario: Scenario, collapse_days: Sequence[Day], *, failed: int = 0, lead: int = 3
) -> Results:
    """Return an ensemble in which the regime collapses on given days (None: never).

    In a run with a collapse every place of the regime falls to the challenger: the first `lead` days before the
    collapse, the others one place a day after it, the capital on the day of the collapse. The leader flees in
    every second run. The last `failed` runs come to nothing.
    """
    runs, falls = [], []
    header = scenario.tables.header
    places = [place for place in regime_places(scenario) if place != header.capital]
    for run, day in enumerate(collapse_days):
        flight = day if run % 2 else None
        runs.append(_row(run, day, flight))
        if day is not None:
            days = {place: max(0, day - lead) + i for i, place in enumerate(places)} | {header.capital: day}
            falls += [
                (run, when, place, header.regime, header.challenger)
                for place, when in sorted(days.items(), key=lambda item: item[1])
                if when < scenario.horizon_days
            ]
    lost = range(len(collapse_days), len(collapse_days) + failed)
    runs += [_row(run, None, None) | {"status": "failed", "outcome": None} for run in lost]
    run_table = pd.DataFrame(runs).astype(dict.fromkeys(DAYS, "Int32"))
    columns = ["run", "day", "location_id", "from_faction", "to_faction"]
    fall_table = pd.DataFrame(falls, columns=columns).astype({"run": "int64", "day": "Int32"})
    return Results(
        folder=folder,
        manifest={"seed": 7, "config_digest": "c0ffee" * 10, "world_digest": scenario.tables.digest},
        runs=run_table,
        falls=fall_table,
        daily=pd.DataFrame(),
        estimates=estimate_all(run_table, fall_table, scenario),
    )


def _row(run: int, day: Day, flight: Day) -> dict[str, object]:
    """Return one row of the table of runs."""
    return {
        "run": run,
        "status": "ok",
        "outcome": "in_power" if day is None else "capital",
        "collapse_day": day,
        "flight_day": flight,
        "capital_fall_day": day,
        "first_fall_day": day,
        "fatalities_combatants": 0.0,
    }
