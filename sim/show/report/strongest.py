"""Say which uncertain inputs an ensemble's answer hangs on most, from its own runs."""

from __future__ import annotations

from dataclasses import replace

from sim.show.report.inline import tight
from sim.study.cases import Case
from sim.study.matters.sensitivity import sensitivity
from sim.tell.estimate import Estimate, Value
from sim.tell.inputs import input_meanings
from sim.tell.sensitivity import fifths, shares_of
from sim.world.frozen import ConfigError

ASKED = "p_collapse"


def strongest(case: Case, most: int) -> list[str]:
    """Return a sentence for each of the first inputs that clearly explain something of the collapse.

    Where no parameter is uncertain, the inputs are strengths that tables judge, and the error of each side.

    Parameters
    ----------
    case
        An ensemble.
    most
        How many sentences at most; none where nothing differs between runs.
    """
    try:
        found = sensitivity(case, ASKED)
    except ConfigError:
        return []
    rows = found.table[found.table["low"] > 0.0]
    meanings = input_meanings([str(name) for name in rows["input"]], case.scenario)
    ends = [fifths(low, high, found.unit) for low, high in zip(rows["at_lowest"], rows["at_highest"], strict=True)]
    told = zip(rows["input"], shares_of(rows), ends, strict=True)
    return [_sentence(meanings[str(name)], share, *pair) for name, share, pair in told][:most]


def _sentence(meaning: str, share: Estimate, low: Value, high: Value) -> str:
    """Return what an input does."""
    ends = f"collapse in {low.told} of runs where it is lowest, {high.told} where it is highest (a fifth each)"
    explained = replace(share, decimals=None)  # alone it is told as finely as its own interval supports
    return tight(f"{meaning[0].upper()}{meaning[1:]}: {ends}; {explained} of the variance.")
