"""Draw where scenarios change the loss of places: maps of differences of probability from the base, one a scenario."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.show.compare.differences import Difference
from sim.show.compare.falls import fall_words, falls_of, farthest, number_of
from sim.show.compare.scale import NOT_CLEAR, difference_colour, draw_difference_scale, top_of
from sim.show.ensemble.fall_map import write_numbers
from sim.show.kit.page import ROOM_MM, new_page
from sim.show.kit.panels import write_head
from sim.show.maps.geometry import Shapes, load_shapes
from sim.show.maps.layout import GAP_MM, HEAD_MM, Frame, bottom_of, home_extent, lighten
from sim.show.maps.loss_scale import HEIGHT_MM as SCALE_MM
from sim.show.maps.stamps import coarse_map
from sim.show.maps.world_map import LAND_AROUND, NO_VALUE, important_labels, paint_map
from sim.study.compare import Comparison
from sim.tell.places import home_holders

MOST_COLUMNS = 3
MOST_LARGE = 2  # maps with names, and with the land around
SHORTEST_MM, TALLEST_MM, ALL_ROWS_MM = 25.0, 100.0, 190.0  # of a map, and of all rows, which fill a printed page


def draw_compare_fall_map(comparison: Comparison) -> Figure:
    """Return the figure of maps of differences.

    Parameters
    ----------
    comparison
        Scenarios beside a base, in a world whose regime holds a place; without a map, at most `MOST_LARGE` of them.
    """
    scenario, falls = comparison.cases[0].scenario, falls_of(comparison)
    home, whole = home_holders(scenario), load_shapes(scenario.tables)
    shapes = whole if len(falls) <= MOST_LARGE else coarse_map(whole, list(home))
    frames = _frames(shapes, len(falls))
    page = new_page(fall_words(comparison, falls), bottom_of(frames))
    top = top_of(farthest(falls))
    unheld = [place for place in home if place not in next(iter(falls.values()))]
    draw_difference_scale(page, top, has_others=bool(unheld))
    for (name, by_place), frame in zip(falls.items(), frames, strict=True):
        write_head(page, (frame.left, frame.top - 1.0), frame.width, (name, _extent(by_place)))
        ax = page.axes(frame.left, frame.top, frame.width, frame.height)
        ax.set_anchor("N")
        _draw_map(ax, shapes, by_place, unheld, top)
        if shapes is not whole:
            lighten(ax)
    return page.figure


def _frames(shapes: Shapes, n: int) -> list[Frame]:
    """Return the places of maps in as even rows as there can be."""
    n_rows = -(-n // MOST_COLUMNS)
    n_columns = -(-n // n_rows)
    left, right, bottom, top = home_extent(shapes)
    width = (ROOM_MM - (n_columns - 1) * GAP_MM) / n_columns
    tallest = min(TALLEST_MM, ALL_ROWS_MM / n_rows - HEAD_MM - GAP_MM)
    height = float(np.clip(width * (top - bottom) / (right - left), SHORTEST_MM, max(tallest, SHORTEST_MM)))
    step = HEAD_MM + height + GAP_MM
    return [
        Frame(i % n_columns * (width + GAP_MM), SCALE_MM + HEAD_MM + i // n_columns * step, width, height)
        for i in range(n)
    ]


def _extent(by_place: Mapping[str, Difference]) -> str:
    """Return how far the clear differences of a scenario go."""
    clear = sorted((difference for difference in by_place.values() if difference.is_clear), key=lambda d: d.value)
    if not clear:
        return "nothing clear"
    first, last = number_of(clear[0]), number_of(clear[-1])
    if first != last:
        return f"{first} to {last}"
    return f"{first} everywhere" if len(clear) == len(by_place) else f"{first} where coloured"


def _draw_map(ax: Axes, shapes: Shapes, by_place: Mapping[str, Difference], unheld: Sequence[str], top: float) -> None:
    """Draw the map of a scenario, numbers where clear differences are not all the same, which its head then tells."""
    colours = dict.fromkeys(shapes.location_ids, LAND_AROUND) | dict.fromkeys(unheld, NO_VALUE)
    colours |= {
        place: difference_colour(difference.value, top) if difference.is_clear else NOT_CLEAR
        for place, difference in by_place.items()
    }
    numbers = {place: number_of(difference) for place, difference in by_place.items() if difference.is_clear}
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
