"""Draw the figures of a sweep, for each outcome those that its points can show."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeAlias

from matplotlib.figure import Figure

from sim.show.figures import FOLDER
from sim.show.kit.page import save
from sim.show.kit.theme import styled
from sim.show.sweep.curve import draw_curve, has_curve
from sim.show.sweep.effects import draw_effects, has_effects
from sim.show.sweep.plane import draw_map, has_map
from sim.show.sweep.points import draw_points
from sim.show.sweep.scatter import draw_scatter, has_scatter
from sim.show.sweep.view import View, view_of
from sim.study.sweep import Sweep
from sim.world.scenario import Scenario

Draw: TypeAlias = Callable[[View], Figure]

KINDS: dict[str, tuple[Callable[[View], bool], Draw]] = {
    "curve": (has_curve, draw_curve),
    "map": (has_map, draw_map),
    "scatter": (has_scatter, draw_scatter),
    "effects": (has_effects, draw_effects),
}


def draw_sweep(sweep: Sweep, outcomes: Sequence[str], scenario: Scenario) -> dict[str, Figure]:
    """Return the figures of a sweep by name, such as ``p_collapse_curve``.

    A curve shows one factor, also beside a few values of others; a map two factors; a scatter more. Effects rank
    several factors. Where points suit none of these, each is told by itself. An outcome without an estimate has none.

    Parameters
    ----------
    sweep
        A finished sweep.
    outcomes
        Names of outcomes, such as ``p_collapse``.
    scenario
        Around which the sweep varies.
    """
    with styled():
        views = (view_of(sweep, outcome, scenario) for outcome in outcomes)
        return {
            f"{view.measure.outcome}_{kind}": draw(view)
            for view in views
            if len(view.rows)
            for kind, draw in _kinds(view).items()
        }


def draw_sweep_files(sweep: Sweep, outcomes: Sequence[str], scenario: Scenario) -> list[Path]:
    """Write the figures of a sweep into the folder `figures` beside its table, and return their paths.

    Parameters
    ----------
    sweep, outcomes, scenario
        As for `draw_sweep`.
    """
    folder = sweep.folder / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    figures = draw_sweep(sweep, outcomes, scenario)
    with styled():
        return [path for name, figure in figures.items() for path in save(figure, folder / name)]


def _kinds(view: View) -> dict[str, Draw]:
    """Return what draws each figure that the points can show."""
    found = {kind: draw for kind, (has, draw) in KINDS.items() if has(view)}
    return found if found.keys() - {"effects"} else {"points": draw_points} | found
