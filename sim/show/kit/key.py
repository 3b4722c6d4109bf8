"""Explain marks and colours in a key that fills the width of a page, in as few rows as its words need."""

from collections.abc import Mapping
from typing import TypeAlias

from matplotlib.artist import Artist
from matplotlib.figure import Figure
from matplotlib.legend import Legend

from sim.show.kit.page import Page, Words, new_page, room_mm
from sim.show.kit.theme import SMALL_PT
from sim.show.kit.typeset import MM_PER_INCH, blank

Handles: TypeAlias = Mapping[str, Artist | tuple[Artist, ...]]
"""Marks by what they mean."""

GAP_MM = 2.0  # between a key and what it explains


def keyed_page(words: Words, handles: Handles, height_mm: float, gap_mm: float = GAP_MM) -> Page:
    """Return a page with a key at its top and room of a given height below it; see `new_page`.

    Parameters
    ----------
    words, height_mm
        What the figure says, and the height of the room for drawing.
    handles
        The key.
    gap_mm
        Between the two.
    """
    down = _measure(handles, room_mm())[1] + gap_mm
    page = new_page(words, down + height_mm)
    draw_key(page, handles, 0.0)
    return page.below(down)


def draw_key(page: Page, handles: Handles, top: float, left: float = 0.0) -> None:
    """Draw a key on a page; it begins at a place, mm from the upper left corner of the room."""
    if handles:
        n_columns, _ = _measure(handles, page.width - left)
        width, height = (inches * MM_PER_INCH for inches in page.figure.get_size_inches())
        _legend(page.figure, handles, n_columns, ((page.left + left) / width, 1.0 - (page.top + top) / height))


def _measure(handles: Handles, width_mm: float) -> tuple[int, float]:
    """Return how many entries stand beside each other, as many as fit a width, and the height of all rows in mm."""
    for n_columns in range(len(handles), 0, -1):
        figure = blank(width_mm)
        box = _legend(figure, handles, n_columns, (0.0, 1.0)).get_window_extent()
        if box.width / figure.dpi * MM_PER_INCH <= width_mm or n_columns == 1:
            return n_columns, box.height / figure.dpi * MM_PER_INCH
    return 1, 0.0


def _legend(figure: Figure, handles: Handles, n_columns: int, corner: tuple[float, float]) -> Legend:
    """Return a legend whose upper left corner is at a place on a figure."""
    legend = Legend(
        figure,
        list(handles.values()),
        list(handles),
        loc="upper left",
        bbox_to_anchor=corner,
        ncols=n_columns,
        fontsize=SMALL_PT,
        frameon=False,
        handlelength=1.8,
        columnspacing=1.6,
        labelspacing=0.35,
        handletextpad=0.5,
        borderpad=0.0,
        borderaxespad=0.0,
    )
    figure.add_artist(legend)
    return legend
