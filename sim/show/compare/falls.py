"""Take out of a comparison how scenarios change the loss of places, and say it in words."""

from collections.abc import Mapping

from sim.ensemble.estimate.losses import regime_places
from sim.show.compare.differences import Difference, in_points
from sim.show.compare.findings import finding
from sim.show.compare.marks import signed
from sim.show.compare.words import others_of, words_of
from sim.show.kit.page import Words
from sim.study.compare import Comparison
from sim.tell.numbers import rounded

PREFIX = "p_fall_"
Falls = Mapping[str, Mapping[str, Difference]]
"""Differences in points by scenario and place."""


def falls_of(comparison: Comparison) -> Falls:
    """Return how each scenario changes the probability that each place is lost to the regime's side.

    Parameters
    ----------
    comparison
        Scenarios beside a base.
    """
    places = regime_places(comparison.cases[0].scenario)
    differences = in_points(comparison, [f"{PREFIX}{place}" for place in places])
    return {name: {place: differences[name, f"{PREFIX}{place}"] for place in places} for name in others_of(comparison)}


def fall_words(comparison: Comparison, falls: Falls) -> Words:
    """Return what a figure of losses says.

    Parameters
    ----------
    comparison, falls
        Scenarios beside a base, and what they change.
    """
    scenario = comparison.cases[0].scenario
    differences = [difference for by_place in falls.values() for difference in by_place.values()]
    return words_of(
        comparison,
        title=finding(comparison, differences, "which places are lost"),
        shown=f"Share of runs in which each place is lost to the regime's side by day {scenario.horizon_days}, "
        "difference from the base in percentage points",
        note="coloured where the 95 % interval over the same runs excludes 0, which 1 in 20 does by chance",
    )


def farthest(falls: Falls) -> float:
    """Return the largest difference, whatever its sign."""
    return max(abs(difference.value) for by_place in falls.values() for difference in by_place.values())


def number_of(difference: Difference) -> str:
    """Return a difference in whole points; one that would round to nothing lies between that and 1."""
    whole = int(rounded(difference.value))
    return signed(whole) if whole else f"<{signed(1)}" if difference.value > 0.0 else f">{signed(-1)}"
