"""Count how far neighbours are drawn in, and name and colour the levels."""

import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.patches import Patch

from sim.core.codes import Level
from sim.ensemble.store.schema import state_column
from sim.show.kit.days import day_values
from sim.show.kit.key import Handles
from sim.show.kit.theme import LEVEL_COLOURS
from sim.show.kit.wording import share_of
from sim.tell.labels import LEVELS
from sim.tell.places import state_names
from sim.world.scenario import Scenario


def level_handles() -> Handles:
    """Return the colours of the levels by their meaning, calm first."""
    return {
        f"{level.value} {words}": Patch(color=colour)
        for (level, words), colour in zip(LEVELS.items(), LEVEL_COLOURS, strict=True)
    }


def reached_by(runs: pd.DataFrame, state: str, horizon_days: int) -> npt.NDArray[np.float64]:
    """Return the share of runs in which a neighbour has reached each level or a higher one by each day.

    Parameters
    ----------
    runs
        Rows of the runs that count, at least one.
    state
        Id of the neighbour.
    horizon_days
        How many days a run lasts.

    Returns
    -------
    np.ndarray
        (level, day); all runs have reached calm.
    """
    days = np.arange(horizon_days)
    shares = [np.ones(horizon_days)]
    for level in list(Level)[1:]:
        first = np.sort(day_values(runs[state_column("level_day", state, level.value)]))  # never comes last
        shares.append(np.searchsorted(first, days, side="right") / len(runs))
    return np.array(shares)


def highest_counts(runs: pd.DataFrame, state: str) -> npt.NDArray[np.int64]:
    """Return in how many runs each level is a neighbour's highest, (level,).

    Parameters
    ----------
    runs
        Rows of the runs that count.
    state
        Id of the neighbour.
    """
    highest = runs[state_column("level_max", state)].to_numpy(np.int64)
    return np.bincount(highest, minlength=len(Level))


def finding(runs: pd.DataFrame, scenario: Scenario, level: Level) -> str:
    """Return in how many runs the two neighbours that are drawn in most often reach a level or a higher one.

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
    counts = {state: int(highest_counts(runs, state)[level.value :].sum()) for state in below}
    first, *others = sorted(counts, key=lambda state: -counts[state])
    rung = f"{level.value}, {LEVELS[level]}"
    by, share = f"by day {scenario.horizon_days}", share_of(counts[first], len(runs))
    if counts[first] == 0:
        return f"No neighbour reaches level {rung}, {by} in any run: {share} each"
    text = f"{names[first]} reaches level {rung}, or higher {by} in {share} of runs"
    return f"{text}, {names[others[0]]} in {share_of(counts[others[0]], len(runs))}" if others else text
