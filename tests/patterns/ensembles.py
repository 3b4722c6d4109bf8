"""Ensembles that the patterns are judged on, and what several patterns read out of them."""

from dataclasses import dataclass

import numpy as np

from sim.core.codes import NOBODY
from sim.core.engine import simulate
from sim.world.scenario import Scenario
from tests.worlds import SEED, scenario_of

LEVANT = "levant_2024"
STATES = list(scenario_of(LEVANT).tables.states["id"])
STRANGERS = 0.5  # a holder is no stranger where its enemies controlled less than this on day 0
HOSTILE_TIE = -0.4


@dataclass(frozen=True)
class Ensemble:
    """Runs of one scenario; ``days`` has a row a run and a column a day."""

    scenario: Scenario
    runs: np.ndarray
    falls: np.ndarray
    events: np.ndarray
    days: np.ndarray

    @property
    def fallen(self) -> np.ndarray:
        """Return the numbers of the runs in which the regime collapsed."""
        return np.flatnonzero(self.runs["collapse_day"] >= 0)

    def falls_of(self, run: int) -> np.ndarray:
        """Return the changes of seats of one run in the contested state, by day."""
        first, after = np.searchsorted(self.falls["run"], [run, run + 1])
        falls = self.falls[first:after]
        w = self.scenario.world[0]
        at_home: np.ndarray = falls[w["state_of"][falls["location"]] == w["contested_state"]]
        return at_home

    def losses(self, run: int) -> np.ndarray:
        """Return those in which the regime's side lost."""
        w, falls = self.scenario.world[0], self.falls_of(run)
        loser = falls["from_faction"]
        lost: np.ndarray = falls[(loser != NOBODY) & (w["side"][loser] == w["regime"])]
        return lost


def ensemble_of(scenario: Scenario, n_runs: int, n_traced: int = 0) -> Ensemble:
    """Return runs 0 to ``n_runs`` - 1 of a scenario, the first of them with day series."""
    histories = simulate(scenario.world, scenario.rules, SEED, 0, n_runs, n_traced)
    days = histories.daily.reshape(n_traced, scenario.horizon_days)
    return Ensemble(scenario, histories.runs, histories.falls, histories.events, days)


def inside(scenario: Scenario) -> np.ndarray:
    """Mark the places of the contested state among those in use."""
    w = scenario.world[0]
    return np.asarray(w["state_of"][: w["n_locations"]] == w["contested_state"])
