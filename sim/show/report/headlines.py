"""Find the three numbers of the first screen, each with the sentence that says it."""

from collections.abc import Sequence
from dataclasses import dataclass

from sim.core.codes import Level
from sim.ensemble.store.results import Results
from sim.show.kit.days import date_text
from sim.show.report.inline import tight
from sim.study.cases import Case
from sim.tell.certainty import certainty, chance_of_collapse
from sim.tell.estimate import Estimate, alike
from sim.tell.labels import LEVELS
from sim.tell.lookup import Lookup
from sim.tell.places import state_names
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
    number, interval, sampling
        In words; the interval is empty where so few runs give none, what few runs leave open where it is that itself.
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
    sampling: str
    sentence: str
    figure: str
    key: tuple[str, str]


def headlines_of(results: Results, scenario: Scenario) -> list[Headline]:
    """Return the numbers: the end of the regime, who is drawn in, who fled abroad; what a world lacks is left out."""
    lookup = Lookup(results, scenario)
    found = [_collapse(lookup, scenario, certainty(results, scenario))]
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
    found = [(Lookup(case.results, case.scenario).find(*headline.key), case.name) for case in others]
    if not found:
        return ""
    ranked = sorted(found, key=lambda pair: (pair[0].point, pair[1]))
    (first, lowest), (last, highest) = ranked[0], ranked[-1]
    low, high = (estimate.alone for estimate in alike([first, last]))
    if len(found) == 1:
        return f"Otherwise {low} ({lowest})."
    if low == high:
        return f"In the other scenarios {low}."
    return f"In the other scenarios between {low} ({lowest}) and {high} ({highest})."


def _collapse(lookup: Lookup, scenario: Scenario, trust: str) -> Headline:
    """Return how likely the collapse of the regime is."""
    key = ("collapse_by_day", "")
    found, median = chance_of_collapse(lookup, scenario), lookup.find("collapse_day_q50")
    half = f"half of the runs see it by day {median}" if found.point >= HALF else "most runs do not see it"
    return _headline(
        f"Collapse of the regime by day {lookup.horizon}",
        found,
        f"That the regime collapses by {_date(scenario)} is {_word(found)} in this model; {half}. {trust}".strip(),
        "incidence",
        key,
    )


def _drawn_in(lookup: Lookup, scenario: Scenario) -> Headline:
    """Return which neighbour is most likely drawn in, those left out that are so from the first day."""
    names, quantity = state_names(scenario), f"level_{DRAWN_IN.value}_by_day"
    shares = {state: lookup.find(quantity, state) for state in _outside(scenario)}
    first, *others = sorted(shares, key=lambda state: -shares[state].point)
    rung = f"level {DRAWN_IN.value} of 4, {LEVELS[DRAWN_IN]}"
    second = [f"; next comes {names[state]}, {shares[state]}" for state in others[:1]]
    return _headline(
        f"{names[first]} drawn in by day {lookup.horizon}",
        shares[first],
        f"That {names[first]}, the neighbour most often drawn in, reaches {rung}, or higher by then is "
        f"{_word(shares[first])}{''.join(second)}.",
        "level_by_neighbour",
        (quantity, first),
    )


def _outside(scenario: Scenario) -> list[str]:
    """Return the neighbours that are not drawn in on day 0, or all where every one is."""
    neighbours = list(scenario.tables.header.neighbours)
    levels = dict(zip(scenario.tables.states["id"], scenario.world[0]["level_day_0"], strict=False))
    return [state for state in neighbours if levels[state] < DRAWN_IN] or neighbours


def _refugees(lookup: Lookup, scenario: Scenario) -> Headline:
    """Return how many people have fled abroad."""
    names = state_names(scenario)
    mean, spread = lookup.over_runs("refugees")
    hosts = lookup.most_first("refugees")
    there = [f"; most of them in {names[most]}, {lookup.find('refugees_mean', most)}" for most in hosts[:1]]
    who = f"{spread.told} people who fled since day 0"
    many = f"In eight of ten runs {who} are abroad on {_date(scenario)}{''.join(there)}."
    return _headline(
        f"Refugees abroad on day {lookup.horizon}, mean of runs",
        mean,
        many if hosts else "Nobody who fled since day 0 is abroad in any run.",
        "refugees_by_destination",
        ("refugees_mean", ""),
    )


def _headline(label: str, number: Estimate, sentence: str, figure: str, key: tuple[str, str]) -> Headline:
    """Return a number with what is said of it."""
    estimate, interval = number.told
    sampling = tight(number.sampling) if number.is_known else ""
    return Headline(label, estimate, tight(interval), sampling, tight(sentence), figure, key)


def _word(probability: Estimate) -> str:
    """Return the word for a probability, which its interval decides."""
    return in_words(*probability.bounds)


def _date(scenario: Scenario) -> str:
    """Return the last day."""
    return date_text(scenario.tables.header.day0, scenario.horizon_days, with_year=True)
