"""Choose the outcomes that sum a comparison up: what becomes of the regime, its neighbours, amounts."""

from dataclasses import dataclass

from sim.core.codes import Level
from sim.show.compare.differences import Differences, in_percent, in_points
from sim.show.kit.days import headline_day
from sim.study.compare import Comparison, base_means
from sim.tell.labels import LEVELS, MAIN_AMOUNTS, outcome_labels
from sim.tell.places import state_names

COLLAPSE = "p_collapse"
OF_REGIME = ("p_flight", "p_settlement", "p_handover", "p_infighting")
DRAWN_IN = Level.INCIDENT
RUNG = f"level {DRAWN_IN.value}, {LEVELS[DRAWN_IN]}, or higher"


@dataclass(frozen=True)
class Group:
    """Hold outcomes that are shown together.

    Parameters
    ----------
    title
        What they have in common, empty if that goes without saying.
    labels
        What each outcome is, by its name.
    differences
        From the base.
    """

    title: str
    labels: dict[str, str]
    differences: Differences


def probabilities_of(comparison: Comparison) -> list[Group]:
    """Return the events that are shown first; what never happens in any scenario is left out."""
    scenario = comparison.cases[0].scenario
    labels, states, horizon = outcome_labels(scenario), state_names(scenario), scenario.horizon_days
    by = by_day_name(headline_day(horizon), horizon)
    regime = {name: labels[name] for name in (by, COLLAPSE)}
    regime |= {name: labels[name].removesuffix(f" by day {horizon}") for name in OF_REGIME}
    neighbours = {reach_name(state): states[state] for state in scenario.tables.header.neighbours}
    titled = (("What becomes of the regime", regime), (f"Neighbours that reach {RUNG}", neighbours))
    groups = ((title, _that_happen(comparison, named)) for title, named in titled)
    return [Group(title, named, in_points(comparison, named)) for title, named in groups if named]


def amounts_of(comparison: Comparison) -> list[Group]:
    """Return the amounts that are shown first, if the base has any; see `probabilities_of`."""
    means, labels = base_means(comparison), outcome_labels(comparison.cases[0].scenario)
    named = {name: labels[name] for name in ("days_in_power", *MAIN_AMOUNTS) if means[name] > 0.0}
    return [Group("", named, in_percent(comparison, named))] if named else []


def by_day_name(day: int, horizon_days: int) -> str:
    """Return the name of the outcome that the regime collapses by a day that is reported."""
    return f"{COLLAPSE}_by_{day}" if day < horizon_days else COLLAPSE


def reach_name(state: str) -> str:
    """Return the name of the outcome that a neighbour is drawn in."""
    return f"p_level_{DRAWN_IN.value}_{state}"


def _that_happen(comparison: Comparison, labels: dict[str, str]) -> dict[str, str]:
    """Return the events that happen in some run of some scenario."""
    highest = comparison.table.groupby("outcome")["estimate"].max()
    return {name: label for name, label in labels.items() if highest[name] > 0.0}
