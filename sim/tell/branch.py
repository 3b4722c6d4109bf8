"""Tell what could still happen in a run: in sentences, and in tables of events and of amounts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from sim.ensemble.estimate.outcomes import PROBABILITY, Outcome, estimate_outcome, outcomes_of
from sim.ensemble.estimate.rows import usable
from sim.ensemble.run.branches import Futures
from sim.ensemble.store.results import Results
from sim.ensemble.store.schema import names_of
from sim.tell.answer import Answer
from sim.tell.estimate import Estimate, Number, Range, kind_of
from sim.tell.labels import MAIN_AMOUNTS, outcome_labels
from sim.tell.section import Cell, Section
from sim.world.scenario import Scenario

NOTES = (
    "Futures share what happened before, the parameters of their run, and all that it was made of on day 0; chance "
    "alone differs, and a share tells nothing of what nobody knows about the parameters. In brackets: 95 % Wilson "
    "intervals. Number 0 has the run's own chance: where nothing is decided otherwise, it is the run itself."
)
WIDE, HALF = (0.1, 0.9), (0.25, 0.75)


def branch_answer(results: Results, scenario: Scenario, futures: Futures) -> Answer:
    """Return what could still happen.

    Parameters
    ----------
    results, scenario
        The futures, and the scenario that they live.
    futures
        Of which history, from which day on.
    """
    runs = usable(results.runs)
    if runs.empty:
        return Answer(
            scenario.config.scenario.question, ["Every future failed, so that none can be told of."], [], NOTES
        )
    sections = [events_section(runs, scenario, futures), amounts_section(runs, scenario, futures)]
    return Answer(scenario.config.scenario.question, list(sentences(runs, scenario, futures)), sections, NOTES)


def sentences(runs: pd.DataFrame, scenario: Scenario, futures: Futures) -> Iterator[str]:
    """Yield what was found in sentences, the most important first."""
    yield finding(runs, scenario, futures)
    if futures.changes:
        told = "; ".join(", ".join(f"{key} {value}" for key, value in each.items()) for each in futures.changes)
        yield f"So it is with {told}; the same command without it tells what that changes."


def finding(runs: pd.DataFrame, scenario: Scenario, futures: Futures) -> str:
    """Return in a sentence how the regime fares from the day on."""
    days = runs["collapse_day"]
    own = f"run {futures.lineage}"
    before = days[days < futures.day]
    if len(before) == len(runs):
        return (
            f"The regime of {own} had collapsed on day {before.iloc[0]}, before anything differs on day {futures.day}."
        )
    if len(runs) == 1:
        return _alone(runs.iloc[0], scenario, futures)
    share = _estimate(outcomes_of(names_of(scenario.tables), scenario.horizon_days)["p_collapse"], runs)
    text = (
        f"From day {futures.day} of {own} on the regime collapses by day {scenario.horizon_days} in {share} of "
        f"{len(runs):,} futures"
    )
    if days.notna().any():
        first, last = (f"{day:.0f}" for day in days.dropna().quantile(HALF, interpolation="nearest"))
        text += f", half of them between days {first} and {last}"
    itself = runs[runs["run"] == 0]["collapse_day"]
    if len(itself):
        text += f"; {itself_in_words(futures)} {_when(itself.iloc[0])}"
    return f"{text}."


def _alone(run: pd.Series, scenario: Scenario, futures: Futures) -> str:
    """Return in a sentence how the regime fares in the only future."""
    itself = ", which has the run's own chance," if futures.changes else ", the run itself,"
    day = run["collapse_day"]
    fate = f"does not collapse by day {scenario.horizon_days}" if pd.isna(day) else f"collapses on day {day}"
    which = "" if run["run"] else itself
    return f"In the one future from day {futures.day} of run {futures.lineage} on{which} the regime {fate}."


def itself_in_words(futures: Futures) -> str:
    """Return what number 0 is: the run itself, or, where something is decided otherwise, what has its chance alone."""
    return "with the run's own chance" if futures.changes else "in the run itself"


def _when(day: object) -> str:
    """Return a day in words, or that there is none."""
    return "it does not" if pd.isna(day) else f"it does on day {day}"  # type: ignore[call-overload]


def events_section(runs: pd.DataFrame, scenario: Scenario, futures: Futures) -> Section:
    """Return the table of what happens in some of the futures, or in the run itself."""
    labels, rows = outcome_labels(scenario), []
    own = runs[runs["run"] == 0]
    for name, outcome in outcomes_of(names_of(scenario.tables), scenario.horizon_days).items():
        happened = outcome.unit == PROBABILITY and (outcome.values(runs) > 0.0)
        if np.any(happened) and outcome.by in (0, scenario.horizon_days):
            itself = ["yes" if value else "no" for value in outcome.values(own)] or [""]
            rows.append((labels[name], _estimate(outcome, runs), itself[0]))
    header = ("event", "share of futures", itself_in_words(futures))
    return _section("What can still happen, or has", header, rows, runs)


def amounts_section(runs: pd.DataFrame, scenario: Scenario, futures: Futures) -> Section:
    """Return the table of what it costs."""
    labels, known = outcome_labels(scenario), outcomes_of(names_of(scenario.tables), scenario.horizon_days)
    own, rows = runs[runs["run"] == 0], []
    for name in MAIN_AMOUNTS:
        values = known[name].values(runs)
        low, middle, high = (Estimate(float(q), decimals=0) for q in np.quantile(values, (WIDE[0], 0.5, WIDE[1])))
        itself: list[Cell] = [Number(value) for value in known[name].values(own)]
        rows.append((labels[name], Number(middle.point), Range(low, high), *(itself or [""])))
    header = ("amount", "median", "10-90 % of futures", itself_in_words(futures))
    return _section("What it costs", header, rows, runs)


def _section(title: str, header: Sequence[str], rows: Sequence[Sequence[Cell]], runs: pd.DataFrame) -> Section:
    """Return a table; of the run itself alone, its own column alone."""
    if runs["run"].tolist() != [0]:
        return Section.of_rows(title, header, rows)
    return Section.of_rows(title, (header[0], header[-1]), [(row[0], row[-1]) for row in rows])


def _estimate(outcome: Outcome, runs: pd.DataFrame) -> Estimate:
    """Return the share of futures in which something happens."""
    return Estimate(*estimate_outcome(outcome, outcome.values(runs)), kind_of(outcome.unit), len(runs))
