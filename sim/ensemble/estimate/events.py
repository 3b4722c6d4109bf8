"""Estimate how often what is told one by one in a run's events happens: breaks of prisons that hold extremists."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from sim.core.codes import Event
from sim.ensemble.estimate.knowledge import knowledge_of
from sim.ensemble.estimate.rows import Row, amount_rows, by_day_rows, usable
from sim.ensemble.store.results import Frame, pieces_of
from sim.world.scenario import Scenario

BREAK = Event.PRISON_BREAK.name.lower()


def prison_break_rows(runs: Frame, events: Frame, scenario: Scenario) -> Iterator[Row]:
    """Yield how likely a prison break is by when, and how many there are; nothing where no prison can break.

    Parameters
    ----------
    runs, events
        Tables of the ensemble, failed runs included, in memory or on disk.
    scenario
        What was run.
    """
    if not scenario.world[0]["detainees"].any():
        return
    counted = usable(runs)
    numbers, known = pd.Index(counted["run"]), knowledge_of(counted, scenario)
    first, counts = np.full(len(numbers), np.inf), np.zeros(len(numbers))
    for piece in pieces_of(events, ("run", "day", "kind")):
        breaks = piece[piece["kind"] == BREAK]
        rank = numbers.get_indexer(pd.Index(breaks["run"]))
        days = breaks["day"].to_numpy(np.float64)
        np.minimum.at(first, rank[rank >= 0], days[rank >= 0])
        np.add.at(counts, rank[rank >= 0], 1.0)
    yield from by_day_rows("prison_break_by_day", None, first, scenario.horizon_days, known)
    yield from amount_rows("prison_breaks", None, counts, "breaks", scenario.horizon_days, known)
