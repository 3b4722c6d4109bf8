"""Say which uncertain inputs an ensemble's answer hangs on most, from its own runs."""

from __future__ import annotations

from sim.study.cases import Case
from sim.study.matters.inputs import is_parameter
from sim.study.matters.sensitivity import sensitivity
from sim.tell.inputs import input_meanings
from sim.tell.sensitivity import fifths, shares_of
from sim.world.frozen import ConfigError
from sim.world.scenario import Scenario

ASKED = "p_collapse"


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
    first = ~rows["input"].map(lambda name: _kin(str(name), case.scenario)).duplicated()
    rows = rows[first].head(most)
    meanings = input_meanings([str(name) for name in rows["input"]], case.scenario)
    ends = zip(rows["at_lowest"], rows["at_highest"], strict=True)
    told = zip(rows["input"], shares_of(rows), [fifths(low, high, found.unit) for low, high in ends], strict=True)
    return [
        _sentence(meanings[str(name)], str(share.told), *map(str, (low.told, high.told)))
        for name, share, (low, high) in told
    ]


def _sentence(meaning: str, share: str, low: str, high: str) -> str:
    """Return what an input does."""
    ends = f"collapse in {low} of runs where it is lowest, {high} where it is highest (a fifth each)"
    return f"{meaning[0].upper()}{meaning[1:]}: {ends}; {share} of the variance."


def _kin(name: str, scenario: Scenario) -> str:
    """Return what inputs with one error have in common: a parameter its name, strengths and fighters their side."""
    if is_parameter(name):
        return name
    what, _, faction = name.partition(".")
    index = [str(key) for key in scenario.tables.factions["id"]].index(faction)
    return f"{what}.{scenario.world[0]['side'][index]}"
