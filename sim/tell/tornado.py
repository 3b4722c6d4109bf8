"""Tell what levers, scenarios or parameters change: in sentences, and in a table sorted by the largest change."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sim.study.matters.screening import PARAMETER
from sim.study.matters.variants import SCENARIO, Tornado, named
from sim.tell.answer import Answer
from sim.tell.estimate import Estimate, Kind, alike, difference, kind_of
from sim.tell.inputs import outcome_label, value_text
from sim.tell.places import state_names
from sim.tell.section import Column, Section
from sim.world.entries import ALL
from sim.world.scenario import Scenario

MOST_SHOWN = 15
OF = {"support": "by", "restraint": "by", "strikes": "by"}
"""What stands between a lever and whose it is, where that is not `of`."""
NOTES = (
    "In brackets: 95 % intervals of the difference over the same runs (Bonett and Price for probabilities, normal for "
    "means), of which 1 in 20 excludes 0 by chance; differences of shares are in percentage points."
)
WARNING = (
    "One parameter moves at a time, in runs that share their draws: a change holds what the parameter does and what "
    "those draws happen to make of it, nothing is seen of what two do together, and the ends of a range are no shares "
    "of it. For a ranking that allows for all of that ask for the sensitivity of runs with uncertain parameters."
)


@dataclass(frozen=True)
class Blade:
    """Hold a lever, scenario or parameter with what its values change.

    Parameters
    ----------
    kind, name
        As in the table.
    label
        What it is called.
    values
        Its values, NaN for a scenario.
    changes
        What each changes.
    """

    kind: str
    name: str
    label: str
    values: tuple[float, ...]
    changes: tuple[Estimate, ...]

    @property
    def largest(self) -> int:
        """Return at which value it changes most."""
        return max(range(len(self.changes)), key=lambda i: abs(self.changes[i].point))

    @property
    def is_clear(self) -> bool:
        """Tell whether some value changes the outcome clearly."""
        return any(change.is_clear for change in self.changes)

    def at(self, i: int) -> str:
        """Return what it is called at one of its values."""
        if self.kind == SCENARIO:
            return f"scenario {self.label}"
        whole = f"parameter {self.label}" if self.kind == PARAMETER else self.label
        return f"{whole} at {value_text(self.values[i])}"


def blades_of(found: Tornado, outcome: str) -> list[Blade]:
    """Return what each lever, scenario or parameter changes in an outcome, the largest change first."""
    rows, blades = found.ranked(outcome), []
    for (kind, name), own in rows.groupby(["kind", "name"], sort=False):
        numbers = own[["difference", "low", "high", "unit"]].itertuples(index=False)
        changes = tuple(difference(*each) for each in numbers)
        values = tuple(float(value) for value in own["value"])
        blades.append(Blade(str(kind), str(name), label_of(str(kind), str(name), found.scenario), values, changes))
    return blades


def label_of(kind: str, name: str, scenario: Scenario) -> str:
    """Return what a lever, scenario or parameter is called."""
    if kind in (SCENARIO, PARAMETER):
        return name
    return kind if name == ALL else f"{kind} {OF.get(kind, 'of')} {state_names(scenario).get(name, name)}"


def tornado_answer(found: Tornado, outcome: str) -> Answer:
    """Return what changes an outcome most."""
    label, blades = outcome_label(named(outcome, found.scenario), found.scenario), blades_of(found, outcome)
    is_screening = any(blade.kind == PARAMETER for blade in blades)
    what = "parameter, moved by itself," if is_screening else "lever"
    notes = f"{WARNING} {NOTES}" if is_screening else NOTES
    return Answer(
        f"Which {what} changes {label} most?", list(sentences(found, outcome)), [section(found, outcome)], notes
    )


def sentences(found: Tornado, outcome: str) -> Iterator[str]:
    """Yield what was found in sentences: what raises the outcome most, what lowers it, and how much else is clear."""
    blades = blades_of(found, outcome)
    label = outcome_label(named(outcome, found.scenario), found.scenario)
    clear = [(blade, i) for blade in blades for i, change in enumerate(blade.changes) if change.is_clear]
    if not clear:
        yield f"None of {len(blades)} changes {label} by what can be told from 0, over {found.runs:,} runs each."
        return
    unit = gap_unit(found, outcome)
    ends: Mapping[str, Any] = {
        "lowers": min(clear, key=lambda one: one[0].changes[one[1]].point),
        "raises": max(clear, key=lambda one: one[0].changes[one[1]].point),
    }
    for verb, (blade, i) in ends.items():
        change = blade.changes[i]
        if (change.point < 0.0) == (verb == "lowers"):
            sentence = f"{blade.at(i)} {verb} {label} most: {change} {unit}".rstrip()
            yield f"{sentence[0].upper()}{sentence[1:]}."
    n = sum(blade.is_clear for blade in blades)
    rest = "; what the others change cannot be told from 0" if n < len(blades) else ""
    yield f"{n} of {len(blades)} change it clearly, over {found.runs:,} runs each{rest}."


def gap_unit(found: Tornado, outcome: str) -> str:
    """Return the unit in which differences of an outcome are told."""
    unit = str(found.ranked(outcome)["unit"].iloc[0])
    return "points" if kind_of(unit) is Kind.SHARE else unit


def section(found: Tornado, outcome: str) -> Section:
    """Return the table of the largest changes."""
    every = blades_of(found, outcome)
    rows = [(blade, i) for blade in every[:MOST_SHOWN] for i in range(len(blade.changes))]
    rest = len(every) - MOST_SHOWN
    more = f"; {rest:,} more change less" if rest > 0 else ""
    values = ["" if math.isnan(blade.values[i]) else value_text(blade.values[i]) for blade, i in rows]
    return Section(
        f"Difference from {found.scenario.config.scenario.name}; n = {found.runs:,} runs each{more}",
        [
            Column("lever, scenario or parameter", [blade.label for blade, _ in rows]),
            Column("value", values),
            Column(f"difference, {gap_unit(found, outcome)}", alike([blade.changes[i] for blade, i in rows])),
            Column("differs from 0", [differs(blade.changes[i]) for blade, i in rows]),
        ],
    )


def differs(change: Estimate) -> str:
    """Return in a word whether a change can be told from 0."""
    if change.is_clear:
        return "yes"
    if change.low == change.high == 0.0:
        return "no run changes"
    return "too little to matter" if change.low > 0.0 or change.high < 0.0 else "cannot be told"
