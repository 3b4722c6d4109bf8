"""Write a brief: one page to print with the answer, three numbers, a map, what would change it, and the limits."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sim.ensemble.estimate.losses import regime_places
from sim.show.kit.wording import listed
from sim.show.report.changes import Other, change_of, gap_of
from sim.show.report.day_map import day_map_of
from sim.show.report.headlines import headlines_of, range_of
from sim.show.report.strongest import ASKED, strongest
from sim.show.report.write import asked_of, look, ramp, shown, write_page
from sim.study.cases import Case
from sim.study.compare import Comparison
from sim.tell import record
from sim.tell.certainty import OF_DIFFERENCES, intervals_note
from sim.tell.summary import CAVEAT

TEMPLATE, STYLE = "brief.html.jinja", "brief.css"
MOST_OTHERS, MOST_INPUTS, MOST_NAMES = 4, 3, 8  # for which a page has room


def write_brief(cases: Sequence[Case], path: Path, comparison: Comparison | None = None) -> Path:
    """Write a brief that prints on one page, and return its path.

    Parameters
    ----------
    cases, path, comparison
        As of `sim.show.report.write_report`; where one lever stands beside the base, the brief is about the lever.

    Raises
    ------
    ResultsError
        If every run of a case failed.
    ValueError
        If there are several cases without their comparison.
    """
    return write_page(path, TEMPLATE, _content(shown(cases, comparison), comparison))


def _content(cases: Sequence[Case], comparison: Comparison | None) -> dict[str, Any]:
    """Return what the template fills in."""
    about = asked_of(cases)
    results, scenario = about.results, about.scenario
    others = change_of(comparison).others if comparison else ()
    clear, idle = _by_effect(others, comparison) if comparison and len(others) > 1 else ((), ())
    scores = record.first_section(is_weighed=scenario.tilt is not None)
    beside = [case for case in cases if case is not about]
    return {
        "about": about,
        "base": cases[0],
        "answer": others[0].sentences[0] if len(others) == 1 else "",
        "effects": _effects(others, clear),
        "idle": _named([other.name for other in idle]),
        "n_more": max(len(clear) - MOST_OTHERS, 0),
        "headlines": [(headline, range_of(headline, beside)) for headline in headlines_of(results, scenario)],
        "map": day_map_of(results, scenario) if regime_places(scenario) else None,
        "inputs": strongest(about, MOST_INPUTS),
        "record": scores,
        "record_rows": list(zip(*(column.told for column in scores.columns), strict=True)),
        "ramp": ramp(),
        "caveat": CAVEAT,
        "brackets": f"{intervals_note(scenario)}{OF_DIFFERENCES if comparison else ''}",
        "command": (comparison or results).manifest["command"],
        **look(STYLE),
    }


def _effects(others: Sequence[Other], clear: Sequence[Other]) -> list[tuple[str, str]]:
    """Return what levers change, each with whose it is: what the answer leaves of one lever, the fate of several."""
    if len(others) == 1:
        return [("", sentence) for sentence in others[0].sentences[1:]]
    return [(other.name, other.sentences[0]) for other in clear[:MOST_OTHERS]]


def _by_effect(others: Sequence[Other], comparison: Comparison) -> tuple[Sequence[Other], Sequence[Other]]:
    """Return those of several scenarios that clearly change the fate of the regime, largest first, and the others."""
    table = comparison.table[comparison.table["outcome"] == ASKED]
    gaps = {row["scenario"]: gap_of(row) for row in table.to_dict("records")}
    ranked = sorted(others, key=lambda other: -abs(gaps[other.name].point))
    clear = [other for other in ranked if gaps[other.name].is_clear]
    return clear, [other for other in ranked if other not in clear]


def _named(names: Sequence[str]) -> str:
    """Return names as words, of many the first."""
    more = len(names) - MOST_NAMES
    return listed([*names[:MOST_NAMES], f"{more} more"] if more > 0 else names) if names else ""
