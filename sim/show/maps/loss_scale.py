"""Turn the probability that a place falls into a colour, in ten classes, and explain them by a scale."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib import colormaps
from matplotlib.colors import to_hex
from matplotlib.patches import Patch

from sim.show.kit.key import Handles, draw_key
from sim.show.kit.page import Page, strip
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
    """Return the colour of a probability."""
    rank = min(int(share * N_CLASSES), N_CLASSES - 1) / (N_CLASSES - 1)
    return to_hex(colormaps[LOSS_RAMP](LIGHTEST + (1.0 - LIGHTEST) * rank))


def ink_on(colour: str) -> str:
    """Return black or white, whichever is easier to read on a colour."""
    return INK if luminance(colour) > MIDDLE_LUMINANCE else "white"


def draw_loss_scale(page: Page, *, has_others: bool) -> None:
    """Draw the scale of colours at the top of a page, beside it what grey means where there is any."""
    colours = [loss_colour((rank + 0.5) / N_CLASSES) for rank in range(N_CLASSES)]
    ticks = {tick: whole_percent(tick) for tick in (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)}
    draw_scale(page, colours, ticks, others_handles() if has_others else {})


def draw_scale(page: Page, colours: Sequence[str], ticks: Mapping[float, str], handles: Handles) -> None:
    """Draw classes of colour that are all as wide, from the first tick to the last, and a key beside them."""
    ax = page.axes(3.0, 0.0, BAR_MM, BAR_HEIGHT_MM)
    edges = np.linspace(min(ticks), max(ticks), len(colours) + 1)
    ax.bar(edges[:-1], 1.0, np.diff(edges), align="edge", color=colours, edgecolor="white", linewidth=0.4)
    ax.set_xlim(edges[0], edges[-1])
    ax.set_ylim(0.0, 1.0)
    ax.set_xticks(list(ticks), list(ticks.values()), fontsize=SMALL_PT)
    ax.set_yticks([])
    strip(ax)
    draw_key(page, handles, 0.0, BAR_MM + KEY_GAP_MM)


def others_handles() -> Handles:
    """Return the mark of places that the regime's side does not hold on day 0."""
    hatched = Patch(facecolor=NO_VALUE, edgecolor=INNER_LINE, hatch="////", linewidth=0.4)
    return {"not held by the regime's side on day 0": hatched}
