"""Draw where scenarios change the loss of places: as maps, one a scenario, or as a table where circles would be many.

Colours are centred on 0; what is not clear stays white.
"""

import math
from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.patches import Patch, Rectangle

from sim.ensemble.estimate.losses import regime_places
from sim.show.compare.differences import Difference, in_points
from sim.show.compare.marks import signed
from sim.show.compare.words import acting, finding, idle_note, words_of
from sim.show.ensemble.fall_map import write_numbers
from sim.show.kit.key import Handles
from sim.show.kit.page import Box, Page, Words, new_page, room_mm
from sim.show.kit.panels import write_head
from sim.show.kit.theme import GRID, SMALL_PT, TINY_PT
from sim.show.kit.typeset import shorten, text_height, text_width, wrap
from sim.show.maps.geometry import Shapes, load_shapes
from sim.show.maps.layout import GAP_MM, HEAD_MM, bottom_of, home_extent, lighten
from sim.show.maps.loss_scale import HEIGHT_MM as SCALE_MM
from sim.show.maps.loss_scale import draw_scale, ink_on, others_handles
from sim.show.maps.stamps import coarse_map
from sim.show.maps.world_map import INNER_LINE, LAND_AROUND, NO_VALUE, important_labels, paint_map
from sim.study.compare import Comparison
from sim.tell.certainty import OVER_SAME_RUNS
from sim.tell.numbers import rounded
from sim.tell.places import place_names

PREFIX = "p_fall_"
RAMP = "PuOr_r"  # violet for less, orange for more, as in the ramp of losses
N_CLASSES = 5  # on either side of 0
NOT_CLEAR = "#ffffff"
TOPS = (10.0, 20.0, 50.0, 100.0)  # points; small differences stay pale
LIGHTEST = 0.14  # of either half of the ramp; lighter than this is the white of what is not clear
MOST_COLUMNS = 3
MOST_LARGE = 2  # maps with names, and with the land around
SHORTEST_MM, TALLEST_MM, ALL_ROWS_MM = 25.0, 100.0, 190.0  # of a map, and of all rows, which fill a printed page
ROW_MM, NAME_GAP_MM, MOST_NAME_MM, MOST_COLUMN_MM = 5.0, 2.5, 45.0, 26.0  # of the table
Falls = Mapping[str, Mapping[str, Difference]]
"""Differences in points by scenario and place."""


def draw_compare_falls(comparison: Comparison) -> Figure:
    """Return the figure of differences by place, in a world whose regime holds one."""
    scenario, falls = comparison.cases[0].scenario, _falls_of(comparison)
    if scenario.tables.header.map or len(falls) <= MOST_LARGE:
        return _draw_maps(comparison, falls, load_shapes(scenario.tables))
    return _draw_table(comparison, falls)


def top_of(highest: float) -> float:
    """Return how far the scale goes on either side of 0, points, to hold a largest difference of any sign."""
    return next(top for top in TOPS if highest <= top)


def difference_colour(value: float, top: float) -> str:
    """Return the colour of a difference on a scale with an end, points; as far on either side of 0 is as dark."""
    rank = min(max(math.ceil(N_CLASSES * abs(value) / top), 1), N_CLASSES) - 1
    reach = LIGHTEST + (1.0 - LIGHTEST) * rank / (N_CLASSES - 1)
    return to_hex(colormaps[RAMP](0.5 + 0.5 * math.copysign(reach, value)))


def _falls_of(comparison: Comparison) -> Falls:
    """Return how each scenario changes the probability that each place is lost to the regime's side."""
    places = regime_places(comparison.cases[0].scenario)
    differences = in_points(comparison, [f"{PREFIX}{place}" for place in places])
    names = acting(comparison, differences.values())
    return {name: {place: differences[name, f"{PREFIX}{place}"] for place in places} for name in names}


def _words(comparison: Comparison, falls: Falls) -> Words:
    """Return what the figure says."""
    scenario = comparison.cases[0].scenario
    differences = [difference for by_place in falls.values() for difference in by_place.values()]
    shown = (
        f"Share of runs in which each place is lost to the regime's side by day {scenario.horizon_days}, "
        "difference from the base in percentage points"
    )
    note = f"coloured where the interval excludes 0, which 1 in 20 does by chance: {OVER_SAME_RUNS}"
    note += idle_note(comparison, falls)
    return words_of(comparison, finding(comparison, differences, "which places are lost"), shown, note)


def _draw_scale(page: Page, falls: Falls, others: Handles) -> float:
    """Draw the scale of colours, beside it what white and grey mean; return its end."""
    top = top_of(max(abs(difference.value) for by_place in falls.values() for difference in by_place.values()))
    middles = (np.arange(-N_CLASSES, N_CLASSES) + 0.5) * top / N_CLASSES
    ticks = {tick: signed(tick) for tick in (-top, -top / 2.0, 0.0, top / 2.0, top)}
    white = Patch(facecolor=NOT_CLEAR, edgecolor=INNER_LINE, linewidth=0.6)
    key = {"not clear: interval includes 0": white, **others}
    draw_scale(page, [difference_colour(float(middle), top) for middle in middles], ticks, key)
    return top


def _colour(difference: Difference, top: float) -> str:
    """Return the colour of a difference, white where it is not clear."""
    return difference_colour(difference.value, top) if difference.is_clear else NOT_CLEAR


def _number(difference: Difference) -> str:
    """Return a difference in whole points; one that would round to nothing lies between that and 1."""
    whole = int(rounded(difference.value))
    return signed(whole) if whole else f"<{signed(1)}" if difference.value > 0.0 else f">{signed(-1)}"


