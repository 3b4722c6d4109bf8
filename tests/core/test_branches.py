"""Branches: one past, other chance from a day on; a branch that keeps its key is the run itself."""

from dataclasses import replace

import numpy as np
import pytest

from sim.core.branches import call_turn, first_waits, wait_of_branch
from sim.core.codes import Stream
from sim.core.engine import simulate
from sim.core.record import DAILY, EVENTS, FALLS, Histories
from sim.core.state import new_state
from sim.ensemble.run.branches import Lineage, futures_of, live_to, morning_of_day_0, parameters_of, row_of
from sim.ensemble.run.chunks import joined
from sim.study.explain.chronicle import explain
from sim.world.frozen import ConfigError
from sim.world.scenario import Scenario
from tests.ensemble.small import small_scenario
from tests.worlds import SEED, TEN, leaves, scenario_of

RUN, DAY = 37, 12
LURD = {"lever": "strength", "actor": "lurd", "value": 3.0}
AMOUNTS = ("tempo", "kill_factor", "civilian_factor", "flight_factor", "crossing_shift")


def live(lived: Scenario, first: int, n: int, traced: int = 0) -> Histories:
    """Return what some futures leave behind."""
    assert lived.living is not None
    return lived.living.live(lived, SEED, first, n, traced)


def of_run(histories: Histories, run: int) -> dict[str, bytes]:
    """Return what one history leaves behind in each table, its number left out."""
    found = {}
    for name, rows in histories.tables.items():
        own = rows[rows["run"] == run].copy()
        own["run"] = 0
        found[name] = own.tobytes()
    return found


@pytest.mark.parametrize("world", TEN)
@pytest.mark.parametrize("day", [0, DAY])
def test_a_branch_with_the_key_of_the_run_is_the_run_itself_bit_for_bit(world: str, day: int) -> None:
    scenario = scenario_of(world)
    itself = simulate(scenario.world, scenario.rules, SEED, RUN, 1, 1)
    futures = live(futures_of(scenario, RUN, day, 2), 0, 2, 2)
    assert of_run(futures, 0) == of_run(itself, RUN)
    assert futures.runs[1].tobytes() != futures.runs[0].tobytes()


@pytest.mark.parametrize("world", TEN[-3:])
def test_branches_share_everything_before_their_day_and_what_the_run_is_made_of(world: str) -> None:
    futures = live(futures_of(scenario_of(world), RUN, DAY, 6), 0, 6, 6)
    for name in (FALLS, EVENTS, DAILY):
        rows = futures.tables[name]
        before = replace(futures, **{name: rows[rows["day"] < DAY]})
        assert len({of_run(before, run)[name] for run in range(6)}) == 1, name
    after = futures.daily[futures.daily["day"] > DAY + 10]
    assert len({of_run(replace(futures, daily=after), run)[DAILY] for run in range(6)}) == 6
    assert all(np.ptp(futures.runs[name]) == 0.0 for name in AMOUNTS)


def test_a_turn_changes_the_key_and_the_clocks_that_have_not_rung_alone() -> None:
    scenario = scenario_of("levant_2024")
    state = morning_of_day_0(scenario.world, scenario.rules, SEED, RUN)
    live_to(scenario.world, scenario.rules, state, DAY)
    turned = state.copy()
    call_turn(scenario.world, turned, 5)
    pairs = zip(leaves(state.dtype, state[0]), leaves(state.dtype, turned[0]), strict=True)
    differing = {name for (name, one), (_, other) in pairs if one.tobytes() != other.tobytes()}
    assert differing == {"key.seed", "key.run", "incident_wait"}
    host = int(np.flatnonzero(scenario.world[0]["is_neighbour"])[0])
    wait = wait_of_branch(state, 5, host, Stream.OWN_WAR.value)
    assert wait == turned[0]["incident_wait"][host, Stream.OWN_WAR.value]
    call_turn(scenario.world, state, 0)
    assert state[0]["key"] != turned[0]["key"]


