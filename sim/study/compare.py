"""Compare scenarios run by run: they share every draw, so that what differs is what the levers between them cause."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.core.outputs import Kind, output
from sim.ensemble.estimate.knowledge import vectors_of
from sim.ensemble.estimate.losses import loss_days
from sim.ensemble.estimate.outcomes import PROBABILITY, outcomes_of
from sim.ensemble.estimate.rows import usable
from sim.ensemble.estimate.weights import Weights, influence_of, kept, mean_of, weights_of
from sim.ensemble.store.manifest import store_frames
from sim.ensemble.store.provenance import versions
from sim.ensemble.store.results import COMPLETE
from sim.ensemble.store.schema import MARKS, WEIGHT, Names, names_of, schema_of
from sim.study.cases import Case, of_equal_runs
from sim.study.pairs import (
    paired_means,
    paired_shares,
    runs_without_pairing,
    sign_holds,
    unpaired_means,
    unpaired_shares,
)
from sim.world.frozen import ConfigError

COMPARISON = "comparison"
Groups = npt.NDArray[np.int64]


class ComparisonRow:
    """An outcome in one scenario beside the base, in ``comparison.parquet``."""

    scenario: str = output(Kind.TEXT, "", "which scenario")
    outcome: str = output(Kind.TEXT, "", "which outcome")
    unit: str = output(Kind.TEXT, "", "unit of the estimate and of differences")
    estimate: float = output(
        Kind.INDEX, "`unit`", "probability or mean in this scenario", "over the runs that both have"
    )
    difference: float = output(Kind.INDEX, "`unit`", "estimate minus that of the base", "0 for the base itself")
    low: float = output(
        Kind.INDEX,
        "`unit`",
        "lower end of its 95 % interval",
        "run by run: Bonett-Price for probabilities, else normal; of weighted runs, of what each adds to the mean",
    )
    high: float = output(Kind.INDEX, "`unit`", "upper end")
    unpaired_low: float = output(
        Kind.INDEX, "`unit`", "lower end if the runs had nothing in common", "Newcombe, or normal"
    )
    unpaired_high: float = output(Kind.INDEX, "`unit`", "upper end if the runs had nothing in common")
    n: int = output(Kind.COUNT, "runs", "runs in both ensembles", "not failed in either")
    n_unpaired: int = output(
        Kind.COUNT,
        "runs",
        "runs that would give as narrow an interval without pairing",
        null="the base, or no run differs",
    )
    share_changed: float = output(Kind.SHARE, "share", "runs whose history differs in anything")
    first_divergence_day: int = output(
        Kind.DAY,
        "day",
        "day on which a history begins to differ",
        "median over runs with a day series",
        null="no such run differs",
    )
    sign_holds: float = output(
        Kind.SHARE,
        "share",
        "vectors of parameters under which the difference has the same sign",
        "if their effects are normal around the mean, with the spread that is no chance",
        null="the base, no clear difference, or runs share no vectors",
    )


SCHEMA = schema_of(ComparisonRow, Names())
SAME = {
    "world_digest": "the tables of the world",
    "model_digest": "the version of the model",
    "seed": "the seed",
}


@dataclass(frozen=True, eq=False)
class Comparison:
    """Hold scenarios beside a base.

    Parameters
    ----------
    folder
        Where the comparison lies.
    manifest
        What it was made from.
    cases
        The ensembles; the first is the base.
    table
        A row for each scenario and outcome: ``estimate`` and ``difference`` from the base with its paired interval
        ``low`` to ``high``, the interval without pairing, ``n`` runs in common, ``n_unpaired`` runs that would give as
        narrow an interval without pairing, ``share_changed`` of runs whose history differs in anything,
        ``first_divergence_day``, the median over those of them that left a day series, and ``sign_holds``, how often
        the difference has the same sign under the vectors of parameters that runs live with.
    """

    folder: Path
    manifest: dict[str, Any]
    cases: tuple[Case, ...]
    table: pd.DataFrame


def compare(cases: Sequence[Case], folder: Path, command: str) -> Comparison:
    """Return what distinguishes scenarios from the first of them.

    Parameters
    ----------
    cases
        At least two ensembles of one world, horizon and seed, of different names; the first is the base.
    folder
        Where the comparison belongs; nothing is written yet.
    command
        The command that makes it again.

    Raises
    ------
    ConfigError
        If the ensembles cannot be compared, with the reasons.
    """
    check_comparable(cases)
    cases = of_equal_runs(cases)
    lives = [Lives(case, outcome_numbers(case), weights_of(usable(case.results.runs), case.scenario)) for case in cases]
    units = units_of(cases[0])
    vectors = vectors_of(usable(cases[0].results.runs), cases[0].scenario)
    rows = [row for own in lives for row in _rows(own, lives[0], units, vectors)]
    columns = dict.fromkeys(("n", "n_unpaired"), "Int64") | {"first_divergence_day": "Int32", "sign_holds": "float64"}
    table = pd.DataFrame(rows, columns=SCHEMA.names).astype(columns)
    manifest = {
        "status": COMPLETE,
        "cases": [{"name": c.name, "folder": str(c.results.folder.resolve()), **_digests(c)} for c in cases],
        "config_digest": digest_of(cases),
        "command": command,
        "versions": versions(),
        "figures": {},
    }
    return Comparison(folder, manifest, tuple(cases), table)


def store_comparison(comparison: Comparison) -> None:
    """Write a comparison's table and manifest into its folder; figures stay that were drawn of the same table."""
    store_frames(comparison.folder, comparison.manifest, {COMPARISON: comparison.table}, {COMPARISON: SCHEMA})


