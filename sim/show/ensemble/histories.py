"""Draw a few single histories: who holds which place day by day, and below when the regime's end comes."""

from collections.abc import Sequence
from itertools import chain
from textwrap import fill

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from sim.ensemble.estimate.losses import own_side
from sim.ensemble.estimate.rows import usable
from sim.ensemble.store.results import Results
from sim.show.ensemble.chosen import LEVELS, History, choose_histories
from sim.show.ensemble.history_strips import HEADS_MM, STRIP_GAP_MM, Strips, draw_heads, draw_strip, strip_height
from sim.show.kit.days import STEPS
from sim.show.kit.key import Handles, draw_key, measure_key
from sim.show.kit.page import ROOM_MM, new_page
from sim.show.kit.theme import MINOR_COLOUR, NOBODY_COLOUR, RULE, faction_colours
from sim.show.kit.wording import count, listed, words
from sim.show.maps.geometry import Shapes, load_shapes
from sim.show.maps.stamps import stamp_map
from sim.tell.places import NOBODY_ID, holders_on, home_holders
from sim.world.scenario import Scenario

MOST_MAPS = 7  # in a row
ENOUGH = 0.9  # share of the losses of a history that its row of maps must reach
LONGEST_LINE = 44  # characters in the key
KEY_GAP_MM = 3.0
NUMBERS = ("no", "one", "two", "three", "four", "five")


def draw_histories(results: Results, scenario: Scenario) -> Figure:
    """Return the figure of single histories.

    Parameters
    ----------
    results, scenario
        An ensemble with at least one usable run.
    """
    histories = choose_histories(results, scenario)
    strips = Strips(_stamp(scenario), scenario, map_days(histories, scenario.horizon_days))
    handles = _key(histories, strips)
    size = measure_key(handles, ROOM_MM)
    top = size.height_mm + KEY_GAP_MM
    step = strip_height(strips) + STRIP_GAP_MM
    page = new_page(
        words(
            results,
            scenario,
            title=_title(histories, scenario.horizon_days),
            shown=f"Who holds each place{_circles(strips)} by day, and when the regime's end comes",
            note=_choice(is_all=len(usable(results.runs)) == len(histories)),
        ),
        top + HEADS_MM + step * len(histories) - STRIP_GAP_MM,
    )
    draw_key(page, handles, size, 0.0)
    draw_heads(page, strips, top)
    for number, history in enumerate(histories):
        draw_strip(page, strips, history, top + HEADS_MM + number * step)
    return page.figure


def _stamp(scenario: Scenario) -> Shapes:
    """Return the world's shapes for small maps."""
    return stamp_map(load_shapes(scenario.tables), list(home_holders(scenario)))


def _circles(strips: Strips) -> str:
    """Return what the circles of a world without a map mean."""
    return "" if strips.shapes.is_mapped else " (a circle, roughly where it lies)"


def map_days(histories: Sequence[History], horizon_days: int) -> list[int]:
    """Return the days that the maps show, at one step, from day 0 until most has happened in every history.

    Parameters
    ----------
    histories
        What is drawn.
    horizon_days
        How many days a run lasts.
    """
    days = [history.days["collapse_day"] for history in histories]
    days += [float(np.quantile(history.losses, ENOUGH)) for history in histories if history.losses.size]
    needed = max((day for day in days if not np.isnan(day)), default=horizon_days)
    step = next(step for step in STEPS if step * (MOST_MAPS - 1) >= needed)
    return [day for day in range(0, step * MOST_MAPS, step) if day <= horizon_days and day < needed + step]


def _title(histories: Sequence[History], horizon_days: int) -> str:
    """Return the finding: how much the day of collapse differs between the histories."""
    days = [f"{day:.0f}" for history in histories if not np.isnan(day := history.days["collapse_day"])]
    fallen, held = NUMBERS[len(days)], NUMBERS[len(histories) - len(days)]
    if not days:
        kept = {1: "the one history", 2: "both histories"}.get(len(histories), f"all {held} histories")
        return f"The regime stays in power for {count(horizon_days, 'day')} in {kept} shown"
    noun = "history" if len(days) == 1 else "histories"
    rest = f" and stays in power in {held}" if len(days) < len(histories) else ""
    return f"The regime collapses on day {listed(days)} in {fallen} {noun}{rest}"


def _choice(*, is_all: bool) -> str:
    """Return how the histories were chosen."""
    if is_all:
        return "all are shown, sorted by day of collapse"
    levels = listed([f"{100 * level:.0f}" for level in LEVELS])
    return f"shown: the {levels} % quantiles of the day of collapse, never being last"


def _key(histories: Sequence[History], strips: Strips) -> Handles:
    """Return the colours of those who hold a place on any map, the regime's side first."""
    scenario = strips.scenario
    start = home_holders(scenario)
    holders = set(
        chain.from_iterable(
            holders_on(day, history.falls, start).values() for history in histories for day in strips.days
        )
    )
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
