"""A calibration of real worlds: scored as elsewhere, calibrated where the truth is known, the same on any workers."""

import dataclasses
import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from rich.console import Console

from sim.api import load_scenario
from sim.core.rules import Rules, pack_rules
from sim.ensemble.run.reporter import Reporter
from sim.ensemble.run.work import EnsembleInterruptedError
from sim.ensemble.store.results import ResultsError
from sim.study.calibrate import calibrate as calibrating
from sim.study.calibrate.calibrate import SCOREBOARD, TABLES, Calibration, Effort
from sim.study.calibrate.design import spread_vectors
from sim.study.calibrate.evidence import Case, case_of
from sim.study.calibrate.learning import NOBODY, learn
from sim.study.calibrate.living import Trial, field_of, gather, live_vectors
from sim.study.calibrate.losses import WEIGHTS, by_family, mix_scores, pooled_scores, vector_scores
from sim.study.calibrate.scoring import MIXES, mixed, scores_left_out
from sim.study.cases import open_case
from sim.study.design import Design
from sim.study.score.families import forecast_from
from sim.study.score.folds import Folds
from sim.study.score.forecast import Kind, Sample, scores_of, told, unscaled
from sim.study.score.record import Observation
from sim.study.score.rivals import Known, pooled
from sim.study.score.score import Settings, judge
from sim.tell.calibration import calibrate
from sim.world.frozen import ConfigError
from sim.world.posterior import read_posterior
from sim.world.tables import Tables
from sim.world.uncertainty import calibrated_ranges, numbers_of
from tests.ensemble.small import lines_to
from tests.statistics import assert_distribution, assert_share
from tests.worlds import TEN, changed, scenario_of, tables_of

FIVE = ("iraq_1991", "chad_1990", "liberia_2003", "cote_divoire_2011", "el_salvador_1989")
SMALL = Effort(vectors=16, runs=3, fresh=2)
RULES = {"fall": "log_loss", "seat_falls": "brier", "incident": "brier", "level": "rps", "split": "variation"}


def trial_of(worlds: tuple[str, ...], vectors: np.ndarray, runs: int, fresh: int) -> Trial:
    fields = tuple(field_of(scenario_of(name)) for name in worlds)
    return Trial(fields, tuple(calibrated_ranges()), vectors, runs, fresh, 1)


def cases_of(trial: Trial, tables: dict[str, Tables] | None = None) -> list[Case]:
    numbers = gather(trial, [live_vectors(trial, 0, len(trial.vectors))["outcomes"]])
    return [
        case_of(f.name, (tables or {}).get(f.name, f.tables), Folds.COUNTRY, *numbers[f.name]) for f in trial.fields
    ]


@pytest.fixture(scope="module")
def trial() -> Trial:
    return trial_of(FIVE, spread_vectors(calibrated_ranges(), Design.SOBOL, 16, 1), 3, 2)


@pytest.fixture(scope="module")
def cases(trial: Trial) -> list[Case]:
    return cases_of(trial)


def test_scores_of_vectors_and_mixes_are_those_of_the_score(cases: list[Case]) -> None:
    weights = np.zeros((1, 16))
    weights[0, [2, 3, 5, 11]] = 0.25
    own = vector_scores(cases)
    for w, case in enumerate(cases):
        mixes = mix_scores(case, weights)[0]
        for f, (name, items) in enumerate(zip(WEIGHTS, by_family(case), strict=True)):
            if not items:
                assert np.isnan(mixes[f])
                continue
            rule = RULES.get(name, "crps")
            alone, together = [], []
            for item in items:
                kind = item.family.kind
                values = case.chosen[7][:, item.columns]
                said = forecast_from(kind, values if kind is Kind.SPLIT else values[:, 0])
                alone.append(fair(said, item.seen, kind, rule))
                mix = mixed(case, item, weights[0])
                if isinstance(mix, Sample):  # as it is, not as a sample of itself
                    mix = dataclasses.replace(mix, is_drawn=False)
                together.append(scores_of(mix, item.seen, kind)[rule])
            assert own[7, w, f] == pytest.approx(np.mean(alone), abs=1e-6), name
            assert mixes[f] == pytest.approx(np.mean(together), abs=1e-6), name


def fair(said: object, seen: Observation, kind: Kind, rule: str) -> float:
    """Return a score; that of levels as of a sample."""
    if kind is Kind.LEVEL:
        counts = np.round(said.probabilities * SMALL.runs).astype(int)
        said = Sample(np.repeat(np.arange(len(counts), dtype=float), counts), is_drawn=True)
        return scores_of(said, seen, Kind.SHARE)["crps"]
    return scores_of(said, seen, kind)[rule]


