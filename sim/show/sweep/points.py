"""Draw a few points of a sweep one by one: a row for each with its dot and interval."""

import numpy as np
from matplotlib.figure import Figure

from sim.show.kit.page import Box, new_page, room_mm
from sim.show.kit.theme import BLUE, SMALL_PT, SOFT_INK
from sim.show.kit.typeset import text_height, wrap
from sim.show.sweep.view import View
from sim.show.sweep.words import finding, intervals_of, outside, words_of

NAMES_MM, NUMBERS_MM, HEAD_MM, TICKS_MM, GAP_MM = 60.0, 38.0, 6.0, 6.0, 2.4
OWN = "as in the scenario"


def draw_points(view: View) -> Figure:
    """Return the figure of an outcome, point by point."""
    labels = [wrap(_setting(view, point), NAMES_MM - 4.0, size=SMALL_PT) for point in range(len(view.rows))]
    heights = np.array([text_height(label, SMALL_PT) + GAP_MM for label in labels])
    tops = np.concatenate([[0.0], np.cumsum(heights)])
    place = Box(NAMES_MM, HEAD_MM, room_mm() - NAMES_MM - NUMBERS_MM, float(tops[-1]))
    shown = f"{view.measure.kind}, point by point"
    note = f"bars and brackets: {intervals_of(view)}{outside(view, view.factors)}"
    page = new_page(words_of(view, finding(view), shown, note), place.bottom + TICKS_MM)
    ax = page.axes(*place)
    middles = (tops[1:] + tops[:-1]) / 2.0
    estimate, low, high = view.estimates
    ax.hlines(middles, np.maximum(low, 0.0), high, color=BLUE, linewidth=1.6)
    ax.plot(estimate, middles, "o", color=BLUE, markersize=6.0, clip_on=False)
    scale = view.measure.scale(view.highest)
    ax.set_xlim(scale.ticks[0], scale.ticks[-1])
    ax.set_xticks(scale.ticks, scale.labels)
    ax.set_ylim(tops[-1], 0.0)
    ax.set_yticks([])
    ax.grid(visible=True, axis="x")
    ax.spines["left"].set_visible(False)
    page.write(0.0, 0.0, view.measure.named(view.highest), size=SMALL_PT, ink=SOFT_INK)
    numbers = view.measure.on_scale(view.highest, zip(estimate, low, high, strict=True))
    for label, middle, number in zip(labels, middles, numbers, strict=True):
        page.write(0.0, HEAD_MM + middle, label, size=SMALL_PT).set(va="center")
        page.write(room_mm(), HEAD_MM + middle, number.tight, size=SMALL_PT).set(ha="right", va="center")
    return page.figure


def _setting(view: View, point: int) -> str:
    """Return the values of all factors at a point, and whether they are the scenario's own."""
    values = view.values_at(point)
    told = ", ".join(factor.at(value) for factor, value in zip(view.factors, values, strict=True))
    is_own = np.allclose(values, [factor.own for factor in view.factors])
    return f"{told} ({OWN})" if told and is_own else told or OWN
