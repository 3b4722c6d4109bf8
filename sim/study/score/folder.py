"""Score the worlds of a command, and keep their scores in a folder: what they were made from, and by which definitions.

A score hangs on more than an ensemble does: on what is recorded to have happened, and on how that is scored. A digest
of each is kept, so that scores that are older than either can be told from those that are not.
"""

from __future__ import annotations

import ast
import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field

from sim.core.outputs import Kind, output
from sim.ensemble.store.folders import DIGEST_LENGTH
from sim.ensemble.store.manifest import store_frames
from sim.ensemble.store.provenance import config_digest, versions
from sim.ensemble.store.results import (
    COMPLETE,
    Results,
    ResultsError,
    check_stored,
    judged,
    read_finished,
    read_table,
)
from sim.ensemble.store.schema import Names, schema_of
from sim.ensemble.store.told import Digest, Figures, Part, Text
from sim.study.score.score import Scores, check_horizons, live, score
from sim.world.catalogue import CONF
from sim.world.frozen import ConfigError
from sim.world.rulebook import rulebook_version
from sim.world.scenario import Scenario
from sim.world.schema import OUTCOMES
from sim.world.tables import Tables, load_tables
from sim.world.text import place

SCORES, BOARD, LEFT_OUT, TILTS, KNOWN = "scores", "board", "left_out", "tilts", "known"
MOST_ROWS = 1_000_000  # of a table: thousands of worlds
KEEPERS = ("folder.py", "stacking.py", "theories.py", "versus.py")  # what a score is does not hang on them


class ScoreRow:
    """An item, a forecast and a rule, in ``scores.parquet``."""

    world: str = output(Kind.TEXT, "", "which world")
    family: str = output(Kind.TEXT, "", "which family of numbers")
    item: str = output(Kind.TEXT, "", "seat or neighbour", "empty for the war as a whole")
    observed: float = output(Kind.INDEX, "of the family", "what happened", "days as shares of the horizon; 1 or 0")
    low: float = output(Kind.INDEX, "of the family", "least that the record allows")
    high: float = output(Kind.INDEX, "of the family", "most that the record allows")
    forecast: str = output(Kind.TEXT, "", "whose forecast", "`model`, `tilted`, or a rival")
    rule: str = output(Kind.TEXT, "", "how it is scored", "`crps`, `brier`, `log_loss`, `rps`, `variation`")
    score: float = output(Kind.INDEX, "of the rule", "the score", "smaller is better; amounts as log10(1 + x)")
    median: float = output(Kind.INDEX, "of the family", "middle of the forecast", "its probability", null="a split")
    low_90: float = output(Kind.INDEX, "of the family", "lower end of its 90 % interval", null="a chance, a split")
    high_90: float = output(Kind.INDEX, "of the family", "upper end", null="a chance, a split")
    pit: float = output(Kind.SHARE, "share", "share of the forecast below what happened", null="a chance, a split")


class BoardRow:
    """A family and a rule, in ``board.parquet``."""

    family: str = output(Kind.TEXT, "", "which family of numbers")
    rule: str = output(Kind.TEXT, "", "how it is scored")
    n: int = output(Kind.COUNT, "items", "how many were scored")
    worlds: int = output(Kind.COUNT, "worlds", "in how many worlds")
    score: float = output(Kind.INDEX, "of the rule", "mean score of the model")
    rival: str = output(Kind.TEXT, "", "best rival on the project's worlds", null="none forecasts every item")
    rival_score: float = output(Kind.INDEX, "of the rule", "its mean score", null="none forecasts every item")
    skill: float = output(Kind.INDEX, "share", "1 - score / rival_score", "the more the better", null="no rival")
    skill_low: float = output(Kind.INDEX, "share", "lower end of its 90 % interval", "over worlds", null="one world")
    skill_high: float = output(Kind.INDEX, "share", "upper end", null="one world")
    verdict: str = output(Kind.TEXT, "", "`beats`, `ties` or `loses` by that interval", null="one world, or no rival")
    tilted: float = output(
        Kind.INDEX, "of the rule", "mean score of weighed runs", "as other countries teach", null="runs are not weighed"
    )
    tilted_skill: float = output(Kind.INDEX, "share", "their skill", null="runs are not weighed, or no rival")
    tilted_low: float = output(Kind.INDEX, "share", "lower end of its 90 % interval", null="one world")
    tilted_high: float = output(Kind.INDEX, "share", "upper end", null="one world")
    mean_forecast: float = output(Kind.INDEX, "of the score", "mean of the medians", null="a split")
    happened: float = output(Kind.INDEX, "of the score", "mean of what happened", null="a split")
    rank_correlation: float = output(
        Kind.INDEX, "", "of medians and what happened, over items", null="nothing varies, or a split"
    )
    bias: float = output(Kind.INDEX, "of the score", "median of median less observed", null="a chance, a split")
    coverage: float = output(Kind.SHARE, "share", "items within the 90 % interval", null="a chance, a split")
    width: float = output(Kind.INDEX, "of the score", "median width of that interval", null="a chance, a split")


