"""Limits of parameters bound the cost of a run as well: no mechanism at its limits takes much longer than usual."""

from time import perf_counter

import pytest

from sim.core.parameters import describe
from sim.core.rules import MECHANISMS
from sim.world.scenario import Scenario
from sim.world.settings import nested
from tests.worlds import runs_of, scenario_of

WORLD = "yemen_2014"  # where extremists can grow most
CORNERS = 48  # of the box that the limits of a mechanism make: enough for any few parameters at any of their ends
MOST = 50.0  # times the usual time


def seconds(scenario: Scenario, tries: int) -> float:
    """Return how long a run takes, the shortest of some tries."""
    times = []
    for _ in range(tries):
        start = perf_counter()
        runs_of(scenario, 1)
        times.append(perf_counter() - start)
    return min(times)


def corner(mechanism: str, number: int) -> dict[str, float]:
    """Return parameters each at one of its limits; those of a number are as many high as low, and differ pairwise."""
    limits = {name: p.limits for name, p in describe(MECHANISMS[mechanism]).items()}
    return {name: float(ends[(number & (i + 1)).bit_count() % 2]) for i, (name, ends) in enumerate(limits.items())}


@pytest.mark.slow
@pytest.mark.parametrize("mechanism", MECHANISMS)
def test_a_mechanism_at_its_limits_takes_no_fifty_times_as_long(mechanism: str) -> None:
    usual = scenario_of(WORLD)
    runs_of(usual, 1)  # compiled code is loaded
    most = MOST * seconds(usual, 5)
    for number in range(CORNERS):
        scenario = scenario_of(
            WORLD, rules=nested({f"{mechanism}.{name}": end for name, end in corner(mechanism, number).items()})
        )
        took = seconds(scenario, 1)
        if took > most:  # or the machine did something else
            took = seconds(scenario, 2)
        assert took < most, f"corner {number}: {took / most * MOST:.0f} times as long"
