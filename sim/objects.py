"""Hold results as a notebook has them in hand: frames, figures by name, a report, and a summary to look at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, overload

import numpy as np
import pandas as pd

from sim.agents.living import model_of
from sim.agents.model import SpilloverModel
from sim.answers import Discovery, Rare, Sensitivity, Tornado
from sim.ensemble.estimate.rows import usable
from sim.ensemble.estimate.weights import share_interval, weights_of
from sim.ensemble.run.branches import Futures, History, Lineage, futures_of
from sim.ensemble.store.folders import result_folder
from sim.ensemble.store.schema import day_columns, names_of
from sim.show.figures import FUTURES, TIMELINE, drawable, named_plot, of_comparison, of_ensemble, of_scores, of_sweep
from sim.show.kit.plot import Plot
from sim.show.report import chronicle_html, write_brief, write_chronicle, write_report, write_scoreboard
from sim.study import compare as comparing
from sim.study import sweep as sweeping
from sim.study.calibrate import calibrate as calibrating
from sim.study.cases import Case
from sim.study.explain import chronicle as chronicling
from sim.study.explain.keep import necessary
from sim.study.explain.typical import explain_typical, typical_runs
from sim.study.matters.discovery import discover, to_ema
from sim.study.matters.kept import tornado_of
from sim.study.matters.levers import lever_variants, scenario_variants
from sim.study.matters.screening import certain, parameter_variants
from sim.study.matters.sensitivity import sensitivity
from sim.study.rare.goals import goal_of
from sim.study.rare.rare import rare
from sim.study.score import folder as scoring
from sim.study.score.versus import check_alike, gains
from sim.tell.branch import branch_answer
from sim.tell.calibration import calibration_sections, calibration_table
from sim.tell.comparison_summary import comparison_table
from sim.tell.comparison_summary import sections as comparison_sections
from sim.tell.ensemble import run_ensemble
from sim.tell.score_tables import score_table
from sim.tell.score_tables import sections as score_sections
from sim.tell.summary import plain_text, sections_html, summary_html, summary_table
from sim.tell.sweep_summary import sections as sweep_sections
from sim.tell.sweep_summary import sweep_table
from sim.world.faults import suggestion
from sim.world.frozen import ConfigError
from sim.world.scenario import Scenario
from sim.world.text import place


class Chronicle(chronicling.Chronicle):
    """One history, event by event with its reasons, to look at."""

    def plot(self) -> Plot:
        """Draw its turning points as maps, what the regime's side had left, and the level of each neighbour."""
        return Plot(TIMELINE.of(self).draw())

    def write_page(self, path: Path | str) -> Path:
        """Write one self-contained HTML page about it: a map by day, and each event with its reasons."""
        return write_chronicle(self, place(path))

    def _repr_html_(self) -> str:
        """Return its figure and its main events as a notebook shows them."""
        return chronicle_html(self)


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

        Runs count as they weigh; with the setting ``weights=False`` all count alike. A mean of ``runs[column] <= by``
        is no such share where empty days, which mean never, are left out of it.

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
        found = share_interval(happened.to_numpy(bool), weights_of(runs, self.scenario))
        return pd.Series({"estimate": found.point, "low": found.low, "high": found.high, "n": len(runs)}, name=column)

    @property
    def plots(self) -> list[str]:
        """Return the names of the figures that it has something to show for."""
        return list(drawable(of_ensemble(self.results, self.scenario)))

    def plot(self, name: str) -> Plot:
        """Return a figure by its name in `plots`."""
        return named_plot(of_ensemble(self.results, self.scenario), name)

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
    def explain(self, run: History) -> Chronicle: ...

    @overload
    def explain(self) -> list[Chronicle]: ...

    def explain(self, run: History | None = None) -> Chronicle | list[Chronicle]:
        """Return why one of its histories went as it did, event by event; by default those of three typical ones.

        Parameters
        ----------
        run
            Number of the history, or its lineage where it took branches, such as ``"37@12:5"`` (run 37, of which branch
            5 is taken on day 12); the typical ones are of the most common fates, the most common first.
        """
        self._check_lived_by_the_engine()
        if run is not None:
            seed = int(self.results.manifest["seed"])
            found = Lineage.of(run).within(self.scenario.horizon_days)
            return Chronicle(**vars(chronicling.explain(self.scenario, seed, found.run, found.turns)))
        return [self.explain(typical.run) for typical in typical_runs(self.results, self.scenario)]

    def but_for(self, runs: int = 500, outcome: str = "collapse") -> pd.DataFrame:
        """Return in how many of its first runs an outcome would not have come without what came before it.

        Parameters
        ----------
        runs
            How many are lived again, for each cause.
        outcome
            ``collapse``, ``flight``, ``capital``, ``settlement`` or ``infighting``.
        """
        self._check_lived_by_the_engine()
        found = necessary(self.scenario, int(self.results.manifest["seed"]), runs, outcome)
        return pd.DataFrame([{**asdict(each), "text": each.text} for each in found])

    def _check_lived_by_the_engine(self) -> None:
        """Raise ConfigError where somebody's own model has lived these histories, which no chronicle can watch."""
        if self.scenario.living is not None:
            raise ConfigError([f"{self.scenario.living.name} lives these histories: step through it to see why"])

    def sensitivity(self, outcome: str = "collapse", weights: Sequence[float] | None = None) -> Sensitivity:
        """Return which uncertain inputs drive an outcome, from these runs: best with ``uncertainty=prior``.

        Parameters
        ----------
        outcome
            As comparisons call it, such as ``collapse_by_30`` or ``refugees_X``.
        weights
            What each run that did not fail counts; all the same by default.
        """
        return Sensitivity(**vars(sensitivity(self, outcome, weights)))

    def discover(
        self,
        outcome: str = "collapse",
        above: float | None = None,
        below: float | None = None,
        step: int | None = None,
        weights: Sequence[float] | None = None,
    ) -> Discovery:
        """Return in which regions of the uncertain inputs an outcome comes about, scored on half of the runs.

        Parameters
        ----------
        outcome, weights
            As in `sensitivity`.
        above, below
            What is looked for: the outcome lies above a number, or below one; by default that it happens, or of an
            amount that it is among its largest tenth. ``below=0.5`` of what happens or not: that it does not.
        step
            At which row of ``trajectory`` the first box is taken; by default where it holds most more than its share.
        """
        return Discovery(**vars(discover(self, outcome, above, below, step, weights)))

    def levers(self, outcome: str = "collapse", runs: int = 200) -> Tornado:
        """Return what every scenario, and each lever at two strengths, changes in the first runs, with the same draws.

        Parameters
        ----------
        outcome
            The one that is shown; all are in the table.
        runs
            How many of each are lived, once: what is stored is read.
        """
        self._check_lived_by_the_engine()
        variants = [*scenario_variants(self.scenario), *lever_variants(self.scenario)]
        found = tornado_of("levers", self.scenario, variants, runs, f"ensemble.levers({outcome!r}) in Python")
        return Tornado(**vars(found), outcome=outcome)

    def screen(self, outcome: str = "collapse", runs: int = 100) -> Tornado:
        """Return what each parameter changes alone, at either end of its range, in runs that share their draws.

        A ranking of what to look at: it mixes what a parameter does with what these draws make of it, and sees nothing
        of what two do together; `sensitivity` allows for both.

        Parameters
        ----------
        outcome, runs
            As in `levers`.
        """
        self._check_lived_by_the_engine()
        scenario = certain(self.scenario)
        variants = list(parameter_variants(scenario))
        found = tornado_of("screen", scenario, variants, runs, f"ensemble.screen({outcome!r}) in Python")
        return Tornado(**vars(found), outcome=outcome)

    def branch(
        self,
        run: History,
        day: int,
        futures: int = 1000,
        levers: Sequence[Mapping[str, Any]] = (),
        events: Sequence[Mapping[str, Any]] = (),
    ) -> Branch:
        """Return what could still happen in one of its histories: it is lived on from a morning, with other chance.

        Parameters
        ----------
        run
            Which history, as `explain` takes it.
        day
            The first one on which chance is another; until then all futures are one.
        futures
            How many; number 0 is the history itself.
        levers, events
            What is decided otherwise, or happens besides, from that day on, as a scenario says it.

        Raises
        ------
        ConfigError
            If there is no such day, or something is to be changed before it.

        Examples
        --------
        >>> import sim
        >>> ensemble = sim.run(sim.load_scenario(settings={"ensemble.runs": 50, "output": folder}))
        >>> futures = ensemble.branch(run=37, day=12, futures=20)
        >>> futures.runs["lineage"].iloc[5]
        '37@12:5'
        """
        lived = futures_of(self.scenario, run, day, futures, levers, events)
        told = f"ensemble.branch(run={run!r}, day={day}, futures={futures}) in Python"
        results = run_ensemble(lived, result_folder(lived, "branch"), told)
        return Branch(self.name, results, lived)

    def rare(
        self, outcome: str, neighbour: str | None = None, by: int | None = None, effort: int = 250, repeats: int = 20
    ) -> Rare:
        """Return the chance of something that few runs show: those that get near it are lived on several times.

        Parameters
        ----------
        outcome
            ``level_3`` or ``level_4`` of a neighbour, ``collapse``, ``flight`` or ``capital_fall``.
        neighbour
            Whose level it is.
        by
            The last day that counts, by default the horizon.
        effort
            Histories on each rung of a ladder.
        repeats
            Independent climbs of it, from which the interval comes.
        """
        return Rare(**vars(rare(self.scenario, goal_of(outcome, self.scenario, neighbour, by), effort, repeats)))

    def to_ema(self) -> tuple[pd.DataFrame, dict[str, np.ndarray]]:
        """Return experiments and outcomes as the EMA workbench has them: a row a run, and an array an outcome."""
        return to_ema(self)

    def write_report(self, path: Path | str, *, histories: bool = True) -> Path:
        """Write one self-contained HTML page about it.

        Parameters
        ----------
        path
            Where to write it.
        histories
            Whether it tells the typical histories, for which they are lived again, some seconds each.
        """
        told = explain_typical(self.results, self.scenario) if histories else []
        return write_report([self], place(path), histories=told)

    def write_brief(self, path: Path | str) -> Path:
        """Write one self-contained HTML page that prints on one sheet."""
        return write_brief([self], place(path))

    def __repr__(self) -> str:
        """Return the summary as text."""
        return plain_text(summary_table(self.results, self.scenario))

    def _repr_html_(self) -> str:
        """Return the summary as a notebook shows it."""
        return summary_html(self.results, self.scenario)


