"""Vary numbers of a configuration in one job: one tidy table, figures, and the folder as the last line."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from rich.console import Console

from experiments.arguments import Point
from experiments.launch import Script, command, load_scenario, main, told
from experiments.options import SweepOptions, take_options
from experiments.present import Showing
from sim.ensemble.estimate.outcomes import outcomes_of
from sim.ensemble.run.reporter import Reporter
from sim.ensemble.run.work import held
from sim.ensemble.store.folders import result_folder
from sim.ensemble.store.schema import names_of
from sim.show.figures import of_sweep
from sim.study.sweep import Plan, plan_sweep, run_sweep, sweep_digest
from sim.tell.sweep_summary import sweep_table
from sim.world.faults import suggestion
from sim.world.frozen import ConfigError
from sim.world.scenario import Scenario


def job(point: Point) -> None:
    """Run the sweep of one point."""
    reporter = Reporter(Console(stderr=True))
    with told(reporter):
        options, scenario, plan = _planned(point.values)
        folder = result_folder(scenario, "sweep", sweep_digest(scenario, plan))
        with held(folder):
            sweep = run_sweep(scenario, plan, folder, command("sweep", point.settings), reporter)
            showing, outcomes = Showing(folder, sweep.manifest, reporter), options.sweep.outcomes
            showing.tables(lambda: sweep_table(sweep, outcomes))
            if options.figures:
                showing.figures(lambda: of_sweep(sweep, outcomes, scenario))
            showing.end()


def _planned(values: dict[str, Any]) -> tuple[SweepOptions, Scenario, Plan]:
    """Return what is asked of a sweep, what is varied, and the points."""
    options, rest = take_options(values, SweepOptions)
    scenario, settings = load_scenario(rest), options.sweep
    known = outcomes_of(names_of(scenario.tables), scenario.horizon_days)
    unknown = [name for name in settings.outcomes if name not in known]
    if unknown:
        raise ConfigError([f"sweep.outcomes: no outcome '{name}'; {suggestion(name, list(known))}" for name in unknown])
    plan = plan_sweep(scenario, settings.factors or {}, settings.design, settings.points)
    return options, scenario, plan


def check(values: dict[str, Any]) -> Path:
    """Return where the results of composed values go; raise where they cannot be swept."""
    _, scenario, plan = _planned(values)
    return result_folder(scenario, "sweep", sweep_digest(scenario, plan))


SCRIPT = Script("sweep", SweepOptions, check, job)

if __name__ == "__main__":
    sys.exit(main(SCRIPT, sys.argv[1:]))
