"""Declare what a run leaves behind: a row, its falls, its events, its toll by place, and its day series.

A new quantity is a line at its row and one where it is written; columns, estimates, summaries, comparisons and the
reference follow from the line at the row. Days are ``NEVER`` (-1) for what did not happen; stored tables have nulls.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any

import numpy as np

from sim.core.codes import NOBODY, Cause, Channel, Event, Level, Outcome, RunStatus
from sim.core.jit import phase, rule
from sim.core.outputs import Kind, Table, Topic, Use, output
from sim.core.state import TIERS, Floats, Ints, State, World, index, record_dtype, tier_of

FALLS_PER_LOCATION = 8  # more changes of one seat than this, on average, end a run with a status of its own
N_LEVELS, N_CHANNELS, N_CAUSES = len(Level), len(Channel), len(Cause)
ESTIMATED, COMPARED = Use.ESTIMATED, Use.COMPARED


class RunRow:
    """What a run leaves in ``runs.parquet``; states are in the order of the world's tables."""

    run: int = output(Kind.NUMBER, "", "number of the history", "with the seed it names it for ever")
    seed: int = output(Kind.NUMBER, "", "seed of the ensemble")
    status: int = output(Kind.NAME, "", "whether it counts", "empty are all others if not", names=RunStatus)
    outcome: int = output(Kind.NAME, "", "how the regime ended first", "or that it did not", ESTIMATED, names=Outcome)
    collapse_day: int = output(
        Kind.DAY, "day", "collapse of the regime", "the first end; a coup if in a deal", COMPARED, Topic.END
    )
    flight_day: int = output(Kind.DAY, "day", "flight of its leader", "", COMPARED, Topic.END)
    capital_fall_day: int = output(Kind.DAY, "day", "fall of the capital", "", COMPARED, Topic.END)
    government_end_day: int = output(
        *(Kind.DAY, "day", "end of the government", "flight of its leader, or a coup that ends in a deal"),
        COMPARED,
        Topic.END,
    )
    disintegration_day: int = output(
        *(Kind.DAY, "day", "disintegration of its main force", "hardly any of its side's strength of day 0 is left"),
        COMPARED,
        Topic.END,
    )
    coup_day: int = output(Kind.DAY, "day", "coup by insiders")
    first_fall_day: int = output(Kind.DAY, "day", "first loss of a seat by the regime's side")
    settlement_day: int = output(Kind.DAY, "day", "a settlement", "of the parties", COMPARED, Topic.BESIDES)
    truce_day: int = output(Kind.DAY, "day", "a truce", "of the two main sides", COMPARED, Topic.BESIDES)
    handover_day: int = output(
        Kind.DAY, "day", "an orderly handover", "by those whom the leader left behind", COMPARED, Topic.BESIDES
    )
    infighting_day: int = output(
        Kind.DAY, "day", "fighting among its enemies", "the first time", COMPARED, Topic.BESIDES
    )
    intervention_day: int = output(
        Kind.DAY, "day", "an outsider's open intervention", "the first decision to enter", COMPARED, Topic.BESIDES
    )
    n_falls: int = output(Kind.COUNT, "seats", "changes of hands", "anywhere and by anybody")
    seats_lost: int = output(Kind.COUNT, "seats", "seats lost by the regime's side", "of those of day 0, once or more")
    seats_retaken: int = output(Kind.COUNT, "seats", "seats retaken by it", "lost, and held again on the last day")
    n_mergers: int = output(Kind.COUNT, "factions", "factions that joined another")
    fatalities_combatants: float = output(
        Kind.COUNT, "persons", "combatants killed", "of all factions", COMPARED, Topic.PEOPLE
    )
    fatalities_civilians: float = output(Kind.COUNT, "persons", "civilians killed", "", COMPARED, Topic.PEOPLE)
    fatalities_background: float = output(
        Kind.COUNT, "persons", "civilians killed besides the war", "not among those", ESTIMATED
    )
    fighters_deserted: float = output(Kind.COUNT, "fighters", "deserted or dispersed", "of the regime's side")
    regime_strength_left: float = output(
        Kind.SHARE, "share of day 0", "strength of the regime's side", "on the last day"
    )
    regime_population_share: float = output(
        Kind.SHARE, "share", "people where the regime's side holds", "of the contested state's, on the last day"
    )
    displaced_peak: float = output(
        Kind.COUNT, "persons", "displaced in their country, most at once", "since day 0", COMPARED, Topic.PEOPLE
    )
    displaced_last: float = output(
        Kind.COUNT, "persons", "displaced in their country on the last day", "since day 0", COMPARED
    )
    displaced_new: float = output(
        Kind.COUNT, "persons", "newly displaced in their country", "in all, those who went home included"
    )
    extremists_day_0: float = output(Kind.COUNT, "fighters", "extremist fighters on day 0", "", ESTIMATED)
    extremists_last: float = output(
        Kind.COUNT, "fighters", "extremist fighters on the last day", "", COMPARED, Topic.EXTREMISTS
    )
    extremist_attacks: float = output(Kind.COUNT, "attacks", "attacks of extremists", "", COMPARED, Topic.EXTREMISTS)
    hhi: float = output(Kind.INDEX, "index", "concentration of influence", "Herfindahl-Hirschman, last day", COMPARED)
    effective_factions: float = output(
        Kind.INDEX, "factions", "effective number of factions", "that hold people, last day", COMPARED
    )
    tempo: float = output(Kind.INDEX, "factor", "tempo", "above 1 everything takes longer")
    kill_factor: float = output(Kind.INDEX, "factor", "factor of the run on the dead", "of the fighting")
    civilian_factor: float = output(
        Kind.INDEX, "factor", "factor of the run on civilians killed", "for each fighter killed"
    )
    flight_factor: float = output(Kind.INDEX, "factor", "factor of the run on those who flee")
    crossing_shift: float = output(Kind.INDEX, "log odds", "shift of the share that crosses a border", "of the run")
    level_max: Annotated[Ints, "S"] = output(
        Kind.LEVEL, "level", "highest level of {state}", "", ESTIMATED, names=Level, is_of_neighbours=True
    )
    level_day: Annotated[Ints, "S", "R"] = output(
        Kind.DAY, "day", "{state} at level {entry} or higher", "the first time", COMPARED, is_of_neighbours=True
    )
    level_caused_max: Annotated[Ints, "S"] = output(
        *(Kind.LEVEL, "level", "highest level of {state} by what the war has caused"),
        "by the deaths of such incidents alone: 0 or from 2 on",
        ESTIMATED,
        names=Level,
        is_of_neighbours=True,
    )
    alert_day: Annotated[Ints, "S"] = output(
        Kind.DAY, "day", "alert in {state}", "0 where there is one on day 0", ESTIMATED, is_of_neighbours=True
    )
    death_day: Annotated[Ints, "S"] = output(
        Kind.DAY, "day", "first death on the soil of {state}", "since day 0", ESTIMATED, is_of_neighbours=True
    )
    many_deaths_day: Annotated[Ints, "S"] = output(
        Kind.DAY, "day", "more than 25 deaths on the soil of {state}", "since day 0", ESTIMATED, is_of_neighbours=True
    )
    incidents: Annotated[Ints, "S"] = output(
        *(Kind.COUNT, "incidents", "armed incidents of {state}", "on or over its border, tied to the war", ESTIMATED),
        is_of_neighbours=True,
    )
    incidents_caused: Annotated[Ints, "S"] = output(
        *(Kind.COUNT, "incidents", "armed incidents of {state} that the war has caused"),
        "the others come from what was there on day 0",
        ESTIMATED,
        is_of_neighbours=True,
    )
    incidents_by: Annotated[Ints, "S", "C"] = output(
        *(Kind.COUNT, "incidents", "armed incidents of {state} that the channel {entry} has carried"),
        "of those that the war has caused",
        is_of_neighbours=True,
    )
    fatalities: Annotated[Floats, "S"] = output(
        Kind.COUNT, "persons", "killed on the soil of {state}", "in incidents", ESTIMATED, is_of_neighbours=True
    )
    fatalities_caused: Annotated[Floats, "S"] = output(
        *(Kind.COUNT, "persons", "killed on the soil of {state} in incidents that the war has caused", "", ESTIMATED),
        is_of_neighbours=True,
    )
    refugees: Annotated[Floats, "S"] = output(
        Kind.COUNT, "persons", "refugees in {state}", "of this war, last day", COMPARED, total="refugees abroad"
    )
    arrived: Annotated[Floats, "S"] = output(
        *(Kind.COUNT, "persons", "arrived in {state}", "no refugees before day 0; those who went home included"),
        ESTIMATED,
        total="arrived abroad",
    )
    returned_new: Annotated[Floats, "S"] = output(
        Kind.COUNT, "persons", "returned from {state} of those who arrived", "since day 0", ESTIMATED
    )
    returned_old: Annotated[Floats, "S"] = output(
        Kind.COUNT, "persons", "returned from {state} of earlier refugees", "there since before day 0", ESTIMATED
    )
    workers_left: Annotated[Floats, "S"] = output(
        Kind.COUNT, "persons", "workers from {state} who left for home", "no refugees", ESTIMATED
    )
    influence: Annotated[Floats, "S"] = output(
        Kind.SHARE, "share", "influence of {state}", "in the contested state, on the last day", COMPARED
    )


