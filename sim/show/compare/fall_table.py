"""Draw where scenarios change the loss of places as a table, for worlds without a map and many scenarios."""

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from sim.show.compare.differences import Difference
from sim.show.compare.falls import fall_words, falls_of, farthest, number_of
from sim.show.compare.scale import NOT_CLEAR, difference_colour, draw_difference_scale, top_of
from sim.show.kit.page import Page, new_page
from sim.show.kit.theme import GRID, SMALL_PT, TINY_PT
from sim.show.kit.typeset import shorten, text_height, text_width, wrap
from sim.show.maps.loss_scale import HEIGHT_MM as SCALE_MM
from sim.show.maps.loss_scale import ink_on
from sim.study.compare import Comparison
from sim.tell.places import place_names

ROW_MM, GAP_MM, MOST_NAME_MM, MOST_COLUMN_MM = 5.0, 2.5, 45.0, 26.0


def draw_compare_fall_table(comparison: Comparison) -> Figure:
    """Return the table of differences: a row for each place, a column for each scenario.

    Parameters
    ----------
    comparison
        Scenarios beside a base, in a world whose regime holds a place.
    """
    falls, names = falls_of(comparison), place_names(comparison.cases[0].scenario)
    places = list(next(iter(falls.values())))
    words = fall_words(comparison, falls)
    sheet = new_page(words, 1.0)  # to measure on
    rows = [shorten(sheet.figure, names[place], MOST_NAME_MM, size=SMALL_PT) for place in places]
    left = max(text_width(sheet.figure, name, size=SMALL_PT) for name in rows) + GAP_MM
    width = min((sheet.width - left) / len(falls), MOST_COLUMN_MM)
    heads = [_head(sheet, name, width - 1.0) for name in falls]
    down = SCALE_MM + max(text_height(head, TINY_PT) for head in heads) + GAP_MM
    page = new_page(words, down + ROW_MM * len(places))
    top = top_of(farthest(falls))
    draw_difference_scale(page, top, has_others=False)
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


def _head(page: Page, name: str, width: float) -> str:
    """Return the name of a scenario in lines that end after an underscore."""
    lines = wrap(page.figure, name.replace("_", "_ "), width, size=TINY_PT, weight="bold").split("\n")
    return "\n".join(shorten(page.figure, line.replace("_ ", "_"), width, size=TINY_PT) for line in lines)


def _draw_cell(ax: Axes, row: int, column: int, difference: Difference, top: float) -> None:
    """Draw one cell, coloured and with a number where its difference is clear."""
    colour = difference_colour(difference.value, top) if difference.is_clear else NOT_CLEAR
    ax.add_patch(Rectangle((column + 0.02, row + 0.05), 0.96, 0.9, facecolor=colour, edgecolor=GRID, linewidth=0.5))
    if difference.is_clear:
        text = ax.text(column + 0.5, row + 0.5, number_of(difference), fontsize=TINY_PT, color=ink_on(colour))
        text.set(ha="center", va="center_baseline")