class Branch(Ensemble):
    """What could still happen in one history: an ensemble whose histories share their past."""

    @property
    def futures(self) -> Futures:
        """Return of which history they are, and from which day on."""
        living = self.scenario.living
        assert isinstance(living, Futures)  # noqa: S101 - made by `Ensemble.branch` alone
        return living

    @property
    def runs(self) -> pd.DataFrame:
        """Return a row a future; ``lineage`` names each for `Ensemble.explain`."""
        lineages = [str(self.futures.lineage_of(number)) for number in self.results.runs["run"]]
        return self.results.runs.assign(lineage=lineages)

    def explain(self, run: int) -> Chronicle:  # type: ignore[override]  # a future has no typical others
        """Return why one of the futures went as it did, from day 0 on."""
        origin, found = self.futures.origin, self.futures.lineage_of(run)
        told = chronicling.explain(origin, int(self.results.manifest["seed"]), found.run, found.turns)
        return Chronicle(**vars(told))

    def plot_futures(self) -> Plot:
        """Draw the past and its futures, and how likely the end of the regime is by when."""
        return Plot(FUTURES.of(self.results, self.scenario, self.futures).draw())

    def __repr__(self) -> str:
        """Return the answer as text."""
        return plain_text(branch_answer(self.results, self.scenario, self.futures).table())

    def _repr_html_(self) -> str:
        """Return the answer as a notebook shows it."""
        return branch_answer(self.results, self.scenario, self.futures).html()


