"""Survey who stands where and with whom: ties, sides, theatre, homes, patrons.

Everything here is derived from the tables, by the same rules for every world.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sim.core.codes import NOBODY
from sim.core.phases.forces import FRIENDLY_TIE, HOSTILE_TIE
from sim.world.tables import Tables

SAME_COMMAND_TIE = 0.95
OPPOSING_TIE = -0.3
Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Link:
    """A patron's tie to a client, with the means that it uses."""

    patron: int
    client: int
    tie: float
    commitment: float
    arms: bool
    air: bool
    troops: bool


@dataclass(frozen=True)
class Roster:
    """Who is who: numbers by id. Actors are the states, then the factions."""

    states: dict[str, int]
    factions: dict[str, int]
    regime: int
    challenger: int
    contested_state: int

    @property
    def actors(self) -> dict[str, int]:
        """Return the number of every actor."""
        return {**self.states, **{name: len(self.states) + i for name, i in self.factions.items()}}


@dataclass(frozen=True, eq=False)
class Ties:
    """Relations and deployments as arrays; ``sim.core.state.World`` tells what each means."""

    roster: Roster
    tie: Floats
    engagement: Floats
    side: Ints
    home_state: Ints
    is_jihadist: Ints
    is_extremist: Ints
    attitude: Floats
    kin: Floats
    is_native: Ints
    is_regular: Ints
    may_enter: Ints
    home_location: Ints
    deployed: Floats
    control: Floats
    in_theatre: Ints
    capacity: Floats
    strikes: Floats
    links: list[Link]


def survey_ties(tables: Tables) -> Ties:
    """Return the actors of a world and their relations."""
    roster = call_roll(tables)
    actor_tie, actor_commitment = _actor_ties(tables, roster)
    n = len(roster.states)
    tie = _symmetric(actor_tie[n:, n:])
    engagement = np.nan_to_num(_with_reverse(actor_commitment[n:, n:]))
    np.fill_diagonal(engagement, 1.0)
    home_states = tables.factions["home_state"]
    is_native = home_states == tables.header.contested_state
    deployed = _by_place(tables, roster, tables.deployment, "fighters")
    control = _by_place(tables, roster, tables.control, "share")
    at_home = tables.locations["state"] == tables.header.contested_state
    may_enter = _may_enter(tie, is_native, roster)
    takes_part = may_enter | (deployed[at_home].sum(axis=0) > 0)
    side = _sides(tie, takes_part, roster)
    jihadist = tables.factions["jihadist"]
    capacity = _capacities(tables, deployed, at_home, is_native, roster)
    return Ties(
        roster=roster,
        tie=tie,
        engagement=engagement,
        side=side,
        home_state=np.array([roster.states[state] for state in home_states], np.int64),
        is_jihadist=jihadist.astype(np.int64),
        is_extremist=(jihadist & ~np.isin(side, [roster.regime, roster.challenger])).astype(np.int64),
        attitude=np.nan_to_num(actor_tie[:n, n:]),
        kin=_kin(tables, tie, deployed, control, roster),
        is_native=is_native.astype(np.int64),
        is_regular=(tables.factions["alignment"] == "state").astype(np.int64),
        may_enter=may_enter.astype(np.int64),
        home_location=_homes(tables, control, side, roster),
        deployed=deployed,
        control=control,
        in_theatre=_theatre(at_home, may_enter, side, roster),
        capacity=capacity,
        strikes=_strikes(tables, actor_tie, actor_commitment, side, roster),
        links=_links(tables, takes_part, capacity, roster),
    )


def call_roll(tables: Tables) -> Roster:
    """Return the numbers of states and factions, in the order of the tables."""
    header = tables.header
    states = {name: i for i, name in enumerate(tables.states["id"])}
    factions = {name: i for i, name in enumerate(tables.factions["id"])}
    challenger = factions[header.challenger] if header.challenger else NOBODY
    return Roster(states, factions, factions[header.regime], challenger, states[header.contested_state])


def _actor_ties(tables: Tables, roster: Roster) -> tuple[Floats, Floats]:
    """Return relation and commitment by (source, target) actor, NaN where no row states one."""
    actors = roster.actors
    tie = np.full((len(actors), len(actors)), np.nan)
    commitment = np.full((len(actors), len(actors)), np.nan)
    columns = ["source_actor", "target_actor", "relation", "commitment"]
    for source, target, relation, stake in tables.relations[columns].tolist():
        if source in actors and target in actors:
            tie[actors[source], actors[target]] = relation
            commitment[actors[source], actors[target]] = stake
    _inherit(tables, roster, tie)
    return tie, commitment


def _inherit(tables: Tables, roster: Roster, tie: Floats) -> None:
    """Let a state's regular forces share the relations of their state where they have none of their own."""
    for name, home, alignment in tables.factions[["id", "home_state", "alignment"]].tolist():
        if alignment in ("state", "regime") and home in roster.states:
            force, state = roster.actors[name], roster.states[home]
            tie[force] = np.where(np.isnan(tie[force]), tie[state], tie[force])
            tie[:, force] = np.where(np.isnan(tie[:, force]), tie[:, state], tie[:, force])


def _with_reverse(values: Floats) -> Floats:
    """Return the matrix with gaps filled from the opposite direction."""
    return np.where(np.isnan(values), values.T, values)


def _symmetric(tie: Floats) -> Floats:
    """Return the mean of both directions; one direction alone counts; none is 0."""
    filled = _with_reverse(tie)
    both = np.nan_to_num((filled + filled.T) / 2)
    np.fill_diagonal(both, 1.0)
    return both