def test_clocks_are_read_of_runs_before_they_are_lived() -> None:
    scenario = scenario_of("levant_2024")
    host = int(np.flatnonzero(scenario.world[0]["is_neighbour"])[1])
    waits = np.zeros(3)
    first_waits(new_state(scenario.world), np.uint64(SEED), 40, host, Stream.OWN_WAR.value, waits)
    drawn = [morning_of_day_0(scenario.world, scenario.rules, SEED, run)[0] for run in (40, 41, 42)]
    assert waits.tolist() == [state["incident_wait"][host, Stream.OWN_WAR.value] for state in drawn]


def test_a_true_resolve_is_that_of_the_run_whatever_branch_looks_at_it() -> None:
    scenario = scenario_of("liberia_2003")
    state = morning_of_day_0(scenario.world, scenario.rules, SEED, RUN)
    call_turn(scenario.world, state, 3)
    birth = state[0]["birth"]
    assert (int(birth["seed"]), int(birth["run"])) == (SEED, RUN)


def test_futures_are_the_same_however_they_are_cut() -> None:
    lived = futures_of(small_scenario(uncertainty={"kind": "prior", "twins": 0}), RUN, DAY, 9)
    whole, parts = live(lived, 0, 9, 4), joined([live(lived, 0, 2, 2), live(lived, 2, 7, 2)])
    assert all(whole.tables[name].tobytes() == rows.tobytes() for name, rows in parts.tables.items())


def test_a_run_with_parameters_of_its_own_keeps_them() -> None:
    scenario = small_scenario(uncertainty={"kind": "prior", "twins": 0})
    own = simulate(scenario.world, parameters_of(scenario, SEED, RUN), SEED, RUN, 1)
    lived = futures_of(scenario, RUN, DAY, 1)
    assert of_run(live(lived, 0, 1), 0) == of_run(own, RUN)
    assert not lived.is_uncertain


def test_what_is_decided_later_leaves_the_past_as_it_was() -> None:
    scenario = small_scenario()
    plain, stronger = (live(futures_of(scenario, RUN, DAY, 4, levers), 0, 4, 4) for levers in ((), (LURD,)))
    past = [h.daily[h.daily["day"] < DAY].tobytes() for h in (plain, stronger)]
    assert past[0] == past[1]
    assert plain.runs.tobytes() != stronger.runs.tobytes()


def test_a_branch_of_a_branch_goes_on_from_it() -> None:
    scenario = small_scenario()
    fifth = of_run(live(futures_of(scenario, RUN, DAY, 6), 0, 6, 6), 5)
    again = live(futures_of(scenario, f"{RUN}@{DAY}:5", DAY + 8, 2), 0, 2, 2)
    assert of_run(again, 0) == fifth
    row = row_of(scenario, SEED, Lineage(RUN, ((DAY, 5),)))
    assert all(np.array_equal(row[name], again.runs[:1][name]) for name in row.dtype.names[3:])


def test_a_chronicle_follows_a_lineage_and_is_checked_against_the_compiled_history() -> None:
    scenario = small_scenario(horizon_days=40)
    futures = live(futures_of(scenario, RUN, DAY, 3), 0, 3)
    told = explain(scenario, SEED, RUN, ((DAY, 2),))
    assert all(np.array_equal(told.row[name], futures.runs[2:][name]) for name in told.row.dtype.names[3:])
    assert str(told.lineage) == f"{RUN}@{DAY}:2"


@pytest.mark.parametrize(
    ("given", "day", "levers", "match"),
    [
        (RUN, 400, (), "day = 400: must be from 0 to"),
        (RUN, -1, (), "day = -1: must be a whole number of at least 0"),
        ("37@x", DAY, (), "names no history"),
        ("37@12:1@5:1", DAY, (), "days rising"),
        ("37@30:1", DAY, (), "lies before day 30"),
        (RUN, DAY, ({**LURD, "day": 3},), "strength: day 3 lies before day 12"),
        (RUN, DAY, ({**LURD, "actor": "nobody"},), "nobody"),
    ],
)
def test_what_cannot_be_lived_on_is_refused(given: object, day: int, levers: tuple, match: str) -> None:
    with pytest.raises(ConfigError, match=match):
        futures_of(small_scenario(), given, day, 5, levers)
