"""Gather what differs between runs before their first day: parameters, and what tables judge roughly.

Parameters are stored with the runs. Fighters and quality of each faction, of which the tables give a range or a rough
judgement, and how far the tables err on a whole side, are drawn as a run begins; so each run is begun again, as far as
its first morning. What several inputs share is an input of its own, and of inputs that rise and fall together one
stands for all: nobody could tell what each of them explains.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.core import calls
from sim.core.state import new_state
from sim.ensemble.estimate.outcomes import PROBABILITY, outcomes_of
from sim.ensemble.estimate.rows import usable
from sim.ensemble.estimate.weights import weights_of
from sim.ensemble.run.branches import BRANCHES
from sim.ensemble.store.schema import DRAWS, names_of
from sim.study.cases import Case
from sim.study.compare import outcome_numbers
from sim.world.faults import suggestion
from sim.world.frozen import ConfigError

FIGHTERS, STRENGTH, SIDE = "fighters", "unit_strength", "side_strength"
"""What begins the names of inputs that are no parameters; the id of the faction follows, or which main side it is."""
SIDES = ("regime", "challenger")
ROUNDING = 1e-9  # of a value: what varies by less is the same
SAME = 1.0 - 1e-6  # correlation of ranks, either way, from which on two inputs are one
MOST_RUNS = 50_000  # first runs that are looked at: indices are known to a thousandth by then
FEWEST_RUNS = 20  # assumption: fewer tell nothing about a hundred inputs
HAPPENS = "p_"


@dataclass(frozen=True, eq=False)
class Inputs:
    """Hold inputs of runs.

    Parameters
    ----------
    table
        A row for each set of values, a column an input, copies included; only what varies.
    row_of
        Which row each run has, (run,).
    are_joint
        Whether their values were learnt together, so that one goes with another.
    """

    table: pd.DataFrame
    row_of: npt.NDArray[np.int64]
    are_joint: bool

    @property
    def names(self) -> list[str]:
        """Return the names of the inputs, without those that are copies."""
        return [str(name) for name in self.table.columns if name not in self.copies]

    @cached_property
    def copies(self) -> dict[str, str]:
        """Return the inputs that rise, or fall, whenever an earlier one rises; and which one that is."""
        names = [str(name) for name in self.table.columns]
        ranks = self.table.rank().to_numpy(np.float64)
        centred = ranks - ranks.mean(axis=0)
        sizes = np.sqrt((centred**2).sum(axis=0))
        is_same = np.abs(centred.T @ centred) > SAME * np.outer(sizes, sizes)
        earliest = [int(column.argmax()) for column in is_same]  # each is at least a copy of itself
        return {names[i]: names[j] for i, j in enumerate(earliest) if j < i}

    def original(self, name: str) -> str:
        """Return which input stands for one."""
        return self.copies.get(name, name)

    @property
    def by_run(self) -> pd.DataFrame:
        """Return the values of each run."""
        return self.table.iloc[self.row_of].reset_index(drop=True)


@dataclass(frozen=True, eq=False)
class Observed:
    """Hold what is asked about: one outcome of each run.

    Parameters
    ----------
    outcome, unit
        Its name, and the unit of its mean.
    runs
        Numbers of the runs.
    numbers
        Their outcome, (run,).
    weights
        What each run counts.
    """

    outcome: str
    unit: str
    runs: npt.NDArray[np.int64]
    numbers: npt.NDArray[np.float64]
    weights: npt.NDArray[np.float64]


def observed_of(case: Case, outcome: str, weights: Sequence[float] | None = None) -> Observed:
    """Return one outcome of the runs of an ensemble that did not fail.

    Parameters
    ----------
    case
        The ensemble.
    outcome
        As comparisons call it, such as ``p_collapse_by_30`` or ``refugees_X``; ``p_`` may be left out.
    weights
        What each of these runs counts; by default what it weighs.

    Raises
    ------
    ConfigError
        If there is no such outcome, if it is the same in all runs, if there are too few, or if all are futures of one.
    """
    living = case.scenario.living
    if living is not None and living.name.startswith(BRANCHES):
        raise ConfigError([f"{living.name}: share what differs between runs; ask the ensemble that they come from"])
    first = case.first(MOST_RUNS)
    numbers = outcome_numbers(first)
    known = outcomes_of(names_of(case.scenario.tables), case.scenario.horizon_days)
    name = outcome if outcome in numbers else f"{HAPPENS}{outcome}"
    if name not in numbers:
        names = [str(column) for column in numbers.columns]
        raise ConfigError([f"outcome = {outcome}: no such outcome; {suggestion(outcome, names)}"])
    found, n = numbers[name].to_numpy(np.float64), len(numbers)
    if n < FEWEST_RUNS:
        raise ConfigError([f"ensemble.runs: {n} runs tell nothing about what matters; make some thousand"])
    if found.min() == found.max():
        raise ConfigError([f"outcome = {name}: is {found[0]:g} in all {n:,} runs, nothing drives it"])
    own = weights_of(usable(first.results.runs), first.scenario)
    each = (np.ones(n) if own is None else own.each) if weights is None else np.asarray(weights, np.float64)[:n]
    unit = known[name].unit if name in known else PROBABILITY
    return Observed(name, unit, numbers.index.to_numpy(np.int64), found, each)


def inputs_of(case: Case, runs: npt.NDArray[np.int64]) -> list[Inputs]:
    """Return the inputs of some runs: all in one table, but for parameters that were learnt together.

    Parameters
    ----------
    case, runs
        The ensemble, and the numbers of the runs.

    Raises
    ------
    ConfigError
        If no input differs between runs.
    """
    families = [family for family in _families(case, runs) if family.names]
    if not families:
        raise ConfigError(["uncertainty: all runs have the same inputs; add uncertainty=prior"])
    return families


def _families(case: Case, runs: npt.NDArray[np.int64]) -> list[Inputs]:
    """Return the inputs of some runs, perhaps without any that differs."""
    coded, each = coded_inputs(case, runs), np.arange(len(runs))
    if not case.scenario.is_uncertain:
        return [Inputs(coded, each, are_joint=False)]
    drawn = case.results.first(int(runs[-1]) + 1).frames[DRAWS]
    table = (drawn if isinstance(drawn, pd.DataFrame) else drawn.frame).set_index("run").loc[runs]
    table = _varying(table.reset_index(drop=True))
    if case.scenario.posterior is None:
        return [Inputs(pd.concat([table, coded], axis=1), each, are_joint=False)]
    vectors, row_of = np.unique(table.to_numpy(), axis=0, return_inverse=True)
    learnt = pd.DataFrame(vectors, columns=table.columns)
    return [Inputs(learnt, row_of.reshape(-1), are_joint=True), Inputs(coded, each, are_joint=False)]


def coded_inputs(case: Case, runs: npt.NDArray[np.int64]) -> pd.DataFrame:
    """Return with how many fighters each faction begins each run, how strong one of them is, and by how much sides err.

    How strong a fighter is comes from the quality of his faction alone: the factor on all of a main side's strength is
    drawn once a run, and counts once. All are those of the scenario's own parameters, so that they do not depend on
    parameters that a run draws.

    Parameters
    ----------
    case, runs
        The ensemble, and the numbers of the runs.
    """
    scenario, seed = case.scenario, np.uint64(case.results.manifest["seed"])
    ids = [str(name) for name in scenario.tables.factions["id"]]
    n, leaders = len(ids), [int(scenario.world[0][side]) for side in SIDES]
    state, found = new_state(scenario.world), np.empty((len(runs), 2 * n + len(leaders)))
    for row, run in zip(found, runs, strict=True):
        calls.call_begin_run(scenario.world, scenario.rules, state, seed, np.uint64(run))
        factor = state[0]["side_factor"]
        row[:n] = state[0]["fighters_day_0"][:n]
        row[n : 2 * n] = state[0]["unit_strength"][:n] / factor[:n]
        row[2 * n :] = factor[leaders]
    names = [f"{what}.{faction}" for what in (FIGHTERS, STRENGTH) for faction in ids]
    return _varying(pd.DataFrame(found, columns=[*names, *(f"{SIDE}.{side}" for side in SIDES)]))


def copies_of(families: Sequence[Inputs]) -> dict[str, str]:
    """Return the inputs of all families for which another one stands."""
    return {copy: name for family in families for copy, name in family.copies.items()}


def is_parameter(name: str) -> bool:
    """Tell whether an input is a parameter of the rules, which can be set."""
    return name.partition(".")[0] not in (FIGHTERS, STRENGTH, SIDE)


def _varying(table: pd.DataFrame) -> pd.DataFrame:
    """Return the columns that are not the same in all rows."""
    return table.loc[:, (table.max() - table.min() > ROUNDING * table.abs().max()).to_numpy(bool)]
