"""Tell how likely something rare is: in sentences, and in a table of the rungs that lead there."""

from __future__ import annotations

import math
from collections.abc import Iterator

from sim.core.branches import NEARLY
from sim.core.codes import Ladder
from sim.core.rules.spillover import deaths_at_least
from sim.study.rare.climbing import TOP
from sim.study.rare.rare import Rare
from sim.tell.answer import Answer
from sim.tell.estimate import Estimate, Kind
from sim.tell.inputs import outcome_label
from sim.tell.numbers import to_figures
from sim.tell.section import Section

MOST_SHOWN = 10  # histories
MANY = 10.0  # deaths, from which on they are told whole
NOBODY = "none came so far"
STRATA = ("runs in which it may have a war of its own", "all other runs")
NOTES = (
    "By fixed-effort splitting: histories that get near are lived on several times, each with other chance. In "
    "brackets: a 95 % interval over independent repeats, Student's for the logarithm. All runs count alike, whatever "
    "they weigh elsewhere."
)


def rare_answer(found: Rare) -> Answer:
    """Return how likely something rare is."""
    sections = [ladder_section(found), *lineages_section(found)]
    return Answer(f"How likely is {_what(found)}?", list(sentences(found)), sections, NOTES)


def sentences(found: Rare) -> Iterator[str]:
    """Yield what was found in sentences, the most important first."""
    yield finding(found)
    yield worth(found)
    if len(found.lineages):
        yield (
            f"It came about in {len(found.lineages):,} of the histories that were lived; each can be followed, such as "
            f"{found.lineages['lineage'].iloc[0]} with explain."
        )


def finding(found: Rare) -> str:
    """Return the chance in a sentence."""
    if not found.estimate:
        return f"No history came to {_what(found)}: its chance is hardly above {small(found.high)} %."
    bounds = f"[{small(found.low)}, {small(found.high)}]"
    one_in = f"{to_figures(1 / found.estimate, 2):,.0f}"
    return f"The chance of {_what(found)} is {small(found.estimate)} % {bounds}, about one in {one_in}."


def small(share: float) -> str:
    """Return a share in percent, without the sign, to two figures however small it is."""
    percent = 100.0 * share
    places = max(0, 1 - math.floor(math.log10(percent))) if percent > 0.0 else 0
    return f"{percent:.{places}f}"


def worth(found: Rare) -> str:
    """Return in a sentence what splitting was worth."""
    days = f"{to_figures(found.days, 2):,.0f} days were lived"
    if math.isnan(found.gain):
        return f"{days}; what plain runs would have taken cannot be told."
    if found.gain < 1.5:  # noqa: PLR2004 - what is told as no gain
        return f"{days}, and plain runs would have done as well: what is seen on the way says little about the outcome."
    return f"{days}; to be as certain, plain runs would take about {to_figures(found.gain, 2):,.0f} times as many."


def ladder_section(found: Rare) -> Section:
    """Return the table of the rungs."""
    rows = []
    for rung in found.rungs:
        runs = STRATA[rung.stratum] if found.is_split else "all"
        of_all, of_last = (share_cell(share) for share in (rung.share_of_runs, rung.share))
        rows.append((runs, of_all, rung_label(found, rung.height), of_last))
    return Section.of_rows(
        f"The ladder; {found.effort:,} histories on a rung, {len(found.climbs)} repeats",
        ("runs", "of all runs", "rung", "of those from the rung before"),
        rows,
    )


def share_cell(share: float) -> Estimate | str:
    """Return a share as a value, or that there are no histories to share."""
    return NOBODY if math.isnan(share) else Estimate(share, kind=Kind.SHARE, decimals=1)


def lineages_section(found: Rare) -> Iterator[Section]:
    """Yield the table of some histories in which it came about, if there are any."""
    rows = found.lineages.drop_duplicates("climb").head(MOST_SHOWN)
    if len(rows):
        cells = zip(rows["climb"].tolist(), rows["lineage"].tolist(), strict=True)
        yield Section.of_rows("Histories in which it came about, one of each repeat", ("repeat", "history"), cells)


def rung_label(found: Rare, height: float) -> str:
    """Return what a height means."""
    goal = found.goal
    if height >= TOP:
        return "the outcome itself"
    if goal.ladder is Ladder.LEVEL:
        deaths = math.expm1(2.0 * height * math.log1p(deaths_at_least(goal.rung)))
        told = f"{to_figures(deaths, 2):,.0f}" if deaths >= MANY else f"{to_figures(deaths, 2):g}"
        return f"{told} deaths expected by the end"
    return f"{100 * height / NEARLY:.0f} % of the seats lost"


def _what(found: Rare) -> str:
    """Return what is waited for, in words."""
    label, _, _ = outcome_label(found.goal.outcome, found.scenario).partition(" by day ")
    return f"{label} by day {found.goal.by}"
