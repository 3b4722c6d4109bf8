"""Find room for names on a map of a given width, where the figures' own maps would write them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.text import Annotation
from matplotlib.transforms import Bbox

from sim.show.kit.theme import styled
from sim.show.kit.typeset import MM_PER_PT, blank
from sim.show.maps.geometry import Shapes
from sim.show.maps.labels import SIZE_PT, box_around
from sim.show.maps.world_map import important_labels, paint_map
from sim.show.report.outlines import Canvas

BASELINE = 0.78  # of a line, from its upper edge to the foot of its letters
LOOSER = 1.12  # lines stand so much farther apart that the rim of one leaves the letters of the next alone
NUMBER_PT = 7.0  # half the room of a number inside a circle
WIDEST = "100 %"


@dataclass(frozen=True)
class Name:
    """Hold a name on a map.

    Parameters
    ----------
    place
        Id of the location, empty for a state around.
    lines
        What is written, line by line.
    x, y, leading
        Foot of the first line, and the distance between lines, in units of the map.
    anchor
        Which part of a line is at x: start, middle or end.
    has_number
        Whether a line is kept free below for the place's number.
    """

    place: str
    lines: tuple[str, ...]
    x: float
    y: float
    leading: float
    anchor: str
    has_number: bool


@dataclass(frozen=True)
class Names:
    """Hold the names of a map.

    Parameters
    ----------
    size
        Of the letters, in units of the map.
    names
        Those that find room.
    """

    size: float
    names: tuple[Name, ...]


def names_on(shapes: Shapes, canvas: Canvas, valued: Collection[str], width_mm: float) -> Names:
    """Return the names that find room on a map of some width.

    Parameters
    ----------
    shapes
        The world's shapes.
    canvas
        Where they are drawn.
    valued
        Places with a number, which stands below the name, or inside the circle where there is no map.
    width_mm
        How wide the map is shown; the narrower, the fewer names.
    """
    height_mm = width_mm * canvas.height / canvas.width
    labels = {
        place: f"{name}\n{WIDEST}" if shapes.is_mapped and place in valued else name
        for place, name in important_labels(shapes).items()
    }
    with styled():
        ax = blank(width_mm, height_mm).add_axes((0.0, 0.0, 1.0, 1.0))
        paint_map(ax, shapes, {}, labels=labels, extent=canvas.extent)
    numbers = [] if shapes.is_mapped else [box_around(ax, anchor, NUMBER_PT) for anchor in shapes.anchors]
    places = {(float(x), float(y)): place for place, (x, y) in zip(shapes.location_ids, shapes.anchors, strict=True)}
    written = [text for text in ax.texts if isinstance(text, Annotation)]
    names = (_name(ax, canvas, text, places.get(text.xy, ""), labels) for text in written if _is_clear(text, numbers))
    return Names(SIZE_PT * MM_PER_PT / width_mm * canvas.width, tuple(names))


def _is_clear(text: Annotation, numbers: list[Bbox]) -> bool:
    """Tell whether a name covers no number."""
    box = text.get_window_extent()
    return not any(box.overlaps(number) for number in numbers)


def _name(ax: Axes, canvas: Canvas, text: Annotation, place: str, labels: Mapping[str, str]) -> Name:
    """Return a name that has found room."""
    box = text.get_window_extent()
    lines = text.get_text().split("\n")
    has_number = labels.get(place, "").endswith(WIDEST)
    side = {"left": (box.x0, "start"), "center": ((box.x0 + box.x1) / 2.0, "middle"), "right": (box.x1, "end")}
    x, anchor = side[text.get_horizontalalignment()]
    leading = LOOSER * box.height / len(lines)
    corner = ax.transData.inverted().transform((x, box.y1 - BASELINE * box.height / len(lines)))
    (placed,) = canvas.place(corner[None, :])
    scale = canvas.width / ax.get_window_extent().width
    shown = lines[:-1] if has_number else lines
    return Name(place, tuple(shown), float(placed[0]), float(placed[1]), leading * scale, anchor, has_number)
