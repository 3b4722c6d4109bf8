"""Find the region of the uncertain inputs in which something comes about, and score it on runs that had no part in it.

Half of the runs choose the inputs, by what they explain, and the boxes; the other half says what the boxes are worth.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from sim.core.outputs import Kind, output
from sim.ensemble.estimate.intervals import wilson_interval
from sim.ensemble.estimate.outcomes import PROBABILITY
from sim.ensemble.store.schema import Names, schema_of
from sim.study.cases import Case
from sim.study.compare import outcome_numbers
from sim.study.matters import indices
from sim.study.matters.boxes import Box, Flags, Floats, Measure, best_step, measured, paying, peel, smooth
from sim.study.matters.inputs import Inputs, Observed, copies_of, inputs_of, is_parameter, observed_of
from sim.study.matters.sensitivity import Sample
from sim.world.frozen import ConfigError

LOOKED_AT = 10  # inputs: of more, boxes find what is not there
MOST_BOXES = 3
HALF = 0.5
USUAL_LEVEL = 0.9  # quantile above which an amount counts as large, if nobody says what is
FEWEST_HITS = 20  # in either half
BOXES, TRAJECTORY = "boxes", "trajectory"


class BoxRow:
    """An input that a box restricts, in ``boxes.parquet``; numbers of the box come from runs that had no part in it."""

    box: int = output(Kind.NUMBER, "", "number of the box, from 1")
    input: str = output(Kind.TEXT, "", "which input it restricts")
    low: float = output(Kind.INDEX, "of the input", "its lowest value in the box", null="as low as there is")
    high: float = output(Kind.INDEX, "of the input", "its highest value in the box", null="as high as there is")
    density: float = output(Kind.SHARE, "share", "runs of the box in which it happens")
    density_low: float = output(Kind.SHARE, "share", "lower end of its 95 % interval", "Wilson")
    density_high: float = output(Kind.SHARE, "share", "upper end")
    coverage: float = output(Kind.SHARE, "share", "runs in which it happens that lie in the box")
    mass: float = output(Kind.SHARE, "share", "all runs that lie in the box")
    n: int = output(Kind.COUNT, "runs", "runs in the box")


class StepRow:
    """A box on the way from all runs to a small one, in ``trajectory.parquet``."""

    step: int = output(Kind.NUMBER, "", "how many slices have been peeled off")
    restricted: int = output(Kind.COUNT, "inputs", "inputs that it restricts")
    mass: float = output(Kind.SHARE, "share", "runs that lie in it", "of those that chose it")
    density: float = output(Kind.SHARE, "share", "its runs in which it happens", "of those that chose it")
    coverage: float = output(Kind.SHARE, "share", "runs in which it happens that lie in it", "of those that chose it")
    mass_held: float = output(Kind.SHARE, "share", "the same of the runs that had no part in it")
    density_held: float = output(
        Kind.SHARE, "share", "the same of the runs that had no part in it", null="none is in it"
    )
    coverage_held: float = output(Kind.SHARE, "share", "the same of the runs that had no part in it")


SCHEMAS = {BOXES: schema_of(BoxRow, Names()), TRAJECTORY: schema_of(StepRow, Names())}


@dataclass(frozen=True, eq=False)
class Region:
    """Hold a box of inputs.

    Parameters
    ----------
    limits
        Lowest and highest value of each input that it restricts, infinite where it has no such end.
    measure
        What it is worth on runs that had no part in it.
    density
        In which share of these it happens, with its 95 % interval.
    settings
        Parameters of its centre, by the keys of the command line; every run has them.
    """

    limits: dict[str, tuple[float, float]]
    measure: Measure
    density: tuple[float, float, float]
    settings: dict[str, float | str]


@dataclass(frozen=True, eq=False)
class Discovery:
    """Hold in which regions of its inputs an outcome comes about.

    Parameters
    ----------
    case
        The ensemble that was asked.
    outcome, unit
        The outcome, and the unit of its mean.
    above, below
        What is looked for: the outcome lies above a number, or below one; the other is NaN.
    looked_at
        Inputs that were looked at, those that explain most.
    regions
        The boxes; of later ones the runs of those before have been taken away. None where nothing was found.
    trajectory
        A row for each box on the way to the first; see ``trajectory`` in the guide to results.
    chosen
        The step at which the first box was taken.
    base
        Share of all runs in which it happens, of those that had no part.
    n
        Runs behind it, half of which had no part in it.
    ranges
        Lowest and highest value of each input that was looked at.
    copies
        Inputs that rise and fall with another one, which stands for them.
    """

    case: Case
    outcome: str
    unit: str
    above: float
    below: float
    looked_at: tuple[str, ...]
    regions: tuple[Region, ...]
    trajectory: pd.DataFrame
    chosen: int
    base: float
    n: int
    ranges: dict[str, tuple[float, float]]
    copies: dict[str, str]

    @property
    def boxes(self) -> pd.DataFrame:
        """Return a row for each box and input that it restricts; see ``boxes`` in the guide to results."""
        rows = [
            (number, name, *(end if math.isfinite(end) else None for end in limits), *region.density,
             region.measure.coverage, region.measure.mass, round(region.measure.n))
            for number, region in enumerate(self.regions, 1)
            for name, limits in region.limits.items()
        ]  # fmt: skip
        return pd.DataFrame(rows, columns=SCHEMAS[BOXES].names)


@dataclass(frozen=True, eq=False)
class Half:
    """Hold half of the runs: inputs (run, input), whether it happens, and what each counts."""

    x: Floats
    y: Flags
    weights: Floats

    @classmethod
    def of(cls, x: Floats, y: Flags, weights: Floats, is_in: Flags) -> Half:
        """Return some of the runs."""
        return cls(x[is_in], y[is_in], weights[is_in])

    @property
    def arrays(self) -> tuple[Floats, Flags, Floats]:
        """Return all three."""
        return self.x, self.y, self.weights

    def outside(self, box: Box) -> Half:
        """Return the runs that do not lie in a box."""
        return Half.of(self.x, self.y, self.weights, ~box.holds(self.x))

    def measured(self, box: Box) -> Measure:
        """Return what a box is worth on these runs."""
        return measured(box, *self.arrays)


def discover(
    case: Case,
    outcome: str,
    above: float | None = None,
    below: float | None = None,
    step: int | None = None,
    weights: Sequence[float] | None = None,
) -> Discovery:
    """Return in which regions of its inputs an outcome comes about.

    Parameters
    ----------
    case, outcome
        An ensemble whose runs differ in their inputs, and what of it, as comparisons call it; ``p_`` may be left out.
    above, below
        What is looked for; one of them. By default that it happens, or of an amount that it is among its largest tenth.
    step
        At which step of the trajectory the first box is taken; by default where it holds most more than its share.
    weights
        What each run that did not fail counts; all the same by default.

    Raises
    ------
    ConfigError
        If nothing can be told of the outcome, or if it lies there too seldom.
    """
    observed = observed_of(case, outcome, weights)
    happens, above, below = _looked_for(observed, above, below)
    families = inputs_of(case, observed.runs)
    learns = _halves(families, int(case.results.manifest["seed"]), happens)
    values = _chosen(families, observed, happens, learns)
    x, names = values.to_numpy(np.float64), tuple(map(str, values.columns))
    train, held = (Half.of(x, happens, observed.weights, which) for which in (learns, ~learns))
    way = peel(*train.arrays)
    chosen = best_step(way, *train.arrays) if step is None else min(max(step, 0), len(way) - 1)
    boxes = _boxes(way[chosen], train, held, alone=step is not None)
    regions = tuple(_region(box, held, values, families) for box in boxes)
    told = observed.outcome, observed.unit, above, below, names
    base, copies = held.measured(Box.of_all(len(names))).base, copies_of(families)
    return Discovery(case, *told, regions, _told(way, train, held), chosen, base, len(x), _ranges(values), copies)


def _ranges(values: pd.DataFrame) -> dict[str, tuple[float, float]]:
    """Return the lowest and the highest value of each input."""
    return {str(name): (float(column.min()), float(column.max())) for name, column in values.items()}


def _chosen(families: Sequence[Inputs], observed: Observed, happens: Flags, learns: Flags) -> pd.DataFrame:
    """Return the inputs that are looked at, a row a run: those that explain most, as many as pay on other runs."""
    strongest = _strongest(families, observed, happens, learns)
    values = pd.concat([family.by_run for family in families], axis=1)[list(strongest)]
    half = Half.of(values.to_numpy(np.float64), happens, observed.weights, learns)
    return values.iloc[:, : paying(*half.arrays, families[0].row_of[learns] % 2 == 1)]


def _looked_for(observed: Observed, above: float | None, below: float | None) -> tuple[Flags, float, float]:
    """Return in which runs the outcome is what is looked for, and above or below which number, the other NaN."""
    if above is not None and below is not None:
        raise ConfigError([f"above = {above:g}, below = {below:g}: give one of them"])
    if below is not None:
        return observed.numbers < below, math.nan, below
    if above is None:
        above = HALF if observed.unit == PROBABILITY else float(np.quantile(observed.numbers, USUAL_LEVEL))
    return observed.numbers > above, above, math.nan


def _halves(families: Sequence[Inputs], seed: int, happens: Flags) -> Flags:
    """Return which runs choose the boxes; runs with one set of parameters stay together.

    Raises ConfigError where it happens in too few of them, or of the others, to tell, or fails to in too few.
    """
    first = families[0]
    learns = np.asarray((indices.draws(len(first.table), seed, "half", 1)[:, 0] < HALF)[first.row_of])
    fewest = min(int((happens[half] == what).sum()) for half in (learns, ~learns) for what in (True, False))
    if fewest < FEWEST_HITS:
        n = int(happens.sum())
        cure = "make more runs, or ask for another number with above=... or below=..."
        raise ConfigError([f"outcome: it holds in {n:,} of {len(happens):,} runs, too few to tell where; {cure}"])
    return learns


def _strongest(families: Sequence[Inputs], observed: Observed, happens: Flags, learns: Flags) -> tuple[str, ...]:
    """Return the inputs that explain most of what happens, by the runs that choose."""
    asked = Observed(
        observed.outcome, PROBABILITY, observed.runs, happens.astype(np.float64), observed.weights * learns
    )
    found: dict[str, float] = {}
    for family in families:
        sample = Sample.of(family, asked)
        found |= dict(zip(family.names, sample.points(), strict=True))
    return tuple(sorted(found, key=lambda name: -found[name])[:LOOKED_AT])


def _told(trajectory: Sequence[Box], train: Half, held: Half) -> pd.DataFrame:
    """Return the trajectory as a table."""
    rows = []
    for step, box in enumerate(trajectory):
        own, other = train.measured(box), held.measured(box)
        numbers = (own.mass, own.density, own.coverage, other.mass, other.density, other.coverage)
        rows.append((step, len(box.restricted), *numbers))
    return pd.DataFrame(rows, columns=SCHEMAS[TRAJECTORY].names)


def _boxes(first: Box, train: Half, held: Half, *, alone: bool) -> Iterator[Box]:
    """Yield the first box, smoothed unless somebody has chosen it, then others beside it.

    Each is kept only if it is clearly denser than all runs on those that had no part in it.
    """
    box, learns, rest, base = first, train, held, held.measured(Box.of_all(train.x.shape[1])).base
    for _ in range(1 if alone else MOST_BOXES):
        found = box if alone else smooth(box, *learns.arrays)
        if not found.ends or _density(rest, found)[1] <= base:
            return
        yield found
        learns, rest = learns.outside(found), rest.outside(found)
        if min(int(half.y.sum()) for half in (learns, rest)) < FEWEST_HITS:
            return
        trajectory = peel(*learns.arrays)
        box = trajectory[best_step(trajectory, *learns.arrays)]


def _density(half: Half, box: Box) -> tuple[float, float, float]:
    """Return in which share of the runs in a box it happens, with its 95 % interval; weighted runs count as fewer."""
    found, weights = half.measured(box), half.weights[box.holds(half.x)]
    if not found.n:
        return math.nan, 0.0, 1.0
    n = round(float(weights.sum() ** 2 / (weights**2).sum()))
    return found.density, *wilson_interval(round(found.density * n), n)


def _region(box: Box, held: Half, values: pd.DataFrame, families: Sequence[Inputs]) -> Region:
    """Return a box with what it is worth, and its centre."""
    limits = {values.columns[i]: (float(box.low[i]), float(box.high[i])) for i in box.restricted}
    inside = box.holds(values.to_numpy(np.float64))
    return Region(limits, held.measured(box), _density(held, box), _centre(inside, list(limits), families[0]))


def _centre(inside: Flags, restricted: Sequence[str], first: Inputs) -> dict[str, float | str]:
    """Return the medians of restricted parameters and their copies; of those learnt together, the nearest vector."""
    names = [str(name) for name in first.table if is_parameter(str(name)) and first.original(str(name)) in restricted]
    middle = first.by_run.loc[inside, names].median()
    if first.are_joint and names:
        shares = first.table[names].rank(pct=True)
        wanted = (first.table[names] <= middle).mean()
        nearest = int((((shares - wanted) ** 2).sum(axis=1)).to_numpy().argmin())
        middle = first.table.iloc[nearest]
    return {"uncertainty": "none", **{f"rules.{name}": float(f"{value:.6g}") for name, value in middle.items()}}


def to_ema(case: Case) -> tuple[pd.DataFrame, dict[str, np.ndarray]]:
    """Return the runs as the EMA workbench has experiments and outcomes: a row a run, and an array for each outcome.

    Parameters
    ----------
    case
        An ensemble.
    """
    numbers = outcome_numbers(case)
    runs = numbers.index.to_numpy(np.int64)
    inputs = pd.concat([family.by_run for family in inputs_of(case, runs)], axis=1)
    config = case.scenario.config
    experiments = inputs.assign(scenario=runs, policy=config.scenario.name, model=config.world.name)
    return experiments, {str(name): column.to_numpy(np.float64) for name, column in numbers.items()}
