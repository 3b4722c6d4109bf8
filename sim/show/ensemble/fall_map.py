"""Draw where places fall: maps of the probability that each has fallen by a day."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Annotation, Text

from sim.ensemble.estimate.knowledge import Knowledge, knowledge_of_results
from sim.ensemble.estimate.losses import loss_days
from sim.ensemble.estimate.rows import usable
from sim.ensemble.estimate.weights import Bools, Weights, mean_of, medians_of
from sim.ensemble.store.results import Results
from sim.show.kit.days import date_text, headline_day
from sim.show.kit.page import new_page
from sim.show.kit.theme import SMALL_PT, TEXT_PT, TINY_PT
from sim.show.kit.typeset import NO_BREAK
from sim.show.kit.wording import interval_words, reach_of, share_alone, share_of, words
from sim.show.maps.geometry import Shapes, load_shapes
from sim.show.maps.layout import HEAD_MM, bottom_of, home_extent, lighten, place_maps
from sim.show.maps.loss_scale import HEIGHT_MM as SCALE_MM
from sim.show.maps.loss_scale import N_CLASSES, draw_loss_scale, ink_on, loss_colour
from sim.show.maps.stamps import coarse_map
from sim.show.maps.world_map import LAND_AROUND, NO_VALUE, important_labels, paint_map, radius_pt
from sim.tell.estimate import NEVER
from sim.tell.lookup import share
from sim.tell.numbers import span, whole_percent
from sim.tell.places import home_holders, place_names
from sim.world.scenario import Scenario

DAYS = (7, 14, 30)  # and the horizon
HALF, MOST = 0.5, 0.75
MEDIANS = "median day of the fall, where it comes; the darker, the earlier"
MEDIANS_SHOWN = "; on the large map, since shares hardly differ by then, the median day on which it falls"
Values = Mapping[str, tuple[str, str]]
"""Colour and words of each place."""
NUMBER_LAYER = 7  # above the names, which make way
PT_PER_INCH = 72.0
FILLED = 0.9  # of the width of a circle: what a number may take


def draw_fall_map(results: Results, scenario: Scenario) -> Figure:
    """Return the figure of maps of fall probability."""
    runs = usable(results.runs)
    days, known = loss_days(runs, results.falls, scenario), knowledge_of_results(results, scenario)
    weights, shapes, by = known.weights, load_shapes(scenario.tables), headline_day(scenario.horizon_days)
    small = [day for day in DAYS if day < by]
    small += [scenario.horizon_days] if scenario.horizon_days > by else []
    frames = place_maps(home_extent(shapes), len(small), SCALE_MM)
    medians = medians_of(days, weights) if is_saturated(days <= by, weights) else None
    shown = "Share of runs in which each place held by the regime's side has fallen by a day"
    shown += MEDIANS_SHOWN if medians is not None else ""
    note = f"{interval_words(scenario)}, of shares at most {_widest(days, [by, *small], known)} points to either side"
    title = _title(days, by, scenario, known) if medians is None else _course(days, by, scenario, weights)
    page = new_page(words(results, scenario, title, shown, note), bottom_of(frames))
    small_shapes = coarse_map(shapes) if shapes.is_mapped else shapes
    others = [place for place in home_holders(scenario) if place not in days.columns]
    draw_loss_scale(page, has_others=bool(others))
    for day, frame in zip([by, *small], frames, strict=True):
        is_large = frame is frames[0]
        unit = ": % of runs" if is_large and not shapes.is_mapped else ""
        head = f"by day {day}, {date_text(scenario.tables.header.day0, day, with_year=True)}{unit}"
        head = MEDIANS if is_large and medians is not None else head
        size = TEXT_PT if is_large else SMALL_PT
        page.write(frame.left, frame.top - HEAD_MM, head, size=size).set_fontweight("bold")
        ax = page.axes(*frame)
        ax.set_anchor("NW")
        if is_large:
            shown_there = _medians(medians) if medians is not None else _fallen_by(days <= day, weights)
            _draw_large(ax, shapes, shown_there, others)
        else:
            _draw_small(ax, small_shapes, days <= day, others, weights)
    return page.figure


def _title(days: pd.DataFrame, by: int, scenario: Scenario, known: Knowledge) -> str:
    """Return the finding: how many places fall more often than not, and which is most exposed."""
    fallen, n_places = _shares(days <= by, known.weights), days.shape[1]
    worst = str(fallen.idxmax())
    name, told = place_names(scenario)[worst], share_of(_fallen(days <= by, worst), known.weights, known)
    if n_places == 1:
        return f"{name} has fallen by day {by} in {told} of runs"
    if not fallen.any():
        return f"No place has fallen by day {by} in any run: {told} each"
    often = int((fallen > HALF).sum())
    many = f"{often} of {n_places} places have" if often else "No place has"
    return f"{many} fallen by day {by} in more than half of the runs; most often {name}, in {told}"


def _shares(fallen: pd.DataFrame, weights: Weights | None) -> pd.Series:
    """Return the share of runs in which each place has fallen."""
    return fallen.apply(lambda column: mean_of(column.to_numpy(np.float64), weights))


def _fallen(fallen: pd.DataFrame, place: str) -> Bools:
    """Return in which runs a place has fallen."""
    return fallen[place].to_numpy(np.bool_)


def _widest(days: pd.DataFrame, panels: Sequence[int], known: Knowledge) -> str:
    """Return how far the widest interval of all maps reaches from its estimate, in points."""
    fallen = [_fallen(days <= day, str(place)) for day in panels for place in days.columns]
    return reach_of([share(happened, known.weights, known=known) for happened in fallen])


def is_saturated(fallen: pd.DataFrame, weights: Weights | None) -> bool:
    """Tell whether most places have fallen about as often, so that a map of shares would be of one colour.

    Parameters
    ----------
    fallen
        In which runs each place has fallen, a column a place.
    weights
        Of the runs.
    """
    shares = _shares(fallen, weights).to_numpy(np.float64)
    alike = shares >= shares.max() - 1.0 / N_CLASSES
    return len(shares) > 1 and bool(shares.max() > HALF and alike.mean() >= MOST)


def _course(days: pd.DataFrame, by: int, scenario: Scenario, weights: Weights | None) -> str:
    """Return the finding where places fall about as often: from where to where it goes."""
    medians, names, shares = medians_of(days, weights), place_names(scenario), _shares(days <= by, weights)
    first, last = str(medians.idxmin()), str(medians.idxmax())
    often = span(*(whole_percent(float(share)) for share in (shares.min(), shares.max())))
    then = f"by day {by} each has fallen in {often} of runs"
    if medians.min() == medians.max():
        return f"Places fall at once where they do, on median day {medians.min():.0f}; {then}"
    return (
        f"Where places fall they do so in turn: {names[first]} on median day {medians.min():.0f}, {names[last]} on day "
        f"{medians.max():.0f}; {then}"
    )


def _fallen_by(fallen: pd.DataFrame, weights: Weights | None) -> Values:
    """Return of each place the share of runs in which it has fallen, as a colour and in words."""
    shares = _shares(fallen, weights)
    return {
        str(place): (loss_colour(float(share)), share_alone(_fallen(fallen, str(place)), weights))
        for place, share in shares.items()
    }


def _medians(medians: pd.Series) -> Values:
    """Return of each place the median day of its fall, as a colour, the darker the earlier, and in words."""
    earliest, reach = float(medians.min()), max(float(medians.max() - medians.min()), 1.0)
    colours = {str(place): loss_colour(1.0 - (day - earliest) / reach) for place, day in medians.dropna().items()}
    never = {str(place): (loss_colour(0.0), NEVER) for place in medians.index}
    return never | {place: (colour, f"day{NO_BREAK}{medians[place]:.0f}") for place, colour in colours.items()}


def _draw_large(ax: Axes, shapes: Shapes, values: Values, others: Sequence[str]) -> None:
    """Draw the large map, with names and numbers."""
    colours = dict.fromkeys(shapes.location_ids, LAND_AROUND) | dict.fromkeys(others, NO_VALUE)
    colours |= {place: colour for place, (colour, _) in values.items()}
    names = important_labels(shapes)
    if shapes.is_mapped:
        names = {place: f"{name}\n{values[place][1]}" if place in values else name for place, name in names.items()}
    paint_map(ax, shapes, colours, labels=names, hatched=others, extent=home_extent(shapes))
    if not shapes.is_mapped:
        bare = {place: text.removesuffix(f"{NO_BREAK}%") for place, (_, text) in values.items()}
        write_numbers(ax, shapes, {place: text.removeprefix(f"day{NO_BREAK}") for place, text in bare.items()}, colours)


def _draw_small(ax: Axes, shapes: Shapes, fallen: pd.DataFrame, others: Sequence[str], weights: Weights | None) -> None:
    """Draw a small map, in fine lines and without words."""
    paint_map(ax, shapes, _colours(shapes, fallen, others, weights), hatched=others, extent=home_extent(shapes))
    lighten(ax)


def _colours(shapes: Shapes, fallen: pd.DataFrame, others: Sequence[str], weights: Weights | None) -> dict[str, str]:
    """Return the colour of each location."""
    around = dict.fromkeys(shapes.location_ids, LAND_AROUND) | dict.fromkeys(others, NO_VALUE)
    return around | {str(place): loss_colour(float(share)) for place, share in _shares(fallen, weights).items()}


def write_numbers(ax: Axes, shapes: Shapes, numbers: Mapping[str, str], colours: Mapping[str, str]) -> None:
    """Write numbers into circles, in letters small enough for all, and take away the names that would hide one.

    Parameters
    ----------
    ax
        Axes with a finished map of circles.
    shapes
        What is drawn there.
    numbers, colours
        What to write, and on which colour, by location id.
    """
    names = [(text, text.get_window_extent()) for text in ax.texts if isinstance(text, Annotation)]
    written = [_write_number(ax, shapes, place, text, colours) for place, text in numbers.items()]
    widest = max((number.get_window_extent().width / ax.figure.dpi * PT_PER_INCH for number in written), default=1.0)
    size = TINY_PT * min(1.0, FILLED * 2.0 * radius_pt(ax, shapes) / widest)
    for number in written:
        number.set_fontsize(size)
    boxes = [number.get_window_extent() for number in written]
    for name, box in names:
        if any(box.overlaps(number) for number in boxes):
            name.remove()


def _write_number(ax: Axes, shapes: Shapes, place: str, text: str, colours: Mapping[str, str]) -> Text:
    """Return the number written into the circle of a place."""
    x, y = shapes.anchors[shapes.location_ids.index(place)]
    number = ax.text(x, y, text, ha="center", zorder=NUMBER_LAYER)
    number.set(va="center_baseline", fontsize=TINY_PT, color=ink_on(colours[place]))
    return number