class LeftOutRow:
    """A row of the record that is not scored, in ``left_out.parquet``."""

    world: str = output(Kind.TEXT, "", "which world")
    row: str = output(Kind.TEXT, "", "which row of its outcome tables")
    reason: str = output(Kind.TEXT, "", "why it is not scored")


class TiltRow:
    """How far the share of runs with a collapse may be trusted, by what is left out, in ``tilts.parquet``."""

    fold: str = output(Kind.TEXT, "", "what is left out", "empty: nothing")
    intercept: float = output(Kind.INDEX, "log odds", "a", "chance that is supported where half of the runs collapse")
    intercept_error: float = output(Kind.INDEX, "log odds", "its standard error")
    slope: float = output(Kind.INDEX, "", "b", "0: the base rate, 1: the share of runs")
    slope_error: float = output(Kind.INDEX, "", "its standard error")
    gap: float = output(Kind.INDEX, "log odds", "c", "what the gap of judged morale says beside the runs")
    gap_error: float = output(Kind.INDEX, "log odds", "its standard error")
    delay: float = output(Kind.INDEX, "", "k", "by which power of its day a collapse weighs")
    delay_error: float = output(Kind.INDEX, "", "its standard error")
    worlds: int = output(Kind.COUNT, "worlds", "from how many it was learnt")
    intercept_slope: float = output(Kind.INDEX, "log odds", "covariance of a and b")
    intercept_gap: float = output(Kind.INDEX, "log odds²", "covariance of a and c")
    slope_gap: float = output(Kind.INDEX, "log odds", "covariance of b and c")


class KnownRow:
    """What is told of an item with its interval of knowledge, in ``known.parquet``; splits have none."""

    family: str = output(Kind.TEXT, "", "which family of numbers")
    world: str = output(Kind.TEXT, "", "which world")
    fold: str = output(Kind.TEXT, "", "what it is left out with")
    item: str = output(Kind.TEXT, "", "seat or neighbour", "empty for the war as a whole")
    observed: float = output(Kind.INDEX, "of the score", "what happened", "amounts as log10(1 + x); 1 or 0")
    told: float = output(Kind.INDEX, "of the score", "chance, or median of the weighted runs")
    low: float = output(Kind.INDEX, "of the score", "lower end of its 90 % interval of knowledge")
    high: float = output(Kind.INDEX, "of the score", "upper end", "of amounts and days before they are made wider")


ROWS = {SCORES: ScoreRow, BOARD: BoardRow, LEFT_OUT: LeftOutRow, TILTS: TiltRow, KNOWN: KnownRow}
SCHEMAS = {name: schema_of(row, Names()) for name, row in ROWS.items()}


class ToldWorld(Part):
    """What the manifest of scores tells of a world."""

    name: Text
    title: Text
    day0: Text
    horizon_days: int = Field(ge=1)
    runs: int = Field(ge=0)
    config_digest: Digest
    world_digest: Digest
    record_digest: Digest
    names: dict[Text, Text]
    is_seen: bool = False


class ToldScores(Part):
    """What the manifest of scores tells."""

    worlds: Annotated[tuple[ToldWorld, ...], Field(strict=False, min_length=1)]
    scenario: Text
    seed: int
    rulebook: Text
    scoring: Digest
    inputs: Digest
    records: Digest
    config_digest: Digest
    command: str
    tables: dict[Text, Digest]
    figures: Figures


@dataclass(frozen=True, eq=False)
class Scored:
    """Hold the scores of some worlds, and where they lie.

    Parameters
    ----------
    folder
        Where they lie.
    manifest
        What they were made from; ``worlds`` tells each world's names of places and neighbours.
    scores
        By item, by family, and what is left out.
    """

    folder: Path
    manifest: dict[str, Any]
    scores: Scores

    @property
    def worlds(self) -> dict[str, dict[str, Any]]:
        """Return what is told of each world, by name."""
        return {world["name"]: world for world in self.manifest["worlds"]}


def developed_worlds() -> list[tuple[str, Tables]]:
    """Return the project's worlds, with which all was developed."""
    return [(path.stem, load_tables(path.with_suffix(""))) for path in sorted((CONF / "world").glob("*.yaml"))]


def check_scorable(scenarios: Sequence[Scenario]) -> None:
    """Raise ConfigError where worlds cannot be scored together."""
    names = [scenario.config.world.name for scenario in scenarios]
    faults = [f"{name}: named twice; worlds are told apart by the names of their folders" for name in names]
    faults = [fault for i, fault in enumerate(faults) if names[i] in names[:i]]
    faults += [
        f"{scenario.config.world.name}: has no observed.csv, which tells what happened"
        for scenario in scenarios
        if scenario.tables.observed is None
    ]
    if faults or not scenarios:
        raise ConfigError(faults or ["worlds: name at least one"])
    check_horizons(scenarios)


