"""Name the small integers that are stored in arrays or enter the key of a draw."""

from enum import IntEnum, unique
from typing import cast

import numpy as np

ENTITY_STRIDE = 64
"""An entity that is a pair (location, faction) has the number location * ENTITY_STRIDE + faction."""

NEVER = -1
"""The day of something that did not happen within the horizon."""

# Typed, not a literal: "nobody yet" would make compiled code for -1 of every function that is asked about somebody.
NOBODY = cast("int", np.int64(-1))
"""The index of no faction, no state, or no location."""


@unique
class Purpose(IntEnum):
    """What a draw decides. Values are never renumbered or reused, used at one place each (< 64); a gap is retired."""

    INTERVENTION = 0
    TEMPO = 1
    STRENGTH = 2
    QUALITY = 3
    SIDE_RESOLVE = 4
    GARRISON_RESOLVE = 5
    PATRON_ABSTAINS = 6
    DISSOLUTION = 7
    ENGAGEMENT = 8
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
    DENIAL = 21
    CIVILIANS = 22
    BACKGROUND = 23
    BACKGROUND_PLACE = 24
    REVENGE = 25
    REVENGE_PLACE = 26
    REVENGE_SIZE = 27
    REVENGE_DAYS = 28
    OUTFLOW = 29
    RETURN = 31
    HANDING_OVER = 32
    RETURN_HOSTED = 33
    INCIDENT_PLACE = 36
    INCIDENT_DEATHS = 37
    ATTACKS = 38
    PRISON_BREAK = 39
    PRISON_ESCAPE = 40
    INFIGHTING = 41
    MERGER = 42
    SETTLEMENT = 43
    HANDOVER = 44
    PARAMETER = 45
    KILL_SCALE = 46
    FLIGHT_SCALE = 47
    CROSSING_SCALE = 48
    ATTRITION = 49
    KILLED = 50
    CIVILIAN_SCALE = 51
    MASS_KILLING = 52
    CIVILIAN_PLACE = 53
    INCIDENT_SCALE = 54
    NEXT_INCIDENT = 55
    INCIDENT_CAUSE = 56
    ALERT = 57
    ACCORD = 58
    TRUCE = 59
    SIDE_ERROR = 60
    EXIT = 61
    HOST_SCALE = 62
    WORKERS = 63


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
    TOO_MANY_EVENTS = 4


class Lever(IntEnum):
    """What an actor can decide in a scenario, and what a scenario can let happen."""

    SUPPORT = 1
    INITIATIVE = 2
    RESOLVE = 3
    STRENGTH = 4
    RESTRAINT = 5
    STRIKES = 6
    HARDENING = 7
    BORDER = 8
    MEDIATION = 9
    GUARDS = 10
    REINFORCEMENT = 11
    COLLAPSE = 12
    PRISON_BREAK = 13
    KEEP = 14


class Kept(IntEnum):
    """What a scenario can keep from happening; the value of such an entry."""

    FALL = 1
    EXIT = 2
    FLIGHT = 3
    COUP = 4
    HANDOVER = 5
    SETTLEMENT = 6
    INFIGHTING = 7
    MERGER = 8
    STRIKE = 9
    DEAL = 10
    DESERTION = 11
    PRISON_BREAK = 12
    TRUCE = 13
    INTERVENTION = 14


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


class Channel(IntEnum):
    """What carries a war to a neighbour; positions in arrays."""

    REFUGEES = 0
    ARMS = 1
    FIGHTERS = 2
    KIN = 3
    SANCTUARY = 4
    BORDER = 5
    PARTICIPATION = 6
    RETALIATION = 7
    DEATHS = 8


class Cause(IntEnum):
    """Where an incident at a neighbour comes from: what was there on day 0, or what a channel has carried since."""

    BACKGROUND = 0
    REFUGEES = 1
    ARMS = 2
    FIGHTERS = 3
    KIN = 4
    SANCTUARY = 5
    BORDER = 6
    PARTICIPATION = 7
    RETALIATION = 8
    DEATHS = 9


class Stream(IntEnum):
    """Which clock an incident at a neighbour comes by; positions in arrays."""

    BACKGROUND = 0
    CAUSED = 1
    OWN_WAR = 2


class Level(IntEnum):
    """How far a neighbour is drawn in."""

    CALM = 0
    ALERT = 1
    INCIDENT = 2
    VIOLENCE = 3
    CIVIL_WAR = 4


class Ladder(IntEnum):
    """What a history climbs towards, and by what one sees how far it is."""

    LEVEL = 0  # of a neighbour, by the deaths on its soil
    COLLAPSE = 1  # and the following by the seats that the regime's side has lost
    FLIGHT = 2
    CAPITAL = 3


class Policy(IntEnum):
    """Whom a neighbour lets in who flees, as of day 0."""

    OPEN = 0
    MANAGED = 1
    CLOSED = 2


class Participation(IntEnum):
    """How a neighbour takes part in the war on day 0."""

    NONE = 0
    PROXY = 1
    COMBAT = 2


class Event(IntEnum):
    """What is rare enough to be told one by one in a run's events; see ``sim.core.record.EVENT_WORDS``."""

    LEVEL = 1
    INCIDENT = 2
    REVENGE = 3
    PRISON_BREAK = 4
    DENIAL = 5
    INFIGHTING = 6
    MERGER = 7
    SETTLEMENT = 8
    HANDOVER = 9
    PATRON_EXIT = 10
    TRUCE = 11
    ACCORD = 12
    INTERVENTION = 13
    WITHDRAWAL = 14
