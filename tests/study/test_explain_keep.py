"""But for: the same draws, one thing kept from happening; and the histories that stand for many."""

import numpy as np
import pytest

import sim
from sim.core.codes import NEVER
from sim.core.engine import simulate
from sim.study.explain.chronicle import explain
from sim.study.explain.keep import but_for, necessary
from sim.study.explain.typical import typical_runs
from sim.world.scenario import Scenario, keep_from
from tests.worlds import SEED, scenario_of

FALLEN = 3  # a run in which the regime falls, late enough for much to matter


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return scenario_of("levant_2024")


def test_but_for_lives_the_same_history_without_one_event(scenario: Scenario) -> None:
    found = but_for(explain(scenario, SEED, FALLEN))
    assert len(found) > 10
    assert [each.day for each in found] != sorted(each.day for each in found)  # what changes most comes first
    for each in found[:8]:
        row = simulate(keep_from(scenario, each.kept).world, scenario.rules, SEED, FALLEN, 1).runs[0]
        assert (each.after if each.after is not None else NEVER) == row["collapse_day"]
        assert each.what in each.text
    assert any(each.before == each.after and "is the same" in each.text for each in found)
    assert any("instead of on day" in each.text for each in found)


def test_necessary_causes_are_counted_over_runs(scenario: Scenario) -> None:
    runs = 150
    found = necessary(scenario, SEED, runs)
    plain = simulate(scenario.world, scenario.rules, SEED, 0, runs).runs["collapse_day"]
    assert [each.share for each in found] == sorted((each.share for each in found), reverse=True)
    for each in (found[0], found[-1]):
        after = simulate(keep_from(scenario, each.kept).world, scenario.rules, SEED, 0, runs).runs["collapse_day"]
        assert each.n == (plain != NEVER).sum()
        assert each.n_needed == ((plain != NEVER) & (after == NEVER)).sum()
        assert each.n_later == ((plain != NEVER) & (after > plain)).sum()
        assert each.low <= each.share <= each.high
        assert each.text.startswith(f"without {each.what} the collapse does not come in ")
        assert f"of the {each.n} runs that have it" in each.text
    assert found[0].kept["event"] == "fall"


def test_nothing_is_needed_for_what_does_not_come(scenario: Scenario) -> None:
    assert necessary(scenario, SEED, 20, "settlement") == ()


@pytest.fixture(scope="module")
def ensemble(tmp_path_factory: pytest.TempPathFactory) -> sim.Ensemble:
    folder = str(tmp_path_factory.mktemp("explained"))
    return sim.run(sim.load_scenario("offensive_2024", {"ensemble.runs": 60, "output": folder}))


def test_a_typical_run_is_in_the_middle_of_its_fate(ensemble: sim.Ensemble) -> None:
    found = typical_runs(ensemble.results, ensemble.scenario)
    runs = ensemble.runs.set_index("run")
    shares = runs["weight"].groupby(runs["outcome"].astype(str)).sum().nlargest(3) / runs["weight"].sum()
    assert {each.fate: each.share for each in found} == pytest.approx(shares.to_dict())
    assert [each.fate for each in found] == list(shares.index)
    for each in found:
        same = runs[runs["outcome"].astype(str) == each.fate]["collapse_day"].astype(float)
        if same.notna().all():
            off = (same - same.median()).abs()
            assert off[each.run] == off.min()


def test_an_ensemble_explains_its_histories(ensemble: sim.Ensemble) -> None:
    told = ensemble.explain(7)
    row = ensemble.runs.iloc[7]
    end = told.question("collapse")
    assert end is not None
    assert end.day == row["collapse_day"]
    assert told.outcome == row["outcome"]
    typical = ensemble.explain()
    assert [each.outcome for each in typical] == [
        each.fate for each in typical_runs(ensemble.results, ensemble.scenario)
    ]
    table = ensemble.but_for(runs=40)
    assert table["share"].is_monotonic_decreasing
    assert np.all(table["n"] == (ensemble.runs["collapse_day"][:40].notna()).sum())
