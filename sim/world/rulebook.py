"""Tell one version of the rules from another by what they do: a digest of a few fixed histories.

A digest of the sources would change with every docstring and every function that is moved, and call results stale
whose numbers are the same. What counts here is what is computed: a few runs in worlds of different kinds, each with
parameters of its own so that every rule is away from its default, told to five digits, so that the last bits in which
machines differ do not count. New columns of a run's row do not count either, nor does influence, which is neither
learnt nor scored and moves nothing else.
"""

from __future__ import annotations

import functools
import hashlib

import numpy as np

from sim.core.engine import simulate
from sim.world.catalogue import ANYWHERE, choice, scenario_of
from sim.world.config import read_config
from sim.world.posterior import Posterior
from sim.world.uncertainty import calibrated_ranges, draw_rules

WORLDS = ("angola_1992", "car_2013", "levant_2024", "syria_2012", "yemen_2014")
RUNS, SEED = 4, 1
TELLING = (
    *("collapse_day", "capital_fall_day", "settlement_day", "n_falls", "n_mergers", "level_max"),
    *("fatalities_combatants", "fatalities_civilians", "displaced_peak", "refugees", "extremists_last"),
)


def is_current(posterior: Posterior) -> bool:
    """Tell whether a posterior was learnt with these rules, of these parameters, within these ranges."""
    return posterior.rulebook == rulebook_version() and dict(posterior.ranges) == calibrated_ranges()


@functools.cache
def rulebook_version() -> str:
    """Return a digest of what the rules do, in a second or so once they are compiled."""
    digest = hashlib.sha256()
    for name in WORLDS:
        config = read_config({"scenario": choice("scenario", ANYWHERE), "world": {"name": name}})
        scenario = scenario_of(config)
        runs = simulate(scenario.world, draw_rules(scenario.rules, SEED, 0, RUNS), SEED, 0, RUNS).runs
        for field in TELLING:
            digest.update(" ".join(f"{value:.5g}" for value in np.ravel(runs[field])).encode())
    return digest.hexdigest()[:16]
