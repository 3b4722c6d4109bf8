"""Turn the probability that a place falls into a colour, in ten classes, and explain them by a scale."""

import numpy as np
from matplotlib import colormaps
from matplotlib.colors import to_hex
from matplotlib.patches import Patch

from sim.show.kit.key import draw_key, measure_key
from sim.show.kit.page import Page
from sim.show.kit.theme import INK, LOSS_RAMP, SMALL_PT, luminance
from sim.show.maps.world_map import INNER_LINE, NO_VALUE
from sim.tell.numbers import whole_percent

N_CLASSES = 10
BAR_MM, BAR_HEIGHT_MM, LABELS_MM = 70.0, 3.2, 5.0
HEIGHT_MM = BAR_HEIGHT_MM + LABELS_MM + 2.0
KEY_GAP_MM = 12.0
MIDDLE_LUMINANCE = 0.18  # black and white have the same contrast on it
LIGHTEST = 0.04  # of the ramp; lighter than this is the white of the page


def loss_colour(share: float) -> str:
    """Return the colour of a probability.

    Parameters
    ----------
    share
        In [0, 1].
    """
    rank = min(int(share * N_CLASSES), N_CLASSES - 1) / (N_CLASSES - 1)
    return to_hex(colormaps[LOSS_RAMP](LIGHTEST + (1.0 - LIGHTEST) * rank))


def ink_on(colour: str) -> str:
    """Return black or white, whichever is easier to read on a colour.

    Parameters
    ----------
    colour
        What is written on.
    """
    return INK if luminance(colour) > MIDDLE_LUMINANCE else "white"


def draw_loss_scale(page: Page, *, has_others: bool) -> None:
    """Draw the scale of colours at the top of a page, beside it what grey means.

    Parameters
    ----------
    page
        The page.
    has_others
        Whether the maps show places that the regime's side does not hold on day 0.
    """
    ax = page.axes(1.0, 0.0, BAR_MM, BAR_HEIGHT_MM)
    middles = (np.arange(N_CLASSES) + 0.5) / N_CLASSES
    colours = [loss_colour(float(middle)) for middle in middles]
    ax.bar(middles, 1.0, width=1.0 / N_CLASSES, color=colours, edgecolor="white", linewidth=0.4)
    ax.set_xlim(0.0, 1.0)
    ax.set_ylim(0.0, 1.0)
    ticks = [0.0, 0.2, 0.4, 0.6, 0.8, 1.0]
    ax.set_xticks(ticks, [whole_percent(tick) for tick in ticks], fontsize=SMALL_PT)
    ax.set_yticks([])
    for spine in ax.spines.values():
        spine.set_visible(False)
    if has_others:
        others = Patch(facecolor=NO_VALUE, edgecolor=INNER_LINE, hatch="////", linewidth=0.4)
        handles = {"not held by the regime's side on day 0": others}
        left = BAR_MM + KEY_GAP_MM
        draw_key(page, handles, measure_key(handles, page.width - left), 0.0, left)
