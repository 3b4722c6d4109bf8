"""Draw which places fall on which day, in their usual order, and how often each never falls.

All axes here count rows downwards: row i reaches from i to i + 1.
"""

from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from sim.ensemble.estimate.knowledge import Knowledge, knowledge_of_results
from sim.ensemble.estimate.losses import loss_days
from sim.ensemble.estimate.rows import usable
from sim.ensemble.estimate.weights import Bools, Weights, kept, mean_of, medians_of, observed_quantiles
from sim.ensemble.store.results import Results
from sim.show.kit.days import label_days, last_shown_day
from sim.show.kit.key import Handles, keyed_page
from sim.show.kit.observed import ObservedFall, observed_falls
from sim.show.kit.page import Page
from sim.show.kit.series import FEW, MIDDLE, STILL, Numbers, misses, observed_mark
from sim.show.kit.theme import GRID, INK, LOSS, LOSS_LIGHT, RULE, SMALL_PT, SOFT_INK
from sim.show.kit.turns import draw_turns, turns_note
from sim.show.kit.typeset import NO_BREAK, shorten, text_width
from sim.show.kit.wording import count, day_of, interval_words, number_words, share_of, words
from sim.tell.numbers import whole_percent
from sim.tell.places import place_names
from sim.world.scenario import Scenario

MOST_ROWS = 40  # more places than this do not fit on a printed page
ROW_MM, DENSE_ROW_MM, DENSE = 6.4, 4.8, 16  # rows get lower when there are many
HEADER_MM, DAYS_MM = 6.0, 12.0  # room above and below the rows
MOST_NAME_MM, NAME_GAP_MM = 42.0, 2.0
HALF = 0.5
TAIL = 0.05  # share of a place's falls that may lie beyond a shortened axis
HISTORY_MM, SHARES_MM = 7.0, 45.0  # columns right of the days
TICK_MM = 20.0
MOST_BINS = 90  # of a ridge
BASE = 0.72  # where a ridge stands in its row
RIDGE = 0.62  # height of a ridge, in rows
HISTORY = 0.45  # where an observed fall is marked in its row
SPANS = ((0.05, 0.95, 0.9), (0.25, 0.75, 3.0))  # levels of days, and width of line in points
BAR_SHARE = 0.31  # of the width of the column of shares


def draw_order_of_falls(results: Results, scenario: Scenario) -> Figure:
    """Return the figure of fall days by place."""
    runs = usable(results.runs)
    known = knowledge_of_results(results, scenario)
    weights = known.weights
    days = in_usual_order(loss_days(runs, results.falls, scenario), weights)
    shown = days.iloc[:, :MOST_ROWS]
    history = {place: fall for place, fall in observed_falls(scenario).items() if place in shown.columns}
    last_day = _last_day(shown, history, scenario.horizon_days)
    what = _shown(days, last_day, scenario.horizon_days)
    title = _title(results, days, scenario, known)
    brackets = f"brackets of shares: {interval_words(scenario)}; of days: {number_words(scenario)}"
    note = f"{brackets}{turns_note(scenario)}"
    page = keyed_page(
        words(results, scenario, title + misses(_outside(shown, history, weights)), what, note),
        _mark_handles(shown, history),
        HEADER_MM + _rows_mm(shown) + DAYS_MM,
        gap_mm=0.0,
    )
    _draw_rows(page, scenario, shown, history, last_day, known)
    return page.figure


def in_usual_order(days: pd.DataFrame, weights: Weights | None = None) -> pd.DataFrame:
    """Return the columns of fall days by their median where they fall, and those that never fall last.

    Parameters
    ----------
    days
        A row a run, a column a place, NaN for never.
    weights
        Of the runs.
    """
    order = pd.DataFrame({"median": medians_of(days, weights), "share": -_shares(days, weights)})
    return days[order.sort_values(["median", "share"], kind="stable").index]


def _shares(days: pd.DataFrame, weights: Weights | None) -> pd.Series:
    """Return the share of runs in which each place falls."""
    return days.notna().apply(lambda fell: mean_of(fell.to_numpy(np.float64), weights))


def _fell(days: pd.DataFrame, place: str) -> Bools:
    """Return in which runs a place falls."""
    return days[place].notna().to_numpy(np.bool_)


def _title(results: Results, days: pd.DataFrame, scenario: Scenario, known: Knowledge) -> str:
    """Return the finding: when the first places fall and when the capital does, or how rare falls are."""
    names, capital, falls = place_names(scenario), scenario.tables.header.capital, _shares(days, known.weights)
    often = days[[place for place in days.columns if falls[place] > HALF]]
    if not falls.any():
        none = share_of(np.zeros(len(days), bool), known=known)
        return f"No place of the regime falls: {none} of runs see any of them lost"
    if often.empty:
        worst = str(falls.idxmax())
        share = share_of(_fell(days, worst), known.weights, known)
        return f"The most exposed place, {names[worst]}, falls in {share} of runs"
    first = str(often.columns[0])
    when = f"{_rank(days, often, known.weights)} on median {day_of(results, scenario, first)}"
    finding = f"Where it falls, {names[first]} falls{when}"
    if capital == first or capital not in days.columns:
        return finding
    if capital in often.columns:
        return f"{finding}; {names[capital]} on median {day_of(results, scenario, capital)}"
    return f"{finding}; {names[capital]} falls in {share_of(_fell(days, capital), known.weights, known)} of runs"


