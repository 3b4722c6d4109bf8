"""Fix how figures look: the style, the sizes, the inks, and one colour for each faction of a world.

Nothing here is drawn on import, and no backend is chosen: figures are made without pyplot.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import RLock

import numpy as np
from matplotlib import rc_context, rc_params_from_file
from matplotlib.colors import to_rgb

from sim.world.scenario import Scenario

STYLE_FILE = Path(__file__).with_name("spillover.mplstyle")

FULL_WIDTH_MM, HALF_WIDTH_MM = 180.0, 90.0
TITLE_PT, TEXT_PT, SMALL_PT, TINY_PT = 11.0, 9.0, 8.0, 7.0

INK = "#1a1a1a"
SOFT_INK = "#4d4d4d"
FAINT_INK = "#6b6b6b"  # the lightest grey with a contrast above 4.5:1 on white
RULE = "#8c8c8c"
GRID = "#e2e2e2"

# Okabe and Ito (2008), "Color Universal Design"; black is left to ink and to what was observed.
ORANGE, SKY, GREEN, YELLOW = "#E69F00", "#56B4E9", "#009E73", "#F0E442"
BLUE, VERMILLION, PURPLE = "#0072B2", "#D55E00", "#CC79A7"

REGIME_COLOUR, CHALLENGER_COLOUR = BLUE, ORANGE  # apart in hue and in lightness
OTHER_COLOURS = (GREEN, PURPLE, SKY, YELLOW, VERMILLION)
MINOR_COLOUR = "#999999"  # factions beyond the number of colours that can be told apart
NOBODY_COLOUR = "#ffffff"  # a seat without a holder

LOSS_RAMP = "Oranges"  # one hue, light to dark, for the probability that a place falls
LOSS, LOSS_LIGHT = "#a63603", "#fdd0a2"  # the same hue for days of falls

# Level 0 in grey, then a warm ramp; each is darker than the one before, so that greyscale keeps their order.
LEVEL_COLOURS = ("#ececec", "#fbbd80", "#f4824a", "#cf2f1d", "#6b0000")

_STYLE_LOCK = RLock()


@contextmanager
def styled() -> Iterator[None]:
    """Draw in the project's style inside a `with` block, and leave the caller's settings as they were.

    Matplotlib keeps its settings in one place for all threads, so one block at a time may change them.
    """
    with _STYLE_LOCK, rc_context(dict(rc_params_from_file(STYLE_FILE, use_default_template=False))):
        yield


def faction_colours(scenario: Scenario) -> dict[str, str]:
    """Return the colour of each faction by id, the same in every figure and scenario of a world.

    The regime's and the challenger's forces have colours of their own. The colours left go to natives before
    others, to opponents and third parties before the regime's friends, then by seats and by fighters in the
    contested state on day 0. The rest is grey.
    """
    ids = [str(name) for name in scenario.tables.factions["id"]]
    header = scenario.tables.header
    leaders = {header.regime: REGIME_COLOUR}
    if header.challenger:
        leaders[header.challenger] = CHALLENGER_COLOUR
    others = [ids[faction] for faction in _by_weight(scenario) if ids[faction] not in leaders]
    palette = dict(zip(others, OTHER_COLOURS, strict=False))
    return {name: {**palette, **leaders}.get(name, MINOR_COLOUR) for name in ids}


def luminance(colour: str) -> float:
    """Return the relative luminance of a colour, from 0 for black to 1 for white.

    Parameters
    ----------
    colour
        Any colour that matplotlib knows.

    References
    ----------
    WCAG 2.1, "relative luminance".
    """
    linear = np.array(to_rgb(colour)) ** 2.2  # the standard's curve to within 0.01
    return float(linear @ (0.2126, 0.7152, 0.0722))


def _by_weight(scenario: Scenario) -> list[int]:
    """Return the factions' numbers, the most in need of a colour first."""
    world = scenario.world[0]
    n = int(world["n_factions"])
    n_places = int(world["n_locations"])
    at_home = world["state_of"][:n_places] == world["contested_state"]
    fighters = world["deployed"][:n_places, :n][at_home].sum(axis=0)
    holders = world["seat_holder"][:n_places][at_home]
    seats = np.array([(holders == faction).sum() for faction in range(n)])
    own_side = world["side"][:n] == world["regime"]
    foreign = world["is_native"][:n] == 0
    return [int(faction) for faction in np.lexsort((-fighters, -seats, own_side, foreign))]
