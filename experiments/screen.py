"""Move one parameter at a time to the ends of its range, all runs with the same draws: fast, and less than it seems."""

from __future__ import annotations

import sys
from collections.abc import Hashable
from typing import Any

from experiments.arguments import Point
from experiments.launch import Script, command, load_scenario, main
from experiments.levers import show
from experiments.options import LeversOptions, take_options
from sim.ensemble.store.folders import result_folder
from sim.study.matters.screening import certain, parameter_variants
from sim.study.matters.variants import named
from sim.world.scenario import Scenario

NAME = "screen"


def job(point: Point) -> None:
    """Screen parameters as one point says."""
    options, scenario = _asked(point.values)
    show(NAME, scenario, list(parameter_variants(scenario)), options, command(NAME, point.settings))


def _asked(values: dict[str, Any]) -> tuple[LeversOptions, Scenario]:
    """Return the settings, checked, and what is varied: in every run with the same parameters."""
    options, rest = take_options(values, LeversOptions)
    scenario = certain(load_scenario(rest))
    named(options.outcome, scenario)
    return options, scenario


def check(values: dict[str, Any]) -> Hashable:
    """Return what composed values ask, and of what; raise where it cannot be answered."""
    options, scenario = _asked(values)
    return options, result_folder(scenario, NAME), scenario.config.ensemble.runs


SCRIPT = Script(NAME, LeversOptions, check, job)

if __name__ == "__main__":
    sys.exit(main(SCRIPT, sys.argv[1:]))
