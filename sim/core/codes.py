"""Name the small integers that are stored in arrays or enter the key of a draw."""

from enum import IntEnum

ENTITY_STRIDE = 64
"""An entity that is a pair (location, faction) has the number location * ENTITY_STRIDE + faction."""

NEVER = -1
"""The day of something that did not happen within the horizon."""

NOBODY = -1
"""The index of no faction, no state, or no location."""


class Purpose(IntEnum):
    """What a draw decides. Values are never renumbered or reused, and each is used at one place (< 64)."""

    TEMPO = 1
    STRENGTH = 2
    QUALITY = 3
    SIDE_RESOLVE = 4
    GARRISON_RESOLVE = 5
    PATRON_ABSTAINS = 6
    DISSOLUTION = 7
    ENGAGEMENT = 8
    LOSSES_ATTACKER = 9
    LOSSES_DEFENDER = 10
    PAUSE = 11
    AWAKENING = 12
    STORM = 13
    FLIGHT = 14
    COUP = 15
    COUP_DEAL = 16
    COLLAPSE_DISSOLUTION = 17
    STRIKE = 18
    STRIKE_SIZE = 19
    COUP_RESOLVE = 20


class Outcome(IntEnum):
    """How the regime's run ended; the first of these that happened."""

    IN_POWER = 0
    FLIGHT = 1
    CAPITAL = 2
    DISINTEGRATION = 3
    COUP = 4


class RunStatus(IntEnum):
    """Whether a run can be used."""

    OK = 0
    NOT_FINITE = 1
    TOO_MANY_FALLS = 2
    FAILED = 3


class Lever(IntEnum):
    """What an actor can decide in a scenario."""

    SUPPORT = 1
    INITIATIVE = 2
    RESOLVE = 3
    STRENGTH = 4
    RESTRAINT = 5
    STRIKES = 6


class Terrain(IntEnum):
    """Ground that the defence can use."""

    FLAT = 0
    DESERT = 1
    HILLS = 2
    MOUNTAIN = 3
    URBAN = 4


class Order(IntEnum):
    """What a side does about a location today."""

    NONE = 0
    OPPOSED = 1
    PURSUIT = 2
