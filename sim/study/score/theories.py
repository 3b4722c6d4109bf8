"""Score rival theories of the same wars: what each is worth in which family, and what all are worth together.

A theory is a choice of rules; the first is the usual one, to which the others are held. All foretell the same wars,
runs weighed as other countries' falls teach. Alone, a theory gains what it saves of the usual one's score. Together
they make a stack (`sim.study.score.stacking`), whose weights are learnt from other countries' wars.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.core.outputs import Kind, output
from sim.ensemble.store.folders import DIGEST_LENGTH
from sim.ensemble.store.manifest import store_frames
from sim.ensemble.store.provenance import versions
from sim.ensemble.store.results import COMPLETE
from sim.ensemble.store.schema import Names, schema_of
from sim.study.score.board import INTERVAL, drawn_worlds, skill_interval
from sim.study.score.families import FAMILIES, Lived, forecast_of
from sim.study.score.forecast import Forecast, scaled
from sim.study.score.score import Judged, Settings, judge, outcomes_of, tilt_without
from sim.study.score.stacking import Forms, form_of, stack
from sim.study.score.tilt import tilted_forecast
from sim.study.score.versus import HELPS, HURTS, OPEN

Floats = npt.NDArray[np.float64]
Told: TypeAlias = dict[tuple[str, str, str], Forecast]
"""What a theory says, by family, world and item."""

WORTH = "theories"
STACKED, ALL = "stacked", "all"
"""All theories together; all families together, each by its share of the usual theory's score."""
RESAMPLES = 256
"""How often worlds are drawn anew for the interval of a weight."""


class WorthRow:
    """A theory, or their stack, in a family, in ``theories.parquet``."""

    family: str = output(Kind.TEXT, "", "which family of numbers", "`all`: each by its share of the usual one's score")
    theory: str = output(Kind.TEXT, "", "which theory", "`stacked`: their mixture, each country left out")
    n: int = output(Kind.COUNT, "items", "how many were scored")
    worlds: int = output(Kind.COUNT, "worlds", "in how many worlds")
    score: float = output(Kind.INDEX, "of the rule", "mean score", "CRPS, of yes and no Brier; smaller is better")
    gain: float = output(Kind.INDEX, "share", "1 - score / that of the usual theory", null="that scores 0")
    gain_low: float = output(Kind.INDEX, "share", "lower end of its 90 % interval", "over worlds", null="one world")
    gain_high: float = output(Kind.INDEX, "share", "upper end", null="one world")
    verdict: str = output(Kind.TEXT, "", "`helps`, `hurts` or `cannot be told` by that interval")
    weight: float = output(Kind.SHARE, "share", "its part of the mixture that scores best", null="the mixture itself")
    weight_low: float = output(Kind.SHARE, "share", "lower end of its 90 % interval", "over worlds", null="as above")
    weight_high: float = output(Kind.SHARE, "share", "upper end", null="as above")


SCHEMA = schema_of(WorthRow, Names())


@dataclass(frozen=True, eq=False)
class Theories:
    """Hold what rival theories are worth.

    Parameters
    ----------
    folder, manifest
        Where it lies, and what it was made from.
    table
        A row for each family and theory, and one for their stack.
    """

    folder: Path
    manifest: dict[str, Any]
    table: pd.DataFrame


@dataclass(frozen=True, eq=False)
class _Items:
    """Hold how theories score on the items of a family: forms, and each item's world and what it is left out with."""

    forms: Forms
    worlds: npt.NDArray[np.str_]
    folds: npt.NDArray[np.str_]


def told_by(worlds: Sequence[Lived]) -> Told:
    """Return what runs say of every item, weighed as other countries' falls teach.

    Parameters
    ----------
    worlds
        Of one theory.
    """
    judged = _judged(worlds)
    outcomes, forecasts = outcomes_of(worlds, judged), Told()
    for world, at in zip(worlds, judged, strict=True):
        tilt = tilt_without(outcomes, at)
        for family in FAMILIES:
            for known in at.known[family.name]:
                item = known.seen.item
                weighed = tilted_forecast(family, world, item, tilt)
                forecasts[family.name, world.name, item] = weighed or forecast_of(family, world, item)
    return forecasts


def _judged(worlds: Sequence[Lived]) -> list[Judged]:
    """Return what is known of worlds."""
    return [judge(world.name, world.tables, Settings()) for world in worlds]


