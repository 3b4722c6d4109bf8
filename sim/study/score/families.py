"""Name every family of numbers that is scored: how it is read from the record, and from which columns of an ensemble.

This is the one place that maps what is scored to what runs leave behind.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.core.codes import Level
from sim.ensemble.estimate.rows import days_of, usable
from sim.ensemble.store.results import Results
from sim.ensemble.store.schema import state_column
from sim.study.score import record as seen
from sim.study.score.forecast import Forecast, Kind, Levels, Sample, Split, chance
from sim.study.score.record import Observation, Reader
from sim.world.tables import Tables
from sim.world.ties import survey_ties

Floats = npt.NDArray[np.float64]
DAYS = (30, 60, 120, 180)
"""Days by which a fall is scored besides the horizon, which was chosen after the story."""


@dataclass(frozen=True, eq=False)
class Lived:
    """Hold what the runs of one world left behind, failed ones left out.

    Parameters
    ----------
    name, tables
        The world.
    runs, falls
        Tables of an ensemble of the world as it was on day 0, over its own horizon.
    """

    name: str
    tables: Tables
    runs: pd.DataFrame
    falls: pd.DataFrame

    @property
    def horizon(self) -> int:
        """Return how many days a run lasts."""
        return self.tables.header.horizon_days

    @property
    def fell(self) -> npt.NDArray[np.bool_]:
        """Return in which runs the regime collapses."""
        return np.isfinite(self.days)

    @property
    def days(self) -> Floats:
        """Return the day of the collapse in each run, infinite where there is none."""
        return _days(self, "collapse_day")

    @functools.cached_property
    def losses(self) -> pd.DataFrame:
        """Return the day on which the regime's side first lost each seat to anybody outside it: a row a run."""
        ties = survey_ties(self.tables)
        own = self.tables.factions["id"][ties.side == ties.roster.regime]
        is_loss = self.falls["from_faction"].isin(own) & ~self.falls["to_faction"].isin(own)
        days = self.falls[is_loss].pivot_table("day", "run", "location_id", aggfunc="min", observed=True)
        return days.reindex(index=self.runs["run"], columns=list(self.tables.locations["id"]))


def lived(name: str, tables: Tables, results: Results) -> Lived:
    """Return what the runs of a world left behind.

    Parameters
    ----------
    name, tables, results
        The world and its ensemble.
    """
    return Lived(name, tables, usable(results.runs), results.falls)


@dataclass(frozen=True)
class Family:
    """Name a family of numbers that are scored alike.

    Parameters
    ----------
    name, kind, title
        Its key, how it is scored, and what it is in words.
    observed
        Its observations in the record of a world.
    values
        Each run's number for an item, before it is scaled: for a level its number, for a split a row of shares a run.
    """

    name: str
    kind: Kind
    title: str
    observed: Reader
    values: Callable[[Lived, str], Floats]


def forecast_of(family: Family, world: Lived, item: str, weights: Floats | None = None) -> Forecast:
    """Return what the runs of a world say of an item; see `forecast_from`."""
    values = family.values(world, item)
    return forecast_from(family.kind, np.log10(1.0 + values) if family.kind is Kind.AMOUNT else values, weights)


def forecast_from(kind: Kind, values: Floats, weights: Floats | None = None) -> Forecast:
    """Return what runs say.

    Parameters
    ----------
    kind
        What sort of number it is.
    values
        Numbers of the runs on the scale of the score; for a split a row a run.
    weights
        Of the runs, 1 on average; by default all alike.
    """
    each = np.ones(len(values)) if weights is None else weights
    if kind is Kind.CHANCE:
        return chance(float((each * values).sum()), len(values))
    if kind is Kind.LEVEL:
        return Levels(np.bincount(values.astype(np.int64), each, minlength=len(Level)) / len(values))
    if kind is Kind.SPLIT:
        return Split(np.average(values, axis=0, weights=weights))
    return Sample(values, is_drawn=True) if weights is None else Sample(values, weights / weights.sum())


def scored(family: Family, record: seen.Record) -> list[Observation]:
    """Return the observations of a family that are not left out."""
    return [one for one in family.observed(record) if one.row not in record.unscored]


def _collapse_by(day: int | None) -> Callable[[Lived, str], Floats]:
    """Return whether each run has collapsed by a day, None for the horizon."""
    return lambda world, _: (_days(world, "collapse_day") <= (day or world.horizon)).astype(np.float64)


def _day(column: str) -> Callable[[Lived, str], Floats]:
    """Return the day of an event as a share of the horizon, 1 for never."""
    return lambda world, _: np.minimum(_days(world, column), world.horizon) / world.horizon


def _days(world: Lived, column: str) -> Floats:
    """Return days of the runs, infinite for never."""
    return days_of(world.runs[column])


