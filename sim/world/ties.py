"""Survey who stands where and with whom: sides, enemies, patrons and clients.

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


@dataclass(frozen=True, eq=False)
class Ties:
    """Actors and their relations as arrays; actors are the states, then the factions."""

    states: dict[str, int]
    factions: dict[str, int]
    regime: int
    challenger: int
    tie: Floats
    engagement: Floats
    side: Ints
    side_mask: Ints
    n_members: Ints
    members: Ints
    is_jihadist: Ints
    is_native: Ints
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
    header = tables.header
    states = {name: i for i, name in enumerate(tables.states["id"])}
    factions = {name: i for i, name in enumerate(tables.factions["id"])}
    regime = factions[header.regime]
    challenger = factions[header.challenger] if header.challenger else NOBODY
    actor_tie, actor_commitment = _actor_ties(tables, states, factions)
    n = len(states)
    tie = _symmetric(actor_tie[n:, n:])
    engagement = np.nan_to_num(_with_reverse(actor_commitment[n:, n:]))
    np.fill_diagonal(engagement, 1.0)
    is_native = (tables.factions["home_state"] == header.contested_state).to_numpy(np.int64)
    deployed = _by_place(tables.deployment, "fighters", tables, factions)
    control = _by_place(tables.control, "share", tables, factions)
    state_of = np.array([states[s] for s in tables.locations["state"]])
    may_enter = _may_enter(tie, is_native, regime, challenger)
    at_home = state_of == states[header.contested_state]
    side = _sides(tie, regime, challenger, (may_enter == 1) | (deployed[at_home].sum(axis=0) > 0))
    capacity = _capacities(tables, deployed, at_home, regime, is_native)
    return Ties(
        states=states,
        factions=factions,
        regime=regime,
        challenger=challenger,
        tie=tie,
        engagement=engagement,
        side=side,
        side_mask=_side_masks(side),
        n_members=np.bincount(side, minlength=len(side)),
        members=_members(side),
        is_jihadist=tables.factions["jihadist"].to_numpy(np.int64),
        is_native=is_native,
        may_enter=may_enter,
        home_location=_homes(tables, control, side, factions),
        deployed=deployed,
        control=control,
        in_theatre=_theatre(at_home, may_enter, side, regime, challenger),
        capacity=capacity,
        strikes=_strikes(tables, actor_tie, actor_commitment, states, side, regime, challenger),
        links=_links(
            tables, states, factions, actor_tie, actor_commitment, capacity, deployed, at_home, may_enter
        ),
    )


def _actor_ties(tables: Tables, states: dict[str, int], factions: dict[str, int]) -> tuple[Floats, Floats]:
    """Return relation and commitment by (source, target) actor, NaN where no row states one."""
    actors = {**states, **{name: len(states) + i for name, i in factions.items()}}
    tie = np.full((len(actors), len(actors)), np.nan)
    commitment = np.full((len(actors), len(actors)), np.nan)
    for row in tables.relations.itertuples():
        if row.source_actor in actors and row.target_actor in actors:
            here = actors[row.source_actor], actors[row.target_actor]
            tie[here], commitment[here] = row.relation, row.commitment
    _inherit(tables, states, actors, tie)
    return tie, commitment


def _inherit(tables: Tables, states: dict[str, int], actors: dict[str, int], tie: Floats) -> None:
    """Let a state's regular forces share the relations of their state where they have none of their own."""
    for row in tables.factions.itertuples():
        if row.alignment in ("state", "regime") and row.home_state in states:
            force, state = actors[row.id], states[row.home_state]
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


def _sides(tie: Floats, regime: int, challenger: int, takes_part: npt.NDArray[np.bool_]) -> Ints:
    """Return the leader of each faction's side: the regime, the challenger, or the faction itself.

    A friend without any force in the war is no part of a side; it can only help as a patron.
    """
    side = np.arange(len(tie))
    for faction in range(len(tie)):
        to_regime = tie[faction, regime]
        to_challenger = tie[faction, challenger] if challenger != NOBODY else -1.0
        if faction in (regime, challenger) or not takes_part[faction]:
            continue
        if to_challenger >= FRIENDLY_TIE and to_challenger > to_regime:
            side[faction] = challenger
        elif to_regime >= FRIENDLY_TIE and to_regime > to_challenger:
            side[faction] = regime
    return side


def _side_masks(side: Ints) -> Ints:
    """Return the bits of the factions that each leader leads."""
    bits = np.int64(1) << np.arange(len(side))
    return np.array([bits[side == leader].sum() for leader in range(len(side))], np.int64)


def _members(side: Ints) -> Ints:
    """Return the factions that each leader leads, in rising order; the rest of a row is nobody."""
    members = np.full((len(side), len(side)), NOBODY, np.int64)
    for leader in range(len(side)):
        led = np.flatnonzero(side == leader)
        members[leader, : len(led)] = led
    return members


