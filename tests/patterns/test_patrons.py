"""Patterns of outside powers: exits are felt, aid answers need, and who opposes both sides aids neither.

Error rates are stated as in ``tests.patterns.test_war``.
"""

import functools

import numpy as np
import pytest

from sim.core import calls
from sim.core.codes import Event
from sim.core.state import new_state
from tests.patterns.ensembles import LEVANT, STATES, Ensemble, ensemble_of
from tests.statistics import assert_share_at_least
from tests.worlds import SEED, TEN, mornings, scenario_of

PAIRS = 200
DAYS = 8  # of the runs that are watched for some days only
PATRONS = ("IRN", "RUS", "PMF", "HEZ")  # of the regime's main force, by what it depends on them


@functools.cache
def after_exit(patron: str, day: int, days: int = DAYS) -> Ensemble:
    """Return runs in which one patron, or all, leave the regime's main force on a day."""
    lever = {"lever": "support", "actor": patron, "client": "regime", "value": 0.0, "day": day}
    return ensemble_of(scenario_of(LEVANT, levers=(lever,), days=days), PAIRS, PAIRS)


def change_of_morale(patron: str, day: int, base: Ensemble) -> np.ndarray:
    """Return how much lower or higher an exit leaves the side's morale, by run and day after it, in paired runs."""
    gone = after_exit(patron, day)
    collapse = base.runs["collapse_day"][:PAIRS]
    stands = (collapse < 0) | (collapse > day + 3)
    window = slice(day, day + 4)
    after, before = gone.days["regime_morale"], base.days["regime_morale"][:PAIRS]
    return np.asarray(after[stands, window] - before[stands, window])


def dependence(patron: str, day: int, base: Ensemble) -> np.ndarray:
    """Return by run how much the regime's main force depends on who leaves it on a day; 0 where they gave nothing."""
    w, told = base.scenario.world[0], after_exit(patron, day).events
    exits = told[(told["kind"] == Event.PATRON_EXIT) & (told["day"] == day)]
    own = exits[exits["other"] == w["n_states"] + w["regime"]]
    collapse = base.runs["collapse_day"][:PAIRS]
    stands = (collapse < 0) | (collapse > day + 3)
    return np.bincount(own["run"], own["size"], PAIRS)[stands]


@pytest.mark.parametrize("patron", [*PATRONS, "all"])
@pytest.mark.parametrize("day", [0, 3])
def test_07_morale_falls_when_a_patron_leaves(patron: str, day: int, offensive: Ensemble) -> None:
    """Patron exit: morale falls within 3 days in every pair in which the client depended on it. Exact, in paired runs.

    It rises in no pair on any of these days. Who expects the client to win without help gives it nothing, which is not
    missed: in some pairs the coded ratio of strength is wrong in the regime's favour.
    """
    change = change_of_morale(patron, day, offensive)
    depended = dependence(patron, day, offensive) > 0.0
    assert change.max() <= 1e-12
    assert depended.mean() > 0.5
    assert np.all(change[depended, 3] < 0.0)


@pytest.mark.parametrize(
    "day",
    [
        0,
        pytest.param(
            3,
            marks=pytest.mark.xfail(
                strict=True,
                reason="Russia's exit (dependence .263) costs .023, Iran's (.270) .019: its air power, once at work, "
                "leaves too, and dependence counts standing support only; it would have to count direct help",
            ),
        ),
    ],
)
def test_07_the_more_it_depended_the_more_morale_falls(day: int, offensive: Ensemble) -> None:
    """Patron exit: patrons in order of the client's dependence are in order of lost morale. Exact, in paired runs."""
    loss, depended = [], []
    for patron in PATRONS:
        depended.append(dependence(patron, day, offensive).mean())
        loss.append(-change_of_morale(patron, day, offensive)[:, 3].mean())
    assert np.all(np.diff(depended) < 0.0)
    assert np.all(np.diff(loss) < 0.0)


@pytest.mark.xfail(
    strict=True,
    reason="higher on some later day before either collapse in .08 of pairs, by up to .55: a side's morale is the "
    "mean of those who are left, and rises when the worst have gone; the deserted would have to count as well",
)
def test_07_morale_never_rises_after_an_exit(offensive: Ensemble) -> None:
    """Patron exit: never rises under common draws, on any day until the regime of either twin falls. Exact."""
    gone = after_exit("all", 0, offensive.scenario.horizon_days)
    for run in range(PAIRS):
        ends = [int(rows["collapse_day"][run]) for rows in (gone.runs, offensive.runs)]
        end = min((day for day in ends if day >= 0), default=offensive.scenario.horizon_days)
        after, before = gone.days[run]["regime_morale"], offensive.days[run]["regime_morale"]
        assert np.all(after[:end] <= before[:end] + 1e-9)


