"""Learn parameters from history with each fold left out: a mix of vectors, its scoreboard, and the folder at last."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Any

import hydra
from omegaconf import DictConfig
from rich.console import Console

from experiments.arguments import plain_values
from experiments.launch import Script, command, load_scenario, main, overrides, told
from experiments.options import CalibrateOptions, CalibrateSettings, take_options
from experiments.present import print_tables
from sim.ensemble.run.reporter import Reporter
from sim.study.calibrate.calibrate import Effort, calibration_folder, check_calibration
from sim.tell.calibration import calibrate, calibration_table
from sim.world.catalogue import CONF, worlds_of
from sim.world.scenario import Scenario


@hydra.main(version_base="1.3", config_path=str(CONF), config_name="calibrate")
def job(config: DictConfig) -> None:
    """Run the calibration of one composed configuration."""
    reporter = Reporter(Console(stderr=True))
    with told(reporter):
        settings, scenarios, effort = _planned(plain_values(config))
        folder = calibration_folder(scenarios, effort)
        found = calibrate(scenarios, effort, folder, command("calibrate", overrides()), reporter)
        print_tables(calibration_table(found))
        if settings.save is not None:
            shutil.copyfile(found.file, Path(settings.save).expanduser())
        print(folder.resolve())


def _planned(values: dict[str, Any]) -> tuple[CalibrateSettings, list[Scenario], Effort]:
    """Return what is asked of a calibration, the worlds, and how hard one looks."""
    options, rest = take_options(values, CalibrateOptions)
    settings = options.calibrate
    scenarios = [load_scenario(rest | {"world": world}) for world in worlds_of(settings.worlds)]
    effort = Effort(**settings.model_dump(exclude={"worlds", "save"}))
    check_calibration(scenarios, effort)
    return settings, scenarios, effort


SCRIPT = Script("calibrate", CalibrateOptions, _planned, job)

if __name__ == "__main__":
    sys.exit(main(SCRIPT, sys.argv[1:]))
