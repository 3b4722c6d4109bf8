"""Define the records that compiled code works on: the constants of a world and the state of one run.

Each class below is the single source of a structured dtype: the annotation of a field gives its element type and its
shape. Compiled code and Mesa agents see a record of that dtype, type checkers see the class. Arrays have the capacity
of a tier, so that all worlds of a tier share compiled code; the sizes in use are fields (``n_locations``, ...).

Axes: location L, faction F, state S, actor A (states, then factions), edge E, link K (patron to client), lever V,
delay D, channel C, cause Q, stream W, level R, event M, pair of factions P.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, get_args, get_type_hints

import numpy as np
import numpy.typing as npt

from sim.core.codes import Cause, Channel, Level, Stream
from sim.core.jit import rule
from sim.core.rng import KEY_DTYPE, Key

F8 = np.float64
I8 = np.int64
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Shorts = npt.NDArray[np.int16]  # numbers of places, or NOBODY
Flags = npt.NDArray[np.int8]  # 0 or 1, or a code
Numbers = npt.NDArray[np.uint8]  # lists of numbers of places or factions; read through ``index``
DELAY_SLOTS = 32
EVENT_SLOTS = 512
"""Events that a run can tell; more of them end it with a status of its own."""


@rule
def index(number: np.uint8) -> int:
    """Return an entry of a list of numbers; compiled code knows that it does not count from the end of an array."""
    return np.int64(number)  # type: ignore[return-value]  # to compiled code this is an int


@dataclass(frozen=True)
class Tier:
    """Capacity of the arrays of a family of worlds."""

    name: str
    locations: int
    factions: int
    states: int
    links: int

    @property
    def axes(self) -> dict[str, int]:
        """Return the capacity of each axis by its letter."""
        return {
            "L": self.locations,
            "L+1": self.locations + 1,
            "F": self.factions,
            "S": self.states,
            "A": self.states + self.factions,
            "A+1": self.states + self.factions + 1,
            "E": 8 * self.locations,
            "K": self.links,
            "V": 64,
            "D": DELAY_SLOTS,
            "C": len(Channel),
            "Q": len(Cause),
            "W": len(Stream),
            "R": len(Level),
            "M": EVENT_SLOTS,
            "P": self.factions * (self.factions - 1) // 2,
        }


SMALL = Tier("small", 64, 16, 16, 64)
LARGE = Tier("large", 256, 32, 32, 256)
TIERS = (SMALL, LARGE)


class World:
    """Constants of a scenario: tables and levers, checked by ``sim.world`` before they come here."""

    n_locations: int
    n_factions: int
    n_states: int
    n_contested: int
    n_links: int
    n_levers: int
    horizon_days: int
    contested_state: int
    regime: int  # faction
    challenger: int  # faction, NOBODY when the world has none
    capital: int  # location
    # places
    state_of: Annotated[Ints, "L"]
    contested: Annotated[Numbers, "L"]  # places of the contested state by rank, rising
    population: Annotated[Floats, "L"]  # persons
    population_share: Annotated[Floats, "L"]  # of its country
    terrain: Annotated[Ints, "L"]  # codes.Terrain
    airbases: Annotated[Floats, "L"]
    depots: Annotated[Floats, "L"]  # weight of its depots among all of the contested state's
    detainees: Annotated[Floats, "L"]  # extremists held there
    prisoners: Annotated[Floats, "L"]  # political prisoners held there
    core_of: Annotated[Ints, "L"]  # faction whose own community lives there, NOBODY for none coded
    core_share: Annotated[Floats, "L"]  # share of the people who belong to it
    is_gate: Annotated[Ints, "L"]  # last place before the capital
    seat_holder: Annotated[Ints, "L"]  # faction or NOBODY
    mean_edge_km: Annotated[Floats, "L"]
    capital_hops: Annotated[Ints, "L"]
    hops: Annotated[Ints, "L", "L"]
    border_hops: Annotated[Ints, "L", "S"]  # borders to cross until a state is reached, 0 inside it
    crossing_hops: Annotated[Ints, "L", "S"]  # the same through open crossings only, all but the last inside a country
    edge_start: Annotated[Ints, "L+1"]  # edges of location l are edge_start[l] .. edge_start[l+1]
    edge_to: Annotated[Numbers, "E"]
    edge_km: Annotated[Floats, "E"]
    edge_road: Annotated[Flags, "E"]
    # factions
    home_state: Annotated[Ints, "F"]
    side: Annotated[Ints, "F"]  # faction that leads the side on day 0
    is_jihadist: Annotated[Ints, "F"]
    is_native: Annotated[Ints, "F"]  # home state is the contested state
    is_regular: Annotated[Ints, "F"]  # a force of its home state
    may_enter: Annotated[Ints, "F"]  # its forces abroad fight in the contested state
    home_location: Annotated[Ints, "F"]
    quality: Annotated[Floats, "F"]  # [0, 1]
    coded_morale: Annotated[Floats, "F"]  # [0, 1]
    heavy_weapons: Annotated[Floats, "F"]  # [0, 1], share of fighters equipped
    fighters_low: Annotated[Floats, "F"]
    fighters_central: Annotated[Floats, "F"]
    fighters_high: Annotated[Floats, "F"]
    is_extremist: Annotated[Ints, "F"]  # jihadist, and on neither main side
    tie: Annotated[Floats, "F", "F"]  # [-1, 1], symmetric, on day 0
    engagement: Annotated[Floats, "F", "F"]  # (faction, leader it fights for), [0, 1]
    deployed: Annotated[Floats, "L", "F"]  # fighters on day 0
    control: Annotated[Floats, "L", "F"]  # share of the place on day 0
    in_theatre: Annotated[Flags, "L", "F"]  # a force of that faction there counts in its side's war
    # actors: states first, then factions
    capacity: Annotated[Floats, "A"]  # [0, 1]
    resolve: Annotated[Floats, "A"]  # [0, 1]
    strikes: Annotated[Floats, "A", "F"]  # commitment to strike that faction, [0, 1]
    is_striker: Annotated[Ints, "A"]  # strikes any faction
    # states
    state_population: Annotated[Floats, "S"]  # persons
    is_neighbour: Annotated[Ints, "S"]  # its level of escalation is followed
    level_day_0: Annotated[Ints, "S"]  # codes.Level
    policy: Annotated[Ints, "S"]  # codes.Policy on those who flee, on day 0
    participation: Annotated[Ints, "S"]  # codes.Participation on day 0
    refugees_hosted: Annotated[Floats, "S"]  # from the contested state, on day 0
    foreign_workers: Annotated[Floats, "S"]  # its people who work in the contested state on day 0
    attitude: Annotated[Floats, "S", "F"]  # of a state to a faction on day 0, [-1, 1]
    has_base: Annotated[Flags, "L", "S"]  # troops of a foreign state stand there on day 0
    kin: Annotated[Floats, "S", "F"]  # how close a faction is to people in that state, [0, 1]
    channel_on: Annotated[Ints, "C"]
    # links from a patron to a client, sorted by patron
    link_start: Annotated[Ints, "A+1"]
    link_patron: Annotated[Ints, "K"]  # actor
    link_client: Annotated[Ints, "K"]  # faction
    link_tie: Annotated[Floats, "K"]  # (0, 1]
    link_commitment: Annotated[Floats, "K"]  # (0, 1]
    link_arms: Annotated[Ints, "K"]
    link_air: Annotated[Ints, "K"]
    link_troops: Annotated[Ints, "K"]
    # levers of the scenario, sorted by day
    lever_day: Annotated[Ints, "V"]
    lever_kind: Annotated[Ints, "V"]  # codes.Lever
    lever_actor: Annotated[Ints, "V"]  # actor, NOBODY = every actor
    lever_client: Annotated[Ints, "V"]  # faction, NOBODY = every client
    lever_place: Annotated[Ints, "V"]  # location, NOBODY = none
    lever_value: Annotated[Floats, "V"]


class Scratch:
    """Working space of a phase; it means nothing between phases and is not part of the state."""

    score: Annotated[Floats, "L"]
    targets: Annotated[Numbers, "L"]  # places with a score, rising
    kind: Annotated[Ints, "L"]  # codes.Order for each of them
    odds: Annotated[Floats, "L"]  # expected chance at each of them
    committed: Annotated[Floats, "F"]
    moved: Annotated[Floats, "F"]
    tie_next: Annotated[Floats, "F", "F"]
    enemy: Annotated[Floats, "F", "F"]
    welcome: Annotated[Floats, "L"]  # of those who return there, [0, 1]
    flight: Annotated[Floats, "L"]  # weight among the places from which people flee
    room: Annotated[Floats, "L"]  # people of a place who may still leave it because of the toll
    refuge: Annotated[Floats, "S"]  # share of those in a refuge whom that state would let in
    crossing: Annotated[Floats, "S"]  # who come to a state today and are let in, on average
    mobile: Annotated[Floats, "L"]  # strength of its holder's side that could leave a place
    enemies: Annotated[Ints, "F"]  # with whom a side is at war, bits of factions, by leader
    heads: Annotated[Floats, "F"]  # fighters of a side in the war
    against: Annotated[Floats, "F"]  # of all its enemies in the war
    touched: Annotated[Floats, "F"]  # of a side, those whom an enemy could reach
    weights: Annotated[Floats, "F"]  # of its forces in its toll
    due: Annotated[Floats, "F"]  # what a side bears of the war, in fighters
    weight: Annotated[Floats, "L", "F"]  # of a force in the toll of its side, less than 0 for none of the war
    pair_one: Annotated[Numbers, "P"]  # sides at war with each other, by leader
    pair_other: Annotated[Numbers, "P"]
    quarrels: Annotated[Ints, "F"]  # bits of those with whom a faction falls out today
    standing: Annotated[Ints, "L"]
    ways: Annotated[Floats, "L"]  # km from a place whose heir is looked for


class Derived:
    """What follows from the world and the parameters alone: worked out before the first run, the same in all of them.

    A share is the part of the way to a target that one day covers.
    """

    belief_share: float
    support_rise_share: float
    support_fall_share: float
    direct_share: float
    falling: float  # share of morale
    rising: float
    calm_desertion: float  # share of a garrison that leaves without a rout
    return_share: float  # of the displaced from a safe place without a welcome
    refugee_share: float  # of those from there who crossed a border since day 0
    workers_share: float  # of foreign workers, while the war is deadly
    half_width: float  # of the range of fields with two stable morales
    fled_fading: float  # factor
    guard_share: float  # of a guard that is raised
    slack_share: float  # of one that is not
    held_share: float  # of the smoothed change of the map
    least_ratio: float  # of strength to defence below which nobody attacks
    entrants: int  # bits of the factions that may enter the contested state
    n_with_airbase: int  # places with airbases that somebody held on day 0
    with_airbase: Annotated[Numbers, "L"]  # (rank): their numbers, rising
    nearness: Annotated[Floats, "L"]  # weight of a force's loyalty by the hops to the capital
    people_value: Annotated[Floats, "L"]  # of a target
    core: Annotated[Floats, "L"]  # share of the people who are the regime's own, below 0 where nobody counted them
    place_value: Annotated[Floats, "L"]  # to those who seek influence
    n_rulers: Annotated[Ints, "L"]  # factions that controlled a part of a place on day 0
    rulers: Annotated[Numbers, "L", "F"]  # (place, rank): their numbers, rising
    n_border: Annotated[Ints, "S"]  # places of the contested state next to a state
    border: Annotated[Numbers, "S", "L"]  # (state, rank): their numbers, rising
    crossing_pull: Annotated[Floats, "L", "S"]  # of a state's border on those who flee from a place, in people
    border_access: Annotated[Floats, "L"]  # to borders that draw, relative to the country
    passable: Annotated[Floats, "S"]  # share of those at its border whom a state lets through
    forced: Annotated[Floats, "S"]  # factor on returns from a state
    adrift_weight: Annotated[Floats, "L", "S"]  # what arrives in a state of the weapons adrift in a place
    # influence at rest on day 0
    has_influence: int  # 1 when it is known
    influence: Annotated[Floats, "L", "S"]
    investment: Annotated[Floats, "L", "S"]
    access: Annotated[Floats, "L", "S"]
    influence_total: Annotated[Floats, "S"]
    concentration: float
    effective_factions: float


class State:
    """Everything that changes in a run."""

    key: Key
    birth: Key  # with which is drawn what a history is made of, whenever it is asked for
    derived: Derived
    tempo: float
    shock_fading: float  # factor of a day on the memory of shocks
    balance_day_0: float  # of the regime's side and its enemies, as a log ratio of powers
    balance_expected: float  # the same as people have come to see it
    balance_share: float  # of the way to today's that a day covers
    kill_factor: float  # of the run on the dead of the fighting
    civilian_factor: float  # of the run on the civilians killed for each fighter
    flight_factor: float  # of the run on those who flee
    crossing_shift: float  # of the run on the share of them who cross a border, log odds
    surprise: float  # what is left today of the challenger's surprise
    # sides and ties
    side: Annotated[Ints, "F"]  # faction that leads the side
    side_mask: Annotated[Ints, "F"]  # bits of the factions of the side that this faction leads
    n_members: Annotated[Ints, "F"]  # of the side that this faction leads
    members: Annotated[Numbers, "F", "F"]  # (leader, rank): their numbers, rising
    tie: Annotated[Floats, "F", "F"]  # [-1, 1], symmetric
    attitude: Annotated[Floats, "S", "F"]  # of a state to a faction, [-1, 1]
    drift_day_0: Annotated[Floats, "F", "F"]  # what would have moved ties on day 0, per day
    overlap: Annotated[Floats, "F", "F"]  # share of their places in the contested state where both are near, [0, 1]
    common_threat: Annotated[Floats, "F", "F"]  # [0, 1)
    infighting_rate: Annotated[Floats, "F", "F"]  # hazard per day of a pair of rivals
    peace_until: Annotated[Ints, "F", "F"]  # day before which two who came to terms do not fall out
    # forces
    fighters: Annotated[Floats, "L", "F"]
    morale: Annotated[Floats, "L", "F"]  # [0, 1]
    margin: Annotated[Floats, "L", "F"]  # resistance margin, > 0 where a garrison stands
    shock: Annotated[Floats, "L", "F"]  # memory of lost places, >= 0
    heavy: Annotated[Floats, "L", "F"]  # heavy weapons, in fighters equipped
    rest_until: Annotated[Ints, "L", "F"]  # day
    vigour: Annotated[Floats, "L", "F"]  # morale factor of its strength today
    strength: Annotated[Floats, "L", "F"]  # effective strength today
    task: Annotated[Shorts, "L", "F"]  # target of an opposed operation, NOBODY for none
    pursuit: Annotated[Shorts, "L", "F"]  # target of a pursuit, NOBODY for none
    presence: Annotated[Ints, "L"]  # bits of the factions with a force there this morning or since
    n_here: Annotated[Ints, "L"]  # how many they are
    here: Annotated[Numbers, "L", "F"]  # (place, rank): their numbers, rising
    n_posts: Annotated[Ints, "F"]  # places where a faction is present in this sense
    posts: Annotated[Numbers, "F", "L"]  # (faction, rank): their numbers, rising
    reach: Annotated[Ints, "L"]  # bits of the factions that could march there from where they are or were this morning
    garrison: Annotated[Floats, "L"]  # fighters of the holder's side when it came to hold the place
    leaving: Annotated[Floats, "L", "F"]  # deserters of today, as far as enemies may take them in
    held_before: Annotated[Floats, "F"]  # share of the people in places of a faction's side, as a month remembers it
    relief: Annotated[Floats, "L"]  # strength that would come to its holder's defence from places next to it
    free_share: Annotated[Floats, "L"]  # share of its holder's side's fighters there who may leave the place
    base_km: Annotated[Floats, "L", "F"]  # distance from the nearest base of a side, by leader
    unit_strength: Annotated[Floats, "F"]  # of one fighter at morale 1
    side_factor: Annotated[Floats, "F"]  # of the run on what the tables say of a main side's strength
    side_shift: Annotated[Floats, "F"]  # deviation of the side's true resolve, log margin
    is_active: Annotated[Ints, "F"]  # takes part in attacks
    is_waking: Annotated[Ints, "F"]  # will from tomorrow on
    was_cut_off: Annotated[Flags, "L", "F"]  # on day 0
    is_cut_off: Annotated[Flags, "L", "F"]  # since the last change of hands
    # places
    holder: Annotated[Ints, "L"]  # faction or NOBODY
    control: Annotated[Floats, "L", "F"]  # share
    front: Annotated[Floats, "L", "F"]  # progress towards the seat by leader of a side, < 1
    order: Annotated[Flags, "L", "F"]  # codes.Order by leader of a side
    n_orders: Annotated[Ints, "F"]  # given today, by leader
    pressed: Annotated[Ints, "L"]  # bits of the leaders who may have an order or a front there
    contact: Annotated[Floats, "L"]  # best chance among those who attacked the place yesterday
    dissolving: Annotated[Ints, "L"]  # bits of the factions whose garrison makes a deal or goes home today
    lost_by: Annotated[Ints, "L"]  # side that lost the place today, NOBODY for none
    lost_to: Annotated[Ints, "L"]  # side that took it
    lost_from: Annotated[Ints, "L"]  # faction that held it
    yielded: Annotated[Flags, "L"]  # handed over by friends today
    lost_shock: Annotated[Floats, "L"]  # its size, in units of the margin
    n_lost: int  # places that changed hands today
    lost: Annotated[Numbers, "L"]  # (rank): their numbers, rising
    n_abandoned: int  # places that nobody holds any more
    given_up: Annotated[Numbers, "L"]  # (rank): their numbers, rising
    abandoned: Annotated[Ints, "L"]  # one of them, as this morning found it
    was_lost: Annotated[Flags, "L"]  # by the regime's side, once or more
    # sides and patrons
    power: Annotated[Floats, "F"]  # of a faction: fighters x (0.5 + quality) x morale factor
    side_power: Annotated[Floats, "F"]  # by leader
    side_fighters: Annotated[Floats, "F"]  # by leader
    side_morale: Annotated[Floats, "F"]  # by leader, weighted by strength
    enemy_power: Annotated[Floats, "F"]
    air: Annotated[Floats, "F"]  # air force x share of airbases, by leader
    equipment: Annotated[Floats, "F"]  # heavy weapons per fighter, by leader
    support: Annotated[Floats, "K"]  # standing support, [0, 1]
    direct: Annotated[Floats, "K"]  # direct help
    belief: Annotated[Floats, "K"]  # patron's belief in the client, [0, 1]
    belief_day_0: Annotated[Floats, "K"]
    is_abandoned: Annotated[Ints, "K"]
    abandoned_day: Annotated[Ints, "K"]
    n_exits: int  # announced today
    exit_shock: Annotated[Floats, "K"]  # dependence lost by an exit announced today
    abstains: Annotated[Ints, "K"]
    support_wanted: Annotated[Floats, "K", "D"]  # by day modulo D
    direct_wanted: Annotated[Floats, "K", "D"]
    struck: Annotated[Floats, "A", "F"]  # share of the faction that the actor's strike removes today
    reserve: Annotated[Floats, "A"]
    patron_level: Annotated[Floats, "F"]  # support of a client by all patrons, [0, 1]
    patron_level_day_0: Annotated[Floats, "F"]
    direct_help: Annotated[Floats, "F"]
    # open intervention
    outlook_day_0: Annotated[Floats, "F"]  # chances of a side as outsiders saw them, by leader
    entered_for: Annotated[
        Ints, "A"
    ]  # leader of the side for which an outsider has entered the war, NOBODY: it has not
    has_left: Annotated[Flags, "A"]  # has entered and left: it does not come again
    air_day: Annotated[Ints, "A"]  # from which its aircraft are there, NEVER for none
    ground_day: Annotated[Ints, "A"]  # on which its forces come, NEVER for none or when they have come
    came: Annotated[Floats, "A"]  # fighters who have come: of a faction its own, of a state its expedition
    came_share: Annotated[Floats, "A"]  # of those whom the expedition fights under, that it was when it came
    killed_then: Annotated[Floats, "A"]  # of those whom it counts with, when they came
    entrants: int  # bits of the foreign factions that have entered
    air_lent: Annotated[Floats, "F"]  # air force of outsiders, by leader
    intervention_day: int  # first entry
    # installations
    depot: Annotated[Floats, "L"]  # heavy weapons in store, in fighters equipped
    airbase: Annotated[Floats, "L"]  # airbases in working order
    adrift: Annotated[Floats, "L"]  # heavy weapons in nobody's hands
    detainees: Annotated[Floats, "L"]
    prisoners: Annotated[Floats, "L"]
    depots_day_0: float  # in all
    depots_captured: float
    depots_destroyed: float
    # people; whole numbers, so that sums are exact
    residents: Annotated[Floats, "L"]  # at home
    displaced: Annotated[Floats, "L"]  # from that place, inside their country
    refugees_from: Annotated[Floats, "L"]  # from that place, abroad since day 0
    refugees_in: Annotated[Floats, "S"]  # the same in that state
    refugees_old: Annotated[Floats, "S"]  # in that state since before day 0
    arrived: Annotated[Floats, "S"]  # in that state since day 0, those who went back included
    returned_old: Annotated[Floats, "S"]  # refugees of before day 0 who went home from that state
    workers: Annotated[Floats, "S"]  # that state's people who still work in the contested state
    workers_left: Annotated[Floats, "S"]  # those who went home
    host_factor: Annotated[Floats, "S"]  # of the run on how strongly a state draws those who flee
    bound_for: Annotated[Floats, "L", "S"]  # share of those who flee from a place whom that state lets in
    displaced_new: float  # inside the country since day 0, those who went home included
    displaced_peak: float
    attacked_day: Annotated[Ints, "F"]  # last attack on a place of the side that this faction leads, NEVER for none
    first_attacked: Annotated[Ints, "L"]  # day of the first attack on its holder, NEVER for none
    captured_day: Annotated[Ints, "L"]  # last change of hands, NEVER for none
    dispersed: Annotated[Floats, "L"]  # fighters whose force broke up there today; daily deserters do not count
    # violence
    combatants_killed: Annotated[Floats, "L"]
    killed_in_war: Annotated[Floats, "L"]  # fighters, today
    combatants_killed_today: float  # the same in all places
    civilians_killed: Annotated[Floats, "L"]
    civilians_killed_today: Annotated[Floats, "L"]
    killed_before: Annotated[Floats, "L"]  # fighters and civilians, by the evening before
    killed_lately: Annotated[Floats, "L"]  # fighters and civilians a day, mean of the last two weeks
    killed_lately_all: float  # the same in the contested state
    background_killed: Annotated[Floats, "L"]  # civilians, war or none
    revenge_left: Annotated[Floats, "L"]  # civilians whom a running burst of revenge will kill
    revenge_days: Annotated[Ints, "L"]  # that it will still last, today included
    grievance: Annotated[Floats, "L"]  # 1 = as on day 0
    # neighbours
    level: Annotated[Ints, "S"]  # codes.Level
    level_max: Annotated[Ints, "S"]
    level_day: Annotated[Ints, "S", "R"]  # first day at that level or above
    hardening: Annotated[Floats, "S"]  # [0, 1]
    pressure: Annotated[Floats, "S"]  # what the war adds to a state's lot: what its channels carry, weighed
    channel: Annotated[Floats, "S", "C"]  # what each carries more than on day 0, in [0, 1], before its weight
    channel_day_0: Annotated[Floats, "S", "C"]  # what it carried then
    fled: Annotated[Floats, "S"]  # beaten fighters who crossed into that state
    crossing: Annotated[Floats, "S"]  # fighters based there who are in the war today
    retaliation: Annotated[Floats, "S"]  # calls for answers to earlier incidents, fading
    incident_factor: Annotated[Floats, "S"]  # of the run on the incidents of a neighbour, mean 1
    incident_rate: Annotated[Floats, "S", "W"]  # incidents a day by each clock
    incident_wait: Annotated[Floats, "S", "W"]  # what must add up until the next incident by a clock
    n_marks: Annotated[Ints, "S", "W"]  # of each clock that have passed
    incidents: Annotated[Ints, "S", "Q"]  # so far, by cause
    incident_deaths: Annotated[Floats, "S"]  # so far
    caused_deaths: Annotated[Floats, "S"]  # those of incidents that the war has caused
    level_caused_max: Annotated[Ints, "S"]  # that these alone mean
    fire_day: Annotated[Ints, "S"]  # last day on which people shot across the border
    death_day: Annotated[Ints, "S"]  # first death since day 0
    many_deaths_day: Annotated[Ints, "S"]  # more than 25 deaths since day 0
    own_war_cause: Annotated[Ints, "S"]  # codes.Cause of a war of its own, NOBODY for none
    is_alert: Annotated[Ints, "S"]
    alert_day: Annotated[Ints, "S"]  # first day on alert
    alarm: Annotated[Floats, "S"]  # reasons to announce an alert, fading
    alarmed_by: Annotated[Ints, "S"]  # bits of what has alarmed it
    ground_changed: int  # control of places or attitudes of states moved since yesterday
    hostile_ground: Annotated[Floats, "S"]  # shares of the places next to a state that factions hostile to it control
    # extremists
    guards_day_0: Annotated[Floats, "L"]  # fighters who guarded a prison on day 0
    extremists_day_0: Annotated[Floats, "F"]
    attacks: Annotated[Floats, "F"]  # so far
    freed: Annotated[Floats, "F"]  # detainees and prisoners who joined
    gone_free: float  # those who went home
    # influence
    influence: Annotated[Floats, "L", "S"]  # share of a place, the rest is nobody's but its own
    investment: Annotated[Floats, "L", "S"]
    access: Annotated[Floats, "L", "S"]  # goodwill of a state to those who control a place, or its troops there
    influence_total: Annotated[Floats, "S"]
    concentration: float  # Herfindahl-Hirschman index of influence
    effective_factions: float
    # alignment and settlement
    rivals: Annotated[Ints, "F"]  # bits of the factions of lower number with such a hazard when last surveyed
    infighting_hazard: float  # per day, of all pairs of the regime's enemies
    infighting_day: int
    n_mergers: int
    sides_changed: int  # today
    quiet_days: int  # since the share of the people that the rulers hold last moved by a percent
    share_then: float  # what it was then
    held_share: float  # of the people, in places that the regime's side holds; after a collapse the victor's
    held_change: float  # per day, smoothed
    raised: float  # recruits of the regime so far
    settlement_day: int
    near_day: int  # on which the challenger's side came near the capital or to much of the people
    truce_day: int  # on which the main sides agreed on a truce
    truce_until: int  # day on which it ends
    government_end_day: int  # flight of the leader, or a coup that ends in a deal
    disintegration_day: int  # of the regime's main force
    handover_day: int
    # levers in force
    hardening_lever: Annotated[Floats, "S"]  # what a state's guard tends to as a share of its capacity, below 0: none
    border_lever: Annotated[Floats, "S"]  # share of its crossings that stay open to people
    guard_lever: Annotated[Floats, "F"]  # share of the guards that stay at their posts
    forced_break: Annotated[Ints, "L"]  # a prison opens today
    mediation: float
    support_lever: Annotated[Floats, "K"]
    resolve_lever: Annotated[Floats, "F"]  # factor on the margin
    restraint: Annotated[Floats, "F"]  # share of its effort that a faction is held back from, by whoever holds most
    restraint_lever: Annotated[Floats, "A", "F"]  # the same, by each actor
    strikes_lever: Annotated[Floats, "A"]
    # what happened
    n_events: int
    n_events_before: int  # told before today
    event_day: Annotated[Ints, "M"]
    event_kind: Annotated[Ints, "M"]  # codes.Event
    event_place: Annotated[Ints, "M"]
    event_actor: Annotated[Ints, "M"]  # actor
    event_other: Annotated[Ints, "M"]  # actor
    event_size: Annotated[Floats, "M"]
    event_cause: Annotated[Ints, "M"]  # codes.Cause of an incident, NOBODY for other events
    # ledger: people and weapons that left or entered
    fighters_day_0: Annotated[Floats, "F"]
    killed: Annotated[Floats, "F"]
    wounded: Annotated[Floats, "F"]
    deserted: Annotated[Floats, "F"]  # and dispersed
    recruited: Annotated[Floats, "F"]
    joined: Annotated[Floats, "F"]  # net inflow from other factions
    heavy_day_0: Annotated[Floats, "F"]
    heavy_waiting: Annotated[Floats, "F"]  # captured, not yet commissioned
    heavy_lost: Annotated[Floats, "F"]  # destroyed or left unusable
    heavy_captured: Annotated[Floats, "F"]  # net inflow from other factions and from depots
    # the regime
    power_day_0: float
    is_storming: int
    first_attack_day: int
    first_loss_day: int
    flight_day: int
    capital_day: int
    collapse_day: int
    coup_day: int
    outcome: int
    n_captures: int
    scratch: Scratch


def record_dtype(layout: type, tier: Tier) -> np.dtype[Any]:
    """Return the aligned structured dtype that a class describes, with the capacities of a tier."""
    return np.dtype([_field(name, hint, tier) for name, hint in _hints(layout).items()], align=True)


@cache
def _hints(layout: type) -> dict[str, Any]:
    """Return the evaluated annotations of a layout, which takes longer than all the rest."""
    return get_type_hints(layout, include_extras=True)


def _field(name: str, hint: Any, tier: Tier) -> tuple[Any, ...]:
    """Return one entry of a dtype's description."""
    if hint is Key:
        return (name, KEY_DTYPE)
    if hint in (Derived, Scratch):
        return (name, record_dtype(hint, tier))
    if hint in (int, float):
        return (name, I8 if hint is int else F8)
    array, *axes = get_args(hint)
    last = get_args(array)[-1]  # the type of an element, since NumPy 2.5; before, a dtype of it
    (element,) = get_args(last) or (last,)
    return (name, element, tuple(tier.axes[axis] for axis in axes))


WORLD_DTYPES = {tier.name: record_dtype(World, tier) for tier in TIERS}
STATE_DTYPES = {tier.name: record_dtype(State, tier) for tier in TIERS}


def new_world(tier: Tier) -> np.ndarray:
    """Return an empty one-element world record of a tier."""
    return np.zeros(1, WORLD_DTYPES[tier.name])


def tier_of(world: np.ndarray) -> Tier:
    """Return the tier whose capacities a world record has."""
    shape = world.dtype["deployed"].shape
    return next(tier for tier in TIERS if (tier.locations, tier.factions) == shape)


def new_state(world: np.ndarray) -> np.ndarray:
    """Return an empty one-element state record with the capacities of a world."""
    return np.zeros(1, STATE_DTYPES[tier_of(world).name])
