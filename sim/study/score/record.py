"""Read what happened in a world as typed observations, family by family, and what is left out of scores and why.

Definitions are here and nowhere else: what counts as collapse, which seats count, which row of the record tells how
many people arrived. Rows that cannot be compared with anything a run counts are named in the world's `unscored.csv`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from sim.core.codes import Level
from sim.world.header import WorldHeader
from sim.world.tables import Tables
from sim.world.ties import survey_ties

COMPLETE = 0.95
"""Share of a world's refugees to which its rows by neighbour add up where a neighbour without a row received nobody."""

OWN_WAR = "own_war"
COLLAPSE = ("regime_fall_day", "capital_fall_day", "flight_day")


@dataclass(frozen=True)
class Observation:
    """Hold one thing that happened, or did not.

    Parameters
    ----------
    item
        Seat or neighbour that it is about, empty for the war as a whole.
    row
        Where it stands: a row of `observed.csv` by its name, or ``table/state`` of another table.
    value, low, high
        What is scored, with its range: persons, days as shares of the horizon, 1 or 0, a level.
    parts
        Shares of a whole, for what is a split; ``value`` then tells the whole.
    """

    item: str
    row: str
    value: float
    low: float
    high: float
    parts: tuple[float, ...] = ()


Amount = tuple[float, float, float]
"""A number with the low and the high end of its range."""


@dataclass(frozen=True)
class Record:
    """Hold the outcome tables of a world by row.

    Parameters
    ----------
    header
        The frame of the world.
    rows
        Value, low and high of the rows of `observed.csv`.
    levels, checks
        Highest level and checked arrivals by neighbour, as far as there are tables of them.
    seats
        Places of the contested state that the regime's side holds on day 0.
    unscored
        Rows that are left out of scores, each with the reason.
    """

    header: WorldHeader
    rows: dict[str, Amount]
    levels: dict[str, Amount]
    checks: dict[str, Amount]
    seats: tuple[str, ...]
    unscored: dict[str, str]

    def amount(self, row: str) -> Amount | None:
        """Return a row's value and range, None where there is no value."""
        found = self.rows.get(row)
        return None if found is None or math.isnan(found[0]) else found

    def by_prefix(self, prefix: str) -> Iterator[tuple[str, Amount]]:
        """Yield the rows ``prefix/item`` by item, in the order of the table."""
        for name, amount in self.rows.items():
            first, _, item = name.partition("/")
            if first == prefix and item:
                yield item, amount


Reader = Callable[[Record], list[Observation]]


def read_record(tables: Tables) -> Record:
    """Return what a world's outcome tables tell.

    Parameters
    ----------
    tables
        The world.
    """
    columns = ["name", "value", "low", "high"]
    rows = {} if tables.observed is None else {n: _ranged(*x) for n, *x in tables.observed[columns].tolist()}
    checks = _by_state(tables.refugees_check, "arrivals_within_horizon")
    levels = _by_state(tables.observed_levels, "level")
    return Record(tables.header, rows, levels, checks, _seats(tables), _unscored(tables))


def fall(record: Record) -> list[Observation]:
    """Return whether the regime collapsed: fell, lost the capital or fled, whichever came first."""
    return _fell_by(record, record.header.horizon_days)


def fall_by(day: int) -> Reader:
    """Return a reader of whether the regime had collapsed by a day, in worlds that reach as far."""

    def read(record: Record) -> list[Observation]:
        return _fell_by(record, day) if day <= record.header.horizon_days else []

    return read


def collapse_day(record: Record) -> list[Observation]:
    """Return the day of the collapse as a share of the horizon, 1 where there was none."""
    if record.amount("regime_falls") is None:
        return []
    return [_day_share(record, "", "regime_fall_day", _collapse(record))]


def collapse_log_day(record: Record) -> list[Observation]:
    """Return the day of the collapse in days, where there was one: it owes nothing to the horizon."""
    day = _collapse(record)
    return [Observation("", "regime_fall_day", *day)] if day[0] <= record.header.horizon_days else []


def capital_day(record: Record) -> list[Observation]:
    """Return the day on which the capital fell as a share of the horizon, 1 where it did not."""
    if "capital_fall_day" not in record.rows:
        return []
    return [_day_share(record, "", "capital_fall_day", record.rows["capital_fall_day"])]


def seat_day(record: Record) -> list[Observation]:
    """Return the day of the first loss of each seat of the regime's side, as a share of the horizon."""
    falls = record.by_prefix("fall_day")
    return [_day_share(record, seat, f"fall_day/{seat}", day) for seat, day in falls if seat in record.seats]


def seat_falls(record: Record) -> list[Observation]:
    """Return whether each seat of the regime's side was lost."""
    falls = [(seat, day[0]) for seat, day in record.by_prefix("fall_day") if seat in record.seats]
    horizon = record.header.horizon_days
    return [_chance(seat, f"fall_day/{seat}", happened=day <= horizon) for seat, day in falls]


def seats_lost(record: Record) -> list[Observation]:
    """Return the share of the regime's seats that were lost."""
    lost = [seen.value for seen in seat_falls(record) if seen.row not in record.unscored]
    if not lost:
        return []
    share = float(np.mean(lost))
    return [Observation("", "fall_day", share, share, share)]