def score_worlds(scenarios: Sequence[Scenario], run: Callable[[Scenario], Results], command: str) -> Scored:
    """Return the scores of worlds; nothing is written yet.

    Parameters
    ----------
    scenarios
        One a world.
    run
        What lives one ensemble, or reads it.
    command
        The command that makes them again.

    Raises
    ------
    ConfigError
        If worlds cannot be scored together.
    """
    check_scorable(scenarios)
    developed = developed_worlds()
    worlds = live(scenarios, run)
    told = [_told(scenario, len(world.runs)) for scenario, world in zip(scenarios, worlds, strict=True)]
    known = provenance(developed)
    digest = _digest(told, known["scoring"], known["records"])
    manifest = {
        "status": COMPLETE,
        "worlds": told,
        "scenario": scenarios[0].config.scenario.name,
        "seed": scenarios[0].config.ensemble.seed,
        **known,
        "config_digest": digest,
        "command": command,
        "versions": versions(),
        "figures": {},
    }
    folder = place(scenarios[0].config.output) / "score" / _name_of(scenarios, digest)
    return Scored(folder, manifest, score(worlds, developed))


def provenance(worlds: Iterable[tuple[str, Tables]]) -> dict[str, str]:
    """Return digests of what scores hang on: rules, definitions, inputs and records of the project's worlds."""
    known = list(worlds)
    return {
        "rulebook": rulebook_version(),
        "scoring": scoring_digest(),
        "inputs": _digest(*((name, tables.digest) for name, tables in known)),
        "records": _digest(*((name, record_digest(tables)) for name, tables in known)),
    }


def scoring_digest() -> str:
    """Return a digest of the definitions of scores: the code of this package but for what keeps them, without words."""
    sources = sorted(Path(__file__).parent.glob("*.py"))
    return _digest(*(_code(path) for path in sources if path.name not in KEEPERS))


def record_digest(tables: Tables) -> str:
    """Return a digest of what is recorded to have happened in a world."""
    found = {schema.name: getattr(tables, schema.name) for schema in OUTCOMES}
    return _digest({name: None if table is None else repr(table.tolist()) for name, table in found.items()})


def store_scores(scored: Scored) -> None:
    """Write scores and their manifest; figures stay that were drawn of the same scores."""
    found = scored.scores
    frames = {SCORES: found.table, BOARD: found.board, LEFT_OUT: found.left_out, TILTS: found.tilts, KNOWN: found.known}
    store_frames(scored.folder, scored.manifest, frames, SCHEMAS)


def open_scores(folder: Path) -> Scored:
    """Return stored scores.

    Parameters
    ----------
    folder
        What the command printed as its last line.

    Raises
    ------
    ResultsError
        If the folder holds no scores, or they are damaged.
    """
    manifest = read_finished(folder, "scoring")
    if "worlds" not in manifest:
        raise ResultsError(folder, "holds no scores", "name folders that score.py printed")
    told = judged(folder, manifest, ToldScores)
    for name, schema in SCHEMAS.items():
        check_stored(folder / f"{name}.parquet", schema, told.tables.get(name), MOST_ROWS)
    tables = (read_table(folder / f"{name}.parquet", schema) for name, schema in SCHEMAS.items())
    return Scored(folder, manifest, Scores(*tables))


def _told(scenario: Scenario, runs: int) -> dict[str, Any]:
    """Return what the manifest tells of a world."""
    header, tables = scenario.tables.header, scenario.tables
    names = dict(tables.locations[["id", "name"]].tolist()) | dict(tables.states[["id", "name"]].tolist())
    return {
        "name": scenario.config.world.name,
        "title": header.title,
        "day0": header.day0.isoformat(),
        "horizon_days": header.horizon_days,
        "runs": runs,
        "config_digest": config_digest(scenario),
        "world_digest": tables.digest,
        "record_digest": record_digest(tables),
        "names": names,
        "is_seen": scenario.posterior is not None and scenario.config.world.name in scenario.posterior.worlds,
    }


def _name_of(scenarios: Sequence[Scenario], digest: str) -> str:
    """Return the name of a folder of scores, with that of the world if it is one."""
    world = f"{scenarios[0].config.world.name}-" if len(scenarios) == 1 else ""
    return f"{world}{scenarios[0].config.scenario.name}-{digest[:DIGEST_LENGTH]}"


def _code(path: Path) -> str:
    """Return a source without comments and docstrings."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list):
            node.body = [part for part in body if not _is_words(part)]  # type: ignore[attr-defined]
    return ast.dump(tree)


def _is_words(node: ast.AST) -> bool:
    """Tell whether a statement is a text that nobody uses."""
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def _digest(*parts: object) -> str:
    """Return a digest of things that JSON can tell."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()
