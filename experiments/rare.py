"""Tell how likely something is that few runs show, by splitting: a chance, its ladder, and histories that got there."""

from __future__ import annotations

import sys
from collections.abc import Hashable
from contextlib import ExitStack
from typing import Any

from rich.console import Console

from experiments.arguments import Point
from experiments.launch import Script, command, load_scenario, main, told
from experiments.options import RareOptions, take_options
from experiments.present import Showing
from sim.ensemble.run.reporter import Reporter
from sim.ensemble.run.work import held
from sim.ensemble.store.files import write_text
from sim.ensemble.store.folders import result_folder
from sim.ensemble.store.manifest import store_frames
from sim.ensemble.store.provenance import config_digest
from sim.show.figures import RARE
from sim.study.cases import open_case
from sim.study.matters.kept import digest_of, manifest_of
from sim.study.rare.goals import Goal, goal_of
from sim.study.rare.rare import CLIMBS, LADDER, LINEAGES, SCHEMAS, rare
from sim.tell.rare import rare_answer
from sim.world.scenario import Scenario
from sim.world.text import place

NAME = "rare"


def job(point: Point) -> None:
    """Tell how likely it is what one point names."""
    reporter = Reporter(Console(stderr=True))
    with told(reporter), ExitStack() as stack:
        options, scenario, goal = _asked(point.values)
        digest = _digest(options, scenario, goal)
        folder, again = result_folder(scenario, NAME, digest), command(NAME, point.settings)
        stack.enter_context(held(folder))
        found = rare(scenario, goal, options.effort, options.repeats, reporter)
        manifest = manifest_of(NAME, scenario, options.effort, digest, again)
        frames = {LADDER: found.ladder, CLIMBS: found.climbs, LINEAGES: found.lineages}
        store_frames(folder, manifest, frames, SCHEMAS)
        answer = rare_answer(found)
        write_text(folder / "summary.md", answer.markdown(again))
        showing = Showing(folder, manifest, reporter)
        showing.tables(answer.table)
        if options.figures:
            showing.figures(lambda: [RARE.of(found)])
        showing.end()


def _asked(values: dict[str, Any]) -> tuple[RareOptions, Scenario, Goal]:
    """Return the settings, checked, what is lived, and what is waited for."""
    options, rest = take_options(values, RareOptions)
    scenario = open_case(place(options.results)).scenario if options.results else load_scenario(rest)
    return options, scenario, goal_of(options.outcome, scenario, options.neighbour, options.by)


def _digest(options: RareOptions, scenario: Scenario, goal: Goal) -> str:
    """Return a digest of all that the answer depends on."""
    return digest_of([NAME, config_digest(scenario), goal.outcome, goal.by, options.effort, options.repeats])


def check(values: dict[str, Any]) -> Hashable:
    """Return where what composed values ask goes; raise where it cannot be answered."""
    options, scenario, goal = _asked(values)
    return result_folder(scenario, NAME, _digest(options, scenario, goal))


SCRIPT = Script(NAME, RareOptions, check, job)

if __name__ == "__main__":
    sys.exit(main(SCRIPT, sys.argv[1:]))