@pytest.mark.parametrize("world", TEN)
def test_08_new_help_goes_to_those_whom_it_can_save(world: str) -> None:
    """Hump: of clients with chances of .1, .5 and .9, the one at .5 is sent most. Exact, for every link that helps."""
    scenario = scenario_of(world)
    w = scenario.world[0]
    sent = np.zeros((3, int(w["n_links"])))
    for i, chance in enumerate((0.1, 0.5, 0.9)):
        state = new_state(scenario.world)
        calls.call_begin_run(scenario.world, scenario.rules, state, np.uint64(SEED), np.uint64(0))
        s = state[0]
        s["abstains"][:] = 0
        s["belief"][:] = chance
        s["side_morale"][:] = 0.5
        s["side_power"][:] = chance
        s["enemy_power"][:] = 1.0 - chance
        for actor in range(int(w["n_states"] + w["n_factions"])):
            calls.PHASES["decide_aid"](scenario.world, scenario.rules, state, actor)
        assert np.allclose(s["belief"][: w["n_links"]], chance)
        sent[i] = s["direct_wanted"][: w["n_links"], 0]
    means = (w["link_arms"] + w["link_air"] + w["link_troops"])[: w["n_links"]] > 0
    assert means.any()
    assert np.all(sent[1, means] > sent[[0, 2]][:, means])


@functools.cache
def days_without_aid() -> tuple[int, int, int]:
    """Return run-days, those on which the United States aid neither main side, and the others before the collapse."""
    scenario = scenario_of(LEVANT)
    w = scenario.world[0]
    own = range(w["link_start"][STATES.index("USA")], w["link_start"][STATES.index("USA") + 1])
    days = free = early = 0
    for run in range(40):
        for state in mornings(scenario, run):
            s = state[0]
            given = [s["support"][link] * s["support_lever"][link] + s["direct"][link] for link in own]
            clients = [s["side"][w["link_client"][link]] for link in own]
            aids = any(
                gift > 0.0 and side in (w["regime"], w["challenger"]) for gift, side in zip(given, clients, strict=True)
            )
            days += 1
            free += not aids
            early += aids and s["collapse_day"] < 0
    return days, free, early


def test_12_who_opposes_both_sides_aids_neither_while_the_regime_stands() -> None:
    """Dual opposition: before the collapse its clients are on neither main side, or get nothing. Exact on 40 runs."""
    assert days_without_aid()[2] == 0


@pytest.mark.xfail(
    strict=True,
    reason="in .90 of run-days; the others come after the collapse, when the victor's side takes in some clients",
)
def test_12_who_opposes_both_sides_aids_neither() -> None:
    """Dual opposition: clients are on neither main side, or get nothing, in >= .95 of run-days. Exact on 40 runs."""
    days, free, _ = days_without_aid()
    assert free >= 0.95 * days


@functools.cache
def runs_under_strikes(times: float) -> np.ndarray:
    """Return runs in which the United States strike so many times as often."""
    lever = {"lever": "strikes", "actor": "USA", "value": times}
    return ensemble_of(scenario_of(LEVANT, levers=(lever,)), 400).runs


@pytest.mark.statistical
def test_12_strikes_cut_extremists_and_leave_the_regimes_fate_alone() -> None:
    """Dual opposition: three times the strikes against none, in pairs: fewer extremists, same fate. Alpha 1e-5.

    P(fall) moves by less than .02 where at most that share of pairs has different fates. Where the regime falls, a
    fifth of the extremists or fewer are left.
    """
    none, many = runs_under_strikes(0.0), runs_under_strikes(3.0)
    same = (none["collapse_day"] >= 0) == (many["collapse_day"] >= 0)
    assert_share_at_least("pairs of one fate", int(same.sum()), len(same), 0.98)
    assert same.mean() > 0.98
    more = none["extremists_last"] > many["extremists_last"]
    fewer = none["extremists_last"] < many["extremists_last"]
    assert_share_at_least("pairs with fewer extremists under strikes", int(more.sum()), int((more | fewer).sum()), 0.9)
    left, before = (rows["extremists_last"][none["collapse_day"] >= 0].mean() for rows in (many, none))
    assert left < 0.2 * before


@pytest.mark.xfail(
    strict=True,
    reason="a mean of .29 of them is left: .06 where the regime falls, .7 where it holds, as it does more often once "
    "the coded ratio of strength is in doubt; .11 without that, with a tempo of 1 and shocks that surprise all alike",
)
def test_12_strikes_leave_a_fifth_of_the_extremists() -> None:
    """Dual opposition: in all runs, three times the strikes leave less than .2 of the extremists that none leave."""
    none, many = runs_under_strikes(0.0), runs_under_strikes(3.0)
    assert many["extremists_last"].mean() < 0.2 * none["extremists_last"].mean()
