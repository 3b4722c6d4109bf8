"""Score ensembles of worlds against history and against rivals, item by item and family by family."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import pandas as pd

from sim.ensemble.store.results import Results
from sim.study.score.board import MODEL, TILTED, best_rivals, board
from sim.study.score.coverage import COLUMNS as KNOWN_COLUMNS
from sim.study.score.coverage import known_rows
from sim.study.score.facts import Facts, read_facts
from sim.study.score.families import FAMILIES, Family, Lived, forecast_of, lived, scored
from sim.study.score.folds import Folds, fold_of
from sim.study.score.forecast import Forecast, scores_of, told, unscaled
from sim.study.score.record import Observation, Record, read_record
from sim.study.score.rivals import RIVALS, Known
from sim.study.score.tilt import FALL, FALL_DAY, Outcome, learn_tilt, outcome_of, tilt_table, tilted_forecast
from sim.world.frozen import ConfigError
from sim.world.scenario import Scenario
from sim.world.tables import Tables
from sim.world.tilt import Tilt

COLUMNS = (
    *("world", "family", "item", "observed", "low", "high", "forecast"),
    *("rule", "score", "median", "low_90", "high_90", "pit"),
)
Forecasts: TypeAlias = dict[str, Forecast | None]


@dataclass(frozen=True)
class Settings:
    """Say how worlds are scored.

    Parameters
    ----------
    folds
        What rivals do not see when they forecast a world: all wars of its country, or the world alone.
    resamples
        Draws of whole worlds for the interval of a skill; a power of two.
    seed
        Of these draws.
    """

    folds: Folds = Folds.COUNTRY
    resamples: int = 2048
    seed: int = 1


@dataclass(frozen=True, eq=False)
class Scores:
    """Hold the scores of some worlds.

    Parameters
    ----------
    table
        A row for each item, forecast and rule: ``observed`` with its range and ``median`` with the 90 % interval in the
        family's own unit, ``score`` (smaller is better), ``pit``.
    board
        A row for each family and rule: the model beside its best rival, with the skill and its interval.
    left_out
        World, row and reason of what is known and not scored.
    tilts
        How far the share of runs with a collapse may be trusted: a row for each fold that is left out, and one for
        none; see `sim.study.score.tilt`.
    known
        What is told of each item with its interval of knowledge, as other folds teach; see `sim.study.score.coverage`.
    """

    table: pd.DataFrame
    board: pd.DataFrame
    left_out: pd.DataFrame
    tilts: pd.DataFrame
    known: pd.DataFrame


@dataclass(frozen=True, eq=False)
class Judged:
    """Hold a world as a forecaster and its judge see it."""

    name: str
    fold: str
    facts: Facts
    record: Record
    known: dict[str, list[Known]] = field(default_factory=dict)


def live(scenarios: Iterable[Scenario], run: Callable[[Scenario], Results]) -> list[Lived]:
    """Return the ensembles of scenarios to be scored: computed, or read where they are stored already.

    Parameters
    ----------
    scenarios
        One a world, over the world's own horizon.
    run
        What lives one ensemble, or reads it.

    Raises
    ------
    ConfigError
        If a horizon is another than that over which history was recorded.
    """
    chosen = list(scenarios)
    check_horizons(chosen)
    return [lived(one.config.world.name, one.tables, run(one)) for one in chosen]


def check_horizons(scenarios: Sequence[Scenario]) -> None:
    """Raise ConfigError where a horizon is another than that over which history was recorded."""
    faults = [
        f"horizon_days = {one.horizon_days}: history of {one.config.world.name} is told for "
        f"{one.tables.header.horizon_days} days; leave it null to score"
        for one in scenarios
        if one.horizon_days != one.tables.header.horizon_days
    ]
    if faults:
        raise ConfigError(faults)


def score(
    worlds: Sequence[Lived], others: Sequence[tuple[str, Tables]] = (), settings: Settings | None = None
) -> Scores:
    """Return the scores of ensembles, and of rivals on the same items.

    Parameters
    ----------
    worlds
        What is scored.
    others
        The worlds with which all was developed, by name: rivals learn from them besides those that are scored, one
        fold left out, and the rival to be beaten is the one that is best on them. By default, those that are scored.
    settings
        How it is done.
    """
    how = settings or Settings()
    judged = [judge(world.name, world.tables, how) for world in worlds]
    names = {world.name for world in worlds}
    further = [judge(name, tables, how) for name, tables in others if name not in names]
    outcomes = outcomes_of(worlds, judged)
    tables = [
        score_table(at, [*judged, *further], _said_by(world, tilt_without(outcomes, at)))
        for world, at in zip(worlds, judged, strict=True)
    ]
    table = pd.concat(tables, ignore_index=True)
    known = [table, *(score_table(at, [*judged, *further], _nothing) for at in further)]
    developed = {name for name, _ in others} or names
    rivals = pd.concat([part[part["world"].isin(developed)] for part in known])
    return Scores(
        table=table,
        board=board(table, how.resamples, how.seed, best_rivals(rivals)),
        left_out=left_out_rows((at.name, at.record) for at in judged),
        tilts=tilt_table(outcomes),
        known=_known(worlds, judged, outcomes),
    )


def tilt_without(outcomes: Sequence[Outcome], at: Judged) -> Tilt:
    """Return the tilt of a world, learnt without its fold.

    Parameters
    ----------
    outcomes, at
        What wars teach, and the world.
    """
    return learn_tilt(outcomes, at.fold).tilt.at(at.facts.morale_gap)


def _known(worlds: Sequence[Lived], judged: Sequence[Judged], outcomes: Sequence[Outcome]) -> pd.DataFrame:
    """Return what is told of each item with its interval of knowledge."""
    rows = [
        row
        for world, at in zip(worlds, judged, strict=True)
        if len(world.runs)
        for row in known_rows(
            world,
            at.fold,
            at.facts.morale_gap,
            learn_tilt(outcomes, at.fold),
            ((family, one.seen) for family in FAMILIES for one in at.known[family.name]),
        )
    ]
    return pd.DataFrame(rows, columns=list(KNOWN_COLUMNS))


def outcomes_of(worlds: Sequence[Lived], judged: Sequence[Judged]) -> list[Outcome]:
    """Return what runs said of each fall that is recorded, and what happened.

    Parameters
    ----------
    worlds, judged
        What runs left behind, and their judges.
    """
    return [
        outcome_of(world, at.fold, one.seen.value, at.facts.morale_gap, day_of_fall(at))
        for world, at in zip(worlds, judged, strict=True)
        for one in at.known[FALL]
        if len(world.runs)
    ]


def day_of_fall(at: Judged) -> float:
    """Return the day on which a regime fell, NaN where it did not."""
    return next((one.seen.value for one in at.known[FALL_DAY]), math.nan)


def left_out_rows(records: Iterable[tuple[str, Record]]) -> pd.DataFrame:
    """Return world, row and reason of what is recorded and not scored.

    Parameters
    ----------
    records
        By world.
    """
    rows = [(name, row, reason) for name, record in records for row, reason in record.unscored.items()]
    return pd.DataFrame(rows, columns=["world", "row", "reason"])


def _said_by(world: Lived, tilt: Tilt) -> Callable[[Family, Observation], Forecasts]:
    """Return what the runs of a world say of any item, as they are and as they weigh."""
    return lambda family, seen: {
        MODEL: forecast_of(family, world, seen.item),
        TILTED: tilted_forecast(family, world, seen.item, tilt),
    }


def _nothing(_: Family, __: Observation) -> Forecasts:
    """Leave the word to the rivals."""
    return {}


def judge(name: str, tables: Tables, settings: Settings) -> Judged:
    """Return a world's facts and record, with its observations by family.

    Parameters
    ----------
    name, tables
        The world.
    settings
        What is left out at a time.
    """
    facts, record = read_facts(tables), read_record(tables)
    known = {family.name: [Known(facts, seen) for seen in scored(family, record)] for family in FAMILIES}
    return Judged(name, fold_of(name, facts, settings.folds), facts, record, known)


def score_table(at: Judged, learnt: Sequence[Judged], own: Callable[[Family, Observation], Forecasts]) -> pd.DataFrame:
    """Return a row for each item of a world, forecast and rule.

    Parameters
    ----------
    at
        The world.
    learnt
        Worlds from which rivals learn, those of its fold left out.
    own
        Returns forecasts by name for an item of a family; those of rivals come beside them.
    """
    rows: list[tuple[object, ...]] = []
    for family in FAMILIES:
        others = [known for other in learnt if other.fold != at.fold for known in other.known[family.name]]
        for this in at.known[family.name]:
            rivals = {rival.name: rival.learn(family.kind, others, this) for rival in RIVALS[family.name]}
            for name, forecast in (own(family, this.seen) | rivals).items():
                if forecast is not None:
                    rows += _scored(family, at.name, this, name, forecast)
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _scored(family: Family, world: str, this: Known, name: str, forecast: Forecast) -> Iterator[tuple[object, ...]]:
    """Yield a row for each rule by which a forecast of an item is scored."""
    seen, short = this.seen, told(forecast, this.seen, family.kind)
    median, low, high = (unscaled(family.kind, end) for end in (short.median, short.low, short.high))
    for rule, value in scores_of(forecast, seen, family.kind).items():
        yield (
            *(world, family.name, seen.item, seen.value, seen.low, seen.high, name),
            *(rule, value, median, low, high, short.pit),
        )
