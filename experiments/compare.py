"""Compare scenarios run by run: differences with paired intervals, figures, and the folder as the last line."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from rich.console import Console

from experiments.arguments import Point
from experiments.launch import Script, command, load_scenario, main, told, with_theory
from experiments.options import CompareOptions, take_options
from experiments.present import Showing
from sim.ensemble.run.reporter import Reporter
from sim.ensemble.run.work import held
from sim.ensemble.store.files import locked_for_reading, write_text
from sim.ensemble.store.folders import result_folder
from sim.show.figures import of_comparison
from sim.show.report import write_brief, write_report
from sim.study.cases import Case, of_equal_runs, open_case
from sim.study.compare import check_comparable, compare, digest_of, store_comparison
from sim.study.labels import told_apart
from sim.tell.comparison_summary import comparison_markdown, comparison_table
from sim.tell.ensemble import run_ensemble
from sim.world.catalogue import USUAL_SCENARIO, choice
from sim.world.frozen import ConfigError
from sim.world.scenario import Scenario
from sim.world.text import place

OWN = (
    "scenarios=",
    "theories=",
    "results=",
    "report=",
    "brief=",
    "figures=",
)  # settings of the comparison, not of an ensemble


def job(point: Point) -> None:
    """Compare what one point names."""
    reporter = Reporter(Console(stderr=True))
    with told(reporter), ExitStack() as stack:
        options, values = take_options(point.values, CompareOptions)
        if options.results:
            for name in options.results:
                stack.enter_context(locked_for_reading(place(name)))
            cases = of_equal_runs(open_cases(options.results))
        else:
            scenarios = _scenarios(options, values)
            cases = of_equal_runs(_run(scenarios, point.settings, reporter, stack), _asked(values))
        folder = result_folder(cases[0].scenario, "compare", digest_of(cases))
        if options.results:
            folder = place(str(values["output"])) / "compare" / folder.name
        stack.enter_context(held(folder))
        comparison = compare(cases, folder, command("compare", point.settings))
        store_comparison(comparison)
        write_text(folder / "summary.md", comparison_markdown(comparison))
        showing = Showing(folder, comparison.manifest, reporter)
        showing.tables(lambda: comparison_table(comparison))
        if options.figures:
            showing.figures(lambda: of_comparison(comparison))
        if options.report:
            showing.report(lambda: write_report(cases, folder / "report.html", comparison))
        if options.brief:
            showing.report(lambda: write_brief(cases, folder / "brief.html", comparison))
        showing.end()


def open_cases(folders: tuple[str, ...]) -> list[Case]:
    """Return the ensembles in result folders; those of one scenario are called by the settings that differ.

    Parameters
    ----------
    folders
        What the commands printed as their last lines.
    """
    return told_apart([open_case(folder) for folder in folders])


def _scenarios(options: CompareOptions, values: dict[str, Any]) -> dict[str, Scenario]:
    """Return what is compared, by the setting that each has for itself; everything else is as it was composed."""
    key, names = ("rules", options.theories) if options.theories else ("scenario", options.scenarios)
    if len(set(names)) < max(len(names), 2):
        what = "theories" if options.theories else "scenarios"
        raise ConfigError(
            [f"{what}: name at least two, each once, the first is the base; or give results=[folder,folder]"]
        )
    if options.theories:
        return {f"{key}={name}": load_scenario(with_theory(values, name)) for name in names}
    if values["scenario"] != choice("scenario", USUAL_SCENARIO):
        cure = "run each with run.py, and compare with results=[folder,folder]"
        raise ConfigError(
            [f"scenario: a comparison names its scenarios in scenarios=[...]; for levers of your own, {cure}"]
        )
    return {f"{key}={name}": load_scenario({**values, "scenario": choice("scenario", name)}) for name in names}


def _asked(values: dict[str, Any]) -> int | None:
    """Return how many runs are asked for, None where a precision is."""
    ensemble = values["ensemble"]
    return None if ensemble["until"] else int(ensemble["runs"])


def _run(scenarios: dict[str, Scenario], settings: Sequence[str], reporter: Reporter, stack: ExitStack) -> list[Case]:
    """Return ensembles of these scenarios, run or read where they are stored already; nobody else changes them."""
    cases = []
    for setting, scenario in scenarios.items():
        key, _, name = setting.partition("=")
        reporter.note(f"{name}:")
        shared = [given for given in settings if not given.startswith((*OWN, f"{key}="))]
        again = command("run", [setting, *shared])
        own = name if key == "rules" else scenario.config.scenario.name
        folder = result_folder(scenario, "run")
        stack.enter_context(held(folder))
        cases.append(Case(own, run_ensemble(scenario, folder, again, reporter), scenario))
    return cases


def check(values: dict[str, Any]) -> tuple[Path, ...]:
    """Return the folders that composed values compare; raise where they cannot be compared."""
    options, rest = take_options(values, CompareOptions)
    if not options.results:
        return tuple(result_folder(scenario, "run") for scenario in _scenarios(options, rest).values())
    cases = open_cases(options.results)
    check_comparable(cases)
    return tuple(case.results.folder for case in cases)


SCRIPT = Script("compare", CompareOptions, check, job)

if __name__ == "__main__":
    sys.exit(main(SCRIPT, sys.argv[1:]))
