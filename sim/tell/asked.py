"""Write as tables of text what an ensemble tells only if asked: estimates of some precision, the split of variance."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from sim.ensemble.estimate.outcomes import PROBABILITY
from sim.ensemble.estimate.precision import LOOKS, LOOKS_NORMAL
from sim.ensemble.estimate.variance import QUANTITY
from sim.ensemble.store.results import Results
from sim.tell.numbers import Estimate, amount, percent, percents
from sim.tell.sections import Section, Write

SHOWN = (
    *("p_collapse", "p_flight", "p_capital_fall", "p_settlement", "days_in_power"),
    *("refugees", "displaced_peak", "fatalities_combatants", "fatalities_civilians", "extremists_last"),
)
SHOWN_BY_STATE = "p_level_2_"


def asked_sections(results: Results) -> Iterator[Section]:
    """Yield the tables of what was asked of this ensemble besides.

    Parameters
    ----------
    results
        The ensemble.
    """
    table = results.estimates
    reached = table[table["kind_of_interval"].isin([LOOKS, LOOKS_NORMAL])]
    if len(reached):
        title = f"Estimates of a precision that was asked for; n = {_n(reached)} runs, valid wherever one stops"
        header = ("outcome", "estimate with 95 % interval", "asked", "reached")
        yield Section(title, header, tuple(_reached_rows(reached, results.manifest["precision"])))
    split = table[table["quantity"] == QUANTITY]
    split = split[split["entity"].isin(SHOWN) | split["entity"].str.startswith(SHOWN_BY_STATE)]
    if len(split):
        rows = zip(split["entity"], percents(_estimates(split)), strict=True)
        title = f"Variance between runs due to uncertain parameters, not to chance; n = {_n(split)} pairs of runs"
        yield Section(title, ("outcome", "share of the variance with 95 % interval"), tuple(rows))


def _reached_rows(reached: pd.DataFrame, told: dict[str, Any]) -> Iterator[tuple[str, ...]]:
    """Yield the rows of targets."""
    shares = reached["unit"] == PROBABILITY
    for part, write in ((reached[shares], percent), (reached[~shares], amount)):
        for name, text in zip(part["quantity"], _numbers(part, write), strict=True):
            yield name, text, f"±{told[name]['half_width_asked']:g}", "yes" if told[name]["is_met"] else "no"


def _numbers(table: pd.DataFrame, write: Write) -> list[str]:
    """Return estimates with their intervals as text."""
    return [write(*row) for row in _estimates(table)]


def _estimates(table: pd.DataFrame) -> list[Estimate]:
    """Return estimates with their intervals."""
    return [(row[0], row[1], row[2]) for row in table[["estimate", "low", "high"]].to_numpy(float)]


def _n(table: pd.DataFrame) -> str:
    """Return how many runs or pairs an estimate comes from."""
    return f"{int(table['n'].max()):,}"
