"""Find the three numbers of the first screen, each with the sentence that says it."""

from collections.abc import Sequence
from dataclasses import dataclass

from sim.core.codes import Level
from sim.ensemble.store.results import Results
from sim.show.kit.days import date_text
from sim.show.report.inline import tight
from sim.study.cases import Case
from sim.tell.numbers import amount, percent
from sim.tell.places import state_names
from sim.tell.sections import LEVELS, Lookup
from sim.tell.yardstick import in_words
from sim.world.scenario import Scenario

DRAWN_IN = Level.INCIDENT
HALF = 0.5


@dataclass(frozen=True)
class Headline:
    """Hold one of the numbers.

    Parameters
    ----------
    label
        What it is.
    number, interval
        In words; the interval is empty where so few runs give none.
    sentence
        What it says.
    figure
        Name of the figure whose table holds it.
    key
        Quantity and entity of the table of estimates.
    """

    label: str
    number: str
    interval: str
    sentence: str
    figure: str
    key: tuple[str, str]


def headlines_of(results: Results, scenario: Scenario) -> list[Headline]:
    """Return the numbers: the end of the regime, who is drawn in, who fled abroad; what a world lacks is left out.

    Parameters
    ----------
    results, scenario
        An ensemble with at least one usable run.
    """
    lookup = Lookup(results.estimates, scenario.horizon_days)
    found = [_collapse(lookup, scenario)]
    if scenario.tables.header.neighbours:
        found += [_drawn_in(lookup, scenario), _refugees(lookup, scenario)]
    return found


def range_of(headline: Headline, others: Sequence[Case]) -> str:
    """Return between which numbers other scenarios lie, in a sentence; nothing without any.

    Parameters
    ----------
    headline
        One of the numbers.
    others
        Cases of the same world.
    """
    write = percent if headline.key[0].endswith("_by_day") else amount
    found = []
    for case in others:
        lookup = Lookup(case.results.estimates, case.scenario.horizon_days)
        key = (*headline.key, lookup.horizon)
        found.append((lookup.number(*key), f"{lookup.text(write, *key).partition(' [')[0]} ({case.name})"))
    if not found:
        return ""
    (_, low), (_, high) = min(found), max(found)
    return tight(f"In the other scenarios between {low} and {high}." if len(found) > 1 else f"Otherwise {low}.")


def _collapse(lookup: Lookup, scenario: Scenario) -> Headline:
    """Return how likely the collapse of the regime is."""
    key, end = ("collapse_by_day", "", lookup.horizon), _date(scenario)
    median = lookup.median_day("collapse")
    half = f"half of the runs see it by day {median}" if lookup.number(*key) >= HALF else "most runs do not see it"
    return _headline(
        f"Collapse of the regime by day {lookup.horizon}",
        lookup.text(percent, *key),
        f"That the regime collapses by {end} is {lookup.text(_word, *key)} in this model; {half}.",
        "incidence",
        key[:2],
    )


def _drawn_in(lookup: Lookup, scenario: Scenario) -> Headline:
    """Return which neighbour is most likely drawn in, those left out that are so from the first day."""
    names, quantity = state_names(scenario), f"level_{DRAWN_IN.value}_by_day"
    shares = {state: lookup.number(quantity, state, lookup.horizon) for state in _outside(scenario)}
    first, *others = sorted(shares, key=lambda state: -shares[state])
    key = (quantity, first, lookup.horizon)
    rung = f"level {DRAWN_IN.value} of 4, {LEVELS[DRAWN_IN]}"
    second = [f"; next comes {names[s]}, {lookup.text(percent, quantity, s, lookup.horizon)}" for s in others[:1]]
    return _headline(
        f"{names[first]} drawn in by day {lookup.horizon}",
        lookup.text(percent, *key),
        f"That {names[first]}, the neighbour most often drawn in, reaches {rung}, or higher by then is "
        f"{lookup.text(_word, *key)}{''.join(second)}.",
        "level_by_neighbour",
        key[:2],
    )


def _outside(scenario: Scenario) -> list[str]:
    """Return the neighbours that are not drawn in on day 0, or all where every one is."""
    neighbours = list(scenario.tables.header.neighbours)
    levels = dict(zip(scenario.tables.states["id"], scenario.world[0]["level_day_0"], strict=False))
    return [state for state in neighbours if levels[state] < DRAWN_IN] or neighbours


def _refugees(lookup: Lookup, scenario: Scenario) -> Headline:
    """Return how many people have fled abroad."""
    names = state_names(scenario)
    _, mean, spread = lookup.over_runs("", amount, "refugees")
    hosts = {s: lookup.number("refugees_mean", s, lookup.horizon) for s in lookup.entities("refugees_mean") if s}
    most = max(hosts, key=lambda state: hosts[state])
    there = f"most of them in {names[most]}, {lookup.text(amount, 'refugees_mean', most, lookup.horizon)}"
    many = f"In eight of ten runs {spread} people who fled since day 0 are abroad on {_date(scenario)}; {there}."
    return _headline(
        f"Refugees abroad on day {lookup.horizon}, mean of runs",
        mean,
        many if hosts[most] > 0.0 else "Nobody who fled since day 0 is abroad in any run.",
        "refugees_by_destination",
        ("refugees_mean", ""),
    )


def _headline(label: str, number: str, sentence: str, figure: str, key: tuple[str, str]) -> Headline:
    """Return a number, split from its interval."""
    estimate, bracket, rest = number.partition(" [")
    return Headline(label, estimate, tight(bracket.strip() + rest), tight(sentence), figure, key)


def _word(_: float, low: float, high: float) -> str:
    """Return the word for a probability, which its interval decides."""
    return in_words(low, high)


def _date(scenario: Scenario) -> str:
    """Return the last day."""
    return date_text(scenario.tables.header.day0, scenario.horizon_days, with_year=True)
