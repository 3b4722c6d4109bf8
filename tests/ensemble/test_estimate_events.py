"""How often prisons break: counted in runs that did not fail, told where there is a prison that can break."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim.core.outputs import fields_of
from sim.core.record import TollRow
from sim.ensemble.estimate.estimates import estimate_all
from sim.ensemble.estimate.events import prison_break_rows
from sim.ensemble.estimate.rows import Row
from sim.ensemble.store.results import Results
from sim.ensemble.store.schema import names_of
from sim.tell.sections import extremists
from sim.world.scenario import Scenario
from tests.ensemble.small import quiet_runs, small_scenario
from tests.worlds import scenario_of

N = 20
HORIZON = 120
FALLS = ["run", "day", "location_id", "from_faction", "to_faction"]
TOLLS = ["run", "location_id", *(field.name for field in fields_of(TollRow) if field.output.use)]


@pytest.fixture(scope="module")
def levant() -> Scenario:
    return scenario_of("levant_2024")


def events_of(*rows: tuple[int, int, str]) -> pd.DataFrame:
    """Return events: run, day, kind."""
    frame = pd.DataFrame(rows, columns=["run", "day", "kind"])
    return frame.astype({"run": np.int64, "day": "Int32", "kind": "str"})


def by_name(rows: list[Row]) -> dict[tuple[str, int], Row]:
    """Return rows of estimates by quantity and day."""
    return {(row[0], row[2]): row for row in rows}


def test_breaks_are_counted_by_run_and_the_first_one_decides_the_day(levant: Scenario) -> None:
    runs = quiet_runs(names_of(levant.tables), N)
    runs.loc[19, "status"] = "failed"
    events = events_of(
        (0, 10, "prison_break"), (0, 3, "prison_break"), (4, 14, "prison_break"), (7, 15, "prison_break"),
        (8, 2, "incident"), (19, 1, "prison_break"),
    )  # fmt: skip
    found = by_name(list(prison_break_rows(runs, events, levant)))
    assert [found["prison_break_by_day", day][3] for day in (14, 30, HORIZON)] == [2 / 19, 3 / 19, 3 / 19]
    assert found["prison_breaks_mean", HORIZON][3] == pytest.approx(4 / 19)
    assert {row[6] for row in found.values()} == {19}


def test_no_break_is_a_chance_of_0_with_an_interval(levant: Scenario) -> None:
    runs = quiet_runs(names_of(levant.tables), N)
    found = by_name(list(prison_break_rows(runs, events_of(), levant)))
    _, _, _, share, low, high, n, _, unit, *_ = found["prison_break_by_day", HORIZON]
    assert (share, low, n, unit) == (0.0, 0.0, N, "probability")
    assert high is not None
    assert high > 0.1


def test_a_world_without_such_prisons_tells_of_no_breaks() -> None:
    scenario = small_scenario()
    runs = quiet_runs(names_of(scenario.tables), N)
    assert not list(prison_break_rows(runs, events_of(), scenario))


def test_the_summary_tells_of_breaks_where_they_are_estimated(levant: Scenario) -> None:
    runs, nothing = quiet_runs(names_of(levant.tables), N), (pd.DataFrame(columns=FALLS), pd.DataFrame(columns=TOLLS))
    events = events_of((0, 10, "prison_break"), (0, 3, "prison_break"), (4, 14, "prison_break"))
    for rows, told in (([], 0), (list(prison_break_rows(runs, events, levant)), 2)):
        estimates = estimate_all(runs, *nothing, levant, rows)
        found = extremists(Results(Path("made"), {}, estimates, {}), levant)
        assert found
        breaks = [row for row in found.rows if "prison" in row[0]]
        assert len(breaks) == told
    assert breaks == [
        ("prison breaks", "0.2 [0, 0.4]", "0"),
        ("at least one prison break, share of runs", "10 % [3, 30]", ""),
    ]