def _may_enter(tie: Floats, is_native: Ints, regime: int, challenger: int) -> Ints:
    """Mark the factions whose forces abroad fight in the contested state: natives and forces of the same command."""
    may = (is_native == 1) | np.isin(np.arange(len(tie)), [regime, challenger])
    leaders = [leader for leader in (regime, challenger) if leader != NOBODY]
    same = np.any(tie[:, leaders] >= SAME_COMMAND_TIE, axis=1)
    return (may | same).astype(np.int64)


def _theatre(
    at_home: npt.NDArray[np.bool_], may_enter: Ints, side: Ints, regime: int, challenger: int
) -> Ints:
    """Mark the forces that count in their side's war.

    Forces abroad of the regime's and the challenger's foreign friends do not: they help only as patrons. The forces of
    a third party count wherever they stand.
    """
    third = ~np.isin(side, [regime, challenger])
    return (at_home[:, None] | (may_enter == 1)[None, :] | third[None, :]).astype(np.int64)


def _by_place(frame: object, column: str, tables: Tables, factions: dict[str, int]) -> Floats:
    """Return a (location, faction) table as a matrix."""
    index = {name: i for i, name in enumerate(tables.locations["id"])}
    matrix = np.zeros((len(index), len(factions)))
    for place, faction, value in zip(
        frame["location_id"],
        frame["faction_id"],
        frame[column],
        strict=True,  # type: ignore[index]
    ):
        matrix[index[place], factions[faction]] = value
    return matrix


def _homes(tables: Tables, control: Floats, side: Ints, factions: dict[str, int]) -> Ints:
    """Return each faction's home: where it controls most people, among the places that its side holds on day 0."""
    population = tables.locations["population"].to_numpy(float)
    holder = np.array([factions.get(f, NOBODY) for f in tables.locations["seat_holder"]])
    homes = np.full(len(side), NOBODY)
    for faction in range(len(side)):
        own = (holder != NOBODY) & (side[holder] == side[faction])
        people = np.where(own, population * control[:, faction], 0.0)
        if people.max() > 0.0:
            homes[faction] = int(people.argmax())
    return homes


def _capacities(
    tables: Tables, deployed: Floats, at_home: npt.NDArray[np.bool_], regime: int, is_native: Ints
) -> Floats:
    """Return what each actor can give: a state's capacity, or a foreign faction's forces abroad against the regime's."""
    army = max(deployed[at_home, regime].sum(), 1.0)
    abroad = np.where(is_native == 1, 0.0, deployed[~at_home].sum(axis=0))
    return np.concatenate([tables.states["capacity"].to_numpy(float), np.minimum(1.0, abroad / army)])


def _strikes(
    tables: Tables,
    tie: Floats,
    commitment: Floats,
    states: dict[str, int],
    side: Ints,
    regime: int,
    challenger: int,
) -> Floats:
    """Return how far each power that opposes both main sides is committed to strike the extremists besides them."""
    n = len(states)
    strikes = np.zeros((len(tie), len(side)))
    if challenger == NOBODY:
        return strikes
    jihadist = tables.factions["jihadist"].to_numpy(np.int64) == 1
    for state in range(n):
        opposes_both = tie[state, n + regime] <= OPPOSING_TIE and tie[state, n + challenger] <= OPPOSING_TIE
        for faction in np.flatnonzero(jihadist & ~np.isin(side, [regime, challenger])):
            if opposes_both and tie[state, n + faction] <= HOSTILE_TIE:
                strikes[state, faction] = np.nan_to_num(commitment[state, n + faction])
    return strikes


def _links(
    tables: Tables,
    states: dict[str, int],
    factions: dict[str, int],
    tie: Floats,
    commitment: Floats,
    capacity: Floats,
    deployed: Floats,
    at_home: npt.NDArray[np.bool_],
    may_enter: Ints,
) -> list[Link]:
    """Return the links from patrons to clients that fight in the war, sorted by patron.

    Patrons are states, and foreign factions with forces outside the contested state.
    """
    actors = {**states, **{name: len(states) + i for name, i in factions.items()}}
    fights = (deployed[at_home].sum(axis=0) > 0) | (may_enter == 1)
    links = []
    for row in tables.relations.itertuples():
        client = factions.get(row.target_actor)
        patron = actors.get(row.source_actor)
        if client is None or patron is None or row.relation <= 0.0 or row.commitment <= 0.0:
            continue
        is_self = patron == len(states) + client or patron == states[tables.header.contested_state]
        if is_self or not fights[client] or capacity[patron] <= 0.0:
            continue
        kinds = set(str(row.support_kinds).split("|"))
        links.append(
            Link(
                patron,
                client,
                float(row.relation),
                float(row.commitment),
                arms=bool(kinds & {"arms", "money"}),
                air="air" in kinds,
                troops="troops" in kinds,
            )
        )
    return sorted(links, key=lambda link: (link.patron, link.client))