class DayRow:
    """What a day of a traced run leaves in ``daily.parquet``, in its evening."""

    run: int = output(Kind.NUMBER, "", "in which history")
    day: int = output(Kind.DAY, "day", "which evening", null="")
    regime_strength: float = output(Kind.INDEX, "strength", "strength of the regime's side")
    challenger_strength: float = output(Kind.INDEX, "strength", "strength of the challenger's side")
    regime_morale: float = output(Kind.SHARE, "share", "mean morale of the regime's side")
    regime_fighters: float = output(Kind.COUNT, "fighters", "fighters of the regime's side")
    regime_population_share: float = output(
        Kind.SHARE, "share", "people where the regime's side holds", "of the contested state's"
    )
    patron_level: float = output(Kind.SHARE, "share", "support of the regime by its patrons")
    direct_help: float = output(Kind.INDEX, "factor", "direct help of the regime's patrons")
    fatalities_combatants: float = output(Kind.COUNT, "persons", "combatants killed so far")
    fatalities_civilians: float = output(Kind.COUNT, "persons", "civilians killed so far")
    n_falls: float = output(Kind.COUNT, "seats", "changes of hands so far")
    displaced: float = output(Kind.COUNT, "persons", "displaced in their country", "since day 0")
    displaced_new: float = output(Kind.COUNT, "persons", "newly displaced in their country so far")
    extremists: float = output(Kind.COUNT, "fighters", "extremist fighters")
    extremist_attacks: float = output(Kind.COUNT, "attacks", "attacks of extremists so far")
    infighting_hazard: float = output(
        Kind.INDEX, "hazard per day", "hazard of fighting among the regime's enemies", "of any two of them"
    )
    hhi: float = output(
        Kind.INDEX, "index", "concentration of influence", "Herfindahl-Hirschman, 1: all is one state's"
    )
    effective_factions: float = output(
        Kind.INDEX, "factions", "effective number of factions", "that hold the contested state's people"
    )
    level: Annotated[Ints, "S"] = output(Kind.LEVEL, "level", "level of {state}", is_of_neighbours=True)
    hardening: Annotated[Floats, "S"] = output(
        Kind.SHARE, "share", "how far {state} guards its border", is_of_neighbours=True
    )
    pressure: Annotated[Floats, "S"] = output(
        *(Kind.INDEX, "index", "pressure of the war on {state}", "what the channels carry, weighed"),
        is_of_neighbours=True,
    )
    incidents: Annotated[Ints, "S"] = output(
        Kind.COUNT, "incidents", "armed incidents of {state} so far", is_of_neighbours=True
    )
    fatalities: Annotated[Floats, "S"] = output(
        Kind.COUNT, "persons", "killed on the soil of {state} so far", is_of_neighbours=True
    )
    refugees: Annotated[Floats, "S"] = output(Kind.COUNT, "persons", "refugees in {state}", "who came since day 0")
    arrived: Annotated[Floats, "S"] = output(Kind.COUNT, "persons", "arrived in {state} so far", "since day 0")
    returned_new: Annotated[Floats, "S"] = output(
        Kind.COUNT, "persons", "returned from {state} so far of those who arrived"
    )
    returned_old: Annotated[Floats, "S"] = output(
        Kind.COUNT, "persons", "returned from {state} so far of earlier refugees"
    )
    workers_left: Annotated[Floats, "S"] = output(Kind.COUNT, "persons", "workers from {state} gone home so far")
    influence: Annotated[Floats, "S"] = output(Kind.SHARE, "share", "influence of {state}", "in the contested state")
    channel: Annotated[Floats, "S", "C"] = output(
        Kind.SHARE, "share", "what the channel {entry} carries to {state}", "more than on day 0", is_of_neighbours=True
    )


