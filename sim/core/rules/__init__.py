"""The rulebook: a file a mechanism, scalars in, scalar out; and all parameters as one record."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

import numpy as np

from sim.core.rules.advance import Advance
from sim.core.rules.alignment import Alignment
from sim.core.rules.attrition import Attrition
from sim.core.rules.capture import Capture
from sim.core.rules.contest import Contest
from sim.core.rules.displacement import Displacement
from sim.core.rules.extremists import Extremists
from sim.core.rules.growth import Growth
from sim.core.rules.influence import Influence
from sim.core.rules.installations import Installations
from sim.core.rules.intervention import Intervention
from sim.core.rules.morale import Morale
from sim.core.rules.orders import Orders
from sim.core.rules.patronage import Patronage
from sim.core.rules.regime import Regime
from sim.core.rules.scale import Scale
from sim.core.rules.settlement import Settlement
from sim.core.rules.spillover import Spillover
from sim.core.rules.truce import Truce
from sim.core.rules.variation import Variation
from sim.core.rules.violence import Violence


@dataclass(frozen=True)
class Rules:
    """All parameters of the model by mechanism."""

    contest: Contest = field(default_factory=Contest)
    morale: Morale = field(default_factory=Morale)
    orders: Orders = field(default_factory=Orders)
    advance: Advance = field(default_factory=Advance)
    attrition: Attrition = field(default_factory=Attrition)
    capture: Capture = field(default_factory=Capture)
    patronage: Patronage = field(default_factory=Patronage)
    intervention: Intervention = field(default_factory=Intervention)
    regime: Regime = field(default_factory=Regime)
    growth: Growth = field(default_factory=Growth)
    installations: Installations = field(default_factory=Installations)
    alignment: Alignment = field(default_factory=Alignment)
    violence: Violence = field(default_factory=Violence)
    displacement: Displacement = field(default_factory=Displacement)
    spillover: Spillover = field(default_factory=Spillover)
    extremists: Extremists = field(default_factory=Extremists)
    influence: Influence = field(default_factory=Influence)
    settlement: Settlement = field(default_factory=Settlement)
    truce: Truce = field(default_factory=Truce)
    variation: Variation = field(default_factory=Variation)
    scale: Scale = field(default_factory=Scale)


MECHANISMS: dict[str, type] = {name: type(group) for name, group in vars(Rules()).items()}


def _entry(name: str, default: Any) -> tuple[Any, ...]:
    """Return one entry of a dtype's description: a number, a vector of numbers, or the number of a choice."""
    if isinstance(default, tuple):
        return (name, np.float64, (len(default),))
    return (name, np.int64 if isinstance(default, IntEnum) else np.float64)


# One module-level dtype object: an equal but not identical one makes every compiled call ten times slower.
RULES_DTYPE = np.dtype(
    [
        (name, np.dtype([_entry(f.name, f.default) for f in dataclasses.fields(group)], align=True))
        for name, group in MECHANISMS.items()
    ],
    align=True,
)


def pack_rules(rules: Rules) -> np.ndarray:
    """Return the parameters as the one-element record that compiled code reads."""
    record = np.zeros(1, RULES_DTYPE)
    for name in MECHANISMS:
        record[0][name] = dataclasses.astuple(getattr(rules, name))
    return record
