"""Compare scenarios run by run: differences with paired intervals, figures, and the folder as the last line."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import Console

from experiments.arguments import Point
from experiments.launch import Script, command, load_scenario, main, told
from experiments.options import CompareOptions, take_options
from experiments.present import draw_once, print_tables
from sim.ensemble.run.reporter import Reporter
from sim.ensemble.run.runner import run_ensemble
from sim.ensemble.store.files import write_text
from sim.ensemble.store.folders import result_folder
from sim.show.compare.figures import draw_comparison_files
from sim.show.report import write_report
from sim.study.cases import Case, of_equal_runs, open_case
from sim.study.compare import check_comparable, compare, digest_of, store_comparison
from sim.study.labels import told_apart
from sim.tell.comparison_summary import comparison_markdown, comparison_table
from sim.world.catalogue import USUAL_SCENARIO, choice
from sim.world.frozen import ConfigError
from sim.world.scenario import Scenario
from sim.world.text import place

OWN = ("scenario=", "scenarios=", "results=", "report=")  # settings that are the comparison's, not an ensemble's


def job(point: Point) -> None:
    """Compare what one point names."""
    reporter = Reporter(Console(stderr=True))
    with told(reporter):
        options, values = take_options(point.values, CompareOptions)
        if options.results:
            cases = of_equal_runs(open_cases(options.results))
        else:
            cases = of_equal_runs(_run(options.scenarios, values, point.settings, reporter), _asked(values))
        folder = result_folder(cases[0].scenario, "compare", digest_of(cases))
        if options.results:
            folder = place(str(values["output"])) / "compare" / folder.name
        comparison = compare(cases, folder, command("compare", point.settings))
        store_comparison(comparison)
        write_text(folder / "summary.md", comparison_markdown(comparison))
        print_tables(comparison_table(comparison))
        draw_once(folder, comparison.manifest, lambda: draw_comparison_files(comparison), reporter)
        if options.report:
            reporter.note(f"report: {write_report(cases, folder / 'report.html', comparison).resolve()}")
        print(folder.resolve())


def open_cases(folders: tuple[str, ...]) -> list[Case]:
    """Return the ensembles in result folders; those of one scenario are called by the settings that differ.

    Parameters
    ----------
    folders
        What the commands printed as their last lines.
    """
    return told_apart([open_case(folder) for folder in folders])


def _scenarios(names: tuple[str, ...], values: dict[str, Any]) -> list[Scenario]:
    """Return the scenarios of these names, everything else as it was composed."""
    if len(set(names)) < max(len(names), 2):
        raise ConfigError(
            ["scenarios: name at least two, each once, the first is the base; or give results=[folder,folder]"]
        )
    if values["scenario"] != choice("scenario", USUAL_SCENARIO):
        cure = "run each with run.py, and compare with results=[folder,folder]"
        raise ConfigError(
            [f"scenario: a comparison names its scenarios in scenarios=[...]; for levers of your own, {cure}"]
        )
    return [load_scenario({**values, "scenario": choice("scenario", name)}) for name in names]


def _asked(values: dict[str, Any]) -> int | None:
    """Return how many runs are asked for, None where a precision is."""
    ensemble = values["ensemble"]
    return None if ensemble["until"] else int(ensemble["runs"])


def _run(names: tuple[str, ...], values: dict[str, Any], settings: Sequence[str], reporter: Reporter) -> list[Case]:
    """Return ensembles of these scenarios, run or read where they are stored already."""
    shared = [setting for setting in settings if not setting.startswith(OWN)]
    cases = []
    for name, scenario in zip(names, _scenarios(names, values), strict=True):
        reporter.note(f"{name}:")
        again = command("run", [f"scenario={name}", *shared])
        own = scenario.config.scenario.name
        cases.append(Case(own, run_ensemble(scenario, result_folder(scenario, "run"), again, reporter), scenario))
    return cases


def check(values: dict[str, Any]) -> tuple[Path, ...]:
    """Return the folders that composed values compare; raise where they cannot be compared."""
    options, rest = take_options(values, CompareOptions)
    if not options.results:
        return tuple(result_folder(scenario, "run") for scenario in _scenarios(options.scenarios, rest))
    cases = open_cases(options.results)
    check_comparable(cases)
    return tuple(case.results.folder for case in cases)


SCRIPT = Script("compare", CompareOptions, check, job)

if __name__ == "__main__":
    sys.exit(main(SCRIPT, sys.argv[1:]))
