"""The mean of two codings, worked out by hand, and that both stand in the reason."""

import csv
from pathlib import Path

import pytest

from experiments.second_coding import Coding, both, coded, recoded
from tests.worlds import CONF


def test_codes_add_up() -> None:
    assert coded("T e A l -f", "quality") == pytest.approx(0.3 + 0.1 + 0.05 + 0.1 + 0.05 - 0.05)
    assert coded("vDWxq", "morale") == pytest.approx(0.5 + 0.05 - 0.1 - 0.1 - 0.05 - 0.05)
    assert coded("DUXWQ D U X", "morale") == 0.1
    assert coded("vDWxq", "morale", "W") == pytest.approx(0.35)


def test_the_backer_of_a_regime_leaves_by_dated_facts_only() -> None:
    """By hand: .35 and .55 without W are .45 in the mean, less .1; other factions keep what their coders saw."""
    first, second = Coding("T", "v D W x q"), Coding("TE", "V d")
    assert both(first, second, 1.0) == pytest.approx((0.45, 0.35))
    assert both(first, second, 0.0) == pytest.approx((0.45, 0.45))
    assert both(first, second, None) == pytest.approx((0.45, 0.4))


def test_both_sets_of_codes_stand_in_the_reason_and_once_is_enough() -> None:
    row = {"id": "army", "quality": "0.4", "morale": "0.3", "reason": "MAIN REGIME FORCE; Q[T] M[v -D -W -x -q] tired"}
    found = recoded(row, Coding("Te", "Vd"), 0.5)
    assert found["reason"] == "MAIN REGIME FORCE; Q[T] M[v -D -W -x -q] and Q[T e] M[V -d], W 0.5 by dated facts tired"
    assert (found["quality"], found["morale"]) == ("0.425", "0.4")
    assert recoded(found, Coding("Te", "Vd"), 0.5) == found


@pytest.mark.parametrize("path", sorted((CONF / "world").glob("*/factions.csv")), ids=lambda path: path.parent.name)
def test_codes_of_the_first_coding_are_read_whole(path: Path) -> None:
    """As long as a row has one set of codes, its numbers are what they sum up to."""
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["reason"].count("Q[") == 1:
                quality, morale = row["reason"].split("Q[")[1].split("] M[")
                assert coded(quality, "quality") == pytest.approx(float(row["quality"]))
                assert coded(morale.split("]")[0], "morale") == pytest.approx(float(row["morale"]))