class Comparison(comparing.Comparison):
    """Scenarios beside a base, over the same runs: ``table`` has a row for each scenario and outcome."""

    def plot(self, name: str) -> Plot:
        """Return a figure by its name in `plots`."""
        return named_plot(of_comparison(self), name)

    @property
    def plots(self) -> list[str]:
        """Return the names of its figures."""
        return list(drawable(of_comparison(self)))

    def write_report(self, path: Path | str) -> Path:
        """Write one self-contained HTML page about it."""
        return write_report(self.cases, place(path), self)

    def write_brief(self, path: Path | str) -> Path:
        """Write one self-contained HTML page that prints on one sheet; of one lever beside the base, about that."""
        return write_brief(self.cases, place(path), self)

    def __repr__(self) -> str:
        """Return the differences as text."""
        return plain_text(comparison_table(self))

    def _repr_html_(self) -> str:
        """Return the differences as a notebook shows them."""
        return sections_html(comparison_sections(self))


class Scores(scoring.Scored):
    """Scores of some worlds, by item in ``scores.table`` and by family in ``scores.board``."""

    def plot(self, name: str) -> Plot:
        """Return a figure by its name in `plots`."""
        return named_plot(of_scores(self), name)

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
        return plain_text(score_table(self))

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
        return plain_text(sweep_table(self, self.outcomes[:1]))

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
        return plain_text(calibration_table(self))

    def _repr_html_(self) -> str:
        """Return the scoreboard as a notebook shows it."""
        return sections_html(calibration_sections(self))
