"""Draw what two factors do to an outcome: a map in colours with lines of equal outcome, the scenario marked."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.patheffects import AbstractPathEffect, withStroke

from sim.show.kit.page import Box, Page, new_page, room_mm, strip
from sim.show.kit.panels import Scale
from sim.show.kit.theme import INK, SMALL_PT, SOFT_INK, TEXT_PT
from sim.show.kit.typeset import text_height, wrap
from sim.show.sweep.axes import below_mm, label_factor, set_value_ticks
from sim.show.sweep.field import N_TERMS, Field, field_of, finest_step
from sim.show.sweep.measure import round_levels
from sim.show.sweep.view import Numbers, View
from sim.show.sweep.words import between, finding, intervals_of, outside, words_of
from sim.tell.numbers import to_figures

RAMP = "viridis_r"  # dark where there is much, readable without colour
WIDTH_MM, HEIGHT_MM, SCALE_MM = 122.0, 88.0, 14.0
BAR_LEFT_MM, BAR_WIDTH_MM, BAR_HEIGHT_MM, BAR_NAME_MM = 142.0, 4.5, 52.0, 30.0
LEAST_VALUES = 3  # of each factor, for a map of cells
LEAST_POINTS = 2 * N_TERMS  # for a surface
APART_MM = 6.0  # closest values along the upright axis
N_COLOURS = 100
POINT_PT, CROSS_PT, HALO_PT = 5.0, 10.0, 2.2


def has_map(view: View) -> bool:
    """Tell whether an outcome can be shown over two factors."""
    if len(view.factors) != 2:  # noqa: PLR2004 - the sides of a map
        return False
    if view.is_grid:
        return min(len(set(view.column(factor))) for factor in view.factors) >= LEAST_VALUES
    return len(view.rows) >= LEAST_POINTS and not view.is_line


def draw_map(view: View) -> Figure:
    """Return the figure of an outcome over two factors."""
    field = field_of(view)
    levels = round_levels(float(np.nanmin(field.heights)), float(np.nanmax(field.heights)), finest_step(view, field))
    across, upward = (f"{way}: {factor.axis}" for way, factor in zip(("Across", "Upward"), view.factors, strict=True))
    head = wrap(upward, room_mm(), size=TEXT_PT)
    place = Box(SCALE_MM, text_height(head, TEXT_PT) + 2.0, WIDTH_MM, HEIGHT_MM)
    shown = f"{view.measure.kind} by {view.factors[0].name} and {view.factors[1].name}"
    note = "; ".join(_notes(view, field, levels)) + outside(view, view.factors)
    page = new_page(
        words_of(view, _title(view, field), shown, note), place.bottom + below_mm(across, room_mm() - SCALE_MM)
    )
    page.write(0.0, 0.0, head)
    ax = page.axes(*place)
    scale = view.measure.scale(float(view.estimates[0].max()), _lowest_colour(view, field))
    norm = _paint(ax, field, scale)
    _draw_levels(ax, view, field, levels)
    if field.origin:
        _draw_points(ax, view, norm)
    if view.own_inside(view.factors):
        _mark_own(ax, view.factors[0].own, view.factors[1].own)
    _label_axes(page, ax, view, across, place)
    _draw_bar(page, view, scale, norm, place.top)
    return page.figure


def _title(view: View, field: Field) -> str:
    """Return the finding: the ends of a fitted surface, or of the points."""
    if not field.origin or not view.is_clear:
        return finding(view)
    lowest, highest = (
        (
            f"about {view.measure.about(float(field.heights[row, column]))}",
            [to_figures(value, 2) for value in (field.across[column], field.upward[row])],
        )
        for row, column in field.ends
    )
    return between(view, lowest, highest)


def _notes(view: View, field: Field, levels: list[float]) -> list[str]:
    """Return what the marks mean."""
    _, low, high = view.estimates
    reach = view.measure.width(float((high - low).max()) / 2.0)
    notes = {
        field.origin: bool(field.origin),
        "dots: the points in the colours of their own estimates": bool(field.origin),
        f"{intervals_of(view)} reach at most {reach} to either side of a point": not np.isnan(low).any(),
        "no lines, since the points differ by no more than chance": not levels,
        "cross: the scenario's own values": view.own_inside(view.factors),
    }
    return [note for note, is_said in notes.items() if is_said]


def _lowest_colour(view: View, field: Field) -> float:
    """Return what the lightest colour stands for: 0 where there is little to tell apart."""
    return float(view.estimates[0].min()) if view.differs or (field.origin and view.is_clear) else 0.0


def _paint(ax: Axes, field: Field, scale: Scale) -> Normalize:
    """Paint the outcome in colours; what is not known stays white. Return the scale of colours."""
    norm = Normalize(scale.ticks[0], scale.ticks[-1])
    if field.origin:
        extent = (field.across[0], field.across[-1], field.upward[0], field.upward[-1])
        ax.imshow(field.heights, cmap=RAMP, norm=norm, extent=extent, origin="lower", aspect="auto")
    else:
        edges = (_edges(values) for values in (field.across, field.upward))
        ax.pcolormesh(*edges, field.heights, cmap=RAMP, norm=norm, edgecolors="face", linewidth=0.2)
    strip(ax)
    return norm


def _edges(values: Numbers) -> Numbers:
    """Return the edges of cells around rising values: half way between neighbours."""
    middles = (values[1:] + values[:-1]) / 2.0
    return np.concatenate([[2.0 * values[0] - middles[0]], middles, [2.0 * values[-1] - middles[-1]]])


def _draw_levels(ax: Axes, view: View, field: Field, levels: list[float]) -> None:
    """Draw lines of equal outcome with their numbers."""
    if not levels:
        return
    halo: list[AbstractPathEffect] = [withStroke(linewidth=HALO_PT, foreground="white")]
    lines = ax.contour(field.across, field.upward, field.heights, levels=levels, colors=INK, linewidths=0.9)
    lines.set_path_effects(halo)
    for label in ax.clabel(lines, fmt=view.measure.tick(levels[-1]), fontsize=SMALL_PT, inline_spacing=2):
        label.set_rotation(0.0)
        label.set_path_effects(halo)
        frame, box = ax.get_window_extent(), label.get_window_extent()
        if not (frame.contains(box.x0, box.y0) and frame.contains(box.x1, box.y1)):
            label.remove()


def _draw_points(ax: Axes, view: View, norm: Normalize) -> None:
    """Draw the points in the colours of their own estimates."""
    x, y = (view.column(factor) for factor in view.factors)
    points = ax.scatter(x, y, s=POINT_PT**2, c=view.estimates[0], cmap=RAMP, norm=norm, clip_on=False, zorder=3)
    points.set(edgecolor="white", linewidth=0.7)


def _mark_own(ax: Axes, x: float, y: float) -> None:
    """Mark the scenario's own values with a cross."""
    (cross,) = ax.plot(x, y, marker="x", markersize=CROSS_PT, markeredgewidth=2.0, color=INK, clip_on=False, zorder=5)
    cross.set_path_effects([withStroke(linewidth=2.0 * HALO_PT, foreground="white")])


