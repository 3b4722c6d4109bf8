"""Draw all figures of an ensemble into its folder, each as PNG and as SVG with its text as text."""

from collections.abc import Callable
from pathlib import Path

from matplotlib.figure import Figure

from sim.ensemble.estimate import usable
from sim.ensemble.losses import regime_places
from sim.ensemble.results import Results
from sim.show.fall_map import draw_fall_map
from sim.show.histories import draw_histories
from sim.show.incidence import draw_incidence
from sim.show.order_of_falls import draw_order_of_falls
from sim.show.page import save
from sim.show.theme import styled
from sim.world.scenario import Scenario

FOLDER = "figures"
ALWAYS: dict[str, Callable[[Results, Scenario], Figure]] = {
    "incidence": draw_incidence,
    "histories": draw_histories,
}
WITH_PLACES: dict[str, Callable[[Results, Scenario], Figure]] = {
    "order_of_falls": draw_order_of_falls,
    "fall_map": draw_fall_map,
}


def draw_all(results: Results, scenario: Scenario) -> list[Path]:
    """Write every figure that an ensemble has something to show for, and return their paths.

    An ensemble whose runs all failed has none; where the regime's side holds no place of its own state on
    day 0, the figures of the falls of places are left out.

    Parameters
    ----------
    results
        A finished ensemble; figures go into the folder `figures` beside its tables.
    scenario
        What was run.
    """
    if usable(results.runs).empty:
        return []
    wanted = ALWAYS | (WITH_PLACES if regime_places(scenario) else {})
    folder = results.folder / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    with styled():
        return [path for name, draw in wanted.items() for path in save(draw(results, scenario), folder / name)]
