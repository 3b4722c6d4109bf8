"""What lets a war stall, and patrons stay: off at its neutral value, and one-sided in pairs of runs."""

from collections.abc import Iterator

import numpy as np
import pytest

from sim.core import calls
from sim.core.codes import Event, Order
from sim.core.engine import simulate
from sim.core.record import Histories
from sim.core.state import new_state
from sim.world.scenario import Scenario
from tests.worlds import SEED, TEN, fallen, mornings, runs_of, scenario_of

RUNS = 120
STALLING = ("angola_1992", "sudan_2023", "vietnam_1972")
Rules = dict[str, dict[str, float]]


def begun(scenario: Scenario, run: int) -> np.void:
    """Return the state of a run on the morning of day 0."""
    state = new_state(scenario.world)
    calls.call_begin_run(scenario.world, scenario.rules, state, np.uint64(SEED), np.uint64(run))
    record: np.void = state[0]
    return record


def lived(world: str, rules: Rules, runs: int = 20) -> Histories:
    """Return some histories of a world, each with its days."""
    scenario = scenario_of(world, rules=rules)
    return simulate(scenario.world, scenario.rules, SEED, 0, runs, runs)


def assert_no_trace(world: str, one: Rules, other: Rules) -> None:
    """Fail unless histories are the same with two sets of parameters, bit for bit."""
    left, right = lived(world, one), lived(world, other)
    for name, rows in left.tables.items():
        assert np.array_equal(rows, right.tables[name]), name


def captures(scenario: Scenario, run: int) -> Iterator[tuple[int, np.void, int, int]]:
    """Yield each capture of a run: the day on whose morning it is found, the state then, the place, and the winner."""
    for day, state in enumerate(mornings(scenario, run)):
        for rank in range(int(state[0]["n_lost"])):
            place = int(state[0]["lost"][rank])
            yield day, state[0], place, int(state[0]["lost_to"][place])


def share_that_falls(world: str, rules: Rules) -> float:
    """Return the share of runs in which the regime falls."""
    return float(fallen(runs_of(scenario_of(world, rules=rules), RUNS)).mean())


def test_without_its_exponent_the_news_of_a_siege_leave_no_trace() -> None:
    off = {"surprise_exponent": 0.0}
    assert_no_trace(
        "angola_1992", {"morale": off | {"siege_news_days": 20.0}}, {"morale": off | {"siege_news_days": 400.0}}
    )


def test_an_expected_loss_shakes_less_and_its_retaking_relieves_less() -> None:
    """Both are told by one number, the size of the shock: that of every loss is at most what it was by surprise."""
    sizes = {}
    for exponent in (0.0, 2.5):
        rules = {"morale": {"surprise_exponent": exponent, "shock_winner_exponent": 0.0}}
        found = captures(scenario_of("angola_1992", rules=rules), 0)
        sizes[exponent] = {place: float(state["lost_shock"][place]) for _, state, place, _ in found}
    both = sizes[0.0].keys() & sizes[2.5].keys()
    assert both
    assert all(sizes[2.5][place] <= sizes[0.0][place] for place in both)
    assert any(sizes[2.5][place] < 0.5 * sizes[0.0][place] for place in both)


@pytest.mark.parametrize(
    "rules",
    [
        {"morale": {"surprise_exponent": 4.0}},
        {"advance": {"siege": 8.0}},
        {"orders": {"lull_days": 15.0}},
        {"advance": {"tempo_median": 4.0}},
    ],
)
def test_what_lets_a_war_stall_lets_no_more_regimes_fall(rules: Rules) -> None:
    before = [share_that_falls(world, {}) for world in STALLING]
    after = [share_that_falls(world, rules) for world in STALLING]
    assert sum(after) < sum(before)
    assert all(late <= soon for late, soon in zip(after, before, strict=True))


def test_an_army_whose_cause_fades_melts() -> None:
    """The mean morale of the regime's side falls deeper where it loses power; nothing moves before it does."""
    scenario, plain = "ethiopia_1991", {"morale": {"shock_winner_exponent": 0.0}}
    weighed = {"morale": {"shock_winner_exponent": 0.0, "expectation": 0.6}}
    before, after = (
        lived(scenario, rules, RUNS).daily["regime_morale"].reshape(RUNS, -1) for rules in (plain, weighed)
    )
    assert np.abs(after[:, 0] - before[:, 0]).max() < 1e-3
    assert after[:, :40].mean() < before[:, :40].mean()
    assert share_that_falls("ethiopia_2021", weighed) >= share_that_falls("ethiopia_2021", plain)


def test_what_people_expect_follows_the_powers_with_its_days() -> None:
    scenario = scenario_of("levant_2024", rules={"morale": {"expectation": 0.15, "expectation_days": 10.0}}, days=40)
    share, before = 1.0 - np.exp(-0.1), None
    for state in mornings(scenario, 0):
        s = state[0]
        if before is not None:
            assert s["balance_expected"] == pytest.approx(before[0] + share * (before[1] - before[0]), rel=1e-12)
        w = scenario.world[0]
        hostile = (s["side"] != w["regime"]) & (s["tie"][w["regime"]] <= -0.4) & (w["is_extremist"] == 0)
        enemies = s["power"][hostile].sum()
        now = np.log(max(s["side_power"][w["regime"]], 1.0) / max(enemies, 1.0))
        before = (float(s["balance_expected"]), float(now))


