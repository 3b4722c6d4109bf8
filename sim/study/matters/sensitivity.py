"""Rank the uncertain inputs of an ensemble by what they explain of an outcome, straight from the runs that there are.

An outcome counts by its rank among the runs, so that a few huge ones do not decide alone (Saltelli & Sobol' 1995,
Reliability Engineering & System Safety 50, 225-239); where something happens or not, that is the outcome itself.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

import numpy as np
import pandas as pd

from sim.core.outputs import Kind, output
from sim.ensemble.estimate.outcomes import outcomes_of
from sim.ensemble.estimate.rows import usable
from sim.ensemble.estimate.variance import FEWEST_PAIRS, shared_variance
from sim.ensemble.store.schema import Names, names_of, schema_of
from sim.study.cases import Case
from sim.study.matters import indices
from sim.study.matters.indices import MOST_CROSSED, MOST_TERMS, Floats
from sim.study.matters.inputs import Inputs, Observed, copies_of, inputs_of, observed_of

TOP = 10  # inputs whose agreement between halves is told
ENOUGH = 0.7  # of the top in both halves: a ranking that means something
FEW = 6  # inputs whose pairs are looked at
SPLITS = 10  # ways to halve the runs
FIFTH = 0.2
DEPTHS = (2, 4, 8)  # parts into which runs are cut
STEEP_ENOUGH = 0.02  # of the top, gained by twice the runs: what can be drawn on
MOST_NEEDED = 10_000_000  # runs, beyond which nobody asks how many more
EMPTY = "no run lies there"
SENSITIVITY, PAIRS = "sensitivity", "pairs"


class SensitivityRow:
    """An uncertain input and what it does to one outcome, in ``sensitivity.parquet``; the largest index first."""

    input: str = output(
        Kind.TEXT, "", "which parameter, or what of which faction", "`fighters.F`, `unit_strength.F`, `side_strength.S`"
    )
    index: float = output(Kind.SHARE, "share", "of the variance of ranks that it explains by itself", "Sobol'")
    low: float = output(Kind.SHARE, "share", "lower end of its 95 % interval", "bootstrap")
    high: float = output(Kind.SHARE, "share", "upper end")
    correlation: float = output(Kind.INDEX, "", "rank correlation with the outcome", "its sign is the direction")
    at_lowest: float = output(
        Kind.INDEX, "of the outcome", "its mean where the input is in its lowest fifth", null=EMPTY
    )
    at_highest: float = output(
        Kind.INDEX, "of the outcome", "its mean where the input is in its highest fifth", null=EMPTY
    )


class PairRow:
    """Two uncertain inputs and what they do together beyond what each does, in ``pairs.parquet``."""

    input: str = output(Kind.TEXT, "", "one input", "among the first of `sensitivity`")
    other: str = output(Kind.TEXT, "", "the other")
    index: float = output(Kind.SHARE, "share", "of the variance that they explain together only", "second order")
    low: float = output(Kind.SHARE, "share", "lower end of its 95 % interval", "bootstrap")
    high: float = output(Kind.SHARE, "share", "upper end")


SCHEMAS = {SENSITIVITY: schema_of(SensitivityRow, Names()), PAIRS: schema_of(PairRow, Names())}


@dataclass(frozen=True, eq=False)
class Sensitivity:
    """Hold what drives an outcome.

    Parameters
    ----------
    case
        The ensemble that was asked.
    outcome, unit
        The outcome, and the unit of its mean.
    table
        A row an input, the largest index first; see ``sensitivity`` in the guide to results.
    pairs
        A row for each pair of the first inputs, the largest first; none where inputs were learnt together.
    parameters
        Share of the variance of ranks that all parameters explain, alone and together, with its 95 % interval, from
        twins; NaN without twins.
    n
        Runs behind it.
    n_sets
        Different sets of parameters among them.
    agreement
        How many of its first inputs two equal parts of the runs have in common: a row for each size of the parts.
    needed
        About how many runs it takes until the ranking means something; NaN where nobody can tell.
    copies
        Inputs that rise and fall with another one, which stands for them.
    """

    case: Case
    outcome: str
    unit: str
    table: pd.DataFrame
    pairs: pd.DataFrame
    parameters: tuple[float, float, float]
    n: int
    n_sets: int
    agreement: pd.DataFrame
    needed: float
    copies: dict[str, str]

    @property
    def is_joint(self) -> bool:
        """Tell whether parameters were learnt together, so that the index of one holds a part of others."""
        return self.case.scenario.posterior is not None


def sensitivity(case: Case, outcome: str, weights: Sequence[float] | None = None) -> Sensitivity:
    """Return what drives an outcome of an ensemble.

    Parameters
    ----------
    case
        An ensemble; with uncertain parameters, or without, where only strengths that the tables judge differ.
    outcome
        As comparisons call it; ``p_`` may be left out.
    weights
        What each run that did not fail counts; all the same by default.

    Raises
    ------
    ConfigError
        If nothing can be told of the outcome.
    """
    observed = observed_of(case, outcome, weights)
    families = inputs_of(case, observed.runs)
    seed = int(case.results.manifest["seed"])
    samples = [Sample.of(family, observed) for family in families]
    table = pd.concat([sample.indices(seed) for sample in samples], ignore_index=True)
    table = table.sort_values(["index", "correlation"], key=np.abs, ascending=False, ignore_index=True)
    agreement = samples[0].agreement(seed)
    return Sensitivity(
        case,
        observed.outcome,
        observed.unit,
        table,
        samples[0].pairs(table["input"].tolist(), seed),
        share_of_parameters(case, observed.outcome),
        len(observed.numbers),
        len(families[0].table),
        agreement,
        needed_runs(agreement),
        copies_of(families),
    )


@dataclass(frozen=True, eq=False)
class Sample:
    """Hold inputs beside an outcome: a row for each set of values, which may stand for several runs.

    Parameters
    ----------
    inputs
        The inputs.
    y, means, weights
        Means over the runs of each row of the outcome's rank and of the outcome, and what they count together, (row,).
    variance
        Of the rank between runs.
    """

    inputs: Inputs
    y: Floats
    means: Floats
    weights: Floats
    variance: float

    @classmethod
    def of(cls, inputs: Inputs, observed: Observed) -> Sample:
        """Return inputs beside what was observed."""
        ranked = indices.ranks(observed.numbers, observed.weights)
        weights = np.bincount(inputs.row_of, observed.weights, len(inputs.table)).astype(np.float64)
        y, means = (
            np.bincount(inputs.row_of, observed.weights * each, len(weights)) / np.where(weights > 0.0, weights, 1.0)
            for each in (ranked, observed.numbers)
        )
        return cls(inputs, y, means, weights, indices.variance_of(ranked, observed.weights))

    def shares(self, name: str) -> Floats:
        """Return the ranks of an input, as shares."""
        return indices.ranks(self.inputs.table[name].to_numpy(np.float64), self.weights)

    @cached_property
    def terms(self) -> int:
        """Return how many terms of each input pay."""
        column = self.weights[:, np.newaxis]
        bases = (indices.basis(self.shares(name), MOST_TERMS) for name in self.inputs.names)
        found = (indices.explained(phi, self.y, column) for phi in bases)
        return indices.best_terms(found, [indices.first(k) for k in range(1, MOST_TERMS + 1)])

    def points(self) -> list[float]:
        """Return the index of each input alone."""
        column = self.weights[:, np.newaxis]
        bases = (indices.basis(self.shares(name), self.terms) for name in self.inputs.names)
        return [float(indices.index_of(phi, self.y, column, self.variance)[0]) for phi in bases]

    def indices(self, seed: int) -> pd.DataFrame:
        """Return the row of each input."""
        terms, resampled = self.terms, indices.resample(len(self.y), seed)
        rows = []
        for name in self.inputs.names:
            shares = self.shares(name)
            phi = indices.basis(shares, terms)
            told = indices.with_interval(phi, self.y, self.weights, self.variance, resampled)
            ends = [self._mean(shares <= FIFTH), self._mean(shares > 1.0 - FIFTH)]
            rows.append((name, *told, indices.correlation(shares, self.y, self.weights), *ends))
        return pd.DataFrame(rows, columns=SCHEMAS[SENSITIVITY].names)

    def _mean(self, is_in: np.ndarray) -> float:
        """Return the mean of the outcome over some rows, NaN over none."""
        total = float(self.weights[is_in].sum())
        return float(self.means[is_in] @ self.weights[is_in]) / total if total > 0.0 else math.nan

    def pairs(self, ranked: Sequence[str], seed: int) -> pd.DataFrame:
        """Return the row of each pair of the first inputs; none of those that were learnt together."""
        columns = SCHEMAS[PAIRS].names
        names = [name for name in ranked if name in self.inputs.names][:FEW]
        if self.inputs.are_joint or len(names) < 2:  # noqa: PLR2004 - a pair
            return pd.DataFrame(columns=columns)
        bases = {name: indices.basis(self.shares(name), MOST_CROSSED) for name in names}
        crossed = {
            pair: indices.crossed(bases[pair[0]], bases[pair[1]], MOST_CROSSED) for pair in combinations(names, 2)
        }
        column, sizes = self.weights[:, np.newaxis], [indices.first_crossed(k) for k in range(1, MOST_CROSSED + 1)]
        found = (indices.explained(phi, self.y, column) for phi in crossed.values())
        kept, resampled = sizes[indices.best_terms(found, sizes) - 1], indices.resample(len(self.y), seed)
        rows = [
            (*pair, *indices.with_interval(phi[kept], self.y, self.weights, self.variance, resampled))
            for pair, phi in crossed.items()
        ]
        return pd.DataFrame(rows, columns=columns).sort_values("index", ascending=False, ignore_index=True)

    def agreement(self, seed: int) -> pd.DataFrame:
        """Return how many of the top inputs two parts of the rows have in common, by the size of the parts."""
        n, terms, top = len(self.y), self.terms, self.top
        order = np.argsort(indices.draws(n, seed, "split", SPLITS), axis=0, kind="stable")
        place = np.argsort(order, axis=0, kind="stable")  # of each row in each shuffle
        is_in = [(place // (n // parts) == part) for parts in DEPTHS for part in (0, 1)]
        weights = self.weights[:, np.newaxis] * np.concatenate(is_in, axis=1)
        bases = (indices.basis(self.shares(name), terms) for name in self.inputs.names)
        found = np.array([indices.index_of(phi, self.y, weights, self.variance) for phi in bases])
        firsts = np.argsort(-found, axis=0, kind="stable")[:top].reshape(top, len(DEPTHS), 2, SPLITS)
        shared = [
            np.mean([len(np.intersect1d(*firsts[:, depth, :, split].T)) for split in range(SPLITS)])
            for depth in range(len(DEPTHS))
        ]
        columns = {"runs": [n // parts for parts in DEPTHS], "shared": shared, "of": top}
        return pd.DataFrame(columns).sort_values("runs", ignore_index=True)

    @property
    def top(self) -> int:
        """Return how many inputs are the top ones."""
        return min(TOP, max(len(self.inputs.names) // 2, 1))


def needed_runs(agreement: pd.DataFrame) -> float:
    """Return from about how many runs on two rankings agree; NaN where more runs do not help.

    Parameters
    ----------
    agreement
        What parts of the runs have in common, the smallest first; what lies beyond is drawn on in a straight line over
        doublings.
    """
    shares = (agreement["shared"] / agreement["of"]).to_numpy(np.float64)
    runs = agreement["runs"].to_numpy(np.float64)
    reached = np.flatnonzero(shares >= ENOUGH)
    if len(reached):
        return float(runs[reached[0]])
    slope = (shares[-1] - shares[0]) / math.log2(runs[-1] / runs[0])
    if slope < STEEP_ENOUGH:
        return math.nan
    needed = runs[-1] * 2.0 ** ((ENOUGH - shares[-1]) / slope)
    return float(needed) if needed < MOST_NEEDED else math.nan


def share_of_parameters(case: Case, outcome: str) -> tuple[float, float, float]:
    """Return the share of the variance of an outcome that all parameters explain, from runs and their twins; else NaN.

    Parameters
    ----------
    case, outcome
        The ensemble, and the name of the outcome.
    """
    nothing = (math.nan, math.nan, math.nan)
    known = outcomes_of(names_of(case.scenario.tables), case.scenario.horizon_days)
    if outcome not in known or not case.scenario.is_uncertain:
        return nothing
    twins = usable(case.results.twins).set_index("run")
    runs = usable(case.results.first(len(case.results.twins)).runs).set_index("run")
    both = runs.index.intersection(twins.index)
    if len(both) < FEWEST_PAIRS:
        return nothing
    values = np.concatenate([known[outcome].values(table.loc[both]) for table in (runs, twins)])
    ranked = indices.ranks(values, np.ones(len(values)))
    return nothing if np.ptp(values) == 0.0 else shared_variance(ranked[: len(both)], ranked[len(both) :])
