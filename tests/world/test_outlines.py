import shutil
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.world.outlines import Outline, read_outlines
from sim.world.tables import WorldError, load_tables
from tests.world.changes import append, cell, write
from tests.world.mapped import FILE, Feature, feature, give_map, square, squares_of, write_map

LIBERIA = Path(__file__).parents[2] / "conf" / "world" / "liberia_2003"


@pytest.fixture
def world(tmp_path: Path) -> Path:
    folder = tmp_path / "world"
    shutil.copytree(LIBERIA, folder)
    return folder


def faults_of(world: Path) -> list[str]:
    with pytest.raises(WorldError) as caught:
        load_tables(world)
    assert caught.value.folder == world
    return [str(fault) for fault in caught.value.faults]


def test_outlines_come_in_the_order_of_the_locations_with_the_land_around_last(world: Path) -> None:
    give_map(world, [feature(None, square(0.0, 0.0)), *reversed(squares_of(world))])
    tables = load_tables(world)
    assert [outline.location_id for outline in tables.outlines] == [*tables.locations["id"], None]


def test_a_byte_order_mark_is_read_over_as_in_the_tables(world: Path) -> None:
    give_map(world)
    path = world / FILE
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    tables = load_tables(world)
    assert len(tables.outlines) == len(tables.locations)


def test_faults_of_a_map_are_told_with_those_of_all_tables(world: Path) -> None:
    features = squares_of(world)
    del features[2]["properties"]["location_id"]  # type: ignore[attr-defined]
    features[4]["geometry"] = None
    give_map(world, features)
    cell("locations.csv", 2, "population", "0")(world)
    cell("factions.csv", 3, "morale", "1.1")(world)
    told = faults_of(world)
    assert [line.partition(" ")[0] for line in told] == ["factions.csv", "locations.csv", f"{FILE}", f"{FILE}"]
    assert told[2] == (
        "m.geojson feature 3, location_id: is missing; give an id of locations.csv, or null for land around"
    )
    assert told[3] == "m.geojson feature 5, geometry = None: must be an object; export the map as GeoJSON"


def test_what_every_feature_lacks_is_told_once(world: Path) -> None:
    features = squares_of(world)
    for found in features:
        found["properties"] = {"shapeName": "A"}
    give_map(world, features)
    assert faults_of(world) == [
        "m.geojson, location_id: is missing in every feature; give an id of locations.csv, or null for land around"
    ]


def first(world: Path, changed: Feature) -> list[Feature]:
    """Return the features of a world with another first one."""
    return [squares_of(world)[0] | changed, *squares_of(world)[1:]]


BAD: dict[str, tuple[list[list[list[object]]] | None, str]] = {
    "far away": ([square(500_000.0, 0.0)], "must be in longitude and latitude in degrees, got [500001.0, 1.0]"),  # type: ignore[list-item]
    "too few points": ([[[0.0, 0.0], [1.0, 1.0], [0.0, 0.0]]], "must have at least 4 points in a ring, got 3"),
    "no numbers": ([[[0.0, "x"]] * 4], "must have pairs of numbers in a ring; export the map again"),
    "no area": ([[[0.0, float(i)] for i in range(5)]], "has no ring with an area; export the map again"),
    "a slanting line": ([[[0.1 * i, 0.3 * i] for i in range(5)]], "has no ring with an area; export the map again"),
    "not a number": ([[[0.0, float("nan")]] * 4], "must be in longitude and latitude in degrees"),
    "no ring": ([], "must be a list of rings in each polygon"),
}


@pytest.mark.parametrize("kind", BAD)
def test_a_bad_ring_is_told_with_feature_and_location(world: Path, kind: str) -> None:
    rings, message = BAD[kind]
    name = squares_of(world)[0]["properties"]["location_id"]  # type: ignore[index]
    give_map(world, first(world, {"geometry": {"type": "Polygon", "coordinates": rings}}))
    (line,) = faults_of(world)
    assert line.startswith(f"m.geojson feature 1, outline of {name}: {message}")


def test_slivers_are_passed_over_where_an_area_is_left(tmp_path: Path) -> None:
    line = [[0.1 * i, 0.3 * i] for i in range(5)]
    polygons = [[line], [square(10.0, 0.0, 3.0), line, square(11.0, 1.0)], [line, square(0.0, 0.0)]]
    sliced = feature("a") | {"geometry": {"type": "MultiPolygon", "coordinates": polygons}}
    write_map(tmp_path, [sliced])
    ((outline,), ()) = read_outlines(tmp_path, FILE)
    ((outer, hole),) = outline.polygons
    assert outer.tolist() == square(10.0, 0.0, 3.0)
    assert hole.tolist() == square(11.0, 1.0)


def test_points_are_no_outline(world: Path) -> None:
    give_map(world, first(world, {"geometry": {"type": "Point", "coordinates": [0, 0]}}))
    (line,) = faults_of(world)
    assert line.endswith("= 'Point': must be a Polygon or MultiPolygon; use areas, not points or lines")