def amount_of(row: str) -> Reader:
    """Return a reader of one amount of `observed.csv`."""

    def read(record: Record) -> list[Observation]:
        found = record.amount(row)
        return [] if found is None else [Observation("", row, *found)]

    return read


def arrivals_by_neighbour(record: Record) -> list[Observation]:
    """Return how many people arrived in each neighbour: as checked, else as observed, else nobody if no one is missing.

    A neighbour without a row received nobody where the other rows add up to the world's refugees.
    """
    observed = {state: amount for state, amount in record.by_prefix("refugees") if not math.isnan(amount[0])}
    total = record.amount("refugees")
    is_complete = total is not None and sum(amount[0] for amount in observed.values()) >= COMPLETE * total[0]
    found = []
    for state in record.header.neighbours:
        if state in record.checks:
            found.append(Observation(state, f"refugees_check/{state}", *record.checks[state]))
        elif state in observed or is_complete:
            found.append(Observation(state, f"refugees/{state}", *observed.get(state, (0.0, 0.0, 0.0))))
    return found


def arrivals(record: Record) -> list[Observation]:
    """Return how many people arrived in all neighbours: the sum of what was checked, else the row of the world."""
    if not record.checks:
        return amount_of("refugees")(record)
    parts = arrivals_by_neighbour(record)
    if len(parts) < len(record.header.neighbours):
        return amount_of("refugees")(record)
    value, low, high = (sum(getattr(part, end) for part in parts) for end in ("value", "low", "high"))
    return [Observation("", "refugees_check", value, low, high)]


def split(record: Record) -> list[Observation]:
    """Return how those who arrived were split between the neighbours, where all of them are known and some arrived."""
    parts = arrivals_by_neighbour(record)
    total = sum(part.value for part in parts)
    is_whole = len(parts) == len(record.header.neighbours) > 1
    if not is_whole or total <= 0.0 or any(part.row in record.unscored for part in parts):
        return []
    shares = tuple(part.value / total for part in parts)
    return [Observation("", "refugees", total, total, total, shares)]


def incidents(record: Record) -> list[Observation]:
    """Return how many armed incidents tied to the war each neighbour had on or over its border."""
    rows = record.by_prefix("spillover_incidents")
    return [Observation(state, f"spillover_incidents/{state}", *n) for state, n in rows if not math.isnan(n[0])]


def incident(record: Record) -> list[Observation]:
    """Return whether each neighbour had any incident."""
    return [_chance(seen.item, seen.row, happened=seen.value >= 1.0) for seen in incidents(record)]


def level(record: Record) -> list[Observation]:
    """Return the highest level that each neighbour reached."""
    return [Observation(state, f"observed_levels/{state}", *found) for state, found in record.levels.items()]


N_LEVELS = len(Level)


def _fell_by(record: Record, day: int) -> list[Observation]:
    """Return whether the regime had collapsed by a day."""
    if record.amount("regime_falls") is None:
        return []
    return [_chance("", "regime_falls", happened=_collapse(record)[0] <= day)]


def _collapse(record: Record) -> Amount:
    """Return the first day of the collapse with its range, NaN where there was none within the horizon."""
    known = [amount for row in COLLAPSE if (amount := record.amount(row)) is not None]
    first = min(known, default=(math.nan,) * 3)
    return first if first[0] <= record.header.horizon_days else (math.nan,) * 3


def _day_share(record: Record, item: str, row: str, day: Amount) -> Observation:
    """Return a day as a share of the horizon, 1 where it was never reached."""
    horizon = float(record.header.horizon_days)
    value, low, high = (1.0 if math.isnan(day[0]) else min(end, horizon) / horizon for end in day)
    return Observation(item, row, value, low, high)


def _chance(item: str, row: str, *, happened: bool) -> Observation:
    """Return what happened or not as 1 or 0."""
    one = float(happened)
    return Observation(item, row, one, one, one)


def _ranged(value: float, low: float, high: float) -> Amount:
    """Return a number with its range; a missing end is the number itself."""
    return float(value), float(value if math.isnan(low) else low), float(value if math.isnan(high) else high)


def _by_state(table: np.ndarray | None, column: str) -> dict[str, Amount]:
    """Return an amount with its range by neighbour, none without the table."""
    if table is None:
        return {}
    return {state: _ranged(*amount) for state, *amount in table[["state", column, "low", "high"]].tolist()}


def _unscored(tables: Tables) -> dict[str, str]:
    """Return which rows are left out of scores, with the reasons."""
    reasons: dict[str, str] = {}
    levels = tables.observed_levels
    if levels is not None and "note" in (levels.dtype.names or ()):
        own = [state for state, note in levels[["state", "note"]].tolist() if OWN_WAR in note]
        reasons = {
            f"observed_levels/{state}": "what this war adds to the neighbour's own war is not known" for state in own
        }
    return reasons if tables.unscored is None else reasons | dict(tables.unscored[["row", "reason"]].tolist())


def _seats(tables: Tables) -> tuple[str, ...]:
    """Return the places of the contested state that the regime's side holds on day 0."""
    ties = survey_ties(tables)
    side = dict(zip(tables.factions["id"], ties.side, strict=True))
    locations = tables.locations[tables.locations["state"] == tables.header.contested_state]
    pairs = locations[["id", "seat_holder"]].tolist()
    return tuple(place for place, holder in pairs if side.get(holder) == ties.roster.regime)