class FallRow:
    """A change of hands in ``falls.parquet``."""

    run: int = output(Kind.NUMBER, "", "in which history")
    day: int = output(Kind.DAY, "day", "when", null="")
    location: int = output(Kind.PLACE, "", "where", "an id of `locations.csv`")
    from_faction: int = output(Kind.FACTION, "", "who lost it", "an id of `factions.csv`")
    to_faction: int = output(Kind.FACTION, "", "who took it")


class EventRow:
    """A rare event in ``events.parquet``."""

    run: int = output(Kind.NUMBER, "", "in which history")
    day: int = output(Kind.DAY, "day", "when", null="")
    kind: int = output(Kind.NAME, "", "what happened", "see below", names=Event)
    location: int = output(Kind.PLACE, "", "where", null="no place")
    actor: int = output(Kind.ACTOR, "", "who", "a state or a faction, by kind")  # states first, then factions
    other: int = output(Kind.ACTOR, "", "with or against whom", "as `actor`")
    size: float = output(Kind.INDEX, "by kind", "how large")
    cause: int = output(
        *(Kind.NAME, "", "where an incident comes from", "what was there on day 0, or a channel of the war"),
        names=Cause,
        null="no incident",
    )


EVENT_WORDS = {
    Event.LEVEL: ("neighbour", "", "its new level"),
    Event.INCIDENT: ("neighbour", "", "deaths; incidents in which nobody shoots across the border are not told"),
    Event.REVENGE: ("who holds the place", "", "civilians meant to be killed; those who have fled by then are spared"),
    Event.PRISON_BREAK: ("faction that the escaped join", "", "escaped"),
    Event.DENIAL: (
        *("state that strikes", "faction that it keeps from them"),
        "weapons destroyed, 0 where only an airbase is hit",
    ),
    Event.INFIGHTING: ("faction", "faction", ""),
    Event.MERGER: ("faction that joins", "faction that it joins", ""),
    Event.SETTLEMENT: ("", "", ""),
    Event.HANDOVER: ("regime", "", ""),
    Event.PATRON_EXIT: ("patron", "client", ""),
    Event.TRUCE: ("regime", "challenger", "days"),
    Event.ACCORD: ("leader of a side", "victor with whom it comes to terms", ""),
    Event.INTERVENTION: (
        "outsider",
        "leader of the side that it helps",
        "fighters who will come, 0 for aircraft alone",
    ),
    Event.WITHDRAWAL: ("outsider", "leader of the side that it helped", "fighters who leave"),
}
"""What actor, other and size of each kind of event are."""


