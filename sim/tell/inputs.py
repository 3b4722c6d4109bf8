"""Say what inputs of runs are: parameters by their meaning, fighters and quality of factions by whose they are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from sim.study.matters.inputs import FIGHTERS, SIDE, SIDES, is_parameter
from sim.tell.labels import outcome_labels
from sim.tell.numbers import rounded, to_figures
from sim.world.scenario import Scenario
from sim.world.uncertainty import NUMBERS

LARGE = 1000.0


def input_meanings(names: list[str], scenario: Scenario) -> dict[str, str]:
    """Return what each input is, by its name."""
    factions = faction_names(scenario)
    sides = {side: factions[str(scenario.tables.factions["id"][scenario.world[0][side]])] for side in SIDES}
    return {name: _meaning(name, factions, sides) for name in names}


def copies_in_words(names: Iterable[str], copies: Mapping[str, str]) -> Iterator[str]:
    """Yield a sentence for each of some inputs that stands for others as well.

    Parameters
    ----------
    names, copies
        The inputs, and which one stands for each of those that are copies.
    """
    for name in names:
        others = [copy for copy, original in copies.items() if original == name]
        if others:
            yield f"{name} stands for {', '.join(others)} as well: where one is high so is the other, or always low."


def faction_names(scenario: Scenario) -> dict[str, str]:
    """Return the names of all factions by id, without what they explain in brackets."""
    table = scenario.tables.factions
    return {str(key): str(name).split(" (")[0] for key, name in zip(table["id"], table["name"], strict=True)}


def _meaning(name: str, factions: Mapping[str, str], sides: Mapping[str, str]) -> str:
    """Return what an input is."""
    if is_parameter(name):
        number = NUMBERS[name]
        return number.meaning if number.unit in ("", "1") else f"{number.meaning} ({number.unit})"
    what, _, faction = name.partition(".")
    if what == SIDE:
        return f"strength of all on the side of {sides[faction]}, relative to what the tables say: one error a run"
    whose = factions.get(faction, faction)
    return f"fighters of {whose} on day 0" if what == FIGHTERS else f"strength of one fighter of {whose}, by quality"


def value_text(value: float) -> str:
    """Return the value of an input to three figures, whole where it is large."""
    text = f"{rounded(value):,.0f}" if abs(value) >= LARGE else f"{to_figures(value, 3):g}"
    return text.replace("-", "−")


def outcome_label(outcome: str, scenario: Scenario) -> str:
    """Return what an outcome is, by its name in tables."""
    return outcome_labels(scenario)[outcome]
