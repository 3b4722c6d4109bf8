"""Open the folder of a finished ensemble."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from sim.ensemble.schema import ESTIMATES, RUNS, TABLES, Names, schemas

MANIFEST = "manifest.json"
COMPLETE: Final = "complete"


REMOVE = "remove the folder and give its command again"
REPEAT = "give the command of the ensemble again"


class ResultsError(ValueError):
    """Say why a file or folder holds no usable results.

    Parameters
    ----------
    place
        The file or folder.
    fault, cure
        What is wrong with it, and what to do about it.
    """

    def __init__(self, place: Path, fault: str, cure: str) -> None:
        self.fault = f"{place}: {fault}"
        super().__init__(f"{self.fault}; {cure}")


@dataclass(frozen=True, eq=False)
class Results:
    """Hold a finished ensemble.

    Parameters
    ----------
    folder
        Where it lies.
    manifest
        What it was made from, and how.
    runs
        A row a run, failed ones included; days are whole numbers or missing ("never within the horizon").
    twins
        The same for the twins of the first runs, which share their parameters; empty where these are certain.
    falls
        A row each time a seat changed hands.
    tolls
        A row for each place that a run cost anything.
    events
        A row for each rare event.
    daily
        Day series of the first runs.
    estimates
        Estimates with intervals and n.
    """

    folder: Path
    manifest: dict[str, Any]
    runs: pd.DataFrame
    twins: pd.DataFrame
    falls: pd.DataFrame
    events: pd.DataFrame
    tolls: pd.DataFrame
    daily: pd.DataFrame
    estimates: pd.DataFrame


def load_results(folder: Path) -> Results:
    """Return the finished ensemble in a folder.

    Parameters
    ----------
    folder
        What the command printed as its last line.

    Raises
    ------
    ResultsError
        If the ensemble is not finished, or a file is missing or damaged.
    """
    manifest = read_manifest(folder)
    if manifest.get("status") != COMPLETE:
        raise ResultsError(folder, "the ensemble is not finished", f"go on with: {manifest.get('command')}")
    columns = schemas(_names(folder, manifest))
    names = (*TABLES, ESTIMATES)
    frames = {name: read_table(folder / f"{name}.parquet", columns[name]) for name in names}
    if len(frames[RUNS]) != manifest.get("runs"):
        fault = f"{RUNS}.parquet has {len(frames[RUNS])} runs, {MANIFEST} says {manifest.get('runs')}"
        raise ResultsError(folder, fault, REMOVE)
    return Results(folder, manifest, **frames)


def read_manifest(folder: Path) -> dict[str, Any]:
    """Return the manifest of a folder; raise ResultsError where there is none that can be read."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except FileNotFoundError:
        cure = "name the folder that the command printed as its last line"
        raise ResultsError(folder, f"holds no {MANIFEST}", cure) from None
    except (OSError, ValueError) as error:
        raise ResultsError(folder / MANIFEST, f"cannot be read ({error})", REMOVE) from None
    if not isinstance(manifest, dict):
        raise ResultsError(folder / MANIFEST, "holds no keys and values", REMOVE)
    return manifest


def _names(folder: Path, manifest: dict[str, Any]) -> Names:
    """Return the ids that the results are about."""
    try:
        return Names(**{name: tuple(ids) for name, ids in manifest["names"].items()})
    except (KeyError, TypeError, AttributeError):
        raise ResultsError(folder / MANIFEST, "does not tell the names that its tables use", REMOVE) from None


def read_table(path: Path, schema: pa.Schema) -> pd.DataFrame:
    """Return a stored table as a frame, its checksums verified; raise ResultsError where it is damaged."""
    return table_frame(read_arrow(path, schema))


def read_arrow(path: Path, schema: pa.Schema) -> pa.Table:
    """Return a stored table, its checksums and columns verified; raise ResultsError where it is damaged."""
    try:
        # Opened one by one: a dataset reader would take parts of a path ("a=1") for columns.
        with pq.ParquetFile(path, page_checksum_verification=True) as file:
            table = file.read()
    except (OSError, pa.ArrowException) as error:
        raise ResultsError(path, f"is missing or damaged ({str(error).splitlines()[0]})", REPEAT) from None
    if table.schema.names != schema.names:
        raise ResultsError(path, "has other columns than this version writes", REPEAT)
    return table


def table_frame(table: pa.Table) -> pd.DataFrame:
    """Return a table as a frame in which a missing day stays a missing whole number."""
    frame: pd.DataFrame = table.to_pandas(types_mapper={pa.int32(): pd.Int32Dtype()}.get)
    return frame
