"""Write the numbers behind the figures of day series, incidents and single histories as tables."""

import numpy as np
import pandas as pd

from sim.ensemble.store.results import Results
from sim.show.ensemble.histories import choose_histories
from sim.show.ensemble.incident_map import incidents
from sim.show.ensemble.pressure_by_channel import CHANNELS, contributions
from sim.show.kit.series import Numbers, traced
from sim.show.kit.typeset import NO_BREAK
from sim.show.kit.wording import mean_of, share_of
from sim.tell.places import place_names, state_names
from sim.tell.sections import EVENTS, Section
from sim.world.scenario import Scenario


def pressure(results: Results, scenario: Scenario) -> Section:
    """Return what each channel adds to the pressure on each neighbour.

    Parameters
    ----------
    results, scenario
        An ensemble with traced runs, in a world with neighbours.
    """
    names = state_names(scenario)
    rows = tuple(
        (names[state], *(_mean(part.mean(axis=1)) for part in parts), _mean(parts.sum(axis=0).mean(axis=1)))
        for state in scenario.tables.header.neighbours
        for parts in (contributions(results, scenario, state),)
    )
    title = f"Pressure by channel, mean over days and runs; {traced(results)}"
    return Section(title, ("neighbour", *CHANNELS.values(), "all"), rows)


def incidents_by_place(results: Results, scenario: Scenario) -> Section:
    """Return how many deadly incidents each place of the neighbours sees.

    Parameters
    ----------
    results, scenario
        An ensemble with at least one usable run.
    """
    names, states = place_names(scenario), state_names(scenario)
    home = dict(zip(scenario.tables.locations["id"], scenario.tables.locations["state"], strict=True))
    counts = incidents(results, scenario)
    rows = tuple(
        (names[place], states[home[place]], _mean(counts[place].to_numpy()), _share(counts[place]))
        for place in counts.columns
        if counts[place].any()
    )
    header = ("place", "in", "incidents in a run, mean", "runs with at least one")
    return Section(f"Deadly incidents by day {scenario.horizon_days}", header, rows)


def histories(results: Results, scenario: Scenario) -> Section:
    """Return the days on which the main events come in the histories that are drawn.

    Parameters
    ----------
    results, scenario
        An ensemble with at least one usable run.
    """
    rows = tuple(
        (str(history.run), history.place, *(_day(history.days[f"{e}_day"]) for e in EVENTS), str(history.n_lost))
        for history in choose_histories(results, scenario)
    )
    header = ("run", "among all by day of collapse", *(f"day of {label}" for label in EVENTS.values()), "seats lost")
    return Section("Single histories", header, rows)


def _mean(values: Numbers) -> str:
    """Return a mean over runs; a table may break it where it has no room."""
    return mean_of(values).replace(NO_BREAK, " ")


def _share(counts: pd.Series) -> str:
    """Return the share of runs in which something is counted."""
    return share_of(int((counts > 0).sum()), len(counts)).replace(NO_BREAK, " ")


def _day(day: float) -> str:
    """Return a day, or that it never comes."""
    return "never" if np.isnan(day) else f"{day:.0f}"
