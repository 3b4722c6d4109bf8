"""What is learnt from worlds whose law is known: the right vectors, no more than history tells, nothing left out."""

import dataclasses

import numpy as np
import pytest
from scipy.stats import rankdata

from sim.study.calibrate.breeding import breed
from sim.study.calibrate.design import from_unit, spread_vectors, to_unit
from sim.study.calibrate.evidence import Case
from sim.study.calibrate.identification import identification
from sim.study.calibrate.learning import FROM_DESIGN, KEPT, NOBODY, learn
from sim.study.calibrate.losses import LOG_LOSS, WEIGHTS, mix_scores
from sim.study.calibrate.recalibration import Curve, fit_curve
from sim.study.calibrate.scoring import curve_table
from sim.study.design import Design
from sim.world.uncertainty import NUMBERS, calibrated_ranges
from tests.study.toy import RANGES, TRUTH, draws, toy_cases

VECTORS = spread_vectors(RANGES, Design.SOBOL, 128, 3)
FALL = list(WEIGHTS).index(LOG_LOSS)


def test_the_parameters_of_a_known_law_are_found() -> None:
    learnt = learn(toy_cases(VECTORS))
    found = identification(RANGES, VECTORS, learnt.posterior, learnt.losses[NOBODY]).set_index("parameter")
    assert found.loc["morale.kap", "is_learnt"]
    assert found.loc["morale.kap", "width"] < 0.4
    assert found.loc["morale.kap", "q05"] < TRUTH[0, 0] < found.loc["morale.kap", "q95"]
    assert abs(found.loc["morale.kap", "median"] - TRUTH[0, 0]) < 0.1
    assert not found.loc["morale.beta", "is_learnt"]
    assert list(found.index) == ["morale.kap", "morale.beta"]


def test_fewer_vectors_are_kept_where_that_pays_left_out() -> None:
    cases = toy_cases(VECTORS)
    learnt = learn(cases)
    curve = curve_table(learnt, cases)
    loss = curve[curve["family"] == "loss"].set_index("share")
    assert loss["score"].idxmin() == KEPT[learnt.kept[-1]] < 1.0
    assert loss["folds"].sum() == len(cases)
    assert loss["is_chosen"].sum() == 1
    assert loss.loc[1.0, "score"] > loss["score"].min() + loss.loc[1.0, "error"]


def test_of_equals_all_are_kept() -> None:
    cases = [
        dataclasses.replace(
            case, chosen=np.tile(case.chosen[:1], (128, 1, 1)), fresh=np.tile(case.fresh[:1], (128, 1, 1))
        )
        for case in toy_cases(VECTORS)
    ]
    assert {KEPT[number] for number in learn(cases).kept} == {1.0}


@pytest.mark.statistical
def test_permuted_outcomes_do_not_beat_the_base_rate() -> None:
    n = 24
    cases = toy_cases(VECTORS, n, pull=3.0)
    base = np.mean([case.items[0].observed for case in cases])
    entropy = -base * np.log(base) - (1.0 - base) * np.log(1.0 - base)  # nothing that knows no outcome does better
    assert fall_left_out(cases) < 0.7 * entropy
    orders = [rankdata(draws(seed, 1, n)[0]).astype(int) - 1 for seed in range(24)]
    permuted = [fall_left_out(toy_cases(VECTORS, n, pull=3.0, order=list(order))) for order in orders]
    error = np.std(permuted, ddof=1) / np.sqrt(len(permuted))
    assert np.mean(permuted) > entropy - 4.3 * error  # one in 100,000
    assert np.mean(permuted) > 1.5 * fall_left_out(cases)


def fall_left_out(cases: list[Case], *, is_seen: bool = False) -> float:
    """Return the log loss of falls, each world left out, or seen as all others are."""
    learnt = learn(cases)
    mixes = [learnt.posterior if is_seen else learnt.mix(fold) for fold in range(len(cases))]
    return float(np.mean([mix_scores(case, mix[None])[0, FALL] for case, mix in zip(cases, mixes, strict=True)]))


@pytest.mark.statistical
def test_a_history_that_can_be_learnt_by_heart_is_not_foretold() -> None:
    n = 12
    left_out, seen, entropies = [], [], []
    for seed in range(24):
        cases = [dataclasses.replace(case) for case in toy_cases(VECTORS, n, pull=3.0)]
        says = draws(300 + seed, len(VECTORS), n) > 0.0  # a vector is sure of each war, for no reason
        for case, sure in zip(cases, says.T, strict=True):
            for runs in (case.chosen, case.fresh):
                runs[:] = runs[:1]
                runs[:, :, 0] = sure[:, None]
        base = np.mean([case.items[0].observed for case in cases])
        entropies.append(-base * np.log(base) - (1.0 - base) * np.log(1.0 - base))
        left_out.append(fall_left_out(cases))
        seen.append(fall_left_out(cases, is_seen=True))
    error = np.std(left_out, ddof=1) / np.sqrt(len(left_out))
    assert np.mean(left_out) > np.mean(entropies) - 4.3 * error  # one in 100,000
    assert np.mean(seen) < np.mean(entropies) - 0.05  # who sees a war can tell it: the promise is not empty


