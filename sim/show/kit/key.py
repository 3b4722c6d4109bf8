"""Explain marks and colours in a key that fills the width of a page, in as few rows as its words need."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from matplotlib.artist import Artist
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.legend import Legend

from sim.show.kit.page import Page
from sim.show.kit.theme import SMALL_PT
from sim.show.kit.typeset import MM_PER_INCH

Handles: TypeAlias = Mapping[str, Artist | tuple[Artist, ...]]


@dataclass(frozen=True)
class KeySize:
    """Hold how a key is set.

    Parameters
    ----------
    n_columns
        How many entries stand beside each other.
    height_mm
        Height of all rows.
    """

    n_columns: int
    height_mm: float


def measure_key(handles: Handles, width_mm: float) -> KeySize:
    """Return the layout of a key with the fewest rows that fits a width.

    Parameters
    ----------
    handles
        Marks by what they mean.
    width_mm
        Room for the key.
    """
    for n_columns in range(len(handles), 0, -1):
        figure = Figure(figsize=(width_mm / MM_PER_INCH, 4.0))
        FigureCanvasAgg(figure)
        box = _legend(figure, handles, n_columns, (0.0, 1.0)).get_window_extent()
        if box.width / figure.dpi * MM_PER_INCH <= width_mm or n_columns == 1:
            return KeySize(n_columns, box.height / figure.dpi * MM_PER_INCH)
    return KeySize(1, 0.0)


def draw_key(page: Page, handles: Handles, size: KeySize, top: float, left: float = 0.0) -> None:
    """Draw a key on a page.

    Parameters
    ----------
    page
        The page.
    handles
        Marks by what they mean.
    size
        From `measure_key`.
    top, left
        Where it begins, mm from the upper left corner of the room.
    """
    if handles:
        width, height = (inches * MM_PER_INCH for inches in page.figure.get_size_inches())
        _legend(
            page.figure,
            handles,
            size.n_columns,
            ((page.left + left) / width, 1.0 - (page.top + top) / height),
        )


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