def _label_axes(page: Page, ax: Axes, view: View, across: str, place: Box) -> None:
    """Label both axes: the name of the upright one stands above already."""
    x, y = (np.unique(view.column(factor)).tolist() for factor in view.factors)
    label_factor(page, ax, across, x, place, room_mm() - SCALE_MM)
    set_value_ticks(ax, "y", y, HEIGHT_MM, APART_MM)


def _draw_bar(page: Page, view: View, scale: Scale, norm: Normalize, top: float) -> None:
    """Draw the scale of colours beside the map, what it shows above it."""
    name = wrap(view.measure.named(float(view.estimates[0].max())), BAR_NAME_MM, size=SMALL_PT)
    page.write(BAR_LEFT_MM, top, name, size=SMALL_PT, ink=SOFT_INK)
    ax = page.axes(BAR_LEFT_MM, top + text_height(name, SMALL_PT) + 2.0, BAR_WIDTH_MM, BAR_HEIGHT_MM)
    heights = np.linspace(scale.ticks[0], scale.ticks[-1], N_COLOURS)[:, None]
    ax.imshow(
        heights, cmap=RAMP, norm=norm, extent=(0.0, 1.0, scale.ticks[0], scale.ticks[-1]), origin="lower", aspect="auto"
    )
    ax.set_xticks([])
    ax.yaxis.tick_right()
    ax.set_yticks(scale.ticks, scale.labels, fontsize=SMALL_PT)
    strip(ax)
