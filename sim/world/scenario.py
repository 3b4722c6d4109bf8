"""Turn checked tables and a configuration into the records that the core runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from sim.core.codes import NOBODY, Channel, Participation, Policy
from sim.core.record import Histories
from sim.core.rules import pack_rules
from sim.core.state import TIERS, Tier, World, new_world
from sim.world.config import RunConfig
from sim.world.entries import is_felt, names_of
from sim.world.frozen import ConfigError
from sim.world.levers import AnyEvent, AnyLever, Keep, Kind, fill_levers, read_entries
from sim.world.places import Places, survey_places
from sim.world.posterior import Posterior, check_fits, posterior_of
from sim.world.sites import Sites, survey_sites
from sim.world.tables import Tables
from sim.world.ties import Ties, survey_ties
from sim.world.tilt import Tilt, morale_gap


class Living(Protocol):
    """How histories are lived where it is not the engine that does: by a model of somebody's own."""

    @property
    def name(self) -> str:
        """Return what it is called."""

    @property
    def digest(self) -> str:
        """Return a digest of its source."""

    def live(self, scenario: Scenario, seed: int, first: int, n_runs: int, n_traced: int) -> Histories:
        """Return what some runs leave behind, as the engine would."""


@dataclass(frozen=True, eq=False)
class Scenario:
    """All inputs of a history but seed and run number.

    Parameters
    ----------
    tables, config
        Where it comes from.
    world, rules
        One-element records for the core.
    posterior
        What each run takes its parameters from, if they were learnt.
    living
        Who lives its histories, if it is not the engine.
    """

    tables: Tables
    config: RunConfig
    world: np.ndarray
    rules: np.ndarray
    posterior: Posterior | None = None
    living: Living | None = None

    def __reduce__(self) -> tuple[Callable[..., Scenario], tuple[Tables, RunConfig, Living | None]]:
        """Travel between processes as what it is made from; compiled code wants records of exactly its own types."""
        return _rebuilt, (self.tables, self.config, self.living)

    @property
    def is_uncertain(self) -> bool:
        """Tell whether each run draws parameters of its own."""
        return self.config.uncertainty.kind != "none"

    @property
    def horizon_days(self) -> int:
        """Return how many days a run lasts."""
        return int(self.world[0]["horizon_days"])

    @property
    def tilt(self) -> Tilt | None:
        """Return what gives its runs their weights, None where all weigh the same."""
        return None if self.config.tilt is None else self.config.tilt.at(self.morale_gap)

    @property
    def morale_gap(self) -> float:
        """Return the judged morale of the challenger's main force less that of the regime's on day 0."""
        world = self.world[0]
        return morale_gap(world["coded_morale"], int(world["regime"]), int(world["challenger"]))


def _rebuilt(tables: Tables, config: RunConfig, living: Living | None) -> Scenario:
    """Return a scenario that has travelled."""
    return replace(build_scenario(tables, config), living=living)


def build_scenario(tables: Tables, config: RunConfig, posterior: Posterior | None = None) -> Scenario:
    """Return the scenario of a configuration in a world; raise ConfigError where it asks for what the world lacks.

    Parameters
    ----------
    tables, config
        The world, and what is asked of it.
    posterior
        That of the configuration, where it has been read already.
    """
    ties = survey_ties(tables)
    places = survey_places(tables)
    record = new_world(_tier_for(tables, ties))
    world = record.view(np.recarray)[0]  # attribute access to the same memory
    _fill_frame(world, tables, config, ties)
    _fill_places(world, tables, places)
    _fill_sites(world, survey_sites(tables))
    _fill_factions(world, tables, ties)
    _fill_states(world, tables, config)
    _fill_bases(world, tables)
    _fill_links(world, ties)
    entries = read_entries(config.scenario.levers, config.scenario.events, names_of(tables), int(world.horizon_days))
    fill_levers(world, entries)
    rules = pack_rules(config.parameters())
    learnt = posterior or posterior_of(config)
    if learnt is not None:
        check_fits(learnt, config, rules)
    return Scenario(tables, config, record, rules, learnt)


def keep_from(scenario: Scenario, kept: Mapping[str, str]) -> Scenario:
    """Return a scenario in which something is kept from happening besides.

    Parameters
    ----------
    scenario
        All else is as it is there.
    kept
        What, as the event `keep` of a configuration says it, such as ``{"event": "fall", "place": "north"}``.

    Raises
    ------
    ConfigError
        With a line for each name that the world lacks.
    """
    asked = scenario.config.scenario
    keep = Keep(event="keep", keep=Kind(**kept))
    events = (*asked.events, keep)
    entries = read_entries(asked.levers, events, names_of(scenario.tables), scenario.horizon_days)
    world = scenario.world.copy()
    fill_levers(world.view(np.recarray)[0], entries)
    config = scenario.config.model_copy(update={"scenario": asked.model_copy(update={"events": events})})
    return replace(scenario, config=config, world=world)


