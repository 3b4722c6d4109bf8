"""Splitting: as right as plain runs, much cheaper where it can be, and all that it finds can be lived again."""

import math
from dataclasses import replace

import numpy as np
import pytest

from sim.core.codes import Ladder
from sim.core.engine import simulate
from sim.ensemble.run.branches import Lineage, row_of
from sim.show.figures import RARE
from sim.study.rare.climbing import STEP, Climb, Mountain, Stratum, climb_once, next_rung, strata_of, worthwhile
from sim.study.rare.goals import Goal, goal_of
from sim.study.rare.rare import APART, Rare, choose_ways, interval, rare
from sim.tell.rare import rare_answer, small
from sim.world.frozen import ConfigError
from sim.world.scenario import Scenario
from tests.worlds import SEED, scenario_of

BRUTE = 2_000
FAR = 4.5  # standard errors
WORLD = "liberia_2003"


@pytest.fixture(scope="module")
def liberia() -> Scenario:
    return scenario_of(WORLD)


@pytest.fixture(scope="module")
def war_in_guinea(liberia: Scenario) -> Rare:
    return rare(liberia, goal_of("level_4", liberia, "GIN"), effort=100, repeats=6)


@pytest.mark.parametrize(("outcome", "neighbour", "by"), [("level_3", "CIV", None), ("collapse", None, 30)])
def test_splitting_agrees_with_plain_runs(liberia: Scenario, outcome: str, neighbour: str | None, by: int) -> None:
    goal = goal_of(outcome, liberia, neighbour, by)
    found = rare(liberia, goal, effort=60, repeats=12)
    runs = simulate(liberia.world, liberia.rules, SEED + 1, 0, BRUTE).runs
    days = runs["collapse_day"] if neighbour is None else runs["level_day"][:, goal.host, 3]
    share = ((days >= 0) & (days < goal.end)).mean()
    error = math.hypot(math.sqrt(share * (1 - share) / BRUTE), (math.log(found.high / found.low) / 4) * found.estimate)
    assert abs(found.estimate - share) < FAR * error
    assert found.low < found.estimate < found.high


def test_a_war_of_its_own_takes_much_less_than_plain_runs(war_in_guinea: Rare) -> None:
    assert 1e-4 < war_in_guinea.estimate < 2e-3
    assert war_in_guinea.gain > 10.0
    assert war_in_guinea.days > war_in_guinea.climbs["days"].sum() > 0  # those that chose the rungs count as well
    assert war_in_guinea.is_split