def test_ids_are_held_against_the_locations(world: Path) -> None:
    features = squares_of(world)
    name = features[0]["properties"]["location_id"]  # type: ignore[index]
    features[1]["properties"]["location_id"] = f"{name}x"  # type: ignore[index]
    give_map(world, [*features, features[2]])
    told = faults_of(world)
    assert told[0].startswith(f"m.geojson feature 2, location_id = {name}x: is no id in locations.csv; did you mean")
    assert told[1].startswith(f"m.geojson feature {len(features) + 1}, location_id = ")
    assert told[1].endswith(": has its outline in feature 3 already; merge the two into one")


def test_locations_without_an_outline_are_named(world: Path) -> None:
    give_map(world, squares_of(world)[2:])
    n = len(squares_of(world))
    (line,) = faults_of(world)
    assert line.startswith(f"m.geojson: has no outline for 2 of {n} locations (")
    assert line.endswith("; add their features, or remove `map` from world.yaml to draw circles")


def test_a_number_for_an_id_is_refused(world: Path) -> None:
    properties = {"location_id": 7}
    give_map(world, first(world, {"properties": properties}))
    (line,) = faults_of(world)
    assert line == "m.geojson feature 1, location_id = 7: must be text or null; put it in quotes"


def test_words_on_the_map_turn_no_direction(world: Path) -> None:
    features = squares_of(world)
    features[0]["properties"]["name"] = "Bo\u202emi"  # type: ignore[index]
    features[1]["properties"]["state"] = "L\x1b[2JBR"  # type: ignore[index]
    give_map(world, features)
    assert faults_of(world) == [
        r"m.geojson feature 1, name = 'Bo\u202emi': holds a control character or a line break; give a plain text",
        r"m.geojson feature 2, state = 'L\x1b[2JBR': holds a control character or a line break; give a plain text",
    ]


def test_a_seat_far_outside_its_outline_is_told(world: Path) -> None:
    features = squares_of(world)
    one, other = (found["properties"] for found in (features[0], features[7]))
    one["location_id"], other["location_id"] = other["location_id"], one["location_id"]  # type: ignore[index]
    give_map(world, features)
    told = faults_of(world)
    assert len(told) == 2
    for line in told:
        assert line.startswith("locations.csv row ")
        assert " km outside the outline of " in line
        assert line.endswith("; correct lon and lat, or location_id of the outline")


def test_a_seat_a_little_outside_is_accepted(world: Path) -> None:
    give_map(world)
    lat = float(squares_of(world)[0]["geometry"]["coordinates"][0][0][1])  # type: ignore[index]
    cell("locations.csv", 2, "lat", str(lat - 0.2))(world)  # 22 km south of the square
    load_tables(world)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b'{"type": "FeatureCollection",\n"features": [}', "line 2 is not JSON ("),
        (b"[" * 100_000, "holds what no map holds; export the map again"),
        (b"9" * 5_000, "holds what no map holds; export the map again"),
        (b"{}", "must be a FeatureCollection with features; export the map again, or remove `map`"),
        (b"\xff\xfe\x00\xd8", "is not UTF-8 text"),
        (b" ", "is empty"),
    ],
    ids=["broken", "nested", "number", "no features", "no text", "empty"],
)
def test_what_is_no_map_at_all_is_refused(world: Path, text: bytes, message: str) -> None:
    append("world.yaml", f"map: {FILE}")(world)
    write(FILE, text)(world)
    (line,) = faults_of(world)
    assert line.startswith(f"{FILE}: {message}")


def outline_of(folder: Path, *rings: list[list[float]]) -> Outline:
    write_map(folder, [feature("a", *rings)])
    ((outline,), ()) = read_outlines(folder, FILE)
    return outline


def test_a_distance_is_that_to_the_nearest_edge_and_0_inside(tmp_path: Path) -> None:
    outline = outline_of(tmp_path, square(10.0, 0.0, 3.0), square(11.0, 1.0))
    assert outline.distance_km(10.5, 1.5) == 0.0
    assert outline.distance_km(14.0, 1.5) == pytest.approx(111.2, abs=0.1)  # a degree at the equator
    assert outline.distance_km(11.5, 1.75) == pytest.approx(0.25 * 111.2, abs=0.1)  # in the hole
    assert outline.distance_km(14.0, 4.0) == pytest.approx(2**0.5 * 111.2, rel=0.01)


def test_a_distance_is_right_across_the_antimeridian(tmp_path: Path) -> None:
    outline = outline_of(tmp_path, [[179.0, 0.0], [-179.0, 0.0], [-179.0, 1.0], [179.0, 1.0], [179.0, 0.0]])
    assert outline.distance_km(180.0, 0.5) == 0.0
    assert outline.distance_km(-179.5, 0.5) == 0.0
    assert outline.distance_km(178.0, 0.5) == pytest.approx(111.2, abs=0.1)
    assert outline.distance_km(0.0, 0.5) > 10_000.0


@given(st.floats(-180.0, 180.0), st.floats(-80.0, 80.0), st.floats(0.0, 1.0), st.floats(0.0, 1.0))
def test_every_point_of_a_square_lies_inside_wherever_it_is(west: float, south: float, x: float, y: float) -> None:
    ring = np.array(square(west, south))
    assert Outline(1, "a", "", "", ((ring,),)).distance_km(west + x, south + y) < 1e-6
