"""Make square worlds of any size, to measure how cost grows: one country, its army, one challenger in a corner.

The army can have militias, who take over some of its places, and patrons abroad; the front stays where it is.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from sim.world.header import WorldHeader
from sim.world.tables import Tables

GARRISON = 1000.0
ARMY, REBELS = "army", "rebels"


def grid_tables(edge: int, n_militias: int = 0, n_patrons: int = 0) -> Tables:
    """Return the tables of a country of ``edge`` x ``edge`` provinces, one garrison in each.

    Parameters
    ----------
    edge
        Provinces along one side of the square.
    n_militias
        Factions besides the army and the challenger; each holds some of the army's places.
    n_patrons
        States that support the army.
    """
    militias = [f"militia_{i}" for i in range(n_militias)]
    patrons = [f"PATRON_{i}" for i in range(n_patrons)]
    ids = [[f"p{row}_{column}" for column in range(edge)] for row in range(edge)]
    places = [place for row in ids for place in row]
    holders = _holders(edge, militias)
    return Tables(
        folder=Path("grid"),
        header=_header(edge, ids[-1][-1]),
        states=_states(["LAND", *patrons]),
        factions=_factions([ARMY, REBELS, *militias], holders),
        locations=_locations(ids, holders),
        borders=_borders(ids),
        control=_records(pd.DataFrame({"location_id": places, "faction_id": holders, "share": 1.0})),
        deployment=_records(pd.DataFrame({"location_id": places, "faction_id": holders, "fighters": GARRISON})),
        relations=_relations(militias, patrons),
        installations=None,
        neighbours_day0=None,
        foreign_forces=None,
        observed=None,
        observed_levels=None,
        deaths_by_month=None,
        refugees_check=None,
        unscored=None,
        timeline=None,
        map_keys=None,
        sources=None,
        digest="grid",
    )


def _header(edge: int, capital: str) -> WorldHeader:
    """Return what the country is called, and who fights in it over what."""
    return WorldHeader(
        title=f"Grid of {edge * edge} provinces",
        day0=date(2000, 1, 1),
        horizon_days=120,
        contested_state="LAND",
        regime=ARMY,
        challenger=REBELS,
        capital=capital,
        neighbours=(),
    )


def _holders(edge: int, militias: list[str]) -> list[str]:
    """Return who holds each place: the challenger the first, the army its neighbours and the capital, all the rest."""
    loyal = [ARMY, *militias]
    holders = [loyal[i % len(loyal)] for i in range(edge * edge)]
    holders[0] = REBELS
    holders[1] = holders[edge] = holders[-1] = ARMY
    return holders


def _records(frame: pd.DataFrame) -> np.ndarray:
    """Return a frame as a table of a world."""
    return frame.to_records(index=False)


def _states(ids: list[str]) -> np.ndarray:
    """Return states that are alike."""
    return _records(pd.DataFrame({"id": ids, "name": ids}).assign(population=1e6, capacity=0.4, resolve=0.5))


def _factions(ids: list[str], holders: list[str]) -> np.ndarray:
    """Return the factions, as many fighters as they have garrisons; only the army has heavy weapons to speak of."""
    strengths = [GARRISON * holders.count(name) for name in ids]
    frame = pd.DataFrame(
        {
            "id": ids,
            "name": ids,
            "alignment": ["regime", "rebel"] + ["militia"] * (len(ids) - 2),
            "fighters_low": strengths,
            "fighters_central": strengths,
            "fighters_high": strengths,
            "heavy_weapons": [0.5] + [0.1] * (len(ids) - 1),
        }
    )
    return _records(frame.assign(home_state="LAND", jihadist=False, quality=0.5, morale=0.5))


def _relations(militias: list[str], patrons: list[str]) -> np.ndarray:
    """Return who is against whom, with whom, and behind whom."""
    rows = [(ARMY, REBELS, -1.0, "", 0.0), (REBELS, ARMY, -1.0, "", 0.0)]
    rows += [(name, ARMY, 0.9, "", 1.0) for name in militias]
    rows += [(name, REBELS, -1.0, "", 0.0) for name in militias]
    rows += [(name, ARMY, 0.8, "arms", 0.5) for name in patrons]
    columns = ["source_actor", "target_actor", "relation", "support_kinds", "commitment"]
    return _records(pd.DataFrame(rows, columns=columns))


def _locations(ids: list[list[str]], holders: list[str]) -> np.ndarray:
    """Return the provinces, half a degree apart."""
    rows = [(place, 0.5 * row, 0.5 * column) for row, line in enumerate(ids) for column, place in enumerate(line)]
    frame = pd.DataFrame(rows, columns=["id", "lat", "lon"])
    frame = frame.assign(
        name=frame["id"],
        state="LAND",
        capital_of="",
        seat=frame["id"],
        population=1000,
        terrain="flat",
        military_installations=1,
        seat_holder=holders,
    )
    return _records(frame)


def _borders(ids: list[list[str]]) -> np.ndarray:
    """Return the borders between neighbours in a row and in a column."""
    edge = len(ids)
    across = [(ids[r][c], ids[r][c + 1]) for r in range(edge) for c in range(edge - 1)]
    down = [(ids[r][c], ids[r + 1][c]) for r in range(edge - 1) for c in range(edge)]
    pairs = pd.DataFrame(across + down, columns=["a", "b"])
    return _records(pairs.assign(kind="internal", road=True, crossing=True))
