"""Build the tables of who holds what on the last day, and of who has fled from whose places."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from sim.core.record import TOLLS
from sim.ensemble.estimate.holders import Holdings, find_holdings
from sim.ensemble.estimate.knowledge import Knowledge, knowledge_of_results
from sim.ensemble.estimate.rows import columns_of_runs
from sim.ensemble.estimate.weights import Numbers, mean_of
from sim.ensemble.store.results import Results
from sim.tell.estimate import Estimate, Kind, Range, alike
from sim.tell.lookup import mean, quantile, share
from sim.tell.places import faction_names, home_holders
from sim.tell.section import Cell, Section
from sim.world.scenario import Scenario

LEAST_SHARE = 0.005  # of the people and of the runs with the capital: who has less of both is left out
SIDES = {"regime": "the regime's side together", "challenger": "the challenger's side together"}
LOW, HIGH = 0.1, 0.9
RUNS = "10–90 % of runs"


def holders(results: Results, scenario: Scenario) -> Section | None:
    """Return who holds what on the last day: the capital, places, people; those with most people first."""
    held = find_holdings(results, scenario)
    if not held.n or not held.places(range(len(held.factions) - 1)).any():
        return None
    groups = [(words, columns) for words, columns in _groups(held, scenario) if _is_worth_telling(held, columns)]
    known = knowledge_of_results(results, scenario)
    capital = alike([share(held.seat(held.capital, who), held.weights, known=known) for _, who in groups])
    places = [_over_runs(held.places(who), known) for _, who in groups]
    people = [_over_runs(held.people(who), known, Kind.SHARE) for _, who in groups]
    rows: Iterator[tuple[Cell, ...]] = (
        (words, capital[i], *places[i], *people[i]) for i, (words, _) in enumerate(groups)
    )
    header = ("holder", "the capital", "places, mean", RUNS, "share of the people, mean", RUNS)
    title = f"Who holds what on day {scenario.horizon_days}, sides as on day 0; n = {held.n:,} runs"
    return Section.of_rows(title, header, rows)


def flows(results: Results, scenario: Scenario) -> Section | None:
    """Return who has fled by the last day from whose places, by who held them on day 0."""
    runs, known = pd.Index(columns_of_runs(results, ("run",))["run"]), knowledge_of_results(results, scenario)
    names = _names(scenario)
    home = home_holders(scenario)
    away = {holder: np.zeros((len(runs), 2)) for holder in dict.fromkeys(home.values())}
    for piece in results.pieces(TOLLS, ("run", "location_id", "displaced", "refugees")):
        for holder, here in piece.groupby(piece["location_id"].map(home), observed=True):
            rank = runs.get_indexer(pd.Index(here["run"]))
            numbers = here[["displaced", "refugees"]].to_numpy(np.float64)
            np.add.at(away[str(holder)], rank[rank >= 0], numbers[rank >= 0])
    if not len(runs) or not any(values.any() for values in away.values()):
        return None
    people = _people_of(scenario, home)
    found = sorted(away, key=lambda holder: -away[holder].sum())
    rows: Iterator[tuple[Cell, ...]] = (
        (
            names[holder],
            *(mean(away[holder][:, i], weights=known.weights, known=known) for i in range(2)),
            mean(away[holder].sum(axis=1) / max(people[holder], 1.0), Kind.SHARE, known.weights, known),
        )
        for holder in found
    )
    header = ("from places held on day 0 by", "inside the country, mean", "abroad, mean", "share of their people, mean")
    title = f"Who is away from home on day {scenario.horizon_days}, since day 0; n = {len(runs):,} runs"
    return Section.of_rows(title, header, rows)


def _names(scenario: Scenario) -> dict[str, str]:
    """Return how factions are called in a table, in order, then nobody."""
    names = faction_names(scenario).items()
    return {faction: f"{name} ({faction})" if faction else name for faction, name in names}


def _people_of(scenario: Scenario, home: dict[str, str]) -> dict[str, float]:
    """Return how many people live in the places that each holder has on day 0."""
    locations = scenario.tables.locations
    of_place = dict(zip(map(str, locations["id"]), scenario.world[0]["population"][: len(locations)], strict=True))
    found = dict.fromkeys(home.values(), 0.0)
    for place, holder in home.items():
        found[holder] += float(of_place[place])
    return found


def _groups(held: Holdings, scenario: Scenario) -> Iterator[tuple[str, list[int]]]:
    """Yield what is told in a row, and whose numbers it adds up: each faction, and sides of several before theirs."""
    world, factions = scenario.world[0], scenario.tables.factions
    names = list(_names(scenario).values())
    sides = [int(side) for side in world["side"][: len(factions)]]
    of_side = {world[name]: words for name, words in SIDES.items()}
    by_people = [mean_of(held.people([who]), held.weights) for who in range(len(names))]
    order = sorted(range(len(names)), key=lambda who: -by_people[who])
    members = {side: [who for who in order if who < len(sides) and sides[who] == side] for side in set(sides)}
    told: list[tuple[float, str, list[int]]] = []
    for side, words in of_side.items():
        found = [who for who in members.get(int(side), []) if _is_worth_telling(held, [who])]
        if len(found) > 1:
            told.append((sum(by_people[who] for who in found), words, members[int(side)]))
    told += [(by_people[who], names[who], [who]) for who in order]
    yield from ((words, who) for _, words, who in sorted(told, key=lambda row: -row[0]))


def _is_worth_telling(held: Holdings, who: Sequence[int]) -> bool:
    """Tell whether some factions hold enough for a row."""
    numbers = held.people(who), held.seat(held.capital, who).astype(np.float64)
    return max(mean_of(values, held.weights) for values in numbers) >= LEAST_SHARE


def _over_runs(values: Numbers, known: Knowledge, kind: Kind = Kind.AMOUNT) -> tuple[Estimate, Range]:
    """Return the mean of an amount, and the range of the runs but for a tenth at either end."""
    low, high = (quantile(values, level, kind, known.weights) for level in (LOW, HIGH))
    return mean(values, kind, known.weights, known), Range(low, high)