class TollRow:
    """What a run cost one place, in ``tolls.parquet``."""

    run: int = output(Kind.NUMBER, "", "in which history")
    location: int = output(Kind.PLACE, "", "where")
    fatalities_combatants: float = output(Kind.COUNT, "persons", "combatants killed", "there", ESTIMATED)
    fatalities_civilians: float = output(Kind.COUNT, "persons", "civilians killed", "there", ESTIMATED)
    displaced: float = output(
        Kind.COUNT, "persons", "displaced in their country", "from there, on the last day", ESTIMATED
    )
    refugees: float = output(Kind.COUNT, "persons", "refugees abroad", "from there, on the last day", ESTIMATED)


class HolderRow:
    """Who holds a seat of the contested state in the end, in ``holders.parquet``."""

    run: int = output(Kind.NUMBER, "", "in which history")
    location: int = output(Kind.PLACE, "", "where")
    faction: int = output(Kind.FACTION, "", "who holds it on the last day")


RUNS, FALLS, EVENTS, TOLLS, HOLDERS, DAILY = "runs", "falls", "events", "tolls", "holders", "daily"
TABLES = {
    RUNS: Table(RunRow, "One row a run, failed ones included."),
    FALLS: Table(FallRow, "One row each time a seat changed hands."),
    EVENTS: Table(EventRow, "One row for each rare event."),
    TOLLS: Table(TollRow, "One row for each place that a run cost anything; a place that it spared has none."),
    HOLDERS: Table(HolderRow, "One row for each seat of the contested state."),
    DAILY: Table(DayRow, "One row for each day of the first runs (`ensemble.traces`), in its evening."),
}
"""What runs leave behind, by name."""

