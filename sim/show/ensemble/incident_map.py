"""Draw where neighbours see deadly incidents: expected number in a history, by place."""

from collections.abc import Mapping
from itertools import pairwise

import numpy as np
import pandas as pd
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from sim.core.record import EVENTS
from sim.ensemble.estimate.knowledge import Knowledge, knowledge_of_results
from sim.ensemble.estimate.rows import usable
from sim.ensemble.estimate.weights import Numbers, means_of
from sim.ensemble.store.results import Results
from sim.show.kit.key import Handles, keyed_page
from sim.show.kit.theme import LOSS_RAMP
from sim.show.kit.typeset import NO_BREAK
from sim.show.kit.wording import number_words, words
from sim.show.maps.geometry import Extent, Shapes, load_shapes
from sim.show.maps.layout import HEAD_MM, place_maps
from sim.show.maps.world_map import INNER_LINE, LAND_AROUND, NO_VALUE, important_labels, paint_map
from sim.tell.estimate import Estimate
from sim.tell.lookup import mean, share
from sim.tell.numbers import to_figures
from sim.tell.places import place_names, state_names
from sim.tell.section import Column, Section
from sim.world.scenario import Scenario

CLASSES = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0)  # incidents in a history; each class is about three times the last
LIGHTEST, DARKEST = 0.15, 0.95  # of the ramp
MOST_LABELS = 12
WORTH_SHOWING = 0.1  # places with less than this share of the most may lie outside the frame


def incidents(results: Results, scenario: Scenario) -> pd.DataFrame:
    """Return how many deadly incidents each place of the neighbours sees, a row a run, a column a place."""
    locations, header = scenario.tables.locations, scenario.tables.header
    places = locations["id"][np.isin(locations["state"], header.neighbours)]
    pieces = results.pieces(EVENTS, ("run", "kind", "location_id", "size"))
    deadly = (piece[(piece["kind"] == "incident") & (piece["size"] > 0.0)] for piece in pieces)
    events = pd.concat([piece[["run", "location_id"]] for piece in deadly])
    counts = pd.crosstab(events["run"], events["location_id"])
    return counts.reindex(index=usable(results.runs)["run"], columns=list(places), fill_value=0).astype(np.float64)


def draw_incident_map(results: Results, scenario: Scenario) -> Figure:
    """Return the map of incidents."""
    counts, shapes = incidents(results, scenario), load_shapes(scenario.tables)
    known = knowledge_of_results(results, scenario)
    means = dict(zip(map(str, counts.columns), means_of(counts.to_numpy(), known.weights).tolist(), strict=True))
    extent = _extent(shapes, means)
    (frame,) = place_maps(extent, 0, -HEAD_MM)
    tenth = f"less than {100 * WORTH_SHOWING:.0f}{NO_BREAK}% of the most"
    outside = f"; places with {tenth} may lie outside" if shapes.is_mapped else ""
    shown = f"Deadly incidents that a history sees at each place of the neighbours, mean of runs{outside}"
    note = _interval(counts, known, scenario)
    page = keyed_page(
        words(results, scenario, _title(counts, means, scenario, known), shown, note),
        _key(means, is_mapped=shapes.is_mapped),
        frame.bottom,
    )
    ax = page.axes(*frame)
    ax.set_anchor("NW")
    _draw(ax, shapes, means, extent)
    return page.figure


def incidents_table(results: Results, scenario: Scenario) -> Section | None:
    """Return how many deadly incidents each place of the neighbours sees."""
    names, states, locations = place_names(scenario), state_names(scenario), scenario.tables.locations
    home = dict(zip(locations["id"], locations["state"], strict=True))
    counts, known = incidents(results, scenario), knowledge_of_results(results, scenario)
    seen = {place: counts[place].to_numpy() for place in counts.columns if counts[place].any()}
    return Section(
        f"Deadly incidents by day {scenario.horizon_days}; n = {len(counts):,} runs",
        [
            Column("place", [names[place] for place in seen]),
            Column("in", [states[home[place]] for place in seen]),
            Column("incidents in a run, mean", [_mean(own, known) for own in seen.values()]),
            Column("runs with at least one", [share(own > 0.0, known.weights, known=known) for own in seen.values()]),
        ],
    )


