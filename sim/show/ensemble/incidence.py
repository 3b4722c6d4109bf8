"""Draw how likely the end of a regime is by when: cumulative incidence of its main events, with what is known of it.

The wide band is the 90 % interval of knowledge, the narrow one in it the 95 % interval of sampling.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.ensemble.estimate.estimates import curve
from sim.ensemble.estimate.knowledge import knowledge_of_results
from sim.ensemble.estimate.rows import usable
from sim.ensemble.store.results import Results
from sim.show.kit.days import day_values, headline_day, label_days, last_shown_day
from sim.show.kit.page import Page, new_page
from sim.show.kit.panels import Scale, scale_up
from sim.show.kit.series import Leader, label_ends
from sim.show.kit.theme import BLUE, FULL_WIDTH_MM, INK, RULE, VERMILLION
from sim.show.kit.turns import draw_turns, turns_note
from sim.show.kit.wording import interval_words, words
from sim.tell.estimate import Estimate, Kind
from sim.tell.numbers import whole_percent
from sim.world.scenario import Scenario

HEIGHT_MM = 74.0
SCALE_MM, DAYS_MM, LABELS_MM = 11.0, 12.0, 37.0  # room left of, below and right of the curves
TICK_MM = 20.0  # room for the label of a day
NARROW_ALPHA, WIDE_ALPHA = 0.35, 0.12  # of the bands
TOPS = (0.1, 0.2, 0.5, 1.0)  # ends of the scale of probability
COLUMNS = ("probability", "low", "high", "known_low", "known_high")
TAIL = 0.005  # share of an event's days that may lie beyond a shortened axis


@dataclass(frozen=True)
class Event:
    """Hold what happens in a run and how its curve looks.

    Parameters
    ----------
    column
        Column of days in `runs.parquet`.
    label
        What happens, in words.
    colour, style, width
        Of the line; the styles differ so that they can be told apart in grey.
    """

    column: str
    label: str
    colour: str
    style: str
    width: float


CURVES = (
    Event("collapse_day", "regime collapses", INK, "-", 1.8),
    Event("capital_fall_day", "capital falls", VERMILLION, "--", 1.4),
    Event("flight_day", "leader flees", BLUE, ":", 1.8),
)


@dataclass(frozen=True)
class Band:
    """Hold the share of runs in which something has happened by each day, with its intervals.

    Parameters
    ----------
    share, low, high
        (day,), from day 0 to the horizon; of sampling.
    known_low, known_high
        (day,): of knowledge, NaN where all runs count alike.
    """

    share: npt.NDArray[np.float64]
    low: npt.NDArray[np.float64]
    high: npt.NDArray[np.float64]
    known_low: npt.NDArray[np.float64]
    known_high: npt.NDArray[np.float64]

    @property
    def top(self) -> npt.NDArray[np.float64]:
        """Return how high either interval reaches."""
        return np.fmax(self.high, self.known_high)

    def percent(self, day: int) -> str:
        """Return the share by a day in words."""
        point, low, high, *known = (float(values[day]) for values in vars(self).values())
        return Estimate(point, low, high, Kind.SHARE, known=(known[0], known[1])).tight


def draw_incidence(results: Results, scenario: Scenario, width_mm: float = FULL_WIDTH_MM) -> Figure:
    """Return the figure of cumulative incidence.

    Parameters
    ----------
    results, scenario
        An ensemble with at least one usable run.
    width_mm
        Width of the page.
    """
    runs, horizon = usable(results.runs), scenario.horizon_days
    known = knowledge_of_results(results, scenario)
    bands = [band_of(curve(runs[event.column], horizon, known.weights, known)) for event in CURVES]
    last_day = last_shown_day([day_values(runs[event.column]) for event in CURVES], horizon, TAIL)
    cut = f"; the axis ends on day {last_day}, little happens later" if last_day < horizon else ""
    by = headline_day(horizon)
    title = f"The regime collapses by day {by} in {bands[0].percent(by)} of {runs_or_wars(scenario)}"
    shown = "Share of runs in which each event has happened by a day"
    note = f"{bands_note(scenario)}; at the right: by day {horizon}{cut}{turns_note(scenario)}"
    page = new_page(words(results, scenario, title, shown, note), HEIGHT_MM, width_mm)
    ax = curve_axes(page, scenario, bands, last_day)
    draw_turns(ax, scenario)
    for event, band in zip(CURVES, bands, strict=True):
        draw_curve(ax, event, band, last_day)
    mark_headline(ax, by, float(bands[0].share[by]))
    label_curves(ax, CURVES, bands, last_day)
    return page.figure


def runs_or_wars(scenario: Scenario) -> str:
    """Return of what a share is told: of runs as they are, or as they weigh by what wars taught."""
    return "runs" if scenario.tilt is None else "runs as they weigh"


def bands_note(scenario: Scenario) -> str:
    """Return what bands and brackets are."""
    if scenario.tilt is None:
        return f"bands and brackets, day by day: {interval_words(scenario)}"
    return f"wide bands and brackets, day by day: {interval_words(scenario)}; narrow bands: 95 % of sampling"


def band_of(values: pd.DataFrame) -> Band:
    """Return a curve, held from the last simulated day to the horizon, at which the window closes."""
    columns = (values[name].to_numpy(np.float64) for name in COLUMNS)
    return Band(*(np.append(column, column[-1]) for column in columns))


def curve_axes(page: Page, scenario: Scenario, bands: list[Band], last_day: int) -> Axes:
    """Return axes in days and percent."""
    width = page.width - SCALE_MM - LABELS_MM
    ax = page.axes(SCALE_MM, 2.0, width, HEIGHT_MM - DAYS_MM)
    label_days(ax, scenario.tables.header.day0, last_day, int(width / TICK_MM))
    highest = max(float(band.top[last_day]) for band in bands)
    top = next(top for top in TOPS if highest <= top)
    ticks = np.linspace(0.0, top, 6).tolist()
    scale_up(ax, Scale(ticks, [whole_percent(tick) for tick in ticks]))
    return ax


def draw_curve(ax: Axes, event: Event, band: Band, last_day: int) -> None:
    """Draw one curve with its bands; it steps up on the day of the event."""
    days = np.arange(last_day + 1)
    share, *ends = (values[: last_day + 1] for values in vars(band).values())
    for low, high, alpha in ((*ends[:2], NARROW_ALPHA), (*ends[2:], WIDE_ALPHA)):
        ax.fill_between(days, low, high, step="post", color=event.colour, alpha=alpha, linewidth=0)
    (line,) = ax.step(days, share, where="post", color=event.colour, clip_on=False)
    line.set(linestyle=event.style, linewidth=event.width)


def mark_headline(ax: Axes, day: int, share: float) -> None:
    """Mark the point that the title speaks about."""
    ax.plot([day, day], [0.0, share], color=RULE, linewidth=0.6, linestyle=(0, (2, 2)), zorder=1)
    ax.plot(day, share, marker="o", markersize=4.5, color=INK, markeredgecolor="white", clip_on=False, zorder=4)


def label_curves(ax: Axes, events: Sequence[Event], bands: Sequence[Band], last_day: int) -> None:
    """Write at the end of each curve what it is and how far it gets, clear of the others."""
    ends = [(last_day, float(band.share[last_day])) for band in bands]
    labels = [f"{event.label}\n{band.percent(-1)}" for event, band in zip(events, bands, strict=True)]
    label_ends(ax, ends, labels, [Leader(event.colour, event.style, event.width) for event in events], 1.0)
