"""Draw what the war does to people: displaced day by day, and killed so far, with what was observed."""

from dataclasses import dataclass

import numpy as np
from matplotlib.figure import Figure

from sim.ensemble.estimate.knowledge import knowledge_of_results
from sim.ensemble.estimate.rows import usable
from sim.ensemble.estimate.weights import Weights
from sim.ensemble.store.results import Results
from sim.show.kit.key import Handles, keyed_page
from sim.show.kit.observed import ObservedAmount, observed_amounts, observed_at_horizon
from sim.show.kit.panels import Panels, draw_panel, people_scale
from sim.show.kit.series import (
    LIFT,
    SO_FAR,
    STILL,
    Numbers,
    by_day,
    draw_fan,
    draw_observed,
    fan_handles,
    highest_drawn,
    is_outside,
    misses,
    observed_mark,
    traced,
    weights_traced,
)
from sim.show.kit.theme import BLUE
from sim.show.kit.turns import turns_note
from sim.show.kit.wording import number_words, words
from sim.tell.lookup import median
from sim.world.scenario import Scenario

PANEL_MM = 36.0


@dataclass(frozen=True)
class Toll:
    """Hold one series and what was observed of it.

    Parameters
    ----------
    head
        What it counts.
    values
        (run, day), persons.
    still, so_far
        Observed on a day, and up to a day.
    ever
        (run, day): what counts up to a day, against which marks of that kind are held; the series itself by default.
    """

    head: str
    values: Numbers
    still: list[ObservedAmount]
    so_far: list[ObservedAmount]
    ever: Numbers | None = None

    def outside(self, weights: Weights | None) -> list[bool]:
        """Return of each mark whether it lies outside what the runs have of the same kind."""
        ever, last = self.values if self.ever is None else self.ever, self.values.shape[1] - 1
        pairs = [(seen, self.values) for seen in self.still] + [(seen, ever) for seen in self.so_far]
        held = [(seen.amount, runs[:, min(seen.day, last)]) for seen, runs in pairs]
        return [is_outside(amount, runs, weights) for amount, runs in held if not np.isnan(runs).all()]


def draw_displaced_and_killed(results: Results, scenario: Scenario) -> Figure:
    """Return the figure of people displaced and killed."""
    tolls, days = _tolls(results, scenario), (scenario, scenario.horizon_days)
    weights = weights_traced(results, scenario)
    panels = Panels(len(tolls), 2, PANEL_MM, own_scales=True)
    shown = "People displaced inside the contested state that day, and killed so far"
    note = (
        f"{traced(results)}; brackets, of medians of all runs: {number_words(scenario)}; "
        f"upright lines: ranges of reports{turns_note(scenario)}"
    )
    page = keyed_page(
        words(results, scenario, _title(results, scenario, tolls), shown, note), _key(tolls), panels.total_mm
    )
    for i, toll in enumerate(tolls):
        seen = [amount.high for amount in [*toll.still, *toll.so_far]]
        scale, unit = people_scale(LIFT * max([highest_drawn(toll.values, weights), *seen]))
        ax = draw_panel(page, panels, i, scale, (f"{toll.head}, {unit}", ""), days)
        draw_fan(ax, toll.values, BLUE, weights)
        draw_observed(ax, toll.so_far, SO_FAR)
        draw_observed(ax, toll.still, STILL)
    return page.figure


def _tolls(results: Results, scenario: Scenario) -> list[Toll]:
    """Return what is drawn."""
    civilians, combatants = (by_day(results, f"fatalities_{who}") for who in ("civilians", "combatants"))
    return [
        Toll(
            "Displaced",
            by_day(results, "displaced"),
            observed_amounts(scenario, "displaced_stock_on_day"),
            [*observed_amounts(scenario, "displaced_by_day"), *observed_at_horizon(scenario, "displaced")],
            ever=by_day(results, "displaced_new"),
        ),
        Toll(
            "Killed in all",
            civilians + combatants,
            [],
            [*observed_amounts(scenario, "fatalities_by_day"), *observed_at_horizon(scenario, "fatalities_total")],
        ),
        Toll("Civilians killed", civilians, [], observed_at_horizon(scenario, "fatalities_civilian")),
        Toll("Combatants killed", combatants, [], []),
    ]


def _key(tolls: list[Toll]) -> Handles:
    """Return the marks of the figure."""
    handles = dict(fan_handles(len(tolls[0].values), BLUE))
    if any(toll.still for toll in tolls):
        handles["what happened: that day"] = observed_mark([], [], STILL)
    if any(toll.so_far for toll in tolls):
        handles["what happened: so far"] = observed_mark([], [], SO_FAR)
    return handles


def _title(results: Results, scenario: Scenario, tolls: list[Toll]) -> str:
    """Return the finding: how many people are displaced at once, how many die, and how much of history is missed."""
    runs = usable(results.runs)
    known, traced_weights = knowledge_of_results(results, scenario), weights_traced(results, scenario)
    peaks, dead = (runs[name].to_numpy(float) for name in ("displaced_peak", "fatalities_civilians"))
    displaced, killed = (median(values, weights=known.weights, known=known) for values in (peaks, dead))
    by = f"by day {scenario.horizon_days}"
    fleeing = f"Displacement peaks above {displaced.tight} people in half of the runs, each on its own day"
    if not displaced.point:
        fleeing = "Nobody is displaced in half of the runs or more"
    killing = f"{killed.tight if killed.point else 'no'} civilians are killed {by} in the median run"
    missed = misses([mark for toll in tolls for mark in toll.outside(traced_weights)])
    return f"{fleeing}; {killing}{missed}"