def _seat_day(world: Lived, item: str) -> Floats:
    """Return the day of the first loss of a seat as a share of the horizon, 1 for never."""
    return np.minimum(days_of(world.losses[item]), world.horizon) / world.horizon


def _seat_falls(world: Lived, item: str) -> Floats:
    """Return whether each run loses a seat."""
    return world.losses[item].notna().to_numpy().astype(np.float64)


def _seats_lost(world: Lived, _: str) -> Floats:
    """Return the share of the regime's seats that each run loses, of those that the record tells of."""
    record = seen.read_record(world.tables)
    seats = [one.item for one in seen.seat_falls(record) if one.row not in record.unscored]
    return world.losses[seats].notna().mean(axis=1).to_numpy(np.float64)


def _persons(*columns: str) -> Callable[[Lived, str], Floats]:
    """Return the sum of some columns of the runs."""
    return lambda world, _: world.runs[list(columns)].sum(axis=1).to_numpy(np.float64)


def _arrived(world: Lived, item: str) -> Floats:
    """Return how many people arrived in a neighbour who were no refugees before."""
    return world.runs[state_column("arrived", item)].to_numpy(np.float64)


def _by_neighbour(world: Lived) -> Floats:
    """Return how many people arrived, a row a run and a column a neighbour."""
    return np.column_stack([_arrived(world, state) for state in world.tables.header.neighbours])


def _all_arrived(world: Lived, _: str) -> Floats:
    """Return how many people arrived in all neighbours."""
    return np.asarray(_by_neighbour(world).sum(axis=1))


def _parted(world: Lived, _: str) -> Floats:
    """Return the shares of the neighbours in those who arrived; equal ones where nobody did."""
    arrived = _by_neighbour(world)
    total = arrived.sum(axis=1, keepdims=True)
    shares: Floats = np.where(total > 0.0, arrived / np.maximum(total, 1.0), 1.0 / arrived.shape[1])
    return shares


def _highest(world: Lived, item: str) -> Floats:
    """Return the highest level that a neighbour reaches in each run."""
    return world.runs[state_column("level_max", item)].to_numpy(np.float64)


def _is_incident(world: Lived, item: str) -> Floats:
    """Return whether a neighbour has any armed incident in each run."""
    return (_incidents(world, item) >= 1.0).astype(np.float64)


def _incidents(world: Lived, item: str) -> Floats:
    """Return how many armed incidents a neighbour has in each run."""
    return world.runs[state_column("incidents", item)].to_numpy(np.float64)


def _log_day(world: Lived, _: str) -> Floats:
    """Return the day of the collapse, the horizon where there is none."""
    return np.minimum(_days(world, "collapse_day"), world.horizon)


FAMILIES = (
    Family("fall", Kind.CHANCE, "the regime collapses", seen.fall, _collapse_by(None)),
    *(
        Family(f"fall_by_{d}", Kind.CHANCE, f"the regime collapses by day {d}", seen.fall_by(d), _collapse_by(d))
        for d in DAYS
    ),
    Family("collapse_day", Kind.SHARE, "day of the collapse / horizon", seen.collapse_day, _day("collapse_day")),
    Family("collapse_log_day", Kind.AMOUNT, "day of a collapse that came", seen.collapse_log_day, _log_day),
    Family("capital_day", Kind.SHARE, "day the capital falls / horizon", seen.capital_day, _day("capital_fall_day")),
    Family("seat_day", Kind.SHARE, "day a seat is first lost / horizon", seen.seat_day, _seat_day),
    Family("seat_falls", Kind.CHANCE, "a seat is lost", seen.seat_falls, _seat_falls),
    Family("seats_lost", Kind.SHARE, "share of the seats that are lost", seen.seats_lost, _seats_lost),
    Family(
        "killed",
        Kind.AMOUNT,
        "people killed",
        seen.amount_of("fatalities_total"),
        _persons("fatalities_combatants", "fatalities_civilians"),
    ),
    Family(
        "civilians_killed",
        Kind.AMOUNT,
        "civilians killed",
        seen.amount_of("fatalities_civilian"),
        _persons("fatalities_civilians"),
    ),
    Family("displaced", Kind.AMOUNT, "newly displaced", seen.amount_of("displaced"), _persons("displaced_new")),
    Family("arrivals", Kind.AMOUNT, "refugees who arrived", seen.arrivals, _all_arrived),
    Family("arrivals_by_neighbour", Kind.AMOUNT, "refugees in a neighbour", seen.arrivals_by_neighbour, _arrived),
    Family("split", Kind.SPLIT, "split of refugees between neighbours", seen.split, _parted),
    Family("incident", Kind.CHANCE, "a neighbour has an incident", seen.incident, _is_incident),
    Family("incidents", Kind.AMOUNT, "incidents of a neighbour", seen.incidents, _incidents),
    Family("level", Kind.LEVEL, "highest level of a neighbour", seen.level, _highest),
)
"""All that is scored, in the order in which it is shown."""
