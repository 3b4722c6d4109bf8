"""Levers change what they should and nothing else, in twins of a run that share every draw."""

from typing import Any

import numpy as np
import pytest

from sim.core.codes import Channel
from sim.core.engine import simulate
from sim.world.scenario import Scenario
from tests.statistics import assert_share_at_least
from tests.worlds import OF_THE_NEIGHBOURS, SEED, WORLDS, fallen, leaves, mornings, runs_of, scenario_of, tables_of

LEVANT = "levant_2024"
STATES = list(tables_of(LEVANT).states["id"])
PAIRS = 200
APART: dict[str, dict[str, Any]] = {"spillover": {"feedback": 0.0, "guard_effect": 0.0, "weight": {"retaliation": 0.0}}}


def refugees(scenario: Scenario) -> np.ndarray:
    """Return those who are abroad since day 0, by run and day."""
    days = simulate(scenario.world, scenario.rules, SEED, 0, PAIRS, PAIRS).daily
    return np.asarray(days["refugees"].sum(axis=1).reshape(PAIRS, scenario.horizon_days))


def closed(*names: str, day: int) -> tuple[dict[str, object], ...]:
    """Return the events of closing the borders of some states."""
    return tuple({"event": "border_closure", "day": day, "state": name} for name in names)


@pytest.fixture(scope="module")
def abroad() -> np.ndarray:
    """Return the refugees of the plain scenario, whose war feels nothing of the neighbours."""
    return refugees(scenario_of(LEVANT, rules=APART))


def test_with_all_borders_closed_from_the_first_day_nobody_is_abroad(abroad: np.ndarray) -> None:
    shut = refugees(scenario_of(LEVANT, levers=({"lever": "border", "actor": "all", "value": 0.0},)))
    assert not shut.any()
    assert abroad.max() > 1e5


@pytest.mark.parametrize("day", [0, 10])
@pytest.mark.parametrize("name", ["TUR", "JOR", "IRQ", "LBN"])
def test_a_closed_border_never_raises_the_number_abroad(name: str, day: int, abroad: np.ndarray) -> None:
    """Without feedback, or the war itself may differ; one person by what is rounded along another sum."""
    shut = refugees(scenario_of(LEVANT, events=closed(name, day=day), rules=APART))
    assert shut[:, -1].mean() < abroad[:, -1].mean()
    assert np.array_equal(shut[:, :day], abroad[:, :day])
    assert np.all(shut <= abroad + 1.0)


def test_all_borders_closed_in_the_war_never_raise_the_number_abroad(abroad: np.ndarray) -> None:
    names = [name for name in STATES if name != "SYR"]
    shut = refugees(scenario_of(LEVANT, events=closed(*names, day=10), rules=APART))
    assert np.array_equal(shut[:, :10], abroad[:, :10])
    assert np.all(shut <= abroad)


@pytest.mark.parametrize("channel", Channel)
@pytest.mark.parametrize("world", [LEVANT, "iraq_2014"])
def test_a_channel_switched_off_changes_only_the_neighbours(world: str, channel: Channel) -> None:
    """Without feedback: the war, people, extremists and influence are the same bit for bit, other channels too."""
    plain = scenario_of(world, rules=APART)
    without = scenario_of(world, rules=APART, channels={channel.name.lower(): False})
    for run in range(2):
        for one, other in zip(mornings(plain, run), mornings(without, run), strict=True):
            pairs = zip(leaves(one.dtype, one[0]), leaves(other.dtype, other[0]), strict=True)
            assert {name for (name, a), (_, b) in pairs if not np.array_equal(a, b)} <= OF_THE_NEIGHBOURS
            assert not other[0]["channel"][:, channel].any()
            rest = [kept for kept in Channel if kept not in (channel, Channel.RETALIATION)]  # which follows incidents
            assert np.array_equal(one[0]["channel"][:, rest], other[0]["channel"][:, rest])
            assert np.all(other[0]["pressure"] <= one[0]["pressure"])


@pytest.mark.statistical
@pytest.mark.parametrize("world", WORLDS)
def test_no_regime_falls_without_an_offensive(world: str) -> None:
    still = ({"lever": "initiative", "actor": "challenger", "value": 0.0},)
    held = ~fallen(runs_of(scenario_of(world, levers=still), 400))
    assert_share_at_least(f"{world}: holds where nobody attacks", int(held.sum()), len(held), 0.995)
    assert held.all()
