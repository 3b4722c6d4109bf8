"""Vary numbers of a configuration in one job: one tidy table, figures, and the folder as the last line."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from rich.console import Console

from experiments.arguments import Point
from experiments.launch import Script, command, load_scenario, main, told
from experiments.options import SweepOptions, SweepSettings, take_options
from experiments.present import draw_once, print_tables
from sim.ensemble.estimate.outcomes import outcomes_of
from sim.ensemble.run.reporter import Reporter
from sim.ensemble.store.folders import result_folder
from sim.ensemble.store.schema import names_of
from sim.show.figures import draw_files, of_sweep
from sim.study.sweep import Plan, plan_sweep, run_sweep, sweep_digest
from sim.tell.sweep_summary import sweep_table
from sim.world.faults import suggestion
from sim.world.frozen import ConfigError
from sim.world.scenario import Scenario


def job(point: Point) -> None:
    """Run the sweep of one point."""
    reporter = Reporter(Console(stderr=True))
    with told(reporter):
        settings, scenario, plan = _planned(point.values)
        folder = result_folder(scenario, "sweep", sweep_digest(scenario, plan))
        sweep = run_sweep(scenario, plan, folder, command("sweep", point.settings), reporter)
        print_tables(sweep_table(sweep, settings.outcomes))
        sheets = of_sweep(sweep, settings.outcomes, scenario)
        draw_once(folder, sweep.manifest, lambda: draw_files(sheets, folder), reporter)
        print(folder.resolve())


def _planned(values: dict[str, Any]) -> tuple[SweepSettings, Scenario, Plan]:
    """Return what is asked of a sweep, what is varied, and the points."""
    options, rest = take_options(values, SweepOptions)
    scenario, settings = load_scenario(rest), options.sweep
    known = outcomes_of(names_of(scenario.tables), scenario.horizon_days)
    unknown = [name for name in settings.outcomes if name not in known]
    if unknown:
        raise ConfigError([f"sweep.outcomes: no outcome '{name}'; {suggestion(name, list(known))}" for name in unknown])
    plan = plan_sweep(scenario, settings.factors or {}, settings.design, settings.points)
    return settings, scenario, plan


def check(values: dict[str, Any]) -> Path:
    """Return where the results of composed values go; raise where they cannot be swept."""
    _, scenario, plan = _planned(values)
    return result_folder(scenario, "sweep", sweep_digest(scenario, plan))


SCRIPT = Script("sweep", SweepOptions, check, job)

if __name__ == "__main__":
    sys.exit(main(SCRIPT, sys.argv[1:]))
