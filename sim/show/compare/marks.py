"""Draw differences as marks with intervals around 0: filled where they are clear, an arrow beyond the scale.

Each scenario has one look, the same in every figure: the base in ink, the others in colour.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import cycle

import numpy as np
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from sim.show.compare.differences import Difference
from sim.show.kit.key import Handles
from sim.show.kit.theme import BLUE, GREEN, INK, ORANGE, PURPLE, SKY, SOFT_INK, VERMILLION

FARTHEST = 100.0  # points or percent; what lies beyond gets an arrow
SHORTEST, SMALLEST = 0.15, 1.0  # of a scale: either side of 0 has this share of it; and how far it goes at least
WIDE, NARROW, MARK = 0.9, 1.8, 3.4  # points
GREY = "#a6a6a6"  # of intervals without pairing
COLOURS = (BLUE, VERMILLION, GREEN, ORANGE, PURPLE, SKY)
RAMP, RAMP_END = "viridis", 0.85  # of many scenarios, without its lightest end
STYLES = ("--", "-.", ":")
MARKERS = ("s", "^", "D", "v", "P", "X", "h", "p", "*")  # no arrows: these point beyond a scale


@dataclass(frozen=True)
class Look:
    """Hold how a scenario looks; lines and marks differ so that they can be told apart in grey.

    Parameters
    ----------
    colour, style, marker
        Of its line and its mark.
    """

    colour: str
    style: str
    marker: str


def looks_of(names: Iterable[str]) -> dict[str, Look]:
    """Return the look of each scenario.

    Parameters
    ----------
    names
        Of the scenarios, the base first.
    """
    base, *others = names
    looks = zip(_colours(len(others)), cycle(STYLES), cycle(MARKERS), strict=False)
    return {base: Look(INK, "-", "o")} | {name: Look(*look) for name, look in zip(others, looks, strict=False)}


def _colours(n: int) -> list[str]:
    """Return so many colours, none of them twice: those that anybody can tell apart, or steps of a ramp for more."""
    steps = np.linspace(0.0, RAMP_END, n)
    return list(COLOURS[:n]) if n <= len(COLOURS) else [to_hex(colormaps[RAMP](step)) for step in steps]


def scale_around_0(differences: Iterable[Difference], most_steps: int) -> dict[float, str]:
    """Return what to write on a scale that holds 0 and differences with their intervals, as far as scales go.

    Parameters
    ----------
    differences
        What is drawn.
    most_steps
        From one end to the other.
    """
    ends = np.array([(d.value, d.low, d.high, d.wide_low, d.wide_high) for d in differences])
    low, high = np.clip([np.nanmin(ends, initial=0.0), np.nanmax(ends, initial=0.0)], -FARTHEST, FARTHEST)
    shorter = SHORTEST * max(high - low, SMALLEST)
    ticks = MaxNLocator(most_steps, steps=[1, 2, 2.5, 5, 10]).tick_values(min(low, -shorter), max(high, shorter))
    return {float(tick): signed(float(tick)) for tick in ticks}


def signed(number: float) -> str:
    """Return a number of a scale around 0 with its sign."""
    return f"{number:+g}".replace("-", "\N{MINUS SIGN}") if number else "0"


def draw_zero(ax: Axes) -> None:
    """Draw the line of no difference."""
    ax.axvline(0.0, color=SOFT_INK, linewidth=0.8, zorder=1)


def draw_difference(ax: Axes, row: int, difference: Difference, look: Look) -> None:
    """Draw a difference with both its intervals.

    Parameters
    ----------
    ax
        Axes with rows downwards and a scale around 0.
    row
        Which row.
    difference
        What to draw.
    look
        Of the scenario.
    """
    middle, (low, high) = row + 0.5, ax.get_xlim()
    ax.plot([difference.wide_low, difference.wide_high], [middle] * 2, color=GREY, linewidth=WIDE, zorder=2)
    ax.plot([difference.low, difference.high], [middle] * 2, color=look.colour, linewidth=NARROW, zorder=3)
    mark = mark_of(look, is_filled=difference.is_clear)
    place = min(max(difference.value, low), high)
    if place != difference.value:
        mark.set_marker(">" if place > 0.0 else "<")
    mark.set_data([place], [middle])
    ax.add_line(mark)


def mark_handles(look: Look) -> Handles:
    """Return the marks of differences by their meaning, in the look of a scenario."""
    return {
        "clear: interval excludes 0": mark_of(look, is_filled=True),
        "not clear": mark_of(look, is_filled=False),
        "95 % interval over the same runs": Line2D([], [], color=look.colour, linewidth=NARROW),
        "if runs shared no draws": Line2D([], [], color=GREY, linewidth=WIDE),
    }


def mark_of(look: Look, *, is_filled: bool) -> Line2D:
    """Return the mark of a number, hollow where it does not clearly differ from the base's."""
    mark = Line2D([], [], linewidth=0, marker=look.marker, markersize=MARK, clip_on=False, zorder=4)
    face = look.colour if is_filled else "white"
    mark.set(markerfacecolor=face, markeredgecolor=look.colour, markeredgewidth=0.9)
    return mark
