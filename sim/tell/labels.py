"""Say in words what is told of runs: levels, events, ends, numbers, and the outcomes that comparisons are about."""

from sim.core.codes import Level, Outcome
from sim.ensemble.estimate.losses import regime_places
from sim.ensemble.estimate.outcomes import AMOUNTS, BY_STATE, HAPPENINGS
from sim.ensemble.estimate.rows import report_days
from sim.tell.places import place_names, state_names
from sim.world.scenario import Scenario

LEVELS = {
    Level.CALM: "calm",
    Level.ALERT: "alert",
    Level.INCIDENT: "border incident",
    Level.VIOLENCE: "organised violence",
    Level.CIVIL_WAR: "civil war",
}
ENDS = {
    Outcome.IN_POWER: "still in power",
    Outcome.FLIGHT: "its leader fled",
    Outcome.CAPITAL: "the capital fell",
    Outcome.DISINTEGRATION: "its forces fell apart",
    Outcome.COUP: "its own overthrew it",
}
EVENTS = {
    "collapse": "collapse of the regime",
    "flight": "flight of its leader",
    "capital_fall": "fall of the capital",
    "settlement": "a settlement",
    "handover": "an orderly handover",
    "infighting": "fighting among its enemies",
}
MAIN_EVENTS = ("collapse", "flight", "capital_fall")
NUMBERS = {
    "fatalities_combatants": "combatants killed",
    "fatalities_civilians": "civilians killed",
    "displaced_peak": "displaced in their country, most at once",
    "displaced_last": "displaced in their country on the last day",
    "extremists_last": "extremist fighters on the last day",
    "extremist_attacks": "attacks of extremists",
    "hhi": "concentration of influence",
    "effective_factions": "effective number of factions",
}
OF_STATES = {"refugees": "refugees in {}", "influence": "influence of {}"}


def outcome_labels(scenario: Scenario) -> dict[str, str]:
    """Return what each outcome is, by its name in tables of comparisons, in the world of a scenario."""
    states, places, horizon = state_names(scenario), place_names(scenario), scenario.horizon_days
    neighbours = scenario.tables.header.neighbours
    return {
        **{f"p_{event}": f"{EVENTS[event]} by day {horizon}" for event in HAPPENINGS},
        **{
            f"p_{event}_by_{day}": f"{EVENTS[event]} by day {day}"
            for event in HAPPENINGS
            for day in report_days(horizon)[:-1]
        },
        "days_in_power": "days in power",
        **{
            f"p_level_{level.value}_{state}": f"{states[state]} at level {level.value}, {LEVELS[level]}, or higher"
            for state in neighbours
            for level in list(Level)[1:]
        },
        "refugees": "refugees abroad",
        **{f"{name}_{state}": OF_STATES[name].format(states[state]) for name in BY_STATE for state in states},
        **{quantity: NUMBERS[quantity] for quantity in AMOUNTS},
        **{f"p_fall_{place}": f"loss of {places[place]}" for place in regime_places(scenario)},
    }
