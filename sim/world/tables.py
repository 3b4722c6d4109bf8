"""Loading a world: from a folder of files to checked tables, or one error with every fault in them.

Nothing that failed a check goes further. Any folder works; which columns it needs is in `schema.py`.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sim.world import checks, geography
from sim.world.cells import Table
from sim.world.draft import Draft, read_draft
from sim.world.faults import Fault, WorldError
from sim.world.header import Frame, WorldHeader
from sim.world.outlines import Outline
from sim.world.schema import FILES

__all__ = ["Fault", "Tables", "WorldError", "WorldHeader", "load_tables"]

CHECKS = (
    geography.frame_faults,
    geography.regime_faults,
    geography.neighbour_faults,
    geography.strange_neighbour_faults,
    geography.capital_faults,
    geography.border_faults,
    geography.map_faults,
    geography.outline_faults,
    geography.seat_faults,
    checks.reference_faults,
    checks.observed_faults,
    checks.unscored_faults,
    checks.shared_id_faults,
    checks.share_faults,
    checks.uncontrolled_faults,
    checks.holder_faults,
    checks.fighter_faults,
    checks.tie_faults,
    checks.installation_faults,
)


@dataclass(frozen=True, eq=False)
class Tables:
    """Hold the checked tables of one world, rows in the order of the files.

    A table is a structured array, a record a row: ``tables.states["population"]`` is a column of it, and
    ``pandas.DataFrame(tables.states)`` makes a frame. Columns are those of `schema.py` that the files have. Texts are
    never null ("" where empty), flags are booleans, whole numbers int64; a number that may be empty is a float, NaN
    where it is.

    Attributes
    ----------
    folder
        Where the world was read from.
    header
        The frame of the world.
    states, factions, locations, borders, control, deployment, relations
        Tables that every world has.
    foreign_forces, installations, neighbours_day0
        Troops of foreign states; depots, airbases and prisons; how far each neighbour is drawn in on day 0, whom it
        lets in, whether it takes part. None where the world has no such table, as with those below.
    observed, observed_levels, deaths_by_month, refugees_check, unscored, timeline
        What happened after day 0, and which rows of it are no use for scores: for scoring and drawing only, never
        inputs of runs.
    map_keys, sources
        Tables for drawing and reading only.
    digest
        SHA-256 of what the header and the input tables say. Line endings, the order of columns, the way
        numbers are written (0.3 or 0.30) and the tables that are no inputs do not count.
    outlines
        The map: an outline for each location, in their order, then the land around; none without a map file.
    """

    folder: Path
    header: WorldHeader
    states: np.ndarray
    factions: np.ndarray
    locations: np.ndarray
    borders: np.ndarray
    control: np.ndarray
    deployment: np.ndarray
    relations: np.ndarray
    foreign_forces: np.ndarray | None
    installations: np.ndarray | None
    neighbours_day0: np.ndarray | None
    observed: np.ndarray | None
    observed_levels: np.ndarray | None
    deaths_by_month: np.ndarray | None
    refugees_check: np.ndarray | None
    unscored: np.ndarray | None
    timeline: np.ndarray | None
    map_keys: np.ndarray | None
    sources: np.ndarray | None
    digest: str
    outlines: tuple[Outline, ...] = ()


def load_tables(folder: Path) -> Tables:
    """Return the tables of a world's folder.

    Parameters
    ----------
    folder
        Folder with `world.yaml` and the tables.

    Raises
    ------
    WorldError
        If anything is wrong; it carries every fault that could be found.
    """
    draft, frame = _checked(folder)
    records = {name: table.records() for name, table in draft.tables.items()}
    return Tables(
        folder=folder,
        header=frame.header,
        states=records["states"],
        factions=records["factions"],
        locations=records["locations"],
        borders=records["borders"],
        control=records["control"],
        deployment=records["deployment"],
        relations=records["relations"],
        foreign_forces=records.get("foreign_forces"),
        installations=records.get("installations"),
        neighbours_day0=records.get("neighbours_day0"),
        observed=records.get("observed"),
        observed_levels=records.get("observed_levels"),
        deaths_by_month=records.get("deaths_by_month"),
        refugees_check=records.get("refugees_check"),
        unscored=records.get("unscored"),
        timeline=records.get("timeline"),
        map_keys=records.get("map_keys"),
        sources=records.get("sources"),
        outlines=_in_order(draft.outlines or [], draft.tables["locations"].ids),
        digest=_digest(frame.header, draft.tables.values()),
    )


def _checked(folder: Path) -> tuple[Draft, Frame]:
    """Return the files of a world and its frame; raise WorldError with every fault if there is any."""
    draft = read_draft(folder)
    for check in CHECKS:
        draft.faults.extend(check(draft))
    if draft.faults or draft.frame is None:
        raise WorldError(folder, _in_file_order(draft.faults))
    return draft, draft.frame


def _in_order(outlines: list[Outline], location_ids: list[str]) -> tuple[Outline, ...]:
    """Return the outlines of the locations in their order, then the land around."""
    rank = {name: index for index, name in enumerate(location_ids)}
    return tuple(sorted(outlines, key=lambda found: rank.get(found.location_id or "", len(rank))))


def _in_file_order(faults: list[Fault]) -> list[Fault]:
    """Return the faults by file, as the tables are listed, then by row."""
    rank = {file: index for index, file in enumerate(FILES)}
    return sorted(faults, key=lambda fault: (rank.get(fault.file, len(rank)), fault.row or 0))


def _digest(header: WorldHeader, tables: Iterable[Table]) -> str:
    """Return a digest of what the header and the input tables say."""
    inputs = {table.schema.name: table.content() for table in tables if table.schema.is_input}
    content = {"header": header.model_dump(mode="json"), "tables": inputs}
    text = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
