"""Who dies in the war: in proportion to all who fight it, fronts or none, out of forces that are there."""

import dataclasses

import numpy as np
import pytest
from scipy import stats

from sim.core import calls
from sim.core.codes import NEVER, NOBODY, Terrain
from sim.core.rules import Rules
from sim.core.state import new_state
from sim.world.scenario import Scenario
from sim.world.tables import Tables
from tests.statistics import assert_mean, assert_share
from tests.worlds import SEED, TEN, changed, mornings, runs_of, scenario_of, tables_of

HOSTILE_TIE = -0.4
RATE = Rules().attrition.rate
MEDIAN = {"kill_spread": 0.0, "civilian_spread": 0.0, "mass_killing_share": 0.0}
EXACT = {"scale": MEDIAN, "variation": {"strength_spread": 0.0}}
MONTH = 30
FROZEN = tuple(
    {"keep": {"event": what}}
    for what in ("fall", "deal", "desertion", "flight", "coup", "settlement", "infighting", "merger")
)
"""Nothing falls and nobody leaves: a war that lasts, with the fighters of day 0."""


def morning_of(scenario: Scenario, run: int = 0) -> np.ndarray:
    """Return the state on the morning of day 0."""
    state = new_state(scenario.world)
    calls.call_begin_run(scenario.world, scenario.rules, state, np.uint64(SEED), np.uint64(run))
    return state


def median_war(world: str, **rules: dict[str, float]) -> Scenario:
    """Return a scenario in which nothing differs between runs but chance from day to day."""
    return scenario_of(world, rules={**EXACT, **rules})


def worn(scenario: Scenario, state: np.ndarray, day: int = 0) -> np.void:
    """Return the state after a day's toll among the fighters, on a copy."""
    copy = state.copy()
    copy[0]["key"]["day"] = day
    calls.PHASES["wear_down"](scenario.world, scenario.rules, copy)
    return copy[0]


def tolls(scenario: Scenario, state: np.ndarray, days: int = 1_000) -> np.ndarray:
    """Return how many fighters die on each of many days that begin alike."""
    return np.array([worn(scenario, state, day)["combatants_killed_today"] for day in range(days)])


def of_sides(scenario: Scenario, state: np.ndarray) -> dict[int, float]:
    """Return by leader the fighters who are in the contested state or may enter it."""
    w, s = scenario.world[0], state[0]
    n, f = int(w["n_locations"]), int(w["n_factions"])
    inside = (w["state_of"][:n] == w["contested_state"])[:, None] | (w["may_enter"][:f] == 1)[None, :]
    heads = (s["fighters"][:n, :f] * inside).sum(axis=0)
    leaders = {leader for leader in s["side"][:f].tolist() if not w["is_extremist"][leader]}
    return {leader: float(heads[s["side"][:f] == leader].sum()) for leader in leaders}


def in_the_war(scenario: Scenario, state: np.ndarray) -> float:
    """Return the fighters of all sides that have an enemy on day 0, each once."""
    w, s = scenario.world[0], state[0]
    heads = of_sides(scenario, state)
    fighting = set()
    for a in heads:
        for b in heads:
            hostile = a != b and s["tie"][a, b] <= HOSTILE_TIE and min(heads[a], heads[b]) > 0.0
            if hostile and (w["regime"] in (a, b) or s["is_active"][a] or s["is_active"][b]):
                fighting |= {a, b}
    return sum(heads[leader] for leader in fighting)


@pytest.mark.statistical
@pytest.mark.parametrize("world", TEN)
def test_a_day_kills_its_rate_of_all_who_are_in_the_war(world: str) -> None:
    """Neutral: the mean is kappa N, whoever fights whom. Poisson with Gamma noise of variation .5. Alpha 1e-5."""
    scenario = median_war(world, attrition={"most_per_enemy": 1e6})
    state = morning_of(scenario)
    mean = RATE * in_the_war(scenario, state)
    assert_mean(world, tolls(scenario, state), mean, (mean + 0.25 * mean**2) ** 0.5)


@pytest.mark.statistical
def test_with_the_spread_of_its_rival_a_war_has_the_distribution_of_its_rival() -> None:
    """Nested: a lasting war kills kappa N days times a log-normal factor, to .03 of the largest distance."""
    rules = {"attrition": {"rate": 1e-4, "most_per_enemy": 1e6}, "variation": {"strength_spread": 0.0}}
    scenario = scenario_of("ethiopia_2021", rules=rules, events=FROZEN, days=MONTH)
    fighters = in_the_war(scenario, morning_of(scenario))
    rows = runs_of(scenario, 4_000)
    assert not (rows["collapse_day"] >= 0).any()
    rival = stats.lognorm(Rules().scale.kill_spread, scale=1e-4 * fighters * MONTH)
    assert stats.kstest(rows["fatalities_combatants"], rival.cdf).statistic < 0.03