def test_a_run_that_failed_leaves_its_vector_out_everywhere(trial: Trial) -> None:
    numbers = gather(trial, [live_vectors(trial, 0, len(trial.vectors))["outcomes"]])
    numbers["chad_1990"][1][4, 1] = np.nan
    cases = [case_of(f.name, f.tables, Folds.COUNTRY, *numbers[f.name]) for f in trial.fields]
    learnt = learn(cases)
    assert all(weights[:, 4].sum() == 0.0 for weights in learnt.weights.values())
    assert np.isfinite(learnt.left_out).all()
    told_of = forecasts(cases, {})
    assert told_of["score"].notna().all()


def test_pooled_scores_are_those_of_the_rival(cases: list[Case]) -> None:
    folds = np.arange(len(cases))
    trained = np.array([[True] * 5, [True, False, True, True, True]])
    found = pooled_scores(cases, trained, folds)
    for t, inside in enumerate(trained):
        for w, case in enumerate(cases):
            for f, (name, items) in enumerate(zip(WEIGHTS, by_family(case), strict=True)):
                if name == "split" or not items:
                    continue
                others = [
                    Known(other.facts, item.seen)
                    for v, other in enumerate(cases)
                    if v != w and inside[v]
                    for item in by_family(other)[f]
                ]
                said = [pooled(i.family.kind, others, Known(case.facts, i.seen)) for i in items]
                if None in said:
                    assert np.isnan(found[t, w, f])
                    continue
                kind, rule = items[0].family.kind, RULES.get(name, "crps")
                scores = [scores_of(one, i.seen, kind)[rule] for one, i in zip(said, items, strict=True)]
                assert found[t, w, f] == pytest.approx(np.mean(scores), abs=1e-9), name


def test_nothing_that_is_said_of_a_world_changes_with_its_history(trial: Trial, cases: list[Case]) -> None:
    name = "chad_1990"
    tables = tables_of(name)
    observed = tables.observed
    other = changed(observed, value=np.where(observed["value"] > 1.5, 0.3 * observed["value"], 1.0 - observed["value"]))
    other = changed(other, low=np.nan, high=np.nan)
    again = cases_of(trial, {name: dataclasses.replace(tables, observed=other)})
    before, after = (
        forecasts(some, {name: t})
        for some, t in ((cases, tables), (again, dataclasses.replace(tables, observed=other)))
    )
    told_of = ["family", "item", "forecast", "rule"]
    here = before[before["world"] == name].merge(
        after[after["world"] == name], on=told_of, suffixes=("", "_after"), how="inner"
    )
    assert set(here["forecast"]) >= set(MIXES)
    assert len(here) > 30
    for column in ("median", "low_90", "high_90"):
        pd.testing.assert_series_equal(here[column], here[f"{column}_after"], check_names=False)
    assert (here["score"] != here["score_after"]).any()
    for forecast in ("recalibrated", "tilted"):
        elsewhere = [
            some[(some["world"] != name) & (some["forecast"] == forecast)]["median"].to_numpy()
            for some in (before, after)
        ]
        assert not np.array_equal(*elsewhere)  # the others do learn from it


def forecasts(cases: list[Case], tables: dict[str, Tables]) -> pd.DataFrame:
    judged = [judge(case.name, tables.get(case.name, tables_of(case.name)), Settings()) for case in cases]
    return scores_left_out(learn(cases), cases, judged)


@pytest.mark.statistical
def test_what_the_model_draws_is_scored_as_calibrated() -> None:
    """Outcomes of the model at a known vector, among forecasts by other runs of it."""
    truth = numbers_of(pack_rules(Rules()), list(calibrated_ranges()))
    runs, replicates = 200, 60
    cases = cases_of(trial_of(TEN, truth, replicates, runs))
    covered, pits, expected, happened, spread = 0, dict[str, list[float]](), 0.0, 0, 0.0
    for case in cases:
        killed, fall = (next(i for i in case.items if i.name == name) for name in ("killed", "fall"))
        for value in case.chosen[0][:, killed.columns.start]:
            amount = unscaled(Kind.AMOUNT, value)
            short = told(mixed(case, killed, np.ones(1)), Observation("", "", amount, amount, amount), Kind.AMOUNT)
            pits.setdefault(case.name, []).append(short.pit)
            covered += short.low <= value <= short.high
        p = case.fresh[0][:, fall.columns.start].mean()
        expected += replicates * p
        happened += case.chosen[0][:, fall.columns.start].sum()
        spread += replicates * (1.0 + replicates / runs) * p * (1.0 - p)  # of the outcomes, and of what is said
    assert_share("coverage of 90 % intervals", covered, replicates * len(cases), 0.895)  # which 200 runs reach
    for world, found in pits.items():  # each by itself: runs of one number share draws in all worlds
        assert_distribution(f"PIT in {world}", np.array(found), lambda x: x)
    assert abs(happened - expected) < 4.4 * np.sqrt(spread)


