"""Draw how likely the end of the regime is by when: few scenarios as curves in one panel, many each in its own."""

import numpy as np
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from sim.ensemble.estimate.estimates import curve
from sim.ensemble.estimate.knowledge import knowledge_of_results
from sim.ensemble.estimate.rows import usable
from sim.show.compare.differences import TINY, in_points
from sim.show.compare.marks import looks_of
from sim.show.compare.outcomes import by_day_name
from sim.show.compare.words import idle_note, words_of
from sim.show.ensemble.incidence import (
    HEIGHT_MM,
    LABELS_MM,
    TAIL,
    TOPS,
    Band,
    Event,
    band_of,
    bands_note,
    curve_axes,
    draw_curve,
    label_curves,
    mark_headline,
)
from sim.show.kit.days import day_values, headline_day, last_shown_day
from sim.show.kit.key import Handles, keyed_page
from sim.show.kit.page import new_page
from sim.show.kit.panels import Panels, Scale, draw_panel, set_panels
from sim.show.kit.series import LEADER_MM
from sim.show.kit.theme import RULE, SMALL_PT
from sim.show.kit.turns import draw_turns, turns_of
from sim.show.kit.typeset import shorten
from sim.study.compare import Comparison

MOST_CURVES = 4  # that one panel can hold
MOST_WIDE = 10  # panels in two columns, with room for names, that fit a printed page
COLLAPSE = "collapse_day"
WIDTHS = (2.4, 1.6)  # of the base, which the others may cover, and of the others
PANEL_MM = 28.0
Bands = dict[str, Band]


def draw_compare_incidence(comparison: Comparison) -> Figure:
    """Return the figure of cumulative incidence of collapse by scenario."""
    horizon = comparison.cases[0].scenario.horizon_days
    runs = {case.name: usable(case.results.runs) for case in comparison.cases}
    known = {case.name: knowledge_of_results(case.results, case.scenario) for case in comparison.cases}
    bands = {name: band_of(curve(runs[name][COLLAPSE], horizon, each.weights, each)) for name, each in known.items()}
    last_day = last_shown_day([day_values(rows[COLLAPSE]) for rows in runs.values()], horizon, TAIL)
    draw = _draw_together if len(bands) <= MOST_CURVES else _draw_apart
    return draw(comparison, bands, last_day)


def _draw_together(comparison: Comparison, bands: Bands, last_day: int) -> Figure:
    """Return the figure with all curves in one panel."""
    scenario = comparison.cases[0].scenario
    by = headline_day(scenario.horizon_days)
    shown = "Share of runs in which the regime has collapsed by a day"
    ends = f"{_ends(scenario.horizon_days, last_day)}{_turns(comparison)}"
    note = f"{bands_note(scenario)}{ends}"
    page = new_page(
        words_of(comparison, _title(comparison, bands[comparison.cases[0].name], by), shown, note), HEIGHT_MM
    )
    events = _events(list(bands))
    ax = curve_axes(page, scenario, list(bands.values()), last_day)
    for case, event in zip(comparison.cases, events, strict=True):
        draw_turns(ax, case.scenario, event.colour)
    for event, band in zip(events, bands.values(), strict=True):
        draw_curve(ax, event, band, last_day)
    mark_headline(ax, by, float(next(iter(bands.values())).share[by]))
    label_curves(ax, events, list(bands.values()), last_day)
    return page.figure


def _draw_apart(comparison: Comparison, bands: Bands, last_day: int) -> Figure:
    """Return the figure with a panel for each scenario, the base repeated in each."""
    scenario = comparison.cases[0].scenario
    by, base = headline_day(scenario.horizon_days), comparison.cases[0].name
    others = [
        name
        for name in bands
        if name != base and not np.allclose(bands[name].share, bands[base].share, atol=TINY / 100.0)
    ]
    others = others or [case.name for case in comparison.cases[1:]]
    looks, panels = looks_of(bands), _panels(len(others))
    scenarios = {case.name: case.scenario for case in comparison.cases}
    handles: Handles = {
        base: (
            Patch(color=RULE, alpha=0.3, linewidth=0),
            Line2D([], [], color=RULE, linestyle="--", linewidth=WIDTHS[1]),
        ),
        "the scenario above the panel": Line2D([], [], color=looks[others[0]].colour, linewidth=WIDTHS[1]),
    }
    cut = f"; the axes end on day {last_day}, little happens later" if last_day < scenario.horizon_days else ""
    shown = "Share of runs in which the regime has collapsed by a day"
    ends = f"{cut}{_turns(comparison)}{idle_note(comparison, others)}"
    note = f"{bands_note(scenario)}; beside the names: by day {by}{ends}"
    page = keyed_page(
        words_of(comparison, _title(comparison, bands[comparison.cases[0].name], by), shown, note),
        handles,
        panels.total_mm,
    )
    for i, name in enumerate(others):
        head, days = (name, bands[name].percent(by)), (scenarios[name], last_day)
        ax = draw_panel(page, panels, i, _scale(bands, last_day), head, days)
        draw_curve(ax, Event(COLLAPSE, base, RULE, "--", WIDTHS[1]), bands[base], last_day)
        draw_curve(ax, Event(COLLAPSE, name, looks[name].colour, "-", WIDTHS[1]), bands[name], last_day)
    return page.figure


def _panels(n: int) -> Panels:
    """Return panels with room for the names of scenarios, narrower where they are many."""
    return Panels(n, 2, PANEL_MM) if n <= MOST_WIDE else set_panels(n, PANEL_MM)


def _events(names: list[str]) -> list[Event]:
    """Return the looks of curves in one panel."""
    widths = (WIDTHS[0], *[WIDTHS[1]] * (len(names) - 1))
    return [
        Event(COLLAPSE, shorten(name, LABELS_MM - LEADER_MM - 1.0, size=SMALL_PT), look.colour, look.style, width)
        for (name, look), width in zip(looks_of(names).items(), widths, strict=True)
    ]


def _title(comparison: Comparison, base: Band, by: int) -> str:
    """Return the finding: how likely the collapse is in the base, and how far the others are from that."""
    outcome = by_day_name(by, comparison.cases[0].scenario.horizon_days)
    ranked = sorted(in_points(comparison, [outcome]).values(), key=lambda difference: difference.value)
    text = f"The regime collapses by day {by} in {base.percent(by)} of runs"
    ends = ranked if len(ranked) == 1 else [ranked[0], ranked[-1]]
    return f"{text}: {', '.join(f'{difference.text} with {difference.scenario}' for difference in ends)}"


def _turns(comparison: Comparison) -> str:
    """Return what dashed lines mean, where some scenario has levers or events after day 0."""
    has_any = any(turns_of(case.scenario) for case in comparison.cases)
    return "; dashed lines: when a scenario's levers and events come" if has_any else ""


def _ends(horizon_days: int, last_day: int) -> str:
    """Return what stands at the ends of the curves."""
    cut = f"; the axis ends on day {last_day}, little happens later" if last_day < horizon_days else ""
    return f"; at the right: by day {horizon_days}{cut}"


def _scale(bands: Bands, last_day: int) -> Scale:
    """Return a scale of probability that holds all curves."""
    highest = max(float(band.top[last_day]) for band in bands.values())
    ticks = [float(tick) for tick in np.linspace(0.0, next(top for top in TOPS if highest <= top), 5)]
    return Scale(ticks, [f"{100.0 * tick:g} %" for tick in ticks])
