"""Patterns of what follows: infighting, displacement and return, bursts of killing, extremists, influence, talks.

Error rates are stated as in ``tests.patterns.test_war``.
"""

import functools
from dataclasses import dataclass

import numpy as np
import pytest

from sim.core.codes import NEVER, Event
from sim.core.engine import simulate
from sim.world.scenario import Scenario
from tests.patterns.ensembles import HOSTILE_TIE, LEVANT, STATES, STRANGERS, Ensemble, ensemble_of, inside
from tests.statistics import assert_share_at_least
from tests.worlds import SEED, TEN, WORLDS, mornings, scenario_of

WINDOW = 90
FELL = (
    *("afghanistan_1992", "afghanistan_2021", "car_2013", "chad_1990", "congo_1997", "cote_divoire_2011", "drc_1997"),
    *("ethiopia_1991", "levant_2024", "liberia_2003", "libya_2011", "rwanda_1994", "vietnam_1975", "yemen_2014"),
)
"""Worlds whose regime fell in the record."""
ARMY = 3000  # fighters; below, extremists are cells
FEW = 15  # runs with a fall, below which a world says nothing about what follows


@pytest.mark.statistical
def test_13_victors_fall_out(offensive: Ensemble) -> None:
    """Infighting: in the 90 days after a collapse at >= 2 x the hazard of the 90 days before it. Alpha 1e-5.

    Given all outbreaks, the later ones are binomial; at twice the hazard with this share. That common threat holds
    infighting down is tested with its rule and its phase.
    """
    told = offensive.events[offensive.events["kind"] == Event.INFIGHTING]
    collapse = offensive.runs["collapse_day"][told["run"]]
    day = told["day"][collapse >= 0] - collapse[collapse >= 0]
    before, after = int(((day >= -WINDOW) & (day < 0)).sum()), int(((day > 0) & (day <= WINDOW)).sum())
    ends = offensive.runs["collapse_day"][offensive.fallen]
    at_risk = np.minimum(ends, WINDOW).sum(), np.minimum(offensive.scenario.horizon_days - 1 - ends, WINDOW).sum()
    share = 2.0 * at_risk[1] / (2.0 * at_risk[1] + at_risk[0])
    assert_share_at_least("outbreaks after the collapse", after, before + after, share)
    assert after > before > 0


@dataclass(frozen=True)
class Aftermath:
    """What becomes of a world after its regime, in runs of it."""

    n_fallen: int
    victors_hold_the_capital: float  # share of those, on the last day
    new_infighting: float  # share of those, within 120 days of the fall
    winners_are_left: float  # share of those with such a victor, by a patron of the challenger's side
    exits_on_day_0: int
    seats_taken_by_cells: int


@functools.cache
def aftermath(world: str) -> Aftermath:
    """Return it for 200 runs of a world; sides are those of day 0, as mergers and infighting have changed them."""
    scenario = scenario_of(world)
    w = scenario.world[0]
    histories = simulate(scenario.world, scenario.rules, SEED, 0, 200)
    collapse = histories.runs["collapse_day"]
    fallen = np.flatnonzero(collapse >= 0)
    told, n_states = histories.events, int(w["n_states"])
    side = np.tile(w["side"], (len(collapse), 1))
    for event in told[np.isin(told["kind"], (Event.MERGER, Event.INFIGHTING))]:
        own, one, two = side[event["run"]], event["actor"] - n_states, event["other"] - n_states
        if event["kind"] == Event.MERGER:
            own[own == one] = own[two]
        elif own[one] == own[two]:  # who does not lead has left
            lesser = two if own[one] == one else one
            own[lesser] = lesser
    capital = histories.holders[histories.holders["location"] == w["capital"]]
    of_victor = side[capital["run"], capital["faction"]] == w["challenger"]
    quarrels = told[told["kind"] == Event.INFIGHTING]
    since = quarrels["day"] - collapse[quarrels["run"]]
    new = np.unique(quarrels["run"][(collapse[quarrels["run"]] >= 0) & (since >= 0) & (since <= 120)])
    exits = told[told["kind"] == Event.PATRON_EXIT]
    clients = exits["other"] - n_states
    of_winner = (w["side"][clients] == w["challenger"]) & (side[exits["run"], clients] == w["challenger"])
    of_winner &= (collapse[exits["run"]] >= 0) & np.isin(exits["run"], capital["run"][of_victor])
    falls = histories.falls
    at_home = w["state_of"][falls["location"]] == w["contested_state"]
    is_army = (w["deployed"] * (w["state_of"] == w["contested_state"])[:, None]).sum(axis=0) > ARMY
    cells = (w["is_extremist"] == 1) & ~is_army
    n = max(len(fallen), 1)
    return Aftermath(
        len(fallen),
        float(of_victor[fallen].mean()) if len(fallen) else 0.0,
        len(new) / n,
        len(np.unique(exits["run"][of_winner])) / max(int(of_victor[fallen].sum()), 1),
        int((exits["day"] == 0).sum()),
        int((at_home & cells[falls["to_faction"]]).sum()),
    )


