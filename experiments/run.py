"""Run one ensemble, or a sweep of them with -m: tables, figures, and the result folder as the last line."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from rich.console import Console, Group

from experiments.arguments import Point
from experiments.launch import EXIT_FAILED, Script, command, load_scenario, main, told
from experiments.options import RunOptions, take_options
from experiments.present import Showing
from sim.ensemble.estimate.rows import usable
from sim.ensemble.run.reporter import Reporter
from sim.ensemble.run.work import held
from sim.ensemble.store.folders import result_folder
from sim.show.figures import MOST_DRAWN, of_ensemble
from sim.show.report import write_brief, write_report
from sim.study.cases import Case
from sim.tell import record
from sim.tell.ensemble import run_ensemble
from sim.tell.summary import summary_table
from sim.world.scenario import idle_levers


def job(point: Point) -> None:
    """Run one point."""
    reporter = Reporter(Console(stderr=True))
    with told(reporter):
        options, values = take_options(point.values, RunOptions)
        scenario = load_scenario(values)
        for note in idle_levers(scenario):
            reporter.note(f"note: {note}")
        folder = result_folder(scenario, "run")
        with held(folder):
            results = run_ensemble(scenario, folder, command("run", point.settings), reporter)
            _show(Case(scenario.config.scenario.name, results, scenario), reporter, options)


def _show(case: Case, reporter: Reporter, options: RunOptions) -> None:
    """Print the summary, draw the figures, write the report, and print the folder as the last line."""
    results, scenario = case.results, case.scenario
    runs, failed = results.manifest["runs"], results.manifest["runs_failed"]
    showing = Showing(results.folder, results.manifest, reporter)
    told = record.pointer(is_weighed=scenario.tilt is not None)
    showing.tables(lambda: Group(summary_table(results, scenario), "", told))
    if failed:
        first = results.runs[results.runs["status"] != "ok"].iloc[0]
        reporter.note(f"{failed:,} of {runs:,} runs failed; run {first['run']}: {first['error']}")
    shown = case.first(MOST_DRAWN)
    if len(usable(shown.results.runs)):
        if options.figures:
            showing.figures(lambda: of_ensemble(shown.results, scenario), tells_left_out=True)
        if options.report:
            showing.report(lambda: write_report([shown], results.folder / "report.html"))
        if options.brief:
            showing.report(lambda: write_brief([shown], results.folder / "brief.html"))
    showing.end()
    if failed == runs:
        raise SystemExit(EXIT_FAILED)


def check(values: dict[str, Any]) -> Path:
    """Return where the results of composed values go; raise where they cannot be run."""
    return result_folder(load_scenario(take_options(values, RunOptions)[1]), "run")


SCRIPT = Script("run", RunOptions, check, job)

if __name__ == "__main__":
    sys.exit(main(SCRIPT, sys.argv[1:]))
