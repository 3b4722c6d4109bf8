"""Draw a world as a map: filled locations, heavier borders between states, seats, names with a halo.

Works the same for worlds with outlines and for worlds of circles; `geometry` makes the shapes of both.
"""

from collections.abc import Collection, Iterable, Mapping

from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PathCollection
from matplotlib.path import Path
from matplotlib.typing import ColorType
from shapely.geometry.base import BaseGeometry

from sim.show.maps.geometry import Extent, Shapes, rings_of
from sim.show.maps.labels import box_around, write_across, write_beside

LAND_AROUND = "#f4f4f4"
NO_VALUE = "#e2e2e2"
INNER_LINE = "#8c8c8c"
STATE_LINE = "#333333"
INK = "#1a1a1a"
INNER_WIDTH, STATE_WIDTH = 0.35, 0.9  # points
SEAT_SIZE, CAPITAL_SIZE = 5.0, 30.0  # points squared
SEAT_CLEARANCE = 2.6  # points


def paint_map(
    ax: Axes,
    shapes: Shapes,
    colours: Mapping[str, ColorType],
    *,
    labels: Mapping[str, str] | None = None,
    hatched: Collection[str] = (),
    extent: Extent | None = None,
) -> None:
    """Draw one colour for each location, such as that of the faction that holds it.

    Parameters
    ----------
    ax
        Empty axes in their final place.
    shapes
        The world's shapes.
    colours
        Colour by location id; locations without one are drawn grey.
    labels
        Words by location id, the most important first; None writes none.
    hatched
        Ids of locations to hatch.
    extent
        (left, right, bottom, top) in km; None shows all locations.
    """
    _set_frame(ax, extent or shapes.extent)
    _draw_ground(ax, shapes)
    _fill(ax, shapes, colours)
    _hatch(ax, shapes, hatched)
    _draw_lines(ax, shapes)
    _draw_seats(ax, shapes, colours)
    if labels:
        _write_names(ax, shapes, labels)


def important_labels(shapes: Shapes) -> dict[str, str]:
    """Return the names worth writing, the most important first: those that find no room stay out.

    First comes the capital, then the contested state's other locations, largest first, then, where no map
    shows them, the states around.
    """
    places = zip(shapes.location_ids, shapes.states, shapes.outlines, strict=True)
    ranked = sorted(
        (state != shapes.contested_state, name != shapes.capital, -round(area.area), index)
        for index, (name, state, area) in enumerate(places)
        if state == shapes.contested_state or not shapes.is_mapped
    )
    return {shapes.location_ids[place]: shapes.names[place] for *_, place in ranked}


def _set_frame(ax: Axes, extent: Extent) -> None:
    """Give the axes the frame of the map and nothing else."""
    ax.set_xlim(extent[0], extent[1])
    ax.set_ylim(extent[2], extent[3])
    ax.set_aspect("equal")
    ax.set_axis_off()
    ax.apply_aspect()  # words are placed by where points fall on the page


def _draw_ground(ax: Axes, shapes: Shapes) -> None:
    """Draw what lies under the locations: land around a map, borders between circles."""
    around = PathCollection(
        _paths(shapes.context), facecolors=LAND_AROUND, edgecolors="white", linewidths=0.6, zorder=1
    )
    ax.add_collection(around, autolim=False)
    for crosses, style in ((False, "solid"), (True, (0, (1.5, 1.5)))):
        links = LineCollection(
            list(shapes.links[shapes.is_international == crosses]),
            colors=INNER_LINE,
            linewidths=STATE_WIDTH,
            linestyles=[style],
            zorder=1.5,
        )
        ax.add_collection(links, autolim=False)


