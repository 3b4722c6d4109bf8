"""Build the tables behind figures of day series, incidents and single histories."""

from sim.ensemble.store.results import Results
from sim.show.ensemble.chosen import choose_histories
from sim.show.ensemble.incident_map import incidents
from sim.show.ensemble.pressure_by_channel import CHANNELS, contributions
from sim.show.kit.series import traced
from sim.tell.estimate import Estimate, Kind
from sim.tell.labels import EVENTS, MAIN_EVENTS
from sim.tell.lookup import mean, share
from sim.tell.places import place_names, state_names
from sim.tell.section import Cell, Column, Section
from sim.world.scenario import Scenario


def pressure(results: Results, scenario: Scenario) -> Section | None:
    """Return what each channel adds to the pressure on each neighbour, in runs that left day series."""
    names = state_names(scenario)
    parts = {state: contributions(results, scenario, state) for state in scenario.tables.header.neighbours}
    rows: list[tuple[Cell, ...]] = [
        (names[state], *(mean(part.mean(axis=1)) for part in own), mean(own.sum(axis=0).mean(axis=1)))
        for state, own in parts.items()
    ]
    title = f"Pressure by channel, mean over days and runs; {traced(results)}"
    return Section.of_rows(title, ("neighbour", *CHANNELS.values(), "all"), rows)


def incidents_by_place(results: Results, scenario: Scenario) -> Section | None:
    """Return how many deadly incidents each place of the neighbours sees."""
    names, states, locations = place_names(scenario), state_names(scenario), scenario.tables.locations
    home = dict(zip(locations["id"], locations["state"], strict=True))
    counts = incidents(results, scenario)
    seen = {place: counts[place].to_numpy() for place in counts.columns if counts[place].any()}
    return Section(
        f"Deadly incidents by day {scenario.horizon_days}; n = {len(counts):,} runs",
        [
            Column("place", [names[place] for place in seen]),
            Column("in", [states[home[place]] for place in seen]),
            Column("incidents in a run, mean", [mean(own) for own in seen.values()]),
            Column("runs with at least one", [share(int((own > 0).sum()), len(own)) for own in seen.values()]),
        ],
    )


def histories(results: Results, scenario: Scenario) -> Section | None:
    """Return the days on which the main events come in the histories that are drawn."""
    rows: list[tuple[Cell, ...]] = [
        (
            str(history.run),
            history.place,
            *(Estimate(history.days[f"{event}_day"], kind=Kind.DAY) for event in MAIN_EVENTS),
            history.n_lost,
        )
        for history in choose_histories(results, scenario)
    ]
    days = (f"day of {EVENTS[event]}" for event in MAIN_EVENTS)
    return Section.of_rows("Single histories", ("run", "among all by day of collapse", *days, "seats lost"), rows)