def test_without_weights_expectation_and_tempo_of_memory_leave_no_trace() -> None:
    assert_no_trace(
        "levant_2024",
        {"morale": {"expectation": 0.0, "expectation_days": 10.0}},
        {"morale": {"expectation": 0.0, "expectation_days": 90.0}},
    )
    still = {"advance": {"tempo_spread": 0.0, "tempo_median": 1.0}}
    assert_no_trace(
        "levant_2024", still | {"morale": {"tempo_exponent": 0.0}}, still | {"morale": {"tempo_exponent": 1.0}}
    )


def test_shocks_are_remembered_for_longer_in_a_slow_war() -> None:
    for exponent in (0.0, 0.5):
        state = begun(scenario_of("levant_2024", rules={"morale": {"tempo_exponent": exponent}}), 1)
        half_life = -1.0 / np.log2(state["shock_fading"])
        assert half_life == pytest.approx(8.0 * state["tempo"] ** exponent)


def test_the_tempo_of_every_run_is_that_of_a_median_run_times_its_own() -> None:
    usual, slow = (
        runs_of(scenario_of("levant_2024", days=1, rules={"advance": {"tempo_median": median}}), 50)["tempo"]
        for median in (1.0, 1.6)
    )
    assert np.allclose(slow, 1.6 * usual, rtol=1e-12)
    assert usual.min() < 1.0 < usual.max()


def test_all_forces_near_a_seat_that_was_stormed_rest() -> None:
    scenario = scenario_of("angola_1992", rules={"orders": {"lull_days": 10.0}})
    hops, n = scenario.world[0]["hops"], 0
    for day, state, place, winner in captures(scenario, 1):
        if state["order"][place, winner] != Order.OPPOSED:
            continue
        for faction in np.flatnonzero(state["side"] == winner):
            for post in state["posts"][faction, : state["n_posts"][faction]]:
                if hops[place, post] <= 2 and state["fighters"][post, faction] > 0.0:
                    assert state["rest_until"][post, faction] >= day - 1 + 10.0 * state["tempo"]
                    n += 1
    assert n > 0


def test_a_main_side_errs_as_one_and_the_others_not_at_all() -> None:
    true = begun(scenario_of("levant_2024"), 3)
    drawn = begun(scenario_of("levant_2024", rules={"scale": {"side_error": 1.0}}), 3)
    w = scenario_of("levant_2024").world[0]
    n = int(w["n_factions"])
    has = true["unit_strength"][:n] > 0.0
    factor = np.ones(n)
    factor[has] = drawn["unit_strength"][:n][has] / true["unit_strength"][:n][has]
    for leader in (w["regime"], w["challenger"]):
        of_side = factor[has & (drawn["side"][:n] == leader)]
        assert np.allclose(of_side, of_side[0], rtol=1e-12)
        assert abs(np.log(of_side[0])) > 1e-3
    rest = has & ~np.isin(drawn["side"][:n], (w["regime"], w["challenger"]))
    assert rest.any()
    assert np.array_equal(factor[rest], np.ones(rest.sum()))


def test_a_wide_error_of_sides_lets_weak_challengers_win_and_strong_ones_lose() -> None:
    as_coded, wide = {"scale": {"side_error": 0.0}}, {"scale": {"side_error": 1.6}}
    assert share_that_falls("libya_2011", wide) > share_that_falls("libya_2011", as_coded)
    assert share_that_falls("sudan_2023", wide) < share_that_falls("sudan_2023", as_coded)


@pytest.mark.parametrize("world", TEN)
def test_no_patron_leaves_on_day_0(world: str) -> None:
    scenario = scenario_of(world, days=1)
    events = simulate(scenario.world, scenario.rules, SEED, 0, 200).events
    assert not (events["kind"] == Event.PATRON_EXIT).any()


def test_patrons_leave_those_who_lose_and_without_the_hazard_nobody() -> None:
    """Most, until a regime falls that does: in the wars of its enemies others lose."""
    exits = {}
    for hazard in (0.0, 0.15):
        scenario = scenario_of("levant_2024", rules={"patronage": {"exit_per_day": hazard}})
        found = simulate(scenario.world, scenario.rules, SEED, 0, RUNS)
        ends = found.runs["collapse_day"][found.events["run"]]
        in_war = found.events["day"] <= ends
        exits[hazard] = found.events[in_war & (found.events["kind"] == Event.PATRON_EXIT)]
    assert len(exits[0.0]) == 0
    w = scenario_of("levant_2024").world[0]
    clients = exits[0.15]["other"] - w["n_states"]
    assert len(exits[0.15]) > RUNS
    assert (w["side"][clients] == w["regime"]).mean() > 0.6


