"""Draw all figures of an ensemble into its folder, each as PNG and as SVG with its text as text."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

from matplotlib.figure import Figure

from sim.ensemble.estimate.losses import regime_places
from sim.ensemble.estimate.rows import usable
from sim.ensemble.store.results import Results
from sim.show.ensemble.displaced_and_killed import draw_displaced_and_killed
from sim.show.ensemble.extremists import draw_extremists
from sim.show.ensemble.fall_map import draw_fall_map
from sim.show.ensemble.highest_level import draw_highest_level
from sim.show.ensemble.histories import draw_histories
from sim.show.ensemble.incidence import draw_incidence
from sim.show.ensemble.incident_map import draw_incident_map, incidents
from sim.show.ensemble.influence import draw_influence
from sim.show.ensemble.level_by_neighbour import draw_level_by_neighbour
from sim.show.ensemble.order_of_falls import draw_order_of_falls
from sim.show.ensemble.pressure_by_channel import draw_pressure_by_channel
from sim.show.ensemble.refugees_by_destination import destinations, draw_refugees_by_destination
from sim.show.kit.page import save
from sim.show.kit.theme import styled
from sim.world.scenario import Scenario

FOLDER = "figures"
MOST_DRAWN = 10_000  # first runs that scripts draw, each figure with its n: bands are thin by then
Draw: TypeAlias = Callable[[Results, Scenario], Figure]

ALWAYS: dict[str, Draw] = {"incidence": draw_incidence, "histories": draw_histories}
WITH_PLACES: dict[str, Draw] = {"order_of_falls": draw_order_of_falls, "fall_map": draw_fall_map}
WITH_NEIGHBOURS: dict[str, Draw] = {
    "level_by_neighbour": draw_level_by_neighbour,
    "highest_level": draw_highest_level,
}
WITH_INCIDENTS: dict[str, Draw] = {"incident_map": draw_incident_map}
WITH_SERIES: dict[str, Draw] = {"displaced_and_killed": draw_displaced_and_killed}
WITH_PRESSURE: dict[str, Draw] = {"pressure_by_channel": draw_pressure_by_channel}
WITH_REFUGEES: dict[str, Draw] = {"refugees_by_destination": draw_refugees_by_destination}
WITH_INFLUENCE: dict[str, Draw] = {"influence": draw_influence}
WITH_EXTREMISTS: dict[str, Draw] = {"extremists": draw_extremists}


def draw_all(results: Results, scenario: Scenario) -> list[Path]:
    """Write every figure that an ensemble has something to show for, and return their paths.

    Parameters
    ----------
    results
        A finished ensemble; figures go into the folder `figures` beside its tables.
    scenario
        What was run.
    """
    wanted = drawable(results, scenario)
    if not wanted:
        return []
    folder = results.folder / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    with styled():
        return [path for name, draw in wanted.items() for path in save(draw(results, scenario), folder / name)]


def drawable(results: Results, scenario: Scenario) -> dict[str, Draw]:
    """Return what draws each figure that an ensemble has something to show for, by name.

    Parameters
    ----------
    results, scenario
        As for `draw_all`.
    """
    return {name: draw for draws, why_not in _figures(results, scenario) if not why_not for name, draw in draws.items()}


def left_out(results: Results, scenario: Scenario) -> list[str]:
    """Return a line for each reason why `draw_all` leaves figures out, such as `no incident_map: no incidents`.

    Parameters
    ----------
    results, scenario
        As for `draw_all`.
    """
    return [f"no {', '.join(draws)}: {why_not}" for draws, why_not in _figures(results, scenario) if why_not]


def _figures(results: Results, scenario: Scenario) -> list[tuple[dict[str, Draw], str]]:
    """Return all figures, each group with the reason why it cannot be drawn, empty where it can."""
    if usable(results.runs).empty:
        everything = ALWAYS | WITH_PLACES | WITH_NEIGHBOURS | WITH_INCIDENTS | WITH_SERIES
        return [(everything | WITH_PRESSURE | WITH_REFUGEES | WITH_INFLUENCE | WITH_EXTREMISTS, "every run failed")]
    alone = "" if scenario.tables.header.neighbours else "the world has no neighbours"
    places = "" if regime_places(scenario) else "the regime's side holds no place on day 0"
    incident = "" if incidents(results, scenario).to_numpy().any() else "no run has an incident at a neighbour's place"
    return [
        (ALWAYS, ""),
        (WITH_PLACES, places),
        (WITH_NEIGHBOURS, alone),
        (WITH_INCIDENTS, alone or incident),
        *_of_series(results, scenario, alone),
    ]


def _of_series(results: Results, scenario: Scenario, alone: str) -> list[tuple[dict[str, Draw], str]]:
    """Return the figures of day series with the reasons against them."""
    daily = results.daily
    if daily.empty:
        figures = WITH_SERIES | WITH_PRESSURE | WITH_REFUGEES | WITH_INFLUENCE | WITH_EXTREMISTS
        return [(figures, "no run left a day series (ensemble.traces)")]
    first_day = daily[daily["day"] == 0]
    return [
        (WITH_SERIES, ""),
        (WITH_PRESSURE, alone),
        (WITH_REFUGEES, "" if destinations(results, scenario) else "nobody leaves the contested state"),
        (WITH_INFLUENCE, "" if daily.filter(regex="^influence_").to_numpy().any() else "no state has influence"),
        (WITH_EXTREMISTS, "" if (first_day["extremists"] > 0.0).any() else "there are no extremists on day 0"),
    ]
