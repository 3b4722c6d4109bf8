"""How far a chance may be trusted, in words: why two chances differ, what few runs leave open, what was right."""

import re
from pathlib import Path

import pytest

from sim.study.score.board import verdict
from sim.tell import record
from sim.tell.certainty import certainty
from sim.tell.score_tables import HEADLINES, as_told, short_title
from tests.ensemble.small import run_small, small_scenario

TERMINAL = 120  # columns


def test_a_raw_chance_and_the_one_that_is_told_come_with_the_reason_why_they_differ(tmp_path: Path) -> None:
    said = certainty(run_small(tmp_path), small_scenario())
    clause = r"raw \d+\s%, told .*\), since runs weigh as other wars at this balance of morale teach: a record as good"
    assert re.search(clause, said)


@pytest.mark.parametrize(
    ("twins", "words"),
    [
        (20, "a rough guess from 20 pairs of runs that share"),
        (0, "is not in the intervals: hardly two runs share"),
    ],
)
def test_few_runs_say_that_they_tell_badly_what_parameters_leave_open(twins: int, words: str, tmp_path: Path) -> None:
    asked = {"uncertainty": {"kind": "posterior", "twins": twins}, "runs": 20}
    said = certainty(run_small(tmp_path, **asked), small_scenario(**asked))
    assert words in said
    assert said.count("uncertain parameters") == 1


def test_one_set_of_parameters_leaves_nothing_to_guess(tmp_path: Path) -> None:
    assert "uncertain parameters" not in certainty(run_small(tmp_path), small_scenario())


@pytest.mark.parametrize("is_weighed", [True, False])
def test_the_pointer_counts_what_the_board_says_and_names_the_worst(*, is_weighed: bool) -> None:
    board = record.board() if is_weighed else record.board().drop(columns="tilted_low")
    gains = {row["family"]: as_told(row) for row in board.to_dict("records") if row["rule"] in HEADLINES}
    verdicts = [verdict(low, high) for _, low, high in gains.values()]
    worst = min(gains, key=lambda family: gains[family][0])
    said = record.pointer(is_weighed=is_weighed)
    assert f"in {verdicts.count('beats')} of {len(gains)} kinds of outcome" in said
    assert f"clearly worse in {verdicts.count('loses') or 'none'}, at worst {short_title(worst)} (" in said
    assert len(said) <= 4 * TERMINAL
    (row,) = (row for row in record.first_section(is_weighed=is_weighed).rows if "worst of" in row[0])
    assert f"\u2212{abs(round(100 * gains[worst][0]))} [" in row[3]