def test_extremists_in_hiding_are_worn_down_by_attacks_and_strikes_alone() -> None:
    scenario = scenario_of("levant_2024", rules={"attrition": {"rate": 0.01}})
    hidden = scenario.world[0]["is_extremist"] == 1
    assert hidden.any()
    state = morning_of(scenario)
    before = state[0]["killed"].copy()
    calls.PHASES["wear_down"](scenario.world, scenario.rules, state)
    lost = state[0]["killed"] - before
    assert lost.sum() > 0.0
    assert not lost[hidden].any()


@pytest.mark.parametrize("world", TEN)
def test_a_front_that_does_not_move_kills_every_month(world: str) -> None:
    scenario = scenario_of(world, rules={"orders": {"operations": 0.0}}, events=FROZEN, days=3 * MONTH)
    killed = [float(state[0]["killed"].sum()) for state in mornings(scenario, 0)]
    assert np.diff(killed[::MONTH]).min() > 0.0
    assert runs_of(scenario, 1)["n_falls"] == 0


def test_without_enemies_or_before_anybody_attacks_nobody_dies() -> None:
    scenario = median_war("syria_2015")
    state = morning_of(scenario)
    friends = state.copy()
    friends[0]["tie"][:] = 0.0
    assert worn(scenario, friends)["combatants_killed_today"] == 0.0
    asleep = state.copy()
    asleep[0]["is_active"][:] = 0
    assert worn(scenario, asleep)["combatants_killed_today"] == 0.0
    asleep[0]["first_attack_day"] = 0
    assert worn(scenario, asleep)["combatants_killed_today"] > 0.0


def test_who_is_no_enemy_of_anybody_in_the_war_loses_nobody() -> None:
    scenario = median_war("congo_1997")
    s = worn(scenario, morning_of(scenario))
    ninja = list(scenario.tables.factions["id"]).index("ninja")
    assert s["killed"][ninja] == 0.0
    assert s["killed"].sum() > 0.0


@pytest.mark.parametrize("world", TEN)
def test_the_dead_come_out_of_forces_that_are_there(world: str) -> None:
    scenario = median_war(world, attrition={"rate": 0.05})
    state = morning_of(scenario)
    before = state[0]["fighters"].copy()
    for day in range(100):
        after = worn(scenario, state, day)
        gone = before - after["fighters"]
        assert after["fighters"].min() >= 0.0
        assert gone.min() >= 0.0
        assert not gone[before == 0.0].any()
        lost = after["killed"] + after["wounded"] - state[0]["killed"] - state[0]["wounded"]
        assert np.allclose(gone.sum(axis=0), lost, rtol=1e-9, atol=1e-6)
        assert np.allclose(after["wounded"], Rules().attrition.lost_with_each_death * after["killed"])
        assert after["combatants_killed_today"] == pytest.approx(after["killed"].sum() - state[0]["killed"].sum())
        assert after["killed_in_war"].sum() == pytest.approx(after["combatants_killed_today"])
        state[0] = after
        before = after["fighters"].copy()


@pytest.mark.parametrize("world", TEN)
def test_twice_the_fighters_are_twice_the_dead(world: str) -> None:
    scenario = median_war(world)
    once = morning_of(scenario)
    twice = once.copy()
    twice[0]["fighters"] *= 2.0
    assert expected(scenario, twice) == pytest.approx(2.0 * expected(scenario, once))


def expected(scenario: Scenario, state: np.ndarray) -> float:
    """Return the mean toll of a day, in fighters at the common rate: what the phase draws its number with."""
    return float(borne(scenario, state).sum())


def borne(scenario: Scenario, state: np.ndarray) -> np.ndarray:
    """Return by leader what each side bears of it; on a day that kills nobody the phase leaves it as divided."""
    quiet = scenario.rules.copy()
    quiet[0]["attrition"]["rate"] = 0.0
    s = worn(dataclasses.replace(scenario, rules=quiet), state)
    return np.where(s["scratch"]["enemies"] != 0, s["scratch"]["due"], 0.0)


def split(tables: Tables, place: str) -> Tables:
    """Return the tables of a world in which one place is two, side by side, with half of everything each."""

    def halved(table: np.ndarray, key: str, *columns: str) -> np.ndarray:
        own = table[key] == place
        half = table.copy()
        for column in columns:
            half[column] = np.where(own, half[column] / 2, half[column])
        return np.concatenate([half, changed(half[own], **{key: "half"})])

    borders = tables.borders
    ends = borders.dtype.names[:2]
    more = [changed(borders[borders[end] == place], **{end: "half"}) for end in ends]
    between = changed(more[0][:1] if len(more[0]) else more[1][:1], **{ends[0]: place, ends[1]: "half"})
    return dataclasses.replace(
        tables,
        locations=halved(tables.locations, "id", "population"),
        control=halved(tables.control, "location_id"),
        deployment=halved(tables.deployment, "location_id", "fighters"),
        borders=np.concatenate([borders, *more, between]),
    )


