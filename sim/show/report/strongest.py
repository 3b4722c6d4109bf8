"""Say which uncertain inputs an ensemble's answer hangs on most, from its own runs."""

from __future__ import annotations

from dataclasses import replace

from sim.show.report.inline import tight
from sim.study.cases import Case
from sim.study.matters.inputs import is_parameter
from sim.study.matters.sensitivity import sensitivity
from sim.tell.estimate import Estimate, Value
from sim.tell.inputs import input_meanings
from sim.tell.sensitivity import fifths, shares_of
from sim.world.frozen import ConfigError
from sim.world.scenario import Scenario

ASKED = "p_collapse"
MORE = ", and others of its side with it"


def strongest(case: Case, most: int) -> list[str]:
    """Return a sentence for each of the first inputs that clearly explain something of the collapse.

    Where no parameter is uncertain, the inputs are strengths that tables judge. Those of one side share an error, so
    that one of them stands for all.

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
    kin = rows["input"].map(lambda name: _kin(str(name), case.scenario))
    shared, first = kin.duplicated(keep=False), ~kin.duplicated()
    meanings = input_meanings([str(name) for name in rows["input"]], case.scenario)
    ends = [fifths(low, high, found.unit) for low, high in zip(rows["at_lowest"], rows["at_highest"], strict=True)]
    told = [
        _sentence(f"{meanings[str(name)]}{MORE * of_side}", share, *pair)
        for name, of_side, share, pair in zip(rows["input"], shared, shares_of(rows), ends, strict=True)
    ]
    return [sentence for sentence, is_first in zip(told, first, strict=True) if is_first][:most]


def _sentence(meaning: str, share: Estimate, low: Value, high: Value) -> str:
    """Return what an input does."""
    ends = f"collapse in {low.told} of runs where it is lowest, {high.told} where it is highest (a fifth each)"
    explained = replace(share, decimals=None)  # alone it is told as finely as its own interval supports
    return tight(f"{meaning[0].upper()}{meaning[1:]}: {ends}; {explained} of the variance.")


def _kin(name: str, scenario: Scenario) -> str:
    """Return what inputs with one error have in common: a parameter its name, strengths and fighters their side."""
    if is_parameter(name):
        return name
    what, _, faction = name.partition(".")
    index = [str(key) for key in scenario.tables.factions["id"]].index(faction)
    return f"{what}.{scenario.world[0]['side'][index]}"