def _outside(days: pd.DataFrame, history: Mapping[str, ObservedFall], weights: Weights | None) -> list[bool]:
    """Return of each observed fate whether it lies outside the days of the fall in the runs; never is the last."""
    dated = days.fillna(np.inf)
    fates = {place: np.inf if fall.is_never else fall.day for place, fall in history.items()}
    return [not _within(fate, dated[place].to_numpy(np.float64), weights) for place, fate in fates.items()]


def _within(fate: float, runs: Numbers, weights: Weights | None) -> bool:
    """Tell whether a day, or never, has at least a twentieth of the runs on either side or at it."""
    sides = (side.astype(np.float64) for side in (runs <= fate, runs >= fate))
    return min(mean_of(side, weights) for side in sides) >= MIDDLE[0]


def _rank(days: pd.DataFrame, often: pd.DataFrame, weights: Weights | None) -> str:
    """Return whether the first place that usually falls is alone in that."""
    if len(days.columns) == 1:
        return ""
    medians = medians_of(often, weights)
    return " among the earliest," if (medians == medians.min()).sum() > 1 else " earliest,"


def _last_day(days: pd.DataFrame, history: Mapping[str, ObservedFall], horizon_days: int) -> int:
    """Return where the axis of days ends, so that all intervals and all that was observed lie on it."""
    simulated = [days[place].to_numpy(dtype=np.float64) for place in days.columns]
    observed = [np.array([fall.high]) for fall in history.values()]
    return last_shown_day([*simulated, *observed], horizon_days, TAIL)


def _shown(days: pd.DataFrame, last_day: int, horizon_days: int) -> str:
    """Return what is shown, and what is not."""
    hidden = len(days.columns) - MOST_ROWS
    limit = f"; {hidden} later places left out" if hidden > 0 else ""
    beyond = (
        f"; up to {whole_percent(TAIL)} of falls come after day{NO_BREAK}{last_day}" if last_day < horizon_days else ""
    )
    where = "in the runs in which it falls, by median day"
    return f"First fall of each place held by the regime's side, {where}{limit}{beyond}"


def _rows_mm(days: pd.DataFrame) -> float:
    """Return the height of all rows."""
    n_rows = len(days.columns)
    return n_rows * (ROW_MM if n_rows <= DENSE else DENSE_ROW_MM)


def _draw_rows(
    page: Page,
    scenario: Scenario,
    days: pd.DataFrame,
    history: Mapping[str, ObservedFall],
    last_day: int,
    known: Knowledge,
) -> None:
    """Draw all columns of the figure: names, days, history and shares."""
    every = place_names(scenario)
    names = [shorten(every[place], MOST_NAME_MM, size=SMALL_PT) for place in days.columns]
    left = max(text_width(name, size=SMALL_PT, weight="bold") for name in names) + NAME_GAP_MM
    top, height = HEADER_MM, _rows_mm(days)
    history_mm = HISTORY_MM if any(fall.is_never for fall in history.values()) else 2.0
    width = page.width - left - history_mm - SHARES_MM
    ax = page.axes(left, top, width, height)
    _draw_days(ax, days, last_day, scenario.tables.header.day0, width, known.weights)
    draw_turns(ax, scenario)
    _write_names(ax, names, days, scenario)
    _draw_history(ax, page.axes(left + width, top, history_mm, height), list(days.columns), history)
    _draw_shares(page.axes(left + width + history_mm, top, SHARES_MM, height), days, scenario.horizon_days, known)


def _write_names(ax: Axes, names: list[str], days: pd.DataFrame, scenario: Scenario) -> None:
    """Write the names left of the rows, the capital's in bold."""
    ax.set_yticks([row + 0.6 for row in range(len(names))], names, fontsize=SMALL_PT)
    for label, place in zip(ax.get_yticklabels(), days.columns, strict=True):
        label.set_fontweight("bold" if place == scenario.tables.header.capital else "normal")


def _mark_handles(days: pd.DataFrame, history: Mapping[str, ObservedFall]) -> Handles:
    """Return the marks of the key by their meaning, only those that are drawn."""
    falls = days.notna().sum()
    handles: dict[str, Line2D | Patch | tuple[Line2D, ...]] = {}
    if (falls >= FEW).any():
        thin, thick = (_line([], 0.0, LOSS, width) for *_, width in SPANS)
        handles["falls by day, scaled by row"] = Patch(color=LOSS_LIGHT)
        handles["middle 90 %"] = thin
        handles["middle 50 %, median"] = (thick, _dots([], 0.0, 5.0))
    if ((falls > 0) & (falls < FEW)).any():
        handles["one fall"] = _dots([], 0.0, 4.0)
    if any(not fall.is_never for fall in history.values()):
        handles["observed in history, with range"] = (_line([], 0.0, INK, 1.0), _observed([], 0.0, INK))
    if any(fall.is_never for fall in history.values()):
        handles["did not fall in history"] = _observed([], 0.0, "white")
    return handles


