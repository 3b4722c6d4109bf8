"""Learn parameters from history with each fold left out: a mix of vectors, its scoreboard, and the folder at last."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from rich.console import Console

from experiments.arguments import Point
from experiments.launch import Script, command, load_scenario, main, told
from experiments.options import CalibrateOptions, CalibrateSettings, take_options
from experiments.present import Showing
from sim.ensemble.run.reporter import Reporter
from sim.ensemble.run.work import held
from sim.ensemble.store.files import write_text
from sim.study.calibrate.calibrate import Effort, calibration_folder, check_calibration
from sim.study.design import Design
from sim.tell.calibration import calibrate, calibration_table
from sim.world.catalogue import choice, choices
from sim.world.scenario import Scenario
from sim.world.text import place


def job(point: Point) -> None:
    """Run the calibration of one point."""
    reporter = Reporter(Console(stderr=True))
    with told(reporter):
        settings, scenarios, effort = _planned(point.values)
        folder = calibration_folder(scenarios, effort)
        with held(folder):
            found = calibrate(scenarios, effort, folder, command("calibrate", point.settings), reporter)
            showing = Showing(folder, found.manifest, reporter)
            showing.tables(lambda: calibration_table(found))
            if settings.save is not None:
                with showing.step(f"calibrate.save = {settings.save}"):
                    write_text(place(settings.save), found.file.read_text(encoding="utf-8"))
            showing.end()


def _planned(values: dict[str, Any]) -> tuple[CalibrateSettings, list[Scenario], Effort]:
    """Return what is asked of a calibration, the worlds, and how hard one looks."""
    options, rest = take_options(values, CalibrateOptions)
    settings = options.calibrate
    worlds = [_world(name) for name in settings.worlds or choices("world")]
    scenarios = [load_scenario(rest | {"world": world}) for world in worlds]
    counts = settings.model_dump(include={"vectors", "runs", "fresh", "bred"})
    effort = Effort(Design(settings.design), **counts, folds=settings.folds)
    check_calibration(scenarios, effort)
    return settings, scenarios, effort


def _world(name: str) -> dict[str, Any]:
    """Return the values of a world: one of the project's by name, else a folder of one's own."""
    is_own = name not in choices("world") and place(name).is_dir()
    return {"name": "world", "path": name} if is_own else choice("world", name)


def check(values: dict[str, Any]) -> Path:
    """Return where the results of composed values go; raise where nothing can be learnt."""
    _, scenarios, effort = _planned(values)
    return calibration_folder(scenarios, effort)


SCRIPT = Script("calibrate", CalibrateOptions, check, job)

if __name__ == "__main__":
    sys.exit(main(SCRIPT, sys.argv[1:]))