def test_who_won_holds_the_capital_in_the_end() -> None:
    """Aftermath: in most worlds that fall, in more than .9 of such runs; in the mean world in more than .8."""
    shares = [found.victors_hold_the_capital for found in map(aftermath, WORLDS) if found.n_fallen >= FEW]
    assert len(shares) >= 20
    assert np.mean(shares) > 0.8
    assert np.median(shares) > 0.9
    assert aftermath(LEVANT).victors_hold_the_capital > 0.7


def test_victors_fall_out_in_some_wars_and_not_in_most() -> None:
    """Aftermath: within 120 days of a fall in .2 to .4 of runs, mean of the worlds that fell in the record."""
    shares = [aftermath(world).new_infighting for world in FELL if aftermath(world).n_fallen >= FEW]
    assert len(shares) >= 9
    assert 0.2 < np.mean(shares) < 0.4


def test_few_patrons_leave_a_winner_and_none_anybody_on_day_0() -> None:
    """Aftermath: an exit from the challenger's side in less than .05 of the runs in which the regime falls."""
    found = [aftermath(world) for world in WORLDS]
    assert sum(each.exits_on_day_0 for each in found) == 0
    fallen = np.array([each.n_fallen for each in found])
    left = np.array([each.winners_are_left for each in found])
    assert (fallen * left).sum() < 0.05 * fallen.sum()


def test_cells_take_no_seat() -> None:
    """Aftermath: extremists who are few on day 0 take a seat in next to no run, and only once they have grown."""
    taken = [aftermath(world).seats_taken_by_cells for world in WORLDS]
    assert sum(taken) < 0.002 * 200 * len(WORLDS)


def test_a_band_of_hundreds_takes_no_province(offensive: Ensemble) -> None:
    """Aftermath: the Syrian Free Army, 500 men, takes a province in less than .03 of the Levant's runs."""
    w, band = offensive.scenario.world[0], list(offensive.scenario.tables.factions["id"]).index("SFA")
    at_home = w["state_of"][offensive.falls["location"]] == w["contested_state"]
    taken = np.unique(offensive.falls["run"][at_home & (offensive.falls["to_faction"] == band)])
    assert len(taken) < 0.03 * len(offensive.runs)


@pytest.mark.parametrize("patron", ["IRN", "RUS"])
def test_the_losers_patrons_leave_by_the_fall(patron: str, offensive: Ensemble) -> None:
    """Aftermath: each leaves the Levant's regime by two days after its fall in more than .8 of such runs."""
    w, told = offensive.scenario.world[0], offensive.events
    leaves = (told["kind"] == Event.PATRON_EXIT) & (told["actor"] == STATES.index(patron))
    own = told[leaves & (told["other"] == w["n_states"] + w["regime"])]
    first = np.full(len(offensive.runs), 10_000)
    np.minimum.at(first, own["run"], own["day"])
    collapse = offensive.runs["collapse_day"][offensive.fallen]
    assert (first[offensive.fallen] <= collapse + 2).mean() > 0.8


@pytest.mark.statistical
def test_14_most_displacement_is_internal(offensive: Ensemble) -> None:
    """Displacement: at its peak more than .8 of those who fled are inside the country, in most runs. Alpha 1e-5."""
    abroad = offensive.days["refugees"].sum(axis=2)
    away = abroad + offensive.days["displaced"]
    peak = np.arange(len(away)), away.argmax(axis=1)
    fled = away[peak] > 0.0
    internal = abroad[peak][fled] < 0.2 * away[peak][fled]
    assert_share_at_least("mostly internal", int(internal.sum()), len(internal), 0.5)


