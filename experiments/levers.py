"""Rank every scenario and each lever at two strengths by what they change, with the same draws: table and figure."""

from __future__ import annotations

import sys
from collections.abc import Hashable, Sequence
from typing import Any

from rich.console import Console

from experiments.arguments import Point
from experiments.launch import Script, command, load_scenario, main, told
from experiments.options import LeversOptions, take_options
from experiments.present import Showing
from sim.ensemble.run.reporter import Reporter
from sim.ensemble.run.work import held
from sim.ensemble.store.files import write_text
from sim.show.figures import of_tornado
from sim.study.matters.kept import tornado_folder, tornado_of
from sim.study.matters.levers import lever_variants, scenario_variants
from sim.study.matters.variants import Variant, named
from sim.tell.tornado import tornado_answer
from sim.world.scenario import Scenario

NAME = "levers"


def job(point: Point) -> None:
    """Rank levers as one point says."""
    options, scenario = _asked(point.values)
    show(NAME, scenario, _variants(scenario), options, command(NAME, point.settings))


def show(kind: str, scenario: Scenario, variants: Sequence[Variant], options: LeversOptions, again: str) -> None:
    """Live variants, or read what they change, and show it.

    Parameters
    ----------
    kind
        What is asked.
    scenario, variants, options
        What is varied, how, and what is shown of it.
    again
        The command that does the same.
    """
    reporter, runs = Reporter(Console(stderr=True)), scenario.config.ensemble.runs
    with told(reporter), held(tornado_folder(kind, scenario, variants, runs)):
        found = tornado_of(kind, scenario, variants, runs, again, reporter)
        answer = tornado_answer(found, options.outcome)
        write_text(found.folder / f"{options.outcome}.md", answer.markdown(again))
        showing = Showing(found.folder, found.manifest, reporter)
        showing.tables(answer.table)
        if options.figures:
            showing.figures(lambda: of_tornado(found, options.outcome))
        showing.end()


def _asked(values: dict[str, Any]) -> tuple[LeversOptions, Scenario]:
    """Return the settings, checked, and what is varied."""
    options, rest = take_options(values, LeversOptions)
    scenario = load_scenario(rest)
    named(options.outcome, scenario)
    return options, scenario


def _variants(scenario: Scenario) -> list[Variant]:
    """Return all that could be decided otherwise."""
    return [*scenario_variants(scenario), *lever_variants(scenario)]


def check(values: dict[str, Any]) -> Hashable:
    """Return what composed values ask, and where that goes; raise where it cannot be answered."""
    options, scenario = _asked(values)
    return options, tornado_folder(NAME, scenario, _variants(scenario), scenario.config.ensemble.runs)


SCRIPT = Script(NAME, LeversOptions, check, job)

if __name__ == "__main__":
    sys.exit(main(SCRIPT, sys.argv[1:]))