def _extent(shapes: Shapes, means: Mapping[str, float]) -> Extent:
    """Return the frame of the contested state and of the places with most incidents."""
    if not shapes.is_mapped:
        return shapes.extent
    least = WORTH_SHOWING * max(means.values())
    return shapes.extent_of([*shapes.home, *(place for place, mean in means.items() if mean >= least)])


def _title(counts: pd.DataFrame, means: Mapping[str, float], scenario: Scenario, known: Knowledge) -> str:
    """Return the finding: which place sees most incidents, and how many all places together."""
    worst = max(means, key=lambda place: means[place])
    locations = scenario.tables.locations
    state = state_names(scenario)[dict(zip(locations["id"], locations["state"], strict=True))[worst]]
    name = place_names(scenario)[worst]
    where = name if name == state else f"{name} ({state})"
    most, total = (_mean(own.to_numpy(), known).tight for own in (counts[worst], counts.sum(axis=1)))
    finding = f"Neighbours see {total} deadly incidents by day {scenario.horizon_days}"
    return f"{finding}; the place with most is {where}, {most}"


def _mean(values: Numbers, known: Knowledge) -> Estimate:
    """Return the mean of a number of incidents with both its intervals."""
    return mean(values, weights=known.weights, known=known)


def _interval(counts: pd.DataFrame, known: Knowledge, scenario: Scenario) -> str:
    """Return what brackets are, and how far up intervals of single places reach."""
    if len(counts) == 1:
        return "one run gives no intervals"
    highest = max(_mean(counts[place].to_numpy(), known).bounds[1] for place in counts.columns)
    return f"brackets: {number_words(scenario)}; those of single places reach up to {to_figures(highest, 2):g}"


def _colour(mean: float) -> str:
    """Return the colour of an expected number, that of its class."""
    rank = np.searchsorted(CLASSES, mean, side="right") / len(CLASSES)
    return to_hex(colormaps[LOSS_RAMP](LIGHTEST + (DARKEST - LIGHTEST) * rank if mean > 0.0 else 0.0))


def _key(means: Mapping[str, float], *, is_mapped: bool) -> Handles:
    """Return the classes that are drawn, by their meaning."""
    handles = {"none": _patch(_colour(0.0))} if 0.0 in means.values() else {}
    for low, high in pairwise([0.0, *CLASSES, np.inf]):
        found = [mean for mean in means.values() if low <= mean < high and mean > 0.0]
        name = f"{low:g} and more" if high == np.inf else f"{low:g}–{high:g}"
        if found:
            handles[name if low > 0.0 else f"under {high:g}"] = _patch(_colour(found[0]))
    handles["contested state" if is_mapped else "contested state (a circle, roughly where it lies)"] = _patch(NO_VALUE)
    return handles


def _patch(colour: str) -> Patch:
    """Return a field of the key."""
    return Patch(facecolor=colour, edgecolor=INNER_LINE, linewidth=0.4)


def _draw(ax: Axes, shapes: Shapes, means: Mapping[str, float], extent: Extent) -> None:
    """Draw the map, with names and numbers of the places that see most."""
    around = dict.fromkeys(shapes.location_ids, LAND_AROUND) | dict.fromkeys(shapes.home, NO_VALUE)
    colours = around | {place: _colour(mean) for place, mean in means.items()}
    paint_map(ax, shapes, colours, labels=_labels(shapes, means), extent=extent)


def _labels(shapes: Shapes, means: Mapping[str, float]) -> dict[str, str]:
    """Return the names of the places that see most incidents, with their numbers, then other names for the eye."""
    names = dict(zip(shapes.location_ids, shapes.names, strict=True))
    most = sorted((place for place in means if means[place] > 0.0), key=lambda place: -means[place])[:MOST_LABELS]
    numbered = {place: f"{names[place]}\n{_number(means[place])}" for place in most}
    return numbered | {place: name for place, name in important_labels(shapes).items() if place not in numbered}


def _number(mean: float) -> str:
    """Return an expected number with two figures."""
    return f"{to_figures(mean, 2):#.2g}".rstrip(".")
