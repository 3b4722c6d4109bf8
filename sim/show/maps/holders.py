"""Colour a map by who holds each place, and explain the colours."""

from collections.abc import Collection, Mapping
from textwrap import fill

from matplotlib.axes import Axes
from matplotlib.patches import Patch

from sim.ensemble.estimate.losses import own_side
from sim.show.kit.key import Handles
from sim.show.kit.theme import MINOR_COLOUR, NOBODY_COLOUR, RULE, faction_colours
from sim.show.maps.geometry import Shapes
from sim.show.maps.layout import lighten
from sim.show.maps.world_map import paint_map
from sim.tell.places import NOBODY_ID
from sim.world.scenario import Scenario

LONGEST_LINE = 44  # characters in the key


def paint_holders(ax: Axes, shapes: Shapes, holders: Mapping[str, str], scenario: Scenario) -> None:
    """Draw a small map of who holds the places of the contested state.

    Parameters
    ----------
    ax
        Empty axes in their final place.
    shapes
        Of a small map; see ``sim.show.maps.stamps``.
    holders
        Id of the faction that holds each place, `NOBODY_ID` for nobody.
    scenario
        Whose factions.
    """
    colours = {**faction_colours(scenario), NOBODY_ID: NOBODY_COLOUR}
    paint_map(ax, shapes, {place: colours[holder] for place, holder in holders.items()})
    lighten(ax)


def holder_handles(holders: Collection[str], scenario: Scenario) -> Handles:
    """Return the colours of those who hold a place, the regime's side first.

    Parameters
    ----------
    holders
        Ids of factions, `NOBODY_ID` for nobody.
    scenario
        Whose factions.
    """
    own, factions, colours = own_side(scenario), scenario.tables.factions, faction_colours(scenario)
    found = [(str(i), _folded(str(name))) for i, name in zip(factions["id"], factions["name"], strict=True)]
    found = sorted((pair for pair in found if pair[0] in holders), key=lambda pair: pair[0] not in own)
    handles: dict[str, Patch] = {}
    for i, name in found:
        if colours[i] != MINOR_COLOUR:
            handles[f"{name} ({i})" if name in handles else name] = Patch(color=colours[i])
    minor = [name for i, name in found if colours[i] == MINOR_COLOUR]
    if minor:
        handles[_folded(", ".join(minor))] = Patch(color=MINOR_COLOUR)
    if NOBODY_ID in holders:
        handles["nobody"] = Patch(facecolor=NOBODY_COLOUR, edgecolor=RULE)
    return handles


def _folded(name: str) -> str:
    """Return a name without what it explains in brackets, in lines where it is long."""
    return fill(name.split(" (", maxsplit=1)[0], LONGEST_LINE, break_long_words=False)