def _draw_maps(comparison: Comparison, falls: Falls, whole: Shapes) -> Figure:
    """Return the figure with a map for each scenario."""
    shapes = whole if len(falls) <= MOST_LARGE else coarse_map(whole)
    frames = _frames(shapes, len(falls))
    page = new_page(_words(comparison, falls), bottom_of(frames))
    unheld = [place for place in whole.home if place not in next(iter(falls.values()))]
    top = _draw_scale(page, falls, others_handles() if unheld else {})
    for (name, by_place), frame in zip(falls.items(), frames, strict=True):
        write_head(page, (frame.left, frame.top - 1.0), frame.width, (name, _extent(by_place)))
        ax = page.axes(*frame)
        ax.set_anchor("N")
        _draw_map(ax, shapes, by_place, unheld, top)
        if shapes is not whole:
            lighten(ax)
    return page.figure


def _frames(shapes: Shapes, n: int) -> list[Box]:
    """Return the places of maps in as even rows as there can be."""
    n_rows = -(-n // MOST_COLUMNS)
    n_columns = -(-n // n_rows)
    left, right, bottom, top = home_extent(shapes)
    width = (room_mm() - (n_columns - 1) * GAP_MM) / n_columns
    tallest = min(TALLEST_MM, ALL_ROWS_MM / n_rows - HEAD_MM - GAP_MM)
    height = float(np.clip(width * (top - bottom) / (right - left), SHORTEST_MM, max(tallest, SHORTEST_MM)))
    step = HEAD_MM + height + GAP_MM
    return [
        Box(i % n_columns * (width + GAP_MM), SCALE_MM + HEAD_MM + i // n_columns * step, width, height)
        for i in range(n)
    ]


def _extent(by_place: Mapping[str, Difference]) -> str:
    """Return how far the clear differences of a scenario go."""
    clear = sorted((difference for difference in by_place.values() if difference.is_clear), key=lambda d: d.value)
    if not clear:
        return "nothing clear"
    first, last = _number(clear[0]), _number(clear[-1])
    if first != last:
        return f"{first} to {last}"
    return f"{first} everywhere" if len(clear) == len(by_place) else f"{first} where coloured"


def _draw_map(ax: Axes, shapes: Shapes, by_place: Mapping[str, Difference], unheld: Sequence[str], top: float) -> None:
    """Draw the map of a scenario, numbers where clear differences are not all the same, which its head then tells."""
    colours = dict.fromkeys(shapes.location_ids, LAND_AROUND) | dict.fromkeys(unheld, NO_VALUE)
    colours |= {place: _colour(difference, top) for place, difference in by_place.items()}
    numbers = {place: _number(difference) for place, difference in by_place.items() if difference.is_clear}
    shown = numbers if len(set(numbers.values())) > 1 else {}
    paint_map(ax, shapes, colours, labels=_labels(shapes, shown), hatched=unheld, extent=home_extent(shapes))
    if not shapes.is_mapped:
        write_numbers(ax, shapes, shown, colours)


def _labels(shapes: Shapes, numbers: Mapping[str, str]) -> dict[str, str]:
    """Return the words at each location: names where there is room for them, numbers where circles have none."""
    names = important_labels(shapes)
    if not shapes.is_mapped:
        return names
    if not shapes.context:
        return {place: numbers[place] for place in names if place in numbers}
    return {place: f"{name}\n{numbers[place]}" if place in numbers else name for place, name in names.items()}


def _draw_table(comparison: Comparison, falls: Falls) -> Figure:
    """Return the figure with a row for each place and a column for each scenario."""
    words, names = _words(comparison, falls), place_names(comparison.cases[0].scenario)
    places = list(next(iter(falls.values())))
    rows = [shorten(names[place], MOST_NAME_MM, size=SMALL_PT) for place in places]
    left = max(text_width(name, size=SMALL_PT) for name in rows) + NAME_GAP_MM
    width = min((room_mm() - left) / len(falls), MOST_COLUMN_MM)
    heads = [_head(name, width - 1.0) for name in falls]
    down = SCALE_MM + max(text_height(head, TINY_PT) for head in heads) + NAME_GAP_MM
    page = new_page(words, down + ROW_MM * len(places))
    top = _draw_scale(page, falls, {})
    ax = page.axes(left, down, width * len(falls), ROW_MM * len(places))
    ax.set_axis_off()
    ax.set_xlim(0, len(falls))
    ax.set_ylim(len(places), 0)
    for row, name in enumerate(rows):
        text = page.write(0.0, down + (row + 0.5) * ROW_MM, name, size=SMALL_PT)
        text.set(va="center_baseline", linespacing=1.0)
    for column, (head, by_place) in enumerate(zip(heads, falls.values(), strict=True)):
        text = page.write(left + (column + 0.5) * width, down - 1.5, head, size=TINY_PT)
        text.set(ha="center", va="baseline", multialignment="center", fontweight="bold")
        for row, place in enumerate(places):
            _draw_cell(ax, row, column, by_place[place], top)
    return page.figure


def _head(name: str, width: float) -> str:
    """Return the name of a scenario in lines that end after an underscore."""
    lines = wrap(name.replace("_", "_ "), width, size=TINY_PT, weight="bold").split("\n")
    return "\n".join(shorten(line.replace("_ ", "_"), width, size=TINY_PT) for line in lines)


def _draw_cell(ax: Axes, row: int, column: int, difference: Difference, top: float) -> None:
    """Draw one cell, coloured and with a number where its difference is clear."""
    colour = _colour(difference, top)
    ax.add_patch(Rectangle((column + 0.02, row + 0.05), 0.96, 0.9, facecolor=colour, edgecolor=GRID, linewidth=0.5))
    if difference.is_clear:
        text = ax.text(column + 0.5, row + 0.5, _number(difference), fontsize=TINY_PT, color=ink_on(colour))
        text.set(ha="center", va="center_baseline")
