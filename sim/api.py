"""Offer the program to notebooks: scenarios by name, and what is run, compared, scored, swept and learnt of them.

Settings have the same keys as on the command line, and results lie in the same folders: what a script has computed a
notebook only reads, and the other way round. What comes back is held by `sim.objects`.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
from rich.console import Console

from sim.agents.living import lived_by
from sim.agents.model import SpilloverModel
from sim.ensemble.run.reporter import Reporter
from sim.ensemble.store.folders import result_folder
from sim.objects import Calibration, Comparison, Ensemble, Scores, Sweep
from sim.show.figures import EVENING
from sim.show.kit.plot import Plot
from sim.study import compare as comparing
from sim.study import sweep as sweeping
from sim.study.calibrate.calibrate import Effort, calibration_folder
from sim.study.cases import Case, open_case
from sim.study.design import Design
from sim.study.labels import told_apart
from sim.study.listing import list_results
from sim.study.score import folder as scoring
from sim.tell.calibration import calibrate as run_calibration
from sim.tell.ensemble import run_ensemble
from sim.world.catalogue import ANYWHERE, USUAL_SCENARIO, USUAL_WORLD, choices, given_values, scenario_of, well_named
from sim.world.config import read_config
from sim.world.faults import shown
from sim.world.frozen import ConfigError
from sim.world.scenario import Scenario

COMMAND = "sim.run(scenario) in Python"


def load_scenario(
    scenario: str | Path | Mapping[str, Any] = USUAL_SCENARIO,
    settings: Mapping[str, Any] | None = None,
    world: str | Path = USUAL_WORLD,
) -> Scenario:
    """Return a scenario in a world.

    Parameters
    ----------
    scenario
        One of the project's by name, or one of your own: a YAML file, or a mapping, with ``name``, ``question``,
        ``levers``, ``events``.
    settings
        Whatever else the command line could set, by the same keys: ``{"ensemble.runs": 500, "rules.morale.beta": 6}``,
        or in groups, ``{"ensemble": {"runs": 500}}``. Numbers of NumPy and pandas, paths and ranges are taken as well.
    world
        One of the project's by name, or the folder of one of your own.

    Raises
    ------
    ConfigError
        With a line for each wrong name or value.
    WorldError
        With a line for each fault in the world's tables.

    Examples
    --------
    >>> import sim
    >>> scenario = sim.load_scenario("mediation", {"ensemble.runs": 100, "horizon_days": 60})
    >>> scenario.horizon_days
    60
    >>> sim.load_scenario("meditation")
    Traceback (most recent call last):
        ...
    sim.world.frozen.ConfigError: scenario = meditation: no such scenario; did you mean 'mediation'?
    """
    values = given_values(scenario, settings or {}, world)
    return scenario_of(read_config(well_named(values)))


def run(scenario: Scenario, model: type[SpilloverModel] | None = None) -> Ensemble:
    """Return the histories of a scenario: computed, or read where they are stored already.

    Parameters
    ----------
    scenario
        What to run; its settings say how many runs, and where results go (``output``, by default ``results``).
    model
        A subclass of ``SpilloverModel`` that lives the histories instead of the engine: some hundred times slower, on
        processes; it is called with scenario, seed and run. What it computes is stored for its source.

    Raises
    ------
    EnsembleError
        If the folder cannot be written, is in use, or a worker process died. What is computed is kept.
    """
    if model is not None:
        scenario = lived_by(scenario, model)
    results = run_ensemble(scenario, result_folder(scenario, "run"), COMMAND, _reporter())
    return Ensemble(scenario.config.scenario.name, results, scenario)


def plot_model(model: SpilloverModel) -> Plot:
    """Return where a model stands as a figure: who holds each place, and how far each neighbour is drawn in.

    Parameters
    ----------
    model
        A history that is being stepped through.

    Examples
    --------
    >>> import sim
    >>> model = sim.SpilloverModel(sim.load_scenario("offensive_2024"), seed=1, run=3)
    >>> model.step()
    >>> plot = sim.plot_model(model)
    """
    return Plot(EVENING.of(model).draw())


def open_results(folder: Path | str) -> Ensemble:
    """Return a finished ensemble from its folder.

    Parameters
    ----------
    folder
        What a script printed as its last line.

    Raises
    ------
    ResultsError
        If the ensemble is not finished or damaged, or if its world is not there any more as it was.
    """
    case = open_case(folder)
    return Ensemble(case.name, case.results, case.scenario)


def results(output: Path | str = "results") -> pd.DataFrame:
    """Return a row for each result folder: what it asked, what differs from the usual, runs, date and state.

    Parameters
    ----------
    output
        Where results lie, as the setting of this name says.

    Examples
    --------
    >>> import sim
    >>> settings = {"rules.morale.beta": 6, "ensemble.runs": 50, "output": f"{folder}/here"}
    >>> ensemble = sim.run(sim.load_scenario(settings=settings))
    >>> sim.results(f"{folder}/here")[["name", "differs", "runs"]].to_dict("records")[0]
    {'name': 'offensive_2024', 'differs': 'world=levant_2024, rules.morale.beta=6', 'runs': 50}
    """
    return list_results(output)


def compare(*ensembles: Ensemble) -> Comparison:
    """Return what distinguishes ensembles from the first of them, run by run.

    Parameters
    ----------
    ensembles
        At least two, of one world, horizon and seed; those of one scenario are called by the settings that differ.

    Raises
    ------
    ConfigError
        If they cannot be compared, with the reasons.

    Examples
    --------
    >>> import sim
    >>> settings = {"ensemble.runs": 100, "output": folder}
    >>> pair = [sim.run(sim.load_scenario(name, settings)) for name in ("offensive_2024", "iraq_hardens")]
    >>> table = sim.compare(*pair).table.set_index(["scenario", "outcome"])
    >>> bool(table.loc[("iraq_hardens", "p_level_2_IRQ"), "difference"] < 0)
    True
    """
    if not all(isinstance(ensemble, Case) for ensemble in ensembles):
        raise ConfigError(["sim.compare takes ensembles, each by itself: sim.compare(a, b), or sim.compare(*several)"])
    cases = told_apart(ensembles)
    base = cases[0].scenario if cases else None
    folder = result_folder(base, "compare", comparing.digest_of(cases)) if base else Path()
    found = comparing.compare(cases, folder, "sim.compare(...) in Python")
    return Comparison(found.folder, found.manifest, found.cases, found.table)


def score(
    worlds: Iterable[str | Path] = (),
    settings: Mapping[str, Any] | None = None,
    scenario: str | Path | Mapping[str, Any] = ANYWHERE,
) -> Scores:
    """Return how the model does against what happened, and against naive rivals.

    Parameters
    ----------
    worlds
        Some of the project's by name, or folders of worlds of your own; by default all of the project.
    settings, scenario
        As in `load_scenario`; what is scored best are worlds as they were on day 0.

    Raises
    ------
    ConfigError
        If a world has no record of what happened, or a horizon is not that of the record.

    Examples
    --------
    >>> import sim
    >>> found = sim.score(["liberia_2003", "mali_2012"], {"ensemble.runs": 20, "output": folder})
    >>> found.scores.board.set_index(["family", "rule"]).loc[("killed", "crps"), "rival"]
    'per_fighter_day'
    """
    given = {"ensemble.runs": 1000, "ensemble.traces": 0, **(settings or {})}
    names = list(worlds) or list(choices("world"))
    scenarios = [load_scenario(scenario, given, name) for name in names]
    found = scoring.score_worlds(scenarios, lambda one: run(one).results, "sim.score(...) in Python")
    scoring.store_scores(found)
    return Scores(found.folder, found.manifest, found.scores)


def sweep(
    scenario: Scenario,
    factors: Mapping[str, Iterable[float | str]],
    design: str = Design.PRODUCT,
    points: int | None = None,
) -> Sweep:
    """Return ensembles around a scenario, all with the same draws.

    Parameters
    ----------
    scenario
        What is varied; its settings say how many runs each point has.
    factors
        Values of each number, by its key, such as ``rules.morale.beta`` or ``scenario.levers.0.value``: lists, ranges,
        arrays; of a choice between theories, such as ``rules.contest.form``, their names.
    design
        ``product``, ``zip``, ``latin_hypercube`` or ``sobol``.
    points
        How many, for the last two; by default 100, or 128 for ``sobol``.

    Raises
    ------
    ConfigError
        If a factor is no number, or a point cannot be run.

    Examples
    --------
    >>> import sim
    >>> scenario = sim.load_scenario("offensive_2024", {"ensemble.runs": 50, "output": folder})
    >>> found = sim.sweep(scenario, {"rules.morale.beta": [4, 9]})
    >>> found.table.query("outcome == 'p_collapse'")["rules.morale.beta"].tolist()
    [4.0, 9.0]
    """
    if design not in list(Design):
        raise ConfigError([f"design = {shown(design)}: must be one of {', '.join(Design)}"])
    plan = sweeping.plan_sweep(scenario, factors, Design(design), points)
    folder = result_folder(scenario, "sweep", sweeping.sweep_digest(scenario, plan))
    found = sweeping.run_sweep(scenario, plan, folder, "sim.sweep(...) in Python", _reporter())
    return Sweep(found.folder, found.manifest, found.table, found.factors, found.batches, scenario)


def calibrate(
    worlds: Sequence[str | Path] = (),
    settings: Mapping[str, Any] | None = None,
    vectors: int = 2048,
    runs: int = 8,
    fresh: int = 4,
    bred: int = 0,
) -> Calibration:
    """Return what history leaves of the ranges of the calibrated parameters, each country left out in turn.

    Parameters
    ----------
    worlds
        Names of the project's, or folders of your own; all of the project's by default.
    settings
        What the command line could set, as in `load_scenario`; parameters that are not calibrated among them.
    vectors
        How many are spread over the ranges, a power of two; the default takes a quarter of an hour on two cores.
    runs, fresh
        Runs of each vector in each world that choose, and those, with other draws, that score.
    bred
        How many further vectors are bred around the kept for each country.

    Raises
    ------
    ConfigError
        If nothing can be learnt, such as from the wars of a single country.

    Examples
    --------
    >>> import sim
    >>> three = ("chad_1990", "el_salvador_1989", "iraq_1991")
    >>> found = sim.calibrate(three, {"output": folder}, vectors=8, runs=2, fresh=2)
    >>> scenario = sim.load_scenario("mediation", {"uncertainty": {"kind": "posterior", "file": str(found.file)}})
    """
    scenarios = [load_scenario(USUAL_SCENARIO, settings, world) for world in worlds or choices("world")]
    effort = Effort(vectors=vectors, runs=runs, fresh=fresh, bred=bred)
    folder = calibration_folder(scenarios, effort)
    found = run_calibration(scenarios, effort, folder, "sim.calibrate(...) in Python", _reporter())
    return Calibration(**vars(found))


def _reporter() -> Reporter:
    """Return who tells a person at a keyboard how far it is."""
    return Reporter(Console(stderr=True, quiet=not sys.stderr.isatty()))
