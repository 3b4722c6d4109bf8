"""Draw all figures of a comparison, and write them into its folder, each as PNG and as SVG with its text as text."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

from matplotlib.figure import Figure

from sim.ensemble.estimate.losses import regime_places
from sim.show.compare.amounts import draw_compare_amounts
from sim.show.compare.fall_map import MOST_LARGE, draw_compare_fall_map
from sim.show.compare.fall_table import draw_compare_fall_table
from sim.show.compare.incidence import draw_compare_incidence
from sim.show.compare.influence import draw_compare_influence
from sim.show.compare.levels import draw_compare_levels
from sim.show.compare.outcomes import amounts_of, probabilities_of
from sim.show.compare.probabilities import draw_compare_probabilities
from sim.show.compare.ranges import amounts_by_state
from sim.show.compare.refugees import draw_compare_refugees
from sim.show.figures import FOLDER
from sim.show.kit.page import save
from sim.show.kit.theme import styled
from sim.study.compare import Comparison

Draw: TypeAlias = Callable[[Comparison], Figure]


def draw_comparison(comparison: Comparison) -> dict[str, Figure]:
    """Return every figure that a comparison has something to show for, by name.

    Parameters
    ----------
    comparison
        Scenarios beside a base.
    """
    with styled():
        return {name: draw(comparison) for name, draw in drawable_comparison(comparison).items()}


def draw_comparison_files(comparison: Comparison) -> list[Path]:
    """Write the figures of a comparison into the folder `figures` beside its table, and return their paths.

    Parameters
    ----------
    comparison
        Scenarios beside a base.
    """
    folder = comparison.folder / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    with styled():
        return [path for name, figure in draw_comparison(comparison).items() for path in save(figure, folder / name)]


def drawable_comparison(comparison: Comparison) -> dict[str, Draw]:
    """Return what draws each figure that a comparison has something to show for, by name.

    Parameters
    ----------
    comparison
        Scenarios beside a base.
    """
    if comparison.table["n"].min() == 0:
        return {}
    scenario = comparison.cases[0].scenario
    has_room = bool(scenario.tables.header.map) or len(comparison.cases) - 1 <= MOST_LARGE
    draw_falls = draw_compare_fall_map if has_room else draw_compare_fall_table
    wanted: dict[str, tuple[Draw, bool]] = {
        "incidence": (draw_compare_incidence, True),
        "probabilities": (draw_compare_probabilities, bool(probabilities_of(comparison))),
        "amounts": (draw_compare_amounts, bool(amounts_of(comparison))),
        "levels": (draw_compare_levels, bool(scenario.tables.header.neighbours)),
        "fall_differences": (draw_falls, bool(regime_places(scenario))),
        "refugees": (draw_compare_refugees, bool(amounts_by_state(comparison, "refugees"))),
        "influence": (draw_compare_influence, bool(amounts_by_state(comparison, "influence"))),
    }
    return {name: draw for name, (draw, has_something) in wanted.items() if has_something}
