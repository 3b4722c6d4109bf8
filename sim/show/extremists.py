"""Draw how strong extremist factions are and how often they attack, in runs with and without a collapse."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.ensemble.results import Results
from sim.ensemble.rows import usable
from sim.show.key import Handles, draw_key, measure_key
from sim.show.page import ROOM_MM, new_page
from sim.show.panels import Panels, draw_panel, scale_to
from sim.show.series import FEW, LIFT, Numbers, by_day, draw_fan, fan_handles, highest_drawn, traced
from sim.show.theme import VERMILLION
from sim.show.wording import count, median_share, words
from sim.world.scenario import Scenario

PANEL_MM = 36.0
KEY_GAP_MM = 2.0
MONTH = 30  # days
BAR = 0.36  # half the width of a month's mark, as a share of the month


def draw_extremists(results: Results, scenario: Scenario) -> Figure:
    """Return the figure of extremist factions.

    Parameters
    ----------
    results, scenario
        An ensemble with extremists on day 0 of some traced run.
    """
    groups, header = _groups(results), scenario.tables.header
    handles: Handles = {}
    for strength, _ in groups.values():
        handles = {**handles, **fan_handles(len(strength), VERMILLION)}
    size = measure_key(handles, ROOM_MM)
    panels = Panels(2 * len(groups), len(groups), PANEL_MM)
    top = size.height_mm + KEY_GAP_MM
    page = new_page(
        words(
            results,
            scenario,
            title=_title(groups, scenario.horizon_days),
            shown=f"Above: extremist fighters as a share of day 0; below: their attacks in each full {MONTH} days",
            note=f"{traced(results)}, split by what becomes of the regime by day {scenario.horizon_days}; "
            "brackets: 95 % order-statistic intervals",
        ),
        top + panels.total_mm,
    )
    draw_key(page, handles, size, 0.0)
    strengths = scale_to(LIFT * max(highest_drawn(group[0]) for group in groups.values()), _percent)
    attacks = scale_to(LIFT * max(highest_drawn(group[1]) for group in groups.values()))
    days = (header.day0, scenario.horizon_days)
    for i, (name, (strength, per_month)) in enumerate(groups.items()):
        head = (f"{name}: fighters, % of day 0", count(len(strength), "run"))
        draw_fan(draw_panel(page, panels, top, i, strengths, head, days), strength, VERMILLION)
        head = (f"{name}: attacks per {MONTH} days", "")
        _draw_months(draw_panel(page, panels, top, len(groups) + i, attacks, head, days), per_month)
    return page.figure


def _groups(results: Results) -> dict[str, tuple[Numbers, Numbers]]:
    """Return strength by (run, day) and attacks by (run, month) of the runs with and without collapse."""
    runs, daily = usable(results.runs), results.daily
    collapsed = runs.set_index("run")["collapse_day"].notna()[daily["run"].unique()].to_numpy(np.bool_)
    fighters, so_far = by_day(daily, "extremists"), by_day(daily, "extremist_attacks")
    at_start = runs.set_index("run")["extremists_day_0"][daily["run"].unique()].to_numpy(np.float64)
    ends = range(MONTH - 1, so_far.shape[1], MONTH)
    per_month = np.diff(so_far[:, list(ends)], axis=1, prepend=0.0)
    found = {}
    for name, chosen in (("With a collapse", collapsed), ("Without a collapse", ~collapsed)):
        kept = chosen & (at_start > 0.0)
        if kept.any():
            found[name] = (fighters[kept] / at_start[kept, None], per_month[kept])
    return found


def _title(groups: dict[str, tuple[Numbers, Numbers]], horizon: int) -> str:
    """Return the finding: what is left of extremists at the end."""
    first, *other = [median_share(group[0][:, -1]) for group in groups.values()]
    finding = f"By day {horizon} extremists are at {first} of their strength on day 0 {next(iter(groups)).lower()}"
    return f"{finding}, at {other[0]} without (medians)" if other else f"{finding} (median)"


def _percent(share: float) -> str:
    """Return a share for the scale."""
    return f"{100 * share:g} %"


def _draw_months(ax: Axes, per_month: Numbers) -> None:
    """Draw the attacks of each month: median, middle half and middle 80 % of runs, or a dot a run."""
    for month, attacks in enumerate(per_month.T):
        middle, half = (month + 0.5) * MONTH, BAR * MONTH
        if len(attacks) < FEW:
            ax.plot(np.full(len(attacks), middle), attacks, "o", color=VERMILLION, markersize=3.0, alpha=0.6)
            continue
        outer_low, low, median, high, outer_high = np.quantile(attacks, (0.1, 0.25, 0.5, 0.75, 0.9))
        box = [middle - half, middle + half]
        ax.fill_between(box, outer_low, outer_high, color=VERMILLION, alpha=0.2, linewidth=0)
        ax.fill_between(box, low, high, color=VERMILLION, alpha=0.28, linewidth=0)
        ax.plot(box, [median, median], color=VERMILLION, linewidth=1.6)
