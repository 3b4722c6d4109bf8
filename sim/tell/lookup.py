"""Find estimates of an ensemble as values: in its table of estimates, or from numbers of runs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from sim.ensemble.estimate.knowledge import Knowledge
from sim.ensemble.estimate.rows import report_days
from sim.ensemble.estimate.weights import (
    RANKS,
    Bools,
    Interval,
    Numbers,
    Weights,
    mean_with_interval,
    quantile_intervals,
    share_interval,
)
from sim.ensemble.store.results import Results
from sim.tell.estimate import Estimate, Kind, Range, alike, kind_of
from sim.world.scenario import Scenario


class Lookup:
    """Find estimates by quantity, whom they are of, and by which day.

    Parameters
    ----------
    results, scenario
        The ensemble.
    """

    def __init__(self, results: Results, scenario: Scenario) -> None:
        self._rows = results.estimates_by_key
        self.horizon = scenario.horizon_days
        self.days = report_days(self.horizon)

    @property
    def n_usable(self) -> int:
        """Return how many runs did not fail."""
        failed, *_, n, _ = self._rows["runs_failed", "", self.horizon]
        return int(n - failed)

    def entities(self, quantity: str) -> list[str]:
        """Return whom a quantity is estimated for."""
        return [entity for name, entity, by_day in self._rows if name == quantity and by_day == self.horizon]

    def find(self, quantity: str, entity: str = "", by_day: int | None = None) -> Estimate:
        """Return an estimate, by the last day if no other is named."""
        point, low, high, *known, n, unit = self._rows[quantity, entity, self.horizon if by_day is None else by_day]
        return Estimate(point, low, high, kind_of(unit), n, known=(known[0], known[1]))

    def column(self, quantity: str, entities: Sequence[str], by_day: int | None = None) -> list[Estimate]:
        """Return estimates of several entities that stand below each other."""
        return alike([self.find(quantity, entity, by_day) for entity in entities])

    def ranges(self, quantity: str, entities: Sequence[str] = ("",)) -> list[Range]:
        """Return the range of runs but for a tenth at either end, of entities that stand below each other."""
        low, high = ([self.find(f"{quantity}_{end}", entity) for entity in entities] for end in ("q10", "q90"))
        ends = alike([*low, *high])
        return [Range(*pair) for pair in zip(ends[: len(low)], ends[len(low) :], strict=True)]

    def over_runs(self, quantity: str, entity: str = "") -> tuple[Estimate, Range]:
        """Return what is told about an amount: its mean, and the range of the runs but for a tenth at either end."""
        (spread,) = self.ranges(quantity, [entity])
        return self.find(f"{quantity}_mean", entity), spread

    def most_first(self, quantity: str) -> list[str]:
        """Return the states that have some of a quantity on average, those with most of it first."""
        means = {state: self.find(f"{quantity}_mean", state).point for state in self.entities(f"{quantity}_mean")}
        return sorted((state for state, mean in means.items() if state and mean > 0), key=lambda state: -means[state])


def share(
    happened: Bools, weights: Weights | None = None, kind: Kind = Kind.SHARE, known: Knowledge | None = None
) -> Estimate:
    """Return the share of runs in which something happened, with its 95 % Wilson interval, and that of knowledge.

    Parameters
    ----------
    happened
        In which runs, of at least one.
    weights
        Of the runs.
    kind
        How it is told.
    known
        What is known of the runs.
    """
    found = share_interval(happened, weights)
    ends = (known or Knowledge()).of_share(happened, found)
    return Estimate(*found[:3], kind, len(happened), known=ends)


def mean(
    values: Numbers, kind: Kind = Kind.AMOUNT, weights: Weights | None = None, known: Knowledge | None = None
) -> Estimate:
    """Return the mean of an amount or a share over runs, with its 95 % interval, and that of knowledge.

    Parameters
    ----------
    values
        (run,), at least one, all at least 0.
    kind
        How it is told.
    weights
        Of the runs.
    known
        What is known of them.
    """
    found = mean_with_interval(values, weights)
    found = found._replace(low=float(np.maximum(found.low, 0.0)))  # NaN stays
    return Estimate(*found[:3], kind, len(values), known=(known or Knowledge()).of_number(values, found))


def median(
    values: Numbers, kind: Kind = Kind.AMOUNT, weights: Weights | None = None, known: Knowledge | None = None
) -> Estimate:
    """Return the median of an amount or a share over runs, with both its intervals; see `mean`."""
    found = quantile(values, 0.5, kind, weights)
    ends = (known or Knowledge()).of_number(values, Interval(found.point, found.low, found.high, RANKS))
    return replace(found, known=ends)


def quantile(values: Numbers, level: float, kind: Kind = Kind.AMOUNT, weights: Weights | None = None) -> Estimate:
    """Return a quantile of an amount or a share over runs, with its 95 % interval by order statistics; see `mean`."""
    (found,) = quantile_intervals(values, (level,), (math.nan, math.nan), weights)  # so few runs may not give a bound
    return Estimate(*found[:3], kind, len(values))
