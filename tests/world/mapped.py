"""Give worlds a map: squares around the seats, as GeoJSON."""

import csv
import json
from pathlib import Path

from tests.world.changes import append

Ring = list[list[float]]
Feature = dict[str, object]
FILE = "m.geojson"


def square(left: float, bottom: float, side: float = 1.0) -> Ring:
    """Return a closed ring."""
    right, top = left + side, bottom + side
    return [[left, bottom], [right, bottom], [right, top], [left, top], [left, bottom]]


def feature(location_id: str | None, *rings: Ring, state: str = "S") -> Feature:
    """Return a feature with one polygon."""
    return {
        "type": "Feature",
        "properties": {"location_id": location_id, "name": location_id, "state": state},
        "geometry": {"type": "Polygon", "coordinates": list(rings)},
    }


def write_map(folder: Path, features: list[Feature], name: str = FILE) -> None:
    """Write a map file."""
    (folder / name).write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")


def squares_of(folder: Path, side: float = 0.2) -> list[Feature]:
    """Return a square around the seat of each location of a world."""
    with (folder / "locations.csv").open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    half = side / 2.0
    return [
        feature(row["id"], square(float(row["lon"]) - half, float(row["lat"]) - half, side), state=row["state"])
        for row in rows
    ]


def give_map(folder: Path, features: list[Feature] | None = None) -> None:
    """Give a world's folder a map, by default a square for each location."""
    append("world.yaml", f"map: {FILE}")(folder)
    write_map(folder, squares_of(folder) if features is None else features)
