"""Choose the few histories that stand for an ensemble, by a rule that leaves nothing to taste, and set history beside.

Runs in which the regime falls and runs in which it holds are quite different stories: each kind is ranked by itself,
the former by the day of the collapse, the latter by how much is lost.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from sim.ensemble.estimate.losses import own_side, regime_places
from sim.ensemble.estimate.rows import usable
from sim.ensemble.estimate.weights import ROUNDING, weights_of
from sim.ensemble.store.results import Results
from sim.show.kit.days import day_values
from sim.show.kit.series import Numbers
from sim.study.score.record import COLLAPSE, Record, read_record
from sim.tell.numbers import whole_percent
from sim.world.scenario import Scenario

EVENTS = ("flight_day", "collapse_day", "capital_fall_day")
FALLEN, HELD = "collapse", "no collapse"
LEVELS = {FALLEN: (0.1, 0.5, 0.9), HELD: (0.1, 0.9)}  # of runs of a kind, where there are both
ALONE = (0.1, 0.3, 0.5, 0.7, 0.9)  # where there is one kind
FEW = len(ALONE)  # so many runs are all shown
OBSERVED = "what happened"


@dataclass(frozen=True)
class History:
    """Hold what is drawn of one history.

    Parameters
    ----------
    run
        Its number, None for what happened.
    place
        Where it stands among the runs of its kind, in a few words.
    days
        Day of each of `EVENTS`, NaN where it never happens; without those that nobody has recorded.
    losses
        Days on which the regime's side loses a place, in order.
    n_lost, n_places
        How many of the places that it holds on day 0 are lost at least once.
    falls
        All changes of seats, in order of day.
    """

    run: int | None
    place: str
    days: dict[str, float]
    losses: Numbers
    n_lost: int
    n_places: int
    falls: pd.DataFrame


def choose_histories(results: Results, scenario: Scenario) -> list[History]:
    """Return the runs at a few levels within those with and those without a collapse, or all where they are few."""
    runs = usable(results.runs)
    ranked = runs.assign(lost=_n_lost(results, scenario, runs))
    ranked = ranked.sort_values(["collapse_day", "lost", "run"], na_position="last")
    if len(ranked) <= FEW:
        chosen = {rank: f"{rank + 1} of {len(ranked)}" for rank in range(len(ranked))}
    else:
        chosen = _chosen(ranked, runs, scenario)
    return [_history(ranked.iloc[rank], place, results, scenario) for rank, place in chosen.items()]


def observed_history(scenario: Scenario) -> History | None:
    """Return what happened, as far as it is recorded; None where no loss of a seat is.

    The record tells when the regime's side lost a place, not always to whom: it is drawn as the challenger's.
    """
    record, places = read_record(scenario.tables), regime_places(scenario)
    days = {place: amount[0] for place, amount in record.by_prefix("fall_day") if place in places}
    if not days:
        return None
    lost = sorted((day, place) for place, day in days.items() if day <= scenario.horizon_days)
    taker = scenario.tables.header.challenger
    columns = {
        "day": [day for day, _ in lost],
        "location_id": [place for _, place in lost],
        "to_faction": pd.array([taker or None] * len(lost), dtype="string"),
    }
    losses = np.array([day for day, _ in lost])
    return History(None, OBSERVED, _recorded(record, scenario), losses, len(lost), len(places), pd.DataFrame(columns))


def _chosen(ranked: pd.DataFrame, runs: pd.DataFrame, scenario: Scenario) -> dict[int, str]:
    """Return the ranks of the runs that are shown, with where each stands."""
    weights = weights_of(runs, scenario)
    weighed = pd.Series(1.0 if weights is None else weights.each, runs.index)
    each = weighed[ranked.index].to_numpy(np.float64)
    has_fallen = ranked["collapse_day"].notna().to_numpy(np.bool_)
    kinds = {name: found for name, found in ((FALLEN, has_fallen), (HELD, ~has_fallen)) if found.any()}
    chosen: dict[int, str] = {}
    for name, found in kinds.items():
        (ranks,) = np.nonzero(found)
        reached = np.cumsum(each[ranks]) / each[ranks].sum()
        for level in LEVELS[name] if len(kinds) > 1 else ALONE:
            rank = int(ranks[np.searchsorted(reached, level - ROUNDING)])
            chosen.setdefault(rank, f"{name}, {whole_percent(level)}")
    return chosen


def _lost(results: Results, scenario: Scenario) -> pd.DataFrame:
    """Return the losses of places that the regime's side holds on day 0, of all runs."""
    falls, own = results.falls, own_side(scenario)
    is_loss = falls["from_faction"].isin(own) & ~falls["to_faction"].isin(own)
    return falls[is_loss & falls["location_id"].isin(regime_places(scenario))]


def _n_lost(results: Results, scenario: Scenario, runs: pd.DataFrame) -> Numbers:
    """Return how many of these places each run loses at least once."""
    lost = _lost(results, scenario).groupby("run")["location_id"].nunique()
    return np.array([lost.get(run, 0) for run in runs["run"]], np.float64)


def _history(row: pd.Series, place: str, results: Results, scenario: Scenario) -> History:
    """Return what is drawn of one run."""
    lost = _lost(results, scenario)
    lost = lost[lost["run"] == row["run"]]
    return History(
        run=int(row["run"]),
        place=place,
        days={event: float(day_values(pd.Series([row[event]]))[0]) for event in EVENTS},
        losses=day_values(lost["day"]),
        n_lost=lost["location_id"].nunique(),
        n_places=len(regime_places(scenario)),
        falls=results.falls[results.falls["run"] == row["run"]],
    )


def _recorded(record: Record, scenario: Scenario) -> dict[str, float]:
    """Return the recorded days of events, NaN where they did not come within the horizon."""
    rows = {"flight_day": ("leader_flight_day",), "collapse_day": COLLAPSE, "capital_fall_day": ("capital_fall_day",)}
    return {event: _first(record, names, scenario) for event, names in rows.items() if record.rows.keys() & {*names}}


def _first(record: Record, names: Sequence[str], scenario: Scenario) -> float:
    """Return the first recorded day of some rows within the horizon, NaN for never."""
    days = [record.rows[name][0] for name in names if name in record.rows]
    return min((day for day in days if day <= scenario.horizon_days), default=np.nan)
