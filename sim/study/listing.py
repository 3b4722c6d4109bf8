"""List the result folders that lie in a place: what each is about, what it differs in, and how far it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from sim.ensemble.store.results import MANIFEST, ResultsError, judged, read_manifest, state_of
from sim.ensemble.store.told import Told
from sim.study.cases import setting_text, settings_of
from sim.world.catalogue import USUAL_WORLD, given_values, well_named
from sim.world.config import RunConfig, read_config
from sim.world.frozen import ConfigError

KINDS = ("run", "sweep", "compare")
COLUMNS = ("folder", "kind", "name", "question", "differs", "runs", "date", "state")
MOST_DIFFERENCES = 4  # that are told one by one


def list_results(output: Path) -> pd.DataFrame:
    """Return a row for each result folder, the latest first.

    Parameters
    ----------
    output
        Folder for all results, as the setting ``output`` names it.

    Returns
    -------
    pd.DataFrame
        Columns ``folder``, ``kind`` (the script), ``name``, ``question``, ``differs`` (what is set otherwise than by
        default), ``runs``, ``date`` and ``state`` (``complete``, ``running``, ``interrupted``, ``failed``, or what is
        wrong with it).
    """
    found = (path.parent for kind in KINDS for path in output.glob(f"{kind}/*/{MANIFEST}"))
    rows = [{"folder": str(folder), "kind": folder.parent.name, **_row(folder)} for folder in found]
    table = pd.DataFrame(rows, columns=COLUMNS).astype({"runs": "Int64"})
    return table.sort_values(["date", "folder"], ascending=[False, True], ignore_index=True)


def _row(folder: Path) -> dict[str, Any]:
    """Return what one folder tells of itself."""
    nothing = {"name": folder.name, "question": "", "differs": "", "runs": None, "date": ""}
    try:
        manifest = read_manifest(folder)
        row = _compared(manifest) if "cases" in manifest else _made(folder, manifest)
    except (ResultsError, ConfigError, KeyError, TypeError) as error:
        return nothing | {"state": f"cannot be read: {str(error).partition('; ')[0]}"}
    return nothing | row | {"state": state_of(folder, manifest)}


def _compared(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a comparison tells of itself."""
    base, *others = [str(case["name"]) for case in manifest["cases"]]
    return {"name": base, "differs": f"beside {', '.join(others)}"}


def _made(folder: Path, manifest: Mapping[str, Any]) -> dict[str, Any]:
    """Return what an ensemble or a sweep tells of itself."""
    told = judged(folder, manifest, Told)
    config = read_config(manifest["config"])
    factors = [f"{factor} varied" for factor in manifest.get("factors", ())]
    world = "" if config.world.name == USUAL_WORLD else f" in {config.world.name}"
    return {
        "name": f"{config.scenario.name}{world}",
        "question": config.scenario.question,
        "differs": _short([*factors, *differences(config)]),
        "runs": told.runs,
        "date": told.started,
    }


def differences(config: RunConfig) -> Iterator[str]:
    """Yield what a configuration sets otherwise than its scenario does by itself, in words.

    Parameters
    ----------
    config
        The configuration of an ensemble; the seed counts as well, how the work is done does not.
    """
    world: Any = config.world.model_dump() if config.world.path else config.world.name
    try:
        usual = read_config(well_named(given_values(config.scenario.name, {}, world)))
    except ConfigError:  # a scenario of one's own, whose levers are all its own
        usual = RunConfig(scenario=config.scenario, world=config.world)
    before, own = settings_of(usual), settings_of(config)
    for key in dict.fromkeys((*before, *own)):
        if key == "horizon_days" and before[key] is None:
            continue  # the manifest tells the world's own
        if before.get(key) != own.get(key):
            yield setting_text(key, own.get(key))
    if config.ensemble.seed != usual.ensemble.seed:
        yield setting_text("seed", config.ensemble.seed)


def _short(differences: list[str]) -> str:
    """Return some differences, and how many there are besides."""
    more = len(differences) - MOST_DIFFERENCES
    return ", ".join(differences[:MOST_DIFFERENCES]) + (f" and {more} more" if more > 0 else "")
