from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

import matplotlib.pyplot as plt
import pytest
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection
from matplotlib.colors import to_rgba
from matplotlib.text import Annotation

from sim.show.maps.geometry import Shapes, load_shapes
from sim.show.maps.world_map import NO_VALUE, important_labels, paint_map
from sim.world.tables import load_tables

WORLDS = Path(__file__).parents[2] / "conf" / "world"


@pytest.fixture(scope="module", params=["levant_2024", "yemen_2014", "vietnam_1975"])
def shapes(request: pytest.FixtureRequest) -> Shapes:
    return load_shapes(load_tables(WORLDS / request.param))


@pytest.fixture
def ax() -> Iterator[Axes]:
    figure = plt.figure(figsize=(7.1, 6.0), dpi=100)
    yield figure.add_axes((0, 0, 1, 1))
    plt.close(figure)


def face_colours(ax: Axes, shapes: Shapes) -> dict[str, tuple[float, ...]]:
    (locations,) = [
        collection
        for collection in ax.collections
        if isinstance(collection, PathCollection) and len(collection.get_paths()) == len(shapes.outlines)
    ]
    return {name: tuple(colour) for name, colour in zip(shapes.location_ids, locations.get_facecolor(), strict=True)}


def test_a_location_has_its_colour_and_grey_without_one(ax: Axes, shapes: Shapes) -> None:
    low, high, absent = shapes.location_ids[:3]
    paint_map(ax, shapes, {low: "#ff0000", high: "#0000ff"})
    drawn = face_colours(ax, shapes)
    assert drawn[low] == to_rgba("#ff0000")
    assert drawn[high] == to_rgba("#0000ff")
    assert drawn[absent] == to_rgba(NO_VALUE)


def test_names_do_not_touch_each_other_and_stay_in_the_frame(ax: Axes, shapes: Shapes) -> None:
    paint_map(ax, shapes, {}, labels=important_labels(shapes))
    boxes = [text.get_window_extent() for text in ax.texts if isinstance(text, Annotation)]
    frame = ax.get_window_extent()
    assert not any(one.overlaps(other) for one, other in combinations(boxes, 2))
    assert all(frame.x0 <= box.x0 and box.x1 <= frame.x1 for box in boxes)
    assert all(frame.y0 <= box.y0 and box.y1 <= frame.y1 for box in boxes)


def test_the_name_of_the_capital_always_finds_room(ax: Axes, shapes: Shapes) -> None:
    labels = important_labels(shapes)
    assert next(iter(labels)) == shapes.capital
    paint_map(ax, shapes, {}, labels=labels)
    capital = ax.texts[0]
    assert capital.get_text().replace("\n", " ") == labels[shapes.capital]
    assert capital.xy == pytest.approx(tuple(shapes.anchors[shapes.location_ids.index(shapes.capital)]))


def test_no_name_is_written_for_a_place_outside_the_frame(ax: Axes, shapes: Shapes) -> None:
    frame = shapes.extent_of([shapes.capital])
    paint_map(ax, shapes, {}, labels=important_labels(shapes), extent=frame)
    assert ax.texts
    for text in ax.texts:
        assert frame[0] <= text.xy[0] <= frame[1]
        assert frame[2] <= text.xy[1] <= frame[3]


def test_one_kilometre_is_as_long_upwards_as_sideways(ax: Axes, shapes: Shapes) -> None:
    paint_map(ax, shapes, {})
    (x0, y0), (x1, y1) = ax.transData.transform([[0.0, 0.0], [100.0, 100.0]])
    assert x1 - x0 == pytest.approx(y1 - y0)


def test_the_name_of_a_state_whose_only_place_has_it_is_written_once(ax: Axes) -> None:
    shapes = load_shapes(load_tables(WORLDS / "levant_2024"))
    labels = {place: f"{name}\n0.3" for place, name in zip(shapes.location_ids, shapes.names, strict=True)}
    assert {"Israel", "Iraq"} <= set(shapes.states_around)
    paint_map(ax, shapes, {}, labels={"IL": labels["IL"]})
    written = [text.get_text().replace("\n", " ").lower() for text in ax.texts]
    assert "israel 0.3" in written
    assert "israel" not in written
    assert "iraq" in written
