"""Write what a result folder was made from, with what, and how far it is."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import pandas as pd
import pyarrow as pa

from sim.ensemble.store.files import file_digest, write_text
from sim.ensemble.store.parts import write_frame
from sim.ensemble.store.provenance import config_digest, git_state, machine, model_digest, versions
from sim.ensemble.store.results import MANIFEST, SEAL, ResultsError, judged, manifest_digest, read_manifest
from sim.ensemble.store.schema import names_of
from sim.ensemble.store.told import ToldDrawn
from sim.world.scenario import Scenario

Status = Literal["running", "interrupted", "failed", "complete"]


def describe(scenario: Scenario, command: str, workers: int) -> dict[str, Any]:
    """Return the part of a manifest that is known before the first run.

    Parameters
    ----------
    scenario
        What is to be run.
    command
        The command that makes it again.
    workers
        How many workers "auto" means here.
    """
    config = scenario.config.model_dump(mode="json")
    return {
        "config": config | {"horizon_days": scenario.horizon_days},
        "config_digest": config_digest(scenario),
        "world_digest": scenario.tables.digest,
        "living": told_living(scenario),
        "model_digest": model_digest(),
        "names": dataclasses.asdict(names_of(scenario.tables)),
        "seed": scenario.config.ensemble.seed,
        "runs": scenario.config.ensemble.runs,
        "command": command,
        "versions": versions(),
        **git_state(),
        "machine": machine(),
        "workers": workers,
        "started": datetime.now(UTC).isoformat(timespec="seconds"),
        "figures": {},
    }


def told_living(scenario: Scenario) -> dict[str, str] | None:
    """Return who lives the histories of a scenario, null for the engine."""
    return None if scenario.living is None else {"name": scenario.living.name, "digest": scenario.living.digest}


def progress(status: Status, items: str, done: int, chunks_done: int) -> dict[str, Any]:
    """Return the part of a manifest that tells how far a job is.

    Parameters
    ----------
    status
        What became of the command.
    items
        What is counted, such as runs.
    done, chunks_done
        What is stored by now.
    """
    return {"status": status, f"{items}_done": done, "chunks_done": chunks_done}


def speed(items: str, computed: int, seconds: float) -> dict[str, Any]:
    """Return the part of a manifest that tells how fast the last call of the command computed.

    Parameters
    ----------
    items
        What is counted, such as runs.
    computed, seconds
        How many it computed in which time, compiling and writing final tables left out.
    """
    rate = computed / seconds if computed and seconds > 0 else None
    return {f"{items}_computed": computed, "seconds": round(seconds, 3), f"{items}_per_second": rate and round(rate, 3)}


def store_frames(
    folder: Path, manifest: dict[str, Any], frames: Mapping[str, pd.DataFrame], schemas: Mapping[str, pa.Schema]
) -> None:
    """Write tables and their manifest into a folder; figures stay that were drawn of the same tables.

    Parameters
    ----------
    folder, manifest
        Where to, and what they were made from; it is told the digests of the tables.
    frames, schemas
        The tables by name, and their columns.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name, frame in frames.items():
        write_frame(folder / f"{name}.parquet", schemas[name], frame, manifest["config_digest"])
    manifest["tables"] = {name: file_digest(folder / f"{name}.parquet") for name in frames}
    with suppress(ResultsError):
        before = judged(folder, read_manifest(folder), ToldDrawn)
        manifest["figures"] = before.figures if before.tables == manifest["tables"] else {}
    write_manifest(folder, manifest)


def write_manifest(folder: Path, manifest: dict[str, Any]) -> None:
    """Write the manifest of a folder, with a digest of itself, whole or not at all."""
    sealed = manifest | {SEAL: manifest_digest(manifest)}
    write_text(folder / MANIFEST, json.dumps(sealed, indent=2, ensure_ascii=False) + "\n")
