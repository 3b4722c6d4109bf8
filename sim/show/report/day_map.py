"""Prepare the map of the report: for each place and day the share of runs in which the regime's side has lost it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from sim.ensemble.estimate.estimates import curve
from sim.ensemble.estimate.knowledge import Knowledge, knowledge_of_results
from sim.ensemble.estimate.losses import loss_days
from sim.ensemble.estimate.rows import usable
from sim.ensemble.estimate.weights import ROUNDING, Weights, mean_of, medians_of
from sim.ensemble.store.results import Results
from sim.show.ensemble.fall_map import DAYS
from sim.show.kit.days import date_text
from sim.show.kit.wording import listed
from sim.show.maps.geometry import Shapes, load_shapes
from sim.show.maps.layout import home_extent
from sim.show.maps.loss_scale import N_CLASSES
from sim.show.maps.stamps import stamp_map
from sim.show.report.names import Names, names_on
from sim.show.report.outlines import Canvas, Ground, ground_of
from sim.tell.estimate import Estimate, Kind
from sim.tell.lookup import share
from sim.tell.numbers import rounded
from sim.tell.places import home_holders, place_names
from sim.world.scenario import Scenario

UNITS, STAMP_UNITS = 1600, 400  # widths of the drawings; finer detail is not to be seen
WIDE_MM, NARROW_MM = 120.0, 62.0  # widths for which names are placed; a page shows one set or the other
HALF = 0.5
TALLEST_MM = 88.0  # no wide map is shown higher than this


@dataclass(frozen=True)
class PlaceByDay:
    """Hold one place of the contested state.

    Parameters
    ----------
    place, name
        Its id and its name.
    area
        Its outline as path data.
    x, y
        Its seat, or the middle of its circle.
    is_capital
        Whether it is the capital, which gets a mark of its own since its area may be too small to see.
    shares
        By day from 0 to the horizon; none where the regime's side does not hold it on day 0.
    classes
        Class of colour by day, none as with the shares.
    """

    place: str
    name: str
    area: str
    x: float
    y: float
    is_capital: bool
    shares: tuple[Estimate, ...]
    classes: tuple[int, ...]


@dataclass(frozen=True)
class Stamps:
    """Hold small maps of single days.

    Parameters
    ----------
    canvas
        Size of each.
    areas
        Outlines by place as path data.
    borders
        Rim of the state as path data.
    days
        Which days.
    """

    canvas: Canvas
    areas: dict[str, str]
    borders: str
    days: tuple[int, ...]


@dataclass(frozen=True)
class DayMap:
    """Hold the map with all its days.

    Parameters
    ----------
    finding, course
        What it shows by the last day, and from day to day, with their numbers.
    canvas
        Its size.
    ground
        What lies beneath.
    places
        Those of the contested state, the capital last, on top of the others.
    seats
        (x, y) of all seats of a map; none of circles.
    wide, narrow
        Names for a wide and for a narrow screen.
    days
        In words, from 0 to the horizon.
    first_shown
        Day on which places differ most: that by which the mean run has lost half of the seats, or the last.
    stamps
        Small maps of some days.
    is_mapped
        Whether the outlines come from a map.
    """

    finding: str
    course: str
    canvas: Canvas
    ground: Ground
    places: tuple[PlaceByDay, ...]
    seats: tuple[tuple[float, float], ...]
    wide: Names
    narrow: Names
    days: tuple[str, ...]
    first_shown: int
    stamps: Stamps
    is_mapped: bool

    @property
    def last_shares(self) -> dict[str, Estimate]:
        """Return the share of each place by the last day."""
        return {place.place: place.shares[-1] for place in self.places if place.shares}


def day_map_of(results: Results, scenario: Scenario) -> DayMap:
    """Return the map of an ensemble, in a world whose regime holds a place."""
    shapes, horizon = load_shapes(scenario.tables), scenario.horizon_days
    runs = usable(results.runs)
    lost, known = loss_days(runs, results.falls, scenario), knowledge_of_results(results, scenario)
    weights = known.weights
    home, valued = list(home_holders(scenario)), [str(place) for place in lost.columns]
    canvas = Canvas(home_extent(shapes), UNITS)
    seats = canvas.place(shapes.anchors) if shapes.is_mapped else np.zeros((0, 2))
    stamps = _stamps(shapes, horizon)
    return DayMap(
        finding=_finding(lost, scenario, known),
        course=_course(lost, stamps.days, weights),
        canvas=canvas,
        ground=ground_of(shapes, canvas, home),
        places=_places(shapes, canvas, lost, scenario, known),
        seats=tuple((float(x), float(y)) for x, y in seats),
        wide=names_on(shapes, canvas, valued, min(WIDE_MM, TALLEST_MM * canvas.width / canvas.height)),
        narrow=names_on(shapes, canvas, valued, NARROW_MM),
        days=tuple(_day(scenario, day) for day in range(horizon + 1)),
        first_shown=_half_lost(lost, horizon, weights),
        stamps=stamps,
        is_mapped=shapes.is_mapped,
    )


def data_of(day_map: DayMap) -> dict[str, Any]:
    """Return what a page needs to show any day: its words, and by place the shares, which of them when, and classes."""
    places = {}
    for place in day_map.places:
        shares = list(dict.fromkeys(place.shares))
        if shares:
            days = [shares.index(share) for share in place.shares]
            told = [(share.alone, share.tight) for share in shares]
            places[place.place] = {"name": place.name, "shares": told, "days": days, "classes": place.classes}
    return {"days": day_map.days, "first": day_map.first_shown, "places": places}


def _finding(lost: pd.DataFrame, scenario: Scenario, known: Knowledge) -> str:
    """Return how many seats are lost more often than not, and which is lost first, or most often."""
    n_places, by, names = lost.shape[1], f"by day {scenario.horizon_days}", place_names(scenario)
    fallen = {str(place): days.notna().to_numpy(np.bool_) for place, days in lost.items()}
    found = {place: share(fell, known.weights, known=known) for place, fell in fallen.items()}
    worst = max(found, key=lambda place: found[place].point)
    if found[worst].point == 0.0:
        return f"No seat is lost in any run {by}: {found[worst].tight} each"
    often = sum(one.point > HALF for one in found.values())
    if not often:
        few = f"No seat is lost in more than half of the runs {by}"
        return f"{few}; most often {names[worst]}, in {found[worst].tight}"
    medians = medians_of(lost.fillna(np.inf), known.weights)
    first = f"{names[str(medians.idxmin())]} first, on median day {medians.min():.0f}"
    return f"The regime's side has lost {often} of its {n_places} seats {by} in more than half of the runs, {first}"


def _course(lost: pd.DataFrame, days: Sequence[int], weights: Weights | None) -> str:
    """Return how many seats the mean run has lost by each of some days."""
    if not lost.notna().to_numpy().any():
        return f"None of {lost.shape[1]} seats is lost in any run"
    shown = [f"{rounded(_mean_lost(lost, day, weights), 1):.1f} by day {day}" for day in days]
    return f"Of {lost.shape[1]} seats the mean run has lost {listed(shown)}"


def _half_lost(lost: pd.DataFrame, horizon: int, weights: Weights | None) -> int:
    """Return the day by which the mean run has lost half of the seats, the last where it has not."""
    half = HALF * lost.shape[1]
    return next((day for day in range(horizon) if _mean_lost(lost, day, weights) >= half), horizon)


def _mean_lost(lost: pd.DataFrame, day: int, weights: Weights | None) -> float:
    """Return how many seats the mean run has lost by a day."""
    return mean_of((lost <= day).sum(axis=1).to_numpy(np.float64), weights)


def _places(
    shapes: Shapes, canvas: Canvas, lost: pd.DataFrame, scenario: Scenario, known: Knowledge
) -> tuple[PlaceByDay, ...]:
    """Return the places of the contested state, the capital last."""
    home, places = home_holders(scenario), []
    for index, place in enumerate(shapes.location_ids):
        if place in home:
            shares, classes = _by_day(lost[place], scenario.horizon_days, known) if place in lost else ((), ())
            x, y = canvas.place(shapes.anchors[index : index + 1])[0].tolist()
            area, is_capital = canvas.area(shapes.outlines[index]), place == shapes.capital
            places.append(PlaceByDay(place, shapes.names[index], area, x, y, is_capital, shares, classes))
    return tuple(sorted(places, key=lambda found: found.is_capital))


def _by_day(days: pd.Series, horizon: int, known: Knowledge) -> tuple[tuple[Estimate, ...], tuple[int, ...]]:
    """Return the share of runs in which a place is lost by each day: as values, and as classes of colour."""
    found = curve(days, horizon + 1, known.weights, known)
    five = found[["probability", "low", "high", "known_low", "known_high"]].to_numpy(np.float64).tolist()
    told = [
        Estimate(point, low, high, Kind.SHARE, len(days), known=(least, most)) for point, low, high, least, most in five
    ]
    shares = found["probability"].to_numpy(np.float64)
    classes = np.minimum((shares * N_CLASSES + ROUNDING).astype(np.int64), N_CLASSES - 1)
    return tuple(told), tuple(classes.tolist())


def _day(scenario: Scenario, day: int) -> str:
    """Return a day with its date."""
    return f"day {day}, {date_text(scenario.tables.header.day0, day, with_year=True)}"


def _stamps(shapes: Shapes, horizon: int) -> Stamps:
    """Return the small maps."""
    small = stamp_map(shapes)
    canvas = Canvas(small.extent, STAMP_UNITS)
    return Stamps(
        canvas,
        {place: canvas.area(outline) for place, outline in zip(small.location_ids, small.outlines, strict=True)},
        canvas.lines(small.state_borders),
        (*(day for day in DAYS if day < horizon), horizon),
    )