@pytest.mark.parametrize("weight", [0.0, 1.0])
@pytest.mark.parametrize("place", ["bangui", "ouham", "nana_grebizi"])
def test_a_place_in_two_halves_kills_as_many(place: str, weight: float) -> None:
    whole = tables_of("car_2013")
    place = next(name for name in whole.locations["id"] if place in name)
    rules = {**EXACT, "attrition": {"contact_weight": weight}}
    means = []
    for tables in (whole, split(whole, place)):
        scenario = scenario_of("car_2013", rules=rules, tables=tables)
        means.append(expected(scenario, morning_of(scenario)))
    assert means[1] == pytest.approx(means[0], rel=0.05)


def test_contact_fire_power_and_quality_say_how_many_die_and_of_whom() -> None:
    """Each away from its neutral value, in a war where some touch nobody: angola_1992."""
    neutral = median_war("angola_1992")
    w = neutral.world[0]
    state = morning_of(neutral)
    base = borne(neutral, state)
    regime, challenger = int(w["regime"]), int(w["challenger"])
    touched = [expected(median_war("angola_1992", attrition={"contact_weight": x}), state) for x in (0.0, 0.5, 1.0)]
    apart = state.copy()
    apart[0]["reach"][:] = 0
    none = [expected(median_war("angola_1992", attrition={"contact_weight": x}), apart) for x in (0.0, 0.5, 1.0)]
    assert touched[0] == none[0] == pytest.approx(base.sum())
    assert none[0] > none[1] > none[2] == 0.0
    assert touched[1] > none[1]
    armed = state.copy()
    armed[0]["equipment"][:], armed[0]["air"][:] = 1.0, 1.0
    bare = state.copy()
    bare[0]["equipment"][:], bare[0]["air"][:] = 0.0, 0.0
    fire = median_war("angola_1992", attrition={"firepower": 1.0})
    assert expected(fire, armed) > base.sum() > expected(fire, bare) > 0.0
    assert expected(neutral, armed) == expected(neutral, bare) == base.sum()
    better = state.copy()
    better[0]["side_power"][regime] *= 4.0
    effect = [borne(median_war("angola_1992", attrition={"effectiveness": x}), better) for x in (0.0, 0.5, 1.0)]
    assert effect[0][regime] > effect[1][regime] > effect[2][regime]
    assert effect[0][challenger] < effect[1][challenger] < effect[2][challenger]
    assert [each.sum() for each in effect] == pytest.approx([base.sum()] * 3)


def test_two_sides_mourn_alike() -> None:
    scenario = median_war("nigeria_2014")
    w = scenario.world[0]
    each = borne(scenario, morning_of(scenario))
    assert each[w["regime"]] == pytest.approx(each[w["challenger"]])
    assert each[w["regime"]] > 0.0


def attackers(scenario: Scenario, state: np.ndarray) -> np.ndarray:
    """Return which forces of the contested state are on their way: (location, faction)."""
    w = scenario.world[0]
    marching = (state[0]["task"] != NOBODY) & (state[0]["fighters"] > 0.0)
    return np.asarray(marching & (w["state_of"] == w["contested_state"])[:, None])


def is_under_attack(scenario: Scenario, state: np.ndarray) -> bool:
    """Tell whether forces are on their way to places that they attack."""
    marching = attackers(scenario, state)
    targets = state[0]["task"][state[0]["task"] != NOBODY]
    return bool(marching.any() and (state[0]["contact"][targets] > 0.0).all())


def test_an_assault_moves_the_dead_and_adds_none() -> None:
    """They lie in the place that is attacked: its defenders, and those who came."""
    usual = scenario_of("vietnam_1975", rules={"scale": MEDIAN | {"side_error": 0.0}, "advance": {"tempo_median": 1.0}})
    every = (state for run in range(20) for state in mornings(usual, run))
    state = next(state for state in every if is_under_attack(usual, state)).copy()
    targets = np.unique(state[0]["task"][state[0]["task"] != NOBODY])
    tolls_by_gain = []
    for gain in (0.0, 4.0):
        s = worn(median_war("vietnam_1975", attrition={"assault_gain": gain}), state, day=3)
        tolls_by_gain.append((s["killed_in_war"][targets].sum(), s["combatants_killed_today"]))
        origin, force = np.argwhere(attackers(usual, state))[0]
        assert s["fighters"][origin, force] < state[0]["fighters"][origin, force]
    (there, everywhere), (more_there, again) = tolls_by_gain
    assert again == pytest.approx(everywhere)
    assert more_there > 1.5 * there


