"""Count how far neighbours are drawn in, and name and colour the levels."""

import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.patches import Patch

from sim.core.codes import Level
from sim.ensemble.estimate.knowledge import knowledge_of
from sim.ensemble.estimate.rows import days_of
from sim.ensemble.estimate.weights import Weights, shares_by_day
from sim.ensemble.store.schema import state_column
from sim.show.kit.key import Handles
from sim.show.kit.theme import LEVEL_COLOURS
from sim.tell.labels import LEVELS
from sim.tell.lookup import share
from sim.tell.places import state_names
from sim.world.scenario import Scenario


def level_handles() -> Handles:
    """Return the colours of the levels by their meaning, calm first."""
    return {
        f"{level.value} {words}": Patch(color=colour)
        for (level, words), colour in zip(LEVELS.items(), LEVEL_COLOURS, strict=True)
    }


def reached_by(
    runs: pd.DataFrame, state: str, horizon_days: int, weights: Weights | None = None
) -> npt.NDArray[np.float64]:
    """Return the share of runs in which a neighbour has reached each level or a higher one by each day.

    Parameters
    ----------
    runs
        Rows of the runs that count, at least one.
    state
        Id of the neighbour.
    horizon_days
        How many days a run lasts.
    weights
        Of the runs.

    Returns
    -------
    np.ndarray
        (level, day); all runs have reached calm.
    """
    shares = [np.ones(horizon_days)]
    for level in list(Level)[1:]:
        first = days_of(runs[state_column("level_day", state, level.value)])
        shares.append(shares_by_day(first, horizon_days, weights)[0])
    return np.array(shares)


def highest(runs: pd.DataFrame, state: str) -> npt.NDArray[np.int64]:
    """Return the highest level of a neighbour in each run.

    Parameters
    ----------
    runs
        Rows of the runs that count.
    state
        Id of the neighbour.
    """
    return runs[state_column("level_max", state)].to_numpy(np.int64)


def finding(runs: pd.DataFrame, scenario: Scenario, level: Level) -> str:
    """Return in which share of runs the two neighbours that are drawn in most often reach a level or a higher one.

    Those that are there on day 0 are left out, unless all are.

    Parameters
    ----------
    runs
        Rows of the runs that count, at least one.
    scenario
        Of a world with neighbours.
    level
        The level.
    """
    names = state_names(scenario)
    day_0 = dict(zip(scenario.tables.states["id"], scenario.world[0]["level_day_0"], strict=False))
    every = list(scenario.tables.header.neighbours)
    below = [state for state in every if day_0[state] < level] or every
    known = knowledge_of(runs, scenario)
    found = {state: share(highest(runs, state) >= level.value, known.weights, known=known) for state in below}
    first, *others = sorted(found, key=lambda state: -found[state].point)
    rung, by = f"{level.value}, {LEVELS[level]}", f"by day {scenario.horizon_days}"
    if found[first].point == 0.0:
        return f"No neighbour reaches level {rung}, {by} in any run: {found[first].tight} each"
    text = f"{names[first]} reaches level {rung}, or higher {by} in {found[first].tight} of runs"
    return f"{text}, {names[others[0]]} in {found[others[0]].tight}" if others else text