def _sides(tie: Floats, takes_part: Flags, roster: Roster) -> Ints:
    """Return the leader of each faction's side: the regime, the challenger, or the faction itself.

    A friend without any force in the war is no part of a side; it can only help as a patron.
    """
    side = np.arange(len(tie))
    to_regime = tie[:, roster.regime]
    to_challenger = tie[:, roster.challenger] if roster.challenger != NOBODY else np.full(len(tie), -1.0)
    side[takes_part & (to_regime >= FRIENDLY_TIE) & (to_regime > to_challenger)] = roster.regime
    side[takes_part & (to_challenger >= FRIENDLY_TIE) & (to_challenger > to_regime)] = roster.challenger
    return side


def _kin(tables: Tables, tie: Floats, deployed: Floats, control: Floats, roster: Roster) -> Floats:
    """Return how close each faction is to people in each state: its warmest tie to a faction that is at home there.

    Control of places stands for people: the tables tell who governs a place, not who lives there.
    """
    home = np.array([roster.states[state] for state in tables.factions["home_state"]])
    places = np.array([roster.states[state] for state in tables.locations["state"]])
    kin = np.zeros((len(roster.states), len(tie)))
    for state in range(len(roster.states)):
        if state == roster.contested_state:
            continue
        there = (home == state) | ((deployed + control)[places == state].sum(axis=0) > 0.0)
        if there.any():
            kin[state] = np.clip(tie[:, there].max(axis=1), 0.0, 1.0)
    return kin


def _may_enter(tie: Floats, is_native: Flags, roster: Roster) -> Flags:
    """Tell whose forces abroad fight in the contested state: natives' and those under the same command."""
    leaders = [leader for leader in (roster.regime, roster.challenger) if leader != NOBODY]
    same_command: Flags = np.any(tie[:, leaders] >= SAME_COMMAND_TIE, axis=1)
    return is_native | same_command


def _theatre(at_home: Flags, may_enter: Flags, side: Ints, roster: Roster) -> Ints:
    """Mark the forces that count in their side's war.

    Forces abroad of the regime's and the challenger's foreign friends do not: they help only as patrons. The forces
    of a third party count wherever they stand.
    """
    third = ~np.isin(side, [roster.regime, roster.challenger])
    counts: Flags = at_home[:, None] | may_enter[None, :] | third[None, :]
    return counts.astype(np.int64)


def _by_place(tables: Tables, roster: Roster, table: np.ndarray, column: str) -> Floats:
    """Return a (location, faction) table as a matrix."""
    index = {name: i for i, name in enumerate(tables.locations["id"])}
    matrix = np.zeros((len(index), len(roster.factions)))
    for place, faction, value in table[["location_id", "faction_id", column]].tolist():
        matrix[index[place], roster.factions[faction]] = value
    return matrix


def _homes(tables: Tables, control: Floats, side: Ints, roster: Roster) -> Ints:
    """Return each faction's home: where it controls most people, among the places that its side holds on day 0."""
    population = tables.locations["population"].astype(float)
    holder = np.array([roster.factions.get(f, NOBODY) for f in tables.locations["seat_holder"]])
    homes = np.full(len(side), NOBODY)
    for faction in range(len(side)):
        own = (holder != NOBODY) & (side[holder] == side[faction])
        people = np.where(own, population * control[:, faction], 0.0)
        if people.max() > 0.0:
            homes[faction] = int(people.argmax())
    return homes


def _capacities(tables: Tables, deployed: Floats, at_home: Flags, is_native: Flags, roster: Roster) -> Floats:
    """Return what each actor can give: a state's capacity; a foreign faction's forces abroad against the regime's."""
    army = max(float(deployed[at_home, roster.regime].sum()), 1.0)
    abroad = np.where(is_native, 0.0, deployed[~at_home].sum(axis=0))
    return np.concatenate([tables.states["capacity"], np.minimum(1.0, abroad / army)])


def _strikes(tables: Tables, tie: Floats, commitment: Floats, side: Ints, roster: Roster) -> Floats:
    """Return how far each power that opposes both main sides is committed to strike the extremists besides them."""
    n = len(roster.states)
    strikes = np.zeros((len(tie), len(side)))
    if roster.challenger == NOBODY:
        return strikes
    jihadist = tables.factions["jihadist"]
    for state in range(n):
        opposes_both = max(tie[state, n + roster.regime], tie[state, n + roster.challenger]) <= OPPOSING_TIE
        for faction in np.flatnonzero(jihadist & ~np.isin(side, [roster.regime, roster.challenger])):
            if opposes_both and tie[state, n + faction] <= HOSTILE_TIE:
                strikes[state, faction] = np.nan_to_num(commitment[state, n + faction])
    return strikes


def _links(tables: Tables, takes_part: Flags, capacity: Floats, roster: Roster) -> list[Link]:
    """Return the links from patrons to clients that fight in the war, sorted by patron.

    Patrons are states, and foreign factions with forces outside the contested state. Sympathy without any kind of
    support is no link.
    """
    links = []
    columns = ["source_actor", "target_actor", "relation", "commitment", "support_kinds"]
    for source, target, tie, commitment, kinds in tables.relations[columns].tolist():
        client, patron = roster.factions.get(target, NOBODY), roster.actors.get(source, NOBODY)
        if NOBODY in (client, patron) or tie <= 0.0 or commitment <= 0.0:
            continue
        means = set(kinds.split("|")) - {""}
        if patron == roster.contested_state or not (takes_part[client] and means) or capacity[patron] <= 0.0:
            continue
        links.append(
            Link(patron, client, tie, commitment, bool(means & {"arms", "money"}), "air" in means, "troops" in means)
        )
    return sorted(links, key=lambda link: (link.patron, link.client))
