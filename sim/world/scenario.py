"""Turn checked tables and a configuration into the records that the core runs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.core.codes import NOBODY, Lever
from sim.core.rules import pack_rules
from sim.core.state import TIERS, Tier, World, new_world
from sim.world.config import ConfigError, LeverConfig, RunConfig
from sim.world.faults import suggestion
from sim.world.places import Places, survey_places
from sim.world.tables import Tables
from sim.world.ties import Ties, survey_ties

ALL = "all"


@dataclass(frozen=True, eq=False)
class Scenario:
    """All inputs of a history but seed and run number.

    Parameters
    ----------
    tables, config
        Where it comes from.
    world, rules
        One-element records for the core.
    """

    tables: Tables
    config: RunConfig
    world: np.ndarray
    rules: np.ndarray

    @property
    def horizon_days(self) -> int:
        """Return how many days a run lasts."""
        return int(self.world[0]["horizon_days"])


def build_scenario(tables: Tables, config: RunConfig) -> Scenario:
    """Return the scenario of a configuration in a world; raise ConfigError when a lever names nobody."""
    ties = survey_ties(tables)
    places = survey_places(tables)
    record = new_world(_tier_for(tables, ties))
    world = record.view(np.recarray)[0]  # attribute access to the same memory
    _fill_frame(world, tables, config, ties)
    _fill_places(world, tables, places)
    _fill_factions(world, tables, ties)
    _fill_links(world, ties)
    _fill_levers(world, tables, config.scenario.levers, ties)
    return Scenario(tables, config, record, pack_rules(config.parameters()))


def idle_levers(scenario: Scenario) -> list[str]:
    """Return a sentence for each lever that nobody in this world can feel; such a scenario equals one without it."""
    ties = survey_ties(scenario.tables)
    notes = []
    for lever in scenario.config.scenario.levers:
        if lever.lever in ("support", "restraint"):
            clients = {"regime": ties.roster.regime, "challenger": ties.roster.challenger, **ties.roster.factions}
            client = clients.get(lever.client or ALL)
            felt = any(
                (lever.actor == ALL or link.patron == ties.roster.actors[lever.actor]) and client in (None, link.client)
                for link in ties.links
            )
        elif lever.lever == "strikes":
            felt = bool(ties.strikes[ties.roster.actors[lever.actor]].any())
        else:
            felt = True
        if not felt:
            notes.append(f"lever {lever.lever} of {lever.actor}: changes nothing, nobody in this world depends on it")
    return notes


def _tier_for(tables: Tables, ties: Ties) -> Tier:
    """Return the smallest tier that holds a world."""
    for tier in TIERS:
        fits = (
            len(tables.locations) <= tier.locations
            and len(tables.factions) <= tier.factions
            and len(tables.states) <= tier.states
            and len(ties.links) <= tier.links
            and 2 * len(tables.borders) <= tier.axes["E"]
        )
        if fits:
            return tier
    raise ConfigError([f"the world '{tables.header.title}' has more ties or borders than the largest tier holds"])


def _fill_frame(world: World, tables: Tables, config: RunConfig, ties: Ties) -> None:
    """Fill sizes and the frame of the conflict."""
    header = tables.header
    world.n_locations = len(tables.locations)
    world.n_factions = len(tables.factions)
    world.n_states = len(tables.states)
    world.n_links = len(ties.links)
    world.horizon_days = config.horizon_days or header.horizon_days
    world.contested_state = ties.roster.contested_state
    world.regime = ties.roster.regime
    world.challenger = ties.roster.challenger


def _fill_places(world: World, tables: Tables, places: Places) -> None:
    """Fill everything about locations and borders."""
    n = len(tables.locations)
    world.capital = places.capital
    world.n_edges = len(places.edge_to)
    for name in (
        "state_of",
        "population",
        "population_share",
        "terrain",
        "is_airbase",
        "is_gate",
        "seat_holder",
        "mean_edge_km",
        "capital_hops",
    ):
        getattr(world, name)[:n] = getattr(places, name)
    world.hops[:n, :n] = places.hops
    world.edge_start[: n + 1] = places.edge_start
    for name in ("edge_to", "edge_km", "edge_road"):
        values = getattr(places, name)
        getattr(world, name)[: len(values)] = values


def _fill_factions(world: World, tables: Tables, ties: Ties) -> None:
    """Fill everything about factions and actors."""
    n, n_states, n_places = len(tables.factions), len(tables.states), len(tables.locations)
    for name in ("side", "is_jihadist", "is_native", "may_enter", "home_location", "side_mask", "n_members"):
        getattr(world, name)[:n] = getattr(ties, name)
    world.quality[:n] = tables.factions["quality"]
    world.coded_morale[:n] = tables.factions["morale"]
    world.heavy_weapons[:n] = tables.factions["heavy_weapons"]
    for name in ("fighters_low", "fighters_central", "fighters_high"):
        getattr(world, name)[:n] = tables.factions[name]
    world.members[:n, :n] = ties.members
    world.tie[:n, :n] = ties.tie
    world.engagement[:n, :n] = ties.engagement
    world.deployed[:n_places, :n] = ties.deployed
    world.control[:n_places, :n] = ties.control
    world.in_theatre[:n_places, :n] = ties.in_theatre
    world.capacity[: n_states + n] = ties.capacity
    world.resolve[:n_states] = tables.states["resolve"]
    world.strikes[: n_states + n, :n] = ties.strikes


def _fill_links(world: World, ties: Ties) -> None:
    """Fill the links from patrons to clients."""
    for i, link in enumerate(ties.links):
        world.link_patron[i] = link.patron
        world.link_client[i] = link.client
        world.link_tie[i] = link.tie
        world.link_commitment[i] = link.commitment
        world.link_arms[i] = link.arms
        world.link_air[i] = link.air
        world.link_troops[i] = link.troops
    patrons = [link.patron for link in ties.links]
    n_actors = world.n_states + world.n_factions
    world.link_start[: n_actors + 1] = np.searchsorted(patrons, np.arange(n_actors + 1))


def _fill_levers(world: World, tables: Tables, levers: tuple[LeverConfig, ...], ties: Ties) -> None:
    """Fill the levers, sorted by day; report every name that the world lacks."""
    faults: list[str] = []
    rows = []
    for number, lever in enumerate(levers):
        where = f"scenario.levers.{number}"
        if lever.actor == ALL and lever.lever != "support":
            faults.append(f"{where}.actor = 'all': {lever.lever} needs one actor; only support knows 'all'")
            continue
        if lever.lever in ("initiative", "resolve", "strength"):
            client = _faction_index(lever.actor, f"{where}.actor", tables, ties, faults)
            rows.append((lever.day, Lever[lever.lever.upper()], -1, client, lever.value))
            continue
        actor = _actor_index(lever.actor, f"{where}.actor", tables, ties, faults)
        client = _faction_index(lever.client or ALL, f"{where}.client", tables, ties, faults)
        rows.append((lever.day, Lever[lever.lever.upper()], actor, client, lever.value))
    if faults:
        raise ConfigError(faults)
    world.n_levers = len(rows)
    for i, row in enumerate(sorted(rows, key=lambda r: r[0])):
        world.lever_day[i], world.lever_kind[i], world.lever_actor[i], world.lever_client[i] = row[:4]
        world.lever_value[i] = row[4]


def _faction_index(name: str, where: str, tables: Tables, ties: Ties, faults: list[str]) -> int:
    """Return a faction's number; every world knows 'regime' and 'challenger', and 'all' means everyone."""
    special = {ALL: NOBODY, "regime": ties.roster.regime, "challenger": ties.roster.challenger}
    if name == "challenger" and ties.roster.challenger == NOBODY:
        faults.append(f"{where} = 'challenger': the world '{tables.header.title}' has no challenger")
    if name in special:
        return special[name]
    if name in ties.roster.factions:
        return ties.roster.factions[name]
    cure = suggestion(name, [*ties.roster.factions, *special])
    faults.append(f"{where} = {name!r}: the world '{tables.header.title}' has no such faction{_cure(cure)}")
    return -1


def _actor_index(name: str, where: str, tables: Tables, ties: Ties, faults: list[str]) -> int:
    """Return an actor's number: states first, then factions; 'all' means everyone."""
    if name == ALL:
        return -1
    if name in ties.roster.states:
        return ties.roster.states[name]
    if name in ties.roster.factions:
        return len(ties.roster.states) + ties.roster.factions[name]
    cure = suggestion(name, [*ties.roster.states, *ties.roster.factions, ALL])
    faults.append(f"{where} = {name!r}: the world '{tables.header.title}' has no such actor{_cure(cure)}")
    return -1


def _cure(suggested: str) -> str:
    """Return the suggestion as the end of a line."""
    return f"; {suggested}" if suggested else ""
