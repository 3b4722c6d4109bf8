"""Build the tables of what an ensemble tells only if asked: estimates of some precision, the split of variance."""

from __future__ import annotations

import pandas as pd

from sim.ensemble.estimate.precision import LOOKS, LOOKS_NORMAL
from sim.ensemble.estimate.variance import QUANTITY
from sim.ensemble.store.results import Results
from sim.tell.estimate import Estimate, alike, kind_of, setting
from sim.tell.labels import MAIN_AMOUNTS, outcome_labels
from sim.tell.section import Column, Section
from sim.world.scenario import Scenario

SHOWN = ("p_collapse", "p_flight", "p_capital_fall", "p_settlement", "days_in_power", *MAIN_AMOUNTS)
SHOWN_BY_STATE = "p_level_2_"


def precision(results: Results, scenario: Scenario) -> Section | None:
    """Return the estimates of a precision that was asked for, those of probabilities first."""
    table = results.estimates
    table = pd.concat([table[table["kind_of_interval"] == kind] for kind in (LOOKS, LOOKS_NORMAL)])
    if table.empty:
        return None
    labels, told = outcome_labels(scenario), [results.manifest["precision"][name] for name in table["quantity"]]
    return Section(
        f"Estimates of a precision that was asked for; n = {_n(table)} runs, valid wherever one stops",
        [
            Column("outcome", [f"{labels[name]} ({name})" for name in table["quantity"]]),
            Column("estimate with 95 % interval", _estimates(table)),
            Column("asked, ±", [setting(one["half_width_asked"]) for one in told]),
            Column("reached", ["yes" if one["is_met"] else "no" for one in told]),
        ],
    )


def variance(results: Results, scenario: Scenario) -> Section | None:
    """Return how much of what differs between runs is due to uncertain parameters, not to chance."""
    table, labels = results.estimates, outcome_labels(scenario)
    table = table[table["quantity"] == QUANTITY]
    table = table[table["entity"].isin(SHOWN) | table["entity"].str.startswith(SHOWN_BY_STATE)]
    if table.empty:
        return None
    return Section(
        f"Variance between runs due to uncertain parameters, not to chance; n = {_n(table)} pairs of runs",
        [
            Column("outcome", [labels[name] for name in table["entity"]]),
            Column("share of the variance with 95 % interval", alike(_estimates(table))),
        ],
    )


def _estimates(table: pd.DataFrame) -> list[Estimate]:
    """Return estimates as values."""
    rows = table[["estimate", "low", "high", "unit"]].itertuples(index=False)
    return [Estimate(point, low, high, kind_of(unit)) for point, low, high, unit in rows]


def _n(table: pd.DataFrame) -> str:
    """Return how many runs or pairs an estimate comes from."""
    return f"{int(table['n'].max()):,}"
