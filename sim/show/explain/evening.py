"""Draw where a history stands that is being stepped through: who holds what, and how far neighbours are drawn in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from sim.core.codes import Level
from sim.ensemble.estimate.losses import own_side, regime_places
from sim.ensemble.store.provenance import config_digest
from sim.show.kit.days import date_text
from sim.show.kit.key import keyed_page
from sim.show.kit.page import Page, Words, room_mm
from sim.show.kit.theme import LEVEL_COLOURS, NOBODY_COLOUR, SMALL_PT, TEXT_PT, faction_colours
from sim.show.kit.typeset import shorten
from sim.show.kit.wording import CAVEAT, footer
from sim.show.maps.geometry import load_shapes
from sim.show.maps.holders import holder_handles
from sim.show.maps.layout import home_extent
from sim.show.maps.loss_scale import ink_on
from sim.show.maps.world_map import important_labels, paint_map
from sim.tell.labels import LEVELS
from sim.tell.places import NOBODY_ID, home_holders, state_names

if TYPE_CHECKING:
    from sim.agents.model import SpilloverModel  # brings Mesa, which no other figure needs

BESIDE_MM, GAP_MM = 50.0, 5.0  # column of the neighbours, and between it and the map
LOWEST_MM, HIGHEST_MM = 70.0, 130.0  # of the map
ROW_MM, RUNG_MM = 9.0, 5.0


def draw_evening(model: SpilloverModel) -> Figure:
    """Return the figure of the last day that a model has lived, or of the morning of day 0."""
    scenario, shapes = model.inputs, load_shapes(model.inputs.tables)
    holders = {place: model.network[place].holder or NOBODY_ID for place in home_holders(scenario)}
    extent = home_extent(shapes)
    has_neighbours = bool(scenario.tables.header.neighbours)
    width = room_mm() - (BESIDE_MM + GAP_MM) * has_neighbours
    height = min(max(width * (extent[3] - extent[2]) / (extent[1] - extent[0]), LOWEST_MM), HIGHEST_MM)
    page = keyed_page(_words(model, holders), holder_handles(set(holders.values()), scenario), height)
    colours = {**faction_colours(scenario), NOBODY_ID: NOBODY_COLOUR}
    paint_map(
        page.axes(0.0, 0.0, width, height),
        shapes,
        {place: colours[holder] for place, holder in holders.items()},
        labels=important_labels(shapes),
        extent=extent,
    )
    _draw_levels(page, model, width + GAP_MM)
    return page.figure


def _words(model: SpilloverModel, holders: dict[str, str]) -> Words:
    """Return what the figure says."""
    scenario, own = model.inputs, own_side(model.inputs)
    places = regime_places(scenario)
    kept = sum(holders[place] in own for place in places)
    held = f"holds {kept or 'none'} of its {len(places)} seats"
    if model.day == 0:
        title = f"On the morning of day 0 the regime's side {held}"
    else:
        when = date_text(scenario.tables.header.day0, model.day - 1, with_year=True)
        title = f"In the evening of day {model.day - 1}, {when}, the regime's side {held}"
    if model.collapse_day is not None:
        title += f"; the regime collapsed on day {model.collapse_day}"
    key = model.state["key"]
    shown = (
        f"One history: run {key['run']:,}, seed {key['seed']}, {scenario.config.scenario.name} in "
        f"{scenario.config.world.name}. Who holds each place; at the right, the level of each neighbour."
    )
    told = {"seed": key["seed"], "world_digest": scenario.tables.digest}
    return Words(title, shown, footer(scenario, told, "config", config_digest(scenario), CAVEAT))


def _draw_levels(page: Page, model: SpilloverModel, left: float) -> None:
    """Write how far each neighbour is drawn in, one below the other."""
    names = state_names(model.inputs)
    for number, state in enumerate(model.inputs.tables.header.neighbours):
        level = Level(model.state_agent(state).level)
        colour, top = LEVEL_COLOURS[level], number * ROW_MM
        ax = page.axes(left, top + 1.0, RUNG_MM, RUNG_MM)
        ax.set_axis_off()
        ax.add_patch(Rectangle((0.0, 0.0), 1.0, 1.0, color=colour))
        ax.text(0.5, 0.5, str(level.value), fontsize=SMALL_PT, color=ink_on(colour), ha="center", va="center_baseline")
        beside = left + RUNG_MM + 2.0
        page.write(beside, top, shorten(names[state], BESIDE_MM - RUNG_MM - 2.0, size=TEXT_PT), size=TEXT_PT)
        page.write(beside, top + 4.2, LEVELS[level], size=SMALL_PT)
