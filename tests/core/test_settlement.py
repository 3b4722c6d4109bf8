"""Settlements freeze fronts, mediation never delays one, and hand-overs follow flights."""

import numpy as np

from sim.core.codes import NOBODY, Event
from sim.core.engine import simulate
from tests.worlds import SEED, mornings, runs_of, scenario_of

RIPE: dict[str, dict[str, float]] = {"settlement": {"settlement_per_day": 0.05, "war_cost": 1.0}}
RARE: dict[str, dict[str, float]] = {"settlement": {"settlement_per_day": 0.005, "war_cost": 0.3}}
STRONG_MEDIATION = ({"lever": "mediation", "value": 1.0},)
NAMES = ("levant_2024", "syria_2012", "ethiopia_2021")


def test_after_a_settlement_no_place_passes_between_parties() -> None:
    settled = 0
    for name in NAMES:
        scenario = scenario_of(name, rules=RIPE)
        w = scenario.world[0]
        n = int(w["n_locations"])
        for run in range(4):
            day_before = -1
            for state in mornings(scenario, run):
                s = state[0]
                if day_before >= 0:
                    for place in np.flatnonzero(s["lost_by"][:n] != NOBODY):
                        parties = w["is_extremist"][[s["lost_from"][place], s["holder"][place]]] == 0
                        assert not parties.all()
                day_before = int(s["settlement_day"])
            settled += day_before >= 0
    assert settled >= 6


def test_mediation_never_delays_a_settlement() -> None:
    """Until it succeeds mediation changes nothing else, so that this holds run by run."""
    total = np.zeros(2, int)
    for name in NAMES:
        without = runs_of(scenario_of(name, rules=RARE), 150)["settlement_day"]
        mediated = runs_of(scenario_of(name, rules=RARE, levers=STRONG_MEDIATION), 150)["settlement_day"]
        had = without >= 0
        assert np.all(mediated[had] >= 0)
        assert np.all(mediated[had] <= without[had])
        total += [int(had.sum()), int((mediated >= 0).sum())]
    assert total[0] > 0
    assert total[1] > total[0]


def test_a_price_above_the_prize_or_a_blitz_leaves_no_settlement() -> None:
    """Where war costs nothing, whoever holds less than it can take refuses."""
    free = {"settlement": {"settlement_per_day": 0.05, "war_cost": 0.0}}
    costly = runs_of(scenario_of("levant_2024", rules=RIPE), 60)["settlement_day"] >= 0
    refused = runs_of(scenario_of("levant_2024", rules=free), 60)["settlement_day"] >= 0
    assert refused.sum() < costly.sum()
    default = runs_of(scenario_of("vietnam_1975"), 200)["settlement_day"] >= 0
    assert default.mean() < 0.03


def test_what_the_rulers_hold_is_followed_day_by_day() -> None:
    scenario = scenario_of("levant_2024", rules={"settlement": {"settlement_per_day": 0.0}})
    w = scenario.world[0]
    n = int(w["n_locations"])
    home = w["state_of"][:n] == w["contested_state"]
    first = True
    for state in mornings(scenario, 0):
        s = state[0]
        holder = s["holder"][:n]
        own = home & (holder != NOBODY) & (s["side"][holder] == w["regime"])
        if s["collapse_day"] < 0:
            assert np.isclose(s["held_share"], w["population_share"][:n][own].sum())
        assert s["quiet_days"] >= 0
        assert s["held_change"] >= 0.0
        assert not first or s["quiet_days"] == 0
        first = False


def test_a_handover_follows_about_half_of_all_flights_and_only_flights() -> None:
    scenario = scenario_of("levant_2024")
    histories = simulate(scenario.world, scenario.rules, SEED, 0, 300)
    fled = histories.runs["flight_day"] >= 0
    orderly = histories.runs["handover_day"] >= 0
    assert not (orderly & ~fled).any()
    assert 0.3 < orderly.sum() / fled.sum() < 0.7
    assert np.all(histories.runs["handover_day"][orderly] == histories.runs["flight_day"][orderly])
    assert (histories.events["kind"] == Event.HANDOVER).sum() == orderly.sum()


def test_a_handover_leaves_fewer_remnants() -> None:
    never = {"settlement": {"handover_probability": 0.0}}
    always = {"settlement": {"handover_probability": 1.0, "handover_remnants": 0.0}}
    left = []
    for rules in (never, always):
        rows = runs_of(scenario_of("levant_2024", rules=rules), 100)
        left.append(rows["regime_strength_left"][rows["flight_day"] >= 0])
    assert len(left[0]) == len(left[1]) > 10
    assert left[1].mean() <= left[0].mean()
