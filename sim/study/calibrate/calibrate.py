"""Learn parameters from worlds whose history is known: what is tried, what is left, and where it goes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
from rich.console import Console

from sim.ensemble.run.chunks import CHUNKS_PER_WORKER
from sim.ensemble.run.executors import count_workers, leave_if_read_by_worker
from sim.ensemble.run.reporter import Reporter
from sim.ensemble.run.work import EnsembleError, Work, compute, make_ready, opened, recorded
from sim.ensemble.store import parts as store
from sim.ensemble.store.depot import depot_of
from sim.ensemble.store.files import file_digest, write_text
from sim.ensemble.store.folders import DIGEST_LENGTH
from sim.ensemble.store.manifest import describe
from sim.ensemble.store.parts import Shelf
from sim.ensemble.store.provenance import config_digest
from sim.ensemble.store.results import (
    COMPLETE,
    ResultsError,
    check_stored,
    judged,
    read_finished,
    read_manifest,
    read_table,
)
from sim.ensemble.store.told import ToldCalibration
from sim.study.calibrate.breeding import breed
from sim.study.calibrate.design import spread_vectors
from sim.study.calibrate.evidence import Case, case_of, items_of
from sim.study.calibrate.identification import identification
from sim.study.calibrate.learning import FROM_DESIGN, KEPT, NOBODY, Learnt, learn
from sim.study.calibrate.living import OUTCOMES, Trial, field_of, gather, live_vectors, rows_of, schema_of
from sim.study.calibrate.losses import WEIGHTS
from sim.study.calibrate.scoring import boards, curve_table, curves_without, scores_left_out, tilt_without
from sim.study.design import Design
from sim.study.score.folds import Folds
from sim.study.score.score import COLUMNS as SCORE_COLUMNS
from sim.study.score.score import Settings, check_horizons, judge
from sim.world.config import ExecutorConfig
from sim.world.frozen import ConfigError
from sim.world.rulebook import rulebook_version
from sim.world.scenario import Scenario
from sim.world.text import place
from sim.world.uncertainty import calibrated_ranges

VECTORS, POSTERIOR, SCORES, BOARD, CURVE, IDENTIFICATION = (
    "vectors",
    "posterior",
    "scores",
    "board",
    "curve",
    "identification",
)
TEXT, NUMBER, COUNT = pa.string(), pa.float64(), pa.int64()
_COLUMNS = {
    SCORES: dict(zip(SCORE_COLUMNS, [TEXT] * 3 + [NUMBER] * 3 + [TEXT] * 2 + [NUMBER] * 5, strict=True)),
    BOARD: {
        **dict.fromkeys(("mix", "family", "rule"), TEXT),
        **dict.fromkeys(("n", "worlds"), COUNT),
        "score": NUMBER,
        "rival": TEXT,
        "rival_score": NUMBER,
        **dict.fromkeys(("skill", "skill_low", "skill_high"), NUMBER),
        "verdict": TEXT,
        **dict.fromkeys(("bias", "coverage", "width", "rank_correlation", "mean_forecast", "happened"), NUMBER),
    },
    CURVE: {
        "share": NUMBER,
        "family": TEXT,
        "score": NUMBER,
        "error": NUMBER,
        "worlds": COUNT,
        "folds": COUNT,
        "is_chosen": pa.bool_(),
    },
    IDENTIFICATION: {
        "parameter": TEXT,
        **dict.fromkeys(("low", "high", "q05", "median", "q95", "width"), NUMBER),
        "is_learnt": pa.bool_(),
        "rank_correlation": NUMBER,
    },
}
TABLES = (VECTORS, POSTERIOR, *_COLUMNS)
"""Tables beside that of outcomes."""

LEARNT_FILE, SCOREBOARD = "posterior.json", "scoreboard.md"
MOST_ROWS = 1_000_000  # of any table but that of outcomes and of vectors
FEWEST_FOLDS = 3  # one is left out, one more by the inner loop, and something has to be learnt from
IN_A_PART = 32  # vectors; what is scored is read from the tables of a part at once, at a cost that hardly grows with it
DIGITS = 6  # of a parameter in the file of a posterior
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Effort:
    """Say how hard one looks; the same for every structure that is compared.

    Parameters
    ----------
    design, vectors
        How vectors are spread over the ranges, and how many: for ``sobol`` a power of two.
    runs, fresh
        Runs of each vector in each world that choose, and those, with other draws, that score.
    bred
        How many further vectors are bred around the kept for each fold; 0 for none.
    folds
        What is left out at a time.
    """

    design: Design = Design.SOBOL
    vectors: int = 2048
    runs: int = 8
    fresh: int = 4
    bred: int = 0
    folds: Folds = Folds.COUNTRY


@dataclass(frozen=True, eq=False)
class Calibration:
    """Hold a finished calibration.

    Parameters
    ----------
    folder, manifest
        Where it lies, and what it was made from.
    vectors
        A row for each vector: its number, the parameters, its ``loss`` over all worlds and its ``weight``.
    posterior
        Those with a weight.
    scores, board
        Left out: a row for each item, forecast and rule; one for each mix, family and rule, beside the best rival.
    curve
        What each kept share gives, left out.
    identification
        What was learnt about each parameter.
    """

    folder: Path
    manifest: dict[str, Any]
    vectors: pd.DataFrame
    posterior: pd.DataFrame
    scores: pd.DataFrame
    board: pd.DataFrame
    curve: pd.DataFrame
    identification: pd.DataFrame

    @property
    def file(self) -> Path:
        """Return what `uncertainty.file` takes."""
        return self.folder / LEARNT_FILE


def calibration_digest(scenarios: Sequence[Scenario], effort: Effort) -> str:
    """Return a digest of everything that the outcomes depend on.

    Parameters
    ----------
    scenarios, effort
        See `calibrate`.
    """
    content = {
        "worlds": [config_digest(scenario) for scenario in scenarios],
        "items": _items(scenarios),
        "parameters": calibrated_ranges(),
        "effort": asdict(effort),
    }
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def _items(scenarios: Sequence[Scenario]) -> dict[str, list[str]]:
    """Return what is scored in each world, in the order of the columns of outcomes."""
    return {
        scenario.config.world.name: [f"{item.name}/{item.seen.item}" for item in items_of(scenario.tables)]
        for scenario in scenarios
    }


def calibration_folder(scenarios: Sequence[Scenario], effort: Effort) -> Path:
    """Return where a calibration goes.

    Parameters
    ----------
    scenarios, effort
        See `calibrate`.
    """
    name = f"{len(scenarios)}-worlds-{calibration_digest(scenarios, effort)[:DIGEST_LENGTH]}"
    return place(scenarios[0].config.output) / "calibrate" / name


def check_calibration(scenarios: Sequence[Scenario], effort: Effort) -> None:
    """Raise ConfigError where nothing can be learnt.

    Parameters
    ----------
    scenarios, effort
        See `calibrate`.
    """
    check_horizons(scenarios)
    faults = []
    if any(scenario.is_uncertain for scenario in scenarios):
        faults.append("uncertainty: every run of a calibration has the parameters of its vector; leave it at none")
    names = [scenario.config.world.name for scenario in scenarios]
    if len(set(names)) < len(names):
        faults.append("worlds: two have the same name; give the folder of one another name")
    countries = {scenario.tables.header.contested_state for scenario in scenarios}
    folds = countries if effort.folds is Folds.COUNTRY else set(names)
    if len(folds) < FEWEST_FOLDS:
        faults.append(f"worlds: {len(folds)} folds are too few to learn from; name worlds of {FEWEST_FOLDS} or more")
    if faults:
        raise ConfigError(faults)
    spread_vectors(calibrated_ranges(), effort.design, effort.vectors, 0)


def calibrate(
    scenarios: Sequence[Scenario],
    effort: Effort,
    folder: Path,
    command: str,
    page: Callable[[Calibration], str],
    reporter: Reporter | None = None,
) -> Calibration:
    """Return what history has left of the ranges of parameters: computed, completed, or read where it is stored.

    Parameters
    ----------
    scenarios
        One a world, over the world's own horizon; what is not calibrated is as they give it.
    effort, folder
        How hard one looks; where it goes, one folder for one calibration.
    command
        The command that makes it again.
    page
        Returns the scoreboard that stands beside the tables; no calibration is complete before it is written.
    reporter
        Who tells a person how far it is; nobody by default.

    Raises
    ------
    ConfigError
        If nothing can be learnt.
    EnsembleError
        If the folder cannot be written, is in use, or a worker process died. What is computed is kept.
    """
    check_calibration(scenarios, effort)
    leave_if_read_by_worker(scenarios[0].config.executor)
    ranges, seed = calibrated_ranges(), scenarios[0].config.ensemble.seed
    vectors = spread_vectors(ranges, effort.design, effort.vectors, seed)
    trial = Trial(tuple(map(field_of, scenarios)), tuple(ranges), vectors, effort.runs, effort.fresh, seed)
    shelf = _shelf(folder, calibration_digest(scenarios, effort), trial)
    told, depot = _told(scenarios, effort, shelf.digest, command), depot_of(scenarios[0].config.executor, shelf)
    work = Work(shelf, effort.vectors, told, reporter or Reporter(Console(quiet=True)), depot)
    with opened(folder):
        return _stored(work) or _run(work, scenarios, effort, trial, page)


def _shelf(folder: Path, digest: str, trial: Trial) -> Shelf:
    """Return where the outcomes of vectors go."""
    return Shelf(folder, digest, {OUTCOMES: schema_of(trial)}, by="vector", most={OUTCOMES: rows_of(trial)})


def _told(scenarios: Sequence[Scenario], effort: Effort, digest: str, command: str) -> dict[str, Any]:
    """Return what the manifest tells: what it would of an ensemble in the first world, and more."""
    first = scenarios[0]
    return describe(first, command, count_workers(first.config.ensemble.workers)) | {
        "config_digest": digest,
        "study_digest": study_digest(),
        "worlds": {scenario.config.world.name: scenario.tables.digest for scenario in scenarios},
        "items": _items(scenarios),
        "parameters": calibrated_ranges(),
        "effort": asdict(effort),
        "weights": WEIGHTS,
        "kept": KEPT,
    }


def study_digest() -> str:
    """Return a digest of the code that scores and chooses, with which stored outcomes are judged anew."""
    digest = hashlib.sha256()
    for room in ("score", "calibrate"):
        for path in sorted((Path(__file__).parents[1] / room).glob("*.py")):
            digest.update(path.read_bytes())
    return digest.hexdigest()


def _stored(work: Work) -> Calibration | None:
    """Return the calibration in a folder if it is complete, None where there is something to do."""
    folder, shelf = work.shelf.folder, work.shelf
    try:
        manifest = read_manifest(folder)
    except ResultsError:
        return None
    if manifest.get("config_digest") != shelf.digest:
        message = f"{folder}: holds another calibration; name another place with output=DIR"
        raise EnsembleError(message)
    if manifest.get("status") != COMPLETE:
        return None
    work.clear()
    try:
        told = judged(folder, manifest, ToldCalibration)
        _check(folder, told, OUTCOMES, shelf.schemas[OUTCOMES], shelf.most[OUTCOMES] * told.vectors_tried)
    except ResultsError as error:
        work.reporter.note(f"{error.fault}: computing again")
        return None
    try:
        found = load_calibration(folder)
    except ResultsError as error:
        work.reporter.note(f"{error.fault}: judging what is stored again")
    else:
        if told.study_digest == work.manifest["study_digest"]:
            work.reporter.note(f"{told.vectors_tried:,} vectors are stored already; nothing is computed")
            return found
    store.adopt_final(shelf, told.vectors_tried)
    return None


def _run(
    work: Work, scenarios: Sequence[Scenario], effort: Effort, trial: Trial, page: Callable[[Calibration], str]
) -> Calibration:
    """Live what is missing, learn from it, and write the tables."""
    work.resume()
    ranges = calibrated_ranges()
    own: list[int] | None = None
    with recorded(work):
        _compute(work, scenarios[0].config.executor, trial)
        if effort.bred:
            learnt = learn(_cases(work, effort, trial))
            more, folds = breed(learnt, ranges, trial.vectors, effort.bred, trial.seed)
            own = [FROM_DESIGN] * len(trial.vectors) + folds
            trial = replace(trial, vectors=np.concatenate([trial.vectors, more]))
            work.total = len(trial.vectors)
            _compute(work, scenarios[0].config.executor, trial)
        work.reporter.note("learning with each fold left out")
        cases = _cases(work, effort, trial)
        learnt = learn(cases, own)
        store.merge_parts(work.shelf, sorted(work.parts))
        _write(work, scenarios, effort, trial, cases, learnt)
        found = _read(work.shelf.folder, work.manifest)
        write_text(found.folder / SCOREBOARD, page(found))
        work.write(COMPLETE)
    work.clear()
    return found


def _compute(work: Work, executor: ExecutorConfig, trial: Trial) -> None:
    """Live every vector that is not stored yet."""
    if not any(store.missing_parts(sorted(work.parts), work.total, work.total)):
        return
    make_ready(trial.fields[0].job, work.reporter)
    compute(work, executor, partial(live_vectors, trial), partial(_part, work.total))


def _part(vectors: int, workers: int) -> int:
    """Return how many of some vectors make a part."""
    return max(1, min(IN_A_PART, vectors // (CHUNKS_PER_WORKER * workers)))


def _cases(work: Work, effort: Effort, trial: Trial) -> list[Case]:
    """Return what the stored vectors did in every world."""
    numbers = gather(trial, store.read_parts(work.shelf, work.parts, OUTCOMES))
    return [case_of(f.name, f.tables, effort.folds, *numbers[f.name]) for f in trial.fields]


def _write(
    work: Work, scenarios: Sequence[Scenario], effort: Effort, trial: Trial, cases: Sequence[Case], learnt: Learnt
) -> None:
    """Write the tables of a calibration, and the file of its posterior; the manifest tells their digests."""
    settings, folder, ranges = Settings(folds=effort.folds, seed=trial.seed), work.shelf.folder, calibrated_ranges()
    judged = [judge(field.name, field.tables, settings) for field in trial.fields]
    scores = scores_left_out(learnt, cases, judged)
    losses, weights = learnt.losses[NOBODY], learnt.posterior
    vectors = pd.DataFrame(trial.vectors, columns=list(ranges))
    vectors.insert(0, "vector", np.arange(len(vectors)))
    vectors = vectors.assign(loss=np.where(np.isfinite(losses), losses, np.nan), weight=weights)
    tables = {
        VECTORS: vectors,
        POSTERIOR: vectors[weights > 0.0].reset_index(drop=True),
        SCORES: scores,
        BOARD: boards(scores, settings.resamples, settings.seed),
        CURVE: curve_table(learnt, cases),
        IDENTIFICATION: identification(ranges, trial.vectors, weights, losses),
    }
    for name, schema in schemas(list(ranges)).items():
        store.write_frame(folder / f"{name}.parquet", schema, tables[name], work.shelf.digest)
    told = {
        "vectors_tried": len(vectors),
        "vectors_failed": int((~np.isfinite(losses)).sum()),
        "kept_share": KEPT[learnt.kept[-1]],
        "recalibration": {name: asdict(curve) for name, curve in curves_without(learnt, cases, None).items()},
        "tilt": asdict(tilt_without(learnt, cases, None)),
        "rulebook": rulebook_version(),
    }
    work.manifest |= told
    write_text(folder / LEARNT_FILE, posterior_text(tables[POSTERIOR], work.manifest, scenarios[0]))
    digests = {name: file_digest(folder / f"{name}.parquet") for name in (OUTCOMES, *TABLES)}
    work.manifest["tables"] = digests


def posterior_text(posterior: pd.DataFrame, manifest: Mapping[str, Any], scenario: Scenario) -> str:
    """Return the file that `uncertainty.file` takes: numbers, and what they depend on.

    Parameters
    ----------
    posterior
        Vectors with their weights.
    manifest
        Of the calibration.
    scenario
        Any of its scenarios: with other theories than it follows the file is refused.
    """
    names = list(manifest["parameters"])
    keys = ("worlds", "effort", "seed", "kept_share", "recalibration", "model_digest", "study_digest")
    head = {
        "command": manifest["command"],
        "rulebook": manifest["rulebook"],
        "theories": scenario.config.theories(),
        "parameters": manifest["parameters"],
        "made_of": {key: manifest[key] for key in keys},
    }
    rows = [[float(f"{value:.{DIGITS}g}") for value in row] for row in posterior[names].itertuples(index=False)]
    lines = ",\n".join(f"  {json.dumps(row)}" for row in rows)
    weights = json.dumps([float(f"{weight:.{DIGITS}g}") for weight in posterior["weight"]])
    opening = json.dumps(head, indent=1, ensure_ascii=False).removesuffix("\n}")
    return f'{opening},\n "weights": {weights},\n "vectors": [\n{lines}\n ]\n}}\n'


def load_calibration(folder: Path) -> Calibration:
    """Return the finished calibration in a folder; raise ResultsError where there is none."""
    manifest = read_finished(folder, "calibration")
    told = judged(folder, manifest, ToldCalibration)
    for name, schema in schemas(list(told.parameters)).items():
        _check(folder, told, name, schema, max(MOST_ROWS, told.vectors_tried))
    return _read(folder, manifest)


def _check(folder: Path, told: ToldCalibration, name: str, schema: pa.Schema, most: int) -> None:
    """Raise ResultsError where a table is not the one that a manifest tells of, or holds more than it can."""
    check_stored(folder / f"{name}.parquet", schema, told.tables.get(name), most)


def _read(folder: Path, manifest: dict[str, Any]) -> Calibration:
    """Return a calibration from its tables, which have been checked or just been written."""
    columns = schemas(list(manifest["parameters"]))
    frames = {name: read_table(folder / f"{name}.parquet", schema) for name, schema in columns.items()}
    return Calibration(folder, manifest, **frames)


def schemas(parameters: Sequence[str]) -> dict[str, pa.Schema]:
    """Return the columns of the tables beside that of outcomes.

    Parameters
    ----------
    parameters
        Names of those that are learnt.
    """
    numbers = {**dict.fromkeys(parameters, pa.float64()), "loss": pa.float64(), "weight": pa.float64()}
    vectors = {"vector": pa.int64(), **numbers}
    return {name: pa.schema(columns) for name, columns in {VECTORS: vectors, POSTERIOR: vectors, **_COLUMNS}.items()}
