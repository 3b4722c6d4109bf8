"""Write the report of an ensemble, or of a comparison, as one HTML file that fetches nothing."""

import base64
import hashlib
from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup

from sim.ensemble.estimate.rows import usable
from sim.ensemble.store.files import write_text
from sim.ensemble.store.results import ResultsError
from sim.show.figures import MOST_DRAWN, drawable, left_out, of_ensemble
from sim.show.kit.days import date_text
from sim.show.maps.loss_scale import N_CLASSES, ink_on, loss_colour
from sim.show.report import assumptions
from sim.show.report.changes import change_of, drawings_of
from sim.show.report.chapters import MAP, chapters_of
from sim.show.report.day_map import data_of, day_map_of
from sim.show.report.headlines import headlines_of, range_of
from sim.show.report.provenance import provenance_of
from sim.show.report.told import story_of
from sim.study.cases import Case
from sim.study.compare import Comparison
from sim.study.explain.typical import Told
from sim.tell import record
from sim.tell.certainty import OF_DIFFERENCES, intervals_note, weighing_note
from sim.tell.comparison_summary import NOTES
from sim.tell.sections import all_estimates
from sim.tell.summary import CAVEAT
from sim.tell.yardstick import SCALE

PACKAGE = "sim.show.report"
TEMPLATE, STYLE, PLAYER, SCRIPT = "page.html.jinja", "report.css", "player.js", "report.js"


def write_report(
    cases: Sequence[Case], path: Path, comparison: Comparison | None = None, histories: Sequence[Told] = ()
) -> Path:
    """Write a report and return its path.

    Parameters
    ----------
    cases
        One ensemble, or those of a comparison; the first is the one that the report is about.
    path
        Where to write it.
    comparison
        What distinguishes the cases, where they are several.
    histories
        Typical histories of the first case, which are told in brief.

    Raises
    ------
    ResultsError
        If every run of a case failed.
    ValueError
        If there are several cases without their comparison.
    """
    return write_page(path, TEMPLATE, _content(shown(cases, comparison), comparison, histories))


def write_page(path: Path, template: str, content: Mapping[str, Any]) -> Path:
    """Write a page, in a folder that is made where it is missing, and return its path.

    Parameters
    ----------
    path, template, content
        Where to, which file of this package, and what it fills in.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    write_text(path, environment().get_template(template).render(content))
    return path


def shown(cases: Sequence[Case], comparison: Comparison | None) -> list[Case]:
    """Return as many runs of cases as a page shows; raise where all of one failed, or a comparison is missing."""
    cases = [case.first(MOST_DRAWN) for case in cases]
    for case in cases:
        if usable(case.results.runs).empty:
            raise ResultsError(case.results.folder, "every run failed", f"{case.results.folder}/runs.parquet tells why")
    if len(cases) > 1 and comparison is None:
        msg = f"expected the comparison of {len(cases)} cases, got none; make it with sim.study.compare"
        raise ValueError(msg)
    return cases


def asked_of(cases: Sequence[Case]) -> Case:
    """Return whose question is asked: the lever's where one stands beside the base, else the base's."""
    base, *others = cases
    return others[0] if len(others) == 1 else base


def _content(cases: Sequence[Case], comparison: Comparison | None, histories: Sequence[Told]) -> dict[str, Any]:
    """Return what the template fills in."""
    base, *others = cases
    results, scenario = base.results, base.scenario
    sheets = of_ensemble(results, scenario)
    drawn = drawable(sheets)
    day_map = day_map_of(results, scenario) if MAP in drawn else None
    return {
        "base": base,
        "question": asked_of(cases).scenario.config.scenario.question,
        "cases": cases,
        "comparison": comparison,
        "headlines": [(headline, range_of(headline, others)) for headline in headlines_of(results, scenario)],
        "with_tables": [name for name, sheet in drawn.items() if sheet.telling],
        "map": day_map,
        "map_tables": drawn[MAP].tables() if day_map else (),
        "map_data": data_of(day_map) if day_map else None,
        "change": change_of(comparison) if comparison else None,
        "notes": f"{NOTES}{weighing_note(scenario.config)}",
        "compared": drawings_of(comparison) if comparison else [],
        "chapters": chapters_of(drawn.values(), results, scenario),
        "stories": [story_of(*told) for told in histories],
        "left_out": left_out(sheets),
        "estimates": all_estimates(results, scenario),
        "yardstick": SCALE,
        "ramp": ramp(),
        "record": record,
        "caveat": CAVEAT,
        "brackets": f"{intervals_note(scenario)}{OF_DIFFERENCES if comparison else ''}",
        **look_and_script(),
    }


def ramp() -> list[tuple[str, str]]:
    """Return the classes of colour of a map of losses, each with the ink that reads on it."""
    return [(colour, ink_on(colour)) for colour in map(loss_colour, (i / N_CLASSES for i in range(N_CLASSES)))]


def look(*more: str) -> dict[str, str]:
    """Return the style of a page without a script, and that it allows none.

    Parameters
    ----------
    more
        Files of style besides that of all pages.
    """
    style = "\n".join(map(_resource, (STYLE, *more)))
    return {"style": Markup(style), "script_digest": "none"}  # noqa: S704 - files of this package


def look_and_script(script: str = SCRIPT) -> dict[str, str]:
    """Return the style and the script of a page, and the digest by which it allows that."""
    script = _resource(PLAYER) + "\n" + _resource(script)
    return {
        "style": Markup(_resource(STYLE)),  # noqa: S704 - a file of this package
        "script": Markup(script),  # noqa: S704 - a file of this package
        "script_digest": _digest(script),
    }


def environment() -> Environment:
    """Return the settings of templates: everything that comes from tables and settings is escaped."""
    environment = Environment(
        loader=FunctionLoader(_resource),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "asked_of": assumptions.asked_of,
        "moved_parameters": assumptions.moved_parameters,
        "all_parameters": assumptions.all_parameters,
        "closed_channels": assumptions.closed_channels,
        "sources_of": assumptions.sources_of,
        "rows_by_source": assumptions.rows_by_source,
        "provenance_of": provenance_of,
        "usable": usable,
        "date": lambda day: date_text(day, 0, with_year=True),
    }
    return environment


def _resource(name: str) -> str:
    """Return a file of this package."""
    return files(PACKAGE).joinpath(name).read_text(encoding="utf-8")


def _digest(script: str) -> str:
    """Return the digest by which the page allows its own script, and no other that a table might smuggle in."""
    return f"sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}"
