"""Score what was learnt, each world by mixes that have not seen its fold: raw, recalibrated, and all vectors alike."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.study.calibrate.evidence import Case, Item
from sim.study.calibrate.learning import KEPT, Learnt
from sim.study.calibrate.losses import SURE, WEIGHTS, mix_scores, mixed_chance
from sim.study.calibrate.recalibration import Curve, fit_curve
from sim.study.score.board import MODEL, TILTED, board
from sim.study.score.families import FAMILIES, Family, forecast_from
from sim.study.score.forecast import Chance, Forecast, Kind, Sample
from sim.study.score.record import Observation
from sim.study.score.score import Judged, score_table
from sim.study.score.tilt import FALL, FALL_DAY, OF_THE_WAR, Outcome, learn_tilt
from sim.study.score.tilt import Learnt as LearntTilt
from sim.world.tilt import Tilt

RECALIBRATED, PRIOR = "recalibrated", "prior"
MIXES = (MODEL, TILTED, RECALIBRATED, PRIOR)
"""What is scored beside rivals: the mix, the same with its runs weighed, with recalibrated chances, of all vectors."""

LOSS = "loss"
Floats = npt.NDArray[np.float64]


def scores_left_out(learnt: Learnt, cases: Sequence[Case], judged: Sequence[Judged]) -> pd.DataFrame:
    """Return a row for each item, forecast and rule: see `sim.study.score.score.Scores`.

    Parameters
    ----------
    learnt, cases
        What was learnt, and from what.
    judged
        The same worlds as rivals and judge see them.
    """
    tables = []
    for case, at in zip(cases, judged, strict=True):
        fold = learnt.folds.index(case.fold)
        curves, tilt = curves_without(learnt, cases, fold), tilt_without(learnt, cases, fold).tilt
        tables.append(score_table(at, judged, _forecaster(case, learnt, fold, curves, tilt.at(case.facts.morale_gap))))
    return pd.concat(tables, ignore_index=True)


def _forecaster(
    case: Case, learnt: Learnt, fold: int, curves: Mapping[str, Curve], tilt: Tilt
) -> Callable[[Family, Observation], dict[str, Forecast | None]]:
    """Return what says forecasts of an item in a world that was left out."""
    items = {(item.name, item.seen.item): item for item in case.items}
    prior = learnt.weights[frozenset({fold})][KEPT.index(1.0)]

    def forecasts(family: Family, seen: Observation) -> dict[str, Forecast | None]:
        item = items[family.name, seen.item]
        raw = mixed(case, item, learnt.mix(fold))
        found: dict[str, Forecast | None] = {MODEL: raw, PRIOR: mixed(case, item, prior)}
        if (FALL, "") in items and family.name in OF_THE_WAR:
            found[TILTED] = tilted_mix(case, item, learnt.mix(fold), tilt)
        if isinstance(raw, Chance):
            found[RECALIBRATED] = Chance(curves[family.name](raw.probability))
        return found

    return forecasts


def mixed(case: Case, item: Item, weights: Floats) -> Forecast:
    """Return what the fresh runs of a mix say of an item; all that it holds weigh alike."""
    if item.family.kind is Kind.CHANCE:
        return Chance(float(mixed_chance(case.fresh[:, :, item.columns.start], weights[None])[0]))
    values = case.fresh[weights > 0.0][:, :, item.columns]
    flat = values.reshape(-1, values.shape[2])
    return forecast_from(item.family.kind, flat if item.family.kind is Kind.SPLIT else flat[:, 0])


def tilted_mix(case: Case, item: Item, weights: Floats, tilt: Tilt) -> Forecast:
    """Return what the fresh runs of a mix say of an item if they weigh as their share of falls is trusted.

    Parameters
    ----------
    case, item
        The world, and what is asked.
    weights
        Of the vectors, alike for all that the mix holds.
    tilt
        What gives runs their weights.
    """
    days = fall_days(case, weights)
    if item.name == FALL:
        return Chance(tilt.chance(float(np.isfinite(days).mean())))
    each, values = tilt.weigh(days), case.fresh[weights > 0.0][:, :, item.columns.start].ravel()
    if item.family.kind is Kind.CHANCE:
        return Chance((float((each * values).mean()) * SURE + 0.5) / (SURE + 1.0))
    return Sample(values, each / each.sum())


def fall_days(case: Case, weights: Floats) -> Floats:
    """Return the day of the collapse in each fresh run of a mix, infinite where there is none.

    Parameters
    ----------
    case
        A world of which is known whether its regime fell.
    weights
        Of the vectors.
    """
    at = {item.name: item.columns.start for item in case.items}
    fell, share = (case.fresh[weights > 0.0][:, :, at[name]].ravel() for name in (FALL, "collapse_day"))
    return np.where(fell > 0.0, np.rint(share * case.facts.horizon_days), np.inf)


def tilt_without(learnt: Learnt, cases: Sequence[Case], fold: int | None) -> LearntTilt:
    """Return how far the falls of mixes may be trusted, learnt without a fold; see `curves_without`."""
    outcomes = []
    for p, fell, _, case, weights in _shares(FALL, learnt, cases, fold):
        days = fall_days(case, weights)
        day = next((item.seen.value for item in case.items if item.name == FALL_DAY), math.nan)
        falls = np.bincount(days[np.isfinite(days)].astype(np.int64))
        outcomes.append(Outcome(case.fold, p, fell, case.facts.morale_gap, day, falls))
    return learn_tilt(outcomes)


def curves_without(learnt: Learnt, cases: Sequence[Case], fold: int | None) -> dict[str, Curve]:
    """Return the curve of each family of chances, learnt without a fold, from mixes that did not see what they say.

    Parameters
    ----------
    learnt, cases
        What was learnt, and from what.
    fold
        Number of the fold that is left out, None for none.
    """
    return {family.name: _curve(family, learnt, cases, fold) for family in FAMILIES if family.kind is Kind.CHANCE}


def _curve(family: Family, learnt: Learnt, cases: Sequence[Case], fold: int | None) -> Curve:
    """Return the curve of one family; the identity where nothing is to be learnt from."""
    rows = list(_shares(family.name, learnt, cases, fold))
    return fit_curve(*np.array([row[:3] for row in rows]).T) if rows else Curve()


def _shares(
    family: str, learnt: Learnt, cases: Sequence[Case], fold: int | None
) -> Iterator[tuple[float, float, float, Case, Floats]]:
    """Yield what mixes that did not see it say of each item of a family outside a fold.

    These are the chance, what happened, one over the number of such items of the world, the world, and what vectors
    weigh in the mix.
    """
    for case, here in zip(cases, learnt.fold_of, strict=True):
        items = [item for item in case.items if item.name == family]
        if here == fold or not items:
            continue
        if fold is None:
            weights = learnt.weights[frozenset({int(here)})][learnt.kept[-1]]
        else:
            weights = learnt.mix(fold, int(here))
        for item in items:
            p = float(mixed_chance(case.fresh[:, :, item.columns.start], weights[None])[0])
            yield p, item.observed, 1.0 / len(items), case, weights


def boards(scores: pd.DataFrame, resamples: int, seed: int) -> pd.DataFrame:
    """Return a row for each mix, family and rule, beside the best rival; ``mix`` names the mix.

    Parameters
    ----------
    scores
        By item.
    resamples, seed
        See `sim.study.score.board.board`.
    """
    found = []
    for mix in MIXES:
        rows = scores[~scores["forecast"].isin(MIXES) | (scores["forecast"] == mix)]
        known = rows.loc[rows["forecast"] == mix, "family"].unique()
        own = rows[rows["family"].isin(known)].replace({"forecast": {mix: MODEL}})
        found.append(board(own, resamples, seed).assign(mix=mix))
    return pd.concat(found, ignore_index=True)


def curve_table(learnt: Learnt, cases: Sequence[Case]) -> pd.DataFrame:
    """Return what each kept share of the vectors gives, left out, by family.

    Columns: ``share``, ``family`` (``loss`` is the one by which vectors are chosen), mean ``score``, its standard
    ``error`` over ``worlds``, how many ``folds``, left out, leave this share to be chosen, and whether all together do
    (``is_chosen``).
    """
    by_fold = [
        mix_scores(case, learnt.weights[frozenset({int(f)})]) for case, f in zip(cases, learnt.fold_of, strict=True)
    ]
    scores = np.stack(by_fold)  # (world, share, family)
    total = learnt.left_out[learnt.fold_of, np.arange(len(cases))]
    rows = []
    for number, share in enumerate(KEPT):
        columns = {LOSS: total[:, number]} | {name: scores[:, number, f] for f, name in enumerate(WEIGHTS)}
        for name, values in columns.items():
            known = values[np.isfinite(values)]
            error = float(known.std(ddof=1) / np.sqrt(len(known))) if len(known) > 1 else np.nan
            mean = float(known.mean()) if len(known) else np.nan
            folds = int((learnt.kept[:-1] == number).sum())
            rows.append((share, name, mean, error, len(known), folds, bool(learnt.kept[-1] == number)))
    return pd.DataFrame(rows, columns=["share", "family", "score", "error", "worlds", "folds", "is_chosen"])