def _fill(ax: Axes, shapes: Shapes, colours: Mapping[str, ColorType]) -> None:
    """Fill the locations; circles at home get the heavy rim of a state, the capital the heaviest."""
    heavy = [state == shapes.contested_state and not shapes.is_mapped for state in shapes.states]
    widths = [STATE_WIDTH if is_heavy else INNER_WIDTH for is_heavy in heavy]
    if not shapes.is_mapped:
        widths[shapes.location_ids.index(shapes.capital)] = 2.0 * STATE_WIDTH
    locations = PathCollection(
        _paths(shapes.outlines),
        facecolors=[colours.get(name, NO_VALUE) for name in shapes.location_ids],
        edgecolors=[STATE_LINE if is_heavy else INNER_LINE for is_heavy in heavy],
        linewidths=widths,
        zorder=2,
    )
    ax.add_collection(locations, autolim=False)


def _hatch(ax: Axes, shapes: Shapes, hatched: Collection[str]) -> None:
    """Hatch some locations."""
    chosen = [outline for name, outline in zip(shapes.location_ids, shapes.outlines, strict=True) if name in hatched]
    strokes = PathCollection(
        _paths(chosen), facecolors="none", edgecolors=INNER_LINE, linewidths=0, hatch="////", zorder=3
    )
    ax.add_collection(strokes, autolim=False)


def _draw_lines(ax: Axes, shapes: Shapes) -> None:
    """Draw the borders of states."""
    borders = LineCollection(
        list(shapes.state_borders), colors=STATE_LINE, linewidths=STATE_WIDTH, capstyle="round", zorder=4
    )
    ax.add_collection(borders, autolim=False)


def _draw_seats(ax: Axes, shapes: Shapes, colours: Mapping[str, ColorType]) -> None:
    """Draw the seats on a map, the capital in its colour since its own area is often too small to see."""
    if not shapes.is_mapped:
        return
    capital = shapes.location_ids.index(shapes.capital)
    x, y = shapes.anchors.T
    ax.scatter(x, y, s=SEAT_SIZE, c=INK, edgecolors="white", linewidths=0.4, zorder=5)
    ax.scatter(
        x[capital],
        y[capital],
        s=CAPITAL_SIZE,
        color=colours.get(shapes.capital, NO_VALUE),
        edgecolors=INK,
        linewidths=STATE_WIDTH,
        zorder=5.5,
    )


def _write_names(ax: Axes, shapes: Shapes, labels: Mapping[str, str]) -> None:
    """Write the names beside their seats or circles, then those of states where there is room left."""
    named = [shapes.location_ids.index(name) for name in labels]
    size = SEAT_CLEARANCE if shapes.is_mapped else radius_pt(ax, shapes)
    seats = [box_around(ax, anchor, 0.8 * size) for anchor in shapes.anchors]
    texts = list(labels.values())
    taken = write_beside(ax, shapes.anchors[named], texts, clearance_pt=size + 1.0, keep_clear=seats)
    shown = {" ".join(text.get_text().split()) for text in ax.texts}
    written = {text.split("\n")[0] for text in texts if " ".join(text.split()) in shown}  # a state that is one place
    around = {name: area for name, area in shapes.states_around.items() if name not in written}
    write_across(ax, around, keep_clear=taken + seats)


def radius_pt(ax: Axes, shapes: Shapes) -> float:
    """Return the radius of a circle on the page, in points.

    Parameters
    ----------
    ax, shapes
        Axes in their final place, and the shapes of a world without a map, drawn there.
    """
    left, _, right, _ = shapes.outlines[0].bounds
    (x0, _), (x1, _) = ax.transData.transform([(left, 0.0), (right, 0.0)])
    return float(0.5 * (x1 - x0) * 72.0 / ax.figure.dpi)


def path_of(area: BaseGeometry) -> Path:
    """Return an area as Matplotlib draws it, with its holes."""
    return Path.make_compound_path(*(Path(ring, closed=True) for ring in rings_of(area)))


def _paths(areas: Iterable[BaseGeometry]) -> list[Path]:
    """Return areas as Matplotlib draws them."""
    return [path_of(area) for area in areas]
