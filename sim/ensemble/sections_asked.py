"""Write as tables of text what an ensemble tells only if asked: estimates of some precision, the split of variance."""

from __future__ import annotations

from collections.abc import Iterator

from sim.ensemble.outcomes import PROBABILITY
from sim.ensemble.precision import LOOKS, LOOKS_NORMAL
from sim.ensemble.results import Results
from sim.ensemble.sections import Section
from sim.ensemble.variance import QUANTITY
from sim.ensemble.wording import amount, percent

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
        told = results.manifest["precision"]
        rows = tuple(
            (
                row.quantity,
                (percent if row.unit == PROBABILITY else amount)(row.estimate, row.low, row.high),
                f"±{told[row.quantity]['half_width_asked']:g}",
                "yes" if told[row.quantity]["is_met"] else "no",
            )
            for row in reached.itertuples()
        )
        n = reached["n"].iloc[0]
        title = f"Estimates of a precision that was asked for; n = {n:,} runs, intervals valid wherever one stops"
        yield Section(title, ("outcome", "estimate", "asked", "reached"), rows)
    split = table[table["quantity"] == QUANTITY]
    split = split[split["entity"].isin(SHOWN) | split["entity"].str.startswith(SHOWN_BY_STATE)]
    if len(split):
        parts = tuple((row.entity, percent(row.estimate, row.low, row.high)) for row in split.itertuples())
        n = split["n"].iloc[0]
        title = f"Variance between runs that uncertain parameters explain, the rest is chance; n = {n:,} pairs"
        yield Section(title, ("outcome", "due to parameters"), parts)
