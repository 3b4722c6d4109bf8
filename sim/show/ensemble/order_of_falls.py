"""Draw which places fall on which day, in their usual order, and how often each never falls."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.ensemble.estimate.losses import loss_days
from sim.ensemble.estimate.rows import usable
from sim.ensemble.store.results import Results
from sim.show.ensemble.fall_rows import draw_days, draw_history, draw_shares, mark_handles
from sim.show.kit.days import last_shown_day
from sim.show.kit.key import KeySize, draw_key, measure_key
from sim.show.kit.observed import ObservedFall, observed_falls
from sim.show.kit.page import ROOM_MM, Page, new_page
from sim.show.kit.theme import SMALL_PT
from sim.show.kit.typeset import NO_BREAK, shorten, text_width
from sim.show.kit.wording import day_of, share_of, words
from sim.tell.numbers import whole_percent
from sim.tell.places import place_names
from sim.world.scenario import Scenario

MOST_ROWS = 40  # more places than this do not fit on a printed page
ROW_MM, DENSE_ROW_MM, DENSE = 6.4, 4.8, 16  # rows get lower when there are many
HEADER_MM, DAYS_MM = 6.0, 12.0  # room above and below the rows
MOST_NAME_MM, NAME_GAP_MM = 42.0, 2.0
TAIL = 0.05  # share of a place's falls that may lie beyond a shortened axis
HISTORY_MM, SHARES_MM = 7.0, 45.0  # columns right of the days


def draw_order_of_falls(results: Results, scenario: Scenario) -> Figure:
    """Return the figure of fall days by place.

    Parameters
    ----------
    results, scenario
        An ensemble with at least one usable run, in a world whose regime holds a place.
    """
    days = in_usual_order(loss_days(usable(results.runs), results.falls, scenario))
    shown = days.iloc[:, :MOST_ROWS]
    history = {place: fall for place, fall in observed_falls(scenario).items() if place in shown.columns}
    last_day = _last_day(shown, history, scenario.horizon_days)
    handles = mark_handles(shown, history)
    size = measure_key(handles, ROOM_MM)
    page = new_page(
        words(
            results,
            scenario,
            title=_title(results, days, scenario),
            shown=_shown(days, last_day, scenario.horizon_days),
            note="brackets: 95 % Wilson and order-statistic intervals",
        ),
        size.height_mm + HEADER_MM + _rows_mm(shown) + DAYS_MM,
    )
    draw_key(page, handles, size, 0.0)
    _draw_rows(page, scenario, shown, history, size, last_day)
    return page.figure


def in_usual_order(days: pd.DataFrame) -> pd.DataFrame:
    """Return the columns of fall days by their median where they fall, and those that never fall last.

    Parameters
    ----------
    days
        A row a run, a column a place, NaN for never.
    """
    order = pd.DataFrame({"median": _medians(days), "share": -days.notna().mean()})
    return days[order.sort_values(["median", "share"], kind="stable").index]


def _medians(days: pd.DataFrame) -> pd.Series:
    """Return the median day of each place, a day on which it does fall in some run."""
    return days.quantile(0.5, interpolation="lower")


def _title(results: Results, days: pd.DataFrame, scenario: Scenario) -> str:
    """Return the finding: when the first places fall and when the capital does, or how rare falls are."""
    names, capital, n_runs = place_names(scenario), scenario.tables.header.capital, len(days)
    falls = days.notna().sum()
    often = days[[place for place in days.columns if 2 * falls[place] > n_runs]]
    if not falls.any():
        return f"No place of the regime falls: {share_of(0, n_runs)} of runs see any of them lost"
    if often.empty:
        worst = str(falls.idxmax())
        share = share_of(int(falls[worst]), n_runs)
        return f"The most exposed place, {names[worst]}, falls in {share} of runs"
    first = str(often.columns[0])
    finding = f"Where it falls, {names[first]} falls{_rank(days, often)} on median {day_of(results, scenario, first)}"
    if capital == first or capital not in days.columns:
        return finding
    if capital in often.columns:
        return f"{finding}; {names[capital]} on median {day_of(results, scenario, capital)}"
    return f"{finding}; {names[capital]} falls in {share_of(int(falls[capital]), n_runs)} of runs"


def _rank(days: pd.DataFrame, often: pd.DataFrame) -> str:
    """Return whether the first place that usually falls is alone in that."""
    if len(days.columns) == 1:
        return ""
    medians = _medians(often)
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
    key: KeySize,
    last_day: int,
) -> None:
    """Draw all columns of the figure: names, days, history and shares."""
    names = [shorten(page.figure, name, MOST_NAME_MM, size=SMALL_PT) for name in _names(scenario, days)]
    left = max(text_width(page.figure, name, size=SMALL_PT, weight="bold") for name in names) + NAME_GAP_MM
    top, height = key.height_mm + HEADER_MM, _rows_mm(days)
    history_mm = HISTORY_MM if any(fall.is_never for fall in history.values()) else 2.0
    width = page.width - left - history_mm - SHARES_MM
    ax = page.axes(left, top, width, height)
    draw_days(ax, days, last_day, scenario.tables.header.day0, width)
    _write_names(ax, names, days, scenario)
    draw_history(ax, page.axes(left + width, top, history_mm, height), list(days.columns), history)
    draw_shares(page.axes(left + width + history_mm, top, SHARES_MM, height), days, scenario.horizon_days)


def _names(scenario: Scenario, days: pd.DataFrame) -> list[str]:
    """Return the names of the rows."""
    names = place_names(scenario)
    return [names[place] for place in days.columns]


def _write_names(ax: Axes, names: list[str], days: pd.DataFrame, scenario: Scenario) -> None:
    """Write the names left of the rows, the capital's in bold."""
    ax.set_yticks([row + 0.6 for row in range(len(names))], names, fontsize=SMALL_PT)
    for label, place in zip(ax.get_yticklabels(), days.columns, strict=True):
        label.set_fontweight("bold" if place == scenario.tables.header.capital else "normal")
