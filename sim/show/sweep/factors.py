"""Name the numbers that a sweep varies: briefly in titles and labels, by what they mean beside an axis."""

from collections.abc import Sequence
from dataclasses import dataclass

from sim.core.parameters import choices, describe
from sim.core.rules import MECHANISMS
from sim.study.factors import THEORIES, numeric_keys
from sim.tell.numbers import rounded, to_figures
from sim.tell.places import place_names, state_names
from sim.world.levers import AnyEvent, AnyLever
from sim.world.scenario import Scenario

LEVERS = {
    "support": "what it gives its clients, as a multiple",
    "restraint": "share of its clients' effort that it holds back",
    "strikes": "its readiness to strike extremists, as a multiple",
    "initiative": "whether its side attacks, 1, or not, 0",
    "resolve": "shift of its side's log margin",
    "strength": "its fighters, as a multiple",
    "hardening": "what its guard of the border tends to, as a multiple of its capacity",
    "border": "share of its crossings that stay open",
    "guards": "share of its prison guards who stay at their posts",
    "mediation": "how hard outsiders work for a settlement, from 0 to 1",
}
BESIDES = {"fighters": "fighters who join"}
LARGE = 1000.0
_TOLD_APART = {"lever", "event", "value", "day", "fighters"}


@dataclass(frozen=True)
class Factor:
    """Hold a number that is varied.

    Parameters
    ----------
    key
        Where it stands in the configuration.
    name
        What it is called in titles and labels.
    meaning, unit
        What stands beside its axis; the unit is empty for plain numbers.
    own
        Its value in the scenario around which it is varied.
    """

    key: str
    name: str
    meaning: str
    unit: str
    own: float

    @property
    def axis(self) -> str:
        """Return what stands beside its axis."""
        return f"{self.name}: {self.told}"

    @property
    def told(self) -> str:
        """Return what it means, with its unit."""
        return f"{self.meaning} ({self.unit})" if self.unit else self.meaning

    def at(self, value: float) -> str:
        """Return the factor with one of its values."""
        return f"{self.name} {plain(value)}"


def plain(value: float) -> str:
    """Return a value of a factor to three figures, whole where it is large."""
    text = f"{rounded(value):,.0f}" if abs(value) >= LARGE else f"{to_figures(value, 3):g}"
    return text.replace("-", "−")


def roughly(value: float) -> str:
    """Return a value of a factor to two figures."""
    return plain(to_figures(value, 2))


def factors_of(keys: Sequence[str], scenario: Scenario) -> list[Factor]:
    """Return what the factors of a sweep are.

    Parameters
    ----------
    keys
        Such as ``rules.morale.beta`` or ``scenario.levers.0.value``.
    scenario
        Around which they are varied.
    """
    own = numeric_keys(scenario.config) | {"horizon_days": scenario.horizon_days}
    return [_factor(key, own[key], scenario) for key in keys]


def _factor(key: str, own: float, scenario: Scenario) -> Factor:
    """Return one factor."""
    group, *path = key.split(".")
    if group == "rules":
        if key in THEORIES:
            names = ", ".join(f"{number} {name}" for number, name in enumerate(THEORIES[key]))
            return Factor(key, ".".join(path), choices(MECHANISMS[path[0]])[path[1]].meaning, names, own)
        parameter = describe(MECHANISMS[path[0]])[".".join(path[1:])]
        unit = "" if parameter.unit == "1" else parameter.unit
        return Factor(key, ".".join(path), parameter.meaning, unit, own)
    if group == "scenario":
        kind, number, number_of = path
        items = scenario.config.scenario.levers if kind == "levers" else scenario.config.scenario.events
        return _entry(key, items[int(number)], number_of, own, scenario)
    return Factor(key, key, "how many days a run lasts", "", own)


def _entry(key: str, item: AnyLever | AnyEvent, number_of: str, own: float, scenario: Scenario) -> Factor:
    """Return a number of a lever or of an event."""
    told = item.model_dump(exclude_defaults=True)
    names = state_names(scenario) | place_names(scenario)
    who = [names.get(value, str(value)) for name, value in told.items() if name not in _TOLD_APART]
    kind = told.get("lever") or told["event"]
    name = kind.replace("_", " ") + (f" ({', '.join(who)})" if who else "")
    if number_of == "value":
        return Factor(key, name, LEVERS[kind], "", own)
    starts = "day on which it begins" if "lever" in told else "day on which it happens"
    return Factor(key, f"{number_of} of {name}", BESIDES.get(number_of, starts), "", own)