def run(
    folder: Path,
    *,
    workers: int = 1,
    executor: str = "thread",
    effort: Effort = SMALL,
    reporter: Reporter | None = None,
) -> Calibration:
    settings = {"ensemble.workers": workers, "executor": executor}
    scenarios = [load_scenario("as_recorded", settings, name) for name in FIVE]
    return calibrate(scenarios, effort, folder, "python experiments/calibrate.py", reporter)


def stored(folder: Path) -> dict[str, bytes]:
    names = [*(f"{name}.parquet" for name in ("outcomes", *TABLES)), "posterior.json", SCOREBOARD]
    return {name: (folder / name).read_bytes() for name in names}


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Calibration:
    return run(tmp_path_factory.mktemp("calibration"))


def test_one_worker_and_three_leave_the_same_bytes(finished: Calibration, tmp_path: Path) -> None:
    run(tmp_path, workers=3)
    assert stored(tmp_path) == stored(finished.folder)


@pytest.mark.slow
def test_processes_leave_the_same_bytes(finished: Calibration, tmp_path: Path) -> None:
    run(tmp_path, workers=2, executor="process")
    assert stored(tmp_path) == stored(finished.folder)


class Stopping(Reporter):
    """Stop a job when some of it is done."""

    def __init__(self) -> None:
        super().__init__(Console(quiet=True))

    @contextmanager
    def count(self, items: str, total: int, done: int) -> Iterator[Callable[[int], None]]:
        with super().count(items, total, done):

            def advance(_: int) -> None:
                raise KeyboardInterrupt

            yield advance


def test_a_stopped_calibration_goes_on(finished: Calibration, tmp_path: Path) -> None:
    with pytest.raises(EnsembleInterruptedError, match="vectors are stored"):
        run(tmp_path, reporter=Stopping())
    stream = io.StringIO()
    run(tmp_path, reporter=lines_to(stream))
    assert "going on from there" in stream.getvalue()
    assert stored(tmp_path) == stored(finished.folder)


def test_what_is_stored_is_read_and_judged_anew_by_other_code(
    finished: Calibration, monkeypatch: pytest.MonkeyPatch
) -> None:
    stream, before = io.StringIO(), stored(finished.folder)
    run(finished.folder, reporter=lines_to(stream))
    assert "16 vectors are stored already" in stream.getvalue()
    monkeypatch.setattr(calibrating, "study_digest", lambda: "0" * 64)
    again = run(finished.folder, reporter=lines_to(stream))
    assert again.manifest["study_digest"] == "0" * 64
    assert again.manifest.get("vectors_computed") in (None, 0, 16)
    after = stored(finished.folder)
    assert {n: b for n, b in after.items() if n.endswith(".parquet")} == {
        n: b for n, b in before.items() if n.endswith(".parquet")
    }


def test_the_file_of_a_posterior_holds_the_kept(finished: Calibration) -> None:
    learnt = read_posterior(finished.file)
    assert learnt.names == list(calibrated_ranges())
    assert set(learnt.theories) == {"contest.form", "morale.form", "patronage.form"}
    np.testing.assert_allclose(learnt.vectors, finished.posterior[learnt.names], rtol=1e-5)
    assert learnt.weights.sum() == pytest.approx(1.0)
    assert learnt.rulebook == finished.manifest["rulebook"]
    assert finished.vectors["weight"].sum() == pytest.approx(1.0)
    assert set(finished.board["mix"]) == set(MIXES)
    assert finished.file.stat().st_size < 300_000


def test_a_calibration_is_no_ensemble(finished: Calibration) -> None:
    with pytest.raises(ResultsError, match="holds a calibration, not an ensemble"):
        open_case(finished.folder)


def test_breeding_adds_vectors_for_each_fold(tmp_path: Path) -> None:
    found = run(tmp_path, effort=dataclasses.replace(SMALL, bred=2))
    assert len(found.vectors) == 16 + 2 * 6
    assert found.manifest["vectors_tried"] == 28


def test_what_cannot_be_learnt_from_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="2 folds are too few to learn from"):
        calibrate([scenario_of(name) for name in FIVE[:2]], SMALL, tmp_path, "")
    with pytest.raises(ConfigError, match="history of liberia_2003 is told for 100 days"):
        calibrate([scenario_of("liberia_2003", days=20)], SMALL, tmp_path, "")
    with pytest.raises(ConfigError, match="sobol is balanced at powers of two"):
        calibrate([scenario_of(name) for name in FIVE], Effort(vectors=10), tmp_path, "")
    with pytest.raises(ConfigError, match="two have the same name"):
        calibrate([scenario_of(name) for name in (*FIVE, FIVE[0])], SMALL, tmp_path, "")


def test_the_loss_of_all_worlds_is_the_one_that_ranks(cases: list[Case]) -> None:
    learnt = learn(cases)
    losses, weights = learnt.losses[NOBODY], learnt.posterior
    assert losses[weights > 0.0].max() <= losses[weights == 0.0].min(initial=np.inf)
