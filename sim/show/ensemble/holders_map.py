"""Draw who holds each place on the last day: the most likely holder by colour, with the share of runs."""

from collections.abc import Mapping

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from sim.ensemble.estimate.holders import Holdings, find_holdings
from sim.ensemble.estimate.knowledge import Knowledge, knowledge_of_results
from sim.ensemble.estimate.weights import Bools, mean_of
from sim.ensemble.store.results import Results
from sim.show.ensemble.fall_map import write_numbers
from sim.show.kit.key import Handles, keyed_page
from sim.show.kit.theme import MINOR_COLOUR, NOBODY_COLOUR, faction_colours
from sim.show.kit.typeset import NO_BREAK
from sim.show.kit.wording import interval_words, reach_of, share_alone, share_of, words
from sim.show.maps.geometry import Shapes, load_shapes
from sim.show.maps.holders import holder_handles
from sim.show.maps.layout import HEAD_MM, home_extent, place_maps
from sim.show.maps.world_map import INNER_LINE, LAND_AROUND, NO_VALUE, important_labels, paint_map
from sim.tell.lookup import share
from sim.tell.places import NOBODY_ID, faction_names, place_names
from sim.world.scenario import Scenario

HALF = 0.5  # of the runs: a holder of fewer is only the likeliest of several
HATCH = "////"


def draw_holders_map(results: Results, scenario: Scenario) -> Figure:
    """Return the map of the most likely holders."""
    held, shapes = find_holdings(results, scenario), load_shapes(scenario.tables)
    (frame,) = place_maps(home_extent(shapes), 0, -HEAD_MM)
    shown = f"Most likely holder of each place on day {scenario.horizon_days}, and in what % of runs it holds it"
    known = knowledge_of_results(results, scenario)
    found = [share(happened, held.weights, known=known) for happened in _in_most(held).values()]
    note = f"{interval_words(scenario)}, on the map at most {reach_of(found)} points to either side"
    title = _title(held, scenario, known)
    page = keyed_page(words(results, scenario, title, shown, note), _key(held, scenario), frame.bottom)
    ax = page.axes(*frame)
    ax.set_anchor("NW")
    _draw(ax, shapes, held, scenario)
    return page.figure


def _title(held: Holdings, scenario: Scenario, known: Knowledge) -> str:
    """Return the finding: who holds the capital in most runs, and in how many."""
    holder = held.likeliest(held.capital)
    who, where = faction_names(scenario)[held.factions[holder]], place_names(scenario)[held.seats[held.capital]]
    often = share_of(held.seat(held.capital, [holder]), held.weights, known)
    return f"{who[0].upper()}{who[1:]} holds {where} on day {scenario.horizon_days} in {often} of runs"


def _likely(held: Holdings) -> dict[str, str]:
    """Return who holds each place in most runs, by ids."""
    return {place: held.factions[held.likeliest(i)] for i, place in enumerate(held.seats)}


def _in_most(held: Holdings) -> dict[str, Bools]:
    """Return in which runs each place is held by who holds it in most."""
    return {place: held.seat(i, [held.likeliest(i)]) for i, place in enumerate(held.seats)}


def _uncertain(held: Holdings) -> list[str]:
    """Return the places that nobody holds in more than half of the runs."""
    shares = {place: mean_of(happened.astype(float), held.weights) for place, happened in _in_most(held).items()}
    return [place for place, often in shares.items() if often <= HALF]


def _key(held: Holdings, scenario: Scenario) -> Handles:
    """Return the colours of the holders, and the mark of places that could be several's."""
    handles = dict(holder_handles(set(_likely(held).values()), scenario))
    if _uncertain(held):
        mark = Patch(facecolor="white", edgecolor=INNER_LINE, hatch=HATCH, linewidth=0.4)
        handles["held by nobody in more than half of the runs"] = mark
    return handles


def _draw(ax: Axes, shapes: Shapes, held: Holdings, scenario: Scenario) -> None:
    """Draw the map, with names and shares."""
    likely, in_most = _likely(held), _in_most(held)
    own = {**faction_colours(scenario), NOBODY_ID: NOBODY_COLOUR}
    colours = dict.fromkeys(shapes.location_ids, LAND_AROUND if shapes.is_mapped else NO_VALUE)
    colours |= {place: own[holder] for place, holder in likely.items()}
    alone = {place: share_alone(happened, held.weights) for place, happened in in_most.items()}
    shares = {place: _share(alone[place], holder, own) for place, holder in likely.items()}
    names = important_labels(shapes)
    if shapes.is_mapped:
        names = {place: "\n".join(filter(None, (name, shares.get(place)))) for place, name in names.items()}
    paint_map(ax, shapes, colours, labels=names, hatched=_uncertain(held), extent=home_extent(shapes))
    if not shapes.is_mapped:
        numbers = {place: text.removesuffix(f"{NO_BREAK}%") for place, text in shares.items()}
        write_numbers(ax, shapes, numbers, colours)


def _share(share: str, holder: str, colours: Mapping[str, str]) -> str:
    """Return the share of runs in words, with the holder's id where its colour is shared with others."""
    return f"{holder} {share}" if colours[holder] == MINOR_COLOUR else share
