"""Say what is waited for, and by what one sees how near a history is to it."""

from __future__ import annotations

from dataclasses import dataclass

from sim.core.codes import NOBODY, Ladder
from sim.core.rules.spillover import deaths_at_least
from sim.ensemble.estimate.outcomes import PROBABILITY, Outcome, outcomes_of
from sim.ensemble.store.schema import names_of
from sim.study.matters.variants import named
from sim.world.faults import not_whole, suggestion
from sim.world.frozen import ConfigError
from sim.world.scenario import Scenario

ENDS = {"collapse_day": Ladder.COLLAPSE, "flight_day": Ladder.FLIGHT, "capital_fall_day": Ladder.CAPITAL}
LEVEL = "level_day"
WITH_LADDER = "level_3 and level_4 of a neighbour, collapse, flight and capital_fall"


@dataclass(frozen=True)
class Goal:
    """Hold what is waited for.

    Parameters
    ----------
    outcome
        As comparisons call it.
    ladder, host, rung
        As the core has it; whose level and which, where it is one.
    by
        The last day that counts.
    end
        The day after that, or after the last of a run.
    """

    outcome: str
    ladder: Ladder
    host: int
    rung: int
    by: int
    end: int


def goal_of(outcome: str, scenario: Scenario, neighbour: str | None = None, by: int | None = None) -> Goal:
    """Return what is waited for; raise ConfigError where nothing leads there step by step.

    Parameters
    ----------
    outcome
        As comparisons call it, such as ``level_4_X`` or ``collapse_by_14``; ``p_`` may be left out.
    scenario
        Whose.
    neighbour
        Whose level it is, where the outcome does not say it.
    by
        The last day that counts, by default that of the outcome.
    """
    if scenario.living is not None:
        raise ConfigError(
            [f"{scenario.living.name}: lives these histories, and only the engine can live on from a day"]
        )
    name = named(_with_neighbour(outcome.removeprefix("p_"), neighbour, scenario), scenario)
    found = outcomes_of(names_of(scenario.tables), scenario.horizon_days)[name]
    column = found.columns[0]
    last = _last_day(name, found, by, scenario.horizon_days)
    end = min(last + 1, scenario.horizon_days)
    if found.unit == PROBABILITY and column in ENDS:
        return Goal(name, ENDS[column], NOBODY, 0, last, end)
    if found.unit == PROBABILITY and column.startswith(LEVEL):
        states, rung = [str(state) for state in scenario.tables.states["id"]], _rung(found)
        if not deaths_at_least(rung) > 0.0:
            cure = "run.py tells its share of plain runs, which is seldom small"
            raise ConfigError([f"outcome = {outcome}: takes no deaths, so that no ladder leads there; {cure}"])
        return Goal(name, Ladder.LEVEL, states.index(found.state), rung, last, end)
    raise ConfigError([f"outcome = {outcome}: no ladder leads there; {WITH_LADDER} have one"])


def _last_day(name: str, found: Outcome, by: int | None, horizon: int) -> int:
    """Return the last day that counts; raise ConfigError where it is none, or another one than the outcome's own."""
    last = found.by if by is None else by
    if faults := not_whole("by", last):
        raise ConfigError(faults)
    if not 0 <= last <= horizon:
        raise ConfigError([f"by = {last}: must be from 0 to {horizon}, the horizon"])
    if last != found.by and name.endswith(f"_by_{found.by}"):
        told = name.removeprefix("p_")
        raise ConfigError([f"by = {last}: {told} names another day; leave out one of them"])
    return last


def _with_neighbour(outcome: str, neighbour: str | None, scenario: Scenario) -> str:
    """Return the name of an outcome with whose it is; raise ConfigError where that is missing, or unknown."""
    known = list(scenario.tables.header.neighbours)
    is_level = outcome.startswith("level_")
    if neighbour is None:
        if is_level and outcome.count("_") == 1:
            raise ConfigError(
                [f"outcome = {outcome}: of which neighbour? Give neighbour=X; known are {', '.join(known)}"]
            )
        return outcome
    if not is_level:
        raise ConfigError([f"outcome = {outcome}: is of no neighbour; leave out neighbour = {neighbour}"])
    if neighbour not in known:
        raise ConfigError([f"neighbour = {neighbour}: no such neighbour; {suggestion(neighbour, known)}"])
    return f"{outcome}_{neighbour}"


def _rung(level: Outcome) -> int:
    """Return the number of a level."""
    return int(level.columns[0].rpartition("_")[2])
