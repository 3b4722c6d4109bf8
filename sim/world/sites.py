"""Survey military sites and prisons: from a table of them, or from the grades of places where a world has none."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sim.world.tables import Tables

AIRBASE_GRADE = 3  # of military_installations: 3 is a division-level base or an airbase
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Sites:
    """Sites by location; ``sim.core.state.World`` tells what each number means."""

    airbases: Floats
    depots: Floats
    detainees: Floats
    prisoners: Floats


def survey_sites(tables: Tables) -> Sites:
    """Return the sites of a world; a table of them replaces the grades altogether."""
    table = tables.installations
    if table is None:
        return _by_grade(tables)
    places = tables.locations["id"]
    return Sites(
        airbases=_counted(table, places, "airbase"),
        depots=_counted(table, places, "depot"),
        detainees=_counted(table, places, "prison", "extremists"),
        prisoners=_counted(table, places, "prison", "opponents"),
    )


def _counted(table: np.ndarray, places: np.ndarray, kind: str, held: str = "") -> Floats:
    """Return what the table counts of one kind in each location."""
    rows = table[(table["kind"] == kind) & (table["held"] == held)]
    is_there: npt.NDArray[np.bool_] = places[:, None] == rows["location_id"]
    counts: Floats = is_there @ rows["count"].astype(float)
    return counts


def _by_grade(tables: Tables) -> Sites:
    """Return one airbase for each place of a high grade, depots by grade in the contested state, and no prison."""
    grade = tables.locations["military_installations"].astype(float)
    is_contested = tables.locations["state"] == tables.header.contested_state
    nobody = np.zeros(len(grade))
    return Sites((grade >= AIRBASE_GRADE).astype(float), np.where(is_contested, grade, 0.0), nobody, nobody)