def test_the_histories_that_got_there_are_lived_again(liberia: Scenario, war_in_guinea: Rare) -> None:
    host = war_in_guinea.goal.host
    lineages = war_in_guinea.lineages["lineage"]
    assert lineages.is_unique
    assert any("@" in lineage for lineage in lineages)
    for text in lineages.iloc[:: max(1, len(lineages) // 5)]:
        row = row_of(liberia, SEED, Lineage.read(text))[0]
        assert row["level_max"][host] == 4, text


def test_the_same_question_has_the_same_answer(liberia: Scenario, war_in_guinea: Rare) -> None:
    mountain = Mountain(liberia, war_in_guinea.goal, strata_of(liberia, war_in_guinea.goal)[0])
    again = Mountain(liberia, war_in_guinea.goal, strata_of(liberia, war_in_guinea.goal)[0])
    assert climb_once(mountain, (0.4,), 7, 30) == climb_once(again, (0.4,), 7, 30)


def test_strata_are_all_runs_together_and_their_runs_are_told_apart_by_their_clocks(liberia: Scenario) -> None:
    goal = goal_of("level_4_GIN", liberia)
    below, above = strata_of(liberia, goal)
    assert below.share + above.share == pytest.approx(1.0)
    waits = np.array([next(Mountain(liberia, goal, each).runs(0)).wait for each in (below, above)])
    assert waits[0] <= below.limit < waits[1]
    assert strata_of(liberia, goal_of("collapse", liberia)) == (Stratum(1.0),)


def test_branches_stay_in_the_stratum_of_their_run(liberia: Scenario) -> None:
    goal = goal_of("level_4_GIN", liberia)
    for stratum in strata_of(liberia, goal):
        mountain = Mountain(liberia, goal, stratum)
        start = next(mountain.runs(100))
        assert all(stratum.holds(way.wait) for way in mountain.ways([start], 0, 5))


def test_rungs_are_reached_by_a_fifth_or_by_whoever_gets_higher() -> None:
    assert next_rung(np.array([0.1] * 8 + [0.5, 0.6]), 0.0) == 0.5
    assert next_rung(np.array([0.1] * 9 + [0.6]), 0.1) == 0.6
    assert next_rung(np.array([0.1] * 10), 0.1) == 1.0


def test_a_rung_stands_a_step_above_the_last() -> None:
    assert next_rung(np.array([0.1] * 6 + [0.1 + STEP / 2.0] * 3 + [0.1 + STEP]), 0.1) == 0.1 + STEP
    assert next_rung(np.array([0.1] * 6 + [0.1 + STEP / 2.0] * 4), 0.1) == 1.0


def test_a_rung_that_most_reach_is_left_out() -> None:
    trial = Climb((0.2, 1.0, 0.5, 0.9, 0.0), (), 0)
    assert worthwhile((0.1, 0.2, 0.3, 0.4, 0.5, 0.6), trial) == (0.1, 0.3, 0.5, 0.6)
    assert worthwhile((), Climb((0.9,), (), 0)) == ()


def test_rungs_that_are_chosen_differ_and_sort_histories_out(liberia: Scenario) -> None:
    """Of few histories the heights are few as well: the same ones were rungs again and again, which all reached."""
    goal = replace(goal_of("level_4_GIN", liberia), end=5)
    for way in choose_ways(liberia, goal, 30):
        assert np.all(np.diff((0.0, *way.rungs)) >= STEP)
        again = climb_once(Mountain(liberia, goal, way.stratum), way.rungs, APART, 30)
        assert max(again.shares) <= 0.5


def test_the_outcome_itself_is_the_last_rung_though_nobody_came_there(liberia: Scenario) -> None:
    found = rare(liberia, goal_of("collapse", liberia, by=3), effort=20, repeats=2)
    assert found.ladder["height"].iloc[-1] == 1.0
    assert found.ladder["share"].isna().tolist() == [*[False] * (len(found.ladder) - 1), True]
    assert rare_answer(found).sections[0].rows[-1][2:] == ("the outcome itself", "none came so far")
    assert "none" in [text.get_text() for text in RARE.of(found).draw().axes[0].texts]


def test_an_interval_is_students_for_the_logarithm() -> None:
    mean, low, high, error = interval(np.array([1e-4, 3e-4]))
    assert (mean, error) == (pytest.approx(2e-4), pytest.approx(1e-4))
    assert math.log(high / mean) == pytest.approx(12.706 * 0.5, rel=1e-3)  # t of one degree of freedom, in any table
    assert low * high == pytest.approx(mean**2)
    assert interval(np.zeros(3))[0] == 0.0


def test_what_nobody_reaches_has_a_bound(liberia: Scenario) -> None:
    found = rare(liberia, Goal("p_flight", Ladder.FLIGHT, -1, 0, 1, 2), effort=20, repeats=2)
    assert found.estimate == 0.0
    assert 0.0 < found.high <= 0.1
    assert "flight of its leader by day 1: its chance is hardly above" in rare_answer(found).sentences[0]


def test_an_answer_tells_the_chance_and_what_it_was_worth(war_in_guinea: Rare) -> None:
    answer = rare_answer(war_in_guinea)
    assert f"{small(war_in_guinea.estimate)} % [" in answer.sentences[0]
    assert "times as many" in answer.sentences[1]
    assert small(0.000123) == "0.012"


@pytest.mark.parametrize(
    ("outcome", "neighbour", "by", "match"),
    [
        ("settlement", None, None, "no ladder leads there"),
        ("level_4", "XXX", None, "no such neighbour; known are"),
        ("level_4", None, None, "of which neighbour"),
        ("collapse", "GIN", None, "is of no neighbour"),
        ("collapse", None, 4_000, "by = 4000: must be from 0 to"),
        ("level_1", "GIN", None, "outcome = level_1: takes no deaths, so that no ladder leads there; run.py tells"),
        ("level_2_GIN", None, None, "takes no deaths"),
        ("collapse_by_14", None, 9, "by = 9: collapse_by_14 names another day; leave out one of them"),
    ],
)
def test_what_no_ladder_leads_to_is_refused(
    liberia: Scenario, outcome: str, neighbour: str | None, by: int | None, match: str
) -> None:
    with pytest.raises(ConfigError, match=match):
        goal_of(outcome, liberia, neighbour, by)


def test_a_day_may_be_said_twice_and_a_last_day_chosen(liberia: Scenario) -> None:
    assert goal_of("collapse_by_14", liberia, by=14) == goal_of("collapse_by_14", liberia)
    assert goal_of("collapse", liberia, by=9).by == 9


@pytest.mark.parametrize(("effort", "repeats"), [(19, 20), (250, 1), (2.5, 20), (True, 20)])
def test_too_little_effort_is_refused(liberia: Scenario, effort: int, repeats: int) -> None:
    with pytest.raises(ConfigError, match="must be a whole number of at least"):
        rare(liberia, goal_of("level_4", liberia, "GIN"), effort, repeats)