LAYOUTS = {tier.name: {name: record_dtype(table.row, tier) for name, table in TABLES.items()} for tier in TIERS}


def layouts_of(world: np.ndarray) -> dict[str, np.dtype[Any]]:
    """Return the dtypes of what runs in a world leave behind, by table."""
    return LAYOUTS[tier_of(world).name]


@dataclass(frozen=True, eq=False)
class Histories:
    """Hold what runs leave behind: a field for each of `TABLES`, rows in order of run.

    Parameters
    ----------
    runs, falls, events, tolls, holders, daily
        Rows of the tables; those of a run are in order of day or of location.
    errors
        What was raised instead of a history, by number of run.
    """

    runs: np.ndarray
    falls: np.ndarray
    events: np.ndarray
    tolls: np.ndarray
    holders: np.ndarray
    daily: np.ndarray
    errors: Mapping[int, str] = field(default_factory=dict, kw_only=True)

    @property
    def tables(self) -> dict[str, np.ndarray]:
        """Return the rows of each table by name."""
        return {name: getattr(self, name) for name in TABLES}


@rule
def signed(number: np.uint64) -> int:
    """Return a number of the key as a signed one."""
    return np.int64(number)  # type: ignore[return-value]  # to compiled code this is an int


@phase
def held_population_share(world: World, state: State) -> float:
    """Return the share of the contested state's people in places that the regime's side holds."""
    share = 0.0
    for i in range(world.n_contested):
        place = index(world.contested[i])
        holder = state.holder[place]
        if holder >= 0 and state.side[holder] == world.regime:
            share += world.population_share[place]
    return share


@phase
def sum_places(world: World, values: Floats) -> float:
    """Return the sum of a quantity over the places of the contested state."""
    total = 0.0
    for i in range(world.n_contested):
        total += values[world.contested[i]]
    return total


@phase
def extremists(world: World, state: State) -> float:
    """Return the fighters of all extremist factions."""
    total = 0.0
    for faction in range(world.n_factions):
        if world.is_extremist[faction] == 1:
            for i in range(state.n_posts[faction]):
                total += state.fighters[state.posts[faction, i], faction]
    return total


@phase
def sum_factions(world: World, values: Floats) -> float:
    """Return the sum of a quantity over all factions."""
    total = 0.0
    for faction in range(world.n_factions):
        total += values[faction]
    return total


