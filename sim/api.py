"""Offer the program to notebooks: scenarios by name, results as objects with frames, plots, and a summary to look at.

Settings have the same keys as on the command line, and results lie in the same folders: what a script has computed a
notebook only reads, and the other way round.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, overload

import pandas as pd
from rich.console import Console, RenderableType

from sim.agents.living import lived_by, model_of
from sim.agents.model import SpilloverModel
from sim.ensemble.estimate.intervals import wilson_interval
from sim.ensemble.estimate.rows import usable
from sim.ensemble.run.reporter import Reporter
from sim.ensemble.store.folders import result_folder
from sim.ensemble.store.schema import day_columns, names_of
from sim.show.figures import Sheet, drawable, left_out, of_comparison, of_ensemble, of_scores, of_sweep
from sim.show.kit.plot import Plot
from sim.show.report import write_report, write_scoreboard
from sim.study import compare as comparing
from sim.study import sweep as sweeping
from sim.study.calibrate import calibrate as calibrating
from sim.study.calibrate.calibrate import Effort, calibration_folder
from sim.study.cases import Case, open_case
from sim.study.design import Design
from sim.study.explain.chronicle import Chronicle, explain
from sim.study.explain.keep import necessary
from sim.study.explain.typical import typical_runs
from sim.study.labels import told_apart
from sim.study.listing import list_results
from sim.study.score import folder as scoring
from sim.study.score.versus import check_alike, gains
from sim.tell.calibration import calibrate as run_calibration
from sim.tell.calibration import calibration_sections, calibration_table
from sim.tell.comparison_summary import comparison_table
from sim.tell.comparison_summary import sections as comparison_sections
from sim.tell.ensemble import run_ensemble
from sim.tell.score_tables import score_table
from sim.tell.score_tables import sections as score_sections
from sim.tell.summary import sections_html, summary_sections, summary_table
from sim.tell.sweep_summary import sections as sweep_sections
from sim.tell.sweep_summary import sweep_table
from sim.world.catalogue import ANYWHERE, USUAL_SCENARIO, USUAL_WORLD, choices, given_values, scenario_of, well_named
from sim.world.config import read_config
from sim.world.faults import shown, suggestion
from sim.world.frozen import ConfigError
from sim.world.scenario import Scenario
from sim.world.text import place

COMMAND = "sim.run(scenario) in Python"
WIDTH = 100  # of a summary as text


class Ensemble(Case):
    """Many histories of one scenario: tables as pandas frames, figures, and a summary.

    Examples
    --------
    >>> import sim
    >>> scenario = sim.load_scenario("patrons_leave", {"ensemble.runs": 200, "output": folder})
    >>> ensemble = sim.run(scenario)
    >>> len(ensemble.runs)
    200
    >>> bool(ensemble.share("collapse_day", by=60)["low"] > 0.5)
    True
    >>> plot = ensemble.plot("incidence")
    """

    @property
    def folder(self) -> Path:
        """Return where its files lie."""
        return self.results.folder

    @property
    def manifest(self) -> dict[str, Any]:
        """Return what it was made from, and how."""
        return self.results.manifest

    @property
    def runs(self) -> pd.DataFrame:
        """Return a row a run: days of what happened, fatalities, refugees, levels of neighbours, ..."""
        return self.results.runs

    @property
    def falls(self) -> pd.DataFrame:
        """Return a row each time a seat changed hands."""
        return self.results.falls

    @property
    def events(self) -> pd.DataFrame:
        """Return a row for each rare event."""
        return self.results.events

    @property
    def tolls(self) -> pd.DataFrame:
        """Return a row for each place that a run cost anything."""
        return self.results.tolls

    @property
    def holders(self) -> pd.DataFrame:
        """Return who holds each seat of the contested state on the last day of each run."""
        return self.results.holders

    @property
    def daily(self) -> pd.DataFrame:
        """Return day series of the first runs."""
        return self.results.daily

    @property
    def estimates(self) -> pd.DataFrame:
        """Return everything that is estimated, each with interval and n."""
        return self.results.estimates

    def share(self, column: str, by: int | None = None) -> pd.Series:
        """Return the share of runs in which something happened: ``estimate``, its interval ``low`` to ``high``, ``n``.

        A mean of ``runs[column] <= by`` is no such share where empty days, which mean never, are left out of it.

        Parameters
        ----------
        column
            Of days in `runs`, such as ``collapse_day`` or ``level_day_IRQ_3``.
        by
            The last day that counts; by default the last of a run.
        """
        runs = usable(self.runs)
        days = day_columns(names_of(self.scenario.tables))
        if column not in days:
            message = f"no column of days '{column}'; {suggestion(column, days)}"
            raise KeyError(message)
        happened = runs[column].notna() if by is None else (runs[column] <= by).fillna(value=False)
        n = len(runs)
        low, high = wilson_interval(int(happened.sum()), n)
        return pd.Series({"estimate": happened.mean(), "low": low, "high": high, "n": n}, name=column)

    @property
    def plots(self) -> list[str]:
        """Return the names of the figures that it has something to show for."""
        return list(drawable(of_ensemble(self.results, self.scenario)))

    def plot(self, name: str) -> Plot:
        """Return a figure by its name in `plots`."""
        return _plot(of_ensemble(self.results, self.scenario), name)

    def plot_incidence(self) -> Plot:
        """Draw how likely the end of the regime is by when."""
        return self.plot("incidence")

    def plot_levels(self) -> Plot:
        """Draw how far each neighbour is drawn in, day by day."""
        return self.plot("level_by_neighbour")

    def plot_map(self) -> Plot:
        """Draw which places fall, by when, as maps."""
        return self.plot("fall_map")

    def plot_order(self) -> Plot:
        """Draw in what order places fall."""
        return self.plot("order_of_falls")

    def plot_refugees(self) -> Plot:
        """Draw where refugees go."""
        return self.plot("refugees_by_destination")

    def plot_influence(self) -> Plot:
        """Draw which states gain influence."""
        return self.plot("influence")

    def replay(self, run: int) -> SpilloverModel:
        """Return one of its histories as a Mesa model on the morning of day 0, to step through."""
        model = SpilloverModel if self.scenario.living is None else model_of(self.scenario.living)
        return model(self.scenario, int(self.results.manifest["seed"]), run)

    @overload
    def explain(self, run: int) -> Chronicle: ...

    @overload
    def explain(self) -> list[Chronicle]: ...

    def explain(self, run: int | None = None) -> Chronicle | list[Chronicle]:
        """Return why one of its histories went as it did, event by event; by default those of three typical ones.

        Parameters
        ----------
        run
            Number of the history; the typical ones are of the most common fates, the most common first.
        """
        if self.scenario.living is not None:
            raise ConfigError([f"{self.scenario.living.name} lives these histories: step through it to see why"])
        seed = int(self.results.manifest["seed"])
        if run is not None:
            return explain(self.scenario, seed, run)
        chosen = typical_runs(self.results, self.scenario.horizon_days)
        return [explain(self.scenario, seed, typical.run) for typical in chosen]

    def but_for(self, runs: int = 500, outcome: str = "collapse") -> pd.DataFrame:
        """Return in how many of its first runs an outcome would not have come without what came before it.

        Parameters
        ----------
        runs
            How many are lived again, for each cause.
        outcome
            ``collapse``, ``flight``, ``capital``, ``settlement`` or ``infighting``.
        """
        if self.scenario.living is not None:
            raise ConfigError([f"{self.scenario.living.name} lives these histories: step through it to see why"])
        found = necessary(self.scenario, int(self.results.manifest["seed"]), runs, outcome)
        return pd.DataFrame([{**asdict(each), "text": each.text} for each in found])

    def write_report(self, path: Path | str) -> Path:
        """Write one self-contained HTML page about it."""
        return write_report([self], place(path))

    def __repr__(self) -> str:
        """Return the summary as text."""
        return _text(summary_table(self.results, self.scenario))

    def _repr_html_(self) -> str:
        """Return the summary as a notebook shows it."""
        return sections_html(summary_sections(self.results, self.scenario))


class Comparison(comparing.Comparison):
    """Scenarios beside a base, over the same runs: ``table`` has a row for each scenario and outcome."""

    def plot(self, name: str) -> Plot:
        """Return a figure by its name in `plots`."""
        return _plot(of_comparison(self), name)

    @property
    def plots(self) -> list[str]:
        """Return the names of its figures."""
        return list(drawable(of_comparison(self)))

    def write_report(self, path: Path | str) -> Path:
        """Write one self-contained HTML page about it."""
        return write_report(self.cases, place(path), self)

    def __repr__(self) -> str:
        """Return the differences as text."""
        return _text(comparison_table(self))

    def _repr_html_(self) -> str:
        """Return the differences as a notebook shows them."""
        return sections_html(comparison_sections(self))


class Scores(scoring.Scored):
    """Scores of some worlds, by item in ``scores.table`` and by family in ``scores.board``."""

    def plot(self, name: str) -> Plot:
        """Return a figure by its name in `plots`."""
        return _plot(of_scores(self), name)

    @property
    def plots(self) -> list[str]:
        """Return the names of its figures: of all worlds, then one a world."""
        return list(drawable(of_scores(self)))

    def against(self, base: Scores) -> pd.DataFrame:
        """Return whether it does better than a base, family by family, paired by world."""
        check_alike(base, self)
        return gains(base.scores.table, self.scores.table)

    def write_report(self, path: Path | str) -> Path:
        """Write one self-contained HTML page about it."""
        return write_scoreboard(self, place(path))

    def __repr__(self) -> str:
        """Return the board as text."""
        return _text(score_table(self))

    def _repr_html_(self) -> str:
        """Return the board as a notebook shows it."""
        return sections_html(score_sections(self))


@dataclass(frozen=True, eq=False, repr=False)
class Sweep(sweeping.Sweep):
    """Ensembles around one scenario: ``table`` has a row for each point and outcome.

    Parameters
    ----------
    scenario
        What was varied; the rest is as in the table of a sweep.
    """

    scenario: Scenario

    def plot(self, outcome: str) -> list[Plot]:
        """Return the figures of one outcome, such as ``p_collapse``."""
        return [Plot(sheet.draw()) for sheet in drawable(of_sweep(self, [outcome], self.scenario)).values()]

    def __repr__(self) -> str:
        """Return what the factors do to the first outcome as text."""
        return _text(sweep_table(self, self.outcomes[:1]))

    def _repr_html_(self) -> str:
        """Return what the factors do to the first outcome as a notebook shows it."""
        return sections_html(sweep_sections(self, self.outcomes[:1]))

    @property
    def outcomes(self) -> list[str]:
        """Return the names of the outcomes in the table."""
        return list(self.table["outcome"].unique())


class Calibration(calibrating.Calibration):
    """What history has left of the ranges of parameters: ``board``, ``curve``, ``identification``, ``posterior``."""

    def __repr__(self) -> str:
        """Return the scoreboard as text."""
        return _text(calibration_table(self))

    def _repr_html_(self) -> str:
        """Return the scoreboard as a notebook shows it."""
        return sections_html(calibration_sections(self))


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
        How many are spread over the ranges, a power of two; the default takes some ten minutes on two cores.
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


def _plot(sheets: Sequence[Sheet], name: str) -> Plot:
    """Return a figure by its name, or say which there are, and why others are not."""
    found = drawable(sheets)
    if name not in found:
        message = f"no figure '{name}'; {suggestion(name, list(found))}{''.join(f' ({r})' for r in left_out(sheets))}"
        raise KeyError(message)
    return Plot(found[name].draw())


def _reporter() -> Reporter:
    """Return who tells a person at a keyboard how far it is."""
    return Reporter(Console(stderr=True, quiet=not sys.stderr.isatty()))


def _text(tables: RenderableType) -> str:
    """Return tables as plain text."""
    text = io.StringIO()
    console = Console(width=WIDTH, file=text, force_jupyter=False, markup=False, emoji=False)
    console.print(tables)  # not on Jupyter's own console, which would show it twice
    return text.getvalue().rstrip()
