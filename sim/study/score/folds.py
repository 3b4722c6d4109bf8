"""Say which worlds are left out together: those whose outcomes a forecaster of one of them may not have seen."""

from __future__ import annotations

from enum import StrEnum

from sim.study.score.facts import Facts


class Folds(StrEnum):
    """What is left out at a time."""

    COUNTRY = "country"  # all wars of a country: the later one is the earlier one's offspring
    WORLD = "world"


def fold_of(name: str, facts: Facts, folds: Folds) -> str:
    """Return the fold of a world.

    Parameters
    ----------
    name, facts
        The world.
    folds
        What is left out at a time.
    """
    return facts.country if folds is Folds.COUNTRY else name
