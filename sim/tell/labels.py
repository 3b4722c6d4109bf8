"""Say in words what the outcomes of runs are that comparisons are about."""

from collections.abc import Mapping

from sim.core.codes import Level
from sim.ensemble.estimate.losses import regime_places
from sim.ensemble.estimate.outcomes import Outcome, outcomes_of
from sim.ensemble.store.schema import names_of
from sim.tell.places import place_names, state_names
from sim.tell.sections import LEVELS
from sim.world.scenario import Scenario


def outcome_labels(scenario: Scenario) -> dict[str, str]:
    """Return what each outcome is, by its name in tables of comparisons.

    Parameters
    ----------
    scenario
        Any scenario of the world.
    """
    states, places = state_names(scenario), place_names(scenario)
    outcomes = outcomes_of(names_of(scenario.tables), scenario.horizon_days)
    return {
        **{name: _label(outcome, states) for name, outcome in outcomes.items()},
        **{f"p_fall_{place}": f"loss of {places[place]}" for place in regime_places(scenario)},
    }


def _label(outcome: Outcome, states: Mapping[str, str]) -> str:
    """Return what an outcome is, with names for ids and words for levels."""
    entry = f"{outcome.entry}, {LEVELS[Level(int(outcome.entry))]}," if outcome.entry.isdigit() else outcome.entry
    return outcome.label.format(state=states.get(outcome.state, ""), entry=entry)