@phase
def is_finite(world: World, state: State) -> bool:
    """Tell whether every force of the run, and what follows from it, is still a number."""
    total = state.concentration + state.effective_factions + state.infighting_hazard
    for place in range(world.n_locations):
        total += state.residents[place] + state.depot[place] + state.civilians_killed[place]
        for faction in range(world.n_factions):
            total += state.fighters[place, faction] + state.morale[place, faction] + state.heavy[place, faction]
    for host in range(world.n_states):
        total += state.pressure[host] + state.influence_total[host]
    return bool(np.isfinite(total))


@phase
def write_states(world: World, state: State, row: RunRow) -> None:
    """Write what a finished run leaves of each state."""
    for host in range(world.n_states):
        row.refugees[host] = state.refugees_in[host]
        row.level_max[host] = state.level_max[host]
        row.level_caused_max[host] = state.level_caused_max[host]
        for level in range(N_LEVELS):
            row.level_day[host, level] = state.level_day[host, level]
        row.alert_day[host] = state.alert_day[host]
        row.death_day[host] = state.death_day[host]
        row.many_deaths_day[host] = state.many_deaths_day[host]
        row.fatalities[host] = state.incident_deaths[host]
        row.fatalities_caused[host] = state.caused_deaths[host]
        row.incidents_caused[host] = 0
        for channel in range(N_CHANNELS):
            row.incidents_by[host, channel] = state.incidents[host, channel + 1]
            row.incidents_caused[host] += state.incidents[host, channel + 1]
        row.incidents[host] = row.incidents_caused[host] + state.incidents[host, Cause.BACKGROUND.value]
        row.arrived[host] = state.arrived[host]
        row.returned_new[host] = state.arrived[host] - state.refugees_in[host]
        row.returned_old[host] = state.returned_old[host]
        row.workers_left[host] = state.workers_left[host]
        row.influence[host] = state.influence_total[host]


@phase
def write_run(world: World, state: State, row: RunRow, status: int) -> None:
    """Write what a finished run leaves in ``runs.parquet``."""
    row.run = signed(state.key.run)
    row.seed = signed(state.key.seed)
    row.status = status if is_finite(world, state) else RunStatus.NOT_FINITE.value
    row.outcome = state.outcome
    write_first_days(state, row)
    row.n_falls = state.n_captures
    count_seats(world, state, row)
    row.n_mergers = state.n_mergers
    row.fatalities_combatants = sum_factions(world, state.killed)
    row.fatalities_civilians = sum_places(world, state.civilians_killed)
    row.fatalities_background = sum_places(world, state.background_killed)
    row.fighters_deserted = 0.0
    for faction in range(world.n_factions):
        if state.side[faction] == world.regime:
            row.fighters_deserted += state.deserted[faction]
    row.regime_strength_left = 0.0
    if state.power_day_0 > 0.0:
        row.regime_strength_left = state.side_power[world.regime] / state.power_day_0
    row.regime_population_share = held_population_share(world, state)
    row.displaced_peak = state.displaced_peak
    row.displaced_last = sum_places(world, state.displaced)
    row.displaced_new = state.displaced_new
    row.extremists_day_0 = sum_factions(world, state.extremists_day_0)
    row.extremists_last = extremists(world, state)
    row.extremist_attacks = sum_factions(world, state.attacks)
    row.hhi = state.concentration
    row.effective_factions = state.effective_factions
    row.tempo = state.tempo
    row.kill_factor = state.kill_factor
    row.civilian_factor = state.civilian_factor
    row.flight_factor = state.flight_factor
    row.crossing_shift = state.crossing_shift
    write_states(world, state, row)


@phase
def write_first_days(state: State, row: RunRow) -> None:
    """Write on which day of a finished run each thing happened that can happen once."""
    row.collapse_day = state.collapse_day
    row.flight_day = state.flight_day
    row.capital_fall_day = state.capital_day
    row.government_end_day = state.government_end_day
    row.disintegration_day = state.disintegration_day
    row.coup_day = state.coup_day
    row.first_fall_day = state.first_loss_day
    row.settlement_day = state.settlement_day
    row.truce_day = state.truce_day
    row.handover_day = state.handover_day
    row.infighting_day = state.infighting_day
    row.intervention_day = state.intervention_day


