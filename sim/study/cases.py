"""Open result folders again, each with the scenario that it answers."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sim.ensemble.results import Results, ResultsError, load_results
from sim.world.catalogue import scenario_of
from sim.world.config import read_config
from sim.world.frozen import ConfigError
from sim.world.scenario import Scenario
from sim.world.tables import WorldError

REPEAT = "give the command of the ensemble again"


@dataclass(frozen=True, eq=False)
class Case:
    """Hold an ensemble with its scenario.

    Parameters
    ----------
    name
        How it is called beside others.
    results, scenario
        The ensemble, and what was run.
    """

    name: str
    results: Results
    scenario: Scenario


def open_case(folder: Path) -> Case:
    """Return the finished ensemble in a folder with its scenario, built again from what the folder tells.

    Parameters
    ----------
    folder
        What the command printed as its last line.

    Raises
    ------
    ResultsError
        If the ensemble is not finished or damaged, or if its world is not there any more as it was.
    """
    results = load_results(folder)
    try:
        scenario = scenario_of(read_config(results.manifest["config"]))
    except (ConfigError, WorldError) as error:
        lines = error.lines if isinstance(error, ConfigError) else [str(fault) for fault in error.faults]
        fault = f"was made from settings that this version does not read ({lines[0]})"
        raise ResultsError(folder, fault, REPEAT) from None
    if scenario.tables.digest != results.manifest["world_digest"]:
        fault = f"was made from other tables than the world '{scenario.config.world.name}' has now"
        raise ResultsError(folder, fault, REPEAT)
    return Case(scenario.config.scenario.name, results, scenario)