@pytest.mark.parametrize(
    "rules",
    [
        {"orders": {"relief": 0.25}},
        {"orders": {"occupation": 0.5}},
        {"orders": {"culmination": 1.7}},
        {"orders": {"enclave_factor": 1.0}},
    ],
    ids=str,
)
def test_what_ties_an_offensive_down_lets_fewer_regimes_fall(rules: Rules) -> None:
    before = sum(share_that_falls(world, {}) for world in STALLING)
    assert sum(share_that_falls(world, rules) for world in STALLING) <= before


def test_neighbours_come_to_the_defence_and_are_nowhere_twice() -> None:
    """What places are offered is at most the share of what stands next to them, and comes from nobody else."""
    scenario = scenario_of("angola_1992", rules={"orders": {"relief": 0.25}}, days=60)
    w = scenario.world[0]
    offered = 0.0
    for state in mornings(scenario, 0):
        s = state[0]
        if s["key"]["day"] == 0:
            continue
        for leader in np.flatnonzero(s["side"] == np.arange(len(s["side"]))):
            moved = (s["lost_by"][: int(w["n_locations"])] >= 0).any()
            held = np.array([h >= 0 and s["side"][h] == leader for h in s["holder"]])
            strength = s["strength"][:, s["side"] == leader][held].sum()
            if not moved:  # as the morning found it
                assert s["relief"][held].sum() <= 0.25 * scenario.rules[0]["orders"]["commitment"] * strength + 1e-9
                offered += float(s["relief"][held].sum())
    assert offered > 0.0


def test_after_a_collapse_relief_has_a_share_of_its_own() -> None:
    scenario = scenario_of("angola_1992", rules={"orders": {"relief_after_collapse": 0.6}}, days=60)
    before = after = 0.0
    run = int(np.flatnonzero(fallen(runs_of(scenario, RUNS)))[0])
    for state in mornings(scenario, run):
        s = state[0]
        if 0 <= s["collapse_day"] < s["key"]["day"] - 1:
            after += s["relief"].sum()
        else:
            before += s["relief"].sum()
    assert before == 0.0
    assert after > 0.0


def test_occupied_ground_ties_down_people_but_never_more_than_are_there() -> None:
    scenario = scenario_of("angola_1992", rules={"orders": {"occupation": 2.0}}, days=60)
    w = scenario.world[0]
    tied = 0
    for state in mornings(scenario, 1):
        s = state[0]
        n = int(w["n_locations"])
        assert np.all((s["free_share"][:n] >= 0.0) & (s["free_share"][:n] <= 1.0))
        tied += int((s["free_share"][:n] < 1.0).sum())
        if s["key"]["day"] == 1:  # the morning of day 0 has looked back: at home nobody has to stay
            for place in range(n):
                holder = s["holder"][place]
                if holder >= 0 and w["control"][place, s["side"] == s["side"][holder]].sum() >= 1.0:
                    assert s["free_share"][place] == 1.0
    assert tied > 0


def test_bases_are_where_a_side_has_long_been_and_distances_follow_the_roads() -> None:
    scenario = scenario_of("angola_1992", rules={"orders": {"culmination": 1.7}}, days=50)
    w = scenario.world[0]
    n, far = int(w["n_locations"]), 0
    for state in mornings(scenario, 1):
        s = state[0]
        km = s["base_km"][:n, w["challenger"]]
        if s["key"]["day"] == 0:
            assert not km.any()
            continue
        assert np.all(np.isfinite(km) & (km >= 0.0))
        for place in range(n):
            for edge in range(w["edge_start"][place], w["edge_start"][place + 1]):
                assert km[place] <= km[w["edge_to"][edge]] + w["edge_km"][edge] + 1e-9
            if (w["deployed"][place, w["challenger"]] > 0) and s["fighters"][place, w["challenger"]] > 0:
                far += 1
    assert far > 0
    assert km.max() > 0.0


def test_retaking_draws_a_side_to_what_was_its_own() -> None:
    """A place of its own scores more, all else equal, so that more is retaken."""
    worlds = ("nigeria_2014", "vietnam_1972", "angola_1992")
    usual, drawn = (
        sum(float(runs_of(scenario_of(world, rules=rules), RUNS)["seats_retaken"].mean()) for world in worlds)
        for rules in ({}, {"orders": {"retaking_value": 0.8}})
    )
    assert drawn > usual - 0.05


def test_recruits_of_the_alarm_come_with_the_first_attack_and_stay_below_the_cap() -> None:
    rules = {"regime": {"recruits": 0.05, "recruit_days": 365.0, "recruit_alarm": 1.0, "recruit_cap": 0.003}}
    scenario = scenario_of("angola_1992", rules=rules, days=60)
    w = scenario.world[0]
    first = -1
    for state in mornings(scenario, 1):
        s = state[0]
        if s["raised"] > 0.0 and first < 0:
            first = int(s["key"]["day"]) - 1
            assert s["first_loss_day"] < 0 or s["first_loss_day"] >= first
            assert first == s["first_attack_day"] + 1
        assert s["raised"] <= 0.003 * w["state_population"][w["contested_state"]] * 1.0001
        assert s["raised"] <= s["recruited"][w["regime"]] + 1e-6
    assert first > 0
