"""Turn differences of probability into colours that are centred on 0, and explain them by a scale."""

import math

import numpy as np
from matplotlib import colormaps
from matplotlib.colors import to_hex
from matplotlib.patches import Patch

from sim.show.compare.marks import signed
from sim.show.kit.key import draw_key, measure_key
from sim.show.kit.page import Page
from sim.show.kit.theme import SMALL_PT
from sim.show.maps.loss_scale import BAR_HEIGHT_MM, BAR_MM, KEY_GAP_MM
from sim.show.maps.world_map import INNER_LINE, NO_VALUE

RAMP = "PuOr_r"  # violet for less, orange for more, as in the ramp of losses
N_CLASSES = 5  # on either side of 0
NOT_CLEAR = "#ffffff"
TOPS = (10.0, 20.0, 50.0, 100.0)  # points; small differences stay pale
LIGHTEST = 0.14  # of either half of the ramp; lighter than this is the white of what is not clear


def top_of(highest: float) -> float:
    """Return how far the scale goes on either side of 0, points.

    Parameters
    ----------
    highest
        The largest difference that is drawn, whatever its sign.
    """
    return next(top for top in TOPS if highest <= top)


def difference_colour(value: float, top: float) -> str:
    """Return the colour of a difference; as far on either side of 0 is as dark.

    Parameters
    ----------
    value
        The difference, points.
    top
        End of the scale.
    """
    rank = min(max(math.ceil(N_CLASSES * abs(value) / top), 1), N_CLASSES) - 1
    reach = LIGHTEST + (1.0 - LIGHTEST) * rank / (N_CLASSES - 1)
    return to_hex(colormaps[RAMP](0.5 + 0.5 * math.copysign(reach, value)))


def draw_difference_scale(page: Page, top: float, *, has_others: bool) -> None:
    """Draw the scale of colours at the top of a page, beside it what white and grey mean.

    Parameters
    ----------
    page
        The page.
    top
        End of the scale.
    has_others
        Whether the maps show places that the regime's side does not hold on day 0.
    """
    ax = page.axes(3.0, 0.0, BAR_MM, BAR_HEIGHT_MM)
    step = top / N_CLASSES
    middles = (np.arange(-N_CLASSES, N_CLASSES) + 0.5) * step
    colours = [difference_colour(float(middle), top) for middle in middles]
    ax.bar(middles, 1.0, width=step, color=colours, edgecolor="white", linewidth=0.4)
    ax.set_xlim(-top, top)
    ax.set_ylim(0.0, 1.0)
    ticks = [-top, -top / 2.0, 0.0, top / 2.0, top]
    ax.set_xticks(ticks, [signed(tick) for tick in ticks], fontsize=SMALL_PT)
    ax.set_yticks([])
    for spine in ax.spines.values():
        spine.set_visible(False)
    handles = {"not clear: interval includes 0": Patch(facecolor=NOT_CLEAR, edgecolor=INNER_LINE, linewidth=0.6)}
    if has_others:
        hatched = Patch(facecolor=NO_VALUE, edgecolor=INNER_LINE, hatch="////", linewidth=0.4)
        handles["not held by the regime's side on day 0"] = hatched
    left = BAR_MM + KEY_GAP_MM
    draw_key(page, handles, measure_key(handles, page.width - left), 0.0, left)