@phase
def count_seats(world: World, state: State, row: RunRow) -> None:
    """Count the seats that the regime's side held on day 0 and has lost since, and those of them that it has again."""
    row.seats_lost = 0
    row.seats_retaken = 0
    for i in range(world.n_contested):
        place = index(world.contested[i])
        if state.was_lost[place] == 1 and world.side[world.seat_holder[place]] == world.regime:
            row.seats_lost += 1
            holder = state.holder[place]
            if holder != NOBODY and state.side[holder] == world.regime:
                row.seats_retaken += 1


@phase
def write_day(world: World, state: State, row: DayRow) -> None:
    """Write what one day leaves in ``daily.parquet``."""
    row.run = signed(state.key.run)
    row.day = signed(state.key.day)
    row.regime_strength = state.side_power[world.regime]
    row.challenger_strength = 0.0
    if world.challenger >= 0:
        row.challenger_strength = state.side_power[world.challenger]
    row.regime_morale = state.side_morale[world.regime]
    row.regime_fighters = state.side_fighters[world.regime]
    row.regime_population_share = held_population_share(world, state)
    row.patron_level = state.patron_level[world.regime]
    row.direct_help = state.direct_help[world.regime]
    row.fatalities_combatants = sum_factions(world, state.killed)
    row.fatalities_civilians = sum_places(world, state.civilians_killed)
    row.n_falls = float(state.n_captures)
    row.displaced = sum_places(world, state.displaced)
    row.displaced_new = state.displaced_new
    row.extremists = extremists(world, state)
    row.extremist_attacks = sum_factions(world, state.attacks)
    row.infighting_hazard = state.infighting_hazard
    row.hhi = state.concentration
    row.effective_factions = state.effective_factions
    for host in range(world.n_states):
        row.refugees[host] = state.refugees_in[host]
        row.arrived[host] = state.arrived[host]
        row.returned_new[host] = state.arrived[host] - state.refugees_in[host]
        row.returned_old[host] = state.returned_old[host]
        row.workers_left[host] = state.workers_left[host]
        row.level[host] = state.level[host]
        row.hardening[host] = state.hardening[host]
        row.pressure[host] = state.pressure[host]
        row.incidents[host] = 0
        for cause in range(N_CAUSES):
            row.incidents[host] += state.incidents[host, cause]
        row.fatalities[host] = state.incident_deaths[host]
        row.influence[host] = state.influence_total[host]
        for channel in range(N_CHANNELS):
            row.channel[host, channel] = state.channel[host, channel]


@phase
def write_event(state: State, slot: int, row: EventRow) -> None:
    """Write one of a run's events into a row of ``events.parquet``."""
    row.run = signed(state.key.run)
    row.day = state.event_day[slot]
    row.kind = state.event_kind[slot]
    row.location = state.event_place[slot]
    row.actor = state.event_actor[slot]
    row.other = state.event_other[slot]
    row.size = state.event_size[slot]
    row.cause = state.event_cause[slot]


@phase
def is_spared(state: State, place: int) -> bool:
    """Tell whether nobody was killed in a place and nobody is away from it."""
    killed = state.combatants_killed[place] + state.civilians_killed[place]
    return killed + state.displaced[place] + state.refugees_from[place] <= 0.0


@phase
def write_toll(state: State, place: int, row: TollRow) -> bool:
    """Write what a run cost one place; tell whether it cost anything."""
    if is_spared(state, place):
        return False
    row.run = signed(state.key.run)
    row.location = place
    row.fatalities_combatants = state.combatants_killed[place]
    row.fatalities_civilians = state.civilians_killed[place]
    row.displaced = state.displaced[place]
    row.refugees = state.refugees_from[place]
    return True


@phase
def write_holder(state: State, place: int, row: HolderRow) -> None:
    """Write who holds a seat in the end."""
    row.run = signed(state.key.run)
    row.location = place
    row.faction = state.holder[place]