@pytest.mark.xfail(
    strict=True,
    reason="1.6 times as many a day: flight follows the dead, who are 1.5 times as many a day in the first quarter",
)
def test_14_displacement_comes_early(offensive: Ensemble) -> None:
    """Displacement: front-loaded, at least twice as much a day in the first quarter as later. Exact on the runs."""
    away = offensive.days["refugees"].sum(axis=2) + offensive.days["displaced"]
    risen = np.maximum(np.diff(away, axis=1, prepend=0.0), 0.0).mean(axis=0)
    assert risen[:30].mean() > 2.0 * risen[30:].mean()


def strangeness(scenario: Scenario, state: np.void) -> np.ndarray:
    """Return by place the share that enemies of its holder controlled on day 0; 1 where nobody holds it."""
    w = scenario.world[0]
    n = int(w["n_locations"])
    holder = state["holder"][:n]
    enemies = state["tie"][:, holder].T <= HOSTILE_TIE
    return np.where(holder < 0, 1.0, (w["control"][:n] * enemies).sum(axis=1))


@pytest.mark.statistical
def test_14_people_return_where_no_stranger_rules() -> None:
    """Displacement: returns exceed new flight on a day within 10 of a collapse where no stranger rules. Alpha 1e-5.

    Counted are quiet places from which one in a thousand or more have fled: nobody returns to where people are still
    killed, and of a few dozen, a day's numbers are chance.
    """
    scenario = scenario_of(LEVANT)
    quiet = scenario.rules[0]["displacement"]["safe_toll"] * 1e-6
    at_home = inside(scenario)
    people = scenario.world[0]["population"][: len(at_home)]
    hits = places = 0
    for run in range(60):
        away: list[np.ndarray] = []
        friendly = at_home
        for state in mornings(scenario, run):
            s = state[0]
            if s["collapse_day"] != NEVER:
                away.append((s["displaced"] + s["refugees_from"])[: len(at_home)])
                friendly = friendly & (strangeness(scenario, s) < STRANGERS)
                friendly = friendly & (s["killed_lately"][: len(at_home)] <= quiet * people)
            if len(away) > 10:
                counted = friendly & (away[0] > 1e-3 * people)
                returned = np.min(np.diff(away, axis=0), axis=0) < 0.0
                hits += int(returned[counted].sum())
                places += int(counted.sum())
                break
    assert places > 30
    assert_share_at_least("places to which people return", hits, places, 0.95)


@pytest.mark.statistical
@pytest.mark.xfail(
    strict=True,
    reason="in .59 of histories, and .75 with coded ratios of strength, shocks of no surprise and a tempo of 1: the "
    "variance is large enough in .96, but the top two months have less than .35 of the dead in the rest",
)
def test_15_killing_comes_in_bursts(year: Ensemble) -> None:
    """Burstiness: of eight months after the collapse, variance/mean > 50 and the top two >= .35. Alpha 1e-5."""
    dead = year.days["fatalities_combatants"] + year.days["fatalities_civilians"]
    bursty = 0
    fell = [run for run in year.fallen if year.runs["collapse_day"][run] + 240 < year.scenario.horizon_days]
    for run in fell:
        months = np.diff(dead[run, year.runs["collapse_day"][run] + 30 * np.arange(9)])
        top = np.sort(months)[-2:].sum() / months.sum()
        bursty += bool(months.var(ddof=1) > 50.0 * months.mean() and top >= 0.35)
    assert len(fell) > 100
    assert_share_at_least("histories with bursts", bursty, len(fell), 0.9)


def attack_rates(ensemble: Ensemble) -> tuple[np.ndarray, np.ndarray]:
    """Return attacks a day before a collapse and in the 90 days after it, for each run that has both."""
    attacks, collapse = ensemble.days["extremist_attacks"], ensemble.runs["collapse_day"]
    runs = np.flatnonzero((collapse >= 5) & (collapse + WINDOW < attacks.shape[1]))
    day = collapse[runs]
    before = attacks[runs, day]
    return before / (day + 1), (attacks[runs, day + WINDOW] - before) / WINDOW