def idle_levers(scenario: Scenario) -> list[str]:
    """Return a sentence for each lever and event that nobody in this world can feel; it might as well be left out."""
    asked = scenario.config.scenario
    world = scenario.world.view(np.recarray)[0]
    items = (*asked.levers, *asked.events)
    entries = read_entries(asked.levers, asked.events, names_of(scenario.tables), scenario.horizon_days)
    return [
        f"{_described(item)}: changes nothing, nobody in this world can feel it"
        for item, entry in zip(items, entries, strict=True)
        if not is_felt(world, entry)
    ]


def _described(item: AnyLever | AnyEvent) -> str:
    """Return a lever or event in words."""
    told = item.model_dump(exclude={"day", "value"}, exclude_defaults=True)
    return ", ".join(f"{key} {value}" for key, value in told.items())


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
    for name in (
        "state_of",
        "population",
        "population_share",
        "terrain",
        "is_gate",
        "seat_holder",
        "mean_edge_km",
        "capital_hops",
    ):
        getattr(world, name)[:n] = getattr(places, name)
    world.core_of[:n] = NOBODY
    if "core_of" in (tables.locations.dtype.names or ()):
        index = {name: i for i, name in enumerate(tables.factions["id"])}
        world.core_of[:n] = [index.get(name, NOBODY) for name in tables.locations["core_of"]]
        world.core_share[:n] = _or_zero(tables.locations, "core_share")
    contested = np.flatnonzero(places.state_of == world.contested_state)
    world.n_contested = len(contested)
    world.contested[: len(contested)] = contested
    world.hops[:n, :n] = places.hops
    world.border_hops[:n, : world.n_states] = places.border_hops
    world.crossing_hops[:n, : world.n_states] = places.crossing_hops
    world.edge_start[: n + 1] = places.edge_start
    for name in ("edge_to", "edge_km", "edge_road"):
        values = getattr(places, name)
        getattr(world, name)[: len(values)] = values


def _fill_sites(world: World, sites: Sites) -> None:
    """Fill military sites and prisons."""
    n = len(sites.airbases)
    for name in ("airbases", "depots", "detainees", "prisoners"):
        getattr(world, name)[:n] = getattr(sites, name)


def _fill_factions(world: World, tables: Tables, ties: Ties) -> None:
    """Fill everything about factions and actors."""
    n, n_states, n_places = len(tables.factions), len(tables.states), len(tables.locations)
    for name in (
        "home_state",
        "side",
        "is_jihadist",
        "is_extremist",
        "is_native",
        "is_regular",
        "may_enter",
        "home_location",
    ):
        getattr(world, name)[:n] = getattr(ties, name)
    world.quality[:n] = tables.factions["quality"]
    world.coded_morale[:n] = tables.factions["morale"]
    world.heavy_weapons[:n] = tables.factions["heavy_weapons"]
    for name in ("fighters_low", "fighters_central", "fighters_high"):
        getattr(world, name)[:n] = tables.factions[name]
    world.tie[:n, :n] = ties.tie
    world.engagement[:n, :n] = ties.engagement
    world.deployed[:n_places, :n] = ties.deployed
    world.control[:n_places, :n] = ties.control
    world.in_theatre[:n_places, :n] = ties.in_theatre
    world.capacity[: n_states + n] = ties.capacity
    world.resolve[:n_states] = tables.states["resolve"]
    world.strikes[: n_states + n, :n] = ties.strikes
    world.is_striker[: n_states + n] = (ties.strikes > 0.0).any(axis=1)
    world.attitude[:n_states, :n] = ties.attitude
    world.kin[:n_states, :n] = ties.kin


def _fill_states(world: World, tables: Tables, config: RunConfig) -> None:
    """Fill what a state is to the war: how many live there, whether it is a neighbour, how far it is drawn in."""
    states, n = tables.states, len(tables.states)
    is_neighbour = np.isin(states["id"], tables.header.neighbours)
    world.state_population[:n] = states["population"]
    world.is_neighbour[:n] = is_neighbour
    world.refugees_hosted[:n] = np.where(is_neighbour, _or_zero(states, "refugees_hosted"), 0.0)
    world.foreign_workers[:n] = np.where(is_neighbour, _or_zero(states, "foreign_workers"), 0.0)
    index = {name: i for i, name in enumerate(states["id"])}
    for row in tables.neighbours_day0 if tables.neighbours_day0 is not None else ():
        host = index[row["state"]]
        world.level_day_0[host] = row["level_day_0"]
        world.policy[host] = Policy[row["policy"].upper()]
        world.participation[host] = Participation[row["participant"].upper()]
    world.channel_on[:] = [getattr(config.channels, channel.name.lower()) for channel in Channel]


def _fill_bases(world: World, tables: Tables) -> None:
    """Fill where troops of foreign states stand."""
    places, states = ({name: i for i, name in enumerate(table["id"])} for table in (tables.locations, tables.states))
    for row in tables.foreign_forces if tables.foreign_forces is not None else ():
        world.has_base[places[row["location_id"]], states[row["state"]]] = row["troops_central"] > 0.0


def _or_zero(table: np.ndarray, column: str) -> np.ndarray:
    """Return a column of numbers, 0 where a cell is empty or the table has no such column."""
    return np.nan_to_num(table[column]) if column in (table.dtype.names or ()) else np.zeros(len(table))


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
