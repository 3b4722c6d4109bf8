"""Tell what drives an outcome, from runs with uncertain parameters: a ranking, how far to trust it, and a figure."""

from __future__ import annotations

import sys
from collections.abc import Hashable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from rich.console import Console

from experiments.arguments import Point
from experiments.launch import Script, command, load_scenario, main, told
from experiments.options import SensitivityOptions, take_options
from experiments.present import Showing
from sim.ensemble.run.reporter import Reporter
from sim.ensemble.run.work import held
from sim.ensemble.store.files import locked_for_reading, write_text
from sim.ensemble.store.folders import result_folder
from sim.show.figures import SENSITIVITY
from sim.study.cases import Case, open_case
from sim.study.matters.kept import digest_of, manifest_of, store_sensitivity
from sim.study.matters.sensitivity import sensitivity
from sim.tell.ensemble import run_ensemble
from sim.tell.sensitivity import sensitivity_answer
from sim.world.scenario import Scenario
from sim.world.text import place

NAME = "sensitivity"


def job(point: Point) -> None:
    """Tell what drives the outcome that one point names."""
    reporter = Reporter(Console(stderr=True))
    with told(reporter), ExitStack() as stack:
        options, values = take_options(point.values, SensitivityOptions)
        case = asked_case(options.results, values, point.settings, reporter, stack)
        found = sensitivity(case, options.outcome)
        digest = digest_of([NAME, case.results.manifest["config_digest"], found.n, found.outcome])
        folder = answer_folder(case, values, NAME, digest)
        stack.enter_context(held(folder))
        again = command(NAME, point.settings)
        manifest = manifest_of(NAME, case.scenario, found.n, digest, again)
        store_sensitivity(found, folder, manifest)
        answer = sensitivity_answer(found)
        write_text(folder / "summary.md", answer.markdown(again))
        showing = Showing(folder, manifest, reporter)
        showing.tables(answer.table)
        if options.figures:
            showing.figures(lambda: [SENSITIVITY.of(found)])
        showing.end()


def asked_case(
    results: str | None, values: dict[str, Any], settings: Sequence[str], reporter: Reporter, stack: ExitStack
) -> Case:
    """Return the ensemble that is asked: stored already, or run as the settings say; nobody else changes it.

    Parameters
    ----------
    results
        Its folder, None to run it.
    values, settings
        Composed values of an ensemble, and what was given on the command line.
    reporter, stack
        Who tells how far it is, and what lets go of it.
    """
    if results:
        folder = place(results)
        stack.enter_context(locked_for_reading(folder))
        return open_case(folder)
    scenario = load_scenario(values)
    folder = result_folder(scenario, "run")
    stack.enter_context(held(folder))
    again = command("run", ensemble_settings(scenario, settings, values))
    return Case(scenario.config.scenario.name, run_ensemble(scenario, folder, again, reporter), scenario)


def ensemble_settings(scenario: Scenario, settings: Sequence[str], values: dict[str, Any]) -> list[str]:
    """Return what has `run.py` make the same ensemble: the settings that it knows, and the usual uncertainty here."""
    shared = [given for given in settings if given.partition("=")[0].partition(".")[0].lstrip("~+") in values]
    kind = scenario.config.uncertainty.kind
    return shared if any(given.startswith("uncertainty=") for given in shared) else [f"uncertainty={kind}", *shared]


def answer_folder(case: Case, values: dict[str, Any], kind: str, digest: str) -> Path:
    """Return where an answer about an ensemble goes."""
    folder = result_folder(case.scenario, kind, digest)
    return place(str(values["output"])) / kind / folder.name


def check(values: dict[str, Any]) -> Hashable:
    """Return what composed values ask, and of which ensemble; raise where they cannot be answered."""
    options, rest = take_options(values, SensitivityOptions)
    return options, asked_folder(options.results, rest)


def asked_folder(results: str | None, values: dict[str, Any]) -> Path:
    """Return the folder of the ensemble that is asked; raise where there is none, or it cannot be run."""
    return open_case(place(results)).results.folder if results else result_folder(load_scenario(values), "run")


SCRIPT = Script(NAME, SensitivityOptions, check, job)

if __name__ == "__main__":
    sys.exit(main(SCRIPT, sys.argv[1:]))
