"""Draw what could still happen in a run: one past, and its futures as a fan; beneath, how likely its end is by when."""

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from sim.ensemble.estimate.estimates import curve
from sim.ensemble.estimate.rows import usable
from sim.ensemble.run.branches import Futures
from sim.ensemble.store.results import Results
from sim.show.ensemble.incidence import CURVES, band_of, curve_axes, draw_curve, label_curves
from sim.show.kit.days import label_days
from sim.show.kit.key import keyed_page
from sim.show.kit.panels import Scale, scale_up
from sim.show.kit.series import by_day, draw_fan, fan_handles, to_horizon, traced, traced_runs
from sim.show.kit.theme import BLUE, INK, RULE, SMALL_PT, SOFT_INK
from sim.show.kit.typeset import NO_BREAK
from sim.show.kit.wording import words
from sim.tell.branch import finding, itself_in_words
from sim.tell.certainty import SAMPLING_ALONE
from sim.tell.numbers import whole_percent
from sim.world.scenario import Scenario

FAN_MM, HEAD_MM, DAYS_MM, CURVES_MM = 50.0, 6.0, 12.0, 74.0
SCALE_MM, LABELS_MM, TICK_MM = 11.0, 37.0, 20.0  # room left of and right of what is drawn, and for the label of a day
HELD = "regime_population_share"


def draw_futures(results: Results, scenario: Scenario, futures: Futures) -> Figure:
    """Return the figure of what could still happen.

    Parameters
    ----------
    results, scenario
        The futures, with at least one usable, and the scenario that they live.
    futures
        Of which history, from which day on.
    """
    runs, horizon = usable(results.runs), scenario.horizon_days
    own = {itself_in_words(futures).removeprefix("in "): Line2D([], [], color=INK, linewidth=1.2, linestyle="--")}
    title = finding(runs, scenario, futures).rstrip(".").replace(" %", f"{NO_BREAK}%")
    shown = "Above, people where the regime's side holds; below, shares of futures in which each event has happened"
    changed = "; ".join(", ".join(f"{key} {value}" for key, value in each.items()) for each in futures.changes)
    note = (
        f"{traced(results)}; bands below: 95 % Wilson intervals {SAMPLING_ALONE}"
        f"{f'; decided otherwise: {changed}' if changed else ''}"
    )
    handles = {**fan_handles(len(traced_runs(results)), BLUE), **own}
    page = keyed_page(words(results, scenario, title, shown, note), handles, FAN_MM + HEAD_MM + DAYS_MM + CURVES_MM)
    ax = page.axes(SCALE_MM, HEAD_MM, page.width - SCALE_MM - LABELS_MM, FAN_MM)
    _draw_held(ax, results, scenario, futures)
    bands = [band_of(curve(runs[event.column], horizon)) for event in CURVES]
    lower = curve_axes(page.below(HEAD_MM + FAN_MM + DAYS_MM), scenario, bands, horizon)
    for event, band in zip(CURVES, bands, strict=True):
        draw_curve(lower, event, band, horizon)
    label_curves(lower, CURVES, bands, horizon)
    lower.axvline(futures.day, color=RULE, linewidth=0.8, zorder=1)
    return page.figure


def _draw_held(ax: Axes, results: Results, scenario: Scenario, futures: Futures) -> None:
    """Draw the share of the people that the regime's side holds: one line until the day, a fan from then on."""
    held = by_day(results, HELD)
    label_days(ax, scenario.tables.header.day0, scenario.horizon_days, int((180 - SCALE_MM - LABELS_MM) / TICK_MM))
    scale_up(ax, Scale([0.0, 0.25, 0.5, 0.75, 1.0], [whole_percent(tick) for tick in (0.0, 0.25, 0.5, 0.75, 1.0)]))
    draw_fan(ax, held, BLUE)
    if traced_runs(results)[0] == 0:
        ax.plot(to_horizon(held[:1])[0], color=INK, linewidth=1.2, linestyle="--")
    ax.axvline(futures.day, color=SOFT_INK, linewidth=0.8, zorder=1)
    ax.annotate(
        f"futures part on day {futures.day}",
        (futures.day, 1.0),
        xytext=(3, 3),
        textcoords="offset points",
        fontsize=SMALL_PT,
        color=SOFT_INK,
    )