def theories(
    told: Mapping[str, Told], worlds: Sequence[Lived], folder: Path, made_from: Sequence[str], command: str
) -> Theories:
    """Return what rival theories are worth; nothing is written yet.

    Parameters
    ----------
    told
        What each says, by name, the usual one first.
    worlds
        The worlds, as any of them has lived them.
    folder, made_from, command
        Folder for all results, digests of what was scored, and the command that makes it again.
    """
    items = _items(told, _judged(worlds))
    names = list(told)
    digest = hashlib.sha256(" ".join([*names, *made_from]).encode()).hexdigest()
    manifest = {
        "status": COMPLETE,
        "theories": names,
        "worlds": [world.name for world in worlds],
        "runs": max(len(world.runs) for world in worlds),
        "config_digest": digest,
        "command": command,
        "versions": versions(),
        "figures": {},
    }
    rows = [row for family, own in items.items() for row in _worth(family, names, own)]
    table = pd.DataFrame(rows, columns=SCHEMA.names)
    return Theories(folder / "score" / f"theories-{digest[:DIGEST_LENGTH]}", manifest, table)


def store_theories(found: Theories) -> None:
    """Write what theories are worth, and the manifest."""
    store_frames(found.folder, found.manifest, {WORTH: found.table}, {WORTH: SCHEMA})


def _items(told: Mapping[str, Told], judged: Sequence[Judged]) -> dict[str, _Items]:
    """Return how theories score on all items, by family, and on those of all families together."""
    found: dict[str, _Items] = {}
    for family in FAMILIES:
        forms, worlds, folds = [], [], []
        for at in judged:
            for known in at.known[family.name]:
                said = [one[family.name, at.name, known.seen.item] for one in told.values()]
                form = form_of(said, scaled(family.kind, known.seen.value))
                if form is not None:
                    forms.append(form)
                    worlds.append(at.name)
                    folds.append(at.fold)
        if forms:
            both = Forms(np.array([one.near for one in forms]), np.array([one.apart for one in forms]))
            found[family.name] = _Items(both, np.array(worlds), np.array(folds))
    return found | {ALL: _together(list(found.values()))}


def _together(families: Sequence[_Items]) -> _Items:
    """Return the items of all families, each family with the same weight, by its share of the usual theory's score."""
    shares = [len(one.worlds) * max(float(one.forms.alone()[:, 0].mean()), 1e-12) for one in families]
    near, apart = (
        np.concatenate([getattr(one.forms, part) / share for one, share in zip(families, shares, strict=True)])
        for part in ("near", "apart")
    )
    worlds, folds = (np.concatenate([getattr(one, part) for one in families]) for part in ("worlds", "folds"))
    scale = len(near) / len(families)
    return _Items(Forms(near * scale, apart * scale), worlds, folds)


def _worth(family: str, names: Sequence[str], items: _Items) -> list[tuple[object, ...]]:
    """Return the rows of a family."""
    alone = items.forms.alone()
    weights, ends = stack(items.forms.mean()), _weight_intervals(items)
    index = pd.MultiIndex.from_arrays([items.worlds, np.arange(len(items.worlds))], names=["world", "item"])
    counts = (len(items.worlds), len(np.unique(items.worlds)))
    rows: list[tuple[object, ...]] = []
    for k, name in enumerate(names):
        told = _gain(alone[:, k], alone[:, 0], index)
        rows.append((family, name, *counts, *told, weights[k], *ends[:, k]))
    mixed = _gain(_left_out(items), alone[:, 0], index)
    return [*rows, (family, STACKED, *counts, *mixed, None, None, None)]


def _gain(own: Floats, usual: Floats, index: pd.MultiIndex) -> tuple[object, ...]:
    """Return a mean score, what it saves of the usual theory's, with interval and verdict."""
    mean, base = float(own.mean()), float(usual.mean())
    if base <= 0.0:
        return mean, None, None, None, OPEN
    how = Settings()
    low, high = skill_interval(pd.Series(own, index), pd.Series(usual, index), how.resamples, how.seed)
    return mean, 1.0 - mean / base, low, high, HELPS if low > 0.0 else HURTS if high < 0.0 else OPEN


def _left_out(items: _Items) -> Floats:
    """Return the score of the stack on each item, its weights learnt from other countries' wars."""
    scores = np.empty(len(items.folds))
    for fold in np.unique(items.folds):
        is_out = items.folds == fold
        n = items.forms.near.shape[1]
        weights = np.full(n, 1.0 / n) if is_out.all() else stack(items.forms[~is_out].mean())
        scores[is_out] = items.forms[is_out].scores(weights)
    return scores


def _weight_intervals(items: _Items) -> Floats:
    """Return the ends of the 90 % interval of each weight, from drawing whole worlds anew: (end, theory)."""
    worlds, which = np.unique(items.worlds, return_inverse=True)
    drawn = drawn_worlds(len(worlds), RESAMPLES, Settings().seed)
    counts = [np.bincount(numbers, minlength=len(worlds)).astype(np.float64)[which] for numbers in drawn]
    found = np.array([stack(items.forms.mean(each)) for each in counts])
    return np.asarray(np.quantile(found, INTERVAL, axis=0))
