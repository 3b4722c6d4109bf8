"""Move one parameter at a time to either end of its plausible range, all runs with the same draws.

Which tells fast what may matter, and less than it seems: differences between runs that share their draws hold what the
parameter does and what those draws happen to make of it, all other parameters stay where they are, so that nothing is
seen of what two do together, and an end of a range is not a share of it.
"""

from __future__ import annotations

from collections.abc import Iterator

from sim.study.factors import varied
from sim.study.matters.variants import Variant
from sim.world.scenario import Scenario, build_scenario
from sim.world.uncertainty import NUMBERS, numbers_of

PARAMETER = "parameter"


def certain(scenario: Scenario) -> Scenario:
    """Return a scenario in which every run has the same parameters."""
    config = scenario.config
    plain = config.model_copy(
        update={"uncertainty": config.uncertainty.model_copy(update={"kind": "none", "file": None})}
    )
    return build_scenario(scenario.tables, plain)


def parameter_variants(scenario: Scenario) -> Iterator[Variant]:
    """Yield a scenario with one parameter at the lowest or highest end of its plausible range.

    Parameters
    ----------
    scenario
        One in which every run has the same parameters.
    """
    own = numbers_of(scenario.rules, list(NUMBERS))[0]
    for (name, told), value in zip(NUMBERS.items(), own, strict=True):
        for end in told.prior:
            if end != value:
                config = varied(scenario.config, {f"rules.{name}": end})
                yield Variant(PARAMETER, name, end, build_scenario(scenario.tables, config))
