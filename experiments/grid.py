"""Make square worlds of any size, to measure how cost grows: one country, one army, one challenger in a corner."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd

from sim.world.header import WorldHeader
from sim.world.tables import Tables

GARRISON = 1000.0


def grid_tables(edge: int) -> Tables:
    """Return the tables of a country of ``edge`` x ``edge`` provinces."""
    ids = [[f"p{row}_{column}" for column in range(edge)] for row in range(edge)]
    places = [place for row in ids for place in row]
    return Tables(
        folder=Path("grid"),
        header=WorldHeader(
            title=f"Grid of {edge * edge} provinces",
            day0=date(2000, 1, 1),
            horizon_days=120,
            contested_state="LAND",
            regime="army",
            challenger="rebels",
            capital=ids[-1][-1],
            neighbours=(),
        ),
        states=pd.DataFrame(
            {"id": ["LAND"], "name": ["Land"], "population": [1e6], "capacity": [0.4], "resolve": [0.5]}
        ),
        factions=_factions(len(places)),
        locations=_locations(ids),
        borders=_borders(ids),
        control=pd.DataFrame({"location_id": places, "faction_id": _holders(places), "share": 1.0}),
        deployment=pd.DataFrame({"location_id": places, "faction_id": _holders(places), "fighters": GARRISON}),
        relations=pd.DataFrame(
            {
                "source_actor": ["army", "rebels"],
                "target_actor": ["rebels", "army"],
                "relation": [-1.0, -1.0],
                "support_kinds": ["", ""],
                "commitment": [0.0, 0.0],
            }
        ),
        installations=None,
        foreign_forces=None,
        observed=None,
        timeline=None,
        map_keys=None,
        sources=None,
        digest="grid",
    )


def _holders(places: list[str]) -> list[str]:
    """Return who holds each place: the challenger the first, the army the rest."""
    return ["rebels"] + ["army"] * (len(places) - 1)


def _factions(n_places: int) -> pd.DataFrame:
    """Return the two factions; the army is the larger, so that the front stays where it is."""
    army = GARRISON * (n_places - 1)
    strengths = [army, GARRISON]
    return pd.DataFrame(
        {
            "id": ["army", "rebels"],
            "name": ["Army", "Rebels"],
            "home_state": ["LAND", "LAND"],
            "alignment": ["regime", "rebel"],
            "jihadist": [False, False],
            "fighters_low": strengths,
            "fighters_central": strengths,
            "fighters_high": strengths,
            "quality": [0.5, 0.5],
            "morale": [0.5, 0.5],
            "heavy_weapons": [0.5, 0.1],
        }
    )


def _locations(ids: list[list[str]]) -> pd.DataFrame:
    """Return the provinces, half a degree apart."""
    rows = [(place, 0.5 * row, 0.5 * column) for row, line in enumerate(ids) for column, place in enumerate(line)]
    frame = pd.DataFrame(rows, columns=["id", "lat", "lon"])
    holders = _holders(list(frame["id"]))
    return frame.assign(
        name=frame["id"],
        state="LAND",
        capital_of="",
        seat=frame["id"],
        population=1000,
        terrain="flat",
        military_installations=1,
        seat_holder=holders,
    )


def _borders(ids: list[list[str]]) -> pd.DataFrame:
    """Return the borders between neighbours in a row and in a column."""
    edge = len(ids)
    across = [(ids[r][c], ids[r][c + 1]) for r in range(edge) for c in range(edge - 1)]
    down = [(ids[r][c], ids[r + 1][c]) for r in range(edge - 1) for c in range(edge)]
    return pd.DataFrame(across + down, columns=["a", "b"]).assign(kind="internal", road=True, crossing=True)
