"""Open result folders again, each with the scenario that it answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from sim.core.record import RUNS, Histories
from sim.ensemble.estimate.estimates import estimate_all
from sim.ensemble.estimate.events import prison_break_rows
from sim.ensemble.estimate.weights import weighed
from sim.ensemble.store.provenance import config_digest, model_digest
from sim.ensemble.store.results import Results, ResultsError, load_results, read_manifest
from sim.world.catalogue import scenario_of
from sim.world.config import read_config
from sim.world.frozen import ConfigError
from sim.world.scenario import Scenario
from sim.world.tables import WorldError
from sim.world.text import place

MOST_COMPARED = 100_000  # runs: paired differences are known to a fifth of a percentage point by then
KINDS = {
    "cases": "a comparison",
    "factors": "a sweep",
    "effort": "a calibration",
    "worlds": "scores",
    "scores": "two score folders beside each other",
    "answer": "an answer about what matters",
}
"""What a manifest tells that only one kind of results has, calibrations before scores, which have worlds too."""
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

    def first(self, n: int) -> Case:
        """Return the ensemble with the tables of its first ``n`` runs alone; estimates stay those of all."""
        return replace(self, results=self.results.first(n))


@dataclass(frozen=True)
class Elsewhere:
    """Stand for a model of somebody's own that has lived stored histories; it lives no others."""

    name: str
    digest: str

    def live(self, *_: object) -> Histories:
        """Raise, since the model is not here."""
        raise ConfigError([f"{self.name}: lives these histories; give it to sim.run(scenario, model=...)"])


def of_equal_runs(cases: Sequence[Case], most: int | None = None) -> list[Case]:
    """Return ensembles of the same runs: the first ones that all of them have, with the estimates of these.

    Parameters
    ----------
    cases
        Ensembles, perhaps of different numbers of runs.
    most
        No more than so many runs; by default, and at most, as many as several ensembles can be held in memory.
    """
    counts = [case.results.manifest["runs"] for case in cases]
    n = min(*counts, MOST_COMPARED if most is None else min(most, MOST_COMPARED))
    return [case if case.results.manifest["runs"] == n else _first_runs(case, n) for case in cases]


def _first_runs(case: Case, n: int) -> Case:
    """Return an ensemble as if it had so many runs."""
    results, tilt = case.results.first(n), case.scenario.tilt
    if tilt is not None:
        results = replace(results, frames={**results.frames, RUNS: weighed(results.runs, tilt)})
    breaks = prison_break_rows(results.runs, results.events, case.scenario)
    estimates = estimate_all(results.runs, results.falls, results.tolls, case.scenario, breaks)
    manifest = results.manifest | {"runs": n}
    return replace(case, results=replace(results, manifest=manifest, estimates=estimates))


def open_case(folder: Path | str) -> Case:
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
    folder = place(folder)
    _check_kind(folder)
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
    if results.manifest.get("living") is not None:
        scenario = replace(scenario, living=Elsewhere(**results.manifest["living"]))
    if results.manifest["model_digest"] == model_digest() and results.manifest["config_digest"] != config_digest(
        scenario
    ):
        raise ResultsError(folder, "tells of other settings than it was made from", REPEAT)
    return Case(scenario.config.scenario.name, results, scenario)


def _check_kind(folder: Path) -> None:
    """Raise ResultsError where a file is given, or a folder of finished results that are not those of an ensemble."""
    if folder.is_file():
        raise ResultsError(folder, "is a file, not a folder", f"name its folder, {folder.parent}")
    manifest = read_manifest(folder)
    for key, kind in KINDS.items():
        if key in manifest:
            raise ResultsError(folder, f"holds {kind}, not an ensemble", "name folders that run.py printed")
