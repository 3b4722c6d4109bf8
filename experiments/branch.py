"""Tell what could still happen: one run as it was until a day, lived on many times from there; tables and a figure."""

from __future__ import annotations

import sys
from collections.abc import Hashable
from contextlib import ExitStack
from typing import Any

from rich.console import Console

from experiments.arguments import Point
from experiments.launch import Script, command, load_scenario, main, told
from experiments.options import BranchOptions, take_options
from experiments.present import Showing
from sim.ensemble.run.branches import Futures, futures_of
from sim.ensemble.run.reporter import Reporter
from sim.ensemble.run.work import held
from sim.ensemble.store.folders import result_folder
from sim.show.figures import FUTURES
from sim.study.cases import open_case
from sim.tell.branch import branch_answer
from sim.tell.ensemble import run_ensemble
from sim.world.scenario import Scenario
from sim.world.text import place

NAME = "branch"


def job(point: Point) -> None:
    """Live on as one point says."""
    reporter = Reporter(Console(stderr=True))
    with told(reporter), ExitStack() as stack:
        options, lived = _asked(point.values)
        folder, again = result_folder(lived, NAME), command(NAME, point.settings)
        stack.enter_context(held(folder))
        results = run_ensemble(lived, folder, again, reporter)
        futures = lived.living
        assert isinstance(futures, Futures)  # noqa: S101 - that is what `futures_of` gives
        showing = Showing(folder, results.manifest, reporter)
        showing.tables(branch_answer(results, lived, futures).table)
        if options.figures:
            showing.figures(lambda: [FUTURES.of(results, lived, futures)])
        showing.end()


def _asked(values: dict[str, Any]) -> tuple[BranchOptions, Scenario]:
    """Return the settings, checked, and what is lived."""
    options, rest = take_options(values, BranchOptions)
    origin = open_case(place(options.results)).scenario if options.results else load_scenario(rest)
    lived = futures_of(origin, options.run, options.day, options.futures, options.levers, options.events)
    return options, lived


def check(values: dict[str, Any]) -> Hashable:
    """Return where what composed values ask goes; raise where it cannot be answered."""
    return result_folder(_asked(values)[1], NAME)


SCRIPT = Script(NAME, BranchOptions, check, job)

if __name__ == "__main__":
    sys.exit(main(SCRIPT, sys.argv[1:]))
