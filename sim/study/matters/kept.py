"""Keep answers about what matters in folders of results, and find those that are there."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from sim.ensemble.run.reporter import Reporter
from sim.ensemble.run.work import opened
from sim.ensemble.store.folders import result_folder
from sim.ensemble.store.manifest import store_frames
from sim.ensemble.store.provenance import config_digest, versions
from sim.ensemble.store.results import COMPLETE, ResultsError, check_stored, judged, read_manifest, read_table
from sim.ensemble.store.told import ToldDrawn
from sim.study.matters import discovery, sensitivity
from sim.study.matters.discovery import Discovery
from sim.study.matters.sensitivity import Sensitivity
from sim.study.matters.variants import SCHEMA, VARIANTS, Tornado, Variant, live_variants
from sim.study.sweep import MOST_OUTCOMES
from sim.world.scenario import Scenario


def manifest_of(kind: str, scenario: Scenario, runs: int, digest: str, command: str) -> dict[str, Any]:
    """Return what the manifest of an answer tells.

    Parameters
    ----------
    kind
        What was asked, such as ``sensitivity``.
    scenario, runs
        Of what, and of how many runs.
    digest, command
        Of all that the answer depends on, and what makes it again.
    """
    return {
        "status": COMPLETE,
        "answer": kind,
        "config": scenario.config.model_dump(mode="json") | {"horizon_days": scenario.horizon_days},
        "config_digest": digest,
        "world_digest": scenario.tables.digest,
        "seed": scenario.config.ensemble.seed,
        "runs": runs,
        "command": command,
        "versions": versions(),
        "figures": {},
    }


def digest_of(content: Sequence[object]) -> str:
    """Return a digest of plain values."""
    return hashlib.sha256(json.dumps(list(content)).encode()).hexdigest()


def tornado_of(
    kind: str,
    scenario: Scenario,
    variants: Sequence[Variant],
    runs: int,
    command: str,
    reporter: Reporter | None = None,
) -> Tornado:
    """Return what variants of a scenario change: lived and stored, or read where it is stored already.

    Parameters
    ----------
    kind
        What is asked, such as ``levers``; names the folder.
    scenario, variants, runs, reporter
        As of `sim.study.matters.variants.live_variants`.
    command
        The command that makes it again.
    """
    folder = tornado_folder(kind, scenario, variants, runs)
    manifest = manifest_of(kind, scenario, runs, tornado_digest(scenario, variants, runs), command)
    with opened(folder):
        table = _stored(folder, str(manifest["config_digest"]), len(variants))
        if table is None:
            table = live_variants(scenario, variants, runs, reporter)
            store_frames(folder, manifest, {VARIANTS: table}, {VARIANTS: SCHEMA})
        return Tornado(folder, read_manifest(folder), scenario, table, runs)


def tornado_folder(kind: str, scenario: Scenario, variants: Sequence[Variant], runs: int) -> Path:
    """Return where the answer of `tornado_of` lies."""
    return result_folder(scenario, kind, tornado_digest(scenario, variants, runs))


def tornado_digest(scenario: Scenario, variants: Sequence[Variant], runs: int) -> str:
    """Return a digest of all that the table of variants depends on."""
    return digest_of([config_digest(scenario), runs, *(config_digest(variant.scenario) for variant in variants)])


def _stored(folder: Path, digest: str, variants: int) -> pd.DataFrame | None:
    """Return the table of variants in a folder, None where there is none of this digest."""
    try:
        manifest = read_manifest(folder)
        if manifest.get("config_digest") != digest:
            return None
        path = folder / f"{VARIANTS}.parquet"
        check_stored(path, SCHEMA, judged(folder, manifest, ToldDrawn).tables.get(VARIANTS), variants * MOST_OUTCOMES)
        return read_table(path, SCHEMA)
    except ResultsError:
        return None


def store_sensitivity(found: Sensitivity, folder: Path, manifest: dict[str, Any]) -> None:
    """Write what drives an outcome into a folder; figures stay that were drawn of the same tables."""
    frames = {sensitivity.SENSITIVITY: found.table, sensitivity.PAIRS: found.pairs}
    store_frames(folder, manifest, frames, sensitivity.SCHEMAS)


def store_discovery(found: Discovery, folder: Path, manifest: dict[str, Any]) -> None:
    """Write boxes into a folder; see `store_sensitivity`."""
    frames = {discovery.BOXES: found.boxes, discovery.TRAJECTORY: found.trajectory}
    store_frames(folder, manifest, frames, discovery.SCHEMAS)
