"""Say in words what is told of runs: levels, events, ends, numbers, and the outcomes that comparisons are about."""

from collections.abc import Mapping

from sim.core.codes import Channel, Level, Outcome
from sim.core.outputs import Topic
from sim.ensemble.estimate.losses import regime_places
from sim.ensemble.estimate.outcomes import Outcome as Compared
from sim.ensemble.estimate.outcomes import outcomes_of
from sim.ensemble.store.schema import names_of
from sim.tell.places import place_names, state_names
from sim.tell.topics import topic_labels
from sim.world.scenario import Scenario

LEVELS = {
    Level.CALM: "calm",
    Level.ALERT: "alert",
    Level.INCIDENT: "border incident",
    Level.VIOLENCE: "organised violence",
    Level.CIVIL_WAR: "civil war",
}
CHANNELS = {
    Channel.REFUGEES: "refugees",
    Channel.ARMS: "weapons adrift",
    Channel.FIGHTERS: "fighters who cross",
    Channel.KIN: "kin who fight nearby",
    Channel.SANCTUARY: "hostile ground nearby",
    Channel.BORDER: "danger at the border",
    Channel.PARTICIPATION: "its own part in the war",
    Channel.RETALIATION: "answers to incidents",
    Channel.DEATHS: "deaths along the border",
}
ENDS = {
    Outcome.IN_POWER: "still in power",
    Outcome.FLIGHT: "its leader fled",
    Outcome.CAPITAL: "the capital fell",
    Outcome.DISINTEGRATION: "its forces fell apart",
    Outcome.COUP: "its own overthrew it",
}
EVENTS = topic_labels(Topic.END) | topic_labels(Topic.BESIDES)
MAIN_EVENTS = ("collapse", "flight", "capital_fall")
MAIN_AMOUNTS = ("refugees", "displaced_peak", "fatalities_combatants", "fatalities_civilians", "extremists_last")
"""Outcomes that sum up what a war costs, where there is no room for all."""


def outcome_labels(scenario: Scenario) -> dict[str, str]:
    """Return what each outcome is, by its name in tables of comparisons, in the world of a scenario."""
    states, places = state_names(scenario), place_names(scenario)
    outcomes = outcomes_of(names_of(scenario.tables), scenario.horizon_days)
    return {
        **{name: _label(outcome, states) for name, outcome in outcomes.items()},
        **{f"p_fall_{place}": f"loss of {places[place]}" for place in regime_places(scenario)},
    }


def _label(outcome: Compared, states: Mapping[str, str]) -> str:
    """Return what an outcome is, with names for ids and words for levels."""
    entry = f"{outcome.entry}, {LEVELS[Level(int(outcome.entry))]}," if outcome.entry.isdigit() else outcome.entry
    return outcome.label.format(state=states.get(outcome.state, ""), entry=entry)