def test_a_side_that_nobody_touches_loses_by_numbers() -> None:
    scenario = median_war("liberia_2003")
    state = morning_of(scenario)
    state[0]["reach"][:] = 0
    s = worn(scenario, state)
    leader = scenario.world[0]["regime"]
    own = (state[0]["side"] == leader)[None, :] & (state[0]["fighters"] > 0.0)
    gone = (state[0]["fighters"] - s["fighters"])[own] / state[0]["fighters"][own]
    assert gone.min() == pytest.approx(gone.max())
    assert gone.min() > 0.0


def test_remnants_of_a_fallen_regime_are_fought_at_a_rate_of_their_own() -> None:
    scenario = median_war("liberia_2003")
    state = morning_of(scenario)
    state[0]["collapse_day"] = 0
    all_of_it = expected(scenario, state)
    half = median_war("liberia_2003", attrition={"after_collapse": 0.5})
    assert expected(half, state) == pytest.approx(0.5 * all_of_it)
    state[0]["collapse_day"] = NEVER
    assert expected(half, state) == pytest.approx(all_of_it)


def harmed(scenario: Scenario, state: np.ndarray, day: int) -> np.void:
    """Return the state after a day's toll among fighters and civilians, on a copy."""
    copy = state.copy()
    copy[0]["key"]["day"] = day
    for name in ("wear_down", "harm"):
        calls.PHASES[name](scenario.world, scenario.rules, copy)
    return copy[0]


@pytest.mark.statistical
def test_civilians_die_with_the_fighters() -> None:
    """In proportion, in the mean, and where they die; on a day, negative binomial (dispersion .5). Alpha 1e-5."""
    scenario = median_war("iraq_2014", violence={"city_weight": 0.0})
    state = morning_of(scenario)
    days = [harmed(scenario, state, day) for day in range(1_000)]
    killed = np.array([s["combatants_killed_today"] for s in days])
    civilians = np.array([s["civilians_killed_today"].sum() for s in days])
    mean = Rules().violence.civilians_per_fighter * killed.mean()
    assert_mean("civilians", civilians, mean, (mean + 2.0 * mean**2 * 1.25) ** 0.5)
    w = scenario.world[0]
    there = (days[0]["killed_in_war"] > 0.0) & (np.arange(len(w["state_of"])) < w["n_locations"])
    where = np.sum([s["civilians_killed_today"] for s in days], axis=0)
    assert not where[~there].any()
    fighters = np.sum([s["killed_in_war"] * s["civilians_killed_today"].sum() for s in days], axis=0)
    inside = there & (w["state_of"] == w["contested_state"])
    assert np.corrcoef(where[inside], fighters[inside])[0, 1] > 0.99


def test_more_of_the_civilians_die_in_cities_and_behind_lines_that_are_cut() -> None:
    shares = []
    for weight in (0.0, 3.0):
        scenario = median_war("iraq_2014", violence={"city_weight": weight})
        w = scenario.world[0]
        state = morning_of(scenario)
        cut = [state[0]["is_cut_off"][place, state[0]["holder"][place]] for place in range(w["n_locations"])]
        harder = (w["terrain"][: w["n_locations"]] == Terrain.URBAN) | (np.array(cut) == 1)
        where = np.sum([harmed(scenario, state, day)["civilians_killed_today"] for day in range(300)], axis=0)
        shares.append(where[: w["n_locations"]][harder].sum() / where.sum())
    assert 0.0 < shares[0] < shares[1] < 1.0


@pytest.mark.statistical
def test_one_war_in_twenty_turns_to_mass_killing() -> None:
    """The factor of a run on civilians is 1 or k_mass where nothing else differs. Alpha 1e-5."""
    scale = Rules().scale
    scenario = scenario_of("chad_2008", rules={"scale": {"civilian_spread": 0.0}}, days=1)
    factor = runs_of(scenario, 4_000)["civilian_factor"]
    assert set(factor) == {1.0, scale.mass_killing_factor}
    assert_share("mass killings", int((factor > 1.0).sum()), len(factor), scale.mass_killing_share)


@pytest.mark.statistical
def test_the_factors_of_a_run_are_its_median_and_its_spread() -> None:
    """The median is 1 and the log spread that of the parameter, without mass killing. Alpha 1e-5."""
    scenario = scenario_of("chad_2008", rules={"scale": {"mass_killing_share": 0.0}}, days=1)
    rows = runs_of(scenario, 4_000)
    for name, spread in (("kill_factor", "kill_spread"), ("civilian_factor", "civilian_spread")):
        sigma = getattr(Rules().scale, spread)
        logs = np.log(rows[name])
        assert_mean(name, logs, 0.0, sigma)
        assert_mean(f"{spread}, squared", logs**2, sigma**2, 2.0**0.5 * sigma**2)