def digest_of(cases: Iterable[Case]) -> str:
    """Return a digest of what a comparison depends on."""
    text = " ".join(f"{case.name} {case.results.manifest['config_digest']}" for case in cases)
    return hashlib.sha256(text.encode()).hexdigest()


def _digests(case: Case) -> dict[str, Any]:
    """Return what a manifest tells about the settings of an ensemble."""
    return {key: case.results.manifest[key] for key in ("config_digest", *SAME, "command")}


def _uncertainty(case: Case) -> tuple[str, str]:
    """Return whence an ensemble draws its parameters: vectors of two posteriors have nothing in common."""
    learnt = case.scenario.posterior
    return case.scenario.config.uncertainty.kind, "" if learnt is None else learnt.digest


def check_comparable(cases: Sequence[Case]) -> None:
    """Raise ConfigError, with the reasons, where ensembles cannot be compared run by run."""
    if len(cases) < 2:  # noqa: PLR2004 - a comparison
        raise ConfigError(["a comparison takes at least two ensembles, the first is the base"])
    names = [case.name for case in cases]
    faults = [
        f"{name}: named twice; a scenario is compared with others"
        for name in sorted(set(names))
        if names.count(name) > 1
    ]
    base = cases[0]
    for case in cases[1:]:
        differing = [text for key, text in SAME.items() if case.results.manifest[key] != base.results.manifest[key]]
        differing += ["the horizon"] if case.scenario.horizon_days != base.scenario.horizon_days else []
        one, other = (_uncertainty(c) for c in (base, case))
        differing += ["the uncertainty of parameters"] if one != other else []
        differing += ["what runs weigh"] if case.scenario.config.tilt != base.scenario.config.tilt else []
        faults += [f"{case.name} cannot be compared with {base.name}: they differ in {text}" for text in differing]
    if faults:
        raise ConfigError(faults)


def base_means(comparison: Comparison) -> dict[str, float]:
    """Return the mean of each outcome in the base.

    Parameters
    ----------
    comparison
        Scenarios beside a base.
    """
    table = comparison.table
    own = table[table["scenario"] == comparison.cases[0].name]
    return dict(zip(own["outcome"].astype(str), own["estimate"].astype(float), strict=True))


