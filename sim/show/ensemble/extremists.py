"""Draw how strong extremist factions are and how often they attack, in runs with and without a collapse."""

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.ensemble.estimate.knowledge import knowledge_of_results
from sim.ensemble.estimate.rows import extremists_change, usable
from sim.ensemble.store.results import Results
from sim.show.kit.key import Handles, keyed_page
from sim.show.kit.panels import Panels, draw_panel, scale_to
from sim.show.kit.series import (
    FEWEST_IN_A_FAN,
    LIFT,
    Numbers,
    by_day,
    draw_fan,
    fan_handles,
    highest_drawn,
    traced,
    traced_runs,
)
from sim.show.kit.theme import VERMILLION
from sim.show.kit.turns import turns_note
from sim.show.kit.wording import count, number_words, words
from sim.tell.estimate import Estimate, Kind
from sim.tell.lookup import median
from sim.world.scenario import Scenario

PANEL_MM = 36.0
MONTH = 30  # days
BAR = 0.36  # half the width of a month's mark, as a share of the month
Mask = npt.NDArray[np.bool_]


def draw_extremists(results: Results, scenario: Scenario) -> Figure:
    """Return the figure of extremist factions."""
    groups = _groups(results)
    handles: Handles = {}
    for strength, _ in groups.values():
        handles = {**handles, **fan_handles(len(strength), VERMILLION)}
    panels = Panels(2 * len(groups), len(groups), PANEL_MM)
    shown = f"Above: extremist fighters as a share of day 0; below: their attacks in each full {MONTH} days"
    note = (
        f"{traced(results)}, split by what becomes of the regime by day {scenario.horizon_days}; "
        f"in the title: all runs, with {number_words(scenario)}{turns_note(scenario)}"
    )
    page = keyed_page(words(results, scenario, _title(results, scenario), shown, note), handles, panels.total_mm)
    strengths = scale_to(LIFT * max(highest_drawn(group[0]) for group in groups.values()), _percent)
    attacks = scale_to(LIFT * max(highest_drawn(group[1]) for group in groups.values()))
    days = (scenario, scenario.horizon_days)
    for i, (name, (strength, per_month)) in enumerate(groups.items()):
        head = (f"{name}: fighters, % of day 0", count(len(strength), "run"))
        draw_fan(draw_panel(page, panels, i, strengths, head, days), strength, VERMILLION)
        head = (f"{name}: attacks per {MONTH} days", "")
        _draw_months(draw_panel(page, panels, len(groups) + i, attacks, head, days), per_month)
    return page.figure


def _groups(results: Results) -> dict[str, tuple[Numbers, Numbers]]:
    """Return strength by (run, day) and attacks by (run, month) of the runs with and without collapse."""
    runs, lived = usable(results.runs), traced_runs(results)
    collapsed = runs.set_index("run")["collapse_day"].notna()[lived].to_numpy(np.bool_)
    fighters, so_far = by_day(results, "extremists"), by_day(results, "extremist_attacks")
    at_start = runs.set_index("run")["extremists_day_0"][lived].to_numpy(np.float64)
    ends = range(MONTH - 1, so_far.shape[1], MONTH)
    per_month = np.diff(so_far[:, list(ends)], axis=1, prepend=0.0)
    return {
        name: (fighters[kept] / at_start[kept, None], per_month[kept])
        for name, kept in _split(collapsed, at_start > 0.0).items()
    }


def _left(results: Results, scenario: Scenario) -> dict[str, Estimate]:
    """Return the share of extremists that is left at the end of the median run that counts, traced or not."""
    runs, known = usable(results.runs), knowledge_of_results(results, scenario)
    change = extremists_change(runs)
    groups = _split(runs["collapse_day"].notna().to_numpy(np.bool_), ~np.isnan(change))
    return {name: median(change[kept], Kind.SHARE, known=known.of(kept)) for name, kept in groups.items()}


def _split(collapsed: Mask, has_any: Mask) -> dict[str, Mask]:
    """Return which runs that have any extremists are with and without collapse; a group of none is left out."""
    groups = {"With a collapse": collapsed & has_any, "Without a collapse": ~collapsed & has_any}
    return {name: kept for name, kept in groups.items() if kept.any()}


def _title(results: Results, scenario: Scenario) -> str:
    """Return the finding: what is left of extremists at the end."""
    left = _left(results, scenario)
    first, *other = left.values()
    finding = f"By day {scenario.horizon_days} extremists are at {first.tight} of their strength on day 0"
    if not other:
        return f"{finding} {next(iter(left)).lower()} (median of {count(first.n, 'run')})"
    both = f"(medians of {first.n:,} and {count(other[0].n, 'run')})"
    return f"{finding} with a collapse, at {other[0].tight} without {both}"


def _percent(share: float) -> str:
    """Return a share for the scale."""
    return f"{100 * share:g} %"


def _draw_months(ax: Axes, per_month: Numbers) -> None:
    """Draw the attacks of each month: median, middle half and middle 80 % of runs, or a dot a run."""
    for month, attacks in enumerate(per_month.T):
        middle, half = (month + 0.5) * MONTH, BAR * MONTH
        if len(attacks) < FEWEST_IN_A_FAN:
            ax.plot(np.full(len(attacks), middle), attacks, "o", color=VERMILLION, markersize=3.0, alpha=0.6)
            continue
        outer_low, low, median, high, outer_high = np.quantile(attacks, (0.1, 0.25, 0.5, 0.75, 0.9))
        box = [middle - half, middle + half]
        ax.fill_between(box, outer_low, outer_high, color=VERMILLION, alpha=0.2, linewidth=0)
        ax.fill_between(box, low, high, color=VERMILLION, alpha=0.28, linewidth=0)
        ax.plot(box, [median, median], color=VERMILLION, linewidth=1.6)
