"""Write one self-contained report.html from result folders that exist already; its path is the last line."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from rich.console import Console

from experiments.arguments import Point
from experiments.compare import open_cases
from experiments.launch import Script, command, main, told
from experiments.options import ReportOptions, take_options
from experiments.present import use_plainer_signs
from sim.ensemble.run.reporter import Reporter
from sim.ensemble.store.files import locked_for_reading
from sim.show.report import write_report
from sim.study.cases import Case
from sim.study.compare import check_comparable, compare
from sim.study.explain.typical import explain_typical
from sim.world.frozen import ConfigError
from sim.world.text import place


def job(point: Point) -> None:
    """Write the report that one point asks for."""
    reporter = Reporter(Console(stderr=True))
    with told(reporter), ExitStack() as stack:
        options, path, cases = _opened(point.values)
        for case in cases:
            stack.enter_context(locked_for_reading(case.results.folder))
        path.parent.mkdir(parents=True, exist_ok=True)
        reporter.note("drawing figures and writing the report")
        comparison = compare(cases, path.parent, command("report", point.settings)) if len(cases) > 1 else None
        use_plainer_signs(sys.stdout)
        histories = explain_typical(cases[0].results, cases[0].scenario) if options.histories else []
        print(write_report(cases, path, comparison, histories).resolve())


def _opened(values: dict[str, Any]) -> tuple[ReportOptions, Path, list[Case]]:
    """Return the settings, where the report goes, and the ensembles in the folders."""
    options, _ = take_options(values, ReportOptions)
    if not options.results:
        raise ConfigError(["results: name at least one folder, as in results=[results/run/offensive_2024-0123abcd]"])
    cases = open_cases(options.results)
    if len(cases) > 1:
        check_comparable(cases)
    path = place(options.path) if options.path else cases[0].results.folder / "report.html"
    return options, path, cases


def check(values: dict[str, Any]) -> Path:
    """Return where the report of composed values goes; raise where it cannot be written."""
    return _opened(values)[1]


SCRIPT = Script("report", ReportOptions, check, job)

if __name__ == "__main__":
    sys.exit(main(SCRIPT, sys.argv[1:]))