def outcome_numbers(case: Case) -> pd.DataFrame:
    """Return the outcomes of a case: a row for each run that did not fail, by number, a column an outcome.

    Parameters
    ----------
    case
        An ensemble.
    """
    runs = usable(case.results.runs)
    outcomes = outcomes_of(names_of(case.scenario.tables), case.scenario.horizon_days)
    lost = loss_days(runs, case.results.falls, case.scenario).notna()
    columns = {name: outcome.values(runs) for name, outcome in outcomes.items()}
    columns |= {f"p_fall_{place}": lost[place].to_numpy(np.float64) for place in lost.columns}
    return pd.DataFrame(columns, index=pd.Index(runs["run"], name="run"))


def units_of(case: Case) -> dict[str, str]:
    """Return the unit of each outcome of `outcome_numbers`."""
    outcomes = outcomes_of(names_of(case.scenario.tables), case.scenario.horizon_days)
    known = {name: outcome.unit for name, outcome in outcomes.items()}
    return {name: known.get(name, PROBABILITY) for name in outcome_numbers(case).columns}


@dataclass(frozen=True, eq=False)
class Lives:
    """Hold the outcomes of a case by run, and what its runs weigh."""

    case: Case
    numbers: pd.DataFrame
    weights: Weights | None

    def within(self, common: pd.Index) -> Lives:
        """Return those of some of its runs."""
        return Lives(self.case, self.numbers.loc[common], kept(self.weights, self.numbers.index.get_indexer(common)))


def _rows(own: Lives, base: Lives, units: dict[str, str], vectors: Groups | None) -> Iterator[tuple[object, ...]]:
    """Yield the rows of one scenario."""
    common, case = own.numbers.index.intersection(base.numbers.index), own.case
    changed, day = divergence(base.case, case)
    ours, theirs = own.within(common), base.within(common)
    groups = None if vectors is None else vectors[base.numbers.index.get_indexer(common)]
    for name, unit in units.items():
        x, y = (side.numbers[name].to_numpy() for side in (theirs, ours))
        mean = mean_of(y, ours.weights)
        if own is base:
            gaps: tuple[float | None, ...] = (0.0, 0.0, 0.0, 0.0, 0.0)
            yield case.name, name, unit, mean, *gaps, len(y), None, changed, day, None
            continue
        each = influence_of(x, theirs.weights), influence_of(y, ours.weights)
        if unit == PROBABILITY:
            intervals = *paired_shares(*each), *unpaired_shares(x, y, theirs.weights, ours.weights)
        else:
            intervals = *paired_means(*each), *unpaired_means(*each)
        gaps = (mean - mean_of(x, theirs.weights), *intervals)
        is_clear = intervals[0] > 0.0 or intervals[1] < 0.0
        holds = sign_holds(each[1] - each[0], groups) if groups is not None and is_clear else None
        yield case.name, name, unit, mean, *gaps, len(x), runs_without_pairing(*each), changed, day, holds


def divergence(base: Case, case: Case) -> tuple[float, int | None]:
    """Return the share of runs whose history differs in anything, and the median day on which it begins to.

    The day comes from those runs that left a day series in both; without one it is not known.

    Parameters
    ----------
    base, case
        Two ensembles that can be compared.
    """
    ones, others = (usable(c.results.runs).set_index("run").drop(columns=[*MARKS[1:], WEIGHT]) for c in (base, case))
    common = ones.index.intersection(others.index)
    changed = _differs(ones.loc[common], others.loc[common])
    days_one, days_other = (c.results.daily.set_index(["run", "day"]) for c in (base, case))
    both = days_one.index.intersection(days_other.index)
    differs = _differs(days_one.loc[both], days_other.loc[both])
    first = pd.Series(both.get_level_values("day")[differs]).groupby(both.get_level_values("run")[differs]).min()
    return float(changed.mean()), int(np.median(first)) if len(first) else None


def _differs(one: pd.DataFrame, other: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Return which rows differ in any column; missing equals missing."""
    unequal = np.zeros(len(one), bool)
    for name in one.columns:
        x, y = one[name], other[name]
        unequal |= ~((x == y).fillna(value=False).to_numpy(bool) | (x.isna() & y.isna()).to_numpy(bool))
    return unequal
