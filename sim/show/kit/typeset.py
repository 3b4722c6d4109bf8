"""Measure, wrap and place words on a figure, in millimetres."""

from collections.abc import Mapping, Sequence
from functools import cache
from itertools import pairwise, takewhile

import numpy as np
import numpy.typing as npt
from matplotlib import rcParams
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text

from sim.tell import estimate

MM_PER_INCH = 25.4
MM_PER_PT = MM_PER_INCH / 72.0
NO_BREAK = estimate.NO_BREAK
LEADING = 1.3  # distance between lines, in letter heights


def text_width(text: str, *, size: float, weight: str = "normal") -> float:
    """Return the width of a text, in mm.

    Parameters
    ----------
    text
        One line.
    size, weight
        Size in points, and weight of the letters.
    """
    sheet = _sheet(rcParams["figure.dpi"])
    sample = Text(0.0, 0.0, text, fontsize=size, fontweight=weight, figure=sheet)
    return float(sample.get_window_extent().width / sheet.dpi * MM_PER_INCH)


@cache
def _sheet(dpi: float) -> Figure:
    """Return a figure on which nothing but the size of letters is looked up."""
    figure = blank()
    figure.set_dpi(dpi)
    return figure


def blank(width_mm: float = 100.0, height_mm: float = 100.0) -> Figure:
    """Return an empty figure on a canvas of its own, to draw or to measure on."""
    figure = Figure(figsize=(width_mm / MM_PER_INCH, height_mm / MM_PER_INCH))
    FigureCanvasAgg(figure)
    return figure


def text_height(text: str, size: float) -> float:
    """Return the height that the lines of a text take, in mm.

    Parameters
    ----------
    text
        Lines, wrapped already.
    size
        Size of the letters, points.
    """
    return (text.count("\n") + 1) * LEADING * size * MM_PER_PT


def wrap(text: str, width_mm: float, *, size: float, weight: str = "normal") -> str:
    """Return a text with line breaks so that no line is wider than a width, words left whole.

    Parameters
    ----------
    text
        Words; those joined by `NO_BREAK` stay together.
    width_mm
        The widest that a line may be.
    size, weight
        Size in points, and weight of the letters.
    """
    words = set(text.replace("\n", " ").split(" "))
    widths = {word: text_width(word, size=size, weight=weight) for word in words}
    space = text_width("n n", size=size, weight=weight) - text_width("nn", size=size, weight=weight)
    lines = [line for part in text.split("\n") for line in _filled(part.split(" "), widths, space, width_mm)]
    return "\n".join(lines).replace(NO_BREAK, " ")


def _filled(words: Sequence[str], widths: Mapping[str, float], space: float, room: float) -> list[str]:
    """Return lines that are filled with words as far as there is room."""
    lines, used = [words[0]], widths[words[0]]
    for word in words[1:]:
        used += space + widths[word]
        if used <= room:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
            used = widths[word]
    return lines


def shorten(text: str, width_mm: float, *, size: float) -> str:
    """Return a text on one line, cut with an ellipsis where it is wider than a width.

    Parameters
    ----------
    text
        One line.
    width_mm
        The widest that it may be.
    size
        Size of the letters, points.
    """
    if text_width(text, size=size) <= width_mm:
        return text
    cuts = (text[:end].rstrip(" ,;(") + "…" for end in range(len(text) - 1, 0, -1))
    too_wide = list(takewhile(lambda cut: text_width(cut, size=size) > width_mm, cuts))
    return text[: len(text) - 1 - len(too_wide)].rstrip(" ,;(") + "…"


def spread_apart(wanted: npt.NDArray[np.float64], gap: float, height: float) -> npt.NDArray[np.float64]:
    """Return places on a scale, as near to the wanted ones as their distance from each other allows.

    Parameters
    ----------
    wanted
        (label,), in [0, height].
    gap
        Smallest distance between two labels.
    height
        Length of the scale.
    """
    order = np.argsort(wanted, kind="stable")
    placed = wanted.copy()
    for lower, upper in pairwise(order):
        placed[upper] = max(placed[upper], placed[lower] + gap)
    ceiling = height
    for label in order[::-1]:
        placed[label] = min(placed[label], ceiling)
        ceiling = placed[label] - gap
    return placed