def _draw_days(
    ax: Axes, days: pd.DataFrame, last_day: int, day0: date, width_mm: float, weights: Weights | None
) -> None:
    """Draw the days of falls, a row a place."""
    _set_rows(ax, len(days.columns))
    label_days(ax, day0, last_day, int(width_mm / TICK_MM))
    ax.grid(visible=True, axis="x")
    ax.tick_params(axis="y", length=0)
    edges = _bins(last_day)
    for row, place in enumerate(days.columns):
        happened, those = days[place].dropna().to_numpy(dtype=np.float64), kept(weights, _fell(days, place))
        if len(happened) >= FEW:
            _draw_ridge(ax, happened, edges, row + BASE, those)
            _draw_spans(ax, happened, row + BASE, those)
        else:
            ax.add_line(_dots(list(happened), row + BASE, 4.0))


def _draw_history(ax: Axes, beside: Axes, places: Sequence[str], history: Mapping[str, ObservedFall]) -> None:
    """Mark what was observed: a fall on its day with its range, no fall in a column of its own."""
    _set_rows(beside, len(places))
    beside.set_axis_off()
    beside.set_xlim(0.0, 1.0)
    last_day = ax.get_xlim()[1]
    for row, place in enumerate(places):
        fall = history.get(place)
        if fall is not None and fall.is_never:
            beside.add_line(_observed([0.5], row + HISTORY, "white"))
        elif fall is not None:
            ax.add_line(_line([fall.low, min(fall.high, last_day)], row + HISTORY, INK, 1.0))
            ax.add_line(_observed([fall.day], row + HISTORY, INK))


def _draw_shares(ax: Axes, days: pd.DataFrame, horizon_days: int, known: Knowledge) -> None:
    """Draw the share of runs in which each place never falls, as bars with numbers."""
    _set_rows(ax, len(days.columns))
    ax.set_axis_off()
    ax.set_xlim(0.0, 1.0 / BAR_SHARE)  # a bar of all runs ends at 1
    never = 1.0 - _shares(days, known.weights)
    rows = np.arange(len(days.columns)) + BASE
    ax.barh(rows, 1.0, height=0.36, color=GRID)
    ax.barh(rows, never, height=0.36, color=RULE)
    for row, place in zip(rows, days.columns, strict=True):
        ax.text(1.12, row, share_of(~_fell(days, place), known.weights, known), va="center", fontsize=SMALL_PT)
    heading = f"never within {count(horizon_days, 'day')}"
    ax.text(0.0, -0.15, heading, va="bottom", fontsize=SMALL_PT, color=SOFT_INK)


def _set_rows(ax: Axes, n_rows: int) -> None:
    """Give axes a scale of rows, downwards, without lines around."""
    ax.set_ylim(n_rows, 0)
    ax.set_yticks([])
    for side in ("left", "top", "right"):
        ax.spines[side].set_visible(False)


def _bins(last_day: int) -> Numbers:
    """Return the edges of bins of whole days, each centred on its days."""
    width = -(-(last_day + 1) // MOST_BINS)
    return np.arange(0, last_day + width + 1, width, dtype=np.float64) - 0.5


def _draw_ridge(ax: Axes, happened: Numbers, edges: Numbers, y: float, weights: Weights | None) -> None:
    """Draw the distribution of days above a base line."""
    counts, _ = np.histogram(happened, edges, weights=None if weights is None else weights.each)
    ax.stairs(y - RIDGE * counts / counts.max(), edges, baseline=y, fill=True, color=LOSS_LIGHT)


def _draw_spans(ax: Axes, happened: Numbers, y: float, weights: Weights | None) -> None:
    """Draw the middle parts of days as lines and their median as a dot."""
    for low, high, width in SPANS:
        ends = observed_quantiles(happened, (low, high), weights)
        ax.add_line(_line(list(ends), y, LOSS, width))
    ax.add_line(_dots(observed_quantiles(happened, (0.5,), weights).tolist(), y, 5.0))


def _line(days: Sequence[float], y: float, colour: str, width: float) -> Line2D:
    """Return a level line between days."""
    return Line2D(days, [y] * len(days), color=colour, linewidth=width, solid_capstyle="butt")


def _dots(days: Sequence[float], y: float, size: float) -> Line2D:
    """Return dots of simulated days."""
    return Line2D(days, [y] * len(days), linewidth=0, marker="o", markersize=size, color=LOSS, markeredgecolor="white")


def _observed(days: Sequence[float], y: float, face: str) -> Line2D:
    """Return the mark of what was observed."""
    mark = observed_mark(days, [y] * len(days), STILL)
    mark.set(markersize=4.0, markerfacecolor=face)
    return mark
