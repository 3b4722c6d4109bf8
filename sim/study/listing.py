"""List the result folders that there are: what each asked, how it differs from the usual, and how far it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd

from sim.ensemble.store.results import COMPLETE, MANIFEST, ResultsError, read_manifest, state_of
from sim.study.labels import settings_in_words
from sim.world.catalogue import CONF, choice
from sim.world.config import read_config
from sim.world.faults import WorldError, shown
from sim.world.frozen import ConfigError
from sim.world.header import read_header
from sim.world.text import place

COLUMNS = ("folder", "kind", "name", "question", "differs", "runs", "date", "state")


def list_results(output: Path | str = "results") -> pd.DataFrame:
    """Return a row for each result folder, the youngest first.

    Parameters
    ----------
    output
        Where results go, as the setting of this name says.
    """
    manifests = sorted(place(output).glob(f"*/*/{MANIFEST}"))
    rows = [_row(manifest.parent, manifest.stat().st_mtime) for manifest in manifests]
    table = pd.DataFrame(rows, columns=list(COLUMNS)).astype({"runs": "Int64"})
    return table.sort_values(["date", "folder"], ascending=[False, True], ignore_index=True)


def _row(folder: Path, changed: float) -> dict[str, Any]:
    """Return what a folder tells about itself."""
    row: dict[str, Any] = {"folder": str(folder), "kind": folder.parent.name, "name": folder.name}
    row["date"] = f"{datetime.fromtimestamp(changed, UTC):%Y-%m-%d %H:%M}"
    try:
        manifest = read_manifest(folder)
    except ResultsError as error:
        return row | {"state": shown(error.fault.removeprefix(f"{folder}: "))}
    config = manifest.get("config") or {}
    scenario = config.get("scenario") or {}
    names = [str(case["name"]) for case in manifest.get("cases", [])]
    return row | {
        "name": " beside ".join(names) or scenario.get("name", folder.name),
        "question": scenario.get("question", ""),
        "differs": ", ".join(_differences(config)),
        "runs": manifest.get("runs"),
        "state": _state(folder, manifest),
    }


def _state(folder: Path, manifest: Mapping[str, Any]) -> str:
    """Return how far something is, in words; what nobody writes any more was interrupted."""
    keys = ("runs_done", "points_done", "vectors_done")
    done = next((f", {manifest[key]:,} {key[:-5]}" for key in keys if key in manifest), "")
    status = state_of(folder, manifest)
    return status if status == COMPLETE else f"{status}{done}"


def _differences(config: Mapping[str, Any]) -> Iterator[str]:
    """Yield the settings that are not as they are where nothing is set: the world, and what is asked of it."""
    world, scenario = config.get("world"), config.get("scenario")
    if not (isinstance(world, Mapping) and isinstance(scenario, Mapping)):
        return
    try:
        usual = read_config({"world": world, "scenario": _named(scenario)}).model_dump(mode="json")
        usual["horizon_days"] = read_header(_folder(world)).header.horizon_days
    except (ConfigError, WorldError):  # it was made with another version, or elsewhere
        return
    yield f"world={world['path'] or world['name']}"
    words = settings_in_words(usual)
    yield from (text for key, text in settings_in_words(config).items() if words.get(key) != text)


def _named(scenario: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the project's scenario of a name, or the one that is given."""
    try:
        return choice("scenario", str(scenario.get("name")))
    except ConfigError:
        return {"name": scenario.get("name"), "question": scenario.get("question")}


def _folder(world: Mapping[str, Any]) -> Path:
    """Return where the tables of a world lie."""
    return place(world["path"]) if world.get("path") else CONF / "world" / str(world["name"])