@pytest.mark.statistical
def test_15_extremists_attack_less_where_victors_govern(year: Ensemble) -> None:
    """Sign: attacks fall in the 90 days after the collapse with g_post .35 and more land governed. Alpha 1e-5."""
    before, after = attack_rates(year)
    assert after.mean() < 0.6 * before.mean()
    assert_share_at_least("fewer attacks a day", int((after < before).sum()), len(before), 0.6)


def test_15_extremists_attack_more_where_nobody_governs() -> None:
    """Sign: attacks rise when both reverse, g_post 1.2 and nobody who governs after the collapse. Exact on 60 runs.

    The means of all runs are compared: before a collapse most runs have few weeks and few attacks.
    """
    scenario = scenario_of(LEVANT, rules={"extremists": {"grievance_after": 1.2}}, days=150)
    at_home, others = inside(scenario), scenario.world[0]["is_extremist"] == 0
    before, after = [], []
    for run in range(60):
        attacks = []
        for state in mornings(scenario, run):
            s = state[0]
            attacks.append(float(s["attacks"].sum()))
            if s["collapse_day"] != NEVER:
                control = s["control"][: len(at_home)]
                control[np.ix_(at_home, others)] = np.minimum(control[np.ix_(at_home, others)], 0.1)
        day = int(s["collapse_day"])
        if 5 <= day <= scenario.horizon_days - WINDOW:
            before.append(attacks[day] / day)
            after.append((attacks[day + WINDOW] - attacks[day]) / WINDOW)
    assert len(before) > 25
    assert np.mean(after) > np.mean(before)


@pytest.mark.statistical
def test_nobody_settles_while_the_map_moves_fast() -> None:
    """Talks: the hazard of a settlement is below 1e-4 a day while >= .01 of the people change hands a day. Alpha 1e-5.

    A fast day is one in whose last week that many changed hands a day on average.
    """
    fast = settled = slow = 0
    for world in TEN:
        ensemble = ensemble_of(scenario_of(world), 70, 70)
        moved = np.abs(np.diff(ensemble.days["regime_population_share"], axis=1, prepend=np.nan))
        weekly = np.array([np.convolve(np.nan_to_num(run), np.full(7, 1 / 7))[: len(run)] for run in moved])
        is_fast = weekly >= 0.01
        day = ensemble.runs["settlement_day"]
        ended = np.flatnonzero(day >= 0)
        settled += int(is_fast[ended, day[ended]].sum())
        slow += int((~is_fast[ended, day[ended]]).sum())
        fast += int(is_fast.sum())
    assert slow > 0
    assert_share_at_least("fast days without a settlement", fast - settled, fast, 1.0 - 1e-4)


@pytest.mark.parametrize("patron", ["RUS", "IRN"])
@pytest.mark.statistical
def test_the_losers_patron_loses_influence_week_by_week(patron: str) -> None:
    """Influence: a patron's share falls in every week after its exit and its client's collapse. Alpha 1e-5."""
    scenario = scenario_of(LEVANT)
    w, power = scenario.world[0], STATES.index(patron)
    (link,) = (
        link
        for link in range(w["link_start"][power], w["link_start"][power + 1])
        if w["link_client"][link] == w["regime"]
    )
    steady = n = 0
    for run in range(90):
        course = []
        for state in mornings(scenario, run):
            course.append(float(state[0]["influence_total"][power]))
        s = state[0]
        if s["is_abandoned"][link] == 1 and 0 <= s["collapse_day"] < scenario.horizon_days - 28:
            start = max(int(s["collapse_day"]), int(s["abandoned_day"][link])) + 1
            steady += bool(np.all(np.diff(course[start::7]) <= 1e-9))
            n += 1
    assert n > 30
    assert_share_at_least(f"{patron} fades steadily", steady, n, 0.95)


def test_shares_and_concentration_are_bounded(offensive: Ensemble) -> None:
    """Influence: shares in [0, 1] with a sum of at most 1, HHI in [1/n, 1], ENF in [1, n], on every day. Exact."""
    w, days = offensive.scenario.world[0], offensive.days
    assert days["influence"].min() >= 0.0
    assert days["influence"].sum(axis=2).max() < 1.0
    assert 1.0 / w["n_states"] <= days["hhi"].min() <= days["hhi"].max() <= 1.0
    assert 1.0 <= days["effective_factions"].min() <= days["effective_factions"].max() <= w["n_factions"]
