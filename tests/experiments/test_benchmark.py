"""The benchmark: all variants that it times do the same job, and its tables tell what it found. No time is asserted."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from experiments import benchmark, benchmark_c, benchmark_explain, benchmark_mesa, benchmark_muster, benchmark_phases
from experiments.benchmark_engine import FIRST_RUN, STEADY, in_fresh_process
from experiments.benchmark_timing import build, exponent
from experiments.grid import grid_tables
from sim.core import calls
from sim.core.engine import simulate
from sim.core.record import RUNS, layouts_of
from tests.worlds import SEED, scenario_of, tables_of

WORLD = "levant_2024"
ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "performance.md"
needs_gcc = pytest.mark.skipif(shutil.which("gcc") is None, reason="gcc is missing")
needs_batch_run = pytest.mark.skipif(not benchmark_mesa.HAS_BATCH_RUN, reason="this Mesa has no batch_run")


def test_the_exponent_of_a_power_law_is_its_power() -> None:
    sizes = [10, 20, 40, 80]
    assert exponent(sizes, [3.0 * size**1.25 for size in sizes]) == pytest.approx(1.25)


def test_a_first_run_does_without_the_libraries_of_tables_and_figures() -> None:
    """Importing pandas alone would take longer than everything that the project's own modules do at a start."""
    heavy = ("matplotlib", "mesa", "pandas", "pyarrow")
    look = f"import sys; found = sorted(set(sys.modules) & set({heavy})); assert not found, found"
    in_fresh_process(FIRST_RUN + look)


def test_the_main_job_does_without_mesa() -> None:
    """It would take 30 MB and a tenth of a second at every start, for agents that nobody steps through."""
    code = "import sys; import experiments.run; assert not {'mesa', 'networkx'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)


@needs_gcc
@pytest.mark.parametrize("world", [WORLD, "liberia_2003"])
def test_c_leaves_the_same_bits_as_the_compiled_phase(world: str) -> None:
    scenario = scenario_of(world)
    states = benchmark_muster.states_of(scenario, runs=2, days=60, every=6)
    muster = benchmark_c.c_muster_for(scenario, states)
    assert muster is not None
    benchmark_c.check_equal(scenario, states, muster)


@needs_gcc
def test_another_number_in_c_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    scenario = scenario_of(WORLD)
    states = benchmark_muster.states_of(scenario, runs=1, days=20, every=10)
    monkeypatch.setitem(benchmark_c.CONSTANTS, "HOSTILE_TIE", -0.95)
    muster = benchmark_c.c_muster_for(scenario, states)
    assert muster is not None
    with pytest.raises(AssertionError, match="differ in 2 of 2 states"):
        benchmark_c.check_equal(scenario, states, muster)


def test_without_gcc_there_is_no_figure_but_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(benchmark_c.shutil, "which", lambda _: None)
    scenario = scenario_of(WORLD)
    states = benchmark_muster.states_of(scenario, runs=1, days=1, every=1)
    value = benchmark_c.over_c(scenario, states, 1)
    assert value is None
    assert "no gcc" in benchmark.markdown({"numba_over_c": value}, {})


def test_numpy_counts_what_the_compiled_phase_counts() -> None:
    scenario = scenario_of(WORLD)
    states = benchmark_muster.states_of(scenario, runs=8, days=60, every=30)
    each = [states[i : i + 1] for i in range(len(states))]
    read = benchmark_muster.columns_of(scenario, iter(each), benchmark_muster.READ)
    found = benchmark_muster.muster_in_numpy(scenario, read)
    benchmark_muster.muster_states(scenario.world, scenario.rules, states, 1)
    written = benchmark_muster.columns_of(scenario, iter(each), benchmark_muster.WRITTEN)
    assert written["abandoned"].any()
    assert found.keys() == written.keys()
    for name, values in written.items():
        np.testing.assert_allclose(found[name], values, rtol=1e-11, atol=1e-9, err_msg=name)


@needs_batch_run
def test_batch_run_returns_the_series_of_the_same_runs() -> None:
    scenario = scenario_of(WORLD, days=6)
    rows = benchmark_mesa.batch(scenario, runs=2, first=3)
    by_day = {(row["run"], row["Step"]): row["regime_morale"] for row in rows}
    days = simulate(scenario.world, scenario.rules, SEED, 3, 2, 2).daily
    assert list(by_day.values()) == list(days["regime_morale"])
    names = set(tables_of(WORLD).states["id"]) | set(tables_of(WORLD).factions["id"])
    of_one_day = [row for row in rows if (row["run"], row["Step"]) == (4, 3)]
    assert len(of_one_day) == len(names)
    assert sum(row["level"] is not None for row in of_one_day) == len(tables_of(WORLD).states)


@needs_batch_run
def test_plain_python_rules_end_where_compiled_ones_do() -> None:
    days = 4
    plain = benchmark_mesa.plain_run(days, runs=2)
    rows = benchmark_mesa.batch(build(tables_of(WORLD), days), runs=2)
    assert plain["regime_strength_left"] == rows[-1]["regime_strength_left"]


def test_what_is_explained_is_a_run_of_the_engine() -> None:
    scenario = scenario_of(WORLD, days=10)
    found = benchmark_explain.explained(scenario)
    assert found.row == simulate(scenario.world, scenario.rules, SEED, benchmark_explain.RUN, 1).runs
    assert found.events


@pytest.mark.slow  # the whole day is compiled once more, with a clock in it
def test_a_timed_day_is_a_day() -> None:
    scenario = scenario_of(WORLD, days=30)
    begin, phases, state = benchmark_phases.least_times(scenario, runs=2, turns=1)
    row = np.zeros(1, layouts_of(scenario.world)[RUNS])
    calls.call_write_run(scenario.world, state, row)
    assert row == simulate(scenario.world, scenario.rules, SEED, 1, 1).runs
    assert begin > 0.0
    assert phases.sum() > 0.0


@pytest.mark.parametrize("n_militias", [0, 2, 14])
def test_militias_take_over_garrisons_and_change_no_front(n_militias: int) -> None:
    scenario = build(grid_tables(6, n_militias=n_militias), days=60, rules=STEADY)
    world = scenario.world[0]
    assert world["n_factions"] == 2 + n_militias
    assert np.count_nonzero(world["deployed"]) == 36
    assert set(world["side"][: world["n_factions"]]) == {world["regime"], world["challenger"]}
    assert (simulate(scenario.world, scenario.rules, SEED, 0, 5).runs["collapse_day"] < 0).all()


def test_each_patron_has_a_link_to_the_army() -> None:
    world = build(grid_tables(4, n_patrons=5)).world[0]
    assert world["n_links"] == 5
    assert (world["link_client"][:5] == world["regime"]).all()


def test_a_missed_aim_is_marked() -> None:
    told = benchmark.markdown({"engine_over_mesa": 49.4, "start_warm_s": 1.04, "workers_2_over_1": None}, {"hold": 0.1})
    assert "| 49.4 (missed) | ≥ 50 |" in told
    assert "| 1.04 | ≤ 1 |" in told
    assert "| not measured | ≥ 1.7 |" in told
    assert "`hold` 10.0%" in told


def test_the_page_states_every_figure() -> None:
    told = set(re.findall(r"`(\w+)`\) \|", PAGE.read_text()))
    optional = {name for name in benchmark.FIGURES if name.startswith("large_job")}
    assert told | optional == set(benchmark.FIGURES)