def test_a_fold_never_sees_its_world() -> None:
    cases = toy_cases(VECTORS, 8)
    changed = toy_cases(VECTORS, 8, order=[0, 1, 2, 7, 4, 5, 6, 3])  # worlds 3 and 7 tell another history
    before, after = learn(cases), learn(changed)
    for out, weights in before.weights.items():
        if {3, 7} <= out:
            np.testing.assert_array_equal(weights, after.weights[out])
    only = [*cases[:3], changed[3], *cases[4:]]
    after = learn(only)
    np.testing.assert_array_equal(before.mix(3), after.mix(3))
    assert before.kept[3] == after.kept[3]
    for fold in (0, 1, 2, 4, 5, 6, 7):
        np.testing.assert_array_equal(before.mix(3, fold), after.mix(3, fold))
    assert any((before.losses[frozenset({fold})] != after.losses[frozenset({fold})]).any() for fold in (0, 1, 2))


def test_a_vector_of_which_a_run_failed_is_not_chosen() -> None:
    cases = toy_cases(VECTORS)
    best = int(np.argmin(learn(cases).losses[NOBODY]))
    cases[5].sound[best] = False
    learnt = learn(cases)
    assert not np.isfinite(learnt.losses[NOBODY][best])
    assert all((weights[:, best] == 0.0).all() for weights in learnt.weights.values())
    assert np.isfinite(learnt.left_out).all()


def test_children_are_chosen_only_where_they_were_bred() -> None:
    cases = toy_cases(VECTORS, 6)
    learnt = learn(cases)
    children, own = breed(learnt, RANGES, VECTORS, 16, 1)
    assert children.shape == (16 * 7, 2)
    kept = [VECTORS[learnt.mix(fold) > 0.0] for fold in range(6)]
    for fold, parents in enumerate(kept):
        own_children = children[16 * fold : 16 * (fold + 1)]
        assert abs(own_children[:, 0].mean() - parents[:, 0].mean()) < 0.15
        assert own_children.min() >= 0.0
    together = np.concatenate([VECTORS, children])
    bred = learn(toy_cases(together, 6), [FROM_DESIGN] * len(VECTORS) + own)
    number = np.array([FROM_DESIGN] * len(VECTORS) + own)
    for out, weights in bred.weights.items():
        allowed = {frozenset({fold}): fold for fold in range(6)} | {NOBODY: 6}
        strangers = (number != FROM_DESIGN) & (number != allowed.get(out, -2))
        assert (weights[:, strangers] == 0.0).all()
    assert bred.posterior[number == 6].sum() > 0.0
    again, _ = breed(learnt, RANGES, VECTORS, 16, 1)
    np.testing.assert_array_equal(children, again)


def test_designs_fill_ranges_evenly_on_the_scale_that_is_meant() -> None:
    ranges = {"morale.kap": (0.1, 10.0), "morale.beta": (-1.0, 1.0)}
    vectors = spread_vectors(ranges, Design.SOBOL, 256, 1)
    assert abs(np.median(vectors[:, 0]) - 1.0) < 0.05
    assert abs(np.median(vectors[:, 1])) < 0.02
    np.testing.assert_allclose(from_unit(ranges, to_unit(ranges, vectors)), vectors)
    low, high = np.array(list(ranges.values())).T
    assert (vectors >= low).all()
    assert (vectors <= high).all()


def test_some_thirty_parameters_are_learnt_within_their_limits() -> None:
    ranges = calibrated_ranges()
    assert 25 <= len(ranges) <= 40
    for name, (low, high) in ranges.items():
        least, most = NUMBERS[name].limits
        assert least <= low < high <= most


def test_certainty_that_history_does_not_bear_out_is_taken_back() -> None:
    happened = np.array([1.0, 0.0, 1.0, 0.0] * 10)
    sure = np.where(np.arange(40) % 3 == 0, 0.99, 0.05)
    curve = fit_curve(sure, happened, np.ones(40))
    assert 0.0 < curve.slope < 0.3
    assert 0.3 < curve(0.05) < curve(0.99) < 0.7


def test_chances_that_are_right_stay_as_they_are() -> None:
    p = np.repeat([0.2, 0.5, 0.8], 100)
    happened = np.concatenate([np.arange(100) < 100 * share for share in (0.2, 0.5, 0.8)]).astype(float)
    curve = fit_curve(p, happened, np.ones(300))
    assert curve.slope == pytest.approx(1.0, abs=0.05)
    assert curve.shift == pytest.approx(0.0, abs=0.05)
    assert Curve()(0.3) == pytest.approx(0.3)


def test_one_class_of_outcomes_does_not_run_away() -> None:
    curve = fit_curve(np.full(30, 0.6), np.ones(30), np.ones(30))
    assert 0.6 < curve(0.6) < 0.999
