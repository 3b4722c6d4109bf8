"""Lay out one figure in millimetres: title, subtitle and footer around the room for what is drawn.

Figures are plain `Figure` objects on their own canvas, never pyplot's. Words are wrapped by their measured
width, and the page grows with them, so that nothing is clipped.
"""

import copy
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text

from sim.show.kit.theme import FAINT_INK, FULL_WIDTH_MM, INK, SOFT_INK, TEXT_PT, TINY_PT, TITLE_PT, styled
from sim.show.kit.typeset import LEADING, MM_PER_INCH, blank, text_height, wrap

MARGIN_MM = 4.0
GAP_MM = 2.5  # between the words and what is drawn
_WIDTH_MM = ContextVar("width of pages", default=FULL_WIDTH_MM)


@dataclass(frozen=True)
class Words:
    """Hold what a figure says in words.

    Parameters
    ----------
    title
        The finding with its number.
    subtitle
        What is shown, of which runs, with which interval.
    footer
        The caveat and where the numbers come from.
    """

    title: str
    subtitle: str
    footer: str


class Box(NamedTuple):
    """Hold where something stands, mm from the upper left corner of the room."""

    left: float
    top: float
    width: float
    height: float

    @property
    def bottom(self) -> float:
        """Return its lower edge."""
        return self.top + self.height


@dataclass(frozen=True)
class Page:
    """Hold a figure and the room left for drawing.

    Parameters
    ----------
    figure
        The figure, its words already written.
    left, top
        Upper left corner of the room, mm from the left and upper edge of the page.
    width, height
        Size of the room, mm.
    """

    figure: Figure
    left: float
    top: float
    width: float
    height: float

    def axes(self, left: float, top: float, width: float, height: float) -> Axes:
        """Return new axes at a place in the room.

        Parameters
        ----------
        left, top
            Upper left corner, mm from the upper left corner of the room.
        width, height
            Size, mm.
        """
        page_width, page_height = (size * MM_PER_INCH for size in self.figure.get_size_inches())
        x, y = self.left + left, page_height - self.top - top - height
        return self.figure.add_axes((x / page_width, y / page_height, width / page_width, height / page_height))

    def below(self, down: float) -> "Page":
        """Return the page with the room that is left below a part of it, mm."""
        return replace(self, top=self.top + down, height=self.height - down)

    def write(self, left: float, top: float, text: str, *, size: float = TEXT_PT, ink: str = INK) -> Text:
        """Return a text whose upper left corner is at a place in the room, mm from its upper left corner."""
        return _write(self.figure, self.left + left, self.top + top, text, size=size, ink=ink)


@contextmanager
def narrow_pages(width_mm: float) -> Iterator[None]:
    """Draw pages of at most a width inside a `with` block, such as for a phone; panels stand below each other there."""
    before = _WIDTH_MM.set(width_mm)
    try:
        yield
    finally:
        _WIDTH_MM.reset(before)


def room_mm() -> float:
    """Return the width of the room on a page as wide as they are, mm."""
    return _WIDTH_MM.get() - 2.0 * MARGIN_MM


def new_page(words: Words, height_mm: float, width_mm: float = FULL_WIDTH_MM) -> Page:
    """Return a page of a given width with room of a given height between its words.

    Parameters
    ----------
    words
        What the figure says.
    height_mm
        Height of the room for drawing.
    width_mm
        Width of the page, where pages are not narrower.
    """
    width_mm = min(width_mm, _WIDTH_MM.get())
    figure = blank(width_mm)
    width = width_mm - 2.0 * MARGIN_MM
    title = wrap(words.title, width, size=TITLE_PT, weight="bold")
    subtitle = wrap(words.subtitle, width, size=TEXT_PT)
    footer = wrap(words.footer, width, size=TINY_PT)
    below_title = MARGIN_MM + text_height(title, TITLE_PT)
    top = below_title + 0.8 + text_height(subtitle, TEXT_PT) + GAP_MM
    below = top + height_mm + GAP_MM
    page_height = below + text_height(footer, TINY_PT) + MARGIN_MM - 1.0
    figure.set_size_inches(width_mm / MM_PER_INCH, page_height / MM_PER_INCH)
    _write(figure, MARGIN_MM, MARGIN_MM, title, size=TITLE_PT, ink=INK).set_fontweight("bold")
    _write(figure, MARGIN_MM, below_title + 0.8, subtitle, size=TEXT_PT, ink=SOFT_INK)
    _write(figure, MARGIN_MM, below, footer, size=TINY_PT, ink=FAINT_INK)
    return Page(figure, MARGIN_MM, top, width, height_mm)


def save(figure: Figure, stem: Path) -> list[Path]:
    """Write a figure as PNG and as SVG, the same bytes for the same figure; return the two paths.

    Parameters
    ----------
    figure
        A finished figure; do not draw on it any more.
    stem
        Path without the ending.
    """
    png, svg = stem.with_suffix(".png"), stem.with_suffix(".svg")
    with styled():
        figure.savefig(png, metadata={"Software": None})
        _write_over_halos(figure.axes)
        figure.savefig(svg, metadata={"Date": None})
    return [png, svg]


def strip(ax: Axes) -> None:
    """Take the lines around axes away."""
    for spine in ax.spines.values():
        spine.set_visible(False)


def _write(figure: Figure, left: float, top: float, text: str, *, size: float, ink: str) -> Text:
    """Return a text on a figure, placed in mm from its upper left corner."""
    width, height = (size_in * MM_PER_INCH for size_in in figure.get_size_inches())
    written = figure.text(left / width, 1.0 - top / height, text, fontsize=size, color=ink)
    written.set(va="top", ha="left", linespacing=LEADING)
    return written


def _write_over_halos(many_axes: Iterable[Axes]) -> None:
    """Write each text with a halo again without it: SVG draws the letters of a halo as shapes."""
    for ax in many_axes:
        for text in [text for text in ax.texts if text.get_path_effects()]:
            plain = copy.copy(text)
            plain.set_path_effects([])
            text.set_color("white")
            ax.add_artist(plain)
