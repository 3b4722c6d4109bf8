"""Who holds what on the last day: counted as single runs end, and told as shares of all of them."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from sim.ensemble.estimate.holders import find_holdings
from sim.ensemble.estimate.weights import Weights
from sim.ensemble.store.results import Results
from sim.tell.holders import flows, holders
from sim.tell.lookup import mean, share
from sim.tell.places import faction_names, home_holders
from sim.world.tilt import Tilt
from tests.ensemble.small import quiet_runs, run_small, small_names, small_scenario
from tests.worlds import NEUTRAL

N = 10


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Results:
    return run_small(tmp_path_factory.mktemp("results"))


def made(results: Results, n_lost: int) -> Results:
    """Return runs of which the last ones end with the challenger in the capital, and nobody in another place."""
    home = home_holders(small_scenario())
    capital, other = capital_and_other()
    after: dict[str, str | None] = {capital: challenger(), other: None}
    ends = [home if run < N - n_lost else {**home, **after} for run in range(N)]
    rows = [(run, place, holder) for run, end in enumerate(ends) for place, holder in end.items()]
    held = pd.DataFrame(rows, columns=["run", "location_id", "faction"])
    runs = quiet_runs(small_names(), N)
    return replace(results, frames={**results.frames, "runs": runs, "holders": held})


def capital_and_other() -> tuple[str, str]:
    """Return the capital, and another place of the regime."""
    scenario = small_scenario()
    capital = str(scenario.tables.locations["id"][int(scenario.world[0]["capital"])])
    own = [place for place, holder in home_holders(scenario).items() if holder == scenario.tables.header.regime]
    return capital, next(place for place in own if place != capital)


def challenger() -> str:
    """Return the challenger's id."""
    return str(small_scenario().tables.header.challenger)


def test_holdings_are_those_of_the_runs(results: Results) -> None:
    scenario = small_scenario()
    capital, other = capital_and_other()
    held = find_holdings(made(results, 3), scenario)
    ids = [*small_names().factions, ""]
    assert held.n == N
    everybody, nobody, rebels = range(len(ids)), [ids.index("")], [ids.index(challenger())]
    assert held.seats[held.capital] == capital
    assert held.seat(held.capital, rebels).tolist() == [False] * 7 + [True] * 3
    assert held.seat(held.seats.index(other), nobody).sum() == 3
    assert (held.places(everybody) == len(home_holders(scenario))).all()
    assert held.people(everybody) == pytest.approx(np.ones(N))
    assert held.places(nobody)[-1] == 1.0


def test_the_likeliest_holder_goes_by_weights(results: Results) -> None:
    held = find_holdings(made(results, 3), small_scenario())
    fell = np.arange(N) >= N - 3
    heavy = replace(held, weights=Weights(np.where(fell, 2.5, 2.5 / 7), fell, Tilt(0.0, 0.5)))
    at = held.capital
    assert held.factions[held.likeliest(at)] == small_scenario().tables.header.regime
    assert held.factions[heavy.likeliest(at)] == challenger()


def test_the_table_tells_chances_places_and_people(results: Results) -> None:
    scenario = small_scenario(tilt=NEUTRAL)
    told = holders(made(results, 3), scenario)
    assert told is not None
    assert told.title.endswith("n = 10 runs")
    rows = {row[0]: row for row in told.rows}
    own = next(row for name, row in rows.items() if name.endswith(f"({challenger()})"))
    assert own[1].split(" %")[0] == str(share(np.arange(N) >= N - 3)).split(" %")[0]
    assert "nobody" in rows
    assert rows["nobody"][2] == str(mean(np.array([0.0] * 7 + [1.0] * 3)))


def test_failed_runs_count_for_nothing(results: Results) -> None:
    one = made(results, 3)
    runs = one.runs.copy()
    runs.loc[runs["run"] == N - 1, "status"] = "failed"
    held = find_holdings(replace(one, frames={**one.frames, "runs": runs}), small_scenario())
    assert held.n == N - 1
    assert held.seat(held.capital, [held.factions.index(challenger())]).sum() == 2


def test_flows_add_up_to_the_tolls(results: Results) -> None:
    scenario = small_scenario()
    told = flows(results, scenario)
    assert told is not None
    weights = results.tolls["run"].map(results.runs.set_index("run")["weight"])
    sums = results.tolls[["displaced", "refugees"]].mul(weights, axis=0).sum() / len(results.runs)
    for column, quantity in zip(told.columns[1:3], ("displaced", "refugees"), strict=True):
        points = [cell.point for cell in column.cells]  # type: ignore[union-attr]
        assert sum(points) == pytest.approx(sums[quantity])
    assert faction_names(scenario)[scenario.tables.header.regime] in told.rows[0][0]
