"""Arrange a comparison of many scenarios for figures: sorted by what they do, without those that change nothing."""

from dataclasses import replace

from sim.show.compare.outcomes import by_day_name
from sim.show.compare.words import FEW, unchanged
from sim.show.kit.days import headline_day
from sim.study.compare import Comparison


def arranged(comparison: Comparison) -> Comparison:
    """Return a comparison as figures show it; the table of all differences stays whole.

    Up to four scenarios stand in the order in which they were named. More are sorted by what they do to
    the collapse by the day of headlines, the largest rise first; those in which no run differs are left to the words
    below the title.
    """
    base, *others = comparison.cases
    same = unchanged(comparison)
    if len(comparison.cases) <= FEW or len(same) == len(others):
        return comparison
    horizon = base.scenario.horizon_days
    table = comparison.table[comparison.table["outcome"] == by_day_name(headline_day(horizon), horizon)]
    rise = dict(zip(table["scenario"], table["difference"], strict=True))
    shown = sorted((case for case in others if case.name not in same), key=lambda case: -rise[case.name])
    return replace(comparison, cases=(base, *shown))
