"""Live variants of a scenario with the same draws, and tell run by run what each changes.

A variant differs from the scenario in one thing: a lever, or a parameter. Their runs are not kept, only what they
change in every outcome that comparisons know.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from rich.console import Console

from sim.core.outputs import Kind, output
from sim.ensemble.estimate.outcomes import PROBABILITY, outcomes_of
from sim.ensemble.estimate.rows import usable
from sim.ensemble.estimate.weights import Weights, influence_of, kept, mean_of, weighed, weights_of
from sim.ensemble.run.chunks import job_of, live_rows
from sim.ensemble.run.executors import Workers, count_workers
from sim.ensemble.run.reporter import Reporter
from sim.ensemble.run.work import make_ready
from sim.ensemble.store.results import table_frame
from sim.ensemble.store.schema import Names, names_of, schema_of
from sim.study.pairs import paired_means, paired_shares
from sim.world.faults import suggestion
from sim.world.frozen import ConfigError
from sim.world.scenario import Scenario

VARIANTS = "variants"
FEW = "one run gives none"
SCENARIO = "scenario"
"""Kind of the variants that are scenarios of the project."""


class VariantRow:
    """A variant of a scenario and an outcome, in ``variants.parquet``: what it changes, over the same runs."""

    kind: str = output(Kind.TEXT, "", "kind of lever, `scenario`, or `parameter`")
    name: str = output(Kind.TEXT, "", "whose lever, which scenario or parameter", "`all` for nobody in particular")
    value: float = output(Kind.INDEX, "of the lever or parameter", "its value", null="a scenario")
    outcome: str = output(Kind.TEXT, "", "which outcome")
    unit: str = output(Kind.TEXT, "", "unit of the estimate and of differences")
    estimate: float = output(Kind.INDEX, "`unit`", "probability or mean with the variant")
    difference: float = output(Kind.INDEX, "`unit`", "estimate minus that of the scenario as it is")
    low: float = output(Kind.INDEX, "`unit`", "lower end of its 95 % interval", "Bonett-Price, or normal", null=FEW)
    high: float = output(Kind.INDEX, "`unit`", "upper end", null=FEW)
    n: int = output(Kind.COUNT, "runs", "runs that failed in neither")


SCHEMA = schema_of(VariantRow, Names())


@dataclass(frozen=True, eq=False)
class Variant:
    """Hold a variant of a scenario.

    Parameters
    ----------
    kind, name
        What differs: a lever and whose, or a parameter.
    value
        Its value; NaN for a scenario of the project.
    scenario
        What is lived.
    """

    kind: str
    name: str
    value: float
    scenario: Scenario


@dataclass(frozen=True, eq=False)
class Tornado:
    """Hold what variants of a scenario change.

    Parameters
    ----------
    folder, manifest
        Where it lies, and what it was made from.
    scenario
        What was varied.
    table
        A row for each variant and outcome; see ``variants`` in the guide to results.
    runs
        How many each variant has.
    """

    folder: Path
    manifest: dict[str, Any]
    scenario: Scenario
    table: pd.DataFrame
    runs: int

    def ranked(self, outcome: str) -> pd.DataFrame:
        """Return the rows of one outcome, a lever's or parameter's values together, the largest change first.

        Parameters
        ----------
        outcome
            As comparisons call it; ``p_`` may be left out.
        """
        name = named(outcome, self.scenario)
        rows = self.table[self.table["outcome"] == name]
        size = rows["difference"].abs().groupby([rows["kind"], rows["name"]]).transform("max")
        return rows.assign(size=size).sort_values(
            ["size", "kind", "name", "value"], ascending=[False, True, True, True], ignore_index=True
        )


def named(outcome: str, scenario: Scenario) -> str:
    """Return the whole name of an outcome of runs; raise ConfigError where there is none."""
    known = outcomes_of(names_of(scenario.tables), scenario.horizon_days)
    found = next((name for name in (outcome, f"p_{outcome}") if name in known), None)
    if found is None:
        raise ConfigError([f"outcome = {outcome}: no such outcome; {suggestion(outcome, list(known))}"])
    return found


def live_variants(
    scenario: Scenario, variants: Sequence[Variant], runs: int, reporter: Reporter | None = None
) -> pd.DataFrame:
    """Return what variants change: a row for each of them and each outcome.

    Parameters
    ----------
    scenario, variants
        As it is, and how it may differ.
    runs
        How many of the first runs of each.
    reporter
        Who tells a person how far it is; nobody by default.
    """
    teller = reporter or Reporter(Console(quiet=True))
    make_ready(job_of(scenario), teller)
    base, rows = live_outcomes(scenario, runs), list[tuple[object, ...]]()
    config = scenario.config
    with (
        Workers(config.executor, count_workers(config.ensemble.workers)) as workers,
        teller.count("variants", len(variants), 0) as advance,
    ):
        futures = [workers.submit(live_outcomes, variant.scenario, runs) for variant in variants]
        for variant, future in zip(variants, futures, strict=True):
            rows += _changes(variant, base, future.result())
            advance(1)
    return pd.DataFrame(rows, columns=SCHEMA.names)


@dataclass(frozen=True, eq=False)
class Outcomes:
    """Hold the outcomes of runs: a row for each that did not fail, a column an outcome; and what the runs weigh."""

    numbers: pd.DataFrame
    weights: Weights | None

    def of(self, runs: pd.Index) -> Outcomes:
        """Return those of some of the runs."""
        return Outcomes(self.numbers.loc[runs], kept(self.weights, self.numbers.index.get_indexer(runs)))


def live_outcomes(scenario: Scenario, runs: int) -> Outcomes:
    """Return the outcomes of the first runs of a scenario, which weigh as if they were all that there are."""
    job = replace(job_of(scenario), traces=0, twins=0)
    rows = usable(weighed(table_frame(live_rows(job, 0, runs)), scenario.tilt))
    known = outcomes_of(names_of(scenario.tables), scenario.horizon_days)
    columns = {name: outcome.values(rows) for name, outcome in known.items()}
    return Outcomes(pd.DataFrame(columns, index=pd.Index(rows["run"], name="run")), weights_of(rows, scenario))


def _changes(variant: Variant, base: Outcomes, own: Outcomes) -> Iterator[tuple[object, ...]]:
    """Yield the row of each outcome of a variant."""
    known = outcomes_of(names_of(variant.scenario.tables), variant.scenario.horizon_days)
    common = own.numbers.index.intersection(base.numbers.index)
    if common.empty:
        return
    before, after = base.of(common), own.of(common)
    for name, outcome in known.items():
        x, y = (part.numbers[name].to_numpy(np.float64) for part in (before, after))
        paired = paired_shares if outcome.unit == PROBABILITY else paired_means
        bounds = paired(influence_of(x, before.weights), influence_of(y, after.weights))
        mean = mean_of(y, after.weights)
        gaps = (mean, mean - mean_of(x, before.weights), *bounds, len(x))
        yield variant.kind, variant.name, variant.value, name, outcome.unit, *gaps
