"""Follow the ladder of escalation exactly: the chances of all rungs, day by day, from the rules alone."""

from collections.abc import Iterable

import numpy as np

from sim.core.codes import Level
from sim.core.rules.spillover import fall_probability, rise_probability
from tests.rules.ranges import default

RUNGS = ("alert", "incident", "violence", "civil_war")


def rise(level: int, pressure: float, capacity: float, guard: float = 0.0) -> float:
    """Return the chance of a step up with the default parameters."""
    if level == Level.CIVIL_WAR:
        return 0.0
    hazard = default("spillover", f"{RUNGS[level]}_per_day")
    steepness = default("spillover", f"{RUNGS[level]}_pressure")
    effects = (default("spillover", "guard_effect"), default("spillover", "capacity_effect"))
    return rise_probability(hazard, steepness, pressure, guard, capacity, *effects)


def fall(level: int, capacity: float) -> float:
    """Return the chance of a step down with the default parameters."""
    if level == Level.CALM:
        return 0.0
    hazard = default("spillover", f"{RUNGS[level - 1]}_end_per_day")
    return fall_probability(hazard, capacity, default("spillover", "recovery_effect"))


def chance_of_reaching(rung: int, capacity: float, pressures: Iterable[float], start: int = 0) -> float:
    """Return the chance that a neighbour without a guard ever reaches a rung; whoever does stays there."""
    chance = np.zeros(rung + 1)
    chance[min(start, rung)] = 1.0
    for pressure in pressures:
        tomorrow = chance.copy()
        for level in range(rung):
            up = chance[level] * rise(level, pressure, capacity)
            down = chance[level] * fall(level, capacity)
            tomorrow[level] -= up + down
            tomorrow[level + 1] += up
            tomorrow[max(level - 1, 0)] += down
        chance = tomorrow
    return float(chance[rung])
