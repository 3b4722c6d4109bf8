"""Ask whether what is told is told well enough: how often intervals of knowledge held what happened, in wars left out.

Of an amount or a day that is the share of wars within its range; ranges that hold too few are made wider by the factor
that would have held nine tenths of other countries' wars (Lei et al. 2018; Romano et al. 2019). Of a chance nobody sees
the number itself: wars are put into groups by what was told, and the share of a group that went yes is set beside the
mean of its intervals.

References
----------
Lei et al. (2018), "Distribution-free predictive inference for regression", JASA 113, 1094-1111.
Romano, Patterson & Candès (2019), "Conformalized quantile regression", NeurIPS 32.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.ensemble.estimate.intervals import wilson_interval
from sim.ensemble.estimate.knowledge import TAILS, Knowledge
from sim.ensemble.estimate.weights import Interval, Weights, observed_quantiles, share_interval
from sim.study.score.families import FAMILIES, Family, Lived
from sim.study.score.forecast import Kind, scaled
from sim.study.score.record import Observation
from sim.study.score.tilt import FALL, Learnt
from sim.world.tilt import known_chances

Floats = npt.NDArray[np.float64]
COLUMNS = ("family", "world", "fold", "item", "observed", "told", "low", "high")
ENOUGH, TOO_MUCH = 0.8, 0.97
"""Between which shares of wars a range of 90 % may hold before its width is touched."""

HELD = TAILS[1] - TAILS[0]
GROUPS = 3
GROUPED = ("family", "group", "n", "told", "low", "high", "happened", "from", "to", "is_within", "may_be")
ROUNDING = 1e-9
WHERE_IT_COMES = "collapse_log_day"
"""Family of a day that is told of those runs alone in which it comes."""


def known_rows(
    world: Lived, fold: str, gap: float, learnt: Learnt, items: Iterable[tuple[Family, Observation]]
) -> Iterator[tuple[object, ...]]:
    """Yield what is told of each item with its interval of knowledge, beside what happened; see `COLUMNS`.

    Numbers are on the scale of the score; splits have no interval.

    Parameters
    ----------
    world, fold, gap
        What its runs left behind, what it is left out with, and its gap of judged morale.
    learnt
        What other countries' wars teach.
    items
        What is asked.
    """
    known = _knowledge(world, gap, learnt)
    for family, seen in items:
        if family.kind is Kind.SPLIT:
            continue
        values = family.values(world, seen.item)
        own, scale = known, np.log10(1.0 + values) if family.kind is Kind.AMOUNT else values
        if family.name == WHERE_IT_COMES and world.fell.any():
            own, scale = known.of(world.fell), scale[world.fell]
        if family.kind is Kind.CHANCE:
            fall = learnt.tilt.at(gap).chance(float(world.fell.mean())) if family.name == FALL else None
            told, low, high = _chance(values > 0.0, own, fall)
        else:
            low, told, high = observed_quantiles(scale, (TAILS[0], 0.5, TAILS[1]), own.weights).tolist()
        yield family.name, world.name, fold, seen.item, scaled(family.kind, seen.value), told, low, high


def _knowledge(world: Lived, gap: float, learnt: Learnt) -> Knowledge:
    """Return what is known of the runs of a world."""
    tilt, fell, share = learnt.tilt.at(gap), world.fell, float(world.fell.mean())
    weights = Weights(tilt.weigh(world.days), fell, tilt) if 0.0 < share < 1.0 else None
    return Knowledge(weights, world.days, known_chances(tilt, share, gap, learnt.covariance))


def _chance(happened: npt.NDArray[np.bool_], known: Knowledge, fall: float | None) -> tuple[float, float, float]:
    """Return what is told of a chance, with its interval of knowledge; that of a fall is told whatever runs say."""
    found = share_interval(happened, known.weights)
    if fall is not None:
        found = Interval(fall, fall, fall, found.kind)
    return found.point, *known.of_share(happened, found)


def coverage(known: pd.DataFrame) -> pd.DataFrame:
    """Return a row for each family of amounts and days: how often its ranges held what happened.

    Columns ``family``, ``n``, ``worlds``, ``held`` (share of items within the range of runs), ``factor`` (how much
    wider ranges are told, 1 where they hold between `ENOUGH` and `TOO_MUCH`), ``held_left_out`` (share within ranges
    made wider by what other folds teach).

    Parameters
    ----------
    known
        What was told; see `known_rows`.
    """
    rows = []
    for family in FAMILIES:
        own = known[known["family"] == family.name]
        if family.kind in (Kind.CHANCE, Kind.SPLIT) or own.empty:
            continue
        held = float(is_within(own).mean())
        is_narrow = held < ENOUGH
        factors = {fold: factor_of(own[own["fold"] != fold]) if is_narrow else 1.0 for fold in own["fold"].unique()}
        left_out = float(is_within(own, own["fold"].map(factors).to_numpy(np.float64)).mean())
        factor = factor_of(own) if is_narrow else 1.0
        rows.append((family.name, len(own), own["world"].nunique(), held, factor, left_out))
    return pd.DataFrame(rows, columns=["family", "n", "worlds", "held", "factor", "held_left_out"])


def is_within(known: pd.DataFrame, factor: Floats | float = 1.0) -> npt.NDArray[np.bool_]:
    """Return which items lie within their ranges, made wider by a factor.

    Parameters
    ----------
    known
        What was told.
    factor
        Of the width to either side of the middle.
    """
    return np.asarray(_reach(known) <= factor + ROUNDING)


def factor_of(known: pd.DataFrame) -> float:
    """Return by which factor ranges must be wider to hold nine tenths of wars like these, never narrower.

    Parameters
    ----------
    known
        What was told.
    """
    reach = np.sort(_reach(known))
    reach = reach[np.isfinite(reach)]  # a range without width holds no more however much wider it is
    if not len(reach):
        return 1.0
    rank = min(math.ceil((len(reach) + 1) * HELD), len(reach))
    return max(float(reach[rank - 1]), 1.0)


def _reach(known: pd.DataFrame) -> Floats:
    """Return how far what happened lies from the middle, in half-widths of the range to that side."""
    off = (known["observed"] - known["told"]).to_numpy(np.float64)
    sides = np.where(off < 0.0, known["told"] - known["low"], known["high"] - known["told"])
    found: Floats = np.divide(np.abs(off), sides, out=np.full(len(off), np.inf), where=sides > 0.0)
    return np.where(np.abs(off) <= ROUNDING, 0.0, found)


def reliability(known: pd.DataFrame) -> pd.DataFrame:
    """Return rows for each family of chances: what was told in groups of wars, and how many of these went yes.

    Columns ``family``, ``group`` (1 is that of the smallest chances), ``n``, means ``told``, ``low`` and ``high``,
    ``happened`` (share that went yes) with its Wilson interval ``from`` and ``to``, whether it ``is_within`` the mean
    interval, and whether it ``may_be``, as far as so few can tell: the two intervals meet.

    Parameters
    ----------
    known
        What was told; see `known_rows`.
    """
    rows = []
    for family in FAMILIES:
        own = known[known["family"] == family.name].sort_values("told", kind="stable")
        if family.kind is not Kind.CHANCE or own.empty:
            continue
        for number, at in enumerate(np.array_split(np.arange(len(own)), GROUPS), start=1):
            if not len(at):
                continue
            told, low, high, seen = (float(own[name].iloc[at].mean()) for name in ("told", "low", "high", "observed"))
            least, most = wilson_interval(seen * len(at), len(at))
            met = low <= seen <= high, least <= high and low <= most
            rows.append((family.name, number, len(at), told, low, high, seen, least, most, *met))
    return pd.DataFrame(rows, columns=list(GROUPED))
